//! The direct deposit switch: attempts, what partners and the vendor say of them, the printed form.

use std::collections::{BTreeSet, HashSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines, webhooks};

const SWITCHES: &str = "/directdeposit/switches";
const LATEST: &str = "/directdeposit/switches/latest";
const FORM: &str = "/directdeposit/manualform";

/// Starts an attempt, and answers its id.
async fn start(money: &Money) -> String {
    let made = money.call("POST", SWITCHES, Json::Null).await.expect(200);
    made.body["switchId"].as_str().unwrap().to_owned()
}

async fn patch(money: &Money, id: &str, patch: Json) -> Answer {
    money.call("PATCH", &format!("{SWITCHES}/{id}"), json!({ "patchObj": patch })).await
}

async fn list(money: &Money) -> Json {
    money.call("GET", SWITCHES, Json::Null).await.expect(200).body
}

async fn latest(money: &Money) -> Json {
    let mut body = money.call("GET", LATEST, Json::Null).await.expect(200).body;
    body.as_object_mut().unwrap().remove("responseDetails");
    body
}

async fn report(sim: &TestSim, money: &Money, status: &str) -> Answer {
    let action = json!({ "action": "switchProgress", "status": status });
    sim.act("wf", &money.account, action).await
}

/// The `directDepositSwitch` events about an account, as they stand in the body.
async fn told(sim: &TestSim, money: &Money) -> Vec<Json> {
    let mut events = sim.events_of("wf", &money.account).await;
    events.retain(|event| event["eventType"] == "directDepositSwitch");
    events.into_iter().map(|event| event["event"].clone()).collect()
}

fn members(body: &Json) -> Json {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("responseDetails");
    body
}

fn form() -> Json {
    json!({
        "fullName": "Steve Rogers", "accountNumber": "4147200012345678",
        "routingNumber": "124303214", "bankName": "Go2Bank", "addressLine1": "123 Street Ave",
        "addressLine2": "Los Angeles CA 90210",
    })
}

/// The text of a PDF, as another program than its writer reads it; it must have one page.
pub(crate) fn text_of(answer: &Answer) -> String {
    let pdf = BASE64_STANDARD.decode(answer.body["output"].as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.ends_with(b"%%EOF"), "no PDF");
    let document = lopdf::Document::load_mem(&pdf).unwrap();
    let pages = document.get_pages();
    assert_eq!(pages.len(), 1);
    let page = document.get_dictionary(pages[&1]).unwrap();
    let corners = page.get(b"MediaBox").and_then(lopdf::Object::as_array).unwrap();
    let corner = |at: usize| corners[at].as_float().unwrap();
    assert_eq!((corner(2), corner(3)), (612.0, 792.0), "US Letter");
    document.extract_text(&[1]).unwrap()
}

