//! Looking at the state of things, and waiting for webhooks.
//!
//! Webhooks are those that the partner's endpoints have taken, in the order in which they were
//! taken: several attempts at one delivery are one webhook. Before they are looked at, nothing is
//! under way any more, so an expectation neither comes too early nor waits for its failure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::time::{Instant, sleep};

use super::expectations::{Books, ListExpectation, StateExpectation, WebhookExpectation};
use super::judge;
use super::matching::{Mismatch, compare, shown};
use super::model::{Either, ExpectStep, WaitStep};
use super::run::{Found, Run, differs};
use super::scope::Kept;
use crate::kernel::durations::{Within, WithinProblem};

/// How long nothing under way is waited for: longer than an endpoint may be silent by default.
const PATIENCE: Duration = Duration::from_secs(45);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// A webhook that was taken, or an event.
#[derive(Debug)]
struct Told {
    event_type: Json,
    account: Json,
    attempts: Json,
    headers: Json,
    event: Json,
}

impl Run<'_> {
    pub(super) async fn wait(&mut self, step: &WaitStep) -> Result<Found, String> {
        let limit = step.within.as_deref().map(within).transpose()?.map(Within::span);
        self.settle(limit.unwrap_or(PATIENCE)).await.map(|()| Found::default())
    }

    pub(super) async fn expect(&mut self, step: &ExpectStep) -> Result<Found, String> {
        let limit = step.within.as_deref().map(within).transpose()?;
        let end = Instant::now() + limit.unwrap_or_default().span();
        loop {
            let found = self.look(&step.expect).await?;
            if found.mismatches.is_empty() || Instant::now() >= end {
                return Ok(found);
            }
            sleep(PAUSE).await;
        }
    }

    async fn look(&mut self, wanted: &StateExpectation) -> Result<Found, String> {
        let mut found = Found::default();
        if let Some(account) = &wanted.account {
            let id = self.scope.account(&account.of)?;
            let kept = self.read(&format!("/accounts/{id}")).await?;
            let came = kept.answer.body.get("account");
            found.mismatches.extend(judge::standing("account", &account.standing(), came));
            found.calls.push(kept);
        }
        if let Some(list) = &wanted.webhooks {
            let list = long(list);
            let told = self.webhooks(&list).await?;
            found.mismatches.extend(self.compare_list("webhooks", &list, told)?);
        }
        if let Some(list) = &wanted.events {
            let list = long(list);
            let told = self.events().await?;
            found.mismatches.extend(self.compare_list("events", &list, told)?);
        }
        self.count(wanted, &mut found).await?;
        if wanted.books == Some(Books::Fit) {
            let audit = self.must("POST", "/ledger/audit", None).await?;
            if audit.body["fits"] != json!(true) {
                let problem = audit.body["problem"].clone();
                found.mismatches.push(differs("books", &json!("fit"), &problem));
            }
        }
        for value in &wanted.values {
            found.mismatches.extend(compare("value", &value.is, Some(&value.of)));
        }
        Ok(found)
    }

    async fn count(&mut self, wanted: &StateExpectation, found: &mut Found) -> Result<(), String> {
        let Some(count) = &wanted.count else { return Ok(()) };
        if let Some(expected) = &count.transactions {
            let of = count.of.as_ref().ok_or("count.of says whose transactions are meant")?;
            let id = self.scope.account(of)?;
            let kept = self.read(&format!("/accounts/{id}/transactions")).await?;
            let came = kept.answer.body.get("totalRecordCount");
            found.mismatches.extend(compare("count.transactions", expected, came));
            found.calls.push(kept);
        }
        if let Some(expected) = &count.postings {
            let audit = self.must("POST", "/ledger/audit", None).await?;
            let came = audit.body.get("postings");
            found.mismatches.extend(compare("count.postings", expected, came));
        }
        if let Some(expected) = &count.accounts {
            let listed = self.must("GET", "/accounts?limit=1000", None).await?;
            let number = listed.body["accounts"].as_array().map_or(0, Vec::len);
            let came = json!(number);
            found.mismatches.extend(compare("count.accounts", expected, Some(&came)));
        }
        Ok(())
    }

    fn compare_list(
        &self,
        at: &str,
        list: &ListExpectation,
        mut told: Vec<Told>,
    ) -> Result<Vec<Mismatch>, String> {
        if let Some(of) = &list.of {
            let account = json!(self.scope.account(of)?);
            told.retain(|one| one.account == account);
        }
        if let Some(kind) = &list.event_type {
            told.retain(|one| one.event_type == *kind);
        }
        let mut found = Vec::new();
        if let Some(count) = &list.count {
            found.extend(compare(&format!("{at}.count"), count, Some(&json!(told.len()))));
        }
        if let Some(are) = &list.are {
            if are.len() == told.len() {
                for (index, (wanted, one)) in are.iter().zip(&told).enumerate() {
                    found.extend(self.compare_one(&format!("{at}[{index}]"), wanted, one)?);
                }
            } else {
                let wanted: Vec<String> = are.iter().map(in_words).collect();
                let expected = numbered(are.len(), &wanted.join(", "));
                let came = numbered(told.len(), &listed(&told));
                found.push(Mismatch { at: at.to_owned(), expected, came });
            }
        }
        let mut rest = told.iter();
        for (index, wanted) in list.include.iter().flatten().enumerate() {
            let mut is_there = false;
            for one in rest.by_ref() {
                is_there = self.compare_one(at, wanted, one)?.is_empty();
                if is_there {
                    break;
                }
            }
            if !is_there {
                let behind = if index == 0 { "" } else { ", behind those before it" };
                let expected = format!("{}{behind}", in_words(wanted));
                let came = numbered(told.len(), &listed(&told));
                found.push(Mismatch { at: format!("{at}.include[{index}]"), expected, came });
                break;
            }
        }
        Ok(found)
    }

    fn compare_one(
        &self,
        at: &str,
        wanted: &WebhookExpectation,
        one: &Told,
    ) -> Result<Vec<Mismatch>, String> {
        let mut found = Vec::new();
        let headers = wanted.headers.clone().map(Json::Object);
        let account = wanted.of.as_ref().map(|of| self.scope.account(of)).transpose()?;
        let account = account.map(Json::String);
        for (name, wanted, came) in [
            ("type", &wanted.event_type, &one.event_type),
            ("of", &account, &one.account),
            ("attempts", &wanted.attempts, &one.attempts),
            ("headers", &headers, &one.headers),
            ("body", &wanted.body, &one.event),
        ] {
            if let Some(wanted) = wanted {
                found.extend(compare(&format!("{at}.{name}"), wanted, Some(came)));
            }
        }
        if let Some(wanted) = &wanted.account {
            let came = one.event.get("account");
            found.extend(judge::standing(&format!("{at}.account"), wanted, came));
        }
        Ok(found)
    }

    /// Webhooks that were taken, receiver by receiver, in the order in which they were.
    async fn webhooks(&mut self, list: &ListExpectation) -> Result<Vec<Told>, String> {
        self.settle(PATIENCE).await?;
        let state = list.state.as_deref().unwrap_or("delivered");
        let path = format!("/deliveries?state={state}&limit=1000");
        let deliveries = self.must("GET", &path, None).await?;
        let deliveries = deliveries.body["deliveries"].as_array().cloned().unwrap_or_default();
        let attempts: BTreeMap<&str, usize> = deliveries
            .iter()
            .filter_map(|one| {
                let count = one["attempts"].as_array().map_or(0, Vec::len);
                Some((one["deliveryIdentifier"].as_str()?, count))
            })
            .collect();
        let mut told = Vec::new();
        for (name, receiver) in &self.receivers {
            if list.to.as_ref().is_some_and(|to| to != name) {
                continue;
            }
            let mut seen = BTreeSet::new();
            let mut newest_first = Vec::new();
            for came in receiver.received().into_iter().rev() {
                let id = came.header("x-gd-requestid").unwrap_or_default().to_owned();
                let Some(count) = attempts.get(id.as_str()) else { continue };
                if seen.insert(id) {
                    let message = &came.body["accounts"][0];
                    let event = message["events"][0].clone();
                    let headers = came.headers.into_iter();
                    let headers = headers.map(|(name, value)| (name, Json::String(value)));
                    newest_first.push(Told {
                        event_type: event["eventType"].clone(),
                        account: message["accountIdentifier"].clone(),
                        attempts: json!(count),
                        headers: Json::Object(Map::from_iter(headers)),
                        event,
                    });
                }
            }
            told.extend(newest_first.into_iter().rev());
        }
        Ok(told)
    }

    async fn events(&mut self) -> Result<Vec<Told>, String> {
        let listed = self.must("GET", "/events?limit=1000", None).await?;
        let events = listed.body["events"].as_array().cloned().unwrap_or_default();
        let told = events.into_iter().map(|one| Told {
            event_type: one["eventType"].clone(),
            account: one["accountIdentifier"].clone(),
            attempts: Json::Null,
            headers: json!({}),
            event: one["event"].clone(),
        });
        Ok(told.collect())
    }

    /// Waits until no delivery is under way: the first one to each endpoint about each account is
    /// due later, or there is none.
    pub(super) async fn settle(&mut self, limit: Duration) -> Result<(), String> {
        let end = Instant::now() + limit;
        loop {
            let clock = self.must("GET", "/clock", None).await?;
            let now = clock.body["now"].as_str().unwrap_or_default().to_owned();
            let pending = self.must("GET", "/deliveries?state=pending&limit=1000", None).await?;
            let pending = pending.body["deliveries"].as_array().cloned().unwrap_or_default();
            if !is_under_way(&pending, &now) {
                return Ok(());
            }
            if Instant::now() >= end {
                let count = pending.len();
                return Err(format!("{count} webhooks are still under way after {limit:?}"));
            }
            sleep(PAUSE).await;
        }
    }
}

