//! Secrets of settings stay where they are: read back, they show stars, and stars that are written
//! back stand for what is there already. Of a URL, its secrets alone are stars.

use serde_json::Value as Json;

use super::{Endpoint, Settings, at};
use crate::kernel::secrets::STARS;
use crate::kernel::secrets::urls::{self, has_stars, is_shown_as};
use crate::kernel::strict_json::JsonProblem;

/// The URL of an endpoint, by which it is known, as a JSON pointer.
const URL: &str = "/url";

/// Other URLs of an endpoint.
const URLS: [&str; 1] = ["/auth/tokenUrl"];

/// Secrets of one endpoint.
const ENDPOINT_SECRETS: [&str; 6] = [
    "/auth/key",
    "/auth/token",
    "/auth/secret",
    "/auth/clientSecret",
    "/signature/key",
    "/tls/privateKey",
];

/// Secrets outside the list of endpoints.
const SECRETS: [&str; 1] = ["/testEvents/signingKey"];

/// Puts stars in the place of every secret of a settings document.
pub fn redact(document: &mut Json) {
    SECRETS.iter().for_each(|secret| cover(document, secret));
    let endpoints = document.get_mut("webhooks").and_then(Json::as_array_mut);
    for endpoint in endpoints.into_iter().flatten() {
        ENDPOINT_SECRETS.iter().for_each(|secret| cover(endpoint, secret));
        for url in URLS.iter().chain([&URL]) {
            if let Some(Json::String(url)) = endpoint.pointer_mut(url) {
                *url = urls::covered(url);
            }
        }
    }
}

fn cover(document: &mut Json, secret: &str) {
    if let Some(value) = document.pointer_mut(secret).filter(|value| !value.is_null()) {
        *value = STARS.into();
    }
}

impl Settings {
    /// The endpoints that a URL means, be it in clear or as it is shown.
    pub fn endpoints_at<'a>(&'a self, url: &'a str) -> impl Iterator<Item = &'a Endpoint> {
        self.webhooks.iter().filter(move |endpoint| is_shown_as(&endpoint.url, url))
    }

    /// The one endpoint that a URL means; `None` if it means none, or several that are shown alike.
    pub fn endpoint_at<'a>(&'a self, url: &'a str) -> Option<&'a Endpoint> {
        let mut meant = self.endpoints_at(url);
        let exact = self.webhooks.iter().find(|endpoint| endpoint.url == url);
        exact.or_else(|| meant.next().filter(|_| meant.next().is_none()))
    }

    /// `change` with the secrets of these settings in the place of stars. An endpoint is known by
    /// its URL; stars for a secret that is not there are refused.
    pub(in crate::programs) fn with_secrets(&self, change: &Json) -> Result<Json, JsonProblem> {
        let mut change = change.clone();
        let own = serde_json::to_value(self).map_err(|cause| at(".", cause.to_string()))?;
        for secret in SECRETS {
            uncover(&mut change, Some(&own), secret, "")?;
        }
        let known: Vec<&Json> = own["webhooks"].as_array().into_iter().flatten().collect();
        let Some(given) = change.get_mut("webhooks").and_then(Json::as_array_mut) else {
            return Ok(change);
        };
        let meant = meant(given, &known)?;
        for (number, (endpoint, known)) in given.iter_mut().zip(meant).enumerate() {
            let place = format!("webhooks[{number}]");
            if let Some(known) = known {
                endpoint["url"] = known["url"].clone();
            }
            for url in URLS {
                uncover_url(endpoint, known, url, &place)?;
            }
            for secret in ENDPOINT_SECRETS {
                uncover(endpoint, known, secret, &place)?;
            }
        }
        Ok(change)
    }
}

/// Which of the known endpoints each one is that was given. Of several that are shown alike, all
/// must be there, in their order: otherwise nobody can tell which is which.
fn meant<'a>(given: &[Json], known: &[&'a Json]) -> Result<Vec<Option<&'a Json>>, JsonProblem> {
    let url_of = |endpoint: &Json| endpoint["url"].as_str().map(str::to_owned);
    let given: Vec<Option<String>> = given.iter().map(url_of).collect();
    let find = |(number, url): (usize, &Option<String>)| {
        let Some(url) = url else { return Ok(None) };
        if let Some(same) = known.iter().find(|known| known["url"] == url.as_str()) {
            return Ok(Some(*same));
        }
        if !has_stars(url) {
            return Ok(None);
        }
        let is_alike =
            |known: &&&Json| known["url"].as_str().is_some_and(|own| is_shown_as(own, url));
        let alike: Vec<&Json> = known.iter().filter(is_alike).copied().collect();
        let places = || given.iter().enumerate().filter(|(_, other)| other.as_ref() == Some(url));
        let member = format!("webhooks[{number}].url");
        match places().position(|(place, _)| place == number).and_then(|at| alike.get(at)) {
            Some(_) if alike.len() != places().count() => {
                Err(at(&member, "several endpoints are shown so; give it in clear"))
            }
            Some(known) => Ok(Some(*known)),
            None => Err(no_secret(&member)),
        }
    };
    given.iter().enumerate().map(find).collect()
}

