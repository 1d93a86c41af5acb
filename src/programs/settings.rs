//! The settings of a world: one JSON document that the template fills and a tester changes.
//!
//! Unknown members are refused by name. What the vendor's documents leave open is a setting here
//! and an entry in `docs/quirks.md`.

mod bounds;
mod contacts;
mod events;
mod faults;
mod former;
mod journal;
mod mail;
mod money;
mod outcomes;
mod redaction;
mod statements;
mod webhooks;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

pub use self::contacts::ContactVerification;
pub use self::events::TestEvents;
pub use self::faults::Faults;
pub use self::former::brought_up_to_date;
pub use self::journal::Journal;
pub use self::mail::{DeliveryMethod, Mail, NoDataCode};
pub use self::money::{
    AdjustmentType, Adjustments, CardNetwork, CheckDeposits, DirectDepositSwitch, Feature,
    Features, FeaturesShown, Purses, SecondOfGroup, Transactions,
};
pub use self::outcomes::{
    AccountLimits, Answers, Business, CardProcessor, Descriptions, IdvVendor, Kyc, Limit, Limits,
    MatchPresentation, Ofac, PartnerStatus, ScreeningWords, UpgradeWords,
};
pub use self::redaction::redact;
pub use self::statements::Statements;
pub use self::webhooks::{
    BodySignature, Endpoint, EndpointAuth, EndpointTls, Retry, SignatureEncoding, SignatureHash,
    TimeSource, TokenEncoding, TokenTimes,
};
use super::clock::ClockMode;
use crate::crypto::PublicKey;
use crate::kernel::regions;
use crate::kernel::strict_json::{self, JsonProblem};
use crate::kernel::time::Timestamp;
use crate::kernel::wallets::WalletProvider;

/// Longest window of terms: ten years, in hours.
const TERMS_WINDOW_MAX: u32 = 87_600;

/// Products, endpoints and other lists of a world hold at most this many entries.
const LIST_MAX: usize = 200;

/// The settings of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Behave as the integration environment where it differs from production.
    pub pie_mode: bool,
    /// What ids, card numbers and keys of this world are drawn from. Given when the world is made,
    /// fixed afterwards; without it, it follows from the server's seed and the program code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// Field encryption.
    pub encryption: Encryption,
    /// The clock that a new or reset world begins with.
    pub clock: ClockStart,
    /// What can be enrolled in.
    pub products: Vec<Product>,
    /// Limits of names.
    pub names: Names,
    /// What addresses need.
    pub addresses: Addresses,
    /// Terms that applicants accept.
    pub terms: Terms,
    /// How `accountCycleDay` follows from the day of enrollment.
    pub cycle_day: CycleDay,
    /// Account and routing numbers.
    pub direct_deposit: DirectDeposit,
    /// Card numbers.
    pub card: CardNumbers,
    /// The identity check.
    pub kyc: Kyc,
    /// The screening against sanctions lists.
    pub ofac: Ofac,
    /// How many accounts one person may have.
    pub limits: Limits,
    /// The card processor, when it does not do at once what it is asked for.
    pub card_processor: CardProcessor,
    /// Wordings, where the documents differ.
    pub descriptions: Descriptions,
    /// The form of answers, where the documents differ.
    pub answers: Answers,
    /// What a partner may do to the status of accounts.
    pub partner_status: PartnerStatus,
    /// Accounts of businesses.
    pub business: Business,
    /// Types of adjustments that the program is configured for.
    pub adjustment_types: Vec<AdjustmentType>,
    /// Types of adjustments that every program may use in PIE mode.
    pub pie_adjustment_types: Vec<AdjustmentType>,
    /// How adjustments are carried out.
    pub adjustments: Adjustments,
    /// Features that accounts may be enrolled in.
    pub features: Features,
    /// The purses of accounts.
    pub purses: Purses,
    /// The card network.
    pub card_network: CardNetwork,
    /// The history of accounts.
    pub transactions: Transactions,
    /// Deposits of checks with the phone.
    pub check_deposits: CheckDeposits,
    /// Codes sent to phones and e-mail addresses.
    pub contact_verification: ContactVerification,
    /// The vendor that switches direct deposits.
    pub direct_deposit_switch: DirectDepositSwitch,
    /// Cards on their way to their holders.
    pub mail: Mail,
    /// Account statements.
    pub statements: Statements,
    /// Where webhooks go.
    pub webhooks: Vec<Endpoint>,
    /// The operations that test webhooks.
    pub test_events: TestEvents,
    /// By which clock tokens count.
    pub token_times: TokenTimes,
    /// The journal of calls.
    pub journal: Journal,
    /// Faults on purpose.
    pub faults: Faults,
}

