//! The layers a configuration is made of, each with the place it came from.
//!
//! Every variable and every flag is a layer of its own: a fault found after laying it down is then
//! known to be its fault. Nothing is judged here beyond the syntax of the file.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use figment::providers::{Env, Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::explain::{self, ConfigError};
use crate::kernel::secrets::urls;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "PIEBOX_";
const TEST_PREFIX: &str = "PIEBOX_TEST_";
const FILE_VARIABLE: &str = "PIEBOX_CONFIG";
/// What `piebox exec` tells its command, which may be piebox again: no settings.
const TOLD_BY_EXEC: &[&str] = &[
    "PIEBOX_CLIENT_ID",
    "PIEBOX_CLIENT_SECRET",
    "PIEBOX_CONTROL_TOKEN",
    "PIEBOX_CONTROL_URL",
    "PIEBOX_PROGRAM",
    "PIEBOX_URL",
];
/// What the toml crate calls a date when it is read as a table.
const DATE_KEY: &str = "$__toml_private_datetime";
/// Keys of text that have no default to tell their type from.
const TEXT_WITHOUT_DEFAULT: &[&str] = &["control.token"];

/// Where to look for settings, besides the embedded defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// File to read; when none, the one `PIEBOX_CONFIG` names, if any.
    pub file: Option<PathBuf>,
    /// The environment to read.
    pub environment: Environment,
    /// What the command line gave.
    pub flags: Flags,
}

/// The environment variables to read settings from.
#[derive(Clone, Default)]
pub enum Environment {
    /// Those of the process.
    #[default]
    Process,
    /// These pairs of full name and value and no others, for tests. A later pair of the same name
    /// wins.
    Given(Vec<(String, String)>),
}

/// What the command line gave; none means the flag was not there.
#[derive(Clone, Default, Serialize)]
pub struct Flags {
    /// `--listen`: address and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// `--database`. It may hold a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// `--no-migrate`, turned round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate: Option<bool>,
    /// `--control-token`. Serialized in the clear: that is how it gets into the configuration.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub control_token: Option<SecretString>,
}

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file built into the program.
    Defaults,
    /// The file at this path.
    File(PathBuf),
    /// The environment variable of this full name.
    Variable(String),
    /// The flag of this name, dashes included.
    Flag(String),
}

/// Settings from one place.
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) settings: Dict,
}

impl Provider for &Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.to_string())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.settings.clone()))
    }
}

impl Sources {
    /// All layers above the defaults, weakest first.
    pub(super) fn layers(&self, defaults: &Layer) -> Result<Vec<Layer>, ConfigError> {
        let variables = self.environment.variables();
        let named = variables.iter().rfind(|(name, _)| name == FILE_VARIABLE);
        let mut layers = Vec::new();
        if let Some(path) = &self.file {
            layers.push(file(path, "--config")?);
        } else if let Some((_, path)) = named {
            layers.push(file(Path::new(path), FILE_VARIABLE)?);
        }
        layers.extend(
            variables
                .iter()
                .filter(|(name, _)| name != FILE_VARIABLE)
                .map(|(name, text)| variable(name, text, defaults)),
        );
        layers.extend(self.flags.layers()?);
        Ok(layers)
    }
}

impl Environment {
    /// The variables meant for piebox, sorted so that the outcome never depends on chance.
    fn variables(&self) -> Vec<(String, String)> {
        let all: Vec<(String, String)> = match self {
            Self::Process => Env::raw()
                .lowercase(false)
                .iter()
                .map(|(name, text)| (name.into_string(), text))
                .collect(),
            Self::Given(pairs) => pairs.clone(),
        };
        let mut ours: Vec<_> = all
            .into_iter()
            .filter(|(name, _)| {
                let is_told = TOLD_BY_EXEC.contains(&name.as_str());
                name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX) && !is_told
            })
            .collect();
        // Stable, so that of two pairs of one name the later still comes later.
        ours.sort_by(|a, b| a.0.cmp(&b.0));
        ours
    }
}

impl Flags {
    fn layers(&self) -> Result<Vec<Layer>, ConfigError> {
        let flags = Value::serialize(self)
            .map_err(|error| explain::explain(&error, &Origin::Flag("--".to_owned()), &[]))?;
        let given = flags.into_dict().unwrap_or_default();
        Ok(given
            .into_iter()
            .map(|(name, value)| Layer {
                origin: Origin::Flag(format!("--{}", flag_name(&name))),
                settings: match name.as_str() {
                    "control_token" => nested(&["control".to_owned(), "token".to_owned()], value),
                    _ => nested(&[name], value),
                },
            })
            .collect())
    }
}

/// The embedded defaults.
pub(super) fn defaults() -> Result<Layer, ConfigError> {
    parse(DEFAULTS, Origin::Defaults)
}

