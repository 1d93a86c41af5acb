//! When an upgrade is refused. Pure. Follows the upgrade tables of the reference page of POST
//! enrollments and of Enrollments API Endpoints; the order of the rows is our reading.

use crate::domains::enrollments::model::NewUpgrade;
use crate::domains::enrollments::rules::{self as enrolling, Denial};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::Refusal;

/// Why an upgrade is refused; earlier variants win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpgradeDenial {
    /// The account is not named, or not by a GUID.
    AccountInvalid,
    /// There is no such account.
    AccountNotFound,
    /// The user document is not what is on file.
    ProfileChanged,
    /// The account is not normal and healthy.
    NotHealthy,
    /// The account has the product.
    SameProduct,
    /// The request id was used to upgrade another account.
    OtherAccount,
    /// The account may not be upgraded to the product.
    NoTarget,
    /// A member will not do, as when enrolling.
    Field(Denial),
    /// The card processor did not go along.
    ProcessorFailed,
}

/// What the rules need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpgradeFacts<'a> {
    /// The user document says other than what is on file.
    pub changes_profile: bool,
    /// The account is normal and healthy.
    pub is_healthy: bool,
    /// The product that the account has.
    pub present_product: &'a str,
    /// The request id was used to upgrade another account.
    pub is_of_other_account: bool,
    /// The present product may be upgraded to the one asked for, and the account never had it.
    pub is_target: bool,
    /// What the rules of single members need to know, with the product asked for.
    pub fields: enrolling::Facts<'a>,
}

/// Judges an upgrade of an account that exists: the first rule it breaks, if any.
pub fn judge(facts: &UpgradeFacts<'_>, new: &NewUpgrade) -> Option<UpgradeDenial> {
    let product = new.product_code.as_deref();
    let fields = &facts.fields;
    let table = [
        (facts.changes_profile, UpgradeDenial::ProfileChanged),
        (!facts.is_healthy, UpgradeDenial::NotHealthy),
        (product == Some(facts.present_product), UpgradeDenial::SameProduct),
        (facts.is_of_other_account, UpgradeDenial::OtherAccount),
    ];
    let by_table = table.into_iter().find(|(is_broken, _)| *is_broken).map(|(_, denial)| denial);
    by_table
        .or_else(|| enrolling::judge_product(fields, product).map(UpgradeDenial::Field))
        .or_else(|| (!facts.is_target).then_some(UpgradeDenial::NoTarget))
        .or_else(|| {
            enrolling::judge_offered(fields, new.material.as_deref())
                .or_else(|| enrolling::judge_currency(fields, new.currency.as_ref()))
                .or_else(|| enrolling::judge_pin(new.pin.as_ref()))
                .or_else(|| enrolling::judge_terms_identifiers(&new.terms))
                .or_else(|| enrolling::judge_terms(&fields.terms(), &new.terms))
                .or_else(|| fields.unfit_contact.map(Denial::Contact))
                .map(UpgradeDenial::Field)
        })
}

impl UpgradeDenial {
    /// The refusal in the words of the reference page, or of the guide.
    pub fn refusal(self, in_words_of_guide: bool) -> Refusal {
        let (code, guide, facts): (&'static VendorCode, &str, &str) = match self {
            Self::Field(denial) => return field(denial),
            Self::AccountInvalid => (
                &codes::UPGRADE_ACCOUNT_INVALID,
                "Account Identifier is invalid",
                "account.accountIdentifier is missing or no GUID",
            ),
            Self::AccountNotFound => (
                &codes::UPGRADE_ACCOUNT_NOT_FOUND,
                "Account or account holder or user not found",
                "the program has no such account",
            ),
            Self::ProfileChanged => (
                &codes::UPGRADE_PROFILE_CHANGED,
                "User profile can't be changed",
                "the user document differs from the profile on file",
            ),
            Self::NotHealthy => (
                &codes::UPGRADE_NOT_HEALTHY,
                codes::UPGRADE_NOT_HEALTHY.text,
                "the account is not normal / healthy",
            ),
            Self::SameProduct => (
                &codes::UPGRADE_SAME_PRODUCT,
                "Target productCode not matched",
                "the account has this product",
            ),
            Self::OtherAccount => (
                &codes::UPGRADE_OTHER_ACCOUNT,
                codes::UPGRADE_OTHER_ACCOUNT.text,
                "the request id was used to upgrade another account",
            ),
            Self::NoTarget => (
                &codes::UPGRADE_NO_TARGET,
                "Account already upgrade success",
                "upgradableTo of the present product does not list the target, or the account had \
                 it before",
            ),
            Self::ProcessorFailed => (
                &codes::UPGRADE_PROCESSOR_FAILED,
                codes::UPGRADE_PROCESSOR_FAILED.text,
                "a fault of the program befell the card processor",
            ),
        };
        let refusal = Refusal::of(code).because(facts);
        if in_words_of_guide { refusal.saying(guide) } else { refusal }
    }
}

/// The rows of the table that enrolling has as well go under the rule of upgrades.
fn field(denial: Denial) -> Refusal {
    match denial {
        Denial::Material => denial.refusal().under("UPG-9"),
        Denial::ProductMissing | Denial::UnknownProduct => denial.refusal().under("UPG-7"),
        other => other.refusal(),
    }
}
