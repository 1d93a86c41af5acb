//! A test event on its way, and how the receiver answers one.

use crate::kernel::source::Source;

/// An event to be posted.
#[derive(Clone, PartialEq, Eq)]
pub struct TestEvent {
    /// Where to, http or https.
    pub url: String,
    /// Headers beside those of every webhook: name and value.
    pub headers: Vec<(String, String)>,
    /// The body, JSON.
    pub body: String,
}

/// How the receiver of a program answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverAnswer {
    /// It waits at least this long. Milliseconds.
    pub min_delay_ms: u32,
    /// And at most this long.
    pub max_delay_ms: u32,
    /// HTTP status.
    pub status: u16,
    /// The body; without one, an acknowledgement.
    pub body: Option<String>,
    /// What the body is said to be.
    pub content_type: String,
}

impl Default for ReceiverAnswer {
    fn default() -> Self {
        Self {
            min_delay_ms: 0,
            max_delay_ms: 0,
            status: 200,
            body: None,
            content_type: "application/json".to_owned(),
        }
    }
}

impl ReceiverAnswer {
    /// How long it waits this time. Milliseconds.
    pub fn delay_ms(&self, source: &mut Source) -> u64 {
        let (from, to) = (u64::from(self.min_delay_ms), u64::from(self.max_delay_ms));
        from + source.below(to.saturating_sub(from) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_between_its_bounds_and_reaches_both() {
        let answer = ReceiverAnswer { min_delay_ms: 5, max_delay_ms: 7, ..Default::default() };
        let mut source = Source::new(&[7; 32], &["delays"]);
        let mut seen: Vec<u64> = (0..200).map(|_| answer.delay_ms(&mut source)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [5, 6, 7]);
        assert_eq!(ReceiverAnswer::default().delay_ms(&mut source), 0);
    }
}
