//! What a partner asks of an account, and when it is refused. Pure: no clock, no database.
//!
//! Follows the Accounts and Joint Accounts pages. The variants of each denial stand in the order of
//! precedence: of several faults in one request the earliest is answered, and it alone.

use super::model::{Account, AccountStatus, AccountType, KycGate, Purse, StatusReason};
use super::positions::{Cause, Cure, Grip, Hold, Position, Step};
use crate::domains::enrollments::model::GivenTerms;
use crate::domains::enrollments::rules::{self as enrollments, TermsFacts};
use crate::domains::users::model::NewPerson;
use crate::domains::users::rules::{self as users, UserDenial, UserFacts};
use crate::kernel::codes;
use crate::kernel::money::Money;
use crate::kernel::outcome::Refusal;

/// Longest identifier of a partner's that is kept, in characters.
const IDENTIFIER_MAX: usize = 100;
/// Most terms on file.
const TERMS_MAX: usize = 50;
/// Longest notes.
const NOTES_MAX: usize = 500;
/// Holders of one account.
const HOLDERS_MAX: usize = 2;
/// The one reason for which a partner closes an account.
const CLOSE_REASON: StatusReason = StatusReason::CustomerInitiatedSpendDown;

/// A change of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountUpdate {
    /// Terms opted in to or out of.
    pub terms: Vec<GivenTerms>,
    /// The partner's own id for the account.
    pub partner_account_identifier: Option<String>,
    /// The primary holder's e-mail address.
    pub email: Option<String>,
}

/// What the rules of an update need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpdateFacts<'a> {
    /// Of terms.
    pub terms: TermsFacts<'a>,
    /// Of user data.
    pub user: UserFacts,
    /// Identifiers of terms that features of the account need.
    pub terms_in_use: &'a [String],
}

/// Why an update is refused; earlier variants win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateDenial {
    /// The identifier of terms at this place has so many characters.
    TermsIdentifier(usize, usize),
    /// The terms will not do.
    Terms(enrollments::Denial),
    /// The partner's id has so many characters.
    PartnerIdentifier(usize),
    /// The e-mail address will not do.
    Email(UserDenial),
    /// A feature still needs the terms of this name, that are opted out of.
    TermsInUse(String),
}

/// Judges an update: the first rule it breaks, if any.
pub fn judge_update(facts: &UpdateFacts<'_>, update: &AccountUpdate) -> Option<UpdateDenial> {
    let lengths = update.terms.iter().map(|terms| terms.identifier.chars().count());
    let mut lengths = (0..).zip(lengths);
    if let Some((at, found)) = lengths.find(|(_, found)| !(1..=IDENTIFIER_MAX).contains(found)) {
        return Some(UpdateDenial::TermsIdentifier(at, found));
    }
    if let Some(denial) = enrollments::judge_terms(&facts.terms, &update.terms) {
        return Some(UpdateDenial::Terms(denial));
    }
    let length = update.partner_account_identifier.as_ref().map(|text| text.chars().count());
    if let Some(found) = length.filter(|found| !(1..=IDENTIFIER_MAX).contains(found)) {
        return Some(UpdateDenial::PartnerIdentifier(found));
    }
    let email = update.email.as_deref().and_then(|text| users::judge_email(&facts.user, text));
    email.map(UpdateDenial::Email).or_else(|| {
        let denied = opted_out_in_use(facts.terms_in_use, &update.terms);
        denied.map(|identifier| UpdateDenial::TermsInUse(identifier.to_owned()))
    })
}

/// Terms that are opted out of while a feature needs them: that has to wait until none does.
fn opted_out_in_use<'a>(in_use: &[String], given: &'a [GivenTerms]) -> Option<&'a str> {
    let mut declined = given.iter().filter(|terms| !terms.accepted);
    let found = declined.find(|terms| in_use.contains(&terms.identifier))?;
    Some(&found.identifier)
}

/// Judges terms that any call opts out of: not while a feature needs them.
pub fn judge_opting_out(in_use: &[String], given: &[GivenTerms]) -> Option<Refusal> {
    let identifier = opted_out_in_use(in_use, given)?.to_owned();
    Some(UpdateDenial::TermsInUse(identifier).refusal())
}

