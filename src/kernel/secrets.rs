//! What is secret, judged by its name: the one list of such names, for all that is shown.
//!
//! Journal, configuration and reports of scenarios ask here. Settings list the places of their
//! secrets themselves, since there stars can be written back; of URLs they ask [`urls`].

pub mod urls;

use serde_json::Value as Json;

/// What stands in place of something secret.
pub const STARS: &str = "***";

/// Words of a name that make its value secret.
const WORDS: [&str; 22] = [
    "ssn",
    "itin",
    "tin",
    "pin",
    "pan",
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "csc",
    "tokens",
    "passwd",
    "passcode",
    "otp",
    AUTHORIZATION,
    "signature",
    "nonce",
    "matricula",
    "expiration",
    "expiry",
    "encrypted",
    "sig",
];

/// What makes a value secret wherever it stands in the name, between other letters too.
const GLUED: [&str; 7] =
    ["secret", "token", "password", "apikey", "privatekey", "signingkey", "credential"];

/// Names, or ends of names, whose values are secret.
const NAMES: [&str; 15] = [
    "cardnumber",
    "idnumber",
    "identitynumber",
    "socialsecuritynumber",
    "ssnsuffix",
    "taxid",
    "verificationcode",
    "securitycode",
    "onetimecode",
    "key",
    "activationlink",
    "activationdata",
    "contacthandle",
    "image",
    "filedata",
];

/// Last words of a name that speak about a secret without holding it.
const HARMLESS_ENDS: [&str; 13] = [
    "identifier",
    "identifiers",
    "id",
    "ids",
    "url",
    "type",
    "status",
    "state",
    "provider",
    "reason",
    "reasons",
    "attempts",
    "tries",
];

const AUTHORIZATION: &str = "authorization";

/// Whether the value of a member of this name is secret.
pub fn is_secret(name: &str) -> bool {
    let words = words(name);
    let flat = words.concat();
    let is_harmless = words.last().is_some_and(|last| HARMLESS_ENDS.contains(&last.as_str()))
        || words.iter().any(|word| word.starts_with("last4"));
    is_named(&flat) || (!is_harmless && is_told(&words, &flat))
}

/// Whether a name speaks of something secret at all, be it that its value holds none: `tokenUrl`.
/// For whoever rather shows too little.
pub fn speaks_of_secret(name: &str) -> bool {
    let words = words(name);
    let flat = words.concat();
    is_named(&flat) || is_told(&words, &flat) || flat.contains(AUTHORIZATION)
}

fn is_named(flat: &str) -> bool {
    // A longer one may have words before it; `key` alone would take public ones with it.
    let is_it = |name: &&str| flat == *name || (name.len() > 3 && flat.ends_with(*name));
    NAMES.iter().any(is_it)
}

fn is_told(words: &[String], flat: &str) -> bool {
    words.iter().any(|word| WORDS.contains(&word.as_str()))
        || GLUED.iter().any(|glued| flat.contains(glued))
}

/// The words of a name in small letters: `encryptedPin`, `client_secret`, `SSN`, `X-Api-Key`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = before == ' ' || (c.is_uppercase() && !before.is_uppercase());
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.extend(c.to_lowercase()),
            None => words.push(c.to_lowercase().collect()),
        }
        before = c;
    }
    words
}

/// Whether a text is a signed token, or the value of an `Authorization` header, whatever it is
/// called.
pub fn looks_like_token(text: &str) -> bool {
    let scheme = text.split_once(' ').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let is_header = matches!(scheme.as_deref(), Some("bearer" | "basic"));
    is_header || (text.contains("eyJ") && text.matches('.').count() >= 2)
}

/// A document with stars in place of every value that is secret by its name. Truth values stay: no
/// secret is one.
#[must_use]
pub fn covered(mut document: Json) -> Json {
    match &mut document {
        Json::Object(members) => {
            for (name, inner) in members.iter_mut() {
                *inner = match inner {
                    Json::Bool(_) | Json::Null => continue,
                    _ if is_secret(name) => STARS.into(),
                    _ => covered(inner.take()),
                };
            }
        }
        Json::Array(entries) => {
            entries.iter_mut().for_each(|entry| *entry = covered(entry.take()));
        }
        Json::String(text) => *text = urls::covered_in(text),
        _ => {}
    }
    document
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_judged_in_any_spelling() {
        for name in [
            "clientSecret",
            "client_secret",
            "clientsecret",
            "CLIENT-SECRET",
            "access_token",
            "ssnsuffix",
            "X-Api-Key",
            "dbCredentials",
            "newPin",
            "Authorization",
        ] {
            assert!(is_secret(name) && speaks_of_secret(name), "{name}");
        }
        for name in ["tokenUrl", "pinStatus", "last4Pan", "tokenIdentifier", "preAuthorizations"] {
            assert!(!is_secret(name) && speaks_of_secret(name), "{name}");
        }
        for name in ["", "memo", "company", "publicKey", "spinner", "shipping", "keys"] {
            assert!(!is_secret(name) && !speaks_of_secret(name), "{name}");
        }
    }

    #[test]
    fn a_covered_document_keeps_facts_and_what_is_not_secret() {
        let document = json!({
            "ssn": "1", "deep": [{ "pan": { "x": 1 }, "isPinSet": true, "memo": "m" }],
            "url": "https://u:p@h/?token=t",
        });
        let shown = json!({
            "ssn": "***", "deep": [{ "pan": "***", "isPinSet": true, "memo": "m" }],
            "url": "https://u:***@h/?token=***",
        });
        assert_eq!(covered(document), shown);
    }

    proptest! {
        #[test]
        fn what_is_secret_speaks_of_it(name in "\\PC{0,30}") {
            prop_assert!(!is_secret(&name) || speaks_of_secret(&name));
        }

        #[test]
        fn words_around_a_secret_one_do_not_hide_it(
            before in "[a-z]{0,8}", after in "[A-Z][a-z]{0,4}x", at in 0..GLUED.len(),
        ) {
            let name = format!("{before}{}{after}", GLUED[at]);
            prop_assert!(is_secret(&name), "{}", name);
        }
    }
}
