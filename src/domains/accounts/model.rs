//! The account as the simulator knows it: states as enums, ids and money as their own types.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::ids::{
    AccountHolderId, AccountId, PaymentId, PaymentInstrumentId, PurseId, UserId,
};
use crate::kernel::money::{Amount, Money};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// `account.status`.
    AccountStatus {
        /// Enrollment is not complete.
        Pending = "pending",
        /// In use.
        Normal = "normal",
        /// Partly usable.
        Restricted = "restricted",
        /// Not usable.
        Locked = "locked",
        /// Ended.
        Closed = "closed",
    }

    /// `account.statusReasons[0]`.
    StatusReason {
        /// Nothing is wrong.
        Healthy = "healthy",
        /// Cards or cycle day are still missing.
        RegistrationNotComplete = "registrationNotComplete",
        /// Enrollment ended in a refusal.
        RegistrationFailed = "registrationFailed",
        /// Documents must be verified.
        VerificationNeeded = "verificationNeeded",
        /// Fraud is suspected.
        PotentialFraud = "potentialFraud",
        /// The care team looks at it.
        UnderReview = "underReview",
        /// The customer is closing the account.
        CustomerInitiatedSpendDown = "customerInitiatedSpendDown",
        /// Fraud was found.
        ConfirmedFraud = "confirmedFraud",
        /// Somebody else may have got hold of the account.
        PotentialAccountTakeover = "potentialAccountTakeover",
        /// Nothing is left on a closed account. Only the beginning of the vendor's word is known.
        ClosedWithZeroBalance = "closedWithZeroBalance",
    }

    /// `kycStateData.kycStatus` and `ofacStatus`.
    CheckStatus {
        /// Not decided.
        Pending = "pending",
        /// Good.
        Passed = "passed",
        /// Bad.
        Failed = "failed",
    }

    /// `kycStateData.kycPendingGate`.
    KycGate {
        /// No cure is open to the partner.
        None = "none",
        /// The full identity number is wanted.
        Kyc2 = "kyc2",
        /// Documents are wanted.
        Idv = "idv",
        /// Verified.
        Healthy = "healthy",
        /// Under review.
        Manual = "manual",
    }

    /// `user.dobStatus`.
    DobStatus {
        /// Agrees with the identity source.
        Matched = "matched",
        /// Does not agree.
        NotMatched = "notMatched",
        /// Shown by documents.
        Verified = "verified",
    }

    /// `user.identityType`.
    IdentityType {
        /// Social security number, whole or its last four.
        Ssn = "ssn",
        /// Matricula Consular.
        Matricula = "matricula",
        /// Individual taxpayer identification number.
        Itin = "itin",
    }

    /// `account.accountType`.
    #[derive(Default)]
    AccountType {
        /// Of a person.
        #[default]
        Consumer = "consumer",
        /// Of a business.
        Business = "business",
    }

    /// `paymentInstrumentStatusReasons[0]`.
    InstrumentStatusReason {
        /// Stopped together with its account.
        AccountBlock = "accountBlock",
        /// Paused by its holder.
        CustomerInitiatedHold = "customerInitiatedHold",
    }

    /// What plastic that replaces other plastic was embossed for.
    EmbossType {
        /// It was damaged.
        Replacement = "REP",
        /// It was lost or stolen.
        LostOrStolen = "LSR",
        /// It expires.
        Reissue = "REI",
    }

    /// `peerTransferAcceptPreference`.
    TransferAcceptance {
        /// The user accepts each transfer.
        Manual = "manual",
        /// Transfers are accepted unasked.
        Automatic = "automatic",
    }

    /// `paymentInstrumentType`.
    InstrumentType {
        /// On the screen only.
        Virtual = "virtual",
        /// Plastic with a chip.
        Emv = "emv",
    }

    /// `paymentInstruments[].status`.
    InstrumentStatus {
        /// Issued, not yet in use.
        NotActivated = "notActivated",
        /// In use.
        Activated = "activated",
        /// Stopped.
        Blocked = "blocked",
        /// Superseded by a newer one.
        Deactivated = "deactivated",
        /// Ended.
        Closed = "closed",
    }

    /// `purseType`.
    PurseType {
        /// The purse of everyday use.
        Primary = "primary",
        /// Money put aside.
        Savings = "savings",
        /// Any other one.
        General = "general",
    }

    /// `purses[].status`.
    #[derive(Default)]
    PurseStatus {
        /// Open.
        #[default]
        Active = "active",
        /// Ended; nothing shows it any more but a repeated call.
        Closed = "closed",
    }

    /// `purseSubType`.
    PurseSubType {
        /// For nothing in particular.
        General = "General",
        /// For taxes.
        Taxes = "Taxes",
        /// For a goal.
        Goal = "Goal",
    }
}

