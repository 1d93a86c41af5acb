//! Bodies of the operations on cards. No document prints those of cards that exist but for
//! `encryptedPin`, `channel` and `lifecycleEventType`: the other members are our reading.

use std::net::IpAddr;

use axum::extract::RawPathParams;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{
    CardData, CardEvent, Channel, Completion, EventType, PciField, ReplaceReason, Replacement,
};
use crate::crypto::Container;
use crate::domains::accounts::cards;
use crate::domains::accounts::model::Card;
use crate::domains::accounts::wire::{CardWire, seal_card};
use crate::http::call::{Call, path_id};
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::ids::PaymentInstrumentId;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::null_is_default;

/// The body of POST paymentInstruments. Every member may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompletionRequest {
    /// The account of the path, once more.
    #[serde(default)]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    /// A holder of it.
    #[serde(default)]
    #[schema(format = Uuid)]
    user_identifier: Option<String>,
    /// Instead of the material asked for when enrolling.
    #[serde(default)]
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
    /// Instead of what was asked for when enrolling.
    #[serde(default)]
    request_physical_card_flag: Option<Flag>,
    /// Completes an upgrade.
    #[serde(default, deserialize_with = "null_is_default")]
    upgrade_flag: Flag,
    /// Passed over: no product here has temporary cards.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    request_temp_card_only: Option<Flag>,
}

impl From<CompletionRequest> for Completion {
    fn from(body: CompletionRequest) -> Self {
        Self {
            account: body.account_identifier,
            user: body.user_identifier,
            material: body.product_material_type,
            wants_plastic: body.request_physical_card_flag.map(|flag| flag.0),
            is_upgrade: body.upgrade_flag.0,
        }
    }
}

/// The card identifier of the path.
pub fn card_id(path: &RawPathParams) -> Result<PaymentInstrumentId, Refusal> {
    path_id(path, "paymentInstrumentIdentifier")
}

fn invalid(says: impl Into<String>) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("CRD-1").saying(says)
}

/// A word of a documented list, in any case of letters.
fn word<T: Copy + AsStr>(member: &str, given: &str, known: &[T]) -> Result<T, Refusal> {
    let found = known.iter().find(|one| one.word().eq_ignore_ascii_case(given.trim()));
    found.copied().ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|one| one.word()).collect();
        invalid(format!("{member} must be one of {}.", words.join(", ")))
    })
}

/// The vendor's word of a state.
trait AsStr {
    fn word(&self) -> &'static str;
}

macro_rules! words {
    ($($name:ty),+) => {
        $(impl AsStr for $name {
            fn word(&self) -> &'static str {
                self.as_str()
            }
        })+
    };
}

words!(Channel, EventType, PciField, ReplaceReason);

/// `{"paymentInstrument": {...}}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardResponse {
    payment_instrument: CardWire,
}

impl CardResponse {
    /// The card without private data.
    pub fn of(card: &Card, call: &Call) -> Self {
        Self { payment_instrument: CardWire::on_request(card, None, call) }
    }

    /// The card with what was asked for of its private data.
    pub fn holding(card: &Card, wanted: &[PciField], call: &Call) -> Self {
        let data = PciData::of(card, wanted, call);
        let sealed = data.and_then(|data| seal_card(&data, card, call));
        Self { payment_instrument: CardWire::on_request(card, sealed, call) }
    }
}

/// `{"paymentInstruments": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardsResponse {
    /// Oldest first, holder after holder.
    payment_instruments: Vec<CardWire>,
}

impl CardsResponse {
    /// All cards, without private data.
    pub fn of<'a>(cards: impl Iterator<Item = &'a Card>, call: &Call) -> Self {
        let shown = cards.map(|card| CardWire::on_request(card, None, call));
        Self { payment_instruments: shown.collect() }
    }
}

/// `{"paymentInstrumentIdentifier": ...}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardIdResponse {
    #[schema(format = Uuid)]
    payment_instrument_identifier: String,
}

impl From<Card> for CardIdResponse {
    fn from(card: Card) -> Self {
        Self { payment_instrument_identifier: card.id.to_string() }
    }
}

/// What `encryptedPrivatePaymentInstrumentData` holds when it is asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PciData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_month: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_year: Option<u32>,
}

impl PciData {
    fn of(card: &Card, wanted: &[PciField], call: &Call) -> Option<Self> {
        let world = &call.world;
        let has = |field| wanted.contains(&field);
        let expires = has(PciField::Expiration);
        (!wanted.is_empty()).then(|| Self {
            pan: has(PciField::Pan).then(|| cards::pan(world, &card.bin, card.payment_id)),
            cvv: has(PciField::Cvv).then(|| cards::cvv(world, card)),
            expiration_month: expires.then_some(card.expires_month),
            expiration_year: expires.then_some(card.expires_year),
        })
    }
}

