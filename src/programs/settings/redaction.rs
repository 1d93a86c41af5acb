//! Secrets of settings stay where they are: read back, they show stars, and stars that are written
//! back stand for what is there already.

use serde_json::Value as Json;

use super::{Settings, at};
use crate::kernel::strict_json::JsonProblem;

/// Stands for a secret.
const STARS: &str = "***";

/// Secrets of one endpoint, as JSON pointers.
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
    }
}

fn cover(document: &mut Json, secret: &str) {
    if let Some(value) = document.pointer_mut(secret).filter(|value| !value.is_null()) {
        *value = STARS.into();
    }
}

impl Settings {
    /// `change` with the secrets of these settings in the place of stars. An endpoint is known by
    /// its URL; stars for a secret that is not there are refused.
    pub(in crate::programs) fn with_secrets(&self, change: &Json) -> Result<Json, JsonProblem> {
        let mut change = change.clone();
        let own = serde_json::to_value(self).map_err(|cause| at(".", cause.to_string()))?;
        for secret in SECRETS {
            uncover(&mut change, Some(&own), secret, "")?;
        }
        let known = own["webhooks"].as_array();
        let endpoints = change.get_mut("webhooks").and_then(Json::as_array_mut);
        for (number, endpoint) in endpoints.into_iter().flatten().enumerate() {
            let same = |own: &&Json| own.get("url") == endpoint.get("url");
            let known = known.and_then(|known| known.iter().find(same));
            for secret in ENDPOINT_SECRETS {
                uncover(endpoint, known, secret, &format!("webhooks[{number}]"))?;
            }
        }
        Ok(change)
    }
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
            let problem = "stars stand for a secret that is kept, and none is; give it in clear";
            Err(at(member.trim_start_matches('.'), problem))
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
    fn stars_without_a_secret_behind_them_are_refused_by_name() {
        let known = settings(&json!({ "webhooks": [{ "url": "http://127.0.0.1/a" }] }));
        let moved = json!({ "webhooks": [
            { "url": "http://127.0.0.1/b", "auth": { "type": "jwt", "secret": "***" } },
        ] });
        let problem = known.merged(&moved).unwrap_err();
        assert_eq!(problem.member, "webhooks[0].auth.secret");
    }
}
