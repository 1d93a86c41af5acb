//! The operations of the vendor's API as they are served, for those who ask which one a call is, or
//! whether a fault rule can ever strike one. They are what the OpenAPI document has.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request};

use super::openapi::ApiDocument;
use crate::kernel::ids::ProgramCode;
use crate::kernel::nearest::question;
use crate::programs::faults::effect::Reach;
use crate::programs::faults::rule::path_parts;
use crate::programs::faults::{FaultEffect, FaultRule};

/// Names that a complaint lists at most.
const NAMED_MAX: usize = 3;
/// Where all operations stand with their paths.
const LISTED: &str = "GET /_sim/openapi.json lists all";

/// Operations of `GET` that write all the same: a statement is drawn when it is first asked for.
const READ_AND_WRITE: [&str; 2] = ["account_get_getlistestatement", "account_get_getestatement"];

/// Operations other than `GET` that write nothing.
const WRITE_NOTHING: [&str; 11] = [
    "authentication_post",
    "contactverification_post_addressverifications",
    "directdeposit_post_createmanualform",
    "event_post_testeventwebhook",
    "event_post_testeventwebhook_rcv",
    "kyc_post_createkyc1",
    "kyc_post_createoow",
    "paymentinstrument_post_validatecard",
    "paymentinstrument_post_verifypin",
    "transfers_post_assessmrdctransfer",
    "transfers_post_assesstransfer",
];

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOperation {
    /// Its operation id.
    pub id: String,
    /// Its method, in capitals.
    pub method: String,
    /// Its path, as it is documented.
    pub path: String,
}

impl KnownOperation {
    /// Whether its calls belong to a program: to that of the path, or to that of the account in it.
    pub fn is_of_program(&self) -> bool {
        ["{programCode}", "{accountIdentifier}"].iter().any(|name| self.path.contains(name))
    }

    /// Whether a call of it can come to write something.
    pub fn can_write(&self) -> bool {
        let id = self.id.as_str();
        READ_AND_WRITE.contains(&id) || (self.method != "GET" && !WRITE_NOTHING.contains(&id))
    }

    /// Whether a fault of this kind can befall it.
    pub fn can_suffer(&self, effect: &FaultEffect) -> bool {
        match effect.reach() {
            Reach::Call => true,
            Reach::Commit => self.can_write(),
            Reach::UseCase(operations) => operations.contains(&self.id.as_str()),
            Reach::Webhook => false,
        }
    }

    /// Whether the path of a rule may be the path of a call of it, in this program.
    fn is_at(&self, wanted: &str, program: &ProgramCode) -> bool {
        let mut documented = path_parts(&self.path);
        let may_be = |(wanted, documented): (&str, &str)| match documented {
            "{programCode}" => wanted.starts_with('{') || wanted == program.as_str(),
            _ if documented.starts_with('{') => true,
            _ => wanted.eq_ignore_ascii_case(documented),
        };
        path_parts(wanted).all(|part| documented.next().is_some_and(|own| may_be((part, own))))
            && documented.next().is_none()
    }
}

/// The operations that are served.
#[derive(Debug)]
pub struct Operations {
    all: Vec<KnownOperation>,
    /// Indexes by path and method.
    places: HashMap<String, HashMap<String, usize>>,
}

impl Operations {
    /// Those of the document.
    pub fn of(document: &ApiDocument) -> Self {
        let known = document.vendor_operations().map(|(path, method, operation)| KnownOperation {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
        });
        let all: Vec<KnownOperation> = known.collect();
        let mut places: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (at, one) in all.iter().enumerate() {
            places.entry(one.path.clone()).or_default().insert(one.method.clone(), at);
        }
        Self { all, places }
    }

