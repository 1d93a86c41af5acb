//! How many accounts one person may have, and that races do not make it more.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::support::{Engine, Partner, TestSim, enrollment, guid, on_both_engines};

const CLOSED: &str = "closeAccount";

/// Closes an account as its customer and the bank would, in two steps.
async fn close(sim: &TestSim, account: &str) {
    sim.act("wf", account, json!({ "action": "lockForFraud" })).await.expect(200);
    sim.act("wf", account, json!({ "action": CLOSED })).await.expect(200);
}

/// The same person with another phone, or another SSN.
fn with(person: &Json, pointer: &str, value: &str) -> Json {
    let mut other = person.clone();
    *other.pointer_mut(pointer).unwrap() = json!(value);
    other
}

const SSN: &str = "/identifyingData/ssn";
const BORN: &str = "/identifyingData/dateOfBirth";
const PHONE: &str = "/phoneNumbers/0/number";

async fn enrolled(partner: &Partner, person: &Json) -> String {
    let answer = partner.enroll(&guid(), &enrollment(person)).await.expect(200);
    assert_eq!(answer.code(), "0/0", "{}", answer.text);
    answer.account_id()
}

async fn count(sim: &TestSim, program: &str) -> usize {
    let listed = sim.control("GET", &format!("{program}/accounts?limit=1000"), Json::Null).await;
    listed.expect(200).body["accounts"].as_array().unwrap().len()
}

