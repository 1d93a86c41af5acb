//! The purse as the vendor prints it, in the account object and by itself, and the bodies of the
//! purse operations. Members follow the samples of Enrollments API Endpoints and the Purses page;
//! where only their meaning is printed, both names are taken that are seen elsewhere.

use axum::extract::RawPathParams;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{NewPurse, PurseChange, SecondaryType};
use crate::domains::accounts::model::{Purse, PurseDetails, PurseSubType, PurseType};
use crate::http::call::path_id;
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::ids::PurseId;
use crate::kernel::money::{Amount, Charge};
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::null_is_default;
use crate::kernel::time::{Timestamp, parse_day};

/// The purse identifier of the path.
pub fn purse_id(path: &RawPathParams) -> Result<PurseId, Refusal> {
    path_id(path, "purseIdentifier")
}

/// How much of a purse an operation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurseExtent {
    /// What POST enrollments answers.
    Enrolled,
    /// What the account object has: that and more.
    Account,
    /// What the operations of this family show: all that is known.
    Purse,
}

/// One purse.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PurseWire {
    #[schema(format = Uuid)]
    purse_identifier: String,
    purse_type: &'static str,
    available_balance: f64,
    ledger_balance: f64,
    #[schema(value_type = String, format = DateTime)]
    available_balance_as_of_date_time: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ledger_balance_as_of_date_time: Timestamp,
    is_hidden: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interest_rate_tier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_round_up: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purse_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    goal_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    goal_date: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purse_icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purse_sub_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    create_date: Option<Timestamp>,
}

impl PurseWire {
    /// As much of a purse as is asked for. The primary one shows an empty tier, as in the samples;
    /// others show one that was given.
    pub fn of(purse: &Purse, extent: PurseExtent) -> Self {
        let details = &purse.details;
        let tier = details.interest_rate_tier.clone();
        let tier = tier.or_else(|| (purse.kind == PurseType::Primary).then(String::new));
        Self {
            purse_identifier: purse.id.to_string(),
            purse_type: purse.kind.as_str(),
            available_balance: purse.available.dollars(),
            ledger_balance: purse.ledger.dollars(),
            available_balance_as_of_date_time: purse.balance_at,
            ledger_balance_as_of_date_time: purse.balance_at,
            is_hidden: purse.is_hidden,
            status: purse.status.as_str(),
            interest_rate_tier: tier.filter(|_| extent != PurseExtent::Enrolled),
            is_round_up: (extent != PurseExtent::Enrolled).then_some(purse.is_round_up),
            purse_description: details.description.clone(),
            goal_amount: details.goal_amount,
            goal_date: details.goal_date,
            purse_icon: details.icon.clone(),
            purse_sub_type: details.sub_type.map(PurseSubType::as_str),
            create_date: (extent == PurseExtent::Purse).then_some(purse.created_at),
        }
    }
}

/// One purse, by itself.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PurseResponse {
    purse: PurseWire,
}

impl PurseResponse {
    /// All of a purse.
    pub fn of(purse: &Purse) -> Self {
        Self { purse: PurseWire::of(purse, PurseExtent::Purse) }
    }
}

/// The purses of an account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PursesResponse {
    purses: Vec<PurseWire>,
}

impl PursesResponse {
    /// All of these purses.
    pub fn of(purses: &[Purse]) -> Self {
        let one = |purse| PurseWire::of(purse, PurseExtent::Purse);
        Self { purses: purses.iter().map(one).collect() }
    }
}

