//! How an address is written: letter case, abbreviations, ZIP code, unit in its own line. Writing
//! what is written already changes nothing.

use crate::domains::address_verification::model::PostalAddress;
use crate::domains::users::rules::wrong_character;
use crate::kernel::digits::has_digits;

/// Words that are written in capitals.
const CAPITALS: [&str; 20] = [
    "N", "S", "E", "W", "NE", "NW", "SE", "SW", "PO", "RR", "HC", "PSC", "CMR", "APO", "FPO",
    "DPO", "US", "II", "III", "IV",
];
/// Words that are written small, unless they come first.
const SMALL: [&str; 5] = ["of", "the", "and", "at", "on"];
/// What the last word of a street is written as. Other spellings are left as they come.
const SUFFIXES: [(&str, &str); 14] = [
    ("street", "St"),
    ("avenue", "Ave"),
    ("boulevard", "Blvd"),
    ("drive", "Dr"),
    ("road", "Rd"),
    ("lane", "Ln"),
    ("court", "Ct"),
    ("place", "Pl"),
    ("terrace", "Ter"),
    ("circle", "Cir"),
    ("highway", "Hwy"),
    ("parkway", "Pkwy"),
    ("square", "Sq"),
    ("trail", "Trl"),
];
/// What a direction behind the street is written as.
const DIRECTIONS: [(&str, &str); 8] = [
    ("north", "N"),
    ("south", "S"),
    ("east", "E"),
    ("west", "W"),
    ("northeast", "NE"),
    ("northwest", "NW"),
    ("southeast", "SE"),
    ("southwest", "SW"),
];
/// What words of a second line are written as.
const UNITS: [(&str, &str); 4] =
    [("apartment", "Apt"), ("building", "Bldg"), ("floor", "Fl"), ("room", "Rm")];
/// Words before the number of a unit.
const UNIT_WORDS: [&str; 8] = ["apt", "apartment", "suite", "ste", "unit", "room", "rm", "#"];
/// The ways to begin a post office box, without dots.
const BOXES: [&[&str]; 5] =
    [&["po", "box"], &["p", "o", "box"], &["pobox"], &["pob"], &["post", "office", "box"]];
/// Longest number of a box.
const BOX_NUMBER_MAX: usize = 10;

/// An address as it is written, in a state of this code and with this ZIP code.
pub fn written(given: &PostalAddress, state: &str, zip: &str) -> PostalAddress {
    let mut line1 = words(&given.line1);
    let mut line2 = words(&given.line2);
    if let Some(number) = box_number(&line1) {
        line1 = vec!["PO".to_owned(), "Box".to_owned(), number];
    } else if line2.is_empty()
        && let Some(at) = unit_at(&line1)
    {
        line2 = line1.split_off(at);
    }
    abbreviate_street(&mut line1);
    let unit = |word: &mut String| *word = abbreviated(&UNITS, word).unwrap_or(word).to_owned();
    line2.iter_mut().for_each(unit);
    PostalAddress {
        line1: cased(&line1),
        line2: cased(&line2),
        city: cased(&words(&given.city)),
        state: state.to_owned(),
        zip: zip.to_owned(),
    }
}

/// A ZIP code of five digits, or of nine with a hyphen.
pub fn zip(text: &str) -> Option<String> {
    if has_digits(text, 5) {
        return Some(text.to_owned());
    }
    let nine = text.replacen('-', "", 1);
    let has_form = has_digits(&nine, 9) && [None, Some(5)].contains(&text.find('-'));
    has_form.then(|| format!("{}-{}", &nine[..5], &nine[5..]))
}

/// Whether a first line says where in its street: it begins with a number, or is a box. The
/// military's have their numbers anywhere.
pub fn is_numbered(line: &str, is_military: bool) -> bool {
    let words = words(line);
    let has_digit = |word: &String| word.bytes().any(|byte| byte.is_ascii_digit());
    let at = |at: usize| words.get(at).is_some_and(has_digit);
    let is_route = words.first().is_some_and(|word| ["RR", "HC"].contains(&word.as_str()));
    let is_house = at(0) && words.len() > 1 && !is_ordinal(&words[0]);
    let is_anywhere = is_military && words.iter().any(has_digit);
    is_house || is_anywhere || (is_route && at(1)) || box_number(&words).is_some()
}

/// Whether a second line names a kind of unit and not which.
pub fn lacks_unit(line: &str) -> bool {
    words(line).last().is_some_and(|word| is_unit_word(word))
}

