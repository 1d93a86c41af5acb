//! What a scenario may expect: of an answer, of the state of things, of webhooks.
//!
//! Where a value is expected, it is compared as `matching.rs` does: an object names the members
//! that matter, and `{$above: 0}` and its like stand for more than one value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::model::{Either, Object, Text};

/// What is expected of an answer. Without `status` and `code` a call must succeed: HTTP 2xx, and
/// code 0/0 where the answer carries one. An adjustment must be completed as well.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerExpectation {
    /// `lost`: no answer comes, or not a whole one.
    #[serde(default)]
    pub answer: Option<Arrival>,
    /// The HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// The code of `responseDetails`, `1/31`, or without the subCode, `1`.
    #[serde(default)]
    pub code: Option<Text>,
    /// The description of `responseDetails`.
    #[serde(default)]
    pub description: Option<Json>,
    /// The id of the rule that refused, as `X-Piebox-Explain` names it.
    #[serde(default)]
    pub rule: Option<String>,
    /// Headers that matter, by names in lower case.
    #[serde(default)]
    pub headers: Option<Object>,
    /// Members of the body that matter.
    #[serde(default)]
    pub body: Option<Json>,
    /// How the account in the answer stands.
    #[serde(default)]
    pub account: Option<Standing>,
}

/// Whether an answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Arrival {
    /// It does not, or is cut off.
    Lost,
    /// It does.
    Whole,
}

/// Declares how an account stands, as it is and with whose it is: the members are the same.
macro_rules! standing {
    ($($(#[$doc:meta])* $member:ident: $kind:ty),+ $(,)?) => {
        /// How an account stands. Each member is a value or a `$` comparison.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct Standing {
            $($(#[$doc])* #[serde(default)] pub $member: Option<$kind>),+
        }

        /// How an account stands when the partner reads it.
        #[derive(Debug, Clone, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct AccountExpectation {
            /// Whose: the name of a person or a step, or an account identifier.
            pub of: String,
            $($(#[$doc])* #[serde(default)] pub $member: Option<$kind>),+
        }

        impl AccountExpectation {
            /// What is expected, without whose it is.
            pub fn standing(&self) -> Standing {
                Standing { $($member: self.$member.clone()),+ }
            }
        }
    };
}

standing! {
    /// `pending`, `normal`, `restricted`, `locked` or `closed`.
    status: Json,
    /// The first status reason, `healthy`.
    reason: Json,
    /// `kycStatus` of the primary holder.
    kyc: Json,
    /// `ofacStatus` of the primary holder.
    ofac: Json,
    /// `kycPendingGate` of the primary holder.
    gate: Json,
    /// Ledger balance of the primary purse, in dollars.
    balance: Json,
    /// Available balance of the primary purse, in dollars.
    available: Json,
    /// Cards of the primary holder in order, each as `virtual activated`.
    cards: Vec<String>,
    /// Further members of the account object.
    body: Json,
}

/// What is expected of the state of things.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateExpectation {
    /// How an account stands when the partner reads it.
    #[serde(default)]
    pub account: Option<AccountExpectation>,
    /// Webhooks that the partner's endpoints have taken: the whole list in order, or an object that
    /// says which are meant.
    #[serde(default)]
    pub webhooks: Option<Either<Vec<WebhookExpectation>, ListExpectation>>,
    /// Events of the program, whether or not they have been delivered.
    #[serde(default)]
    pub events: Option<Either<Vec<WebhookExpectation>, ListExpectation>>,
    /// How many there are.
    #[serde(default)]
    pub count: Option<Counts>,
    /// `fit`: the books of the program are proved, entry by entry.
    #[serde(default)]
    pub books: Option<Books>,
    /// Values that were kept, compared.
    #[serde(default)]
    pub values: Vec<ValueExpectation>,
}

/// Which webhooks, or events, are meant, and what is expected of them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListExpectation {
    /// Only those taken by this receiver.
    #[serde(default)]
    pub to: Option<String>,
    /// Only those about this account: the name of a person or a step, or an account identifier.
    #[serde(default)]
    pub of: Option<String>,
    /// Only those of this type.
    #[serde(default, rename = "type")]
    pub event_type: Option<String>,
    /// Of webhooks, only those in this state; `delivered` without it.
    #[serde(default)]
    pub state: Option<String>,
    /// They are these, in this order, and no others.
    #[serde(default)]
    pub are: Option<Vec<WebhookExpectation>>,
    /// These are among them, in this order.
    #[serde(default)]
    pub include: Option<Vec<WebhookExpectation>>,
    /// How many they are: a number or a `$` comparison.
    #[serde(default)]
    pub count: Option<Json>,
}

/// What is expected of one webhook or event.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookExpectation {
    /// Its type, `accountUpdated`.
    #[serde(default, rename = "type")]
    pub event_type: Option<Json>,
    /// The account it is about: the name of a person or a step, or an account identifier.
    #[serde(default)]
    pub of: Option<String>,
    /// How many attempts it took.
    #[serde(default)]
    pub attempts: Option<Json>,
    /// Headers that matter, by names in lower case.
    #[serde(default)]
    pub headers: Option<Object>,
    /// How the account in the event stands.
    #[serde(default)]
    pub account: Option<Standing>,
    /// Members of the event that matter.
    #[serde(default)]
    pub body: Option<Json>,
}

/// How many there are, each a number or a `$` comparison.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Rows in the history of this account: the name of a person or a step, or an identifier.
    #[serde(default)]
    pub of: Option<String>,
    /// Transactions of the account named by `of`.
    #[serde(default)]
    pub transactions: Option<Json>,
    /// Postings in the books of the program.
    #[serde(default)]
    pub postings: Option<Json>,
    /// Accounts of the program.
    #[serde(default)]
    pub accounts: Option<Json>,
}

/// What is expected of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Books {
    /// Every entry fits.
    Fit,
}

/// A value that was kept, compared.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValueExpectation {
    /// The value: `${ines.account}`.
    pub of: Json,
    /// What it is expected to be.
    pub is: Json,
}
