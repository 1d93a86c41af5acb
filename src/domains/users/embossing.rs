//! The name as it stands on a card. Follows "Diacritic Character Substitution" of Enrollments API
//! Endpoints; which letter replaces which is not printed there, so each becomes its base letter.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// First and last name in capital base letters, a space between them: `JOSE NUNEZ`. The profile
/// keeps the letters as they were given.
pub fn embossed_name(first: &str, last: &str) -> String {
    let name = format!("{first} {last}");
    name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::users::names::{Letters, composed, problem};
    use proptest::prelude::*;

    #[test]
    fn enr_44_letters_with_marks_become_base_letters_in_capitals() {
        for (first, last, embossed) in [
            ("José", "Núñez", "JOSE NUNEZ"),
            ("Jose\u{301}", "Nu\u{301}n\u{303}ez", "JOSE NUNEZ"),
            ("François", "Müller", "FRANCOIS MULLER"),
            ("Ana-María", "O'Neil Jr", "ANA-MARIA O'NEIL JR"),
            ("Île", "Àâ", "ILE AA"),
            ("Ann", "Lee", "ANN LEE"),
        ] {
            assert_eq!(embossed_name(first, last), embossed);
        }
    }

    proptest! {
        #[test]
        fn enr_44_a_name_that_passes_is_embossed_in_ascii_letter_for_letter(
            name in "[A-Za-zÀÉñçÎüÿ]{1,9}([ '.-][A-Za-zÀÉñçÎüÿ]{1,9}){0,3}",
        ) {
            let name = composed(&name);
            prop_assert_eq!(problem(&name, Letters::Latin), None);
            let embossed = embossed_name(&name, "Lee");
            prop_assert!(embossed.is_ascii() && embossed == embossed.to_ascii_uppercase());
            prop_assert_eq!(embossed.chars().count(), name.chars().count() + " LEE".len());
        }
    }
}
