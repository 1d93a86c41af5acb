//! The proof of the books: it finds nothing where nothing is wrong, and names the first entry where
//! something is.

use piebox::db::{Scope, sql};
use serde_json::{Value as Json, json};

use crate::support::money::{Money, adjust, money_account};
use crate::support::{Engine, TestSim, on_both_engines};

/// Changes the database behind the ledger's back.
async fn tamper(sim: &TestSim, text: &'static str) {
    let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
    unit.write(sql(text));
    unit.commit().await.unwrap();
}

async fn audit(sim: &TestSim) -> Json {
    sim.control("POST", "wf/ledger/audit", Json::Null).await.expect(200).body
}

async fn three_postings(sim: &TestSim) -> Money {
    let money = money_account(sim, "wf").await;
    money.credit("10").await;
    adjust(&money, money.body("anyDebitOut", "4")).await.expect(200);
    money.credit("1").await;
    money
}

/// What is done to the books, the first entry that does not fit, and what is said of it; nothing
/// where all still fits.
const WRONGS: [(&str, &str, &str); 15] = [
    ("UPDATE purses SET ledger_e4 = ledger_e4 + 1", "purse ", "ledger balance"),
    ("UPDATE purses SET available_e4 = available_e4 - 1", "purse ", "available balance"),
    ("UPDATE postings SET amount_e4 = amount_e4 + 1 WHERE sequence >= 2", "posting 2", "balance"),
    ("UPDATE postings SET balance_e4 = 0 WHERE sequence = 3", "posting 3", "balance"),
    ("DELETE FROM postings WHERE sequence = 1", "posting 2", "balance"),
    ("DELETE FROM postings WHERE sequence = 3", "purse ", "ledger balance"),
    ("UPDATE postings SET debit_book = 'attic' WHERE sequence = 3", "posting 3", "attic"),
    ("DELETE FROM transactions WHERE sequence = 2", "posting 2", "does not agree"),
    ("UPDATE transactions SET amount_e4 = 1 WHERE sequence = 2", "posting 2", "does not agree"),
    ("UPDATE accounts SET listed_transactions = 2", "account", "listed transactions"),
    ("UPDATE accounts SET transaction_sequence = 2", "account", "2 transactions"),
    (
        "UPDATE transactions SET is_pending = TRUE WHERE sequence = 2",
        "transaction ",
        "place in the list",
    ),
    (
        "UPDATE postings SET posted_at = posted_at + 1 WHERE sequence = 2",
        "posting 2",
        "does not agree",
    ),
    (
        "INSERT INTO holds (program_code, transaction_id, account_id, purse_id, amount_e4, \
         created_at) SELECT program_code, transaction_id, account_id, purse_id, 10, 0 \
         FROM transactions WHERE sequence = 1",
        "purse ",
        "available balance",
    ),
    (
        "INSERT INTO holds (program_code, transaction_id, account_id, purse_id, amount_e4, \
         created_at) SELECT program_code, 'none', account_id, purse_id, 0, 0 FROM purses",
        "",
        "",
    ),
];

on_both_engines! {
    async fn books_that_fit_are_told_with_their_sums(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = three_postings(&sim).await;
        let report = money.audited().await;
        let expected = json!({
            "fits": true, "postings": 3, "purses": 1, "owedToPurses": 7.0,
            "books": { "funding": -11.0, "settlement": 4.0 },
        });
        assert_eq!(report, expected);
        // Another world has books of its own.
        sim.control("PUT", "gbr", json!({})).await.expect(200);
        let other = sim.control("POST", "gbr/ledger/audit", Json::Null).await.expect(200).body;
        assert_eq!(other["postings"], 0);
        sim.control("POST", "nobody/ledger/audit", Json::Null).await.expect(404);
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        assert_eq!(audit(&sim).await["postings"], 0);
    }

    async fn each_kind_of_wrong_is_found_and_the_first_entry_named(engine: Engine) {
        for (text, entry, what) in WRONGS {
            let sim = TestSim::start(engine).await;
            let money = three_postings(&sim).await;
            tamper(&sim, text).await;
            let report = audit(&sim).await;
            assert_eq!(report["fits"], entry.is_empty(), "{text}: {report}");
            if entry.is_empty() {
                continue;
            }
            let problem = &report["problem"];
            assert_eq!(problem["accountIdentifier"], money.account, "{text}: {report}");
            let said = |member: &str| problem[member].as_str().unwrap().to_owned();
            assert!(said("entry").starts_with(entry), "{text}: {report}");
            assert!(said("what").contains(what), "{text}: {report}");
        }
    }

    async fn a_hold_that_is_not_that_of_its_authorization_is_found(engine: Engine) {
        for (statements, what) in [
            (
                [
                    "UPDATE holds SET amount_e4 = 100000",
                    "UPDATE purses SET available_e4 = ledger_e4 - 100000",
                ],
                "does not hold",
            ),
            (["DELETE FROM holds", "UPDATE purses SET available_e4 = ledger_e4"], "does not hold"),
            (
                ["UPDATE transactions SET status = 'posted' WHERE sequence = 4", "SELECT 1"],
                "no posting belongs to it",
            ),
        ] {
            let sim = TestSim::start(engine).await;
            let money = three_postings(&sim).await;
            let wish = json!({ "action": "authorize", "amount": 5, "merchant": "Corner Cafe" });
            sim.act("wf", &money.account, wish).await.expect(200);
            money.audited().await;
            for text in statements {
                tamper(&sim, text).await;
            }
            let report = audit(&sim).await;
            let said = report["problem"]["what"].as_str().unwrap_or_default();
            assert!(said.contains(what), "{statements:?}: {report}");
        }
    }

    async fn the_database_itself_refuses_what_is_no_posting(engine: Engine) {
        let sim = TestSim::start(engine).await;
        three_postings(&sim).await;
        for text in [
            "UPDATE postings SET amount_e4 = 0",
            "UPDATE postings SET amount_e4 = -5",
            "UPDATE postings SET debit_book = credit_book",
            "UPDATE postings SET purse_id = 'another'",
            "INSERT INTO postings SELECT program_code, account_id, sequence + 10, transaction_id, \
             purse_id, debit_book, credit_book, amount_e4, balance_e4, posted_at FROM postings",
        ] {
            let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
            unit.write(sql(text));
            assert!(unit.commit().await.is_err(), "{text}");
        }
        assert_eq!(audit(&sim).await["fits"], true);
    }
}
