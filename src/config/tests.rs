//! Tests of the configuration: layering, the wording of each complaint, secrecy, the default file.

use std::fs;
use std::path::PathBuf;

use figment::providers::{Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use super::*;
use crate::kernel::secrets::urls;

/// Loads from a file with this text (none when empty) and these variables.
struct Setting {
    file: Option<PathBuf>,
    sources: Sources,
    _folder: TempDir,
}

impl Setting {
    fn new(toml: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = (!toml.is_empty()).then(|| folder.path().join("piebox.toml"));
        if let Some(path) = &file {
            fs::write(path, toml).unwrap();
        }
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let sources = Sources {
            file: file.clone(),
            environment: Environment::Given(variables.iter().map(own).collect()),
            flags: Flags::default(),
        };
        Self { file, sources, _folder: folder }
    }

    fn flags(mut self, flags: Flags) -> Self {
        self.sources.flags = flags;
        self
    }

    fn load(&self) -> Config {
        Config::load(self.sources.clone()).unwrap()
    }

    /// The message of the refusal, with the path of the file as FILE.
    fn refusal(&self) -> String {
        let message = Config::load(self.sources.clone()).unwrap_err().to_string();
        match &self.file {
            Some(path) => message.replace(&path.display().to_string(), "FILE"),
            None => message,
        }
    }
}

fn from_file(toml: &str) -> Setting {
    Setting::new(toml, &[])
}

fn from_variables(variables: &[(&str, &str)]) -> Setting {
    Setting::new("", variables)
}

// Defaults.

#[test]
fn the_defaults_load_as_documented() {
    let config = Config::defaults().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url, "sqlite:piebox.db");
    assert!(config.migrate);
    assert_eq!(config.database.pool_connections, 8);
    assert_eq!(config.database.lock_wait_ms, 5000);
    assert_eq!(config.database.sqlite_synchronous, Synchronous::Normal);
    assert_eq!(config.log.format, LogFormat::Text);
    assert_eq!(config.log.level, "info");
    assert_eq!(config.limits.body_bytes, 8_388_608);
    assert_eq!(config.limits.worlds_cached, 10_000);
    assert_eq!(config.auth.required_scope, "general");
    assert_eq!(config.auth.token_lifetime_seconds, 86_400);
    assert!(config.control.token.is_none());
    assert!(!config.control.allow_open);
    assert!(config.worlds.create_unknown);
    assert_eq!(config.worlds.seed, 7);
    assert_eq!(config.webhooks.timeout_ms, 30_000);
    assert_eq!(config.webhooks.concurrency, 64);
    assert_eq!(config.webhooks.poll_ms, 500);
    assert_eq!(config.webhooks.response_bytes, 65_536);
}

#[test]
fn the_default_client_is_demo() {
    let clients = Config::defaults().unwrap().clients;
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0].id, "demo");
    assert_eq!(clients[0].secret.expose_secret(), "demo-secret");
    assert_eq!(clients[0].scopes, ["general", "demo"]);
    assert_eq!(clients[0].programs, ["*"]);
}

#[test]
fn the_default_template_is_handed_on_as_json() {
    let template = Config::defaults().unwrap().template;
    let at = |pointer: &str| template.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(at("/pieMode"), serde_json::json!(true));
    assert_eq!(at("/products/1/upgradableTo"), serde_json::json!(["50400"]));
    assert_eq!(at("/cycleDay/lastDay"), serde_json::json!(28));
    assert_eq!(at("/limits/consumer/phone"), serde_json::json!({ "active": 2, "lifetime": 10 }));
    // What is absent by default is absent here too, not null.
    assert_eq!(template.get("seed"), None);
    assert_eq!(template.pointer("/ofac/reviewHours"), None);
}

#[test]
fn every_line_of_the_default_file_is_explained() {
    let text = include_str!("../../config/default.toml");
    let mut before = "";
    // The lines of a list that goes on belong to its key.
    let of_list = |line: &&str| line.starts_with("    ") || *line == "]";
    for line in text.lines().filter(|line| !of_list(line)) {
        let setting = !line.is_empty() && !line.starts_with('#');
        assert!(!setting || before.starts_with("# "), "no comment: {line}");
        before = line;
    }
}

#[test]
fn every_known_key_stands_in_the_default_file() {
    let text = include_str!("../../config/default.toml");
    for key in layers::known_keys(&layers::defaults().unwrap()) {
        let leaf = key.rsplit('.').next().unwrap();
        let given = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{leaf} = "));
        let header = format!("[[{leaf}]]");
        let header_only = format!("[{leaf}]");
        assert!(
            text.lines().any(|it| given(it) || it == header || it == header_only),
            "{key} is not in default.toml"
        );
    }
}

