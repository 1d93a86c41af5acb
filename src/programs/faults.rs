//! Faults on purpose: a rule says which calls it matches and what then goes wrong.
//!
//! So far two kinds are built: `interrupt`, which stops an enrollment half-way (HTTP 503) and
//! leaves the account for the repeated call to complete, and a processor that does not go along
//! with cards or adjustments. Those of webhooks stand in `webhooks`.
//!
//! Which rule applies is decided here, from the counts of earlier
//! matches and a drawn number; counting is part of the unit of work that the fault befalls, so a
//! fault that was rolled back was never used up.

mod webhooks;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::durations::Duration;
use crate::kernel::ids::FaultId;
use crate::kernel::source::Source;

pub use self::webhooks::{WebhookFault, WebhookTarget};

/// Rules a world may hold at once.
pub const FAULTS_MAX: usize = 100;
/// Characters of one condition: every process keeps the rules of many worlds in memory.
const TEXT_MAX: usize = 500;

/// What a tester hands in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// Which calls it befalls; an empty object matches every call that can have the effect.
    #[serde(default, rename = "match")]
    pub matching: FaultMatch,
    /// What goes wrong.
    pub effect: FaultEffect,
    /// How often at most; without it, every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub times: Option<u32>,
}

/// The conditions of a rule; all that are given must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultMatch {
    /// HTTP method, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path as documented, `/programs/{programCode}/enrollments`, or as called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The operation id, `enrollments_post_createenrollment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The client id of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// Of webhooks: the type of their events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Of webhooks: the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of webhooks: the account they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only the n-th matching call or delivery, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub nth: Option<u32>,
    /// Only with this probability, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub probability: Option<f64>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum FaultEffect {
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
    /// An attempt to send a webhook brings a wrong proof.
    BadToken {},
}

impl FaultEffect {
    /// Whether it befalls the processor.
    pub fn is_of_processor(self) -> bool {
        matches!(self, FaultEffect::ProcessorTimeout {} | FaultEffect::ProcessorFailure {})
    }
}

/// A rule as a world holds it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Names the rule in the control API.
    #[schema(value_type = String, format = "uuid")]
    pub fault_id: FaultId,
    /// The rule.
    #[serde(flatten)]
    pub rule: FaultRule,
}

/// How often a rule has matched and been applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaultCount {
    /// Calls that matched.
    pub matched: i64,
    /// Calls that suffered the effect.
    pub applied: i64,
}

/// The call that may be befallen.
#[derive(Debug, Clone, Copy)]
pub struct FaultTarget<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The documented path, with its braces.
    pub template: &'a str,
    /// The path as called.
    pub path: &'a str,
    /// The operation id.
    pub operation: &'a str,
    /// The client id.
    pub caller: &'a str,
}

impl FaultRule {
    /// Why a rule makes no sense, naming the member; `None` if it does.
    pub fn problem(&self) -> Option<&'static str> {
        let wants = &self.matching;
        for (text, problem) in [
            (&wants.method, "match.method must have at most 500 characters"),
            (&wants.path, "match.path must have at most 500 characters"),
            (&wants.operation, "match.operation must have at most 500 characters"),
            (&wants.caller, "match.caller must have at most 500 characters"),
        ] {
            if text.as_ref().is_some_and(|text| text.len() > TEXT_MAX) {
                return Some(problem);
            }
        }
        match (self.times, self.matching.nth, self.matching.probability) {
            (Some(0), _, _) => Some("times must be at least 1"),
            (_, Some(0), _) => Some("match.nth must be at least 1"),
            (_, _, Some(p)) if !(0.0..=1.0).contains(&p) => {
                Some("match.probability must be from 0 to 1")
            }
            _ => self.mismatch(),
        }
    }

    /// Whether the rule speaks of this call at all.
    pub fn speaks_of(&self, target: &FaultTarget<'_>) -> bool {
        if self.effect.of_webhooks().is_some() {
            return false;
        }
        let wants = &self.matching;
        let holds =
            |wanted: &Option<String>, is: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(is);
        holds(&wants.method, &|m| m.eq_ignore_ascii_case(target.method))
            && holds(&wants.path, &|p| {
                p.eq_ignore_ascii_case(target.template) || p.eq_ignore_ascii_case(target.path)
            })
            && holds(&wants.operation, &|o| o.eq_ignore_ascii_case(target.operation))
            && holds(&wants.caller, &|c| c == target.caller)
    }

    /// Whether a matching call suffers the effect, and the counts after it.
    pub fn strikes(&self, count: FaultCount, source: &mut Source) -> (bool, FaultCount) {
        let matched = count.matched + 1;
        let in_turn = self.matching.nth.is_none_or(|nth| matched == i64::from(nth));
        let left = self.times.is_none_or(|times| count.applied < i64::from(times));
        let drawn = self.matching.probability.is_none_or(|probability| {
            let draw = source.below(1_000_000) as f64 / 1_000_000.0;
            draw < probability
        });
        let strikes = in_turn && left && drawn;
        (strikes, FaultCount { matched, applied: count.applied + i64::from(strikes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: FaultTarget<'_> = FaultTarget {
        method: "POST",
        template: "/programs/{programCode}/enrollments",
        path: "/programs/wf/enrollments",
        operation: "enrollments_post_createenrollment",
        caller: "demo",
    };

    fn rule(json: &str) -> FaultRule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_empty_match_speaks_of_every_call_and_each_condition_narrows_it() {
        let interrupt = r#""effect":{"kind":"interrupt"}"#;
        for (matching, speaks) in [
            ("{}", true),
            (r#"{"method":"post"}"#, true),
            (r#"{"method":"GET"}"#, false),
            (r#"{"path":"/programs/wf/enrollments"}"#, true),
            (r#"{"path":"/programs/{programCode}/enrollments"}"#, true),
            (r#"{"path":"/programs/other/enrollments"}"#, false),
            (r#"{"operation":"enrollments_post_createenrollment","caller":"demo"}"#, true),
            (r#"{"caller":"someone"}"#, false),
        ] {
            let rule = rule(&format!(r#"{{"match":{matching},{interrupt}}}"#));
            assert_eq!(rule.speaks_of(&TARGET), speaks, "{matching}");
        }
    }

    #[test]
    fn times_and_nth_count_matches_and_effects() {
        let mut source = Source::new(&[0; 32], &[]);
        let second_only = rule(r#"{"match":{"nth":2},"effect":{"kind":"interrupt"}}"#);
        let once = rule(r#"{"effect":{"kind":"interrupt"},"times":1}"#);
        for (rule, expected) in [(second_only, [false, true, false]), (once, [true, false, false])]
        {
            let mut count = FaultCount::default();
            for strikes in expected {
                let (struck, next) = rule.strikes(count, &mut source);
                assert_eq!(struck, strikes, "{rule:?} {count:?}");
                count = next;
            }
        }
    }

    #[test]
    fn probability_zero_never_strikes_and_one_always_does() {
        let mut source = Source::new(&[0; 32], &[]);
        for (probability, expected) in [("0", false), ("1", true)] {
            let json = format!(
                r#"{{"match":{{"probability":{probability}}},"effect":{{"kind":"interrupt"}}}}"#
            );
            for _ in 0..50 {
                let (struck, _) = rule(&json).strikes(FaultCount::default(), &mut source);
                assert_eq!(struck, expected);
            }
        }
    }
}
