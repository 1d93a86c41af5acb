//! Tokens: issuing them, and the six ways to be refused.

use serde_json::json;

use crate::support::{Engine, START, TestSim, basic, guid, on_both_engines};

const HOUR_MS: i64 = 3_600_000;

on_both_engines! {
    async fn auth_1_client_credentials_become_a_bearer_token(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        let credentials = basic("demo", "demo-secret");
        let json = json!({ "grant_type": "client_credentials", "scope": "general" }).to_string();
        for (path, media, body) in [
            ("/authentication", "application/json", json.as_str()),
            ("/Authentication", "application/json", &json),
            ("/baas/v1/authentication", "application/json", &json),
            (
                "/authentication",
                "application/x-www-form-urlencoded",
                "grant_type=client_credentials&scope=general",
            ),
        ] {
            let request_id = guid();
            let headers = [
                ("authorization", credentials.as_str()),
                ("x-gd-requestid", &request_id),
                ("content-type", media),
            ];
            let answer = sim.bare("POST", path, &headers, body.to_owned()).await.expect(200);
            assert_eq!(answer.header("x-gd-requestid"), Some(request_id.as_str()));
            assert_eq!(answer.body["token_type"], "Bearer");
            assert_eq!(answer.body["expires_in"], 86_400);
            assert_eq!(answer.body["scope"], "general");
            let members: Vec<_> = answer.body.as_object().unwrap().keys().cloned().collect();
            assert_eq!(members, ["access_token", "token_type", "expires_in", "scope"]);

            let bearer = format!("Bearer {}", answer.body["access_token"].as_str().unwrap());
            let headers = [("authorization", bearer.as_str()), ("x-gd-requestid", &request_id)];
            sim.bare("GET", "/programs/wf/certificates", &headers, "").await.expect(200);
        }
        let headers = [("authorization", credentials.as_str())];
        let missing = sim.bare("POST", "/authentication", &headers, json).await;
        missing.expect_refused(400, "400/0");
    }

    async fn auth_2_a_wrong_request_is_400_and_wrong_credentials_are_401(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        let good = json!({ "grant_type": "client_credentials" }).to_string();
        for (credentials, body, status) in [
            (basic("demo", "demo-secret"), "{".to_owned(), 400),
            (basic("demo", "demo-secret"), "{}".to_owned(), 400),
            (basic("demo", "demo-secret"), json!({ "grant_type": "password" }).to_string(), 400),
            (basic("demo", "demo-secret"), "scope=general".to_owned(), 400),
            (basic("demo", "wrong"), good.clone(), 401),
            (basic("nobody", "demo-secret"), good.clone(), 401),
            ("Bearer abc".to_owned(), good.clone(), 401),
            ("Basic !!!".to_owned(), good.clone(), 401),
            (
                basic("demo", "demo-secret"),
                json!({ "grant_type": "client_credentials", "scope": "admin" }).to_string(),
                401,
            ),
        ] {
            let headers = [("authorization", credentials.as_str()), ("x-gd-requestid", &guid())];
            let answer = sim.bare("POST", "/authentication", &headers, body.clone()).await;
            answer.expect_refused(status, &format!("{status}/0"));
        }
        let headers = [("x-gd-requestid", guid())];
        let headers = [(headers[0].0, headers[0].1.as_str())];
        sim.bare("POST", "/authentication", &headers, good).await.expect_refused(401, "401/0");
    }

    async fn auth_3_each_fault_of_a_token_has_its_own_description(engine: Engine) {
        let sim = TestSim::configured(engine, |config| {
            let mut narrow = config.clients[0].clone();
            narrow.id = "narrow".to_owned();
            narrow.programs = vec!["gbr".to_owned()];
            config.clients.push(narrow);
        })
        .await;
        let token = sim.partner("wf").await.token;
        let tampered = format!("{}x", &token[..token.len() - 1]);
        let demo_scope = sign_in(&sim, "demo", "demo").await;
        let narrow = sign_in(&sim, "narrow", "general").await;
        for (header, description) in [
            (None, "Unauthorized: authorization prefix none bearer"),
            (Some(basic("demo", "demo-secret")), "Unauthorized: authorization prefix none bearer"),
            (Some("Bearer".to_owned()), "Unauthorized: invalid authorization format"),
            (Some(format!("Bearer {token} more")), "Unauthorized: invalid authorization format"),
            (Some("Bearer nonsense".to_owned()), "Unauthorized: invalid authorization token"),
            (Some(format!("Bearer {tampered}")), "Unauthorized: invalid authorization token"),
            (Some(format!("Bearer {demo_scope}")), "Unauthorized: out of credential scopes"),
            (Some(format!("Bearer {narrow}")), "Unauthorized: invalid program code"),
        ] {
            let mut headers = vec![("x-gd-requestid", "5b0c7a0e-8d7c-4b43-9a55-0c3e2f6d11aa")];
            headers.extend(header.as_deref().map(|value| ("authorization", value)));
            let answer = sim.bare("GET", "/programs/wf/certificates", &headers, "").await;
            assert_eq!(answer.description(), description);
            answer.expect_refused(401, "401/0");
        }
        let bearer = format!("bearer {narrow}");
        let headers = [("authorization", bearer.as_str()), ("x-gd-requestid", &guid())];
        sim.bare("GET", "/programs/gbr/certificates", &headers, "").await.expect(200);
    }

    async fn auth_4_a_token_ages_on_the_clock_of_the_world_it_is_used_in(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        for program in ["advanced", "waiting", "frozen"] {
            sim.control("PUT", program, json!({})).await.expect(200);
        }
        let frozen = json!({ "mode": "frozen" });
        sim.control("PUT", "frozen/clock", frozen).await.expect(200);
        // A world that is far ahead already must not take a fresh token for an old one.
        let ahead = json!({ "by": "P30D" });
        sim.control("POST", "advanced/clock/advance", ahead).await.expect(200);
        let partner = sim.partner("advanced").await;
        partner.get("/certificates").await.expect(200);

        // The wall stands: token and moves fall into one millisecond, and keep their order.
        let step = json!({ "by": "PT23H59M" });
        sim.control("POST", "advanced/clock/advance", step).await.expect(200);
        partner.get("/certificates").await.expect(200);
        let step = json!({ "by": "PT1M" });
        sim.control("POST", "advanced/clock/advance", step).await.expect(200);
        let answer = partner.get("/certificates").await.expect_refused(401, "401/0");
        assert_eq!(answer.description(), "Unauthorized: expired authorization token");

        let mut elsewhere = partner.clone();
        elsewhere.program = "waiting".to_owned();
        elsewhere.get("/certificates").await.expect(200);
        sim.wall.advance(24 * HOUR_MS);
        elsewhere.get("/certificates").await.expect_refused(401, "401/0");
        elsewhere.program = "frozen".to_owned();
        elsewhere.get("/certificates").await.expect(200);
        elsewhere.program = "neverSeenBefore".to_owned();
        elsewhere.get("/certificates").await.expect_refused(401, "401/0");
    }

    async fn a_token_outlives_a_restart(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        let partner = sim.partner("wf").await;
        let sim = sim.restart().await;
        partner.at(sim.router()).get("/certificates").await.expect(200);
        assert_eq!(
            sim.control("GET", "wf/clock", json!(null)).await.expect(200).body["now"],
            START
        );
    }
}

async fn sign_in(sim: &TestSim, client: &str, scope: &str) -> String {
    let credentials = basic(client, "demo-secret");
    let headers = [("authorization", credentials.as_str()), ("x-gd-requestid", &guid())];
    let body = json!({ "grant_type": "client_credentials", "scope": scope }).to_string();
    let answer = sim.bare("POST", "/authentication", &headers, body).await.expect(200);
    answer.body["access_token"].as_str().unwrap().to_owned()
}
