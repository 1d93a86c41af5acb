//! What a tester says of the money that the outside world moves: the members of each action. All of
//! it is piebox's own; texts are bounded, amounts are above zero.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::AchCategory;
use crate::kernel::digits::has_digits;
use crate::kernel::ids::{PaymentInstrumentId, TransactionId};
use crate::kernel::money::{Amount, Charge};
use crate::kernel::strict_json::null_is_default;

/// Most parts of one clearing.
pub const PARTS_MAX: usize = 20;

/// A text of 1 to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words<const MAX: usize>(pub String);

impl<'de, const MAX: usize> Deserialize<'de> for Words<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (1..=MAX).contains(&text.chars().count()) {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("must have 1 to {MAX} characters")))
    }
}

/// A merchant category code: four digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CategoryCode(pub String);

impl<'de> Deserialize<'de> for CategoryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if has_digits(&text, 4) {
            return Ok(Self(text));
        }
        Err(D::Error::custom("must have four digits"))
    }
}

/// A card asks for money at a merchant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorizeWish {
    /// Dollars, a number or its text.
    #[schema(value_type = f64, example = 20.0)]
    pub amount: Amount,
    /// Its name.
    #[schema(value_type = String, max_length = 100, example = "Corner Cafe")]
    pub merchant: Words<100>,
    /// Its category code, four digits; 5999 if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "5812")]
    pub mcc: Option<CategoryCode>,
    /// Its city.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub city: Option<Words<50>>,
    /// Its state.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub state: Option<Words<50>>,
    /// How it was sold, such as `eCommerce`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub eci: Option<Words<50>>,
    /// The card; the first active one if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub payment_instrument_identifier: Option<PaymentInstrumentId>,
    /// `false` has it declined whatever stands; with `true` or nothing the account decides.
    #[serde(default)]
    pub approve: Option<bool>,
    /// The reason shown, of what is declined by force.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub decline_reason: Option<Words<100>>,
}

/// More is asked for under an authorization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IncrementWish {
    /// The authorization.
    #[schema(value_type = String, format = Uuid)]
    pub transaction_identifier: TransactionId,
    /// Dollars to be added.
    #[schema(value_type = f64)]
    pub amount: Amount,
}

/// A merchant takes its money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearWish {
    /// The authorization; without one the posting is forced.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub transaction_identifier: Option<TransactionId>,
    /// Dollars; in place of `amounts`.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    pub amount: Option<Amount>,
    /// Dollars of each part, at most 20: one message with an event for each.
    #[serde(default, deserialize_with = "parts")]
    #[schema(value_type = Vec<f64>, max_items = 20)]
    pub amounts: Vec<Amount>,
    /// Whether nothing more follows, so that what is left is let go; `true` if absent.
    #[serde(default, rename = "final")]
    pub is_final: Option<bool>,
    /// Post it whatever is there, as the card network may.
    #[serde(default, deserialize_with = "null_is_default")]
    pub force: bool,
    /// The merchant's name, where no authorization tells it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub merchant: Option<Words<100>>,
    /// Its category code, four digits.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub mcc: Option<CategoryCode>,
    /// Its city.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub city: Option<Words<50>>,
    /// Its state.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub state: Option<Words<50>>,
    /// The card, where no authorization tells it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub payment_instrument_identifier: Option<PaymentInstrumentId>,
}

fn parts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Amount>, D::Error> {
    crate::kernel::strict_json::bounded_list::<_, _, PARTS_MAX>(deserializer)
}

/// An authorization is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReverseWish {
    /// The authorization.
    #[schema(value_type = String, format = Uuid)]
    pub transaction_identifier: TransactionId,
    /// Dollars of it; all that is left if absent.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    pub amount: Option<Amount>,
}

/// The time of an authorization is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpireWish {
    /// The authorization.
    #[schema(value_type = String, format = Uuid)]
    pub transaction_identifier: TransactionId,
}

/// A merchant gives money back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundWish {
    /// Dollars.
    #[schema(value_type = f64)]
    pub amount: Amount,
    /// The purchase that it is of, or the authorization of the refund, which ends with it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub transaction_identifier: Option<TransactionId>,
    /// The merchant's name, where no other row tells it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub merchant: Option<Words<100>>,
    /// Its category code, four digits.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub mcc: Option<CategoryCode>,
    /// Its city.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub city: Option<Words<50>>,
    /// Its state.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub state: Option<Words<50>>,
    /// The card, where no other row tells it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub payment_instrument_identifier: Option<PaymentInstrumentId>,
}

/// Cash from a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithdrawWish {
    /// Dollars.
    #[schema(value_type = f64)]
    pub amount: Amount,
    /// Dollars that the machine's owner takes for it.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(value_type = Option<f64>)]
    pub fee: Charge,
    /// The name of its owner; `ATM` if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub merchant: Option<Words<100>>,
    /// Where it stands.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub city: Option<Words<50>>,
    /// Where it stands.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub state: Option<Words<50>>,
    /// The card; the first active one if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub payment_instrument_identifier: Option<PaymentInstrumentId>,
    /// `false` has it declined whatever stands.
    #[serde(default)]
    pub approve: Option<bool>,
    /// The reason shown, of what is declined by force.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub decline_reason: Option<Words<100>>,
}

/// An ACH entry that another bank sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AchWish {
    /// Dollars.
    #[schema(value_type = f64)]
    pub amount: Amount,
    /// Who sends it.
    #[schema(value_type = String, max_length = 100, example = "Acme Payroll")]
    pub originator: Words<100>,
    /// `achCategoryCode`; of a direct deposit `pr`, of a debit `uk` if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "pr")]
    pub category: Option<AchCategory>,
    /// Shown with it; the originator if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub description: Option<Words<255>>,
}

/// An ACH entry goes back to where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReturnAchWish {
    /// The entry.
    #[schema(value_type = String, format = Uuid)]
    pub transaction_identifier: TransactionId,
    /// Shown with it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub description: Option<Words<255>>,
}

/// A fee is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeeWish {
    /// Dollars.
    #[schema(value_type = f64)]
    pub amount: Amount,
    /// What for.
    #[schema(value_type = String, max_length = 255, example = "Monthly fee")]
    pub description: Words<255>,
}
