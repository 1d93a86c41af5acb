//! The account object as the vendor prints it. One builder serves POST enrollments, GET enrollment
//! and GET account; members and their order follow the samples of Enrollments API Endpoints.
//! Reading shows more than enrolling: product, terms, and where cards and accounts come from.

use axum::extract::RawPathParams;
use serde::Serialize;
use utoipa::ToSchema;

pub mod changes;
pub mod joint;
pub mod lists;

use super::cards::PrivateCardData;
use super::model::{
    Account, Card, Holder, InstrumentStatusReason, InstrumentType, KycState, StatusReason,
    TermsAcceptance,
};
use crate::crypto::Container;
use crate::domains::purses::wire::{PurseExtent, PurseWire};
use crate::http::call::{Call, path_id};
use crate::http::envelope::ResponseHeader;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Product;

/// The account identifier of the path.
pub fn account_id(path: &RawPathParams) -> Result<AccountId, Refusal> {
    path_id(path, "accountIdentifier")
}

/// The user identifier of the path.
pub fn user_id(path: &RawPathParams) -> Result<UserId, Refusal> {
    path_id(path, "userIdentifier")
}

/// `{"account": {...}}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    response_header: Option<ResponseHeader>,
    account: AccountWire,
}

/// How much of an account an operation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// What POST enrollments answers.
    Enrolled,
    /// What GET enrollment and GET account answer: that and more.
    Read,
}

impl Shown {
    /// A member that only reading shows.
    fn read<T>(self, member: T) -> Option<T> {
        (self == Shown::Read).then_some(member)
    }
}

impl AccountResponse {
    /// The account with its sealed members made for this call.
    pub fn of(account: &Account, call: &Call, shown: Shown) -> Self {
        Self { response_header: None, account: AccountWire::of(account, call, shown) }
    }

    /// What GET enrollment and GET account answer.
    pub fn read(account: &Account, call: &Call) -> Self {
        Self { response_header: ResponseHeader::of(call), ..Self::of(account, call, Shown::Read) }
    }
}

