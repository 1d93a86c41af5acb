//! POST enrollments: the rules of names, and what a success looks like.

use serde_json::{Value as Json, json};

use crate::support::{Engine, START, TestSim, enrollment, guid, on_both_engines, webhooks};

/// Sets one name of a person.
fn named(person: &Json, member: &str, value: &str) -> Json {
    let mut person = person.clone();
    person["profileData"][member] = json!(value);
    enrollment(&person)
}

/// Names of `member` that pass and that fail, with the code of the failure.
async fn names(sim: &TestSim, member: &str, pass: &[&str], fail: &[(&str, &str)]) {
    let partner = sim.partner("wf").await;
    for name in pass {
        let person = sim.person("wf").await;
        let answer = partner.enroll(&guid(), &named(&person, member, name)).await;
        assert_eq!(answer.status, 200, "{member} {name:?}: {}", answer.text);
    }
    let person = sim.person("wf").await;
    let before = sim.events("wf").await.len();
    for (name, code) in fail {
        let answer = partner.enroll(&guid(), &named(&person, member, name)).await;
        assert!(answer.explanation().contains(member), "{}", answer.explanation());
        answer.expect_refused(400, code);
    }
    assert_eq!(sim.events("wf").await.len(), before);
}

on_both_engines! {
    async fn enr_1_a_first_name_has_1_to_35_characters(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (longest, too_long) = ("é".repeat(35), "e".repeat(36));
        names(&sim, "firstName", &["A", &longest], &[("", "400/501"), (&too_long, "400/501")])
            .await;
        let mut person = sim.person("wf").await;
        for absent in [Json::Null, json!({})] {
            person["profileData"] = absent;
            let partner = sim.partner("wf").await;
            partner.enroll(&guid(), &enrollment(&person)).await.expect_refused(400, "400/501");
        }
    }

    async fn enr_2_a_last_name_has_2_to_35_characters(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (longest, too_long) = ("e".repeat(35), "e".repeat(36));
        let fail = [("", "400/502"), ("X", "400/502"), (too_long.as_str(), "400/502")];
        names(&sim, "lastName", &["Xu", &longest], &fail).await;
    }

    async fn enr_3_a_middle_name_has_at_most_100_characters(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (longest, too_long) = ("e".repeat(100), "e".repeat(101));
        names(&sim, "middleName", &["", "B", &longest], &[(&too_long, "400/503")]).await;
    }

    async fn enr_4_names_are_of_letters_with_or_without_six_marks(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let pass = [
            "José",
            "Jose\u{301}",
            "Zoë",
            "Ñandú",
            "François",
            "Île",
            "Grüße".trim_end_matches("ße"),
        ];
        for (member, code) in
            [("firstName", "640/501"), ("lastName", "640/502"), ("middleName", "640/503")]
        {
            let wrong = ["Bjørn", "Åsa", "R2D2", "Ann😀", "Иван", "Ann_Lee", "A@nn", "\u{301}Ana"];
            names(&sim, member, &pass, &wrong.map(|name| (name, code))).await;
        }
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let answer = partner.enroll(&guid(), &named(&person, "firstName", "Jose\u{301}")).await;
        assert_eq!(answer.body["account"]["accountHolders"][0]["user"]["firstName"], "José");
    }

    async fn enr_5_nothing_but_letters_begins_ends_or_doubles(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for (member, code) in
            [("firstName", "640/501"), ("lastName", "640/502"), ("middleName", "640/503")]
        {
            let wrong = ["O''Neil", "St. John", "-Ann", "Ann-", "Ann ", " Ann", "A--B", "Jr."];
            let pass = ["O'Neil", "Ana-Maria", "St.John", "Ann Lee"];
            names(&sim, member, &pass, &wrong.map(|name| (name, code))).await;
        }
    }

    async fn enr_6_a_preset_holds_all_names_to_25_characters(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let strict = json!({ "names": { "preset": "strict25" } });
        sim.control("PUT", "wf", strict).await.expect(200);
        let (longest, too_long) = ("e".repeat(25), "e".repeat(26));
        for (member, code) in
            [("firstName", "400/501"), ("lastName", "400/502"), ("middleName", "400/503")]
        {
            names(&sim, member, &[&longest], &[(&too_long, code)]).await;
        }
    }

    async fn enr_40_a_success_carries_the_whole_account(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["termsAcceptances"] = json!([{ "termsIdentifier": "daa" }]);
        body["account"]["fraudData"] = json!({ "device": { "os": "x" } });
        body["contactVerificationIdentifiers"] = json!([guid()]);
        let answer = partner.enroll(&guid(), &body).await.expect(200);
        let stored = sim.dump().await;
        let members = ["\"os\":\"x\"", "contactVerificationIdentifiers", "addressLine1"];
        for kept in members {
            assert!(stored.contains(kept), "{kept} of the request is not stored");
        }
        let account = &answer.body["account"];
        assert_eq!(account["status"], "normal");
        assert_eq!(account["statusReasons"], json!(["healthy"]));
        assert_eq!(account["accountStatusChangedDateTime"], START);
        assert_eq!(account["purses"][0]["purseType"], "primary");
        assert_eq!(account["purses"][0]["availableBalance"], 0.0);
        let user = &account["accountHolders"][0]["user"];
        assert_eq!(
            user["kycStateData"],
            json!({
                "ofacStatus": "passed", "kycStatus": "passed", "kycPendingGate": "healthy"
            })
        );
        assert_eq!(user["isPrimaryAccountHolder"], true);
        let reference = account["accountReferenceNumber"].as_str().unwrap();
        let (letters, digits) = reference.split_at(3);
        assert!(letters.bytes().all(|b| b.is_ascii_uppercase()), "{reference}");
        assert!(digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()), "{reference}");
    }

    async fn enr_41_a_physical_card_is_the_virtual_ones_twin(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        let answer = partner.enroll(&guid(), &body).await.expect(200);
        let cards = answer.body["account"]["accountHolders"][0]["paymentInstruments"].clone();
        let (on_screen, plastic) = (&cards[0], &cards[1]);
        assert_eq!(
            (&on_screen["paymentInstrumentType"], &on_screen["status"]),
            (&json!("virtual"), &json!("activated"))
        );
        assert_eq!(
            (&plastic["paymentInstrumentType"], &plastic["status"]),
            (&json!("emv"), &json!("notActivated"))
        );
        assert_eq!(on_screen["paymentIdentifier"], plastic["paymentIdentifier"]);
        assert_eq!(on_screen["last4Pan"], plastic["last4Pan"]);
        assert_ne!(
            on_screen["paymentInstrumentIdentifier"],
            plastic["paymentInstrumentIdentifier"]
        );
        assert_eq!(on_screen["activatedDateTime"], START);
        assert!(plastic.get("activatedDateTime").is_none());

        body["user"]["userData"] = sim.person("wf").await;
        body["requestPhysicalCardFlag"] = json!(false);
        let answer = partner.enroll(&guid(), &body).await.expect(200);
        let cards = answer.body["account"]["accountHolders"][0]["paymentInstruments"].clone();
        assert_eq!(cards.as_array().unwrap().len(), 1);
        assert_eq!(cards[0]["paymentInstrumentType"], "virtual");
    }

    async fn enr_42_the_cycle_day_is_the_pacific_day_and_never_after_the_28th(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for (now, day) in [
            ("2031-05-06T10:00:00Z", 6),
            ("2031-05-06T06:59:59Z", 5),
            ("2031-02-28T20:00:00Z", 28),
            ("2031-12-29T20:00:00Z", 1),
            ("2031-12-30T20:00:00Z", 1),
            ("2031-08-31T20:00:00Z", 1),
            // The published samples that tell zones apart.
            ("2025-02-04T07:53:34.140Z", 3),
            ("2020-08-22T00:20:19.560Z", 21),
        ] {
            sim.control("PUT", "wf/clock", json!({ "now": now })).await.expect(200);
            let partner_today = sim.partner("wf").await;
            let body = enrollment(&sim.person("wf").await);
            let answer = partner_today.enroll(&guid(), &body).await.expect(200);
            assert_eq!(answer.body["account"]["accountCycleDay"], day, "{now}");
        }
        drop(partner);
    }

    async fn enr_43_and_enr_14_only_kyc_asks_for_a_phone_number(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut person = sim.person("wf").await;
        person["phoneNumbers"] = Json::Null;
        person["email"] = Json::Null;
        // An identity that fails the identity check where one is made.
        person["identifyingData"]["ssn"] = json!("451001234");
        let mut body = enrollment(&person);
        body["executeKycFlag"] = json!(true);
        let refused = partner.enroll(&guid(), &body).await.expect_refused(400, "101/0");
        assert!(refused.description().starts_with("phoneNumbers"), "{}", refused.text);
        body["executeKycFlag"] = json!(false);
        let answer = partner.enroll(&guid(), &body).await.expect(200);
        assert_eq!(answer.body["account"]["status"], "normal");
        let user = &answer.body["account"]["accountHolders"][0]["user"];
        assert_eq!(user["kycStateData"]["ofacStatus"], "passed");
    }

    async fn enr_45_a_success_is_told_by_one_webhook(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let answer =
            partner.enroll(&guid(), &enrollment(&sim.person("wf").await)).await.expect(200);
        let received = webhooks(&receiver, 1).await;
        assert_eq!(received[0].body["accounts"][0]["accountIdentifier"], answer.account_id());
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 1);
    }

    async fn an_unknown_or_missing_product_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        for wrong in [json!("00000"), Json::Null] {
            body["account"]["productCode"] = wrong;
            partner.enroll(&guid(), &body).await.expect_refused(400, "1000/0");
        }
        body["account"] = Json::Null;
        partner.enroll(&guid(), &body).await.expect_refused(400, "1000/0");
    }
}
