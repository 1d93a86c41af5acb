//! What other banks send over ACH, and fees.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;

use crate::card_activity::{act, attempt, id, line, lines, refused, rows};
use crate::support::money::{balances, history, money_account};
use crate::support::{Engine, TestSim, on_both_engines};

on_both_engines! {
    // Proves TXN-3.
    async fn a_direct_deposit_is_posted_with_its_category_and_bank(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let deposit = json!({
            "action": "directDeposit", "amount": "1250.75", "category": "pr",
            "originator": "Acme Payroll", "description": "May wages",
        });
        let answer = act(&sim, &money, deposit).await;
        assert_eq!(
            (&answer["availableBalance"], &answer["ledgerBalance"]),
            (&json!(1250.75), &json!(1250.75))
        );
        let row = answer["transactions"][0].clone();
        assert_eq!(line(&row), "achIn completed +1250.75");
        let internal = &row["postedInternalTransactionData"];
        assert_eq!(internal["achCategoryCode"], "pr");
        assert_eq!(internal["description"], "May wages");
        assert_eq!(internal["bankData"]["bankName"], "Acme Payroll");
        assert_eq!(internal["bankData"]["routingNumber"].as_str().unwrap().len(), 9);
        assert_eq!(row["transactionTypeDescription"], "Deposit");
        assert_eq!(history(&money, "").await, std::slice::from_ref(&row));
        let told = sim.transaction_events(&money).await;
        assert_eq!((told.len(), &told[0]["transaction"]), (1, &row));
        // Another one of this originator comes from the same bank.
        let tax = json!({ "action": "directDeposit", "amount": 1, "originator": "Acme Payroll" });
        let second = rows(&sim, &money, tax).await.remove(0);
        assert_eq!(second["postedInternalTransactionData"]["bankData"], internal["bankData"]);
        assert_eq!(second["postedInternalTransactionData"]["description"], "Acme Payroll");
        for (member, value) in [("category", "wages"), ("originator", ""), ("amount", "0")] {
            let mut wrong = json!({ "action": "directDeposit", "amount": 1, "originator": "Acme" });
            wrong[member] = json!(value);
            refused(&sim, &money, wrong, (400, &format!("{member}: "))).await;
        }
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_ach_debit_takes_what_is_available_and_no_more(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("30").await;
        let hold = json!({ "action": "authorize", "amount": 10, "merchant": "Corner Cafe" });
        act(&sim, &money, hold).await;
        let debit = |amount: &str| {
            let (name, category) = ("achDebit", "com");
            json!({ "action": name, "amount": amount, "originator": "Gym", "category": category })
        };
        refused(&sim, &money, debit("20.01"), (409, "20.01 is wanted and 20.00 is available"))
            .await;
        let row = rows(&sim, &money, debit("20")).await.remove(0);
        assert_eq!(line(&row), "achIn completed -20.0");
        assert_eq!(row["postedInternalTransactionData"]["achCategoryCode"], "com");
        assert_eq!(balances(&money).await, (0.0, 10.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_entry_goes_back_once_even_if_the_money_is_gone(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let deposit = json!({ "action": "directDeposit", "amount": 40, "originator": "Acme" });
        let credit = rows(&sim, &money, deposit).await.remove(0);
        let debit = json!({ "action": "achDebit", "amount": 25, "originator": "Gym" });
        let debit = rows(&sim, &money, debit).await.remove(0);
        let back = |id: String| json!({ "action": "returnAch", "transactionIdentifier": id });
        let returned = rows(&sim, &money, back(id(&credit))).await.remove(0);
        assert_eq!(line(&returned), "achIn completed -40.0");
        assert_eq!(returned["transactionTypeDescription"], "ACH Return");
        let bank =
            |row: &serde_json::Value| row["postedInternalTransactionData"]["bankData"].clone();
        assert_eq!(bank(&returned), bank(&credit));
        assert_eq!(balances(&money).await, (-25.0, -25.0));
        let other = rows(&sim, &money, back(id(&debit))).await.remove(0);
        assert_eq!(line(&other), "achIn completed +25.0");
        assert_eq!(balances(&money).await, (0.0, 0.0));
        for row in [&credit, &debit] {
            refused(&sim, &money, back(id(row)), (409, "was returned already")).await;
        }
        for row in [&returned, &other] {
            refused(&sim, &money, back(id(row)), (409, "is no ACH entry that came in")).await;
        }
        money.credit("1").await;
        let adjustment = id(&history(&money, "?transactionType=adjustment").await[0]);
        refused(&sim, &money, back(adjustment), (409, "is no ACH entry that came in")).await;
        assert_eq!(lines(&money, "?transactionType=achIn").await.len(), 4);
        assert_eq!(sim.transaction_events(&money).await.len(), 5);
        money.audited().await;
    }

    // Proves TXN-3.
    async fn parallel_returns_of_one_entry_post_once(engine: Engine) {
        let sim = Arc::new(TestSim::start(engine).await);
        let money = money_account(&sim, "wf").await;
        let deposit = json!({ "action": "directDeposit", "amount": 40, "originator": "Acme" });
        let credit = id(&rows(&sim, &money, deposit).await[0]);
        let attempts = (0..10).map(|_| {
            let (sim, money) = (Arc::clone(&sim), money.clone());
            let back = json!({ "action": "returnAch", "transactionIdentifier": credit });
            tokio::spawn(async move { attempt(&sim, &money, back).await.status })
        });
        let done = join_all(attempts.collect::<Vec<_>>()).await;
        let mut done: Vec<u16> = done.into_iter().map(Result::unwrap).collect();
        done.sort_unstable();
        assert_eq!(
            (done[0], done[1..].iter().all(|status| *status == 409)),
            (200, true),
            "{done:?}"
        );
        assert_eq!(balances(&money).await, (0.0, 0.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_entry_for_an_account_out_of_use_is_returned(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let entry = |name: &str| json!({ "action": name, "amount": 5, "originator": "Acme" });
        act(&sim, &money, json!({ "action": "restrictForFraud" })).await;
        act(&sim, &money, entry("directDeposit")).await;
        let credit = id(&history(&money, "").await[0]);
        act(&sim, &money, json!({ "action": "chargeFee", "amount": 5, "description": "F" })).await;
        for status in ["lock", "close"] {
            let step = if status == "lock" { "lockForFraud" } else { "closeAccount" };
            act(&sim, &money, json!({ "action": step })).await;
            let says = format!("the account is {status}");
            for name in ["directDeposit", "achDebit"] {
                refused(&sim, &money, entry(name), (409, &says)).await;
                refused(&sim, &money, entry(name), (409, "the entry is returned")).await;
            }
        }
        let back = json!({ "action": "returnAch", "transactionIdentifier": credit });
        refused(&sim, &money, back, (409, "the account is closed")).await;
        assert_eq!(balances(&money).await, (0.0, 0.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_fee_spends_what_is_there(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("5").await;
        let fee = |amount: &str| {
            json!({ "action": "chargeFee", "amount": amount, "description": "Monthly fee" })
        };
        refused(&sim, &money, fee("5.0001"), (409, "amount: 5.0001 is wanted")).await;
        let row = rows(&sim, &money, fee("5")).await.remove(0);
        assert_eq!(line(&row), "fee completed -5.0");
        assert_eq!(row["postedInternalTransactionData"]["description"], "Monthly fee");
        assert_eq!(balances(&money).await, (0.0, 0.0));
        refused(&sim, &money, fee("0.01"), (409, "is available")).await;
        money.audited().await;
    }
}