/// The account object.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountWire {
    #[schema(format = Uuid)]
    account_identifier: String,
    account_reference_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_tier_key: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_issue: Option<bool>,
    status_reasons: [&'static str; 1],
    #[schema(value_type = String, format = DateTime)]
    account_status_changed_date_time: Timestamp,
    direct_deposit_information: DirectDepositWire,
    purses: Vec<PurseWire>,
    account_holders: Vec<HolderWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms_acceptances: Option<Vec<TermsWire>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_account_identifier: Option<String>,
    /// The only member that the guide spells with a capital.
    #[serde(rename = "UpgradeKycStateData", skip_serializing_if = "Option::is_none")]
    upgrade_kyc_state_data: Option<KycStateWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_cycle_day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrollment_source: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DirectDepositWire {
    account_number: String,
    routing_number: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HolderWire {
    payment_instruments: Vec<CardWire>,
    user: UserWire,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    account_holder_identifier: Option<String>,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_private_payment_instrument_data: Option<Container>,
    #[schema(format = Uuid)]
    payment_identifier: String,
    #[schema(format = Uuid)]
    payment_instrument_identifier: String,
    payment_instrument_type: &'static str,
    status: &'static str,
    is_pin_set: bool,
    last4_pan: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    activated_date_time: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    issued_date_time: Timestamp,
    is_private_data_viewable: bool,
    /// Always null: no card bears a picture of its holder's choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    custom_card_image_identifier: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_instrument_status_reasons: Option<[&'static str; 1]>,
    /// `customerInitiatedHold` while its holder has it paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reasons: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    card_paused_date_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_material_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_issue_source: Option<String>,
}

/// A holder as a user: the person without the profile.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserWire {
    first_name: String,
    last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dob_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last4_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_type: Option<&'static str>,
    #[schema(format = Uuid)]
    user_identifier: String,
    peer_transfer_accept_preference: &'static str,
    status: &'static str,
    is_primary_account_holder: bool,
    kyc_state_data: KycStateWire,
}

/// `kycStateData`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KycStateWire {
    ofac_status: &'static str,
    kyc_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kyc_pending_gate: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TermsWire {
    terms_identifier: String,
    #[schema(value_type = String, format = DateTime)]
    terms_acceptance_date_time: Timestamp,
    terms_acceptance_flag: bool,
}

impl AccountWire {
    fn of(account: &Account, call: &Call, shown: Shown) -> Self {
        let settings = &call.world.settings;
        let product = shown.read(settings.product(&account.product_code)).flatten();
        let holders = account.holders.iter().map(|holder| holder_wire(holder, call, shown));
        let extent = match shown {
            Shown::Enrolled => PurseExtent::Enrolled,
            Shown::Read => PurseExtent::Account,
        };
        Self {
            account_identifier: account.id.to_string(),
            account_reference_number: account.reference_number.clone(),
            product_code: shown.read(account.product_code.clone()),
            product_name: product.map(|product| product.name.clone()),
            product_tier_key: product.map(|product| product.product_tier_key),
            currency: shown.read(account.currency.clone()),
            status: account.standing.status.as_str(),
            instant_issue: shown.read(account.is_instant_issue),
            status_reasons: [StatusReason::as_str(account.standing.reason)],
            account_status_changed_date_time: account.status_changed_at,
            direct_deposit_information: direct_deposit(account, settings.direct_deposit.mask),
            purses: account.purses.iter().map(|purse| PurseWire::of(purse, extent)).collect(),
            account_holders: holders.collect(),
            terms_acceptances: shown.read(account.terms.iter().map(terms).collect()),
            partner_account_identifier: shown
                .read(account.partner_account_identifier.clone())
                .flatten(),
            upgrade_kyc_state_data: shown
                .read(account.upgrade.as_ref().map(|upgrade| KycStateWire::of(upgrade.kyc)))
                .flatten(),
            account_cycle_day: account.cycle_day,
            product_class: product.map(|product: &Product| product.product_class.clone()),
            enrollment_source: shown.read("OnlineSales"),
        }
    }
}

/// Masked as in the vendor's older samples: the first and last two digits of the account number and
/// the last three of the routing number stay.
fn direct_deposit(account: &Account, mask: bool) -> DirectDepositWire {
    let (number, routing) = (&account.account_number, &account.routing_number);
    let stars = |text: &str, head: usize, tail: usize| {
        let hidden = "*".repeat(text.len().saturating_sub(head + tail));
        format!("{}{hidden}{}", &text[..head], &text[text.len() - tail..])
    };
    if mask && number.len() > 4 && routing.len() > 3 {
        let (account_number, routing_number) = (stars(number, 2, 2), stars(routing, 0, 3));
        return DirectDepositWire { account_number, routing_number };
    }
    DirectDepositWire { account_number: number.clone(), routing_number: routing.clone() }
}

fn holder_wire(holder: &Holder, call: &Call, shown: Shown) -> HolderWire {
    HolderWire {
        payment_instruments: holder
            .cards
            .iter()
            .map(|card| CardWire::of(card, sealed_card(card, call), shown))
            .collect(),
        user: UserWire::of(holder),
        account_holder_identifier: shown.read(holder.account_holder_id.to_string()),
    }
}

impl UserWire {
    /// The holder as a user.
    pub fn of(holder: &Holder) -> Self {
        Self {
            first_name: holder.first_name.clone(),
            last_name: holder.last_name.clone(),
            dob_status: holder.dob_status.map(|status| status.as_str()),
            last4_identity: holder.identity.as_ref().map(|identity| identity.last4.clone()),
            identity_type: holder.identity.as_ref().map(|identity| identity.kind.as_str()),
            user_identifier: holder.user_id.to_string(),
            peer_transfer_accept_preference: holder.transfer_acceptance.as_str(),
            status: "active",
            is_primary_account_holder: holder.is_primary,
            kyc_state_data: KycStateWire::of(holder.kyc),
        }
    }
}

impl KycStateWire {
    /// The three states as the vendor names them.
    pub fn of(state: KycState) -> Self {
        Self {
            ofac_status: state.ofac.as_str(),
            kyc_status: state.kyc.as_str(),
            kyc_pending_gate: state.gate.map(|gate| gate.as_str()),
        }
    }
}

impl CardWire {
    /// The card, with what of it is sealed.
    pub fn of(card: &Card, sealed: Option<Container>, shown: Shown) -> Self {
        Self {
            is_private_data_viewable: sealed.is_some() && card.kind == InstrumentType::Virtual,
            encrypted_private_payment_instrument_data: sealed,
            payment_identifier: card.payment_id.to_string(),
            payment_instrument_identifier: card.id.to_string(),
            payment_instrument_type: card.kind.as_str(),
            status: card.status.as_str(),
            is_pin_set: card.is_pin_set,
            last4_pan: card.last4_pan.clone(),
            activated_date_time: card.activated_at,
            issued_date_time: card.issued_at,
            custom_card_image_identifier: shown.read(()),
            payment_instrument_status_reasons: card.status_reason.map(|reason| [reason.as_str()]),
            status_reasons: card
                .paused_at
                .map(|_| [InstrumentStatusReason::CustomerInitiatedHold.as_str()]),
            card_paused_date_time: card.paused_at,
            product_material_type: shown.read(card.material.clone()).flatten(),
            card_issue_source: shown.read(card.issue_source.clone()).flatten(),
        }
    }

    /// The card with what was asked for of its private data; whether it can be viewed does not
    /// depend on that.
    pub fn on_request(card: &Card, sealed: Option<Container>, call: &Call) -> Self {
        let is_private_data_viewable = call.can_seal() && card.kind == InstrumentType::Virtual;
        Self { is_private_data_viewable, ..Self::of(card, sealed, Shown::Read) }
    }
}

/// What the account object shows sealed of a card.
fn sealed_card(card: &Card, call: &Call) -> Option<Container> {
    seal_card(&PrivateCardData::of(&call.world, card), card, call)
}

/// Private data of a card, sealed to the partner if anything is.
pub fn seal_card(data: &impl Serialize, card: &Card, call: &Call) -> Option<Container> {
    call.seal("seal-card", &card.id.to_string(), data)
}

fn terms(terms: &TermsAcceptance) -> TermsWire {
    TermsWire {
        terms_identifier: terms.identifier.clone(),
        terms_acceptance_date_time: terms.accepted_at,
        terms_acceptance_flag: terms.accepted,
    }
}
