//! Headers and the envelope: what every answer has in common, and the order of checks.

use serde_json::{Value as Json, json};

use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines};

on_both_engines! {
    async fn hdr_1_a_request_id_must_be_a_guid(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let bearer = format!("Bearer {}", partner.token);
        for wrong in [
            None,
            Some(""),
            Some("123"),
            Some("5b0c7a0e8d7c4b439a550c3e2f6d11aa"),
            Some("zzzzzzzz-8d7c-4b43-9a55-0c3e2f6d11aa"),
        ] {
            let mut headers = vec![("authorization", bearer.as_str())];
            headers.extend(wrong.map(|id| ("x-gd-requestid", id)));
            let answer = sim.bare("GET", "/programs/wf/certificates", &headers, "").await;
            assert_eq!(answer.description(), "X-GD-RequestId must be a guid");
            answer.expect_refused(400, "400/0");
        }
        sim.bare("GET", "/ping", &[], "").await.expect_refused(400, "400/0");
    }

    async fn hdr_2_the_request_id_comes_back_on_every_answer(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let bearer = format!("Bearer {}", sim.partner("wf").await.token);
        let id = "5B0C7A0E-8d7c-4b43-9a55-0c3e2f6d11aa";
        for (path, name, status) in [
            ("/programs/wf/certificates", "X-GD-RequestId", 200),
            ("/programs/wf/certificates", "x-gd-requestid", 200),
            ("/programs/wf/certificates", "X-GD-Request-Id", 200),
            ("/programs/wf/accounts/nonsense", "X-GD-RequestId", 400),
            ("/programs/wf/accounts/5b0c7a0e-8d7c-4b43-9a55-0c3e2f6d11aa", "X-GD-RequestId", 404),
            ("/nowhere", "X-GD-RequestId", 404),
            ("/ping", "X-GD-RequestId", 200),
        ] {
            let headers = [("authorization", bearer.as_str()), (name, id)];
            let answer = sim.bare("GET", path, &headers, "").await.expect(status);
            assert_eq!(answer.header("x-gd-requestid"), Some(id), "{path}");
        }
        let unauthorised = [("x-gd-requestid", id)];
        let answer =
            sim.bare("GET", "/programs/wf/certificates", &unauthorised, "").await.expect(401);
        assert_eq!(answer.header("x-gd-requestid"), Some(id));
    }

    async fn hdr_3_an_unknown_program_is_refused_where_none_springs_into_being(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.worlds.create_unknown = false).await;
        let partner = sim.partner("wf").await;
        let answer = partner.get("/certificates").await.expect_refused(400, "1000/0");
        assert_eq!(answer.description(), "The program code in the API path is unknown.");
        sim.control("PUT", "wf", json!({})).await.expect(200);
        partner.get("/certificates").await.expect(200);

        for nonsense in ["x", "abcdefghijklmnopqrstu", "a%20b", "w%C3%AF", "%FF%FE"] {
            let mut stranger = partner.clone();
            stranger.program = nonsense.to_owned();
            stranger.get("/certificates").await.expect_refused(400, "1000/0");
        }
    }

    async fn hdr_4_truth_values_may_come_as_text_and_leave_as_booleans(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        body["requestPhysicalCardFlag"] = json!("true");
        body["executeKycFlag"] = json!("false");
        body["account"]["termsAcceptances"] = json!([
            { "termsIdentifier": "daa", "termsAcceptanceFlag": "true" },
            { "termsIdentifier": "privPlcy", "termsAcceptanceFlag": "false",
              "termsAcceptanceDateTime": "2031-05-01T08:00:00Z" },
        ]);
        let id = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let read = partner.get(&format!("/accounts/{id}")).await.expect(200);
        let account = &read.body["account"];
        assert_eq!(account["accountHolders"][0]["paymentInstruments"].as_array().unwrap().len(), 2);
        assert_eq!(
            account["termsAcceptances"],
            json!([
                { "termsIdentifier": "daa", "termsAcceptanceDateTime": "2031-05-06T10:00:00.000Z",
                  "termsAcceptanceFlag": true },
                { "termsIdentifier": "privPlcy",
                  "termsAcceptanceDateTime": "2031-05-01T08:00:00.000Z",
                  "termsAcceptanceFlag": false },
            ])
        );
        body["requestPhysicalCardFlag"] = json!("perhaps");
        let answer = partner.enroll(&guid(), &body).await.expect_refused(400, "400/0");
        assert!(answer.description().starts_with("requestPhysicalCardFlag: "), "{}", answer.text);
    }

    async fn hdr_5_a_wrong_body_is_named_and_changes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let bearer = format!("Bearer {}", sim.partner("wf").await.token);
        let post = async |media: &str, body: String| {
            let headers = [
                ("authorization", bearer.as_str()),
                ("x-gd-requestid", "5b0c7a0e-8d7c-4b43-9a55-0c3e2f6d11aa"),
                ("content-type", media),
            ];
            sim.bare("POST", "/programs/wf/enrollments", &headers, body).await
        };
        let json = "application/json";
        for (body, names) in [
            ("", "The request body is empty"),
            ("{", "The request body is not valid JSON"),
            ("nonsense", "The request body is not valid JSON"),
            ("[]", "The request body"),
            (r#"{"user":7}"#, "user: "),
            (
                r#"{"user":{"userData":{"profileData":{"firstName":5}}}}"#,
                "user.userData.profileData.firstName: ",
            ),
            (
                r#"{"account":{"termsAcceptances":[{"termsIdentifier":"daa",
                    "termsAcceptanceDateTime":"yesterday"}]}}"#,
                "account.termsAcceptances[0].termsAcceptanceDateTime: ",
            ),
        ] {
            let answer = post(json, body.to_owned()).await.expect_refused(400, "400/0");
            assert!(answer.description().starts_with(names), "{body}: {}", answer.text);
        }
        post("text/plain", "{}".to_owned()).await.expect_refused(415, "415/0");
        post("application/x-www-form-urlencoded", "{}".to_owned())
            .await
            .expect_refused(415, "415/0");
        post(json, " ".repeat(9 << 20)).await.expect_refused(413, "413/0");
        let many: Vec<Json> = (0..51).map(|_| json!({ "termsIdentifier": "daa" })).collect();
        let body = json!({ "account": { "termsAcceptances": many } }).to_string();
        let answer = post(json, body).await.expect_refused(400, "400/0");
        assert!(answer.description().contains("at most 50"), "{}", answer.text);
        assert!(sim.events("wf").await.is_empty());

        let secret = json!({ "user": { "userData": { "identifyingData": { "ssn": 123456789 } } } });
        let answer = post(json, secret.to_string()).await.expect_refused(400, "400/0");
        assert!(!answer.text.contains("123456789"), "{}", answer.text);
        assert!(!answer.explanation().contains("123456789"), "{}", answer.explanation());
    }

    async fn env_1_every_answer_carries_response_details(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let done = partner.enroll(&guid(), &enrollment(&sim.person("wf").await)).await.expect(200);
        let detail =
            json!({ "code": 0, "subCode": 0, "description": "Success", "url": "http://tbd" });
        assert_eq!(done.body["responseDetails"], json!([detail]));
        let id = done.account_id();
        for answer in [
            partner.get(&format!("/accounts/{id}")).await,
            partner.get(&format!("/enrollments/accounts/{id}")).await,
            partner.get("/certificates").await,
            sim.bare("GET", "/healthCheck", &[], "").await,
        ] {
            assert_eq!(answer.body["responseDetails"], json!([detail]), "{}", answer.text);
        }
        for answer in [
            partner.get("/accounts/nonsense").await,
            partner.get("/nowhere").await,
            partner.call("DELETE", "/enrollments", &guid(), Json::Null).await,
            sim.bare("GET", "/programs/wf/certificates", &[], "").await,
        ] {
            let details = answer.body["responseDetails"].as_array().unwrap();
            assert_eq!(details.len(), 1, "{}", answer.text);
            assert!(details[0]["code"].is_i64() && details[0]["subCode"].is_i64());
            assert_eq!(details[0]["url"], "http://tbd");
        }
    }

    async fn env_2_statuses_follow_the_family_of_the_code(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let missing = partner.get(&format!("/accounts/{}", guid())).await;
        missing.expect_refused(404, "10/0");
        let mut person = sim.person("wf").await;
        for (state, status, code) in
            [("GU", 200, "3/65"), ("pr", 200, "3/65"), ("California", 400, "400/0")]
        {
            person["profileData"]["addresses"][0]["state"] = json!(state);
            let body = enrollment(&person);
            let answer = partner.enroll(&guid(), &body).await.expect_refused(status, code);
            assert!(answer.body.get("account").is_none(), "{}", answer.text);
        }
        person["profileData"]["addresses"][0]["state"] = json!("VI");
        person["profileData"]["lastName"] = json!("X");
        partner.enroll(&guid(), &enrollment(&person)).await.expect_refused(400, "400/502");
        assert!(sim.events("wf").await.is_empty());
    }

    async fn env_3_of_several_faults_the_earliest_is_answered(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.worlds.create_unknown = false).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let good = format!("Bearer {}", sim.partner("wf").await.token);
        let id = guid();
        let mut person = sim.person("wf").await;
        person["profileData"]["firstName"] = json!("");
        person["profileData"]["lastName"] = json!("9");
        person["profileData"]["middleName"] = json!("#");
        person["identifyingData"]["dateOfBirth"] = json!("tomorrow");
        let mut body = enrollment(&person);
        body["account"]["productCode"] = json!("00000");
        // Each row mends the fault of the row before and keeps all later ones.
        let rows = [
            ("/programs/nowhere/enrollments", "Bearer x y", "no", "{".to_owned(), "401/0"),
            ("/programs/nowhere/enrollments", good.as_str(), "no", "{".to_owned(), "400/0"),
            ("/programs/nowhere/enrollments", &good, &id, "{".to_owned(), "1000/0"),
            ("/programs/wf/enrollments", &good, &id, "{".to_owned(), "400/0"),
            ("/programs/wf/enrollments", &good, &id, body.to_string(), "400/501"),
            (
                "/programs/wf/enrollments",
                &good,
                &id,
                mend(&mut body, "firstName", "Ann"),
                "400/502",
            ),
            ("/programs/wf/enrollments", &good, &id, mend(&mut body, "lastName", "99"), "640/502"),
            ("/programs/wf/enrollments", &good, &id, mend(&mut body, "lastName", "Lee"), "640/503"),
            ("/programs/wf/enrollments", &good, &id, mend(&mut body, "middleName", "M"), "700/0"),
        ];
        for (path, authorization, request_id, body, code) in rows {
            let headers = [
                ("authorization", authorization),
                ("x-gd-requestid", request_id),
                ("content-type", "application/json"),
            ];
            let answer = sim.bare("POST", path, &headers, body.clone()).await;
            assert_eq!(answer.code(), code, "{body} {}", answer.text);
        }
        body["user"]["userData"]["identifyingData"]["dateOfBirth"] = json!("1990-01-20");
        let partner = sim.partner("wf").await;
        partner.enroll(&id, &body).await.expect_refused(400, "1000/0");
        body["account"]["productCode"] = json!("50400");
        partner.enroll(&id, &body).await.expect(200);
    }
}

fn mend(body: &mut Json, member: &str, value: &str) -> String {
    body["user"]["userData"]["profileData"][member] = json!(value);
    body.to_string()
}
