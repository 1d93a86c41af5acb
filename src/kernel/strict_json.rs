//! Reading JSON documents strictly, and naming the member that is wrong.
//!
//! A derived reader also takes a list where a structure is wanted, member by member; here a
//! structure is an object and nothing else. What is wrong is said without the value that was found:
//! it may be an identity number.

use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor,
};
use serde_json::{Error, Map, Value as Json};
use serde_path_to_error::Segment;

/// Members that tell kinds of objects apart.
const TAGS: [&str; 3] = ["kind", "type", "action"];
/// Members of an object among which a culprit is looked for at most.
const CULPRITS_MAX: usize = 32;

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct JsonProblem {
    /// Path of the member, `user.userData.email`; `.` is the document itself.
    pub member: String,
    /// What is wrong with it.
    pub problem: String,
}

impl JsonProblem {
    /// The member, unless it is the document itself, and what is wrong.
    fn words(&self) -> String {
        match self.member.as_str() {
            "." => self.problem.clone(),
            member => format!("{member}: {}", self.problem),
        }
    }
}

/// Reads a document.
pub fn read<T: DeserializeOwned>(document: &Json) -> Result<T, JsonProblem> {
    if let Some(member) = holding_nul("", document) {
        let problem = "must not hold the character U+0000".to_owned();
        return Err(JsonProblem { member, problem });
    }
    try_read(document).map_err(|(path, problem)| {
        let culprit = culprit::<T>(document, (&path, &problem));
        let member = match culprit {
            Some(name) if path.is_empty() => name.to_owned(),
            Some(name) => format!("{}.{name}", dotted(&path)),
            None => dotted(&path),
        };
        JsonProblem { member, problem }
    })
}

/// Where in a document something is wrong.
type Path = Vec<Step>;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Entry(usize),
}

fn try_read<T: DeserializeOwned>(document: &Json) -> Result<T, (Path, String)> {
    serde_path_to_error::deserialize(Strict(document)).map_err(|problem| {
        let step = |segment: &Segment| match segment {
            Segment::Seq { index } => Some(Step::Entry(*index)),
            Segment::Map { key } => Some(Step::Member(key.clone())),
            Segment::Enum { variant } => Some(Step::Member(variant.clone())),
            Segment::Unknown => None,
        };
        let path = problem.path().iter().filter_map(step).collect();
        (path, without_value(&problem.inner().to_string()))
    })
}

fn dotted(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Entry(at) => text.push_str(&format!("[{at}]")),
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.push_str(&format!(".{name}")),
        }
    }
    named(&text)
}

/// The object at a path.
fn object_at<'d>(document: &'d mut Json, path: &[Step]) -> Option<&'d mut Map<String, Json>> {
    let step = |value: &'d mut Json, step: &Step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Entry(at) => value.get_mut(*at),
    };
    path.iter().try_fold(document, step)?.as_object_mut()
}

/// The member of an object whose value is meant where the reader names the object alone: kinds of
/// objects are told apart by one member, and so it forgets which other one it was reading. Without
/// the culprit something else is wrong, or nothing.
fn culprit<T: DeserializeOwned>(
    document: &Json,
    (path, problem): (&Path, &String),
) -> Option<String> {
    let begins = |words: [&str; 2]| words.iter().any(|it| problem.starts_with(it));
    let mut others = document.clone();
    let members = object_at(&mut others, path)?;
    let is_tagged = TAGS.iter().any(|tag| members.contains_key(*tag));
    let is_of_value = begins(["invalid", "unknown variant"])
        || (is_tagged && !begins(["missing field", "unknown field"]));
    // What was read by itself, and names the member already.
    let is_told = members.keys().any(|name| problem.starts_with(&format!("{name}: ")));
    if !is_of_value || is_told || members.len() > CULPRITS_MAX {
        return None;
    }
    let names: Vec<String> = members.keys().cloned().collect();
    let is_meant = |name: &&String| {
        let mut others = document.clone();
        object_at(&mut others, path).map(|members| members.remove(*name));
        try_read::<T>(&others)
            .map_or_else(|found| (&found.0, &found.1) != (path, problem), |_| true)
    };
    let (tags, values): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| TAGS.contains(&name.as_str()));
    // Without the member that tells the kind, nothing is read as it was.
    let meant = values.into_iter().find(is_meant);
    meant.or_else(|| tags.into_iter().find(is_meant)).cloned()
}

