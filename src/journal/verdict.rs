//! Proving what was called: how often, in which order, never; and where it fails, the call that
//! came nearest and what it lacks. Pure: it is shown the calls one by one.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::matching::{Condition, Wanted};
use super::model::Entry;
use crate::kernel::time::Timestamp;

/// Calls listed in one verdict at most.
const LISTED_MAX: usize = 10;
/// Steps of an order at most.
pub const STEPS_MAX: usize = 50;

/// How often a call must have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Count {
    /// So often and not more often.
    #[serde(default)]
    pub exactly: Option<u64>,
    /// So often or more often.
    #[serde(default)]
    pub at_least: Option<u64>,
    /// Not more often.
    #[serde(default)]
    pub at_most: Option<u64>,
}

impl Count {
    /// Once or more often.
    pub const ONCE: Count = Count { exactly: None, at_least: Some(1), at_most: None };
    /// Not at all.
    pub const NEVER: Count = Count { exactly: Some(0), at_least: None, at_most: None };

    fn holds(self, found: u64) -> bool {
        self.exactly.is_none_or(|wanted| found == wanted)
            && self.at_least.is_none_or(|least| found >= least)
            && self.at_most.is_none_or(|most| found <= most)
    }

    /// Whether more calls would help.
    fn is_short(self, found: u64) -> bool {
        self.exactly.is_some_and(|wanted| found < wanted)
            || self.at_least.is_some_and(|least| found < least)
    }

    fn words(self) -> String {
        let words =
            [("exactly", self.exactly), ("at least", self.at_least), ("at most", self.at_most)];
        let said = words.iter().filter_map(|(word, count)| count.map(|n| format!("{word} {n}")));
        said.collect::<Vec<_>>().join(" and ")
    }
}

/// What is to be proved. One or both.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Calls like this have come so often.
    pub counted: Option<(Wanted, Count)>,
    /// Calls like these have come, one behind the other; others may stand between them.
    pub order: Vec<Wanted>,
}

impl Claim {
    /// Whether it may hold now and no longer once more calls are known.
    pub fn is_breakable(&self) -> bool {
        let most = self.counted.as_ref().map(|(_, count)| (count.exactly, count.at_most));
        most.is_some_and(|most| most != (None, None))
    }
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether it holds.
    pub verified: bool,
    /// Calls that fit what was to be counted or, where nothing was, steps of the order that were
    /// found.
    pub found: u64,
    /// What was wanted, in words.
    pub wanted: String,
    /// The calls that fit, newest first, the first ten; of an order those of its steps.
    pub calls: Vec<Brief>,
    /// The step of the order that was not found, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_step: Option<usize>,
    /// Of the calls that do not fit, the one that comes nearest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_miss: Option<Miss>,
    /// Calls of the time looked at that the journal could not keep: a count may be short by them.
    pub lost: u64,
}

/// A call in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Brief {
    /// The call.
    pub call_id: String,
    /// When it came in, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// As it was called.
    pub path: String,
    /// The operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Its request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `code/subCode` of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Brief {
    /// An entry in brief.
    pub fn of(entry: &Entry) -> Self {
        let answer = entry.answer.as_ref();
        let codes = answer.and_then(|answer| answer.code.zip(answer.sub_code));
        Self {
            call_id: entry.call_id.clone(),
            at: entry.at,
            method: entry.method.clone(),
            path: entry.path.clone(),
            operation: entry.operation.clone(),
            request_id: entry.request_id.clone(),
            status: answer.map(|answer| answer.status),
            code: codes.map(|(code, sub_code)| format!("{code}/{sub_code}")),
        }
    }
}

/// A call that does not fit, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Miss {
    /// The call.
    pub call: Brief,
    /// The conditions that it meets.
    pub meets: Vec<String>,
    /// The conditions that it fails, with what was wanted and what is.
    pub fails: Vec<Condition>,
    #[serde(skip)]
    score: u32,
}

impl Miss {
    fn of(entry: &Entry, conditions: Vec<Condition>) -> Self {
        let score = conditions.iter().map(nearness).sum();
        let (held, fails): (Vec<_>, Vec<_>) = conditions.into_iter().partition(|one| one.holds);
        let meets = held.into_iter().map(|one| one.condition).collect();
        Self { call: Brief::of(entry), meets, fails, score }
    }

    fn words(&self) -> String {
        let failed =
            |one: &Condition| format!("{} is {}, not {}", one.condition, one.is, one.wanted);
        let fails: Vec<String> = self.fails.iter().map(failed).collect();
        format!("{} {} came nearest: {}", self.call.method, self.call.path, fails.join("; "))
    }
}

