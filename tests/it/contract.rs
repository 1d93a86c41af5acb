//! The OpenAPI document: committed, and true. Every operation it lists is called here, and what
//! comes back has a status that it documents.

use std::collections::BTreeSet;

use piebox::app::api_document;
use serde_json::{Value as Json, json};

use crate::account_changes::enrolled_by_matricula;
use crate::cards_after_issue::{carded, printed};
use crate::check_deposits::{accepted, check, decide, hand_in, handed_in, tier};
use crate::mail_tracking::{delivery, moved, plastic};
use crate::support::money::money_account;
use crate::support::{Answer, Engine, Partner, TestSim, basic, enrollment, guid};
use crate::wallet_tokens::{provision, wish};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_api_is_up_to_date() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let generated = api_document().to_text();
    if std::env::var("PIEBOX_UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(DOCUMENT, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(committed == generated, "docs/openapi.json is out of date: run `scripts/update`");
    let served = sim.bare("GET", "/_sim/openapi.json", &[], "").await.expect(200);
    assert_eq!(served.body, serde_json::from_str::<Json>(&generated).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docs_page_needs_nothing_from_outside() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let page = sim.bare("GET", "/_sim/docs/", &[], "").await.expect(200);
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    assert!(!page.text.contains("https://"), "{}", page.text);
    for asset in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        sim.bare("GET", &format!("/_sim/docs/{asset}"), &[], "").await.expect(200);
    }
}

