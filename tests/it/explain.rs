//! Refused calls explained afterwards, by their request id.

use piebox::kernel::rulebook;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, START, TestSim, enrollment, guid, on_both_engines};

async fn explain(sim: &TestSim, request_id: &str) -> Answer {
    let path = format!("wf/requests/{request_id}/explain");
    sim.control("GET", &path, Json::Null).await
}

/// The refusals of a request id, newest first.
async fn refusals(sim: &TestSim, request_id: &str) -> Vec<Json> {
    let told = explain(sim, request_id).await.expect(200).body;
    assert_eq!(told["requestId"], request_id.to_lowercase());
    told["refusals"].as_array().unwrap().clone()
}

/// Asserts that what is told later is what the answer said: the header and the wire body.
#[track_caller]
fn assert_tells(told: &Json, answer: &Answer) {
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let rule = told["rule"]["id"].as_str().unwrap();
    let header = format!("{rule}: {} [{}]", text("facts"), text("source"));
    assert_eq!(answer.explanation(), header);
    assert_eq!(told["rule"]["says"], rulebook::find(rule).unwrap().says);
    assert_eq!(told["httpStatus"], answer.status);
    assert_eq!(format!("{}/{}", told["code"], told["subCode"]), answer.code());
    assert_eq!(text("description"), answer.description());
    assert_eq!(text("at"), START);
}

/// A call without any token that is genuine.
async fn with_bad_token(sim: &TestSim, path: &str, request_id: &str) -> Answer {
    let headers = [("authorization", "Bearer nonsense"), ("x-gd-requestid", request_id)];
    sim.bare("GET", path, &headers, "").await
}

/// An enrollment from a region where the program does not sell.
async fn from_guam(sim: &TestSim) -> Json {
    let mut person = sim.person("wf").await;
    person["profileData"]["addresses"][0]["state"] = json!("GU");
    enrollment(&person)
}

