//! The gates of screening, what they lead to, and completing a registration after them.

use piebox::db::{Scope, Statement, sql};
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// A program under test.
struct Gates {
    sim: TestSim,
    partner: Partner,
}

/// Somebody enrolled, with the request that did it.
struct Enrolled {
    account: String,
    user: String,
    request: String,
    body: Json,
}

/// A picture, as far as anybody looks.
const PICTURE: &str = "UElDVFVSRQ==";

impl Gates {
    async fn start(engine: Engine) -> Self {
        Self::with(engine, json!({})).await
    }

    async fn with(engine: Engine, settings: Json) -> Self {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", settings).await.expect(200);
        let partner = sim.partner("wf").await;
        Self { sim, partner }
    }

    /// Enrolls somebody with this number.
    async fn enroll(&self, ssn: &str) -> Enrolled {
        let mut person = self.sim.person("wf").await;
        person["identifyingData"]["ssn"] = json!(ssn);
        let (request, body) = (guid(), enrollment(&person));
        let answer = self.partner.enroll(&request, &body).await.expect(200);
        let user = &answer.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
        let user = user.as_str().unwrap().to_owned();
        Enrolled { account: answer.account_id(), user, request, body }
    }

    async fn post(&self, path: &str, body: Json) -> Answer {
        self.partner.call("POST", path, &guid(), body).await
    }

    async fn kyc2(&self, who: &Enrolled, ssn: &str) -> Answer {
        self.post(&who.gate("kyc2"), json!({ "ssn": ssn })).await
    }

    async fn idv(&self, who: &Enrolled) -> Answer {
        self.post(&who.own("/kycGates/idv"), pictures()).await
    }

    async fn complete(&self, who: &Enrolled) -> Answer {
        self.post(&who.cards(), json!({})).await
    }

    async fn read(&self, who: &Enrolled) -> Json {
        let read = self.partner.get(&format!("/accounts/{}", who.account)).await;
        read.expect(200).body["account"].clone()
    }

    async fn events(&self) -> usize {
        self.sim.events("wf").await.len()
    }

    /// `status / reason, ofac, kyc, gate`, and how many cards.
    async fn place(&self, who: &Enrolled) -> String {
        let account = self.read(who).await;
        let kyc = &account["accountHolders"][0]["user"]["kycStateData"];
        let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
        let cards = account["accountHolders"][0]["paymentInstruments"].as_array().unwrap().len();
        format!(
            "{} / {}, {} {} {}, {cards}",
            text(&account["status"]),
            text(&account["statusReasons"][0]),
            text(&kyc["ofacStatus"]),
            text(&kyc["kycStatus"]),
            text(&kyc["kycPendingGate"]),
        )
    }

    /// A call that is refused, changes nothing and tells nobody.
    async fn refused(&self, who: &Enrolled, path: &str, body: Json, code: (u16, &str)) -> Answer {
        let before = (self.read(who).await, self.events().await);
        let answer = self.post(path, body.clone()).await;
        assert_eq!((answer.status, &*answer.code()), code, "{path} {body}: {}", answer.text);
        let answer = answer.expect_refused(code.0, code.1);
        assert_eq!((self.read(who).await, self.events().await), before, "{path} {body}");
        answer
    }

    /// Writes what no call of a partner can.
    async fn write(&self, statements: Vec<Statement>) {
        let mut unit = self.sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        statements.into_iter().for_each(|statement| unit.write(statement));
        unit.commit().await.unwrap();
    }

    /// Says what becomes of the next document.
    async fn script(&self, who: &Enrolled, outcome: &str) {
        self.act(who, json!({ "action": "nextDocument", "outcome": outcome })).await;
    }

    /// Locks an account until documents are verified.
    async fn hold(&self, who: &Enrolled) {
        self.act(who, json!({ "action": "requireVerification", "locked": true })).await;
    }

    async fn act(&self, who: &Enrolled, action: Json) {
        self.sim.act("wf", &who.account, action).await.expect(200);
    }

    /// Scans a document.
    async fn scan(&self) -> String {
        let answer = self.post("/kycGates/scanCapture", scan()).await.expect(202);
        assert_eq!(
            (answer.code().as_str(), &answer.body["verificationStatus"]),
            ("0/0", &json!("verified"))
        );
        answer.body["onboardingID"].as_str().unwrap().to_owned()
    }

    /// Asks for a document by the SDK and finishes it: its id.
    async fn taken(&self, who: &Enrolled, outcome: &str) -> String {
        let asked = self.post(&who.own("/socureDocumentRequest"), Json::Null).await.expect(200);
        let token = asked.body["docvTransactionToken"].as_str().unwrap();
        assert!(asked.body["url"].as_str().unwrap().starts_with("https://"), "{}", asked.text);
        let path = format!("wf/documents/{token}");
        let finished = self.sim.control("POST", &path, json!({ "outcome": outcome })).await;
        finished.expect(200).body["documentUuid"].as_str().unwrap().to_owned()
    }
}