#[test]
fn members_are_documented_by_the_names_that_are_read() {
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    let snakes = document["components"]["schemas"].as_object().unwrap().iter().filter(|(_, it)| {
        let named = regex::Regex::new(r#""[a-z]+_[a-z_]+":\{"#).unwrap();
        named.is_match(&it.to_string())
    });
    // The token page alone writes names so.
    let snakes: Vec<_> = snakes.map(|(name, _)| name.as_str()).collect();
    assert_eq!(snakes, ["TokenRequest", "TokenResponse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_documented() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    let mut called = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let answer = exercise(&sim, id).await;
            let documented = operation["responses"].get(answer.status.to_string());
            assert!(documented.is_some(), "{method} {path} answered {}", answer.status);
            let is_good = answer.status < 300 || NOT_SIMULATED.contains(&(id, answer.status));
            assert!(is_good, "{id}: {} {}", answer.status, answer.text);
            assert!(operation["summary"].is_string(), "{id} has no summary");
            assert!(called.insert(id.to_owned()), "{id} stands twice");
        }
    }
    assert!(called.len() >= 20, "{called:?}");
}

/// Operations that are known and not simulated, and what they answer.
const NOT_SIMULATED: [(&str, u16); 1] = [("account_get_getcheckimages", 501)];

/// A good call of one operation.
pub(crate) async fn exercise(sim: &TestSim, operation: &str) -> Answer {
    if operation.starts_with("sim_") {
        sim.control("PUT", "wf", json!({})).await.expect(200);
        exercise_control(sim, operation).await
    } else {
        exercise_vendor(sim, operation).await
    }
}

async fn exercise_statements(sim: &TestSim, operation: &str) -> Answer {
    let mut money = money_account(sim, "wf").await;
    let began = sim.control("GET", "wf/clock", Json::Null).await.expect(200).body["now"].clone();
    sim.advance("wf", "P40D").await;
    money.partner = sim.partner("wf").await;
    let listed = money.call("GET", "/statements", Json::Null).await;
    let answer = match operation {
        "account_get_getlistestatement" => listed,
        _ => {
            let listed = listed.expect(200).body;
            let period = listed["statements"][0]["statementPeriod"].as_str().unwrap();
            money.call("GET", &format!("/statements/{period}"), Json::Null).await
        }
    };
    // Other operations are called at the moment at which this one began.
    sim.control("PUT", "wf/clock", json!({ "now": began })).await.expect(200);
    answer
}

pub(crate) async fn exercise_vendor(sim: &TestSim, operation: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let credentials = basic("demo", "demo-secret");
    let id = guid();
    let body = enrollment(&sim.person("wf").await);
    match operation {
        "authentication_post" => {
            let headers = [("authorization", credentials.as_str()), ("x-gd-requestid", &id)];
            let body = json!({ "grant_type": "client_credentials" }).to_string();
            sim.bare("POST", "/authentication", &headers, body).await
        }
        "healthcheck_get" => sim.bare("GET", "/healthCheck", &[], "").await,
        "ping_get" => sim.bare("GET", "/ping", &[("x-gd-requestid", &id)], "").await,
        "certificates_get_getpubliccertificatesforprogram_ecc" => {
            partner.get("/certificates").await
        }
        "enrollments_post_createenrollment" => partner.enroll(&id, &body).await,
        "enrollments_get_getenrollment" => {
            let account = partner.enroll(&id, &body).await.account_id();
            partner.get(&format!("/enrollments/accounts/{account}")).await
        }
        "enrollments_get_activationlink" => {
            let account = partner.enroll(&id, &body).await.account_id();
            let query = format!("accountIdentifier={account}&idType=passport&countryCode=USA");
            partner.get(&format!("/enrollments/fsc/activationlink?{query}")).await
        }
        "account_get_getaccount" => {
            let account = partner.enroll(&id, &body).await.account_id();
            partner.get(&format!("/accounts/{account}")).await
        }
        card if OF_CARDS.contains(&card) => exercise_cards(sim, operation).await,
        wallet if wallet.starts_with("paymentinstrumenttoken_") => {
            let (money, screen, _) = carded(sim).await;
            let get = async |path: &str| money.call("GET", path, Json::Null).await;
            match wallet {
                "paymentinstrumenttoken_post_createpushprovisiondata" => {
                    provision(&money, &screen, wish("apple")).await
                }
                "paymentinstrumenttoken_get_getpaymentinstrumenttokenlist" => {
                    get("/paymentInstrumentTokens").await
                }
                _ => get("/pushProvisionConfig").await,
            }
        }
        one if one.ends_with("estatement") => exercise_statements(sim, operation).await,
        "paymentinstrument_get_getmailtrackinginfo" => {
            let money = money_account(sim, "wf").await;
            moved(sim, &money, "printCard").await;
            delivery(sim, &money, &plastic(&money).await).await
        }
        gate if ["kyc_", "ofac_", "paymentinstrument_"].iter().any(|it| gate.starts_with(it)) => {
            exercise_gates(&partner, operation, body).await
        }
        "account_post_executekyc" => exercise_gates(&partner, operation, body).await,
        events if events.starts_with("event_") => exercise_events(&partner, operation).await,
        money if ["adjustment_", "transactions_"].iter().any(|it| money.starts_with(it)) => {
            exercise_money(sim, operation).await
        }
        contact if contact.starts_with("contactverification_") => {
            exercise_contacts(sim, operation).await
        }
        switch if switch.starts_with("directdeposit_") => exercise_switch(sim, operation).await,
        _ => exercise_changes(sim, operation).await,
    }
}

/// A contact verification of the program whose code is 123456.
async fn contact_verification(sim: &TestSim, partner: &Partner) -> Answer {
    let fixed = json!({ "contactVerification": { "code": "123456" } });
    sim.control("PUT", "wf", fixed).await.expect(200);
    let body = json!({
        "contactType": "phone", "communicationType": "sms", "contactHandle": "6265550101",
    });
    partner.call("POST", "/contactVerifications", &guid(), body).await
}

/// Calls that verify contacts and addresses.
async fn exercise_contacts(sim: &TestSim, operation: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let call = async |method: &str, path: &str, body: Json| {
        partner.call(method, path, &guid(), body).await
    };
    if operation == "contactverification_post_addressverifications" {
        let address = json!({
            "addressLine1": "123 Timbuktu St", "city": "Pasadena", "state": "CA",
            "zipCode": "91107",
        });
        return call("POST", "/addressVerification", address).await;
    }
    let generated = contact_verification(sim, &partner).await;
    let id = generated.body["contactVerificationIdentifier"].as_str().unwrap_or_default();
    match operation {
        "contactverification_post_generateverifications" => generated,
        "contactverification_put_checkverifications" => {
            let code = json!({ "verificationCode": "123456" });
            call("PUT", &format!("/contactVerifications/{id}"), code).await
        }
        "contactverification_get_getcontactverificationstatus" => {
            call("GET", &format!("/verification/status/{id}"), Json::Null).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Calls about a direct deposit.
async fn exercise_switch(sim: &TestSim, operation: &str) -> Answer {
    let money = money_account(sim, "wf").await;
    let switches = "/directdeposit/switches";
    let made = money.call("POST", switches, Json::Null).await;
    match operation {
        "directdeposit_post_createswitchattempt" => made,
        "directdeposit_get_getallswitchattempts" => money.call("GET", switches, Json::Null).await,
        "directdeposit_get_getlatestswitchattempt" => {
            money.call("GET", &format!("{switches}/latest"), Json::Null).await
        }
        "directdeposit_patch_updateswitchattempt" => {
            let path = format!("{switches}/{}", made.body["switchId"].as_str().unwrap());
            let body = json!({ "patchObj": { "status": "Submitted" } });
            money.call("PATCH", &path, body).await
        }
        "directdeposit_post_createmanualform" => {
            let body = json!({
                "fullName": "Steve Rogers", "accountNumber": "1", "routingNumber": "2",
                "bankName": "Go2Bank", "addressLine1": "123 Street Ave", "addressLine2": "CA",
            });
            money.call("POST", "/directdeposit/manualform", body).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Operations on cards that exist.
const OF_CARDS: [&str; 9] = [
    "paymentinstrument_get_getpaymentinstrumentlist",
    "paymentinstrument_get_getpaymentinstrument",
    "paymentinstrument_put_setpin",
    "paymentinstrument_post_verifypin",
    "paymentinstrument_post_validatecard",
    "paymentinstrument_post_activatecardviapaymentinstrumentidentifier",
    "paymentinstrument_post_activatecardviaaccountidentifier",
    "paymentinstrument_put_updatepaymentinstrument",
    "paymentinstrument_get_replacecardeligibility",
];

/// A good call of one operation on the plastic of an account.
async fn exercise_cards(sim: &TestSim, operation: &str) -> Answer {
    let (money, screen, plastic) = carded(sim).await;
    let data = json!({ "cardData": printed(&money, &plastic).await });
    let card = format!("/paymentInstruments/{plastic}");
    let pin = json!({ "pin": "4821" });
    match operation {
        "paymentinstrument_get_getpaymentinstrumentlist" => {
            money.call("GET", "/paymentInstruments", Json::Null).await
        }
        "paymentinstrument_get_getpaymentinstrument" => money.call("GET", &card, Json::Null).await,
        "paymentinstrument_put_setpin" => money.call("PUT", &card, pin).await,
        "paymentinstrument_post_verifypin" => {
            money.call("PUT", &card, pin.clone()).await.expect(200);
            money.call("POST", &format!("{card}/verifyPin"), pin).await
        }
        "paymentinstrument_post_validatecard" => {
            money.call("POST", &format!("{card}/validateCard"), data).await
        }
        "paymentinstrument_post_activatecardviapaymentinstrumentidentifier" => {
            money.call("POST", &format!("{card}/activateCard"), data).await
        }
        "paymentinstrument_post_activatecardviaaccountidentifier" => {
            money.call("POST", "/activateCard", data).await
        }
        "paymentinstrument_put_updatepaymentinstrument" => {
            let path = format!("/paymentInstruments/{screen}/lifecycleEvent");
            money.call("PUT", &path, json!({ "lifecycleEventType": "pause" })).await
        }
        "paymentinstrument_get_replacecardeligibility" => {
            money.call("GET", &format!("{card}/replaceCardEligibility"), Json::Null).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// A good call of one operation on a holder at the gates.
async fn exercise_gates(partner: &Partner, operation: &str, mut body: Json) -> Answer {
    let prefix = match operation {
        "kyc_post_createkyc1" | "kyc_post_createkyc2" => "554",
        operation if operation.starts_with("ofac_") => "401",
        _ => "991",
    };
    let number = body["user"]["userData"]["identifyingData"]["ssn"].as_str().unwrap().to_owned();
    body["user"]["userData"]["identifyingData"]["ssn"] = json!(format!("{prefix}{}", &number[3..]));
    let enrolled = partner.enroll(&guid(), &body).await;
    let account = enrolled.account_id();
    let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
    let user = user.as_str().unwrap();
    body["user"]["userData"]["identifyingData"]["ssn"] = json!(number);
    let person = json!({ "userData": body["user"]["userData"] });
    let document = json!({ "documentFrontImage": "QUJD" });
    let (own, gate) = (format!("/accounts/{account}/users/{user}"), format!("/users/{user}"));
    let post = async |path: String, body: Json| partner.call("POST", &path, &guid(), body).await;
    match operation {
        "kyc_post_createkyc1" => {
            post(format!("{gate}/kycGates/kyc1"), json!({ "ssnSuffix": "0001" })).await
        }
        "kyc_post_createkyc2" => {
            post(format!("{gate}/kycGates/kyc2"), json!({ "ssn": number })).await
        }
        "kyc_post_createoow" => post(format!("{gate}/kycGates/oow"), json!({})).await,
        "kyc_post_createidvvalidation" => {
            let body = json!({ "identityDocumentation": document });
            post(format!("{own}/kycGates/idv"), body).await
        }
        "kyc_post_createscancapturevalidation" => {
            let body = json!({ "productCode": "50400", "identityDocumentation": document });
            post("/kycGates/scanCapture".to_owned(), body).await
        }
        "kyc_post_generatedocvdocumentrequest" => {
            post(format!("{own}/socureDocumentRequest"), Json::Null).await
        }
        "kyc_post_generatedocvdocumentrequest_ofaccount" => {
            post(format!("/accounts/{account}/socureDocumentRequest"), Json::Null).await
        }
        "kyc_post_idvuuidvalidation" => {
            // At another gate than the pending one; what it does is shown beside the gates.
            post(format!("{own}/kycGates/idv"), json!({ "identityDocumentation": document })).await;
            post(format!("{own}/kycGates/idvUuid"), json!({ "documentUuid": guid() })).await
        }
        "account_post_executekyc" => post(format!("{own}/kyc"), person).await,
        "ofac_post_createenrollmentofac2" => {
            post(format!("/enrollments/accounts/{account}/ofac2"), person).await
        }
        "ofac_post_createenrollmentofac2_ofuser" => {
            post(format!("{own}/kycGates/ofac2"), person).await
        }
        "paymentinstrument_post_completeregistration" => {
            post(format!("{own}/kycGates/idv"), json!({ "identityDocumentation": document })).await;
            post(format!("/accounts/{account}/paymentInstruments"), json!({})).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Calls that test webhooks.
async fn exercise_events(partner: &Partner, operation: &str) -> Answer {
    let event = json!({ "eventIdentifier": guid(), "eventType": "transaction",
        "eventDateTime": "2031-05-06T10:00:00Z" });
    let accounts = json!([{ "accountIdentifier": guid(), "events": [event] }]);
    let (path, body) = match operation {
        // Nobody listens there: that is told.
        "event_post_testeventwebhook" => ("", json!({ "postBackUrl": "http://127.0.0.1:9/" })),
        "event_post_testeventwebhook_rcv" => ("-rcv", json!({ "accounts": accounts })),
        "event_post_testeventwebhooksetconfig" => ("-setconfig", json!({ "httpStatus": 200 })),
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    };
    partner.call("POST", &format!("/testeventwebhook{path}"), &guid(), body).await
}

/// Calls that move money, and those that show what was moved.
async fn exercise_money(sim: &TestSim, operation: &str) -> Answer {
    let money = money_account(sim, "wf").await;
    let body = money.body("promo", "5");
    match operation {
        "adjustment_post_adjustbalance" => money.call("POST", "/adjustments", body).await,
        "adjustment_get_getadjustbalancestatus" => {
            let id = body["adjustmentIdentifier"].as_str().unwrap().to_owned();
            money.call("POST", "/adjustments", body).await.expect(200);
            money.call("GET", &format!("/adjustments/{id}"), Json::Null).await
        }
        "transactions_get_gettransactions" => {
            money.call("GET", "/transactions?limit=1", Json::Null).await
        }
        "transactions_get_gettransactionpagination" => {
            money.call("GET", "/transactions/pagination?pageNumber=1", Json::Null).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Calls that change an account or its holders.
async fn exercise_changes(sim: &TestSim, operation: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let body = enrollment(&sim.person("wf").await);
    let account = partner.enroll(&guid(), &body).await.account_id();
    let call = async |method: &str, path: &str, body: Json| {
        partner.call(method, &path.replace("{a}", &account), &guid(), body).await
    };
    let reached = json!({ "email": { "emailAddress": "new@example.com" } });
    match operation {
        "account_put_updateaccount" => {
            call("PUT", "/accounts/{a}", json!({ "partnerAccountIdentifier": "x" })).await
        }
        "account_put_setpartneraccountstatus" => {
            let status = json!({
                "status": "restricted", "statusReason": "potentialFraud", "notes": "n",
            });
            call("PUT", "/accounts/{a}/status", status).await
        }
        "account_put_closeaccount" => {
            let reason = json!({ "reason": "customerInitiatedSpendDown" });
            call("PUT", "/accounts/{a}/close", reason).await
        }
        "account_post_addaccountholder" => {
            let person = sim.person("wf").await;
            let joining = json!({ "currency": "USD", "userProfile": person });
            call("POST", "/accounts/{a}/AccountHolder", joining).await
        }
        "vipfeature_put_updatefeature" => {
            call("PUT", "/accounts/{a}/features/NB100", json!({ "authorize": true })).await
        }
        "vipfeature_get_getfeatures" => call("GET", "/accounts/{a}/features", Json::Null).await,
        "purse_post_createpurse" => {
            call("POST", "/accounts/{a}/purses", json!({ "purseType": "Savings" })).await
        }
        "purse_get_getpurses" => call("GET", "/accounts/{a}/purses", Json::Null).await,
        purses if purses.starts_with("purse_") || OF_PURSES.contains(&purses) => {
            let made = json!({ "purseType": "Savings" });
            let made = call("POST", "/accounts/{a}/purses", made).await;
            let purse = made.body["purse"]["purseIdentifier"].as_str().unwrap().to_owned();
            exercise_purses(&partner, operation, (&account, &purse)).await
        }
        "account_post_updateitin" => exercise_identity(sim, "/programs/wf").await,
        "account_post_updateitin_without_program" => exercise_identity(sim, "").await,
        "enrollments_put_updateprofile" => {
            call("PUT", "/enrollments/account/{a}", json!({ "userData": reached })).await
        }
        "enrollments_put_updateprofile_plural" => {
            call("PUT", "/enrollments/accounts/{a}", json!({ "userData": reached })).await
        }
        _ if OF_USERS.contains(&operation) => exercise_users(sim, operation).await,
        _ => exercise_checks(sim, operation).await,
    }
}

/// Operations on users, and those that tell which accounts a person has.
const OF_USERS: [&str; 9] = [
    "account_get_getusers",
    "users_get_getusersrequireidv",
    "account_put_updateuser",
    "users_put_updateuser",
    "users_put_updateusername",
    "account_get_getaccounttype",
    "account_get_getlinkedaccount",
    "account_get_getlinkedaccountsinfo",
    "account_get_accountlookuppartnerconsumeridentifier",
];

async fn exercise_users(sim: &TestSim, operation: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let mut body = enrollment(&sim.person("wf").await);
    body["account"]["partnerConsumerId"] = json!("C-1");
    let enrolled = partner.enroll(&guid(), &body).await;
    let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
    let (own, user) = (format!("/accounts/{}", enrolled.account_id()), user.as_str().unwrap());
    let change = json!({ "peerTransferAcceptPreference": "automatic" });
    let put = async |path: String, body: Json| partner.call("PUT", &path, &guid(), body).await;
    match operation {
        "account_get_getusers" => partner.get(&format!("{own}/users")).await,
        "users_get_getusersrequireidv" => partner.get(&format!("{own}/users/requireIdv")).await,
        "account_put_updateuser" => put(format!("{own}/users/{user}"), change).await,
        "users_put_updateuser" => put(format!("/users/{user}"), change).await,
        "users_put_updateusername" => {
            let names = json!({ "profileData": { "lastName": "Solano" } });
            let document = json!({ "fileData": "QUJD" });
            let body = json!({
                "userData": names, "reason": "marriage", "supportingDocument": document,
            });
            put(format!("/users/{user}/name"), body).await
        }
        "account_get_getaccounttype" => partner.get(&format!("{own}/accountType")).await,
        "account_get_getlinkedaccount" => partner.get(&format!("{own}/linkedAccounts")).await,
        "account_get_getlinkedaccountsinfo" => {
            partner.get(&format!("{own}/linkedAccountsInfo")).await
        }
        "account_get_accountlookuppartnerconsumeridentifier" => {
            partner.get("/partnerConsumers/C-1/accounts").await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Calls that hand a check in and follow it.
async fn exercise_checks(sim: &TestSim, operation: &str) -> Answer {
    sim.partner("wf").await;
    let money = money_account(sim, "wf").await;
    tier(&money, "RDC2").await;
    let body = check(&money, "5");
    let post = async |path: &str| money.partner.call("POST", path, &guid(), body.clone()).await;
    let get = async |path: &str| money.partner.get(&format!("{}/{path}", money.path)).await;
    match operation {
        "transfers_post_assessmrdctransfer" => post("/transfers/mrdc/assessment").await,
        "transfers_post_createmrdctransfer" => post("/transfers/mrdc").await,
        "transfers_post_submitcheck" => hand_in(&money, &body).await,
        "account_get_getmrdctransferlist" => get("mrdcTransfers").await,
        "account_get_getfundfulfillmentmrdctransferlist" => {
            get("fundfulfillment/mrdcTransfers").await
        }
        "account_get_getonholdtransfers" => get("mrdcTransfers/onHold").await,
        "account_put_updatecheck" => {
            let id = handed_in(&money, "5").await;
            decide(&money, &id, "cancel").await
        }
        "account_get_getmrdctransfer" => {
            get(&format!("mrdcTransfers/{}", handed_in(&money, "5").await)).await
        }
        "account_get_getfundfulfillmentmrdctransfer" => {
            let id = handed_in(&money, "5").await;
            get(&format!("fundfulfillment/mrdcTransfers/{id}")).await
        }
        "account_get_getcheckimages" => {
            get(&format!("mrdcTransfers/{}/images", handed_in(&money, "5").await)).await
        }
        "transfers_put_updatemrdcfundsavailabledate" => {
            let path = format!("/fundfulfillment/mrdc/{}", accepted(&money, "5").await);
            let body = json!({ "fundsAvailableDate": "2031-05-07" });
            money.partner.call("PUT", &path, &guid(), body).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Transfers that need a purse.
const OF_PURSES: [&str; 2] = ["transfers_post_transfer", "transfers_post_assesstransfer"];

/// Calls on an empty purse beside the primary one.
async fn exercise_purses(
    partner: &Partner,
    operation: &str,
    (account, purse): (&str, &str),
) -> Answer {
    let path = format!("/accounts/{account}/purses/{purse}");
    let route = json!({ "transferType": "purse", "transferRoute": {
        "transactionAmount": 1,
        "sourceTransferEndpoint": { "purseIdentifier": purse },
        "targetTransferEndpoint": { "accountIdentifier": account },
    } });
    match operation {
        "purse_put_updatepurse" => {
            partner.call("PUT", &path, &guid(), json!({ "isRoundUp": true })).await
        }
        "purse_delete_closepurse" => partner.call("DELETE", &path, &guid(), Json::Null).await,
        "transfers_post_transfer" => partner.call("POST", "/transfers", &guid(), route).await,
        "transfers_post_assesstransfer" => {
            partner.call("POST", "/transfers/assessment", &guid(), route).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

async fn exercise_identity(sim: &TestSim, prefix: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let enrolled = enrolled_by_matricula(sim, &partner).await;
    let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
    let (account, user) = (enrolled.account_id(), user.as_str().unwrap());
    let (token, id) = (format!("Bearer {}", partner.token), guid());
    let headers = [("authorization", token.as_str()), ("x-gd-requestid", id.as_str())];
    let path = format!("{prefix}/accounts/{account}/users/{user}/identity");
    let number = if prefix.is_empty() { "900111111" } else { "900222222" };
    let body = json!({ "idNumber": number }).to_string();
    sim.bare("POST", &path, &headers, body).await
}

/// A good call of one control operation on an account that exists.
async fn exercise_account(sim: &TestSim, operation: &str) -> Answer {
    let partner = sim.partner("wf").await;
    let body = enrollment(&sim.person("wf").await);
    let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
    let path = format!("wf/accounts/{account}");
    match operation {
        "sim_get_account" => sim.control("GET", &path, Json::Null).await,
        "sim_get_timeline" => sim.control("GET", &format!("{path}/timeline"), Json::Null).await,
        "sim_list_actions" => sim.control("GET", &format!("{path}/actions"), Json::Null).await,
        _ => sim.act("wf", &account, json!({ "action": "lockForFraud" })).await,
    }
}

async fn exercise_control(sim: &TestSim, operation: &str) -> Answer {
    if let Some(answer) = exercise_scenarios(sim, operation).await {
        return answer;
    }
    let control = async |method, path: &str, body| sim.control(method, path, body).await;
    let sealed = json!({ "plaintext": {}, "requestId": "r" });
    match operation {
        "sim_put_program" => control("PUT", "wf", json!({})).await,
        "sim_get_program" => control("GET", "wf", Json::Null).await,
        "sim_delete_program" => control("DELETE", "wf", Json::Null).await,
        "sim_reset_program" => control("POST", "wf/reset", Json::Null).await,
        "sim_list_accounts" => control("GET", "wf/accounts", Json::Null).await,
        "sim_get_account" | "sim_list_actions" | "sim_act" | "sim_get_timeline" => {
            exercise_account(sim, operation).await
        }
        "sim_get_clock" => control("GET", "wf/clock", Json::Null).await,
        "sim_put_clock" => control("PUT", "wf/clock", json!({ "mode": "running" })).await,
        "sim_advance_clock" => control("POST", "wf/clock/advance", json!({ "by": "PT1S" })).await,
        "sim_add_fault" => add_fault(sim).await,
        "sim_list_faults" => control("GET", "wf/faults", Json::Null).await,
        "sim_delete_faults" => control("DELETE", "wf/faults", Json::Null).await,
        "sim_delete_fault" => {
            let fault = add_fault(sim).await.body["faultId"].as_str().unwrap().to_owned();
            control("DELETE", &format!("wf/faults/{fault}"), Json::Null).await
        }
        "sim_list_packages" => control("GET", "wf/packages", Json::Null).await,
        "sim_put_packages" => put_package(sim).await,
        "sim_delete_package" => {
            put_package(sim).await.expect(204);
            control("DELETE", "wf/packages/P-1", Json::Null).await
        }
        "sim_invent_person" => control("POST", "wf/people", json!({})).await,
        "sim_explain_request" => {
            let (partner, id) = (sim.partner("wf").await, guid());
            partner.call("GET", "/accounts/unknown", &id, Json::Null).await.expect(400);
            control("GET", &format!("wf/requests/{id}/explain"), Json::Null).await
        }
        "sim_list_requests" => control("GET", "wf/requests", Json::Null).await,
        "sim_verify_requests" => {
            let claim = json!({ "match": { "method": "PATCH" }, "never": true });
            control("POST", "wf/requests/verify", claim).await
        }
        "sim_audit_ledger" => control("POST", "wf/ledger/audit", Json::Null).await,
        "sim_reconcile_adjustments" => {
            control("GET", "wf/adjustments/reconciliation", Json::Null).await
        }
        "sim_encrypt" => control("POST", "wf/crypto/encrypt", sealed).await,
        "sim_decrypt" => {
            let container = control("POST", "wf/crypto/encrypt", sealed).await.body;
            let wish = json!({ "container": container, "requestId": "r" });
            control("POST", "wf/crypto/decrypt", wish).await
        }
        "sim_list_documents" => control("GET", "wf/documents", Json::Null).await,
        "sim_finish_document" => finish_document(sim).await,
        state if STATE.contains(&state) => exercise_state(sim, operation).await,
        "sim_list_events" => control("GET", "wf/events", Json::Null).await,
        "sim_list_deliveries" => control("GET", "wf/deliveries", Json::Null).await,
        "sim_list_event_types" => sim.bare("GET", "/_sim/v1/event-types", &[], "").await,
        "sim_replay_events" => {
            let counted = json!({ "match": {}, "dryRun": true });
            control("POST", "wf/events/replay", counted).await
        }
        "sim_replay_event" | "sim_wait_for_events" => tell(sim, operation).await,
        "sim_live" => sim.bare("GET", "/_sim/health/live", &[], "").await,
        "sim_ready" => sim.bare("GET", "/_sim/health/ready", &[], "").await,
        _ => exercise_codes(sim, operation).await,
    }
}

/// Operations on the state of a program as a whole.
const STATE: [&str; 7] = [
    "sim_take_snapshot",
    "sim_list_snapshots",
    "sim_delete_snapshot",
    "sim_restore_snapshot",
    "sim_fork_program",
    "sim_export_program",
    "sim_import_program",
];

async fn exercise_state(sim: &TestSim, operation: &str) -> Answer {
    let control = async |method, path: &str, body| sim.control(method, path, body).await;
    let take = json!({ "name": operation });
    let one = format!("wf/snapshots/{operation}");
    match operation {
        "sim_take_snapshot" => control("POST", "wf/snapshots", take).await,
        "sim_list_snapshots" => control("GET", "wf/snapshots", Json::Null).await,
        "sim_delete_snapshot" => {
            control("POST", "wf/snapshots", take).await.expect(201);
            control("DELETE", &one, Json::Null).await
        }
        "sim_restore_snapshot" => {
            control("POST", "wf/snapshots", take).await.expect(201);
            control("POST", &format!("{one}/restore"), Json::Null).await
        }
        "sim_fork_program" => control("POST", "wf/fork", json!({ "to": "fork" })).await,
        "sim_export_program" => control("GET", "wf/export", Json::Null).await,
        "sim_import_program" => {
            let file = control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
            sim.bare("PUT", "/_sim/v1/programs/wf/import", &[], file).await
        }
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    }
}

/// Control calls that play scenarios and seeds, and their schemas.
async fn exercise_scenarios(sim: &TestSim, operation: &str) -> Option<Answer> {
    let (method, path, file) = match operation {
        "sim_run_scenario" => ("POST", "v1/scenarios/run", "name: x\nsteps: [wait: webhooks]"),
        "sim_get_seed" => ("GET", "v1/seed", ""),
        "sim_post_seed" => ("POST", "v1/seed", "programs: {sown: {}}"),
        "sim_put_seed" => ("PUT", "v1/seed", "programs: {sown: {}}"),
        "sim_scenario_schema" => ("GET", "scenario.schema.json", ""),
        "sim_seed_schema" => ("GET", "seed.schema.json", ""),
        _ => return None,
    };
    Some(sim.bare(method, &format!("/_sim/{path}"), &[], file).await)
}

/// Control calls that show the codes of contact verifications.
async fn exercise_codes(sim: &TestSim, operation: &str) -> Answer {
    let generated = contact_verification(sim, &sim.partner("wf").await).await;
    let id = generated.body["contactVerificationIdentifier"].as_str().unwrap();
    let path = match operation {
        "sim_list_contact_verifications" => "wf/contactVerifications".to_owned(),
        "sim_get_contact_verification" => format!("wf/contactVerifications/{id}"),
        unknown => panic!("no test calls the operation {unknown}: add it here"),
    };
    sim.control("GET", &path, Json::Null).await
}

async fn add_fault(sim: &TestSim) -> Answer {
    let rule = json!({ "effect": { "kind": "interrupt" } });
    sim.control("POST", "wf/faults", rule).await
}

/// Enrolls with an endpoint configured, and sends the event again or waits for it.
async fn tell(sim: &TestSim, operation: &str) -> Answer {
    let hooks = json!({ "webhooks": [{ "url": "http://127.0.0.1:9/hooks" }] });
    sim.control("PUT", "wf", hooks).await.expect(200);
    let body = enrollment(&sim.person("wf").await);
    sim.partner("wf").await.enroll(&guid(), &body).await.expect(200);
    let events = sim.control("POST", "wf/events/wait", json!({})).await;
    if operation == "sim_wait_for_events" {
        return events;
    }
    let event = events.body["events"][0]["eventIdentifier"].as_str().unwrap().to_owned();
    sim.control("POST", &format!("wf/events/{event}/replay"), Json::Null).await
}

async fn put_package(sim: &TestSim) -> Answer {
    let wish = json!({ "mappingIdentifiers": ["P-1"] });
    sim.control("POST", "wf/packages", wish).await
}

/// Asks for a document and finishes it.
async fn finish_document(sim: &TestSim) -> Answer {
    let partner = sim.partner("wf").await;
    let mut body = enrollment(&sim.person("wf").await);
    body["user"]["userData"]["identifyingData"]["ssn"] = json!("991900001");
    let account = partner.enroll(&guid(), &body).await.account_id();
    let ask = format!("/accounts/{account}/socureDocumentRequest");
    let asked = partner.call("POST", &ask, &guid(), Json::Null).await.expect(200);
    let token = asked.body["docvTransactionToken"].as_str().unwrap();
    let path = format!("wf/documents/{token}");
    sim.control("POST", &path, json!({ "outcome": "accept" })).await
}
