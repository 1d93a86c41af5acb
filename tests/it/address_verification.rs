//! Address verification through the API. The table itself is tested beside its rules.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, guid, on_both_engines};

fn address(line1: &str, line2: &str, place: &str) -> Json {
    let [city, state, zip] = place.split('|').collect::<Vec<_>>().try_into().unwrap();
    json!({
        "addressLine1": line1, "addressLine2": line2, "city": city, "state": state,
        "zipCode": zip,
    })
}

async fn verify(partner: &Partner, body: Json) -> Answer {
    partner.call("POST", "/addressVerification", &guid(), body).await
}

/// The request that a suggestion would be.
fn request_of(suggestion: &Json) -> Json {
    let mut request = suggestion.clone();
    for member in ["countryCode", "type", "addressType"] {
        request.as_object_mut().unwrap().remove(member);
    }
    request
}

on_both_engines! {
    async fn adr_1_the_sample_is_answered_as_it_is_printed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let sample = address("123 Timbuktu St", "", "Pasadena|CA|91107");
        let answer = verify(&partner, sample.clone()).await.expect(200);
        assert_eq!(answer.body["isValidAddress"], true);
        assert_eq!(answer.body["matchLevel"], "verified");
        assert_eq!(answer.code(), "0/0");
        let suggested = &answer.body["addresses"][0];
        assert_eq!(request_of(suggested), sample, "unchanged");
        assert_eq!(suggested["countryCode"], "USA");
        assert_eq!((&suggested["type"], &suggested["addressType"]),
            (&json!("street"), &json!("street")));
        // Without a second line, in any spelling of the path.
        let mut short = sample.clone();
        short["addressLine2"] = Json::Null;
        let again = partner.call("POST", "/AddressVerification", &guid(), short).await;
        assert_eq!(again.expect(200).body, answer.body);
    }

    async fn adr_1_each_outcome_has_its_level_and_what_is_suggested_suggests_itself(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for (body, level, first) in [
            (address("123 main street apt 5b", "", "PASADENA|california|911071234"), "verified",
                "123 Main St, Apt 5B, Pasadena, CA, 91107-1234"),
            (address("po box 12", "", "Pasadena|CA|91107"), "verified",
                "PO Box 12, , Pasadena, CA, 91107"),
            (address("1 Main St", "", "Pasadena|NV|91107"), "interactionRequired",
                "1 Main St, , Pasadena, CA, 91107"),
            (address("1 InteractionRequired St", "", "Pasadena|CA|91107"), "interactionRequired",
                "1 Confirmed St, , Pasadena, CA, 91107"),
            (address("1 PremisesPartial St", "", "Pasadena|CA|91107"), "premisesPartial",
                "1 PremisesPartial St, , Pasadena, CA, 91107"),
            (address("Main St", "", "Pasadena|CA|91107"), "streetPartial",
                "Main St, , Pasadena, CA, 91107"),
            (address("1 Multiple St", "", "Pasadena|CA|91107"), "multiple",
                "1 Multiple St, Apt 1, Pasadena, CA, 91107"),
        ] {
            let answer = verify(&partner, body).await.expect(200).body;
            assert_eq!(answer["matchLevel"], level, "{answer}");
            assert_eq!(answer["isValidAddress"], level == "verified", "{answer}");
            let addresses = answer["addresses"].as_array().unwrap();
            assert_eq!(addresses.len(), if level == "multiple" { 3 } else { 1 });
            let members = ["addressLine1", "addressLine2", "city", "state", "zipCode"];
            let text = members.map(|member| addresses[0][member].as_str().unwrap()).join(", ");
            assert_eq!(text, first);
            for suggested in addresses {
                let again = verify(&partner, request_of(suggested)).await.expect(200).body;
                assert_eq!(again["addresses"], json!([suggested]));
            }
        }
        for body in [
            address("1 None St", "", "Pasadena|CA|91107"),
            address("1 Main St", "", "Pasadena|ZZ|91107"),
            address("1 Main St", "", "Pasadena|CA|911"),
            address("<b>1 Main St</b>", "", "Pasadena|CA|91107"),
        ] {
            let answer = verify(&partner, body).await.expect(200);
            assert_eq!(answer.code(), "0/0");
            assert_eq!(answer.body["addresses"], json!([]));
            assert_eq!(answer.body["matchLevel"], "none");
            assert_eq!(answer.body["isValidAddress"], false);
        }
    }

    async fn adr_1_a_member_that_is_missing_or_wrong_is_named(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        let partner = sim.partner("wf").await;
        let good = address("1 Main St", "", "Pasadena|CA|91107");
        for member in ["addressLine1", "city", "state", "zipCode"] {
            for (value, code) in [
                (Json::Null, "200/0"),
                (json!(" "), "200/0"),
                (json!("x".repeat(41)), "400/0"),
                (json!("a\u{0}"), "400/0"),
                (json!(91107), "400/0"),
                (json!(["1"]), "400/0"),
            ] {
                let mut body = good.clone();
                body[member] = value;
                let refused = verify(&partner, body).await.expect_refused(400, code);
                let description = refused.description();
                assert!(description.contains(member), "{member}: {description}");
            }
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(member);
            let refused = verify(&partner, body).await.expect_refused(400, "200/0");
            assert!(refused.description().contains(member), "{}", refused.text);
            assert!(refused.explanation().starts_with("ADR-1:"), "{}", refused.explanation());
        }
        let mut body = good;
        body["addressLine2"] = json!("x".repeat(41));
        let refused = verify(&partner, body).await.expect_refused(400, "400/0");
        assert!(refused.description().contains("addressLine2"), "{}", refused.text);
        // A token is as old as the clock of the program says.
        sim.advance("wf", "P2D").await;
        verify(&partner, json!({})).await.expect_refused(401, "401/0");
    }
}