/// Field encryption of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Encryption {
    /// Whether user data must, may or must not be sealed.
    pub mode: EncryptionMode,
    /// The partner's public key, base64 of the X.509 SPKI form; answers are sealed to it. Without
    /// it, sealed members are left out of answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_public_key: Option<String>,
}

/// Whether user data must, may or must not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum EncryptionMode {
    /// Plain user data is refused.
    Required,
    /// Both are accepted.
    Optional,
    /// The program is not configured for encryption: sealed members are refused in requests and
    /// left out of answers.
    Off,
}

/// The clock that a new or reset world begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockStart {
    /// Running or frozen.
    #[serde(default)]
    pub mode: ClockMode,
    /// The first moment; without it, the wall clock's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub now: Option<Timestamp>,
}

/// One product of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Product {
    /// The vendor's five digits.
    pub product_code: String,
    /// For people.
    pub name: String,
    /// Demand deposit or prepaid.
    pub kind: ProductKind,
    /// Echoed as `productClass`.
    pub product_class: String,
    /// Echoed as `productTierKey`.
    pub product_tier_key: u32,
    /// Whether plastic can be ordered.
    pub physical_card: bool,
    /// ISO 4217 codes that the product takes.
    pub currencies: Vec<String>,
    /// Card materials that the product offers.
    pub materials: Vec<String>,
    /// Which form of the social security number the product wants.
    #[serde(default)]
    pub identity: WantedIdentity,
    /// Product codes that an account of this product may be upgraded to.
    #[serde(default)]
    pub upgradable_to: Vec<String>,
    /// Whether persons may enroll with a package in hand.
    #[serde(default)]
    pub instant_issue: bool,
}

/// Kinds of product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProductKind {
    /// Demand deposit account.
    Dda,
    /// General purpose reloadable card.
    Gpr,
}

/// Which form of the social security number a product wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WantedIdentity {
    /// The whole number or its last four digits.
    #[default]
    Either,
    /// The whole number.
    Ssn,
    /// Its last four digits.
    SsnSuffix,
}

/// Limits of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Names {
    /// Which of the two published sets of lengths holds.
    pub preset: NamePreset,
    /// Which of the two published sets of letters holds.
    pub characters: NameCharacters,
}

/// The two published sets of letters in names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NameCharacters {
    /// A to Z with or without one of six marks.
    Latin,
    /// A to Z.
    Ascii,
}

/// The two published sets of name lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NamePreset {
    /// First and last name up to 35 characters, middle name up to 100.
    Standard,
    /// 25 characters each.
    Strict25,
}

/// What addresses need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Addresses {
    /// Postal codes of the states whose residents may enroll.
    pub allowed_states: Vec<String>,
    /// When an address needs its city.
    pub city: CityRule,
}

/// When an address needs its city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CityRule {
    /// When the product has physical cards.
    WithPhysicalCard,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Terms that applicants accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terms {
    /// Identifiers of terms that nobody may decline.
    pub required: Vec<String>,
    /// Hours before and after the world's moment within which terms may be accepted.
    #[schema(minimum = 0, maximum = 87_600)]
    pub window_hours: u32,
}

/// How `accountCycleDay` follows from the day of enrollment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CycleDay {
    /// IANA name of the zone whose calendar counts.
    pub zone: String,
    /// The last day of a month that is its own cycle day, 1 to 28.
    #[schema(minimum = 1, maximum = 28)]
    pub last_day: u32,
    /// The cycle day of later days of a month, 1 to 28.
    #[schema(minimum = 1, maximum = 28)]
    pub overflow_day: u32,
}

/// Account and routing numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectDeposit {
    /// Nine digits.
    pub routing_number: String,
    /// Answers show stars in place of the inner digits.
    pub mask: bool,
}

/// Card numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardNumbers {
    /// The first 6 to 8 digits of every card number.
    pub bin: String,
    /// Whether plastic that is ordered for the first time is told by `cardUpdate`.
    pub tell_first_order: bool,
    /// Wallets that cards can be put into.
    #[schema(value_type = Vec<String>)]
    pub wallets: Vec<WalletProvider>,
}

/// A problem of one member.
fn at(member: impl Into<String>, problem: impl Into<String>) -> JsonProblem {
    JsonProblem { member: member.into(), problem: problem.into() }
}

impl Settings {
    /// Reads and checks a whole document.
    pub fn parse(document: &Json) -> Result<Self, JsonProblem> {
        let settings: Settings = strict_json::read(document)?;
        bounds::check(document)?;
        settings.check()?;
        Ok(settings)
    }