impl Enrolled {
    fn gate(&self, gate: &str) -> String {
        format!("/users/{}/kycGates/{gate}", self.user)
    }

    fn own(&self, rest: &str) -> String {
        format!("/accounts/{}/users/{}{rest}", self.account, self.user)
    }

    fn cards(&self) -> String {
        format!("/accounts/{}/paymentInstruments", self.account)
    }

    fn ofac2(&self) -> String {
        format!("/enrollments/accounts/{}/ofac2", self.account)
    }

    /// The user document, changed.
    fn person(&self, pointer: &str, value: Json) -> Json {
        let mut person = self.body["user"]["userData"].clone();
        *person.pointer_mut(pointer).unwrap() = value;
        json!({ "userData": person })
    }
}

fn pictures() -> Json {
    json!({ "type": null, "identityDocumentation": {
        "documentFrontImage": PICTURE, "documentBackImage": PICTURE,
        "documentType": "driverslicense", "documentCountryCode": "USA",
    } })
}

fn scan() -> Json {
    json!({ "channel": "online", "productCode": "50400", "identityDocumentation": {
        "documentFrontImage": PICTURE, "documentType": "matricula", "documentCountryCode": "MEX",
    } })
}

/// Status, code, gate and tries left of an answer.
#[track_caller]
fn told(answer: &Answer, status: u16, code: &str, gate: &str, left: Option<u32>) {
    let shown = (answer.status, answer.code(), answer.body["kycPendingGate"].clone());
    assert_eq!(shown, (status, code.to_owned(), json!(gate)), "{}", answer.text);
    assert_eq!(answer.body.get("attemptsRemaining"), left.map(|n| json!(n)).as_ref());
    assert_eq!(answer.body["kycStateData"]["kycPendingGate"], gate);
    assert_eq!(answer.body["kycStateData"]["kycStatus"], answer.body["kycStatus"]);
}

const KYC2: &str = "pending / registrationNotComplete, pending failed kyc2, 0";
const IDV: &str = "pending / registrationNotComplete, passed failed idv, 0";
const REVIEW: &str = "pending / registrationNotComplete, pending passed manual, 0";
const REVIEW_LOCKED: &str = "locked / registrationNotComplete, failed passed manual, 0";
const APPROVED: &str = "pending / registrationNotComplete, passed passed healthy, 0";
const HEALTHY: &str = "normal / healthy, passed passed healthy, 2";

