//! When an enrollment is refused, and what a new account looks like. Pure: no clock, no database.
//!
//! The variants of [`Denial`] stand in the order of precedence: of several faults in one request
//! the earliest is answered, and it alone. So far the rules of names, the form of identity numbers
//! and dates, the product, and the regions are built.

use chrono::{Datelike, NaiveDate};

use super::model::{GivenIdentity, NewEnrollment};
use super::names::{self, NameProblem};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::Refusal;

/// Why an enrollment is refused; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// firstName is missing or too long.
    FirstNameLength(usize, usize),
    /// firstName has invalid characters.
    FirstNameCharacters(NameProblem),
    /// lastName is missing, too short or too long.
    LastNameLength(usize, usize),
    /// lastName has invalid characters.
    LastNameCharacters(NameProblem),
    /// middleName is too long.
    MiddleNameLength(usize, usize),
    /// middleName has invalid characters.
    MiddleNameCharacters(NameProblem),
    /// The identity is to be checked, and there is no phone number.
    PhoneMissing,
    /// dateOfBirth is no date from 1901 on.
    DateOfBirth,
    /// ssn is not nine digits.
    SsnForm,
    /// ssnSuffix is not four digits.
    SsnSuffixForm,
    /// The PIN is not four digits.
    PinForm,
    /// No product is named.
    ProductMissing,
    /// The product is not offered.
    UnknownProduct,
    /// The home address is in no state.
    StateForm,
    /// The home address is in Guam or Puerto Rico.
    Region,
}

impl Denial {
    fn code(self) -> &'static VendorCode {
        match self {
            Denial::FirstNameLength(..) => &codes::FIRST_NAME_LENGTH,
            Denial::FirstNameCharacters(_) => &codes::FIRST_NAME_CHARACTERS,
            Denial::LastNameLength(..) => &codes::LAST_NAME_LENGTH,
            Denial::LastNameCharacters(_) => &codes::LAST_NAME_CHARACTERS,
            Denial::MiddleNameLength(..) => &codes::MIDDLE_NAME_LENGTH,
            Denial::MiddleNameCharacters(_) => &codes::MIDDLE_NAME_CHARACTERS,
            Denial::PhoneMissing => &codes::PHONE_MISSING,
            Denial::DateOfBirth => &codes::DATE_OF_BIRTH_FORM,
            Denial::SsnForm | Denial::SsnSuffixForm | Denial::PinForm => &codes::IDENTITY_FORM,
            Denial::ProductMissing | Denial::UnknownProduct => &codes::UNKNOWN_PRODUCT,
            Denial::StateForm => &codes::STATE_FORM,
            Denial::Region => &codes::REGION,
        }
    }

    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let refusal = Refusal::of(self.code());
        match self {
            Denial::FirstNameLength(found, max) => {
                length(refusal, "firstName", "1 to ", found, max)
            }
            Denial::LastNameLength(found, max) => length(refusal, "lastName", "2 to ", found, max),
            Denial::MiddleNameLength(found, max) => {
                length(refusal, "middleName", "at most ", found, max)
            }
            Denial::FirstNameCharacters(problem) => characters(refusal, "firstName", problem),
            Denial::LastNameCharacters(problem) => characters(refusal, "lastName", problem),
            Denial::MiddleNameCharacters(problem) => characters(refusal, "middleName", problem),
            Denial::SsnForm => refusal.saying("identifyingData.ssn must be exactly 9 digits."),
            Denial::SsnSuffixForm => {
                refusal.saying("identifyingData.ssnSuffix must be exactly 4 digits.")
            }
            Denial::PinForm => {
                refusal.saying("encryptedPin must hold {\"pin\":\"NNNN\"}, 4 digits.")
            }
            Denial::ProductMissing => refusal.saying("account.productCode is missing."),
            Denial::PhoneMissing
            | Denial::DateOfBirth
            | Denial::UnknownProduct
            | Denial::StateForm
            | Denial::Region => refusal,
        }
    }
}

