//! The postal codes of the United States: which two letters name a state or something like one.

/// Every code of the postal service: states, the District of Columbia, territories, freely
/// associated states and the military's three.
pub const POSTAL_CODES: [&str; 62] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "FM", "MH", "PW", "AA", "AE", "AP",
];

/// Whether these are two capital letters of the list.
pub fn is_postal_code(code: &str) -> bool {
    POSTAL_CODES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_code_is_two_capital_letters_and_there_once() {
        let is_code = |code: &&str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        assert!(POSTAL_CODES.iter().all(is_code));
        assert_eq!(POSTAL_CODES.iter().collect::<HashSet<_>>().len(), POSTAL_CODES.len());
        assert!(is_postal_code("DC") && is_postal_code("GU"));
        assert!(!is_postal_code("ZZ") && !is_postal_code("ca"));
    }
}