/// Whether so many terms may be on file.
pub fn too_many_terms(count: usize) -> Option<Refusal> {
    (count > TERMS_MAX).then(|| {
        invalid(format!("termsAcceptances: an account has at most {TERMS_MAX} terms on file."))
    })
}

impl UpdateDenial {
    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        match self {
            UpdateDenial::TermsIdentifier(at, found) => {
                let member = format!("termsAcceptances[{at}].termsIdentifier");
                wrong_length(&member, IDENTIFIER_MAX, found)
            }
            UpdateDenial::Terms(denial) => denial.refusal(),
            UpdateDenial::PartnerIdentifier(found) => {
                wrong_length("partnerAccountIdentifier", IDENTIFIER_MAX, found)
            }
            UpdateDenial::Email(denial) => denial.refusal(),
            UpdateDenial::TermsInUse(identifier) => {
                Refusal::of(&codes::TERMS_IN_USE).because(format!(
                    "termsAcceptances opts out of {identifier}, which one of its features needs"
                ))
            }
        }
    }
}

/// A status that a partner sets, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedStatus {
    /// `status`.
    pub status: Option<String>,
    /// `statusReason`.
    pub reason: Option<String>,
    /// Why, in the partner's words.
    pub notes: Option<String>,
    /// Who asks.
    pub source: Option<String>,
    /// What ends it.
    pub cure: Option<String>,
}

/// Why a status cannot be set; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusDenial {
    /// The program does not offer it.
    NotOffered,
    /// No status that a partner can set.
    StatusUnknown,
    /// No reason that a partner can give.
    ReasonUnknown,
    /// No cure.
    CureUnknown,
    /// These do not go together.
    Combination(AccountStatus, StatusReason, Cure),
    /// There are no notes, or too many characters of them.
    Notes(usize),
    /// The source has so many characters.
    Source(usize),
}

/// The step that a wanted status means.
pub fn step_of(is_offered: bool, wanted: &WantedStatus) -> Result<Step, StatusDenial> {
    if !is_offered {
        return Err(StatusDenial::NotOffered);
    }
    let status = named(&AccountStatus::ALL[1..4], &wanted.status, AccountStatus::as_str);
    let status = status.ok_or(StatusDenial::StatusUnknown)?;
    let reason = named(&settable_reasons(), &wanted.reason, StatusReason::as_str);
    let reason = reason.ok_or(StatusDenial::ReasonUnknown)?;
    let cure = match &wanted.cure {
        None if reason == StatusReason::VerificationNeeded => Cure::Idv,
        None => Cure::None,
        given => named(&Cure::ALL, given, |cure| cure.gate().as_str())
            .ok_or(StatusDenial::CureUnknown)?,
    };
    let cause = Cause::ALL.into_iter().find(|cause| cause.reason() == reason);
    let grip = Grip::ALL.into_iter().find(|grip| grip.status() == status);
    let step = match (grip, cause, cure) {
        (Some(grip), Some(cause), cure) => Step::Hold(Hold { grip, cause, cure }),
        (None, None, Cure::None) => Step::Release,
        _ => return Err(StatusDenial::Combination(status, reason, cure)),
    };
    let length = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
    if !(1..=NOTES_MAX).contains(&length(&wanted.notes)) {
        return Err(StatusDenial::Notes(length(&wanted.notes)));
    }
    if length(&wanted.source) > IDENTIFIER_MAX {
        return Err(StatusDenial::Source(length(&wanted.source)));
    }
    Ok(step)
}

fn settable_reasons() -> Vec<StatusReason> {
    std::iter::once(StatusReason::Healthy).chain(Cause::ALL.map(Cause::reason)).collect()
}

/// The one of that name, in any case of letters.
fn named<T: Copy>(known: &[T], text: &Option<String>, name: fn(T) -> &'static str) -> Option<T> {
    let text = text.as_deref()?;
    known.iter().copied().find(|one| name(*one).eq_ignore_ascii_case(text))
}

