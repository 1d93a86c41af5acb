//! When a user document is refused. Pure: no clock, no database.
//!
//! The variants of [`UserDenial`] stand in the order of precedence: of several faults in one
//! document the earliest is answered, and it alone.

pub mod renaming;

use chrono::{Datelike, NaiveDate};

use super::addresses::{self, AddressDenial};
pub use super::addresses::{is_post_office_box, wrong_character};
use super::model::{GivenIdentity, GivenPhone, IdentityClash, NewPerson, WantedNumber};
use super::names::{self, Letters, NameProblem};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::parse_day;

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

/// Judges a change of what is on file: of the parts that are given, each together with what it
/// leaves as it was. What is not touched is not judged again.
pub fn judge_change(
    facts: &UserFacts,
    given: &NewPerson,
    changed: &NewPerson,
) -> Option<UserDenial> {
    let addresses = (!given.addresses.is_empty()).then_some(&changed.addresses);
    addresses
        .and_then(|all| addresses::judge(facts, all).map(UserDenial::Address))
        .or_else(|| {
            let phones = (!given.phones.is_empty()).then_some(&changed.phones);
            phones.and_then(|all| judge_phones(facts, all))
        })
        .or_else(|| given.email.as_deref().and_then(|text| judge_email(facts, text)))
        .or_else(|| {
            // Of what identifies a person, too, a part may come alone.
            let parts = NewPerson { has_identifying_data: false, ..given.clone() };
            let facts = UserFacts { wants_kyc: false, ..*facts };
            judge_birth(&facts, &parts).or_else(|| judge_identity(&facts, &parts))
        })
}

/// Judges the three names of a person.
pub fn judge_names(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
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

/// Judges an e-mail address.
pub fn judge_email(facts: &UserFacts, text: &str) -> Option<UserDenial> {
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
        let is_wanted = person.has_identifying_data || facts.wants_kyc;
        return is_wanted.then_some(UserDenial::DateOfBirthMissing);
    };
    birth_problem(text, facts.today).map(UserDenial::DateOfBirth)
}

fn birth_problem(text: &str, today: NaiveDate) -> Option<BirthProblem> {
    let Some(date) = parse_day(text) else { return Some(BirthProblem::Form) };
    if date.year() < FIRST_YEAR {
        return Some(BirthProblem::TooEarly);
    }
    match today.years_since(date) {
        None => Some(BirthProblem::ToCome),
        Some(years) if years < ADULT_YEARS => Some(BirthProblem::Minor),
        Some(_) => None,
    }
}

