//! References in texts: `${ines.account}`. A text that is one reference and nothing else becomes
//! what is referred to, whatever its type; inside a longer text it is written out.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Names that always stand for something: `${program}`, `${now}`, `${today}`, and `${new.word}`, a
/// GUID that is the same wherever the word stands.
pub const BUILT_IN: &[&str] = &["program", "now", "today", "new"];

/// Longest text that is made of references, in bytes.
const TEXT_BYTES: usize = 64 * 1024;
/// Most values that one document may have once its references are followed.
const VALUES: usize = 50_000;
/// Most bytes of the texts and names in it.
const BYTES: usize = 1024 * 1024;
/// Deepest nesting of it.
const DEPTH: usize = 64;

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

/// What following references may still make. A few bytes of references could otherwise stand for
/// more than a machine holds: lists of lists of lists.
#[derive(Debug)]
pub struct Budget {
    values: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { values: VALUES, bytes: BYTES }
    }
}

impl Budget {
    /// Takes off what a value weighs, with all that is in it.
    fn weigh(&mut self, value: &Json, depth: usize) -> Result<(), String> {
        self.take(1, value.as_str().map_or(0, str::len), depth)?;
        match value {
            Json::Array(entries) => entries.iter().try_for_each(|it| self.weigh(it, depth + 1)),
            Json::Object(members) => members.iter().try_for_each(|(name, inner)| {
                self.take(0, name.len(), depth)?;
                self.weigh(inner, depth + 1)
            }),
            _ => Ok(()),
        }
    }

    fn take(&mut self, values: usize, bytes: usize, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("references nest deeper than {DEPTH}"));
        }
        let left = self.values.checked_sub(values).zip(self.bytes.checked_sub(bytes));
        let too_much = || format!("references make more than {VALUES} values or {BYTES} bytes");
        (self.values, self.bytes) = left.ok_or_else(too_much)?;
        Ok(())
    }
}

/// A value with all references in it followed, as far as the budget goes.
///
/// # Errors
///
/// When one of them leads nowhere, or they make too much.
pub fn value(value: &Json, lookup: &impl Lookup, budget: &mut Budget) -> Result<Json, String> {
    Following { lookup, budget }.value(value, 0)
}

struct Following<'a, L> {
    lookup: &'a L,
    budget: &'a mut Budget,
}

