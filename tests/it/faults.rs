//! Faults on purpose: what befalls a call as a whole, by rule and by header, in the process and
//! over the wire.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use piebox::http::{connection, outgoing};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::cards_after_issue::{carded, id, list};
use crate::purses::{primary, savings};
use crate::support::money::{Money, adjust, balances, history, money_account};
use crate::support::{Answer, Engine, PATIENCE, TestSim, enrollment, guid, on_both_engines};

/// Lays a rule and gives its id.
async fn lay(sim: &TestSim, rule: Json) -> String {
    let laid = sim.control("POST", "wf/faults", rule).await.expect(201);
    laid.body["faultId"].as_str().unwrap().to_owned()
}

/// The rule strikes the next call of this operation.
async fn next(sim: &TestSim, operation: &str, effect: Json) -> String {
    let rule = json!({ "match": { "operation": operation }, "effect": effect, "times": 1 });
    lay(sim, rule).await
}

/// `matched applied` of each rule, oldest first.
async fn counts(sim: &TestSim) -> Vec<String> {
    let listed = sim.control("GET", "wf/faults", Json::Null).await.expect(200);
    let count = |rule: &Json| format!("{} {}", rule["matched"], rule["applied"]);
    listed.body["faults"].as_array().unwrap().iter().map(count).collect()
}

/// A call below the account that asks for a fault.
async fn asking(money: &Money, fault: &str, method: &str, path: &str, body: Json) -> Answer {
    let authorization = format!("Bearer {}", money.partner.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-gd-requestid", &guid()),
        ("content-type", "application/json"),
        ("x-piebox-fault", fault),
    ];
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let path = format!("/programs/{}{}{path}", money.partner.program, money.path);
    money.sent(method, &path, &headers, text).await
}

const ADJUST: &str = "adjustment_post_adjustbalance";
const ENROLL: &str = "enrollments_post_createenrollment";
const READ: &str = "account_get_getaccount";

