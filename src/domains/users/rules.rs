//! When a user document is refused. Pure: no clock, no database.
//!
//! The variants of [`UserDenial`] stand in the order of precedence: of several faults in one document
//! the earliest is answered, and it alone.

use chrono::{Datelike, NaiveDate};

use super::addresses::{self, AddressDenial};
use super::model::{GivenIdentity, GivenPhone, IdentityClash, NewPerson, WantedNumber};
use super::names::{self, Letters, NameProblem};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;

/// Why a user document is refused; earlier variants win. Counts are in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDenial {
    /// firstName is missing or too long: found, most.
    FirstNameLength(usize, usize),
    /// firstName has invalid characters.
    FirstNameCharacters(NameProblem),
    /// lastName is missing, too short or too long: found, most.
    LastNameLength(usize, usize),
    /// lastName has invalid characters.
    LastNameCharacters(NameProblem),
    /// middleName is too long: found, most.
    MiddleNameLength(usize, usize),
    /// middleName has invalid characters.
    MiddleNameCharacters(NameProblem),
    /// The addresses will not do.
    Address(AddressDenial),
    /// The identity is to be checked, and there is no phone number.
    PhoneMissing,
    /// The phone at this place has not ten digits.
    PhoneNumber(usize),
    /// The phone at this place has no known type.
    PhoneType(usize),
    /// Two phones are marked as the default.
    TwoDefaultPhones,
    /// The e-mail address is too long.
    EmailLength(usize),
    /// The e-mail address has a plus sign, and the program is not in PIE mode.
    EmailPlus,
    /// The e-mail address is not `local@domain`.
    EmailForm,
    /// There is identifying data without a date of birth.
    DateOfBirthMissing,
    /// The date of birth will not do.
    DateOfBirth(BirthProblem),
    /// Two identities that exclude each other.
    IdentityClash(IdentityClash),
    /// There is identifying data without an identity.
    IdentityMissing,
    /// The product wants the whole number.
    SsnWanted,
    /// The product wants the last four digits.
    SsnSuffixWanted,
    /// ssn is not nine digits.
    SsnForm,
    /// ssnSuffix is not four digits.
    SsnSuffixForm,
}

/// What is wrong with a date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthProblem {
    /// No day of the calendar, or written otherwise than YYYY-MM-DD.
    Form,
    /// Before 1901.
    TooEarly,
    /// After today.
    ToCome,
    /// Less than 18 years ago.
    Minor,
}

/// Longest name under the stricter of the two published presets.
const STRICT_MAX: usize = 25;
/// Longest e-mail address.
const EMAIL_MAX: usize = 255;
/// The earliest year of birth.
const FIRST_YEAR: i32 = 1901;
/// Years from which a person may enroll.
const ADULT_YEARS: u32 = 18;

/// What the rules need to know of the program and the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserFacts {
    /// The 25-character preset of name lengths is in force.
    pub strict_names: bool,
    /// Letters of names.
    pub letters: Letters,
    /// Every address needs its city.
    pub city_is_required: bool,
    /// The identity is to be checked.
    pub wants_kyc: bool,
    /// The program behaves as the integration environment.
    pub pie_mode: bool,
    /// What the product wants of the social security number.
    pub wanted_number: WantedNumber,
    /// The day of the world, in UTC.
    pub today: NaiveDate,
}

/// Judges a person: the first rule the document breaks, if any.
pub fn judge(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
    judge_names(facts, person)
        .or_else(|| addresses::judge(facts, &person.addresses).map(UserDenial::Address))
        .or_else(|| judge_phones(facts, &person.phones))
        .or_else(|| person.email.as_deref().and_then(|text| judge_email(facts, text)))
        .or_else(|| judge_birth(facts, person))
        .or_else(|| judge_identity(facts, person))
}

fn judge_names(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
    let (first_max, last_max, middle_max) =
        if facts.strict_names { (STRICT_MAX, STRICT_MAX, STRICT_MAX) } else { (35, 35, 100) };
    let (first, last) = (&person.first_name, &person.last_name);
    let middle = person.middle_name.as_deref().unwrap_or_default();
    let length = |name: &str| name.chars().count();
    if !(1..=first_max).contains(&length(first)) {
        return Some(UserDenial::FirstNameLength(length(first), first_max));
    }
    if let Some(problem) = names::problem(first, facts.letters) {
        return Some(UserDenial::FirstNameCharacters(problem));
    }
    if !(2..=last_max).contains(&length(last)) {
        return Some(UserDenial::LastNameLength(length(last), last_max));
    }
    if let Some(problem) = names::problem(last, facts.letters) {
        return Some(UserDenial::LastNameCharacters(problem));
    }
    if length(middle) > middle_max {
        return Some(UserDenial::MiddleNameLength(length(middle), middle_max));
    }
    names::problem(middle, facts.letters).map(UserDenial::MiddleNameCharacters)
}

