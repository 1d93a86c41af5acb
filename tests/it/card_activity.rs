//! What the card network does to an account: authorizations, clearings, reversals, refunds, cash.

use piebox::app::api_document;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, adjust, balances, history, money_account};
use crate::support::{Answer, Engine, TestSim, guid, on_both_engines, webhooks};

/// Every row, declined and cleared authorizations too.
pub const ALL: &str = "?includeAllAuthorizations=true&limit=1000";

/// What the outside world does to this account.
pub async fn attempt(sim: &TestSim, money: &Money, action: Json) -> Answer {
    sim.act(&money.partner.program, &money.account, action).await
}

/// The same, and it is done.
pub async fn act(sim: &TestSim, money: &Money, action: Json) -> Json {
    attempt(sim, money, action).await.expect(200).body
}

/// The rows that an action has made or changed.
pub async fn rows(sim: &TestSim, money: &Money, action: Json) -> Vec<Json> {
    act(sim, money, action).await["transactions"].as_array().unwrap().clone()
}

/// An authorization at a cafe; its identifier.
pub async fn authorize(sim: &TestSim, money: &Money, amount: &str) -> String {
    let action = json!({ "action": "authorize", "amount": amount, "merchant": "Corner Cafe" });
    let rows = rows(sim, money, action).await;
    assert_eq!(rows[0]["transactionStatus"], "pending", "{}", rows[0]);
    id(&rows[0])
}

pub fn id(row: &Json) -> String {
    row["transactionIdentifier"].as_str().unwrap().to_owned()
}

/// `type status amount`, with a plus for credits.
pub fn line(row: &Json) -> String {
    let text = |member: &str| row[member].as_str().unwrap().to_owned();
    let sign = if row["isCredit"] == true { "+" } else { "-" };
    let (kind, status) = (text("transactionType"), text("transactionStatus"));
    format!("{kind} {status} {sign}{}", row["transactionAmount"])
}

pub async fn lines(money: &Money, query: &str) -> Vec<String> {
    history(money, query).await.iter().map(line).collect()
}

/// It is refused, the answer says so, and nothing is written or told.
pub async fn refused(sim: &TestSim, money: &Money, action: Json, (status, says): (u16, &str)) {
    let before = (balances(money).await, history(money, ALL).await);
    let told = sim.events("wf").await.len();
    let answer = attempt(sim, money, action.clone()).await;
    assert_eq!(answer.status, status, "{action}: {}", answer.text);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains(says), "{action}: {detail}");
    let (member, rest) = detail.split_once(": ").unwrap_or_default();
    assert!(member.is_empty() || !rest.starts_with(&format!("{member}: ")), "{action}: {detail}");
    assert_eq!((balances(money).await, history(money, ALL).await), before, "{action}");
    assert_eq!(sim.events("wf").await.len(), told, "{action}");
}

/// The cards of an account, oldest first.
fn cards_of(account: &Json) -> Vec<Json> {
    let holders = account["accountHolders"].as_array().unwrap();
    let cards = |holder: &Json| holder["paymentInstruments"].as_array().unwrap().clone();
    holders.iter().flat_map(cards).collect()
}

