//! What is decided later: sanctions reviews, card orders that are tried again, cards that stay
//! blocked. By control calls, and by the clock.

use piebox::db::{Scope, sql};
use serde_json::{Value as Json, json};

use crate::support::{
    Engine, TestSim, cards, enrollment, guid, on_both_engines, standing, webhooks,
};

const HEALTHY: &str = "normal healthy passed passed healthy";
const PENDING_REVIEW: &str = "pending registrationNotComplete passed pending manual";
const BLOCKED: [&str; 2] = ["virtual blocked", "emv blocked"];
const IN_USE: [&str; 2] = ["virtual activated", "emv notActivated"];

/// An account with a sanctions match, of the non-KYC flow.
async fn matched(sim: &TestSim) -> String {
    let partner = sim.partner("wf").await;
    let mut body = enrollment(&sim.person_with("wf", "ofacMatch").await);
    body["executeKycFlag"] = json!(false);
    partner.enroll(&guid(), &body).await.expect_refused(200, "1/31").account_id()
}

async fn healthy(sim: &TestSim) -> String {
    let partner = sim.partner("wf").await;
    let body = enrollment(&sim.person("wf").await);
    partner.enroll(&guid(), &body).await.expect(200).account_id()
}

async fn read(sim: &TestSim, account: &str) -> Json {
    let partner = sim.partner("wf").await;
    partner.get(&format!("/accounts/{account}")).await.expect(200).body["account"].clone()
}

async fn told(sim: &TestSim, account: &str) -> Vec<String> {
    let events = sim.events_of("wf", account).await;
    events.iter().map(|event| standing(&event["event"]["account"])).collect()
}

fn processor(kind: &str, times: u32) -> Json {
    json!({ "effect": { "kind": kind }, "times": times })
}

