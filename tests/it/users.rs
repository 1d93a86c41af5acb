//! Users: their profiles read and changed, their names, and what the partner hears of it.

use futures_util::future::join_all;
use piebox::crypto::{Binding, Container, KeyPair, open};
use serde_json::{Value as Json, json};

use crate::support::{
    Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines, webhooks,
};

/// An account of one person, who is its primary holder.
struct Home<'a> {
    sim: &'a TestSim,
    partner: &'a Partner,
    account: String,
    user: String,
}

impl<'a> Home<'a> {
    async fn of(sim: &'a TestSim, partner: &'a Partner) -> Self {
        Self::with(sim, partner, |_| {}).await
    }

    async fn with(sim: &'a TestSim, partner: &'a Partner, change: impl FnOnce(&mut Json)) -> Self {
        let mut person = sim.person("wf").await;
        change(&mut person);
        let enrolled = partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
        let user = user.as_str().unwrap().to_owned();
        Self { sim, partner, account: enrolled.account_id(), user }
    }

    async fn put(&self, path: &str, body: Json) -> Answer {
        self.partner.call("PUT", path, &guid(), body).await
    }

    fn paths(&self) -> [String; 2] {
        let Self { account, user, .. } = self;
        [format!("/accounts/{account}/users/{user}"), format!("/users/{user}")]
    }

    /// Changes parts of the user document.
    async fn change(&self, parts: Json) -> Answer {
        self.put(&self.paths()[0], json!({ "userData": parts })).await
    }

    async fn rename(&self, names: Json) -> Answer {
        self.put(&format!("/users/{}/name", self.user), name_change(names)).await
    }

    async fn read(&self) -> Json {
        self.partner.get(&format!("/accounts/{}", self.account)).await.expect(200).body
    }

    async fn users(&self) -> Json {
        let answer = self.partner.get(&format!("/accounts/{}/users", self.account)).await;
        answer.expect(200).body["users"].clone()
    }

    /// A second holder joins; answers the user.
    async fn joined(&self) -> String {
        let person = self.sim.person("wf").await;
        let body = json!({ "currency": "USD", "userProfile": person });
        let path = format!("/accounts/{}/AccountHolder", self.account);
        let answer = self.partner.call("POST", &path, &guid(), body).await.expect(200);
        let user = &answer.body["account"]["accountHolders"][1]["user"]["userIdentifier"];
        user.as_str().unwrap().to_owned()
    }

    async fn hold(&self, status: &str, reason: &str) {
        let wanted = json!({ "status": status, "statusReason": reason, "notes": "n" });
        self.put(&format!("/accounts/{}/status", self.account), wanted).await.expect(200);
    }

