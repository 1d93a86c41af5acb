//! Account statements: one a cycle, as the ledger has it, drawn by the clock or when asked for.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::future::join_all;
use piebox::kernel::money::Money as Dollars;
use serde_json::{Value as Json, json};

use crate::purses::{primary, savings, transfer};
use crate::support::money::{Money, adjust, money_account};
use crate::support::{Answer, Engine, START, TestSim, enrollment, guid, on_both_engines, webhooks};

/// The end of the first cycle of an account enrolled at [`START`]: midnight in California.
const FIRST_END: &str = "2031-06-06T07:00:00.000Z";

/// An account in a world whose clock stands.
async fn account(sim: &TestSim) -> Money {
    at(sim, START).await;
    money_account(sim, "wf").await
}

async fn at(sim: &TestSim, now: &str) {
    sim.control("PUT", "wf/clock", json!({ "mode": "frozen", "now": now })).await.expect(200);
}

async fn automatic(sim: &TestSim, is_automatic: bool) {
    let setting = json!({ "statements": { "automatic": is_automatic } });
    sim.control("PUT", "wf", setting).await.expect(200);
}

/// The account with a token that is fresh on the world's clock.
async fn fresh(sim: &TestSim, money: &Money) -> Money {
    let mut fresh = money.clone();
    fresh.partner = sim.partner("wf").await;
    fresh
}

/// GET statements, or one of them.
async fn get(sim: &TestSim, money: &Money, below: &str) -> Answer {
    let partner = sim.partner("wf").await;
    partner.get(&format!("{}/statements{below}", money.path)).await
}

/// The periods that the list shows.
async fn periods(sim: &TestSim, money: &Money) -> Vec<String> {
    let listed = get(sim, money, "").await.expect(200);
    let text = |one: &Json| one["statementPeriod"].as_str().unwrap().to_owned();
    listed.body["statements"].as_array().unwrap().iter().map(text).collect()
}

/// The bytes of a statement.
async fn file(sim: &TestSim, money: &Money, period: &str) -> Vec<u8> {
    let answer = get(sim, money, &format!("/{period}")).await.expect(200);
    BASE64_STANDARD.decode(answer.body["statement"]["content"].as_str().unwrap()).unwrap()
}

