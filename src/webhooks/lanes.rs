//! How many deliveries may be under way to whom. Pure.
//!
//! Every endpoint has an allowance: small at first, doubled by each answer in time, one alone after
//! an attempt without an answer. Endpoints that did not answer share a quarter of all room between
//! them. So an endpoint that hangs holds up itself, and many of them hold up one another.

use std::collections::HashMap;

use crate::kernel::ids::ProgramCode;

/// Allowance of an endpoint that nothing is known of.
const FIRST_ALLOWANCE: usize = 2;
/// Endpoints remembered at most; beyond it, those with nothing under way are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// One endpoint of one world.
pub type Queue = (ProgramCode, String);

/// What is under way, and what may be.
#[derive(Debug)]
pub struct Lanes {
    room: usize,
    under_way: usize,
    /// Of these, to endpoints that did not answer.
    silent_under_way: usize,
    known: HashMap<Queue, Lane>,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    under_way: usize,
    allowance: usize,
    silent: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self { under_way: 0, allowance: FIRST_ALLOWANCE, silent: false }
    }
}

impl Lanes {
    /// Room for this many deliveries at once.
    pub fn new(room: usize) -> Self {
        Self { room, under_way: 0, silent_under_way: 0, known: HashMap::new() }
    }

    /// How many more may be sent to an endpoint now.
    pub fn room_for(&self, queue: &Queue) -> usize {
        let lane = self.known.get(queue).copied().unwrap_or_default();
        let of_lane = lane.allowance.saturating_sub(lane.under_way);
        let of_kind = match lane.silent {
            true => (self.room / 4).max(1).saturating_sub(self.silent_under_way),
            false => self.left(),
        };
        of_lane.min(of_kind).min(self.left())
    }

    /// How many more may be sent to anyone.
    pub fn left(&self) -> usize {
        self.room.saturating_sub(self.under_way)
    }

    /// A delivery to this endpoint is under way.
    pub fn begun(&mut self, queue: &Queue) {
        self.forget_some();
        let lane = self.known.entry(queue.clone()).or_default();
        lane.under_way += 1;
        self.silent_under_way += usize::from(lane.silent);
        self.under_way += 1;
    }

    /// A delivery has come to its end; `answered` says whether the endpoint answered, whatever it
    /// said, or `None` if it was not asked.
    pub fn ended(&mut self, queue: &Queue, answered: Option<bool>) {
        let most = (self.room / 2).max(FIRST_ALLOWANCE);
        let Some(lane) = self.known.get_mut(queue) else { return };
        let of_silent = |lane: &Lane| if lane.silent { lane.under_way } else { 0 };
        let before = of_silent(lane);
        lane.under_way = lane.under_way.saturating_sub(1);
        match answered {
            Some(true) if lane.silent => (lane.silent, lane.allowance) = (false, FIRST_ALLOWANCE),
            Some(true) => lane.allowance = (lane.allowance * 2).min(most),
            Some(false) => (lane.silent, lane.allowance) = (true, 1),
            None => {}
        }
        self.silent_under_way = self.silent_under_way + of_silent(lane) - before;
        self.under_way = self.under_way.saturating_sub(1);
    }

    fn forget_some(&mut self) {
        if self.known.len() >= REMEMBERED_MAX {
            self.known.retain(|_, lane| lane.under_way > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn queue(number: usize) -> Queue {
        ("wf".parse().unwrap(), format!("http://127.0.0.1:{number}/"))
    }

    fn fill(lanes: &mut Lanes, queue: &Queue) -> usize {
        let room = lanes.room_for(queue);
        (0..room).for_each(|_| lanes.begun(queue));
        room
    }

    #[test]
    fn whk_6_an_endpoint_that_answers_is_allowed_more_and_a_silent_one_but_one() {
        let mut lanes = Lanes::new(64);
        let (quick, silent) = (queue(1), queue(2));
        let mut allowed = Vec::new();
        for _ in 0..6 {
            let begun = fill(&mut lanes, &quick);
            allowed.push(begun);
            lanes.ended(&quick, Some(true));
            (1..begun).for_each(|_| lanes.ended(&quick, None));
        }
        assert_eq!(allowed, [2, 4, 8, 16, 32, 32]);
        assert_eq!(fill(&mut lanes, &silent), 2);
        lanes.ended(&silent, Some(false));
        assert_eq!(fill(&mut lanes, &silent), 0, "one is still under way");
        lanes.ended(&silent, Some(false));
        assert_eq!(fill(&mut lanes, &silent), 1);
        lanes.ended(&silent, Some(true));
        assert_eq!(fill(&mut lanes, &silent), 2);
    }

    #[test]
    fn whk_6_many_silent_endpoints_leave_room_for_the_others() {
        let mut lanes = Lanes::new(64);
        for number in 0..500 {
            lanes.begun(&queue(number));
            lanes.ended(&queue(number), Some(false));
        }
        let taken: usize = (0..500).map(|number| fill(&mut lanes, &queue(number))).sum();
        assert_eq!(taken, 16);
        assert_eq!(fill(&mut lanes, &queue(1_000)), 2);
    }

    proptest! {
        #[test]
        fn whk_6_never_more_than_the_room_is_under_way(
            room in 1usize..40,
            steps in prop::collection::vec((0usize..6, 0u8..4), 0..200),
        ) {
            let mut lanes = Lanes::new(room);
            let mut open = Vec::new();
            for (number, step) in steps {
                let queue = queue(number);
                match step {
                    0 | 1 if lanes.room_for(&queue) > 0 => {
                        lanes.begun(&queue);
                        open.push(queue);
                    }
                    2 | 3 => {
                        if let Some(queue) = open.pop() {
                            lanes.ended(&queue, Some(step == 2));
                        }
                    }
                    _ => {}
                }
                prop_assert!(open.len() <= room);
                prop_assert_eq!(lanes.left(), room - open.len());
            }
        }
    }
}