fn judge_identity(facts: &UserFacts, person: &NewPerson) -> Option<UserDenial> {
    match &person.identity {
        GivenIdentity::Clash(clash) => Some(UserDenial::IdentityClash(*clash)),
        GivenIdentity::None => {
            (person.has_identifying_data || facts.wants_kyc).then_some(UserDenial::IdentityMissing)
        }
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

#[cfg(test)]
pub(in crate::domains) mod tests {
    use super::*;
    use crate::domains::users::model::GivenAddress;
    use proptest::prelude::*;

    /// What a default program says on 2031-05-06, where KYC is asked for.
    pub fn facts() -> UserFacts {
        UserFacts {
            strict_names: false,
            letters: Letters::Latin,
            city_is_required: true,
            wants_kyc: true,
            pie_mode: true,
            wanted_number: WantedNumber::Either,
            today: day("2031-05-06"),
        }
    }

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn phone(number: &str, kind: &str) -> GivenPhone {
        let text = |text: &str| Some(text.to_owned());
        GivenPhone { number: text(number), kind: text(kind), is_default: false }
    }

    /// A person who passes.
    pub fn person() -> NewPerson {
        let text = |text: &str| Some(text.to_owned());
        NewPerson {
            first_name: "Ann".to_owned(),
            middle_name: None,
            last_name: "Lee".to_owned(),
            has_identifying_data: true,
            date_of_birth: text("1990-01-20"),
            identity: GivenIdentity::Ssn("100000001".to_owned()),
            addresses: vec![GivenAddress {
                line1: text("215 Main St."),
                city: text("Pasadena"),
                state: text("CA"),
                zip: text("91107"),
                kind: text("home"),
                ..GivenAddress::default()
            }],
            email: text("ann@example.com"),
            phones: vec![phone("6265550101", "mobile")],
        }
    }

    #[track_caller]
    fn assert_judged(change: impl FnOnce(&mut NewPerson), denial: Option<UserDenial>) {
        let mut person = person();
        change(&mut person);
        assert_eq!(judge(&facts(), &person), denial, "{person:?}");
    }

    #[test]
    fn a_good_person_passes_and_nobody_begins_with_the_first_name() {
        assert_judged(|_| {}, None);
        let nobody = crate::domains::users::wire::UserData::default().person();
        assert_eq!(judge(&facts(), &nobody), Some(UserDenial::FirstNameLength(0, 35)));
    }

    #[test]
    fn enr_13_and_enr_15_phones_have_ten_digits_a_type_and_one_default() {
        for number in ["", "626555010", "62655501011", "626-555-0101", "+6265550101", "626555010x"]
        {
            let denial = Some(UserDenial::PhoneNumber(1));
            assert_judged(|it| it.phones.push(phone(number, "work")), denial);
        }
        for kind in ["", "fax", "cell"] {
            let denial = Some(UserDenial::PhoneType(1));
            assert_judged(|it| it.phones.push(phone("6265550102", kind)), denial);
        }
        for kind in ["mobile", "home", "WORK"] {
            assert_judged(|it| it.phones.push(phone("6265550102", kind)), None);
        }
        assert_judged(|it| it.phones[0].number = None, Some(UserDenial::PhoneNumber(0)));
        assert_judged(|it| it.phones[0].kind = None, Some(UserDenial::PhoneType(0)));
        let marked = |kind| GivenPhone { is_default: true, ..phone("6265550102", kind) };
        assert_judged(|it| it.phones.push(marked("home")), None);
        let two = |it: &mut NewPerson| it.phones.extend([marked("home"), marked("work")]);
        assert_judged(two, Some(UserDenial::TwoDefaultPhones));
    }

    #[test]
    fn enr_14_a_phone_is_needed_for_kyc_alone() {
        assert_judged(|it| it.phones.clear(), Some(UserDenial::PhoneMissing));
        let mut person = person();
        person.phones.clear();
        let relaxed = UserFacts { wants_kyc: false, ..facts() };
        assert_eq!(judge(&relaxed, &person), None);
    }

    #[test]
    fn enr_24_an_email_address_has_its_length_and_form_and_a_plus_sign_only_in_pie_mode() {
        let longest = format!("{}@example.com", "a".repeat(255 - "@example.com".len()));
        let production = UserFacts { pie_mode: false, ..facts() };
        let plus = Some(UserDenial::EmailPlus);
        for (text, in_pie, outside) in [
            ("ann@example.com".to_owned(), None, None),
            ("ann+1@example.com".to_owned(), None, plus),
            ("ann@a+b.example.com".to_owned(), None, None),
            (longest.clone(), None, None),
            (format!("a{longest}"), Some(UserDenial::EmailLength(256)), {
                Some(UserDenial::EmailLength(256))
            }),
        ] {
            assert_eq!(judge_email(&facts(), &text), in_pie, "{text}");
            assert_eq!(judge_email(&production, &text), outside, "{text}");
        }
        for text in ["ann", "@example.com", "ann@", "a@b@c", "a nn@example.com", "ann@x\n"] {
            assert_eq!(judge_email(&facts(), text), Some(UserDenial::EmailForm), "{text:?}");
        }
        assert_judged(|it| it.email = None, None);
    }

    #[test]
    fn enr_17_a_birth_date_is_a_day_from_1901_and_18_years_ago() {
        for (text, problem) in [
            ("1990-01-20", None),
            ("1901-01-01", None),
            ("2013-05-06", None),
            ("2012-02-29", None),
            ("1900-12-31", Some(BirthProblem::TooEarly)),
            ("1990-02-30", Some(BirthProblem::Form)),
            ("1990-1-2", Some(BirthProblem::Form)),
            ("01/20/1990", Some(BirthProblem::Form)),
            ("+1990-01-2", Some(BirthProblem::Form)),
            ("1990-01-20T00:00:00Z", Some(BirthProblem::Form)),
            ("", Some(BirthProblem::Form)),
            ("2013-05-07", Some(BirthProblem::Minor)),
            ("2031-05-06", Some(BirthProblem::Minor)),
            ("2031-05-07", Some(BirthProblem::ToCome)),
            ("9999-12-31", Some(BirthProblem::ToCome)),
        ] {
            assert_eq!(birth_problem(text, facts().today), problem, "{text}");
            let given = |it: &mut NewPerson| it.date_of_birth = Some(text.to_owned());
            assert_judged(given, problem.map(UserDenial::DateOfBirth));
        }
        // Who is born on a leap day comes of age on the first of March.
        assert_eq!(birth_problem("2012-02-29", day("2030-02-28")), Some(BirthProblem::Minor));
        assert_eq!(birth_problem("2012-02-29", day("2030-03-01")), None);
    }

    #[test]
    fn enr_18_identifying_data_has_a_birth_date() {
        assert_judged(|it| it.date_of_birth = None, Some(UserDenial::DateOfBirthMissing));
        let without = |it: &mut NewPerson| {
            (it.has_identifying_data, it.date_of_birth) = (false, None);
            it.identity = GivenIdentity::None;
        };
        // The identity check needs them; without it they may be left out altogether.
        assert_judged(without, Some(UserDenial::DateOfBirthMissing));
        let mut unchecked = person();
        without(&mut unchecked);
        assert_eq!(judge(&UserFacts { wants_kyc: false, ..facts() }, &unchecked), None);
    }

    // Proves ENR-19, ENR-20, ENR-21.
    #[test]
    fn one_identity_of_the_right_form_is_given() {
        let text = str::to_owned;
        for (identity, denial) in [
            (GivenIdentity::Ssn(text("100000001")), None),
            (GivenIdentity::Ssn(text("10000000")), Some(UserDenial::SsnForm)),
            (GivenIdentity::Ssn(text("1000000011")), Some(UserDenial::SsnForm)),
            (GivenIdentity::Ssn(text("100-00-001")), Some(UserDenial::SsnForm)),
            (GivenIdentity::SsnSuffix(text("0001")), None),
            (GivenIdentity::SsnSuffix(text("001")), Some(UserDenial::SsnSuffixForm)),
            (GivenIdentity::SsnSuffix(text("00001")), Some(UserDenial::SsnSuffixForm)),
            (GivenIdentity::SsnSuffix(text("000x")), Some(UserDenial::SsnSuffixForm)),
            (GivenIdentity::Onboarding(text("any")), None),
            (GivenIdentity::None, Some(UserDenial::IdentityMissing)),
            (GivenIdentity::Clash(IdentityClash::SsnAndSuffix), {
                Some(UserDenial::IdentityClash(IdentityClash::SsnAndSuffix))
            }),
            (GivenIdentity::Clash(IdentityClash::OnboardingAndSsn), {
                Some(UserDenial::IdentityClash(IdentityClash::OnboardingAndSsn))
            }),
        ] {
            assert_judged(|it| it.identity = identity, denial);
        }
    }

    #[test]
    fn enr_21_the_product_says_which_number_it_wants() {
        let whole = NewPerson { identity: GivenIdentity::Ssn("100000001".to_owned()), ..person() };
        let last4 = NewPerson { identity: GivenIdentity::SsnSuffix("0001".to_owned()), ..person() };
        let scan = NewPerson { identity: GivenIdentity::Onboarding("x".to_owned()), ..person() };
        for (wanted_number, of_whole, of_last4) in [
            (WantedNumber::Either, None, None),
            (WantedNumber::Ssn, None, Some(UserDenial::SsnWanted)),
            (WantedNumber::SsnSuffix, Some(UserDenial::SsnSuffixWanted), None),
        ] {
            let facts = UserFacts { wanted_number, ..facts() };
            let judged = [&whole, &last4, &scan].map(|person| judge(&facts, person));
            assert_eq!(judged, [of_whole, of_last4, None], "{wanted_number:?}");
        }
    }

    #[test]
    fn env_3_the_earlier_rule_wins() {
        let mut wrong = crate::domains::users::wire::UserData::default().person();
        wrong.first_name = "*".repeat(36);
        wrong.last_name = "*".to_owned();
        wrong.middle_name = Some("*".repeat(101));
        wrong.has_identifying_data = true;
        wrong.identity = GivenIdentity::Ssn("1".to_owned());
        wrong.email = Some(format!("+{}", "a".repeat(255)));
        let star = NameProblem::Character('*');
        let facts = UserFacts { pie_mode: false, ..facts() };
        let mut expect = |denial, mend: fn(&mut NewPerson)| {
            assert_eq!(judge(&facts, &wrong), Some(denial));
            mend(&mut wrong);
        };
        expect(UserDenial::FirstNameLength(36, 35), |it| it.first_name = "*".to_owned());
        expect(UserDenial::FirstNameCharacters(star), |it| it.first_name = "Ann".to_owned());
        expect(UserDenial::LastNameLength(1, 35), |it| it.last_name = "**".to_owned());
        expect(UserDenial::LastNameCharacters(star), |it| it.last_name = "Lee".to_owned());
        expect(UserDenial::MiddleNameLength(101, 100), |it| it.middle_name = Some("*".to_owned()));
        expect(UserDenial::MiddleNameCharacters(star), |it| it.middle_name = None);
        let missing = UserDenial::Address(AddressDenial::HomeMissing);
        expect(missing, |it| it.addresses = person().addresses);
        expect(UserDenial::PhoneMissing, |it| {
            let wrong = GivenPhone { is_default: true, ..phone("x", "x") };
            it.phones = vec![wrong.clone(), GivenPhone { kind: phone("", "work").kind, ..wrong }];
        });
        expect(UserDenial::PhoneNumber(0), |it| {
            it.phones[0].number = person().phones[0].number.clone()
        });
        expect(UserDenial::PhoneType(0), |it| it.phones[0].kind = phone("", "home").kind);
        expect(UserDenial::PhoneNumber(1), |it| it.phones[1].number = it.phones[0].number.clone());
        expect(UserDenial::TwoDefaultPhones, |it| it.phones[0].is_default = false);
        expect(UserDenial::EmailLength(256), |it| it.email = Some("+".to_owned()));
        expect(UserDenial::EmailPlus, |it| it.email = Some("ann".to_owned()));
        expect(UserDenial::EmailForm, |it| it.email = None);
        expect(UserDenial::DateOfBirthMissing, |it| it.date_of_birth = Some("x".to_owned()));
        expect(UserDenial::DateOfBirth(BirthProblem::Form), |it| {
            it.date_of_birth = person().date_of_birth;
        });
        expect(UserDenial::SsnForm, |it| it.identity = person().identity);
        assert_eq!(judge(&facts, &wrong), None);
    }

    proptest! {
        #[test]
        fn enr_15_ten_digits_are_a_phone_and_nothing_else_is(text in "[0-9+ -]{0,14}") {
            let mut person = person();
            person.phones = vec![phone(&text, "mobile")];
            let denial = (!has_digits(&text, 10)).then_some(UserDenial::PhoneNumber(0));
            prop_assert_eq!(judge(&facts(), &person), denial);
        }

        #[test]
        fn enr_17_any_text_is_judged_and_adults_pass(text in "\\PC{0,12}", days in 0u64..45_000) {
            let _ = birth_problem(&text, facts().today);
            let birth = facts().today - chrono::Days::new(days);
            let problem = birth_problem(&birth.to_string(), facts().today);
            prop_assert_eq!(problem.is_none(), birth <= day("2013-05-06"));
        }

        #[test]
        fn no_refusal_repeats_what_was_given(secret in "[0-9]{5,8}") {
            let mut person = person();
            person.identity = GivenIdentity::Ssn(secret.clone());
            let refusal = judge(&facts(), &person).map(UserDenial::refusal);
            prop_assert!(refusal.is_some_and(|it| !it.explanation().contains(&secret)));
        }
    }
}
