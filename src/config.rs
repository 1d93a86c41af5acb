//! The configuration of the process: what it is made of and how it is put together.
//!
//! Layers, weakest first: the embedded `config/default.toml`, an optional file, the environment,
//! flags. Each layer is laid on top of the ones below and read at once, so a fault is always the
//! fault of the layer just added, and the message can say where it came from: the path of the
//! file, the name of the variable or the flag. A fault is reported even when a stronger layer
//! would hide it.
//!
//! Left out: the `[template]` table is handed on as JSON and read by the module that knows worlds.
//! Nothing is reloaded while the process runs.

mod bounds;
mod explain;
mod layers;
mod redacted;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;

use figment::Figment;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

pub use explain::ConfigError;
pub use layers::{Environment, Flags, Origin, Sources};

/// Everything the process can be told from outside.
///
/// `Debug`, `Display` and `Serialize` all show secrets, and passwords in `database_url`, as `***`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port the HTTP server listens on.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// SQLite or PostgreSQL URL of the store. It may hold a password: do not print it.
    #[serde(serialize_with = "redacted::url")]
    pub database_url: String,
    /// Whether the schema is created or upgraded on start.
    pub migrate: bool,
    /// The store.
    pub database: DatabaseSettings,
    /// Logging.
    pub log: LogSettings,
    /// Ceilings that protect the process.
    pub limits: LimitSettings,
    /// The OAuth token endpoint.
    pub auth: AuthSettings,
    /// The OAuth clients, with unique ids.
    pub clients: Vec<Client>,
    /// The control plane.
    pub control: ControlSettings,
    /// Worlds.
    pub worlds: WorldSettings,
    /// Delivery of webhooks.
    pub webhooks: WebhookSettings,
    /// Calls on their way into the journal.
    pub journal: JournalSettings,
    /// What a new world looks like: a JSON object with camelCase keys, not validated here.
    #[serde(deserialize_with = "object", serialize_with = "redacted::template")]
    pub template: serde_json::Value,
}

/// The `[database]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Most connections held open at once, 1 to 200.
    pub pool_connections: u32,
    /// Milliseconds a call waits for an overlapping one before it is answered with 409/4091.
    pub lock_wait_ms: u64,
    /// How hard SQLite flushes to disk.
    #[serde(deserialize_with = "word")]
    pub sqlite_synchronous: Synchronous,
}

/// SQLite's `PRAGMA synchronous`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// Never wait for the disk.
    Off,
    /// Wait at the moments that matter with a write-ahead log.
    Normal,
    /// Wait at every commit.
    Full,
}

/// The `[log]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Form of a line.
    #[serde(deserialize_with = "word")]
    pub format: LogFormat,
    /// `EnvFilter` directive; not empty, otherwise not parsed here.
    pub level: String,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The `[limits]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Largest request body in bytes, 1024 to 100 MiB.
    pub body_bytes: usize,
    /// Most worlds kept in memory, 1 to 1,000,000.
    pub worlds_cached: usize,
}

/// The `[auth]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    /// Scope a token must carry to call the banking API; not empty.
    pub required_scope: String,
    /// Seconds an access token is valid, 1 to 31,536,000.
    pub token_lifetime_seconds: u64,
}

/// One entry of `[[clients]]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Client id; not empty, unique.
    pub id: String,
    /// Client secret; not empty.
    #[serde(serialize_with = "redacted::secret")]
    pub secret: SecretString,
    /// Scopes the client may be granted.
    pub scopes: Vec<String>,
    /// Program codes the client may use; `*` stands for all.
    pub programs: Vec<String>,
}

/// The `[control]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ControlSettings {
    /// Bearer token the control plane asks for; not empty. None asks for none.
    #[serde(serialize_with = "redacted::optional_secret")]
    pub token: Option<SecretString>,
    /// Whether other machines may reach the control plane without a token.
    pub allow_open: bool,
}

/// The `[worlds]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorldSettings {
    /// Whether an unknown program code springs into being on its first call.
    pub create_unknown: bool,
    /// Seed of everything generated, 0 to `i64::MAX`.
    pub seed: u64,
}

/// The `[webhooks]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Milliseconds a receiver may take to answer, 1 to 600,000.
    pub timeout_ms: u64,
    /// Most deliveries under way at once, 1 to 1024.
    pub concurrency: usize,
    /// Milliseconds between looks at the queue when nothing wakes it, 1 to 60,000.
    pub poll_ms: u64,
    /// Bytes of a receiver's answer that are kept, 0 to 1 MiB.
    pub response_bytes: usize,
}

