//! Settings of money: adjustment types, features, purses, the card network, history.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LIST_MAX, at};
use crate::kernel::money::{Amount, Charge};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::kernel::strict_json::JsonProblem;

/// One type of adjustment that a program may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustmentType {
    /// As sent in `adjustmentType`.
    pub name: String,
    /// `credit` or `debit`.
    #[schema(value_type = String)]
    pub direction: Direction,
    /// The program's book on the other side: `funding`, `fees` or `settlement`.
    #[schema(value_type = String)]
    pub book: ProgramBook,
    /// `transactionType` of its rows.
    #[schema(value_type = String)]
    pub transaction_type: TransactionType,
    /// `transactionTypeDescription` of its rows.
    pub transaction_type_description: String,
}

/// How adjustments are carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adjustments {
    /// Tries at an adjustment that the processor does not answer, the first one included, 1 to 20.
    #[schema(minimum = 1, maximum = 20)]
    pub tries: u32,
    /// Minutes between two of them, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    pub interval_minutes: u32,
}

/// The features that accounts may be enrolled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Features {
    /// Whether the terms of a feature must have been accepted.
    pub enforce_terms: bool,
    /// Whether lists show ids alone or ids with their dates.
    pub shown: FeaturesShown,
    /// What can be enrolled in.
    pub offered: Vec<Feature>,
}

/// How features are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FeaturesShown {
    /// `["nb100"]`.
    Ids,
    /// `[{"featureId", "startDate", "expiredDate"}]`.
    Dates,
}

/// One feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Feature {
    /// As in the path; letter case does not matter.
    pub feature_id: String,
    /// Of the features of one group an account has one at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What becomes of a second one of its group.
    #[serde(default)]
    pub second: SecondOfGroup,
    /// Identifier of the terms that it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// Whether leaving it opts out of these terms.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opts_out: bool,
    /// How far card and fee debits may take the available balance below zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub negative_balance: Option<Charge>,
    /// Business days that deposited checks are held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_days: Option<u32>,
}

/// What becomes of a feature whose group the account has one of already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SecondOfGroup {
    /// It takes the place of the first.
    #[default]
    Replaces,
    /// It is refused.
    Refused,
}

/// The purses of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Purses {
    /// Most open purses of an account, the primary one included, 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    pub per_account: u32,
    /// What `interestRateTier` may name.
    pub interest_rate_tiers: Vec<String>,
}

/// The card network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardNetwork {
    /// Days on the world's clock until an authorization that nobody clears expires, 1 to 60.
    #[schema(minimum = 1, maximum = 60)]
    pub hold_days: u32,
}

/// The history of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transactions {
    /// Most days between the first and the last day asked for, 1 to 3660.
    #[schema(minimum = 1, maximum = 3660)]
    pub window_days: u32,
    /// Rows of a page when nothing is said, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub page_rows: u32,
}

/// Deposits of checks with the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckDeposits {
    /// Whether the partner must accept the funds-available date before a check is posted.
    pub acceptance: bool,
    /// Whether every new check waits for an agent.
    pub review: bool,
    /// The largest check, in dollars.
    #[schema(value_type = f64)]
    pub largest_check: Amount,
    /// What an account may deposit in one day of the zone, in dollars.
    #[schema(value_type = f64)]
    pub daily_limit: Amount,
    /// What it may deposit in 30 days of the zone, today included, in dollars.
    #[schema(value_type = f64)]
    pub rolling_limit: Amount,
    /// IANA name of the zone in which days are counted; money is available from midnight there.
    pub zone: String,
}

impl CheckDeposits {
    /// The zone in which days are counted.
    pub fn zone(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }
}

/// The vendor that switches direct deposits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectDepositSwitch {
    /// Hours on the world's clock until it completes by itself what was submitted, 1 to 8784;
    /// without it, a control action does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 8784)]
    pub completion_hours: Option<u32>,
}

/// Longest name of a type, a feature, a group.
pub(super) const NAME_MAX: usize = 50;

pub(super) fn expect_name(member: impl FnOnce() -> String, name: &str) -> Result<(), JsonProblem> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if (1..=NAME_MAX).contains(&name.len()) && is_plain {
        return Ok(());
    }
    Err(at(member(), format!("must be 1 to {NAME_MAX} letters and digits")))
}

pub(super) fn expect_within(
    member: &str,
    number: u32,
    (least, most): (u32, u32),
) -> Result<(), JsonProblem> {
    if (least..=most).contains(&number) {
        return Ok(());
    }
    Err(at(member, format!("must be {least} to {most}")))
}