/// The lines of a PDF, page by page, as another program than its writer reads them.
fn lines(pdf: &[u8]) -> Vec<String> {
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.ends_with(b"%%EOF"), "no PDF");
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = |page: &u32| document.extract_text(&[*page]).unwrap();
    let all: Vec<String> = pages.iter().map(text).collect();
    all.join("\n").lines().map(|line| line.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// Ten-thousandths of a printed amount.
fn amount(line: &str) -> Option<i64> {
    let (sign, digits) = line.strip_prefix('-').map_or((1, line), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.')?;
    let whole: i64 = whole.replace(',', "").parse().ok()?;
    let is_part = [2, 4].contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
    let part: i64 = format!("{part:0<4}").parse().ok()?;
    is_part.then_some(sign * (whole * 10_000 + part))
}

/// The table of one purse, as it is printed.
#[derive(Debug, Clone, PartialEq, Default)]
struct Table {
    opening: i64,
    entries: Vec<(i64, i64)>,
    closing: i64,
}

/// The tables of a statement. Each adds up: every balance is the one before it and its amount.
fn tables(pdf: &[u8]) -> Vec<Table> {
    let lines = lines(pdf);
    let mut tables: Vec<Table> = Vec::new();
    let mut open: Option<(Table, Vec<i64>)> = None;
    for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
        match (line.as_str(), amount(next), open.as_mut()) {
            ("Opening balance", Some(opening), None) => {
                open = Some((Table { opening, ..Table::default() }, Vec::new()));
            }
            ("Closing balance", Some(closing), Some((table, numbers))) => {
                table.closing = closing;
                let pairs = numbers[1..].chunks(2).map(|pair| (pair[0], pair[1]));
                table.entries = pairs.collect();
                tables.extend(open.take().map(|(table, _)| table));
            }
            (line, _, Some((_, numbers))) => numbers.extend(amount(line)),
            _ => {}
        }
    }
    for Table { opening, entries, closing } in &tables {
        let mut balance = *opening;
        for (moved, behind) in entries {
            balance += moved;
            assert_eq!(balance, *behind, "{entries:?}");
        }
        assert_eq!(balance, *closing);
    }
    tables
}

fn sorted(mut moved: Vec<(String, i64)>) -> Vec<(String, i64)> {
    moved.sort();
    moved
}

/// All movements of the account's history, with their purses.
async fn posted(sim: &TestSim, money: &Money, (from, to): (&str, &str)) -> Vec<(String, i64)> {
    let money = fresh(sim, money).await;
    let query = format!("?startDate={from}&endDate={to}&limit=1000");
    let rows = crate::support::money::history(&money, &query).await;
    let row = |row: &Json| {
        let e4 = (row["transactionAmount"].as_f64().unwrap() * 10_000.0).round() as i64;
        let is_credit = row["isCredit"].as_bool().unwrap();
        let purse = row["purseIdentifier"].as_str().unwrap_or_default().to_owned();
        (purse, if is_credit { e4 } else { -e4 })
    };
    rows.iter().map(row).collect()
}

/// Events that tell of statements: period and moment; messages are numbered without a gap.
async fn told(sim: &TestSim, money: &Money) -> Vec<(String, String)> {
    let events = sim.events_of("wf", &money.account).await;
    let numbers: Vec<i64> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>());
    let ready = events.iter().filter(|event| event["eventType"] == "statementReady");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let said = |event: &Json| {
        let body = &event["event"];
        (text(&body["statement"]["statementPeriod"]), text(&body["eventDateTime"]))
    };
    ready.map(said).collect()
}

/// Kinds and results of the tasks of an advance.
fn tasks(ran: &[Json]) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let of_tasks = ran.iter().filter(|job| job["kind"] != "webhookAttempt");
    of_tasks.map(|job| (text(&job["kind"]), text(&job["result"]))).collect()
}