impl StatusDenial {
    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let refused = |words: String| Refusal::of(&codes::STATUS_NOT_ALLOWED).saying(words);
        match self {
            StatusDenial::NotOffered => {
                Refusal::of(&codes::STATUS_NOT_ALLOWED).because("partnerStatus.allowed is off")
            }
            StatusDenial::StatusUnknown => {
                refused("status must be normal, restricted or locked.".to_owned())
            }
            StatusDenial::ReasonUnknown => {
                let names: Vec<_> = settable_reasons().into_iter().map(|it| it.as_str()).collect();
                refused(format!("statusReason must be one of {}.", names.join(", ")))
            }
            StatusDenial::CureUnknown => refused("cure must be none, idv or manual.".to_owned()),
            StatusDenial::Combination(status, reason, cure) => refused(format!(
                "status {status} does not go with statusReason {reason} and cure {}.",
                cure.gate()
            )),
            StatusDenial::Notes(found) => wrong_length("notes", NOTES_MAX, found),
            StatusDenial::Source(found) => wrong_length("source", IDENTIFIER_MAX, found),
        }
    }
}

/// Judges the reason of a call that closes an account.
pub fn judge_close_reason(reason: Option<&str>) -> Option<Refusal> {
    let is_it = reason.is_some_and(|text| text.eq_ignore_ascii_case(CLOSE_REASON.as_str()));
    (!is_it).then(|| {
        Refusal::of(&codes::STATUS_NOT_ALLOWED).saying(format!("reason must be {CLOSE_REASON}."))
    })
}

/// Judges whether an account can be closed as it stands.
pub fn judge_close(account: &Account) -> Option<Refusal> {
    if account.position() != Some(Position::Healthy) {
        return Some(not_from_here(account));
    }
    let purse = overdrawn(&account.purses)?;
    let facts = format!(
        "purse {} of account {} is overdrawn: {:.2} available, {:.2} in the ledger",
        purse.id,
        account.id,
        purse.available.dollars(),
        purse.ledger.dollars()
    );
    Some(Refusal::of(&codes::ACCOUNT_STATE).because(facts))
}

/// The purse that is overdrawn, if one is.
fn overdrawn(purses: &[Purse]) -> Option<&Purse> {
    purses.iter().find(|purse| purse.available < Money::ZERO || purse.ledger < Money::ZERO)
}

/// The refusal of an operation that an account does not allow as it stands.
pub fn not_from_here(account: &Account) -> Refusal {
    let gate = account.primary().and_then(|holder| holder.kyc.gate);
    let gate = gate.map_or("unset", KycGate::as_str);
    let standing = account.standing;
    Refusal::of(&codes::ACCOUNT_STATE).because(format!(
        "account {} is {} / {}, gate {gate}",
        account.id, standing.status, standing.reason
    ))
}

/// A person who is to join an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Joining {
    /// Who.
    pub person: NewPerson,
    /// The card material asked for.
    pub material: Option<String>,
    /// ISO 4217; empty if absent.
    pub currency: String,
    /// Terms accepted.
    pub terms: Vec<GivenTerms>,
    /// Order plastic.
    pub wants_plastic: bool,
}

/// What the rules of joining need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JoinFacts<'a> {
    /// Of user data.
    pub user: UserFacts,
    /// Of terms.
    pub terms: TermsFacts<'a>,
    /// Card materials of the account's product.
    pub materials: &'a [String],
    /// Currencies of the account's product.
    pub currencies: &'a [String],
    /// Postal codes of the states whose residents may join.
    pub allowed_states: &'a [String],
}

/// Judges the request of joining: the first rule it breaks, if any. The rules are those of
/// enrolling.
pub fn judge_joining(facts: &JoinFacts<'_>, new: &Joining) -> Option<enrollments::Denial> {
    users::judge(&facts.user, &new.person)
        .map(enrollments::Denial::User)
        .or_else(|| enrollments::judge_material(facts.materials, new.material.as_deref()))
        .or_else(|| enrollments::judge_named_currency(facts.currencies, &new.currency))
        .or_else(|| enrollments::judge_terms(&facts.terms, &new.terms))
        .or_else(|| enrollments::judge_region(facts.allowed_states, &new.person))
}