/// The `[journal]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JournalSettings {
    /// Most calls that wait to be written, 1 to 1,000,000.
    pub buffer_calls: usize,
    /// Most bytes that they take, about, 1 MiB to 1 GiB.
    pub buffer_bytes: usize,
    /// Milliseconds that a call waits at most, 1 to 60,000.
    pub interval_ms: u64,
}

impl Config {
    /// Puts the layers together, reads them and checks the result.
    ///
    /// # Errors
    ///
    /// Returns the first fault found: a file that cannot be read or is not TOML, an unknown or
    /// missing key, a value of the wrong type or out of bounds, or what [`Config::check`] refuses.
    pub fn load(sources: Sources) -> Result<Self, ConfigError> {
        let defaults = layers::defaults()?;
        let known = layers::known_keys(&defaults);
        let mut merged = Figment::from(&defaults);
        let mut config = Self::read(&merged, &defaults.origin, &known)?;
        for layer in sources.layers(&defaults)? {
            merged = merged.merge(&layer);
            config = Self::read(&merged, &layer.origin, &known)?;
        }
        config.check()?;
        Ok(config)
    }

    /// The embedded defaults alone: no file, no environment, no flags.
    ///
    /// # Errors
    ///
    /// Only when the embedded file itself is faulty, which a test rules out.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::load(Sources { environment: Environment::Given(Vec::new()), ..Sources::default() })
    }

    /// Checks what no key can tell alone: that the control plane is not open to the network by
    /// accident.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OpenControl`] when `listen` is not a loopback address while there is neither
    /// `control.token` nor `control.allow_open`.
    pub fn check(&self) -> Result<(), ConfigError> {
        // ::ffff:127.0.0.1 is loopback as well, once written the IPv4 way.
        let loopback = self.listen.ip().to_canonical().is_loopback();
        if loopback || self.control.token.is_some() || self.control.allow_open {
            return Ok(());
        }
        Err(ConfigError::OpenControl { listen: self.listen })
    }

    fn read(merged: &Figment, origin: &Origin, known: &[String]) -> Result<Self, ConfigError> {
        let config: Self =
            merged.extract().map_err(|error| explain::explain(&error, origin, known))?;
        let fault = bounds::breach(&config).or_else(|| config.bad_text());
        match fault {
            None => Ok(config),
            Some((key, problem)) => {
                Err(ConfigError::BadValue { key, origin: origin.clone(), problem })
            }
        }
    }

    /// The first text that has the right type and still cannot be meant, with what is wrong.
    fn bad_text(&self) -> Option<(String, String)> {
        let token = self.control.token.as_ref().map_or("-", |token| token.expose_secret());
        let texts = [
            ("log.level", self.log.level.as_str()),
            ("auth.required_scope", self.auth.required_scope.as_str()),
            ("control.token", token),
        ];
        if let Some((key, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Some(((*key).to_owned(), "must not be empty".to_owned()));
        }
        let schemes = ["sqlite:", "postgres:", "postgresql:"];
        if !schemes.iter().any(|it| self.database_url.starts_with(it)) {
            let problem = "must start with sqlite:, postgres: or postgresql:";
            return Some(("database_url".to_owned(), problem.to_owned()));
        }
        self.bad_client()
    }

    fn bad_client(&self) -> Option<(String, String)> {
        let mut ids = HashSet::new();
        self.clients.iter().enumerate().find_map(|(index, client)| {
            let (key, problem) = if client.id.trim().is_empty() {
                ("id", "must not be empty".to_owned())
            } else if client.secret.expose_secret().is_empty() {
                ("secret", "must not be empty".to_owned())
            } else if !ids.insert(client.id.as_str()) {
                ("id", format!("repeats the client `{}`", client.id))
            } else {
                return None;
            };
            Some((format!("clients[{index}].{key}"), problem))
        })
    }
}

impl fmt::Display for Config {
    /// Writes the effective configuration as TOML, with secrets as `***`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted::write_toml(self, f)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom("must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080")
    })
}

/// Reads an enum from text only. By itself figment would also take the number of the variant.
fn word<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'any> Deserialize<'any>,
{
    let text = String::deserialize(deserializer)?;
    T::deserialize(text.into_deserializer())
}

fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<serde_json::Value, D::Error> {
    serde_json::Map::deserialize(deserializer).map(serde_json::Value::Object)
}