on_both_engines! {
    async fn flt_1_only_who_comes_through_the_door_is_struck(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        next(&sim, READ, json!({ "kind": "status", "status": 503 })).await;
        let path = format!("/programs/wf{}", money.path);
        let id = guid();
        let stranger = [("authorization", "Bearer x"), ("x-gd-requestid", id.as_str())];
        sim.bare("GET", &path, &stranger, "").await.expect_refused(401, "401/0");
        money.partner.call("GET", &money.path, "no-guid", Json::Null).await.expect(400);
        assert_eq!(counts(&sim).await, ["0 0"]);
        money.partner.get(&money.path).await.expect_refused(503, "503/0");
        money.partner.get(&money.path).await.expect(200);
        assert_eq!(counts(&sim).await, ["2 1"]);
        // Another world, and another operation, are untouched.
        next(&sim, READ, json!({ "kind": "status", "status": 503 })).await;
        let other = money_account(&sim, "other").await;
        other.partner.get(&other.path).await.expect(200);
        money.partner.get("/certificates").await.expect(200);
        assert_eq!(counts(&sim).await, ["2 1", "0 0"]);
    }

    async fn flt_3_a_made_up_status_is_answered_and_nothing_is_done(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let (body, before) = (money.body("promo", "5"), sim.rows().await);
        let status = json!({ "kind": "status", "status": 200, "code": 5, "subCode": 7,
            "description": "Not today." });
        let fault = next(&sim, ADJUST, status).await;
        let answer = adjust(&money, body.clone()).await.expect_refused(200, "5/7");
        assert_eq!(answer.description(), "Not today.");
        assert_eq!(answer.header("x-piebox-fault"), Some("status"));
        assert!(answer.explanation().starts_with(&format!("FLT-3: fault {fault} of the program")));

        next(&sim, ADJUST, json!({ "kind": "status", "status": 502, "body": "<html>" })).await;
        let answer = adjust(&money, body.clone()).await.expect(502);
        assert_eq!(answer.text, "<html>");
        next(&sim, ADJUST, json!({ "kind": "status", "status": 418, "body": { "a": [] } })).await;
        assert_eq!(adjust(&money, body.clone()).await.expect(418).body, json!({ "a": [] }));
        next(&sim, ADJUST, json!({ "kind": "reset" })).await;
        assert_eq!(adjust(&money, body.clone()).await.status, 0);
        assert_eq!(sim.rows().await, before);
        assert!(history(&money, "").await.is_empty());
        adjust(&money, body).await.expect(200);
        assert_eq!(balances(&money).await, (5.0, 5.0));
    }

    async fn flt_4_a_failed_commit_leaves_nothing_and_the_repetition_passes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let events = sim.events("wf").await.len();
        let body = money.body("promo", "5");
        let fault = next(&sim, ADJUST, json!({ "kind": "failBeforeCommit" })).await;
        // Nothing to commit: the rule is kept for a call that has.
        let mut wrong = body.clone();
        wrong["adjustmentType"] = json!("unheardOf");
        let refused = adjust(&money, wrong).await.expect(400);
        assert_eq!((refused.header("x-piebox-fault"), refused.strikes.len()), (None, 0));
        assert_eq!(counts(&sim).await, ["1 0"]);

        let failed = adjust(&money, body.clone()).await.expect_refused(503, "503/0");
        assert!(failed.explanation().starts_with(&format!("FLT-4: fault {fault}")));
        assert_eq!(failed.header("x-piebox-fault"), Some("failBeforeCommit"));
        assert_eq!(counts(&sim).await, ["2 1"]);
        assert_eq!(sim.events("wf").await.len(), events);
        assert!(history(&money, "").await.is_empty());

        let done = adjust(&money, body).await.expect(200);
        assert_eq!(done.body["adjustmentStatus"], "completed");
        assert_eq!((history(&money, "").await.len(), balances(&money).await), (1, (5.0, 5.0)));
        assert_eq!(sim.events("wf").await.len(), events + 1);
        money.audited().await;
    }

    async fn flt_4_an_enrollment_that_could_not_commit_draws_the_same_again(engine: Engine) {
        let [failed, spared] = [TestSim::start(engine).await, TestSim::start(engine).await];
        next(&failed, ENROLL, json!({ "kind": "failBeforeCommit" })).await;
        let mut answers = Vec::new();
        for sim in [&failed, &spared] {
            let partner = sim.partner("wf").await;
            let body = enrollment(&sim.person("wf").await);
            let id = "5b0c7a0e-0000-4b43-9a55-000000000001";
            if answers.is_empty() {
                partner.enroll(id, &body).await.expect_refused(503, "503/0");
                assert!(sim.events("wf").await.is_empty());
            }
            answers.push(partner.enroll(id, &body).await.expect(200).text);
            assert_eq!(sim.events("wf").await.len(), 1);
        }
        assert_eq!(answers[0], answers[1]);
    }

    async fn flt_5_a_lost_adjustment_is_posted_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let body = money.body("promo", "25");
        next(&sim, ADJUST, json!({ "kind": "loseAnswer" })).await;
        let lost = adjust(&money, body.clone()).await;
        assert_eq!((lost.status, lost.strikes[0].kind), (0, "loseAnswer"));
        assert_eq!(balances(&money).await, (25.0, 25.0));
        let again = adjust(&money, body.clone()).await.expect(200);
        assert_eq!(again.body["adjustmentStatus"], "completed");
        for spoilt in [json!({ "kind": "empty" }), json!({ "kind": "malformed" })] {
            next(&sim, ADJUST, spoilt).await;
            let answer = adjust(&money, body.clone()).await.expect(200);
            assert!(answer.body.is_null() && again.text.starts_with(&answer.text));
        }
        assert_eq!(adjust(&money, body).await.expect(200).text, again.text);
        assert_eq!((history(&money, "").await.len(), balances(&money).await), (1, (25.0, 25.0)));
        money.audited().await;
    }

    async fn flt_5_a_lost_enrollment_makes_one_account(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        next(&sim, ENROLL, json!({ "kind": "loseAnswer" })).await;
        assert_eq!(partner.enroll(&id, &body).await.status, 0);
        let made = sim.events("wf").await[0]["accountIdentifier"].clone();
        assert_eq!(partner.enroll(&id, &body).await.expect(200).account_id(), made);
        assert_eq!(sim.events("wf").await.len(), 1);
    }

    async fn flt_5_a_lost_transfer_moves_money_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let (main, aside) = (primary(&money).await, savings(&money).await);
        let body = json!({
            "transferIdentifier": guid(), "transferType": "purse",
            "transferRoute": {
                "transactionAmount": "30",
                "sourceTransferEndpoint": { "purseIdentifier": main },
                "targetTransferEndpoint": { "purseIdentifier": aside },
            },
        });
        let send = async || money.partner.call("POST", "/transfers", &guid(), body.clone()).await;
        next(&sim, "transfers_post_transfer", json!({ "kind": "loseAnswer" })).await;
        assert_eq!(send().await.status, 0);
        let again = send().await.expect(200);
        assert_eq!(again.body["transfer"]["transferStatus"], "completed", "{}", again.text);
        assert_eq!(balances(&money).await, (70.0, 70.0));
        money.audited().await;
    }

    async fn flt_5_a_card_whose_replacement_is_lost_is_replaced_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, _) = carded(&sim).await;
        let path = format!("{}/paymentInstruments/{screen}/lifecycleEvent", money.path);
        let (request, body) =
            (guid(), json!({ "lifecycleEventType": "replace", "replaceReason": "lost" }));
        let send = async || money.partner.call("PUT", &path, &request, body.clone()).await;
        let operation = "paymentinstrument_put_updatepaymentinstrument";
        next(&sim, operation, json!({ "kind": "loseAnswer" })).await;
        assert_eq!(send().await.status, 0);
        let made = list(&money).await;
        let new = send().await.expect(200).body["paymentInstrument"].clone();
        assert!(made.iter().any(|card| id(card) == id(&new)), "{new}");
        assert_eq!(list(&money).await, made);
    }

    async fn flt_5_a_switch_whose_answer_is_lost_is_in_the_list(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let switches = "/directdeposit/switches";
        next(&sim, "directdeposit_post_createswitchattempt", json!({ "kind": "loseAnswer" })).await;
        assert_eq!(money.call("POST", switches, Json::Null).await.status, 0);
        let listed = money.call("GET", switches, Json::Null).await.expect(200);
        let made = listed.body["accountData"]["switchIds"].clone();
        assert_eq!(made.as_array().unwrap().len(), 1);
        let path = format!("{switches}/{}", made[0].as_str().unwrap());
        let body = json!({ "patchObj": { "status": "Submitted" } });
        let lost = json!({ "kind": "loseAnswer" });
        next(&sim, "directdeposit_patch_updateswitchattempt", lost).await;
        assert_eq!(money.call("PATCH", &path, body.clone()).await.status, 0);
        let events = sim.events("wf").await.len();
        money.call("PATCH", &path, body).await.expect(200);
        assert_eq!(sim.events("wf").await.len(), events);
    }

    async fn flt_6_a_header_may_strike_in_the_midst_of_a_use_case(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let body = money.body("promo", "5");
        let slow = asking(&money, "processorTimeout", "POST", "/adjustments", body.clone()).await;
        assert_eq!(slow.body["adjustmentStatus"], "pending", "{}", slow.text);
        assert_eq!(slow.header("x-piebox-fault"), Some("processorTimeout"));
        assert_eq!((slow.strikes.len(), slow.strikes[0].fault_id), (1, None));
        sim.advance("wf", "PT15M").await;
        let settled = adjust(&money, body).await.expect(200);
        assert_eq!(settled.body["adjustmentStatus"], "completed");
        let (request, body) = (guid(), enrollment(&sim.person("wf").await).to_string());
        let token = format!("Bearer {}", money.partner.token);
        let enroll = async |fault: &[(&'static str, &'static str)]| {
            let headers = [("authorization", &*token), ("x-gd-requestid", &*request)];
            let headers = [&headers[..], fault].concat();
            money.sent("POST", "/programs/wf/enrollments", &headers, body.clone()).await
        };
        let stopped = enroll(&[("x-piebox-fault", "interrupt")]).await.expect(503);
        assert_eq!(stopped.header("x-piebox-fault"), Some("interrupt"));
        enroll(&[]).await.expect(200);
        let read = asking(&money, "interrupt", "GET", "", Json::Null).await.expect(400);
        assert!(read.description().contains("interrupt befalls"), "{}", read.text);
    }

    async fn flt_6_a_header_befalls_its_own_call(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let body = money.body("promo", "5");
        let ask = async |fault: &str| {
            asking(&money, fault, "POST", "/adjustments", body.clone()).await
        };
        let later = r#"status; status=503; description="Try; later""#;
        assert_eq!(ask(later).await.expect_refused(503, "503/0").description(), "Try; later");
        let failed = ask(r#"{"kind":"failBeforeCommit"}"#).await.expect_refused(503, "503/0");
        assert!(failed.explanation().contains("the header X-Piebox-Fault of the call"));
        assert_eq!(ask("reset").await.status, 0);
        assert!(history(&money, "").await.is_empty());
        let lost = ask("loseAnswer").await;
        assert_eq!((lost.status, lost.strikes[0].fault_id), (0, None));
        let late = ask("latency; ms=1").await.expect(200);
        assert_eq!(late.header("x-piebox-fault"), Some("latency"));
        assert_eq!(history(&money, "").await.len(), 1);
        assert!(counts(&sim).await.is_empty());
    }

    async fn flt_7_a_rule_laid_through_another_process_strikes_here(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let sibling = sim.sibling().await;
        for kind in ["loseAnswer", "reset", "failBeforeCommit"] {
            next(&sibling, ADJUST, json!({ "kind": kind })).await;
            let struck = adjust(&money, money.body("promo", "1")).await;
            let kinds: Vec<_> = struck.strikes.iter().map(|strike| strike.kind).collect();
            assert_eq!(kinds, [kind]);
            adjust(&money, money.body("promo", "1")).await.expect(200);
        }
        // Rules that are used up are asked all the same: each call was counted once.
        assert_eq!(counts(&sibling).await, ["6 1", "4 1", "2 1"]);
    }

    async fn flt_7_parallel_calls_use_a_rule_up_exactly(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let money = money_account(&sim, "wf").await;
        let rule = json!({ "match": { "operation": READ }, "times": 3,
            "effect": { "kind": "status", "status": 500 } });
        lay(&sim, rule).await;
        let calls = (0..20).map(|_| money.partner.get(&money.path));
        let answers = join_all(calls).await;
        let struck = answers.iter().filter(|answer| answer.status == 500).count();
        assert_eq!((struck, counts(&sim).await), (3, vec!["20 3".to_owned()]));
    }

    async fn flt_7_what_was_to_strike_and_was_not_committed_is_not_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        next(&sim, ENROLL, json!({ "kind": "interrupt" })).await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await).to_string());
        let token = format!("Bearer {}", partner.token);
        let headers = [
            ("authorization", &*token),
            ("x-gd-requestid", &*id),
            ("x-piebox-fault", "failBeforeCommit"),
        ];
        let failed = sim.bare("POST", "/programs/wf/enrollments", &headers, body).await;
        let failed = failed.expect_refused(503, "503/0");
        assert_eq!(failed.header("x-piebox-fault"), Some("failBeforeCommit"));
        assert_eq!(counts(&sim).await, ["0 0"]);
    }

    async fn flt_7_what_strikes_in_the_midst_of_a_use_case_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let interrupt = next(&sim, ENROLL, json!({ "kind": "interrupt" })).await;
        next(&sim, ENROLL, json!({ "kind": "latency", "ms": 1 })).await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let stopped = partner.enroll(&id, &body).await.expect(503);
        assert_eq!(stopped.header("x-piebox-fault"), Some("latency, interrupt"));
        let ids: Vec<_> = stopped.strikes.iter().map(|it| it.fault_id.unwrap()).collect();
        assert_eq!(ids[1].to_string(), interrupt);
        let whole = partner.enroll(&id, &body).await.expect(200);
        assert_eq!(whole.header("x-piebox-fault"), None);
        assert_eq!(counts(&sim).await, ["2 1", "2 1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flt_2_a_rule_that_cannot_strike_is_refused() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let lose = json!({ "kind": "loseAnswer" });
    for (matching, effect, says) in [
        (
            json!({ "operation": "adjustment_post_adjust" }),
            lose.clone(),
            "match.operation: there is no operation \"adjustment_post_adjust\"; did you mean \
             adjustment_post_adjustbalance",
        ),
        (
            json!({ "path": "/programs/{programCode}/enrolments" }),
            lose.clone(),
            "match.path: in program wf the rule is about nothing at \
             \"/programs/{programCode}/enrolments\"; did you mean \
             /programs/{programCode}/enrollments",
        ),
        (
            json!({ "path": "/programs/{programCode}/enrollments", "method": "GET" }),
            lose.clone(),
            "match.method: no operation that the rule is about is called with \"GET\", but with \
             POST",
        ),
        (json!({ "caller": "demon" }), lose.clone(), "match.caller: there is no client \"demon\""),
        (json!({ "operation": "ping_get" }), lose, "match: such calls belong to no program"),
        (
            json!({ "operation": ADJUST }),
            json!({ "kind": "interrupt" }),
            "effect.kind: interrupt befalls enrollments_post_createenrollment alone",
        ),
        (
            json!({ "operation": "account_get_getaccount" }),
            json!({ "kind": "failBeforeCommit" }),
            "effect.kind: failBeforeCommit befalls calls that write",
        ),
        (json!({}), json!({ "kind": "latency", "ms": 60_001 }), "effect.ms must be 1 to 60000"),
        (json!({}), json!({ "kind": "status", "status": 99 }), "effect.status must be 200 to 599"),
        (json!({}), json!({ "kind": "slow" }), "effect.kind: unknown variant"),
        (json!({}), json!({ "kind": 0 }), "effect.kind: invalid type"),
        (json!({}), json!({ "kind": "latency", "ms": "x" }), "effect.ms: invalid type"),
        (json!({}), json!({ "kind": "delay", "by": "P99999999D" }), "effect.by: is too long"),
        (
            json!({ "operation": "xyzzy" }),
            json!({ "kind": "reset" }),
            "match.operation: there is no operation \"xyzzy\"; GET /_sim/openapi.json lists all",
        ),
    ] {
        let rule = json!({ "match": matching, "effect": effect });
        let refused = sim.control("POST", "wf/faults", rule).await.expect(400);
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.starts_with(says), "{detail}");
    }
    sim.control("GET", "wf/faults", Json::Null).await.expect(404);
}

