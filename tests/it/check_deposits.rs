//! Checks deposited with the phone: handed in, held for the business days of the tier, available.

use std::collections::HashSet;
use std::sync::Arc;

use piebox::db::sql;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, adjust, balances, history, money_account};
use crate::support::{Answer, Engine, START, TestSim, guid, on_both_engines};

/// A Thursday before a Friday that is a holiday, in the morning of New York.
const THURSDAY: &str = "2031-07-03T15:00:00.000Z";

/// What becomes of a check beyond the limit of 30 days.
const ROLLING: &str = "declined / Exceeds 30-day rolling deposit limit";

/// Enrolls an account in a tier.
pub async fn tier(money: &Money, feature: &str) {
    let path = format!("/features/{feature}");
    money.call("PUT", &path, json!({ "authorize": true })).await.expect(200);
}

/// A world whose clock stands at this moment, and an account in it with this tier.
async fn at(sim: &TestSim, now: &str, feature: &str) -> Money {
    sim.partner("wf").await;
    let clock = json!({ "mode": "frozen", "now": now });
    sim.control("PUT", "wf/clock", clock).await.expect(200);
    let money = money_account(sim, "wf").await;
    tier(&money, feature).await;
    money
}

/// The same account with a token that is fresh on the world's clock.
async fn later(sim: &TestSim, money: &Money) -> Money {
    let mut money = money.clone();
    money.partner = sim.partner("wf").await;
    money
}

/// The body that hands a check in, with an identifier of its own.
pub fn check(money: &Money, amount: &str) -> Json {
    json!({
        "transferIdentifier": guid(), "currency": "USD",
        "transferRoute": {
            "transactionAmount": amount,
            "sourceTransferEndpoint": {
                "latitude": 40.7, "longitude": "-74.0", "imageFormat": "jpeg",
                "checkImageData": { "frontImage": "RlJPTlQ=", "backImage": "QkFDSw==" },
                "device": { "deviceId": "d", "ipAddress": "10.0.0.1" },
            },
            "targetTransferEndpoint": { "accountIdentifier": money.account },
        },
        "fraudData": { "authenticationMethod": "PIN" },
    })
}

/// POST check.
pub async fn hand_in(money: &Money, body: &Json) -> Answer {
    money.partner.call("POST", "/fundfulfillment/mrdc", &guid(), body.clone()).await
}

/// A check that was handed in: its identifier.
pub async fn handed_in(money: &Money, amount: &str) -> String {
    let answer = hand_in(money, &check(money, amount)).await.expect(200);
    assert_eq!(answer.code(), "0/0", "{}", answer.text);
    answer.body["transfer"]["transferIdentifier"].as_str().unwrap().to_owned()
}

/// PUT check.
pub async fn decide(money: &Money, id: &str, action: &str) -> Answer {
    money.call("PUT", &format!("/mrdcTransfers/{id}"), json!({ "action": action })).await
}

/// A check that was handed in and accepted: its identifier.
pub async fn accepted(money: &Money, amount: &str) -> String {
    let id = handed_in(money, amount).await;
    decide(money, &id, "accept").await.expect(200);
    id
}

async fn read(money: &Money, id: &str) -> Json {
    let path = format!("{}/mrdcTransfers/{id}", money.path);
    money.partner.get(&path).await.expect(200).body["transfer"].clone()
}

async fn status(money: &Money, id: &str) -> String {
    status_of(&read(money, id).await)
}

fn status_of(transfer: &Json) -> String {
    assert_eq!(transfer["transferStatus"], transfer["checkDepositStatus"]);
    assert_eq!(transfer["transferStatus"], transfer["postingInfos"][0]["postingInfoStatus"]);
    transfer["transferStatus"].as_str().unwrap().to_owned()
}

fn funds_date(transfer: &Json) -> String {
    transfer["postingInfos"][0]["fundsAvailableDate"].as_str().unwrap().to_owned()
}

async fn listed(money: &Money, path: &str) -> Vec<String> {
    let path = format!("{}{path}", money.path);
    let answer = money.partner.get(&path).await.expect(200);
    let transfers = answer.body["transfers"].as_array().unwrap();
    let id = |one: &Json| one["transferIdentifier"].as_str().unwrap().to_owned();
    transfers.iter().map(id).collect()
}

/// Kinds of the events about an account behind that of its enrollment, with the status of checks.
async fn told(sim: &TestSim, money: &Money) -> Vec<String> {
    let events = sim.events_of("wf", &money.account).await;
    let said = |event: &Json| {
        let kind = event["eventType"].as_str().unwrap().to_owned();
        match event["event"]["transfer"]["transferStatus"].as_str() {
            Some(status) => format!("{kind} {status}"),
            None => kind,
        }
    };
    events.iter().map(said).filter(|said| said != "accountUpdated").collect()
}

async fn act(sim: &TestSim, money: &Money, action: &str, id: &str) -> Answer {
    let body = json!({ "action": action, "transferIdentifier": id });
    sim.act("wf", &money.account, body).await
}

async fn settings(sim: &TestSim, settings: Json) {
    sim.control("PUT", "wf", json!({ "checkDeposits": settings })).await.expect(200);
}