/// The body of POST purses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatePurseRequest {
    /// Savings or General.
    #[serde(alias = "type")]
    #[schema(example = "Savings")]
    purse_type: String,
    /// 1 to 100 letters, digits, spaces and `,-:()&.'!$%*@#+`.
    #[serde(default, alias = "description")]
    purse_description: Option<String>,
    /// Dollars, above zero; a number or its text.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    goal_amount: Option<Amount>,
    /// `YYYY-MM-DD`.
    #[serde(default)]
    #[schema(format = Date)]
    goal_date: Option<String>,
    /// Name of an icon.
    #[serde(default, alias = "icon")]
    purse_icon: Option<String>,
    /// One of the program's tiers.
    #[serde(default)]
    #[schema(example = "tier1")]
    interest_rate_tier: Option<String>,
    /// `YYYY-MM-DD`; read and not used, since no interest is paid.
    #[serde(default)]
    #[schema(format = Date)]
    interest_yield_start_date: Option<String>,
    /// Read and not used, likewise.
    #[serde(default, deserialize_with = "null_is_default")]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    auto_align_start_date: Flag,
    /// General, Taxes or Goal.
    #[serde(default, alias = "subType")]
    #[schema(example = "Goal")]
    purse_sub_type: Option<String>,
    /// Not shown to the user.
    #[serde(default, deserialize_with = "null_is_default")]
    is_hidden: Flag,
    /// Takes round-ups.
    #[serde(default, deserialize_with = "null_is_default")]
    is_round_up: Flag,
}

fn invalid(rule: &'static str, words: &str) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under(rule).saying(words)
}

fn day(rule: &'static str, (member, text): (&str, &str)) -> Result<NaiveDate, Refusal> {
    let words = format!("{member} must be a day in the form YYYY-MM-DD");
    parse_day(text).ok_or_else(|| invalid(rule, &words))
}

/// What is given and not empty.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

impl CreatePurseRequest {
    /// The purse as the model knows it. An empty text is as good as none.
    pub fn read(self) -> Result<NewPurse, Refusal> {
        const RULE: &str = "PRS-1";
        let is_kind =
            |kind: &SecondaryType| kind.kind().as_str().eq_ignore_ascii_case(&self.purse_type);
        let kind = SecondaryType::ALL.into_iter().find(is_kind);
        let kind = kind.ok_or_else(|| invalid(RULE, "purseType must be Savings or General."))?;
        let sub_type = filled(self.purse_sub_type).map(|text| {
            let mut known = PurseSubType::ALL.iter();
            let found = known.find(|one| one.as_str().eq_ignore_ascii_case(&text)).copied();
            found.ok_or_else(|| invalid(RULE, "purseSubType must be General, Taxes or Goal."))
        });
        let goal_date = filled(self.goal_date).map(|text| day(RULE, ("goalDate", &text)));
        if let Some(text) = filled(self.interest_yield_start_date) {
            day(RULE, ("interestYieldStartDate", &text))?;
        }
        Ok(NewPurse {
            kind,
            is_hidden: self.is_hidden.0,
            is_round_up: self.is_round_up.0,
            details: PurseDetails {
                description: filled(self.purse_description),
                goal_amount: self.goal_amount,
                goal_date: goal_date.transpose()?,
                icon: filled(self.purse_icon),
                sub_type: sub_type.transpose()?,
                interest_rate_tier: filled(self.interest_rate_tier),
            },
        })
    }
}

/// The body of PUT purse: the members that change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdatePurseRequest {
    /// As in POST purses; an empty text takes it away.
    #[serde(default, alias = "description")]
    purse_description: Option<String>,
    /// Dollars, a number or its text; 0 takes it away.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    goal_amount: Option<Charge>,
    /// `YYYY-MM-DD`; an empty text takes it away.
    #[serde(default)]
    #[schema(format = Date)]
    goal_date: Option<String>,
    /// Name of an icon; an empty text takes it away.
    #[serde(default, alias = "icon")]
    purse_icon: Option<String>,
    /// Not shown to the user.
    #[serde(default)]
    is_hidden: Option<Flag>,
    /// Takes round-ups.
    #[serde(default)]
    is_round_up: Option<Flag>,
}

impl UpdatePurseRequest {
    /// The change as the model knows it.
    pub fn read(self) -> Result<PurseChange, Refusal> {
        let given = |text: Option<String>| text.map(|text| filled(Some(text)));
        let goal_date = match self.goal_date {
            Some(text) if !text.is_empty() => Some(Some(day("PRS-2", ("goalDate", &text))?)),
            given => given.map(|_| None),
        };
        Ok(PurseChange {
            description: given(self.purse_description),
            goal_amount: self.goal_amount.map(Charge::amount),
            goal_date,
            icon: given(self.purse_icon),
            is_hidden: self.is_hidden.map(|flag| flag.0),
            is_round_up: self.is_round_up.map(|flag| flag.0),
        })
    }
}