// Layers.

#[test]
fn file_beats_defaults_and_keeps_the_rest() {
    let config = from_file("[database]\npool_connections = 3").load();
    assert_eq!(config.database.pool_connections, 3);
    assert_eq!(config.database.lock_wait_ms, 5000);
}

#[test]
fn environment_beats_file() {
    let setting = Setting::new(
        "[log]\nformat = \"text\"\nlevel = \"warn\"",
        &[("PIEBOX_LOG__FORMAT", "json")],
    );
    let config = setting.load();
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.log.level, "warn");
}

#[test]
fn flags_beat_everything() {
    let setting = Setting::new(
        "listen = \"127.0.0.1:1\"\nmigrate = true",
        &[
            ("PIEBOX_LISTEN", "127.0.0.1:2"),
            ("PIEBOX_DATABASE_URL", "sqlite:two.db"),
            ("PIEBOX_CONTROL__TOKEN", "two"),
        ],
    );
    let config = setting
        .flags(Flags {
            listen: Some("127.0.0.1:3".to_owned()),
            database_url: Some("postgres://h/three".to_owned()),
            migrate: Some(false),
            control_token: Some(SecretString::from("three")),
        })
        .load();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.database_url, "postgres://h/three");
    assert!(!config.migrate);
    assert_eq!(config.control.token.unwrap().expose_secret(), "three");
}

#[test]
fn absent_flags_change_nothing() {
    let config = from_variables(&[("PIEBOX_LISTEN", "127.0.0.1:2")]).load();
    assert_eq!(config.listen.port(), 2);
}

#[test]
fn the_variable_names_the_file_unless_a_flag_does() {
    let named = from_file("[worlds]\nseed = 1");
    let path = named.file.clone().unwrap().display().to_string();
    let mut other = from_file("[worlds]\nseed = 2");
    other.sources.environment = Environment::Given(vec![("PIEBOX_CONFIG".to_owned(), path)]);
    assert_eq!(other.load().worlds.seed, 2);
    other.sources.file = None;
    assert_eq!(other.load().worlds.seed, 1);
}

#[test]
fn variables_for_tests_and_for_others_are_ignored() {
    from_variables(&[
        ("PIEBOX_TEST_POSTGRES", "postgres://x"),
        ("PATH", "/bin"),
        ("OTHER_LISTEN", "y"),
    ])
    .load();
}

#[test]
fn the_environment_of_the_process_can_be_read() {
    // Only that it does not fail: the variables of the test process are not ours to choose.
    let result = Config::load(Sources::default());
    assert!(!matches!(result, Err(ConfigError::Syntax { .. })));
}

#[test]
fn variables_of_text_are_never_read_as_numbers() {
    let config = from_variables(&[
        ("PIEBOX_CONTROL__TOKEN", "0012"),
        ("PIEBOX_AUTH__REQUIRED_SCOPE", "true"),
        ("PIEBOX_TEMPLATE__CARD__BIN", "400000"),
        ("PIEBOX_TEMPLATE__DIRECT_DEPOSIT__ROUTING_NUMBER", "011000015"),
    ])
    .load();
    assert_eq!(config.control.token.unwrap().expose_secret(), "0012");
    assert_eq!(config.auth.required_scope, "true");
    assert_eq!(config.template["card"]["bin"], "400000");
    assert_eq!(config.template["directDeposit"]["routingNumber"], "011000015");
}

#[test]
fn variables_reach_into_the_template() {
    let config = from_variables(&[
        ("PIEBOX_TEMPLATE__PIE_MODE", "false"),
        ("PIEBOX_TEMPLATE__CYCLE_DAY__LAST_DAY", "27"),
        ("PIEBOX_TEMPLATE__names__preset", "strict25"),
    ])
    .load();
    assert_eq!(config.template["pieMode"], false);
    assert_eq!(config.template["cycleDay"]["lastDay"], 27);
    assert_eq!(config.template["cycleDay"]["overflowDay"], 1);
    assert_eq!(config.template["names"]["preset"], "strict25");
}

#[test]
fn clients_in_a_variable_replace_the_list() {
    let list = r#"[{id="a", secret="12", scopes=["general"], programs=["*"]}]"#;
    let config = from_variables(&[("PIEBOX_CLIENTS", list)]).load();
    assert_eq!(config.clients.len(), 1);
    assert_eq!(config.clients[0].id, "a");
}

