//! Settings that decide how an enrollment goes and what becomes of the account: screening, reviews,
//! limits, the card processor, and what the partner may change.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LIST_MAX, at};
use crate::kernel::strict_json::JsonProblem;
use crate::schedule::Review;

/// The identity check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kyc {
    /// Whose table of SSN prefixes holds.
    pub vendor: IdvVendor,
    /// Tries at the full identity number before documents are wanted, 1 to 10.
    #[schema(minimum = 1, maximum = 10)]
    pub tries: u32,
    /// Whether documents may still help once these are used up.
    pub documents_after_tries: bool,
}

/// The two published tables of SSN prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IdvVendor {
    /// The present one.
    Socure,
    /// The older one.
    Idology,
}

/// The screening against sanctions lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ofac {
    /// How a match is shown.
    pub match_presentation: MatchPresentation,
    /// Hours on the world's clock until a review ends by itself; without it, a control call ends
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 8784)]
    pub review_hours: Option<u32>,
    /// How a review ends that ends by itself.
    pub review_result: Review,
}

/// How an account with a sanctions match is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MatchPresentation {
    /// Pending where the identity is not checked, as the vendor's table says where it is.
    ByKyc,
    /// Always pending, 1/31.
    Pending,
    /// Always as the vendor's table says, 2/31.
    Locked,
}

/// How many accounts one person may have in a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Of accounts of persons.
    pub consumer: AccountLimits,
    /// Of accounts of businesses.
    pub business: AccountLimits,
}

/// The limits of one type of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountLimits {
    /// With one social security number.
    pub ssn: Limit,
    /// With one taxpayer identification number.
    pub itin: Limit,
    /// With one default phone number.
    pub phone: Limit,
}

/// Two counts that may be reached and not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limit {
    /// Active accounts.
    pub active: u32,
    /// Accounts that ever were active.
    pub lifetime: u32,
}

/// The card processor, when it does not do at once what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardProcessor {
    /// Tries to have cards made, the first one included, 1 to 20.
    #[schema(minimum = 1, maximum = 20)]
    pub order_tries: u32,
    /// Minutes between two of them, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    pub order_interval_minutes: u32,
    /// Retries to unblock cards, 1 to 20.
    #[schema(minimum = 1, maximum = 20)]
    pub unblock_retries: u32,
    /// Minutes in which all of these are done, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    pub unblock_window_minutes: u32,
}

/// Which of the published wordings descriptions use, where they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Descriptions {
    /// Of screening results.
    pub screening: ScreeningWords,
    /// Of upgrade refusals.
    pub upgrade: UpgradeWords,
}

/// Wordings of screening results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ScreeningWords {
    /// Those beside the SSN prefixes of the KYC page.
    KycPage,
    /// Those of the table of business rules.
    BusinessRules,
}

/// Wordings of upgrade refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum UpgradeWords {
    /// Those of the reference page.
    Reference,
    /// Those of the guide.
    Guide,
}

/// The form of answers, where the documents differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answers {
    /// Whether those of reading an account and of adjustments carry the older envelope
    /// `responseHeader` as well.
    pub response_header: bool,
}

/// What a partner may do to the status of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerStatus {
    /// Whether at all.
    pub allowed: bool,
}

/// Accounts of businesses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Business {
    /// Whether the program offers them.
    pub enabled: bool,
    /// Members that `businessData` must have.
    pub required_members: Vec<String>,
}

/// A number and the range it must lie in.
type Bounded = (&'static str, u32, u32, u32);

impl super::Settings {
    /// Checks the sections of this page.
    pub(super) fn check_outcomes(&self) -> Result<(), JsonProblem> {
        let processor = &self.card_processor;
        let bounded: [Bounded; 6] = [
            ("kyc.tries", self.kyc.tries, 1, 10),
            ("ofac.reviewHours", self.ofac.review_hours.unwrap_or(1), 1, 8_784),
            ("cardProcessor.orderTries", processor.order_tries, 1, 20),
            ("cardProcessor.orderIntervalMinutes", processor.order_interval_minutes, 1, 1_440),
            ("cardProcessor.unblockRetries", processor.unblock_retries, 1, 20),
            ("cardProcessor.unblockWindowMinutes", processor.unblock_window_minutes, 1, 1_440),
        ];
        for (member, number, least, most) in bounded {
            if !(least..=most).contains(&number) {
                return Err(at(member, format!("must be {least} to {most}")));
            }
        }
        if self.business.required_members.len() > LIST_MAX {
            return Err(at("business.requiredMembers", format!("at most {LIST_MAX} entries")));
        }
        Ok(())
    }

    /// The limits of one type of account.
    pub fn limits_of(&self, is_business: bool) -> &AccountLimits {
        if is_business { &self.limits.business } else { &self.limits.consumer }
    }
}
