//! Accounts of businesses: type and data, and the limits that count them apart.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// What a program asks of a business by default.
fn elm() -> Json {
    json!({ "businessName": "Elm Street Bakery", "businessType": "LLC", "ein": "12-3456789" })
}

/// The body of a business of this person.
fn business(person: &Json) -> Json {
    let mut body = enrollment(person);
    body["user"]["userData"]["accountType"] = json!("business");
    body["user"]["userData"]["businessData"] = elm();
    body
}

async fn accounts(sim: &TestSim) -> usize {
    let listed = sim.control("GET", "wf/accounts?limit=1000", Json::Null).await;
    listed.expect(200).body["accounts"].as_array().unwrap().len()
}

/// Refused with HTTP 400: nothing is made or sent.
async fn refuses(sim: &TestSim, partner: &Partner, body: &Json, code: &str) -> Answer {
    let before = (accounts(sim).await, sim.events("wf").await.len());
    let answer = partner.enroll(&guid(), body).await.expect_refused(400, code);
    assert_eq!((accounts(sim).await, sim.events("wf").await.len()), before);
    answer
}

async fn profile(sim: &TestSim) -> Json {
    let select = piebox::db::sql("SELECT profile FROM users ORDER BY created_at DESC LIMIT 1");
    let rows: Vec<(String,)> = sim.sim.db.all(select).await.unwrap();
    serde_json::from_str(&rows[0].0).unwrap()
}

async fn account_type(sim: &TestSim, account: &str) -> String {
    let select = piebox::db::sql("SELECT account_type FROM accounts WHERE account_id = $1");
    let rows: Vec<(String,)> = sim.sim.db.all(select.bind(account)).await.unwrap();
    rows[0].0.clone()
}

