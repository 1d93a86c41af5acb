//! Which names the vendor takes. Follows "First/Last Name Allowable Characters" of Enrollments API
//! Endpoints.
//!
//! Letters are A to Z with or without one of six marks, whether typed as one character or as a
//! letter followed by a combining mark. Between letters may stand a space, apostrophe, hyphen or
//! period, never two of them in a row. An older page knows letters of ASCII alone.

use unicode_normalization::UnicodeNormalization;

/// Grave, acute, circumflex, tilde, diaeresis, cedilla.
const MARKS: [char; 6] = ['\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{308}', '\u{327}'];

/// Which letters a program takes in names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// A to Z with or without one of the six marks.
    Latin,
    /// A to Z.
    Ascii,
}

impl Letters {
    fn take(self, c: char) -> bool {
        match self {
            Letters::Latin => is_marked_or_plain(c),
            Letters::Ascii => c.is_ascii_alphabetic(),
        }
    }
}

/// What is wrong with the characters of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameProblem {
    /// A character that is neither a letter nor one of the four between letters.
    Character(char),
    /// Two characters in a row that may only stand between letters.
    TwoInARow(char, char),
    /// The name does not begin with a letter.
    Begin(char),
    /// The name does not end with a letter.
    End(char),
}

impl std::fmt::Display for NameProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NameProblem::Character(c) => write!(f, "holds the character U+{:04X}", u32::from(*c)),
            NameProblem::TwoInARow(a, b) => write!(f, "holds {a:?} and {b:?} in a row"),
            NameProblem::Begin(c) => write!(f, "begins with {c:?}, not with a letter"),
            NameProblem::End(c) => write!(f, "ends with {c:?}, not with a letter"),
        }
    }
}

/// The name with letters and their marks as one character each: the form that is counted and kept.
pub fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// The characters of a name, judged; `None` if all is well. The name must be in composed form.
pub fn problem(name: &str, letters: Letters) -> Option<NameProblem> {
    let mut previous = None;
    for c in name.chars() {
        if !letters.take(c) {
            if !is_between(c) {
                return Some(NameProblem::Character(c));
            }
            match previous {
                None => return Some(NameProblem::Begin(c)),
                Some(before) if is_between(before) => {
                    return Some(NameProblem::TwoInARow(before, c));
                }
                Some(_) => {}
            }
        }
        previous = Some(c);
    }
    previous.filter(|last| is_between(*last)).map(NameProblem::End)
}

fn is_between(c: char) -> bool {
    matches!(c, ' ' | '\'' | '-' | '.')
}

fn is_marked_or_plain(c: char) -> bool {
    let mut parts = c.nfd();
    let base = parts.next().is_some_and(|base| base.is_ascii_alphabetic());
    match (parts.next(), parts.next()) {
        (None, _) => base,
        (Some(mark), None) => base && MARKS.contains(&mark),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn enr_4_letters_with_the_six_marks_pass_in_both_spellings() {
        for name in
            ["José", "Jose\u{301}", "Zoë", "Ñandú", "François", "Île", "Ana-María O'Neil Jr"]
        {
            assert_eq!(problem(&composed(name), Letters::Latin), None, "{name}");
        }
        for (name, found) in [
            ("Bjørn", 'ø'),
            ("Groß", 'ß'),
            ("Åsa", 'Å'),
            ("R2D2", '2'),
            ("Ann😀", '😀'),
            ("Иван", 'И'),
            ("Ann_Lee", '_'),
        ] {
            assert_eq!(
                problem(&composed(name), Letters::Latin),
                Some(NameProblem::Character(found)),
                "{name}"
            );
        }
        assert_eq!(
            problem(&composed("\u{301}Ana"), Letters::Latin),
            Some(NameProblem::Character('\u{301}'))
        );
    }

    #[test]
    fn enr_5_nothing_but_letters_begins_ends_or_doubles() {
        assert_eq!(problem("O''Neil", Letters::Latin), Some(NameProblem::TwoInARow('\'', '\'')));
        assert_eq!(problem("St. John", Letters::Latin), Some(NameProblem::TwoInARow('.', ' ')));
        assert_eq!(problem("-Ann", Letters::Latin), Some(NameProblem::Begin('-')));
        assert_eq!(problem("Ann ", Letters::Latin), Some(NameProblem::End(' ')));
        assert_eq!(problem("A", Letters::Latin), None);
    }

    #[test]
    fn enr_4_the_older_page_knows_no_marks() {
        for name in ["José", "Jose\u{301}", "Ñandú"] {
            let found = problem(&composed(name), Letters::Ascii);
            assert!(matches!(found, Some(NameProblem::Character(_))), "{name}: {found:?}");
        }
        assert_eq!(problem("Ana-Maria O'Neil Jr", Letters::Ascii), None);
        assert_eq!(problem("A--B", Letters::Ascii), Some(NameProblem::TwoInARow('-', '-')));
    }

    proptest! {
        #[test]
        fn enr_4_and_enr_5_a_name_of_letters_and_single_separators_passes(
            name in "[A-Za-zÀÉñçÎü]{1,8}([ '.-][A-Za-zÀÉñçÎü]{1,8}){0,3}",
        ) {
            prop_assert_eq!(problem(&composed(&name), Letters::Latin), None);
        }

        #[test]
        fn enr_4_composed_and_decomposed_spellings_are_judged_alike(name in "\\PC{0,20}") {
            let decomposed: String = name.nfd().collect();
            let judged = |name: &str| problem(&composed(name), Letters::Latin);
            prop_assert_eq!(judged(&name), judged(&decomposed));
        }
    }
}
