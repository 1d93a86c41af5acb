//! What can be said of an address: the table of `docs/addresses.md`, row by row. Pure.

mod places;
mod spelling;

use self::places::State;
use super::model::{AddressKind, GivenAddress, MatchLevel, PostalAddress, Suggestion, Verdict};
use crate::domains::users::rules::{is_post_office_box, wrong_character};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Longest address line, in characters: that of user data.
const LINE_MAX: usize = 40;
/// Longest city.
const CITY_MAX: usize = 25;
/// Longest text that may be a state or a ZIP code.
const TEXT_MAX: usize = 25;
/// What the word of a tester becomes in the address that the customer confirms.
const CONFIRMED: &str = "Confirmed";
/// Units of a building of which the customer is to choose one.
const UNITS: [&str; 3] = ["Apt 1", "Apt 2", "Apt 3"];

/// Why an address is not verified at all; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressDenial {
    /// A member is missing.
    Missing(&'static str),
    /// A member has more characters than this.
    TooLong(&'static str, usize),
}

impl AddressDenial {
    /// The refusal. Names the member, never its text.
    pub fn refusal(self) -> Refusal {
        match self {
            AddressDenial::Missing(member) => Refusal::of(&codes::VERIFICATION_MEMBER_MISSING)
                .under("ADR-1")
                .saying(format!("{member} is required.")),
            AddressDenial::TooLong(member, most) => Refusal::of(&codes::MEMBER_INVALID)
                .under("ADR-1")
                .saying(format!("{member} must have at most {most} characters.")),
        }
    }
}

/// Reads an address, or names the first member that will not do.
pub fn read(given: &GivenAddress) -> Result<PostalAddress, AddressDenial> {
    let needed = |member, text: &Option<String>| text.clone().ok_or(AddressDenial::Missing(member));
    let address = PostalAddress {
        line1: needed("addressLine1", &given.line1)?,
        line2: given.line2.clone().unwrap_or_default(),
        city: needed("city", &given.city)?,
        state: needed("state", &given.state)?,
        zip: needed("zipCode", &given.zip)?,
    };
    let lengths = [
        ("addressLine1", &address.line1, LINE_MAX),
        ("addressLine2", &address.line2, LINE_MAX),
        ("city", &address.city, CITY_MAX),
        ("state", &address.state, TEXT_MAX),
        ("zipCode", &address.zip, TEXT_MAX),
    ];
    let long = lengths.into_iter().find(|(_, text, most)| text.chars().count() > *most);
    match long {
        Some((member, _, most)) => Err(AddressDenial::TooLong(member, most)),
        None => Ok(address),
    }
}

/// Says what can be said of an address.
pub fn verify(given: &PostalAddress) -> Verdict {
    let Some(known) = Known::of(given) else { return unknown() };
    let marker = known.marker();
    if marker == Some(MatchLevel::None) {
        return unknown();
    }
    let is_unit_wanted = known.written.line2.is_empty();
    let mut candidates = known.candidates();
    let level = match marker {
        Some(MatchLevel::InteractionRequired) => {
            candidates.iter_mut().for_each(|one| one.address.line1 = confirmed(&one.address.line1));
            MatchLevel::InteractionRequired
        }
        Some(MatchLevel::Multiple) if is_unit_wanted => {
            candidates.truncate(1);
            candidates = candidates.iter().flat_map(in_units).collect();
            MatchLevel::Multiple
        }
        Some(MatchLevel::PremisesPartial) if is_unit_wanted => MatchLevel::PremisesPartial,
        Some(MatchLevel::StreetPartial) => MatchLevel::StreetPartial,
        _ => known.level(),
    };
    Verdict { level, suggestions: candidates }
}

fn unknown() -> Verdict {
    Verdict { level: MatchLevel::None, suggestions: Vec::new() }
}

/// An address that can be one, as it is written.
struct Known {
    written: PostalAddress,
    /// The states that it may be in: the one given, or those of its ZIP code.
    states: Vec<&'static State>,
    is_state_right: bool,
}

impl Known {
    fn of(given: &PostalAddress) -> Option<Self> {
        let texts = [&given.line1, &given.line2, &given.city];
        if texts.into_iter().any(|text| wrong_character(text).is_some()) {
            return None;
        }
        let has_letter = |text: &String| text.chars().any(char::is_alphabetic);
        if !has_letter(&given.line1) || !has_letter(&given.city) {
            return None;
        }
        let state = places::state(&given.state)?;
        let zip = spelling::zip(&given.zip)?;
        let is_state_right = state.has(&zip);
        let states = if is_state_right { vec![state] } else { places::states_of(&zip) };
        let written = spelling::written(given, state.code, &zip);
        (!states.is_empty()).then_some(Self { written, states, is_state_right })
    }

    /// The level that a tester has written into the first line: its first word that is one.
    fn marker(&self) -> Option<MatchLevel> {
        self.written.line1.split(' ').find_map(level_of_word)
    }

    fn candidates(&self) -> Vec<Suggestion> {
        let within = |state: &&State| {
            let address = PostalAddress { state: state.code.to_owned(), ..self.written.clone() };
            let kind = kind(&address, state);
            Suggestion { address, kind }
        };
        self.states.iter().map(within).collect()
    }

    /// The level without a tester's word.
    fn level(&self) -> MatchLevel {
        let is_military = self.states.iter().any(|state| state.is_military());
        if self.states.len() > 1 {
            MatchLevel::Multiple
        } else if !self.is_state_right {
            MatchLevel::InteractionRequired
        } else if !spelling::is_numbered(&self.written.line1, is_military) {
            MatchLevel::StreetPartial
        } else if spelling::lacks_unit(&self.written.line2) {
            MatchLevel::PremisesPartial
        } else {
            MatchLevel::Verified
        }
    }
}

/// The level that a word names. `verified` is no marker: it needs none.
fn level_of_word(word: &str) -> Option<MatchLevel> {
    let word = word.trim_end_matches('.');
    let is_it = |level: &MatchLevel| level.as_str().eq_ignore_ascii_case(word);
    let level = MatchLevel::ALL.iter().copied().find(is_it);
    level.filter(|level| *level != MatchLevel::Verified)
}

fn confirmed(line: &str) -> String {
    let word = |word| if level_of_word(word).is_some() { CONFIRMED } else { word };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn in_units(house: &Suggestion) -> Vec<Suggestion> {
    let unit = |unit: &str| {
        let address = PostalAddress { line2: unit.to_owned(), ..house.address.clone() };
        let kind = match house.kind {
            AddressKind::Street => AddressKind::HighRise,
            other => other,
        };
        Suggestion { address, kind }
    };
    UNITS.into_iter().map(unit).collect()
}

fn kind(address: &PostalAddress, state: &State) -> AddressKind {
    if state.is_military() {
        AddressKind::Military
    } else if is_post_office_box(&address.line1) || is_post_office_box(&address.line2) {
        AddressKind::PostOfficeBox
    } else if address.line2.is_empty() {
        AddressKind::Street
    } else {
        AddressKind::HighRise
    }
}

#[cfg(test)]
mod tests;
