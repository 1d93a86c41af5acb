//! Asking for calls: conditions that a call of the journal fits or not. Pure.
//!
//! Conditions that are left out hold. Bodies are compared in part: what is wanted must be there,
//! what else is there does not matter, and of a list each wanted entry must be somewhere in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::model::{Entry, KeptBody, Kind};
use crate::kernel::time::Timestamp;

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Whose {
    /// Calls of partners.
    #[default]
    Call,
    /// Calls of the control API.
    Control,
    /// Both.
    Any,
}

/// What a call must be like. What is left out holds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wanted {
    /// `call` (of partners), `control` or `any`.
    #[serde(default)]
    pub kind: Whose,
    /// The operation, as the OpenAPI document names it.
    #[serde(default)]
    #[schema(example = "adjustment_post_adjustbalance")]
    pub operation: Option<String>,
    /// `GET`, `POST` and so on, in any letter case.
    #[serde(default)]
    pub method: Option<String>,
    /// The path in any spelling that would be served; `*` stands for anything.
    #[serde(default)]
    #[schema(example = "/programs/wf/accounts/*/adjustments")]
    pub path: Option<String>,
    /// HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// `responseDetails[].code`.
    #[serde(default)]
    pub code: Option<i64>,
    /// `responseDetails[].subCode`.
    #[serde(default)]
    pub sub_code: Option<i64>,
    /// The request id, in any letter case.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The account that the call is about.
    #[serde(default)]
    pub account_identifier: Option<String>,
    /// Who called.
    #[serde(default)]
    pub caller: Option<String>,
    /// The rule that refused.
    #[serde(default)]
    #[schema(example = "ADJ-4")]
    pub rule: Option<String>,
    /// A fault that struck: its kind or its id; `any` is every one.
    #[serde(default)]
    pub fault: Option<String>,
    /// Came in at this moment of the world or later.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Came in before this moment of the world.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Stands somewhere in path, query, bodies or explanation, in any letter case.
    #[serde(default)]
    pub text: Option<String>,
    /// Members of the query.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Part of what was sent.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({ "adjustmentType": "promo" }))]
    pub request_body: Option<Json>,
    /// Part of what was answered.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub answer_body: Option<Json>,
}

/// One condition, held against one call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Condition {
    /// What it is about, such as `status` or `requestBody.amount`.
    pub condition: String,
    /// What was asked for.
    #[schema(value_type = Object)]
    pub wanted: Json,
    /// What the call has.
    #[schema(value_type = Object)]
    pub is: Json,
    /// Whether it holds.
    #[serde(skip)]
    pub holds: bool,
    /// How much it says about whether this is the call that was meant.
    #[serde(skip)]
    pub weight: u32,
}

/// What was called says more about whether a call was meant than what came of it.
const CALLED: u32 = 4;
const REST: u32 = 1;

impl Wanted {
    /// Whether a call fits.
    pub fn fits(&self, entry: &Entry) -> bool {
        self.is_about(entry) && self.conditions(entry).iter().all(|one| one.holds)
    }

    /// Whether a call is of the kind that is asked for at all.
    pub fn is_about(&self, entry: &Entry) -> bool {
        match (self.kind, entry.kind) {
            (_, Kind::Lost) => false,
            (Whose::Any, _) | (Whose::Call, Kind::Call) => true,
            (Whose::Control, kind) => kind != Kind::Call,
            (Whose::Call, _) => false,
        }
    }

