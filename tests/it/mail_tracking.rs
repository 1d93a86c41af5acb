//! Where a card is on its way to its holder: by the clock, at a tester's word, and at once by both.

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Answer, Engine, START, TestSim, enrollment, guid, on_both_engines};

/// An account with plastic, in a world whose clock stands.
async fn account(sim: &TestSim) -> Money {
    sim.control("PUT", "wf/clock", json!({ "mode": "frozen", "now": START })).await.expect(200);
    money_account(sim, "wf").await
}

/// The cards of an account's first holder: kind and identifier.
async fn cards(money: &Money) -> Vec<(String, String)> {
    let account = money.read().await;
    let cards = account["accountHolders"][0]["paymentInstruments"].as_array().unwrap().clone();
    let text = |card: &Json, member: &str| card[member].as_str().unwrap().to_owned();
    let both =
        |card| (text(card, "paymentInstrumentType"), text(card, "paymentInstrumentIdentifier"));
    cards.iter().map(both).collect()
}

async fn card(money: &Money, kind: &str) -> String {
    cards(money).await.into_iter().find(|(known, _)| known == kind).unwrap().1
}

/// The account's mailed card.
pub async fn plastic(money: &Money) -> String {
    card(money, "emv").await
}

/// GET deliveryStatus with a token that is fresh on the world's clock.
pub async fn delivery(sim: &TestSim, money: &Money, card: &str) -> Answer {
    let partner = sim.partner(&money.partner.program).await;
    partner.get(&format!("{}/paymentInstruments/{card}/deliveryStatus", money.path)).await
}

/// Moves the account's card, and expects that it can be moved.
pub async fn moved(sim: &TestSim, money: &Money, action: &str) {
    let program = &money.partner.program;
    sim.act(program, &money.account, json!({ "action": action })).await.expect(200);
}

fn stage(answer: &Answer) -> String {
    match answer.code().as_str() {
        "0/0" => answer.body["deliveryStatusCode"].as_str().unwrap().to_owned(),
        code => code.to_owned(),
    }
}

/// Stages that the partner was told of, with their moments; the account's messages are numbered
/// without a gap.
async fn told(sim: &TestSim, money: &Money) -> Vec<(String, String)> {
    let events = sim.events_of("wf", &money.account).await;
    let numbers: Vec<i64> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>());
    let of_mail = events.iter().filter(|event| event["eventType"] == "mailTracking");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let said = |event: &Json| {
        let body = &event["event"];
        (text(&body["mailTracking"]["deliveryStatusCode"]), text(&body["eventDateTime"]))
    };
    of_mail.map(said).collect()
}

async fn stages_told(sim: &TestSim, money: &Money) -> Vec<String> {
    told(sim, money).await.into_iter().map(|(stage, _)| stage).collect()
}

/// Activates a card with a token that is fresh on the world's clock.
async fn activate(sim: &TestSim, money: &Money, card: &str) {
    let partner = sim.partner(&money.partner.program).await;
    let path = format!("{}/paymentInstruments/{card}/lifecycleEvent", money.path);
    let body = json!({ "lifecycleEventType": "activate" });
    partner.call("PUT", &path, &guid(), body).await.expect(200);
}

async fn settings(sim: &TestSim, mail: Json) {
    sim.control("PUT", "wf", json!({ "mail": mail })).await.expect(200);
}

async fn at(sim: &TestSim, now: &str) {
    sim.control("PUT", "wf/clock", json!({ "mode": "frozen", "now": now })).await.expect(200);
}

/// Names of a body's members, as they are written.
fn members(text: &str) -> Vec<usize> {
    let names = [
        "trackingNumber",
        "deliveryMethodCode",
        "deliveryMethod",
        "deliveryStatusCode",
        "deliveryStatus",
        "shippedDate",
        "estimatedArrivalDate",
        "last4Pan",
        "bin",
        "cardHolderName",
        "productMaterialType",
        "responseDetails",
    ];
    names.iter().map(|name| text.find(&format!("\"{name}\"")).unwrap()).collect()
}

