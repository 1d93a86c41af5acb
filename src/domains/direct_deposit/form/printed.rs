//! A value of the form: a text that can be printed.

use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;

use crate::paper::letters::{self, Unprintable};

/// Most characters of one value.
pub const PRINTED_MAX: usize = 100;

/// A value of the form: 1 to [`PRINTED_MAX`] characters that can be printed, on one line.
#[derive(Clone, PartialEq, Eq)]
pub struct Printed(Vec<u8>);

/// Why a text cannot be printed. Never holds the text: it may be an account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterProblem {
    /// Nothing, or too much.
    #[error("must have 1 to {PRINTED_MAX} characters")]
    Length,
    /// A character without a place in the fonts.
    #[error("holds U+{0:04X}, which the form cannot print")]
    Unprintable(u32),
}

impl Printed {
    /// Its bytes of the code page.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Printed({} characters)", self.0.len())
    }
}

impl FromStr for Printed {
    type Err = LetterProblem;

    /// Blanks around are cut off. Letters whose marks the fonts lack lose their marks.
    fn from_str(text: &str) -> Result<Self, LetterProblem> {
        let text: String = text.trim().nfc().collect();
        if !(1..=PRINTED_MAX).contains(&text.chars().count()) {
            return Err(LetterProblem::Length);
        }
        let encoded = letters::encoded(&text);
        encoded.map(Self).map_err(|Unprintable(code)| LetterProblem::Unprintable(code))
    }
}

impl<'de> Deserialize<'de> for Printed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(text: &str) -> Result<Vec<u8>, LetterProblem> {
        text.parse::<Printed>().map(|printed| printed.0)
    }

    #[test]
    fn dds_5_letters_are_printed_with_their_marks_or_without() {
        for (text, bytes) in [
            ("Steve Rogers", &b"Steve Rogers"[..]),
            ("  José Núñez ", b"Jos\xe9 N\xfa\xf1ez"),
            ("Jose\u{301}", b"Jos\xe9"),
            ("Nguyễn Dũng", b"Nguyen Dung"),
            ("Łukasz Őry", b"Lukasz Ory"),
            ("X\u{30b}", b"X"),
            ("Ke\u{2bb}ala “Œ” €5 – Ž", b"Ke\x91ala \x93\x8c\x94 \x805 \x96 \x8e"),
            ("A\u{a0}B", b"A B"),
        ] {
            assert_eq!(printed(text).as_deref(), Ok(bytes), "{text}");
        }
        for (text, code) in [
            ("田中", 0x7530),
            ("a\nb", 0x0a),
            ("a\tb", 0x09),
            ("Ann 😀", 0x1f600),
            ("a\u{ad}b", 0xad),
            ("a\u{85}b", 0x85),
            ("\u{301}a", 0x301),
            ("Αθήνα", 0x391),
        ] {
            assert_eq!(printed(text), Err(LetterProblem::Unprintable(code)), "{text:?}");
        }
        for text in ["", "   ", &"x".repeat(101)] {
            assert_eq!(printed(text), Err(LetterProblem::Length), "{text:?}");
        }
        assert_eq!(printed(&"é".repeat(100)).map(|bytes| bytes.len()), Ok(100));
    }

    proptest! {
        #[test]
        fn no_text_makes_printing_panic(text in "\\PC{0,110}") {
            if let Ok(bytes) = printed(&text) {
                prop_assert!((1..=PRINTED_MAX).contains(&bytes.len()));
                prop_assert!(bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f));
            }
        }
    }
}