/// One account with its holders and purses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Three letters and seven digits, for people.
    pub reference_number: String,
    /// The product it was enrolled in.
    pub product_code: String,
    /// ISO 4217.
    pub currency: String,
    /// Status and what goes with it.
    pub standing: Standing,
    /// When the status last changed.
    pub status_changed_at: Timestamp,
    /// First day of the statement cycle, 1 to 28; `None` while registration is not complete.
    pub cycle_day: Option<u32>,
    /// When registration was completed, which is when the first statement cycle began.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Direct deposit account number.
    pub account_number: String,
    /// Direct deposit routing number.
    pub routing_number: String,
    /// Enrolled with a package in hand.
    pub is_instant_issue: bool,
    /// The partner's own id for the consumer.
    pub partner_consumer_id: Option<String>,
    /// The partner's own id for the account.
    #[serde(default)]
    pub partner_account_identifier: Option<String>,
    /// Terms accepted for the account.
    pub terms: Vec<TermsAcceptance>,
    /// Number of the last message sent about this account.
    pub message_sequence: i64,
    /// Number of the last transaction of this account.
    #[serde(default)]
    pub transaction_sequence: i64,
    /// How many of its transactions are listed unasked.
    #[serde(default)]
    pub listed_transactions: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Of a person or of a business.
    #[serde(default)]
    pub account_type: AccountType,
    /// The cards that were asked for.
    #[serde(default)]
    pub order: CardOrder,
    /// When it first took one of the places that limits leave; `None` if it never did.
    #[serde(default)]
    pub first_active_at: Option<Timestamp>,
    /// An upgrade that waits for its identity check.
    #[serde(default)]
    pub upgrade: Option<Upgrade>,
    /// Primary holder first.
    pub holders: Vec<Holder>,
    /// Primary purse first.
    pub purses: Vec<Purse>,
}

/// The cards that an enrollment asks for. They are made when registration completes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardOrder {
    /// Plastic beside the virtual card.
    pub plastic: bool,
    /// A PIN was given for them.
    pub pin: bool,
    /// The plastic is in the holder's hand already, from a package.
    #[serde(default)]
    pub in_hand: bool,
    /// What the plastic is made of; the product's first material if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
}

/// An upgrade to another product, between the request and its completion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade {
    /// The product to be.
    pub product_code: String,
    /// Screening for it, shown as `UpgradeKycStateData`.
    pub kyc: KycState,
    /// Terms accepted for it.
    pub terms: Vec<TermsAcceptance>,
    /// Cards asked for with it.
    pub order: CardOrder,
}

/// The status of an account with its reason: set together, never one without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The status.
    pub status: AccountStatus,
    /// Why.
    pub reason: StatusReason,
}

/// One holder of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// The person.
    pub user_id: UserId,
    /// The person's place on this account.
    pub account_holder_id: AccountHolderId,
    /// The one who enrolled.
    pub is_primary: bool,
    /// First name as given.
    pub first_name: String,
    /// Last name as given.
    pub last_name: String,
    /// How the date of birth was judged; `None` if none was given.
    pub dob_status: Option<DobStatus>,
    /// What the identity number is.
    pub identity: Option<ShownIdentity>,
    /// Peer transfers.
    pub transfer_acceptance: TransferAcceptance,
    /// Screening of the person.
    pub kyc: KycState,
    /// Cards, oldest first.
    pub cards: Vec<Card>,
}

/// What may be shown of an identity number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownIdentity {
    /// Its kind.
    pub kind: IdentityType,
    /// Its last four digits.
    pub last4: String,
}

