//! A scenario file as text: YAML, and so JSON as well, read into a plain value that knows where
//! each of its members stands.
//!
//! Aliases are expanded, within bounds; tags of a program's own, `!include` among them, are not
//! followed.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};
use serde_saphyr::Spanned;

/// Largest file, in bytes.
pub const FILE_BYTES: usize = 256 * 1024;
/// Deepest nesting of lists and objects.
const DEPTH: usize = 32;
/// Most values of a file, those that aliases repeat counted each time.
const VALUES: usize = 20_000;

/// Where something stands, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct FileProblem {
    /// The place, where it is known.
    pub place: Option<Place>,
    /// The path of the member, `steps[2].expect`; empty for the file as a whole.
    pub member: String,
    /// What is wrong with it.
    pub problem: String,
}

impl FileProblem {
    /// About the file as a whole.
    pub fn of_file(problem: impl Into<String>) -> Self {
        Self { place: None, member: String::new(), problem: problem.into() }
    }

    fn words(&self) -> String {
        let place = self.place.map(|place| format!("{place}: ")).unwrap_or_default();
        let member = if self.member.is_empty() { "" } else { ": " };
        format!("{place}{}{member}{}", self.member, self.problem)
    }
}

/// A file that was read.
#[derive(Debug)]
pub struct Document {
    /// What it says.
    pub value: Json,
    places: HashMap<String, Place>,
}

impl Document {
    /// Reads YAML or JSON.
    ///
    /// # Errors
    ///
    /// When it is neither, or larger or deeper than allowed.
    pub fn read(text: &str) -> Result<Self, FileProblem> {
        if text.len() > FILE_BYTES {
            return Err(FileProblem::of_file(format!("more than {FILE_BYTES} bytes")));
        }
        let root: Spanned<Node> =
            serde_saphyr::from_str_with_options(text, options()).map_err(|error| syntax(&error))?;
        let mut places = HashMap::new();
        let value = flattened("", root, &mut places);
        Ok(Self { value, places })
    }

    /// Where a member stands; where it is not there, the one around it.
    pub fn place(&self, member: &str) -> Option<Place> {
        let mut path = member.trim_start_matches('.');
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(*place);
            }
            let cut = path.rfind(['.', '['])?;
            path = &path[..cut];
        }
    }

    /// A problem of a member.
    pub fn problem(&self, member: &str, problem: impl Into<String>) -> FileProblem {
        let member = member.trim_start_matches('.').to_owned();
        let place = self.place(&member).or_else(|| self.places.get("").copied());
        FileProblem { place, member, problem: problem.into() }
    }
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            flow_nesting_limit: DEPTH,
            max_nodes: VALUES,
            max_events: 3 * VALUES,
            max_documents: 1,
            max_inclusion_depth: 0,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: VALUES,
        },
        strict_booleans: true,
    }
}

fn syntax(error: &serde_saphyr::Error) -> FileProblem {
    let place = error.location();
    let place = place.map(|at| Place { line: at.line(), column: at.column() });
    let words = error.without_snippet().to_string();
    // The place is told once, by us, and how the reader could be set is nothing to a writer.
    let words = words.lines().next().unwrap_or_default();
    let words = words.split(" at line ").next().unwrap_or_default();
    let words = words.split(", set ").next().unwrap_or_default();
    let breach = words.strip_prefix("budget breached: ");
    let problem = match breach {
        Some(breach) if breach.starts_with("Documents") => "a file holds one document".to_owned(),
        Some(breach) if breach.contains("epth") => format!("nests deeper than {DEPTH}"),
        Some(_) => format!("more than the {VALUES} values that a file may hold"),
        None if words.contains("alias replay") => {
            format!("aliases make more than {VALUES} values")
        }
        None if words.contains("weak recursion") => {
            "an alias stands inside of what it stands for".to_owned()
        }
        None => words.to_owned(),
    };
    FileProblem { place, member: String::new(), problem }
}

/// One value with those inside it.
enum Node {
    Plain(Json),
    List(Vec<Spanned<Node>>),
    Object(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value);
        number.map(|number| Node::Plain(number.into())).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Json::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Json::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object: Vec<(Spanned<String>, Spanned<Node>)> = Vec::new();
        while let Some((name, value)) = members.next_entry::<Spanned<String>, _>()? {
            if object.iter().any(|(known, _)| known.value == name.value) {
                return Err(A::Error::custom(format!("{} is there twice", name.value)));
            }
            object.push((name, value));
        }
        Ok(Node::Object(object))
    }
}

/// The plain value; notes the places of all members on the way, an object's at their names.
fn flattened(path: &str, node: Spanned<Node>, places: &mut HashMap<String, Place>) -> Json {
    let at = node.referenced;
    places.entry(path.to_owned()).or_insert(Place { line: at.line(), column: at.column() });
    match node.value {
        Node::Plain(value) => value,
        Node::List(entries) => {
            let entries = entries.into_iter().enumerate();
            entries.map(|(at, entry)| flattened(&format!("{path}[{at}]"), entry, places)).collect()
        }
        Node::Object(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                let dot = if path.is_empty() { "" } else { "." };
                let inner = format!("{path}{dot}{}", name.value);
                let at = name.referenced;
                places.insert(inner.clone(), Place { line: at.line(), column: at.column() });
                object.insert(name.value, flattened(&inner, value, places));
            }
            Json::Object(object)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_and_json_are_read_with_their_places() {
        let text = "name: A\nsteps:\n  - enroll: ines\n    expect: {status: 200, rate: 2.5}\n";
        let read = Document::read(text).unwrap();
        let says = json!({
            "name": "A",
            "steps": [{ "enroll": "ines", "expect": { "status": 200, "rate": 2.5 } }],
        });
        assert_eq!(read.value, says);
        let at = |member: &str| read.place(member).unwrap().to_string();
        assert_eq!(at("steps[0].expect"), "4:5");
        assert_eq!(at("steps[0].expect.rate"), "4:27");
        assert_eq!(at("steps[0].missing.deeper"), "3:5");
        assert_eq!(Document::read(&says.to_string()).unwrap().value, says);
    }

    #[test]
    fn words_stay_words_and_aliases_are_followed() {
        let read = Document::read("a: &x {on: off, code: 1/31, day: 2031-05-06}\nb: *x").unwrap();
        let says = json!({ "on": "off", "code": "1/31", "day": "2031-05-06" });
        assert_eq!(read.value, json!({ "a": says, "b": says }));
    }

    #[test]
    fn what_is_broken_is_told_with_its_place() {
        for (text, place) in [
            ("a: 1\na: 2\n", "2:1: duplicate mapping key: a"),
            ("a: [1,\n", "1:4: unclosed bracket"),
            ("a: b: c\n", "1:5: mapping values are not allowed"),
            ("a: 1\n---\nb: 2\n", "2:1: a file holds one document"),
            ("a: &a [*a]\n", "1:8: an alias stands inside"),
            ("a: *nobody\n", "1:4: alias references unknown anchor"),
        ] {
            let problem = Document::read(text).unwrap_err();
            assert!(problem.to_string().starts_with(place), "{text:?}: {problem}");
        }
    }

    #[test]
    fn bombs_do_not_go_off() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..12 {
            let before = at - 1;
            let aliases = vec![format!("*a{before}"); 9].join(", ");
            laughs.push_str(&format!("a{at}: &a{at} [{aliases}]\n"));
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let long = "x".repeat(FILE_BYTES + 1);
        let many = "- 1\n".repeat(VALUES + 1);
        for text in [laughs, deep, long, many] {
            assert!(Document::read(&text).is_err());
        }
    }
}
