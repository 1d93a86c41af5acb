//! What can go wrong, one kind each, and where it can strike.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::kernel::durations::Duration;

/// Longest delay that one fault makes, in milliseconds of real time.
pub const DELAY_MS_MAX: u32 = 60_000;

/// Longest answer that a fault puts together, in bytes.
const BODY_BYTES_MAX: usize = 65_536;

/// Longest description that a fault puts into an answer, in characters.
const DESCRIPTION_MAX: usize = 1_000;

const ENROLL: &str = "enrollments_post_createenrollment";
const REGISTER: &str = "paymentinstrument_post_completeregistration";
const ADJUST: &str = "adjustment_post_adjustbalance";

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum FaultEffect {
    /// The answer comes late, by real time and not by the world's clock.
    #[serde(rename_all = "camelCase")]
    Latency {
        /// How late, in milliseconds; the least of a range if `maxMs` is there.
        #[schema(minimum = 1, maximum = 60_000)]
        ms: u32,
        /// The most of a range, in milliseconds; what happens is drawn from the world's seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 60_000)]
        max_ms: Option<u32>,
        /// What is held up: the call, so that a caller who hangs up has changed nothing, or the
        /// answer to what is done by then.
        #[serde(default)]
        before: Moment,
    },
    /// The call is answered with this HTTP status and nothing is done.
    #[serde(rename_all = "camelCase")]
    Status {
        /// 200 to 599.
        #[schema(minimum = 200, maximum = 599)]
        status: u16,
        /// `responseDetails[].code`; the status unless given, and 0 below 400.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// `responseDetails[].subCode`; 0 unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_code: Option<i32>,
        /// `responseDetails[].description`; the words of the status unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The whole body in place of the envelope: JSON, or a text as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Json>,
    },
    /// The connection is reset before anything is done.
    Reset {},
    /// The call is carried out and its answer has no body.
    Empty {
        /// HTTP status in place of the answer's own, 200 to 599.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 200, maximum = 599)]
        status: Option<u16>,
    },
    /// The call is carried out and its answer cannot be read.
    Malformed {
        /// In which way.
        #[serde(default)]
        how: Malformation,
    },
    /// The call is carried out up to its commit, which fails: HTTP 503, and nothing is written.
    FailBeforeCommit {},
    /// The call is carried out and committed, and the connection closed without an answer.
    LoseAnswer {},
    /// An enrollment stops half-way: the account exists, pending, and the answer is HTTP 503.
    Interrupt {},
    /// The processor does not answer: cards are ordered again later, and come late or never; an
    /// adjustment stays pending and is tried again; an upgrade is refused at once.
    ProcessorTimeout {},
    /// The processor refuses: as above.
    ProcessorFailure {},
    /// A webhook is sent twice.
    Duplicate {},
    /// A webhook is sent later.
    Delay {
        /// By this much of the world's time, an ISO 8601 duration.
        #[schema(value_type = String, example = "PT10M")]
        by: Duration,
    },
    /// A webhook is never sent.
    Drop {},
    /// A webhook lets the next one about the same account to the same endpoint pass; without one it
    /// goes after an hour.
    Reorder {},
    /// An attempt to send a webhook brings a wrong proof. Where the endpoint wants none, nothing
    /// can go wrong with it: such attempts do not match.
    BadToken {},
}

/// What a latency holds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// The call: nothing has been done yet.
    #[default]
    Call,
    /// The answer: everything has been done.
    Answer,
}

/// How an answer is made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Malformation {
    /// Its first half, after a `Content-Length` that promises all of it; then the connection ends.
    #[default]
    Truncated,
    /// A page of a proxy, announced as JSON.
    NoJson,
}

/// Where a kind strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A call as a whole, of any operation.
    Call,
    /// A call that comes to write something.
    Commit,
    /// The use case of these operations, in its midst.
    UseCase(&'static [&'static str]),
    /// No call: a webhook.
    Webhook,
}

impl FaultEffect {
    /// The name of the kind, as rules and answers spell it.
    pub fn kind(&self) -> &'static str {
        match self {
            FaultEffect::Latency { .. } => "latency",
            FaultEffect::Status { .. } => "status",
            FaultEffect::Reset {} => "reset",
            FaultEffect::Empty { .. } => "empty",
            FaultEffect::Malformed { .. } => "malformed",
            FaultEffect::FailBeforeCommit {} => "failBeforeCommit",
            FaultEffect::LoseAnswer {} => "loseAnswer",
            FaultEffect::Interrupt {} => "interrupt",
            FaultEffect::ProcessorTimeout {} => "processorTimeout",
            FaultEffect::ProcessorFailure {} => "processorFailure",
            FaultEffect::Duplicate {} => "duplicate",
            FaultEffect::Delay { .. } => "delay",
            FaultEffect::Drop {} => "drop",
            FaultEffect::Reorder {} => "reorder",
            FaultEffect::BadToken {} => "badToken",
        }
    }

    /// Where it strikes.
    pub fn reach(&self) -> Reach {
        match self {
            FaultEffect::Interrupt {} => Reach::UseCase(&[ENROLL]),
            FaultEffect::ProcessorTimeout {} | FaultEffect::ProcessorFailure {} => {
                Reach::UseCase(&[ENROLL, REGISTER, ADJUST])
            }
            FaultEffect::FailBeforeCommit {} => Reach::Commit,
            effect if effect.of_webhooks().is_some() => Reach::Webhook,
            _ => Reach::Call,
        }
    }

    /// Whether it befalls a call as a whole, whatever its use case does.
    pub fn is_of_call(&self) -> bool {
        matches!(self.reach(), Reach::Call | Reach::Commit)
    }

    /// Whether it befalls a use case in its midst.
    pub fn is_of_use_case(&self) -> bool {
        matches!(self.reach(), Reach::UseCase(_))
    }

    /// Whether it befalls the processor.
    pub fn is_of_processor(&self) -> bool {
        matches!(self, FaultEffect::ProcessorTimeout {} | FaultEffect::ProcessorFailure {})
    }

    /// What about it makes no sense, naming the member; `None` if all does.
    pub fn problem(&self) -> Option<String> {
        match self {
            FaultEffect::Latency { ms, max_ms, .. } => latency_problem(*ms, *max_ms),
            FaultEffect::Status { status, description, body, .. } => status_problem(Some(*status))
                .or_else(|| text_problem(description.as_deref()))
                .or_else(|| body_problem(body.as_ref())),
            FaultEffect::Empty { status } => status_problem(*status),
            _ => None,
        }
    }
}

