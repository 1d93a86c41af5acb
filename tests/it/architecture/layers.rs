//! Which file may use what: the rooms of the house and their doors, as one table.
//!
//! Only code counts: comments, and test modules inside a file, may name anything. Paths are seen
//! from the root, so `super::store` is as good as `crate::domains::accounts::store`.

use super::demand_none;
use super::paths::{module_of, used};
use super::sources::{Source, fits, src_files};
use super::tokens::{Kind, Token};

/// One row: what holds for some files.
struct Layer {
    /// The files it is about.
    files: &'static [&'static str],
    /// Files that fit the patterns above and are not meant.
    except: &'static [&'static str],
    /// Paths never used, nor anything below them.
    never: &'static [&'static str],
    /// Of the paths below the first, only those below the others are used. `super` stands for the
    /// module around the file.
    only: &'static [(&'static str, &'static [&'static str])],
    /// Words never written.
    words: &'static [&'static str],
    /// Whether strings may be SQL.
    sql: bool,
    /// What to do instead.
    advice: &'static str,
}

const LAYERS: &[Layer] = &[
    Layer {
        files: &["src/kernel/**"],
        except: &[],
        never: &["sqlx", "axum", "tokio", "reqwest"],
        only: &[("crate", &["crate::kernel"])],
        words: &[],
        sql: false,
        advice: "the kernel is pure and knows no other room: hand values in",
    },
    Layer {
        files: &["src/paper/**"],
        except: &[],
        never: &["sqlx", "axum", "tokio", "reqwest"],
        only: &[("crate", &["crate::paper"])],
        words: &["async"],
        sql: false,
        advice: "paper knows letters and marks: the families lay out what stands on a page",
    },
    Layer {
        files: &[
            "src/domains/**/rules.rs",
            "src/domains/**/rules/**",
            "src/domains/**/model.rs",
            "src/domains/direct_deposit/form.rs",
            "src/domains/direct_deposit/form/**",
            "src/domains/statements/document.rs",
            "src/domains/users/names.rs",
            "src/domains/users/addresses.rs",
            "src/domains/users/changes.rs",
            "src/domains/users/embossing.rs",
        ],
        except: &[],
        never: &[
            "sqlx",
            "axum",
            "tokio",
            "reqwest",
            "crate::**::wire",
            "crate::**::store",
            "crate::**::ops",
            "crate::**::endpoints",
        ],
        only: &[(
            "crate",
            &[
                "crate::kernel",
                "crate::paper",
                "super",
                "crate::domains::*::model",
                "crate::domains::*::rules",
            ],
        )],
        words: &["async"],
        sql: false,
        advice: "rules and models are pure: ops.rs reads what they need and hands it in",
    },
    Layer {
        files: &["src/domains/**/wire.rs", "src/domains/**/wire/**"],
        except: &[],
        never: &["sqlx", "crate::db", "crate::**::store", "crate::**::ops"],
        only: &[],
        words: &[],
        sql: false,
        advice: "wire.rs translates between JSON and model: the endpoint calls ops.rs",
    },
    Layer {
        files: &["src/**/store.rs"],
        except: &["src/jobs/**", "src/sim/**", "src/cli/**"],
        never: &["axum", "crate::http", "crate::**::wire"],
        only: &[("sqlx", &["sqlx::FromRow"])],
        words: &[],
        sql: true,
        advice: "store.rs turns models into SQL through crate::db; of sqlx it takes FromRow alone",
    },
    Layer {
        files: &[
            "src/**/ops.rs",
            "src/domains/accounts/identity.rs",
            "src/domains/accounts/joint.rs",
            "src/domains/accounts/status.rs",
            "src/domains/accounts/terms.rs",
            "src/domains/users/profile.rs",
            "src/domains/users/renaming.rs",
        ],
        except: &[],
        never: &["axum", "crate::http", "crate::**::wire"],
        only: &[],
        words: &[],
        sql: false,
        advice: "ops.rs takes and gives models: the endpoint translates from and to wire.rs",
    },
    Layer {
        files: &["src/domains/**/endpoints/*.rs"],
        except: &[],
        never: &["sqlx", "crate::db", "crate::**::store"],
        only: &[],
        words: &[],
        sql: false,
        advice: "an endpoint calls ops.rs, which alone speaks with the database",
    },
    Layer {
        files: &["src/**"],
        except: &["src/db/**", "src/**/store.rs"],
        never: &["sqlx"],
        only: &[],
        words: &[],
        sql: false,
        advice: "SQL and sqlx live in src/db and in files named store.rs: move it there",
    },
    Layer {
        files: &["src/schedule/**"],
        except: &[],
        never: &["axum", "crate::http", "crate::domains", "crate::sim", "crate::jobs"],
        only: &[],
        words: &[],
        sql: true,
        advice: "the schedule knows when, not what: jobs/run.rs brings tasks to their families",
    },
    Layer {
        files: &["src/journal/**"],
        except: &[],
        never: &["axum", "crate::http", "crate::domains", "crate::sim"],
        only: &[],
        words: &[],
        sql: true,
        advice: "the journal knows no call: http/journal.rs hands in what is to be kept",
    },
    Layer {
        files: &["src/scenarios/**"],
        except: &[],
        never: &["sqlx"],
        only: &[(
            "crate",
            &[
                "super",
                "crate::scenarios",
                "crate::kernel",
                "crate::crypto",
                "crate::receiver",
                "crate::app::Sim",
                "crate::app::api_document",
                "crate::config::Client",
                "crate::http::envelope::EXPLAIN",
                "crate::http::openapi::ApiDocument",
                "crate::http::operations::Operations",
                "crate::programs::faults::FaultRule",
                "crate::programs::faults::header",
                "crate::programs::faults::rule::path_parts",
                "crate::programs::people::PersonOutcome",
                "crate::programs::state::SnapshotName",
                "crate::sim::action_names",
                "crate::sim::action_problem",
            ],
        )],
        words: &[],
        sql: false,
        advice: "a scenario has no back door: it makes calls through the router, like anybody",
    },
    Layer {
        files: &[
            "src/sim/**",
            "src/sim.rs",
            "src/jobs/**",
            "src/jobs.rs",
            "src/cli/**",
            "src/cli.rs",
        ],
        except: &[],
        never: &["sqlx"],
        only: &[],
        words: &[],
        sql: false,
        advice: "control API, jobs and command line go through ops.rs of the room they ask",
    },
];

