//! The secrets among a world's settings: what an export leaves out unless it is told otherwise, and
//! how an import puts back what the program it goes into knows.
//!
//! Secrets are what proves the simulator to somebody else. The seed is not among them: without it
//! the cards and hashes of the rows would belong to another world, and any tester reads it in the
//! settings.

use serde_json::{Value as Json, json};

use super::StateError;

/// Where secrets stand: `*` is every entry of a list, which are told apart by their `url`. What is
/// below a place is withheld with it.
pub const SECRETS: &[&[&str]] = &[&["webhooks", "*", "auth"], &["testEvents", "signingKey"]];

/// What stands in the place of a secret.
fn withheld() -> Json {
    json!({ "withheld": true })
}

/// Takes the secrets out. How an endpoint wants to be called stays out with its secret, as a whole;
/// that it wants nothing may be told.
pub fn withhold(settings: &mut Json) {
    for path in SECRETS {
        visit(settings, path, &mut |secret| {
            if secret["type"] != "none" {
                *secret = withheld();
            }
        });
    }
}

/// Puts the secrets of `own`, the settings of the program that is imported into, where they were
/// left out.
pub fn restore(settings: &mut Json, own: Option<&Json>) -> Result<(), StateError> {
    for path in SECRETS {
        fill(settings, own, path, "settings")?;
    }
    Ok(())
}

fn visit(at: &mut Json, path: &[&str], change: &mut dyn FnMut(&mut Json)) {
    match path {
        [] => change(at),
        ["*", rest @ ..] => {
            let entries = at.as_array_mut().into_iter().flatten();
            entries.for_each(|entry| visit(entry, rest, change));
        }
        [name, rest @ ..] => {
            if let Some(member) = at.get_mut(*name) {
                visit(member, rest, change);
            }
        }
    }
}

fn fill(at: &mut Json, own: Option<&Json>, path: &[&str], name: &str) -> Result<(), StateError> {
    match path {
        [] if *at == withheld() => {
            let known = own.filter(|own| **own != withheld());
            *at = known.cloned().ok_or_else(|| unknown(name))?;
        }
        [] => {}
        ["*", rest @ ..] => {
            for (place, entry) in at.as_array_mut().into_iter().flatten().enumerate() {
                let same = |other: &&Json| other["url"] == entry["url"];
                let own = own.and_then(Json::as_array).and_then(|own| own.iter().find(same));
                fill(entry, own, rest, &format!("{name}[{place}]"))?;
            }
        }
        [member, rest @ ..] => {
            if let Some(entry) = at.get_mut(*member) {
                fill(
                    entry,
                    own.and_then(|own| own.get(*member)),
                    rest,
                    &format!("{name}.{member}"),
                )?;
            }
        }
    }
    Ok(())
}

fn unknown(name: &str) -> StateError {
    StateError::File(format!(
        "line 1: {name}: was left out of the export, and the program does not have it; export with \
         ?secrets=true, or give the program these settings first"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Json {
        json!({
            "seed": "1/wf",
            "webhooks": [
                { "url": "http://a", "auth": { "type": "none" } },
                { "url": "http://b", "auth": { "type": "apiKey", "key": "hush" } },
            ],
            "testEvents": { "signingKey": "hush" },
        })
    }

    #[test]
    fn secrets_are_taken_out_and_put_back_by_url() {
        let mut document = settings();
        withhold(&mut document);
        assert!(!document.to_string().contains("hush"), "{document}");
        assert_eq!(document["webhooks"][0], settings()["webhooks"][0]);
        assert_eq!(document["seed"], "1/wf");

        let mut own = settings();
        own["webhooks"].as_array_mut().unwrap().reverse();
        restore(&mut document, Some(&own)).unwrap();
        assert_eq!(document, settings());
    }

    #[test]
    fn a_secret_that_nobody_knows_is_asked_for_by_name() {
        for own in [None, Some(json!({ "webhooks": [{ "url": "http://other" }] }))] {
            let mut document = settings();
            withhold(&mut document);
            let refused = restore(&mut document, own.as_ref()).unwrap_err().to_string();
            assert!(refused.contains("settings.webhooks[1].auth"), "{refused}");
        }
        let mut whole = settings();
        restore(&mut whole, None).unwrap();
        assert_eq!(whole, settings());
    }
}