on_both_engines! {
    // Proves ENR-47.
    async fn a_change_of_the_profile_keeps_the_data_of_the_business(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = partner.enroll(&guid(), &business(&sim.person("wf").await)).await;
        let before = profile(&sim).await["businessData"].clone();
        let change = json!({ "userData": { "email": { "emailAddress": "new@example.com" } } });
        let path = format!("/enrollments/account/{}", enrolled.account_id());
        partner.call("PUT", &path, &guid(), change).await.expect(200);
        let after = profile(&sim).await;
        assert_eq!(after["email"]["emailAddress"], "new@example.com");
        assert_eq!(after["businessData"], before);
    }

    async fn a_business_is_enrolled_with_its_data(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = partner.enroll(&guid(), &business(&sim.person("wf").await)).await;
        assert_eq!(enrolled.code(), "0/0", "{}", enrolled.text);
        assert_eq!(account_type(&sim, &enrolled.account_id()).await, "business");
        let mut kept = elm();
        kept["ein"] = json!("**-***6789");
        assert_eq!(profile(&sim).await["businessData"], kept);
        assert!(!sim.dump().await.contains("3456789"));

        // The type may stand beside the product; the user document counts where both have it.
        let mut body = business(&sim.person("wf").await);
        body["user"]["userData"]["accountType"] = Json::Null;
        body["account"]["accountType"] = json!("business");
        let enrolled = partner.enroll(&guid(), &body).await.expect(200);
        assert_eq!(account_type(&sim, &enrolled.account_id()).await, "business");
        let mut body = enrollment(&sim.person("wf").await);
        body["user"]["userData"]["accountType"] = json!("consumer");
        body["account"]["accountType"] = json!("business");
        let enrolled = partner.enroll(&guid(), &body).await.expect(200);
        assert_eq!(account_type(&sim, &enrolled.account_id()).await, "consumer");

        let person = sim.person("wf").await;
        let id = guid();
        let mut document = person.clone();
        document["accountType"] = json!("business");
        document["businessData"] = elm();
        let mut body = enrollment(&person);
        body["user"] = json!({ "encryptedUserData": partner.seal(&id, &document).await });
        let enrolled = partner.enroll(&id, &body).await.expect(200);
        assert_eq!(account_type(&sim, &enrolled.account_id()).await, "business");
    }

    async fn type_and_data_of_a_business_are_judged(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let good = business(&sim.person("wf").await);
        let changed = |pointer: &str, value: Json| {
            let mut body = good.clone();
            let user = body["user"]["userData"].as_object_mut().unwrap();
            match pointer.split_once('/') {
                None => drop(user.insert(pointer.to_owned(), value)),
                Some((outer, inner)) => user[outer][inner] = value,
            }
            body
        };
        for wrong in ["Business", "club", ""] {
            let refused =
                refuses(&sim, &partner, &changed("accountType", json!(wrong)), "400/0").await;
            assert!(refused.description().starts_with("accountType"), "{}", refused.text);
        }
        for consumer in [json!("consumer"), Json::Null] {
            let refused = refuses(&sim, &partner, &changed("accountType", consumer), "630/0").await;
            let text = "businessData is only valid when accountType is \"business\"";
            assert_eq!(refused.description(), text);
        }
        for (member, value) in
            [("businessName", Json::Null), ("businessType", json!("")), ("ein", json!(" "))]
        {
            let body = changed(&format!("businessData/{member}"), value);
            let refused = refuses(&sim, &partner, &body, "200/0").await;
            assert_eq!(refused.description(), "property name is required");
            let facts = format!("businessData.{member} is missing");
            assert!(refused.explanation().contains(&facts), "{}", refused.explanation());
        }
        refuses(&sim, &partner, &changed("businessData", Json::Null), "200/0").await;
        refuses(&sim, &partner, &changed("businessData", json!(["x"])), "400/0").await;
        let long = changed("businessData/note", json!("x".repeat(4_096)));
        let refused = refuses(&sim, &partner, &long, "400/0").await;
        assert!(refused.description().starts_with("businessData"), "{}", refused.text);

        let required = json!({ "business": { "requiredMembers": ["taxYear"] } });
        sim.control("PUT", "wf", required).await.expect(200);
        let refused = refuses(&sim, &partner, &good, "200/0").await;
        assert!(refused.explanation().contains("taxYear"), "{}", refused.explanation());
        let off = json!({ "business": { "enabled": false, "requiredMembers": [] } });
        sim.control("PUT", "wf", off).await.expect(200);
        let refused = refuses(&sim, &partner, &good, "400/0").await;
        assert!(refused.description().starts_with("accountType"), "{}", refused.text);
        let on = json!({ "business": { "enabled": true } });
        sim.control("PUT", "wf", on).await.expect(200);
        assert_eq!(partner.enroll(&guid(), &good).await.expect(200).code(), "0/0");
    }

    async fn lim_1_and_lim_3_businesses_are_counted_apart_ten_active_and_twenty_in_a_lifetime(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        // A consumer account takes no place of a business one.
        partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        let body = business(&person);
        for _ in 0..10 {
            assert_eq!(partner.enroll(&guid(), &body).await.expect(200).code(), "0/0");
        }
        let events = sim.events("wf").await.len();
        let refused = partner.enroll(&guid(), &body).await.expect_refused(200, "2/60");
        assert_eq!(account_type(&sim, &refused.account_id()).await, "business");
        partner.enroll(&guid(), &enrollment(&person)).await.expect_refused(200, "2/60");
        assert_eq!((accounts(&sim).await, sim.events("wf").await.len()), (11, events));

        let more = json!({ "limits": { "business": {
            "ssn": { "active": 30 }, "phone": { "active": 30, "lifetime": 30 },
        } } });
        sim.control("PUT", "wf", more).await.expect(200);
        for _ in 10..20 {
            assert_eq!(partner.enroll(&guid(), &body).await.expect(200).code(), "0/0");
        }
        partner.enroll(&guid(), &body).await.expect_refused(200, "2/61");
        assert_eq!(accounts(&sim).await, 21);
    }

    async fn lim_4_and_lim_5_a_default_phone_serves_ten_businesses_and_twenty_in_its_life(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let phones = json!([{ "number": "6265550199", "type": "work" }]);
        let enroll = async || {
            let mut body = business(&sim.person("wf").await);
            body["user"]["userData"]["phoneNumbers"] = phones.clone();
            partner.enroll(&guid(), &body).await
        };
        for _ in 0..10 {
            assert_eq!(enroll().await.expect(200).code(), "0/0");
        }
        enroll().await.expect_refused(200, "2/63");
        let more = json!({ "limits": { "business": { "phone": { "active": 30 } } } });
        sim.control("PUT", "wf", more).await.expect(200);
        for _ in 10..20 {
            assert_eq!(enroll().await.expect(200).code(), "0/0");
        }
        enroll().await.expect_refused(200, "2/66");
        // Consumers have their own count.
        let mut body = enrollment(&sim.person("wf").await);
        body["user"]["userData"]["phoneNumbers"] = phones.clone();
        assert_eq!(partner.enroll(&guid(), &body).await.expect(200).code(), "0/0");
    }
}