on_both_engines! {
    // Proves CHK-1.
    async fn a_check_is_handed_in_accepted_held_and_released_by_the_clock(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC2").await;
        let body = check(&money, "125.50");
        let answer = hand_in(&money, &body).await.expect(200);
        let id = body["transferIdentifier"].as_str().unwrap();
        assert_eq!(answer.body["transfer"]["transferIdentifier"], id);
        assert_eq!(answer.body["transfer"]["checkAmount"], 125.5);
        assert_eq!(answer.body["transfer"]["checkSubmitDate"], THURSDAY);
        assert_eq!(funds_date(&answer.body["transfer"]), "2031-07-08");
        assert_eq!(status(&money, id).await, "pending");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
        assert_eq!(told(&sim, &money).await, Vec::<String>::new());

        let accepted = decide(&money, id, "Accept").await.expect(200);
        assert_eq!(status_of(&accepted.body["transfer"]), "onHold");
        assert_eq!(balances(&money).await, (0.0, 125.5));
        assert_eq!(told(&sim, &money).await, ["checkUpdated onHold", "transaction"]);
        assert_eq!(listed(&money, "/mrdcTransfers/onHold").await, [id]);
        let rows = history(&money, "").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["transactionType"], "other");
        assert_eq!(rows[0]["transactionTypeDescription"], "Mobile Check Deposit");
        let internal = json!({
            "transferIdentifier": id, "transferType": "mrdc", "description": "Mobile Check Deposit",
        });
        assert_eq!(rows[0]["postedInternalTransactionData"], internal);
        assert_eq!(sim.transaction_events(&money).await[0]["transaction"], rows[0]);
        money.audited().await;

        // Until a minute before midnight of New York on the 8th nothing is released.
        assert!(sim.advance("wf", "PT108H59M").await.is_empty());
        let money = later(&sim, &money).await;
        assert_eq!(balances(&money).await, (0.0, 125.5));
        let ran = sim.advance("wf", "PT1M").await;
        assert_eq!((ran.len(), &ran[0]["kind"]), (1, &json!("releaseDeposit")));
        assert_eq!(ran[0]["at"], "2031-07-08T04:00:00.000Z");
        assert_eq!(balances(&money).await, (125.5, 125.5));
        assert_eq!(status(&money, id).await, "completed");
        assert_eq!(listed(&money, "/mrdcTransfers/onHold").await, Vec::<String>::new());
        assert_eq!(told(&sim, &money).await.len(), 2);
        assert!(sim.advance("wf", "P30D").await.is_empty());
        money.audited().await;
    }

    // Proves CHK-1.
    async fn money_is_held_for_business_days_over_weekends_and_holidays(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for (now, feature, available) in [
            (THURSDAY, "RDC0", "2031-07-03"),
            (THURSDAY, "RDC1", "2031-07-07"),
            (THURSDAY, "RDC2", "2031-07-08"),
            (THURSDAY, "RDC10", "2031-07-18"),
            // A Saturday.
            ("2031-07-12T15:00:00.000Z", "RDC1", "2031-07-14"),
            // It is the 2nd still in New York.
            ("2031-07-03T03:59:59.999Z", "RDC1", "2031-07-03"),
            ("2031-07-03T04:00:00.000Z", "RDC1", "2031-07-07"),
            ("2031-12-24T12:00:00.000Z", "RDC1", "2031-12-26"),
            // The 4th of July of 2037 is a Saturday: the Friday is a business day.
            ("2037-07-02T12:00:00.000Z", "RDC1", "2037-07-03"),
            // New Year's Day of 2034 is a Sunday: the Monday is a holiday.
            ("2033-12-30T12:00:00.000Z", "RDC1", "2034-01-03"),
        ] {
            let money = at(&sim, now, feature).await;
            let id = accepted(&money, "10").await;
            let transfer = read(&money, &id).await;
            assert_eq!(funds_date(&transfer), available, "{now} {feature}");
            let is_held = feature != "RDC0";
            assert_eq!(status_of(&transfer), if is_held { "onHold" } else { "completed" });
            let there = if is_held { 0.0 } else { 10.0 };
            assert_eq!(balances(&money).await, (there, 10.0), "{now} {feature}");
            money.audited().await;
        }
    }

    async fn the_zone_and_the_need_to_accept_are_settings(engine: Engine) {
        let sim = TestSim::start(engine).await;
        settings(&sim, json!({ "acceptance": false, "zone": "Pacific/Auckland" })).await;
        // It is Friday there already, and the Federal Reserve's holiday is Friday's.
        let money = at(&sim, "2031-07-03T12:00:00.000Z", "RDC1").await;
        let body = check(&money, "7");
        let answer = hand_in(&money, &body).await.expect(200);
        assert_eq!(status_of(&answer.body["transfer"]), "onHold");
        assert_eq!(funds_date(&answer.body["transfer"]), "2031-07-07");
        assert_eq!(told(&sim, &money).await, ["checkUpdated onHold", "transaction"]);
        // Accepting what is posted has nothing left to do; taking it back is too late.
        let id = body["transferIdentifier"].as_str().unwrap();
        decide(&money, id, "accept").await.expect(200);
        decide(&money, id, "cancel").await.expect_refused(400, "400/0");
        assert_eq!(balances(&money).await, (0.0, 7.0));
        sim.advance("wf", "P3D").await;
        let money = later(&sim, &money).await;
        // Midnight of the 7th in Auckland was noon of the 6th.
        assert_eq!(balances(&money).await, (7.0, 7.0));
        let zone = json!({ "checkDeposits": { "zone": "Mars/Olympus" } });
        let refused = sim.control("PUT", "wf", zone).await.expect(400);
        assert!(refused.text.contains("checkDeposits.zone"), "{}", refused.text);
        for limit in [json!(0), json!("-1"), json!(null), json!("1.00001")] {
            for member in ["largestCheck", "dailyLimit", "rollingLimit"] {
                let wrong = json!({ "checkDeposits": { member: limit } });
                let refused = sim.control("PUT", "wf", wrong).await.expect(400);
                assert!(refused.text.contains(member), "{}", refused.text);
            }
        }
        money.audited().await;
    }

    // Proves CHK-2.
    async fn one_identifier_is_one_deposit(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC0").await;
        let body = check(&money, "20");
        let id = body["transferIdentifier"].as_str().unwrap();
        let first = hand_in(&money, &body).await.expect(200);
        // The other path is the same call.
        let path = "/transfers/mrdc";
        let again = money.partner.call("POST", path, &guid(), body.clone()).await.expect(200);
        assert_eq!(first.body, again.body);
        // Where the phone was does not make it another check.
        let mut moved = body.clone();
        moved["transferRoute"]["sourceTransferEndpoint"]["latitude"] = json!(41);
        assert_eq!(hand_in(&money, &moved).await.expect(200).body, first.body);
        decide(&money, id, "accept").await.expect(200);
        let posted = hand_in(&money, &body).await.expect(200);
        assert_eq!(status_of(&posted.body["transfer"]), "completed");
        let source = "sourceTransferEndpoint";
        for (member, value) in [
            ("transactionAmount", json!("20.01")),
            (source, json!({ "checkImageData": "RlJPTlQ=" })),
        ] {
            let mut other = body.clone();
            other["transferRoute"][member] = value;
            let refused = hand_in(&money, &other).await.expect_refused(400, "400/0");
            assert!(refused.description().contains("transferIdentifier"), "{}", refused.text);
        }
        // Not for another account either.
        let neighbour = money_account(&sim, "wf").await;
        tier(&neighbour, "RDC0").await;
        let mut other = body.clone();
        other["transferRoute"]["targetTransferEndpoint"]["accountIdentifier"] =
            json!(neighbour.account);
        hand_in(&money, &other).await.expect_refused(400, "400/0");
        assert_eq!(balances(&money).await, (20.0, 20.0));
        assert_eq!(balances(&neighbour).await, (0.0, 0.0));
        money.audited().await;
    }

    // Proves CHK-2.
    async fn the_same_check_in_parallel_is_one_deposit(engine: Engine) {
        let sim = TestSim::start(engine).await;
        settings(&sim, json!({ "acceptance": false })).await;
        let money = Arc::new(at(&sim, THURSDAY, "RDC1").await);
        let neighbour = Arc::new(money_account(&sim, "wf").await);
        tier(&neighbour, "RDC1").await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let body = check(&money, "5");
        let mut foreign = body.clone();
        foreign["transferRoute"]["targetTransferEndpoint"]["accountIdentifier"] =
            json!(neighbour.account);
        let calls = (0..40).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => Arc::new(money.at(other)),
                _ => Arc::clone(&money),
            };
            let body = if number % 4 == 3 { foreign.clone() } else { body.clone() };
            tokio::spawn(async move { hand_in(&money, &body).await })
        });
        let answers = futures_util::future::join_all(calls.collect::<Vec<_>>()).await;
        let answers: Vec<Answer> = answers.into_iter().map(Result::unwrap).collect();
        let good: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        let texts: HashSet<&str> = good.iter().map(|answer| answer.text.as_str()).collect();
        assert_eq!(texts.len(), 1, "{texts:?}");
        // Whichever account came first has it, and the other calls are refused.
        assert!([10, 30].contains(&good.len()), "{}", good.len());
        let both = balances(&money).await.1 + balances(&neighbour).await.1;
        assert_eq!(both, 5.0);
        money.audited().await;
    }

    // Proves CHK-3.
    async fn accepting_and_canceling_at_once_has_one_outcome(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = Arc::new(at(&sim, THURSDAY, "RDC1").await);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let mut posted = 0.0;
        for _ in 0..6 {
            let id = handed_in(&money, "5").await;
            let calls = (0..10).map(|number| {
                let money = match &sibling {
                    Some(other) if number % 3 == 0 => Arc::new(money.at(other)),
                    _ => Arc::clone(&money),
                };
                let (id, word) = (id.clone(), if number % 2 == 0 { "accept" } else { "cancel" });
                tokio::spawn(async move { (word, decide(&money, &id, word).await.status) })
            });
            let answers = futures_util::future::join_all(calls.collect::<Vec<_>>()).await;
            let answers: HashSet<(&str, u16)> = answers.into_iter().map(Result::unwrap).collect();
            let end = status(&money, &id).await;
            let (won, lost) = match end.as_str() {
                "onHold" => ("accept", "cancel"),
                "canceled" => ("cancel", "accept"),
                other => panic!("{other}"),
            };
            assert_eq!(answers, HashSet::from([(won, 200), (lost, 400)]));
            posted += if end == "onHold" { 5.0 } else { 0.0 };
        }
        assert_eq!(balances(&money).await, (0.0, posted));
        assert_eq!(history(&money, "").await.len(), (posted / 5.0) as usize);
        money.audited().await;
    }

    // Proves CHK-4.
    async fn releasing_and_returning_at_once_moves_the_money_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let money = at(&sim, THURSDAY, "RDC1").await;
        let ids = [accepted(&money, "5").await, accepted(&money, "6").await];
        let released = sim.advance("wf", "P5D");
        let elsewhere = sibling.as_ref().unwrap_or(&sim);
        let returned = async {
            let first = act(elsewhere, &money, "returnCheck", &ids[0]).await;
            let second = act(&sim, &money, "returnCheck", &ids[0]).await;
            (first.status, second.status)
        };
        let (_, answers) = tokio::join!(released, returned);
        assert_eq!(answers, (200, 409));
        let money = later(&sim, &money).await;
        assert_eq!(status(&money, &ids[0]).await, "returned");
        assert_eq!(status(&money, &ids[1]).await, "completed");
        assert_eq!(balances(&money).await, (6.0, 6.0));
        assert_eq!(history(&money, "").await.len(), 3);
        money.audited().await;
    }

    // Proves CHK-3, CHK-4.
    async fn a_check_that_is_canceled_or_declined_posts_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let canceled = handed_in(&money, "5").await;
        let answer = decide(&money, &canceled, "CANCEL").await.expect(200);
        assert_eq!(status_of(&answer.body["transfer"]), "canceled");
        assert_eq!(answer.body["transfer"]["checkCanceledDate"], THURSDAY);
        assert_eq!(decide(&money, &canceled, "cancel").await.expect(200).body, answer.body);
        let refused = decide(&money, &canceled, "accept").await.expect_refused(400, "400/0");
        let words = "The check deposit is canceled and cannot be accepted.";
        assert_eq!(refused.description(), words);
        let declined = handed_in(&money, "5").await;
        let body = json!({
            "action": "declineCheck", "transferIdentifier": declined, "reason": "Altered item",
        });
        sim.act("wf", &money.account, body).await.expect(200);
        let transfer = read(&money, &declined).await;
        assert_eq!(status_of(&transfer), "declined");
        assert_eq!(transfer["rejectReason"], "Altered item");
        assert_eq!(transfer["checkDeclinedDate"], THURSDAY);
        assert_eq!(transfer["checkCanceledDate"], Json::Null);
        decide(&money, &declined, "accept").await.expect_refused(400, "400/0");
        assert_eq!(told(&sim, &money).await, ["checkUpdated declined"]);
        let event = sim.last_event(&money).await;
        assert_eq!(event["event"]["transfer"], transfer);
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
        assert!(sim.advance("wf", "P30D").await.is_empty());
        money.audited().await;
    }

    async fn a_review_waits_for_the_agent_and_for_the_partner(engine: Engine) {
        let sim = TestSim::start(engine).await;
        settings(&sim, json!({ "review": true })).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        // The partner first.
        let id = handed_in(&money, "5").await;
        assert_eq!(status(&money, &id).await, "inReview");
        decide(&money, &id, "accept").await.expect(200);
        assert_eq!(status(&money, &id).await, "inReview");
        assert_eq!(balances(&money).await, (0.0, 0.0));
        let acted = act(&sim, &money, "approveCheck", &id).await.expect(200);
        assert_eq!((&acted.body["availableBalance"], &acted.body["ledgerBalance"]),
            (&json!(0.0), &json!(5.0)));
        assert_eq!(acted.body["transactions"], json!(history(&money, "").await));
        let expected = ["checkUpdated approved", "checkUpdated onHold", "transaction"];
        assert_eq!(told(&sim, &money).await, expected);
        // The agent first, and days later the partner: the days are counted from the posting.
        let id = handed_in(&money, "6").await;
        act(&sim, &money, "approveCheck", &id).await.expect(200);
        assert_eq!(status(&money, &id).await, "approved");
        assert_eq!(told(&sim, &money).await[3..], ["checkUpdated approved"]);
        sim.advance("wf", "P5D").await;
        let money = later(&sim, &money).await;
        assert_eq!(balances(&money).await, (5.0, 5.0));
        assert_eq!(funds_date(&read(&money, &id).await), "2031-07-07");
        let accepted = decide(&money, &id, "accept").await.expect(200);
        assert_eq!(funds_date(&accepted.body["transfer"]), "2031-07-09");
        assert_eq!(accepted.body["transfer"]["postingInfos"][0]["hasScheduleChanged"], true);
        assert_eq!(balances(&money).await, (5.0, 11.0));
        // A check that nobody has to review can be called in.
        settings(&sim, json!({ "review": false })).await;
        let id = handed_in(&money, "7").await;
        act(&sim, &money, "reviewCheck", &id).await.expect(200);
        assert_eq!(status(&money, &id).await, "inReview");
        act(&sim, &money, "declineCheck", &id).await.expect(200);
        assert_eq!(read(&money, &id).await["rejectReason"], "Declined activity");
        money.audited().await;
    }

    async fn an_action_finds_its_check_where_it_can_be_taken(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let neighbour = money_account(&sim, "wf").await;
        let id = handed_in(&money, "5").await;
        for (action, needs) in [
            ("approveCheck", "in review"),
            ("returnCheck", "posted"),
        ] {
            let refused = act(&sim, &money, action, &id).await.expect(409);
            assert!(refused.text.contains(needs) && refused.text.contains("pending"), "{action}");
        }
        act(&sim, &money, "declineCheck", &guid()).await.expect(404);
        act(&sim, &neighbour, "declineCheck", &id).await.expect(404);
        act(&sim, &money, "declineCheck", "7").await.expect(400);
        for reason in ["", &"x".repeat(256)] {
            let body = json!({
                "action": "declineCheck", "transferIdentifier": id, "reason": reason,
            });
            sim.act("wf", &money.account, body).await.expect(400);
        }
        let nobody = json!({ "action": "declineCheck", "transferIdentifier": id });
        sim.act("wf", &guid(), nobody).await.expect(404);
        let path = format!("wf/accounts/{}/actions", money.account);
        let known = sim.control("GET", &path, Json::Null).await.expect(200).text;
        for action in ["reviewCheck", "approveCheck", "declineCheck", "returnCheck"] {
            assert!(known.contains(action), "{known}");
        }
        assert_eq!(status(&money, &id).await, "pending");
        // An account that is locked meanwhile gets nothing, from the partner or from an agent.
        act(&sim, &money, "reviewCheck", &id).await.expect(200);
        decide(&money, &id, "accept").await.expect(200);
        let other = handed_in(&money, "5").await;
        sim.act("wf", &money.account, json!({ "action": "lockForFraud" })).await.expect(200);
        act(&sim, &money, "approveCheck", &id).await.expect(409);
        decide(&money, &other, "accept").await.expect_refused(200, "4/105");
        assert_eq!(status(&money, &id).await, "inReview");
        assert_eq!(status(&money, &other).await, "pending");
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
        money.audited().await;
    }

    // Proves CHK-4.
    async fn a_returned_check_takes_its_money_back_once_whatever_is_there(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        // While it is held: the hold goes with it, and nothing is left to release.
        let held = accepted(&money, "5").await;
        let body = json!({
            "action": "returnCheck", "transferIdentifier": held, "reason": "Stop payment",
        });
        sim.act("wf", &money.account, body).await.expect(200);
        assert_eq!(balances(&money).await, (0.0, 0.0));
        let transfer = read(&money, &held).await;
        assert_eq!(status_of(&transfer), "returned");
        assert_eq!(transfer["rejectReason"], "Stop payment");
        assert_eq!(transfer["checkReturnedDate"], THURSDAY);
        let expected =
            ["checkUpdated onHold", "transaction", "checkUpdated returned", "transaction"];
        assert_eq!(told(&sim, &money).await, expected);
        assert!(sim.advance("wf", "P7D").await.is_empty());
        // After it was released and spent.
        let money = later(&sim, &money).await;
        let spent = accepted(&money, "5").await;
        sim.advance("wf", "P3D").await;
        let money = later(&sim, &money).await;
        let debit = adjust(&money, money.body("anyDebitOut", "5")).await.expect(200);
        assert_eq!(debit.body["adjustmentStatus"], "completed");
        let acted = act(&sim, &money, "returnCheck", &spent).await.expect(200);
        assert_eq!(acted.body["transactions"].as_array().unwrap().len(), 1);
        assert_eq!(balances(&money).await, (-5.0, -5.0));
        act(&sim, &money, "returnCheck", &spent).await.expect(409);
        let rows = history(&money, "").await;
        assert_eq!(rows.len(), 5);
        assert_eq!(rows[0]["transactionTypeDescription"], "Mobile Check Deposit Return");
        assert_eq!(rows[0]["isCredit"], false);
        assert_eq!(rows[0]["transactionAmount"], 5.0);
        let internal = &rows[0]["postedInternalTransactionData"];
        assert_eq!(internal["transferIdentifier"], json!(spent));
        money.audited().await;
    }

    // Proves CHK-2.
    async fn a_check_beyond_a_limit_is_taken_in_and_declined(engine: Engine) {
        let sim = TestSim::start(engine).await;
        settings(&sim, json!({
            "largestCheck": "100", "dailyLimit": 150, "rollingLimit": "200.50",
        })).await;
        let money = at(&sim, THURSDAY, "RDC0").await;
        let outcome = async |money: &Money, amount: &str| {
            let transfer = hand_in(money, &check(money, amount)).await.expect(200);
            let transfer = transfer.body["transfer"].clone();
            let reason = transfer["rejectReason"].as_str().unwrap_or("-").to_owned();
            format!("{} / {reason}", status_of(&transfer))
        };
        assert_eq!(outcome(&money, "100.01").await, "declined / Exceeds check limit");
        assert_eq!(told(&sim, &money).await, ["mrdcCheckDeposit declined"]);
        let event = sim.last_event(&money).await["event"]["transfer"].clone();
        assert_eq!(event["checkDeclinedDate"], THURSDAY);
        let id = event["transferIdentifier"].as_str().unwrap().to_owned();
        assert_eq!(read(&money, &id).await, event);
        assert_eq!(outcome(&money, "100").await, "pending / -");
        assert_eq!(outcome(&money, "50.01").await, "declined / Exceeds daily limit");
        let taken_back = handed_in(&money, "50").await;
        decide(&money, &taken_back, "cancel").await.expect(200);
        // What was declined or canceled does not count.
        assert_eq!(outcome(&money, "50").await, "pending / -");
        assert_eq!(outcome(&money, "0.01").await, "declined / Exceeds daily limit");
        // The next day in New York, not in UTC.
        sim.advance("wf", "PT12H").await;
        assert_eq!(outcome(&money, "1").await, "declined / Exceeds daily limit");
        sim.advance("wf", "PT1H").await;
        assert_eq!(outcome(&money, "50.51").await, ROLLING);
        assert_eq!(outcome(&money, "50.50").await, "pending / -");
        // 30 days, today included: the 1st of August still counts the 3rd of July.
        sim.advance("wf", "P28D").await;
        let money = later(&sim, &money).await;
        assert_eq!(outcome(&money, "1").await, ROLLING);
        sim.advance("wf", "P1D").await;
        let money = later(&sim, &money).await;
        assert_eq!(outcome(&money, "100").await, "pending / -");
        // A declined check is answered as it stands, though it would pass now.
        let mut again = check(&money, "100.01");
        again["transferIdentifier"] = json!(id);
        settings(&sim, json!({ "largestCheck": 500 })).await;
        let answer = hand_in(&money, &again).await.expect(200);
        assert_eq!(status_of(&answer.body["transfer"]), "declined");
        assert_eq!(history(&money, "").await.len(), 0);
        money.audited().await;
    }
}