fn judge_phones(facts: &UserFacts, phones: &[GivenPhone]) -> Option<UserDenial> {
    if facts.wants_kyc && phones.is_empty() {
        return Some(UserDenial::PhoneMissing);
    }
    let judge_one = |(at, phone): (usize, &GivenPhone)| {
        if phone.digits().is_none() {
            return Some(UserDenial::PhoneNumber(at));
        }
        phone.phone_type().is_none().then_some(UserDenial::PhoneType(at))
    };
    let defaults = phones.iter().filter(|phone| phone.is_default).count();
    let two_defaults = (defaults > 1).then_some(UserDenial::TwoDefaultPhones);
    (0..).zip(phones).find_map(judge_one).or(two_defaults)
}

fn judge_email(facts: &UserFacts, text: &str) -> Option<UserDenial> {
    let length = text.chars().count();
    if length > EMAIL_MAX {
        return Some(UserDenial::EmailLength(length));
    }
    let (local, domain) = text.split_once('@').unwrap_or((text, ""));
    if !facts.pie_mode && local.contains('+') {
        return Some(UserDenial::EmailPlus);
    }
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    let is_good = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
    (!is_good || text.contains(is_odd)).then_some(UserDenial::EmailForm)
}

fn judge_birth(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
    let Some(text) = person.date_of_birth.as_deref() else {
        return person.has_identifying_data.then_some(UserDenial::DateOfBirthMissing);
    };
    birth_problem(text, facts.today).map(UserDenial::DateOfBirth)
}

fn birth_problem(text: &str, today: NaiveDate) -> Option<BirthProblem> {
    let Some(date) = calendar_day(text) else { return Some(BirthProblem::Form) };
    if date.year() < FIRST_YEAR {
        return Some(BirthProblem::TooEarly);
    }
    match today.years_since(date) {
        None => Some(BirthProblem::ToCome),
        Some(years) if years < ADULT_YEARS => Some(BirthProblem::Minor),
        Some(_) => None,
    }
}

/// A day of the calendar, written `YYYY-MM-DD`.
fn calendar_day(text: &str) -> Option<NaiveDate> {
    // The calendar's reader also takes signs and short fields.
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| has_form)
}

fn judge_identity(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
    match &person.identity {
        GivenIdentity::Clash(clash) => Some(UserDenial::IdentityClash(*clash)),
        GivenIdentity::None => person.has_identifying_data.then_some(UserDenial::IdentityMissing),
        GivenIdentity::Ssn(_) if facts.wanted_number == WantedNumber::SsnSuffix => {
            Some(UserDenial::SsnSuffixWanted)
        }
        GivenIdentity::SsnSuffix(_) if facts.wanted_number == WantedNumber::Ssn => {
            Some(UserDenial::SsnWanted)
        }
        GivenIdentity::Ssn(number) if !has_digits(number, 9) => Some(UserDenial::SsnForm),
        GivenIdentity::SsnSuffix(last) if !has_digits(last, 4) => Some(UserDenial::SsnSuffixForm),
        GivenIdentity::Ssn(_) | GivenIdentity::SsnSuffix(_) | GivenIdentity::Onboarding(_) => None,
    }
}

