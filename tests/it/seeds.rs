//! Seeds: programs with people, accounts, balances and history, made from one file.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines};

const SEED: &str = "
programs:
  shop:
    clock: 2031-01-01T09:00:00Z
    settings: { names: { preset: strict25 } }
    people: { ann: approved, ines: ofacMatch }
    steps:
      - enroll: ann
      - { adjust: instructionCredit, on: ann, amount: 120.50 }
      - advance: P10D
      - { act: authorize, on: ann, with: { amount: 20, merchant: Corner Cafe } }
      - { enroll: ines, expect: { code: 1/31 } }
  empty: {}
";

async fn seed(sim: &TestSim, method: &str, text: &str) -> Answer {
    sim.bare(method, "/_sim/v1/seed", &[], text.to_owned()).await
}

async fn status(sim: &TestSim) -> Json {
    sim.bare("GET", "/_sim/v1/seed", &[], "").await.expect(200).body
}

/// `program result accounts` of each.
fn programs(status: &Json) -> Vec<String> {
    let line = |one: &Json| {
        let text = |member: &str| one[member].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("programCode"), text("result"), one["accounts"])
    };
    status["programs"].as_array().unwrap().iter().map(line).collect()
}

async fn accounts(sim: &TestSim) -> Json {
    sim.control("GET", "shop/accounts", Json::Null).await.expect(200).body["accounts"].clone()
}

on_both_engines! {
    async fn programs_are_made_from_one_file_kept_and_made_anew(engine: Engine) {
        let sim = TestSim::start(engine).await;
        assert_eq!(status(&sim).await, json!({ "state": "none", "programs": [] }));
        let made = seed(&sim, "POST", SEED).await.expect(200).body;
        assert_eq!(made["state"], "done", "{made}");
        assert_eq!(programs(&made), ["empty made 0", "shop made 2"]);
        assert_eq!(status(&sim).await, made);
        let settings = sim.control("GET", "shop", Json::Null).await.expect(200).body;
        assert_eq!(settings["names"]["preset"], "strict25");
        let clock = sim.control("GET", "shop/clock", Json::Null).await.expect(200).body;
        assert_eq!(clock["now"], "2031-01-11T09:00:00.000Z");
        let first = accounts(&sim).await;
        let standing = (&first[0]["status"], &first[1]["status"]);
        assert_eq!(standing, (&json!("normal"), &json!("pending")));
        let account = first[0]["accountIdentifier"].as_str().unwrap();
        let path = format!("/accounts/{account}");
        let partner = sim.partner("shop").await;
        let purse = partner.get(&path).await.expect(200).body["account"]["purses"][0].clone();
        let balances = (&purse["availableBalance"], &purse["ledgerBalance"]);
        assert_eq!(balances, (&json!(100.5), &json!(120.5)));

        // What is there stays, until it is wanted anew; then it comes out the same.
        sim.act("shop", account, json!({ "action": "lockForFraud" })).await.expect(200);
        let kept = seed(&sim, "POST", SEED).await.expect(200).body;
        assert_eq!(programs(&kept), ["empty kept 0", "shop kept 2"]);
        assert_eq!(accounts(&sim).await[0]["status"], "locked");
        let anew = seed(&sim, "PUT", SEED).await.expect(200).body;
        assert_eq!(programs(&anew), ["empty made 0", "shop made 2"]);
        assert_eq!(accounts(&sim).await, first);
    }

    async fn a_reset_returns_to_the_seed_and_empties_what_has_none(engine: Engine) {
        let sim = TestSim::start(engine).await;
        seed(&sim, "POST", SEED).await.expect(200);
        let first = accounts(&sim).await;
        let account = first[0]["accountIdentifier"].as_str().unwrap();
        sim.act("shop", account, json!({ "action": "lockForFraud" })).await.expect(200);
        sim.advance("shop", "P3D").await;
        sim.control("PUT", "shop", json!({ "names": { "preset": "standard" } })).await.expect(200);
        let partner = sim.partner("shop").await;
        partner.enroll(&guid(), &enrollment(&sim.person("shop").await)).await.expect(200);
        assert_eq!(accounts(&sim).await.as_array().unwrap().len(), 3);
        sim.control("POST", "shop/reset", Json::Null).await.expect(200);
        assert_eq!(accounts(&sim).await, first);
        let clock = sim.control("GET", "shop/clock", Json::Null).await.expect(200).body;
        assert_eq!(clock["now"], "2031-01-11T09:00:00.000Z");
        let settings = sim.control("GET", "shop", Json::Null).await.expect(200).body;
        assert_eq!(settings["names"]["preset"], "strict25");
        // Without the snapshot, a reset leaves nothing.
        sim.control("DELETE", "shop/snapshots/seed", Json::Null).await.expect(204);
        sim.control("POST", "shop/reset", Json::Null).await.expect(200);
        assert_eq!(accounts(&sim).await, json!([]));
    }

    async fn a_program_that_cannot_be_made_is_not_left_half_made(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let text = "programs:\n  bad:\n    people: {ann: approved}\n    steps:\n    - enroll: ann\n\
            \x20   - {adjust: nothing, on: ann, amount: 1}\n  good: {}\n";
        let failed = seed(&sim, "POST", text).await.expect(422).body;
        assert_eq!(failed["state"], "failed");
        assert_eq!(programs(&failed), ["bad failed 0", "good made 0"]);
        let problem = failed["programs"][0]["problem"].as_str().unwrap();
        assert!(problem.contains("at line:6"), "{problem}");
        sim.control("GET", "bad", Json::Null).await.expect(404);
        // Readiness waits for the seed of the start alone.
        sim.bare("GET", "/_sim/health/ready", &[], "").await.expect(200);
        let wrong = seed(&sim, "PUT", "programs: {good: {stps: []}}").await.expect(400);
        assert!(wrong.text.contains("1:19: programs.good.stps"), "{}", wrong.text);
    }
}