on_both_engines! {
    // Proves CHK-5.
    async fn the_money_may_be_made_available_earlier_on_a_business_day(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC5").await;
        let id = accepted(&money, "5").await;
        assert_eq!(funds_date(&read(&money, &id).await), "2031-07-11");
        let put = async |money: &Money, id: &str, day: Json| {
            let body = json!({ "fundsAvailableDate": day });
            let path = format!("/fundfulfillment/mrdc/{id}");
            money.partner.call("PUT", &path, &guid(), body).await
        };
        for (day, shown) in [
            ("2031-07-02", "07/02/2031"),
            ("2031-07-04", "07/04/2031"),
            ("2031-07-05", "07/05/2031"),
            ("2031-07-14", "07/14/2031"),
            ("9999-12-31", "12/31/9999"),
        ] {
            let refused = put(&money, &id, json!(day)).await.expect_refused(400, "935/0");
            let words = format!("The new funding date ({shown}) is not a valid business date.");
            assert_eq!(refused.description(), words);
        }
        for day in [json!("soon"), json!("2031-7-8"), json!("2031-02-30"), json!(null), json!(5)] {
            put(&money, &id, day).await.expect_refused(400, "400/0");
        }
        let changed = put(&money, &id, json!("07/08/2031")).await.expect(200);
        let posting = &changed.body["transfer"]["postingInfos"][0];
        assert_eq!(posting["fundsAvailableDate"], "2031-07-08");
        assert_eq!(posting["hasScheduleChanged"], true);
        // Later again is too late; the same day is no change.
        put(&money, &id, json!("2031-07-09")).await.expect_refused(400, "935/0");
        let same = put(&money, &id, json!("2031-07-08")).await.expect(200);
        assert_eq!(same.body, changed.body);
        put(&money, &id, json!("2031-07-07")).await.expect(200);
        assert_eq!(balances(&money).await, (0.0, 5.0));
        let ran = sim.advance("wf", "P5D").await;
        assert_eq!(ran.len(), 1, "{ran:?}");
        assert_eq!(ran[0]["at"], "2031-07-07T04:00:00.000Z");
        let money = later(&sim, &money).await;
        assert_eq!(balances(&money).await, (5.0, 5.0));
        // Today is at once, and leaves no task behind.
        let id = accepted(&money, "7").await;
        let today = put(&money, &id, json!("2031-07-08")).await.expect(200);
        assert_eq!(status_of(&today.body["transfer"]), "completed");
        assert_eq!(balances(&money).await, (12.0, 12.0));
        assert!(sim.advance("wf", "P10D").await.is_empty());
        let money = later(&sim, &money).await;
        put(&money, &id, json!("2031-07-18")).await.expect_refused(400, "400/0");
        let pending = handed_in(&money, "5").await;
        put(&money, &pending, json!("2031-07-18")).await.expect_refused(400, "400/0");
        put(&money, &guid(), json!("2031-07-18")).await.expect_refused(404, "10/1");
        put(&money, "7", json!("2031-07-18")).await.expect_refused(400, "400/0");
        money.audited().await;
    }

    async fn a_check_without_its_prerequisites_is_refused_and_leaves_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        let money = money_account(&sim, "wf").await;
        let assess = async |body: Json| {
            let path = "/transfers/mrdc/assessment";
            money.partner.call("POST", path, &guid(), body).await
        };
        let unmet = async |body: Json| {
            let answer = assess(body).await.expect(200).body;
            let unmet = answer["unmetPrerequisites"].clone();
            assert_eq!(answer["isEligible"], json!(unmet == json!([])));
            unmet
        };
        let body = check(&money, "2500");
        assert_eq!(unmet(body.clone()).await, json!(["checkDepositTier"]));
        let refused = hand_in(&money, &body).await.expect_refused(200, "5/55");
        assert!(refused.explanation().starts_with("FEA-3:"), "{}", refused.explanation());
        tier(&money, "RDC1").await;
        assert_eq!(unmet(body.clone()).await, json!([]));
        let enforced = json!({ "features": { "enforceTerms": true } });
        sim.control("PUT", "wf", enforced).await.expect(200);
        assert_eq!(unmet(body.clone()).await, json!(["termsAcceptance"]));
        let refused = hand_in(&money, &body).await.expect_refused(200, "5/55");
        assert!(refused.explanation().starts_with("FEA-5:"), "{}", refused.explanation());
        for (flag, wanted) in [(false, json!(["termsAcceptance"])), (true, json!([]))] {
            let terms = json!({ "termsAcceptances": [{
                "termsIdentifier": "mrdc", "termsAcceptanceDateTime": START,
                "termsAcceptanceFlag": flag,
            }] });
            money.call("PUT", "", terms).await.expect(200);
            assert_eq!(unmet(body.clone()).await, wanted);
        }
        assert_eq!(unmet(check(&money, "2500.01")).await, json!(["checkLimit"]));
        let all = json!(["checkLimit", "dailyLimit", "rollingLimit"]);
        assert_eq!(unmet(check(&money, "10000.01")).await, all);
        let mut any = body.clone();
        any["transferRoute"].as_object_mut().unwrap().remove("transactionAmount");
        let answer = assess(any).await.expect(200).body;
        assert_eq!((&answer["holdDays"], &answer["fundsAvailableDate"]),
            (&json!(1), &json!("2031-05-07")));
        sim.act("wf", &money.account, json!({ "action": "restrictForFraud" })).await.expect(200);
        assert_eq!(unmet(body.clone()).await, json!(["accountStatus"]));
        hand_in(&money, &body).await.expect_refused(200, "4/105");
        for nobody in [guid(), "7".to_owned()] {
            let mut body = body.clone();
            body["transferRoute"]["targetTransferEndpoint"]["accountIdentifier"] = json!(nobody);
            let (status, code) = if nobody == "7" { (400, "400/0") } else { (404, "10/0") };
            assess(body.clone()).await.expect_refused(status, code);
            hand_in(&money, &body).await.expect_refused(status, code);
        }
        // The account of another world is none of this one.
        let mut elsewhere = money.partner.clone();
        elsewhere.program = "gbr".to_owned();
        let path = "/fundfulfillment/mrdc";
        elsewhere.call("POST", path, &guid(), body).await.expect_refused(404, "10/0");
        assert_eq!(listed(&money, "/mrdcTransfers").await, Vec::<String>::new());
        assert_eq!(told(&sim, &money).await, Vec::<String>::new());
        money.audited().await;
    }

    async fn a_body_that_will_not_do_is_refused_by_the_name_of_its_member(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let source = "/transferRoute/sourceTransferEndpoint";
        let posting = |posting: Json| json!([posting]);
        for (place, value, member) in [
            ("/transferIdentifier", json!("7"), "transferIdentifier"),
            ("/transferRoute/transactionAmount", json!(0), "transactionAmount"),
            ("/transferRoute/transactionAmount", json!("-5"), "transactionAmount"),
            ("/transferRoute/transactionAmount", json!("1.00001"), "transactionAmount"),
            ("/transferRoute/transactionAmount", json!(1e10), "transactionAmount"),
            ("/transferRoute/transactionAmount", json!(null), "transactionAmount"),
            ("/transferRoute/targetTransferEndpoint", json!({}), "accountIdentifier"),
            (&format!("{source}/checkImageData"), json!("?"), "checkImageData"),
            (&format!("{source}/checkImageData"), json!(""), "checkImageData"),
            (&format!("{source}/checkImageData"), json!(null), "encryptedCheckImageData"),
            (&format!("{source}/checkImageData"), json!({ "frontImage": "" }), "frontImage"),
            (&format!("{source}/checkImageData"), json!({ "backImage": "QQ==" }), "checkImageData"),
            (&format!("{source}/checkImageData/backImage"), json!("?"), "backImage"),
            (&format!("{source}/imageFormat"), json!("x".repeat(256)), "imageFormat"),
            (&format!("{source}/postingInfos"), json!([{}, {}]), "postingInfos"),
            (&format!("{source}/postingInfos"), json!(vec![json!({}); 11]), "postingInfos"),
            (&format!("{source}/postingInfos"), posting(json!({ "amount": 4 })), "amount"),
            (
                &format!("{source}/postingInfos"),
                posting(json!({ "depositDate": "x" })),
                "depositDate",
            ),
            (
                &format!("{source}/postingInfos"),
                posting(json!({ "postingInfoToken": "x".repeat(256) })),
                "postingInfoToken",
            ),
        ] {
            let mut body = check(&money, "5");
            let at = place.rsplit_once('/').unwrap();
            body.pointer_mut(at.0).unwrap()[at.1] = value.clone();
            let refused = hand_in(&money, &body).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{place} {value}: {}", refused.text);
        }
        for (currency, code) in [("EUR", "650/430"), ("usd", "650/0"), ("", "650/0")] {
            let mut body = check(&money, "5");
            body["currency"] = json!(currency);
            hand_in(&money, &body).await.expect_refused(400, code);
        }
        let id = handed_in(&money, "5").await;
        for action in [json!("approve"), json!(""), json!(null), json!(7)] {
            let path = format!("/mrdcTransfers/{id}");
            let refused = money.call("PUT", &path, json!({ "action": action })).await;
            let refused = refused.expect_refused(400, "400/0");
            assert!(refused.description().contains("action"), "{}", refused.text);
        }
        // The check of another account is not there, and one without a GUID is none.
        let neighbour = money_account(&sim, "wf").await;
        decide(&neighbour, &id, "accept").await.expect_refused(404, "10/1");
        decide(&money, &guid(), "accept").await.expect_refused(404, "10/1");
        decide(&money, "7", "accept").await.expect_refused(400, "400/0");
        let mut nobody = money.clone();
        nobody.path = format!("/accounts/{}", guid());
        decide(&nobody, &id, "accept").await.expect_refused(404, "10/0");
        for (who, status, code) in [(&neighbour, 404, "10/1"), (&nobody, 404, "10/0")] {
            for path in ["mrdcTransfers", "fundfulfillment/mrdcTransfers"] {
                let path = format!("{}/{path}/{id}", who.path);
                who.partner.get(&path).await.expect_refused(status, code);
            }
            let path = format!("{}/mrdcTransfers/{id}/images", who.path);
            who.partner.get(&path).await.expect_refused(status, code);
        }
        assert_eq!(listed(&money, "/mrdcTransfers").await, [id]);
        assert_eq!((balances(&money).await, history(&money, "").await.len()), ((0.0, 0.0), 0));
    }

    async fn pictures_come_sealed_or_plain_and_are_not_kept(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let images = json!({ "frontImage": "RlJPTlQ=", "backImage": "QkFDSw==" });
        let plain = check(&money, "5");
        hand_in(&money, &plain).await.expect(200);
        let sealed = async |sealed: &[(&str, Json)], id: &str| {
            let mut body = plain.clone();
            let source = &mut body["transferRoute"]["sourceTransferEndpoint"];
            source.as_object_mut().unwrap().remove("checkImageData");
            for (member, document) in sealed {
                source[*member] = json!(money.partner.seal(id, document).await);
            }
            body
        };
        let post = async |id: &str, body: Json| {
            money.partner.call("POST", "/fundfulfillment/mrdc", id, body).await
        };
        // The same pictures sealed are the same check.
        let id = guid();
        let body = sealed(&[("encryptedCheckImageData", images.clone())], &id).await;
        let again = post(&id, body.clone()).await.expect(200);
        assert_eq!(again.body["transfer"]["checkAmount"], 5.0);
        // Sealed for another request, or not what is expected: refused, and quoted nowhere.
        post(&guid(), body.clone()).await.expect_refused(400, "101/0");
        let wrong = sealed(&[("encryptedCheckImageData", json!({ "x": "secret" }))], &id).await;
        let refused = post(&id, wrong).await.expect_refused(400, "101/0");
        assert!(!refused.text.contains("secret"), "{}", refused.text);
        for document in [json!("WDk="), json!({ "x9Data": "WDk=" })] {
            let mut body = sealed(&[("encryptedCheckX9Data", document)], &id).await;
            body["transferIdentifier"] = json!(guid());
            post(&id, body).await.expect(200);
        }
        for (mode, refused) in [("required", &plain), ("off", &body)] {
            let encryption = json!({ "encryption": { "mode": mode } });
            sim.control("PUT", "wf", encryption).await.expect(200);
            post(&id, refused.clone()).await.expect_refused(400, "101/0");
        }
        let id = plain["transferIdentifier"].as_str().unwrap();
        let path = format!("{}/mrdcTransfers/{id}/images", money.path);
        let refused = money.partner.get(&path).await.expect_refused(501, "501/0");
        let explanation = refused.explanation();
        assert!(explanation.contains("9 bytes were handed in"), "{explanation}");
        let select = "SELECT COALESCE(image_format, '') || image_sha256 FROM check_deposits";
        let rows: Vec<(String,)> = sim.sim.db.all(sql(select)).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|(line,)| !line.contains("FRONT") && !line.contains("RlJPTlQ")));
    }

    async fn checks_are_listed_by_their_days_in_pages(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut money = at(&sim, THURSDAY, "RDC1").await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.insert(0, handed_in(&money, "5").await);
            sim.advance("wf", "PT20H").await;
            money = later(&sim, &money).await;
        }
        for list in ["/mrdcTransfers", "/fundfulfillment/mrdcTransfers", "/MRDCTransfers/"] {
            assert_eq!(listed(&money, list).await, ids, "{list}");
        }
        // The 3rd, the 4th, the 5th.
        let page = async |query: &str| {
            let path = format!("{}/mrdcTransfers{query}", money.path);
            let answer = money.partner.get(&path).await.expect(200).body;
            (answer["totalRecordCount"].as_i64().unwrap(), listed(&money,
                &format!("/mrdcTransfers{query}")).await)
        };
        assert_eq!(page("?startDate=2031-07-04").await, (2, ids[..2].to_vec()));
        assert_eq!(page("?startDate=2031-07-04&endDate=2031-07-04").await, (1, ids[1..2].to_vec()));
        assert_eq!(page("?endDate=2031-07-03").await, (1, ids[2..].to_vec()));
        assert_eq!(page("?limit=2&offset=1").await, (3, ids[1..].to_vec()));
        assert_eq!(page("?pageSize=2&pageNumber=2").await, (3, ids[2..].to_vec()));
        assert_eq!(page("?offset=9").await, (3, Vec::new()));
        let backwards = "?endDate=2031-07-03&startDate=2031-07-04";
        for query in ["?startDate=x", "?limit=0", "?limit=1001", backwards] {
            let path = format!("{}/mrdcTransfers{query}", money.path);
            money.partner.get(&path).await.expect_refused(400, "400/0");
        }
        decide(&money, &ids[1], "accept").await.expect(200);
        assert_eq!(listed(&money, "/mrdcTransfers/onHold").await, ids[1..2]);
        let nobody = format!("/accounts/{}/mrdcTransfers", guid());
        money.partner.get(&nobody).await.expect_refused(404, "10/0");
        // A reset of the world forgets them.
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        let money = money_account(&sim, "wf").await;
        assert_eq!(listed(&money, "/mrdcTransfers").await, Vec::<String>::new());
    }

    async fn what_a_partner_says_of_its_posting_is_told_again(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let mut body = check(&money, "5");
        body["transferRoute"]["sourceTransferEndpoint"]["postingInfos"] = json!([{
            "postingInfoToken": "t-1", "amount": "5.00", "depositDate": "07/03/2031",
            "transferType": "mrdc",
        }]);
        let answer = hand_in(&money, &body).await.expect(200);
        let expected = json!({
            "postingInfoToken": "t-1", "amount": 5.0, "depositDate": "2031-07-03",
            "transferType": "mrdc", "postingInfoStatus": "pending",
            "fundsAvailableDate": "2031-07-07", "lastChangedDateTime": THURSDAY,
            "hasScheduleChanged": false,
        });
        assert_eq!(answer.body["transfer"]["postingInfos"], json!([expected]));
        assert_eq!(hand_in(&money, &body).await.expect(200).body, answer.body);
    }

    async fn what_was_posted_is_released_and_returned_until_the_account_is_closed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = at(&sim, THURSDAY, "RDC1").await;
        let (kept, returned) = (accepted(&money, "5").await, accepted(&money, "6").await);
        let fraud = json!({ "action": "restrictForFraud" });
        sim.act("wf", &money.account, fraud).await.expect(200);
        act(&sim, &money, "returnCheck", &returned).await.expect(200);
        let close = json!({ "action": "closeAccount" });
        sim.act("wf", &money.account, close.clone()).await.expect(409);
        assert_eq!(status(&money, &kept).await, "onHold");
        assert_eq!(sim.advance("wf", "P5D").await.len(), 1);
        let money = later(&sim, &money).await;
        assert_eq!(status(&money, &kept).await, "completed");
        assert_eq!(balances(&money).await, (5.0, 5.0));
        let fee = json!({ "action": "chargeFee", "amount": 5, "description": "F" });
        sim.act("wf", &money.account, fee).await.expect(200);
        sim.act("wf", &money.account, close).await.expect(200);
        let refused = act(&sim, &money, "returnCheck", &kept).await.expect(409);
        assert!(refused.text.contains("closed"), "{}", refused.text);
        assert_eq!(balances(&money).await, (0.0, 0.0));
        money.audited().await;
    }
}

