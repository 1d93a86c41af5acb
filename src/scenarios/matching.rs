//! Whether a value is as expected; pure.
//!
//! An object names the members that matter and leaves the others open; a name with dots or brackets
//! is a path (`account.status`, `purses[0]`). A list has as many entries as are expected, one after
//! the other. Numbers are equal by value: 25 is 25.00. Everything else is equal letter for letter.
//! An object whose members all begin with `$` is a comparison.

use regex::RegexBuilder;
use serde_json::Value as Json;

use super::references;
use crate::kernel::nearest::nearest;

/// The comparisons.
const WORDS: &[&str] = &[
    "$type", "$matches", "$above", "$atLeast", "$below", "$atMost", "$exactly", "$absent", "$not",
    "$size", "$has", "$oneOf",
];
/// What `$type` may name.
const TYPES: &[&str] = &["text", "number", "boolean", "list", "object", "null", "guid"];
/// Most that is told about one comparison.
const PROBLEMS: usize = 20;
/// Largest compiled pattern, in bytes.
const PATTERN_BYTES: usize = 64 * 1024;

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The path of the member.
    pub at: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// Compares, and tells what differs; nothing if all is as expected.
pub fn compare(at: &str, expected: &Json, came: Option<&Json>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    walk(at, expected, came, &mut found);
    found.truncate(PROBLEMS);
    found
}

fn walk(at: &str, expected: &Json, came: Option<&Json>, found: &mut Vec<Mismatch>) {
    if let Some(words) = comparison(expected) {
        for (word, wanted) in words {
            if !holds(word, wanted, came) {
                found.push(mismatch(at, &told(word, wanted), came));
            }
        }
        return;
    }
    match (expected, came) {
        (Json::Object(members), Some(Json::Object(_))) => {
            for (name, wanted) in members {
                let dot = if at.is_empty() || name.starts_with('[') { "" } else { "." };
                let inner = came.and_then(|came| member(came, name));
                walk(&format!("{at}{dot}{name}"), wanted, inner, found);
            }
        }
        (Json::Array(wanted), Some(Json::Array(entries))) => {
            if wanted.len() != entries.len() {
                let (size, one) = (wanted.len(), if wanted.len() == 1 { "y" } else { "ies" });
                let came = format!("{}: {}", entries.len(), shown(&Json::Array(entries.clone())));
                found.push(Mismatch {
                    at: at.to_owned(),
                    expected: format!("{size} entr{one}"),
                    came,
                });
                return;
            }
            for (index, (wanted, entry)) in wanted.iter().zip(entries).enumerate() {
                walk(&format!("{at}[{index}]"), wanted, Some(entry), found);
            }
        }
        (Json::Number(wanted), Some(Json::Number(number))) if same(wanted, number) => {}
        (wanted, Some(value)) if wanted == value => {}
        _ => found.push(mismatch(at, &shown(expected), came)),
    }
}

fn same(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    one == other || one.as_f64() == other.as_f64()
}

fn mismatch(at: &str, expected: &str, came: Option<&Json>) -> Mismatch {
    let came = came.map_or_else(|| "nothing there".to_owned(), shown);
    Mismatch { at: at.to_owned(), expected: expected.to_owned(), came }
}

/// The member of that name, or at that path.
fn member<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    value.get(name).or_else(|| references::at(value, name))
}

fn comparison(expected: &Json) -> Option<&serde_json::Map<String, Json>> {
    let members = expected.as_object()?;
    let is_one = !members.is_empty() && members.keys().all(|name| name.starts_with('$'));
    is_one.then_some(members)
}