on_both_engines! {
    async fn auth_5_the_header_authentication_opens_the_operations_below_directdeposit(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let bearer = format!("Bearer {}", money.partner.token);
        let path = format!("/programs/wf{}", money.path);
        let id = guid();
        let headers = [("authentication", bearer.as_str()), ("x-gd-requestid", id.as_str())];
        let switches = format!("{path}{SWITCHES}");
        let made = sim.bare("POST", &switches, &headers, "").await.expect(200);
        let switch = format!("{switches}/{}", made.body["switchId"].as_str().unwrap());
        let body = json!({ "patchObj": { "status": "Submitted" } }).to_string();
        sim.bare("PATCH", &switch, &headers, body).await.expect(200);
        sim.bare("POST", &format!("{path}{FORM}"), &headers, form().to_string()).await.expect(200);
        for spelt in [
            switches.clone(),
            format!("{path}{LATEST}"),
            format!("/baas/v1{path}/DirectDeposit/Switches"),
        ] {
            sim.bare("GET", &spelt, &headers, "").await.expect(200);
        }
        // Nowhere else, not without a good token, and not against the usual header.
        let refused = sim.bare("GET", &path, &headers, "").await.expect_refused(401, "401/0");
        assert_eq!(refused.description(), "Unauthorized: authorization prefix none bearer");
        for headers in [
            [("authentication", "Bearer nonsense"), headers[1]],
            [("authentication", "Basic abc"), headers[1]],
        ] {
            sim.bare("GET", &switches, &headers, "").await.expect_refused(401, "401/0");
        }
        let both = [("authorization", "Bearer nonsense"), headers[0], headers[1]];
        sim.bare("GET", &switches, &both, "").await.expect_refused(401, "401/0");
    }

    async fn dds_1_a_switch_starts_with_a_token_of_the_vendor(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let (path, id) = (format!("{}{SWITCHES}", money.path), guid());
        let made = money.partner.call("POST", &path, &id, Json::Null).await.expect(200);
        assert_eq!((made.code().as_str(), &made.body["vendorName"]), ("0/0", &json!("Atomic")));
        let attempt = latest(&money).await;
        let reference = attempt["vendorReference"].as_str().unwrap().to_owned();
        let expected = json!({
            "referenceNumber": money.account, "id": made.body["switchId"], "vendor": "Atomic",
            "vendorReference": reference, "amount": null, "amountType": null,
            "status": "Started", "statusReason": "User started vendor flow",
            "lastEventDateUtc": "2031-05-06T10:00:00.000Z", "depositor": null,
        });
        assert_eq!(attempt, expected);
        assert_eq!(reference.len(), 24);
        // Another call is another attempt, whatever its request id.
        let again = money.partner.call("POST", &path, &id, json!({ "any": 1 })).await.expect(200);
        for member in ["switchId", "vendorToken"] {
            assert_ne!(made.body[member], again.body[member], "{member}");
        }
        assert_ne!(latest(&money).await["vendorReference"], json!(reference));
        assert!(told(&sim, &money).await.is_empty(), "a start is not told");
        money.audited().await;
    }

    async fn dds_1_only_accounts_in_use_switch_and_ids_are_judged(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let id = start(&money).await;
        let before = list(&money).await;
        for (action, status) in [
            ("restrictForFraud", "restricted"), ("lockForFraud", "locked"),
            ("closeAccount", "closed"),
        ] {
            sim.act("wf", &money.account, json!({ "action": action })).await.expect(200);
            for (path, body) in [(SWITCHES, Json::Null), (FORM, form())] {
                let refused = money.call("POST", path, body).await.expect_refused(200, "4/105");
                assert!(refused.explanation().contains(status), "{}", refused.explanation());
            }
            // What there is can be read, and spoken of.
            assert_eq!(list(&money).await["switchAttempts"], before["switchAttempts"]);
            patch(&money, &id, json!({})).await.expect(200);
        }
        let partner = sim.partner("wf").await;
        let mut matched = enrollment(&sim.person_with("wf", "ofacMatch").await);
        matched["executeKycFlag"] = json!(false);
        let pending = partner.enroll(&guid(), &matched).await.account_id();
        let path = format!("/accounts/{pending}{SWITCHES}");
        partner.call("POST", &path, &guid(), Json::Null).await.expect_refused(200, "4/105");
        partner.get(&path).await.expect(200);

        for (account, code, status) in [(guid(), "10/0", 404), ("7".to_owned(), "400/0", 400)] {
            let path = |rest: &str| format!("/accounts/{account}{rest}");
            let switch = path(&format!("{SWITCHES}/{}", guid()));
            for (method, path, body) in [
                ("POST", path(SWITCHES), Json::Null),
                ("GET", path(SWITCHES), Json::Null),
                ("GET", path(LATEST), Json::Null),
                ("PATCH", switch, json!({ "patchObj": {} })),
                ("POST", path(FORM), form()),
            ] {
                let answer = partner.call(method, &path, &guid(), body).await;
                answer.expect_refused(status, code);
            }
        }
    }

    async fn dds_1_attempts_of_an_account_are_bounded(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for _ in 0..8 {
            let calls = (0..25).map(|_| start(&money));
            futures_util::future::join_all(calls).await;
        }
        let refused = money.call("POST", SWITCHES, Json::Null).await.expect_refused(400, "400/0");
        assert!(refused.explanation().starts_with("DDS-1:"), "{}", refused.explanation());
        assert_eq!(list(&money).await["switchAttempts"].as_array().unwrap().len(), 200);
        start(&money_account(&sim, "wf").await).await;
    }

    // Proves DDS-1.
    async fn switches_started_at_once_are_attempts_of_their_own(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let other = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let money = money_account(&sim, "wf").await;
        let calls = (0..40).map(|nth| {
            let elsewhere = other.as_ref().filter(|_| nth % 2 == 0).map(|it| money.at(it));
            let money = elsewhere.unwrap_or_else(|| money.clone());
            tokio::spawn(async move { start(&money).await })
        });
        let made = futures_util::future::join_all(calls).await;
        let made: BTreeSet<String> = made.into_iter().map(Result::unwrap).collect();
        assert_eq!(made.len(), 40);
        let listed = list(&money).await;
        let ids = listed["accountData"]["switchIds"].as_array().unwrap();
        let ids: BTreeSet<String> = ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, made);
    }

    async fn dds_2_lists_and_the_latest_have_their_empty_forms(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let empty = list(&money).await;
        let id = empty["accountData"]["id"].as_str().unwrap().to_owned();
        let expected = json!({
            "accountData": {
                "id": id, "referenceNumber": money.account, "client": "wf",
                "latestSwitch": null, "switchIds": [],
            },
            "switchAttempts": [],
        });
        assert_eq!(members(&empty), expected);
        assert_ne!(id, money.account, "the account has an id of its own there");
        let none = money.call("GET", LATEST, Json::Null).await.expect_refused(404, "10/0");
        assert!(none.explanation().starts_with("DDS-2:"), "{}", none.explanation());
    }

    async fn dds_2_all_attempts_are_listed_and_the_latest_is_told_apart(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let account = list(&money).await["accountData"]["id"].clone();
        let first = start(&money).await;
        let wish = json!({
            "action": "switchProgress", "status": "Completed", "amount": "20.50",
            "amountType": "Percent", "depositor": "ADP",
        });
        sim.act("wf", &money.account, wish).await.expect(200);
        let one = money.call("GET", LATEST, Json::Null).await.expect(200);
        assert_eq!((&one.body["amount"], &one.body["depositor"]), (&json!("20.5"), &json!("ADP")));

        sim.advance("wf", "PT1M").await;
        let second = start(&money).await;
        let listed = list(&money).await;
        let data = &listed["accountData"];
        assert_eq!(data["switchIds"], json!([first, second]), "oldest first");
        assert_eq!((&data["id"], &data["client"]), (&account, &json!("wf")));
        assert_eq!(data["latestSwitch"], listed["switchAttempts"][1]);
        assert_eq!(listed["switchAttempts"][0]["status"], "Completed");
        let mut last = listed["switchAttempts"][1].clone();
        assert_eq!(last.as_object_mut().unwrap().remove("eventIds"), Some(json!([])));
        assert_eq!(latest(&money).await, last);
        assert_eq!(last["id"], json!(second));

        // Neither another account nor another program knows them; a reset forgets them.
        let other = money_account(&sim, "wf").await;
        assert_eq!(list(&other).await["switchAttempts"], json!([]));
        let elsewhere = money_account(&sim, "gbr").await;
        for stranger in [&other, &elsewhere] {
            let refused = patch(stranger, &first, json!({ "depositor": "X" })).await;
            refused.expect_refused(404, "10/1");
        }
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        money.call("GET", SWITCHES, Json::Null).await.expect_refused(404, "10/0");
    }

    async fn dds_3_a_partner_says_what_it_knows_of_an_attempt(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let id = start(&money).await;
        let other = start(&money).await;
        sim.advance("wf", "PT5M").await;
        let said = json!({
            "amount": 100, "amountType": "Percent", "status": "Submitted",
            "statusReason": "User completed vendor flow", "depositor": "Home Depot",
        });
        let answer = patch(&money, &id, said).await.expect(200);
        let body = members(&answer.body);
        let expected = json!({
            "referenceNumber": money.account, "id": id, "vendor": "Atomic",
            "vendorReference": body["vendorReference"], "amount": "100",
            "amountType": "Percent", "status": "Submitted",
            "statusReason": "User completed vendor flow",
            "lastEventDateUtc": "2031-05-06T10:05:00.000Z", "depositor": "Home Depot",
        });
        assert_eq!(body, expected);
        sim.advance("wf", "PT1M").await;
        // One member at a time; the others stay. An empty patch says nothing.
        for (change, member, value) in [
            (json!({ "amount": "12.3400" }), "amount", json!("12.34")),
            (json!({ "amountType": "Amount" }), "amountType", json!("Amount")),
            (json!({ "amount": 2500.5, "depositor": null }), "amount", json!("2500.5")),
            (json!({ "statusReason": "Waits" }), "statusReason", json!("Waits")),
            (json!({ "depositor": "ADP" }), "depositor", json!("ADP")),
            (json!({ "status": "Submitted" }), "status", json!("Submitted")),
            (json!({ "amountType": "All" }), "amountType", json!("All")),
        ] {
            let mut expected = latest_of(&money, &id).await;
            expected[member] = value;
            expected["lastEventDateUtc"] = json!("2031-05-06T10:06:00.000Z");
            if member == "amountType" && expected[member] == "All" {
                expected["amount"] = Json::Null;
            }
            patch(&money, &id, change).await.expect(200);
            assert_eq!(latest_of(&money, &id).await, expected);
        }
        let before = latest_of(&money, &id).await;
        sim.advance("wf", "PT1M").await;
        patch(&money, &id, json!({})).await.expect(200);
        assert_eq!(latest_of(&money, &id).await, before);
        assert_eq!(latest_of(&money, &other).await["status"], "Started");
        assert!(told(&sim, &money).await.is_empty(), "what a partner says is not told");
    }

    async fn dds_3_anything_else_is_refused_by_its_member_and_changes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let id = start(&money).await;
        patch(&money, &id, json!({ "amount": 50, "amountType": "Percent" })).await.expect(200);
        sim.advance("wf", "PT1M").await;
        let before = list(&money).await;
        let (long, longer) = ("x".repeat(101), "x".repeat(256));
        for (member, wrong) in [
            ("amount", json!({ "amount": 0 })),
            ("amount", json!({ "amount": "-5" })),
            ("amount", json!({ "amount": "1,000" })),
            ("amount", json!({ "amount": "" })),
            ("amount", json!({ "amount": true })),
            ("amount", json!({ "amount": 1.00001 })),
            ("amount", json!({ "amount": 100.01 })),
            ("amount", json!({ "amount": 1_000_000_000, "amountType": "Amount" })),
            ("amount", json!({ "amount": 1, "amountType": "All" })),
            ("amountType", json!({ "amountType": "all" })),
            ("amountType", json!({ "amountType": 1 })),
            ("amountType", json!({ "amountType": "" })),
            ("status", json!({ "status": "Completed" })),
            ("status", json!({ "status": "Failed" })),
            ("status", json!({ "status": "Manual" })),
            ("status", json!({ "status": "Started" })),
            ("status", json!({ "status": "submitted" })),
            ("status", json!({ "status": "Gone", "depositor": "ADP" })),
            ("status", json!({ "status": [] })),
            ("statusReason", json!({ "statusReason": "" })),
            ("statusReason", json!({ "statusReason": longer })),
            ("statusReason", json!({ "statusReason": "\u{0}" })),
            ("depositor", json!({ "depositor": long })),
            ("depositor", json!({ "depositor": 7 })),
            ("vendor", json!({ "vendor": "Other" })),
            ("eventIds", json!({ "eventIds": [], "status": "Submitted" })),
        ] {
            let refused = patch(&money, &id, wrong.clone()).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{wrong}: {}", refused.text);
        }
        for (member, wrong) in [
            ("patchObj", json!({})),
            ("patchObj", json!({ "patchObj": null })),
            ("patchObj", json!({ "patchObj": ["1"] })),
            ("status", json!({ "status": "Submitted", "patchObj": {} })),
        ] {
            let path = format!("{SWITCHES}/{id}");
            let refused = money.call("PATCH", &path, wrong).await.expect_refused(400, "400/0");
            assert!(refused.description().contains(member), "{}", refused.text);
        }
        assert_eq!(list(&money).await, before);
        patch(&money, &guid(), json!({})).await.expect_refused(404, "10/1");
        let named = money.call("PATCH", &format!("{SWITCHES}/7"), json!({ "patchObj": {} })).await;
        let named = named.expect_refused(400, "400/0");
        assert!(named.description().starts_with("switchId "), "{}", named.text);
        // The longest that will do.
        let most = json!({
            "amount": "0.0001", "statusReason": "é".repeat(255), "depositor": "é".repeat(100),
        });
        let answer = patch(&money, &id, most).await.expect(200);
        assert_eq!(answer.body["amount"], "0.0001");
    }

    async fn dds_3_and_dds_4_claims_and_reports_take_the_steps_of_the_table(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        // Who says it, what is said, whether it can be taken; one attempt a line.
        for steps in [
            "p:Submitted v:Submitted v:Completed p!Submitted p!Aborted v!Failed v!Manual",
            "p:Submitted p!Aborted p:Submitted v:Failed p!Submitted v!Completed v:Manual v!Manual",
            "p:Aborted p:Aborted p:Submitted v:Manual v!Completed p!Aborted",
            "p:Aborted v:Completed v!Completed",
            "v:Failed v!Failed v!Submitted",
            "v:Submitted p!Aborted v:Submitted",
        ] {
            let id = start(&money).await;
            let mut stands = "Started".to_owned();
            for step in steps.split(' ') {
                let (who, may, status) = (&step[..1], &step[1..2] == ":", &step[2..]);
                let answer = match who {
                    "p" => patch(&money, &id, json!({ "status": status })).await,
                    _ => report(&sim, &money, status).await,
                };
                let expected = match (may, who) {
                    (true, _) => 200,
                    (false, "p") => 400,
                    (false, _) => 409,
                };
                assert_eq!(answer.status, expected, "{steps}: {step}: {}", answer.text);
                if may {
                    stands = status.to_owned();
                } else {
                    assert!(answer.text.contains("status"), "{}", answer.text);
                }
                assert_eq!(latest(&money).await["status"], json!(stands), "{steps}: {step}");
            }
        }
        money.audited().await;
    }

    async fn dds_4_what_the_vendor_reports_is_shown_and_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let money = money_account(&sim, "wf").await;
        let (first, second) = (start(&money).await, start(&money).await);
        sim.advance("wf", "PT1H").await;
        report(&sim, &money, "Submitted").await.expect(200);
        money.credit("5").await;
        let wish = json!({
            "action": "switchProgress", "switchId": first, "status": "Failed", "amount": 120,
            "amountType": "Amount", "depositor": "ADP", "statusReason": "Wrong password",
        });
        sim.act("wf", &money.account, wish).await.expect(200);
        report(&sim, &money, "Completed").await.expect(200);
        let listed = list(&money).await;
        let [of_first, of_second] = [0, 1].map(|at| listed["switchAttempts"][at].clone());
        let expected = json!({
            "referenceNumber": money.account, "id": first, "vendor": "Atomic",
            "vendorReference": of_first["vendorReference"], "amount": "120",
            "amountType": "Amount", "status": "Failed", "statusReason": "Wrong password",
            "lastEventDateUtc": "2031-05-06T11:00:00.000Z", "depositor": "ADP",
            "eventIds": of_first["eventIds"],
        });
        assert_eq!(of_first, expected);
        assert_eq!((&of_second["id"], &of_second["status"]), (&json!(second), &json!("Completed")));
        assert_eq!(of_second["statusReason"], "Vendor completed the switch");

        let told = told(&sim, &money).await;
        assert_eq!(told.len(), 3);
        assert_eq!(told[0]["directDepositSwitch"]["status"], "Submitted");
        assert_eq!(told[1]["directDepositSwitch"], of_first);
        assert_eq!(told[2]["directDepositSwitch"], of_second);
        for event in &told {
            let names: Vec<&String> = event.as_object().unwrap().keys().collect();
            let expected =
                ["eventIdentifier", "eventType", "eventDateTime", "directDepositSwitch"];
            assert_eq!(names, expected);
            let ids = event["directDepositSwitch"]["eventIds"].as_array().unwrap();
            assert_eq!(ids.last(), Some(&event["eventIdentifier"]), "the event is in the list");
        }
        let ids = json!([told[0]["eventIdentifier"], told[2]["eventIdentifier"]]);
        assert_eq!(of_second["eventIds"], ids);
        // Numbered with all other messages of the account, and delivered in that order.
        let events = sim.events_of("wf", &money.account).await;
        let numbers: Vec<i64> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=5).collect::<Vec<i64>>());
        let types: Vec<String> = webhooks(&receiver, 5)
            .await
            .iter()
            .map(|it| it.body["accounts"][0]["events"][0]["eventType"].as_str().unwrap().to_owned())
            .collect();
        let switch = "directDepositSwitch";
        assert_eq!(types, ["accountUpdated", switch, "transaction", switch, switch]);
        money.audited().await;
    }

    async fn dds_4_a_report_that_does_not_fit_is_refused_and_changes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let act = async |wish: Json| {
            let mut action = json!({ "action": "switchProgress" });
            action.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
            sim.act("wf", &money.account, action).await
        };
        let answer = act(json!({ "status": "Completed" })).await.expect(404);
        assert!(answer.text.contains("no switch attempt"), "{}", answer.text);
        let id = start(&money).await;
        let other = start(&money_account(&sim, "wf").await).await;
        let before = list(&money).await;
        for (status, member, wish) in [
            (404, "switchId", json!({ "status": "Completed", "switchId": guid() })),
            (404, "switchId", json!({ "status": "Completed", "switchId": other })),
            (400, "switchId", json!({ "status": "Completed", "switchId": "7" })),
            (400, "status", json!({})),
            (400, "status", json!({ "status": "Started" })),
            (400, "status", json!({ "status": "Aborted" })),
            (400, "status", json!({ "status": 1 })),
            (400, "amount", json!({ "status": "Completed", "amount": "x" })),
            (400, "amount", json!({ "status": "Completed", "amount": 1, "amountType": "All" })),
            (
                400, "amount",
                json!({ "status": "Completed", "amount": 101, "amountType": "Percent" }),
            ),
            (400, "amountType", json!({ "status": "Completed", "amountType": "Some" })),
            (400, "depositor", json!({ "status": "Completed", "depositor": "" })),
            (400, "statusReason", json!({ "status": "Failed", "statusReason": "x".repeat(256) })),
            (400, "depositer", json!({ "status": "Completed", "depositer": "ADP" })),
        ] {
            let answer = act(wish.clone()).await;
            assert_eq!(answer.status, status, "{wish}: {}", answer.text);
            assert!(answer.body["detail"].as_str().unwrap().contains(member), "{}", answer.text);
        }
        let wish = json!({ "action": "switchProgress", "status": "Completed" });
        sim.act("wf", &guid(), wish).await.expect(404);
        assert_eq!(list(&money).await, before);
        assert!(told(&sim, &money).await.is_empty());
        // An attempt holds a hundred events, and no more.
        for _ in 0..100 {
            act(json!({ "status": "Submitted", "switchId": id })).await.expect(200);
        }
        act(json!({ "status": "Completed" })).await.expect(409);
        let listed = list(&money).await;
        let ids = listed["accountData"]["latestSwitch"]["eventIds"].as_array().unwrap();
        assert_eq!(ids.iter().map(Json::to_string).collect::<HashSet<_>>().len(), 100);
    }

    async fn dds_4_the_vendor_completes_by_the_clock_where_a_program_says_so(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut money = money_account(&sim, "wf").await;
        let early = start(&money).await;
        patch(&money, &early, json!({ "status": "Submitted" })).await.expect(200);
        assert!(sim.advance("wf", "P30D").await.is_empty(), "only where it is set");
        let setting = json!({ "directDepositSwitch": { "completionHours": 24 } });
        sim.control("PUT", "wf", setting).await.expect(200);
        // The token of before is too old by now.
        money.partner = sim.partner("wf").await;
        let (claimed, reported, failed, started) = (
            start(&money).await, start(&money).await, start(&money).await, start(&money).await,
        );
        patch(&money, &claimed, json!({ "status": "Submitted" })).await.expect(200);
        patch(&money, &failed, json!({ "status": "Submitted" })).await.expect(200);
        let account = money.account.clone();
        let act = async |id: &str, status: &str| {
            let wish = json!({ "action": "switchProgress", "switchId": id, "status": status });
            sim.act("wf", &account, wish).await.expect(200)
        };
        act(&reported, "Submitted").await;
        sim.advance("wf", "PT12H").await;
        // Said once more, it is not late for that; what has ended needs no end.
        patch(&money, &claimed, json!({ "status": "Submitted" })).await.expect(200);
        act(&reported, "Submitted").await;
        act(&failed, "Failed").await;
        assert!(sim.advance("wf", "PT11H59M").await.is_empty());
        let ran = sim.advance("wf", "PT1M").await;
        let results: Vec<(&Json, &Json)> =
            ran.iter().map(|it| (&it["kind"], &it["result"])).collect();
        let done = (json!("completeSwitch"), json!("the switch is completed"));
        assert_eq!(results, [(&done.0, &done.1), (&done.0, &done.1)], "{ran:?}");
        money.partner = sim.partner("wf").await;
        for (id, status, events) in [
            (&early, "Submitted", 0), (&claimed, "Completed", 1), (&reported, "Completed", 3),
            (&failed, "Failed", 1), (&started, "Started", 0),
        ] {
            let attempt = attempt_of(&money, id).await;
            assert_eq!(attempt["status"], status, "{attempt}");
            assert_eq!(attempt["eventIds"].as_array().unwrap().len(), events, "{attempt}");
        }
        let completed = attempt_of(&money, &claimed).await;
        assert_eq!(completed["statusReason"], "Vendor completed the switch");
        assert_eq!(told(&sim, &money).await.len(), 5);
        assert!(sim.advance("wf", "P30D").await.is_empty());
        for wrong in [0, 8_785] {
            let setting = json!({ "directDepositSwitch": { "completionHours": wrong } });
            let refused = sim.control("PUT", "wf", setting).await.expect(400);
            assert!(refused.text.contains("directDepositSwitch.completionHours"));
        }
        money.audited().await;
    }

    // Proves DDS-3, DDS-4.
    async fn claims_against_reports_leave_the_table_whole(engine: Engine) {
        let sim = std::sync::Arc::new(TestSim::start(engine).await);
        let money = money_account(&sim, "wf").await;
        for _ in 0..10 {
            let id = start(&money).await;
            let before = told(&sim, &money).await.len();
            let claims = ["Submitted", "Aborted", "Submitted", "Aborted"].map(|status| {
                let (money, id) = (money.clone(), id.clone());
                tokio::spawn(async move {
                    (status, patch(&money, &id, json!({ "status": status })).await.status)
                })
            });
            let reports = ["Completed", "Failed", "Submitted", "Manual"].map(|status| {
                let (sim, money) = (std::sync::Arc::clone(&sim), money.clone());
                tokio::spawn(async move { (status, report(&sim, &money, status).await.status) })
            });
            let claims = futures_util::future::join_all(claims).await;
            let reports = futures_util::future::join_all(reports).await;
            let claims: Vec<_> = claims.into_iter().map(Result::unwrap).collect();
            let reports: Vec<_> = reports.into_iter().map(Result::unwrap).collect();
            assert!(claims.iter().all(|(_, it)| [200, 400].contains(it)), "{claims:?}");
            assert!(reports.iter().all(|(_, it)| [200, 409].contains(it)), "{reports:?}");
            let attempt = attempt_of(&money, &id).await;
            let taken = reports.iter().filter(|(_, status)| *status == 200).count();
            assert_eq!(attempt["eventIds"].as_array().unwrap().len(), taken);
            let told = told(&sim, &money).await.split_off(before);
            let path: Vec<&str> = told
                .iter()
                .map(|event| event["directDepositSwitch"]["status"].as_str().unwrap())
                .filter(|status| *status != "Submitted")
                .collect();
            let possible: [&[&str]; 3] = [&["Completed"], &["Failed", "Manual"], &["Manual"]];
            assert!(possible.contains(&path.as_slice()), "{path:?} {reports:?} {claims:?}");
            assert_eq!(attempt["status"], json!(path[path.len() - 1]), "{claims:?}");
        }
        money.audited().await;
    }

    async fn dds_5_the_form_is_one_page_that_shows_the_six_values(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let answer = money.call("POST", FORM, form()).await.expect(200);
        let text = text_of(&answer);
        for value in form().as_object().unwrap().values() {
            assert!(text.contains(value.as_str().unwrap()), "{value} is not in {text}");
        }
        for word in ["Direct Deposit Authorization", "I authorize", "Signature", "Date"] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
        let again = money.call("POST", FORM, form()).await.expect(200);
        assert_eq!(again.body["output"], answer.body["output"], "the same values, the same bytes");

        let mut marked = form();
        marked["fullName"] = json!("  José Nguyễn-Łukasz (“Pepe”)  ");
        let text = text_of(&money.call("POST", FORM, marked).await.expect(200));
        assert!(text.contains("José Nguyen-Lukasz (“Pepe”)"), "{text}");
        // Values too long for a line stand on two.
        let long = "Wolfeschlegelsteinhausen ".repeat(4);
        let mut wide = form();
        wide["fullName"] = json!(long.trim());
        let text = text_of(&money.call("POST", FORM, wide).await.expect(200));
        let dense = |text: &str| text.split_whitespace().collect::<String>();
        assert!(dense(&text).contains(&dense(&long)), "{text}");
    }

    async fn dds_5_a_form_without_a_value_is_refused_by_its_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for member in form().as_object().unwrap().keys() {
            let mut without = form();
            without.as_object_mut().unwrap().remove(member);
            let mut wrong = vec![without];
            for value in [
                json!(null), json!(""), json!("   "), json!(7), json!("x".repeat(101)),
                json!("a\nb"), json!("田中"), json!(["x"]), json!("\u{0}"),
            ] {
                let mut body = form();
                body[member] = value;
                wrong.push(body);
            }
            for body in wrong {
                let refused = money.call("POST", FORM, body).await.expect_refused(400, "400/0");
                assert!(refused.description().contains(member.as_str()), "{}", refused.text);
                assert!(refused.body.get("output").is_none());
            }
        }
        money.call("POST", FORM, Json::Null).await.expect_refused(400, "400/0");
    }
}

/// One attempt out of the list.
async fn attempt_of(money: &Money, id: &str) -> Json {
    let listed = list(money).await;
    let attempts = listed["switchAttempts"].as_array().unwrap();
    attempts.iter().find(|attempt| attempt["id"] == id).unwrap().clone()
}

/// One attempt out of the list, without the ids of its events.
async fn latest_of(money: &Money, id: &str) -> Json {
    let mut attempt = attempt_of(money, id).await;
    attempt.as_object_mut().unwrap().remove("eventIds");
    attempt
}
