//! The same enrollment again: repeated, in parallel, after a restart, in two processes, and after
//! it stopped half-way.

use std::time::Duration;

use futures_util::future::join_all;
use piebox::db::{Key, Scope, sql};
use piebox::kernel::ids::ProgramCode;
use serde_json::{Value as Json, json};

use crate::support::{Engine, Partner, TestSim, enrollment, guid, on_both_engines, webhooks};

/// The next enrollment stops half-way.
async fn interrupt_next(sim: &TestSim) {
    let rule = json!({
        "match": { "operation": "enrollments_post_createenrollment" },
        "effect": { "kind": "interrupt" },
        "times": 1,
    });
    sim.control("POST", "wf/faults", rule).await.expect(201);
}

async fn account_of_events(sim: &TestSim) -> String {
    let events = sim.events("wf").await;
    events[0]["accountIdentifier"].as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn idm_1_a_repeated_call_answers_alike_and_makes_nothing_new(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let first = partner.enroll(&id, &body).await.expect(200);
        sim.control("POST", "wf/clock/advance", json!({ "by": "PT1H" })).await.expect(200);
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, first.text);
        assert_eq!(partner.enroll(&id.to_uppercase(), &body).await.expect(200).text, first.text);

        let sim = sim.restart().await;
        let partner = partner.at(sim.router());
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, first.text);
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 1);
        assert_eq!(sim.events("wf").await.len(), 1);
    }

    async fn idm_1_fifty_parallel_calls_make_one_account_and_one_webhook(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let sibling = match engine {
            Engine::Postgres => Some(sim.sibling().await),
            Engine::Sqlite => None,
        };
        let receiver = sim.receiver("wf").await;
        let here = sim.partner("wf").await;
        let there = sibling.as_ref().map_or_else(|| here.clone(), |other| here.at(other.router()));
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let calls = (0..50).map(|n| {
            let (partner, id, body) = (if n % 2 == 0 { &here } else { &there }, &id, &body);
            partner.enroll(id, body)
        });
        let answers = join_all(calls).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (200, &answers[0].text));
        }
        webhooks(&receiver, 1).await;
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 1);
        assert_eq!(sim.events("wf").await.len(), 1);
        drop(sibling);
    }

    async fn idm_1_members_added_by_a_repetition_change_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, mut body) = (guid(), enrollment(&sim.person("wf").await));
        let first = partner.enroll(&id, &body).await.expect(200);
        body["account"]["fraudData"] = json!({ "key": "value" });
        body["encryptedPin"] = json!(partner.seal(&id, &json!({ "pin": "4821" })).await);
        body["executeKycFlag"] = json!("true");
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, first.text);
        // Sealed or plain, it is the same identity.
        let person = body["user"]["userData"].clone();
        body["user"] = json!({ "encryptedUserData": partner.seal(&id, &person).await });
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, first.text);
    }

    async fn idm_1_an_answer_kept_by_the_first_release_is_repeated_by_this_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let first = partner.enroll(&id, &body).await.expect(200);
        // As the first release wrote it: without what has been added since.
        let kept: Vec<(String,)> =
            sim.sim.db.all(sql("SELECT reply FROM enrollments")).await.unwrap();
        let mut reply: Json = serde_json::from_str(&kept[0].0).unwrap();
        let account = reply.as_object_mut().unwrap();
        for added in ["account_type", "order", "first_active_at", "upgrade"] {
            assert!(account.remove(added).is_some(), "{added}");
        }
        for card in reply["holders"][0]["cards"].as_array_mut().unwrap() {
            for added in ["status_reason", "embossed_name"] {
                assert!(card.as_object_mut().unwrap().remove(added).is_some(), "{added}");
            }
        }
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        unit.write(sql("UPDATE enrollments SET reply = $1").bind(reply.to_string()));
        unit.commit().await.unwrap();
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, first.text);
    }

    async fn idm_2_another_identity_or_product_is_another_request(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, mut body) = (guid(), enrollment(&sim.person("wf").await));
        // Limits would refuse what this test asks for.
        let many = json!({ "active": 9, "lifetime": 9 });
        let limits = json!({ "limits": { "consumer": { "ssn": many, "phone": many } } });
        sim.control("PUT", "wf", limits).await.expect(200);
        let first = partner.enroll(&id, &body).await.expect(200).account_id();
        let mut seen = vec![first];
        for (pointer, value) in [
            ("/user/userData/profileData/lastName", "Another"),
            ("/user/userData/identifyingData/dateOfBirth", "1981-01-01"),
            ("/user/userData/identifyingData/ssn", "109999991"),
            ("/account/productCode", "50300"),
        ] {
            *body.pointer_mut(pointer).unwrap() = json!(value);
            let account = partner.enroll(&id, &body).await.expect(200).account_id();
            assert!(!seen.contains(&account), "{pointer}");
            seen.push(account);
        }
    }

    async fn idm_3_an_overlapping_call_waits_and_is_refused_when_the_wait_runs_out(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 300).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        partner.get("/certificates").await.expect(200);
        let program: ProgramCode = "wf".parse().unwrap();
        // On Postgres the key is held by another process.
        let holder = match engine {
            Engine::Postgres => sim.store.open().await,
            Engine::Sqlite => sim.sim.db.clone(),
        };
        let held = holder.begin(Scope::keys(vec![Key::request(&program, &id)])).await.unwrap();
        let answer = partner.enroll(&id, &body).await.expect_refused(409, "4091/0");
        assert_eq!(answer.header("x-gd-requestid"), Some(id.as_str()));
        assert!(sim.events("wf").await.is_empty());
        // Another request of another person is not held up.
        let other = enrollment(&sim.person("wf").await);
        partner.enroll(&guid(), &other).await.expect(200);

        let waiting = partner.clone();
        let waiting = tokio::spawn(async move { waiting.enroll(&id, &body).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        drop(held);
        waiting.await.unwrap().expect(200);
    }

    async fn idm_3_calls_for_one_identity_overlap_too(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 200).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let world = sim.sim.worlds.find(&"wf".parse().unwrap()).await.unwrap().unwrap();
        let ssn = person["identifyingData"]["ssn"].as_str().unwrap();
        let hash = world.keyed_hash("identity", &format!("ssn:{ssn}"));
        let keys = vec![Key::identity(&world.code, &hash)];
        let held = sim.sim.db.begin(Scope::keys(keys)).await.unwrap();
        partner.enroll(&guid(), &enrollment(&person)).await.expect_refused(409, "4091/0");
        drop(held);
        partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
    }

    async fn bcd_1_an_interrupted_enrollment_leaves_a_pending_account_and_no_webhook(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        interrupt_next(&sim).await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let answer = partner.enroll(&id, &body).await.expect_refused(503, "503/0");
        assert_eq!(
            answer.body,
            json!({
                "account": {},
                "responseDetails": [
                    { "code": 503, "subCode": 0, "description": "Fail", "url": "http://tbd" }
                ],
            })
        );
        let explanation = answer.explanation();
        assert!(explanation.contains("registrationNotComplete"), "{explanation}");
        assert!(sim.events("wf").await.is_empty());
        assert_eq!(receiver.total(), 0);

        let account = half_finished(&sim, &partner).await;
        assert_eq!(account["status"], "pending");
        assert_eq!(account["statusReasons"], json!(["registrationNotComplete"]));
        assert!(account.get("accountCycleDay").is_none());
        let holder = &account["accountHolders"][0];
        assert_eq!(holder["paymentInstruments"], json!([]));
        assert!(holder["user"]["kycStateData"].get("kycPendingGate").is_none());
    }

    async fn bcd_2_the_same_call_again_completes_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        interrupt_next(&sim).await;
        let (id, mut body) = (guid(), enrollment(&sim.person("wf").await));
        partner.enroll(&id, &body).await.expect_refused(503, "503/0");

        let sim = sim.restart().await;
        let partner = partner.at(sim.router());
        sim.control("POST", "wf/clock/advance", json!({ "by": "PT5M" })).await.expect(200);
        body["account"]["fraudData"] = json!({ "key": { "prop1": "val1" } });
        body["encryptedPin"] = json!(partner.seal(&id, &json!({ "pin": "12" })).await);
        partner.enroll(&id, &body).await.expect_refused(400, "400/0");
        body["encryptedPin"] = json!(partner.seal(&id, &json!({ "pin": "4821" })).await);
        let repaired = partner.enroll(&id, &body).await.expect(200);
        let account = &repaired.body["account"];
        assert_eq!(account["status"], "normal");
        assert_eq!(account["statusReasons"], json!(["healthy"]));
        assert_eq!(account["accountStatusChangedDateTime"], "2031-05-06T10:05:00.000Z");
        assert_eq!(account["accountCycleDay"], 6);
        let cards = account["accountHolders"][0]["paymentInstruments"].as_array().unwrap();
        assert_eq!(cards.len(), 2);
        assert!(cards.iter().all(|card| card["isPinSet"] == true));

        let received = webhooks(&receiver, 1).await;
        assert_eq!(
            received[0].body["accounts"][0]["accountIdentifier"],
            account["accountIdentifier"]
        );
        assert_eq!(partner.enroll(&id, &body).await.expect(200).text, repaired.text);
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 1);
        assert_eq!(account_of_events(&sim).await, repaired.account_id());
    }

    async fn bcd_2_many_parallel_repetitions_complete_it_once(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        interrupt_next(&sim).await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        partner.enroll(&id, &body).await.expect_refused(503, "503/0");
        let answers = join_all((0..20).map(|_| partner.enroll(&id, &body))).await;
        assert!(answers.iter().all(|a| a.status == 200 && a.text == answers[0].text));
        webhooks(&receiver, 1).await;
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 1);
    }
}

/// The account that an interrupted enrollment left behind. The partner was not told its id; the
/// tester finds it.
async fn half_finished(sim: &TestSim, partner: &Partner) -> Json {
    let listed = sim.control("GET", "wf/accounts?status=pending", Json::Null).await.expect(200);
    let lines = listed.body["accounts"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{}", listed.text);
    let account = lines[0]["accountIdentifier"].as_str().unwrap();
    let read = partner.get(&format!("/enrollments/accounts/{account}")).await.expect(200);
    read.body["account"].clone()
}
