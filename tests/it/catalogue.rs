//! Operations that the vendor's reference has: each is simulated or says that it is not.

use piebox::app::api_document;
use piebox::http::not_simulated::{Coverage, Standing};
use piebox::kernel::catalogue::{self, Operation};
use serde_json::Value as Json;

use crate::support::{Answer, Engine, TestSim, guid, on_both_engines};

/// Its path with something at every parameter, and the program's own code.
fn filled(path: &str) -> String {
    let fill = |part: &str| match part {
        "{programCode}" => "wf".to_owned(),
        part if part.starts_with('{') => guid(),
        part => part.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

async fn call(sim: &TestSim, method: &str, path: &str, body: Json) -> Answer {
    let path = path.strip_prefix("/programs/wf").expect("below a program");
    sim.partner("wf").await.call(method, path, &guid(), body).await
}

on_both_engines! {
    async fn hdr_6_what_is_known_and_not_simulated_says_so(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.worlds.create_unknown = false).await;
        sim.control("PUT", "wf", serde_json::json!({})).await.expect(200);
        let partner = sim.partner("wf").await;
        let path = format!("/accounts/{}/EXPERIAN/redirecturl", guid());
        let answer = partner.get(&path).await.expect_refused(501, "501/0");
        assert_eq!(answer.description(), "This operation is known and not simulated.");
        let explained = answer.explanation();
        assert!(explained.starts_with("HDR-6: experian_get_redirecturl (path: inferred)"));
        assert!(explained.contains("piebox has nothing"), "{explained}");

        // Another method of a path that is served, and one that nobody knows.
        let account = format!("/accounts/{}", guid());
        partner.get(&account).await.expect_refused(404, "10/0");
        partner.call("DELETE", &account, &guid(), Json::Null).await.expect_refused(405, "405/0");
        partner.call("DELETE", &path, &guid(), Json::Null).await.expect_refused(405, "405/0");
        // Another product of the vendor.
        sim.bare("POST", "/card/sale", &[], "").await.expect_refused(404, "404/0");

        let id = guid();
        let bearer = format!("Bearer {}", partner.token);
        let call = async |program: &str, headers: &[(&str, &str)]| {
            sim.bare("GET", &format!("/baas/v1/programs/{program}{path}"), headers, "").await
        };
        let both = [("authorization", bearer.as_str()), ("x-gd-requestid", &id)];
        call("wf", &both).await.expect_refused(501, "501/0");
        call("wf", &both[1..]).await.expect_refused(401, "401/0");
        call("wf", &both[..1]).await.expect_refused(400, "400/0");
        call("nowhere", &both).await.expect_refused(400, "1000/0");
    }
}

// Proves HDR-6.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_reference_is_simulated_or_answers_501() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let document = api_document();
    let coverage = Coverage::of(&document);
    let mut counts = [0, 0];
    for (family, operation) in catalogue::banking() {
        let Operation { slug, method, path, .. } = operation;
        match coverage.standing(family, operation) {
            Standing::Simulated(_) => counts[0] += 1,
            Standing::Refused(served) => {
                let answer = call(&sim, method.as_str(), &filled(path), Json::Null).await;
                let is_own = served.is_some() && answer.status < 500;
                assert!(
                    is_own || answer.status == 501,
                    "{slug}: {} {}",
                    answer.status,
                    answer.text
                );
                // Of operations that cannot be told apart, each is named.
                assert!(is_own || answer.explanation().contains(slug), "{}", answer.explanation());
                counts[1] += 1;
            }
            Standing::Outside => panic!("{slug}"),
        }
    }
    // Both kinds are there, or nothing was compared.
    assert!(
        counts.iter().all(|count| *count > 20) && counts.iter().sum::<i32>() == 283,
        "{counts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_simulated_is_never_answered_as_unknown() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let document = api_document();
    for (path, method, operation) in document.vendor_operations() {
        if !path.starts_with("/programs/") {
            continue;
        }
        let answer = call(&sim, &method.to_uppercase(), &filled(path), Json::Null).await;
        let details = &answer.body["responseDetails"][0];
        let unknown = ["404/0", "405/0"].contains(&answer.code().as_str());
        let refused = answer.status == 501 && answer.explanation().starts_with("HDR-6");
        assert!(!unknown && !refused, "{}: {details}", operation["operationId"]);
    }
}