/// Whether one of these deliveries may be attempted now. Those about one account go to an endpoint
/// one after the other, by their turns; those of a replay among themselves.
fn is_under_way(pending: &[Json], now: &str) -> bool {
    let mut first: BTreeMap<(&str, &str, i64), (i64, &str)> = BTreeMap::new();
    for one in pending {
        let text = |member: &str| one[member].as_str().unwrap_or_default();
        let number = |member: &str| one[member].as_i64().unwrap_or_default();
        let place = (number("turn"), text("dueAt"));
        let queue = (text("url"), text("accountIdentifier"), number("replay"));
        first.entry(queue).and_modify(|known| *known = (*known).min(place)).or_insert(place);
    }
    // Both are written alike, in UTC, so they compare as texts.
    first.values().any(|(_, due)| *due <= now)
}

fn long(list: &Either<Vec<WebhookExpectation>, ListExpectation>) -> ListExpectation {
    match list {
        Either::Short(are) => ListExpectation { are: Some(are.clone()), ..Default::default() },
        Either::Long(list) => list.clone(),
    }
}

/// What is expected of a webhook: the members that were written.
fn in_words(wanted: &WebhookExpectation) -> String {
    let mut document = json!(wanted);
    without_nulls(&mut document);
    match document.as_object().map(Map::len) {
        Some(0) => "any".to_owned(),
        _ => shown(&document),
    }
}