/// Longest name under the stricter of the two published presets.
const STRICT_MAX: usize = 25;

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

/// What the rules need to know of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The 25-character preset of name lengths is in force.
    pub strict_names: bool,
    /// The program offers the product.
    pub product_is_known: bool,
}

/// Judges a request: the first rule it breaks, if any.
pub fn judge(facts: &Facts, new: &NewEnrollment) -> Option<Denial> {
    judge_names(facts, new)
        .or_else(|| judge_identity(new))
        .or_else(|| (new.wants_kyc && !new.person.has_phone).then_some(Denial::PhoneMissing))
        .or_else(|| new.product_code.is_none().then_some(Denial::ProductMissing))
        .or_else(|| (!facts.product_is_known).then_some(Denial::UnknownProduct))
        .or_else(|| new.person.home_state.as_deref().and_then(judge_region))
}

/// Business rules come last: they judge requests that are otherwise in order.
fn judge_region(state: &str) -> Option<Denial> {
    match state.to_ascii_uppercase().as_str() {
        "GU" | "PR" => Some(Denial::Region),
        code if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) => None,
        _ => Some(Denial::StateForm),
    }
}

fn judge_names(facts: &Facts, new: &NewEnrollment) -> Option<Denial> {
    let (first_max, last_max, middle_max) =
        if facts.strict_names { (STRICT_MAX, STRICT_MAX, STRICT_MAX) } else { (35, 35, 100) };
    let (first, last) = (&new.person.first_name, &new.person.last_name);
    let middle = new.person.middle_name.as_deref().unwrap_or_default();
    let length = |name: &str| name.chars().count();
    if !(1..=first_max).contains(&length(first)) {
        return Some(Denial::FirstNameLength(length(first), first_max));
    }
    if let Some(problem) = names::problem(first) {
        return Some(Denial::FirstNameCharacters(problem));
    }
    if !(2..=last_max).contains(&length(last)) {
        return Some(Denial::LastNameLength(length(last), last_max));
    }
    if let Some(problem) = names::problem(last) {
        return Some(Denial::LastNameCharacters(problem));
    }
    if length(middle) > middle_max {
        return Some(Denial::MiddleNameLength(length(middle), middle_max));
    }
    names::problem(middle).map(Denial::MiddleNameCharacters)
}

fn judge_identity(new: &NewEnrollment) -> Option<Denial> {
    let date = new.person.date_of_birth.as_deref();
    if date.is_some_and(|text| !is_date_of_birth(text)) {
        return Some(Denial::DateOfBirth);
    }
    match &new.person.identity {
        GivenIdentity::Ssn(number) if !has_digits(number, 9) => Some(Denial::SsnForm),
        GivenIdentity::SsnSuffix(last) if !has_digits(last, 4) => Some(Denial::SsnSuffixForm),
        _ => judge_additions(new),
    }
}

/// Judges what the repetition of an unfinished enrollment may add: all else was judged before.
pub fn judge_additions(new: &NewEnrollment) -> Option<Denial> {
    new.pin.as_ref().filter(|pin| !has_digits(&pin.0, 4)).map(|_| Denial::PinForm)
}

/// Exactly `count` digits and nothing else.
fn has_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `YYYY-MM-DD`, a day of the calendar, not before 1901.
fn is_date_of_birth(text: &str) -> bool {
    // The calendar's reader also takes signs and short fields.
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    has_form && parsed.is_ok_and(|date| date.year() >= 1901)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calendar_days_from_1901_are_dates_of_birth() {
        for (text, good) in [
            ("1990-01-20", true),
            ("1901-01-01", true),
            ("1900-12-31", false),
            ("1990-02-30", false),
            ("1990-1-2", false),
            ("01/20/1990", false),
            ("+1990-01-2", false),
            ("", false),
        ] {
            assert_eq!(is_date_of_birth(text), good, "{text}");
        }
    }
}
