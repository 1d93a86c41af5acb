//! Settings as earlier releases wrote them: members that have moved are read where they stood.

use serde_json::Value as Json;

/// Members that have moved: from where, to where, as JSON pointers to objects and names in them.
const MOVED: [(&str, &str, &str, &str); 1] =
    [("/adjustments", "responseHeader", "/answers", "responseHeader")];

/// A stored document with its members where they belong now. What stands there already stays.
pub fn brought_up_to_date(mut document: Json) -> Json {
    for (from, old, to, new) in MOVED {
        let taken = document.pointer_mut(from).and_then(Json::as_object_mut);
        let Some(value) = taken.and_then(|section| section.remove(old)) else { continue };
        if document.pointer(to).is_none() {
            insert(&mut document, to, Json::Object(serde_json::Map::new()));
        }
        if let Some(section) = document.pointer_mut(to).and_then(Json::as_object_mut) {
            section.entry(new).or_insert(value);
        }
    }
    document
}

fn insert(document: &mut Json, section: &str, value: Json) {
    if let Some(members) = document.as_object_mut() {
        members.insert(section.trim_start_matches('/').to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_that_has_moved_is_read_where_it_stood() {
        let kept = json!({ "adjustments": { "tries": 3 } });
        for (stored, read) in [
            (json!({}), json!({})),
            (kept.clone(), kept),
            (
                json!({ "adjustments": { "tries": 3, "responseHeader": true } }),
                json!({ "adjustments": { "tries": 3 }, "answers": { "responseHeader": true } }),
            ),
            (
                json!({ "adjustments": { "responseHeader": true }, "answers": { "x": 1 } }),
                json!({ "adjustments": {}, "answers": { "x": 1, "responseHeader": true } }),
            ),
            (
                json!({ "adjustments": { "responseHeader": true },
                    "answers": { "responseHeader": false } }),
                json!({ "adjustments": {}, "answers": { "responseHeader": false } }),
            ),
        ] {
            assert_eq!(brought_up_to_date(stored), read);
        }
    }
}
