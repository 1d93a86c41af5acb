//! The states, and which ZIP codes are theirs: the first three digits say it.

/// A state or something like one.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// Its postal code.
    pub code: &'static str,
    name: &'static str,
    /// First and last of each run of leading three digits.
    prefixes: &'static [(u16, u16)],
}

/// Every state, by name; territories and the military behind them.
#[rustfmt::skip]
pub const STATES: [State; 62] = [
    of("AL", "Alabama", &[(350, 352), (354, 369)]),
    of("AK", "Alaska", &[(995, 999)]),
    of("AZ", "Arizona", &[(850, 853), (855, 857), (859, 860), (863, 865)]),
    of("AR", "Arkansas", &[(716, 729)]),
    of("CA", "California", &[(900, 908), (910, 928), (930, 961)]),
    of("CO", "Colorado", &[(800, 816)]),
    of("CT", "Connecticut", &[(60, 69)]),
    of("DE", "Delaware", &[(197, 199)]),
    of("DC", "District of Columbia", &[(200, 200), (202, 205), (569, 569)]),
    of("FL", "Florida", &[(320, 339), (341, 342), (344, 344), (346, 347), (349, 349)]),
    of("GA", "Georgia", &[(300, 319), (398, 399)]),
    of("HI", "Hawaii", &[(967, 968)]),
    of("ID", "Idaho", &[(832, 838)]),
    of("IL", "Illinois", &[(600, 620), (622, 629)]),
    of("IN", "Indiana", &[(460, 479)]),
    of("IA", "Iowa", &[(500, 516), (520, 528)]),
    of("KS", "Kansas", &[(660, 662), (664, 679)]),
    of("KY", "Kentucky", &[(400, 418), (420, 427)]),
    of("LA", "Louisiana", &[(700, 701), (703, 708), (710, 714)]),
    of("ME", "Maine", &[(39, 49)]),
    of("MD", "Maryland", &[(206, 212), (214, 219)]),
    of("MA", "Massachusetts", &[(10, 27), (55, 55)]),
    of("MI", "Michigan", &[(480, 499)]),
    of("MN", "Minnesota", &[(550, 551), (553, 567)]),
    of("MS", "Mississippi", &[(386, 397)]),
    of("MO", "Missouri", &[(630, 631), (633, 641), (644, 658)]),
    of("MT", "Montana", &[(590, 599)]),
    of("NE", "Nebraska", &[(680, 681), (683, 693)]),
    of("NV", "Nevada", &[(889, 891), (893, 895), (897, 898)]),
    of("NH", "New Hampshire", &[(30, 38)]),
    of("NJ", "New Jersey", &[(70, 89)]),
    of("NM", "New Mexico", &[(870, 871), (873, 875), (877, 884)]),
    of("NY", "New York", &[(5, 5), (63, 63), (100, 149)]),
    of("NC", "North Carolina", &[(270, 289)]),
    of("ND", "North Dakota", &[(580, 588)]),
    of("OH", "Ohio", &[(430, 459)]),
    of("OK", "Oklahoma", &[(730, 731), (734, 741), (743, 749)]),
    of("OR", "Oregon", &[(970, 979)]),
    of("PA", "Pennsylvania", &[(150, 196)]),
    of("RI", "Rhode Island", &[(28, 29)]),
    of("SC", "South Carolina", &[(290, 299)]),
    of("SD", "South Dakota", &[(570, 577)]),
    of("TN", "Tennessee", &[(370, 385)]),
    of("TX", "Texas", &[(733, 733), (750, 770), (772, 799), (885, 885)]),
    of("UT", "Utah", &[(840, 847)]),
    of("VT", "Vermont", &[(50, 54), (56, 59)]),
    of("VA", "Virginia", &[(201, 201), (220, 246)]),
    of("WA", "Washington", &[(980, 986), (988, 994)]),
    of("WV", "West Virginia", &[(247, 268)]),
    of("WI", "Wisconsin", &[(530, 532), (534, 535), (537, 549)]),
    of("WY", "Wyoming", &[(820, 831), (834, 834)]),
    of("AS", "American Samoa", &[(967, 967)]),
    of("GU", "Guam", &[(969, 969)]),
    of("MP", "Northern Mariana Islands", &[(969, 969)]),
    of("PR", "Puerto Rico", &[(6, 7), (9, 9)]),
    of("VI", "Virgin Islands", &[(8, 8)]),
    of("FM", "Micronesia", &[(969, 969)]),
    of("MH", "Marshall Islands", &[(969, 969)]),
    of("PW", "Palau", &[(969, 969)]),
    of("AA", "Armed Forces Americas", &[(340, 340)]),
    of("AE", "Armed Forces Europe", &[(90, 99)]),
    of("AP", "Armed Forces Pacific", &[(962, 966)]),
];

const fn of(code: &'static str, name: &'static str, prefixes: &'static [(u16, u16)]) -> State {
    State { code, name, prefixes }
}

impl State {
    /// Whether a ZIP code can be one of its.
    pub fn has(&self, zip: &str) -> bool {
        let prefix = zip.get(..3).and_then(|digits| digits.parse::<u16>().ok());
        let is_within =
            |of: u16| self.prefixes.iter().any(|(from, to)| (*from..=*to).contains(&of));
        prefix.is_some_and(is_within)
    }

    /// Whether it is the military's.
    pub fn is_military(&self) -> bool {
        ["AA", "AE", "AP"].contains(&self.code)
    }
}

/// The state of this postal code or name, in any case of letters.
pub fn state(text: &str) -> Option<&'static State> {
    let is_it = |state: &&State| {
        state.code.eq_ignore_ascii_case(text) || state.name.eq_ignore_ascii_case(text)
    };
    STATES.iter().find(is_it)
}

/// The states that a ZIP code may be in; none if nobody has it.
pub fn states_of(zip: &str) -> Vec<&'static State> {
    STATES.iter().filter(|state| state.has(zip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::regions::POSTAL_CODES;
    use std::collections::HashSet;

    #[test]
    fn adr_1_each_state_is_there_once_with_its_zip_codes() {
        let codes: HashSet<&str> = STATES.iter().map(|state| state.code).collect();
        assert_eq!(codes, POSTAL_CODES.into_iter().collect());
        assert_eq!(codes.len(), STATES.len());
        for (code, zip) in [
            ("CA", "91107"),
            ("NY", "10001-1234"),
            ("NY", "06390"),
            ("MA", "02139"),
            ("DC", "20500"),
            ("VA", "20101"),
            ("TX", "73301"),
            ("PR", "00901"),
            ("AE", "09012"),
        ] {
            assert!(state(code).unwrap().has(zip), "{code} {zip}");
        }
        let name = state("new york").unwrap();
        assert_eq!((name.code, states_of("10001")), ("NY", vec![name]));
        assert!(states_of("00012").is_empty() && states_of("9").is_empty());
        assert_eq!(states_of("96910").len(), 5);
        assert_eq!(state("ZZ"), None);
    }

    #[test]
    fn a_run_of_leading_digits_begins_before_it_ends() {
        let runs = STATES.iter().flat_map(|state| state.prefixes);
        assert!(runs.into_iter().all(|(from, to)| from <= to && *to <= 999));
    }
}