on_both_engines! {
    async fn stm_1_a_statement_is_there_once_its_cycle_has_ended(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        let none = get(&sim, &money, "").await.expect(200);
        assert_eq!((none.code().as_str(), &none.body["statements"]), ("0/0", &json!([])));
        at(&sim, "2031-06-06T06:59:59.999Z").await;
        assert!(periods(&sim, &money).await.is_empty());
        at(&sim, FIRST_END).await;
        assert_eq!(periods(&sim, &money).await, ["203106"]);
        at(&sim, "2031-08-20T10:00:00.000Z").await;
        let listed = get(&sim, &money, "").await.expect(200);
        let of = |period: &str, from: &str, to: &str| {
            json!({ "statementPeriod": period, "startDate": from, "endDate": to })
        };
        assert_eq!(listed.body["statements"], json!([
            of("203108", "2031-07-06", "2031-08-05"), of("203107", "2031-06-06", "2031-07-05"),
            of("203106", "2031-05-06", "2031-06-05"),
        ]));
        // Nobody waits for anything, and nobody is told.
        assert!(sim.advance("wf", "P40D").await.is_empty());
        assert!(told(&sim, &money).await.is_empty());
    }

    async fn stm_1_cycles_begin_when_registration_is_complete(engine: Engine) {
        let sim = TestSim::start(engine).await;
        at(&sim, START).await;
        let partner = sim.partner("wf").await;
        let mut body = enrollment(&sim.person_with("wf", "ofacMatch").await);
        body["executeKycFlag"] = json!(false);
        let matched = partner.enroll(&guid(), &body).await.account_id();
        let money = money_account(&sim, "wf").await.with(matched.clone());
        at(&sim, "2031-09-29T10:00:00.000Z").await;
        assert!(periods(&sim, &money).await.is_empty());
        let refused = get(&sim, &money, "/203107").await.expect_refused(404, "10/1");
        assert!(refused.explanation().contains("registration"), "{}", refused.explanation());
        sim.act("wf", &matched, json!({ "action": "clearOfac" })).await.expect(200);
        assert!(periods(&sim, &money).await.is_empty());
        // Enrolled behind the 28th: its cycle day is the first, and the first cycle is longer.
        at(&sim, "2031-12-01T10:00:00.000Z").await;
        let listed = get(&sim, &money, "").await.expect(200);
        let first = &listed.body["statements"][1];
        assert_eq!(first["startDate"], "2031-09-29", "{}", listed.text);
        assert_eq!(first["endDate"], "2031-10-31", "{}", listed.text);
        assert_eq!(periods(&sim, &money).await, ["203111", "203110"]);
    }

    async fn stm_1_a_closed_account_has_one_last_statement(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        money.credit("25").await;
        at(&sim, "2031-06-10T10:00:00.000Z").await;
        let spend = money.body("instructionDebit", "25");
        adjust(&fresh(&sim, &money).await, spend).await.expect(200);
        for action in ["restrictForFraud", "closeAccount"] {
            sim.act("wf", &money.account, json!({ "action": action })).await.expect(200);
        }
        at(&sim, "2032-06-10T10:00:00.000Z").await;
        assert_eq!(periods(&sim, &money).await, ["203107", "203106"]);
        let last = tables(&file(&sim, &money, "203107").await);
        assert_eq!(last, [Table { opening: 250_000, entries: vec![(-250_000, 0)], closing: 0 }]);
        let refused = get(&sim, &money, "/203108").await.expect_refused(404, "10/1");
        assert!(refused.explanation().contains("no cycle"), "{}", refused.explanation());
    }

    async fn stm_2_statements_add_up_and_each_opens_as_the_one_before_it_closes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut money = account(&sim).await;
        money.credit("1250.50").await;
        let (main, aside) = (primary(&money).await, savings(&money).await);
        transfer(&money, (&main, &aside), "300").await.expect(200);
        let mut charged = money.body("instructionDebit", "40.0025");
        charged["fee"] = json!("1.50");
        adjust(&money, charged).await.expect(200);
        let id = money.account.clone();
        let act = async |body: Json| sim.act("wf", &id, body).await.expect(200);
        let buy = json!({
            "action": "authorize", "amount": "30.25", "merchant": "Corner Cafe",
            "city": "Pasadena", "state": "CA",
        });
        at(&sim, "2031-06-03T10:00:00.000Z").await;
        let held = act(buy).await.body["transactions"][0]["transactionIdentifier"].clone();
        // Authorized in the first cycle, cleared in the second one; the last moment of each counts.
        at(&sim, "2031-06-06T06:59:59.999Z").await;
        money = fresh(&sim, &money).await;
        money.credit("0.01").await;
        at(&sim, FIRST_END).await;
        act(json!({ "action": "clear", "transactionIdentifier": held, "amount": 30.25 })).await;
        at(&sim, "2031-07-01T10:00:00.000Z").await;
        money = fresh(&sim, &money).await;
        transfer(&money, (&aside, &main), "120.75").await.expect(200);
        act(json!({ "action": "directDeposit", "amount": "800", "originator": "Acme" })).await;
        at(&sim, "2031-09-06T10:00:00.000Z").await;

        let first = tables(&file(&sim, &money, "203106").await);
        let second = tables(&file(&sim, &money, "203107").await);
        let third = tables(&file(&sim, &money, "203108").await);
        let of = |purse: &str, table: &Table| -> Vec<(String, i64)> {
            table.entries.iter().map(|(moved, _)| (purse.to_owned(), *moved)).collect()
        };
        let printed = [&first, &second]
            .map(|tables| [of(&main, &tables[0]), of(&aside, &tables[1])].concat())
            .concat();
        let shown = posted(&sim, &money, ("2031-05-06", "2031-07-06")).await;
        assert_eq!(sorted(printed), sorted(shown));
        assert_eq!(first[0].entries.last().map(|(moved, _)| *moved), Some(100));
        assert_eq!(second[0].entries.first().map(|(moved, _)| *moved), Some(-302_500));
        assert_eq!(first[0].opening, 0);
        // 1250.50 - 300 - 40.0025 - 1.50 + 0.01
        assert_eq!((first[0].closing, first[1].closing), (9_090_075, 3_000_000));
        for (at, later) in [(&first, &second), (&second, &third)] {
            let closing: Vec<i64> = at.iter().map(|table| table.closing).collect();
            let opening: Vec<i64> = later.iter().map(|table| table.opening).collect();
            assert_eq!(closing, opening);
        }
        assert!(third.iter().all(|table| table.entries.is_empty()));
        let account = fresh(&sim, &money).await.read().await;
        for (purse, table) in account["purses"].as_array().unwrap().iter().zip(&third) {
            let e4 = (purse["ledgerBalance"].as_f64().unwrap() * 10_000.0).round() as i64;
            assert_eq!(table.closing, e4);
        }
        money.audited().await;
    }

    async fn stm_2_a_statement_names_holder_address_account_and_cycle(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        let mut charged = money.body("instructionCredit", "100");
        charged["adjustmentDescription"] = json!("Welcome to the club");
        charged["fee"] = json!("1.50");
        adjust(&money, charged).await.expect(200);
        let (read, users) = (money.read().await, money.call("GET", "/users", Json::Null).await);
        at(&sim, FIRST_END).await;
        let answer = get(&sim, &money, "/2031-06").await.expect(200);
        let statement = &answer.body["statement"];
        assert_eq!(statement["statementPeriod"], "203106");
        assert_eq!(statement["fileName"], "statement-203106.pdf");
        assert_eq!(statement["contentType"], "application/pdf");
        let lines = lines(&file(&sim, &money, "203106").await);
        let user = &read["accountHolders"][0]["user"];
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let number = text(&read["directDepositInformation"]["accountNumber"]);
        let last4 = &number[number.len() - 4..];
        assert!(users.status == 200, "{}", users.text);
        for words in [
            format!("{} {}", text(&user["firstName"]), text(&user["lastName"])),
            "05/06/2031 to 06/05/2031".to_owned(),
            format!("**********{last4}"),
            text(&read["accountReferenceNumber"]),
            "Opening balance".to_owned(), "Closing balance".to_owned(), "1.50".to_owned(),
            "98.50".to_owned(), "Page 1 of 1".to_owned(),
        ] {
            assert!(lines.contains(&words), "{words} is not in {lines:#?}");
        }
        let all = lines.join("\n");
        assert!(all.contains("Welcome to the club"), "{all}");
        assert!(!all.contains(&number), "the whole account number");
    }

    async fn stm_3_a_statement_stays_as_it_is_whatever_comes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut money = account(&sim).await;
        money.credit("100").await;
        let aside = savings(&money).await;
        at(&sim, FIRST_END).await;
        let before = file(&sim, &money, "203106").await;
        money = fresh(&sim, &money).await;
        let user = money.read().await["accountHolders"][0]["user"]["userIdentifier"].clone();
        let renamed = json!({
            "userData": { "profileData": { "firstName": "Zelda", "lastName": "Zorn" } },
            "reason": "marriage",
            "supportingDocument": { "fileData": BASE64_STANDARD.encode("a document") },
        });
        let path = format!("/users/{}/name", user.as_str().unwrap());
        money.partner.call("PUT", &path, &guid(), renamed).await.expect(200);
        money.call("DELETE", &format!("/purses/{aside}"), Json::Null).await.expect(200);
        money.credit("7").await;
        // The clock goes back into the cycle: what is posted now belongs to a later statement.
        at(&sim, "2031-05-20T10:00:00.000Z").await;
        fresh(&sim, &money).await.credit("5").await;
        at(&sim, "2031-07-06T10:00:00.000Z").await;
        let next = file(&sim, &money, "203107").await;
        let moved = Table {
            opening: 1_000_000, entries: vec![(70_000, 1_070_000), (50_000, 1_120_000)],
            closing: 1_120_000,
        };
        assert_eq!(tables(&next), [moved]);
        assert!(lines(&next).contains(&"Zelda Zorn".to_owned()));
        sim.act("wf", &money.account, json!({ "action": "lockForFraud" })).await.expect(200);
        let sim = sim.restart().await;
        assert_eq!(file(&sim, &money, "203106").await, before);
        assert_eq!(file(&sim, &money, "203107").await, next);
    }

    async fn stm_4_a_clock_that_jumps_a_year_closes_twelve_cycles_in_order(engine: Engine) {
        let sim = TestSim::start(engine).await;
        at(&sim, START).await;
        automatic(&sim, true).await;
        let receiver = sim.receiver("wf").await;
        let money = account(&sim).await;
        money.credit("10").await;
        let ran = sim.advance("wf", "P367D").await;
        let done = ("closeCycle".to_owned(), "statement ready".to_owned());
        assert_eq!(tasks(&ran), vec![done; 12], "{ran:?}");
        let mut expected: Vec<String> = (6..=12).map(|month| format!("2031{month:02}")).collect();
        expected.extend((1..=5).map(|month| format!("2032{month:02}")));
        let told = told(&sim, &money).await;
        let shown: Vec<String> = told.iter().map(|(period, _)| period.clone()).collect();
        assert_eq!(shown, expected);
        assert_eq!(told[0].1, FIRST_END);
        // In winter, California is eight hours behind.
        assert_eq!(told[7].1, "2032-01-06T08:00:00.000Z");
        expected.reverse();
        assert_eq!(periods(&sim, &money).await, expected);
        let received = webhooks(&receiver, 14).await;
        let ready = received.iter().find(|one| one.body.to_string().contains("statementReady"));
        let event = ready.unwrap().body["accounts"][0]["events"][0].clone();
        assert_eq!(event["accountIdentifier"], money.account.as_str());
        let statement = json!({
            "statementPeriod": "203106", "startDate": "2031-05-06", "endDate": "2031-06-05",
        });
        assert_eq!(event["statement"], statement);
        money.audited().await;
    }

    async fn stm_4_a_clock_that_is_set_closes_what_it_has_left_behind(engine: Engine) {
        let sim = TestSim::start(engine).await;
        at(&sim, START).await;
        automatic(&sim, true).await;
        let money = account(&sim).await;
        at(&sim, "2031-09-06T10:00:00.000Z").await;
        // Who asks first draws them; the partner is told all the same, once.
        assert_eq!(periods(&sim, &money).await.len(), 4);
        sim.advance("wf", "PT1S").await;
        let shown: Vec<String> =
            told(&sim, &money).await.into_iter().map(|(period, _)| period).collect();
        assert_eq!(shown, ["203106", "203107", "203108", "203109"]);
        for action in ["restrictForFraud", "closeAccount"] {
            sim.act("wf", &money.account, json!({ "action": action })).await.expect(200);
        }
        let ran = sim.advance("wf", "P90D").await;
        assert_eq!(tasks(&ran).len(), 1, "the last cycle alone: {ran:?}");
        assert_eq!(periods(&sim, &money).await[0], "203110");
    }

    async fn stm_4_the_setting_may_change_at_any_time(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        automatic(&sim, true).await;
        // Enrolled before: its first statement that is asked for begins it.
        assert!(sim.advance("wf", "P32D").await.is_empty());
        assert_eq!(periods(&sim, &money).await, ["203106"]);
        assert_eq!(periods(&sim, &money).await, ["203106"]);
        assert_eq!(tasks(&sim.advance("wf", "P30D").await).len(), 1);
        assert_eq!(told(&sim, &money).await.len(), 1);
        automatic(&sim, false).await;
        let ran = tasks(&sim.advance("wf", "P62D").await);
        assert_eq!(ran[0].1, "statements are drawn when they are asked for");
        assert_eq!((ran.len(), told(&sim, &money).await.len()), (1, 1));
        assert_eq!(periods(&sim, &money).await, ["203109", "203108", "203107", "203106"]);
        automatic(&sim, true).await;
        let reset = sim.control("POST", "wf/reset", Json::Null).await;
        assert!(reset.status < 300, "{}", reset.text);
        assert!(sim.advance("wf", "P60D").await.is_empty(), "nothing is left of its life");
    }

    // Proves STM-1, STM-4.
    async fn asked_for_by_many_at_once_a_cycle_has_one_statement(engine: Engine) {
        let sim = Arc::new(TestSim::start(engine).await);
        at(&sim, START).await;
        automatic(&sim, true).await;
        let money = account(&sim).await;
        at(&sim, "2031-08-06T10:00:00.000Z").await;
        let partner = sim.partner("wf").await;
        let asked = (0..12).map(|_| {
            let (partner, path) = (partner.clone(), format!("{}/statements", money.path));
            tokio::spawn(async move { partner.get(&path).await })
        });
        let advanced = sim.advance("wf", "PT1S");
        let (answers, _) = tokio::join!(join_all(asked), advanced);
        for answer in answers.into_iter().map(Result::unwrap) {
            let is_busy = answer.status == 409;
            let count = answer.body["statements"].as_array().map_or(0, Vec::len);
            assert!(is_busy || (answer.status == 200 && count == 3), "{}", answer.text);
        }
        sim.advance("wf", "PT1S").await;
        assert_eq!(told(&sim, &money).await.len(), 3);
        assert_eq!(periods(&sim, &money).await.len(), 3);
    }

    async fn stm_5_what_is_no_period_and_what_is_not_there_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        at(&sim, "2031-06-20T10:00:00.000Z").await;
        for wrong in ["2031", "203113", "31-06", "2031066", "latest", "20310%36x", "%C3%A9"] {
            let refused = get(&sim, &money, &format!("/{wrong}")).await;
            let refused = refused.expect_refused(400, "400/0");
            assert!(refused.description().contains("statementPeriod"), "{}", refused.text);
            assert!(refused.explanation().contains("STM-5"), "{}", refused.explanation());
        }
        let none = [("203107", "2031-07-05"), ("203105", "no cycle"), ("999912", "ends")];
        for (period, why) in none {
            let refused = get(&sim, &money, &format!("/{period}")).await;
            let refused = refused.expect_refused(404, "10/1");
            assert_eq!(refused.description(), "Statement not found.");
            assert!(refused.explanation().contains(why), "{}", refused.explanation());
        }
        let nobody = money.with(guid());
        for below in ["", "/203106"] {
            get(&sim, &nobody, below).await.expect_refused(404, "10/0");
        }
        let elsewhere = sim.partner("other").await;
        let path = format!("{}/statements", money.path);
        elsewhere.get(&path).await.expect_refused(404, "10/0");
    }
}

#[test]
fn printed_amounts_read_back() {
    for e4 in [0, 25, -25, 12_345_600, -10_000_000_000, 99_990_000] {
        let plain = Dollars::from_e4(e4).to_string();
        assert_eq!(amount(&plain), Some(e4), "{plain}");
    }
    assert_eq!((amount("1,234.50"), amount("05/06/2031")), (Some(12_345_000), None));
}
