//! How screening ends: both published tables of SSN prefixes, with and without an identity check.

use serde_json::{Value as Json, json};

use crate::support::{Engine, TestSim, cards, enrollment, guid, on_both_engines, standing};

/// Prefix, code, and where the account then stands, by Socure's table.
const SOCURE: [(&str, &str, &str); 8] = [
    ("451000001", "2/11", "locked registrationFailed failed passed none"),
    ("554000001", "1/10", "pending registrationNotComplete failed pending kyc2"),
    ("452000001", "2/11", "locked registrationFailed failed passed none"),
    ("401000001", "2/31", "locked registrationNotComplete passed failed manual"),
    ("992000001", "1/34", "locked registrationNotComplete failed failed idv"),
    ("991000001", "1/10", "pending registrationNotComplete failed passed idv"),
    ("100000001", "0/0", "normal healthy passed passed healthy"),
    ("222000001", "0/0", "normal healthy passed passed healthy"),
];

/// The lines of IDology's table that differ.
const IDOLOGY: [(&str, &str, &str); 3] = [
    ("554000002", "2/40", "locked registrationFailed failed passed none"),
    ("452000002", "2/33", "locked registrationFailed failed failed manual"),
    ("401000002", "2/31", "locked registrationFailed passed failed manual"),
];

async fn body_with(sim: &TestSim, ssn: &str) -> Json {
    let mut person = sim.person("wf").await;
    person["identifyingData"]["ssn"] = json!(ssn);
    enrollment(&person)
}

/// Enrolls, and holds the answer, both readings, the repetition and the webhook together.
async fn expect_outcome(sim: &TestSim, body: &Json, code: &str, stands: &str) {
    let partner = sim.partner("wf").await;
    let id = guid();
    let answer = partner.enroll(&id, body).await.expect(200);
    let account = &answer.body["account"];
    assert_eq!((answer.code().as_str(), standing(account).as_str()), (code, stands), "{body}");
    assert_eq!(answer.header("x-piebox-explain").is_some(), code != "0/0");
    let is_complete = code == "0/0";
    assert_eq!(cards(account).len(), if is_complete { 2 } else { 0 }, "{}", answer.text);
    assert_eq!(account["accountCycleDay"].is_number(), is_complete, "{}", answer.text);
    for path in ["accounts", "enrollments/accounts"] {
        let read = partner.get(&format!("/{path}/{}", answer.account_id())).await.expect(200);
        assert_eq!(standing(&read.body["account"]), stands);
    }
    let again = partner.enroll(&id, body).await.expect(200);
    assert_eq!((again.code(), &again.body), (answer.code(), &answer.body));
    let events = sim.events_of("wf", &answer.account_id()).await;
    assert_eq!(events.len(), 1, "{code}");
    assert_eq!(standing(&events[0]["event"]["account"]), stands);
}

