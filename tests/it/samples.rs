//! Each sample answer of the guides, and ours beside it: every member that the sample shows must be
//! there with its type. The samples stand in `shapes/`, one a file; the table below says how the
//! situation of each comes about.
//!
//! A line of a file is a path and a type: `.account.status text`. What the sample has not and we
//! show all the same begins with `+`; behind `#` stand remarks, and on a line of its own the page
//! that prints the sample. No other member may be there. Types are `guid`, `moment` (UTC, three
//! digits of fractions), `text`, `integer`, `decimal`, `boolean`, `null`, `[]` and `{}`.

mod accounts;
mod contacts;
mod money;
mod switches;
mod unprinted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use crate::support::{Engine, TestSim, on_both_engines};

/// Brings a situation about, and gives what we answer in it.
type Situation = for<'a> fn(&'a TestSim) -> BoxFuture<'a, Json>;

/// The file of each sample, without its ending, and its situation.
const SAMPLES: &[(&str, Situation)] = &[
    ("account_restricted", |sim| Box::pin(accounts::restricted(sim))),
    ("account_under_review", |sim| Box::pin(accounts::under_review(sim))),
    ("account_updated", |sim| Box::pin(unprinted::account_updated(sim))),
    ("account_with_two_holders", |sim| Box::pin(accounts::with_two_holders(sim))),
    ("ach_row", |sim| Box::pin(unprinted::ach_row(sim))),
    ("address_verified", |sim| Box::pin(contacts::address_verified(sim))),
    ("adjustment_event", |sim| Box::pin(money::adjustment_event(sim))),
    ("adjustment_placed", |sim| Box::pin(money::adjustment_placed(sim))),
    ("adjustment_row", |sim| Box::pin(money::adjustment_row(sim))),
    ("adjustment_status", |sim| Box::pin(money::adjustment_status(sim))),
    ("adjustment_status_with_header", |sim| Box::pin(money::adjustment_status_with_header(sim))),
    ("authorization_row", |sim| Box::pin(unprinted::authorization_row(sim))),
    ("card", |sim| Box::pin(unprinted::card(sim))),
    ("check_deposit", |sim| Box::pin(unprinted::check_deposit(sim))),
    ("contact_checked", |sim| Box::pin(contacts::checked(sim))),
    ("contact_generated", |sim| Box::pin(contacts::generated(sim))),
    ("contact_status", |sim| Box::pin(contacts::status(sim))),
    ("delivery_activated", |sim| Box::pin(contacts::delivery_activated(sim))),
    ("delivery_printing", |sim| Box::pin(contacts::delivery_printing(sim))),
    ("delivery_unavailable", |sim| Box::pin(contacts::delivery_unavailable(sim))),
    ("enrolled", |sim| Box::pin(accounts::enrolled(sim))),
    ("enrolled_again", |sim| Box::pin(accounts::enrolled_again(sim))),
    ("enrolled_by_a_stranger", |sim| Box::pin(accounts::enrolled_by_a_stranger(sim))),
    ("enrollment_completed", |sim| Box::pin(accounts::completed(sim))),
    ("enrollment_half_way", |sim| Box::pin(accounts::half_way(sim))),
    ("feature_changed", |sim| Box::pin(money::feature_changed(sim))),
    ("feature_unknown", |sim| Box::pin(money::feature_unknown(sim))),
    ("features", |sim| Box::pin(money::features(sim))),
    ("features_none", |sim| Box::pin(money::features_none(sim))),
    ("linked_account", |sim| Box::pin(unprinted::linked_account(sim))),
    ("manual_form", |sim| Box::pin(switches::manual_form(sim))),
    ("matricula_with_ssn", |sim| Box::pin(accounts::matricula_with_ssn(sim))),
    ("purchase_row", |sim| Box::pin(unprinted::purchase_row(sim))),
    ("statement", |sim| Box::pin(unprinted::statement(sim))),
    ("statement_list", |sim| Box::pin(unprinted::statement_list(sim))),
    ("switch_created", |sim| Box::pin(switches::created(sim))),
    ("switch_latest", |sim| Box::pin(switches::latest(sim))),
    ("switch_list", |sim| Box::pin(switches::list(sim))),
    ("switch_updated", |sim| Box::pin(switches::updated(sim))),
    ("terms_in_use", |sim| Box::pin(money::terms_in_use(sim))),
    ("two_default_phones", |sim| Box::pin(accounts::two_default_phones(sim))),
    ("users", |sim| Box::pin(unprinted::users(sim))),
];

