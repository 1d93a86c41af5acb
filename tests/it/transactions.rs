//! The history of an account: filters, pages, order.

use serde_json::{Value as Json, json};

use crate::support::money::{adjust, history, money_account};
use crate::support::{Engine, TestSim, guid, on_both_engines};

on_both_engines! {
    async fn txn_1_a_history_is_filtered_by_days_type_status_and_purse(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        // One row a day, at ten o'clock, and a fee on the first.
        for day in 0..4 {
            let mut body = money.body("promo", &format!("1.0{day}"));
            body["fee"] = json!(if day == 0 { "0.5" } else { "" });
            adjust(&money, body).await.expect(200);
            sim.advance("wf", "P1D").await;
        }
        let amounts = async |query: &str| -> Vec<f64> {
            let rows = history(&money, query).await;
            rows.iter().map(|row| row["transactionAmount"].as_f64().unwrap()).collect()
        };
        assert_eq!(amounts("").await, [1.03, 1.02, 1.01, 0.5, 1.0]);
        assert_eq!(amounts("?startDate=2031-05-07&endDate=2031-05-08").await, [1.02, 1.01]);
        assert_eq!(amounts("?endDate=2031-05-06").await, [0.5, 1.0]);
        assert_eq!(amounts("?startDate=2031-05-09").await, [1.03]);
        assert_eq!(amounts("?transactionType=fee").await, [0.5]);
        assert_eq!(amounts("?transactionstatus=Completed&limit=2").await, [1.03, 1.02]);
        assert_eq!(amounts("?transactionStatus=pending").await, [0.0; 0]);
        assert_eq!(amounts("?transactionStatus=posted").await.len(), 5);
        let purse = money.read().await["purses"][0]["purseIdentifier"].clone();
        let of_purse = format!("?purseIdentifier={}", purse.as_str().unwrap());
        assert_eq!(amounts(&of_purse).await.len(), 5);
        assert_eq!(amounts(&format!("?purseIdentifier={}", guid())).await, [0.0; 0]);
    }

    async fn txn_1_pages_are_whole_and_counted(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for number in 1..=7 {
            money.credit(&number.to_string()).await;
        }
        let page = async |path: &str| -> (i64, Vec<i64>) {
            let path = format!("{}/transactions{path}", money.path);
            let body = money.partner.get(&path).await.expect(200).body;
            let rows = body["transactions"].as_array().unwrap();
            let amount = |row: &Json| row["transactionAmount"].as_f64().unwrap() as i64;
            (body["totalRecordCount"].as_i64().unwrap(), rows.iter().map(amount).collect())
        };
        assert_eq!(page("?offset=0&limit=3").await, (7, vec![7, 6, 5]));
        assert_eq!(page("?offset=6&pageSize=3").await, (7, vec![1]));
        assert_eq!(page("?offset=7").await, (7, vec![]));
        assert_eq!(page("/pagination?pageNumber=2&pageSize=3").await, (7, vec![4, 3, 2]));
        assert_eq!(page("/pagination?pageNumber=9&pageSize=3").await, (7, vec![]));
        sim.control("PUT", "wf", json!({ "transactions": { "pageRows": 2 } })).await.expect(200);
        assert_eq!(page("").await, (7, vec![7, 6]));
    }

    // Proves TXN-1.
    async fn wrong_filters_are_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (query, member) in [
            ("startDate=2031-02-02&endDate=2031-05-06", "startDate"),
            ("startDate=2031-05-06&endDate=2031-05-05", "endDate"),
            ("startDate=2031-13-01", "startDate"),
            ("endDate=06/05/2031", "endDate"),
            ("startDate=2031-05-06T00:00:00Z", "startDate"),
            ("offset=-1", "offset"),
            ("offset=1.5", "offset"),
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=99999999999", "limit"),
            ("pageNumber=0", "pageNumber"),
            ("transactionType=cash", "transactionType"),
            ("transactionStatus=done", "transactionStatus"),
            ("purseIdentifier=7", "purseIdentifier"),
            ("includeAllAuthorizations=yes", "includeAllAuthorizations"),
        ] {
            for path in ["transactions", "transactions/pagination"] {
                let path = format!("{}/{path}?{query}", money.path);
                let refused = money.partner.get(&path).await.expect_refused(400, "400/0");
                assert!(refused.description().starts_with(member), "{query}: {}", refused.text);
                assert!(refused.explanation().starts_with("TXN-1:"), "{}", refused.explanation());
            }
        }
        let nobody = format!("/accounts/{}/transactions", guid());
        money.partner.get(&nobody).await.expect_refused(404, "10/0");
        money.partner.get("/accounts/7/transactions").await.expect_refused(400, "400/0");
        let mut elsewhere = money.partner.clone();
        elsewhere.program = "gbr".to_owned();
        let path = format!("{}/transactions", money.path);
        elsewhere.get(&path).await.expect_refused(404, "10/0");
    }
}
