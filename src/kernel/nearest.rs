//! "Did you mean": which of the names that there are a misspelt one is near to.
//!
//! Near is what a few edits lead to, or what begins so. Where nothing is near nothing is suggested:
//! a name that nobody meant leads astray. A word that is longer than any name is not looked at.

/// Names suggested at most.
const NAMED_MAX: usize = 3;
/// Bytes of a word or name that is looked at.
const WORD_MAX: usize = 200;
/// Edits between a long word and a name that is near it.
const EDITS_MAX: usize = 4;
/// Bytes from which on a word may stand for the names that begin with it.
const BEGINNING_MIN: usize = 4;

/// The names that are near, the nearest first; capital letters do not count.
pub fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if word.len() > WORD_MAX {
        return Vec::new();
    }
    let word = word.to_ascii_lowercase();
    let ranked = names.into_iter().filter_map(|name| Some((distance(&word, name)?, name)));
    let mut ranked: Vec<(usize, &str)> = ranked.collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(NAMED_MAX).map(|(_, name)| name).collect()
}

/// The nearest name, if any is near.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(word, names).first().copied()
}

/// `did you mean this or that?`, if any is near.
pub fn question<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = near(word, names);
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

/// The edits from a word in small letters to a name; `None` if it is not near.
fn distance(word: &str, name: &str) -> Option<usize> {
    if name.len() > WORD_MAX {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let length = word.chars().count();
    let least = name.chars().count().abs_diff(length);
    if word.len() >= BEGINNING_MIN && name.starts_with(word) {
        return Some(least);
    }
    let most = EDITS_MAX.min(1 + length / 4);
    if least > most {
        return None;
    }
    let edits = strsim::damerau_levenshtein(word, &name);
    // Of a word of which nothing is left, anything is near.
    (edits <= most && edits < length).then_some(edits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 6] =
        ["transaction", "accountUpdated", "advance", "account_get_getaccount", "ann", "anna"];

    #[test]
    fn what_is_near_is_suggested_and_nothing_else_is() {
        for (word, names) in [
            ("transacton", &["transaction"][..]),
            ("ACCOUNTUPDATED", &["accountUpdated"]),
            ("advnace", &["advance"]),
            ("account_get_account", &["account_get_getaccount"]),
            ("acco", &["accountUpdated", "account_get_getaccount"]),
            ("ann", &["ann", "anna"]),
            ("annn", &["ann", "anna"]),
            ("xyzzy", &[]),
            ("x", &[]),
            ("", &[]),
        ] {
            assert_eq!(near(word, NAMES), names, "{word}");
            assert_eq!(nearest(word, NAMES), names.first().copied(), "{word}");
        }
        let question = question("annn", NAMES);
        assert_eq!(question.as_deref(), Some("did you mean ann or anna?"));
    }

    fn words() -> impl Strategy<Value = String> {
        prop_oneof!["[a-cA-C]{0,9}", "\\PC{0,30}"]
    }

    proptest! {
        #[test]
        fn few_names_are_suggested_and_only_such_as_there_are(
            word in words(), names in prop::collection::vec(words(), 0..20),
        ) {
            let found = near(&word, names.iter().map(String::as_str));
            prop_assert!(found.len() <= NAMED_MAX);
            for (at, name) in found.iter().enumerate() {
                prop_assert!(names.iter().any(|known| known == name));
                prop_assert!(!found[..at].contains(name), "{} comes twice", name);
            }
        }

        #[test]
        fn one_wrong_letter_leads_to_the_name(
            name in "[a-z]{4,40}", at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(name.len());
            let wrong = format!("{}#{}", &name[..at], &name[at + 1..]);
            prop_assert_eq!(nearest(&wrong, [name.as_str(), "0123456789"]), Some(name.as_str()));
        }

        #[test]
        fn words_with_no_letter_in_common_are_not_near(
            word in "[a-m]{0,40}", name in "[n-z]{1,40}",
        ) {
            prop_assert_eq!(nearest(&word, [name.as_str()]), None);
        }

        #[test]
        fn a_word_beyond_all_names_costs_nothing_and_finds_nothing(more in 1usize..2_000_000) {
            let word = "a".repeat(WORD_MAX + more);
            let name = &word[..WORD_MAX];
            prop_assert_eq!(near(&word, [name, word.as_str()]), Vec::<&str>::new());
            prop_assert_eq!(near(name, [word.as_str()]), Vec::<&str>::new());
        }
    }
}
