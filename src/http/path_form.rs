//! Paths as partners write them: with or without `/baas/v1`, with doubled slashes, and with words
//! in any letter case (`/Authentication`, `/AccountHolder`). They are brought to the documented
//! form before routing. Program codes and ids are left as they came.

use std::collections::HashMap;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use crate::kernel::digits;

/// The words of documented paths, by their lower-case spelling.
#[derive(Debug, Clone, Default)]
pub struct PathWords(HashMap<String, String>);

impl PathWords {
    /// Collects the words from documented paths such as `/programs/{programCode}/enrollments`.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let words = paths.into_iter().flat_map(|path| path.split('/'));
        let fixed = words.filter(|word| !word.is_empty() && !word.starts_with('{'));
        Self(fixed.map(|word| (word.to_ascii_lowercase(), word.to_owned())).collect())
    }

    /// The documented form of a path.
    pub fn documented(&self, path: &str) -> String {
        if path.starts_with("/_sim") {
            return path.to_owned();
        }
        let mut segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let [first, second, ..] = segments.as_slice()
            && first.eq_ignore_ascii_case("baas")
            && second.eq_ignore_ascii_case("v1")
        {
            segments.drain(..2);
        }
        let mut form = String::with_capacity(path.len());
        let mut after_programs = false;
        for segment in segments {
            let known = self.0.get(&segment.to_ascii_lowercase()).filter(|_| !after_programs);
            let word = known.map_or(segment, String::as_str);
            form.push('/');
            form.push_str(word);
            after_programs = word == "programs";
        }
        if form.is_empty() { "/".to_owned() } else { form }
    }

    /// The same address with its path in documented form; as it was if nothing had to change.
    pub fn rewrite(&self, uri: &Uri) -> Option<Uri> {
        let form = self.documented(uri.path());
        if form == uri.path() {
            return None;
        }
        let text = match uri.query() {
            Some(query) => format!("{form}?{query}"),
            None => form,
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// The path as it may be kept and logged: a segment that is but digits may be an identity number.
pub fn masked_path(path: &str) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let shown = |part: &str| if is_number(part) { digits::masked(part) } else { part.to_owned() };
    path.split('/').map(shown).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words() -> PathWords {
        PathWords::of([
            "/authentication",
            "/programs/{programCode}/enrollments/accounts/{accountIdentifier}",
            "/programs/{programCode}/accounts/{accountIdentifier}/AccountHolder",
            "/healthCheck",
        ])
    }

    #[test]
    fn words_match_in_any_case_and_slashes_may_double() {
        for (given, documented) in [
            ("/Authentication", "/authentication"),
            ("/baas/v1/authentication", "/authentication"),
            ("//BaaS//V1/Programs/WF/ENROLLMENTS", "/programs/WF/enrollments"),
            (
                "/programs/accounts/accounts/X/accountholder",
                "/programs/accounts/accounts/X/AccountHolder",
            ),
            ("/programs/Enrollments/accounts/", "/programs/Enrollments/accounts"),
            ("/healthcheck", "/healthCheck"),
            ("/", "/"),
        ] {
            assert_eq!(words().documented(given), documented, "{given}");
        }
    }

    proptest! {
        #[test]
        fn bringing_to_form_twice_changes_nothing_more(
            path in "(/{1,2}[a-zA-Z0-9%._-]{0,12}){0,6}",
        ) {
            let once = words().documented(&path);
            // A second `/baas/v1` below the first is not part of the address any more.
            prop_assume!(!once.to_ascii_lowercase().starts_with("/baas/v1"));
            prop_assert_eq!(words().documented(&once), once.clone());
        }
    }
}
