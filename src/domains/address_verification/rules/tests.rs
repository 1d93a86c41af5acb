//! The table of `docs/addresses.md`, and what holds for every address.

use super::*;
use proptest::prelude::*;

fn address(text: &str) -> PostalAddress {
    let parts: Vec<String> = text.split('|').map(|part| part.trim().to_owned()).collect();
    let [line1, line2, city, state, zip] = parts.try_into().unwrap();
    PostalAddress { line1, line2, city, state, zip }
}

fn text(suggestion: &Suggestion) -> String {
    let PostalAddress { line1, line2, city, state, zip } = &suggestion.address;
    format!("{line1}|{line2}|{city}|{state}|{zip} {}", suggestion.kind)
}

#[track_caller]
fn assert_verdict(given: &str, level: MatchLevel, suggested: &[&str]) {
    let verdict = verify(&address(given));
    let texts: Vec<String> = verdict.suggestions.iter().map(text).collect();
    assert_eq!((verdict.level, texts), (level, suggested.iter().map(|s| s.to_string()).collect()));
}

#[test]
fn adr_1_what_is_well_written_is_verified_unchanged() {
    for (given, kind) in [
        ("123 Timbuktu St||Pasadena|CA|91107", "street"),
        ("215 Main St.|Suite 200|Pasadena|CA|91107-1234", "highRise"),
        ("1600 Pennsylvania Ave NW||Washington|DC|20500", "street"),
        ("12-34 21st Rd|Ste 5B|Isle of Palms|NY|11101", "highRise"),
        ("PO Box 12||Pasadena|CA|91107", "postOfficeBox"),
        ("RR 2 Box 152||Sheridan|WY|82801", "street"),
        ("PSC 802 Box 74||APO|AE|09499", "military"),
        ("12 O'Brien-Smith Way|# 4|McLean|VA|22101", "highRise"),
    ] {
        assert_verdict(given, MatchLevel::Verified, &[&format!("{given} {kind}")]);
    }
}

#[test]
fn adr_1_spelling_is_corrected() {
    for (given, written) in [
        ("123 MAIN STREET||PASADENA|ca|91107", "123 Main St||Pasadena|CA|91107 street"),
        (
            "123 main avenue north||pasadena|California|911071234",
            "123 Main Ave N||Pasadena|CA|91107-1234 street",
        ),
        ("1 n. 21ST  Street,||st. paul|MN|55101", "1 N. 21st St||St. Paul|MN|55101 street"),
        (
            "123 Main St Apartment 5b||Pasadena|CA|91107",
            "123 Main St|Apt 5B|Pasadena|CA|91107 highRise",
        ),
        ("123 Main St, #5||Pasadena|CA|91107", "123 Main St|#5|Pasadena|CA|91107 highRise"),
        ("P.O. box #12||Pasadena|CA|91107", "PO Box 12||Pasadena|CA|91107 postOfficeBox"),
        ("post office box 12||Pasadena|CA|91107", "PO Box 12||Pasadena|CA|91107 postOfficeBox"),
        ("1 o'brien ct||ISLE OF PALMS|SC|29451", "1 O'Brien Ct||Isle of Palms|SC|29451 street"),
    ] {
        assert_verdict(given, MatchLevel::Verified, &[written]);
    }
}

#[test]
fn adr_1_what_is_incomplete_is_told_as_far_as_it_is_known() {
    for (given, level, suggested) in [
        (
            "Main Street||Pasadena|CA|91107",
            MatchLevel::StreetPartial,
            vec!["Main Street||Pasadena|CA|91107 street"],
        ),
        (
            "5th Avenue||New York|NY|10001",
            MatchLevel::StreetPartial,
            vec!["5th Avenue||New York|NY|10001 street"],
        ),
        (
            "PO Box||Pasadena|CA|91107",
            MatchLevel::StreetPartial,
            vec!["PO Box||Pasadena|CA|91107 postOfficeBox"],
        ),
        (
            "1 Main St|apt|Pasadena|CA|91107",
            MatchLevel::PremisesPartial,
            vec!["1 Main St|Apt|Pasadena|CA|91107 highRise"],
        ),
        (
            "1 Main St||Pasadena|NV|91107",
            MatchLevel::InteractionRequired,
            vec!["1 Main St||Pasadena|CA|91107 street"],
        ),
        (
            "1 Main St||Honolulu|CA|96701",
            MatchLevel::Multiple,
            vec!["1 Main St||Honolulu|HI|96701 street", "1 Main St||Honolulu|AS|96701 street"],
        ),
    ] {
        assert_verdict(given, level, &suggested);
    }
}

#[test]
fn adr_1_what_is_no_address_is_unknown() {
    for given in [
        "123||Pasadena|CA|91107",
        "1 Main St||12|CA|91107",
        "1 Main St||Pasadena|ZZ|91107",
        "1 Main St||Pasadena|CA|9110",
        "1 Main St||Pasadena|CA|91107-12",
        "1 Main St||Pasadena|CA|9110-71234",
        "1 Main St||Pasadena|CA|00012",
        "1 M@in St||Pasadena|CA|91107",
        "1 Main St||Pa{adena|CA|91107",
        "1 None St||Pasadena|CA|91107",
    ] {
        assert_verdict(given, MatchLevel::None, &[]);
    }
}

