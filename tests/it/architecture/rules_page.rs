//! `docs/rules.md`: every rule, where it is known from and the tests that prove it.

use std::collections::BTreeSet;

use piebox::kernel::rulebook::{Basis, RULES, Rule};

use super::claims::{self, Claims};
use super::pages::{head, hold, row};

/// Most tests named for one rule.
const MOST_TESTS: usize = 4;

/// What the families are about; one that is not here is headed by its letters alone.
const FAMILIES: &[(&str, &str)] = &[
    ("AUTH", "Authentication"),
    ("HDR", "Headers and bodies"),
    ("ENV", "The envelope of answers"),
    ("CRY", "Field encryption"),
    ("IDM", "Repeated and overlapping calls"),
    ("HLT", "Health"),
    ("ENR", "Enrollments"),
    ("KYC", "Outcomes of identity checks"),
    ("LIM", "Limits on accounts"),
    ("OFC", "Sanctions screening"),
    ("BCD", "Interrupted enrollments"),
    ("INS", "Instant issue"),
    ("UPG", "Upgrades"),
    ("GATE", "Curing identity checks"),
    ("ITN", "ITIN"),
    ("LNK", "Activation links"),
    ("JNT", "Joint holders"),
    ("ACC", "Accounts"),
    ("CRD", "Cards"),
    ("DLV", "Card delivery"),
    ("ADJ", "Adjustments"),
    ("TXN", "Transactions"),
    ("FEA", "Features"),
    ("CV", "Contact verifications"),
    ("ADR", "Address checks"),
    ("DDS", "Direct deposit switch"),
    ("WHK", "Webhooks"),
    ("JRN", "The journal of calls"),
];

const INTRODUCTION: &str = "\
<!-- Generated from src/kernel/rulebook.rs and the tests by scripts/update. Do not edit. -->

# Rules

Every documented behaviour that the simulator shows or will show, with the tests that prove it.

- `n/m` is the code and the subCode of `responseDetails`; a bare three-digit status is the HTTP one.
- Known from: a *guide* is one of the vendor's guides, the *portal* is the public pages of the
  vendor's developer portal, *our reading* is a decision of ours where the vendor is silent.
- Tests: `file::test`, the file seen from `tests/it` or `src`, or a ready scenario. A rule that
  *waits* is not built yet.
- An id is never used again: a gap is a rule that fell away.
";

#[test]
fn the_page_of_rules_is_up_to_date() {
    hold("docs/rules.md", &page(&claims::all()));
}

fn page(claims: &Claims) -> String {
    let shown = RULES.iter().filter(|rule| rule.built).count();
    let waiting = RULES.len() - shown;
    let mut page = format!("{INTRODUCTION}\n{shown} rules are shown, {waiting} wait.\n");
    for family in families() {
        page.push_str(&table(family, claims));
    }
    page
}

/// The families in the order of their first rules.
fn families() -> Vec<&'static str> {
    let mut families: Vec<&str> = Vec::new();
    for family in RULES.iter().map(family_of) {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

fn family_of(rule: &Rule) -> &'static str {
    rule.id.split('-').next().unwrap_or(rule.id)
}

fn table(family: &str, claims: &Claims) -> String {
    let title = FAMILIES.iter().find(|(letters, _)| *letters == family);
    let title = title.map(|(letters, about)| format!("{letters}: {about}"));
    let mut table = format!("\n## {}\n\n", title.unwrap_or(family.to_owned()));
    table.push_str(&head(&["id", "what the simulator shows", "known from", "tests"]));
    for rule in RULES.iter().filter(|rule| family_of(rule) == family) {
        let tests = tests(rule, claims.tests.get(rule.id));
        table.push_str(&row(&[rule.id, rule.says, basis(rule.basis), &tests]));
    }
    table
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Guide => "guide",
        Basis::Portal => "portal",
        Basis::Reading => "our reading",
        Basis::GuideAndReading => "guide, our reading",
        Basis::GuideAndPortal => "guide, portal",
    }
}

fn tests(rule: &Rule, tests: Option<&BTreeSet<String>>) -> String {
    let tests: Vec<&String> = tests.into_iter().flatten().collect();
    let mut parts: Vec<String> = Vec::new();
    if !rule.built {
        parts.push("waits".to_owned());
    } else if tests.is_empty() {
        parts.push("none yet".to_owned());
    }
    parts.extend(tests.iter().take(MOST_TESTS).map(|test| format!("`{test}`")));
    let list = parts.join(", ");
    match tests.len().saturating_sub(MOST_TESTS) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

#[test]
fn at_most_four_tests_are_named() {
    let named =
        |count: usize| -> BTreeSet<String> { (0..count).map(|n| format!("a::{n}")).collect() };
    let [built, waiting] = [true, false].map(|built| Rule { built, ..RULES[0] });
    assert_eq!(tests(&built, None), "none yet");
    assert_eq!(tests(&waiting, None), "waits");
    assert_eq!(tests(&waiting, Some(&named(1))), "waits, `a::0`");
    assert_eq!(tests(&built, Some(&named(6))), "`a::0`, `a::1`, `a::2`, `a::3` and 2 more");
}