#[test]
fn a_list_of_products_replaces_the_list() {
    let config = from_file("[[template.products]]\nproductCode = \"1\"").load();
    assert_eq!(config.template["products"], serde_json::json!([{"productCode": "1"}]));
    assert_eq!(config.template["card"]["bin"], "414720");
}

#[test]
fn an_empty_file_changes_nothing() {
    from_file("# nothing\n").load();
}

// Refusals.

#[test]
fn a_misspelt_key_in_a_file_is_named() {
    assert_eq!(
        from_file("[log]\nfromat = \"json\"").refusal(),
        "unknown key `log.fromat` from file FILE. Did you mean `log.format`? \
         Valid keys of [log] are format, level"
    );
}

#[test]
fn a_misspelt_variable_is_named_as_a_variable() {
    assert_eq!(
        from_variables(&[("PIEBOX_WEBHOOKS__TIMEOUT", "1")]).refusal(),
        "unknown key `webhooks.timeout` from environment variable PIEBOX_WEBHOOKS__TIMEOUT. \
         Did you mean `webhooks.timeout_ms` (PIEBOX_WEBHOOKS__TIMEOUT_MS)? \
         Valid keys of [webhooks] are timeout_ms, concurrency, poll_ms, response_bytes"
    );
}

#[test]
fn a_misplaced_border_between_section_and_key_is_seen() {
    let refusal = from_variables(&[("PIEBOX_DATABASE__URL", "x")]).refusal();
    assert!(refusal.contains("Did you mean `database_url` (PIEBOX_DATABASE_URL)?"));
    let refusal = from_variables(&[("PIEBOX_LOGS__LEVEL", "x")]).refusal();
    assert!(refusal.contains("Did you mean `log` (PIEBOX_LOG__LEVEL)?"));
    let refusal = from_variables(&[("PIEBOX_WORLDS_SEED", "1")]).refusal();
    assert!(refusal.contains("Did you mean `worlds.seed` (PIEBOX_WORLDS__SEED)?"), "{refusal}");
}

#[test]
fn a_key_of_another_section_is_found() {
    let refusal = from_file("pool_connections = 3").refusal();
    assert!(refusal.contains("Did you mean `database.pool_connections`?"));
}

#[test]
fn a_misspelt_section_is_named_with_the_sections() {
    let refusal = from_file("[webhook]\npoll_ms = 3").refusal();
    assert!(refusal.contains("unknown key `webhook` from file FILE. Did you mean `webhooks`?"));
    assert!(refusal.contains("Valid keys at the top level are listen, database_url,"));
}

#[test]
fn a_key_like_no_other_gets_no_suggestion() {
    let refusal = from_file("[worlds]\nxyzzy = 1").refusal();
    assert_eq!(
        refusal,
        "unknown key `worlds.xyzzy` from file FILE. \
         Valid keys of [worlds] are create_unknown, seed"
    );
}

#[test]
fn a_misspelt_key_of_a_client_is_named() {
    let refusal =
        from_file("[[clients]]\nid = \"a\"\nsecrt = \"b\"\nscopes = []\nprograms = []").refusal();
    assert!(
        refusal.starts_with("unknown key `clients[0].secrt` from file FILE. Did you mean"),
        "{refusal}"
    );
    assert!(refusal.contains("`clients[0].secret`? Valid keys of [clients[0]] are id, secret,"));
}

#[test]
fn a_missing_key_of_a_client_is_named() {
    let refusal = from_file("[[clients]]\nid = \"a\"\nsecret = \"b\"\nscopes = []").refusal();
    assert_eq!(refusal, "`clients[0].programs` is missing from file FILE");
}

#[test]
fn a_number_out_of_bounds_is_named() {
    assert_eq!(
        from_file("[database]\npool_connections = 201").refusal(),
        "`database.pool_connections` from file FILE must be a whole number from 1 to 200, not 201"
    );
    assert_eq!(
        from_variables(&[("PIEBOX_WEBHOOKS__CONCURRENCY", "0")]).refusal(),
        "`webhooks.concurrency` from environment variable PIEBOX_WEBHOOKS__CONCURRENCY \
         must be a whole number from 1 to 1024, not 0"
    );
    assert_eq!(
        from_file("[journal]\ninterval_ms = 5001").refusal(),
        "`journal.interval_ms` from file FILE must be a whole number from 1 to 5000, not 5001"
    );
}

