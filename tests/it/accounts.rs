//! Reading accounts.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines};

on_both_engines! {
    async fn acc_1_an_account_reads_as_it_was_enrolled(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["termsAcceptances"] = json!([{ "termsIdentifier": "daa" }]);
        let enrolled = partner.enroll(&guid(), &body).await.expect(200);
        let id = enrolled.account_id();
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        let upper = id.to_uppercase();
        for same in [format!("/enrollments/accounts/{id}"), format!("/accounts/{upper}")] {
            assert_eq!(partner.get(&same).await.expect(200).body, read.body, "{same}");
        }
        let account = &read.body["account"];
        assert_eq!(account["productCode"], "50400");
        assert_eq!(account["currency"], "USD");
        assert_eq!(account["instantIssue"], false);
        assert_eq!(account["productClass"], "Perso");
        assert_eq!(account["enrollmentSource"], "OnlineSales");
        assert_eq!(account["termsAcceptances"][0]["termsIdentifier"], "daa");
        let plastic = &account["accountHolders"][0]["paymentInstruments"][1];
        assert_eq!(plastic["productMaterialType"], "pvc");
        assert_eq!(plastic["cardIssueSource"], "mailer");
        assert!(agrees(&enrolled.body, &read.body), "{} {}", enrolled.text, read.text);
    }

    async fn acc_1_an_account_that_is_not_there_is_404_and_no_guid_is_400(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let id = partner.enroll(&guid(), &body).await.expect(200).account_id();
        for family in ["accounts", "enrollments/accounts"] {
            let missing = partner.get(&format!("/{family}/{}", guid())).await;
            assert_eq!(missing.description(), "Account Not Found.");
            missing.expect_refused(404, "10/0");
            for wrong in ["7", "not-a-guid", "%20", "7d0f6a524c1b4e7e9b612f5c0a1e9d33"] {
                let answer = partner.get(&format!("/{family}/{wrong}")).await;
                assert!(answer.description().contains("accountIdentifier"), "{}", answer.text);
                answer.expect_refused(400, "400/0");
            }
        }
        let mut elsewhere = partner.clone();
        elsewhere.program = "gbr".to_owned();
        elsewhere.get(&format!("/accounts/{id}")).await.expect_refused(404, "10/0");
    }

    async fn a_tester_finds_accounts_by_status_and_reference_number(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let list = async |query: &str| {
            let path = format!("wf/accounts{query}");
            let listed = sim.control("GET", &path, Json::Null).await.expect(200);
            listed.body["accounts"].as_array().unwrap().clone()
        };
        sim.control("PUT", "wf", json!({})).await.expect(200);
        assert!(list("").await.is_empty());
        for _ in 0..3 {
            let body = enrollment(&sim.person("wf").await);
            partner.enroll(&guid(), &body).await.expect(200);
        }
        let all = list("").await;
        assert_eq!(all.len(), 3);
        assert_eq!(list("?status=normal").await.len(), 3);
        assert!(list("?status=locked").await.is_empty());
        assert_eq!(list("?limit=2&offset=2").await, all[2..]);
        let reference = all[1]["accountReferenceNumber"].as_str().unwrap();
        assert_eq!(list(&format!("?accountReferenceNumber={reference}")).await, all[1..2]);
        for wrong in ["?status=happy", "?state=normal", "?limit=x"] {
            let path = format!("wf/accounts{wrong}");
            let answer = sim.control("GET", &path, Json::Null).await.expect(400);
            assert!(answer.body["detail"].is_string(), "{}", answer.text);
        }
    }

    async fn direct_deposit_numbers_are_masked_where_the_program_says_so(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let clear = partner.enroll(&guid(), &body).await.expect(200);
        let masked = json!({ "directDeposit": { "mask": true } });
        sim.control("PUT", "wf", masked).await.expect(200);
        let information = |answer: &Answer| {
            answer.body["account"]["directDepositInformation"].clone()
        };
        let number = information(&clear)["accountNumber"].as_str().unwrap().to_owned();
        assert_eq!(number.len(), 14);
        assert_eq!(information(&clear)["routingNumber"], "124303214");
        let stars = json!({
            "accountNumber": format!("{}**********{}", &number[..2], &number[12..]),
            "routingNumber": "******214",
        });
        let id = clear.account_id();
        for family in ["accounts", "enrollments/accounts"] {
            let read = partner.get(&format!("/{family}/{id}")).await.expect(200);
            assert_eq!(information(&read), stars, "{family}");
            assert!(!read.text.contains(&number), "{}", read.text);
        }
        let new = partner.enroll(&guid(), &enrollment(&sim.person("wf").await)).await.expect(200);
        assert_eq!(information(&new)["routingNumber"], stars["routingNumber"]);
        // It is how answers look: what is on file stays.
        let clear_again = json!({ "directDeposit": { "mask": false } });
        sim.control("PUT", "wf", clear_again).await.expect(200);
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(information(&read), information(&clear));
    }
}

/// Every member of `less` stands in `more` with the same value.
fn agrees(less: &Json, more: &Json) -> bool {
    match (less, more) {
        (Json::Object(less), Json::Object(more)) => less
            .iter()
            .all(|(name, value)| more.get(name).is_some_and(|other| agrees(value, other))),
        (Json::Array(less), Json::Array(more)) => {
            less.len() == more.len() && less.iter().zip(more).all(|(one, other)| agrees(one, other))
        }
        (less, more) => less == more,
    }
}