/// Balances as the statuses of an account's checks want them: available, and posted.
async fn wanted_balances(money: &Money) -> (f64, f64) {
    let path = format!("{}/mrdcTransfers?limit=1000", money.path);
    let answer = money.partner.get(&path).await.expect(200).body;
    let sum = |wanted: &[&str]| {
        let all = answer["transfers"].as_array().unwrap().iter();
        let of = all.filter(|one| wanted.contains(&status_of(one).as_str()));
        of.map(|one| one["checkAmount"].as_f64().unwrap()).sum::<f64>()
    };
    (sum(&["completed"]), sum(&["completed", "onHold"]))
}

on_both_engines! {
    async fn on_every_walk_the_balances_follow_from_the_statuses(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let large = json!({ "dailyLimit": 100_000, "rollingLimit": 100_000 });
        settings(&sim, large).await;
        for (seed, feature) in [(1_u64, "RDC1"), (2, "RDC3"), (3, "RDC0")] {
            let mut money = at(&sim, THURSDAY, feature).await;
            let (mut ids, mut dice, mut seen) = (Vec::new(), seed, HashSet::new());
            for _ in 0..60 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let roll = (dice >> 33) as usize;
                if ids.is_empty() || roll % 10 < 2 {
                    ids.push(handed_in(&money, &format!("{}", 1 + roll % 64)).await);
                    continue;
                }
                let id: &String = &ids[roll / 16 % ids.len()];
                let status = match roll % 10 {
                    2 | 3 => decide(&money, id, "accept").await.status,
                    4 => decide(&money, id, "cancel").await.status,
                    5 => act(&sim, &money, "reviewCheck", id).await.status,
                    6 => act(&sim, &money, "approveCheck", id).await.status,
                    7 => act(&sim, &money, "declineCheck", id).await.status,
                    8 => act(&sim, &money, "returnCheck", id).await.status,
                    _ => {
                        sim.advance("wf", "PT20H").await;
                        money = later(&sim, &money).await;
                        200
                    }
                };
                assert!([200, 400, 409].contains(&status), "{status}");
                seen.insert((roll % 10, status == 200));
                let balances = balances(&money).await;
                assert_eq!(balances, wanted_balances(&money).await, "seed {seed}");
            }
            assert!(seen.len() > 10, "{seen:?}");
            money.audited().await;
        }
    }
}