on_both_engines! {
    async fn dlv_1_without_data_there_is_no_status_yet(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        for kind in ["emv", "virtual"] {
            let answer = delivery(&sim, &money, &card(&money, kind).await).await;
            let answer = answer.expect_refused(200, "11/1200");
            assert_eq!(answer.description(), "Delivery status not available yet");
            assert!(answer.explanation().contains("DLV-1"), "{}", answer.explanation());
            assert!(answer.body.get("trackingNumber").is_none());
        }
        settings(&sim, json!({ "noDataCode": "111/200" })).await;
        let answer = delivery(&sim, &money, &plastic(&money).await).await;
        let answer = answer.expect_refused(400, "111/200");
        assert_eq!(answer.description(), "Delivery status not available yet");
        // Nothing moves by itself, and nothing waits.
        assert!(sim.advance("wf", "PT2000H").await.is_empty());
        assert!(told(&sim, &money).await.is_empty());
    }

    async fn dlv_2_a_card_is_moved_stage_by_stage_at_a_testers_word(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        let (emv, shown) = (plastic(&money).await, card(&money, "virtual").await);
        moved(&sim, &money, "printCard").await;
        let printing = delivery(&sim, &money, &emv).await.expect(200);
        assert!(members(&printing.text).is_sorted(), "{}", printing.text);
        assert_eq!(printing.description(), "API operation was successful.");
        let number = printing.body["trackingNumber"].as_str().unwrap().to_owned();
        assert!(number.len() == 28 && number.bytes().all(|byte| byte.is_ascii_digit()));
        let account = money.read().await;
        let of_card = &account["accountHolders"][0]["paymentInstruments"][1];
        let user = &account["accountHolders"][0]["user"];
        let name = format!(
            "{} {}", user["firstName"].as_str().unwrap(), user["lastName"].as_str().unwrap()
        );
        assert_eq!(printing.body["cardHolderName"], name.to_uppercase());
        assert_eq!(printing.body["last4Pan"], of_card["last4Pan"]);
        for (member, value) in [
            ("deliveryMethodCode", "reg"), ("deliveryMethod", "Regular"), ("bin", "414720"),
            ("deliveryStatus", "Card In Production"), ("productMaterialType", "pvc"),
            ("shippedDate", START), ("estimatedArrivalDate", "2031-05-16T00:00:00.000Z"),
        ] {
            assert_eq!(printing.body[member], value, "{member}");
        }
        at(&sim, "2031-05-07T10:00:00.000Z").await;
        for (action, code, words) in [
            ("shipCard", "shipped", "Card Shipped"),
            ("carryCard", "inTransit", "Card In Transit"),
            ("takeOutCard", "outForDelivery", "Card Out For Delivery"),
            ("deliverCard", "delivered", "Card Delivered"),
            ("returnCard", "returned", "Card Returned"),
        ] {
            moved(&sim, &money, action).await;
            for card in [&emv, &shown] {
                let answer = delivery(&sim, &money, card).await.expect(200);
                assert_eq!(stage(&answer), code);
                assert_eq!(answer.body["deliveryStatus"], words);
                assert_eq!(answer.body["trackingNumber"], number);
                assert_eq!(answer.body["shippedDate"], "2031-05-07T10:00:00.000Z");
                assert_eq!(answer.body["estimatedArrivalDate"], "2031-05-14T00:00:00.000Z");
            }
        }
        let told = stages_told(&sim, &money).await;
        let all = ["printing", "shipped", "inTransit", "outForDelivery", "delivered", "returned"];
        assert_eq!(told, all);
        let last = sim.last_event(&money).await;
        let shown = &last["event"]["mailTracking"];
        assert_eq!(shown["paymentInstrumentIdentifier"], emv);
        assert_eq!(shown["trackingNumber"], number);
        money.audited().await;
    }

    async fn dlv_2_a_step_that_the_table_does_not_know_is_not_taken(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        let act = async |body: Json| sim.act("wf", &money.account, body).await;
        let emv = plastic(&money).await;
        act(json!({ "action": "deliverCard" })).await.expect(409);
        moved(&sim, &money, "shipCard").await;
        act(json!({ "action": "printCard" })).await.expect(409);
        let named = json!({ "action": "shipCard", "paymentInstrumentIdentifier": emv });
        let answer = act(named).await.expect(409);
        assert!(answer.text.contains("shipped"), "{}", answer.text);
        let shown = card(&money, "virtual").await;
        act(json!({ "action": "printCard", "paymentInstrumentIdentifier": shown })).await
            .expect(409);
        act(json!({ "action": "printCard", "paymentInstrumentIdentifier": guid() })).await
            .expect(404);
        act(json!({ "action": "printCard", "paymentInstrumentIdentifier": 7 })).await.expect(400);
        act(json!({ "action": "printCard", "card": emv })).await.expect(400);
        sim.act("wf", &guid(), json!({ "action": "printCard" })).await.expect(404);
        assert_eq!(stages_told(&sim, &money).await, ["shipped"]);
        // Of two holders' cards, one has to be named.
        let joining = json!({
            "currency": "USD", "userProfile": sim.person("wf").await,
            "requestPhysicalCardFlag": true,
        });
        money.call("POST", "/AccountHolder", joining).await.expect(200);
        let answer = act(json!({ "action": "carryCard" })).await.expect(400);
        assert!(answer.text.contains("2 mailed cards"), "{}", answer.text);
        act(json!({ "action": "carryCard", "paymentInstrumentIdentifier": emv })).await
            .expect(200);
        assert_eq!(stages_told(&sim, &money).await, ["shipped", "inTransit"]);
    }

    async fn dlv_2_a_card_travels_by_the_clock_where_the_program_says_so(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        let rush = json!({ "automatic": true, "method": "rush" });
        settings(&sim, rush).await;
        let money = account(&sim).await;
        let emv = plastic(&money).await;
        assert_eq!(stage(&delivery(&sim, &money, &emv).await), "11/1200");
        let ran = sim.advance("wf", "PT23H").await;
        assert!(ran.is_empty(), "{ran:?}");
        assert_eq!(stage(&delivery(&sim, &money, &emv).await), "11/1200");
        let ran = sim.advance("wf", "PT1H").await;
        assert_eq!(ran.len(), 1, "{ran:?}");
        assert_eq!(stage(&delivery(&sim, &money, &emv).await), "printing");
        sim.advance("wf", "PT1000H").await;
        let arrived = delivery(&sim, &money, &emv).await.expect(200);
        assert_eq!(stage(&arrived), "delivered");
        assert_eq!(arrived.body["deliveryMethod"], "Rush");
        assert_eq!(arrived.body["shippedDate"], "2031-05-10T10:00:00.000Z");
        assert_eq!(arrived.body["estimatedArrivalDate"], "2031-05-12T00:00:00.000Z");
        let told = told(&sim, &money).await;
        let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(told, [
            ("printing", "2031-05-07T10:00:00.000Z"),
            ("shipped", "2031-05-10T10:00:00.000Z"),
            ("inTransit", "2031-05-10T22:00:00.000Z"),
            ("outForDelivery", "2031-05-12T02:00:00.000Z"),
            ("delivered", "2031-05-12T10:00:00.000Z"),
        ]);
        money.audited().await;
    }

    async fn dlv_2_a_delivery_is_told_for_60_days_to_the_millisecond(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = account(&sim).await;
        let emv = plastic(&money).await;
        moved(&sim, &money, "printCard").await;
        at(&sim, "2031-05-08T10:00:00.000Z").await;
        moved(&sim, &money, "shipCard").await;
        at(&sim, "2031-07-05T09:59:59.999Z").await;
        assert_eq!(stage(&delivery(&sim, &money, &emv).await.expect(200)), "shipped");
        at(&sim, "2031-07-05T10:00:00.000Z").await;
        delivery(&sim, &money, &emv).await.expect_refused(200, "11/1200");
        activate(&sim, &money, &emv).await;
        let answer = delivery(&sim, &money, &emv).await.expect(200);
        assert_eq!(stage(&answer), "activated");
        assert_eq!(answer.body["trackingNumber"], Json::Null);
        assert_eq!(answer.body["cardHolderName"].as_str().unwrap(),
            answer.body["cardHolderName"].as_str().unwrap().to_uppercase());
        assert_eq!(stages_told(&sim, &money).await, ["printing", "shipped"]);
    }

    async fn dlv_2_an_activated_card_was_received_and_moves_no_more(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        settings(&sim, json!({ "automatic": true })).await;
        let money = account(&sim).await;
        let (emv, shown) = (plastic(&money).await, card(&money, "virtual").await);
        moved(&sim, &money, "shipCard").await;
        sim.advance("wf", "PT1H").await;
        activate(&sim, &money, &emv).await;
        for card in [&emv, &shown] {
            let answer = delivery(&sim, &money, card).await.expect(200);
            assert_eq!(answer.code(), "0/0");
            assert_eq!(answer.description(), "API operation was successful.");
            assert_eq!(stage(&answer), "activated");
            assert_eq!(answer.body["deliveryStatus"], "Card Received and Activated");
            assert_eq!(answer.body["estimatedArrivalDate"], Json::Null);
            assert!(members(&answer.text).is_sorted(), "null, and there: {}", answer.text);
            assert_eq!(answer.body["shippedDate"], START);
        }
        assert!(sim.advance("wf", "PT1000H").await.is_empty());
        sim.act("wf", &money.account, json!({ "action": "deliverCard" })).await.expect(409);
        assert_eq!(stages_told(&sim, &money).await, ["shipped", "activated"]);
        let events = sim.events_of("wf", &money.account).await;
        let last = events.iter().rfind(|event| event["eventType"] == "mailTracking").unwrap();
        assert_eq!(last["event"]["mailTracking"]["estimatedArrivalDate"], Json::Null);
    }

    async fn dlv_2_a_card_that_is_not_the_accounts_is_not_found(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (mine, other) = (account(&sim).await, money_account(&sim, "wf").await);
        let emv = plastic(&mine).await;
        moved(&sim, &mine, "printCard").await;
        for card in [&guid(), &plastic(&other).await] {
            let answer = delivery(&sim, &mine, card).await.expect_refused(404, "10/1");
            assert_eq!(answer.description(), "Payment instrument not found.");
        }
        delivery(&sim, &other, &emv).await.expect_refused(404, "10/1");
        delivery(&sim, &mine, "7040").await.expect_refused(400, "400/0");
        let partner = sim.partner("wf").await;
        let path = format!("/accounts/{}/paymentInstruments/{emv}/deliveryStatus", guid());
        partner.get(&path).await.expect_refused(404, "10/0");
    }

    async fn dlv_2_a_card_that_was_in_hand_is_never_mailed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        settings(&sim, json!({ "automatic": true })).await;
        let package = json!({ "mappingIdentifiers": ["P-1"], "state": "available" });
        sim.control("POST", "wf/packages", package).await.expect(204);
        let mut money = account(&sim).await;
        let mut body = enrollment(&sim.person("wf").await);
        body["requestPhysicalCardFlag"] = json!(false);
        body["instantIssue"] = json!({ "type": "CBS", "mappingIdentifier": "P-1" });
        money.account = money.partner.enroll(&guid(), &body).await.expect(200).account_id();
        money.path = format!("/accounts/{}", money.account);
        let emv = plastic(&money).await;
        sim.act("wf", &money.account, json!({ "action": "printCard" })).await.expect(400);
        let named = json!({ "action": "printCard", "paymentInstrumentIdentifier": emv });
        sim.act("wf", &money.account, named).await.expect(409);
        sim.advance("wf", "PT1000H").await;
        delivery(&sim, &money, &emv).await.expect_refused(200, "11/1200");
        activate(&sim, &money, &emv).await;
        let answer = delivery(&sim, &money, &emv).await.expect(200);
        assert_eq!(stage(&answer), "activated");
        assert_eq!(answer.body["deliveryMethodCode"], Json::Null);
        assert!(told(&sim, &money).await.is_empty());
    }

    // Proves DLV-2.
    async fn of_the_clock_and_a_tester_one_moves_a_card_and_each_stage_is_told_once(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        settings(&sim, json!({ "automatic": true })).await;
        let first = account(&sim).await;
        let mut all = vec![first];
        for _ in 0..5 {
            all.push(money_account(&sim, "wf").await);
        }
        sim.advance("wf", "PT95H59M").await;
        let ship = async |money: &Money| {
            sim.act("wf", &money.account, json!({ "action": "shipCard" })).await.status
        };
        let (ran, statuses) = tokio::join!(
            sim.advance("wf", "PT2M"),
            join_all(all.iter().chain(&all).map(ship)),
        );
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        let by_tester = statuses.iter().filter(|status| **status == 200).count();
        let by_clock = ran.iter().filter(|ran| ran["result"] == "Card Shipped").count();
        assert_eq!(by_tester + by_clock, all.len(), "{ran:?}");
        for money in &all {
            assert_eq!(stages_told(&sim, money).await, ["printing", "shipped"]);
        }
        sim.advance("wf", "PT500H").await;
        for money in &all {
            let all = ["printing", "shipped", "inTransit", "outForDelivery", "delivered"];
            assert_eq!(stages_told(&sim, money).await, all);
            money.audited().await;
        }
    }

    // Proves DLV-2.
    async fn settings_of_the_mail_are_checked(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        for (mail, member) in [
            (json!({ "method": "pigeon" }), "mail.method"),
            (json!({ "methods": [] }), "mail.method"),
            (json!({ "productionDays": 61 }), "mail.productionDays"),
            (json!({ "fulfilmentHours": 721 }), "mail.fulfilmentHours"),
            (json!({ "noDataCode": "1112/00" }), "mail.noDataCode"),
            (json!({ "methods": [{ "code": "reg", "name": "R", "transitDays": 0 }] }),
                "mail.methods[0].transitDays"),
        ] {
            let answer = sim.control("PUT", "wf", json!({ "mail": mail })).await.expect(400);
            assert!(answer.text.contains(member), "{}", answer.text);
        }
    }
}
