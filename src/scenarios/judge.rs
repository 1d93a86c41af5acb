//! Whether an answer, and an account in it, is as expected; pure.

use serde_json::{Value as Json, json};

use super::expectations::{AnswerExpectation, Arrival, Standing};
use super::matching::{Mismatch, compare};
use super::references;
use super::stage::Answer;
use crate::http::envelope::EXPLAIN;

/// What differs. A failure that nothing covers is a difference too: no call fails in silence.
pub(super) fn answer(expected: &AnswerExpectation, came: &Answer) -> Vec<Mismatch> {
    let Some(status) = came.status else {
        return match expected.answer {
            Some(Arrival::Lost) => Vec::new(),
            _ => vec![told("answer", "one", "none: it was lost or cut off")],
        };
    };
    if expected.answer == Some(Arrival::Lost) {
        return vec![told("answer", "none", &format!("HTTP {status}"))];
    }
    let mut found = outcome(expected, came, status);
    if let Some(description) = &expected.description {
        found.extend(compare("description", description, came.detail("description")));
    }
    if let Some(rule) = &expected.rule {
        let explained = came.header(EXPLAIN.as_str()).unwrap_or_default();
        let named = explained.split(':').next().unwrap_or_default();
        if named != rule {
            let named = if named.is_empty() { "no rule" } else { named };
            found.push(told("rule", rule, named));
        }
    }
    if let Some(headers) = &expected.headers {
        let came = Json::Object(came.headers.clone());
        found.extend(compare("headers", &Json::Object(headers.clone()), Some(&came)));
    }
    if let Some(body) = &expected.body {
        found.extend(compare("body", body, Some(&came.body)));
    }
    if let Some(wanted) = &expected.account {
        found.extend(standing("account", wanted, came.body.get("account")));
    }
    found
}

fn outcome(expected: &AnswerExpectation, came: &Answer, status: u16) -> Vec<Mismatch> {
    let code = came.code();
    let mut found = Vec::new();
    let is_success = (200..300).contains(&status);
    match expected.status {
        Some(wanted) if wanted != status => {
            found.push(told("status", &wanted.to_string(), &status.to_string()));
        }
        None if expected.code.is_none() && !is_success => {
            found.push(told("status", "success", &status.to_string()));
        }
        _ => {}
    }
    let has_failed = code.as_deref().is_some_and(|code| code != "0/0");
    match &expected.code {
        Some(wanted) => {
            let came = code.unwrap_or_else(|| "no code".to_owned());
            let alone = came.split('/').next().unwrap_or_default();
            if wanted.0 != came && wanted.0 != alone {
                found.push(told("code", &wanted.0, &came));
            }
        }
        // A status that is expected and no success covers its code.
        None if has_failed && is_success => {
            found.push(told("code", "0/0", &code.unwrap_or_default()));
        }
        None => {}
    }
    found
}

fn told(at: &str, expected: &str, came: &str) -> Mismatch {
    Mismatch { at: at.to_owned(), expected: expected.to_owned(), came: came.to_owned() }
}

/// How an account stands.
pub(super) fn standing(at: &str, wanted: &Standing, account: Option<&Json>) -> Vec<Mismatch> {
    let Some(account) = account else {
        return vec![told(at, "an account", "none")];
    };
    let holder = "accountHolders[0].user.kycStateData";
    let purse = account["purses"].as_array().and_then(|purses| {
        purses.iter().find(|purse| purse["purseType"] == "primary").or_else(|| purses.first())
    });
    let of_purse = |member: &str| purse.and_then(|purse| purse.get(member));
    let of_account = |path: &str| references::at(account, path);
    let members = [
        ("status", &wanted.status, of_account("status")),
        ("reason", &wanted.reason, of_account("statusReasons[0]")),
        ("kyc", &wanted.kyc, of_account(&format!("{holder}.kycStatus"))),
        ("ofac", &wanted.ofac, of_account(&format!("{holder}.ofacStatus"))),
        ("gate", &wanted.gate, of_account(&format!("{holder}.kycPendingGate"))),
        ("balance", &wanted.balance, of_purse("ledgerBalance")),
        ("available", &wanted.available, of_purse("availableBalance")),
    ];
    let mut found = Vec::new();
    for (name, wanted, came) in members {
        if let Some(wanted) = wanted {
            found.extend(compare(&format!("{at}.{name}"), wanted, came));
        }
    }
    if let Some(wanted) = &wanted.cards {
        found.extend(compare(&format!("{at}.cards"), &json!(wanted), Some(&cards(account))));
    }
    if let Some(wanted) = &wanted.body {
        found.extend(compare(at, wanted, Some(account)));
    }
    found
}

/// `virtual activated` of each card of the primary holder.
fn cards(account: &Json) -> Json {
    let cards = references::at(account, "accountHolders[0].paymentInstruments");
    let cards = cards.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let text = |card: &Json, member: &str| card[member].as_str().unwrap_or("?").to_owned();
    let line = |card| format!("{} {}", text(card, "paymentInstrumentType"), text(card, "status"));
    cards.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::model::Text;

    fn came(status: u16, code: i64, sub_code: i64) -> Answer {
        let detail = json!({ "code": code, "subCode": sub_code, "description": "Said" });
        let body = json!({ "responseDetails": [detail] });
        Answer { status: Some(status), body, ..Answer::default() }
    }

    #[test]
    fn a_failure_that_nothing_covers_is_a_difference() {
        let of = |status: Option<u16>, code: Option<&str>| AnswerExpectation {
            status,
            code: code.map(|code| Text(code.to_owned())),
            ..AnswerExpectation::default()
        };
        for (expected, came, differences) in [
            (of(None, None), came(200, 0, 0), 0),
            (of(None, None), came(200, 1, 31), 1),
            (of(None, None), came(400, 650, 0), 1),
            (of(Some(200), None), came(200, 1, 31), 1),
            (of(Some(400), None), came(400, 650, 0), 0),
            (of(None, Some("1/31")), came(200, 1, 31), 0),
            (of(None, Some("1")), came(200, 1, 31), 0),
            (of(None, Some("1/30")), came(200, 1, 31), 1),
            (of(Some(404), Some("10/0")), came(400, 10, 0), 1),
            (of(None, None), Answer::default(), 1),
        ] {
            assert_eq!(answer(&expected, &came).len(), differences, "{expected:?} {came:?}");
        }
    }

    #[test]
    fn a_lost_answer_is_expected_or_told() {
        let lost = AnswerExpectation { answer: Some(Arrival::Lost), ..Default::default() };
        assert_eq!(answer(&lost, &Answer::default()), []);
        assert_eq!(answer(&lost, &came(200, 0, 0)).len(), 1);
    }
}
