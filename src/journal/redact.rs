//! What is kept of a body: its JSON without what is secret, and not more than so many bytes of it.
//!
//! Secret is what is called so, at any depth: identity numbers, PINs, card numbers and their
//! verification values, tokens, keys, passwords, one-time codes. Secret is also, whatever it is
//! called, what looks so: nine digits in a row may be an identity number, and thirteen and more
//! with a right check digit a card number, and a URL may hold a password or a key. What was sealed
//! stays sealed, and is not kept at all.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::model::{KeptBody, RawBody, kept};
use crate::kernel::digits;
use crate::kernel::secrets::urls::{self, decoded};
use crate::kernel::secrets::{STARS, is_secret, looks_like_token};

/// What stands in place of a sealed member.
const SEALED: &str = "<sealed>";
/// What stands at the end of a text that was cut.
const MARK: char = '\u{2026}';
/// Characters kept of one text.
const TEXT_MAX: usize = 300;
/// Members kept of a query.
const QUERY_MAX: usize = 50;

/// What is kept of a body: nothing beyond its length if it is no JSON, or if `bytes_max` is 0.
pub fn body(raw: &RawBody, bytes_max: usize) -> KeptBody {
    let mut told = KeptBody {
        media_type: raw.media_type.as_deref().map(kept),
        length: raw.length,
        body: None,
        is_cut: false,
    };
    let Some(bytes) = raw.bytes.as_deref().filter(|bytes| !bytes.is_empty() && bytes_max > 0)
    else {
        return told;
    };
    if let Ok(document) = serde_json::from_slice::<Json>(bytes) {
        let mut budget = Budget { left: bytes_max, is_cut: false };
        told.body = Some(budget.keep("", &document));
        told.is_cut = budget.is_cut;
    }
    told
}

/// What is kept of a path: a part of it may be anything that the caller likes.
pub fn path(text: &str) -> String {
    text.split('/').map(|part| masked(&kept(part))).collect::<Vec<_>>().join("/")
}

/// What is kept of a query.
pub fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(QUERY_MAX);
    let told = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (kept(&decoded(name)), kept(&decoded(value)));
        let value = if is_secret(&name) { STARS.to_owned() } else { masked(&value) };
        (masked(&name), value)
    });
    told.collect()
}

/// A text as it is kept, whatever it is called.
fn masked(text: &str) -> String {
    if is_guid(text) {
        return text.to_owned();
    }
    if looks_like_token(text) {
        return STARS.to_owned();
    }
    digits::masked(&without_card_numbers(&urls::covered_in(text)))
}

fn is_guid(text: &str) -> bool {
    let is_form = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.chars().enumerate().all(is_form)
}

/// Digits of a card number, at least and at most.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The text with stars in place of what may be a card number, but for its last four digits.
fn without_card_numbers(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        let goes_on = c.is_ascii_digit()
            || (matches!(c, '-' | ' ') && run.ends_with(|last: char| last.is_ascii_digit()));
        if goes_on {
            run.push(c);
        } else {
            told.push_str(&masked_run(&run));
            run.clear();
            told.push(c);
        }
    }
    told.push_str(&masked_run(&run));
    told
}

fn masked_run(run: &str) -> String {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    if !CARD_DIGITS.contains(&digits.len()) || !has_check_digit(&digits) {
        return run.to_owned();
    }
    let mut left = digits.len();
    let mut mask = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        left -= 1;
        if left < 4 { c } else { '*' }
    };
    run.chars().map(&mut mask).collect()
}