#[test]
fn every_layer_uses_only_what_it_may() {
    let problems: Vec<String> = LAYERS
        .iter()
        .flat_map(|layer| src_files().flat_map(|source| layer.problems_of(source)))
        .collect();
    demand_none(
        &problems,
        "What may use what is the table LAYERS in tests/it/architecture/layers.rs.",
    );
}

#[test]
fn every_row_of_the_layer_table_is_about_some_file() {
    let idle = LAYERS.iter().filter(|layer| !src_files().any(|source| layer.is_about(source)));
    let problems: Vec<String> = idle.map(|layer| layer.files.join(", ")).collect();
    demand_none(&problems, "No file fits these rows of LAYERS: correct the patterns.");
}

impl Layer {
    fn is_about(&self, source: &Source) -> bool {
        let one_of = |patterns: &[&str]| patterns.iter().any(|pattern| source.fits(pattern));
        one_of(self.files) && !one_of(self.except)
    }

    fn problems_of(&self, source: &Source) -> Vec<String> {
        if !self.is_about(source) {
            return Vec::new();
        }
        let code = source.code();
        let mut found = self.wrong_paths(&code, &module_of(&source.path));
        found.extend(code.iter().filter_map(|token| self.wrong_token(token)));
        let say =
            |(line, what): (usize, String)| format!("{} {what}: {}", source.at(line), self.advice);
        found.into_iter().map(say).collect()
    }

    fn wrong_paths(&self, code: &[Token], module: &str) -> Vec<(usize, String)> {
        let around = module.rsplit_once("::").map_or(module, |(around, _)| around);
        let paths = used(code, module).into_iter();
        let wrong = paths.filter(|used| self.forbids(&used.path, around));
        wrong.map(|used| (used.line, format!("uses {}", used.path))).collect()
    }

    fn forbids(&self, path: &str, around: &str) -> bool {
        let below = |pattern: &str| {
            let pattern = if pattern == "super" { around } else { pattern };
            fits(&format!("{pattern}::**"), path, "::")
        };
        let outside = |(whole, parts): &(&str, &[&str])| {
            below(whole) && !parts.iter().any(|part| below(part))
        };
        self.never.iter().any(|never| below(never)) || self.only.iter().any(outside)
    }

    fn wrong_token(&self, token: &Token) -> Option<(usize, String)> {
        let is_word = self.words.iter().any(|word| token.is(word));
        let is_sql = !self.sql && token.kind == Kind::Text && reads_like_sql(&token.text);
        let shown: String = token.text.chars().take(40).collect();
        (is_word || is_sql).then(|| (token.line, format!("says `{shown}`")))
    }
}

fn reads_like_sql(text: &str) -> bool {
    let verb = text.trim_start().split_once([' ', '\n']).map(|(verb, _)| verb);
    matches!(verb, Some("SELECT" | "INSERT" | "UPDATE" | "DELETE"))
}

#[test]
fn a_layer_sees_through_the_ways_to_write_a_path() {
    let cases = [
        ("src/kernel/x.rs", "use super::super::db::Work;", 1),
        ("src/kernel/x.rs", "use super::ids; // crate::db", 0),
        ("src/kernel/x.rs", "use crate::{kernel::ids, db};", 1),
        ("src/domains/a/rules.rs", "use super::model::A; use crate::domains::b::model::B;", 0),
        ("src/domains/a/rules.rs", "use super::wire; use crate::http::Call; async fn f() {}", 3),
        ("src/domains/a/wire.rs", "fn f() { super::ops::get(); let store = 1; }", 1),
        (
            "src/domains/a/store.rs",
            "use sqlx::FromRow; #[sqlx(flatten)] const S: &str = \"SELECT 1\";",
            0,
        ),
        ("src/domains/a/store.rs", "use sqlx::{FromRow, Row};", 1),
        ("src/domains/a/ops.rs", "const S: &str = \"DELETE FROM x\";", 2),
        (
            "src/domains/a/endpoints/get.rs",
            "use super::super::{ops, store}; fn f() { sim.db.read() }",
            1,
        ),
        ("src/jobs/store.rs", "const S: &str = \" UPDATE x\";", 1),
        ("src/receiver.rs", "const M: [&str; 2] = [\"DELETE\", \"Update it\"];", 0),
        ("src/receiver.rs", "#[cfg(test)] mod tests { use sqlx::Row; }", 0),
    ];
    for (path, text, count) in cases {
        let source = Source::new(path.to_owned(), text.to_owned());
        let found: Vec<_> = LAYERS.iter().flat_map(|layer| layer.problems_of(&source)).collect();
        assert_eq!(found.len(), count, "{path}: {text}: {found:?}");
    }
}
