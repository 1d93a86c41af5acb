//! A configuration written down without its secrets.
//!
//! The TOML produced is for people and logs. It parses, but it cannot be loaded again: the secrets
//! are gone.

use std::fmt::{self, Write};

use secrecy::SecretString;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Config;

const MASK: &str = "***";
/// Parts of `[template]` keys whose text is taken for a secret. Other modules own that table, so
/// its secrets can only be told by their names.
const SECRET_NAMES: &[&str] = &[
    "secret",
    "token",
    "password",
    "apikey",
    "privatekey",
    "signingkey",
    "authorization",
    "credential",
];

/// Serializes any secret as the mask.
pub(super) fn secret<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(MASK)
}

/// Serializes a secret as the mask and none as nothing.
pub(super) fn optional_secret<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| MASK).serialize(serializer)
}

/// Serializes a database URL without its password.
pub(super) fn url<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&mask_url(url))
}

/// Serializes the template without what looks like a secret by its name.
pub(super) fn template<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    without_secrets(value).serialize(serializer)
}

/// The URL with its password as the mask, in the user part as well as in the query.
pub(super) fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    // The last @, since a password that should have been escaped may hold one itself.
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{MASK}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => rest.to_owned(),
    };
    let Some((place, query)) = rest.split_once('?') else {
        return format!("{scheme}://{rest}");
    };
    let query: Vec<String> = query.split('&').map(mask_parameter).collect();
    format!("{scheme}://{place}?{}", query.join("&"))
}

fn mask_parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    }
}

fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match value {
                Value::String(_) if names_secret(key) => (key.clone(), MASK.into()),
                _ => (key.clone(), without_secrets(value)),
            })
            .collect(),
        other => other.clone(),
    }
}

fn names_secret(key: &str) -> bool {
    let key = key.to_lowercase().replace(['-', '_'], "");
    // The key of an endpoint stands under that word alone, which others have as a part.
    key == "key" || SECRET_NAMES.iter().any(|it| key.contains(it))
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