/// The refusal of a second holder who is the first one.
pub fn is_primary() -> Refusal {
    let words = "userProfile: the primary holder cannot be the second one as well.";
    Refusal::of(&codes::MEMBER_INVALID).saying(words).under("JNT-1")
}

/// Judges whether an account takes one more holder as it stands.
pub fn judge_room(account: &Account) -> Option<Refusal> {
    if account.holders.len() >= HOLDERS_MAX {
        return Some(Refusal::of(&codes::HOLDERS_FULL));
    }
    let position = account.position();
    let gate = account.primary().and_then(|holder| holder.kyc.gate);
    let is_locked = account.standing.status == AccountStatus::Locked;
    if is_locked && gate == Some(KycGate::None) {
        let facts = not_from_here(account).shown_facts().to_owned();
        return Some(Refusal::of(&codes::HOLDER_LOCKED_OUT).because(facts));
    }
    if account.account_type == AccountType::Business {
        return Some(Refusal::of(&codes::HOLDER_OF_BUSINESS));
    }
    let is_restricted =
        matches!(position, Some(Position::Held(hold)) if hold.grip == Grip::Restricted);
    let is_open = position == Some(Position::Healthy) || is_restricted;
    (!is_open).then(|| not_from_here(account).under("JNT-1"))
}

fn wrong_length(member: &str, most: usize, found: usize) -> Refusal {
    invalid(format!("{member} must have 1 to {most} characters."))
        .because(format!("{member} has {found} characters"))
}