    /// `userUpdated` as `the parts changed`, and other events by their type, oldest first.
    async fn told(&self) -> Vec<String> {
        let events = self.sim.events_of("wf", &self.account).await;
        let parts = |event: &Json| {
            let parts = event["event"]["updatedFields"].as_array().unwrap().clone();
            parts.iter().map(|it| it.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let name = |event: &Json| match event["eventType"].as_str().unwrap() {
            "userUpdated" => parts(event),
            other => other.to_owned(),
        };
        events.iter().map(name).collect()
    }

    /// Refused, and nothing has changed or been sent.
    async fn refused(&self, path: &str, body: &Json, code: (u16, &str)) {
        let (before, read, told) = (self.users().await, self.read().await, self.told().await);
        let answer = self.put(path, body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), code, "{path} {body}: {}", answer.text);
        answer.expect_refused(code.0, code.1);
        assert_eq!(self.users().await, before, "{body}");
        assert_eq!(self.read().await, read, "{body}");
        assert_eq!(self.told().await, told, "{body}");
    }
}

fn name_change(names: Json) -> Json {
    json!({
        "userData": { "profileData": names }, "reason": "marriage",
        "supportingDocument": { "fileData": "QUJD", "fileExtension": "pdf" },
    })
}

fn phone(number: &str, kind: &str) -> Json {
    json!({ "phoneNumbers": [{ "number": number, "type": kind }] })
}

/// `type number` of each phone, in order of the alphabet, the default one with a star.
fn phones(user: &Json) -> Vec<String> {
    let phones = user["userData"]["phoneNumbers"].as_array().unwrap();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let mark = |phone: &Json| if phone["isDefault"] == true { "*" } else { "" };
    let mut shown: Vec<_> = phones
        .iter()
        .map(|it| format!("{} {}{}", text(&it["type"]), text(&it["number"]), mark(it)))
        .collect();
    shown.sort();
    shown
}

fn two_phones(person: &mut Json) {
    person["phoneNumbers"] = json!([
        { "number": "6265550101", "type": "mobile", "isDefault": true },
        { "number": "6265550102", "type": "work" },
    ]);
}

on_both_engines! {
    async fn acc_5_all_holders_are_listed_and_what_is_read_can_be_sent_back(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let second = home.joined().await;
        let users = home.users().await;
        assert_eq!([&users[0]["userIdentifier"], &users[1]["userIdentifier"]], [
            &json!(home.user), &json!(second),
        ]);
        let account = home.read().await["account"].clone();
        for (at, user) in users.as_array().unwrap().iter().enumerate() {
            let holder = &account["accountHolders"][at];
            for (name, value) in holder["user"].as_object().unwrap() {
                assert_eq!(user[name], *value, "{name}");
            }
            assert_eq!(user["accountHolderIdentifier"], holder["accountHolderIdentifier"]);
            assert!(!user.to_string().contains("\"ssn\":"), "{user}");
        }
        let told = home.told().await;
        let back = home.change(users[0]["userData"].clone()).await.expect(200);
        assert_eq!(back.body["user"], users[0]);
        assert_eq!((home.users().await, home.told().await), (users, told), "nothing has changed");
        let get = async |path: &str| partner.get(path).await;
        for list in ["users", "users/requireIdv"] {
            get(&format!("/accounts/{}/{list}", guid())).await.expect_refused(404, "10/0");
            get(&format!("/accounts/7/{list}")).await.expect_refused(400, "400/0");
        }
    }

    // Proves ACC-5.
    async fn profiles_are_sealed_to_a_partner_with_a_key_and_plain_elsewhere(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let plain = home.users().await[0]["userData"].clone();
        let pair = KeyPair::from_seed([3; 32]);
        let path = format!("/accounts/{}/users", home.account);
        for (mode, is_sealed) in [("required", true), ("optional", true), ("off", false)] {
            let key = json!({ "mode": mode, "partnerPublicKey": pair.public().spki_base64() });
            sim.control("PUT", "wf", json!({ "encryption": key })).await.expect(200);
            let request_id = guid();
            let answer = partner.call("GET", &path, &request_id, Json::Null).await.expect(200);
            let user = &answer.body["users"][0];
            assert_eq!(user.get("userData").is_none(), is_sealed, "{mode}");
            let Some(sealed) = user.get("encryptedUserData") else {
                assert!(!is_sealed, "{mode}");
                continue;
            };
            let sealed: Container = serde_json::from_value(sealed.clone()).unwrap();
            let binding = Binding { program_code: "wf", request_id: &request_id };
            let opened = open(&sealed, &pair, binding).unwrap();
            assert_eq!(serde_json::from_slice::<Json>(&opened).unwrap(), plain, "{mode}");
        }
    }

    async fn acc_5_a_user_is_changed_by_either_path_and_the_partner_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let home = Home::with(&sim, &partner, two_phones).await;
        webhooks(&receiver, 1).await;
        let mut expected = vec!["accountUpdated".to_owned()];
        let address = json!({
            "addressLine1": "9 Work Way", "city": "Reno", "state": "NV", "zipCode": "89501",
            "type": "work",
        });
        let address = json!({ "profileData": { "addresses": [address] } });
        let email = json!({ "email": { "emailAddress": "new@example.com" } });
        let both = json!({
            "email": { "emailAddress": "both@example.com" },
            "phoneNumbers": [{ "number": "6265550105", "type": "home" }],
        });
        let changes = [
            (phone("6265550103", "Work"), "phone"),
            (address, "address"),
            (email, "email"),
            (both, "email phone"),
        ];
        for (at, (parts, told)) in changes.iter().enumerate() {
            let path = &home.paths()[at % 2];
            let answer = home.put(path, json!({ "userData": parts })).await.expect(200);
            assert_eq!(answer.body["user"], home.users().await[0]);
            expected.push((*told).to_owned());
            assert_eq!(home.told().await, expected);
            // The same again has changed nothing, and nobody hears of it.
            home.put(path, json!({ "userData": parts })).await.expect(200);
            assert_eq!(home.told().await, expected);
        }
        // Nor is what was on file news when it comes in another order.
        home.change(phone("6265550101", "mobile")).await.expect(200);
        assert_eq!(home.told().await, expected);
        let user = home.users().await[0].clone();
        assert_eq!(phones(&user), ["home 6265550105", "mobile 6265550101*", "work 6265550103"]);
        // How transfers are accepted is no part of the profile.
        for (word, meant) in [
            ("automatic", "automatic"), ("ManualAccept", "manual"), ("AutoAccept", "automatic"),
            ("MANUAL", "manual"),
        ] {
            let body = json!({
                "peerTransferAcceptPreference": word, "userIdCreateDate": "2031-01-01",
                "passwordChangeDate": "2031-01-01", "contactVerificationIdentifiers": [guid()],
            });
            let answer = home.put(&home.paths()[1], body).await.expect(200);
            assert_eq!(answer.body["user"]["peerTransferAcceptPreference"], meant);
            let read = home.read().await;
            let shown = &read["account"]["accountHolders"][0]["user"];
            assert_eq!(shown["peerTransferAcceptPreference"], meant, "{word}");
        }
        assert_eq!(home.told().await, expected);
        let sent = webhooks(&receiver, 5).await;
        let envelope = &sent[4].body["accounts"][0];
        assert_eq!(envelope["accountIdentifier"], home.account.as_str());
        let event = &envelope["events"][0];
        assert_eq!(event["eventType"], "userUpdated");
        assert_eq!(event["user"]["userIdentifier"], home.user.as_str());
        assert_eq!(phones(&json!({ "userData": event["user"] })), phones(&user));
        assert_eq!(event["user"]["addresses"], user["userData"]["profileData"]["addresses"]);
        assert_eq!(event["user"]["email"]["emailAddress"], "both@example.com");
        assert!(event["user"].get("dateOfBirth").is_none() && event["user"].get("ssn").is_none());
    }

