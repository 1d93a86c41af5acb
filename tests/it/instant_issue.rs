//! Enrolling with a card package in hand, and the packages of a program.

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// A program with packages, and a partner.
struct Store {
    sim: TestSim,
    partner: Partner,
}

impl Store {
    async fn start(engine: Engine) -> Self {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let partner = sim.partner("wf").await;
        Self { sim, partner }
    }

    async fn put(&self, identifiers: &[&str], state: &str) {
        let wish = json!({ "mappingIdentifiers": identifiers, "state": state });
        self.sim.control("POST", "wf/packages", wish).await.expect(204);
    }

    async fn packages(&self) -> Json {
        let listed = self.sim.control("GET", "wf/packages", Json::Null).await;
        listed.expect(200).body["packages"].clone()
    }

    async fn accounts(&self) -> usize {
        let listed = self.sim.control("GET", "wf/accounts?limit=1000", Json::Null).await;
        listed.expect(200).body["accounts"].as_array().unwrap().len()
    }

    /// The body of somebody new, with this `instantIssue`.
    async fn body(&self, instant_issue: Json) -> Json {
        let mut body = enrollment(&self.sim.person("wf").await);
        body["requestPhysicalCardFlag"] = json!(false);
        body["instantIssue"] = instant_issue;
        body
    }

    async fn enroll(&self, instant_issue: Json) -> Answer {
        let body = self.body(instant_issue).await;
        self.partner.enroll(&guid(), &body).await
    }

    /// Refused with HTTP 400: nothing is made, taken or sent.
    async fn refuses(&self, body: &Json, code: &str) -> Answer {
        let (accounts, packages) = (self.accounts().await, self.packages().await);
        let events = self.sim.events("wf").await.len();
        let answer = self.partner.enroll(&guid(), body).await;
        let answer = answer.expect_refused(400, code);
        assert!(answer.body.get("account").is_none(), "{}", answer.text);
        assert_eq!((self.accounts().await, self.packages().await), (accounts, packages));
        assert_eq!(self.sim.events("wf").await.len(), events);
        answer
    }
}

/// `instantIssue` with this package.
fn cbs(identifier: &str) -> Json {
    json!({ "type": "CBS", "mappingIdentifier": identifier })
}

