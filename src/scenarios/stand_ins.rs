//! What is wrong with a document whatever its references turn out to be. In place of a text that
//! holds one, its reader is shown values of all sorts: what it then still complains of stands.

use serde_json::{Value as Json, json};

use crate::kernel::strict_json::JsonProblem;

/// What a reference may turn out to be, as far as readers tell values apart. An object is none of
/// them: it would lack members.
const SORTS: [fn() -> Json; 5] = [
    || json!("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    || json!(1),
    || json!(true),
    || json!("PT1S"),
    || json!([]),
];
/// Members that tell kinds of objects apart: a reader names one where it knows none better.
const KINDS: [&str; 3] = ["kind", "type", "action"];

/// A text that holds a reference.
struct Place {
    /// `amounts[0]`.
    member: String,
    /// `/amounts/0`.
    pointer: String,
    /// The sort that stands there; `None`: the text itself.
    sort: Option<usize>,
}

/// Whether a text holds a reference.
pub(super) fn refers(text: &str) -> bool {
    text.contains("${")
}

/// The first problem that a reader has with a document and that no reference can mend. Where no
/// sort of value is taken, a word is wanted that is not known yet: that is none.
pub(super) fn problem(
    document: &Json,
    read: impl Fn(&Json) -> Option<JsonProblem>,
) -> Option<JsonProblem> {
    let mut places = Vec::new();
    find("", "", document, &mut places);
    let mut shown = document.clone();
    loop {
        let found = read(&shown)?;
        let is_of_members =
            ["missing field", "unknown field"].iter().any(|it| found.problem.contains(it));
        let is_meant = |place: &&mut Place| is_about(&found.member, &place.member);
        let meant: Vec<&mut Place> = places.iter_mut().filter(is_meant).collect();
        if is_of_members || meant.is_empty() {
            return Some(found);
        }
        // Those that are told together take their turns together, so this ends.
        let next = meant.iter().map(|place| place.sort.map_or(0, |sort| sort + 1)).max()?;
        let sort = SORTS.get(next)?;
        for place in meant {
            place.sort = Some(next);
            *shown.pointer_mut(&place.pointer)? = sort();
        }
    }
}

/// Whether the member that a reader names may be this one.
fn is_about(named: &str, member: &str) -> bool {
    let (above, last) = named.rsplit_once('.').unwrap_or(("", named));
    let around = if KINDS.contains(&last) || named == "." { above } else { named };
    let holds = |outer: &str, inner: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
    };
    holds(around, member) || holds(member, around)
}

fn find(member: &str, pointer: &str, value: &Json, places: &mut Vec<Place>) {
    match value {
        Json::String(text) if refers(text) => {
            let (member, pointer) = (member.to_owned(), pointer.to_owned());
            places.push(Place { member, pointer, sort: None });
        }
        Json::Array(entries) => entries.iter().enumerate().for_each(|(at, entry)| {
            find(&format!("{member}[{at}]"), &format!("{pointer}/{at}"), entry, places);
        }),
        Json::Object(members) => members.iter().for_each(|(name, inner)| {
            let dot = if member.is_empty() { "" } else { "." };
            let escaped = name.replace('~', "~0").replace('/', "~1");
            find(&format!("{member}{dot}{name}"), &format!("{pointer}/{escaped}"), inner, places);
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// A document without the members and entries that hold a reference themselves.
pub(super) fn without_references(document: &Json) -> Json {
    let is_known = |value: &Json| !value.as_str().is_some_and(refers);
    match document {
        Json::Array(entries) => {
            entries.iter().filter(|it| is_known(it)).map(without_references).collect()
        }
        Json::Object(members) => {
            let known = members.iter().filter(|(_, inner)| is_known(inner));
            known.map(|(name, inner)| (name.clone(), without_references(inner))).collect()
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::kernel::strict_json;

    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    enum Kind {
        Plain { amount: f64, more: Option<u8>, of: Option<Vec<f64>>, word: Option<Word> },
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Word {
        Known,
    }

    #[test]
    fn what_no_reference_can_mend_is_told_and_nothing_else() {
        let told = |members: Json| {
            let mut document = json!({ "kind": "plain", "amount": "${x}" });
            let all = document.as_object_mut().unwrap();
            all.extend(members.as_object().unwrap().clone());
            problem(&document, |it| strict_json::read::<Kind>(it).err())
        };
        for fine in [
            json!({}),
            json!({ "more": "${y.z}" }),
            json!({ "of": ["${y}", 1, "a${y}"], "more": "${x}" }),
            json!({ "of": "${y}" }),
            json!({ "word": "${y}" }),
            json!({ "kind": "${y}" }),
        ] {
            assert_eq!(told(fine.clone()), None, "{fine}");
        }
        for wrong in [json!({ "mor": 1 }), json!({ "more": 256 }), json!({ "word": "knwn" })] {
            assert!(told(wrong.clone()).is_some(), "{wrong}");
        }
    }

    #[test]
    fn what_refers_is_left_out_and_the_rest_stays() {
        let document = json!({ "a": "${x}", "b": [1, "${y}"], "c": { "d": "z${x}", "e": null } });
        assert_eq!(without_references(&document), json!({ "b": [1], "c": { "e": null } }));
    }
}
