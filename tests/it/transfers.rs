//! Transfers between the purses of an account.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::purses::{primary, purses, savings, transfer};
use crate::support::money::{Money, history, money_account};
use crate::support::{Answer, Engine, TestSim, guid, on_both_engines, webhooks};

/// An account with a primary purse that holds 100 dollars, and a savings purse.
struct Two {
    money: Money,
    main: String,
    aside: String,
}

impl Two {
    async fn start(sim: &TestSim) -> Self {
        let money = money_account(sim, "wf").await;
        money.credit("100").await;
        let (main, aside) = (primary(&money).await, savings(&money).await);
        Self { money, main, aside }
    }

    /// A transfer that puts something aside.
    fn body(&self, amount: &str) -> Json {
        json!({
            "transferIdentifier": guid(), "transferType": "purse", "action": "execute",
            "transferDescription": "Put aside",
            "transferRoute": {
                "transactionAmount": amount,
                "sourceTransferEndpoint": {
                    "transferEndpointType": "purse", "accountIdentifier": self.money.account,
                    "purseIdentifier": self.main,
                },
                "targetTransferEndpoint": {
                    "transferEndpointType": "purse", "purseIdentifier": self.aside,
                },
            },
        })
    }

    async fn send(&self, body: &Json) -> Answer {
        post(&self.money, "/transfers", body).await
    }

    async fn assess(&self, body: &Json) -> Answer {
        post(&self.money, "/transfers/assessment", body).await
    }

    /// Ledger balances of both purses; available is the same, since nothing is held.
    async fn balances(&self) -> (f64, f64) {
        let listed = purses(&self.money).await;
        let of = |id: &str| {
            let purse = listed.iter().find(|purse| purse["purseIdentifier"] == id).unwrap();
            assert_eq!(purse["availableBalance"], purse["ledgerBalance"]);
            purse["ledgerBalance"].as_f64().unwrap()
        };
        (of(&self.main), of(&self.aside))
    }
}

async fn post(money: &Money, path: &str, body: &Json) -> Answer {
    money.partner.call("POST", path, &guid(), body.clone()).await
}

/// `status / reason` of a transfer's answer.
fn outcome(answer: &Answer) -> String {
    let transfer = &answer.body["transfer"];
    let text = |member: &str| transfer[member].as_str().unwrap_or("-").to_owned();
    format!("{} / {}", text("transferStatus"), text("transferStatusReason"))
}

#[track_caller]
fn explained(answer: &Answer, rule: &str) {
    let explanation = answer.explanation();
    assert!(explanation.starts_with(&format!("{rule}:")), "{explanation}");
}

