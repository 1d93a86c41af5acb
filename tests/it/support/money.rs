//! An account with money: how scenarios put some in, look at it, and have its books proved.

use serde_json::{Value as Json, json};

use super::{Answer, Partner, TestSim, enrollment, guid};

/// An account in use, and its partner.
#[derive(Clone)]
pub struct Money {
    pub partner: Partner,
    pub account: String,
    /// `/accounts/{accountIdentifier}`.
    pub path: String,
    /// The control API of its simulator.
    router: axum::Router,
}

/// A new account of a new person, enrolled with plastic.
pub async fn money_account(sim: &TestSim, program: &str) -> Money {
    let partner = sim.partner(program).await;
    let body = enrollment(&sim.person(program).await);
    let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
    let path = format!("/accounts/{account}");
    Money { partner, account, path, router: sim.router() }
}

impl Money {
    /// The same account, called through another process.
    pub fn at(&self, sim: &TestSim) -> Self {
        let partner = self.partner.at(sim.router());
        Self { partner, router: sim.router(), ..self.clone() }
    }

    /// Another account of the same partner.
    pub fn with(&self, account: String) -> Self {
        Self { path: format!("/accounts/{account}"), account, ..self.clone() }
    }

    /// The body of an adjustment with an identifier of its own.
    pub fn body(&self, kind: &str, amount: &str) -> Json {
        json!({
            "adjustmentIdentifier": guid(), "amount": amount, "currency": "USD",
            "adjustmentType": kind, "adjustmentDescription": "Test",
        })
    }

    /// Puts money in.
    pub async fn credit(&self, amount: &str) {
        let answer = adjust(self, self.body("instructionCredit", amount)).await.expect(200);
        assert_eq!(answer.body["adjustmentStatus"], "completed", "{}", answer.text);
    }

    /// A call with a body that no JSON value can hold.
    pub async fn raw(&self, method: &str, path: &str, body: String) -> Answer {
        let authorization = format!("Bearer {}", self.partner.token);
        let headers = [
            ("authorization", authorization.as_str()),
            ("x-gd-requestid", &guid()),
            ("content-type", "application/json"),
        ];
        let path = format!("/programs/{}{}{path}", self.partner.program, self.path);
        super::partner::send(&self.router, method, &path, &headers, body.into()).await
    }

    /// A call with these headers and this body, at this very path.
    pub async fn sent(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        super::partner::send(&self.router, method, path, headers, body.into()).await
    }

    /// A call with these headers and no body, at this very path.
    pub async fn bare(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.sent(method, path, headers, String::new()).await
    }

    /// A call below the account.
    pub async fn call(&self, method: &str, path: &str, body: Json) -> Answer {
        self.partner.call(method, &format!("{}{path}", self.path), &guid(), body).await
    }

    /// The account object.
    pub async fn read(&self) -> Json {
        self.partner.get(&self.path).await.expect(200).body["account"].clone()
    }

    /// Has the books of the world proved.
    pub async fn audited(&self) -> Json {
        let path = format!("/_sim/v1/programs/{}/ledger/audit", self.partner.program);
        let answer = super::partner::send(&self.router, "POST", &path, &[], "".into()).await;
        let answer = answer.expect(200);
        assert_eq!(answer.body["fits"], true, "{}", answer.text);
        answer.body
    }
}

/// POST adjustments.
pub async fn adjust(money: &Money, body: Json) -> Answer {
    money.call("POST", "/adjustments", body).await
}

/// Available and ledger balance of the primary purse.
pub async fn balances(money: &Money) -> (f64, f64) {
    let account = money.read().await;
    let purses = account["purses"].as_array().unwrap();
    let purse = purses.iter().find(|purse| purse["purseType"] == "primary").unwrap();
    let number = |member: &str| purse[member].as_f64().unwrap();
    (number("availableBalance"), number("ledgerBalance"))
}

/// Rows of the history; the query begins with a question mark.
pub async fn history(money: &Money, query: &str) -> Vec<Json> {
    let path = format!("{}/transactions{query}", money.path);
    let answer = money.partner.get(&path).await.expect(200);
    answer.body["transactions"].as_array().unwrap().clone()
}

impl TestSim {
    /// Bodies of the `transaction` events about an account, in their order.
    pub async fn transaction_events(&self, money: &Money) -> Vec<Json> {
        let path = format!(
            "{}/events?accountIdentifier={}&eventType=transaction&limit=1000",
            money.partner.program, money.account
        );
        let listed = self.control("GET", &path, Json::Null).await.expect(200).body;
        let mut events = listed["events"].as_array().unwrap().clone();
        events.sort_by_key(|event| event["sequence"].as_i64());
        events.into_iter().map(|event| event["event"].clone()).collect()
    }

    /// The last event about an account, as the control API lists it.
    pub async fn last_event(&self, money: &Money) -> Json {
        let events = self.events_of(&money.partner.program, &money.account).await;
        events.last().unwrap().clone()
    }
}