fn invalid(words: String) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).saying(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::accounts::model::{PurseDetails, PurseStatus, PurseType};
    use crate::domains::users::rules::tests::facts as user_facts;
    use crate::kernel::ids::PurseId;
    use crate::kernel::source::Source;
    use crate::kernel::time::Timestamp;

    fn update() -> AccountUpdate {
        AccountUpdate { terms: Vec::new(), partner_account_identifier: None, email: None }
    }

    fn terms(identifier: &str, accepted: bool) -> GivenTerms {
        GivenTerms { identifier: identifier.to_owned(), accepted_at: None, accepted }
    }

    fn judged(is_used: bool, update: &AccountUpdate) -> Option<UpdateDenial> {
        let required = ["daa".to_owned()];
        let now = Timestamp::from_millis(0);
        let terms = TermsFacts { now, window_hours: 720, required: &required };
        let in_use: Vec<_> = is_used.then(|| "negBal".to_owned()).into_iter().collect();
        judge_update(&UpdateFacts { terms, user: user_facts(), terms_in_use: &in_use }, update)
    }

    #[test]
    fn acc_2_terms_are_not_opted_out_of_while_a_feature_needs_them() {
        for (identifier, accepted, is_used, denial) in [
            ("negBal", false, true, Some(UpdateDenial::TermsInUse("negBal".to_owned()))),
            ("negBal", false, false, None),
            ("negBal", true, true, None),
            ("privPlcy", false, true, None),
        ] {
            let update = AccountUpdate { terms: vec![terms(identifier, accepted)], ..update() };
            assert_eq!(judged(is_used, &update), denial, "{identifier} {accepted} {is_used}");
        }
    }

    #[test]
    fn env_3_the_earlier_rule_of_an_update_wins() {
        let mut wrong = AccountUpdate {
            terms: vec![terms("", false), terms("daa", false), terms("negBal", false)],
            partner_account_identifier: Some("x".repeat(101)),
            email: Some("nobody".to_owned()),
        };
        let mut expect = |denial, mend: fn(&mut AccountUpdate)| {
            assert_eq!(judged(true, &wrong), Some(denial));
            mend(&mut wrong);
        };
        expect(UpdateDenial::TermsIdentifier(0, 0), |it| drop(it.terms.remove(0)));
        let declined = enrollments::Denial::TermsDeclined("daa".to_owned());
        expect(UpdateDenial::Terms(declined), |it| drop(it.terms.remove(0)));
        expect(UpdateDenial::PartnerIdentifier(101), |it| it.partner_account_identifier = None);
        expect(UpdateDenial::Email(UserDenial::EmailForm), |it| it.email = None);
        expect(UpdateDenial::TermsInUse("negBal".to_owned()), |it| it.terms.clear());
        assert_eq!(judged(true, &wrong), None);
        assert!(too_many_terms(TERMS_MAX).is_none() && too_many_terms(TERMS_MAX + 1).is_some());
    }

    #[test]
    fn acc_3_either_balance_of_any_purse_may_be_overdrawn() {
        let now = Timestamp::from_millis(0);
        let purse = |available, ledger| Purse {
            id: Source::new(&[1; 32], &["purse"]).id(PurseId::new),
            kind: PurseType::Savings,
            available: Money::from_e4(available),
            ledger: Money::from_e4(ledger),
            balance_at: now,
            is_hidden: false,
            is_round_up: false,
            status: PurseStatus::Active,
            position: 0,
            created_at: now,
            details: PurseDetails::default(),
        };
        assert_eq!(overdrawn(&[purse(0, 0), purse(5, 5)]), None);
        for wrong in [purse(-1, 0), purse(0, -1)] {
            assert_eq!(overdrawn(&[purse(9, 9), wrong.clone()]), Some(&wrong));
        }
    }

    fn wanted(status: &str, reason: &str, cure: Option<&str>) -> WantedStatus {
        let text = |text: &str| Some(text.to_owned());
        WantedStatus {
            status: text(status),
            reason: text(reason),
            notes: text("seen by the partner"),
            source: None,
            cure: cure.map(str::to_owned),
        }
    }

    #[test]
    fn acc_3_a_status_means_a_step_or_is_refused_by_name() {
        let held = |grip, cause, cure| Ok(Step::Hold(Hold { grip, cause, cure }));
        let clash = |status, reason, cure| Err(StatusDenial::Combination(status, reason, cure));
        use AccountStatus::{Locked, Normal};
        use StatusReason::{Healthy, PotentialFraud};
        for ((status, reason, cure), step) in [
            (("normal", "healthy", None), Ok(Step::Release)),
            (("NORMAL", "Healthy", Some("none")), Ok(Step::Release)),
            (("locked", "confirmedFraud", None), {
                held(Grip::Locked, Cause::ConfirmedFraud, Cure::None)
            }),
            (("restricted", "verificationNeeded", None), {
                held(Grip::Restricted, Cause::VerificationNeeded, Cure::Idv)
            }),
            (("restricted", "verificationNeeded", Some("manual")), {
                held(Grip::Restricted, Cause::VerificationNeeded, Cure::Manual)
            }),
            (("normal", "potentialFraud", None), clash(Normal, PotentialFraud, Cure::None)),
            (("normal", "healthy", Some("idv")), clash(Normal, Healthy, Cure::Idv)),
            (("locked", "healthy", None), clash(Locked, Healthy, Cure::None)),
            (("pending", "healthy", None), Err(StatusDenial::StatusUnknown)),
            (("closed", "healthy", None), Err(StatusDenial::StatusUnknown)),
            (("locked", "underReview", None), Err(StatusDenial::ReasonUnknown)),
            (("locked", "potentialFraud", Some("kyc2")), Err(StatusDenial::CureUnknown)),
        ] {
            assert_eq!(step_of(true, &wanted(status, reason, cure)), step, "{status} {reason}");
        }
        let good = wanted("locked", "potentialFraud", None);
        assert_eq!(step_of(false, &good), Err(StatusDenial::NotOffered));
        let without = WantedStatus { notes: None, ..good.clone() };
        assert_eq!(step_of(true, &without), Err(StatusDenial::Notes(0)));
        let long = WantedStatus { notes: Some("é".repeat(501)), ..good.clone() };
        assert_eq!(step_of(true, &long), Err(StatusDenial::Notes(501)));
        let longest = WantedStatus { notes: Some("é".repeat(500)), ..good.clone() };
        assert!(step_of(true, &longest).is_ok());
        let source = WantedStatus { source: Some("x".repeat(101)), ..good };
        assert_eq!(step_of(true, &source), Err(StatusDenial::Source(101)));
    }
}
