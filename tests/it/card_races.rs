//! What happens to one balance, or to one authorization, at the same moment.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::card_activity::{act, attempt, authorize, line, lines, rows};
use crate::support::money::{balances, money_account};
use crate::support::{Engine, TestSim, on_both_engines};

/// The simulator, and on Postgres another process beside it.
async fn processes(engine: Engine) -> Vec<Arc<TestSim>> {
    // Two hundred stand in line for one key, on a machine that may be busy with other tests.
    let patient = |config: &mut piebox::config::Config| config.database.lock_wait_ms = 60_000;
    let sim = TestSim::configured(engine, patient).await;
    let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
    [Some(sim), sibling].into_iter().flatten().map(Arc::new).collect()
}

on_both_engines! {
    // Proves TXN-3.
    async fn two_hundred_authorizations_hold_a_balance_exactly_once(engine: Engine) {
        let sims = processes(engine).await;
        let money = money_account(&sims[0], "wf").await;
        money.credit("50").await;
        let attempts = (0..200).map(|number| {
            let (sim, money) = (Arc::clone(&sims[number % sims.len()]), money.clone());
            tokio::spawn(async move {
                let ask = json!({ "action": "authorize", "amount": 1, "merchant": "Corner Cafe" });
                line(&rows(&sim, &money, ask).await[0])
            })
        });
        let outcomes = join_all(attempts.collect::<Vec<_>>()).await;
        let outcomes: Vec<String> = outcomes.into_iter().map(Result::unwrap).collect();
        let count = |wanted: &str| outcomes.iter().filter(|outcome| *outcome == wanted).count();
        assert_eq!(count("purchase pending -1.0"), 50);
        assert_eq!(count("purchase declined -1.0"), 150);
        assert_eq!(balances(&money).await, (0.0, 50.0));
        assert_eq!(lines(&money, "?transactionStatus=pending&limit=1000").await.len(), 50);
        assert_eq!(sims[0].transaction_events(&money).await.len(), 201);
        money.audited().await;
    }

    // Proves TXN-3.
    async fn of_a_clearing_a_reversal_and_an_expiry_exactly_one_ends_an_authorization(
        engine: Engine,
    ) {
        let sims = processes(engine).await;
        let money = money_account(&sims[0], "wf").await;
        money.credit("100").await;
        let mut cleared = 0;
        for round in 0..8 {
            let id = authorize(&sims[0], &money, "10").await;
            let mut actions = [
                json!({ "action": "clear", "transactionIdentifier": id, "amount": 10 }),
                json!({ "action": "reverse", "transactionIdentifier": id }),
                json!({ "action": "expireHold", "transactionIdentifier": id }),
                json!({ "action": "clear", "transactionIdentifier": id, "amount": 10 }),
            ];
            actions.rotate_left(round % 4);
            let attempts = actions.into_iter().enumerate().map(|(number, action)| {
                let (sim, money) = (Arc::clone(&sims[number % sims.len()]), money.clone());
                tokio::spawn(async move {
                    let answer = attempt(&sim, &money, action.clone()).await;
                    (action["action"].as_str().unwrap().to_owned(), answer)
                })
            });
            let ended: Vec<_> = join_all(attempts.collect::<Vec<_>>()).await;
            let ended: Vec<_> = ended.into_iter().map(Result::unwrap).collect();
            let won: Vec<&String> =
                ended.iter().filter(|(_, it)| it.status == 200).map(|(name, _)| name).collect();
            assert_eq!(won.len(), 1, "{ended:?}");
            assert!(ended.iter().all(|(_, it)| [200, 409].contains(&it.status)), "{ended:?}");
            cleared += u32::from(won[0] == "clear");
            let left = 100.0 - 10.0 * f64::from(cleared);
            assert_eq!(balances(&money).await, (left, left));
        }
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_clearing_and_the_clock_never_both_end_an_authorization(engine: Engine) {
        let sims = processes(engine).await;
        let money = money_account(&sims[0], "wf").await;
        money.credit("100").await;
        let mut expected = 100.0;
        for _ in 0..4 {
            let id = authorize(&sims[0], &money, "10").await;
            let clear = json!({ "action": "clear", "transactionIdentifier": id, "amount": 10 });
            let (clearing, clock) = (Arc::clone(&sims[sims.len() - 1]), Arc::clone(&sims[0]));
            let other = money.clone();
            let clearing =
                tokio::spawn(async move { attempt(&clearing, &other, clear).await.status });
            let clock = tokio::spawn(async move {
                clock.control("POST", "wf/clock/advance", json!({ "by": "P7D" })).await.status
            });
            let (cleared, _) = (clearing.await.unwrap(), clock.await.unwrap());
            if cleared == 200 {
                expected -= 10.0;
            }
            // Whatever lost the race is over now.
            sims[0].advance("wf", "P7D").await;
            assert_eq!(balances(&money).await, (expected, expected), "cleared: {cleared}");
        }
        money.audited().await;
    }

    // Proves TXN-3.
    async fn parallel_parts_of_one_authorization_never_clear_more_than_it_holds(engine: Engine) {
        let sims = processes(engine).await;
        let money = money_account(&sims[0], "wf").await;
        money.credit("10").await;
        let id = authorize(&sims[0], &money, "10").await;
        let attempts = (0..30).map(|number| {
            let (sim, money, id) =
                (Arc::clone(&sims[number % sims.len()]), money.clone(), id.clone());
            tokio::spawn(async move {
                let part = json!({
                    "action": "clear", "transactionIdentifier": id, "amount": 1, "final": false,
                });
                attempt(&sim, &money, part).await.status
            })
        });
        let done = join_all(attempts.collect::<Vec<_>>()).await;
        let done = done.into_iter().filter(|status| *status.as_ref().unwrap() == 200).count();
        assert_eq!(done, 10);
        assert_eq!(balances(&money).await, (0.0, 0.0));
        let again: Json = json!({ "action": "directDeposit", "amount": 1, "originator": "Acme" });
        act(&sims[0], &money, again).await;
        money.audited().await;
    }
}