on_both_engines! {
    async fn ofc_1_and_ofc_2_a_cleared_match_completes_by_itself(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let account = matched(&sim).await;
        assert_eq!(standing(&read(&sim, &account).await), PENDING_REVIEW);
        assert!(cards(&read(&sim, &account).await).is_empty());
        sim.advance("wf", "P2D").await;
        sim.act("wf", &account, json!({ "action": "clearOfac" })).await.expect(200);
        let read = read(&sim, &account).await;
        assert_eq!(
            (standing(&read).as_str(), cards(&read)),
            (HEALTHY, IN_USE.map(str::to_owned).to_vec())
        );
        // The day on which it completed, not that of the enrollment.
        assert_eq!(read["accountCycleDay"], 8);
        assert_eq!(read["accountStatusChangedDateTime"], "2031-05-08T10:00:00.000Z");
        let received = webhooks(&receiver, 2).await;
        let stands: Vec<String> = received
            .iter()
            .map(|one| standing(&one.body["accounts"][0]["events"][0]["account"]))
            .collect();
        assert_eq!(stands, [PENDING_REVIEW, HEALTHY]);
    }

    async fn ofc_3_a_confirmed_match_declines_for_good(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let account = matched(&sim).await;
        sim.act("wf", &account, json!({ "action": "failOfac" })).await.expect(200);
        let declined = "locked registrationFailed passed failed none";
        assert_eq!(standing(&read(&sim, &account).await), declined);
        assert_eq!(told(&sim, &account).await, [PENDING_REVIEW, declined]);
        assert!(cards(&read(&sim, &account).await).is_empty());
        // It was the end: nothing can be done any more, and the place is free again.
        let refused = sim.act("wf", &account, json!({ "action": "clearOfac" })).await.expect(409);
        assert!(refused.text.contains("needs a sanctions match"), "{}", refused.text);
        assert_eq!(told(&sim, &account).await.len(), 2);
    }

    async fn ofc_2_and_ofc_3_a_review_ends_by_itself_where_the_program_says_so(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for (result, stands) in
            [("clear", HEALTHY), ("fail", "locked registrationFailed passed failed none")]
        {
            let setting = json!({ "ofac": { "reviewHours": 48, "reviewResult": result } });
            sim.control("PUT", "wf", setting).await.expect(200);
            let account = matched(&sim).await;
            assert!(sim.advance("wf", "PT47H59M").await.is_empty());
            assert_eq!(standing(&read(&sim, &account).await), PENDING_REVIEW);
            let ran = sim.advance("wf", "PT1M").await;
            assert_eq!((ran.len(), &ran[0]["kind"]), (1, &json!("reviewOfac")), "{ran:?}");
            assert_eq!(ran[0]["subject"], account);
            assert_eq!(standing(&read(&sim, &account).await), stands);
        }
    }

    // Proves OFC-2.
    async fn the_repeated_call_of_a_pending_enrollment_answers_what_is_now(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person_with("wf", "ofacMatch").await));
        let first = partner.enroll(&id, &body).await.expect_refused(200, "2/31");
        let account = first.account_id();
        sim.act("wf", &account, json!({ "action": "clearOfac" })).await.expect(200);
        let again = partner.enroll(&id, &body).await.expect(200);
        assert_eq!((again.code().as_str(), again.account_id()), ("0/0", account));
        assert_eq!(standing(&again.body["account"]), HEALTHY);
    }

    // Proves OFC-2, OFC-3.
    async fn parallel_reviews_of_one_account_come_to_one_end(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let account = matched(&sim).await;
        let both = [json!({ "action": "clearOfac" }), json!({ "action": "failOfac" })];
        let calls = (0..12).map(|number| sim.act("wf", &account, both[number % 2].clone()));
        let answers = futures_util::future::join_all(calls).await;
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((done, refused), (1, 11));
        assert_eq!(told(&sim, &account).await.len(), 2);
    }

    // Proves ENR-45.
    async fn cards_are_ordered_four_times_and_then_the_account_has_failed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let waiting = "pending registrationNotComplete passed passed healthy";
        let failed = "locked registrationFailed passed passed none";
        for (kind, times, ran, end) in [
            ("processorTimeout", 1, 1, HEALTHY),
            ("processorFailure", 3, 3, HEALTHY),
            ("processorTimeout", 4, 3, failed),
        ] {
            sim.control("POST", "wf/faults", processor(kind, times)).await.expect(201);
            let account = healthy(&sim).await;
            assert_eq!(standing(&read(&sim, &account).await), waiting);
            assert!(sim.advance("wf", "PT29M").await.is_empty());
            let tries = sim.advance("wf", "PT1H31M").await;
            assert_eq!(tries.len(), ran, "{kind} {times}: {tries:?}");
            assert!(tries.iter().all(|one| one["kind"] == "orderCards"));
            assert_eq!(standing(&read(&sim, &account).await), end);
            assert_eq!(told(&sim, &account).await, [waiting, end]);
            sim.control("DELETE", "wf/faults", Json::Null).await.expect(204);
        }
    }

    // Proves ENR-45.
    async fn an_owed_card_can_come_or_fail_at_a_testers_word(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for (action, end) in [
            ("processorSucceeds", HEALTHY),
            ("processorFails", "locked registrationFailed passed passed none"),
        ] {
            sim.control("POST", "wf/faults", processor("processorTimeout", 1)).await.expect(201);
            let account = healthy(&sim).await;
            sim.act("wf", &account, json!({ "action": action })).await.expect(200);
            assert_eq!(standing(&read(&sim, &account).await), end);
            assert!(sim.advance("wf", "PT3H").await.is_empty(), "the order was called off");
            sim.act("wf", &account, json!({ "action": action })).await.expect(409);
        }
    }

    async fn acc_4_a_card_that_stays_blocked_is_retried_three_times_in_15_minutes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let locked = "locked potentialFraud passed passed none";
        let review = "locked underReview passed passed manual";
        let blocked = BLOCKED.map(str::to_owned).to_vec();
        let in_use = IN_USE.map(str::to_owned).to_vec();
        for (unblock, minutes, end, end_cards) in [
            (json!({ "succeedsOnAttempt": 1 }), 5, HEALTHY, &in_use),
            (json!({ "succeedsOnAttempt": 3 }), 15, HEALTHY, &in_use),
            (json!("never"), 15, review, &blocked),
        ] {
            let account = healthy(&sim).await;
            sim.act("wf", &account, json!({ "action": "lockForFraud" })).await.expect(200);
            let now = read(&sim, &account).await;
            assert_eq!((standing(&now).as_str(), cards(&now)), (locked, blocked.clone()));
            let card = &now["accountHolders"][0]["paymentInstruments"][0];
            assert_eq!(card["paymentInstrumentStatusReasons"], json!(["accountBlock"]));
            let unlock = json!({ "action": "unlockFraud", "cardUnblock": unblock });
            sim.act("wf", &account, unlock).await.expect(200);
            let now = read(&sim, &account).await;
            assert_eq!((standing(&now).as_str(), cards(&now)), (HEALTHY, blocked.clone()));
            sim.advance("wf", &format!("PT{}M59S", minutes - 1)).await;
            assert_eq!(cards(&read(&sim, &account).await), blocked);
            sim.advance("wf", "PT1S").await;
            let now = read(&sim, &account).await;
            assert_eq!((standing(&now).as_str(), &cards(&now)), (end, end_cards), "{unblock}");
            assert!(sim.advance("wf", "P1D").await.is_empty(), "{unblock}");
        }
    }

    // Proves ACC-4.
    async fn a_block_that_is_lifted_plainly_gives_the_cards_back_at_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let account = healthy(&sim).await;
        for lock in [
            json!({ "action": "lockForFraud", "reason": "confirmedFraud" }),
            json!({ "action": "requireVerification", "locked": true }),
        ] {
            sim.act("wf", &account, lock).await.expect(200);
            assert_eq!(cards(&read(&sim, &account).await), BLOCKED);
            sim.act("wf", &account, json!({ "action": "unlockFraud" })).await.expect(200);
            let now = read(&sim, &account).await;
            assert_eq!(
                (standing(&now).as_str(), cards(&now)),
                (HEALTHY, IN_USE.map(str::to_owned).to_vec())
            );
        }
        let wrong = json!({ "action": "unlockFraud", "cardUnblock": { "succeedsOnAttempt": 4 } });
        sim.act("wf", &account, json!({ "action": "lockForFraud" })).await.expect(200);
        let refused = sim.act("wf", &account, wrong).await.expect(400);
        assert!(refused.text.contains("must be 1 to 3"), "{}", refused.text);
    }

    // Proves ACC-4.
    async fn a_new_block_ends_the_retries_of_the_old_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        // All in one moment, and twice.
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let account = healthy(&sim).await;
        let lock = json!({ "action": "lockForFraud" });
        let late = json!({ "action": "unlockFraud", "cardUnblock": { "succeedsOnAttempt": 1 } });
        for _ in 0..2 {
            sim.act("wf", &account, lock.clone()).await.expect(200);
            sim.act("wf", &account, late.clone()).await.expect(200);
        }
        sim.act("wf", &account, lock).await.expect(200);
        assert!(sim.advance("wf", "PT1H").await.is_empty());
        assert_eq!(cards(&read(&sim, &account).await), BLOCKED);
    }

    // Proves ACC-4.
    async fn no_way_back_to_normal_leaves_cards_blocked(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let late = json!({ "action": "unlockFraud", "cardUnblock": "never" });
        let (lock, verify) =
            (json!({ "action": "lockForFraud" }), json!({ "action": "requireVerification" }));
        let pass = json!({ "action": "passIdv" });
        for actions in [
            vec![lock.clone(), verify.clone(), pass.clone()],
            vec![lock.clone(), late.clone(), verify.clone(), pass.clone()],
            vec![lock.clone(), json!({ "action": "restrictForFraud" })],
        ] {
            let account = healthy(&sim).await;
            for action in &actions {
                sim.act("wf", &account, action.clone()).await.expect(200);
            }
            assert_eq!(cards(&read(&sim, &account).await), IN_USE, "{actions:?}");
        }
        let account = healthy(&sim).await;
        sim.act("wf", &account, lock).await.expect(200);
        sim.act("wf", &account, late).await.expect(200);
        let close = json!({ "reason": "customerInitiatedSpendDown" });
        let path = format!("/accounts/{account}/close");
        sim.partner("wf").await.call("PUT", &path, &guid(), close).await.expect(200);
        assert_eq!(cards(&read(&sim, &account).await), IN_USE);
    }

    // Proves OFC-2.
    async fn a_review_of_both_checks_ends_by_itself_as_well(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let setting = json!({ "kyc": { "vendor": "idology" }, "ofac": { "reviewHours": 1 } });
        sim.control("PUT", "wf", setting).await.expect(200);
        let body = enrollment(&sim.person_with("wf", "kycAndOfacFailed").await);
        let answer = sim.partner("wf").await.enroll(&guid(), &body).await.expect(200);
        assert_eq!(sim.advance("wf", "PT1H").await.len(), 1);
        let failed = "locked registrationFailed failed passed none";
        assert_eq!(standing(&read(&sim, &answer.account_id()).await), failed);
    }

    // Proves OFC-2.
    async fn a_task_of_a_later_release_keeps_no_other_one_waiting(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "ofac": { "reviewHours": 1 } })).await.expect(200);
        let (first, second) = (matched(&sim).await, matched(&sim).await);
        for (account, change) in [
            (&first, "UPDATE tasks SET kind = 'someday' WHERE account_id = $1"),
            (&first, "UPDATE tasks SET due_at = 0 WHERE account_id = $1"),
        ] {
            let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
            unit.write(sql(change).bind(account.as_str()));
            unit.commit().await.unwrap();
        }
        let ran = sim.advance("wf", "PT1H").await;
        assert_eq!((ran.len(), &ran[0]["subject"]), (1, &json!(second)), "{ran:?}");
        assert_eq!(standing(&read(&sim, &first).await), PENDING_REVIEW);
    }

    // Proves GATE-3.
    async fn an_account_without_its_product_waits_until_it_is_back(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person_with("wf", "idvNeeded").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        sim.act("wf", &account, json!({ "action": "passIdv" })).await.expect(200);
        let settings =
            sim.control("GET", "wf", Json::Null).await.expect(200).body["settings"].clone();
        let products = match settings {
            Json::Null => sim.control("GET", "wf", Json::Null).await.body["products"].clone(),
            settings => settings["products"].clone(),
        };
        sim.control("PUT", "wf", json!({ "products": [] })).await.expect(200);
        let path = format!("/accounts/{account}/paymentInstruments");
        let complete = async || partner.call("POST", &path, &guid(), json!({})).await;
        complete().await.expect_refused(400, "1000/0");
        sim.control("PUT", "wf", json!({ "products": products })).await.expect(200);
        let done = complete().await.expect(200);
        assert_eq!(cards(&done.body["account"]), IN_USE);
    }

    // Proves OFC-2, ACC-4.
    async fn tasks_of_a_running_clock_are_done_without_anybody_asking(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "ofac": { "reviewHours": 1 } })).await.expect(200);
        let account = matched(&sim).await;
        sim.wall.advance(3_600_000);
        for _ in 0..500 {
            if standing(&read(&sim, &account).await) == HEALTHY {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the review did not end");
    }

    // Proves OFC-2.
    async fn a_restart_loses_no_task(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "ofac": { "reviewHours": 1 } })).await.expect(200);
        let account = matched(&sim).await;
        let sim = sim.restart().await;
        let ran = sim.advance("wf", "PT1H").await;
        assert_eq!((ran.len(), &ran[0]["subject"]), (1, &json!(account)));
        assert_eq!(standing(&read(&sim, &account).await), HEALTHY);
        // A reset forgets what was still to come.
        matched(&sim).await;
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        assert!(sim.advance("wf", "PT2H").await.is_empty());
    }

    // Proves ACC-4, OFC-1.
    async fn actions_are_listed_and_refused_with_a_reason(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let account = healthy(&sim).await;
        let path = format!("wf/accounts/{account}/actions");
        let listed = sim.control("GET", &path, Json::Null).await.expect(200);
        let names: Vec<&str> = listed.body["possibleActions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["action"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["restrictForFraud", "lockForFraud", "requireVerification"]);
        assert_eq!(listed.body["moneyActions"][0]["action"], "authorize");
        let refused = sim.act("wf", &account, json!({ "action": "passIdv" })).await.expect(409);
        assert!(refused.text.contains("passIdv needs the gate idv"), "{}", refused.text);
        assert!(refused.text.contains("possible now: restrictForFraud"), "{}", refused.text);
        sim.act("wf", &account, json!({ "action": "fly" })).await.expect(400);
        sim.act("wf", &account, json!({ "action": "passIdv", "why": 1 })).await.expect(400);
        sim.act("wf", &guid(), json!({ "action": "passIdv" })).await.expect(404);
        sim.act("wf", "nobody", json!({ "action": "passIdv" })).await.expect(400);
        sim.act("nowhere", &account, json!({ "action": "passIdv" })).await.expect(404);
        assert_eq!(sim.events("wf").await.len(), 1);
    }
}