fn latency_problem(ms: u32, max_ms: Option<u32>) -> Option<String> {
    let is_bounded = |ms: &u32| (1..=DELAY_MS_MAX).contains(ms);
    if !is_bounded(&ms) {
        return Some(format!("effect.ms must be 1 to {DELAY_MS_MAX}"));
    }
    match max_ms {
        Some(max) if !is_bounded(&max) => Some(format!("effect.maxMs must be 1 to {DELAY_MS_MAX}")),
        Some(max) if max < ms => Some(format!("effect.maxMs must be at least effect.ms, {ms}")),
        _ => None,
    }
}

fn status_problem(status: Option<u16>) -> Option<String> {
    let is_wrong = status.is_some_and(|status| !(200..=599).contains(&status));
    is_wrong.then(|| "effect.status must be 200 to 599".to_owned())
}

fn text_problem(text: Option<&str>) -> Option<String> {
    let is_long = text.is_some_and(|text| text.chars().count() > DESCRIPTION_MAX);
    is_long.then(|| format!("effect.description must have at most {DESCRIPTION_MAX} characters"))
}

fn body_problem(body: Option<&Json>) -> Option<String> {
    let is_long = body.is_some_and(|body| body.to_string().len() > BODY_BYTES_MAX);
    is_long.then(|| format!("effect.body must have at most {BODY_BYTES_MAX} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::strict_json;

    fn effect(json: &str) -> FaultEffect {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (json, member) in [
            (r#"{"kind":"latency","ms":0}"#, "effect.ms must"),
            (r#"{"kind":"latency","ms":60001}"#, "effect.ms must"),
            (r#"{"kind":"latency","ms":10,"maxMs":60001}"#, "effect.maxMs must be 1"),
            (r#"{"kind":"latency","ms":10,"maxMs":9}"#, "effect.maxMs must be at least"),
            (r#"{"kind":"status","status":199}"#, "effect.status must"),
            (r#"{"kind":"status","status":600}"#, "effect.status must"),
            (r#"{"kind":"empty","status":101}"#, "effect.status must"),
        ] {
            let problem = effect(json).problem();
            assert!(problem.as_deref().is_some_and(|it| it.starts_with(member)), "{problem:?}");
        }
        let long = FaultEffect::Status {
            status: 503,
            code: None,
            sub_code: None,
            description: None,
            body: Some("x".repeat(BODY_BYTES_MAX).into()),
        };
        assert!(long.problem().is_some_and(|it| it.starts_with("effect.body must")));
        assert_eq!(effect(r#"{"kind":"latency","ms":5,"maxMs":5}"#).problem(), None);
    }

    #[test]
    fn a_value_that_cannot_be_read_names_its_member() {
        for (json, says) in [
            (r#"{"kind":"latency","ms":"x","maxMs":9}"#, ".ms: invalid type"),
            (r#"{"kind":"latency","ms":9,"maxMs":-1}"#, ".maxMs: invalid value"),
            (r#"{"kind":"malformed","how":"odd"}"#, ".how: unknown variant `odd`"),
            (r#"{"kind":"latency"}"#, ": missing field `ms`"),
            (r#"{"kind":"reset","ms":1}"#, ": unknown field `ms`"),
            (r#"{"kind":0}"#, ".kind: invalid type"),
            ("7", ": invalid type"),
        ] {
            let rule = serde_json::from_str(&format!(r#"{{"effect":{json}}}"#)).unwrap();
            let refused = strict_json::read::<super::super::FaultRule>(&rule).unwrap_err();
            let refused = refused.to_string();
            assert!(refused.starts_with(&format!("effect{says}")), "{json}: {refused}");
        }
    }

    #[test]
    fn every_kind_is_named_as_it_is_spelt() {
        for json in [
            r#"{"kind":"latency","ms":1,"before":"answer"}"#,
            r#"{"kind":"status","status":503,"code":503,"subCode":1,"description":"x","body":{}}"#,
            r#"{"kind":"reset"}"#,
            r#"{"kind":"empty","status":202}"#,
            r#"{"kind":"malformed","how":"noJson"}"#,
            r#"{"kind":"failBeforeCommit"}"#,
            r#"{"kind":"loseAnswer"}"#,
            r#"{"kind":"interrupt"}"#,
            r#"{"kind":"processorTimeout"}"#,
            r#"{"kind":"processorFailure"}"#,
        ] {
            let effect = effect(json);
            let written = serde_json::to_value(&effect).unwrap();
            assert_eq!(written, serde_json::from_str::<Json>(json).unwrap());
            assert_eq!(written["kind"], effect.kind());
            assert_ne!(effect.is_of_call(), effect.is_of_use_case());
        }
    }
}