    /// The conditions, held against a call.
    pub fn conditions(&self, entry: &Entry) -> Vec<Condition> {
        let mut held = Held(Vec::new());
        held.same("operation", &self.operation, entry.operation.as_deref());
        held.same("method", &self.method, Some(entry.method.as_str()));
        if let Some(path) = &self.path {
            let holds = is_like(&plain(path), &plain(&entry.path));
            held.add("path", CALLED, holds, (json!(path), json!(entry.path)));
        }
        held.same("requestId", &self.request_id, entry.request_id.as_deref());
        held.same("accountIdentifier", &self.account_identifier, entry.account());
        held.same("caller", &self.caller, entry.caller.as_deref());
        self.hold_answer(entry, &mut held);
        if let Some(since) = self.since {
            held.add("since", REST, entry.at >= since, (json!(since), json!(entry.at)));
        }
        if let Some(until) = self.until {
            held.add("until", REST, entry.at < until, (json!(until), json!(entry.at)));
        }
        if let Some(text) = &self.text {
            held.add("text", REST, entry.holds(text), (json!(text), json!("not in it")));
        }
        for (name, wanted) in &self.query {
            let is = entry.query.get(name);
            held.add(format!("query.{name}"), REST, is == Some(wanted), (json!(wanted), json!(is)));
        }
        let sent = entry.request.body.as_ref();
        let answered = entry.answer.as_ref().and_then(|answer| answer.body.body.as_ref());
        for (name, wanted, is) in
            [("requestBody", &self.request_body, sent), ("answerBody", &self.answer_body, answered)]
        {
            if let Some(wanted) = wanted {
                hold_parts(name, wanted, is.unwrap_or(&Json::Null), &mut held);
            }
        }
        held.0
    }

    fn hold_answer(&self, entry: &Entry, held: &mut Held) {
        let answer = entry.answer.as_ref();
        let status = answer.map(|answer| i64::from(answer.status));
        held.number("status", self.status.map(i64::from), status);
        held.number("code", self.code, answer.and_then(|answer| answer.code));
        held.number("subCode", self.sub_code, answer.and_then(|answer| answer.sub_code));
        if let Some(rule) = &self.rule {
            let is = answer.and_then(|answer| answer.refusal.as_ref()).map(|refusal| &refusal.rule);
            held.add("rule", REST, is == Some(rule), (json!(rule), json!(is)));
        }
        if let Some(fault) = &self.fault {
            let faults = answer.map(|answer| answer.faults.as_slice()).unwrap_or_default();
            let is_meant = |id: &Option<String>, kind: &str| {
                fault == "any" || fault == kind || id.as_ref() == Some(fault)
            };
            let holds = faults.iter().any(|struck| is_meant(&struck.fault_id, &struck.kind));
            held.add("fault", REST, holds, (json!(fault), json!(faults)));
        }
    }
}

/// Conditions collected.
struct Held(Vec<Condition>);

impl Held {
    fn add(&mut self, name: impl Into<String>, weight: u32, holds: bool, (w, is): (Json, Json)) {
        self.0.push(Condition { condition: name.into(), wanted: w, is, holds, weight });
    }

    fn same(&mut self, name: &str, wanted: &Option<String>, is: Option<&str>) {
        if let Some(wanted) = wanted {
            let holds = is.is_some_and(|is| is.eq_ignore_ascii_case(wanted));
            self.add(name, CALLED, holds, (json!(wanted), json!(is)));
        }
    }

    fn number(&mut self, name: &str, wanted: Option<i64>, is: Option<i64>) {
        if let Some(wanted) = wanted {
            self.add(name, REST, is == Some(wanted), (json!(wanted), json!(is)));
        }
    }
}