on_both_engines! {
    // Proves ITN-1.
    async fn a_refusal_without_a_program_in_the_path_is_explained_as_well(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = partner.enroll(&guid(), &enrollment(&sim.person("wf").await)).await;
        let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
        let (id, user) = (guid(), user.as_str().unwrap());
        let path = format!("/accounts/{}/users/{user}/identity", enrolled.account_id());
        let token = format!("Bearer {}", partner.token);
        let headers = [
            ("authorization", token.as_str()),
            ("x-gd-requestid", id.as_str()),
            ("content-type", "application/json"),
        ];
        let refused = sim.bare("POST", &path, &headers, r#"{"idNumber":"1"}"#).await;
        refused.expect_refused(400, "761/0");
        let explained = sim.control("GET", &format!("wf/requests/{id}/explain"), Json::Null).await;
        assert_eq!(explained.expect(200).body["refusals"][0]["rule"]["id"], "ITN-1");
    }

    async fn every_kind_of_refusal_is_explained_later_as_it_was_at_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut person = sim.person("wf").await;
        person["profileData"]["firstName"] = json!("J@ne");

        let id = guid();
        let answer = partner.enroll(&id, &enrollment(&person)).await.expect_refused(400, "640/501");
        let told = refusals(&sim, &id).await.remove(0);
        assert_tells(&told, &answer);
        assert_eq!(told["rule"]["id"], "ENR-4");
        assert_eq!(
            (&told["method"], &told["path"], &told["client"]),
            (&json!("POST"), &json!("/programs/wf/enrollments"), &json!("demo"))
        );

        let id = guid();
        let body = from_guam(&sim).await;
        let answer = partner.enroll(&id, &body).await.expect_refused(200, "3/65");
        assert_tells(&refusals(&sim, &id).await[0], &answer);

        let id = guid();
        let path = format!("/accounts/{}", guid());
        let missing = partner.call("GET", &path, &id, Json::Null).await;
        let answer = missing.expect_refused(404, "10/0");
        assert_tells(&refusals(&sim, &id).await[0], &answer);

        let id = guid();
        let answer = with_bad_token(&sim, "/programs/wf/certificates", &id).await;
        let told = refusals(&sim, &id).await.remove(0);
        assert_tells(&told, &answer.expect_refused(401, "401/0"));
        assert!(told.get("client").is_none(), "{told}");

        let id = guid();
        let answer = partner.call("DELETE", "/enrollments", &id, Json::Null).await;
        assert_tells(&refusals(&sim, &id).await[0], &answer.expect_refused(405, "405/0"));
        let id = guid();
        let answer = partner.call("GET", "/nowhere", &id, Json::Null).await;
        assert_tells(&refusals(&sim, &id).await[0], &answer.expect_refused(404, "404/0"));
    }

    async fn a_call_is_told_as_it_was_spelt_and_found_in_any_letter_case(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let id = guid().to_uppercase();
        let path = "/BaaS/v1//Programs/wf/Certificates?ssn=123456789";
        with_bad_token(&sim, path, &id).await.expect_refused(401, "401/0");
        for spelling in [id.clone(), id.to_lowercase()] {
            let told = refusals(&sim, &spelling).await;
            assert_eq!(told.len(), 1);
            assert_eq!(told[0]["path"], "/BaaS/v1//Programs/wf/Certificates");
        }
    }

    async fn what_was_not_refused_cannot_be_explained(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        let answer = explain(&sim, &id).await.expect(404);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(&id) && detail.contains("1000"), "{detail}");
        partner.enroll(&id, &body).await.expect(200);
        let told = explain(&sim, &id).await.expect(200).body;
        assert_eq!((&told["refusals"], &told["calls"][0]["status"]), (&json!([]), &json!(200)));
        let answer = explain(&sim, "no-guid").await.expect(400);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("requestId "), "{detail}");
        let path = format!("nowhere/requests/{id}/explain");
        with_bad_token(&sim, "/programs/nowhere/certificates", &id).await.expect(401);
        sim.control("GET", &path, Json::Null).await.expect(404);
        sim.control("PUT", "nowhere", json!({})).await.expect(200);
        sim.control("GET", &path, Json::Null).await.expect(404);
    }

    async fn a_repeated_call_tells_its_refusals_newest_first(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), from_guam(&sim).await);
        partner.enroll(&id, &body).await.expect_refused(200, "3/65");
        sim.control("POST", "wf/clock/advance", json!({ "by": "PT1H" })).await.expect(200);
        partner.enroll(&id, &body).await.expect_refused(200, "3/65");
        let told = refusals(&sim, &id).await;
        let moments: Vec<&str> = told.iter().map(|one| one["at"].as_str().unwrap()).collect();
        assert_eq!(moments, ["2031-05-06T11:00:00.000Z", START]);

        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        explain(&sim, &id).await.expect(404);
        partner.enroll(&id, &body).await.expect_refused(200, "3/65");
        assert_eq!(refusals(&sim, &id).await.len(), 1);
    }

    async fn refusals_of_parallel_calls_are_all_kept(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, body) = (guid(), from_guam(&sim).await);
        partner.get("/certificates").await.expect(200);
        let path = format!("/accounts/{}", guid());
        let reads = (0..20).map(|_| partner.call("GET", &path, &id, Json::Null));
        futures_util::future::join_all(reads).await;
        partner.enroll(&id, &body).await.expect_refused(200, "3/65");
        let told = refusals(&sim, &id).await;
        assert_eq!(told.len(), 21);
        assert_eq!(told[0]["code"], 3);
    }

    async fn processes_on_one_database_tell_each_others_refusals(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let other = sim.sibling().await;
        let here = sim.partner("wf").await;
        let there = here.at(other.router());
        let path = format!("/accounts/{}", guid());
        let (first, second) = (guid(), guid());
        here.call("GET", &path, &first, Json::Null).await.expect(404);
        there.call("GET", &path, &second, Json::Null).await.expect(404);
        for (process, id) in [(&sim, &second), (&other, &first)] {
            assert_eq!(refusals(process, id).await.len(), 1);
        }
        // A call that is repeated for a changed world is recorded once, by its final answer.
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        let (id, body) = (guid(), enrollment(&sim.person("wf").await));
        there.enroll(&id, &body).await.expect_refused(400, "101/0");
        assert_eq!(refusals(&sim, &id).await.len(), 1);
        let optional = json!({ "encryption": { "mode": "optional" } });
        sim.control("PUT", "wf", optional).await.expect(200);
        let id = guid();
        there.enroll(&id, &body).await.expect(200);
        assert!(refusals(&sim, &id).await.is_empty());
    }

    // Proves JRN-5.
    async fn a_refusal_tells_what_would_make_the_call_pass(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let id = guid();
        with_bad_token(&sim, "/programs/wf/certificates", &id).await.expect(401);
        let told = refusals(&sim, &id).await.remove(0);
        assert!(told["remedy"].as_str().unwrap().starts_with("POST /authentication"), "{told}");
        assert_eq!(told["operation"], "certificates_get_getpubliccertificatesforprogram_ecc");
        let (id, missing) = (guid(), guid());
        partner.call("GET", &format!("/accounts/{missing}"), &id, Json::Null).await.expect(404);
        let told = refusals(&sim, &id).await.remove(0);
        assert_eq!(told["accountIdentifier"], missing);
        assert!(told["remedy"].as_str().unwrap().contains("GET /accounts"), "{told}");
    }

    // Proves WHK-7.
    async fn no_secret_of_a_refused_call_is_kept(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let ssn = "123-45-6789";
        let mut person = sim.person("wf").await;
        let (id, mut bodies) = (guid(), Vec::new());
        for (place, value) in [
            ("/identifyingData/ssn", json!(ssn)),
            ("/identifyingData/ssn", json!({ "number": ssn })),
            ("/identifyingData", json!(ssn)),
            ("", json!(ssn)),
        ] {
            *person.pointer_mut(place).unwrap() = value;
            bodies.push(enrollment(&person));
        }
        let mut flagged = enrollment(&sim.person("wf").await);
        flagged["executeKycFlag"] = json!(ssn);
        bodies.push(flagged);
        for body in &bodies {
            partner.enroll(&id, body).await.expect_refused(400, "400/0");
        }
        assert_eq!(refusals(&sim, &id).await.len(), bodies.len());
        let dump = sim.dump().await;
        assert!(dump.contains(&id), "the journal is part of the dump");
        assert!(!dump.contains(ssn), "{dump}");
        assert!(!dump.contains(&partner.token), "{dump}");
    }
}