// Proves FLT-6.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_cannot_be_taken_is_refused_and_nothing_done() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    let body = money.body("promo", "5");
    let post = async |fault: &str| {
        asking(&money, fault, "POST", "/adjustments", body.clone()).await.expect(400)
    };
    for (given, says) in [
        ("", "X-Piebox-Fault names no kind of fault"),
        ("slow", "X-Piebox-Fault kind: unknown variant `slow`"),
        ("latency; ms=0", "X-Piebox-Fault ms must be 1 to 60000"),
        ("{", "X-Piebox-Fault is no JSON"),
        ("interrupt", "X-Piebox-Fault: interrupt befalls enrollments_post_createenrollment alone"),
    ] {
        let refused = post(given).await;
        assert!(refused.description().starts_with(says), "{given}: {}", refused.text);
        assert!(refused.explanation().starts_with("FLT-6"), "{}", refused.explanation());
    }
    let read = asking(&money, "failBeforeCommit", "GET", "", Json::Null).await.expect(400);
    let says =
        "X-Piebox-Fault: failBeforeCommit befalls calls that write, and account_get_getaccount";
    assert!(read.description().starts_with(says), "{}", read.text);
    sim.control("PUT", "wf", json!({ "faults": { "byHeader": false } })).await.expect(200);
    assert!(post("loseAnswer").await.description().contains("faults.byHeader is off"));
    assert!(history(&money, "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn latencies_add_up_and_hold_up_the_call_or_its_answer() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    for before in ["call", "answer"] {
        let effect = json!({ "kind": "latency", "ms": 40, "maxMs": 60, "before": before });
        next(&sim, READ, effect).await;
    }
    next(&sim, READ, json!({ "kind": "status", "status": 500 })).await;
    let started = Instant::now();
    let answer = money.partner.get(&money.path).await.expect(500);
    assert!(started.elapsed() >= Duration::from_millis(80), "{:?}", started.elapsed());
    assert_eq!(answer.header("x-piebox-fault"), Some("latency, latency, status"));
    money.partner.get(&money.path).await.expect(200);
}