impl UserDenial {
    fn code(self) -> &'static VendorCode {
        match self {
            UserDenial::FirstNameLength(..) => &codes::FIRST_NAME_LENGTH,
            UserDenial::FirstNameCharacters(_) => &codes::FIRST_NAME_CHARACTERS,
            UserDenial::LastNameLength(..) => &codes::LAST_NAME_LENGTH,
            UserDenial::LastNameCharacters(_) => &codes::LAST_NAME_CHARACTERS,
            UserDenial::MiddleNameLength(..) => &codes::MIDDLE_NAME_LENGTH,
            UserDenial::MiddleNameCharacters(_) => &codes::MIDDLE_NAME_CHARACTERS,
            UserDenial::Address(denial) => denial.code(),
            UserDenial::PhoneMissing => &codes::PHONE_MISSING,
            UserDenial::PhoneNumber(_) | UserDenial::PhoneType(_) => &codes::PHONE_FORM,
            UserDenial::TwoDefaultPhones => &codes::PHONE_DEFAULTS,
            UserDenial::EmailLength(_) | UserDenial::EmailPlus | UserDenial::EmailForm => {
                &codes::EMAIL_FORM
            }
            UserDenial::DateOfBirthMissing => &codes::DATE_OF_BIRTH_MISSING,
            UserDenial::DateOfBirth(_) => &codes::DATE_OF_BIRTH_FORM,
            UserDenial::IdentityClash(IdentityClash::SsnAndSuffix) => &codes::SSN_AND_SUFFIX,
            UserDenial::IdentityClash(IdentityClash::OnboardingAndSsn) => {
                &codes::ONBOARDING_AND_SSN
            }
            UserDenial::IdentityMissing
            | UserDenial::SsnWanted
            | UserDenial::SsnSuffixWanted
            | UserDenial::SsnForm
            | UserDenial::SsnSuffixForm => &codes::IDENTITY_FORM,
        }
    }

    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let refusal = Refusal::of(self.code());
        match self {
            UserDenial::FirstNameLength(found, max) => {
                length(refusal, "firstName", "1 to ", found, max)
            }
            UserDenial::LastNameLength(found, max) => {
                length(refusal, "lastName", "2 to ", found, max)
            }
            UserDenial::MiddleNameLength(found, max) => {
                length(refusal, "middleName", "at most ", found, max)
            }
            UserDenial::FirstNameCharacters(problem) => characters(refusal, "firstName", problem),
            UserDenial::LastNameCharacters(problem) => characters(refusal, "lastName", problem),
            UserDenial::MiddleNameCharacters(problem) => characters(refusal, "middleName", problem),
            UserDenial::Address(denial) => denial.refusal(),
            UserDenial::PhoneNumber(at) => {
                refusal.saying(format!("phoneNumbers[{at}].number must be exactly 10 digits."))
            }
            UserDenial::PhoneType(at) => {
                refusal.saying(format!("phoneNumbers[{at}].type must be mobile, home or work."))
            }
            UserDenial::EmailLength(found) => refusal
                .saying("email.emailAddress must have at most 255 characters.")
                .because(format!("email.emailAddress has {found} characters")),
            UserDenial::EmailPlus => refusal
                .saying("email.emailAddress must not have a \"+\" before its @.")
                .because("email.emailAddress has a plus sign, and pieMode is off"),
            UserDenial::EmailForm => {
                refusal.saying("email.emailAddress must be of the form local@domain.")
            }
            UserDenial::DateOfBirth(problem) => refusal.because(problem.to_string()),
            UserDenial::IdentityMissing => {
                refusal.saying("identifyingData needs one of ssn, ssnSuffix and onboardingID.")
            }
            UserDenial::SsnWanted => {
                refusal.saying("identifyingData.ssnSuffix: this product needs the full ssn.")
            }
            UserDenial::SsnSuffixWanted => {
                refusal.saying("identifyingData.ssn: this product takes ssnSuffix only.")
            }
            UserDenial::SsnForm => refusal.saying("identifyingData.ssn must be exactly 9 digits."),
            UserDenial::SsnSuffixForm => {
                refusal.saying("identifyingData.ssnSuffix must be exactly 4 digits.")
            }
            UserDenial::PhoneMissing
            | UserDenial::TwoDefaultPhones
            | UserDenial::DateOfBirthMissing
            | UserDenial::IdentityClash(_) => refusal,
        }
    }
}

impl std::fmt::Display for BirthProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BirthProblem::Form => "dateOfBirth is no day of the calendar in that form",
            BirthProblem::TooEarly => "dateOfBirth is before 1901",
            BirthProblem::ToCome => "dateOfBirth is after the world's day",
            BirthProblem::Minor => "the applicant is under 18 on the world's day",
        })
    }
}

fn length(refusal: Refusal, name: &str, range: &str, found: usize, max: usize) -> Refusal {
    let is_strict = max == STRICT_MAX && found > max;
    let rule = if is_strict { "ENR-6" } else { refusal.rule };
    refusal
        .under(rule)
        .saying(format!("{name} must have {range}{max} characters."))
        .because(format!("{name} has {found} characters"))
}

fn characters(refusal: Refusal, name: &str, problem: NameProblem) -> Refusal {
    let rule = match problem {
        NameProblem::Character(_) => refusal.rule,
        NameProblem::TwoInARow(..) | NameProblem::Begin(_) | NameProblem::End(_) => "ENR-5",
    };
    refusal.under(rule).because(format!("{name} {problem}"))
}
