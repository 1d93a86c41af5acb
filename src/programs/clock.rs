//! A world's clock: running with the wall clock, running at a distance from it, or frozen.
//!
//! The clock remembers its moves. That is what lets it say which moment the world showed when a
//! token was issued, so that a token ages in the world's time and not in the machine's.

use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::time::Timestamp;

/// Moves remembered at most; older ones are forgotten.
const MOVES_MAX: usize = 256;

/// Whether time passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClockMode {
    /// Time passes as on the wall, perhaps at a distance.
    #[default]
    Running,
    /// Time stands still until it is moved.
    Frozen,
}

/// One move of the clock: at wall moment `wall` it was set to show `world`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Move {
    wall: Timestamp,
    world: Timestamp,
    mode: ClockMode,
    /// Tokens issued from this wall moment on are of this move; `None`: from its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens_from: Option<Timestamp>,
}

impl Move {
    fn to(at: MoveMoment, world: Timestamp, mode: ClockMode) -> Self {
        let tokens_from = (at.tokens_from != at.wall).then_some(at.tokens_from);
        Self { wall: at.wall, world, mode, tokens_from }
    }

    fn tokens_from(&self) -> Timestamp {
        self.tokens_from.unwrap_or(self.wall)
    }

    fn shows(self, wall: Timestamp) -> Timestamp {
        match self.mode {
            ClockMode::Running => self.world.plus_millis(wall.millis_since(self.wall)),
            ClockMode::Frozen => self.world,
        }
    }
}

/// A wall moment at which a clock is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveMoment {
    /// The moment.
    pub wall: Timestamp,
    /// The first moment whose tokens are issued behind the move: the same, or the one after it.
    pub tokens_from: Timestamp,
}

impl From<Timestamp> for MoveMoment {
    fn from(wall: Timestamp) -> Self {
        Self { wall, tokens_from: wall }
    }
}

/// Keeps tokens and moves of clocks apart that fall into one millisecond of the wall: what this
/// process did first counts as first.
#[derive(Debug, Default)]
pub struct TokenOrder {
    issued: AtomicI64,
    moved: AtomicI64,
}

impl TokenOrder {
    /// The moment of a token issued now: not before the latest move.
    pub fn issue(&self, wall: Timestamp) -> Timestamp {
        let issued = ahead(&self.moved, wall).unwrap_or(wall);
        self.issued.fetch_max(issued.millis(), Ordering::SeqCst);
        issued
    }

    /// A move made now: behind the latest token.
    pub fn move_at(&self, wall: Timestamp) -> MoveMoment {
        let issued = ahead(&self.issued, wall);
        let tokens_from = issued.map_or(wall, |issued| issued.plus_millis(1));
        self.moved.fetch_max(tokens_from.millis(), Ordering::SeqCst);
        MoveMoment { wall, tokens_from }
    }
}

/// What was told last, if the wall has not passed it yet. Each of a millisecond's moves puts tokens
/// one further ahead; more than that is a wall clock that was set back, and no measure.
fn ahead(last: &AtomicI64, wall: Timestamp) -> Option<Timestamp> {
    const AHEAD_MAX_MS: i64 = 1_000;
    let last = Timestamp::from_millis(last.load(Ordering::SeqCst));
    (0..=AHEAD_MAX_MS).contains(&last.millis_since(wall)).then_some(last)
}

/// A world's clock. Never without at least one move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldClock {
    first: Move,
    later: Vec<Move>,
}

impl WorldClock {
    /// A clock that shows `world` at wall moment `wall`.
    pub fn set_at(wall: Timestamp, world: Timestamp, mode: ClockMode) -> Self {
        Self { first: Move::to(wall.into(), world, mode), later: Vec::new() }
    }