/// The member that holds U+0000, which no Postgres text can.
fn holding_nul(path: &str, value: &Json) -> Option<String> {
    let is_wrong = |text: &str| text.contains('\0');
    match value {
        Json::String(text) => is_wrong(text).then(|| named(path)),
        Json::Array(entries) => (0..)
            .zip(entries)
            .find_map(|(at, entry): (usize, _)| holding_nul(&format!("{path}[{at}]"), entry)),
        Json::Object(members) => members.iter().find_map(|(name, member)| {
            let dot = if path.is_empty() { "" } else { "." };
            let own = is_wrong(name).then(|| named(path));
            own.or_else(|| holding_nul(&format!("{path}{dot}{name}"), member))
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

/// What is wrong with how a number is written, in a text that is valid JSON: an exponent (`1e2`),
/// or, where the member holds money, more than four decimals. Once read, they could not be told
/// from `100` and from a rounded amount any more. Names the member alone.
pub fn misspelt_number(text: &[u8]) -> Option<JsonProblem> {
    let (mut at, mut last, mut name) = (0, 0..0, 0..0);
    while at < text.len() {
        match text[at] {
            b'"' => {
                let begin = at + 1;
                at = begin;
                while at < text.len() && text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                last = begin..at.min(text.len());
            }
            b':' => name = last.clone(),
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| {
                    byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')
                };
                let length = text[at..].iter().take_while(|byte| is_part(byte)).count();
                let number = &text[at..at + length];
                let member = || String::from_utf8_lossy(&text[name.clone()]).into_owned();
                if let Some(problem) = misspelling(number, &member) {
                    let problem = problem.to_owned();
                    return Some(JsonProblem { member: named(&member()), problem });
                }
                at += length - 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn misspelling(number: &[u8], member: &dyn Fn() -> String) -> Option<&'static str> {
    if number.iter().any(|byte| byte.eq_ignore_ascii_case(&b'e')) {
        return Some("a number must be written without an exponent");
    }
    let point = number.iter().position(|byte| *byte == b'.')?;
    let holds_money = || {
        let name = member().to_ascii_lowercase();
        ["amount", "amounts", "fee"].iter().any(|end| name.ends_with(end))
    };
    let is_long = number.len() - point > 5 && holds_money();
    is_long.then_some("must have at most 4 decimals")
}

fn named(path: &str) -> String {
    if path.is_empty() { ".".to_owned() } else { path.to_owned() }
}

/// The reader's words in the language of JSON: a structure of ours is an object.
fn in_json_words(cause: &str) -> String {
    if cause.starts_with("data did not match any variant of untagged enum") {
        return "must be a text, or an object with the documented member".to_owned();
    }
    for ours in ["expected struct ", "expected internally tagged enum ", "expected enum "] {
        if let Some((before, _)) = cause.split_once(ours) {
            return format!("{before}expected an object");
        }
    }
    cause.to_owned()
}

/// The reader's words without the value they quote.
fn without_value(cause: &str) -> String {
    let cause = &in_json_words(cause);
    let quotes_a_value = cause.starts_with("invalid type") || cause.starts_with("invalid value");
    match (quotes_a_value, cause.split_once(", expected ")) {
        (true, Some((found, expected))) => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        _ => cause.to_owned(),
    }
}

/// A value that reads as a structure only if it is an object.
#[derive(Clone, Copy)]
struct Strict<'de>(&'de Json);

impl<'de> IntoDeserializer<'de, Error> for Strict<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Json::Array(entries) => {
                visitor.visit_seq(SeqDeserializer::new(entries.iter().map(Strict)))
            }
            Json::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), Strict(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Json::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    /// A kind is told by its name. Numbers would be taken for places among the kinds.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Json::String(name) => visitor.visit_str(name),
            Json::Number(_) => Err(Error::invalid_type(Unexpected::Other("number"), &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map ignored_any
    }
}

/// A member that may be `null` reads as if it were absent.
pub fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A list of at most `MAX` entries; `null` is the empty list.
pub fn bounded_list<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list: Vec<T> = Option::deserialize(deserializer)?.unwrap_or_default();
    if list.len() > MAX {
        return Err(D::Error::custom(format!("at most {MAX} entries are allowed")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_number_that_is_written_wrongly_is_found_by_its_member() {
        for (text, member) in [
            (r#"{"a":{"amount":1e2}}"#, Some("amount")),
            (r#"{"amount" : -1.5E+2}"#, Some("amount")),
            (r#"{"list":[1,2e0]}"#, Some("list")),
            ("1e1", Some(".")),
            (r#"{"a\\":"1e2","e":12.86,"b":[true,null,"\"1e2"]}"#, None),
            (r#"{"1e2":1}"#, None),
            (r#"{"amount":1.00000}"#, Some("amount")),
            (r#"{"amounts":[1.0,1.00001]}"#, Some("amounts")),
            (r#"{"transactionAmount":12.860000000000000001}"#, Some("transactionAmount")),
            (r#"{"fee":1.0000,"latitude":34.147785}"#, None),
        ] {
            let found = misspelt_number(text.as_bytes()).map(|problem| problem.member);
            assert_eq!(found.as_deref(), member, "{text}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        inner: Option<Inner>,
        #[serde(default, deserialize_with = "bounded_list::<_, _, 2>")]
        list: Vec<Inner>,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        name: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        One,
        Two { size: u8 },
    }

    #[test]
    fn hdr_5_a_list_is_no_structure_and_the_member_is_named() {
        for (document, says) in [
            (json!([]), "invalid type: sequence"),
            (json!({ "inner": ["Ann"] }), "inner: invalid type: sequence"),
            (json!({ "inner": {} }), "inner: missing field `name`"),
            (json!({ "list": [{ "name": "a" }, 7] }), "list[1]: invalid type: integer, expected"),
            (
                json!({ "inner": { "name": 123456789 } }),
                "inner.name: invalid type: integer, expected",
            ),
            (json!({ "list": [{}, {}, {}] }), "list[0]: missing field `name`"),
            (json!({ "kind": "three" }), "kind: unknown variant `three`"),
        ] {
            let problem = read::<Outer>(&document).unwrap_err().to_string();
            assert!(problem.starts_with(says), "{document}: {problem}");
            assert!(!problem.contains("123456789"));
        }
        let three = json!({ "list": [{ "name": "a" }, { "name": "b" }, { "name": "c" }] });
        assert_eq!(
            read::<Outer>(&three).unwrap_err().to_string(),
            "list: at most 2 entries are allowed"
        );
        let good =
            json!({ "inner": { "name": "a" }, "list": null, "kind": { "two": { "size": 3 } } });
        let read: Outer = read(&good).unwrap();
        assert_eq!((read.inner.unwrap().name, read.list.len()), ("a".to_owned(), 0));
        assert_eq!(read.kind, Some(Kind::Two { size: 3 }));
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
    enum Tagged {
        None {},
        Sized { size: u8, name: Option<String>, other: Option<Kind> },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct List {
        all: Vec<Tagged>,
    }

    #[test]
    fn a_member_of_an_object_of_some_kind_is_named() {
        for (tagged, says) in [
            (json!({ "kind": "sized", "size": "x" }), "all[1].size: invalid type: string"),
            (json!({ "size": -1, "kind": "sized" }), "all[1].size: invalid value"),
            (json!({ "kind": "sized", "size": 1, "name": 2 }), "all[1].name: invalid type"),
            (json!({ "kind": "sized", "size": 1, "other": "x" }), "all[1].other: unknown variant"),
            (json!({ "kind": "sized" }), "all[1]: missing field `size`"),
            (json!({ "kind": "none", "size": 1 }), "all[1]: unknown field `size`"),
            (json!({ "kind": "x", "size": 1 }), "all[1].kind: unknown variant `x`"),
            (json!({ "kind": 0 }), "all[1].kind: invalid type: number"),
            (json!({ "kind": null }), "all[1].kind: invalid type"),
            (json!(7), "all[1]: invalid type"),
        ] {
            let document = json!({ "all": [{ "kind": "none" }, tagged] });
            let problem = read::<List>(&document).unwrap_err().to_string();
            assert!(problem.starts_with(says), "{document}: {problem}");
        }
        let alone = read::<Tagged>(&json!({ "kind": "sized", "size": "x" })).unwrap_err();
        assert_eq!(alone.member, "size");
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back(
            numbers in prop::collection::vec(any::<i64>(), 0..5),
            texts in prop::collection::btree_map("\\PC{0,9}", any::<Option<bool>>(), 0..5),
        ) {
            let document = json!({ "numbers": numbers, "texts": texts });
            prop_assert_eq!(read::<Json>(&document).unwrap(), document);
        }
    }
}
