//! Upgrading an account to another product: the rows of the vendor's table, what an upgrade
//! changes, and what it leaves as it was.

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

const PREPAID: &str = "50300";
const CHECKING: &str = "50400";

/// A program with one prepaid account.
struct Upgrading {
    sim: TestSim,
    partner: Partner,
    person: Json,
    account: String,
}

impl Upgrading {
    async fn start(engine: Engine) -> Self {
        Self::on(TestSim::start(engine).await, |_| {}).await
    }

    async fn on(sim: TestSim, change: impl FnOnce(&mut Json)) -> Self {
        let partner = sim.partner("wf").await;
        let mut person = sim.person("wf").await;
        change(&mut person);
        let account = prepaid(&partner, &person).await;
        Self { sim, partner, person, account }
    }

    async fn settings(&self, change: Json) {
        self.sim.control("PUT", "wf", change).await.expect(200);
    }

    /// The products of the program, changed.
    async fn products(&self, change: impl FnOnce(&mut Vec<Json>)) {
        let settings = self.sim.control("GET", "wf", Json::Null).await.expect(200).body;
        let mut products = settings["products"].as_array().unwrap().clone();
        change(&mut products);
        self.settings(json!({ "products": products })).await;
    }

    fn body(&self) -> Json {
        json!({
            "user": { "userData": self.person },
            "account": { "accountIdentifier": self.account, "productCode": CHECKING },
            "upgradeFlag": true,
            "executeKycFlag": true,
        })
    }

    async fn send(&self, body: &Json) -> Answer {
        self.partner.enroll(&guid(), body).await
    }

    async fn read(&self) -> Json {
        let path = format!("/accounts/{}", self.account);
        self.partner.get(&path).await.expect(200).body["account"].clone()
    }

    async fn history(&self) -> Vec<(String, String)> {
        let select = "SELECT from_product, to_product FROM product_changes WHERE account_id = $1";
        let select = piebox::db::sql(select).bind(self.account.as_str());
        self.sim.sim.db.all(select).await.unwrap()
    }

    /// What a refusal must leave alone: the account, its history, what was sent.
    async fn everything(&self) -> (Json, Vec<(String, String)>, usize) {
        (self.read().await, self.history().await, self.sim.events("wf").await.len())
    }

    /// Refused with HTTP 400, and nothing has changed.
    async fn refuses(&self, body: &Json, code: &str) -> Answer {
        self.refuses_under(&guid(), body, code).await
    }

    async fn refuses_under(&self, id: &str, body: &Json, code: &str) -> Answer {
        let before = self.everything().await;
        let answer = self.partner.enroll(id, body).await.expect_refused(400, code);
        assert!(answer.body.get("account").is_none(), "{}", answer.text);
        assert_eq!(self.everything().await, before, "{body}");
        answer
    }

    /// Hands a document in for the upgrade.
    async fn show_document(&self, outcome: &str) -> Answer {
        let user = self.read().await["accountHolders"][0]["user"]["userIdentifier"].clone();
        let path = format!("/accounts/{}/users/{}", self.account, user.as_str().unwrap());
        let ask = format!("{path}/socureDocumentRequest");
        let token = self.partner.call("POST", &ask, &guid(), Json::Null).await.expect(200);
        let token = token.body["docvTransactionToken"].as_str().unwrap().to_owned();
        let finish = format!("wf/documents/{token}");
        let finished = self.sim.control("POST", &finish, json!({ "outcome": outcome })).await;
        let uuid = finished.expect(200).body["documentUuid"].clone();
        let body = json!({ "documentUuid": uuid, "type": "AccountUpgrade" });
        self.partner.call("POST", &format!("{path}/kycGates/idvUuid"), &guid(), body).await
    }

    async fn complete(&self) -> Answer {
        let path = format!("/accounts/{}/paymentInstruments", self.account);
        self.partner.call("POST", &path, &guid(), json!({ "upgradeFlag": true })).await
    }

    /// The body with one member changed.
    fn with(&self, pointer: &str, value: Json) -> Json {
        let mut body = self.body();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[member] = value;
        body
    }
}