    /// The world's moment now.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        self.last().shows(wall)
    }

    /// Running or frozen.
    pub fn mode(&self) -> ClockMode {
        self.last().mode
    }

    /// The moment the world showed when a token was issued, by the token's wall moment. Before the
    /// first move the clock is taken to have stood where it began.
    pub fn shown_at(&self, wall: Timestamp) -> Timestamp {
        let past = self.later.iter().rev().find(|m| m.tokens_from() <= wall).unwrap_or(&self.first);
        past.shows(wall.max(past.wall))
    }

    /// The same clock, set to show `world` from a moment on.
    #[must_use]
    pub fn moved(&self, at: MoveMoment, world: Timestamp, mode: ClockMode) -> Self {
        let mut moved = self.clone();
        moved.later.push(Move::to(at, world, mode));
        if moved.later.len() > MOVES_MAX {
            moved.first = moved.later.remove(0);
        }
        moved
    }

    /// The frozen moment, and the distance from the wall clock in milliseconds (0 when frozen):
    /// the clock's present in the two columns that SQL can compare with.
    pub fn columns(&self) -> (Option<Timestamp>, i64) {
        let last = self.last();
        match last.mode {
            ClockMode::Frozen => (Some(last.world), 0),
            ClockMode::Running => (None, last.world.millis_since(last.wall)),
        }
    }

    fn last(&self) -> Move {
        self.later.last().copied().unwrap_or(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_frozen_clock_stands_and_a_running_one_keeps_its_distance() {
        let clock = WorldClock::set_at(at(1_000), at(50_000), ClockMode::Frozen);
        assert_eq!(clock.now(at(9_000)), at(50_000));
        let clock = clock.moved(at(2_000).into(), at(90_000), ClockMode::Running);
        assert_eq!(clock.now(at(2_500)), at(90_500));
        assert_eq!(clock.shown_at(at(1_500)), at(50_000));
        assert_eq!(clock.shown_at(at(10)), at(50_000));
    }

    #[test]
    fn tokens_and_moves_of_one_millisecond_stay_in_their_order() {
        let (order, wall) = (TokenOrder::default(), at(7_000));
        let mut clock = WorldClock::set_at(wall, at(0), ClockMode::Frozen);
        let mut issued = vec![(order.issue(wall), at(0))];
        for world in [10, 20, 30] {
            clock = clock.moved(order.move_at(wall), at(world), ClockMode::Frozen);
            issued.push((order.issue(wall), at(world)));
            issued.push((order.issue(wall), at(world)));
        }
        for (token, world) in issued {
            assert_eq!(clock.shown_at(token), world, "{token}");
        }
        // Ahead of the wall only as long as there is something to keep apart.
        assert_eq!(order.issue(at(7_500)), at(7_500));
        assert_eq!(order.issue(at(1_000)), at(1_000));
    }

    proptest! {
        #[test]
        fn what_was_shown_then_is_what_now_said_then(
            jumps in prop::collection::vec((1i64..10_000, 0i64..1_000_000, any::<bool>()), 1..40),
        ) {
            let mut wall = at(1_000);
            let mut clock = WorldClock::set_at(wall, wall, ClockMode::Running);
            let mut seen = vec![(wall, clock.now(wall))];
            for (pause, world, frozen) in jumps {
                wall = wall.plus_millis(pause);
                let mode = if frozen { ClockMode::Frozen } else { ClockMode::Running };
                clock = clock.moved(wall.into(), at(world), mode);
                seen.push((wall, clock.now(wall)));
            }
            for (wall, shown) in seen {
                prop_assert_eq!(clock.shown_at(wall), shown);
            }
        }

        #[test]
        fn the_columns_say_what_now_says(
            world in 0i64..1_000_000,
            pause in 0i64..10_000,
            frozen: bool,
        ) {
            let mode = if frozen { ClockMode::Frozen } else { ClockMode::Running };
            let clock = WorldClock::set_at(at(5_000), at(world), mode);
            let wall = at(5_000 + pause);
            let (frozen_at, offset) = clock.columns();
            prop_assert_eq!(frozen_at.unwrap_or(wall.plus_millis(offset)), clock.now(wall));
        }
    }
}
