//! A second holder for an account, and how accounts with two of them read.

use futures_util::future::join_all;
use piebox::db::{Scope, sql};
use serde_json::{Value as Json, json};

use crate::account_changes::scanned;
use crate::support::{
    Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines, webhooks,
};

/// An account in use, with the terms of the vendor's sample.
async fn enrolled(sim: &TestSim, partner: &Partner) -> String {
    let mut body = enrollment(&sim.person("wf").await);
    let terms = ["privPlcy", "daa", "eca"].map(|it| json!({ "termsIdentifier": it }));
    body["account"]["termsAcceptances"] = json!(terms);
    partner.enroll(&guid(), &body).await.expect(200).account_id()
}

/// The body of a call by which this person joins, with a virtual card alone.
fn joining(person: &Json) -> Json {
    json!({
        "productMaterialType": "pvc",
        "requestPhysicalCard": false,
        "currency": "USD",
        "termsAcceptances": [{
            "termsIdentifier": "daa", "termsAcceptanceDateTime": "2031-05-06T10:00:00.000Z",
            "termsAcceptanceFlag": true,
        }],
        "userProfile": person,
    })
}

async fn join(partner: &Partner, account: &str, body: &Json) -> Answer {
    let path = format!("/accounts/{account}/AccountHolder");
    partner.call("POST", &path, &guid(), body.clone()).await
}

fn holders(answer: &Answer) -> Vec<Json> {
    answer.body["account"]["accountHolders"].as_array().unwrap().clone()
}

/// Refused, and nothing has changed or been sent.
async fn refused(sim: &TestSim, partner: &Partner, account: &str, body: &Json, code: (u16, &str)) {
    let path = format!("/accounts/{account}");
    let before = partner.get(&path).await.expect(200).body;
    let events = sim.events("wf").await.len();
    let answer = join(partner, account, body).await;
    assert_eq!((answer.status, answer.code().as_str()), code, "{body}: {}", answer.text);
    answer.expect_refused(code.0, code.1);
    assert_eq!(partner.get(&path).await.expect(200).body, before, "{body}");
    assert_eq!(sim.events("wf").await.len(), events, "{body}");
}

