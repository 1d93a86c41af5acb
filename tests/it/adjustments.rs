//! Adjustments: money moved into and out of an account by its partner.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::support::money::{Money, adjust, balances, history, money_account};
use crate::support::{Engine, TestSim, guid, on_both_engines};

/// `status / reason` of an adjustment's answer.
fn outcome(answer: &Json) -> String {
    let text = |member: &str| answer[member].as_str().unwrap_or("-").to_owned();
    format!("{} / {}", text("adjustmentStatus"), text("adjustmentStatusReason"))
}

on_both_engines! {
    async fn adj_1_a_credit_raises_both_balances_and_is_told_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (number, kind) in ["promo", "disbursement", "instructionCredit"].iter().enumerate() {
            let id = guid();
            let body = json!({
                "adjustmentIdentifier": id, "amount": "12.86", "currency": "USD",
                "adjustmentType": kind, "adjustmentDescription": "Acme Cashback",
            });
            let answer = adjust(&money, body).await.expect(200);
            assert_eq!(outcome(&answer.body), "completed / success");
            assert_eq!((answer.code(), answer.description()), ("0/0".to_owned(), "Success"));
            assert_eq!(answer.body["adjustmentIdentifier"], json!(id));
            let sum = 12.86 * (number as f64 + 1.0);
            let (available, ledger) = balances(&money).await;
            assert!((available - sum).abs() < 1e-9 && (ledger - sum).abs() < 1e-9);
            let rows = history(&money, "").await;
            assert_eq!(rows.len(), number + 1);
            assert_eq!(rows[0]["transactionAmount"], 12.86);
            assert_eq!((&rows[0]["isCredit"], &rows[0]["currency"]), (&json!(true), &json!("USD")));
        }
        let told = sim.transaction_events(&money).await;
        let rows = history(&money, "").await;
        assert_eq!(told.len(), 3);
        for (event, row) in told.iter().zip(rows.iter().rev()) {
            assert_eq!(event["transaction"], *row, "the webhook shows the row of the list");
        }
    }

    // Proves TXN-2.
    async fn txn_2_a_row_of_an_adjustment_carries_its_identifier_and_description(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let id = guid();
        let body = json!({
            "adjustmentIdentifier": id, "amount": 18.25, "currency": "USD",
            "adjustmentType": "promo", "adjustmentDescription": "Spring bonus", "fee": "",
        });
        adjust(&money, body).await.expect(200);
        let rows = history(&money, "").await;
        let expected = json!({ "adjustmentIdentifier": id, "description": "Spring bonus" });
        assert_eq!(rows[0]["postedInternalTransactionData"], expected);
        assert_eq!(rows[0]["transactionTypeDescription"], "Promotional Credit");
        let reversal = json!({
            "adjustmentIdentifier": guid(), "amount": 1, "currency": "USD",
            "adjustmentType": "promoReversal", "adjustmentDescription": "Back",
        });
        adjust(&money, reversal).await.expect(200);
        let rows = history(&money, "").await;
        assert_eq!(rows[0]["transactionTypeDescription"], "Promotional Credit Reversal");
        assert_eq!(rows[0]["isCredit"], false);
    }

    async fn adj_2_and_adj_3_a_debit_spends_what_is_there_and_no_more(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("20").await;
        for kind in ["instructionDebit", "anyDebitOut", "achOut"] {
            let answer = adjust(&money, money.body(kind, "5")).await.expect(200);
            assert_eq!(outcome(&answer.body), "completed / success", "{kind}");
        }
        assert_eq!(balances(&money).await, (5.0, 5.0));
        let before = sim.transaction_events(&money).await.len();
        let body = money.body("achOut", "5.0001");
        let declined = adjust(&money, body.clone()).await.expect(200);
        assert_eq!(outcome(&declined.body), "declined / insufficientFunds");
        assert_eq!(declined.code(), "0/0");
        assert_eq!(balances(&money).await, (5.0, 5.0));
        assert_eq!(history(&money, "").await.len(), 4);
        assert_eq!(sim.transaction_events(&money).await.len(), before);
        // Said again, it is answered as it stands, though the money is there now.
        money.credit("100").await;
        assert_eq!(outcome(&adjust(&money, body).await.expect(200).body), outcome(&declined.body));
        let mut below = money.body("achOut", "500.5");
        below["debitToNegative"] = json!("true");
        let answer = adjust(&money, below).await.expect(200);
        assert_eq!(outcome(&answer.body), "completed / success");
        assert_eq!(balances(&money).await, (-395.5, -395.5));
        money.audited().await;
    }

    async fn adj_4_a_reversal_stands_alone_with_its_own_amount(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (kind, amount, after) in [
            ("anyDebitOutReversal", "7", 7.0),
            ("achOutReversal", "3", 10.0),
            ("promoReversal", "4", 6.0),
            ("disbursementReversal", "6", 0.0),
        ] {
            let answer = adjust(&money, money.body(kind, amount)).await.expect(200);
            assert_eq!(outcome(&answer.body), "completed / success", "{kind}");
            assert_eq!(balances(&money).await, (after, after), "{kind}");
        }
        let declined = adjust(&money, money.body("promoReversal", "0.01")).await.expect(200);
        assert_eq!(outcome(&declined.body), "declined / insufficientFunds");
    }

    async fn adj_5_a_type_is_configured_or_refused_and_two_are_open_in_pie_mode(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for kind in ["bonus", "Promo", ""] {
            let answer = adjust(&money, money.body(kind, "1")).await.expect_refused(400, "400/0");
            assert!(answer.explanation().starts_with("ADJ-5:"), "{}", answer.explanation());
        }
        let only = json!({ "adjustmentTypes": [{
            "name": "bonus", "direction": "credit", "book": "funding",
            "transactionType": "promo", "transactionTypeDescription": "Bonus",
        }] });
        sim.control("PUT", "wf", only).await.expect(200);
        adjust(&money, money.body("promo", "1")).await.expect_refused(400, "400/0");
        for kind in ["bonus", "instructionCredit", "instructionDebit"] {
            adjust(&money, money.body(kind, "1")).await.expect(200);
        }
        let rows = history(&money, "?transactionType=promo").await;
        assert_eq!(rows[0]["transactionTypeDescription"], "Bonus");
        sim.control("PUT", "wf", json!({ "pieMode": false })).await.expect(200);
        for kind in ["instructionCredit", "instructionDebit"] {
            adjust(&money, money.body(kind, "1")).await.expect_refused(400, "400/0");
        }
        assert_eq!(history(&money, "").await.len(), 3);
    }

    async fn adj_6_a_fee_is_posted_and_shown_apart(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("10").await;
        let mut body = money.body("anyDebitOut", "5");
        body["fee"] = json!("1.50");
        adjust(&money, body.clone()).await.expect(200);
        assert_eq!(balances(&money).await, (3.5, 3.5));
        let rows = history(&money, "").await;
        let row = |at: usize| {
            [rows[at]["transactionType"].clone(), rows[at]["transactionAmount"].clone()]
        };
        assert_eq!(row(0), [json!("fee"), json!(1.5)]);
        assert_eq!(row(1), [json!("adjustment"), json!(5.0)]);
        let id = &body["adjustmentIdentifier"];
        assert_eq!(rows[0]["postedInternalTransactionData"]["adjustmentIdentifier"], *id);
        let path = format!("{}/adjustments/{}", money.path, id.as_str().unwrap());
        assert_eq!(money.partner.get(&path).await.expect(200).body["fee"], 1.5);
        // The amount is there, amount and fee are not: neither is posted.
        let mut beyond = money.body("anyDebitOut", "3");
        beyond["fee"] = json!(0.51);
        let declined = adjust(&money, beyond).await.expect(200);
        assert_eq!(outcome(&declined.body), "declined / insufficientFunds");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((3.5, 3.5), 3));
        let mut credit = money.body("promo", "2");
        credit["fee"] = json!(0.25);
        adjust(&money, credit).await.expect(200);
        assert_eq!(balances(&money).await, (5.25, 5.25));
        // What a credit brings pays its fee even where the account is below zero.
        let mut below = money.body("achOut", "50");
        below["debitToNegative"] = json!(true);
        adjust(&money, below).await.expect(200);
        let mut credit = money.body("promo", "20");
        credit["fee"] = json!(5);
        let answer = adjust(&money, credit).await.expect(200);
        assert_eq!(outcome(&answer.body), "completed / success");
        assert_eq!(balances(&money).await, (-29.75, -29.75));
        let mut dear = money.body("promo", "20");
        dear["fee"] = json!("20.01");
        let declined = adjust(&money, dear).await.expect(200);
        assert_eq!(outcome(&declined.body), "declined / insufficientFunds");
        money.audited().await;
    }

    async fn adj_7_an_adjustment_reads_back_in_all_its_members(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let id = guid();
        let body = json!({
            "adjustmentIdentifier": id, "amount": "9.4000", "currency": "USD",
            "adjustmentType": "instructionCredit", "adjustmentDescription": "In", "fee": "0",
            "debitToNegative": null,
        });
        adjust(&money, body).await.expect(200);
        let path = |id: &str| format!("{}/adjustments/{id}", money.path);
        let read = money.partner.get(&path(&id)).await.expect(200);
        let mut shown = read.body.clone();
        shown.as_object_mut().unwrap().remove("responseDetails");
        let expected = json!({
            "adjustmentIdentifier": id, "amount": 9.4, "currency": "USD",
            "adjustmentType": "instructionCredit", "adjustmentDescription": "In", "fee": 0.0,
            "transactionDate": "2031-05-06T10:00:00.000Z", "debitToNegative": false,
            "adjustmentStatus": "completed", "adjustmentStatusReason": "success",
        });
        assert_eq!(shown, expected);
        let unknown = money.partner.get(&path(&guid())).await.expect_refused(404, "10/1");
        assert!(unknown.explanation().starts_with("ADJ-7:"), "{}", unknown.explanation());
        let elsewhere = format!("/accounts/{}/adjustments/{id}", guid());
        money.partner.get(&elsewhere).await.expect_refused(404, "10/0");
        money.partner.get(&path("7")).await.expect_refused(400, "400/0");
        let header = json!({ "answers": { "responseHeader": true } });
        sim.control("PUT", "wf", header).await.expect(200);
        let legacy = money.partner.get(&path(&id)).await.expect(200).body;
        assert_eq!(legacy["responseHeader"]["message"], "Success");
    }

    async fn adj_8_one_identifier_is_carried_out_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let body = money.body("promo", "5");
        let first = adjust(&money, body.clone()).await.expect(200);
        let again = adjust(&money, body.clone()).await.expect(200);
        assert_eq!(first.body, again.body);
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((5.0, 5.0), 1));
        for (member, value) in [("amount", json!(6)), ("adjustmentType", json!("disbursement"))] {
            let mut other = body.clone();
            other[member] = value;
            let refused = adjust(&money, other).await.expect_refused(400, "400/0");
            assert!(refused.explanation().starts_with("ADJ-8:"), "{}", refused.explanation());
        }
        // The same identifier on another account is another adjustment.
        let other = money_account(&sim, "wf").await;
        adjust(&other, body).await.expect(200);
        assert_eq!(balances(&other).await, (5.0, 5.0));
        assert_eq!(balances(&money).await, (5.0, 5.0));
    }

    // Proves ADJ-8, ADJ-11.
    async fn the_same_adjustment_in_parallel_is_posted_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = Arc::new(money_account(&sim, "wf").await);
        let body = money.body("promo", "5");
        let calls = (0..40).map(|_| {
            let (money, body) = (Arc::clone(&money), body.clone());
            tokio::spawn(async move { adjust(&money, body).await.expect(200).text })
        });
        let answers: HashSet<String> = futures_util::future::join_all(calls)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((5.0, 5.0), 1));
        assert_eq!(sim.transaction_events(&money).await.len(), 1);
    }

    async fn adj_10_amounts_currencies_and_accounts_that_will_not_do(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("5").await;
        for amount in [
            json!(0), json!("0"), json!(-1), json!("-0.01"), json!(1.00001), json!("1.00000"),
            json!("1e2"), json!(""), json!("five"), json!(null), json!(true), json!([5]),
            json!(1_000_000_000), json!("99999999999999999999999"), json!("1,000"), json!(" 5"),
        ] {
            let mut body = money.body("promo", "1");
            body["amount"] = amount.clone();
            let refused = adjust(&money, body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains("amount"), "{amount}: {}", refused.text);
        }
        let exponent = money.body("promo", "1").to_string().replace("\"1\"", "1e2");
        let refused = money.raw("POST", "/adjustments", exponent).await;
        let refused = refused.expect_refused(400, "400/0");
        assert!(refused.description().starts_with("amount: "), "{}", refused.text);
        for number in ["1.00000", "12.860000000000000001", "1E2"] {
            let body = money.body("promo", "1").to_string().replace("\"1\"", number);
            let refused = money.raw("POST", "/adjustments", body).await;
            let refused = refused.expect_refused(400, "400/0");
            assert!(refused.description().starts_with("amount: "), "{}", refused.text);
        }
        for fee in [json!(-1), json!("x"), json!(0.00001), json!({})] {
            let mut body = money.body("promo", "1");
            body["fee"] = fee.clone();
            let refused = adjust(&money, body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains("fee"), "{fee}: {}", refused.text);
        }
        for member in ["adjustmentIdentifier", "amount", "currency", "adjustmentType"] {
            let mut body = money.body("promo", "1");
            body.as_object_mut().unwrap().remove(member);
            let refused = adjust(&money, body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{}", refused.text);
        }
        for (currency, code) in [("EUR", "650/430"), ("usd", "650/0"), ("XQX", "650/0")] {
            let mut body = money.body("promo", "1");
            body["currency"] = json!(currency);
            let refused = adjust(&money, body).await.expect_refused(400, code);
            assert!(refused.explanation().starts_with("ADJ-10:"), "{}", refused.explanation());
        }
        let mut long = money.body("promo", "1");
        long["adjustmentDescription"] = json!("x".repeat(256));
        adjust(&money, long).await.expect_refused(400, "400/0");
        let mut no_guid = money.body("promo", "1");
        no_guid["adjustmentIdentifier"] = json!("7");
        let refused = adjust(&money, no_guid).await.expect_refused(400, "400/0");
        assert!(refused.description().starts_with("adjustmentIdentifier"), "{}", refused.text);
        let nobody = format!("/accounts/{}/adjustments", guid());
        let body = money.body("promo", "1");
        let missing = money.partner.call("POST", &nobody, &guid(), body.clone()).await;
        missing.expect_refused(404, "10/0");
        let mut elsewhere = money.partner.clone();
        elsewhere.program = "gbr".to_owned();
        let path = format!("{}/adjustments", money.path);
        elsewhere.call("POST", &path, &guid(), body).await.expect_refused(404, "10/0");
        let barred = json!({ "action": "closeAccount" });
        sim.act("wf", &money.account, json!({ "action": "lockForFraud" })).await.expect(200);
        let barred = sim.act("wf", &money.account, barred).await.expect(409);
        assert!(barred.text.contains("nothing in its purses"), "{}", barred.text);
        for action in ["restrictForFraud", "lockForFraud"] {
            sim.act("wf", &money.account, json!({ "action": action })).await.expect(200);
            let refused = adjust(&money, money.body("promo", "1")).await;
            let refused = refused.expect_refused(200, "4/105");
            assert!(refused.explanation().starts_with("ADJ-10:"), "{}", refused.explanation());
        }
        assert_eq!(balances(&money).await, (5.0, 5.0));
        assert_eq!(history(&money, "").await.len(), 1);
    }

    async fn adj_11_two_hundred_parallel_debits_spend_a_balance_exactly_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = Arc::new(money_account(&sim, "wf").await);
        money.credit("50").await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let debits = (0..200).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => Arc::new(money.at(other)),
                _ => Arc::clone(&money),
            };
            tokio::spawn(async move {
                let body = money.body("anyDebitOut", "1");
                outcome(&adjust(&money, body).await.expect(200).body)
            })
        });
        let outcomes = futures_util::future::join_all(debits.collect::<Vec<_>>()).await;
        let outcomes: Vec<String> = outcomes.into_iter().map(Result::unwrap).collect();
        let count = |wanted: &str| outcomes.iter().filter(|outcome| *outcome == wanted).count();
        assert_eq!(count("completed / success"), 50);
        assert_eq!(count("declined / insufficientFunds"), 150);
        assert_eq!(balances(&money).await, (0.0, 0.0));
        assert_eq!(history(&money, "?limit=1000").await.len(), 51);
        assert_eq!(sim.transaction_events(&money).await.len(), 51);
        money.audited().await;
    }
}