// Proves FLT-3, FLT-5.
#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_before_a_late_call_has_done_nothing_and_before_a_late_answer_everything() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    for (before, postings) in [("call", 0), ("answer", 1)] {
        let fault = format!("latency; ms=60000; before={before}");
        let call = asking(&money, &fault, "POST", "/adjustments", money.body("promo", "5"));
        let hung_up = tokio::time::timeout(Duration::from_millis(500), call).await;
        assert!(hung_up.is_err());
        assert_eq!(history(&money, "").await.len(), postings, "before the {before}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_call_draws_anew() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    let rule = json!({ "match": { "operation": READ, "probability": 0.5 },
        "effect": { "kind": "status", "status": 500 } });
    lay(&sim, rule).await;
    let id = guid();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(money.partner.call("GET", &money.path, &id, Json::Null).await.status);
    }
    assert!(statuses.contains(&200) && statuses.contains(&500), "{statuses:?}");
}

/// What a client on the wire makes of a call of the account that asks for a fault.
async fn over_the_wire(money: &Money, address: &str, fault: &str) -> Result<String, String> {
    let client = outgoing::client(PATIENCE).unwrap().build().unwrap();
    let url = format!("http://{address}/programs/wf{}", money.path);
    let call = client
        .get(url)
        .bearer_auth(&money.partner.token)
        .header("x-gd-requestid", guid())
        .header("x-piebox-fault", fault);
    let answer = call.send().await.map_err(|cause| format!("send: {cause:?}"))?;
    let status = answer.status().as_u16();
    let text = answer.text().await.map_err(|cause| format!("{status}, body: {cause:?}"))?;
    Ok(format!("{status} {text}"))
}

