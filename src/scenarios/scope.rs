//! What later steps of a scenario can refer to: people, variables, receivers and answers.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::model::Object;
use super::references::{self, Lookup};
use super::stage::{Answer, Sent};
use crate::kernel::source::Source;

/// Short names of what is used most, and where it stands in an answer. The first that is there
/// counts.
const SHORT: &[(&str, &[&str])] = &[
    ("account", &["account.accountIdentifier", "accountIdentifier"]),
    ("user", &["account.accountHolders[0].user.userIdentifier", "userIdentifier"]),
    ("purse", &["account.purses[0].purseIdentifier", "purseIdentifier"]),
    ("card", &["account.accountHolders[0].paymentInstruments[0].paymentInstrumentIdentifier"]),
    ("plastic", &["account.accountHolders[0].paymentInstruments[1].paymentInstrumentIdentifier"]),
    ("transaction", &["transactions[0].transactionIdentifier"]),
];

/// A call with its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    pub sent: Option<Sent>,
    pub request_id: String,
    /// Whether it showed the partner's own token, which is renewed when the call is repeated.
    pub shows_own_token: bool,
    pub answer: Answer,
}

/// All that has a name.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub program: String,
    pub seed: [u8; 32],
    /// What the clock of the program shows, once it was asked for.
    pub now: Option<String>,
    pub variables: BTreeMap<String, Json>,
    /// User documents.
    pub people: BTreeMap<String, Json>,
    /// URLs.
    pub receivers: BTreeMap<String, String>,
    pub kept: BTreeMap<String, Kept>,
}

impl Scope {
    /// A GUID that depends on the seed of the scenario and the occasion alone.
    pub fn guid(&self, occasion: &[&str]) -> String {
        let labels = [&["scenario"], occasion].concat();
        Source::new(&self.seed, &labels).id(|id| id).to_string()
    }

    /// The account that a word stands for: a name, or the identifier itself.
    pub fn account(&self, word: &str) -> Result<String, String> {
        if !self.kept.contains_key(word) && !self.people.contains_key(word) {
            return Ok(word.to_owned());
        }
        match self.look_up(word, "account")? {
            Json::String(id) => Ok(id),
            _ => Err(format!("{word} has no account")),
        }
    }
}

impl Lookup for Scope {
    fn look_up(&self, name: &str, path: &str) -> Result<Json, String> {
        let clock = || self.now.clone().ok_or("the clock was not read");
        let built_in = match name {
            "program" => Some(self.program.clone()),
            "new" => Some(self.guid(&["new", path])),
            "now" => Some(clock()?),
            "today" => Some(clock()?.chars().take(10).collect()),
            _ => self.receivers.get(name).cloned().filter(|_| path == "url"),
        };
        if let Some(text) = built_in {
            return Ok(Json::String(text));
        }
        if let Some(value) = self.variables.get(name) {
            return at(value, path);
        }
        let is_person = path == "person" || path.starts_with("person.");
        match (self.people.get(name), self.kept.get(name)) {
            (Some(person), _) if is_person => {
                at(person, path.trim_start_matches("person").trim_start_matches('.'))
            }
            (_, Some(kept)) => kept.look_up(path),
            (Some(_), None) => Err(format!("{name} is not enrolled yet")),
            (None, None) => Err("nothing is called so".to_owned()),
        }
    }
}

impl Kept {
    fn look_up(&self, path: &str) -> Result<Json, String> {
        if path == "requestId" {
            return Ok(Json::String(self.request_id.clone()));
        }
        if let Some(name) = path.strip_prefix("headers.") {
            return self.answer.headers.get(name).cloned().ok_or_else(|| not_there(path));
        }
        let short = SHORT.iter().find(|(name, _)| *name == path);
        let mut places = short.map_or(&[][..], |(_, places)| places).iter();
        let found = places.find_map(|place| references::at(&self.answer.body, place));
        let path = path.strip_prefix("body.").unwrap_or(path);
        let found = found.or_else(|| references::at(&self.answer.body, path));
        found.cloned().ok_or_else(|| match self.answer.status {
            None => "no answer came".to_owned(),
            Some(_) => not_there(path),
        })
    }
}

fn at(value: &Json, path: &str) -> Result<Json, String> {
    references::at(value, path).cloned().ok_or_else(|| not_there(path))
}

fn not_there(path: &str) -> String {
    format!("{path} is not there")
}

/// Lays a change over a document: objects are merged, all else replaced, `null` removes.
pub(super) fn merge(document: &mut Json, change: &Object) {
    if !document.is_object() {
        *document = Json::Object(Object::new());
    }
    let Json::Object(members) = document else { return };
    for (name, wanted) in change {
        match wanted {
            Json::Null => {
                members.remove(name);
            }
            Json::Object(inner) => merge(members.entry(name.as_str()).or_insert(Json::Null), inner),
            plain => {
                members.insert(name.clone(), plain.clone());
            }
        }
    }
}