#[test]
fn adr_1_a_word_of_the_street_asks_for_a_level() {
    let unit = |unit| format!("1 Multiple St|Apt {unit}|Pasadena|CA|91107 highRise");
    let units = [unit(1), unit(2), unit(3)];
    assert_verdict(
        "1 multiple street||Pasadena|CA|91107",
        MatchLevel::Multiple,
        &units.each_ref().map(String::as_str),
    );
    for (given, level, written) in [
        (
            "1 InteractionRequired St||Pasadena|CA|91107",
            MatchLevel::InteractionRequired,
            "1 Confirmed St||Pasadena|CA|91107 street",
        ),
        (
            "1 premisesPartial St||Pasadena|CA|91107",
            MatchLevel::PremisesPartial,
            "1 premisesPartial St||Pasadena|CA|91107 street",
        ),
        (
            "1 StreetPartial St||Pasadena|CA|91107",
            MatchLevel::StreetPartial,
            "1 StreetPartial St||Pasadena|CA|91107 street",
        ),
        (
            "1 Verified St||Pasadena|CA|91107",
            MatchLevel::Verified,
            "1 Verified St||Pasadena|CA|91107 street",
        ),
        // With the unit that was missing, nothing is.
        (
            "1 premisesPartial St|Apt 7|Pasadena|CA|91107",
            MatchLevel::Verified,
            "1 premisesPartial St|Apt 7|Pasadena|CA|91107 highRise",
        ),
        (
            "1 Multiple St|Apt 2|Pasadena|CA|91107",
            MatchLevel::Verified,
            "1 Multiple St|Apt 2|Pasadena|CA|91107 highRise",
        ),
    ] {
        assert_verdict(given, level, &[written]);
    }
}

#[test]
fn adr_1_a_member_that_is_missing_or_too_long_is_named() {
    use AddressDenial::*;
    let some = |text: &str| Some(text.to_owned());
    let good = GivenAddress {
        line1: some("1 Main St"),
        line2: None,
        city: some("Pasadena"),
        state: some("CA"),
        zip: some("91107"),
    };
    for (given, denial) in [
        (GivenAddress::default(), Missing("addressLine1")),
        (GivenAddress { city: None, zip: None, ..good.clone() }, Missing("city")),
        (GivenAddress { state: None, ..good.clone() }, Missing("state")),
        (GivenAddress { zip: None, ..good.clone() }, Missing("zipCode")),
        (
            GivenAddress { line1: some(&"a".repeat(41)), ..good.clone() },
            TooLong("addressLine1", 40),
        ),
        (
            GivenAddress { line2: some(&"a".repeat(41)), ..good.clone() },
            TooLong("addressLine2", 40),
        ),
        (GivenAddress { city: some(&"a".repeat(26)), ..good.clone() }, TooLong("city", 25)),
        (GivenAddress { zip: some(&"1".repeat(26)), ..good.clone() }, TooLong("zipCode", 25)),
    ] {
        assert_eq!(read(&given), Err(denial));
    }
    assert!(read(&GivenAddress { line1: some(&"é".repeat(40)), ..good }).is_ok());
}

/// Words that the rules speak of, in odd spellings, and any others.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(1|12a|5TH|#|#4|,|\\.|-|st\\.|STREET|Avenue|court|north|NW|of|The|O'brien|a-b)",
        3 => "(apt|Apartment|unit|Ste\\.|floor|po|P\\.O\\.|BOX|pob|rr|PSC|Post|office)",
        3 => "(multiple|None|interactionRequired|PREMISESPARTIAL|StreetPartial|verified|confirmed)",
        2 => "[ -~À-ÿ]{1,8}",
        1 => "\\PC{1,4}",
    ]
}

fn line(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..6)
        .prop_map(move |words| words.join(" ").trim().chars().take(most).collect())
}

fn any_address() -> impl Strategy<Value = PostalAddress> {
    let state = "(CA|ca|California|NY|GU|hi|AE|ZZ|\\PC{0,3})";
    let zip = "(91107|911071234|10001-0001|96910|96701|09499|00012|[0-9-]{0,10})";
    (line(LINE_MAX), line(LINE_MAX), line(CITY_MAX), state, zip).prop_map(
        |(line1, line2, city, state, zip)| PostalAddress { line1, line2, city, state, zip },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is suggested is suggested again, alone, and may be given: it is no longer than
    /// what addresses may be.
    #[test]
    fn adr_1_every_address_has_an_answer_and_a_suggestion_suggests_itself(given in any_address()) {
        let verdict = verify(&given);
        prop_assert_eq!(&verify(&given), &verdict);
        prop_assert_eq!(verdict.level == MatchLevel::None, verdict.suggestions.is_empty());
        prop_assert!(verdict.suggestions.len() <= 5);
        for suggestion in &verdict.suggestions {
            let again = verify(&suggestion.address);
            prop_assert_eq!(&again.suggestions, std::slice::from_ref(suggestion));
            prop_assert!(suggestion.address.line1.chars().count() <= LINE_MAX);
            prop_assert!(suggestion.address.line2.chars().count() <= LINE_MAX);
            prop_assert!(suggestion.address.city.chars().count() <= CITY_MAX);
            prop_assert!(!suggestion.address.line1.is_empty());
        }
    }
}
