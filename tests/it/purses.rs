//! Purses: made beside the primary one, described, emptied, closed.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, balances, history, money_account};
use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines};

/// POST purses.
async fn create(money: &Money, body: Json) -> Answer {
    money.call("POST", "/purses", body).await
}

/// A new savings purse.
pub async fn savings(money: &Money) -> String {
    let made = create(money, json!({ "purseType": "Savings" })).await.expect(200);
    made.body["purse"]["purseIdentifier"].as_str().unwrap().to_owned()
}

/// GET purses.
pub async fn purses(money: &Money) -> Vec<Json> {
    let path = format!("{}/purses", money.path);
    money.partner.get(&path).await.expect(200).body["purses"].as_array().unwrap().clone()
}

/// The id of the purse that every account has.
pub async fn primary(money: &Money) -> String {
    let first = &purses(money).await[0];
    assert_eq!(first["purseType"], "primary");
    first["purseIdentifier"].as_str().unwrap().to_owned()
}

/// Moves money from purse to purse.
pub async fn transfer(money: &Money, (from, to): (&str, &str), amount: &str) -> Answer {
    let body = json!({
        "transferIdentifier": guid(), "transferType": "purse",
        "transferRoute": {
            "transactionAmount": amount,
            "sourceTransferEndpoint": { "purseIdentifier": from },
            "targetTransferEndpoint": { "purseIdentifier": to },
        },
    });
    money.partner.call("POST", "/transfers", &guid(), body).await
}

/// PUT purse.
async fn update(money: &Money, purse: &str, body: Json) -> Answer {
    money.call("PUT", &format!("/purses/{purse}"), body).await
}

/// DELETE purse.
async fn close(money: &Money, purse: &str) -> Answer {
    money.call("DELETE", &format!("/purses/{purse}"), Json::Null).await
}

/// Holds the account back, with this cure.
async fn hold(money: &Money, status: &str, cure: &str) {
    let body = json!({
        "status": status, "statusReason": "potentialFraud", "notes": "n", "cure": cure,
    });
    money.call("PUT", "/status", body).await.expect(200);
}

#[track_caller]
fn explained(answer: &Answer, rule: &str) {
    let explanation = answer.explanation();
    assert!(explanation.starts_with(&format!("{rule}:")), "{explanation}");
}