    // Proves ACC-5.
    async fn the_only_phone_changes_in_place_whatever_its_type(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        for (number, kind) in [("6265550111", "work"), ("6265550112", "home")] {
            let answer = home.change(phone(number, kind)).await.expect(200);
            assert_eq!(phones(&answer.body["user"]), [format!("{kind} {number}*")]);
        }
    }

    async fn acc_5_and_lim_8_the_second_holder_is_a_user_of_its_own(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        for _ in 0..2 {
            Home::with(&sim, &partner, |person| {
                person["phoneNumbers"] = json!([{ "number": "6265550177", "type": "mobile" }]);
            })
            .await;
        }
        let home = Home::of(&sim, &partner).await;
        let second = home.joined().await;
        let taken = json!({ "userData": phone("6265550177", "mobile") });
        for path in home.paths() {
            home.refused(&path, &taken, (200, "2/63")).await;
        }
        // Second holders take none of the places that limits count.
        let first = home.users().await[0].clone();
        let path = format!("/accounts/{}/users/{second}", home.account);
        let answer = home.put(&path, taken).await.expect(200);
        assert_eq!(phones(&answer.body["user"]), ["mobile 6265550177*"]);
        assert_eq!(home.users().await[0], first);
        assert_eq!(home.told().await, ["accountUpdated", "accountUpdated", "phone"]);
    }

