//! The field rules of the user document and of the account part, through the public surface: what
//! passes, what is refused and with which code, and what is kept.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// A program under test, with bodies that are good but for one change.
struct Applying {
    sim: TestSim,
    partner: Partner,
}

/// Pointers into the body of an enrollment.
const HOME: &str = "/user/userData/profileData/addresses/0";
const IDENTITY: &str = "/user/userData/identifyingData";
const PHONES: &str = "/user/userData/phoneNumbers";

impl Applying {
    async fn start(engine: Engine) -> Self {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let partner = sim.partner("wf").await;
        Self { sim, partner }
    }

    async fn settings(&self, change: Json) {
        self.sim.control("PUT", "wf", change).await.expect(200);
    }

    /// The body of somebody new, changed.
    async fn body(&self, changes: &[(&str, Json)]) -> Json {
        let mut body = enrollment(&self.sim.person("wf").await);
        changes.iter().for_each(|(pointer, value)| set(&mut body, pointer, value.clone()));
        body
    }

    async fn send(&self, changes: &[(&str, Json)]) -> Answer {
        let body = self.body(changes).await;
        self.partner.enroll(&guid(), &body).await
    }

    async fn passes(&self, changes: &[(&str, Json)]) -> Answer {
        let answer = self.send(changes).await;
        assert_eq!((answer.status, answer.code().as_str()), (200, "0/0"), "{}", answer.text);
        answer
    }

    /// Refused with 400 and this code, and nothing is kept of it.
    async fn fails(&self, changes: &[(&str, Json)], code: &str) -> Answer {
        let before = self.accounts().await;
        let answer = self.send(changes).await;
        assert_eq!(answer.code(), code, "{changes:?}: {}", answer.text);
        let answer = answer.expect_refused(400, code);
        assert_eq!(self.accounts().await, before, "{changes:?}");
        answer
    }

    /// As [`Self::fails`], for one member.
    async fn fails_each(&self, pointer: &str, values: &[Json], code: &str) {
        for value in values {
            self.fails(&[(pointer, value.clone())], code).await;
        }
    }

    async fn passes_each(&self, pointer: &str, values: &[Json]) {
        for value in values {
            self.passes(&[(pointer, value.clone())]).await;
        }
    }

    async fn accounts(&self) -> usize {
        let listed = self.sim.control("GET", "wf/accounts?limit=1000", Json::Null).await;
        listed.expect(200).body["accounts"].as_array().unwrap().len()
    }

    /// The newest profile that is kept of anybody with this last name.
    async fn profile(&self, last_name: &str) -> Json {
        let select = "SELECT profile FROM users WHERE last_name = $1";
        let rows: Vec<(String,)> =
            self.sim.sim.db.all(piebox::db::sql(select).bind(last_name)).await.unwrap();
        assert_eq!(rows.len(), 1, "persons named {last_name}");
        serde_json::from_str(&rows[0].0).unwrap()
    }
}

/// Sets a member; `null` takes it away.
fn set(body: &mut Json, pointer: &str, value: Json) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Json::Object(members), Json::Null) => drop(members.shift_remove(member)),
        (Json::Array(entries), value) => entries[member.parse::<usize>().unwrap()] = value,
        (parent, value) => parent[member] = value,
    }
}

fn home(member: &str) -> String {
    format!("{HOME}/{member}")
}

fn address(kind: &str, is_default: bool) -> Json {
    json!({ "addressLine1": "1 Oak Ave", "city": "Pasadena", "state": "CA", "zipCode": "91101",
            "type": kind, "isDefault": is_default })
}

fn phone(number: &str, kind: &str, is_default: bool) -> Json {
    json!({ "number": number, "type": kind, "isDefault": is_default })
}

const ADDRESSES: &str = "/user/userData/profileData/addresses";