#[test]
fn something_other_than_a_whole_number_is_named() {
    let bounds = "must be a whole number from 0 to 600000";
    for (given, seen) in
        [("-1", "-1"), ("1.5", "1.5"), ("true", "true"), ("\"5s\"", "text"), ("[1]", "a list")]
    {
        assert_eq!(
            from_file(&format!("[database]\nlock_wait_ms = {given}")).refusal(),
            format!("`database.lock_wait_ms` from file FILE {bounds}, not {seen}")
        );
    }
}

#[test]
fn a_number_too_great_for_its_type_is_named() {
    let refusal = from_file("[database]\npool_connections = 5000000000").refusal();
    assert!(refusal.ends_with("must be a whole number from 1 to 200, not 5000000000"), "{refusal}");
}

#[test]
fn a_wrong_choice_is_named_with_the_choices() {
    assert_eq!(
        from_variables(&[("PIEBOX_LOG__FORMAT", "yaml")]).refusal(),
        "`log.format` from environment variable PIEBOX_LOG__FORMAT \
         must be one of \"text\", \"json\", not \"yaml\""
    );
    assert_eq!(
        from_file("[database]\nsqlite_synchronous = 1").refusal(),
        "`database.sqlite_synchronous` from file FILE must be text, not a number"
    );
}

#[test]
fn a_wrong_truth_is_named() {
    assert_eq!(
        from_variables(&[("PIEBOX_MIGRATE", "yes")]).refusal(),
        "`migrate` from environment variable PIEBOX_MIGRATE must be true or false, not text"
    );
}

#[test]
fn a_value_in_place_of_a_section_is_named() {
    assert_eq!(
        from_file("log = \"json\"").refusal(),
        "`log` from file FILE must be a table, not text"
    );
    assert_eq!(
        from_file("template = 1").refusal(),
        "`template` from file FILE must be a table, not a number"
    );
}

#[test]
fn a_wrong_address_is_named_with_its_flag() {
    let flags = Flags { listen: Some("localhost".to_owned()), ..Flags::default() };
    assert_eq!(
        from_file("").flags(flags).refusal(),
        "`listen` from flag --listen must be an IP address and a port, \
         such as 127.0.0.1:8080 or [::1]:8080"
    );
}

#[test]
fn a_wrong_database_url_is_named_with_its_flag() {
    let flags = Flags { database_url: Some("mysql://u:hidden@h/d".to_owned()), ..Flags::default() };
    assert_eq!(
        from_file("").flags(flags).refusal(),
        "`database_url` from flag --database must start with sqlite:, postgres: or postgresql:"
    );
}

#[test]
fn empty_text_is_refused() {
    for (variable, key) in [
        ("PIEBOX_CONTROL__TOKEN", "control.token"),
        ("PIEBOX_LOG__LEVEL", "log.level"),
        ("PIEBOX_AUTH__REQUIRED_SCOPE", "auth.required_scope"),
    ] {
        assert_eq!(
            from_variables(&[(variable, " ")]).refusal(),
            format!("`{key}` from environment variable {variable} must not be empty")
        );
    }
}

#[test]
fn clients_must_have_an_id_a_secret_and_no_double() {
    let client = |id: &str, secret: &str| {
        format!("[[clients]]\nid = '{id}'\nsecret = '{secret}'\nscopes = []\nprograms = []\n")
    };
    assert_eq!(
        from_file(&client("", "x")).refusal(),
        "`clients[0].id` from file FILE must not be empty"
    );
    assert_eq!(
        from_file(&client("a", "")).refusal(),
        "`clients[0].secret` from file FILE must not be empty"
    );
    assert_eq!(
        from_file(&(client("a", "x") + &client("a", "y"))).refusal(),
        "`clients[1].id` from file FILE repeats the client `a`"
    );
}

#[test]
fn a_fault_is_told_even_when_a_stronger_layer_hides_it() {
    let setting = Setting::new("[log]\nformat = \"xml\"", &[("PIEBOX_LOG__FORMAT", "json")]);
    assert!(setting.refusal().contains("from file FILE must be one of"));
}

#[test]
fn an_absent_file_is_named_with_who_named_it() {
    let mut setting = from_file("");
    setting.sources.file = Some(PathBuf::from("/nowhere/piebox.toml"));
    let refusal = setting.refusal();
    let start = "cannot read configuration file /nowhere/piebox.toml (named by --config): ";
    assert!(refusal.starts_with(start), "{refusal}");
    let refusal = from_variables(&[("PIEBOX_CONFIG", "/nowhere/else.toml")]).refusal();
    assert!(refusal.contains("/nowhere/else.toml (named by PIEBOX_CONFIG)"));
}

