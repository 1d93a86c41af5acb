//! Account features: enrolled in, listed, left, and how they hold on to their terms.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines};

const ACCOUNT_STATE: &str = "accountStatus is closed or restricted.";

/// PUT feature.
async fn feature(money: &Money, id: &str, authorize: bool) -> Answer {
    money.call("PUT", &format!("/features/{id}"), json!({ "authorize": authorize })).await
}

/// GET features, as they are shown.
async fn features(money: &Money) -> Json {
    let path = format!("{}/features", money.path);
    money.partner.get(&path).await.expect(200).body["features"].clone()
}

/// PUT account with one acceptance of terms.
async fn terms(money: &Money, identifier: &str, accepted: bool) -> Answer {
    let body = json!({ "termsAcceptances": [
        { "termsIdentifier": identifier, "termsAcceptanceFlag": accepted }
    ] });
    money.call("PUT", "", body).await
}

/// What is on file of these terms; null if nothing is.
async fn on_file(money: &Money, identifier: &str) -> Json {
    let account = money.read().await;
    let terms = account["termsAcceptances"].as_array().unwrap().clone();
    let found: Vec<_> = terms.iter().filter(|it| it["termsIdentifier"] == identifier).collect();
    assert!(found.len() <= 1, "{terms:?}");
    found.first().map_or(Json::Null, |it| it["termsAcceptanceFlag"].clone())
}

#[track_caller]
fn explained(answer: &Answer, rule: &str) {
    let explanation = answer.explanation();
    assert!(explanation.starts_with(&format!("{rule}:")), "{explanation}");
}