fn holds(word: &str, wanted: &Json, came: Option<&Json>) -> bool {
    if word == "$absent" {
        return came.is_none() == wanted.as_bool().unwrap_or(true);
    }
    if word == "$not" {
        return !compare("", wanted, came).is_empty();
    }
    let Some(came) = came else { return false };
    let as_number = |value: &Json| match value {
        Json::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    let number = |test: fn(&f64, &f64) -> bool| {
        let pair = as_number(came).zip(as_number(wanted));
        pair.is_some_and(|(came, wanted)| test(&came, &wanted))
    };
    let any_is = |entries: &Json, wanted: &Json| {
        let entries = entries.as_array().map_or(&[][..], Vec::as_slice);
        entries.iter().any(|entry| compare("", wanted, Some(entry)).is_empty())
    };
    match word {
        "$type" => wanted.as_str().is_some_and(|kind| is_of(came, kind)),
        "$matches" => {
            let (pattern, text) = (wanted.as_str().unwrap_or_default(), as_text(came));
            pattern_of(pattern).is_ok_and(|pattern| pattern.is_match(&text))
        }
        "$above" => number(|came, wanted| came > wanted),
        "$atLeast" => number(|came, wanted| came >= wanted),
        "$below" => number(|came, wanted| came < wanted),
        "$atMost" => number(|came, wanted| came <= wanted),
        "$exactly" => came == wanted,
        "$size" => {
            let size = match came {
                Json::Array(entries) => entries.len(),
                Json::Object(members) => members.len(),
                other => as_text(other).chars().count(),
            };
            compare("", wanted, Some(&size.into())).is_empty()
        }
        "$has" => match wanted {
            Json::Array(all) => all.iter().all(|one| any_is(came, one)),
            one => any_is(came, one),
        },
        "$oneOf" => wanted
            .as_array()
            .is_some_and(|all| all.iter().any(|one| compare("", one, Some(came)).is_empty())),
        _ => false,
    }
}

fn is_of(value: &Json, kind: &str) -> bool {
    match kind {
        "text" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "list" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        "guid" => value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        _ => false,
    }
}

fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn pattern_of(pattern: &str) -> Result<regex::Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build()
}

/// A comparison in words.
fn told(word: &str, wanted: &Json) -> String {
    let said = match word {
        "$type" => "a",
        "$matches" => "what matches",
        "$above" => "more than",
        "$atLeast" => "at least",
        "$below" => "less than",
        "$atMost" => "at most",
        "$exactly" => "exactly",
        "$not" => "anything but",
        "$size" => "a size of",
        "$has" => "a list that has",
        "$oneOf" => "one of",
        _ if *wanted == Json::Bool(false) => return "something".to_owned(),
        _ => return "nothing".to_owned(),
    };
    format!("{said} {}", shown(wanted))
}

/// A value as a report shows it: on one line, cut where it is long.
pub fn shown(value: &Json) -> String {
    const MOST: usize = 400;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{} …", &text[..cut]),
        None => text,
    }
}

/// A comparison that is spelt wrongly: the path below the value, and what is wrong.
pub fn misspelt(value: &Json) -> Option<(String, String)> {
    match value {
        Json::Array(entries) => (0..).zip(entries).find_map(|(at, entry): (usize, _)| {
            misspelt(entry).map(|(inner, problem)| (format!("[{at}]{inner}"), problem))
        }),
        Json::Object(members) => members.iter().find_map(|(name, inner)| {
            let own = wrong_word(name, inner, members);
            let own = own.map(|problem| (String::new(), problem));
            let inner = || misspelt(inner);
            let found = own.or_else(inner);
            found.map(|(below, problem)| (format!(".{name}{below}"), problem))
        }),
        _ => None,
    }
}

