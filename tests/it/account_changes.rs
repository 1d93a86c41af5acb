//! What a partner changes of an account: terms, ids and e-mail, its status, its end, and the number
//! of a holder who enrolled with a Matricula.

use piebox::db::{Scope, sql};
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, basic, enrollment, guid, on_both_engines};

/// An account in use.
async fn enrolled(sim: &TestSim, partner: &Partner) -> String {
    let body = enrollment(&sim.person("wf").await);
    partner.enroll(&guid(), &body).await.expect(200).account_id()
}

async fn put(partner: &Partner, path: &str, body: Json) -> Answer {
    partner.call("PUT", path, &guid(), body).await
}

/// The body of PUT status.
fn status(status: &str, reason: &str) -> Json {
    json!({ "status": status, "statusReason": reason, "notes": "seen", "source": "Partner" })
}

/// Status, reason and gate, as one line.
fn standing(answer: &Answer) -> String {
    let account = &answer.body["account"];
    let gate = &account["accountHolders"][0]["user"]["kycStateData"]["kycPendingGate"];
    let words = [&account["status"], &account["statusReasons"][0], gate];
    words.map(|word| word.as_str().unwrap_or("-")).join(" ")
}

/// The states of the first holder's cards.
fn cards(answer: &Answer) -> Vec<String> {
    let cards = answer.body["account"]["accountHolders"][0]["paymentInstruments"].clone();
    let cards = cards.as_array().unwrap().clone();
    cards.iter().map(|card| card["status"].as_str().unwrap().to_owned()).collect()
}

/// Refused, and nothing has changed or been sent.
async fn refused(
    sim: &TestSim,
    partner: &Partner,
    (id, path): (&str, &str),
    body: Json,
    code: (u16, &str),
) {
    let before = partner.get(&format!("/accounts/{id}")).await.expect(200).body;
    let events = sim.events("wf").await.len();
    let answer = put(partner, &format!("/accounts/{id}{path}"), body.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), code, "{body}: {}", answer.text);
    answer.expect_refused(code.0, code.1);
    assert_eq!(partner.get(&format!("/accounts/{id}")).await.expect(200).body, before, "{body}");
    assert_eq!(sim.events("wf").await.len(), events, "{body}");
}

/// The id of a scanned document.
pub async fn scanned(partner: &Partner) -> String {
    // One dot.
    let image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA\
        SUVORK5CYII=";
    let documentation = json!({
        "documentFrontImage": image, "documentBackImage": image,
        "documentType": "driverslicense", "documentCountryCode": "MEX",
    });
    let id = guid();
    let sealed = partner.seal(&id, &documentation).await;
    let scan = json!({
        "channel": "web", "productCode": "50400", "encryptedIdentityDocumentation": sealed,
    });
    let scanned = partner.call("POST", "/kycGates/scanCapture", &id, scan).await.expect(202);
    scanned.body["onboardingID"].as_str().unwrap().to_owned()
}

/// An account that was enrolled with a Matricula.
pub async fn enrolled_by_matricula(sim: &TestSim, partner: &Partner) -> Answer {
    let mut person = sim.person("wf").await;
    let birth = person["identifyingData"]["dateOfBirth"].clone();
    let onboarding = scanned(partner).await;
    person["identifyingData"] = json!({ "dateOfBirth": birth, "onboardingID": onboarding });
    partner.enroll(&guid(), &enrollment(&person)).await.expect(200)
}

fn user_of(answer: &Answer) -> String {
    let user = &answer.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
    user.as_str().unwrap().to_owned()
}

/// Enrolls with this number.
async fn enrolled_as(sim: &TestSim, partner: &Partner, number: &str) -> Answer {
    let mut person = sim.person("wf").await;
    person["identifyingData"]["ssn"] = json!(number);
    partner.enroll(&guid(), &enrollment(&person)).await
}

/// Adds an ITIN, by the path with its program.
async fn add_itin(partner: &Partner, account: &str, user: &str, number: &str) -> Answer {
    let path = format!("/accounts/{account}/users/{user}/identity");
    partner.call("POST", &path, &guid(), json!({ "idNumber": number })).await
}

