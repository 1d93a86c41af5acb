//! Contact verifications: codes sent, checked, counted, and what enrollments make of them.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::money::money_account;
use crate::support::{
    Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines, postgres_url,
};

const PHONE: &str = "6265550101";

fn to_phone(handle: &str) -> Json {
    json!({ "contactType": "phone", "communicationType": "sms", "contactHandle": handle })
}

async fn generate(partner: &Partner, body: Json) -> Answer {
    partner.call("POST", "/contactVerifications", &guid(), body).await
}

fn id_of(answer: &Answer) -> String {
    answer.body["contactVerificationIdentifier"].as_str().unwrap().to_owned()
}

/// A verification of the phone.
async fn generated(partner: &Partner) -> String {
    id_of(&generate(partner, to_phone(PHONE)).await.expect(200))
}

async fn check(partner: &Partner, id: &str, code: &str) -> Answer {
    let body = json!({ "contactVerificationIdentifier": id, "verificationCode": code });
    partner.call("PUT", &format!("/contactVerifications/{id}"), &guid(), body).await
}

async fn status(partner: &Partner, id: &str) -> Answer {
    partner.get(&format!("/verification/status/{id}")).await
}

/// `contactVerificationStatus`.
async fn number(partner: &Partner, id: &str) -> i64 {
    let answer = status(partner, id).await.expect(200);
    answer.body["contactVerificationStatus"].as_i64().unwrap()
}

/// What a tester sees of a verification.
async fn shown(sim: &TestSim, program: &str, id: &str) -> Json {
    let path = format!("{program}/contactVerifications/{id}");
    sim.control("GET", &path, Json::Null).await.expect(200).body
}

async fn code_of(sim: &TestSim, id: &str) -> String {
    shown(sim, "wf", id).await["code"].as_str().unwrap().to_owned()
}

/// A code that is not this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

async fn set(sim: &TestSim, program: &str, settings: Json) {
    sim.control("PUT", program, json!({ "contactVerification": settings })).await.expect(200);
}

async fn list(sim: &TestSim, query: &str) -> Vec<String> {
    let path = format!("wf/contactVerifications{query}");
    let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
    let lines = listed["contactVerifications"].as_array().unwrap();
    let id = |line: &Json| line["contactVerificationIdentifier"].as_str().unwrap().to_owned();
    lines.iter().map(id).collect()
}

