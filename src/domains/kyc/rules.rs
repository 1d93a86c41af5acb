//! When what is handed in at a gate has the wrong form. Pure: no clock, no database.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::model::GivenDocument;
use crate::kernel::codes;
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;

/// Kinds of documents, compared without letter case.
const DOCUMENT_TYPES: [&str; 3] = ["driverslicense", "passport", "matricula"];
/// Countries whose documents are taken.
const DOCUMENT_COUNTRIES: [&str; 2] = ["USA", "MEX"];

/// Why a member will not do. Numbers and pictures are never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It is not there.
    Missing(&'static str),
    /// It has not exactly so many digits.
    Digits(&'static str, usize),
    /// It is no picture in base64.
    Picture(&'static str),
    /// It is none of a few words.
    Word(&'static str, &'static [&'static str]),
}

/// Judges a number.
pub fn judge_digits(member: &'static str, given: Option<&str>, count: usize) -> Option<Denial> {
    let Some(text) = given else { return Some(Denial::Missing(member)) };
    (!has_digits(text, count)).then_some(Denial::Digits(member, count))
}

/// Judges an identity document: its front is needed, all else must fit if it is given.
pub fn judge_document(document: &GivenDocument) -> Option<Denial> {
    let front = document.front.as_deref().filter(|picture| !picture.is_empty());
    let Some(front) = front else { return Some(Denial::Missing("documentFrontImage")) };
    judge_picture("documentFrontImage", front)
        .or_else(|| judge_picture("documentBackImage", document.back.as_deref()?))
        .or_else(|| judge_word("documentType", document.kind.as_deref()?, &DOCUMENT_TYPES))
        .or_else(|| {
            let country = document.country.as_deref()?;
            judge_word("documentCountryCode", country, &DOCUMENT_COUNTRIES)
        })
}

fn judge_picture(member: &'static str, given: &str) -> Option<Denial> {
    BASE64_STANDARD.decode(given).is_err().then_some(Denial::Picture(member))
}

fn judge_word(member: &'static str, given: &str, known: &'static [&'static str]) -> Option<Denial> {
    let is_known = known.iter().any(|word| word.eq_ignore_ascii_case(given));
    (!is_known).then_some(Denial::Word(member, known))
}

impl Denial {
    /// The refusal, which names the member.
    pub fn refusal(self) -> Refusal {
        Refusal::of(&codes::MEMBER_INVALID).under("GATE-2").saying(match self {
            Denial::Missing(member) => format!("{member} is required."),
            Denial::Digits(member, count) => format!("{member} must be exactly {count} digits."),
            Denial::Picture(member) => format!("{member} must be a picture in base64."),
            Denial::Word(member, known) => format!("{member} must be one of {}.", known.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn document(front: &str, back: Option<&str>, kind: &str, country: &str) -> GivenDocument {
        let text = |text: &str| Some(text.to_owned());
        GivenDocument {
            front: text(front),
            back: back.map(str::to_owned),
            kind: text(kind),
            country: text(country),
        }
    }

    #[test]
    fn gate_2_a_document_needs_its_front_and_known_words() {
        let good = document("QUJD", Some("QUJD"), "DriversLicense", "usa");
        assert_eq!(judge_document(&good), None);
        let bare = GivenDocument { front: Some("QUJD".to_owned()), ..GivenDocument::default() };
        assert_eq!(judge_document(&bare), None);
        for (wrong, denial) in [
            (GivenDocument::default(), Denial::Missing("documentFrontImage")),
            (document("", None, "passport", "MEX"), Denial::Missing("documentFrontImage")),
            (document("?", None, "passport", "MEX"), Denial::Picture("documentFrontImage")),
            (document("QUJD", Some("?"), "x", "x"), Denial::Picture("documentBackImage")),
            (document("QUJD", None, "x", "x"), Denial::Word("documentType", &DOCUMENT_TYPES)),
            (
                document("QUJD", None, "passport", "CAN"),
                Denial::Word("documentCountryCode", &DOCUMENT_COUNTRIES),
            ),
        ] {
            assert_eq!(judge_document(&wrong), Some(denial), "{denial:?}");
        }
    }

    proptest! {
        #[test]
        fn no_refusal_quotes_what_was_given(given in "[0-9A-Za-z]{10,30}") {
            let denials = [
                judge_digits("ssn", Some(&given), 9),
                judge_document(&document("QUJD", None, &given, &given)),
                judge_document(&document(&format!("{given}?"), None, "passport", "USA")),
            ];
            for denial in denials.into_iter().flatten() {
                prop_assert!(!denial.refusal().description.contains(&given));
            }
        }
    }
}