on_both_engines! {
    async fn fea_1_a_feature_is_enrolled_in_and_left_and_the_list_shows_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        assert_eq!(features(&money).await, json!([]));
        let body = json!({ "authorize": "true" });
        let answer = money.call("PUT", "/features/nb100", body).await.expect(200);
        let success = json!({ "responseDetails": [
            { "code": 0, "subCode": 0, "description": "Success", "url": "http://tbd" }
        ] });
        assert_eq!(answer.body, success);
        sim.advance("wf", "PT1H").await;
        feature(&money, "UCB2", true).await.expect(200);
        assert_eq!(features(&money).await, json!(["nb100", "ucb2"]));
        // Again, it is a success and changes nothing, not even the date.
        feature(&money, "NB100", true).await.expect(200);
        let dates = json!({ "features": { "shown": "dates" } });
        sim.control("PUT", "wf", dates).await.expect(200);
        let shown = json!([
            { "featureId": "nb100", "startDate": "2031-05-06T10:00:00.000Z", "expiredDate": null },
            { "featureId": "ucb2", "startDate": "2031-05-06T11:00:00.000Z", "expiredDate": null },
        ]);
        assert_eq!(features(&money).await, shown);
        feature(&money, "UCB2", false).await.expect(200);
        feature(&money, "NB100", false).await.expect(200);
        assert_eq!(features(&money).await, json!([]));
        // Begun anew, it shows the new date.
        feature(&money, "UCB2", true).await.expect(200);
        sim.advance("wf", "PT1H").await;
        feature(&money, "UCB2", false).await.expect(200);
        feature(&money, "UCB2", true).await.expect(200);
        assert_eq!(features(&money).await[0]["startDate"], "2031-05-06T12:00:00.000Z");
        // Features are of one account and say nothing to others, or by webhook.
        let other = money_account(&sim, "wf").await;
        assert_eq!(features(&other).await, json!([]));
        assert_eq!(sim.events_of("wf", &money.account).await.len(), 1);
        sim.control("POST", "wf/reset", Json::Null).await;
        money.partner.get(&format!("{}/features", money.path)).await.expect_refused(404, "10/0");
    }

    // Proves FEA-1.
    async fn a_body_without_a_plain_flag_is_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for body in [json!({}), json!({ "authorize": null }), json!({ "authorize": "yes" }),
            json!({ "authorize": 1 }), json!({ "authorize": [] })]
        {
            let refused = money.call("PUT", "/features/NB100", body.clone()).await;
            let refused = refused.expect_refused(400, "400/0");
            assert!(refused.description().contains("authorize"), "{body}: {}", refused.text);
        }
        assert_eq!(features(&money).await, json!([]));
    }

    async fn fea_2_one_cash_back_tier_excludes_the_others_and_nb100_none(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        feature(&money, "NB100", true).await.expect(200);
        feature(&money, "UCB1", true).await.expect(200);
        for second in ["UCB2", "UCB3", "ucb4"] {
            let refused = feature(&money, second, true).await.expect_refused(200, "5/55");
            explained(&refused, "FEA-2");
            assert!(refused.description().contains("UCB1"), "{}", refused.text);
        }
        assert_eq!(features(&money).await, json!(["nb100", "ucb1"]));
        feature(&money, "UCB1", false).await.expect(200);
        feature(&money, "UCB3", true).await.expect(200);
        assert_eq!(features(&money).await, json!(["nb100", "ucb3"]));
    }

    // Proves FEA-2.
    async fn cash_back_tiers_in_parallel_leave_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = Arc::new(money_account(&sim, "wf").await);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let calls = (0..20usize).map(|number| {
            let money = match &sibling {
                Some(other) if number % 2 == 0 => Arc::new(money.at(other)),
                _ => Arc::clone(&money),
            };
            let id = ["UCB1", "UCB2", "UCB3", "UCB4"][number % 4];
            tokio::spawn(async move { feature(&money, id, true).await.expect(200).code() })
        });
        let codes = join_all(calls.collect::<Vec<_>>()).await;
        let codes: Vec<String> = codes.into_iter().map(Result::unwrap).collect();
        // The one that came first, five times; the others never.
        assert_eq!(codes.iter().filter(|code| *code == "0/0").count(), 5, "{codes:?}");
        assert_eq!(features(&money).await.as_array().unwrap().len(), 1);
    }

    async fn fea_3_a_check_deposit_tier_takes_the_place_of_another(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for tier in ["RDC0", "RDC1", "RDC2", "RDC3", "RDC4", "RDC5", "RDC8", "RDC10", "RDC1"] {
            feature(&money, tier, true).await.expect(200);
            assert_eq!(features(&money).await, json!([tier.to_ascii_lowercase()]));
        }
        // The one that was replaced is no longer there to be left.
        feature(&money, "RDC10", false).await.expect_refused(404, "10/0");
        // What becomes of a second one is a setting.
        let offered = json!([
            { "featureId": "RDC1", "group": "checks", "second": "refused" },
            { "featureId": "RDC2", "group": "checks", "second": "refused" },
        ]);
        let settings = json!({ "features": { "offered": offered } });
        sim.control("PUT", "wf", settings).await.expect(200);
        feature(&money, "RDC2", true).await.expect_refused(200, "5/55");
        assert_eq!(features(&money).await, json!(["rdc1"]));
    }

    async fn fea_4_an_unknown_feature_is_answered_in_the_documented_words(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (id, authorize) in [("NB200", true), ("UCB5", false), ("RDC6", true), ("%20", true)] {
            let refused = feature(&money, id, authorize).await.expect_refused(503, "5/55");
            let text = "No ProductFeatureGroupKey exists for specified productFeatureGroupKey";
            assert_eq!(refused.description(), text);
            explained(&refused, "FEA-4");
        }
        // What is no longer offered can be left, and not begun again.
        feature(&money, "UCB1", true).await.expect(200);
        let settings = json!({ "features": { "offered": [] } });
        sim.control("PUT", "wf", settings).await.expect(200);
        assert_eq!(features(&money).await, json!(["ucb1"]));
        feature(&money, "UCB1", true).await.expect_refused(503, "5/55");
        feature(&money, "UCB1", false).await.expect(200);
        feature(&money, "UCB1", false).await.expect_refused(503, "5/55");
    }

    async fn fea_5_terms_that_are_enforced_must_have_been_accepted(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let enforced = json!({ "features": { "enforceTerms": true } });
        sim.control("PUT", "wf", enforced).await.expect(200);
        for (id, identifier) in [("NB100", "negBal"), ("RDC3", "mrdc"), ("OD1", "overdraft")] {
            let refused = feature(&money, id, true).await.expect_refused(200, "5/55");
            assert!(refused.description().starts_with("Features terms were not accepted or no"));
            explained(&refused, "FEA-5");
            terms(&money, identifier, true).await.expect(200);
            feature(&money, id, true).await.expect(200);
        }
        assert_eq!(features(&money).await.as_array().unwrap().len(), 3);
        feature(&money, "UCB1", true).await.expect(200);
    }

    // Proves FEA-5.
    async fn terms_that_are_declined_stand_in_the_way_once_terms_are_enforced(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        terms(&money, "negBal", false).await.expect(200);
        feature(&money, "NB100", true).await.expect(200);
        feature(&money, "NB100", false).await.expect(200);
        let enforced = json!({ "features": { "enforceTerms": true } });
        sim.control("PUT", "wf", enforced).await.expect(200);
        explained(&feature(&money, "NB100", true).await.expect_refused(200, "5/55"), "FEA-5");
        assert_eq!(features(&money).await, json!([]));
        terms(&money, "negBal", true).await.expect(200);
        feature(&money, "NB100", true).await.expect(200);
    }

    // Proves FEA-6.
    async fn terms_that_two_features_share_stay_until_the_last_of_them_is_left(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let offered = ["NB100", "NB50"].map(|id| {
            json!({ "featureId": id, "terms": "negBal", "optsOut": true })
        });
        let settings = json!({ "features": { "offered": offered, "enforceTerms": true } });
        sim.control("PUT", "wf", settings).await.expect(200);
        terms(&money, "negBal", true).await.expect(200);
        for id in ["NB100", "NB50"] {
            feature(&money, id, true).await.expect(200);
        }
        feature(&money, "NB100", false).await.expect(200);
        assert_eq!(on_file(&money, "negBal").await, json!(true), "NB50 needs them still");
        terms(&money, "negBal", false).await.expect_refused(200, "5/58");
        feature(&money, "NB50", false).await.expect(200);
        assert_eq!(on_file(&money, "negBal").await, json!(false));
        feature(&money, "NB50", true).await.expect_refused(200, "5/55");
    }

    async fn fea_6_leaving_nb100_opts_out_of_its_terms(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        terms(&money, "negBal", true).await.expect(200);
        feature(&money, "NB100", true).await.expect(200);
        assert_eq!(on_file(&money, "negBal").await, json!(true));
        feature(&money, "NB100", false).await.expect(200);
        assert_eq!((features(&money).await, on_file(&money, "negBal").await),
            (json!([]), json!(false)));
        // Terms that were never on file are declined then too, as of the moment.
        let other = money_account(&sim, "wf").await;
        feature(&other, "NB100", true).await.expect(200);
        assert_eq!(on_file(&other, "negBal").await, Json::Null);
        sim.advance("wf", "PT1H").await;
        feature(&other, "NB100", false).await.expect(200);
        let account = other.read().await;
        let shown = json!([{
            "termsIdentifier": "negBal", "termsAcceptanceFlag": false,
            "termsAcceptanceDateTime": "2031-05-06T11:00:00.000Z",
        }]);
        assert_eq!(account["termsAcceptances"], shown);
        // Other features leave their terms as they are.
        terms(&other, "mrdc", true).await.expect(200);
        feature(&other, "RDC1", true).await.expect(200);
        feature(&other, "RDC2", true).await.expect(200);
        feature(&other, "RDC2", false).await.expect(200);
        assert_eq!(on_file(&other, "mrdc").await, json!(true));
    }

    async fn fea_7_accounts_and_features_that_will_not_do(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        let partner = &money.partner;
        let on = json!({ "authorize": true });
        for (account, status, code, text) in [
            ("7".to_owned(), 400, "10/10", "accountIdentifier is invalid."),
            (guid(), 404, "10/0", "Account Not Found."),
        ] {
            let path = format!("/accounts/{account}/features");
            for answer in [
                partner.call("PUT", &format!("{path}/NB100"), &guid(), on.clone()).await,
                partner.get(&path).await,
            ] {
                let refused = answer.expect_refused(status, code);
                assert_eq!(refused.description(), text);
                explained(&refused, "FEA-7");
            }
        }
        let refused = feature(&money, "NB100", false).await.expect_refused(404, "10/0");
        assert_eq!(refused.description(), "Feature enrollment not found.");
        explained(&refused, "FEA-7");
        feature(&money, "UCB1", true).await.expect(200);
        for action in ["restrictForFraud", "lockForFraud", "closeAccount"] {
            sim.act("wf", &money.account, json!({ "action": action })).await.expect(200);
            let list = partner.get(&format!("{}/features", money.path)).await;
            for answer in [
                feature(&money, "NB100", true).await,
                feature(&money, "UCB1", false).await,
                feature(&money, "unknown", true).await,
                list,
            ] {
                let refused = answer.expect_refused(200, "4/105");
                assert_eq!(refused.description(), ACCOUNT_STATE, "{action}");
                explained(&refused, "FEA-7");
            }
        }
        // One whose registration is open is not in use either.
        let mut person = sim.person("wf").await;
        person["identifyingData"]["ssn"] = json!("991001234");
        let pending = partner.enroll(&guid(), &enrollment(&person)).await.account_id();
        let path = format!("/accounts/{pending}/features/NB100");
        partner.call("PUT", &path, &guid(), on.clone()).await.expect_refused(200, "4/105");
        let mut elsewhere = partner.clone();
        elsewhere.program = "gbr".to_owned();
        let path = format!("{}/features/NB100", money.path);
        elsewhere.call("PUT", &path, &guid(), on).await.expect_refused(404, "10/0");
    }

    async fn acc_2_terms_of_a_feature_in_use_are_not_opted_out_of(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        for (id, identifier) in [("NB100", "negBal"), ("RDC0", "mrdc"), ("OD4", "overdraft")] {
            terms(&money, identifier, true).await.expect(200);
            feature(&money, id, true).await.expect(200);
            let body = json!({
                "partnerAccountIdentifier": "changed",
                "termsAcceptances": [
                    { "termsIdentifier": "privPlcy", "termsAcceptanceFlag": true },
                    { "termsIdentifier": identifier, "termsAcceptanceFlag": "false",
                      "termsAcceptanceDateTime": "2031-05-03T09:12:11.627Z" },
                ],
            });
            let before = (money.read().await, features(&money).await);
            let refused = money.call("PUT", "", body).await.expect_refused(200, "5/58");
            let text = "Terms cannot be opted out because feature is still in use";
            assert_eq!(refused.description(), text);
            explained(&refused, "ACC-2");
            assert_eq!((money.read().await, features(&money).await), before);
            // Accepting them anew, and declining others, is free.
            terms(&money, identifier, true).await.expect(200);
            terms(&money, "eSign", false).await.expect(200);
        }
        feature(&money, "RDC0", false).await.expect(200);
        terms(&money, "mrdc", false).await.expect(200);
        assert_eq!(on_file(&money, "mrdc").await, json!(false));
    }

    // Proves ACC-2.
    async fn terms_of_a_feature_in_use_are_not_opted_out_of_by_an_upgrade(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let person = sim.person("wf").await;
        let mut body = enrollment(&person);
        body["account"]["productCode"] = json!("50300");
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let path = format!("/accounts/{account}/features/NB100");
        let on = json!({ "authorize": true });
        partner.call("PUT", &path, &guid(), on).await.expect(200);
        let mut upgrade = json!({
            "user": { "userData": person }, "upgradeFlag": true, "executeKycFlag": true,
            "account": {
                "accountIdentifier": account, "productCode": "50400",
                "termsAcceptances": [
                    { "termsIdentifier": "negBal", "termsAcceptanceFlag": false }
                ],
            },
        });
        partner.enroll(&guid(), &upgrade).await.expect_refused(200, "5/58");
        upgrade["account"]["termsAcceptances"] = json!([]);
        partner.enroll(&guid(), &upgrade).await.expect(200);
        let list = partner.get(&format!("/accounts/{account}/features")).await.expect(200);
        assert_eq!(list.body["features"], json!(["nb100"]));
    }

    // Proves ACC-2, FEA-6.
    async fn whichever_comes_first_nb100_is_never_on_with_its_terms_declined(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let enforced = json!({ "features": { "enforceTerms": true } });
        sim.control("PUT", "wf", enforced).await.expect(200);
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let (mut ons, mut outs) = (0, 0);
        for round in 0..12usize {
            let money = money_account(&sim, "wf").await;
            terms(&money, "negBal", true).await.expect(200);
            let there = sibling.as_ref().map_or_else(|| money.clone(), |other| money.at(other));
            let enroll = async {
                if round % 3 == 0 {
                    tokio::task::yield_now().await;
                }
                feature(&money, "NB100", true).await.expect(200).code()
            };
            let (enrolled, opted_out) = if round % 2 == 0 {
                tokio::join!(enroll, terms(&there, "negBal", false))
            } else {
                let (out, on) = tokio::join!(terms(&there, "negBal", false), enroll);
                (on, out)
            };
            let opted_out = opted_out.expect(200).code();
            let (is_on, declined) = (features(&money).await, on_file(&money, "negBal").await);
            match (enrolled.as_str(), opted_out.as_str()) {
                ("0/0", "5/58") => assert_eq!((is_on, declined), (json!(["nb100"]), json!(true))),
                ("5/55", "0/0") => assert_eq!((is_on, declined), (json!([]), json!(false))),
                other => panic!("both came through, or neither: {other:?}"),
            }
            if enrolled == "0/0" { ons += 1 } else { outs += 1 }
        }
        assert_eq!(ons + outs, 12);
        // Leaving, opting out and enrolling at once end in one of the good ways, too.
        let money = Arc::new(money_account(&sim, "wf").await);
        let calls = (0..60usize).map(|number| {
            let money = Arc::clone(&money);
            tokio::spawn(async move {
                match number % 4 {
                    0 => feature(&money, "NB100", true).await.status,
                    1 => terms(&money, "negBal", false).await.status,
                    2 => terms(&money, "negBal", true).await.status,
                    _ => feature(&money, "NB100", false).await.status,
                };
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
        let is_on = features(&money).await == json!(["nb100"]);
        assert!(!is_on || on_file(&money, "negBal").await != json!(false));
    }
}
