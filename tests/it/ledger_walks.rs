//! Ten thousand random operations on a few accounts, many at once and with faults, and then the
//! books: every balance equals its postings, nothing was spent that was not there unless a rule
//! allows it, and each posting stands in one transaction and one webhook.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use piebox::kernel::source::Source;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Answer, Engine, TestSim, guid, on_both_engines};

/// Operations of a run.
const OPERATIONS: usize = 10_000;
/// Clients that act at once.
const CLIENTS: usize = 8;
/// Accounts that they act on.
const ACCOUNTS: usize = 6;
/// On the first accounts nothing is asked for that may go below zero for good.
const STRICT: usize = 3;

/// Kinds of operations.
const KINDS: usize = 26;
/// Those that must have been done often.
const COMMON: [&str; 10] = [
    "adjust",
    "atm",
    "authorize",
    "clear",
    "clear twice",
    "decide check",
    "deposit",
    "refund",
    "submit check",
    "transfer",
];

/// How often an operation was tried, and how often it was done.
type Count = (usize, usize);

/// An account, and what is known to be about on it.
struct Walked {
    money: Money,
    is_strict: bool,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    authorizations: Vec<String>,
    deposits: Vec<String>,
    purses: Vec<String>,
    checks: Vec<String>,
    adjustments: Vec<Json>,
}

/// A client: draws what to do next, the same for the same seed.
struct Walker {
    sim: Arc<TestSim>,
    accounts: Arc<Vec<Walked>>,
    left: Arc<AtomicUsize>,
    source: Source,
    counts: BTreeMap<&'static str, Count>,
}