#[test]
fn broken_toml_is_placed_without_being_quoted() {
    let refusal = from_file("[control]\ntoken = hunter2\n").refusal();
    assert!(
        refusal.starts_with("file FILE is not valid TOML: TOML parse error at line 2, column 9"),
        "{refusal}"
    );
    assert!(!refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn a_secret_of_the_wrong_type_is_not_repeated() {
    let refusal = from_file("[control]\ntoken = 987654").refusal();
    assert_eq!(refusal, "`control.token` from file FILE must be text, not a number");
}

// The control plane.

#[test]
fn an_open_control_plane_is_refused_with_three_ways_out() {
    let refusal = from_variables(&[("PIEBOX_LISTEN", "0.0.0.0:8080")]).refusal();
    assert!(refusal.starts_with("listening on 0.0.0.0:8080 would open the control plane"));
    for way in [
        "set a token (control.token, PIEBOX_CONTROL__TOKEN or --control-token)",
        "listen on a loopback address such as 127.0.0.1:8080",
        "control.allow_open = true",
    ] {
        assert!(refusal.contains(way), "{refusal}");
    }
}

#[test]
fn each_way_out_of_an_open_control_plane_works() {
    let open = ("PIEBOX_LISTEN", "0.0.0.0:8080");
    from_variables(&[open, ("PIEBOX_CONTROL__TOKEN", "t")]).load();
    from_variables(&[open, ("PIEBOX_CONTROL__ALLOW_OPEN", "true")]).load();
    for loopback in ["[::1]:80", "127.9.9.9:80", "[::ffff:127.0.0.1]:80"] {
        from_variables(&[("PIEBOX_LISTEN", loopback)]).load();
    }
}

// Secrecy.

const SECRETS: &str = r#"
database_url = "postgres://user:hunter1@host/db?sslmode=off&password=hunter2"
[[clients]]
id = "a"
secret = "hunter3"
scopes = ["general"]
programs = ["*"]
[control]
token = "hunter4"
[[template.webhooks]]
url = "http://h/"
apiKey = "hunter5"
client_secret = "hunter6"
"#;

#[test]
fn no_secret_is_ever_shown() {
    let config = from_file(SECRETS).load();
    for shown in [
        format!("{config}"),
        format!("{config:?}"),
        format!("{:?} {:?}", config.clients, config.control),
        serde_json::to_string(&config).unwrap(),
    ] {
        assert!(!shown.contains("hunter"), "{shown}");
    }
    assert!(format!("{config}").contains("postgres://user:***@host/db?sslmode=off&password=***"));
}

#[test]
fn flags_and_environment_do_not_show_secrets_either() {
    let mut sources = from_variables(&[("PIEBOX_CONTROL__TOKEN", "hunter1")]).sources;
    sources.flags.control_token = Some(SecretString::from("hunter2"));
    sources.flags.database_url = Some("postgres://u:hunter3@h/d".to_owned());
    let shown = format!("{sources:?}");
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains("PIEBOX_CONTROL__TOKEN"));
}

#[test]
fn what_is_displayed_is_toml_with_the_same_values() {
    let config = from_file(SECRETS).load();
    let shown = Figment::from(Toml::string(&config.to_string()));
    let back: Config = shown.extract().unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&config).unwrap());
    assert_eq!(back.listen, config.listen);
    assert_eq!(back.template["products"], config.template["products"]);
}

#[test]
fn a_password_with_odd_characters_is_masked_whole() {
    for (url, masked) in [
        ("postgres://u:a/b@c?d@host/db", "postgres://u:***@host/db"),
        ("postgres://u@host/db", "postgres://u@host/db"),
        ("postgres://host:5432/db", "postgres://host:5432/db"),
        ("sqlite:piebox.db", "sqlite:piebox.db"),
    ] {
        assert_eq!(urls::covered(url), masked);
    }
}

#[test]
fn a_date_in_the_template_is_text() {
    let config = from_file("[template.clock]\nat = 2026-01-02T03:04:05Z\non = [2026-01-02]").load();
    assert_eq!(config.template["clock"]["on"][0], "2026-01-02");
    assert_eq!(config.template["clock"]["at"], "2026-01-02T03:04:05Z");
}
