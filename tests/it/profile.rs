//! Changing the profile of an enrollment.

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

async fn enrolled(sim: &TestSim, partner: &Partner, change: impl FnOnce(&mut Json)) -> String {
    let mut person = sim.person("wf").await;
    change(&mut person);
    partner.enroll(&guid(), &enrollment(&person)).await.expect(200).account_id()
}

/// Changes a profile by these parts of the user document.
async fn change(partner: &Partner, account: &str, parts: Json) -> Answer {
    let path = format!("/enrollments/account/{account}");
    partner.call("PUT", &path, &guid(), json!({ "user": { "userData": parts } })).await
}

/// The profile on file of an account's only holder.
async fn profile(sim: &TestSim, account: &str) -> Json {
    let select = piebox::db::sql("SELECT profile FROM users WHERE account_id = $1").bind(account);
    let rows: Vec<(String,)> = sim.sim.db.all(select).await.unwrap();
    serde_json::from_str(&rows[0].0).unwrap()
}

fn phone(number: &str, kind: &str) -> Json {
    json!({ "phoneNumbers": [{ "number": number, "type": kind }] })
}

/// Refused, and nothing has changed or been sent.
async fn refused(sim: &TestSim, partner: &Partner, account: &str, parts: Json, code: (u16, &str)) {
    let (before, read) =
        (profile(sim, account).await, partner.get(&format!("/accounts/{account}")).await.body);
    let events = sim.events("wf").await.len();
    let answer = change(partner, account, parts.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), code, "{parts}: {}", answer.text);
    answer.expect_refused(code.0, code.1);
    assert_eq!(profile(sim, account).await, before, "{parts}");
    assert_eq!(partner.get(&format!("/accounts/{account}")).await.body, read, "{parts}");
    assert_eq!(sim.events("wf").await.len(), events, "{parts}");
}

