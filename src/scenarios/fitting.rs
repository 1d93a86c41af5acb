//! Whether a document fits a schema of the OpenAPI document: its members are known, those that are
//! needed are there, and words are among those that there are. What a schema leaves open, or gives
//! a choice of, is left to whoever reads the document in earnest.
//!
//! A text that holds a reference may become anything.

use serde_json::{Map, Value as Json};

/// The member, and what is wrong with it.
pub(super) type Misfit = (String, String);

/// How many of its members a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    /// All that are needed.
    All,
    /// Some of them: it is laid over another one, and `null` takes a member away.
    Part,
}

/// The first member that does not fit.
pub(super) fn misfit(
    schemas: &Json,
    schema: &Json,
    value: &Json,
    members: Members,
) -> Option<Misfit> {
    Fitting { schemas, members }.misfit("", schema, value)
}

struct Fitting<'a> {
    schemas: &'a Json,
    members: Members,
}

impl Fitting<'_> {
    fn misfit(&self, at: &str, schema: &Json, value: &Json) -> Option<Misfit> {
        let schema = self.the_one(schema)?;
        match value {
            Json::Null => None,
            Json::String(text) if text.contains("${") => None,
            Json::String(word) => word_misfit(at, schema, word),
            Json::Array(entries) => {
                let inner = schema.get("items")?;
                let mut entries = entries.iter().enumerate();
                entries.find_map(|(index, it)| self.misfit(&format!("{at}[{index}]"), inner, it))
            }
            Json::Object(members) => self.object_misfit(at, schema, members),
            Json::Bool(_) | Json::Number(_) => None,
        }
    }

    /// The schema itself, where it is named or may be `null` besides; `None` for a choice.
    fn the_one<'s>(&'s self, schema: &'s Json) -> Option<&'s Json> {
        if let Some(name) = schema.get("$ref").and_then(Json::as_str) {
            let name = name.rsplit('/').next().unwrap_or_default();
            return self.the_one(self.schemas.get(name)?);
        }
        let choice = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema.get(word));
        let Some(Json::Array(choice)) = choice else { return Some(schema) };
        let mut real = choice.iter().filter(|one| one["type"] != "null");
        match (real.next(), real.next()) {
            (Some(only), None) => self.the_one(only),
            _ => None,
        }
    }

    fn object_misfit(
        &self,
        at: &str,
        schema: &Json,
        members: &Map<String, Json>,
    ) -> Option<Misfit> {
        let known = schema.get("properties").and_then(Json::as_object)?;
        let is_closed = schema["additionalProperties"] == false;
        for (name, value) in members {
            let member = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            match known.get(name) {
                Some(inner) => {
                    if let Some(found) = self.misfit(&member, inner, value) {
                        return Some(found);
                    }
                }
                None if is_closed => {
                    let names = known.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>();
                    let names = names.join(", ");
                    return Some((member, format!("unknown field `{name}`, expected {names}")));
                }
                None => {}
            }
        }
        if self.members == Members::Part {
            return None;
        }
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let missing = needed.into_iter().find(|name| !members.contains_key(*name))?;
        Some((at.to_owned(), format!("missing field `{missing}`")))
    }
}

fn word_misfit(at: &str, schema: &Json, word: &str) -> Option<Misfit> {
    let words: Vec<&str> =
        schema.get("enum")?.as_array()?.iter().filter_map(Json::as_str).collect();
    if words.contains(&word) {
        return None;
    }
    let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    Some((at.to_owned(), format!("unknown variant `{word}`, expected one of {words}")))
}