/// A path without what makes no difference to where it leads.
fn plain(path: &str) -> String {
    let lower = path.to_lowercase();
    let parts: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let parts = match parts.as_slice() {
        ["baas", "v1", rest @ ..] => rest,
        all => all,
    };
    parts.join("/")
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Holds each part of what is wanted of a body against what is there.
fn hold_parts(at: &str, wanted: &Json, is: &Json, held: &mut Held) {
    match wanted {
        Json::Object(members) if !members.is_empty() => {
            for (name, wanted) in members {
                let is = is.get(name).unwrap_or(&Json::Null);
                hold_parts(&format!("{at}.{name}"), wanted, is, held);
            }
        }
        Json::Array(entries) if !entries.is_empty() => {
            for (number, wanted) in entries.iter().enumerate() {
                let there = is.as_array().map(Vec::as_slice).unwrap_or_default();
                let holds = there.iter().any(|is| has(is, wanted));
                held.add(format!("{at}[{number}]"), REST, holds, (wanted.clone(), is.clone()));
            }
        }
        _ => held.add(at, REST, has(is, wanted), (wanted.clone(), is.clone())),
    }
}

/// Whether a document has all that is wanted of it.
pub fn has(is: &Json, wanted: &Json) -> bool {
    match (is, wanted) {
        (Json::Object(is), Json::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| has(is.get(name).unwrap_or(&Json::Null), wanted))
        }
        (Json::Array(is), Json::Array(wanted)) => {
            wanted.iter().all(|wanted| is.iter().any(|is| has(is, wanted)))
        }
        // 25 and 25.0 are one number.
        (Json::Number(is), Json::Number(wanted)) => is == wanted || is.as_f64() == wanted.as_f64(),
        // Amounts travel in either form.
        (Json::String(is), Json::Number(wanted)) => is.parse().ok() == wanted.as_f64(),
        (is, wanted) => is == wanted,
    }
}

impl Entry {
    fn account(&self) -> Option<&str> {
        self.account_identifier.as_deref()
    }

    /// Whether a text stands somewhere in it.
    fn holds(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let is_in = |place: &str| place.to_lowercase().contains(&text);
        let is_in_body =
            |body: &KeptBody| body.body.as_ref().is_some_and(|body| is_in(&body.to_string()));
        let is_in_answer = |answer: &super::model::KeptAnswer| {
            let told = answer.description.as_deref().is_some_and(is_in);
            let facts = answer.refusal.as_ref().is_some_and(|refusal| is_in(&refusal.facts));
            told || facts || is_in_body(&answer.body)
        };
        is_in(&self.path)
            || self.query.iter().any(|(name, value)| is_in(name) || is_in(value))
            || is_in_body(&self.request)
            || self.answer.as_ref().is_some_and(is_in_answer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_like_a_pattern_in_any_spelling() {
        for (pattern, path, expected) in [
            ("/programs/wf/accounts/*", "/baas/v1//Programs/WF/accounts/x/y", true),
            ("*/adjustments", "/programs/wf/accounts/x/adjustments", true),
            ("/programs/*/accounts/*/purses", "/programs/a/accounts/b/purses", true),
            ("/programs/*/accounts/*/purses", "/programs/a/accounts/b/purses/c", false),
            ("/ping", "/ping/", true),
            ("/ping", "/pings", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(is_like(&plain(pattern), &plain(path)), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_body_has_what_is_wanted_whatever_else_it_has() {
        let is = json!({ "a": { "b": 25, "c": [{ "d": 1, "e": 2 }, { "d": 3 }] }, "f": null,
            "text": "25.00" });
        for (wanted, expected) in [
            (json!({}), true),
            (json!({ "a": { "b": 25.0 } }), true),
            (json!({ "text": 25 }), true),
            (json!({ "text": 26 }), false),
            (json!({ "a": { "c": [{ "d": 3 }, { "e": 2 }] } }), true),
            (json!({ "a": { "c": [{ "d": 3, "e": 2 }] } }), false),
            (json!({ "g": null }), true),
            (json!({ "a": 25 }), false),
        ] {
            assert_eq!(has(&is, &wanted), expected, "{wanted}");
            let mut held = Held(Vec::new());
            hold_parts("requestBody", &wanted, &is, &mut held);
            assert_eq!(held.0.iter().all(|one| one.holds), expected, "{wanted}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_like_itself_and_like_itself_with_a_hole(
            text in "[a-c]{0,12}",
            (from, to) in (0usize..12, 0usize..12),
        ) {
            let (from, to) = (from.min(text.len()), to.min(text.len()));
            prop_assert!(is_like(&text, &text));
            let pattern = format!("{}*{}", &text[..from.min(to)], &text[from.max(to)..]);
            prop_assert!(is_like(&pattern, &text), "{} {}", pattern, text);
        }
    }
}