on_both_engines! {
    async fn adj_9_a_silent_processor_leaves_an_adjustment_pending_for_the_retry(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money: Money = money_account(&sim, "wf").await;
        let fault = json!({ "effect": { "kind": "processorTimeout" }, "times": 2 });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let body = money.body("promo", "5");
        let answer = adjust(&money, body.clone()).await.expect(200);
        assert_eq!(outcome(&answer.body), "pending / timeout");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
        assert_eq!(outcome(&adjust(&money, body.clone()).await.body), "pending / timeout");
        let ran = sim.advance("wf", "PT15M").await;
        assert_eq!(ran[0]["kind"], "settleAdjustment");
        assert_eq!(balances(&money).await, (0.0, 0.0));
        sim.advance("wf", "PT15M").await;
        assert_eq!(balances(&money).await, (5.0, 5.0));
        assert_eq!(outcome(&adjust(&money, body).await.body), "completed / success");
        let told = sim.transaction_events(&money).await;
        assert_eq!(told.len(), 1);
        let types: Vec<Json> = sim.events_of("wf", &money.account).await.iter()
            .map(|event| event["eventType"].clone()).collect();
        assert_eq!(types, ["accountUpdated", "transaction"]);
        money.audited().await;
    }

    async fn adj_9_when_all_retries_fail_the_final_status_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let fault = json!({ "effect": { "kind": "processorTimeout" } });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let body = money.body("promo", "5");
        adjust(&money, body.clone()).await.expect(200);
        let ran = sim.advance("wf", "PT24H").await;
        let tries = ran.iter().filter(|job| job["kind"] == "settleAdjustment").count();
        assert_eq!(tries, 3);
        assert_eq!(outcome(&adjust(&money, body.clone()).await.body), "declined / timeout");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
        let events = sim.events_of("wf", &money.account).await;
        let last = events.last().unwrap();
        assert_eq!(last["eventType"], "adjustmentFinalStatus");
        let told = &last["event"]["adjustment"];
        assert_eq!(told["adjustmentIdentifier"], body["adjustmentIdentifier"]);
        assert_eq!(outcome(told), "declined / timeout");
        assert!(sim.transaction_events(&money).await.is_empty());
    }

    // Proves ADJ-9.
    async fn a_timeout_of_one_account_or_caller_lasts_through_the_retries(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, other) = (money_account(&sim, "wf").await, money_account(&sim, "wf").await);
        let path = format!("/programs/wf{}/adjustments", money.path);
        for matching in [json!({ "path": path }), json!({ "caller": "demo", "path": path })] {
            let fault = json!({ "match": matching, "effect": { "kind": "processorTimeout" } });
            sim.control("POST", "wf/faults", fault).await.expect(201);
            let body = money.body("promo", "5");
            assert_eq!(outcome(&adjust(&money, body.clone()).await.body), "pending / timeout");
            let spared = adjust(&other, other.body("promo", "5")).await;
            assert_eq!(outcome(&spared.body), "completed / success");
            sim.advance("wf", "PT2H").await;
            assert_eq!(outcome(&adjust(&money, body).await.body), "declined / timeout");
            sim.control("DELETE", "wf/faults", Json::Null).await.expect(204);
        }
        // A single try is the call itself.
        sim.control("PUT", "wf", json!({ "adjustments": { "tries": 1 } })).await.expect(200);
        let fault = json!({ "effect": { "kind": "processorTimeout" } });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let once = adjust(&money, money.body("promo", "5")).await;
        assert_eq!(outcome(&once.body), "declined / timeout");
        assert!(sim.advance("wf", "PT2H").await.is_empty());
    }

    // Proves ADJ-9.
    async fn an_adjustment_that_comes_late_finds_the_money_gone_or_the_account_closed(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("5").await;
        let fault = json!({ "effect": { "kind": "processorTimeout" }, "times": 1 });
        sim.control("POST", "wf/faults", fault.clone()).await.expect(201);
        let late = money.body("anyDebitOut", "5");
        assert_eq!(outcome(&adjust(&money, late.clone()).await.body), "pending / timeout");
        adjust(&money, money.body("anyDebitOut", "5")).await.expect(200);
        sim.advance("wf", "PT15M").await;
        assert_eq!(outcome(&adjust(&money, late).await.body), "declined / insufficientFunds");
        assert_eq!(sim.last_event(&money).await["eventType"], "adjustmentFinalStatus");
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let closing = money.body("promo", "5");
        assert_eq!(outcome(&adjust(&money, closing.clone()).await.body), "pending / timeout");
        sim.act("wf", &money.account, json!({ "action": "lockForFraud" })).await.expect(200);
        sim.advance("wf", "PT15M").await;
        assert_eq!(outcome(&adjust(&money, closing).await.body), "declined / timeout");
        money.audited().await;
    }
}