fn wrong_word(name: &str, wanted: &Json, among: &serde_json::Map<String, Json>) -> Option<String> {
    if !name.starts_with('$') {
        return None;
    }
    if !among.keys().all(|name| name.starts_with('$')) {
        return Some("a comparison does not stand beside members".to_owned());
    }
    if !WORDS.contains(&name) {
        let near =
            nearest(name, WORDS.iter().copied()).map(|near| format!("; did you mean {near}?"));
        let near = near.unwrap_or_default();
        return Some(format!("is none of {}{near}", WORDS.join(", ")));
    }
    let refers = wanted.as_str().is_some_and(|text| text.contains("${"));
    match name {
        _ if refers => None,
        "$matches" => match wanted.as_str() {
            Some(pattern) => pattern_of(pattern).err().map(|why| why.to_string()),
            None => Some("must be a pattern".to_owned()),
        },
        "$type" => {
            let is_known = wanted.as_str().is_some_and(|kind| TYPES.contains(&kind));
            (!is_known).then(|| format!("must be one of {}", TYPES.join(", ")))
        }
        "$above" | "$atLeast" | "$below" | "$atMost" => {
            (!wanted.is_number()).then(|| "must be a number".to_owned())
        }
        "$absent" => (!wanted.is_boolean()).then(|| "must be true or false".to_owned()),
        "$oneOf" => (!wanted.is_array()).then(|| "must be a list".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn came() -> Json {
        json!({
            "account": { "status": "normal", "purses": [{ "availableBalance": 25.0 }] },
            "id": "5b0c7a0e-8d7c-4b43-9a55-000000000001", "none": null, "list": [1, 2, 3],
        })
    }

    #[test]
    fn what_is_expected_is_found() {
        for expected in [
            json!({}),
            json!({ "account": { "status": "normal" } }),
            json!({ "account.status": "normal", "account.purses[0].availableBalance": 25 }),
            json!({ "account": { "purses": [{ "availableBalance": { "$atLeast": 25 } }] } }),
            json!({ "id": { "$type": "guid", "$matches": "^5b0c", "$size": 36 } }),
            json!({ "none": null, "other": { "$absent": true }, "id": { "$absent": false } }),
            json!({ "list": { "$has": [3, 1], "$size": 3, "$exactly": [1, 2, 3] } }),
            json!({ "list": [1, { "$above": 1 }, { "$oneOf": [4, 3] }] }),
            json!({ "account": { "status": { "$not": "locked" } } }),
        ] {
            assert_eq!(compare("", &expected, Some(&came())), [], "{expected}");
            assert_eq!(misspelt(&expected), None, "{expected}");
        }
    }

    #[test]
    fn what_differs_is_told_with_its_path() {
        for (expected, at, says) in [
            (json!({ "account": { "status": "locked" } }), "account.status", "\"locked\""),
            (json!({ "account.gate": "manual" }), "account.gate", "\"manual\""),
            (json!({ "list": [1, 2] }), "list", "2 entries"),
            (json!({ "list": [1, 2, 4] }), "list[2]", "4"),
            (json!({ "list": { "$size": 2 } }), "list", "a size of 2"),
            (json!({ "none": { "$absent": true } }), "none", "nothing"),
            (json!({ "id": { "$type": "number" } }), "id", "a \"number\""),
            (json!({ "account": { "$exactly": {} } }), "account", "exactly {}"),
            (json!({ "account": "normal" }), "account", "\"normal\""),
            (json!({ "list": { "0": 1 } }), "list", "{\"0\":1}"),
            (json!({ "id": { "$above": 3 } }), "id", "more than 3"),
        ] {
            let found = compare("", &expected, Some(&came()));
            assert_eq!(found.len(), 1, "{expected}: {found:?}");
            assert_eq!((found[0].at.as_str(), found[0].expected.as_str()), (at, says));
        }
    }

    #[test]
    fn a_misspelt_comparison_is_told_with_the_nearest() {
        for (value, at, says) in [
            (json!({ "a": [{ "b": { "$atleast": 1 } }] }), ".a[0].b.$atleast", "mean $atLeast?"),
            (json!({ "$matches": "(" }), ".$matches", "unclosed group"),
            (json!({ "$type": "integer" }), ".$type", "must be one of text"),
            (json!({ "$above": "much" }), ".$above", "must be a number"),
        ] {
            let (found, problem) = misspelt(&value).unwrap();
            assert_eq!(found, at);
            assert!(problem.contains(says), "{problem}");
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let plain = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[a-z ]{0,8}".prop_map(Json::from),
        ];
        plain.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                    .prop_map(|members| members.into_iter().collect::<Json>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn everything_is_as_itself_and_comparing_never_panics(
            one in any_json(),
            other in any_json(),
        ) {
            prop_assert_eq!(compare("", &one, Some(&one)), []);
            let _ = compare("", &one, Some(&other));
        }
    }
}
