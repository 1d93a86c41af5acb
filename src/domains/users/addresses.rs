//! Which addresses the vendor takes. Follows the field table, the KYC table and the response codes of
//! Enrollments API Endpoints; the characters are those of the page on valid characters.
//!
//! The list is judged as a whole first, then each address in the order given. The variants of
//! [`AddressDenial`] stand in the order of precedence.

use super::model::GivenAddress;
use super::rules::UserFacts;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;
use crate::kernel::regions;

/// Longest address line, in characters.
const LINE_MAX: usize = 40;
/// Shortest first line.
const LINE1_MIN: usize = 2;
/// Longest city.
const CITY_MAX: usize = 25;
/// The country of an address that names none.
const HOME_COUNTRY: &str = "USA";

/// Why the addresses of a person are refused; earlier variants win, and of those that name an
/// address (by its place in the list) the one that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressDenial {
    /// Two of one type.
    TypeTwice,
    /// Two are marked as the default.
    TwoDefaults,
    /// None is the home address.
    HomeMissing,
    /// The first line is missing, too short or too long.
    Line1Length(usize, usize),
    /// The first line holds this character.
    Line1Character(usize, char),
    /// The second line is too long.
    Line2Length(usize, usize),
    /// The second line holds this character.
    Line2Character(usize, char),
    /// The city is too long.
    CityLength(usize, usize),
    /// The product has plastic, and there is no city.
    CityMissing(usize),
    /// The city holds this character.
    CityCharacter(usize, char),
    /// The state is no postal code of two letters.
    State(usize),
    /// The ZIP code has neither five nor nine digits.
    Zip(usize),
    /// The type is missing or unknown.
    Type(usize),
    /// The identity is to be checked, and the home address does not say enough.
    HomeIncomplete(usize),
    /// The identity is to be checked, and the home address is a PO box.
    PostOfficeBox(usize),
    /// The identity is to be checked, and the home address is in another country.
    Foreign(usize),
}

impl AddressDenial {
    pub(super) fn code(self) -> &'static VendorCode {
        match self {
            AddressDenial::TypeTwice => &codes::ADDRESS_TYPE_TWICE,
            AddressDenial::TwoDefaults => &codes::ADDRESS_DEFAULTS,
            AddressDenial::HomeMissing => &codes::HOME_MISSING,
            AddressDenial::Line1Length(..) => &codes::ADDRESS_LINE1_LENGTH,
            AddressDenial::Line1Character(..) => &codes::ADDRESS_LINE1_CHARACTERS,
            AddressDenial::Line2Length(..) => &codes::ADDRESS_LINE2_LENGTH,
            AddressDenial::Line2Character(..) => &codes::ADDRESS_LINE2_CHARACTERS,
            AddressDenial::CityLength(..) | AddressDenial::CityMissing(_) => &codes::CITY_LENGTH,
            AddressDenial::CityCharacter(..) => &codes::CITY_CHARACTERS,
            AddressDenial::State(_) => &codes::STATE_FORM,
            AddressDenial::Zip(_) => &codes::ZIP_FORM,
            AddressDenial::Type(_) => &codes::ADDRESS_TYPE,
            AddressDenial::HomeIncomplete(_) => &codes::HOME_INCOMPLETE,
            AddressDenial::PostOfficeBox(_) | AddressDenial::Foreign(_) => &codes::HOME_UNFIT,
        }
    }

    /// The refusal with the facts that led to it. Names the member, never its text.
    pub fn refusal(self) -> Refusal {
        let refusal = Refusal::of(self.code());
        let counted = |at, member, found| {
            Refusal::of(self.code())
                .because(format!("addresses[{at}].{member} has {found} characters"))
        };
        let holds = |at, member, c: char| {
            let code = u32::from(c);
            Refusal::of(self.code())
                .because(format!("addresses[{at}].{member} holds the character U+{code:04X}"))
        };
        match self {
            AddressDenial::TypeTwice | AddressDenial::TwoDefaults | AddressDenial::HomeMissing => {
                refusal
            }
            AddressDenial::Line1Length(at, found) => counted(at, "addressLine1", found),
            AddressDenial::Line1Character(at, c) => holds(at, "addressLine1", c),
            AddressDenial::Line2Length(at, found) => counted(at, "addressLine2", found),
            AddressDenial::Line2Character(at, c) => holds(at, "addressLine2", c),
            AddressDenial::CityLength(at, found) => counted(at, "city", found),
            AddressDenial::CityMissing(at) => refusal
                .under("ENR-29")
                .saying("city is required.")
                .because(format!("addresses[{at}].city is missing, and it is required")),
            AddressDenial::CityCharacter(at, c) => holds(at, "city", c),
            AddressDenial::State(at) => refusal
                .saying(format!("addresses[{at}].state must be a two-letter code of the U.S.")),
            AddressDenial::Zip(at) => refusal.saying(format!(
                "addresses[{at}].zipCode must be 5 digits, or 9 of which 4 are cut off."
            )),
            AddressDenial::Type(at) => {
                refusal.saying(format!("addresses[{at}].type must be home, work or billing."))
            }
            AddressDenial::HomeIncomplete(at) => refusal.because(format!(
                "addresses[{at}] is the home address and lacks its first line, or both \
                 (city and state) and zipCode"
            )),
            AddressDenial::PostOfficeBox(at) => refusal.saying(format!(
                "addresses[{at}] is the home address and cannot be a PO box when KYC is executed."
            )),
            AddressDenial::Foreign(at) => refusal.saying(format!(
                "addresses[{at}] is the home address and must be in the USA when KYC is executed."
            )),
        }
    }
}