on_both_engines! {
    // Proves ENR-40, ENR-46, LIM-1, LIM-2, ACC-1, ADJ-7, TXN-2, DLV-1, DLV-2, FEA-1.
    async fn each_answer_shows_the_members_of_its_sample(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut problems = Vec::new();
        for (name, situation) in SAMPLES {
            sim.control("PUT", "wf", json!({})).await.expect(200);
            let answer = situation(&sim).await;
            let text = std::fs::read_to_string(folder().join(format!("{name}.txt")));
            let sample = read(&text.unwrap_or_else(|cause| panic!("shapes/{name}.txt: {cause}")));
            problems.extend(differences(&sample, &answer).iter().map(|it| format!("{name}: {it}")));
            // The next one finds a world of its own.
            sim.control("DELETE", "wf", Json::Null).await.expect(204);
        }
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    }
}

#[test]
fn every_sample_has_its_situation_and_every_situation_its_sample() {
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    };
    let files: BTreeSet<String> = std::fs::read_dir(folder()).unwrap().map(file).collect();
    let situations: BTreeSet<String> = SAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, situations);
    assert_eq!(situations.len(), SAMPLES.len(), "one stands twice");
    for name in files {
        let text = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
        assert!(text.starts_with("# "), "shapes/{name}.txt does not say which page prints it");
        assert!(!read(&text).is_empty(), "shapes/{name}.txt fixes nothing");
    }
}

#[test]
fn a_member_that_is_missing_too_many_or_of_another_type_is_told() {
    let sample = read("# A page\n.a integer\n.b[0].c text\n+ .d boolean # ours\n.e {}\n.f []\n");
    let good = json!({ "a": 1, "b": [{ "c": "x" }], "d": true, "e": {}, "f": [] });
    assert_eq!(differences(&sample, &good), Vec::<String>::new());
    for (member, value, told) in [
        ("a", json!(1.0), ".a is decimal, not integer"),
        ("a", json!("1"), ".a is text, not integer"),
        ("b", json!([]), ".b[0].c text is not there"),
        ("d", json!(null), ".d is null, not boolean"),
        ("e", json!({ "g": "2031-05-06T10:00:00.000Z" }), ".g moment is neither"),
        ("f", json!(["5b0c7a0e-8d7c-4b43-9a55-000000000001"]), ".f[0] guid is neither"),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let found = differences(&sample, &bad).join("\n");
        assert!(found.contains(told), "{found}");
    }
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/shapes"))
}

/// Paths of a file with their types.
fn read(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap().trim());
    let fixed = lines.filter(|line| !line.is_empty()).map(|line| {
        let (path, kind) = line.trim_start_matches("+ ").split_once(' ').expect("path and type");
        (path.to_owned(), kind.to_owned())
    });
    fixed.collect()
}

/// What an answer lacks of its sample, has of another type, or shows beyond what its file lists.
fn differences(sample: &BTreeMap<String, String>, answer: &Json) -> Vec<String> {
    let mut shown = BTreeMap::new();
    describe("", answer, &mut shown);
    let missing = sample.iter().filter_map(|(path, kind)| match shown.get(path) {
        Some(found) if found == kind => None,
        Some(found) => Some(format!("{path} is {found}, not {kind}")),
        None => Some(format!("{path} {kind} is not there")),
    });
    let beyond = shown.iter().filter(|(path, _)| !sample.contains_key(*path));
    let beyond = beyond.map(|(path, kind)| format!("{path} {kind} is neither theirs nor ours"));
    missing.chain(beyond).collect()
}

/// The members of a document with their types.
fn describe(path: &str, value: &Json, shown: &mut BTreeMap<String, String>) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, it)| describe(&format!("{path}.{name}"), it, shown));
        }
        Json::Array(entries) if !entries.is_empty() => {
            let entries = entries.iter().enumerate();
            entries.for_each(|(at, entry)| describe(&format!("{path}[{at}]"), entry, shown));
        }
        value => _ = shown.insert(path.to_owned(), kind(value).to_owned()),
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Object(_) => "{}",
        Json::Array(_) => "[]",
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "decimal",
        Json::Number(_) => "integer",
        Json::String(text) if is_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") => "guid",
        Json::String(text) if is_like(text, "0000-00-00T00:00:00.000Z") => "moment",
        Json::String(_) => "text",
    }
}

/// `x` stands for a hexadecimal digit, `0` for a digit, all else for itself.
fn is_like(text: &str, form: &str) -> bool {
    let fits = |(letter, form)| match form {
        b'x' => u8::is_ascii_hexdigit(&letter),
        b'0' => letter.is_ascii_digit(),
        form => letter == form,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}