impl<L: Lookup> Following<'_, L> {
    fn value(&mut self, value: &Json, depth: usize) -> Result<Json, String> {
        match value {
            Json::String(inner) => self.text(inner, depth),
            Json::Array(entries) => {
                self.budget.take(1, 0, depth)?;
                entries.iter().map(|entry| self.value(entry, depth + 1)).collect()
            }
            Json::Object(members) => {
                self.budget.take(1, 0, depth)?;
                let follow = |(name, inner): (&String, &Json)| {
                    self.budget.take(0, name.len(), depth)?;
                    Ok::<_, String>((name.clone(), self.value(inner, depth + 1)?))
                };
                members.iter().map(follow).collect::<Result<_, _>>().map(Json::Object)
            }
            plain => {
                self.budget.take(1, 0, depth)?;
                Ok(plain.clone())
            }
        }
    }

    fn text(&mut self, text: &str, depth: usize) -> Result<Json, String> {
        let parts = parts(text)?;
        if let [Part::Reference(reference)] = parts.as_slice() {
            let value = self.followed(reference)?;
            let weighed = self.budget.weigh(&value, depth);
            weighed.map_err(|why| format!("${{{reference}}}: {why}"))?;
            return Ok(value);
        }
        let mut whole = String::new();
        for part in parts {
            match part {
                Part::Words(words) => whole.push_str(words),
                Part::Reference(reference) => match self.followed(reference)? {
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
        self.budget.take(1, whole.len(), depth)?;
        Ok(Json::String(whole))
    }

    fn followed(&self, reference: &str) -> Result<Json, String> {
        let name = name_of(reference);
        let path = reference[name.len()..].trim_start_matches('.');
        self.lookup.look_up(name, path).map_err(|why| format!("${{{reference}}}: {why}"))
    }
}

/// The names that a value refers to, wherever they stand in it. References that are not well formed
/// are passed over.
pub fn names_in<'a>(value: &'a Json, found: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => found.extend(names(text).unwrap_or_default()),
        Json::Array(entries) => entries.iter().for_each(|entry| names_in(entry, found)),
        Json::Object(members) => members.values().for_each(|inner| names_in(inner, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The names of values, each behind those that it refers to.
///
/// # Errors
///
/// The names of a ring, each of which refers to the next, and the last to the first.
pub fn in_order(variables: &BTreeMap<String, Json>) -> Result<Vec<&str>, Vec<&str>> {
    let mut order = Order { variables, done: Vec::new(), open: Vec::new() };
    for name in variables.keys() {
        order.visit(name)?;
    }
    Ok(order.done)
}

struct Order<'a> {
    variables: &'a BTreeMap<String, Json>,
    done: Vec<&'a str>,
    /// Those that wait for the one that is looked at, each for the next.
    open: Vec<&'a str>,
}

impl<'a> Order<'a> {
    fn visit(&mut self, name: &'a str) -> Result<(), Vec<&'a str>> {
        if self.done.contains(&name) {
            return Ok(());
        }
        if let Some(at) = self.open.iter().position(|open| *open == name) {
            return Err(self.open.split_off(at));
        }
        self.open.push(name);
        let mut names = Vec::new();
        names_in(&self.variables[name], &mut names);
        for needed in names.into_iter().filter_map(|it| self.variables.get_key_value(it)) {
            self.visit(needed.0)?;
        }
        self.open.pop();
        self.done.push(name);
        Ok(())
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
        let followed = |given: &Json| value(given, &kept, &mut Budget::default());
        assert_eq!(followed(&given).unwrap(), says);
        let wrong = followed(&json!("${a.other}")).unwrap_err();
        assert_eq!(wrong, "${a.other}: not there");
        assert!(followed(&json!("x ${a.list}")).is_err());
    }

    #[test]
    fn names_are_told_and_broken_references_refused() {
        assert_eq!(names("a ${b.c} ${d[0]} $e {f}").unwrap(), ["b", "d"]);
        for broken in ["${a", "${}", "${.a}", "${1}", "${a b}"] {
            assert!(names(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn what_references_make_is_bounded_in_values_bytes_and_depth() {
        let long = "x".repeat(TEXT_BYTES - 1);
        let kept = Kept(json!({ "list": vec!["x"; 1000], "long": long, "deep": deep(40) }));
        let many = json!(vec!["${list}"; VALUES / 1000 + 1]);
        let wide = json!(vec!["${long}"; BYTES / TEXT_BYTES + 1]);
        let texts = json!(vec!["${long}x"; BYTES / TEXT_BYTES + 1]);
        let mut nested = json!("${deep}");
        for _ in 0..40 {
            nested = json!([nested]);
        }
        for (given, says) in
            [(many, "values"), (wide, "bytes"), (texts, "bytes"), (nested, "deeper than 64")]
        {
            let problem = value(&given, &kept, &mut Budget::default()).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        }
        // Documents that belong together share what there is.
        let mut shared = Budget::default();
        let half = json!(vec!["${list}"; VALUES / 2000 + 1]);
        value(&half, &kept, &mut shared).unwrap();
        value(&half, &kept, &mut shared).unwrap_err();
    }

    fn deep(levels: usize) -> Json {
        (0..levels).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn variables_come_behind_what_they_refer_to_and_rings_are_told() {
        let of = |value: Json| serde_json::from_value::<BTreeMap<String, Json>>(value).unwrap();
        let fine = of(json!({ "a": ["${b.c} ${now}"], "b": { "c": "${c}" }, "c": 1 }));
        assert_eq!(in_order(&fine).unwrap(), ["c", "b", "a"]);
        let ring = of(json!({ "a": "${b}", "b": "${c}", "c": "${b}" }));
        assert_eq!(in_order(&ring).unwrap_err(), ["b", "c"]);
        assert_eq!(in_order(&of(json!({ "a": "${a.b}" }))).unwrap_err(), ["a"]);
    }
}
