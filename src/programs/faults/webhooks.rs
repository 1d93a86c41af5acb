//! Faults of webhooks: what can go wrong with a delivery, and which deliveries a rule speaks of.

use super::{FaultEffect, FaultMatch, FaultRule};
use crate::kernel::durations::Duration;
use crate::kernel::secrets::urls;

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookFault {
    /// It is sent twice.
    Duplicate,
    /// It is sent so much later, on the world's clock.
    Delay(Duration),
    /// It is never sent.
    Drop,
    /// The next message about the account to this endpoint goes first.
    Reorder,
    /// It is sent with a wrong proof.
    BadToken,
}

impl WebhookFault {
    /// As it stands in a rule, and in the records of deliveries.
    pub fn as_str(self) -> &'static str {
        match self {
            WebhookFault::Duplicate => "duplicate",
            WebhookFault::Delay(_) => "delay",
            WebhookFault::Drop => "drop",
            WebhookFault::Reorder => "reorder",
            WebhookFault::BadToken => "badToken",
        }
    }
}

/// The delivery that may be befallen.
#[derive(Debug, Clone, Copy)]
pub struct WebhookTarget<'a> {
    /// The type of its events.
    pub event_type: &'a str,
    /// The endpoint.
    pub url: &'a str,
    /// The account it is about.
    pub account: &'a str,
}

impl FaultEffect {
    /// What goes wrong with deliveries; `None` if it befalls calls.
    pub fn of_webhooks(&self) -> Option<WebhookFault> {
        match *self {
            FaultEffect::Duplicate {} => Some(WebhookFault::Duplicate),
            FaultEffect::Delay { by } => Some(WebhookFault::Delay(by)),
            FaultEffect::Drop {} => Some(WebhookFault::Drop),
            FaultEffect::Reorder {} => Some(WebhookFault::Reorder),
            FaultEffect::BadToken {} => Some(WebhookFault::BadToken),
            _ => None,
        }
    }
}

impl FaultRule {
    /// Whether the rule speaks of this delivery at all.
    pub fn befalls(&self, target: &WebhookTarget<'_>) -> bool {
        let FaultMatch { event_type, url, account, .. } = &self.matching;
        let is = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        is(event_type, target.event_type)
            && url.as_deref().is_none_or(|url| urls::is_shown_as(target.url, url))
            && account.as_deref().is_none_or(|w| w.eq_ignore_ascii_case(target.account))
    }

    /// Why conditions and effect do not go together, naming the member; `None` if they do.
    pub(super) fn mismatch(&self) -> Option<&'static str> {
        let FaultMatch { method, path, operation, caller, event_type, url, account, .. } =
            &self.matching;
        if self.effect.of_webhooks().is_some() {
            return [
                (method, "match.method is of calls, and the effect is of webhooks"),
                (path, "match.path is of calls, and the effect is of webhooks"),
                (operation, "match.operation is of calls, and the effect is of webhooks"),
                (caller, "match.caller is of calls, and the effect is of webhooks"),
            ]
            .iter()
            .find_map(|(given, problem)| given.is_some().then_some(*problem))
            .or_else(|| unknown_type(event_type.as_deref()));
        }
        [
            (event_type, "match.eventType is of webhooks, and the effect is of calls"),
            (url, "match.url is of webhooks, and the effect is of calls"),
            (account, "match.account is of webhooks, and the effect is of calls"),
        ]
        .iter()
        .find_map(|(given, problem)| given.is_some().then_some(*problem))
    }
}

fn unknown_type(event_type: Option<&str>) -> Option<&'static str> {
    let given = event_type?;
    let problem = "match.eventType is no event type; GET /_sim/v1/event-types lists them";
    crate::kernel::events::find(given).is_none().then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> FaultRule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn conditions_of_calls_and_effects_on_webhooks_do_not_mix() {
        for (json, problem) in [
            (r#"{"effect":{"kind":"drop"}}"#, None),
            (
                r#"{"match":{"eventType":"transaction","url":"u","account":"a","nth":2},
                    "effect":{"kind":"delay","by":"PT1H"}}"#,
                None,
            ),
            (r#"{"match":{"method":"POST"},"effect":{"kind":"drop"}}"#, Some("match.method")),
            (r#"{"match":{"caller":"x"},"effect":{"kind":"badToken"}}"#, Some("match.caller")),
            (r#"{"match":{"url":"u"},"effect":{"kind":"interrupt"}}"#, Some("match.url")),
            (r#"{"match":{"eventType":"x"},"effect":{"kind":"drop"}}"#, Some("match.eventType")),
        ] {
            let found = rule(json).problem();
            assert_eq!(found.is_some(), problem.is_some(), "{json}: {found:?}");
            assert!(found.unwrap_or_default().starts_with(problem.unwrap_or_default()), "{json}");
        }
    }

    #[test]
    fn each_condition_narrows_the_deliveries_that_are_befallen() {
        let target = WebhookTarget { event_type: "transaction", url: "u", account: "ab" };
        for (matching, befalls) in [
            ("{}", true),
            (r#"{"eventType":"transaction"}"#, true),
            (r#"{"eventType":"accountUpdated"}"#, false),
            (r#"{"url":"u","account":"AB"}"#, true),
            (r#"{"url":"v"}"#, false),
            (r#"{"url":"http://u:***@h/"}"#, false),
            (r#"{"account":"cd"}"#, false),
        ] {
            let rule = rule(&format!(r#"{{"match":{matching},"effect":{{"kind":"drop"}}}}"#));
            assert_eq!(rule.befalls(&target), befalls, "{matching}");
        }
    }
}
