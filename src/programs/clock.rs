//! A world's clock: running with the wall clock, running at a distance from it, or frozen.
//!
//! The clock remembers its moves. That is what lets it say which moment the world showed when a
//! token was issued, so that a token ages in the world's time and not in the machine's.

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
}

impl Move {
    fn shows(self, wall: Timestamp) -> Timestamp {
        match self.mode {
            ClockMode::Running => self.world.plus_millis(wall.millis_since(self.wall)),
            ClockMode::Frozen => self.world,
        }
    }
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
        Self { first: Move { wall, world, mode }, later: Vec::new() }
    }

    /// The world's moment now.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        self.last().shows(wall)
    }

    /// Running or frozen.
    pub fn mode(&self) -> ClockMode {
        self.last().mode
    }

    /// The moment the world showed at an earlier wall moment. Before the first move the clock is
    /// taken to have stood where it began.
    pub fn shown_at(&self, wall: Timestamp) -> Timestamp {
        let past = self.later.iter().rev().find(|m| m.wall <= wall).unwrap_or(&self.first);
        past.shows(wall.max(past.wall))
    }

    /// The same clock, set to show `world` from wall moment `wall` on.
    #[must_use]
    pub fn moved(&self, wall: Timestamp, world: Timestamp, mode: ClockMode) -> Self {
        let mut moved = self.clone();
        moved.later.push(Move { wall, world, mode });
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
        let clock = clock.moved(at(2_000), at(90_000), ClockMode::Running);
        assert_eq!(clock.now(at(2_500)), at(90_500));
        assert_eq!(clock.shown_at(at(1_500)), at(50_000));
        assert_eq!(clock.shown_at(at(10)), at(50_000));
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
                clock = clock.moved(wall, at(world), mode);
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