/// Judges the addresses of a person: the first rule they break, if any.
pub fn judge(facts: &UserFacts, addresses: &[GivenAddress]) -> Option<AddressDenial> {
    judge_list(addresses)
        .or_else(|| (0..).zip(addresses).find_map(|(at, address)| judge_one(facts, at, address)))
}

fn judge_list(addresses: &[GivenAddress]) -> Option<AddressDenial> {
    let kinds: Vec<&str> = addresses.iter().filter_map(|one| one.kind.as_deref()).collect();
    let is_twice = |(at, kind): (usize, &&str)| {
        kinds[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(kind))
    };
    if kinds.iter().enumerate().any(is_twice) {
        return Some(AddressDenial::TypeTwice);
    }
    if addresses.iter().filter(|one| one.is_default).count() > 1 {
        return Some(AddressDenial::TwoDefaults);
    }
    (!addresses.iter().any(GivenAddress::is_home)).then_some(AddressDenial::HomeMissing)
}

fn judge_one(facts: &UserFacts, at: usize, address: &GivenAddress) -> Option<AddressDenial> {
    let is_checked = facts.wants_kyc && address.is_home();
    // What such an address lacks has an answer of its own, which comes later.
    let is_incomplete = is_checked && !says_enough(address);
    judge_line1(at, address, is_incomplete)
        .or_else(|| judge_line2(at, address))
        .or_else(|| judge_city(at, address, facts.city_is_required && !is_incomplete))
        .or_else(|| judge_forms(at, address))
        .or_else(|| is_incomplete.then_some(AddressDenial::HomeIncomplete(at)))
        .or_else(|| is_checked.then(|| judge_place(at, address)).flatten())
}

fn judge_line1(at: usize, address: &GivenAddress, may_lack: bool) -> Option<AddressDenial> {
    let Some(line) = &address.line1 else {
        return (!may_lack).then_some(AddressDenial::Line1Length(at, 0));
    };
    let length = line.chars().count();
    if !(LINE1_MIN..=LINE_MAX).contains(&length) {
        return Some(AddressDenial::Line1Length(at, length));
    }
    wrong_character(line).map(|c| AddressDenial::Line1Character(at, c))
}

fn judge_line2(at: usize, address: &GivenAddress) -> Option<AddressDenial> {
    let line = address.line2.as_deref()?;
    let length = line.chars().count();
    if length > LINE_MAX {
        return Some(AddressDenial::Line2Length(at, length));
    }
    wrong_character(line).map(|c| AddressDenial::Line2Character(at, c))
}

