//! What happened to an account, in one order: by the world's moment, within a moment by the call
//! that caused it, and within a call causes before what they caused. Each room tells its own lines;
//! whoever asks lays them together.

use serde::Serialize;
use serde_json::Value as Json;

use super::time::Timestamp;

/// What a line is about. Within one call they stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LineKind {
    /// A call of a partner.
    Request,
    /// A call of the control API: actions, clock moves, faults, settings.
    Control,
    /// A task that was done.
    Task,
    /// The account has got another state.
    State,
    /// Money was moved or held.
    Transaction,
    /// An event was recorded.
    Event,
    /// A fault befell a webhook before it was sent.
    Fault,
    /// An attempt to deliver it.
    Attempt,
}

impl LineKind {
    /// Every kind, in order.
    pub const ALL: [LineKind; 8] = [
        LineKind::Request,
        LineKind::Control,
        LineKind::Task,
        LineKind::State,
        LineKind::Transaction,
        LineKind::Event,
        LineKind::Fault,
        LineKind::Attempt,
    ];

    /// Its place among the kinds.
    pub fn rank(self) -> i64 {
        Self::ALL.iter().position(|kind| *kind == self).map_or(0, |place| place as i64)
    }
}

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The world's moment.
    pub at: Timestamp,
    /// The call that caused it; empty if none did: what happens by itself comes first.
    pub call: String,
    /// [`LineKind::rank`].
    pub rank: i64,
    /// Tells lines of one kind and call apart: a number, and a text where several have it.
    pub key: (i64, String),
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub place: Place,
    /// What it is about.
    pub kind: LineKind,
    /// What happened, for people.
    pub text: String,
    /// The same for programs.
    pub details: Json,
}

impl Line {
    /// A line of this kind; `key` tells it from others of its kind and call.
    pub fn new(
        kind: LineKind,
        (at, call): (i64, Option<String>),
        key: (i64, String),
        (text, details): (String, Json),
    ) -> Self {
        let call = call.unwrap_or_default();
        let place = Place { at: Timestamp::from_millis(at), call, rank: kind.rank(), key };
        Self { place, kind, text, details }
    }
}

/// What a room is asked for: lines of one kind behind a place, so many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Later than this moment, in milliseconds; or at it and
    pub at: i64,
    /// with a later call; or of the same and
    pub call: String,
    /// with a greater number; or of the same and
    pub number: i64,
    /// with a later text.
    pub text: String,
    /// Lines at most.
    pub limit: i64,
}

impl Behind {
    /// What lines of a kind are behind a place; all of them if there is no place.
    pub fn place(place: Option<&Place>, kind: LineKind, limit: i64) -> Self {
        let Some(Place { at, call, rank, key }) = place else {
            return Self { at: -1, call: String::new(), number: -1, text: String::new(), limit };
        };
        let (number, text) = match kind.rank().cmp(rank) {
            std::cmp::Ordering::Less => (i64::MAX, String::new()),
            std::cmp::Ordering::Equal => key.clone(),
            std::cmp::Ordering::Greater => (-1, String::new()),
        };
        Self { at: at.millis(), call: call.clone(), number, text, limit }
    }
}

impl Place {
    /// As one word that [`Place::read`] understands.
    pub fn word(&self) -> String {
        let Self { at, call, rank, key: (number, text) } = self;
        format!("{}.{call}.{rank}.{number}.{text}", at.millis())
    }

    /// Reads such a word.
    pub fn read(word: &str) -> Option<Self> {
        let mut parts = word.splitn(5, '.');
        let mut next = || parts.next();
        let at = Timestamp::from_millis(next()?.parse().ok()?);
        let call = next()?.to_owned();
        let rank = next()?.parse().ok()?;
        let key = (next()?.parse().ok()?, next()?.to_owned());
        Some(Self { at, call, rank, key })
    }
}

/// The first lines of all, in order, and the place of the last one if there may be more.
pub fn laid_together(rooms: Vec<Vec<Line>>, limit: usize) -> (Vec<Line>, Option<Place>) {
    let mut lines: Vec<Line> = rooms.into_iter().flatten().collect();
    lines.sort_by(|a, b| a.place.cmp(&b.place));
    let is_more = lines.len() > limit;
    lines.truncate(limit);
    let last = lines.last().filter(|_| is_more).map(|line| line.place.clone());
    (lines, last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places() -> impl Strategy<Value = (i64, String, usize, i64, String)> {
        (0i64..4, "[ab]{0,1}", 0usize..LineKind::ALL.len(), 0i64..3, "[ab]{0,1}")
    }

    fn line((at, call, kind, number, text): (i64, String, usize, i64, String)) -> Line {
        let kind = LineKind::ALL[kind];
        Line::new(kind, (at, Some(call)), (number, text), (String::new(), Json::Null))
    }

    /// As the rooms select.
    fn is_behind(line: &Line, behind: &Behind) -> bool {
        let place = &line.place;
        let here = (place.at.millis(), &place.call, place.key.0, &place.key.1);
        here > (behind.at, &behind.call, behind.number, &behind.text)
    }

    proptest! {
        #[test]
        fn page_by_page_every_line_comes_once_and_in_order(
            drawn in prop::collection::btree_set(places(), 0..40),
            limit in 1usize..8,
        ) {
            let mut lines: Vec<Line> = drawn.into_iter().map(line).collect();
            let (mut seen, mut place) = (Vec::new(), None);
            loop {
                let rooms = LineKind::ALL.map(|kind| {
                    let most = i64::try_from(limit).unwrap() + 1;
                    let behind = Behind::place(place.as_ref(), kind, most);
                    let mut room: Vec<Line> = lines
                        .iter()
                        .filter(|line| line.kind == kind && is_behind(line, &behind))
                        .cloned()
                        .collect();
                    room.sort_by(|a, b| a.place.cmp(&b.place));
                    room.truncate(limit + 1);
                    room
                });
                let (page, next) = laid_together(rooms.into(), limit);
                seen.extend(page);
                place = next.map(|place| Place::read(&place.word()).unwrap());
                if place.is_none() {
                    break;
                }
            }
            lines.sort_by(|a, b| a.place.cmp(&b.place));
            prop_assert_eq!(seen, lines);
        }
    }
}