on_both_engines! {
    async fn acc_2_terms_are_opted_in_and_out_within_720_hours(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["termsAcceptances"] =
            json!([{ "termsIdentifier": "daa" }, { "termsIdentifier": "privPlcy" }]);
        let id = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let path = format!("/accounts/{id}");
        let acceptance = |identifier: &str, time: &str, flag: Json| {
            json!({ "termsAcceptances": [{
                "termsIdentifier": identifier, "termsAcceptanceDateTime": time,
                "termsAcceptanceFlag": flag,
            }] })
        };
        let events = sim.events("wf").await.len();
        let out = acceptance("privPlcy", "2031-06-05T10:00:00.000Z", json!(false));
        put(&partner, &path, out.clone()).await.expect(200);
        let again = put(&partner, &path, out).await.expect(200);
        put(&partner, &path, acceptance("negBal", "2031-04-06T10:00:00Z", json!("true"))).await
            .expect(200);
        let opted_out = acceptance("negBal", "2031-05-06T10:00:00Z", json!(false));
        let answer = put(&partner, &path, opted_out).await.expect(200);
        assert_eq!(answer.body, partner.get(&path).await.expect(200).body);
        let terms = answer.body["account"]["termsAcceptances"].as_array().unwrap().clone();
        let shown: Vec<_> = terms
            .iter()
            .map(|one| (one["termsIdentifier"].as_str().unwrap(), &one["termsAcceptanceFlag"]))
            .collect();
        let (yes, no) = (json!(true), json!(false));
        assert_eq!(shown, [("daa", &yes), ("privPlcy", &no), ("negBal", &no)]);
        assert_eq!(again.body["account"]["termsAcceptances"].as_array().unwrap().len(), 2);
        assert_eq!(terms[1]["termsAcceptanceDateTime"], "2031-06-05T10:00:00.000Z");
        assert_eq!(sim.events("wf").await.len(), events);

        for (identifier, time, flag, code) in [
            ("privPlcy", "2031-06-05T10:00:00.001Z", true, "620/0"),
            ("privPlcy", "2031-04-06T09:59:59.999Z", false, "620/0"),
            ("daa", "2031-05-06T10:00:00Z", false, "400/0"),
            ("", "2031-05-06T10:00:00Z", true, "400/0"),
            (&"x".repeat(101), "2031-05-06T10:00:00Z", true, "400/0"),
        ] {
            let wrong = acceptance(identifier, time, json!(flag));
            refused(&sim, &partner, (&id, ""), wrong, (400, code)).await;
        }
        let many = (0..49).map(|n| json!({ "termsIdentifier": format!("t{n}") }));
        let many = json!({ "termsAcceptances": many.collect::<Vec<_>>() });
        refused(&sim, &partner, (&id, ""), many, (400, "400/0")).await;
    }

    async fn an_account_takes_the_partners_id_and_the_e_mail_of_its_primary_holder(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let path = format!("/accounts/{id}");
        let read = partner.get(&path).await.expect(200);
        assert!(read.body["account"].get("partnerAccountIdentifier").is_none());
        let request_id = guid();
        let sealed = partner.seal(&request_id, &json!("sealed@example.com")).await;
        let body = json!({
            "partnerAccountIdentifier": "ours-1", "encryptedEmail": sealed,
            "email": "plain@example.com", "fraudData": { "device": "x" },
        });
        let answer = partner.call("PUT", &path, &request_id, body).await.expect(200);
        assert_eq!(answer.body["account"]["partnerAccountIdentifier"], "ours-1");
        assert_eq!(answer.body["account"], partner.get(&path).await.body["account"]);
        let stored = sim.rows().await;
        assert!(stored.contains("sealed@example.com") && !stored.contains("plain@example.com"));
        let other = json!({ "email": { "emailAddress": "other@example.com" } });
        let answer = put(&partner, &path, other).await.expect(200);
        assert_eq!(answer.body["account"]["partnerAccountIdentifier"], "ours-1");
        assert!(sim.rows().await.contains("other@example.com"));
        for wrong in [
            json!({ "email": "nobody" }),
            json!({ "partnerAccountIdentifier": "x".repeat(101) }),
            json!({ "partnerAccountIdentifier": "" }),
            json!({ "partnerAccountIdentifier": 7 }),
        ] {
            refused(&sim, &partner, (&id, ""), wrong, (400, "400/0")).await;
        }
        put(&partner, &format!("/accounts/{}", guid()), json!({})).await
            .expect_refused(404, "10/0");
        put(&partner, "/accounts/7", json!({})).await.expect_refused(400, "400/0");
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        let plain = json!({ "email": "plain@example.com" });
        let answer = put(&partner, &path, plain).await.expect_refused(400, "101/0");
        assert!(answer.description().contains("encryptedEmail"), "{}", answer.text);
    }

    async fn acc_3_a_partner_holds_an_account_and_lets_go_of_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let path = format!("/accounts/{id}/status");
        let mut events = sim.events("wf").await.len();
        let own_cure = json!({
            "accountStatus": "restricted", "reason": "confirmedFraud", "notes": "n",
            "cure": "manual",
        });
        for (body, expected, expected_cards) in [
            (status("restricted", "potentialFraud"), "restricted potentialFraud none", [
                "activated", "notActivated",
            ]),
            (status("locked", "potentialAccountTakeover"), {
                "locked potentialAccountTakeover none"
            }, ["blocked", "blocked"]),
            (status("restricted", "verificationNeeded"), "restricted verificationNeeded idv", [
                "activated", "notActivated",
            ]),
            (own_cure, "restricted confirmedFraud manual", ["activated", "notActivated"]),
            (status("locked", "confirmedFraud"), "locked confirmedFraud none", [
                "blocked", "blocked",
            ]),
            (status("normal", "healthy"), "normal healthy healthy", ["activated", "notActivated"]),
        ] {
            let answer = put(&partner, &path, body.clone()).await.expect(200);
            assert_eq!(standing(&answer), expected);
            assert_eq!(cards(&answer), expected_cards, "{body}");
            events += 1;
            assert_eq!(sim.events("wf").await.len(), events, "{body}");
            // Again, it finds the work done.
            let again = put(&partner, &path, body.clone()).await.expect(200);
            assert_eq!(again.body["account"], answer.body["account"]);
            for read in ["accounts", "enrollments/accounts"] {
                let read = partner.get(&format!("/{read}/{id}")).await.expect(200);
                assert_eq!(read.body["account"], answer.body["account"], "{body}");
            }
            assert_eq!(sim.events("wf").await.len(), events, "{body}");
        }
    }

    async fn acc_3_a_status_that_cannot_be_set_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let without = |member: &str| {
            let mut body = status("locked", "potentialFraud");
            body.as_object_mut().unwrap().remove(member);
            body
        };
        let with = |member: &str, value: Json| {
            let mut body = status("locked", "potentialFraud");
            body[member] = value;
            body
        };
        for (body, code) in [
            (status("normal", "potentialFraud"), "600/0"),
            (status("locked", "healthy"), "600/0"),
            (status("closed", "healthy"), "600/0"),
            (status("locked", "underReview"), "600/0"),
            (with("cure", json!("kyc2")), "600/0"),
            (without("status"), "600/0"),
            (without("statusReason"), "600/0"),
            (without("notes"), "400/0"),
            (with("notes", json!("x".repeat(501))), "400/0"),
            (with("source", json!("x".repeat(101))), "400/0"),
        ] {
            refused(&sim, &partner, (&id, "/status"), body, (400, code)).await;
        }
        let unknown = format!("/accounts/{}/status", guid());
        put(&partner, &unknown, status("normal", "healthy")).await.expect_refused(404, "10/0");
        // Nobody holds an account whose registration is open.
        let pending = enrolled_as(&sim, &partner, "991001234").await.expect(200).account_id();
        let held = status("locked", "potentialFraud");
        refused(&sim, &partner, (&pending, "/status"), held.clone(), (200, "4/105")).await;
        let released = status("normal", "healthy");
        refused(&sim, &partner, (&pending, "/status"), released, (200, "4/105")).await;
        let off = json!({ "partnerStatus": { "allowed": false } });
        sim.control("PUT", "wf", off).await.expect(200);
        refused(&sim, &partner, (&id, "/status"), held, (400, "600/0")).await;
    }

    async fn acc_3_closing_begins_with_spending_what_is_left(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let path = format!("/accounts/{id}/close");
        let close = json!({ "reason": "customerInitiatedSpendDown", "source": "Partner" });
        let events = sim.events("wf").await.len();
        let closed = put(&partner, &path, close.clone()).await.expect(200);
        assert_eq!(standing(&closed), "restricted customerInitiatedSpendDown none");
        assert_eq!(sim.events("wf").await.len(), events + 1);
        let again = put(&partner, &path, close.clone()).await.expect(200);
        assert_eq!(again.body["account"], closed.body["account"]);
        assert_eq!(sim.events("wf").await.len(), events + 1);
        let released = status("normal", "healthy");
        refused(&sim, &partner, (&id, "/status"), released, (200, "4/105")).await;
        put(&partner, &format!("/accounts/{}/close", guid()), close).await
            .expect_refused(404, "10/0");
    }

    async fn acc_3_an_account_that_is_held_overdrawn_or_open_is_not_closed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let close = json!({ "reason": "customerInitiatedSpendDown" });
        for wrong in [json!({}), json!({ "reason": "moved" })] {
            refused(&sim, &partner, (&id, "/close"), wrong, (400, "600/0")).await;
        }
        let overdraw = async |e4: i64| {
            let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
            let update = "UPDATE purses SET available_e4 = $2 WHERE account_id = $1";
            unit.write(sql(update).bind(id.as_str()).bind(e4));
            unit.commit().await.unwrap();
        };
        overdraw(-1).await;
        refused(&sim, &partner, (&id, "/close"), close.clone(), (200, "4/105")).await;
        overdraw(0).await;
        let path = format!("/accounts/{id}/status");
        put(&partner, &path, status("restricted", "potentialFraud")).await.expect(200);
        refused(&sim, &partner, (&id, "/close"), close.clone(), (200, "4/105")).await;
        let pending = enrolled_as(&sim, &partner, "991001234").await.expect(200).account_id();
        refused(&sim, &partner, (&pending, "/close"), close, (200, "4/105")).await;
    }

    async fn itn_1_an_itin_is_nine_digits_led_by_a_nine(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = enrolled_by_matricula(&sim, &partner).await;
        let (id, user) = (enrolled.account_id(), user_of(&enrolled));
        let events = sim.events("wf").await.len();
        for wrong in ["", "123456789", "90012345", "9001234567", "900-12-345", "90012345x"] {
            let answer = add_itin(&partner, &id, &user, wrong).await;
            assert_eq!(answer.description(), "Invalid ITIN", "{wrong}");
            assert!(wrong.is_empty() || !answer.explanation().contains(wrong));
            answer.expect_refused(400, "761/0");
        }
        let before = partner.get(&format!("/accounts/{id}")).await.expect(200);
        let shown = &before.body["account"]["accountHolders"][0]["user"];
        assert_eq!(shown["identityType"], "matricula");
        assert_eq!(sim.events("wf").await.len(), events);
        add_itin(&partner, &id, &guid(), "900123456").await.expect_refused(404, "10/0");
        add_itin(&partner, &guid(), &user, "900123456").await.expect_refused(404, "10/0");
        add_itin(&partner, &id, "7", "900123456").await.expect_refused(400, "400/0");
        let added = add_itin(&partner, &id, &user, "900123456").await.expect(200);
        let shown = &added.body["account"]["accountHolders"][0]["user"];
        assert_eq!([&shown["identityType"], &shown["last4Identity"]], ["itin", "3456"]);
        assert_eq!(sim.events("wf").await.len(), events + 1);
        // Again, sealed, it finds the work done.
        let request_id = guid();
        let path = format!("/accounts/{id}/users/{user}/identity");
        for document in [json!("900123456"), json!({ "idNumber": "900123456" })] {
            let sealed = partner.seal(&request_id, &document).await;
            let body = json!({ "encryptedIdNumber": sealed, "userIdentifier": user });
            let again = partner.call("POST", &path, &request_id, body).await.expect(200);
            assert_eq!(again.body["account"], added.body["account"]);
        }
        assert_eq!(sim.events("wf").await.len(), events + 1);
        assert!(!sim.dump().await.contains("900123456"));
    }

    async fn itn_1_the_path_without_a_program_finds_the_one_that_holds_the_account(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = enrolled_by_matricula(&sim, &partner).await;
        let (id, user) = (enrolled.account_id(), user_of(&enrolled));
        let bearer = format!("Bearer {}", partner.token);
        let post = async |account: &str| {
            let request_id = guid();
            let headers = [
                ("authorization", bearer.as_str()),
                ("x-gd-requestid", &request_id),
                ("content-type", "application/json"),
            ];
            let path = format!("/accounts/{account}/users/{user}/identity");
            sim.bare("POST", &path, &headers, json!({ "idNumber": "900123456" }).to_string()).await
        };
        let added = post(&id).await.expect(200);
        assert_eq!(added.account_id(), id);
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(read.body["account"], added.body["account"]);
        post(&guid()).await.expect_refused(404, "10/0");
        post("7").await.expect_refused(400, "400/0");
        // A change of the world is seen, whichever process made it.
        let required = json!({ "encryption": { "mode": "required" } });
        match engine {
            Engine::Sqlite => sim.control("PUT", "wf", required).await.expect(200),
            Engine::Postgres => {
                sim.sibling().await.control("PUT", "wf", required).await.expect(200)
            }
        };
        post(&id).await.expect_refused(400, "101/0");
        let path = format!("/accounts/{id}/users/{user}/identity");
        sim.bare("POST", &path, &[], "{}").await.expect_refused(401, "401/0");
        let headers = [("authorization", bearer.as_str())];
        sim.bare("POST", &path, &headers, "{}").await.expect_refused(400, "400/0");
    }

    async fn itn_1_without_a_program_an_account_of_two_programs_or_another_client_is_not_found(
        engine: Engine,
    ) {
        let sim = TestSim::configured(engine, |config| {
            let mut stranger = config.clients[0].clone();
            (stranger.id, stranger.programs) = ("stranger".into(), vec!["gbr".into()]);
            config.clients.push(stranger);
        })
        .await;
        let partner = sim.partner("wf").await;
        let twin = sim.partner("gbr").await;
        let seed = json!({ "seed": "the same" });
        for program in ["wf", "gbr"] {
            sim.control("PUT", program, seed.clone()).await.expect(200);
        }
        let post = async |client: &str, account: &str, user: &str| {
            let credentials = basic(client, "demo-secret");
            let request_id = guid();
            let headers =
                [("authorization", credentials.as_str()), ("x-gd-requestid", &request_id)];
            let grant = json!({ "grant_type": "client_credentials" }).to_string();
            let token = sim.bare("POST", "/authentication", &headers, grant).await.expect(200);
            let token = format!("Bearer {}", token.body["access_token"].as_str().unwrap());
            let headers = [("authorization", token.as_str()), ("x-gd-requestid", &request_id)];
            let path = format!("/accounts/{account}/users/{user}/identity");
            sim.bare("POST", &path, &headers, json!({ "idNumber": "900123456" }).to_string()).await
        };
        let mut person = sim.person("wf").await;
        person["identifyingData"]["ssn"] = json!("109990001");
        let (request_id, body) = (guid(), enrollment(&person));
        let here = partner.enroll(&request_id, &body).await.expect(200);
        let (id, user) = (here.account_id(), user_of(&here));
        // One program holds it: the refusal is the account's own.
        post("demo", &id, &user).await.expect_refused(200, "5/380");
        post("stranger", &id, &user).await.expect_refused(404, "10/0");
        let there = twin.enroll(&request_id, &body).await.expect(200);
        assert_eq!(there.account_id(), id, "one seed draws one id");
        post("demo", &id, &user).await.expect_refused(404, "10/0");
        post("stranger", &id, &user).await.expect_refused(200, "5/380");
    }

    async fn itn_2_an_itin_is_added_to_matricula_enrollments_alone(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = enrolled_as(&sim, &partner, "109990001").await.expect(200);
        let (id, user) = (enrolled.account_id(), user_of(&enrolled));
        let events = sim.events("wf").await.len();
        add_itin(&partner, &id, &user, "900123456").await.expect_refused(200, "5/380");
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(read.body["account"]["accountHolders"][0]["user"]["identityType"], "ssn");
        assert_eq!(sim.events("wf").await.len(), events);
        let by_matricula = enrolled_by_matricula(&sim, &partner).await;
        let (id, user) = (by_matricula.account_id(), user_of(&by_matricula));
        add_itin(&partner, &id, &user, "900123456").await.expect(200);
    }

    async fn itn_3_an_itin_beyond_its_limits_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        enrolled_as(&sim, &partner, "900123456").await.expect(200);
        let enrolled = enrolled_by_matricula(&sim, &partner).await;
        let (id, user) = (enrolled.account_id(), user_of(&enrolled));
        let before = partner.get(&format!("/accounts/{id}")).await.expect(200).body;
        let events = sim.events("wf").await.len();
        let answer = add_itin(&partner, &id, &user, "900123456").await;
        assert!(answer.explanation().starts_with("ITN-3"), "{}", answer.explanation());
        answer.expect_refused(200, "2/60");
        let limits = |active: u32, lifetime: u32| {
            let itin = json!({ "active": active, "lifetime": lifetime });
            json!({ "limits": { "consumer": { "itin": itin } } })
        };
        sim.control("PUT", "wf", limits(9, 1)).await.expect(200);
        add_itin(&partner, &id, &user, "900123456").await.expect_refused(200, "2/61");
        assert_eq!(partner.get(&format!("/accounts/{id}")).await.expect(200).body, before);
        assert_eq!(sim.events("wf").await.len(), events);
        sim.control("PUT", "wf", limits(9, 2)).await.expect(200);
        add_itin(&partner, &id, &user, "900123456").await.expect(200);
    }

    async fn lim_6_an_itin_has_one_active_account_and_three_in_its_life(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        enrolled_as(&sim, &partner, "900123456").await.expect(200);
        let events = sim.events("wf").await.len();
        let second = enrolled_as(&sim, &partner, "900123456").await.expect_refused(200, "2/60");
        assert!(second.body.get("account").is_none());
        assert_eq!(sim.events("wf").await.len(), events);
        let active = json!({ "limits": { "consumer": { "itin": { "active": 9 } } } });
        sim.control("PUT", "wf", active).await.expect(200);
        for _ in 0..2 {
            enrolled_as(&sim, &partner, "900123456").await.expect(200);
        }
        let fourth = enrolled_as(&sim, &partner, "900123456").await.expect_refused(200, "2/61");
        assert!(fourth.explanation().starts_with("LIM-6"), "{}", fourth.explanation());
        // An ITIN that was added takes a place like one that came with the enrollment.
        let enrolled = enrolled_by_matricula(&sim, &partner).await;
        let (id, user) = (enrolled.account_id(), user_of(&enrolled));
        let one = json!({ "limits": { "consumer": { "itin": { "active": 1 } } } });
        sim.control("PUT", "wf", one).await.expect(200);
        add_itin(&partner, &id, &user, "911111111").await.expect(200);
        enrolled_as(&sim, &partner, "911111111").await.expect_refused(200, "2/60");
    }
}
