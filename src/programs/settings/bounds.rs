//! How large the settings of a world may be: every process keeps those of many worlds in memory.

use serde_json::Value as Json;

use super::at;
use crate::kernel::strict_json::JsonProblem;

/// Characters of one text: room for a certificate with its chain.
const TEXT_MAX: usize = 16_384;
/// Characters of the whole document as JSON.
const DOCUMENT_MAX: usize = 262_144;

/// Refuses a document with a text that is too long, by its name, or that is too large in all.
pub(super) fn check(document: &Json) -> Result<(), JsonProblem> {
    check_texts("", document)?;
    if document.to_string().len() > DOCUMENT_MAX {
        return Err(at(".", format!("the settings have more than {DOCUMENT_MAX} characters")));
    }
    Ok(())
}

fn check_texts(member: &str, value: &Json) -> Result<(), JsonProblem> {
    match value {
        Json::String(text) if text.len() > TEXT_MAX => {
            Err(at(member, format!("at most {TEXT_MAX} characters")))
        }
        Json::Array(entries) => {
            let each = |(place, entry)| check_texts(&format!("{member}[{place}]"), entry);
            entries.iter().enumerate().try_for_each(each)
        }
        Json::Object(members) => members.iter().try_for_each(|(name, value)| {
            let dot = if member.is_empty() { "" } else { "." };
            // A name that is too long names nothing, and is refused where members are read.
            check_texts(&format!("{member}{dot}{name}"), value)
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_too_long_is_named_and_what_fits_passes() {
        let text = |length| "x".repeat(length);
        assert!(check(&json!({ "a": [{ "b": text(TEXT_MAX) }] })).is_ok());
        let refused = check(&json!({ "a": [1, { "b": text(TEXT_MAX + 1) }] })).unwrap_err();
        assert_eq!(refused.member, "a[1].b");
        let many: Vec<String> = (0..17).map(|_| text(TEXT_MAX)).collect();
        assert!(check(&json!(many)).is_err());
    }
}