/// How near a call comes by one condition, in thousandths. What is said in words of the caller may
/// be misspelt, and then comes nearer than what is quite another.
fn nearness(condition: &Condition) -> u32 {
    let whole = condition.weight * 1_000;
    match (&condition.wanted, &condition.is) {
        _ if condition.holds => whole,
        (Json::String(wanted), Json::String(is)) => {
            (strsim::jaro_winkler(wanted, is) * f64::from(whole) / 2.0) as u32
        }
        _ => 0,
    }
}

/// Calls looked at for one thing wanted.
#[derive(Debug, Default)]
struct Tally {
    found: u64,
    calls: Vec<Brief>,
    miss: Option<Miss>,
}

impl Tally {
    /// Looks at a call; says whether it fits.
    fn look(&mut self, wanted: &Wanted, entry: &Entry) -> bool {
        if !wanted.is_about(entry) {
            return false;
        }
        let conditions = wanted.conditions(entry);
        if conditions.iter().all(|one| one.holds) {
            self.found += 1;
            if self.calls.len() < LISTED_MAX {
                self.calls.push(Brief::of(entry));
            }
            return true;
        }
        let miss = Miss::of(entry, conditions);
        // Newest first: of two that come equally near, the later one.
        if self.miss.as_ref().is_none_or(|known| miss.score > known.score) {
            self.miss = Some(miss);
        }
        false
    }
}

/// A claim being looked into: it is shown the calls, newest first.
#[derive(Debug)]
pub struct Inquiry<'a> {
    claim: &'a Claim,
    counted: Tally,
    steps: Vec<Tally>,
    /// The calls that fit any step, newest first, with the steps that they fit.
    fitting: Vec<(Brief, Vec<bool>)>,
    lost: u64,
}

impl<'a> Inquiry<'a> {
    /// Nothing seen yet.
    pub fn into(claim: &'a Claim) -> Self {
        let steps = claim.order.iter().map(|_| Tally::default()).collect();
        Self { claim, counted: Tally::default(), steps, fitting: Vec::new(), lost: 0 }
    }

    /// Looks at a call.
    pub fn look(&mut self, entry: &Entry) {
        self.lost += entry.lost.unwrap_or(0);
        if let Some((wanted, _)) = &self.claim.counted {
            self.counted.look(wanted, entry);
        }
        let steps = self.steps.iter_mut().zip(&self.claim.order);
        let fits: Vec<bool> = steps.map(|(tally, wanted)| tally.look(wanted, entry)).collect();
        if fits.contains(&true) {
            self.fitting.push((Brief::of(entry), fits));
        }
    }

    /// What came of it.
    pub fn verdict(self) -> Verdict {
        let ordered = self.in_order();
        let Self { claim, counted, mut steps, lost, .. } = self;
        let count = claim.counted.as_ref().map(|(_, count)| *count);
        let is_counted = count.is_none_or(|count| count.holds(counted.found));
        let is_ordered = ordered.len() == claim.order.len();
        let missing = (!is_ordered).then_some(ordered.len());
        let (found, calls) = match count {
            Some(_) => (counted.found, counted.calls),
            None => (ordered.len() as u64, ordered.into_iter().take(LISTED_MAX).collect()),
        };
        let is_short = count.is_some_and(|count| count.is_short(found));
        let nearest_miss = match missing {
            _ if !is_counted && is_short => counted.miss,
            Some(step) => steps.swap_remove(step).miss,
            None => None,
        };
        let mut words: Vec<String> =
            count.map(|count| format!("{} calls", count.words())).into_iter().collect();
        if !claim.order.is_empty() {
            words.push(format!("{} calls in order", claim.order.len()));
        }
        Verdict {
            verified: is_counted && is_ordered,
            found,
            wanted: words.join(", and "),
            calls,
            missing_step: missing.map(|step| step + 1),
            nearest_miss,
            lost,
        }
    }

    /// The calls of the steps, as far as they are found one behind the other: each step takes the
    /// first call that fits behind the one before, so none is taken that a later step needs more.
    fn in_order(&self) -> Vec<Brief> {
        let mut calls = self.fitting.iter().rev();
        let mut ordered = Vec::new();
        for step in 0..self.claim.order.len() {
            let next = calls.find(|(_, fits)| fits.get(step) == Some(&true));
            let Some((call, _)) = next else { break };
            ordered.push(call.clone());
        }
        ordered
    }
}

impl Verdict {
    /// Why the claim does not hold, in one sentence for people.
    pub fn words(&self) -> String {
        let mut words = format!("wanted {}, found {}", self.wanted, self.found);
        if let Some(step) = self.missing_step {
            words.push_str(&format!("; step {step} of the order does not come where it should"));
        }
        if let Some(miss) = &self.nearest_miss {
            words.push_str(&format!("; {}", miss.words()));
        }
        if self.lost > 0 {
            words.push_str(&format!("; {} calls could not be kept", self.lost));
        }
        words
    }
}