impl Walker {
    async fn walk(mut self) -> BTreeMap<&'static str, Count> {
        let one_less = |left: usize| left.checked_sub(1);
        while self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            let at = self.source.below(ACCOUNTS as u64) as usize;
            let accounts = Arc::clone(&self.accounts);
            let (what, answer) = self.step(&accounts[at]).await;
            let is_done = answer.is_some_and(|answer| {
                assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
                answer.status < 300 && ["0/0", "null/null"].contains(&answer.code().as_str())
            });
            let count = self.counts.entry(what).or_default();
            *count = (count.0 + 1, count.1 + usize::from(is_done));
        }
        self.counts
    }

    fn amount(&mut self) -> String {
        format!("{}.{:04}", self.source.below(60), 1 + self.source.below(9_999))
    }

    /// One of those known, if there is one.
    fn one_of(&mut self, all: &[String]) -> Option<String> {
        let at = self.source.below(all.len() as u64) as usize;
        all.get(at).cloned()
    }

    async fn step(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        match self.source.below(100) {
            0..20 => self.adjust(on).await,
            20..24 => self.adjust_again(on).await,
            24..60 => self.use_card(on).await,
            60..70 => self.come_in(on).await,
            70..80 => self.move_between_purses(on).await,
            80..88 => self.deposit_check(on).await,
            88..92 => self.switch_feature(on).await,
            92..95 => self.hold_or_let_go(on).await,
            95..97 => self.read(on).await,
            _ => self.pass_time().await,
        }
    }

    async fn adjust(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        const TYPES: [&str; 6] = [
            "promo",
            "instructionCredit",
            "anyDebitOut",
            "achOut",
            "promoReversal",
            "disbursement",
        ];
        let kind = TYPES[self.source.below(TYPES.len() as u64) as usize];
        let mut body = on.money.body(kind, &self.amount());
        if self.source.below(5) == 0 {
            body["fee"] = json!(self.amount());
        }
        if !on.is_strict && self.source.below(8) == 0 {
            body["debitToNegative"] = json!(true);
        }
        on.known.lock().unwrap().adjustments.push(body.clone());
        ("adjust", Some(on.money.call("POST", "/adjustments", body).await))
    }

    async fn adjust_again(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let known = {
            let all = &on.known.lock().unwrap().adjustments;
            let at = self.source.below(all.len() as u64) as usize;
            all.get(at).cloned()
        };
        let Some(body) = known else { return ("adjust again", None) };
        ("adjust again", Some(on.money.call("POST", "/adjustments", body).await))
    }

    async fn act(&self, on: &Walked, action: Json) -> Answer {
        self.sim.act("wf", &on.money.account, action).await
    }

    async fn use_card(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let known = on.known.lock().unwrap().authorizations.clone();
        let (amount, known) = (self.amount(), self.one_of(&known));
        let merchant = "Corner Cafe";
        let (what, action) = match (self.source.below(12), known) {
            (0..4, _) | (_, None) => {
                let wish = json!({ "action": "authorize", "amount": amount, "merchant": merchant });
                let answer = self.act(on, wish).await;
                let id = answer.body["transactions"][0]["transactionIdentifier"].as_str();
                on.known.lock().unwrap().authorizations.extend(id.map(str::to_owned));
                return ("authorize", Some(answer));
            }
            (4, Some(id)) => {
                let action = "incrementAuthorization";
                let wish = json!({
                    "action": action, "transactionIdentifier": id, "amount": amount,
                });
                ("increment", wish)
            }
            (5..7, Some(id)) => {
                let wish =
                    json!({ "action": "clear", "transactionIdentifier": id, "amount": amount });
                ("clear", wish)
            }
            (7, Some(id)) => {
                let amounts = [amount, self.amount()];
                let is_forced = !on.is_strict;
                let wish = json!({
                    "action": "clear", "transactionIdentifier": id, "amounts": amounts,
                    "final": false, "force": is_forced,
                });
                ("clear twice", wish)
            }
            (8, Some(id)) => {
                ("reverse", json!({ "action": "reverse", "transactionIdentifier": id }))
            }
            (9, Some(id)) => {
                ("expire", json!({ "action": "expireHold", "transactionIdentifier": id }))
            }
            (10, _) => {
                ("refund", json!({ "action": "refund", "amount": amount, "merchant": merchant }))
            }
            _ => ("atm", json!({ "action": "atmWithdrawal", "amount": amount, "fee": "2.50" })),
        };
        (what, Some(self.act(on, action).await))
    }

    async fn come_in(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let known = on.known.lock().unwrap().deposits.clone();
        let (amount, known) = (self.amount(), self.one_of(&known));
        match (self.source.below(6), known) {
            (0, Some(id)) if !on.is_strict => {
                let wish = json!({ "action": "returnAch", "transactionIdentifier": id });
                ("return", Some(self.act(on, wish).await))
            }
            (1, _) => {
                let wish =
                    json!({ "action": "achDebit", "amount": amount, "originator": "Utility" });
                ("ach debit", Some(self.act(on, wish).await))
            }
            (2, _) => {
                let wish = json!({
                    "action": "chargeFee", "amount": amount, "description": "Monthly fee",
                });
                ("fee", Some(self.act(on, wish).await))
            }
            _ => {
                let wish = json!({
                    "action": "directDeposit", "amount": amount, "category": "pr",
                    "originator": "Acme",
                });
                let answer = self.act(on, wish).await;
                let id = answer.body["transactions"][0]["transactionIdentifier"].as_str();
                on.known.lock().unwrap().deposits.extend(id.map(str::to_owned));
                ("deposit", Some(answer))
            }
        }
    }

    async fn move_between_purses(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let purses = on.known.lock().unwrap().purses.clone();
        if purses.len() < 2 || (purses.len() < 4 && self.source.below(6) == 0) {
            let wish = json!({ "purseType": "Savings", "purseDescription": "Rainy day" });
            let answer = on.money.call("POST", "/purses", wish).await;
            let account = on.money.read().await;
            let all = account["purses"].as_array().unwrap();
            let id = |purse: &Json| purse["purseIdentifier"].as_str().unwrap().to_owned();
            on.known.lock().unwrap().purses = all.iter().map(id).collect();
            return ("new purse", Some(answer));
        }
        let (from, to) = (self.one_of(&purses).unwrap(), self.one_of(&purses).unwrap());
        if from != purses[0] && self.source.below(8) == 0 {
            let answer = on.money.call("DELETE", &format!("/purses/{from}"), Json::Null).await;
            if answer.status == 200 && answer.code() == "0/0" {
                on.known.lock().unwrap().purses.retain(|purse| *purse != from);
            }
            return ("close purse", Some(answer));
        }
        let end = |purse: String| {
            json!({
                "transferEndpointType": "purse", "accountIdentifier": on.money.account,
                "purseIdentifier": purse,
            })
        };
        let wish = json!({
            "transferIdentifier": guid(), "transferType": "purse", "action": "execute",
            "transferRoute": {
                "transactionAmount": self.amount(),
                "sourceTransferEndpoint": end(from), "targetTransferEndpoint": end(to),
            },
        });
        let partner = &on.money.partner;
        ("transfer", Some(partner.call("POST", "/transfers", &guid(), wish).await))
    }

    async fn deposit_check(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let known = on.known.lock().unwrap().checks.clone();
        let known = self.one_of(&known);
        let (what, wish) = match (self.source.below(8), known) {
            (0..3, _) | (_, None) => return self.submit_check(on).await,
            (3, Some(id)) => {
                ("approve check", json!({ "action": "approveCheck", "transferIdentifier": id }))
            }
            (4, Some(id)) => {
                let reason = "illegible image";
                let action = "declineCheck";
                let wish = json!({ "action": action, "transferIdentifier": id, "reason": reason });
                ("decline check", wish)
            }
            (5, Some(id)) if !on.is_strict => {
                let reason = "duplicate item";
                let action = "returnCheck";
                let wish = json!({ "action": action, "transferIdentifier": id, "reason": reason });
                ("return check", wish)
            }
            (at, Some(id)) => {
                let decision = if at == 6 { "cancel" } else { "accept" };
                let path = format!("/mrdcTransfers/{id}");
                let answer = on.money.call("PUT", &path, json!({ "action": decision })).await;
                return ("decide check", Some(answer));
            }
        };
        (what, Some(self.act(on, wish).await))
    }

    async fn submit_check(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let id = guid();
        let wish = json!({
            "transferIdentifier": id, "currency": "USD",
            "transferRoute": {
                "transactionAmount": self.amount(),
                "sourceTransferEndpoint": { "checkImageData": {
                    "frontImage": "QUJD", "backImage": "REVG",
                } },
                "targetTransferEndpoint": { "accountIdentifier": on.money.account },
            },
        });
        let partner = &on.money.partner;
        let answer = partner.call("POST", "/fundfulfillment/mrdc", &guid(), wish).await;
        if answer.status == 200 && answer.code() == "0/0" {
            on.known.lock().unwrap().checks.push(id);
        }
        ("submit check", Some(answer))
    }

    async fn switch_feature(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        const FEATURES: [&str; 4] = ["NB100", "RDC0", "RDC2", "RDC5"];
        let feature = FEATURES[self.source.below(4) as usize];
        let wish = json!({ "authorize": self.source.below(3) > 0 });
        ("feature", Some(on.money.call("PUT", &format!("/features/{feature}"), wish).await))
    }

    async fn hold_or_let_go(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let action = if self.source.below(3) == 0 { "lockForFraud" } else { "unlockFraud" };
        ("lock", Some(self.act(on, json!({ "action": action })).await))
    }

    async fn read(&mut self, on: &Walked) -> (&'static str, Option<Answer>) {
        let answer = on.money.call("GET", "/transactions?limit=5", Json::Null).await;
        ("read", Some(answer))
    }

    async fn pass_time(&mut self) -> (&'static str, Option<Answer>) {
        let by = json!({ "by": "PT1H" });
        ("pass time", Some(self.sim.control("POST", "wf/clock/advance", by).await))
    }
}

