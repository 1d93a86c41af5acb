//! A fault rule: which calls it speaks of, and how its turns are counted. Which deliveries one of
//! webhooks speaks of stands in `webhooks`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::effect::FaultEffect;
use crate::kernel::ids::FaultId;
use crate::kernel::secrets::urls;
use crate::kernel::source::Source;

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
    /// The path as documented, `/programs/{programCode}/enrollments`, or as called; each part
    /// between slashes may be either.
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
    /// Of webhooks: the endpoint, in clear or as the settings show it.
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

impl Fault {
    /// What a call has asked for itself, in the shape of a rule: strikes always, counts nothing.
    pub fn asked(effect: FaultEffect) -> Self {
        let rule = FaultRule { matching: FaultMatch::default(), effect, times: None };
        Self { fault_id: FaultId::new(Uuid::nil()), rule }
    }

    /// As it may be shown: without secrets of the URL.
    #[must_use]
    pub fn shown(mut self) -> Self {
        let url = &mut self.rule.matching.url;
        *url = url.as_deref().map(urls::covered);
        self
    }

    /// Whether a call has asked for it itself.
    pub fn is_asked(&self) -> bool {
        self.fault_id == FaultId::new(Uuid::nil())
    }
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
    pub fn problem(&self) -> Option<String> {
        let wants = &self.matching;
        for (text, member) in [
            (&wants.method, "method"),
            (&wants.path, "path"),
            (&wants.operation, "operation"),
            (&wants.caller, "caller"),
            (&wants.url, "url"),
            (&wants.account, "account"),
        ] {
            if text.as_ref().is_some_and(|text| text.len() > TEXT_MAX) {
                return Some(format!("match.{member} must have at most {TEXT_MAX} characters"));
            }
        }
        let problem = match (self.times, self.matching.nth, self.matching.probability) {
            (Some(0), _, _) => "times must be at least 1",
            (_, Some(0), _) => "match.nth must be at least 1",
            (_, _, Some(p)) if !(0.0..=1.0).contains(&p) => "match.probability must be from 0 to 1",
            _ => match self.mismatch() {
                Some(problem) => problem,
                None => return self.effect.problem(),
            },
        };
        Some(problem.to_owned())
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
            && holds(&wants.path, &|p| path_fits(p, target.template, target.path))
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

/// Parts of a path; the base path of the vendor and doubled slashes do not count.
pub fn path_parts(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_start_matches('/');
    let is_base = path.get(..8).is_some_and(|base| base.eq_ignore_ascii_case("baas/v1/"));
    let path = if is_base { &path[8..] } else { path };
    path.split('/').filter(|part| !part.is_empty())
}

/// Whether the path of a rule is this one: each part as documented, or as called. Any `{name}`
/// stands for a parameter.
fn path_fits(wanted: &str, template: &str, path: &str) -> bool {
    let mut called = path_parts(path);
    let mut documented = path_parts(template);
    path_parts(wanted).all(|part| {
        let (documented, called) = (documented.next().unwrap_or_default(), called.next());
        let is_parameter = part.starts_with('{') && documented.starts_with('{');
        is_parameter
            || part.eq_ignore_ascii_case(documented)
            || called.is_some_and(|called| part.eq_ignore_ascii_case(called))
    }) && documented.next().is_none()
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
            (r#"{"path":"/BaaS/v1//programs/{code}/enrollments/"}"#, true),
            (r#"{"path":"/programs/{programCode}"}"#, false),
            (r#"{"path":"/programs/wf/enrollments/accounts"}"#, false),
            (r#"{"path":"/programs/{programCode}/{x}"}"#, false),
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