on_both_engines! {
    async fn trf_1_money_moves_from_purse_to_purse_in_two_rows_and_two_events(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let receiver = sim.receiver("wf").await;
        sim.advance("wf", "PT1H").await;
        let body = two.body("30.25");
        let answer = two.send(&body).await.expect(200);
        let id = body["transferIdentifier"].clone();
        let expected = json!({
            "transferIdentifier": id, "transferStatus": "completed", "transferType": "purse",
        });
        assert_eq!((answer.code(), &answer.body["transfer"]), ("0/0".to_owned(), &expected));
        let shown = &answer.body["purses"];
        let account = two.money.read().await;
        assert_eq!(*shown, account["purses"]);
        assert_eq!(two.balances().await, (69.75, 30.25));
        assert_eq!(shown[1]["ledgerBalanceAsOfDateTime"], "2031-05-06T11:00:00.000Z");
        let rows = history(&two.money, "").await;
        assert_eq!(rows.len(), 3);
        for (row, purse, is_credit) in
            [(&rows[0], &two.aside, true), (&rows[1], &two.main, false)]
        {
            assert_eq!(row["transactionType"], "purseTransfer");
            assert_eq!(row["transactionTypeDescription"], "Transfer");
            assert_eq!((&row["purseIdentifier"], &row["isCredit"], &row["transactionAmount"]),
                (&json!(purse), &json!(is_credit), &json!(30.25)));
            let internal = json!({
                "transferIdentifier": id, "transferType": "purseTransfer",
                "description": "Put aside",
            });
            assert_eq!(row["postedInternalTransactionData"], internal);
        }
        // Told in one message of two events.
        let got = webhooks(&receiver, 1).await;
        let events = got[0].body["accounts"][0]["events"].as_array().unwrap().clone();
        let told: Vec<_> = events.iter().map(|event| event["transaction"].clone()).collect();
        assert_eq!(told, [rows[1].clone(), rows[0].clone()]);
        assert_ne!(events[0]["eventIdentifier"], events[1]["eventIdentifier"]);
        let audit = two.money.audited().await;
        assert_eq!(audit["books"]["transfers"], 0.0);
    }

    async fn trf_1_an_end_may_be_named_by_account_or_by_purse(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let account = json!({
            "transferEndpointType": "account", "accountIdentifier": two.money.account,
        });
        let both = |source: Json, target: Json| {
            let mut body = two.body("10");
            body["transferType"] = json!("PurseTransfer");
            body["transferRoute"]["sourceTransferEndpoint"] = source;
            body["transferRoute"]["targetTransferEndpoint"] = target;
            body
        };
        let aside = json!({ "purseIdentifier": two.aside });
        two.send(&both(account.clone(), aside.clone())).await.expect(200);
        assert_eq!(two.balances().await, (90.0, 10.0));
        two.send(&both(aside.clone(), account.clone())).await.expect(200);
        let main = json!({ "purseIdentifier": two.main });
        two.send(&both(main.clone(), aside.clone())).await.expect(200);
        assert_eq!(two.balances().await, (90.0, 10.0));
        // Without an identifier of its own, it is given one.
        let mut unnamed = both(main.clone(), aside.clone());
        unnamed.as_object_mut().unwrap().remove("transferIdentifier");
        let answer = two.send(&unnamed).await.expect(200);
        assert_eq!(answer.body["transfer"]["transferIdentifier"].as_str().unwrap().len(), 36);
        assert_eq!(two.balances().await, (80.0, 20.0));

        let other = Two::start(&sim).await;
        let foreign = json!({ "purseIdentifier": other.aside });
        let named = |account: &str| json!({ "accountIdentifier": account });
        for (source, target, status, code) in [
            (main.clone(), main.clone(), 400, "400/0"),
            (account.clone(), main.clone(), 400, "400/0"),
            (account.clone(), named(&other.money.account), 400, "400/0"),
            (main.clone(), foreign.clone(), 404, "10/1"),
            (foreign, main.clone(), 404, "10/1"),
            (json!({ "purseIdentifier": guid() }), aside.clone(), 404, "10/1"),
            (named(&guid()), aside.clone(), 404, "10/0"),
            (json!({}), aside.clone(), 400, "400/0"),
        ] {
            let body = both(source, target);
            explained(&two.send(&body).await.expect_refused(status, code), "TRF-1");
            explained(&two.assess(&body).await.expect_refused(status, code), "TRF-1");
        }
        for (currency, code) in [("EUR", 400), ("usd", 400), ("USD", 200)] {
            let mut body = two.body("1");
            body["currency"] = json!(currency);
            assert_eq!(two.send(&body).await.status, code, "{currency}");
        }
        for member in ["memo", "transferDescription"] {
            let mut long = two.body("1");
            long[member] = json!("x".repeat(256));
            let refused = two.send(&long).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{}", refused.text);
        }
        let mut elsewhere = two.money.partner.clone();
        elsewhere.program = "gbr".to_owned();
        elsewhere.call("POST", "/transfers", &guid(), two.body("1")).await
            .expect_refused(404, "10/0");
        assert_eq!(two.balances().await, (79.0, 21.0));
        two.money.audited().await;
    }

    async fn trf_2_what_comes_again_is_answered_as_it_stands(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let body = two.body("10");
        let first = two.send(&body).await.expect(200);
        assert_eq!(two.send(&body).await.expect(200).body, first.body);
        assert_eq!(two.balances().await, (90.0, 10.0));
        // The same one, its ends named otherwise, with its amount as a number.
        let mut same = body.clone();
        same["transferRoute"]["transactionAmount"] = json!(10.0);
        same["transferRoute"]["sourceTransferEndpoint"] =
            json!({ "accountIdentifier": two.money.account });
        assert_eq!(two.send(&same).await.expect(200).body, first.body);
        let mut others = Vec::new();
        for (pointer, value) in [
            ("/transferRoute/transactionAmount", json!(11)), ("/transferDescription", json!("b")),
            ("/transferRoute/targetTransferEndpoint/purseIdentifier",
                json!(savings(&two.money).await)),
        ] {
            let mut other = body.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            others.push(other);
        }
        // The identifier is one in the whole program.
        let neighbour = Two::start(&sim).await;
        let mut elsewhere = neighbour.body("10");
        elsewhere["transferIdentifier"] = body["transferIdentifier"].clone();
        others.push(elsewhere);
        for other in others {
            explained(&two.send(&other).await.expect_refused(400, "400/0"), "TRF-2");
        }
        assert_eq!(two.balances().await, (90.0, 10.0));
        // Once a purse is closed, or the account is, the answer is still there.
        two.send(&{
            let mut back = two.body("10");
            let route = &mut back["transferRoute"];
            route["sourceTransferEndpoint"]["purseIdentifier"] = json!(two.aside);
            route["targetTransferEndpoint"]["purseIdentifier"] = json!(two.main);
            back
        }).await.expect(200);
        let path = format!("/purses/{}", two.aside);
        two.money.call("DELETE", &path, Json::Null).await.expect(200);
        sim.act("wf", &two.money.account, json!({ "action": "lockForFraud" })).await.expect(200);
        let late = two.send(&body).await.expect(200);
        assert_eq!(late.body["transfer"], first.body["transfer"]);
        assert_eq!(late.body["purses"].as_array().unwrap().len(), 1);
        two.money.audited().await;
    }

    async fn trf_2_a_request_id_is_the_key_as_well(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let mut body = two.body("10");
        body.as_object_mut().unwrap().remove("transferIdentifier");
        let id = guid();
        let send = async |id: &str, body: &Json| {
            two.money.partner.call("POST", "/transfers", id, body.clone()).await
        };
        let first = send(&id, &body).await.expect(200);
        assert_eq!(send(&id.to_ascii_uppercase(), &body).await.expect(200).body, first.body);
        assert_eq!(two.balances().await, (90.0, 10.0));
        // The identifier that it was given is its own from now on.
        let mut named = body.clone();
        named["transferIdentifier"] = first.body["transfer"]["transferIdentifier"].clone();
        assert_eq!(send(&guid(), &named).await.expect(200).body, first.body);
        for (member, value) in [("memo", json!("other")), ("transferIdentifier", json!(guid()))] {
            let mut other = body.clone();
            other[member] = value;
            explained(&send(&id, &other).await.expect_refused(400, "400/0"), "TRF-2");
        }
        assert_eq!(two.balances().await, (90.0, 10.0));
        // Under another request id it is another transfer.
        send(&guid(), &body).await.expect(200);
        assert_eq!(two.balances().await, (80.0, 20.0));
        two.money.audited().await;
    }

    // Proves TRF-2.
    async fn the_same_transfer_in_parallel_is_carried_out_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Arc::new(Two::start(&sim).await);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let named = two.body("10");
        let mut unnamed = two.body("10");
        unnamed.as_object_mut().unwrap().remove("transferIdentifier");
        let id = guid();
        let calls = (0..40usize).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => two.money.at(other),
                _ => two.money.clone(),
            };
            let by_request = number % 4 < 2;
            let body = if by_request { unnamed.clone() } else { named.clone() };
            let request = if by_request { id.clone() } else { guid() };
            tokio::spawn(async move {
                let answer = money.partner.call("POST", "/transfers", &request, body).await;
                answer.expect(200).body["transfer"].to_string()
            })
        });
        let answers: HashSet<String> =
            join_all(calls.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.len(), 2, "{answers:?}");
        assert_eq!(two.balances().await, (80.0, 20.0));
        assert_eq!(history(&two.money, "").await.len(), 5);
        two.money.audited().await;
    }

    async fn trf_3_a_transfer_that_is_not_covered_fails_for_good(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        // No feature lets a transfer go below zero.
        let on = json!({ "authorize": true });
        two.money.call("PUT", "/features/NB100", on).await.expect(200);
        let events = sim.events_of("wf", &two.money.account).await.len();
        let body = two.body("100.0001");
        let failed = two.send(&body).await.expect(200);
        assert_eq!(outcome(&failed), "failed / insufficientFunds");
        assert_eq!((failed.code(), two.balances().await), ("0/0".to_owned(), (100.0, 0.0)));
        assert_eq!(history(&two.money, "").await.len(), 1);
        assert_eq!(sim.events_of("wf", &two.money.account).await.len(), events);
        two.money.credit("50").await;
        assert_eq!(outcome(&two.send(&body).await.expect(200)), "failed / insufficientFunds");
        assert_eq!(two.balances().await, (150.0, 0.0));
        let mut anew = body.clone();
        anew["transferIdentifier"] = json!(guid());
        assert_eq!(outcome(&two.send(&anew).await.expect(200)), "completed / -");
        two.money.audited().await;
    }

    async fn trf_3_an_account_out_of_use_transfers_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let spent = json!({ "action": "chargeFee", "amount": 100, "description": "F" });
        for (action, shown) in [
            (json!({ "action": "restrictForFraud" }), "restricted"),
            (json!({ "action": "lockForFraud" }), "locked"),
            (spent, "locked"),
            (json!({ "action": "closeAccount" }), "closed"),
        ] {
            sim.act("wf", &two.money.account, action).await.expect(200);
            for refused in [two.send(&two.body("1")).await, two.assess(&two.body("1")).await] {
                let refused = refused.expect_refused(200, "4/105");
                explained(&refused, "TRF-3");
                assert!(refused.explanation().contains(shown), "{}", refused.explanation());
            }
        }
        two.money.audited().await;
    }

    // Proves TRF-3.
    async fn money_that_is_held_is_not_transferred(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let mut unit = sim.sim.db.begin(piebox::db::Scope::keys(Vec::new())).await.unwrap();
        let less = "UPDATE purses SET available_e4 = 400000 WHERE purse_id = $1";
        unit.write(piebox::db::sql(less).bind(two.main.as_str()));
        unit.commit().await.unwrap();
        let answer = two.send(&two.body("40.01")).await.expect(200);
        assert_eq!(outcome(&answer), "failed / insufficientFunds");
        let answer = two.send(&two.body("40")).await.expect(200);
        assert_eq!(outcome(&answer), "completed / -");
        assert_eq!(answer.body["purses"][0]["availableBalance"], 0.0);
        assert_eq!(answer.body["purses"][0]["ledgerBalance"], 60.0);
    }

    async fn trf_4_other_types_are_known_or_unknown(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        for kind in ["peerPayment", "achOut", "achPull", "iftLoad", "A2A", "DisbursementExternal"] {
            // Their own bodies, which say other things than a transfer between purses.
            let body = json!({
                "transferType": kind, "transferIdentifier": guid(), "currency": "USD",
                "transferRoute": { "targetTransferEndpoint": { "encryptedBankAccount": {} } },
            });
            for refused in [two.send(&body).await, two.assess(&body).await] {
                let refused = refused.expect_refused(501, "501/0");
                explained(&refused, "TRF-4");
                assert!(refused.explanation().contains(kind), "{}", refused.explanation());
            }
        }
        for kind in [json!("wire"), json!(""), json!(7), json!(null)] {
            let mut body = two.body("1");
            body["transferType"] = kind;
            two.send(&body).await.expect_refused(400, "400/0");
        }
        two.send(&json!({})).await.expect_refused(400, "400/0");
        assert_eq!(two.balances().await, (100.0, 0.0));
    }

    async fn trf_5_an_assessment_says_what_would_become_of_a_transfer(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let mut body = two.body("60");
        for _ in 0..3 {
            let fine = two.assess(&body).await.expect(200);
            assert_eq!(outcome(&fine), "pending / -");
            assert_eq!(fine.body["transfer"]["transferIdentifier"], body["transferIdentifier"]);
            assert_eq!(fine.body["purses"][0]["availableBalance"], 100.0);
        }
        assert_eq!(two.balances().await, (100.0, 0.0));
        assert_eq!(history(&two.money, "").await.len(), 1);
        let beyond = two.assess(&two.body("100.01")).await.expect(200);
        assert_eq!(outcome(&beyond), "failed / insufficientFunds");
        assert_eq!(outcome(&two.send(&body).await.expect(200)), "completed / -");
        // What has been carried out is told as such, though it is not covered any more.
        assert_eq!(outcome(&two.assess(&body).await.expect(200)), "completed / -");
        body["transferIdentifier"] = Json::Null;
        let unnamed = two.assess(&body).await.expect(200);
        assert_eq!(outcome(&unnamed), "failed / insufficientFunds");
        assert!(unnamed.body["transfer"].get("transferIdentifier").is_none());
        assert_eq!(two.balances().await, (40.0, 60.0));
        two.money.audited().await;
    }

    // Proves TRF-1, TRF-3.
    async fn two_hundred_parallel_transfers_keep_both_balances_right(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Arc::new(Two::start(&sim).await);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        // Three of four put 2 dollars aside, one takes 1 back: more than the money that is there.
        let calls = (0..200usize).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => two.money.at(other),
                _ => two.money.clone(),
            };
            let two = Arc::clone(&two);
            tokio::spawn(async move {
                let is_back = number % 4 == 3;
                let (ends, amount) = match is_back {
                    true => ((two.aside.as_str(), two.main.as_str()), "1"),
                    false => ((two.main.as_str(), two.aside.as_str()), "2"),
                };
                (is_back, outcome(&transfer(&money, ends, amount).await.expect(200)))
            })
        });
        let done = join_all(calls.collect::<Vec<_>>()).await;
        let (mut moved, mut failed) = (0.0, 0);
        for (is_back, outcome) in done.into_iter().map(Result::unwrap) {
            match outcome.as_str() {
                "completed / -" => moved += if is_back { -1.0 } else { 2.0 },
                "failed / insufficientFunds" => failed += 1,
                other => panic!("{other}"),
            }
        }
        assert!(failed > 0, "some are not covered");
        assert_eq!(two.balances().await, (100.0 - moved, moved));
        assert!((0.0..=100.0).contains(&moved), "{moved}");
        let rows = history(&two.money, "?limit=1000").await.len();
        assert_eq!(rows, 1 + 2 * (200 - failed));
        two.money.audited().await;
    }

    // Proves TRF-2.
    async fn a_reset_forgets_purses_and_transfers(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let two = Two::start(&sim).await;
        let body = two.body("10");
        two.send(&body).await.expect(200);
        sim.control("POST", "wf/reset", Json::Null).await;
        two.send(&body).await.expect_refused(404, "10/0");
        let fresh = Two::start(&sim).await;
        let mut again = fresh.body("10");
        again["transferIdentifier"] = body["transferIdentifier"].clone();
        assert_eq!(outcome(&fresh.send(&again).await.expect(200)), "completed / -");
        fresh.money.audited().await;
    }
}
