//! The journal: calls found, counted and put in order; what is kept of them, and how long.

use std::time::Duration;

use piebox::db::{Key, Scope, sql};
use piebox::journal::model::{Asked, CallRecord, Kept, Kind};
use piebox::kernel::ids::ProgramCode;
use serde_json::{Value as Json, json};

use crate::support::{
    Answer, Engine, PATIENCE, Partner, START, TestSim, enrollment, guid, on_both_engines,
};

/// Calls of the program, as a query asks for them.
async fn listed(sim: &TestSim, query: &str) -> Vec<Json> {
    let answer = sim.control("GET", &format!("wf/requests?{query}"), Json::Null).await;
    answer.expect(200).body["requests"].as_array().unwrap().clone()
}

async fn verify(sim: &TestSim, claim: Json) -> Answer {
    sim.control("POST", "wf/requests/verify", claim).await
}

async fn verified(sim: &TestSim, claim: Json) -> Json {
    let verdict = verify(sim, claim).await.expect(200).body;
    assert_eq!(verdict["verified"], true);
    verdict
}

/// Asserts that a claim does not hold; the answer says why.
async fn refuted(sim: &TestSim, claim: Json) -> Json {
    let answer = verify(sim, claim).await.expect(422);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.body["verified"], false);
    answer.body
}

async fn credit(partner: &Partner, account: &str, amount: f64) -> Answer {
    let body = json!({
        "adjustmentIdentifier": guid(), "adjustmentType": "promo", "amount": amount,
        "currency": "USD",
    });
    let path = format!("/accounts/{account}/adjustments");
    partner.call("POST", &path, &guid(), body).await.expect(200)
}

/// A call of this moment, as it is handed in.
async fn call_of(sim: &TestSim, program: &str) -> CallRecord {
    let now = sim.sim.worlds.wall();
    let program = program.parse().unwrap();
    let world = sim.sim.worlds.find(&program).await.unwrap().unwrap();
    CallRecord {
        id: sim.sim.journal.next_id(now),
        kind: Kind::Call,
        program,
        life: world.edition.life,
        kept: Kept { calls: 100_000, body_bytes: 0 },
        at: now,
        wall: now,
        duration_ms: 0,
        asked: Asked::default(),
        answered: None,
    }
}

