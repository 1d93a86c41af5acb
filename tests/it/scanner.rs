//! Time, as a partner sees it: in a world whose clock stands years away from the machine's, no
//! answer, header, webhook or document carries any other time than the world's.
//!
//! Left out: the access token, which is opaque, and the header `Date` of HTTP itself, which the
//! server's transport sets; caches and signatures go by it, so it stays the machine's.

use std::collections::BTreeSet;

use piebox::app::api_document;
use piebox::receiver::Received;
use serde_json::{Value as Json, json};

use crate::contract::exercise_vendor;
use crate::direct_deposit::text_of;
use crate::support::{Answer, Engine, START, TestSim, enrollment, guid, webhooks};

/// Years from the wall's, and from the machine's.
const WORLD: &str = "2044-02-03T04:05:06.789Z";

/// Dates in a text that are of a year in which no world's clock has been: `2031-05-06`,
/// `05/06/2031`, and moments counted in seconds or milliseconds.
fn foreign_times(text: &str, years: &BTreeSet<i64>) -> Vec<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || "-/_".contains(c));
    let words = text.split(word).filter(|word| !word.is_empty());
    let of_year = |number: &str| number.parse::<i64>().is_ok_and(|year| years.contains(&year));
    let is_foreign = |word: &&str| {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match word.split(['-', '/']).collect::<Vec<_>>()[..] {
            [year, month, ..] if year.len() == 4 && month.len() == 2 => of_year(year),
            [_, day, year] if year.len() == 4 && day.len() <= 2 => of_year(year),
            [number] if is_number(number) && [10, 13].contains(&number.len()) => {
                let seconds = number[..10].parse::<i64>().unwrap();
                years.contains(&(1970 + seconds / 31_556_952))
            }
            [number] if is_number(number) && number.len() == 8 => of_year(&number[..4]),
            _ => false,
        }
    };
    words.filter(is_foreign).map(str::to_owned).collect()
}

#[test]
fn the_scanner_finds_what_it_looks_for() {
    let years = BTreeSet::from([2031]);
    for text in [
        "{\"at\":\"2031-05-06T10:00:00.000Z\"}",
        "due 05/06/2031.",
        "20310506",
        "{\"iat\":1935828000}",
        "{\"at\":1935828000000}",
        "2031-05",
    ] {
        assert_eq!(foreign_times(text, &years).len(), 1, "{text}");
    }
    for text in ["2044-02-03T04:05:06Z", "12031-05", "ab2031-0506-4000", "6262031555", "2031"] {
        assert_eq!(foreign_times(text, &years), [""; 0], "{text}");
    }
}

/// What a partner reads of an answer, its token left out.
fn seen(answer: &Answer) -> String {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("access_token");
    }
    let text = if body.is_null() { answer.text.clone() } else { body.to_string() };
    let headers = answer.headers.iter().map(|(name, value)| format!("\n{name}: {value:?}"));
    text + &headers.collect::<String>()
}

fn received(webhook: &Received) -> String {
    let headers = webhook.headers.iter().filter(|(name, _)| name != "date");
    let headers = headers.map(|(name, value)| format!("\n{name}: {value}"));
    webhook.raw.clone() + &headers.collect::<String>()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_partner_sees_carries_another_time_than_the_worlds() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let receiver = sim.receiver("wf").await;
    sim.control("PUT", "wf/clock", json!({ "mode": "frozen", "now": WORLD })).await.expect(200);
    let machine = chrono::Utc::now().format("%Y").to_string().parse().unwrap();
    let years = BTreeSet::from([START[..4].parse().unwrap(), machine]);
    let mut found = Vec::new();
    let mut look = |whose: &str, text: &str| {
        let times = foreign_times(text, &years);
        found.extend(times.into_iter().map(|time| format!("{whose}: {time} in {text}")));
    };
    // In a world that goes with the wall there is much to find.
    let body = enrollment(&sim.person("beside").await);
    let beside = sim.partner("beside").await.enroll(&guid(), &body).await.expect(200);
    assert!(foreign_times(&seen(&beside), &years).len() > 3, "{}", beside.text);
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    let mut looked = 0;
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            // The test's own date, and refused as long past.
            let of_test = id == "transfers_put_updatemrdcfundsavailabledate";
            if id.starts_with("sim_") || of_test {
                continue;
            }
            let answer = exercise_vendor(&sim, id).await;
            assert!(answer.status < 300 || answer.status == 501, "{id}: {}", answer.text);
            look(id, &seen(&answer));
            if id == "directdeposit_post_createmanualform" {
                look("the form", &text_of(&answer));
            }
            looked += 1;
        }
    }
    assert!(looked > 60, "operations: {looked}");
    // Later, what fell due meanwhile: reviews, postings, mail, expiries.
    sim.advance("wf", "P40D").await;
    sim.settled("wf").await;
    let events = sim.events("wf").await;
    let sent = webhooks(&receiver, 20).await;
    sent.iter().for_each(|webhook| look("a webhook", &received(webhook)));
    events.iter().for_each(|event| look("an event", &event.to_string()));
    let kinds: BTreeSet<&str> = events.iter().filter_map(|e| e["eventType"].as_str()).collect();
    assert!(kinds.len() >= 5, "kinds of events: {kinds:?}");
    let partner = sim.partner("wf").await;
    let accounts: BTreeSet<&str> =
        events.iter().filter_map(|event| event["accountIdentifier"].as_str()).collect();
    for account in accounts {
        for path in ["", "/transactions", "/mrdcTransfers", "/features", "/users"] {
            let answer = partner.get(&format!("/accounts/{account}{path}")).await;
            look(path, &seen(&answer));
        }
    }
    let refused = partner.get("/accounts/unknown").await.expect(400);
    look("a refusal", &seen(&refused));
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}