on_both_engines! {
    async fn cv_1_a_contact_is_verified_by_the_code_that_was_sent(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = json!({
            "accountIdentifier": guid(), "verificationEventType": "registration",
            "contactType": "Phone", "communicationType": "SMS", "contactHandle": "+1 626-555-0101",
            "firstName": "Jane", "lastName": "Doe", "productCode": "50400",
            "retailCardIdentifier": null,
        });
        let answer = generate(&partner, body.clone()).await.expect(200);
        assert_eq!(answer.code(), "0/0");
        let id = id_of(&answer);

        let before = status(&partner, &id).await.expect(200);
        assert_eq!(before.body["sessionIdentifier"], json!(id));
        assert_eq!(before.body["contactVerificationStatus"], 0);
        let ways = (&before.body["contactType"], &before.body["communicationType"]);
        assert_eq!(ways, (&json!("phone"), &json!("sms")));

        let seen = shown(&sim, "wf", &id).await;
        assert_eq!(seen["contactHandle"], PHONE);
        assert_eq!(seen["verificationEventType"], "registration");
        assert_eq!(seen["accountIdentifier"], body["accountIdentifier"]);
        assert_eq!((&seen["state"], &seen["tries"]), (&json!("pending"), &json!(0)));
        assert_eq!(seen["expiresAt"], "2031-05-06T10:10:00.000Z");
        let code = seen["code"].as_str().unwrap().to_owned();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");

        let checked = check(&partner, &id, &code).await.expect(200);
        assert_eq!(checked.code(), "0/0");
        assert_eq!(number(&partner, &id).await, 1);
        assert_eq!(shown(&sim, "wf", &id).await["state"], "verified");
    }

    async fn cv_1_an_address_is_verified_as_well_and_codes_can_be_fixed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        set(&sim, "wf", json!({ "code": "4711", "lifetimeMinutes": 1, "tries": 5 })).await;
        let body = json!({
            "contactType": "EMAIL", "communicationType": "Email",
            "contactHandle": "Jane.Doe@Example.com",
        });
        let id = id_of(&generate(&partner, body).await.expect(200));
        let seen = shown(&sim, "wf", &id).await;
        assert_eq!((&seen["code"], &seen["triesAllowed"]), (&json!("4711"), &json!(5)));
        assert_eq!(seen["contactHandle"], "jane.doe@example.com");
        // What holds is fixed when the code is sent.
        set(&sim, "wf", json!({ "code": null, "tries": 1 })).await;
        check(&partner, &id, "1234").await.expect_refused(200, "4/201");
        assert_eq!(check(&partner, &id, "4711").await.expect(200).code(), "0/0");
        let answer = status(&partner, &id).await.expect(200).body;
        assert_eq!((&answer["contactType"], &answer["communicationType"]),
            (&json!("email"), &json!("email")));
        for wrong in [json!({ "code": "12a4" }), json!({ "tries": 0 }),
            json!({ "lifetimeMinutes": 1441 }), json!({ "code": "123" }), json!({ "x": 1 })]
        {
            let settings = json!({ "contactVerification": wrong });
            let refused = sim.control("PUT", "wf", settings).await.expect(400);
            assert!(refused.text.contains("contactVerification"), "{}", refused.text);
        }
    }

    async fn cv_1_the_same_call_answers_the_same_verification(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = guid();
        let calls = (0..8).map(|_| {
            partner.call("POST", "/contactVerifications", &id, to_phone(PHONE))
        });
        let answers = join_all(calls).await;
        let first = id_of(&answers[0]);
        assert!(answers.iter().all(|answer| answer.status == 200 && id_of(answer) == first));
        let another = to_phone("6265550102");
        let second = partner.call("POST", "/contactVerifications", &id, another).await.expect(200);
        let third = generated(&partner).await;
        assert!(id_of(&second) != first && third != first);
        assert_eq!(list(&sim, "").await.len(), 3);
        assert_ne!(code_of(&sim, &third).await, code_of(&sim, &first).await);
    }

    async fn cv_2_wrong_codes_are_counted_until_none_is_taken_any_more(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = generated(&partner).await;
        let code = code_of(&sim, &id).await;
        for (tries, state) in [(1, "pending"), (2, "pending"), (3, "failed")] {
            let refused = check(&partner, &id, other(&code)).await.expect_refused(200, "4/201");
            assert!(refused.explanation().starts_with("CV-2:"), "{}", refused.explanation());
            let seen = shown(&sim, "wf", &id).await;
            assert_eq!((&seen["tries"], &seen["state"]), (&json!(tries), &json!(state)));
        }
        for code in [code.as_str(), other(&code)] {
            check(&partner, &id, code).await.expect_refused(200, "4/202");
        }
        assert_eq!(number(&partner, &id).await, 2);
        assert_eq!(shown(&sim, "wf", &id).await["tries"], 3);
        // A new one stands for itself.
        let again = generated(&partner).await;
        assert_eq!(check(&partner, &again, &code_of(&sim, &again).await).await.code(), "0/0");
    }

    async fn cv_2_a_code_expires_on_the_clock_of_the_program(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (late, in_time) = (generated(&partner).await, generated(&partner).await);
        sim.advance("wf", "PT9M59.999S").await;
        let code = code_of(&sim, &in_time).await;
        assert_eq!(check(&partner, &in_time, &code).await.expect(200).code(), "0/0");
        sim.advance("wf", "PT0.001S").await;
        assert_eq!(number(&partner, &late).await, 3);
        assert_eq!(shown(&sim, "wf", &late).await["state"], "expired");
        let code = code_of(&sim, &late).await;
        for given in [code.as_str(), other(&code)] {
            let refused = check(&partner, &late, given).await.expect_refused(200, "4/203");
            assert!(refused.explanation().contains("2031-05-06T10:10:00.000Z"));
        }
        assert_eq!(shown(&sim, "wf", &late).await["tries"], 0);
        // What was verified stays so.
        assert_eq!(number(&partner, &in_time).await, 1);
    }

    async fn cv_2_what_is_verified_stays_so_whatever_code_comes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = generated(&partner).await;
        let code = code_of(&sim, &id).await;
        check(&partner, &id, other(&code)).await.expect_refused(200, "4/201");
        assert_eq!(check(&partner, &id, &code).await.expect(200).code(), "0/0");
        for _ in 0..4 {
            check(&partner, &id, other(&code)).await.expect_refused(200, "4/201");
        }
        sim.advance("wf", "P1D").await;
        assert_eq!(check(&partner, &id, &code).await.expect(200).code(), "0/0");
        let seen = shown(&sim, "wf", &id).await;
        assert_eq!((&seen["tries"], &seen["state"]), (&json!(1), &json!("verified")));
    }

    async fn cv_2_an_unknown_verification_is_not_found(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (partner, stranger) = (sim.partner("wf").await, sim.partner("other").await);
        let id = generated(&partner).await;
        let code = code_of(&sim, &id).await;
        for (caller, id) in [(&partner, guid()), (&stranger, id.clone())] {
            check(caller, &id, &code).await.expect_refused(404, "10/0");
            status(caller, &id).await.expect_refused(404, "10/0");
        }
        check(&partner, "no-guid", &code).await.expect_refused(400, "400/0");
        status(&partner, "no-guid").await.expect_refused(400, "400/0");
        sim.control("GET", &format!("wf/contactVerifications/{}", guid()), Json::Null)
            .await
            .expect(404);
        sim.control("GET", "wf/contactVerifications/7", Json::Null).await.expect(400);
        assert_eq!(number(&partner, &id).await, 0);
        // A reset forgets it.
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        status(&partner, &id).await.expect_refused(404, "10/0");
    }

    async fn cv_2_bad_members_are_named_and_nothing_is_kept_or_counted(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let with = |member: &str, value: Json| {
            let mut body = to_phone(PHONE);
            body[member] = value;
            body
        };
        for (body, code, named) in [
            (json!({}), "200/0", "contactType"),
            (with("contactType", Json::Null), "200/0", "contactType"),
            (with("communicationType", json!("  ")), "200/0", "communicationType"),
            (with("contactHandle", json!("")), "200/0", "contactHandle"),
            (with("contactType", json!("fax")), "400/0", "contactType"),
            (with("contactType", json!("email")), "400/0", "communicationType"),
            (with("communicationType", json!("voice")), "400/0", "communicationType"),
            (with("contactHandle", json!("626555010")), "400/0", "contactHandle"),
            (with("contactHandle", json!("9".repeat(5_000))), "400/0", "contactHandle"),
            (with("contactHandle", json!(6265550101_u64)), "400/0", "contactHandle"),
            (with("accountIdentifier", json!("1")), "400/0", "accountIdentifier"),
            (with("firstName", json!("x".repeat(101))), "400/0", "firstName"),
            (with("verificationEventType", json!("x".repeat(101))), "400/0", "verificationEvent"),
            (with("productCode", json!(["a"])), "400/0", "productCode"),
            (with("lastName", json!("a\u{0}")), "400/0", "lastName"),
        ] {
            let refused = generate(&partner, body.clone()).await.expect_refused(400, code);
            assert!(refused.description().contains(named), "{body}: {}", refused.text);
        }
        assert_eq!(list(&sim, "").await.len(), 0);

        let id = generated(&partner).await;
        let path = format!("/contactVerifications/{id}");
        for (body, code, named) in [
            (json!({}), "200/0", "verificationCode"),
            (json!({ "verificationCode": " " }), "200/0", "verificationCode"),
            (json!({ "verificationCode": 123456 }), "400/0", "verificationCode"),
            (json!({ "verificationCode": "1".repeat(21) }), "400/0", "verificationCode"),
            (json!({ "verificationCode": "1", "contactVerificationIdentifier": guid() }), "400/0",
                "contactVerificationIdentifier"),
        ] {
            let refused = partner.call("PUT", &path, &guid(), body).await;
            let refused = refused.expect_refused(400, code);
            assert!(refused.description().contains(named), "{}", refused.text);
        }
        assert_eq!(shown(&sim, "wf", &id).await["tries"], 0);
        // The identifier may be left out, and spelt in capitals.
        let code = json!({ "verificationCode": code_of(&sim, &id).await });
        let path = format!("/contactVerifications/{}", id.to_uppercase());
        partner.call("PUT", &path, &guid(), code).await.expect(200);
    }

    // Proves CV-2.
    async fn parallel_wrong_codes_use_up_exactly_the_tries(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let elsewhere = sibling.as_ref().map(|sibling| partner.at(sibling.router()));
        set(&sim, "wf", json!({ "tries": 5 })).await;
        let id = generated(&partner).await;
        let wrong = other(&code_of(&sim, &id).await);
        let calls = (0..24).map(|number| {
            let partner = elsewhere.as_ref().filter(|_| number % 2 == 0).unwrap_or(&partner);
            let (partner, id) = (partner.clone(), id.clone());
            tokio::spawn(async move { check(&partner, &id, wrong).await.code() })
        });
        let codes: Vec<String> =
            join_all(calls.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect();
        let count = |code: &str| codes.iter().filter(|one| *one == code).count();
        assert_eq!((count("4/201"), count("4/202")), (5, 19), "{codes:?}");
        let seen = shown(&sim, "wf", &id).await;
        assert_eq!((&seen["tries"], &seen["state"]), (&json!(5), &json!("failed")));
    }

    // Proves CV-1, CV-2.
    async fn parallel_right_codes_verify_once_and_wrong_ones_beside_them_count(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        set(&sim, "wf", json!({ "tries": 20 })).await;
        let id = generated(&partner).await;
        let right = code_of(&sim, &id).await;
        let wrong = other(&right).to_owned();
        let calls = (0..16).map(|number| {
            let code = if number % 2 == 0 { right.clone() } else { wrong.clone() };
            let (partner, id) = (partner.clone(), id.clone());
            tokio::spawn(async move { (number % 2, check(&partner, &id, &code).await.code()) })
        });
        for answer in join_all(calls.collect::<Vec<_>>()).await {
            let (is_wrong, code) = answer.unwrap();
            assert_eq!(code, if is_wrong == 1 { "4/201" } else { "0/0" });
        }
        let seen = shown(&sim, "wf", &id).await;
        assert_eq!(seen["state"], "verified");
        assert!(seen["tries"].as_u64().unwrap() <= 8, "{seen}");
    }

    async fn cv_3_verified_contacts_are_accepted_and_others_where_nobody_is_strict(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let verified = generated(&partner).await;
        check(&partner, &verified, &code_of(&sim, &verified).await).await.expect(200);
        for identifiers in [json!([verified]), json!([guid(), "anything"]), json!([]), Json::Null] {
            let mut body = enrollment(&sim.person("wf").await);
            body["contactVerificationIdentifiers"] = identifiers;
            assert_eq!(partner.enroll(&guid(), &body).await.expect(200).code(), "0/0");
        }
    }

    async fn cv_3_strict_programs_take_none_but_verified_contacts(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (partner, stranger) = (sim.partner("wf").await, sim.partner("other").await);
        set(&sim, "wf", json!({ "strict": true, "tries": 1, "code": "123456" })).await;
        set(&sim, "other", json!({ "code": "123456" })).await;
        let ids = join_all((0..4).map(|_| generated(&partner))).await;
        let [verified, pending, failed, second] = ids.try_into().unwrap();
        let foreign = generated(&stranger).await;
        for (caller, id) in [(&partner, &verified), (&partner, &second), (&stranger, &foreign)] {
            check(caller, id, "123456").await.expect(200);
        }
        check(&partner, &failed, "000000").await.expect_refused(200, "4/201");

        let accounts = async || {
            let listed = sim.control("GET", "wf/accounts", Json::Null).await.expect(200).body;
            listed["accounts"].as_array().unwrap().len()
        };
        let mut body = enrollment(&sim.person("wf").await);
        for (bad, says) in [
            (guid(), "unknown"),
            ("no-guid".to_owned(), "unknown"),
            (foreign, "unknown"),
            (pending.clone(), "pending"),
            (failed, "failed"),
        ] {
            body["contactVerificationIdentifiers"] = json!([verified, bad]);
            let refused = partner.enroll(&guid(), &body).await.expect_refused(400, "400/0");
            let description = refused.description();
            assert!(description.contains("contactVerificationIdentifiers[1]"), "{description}");
            assert!(description.contains(says), "{description}");
            assert!(refused.explanation().starts_with("CV-3:"), "{}", refused.explanation());
        }
        assert_eq!(accounts().await, 0);
        // Other faults of the person come first.
        let mut nameless = body.clone();
        nameless["user"]["userData"]["profileData"]["firstName"] = json!("");
        partner.enroll(&guid(), &nameless).await.expect_refused(400, "400/501");
        sim.advance("wf", "PT10M").await;
        body["contactVerificationIdentifiers"] = json!([pending]);
        let refused = partner.enroll(&guid(), &body).await.expect_refused(400, "400/0");
        assert!(refused.description().contains("expired"), "{}", refused.text);

        // Verified ones are good for more than one enrollment, and none need be named.
        for identifiers in [json!([verified, second]), json!([verified]), json!([])] {
            let mut body = enrollment(&sim.person("wf").await);
            body["contactVerificationIdentifiers"] = identifiers;
            partner.enroll(&guid(), &body).await.expect(200);
        }
        assert_eq!(accounts().await, 3);
    }

    // Proves CV-3.
    async fn a_refused_enrollment_goes_through_once_its_contact_is_verified(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        set(&sim, "wf", json!({ "strict": true, "code": "123456" })).await;
        let (request, id) = (guid(), generated(&partner).await);
        let mut body = enrollment(&sim.person("wf").await);
        body["contactVerificationIdentifiers"] = json!([id]);
        partner.enroll(&request, &body).await.expect_refused(400, "400/0");
        check(&partner, &id, "123456").await.expect(200);
        let account = partner.enroll(&request, &body).await.expect(200).account_id();
        // Said again, it is answered again, even with what would be refused now.
        body["contactVerificationIdentifiers"] = json!([guid()]);
        assert_eq!(partner.enroll(&request, &body).await.expect(200).account_id(), account);
    }

    // Proves CV-3.
    async fn strict_programs_look_at_the_contacts_of_an_upgrade_too(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        set(&sim, "wf", json!({ "strict": true, "code": "123456" })).await;
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["productCode"] = json!("50300");
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let id = generated(&partner).await;
        let upgrade = json!({
            "account": { "accountIdentifier": account, "productCode": "50400" },
            "upgradeFlag": true, "contactVerificationIdentifiers": [id],
        });
        partner.enroll(&guid(), &upgrade).await.expect_refused(400, "400/0");
        let read = partner.get(&format!("/accounts/{account}")).await.expect(200).body;
        assert_eq!(read["account"]["productCode"], "50300");
        check(&partner, &id, "123456").await.expect(200);
        partner.enroll(&guid(), &upgrade).await.expect(200);
        let read = partner.get(&format!("/accounts/{account}")).await.expect(200).body;
        assert_eq!(read["account"]["productCode"], "50400");
    }

    // Proves CV-1.
    async fn a_tester_lists_codes_by_contact_and_page(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut ids = Vec::new();
        for handle in [PHONE, "6265550102", PHONE] {
            ids.push(id_of(&generate(&partner, to_phone(handle)).await.expect(200)));
            sim.advance("wf", "PT1S").await;
        }
        ids.reverse();
        assert_eq!(list(&sim, "").await, ids);
        let of_phone = [ids[0].clone(), ids[2].clone()];
        for query in ["?contactHandle=6265550101", "?contactHandle=%2B1%20(626)%20555-0101"] {
            assert_eq!(list(&sim, query).await, of_phone, "{query}");
        }
        assert_eq!(list(&sim, "?contactHandle=6265550101&limit=1&offset=1").await, of_phone[1..]);
        assert_eq!(list(&sim, "?limit=2").await, ids[..2]);
        assert_eq!(list(&sim, "?limit=1&offset=9").await.len(), 0);
        assert_eq!(list(&sim, "?contactHandle=nobody%40example.com").await.len(), 0);
        for query in ["?handle=1", "?limit=x", "?limit=-1"] {
            let path = format!("wf/contactVerifications{query}");
            sim.control("GET", &path, Json::Null).await.expect(400);
        }
        sim.control("GET", "nowhere/contactVerifications", Json::Null).await.expect(404);
    }

    async fn whk_7_no_code_or_handle_shows_in_answers_webhooks_or_records(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let partner = &money.partner;
        let handle = "4155550173";
        set(&sim, "wf", json!({ "strict": true, "tries": 2 })).await;
        let mut answers = Vec::new();
        let mut given = to_phone(handle);
        given["accountIdentifier"] = json!(money.account);
        answers.push(generate(partner, given).await.expect(200));
        let id = id_of(&answers[0]);
        let code = code_of(&sim, &id).await;
        answers.push(generate(partner, to_phone(&format!("{handle}9"))).await.expect(400));
        answers.push(check(partner, &id, "111111").await.expect(200));
        let mut body = enrollment(&sim.person("wf").await);
        body["contactVerificationIdentifiers"] = json!([id]);
        answers.push(partner.enroll(&guid(), &body).await.expect(400));
        answers.push(status(partner, &id).await.expect(200));
        answers.push(check(partner, &id, &code).await.expect(200));
        answers.push(check(partner, &id, "222222").await.expect(200));
        answers.push(partner.call("PUT", &format!("/contactVerifications/{id}"), &guid(),
            json!({ "verificationCode": code.repeat(4) })).await.expect(400));
        let mut text: String = answers
            .iter()
            .map(|answer| format!("{} {:?}\n", answer.text, answer.headers))
            .collect();
        text += &json!(sim.events("wf").await).to_string();
        text += &sim.dump().await;
        assert!(text.contains(&id), "what is searched holds the refusals");
        for secret in [code.as_str(), handle, "111111", "222222"] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
}

/// A log that a test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// On one thread, so that its log is all of it.
#[tokio::test]
async fn whk_7_no_code_or_handle_shows_in_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_writer(move || writer.clone());
    let lines = lines.with_max_level(tracing::Level::TRACE).finish();
    let _guard = tracing::subscriber::set_default(lines);
    let postgres = postgres_url().map(|_| Engine::Postgres);
    for engine in [Some(Engine::Sqlite), postgres].into_iter().flatten() {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (code, handle) = ("918273", "4155550173");
        set(&sim, "wf", json!({ "tries": 2 })).await;
        let id = id_of(&generate(&partner, to_phone(handle)).await.expect(200));
        let drawn = code_of(&sim, &id).await;
        sim.control("GET", &format!("wf/contactVerifications?contactHandle={handle}"), Json::Null)
            .await
            .expect(200);
        for given in [code, &drawn, code] {
            check(&partner, &id, given).await.expect(200);
        }
        let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        assert!(text.contains("call answered") && text.contains(&id), "{text}");
        for secret in [code, handle, &drawn] {
            assert!(!text.contains(secret), "{secret} stands in the log");
        }
    }
}