on_both_engines! {
    async fn enr_47_parts_that_are_given_change_and_the_others_stay(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner, |_| {}).await;
        let before = profile(&sim, &id).await;
        let answer = change(&partner, &id, phone("6265550188", "work")).await.expect(200);
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(answer.body["account"], read.body["account"]);
        let after = profile(&sim, &id).await;
        let only = json!([{ "number": "6265550188", "type": "work", "isDefault": true }]);
        assert_eq!(after["phoneNumbers"], only);
        assert_eq!(after["addresses"], before["addresses"]);
        assert_eq!(after["email"], before["email"]);
        // By the other path, sealed, without `user`; the parts of the body are found.
        let request_id = guid();
        let address = json!({
            "addressLine1": "9 Work Way", "city": "Reno", "state": "nv", "zipCode": "89501-1234",
            "type": "work",
        });
        let parts = json!({
            "profileData": { "addresses": [address] },
            "email": { "emailAddress": "new@example.com" },
        });
        let sealed = json!({ "encryptedUserData": partner.seal(&request_id, &parts).await });
        let path = format!("/enrollments/accounts/{id}");
        partner.call("PUT", &path, &request_id, sealed.clone()).await.expect(200);
        let after = profile(&sim, &id).await;
        assert_eq!(after["email"]["emailAddress"], "new@example.com");
        let kinds: Vec<_> = after["addresses"].as_array().unwrap().iter().map(|it| {
            (it["type"].as_str().unwrap(), it["zipCode"].as_str().unwrap(), &it["isDefault"])
        }).collect();
        let home = before["addresses"][0]["zipCode"].as_str().unwrap();
        assert_eq!(kinds, [("work", "89501", &json!(false)), ("home", home, &json!(true))]);
        partner.call("PUT", &path, &request_id, sealed).await.expect(200);
        assert_eq!(profile(&sim, &id).await, after, "again, it finds the work done");
        partner.call("PUT", &path, &guid(), json!({})).await.expect_refused(400, "101/0");
        change(&partner, &guid(), parts.clone()).await.expect_refused(404, "10/0");
        change(&partner, "7", parts).await.expect_refused(400, "400/0");
    }

    async fn enr_47_what_is_given_is_judged_by_the_rules_of_enrolling(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner, |_| {}).await;
        let address = |change: Json| {
            let mut address = json!({
                "addressLine1": "1 Elm St", "city": "Reno", "state": "NV", "zipCode": "89501",
                "type": "home",
            });
            for (name, value) in change.as_object().unwrap() {
                address[name] = value.clone();
            }
            json!({ "profileData": { "addresses": [address] } })
        };
        change(&partner, &id, address(json!({}))).await.expect(200);
        for (parts, code) in [
            (address(json!({ "addressLine1": "1" })), "400/505"),
            (address(json!({ "addressLine1": "1 * St" })), "640/505"),
            (address(json!({ "addressLine2": "x".repeat(41) })), "400/506"),
            (address(json!({ "city": "x".repeat(26) })), "400/504"),
            (address(json!({ "city": "Re*no" })), "640/504"),
            (address(json!({ "type": "castle" })), "400/0"),
            (address(json!({ "addressLine1": "PO Box 7" })), "400/0"),
            (phone("555", "mobile"), "400/0"),
            (phone("6265550188", "fax"), "400/0"),
            (json!({ "email": { "emailAddress": "nobody" } }), "400/0"),
            (json!({ "identifyingData": { "dateOfBirth": "1990-13-01" } }), "700/0"),
            (json!({ "identifyingData": { "ssn": "1", "ssnSuffix": "1" } }), "630/0"),
            (json!({ "profileData": { "firstName": "Another" } }), "400/0"),
            (json!({ "profileData": { "lastName": "Another" } }), "400/0"),
            (json!({ "profileData": { "middleName": "Another" } }), "400/0"),
        ] {
            refused(&sim, &partner, &id, parts, (400, code)).await;
        }
        let two = ["mobile", "work"].map(|kind| {
            json!({ "number": "6265550188", "type": kind, "isDefault": true })
        });
        let two = json!({ "phoneNumbers": two });
        refused(&sim, &partner, &id, two, (400, "1040/0")).await;
    }

    async fn enr_47_identity_stays_once_the_check_is_passed_and_may_be_mended_before(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut own = Json::Null;
        let id = enrolled(&sim, &partner, |person| own = person["identifyingData"].clone()).await;
        let suffix = own["ssn"].as_str().unwrap()[5..].to_owned();
        for same in [own.clone(), json!({ "ssnSuffix": suffix })] {
            change(&partner, &id, json!({ "identifyingData": same })).await.expect(200);
        }
        for other in [
            json!({ "dateOfBirth": "1970-02-03" }),
            json!({ "ssn": "109990009" }),
            json!({ "ssnSuffix": "0009" }),
            json!({ "onboardingID": "a scan" }),
        ] {
            let parts = json!({ "identifyingData": other });
            refused(&sim, &partner, &id, parts, (400, "630/0")).await;
        }
        let pending = enrolled(&sim, &partner, |person| {
            person["identifyingData"]["ssn"] = json!("991001234");
        })
        .await;
        let events = sim.events("wf").await.len();
        let mended = json!({ "dateOfBirth": "1970-02-03", "ssn": "109990009" });
        let answer =
            change(&partner, &pending, json!({ "identifyingData": mended })).await.expect(200);
        let user = &answer.body["account"]["accountHolders"][0]["user"];
        assert_eq!(user["last4Identity"], "0009");
        assert_eq!(answer.body["account"]["status"], "pending");
        assert_eq!(sim.events("wf").await.len(), events + 1);
        let stored = sim.dump().await;
        assert!(stored.contains("1970-02-03") && !stored.contains("109990009"));
        // The number of somebody who has an account is beyond its limit.
        let taken = json!({ "identifyingData": { "ssn": own["ssn"] } });
        refused(&sim, &partner, &pending, taken, (200, "2/60")).await;
    }

    async fn enr_47_a_locked_account_keeps_its_profile(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner, |_| {}).await;
        let hold = async |status: &str, reason: &str| {
            let wanted = json!({ "status": status, "statusReason": reason, "notes": "n" });
            let path = format!("/accounts/{id}/status");
            partner.call("PUT", &path, &guid(), wanted).await.expect(200)
        };
        hold("locked", "potentialFraud").await;
        refused(&sim, &partner, &id, phone("6265550188", "work"), (200, "5/362")).await;
        // What does not read is said first.
        refused(&sim, &partner, &id, phone("555", "work"), (400, "400/0")).await;
        hold("normal", "healthy").await;
        change(&partner, &id, phone("6265550188", "work")).await.expect(200);
    }

    async fn lim_8_a_default_phone_beyond_its_limit_is_declined(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for _ in 0..2 {
            enrolled(&sim, &partner, |person| {
                person["phoneNumbers"] = json!([{ "number": "6265550177", "type": "mobile" }]);
            })
            .await;
        }
        let id = enrolled(&sim, &partner, |_| {}).await;
        let answer = change(&partner, &id, phone("6265550177", "mobile")).await;
        assert!(answer.explanation().starts_with("LIM-8"), "{}", answer.explanation());
        refused(&sim, &partner, &id, phone("6265550177", "mobile"), (200, "2/63")).await;
        let limits = json!({ "active": 9, "lifetime": 2 });
        let limits = json!({ "limits": { "consumer": { "phone": limits } } });
        sim.control("PUT", "wf", limits).await.expect(200);
        refused(&sim, &partner, &id, phone("6265550177", "mobile"), (200, "2/66")).await;
        // Beside the default one it takes no place, and this account's own place does not count.
        let first = profile(&sim, &id).await["phoneNumbers"][0]["number"].clone();
        let own = first.as_str().unwrap();
        let beside = json!({ "phoneNumbers": [
            { "number": own, "type": "mobile", "isDefault": true },
            { "number": "6265550177", "type": "work" },
        ] });
        change(&partner, &id, beside).await.expect(200);
        let as_default = json!({ "phoneNumbers": [
            { "number": "6265550177", "type": "work", "isDefault": true },
        ] });
        refused(&sim, &partner, &id, as_default, (200, "2/66")).await;
        change(&partner, &id, phone("6265550199", "mobile")).await.expect(200);
    }

    // Proves LIM-8.
    async fn racing_profiles_share_the_places_of_one_phone(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        // On Postgres half of the calls go through another process.
        let sibling = match engine {
            Engine::Postgres => Some(sim.sibling().await),
            Engine::Sqlite => None,
        };
        let here = sim.partner("wf").await;
        let there = sibling.as_ref().map_or_else(|| here.clone(), |other| here.at(other.router()));
        let mut accounts = Vec::new();
        for _ in 0..16 {
            accounts.push(enrolled(&sim, &here, |_| {}).await);
        }
        for round in 0..5 {
            let mut calls = JoinSet::new();
            for (at, account) in accounts.iter().cloned().enumerate() {
                let partner = if at % 2 == 0 { here.clone() } else { there.clone() };
                let wanted = phone(&format!("626555017{round}"), "mobile");
                calls.spawn(async move { change(&partner, &account, wanted).await });
            }
            let codes: Vec<String> = calls.join_all().await.iter().map(Answer::code).collect();
            let of = |code: &str| codes.iter().filter(|it| *it == code).count();
            assert_eq!((of("0/0"), of("2/63")), (2, 14), "{codes:?}");
        }
    }
}
