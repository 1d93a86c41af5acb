//! The activation link of an account.

use serde_json::Value as Json;

use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines};

/// The query of a call, without the values that are `None`.
fn query(account: Option<&str>, kind: Option<&str>, country: Option<&str>) -> String {
    let given = [("accountIdentifier", account), ("idType", kind), ("countryCode", country)];
    let given = given.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    format!("/enrollments/fsc/activationlink?{}", given.collect::<Vec<_>>().join("&"))
}

on_both_engines! {
    async fn lnk_1_each_of_the_three_values_is_needed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = partner.enroll(&guid(), &enrollment(&sim.person("wf").await)).await;
        let account = enrolled.account_id();
        let account = Some(account.as_str());
        let (kind, country) = (Some("passport"), Some("USA"));
        let text = "AccountIdentifier/ IdType/CountryCode is required.";
        for (wrong, member) in [
            (query(None, kind, country), "accountIdentifier"),
            (query(Some(""), kind, country), "accountIdentifier"),
            (query(account, None, country), "idType"),
            (query(account, Some("%20"), country), "idType"),
            (query(account, kind, None), "countryCode"),
            (query(account, kind, Some("")), "countryCode"),
            ("/enrollments/fsc/activationlink".to_owned(), "accountIdentifier"),
        ] {
            let refused = partner.get(&wrong).await.expect_refused(400, "200/0");
            assert_eq!(refused.description(), text, "{wrong}");
            assert!(refused.explanation().contains(member), "{}", refused.explanation());
        }
        partner.get(&query(account, kind, country)).await.expect(200);
    }

    async fn lnk_2_all_three_answer_a_link_for_that_account(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut links = Vec::new();
        for _ in 0..2 {
            let body = enrollment(&sim.person("wf").await);
            let account = partner.enroll(&guid(), &body).await.account_id();
            let good = query(Some(&account), Some("passport"), Some("USA"));
            let answer = partner.get(&good).await.expect(200);
            assert_eq!(answer.code(), "0/0");
            let link = answer.body["activationLink"].as_str().unwrap().to_owned();
            assert!(link.starts_with("https://activate.example.com/wf/"), "{link}");
            let again = partner.get(&good.replace("idType", "IDTYPE")).await.expect(200);
            assert_eq!(again.body["activationLink"], link.as_str());
            links.push(link);
        }
        assert_ne!(links[0], links[1]);

        let unknown = query(Some(&guid()), Some("passport"), Some("USA"));
        partner.get(&unknown).await.expect_refused(404, "10/0");
        let no_guid = query(Some("12"), Some("passport"), Some("USA"));
        let refused = partner.get(&no_guid).await.expect_refused(400, "400/0");
        assert!(refused.description().starts_with("accountIdentifier"), "{}", refused.text);
        assert_eq!(refused.body.get("activationLink"), None::<&Json>);
    }
}