async fn prepaid(partner: &Partner, person: &Json) -> String {
    let mut body = enrollment(person);
    body["account"]["productCode"] = json!(PREPAID);
    body["executeKycFlag"] = json!(false);
    partner.enroll(&guid(), &body).await.expect(200).account_id()
}

on_both_engines! {
    async fn upg_1_a_healthy_prepaid_account_becomes_a_demand_deposit_one(engine: Engine) {
        let up = Upgrading::start(engine).await;
        up.sim.control("POST", "wf/clock/advance", json!({ "by": "PT1H" })).await.expect(200);
        let before = up.read().await;
        let mut body = up.body();
        body["requestPhysicalCardFlag"] = json!(true);
        body["account"]["termsAcceptances"] =
            json!([{ "termsIdentifier": "daa", "termsAcceptanceFlag": true }]);
        let id = guid();
        let upgraded = up.partner.enroll(&id, &body).await.expect(200);
        assert_eq!((upgraded.code().as_str(), upgraded.account_id()), ("0/0", up.account.clone()));

        let after = up.read().await;
        assert_eq!(after["productCode"], CHECKING);
        assert_eq!(after["productTierKey"], 32);
        assert_eq!(after["termsAcceptances"][0]["termsIdentifier"], "daa");
        assert!(after.get("UpgradeKycStateData").is_none(), "{after}");
        let cards = |account: &Json| {
            account["accountHolders"][0]["paymentInstruments"].as_array().unwrap().clone()
        };
        let (old, new) = (cards(&before), cards(&after));
        assert_eq!((old.len(), new.len()), (2, 3));
        assert_eq!(old[..], new[..2]);
        assert_eq!(new[2]["paymentInstrumentType"], "emv");
        assert_eq!(new[2]["status"], "notActivated");
        for same in ["accountReferenceNumber", "directDepositInformation", "status", "purses"] {
            assert_eq!(before[same], after[same], "{same}");
        }
        assert_eq!(up.history().await, [(PREPAID.to_owned(), CHECKING.to_owned())]);
        let events = up.sim.events("wf").await;
        assert_eq!(events.len(), 2);
        assert_eq!(events.last().unwrap()["accountIdentifier"], up.account.as_str());

        // The same again, with whatever else in it, changes nothing.
        let everything = up.everything().await;
        body["account"]["productMaterialType"] = json!("gold");
        let again = up.partner.enroll(&id, &body).await.expect(200);
        assert_eq!((again.code().as_str(), again.account_id()), ("0/0", up.account.clone()));
        assert_eq!(up.everything().await, everything);
    }

    async fn upg_1_without_user_document_and_plastic_the_webhook_comes_all_the_same(
        engine: Engine,
    ) {
        let up = Upgrading::start(engine).await;
        let mut body = up.body();
        body["user"] = Json::Null;
        let upgraded = up.send(&body).await.expect(200);
        assert_eq!(upgraded.code(), "0/0");
        assert_eq!(up.read().await["productCode"], CHECKING);
        assert_eq!(up.sim.events("wf").await.len(), 2);
    }

    async fn upg_1_an_identity_check_that_is_not_passed_waits_for_documents(engine: Engine) {
        let ssn = |person: &mut Json| person["identifyingData"]["ssn"] = json!("991000001");
        let up = Upgrading::on(TestSim::start(engine).await, ssn).await;
        let before = up.everything().await;
        let (id, body) = (guid(), up.body());
        let waits = up.partner.enroll(&id, &body).await.expect_refused(200, "1/10");
        assert_eq!(waits.account_id(), up.account);
        let shown = json!({
            "ofacStatus": "passed", "kycStatus": "failed", "kycPendingGate": "idv"
        });
        let (mut read, history, events) = up.everything().await;
        assert_eq!(read["UpgradeKycStateData"], shown);
        let enrollment = format!("/enrollments/accounts/{}", up.account);
        let enrollment = up.partner.get(&enrollment).await.expect(200).body;
        assert_eq!(enrollment["account"], read);
        // Nothing else has happened, nor does it when the call comes again.
        read.as_object_mut().unwrap().remove("UpgradeKycStateData");
        assert_eq!((read, history, events), before);
        let waiting = up.everything().await;
        up.partner.enroll(&id, &body).await.expect_refused(200, "1/10");
        up.send(&body).await.expect_refused(200, "1/10");
        assert_eq!(up.everything().await, waiting);
        // Another account under this request id is refused even so.
        let other = up.with(
            "/account/accountIdentifier",
            json!(prepaid(&up.partner, &up.sim.person("wf").await).await),
        );
        let other = json!({ "account": other["account"], "upgradeFlag": true });
        up.refuses_under(&id, &other, "4505/0").await;
    }

    // Proves UPG-1.
    async fn an_upgrade_that_waited_is_completed_once_its_check_is_passed(engine: Engine) {
        let ssn = |person: &mut Json| person["identifyingData"]["ssn"] = json!("991000001");
        let up = Upgrading::on(TestSim::start(engine).await, ssn).await;
        let (id, mut body) = (guid(), up.body());
        body["requestPhysicalCardFlag"] = json!(true);
        body["account"]["termsAcceptances"] = json!([{ "termsIdentifier": "daa" }]);
        up.partner.enroll(&id, &body).await.expect_refused(200, "1/10");
        up.complete().await.expect_refused(200, "1/12");
        // One that failed for good is over, and told: the upgrade may be asked for anew.
        up.show_document("reject").await.expect_refused(201, "2/22");
        assert_eq!(up.sim.events("wf").await.len(), 2);
        up.complete().await.expect_refused(200, "1/12");
        up.refuses(&up.with("/account/productCode", json!(PREPAID)), "4504/0").await;
        up.send(&body).await.expect_refused(200, "1/10");
        assert_eq!(up.read().await["UpgradeKycStateData"]["kycPendingGate"], "idv");

        up.show_document("accept").await.expect(201);
        assert_eq!(up.read().await["UpgradeKycStateData"]["kycPendingGate"], "healthy");
        let fault = json!({ "effect": { "kind": "processorFailure" }, "times": 1 });
        up.sim.control("POST", "wf/faults", fault).await.expect(201);
        up.complete().await.expect_refused(400, "5030/0");
        assert_eq!(up.read().await["productCode"], PREPAID);
        assert_eq!(up.complete().await.expect(200).code(), "0/0");
        let after = up.read().await;
        assert_eq!(after["productCode"], CHECKING);
        assert_eq!(after["termsAcceptances"][0]["termsIdentifier"], "daa");
        assert!(after.get("UpgradeKycStateData").is_none(), "{after}");
        let cards = &after["accountHolders"][0]["paymentInstruments"];
        assert_eq!(cards.as_array().unwrap().len(), 3);
        assert_eq!((up.history().await.len(), up.sim.events("wf").await.len()), (1, 3));
        // Both calls are harmless when they come again.
        assert_eq!(up.partner.enroll(&id, &body).await.expect(200).code(), "0/0");
        assert_eq!(up.complete().await.expect(200).code(), "0/0");
        assert_eq!((up.history().await.len(), up.sim.events("wf").await.len()), (1, 3));
    }

    // Proves UPG-1, UPG-4.
    async fn an_upgrade_is_not_completed_while_the_account_is_held_or_closing(engine: Engine) {
        let ssn = |person: &mut Json| person["identifyingData"]["ssn"] = json!("991000001");
        let up = Upgrading::on(TestSim::start(engine).await, ssn).await;
        up.send(&up.body()).await.expect_refused(200, "1/10");
        up.show_document("accept").await.expect(201);
        up.sim.act("wf", &up.account, json!({ "action": "lockForFraud" })).await.expect(200);
        up.complete().await.expect_refused(200, "4/105");
        assert_eq!(up.read().await["productCode"], PREPAID);
        up.sim.act("wf", &up.account, json!({ "action": "unlockFraud" })).await.expect(200);
        let path = format!("/accounts/{}/close", up.account);
        let reason = json!({ "reason": "customerInitiatedSpendDown" });
        up.partner.call("PUT", &path, &guid(), reason).await.expect(200);
        assert!(up.read().await.get("UpgradeKycStateData").is_none());
        up.complete().await.expect_refused(200, "4/105");
        assert_eq!(
            (up.read().await["productCode"].clone(), up.history().await.len()),
            (json!(PREPAID), 0)
        );
    }

    // Proves UPG-1.
    async fn a_sanctions_match_stands_in_the_way_of_an_upgrade(engine: Engine) {
        let ssn = |person: &mut Json| person["identifyingData"]["ssn"] = json!("992000001");
        let up = Upgrading::on(TestSim::start(engine).await, ssn).await;
        let act = async |action: Json| up.sim.act("wf", &up.account, action).await;
        // Without an identity check the prepaid account met the list as well.
        act(json!({ "action": "clearOfac" })).await;
        up.send(&up.body()).await.expect_refused(200, "1/10");
        act(json!({ "action": "nextDocument", "outcome": "accept" })).await.expect(200);
        act(json!({ "action": "passIdv" })).await.expect(200);
        assert_eq!(up.read().await["UpgradeKycStateData"]["kycPendingGate"], "manual");
        up.complete().await.expect_refused(200, "1/12");
        up.send(&up.body()).await.expect_refused(200, "1/31");
        act(json!({ "action": "clearOfac" })).await.expect(200);
        assert_eq!(up.complete().await.expect(200).code(), "0/0");
        act(json!({ "action": "failOfac" })).await.expect(409);
    }

    // Proves UPG-1.
    async fn an_account_without_an_upgrade_has_none_to_complete(engine: Engine) {
        let up = Upgrading::start(engine).await;
        up.complete().await.expect_refused(200, "4/105");
    }

    async fn upg_2_and_upg_8_the_account_is_named_and_known(engine: Engine) {
        let up = Upgrading::start(engine).await;
        for wrong in [Json::Null, json!(""), json!("12"), json!("{8e1bd112}")] {
            up.refuses(&up.with("/account/accountIdentifier", wrong), "350/0").await;
        }
        let refused = up.refuses(&up.with("/account", Json::Null), "350/0").await;
        assert_eq!(refused.description(), "accountIdentifier is invalid");
        let unknown = up.with("/account/accountIdentifier", json!(guid()));
        let refused = up.refuses(&unknown, "10/0").await;
        assert_eq!(refused.description(), "Account, account holder, or user not found");
        // An account of another program is no account of this one.
        let other = up.sim.partner("wf2").await;
        up.sim.control("PUT", "wf2", json!({})).await.expect(200);
        other.enroll(&guid(), &up.body()).await.expect_refused(400, "10/0");
        let upper = up.with("/account/accountIdentifier", json!(up.account.to_uppercase()));
        assert_eq!(up.send(&upper).await.expect(200).code(), "0/0");
    }

    async fn upg_3_the_user_document_is_the_one_on_file(engine: Engine) {
        let up = Upgrading::start(engine).await;
        let home = "/user/userData/profileData/addresses/0";
        let work = json!([{ "number": "6265550199", "type": "work" }]);
        for (pointer, value) in [
            ("/user/userData/profileData/firstName", json!("Other")),
            ("/user/userData/profileData/lastName", json!("Other")),
            ("/user/userData/profileData/middleName", json!("Other")),
            ("/user/userData/identifyingData/dateOfBirth", json!("1980-01-01")),
            ("/user/userData/identifyingData/ssn", json!("102345678")),
            ("/user/userData/identifyingData/ssnSuffix", json!("0000")),
            ("/user/userData/email/emailAddress", json!("other@example.com")),
            ("/user/userData/phoneNumbers", work),
            (&format!("{home}/addressLine1"), json!("1 Other St")),
            (&format!("{home}/zipCode"), json!("90210")),
            (&format!("{home}/type"), json!("castle")),
        ] {
            let refused = up.refuses(&up.with(pointer, value), "4502/0").await;
            assert_eq!(refused.description(), "User profile cannot be changed", "{pointer}");
        }
        let mut second = up.body();
        let addresses = &mut second["user"]["userData"]["profileData"]["addresses"];
        let extra = json!({ "addressLine1": "1 Elm", "city": "LA", "type": "work" });
        addresses.as_array_mut().unwrap().push(extra);
        up.refuses(&second, "4502/0").await;

        // What is left out, or written in another way, is no change.
        let mut same = up.body();
        let user = &mut same["user"]["userData"];
        let ssn = user["identifyingData"]["ssn"].as_str().unwrap().to_owned();
        user["identifyingData"] = json!({ "ssnSuffix": ssn[5..] });
        user["profileData"]["addresses"][0]["zipCode"] = json!("91101-2345");
        user["profileData"]["addresses"][0]["state"] = json!("ca");
        user["profileData"]["addresses"][0]["countryCode"] = Json::Null;
        user["email"] = Json::Null;
        user["phoneNumbers"] = json!([]);
        assert_eq!(up.send(&same).await.expect(200).code(), "0/0");
    }

    async fn upg_4_the_account_is_normal_and_healthy(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let up = Upgrading::on(sim, |_| {}).await;
        let mut pending = enrollment(&up.sim.person("wf").await);
        pending["user"]["userData"]["identifyingData"]["ssn"] = json!("991000002");
        let pending = up.send(&pending).await.expect_refused(200, "1/10").account_id();
        let body = json!({
            "account": { "accountIdentifier": pending, "productCode": CHECKING },
            "upgradeFlag": "true",
        });
        let refused = up.refuses(&body, "4503/0").await;
        assert_eq!(refused.description(), "Account status is not healthy");
        up.send(&up.body()).await.expect(200);
    }

    async fn upg_5_and_upg_7_the_product_is_another_and_a_target_of_the_present_one(
        engine: Engine,
    ) {
        let up = Upgrading::start(engine).await;
        let first = (guid(), up.body());
        let same = up.refuses(&up.with("/account/productCode", json!(PREPAID)), "4504/0").await;
        assert_eq!(same.description(), "Account already upgraded successfully");
        for unknown in [json!("00000"), Json::Null] {
            up.refuses(&up.with("/account/productCode", unknown), "1000/0").await;
        }
        up.products(|products| {
            let mut third = products[0].clone();
            third["productCode"] = json!("50500");
            products.push(third);
        })
        .await;
        let no_target = up.with("/account/productCode", json!("50500"));
        let refused = up.refuses(&no_target, "4506/0").await;
        assert_eq!(refused.description(), "Account already upgraded successfully");
        up.partner.enroll(&first.0, &first.1).await.expect(200);
        up.refuses(&up.body(), "4504/0").await;
        // There is no way back, even where the settings speak of one.
        up.products(|products| products[0]["upgradableTo"] = json!([PREPAID, "50500"])).await;
        up.refuses(&up.with("/account/productCode", json!(PREPAID)), "4506/0").await;
        // The way on is open, and the first request is a success for good.
        up.send(&no_target).await.expect(200);
        assert_eq!(up.partner.enroll(&first.0, &first.1).await.expect(200).code(), "0/0");
        assert_eq!(up.history().await.len(), 2);
        assert_eq!(up.read().await["productCode"], "50500");
    }

    async fn upg_6_a_request_id_belongs_to_one_account(engine: Engine) {
        let up = Upgrading::start(engine).await;
        let id = guid();
        up.partner.enroll(&id, &up.body()).await.expect(200);
        let second = prepaid(&up.partner, &up.sim.person("wf").await).await;
        let body = json!({
            "account": { "accountIdentifier": second, "productCode": CHECKING },
            "upgradeFlag": true,
        });
        let refused = up.refuses_under(&id, &body, "4505/0").await;
        assert_eq!(refused.description(), "Account not matched");
        up.refuses_under(&id.to_uppercase(), &body, "4505/0").await;
        assert_eq!(up.send(&body).await.expect(200).code(), "0/0");
        // The id under which an account was enrolled is not taken by that.
        let (id, person) = (guid(), up.sim.person("wf").await);
        let mut enrolling = enrollment(&person);
        enrolling["account"]["productCode"] = json!(PREPAID);
        let third = up.partner.enroll(&id, &enrolling).await.expect(200).account_id();
        let mut body = body;
        body["account"]["accountIdentifier"] = json!(third);
        assert_eq!(up.partner.enroll(&id, &body).await.expect(200).code(), "0/0");
    }

    async fn upg_9_processor_and_material_go_along(engine: Engine) {
        let up = Upgrading::start(engine).await;
        let gold = up.with("/account/productMaterialType", json!("gold"));
        let refused = up.refuses(&gold, "431/2").await;
        assert_eq!(refused.description(), "Invalid Product Material type");
        for kind in ["processorFailure", "processorTimeout"] {
            let rule = json!({ "effect": { "kind": kind }, "times": 1 });
            up.sim.control("POST", "wf/faults", rule).await.expect(201);
            let refused = up.refuses(&up.body(), "5030/0").await;
            let text = "A downstream provider did not return success for Upgrade Account";
            assert_eq!(refused.description(), text);
        }
        let pvc = up.with("/account/productMaterialType", json!("pvc"));
        assert_eq!(up.send(&pvc).await.expect(200).code(), "0/0");
    }

    // Proves UPG-9.
    async fn pin_and_terms_of_an_upgrade_are_judged_as_when_enrolling(engine: Engine) {
        let up = Upgrading::start(engine).await;
        let terms = |moment: Json, flag: bool| {
            json!([{
                "termsIdentifier": "daa", "termsAcceptanceDateTime": moment,
                "termsAcceptanceFlag": flag,
            }])
        };
        let old = terms(json!("2030-05-06T10:00:00Z"), true);
        up.refuses(&up.with("/account/termsAcceptances", old), "620/0").await;
        let declined = terms(Json::Null, false);
        up.refuses(&up.with("/account/termsAcceptances", declined), "400/0").await;
        for (pin, code) in [("12", "400/0"), ("1234", "0/0")] {
            let (id, mut body) = (guid(), up.body());
            body["requestPhysicalCardFlag"] = json!(true);
            body["encryptedPin"] = json!(up.partner.seal(&id, &json!({ "pin": pin })).await);
            assert_eq!(up.partner.enroll(&id, &body).await.code(), code);
        }
        let cards = up.read().await["accountHolders"][0]["paymentInstruments"].clone();
        assert_eq!(cards[2]["isPinSet"], true, "{cards}");
    }

    // Proves UPG-2, UPG-3, UPG-5, UPG-7, UPG-8.
    async fn upgrades_are_refused_in_the_words_of_the_guide_if_so_set(engine: Engine) {
        let up = Upgrading::start(engine).await;
        up.settings(json!({ "descriptions": { "upgrade": "guide" } })).await;
        up.products(|products| products[1]["upgradableTo"] = json!([])).await;
        let name = "/user/userData/profileData/firstName";
        for (pointer, value, code, text) in [
            ("/account/accountIdentifier", json!("12"), "350/0", "Account Identifier is invalid"),
            (
                "/account/accountIdentifier",
                json!(guid()),
                "10/0",
                "Account or account holder or user not found",
            ),
            (name, json!("Other"), "4502/0", "User profile can't be changed"),
            ("/account/productCode", json!(PREPAID), "4504/0", "Target productCode not matched"),
            ("/account/productCode", json!(CHECKING), "4506/0", "Account already upgrade success"),
        ] {
            let refused = up.refuses(&up.with(pointer, value), code).await;
            assert_eq!(refused.description(), text);
        }
    }

    // Proves UPG-1, UPG-5.
    async fn twenty_parallel_upgrades_change_the_product_once(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let up = Upgrading::on(sim, |_| {}).await;
        let (id, mut body) = (guid(), up.body());
        body["requestPhysicalCardFlag"] = json!(true);
        let calls = (0..20).map(|_| up.partner.enroll(&id, &body));
        for answer in join_all(calls).await {
            assert_eq!((answer.status, answer.code().as_str()), (200, "0/0"), "{}", answer.text);
        }
        assert_eq!(up.history().await.len(), 1);
        assert_eq!(up.sim.events("wf").await.len(), 2);
        let cards = up.read().await["accountHolders"][0]["paymentInstruments"].clone();
        assert_eq!(cards.as_array().unwrap().len(), 3);
        // So many others come too late.
        let ids: Vec<String> = (0..20).map(|_| guid()).collect();
        for answer in join_all(ids.iter().map(|id| up.partner.enroll(id, &body))).await {
            answer.expect_refused(400, "4504/0");
        }
        assert_eq!(up.history().await.len(), 1);
    }
}