fn no_secret(member: &str) -> JsonProblem {
    at(member, "stars stand for a secret that is kept, and none is; give it in clear")
}

fn uncover_url(
    endpoint: &mut Json,
    known: Option<&Json>,
    url: &str,
    place: &str,
) -> Result<(), JsonProblem> {
    let Some(Json::String(given)) = endpoint.pointer_mut(url) else { return Ok(()) };
    let own = known.and_then(|known| known.pointer(url)?.as_str());
    match own.filter(|own| is_shown_as(own, given)) {
        Some(own) => *given = own.to_owned(),
        None if has_stars(given) => {
            return Err(no_secret(&format!("{place}{}", url.replace('/', "."))));
        }
        None => {}
    }
    Ok(())
}

fn uncover(
    document: &mut Json,
    known: Option<&Json>,
    secret: &str,
    place: &str,
) -> Result<(), JsonProblem> {
    let Some(value) = document.pointer_mut(secret).filter(|value| *value == STARS) else {
        return Ok(());
    };
    match known.and_then(|known| known.pointer(secret)) {
        Some(own) => {
            *value = own.clone();
            Ok(())
        }
        None => {
            let member = format!("{place}{}", secret.replace('/', "."));
            Err(no_secret(member.trim_start_matches('.')))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    fn settings(change: &Json) -> Settings {
        let template = Settings::parse(&Config::defaults().unwrap().template).unwrap();
        template.merged(change).unwrap()
    }

    #[test]
    fn whk_2_a_document_that_was_read_can_be_written_back_and_changes_no_secret() {
        let endpoint = |auth: Json| json!({ "url": "http://127.0.0.1/", "auth": auth });
        let oauth = json!({
            "type": "oauth", "tokenUrl": "http://127.0.0.1/t", "clientId": "c",
            "clientSecret": "hidden-1",
        });
        for auth in [
            json!({ "type": "apiKey", "key": "hidden-1" }),
            json!({ "type": "bearer", "token": "hidden-1" }),
            json!({ "type": "jwt", "secret": "hidden-1" }),
            oauth,
        ] {
            let mut endpoint = endpoint(auth);
            endpoint["signature"] = json!({ "key": "hidden-2" });
            let before = settings(&json!({
                "webhooks": [endpoint], "testEvents": { "signingKey": "hidden-3" },
            }));
            let mut shown = serde_json::to_value(&before).unwrap();
            redact(&mut shown);
            assert!(!shown.to_string().contains("hidden"), "{shown}");
            assert_eq!(before.merged(&shown).unwrap(), before);
        }
    }

    #[test]
    fn whk_2_secrets_of_urls_are_stars_and_stay_where_they_are() {
        let oauth = json!({
            "type": "oauth", "tokenUrl": "http://u:hidden-1@127.0.0.1/t", "clientId": "c",
            "clientSecret": "hidden-2",
        });
        let before = settings(&json!({ "webhooks": [
            { "url": "http://u:hidden-3@127.0.0.1/", "auth": oauth },
            // These two are shown alike.
            { "url": "http://127.0.0.1/?token=hidden-4", "auth": { "type": "jwt", "secret": "a" } },
            { "url": "http://127.0.0.1/?token=hidden-5", "auth": { "type": "jwt", "secret": "b" } },
        ] }));
        let mut shown = serde_json::to_value(&before).unwrap();
        redact(&mut shown);
        assert!(!shown.to_string().contains("hidden"), "{shown}");
        assert_eq!(shown["webhooks"][0]["url"], "http://u:***@127.0.0.1/");
        assert_eq!(before.merged(&shown).unwrap(), before);
        assert_eq!(before.endpoints_at("http://127.0.0.1/?token=***").count(), 2);
        assert_eq!(before.endpoints_at("http://127.0.0.1/?token=hidden-5").count(), 1);
        // One alone of those that are shown alike may be either.
        shown["webhooks"].as_array_mut().unwrap().pop();
        let problem = before.merged(&shown).unwrap_err();
        assert_eq!(problem.member, "webhooks[1].url");
        assert!(problem.problem.contains("give it in clear"), "{problem}");
        shown["webhooks"].as_array_mut().unwrap().pop();
        assert_eq!(before.merged(&shown).unwrap().webhooks, before.webhooks[..1]);
        shown["webhooks"][0]["auth"]["tokenUrl"] = json!("http://u:***@127.0.0.2/t");
        assert_eq!(before.merged(&shown).unwrap_err().member, "webhooks[0].auth.tokenUrl");
    }

    #[test]
    fn stars_without_a_secret_behind_them_are_refused_by_name() {
        let known = settings(&json!({ "webhooks": [{ "url": "http://127.0.0.1/a" }] }));
        let moved = json!({ "webhooks": [
            { "url": "http://127.0.0.1/b", "auth": { "type": "jwt", "secret": "***" } },
        ] });
        let problem = known.merged(&moved).unwrap_err();
        assert_eq!(problem.member, "webhooks[0].auth.secret");
        let moved = json!({ "webhooks": [{ "url": "http://u:***@127.0.0.1/a" }] });
        assert_eq!(known.merged(&moved).unwrap_err().member, "webhooks[0].url");
    }
}
