//! A configuration written down without its secrets.
//!
//! The TOML produced is for people and logs. It parses, but it cannot be loaded again: the secrets
//! are gone.

use std::fmt::{self, Write};

use secrecy::SecretString;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Config;
use crate::kernel::secrets::{STARS, speaks_of_secret, urls};

/// Serializes any secret as stars.
pub(super) fn secret<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(STARS)
}

/// Serializes a secret as stars and none as nothing.
pub(super) fn optional_secret<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| STARS).serialize(serializer)
}

/// Serializes a database URL without its password.
pub(super) fn url<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&urls::covered(url))
}

/// Serializes the template without what looks like a secret by its name.
pub(super) fn template<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    without_secrets(value).serialize(serializer)
}

fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match value {
                // Other modules own that table, so its secrets can only be told by their names.
                Value::String(_) if speaks_of_secret(key) => (key.clone(), STARS.into()),
                _ => (key.clone(), without_secrets(value)),
            })
            .collect(),
        Value::String(text) => urls::covered_in(text).into(),
        other => other.clone(),
    }
}

/// Writes the configuration as TOML.
///
/// # Errors
///
/// Only those of the formatter.
pub(super) fn write_toml(config: &Config, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match serde_json::to_value(config) {
        Ok(Value::Object(map)) => write_table(f, "", &map),
        _ => Err(fmt::Error),
    }
}

/// Plain values first: in TOML a key after a header belongs to that header.
fn write_table(f: &mut impl Write, path: &str, table: &Map<String, Value>) -> fmt::Result {
    if !path.is_empty() {
        writeln!(f, "\n[{path}]")?;
    }
    for (key, value) in table {
        if !value.is_object() && !value.is_null() {
            writeln!(f, "{} = {}", bare_or_quoted(key), inline(value))?;
        }
    }
    for (key, value) in table {
        if let Value::Object(inner) = value {
            let key = bare_or_quoted(key);
            let separator = if path.is_empty() { "" } else { "." };
            write_table(f, &format!("{path}{separator}{key}"), inner)?;
        }
    }
    Ok(())
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let pairs: Vec<String> = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| format!("{} = {}", bare_or_quoted(key), inline(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        // JSON writes text and numbers the way TOML does, save for a few control characters.
        other => other.to_string(),
    }
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        Value::from(key).to_string()
    }
}