/// `kycStateData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycState {
    /// Sanctions screening.
    pub ofac: CheckStatus,
    /// Identity check.
    pub kyc: CheckStatus,
    /// What is open; `None` while registration is not complete.
    pub gate: Option<KycGate>,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The instrument.
    pub id: PaymentInstrumentId,
    /// The card number it carries.
    pub payment_id: PaymentId,
    /// Virtual or plastic.
    pub kind: InstrumentType,
    /// Its status.
    pub status: InstrumentStatus,
    /// Why it is stopped, if its account did it.
    #[serde(default)]
    pub status_reason: Option<InstrumentStatusReason>,
    /// A PIN is set.
    pub is_pin_set: bool,
    /// The name on it, in capitals without diacritics.
    #[serde(default)]
    pub embossed_name: String,
    /// First digits of the card number.
    pub bin: String,
    /// Last four digits of the card number.
    pub last4_pan: String,
    /// Last year of use.
    pub expires_year: u32,
    /// Last month of use, 1 to 12.
    pub expires_month: u32,
    /// Plastic only: what it is made of.
    pub material: Option<String>,
    /// Plastic only: how it reaches the holder.
    pub issue_source: Option<String>,
    /// When it was asked for.
    pub issued_at: Timestamp,
    /// When it came into use.
    pub activated_at: Option<Timestamp>,
    /// Since when its holder has it paused; stays while its account is blocked.
    #[serde(default)]
    pub paused_at: Option<Timestamp>,
    /// Plastic that replaces other plastic only: why.
    #[serde(default)]
    pub emboss_type: Option<EmbossType>,
}

/// One balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// Its id.
    pub id: PurseId,
    /// What it is for.
    pub kind: PurseType,
    /// Spendable.
    pub available: Money,
    /// Posted.
    pub ledger: Money,
    /// When the balance last changed.
    pub balance_at: Timestamp,
    /// Not shown to the user.
    pub is_hidden: bool,
    /// Takes round-ups.
    pub is_round_up: bool,
    /// Open or ended.
    #[serde(default)]
    pub status: PurseStatus,
    /// Its place in the list of its account; the primary purse is 0.
    #[serde(default)]
    pub position: i64,
    /// When it was made.
    #[serde(default = "unknown_moment")]
    pub created_at: Timestamp,
    /// What the partner says of it.
    #[serde(default)]
    pub details: PurseDetails,
}

/// What a partner says of a purse.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PurseDetails {
    /// `purseDescription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `goalAmount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_amount: Option<Amount>,
    /// `goalDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_date: Option<NaiveDate>,
    /// `purseIcon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// `purseSubType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<PurseSubType>,
    /// `interestRateTier`, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest_rate_tier: Option<String>,
}

/// What answers that were kept before purses had one are read with.
fn unknown_moment() -> Timestamp {
    Timestamp::MIN
}

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DocumentOutcome {
    /// It proves the identity.
    Accept,
    /// It proves that it is another person.
    Reject,
    /// It cannot be read.
    Unreadable,
    /// It bears another name.
    NameMismatch,
    /// Its pictures do not arrive.
    UploadFailure,
}

impl DocumentOutcome {
    /// Every outcome.
    pub const ALL: [DocumentOutcome; 5] = [
        DocumentOutcome::Accept,
        DocumentOutcome::Reject,
        DocumentOutcome::Unreadable,
        DocumentOutcome::NameMismatch,
        DocumentOutcome::UploadFailure,
    ];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentOutcome::Accept => "accept",
            DocumentOutcome::Reject => "reject",
            DocumentOutcome::Unreadable => "unreadable",
            DocumentOutcome::NameMismatch => "nameMismatch",
            DocumentOutcome::UploadFailure => "uploadFailure",
        }
    }

    /// The outcome of that name.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One acceptance of terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsAcceptance {
    /// Which terms.
    pub identifier: String,
    /// When.
    pub accepted_at: Timestamp,
    /// Accepted or declined.
    pub accepted: bool,
}

impl Account {
    /// Terms that were accepted or declined before are so anew, others are added.
    pub fn accept(&mut self, new: impl IntoIterator<Item = TermsAcceptance>) {
        for accepted in new {
            match self.terms.iter_mut().find(|known| known.identifier == accepted.identifier) {
                Some(known) => *known = accepted,
                None => self.terms.push(accepted),
            }
        }
    }

    /// The holder who enrolled.
    pub fn primary(&self) -> Option<&Holder> {
        self.holders.iter().find(|holder| holder.is_primary)
    }

    /// The holder who is this user.
    pub fn holder(&self, user: UserId) -> Option<&Holder> {
        self.holders.iter().find(|holder| holder.user_id == user)
    }

    /// Screening has come to a result; without one, registration stopped half-way and the partner
    /// has heard nothing yet.
    pub fn is_screened(&self) -> bool {
        self.holders.iter().any(|holder| holder.kyc.gate.is_some())
    }
}