/// Every key that takes a value, dotted. What lists and `[template]` hold is left out.
pub(super) fn known_keys(defaults: &Layer) -> Vec<String> {
    let mut keys: Vec<String> = TEXT_WITHOUT_DEFAULT.iter().map(|it| (*it).to_owned()).collect();
    for (name, value) in &defaults.settings {
        match value {
            Value::Dict(_, section) if name != "template" => {
                keys.extend(section.keys().map(|key| format!("{name}.{key}")));
            }
            _ => keys.push(name.clone()),
        }
    }
    keys
}

/// The environment variable that sets `key`.
pub(super) fn variable_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

fn file(path: &Path, named_by: &'static str) -> Result<Layer, ConfigError> {
    let text = fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        path: path.to_owned(),
        named_by,
        cause,
    })?;
    parse(&text, Origin::File(path.to_owned()))
}

fn parse(text: &str, origin: Origin) -> Result<Layer, ConfigError> {
    match Toml::string(text).data() {
        Ok(mut profiles) => Ok(Layer {
            origin,
            settings: with_plain_dates(profiles.remove(&Profile::Default).unwrap_or_default()),
        }),
        Err(error) => Err(ConfigError::Syntax {
            problem: explain::without_excerpt(&error.to_string()),
            origin,
        }),
    }
}

/// Turns TOML dates into text. figment passes them on as tables with a private key.
fn with_plain_dates(settings: Dict) -> Dict {
    settings.into_iter().map(|(key, value)| (key, with_plain_date(value))).collect()
}

fn with_plain_date(value: Value) -> Value {
    match value {
        Value::Dict(_, mut map) => match map.remove(DATE_KEY) {
            Some(date) => date,
            None => Value::from(with_plain_dates(map)),
        },
        Value::Array(_, items) => {
            let items: Vec<_> = items.into_iter().map(with_plain_date).collect();
            Value::from(items)
        }
        other => other,
    }
}

fn variable(name: &str, text: &str, defaults: &Layer) -> Layer {
    let mut path: Vec<String> = Vec::new();
    for segment in name.strip_prefix(PREFIX).unwrap_or(name).split("__") {
        let below_template = path.first().is_some_and(|first| first == "template");
        path.push(if below_template { camel_case(segment) } else { segment.to_lowercase() });
    }
    let value = if is_text(&path, defaults) {
        // Taken as it stands: a token of digits is still a token.
        Value::from(text)
    } else {
        // figment reads numbers, true and false, lists and tables; the error type has no values.
        text.parse().unwrap_or_else(|_| Value::from(text))
    };
    Layer { origin: Origin::Variable(name.to_owned()), settings: nested(&path, value) }
}

fn is_text(path: &[String], defaults: &Layer) -> bool {
    if TEXT_WITHOUT_DEFAULT.contains(&path.join(".").as_str()) {
        return true;
    }
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let start = defaults.settings.get(first);
    let value = rest
        .iter()
        .fold(start, |value, key| value.and_then(Value::as_dict).and_then(|it| it.get(key)));
    matches!(value, Some(Value::String(..)))
}

/// `CYCLE_DAY` as `cycleDay`; a segment with lower-case letters is taken as it stands.
fn camel_case(segment: &str) -> String {
    if segment.contains(|it: char| it.is_lowercase()) {
        return segment.to_owned();
    }
    let mut camel = String::with_capacity(segment.len());
    let mut raise = false;
    for letter in segment.chars() {
        if letter == '_' {
            raise = !camel.is_empty();
        } else if raise {
            camel.extend(letter.to_uppercase());
            raise = false;
        } else {
            camel.extend(letter.to_lowercase());
        }
    }
    camel
}

fn nested(path: &[String], value: Value) -> Dict {
    let mut settings = Dict::new();
    if let Some((first, rest)) = path.split_first() {
        let inner = if rest.is_empty() { value } else { Value::from(nested(rest, value)) };
        settings.insert(first.clone(), inner);
    }
    settings
}

fn exposed<S: Serializer>(token: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    let token = token.as_ref().map(|token| token.expose_secret());
    token.serialize(serializer)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str("the built-in defaults"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

impl fmt::Debug for Environment {
    /// Shows the names only: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Given(pairs) => {
                f.debug_list().entries(pairs.iter().map(|(name, _)| name)).finish()
            }
        }
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.database_url.as_deref().map(urls::covered);
        f.debug_struct("Flags")
            .field("listen", &self.listen)
            .field("database_url", &url)
            .field("migrate", &self.migrate)
            .field("control_token", &self.control_token)
            .finish()
    }
}

/// The command-line spelling of a flag.
fn flag_name(name: &str) -> &str {
    match name {
        "database_url" => "database",
        "migrate" => "no-migrate",
        "control_token" => "control-token",
        other => other,
    }
}
