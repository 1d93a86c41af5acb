//! A fault for one call alone, as its header says it: `loseAnswer`, `latency; ms=250`,
//! `status; status=503; description="Try later"`, or the effect of a rule as JSON.

use serde_json::{Map, Value as Json};

use super::effect::FaultEffect;
use crate::kernel::strict_json;

/// Reads the value of the header, or says what is wrong with it.
pub fn parse(text: &str) -> Result<FaultEffect, String> {
    let text = text.trim();
    let document = match text.starts_with('{') {
        true => serde_json::from_str(text).map_err(|cause| format!("is no JSON: {cause}"))?,
        false => Json::Object(members(text)?),
    };
    let effect: FaultEffect =
        strict_json::read(&document).map_err(|problem| problem.to_string())?;
    match effect.problem() {
        // What a rule has below `effect` stands here by itself.
        Some(problem) => Err(problem.replace("effect.", "")),
        None => Ok(effect),
    }
}

/// `kind; name=value; ...` as the object that it stands for.
fn members(text: &str) -> Result<Map<String, Json>, String> {
    let mut parts = split(text)?.into_iter();
    let kind = parts.next().unwrap_or_default();
    if kind.is_empty() {
        return Err("names no kind of fault, as in `loseAnswer` or `latency; ms=250`".to_owned());
    }
    let mut members = Map::new();
    members.insert("kind".to_owned(), Json::from(kind));
    for part in parts {
        let (name, value) = part
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or_else(|| format!("has {part:?} where name=value is expected"))?;
        // A number or a text in quotes is JSON already; a bare word stands for itself.
        let value = serde_json::from_str(value).unwrap_or_else(|_| Json::from(value));
        if members.insert(name.to_owned(), value).is_some() {
            return Err(format!("gives {name} twice"));
        }
    }
    Ok(members)
}

/// The parts between semicolons that stand in no quotes.
fn split(text: &str) -> Result<Vec<&str>, String> {
    let (mut parts, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err("has a quote that is not closed".to_owned());
    }
    parts.push(text[from..].trim());
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_form_stands_for_the_effect_of_a_rule() {
        for (short, json) in [
            ("loseAnswer", r#"{"kind":"loseAnswer"}"#),
            ("latency; ms=250", r#"{"kind":"latency","ms":250}"#),
            (
                "latency;ms=1;maxMs=9;before=answer",
                r#"{"kind":"latency","ms":1,"maxMs":9,"before":"answer"}"#,
            ),
            (
                r#"status; status=503; description="Try; \"later\"""#,
                r#"{"kind":"status","status":503,"description":"Try; \"later\""}"#,
            ),
            (
                r#"status;status=200;body={"a":1}"#,
                r#"{"kind":"status","status":200,"body":{"a":1}}"#,
            ),
        ] {
            assert_eq!(parse(short), parse(json), "{short}");
            assert!(parse(short).is_ok(), "{short}: {:?}", parse(short));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (given, problem) in [
            ("", "names no kind"),
            ("; ms=1", "names no kind"),
            ("slow", "kind"),
            ("latency", "missing field `ms`"),
            ("latency; ms=x", "ms: invalid type"),
            ("latency; ms=0", "ms must be 1 to 60000"),
            ("latency; 250", "has \"250\" where name=value is expected"),
            ("latency; ms=1; ms=2", "gives ms twice"),
            ("latency; ms=1; msMax=2", "msMax"),
            ("status; description=\"open", "has a quote"),
            ("{\"kind\":", "is no JSON"),
        ] {
            let refused = parse(given).unwrap_err();
            assert!(refused.contains(problem), "{given}: {refused}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }
    }
}