    /// These settings with `change` laid over them: objects are merged, lists replaced, `null`
    /// takes a member away, and the stars that [`redact`] leaves keep a secret as it is.
    pub fn merged(&self, change: &Json) -> Result<Self, JsonProblem> {
        if !change.is_object() {
            return Err(at(".", "the settings must be a JSON object"));
        }
        self.laid_under(&self.with_secrets(change)?)
    }

    /// As [`Settings::merged`], of a document in which nothing is shown as stars: what looks like
    /// them was given so.
    pub(in crate::programs) fn laid_under(&self, change: &Json) -> Result<Self, JsonProblem> {
        let mut document =
            serde_json::to_value(self).map_err(|cause| at(".", cause.to_string()))?;
        merge(&mut document, change);
        Self::parse(&document)
    }

    /// The product of this code.
    pub fn product(&self, code: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.product_code == code)
    }

    fn check(&self) -> Result<(), JsonProblem> {
        if let Some(key) = &self.encryption.partner_public_key {
            PublicKey::from_spki_base64(key)
                .map_err(|problem| at("encryption.partnerPublicKey", problem.to_string()))?;
        }
        self.check_numbers()?;
        self.check_outcomes()?;
        self.check_products()?;
        self.check_states()?;
        self.check_terms()?;
        self.check_money()?;
        self.check_contacts()?;
        self.check_test_events()?;
        self.check_mail()?;
        self.check_journal()?;
        self.check_endpoints()
    }

    fn check_numbers(&self) -> Result<(), JsonProblem> {
        let cycle = &self.cycle_day;
        if cycle.zone.parse::<Tz>().is_err() {
            return Err(at("cycleDay.zone", "must be an IANA time zone name"));
        }
        for (member, day) in [("lastDay", cycle.last_day), ("overflowDay", cycle.overflow_day)] {
            if !(1..=28).contains(&day) {
                return Err(at(format!("cycleDay.{member}"), "must be 1 to 28"));
            }
        }
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let routing = &self.direct_deposit.routing_number;
        if routing.len() != 9 || !digits(routing) {
            return Err(at("directDeposit.routingNumber", "must be 9 digits"));
        }
        let bin = &self.card.bin;
        if !(6..=8).contains(&bin.len()) || !digits(bin) {
            return Err(at("card.bin", "must be 6 to 8 digits"));
        }
        if self.card.wallets.len() > LIST_MAX {
            return Err(at("card.wallets", format!("at most {LIST_MAX} entries")));
        }
        Ok(())
    }

    fn check_products(&self) -> Result<(), JsonProblem> {
        if self.products.len() > LIST_MAX {
            return Err(at("products", format!("at most {LIST_MAX} entries")));
        }
        for (number, product) in self.products.iter().enumerate() {
            let code = &product.product_code;
            if code.is_empty() || code.len() > 20 {
                let member = format!("products[{number}].productCode");
                return Err(at(member, "must have 1 to 20 characters"));
            }
            if self.products[..number].iter().any(|earlier| earlier.product_code == *code) {
                let member = format!("products[{number}].productCode");
                return Err(at(member, format!("{code} is listed twice")));
            }
        }
        Ok(())
    }

    fn check_states(&self) -> Result<(), JsonProblem> {
        let states = &self.addresses.allowed_states;
        let member = "addresses.allowedStates";
        if states.len() > LIST_MAX {
            return Err(at(member, format!("at most {LIST_MAX} entries")));
        }
        match states.iter().find(|code| !regions::is_postal_code(code)) {
            Some(code) => Err(at(member, format!("{code:?} is no postal code like \"CA\""))),
            None => Ok(()),
        }
    }

    fn check_terms(&self) -> Result<(), JsonProblem> {
        let Terms { required, window_hours } = &self.terms;
        if required.len() > LIST_MAX {
            return Err(at("terms.required", format!("at most {LIST_MAX} entries")));
        }
        let is_plain = |name: &&String| {
            (1..=50).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !required.iter().all(|name| is_plain(&name)) {
            return Err(at("terms.required", "each must be 1 to 50 letters and digits"));
        }
        if *window_hours > TERMS_WINDOW_MAX {
            return Err(at("terms.windowHours", format!("must be 0 to {TERMS_WINDOW_MAX}")));
        }
        Ok(())
    }
}

fn merge(into: &mut Json, change: &Json) {
    match (into, change) {
        (Json::Object(into), Json::Object(change)) => {
            for (name, value) in change {
                match value {
                    Json::Null => {
                        into.remove(name);
                    }
                    _ => merge(into.entry(name).or_insert(Json::Null), value),
                }
            }
        }
        (into, change) => *into = change.clone(),
    }
}