fn judge_city(at: usize, address: &GivenAddress, is_required: bool) -> Option<AddressDenial> {
    let Some(city) = &address.city else {
        return is_required.then_some(AddressDenial::CityMissing(at));
    };
    let length = city.chars().count();
    if length > CITY_MAX {
        return Some(AddressDenial::CityLength(at, length));
    }
    wrong_character(city).map(|c| AddressDenial::CityCharacter(at, c))
}

fn judge_forms(at: usize, address: &GivenAddress) -> Option<AddressDenial> {
    if address.state.as_deref().is_some_and(|text| state(text).is_none()) {
        return Some(AddressDenial::State(at));
    }
    if address.zip.as_deref().is_some_and(|text| zip5(text).is_none()) {
        return Some(AddressDenial::Zip(at));
    }
    address.address_type().is_none().then_some(AddressDenial::Type(at))
}

fn judge_place(at: usize, address: &GivenAddress) -> Option<AddressDenial> {
    let lines = [&address.line1, &address.line2];
    if lines.into_iter().flatten().any(|line| is_post_office_box(line)) {
        return Some(AddressDenial::PostOfficeBox(at));
    }
    let is_foreign = country(address.country.as_deref()) != HOME_COUNTRY;
    is_foreign.then_some(AddressDenial::Foreign(at))
}

/// Enough to check an identity by: the first line, and either city and state or the ZIP code.
fn says_enough(address: &GivenAddress) -> bool {
    let has_city_and_state = address.city.is_some() && address.state.is_some();
    address.line1.is_some() && (has_city_and_state || address.zip.is_some())
}

/// The first character that lines and cities may not hold. The text must be in composed form.
pub fn wrong_character(text: &str) -> Option<char> {
    text.chars().find(|c| !is_allowed(*c))
}

/// The published table: codes 32 to 126 and 192 to 255 without some.
fn is_allowed(c: char) -> bool {
    match u32::from(c) {
        33..=34 | 36..=37 | 42..=43 | 58..=64 | 91..=96 | 123..=126 => false,
        215 | 217..=220 | 247 => false,
        32..=126 | 192..=255 => true,
        _ => false,
    }
}

/// The postal code of a state or territory in capitals, if it is one.
pub fn state(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    regions::is_postal_code(&code).then_some(code)
}

/// The five digits of a ZIP code written as `12345`, `12345-6789` or `123456789`.
pub fn zip5(text: &str) -> Option<String> {
    let has_form = match text.split_once('-') {
        Some((five, four)) => has_digits(five, 5) && has_digits(four, 4),
        None => has_digits(text, 5) || has_digits(text, 9),
    };
    text.get(..5).filter(|_| has_form).map(str::to_owned)
}

/// The country in capitals; the United States have one spelling.
pub fn country(text: Option<&str>) -> String {
    match text.unwrap_or(HOME_COUNTRY).to_uppercase().as_str() {
        "US" => HOME_COUNTRY.to_owned(),
        other => other.to_owned(),
    }
}

/// The ways to write a PO box, word by word; the last word may have its number at its end.
const BOXES: [&[&str]; 6] = [
    &["PO", "BOX"],
    &["P", "O", "BOX"],
    &["POBOX"],
    &["POST", "OFFICE", "BOX"],
    &["POB"],
    &["P", "O", "B"],
];

/// Whether a line is, or holds, a post office box: `PO Box 12`, `P.O. Box 12`, `POB 12`,
/// `Post Office Box 12`, in any case of letters. `12 Boxwood St` is none.
pub fn is_post_office_box(line: &str) -> bool {
    let line = line.to_uppercase();
    let is_between = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = line.split(is_between).filter(|word| !word.is_empty()).collect();
    (0..words.len()).any(|at| BOXES.iter().any(|spelling| reads(&words[at..], spelling)))
}

/// Whether the words begin with these, where the last one may end in digits.
fn reads(words: &[&str], spelling: &[&str]) -> bool {
    let Some((last, first)) = spelling.split_last() else { return false };
    let without_number = |word: &&str| word.trim_end_matches(|c: char| c.is_ascii_digit()) == *last;
    words.starts_with(first) && words.get(first.len()).is_some_and(without_number)
}
