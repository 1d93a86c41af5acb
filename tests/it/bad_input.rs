//! Generated nonsense at every endpoint: a clear answer, nothing stored, no panic.

use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, TestRunner};
use serde_json::{Value as Json, json};

use crate::support::{Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// Any JSON, now and then with the vendor's own member names.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,40}".prop_map(Json::from),
    ];
    let name = prop_oneof![
        "[a-zA-Z]{1,12}",
        prop::sample::select(vec![
            "user",
            "userData",
            "encryptedUserData",
            "profileData",
            "firstName",
            "addresses",
            "identifyingData",
            "ssn",
            "account",
            "productCode",
            "termsAcceptances",
            "encryptedPin",
            "version",
            "data",
            "grant_type",
            "scope",
            "match",
            "effect",
            "kind",
            "webhooks",
            "url",
            "auth",
            "type",
            "encryption",
            "mode",
            "by",
            "now",
            "plaintext",
            "container",
            "outcome",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// A good enrollment with one of its members replaced by anything.
fn spoilt(person: Json) -> impl Strategy<Value = Json> {
    let body = enrollment(&person);
    let mut pointers = Vec::new();
    collect(&body, String::new(), &mut pointers);
    (prop::sample::select(pointers), any_json()).prop_map(move |(pointer, value)| {
        let mut body = body.clone();
        if let Some(member) = body.pointer_mut(&pointer) {
            *member = value;
        }
        body
    })
}

fn collect(value: &Json, path: String, pointers: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            members.iter().for_each(|(name, m)| collect(m, format!("{path}/{name}"), pointers));
        }
        Json::Array(entries) => {
            (0..)
                .zip(entries)
                .for_each(|(at, e): (usize, _)| collect(e, format!("{path}/{at}"), pointers));
        }
        _ => {}
    }
    pointers.push(path);
}

/// Runs `check` on generated values, inside the runtime of the test.
fn generated<S: Strategy>(cases: u32, values: S, check: impl AsyncFn(S::Value)) {
    let mut runner = TestRunner::new(Runs { cases, failure_persistence: None, ..Runs::default() });
    let handle = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| {
        runner.run(&values, |value| {
            handle.block_on(check(value));
            Ok(())
        })
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

async fn stored(sim: &TestSim, program: &str) -> usize {
    sim.events(program).await.len()
}

on_both_engines! {
    // Proves HDR-5.
    async fn no_text_holds_what_no_database_can(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["partnerConsumerId"] = json!("a\u{0}b");
        let refused = partner.enroll(&guid(), &body).await.expect_refused(400, "400/0");
        assert!(refused.description().starts_with("account.partnerConsumerId: must not hold"));
        for path in ["wf/accounts?accountReferenceNumber=%00", "wf/events?eventType=%00"] {
            sim.control("GET", path, Json::Null).await.expect(400);
        }
        let path = "wf/accounts/%00/actions";
        sim.control("GET", path, Json::Null).await.expect(400);
    }

    async fn hdr_5_no_generated_enrollment_breaks_anything(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let either = prop_oneof![any_json(), spoilt(person)];
        generated(300, either, async |body| {
            let before = stored(&sim, "wf").await;
            let answer = partner.enroll(&guid(), &body).await;
            assert!([200, 400].contains(&answer.status), "{body}: {}", answer.text);
            assert!(answer.body["responseDetails"][0]["code"].is_i64(), "{}", answer.text);
            // Refusals by business rules, such as a limit, are HTTP 200 as well.
            let made = usize::from(answer.status == 200 && answer.code() == "0/0");
            assert_eq!(stored(&sim, "wf").await, (before + made).min(1_000), "{body}");
        });
    }

    async fn hdr_5_no_generated_path_header_or_method_breaks_anything(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let token = sim.partner("wf").await.token;
        let path = "(/[a-zA-Z0-9%._~-]{0,10}){1,6}";
        let header = "[ -~]{0,60}";
        let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PATCH"]);
        let bearer = prop_oneof![Just(format!("Bearer {token}")), header];
        generated(
            300,
            (path, bearer, header, method, any_json()),
            async |(path, bearer, id, method, body)| {
                if axum::http::Uri::try_from(path.as_str()).is_err() {
                    return;
                }
                let headers = [("authorization", bearer.as_str()), ("x-gd-requestid", id.as_str())];
                let answer = sim.bare(method, &path, &headers, body.to_string()).await;
                assert!(answer.status < 500, "{method} {path}: {}", answer.text);
                assert!(
                    !answer.body.is_null() || answer.status < 400,
                    "{method} {path}: {}",
                    answer.text
                );
            },
        );
    }

    async fn hdr_5_no_generated_body_breaks_any_other_operation(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner: Partner = sim.partner("wf").await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let control = [
            ("PUT", "wf"),
            ("POST", "wf/faults"),
            ("POST", "wf/people"),
            ("PUT", "wf/clock"),
            ("POST", "wf/clock/advance"),
            ("POST", "wf/crypto/encrypt"),
            ("POST", "wf/crypto/decrypt"),
        ];
        let target = prop::sample::select(control.to_vec());
        generated(200, (target, any_json()), async |((method, path), body)| {
            let answer =
                sim.bare(method, &format!("/_sim/v1/programs/{path}"), &[], body.to_string()).await;
            assert!(answer.status < 500, "{method} {path} {body}: {}", answer.text);
            if answer.status >= 400 {
                assert!(answer.body["detail"].is_string(), "{method} {path}: {}", answer.text);
            }
        });
        generated(100, any_json(), async |body| {
            let headers = [
                ("authorization", "Basic ZGVtbzpkZW1vLXNlY3JldA=="),
                ("x-gd-requestid", "5b0c7a0e-8d7c-4b43-9a55-0c3e2f6d11aa"),
            ];
            let answer = sim.bare("POST", "/authentication", &headers, body.to_string()).await;
            assert!([200, 400, 401].contains(&answer.status), "{}", answer.text);
        });
        generated(100, prop::collection::vec(any::<u8>(), 0..200), async |bytes| {
            let bearer = format!("Bearer {}", partner.token);
            let headers = [
                ("authorization", bearer.as_str()),
                ("x-gd-requestid", "5b0c7a0e-8d7c-4b43-9a55-0c3e2f6d11aa"),
            ];
            let answer = sim.bare("POST", "/programs/wf/enrollments", &headers, bytes).await;
            answer.expect_refused(400, "400/0");
        });
    }
}