on_both_engines! {
    async fn enr_7_lines_and_city_have_their_lengths(engine: Engine) {
        let applying = Applying::start(engine).await;
        for (member, code, pass, fail) in [
            ("addressLine1", "400/505", vec![2, 40], vec![0, 1, 41]),
            ("addressLine2", "400/506", vec![0, 1, 40], vec![41]),
            ("city", "400/504", vec![1, 25], vec![26]),
        ] {
            let long = |lengths: Vec<usize>| -> Vec<Json> {
                // A letter and its mark are one character.
                lengths.into_iter().map(|length| json!("e\u{301}".repeat(length))).collect()
            };
            applying.passes_each(&home(member), &long(pass)).await;
            applying.fails_each(&home(member), &long(fail), code).await;
        }
        let unchecked = ("/executeKycFlag", json!(false));
        applying.fails(&[(&home("addressLine1"), Json::Null), unchecked], "400/505").await;
    }

    async fn enr_8_addresses_are_of_the_published_characters(engine: Engine) {
        let applying = Applying::start(engine).await;
        let pass = ["12 O'Neil Rd, #4 & (rear) A/B-C.", "São João", "Sa\u{303}o Joa\u{303}o"];
        let fail = ["A*B", "A+B", "A@B", "A:B", "A_B", "A!B", "A\"B", "Łódź", "A÷B", "Ann😀"];
        for (member, code) in
            [("addressLine1", "640/505"), ("addressLine2", "640/506"), ("city", "640/504")]
        {
            applying.passes_each(&home(member), &pass.map(|text| {
                Json::from(text.chars().take(25).collect::<String>())
            })).await;
            applying.fails_each(&home(member), &fail.map(Json::from), code).await;
        }
    }

    async fn enr_9_and_enr_10_and_enr_11_one_home_one_of_a_type_one_default(engine: Engine) {
        let applying = Applying::start(engine).await;
        for (addresses, code) in [
            (json!([]), "1042/0"),
            (json!([address("work", true)]), "1042/0"),
            (json!([address("business", true)]), "1042/0"),
            (json!([address("home", true), address("HOME", false)]), "1020/0"),
            (json!([address("home", false), address("work", false), address("Work", false)]),
                "1020/0"),
            (json!([address("home", true), address("work", true)]), "1040/0"),
            (json!([address("home", true), address("castle", false)]), "400/0"),
        ] {
            applying.fails(&[(ADDRESSES, addresses)], code).await;
        }
        applying.fails(&[(ADDRESSES, Json::Null)], "1042/0").await;
        let all = json!([address("Billing", false), address("Work", false), address("Home", true)]);
        applying.passes(&[(ADDRESSES, all)]).await;
        applying.passes(&[(ADDRESSES, json!([address("home", false), address("work", true)]))])
            .await;
        let answer = applying.fails(&[(ADDRESSES, json!([]))], "1042/0").await;
        assert_eq!(answer.description(), "Home address is missing");
    }

    async fn enr_12_and_enr_23_defaults_are_filled_in_and_zip_codes_cut(engine: Engine) {
        let applying = Applying::start(engine).await;
        let last_name = "/user/userData/profileData/lastName";
        let addresses = json!([
            { "addressLine1": "1 Oak Ave", "addressLine2": "", "city": "Pasadena", "state": "ca",
              "zipCode": "91101-2345", "type": "Work" },
            { "addressLine1": "2 Oak Ave", "city": "Pasadena", "zipCode": "911012345",
              "countryCode": "us", "type": "HOME", "isDefault": "false" },
        ]);
        let phones = json!([
            { "number": "6265550101", "type": "Mobile" },
            { "number": "6265550102", "type": "home", "isDefault": false },
        ]);
        applying.passes(&[
            (last_name, json!("Unmarked")), (ADDRESSES, addresses), (PHONES, phones),
            ("/user/userData/email/isDefault", json!(false)),
            ("/user/userData/email/emailAddress", json!("ann@example.com")),
        ]).await;
        assert_eq!(applying.profile("Unmarked").await, json!({
            "addresses": [
                { "addressLine1": "1 Oak Ave", "city": "Pasadena", "state": "CA",
                  "zipCode": "91101", "countryCode": "USA", "type": "work", "isDefault": false },
                { "addressLine1": "2 Oak Ave", "city": "Pasadena", "zipCode": "91101",
                  "countryCode": "USA", "type": "home", "isDefault": true },
            ],
            "email": { "emailAddress": "ann@example.com", "isDefault": true },
            "phoneNumbers": [
                { "number": "6265550101", "type": "mobile", "isDefault": true },
                { "number": "6265550102", "type": "home", "isDefault": false },
            ],
        }));
        applying.passes(&[
            (last_name, json!("Marked")),
            (ADDRESSES, json!([address("home", false), address("work", true)])),
            (PHONES, json!([
                phone("6265550103", "home", false), phone("6265550104", "work", true),
            ])),
        ]).await;
        let kept = applying.profile("Marked").await;
        for list in ["addresses", "phoneNumbers"] {
            assert_eq!(kept[list][0]["isDefault"], false, "{kept}");
            assert_eq!(kept[list][1]["isDefault"], true, "{kept}");
        }
        applying.passes_each(&home("zipCode"), &["91101", "91101-2345"].map(Json::from)).await;
        let wrong = ["", "9110", "911011", "91101-1", "91101 2345", "ABCDE"].map(Json::from);
        applying.fails_each(&home("zipCode"), &wrong, "400/0").await;
    }

    async fn enr_13_and_enr_15_phones_have_ten_digits_a_type_and_one_default(engine: Engine) {
        let applying = Applying::start(engine).await;
        let number = format!("{PHONES}/0/number");
        let wrong = ["", "626555010", "16265550101", "626-555-0101"].map(Json::from);
        applying.fails_each(&number, &wrong, "400/0").await;
        applying.fails_each(&number, &[Json::Null], "400/0").await;
        let kind = format!("{PHONES}/0/type");
        applying.fails_each(&kind, &[Json::Null, json!("fax")], "400/0").await;
        applying.passes_each(&kind, &["mobile", "home", "work"].map(Json::from)).await;
        let answer = applying.fails(&[(&number, json!("1"))], "400/0").await;
        assert!(answer.description().starts_with("phoneNumbers[0].number"), "{}", answer.text);
        let two = json!([phone("6265550105", "home", true), phone("6265550106", "work", true)]);
        let answer = applying.fails(&[(PHONES, two)], "1040/0").await;
        assert_eq!(answer.description(), "There can only be one default phone.");
    }

    async fn enr_16_and_enr_25_kyc_asks_more_of_the_home_address(engine: Engine) {
        let applying = Applying::start(engine).await;
        let without = |members: &[&str]| -> Vec<(String, Json)> {
            members.iter().map(|member| (home(member), Json::Null)).collect()
        };
        let text = "KYC requires a home address that contains addressLine1 and either (city and \
            state) or zipCode.";
        for members in [
            &["addressLine1"][..],
            &["state", "zipCode"],
            &["city", "zipCode"],
            &["city", "state", "zipCode"],
        ] {
            let changes = without(members);
            let mut changes: Vec<(&str, Json)> =
                changes.iter().map(|(pointer, null)| (pointer.as_str(), null.clone())).collect();
            let answer = applying.fails(&changes, "1042/0").await;
            assert_eq!(answer.description(), text);
            changes.push(("/executeKycFlag", json!(false)));
            if members == ["state", "zipCode"] {
                applying.passes(&changes).await;
            }
        }
        applying.passes_each(&home("zipCode"), &[Json::Null]).await;
        applying.passes_each(&home("state"), &[Json::Null]).await;
        let unfit = [("addressLine1", "P.O. Box 12"), ("addressLine2", "PO BOX 12"),
            ("countryCode", "MEX"), ("countryCode", "CA")];
        for (member, value) in unfit {
            let change = (home(member), json!(value));
            applying.fails(&[(&change.0, change.1.clone())], "400/0").await;
            let unchecked = ("/executeKycFlag", json!(false));
            applying.passes(&[(&change.0, change.1), unchecked]).await;
        }
        applying.passes_each(&home("countryCode"), &["US", "usa"].map(Json::from)).await;
        applying.passes_each(&home("countryCode"), &[Json::Null]).await;
        applying.passes_each(&home("addressLine1"), &[json!("12 Boxwood St")]).await;
    }

    async fn enr_17_and_enr_18_a_birth_date_is_there_and_of_an_adult(engine: Engine) {
        let applying = Applying::start(engine).await;
        let pointer = format!("{IDENTITY}/dateOfBirth");
        let pass = ["1901-01-01", "1990-01-20", "2012-02-29", "2013-05-06"].map(Json::from);
        applying.passes_each(&pointer, &pass).await;
        let wrong = ["", "01/20/1990", "1990-1-2", "1990-02-30", "1900-12-31", "2031-05-07",
            "2013-05-07"];
        applying.fails_each(&pointer, &wrong.map(Json::from), "700/0").await;
        let answer = applying.fails(&[(&pointer, json!("x"))], "700/0").await;
        let text = "identifyingData.dateOfBirth must be in the form YYYY-MM-DD";
        assert_eq!(answer.description(), text);
        // The world's day decides, not the machine's.
        let next_day = json!({ "now": "2031-05-07T00:00:00Z" });
        applying.sim.control("PUT", "wf/clock", next_day).await.expect(200);
        applying.passes(&[(&pointer, json!("2013-05-07"))]).await;
        let answer = applying.fails(&[(&pointer, Json::Null)], "200/0").await;
        assert_eq!(answer.description(), "dateOfBirth is required.");
        applying.fails(&[(IDENTITY, json!({}))], "200/0").await;
        applying.fails(&[(IDENTITY, Json::Null)], "200/0").await;
        let unchecked = ("/executeKycFlag", json!(false));
        applying.passes(&[(IDENTITY, Json::Null), unchecked]).await;
    }

    async fn invented_people_pass_all_rules_in_worlds_of_long_ago(engine: Engine) {
        let applying = Applying::start(engine).await;
        applying.sim.control("PUT", "wf/clock", json!({ "now": "1998-01-01T00:00:00Z" })).await
            .expect(200);
        // Tokens live on the world's clock.
        let partner = applying.sim.partner("wf").await;
        for _ in 0..50 {
            let body = applying.body(&[]).await;
            partner.enroll(&guid(), &body).await.expect(200);
        }
    }

    async fn enr_19_and_enr_20_and_enr_21_one_identity_of_the_right_form(engine: Engine) {
        let applying = Applying::start(engine).await;
        let born = |identity: Json| {
            let mut identity = identity;
            identity["dateOfBirth"] = json!("1990-01-20");
            identity
        };
        for (identity, code, says) in [
            (json!({ "ssn": "100000001", "ssnSuffix": "0001" }), "630/0",
                "Cannot pass both last4SSN & SSN"),
            (json!({ "ssn": "100000001", "onboardingID": "x" }), "630/0",
                "Cannot pass both matriculaId and SSN or last4ssn"),
            (json!({ "ssnSuffix": "0001", "onboardingID": "x" }), "630/0",
                "Cannot pass both matriculaId and SSN or last4ssn"),
            (json!({ "ssn": "10000000" }), "400/0", "identifyingData.ssn "),
            (json!({ "ssn": "1000000011" }), "400/0", "identifyingData.ssn "),
            (json!({ "ssn": "100-00-0001" }), "400/0", "identifyingData.ssn "),
            (json!({ "ssnSuffix": "001" }), "400/0", "identifyingData.ssnSuffix "),
            (json!({ "ssnSuffix": "00011" }), "400/0", "identifyingData.ssnSuffix "),
            (json!({}), "400/0", "identifyingData needs"),
        ] {
            let answer = applying.fails(&[(IDENTITY, born(identity))], code).await;
            assert!(answer.description().starts_with(says), "{}", answer.text);
        }
        let scan = json!({
            "productCode": "50400", "identityDocumentation": { "documentFrontImage": "QUJD" },
        });
        let scanned = applying.partner.call("POST", "/kycGates/scanCapture", &guid(), scan).await;
        let onboarding = scanned.expect(202).body["onboardingID"].clone();
        for identity in [json!({ "ssnSuffix": "4321" }), json!({ "onboardingID": onboarding })] {
            applying.passes(&[(IDENTITY, born(identity))]).await;
        }
        let products = applying.sim.control("GET", "wf", Json::Null).await.body["products"].clone();
        for (wanted, fits, other) in [
            ("ssn", json!({ "ssn": "100000009" }), json!({ "ssnSuffix": "0009" })),
            ("ssnSuffix", json!({ "ssnSuffix": "0008" }), json!({ "ssn": "100000008" })),
        ] {
            let mut products = products.clone();
            products[0]["identity"] = json!(wanted);
            applying.settings(json!({ "products": products })).await;
            applying.passes(&[(IDENTITY, born(fits))]).await;
            applying.fails(&[(IDENTITY, born(other))], "400/0").await;
        }
    }

    async fn enr_22_the_region_is_allowed(engine: Engine) {
        let applying = Applying::start(engine).await;
        let state = home("state");
        applying.passes_each(&state, &["CA", "ny", "DC", "VI"].map(Json::from)).await;
        let wrong = ["", "C", "CAL", "California", "ZZ"].map(Json::from);
        applying.fails_each(&state, &wrong, "400/0").await;
        let before = applying.accounts().await;
        for refused in ["GU", "PR", "pr", "AS", "AE"] {
            let answer = applying.send(&[(&state, json!(refused))]).await;
            let answer = answer.expect_refused(200, "3/65");
            assert!(answer.body["account"].get("accountIdentifier").is_none(), "{}", answer.text);
        }
        assert_eq!(applying.accounts().await, before);
        applying.settings(json!({ "addresses": { "allowedStates": ["GU", "NV"] } })).await;
        applying.passes(&[(&state, json!("GU"))]).await;
        applying.send(&[(&state, json!("CA"))]).await.expect_refused(200, "3/65");
    }

    // Proves ENR-25.
    async fn a_country_is_a_code_of_letters(engine: Engine) {
        let applying = Applying::start(engine).await;
        let unchecked = ("/executeKycFlag", json!(false));
        for good in ["USA", "us", "MX", "MEX"] {
            let country = (&*home("countryCode"), json!(good));
            applying.passes(&[country, unchecked.clone()]).await;
        }
        for wrong in ["U", "USA1", "12", "United States"] {
            let answer = applying.fails(&[(&home("countryCode"), json!(wrong))], "400/0").await;
            assert!(answer.description().contains("countryCode"), "{}", answer.text);
        }
    }

    async fn enr_24_an_email_address_has_length_and_form(engine: Engine) {
        let applying = Applying::start(engine).await;
        let pointer = "/user/userData/email/emailAddress";
        let longest = format!("{}@example.com", "a".repeat(243));
        let pass = [json!(longest), json!(""), Json::Null, json!("ann+qa@example.com")];
        applying.passes_each(pointer, &pass).await;
        let wrong = [json!(format!("a{longest}")), json!("ann"), json!("@x"), json!("a b@x.com")];
        applying.fails_each(pointer, &wrong, "400/0").await;
        applying.settings(json!({ "pieMode": false })).await;
        let answer = applying.fails(&[(pointer, json!("ann+qa@example.com"))], "400/0").await;
        assert!(answer.description().starts_with("email.emailAddress"), "{}", answer.text);
        applying.passes(&[(pointer, json!("ann@a+b.example.com"))]).await;
    }

    async fn enr_26_and_enr_30_product_material_and_currency_are_offered(engine: Engine) {
        let applying = Applying::start(engine).await;
        for (member, value, code, says) in [
            ("productCode", json!("00000"), "1000/0", ""),
            ("productCode", Json::Null, "1000/0", ""),
            ("productMaterialType", json!("gold"), "431/2", "Invalid Product Material type"),
            ("currency", json!("XYZ"), "650/0", "Invalid Currency Code"),
            ("currency", json!("usd"), "650/0", "Invalid Currency Code"),
            ("currency", json!("EUR"), "650/430", "This product does not support this currency"),
        ] {
            let pointer = format!("/account/{member}");
            let answer = applying.fails(&[(&pointer, value)], code).await;
            assert!(answer.description().starts_with(says), "{}", answer.text);
        }
        applying.passes(&[
            ("/account/productMaterialType", Json::Null), ("/account/currency", Json::Null),
        ]).await;
        let mut products =
            applying.sim.control("GET", "wf", Json::Null).await.body["products"].clone();
        products[0]["currencies"] = json!(["USD", "EUR"]);
        products[0]["materials"] = json!(["gold"]);
        applying.settings(json!({ "products": products })).await;
        let answer = applying.passes(&[
            ("/account/productMaterialType", json!("gold")), ("/account/currency", json!("EUR")),
        ]).await;
        let id = answer.account_id();
        let read = applying.partner.get(&format!("/accounts/{id}")).await.expect(200);
        assert_eq!(read.body["account"]["currency"], "EUR");
    }

    async fn enr_27_and_enr_28_terms_are_accepted_now_if_they_must_be(engine: Engine) {
        let applying = Applying::start(engine).await;
        let terms = |identifier: &str, at: Json, flag: Json| {
            json!([{ "termsIdentifier": identifier, "termsAcceptanceDateTime": at,
                     "termsAcceptanceFlag": flag }])
        };
        for place in ["/user/termsAcceptances", "/account/termsAcceptances"] {
            // START is 2031-05-06T10:00:00Z; 720 hours are 30 days.
            for at in [Json::Null, json!("2031-04-06T10:00:00Z"), json!("2031-06-05T10:00:00Z")] {
                applying.passes(&[(place, terms("daa", at, json!("true")))]).await;
            }
            for at in ["2031-04-06T09:59:59.999Z", "2031-06-05T10:00:00.001Z"] {
                let given = terms("privPlcy", json!(at), json!(false));
                let answer = applying.fails(&[(place, given)], "620/0").await;
                assert!(answer.description().contains("within 720 hours"), "{}", answer.text);
            }
            for declined in ["daa", "eca"] {
                let given = terms(declined, Json::Null, json!("false"));
                applying.fails(&[(place, given)], "400/0").await;
            }
            applying.passes(&[(place, terms("privPlcy", Json::Null, json!(false)))]).await;
            applying.passes(&[(place, terms("eca", Json::Null, Json::Null))]).await;
        }
        let change = json!({ "terms": { "required": ["privPlcy"], "windowHours": 1 } });
        applying.settings(change).await;
        let place = "/account/termsAcceptances";
        applying.passes(&[(place, terms("daa", Json::Null, json!(false)))]).await;
        applying.fails(&[(place, terms("privPlcy", Json::Null, json!(false)))], "400/0").await;
        let late = terms("daa", json!("2031-05-06T08:59:59Z"), json!(true));
        let answer = applying.fails(&[(place, late)], "620/0").await;
        assert!(answer.description().contains("within 1 hours"), "{}", answer.text);
    }

    async fn enr_29_a_product_with_plastic_needs_the_city(engine: Engine) {
        let applying = Applying::start(engine).await;
        let city = home("city");
        for nowhere in [Json::Null, json!("")] {
            applying.fails(&[(&city, nowhere)], "400/504").await;
        }
        applying.settings(json!({ "addresses": { "city": "never" } })).await;
        applying.passes(&[(&city, Json::Null)]).await;
        let mut products =
            applying.sim.control("GET", "wf", Json::Null).await.body["products"].clone();
        products[0]["physicalCard"] = json!(false);
        let virtual_only =
            json!({ "products": products, "addresses": { "city": "withPhysicalCard" } });
        applying.settings(virtual_only).await;
        applying.passes(&[(&city, Json::Null)]).await;
        applying.settings(json!({ "addresses": { "city": "always" } })).await;
        applying.fails(&[(&city, Json::Null)], "400/504").await;
    }

    async fn enr_4_and_enr_44_names_keep_their_marks_unless_the_program_takes_ascii(
        engine: Engine,
    ) {
        let applying = Applying::start(engine).await;
        let names = |first: &str, middle: &str| [
            ("/user/userData/profileData/firstName", json!(first)),
            ("/user/userData/profileData/middleName", json!(middle)),
            ("/user/userData/profileData/lastName", json!("Nunez")),
        ];
        applying.passes(&names("Jose\u{301}", "Ange\u{301}lica")).await;
        assert_eq!(applying.profile("Nunez").await["middleName"], "Angélica");
        applying.settings(json!({ "names": { "characters": "ascii" } })).await;
        applying.fails(&names("José", "A"), "640/501").await;
        applying.fails(&names("Jose", "Angélica"), "640/503").await;
        applying.passes(&names("Jose", "Angelica")).await;
    }

    async fn env_3_of_several_faults_the_first_in_order_is_answered(engine: Engine) {
        let applying = Applying::start(engine).await;
        let (line1, state) = (home("addressLine1"), home("state"));
        let number = format!("{PHONES}/0/number");
        let (born, ssn) = (format!("{IDENTITY}/dateOfBirth"), format!("{IDENTITY}/ssn"));
        // Each fault with its code, first to last.
        let faults: Vec<(&str, Json, &str)> = vec![
            ("/user/userData/profileData/firstName", json!(""), "400/501"),
            ("/user/userData/profileData/lastName", json!("4 4"), "640/502"),
            ("/user/userData/profileData/middleName", json!("a".repeat(101)), "400/503"),
            (&line1, json!("*"), "400/505"),
            (&number, json!("1"), "400/0"),
            ("/user/userData/email/emailAddress", json!("ann"), "400/0"),
            (&born, json!("yesterday"), "700/0"),
            (&ssn, json!("1"), "400/0"),
            ("/account/productCode", json!("00000"), "1000/0"),
            ("/account/productMaterialType", json!("gold"), "431/2"),
            ("/account/currency", json!("EUR"), "650/430"),
            ("/account/termsAcceptances", json!([{ "termsIdentifier": "daa",
                "termsAcceptanceDateTime": "2030-01-01T00:00:00Z", "termsAcceptanceFlag": false }]),
                "620/0"),
        ];
        let region = (state.as_str(), json!("GU"));
        for (at, (pointer, value, code)) in faults.iter().enumerate() {
            let rest = faults[at + 1..].iter().map(|(pointer, value, _)| (*pointer, value.clone()));
            let all: Vec<(&str, Json)> = std::iter::once((*pointer, value.clone()))
                .chain(rest).chain([region.clone()]).collect();
            let answer = applying.fails(&all, code).await;
            let alone = applying.fails(&[(pointer, value.clone())], code).await;
            assert_eq!(answer.description(), alone.description());
            assert_eq!(answer.body["responseDetails"].as_array().unwrap().len(), 1);
        }
        let nobody = ("/user/userData", json!({}));
        applying.fails(&[nobody], "400/501").await;
        assert_eq!(applying.accounts().await, 0);
    }

    async fn wrong_settings_of_these_rules_are_refused_by_name(engine: Engine) {
        let applying = Applying::start(engine).await;
        for (wrong, names) in [
            (json!({ "names": { "characters": "runes" } }), "names.characters"),
            (json!({ "addresses": { "allowedStates": ["ZZ"] } }), "addresses.allowedStates"),
            (json!({ "addresses": { "allowedStates": vec!["CA"; 201] } }),
                "addresses.allowedStates"),
            (json!({ "addresses": { "city": "sometimes" } }), "addresses.city"),
            (json!({ "addresses": { "town": "never" } }), "town"),
            (json!({ "terms": { "required": [""] } }), "terms.required"),
            (json!({ "terms": { "required": vec!["daa"; 201] } }), "terms.required"),
            (json!({ "terms": { "windowHours": 87_601 } }), "terms.windowHours"),
        ] {
            let answer = applying.sim.control("PUT", "wf", wrong).await.expect(400);
            assert!(answer.body["detail"].as_str().unwrap().contains(names), "{}", answer.text);
        }
        let mut products =
            applying.sim.control("GET", "wf", Json::Null).await.body["products"].clone();
        products[0]["identity"] = json!("passport");
        let answer = applying.sim.control("PUT", "wf", json!({ "products": products })).await;
        assert!(answer.expect(400).text.contains("products[0].identity"));
    }
}