/// The check of Luhn.
fn has_check_digit(digits: &[u32]) -> bool {
    let weigh = |(place, digit): (usize, &u32)| match (place % 2, *digit * 2) {
        (0, _) => *digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>().is_multiple_of(10)
}

/// How much may still be kept.
struct Budget {
    left: usize,
    is_cut: bool,
}

impl Budget {
    /// What is kept of a value; its parts in their order, until the budget is used up.
    fn keep(&mut self, name: &str, value: &Json) -> Json {
        let is_fact = matches!(value, Json::Bool(_) | Json::Null);
        if is_secret(name) && !is_fact {
            return self.stars(if is_sealed(value) { SEALED } else { STARS });
        }
        match value {
            _ if is_sealed(value) => self.stars(SEALED),
            Json::Object(members) => self.keep_members(members),
            Json::Array(entries) => self.keep_entries(name, entries),
            Json::String(text) if is_code(name, text) => self.stars(STARS),
            Json::String(text) => self.keep_text(text),
            Json::Number(number) => {
                let shown = number.to_string();
                self.spend(shown.len());
                let told = masked(&shown);
                if told == shown { value.clone() } else { Json::String(told) }
            }
            Json::Bool(_) | Json::Null => {
                self.spend(5);
                value.clone()
            }
        }
    }

    fn keep_members(&mut self, members: &Map<String, Json>) -> Json {
        let mut told = Map::new();
        for (name, value) in members {
            if !self.spend(name.len() + 4) {
                break;
            }
            // A name may be anything that the caller likes.
            told.insert(masked(&kept(name)), self.keep(name, value));
        }
        Json::Object(told)
    }

    fn keep_entries(&mut self, name: &str, entries: &[Json]) -> Json {
        let mut told = Vec::new();
        for value in entries {
            if !self.spend(2) {
                break;
            }
            told.push(self.keep(name, value));
        }
        Json::Array(told)
    }

    fn keep_text(&mut self, text: &str) -> Json {
        let told = masked(text);
        let length = told.chars().count();
        let most = TEXT_MAX.min(self.left);
        self.spend(told.len().min(most));
        if length <= most {
            return Json::String(told);
        }
        self.is_cut = true;
        let head: String = told.chars().take(most).collect();
        Json::String(format!("{head}{MARK}"))
    }

    fn stars(&mut self, text: &str) -> Json {
        self.spend(text.len());
        Json::String(text.to_owned())
    }

    /// Takes so many bytes; says whether there were that many.
    fn spend(&mut self, bytes: usize) -> bool {
        let is_enough = bytes <= self.left;
        self.left = self.left.saturating_sub(bytes);
        self.is_cut |= !is_enough;
        is_enough
    }
}

/// A one-time code: a member `code` that holds digits in a text. Codes of answers are numbers.
fn is_code(name: &str, text: &str) -> bool {
    name.eq_ignore_ascii_case("code")
        && (4..=10).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A container of sealed data.
fn is_sealed(value: &Json) -> bool {
    let has = |name: &str| value.get(name).is_some();
    has("ephemeralPublicKey") || (has("publicKeyHash") && has("data"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn kept_of(document: &Json, bytes_max: usize) -> KeptBody {
        let bytes = document.to_string().into_bytes();
        let length = Some(bytes.len() as u64);
        let raw = RawBody { media_type: None, length, bytes: Some(bytes.into()) };
        body(&raw, bytes_max)
    }

    fn told(document: &Json) -> Json {
        kept_of(document, 16_384).body.unwrap()
    }

    #[test]
    fn jrn_2_what_is_called_secret_is_not_kept() {
        for name in [
            "ssn",
            "SSN",
            "ssnSuffix",
            "encryptedSsn",
            "itin",
            "idNumber",
            "pin",
            "newPin",
            "pan",
            "cvv",
            "cardNumber",
            "access_token",
            "docvTransactionToken",
            "client_secret",
            "clientSecret",
            "password",
            "verificationCode",
            "X-Api-Key",
            "signingKey",
            "Authorization",
            "encryptedUserData",
            "expirationMonth",
        ] {
            for secret in [json!("4711"), json!(4711), json!({ "x": "4711" }), json!(["4711"])] {
                let told = told(&json!({ "a": [{ name: secret }] }));
                assert!(!told.to_string().contains("4711"), "{name}: {told}");
            }
        }
    }

    #[test]
    fn jrn_2_what_only_speaks_of_a_secret_is_kept() {
        let document = json!({
            "isPinSet": true, "last4Pan": "1234", "tokenIdentifier": "t-1", "pinStatus": "set",
            "last4Identity": "4343", "responseDetails": [{ "code": 0, "subCode": 0 }],
            "productCode": "50400", "shippingAddress": "1 Pine Street", "company": "Pan Am",
            "accountIdentifier": "5b0c7a0e-8d7c-4b43-9a55-000000000001",
        });
        assert_eq!(told(&document), document);
    }

    #[test]
    fn jrn_2_what_looks_secret_is_not_kept_wherever_it_stands() {
        let document = json!({
            "memo": "ssn 107-65-4343", "number": 107654343, "107654343": 1,
            "note": "card 4111 1111 1111 1111!", "header": "Bearer abc", "code": "123456",
            "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2ln",
            "url": "https://user:hidden@host/?apiKey=hidden&a=b",
            "box": { "version": "EC_v1", "ephemeralPublicKey": "k", "publicKeyHash": "h",
                "data": "cipher" },
        });
        let told = told(&document);
        assert_eq!(
            told,
            json!({
                "memo": "ssn ***-**-4343", "number": "*****4343", "*****4343": 1,
                "note": "card **** **** **** 1111!", "header": "***", "code": "***",
                "jwt": "***", "box": "<sealed>", "url": "https://user:***@host/?apiKey=***&a=b",
            })
        );
        assert_eq!(path("/a/107654343/4111111111111111"), "/a/*****4343/************1111");
        let query = query("ssn=1&x=107654343&%70in=9&a=b+c");
        let query: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(query, [("a", "b c"), ("pin", "***"), ("ssn", "***"), ("x", "*****4343")]);
    }

    #[test]
    fn of_what_is_no_json_the_length_is_kept() {
        let raw = RawBody {
            media_type: Some("text/csv".into()),
            length: Some(3),
            bytes: Some(b"a,b".as_slice().into()),
        };
        let told = body(&raw, 100);
        assert_eq!((told.length, told.body), (Some(3), None));
        assert_eq!(kept_of(&json!({ "a": 1 }), 0).body, None);
    }

    fn names() -> impl Strategy<Value = String> {
        prop_oneof!["[a-zA-Z_]{1,12}", Just("memo".to_owned()), Just("data".to_owned())]
    }

    /// Documents of any depth, with secrets under names that say so.
    fn documents() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[a-z ]{0,400}".prop_map(Json::from),
            Just(json!({ "ssn": "SECRET" })),
            Just(json!({ "pinBlock": { "deep": ["SECRET"] } })),
            Just(json!({ "note": "987-65-4320", "cvv": "SECRET" })),
            Just(json!({ "publicKeyHash": "SECRET", "data": "SECRET" })),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
                prop::collection::btree_map(names(), inner, 0..8)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn jrn_2_no_secret_is_kept_at_any_depth_and_no_more_than_wanted(
            document in documents(),
            most in 1usize..4_000,
        ) {
            let kept = kept_of(&document, most);
            let text = kept.body.clone().unwrap().to_string();
            prop_assert!(!text.contains("SECRET"), "{}", text);
            prop_assert!(!text.contains("987-65-4320"), "{}", text);
            // A mark for what was cut, and the braces that were open.
            prop_assert!(text.len() <= 2 * most + 64, "{} > {}", text.len(), most);
            let is_marked = text.contains(MARK);
            prop_assert!(kept.is_cut || !is_marked);
        }

        #[test]
        fn keeping_what_was_kept_changes_nothing(document in documents()) {
            let once = kept_of(&document, 1 << 20);
            prop_assume!(!once.is_cut);
            let once = once.body.unwrap();
            prop_assert_eq!(told_whole(&once), once);
        }
    }

    fn told_whole(document: &Json) -> Json {
        kept_of(document, 1 << 20).body.unwrap()
    }
}