on_both_engines! {
    async fn kyc_1_to_kyc_7_each_prefix_ends_as_the_table_says(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        for (ssn, code, stands) in SOCURE {
            expect_outcome(&sim, &body_with(&sim, ssn).await, code, stands).await;
        }
        let older = json!({ "kyc": { "vendor": "idology" } });
        sim.control("PUT", "wf", older).await.expect(200);
        for (ssn, code, stands) in IDOLOGY {
            expect_outcome(&sim, &body_with(&sim, ssn).await, code, stands).await;
        }
    }

    // Proves KYC-1, KYC-2, KYC-3, KYC-4, KYC-5, KYC-6, KYC-7.
    async fn production_knows_no_magic_numbers(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "pieMode": false })).await.expect(200);
        for (ssn, _, _) in SOCURE {
            let passed = "normal healthy passed passed healthy";
            expect_outcome(&sim, &body_with(&sim, ssn).await, "0/0", passed).await;
        }
    }

    async fn enr_43_and_ofc_1_without_kyc_only_a_sanctions_match_counts(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let passed = "normal healthy passed passed healthy";
        let review = "pending registrationNotComplete passed pending manual";
        for (ssn, code, stands) in [
            ("451000001", "0/0", passed),
            ("554000001", "0/0", passed),
            ("991000001", "0/0", passed),
            ("401000001", "1/31", review),
            ("992000001", "1/31", review),
        ] {
            let mut body = body_with(&sim, ssn).await;
            body["executeKycFlag"] = json!(false);
            expect_outcome(&sim, &body, code, stands).await;
        }
        let locked = "locked registrationNotComplete passed failed manual";
        let presentation = |word: &str| json!({ "ofac": { "matchPresentation": word } });
        for (word, kyc, ssn, code, stands) in [
            ("locked", false, "401000002", "2/31", locked),
            ("pending", true, "401000003", "1/31", review),
        ] {
            sim.control("PUT", "wf", presentation(word)).await.expect(200);
            let mut body = body_with(&sim, ssn).await;
            body["executeKycFlag"] = json!(kyc);
            expect_outcome(&sim, &body, code, stands).await;
        }
    }

    // Proves KYC-1, KYC-2, KYC-3, KYC-4, KYC-5, KYC-6, KYC-7, ENR-22, ENR-17.
    async fn a_person_can_be_invented_for_every_outcome(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let failed = "locked registrationFailed failed passed none";
        for (vendor, outcome, status, code, stands) in [
            ("socure", "approved", 200, "0/0", "normal healthy passed passed healthy"),
            ("socure", "kycFailed", 200, "2/11", failed),
            (
                "socure",
                "kyc2Needed",
                200,
                "1/10",
                "pending registrationNotComplete failed pending kyc2",
            ),
            (
                "socure",
                "idvNeeded",
                200,
                "1/10",
                "pending registrationNotComplete failed passed idv",
            ),
            (
                "socure",
                "idvNeededOfacMatch",
                200,
                "1/34",
                "locked registrationNotComplete failed failed idv",
            ),
            (
                "socure",
                "ofacMatch",
                200,
                "2/31",
                "locked registrationNotComplete passed failed manual",
            ),
            ("socure", "regionRefused", 200, "3/65", "- - - - -"),
            ("socure", "inputInvalid", 400, "700/0", "- - - - -"),
            ("idology", "underAge", 200, "2/40", failed),
            (
                "idology",
                "kycAndOfacFailed",
                200,
                "2/33",
                "locked registrationFailed failed failed manual",
            ),
        ] {
            let setting = json!({ "kyc": { "vendor": vendor } });
            sim.control("PUT", "wf", setting).await.expect(200);
            // Two of a kind: neither number is used up by the other.
            for _ in 0..2 {
                let body = enrollment(&sim.person_with("wf", outcome).await);
                let answer = partner.enroll(&guid(), &body).await.expect(status);
                assert_eq!(answer.code(), code, "{outcome}");
                assert_eq!(standing(&answer.body["account"]), stands, "{outcome}");
            }
        }
        let people = async |outcome: &str| {
            sim.control("POST", "wf/people", json!({ "outcome": outcome })).await
        };
        let refused = people("kyc2Needed").await.expect(400);
        assert!(refused.text.contains("kyc.vendor"), "{}", refused.text);
        people("someday").await.expect(400);
        sim.control("PUT", "wf", json!({ "pieMode": false })).await.expect(200);
        people("ofacMatch").await.expect(400);
        people("approved").await.expect(201);
    }

    // Proves KYC-1, KYC-6.
    async fn descriptions_come_in_either_published_wording(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for (words, curable, failed) in [
            ("kycPage", "KYC Cure required.", "KYC Failed. No cure available."),
            (
                "businessRules",
                "KYC Required. The enrollment API call was successful.",
                "KYC Failed.",
            ),
        ] {
            let setting = json!({ "descriptions": { "screening": words } });
            sim.control("PUT", "wf", setting).await.expect(200);
            for (outcome, text) in [("idvNeeded", curable), ("kycFailed", failed)] {
                let body = enrollment(&sim.person_with("wf", outcome).await);
                let answer = partner.enroll(&guid(), &body).await.expect(200);
                assert_eq!(answer.description(), text);
            }
        }
    }

    async fn enr_44_the_name_on_the_cards_has_no_diacritics_and_the_profile_has(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut person = sim.person("wf").await;
        person["profileData"]["firstName"] = json!("José");
        person["profileData"]["lastName"] = json!("Nu\u{301}n\u{303}ez-Çelik");
        let answer = partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        let user = &answer.body["account"]["accountHolders"][0]["user"];
        assert_eq!(user["firstName"], "José");
        assert_eq!(user["lastName"], "Núñez-Çelik");
        let path = format!("wf/accounts/{}", answer.account_id());
        let account = sim.control("GET", &path, Json::Null).await.expect(200).body;
        assert_eq!(account["position"], "Healthy");
        for card in account["cards"].as_array().unwrap() {
            assert_eq!(card["embossedName"], "JOSE NUNEZ-CELIK");
        }
        assert_eq!(account["cards"].as_array().unwrap().len(), 2);
    }

    async fn bcd_2_and_kyc_6_a_repaired_enrollment_is_screened_as_any_other(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let fault = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let (id, body) = (guid(), enrollment(&sim.person_with("wf", "idvNeeded").await));
        partner.enroll(&id, &body).await.expect_refused(503, "503/0");
        let repaired = partner.enroll(&id, &body).await.expect_refused(200, "1/10");
        let stands = "pending registrationNotComplete failed passed idv";
        assert_eq!(standing(&repaired.body["account"]), stands);
        assert_eq!(sim.events("wf").await.len(), 1);
    }
}