/// What a query asks for of a card's private data. Letter case of names does not matter.
pub fn wanted_fields(given: &[(String, String)], call: &Call) -> Result<Vec<PciField>, Refusal> {
    let named = |wanted: &'static str| {
        let is_it = move |name: &str| name.trim_end_matches("[]").eq_ignore_ascii_case(wanted);
        given.iter().filter(move |(name, _)| is_it(name)).map(|(_, value)| value.trim())
    };
    let texts = named("pciData").flat_map(|list| list.split(',')).filter(|text| !text.is_empty());
    let mut fields = Vec::new();
    for text in texts {
        let field = word("pciData", text, PciField::ALL)?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        return Ok(fields);
    }
    let Some(usage) = named("usage").find(|usage| !usage.is_empty()) else {
        return Err(invalid("usage is needed where pciData is asked for."));
    };
    let address = named("IpAddress").find(|address| !address.is_empty());
    if usage.eq_ignore_ascii_case("cardholder") && address.is_none() {
        return Err(invalid("IpAddress is needed where usage is cardholder."));
    }
    if address.is_some_and(|address| address.parse::<IpAddr>().is_err()) {
        return Err(invalid("IpAddress must be an IP address."));
    }
    if !call.can_seal() {
        let facts = "pciData is asked for, and encryption is off or the partner has given no key";
        return Err(Refusal::of(&codes::ENCRYPTION_OFF).because(facts));
    }
    Ok(fields)
}

/// The body of activating and of validating a card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardDataRequest {
    /// Our reading: sealed, an object of the members of `cardData`.
    #[serde(default)]
    encrypted_card_data: Option<Container>,
    /// The same in plain, where the program allows it.
    #[serde(default)]
    card_data: Option<GivenCardData>,
}

/// What is printed on a card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GivenCardData {
    /// 16 digits.
    #[serde(default)]
    pan: Option<String>,
    /// 3 digits.
    #[serde(default)]
    cvv: Option<String>,
    /// 1 to 12.
    #[serde(default)]
    expiration_month: Option<u32>,
    /// Four digits.
    #[serde(default)]
    expiration_year: Option<u32>,
}

impl From<GivenCardData> for CardData {
    fn from(given: GivenCardData) -> Self {
        let GivenCardData { pan, cvv, expiration_month, expiration_year } = given;
        // A month without its year, or the other way round, is no month.
        let expiry = match (expiration_month, expiration_year) {
            (None, None) => None,
            (month, year) => Some((year.and(month).unwrap_or(0), year.unwrap_or(0))),
        };
        Self { pan, cvv, expiry }
    }
}

impl CardDataRequest {
    /// Opens what is sealed.
    pub fn open(self, call: &Call) -> Result<CardData, Refusal> {
        let opened = call.open_either::<GivenCardData, GivenCardData>(
            ("encryptedCardData", self.encrypted_card_data.as_ref()),
            ("cardData", self.card_data),
        )?;
        opened.map(CardData::from).ok_or_else(|| invalid("encryptedCardData is missing."))
    }
}

/// The body of setting and of verifying a PIN.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PinRequest {
    /// Sealed: an object of `pin`.
    #[serde(default)]
    encrypted_pin: Option<Container>,
    /// Our reading: the PIN in plain, where the program allows it; 4 digits.
    #[serde(default)]
    pin: Option<String>,
    /// Unknown, IVR, Mobile, PCIWidget or Web.
    #[serde(default)]
    channel: Option<String>,
}

/// What `encryptedPin` holds.
#[derive(Deserialize)]
struct PinData {
    pin: String,
}

impl From<PinData> for String {
    fn from(data: PinData) -> Self {
        data.pin
    }
}

impl PinRequest {
    /// Opens what is sealed, and judges the channel, which nothing else depends on.
    pub fn open(self, call: &Call) -> Result<Option<String>, Refusal> {
        let pin = call.open_either::<PinData, String>(
            ("encryptedPin", self.encrypted_pin.as_ref()),
            ("pin", self.pin),
        )?;
        if let Some(channel) = &self.channel {
            word("channel", channel, Channel::ALL)?;
        }
        Ok(pin)
    }
}

/// The body of PUT lifecycleEvent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleRequest {
    /// activate, pause, unpause or replace.
    #[schema(example = "pause")]
    lifecycle_event_type: String,
    /// Our reading: lost, stolen, damaged or expired; needed to replace.
    #[serde(default)]
    #[schema(example = "lost")]
    replace_reason: Option<String>,
    /// Our reading: what the new plastic is made of; as before if absent.
    #[serde(default)]
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
}

impl LifecycleRequest {
    /// Reads the event.
    pub fn event(self) -> Result<CardEvent, Refusal> {
        let event = word("lifecycleEventType", &self.lifecycle_event_type, EventType::ALL)?;
        Ok(match event {
            EventType::Activate => CardEvent::Activate(None),
            EventType::Pause => CardEvent::Pause,
            EventType::Unpause => CardEvent::Unpause,
            EventType::Replace => {
                let given = self.replace_reason.unwrap_or_default();
                let reason = word("replaceReason", &given, ReplaceReason::ALL)?;
                CardEvent::Replace(Replacement { reason, material: self.product_material_type })
            }
        })
    }
}

/// Whether a PIN is the card's.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PinVerdict {
    /// Our reading.
    pub is_pin_valid: bool,
}

/// Whether card data is the card's.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardVerdict {
    /// Our reading.
    pub is_card_valid: bool,
}

/// What a card can be replaced for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EligibilityResponse {
    /// Our reading: whether any reason will do.
    is_eligible: bool,
    /// Our reading: the reasons that will.
    replace_reasons: Vec<&'static str>,
}

impl EligibilityResponse {
    /// The reasons that will do.
    pub fn of(reasons: &[ReplaceReason]) -> Self {
        let replace_reasons: Vec<_> = reasons.iter().map(|reason| reason.as_str()).collect();
        Self { is_eligible: !replace_reasons.is_empty(), replace_reasons }
    }
}