on_both_engines! {
    // Proves GATE-2.
    async fn gate_2_wrong_numbers_lead_to_documents_and_these_to_the_review(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("554000001").await;
        assert_eq!(gates.place(&who).await, KYC2);
        let legacy = gates.post(&who.gate("kyc1"), json!({ "ssnSuffix": "0001" })).await;
        told(&legacy, 201, "1/10", "kyc2", Some(3));
        told(&gates.kyc2(&who, "451000001").await, 201, "1/10", "kyc2", Some(2));
        told(&gates.kyc2(&who, "991000001").await, 201, "1/10", "kyc2", Some(1));
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (KYC2, 1));
        told(&gates.kyc2(&who, "554000001").await, 201, "1/10", "idv", Some(0));
        let place = gates.place(&who).await;
        assert_eq!(place, "pending / registrationNotComplete, pending failed idv, 0");
        assert_eq!(gates.events().await, 2);
        told(&gates.idv(&who).await, 201, "1/31", "manual", None);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (REVIEW, 3));
    }

    // Proves GATE-2, OFC-2.
    async fn gate_2_a_right_number_takes_the_place_of_the_old_one(engine: Engine) {
        let review = json!({ "ofac": { "reviewHours": 2, "reviewResult": "clear" } });
        let gates = Gates::with(engine, review).await;
        for (form, ssn) in [("text", "100770001"), ("member", "100770002"), ("plain", "100770003")]
        {
            let who = gates.enroll("554000009").await;
            let id = guid();
            let body = match form {
                "text" => json!({ "encryptedSsn": gates.partner.seal(&id, &json!(ssn)).await }),
                "member" => {
                    let sealed = gates.partner.seal(&id, &json!({ "ssn": ssn })).await;
                    json!({ "encryptedSsn": sealed })
                }
                _ => json!({ "ssn": ssn }),
            };
            let answer = gates.partner.call("POST", &who.gate("kyc2"), &id, body).await;
            told(&answer, 201, "1/31", "manual", None);
            assert_eq!(gates.place(&who).await, REVIEW);
            let user = gates.read(&who).await["accountHolders"][0]["user"].clone();
            assert_eq!(user["last4Identity"], ssn[5..]);
            assert_eq!(user["identityType"], "ssn");
            // The enrollment, asked again, tells where it stands.
            let again = gates.partner.enroll(&who.request, &who.body).await;
            assert_eq!(again.code(), "1/31");
            // The old number is free again, the new one is taken.
            let mut person = gates.sim.person("wf").await;
            person["identifyingData"]["ssn"] = json!(ssn);
            let other = gates.partner.enroll(&guid(), &enrollment(&person)).await;
            assert_eq!(other.code(), "2/60", "{}", other.text);

            let hours = json!({ "by": "PT3H" });
            gates.sim.control("POST", "wf/clock/advance", hours).await.expect(200);
            assert_eq!(gates.place(&who).await, HEALTHY);
        }
        for secret in ["100770001", "100770002", "100770003", "554000009"] {
            assert!(!gates.sim.dump().await.contains(secret), "{secret} is stored");
        }
    }

    async fn gate_2_without_documents_the_last_wrong_number_is_final(engine: Engine) {
        let kyc = json!({ "kyc": { "tries": 2, "documentsAfterTries": false } });
        let gates = Gates::with(engine, kyc).await;
        let who = gates.enroll("554000001").await;
        told(&gates.kyc2(&who, "452000001").await, 201, "1/10", "kyc2", Some(1));
        told(&gates.kyc2(&who, "452000001").await, 201, "2/11", "none", Some(0));
        let failed = "locked / registrationFailed, passed failed none, 0";
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (failed, 2));
        gates.refused(&who, &who.gate("kyc2"), json!({ "ssn": "100000001" }), (200, "1/12")).await;
    }

    async fn gate_2_a_number_that_may_not_count_uses_up_no_try(engine: Engine) {
        let gates = Gates::start(engine).await;
        let taken = gates.enroll("100880001").await;
        assert_eq!(gates.place(&taken).await, HEALTHY);
        let who = gates.enroll("554000001").await;
        let kyc2 = who.gate("kyc2");
        for (body, code) in [
            (json!({}), "400/0"),
            (json!({ "ssn": "12345678" }), "400/0"),
            (json!({ "ssn": "12345678x" }), "400/0"),
            (json!({ "ssn": 100_000_001 }), "400/0"),
        ] {
            let answer = gates.refused(&who, &kyc2, body, (400, code)).await;
            assert!(answer.description().starts_with("ssn"), "{}", answer.text);
        }
        let foreign = json!({ "ssn": "912345678" });
        let foreign = gates.refused(&who, &kyc2, foreign, (201, "1/30")).await;
        told(&foreign, 201, "1/30", "kyc2", Some(3));
        let answer = gates.refused(&who, &kyc2, json!({ "ssn": "100880001" }), (201, "2/60")).await;
        told(&answer, 201, "2/60", "kyc2", Some(3));
        let kyc1 = who.gate("kyc1");
        for wrong in [json!({}), json!({ "ssnSuffix": "123" }), json!({ "ssnSuffix": "12x4" })] {
            let answer = gates.refused(&who, &kyc1, wrong, (400, "400/0")).await;
            assert!(answer.description().starts_with("ssnSuffix"), "{}", answer.text);
        }
    }

    async fn gate_2_another_gate_than_the_pending_one_changes_nothing(engine: Engine) {
        let gates = Gates::start(engine).await;
        for (ssn, pending) in [
            ("100990001", ""),
            ("554000001", "kyc2"),
            ("991000001", "idv"),
            ("992000001", "idv"),
            ("401000001", "manual"),
            ("451000001", ""),
        ] {
            let who = gates.enroll(ssn).await;
            let number = json!({ "ssn": "100000001" });
            let uuid = json!({ "documentUuid": guid() });
            let person = who.person("/identifyingData/ssn", json!("100000001"));
            let suffix = json!({ "ssnSuffix": "0001" });
            for (path, body, opens) in [
                (who.gate("kyc1"), suffix, &["kyc2", "idv", "manual"][..]),
                (who.gate("kyc2"), number, &["kyc2"][..]),
                (who.gate("oow"), json!({ "answers": [1] }), &[][..]),
                (who.own("/kycGates/idv"), pictures(), &["idv"]),
                (who.own("/kycGates/idvUuid"), uuid, &["idv"]),
                (who.own("/socureDocumentRequest"), Json::Null, &["idv"]),
                (who.own("/kyc"), person.clone(), &["kyc2", "idv"]),
                (who.own("/kycGates/ofac2"), person.clone(), &["manual"]),
                (who.ofac2(), person.clone(), &["manual"]),
            ] {
                if opens.contains(&pending) {
                    continue;
                }
                let answer = gates.refused(&who, &path, body, (200, "1/12")).await;
                let members: Vec<_> = answer.body.as_object().unwrap().keys().collect();
                assert_eq!(members, ["responseDetails"], "{path}");
            }
        }
    }

    async fn gate_2_documents_are_judged_and_a_bad_one_may_be_sent_again(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        assert_eq!(gates.place(&who).await, IDV);
        let idv = who.own("/kycGates/idv");
        for (pointer, value, member) in [
            ("/identityDocumentation", Json::Null, "encryptedIdentityDocumentation"),
            ("/identityDocumentation/documentFrontImage", Json::Null, "documentFrontImage"),
            ("/identityDocumentation/documentFrontImage", json!("no!"), "documentFrontImage"),
            ("/identityDocumentation/documentType", json!("library"), "documentType"),
            ("/identityDocumentation/documentCountryCode", json!("CAN"), "documentCountryCode"),
            ("/type", json!("other"), "type"),
        ] {
            let mut body = pictures();
            *body.pointer_mut(pointer).unwrap() = value;
            let answer = gates.refused(&who, &idv, body, (400, "400/0")).await;
            assert!(answer.description().starts_with(member), "{}", answer.text);
        }
        for (outcome, code) in
            [("unreadable", "2/23"), ("nameMismatch", "1/24"), ("uploadFailure", "1/21")]
        {
            gates.script(&who, outcome).await;
            let answer = gates.refused(&who, &idv, pictures(), (201, code)).await;
            told(&answer, 201, code, "idv", None);
        }
        // What was said of a document is used up by it.
        let id = guid();
        let document = pictures()["identityDocumentation"].clone();
        let sealed = gates.partner.seal(&id, &document).await;
        let body = json!({ "encryptedIdentityDocumentation": sealed });
        let answer = gates.partner.call("POST", &idv, &id, body).await;
        told(&answer, 201, "0/0", "healthy", None);
        assert_eq!(gates.place(&who).await, APPROVED);
        gates.refused(&who, &idv, pictures(), (200, "1/12")).await;
        assert!(!gates.sim.dump().await.contains(PICTURE));
    }

    async fn gate_2_a_rejected_document_ends_it(engine: Engine) {
        let gates = Gates::start(engine).await;
        for (ssn, place) in [
            ("991000001", "locked / registrationFailed, passed failed none, 0"),
            ("992000001", "locked / registrationFailed, failed failed none, 0"),
        ] {
            let who = gates.enroll(ssn).await;
            let before = gates.events().await;
            gates.script(&who, "reject").await;
            told(&gates.idv(&who).await, 201, "2/22", "none", None);
            assert_eq!(gates.place(&who).await, place);
            assert_eq!(gates.events().await, before + 1);
            gates.refused(&who, &who.own("/kycGates/idv"), pictures(), (200, "1/12")).await;
            gates.refused(&who, &who.cards(), json!({}), (200, "4/105")).await;
        }
    }

    // Proves GATE-2, OFC-3.
    async fn gate_2_a_match_that_waited_for_documents_goes_to_its_review(engine: Engine) {
        let review = json!({ "ofac": { "reviewHours": 2, "reviewResult": "fail" } });
        let gates = Gates::with(engine, review).await;
        let who = gates.enroll("992000001").await;
        let place = gates.place(&who).await;
        assert_eq!(place, "locked / registrationNotComplete, failed failed idv, 0");
        told(&gates.idv(&who).await, 201, "2/31", "manual", None);
        assert_eq!(gates.place(&who).await, REVIEW_LOCKED);
        gates.refused(&who, &who.cards(), json!({}), (200, "1/12")).await;
        let hours = json!({ "by": "PT3H" });
        gates.sim.control("POST", "wf/clock/advance", hours).await.expect(200);
        let declined = "locked / registrationFailed, failed passed none, 0";
        assert_eq!(gates.place(&who).await, declined);
        assert_eq!(gates.events().await, 3);
    }

    async fn gate_2_documents_end_a_hold_or_make_it_final(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("100660001").await;
        gates.hold(&who).await;
        let locked = "locked / verificationNeeded, passed passed idv, 2";
        assert_eq!(gates.place(&who).await, locked);
        gates.script(&who, "unreadable").await;
        told(&gates.idv(&who).await, 201, "2/23", "idv", None);
        let person = who.person("/identifyingData/ssn", json!("100660001"));
        gates.refused(&who, &who.own("/kyc"), person, (200, "1/12")).await;
        told(&gates.idv(&who).await, 201, "0/0", "healthy", None);
        assert_eq!(gates.place(&who).await, HEALTHY);
        let cards = gates.read(&who).await["accountHolders"][0]["paymentInstruments"].clone();
        assert_eq!(
            (&cards[0]["status"], &cards[1]["status"]),
            (&json!("activated"), &json!("notActivated"))
        );

        gates.hold(&who).await;
        gates.script(&who, "reject").await;
        told(&gates.idv(&who).await, 201, "2/22", "none", None);
        let place = gates.place(&who).await;
        assert_eq!(place, "locked / verificationNeeded, passed passed none, 2");
    }

    async fn gate_2_an_upgrade_has_a_gate_of_its_own(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("100550001").await;
        let mut body = pictures();
        body["type"] = json!("AccountUpgrade");
        let idv = who.own("/kycGates/idv");
        gates.refused(&who, &idv, body.clone(), (200, "1/12")).await;
        let upgrade = json!({
            "product_code": "50400", "terms": [], "order": { "plastic": false, "pin": false },
            "kyc": { "ofac": "passed", "kyc": "failed", "gate": "idv" },
        });
        let update = sql("UPDATE accounts SET upgrade = $2 WHERE account_id = $1");
        let update = update.bind(who.account.as_str()).bind(upgrade.to_string());
        for (outcome, code, gate) in [("reject", "2/22", "none"), ("accept", "0/0", "healthy")] {
            let script = sql("UPDATE users SET next_document = $2 WHERE user_id = $1");
            let script = script.bind(who.user.as_str()).bind(outcome);
            gates.write(vec![update.clone(), script]).await;
            gates.refused(&who, &idv, pictures(), (200, "1/12")).await;
            told(&gates.post(&idv, body.clone()).await, 201, code, gate, None);
            let account = gates.read(&who).await;
            assert_eq!(account["UpgradeKycStateData"]["kycPendingGate"], gate);
            assert_eq!(account["status"], "normal");
        }
        gates.refused(&who, &idv, body, (200, "1/12")).await;
    }

    async fn gate_2_the_sdk_takes_documents_and_the_partner_hands_them_in(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        let other = gates.enroll("991000002").await;
        let submit = who.own("/kycGates/idvUuid");
        let given = |id: &str| json!({ "documentUuid": id });
        let foreign = gates.taken(&other, "accept").await;
        for wrong in [json!({}), given("x"), given(&guid()), given(&foreign)] {
            let answer = gates.refused(&who, &submit, wrong, (400, "400/0")).await;
            assert!(answer.description().starts_with("documentUuid"), "{}", answer.text);
        }
        for (outcome, code) in
            [("unreadable", "2/23"), ("nameMismatch", "1/24"), ("uploadFailure", "1/21")]
        {
            let id = gates.taken(&who, outcome).await;
            let answer = gates.post(&submit, given(&id)).await;
            told(&answer, 201, code, "idv", None);
            gates.refused(&who, &submit, given(&id), (400, "400/0")).await;
        }
        let id = gates.taken(&who, "accept").await;
        told(&gates.post(&submit, given(&id)).await, 201, "0/0", "healthy", None);
        assert_eq!(gates.place(&who).await, APPROVED);
        let id = gates.taken(&other, "reject").await;
        let answer = gates.post(&other.own("/kycGates/idvUuid"), given(&id)).await;
        told(&answer, 201, "2/22", "none", None);
    }

    async fn gate_2_a_document_is_asked_for_and_finished_once(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        let (id, ask) = (guid(), format!("/accounts/{}/socureDocumentRequest", who.account));
        let first = gates.partner.call("POST", &ask, &id, Json::Null).await.expect(200);
        let again = gates.partner.call("POST", &ask, &id, json!({})).await.expect(200);
        assert_eq!(first.text, again.text);
        let mut tokens = std::collections::BTreeSet::new();
        for _ in 0..25 {
            let asked = gates.post(&who.own("/socureDocumentRequest"), Json::Null).await;
            tokens.insert(asked.expect(200).body["docvTransactionToken"].to_string());
        }
        assert_eq!(tokens.len(), 19);
        let listed = gates.sim.control("GET", "wf/documents", Json::Null).await.expect(200).body;
        assert_eq!(listed["documents"].as_array().unwrap().len(), 20);
        assert_eq!(listed["documents"][0]["accountIdentifier"], who.account.as_str());
        assert_eq!(listed["documents"][0]["state"], "requested");
        assert!(listed["documents"][0].get("documentUuid").is_none());

        let token = first.body["docvTransactionToken"].as_str().unwrap();
        let path = format!("wf/documents/{token}");
        let outcome = |word: &str| json!({ "outcome": word });
        gates.sim.control("POST", &path, outcome("perhaps")).await.expect(400);
        gates.sim.control("POST", &path, outcome("accept")).await.expect(200);
        gates.sim.control("POST", &path, outcome("reject")).await.expect(409);
        gates.sim.control("POST", "wf/documents/unknown", outcome("accept")).await.expect(404);
        let listed = gates.sim.control("GET", "wf/documents?limit=1000", Json::Null).await.body;
        let documents = listed["documents"].as_array().unwrap();
        let finished: Vec<_> = documents.iter().filter(|it| it["state"] == "finished").collect();
        assert!(finished.len() == 1 && finished[0]["outcome"] == "accept", "{finished:?}");
    }

    async fn gate_2_the_check_itself_may_be_asked_for(engine: Engine) {
        let gates = Gates::start(engine).await;
        let checked = async |who: &Enrolled, ssn: &str| {
            let body = who.person("/identifyingData/ssn", json!(ssn));
            gates.post(&who.own("/kyc"), body).await
        };
        let who = gates.enroll("554000001").await;
        told(&checked(&who, "451000001").await, 200, "1/10", "kyc2", Some(2));
        told(&checked(&who, "100440001").await, 200, "1/31", "manual", None);
        assert_eq!(gates.place(&who).await, REVIEW);

        let who = gates.enroll("991000001").await;
        told(&checked(&who, "452000001").await, 200, "1/10", "idv", None);
        assert_eq!(gates.place(&who).await, IDV);
        let suffix = json!({ "dateOfBirth": "1990-01-20", "ssnSuffix": "0001" });
        let body = who.person("/identifyingData", suffix);
        gates.refused(&who, &who.own("/kyc"), body, (400, "400/0")).await;
        gates.refused(&who, &who.own("/kyc"), json!({}), (400, "101/0")).await;
        told(&checked(&who, "100440002").await, 200, "0/0", "healthy", None);
        assert_eq!(gates.place(&who).await, APPROVED);
    }

    // Proves GATE-3.
    async fn gate_3_the_partner_completes_after_a_cure(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        gates.refused(&who, &who.cards(), json!({}), (200, "1/12")).await;
        gates.idv(&who).await.expect(201);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (APPROVED, 2));
        assert!(gates.read(&who).await.get("accountCycleDay").is_none());
        let again = gates.partner.enroll(&who.request, &who.body).await;
        assert_eq!((again.status, again.code().as_str()), (200, "0/0"));
        assert_eq!(gates.place(&who).await, APPROVED);
        for (body, code) in [
            (json!({ "productMaterialType": "wood" }), (400, "431/2")),
            (json!({ "accountIdentifier": guid() }), (400, "400/0")),
            (json!({ "userIdentifier": guid() }), (404, "10/0")),
            (json!({ "upgradeFlag": true }), (200, "4/105")),
        ] {
            gates.refused(&who, &who.cards(), body, code).await;
        }

        let body = json!({
            "accountIdentifier": who.account, "userIdentifier": who.user,
            "productMaterialType": "pvc", "requestPhysicalCardFlag": null, "upgradeFlag": null,
            "requestTempCardOnly": false,
        });
        let answer = gates.post(&who.cards(), body.clone()).await.expect(200);
        assert_eq!((answer.code().as_str(), gates.events().await), ("0/0", 3));
        assert_eq!(gates.place(&who).await, HEALTHY);
        let account = gates.read(&who).await;
        assert_eq!(answer.body["account"], account);
        assert_eq!(account["accountCycleDay"], 6);
        let event = gates.sim.events("wf").await;
        let told = event.iter().filter(|event| event.to_string().contains("accountCycleDay"));
        assert_eq!(told.count(), 1);

        let again = gates.post(&who.cards(), body).await.expect(200);
        assert_eq!((again.body["account"].clone(), gates.events().await), (account, 3));
    }

    async fn gate_3_the_body_may_ask_for_other_cards(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        gates.idv(&who).await.expect(201);
        let body = json!({ "requestPhysicalCardFlag": "false" });
        gates.post(&who.cards(), body).await.expect(200);
        assert_eq!(gates.place(&who).await, "normal / healthy, passed passed healthy, 1");
    }

    async fn gate_3_nothing_else_is_completed(engine: Engine) {
        let gates = Gates::start(engine).await;
        for (ssn, code) in [
            ("554000001", "1/12"),
            ("992000001", "1/12"),
            ("401000001", "1/12"),
            ("451000001", "4/105"),
        ] {
            let who = gates.enroll(ssn).await;
            gates.refused(&who, &who.cards(), json!({}), (200, code)).await;
        }
        let unknown = format!("/accounts/{}/paymentInstruments", guid());
        gates.post(&unknown, json!({})).await.expect_refused(404, "10/0");
        gates.post("/accounts/x/paymentInstruments", json!({})).await.expect_refused(400, "400/0");
    }

    async fn gate_3_cards_that_come_late_are_ordered_once(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        gates.idv(&who).await.expect(201);
        let fault = json!({
            "match": { "operation": "paymentinstrument_post_completeregistration" },
            "effect": { "kind": "processorTimeout" },
        });
        gates.sim.control("POST", "wf/faults", fault).await.expect(201);
        for _ in 0..2 {
            gates.complete(&who).await.expect(200);
            assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (APPROVED, 2));
        }
        let hour = json!({ "by": "PT1H" });
        gates.sim.control("POST", "wf/clock/advance", hour).await.expect(200);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (HEALTHY, 3));
    }

    // Proves GATE-1.
    async fn gate_1_a_scan_takes_the_place_of_the_number_once(engine: Engine) {
        let gates = Gates::start(engine).await;
        let id = guid();
        let capture = "/kycGates/scanCapture";
        let first = gates.partner.call("POST", capture, &id, scan()).await.expect(202);
        let again = gates.partner.call("POST", capture, &id, scan()).await.expect(202);
        assert_eq!(first.text, again.text);
        let onboarding = gates.scan().await;

        let enroll = async |onboarding: &str| {
            let mut person = gates.sim.person("wf").await;
            let identity = json!({ "dateOfBirth": "1990-01-20", "onboardingID": onboarding });
            person["identifyingData"] = identity;
            let (id, body) = (guid(), enrollment(&person));
            let answer = gates.partner.enroll(&id, &body).await;
            (id, body, answer)
        };
        let (id, body, answer) = enroll(&onboarding).await;
        assert_eq!((answer.status, answer.code().as_str()), (200, "0/0"), "{}", answer.text);
        let account = &answer.body["account"];
        let user = &account["accountHolders"][0]["user"];
        assert_eq!(
            (&account["status"], &user["identityType"]),
            (&json!("normal"), &json!("matricula"))
        );
        assert_eq!(user["last4Identity"], onboarding[onboarding.len() - 4..]);
        let again = gates.partner.enroll(&id, &body).await.expect(200);
        assert_eq!(again.body["account"], *account);

        let events = gates.events().await;
        for wrong in [onboarding.as_str(), &onboarding.to_uppercase(), &guid(), "scan-1"] {
            let (_, _, answer) = enroll(wrong).await;
            let answer = answer.expect_refused(400, "200/0");
            assert!(answer.explanation().starts_with("GATE-1"), "{}", answer.explanation());
        }
        assert_eq!(gates.events().await, events);
    }

    async fn gate_1_one_scan_makes_one_account_however_many_ask(engine: Engine) {
        let gates = Gates::start(engine).await;
        let interrupt = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
        gates.sim.control("POST", "wf/faults", interrupt).await.expect(201);
        let identity = json!({ "dateOfBirth": "1990-01-20", "onboardingID": gates.scan().await });
        let mut person = gates.sim.person("wf").await;
        person["identifyingData"] = identity;
        let (id, body) = (guid(), enrollment(&person));
        gates.partner.enroll(&id, &body).await.expect_refused(503, "503/0");
        gates.partner.enroll(&guid(), &body).await.expect_refused(400, "200/0");
        gates.partner.enroll(&id, &body).await.expect(200);

        person["identifyingData"]["onboardingID"] = json!(gates.scan().await);
        let body = enrollment(&person);
        let ids = [guid(), guid(), guid(), guid()];
        let calls = ids.iter().map(|id| gates.partner.enroll(id, &body));
        let answers = futures_util::future::join_all(calls).await;
        let made = answers.iter().filter(|answer| answer.status == 200);
        assert_eq!(made.count(), 1);
        let refused = answers.iter().filter(|answer| answer.code() == "200/0");
        assert_eq!(refused.count(), 3);
    }

    async fn gate_1_a_scan_needs_a_product_and_a_front(engine: Engine) {
        let gates = Gates::start(engine).await;
        for (pointer, value, code, says) in [
            ("/productCode", json!("99999"), "1000/0", ""),
            ("/productCode", Json::Null, "1000/0", ""),
            ("/identityDocumentation", Json::Null, "400/0", "encryptedIdentityDocumentation"),
            ("/identityDocumentation/documentFrontImage", json!(""), "400/0", "documentFrontImage"),
        ] {
            let mut body = scan();
            *body.pointer_mut(pointer).unwrap() = value;
            let answer = gates.post("/kycGates/scanCapture", body).await;
            let answer = answer.expect_refused(400, code);
            assert!(answer.description().starts_with(says), "{}", answer.text);
        }
        let required = json!({ "encryption": { "mode": "required" } });
        gates.sim.control("PUT", "wf", required).await.expect(200);
        gates.post("/kycGates/scanCapture", scan()).await.expect_refused(400, "101/0");
    }

    // Proves OFC-1, OFC-2.
    async fn gate_2_a_corrected_person_is_screened_again(engine: Engine) {
        let review = json!({ "ofac": { "reviewHours": 24, "reviewResult": "fail" } });
        let gates = Gates::with(engine, review).await;
        let who = gates.enroll("401000001").await;
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (REVIEW_LOCKED, 1));
        let bad = who.person("/profileData/lastName", json!("X"));
        gates.refused(&who, &who.ofac2(), bad, (400, "400/502")).await;

        // Still the number of the match: corrected, and still under review. That the user has
        // another name is told beside what becomes of the account.
        let same = who.person("/profileData/lastName", json!("Okafor-Lee"));
        let answer = gates.post(&who.ofac2(), same).await;
        told(&answer, 200, "2/31", "manual", None);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (REVIEW_LOCKED, 3));
        let user = &gates.read(&who).await["accountHolders"][0]["user"];
        assert_eq!(user["lastName"], "Okafor-Lee");

        let mut body = who.person("/profileData/lastName", json!("Lee"));
        let mut without = body.clone();
        without["userData"].as_object_mut().unwrap().remove("identifyingData");
        gates.refused(&who, &who.ofac2(), without, (400, "200/0")).await;
        let mut elsewhere = body.clone();
        elsewhere["userData"]["profileData"]["addresses"][0]["state"] = json!("PR");
        gates.refused(&who, &who.ofac2(), elsewhere, (200, "3/65")).await;
        body["userData"]["identifyingData"]["ssn"] = json!("109870001");
        let answer = gates.post(&who.own("/kycGates/ofac2"), body.clone()).await;
        told(&answer, 200, "0/0", "healthy", None);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (HEALTHY, 5));
        let user = gates.read(&who).await["accountHolders"][0]["user"].clone();
        assert_eq!((&user["lastName"], &user["last4Identity"]), (&json!("Lee"), &json!("0001")));
        gates.refused(&who, &who.ofac2(), body, (200, "1/12")).await;
        // The review that was to end by itself does not end it a second time.
        let days = json!({ "by": "P2D" });
        gates.sim.control("POST", "wf/clock/advance", days).await.expect(200);
        assert_eq!((gates.place(&who).await.as_str(), gates.events().await), (HEALTHY, 5));
    }

    async fn gate_2_a_corrected_phone_counts_like_a_new_one(engine: Engine) {
        let gates = Gates::start(engine).await;
        let phones = json!([{ "number": "6265550177", "type": "mobile", "isDefault": true }]);
        for _ in 0..2 {
            let mut person = gates.sim.person("wf").await;
            person["phoneNumbers"] = phones.clone();
            gates.partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        }
        let who = gates.enroll("401000001").await;
        let body = who.person("/phoneNumbers", phones);
        gates.refused(&who, &who.ofac2(), body, (200, "2/63")).await;
    }

    async fn gate_2_nobody_is_not_found(engine: Engine) {
        let gates = Gates::start(engine).await;
        let who = gates.enroll("991000001").await;
        let other = gates.enroll("554000001").await;
        let person = who.person("/identifyingData/ssn", json!("100000001"));
        let mixed = |rest: &str| format!("/accounts/{}/users/{}{rest}", who.account, other.user);
        let unknown = |rest: &str| format!("/accounts/{}/users/{}{rest}", guid(), who.user);
        let nobody = |gate: &str| format!("/users/{}/kycGates/{gate}", guid());
        let uuid = json!({ "documentUuid": guid() });
        for (rest, body) in [
            ("/kycGates/idv", pictures()),
            ("/kycGates/idvUuid", uuid),
            ("/kycGates/ofac2", person.clone()),
            ("/socureDocumentRequest", Json::Null),
            ("/kyc", person.clone()),
        ] {
            gates.refused(&who, &mixed(rest), body.clone(), (404, "10/0")).await;
            gates.refused(&who, &unknown(rest), body.clone(), (404, "10/0")).await;
            let path = format!("/accounts/x/users/{}{rest}", who.user);
            gates.refused(&who, &path, body.clone(), (400, "400/0")).await;
            let path = format!("/accounts/{}/users/x{rest}", who.account);
            gates.refused(&who, &path, body, (400, "400/0")).await;
        }
        let suffix = json!({ "ssnSuffix": "0001" });
        let number = json!({ "ssn": "100000001" });
        for (gate, body) in [("kyc1", suffix), ("kyc2", number), ("oow", json!({}))] {
            gates.refused(&who, &nobody(gate), body.clone(), (404, "10/0")).await;
            let path = format!("/users/x/kycGates/{gate}");
            gates.refused(&who, &path, body, (400, "400/0")).await;
        }
        for rest in ["socureDocumentRequest", "paymentInstruments"] {
            let path = format!("/accounts/{}/{rest}", guid());
            gates.refused(&who, &path, json!({}), (404, "10/0")).await;
        }
        let path = format!("/enrollments/accounts/{}/ofac2", guid());
        gates.refused(&who, &path, person, (404, "10/0")).await;
    }
}
