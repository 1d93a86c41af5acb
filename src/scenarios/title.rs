//! What a report calls a step whose writer has given it no name.

use super::expectations::StateExpectation;
use super::model::{Either, StepKind, WaitFor};

/// The name of a step, or what it does.
pub(super) fn title(kind: &StepKind) -> String {
    if let Some(name) = kind.name() {
        return name.to_owned();
    }
    match kind {
        StepKind::Enroll(step) => format!("enroll {}", step.enroll),
        StepKind::Call(step) => step.call.clone(),
        StepKind::Repeat(step) => match step.times {
            Some(times) if times > 1 => format!("repeat {}, {times} times", step.repeat),
            _ => format!("repeat {}", step.repeat),
        },
        StepKind::Adjust(step) => {
            format!("adjust {} by {}, {}", step.on, plain(&step.amount), step.adjust)
        }
        StepKind::Act(step) => format!("{} on {}", step.act, step.on),
        StepKind::Advance(step) => match &step.advance {
            Either::Short(by) => format!("advance the clock by {by}"),
            Either::Long(to) => format!("advance the clock to {}", to.to),
        },
        StepKind::Clock(_) => "set the clock".to_owned(),
        StepKind::FaultRule(step) => match &step.fault_rule {
            Either::Short(_) => "remove all faults".to_owned(),
            Either::Long(rule) => {
                let kind = rule.get("effect").and_then(|effect| effect["kind"].as_str());
                format!("lay a fault: {}", kind.unwrap_or("?"))
            }
        },
        StepKind::Settings(step) => {
            let names: Vec<&str> = step.settings.keys().map(String::as_str).collect();
            format!("change settings: {}", names.join(", "))
        }
        StepKind::Receiver(step) => format!("have {} answer otherwise", step.receiver),
        StepKind::Control(step) => format!("control {}", step.control),
        StepKind::Wait(step) => match step.wait {
            WaitFor::Webhooks => "wait for webhooks".to_owned(),
        },
        StepKind::Expect(step) => format!("expect {}", expected(&step.expect)),
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn expected(state: &StateExpectation) -> String {
    let mut parts = Vec::new();
    if let Some(account) = &state.account {
        parts.push(format!("the account of {}", account.of));
    }
    for (name, is_there) in [
        ("webhooks", state.webhooks.is_some()),
        ("events", state.events.is_some()),
        ("counts", state.count.is_some()),
        ("the books to fit", state.books.is_some()),
        ("values", !state.values.is_empty()),
    ] {
        if is_there {
            parts.push(name.to_owned());
        }
    }
    parts.join(", ")
}