on_both_engines! {
    // Proves INS-1, INS-2, INS-3.
    async fn ins_1_and_ins_2_and_ins_3_a_package_is_there_and_free(engine: Engine) {
        let store = Store::start(engine).await;
        store.put(&["FREE-1"], "available").await;
        store.put(&["DARK-1"], "unreachable").await;
        store.put(&["GONE-1"], "used").await;
        for (package, code, text) in [
            ("DARK-1", "5020/5021", "Connection issue looking up package info"),
            ("MISS-1", "5020/5022", "No package is associated with the provided identifier"),
            ("free-1", "5020/5022", "No package is associated with the provided identifier"),
            ("GONE-1", "5020/5023",
                "The package associated with the identifier is already being used"),
        ] {
            let refused = store.refuses(&store.body(cbs(package)).await, code).await;
            assert_eq!(refused.description(), text);
        }

        let (id, body) = (guid(), store.body(cbs("FREE-1")).await);
        let enrolled = store.partner.enroll(&id, &body).await.expect(200);
        assert_eq!(enrolled.code(), "0/0");
        let account = enrolled.account_id();
        let cards = &enrolled.body["account"]["accountHolders"][0]["paymentInstruments"];
        let shown = |at: usize| {
            let card = &cards[at];
            (card["paymentInstrumentType"].clone(), card["status"].clone())
        };
        assert_eq!(cards.as_array().unwrap().len(), 2, "{cards}");
        assert_eq!(shown(0), (json!("virtual"), json!("activated")));
        assert_eq!(shown(1), (json!("emv"), json!("notActivated")));
        let read = store.partner.get(&format!("/accounts/{account}")).await.expect(200);
        assert_eq!(read.body["account"]["instantIssue"], true);
        let card = &read.body["account"]["accountHolders"][0]["paymentInstruments"][1];
        assert_eq!(card["cardIssueSource"], "instantIssue");
        let taken = json!({
            "mappingIdentifier": "FREE-1", "state": "used", "accountIdentifier": account
        });
        assert_eq!(store.packages().await[1], taken);

        // The same call again is answered as before; somebody else comes too late.
        let again = store.partner.enroll(&id, &body).await.expect(200);
        assert_eq!((again.code(), again.account_id()), ("0/0".to_owned(), account));
        store.refuses(&store.body(cbs("FREE-1")).await, "5020/5023").await;
    }

    async fn ins_4_and_ins_5_the_product_is_sold_in_packages_and_orders_no_plastic_beside(
        engine: Engine,
    ) {
        let store = Store::start(engine).await;
        store.put(&["P-1", "P-2"], "available").await;
        let mut body = store.body(cbs("P-1")).await;
        body["account"]["productCode"] = json!("50300");
        store.refuses(&body, "5030/5031").await;
        body["requestPhysicalCardFlag"] = json!(true);
        store.refuses(&body, "5030/5031").await;
        body["account"]["productCode"] = json!("50400");
        store.refuses(&body, "5030/5032").await;
        body["requestPhysicalCardFlag"] = json!("true");
        store.refuses(&body, "5030/5032").await;
        body["requestPhysicalCardFlag"] = json!(false);
        assert_eq!(store.partner.enroll(&guid(), &body).await.expect(200).code(), "0/0");
        // Without a package both are fine.
        let mut body = store.body(Json::Null).await;
        body["account"]["productCode"] = json!("50300");
        body["requestPhysicalCardFlag"] = json!(true);
        let plain = store.partner.enroll(&guid(), &body).await.expect(200);
        let read = store.partner.get(&format!("/accounts/{}", plain.account_id())).await;
        assert_eq!(read.expect(200).body["account"]["instantIssue"], false);
    }

    async fn ins_6_and_ins_7_type_and_identifier_are_named_and_have_their_form(engine: Engine) {
        let store = Store::start(engine).await;
        let longest = "L".repeat(50);
        store.put(&["P-1", &longest], "available").await;
        let kind = |kind: &str| json!({ "type": kind, "mappingIdentifier": "P-1" });
        for (instant_issue, code) in [
            (json!({}), "600/6181"),
            (json!({ "mappingIdentifier": "P-1" }), "600/6181"),
            (json!({ "type": null, "mappingIdentifier": "P-1" }), "600/6181"),
            (kind(""), "600/6181"),
            (kind("cbs"), "600/6182"),
            (kind("CBS "), "600/6182"),
            (kind("XYZ"), "600/6182"),
            (json!({ "type": "CBS" }), "600/6183"),
            (cbs(""), "600/6183"),
            (cbs("P 1"), "600/6184"),
            (cbs("P_1"), "600/6184"),
            (cbs("Pé"), "600/6184"),
            (cbs(&"L".repeat(51)), "600/6184"),
        ] {
            store.refuses(&store.body(instant_issue).await, code).await;
        }
        store.enroll(cbs("P-1")).await.expect(200);
        store.enroll(cbs(&longest)).await.expect(200);
    }

    // Proves INS-4, INS-6.
    async fn of_several_faults_of_a_package_the_earliest_is_answered(engine: Engine) {
        let store = Store::start(engine).await;
        let mut body = store.body(json!({ "type": "no", "mappingIdentifier": "no such" })).await;
        body["account"]["productCode"] = json!("50300");
        body["requestPhysicalCardFlag"] = json!(true);
        body["user"]["userData"]["profileData"]["addresses"][0]["state"] = json!("GU");
        let mut expect = Vec::new();
        for (pointer, value, code) in [
            ("/account/productCode", json!("00000"), "1000/0"),
            ("/account/productCode", json!("50300"), "600/6182"),
            ("/instantIssue/type", json!("CBS"), "600/6184"),
            ("/instantIssue/mappingIdentifier", json!("P-1"), "5030/5031"),
            ("/account/productCode", json!("50400"), "5030/5032"),
            ("/requestPhysicalCardFlag", json!(false), "5020/5022"),
        ] {
            *body.pointer_mut(pointer).unwrap() = value;
            expect.push(code);
            store.refuses(&body, code).await;
        }
        assert_eq!(expect.len(), 6);
        store.put(&["P-1"], "available").await;
        store.partner.enroll(&guid(), &body).await.expect_refused(200, "3/65");
        assert_eq!(store.packages().await[0]["state"], "available");
    }

    // Proves INS-3.
    async fn a_package_goes_with_the_account_however_its_screening_goes_on(engine: Engine) {
        let store = Store::start(engine).await;
        store.put(&["P-1"], "available").await;
        let mut body = store.body(cbs("P-1")).await;
        // Declined at once: the package stays in the store.
        body["user"]["userData"]["identifyingData"]["ssn"] = json!("451000001");
        store.partner.enroll(&guid(), &body).await.expect_refused(200, "2/11");
        assert_eq!(store.packages().await[0]["state"], "available");
        // A cure is open: the account takes it.
        let mut body = store.body(cbs("P-1")).await;
        body["user"]["userData"]["identifyingData"]["ssn"] = json!("991000001");
        let cured = store.partner.enroll(&guid(), &body).await.expect_refused(200, "1/10");
        assert_eq!(store.packages().await[0]["accountIdentifier"], cured.account_id());
        store.refuses(&store.body(cbs("P-1")).await, "5020/5023").await;
    }

    // Proves INS-3.
    async fn a_half_way_enrollment_keeps_its_package(engine: Engine) {
        let store = Store::start(engine).await;
        store.put(&["P-1"], "available").await;
        let rule = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
        store.sim.control("POST", "wf/faults", rule).await.expect(201);
        let (id, mut body) = (guid(), store.body(cbs("P-1")).await);
        store.partner.enroll(&id, &body).await.expect(503);
        assert_eq!(store.packages().await[0]["state"], "used");
        body["instantIssue"] = Json::Null;
        let repaired = store.partner.enroll(&id, &body).await.expect(200);
        let cards = &repaired.body["account"]["accountHolders"][0]["paymentInstruments"];
        assert_eq!(cards[1]["paymentInstrumentType"], "emv", "{cards}");
        assert_eq!(store.packages().await[0]["accountIdentifier"], repaired.account_id());
    }

    // Proves INS-3.
    async fn twenty_parallel_enrollments_on_one_package_make_one_account(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 20_000).await;
        let partner = sim.partner("wf").await;
        let store = Store { sim, partner };
        store.put(&["P-1"], "available").await;
        let mut bodies = Vec::new();
        for _ in 0..20 {
            bodies.push((guid(), store.body(cbs("P-1")).await));
        }
        let calls = bodies.iter().map(|(id, body)| store.partner.enroll(id, body));
        let answers = join_all(calls).await;
        let (made, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.code() == "0/0");
        assert_eq!((made.len(), refused.len()), (1, 19));
        for answer in refused {
            answer.expect_refused(400, "5020/5023");
        }
        assert_eq!(store.accounts().await, 1);
        assert_eq!(store.packages().await[0]["accountIdentifier"], made[0].account_id());
    }

    async fn packages_are_put_listed_and_removed(engine: Engine) {
        let store = Store::start(engine).await;
        assert_eq!(store.packages().await, json!([]));
        store.put(&["A-1", "A-2", "A-1"], "available").await;
        store.put(&["A-2"], "unreachable").await;
        let expected = json!([
            { "mappingIdentifier": "A-1", "state": "available" },
            { "mappingIdentifier": "A-2", "state": "unreachable" },
        ]);
        assert_eq!(store.packages().await, expected);
        let get = async |query: &str| {
            store.sim.control("GET", &format!("wf/packages?{query}"), Json::Null).await
        };
        let dark = get("state=unreachable").await.expect(200);
        assert_eq!(dark.body["packages"].as_array().unwrap().len(), 1);
        assert_eq!(get("limit=1&offset=1").await.body["packages"][0]["mappingIdentifier"], "A-2");
        get("state=lost").await.expect(400);

        // A package that is put again comes back from the account that had it.
        store.enroll(cbs("A-1")).await.expect(200);
        store.put(&["A-1"], "available").await;
        assert_eq!(store.packages().await, expected);
        store.enroll(cbs("A-1")).await.expect(200);

        let many: Vec<String> = (0..1_001).map(|n| format!("M-{n}")).collect();
        for wrong in [
            json!({}),
            json!({ "mappingIdentifiers": [] }),
            json!({ "mappingIdentifiers": ["A-3", "no good"] }),
            json!({ "mappingIdentifiers": ["A-3"], "state": "lost" }),
            json!({ "mappingIdentifiers": many }),
        ] {
            store.sim.control("POST", "wf/packages", wrong).await.expect(400);
        }
        let wish = json!({ "mappingIdentifiers": many[..1_000] });
        store.sim.control("POST", "wf/packages", wish).await.expect(204);
        let delete = async |name: &str| {
            store.sim.control("DELETE", &format!("wf/packages/{name}"), Json::Null).await
        };
        delete("M-7").await.expect(204);
        delete("M-7").await.expect(404);
        store.sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        assert_eq!(store.packages().await, json!([]));
    }
}