on_both_engines! {
    // Proves TXN-3.
    async fn an_authorization_holds_money_and_shows_as_pending(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let answer = act(
            &sim,
            &money,
            json!({
                "action": "authorize", "amount": "30.25", "merchant": "Corner Cafe", "mcc": "5812",
                "city": "Austin", "state": "TX", "eci": "eCommerce",
            }),
        )
        .await;
        assert_eq!(answer["availableBalance"], 69.75);
        assert_eq!(answer["ledgerBalance"], 100.0);
        assert_eq!(
            (&answer["status"], &answer["statusReasons"][0]),
            (&json!("normal"), &json!("healthy"))
        );
        assert_eq!(balances(&money).await, (69.75, 100.0), "a hold takes what is available alone");
        let row = answer["transactions"][0].clone();
        let card = &cards_of(&money.read().await)[0];
        assert_eq!(row["paymentIdentifier"], card["paymentIdentifier"]);
        assert_eq!(row["last4Pan"], card["last4Pan"]);
        let approval =
            row["authorizedTransactionData"]["approvalCode"].as_str().unwrap().to_owned();
        assert!(approval.len() == 8 && approval.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(
            row["authorizedTransactionData"],
            json!({
                "requestAuthorizationAmount": 30.25, "holdExpirationDate": "2031-05-13",
                "eci": "eCommerce", "approvalCode": approval,
            })
        );
        assert_eq!(
            row["networkTransactionData"],
            json!({
                "authorizationDateTime": "2031-05-06T10:00:00.000Z",
                "merchantCategory": "Miscellaneous",
                "merchantCategoryCode": "5812",
                "cardAcceptor": {
                    "merchantName": "Corner Cafe", "city": "Austin", "stateProvReg": "TX",
                },
            })
        );
        assert_eq!(history(&money, "").await[0], row, "the list shows what the action answers");
        let told = sim.transaction_events(&money).await;
        assert_eq!(told.last().unwrap()["transaction"], row, "and the webhook shows it");
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_clearing_posts_a_row_of_its_own_with_the_data_of_its_authorization(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let asked = json!({
            "action": "authorize", "amount": "30.25", "merchant": "Corner Cafe", "mcc": "5812",
            "city": "Austin", "state": "TX", "eci": "eCommerce",
        });
        let row = rows(&sim, &money, asked).await.remove(0);
        sim.advance("wf", "PT2H").await;
        let clear =
            json!({ "action": "clear", "transactionIdentifier": id(&row), "amount": 30.25 });
        let cleared = rows(&sim, &money, clear).await;
        assert_eq!(balances(&money).await, (69.75, 69.75), "a posting moves both");
        assert_eq!(cleared[0]["postedDateTime"], "2031-05-06T12:00:00.000Z");
        assert_eq!(cleared[0]["networkTransactionData"], row["networkTransactionData"]);
        let approval = |row: &Json| row["authorizedTransactionData"]["approvalCode"].clone();
        assert_eq!(approval(&cleared[0]), approval(&row));
        assert_ne!(id(&cleared[0]), id(&row), "what is cleared is a row of its own");
        assert_eq!(
            lines(&money, "").await,
            ["purchase completed -30.25", "adjustment completed +100.0"]
        );
        let all = lines(&money, ALL).await;
        assert_eq!(all.iter().filter(|line| *line == "purchase completed -30.25").count(), 2);
        let told = sim.transaction_events(&money).await;
        assert_eq!(told.len(), 3, "credit, authorization, clearing");
        assert_eq!(told[2]["transaction"], cleared[0]);
        money.audited().await;
    }

    async fn txn_1_pending_rows_lead_and_only_if_the_range_reaches_today(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let first = authorize(&sim, &money, "10").await;
        let second = authorize(&sim, &money, "20").await;
        sim.advance("wf", "P1D").await;
        money.credit("5").await;
        let listed: Vec<String> = history(&money, "").await.iter().map(id).collect();
        assert_eq!(listed[..2], [second, first], "pending ones, the newest first");
        let posted = ["adjustment completed +5.0", "adjustment completed +100.0"];
        assert_eq!(lines(&money, "").await[2..], posted);
        for (query, count) in [
            ("?endDate=2031-05-06", 1),
            ("?startDate=2031-05-06&endDate=2031-05-06", 1),
            ("?endDate=2031-05-07", 4),
            ("?startDate=2031-05-06", 4),
            ("?startDate=2031-05-07", 1),
            ("?transactionStatus=pending", 2),
            ("?transactionStatus=posted", 2),
            ("?transactionType=purchase", 2),
            ("?limit=1&offset=1", 1),
            ("?limit=3&offset=3", 1),
            ("?startDate=2031-02-04", 4),
        ] {
            assert_eq!(history(&money, query).await.len(), count, "{query}");
        }
        let purse = money.read().await["purses"][0]["purseIdentifier"].as_str().unwrap().to_owned();
        for (purse, count) in [(purse, 4), (guid(), 0)] {
            let query = format!("?purseIdentifier={purse}");
            assert_eq!(history(&money, &query).await.len(), count);
        }
        for (query, rows) in [("?pageNumber=1&pageSize=3", 3), ("?pageNumber=2&pageSize=3", 1)] {
            let path = format!("{}/transactions/pagination{query}", money.path);
            let page = money.partner.get(&path).await.expect(200).body;
            assert_eq!(page["totalRecordCount"], 4);
            assert_eq!(page["transactions"].as_array().unwrap().len(), rows, "{query}");
        }
        for (query, member) in [
            ("startDate=2031-02-03", "startDate"),
            ("startDate=2031-01-01&endDate=2031-04-04", "startDate"),
            ("endDate=6.5.2031", "endDate"),
            ("transactionStatus=lost", "transactionStatus"),
            ("transactionType=theft", "transactionType"),
            ("purseIdentifier=7", "purseIdentifier"),
            ("limit=0", "limit"),
        ] {
            let path = format!("{}/transactions?{query}", money.path);
            let refused = money.partner.get(&path).await.expect_refused(400, "400/0");
            assert!(refused.description().starts_with(member), "{query}: {}", refused.text);
        }
        money.audited().await;
    }

    // Proves TXN-3.
    async fn several_parts_of_one_clearing_travel_as_one_message(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let authorization = authorize(&sim, &money, "50").await;
        let receiver = sim.receiver("wf").await;
        let parts = json!({
            "action": "clear", "transactionIdentifier": authorization,
            "amounts": ["18.40", 7.15], "final": false,
        });
        let cleared = rows(&sim, &money, parts).await;
        let shown: Vec<String> = cleared.iter().map(line).collect();
        let expected =
            ["purchase completed -18.4", "purchase completed -7.15", "purchase pending -24.45"];
        assert_eq!(shown, expected);
        let received = webhooks(&receiver, 1).await;
        let told = received[0].body["accounts"][0]["events"].as_array().unwrap().clone();
        assert_eq!(told.len(), 2, "{}", received[0].body);
        assert_ne!(told[0]["eventIdentifier"], told[1]["eventIdentifier"]);
        for (event, row) in told.iter().zip(&cleared) {
            assert_eq!(event["eventType"], "transaction");
            assert_eq!(event["transaction"], *row);
        }
        assert_eq!(balances(&money).await, (50.0, 74.45));
        // The last part lets go of what is left.
        let last =
            json!({ "action": "clear", "transactionIdentifier": authorization, "amount": 4.45 });
        let last = rows(&sim, &money, last).await;
        assert_eq!(
            last.iter().map(line).collect::<Vec<_>>(),
            ["purchase completed -4.45", "purchase completed -50.0"]
        );
        assert_eq!(balances(&money).await, (70.0, 70.0));
        assert_eq!(lines(&money, "?transactionType=purchase").await.len(), 3);
        let again =
            json!({ "action": "clear", "transactionIdentifier": authorization, "amount": 1 });
        refused(&sim, &money, again, (409, "is cleared and not pending")).await;
        money.audited().await;
    }

    // Proves TXN-3.
    async fn what_is_cleared_beyond_the_hold_must_be_there_or_is_forced(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let clear = |id: &str, amount: &str| {
            json!({ "action": "clear", "transactionIdentifier": id, "amount": amount })
        };
        let first = authorize(&sim, &money, "20").await;
        refused(&sim, &money, clear(&first, "50.01"), (409, "amount: 30.01 is wanted")).await;
        rows(&sim, &money, clear(&first, "25")).await;
        assert_eq!(balances(&money).await, (25.0, 25.0));
        let second = authorize(&sim, &money, "25").await;
        let beyond = clear(&second, "30");
        refused(&sim, &money, beyond.clone(), (409, "5.00 is wanted")).await;
        let mut forced = beyond;
        forced["force"] = json!(true);
        rows(&sim, &money, forced).await;
        assert_eq!(balances(&money).await, (-5.0, -5.0));
        // Without an authorization nothing is posted, unless by force.
        let mut alone = json!({ "action": "clear", "amounts": [3, 4], "merchant": "Toll Road" });
        refused(&sim, &money, alone.clone(), (400, "transactionIdentifier: is missing")).await;
        alone["force"] = json!(true);
        let rows = rows(&sim, &money, alone.clone()).await;
        assert_eq!(
            rows.iter().map(line).collect::<Vec<_>>(),
            ["purchase completed -3.0", "purchase completed -4.0"]
        );
        assert!(rows[0].get("authorizedTransactionData").is_none());
        assert_eq!(balances(&money).await, (-12.0, -12.0));
        alone.as_object_mut().unwrap().remove("merchant");
        refused(&sim, &money, alone, (400, "merchant: is missing")).await;
        // What was held is there, however far below zero the account is.
        money.credit("20").await;
        let third = authorize(&sim, &money, "8").await;
        act(
            &sim,
            &money,
            json!({ "action": "clear", "amount": 40, "force": true, "merchant": "T" }),
        )
        .await;
        assert_eq!(balances(&money).await, (-40.0, -32.0));
        act(&sim, &money, clear(&third, "8")).await;
        assert_eq!(balances(&money).await, (-40.0, -40.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_authorization_is_taken_back_in_part_or_as_a_whole(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let authorization = authorize(&sim, &money, "40").await;
        let reverse = |amount: Json| {
            json!({ "action": "reverse", "transactionIdentifier": authorization, "amount": amount })
        };
        refused(&sim, &money, reverse(json!("40.01")), (409, "amount: only 40.00")).await;
        let part = rows(&sim, &money, reverse(json!("15"))).await;
        assert_eq!(line(&part[0]), "purchase pending -25.0");
        assert_eq!(part[0]["authorizedTransactionData"]["requestAuthorizationAmount"], 40.0);
        assert_eq!(balances(&money).await, (75.0, 100.0));
        let whole = rows(&sim, &money, reverse(Json::Null)).await;
        assert_eq!(line(&whole[0]), "purchase reversed -25.0");
        assert_eq!(balances(&money).await, (100.0, 100.0));
        assert_eq!(lines(&money, "?transactionStatus=reversed").await, ["purchase reversed -25.0"]);
        let told = sim.transaction_events(&money).await;
        let told: Vec<String> = told[1..].iter().map(|event| line(&event["transaction"])).collect();
        let expected =
            ["purchase pending -40.0", "purchase pending -25.0", "purchase reversed -25.0"];
        assert_eq!(told, expected);
        refused(&sim, &money, reverse(Json::Null), (409, "is reversed and not pending")).await;
        // What is left of a partly cleared one ends as cleared, and no row looks like a clearing.
        let authorization = authorize(&sim, &money, "30").await;
        act(&sim, &money, json!({
            "action": "clear", "transactionIdentifier": authorization, "amount": 10, "final": false,
        })).await;
        let before = sim.transaction_events(&money).await.len();
        act(&sim, &money, json!({ "action": "reverse", "transactionIdentifier": authorization }))
            .await;
        assert_eq!(balances(&money).await, (90.0, 90.0));
        assert_eq!(sim.transaction_events(&money).await.len(), before);
        assert_eq!(lines(&money, "").await.len(), 3);
        assert!(sim.advance("wf", "P8D").await.is_empty(), "nothing is left to expire");
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_authorization_that_nobody_clears_expires_by_the_clock(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let kept = authorize(&sim, &money, "10").await;
        authorize(&sim, &money, "20").await;
        let partly = authorize(&sim, &money, "30").await;
        act(
            &sim,
            &money,
            json!({
                "action": "clear", "transactionIdentifier": partly, "amount": 5, "final": false,
            }),
        )
        .await;
        act(
            &sim,
            &money,
            json!({ "action": "clear", "transactionIdentifier": kept, "amount": 10 }),
        )
        .await;
        assert!(sim.advance("wf", "P6DT23H59M").await.is_empty());
        assert_eq!(balances(&money).await, (40.0, 85.0));
        let ran = sim.advance("wf", "PT1M").await;
        let expired = json!("the authorization has expired");
        assert_eq!(ran.len(), 2, "{ran:?}");
        assert!(ran.iter().all(|job| job["kind"] == "expireHold" && job["result"] == expired));
        assert_eq!(balances(&money).await, (85.0, 85.0));
        assert_eq!(lines(&money, "?transactionStatus=reversed").await, ["purchase reversed -20.0"]);
        let told = sim.last_event(&money).await;
        assert_eq!(line(&told["event"]["transaction"]), "purchase reversed -20.0");
        // At once, under both names, and the task goes with it.
        for name in ["expireHold", "expire"] {
            let one = authorize(&sim, &money, "7").await;
            let ended =
                rows(&sim, &money, json!({ "action": name, "transactionIdentifier": one })).await;
            assert_eq!(line(&ended[0]), "purchase reversed -7.0");
        }
        assert_eq!(balances(&money).await, (85.0, 85.0));
        // The days are a setting.
        sim.control("PUT", "wf", json!({ "cardNetwork": { "holdDays": 2 } })).await.expect(200);
        authorize(&sim, &money, "1").await;
        assert_eq!(sim.advance("wf", "P2D").await.len(), 1);
        money.audited().await;
    }

    // Proves TXN-3.
    async fn more_may_be_asked_for_under_an_authorization(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("100").await;
        let authorization = authorize(&sim, &money, "40").await;
        let more = |amount: &str| {
            json!({
                "action": "incrementAuthorization", "transactionIdentifier": authorization,
                "amount": amount,
            })
        };
        let raised = rows(&sim, &money, more("20")).await;
        assert_eq!(line(&raised[0]), "purchase pending -60.0");
        assert_eq!(id(&raised[0]), authorization);
        assert_eq!(raised[0]["authorizedTransactionData"]["requestAuthorizationAmount"], 60.0);
        assert_eq!(balances(&money).await, (40.0, 100.0));
        assert_eq!(sim.last_event(&money).await["event"]["transaction"], raised[0]);
        let declined = rows(&sim, &money, more("40.01")).await;
        assert_eq!(line(&declined[0]), "purchase declined -40.01");
        assert_eq!(declined[0]["authorizedTransactionData"]["declineReason"], "insufficientFunds");
        assert_eq!(balances(&money).await, (40.0, 100.0));
        let clear =
            json!({ "action": "clear", "transactionIdentifier": authorization, "amount": 60 });
        act(&sim, &money, clear).await;
        assert_eq!(balances(&money).await, (40.0, 40.0));
        refused(&sim, &money, more("1"), (409, "is cleared and not pending")).await;
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_decline_is_told_with_its_reason_and_holds_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("20").await;
        let cards = cards_of(&money.read().await);
        let plastic = cards.iter().find(|card| card["status"] == "notActivated").unwrap();
        let ask = |amount: &str, more: Json| {
            let mut action =
                json!({ "action": "authorize", "amount": amount, "merchant": "Corner Cafe" });
            let members = more.as_object().unwrap().clone();
            action.as_object_mut().unwrap().extend(members);
            action
        };
        let plastic =
            json!({ "paymentInstrumentIdentifier": plastic["paymentInstrumentIdentifier"] });
        let mut count = 1;
        for (before, action, reason) in [
            (None, ask("20.01", json!({})), "insufficientFunds"),
            (None, ask("1", plastic), "cardNotActivated"),
            (None, ask("1", json!({ "approve": false })), "doNotHonor"),
            (None, ask("1", json!({ "approve": false, "declineReason": "lostCard" })), "lostCard"),
            (None, ask("1", json!({ "action": "decline" })), "doNotHonor"),
            (
                None,
                ask("1", json!({ "action": "authorizeRefund", "approve": false })),
                "doNotHonor",
            ),
            (
                None,
                json!({ "action": "atmWithdrawal", "amount": 20, "fee": 0.01 }),
                "insufficientFunds",
            ),
            (Some("lockForFraud"), ask("1", json!({})), "accountLocked"),
        ] {
            if let Some(before) = before {
                act(&sim, &money, json!({ "action": before })).await;
            }
            let row = rows(&sim, &money, action.clone()).await.remove(0);
            assert_eq!(row["transactionStatus"], "declined", "{action}");
            assert_eq!(row["authorizedTransactionData"]["declineReason"], reason, "{action}");
            let approved = ["approvalCode", "holdExpirationDate"];
            assert!(
                approved
                    .iter()
                    .all(|member| row["authorizedTransactionData"].get(member).is_none())
            );
            assert_eq!(balances(&money).await, (20.0, 20.0), "{action}");
            assert_eq!(lines(&money, "").await.len(), 1, "lists leave it out");
            count += 1;
            let all = history(&money, ALL).await;
            assert_eq!((all.len(), &all[0]), (count, &row), "unless all are asked for");
            let told = sim.transaction_events(&money).await;
            assert_eq!(told.last().unwrap()["transaction"], row, "the partner hears of it");
        }
        assert!(sim.advance("wf", "P8D").await.is_empty());
        money.audited().await;
    }

    // Proves TXN-3.
    async fn cards_of_a_restricted_account_work_on_and_blocked_cards_do_not(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("20").await;
        act(&sim, &money, json!({ "action": "restrictForFraud" })).await;
        authorize(&sim, &money, "5").await;
        act(&sim, &money, json!({ "action": "unlockFraud" })).await;
        let before = authorize(&sim, &money, "5").await;
        act(&sim, &money, json!({ "action": "lockForFraud" })).await;
        let unlock = json!({ "action": "unlockFraud", "cardUnblock": "never" });
        act(&sim, &money, unlock).await;
        let ask = json!({ "action": "authorize", "amount": 1, "merchant": "Corner Cafe" });
        let declined = rows(&sim, &money, ask).await;
        assert_eq!(declined[0]["authorizedTransactionData"]["declineReason"], "cardBlocked");
        let more = json!({
            "action": "incrementAuthorization", "transactionIdentifier": before, "amount": 1,
        });
        let declined = rows(&sim, &money, more).await;
        assert_eq!(declined[0]["authorizedTransactionData"]["declineReason"], "cardBlocked");
        // What was authorized before is cleared all the same.
        act(
            &sim,
            &money,
            json!({ "action": "clear", "transactionIdentifier": before, "amount": 5 }),
        )
        .await;
        assert_eq!(balances(&money).await, (10.0, 15.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_merchant_gives_money_back_and_its_authorization_moves_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let authorization = authorize(&sim, &money, "30").await;
        let clear =
            json!({ "action": "clear", "transactionIdentifier": authorization, "amount": 30 });
        let purchase = rows(&sim, &money, clear).await.remove(0);
        let refund =
            json!({ "action": "refund", "transactionIdentifier": id(&purchase), "amount": 12 });
        let refunded = rows(&sim, &money, refund).await.remove(0);
        assert_eq!(line(&refunded), "refund completed +12.0");
        assert_eq!(refunded["transactionTypeDescription"], "Refund");
        let merchant = &purchase["networkTransactionData"]["cardAcceptor"];
        assert_eq!(&refunded["networkTransactionData"]["cardAcceptor"], merchant);
        assert_eq!(balances(&money).await, (32.0, 32.0));

        let ask = json!({ "action": "authorizeRefund", "amount": 9, "merchant": "Shoe Shop" });
        let pending = rows(&sim, &money, ask.clone()).await.remove(0);
        assert_eq!(line(&pending), "refund pending +9.0");
        assert_eq!(pending["authorizedTransactionData"]["authStatusIndicator"], "I");
        assert!(pending["authorizedTransactionData"].get("holdExpirationDate").is_none());
        assert_eq!(balances(&money).await, (32.0, 32.0), "it moves neither balance");
        assert_eq!(sim.last_event(&money).await["event"]["transaction"], pending);
        for (name, says) in
            [("clear", "holds nothing"), ("incrementAuthorization", "holds nothing")]
        {
            let action =
                json!({ "action": name, "transactionIdentifier": id(&pending), "amount": 9 });
            refused(&sim, &money, action, (409, says)).await;
        }
        let refund =
            json!({ "action": "refund", "transactionIdentifier": id(&pending), "amount": 9 });
        let refunded = rows(&sim, &money, refund.clone()).await.remove(0);
        assert_eq!(line(&refunded), "refund completed +9.0");
        assert_eq!(balances(&money).await, (41.0, 41.0));
        assert!(lines(&money, "").await.iter().all(|line| !line.contains("pending")));
        refused(&sim, &money, refund, (409, "is cleared and not pending")).await;

        let expiring = rows(&sim, &money, ask.clone()).await.remove(0);
        let reversed = rows(&sim, &money, ask).await.remove(0);
        act(&sim, &money, json!({ "action": "reverse", "transactionIdentifier": id(&reversed) }))
            .await;
        assert_eq!(sim.advance("wf", "P7D").await.len(), 1);
        let ended =
            json!({ "action": "refund", "transactionIdentifier": id(&expiring), "amount": 9 });
        refused(&sim, &money, ended, (409, "is expired and not pending")).await;
        let alone = json!({ "action": "refund", "amount": 1, "merchant": "Shoe Shop" });
        assert_eq!(line(&rows(&sim, &money, alone).await[0]), "refund completed +1.0");
        refused(&sim, &money, json!({ "action": "refund", "amount": 1 }), (400, "merchant")).await;
        let credit = id(history(&money, "?transactionType=adjustment").await.last().unwrap());
        let wrong = json!({ "action": "refund", "transactionIdentifier": credit, "amount": 1 });
        refused(&sim, &money, wrong, (409, "is neither a purchase")).await;
        assert_eq!(balances(&money).await, (42.0, 42.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn cash_is_authorized_and_posted_at_once_and_its_fee_is_a_row(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let cash = json!({
            "action": "atmWithdrawal", "amount": "40", "fee": "2.50", "merchant": "Corner Bank",
            "city": "Austin", "state": "TX",
        });
        let done = rows(&sim, &money, cash.clone()).await;
        assert_eq!(
            done.iter().map(line).collect::<Vec<_>>(),
            ["atmWithdrawal completed -40.0", "fee completed -2.5"]
        );
        assert_eq!(done[0]["networkTransactionData"]["merchantCategoryCode"], "6011");
        assert_eq!(done[0]["authorizedTransactionData"]["requestAuthorizationAmount"], 40.0);
        assert_eq!(done[1]["paymentIdentifier"], done[0]["paymentIdentifier"]);
        assert_eq!(balances(&money).await, (7.5, 7.5));
        let declined = rows(&sim, &money, cash).await;
        assert_eq!(declined.iter().map(line).collect::<Vec<_>>(), ["atmWithdrawal declined -40.0"]);
        assert_eq!(balances(&money).await, (7.5, 7.5));
        let told = sim.transaction_events(&money).await;
        assert_eq!(told.len(), 4, "credit, cash, fee, decline");
        money.audited().await;
    }
}

on_both_engines! {
    // Proves FEA-8.
    async fn with_nb100_card_and_fee_debits_go_to_minus_100_and_no_further(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("10").await;
        let ask = |amount: &str| {
            json!({ "action": "authorize", "amount": amount, "merchant": "Corner Cafe" })
        };
        let declined = rows(&sim, &money, ask("10.01")).await;
        assert_eq!(declined[0]["transactionStatus"], "declined", "not without the feature");
        let on = json!({ "authorize": true });
        money.call("PUT", "/features/NB100", on).await.expect(200);
        let declined = rows(&sim, &money, ask("110.01")).await;
        assert_eq!(declined[0]["transactionStatus"], "declined");
        let authorization = authorize(&sim, &money, "60").await;
        assert_eq!(balances(&money).await, (-50.0, 10.0));
        // Fees and cash share what is left of it.
        let fee = |amount: &str| {
            json!({ "action": "chargeFee", "amount": amount, "description": "Monthly fee" })
        };
        refused(&sim, &money, fee("50.01"), (409, "50.01 is wanted and 50.00 is available")).await;
        assert_eq!(line(&rows(&sim, &money, fee("20")).await[0]), "fee completed -20.0");
        let cash = json!({ "action": "atmWithdrawal", "amount": 29, "fee": 1 });
        rows(&sim, &money, cash.clone()).await;
        assert_eq!(balances(&money).await, (-100.0, -40.0));
        let clear =
            json!({ "action": "clear", "transactionIdentifier": authorization, "amount": 60 });
        act(&sim, &money, clear).await;
        assert_eq!(balances(&money).await, (-100.0, -100.0));
        for action in [ask("0.01"), cash] {
            let declined = rows(&sim, &money, action).await;
            assert_eq!(
                declined[0]["authorizedTransactionData"]["declineReason"],
                "insufficientFunds"
            );
        }
        refused(&sim, &money, fee("0.01"), (409, "amount: ")).await;
        // Other debits spend what is there.
        money.credit("105").await;
        for kind in ["anyDebitOut", "achOut", "instructionDebit"] {
            let answer = adjust(&money, money.body(kind, "5.01")).await.expect(200);
            assert_eq!(answer.body["adjustmentStatus"], "declined", "{kind}");
        }
        let debit = json!({ "action": "achDebit", "amount": 5.01, "originator": "Gym" });
        refused(&sim, &money, debit, (409, "5.01 is wanted and 5.00 is available")).await;
        assert_eq!(balances(&money).await, (5.0, 5.0));
        money.audited().await;
    }

    // Proves TXN-3.
    async fn a_row_of_a_joint_account_names_the_holder_of_the_card(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let alone = authorize(&sim, &money, "1").await;
        let rows_of = history(&money, "").await;
        assert!(
            rows_of.iter().find(|row| id(row) == alone).unwrap().get("userIdentifier").is_none()
        );
        let joining = json!({ "currency": "USD", "userProfile": sim.person("wf").await });
        money.call("POST", "/AccountHolder", joining).await.expect(200);
        let account = money.read().await;
        for holder in account["accountHolders"].as_array().unwrap() {
            let cards = holder["paymentInstruments"].as_array().unwrap();
            let card = cards.iter().find(|card| card["status"] == "activated").unwrap();
            let user = &holder["user"]["userIdentifier"];
            let asked = rows(
                &sim,
                &money,
                json!({
                    "action": "authorize", "amount": 2, "merchant": "Corner Cafe",
                    "paymentInstrumentIdentifier": card["paymentInstrumentIdentifier"],
                }),
            )
            .await;
            assert_eq!(asked[0]["userIdentifier"], *user);
            let clear =
                json!({ "action": "clear", "transactionIdentifier": id(&asked[0]), "amount": 2 });
            assert_eq!(rows(&sim, &money, clear).await[0]["userIdentifier"], *user);
            let cash = rows(
                &sim,
                &money,
                json!({
                    "action": "atmWithdrawal", "amount": 2, "fee": 1,
                    "paymentInstrumentIdentifier": card["paymentInstrumentIdentifier"],
                }),
            )
            .await;
            assert!(cash.iter().all(|row| row["userIdentifier"] == *user));
        }
        money.audited().await;
    }

    // Proves TXN-3.
    async fn what_is_asked_wrongly_is_named_and_writes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let authorization = authorize(&sim, &money, "10").await;
        let ask = |member: &str, value: Json| {
            let mut action =
                json!({ "action": "authorize", "amount": 1, "merchant": "Corner Cafe" });
            action[member] = value;
            action
        };
        let clear = |member: &str, value: Json| {
            let mut action = json!({ "action": "clear", "transactionIdentifier": authorization });
            action[member] = value;
            action
        };
        for (action, says) in [
            (json!([]), "the body must be an object"),
            (json!({}), "action: must be there"),
            (json!({ "action": 7 }), "action: must be there, and be a text"),
            (json!({ "action": "steal" }), "is none of clearOfac, "),
            (json!({ "action": "steal" }), ", authorize, "),
            (ask("amount", json!(0)), "amount: must be above zero"),
            (ask("amount", json!(-1)), "amount: must be above zero"),
            (ask("amount", json!("1.00001")), "amount: must have at most 4 decimals"),
            (ask("amount", json!("1000000000")), "amount: must not be beyond"),
            (ask("amount", json!({})), "amount: invalid type"),
            (ask("amount", Json::Null), "amount: "),
            (ask("merchant", json!("")), "merchant: must have 1 to 100 characters"),
            (ask("merchant", json!("x".repeat(101))), "merchant: must have 1 to 100"),
            (ask("mcc", json!("58")), "mcc: must have four digits"),
            (ask("city", json!("x".repeat(51))), "city: must have 1 to 50 characters"),
            (ask("tip", json!(1)), "unknown field `tip`"),
            (ask("declineReason", json!("x")), "declineReason: only where approve is false"),
            (ask("paymentInstrumentIdentifier", json!("7")), "paymentInstrumentIdentifier: "),
            (json!({ "action": "authorize", "amount": 1 }), "missing field `merchant`"),
            (
                json!({ "action": "decline", "amount": 1, "merchant": "T", "approve": true }),
                "approve: ",
            ),
            (json!({ "action": "reverse" }), "missing field `transactionIdentifier`"),
            (
                json!({ "action": "reverse", "transactionIdentifier": "7" }),
                "transactionIdentifier: ",
            ),
            (clear("final", json!(true)), "amount: is missing"),
            (clear("amounts", json!([])), "amount: is missing"),
            (clear("amounts", json!([1, 0])), "amounts[1]: must be above zero"),
            (clear("amounts", json!(vec![1; 21])), "amounts: at most 20 entries"),
            (clear("amounts", json!("1")), "amounts: "),
            (json!({ "action": "clear", "amount": 1, "amounts": [1] }), "amounts: not together"),
        ] {
            refused(&sim, &money, action, (400, says)).await;
        }
        let card = json!({
            "action": "clear", "transactionIdentifier": authorization, "amount": 1,
            "paymentInstrumentIdentifier": guid(),
        });
        refused(&sim, &money, card, (400, "paymentInstrumentIdentifier: not together")).await;
        money.audited().await;
    }

    // Proves TXN-3.
    async fn what_is_not_there_is_named_and_what_can_be_done_is_listed(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let authorization = authorize(&sim, &money, "10").await;
        let other = money_account(&sim, "wf").await;
        let elsewhere = money_account(&sim, "gbr").await;
        for id in [guid(), authorization] {
            for action in [
                json!({ "action": "clear", "amount": 1 }),
                json!({ "action": "incrementAuthorization", "amount": 1 }),
                json!({ "action": "refund", "amount": 1 }),
                json!({ "action": "reverse" }),
                json!({ "action": "expireHold" }),
                json!({ "action": "returnAch" }),
            ] {
                let mut action = action;
                action["transactionIdentifier"] = json!(id);
                let says = "transactionIdentifier: the account has no transaction";
                refused(&sim, &other, action.clone(), (404, says)).await;
                refused(&sim, &elsewhere, action, (404, says)).await;
            }
        }
        let nobody = json!({ "action": "authorize", "amount": 1, "merchant": "T" });
        let mut unknown = nobody.clone();
        unknown["paymentInstrumentIdentifier"] = json!(guid());
        let says = "paymentInstrumentIdentifier: the account has no card";
        refused(&sim, &money, unknown, (404, says)).await;
        sim.act("wf", &guid(), nobody).await.expect(404);
        let path = format!("wf/accounts/{}/actions", money.account);
        let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
        let names = |member: &str| {
            let listed = listed[member].as_array().unwrap();
            listed.iter().map(|one| one["action"].clone()).collect::<Vec<Json>>()
        };
        for name in ["authorize", "clear", "reverse", "directDeposit", "chargeFee"] {
            assert!(names("moneyActions").contains(&json!(name)), "{name}");
        }
        assert!(names("possibleActions").contains(&json!("lockForFraud")));
        assert!(!names("possibleActions").contains(&json!("clearOfac")));
        assert_eq!(listed["availableBalance"], 40.0);
        money.audited().await;
    }

    // Proves TXN-3.
    async fn an_account_is_closed_when_nothing_is_left_and_then_takes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut money = money_account(&sim, "wf").await;
        money.credit("50").await;
        let first = authorize(&sim, &money, "10").await;
        authorize(&sim, &money, "5").await;
        let clear = json!({ "action": "clear", "transactionIdentifier": first, "amount": 10 });
        let close = json!({ "action": "closeAccount" });
        act(&sim, &money, json!({ "action": "lockForFraud" })).await;
        refused(&sim, &money, close.clone(), (409, "")).await;
        act(&sim, &money, json!({ "action": "reverse", "transactionIdentifier": first })).await;
        assert_eq!(sim.advance("wf", "P7D").await.len(), 1);
        money.partner = sim.partner("wf").await;
        assert_eq!(balances(&money).await, (50.0, 50.0));
        let fee = |amount: &str| {
            json!({ "action": "chargeFee", "amount": amount, "description": "F" })
        };
        act(&sim, &money, fee("49.99")).await;
        refused(&sim, &money, close.clone(), (409, "")).await;
        act(&sim, &money, fee("0.01")).await;
        act(&sim, &money, close).await;
        let bought = json!({ "action": "authorize", "amount": 1, "merchant": "T" });
        let row = rows(&sim, &money, bought).await.remove(0);
        assert_eq!(row["authorizedTransactionData"]["declineReason"], "accountClosed");
        for action in [
            clear,
            json!({ "action": "clear", "amount": 1, "force": true, "merchant": "T" }),
            json!({ "action": "refund", "amount": 1, "merchant": "T" }),
            fee("1"),
        ] {
            refused(&sim, &money, action, (409, "the account is closed / ")).await;
        }
        assert_eq!(balances(&money).await, (0.0, 0.0));
        money.audited().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_the_api_shows_every_action_by_its_word() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let money = money_account(&sim, "wf").await;
    let path = format!("wf/accounts/{}/actions", money.account);
    let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    let schemas = document["components"]["schemas"].to_string();
    let listed = ["possibleActions", "moneyActions"].map(|member| listed[member].as_array());
    for action in listed.into_iter().flat_map(Option::unwrap) {
        let shown = format!("\"enum\":[{}]", action["action"]);
        assert!(schemas.contains(&shown), "{shown}");
    }
}