on_both_engines! {
    async fn lim_1_and_lim_2_a_second_active_account_is_shown_to_who_knows_the_birth_date(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let account = enrolled(&partner, &person).await;
        let again = partner.enroll(&guid(), &enrollment(&person)).await;
        let again = again.expect_refused(200, "2/60");
        assert_eq!(again.account_id(), account);
        assert_eq!(again.description(), "Number of Active Accounts Exceeded.");
        assert!(again.explanation().starts_with("LIM-1:"), "{}", again.explanation());
        let stranger = enrollment(&with(&person, BORN, "1971-02-03"));
        let hidden = partner.enroll(&guid(), &stranger).await.expect_refused(200, "2/60");
        assert_eq!(hidden.body.as_object().unwrap().len(), 1, "{}", hidden.text);
        assert!(hidden.explanation().starts_with("LIM-2:"), "{}", hidden.explanation());
        assert_eq!((count(&sim, "wf").await, sim.events("wf").await.len()), (1, 1));
    }

    // Proves LIM-1.
    async fn an_open_cure_takes_the_place_and_a_refusal_for_good_does_not(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for outcome in ["idvNeeded", "kyc2Needed", "ofacMatch", "idvNeededOfacMatch"] {
            let person = sim.person_with("wf", outcome).await;
            let first = partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
            let again = partner.enroll(&guid(), &enrollment(&person)).await;
            let again = again.expect_refused(200, "2/60");
            assert_eq!(again.account_id(), first.account_id(), "{outcome}");
        }
        let declined = sim.person_with("wf", "kycFailed").await;
        for _ in 0..5 {
            partner.enroll(&guid(), &enrollment(&declined)).await.expect_refused(200, "2/11");
        }
    }

    async fn lim_3_and_lim_7_closing_frees_an_active_place_and_no_lifetime_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        for number in 0..3 {
            let phone = format!("626111000{number}");
            let account = enrolled(&partner, &with(&person, PHONE, &phone)).await;
            let active = partner.enroll(&guid(), &enrollment(&person)).await;
            active.expect_refused(200, "2/60");
            close(&sim, &account).await;
        }
        let fourth = enrollment(&with(&person, PHONE, "6261110009"));
        let refused = partner.enroll(&guid(), &fourth).await.expect_refused(200, "2/61");
        assert!(refused.body.get("account").is_none(), "{}", refused.text);
        assert!(refused.description().starts_with("Number of Activated Accounts over Lifetime"));
        // Another program counts for itself.
        enrolled(&sim.partner("other").await, &person).await;
    }

    async fn lim_4_and_lim_5_and_lim_7_only_the_default_phone_counts(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let first = sim.person("wf").await;
        let phone = first.pointer(PHONE).unwrap().as_str().unwrap().to_owned();
        let another = async || with(&sim.person("wf").await, PHONE, &phone);
        let mut accounts = vec![enrolled(&partner, &first).await];
        accounts.push(enrolled(&partner, &another().await).await);
        let third = another().await;
        partner.enroll(&guid(), &enrollment(&third)).await.expect_refused(200, "2/63");
        // As a second number it does not count.
        let mut beside = third.clone();
        let numbers = json!([
            { "number": phone, "type": "home", "isDefault": false },
            { "number": "6265559999", "type": "mobile", "isDefault": true },
        ]);
        beside["phoneNumbers"] = numbers;
        enrolled(&partner, &beside).await;
        for _ in 2..10 {
            close(&sim, &accounts.remove(0)).await;
            accounts.push(enrolled(&partner, &another().await).await);
        }
        close(&sim, &accounts.remove(0)).await;
        let eleventh = enrollment(&another().await);
        let refused = partner.enroll(&guid(), &eleventh).await.expect_refused(200, "2/66");
        assert!(refused.body.get("account").is_none(), "{}", refused.text);
    }

    async fn lim_6_a_taxpayers_number_counts_like_an_ssn(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = with(&sim.person("wf").await, SSN, "912345678");
        let account = partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        let user = &account.body["account"]["accountHolders"][0]["user"];
        assert_eq!(
            (&user["identityType"], &user["last4Identity"]),
            (&json!("itin"), &json!("5678"))
        );
        let mut account = account.account_id();
        for round in 0..3 {
            let again = partner.enroll(&guid(), &enrollment(&person)).await;
            let again = again.expect_refused(200, "2/60");
            assert!(again.explanation().starts_with("LIM-6:"), "{}", again.explanation());
            close(&sim, &account).await;
            let phone = format!("626222000{round}");
            let next = enrollment(&with(&person, PHONE, &phone));
            let next = partner.enroll(&guid(), &next).await;
            if round == 2 {
                next.expect_refused(200, "2/61");
                break;
            }
            account = next.expect(200).account_id();
        }
    }

    // Proves LIM-1, LIM-2.
    async fn last_four_digits_are_told_apart_by_the_birth_date(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let known_as = async |suffix: &str, born: &str| {
            let mut person = sim.person("wf").await;
            person["identifyingData"] = json!({ "dateOfBirth": born, "ssnSuffix": suffix });
            person
        };
        let first = known_as("7777", "1970-01-01").await;
        let account = enrolled(&partner, &first).await;
        enrolled(&partner, &known_as("7777", "1971-01-01").await).await;
        let again = partner.enroll(&guid(), &enrollment(&first)).await;
        assert_eq!(again.expect_refused(200, "2/60").account_id(), account);
    }

    // Proves LIM-1, LIM-4.
    async fn counting_uses_the_indexes_however_many_there_are(engine: Engine) {
        let sim = TestSim::start(engine).await;
        if engine == Engine::Postgres {
            // Its planner goes by the rows there are; the statement is the same.
            return;
        }
        let plan = format!("EXPLAIN QUERY PLAN {}", piebox::domains::accounts::limits::PLACES);
        let plan: &'static str = Box::leak(plan.into_boxed_str());
        let mut statement = piebox::db::sql(plan);
        for _ in 0..7 {
            statement = statement.bind("x");
        }
        let steps: Vec<(i64, i64, i64, String)> = sim.sim.db.all(statement).await.unwrap();
        let steps: Vec<&str> = steps.iter().map(|(_, _, _, step)| step.as_str()).collect();
        let uses = |index: &str| steps.iter().any(|step| step.contains(index));
        assert!(uses("users_identity_idx") && uses("users_default_phone_idx"), "{steps:#?}");
        assert!(!steps.iter().any(|step| ["SCAN u", "SCAN a"].contains(step)), "{steps:#?}");
    }

    // Proves LIM-1, LIM-4.
    async fn the_limits_are_settings(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let two = json!({ "active": 2, "lifetime": 2 });
        let limits = json!({ "limits": { "consumer": { "ssn": two, "phone": { "active": 9 } } } });
        sim.control("PUT", "wf", limits).await.expect(200);
        let person = sim.person("wf").await;
        enrolled(&partner, &person).await;
        enrolled(&partner, &person).await;
        let third = partner.enroll(&guid(), &enrollment(&person)).await;
        third.expect_refused(200, "2/60");
    }

    async fn lim_9_and_lim_1_one_hundred_parallel_enrollments_of_one_ssn_make_one_account(
        engine: Engine,
    ) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 60_000).await;
        // On Postgres half of the calls go through another process.
        let sibling = match engine {
            Engine::Postgres => Some(sim.sibling().await),
            Engine::Sqlite => None,
        };
        let partner = Arc::new(sim.partner("wf").await);
        let other = match &sibling {
            Some(sibling) => Arc::new(sibling.partner("wf").await),
            None => Arc::clone(&partner),
        };
        let person = sim.person("wf").await;
        let mut calls = tokio::task::JoinSet::new();
        for number in 0..100 {
            let caller = Arc::clone(if number % 2 == 0 { &partner } else { &other });
            // A phone of its own, so that only the SSN stands between them.
            let body = enrollment(&with(&person, PHONE, &format!("62633300{number:02}")));
            calls.spawn(async move { caller.enroll(&guid(), &body).await });
        }
        let answers: Vec<_> = calls.join_all().await;
        let codes = answers.iter().map(crate::support::Answer::code);
        let made = codes.filter(|code| code == "0/0").count();
        assert_eq!((made, count(&sim, "wf").await), (1, 1));
        let ids: std::collections::BTreeSet<_> =
            answers.iter().map(crate::support::Answer::account_id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(sim.events("wf").await.len(), 1);
    }

    async fn lim_9_and_lim_4_parallel_enrollments_on_one_phone_leave_two_accounts(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 60_000).await;
        let partner = Arc::new(sim.partner("wf").await);
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let person = with(&sim.person("wf").await, PHONE, "6264440000");
            let caller = Arc::clone(&partner);
            calls.spawn(async move { caller.enroll(&guid(), &enrollment(&person)).await.code() });
        }
        let codes = calls.join_all().await;
        let of = |wanted: &str| codes.iter().filter(|code| *code == wanted).count();
        assert_eq!((of("0/0"), of("2/63"), count(&sim, "wf").await), (2, 28, 2));
    }

    // Proves LIM-1, WHK-7.
    async fn no_number_is_kept_in_clear(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        enrolled(&partner, &person).await;
        partner.enroll(&guid(), &enrollment(&person)).await.expect_refused(200, "2/60");
        let kept = sim.dump().await;
        let ssn = person.pointer(SSN).unwrap().as_str().unwrap();
        assert!(!kept.contains(ssn));
    }
}
