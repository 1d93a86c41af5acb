//! The bounds of the whole numbers in the configuration.
//!
//! One table serves the check of a value and the wording of every complaint about it. Bounds that
//! span several keys are not kept here.

use super::Config;

/// A whole-number key with its bounds, both included.
struct Whole {
    key: &'static str,
    least: u64,
    most: u64,
    value: fn(&Config) -> u64,
}

const fn whole(key: &'static str, least: u64, most: u64, value: fn(&Config) -> u64) -> Whole {
    Whole { key, least, most, value }
}

const WHOLE: &[Whole] = &[
    whole("database.pool_connections", 1, 200, |c| c.database.pool_connections.into()),
    whole("database.lock_wait_ms", 0, 600_000, |c| c.database.lock_wait_ms),
    whole("limits.body_bytes", 1024, 104_857_600, |c| c.limits.body_bytes as u64),
    whole("limits.worlds_cached", 1, 1_000_000, |c| c.limits.worlds_cached as u64),
    whole("auth.token_lifetime_seconds", 1, 31_536_000, |c| c.auth.token_lifetime_seconds),
    // The most a TOML integer can hold, and the most a database column can.
    whole("worlds.seed", 0, i64::MAX.unsigned_abs(), |c| c.worlds.seed),
    whole("webhooks.timeout_ms", 1, 600_000, |c| c.webhooks.timeout_ms),
    whole("webhooks.concurrency", 1, 1024, |c| c.webhooks.concurrency as u64),
    whole("webhooks.poll_ms", 1, 60_000, |c| c.webhooks.poll_ms),
    whole("webhooks.response_bytes", 0, 1_048_576, |c| c.webhooks.response_bytes as u64),
    whole("journal.buffer_calls", 1, 1_000_000, |c| c.journal.buffer_calls as u64),
    whole("journal.buffer_bytes", 1_048_576, 1_073_741_824, |c| c.journal.buffer_bytes as u64),
    // Who asks for calls waits that long for those of other processes: a part of the longest wait.
    whole("journal.interval_ms", 1, 5_000, |c| c.journal.interval_ms),
];

/// What the whole-number key `key` must be, or none when it is not such a key.
pub(super) fn expectation(key: &str) -> Option<String> {
    let rule = WHOLE.iter().find(|rule| rule.key == key)?;
    Some(format!("must be a whole number from {} to {}", rule.least, rule.most))
}

/// The first number out of its bounds: its key and what is wrong with it.
pub(super) fn breach(config: &Config) -> Option<(String, String)> {
    WHOLE.iter().find_map(|rule| {
        let value = (rule.value)(config);
        if (rule.least..=rule.most).contains(&value) {
            return None;
        }
        let expectation = expectation(rule.key)?;
        Some((rule.key.to_owned(), format!("{expectation}, not {value}")))
    })
}
