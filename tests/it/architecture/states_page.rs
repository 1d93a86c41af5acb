//! `docs/states.md`: every place an account can be in and every step between them, drawn from the
//! table that the code goes by; the same for cards.

use piebox::domains::accounts::cards::{self, CardPlace, CardStep};
use piebox::domains::accounts::positions::{Cause, Cure, Grip, Hold, Position, Step};
use piebox::domains::kyc::screening;

use super::pages::{head, hold, row};

const INTRODUCTION: &str = "\
<!-- Generated from positions.rs and cards.rs in src/domains/accounts by scripts/update. -->

# States

An account stands at one *position*: a row of status, reason, the results of both screenings and the
pending gate of its primary holder. They move together, by the steps below and no others.

- An enrollment passes through `Unfinished` to the position that screening finds. A fault of kind
  `interrupt` leaves it there, and the same call again goes on.
- `Held` stands for 24 rows: restricted or locked, four reasons, three cures. They differ in nothing
  else; the second table lists them.
- A position is *active* if it takes one of the places that limits leave.
- Control actions and due tasks take these very steps.
";

#[test]
fn the_page_of_states_is_up_to_date() {
    let page = [
        INTRODUCTION.to_owned(),
        positions(),
        diagram("Steps of an account", &account_steps()),
        holds(),
        diagram("Steps of a card", &card_steps()),
        "\nA card that was blocked comes back to where it was: `activated` if it ever was, or \
         paused, which shows as `blocked` with `customerInitiatedHold`.\n"
            .to_owned(),
    ];
    hold("docs/states.md", &page.concat());
}

fn step_name(step: Step) -> String {
    match step {
        Step::Hold(_) => "Hold".to_owned(),
        plain => format!("{plain:?}"),
    }
}

fn cells(position: Position) -> [String; 6] {
    let (standing, kyc) = position.shown();
    [
        standing.status.to_string(),
        standing.reason.to_string(),
        kyc.ofac.to_string(),
        kyc.kyc.to_string(),
        kyc.gate.map_or("*(unset)*".to_owned(), |gate| gate.to_string()),
        if position.is_active() { "yes" } else { "no" }.to_owned(),
    ]
}

fn positions() -> String {
    let mut table = head(&["position", "status", "reason", "OFAC", "KYC", "gate", "active"]);
    for position in Position::all().filter(|position| !matches!(position, Position::Held(_))) {
        let cells = cells(position);
        let mut line = vec![position.name()];
        line.extend(cells.iter().map(String::as_str));
        table.push_str(&row(&line));
    }
    format!("\n## Positions of an account\n\n{table}")
}

fn holds() -> String {
    let mut table = head(&["status", "reason", "gate", "cards"]);
    for grip in Grip::ALL {
        let reasons: Vec<String> =
            Cause::ALL.iter().map(|cause| cause.reason().to_string()).collect();
        let gates: Vec<String> = Cure::ALL.iter().map(|cure| cure.gate().to_string()).collect();
        let hold = Hold { grip, cause: Cause::PotentialFraud, cure: Cure::None };
        let blocked = Position::Held(hold).blocks_cards();
        table.push_str(&row(&[
            &grip.status().to_string(),
            &reasons.join(", "),
            &gates.join(", "),
            if blocked { "blocked, `accountBlock`" } else { "in use" },
        ]));
    }
    format!("\n## Ways to be held\n\nOFAC and KYC stay passed.\n\n{table}")
}

/// From, step, to.
type Line = (&'static str, String, &'static str);

/// Steps of an account, each once, holds folded together.
fn account_steps() -> Vec<Line> {
    let mut steps: Vec<Line> = Vec::new();
    for position in screening::verdicts() {
        let line = (Position::Unfinished.name(), "screening".to_owned(), position.name());
        if !steps.contains(&line) {
            steps.push(line);
        }
    }
    for (from, step) in Position::all().flat_map(|p| Step::all().map(move |step| (p, step))) {
        let Some(to) = from.after(step) else { continue };
        let line = (from.name(), step_name(step), to.name());
        if !steps.contains(&line) {
            steps.push(line);
        }
    }
    steps
}

fn card_steps() -> Vec<Line> {
    let mut steps = Vec::new();
    let all = CardPlace::ALL.into_iter();
    for (place, step) in all.flat_map(|place| CardStep::ALL.map(|step| (place, step))) {
        let Some(to) = cards::after(place, step) else { continue };
        let name = |place: CardPlace| place.shown().0.as_str();
        let line = (name(place), format!("{step:?}"), name(to));
        // A block of a card that is paused shows no other status.
        if line.0 != line.2 && !steps.contains(&line) {
            steps.push(line);
        }
    }
    steps
}

fn diagram(title: &str, steps: &[Line]) -> String {
    let lines: String =
        steps.iter().map(|(from, step, to)| format!("    {from} --> {to}: {step}\n")).collect();
    let mut table = head(&["from", "step", "to"]);
    for (from, step, to) in steps {
        table.push_str(&row(&[from, step, to]));
    }
    format!("\n## {title}\n\n```mermaid\nstateDiagram-v2\n{lines}```\n\n{table}")
}