/// Paths of the calls, shortened to their last word.
fn ends(calls: &[Json]) -> Vec<&str> {
    calls.iter().map(|call| call["path"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
}

on_both_engines! {
    async fn jrn_1_a_call_is_found_at_once_with_its_answer_and_what_it_caused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = guid().to_uppercase();
        let body = enrollment(&sim.person("wf").await);
        let enrolled = partner.enroll(&id, &body).await.expect(200);

        let calls = listed(&sim, "").await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        let call = &calls[0];
        assert_eq!(call["kind"], "call");
        assert_eq!((&call["method"], &call["path"]),
            (&json!("POST"), &json!("/programs/wf/enrollments")));
        assert_eq!(call["operation"], "enrollments_post_createenrollment");
        assert_eq!(call["template"], "/programs/{programCode}/enrollments");
        assert_eq!(call["requestId"], id.to_lowercase());
        assert_eq!((&call["caller"], &call["at"]), (&json!("demo"), &json!(START)));
        assert_eq!(call["accountIdentifier"], enrolled.account_id());
        let answer = &call["answer"];
        assert_eq!((&answer["status"], &answer["code"], &answer["subCode"]),
            (&json!(200), &json!(0), &json!(0)));
        assert_eq!(call["request"]["body"]["account"], body["account"]);
        assert_eq!(answer["body"]["account"]["status"], "normal");
        assert_eq!(answer["length"], enrolled.text.len());
        let events = call["events"].as_array().unwrap();
        let told = sim.events_of("wf", &enrolled.account_id()).await;
        assert_eq!(events.len(), told.len());
        assert_eq!(events[0]["eventIdentifier"], told[0]["eventIdentifier"]);
    }

    async fn jrn_1_refused_calls_and_calls_without_a_request_id_are_there_too(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let token = format!("Bearer {}", partner.token);
        let headers = [("authorization", token.as_str())];
        sim.bare("GET", "/programs/wf/certificates?ssn=107654343", &headers, "").await.expect(400);
        sim.bare("GET", "/programs/wf/nowhere", &headers, "").await.expect(404);
        let calls = listed(&sim, "first=oldest").await;
        assert_eq!(ends(&calls), ["certificates", "certificates", "nowhere"]);
        assert_eq!(calls[1]["query"], json!({ "ssn": "***" }));
        assert_eq!(calls[1]["answer"]["refusal"]["rule"], "HDR-1");
        assert!(calls[2].get("operation").is_none() && calls[2].get("caller").is_none());
    }

    async fn jrn_1_control_calls_that_change_something_stand_beside(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "testEvents": { "signingKey": "hush" } })).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        sim.control("GET", "wf/clock", Json::Null).await.expect(200);
        sim.control("PUT", "wf/clock", json!({ "mode": "odd" })).await.expect(400);
        sim.advance("wf", "PT1H").await;
        sim.person("wf").await;
        assert!(listed(&sim, "").await.is_empty());
        let calls = listed(&sim, "kind=control&first=oldest").await;
        let operations: Vec<&Json> = calls.iter().map(|call| &call["operation"]).collect();
        assert_eq!(operations, ["sim_put_program", "sim_put_clock", "sim_advance_clock"]);
        // The call came in before it moved the clock.
        assert_eq!(calls[2]["at"], START);
        assert_eq!(calls[2]["request"]["body"], json!({ "by": "PT1H" }));
        assert!(!json!(calls).to_string().contains("hush"));
    }

    async fn calls_are_listed_by_what_they_are_like_page_by_page(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        for amount in 1..=3 {
            credit(&partner, &account, f64::from(amount)).await;
        }
        partner.get(&format!("/accounts/{}", guid())).await.expect(404);
        let path = "path=/baas/v1/Programs/*/accounts/*/adjustments";
        for (query, count) in [
            ("", 5),
            ("method=post", 4),
            ("operation=adjustment_post_adjustbalance", 3),
            (path, 3),
            ("status=404", 1),
            ("code=10&subCode=0", 1),
            ("rule=ACC-1", 1),
            ("caller=demo&caller=demo", 0),
            ("text=PROMO", 3),
            ("fault=any", 0),
            ("since=2031-05-06T10:00:00Z", 5),
            ("until=2031-05-06T10:00:00Z", 0),
            (&format!("accountIdentifier={account}"), 4),
        ] {
            let answer = sim.control("GET", &format!("wf/requests?{query}"), Json::Null).await;
            if query.starts_with("caller") {
                answer.expect(400);
                continue;
            }
            let found = answer.expect(200).body["requests"].as_array().unwrap().len();
            assert_eq!(found, count, "{query}");
        }
        for first in ["newest", "oldest"] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let path = format!("wf/requests?limit=2&first={first}{after}");
                let page = sim.control("GET", &path, Json::Null).await.expect(200).body;
                seen.extend(page["requests"].as_array().unwrap().clone());
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            let mut whole = listed(&sim, "first=oldest").await;
            if first == "newest" {
                whole.reverse();
            }
            assert_eq!(seen, whole);
        }
    }

    async fn jrn_3_calls_are_counted_and_the_nearest_miss_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        credit(&partner, &account, 25.0).await;
        let adjusted = json!({
            "operation": "adjustment_post_adjustbalance", "accountIdentifier": account,
            "requestBody": { "amount": 25 }, "code": 0,
        });
        verified(&sim, json!({ "match": adjusted })).await;
        verified(&sim, json!({ "match": adjusted, "count": { "exactly": 1 } })).await;
        verified(&sim, json!({ "match": { "method": "DELETE" }, "never": true })).await;
        verified(&sim, json!({ "match": {}, "count": { "atLeast": 2, "atMost": 2 } })).await;

        let mut other = adjusted.clone();
        other["requestBody"] = json!({ "amount": 26, "adjustmentType": "promo" });
        let told = refuted(&sim, json!({ "match": other })).await;
        assert_eq!(told["found"], 0);
        let miss = &told["nearestMiss"];
        assert_eq!(miss["fails"], json!([
            { "condition": "requestBody.amount", "wanted": 26, "is": 25.0 },
        ]));
        assert_eq!(miss["call"]["operation"], "adjustment_post_adjustbalance");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("requestBody.amount is 25.0, not 26"), "{detail}");

        let told = refuted(&sim, json!({ "match": adjusted, "never": true })).await;
        assert_eq!((&told["found"], &told["wanted"]), (&json!(1), &json!("exactly 0 calls")));
        assert_eq!(told["calls"].as_array().unwrap().len(), 1);
        assert!(told.get("nearestMiss").is_none());
        for wrong in [
            json!({}),
            json!({ "match": {}, "count": {} }),
            json!({ "match": {}, "count": { "exactly": 1 }, "never": true }),
            json!({ "match": { "odd": 1 } }),
        ] {
            verify(&sim, wrong).await.expect(400);
        }
    }

    async fn jrn_3_an_order_holds_or_names_the_step_that_is_missing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        partner.get(&format!("/accounts/{account}")).await.expect(200);
        credit(&partner, &account, 1.0).await;
        partner.get(&format!("/accounts/{account}")).await.expect(200);
        let read = json!({ "operation": "account_get_getaccount" });
        let enrolled = json!({ "operation": "enrollments_post_createenrollment" });
        let credited = json!({ "path": "*/adjustments" });
        verified(&sim, json!({ "order": [enrolled, read, credited, read] })).await;
        verified(&sim, json!({ "order": [enrolled, read, read] })).await;
        let told = refuted(&sim, json!({ "order": [credited, read, enrolled] })).await;
        assert_eq!((&told["missingStep"], &told["found"]), (&json!(3), &json!(2)));
        let told = refuted(&sim, json!({ "order": [read, read, read] })).await;
        assert_eq!(told["missingStep"], 3);
    }

    async fn jrn_3_a_word_that_no_call_bears_is_refused_and_not_found_absent(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        for (wanted, says) in [
            (json!({ "operation": "enrollments_post_createenrolment" }), "match.operation: there"),
            (json!({ "method": "FETCH" }), "match.method: there is no"),
            (json!({ "rule": "XYZ-99" }), "match.rule: there is no"),
            (json!({ "accountIdentifier": "a-1" }), "match.accountIdentifier: "),
        ] {
            let claim = json!({ "match": wanted, "never": true });
            let refused = verify(&sim, claim).await.expect(400).body;
            assert!(refused["detail"].as_str().unwrap().starts_with(says), "{refused}");
            let claim = json!({ "order": [{ "method": "GET" }, wanted] });
            let refused = verify(&sim, claim).await.expect(400).body;
            let says = says.replace("match", "order[1]");
            assert!(refused["detail"].as_str().unwrap().starts_with(&says), "{refused}");
        }
        for name in ["enrollments_post_createenrollment", "sim_put_clock"] {
            let claim = json!({ "match": { "operation": name, "path": "*/x" }, "never": true });
            verify(&sim, claim).await.expect(200);
        }
    }

    async fn jrn_3_a_claim_waits_until_it_holds(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let claim = json!({
            "match": { "path": "*/certificates" }, "count": { "atLeast": 2 }, "within": "PT20S",
        });
        let call = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            partner.get("/certificates").await.expect(200)
        };
        let (verdict, _) = tokio::join!(verified(&sim, claim), call);
        assert_eq!(verdict["found"], 2);
        let claim = json!({ "match": { "path": "/never" }, "within": "PT0.1S" });
        refuted(&sim, claim).await;
    }

    async fn jrn_4_a_program_keeps_as_many_calls_as_it_wants(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        sim.control("PUT", "wf", json!({ "journal": { "calls": 10 } })).await.expect(200);
        let first = guid();
        partner.call("GET", "/certificates", &first, Json::Null).await.expect(200);
        let explain = format!("wf/requests/{first}/explain");
        sim.control("GET", &explain, Json::Null).await.expect(200);
        for _ in 0..250 {
            partner.get("/certificates").await.expect(200);
        }
        assert_eq!(listed(&sim, "limit=1000").await.len(), 10);
        let kept = sql("SELECT COUNT(*) FROM journal WHERE program_code = 'wf'");
        let (kept,) = sim.sim.db.first::<(i64,)>(kept).await.unwrap().unwrap();
        assert!((10..=120).contains(&kept), "{kept} rows");

        let heads = json!({ "journal": { "calls": 100, "bodyBytes": 0 } });
        sim.control("PUT", "wf", heads).await.expect(200);
        let body = enrollment(&sim.person("wf").await);
        partner.enroll(&guid(), &body).await.expect(200);
        let call = listed(&sim, "limit=1").await.remove(0);
        assert!(call["request"].get("body").is_none(), "{call}");
        assert_eq!(call["request"]["length"], body.to_string().len());

        sim.control("PUT", "wf", json!({ "journal": { "calls": 0 } })).await.expect(200);
        partner.get("/certificates").await.expect(200);
        sim.control("PUT", "wf", json!({ "journal": { "calls": 100 } })).await.expect(200);
        let newest = listed(&sim, "limit=1").await.remove(0);
        assert_eq!(newest["callId"], call["callId"]);
        let odd = json!({ "journal": { "calls": 10_001 } });
        sim.control("PUT", "wf", odd).await.expect(400);
    }

    async fn jrn_4_a_reset_empties_the_journal(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        let calls = listed(&sim, "kind=any").await;
        let kinds: Vec<&Json> = calls.iter().map(|call| &call["kind"]).collect();
        assert_eq!(kinds, ["reset"]);
        partner.get("/certificates").await.expect(200);
        assert_eq!(listed(&sim, "").await.len(), 1);
    }

    async fn jrn_4_what_cannot_be_kept_is_counted_and_holds_no_call_up(engine: Engine) {
        let change = |config: &mut piebox::config::Config| {
            config.database.lock_wait_ms = 200;
            config.journal.buffer_calls = 5;
            config.journal.interval_ms = 5_000;
        };
        let sim = TestSim::configured(engine, change).await;
        let partner = sim.partner("wf").await;
        for _ in 0..8 {
            partner.get("/certificates").await.expect(200);
        }
        let answer = sim.control("GET", "wf/requests", Json::Null).await.expect(200).body;
        assert_eq!((answer["requests"].as_array().unwrap().len(), &answer["lost"]), (5, &json!(3)));
        let told = refuted(&sim, json!({ "match": {}, "count": { "exactly": 8 } })).await;
        assert_eq!(told["lost"], 3);

        // The database does not take it, for a while.
        let program: ProgramCode = "other".parse().unwrap();
        let held = sim.sim.db.begin(Scope::keys(vec![Key::journal(&program)])).await.unwrap();
        let other = sim.partner("other").await;
        other.get("/certificates").await.expect(200);
        sim.control("GET", "other/requests", Json::Null).await.expect(409);
        drop(held);
        // What waits for others goes on waiting.
        let answer = sim.control("GET", "other/requests", Json::Null).await.expect(200).body;
        assert_eq!((answer["requests"].as_array().unwrap().len(), &answer["lost"]), (1, &json!(0)));
    }

    async fn jrn_4_writing_ends_while_calls_keep_coming(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        // Handed in without a call, so that one at least comes while a few are written.
        let calls = async || loop {
            sim.sim.journal.keep(call_of(&sim, "wf").await);
            tokio::task::yield_now().await;
        };
        for only in [None, Some("wf".parse::<ProgramCode>().unwrap())] {
            let id = guid();
            partner.call("GET", "/certificates", &id, Json::Null).await.expect(200);
            let flush = sim.sim.journal.flush(only.as_ref());
            tokio::select! {
                flushed = tokio::time::timeout(PATIENCE / 2, flush) => flushed.unwrap().unwrap(),
                () = calls() => {}
            }
            // What was answered before can be read.
            let kept = sql("SELECT COUNT(*) FROM journal WHERE request_id = $1").bind(id);
            let kept = sim.sim.db.first::<(i64,)>(kept).await.unwrap();
            assert_eq!(kept, Some((1,)));
        }
    }

    async fn jrn_4_a_world_that_is_being_changed_keeps_no_calls_of_others_out(engine: Engine) {
        let change = |config: &mut piebox::config::Config| {
            config.database.lock_wait_ms = 200;
            config.journal.interval_ms = 5_000;
        };
        let sim = TestSim::configured(engine, change).await;
        for program in ["busy", "calm", "quiet"] {
            sim.partner(program).await.get("/certificates").await.expect(200);
        }
        let busy: ProgramCode = "busy".parse().unwrap();
        let held = sim.sim.db.begin(Scope::keys(vec![Key::world(&busy)])).await.unwrap();
        sim.sim.journal.flush(None).await.unwrap_err();
        let kept = async || {
            let kept = sql("SELECT program_code FROM journal ORDER BY program_code");
            let kept = sim.sim.db.all::<(String,)>(kept).await.unwrap();
            kept.into_iter().map(|(program,)| program).collect::<Vec<_>>()
        };
        assert_eq!(kept().await, ["calm", "quiet"]);
        drop(held);
        // Its own are kept as soon as it lets them, in their order.
        sim.partner("busy").await.get("/health/ping").await;
        sim.sim.journal.flush(None).await.unwrap();
        assert_eq!(kept().await, ["busy", "busy", "calm", "quiet"]);
        let answer = sim.control("GET", "busy/requests", Json::Null).await.expect(200).body;
        assert_eq!((answer["requests"].as_array().unwrap().len(), &answer["lost"]), (2, &json!(0)));
    }

    async fn jrn_4_processes_on_one_database_read_each_others_calls(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let other = sim.sibling().await;
        let here = sim.partner("wf").await;
        let there = here.at(other.router());
        here.get("/certificates").await.expect(200);
        there.get("/certificates").await.expect(200);
        for process in [&sim, &other] {
            let both = json!({ "match": {}, "count": { "exactly": 2 } });
            assert_eq!(verify(process, both).await.expect(200).body["found"], 2);
        }
        // What the other process still holds of the old life does not come back.
        for _ in 0..3 {
            there.get("/certificates").await.expect(200);
        }
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        other.sim.journal.flush(None).await.unwrap();
        assert_eq!(listed(&sim, "kind=any").await.len(), 1);
    }

    async fn jrn_1_a_caller_who_goes_away_leaves_a_call_without_an_answer(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let program: ProgramCode = "wf".parse().unwrap();
        let key = Key::account(&program, account.parse().unwrap());
        let held = sim.sim.db.begin(Scope::keys(vec![key])).await.unwrap();
        let adjust = credit(&partner, &account, 1.0);
        tokio::time::timeout(Duration::from_millis(200), adjust).await.unwrap_err();
        drop(held);
        let call = listed(&sim, "limit=1").await.remove(0);
        assert!(call.get("answer").is_none(), "{call}");
        assert_eq!(call["request"]["body"]["adjustmentType"], "promo");
    }
}
