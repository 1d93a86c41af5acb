//! References in texts: `${ines.account}`. A text that is one reference and nothing else becomes
//! what is referred to, whatever its type; inside a longer text it is written out.

use serde_json::Value as Json;

/// Names that always stand for something: `${program}`, `${now}`, `${today}`, and `${new.word}`, a
/// GUID that is the same wherever the word stands.
pub const BUILT_IN: &[&str] = &["program", "now", "today", "new"];

/// Longest text that is made of references, in bytes.
const TEXT_BYTES: usize = 64 * 1024;

/// Whether a word can name something.
pub fn is_name(word: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(is_inner)
        && word.len() <= 50
}

/// A part of a text.
enum Part<'a> {
    Words(&'a str),
    Reference(&'a str),
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (inner, behind) = after.split_once('}').ok_or("a reference ends with }")?;
        if !is_name(name_of(inner)) {
            return Err(format!("${{{inner}}} names nothing: ${{name}} or ${{name.member[0]}}"));
        }
        if !before.is_empty() {
            parts.push(Part::Words(before));
        }
        parts.push(Part::Reference(inner));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    Ok(parts)
}

fn name_of(reference: &str) -> &str {
    reference.split(['.', '[']).next().unwrap_or_default()
}

/// The names that a text refers to.
///
/// # Errors
///
/// When a reference is not well formed.
pub fn names(text: &str) -> Result<Vec<&str>, String> {
    let names = parts(text)?.into_iter().filter_map(|part| match part {
        Part::Reference(reference) => Some(name_of(reference)),
        Part::Words(_) => None,
    });
    Ok(names.collect())
}

/// Finds what is referred to: the name, and the path behind it.
pub trait Lookup {
    /// The value.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn look_up(&self, name: &str, path: &str) -> Result<Json, String>;
}

/// A text with its references followed.
///
/// # Errors
///
/// When one of them leads nowhere.
pub fn text(text: &str, lookup: &impl Lookup) -> Result<Json, String> {
    let parts = parts(text)?;
    if let [Part::Reference(reference)] = parts.as_slice() {
        return followed(reference, lookup);
    }
    let mut whole = String::new();
    for part in parts {
        match part {
            Part::Words(words) => whole.push_str(words),
            Part::Reference(reference) => match followed(reference, lookup)? {
                Json::String(inner) => whole.push_str(&inner),
                Json::Object(_) | Json::Array(_) => {
                    return Err(format!("${{{reference}}} is no text"));
                }
                plain => whole.push_str(&plain.to_string()),
            },
        }
        if whole.len() > TEXT_BYTES {
            return Err("the text grows too long".to_owned());
        }
    }
    Ok(Json::String(whole))
}

fn followed(reference: &str, lookup: &impl Lookup) -> Result<Json, String> {
    let name = name_of(reference);
    let path = reference[name.len()..].trim_start_matches('.');
    lookup.look_up(name, path).map_err(|why| format!("${{{reference}}}: {why}"))
}

/// A value with all references in it followed.
///
/// # Errors
///
/// When one of them leads nowhere.
pub fn value(value: &Json, lookup: &impl Lookup) -> Result<Json, String> {
    match value {
        Json::String(inner) => text(inner, lookup),
        Json::Array(entries) => entries.iter().map(|entry| self::value(entry, lookup)).collect(),
        Json::Object(members) => {
            let follow = |(name, inner): (&String, &Json)| {
                Ok::<_, String>((name.clone(), self::value(inner, lookup)?))
            };
            members.iter().map(follow).collect::<Result<_, _>>().map(Json::Object)
        }
        plain => Ok(plain.clone()),
    }
}

/// The value at a path of a document: `account.accountHolders[0].user`.
pub fn at<'a>(document: &'a Json, path: &str) -> Option<&'a Json> {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    steps.filter(|step| !step.is_empty()).try_fold(document, |value, step| match value {
        Json::Array(entries) => entries.get(step.parse::<usize>().ok()?),
        Json::Object(members) => members.get(step),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Kept(Json);

    impl Lookup for Kept {
        fn look_up(&self, name: &str, path: &str) -> Result<Json, String> {
            let found = at(&self.0, name).and_then(|value| at(value, path));
            found.cloned().ok_or_else(|| "not there".to_owned())
        }
    }

    #[test]
    fn a_lone_reference_keeps_its_type_and_others_are_written_out() {
        let kept = Kept(json!({ "a": { "list": [{ "n": 25 }], "id": "x" } }));
        let given =
            json!({ "one": "${a.list[0].n}", "two": "/${a.id}/${a.list[0].n}", "three": 3 });
        let says = json!({ "one": 25, "two": "/x/25", "three": 3 });
        assert_eq!(value(&given, &kept).unwrap(), says);
        let wrong = text("${a.other}", &kept).unwrap_err();
        assert_eq!(wrong, "${a.other}: not there");
        assert!(text("x ${a.list}", &kept).is_err());
    }

    #[test]
    fn names_are_told_and_broken_references_refused() {
        assert_eq!(names("a ${b.c} ${d[0]} $e {f}").unwrap(), ["b", "d"]);
        for broken in ["${a", "${}", "${.a}", "${1}", "${a b}"] {
            assert!(names(broken).is_err(), "{broken}");
        }
    }
}