on_both_engines! {
    async fn enr_46_both_holders_are_read_as_the_sample_shows_them(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let alone = partner.get(&format!("/enrollments/accounts/{id}")).await.expect(200);
        assert_eq!(holders(&alone).len(), 1);
        let answer = join(&partner, &id, &joining(&sim.person("wf").await)).await.expect(200);
        for family in ["accounts", "enrollments/accounts"] {
            let read = partner.get(&format!("/{family}/{id}")).await.expect(200);
            assert_eq!(read.body, answer.body, "{family}");
        }
        let account = &answer.body["account"];
        assert!(account.get("UpgradeKycStateData").is_none());
        let [first, second] = [&account["accountHolders"][0], &account["accountHolders"][1]];
        let primary = [first, second].map(|holder| &holder["user"]["isPrimaryAccountHolder"]);
        assert_eq!(primary, [&json!(true), &json!(false)]);
        for own in ["accountHolderIdentifier", "/user/userIdentifier"] {
            let own = if own.starts_with('/') { own.to_owned() } else { format!("/{own}") };
            assert_ne!(first.pointer(&own), second.pointer(&own));
        }
        let card = &second["paymentInstruments"][0];
        assert_ne!(card["paymentIdentifier"], first["paymentInstruments"][0]["paymentIdentifier"]);
        assert_eq!(card["paymentInstrumentType"], "virtual");
        assert_eq!(account["accountHolders"][0], alone.body["account"]["accountHolders"][0]);
    }

    async fn enr_46_an_upgrade_is_shown_while_it_is_under_way(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let kyc = json!({ "ofac": "passed", "kyc": "failed", "gate": "idv" });
        let order = json!({ "plastic": false, "pin": false });
        let upgrade =
            json!({ "product_code": "50300", "kyc": kyc, "terms": [], "order": order }).to_string();
        for (upgrade, expected) in [(Some(upgrade), Some("idv")), (None, None)] {
            let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
            let update = "UPDATE accounts SET upgrade = $2 WHERE account_id = $1";
            unit.write(sql(update).bind(id.as_str()).bind(upgrade.as_deref()));
            unit.commit().await.unwrap();
            for family in ["accounts", "enrollments/accounts"] {
                let read = partner.get(&format!("/{family}/{id}")).await.expect(200);
                let gate = read.body.pointer("/account/UpgradeKycStateData/kycPendingGate");
                assert_eq!(gate.and_then(Json::as_str), expected, "{family}");
            }
        }
    }

    async fn jnt_1_a_second_holder_joins_and_a_third_does_not(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        webhooks(&receiver, 1).await;
        let request_id = guid();
        let person = sim.person("wf").await;
        let mut body = joining(&partner_sealed(&partner, &request_id, &person).await);
        body["requestPhysicalCard"] = Json::Null;
        let path = format!("/accounts/{id}/accountholder");
        let answer = partner.call("POST", &path, &request_id, body.clone()).await.expect(200);
        let both = holders(&answer);
        assert_eq!(both.len(), 2);
        let cards = both[1]["paymentInstruments"].as_array().unwrap();
        assert_eq!(cards.len(), 2, "plastic is asked for unless it is declined");
        assert_eq!(cards[0]["paymentIdentifier"], cards[1]["paymentIdentifier"]);
        let told = webhooks(&receiver, 2).await;
        let told = &told[1].body["accounts"][0]["events"][0]["account"];
        assert_eq!(told["accountHolders"].as_array().unwrap().len(), 2);
        // Again, or in the clear, it is the same person, and nothing is done.
        let again = partner.call("POST", &path, &request_id, body).await.expect(200);
        assert_eq!(again.body["account"], answer.body["account"]);
        let again = join(&partner, &id, &joining(&person)).await.expect(200);
        assert_eq!(again.body["account"], answer.body["account"]);
        assert_eq!(sim.events("wf").await.len(), 2);
        let third = joining(&sim.person("wf").await);
        refused(&sim, &partner, &id, &third, (200, "5/102")).await;
        join(&partner, &guid(), &third).await.expect_refused(404, "10/0");
        join(&partner, "7", &third).await.expect_refused(400, "400/0");
    }

    async fn jnt_1_a_locked_pending_or_business_account_takes_no_second_holder(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = joining(&sim.person("wf").await);
        for (ssn, code) in [("451001234", "5/100"), ("991001234", "4/105"), ("401001234", "4/105")]
        {
            let mut person = sim.person("wf").await;
            person["identifyingData"]["ssn"] = json!(ssn);
            let id = partner.enroll(&guid(), &enrollment(&person)).await.expect(200).account_id();
            refused(&sim, &partner, &id, &body, (200, code)).await;
        }
        let id = enrolled(&sim, &partner).await;
        let hold = async |status: &str, cure: &str| {
            let wanted = json!({
                "status": status, "statusReason": "potentialFraud", "notes": "n", "cure": cure,
            });
            let path = format!("/accounts/{id}/status");
            partner.call("PUT", &path, &guid(), wanted).await.expect(200)
        };
        hold("locked", "none").await;
        refused(&sim, &partner, &id, &body, (200, "5/100")).await;
        hold("locked", "idv").await;
        refused(&sim, &partner, &id, &body, (200, "4/105")).await;
        let business = enrolled(&sim, &partner).await;
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        let update = "UPDATE accounts SET account_type = 'business' WHERE account_id = $1";
        unit.write(sql(update).bind(business.as_str()));
        unit.commit().await.unwrap();
        refused(&sim, &partner, &business, &body, (200, "10/0")).await;
        // A restricted account is none of these. The flag's other name declines plastic too.
        hold("restricted", "none").await;
        let mut body = body;
        body["requestPhysicalCard"] = Json::Null;
        body["requestPhysicalCardFlag"] = json!("false");
        let joined = join(&partner, &id, &body).await.expect(200);
        assert_eq!(holders(&joined)[1]["paymentInstruments"].as_array().unwrap().len(), 1);
        assert_eq!(holders(&joined).len(), 2);
        assert_eq!(joined.body["account"]["status"], "restricted");
    }

    // Proves JNT-1.
    async fn the_primary_holder_is_no_second_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let id = partner.enroll(&guid(), &enrollment(&person)).await.expect(200).account_id();
        refused(&sim, &partner, &id, &joining(&person), (400, "400/0")).await;
        // Last four digits may be another person's.
        let known_as = async |born: &str| {
            let mut person = sim.person("wf").await;
            person["identifyingData"] = json!({ "dateOfBirth": born, "ssnSuffix": "5555" });
            joining(&person)
        };
        join(&partner, &id, &known_as("1970-01-01").await).await.expect(200);
        let third = known_as("1971-01-01").await;
        refused(&sim, &partner, &id, &third, (200, "5/102")).await;
    }

    async fn jnt_1_and_gate_1_a_second_holder_may_join_with_a_scan_of_their_own(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (first, second) = (enrolled(&sim, &partner).await, enrolled(&sim, &partner).await);
        let mut person = sim.person("wf").await;
        let birth = person["identifyingData"]["dateOfBirth"].clone();
        let mut with = |id: &str| {
            person["identifyingData"] = json!({ "dateOfBirth": birth, "onboardingID": id });
            joining(&person)
        };
        refused(&sim, &partner, &first, &with(&guid()), (400, "200/0")).await;
        let body = with(&scanned(&partner).await);
        let joined = join(&partner, &first, &body).await.expect(200);
        assert_eq!(holders(&joined)[1]["user"]["identityType"], "matricula");
        join(&partner, &first, &body).await.expect(200);
        refused(&sim, &partner, &second, &body, (400, "200/0")).await;
    }

    async fn jnt_1_a_request_is_judged_like_an_enrollment_before_the_account(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let person = sim.person("wf").await;
        let good = joining(&person);
        join(&partner, &id, &joining(&sim.person("wf").await)).await.expect(200);
        for (pointer, value, code) in [
            ("/userProfile/profileData/firstName", json!(""), (400, "400/501")),
            ("/userProfile/profileData/lastName", json!("L33"), (400, "640/502")),
            ("/userProfile/identifyingData/dateOfBirth", json!("1990-13-01"), (400, "700/0")),
            ("/userProfile/identifyingData/dateOfBirth", Json::Null, (400, "200/0")),
            ("/userProfile/identifyingData", Json::Null, (400, "200/0")),
            ("/userProfile/profileData/addresses", json!([]), (400, "1042/0")),
            ("/userProfile/profileData/addresses/0/state", json!("GU"), (200, "3/65")),
            ("/userProfile/profileData", json!([]), (400, "400/0")),
            ("/userProfile", Json::Null, (400, "101/0")),
            ("/productMaterialType", json!("gold"), (400, "431/2")),
            ("/currency", json!("usd"), (400, "650/0")),
            ("/currency", Json::Null, (400, "650/0")),
            ("/currency", json!("EUR"), (400, "650/430")),
            ("/termsAcceptances/0/termsAcceptanceFlag", json!(false), (400, "400/0")),
            ("/termsAcceptances/0/termsAcceptanceFlag", Json::Null, (400, "400/0")),
            ("/termsAcceptances/0/termsAcceptanceDateTime", Json::Null, (400, "400/0")),
            ("/termsAcceptances/0/termsAcceptanceDateTime", json!("2031-08-06T10:00:00Z"), {
                (400, "620/0")
            }),
            ("/requestPhysicalCard", json!("maybe"), (400, "400/0")),
        ] {
            let mut body = good.clone();
            *body.pointer_mut(pointer).unwrap() = value;
            refused(&sim, &partner, &id, &body, code).await;
        }
        refused(&sim, &partner, &id, &good, (200, "5/102")).await;
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        refused(&sim, &partner, &id, &good, (400, "101/0")).await;
    }

    async fn jnt_1_what_screening_says_of_the_second_holder_leaves_the_account_as_it_is(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for (ssn, expected) in [
            ("451001234", "passed failed none"),
            ("991001235", "passed failed idv"),
            ("401001236", "failed passed manual"),
        ] {
            let id = enrolled(&sim, &partner).await;
            let before = partner.get(&format!("/accounts/{id}")).await.expect(200);
            let mut person = sim.person("wf").await;
            person["identifyingData"]["ssn"] = json!(ssn);
            let joined = join(&partner, &id, &joining(&person)).await.expect(200);
            let second = holders(&joined)[1].clone();
            let kyc = &second["user"]["kycStateData"];
            let shown = ["ofacStatus", "kycStatus", "kycPendingGate"].map(|it| kyc[it].as_str());
            assert_eq!(shown.map(Option::unwrap).join(" "), expected, "{ssn}");
            assert_eq!(second["paymentInstruments"], json!([]), "{ssn}");
            assert_eq!(joined.body["account"]["status"], "normal");
            assert_eq!(holders(&joined)[0], holders(&before)[0]);
        }
    }

    async fn jnt_1_of_ten_persons_who_join_at_once_one_does(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let partner = sim.partner("wf").await;
        let id = enrolled(&sim, &partner).await;
        let mut people = Vec::new();
        for _ in 0..10 {
            people.push(joining(&sim.person("wf").await));
        }
        let answers = join_all(people.iter().map(|body| join(&partner, &id, body))).await;
        let codes: Vec<_> = answers.iter().map(Answer::code).collect();
        assert_eq!(codes.iter().filter(|code| *code == "0/0").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| *code == "5/102").count(), 9, "{codes:?}");
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(holders(&read).len(), 2);
        assert_eq!(sim.events("wf").await.len(), 2);
    }
}

/// The user document, sealed for a request id.
async fn partner_sealed(partner: &Partner, request_id: &str, person: &Json) -> Json {
    json!(partner.seal(request_id, person).await)
}