    /// The operation that a routed call is of.
    pub fn called(&self, request: &Request) -> Option<&KnownOperation> {
        let path = request.extensions().get::<MatchedPath>()?;
        let at = self.places.get(path.as_str())?.get(request.method().as_str())?;
        self.all.get(*at)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &KnownOperation> {
        self.all.iter()
    }

    /// Why a rule of this program can never strike, naming the member; `None` if it can.
    pub fn problem(&self, rule: &FaultRule, program: &ProgramCode) -> Option<String> {
        if rule.effect.reach() == Reach::Webhook {
            return None;
        }
        let wants = &rule.matching;
        let mut left: Vec<&KnownOperation> = self.all.iter().collect();
        if let Some(name) = &wants.operation {
            left.retain(|one| one.id.eq_ignore_ascii_case(name));
            if left.is_empty() {
                let near = meant_operation(name, self.all.iter().map(|one| one.id.as_str()));
                return Some(format!("match.operation: {near}"));
            }
        }
        if let Some(path) = &wants.path
            && let Some(problem) = self.path_problem(path, &mut left, program)
        {
            return Some(problem);
        }
        if let Some(method) = &wants.method {
            let there = named(left.iter().map(|one| one.method.as_str()));
            left.retain(|one| one.method.eq_ignore_ascii_case(method));
            if left.is_empty() {
                return Some(format!(
                    "match.method: no operation that the rule is about is called with {method:?}, \
                     but with {there}"
                ));
            }
        }
        reach_problem(&rule.effect, left)
    }

    fn path_problem(
        &self,
        path: &str,
        left: &mut Vec<&KnownOperation>,
        program: &ProgramCode,
    ) -> Option<String> {
        let before = std::mem::take(left);
        left.extend(before.iter().copied().filter(|one| one.is_at(path, program)));
        if !left.is_empty() {
            return None;
        }
        let there = if before.len() < self.all.len() {
            format!("it is at {}", named(before.iter().map(|one| one.path.as_str())))
        } else {
            question(path, self.all.iter().map(|one| one.path.as_str()))
                .unwrap_or_else(|| LISTED.to_owned())
        };
        Some(format!(
            "match.path: in program {program} the rule is about nothing at {path:?}; {there}"
        ))
    }
}

/// Why none of these operations can be befallen.
fn reach_problem(effect: &FaultEffect, mut left: Vec<&KnownOperation>) -> Option<String> {
    left.retain(|one| one.is_of_program());
    if left.is_empty() {
        return Some(
            "match: such calls belong to no program, so no rule of one befalls them; the header \
             X-Piebox-Fault of a call does"
                .to_owned(),
        );
    }
    if left.iter().any(|one| one.can_suffer(effect)) {
        return None;
    }
    Some(format!("effect.kind: {}, and the rule is about others", befalls(effect)))
}

/// Which calls a kind befalls, if not all.
pub fn befalls(effect: &FaultEffect) -> String {
    let kind = effect.kind();
    match effect.reach() {
        Reach::Call => format!("{kind} befalls every call"),
        Reach::Commit => format!("{kind} befalls calls that write"),
        Reach::UseCase(operations) => format!("{kind} befalls {} alone", operations.join(", ")),
        Reach::Webhook => format!("{kind} befalls webhooks, by a rule alone"),
    }
}

/// That there is no operation of this name, and which ones are near it or where all are listed.
pub fn meant_operation<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = question(name, known).unwrap_or_else(|| LISTED.to_owned());
    format!("there is no operation {name:?}; {near}")
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(NAMED_MAX);
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations() -> Operations {
        let one = |id: &str, method: &str, path: &str| KnownOperation {
            id: id.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
        };
        let all = vec![
            one("authentication_post", "POST", "/authentication"),
            one("enrollments_post_createenrollment", "POST", "/programs/{programCode}/enrollments"),
            one("account_get_getaccount", "GET", "/programs/{programCode}/accounts/{id}"),
        ];
        Operations { all, places: HashMap::new() }
    }

    fn problem(rule: &str) -> Option<String> {
        let program = "wf".parse().unwrap();
        operations().problem(&serde_json::from_str(rule).unwrap(), &program)
    }

    #[test]
    fn flt_2_a_rule_that_can_never_strike_names_the_member_that_forbids_it() {
        let lose = r#""effect":{"kind":"loseAnswer"}"#;
        for (matching, member) in [
            (r#"{"operation":"account_get_account"}"#, "match.operation: there is no operation"),
            (r#"{"path":"/programs/{programCode}/enrolments"}"#, "match.path: in program wf"),
            (r#"{"path":"/programs/other/enrollments"}"#, "match.path: in program wf"),
            (r#"{"path":"/programs/wf/accounts/1","method":"PUT"}"#, "match.method: no operation"),
            (
                r#"{"operation":"account_get_getaccount","path":"/programs/wf/enrollments"}"#,
                "match.path: in program wf the rule is about nothing at \
                 \"/programs/wf/enrollments\"; it is at /programs/{programCode}/accounts/{id}",
            ),
            (r#"{"path":"/authentication"}"#, "match: such calls belong to no program"),
        ] {
            let found = problem(&format!(r#"{{"match":{matching},{lose}}}"#));
            assert!(found.as_deref().is_some_and(|it| it.starts_with(member)), "{found:?}");
        }
        for (matching, kind) in [
            (r#"{"method":"GET"}"#, "interrupt"),
            (r#"{"path":"/programs/wf/accounts/1"}"#, "processorTimeout"),
            (r#"{"operation":"account_get_getaccount"}"#, "failBeforeCommit"),
        ] {
            let effect = format!(r#""effect":{{"kind":"{kind}"}}"#);
            let found = problem(&format!(r#"{{"match":{matching},{effect}}}"#)).unwrap();
            assert!(found.starts_with(&format!("effect.kind: {kind} befalls")), "{found}");
        }
    }

    #[test]
    fn a_rule_that_can_strike_is_laid() {
        for matching in [
            "{}",
            r#"{"operation":"Account_Get_GetAccount"}"#,
            r#"{"path":"/baas/v1/Programs/wf/ENROLLMENTS"}"#,
            r#"{"path":"/programs/{programCode}/accounts/123","method":"get"}"#,
        ] {
            let found = problem(&format!(r#"{{"match":{matching},"effect":{{"kind":"reset"}}}}"#));
            assert_eq!(found, None, "{matching}");
        }
    }

    #[test]
    fn near_names_are_told_and_otherwise_where_all_stand() {
        let told = |name| meant_operation(name, operations().iter().map(|one| &*one.id));
        let near = told("enrollments_post_create");
        assert!(near.ends_with("did you mean enrollments_post_createenrollment?"), "{near}");
        let far = told("xyzzy");
        assert_eq!(far, format!("there is no operation \"xyzzy\"; {LISTED}"));
    }
}