fn without_nulls(document: &mut Json) {
    if let Json::Object(members) = document {
        members.retain(|_, inner| !inner.is_null());
        members.values_mut().for_each(without_nulls);
    }
}

/// `2: accountUpdated, transaction`.
fn numbered(count: usize, lines: &str) -> String {
    if count == 0 { "none".to_owned() } else { format!("{count}: {lines}") }
}

fn listed(told: &[Told]) -> String {
    const MOST: usize = 20;
    let line = |one: &Told| {
        let text = |value: &Json| value.as_str().unwrap_or("?").to_owned();
        let status = text(&one.event["account"]["status"]);
        let status = if status == "?" { String::new() } else { format!(" {status}") };
        format!("{}{status}", text(&one.event_type))
    };
    let lines: Vec<String> = told.iter().take(MOST).map(line).collect();
    let more = if told.len() > MOST { ", …" } else { "" };
    format!("{}{more}", lines.join(", "))
}

/// How long a step may wait.
pub(super) fn within(text: &str) -> Result<Within, String> {
    text.parse().map_err(|problem: WithinProblem| format!("{text:?} {problem}"))
}

impl From<Kept> for Found {
    fn from(kept: Kept) -> Self {
        Self { calls: vec![kept], ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_behind_another_is_not_under_way() {
        let now = "2031-05-06T10:00:00.000Z";
        let one = |turn: i64, due: &str, url: &str| {
            let account = "a";
            json!({
                "turn": turn, "sequence": 1, "dueAt": due, "url": url, "accountIdentifier": account,
            })
        };
        let later = "2031-05-06T11:00:00.000Z";
        assert!(!is_under_way(&[], now));
        assert!(is_under_way(&[one(1, now, "x")], now));
        assert!(!is_under_way(&[one(2, now, "x"), one(1, later, "x")], now));
        assert!(is_under_way(&[one(2, now, "y"), one(1, later, "x")], now));
        // One that let its successor pass, and the successor.
        let mut passing = one(4, now, "x");
        passing["sequence"] = json!(2);
        assert!(is_under_way(&[one(5, later, "x"), passing.clone()], now));
        passing["replay"] = json!(1);
        assert!(is_under_way(&[one(2, later, "x"), passing], now));
    }
}