/// Sends the head of a call and only a part of its body, and reads until the server hangs up.
async fn half_sent(money: &Money, address: &str, fault: &str) -> String {
    let mut wire = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /programs/wf{}/adjustments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         x-gd-requestid: {}\r\nx-piebox-fault: {fault}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: 1000\r\n\r\n{{",
        money.path,
        money.partner.token,
        guid()
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset connection is an end as well.
    let _ = wire.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_struck_call_is_not_held_up_by_a_body_that_does_not_come() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(connection::serve(listener, sim.router(), std::future::pending()));
    for (fault, says) in [("reset", ""), ("status; status=500", "HTTP/1.1 500")] {
        let ended = tokio::time::timeout(PATIENCE / 4, half_sent(&money, &address, fault)).await;
        let answer = ended.unwrap_or_else(|_| panic!("{fault} waits for the body"));
        assert!(answer.starts_with(says), "{fault}: {answer}");
    }
    server.abort();
}

// Proves FLT-5.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_cut_as_a_network_cuts_it() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = connection::serve(listener, sim.router(), std::future::pending());
    let server = tokio::spawn(served);
    let ask = async |fault: &str| over_the_wire(&money, &address, fault).await;
    for (fault, says) in
        [("reset", "send: "), ("loseAnswer", "send: "), ("malformed", "200, body: ")]
    {
        let failed = ask(fault).await.unwrap_err();
        assert!(failed.starts_with(says), "{fault}: {failed}");
        assert_eq!(failed.contains("ConnectionReset"), fault == "reset", "{fault}: {failed}");
    }
    assert_eq!(ask("empty; status=202").await.unwrap(), "202 ");
    let page = ask("malformed; how=noJson").await.unwrap();
    assert!(page.starts_with("200 <html>"), "{page}");
    assert!(ask("latency; ms=1").await.unwrap().starts_with("200 {\"account\""));
    server.abort();
}
