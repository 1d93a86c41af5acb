//! Which addresses the vendor takes. Follows the field table, the KYC table and the response codes
//! of Enrollments API Endpoints; the characters are those of the page on valid characters.
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
    /// The country is no code of two or three letters.
    Country(usize),
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
            AddressDenial::Country(_) => &codes::MEMBER_INVALID,
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
            AddressDenial::Country(at) => refusal
                .saying(format!("addresses[{at}].countryCode must be a code of 2 or 3 letters.")),
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
    if address.country.as_deref().is_some_and(|text| !is_country_code(text)) {
        return Some(AddressDenial::Country(at));
    }
    address.address_type().is_none().then_some(AddressDenial::Type(at))
}

fn is_country_code(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
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

#[cfg(test)]
mod tests {
    use super::AddressDenial::*;
    use super::*;
    use crate::domains::users::rules::tests::facts;
    use proptest::prelude::*;

    fn home() -> GivenAddress {
        let text = |text: &str| Some(text.to_owned());
        GivenAddress {
            line1: text("215 Main St."),
            line2: None,
            city: text("Pasadena"),
            state: text("CA"),
            zip: text("91107"),
            country: None,
            kind: text("home"),
            is_default: false,
        }
    }

    fn home_with(change: impl FnOnce(&mut GivenAddress)) -> GivenAddress {
        let mut address = home();
        change(&mut address);
        address
    }

    fn of_kind(kind: &str) -> GivenAddress {
        home_with(|it| it.kind = Some(kind.to_owned()))
    }

    #[track_caller]
    fn assert_judged(address: GivenAddress, denial: Option<AddressDenial>) {
        let shown = format!("{address:?}");
        assert_eq!(judge(&facts(), &[address]), denial, "{shown}");
    }

    #[test]
    fn enr_7_lines_and_city_have_their_lengths_in_composed_characters() {
        for (length, denial) in [
            (0, Some(Line1Length(0, 0))),
            (1, Some(Line1Length(0, 1))),
            (2, None),
            (40, None),
            (41, Some(Line1Length(0, 41))),
        ] {
            assert_judged(home_with(|it| it.line1 = Some("é".repeat(length))), denial);
        }
        for (length, denial) in [(1, None), (40, None), (41, Some(Line2Length(0, 41)))] {
            assert_judged(home_with(|it| it.line2 = Some("a".repeat(length))), denial);
        }
        for (length, denial) in [(1, None), (25, None), (26, Some(CityLength(0, 26)))] {
            assert_judged(home_with(|it| it.city = Some("a".repeat(length))), denial);
        }
        let work = home_with(|it| (it.kind, it.line1) = (Some("work".to_owned()), None));
        assert_eq!(judge(&facts(), &[home(), work]), Some(Line1Length(1, 0)));
    }

    #[test]
    fn enr_8_the_published_table_of_characters_holds() {
        let removed: Vec<u32> = [
            33..=34,
            36..=37,
            42..=43,
            58..=64,
            91..=96,
            123..=126,
            215..=215,
            217..=220,
            247..=247,
        ]
        .into_iter()
        .flatten()
        .collect();
        for code in 0..1024 {
            let Some(c) = char::from_u32(code) else { continue };
            let is_listed = (32..=126).contains(&code) || (192..=255).contains(&code);
            assert_eq!(is_allowed(c), is_listed && !removed.contains(&code), "{code}");
        }
        assert_eq!(wrong_character("12 Rua São João, #4 & 'B' (c/o) A-1."), None);
        assert_judged(home_with(|it| it.line1 = Some("1 Main * St".to_owned())), {
            Some(Line1Character(0, '*'))
        });
        assert_judged(home_with(|it| it.line2 = Some("c@d".to_owned())), {
            Some(Line2Character(0, '@'))
        });
        assert_judged(home_with(|it| it.city = Some("Łódź".to_owned())), {
            Some(CityCharacter(0, 'Ł'))
        });
    }

    #[test]
    fn enr_9_and_enr_10_and_enr_11_the_list_has_one_home_one_of_each_type_and_one_default() {
        let marked =
            |kind: &str| home_with(|it| (it.kind, it.is_default) = (Some(kind.to_owned()), true));
        for (addresses, denial) in [
            (vec![], Some(HomeMissing)),
            (vec![of_kind("work"), of_kind("billing")], Some(HomeMissing)),
            (vec![of_kind("Billing"), of_kind("HOME"), of_kind("work")], None),
            (vec![of_kind("home"), of_kind("Home")], Some(TypeTwice)),
            (vec![of_kind("work"), of_kind("home"), of_kind("WORK")], Some(TypeTwice)),
            (vec![marked("home"), marked("work")], Some(TwoDefaults)),
            (vec![of_kind("home"), marked("work")], None),
            // The earlier rule is answered.
            (vec![marked("work"), marked("Work")], Some(TypeTwice)),
            (vec![marked("work"), marked("billing")], Some(TwoDefaults)),
            (vec![of_kind("home"), of_kind("castle")], Some(Type(1))),
            (vec![home(), home_with(|it| it.kind = None)], Some(Type(1))),
        ] {
            let shown = format!("{addresses:?}");
            assert_eq!(judge(&facts(), &addresses), denial, "{shown}");
        }
    }

    #[test]
    fn enr_16_kyc_needs_the_first_line_and_either_city_and_state_or_zip() {
        let lacks = |line1: bool, city: bool, state: bool, zip: bool| {
            home_with(|it| {
                it.line1 = it.line1.take().filter(|_| !line1);
                it.city = it.city.take().filter(|_| !city);
                it.state = it.state.take().filter(|_| !state);
                it.zip = it.zip.take().filter(|_| !zip);
            })
        };
        let incomplete = Some(HomeIncomplete(0));
        for (address, denial) in [
            (lacks(false, false, false, false), None),
            (lacks(false, false, false, true), None),
            (lacks(false, false, true, false), None),
            (lacks(false, false, true, true), incomplete),
            (lacks(false, true, false, true), incomplete),
            (lacks(false, true, true, true), incomplete),
            (lacks(true, false, false, false), incomplete),
            // The city alone is missing: a product with plastic needs it.
            (lacks(false, true, false, false), Some(CityMissing(0))),
        ] {
            assert_judged(address, denial);
        }
        let relaxed = UserFacts { wants_kyc: false, ..facts() };
        let judged = |address| judge(&relaxed, &[address]);
        assert_eq!(judged(lacks(false, false, true, true)), None);
        assert_eq!(judged(lacks(true, false, false, false)), Some(Line1Length(0, 0)));
    }

    #[test]
    fn enr_29_a_city_is_needed_where_the_program_says_so() {
        let nowhere = || home_with(|it| it.city = None);
        assert_eq!(judge(&facts(), &[nowhere()]), Some(CityMissing(0)));
        let refusal = CityMissing(0).refusal();
        assert_eq!((refusal.rule, refusal.code.sub_code), ("ENR-29", 504));
        let relaxed = UserFacts { city_is_required: false, ..facts() };
        assert_eq!(judge(&relaxed, &[nowhere()]), None);
    }

    #[test]
    fn enr_22_and_enr_23_states_and_zip_codes_have_their_forms() {
        for text in ["", "C", "CAL", "California", "ZZ", "C4", "Ça"] {
            assert_judged(home_with(|it| it.state = Some(text.to_owned())), Some(State(0)));
        }
        for (text, code) in [("CA", "CA"), ("dc", "DC"), ("Gu", "GU"), ("VI", "VI")] {
            assert_eq!(state(text).as_deref(), Some(code));
        }
        for text in ["", "9110", "911011", "91101-", "91101-123", "91101 2345", "-91101", "9110l"] {
            assert_judged(home_with(|it| it.zip = Some(text.to_owned())), Some(Zip(0)));
        }
        for text in ["91101", "91101-2345", "911012345"] {
            assert_eq!(zip5(text).as_deref(), Some("91101"));
        }
    }

    #[test]
    fn enr_25_kyc_takes_no_post_office_box_and_no_other_country() {
        for line in [
            "PO Box 12",
            "P.O. Box 12",
            "p.o.box 12",
            "P O BOX 12",
            "POBox12",
            "POB 12",
            "P.O.B. 12",
            "Post Office Box 7",
            "c/o Ann Lee, PO-BOX 12",
        ] {
            assert!(is_post_office_box(line), "{line}");
            assert_judged(home_with(|it| it.line1 = Some(line.to_owned())), Some(PostOfficeBox(0)));
            assert_judged(home_with(|it| it.line2 = Some(line.to_owned())), Some(PostOfficeBox(0)));
        }
        for line in ["12 Boxwood St", "1 Po Boxer Rd", "4 Alpo Box Ln", "9 Post Office Rd", "Box"] {
            assert_judged(home_with(|it| it.line1 = Some(line.to_owned())), None);
        }
        for (code, denial) in
            [("USA", None), ("us", None), ("CAN", Some(Foreign(0))), ("MX", Some(Foreign(0)))]
        {
            assert_judged(home_with(|it| it.country = Some(code.to_owned())), denial);
        }
        let abroad = home_with(|it| {
            (it.kind, it.country) = (Some("work".to_owned()), Some("MEX".to_owned()));
            it.line1 = Some("PO Box 12".to_owned());
        });
        assert_eq!(judge(&facts(), &[home(), abroad.clone()]), None);
        let relaxed = UserFacts { wants_kyc: false, ..facts() };
        assert_eq!(judge(&relaxed, &[GivenAddress { kind: home().kind, ..abroad }]), None);
    }

    #[test]
    fn env_3_the_earlier_rule_and_the_earlier_address_win() {
        let mut wrong = home_with(|it| {
            it.line1 = Some("*".to_owned());
            it.line2 = Some("*".repeat(41));
            it.city = Some("*".repeat(26));
            it.state = Some("X".to_owned());
            it.zip = Some("X".to_owned());
            it.kind = Some("home".to_owned());
            it.country = Some("MEX".to_owned());
        });
        let mut expect = |denial, mend: fn(&mut GivenAddress)| {
            assert_eq!(judge(&facts(), std::slice::from_ref(&wrong)), Some(denial));
            mend(&mut wrong);
        };
        expect(Line1Length(0, 1), |it| it.line1 = Some("PO Box *".to_owned()));
        expect(Line1Character(0, '*'), |it| it.line1 = Some("PO Box 1".to_owned()));
        expect(Line2Length(0, 41), |it| it.line2 = Some("*".to_owned()));
        expect(Line2Character(0, '*'), |it| it.line2 = None);
        expect(CityLength(0, 26), |it| it.city = Some("*".to_owned()));
        expect(CityCharacter(0, '*'), |it| it.city = Some("Pasadena".to_owned()));
        expect(State(0), |it| it.state = None);
        expect(Zip(0), |it| it.zip = None);
        expect(HomeIncomplete(0), |it| it.zip = Some("91101".to_owned()));
        expect(PostOfficeBox(0), |it| it.line1 = Some("1 Main St".to_owned()));
        expect(Foreign(0), |it| it.country = None);
        assert_eq!(judge(&facts(), &[wrong]), None);
        let late = home_with(|it| it.zip = Some(String::new()));
        let early = home_with(|it| (it.kind, it.line1) = (Some("work".to_owned()), None));
        assert_eq!(judge(&facts(), &[late, early]), Some(Zip(0)));
    }

    proptest! {
        #[test]
        fn enr_23_nine_digits_are_cut_to_five(digits in "[0-9]{9}") {
            let (five, four) = digits.split_at(5);
            for text in [five.to_owned(), digits.clone(), format!("{five}-{four}")] {
                prop_assert_eq!(zip5(&text), Some(five.to_owned()));
            }
        }

        #[test]
        fn enr_22_and_enr_23_any_text_is_judged(text in "\\PC{0,12}") {
            let kept = zip5(&text);
            prop_assert!(kept.is_none_or(|zip| has_digits(&zip, 5) && text.starts_with(&zip)));
            let kept = state(&text);
            prop_assert!(kept.is_none_or(|code| code.eq_ignore_ascii_case(&text)));
        }

        #[test]
        fn enr_25_any_line_is_read(line in "\\PC{0,40}", number in 0u32..100_000) {
            prop_assert!(!is_post_office_box(&line) || line.to_uppercase().contains('P'));
            let with_box = format!("{line}, P.O. Box {number}");
            prop_assert!(is_post_office_box(&with_box));
        }
    }
}
