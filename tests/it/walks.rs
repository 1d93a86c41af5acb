//! Walks through the states of an account by actions drawn at random, legal and illegal, against
//! the one table of steps.

use std::sync::Arc;

use piebox::domains::accounts::actions::Action;
use piebox::domains::accounts::positions::Position;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines};

const OUTCOMES: [&str; 7] = [
    "approved",
    "kyc2Needed",
    "idvNeeded",
    "idvNeededOfacMatch",
    "ofacMatch",
    "kycFailed",
    "approved",
];

async fn detail(sim: &TestSim, account: &str) -> Json {
    sim.control("GET", &format!("wf/accounts/{account}"), Json::Null).await.expect(200).body
}

/// The position of that name; holds are told apart by what the partner sees.
fn named(name: &str) -> Position {
    Position::all().find(|position| position.name() == name).unwrap()
}

async fn walk(sim: &TestSim, outcome: &str, actions: &[Action]) {
    let partner = sim.partner("wf").await;
    let body = enrollment(&sim.person_with("wf", outcome).await);
    let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
    for action in actions {
        let before = detail(sim, &account).await;
        let listed =
            sim.control("GET", &format!("wf/accounts/{account}/actions"), Json::Null).await;
        let listed = listed.expect(200).body["possibleActions"].clone();
        let is_listed = listed.as_array().unwrap().iter().any(|one| one["action"] == action.name());
        let told = sim.events_of("wf", &account).await.len();
        let answer = sim.act("wf", &account, json!(action)).await;
        let after = detail(sim, &account).await;
        assert_eq!(answer.status == 200, is_listed, "{action:?}: {before} {}", answer.text);
        let is_settled = after["position"] == "Healthy" && after["tasks"] == json!([]);
        let mut cards = after["cards"].as_array().unwrap().iter();
        assert!(
            !is_settled || cards.all(|card| card["status"] != "blocked"),
            "{action:?}: {after}"
        );
        if !is_listed {
            assert_eq!(answer.status, 409);
            assert_eq!((after, sim.events_of("wf", &account).await.len()), (before, told));
            continue;
        }
        let from = named(before["position"].as_str().unwrap());
        let to = named(after["position"].as_str().unwrap());
        let is_hold = matches!((from, to), (Position::Held(_), _) | (_, Position::Held(_)));
        let is_step = piebox::domains::accounts::positions::Step::all().any(|step| {
            let Some(next) = from.after(step) else { return false };
            // A review that clears goes on to the cards at once.
            next == to || (next == Position::Approved && to == Position::Healthy)
        });
        let is_script = action.name() == "nextDocument";
        assert!(is_hold || is_step || is_script, "{action:?}: {from:?} to {to:?}");
    }
}

on_both_engines! {
    // Proves ACC-4, OFC-1, OFC-2, OFC-3, KYC-6.
    async fn a_walk_of_any_actions_follows_the_table(engine: Engine) {
        let sim = Arc::new(TestSim::start(engine).await);
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let walks = (
            prop::sample::select(OUTCOMES.to_vec()),
            prop::collection::vec(prop::sample::select(Action::ALL.to_vec()), 1..12),
        );
        let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
        let handle = tokio::runtime::Handle::current();
        let result = tokio::task::block_in_place(|| {
            TestRunner::new(config).run(&walks, |(outcome, actions)| {
                handle.block_on(walk(&sim, outcome, &actions));
                Ok(())
            })
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    }
}