    async fn acc_5_a_locked_account_keeps_its_users(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let (body, name) =
            (json!({ "userData": phone("6265550188", "work") }), name_change(json!({
                "lastName": "Solano",
            })));
        let named = format!("/users/{}/name", home.user);
        home.hold("locked", "potentialFraud").await;
        let answer = home.put(&home.paths()[0], body.clone()).await;
        assert!(answer.explanation().starts_with("ACC-5"), "{}", answer.explanation());
        for path in home.paths() {
            home.refused(&path, &body, (200, "5/362")).await;
            home.refused(&path, &json!({ "peerTransferAcceptPreference": "automatic" }), {
                (200, "5/362")
            }).await;
            // What does not read is said first.
            let wrong = json!({ "userData": phone("555", "work") });
            home.refused(&path, &wrong, (400, "400/0")).await;
        }
        home.refused(&named, &name, (200, "5/362")).await;
        home.hold("normal", "healthy").await;
        home.put(&home.paths()[1], body).await.expect(200);
        home.put(&named, name).await.expect(200);
    }

    async fn acc_5_a_change_that_does_not_read_is_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let address = |name: &str, value: Json| {
            let mut address = json!({
                "addressLine1": "1 Elm St", "city": "Reno", "state": "NV", "zipCode": "89501",
                "type": "home",
            });
            address[name] = value;
            json!({ "userData": { "profileData": { "addresses": [address] } } })
        };
        let terms = |identifier: &str, moment: &str| json!({ "termsAcceptances": [{
            "termsIdentifier": identifier, "termsAcceptanceDateTime": moment,
        }] });
        let now = "2031-05-06T10:00:00Z";
        for (body, code) in [
            (address("addressLine1", json!("1")), "400/505"),
            (address("addressLine1", json!("1 * St")), "640/505"),
            (address("addressLine2", json!("x".repeat(41))), "400/506"),
            (address("addressLine2", json!("*")), "640/506"),
            (address("city", json!("x".repeat(26))), "400/504"),
            (address("city", json!("Re*no")), "640/504"),
            (json!({ "userData": { "profileData": { "lastName": "Another" } } }), "400/0"),
            (json!({ "userData": { "identifyingData": { "ssnSuffix": "0000" } } }), "630/0"),
            (json!({ "userData": { "phoneNumbers": {} } }), "400/0"),
            (json!({ "userData": phone("555", "mobile") }), "400/0"),
            (json!({ "peerTransferAcceptPreference": "perhaps" }), "400/0"),
            (json!({ "peerTransferAcceptPreference": 7 }), "400/0"),
            (json!({ "userIdCreateDate": {} }), "400/0"),
            (json!({ "contactVerificationIdentifiers": vec!["x"; 51] }), "400/0"),
            (terms("eSign", "2031-08-06T10:00:00Z"), "620/0"),
            (terms("", now), "400/0"),
            (json!({ "encryptedUserData": "x" }), "400/0"),
            (json!({}), "101/0"),
            (json!([]), "400/0"),
        ] {
            for path in home.paths() {
                home.refused(&path, &body, (400, code)).await;
            }
        }
        let guam = address("state", json!("GU"));
        home.refused(&home.paths()[0], &guam, (200, "3/65")).await;
    }

    // Proves ACC-5.
    async fn a_user_is_found_by_no_wrong_identifier_and_changed_in_no_forbidden_form(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (home, other) = (Home::of(&sim, &partner).await, Home::of(&sim, &partner).await);
        let good = json!({ "userData": phone("6265550188", "work") });
        for (path, code) in [
            (format!("/accounts/{}/users/{}", home.account, other.user), (404, "10/0")),
            (format!("/accounts/{}/users/{}", guid(), home.user), (404, "10/0")),
            (format!("/accounts/{}/users/{}", home.account, guid()), (404, "10/0")),
            (format!("/users/{}", guid()), (404, "10/0")),
            (format!("/users/{}", home.account), (404, "10/0")),
            (format!("/accounts/7/users/{}", home.user), (400, "400/0")),
            ("/users/7".to_owned(), (400, "400/0")),
            (format!("/users/{}/name", guid()), (404, "10/0")),
        ] {
            home.refused(&path, &good, code).await;
        }
        let elsewhere = sim.partner("nb").await;
        for path in home.paths() {
            elsewhere.call("PUT", &path, &guid(), good.clone()).await.expect_refused(404, "10/0");
        }
        let users = format!("/accounts/{}/users", home.account);
        elsewhere.get(&users).await.expect_refused(404, "10/0");
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        home.refused(&home.paths()[1], &good, (400, "101/0")).await;
        let request_id = guid();
        let sealed = partner.seal(&request_id, &phone("6265550188", "work")).await;
        let body = json!({ "encryptedUserData": sealed });
        partner.call("PUT", &home.paths()[1], &request_id, body).await.expect(200);
    }

    async fn acc_5_and_acc_2_terms_and_verified_contacts_come_with_a_user(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let [path, _] = home.paths();
        let terms = |identifier: &str, accepted: bool| json!({ "termsAcceptances": [{
            "termsIdentifier": identifier, "termsAcceptanceFlag": accepted,
        }] });
        home.put(&path, terms("negBal", true)).await.expect(200);
        let on_file = home.read().await["account"]["termsAcceptances"].clone();
        assert_eq!(on_file[0]["termsIdentifier"], "negBal");
        let feature = format!("/accounts/{}/features/NB100", home.account);
        home.put(&feature, json!({ "authorize": true })).await.expect(200);
        home.refused(&path, &terms("negBal", false), (200, "5/58")).await;
        let strict = json!({ "contactVerification": { "strict": true } });
        sim.control("PUT", "wf", strict).await.expect(200);
        let unknown = json!({ "contactVerificationIdentifiers": [guid()] });
        home.refused(&path, &unknown, (400, "400/0")).await;
    }

    async fn acc_5_a_name_changes_by_a_call_of_its_own(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::with(&sim, &partner, |person| {
            person["profileData"]["firstName"] = json!("Mira");
            person["profileData"]["middleName"] = json!("Ann");
            // Its cards are made once documents have shown who it is.
            person["identifyingData"]["ssn"] = json!("991001234");
        })
        .await;
        let answer = home.rename(json!({ "lastName": "Nuñez" })).await.expect(200);
        let names = |user: &Json| {
            let profile = &user["userData"]["profileData"];
            ["firstName", "middleName", "lastName"].map(|it| profile[it].clone())
        };
        assert_eq!(names(&answer.body["user"]), [json!("Mira"), json!("Ann"), json!("Nuñez")]);
        assert_eq!(answer.body["user"], home.users().await[0]);
        let shown = &home.read().await["account"]["accountHolders"][0]["user"];
        assert_eq!((&shown["firstName"], &shown["lastName"]), (&json!("Mira"), &json!("Nuñez")));
        let told = ["accountUpdated", "name", "accountUpdated"];
        assert_eq!(home.told().await, told);
        home.rename(json!({ "firstName": "Mira", "lastName": "Nuñez" })).await.expect(200);
        assert_eq!(home.told().await, told, "the same name again");
        // A middle name is told of the user alone: accounts do not show it.
        home.rename(json!({ "middleName": "Eve" })).await.expect(200);
        assert_eq!(home.told().await[3..], ["name"]);
        let document = json!({ "identityDocumentation": { "documentFrontImage": "QUJD" } });
        let gate = format!("{}/kycGates/idv", home.paths()[0]);
        partner.call("POST", &gate, &guid(), document).await.expect(201);
        let cards = format!("/accounts/{}/paymentInstruments", home.account);
        partner.call("POST", &cards, &guid(), json!({})).await.expect(200);
        let select = piebox::db::sql("SELECT embossed_name FROM payment_instruments");
        let rows: Vec<(String,)> = sim.sim.db.all(select).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|(name,)| name == "MIRA NUNEZ"), "{rows:?}");
        assert!(!sim.dump().await.contains("QUJD"), "the document is not kept");
    }

    async fn acc_5_a_name_change_that_does_not_read_is_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let path = format!("/users/{}/name", home.user);
        let with = |pointer: &str, value: Json| {
            let mut body = name_change(json!({ "firstName": "Mira", "lastName": "Solano" }));
            *body.pointer_mut(pointer).unwrap() = value;
            body
        };
        for (body, code) in [
            (with("/reason", Json::Null), "400/0"),
            (with("/reason", json!("boredom")), "400/0"),
            (with("/supportingDocument", Json::Null), "400/0"),
            (with("/supportingDocument/fileData", json!("")), "400/0"),
            (with("/supportingDocument/fileData", json!("*")), "400/0"),
            (with("/userData", Json::Null), "101/0"),
            (with("/userData", json!({})), "101/0"),
            (with("/userData/profileData/firstName", json!("x".repeat(36))), "400/501"),
            (with("/userData/profileData/firstName", json!("M1ra")), "640/501"),
            (with("/userData/profileData/lastName", json!("S")), "400/502"),
            (with("/userData/profileData/lastName", json!("So--lano")), "640/502"),
            (json!([]), "400/0"),
        ] {
            home.refused(&path, &body, (400, code)).await;
        }
        home.put(&path, with("/reason", json!("Court Order"))).await.expect(200);
        home.put(&path, with("/reason", json!("divorce"))).await.expect(200);
    }

    // Proves ACC-5, ENR-47.
    async fn whoever_changes_a_profile_the_partner_is_told_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let home = Home::of(&sim, &partner).await;
        let enrollment = format!("/enrollments/account/{}", home.account);
        let body = json!({ "userData": phone("6265550188", "work") });
        for _ in 0..2 {
            home.put(&enrollment, body.clone()).await.expect(200);
            assert_eq!(home.told().await, ["accountUpdated", "phone"]);
        }
        let body = json!({ "email": "new@example.com" });
        for _ in 0..2 {
            home.put(&format!("/accounts/{}", home.account), body.clone()).await.expect(200);
            assert_eq!(home.told().await, ["accountUpdated", "phone", "email"]);
        }
        // What identifies a person is no part of it.
        let pending = Home::with(&sim, &partner, |person| {
            person["identifyingData"]["ssn"] = json!("991001234");
        })
        .await;
        let mended = json!({ "identifyingData": { "dateOfBirth": "1970-02-03" } });
        let answer = pending.change(mended).await.expect(200);
        let born = &answer.body["user"]["userData"]["identifyingData"]["dateOfBirth"];
        assert_eq!((born, pending.told().await.len()), (&json!("1970-02-03"), 1));
    }

    // Proves ACC-5.
    async fn changes_at_once_lose_nothing(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.database.lock_wait_ms = 60_000).await;
        let partner = sim.partner("wf").await;
        let home = Home::with(&sim, &partner, two_phones).await;
        let [of_account, of_user] = home.paths();
        let enrolled = format!("/enrollments/account/{}", home.account);
        let named = format!("/users/{}/name", home.user);
        let accepts = json!({ "peerTransferAcceptPreference": "automatic" });
        let email = json!({ "userData": { "email": { "emailAddress": "race@example.com" } } });
        let calls = [
            (&of_account, json!({ "userData": phone("6265550121", "mobile") })),
            (&of_user, json!({ "userData": phone("6265550122", "work") })),
            (&enrolled, json!({ "userData": phone("6265550123", "home") })),
            (&of_user, email),
            (&of_account, accepts),
            (&named, name_change(json!({ "lastName": "Solano" }))),
        ];
        let answers = calls.iter().map(|(path, body)| home.put(path, body.clone()));
        join_all(answers).await.into_iter().for_each(|answer| drop(answer.expect(200)));
        let user = home.users().await[0].clone();
        let all = ["home 6265550123", "mobile 6265550121*", "work 6265550122"];
        assert_eq!(phones(&user), all);
        assert_eq!(user["userData"]["email"]["emailAddress"], "race@example.com");
        assert_eq!(user["peerTransferAcceptPreference"], "automatic");
        assert_eq!(user["lastName"], "Solano");
        let mut told = home.told().await.split_off(1);
        told.sort();
        assert_eq!(told, ["accountUpdated", "email", "name", "phone", "phone", "phone"]);
        let events = sim.events_of("wf", &home.account).await;
        let sequences: Vec<_> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
        assert_eq!(sequences, (1..=7).collect::<Vec<_>>());
        // One phone changed by many at once is one phone, and each change was told.
        let numbers: Vec<_> = (0..8).map(|n| format!("626555013{n}")).collect();
        let calls = numbers.iter().map(|number| home.change(phone(number, "work")));
        join_all(calls).await.into_iter().for_each(|answer| drop(answer.expect(200)));
        assert_eq!(phones(&home.users().await[0]).len(), 3);
        assert_eq!(home.told().await.len(), 15);
    }

    // Proves ACC-1.
    async fn accounts_are_found_by_the_partners_consumer_and_by_their_holders(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let limits = json!({ "limits": { "consumer": { "ssn": { "active": 9, "lifetime": 9 } } } });
        sim.control("PUT", "wf", limits).await.expect(200);
        let mut body = enrollment(&sim.person("wf").await);
        body["account"]["partnerConsumerId"] = json!("C 1/ü");
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(partner.enroll(&guid(), &body).await.expect(200).account_id());
        }
        let other = Home::of(&sim, &partner).await;
        let get = async |path: &str| partner.get(path).await;
        let listed = |answer: &Answer, list: &str| {
            let accounts = answer.body[list].as_array().unwrap().clone();
            let id = |it: &Json| it["accountIdentifier"].as_str().unwrap().to_owned();
            let mut ids: Vec<_> = accounts.iter().map(id).collect();
            ids.sort();
            ids
        };
        let found = get("/partnerConsumers/C%201%2F%C3%BC/accounts").await.expect(200);
        let mut both = ids.clone();
        both.sort();
        assert_eq!(listed(&found, "accounts"), both);
        for name in ["linkedAccounts", "linkedAccountsInfo"] {
            for (id, linked) in [(&ids[0], vec![ids[1].clone()]), (&other.account, Vec::new())] {
                let answer = get(&format!("/accounts/{id}/{name}")).await.expect(200);
                assert_eq!(listed(&answer, "linkedAccounts"), linked, "{name}");
            }
            get(&format!("/accounts/{}/{name}", guid())).await.expect_refused(404, "10/0");
            get(&format!("/accounts/7/{name}")).await.expect_refused(400, "400/0");
        }
        get("/partnerConsumers/unknown/accounts").await.expect_refused(404, "10/0");
        let elsewhere = sim.partner("nb").await;
        let path = "/partnerConsumers/C%201%2F%C3%BC/accounts";
        elsewhere.get(path).await.expect_refused(404, "10/0");
        let kind = get(&format!("/accounts/{}/accountType", ids[0])).await.expect(200);
        assert_eq!(kind.body["accountType"], "consumer");
        get(&format!("/accounts/{}/accountType", guid())).await.expect_refused(404, "10/0");
        // Only who is at the gate of documents is asked for them.
        let pending = Home::with(&sim, &partner, |person| {
            person["identifyingData"]["ssn"] = json!("991001234");
        })
        .await;
        for (home, count) in [(&other, 0), (&pending, 1)] {
            let path = format!("/accounts/{}/users/requireIdv", home.account);
            let answer = get(&path).await.expect(200);
            assert_eq!(answer.body["users"].as_array().unwrap().len(), count);
        }
    }
}