on_both_engines! {
    async fn prs_1_a_purse_is_made_with_all_its_members_and_shown(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let before = money.read().await["purses"].clone();
        sim.advance("wf", "PT1H").await;
        let body = json!({
            "purseType": "Savings", "purseDescription": "Trip, 2032 (50%)", "goalAmount": "1500.50",
            "goalDate": "2032-02-29", "purseIcon": "plane", "interestRateTier": "tier1",
            "interestYieldStartDate": "2031-05-06", "autoAlignStartDate": true,
            "purseSubType": "goal", "isHidden": "true", "isRoundUp": true,
        });
        let made = create(&money, body).await.expect(200);
        let mut purse = made.body["purse"].clone();
        let id = purse["purseIdentifier"].as_str().unwrap().to_owned();
        let expected = json!({
            "purseIdentifier": id, "purseType": "savings", "availableBalance": 0.0,
            "ledgerBalance": 0.0,
            "availableBalanceAsOfDateTime": "2031-05-06T11:00:00.000Z",
            "ledgerBalanceAsOfDateTime": "2031-05-06T11:00:00.000Z", "isHidden": true,
            "status": "active", "interestRateTier": "tier1", "isRoundUp": true,
            "purseDescription": "Trip, 2032 (50%)", "goalAmount": 1500.5,
            "goalDate": "2032-02-29", "purseIcon": "plane", "purseSubType": "Goal",
            "createDate": "2031-05-06T11:00:00.000Z",
        });
        assert_eq!(purse, expected);
        // The words of the older page, in any case, and no more than is needed.
        let plain = create(&money, json!({ "type": "general" })).await.expect(200).body;
        assert_eq!(plain["purse"]["purseType"], "general");
        for absent in ["interestRateTier", "goalAmount", "purseDescription", "purseIcon"] {
            assert!(plain["purse"].get(absent).is_none(), "{plain}");
        }
        let listed = purses(&money).await;
        assert_eq!((listed.len(), &listed[1], &listed[2]), (3, &purse, &plain["purse"]));
        assert_eq!(listed[0]["createDate"], "2031-05-06T10:00:00.000Z");
        // The account object shows them behind the primary one, which stays as it was.
        let account = money.read().await["purses"].clone();
        assert_eq!(account[0], before[0]);
        purse.as_object_mut().unwrap().remove("createDate");
        assert_eq!(account[1], purse);
        assert_eq!(account.as_array().unwrap().len(), 3);
        // Nobody is told: no event shows purses.
        assert_eq!(sim.events_of("wf", &money.account).await.len(), 1);
        money.audited().await;
    }

    async fn prs_1_members_that_will_not_do_are_named(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (member, value) in [
            ("purseType", json!("primary")), ("purseType", json!("")), ("purseType", json!(null)),
            ("purseType", json!(7)), ("purseDescription", json!("and/or")),
            ("purseDescription", json!("x".repeat(101))), ("purseDescription", json!("caf\u{e9}")),
            ("goalAmount", json!(0)), ("goalAmount", json!("-5")), ("goalAmount", json!("5.00001")),
            ("goalAmount", json!("1e3")), ("goalDate", json!("2032-2-29")),
            ("goalDate", json!("2031-02-29")), ("goalDate", json!("29.02.2032")),
            ("purseIcon", json!("x".repeat(101))), ("purseIcon", json!("a\nb")),
            ("interestRateTier", json!("tier3")), ("interestYieldStartDate", json!("soon")),
            ("autoAlignStartDate", json!("perhaps")), ("purseSubType", json!("Holidays")),
            ("isHidden", json!(1)), ("isRoundUp", json!("no")),
        ] {
            let mut body = json!({ "purseType": "Savings" });
            body[member] = value.clone();
            let refused = create(&money, body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{member} {value}: {}", refused.text);
        }
        create(&money, json!({})).await.expect_refused(400, "400/0");
        assert_eq!(purses(&money).await.len(), 1);
    }

    async fn prs_1_purses_are_made_on_accounts_in_use_up_to_their_bound(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let nowhere = format!("/accounts/{}/purses", guid());
        let body = json!({ "purseType": "Savings" });
        let missing = money.partner.call("POST", &nowhere, &guid(), body.clone()).await;
        missing.expect_refused(404, "10/0");
        money.partner.get(&nowhere).await.expect_refused(404, "10/0");
        let bound = json!({ "purses": { "perAccount": 3 } });
        sim.control("PUT", "wf", bound).await.expect(200);
        let (first, _) = (savings(&money).await, savings(&money).await);
        let refused = create(&money, body.clone()).await.expect_refused(400, "400/0");
        assert!(refused.description().contains("at most 3 purses"), "{}", refused.text);
        close(&money, &first).await.expect(200);
        savings(&money).await;
        let wrong = json!({ "purses": { "perAccount": 101 } });
        sim.control("PUT", "wf", wrong).await.expect(400);
        for (status, cure) in [("restricted", "idv"), ("locked", "none")] {
            hold(&money, status, cure).await;
            let refused = create(&money, body.clone()).await.expect_refused(200, "4/105");
            explained(&refused, "PRS-1");
        }
        let mut person = sim.person("wf").await;
        person["identifyingData"]["ssn"] = json!("991001234");
        let pending = money.partner.enroll(&guid(), &enrollment(&person)).await.account_id();
        let path = format!("/accounts/{pending}/purses");
        money.partner.call("POST", &path, &guid(), body).await.expect_refused(200, "4/105");
    }

    async fn prs_1_one_request_id_makes_one_purse(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = Arc::new(money_account(&sim, "wf").await);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let (path, id) = (format!("{}/purses", money.path), guid());
        let calls = (0..20usize).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => Arc::new(money.at(other)),
                _ => Arc::clone(&money),
            };
            let (path, id) = (path.clone(), id.clone());
            let body = json!({ "purseType": "Savings" });
            tokio::spawn(async move {
                money.partner.call("POST", &path, &id, body).await.expect(200).text
            })
        });
        let answers: HashSet<String> =
            join_all(calls.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect();
        assert_eq!((answers.len(), purses(&money).await.len()), (1, 2));
        let purse = purses(&money).await[1]["purseIdentifier"].as_str().unwrap().to_owned();
        // It is answered as it now stands, closed as well.
        close(&money, &purse).await.expect(200);
        let body = json!({ "purseType": "Savings" });
        let again = money.partner.call("POST", &path, &id, body).await.expect(200);
        let shown = &again.body["purse"];
        assert_eq!(shown["purseIdentifier"], json!(purse));
        assert_eq!(shown["status"], "closed");
        assert_eq!(purses(&money).await.len(), 1);
    }

    async fn prs_2_a_purse_is_changed_in_the_members_that_are_given(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let purse = savings(&money).await;
        money.credit("10").await;
        transfer(&money, (&primary(&money).await, &purse), "4").await.expect(200);
        let shown = |answer: &Answer, member: &str| answer.body["purse"][member].clone();
        let all = json!({
            "purseDescription": "Taxes + more", "goalAmount": 20, "goalDate": "2031-12-31",
            "purseIcon": "coin", "isRoundUp": true, "isHidden": "true",
        });
        let answer = update(&money, &purse, all).await.expect(200);
        assert_eq!(shown(&answer, "purseDescription"), "Taxes + more");
        assert_eq!(shown(&answer, "goalAmount"), 20.0);
        assert_eq!(shown(&answer, "availableBalance"), 4.0);
        let kept = update(&money, &purse, json!({ "goalDate": "2032-01-01" })).await.expect(200);
        assert_eq!(shown(&kept, "goalDate"), "2032-01-01");
        for member in ["purseDescription", "goalAmount", "purseIcon", "isRoundUp", "isHidden"] {
            assert_eq!(shown(&kept, member), shown(&answer, member), "{member}");
        }
        assert_eq!(purses(&money).await[1], kept.body["purse"]);
        // Empty texts and 0 take away, null and nothing leave as it is.
        let untouched = json!({ "purseDescription": null, "goalAmount": null, "isHidden": null });
        assert_eq!(update(&money, &purse, untouched).await.expect(200).body, kept.body);
        let emptied = json!({
            "purseDescription": "", "goalAmount": 0, "goalDate": "", "purseIcon": "",
            "isRoundUp": false,
        });
        let emptied = update(&money, &purse, emptied).await.expect(200);
        for member in ["purseDescription", "goalAmount", "goalDate", "purseIcon"] {
            assert!(shown(&emptied, member).is_null(), "{}", emptied.text);
        }
        for (member, value) in [
            ("purseDescription", json!("a/b")), ("goalAmount", json!(-1)),
            ("goalDate", json!("never")), ("purseIcon", json!("a\tb")), ("isRoundUp", json!(2)),
        ] {
            let mut body = json!({ "purseDescription": "changed" });
            body[member] = value;
            let refused = update(&money, &purse, body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{}", refused.text);
        }
        assert_eq!(purses(&money).await[1], emptied.body["purse"]);
        money.audited().await;
    }

    async fn prs_2_a_purse_can_be_changed_while_a_restriction_has_a_cure(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let purse = savings(&money).await;
        let body = json!({ "purseDescription": "a" });
        for (status, cure, code) in [
            ("restricted", "idv", "0/0"), ("restricted", "manual", "0/0"),
            ("restricted", "none", "4/105"), ("locked", "idv", "4/105"),
            ("locked", "none", "4/105"),
        ] {
            hold(&money, status, cure).await;
            let answer = update(&money, &purse, body.clone()).await.expect(200);
            assert_eq!(answer.code(), code, "{status} {cure}");
            if code != "0/0" {
                explained(&answer, "PRS-2");
            }
        }
        let unknown = update(&money, &guid(), body.clone()).await;
        unknown.expect_refused(200, "4/105");
        let free = money_account(&sim, "wf").await;
        let refused = update(&free, &purse, body.clone()).await.expect_refused(404, "10/1");
        explained(&refused, "PRS-2");
        update(&free, "7", body.clone()).await.expect_refused(400, "400/0");
        let nowhere = format!("/accounts/{}/purses/{purse}", guid());
        money.partner.call("PUT", &nowhere, &guid(), body).await.expect_refused(404, "10/0");
    }

    async fn prs_3_only_an_empty_purse_beside_the_primary_one_is_closed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let (main, purse) = (primary(&money).await, savings(&money).await);
        let refused = close(&money, &main).await.expect_refused(400, "400/0");
        explained(&refused, "PRS-3");
        money.credit("5").await;
        transfer(&money, (&main, &purse), "0.0001").await.expect(200);
        let refused = close(&money, &purse).await.expect_refused(400, "400/0");
        assert_eq!(refused.description(), "A purse must be empty to be closed.");
        assert_eq!(purses(&money).await.len(), 2);
        transfer(&money, (&purse, &main), "0.0001").await.expect(200);
        close(&money, &purse).await.expect(200);
        assert_eq!((purses(&money).await.len(), money.read().await["purses"].clone()),
            (1, json!([money.read().await["purses"][0]])));
        for answer in [
            close(&money, &purse).await,
            update(&money, &purse, json!({})).await,
            transfer(&money, (&main, &purse), "1").await,
        ] {
            answer.expect_refused(404, "10/1");
        }
        // Its history stays.
        let rows = history(&money, &format!("?purseIdentifier={purse}")).await;
        assert_eq!(rows.len(), 2);
        assert_eq!(balances(&money).await, (5.0, 5.0));
        money.audited().await;
    }

    // Proves PRS-3.
    async fn a_purse_that_is_closed_and_filled_at_once_is_one_or_the_other(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let main = primary(&money).await;
        for _ in 0..10 {
            let purse = savings(&money).await;
            let (filled, closed) =
                tokio::join!(transfer(&money, (&main, &purse), "1"), close(&money, &purse));
            match (filled.status, closed.status) {
                (200, 400) => assert_eq!(filled.body["transfer"]["transferStatus"], "completed"),
                (404, 200) => {}
                other => panic!("{other:?}: {} {}", filled.text, closed.text),
            }
        }
        let all: f64 =
            purses(&money).await.iter().map(|it| it["ledgerBalance"].as_f64().unwrap()).sum();
        assert!((all - 100.0).abs() < 1e-9, "{all}");
        money.audited().await;
    }

    async fn acc_3_closing_sweeps_all_purses_into_the_primary_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("20").await;
        let main = primary(&money).await;
        let (first, second, empty) =
            (savings(&money).await, savings(&money).await, savings(&money).await);
        transfer(&money, (&main, &first), "7.5").await.expect(200);
        transfer(&money, (&main, &second), "2").await.expect(200);
        let (rows, events) =
            (history(&money, "").await.len(), sim.events_of("wf", &money.account).await.len());
        let close = json!({ "reason": "customerInitiatedSpendDown" });
        let closed = money.call("PUT", "/close", close.clone()).await.expect(200);
        let shown = closed.body["account"]["purses"].clone();
        let balances: Vec<_> = (0..4)
            .map(|at| ["availableBalance", "ledgerBalance"].map(|it| shown[at][it].clone()))
            .collect();
        assert_eq!(json!(balances), json!([[20.0, 20.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]));
        assert_eq!(money.read().await["purses"], shown);
        assert_eq!(shown[3]["purseIdentifier"], json!(empty));
        // The history and the partner are told of each transfer; then of the new status.
        let swept = history(&money, "").await;
        assert_eq!(swept.len(), rows + 4);
        for row in &swept[..4] {
            assert_eq!(row["transactionType"], "purseTransfer");
        }
        let told = sim.events_of("wf", &money.account).await;
        let types: Vec<_> = told[events..].iter().map(|it| it["eventType"].clone()).collect();
        let each = "transaction";
        assert_eq!(types, [each, each, each, each, "accountUpdated"]);
        let again = money.call("PUT", "/close", close).await.expect(200);
        assert_eq!(again.body["account"], closed.body["account"]);
        assert_eq!(history(&money, "").await.len(), rows + 4);
        money.audited().await;
    }
}
