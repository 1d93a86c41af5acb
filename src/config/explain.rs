//! What can be wrong with a configuration, said for people.
//!
//! Values are not repeated unless they are numbers or choices, since a misplaced value may be a
//! secret.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use figment::Error;
use figment::error::{Actual, Kind};

use super::bounds;
use super::layers::{Origin, variable_name};
use crate::kernel::nearest::nearest;

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key nothing reads.
    #[error(
        "unknown key `{key}` from {origin}.{} {valid}",
        hint(.key, .origin, .nearest.as_deref())
    )]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// Where it was found.
        origin: Origin,
        /// The known key most like it, dotted.
        nearest: Option<String>,
        /// The keys its section has, as a sentence.
        valid: String,
    },
    /// A value of the wrong type or out of its bounds.
    #[error("`{key}` from {origin} {problem}")]
    BadValue {
        /// The key, dotted.
        key: String,
        /// Where the value was found.
        origin: Origin,
        /// What it must be.
        problem: String,
    },
    /// An entry that lacks a key it cannot do without.
    #[error("`{key}` is missing from {origin}")]
    MissingKey {
        /// The key, dotted.
        key: String,
        /// Where the entry was found.
        origin: Origin,
    },
    /// A file that was asked for and cannot be read.
    #[error("cannot read configuration file {} (named by {named_by}): {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The flag or variable that named it.
        named_by: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// A file that is not TOML.
    #[error("{origin} is not valid TOML: {problem}")]
    Syntax {
        /// The file.
        origin: Origin,
        /// What the parser said, with the place and without the text.
        problem: String,
    },
    /// A control plane open to the network, and nobody said it should be.
    #[error(
        "listening on {listen} would open the control plane to the network without a token; \
         either set a token (control.token, PIEBOX_CONTROL__TOKEN or --control-token), \
         or listen on a loopback address such as 127.0.0.1:{} (listen, PIEBOX_LISTEN or --listen), \
         or accept it with control.allow_open = true (PIEBOX_CONTROL__ALLOW_OPEN=true)",
        .listen.port()
    )]
    OpenControl {
        /// The address that was to be listened on.
        listen: SocketAddr,
    },
}

/// Says what figment found after the layer from `origin` was laid down.
pub(super) fn explain(error: &Error, origin: &Origin, known: &[String]) -> ConfigError {
    let key = dotted(&error.path);
    let origin = origin.clone();
    match &error.kind {
        Kind::UnknownField(_, valid) => ConfigError::UnknownKey {
            nearest: meant(&key, valid, known),
            valid: valid_keys(&key, valid),
            key,
            origin,
        },
        Kind::MissingField(name) => ConfigError::MissingKey { key: join(&key, name), origin },
        kind => ConfigError::BadValue { problem: problem(&key, kind), key, origin },
    }
}

/// Drops the quoted lines from a TOML parser's message: they may show a secret.
pub(super) fn without_excerpt(message: &str) -> String {
    let quoted = |line: &&str| {
        let rest = line.trim_start_matches(|it: char| it.is_ascii_digit() || it == ' ');
        !rest.starts_with('|') && !line.trim().is_empty()
    };
    message.lines().filter(quoted).map(str::trim).collect::<Vec<_>>().join(", ")
}

fn problem(key: &str, kind: &Kind) -> String {
    match kind {
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            match bounds::expectation(key) {
                Some(expectation) => format!("{expectation}, not {}", seen(found, true)),
                None => format!("must be {}, not {}", plain(expected), seen(found, false)),
            }
        }
        Kind::UnknownVariant(found, choices) => {
            let choices: Vec<_> = choices.iter().map(|it| format!("\"{it}\"")).collect();
            format!("must be one of {}, not \"{found}\"", choices.join(", "))
        }
        // Our own deserializers speak in whole phrases.
        Kind::Message(message) => message.clone(),
        other => format!("is not valid: {other}"),
    }
}

/// An expectation in serde's words, in the user's.
fn plain(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "text",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

fn seen(found: &Actual, show_number: bool) -> String {
    match found {
        Actual::Unsigned(number) if show_number => number.to_string(),
        Actual::Signed(number) if show_number => number.to_string(),
        Actual::Float(number) if show_number => number.to_string(),
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number".to_owned(),
        Actual::Bool(truth) => truth.to_string(),
        Actual::Str(_) | Actual::Char(_) => "text".to_owned(),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a table".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// The path of a figment error as `clients[0].secret`.
fn dotted(path: &[String]) -> String {
    let mut key = String::new();
    for part in path {
        if !key.is_empty() && part.bytes().all(|it| it.is_ascii_digit()) {
            key.push_str(&format!("[{part}]"));
        } else {
            key = join(&key, part);
        }
    }
    key
}

fn join(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

/// The known key that was meant: with the border between section and key misplaced, as in
/// `database.url` or `log_format`, near in its section, of the same name in another section, or
/// near as a whole.
fn meant(key: &str, section_keys: &[&str], known: &[String]) -> Option<String> {
    let (section, leaf) = split(key);
    let known = || known.iter().map(String::as_str);
    let flat = |key: &str| key.replace('.', "_");
    let misplaced = || known().find(|candidate| flat(candidate) == flat(key)).map(str::to_owned);
    let here = || nearest(leaf, section_keys.iter().copied()).map(|near| join(section, near));
    let elsewhere = || known().find(|candidate| split(candidate).1 == leaf).map(str::to_owned);
    let whole = || nearest(key, known()).map(str::to_owned);
    misplaced().or_else(here).or_else(elsewhere).or_else(whole)
}

fn valid_keys(key: &str, valid: &[&str]) -> String {
    let list = valid.join(", ");
    match split(key).0 {
        "" => format!("Valid keys at the top level are {list}"),
        section => format!("Valid keys of [{section}] are {list}"),
    }
}

fn hint(key: &str, origin: &Origin, nearest: Option<&str>) -> String {
    let Some(nearest) = nearest else {
        return String::new();
    };
    // A variable may go deeper than the key that is wrong, as PIEBOX_LOGS__LEVEL does.
    let deeper = match origin {
        Origin::Variable(name) => name.strip_prefix(&variable_name(key)),
        _ => None,
    };
    match deeper {
        Some(rest) => format!(" Did you mean `{nearest}` ({}{rest})?", variable_name(nearest)),
        None => format!(" Did you mean `{nearest}`?"),
    }
}