pub(super) fn expect_unique<'a>(
    list: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), JsonProblem> {
    for (number, name) in names.clone().enumerate() {
        if names.clone().take(number).any(|earlier| earlier.eq_ignore_ascii_case(name)) {
            return Err(at(format!("{list}[{number}]"), format!("{name} is listed twice")));
        }
    }
    Ok(())
}

impl super::Settings {
    pub(super) fn check_money(&self) -> Result<(), JsonProblem> {
        self.check_adjustment_types()?;
        self.check_features()?;
        self.check_purses()?;
        expect_within("adjustments.tries", self.adjustments.tries, (1, 20))?;
        let minutes = self.adjustments.interval_minutes;
        expect_within("adjustments.intervalMinutes", minutes, (1, 1_440))?;
        expect_within("cardNetwork.holdDays", self.card_network.hold_days, (1, 60))?;
        let hours = self.direct_deposit_switch.completion_hours.unwrap_or(1);
        expect_within("directDepositSwitch.completionHours", hours, (1, 8_784))?;
        expect_within("transactions.windowDays", self.transactions.window_days, (1, 3_660))?;
        expect_within("transactions.pageRows", self.transactions.page_rows, (1, 1_000))?;
        if self.check_deposits.zone.parse::<Tz>().is_err() {
            return Err(at("checkDeposits.zone", "must be an IANA time zone name"));
        }
        Ok(())
    }

    fn check_adjustment_types(&self) -> Result<(), JsonProblem> {
        let lists = [
            ("adjustmentTypes", &self.adjustment_types),
            ("pieAdjustmentTypes", &self.pie_adjustment_types),
        ];
        for (list, types) in lists {
            if types.len() > LIST_MAX {
                return Err(at(list, format!("at most {LIST_MAX} entries")));
            }
            for (number, one) in types.iter().enumerate() {
                expect_name(|| format!("{list}[{number}].name"), &one.name)?;
                if one.book == ProgramBook::Transfers {
                    let member = format!("{list}[{number}].book");
                    return Err(at(member, "must be funding, fees or settlement"));
                }
                let words = one.transaction_type_description.chars().count();
                if words > NAME_MAX {
                    let member = format!("{list}[{number}].transactionTypeDescription");
                    return Err(at(member, format!("must have at most {NAME_MAX} characters")));
                }
            }
            expect_unique(list, types.iter().map(|one| one.name.as_str()))?;
        }
        Ok(())
    }

    fn check_features(&self) -> Result<(), JsonProblem> {
        let offered = &self.features.offered;
        if offered.len() > LIST_MAX {
            return Err(at("features.offered", format!("at most {LIST_MAX} entries")));
        }
        for (number, feature) in offered.iter().enumerate() {
            let member = |name: &str| format!("features.offered[{number}].{name}");
            expect_name(|| member("featureId"), &feature.feature_id)?;
            for (name, text) in [("group", &feature.group), ("terms", &feature.terms)] {
                if let Some(text) = text {
                    expect_name(|| member(name), text)?;
                }
            }
            if let Some(days) = feature.hold_days {
                expect_within(&member("holdDays"), days, (0, 60))?;
            }
        }
        let ids = offered.iter().map(|feature| feature.feature_id.as_str());
        expect_unique("features.offered", ids)
    }

    fn check_purses(&self) -> Result<(), JsonProblem> {
        let Purses { per_account, interest_rate_tiers: tiers } = &self.purses;
        expect_within("purses.perAccount", *per_account, (1, 100))?;
        if tiers.len() > LIST_MAX {
            return Err(at("purses.interestRateTiers", format!("at most {LIST_MAX} entries")));
        }
        for (number, tier) in tiers.iter().enumerate() {
            expect_name(|| format!("purses.interestRateTiers[{number}]"), tier)?;
        }
        expect_unique("purses.interestRateTiers", tiers.iter().map(String::as_str))
    }

    /// The adjustment type of that name, if the program may use it: one that is configured, or one
    /// that is open to everybody in PIE mode.
    pub fn adjustment_type(&self, name: &str) -> Option<&AdjustmentType> {
        let open = self.pie_adjustment_types.iter().filter(|_| self.pie_mode);
        self.adjustment_types.iter().chain(open).find(|one| one.name == name)
    }

    /// The feature of that id, if the program offers it.
    pub fn feature(&self, id: &str) -> Option<&Feature> {
        self.features.offered.iter().find(|one| one.feature_id.eq_ignore_ascii_case(id))
    }

    /// How far card and fee debits may take an account with these features below zero: the furthest
    /// that one of them allows.
    pub fn cushion(&self, features: &[String]) -> Charge {
        let cushions = features.iter().filter_map(|id| self.feature(id)?.negative_balance);
        cushions.max().unwrap_or_default()
    }
}
