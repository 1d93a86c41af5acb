//! The daily reconciliation file of adjustments.

use serde_json::{Value as Json, json};

use crate::support::money::{Money, adjust, balances, money_account};
use crate::support::{Engine, TestSim, on_both_engines};

/// Lines of the file of a day, without the first.
async fn file(sim: &TestSim, query: &str) -> Vec<Vec<String>> {
    let path = format!("wf/adjustments/reconciliation{query}");
    let answer = sim.control("GET", &path, Json::Null).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        row.unwrap().iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

/// What completed rows of a file moved, in dollars.
fn moved(rows: &[Vec<String>]) -> f64 {
    let number = |text: &str| text.parse::<f64>().unwrap();
    let completed = rows.iter().filter(|row| row[7] == "completed");
    let signed = |row: &Vec<String>| {
        let sign = if row[3] == "credit" { 1.0 } else { -1.0 };
        sign * number(&row[4]) - number(&row[5])
    };
    completed.map(signed).sum()
}

async fn adjusted(money: &Money, kind: &str, amount: &str, fee: &str) {
    let mut body = money.body(kind, amount);
    body["fee"] = json!(fee);
    body["adjustmentDescription"] = json!("a \"quoted\", line");
    adjust(money, body).await.expect(200);
}

on_both_engines! {
    async fn adj_12_the_file_of_a_day_agrees_with_the_ledger(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let one = money_account(&sim, "wf").await;
        let two = money_account(&sim, "wf").await;
        adjusted(&one, "promo", "12.86", "").await;
        adjusted(&one, "anyDebitOut", "2.5", "0.25").await;
        adjusted(&two, "disbursement", "100.0001", "0").await;
        adjusted(&two, "achOut", "1000", "0").await;
        let fault = json!({ "effect": { "kind": "processorTimeout" }, "times": 1 });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        adjusted(&two, "promo", "7", "0").await;
        assert!(file(&sim, "").await.is_empty(), "the day before has nothing");
        let today = file(&sim, "?date=2031-05-06").await;
        assert_eq!(today.len(), 5);
        let states: Vec<&str> = today.iter().map(|row| row[7].as_str()).collect();
        assert_eq!(states.iter().filter(|state| **state == "completed").count(), 3);
        assert!(states.contains(&"declined") && states.contains(&"pending"));
        let of_day = balances(&one).await.1 + balances(&two).await.1;
        assert!((moved(&today) - of_day).abs() < 1e-9, "{today:?}");
        let row = today.iter().find(|row| row[2] == "anyDebitOut").unwrap();
        assert_eq!(row[1], one.account);
        assert_eq!(row[3..7], ["debit", "2.50", "0.25", "USD"]);
        assert_eq!(row[8..], ["success", "2031-05-06T10:00:00.000Z", "a \"quoted\", line"]);
        // What is posted a day later stands in the file of that day.
        let daily = json!({ "adjustments": { "intervalMinutes": 1440 } });
        sim.control("PUT", "wf", daily).await.expect(200);
        sim.control("POST", "wf/faults", json!({
            "effect": { "kind": "processorTimeout" }, "times": 1
        })).await.expect(201);
        adjusted(&one, "promo", "3", "0").await;
        sim.advance("wf", "PT24H").await;
        let next = file(&sim, "?date=2031-05-07").await;
        assert_eq!((next.len(), moved(&next)), (1, 3.0));
        let both = moved(&file(&sim, "").await) + moved(&next);
        let sum = balances(&one).await.1 + balances(&two).await.1;
        assert!((both - sum).abs() < 1e-9);
        one.audited().await;
    }

    async fn a_file_longer_than_a_page_is_whole_and_wrong_days_are_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let all = (0..2_050).map(|_| adjusted(&money, "promo", "0.01", ""));
        futures_util::StreamExt::collect::<Vec<()>>(futures_util::StreamExt::buffer_unordered(
            futures_util::stream::iter(all), 16,
        )).await;
        let rows = file(&sim, "?date=2031-05-06").await;
        assert_eq!(rows.len(), 2_050);
        let ids: std::collections::HashSet<&String> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(ids.len(), 2_050);
        for wrong in ["?date=2031-02-30", "?date=06.05.2031", "?date=", "?day=2031-05-06"] {
            let path = format!("wf/adjustments/reconciliation{wrong}");
            let answer = sim.control("GET", &path, Json::Null).await.expect(400);
            assert!(answer.text.contains("da"), "{}", answer.text);
        }
        let nobody = sim.control("GET", "nobody/adjustments/reconciliation", Json::Null).await;
        nobody.expect(404);
    }
}