/// All rows of an account's history, with those that are not listed by default.
async fn all_rows(money: &Money) -> Vec<Json> {
    let mut rows = Vec::new();
    loop {
        let query =
            format!("/transactions?includeAllAuthorizations=true&limit=1000&offset={}", rows.len());
        let page = money.call("GET", &query, Json::Null).await.expect(200).body;
        let new = page["transactions"].as_array().unwrap().clone();
        if new.is_empty() {
            assert_eq!(page["totalRecordCount"], json!(rows.len()));
            return rows;
        }
        rows.extend(new);
    }
}

/// Events of type `transaction` about an account, by the transaction and status that they tell of.
async fn told(sim: &TestSim, money: &Money) -> BTreeMap<(String, String), usize> {
    let mut told = BTreeMap::new();
    for page in 0.. {
        let path = format!(
            "wf/events?accountIdentifier={}&eventType=transaction&limit=1000&offset={}",
            money.account,
            page * 1_000
        );
        let body = sim.control("GET", &path, Json::Null).await.expect(200).body;
        let events = body["events"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        for event in events {
            let shown = &event["event"]["transaction"];
            let text = |member: &str| shown[member].as_str().unwrap().to_owned();
            let posted = shown["postedDateTime"].is_string();
            let status = if posted { "posted".to_owned() } else { text("transactionStatus") };
            *told.entry((text("transactionIdentifier"), status)).or_default() += 1;
        }
    }
    told
}

/// Compares what one account shows with what was posted and told.
async fn compare(sim: &TestSim, on: &Walked) {
    let rows = all_rows(&on.money).await;
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut posted = BTreeSet::new();
    for row in rows.iter().filter(|row| row["postedDateTime"].is_string()) {
        let e4 = (row["transactionAmount"].as_f64().unwrap() * 10_000.0).round() as i64;
        let signed = if row["isCredit"] == true { e4 } else { -e4 };
        *sums.entry(row["purseIdentifier"].as_str().unwrap().to_owned()).or_default() += signed;
        let id = row["transactionIdentifier"].as_str().unwrap().to_owned();
        assert!(posted.insert(id), "a posting stands twice: {row}");
    }
    let account = on.money.read().await;
    for purse in account["purses"].as_array().unwrap() {
        let e4 = |member: &str| (purse[member].as_f64().unwrap() * 10_000.0).round() as i64;
        let id = purse["purseIdentifier"].as_str().unwrap();
        let sum = sums.remove(id).unwrap_or_default();
        assert_eq!(e4("ledgerBalance"), sum, "{purse}");
        assert!(e4("availableBalance") <= e4("ledgerBalance"), "{purse}");
        let floor = if purse["purseType"] == "primary" { -1_000_000 } else { 0 };
        assert!(!on.is_strict || e4("availableBalance") >= floor, "{purse}");
    }
    assert!(sums.values().all(|sum| *sum == 0), "a closed purse keeps money: {sums:?}");
    let told = told(sim, &on.money).await;
    for ((id, status), count) in &told {
        assert!(status != "posted" || (*count == 1 && posted.contains(id)), "{id} told {count}");
    }
    let of_postings = told.keys().filter(|(_, status)| status == "posted").count();
    assert_eq!(of_postings, posted.len(), "each posting is told");
}

on_both_engines! {
    // Proves ADJ-11.
    async fn ten_thousand_random_operations_keep_the_books(engine: Engine) {
        let sim = TestSim::configured(engine, |config| {
            // The world's clock passes days, and its tokens are not what is walked here.
            config.auth.token_lifetime_seconds = 31_536_000;
            config.database.lock_wait_ms = 20_000;
        }).await;
        let sim = Arc::new(sim);
        let fault = json!({
            "match": { "probability": 0.2 }, "effect": { "kind": "processorTimeout" },
        });
        let checks = json!({ "checkDeposits": {
            "review": true, "dailyLimit": "90000", "rollingLimit": "90000",
        } });
        sim.control("PUT", "wf", checks).await.expect(200);
        let mut accounts = Vec::new();
        for number in 0..ACCOUNTS {
            let money = money_account(&sim, "wf").await;
            money.call("PUT", "/features/RDC2", json!({ "authorize": true })).await.expect(200);
            accounts.push(Walked { money, is_strict: number < STRICT, known: Mutex::default() });
        }
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let (accounts, left) = (Arc::new(accounts), Arc::new(AtomicUsize::new(OPERATIONS)));
        let walkers = (0..CLIENTS).map(|number| {
            let source = Source::new(&[4; 32], &["ledger walk", &number.to_string()]);
            let walker = Walker {
                sim: Arc::clone(&sim),
                accounts: Arc::clone(&accounts),
                left: Arc::clone(&left),
                source,
                counts: BTreeMap::new(),
            };
            tokio::spawn(walker.walk())
        });
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        for walked in futures_util::future::join_all(walkers.collect::<Vec<_>>()).await {
            for (what, (tried, done)) in walked.unwrap() {
                let count = counts.entry(what).or_default();
                *count = (count.0 + tried, count.1 + done);
            }
        }
        // Every kind of operation has come; the rare ones may have found nothing to be done.
        assert_eq!(counts.len(), KINDS, "{counts:?}");
        let is_done = |what: &&str| counts.get(*what).is_some_and(|count| count.1 > 20);
        assert!(COMMON.iter().all(is_done), "{counts:?}");
        let audit = accounts[0].money.audited().await;
        assert!(audit["postings"].as_u64().unwrap() > 2_000, "{audit} {counts:?}");
        for account in accounts.iter() {
            compare(&sim, account).await;
        }
    }
}