/// Words, without commas around them.
fn words(text: &str) -> Vec<String> {
    let bare = text.split(' ').map(|word| word.trim_matches(','));
    bare.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn bare(word: &str) -> String {
    word.replace('.', "").to_lowercase()
}

fn abbreviated(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let word = bare(word);
    table.iter().find(|(long, _)| *long == word).map(|(_, short)| *short)
}

fn is_unit_word(word: &str) -> bool {
    UNIT_WORDS.contains(&bare(word).as_str())
}

/// The number of a line that is a post office box and nothing else.
fn box_number(line: &[String]) -> Option<String> {
    let (number, begin) = line.split_last()?;
    let begin: Vec<String> = begin.iter().flat_map(|word| dotted(word)).collect();
    let is_box = BOXES.iter().any(|spelling| begin == *spelling);
    let number = number.trim_start_matches('#').to_ascii_uppercase();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_number = number.bytes().all(is_plain)
        && number.bytes().any(|byte| byte.is_ascii_digit())
        && number.len() <= BOX_NUMBER_MAX;
    (is_box && is_number).then_some(number)
}

/// The parts of a word between dots, in small letters: `P.O.` is two.
fn dotted(word: &str) -> Vec<String> {
    word.split('.').filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

/// Where in a first line the unit begins, behind number and street.
fn unit_at(line: &[String]) -> Option<usize> {
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let is_unit = |word: &str| has_digit(word) || word.chars().count() == 1;
    if !line.first().is_some_and(|word| has_digit(word)) {
        return None;
    }
    let begins = |at: &usize| match &line[*at..] {
        [last] => is_unit_word(last) || (last.starts_with('#') && has_digit(last)),
        [word, unit] => is_unit_word(word) && is_unit(unit),
        _ => false,
    };
    (2..line.len()).find(begins)
}

/// Abbreviates the last word of the street, and the direction behind it.
fn abbreviate_street(line: &mut [String]) {
    let direction = line.last().and_then(|word| abbreviated(&DIRECTIONS, word));
    let is_suffix = |word: &String| {
        let word = bare(word);
        SUFFIXES.iter().any(|(long, short)| *long == word || short.to_lowercase() == word)
    };
    let [_, _, .., last] = line else { return };
    if let Some(short) = abbreviated(&SUFFIXES, last) {
        *last = short.to_owned();
        return;
    }
    let [_, _, .., street, last] = line else { return };
    if let Some(direction) = direction.filter(|_| is_suffix(street)) {
        *last = direction.to_owned();
        *street = abbreviated(&SUFFIXES, street).unwrap_or(street).to_owned();
    }
}

fn cased(words: &[String]) -> String {
    let cased = words.iter().enumerate().map(|(at, word)| cased_word(word, at == 0));
    cased.collect::<Vec<_>>().join(" ")
}

/// Words with digits in capitals, but for ordinals; others with one capital, unless they mix both
/// cases already.
fn cased_word(word: &str, is_first: bool) -> String {
    let (upper, lower) = (mapped(word, char::to_uppercase), mapped(word, char::to_lowercase));
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return if is_ordinal(&lower) { lower } else { upper };
    }
    if word != upper && word != lower {
        return word.to_owned();
    }
    if CAPITALS.contains(&upper.trim_end_matches('.')) {
        upper
    } else if !is_first && SMALL.contains(&lower.as_str()) {
        lower
    } else {
        lower.split('-').map(capitalised).collect::<Vec<_>>().join("-")
    }
}

/// `1st`, `22nd` in any case of letters.
fn is_ordinal(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let number = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
    number.is_some_and(|number| has_digits(number, number.len()) && !number.is_empty())
}

/// One capital in front; two in names like `O'Brien`.
fn capitalised(word: &str) -> String {
    match word.split_once('\'') {
        Some((first, rest)) if first.chars().count() == 1 => {
            format!("{}'{}", with_capital(first), with_capital(rest))
        }
        _ => with_capital(word),
    }
}

fn with_capital(word: &str) -> String {
    let mut chars = word.chars();
    let first: String = chars.by_ref().take(1).collect();
    mapped(&first, char::to_uppercase) + chars.as_str()
}

/// The word with each letter in another case, where one letter stays one that addresses may hold.
fn mapped<M: Iterator<Item = char>>(word: &str, map: impl Fn(char) -> M) -> String {
    let one = |c: char| {
        let text: String = map(c).collect();
        let is_one = text.chars().count() == 1 && wrong_character(&text).is_none();
        if is_one { text } else { c.to_string() }
    };
    word.chars().map(one).collect()
}
