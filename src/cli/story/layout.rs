//! JSON for reading: parts left out, long values cut, and as few lines as still read well.
//!
//! Left out: being read back. `...` stands for members that were left out, which is no JSON.

use serde_json::{Map, Value as Json};

use super::WIDTH;

/// Longest text that is told whole; a GUID still is.
const TEXT_MAX: usize = 40;
/// What stays of a longer one at its beginning and its end. Keys of one kind begin alike.
const HEAD: usize = 14;
const TAIL: usize = 8;
/// The name that stands where members were left out.
const OMITTED: &str = "...";

/// The beginning and the end of a long text.
fn cut(text: &str) -> String {
    let length = text.chars().count();
    if length <= TEXT_MAX {
        return text.to_owned();
    }
    let first: String = text.chars().take(HEAD).collect();
    let last: String = text.chars().skip(length - TAIL).collect();
    format!("{first}...{last}")
}

/// The same with long texts cut.
pub(super) fn abridged(json: &Json) -> Json {
    match json {
        Json::String(text) => Json::String(cut(text)),
        Json::Array(items) => items.iter().map(abridged).collect(),
        Json::Object(members) => Json::Object(
            members.iter().map(|(name, value)| (name.clone(), abridged(value))).collect(),
        ),
        other => other.clone(),
    }
}

/// The members of these paths alone, with a mark where others stood.
pub(super) fn only(json: &Json, paths: &[&str]) -> Json {
    match json {
        Json::Array(items) => items.iter().map(|item| only(item, paths)).collect(),
        Json::Object(members) => {
            let mut kept = Map::new();
            for (name, value) in members {
                let below: Vec<&str> = paths.iter().filter_map(|path| after(path, name)).collect();
                if below.contains(&"") {
                    kept.insert(name.clone(), value.clone());
                } else if !below.is_empty() {
                    kept.insert(name.clone(), only(value, &below));
                }
            }
            if kept.len() < members.len() {
                kept.insert(OMITTED.to_owned(), Json::Null);
            }
            Json::Object(kept)
        }
        other => other.clone(),
    }
}

/// What is left of a path behind its first member, if that is `name`.
fn after<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(name)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
}

/// Rows of at most 100 columns, as far as the values let them: a value on one row if it fits there,
/// else its members below it, short ones side by side.
pub(super) fn laid_out(json: &Json, indent: usize) -> String {
    format!("{:indent$}{}", "", block(json, indent, indent))
}

/// A value whose first row begins in column `used`, and whose last one is indented by `indent`.
fn block(json: &Json, indent: usize, used: usize) -> String {
    let row = on_one_row(json);
    if fits(used, &row) {
        return row;
    }
    let inner = indent + 2;
    let (open, rows, close) = match json {
        Json::Object(members) => ('{', member_rows(members, inner), '}'),
        // A list of one takes no rows of its own: most lists of this API hold one entry.
        Json::Array(items) if items.len() == 1 => {
            return format!("[{}]", block(&items[0], indent, used + 1));
        }
        Json::Array(items) => {
            ('[', items.iter().map(|item| block(item, inner, inner)).collect(), ']')
        }
        _ => return row,
    };
    let between = format!(",\n{:inner$}", "");
    format!("{open}\n{:inner$}{}\n{:indent$}{close}", "", rows.join(&between), "")
}

fn member_rows(members: &Map<String, Json>, indent: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut was_short = false;
    for (name, value) in members {
        let used = indent + member(name, "").chars().count();
        let row = member(name, &block(value, indent, used));
        let is_short = !row.contains('{');
        match rows.last_mut() {
            Some(last) if is_short && was_short && fits(indent, &format!("{last}, {row}")) => {
                last.push_str(", ");
                last.push_str(&row);
            }
            _ => rows.push(row),
        }
        was_short = is_short;
    }
    rows
}

fn member(name: &str, value: &str) -> String {
    if name == OMITTED { OMITTED.to_owned() } else { format!("\"{name}\": {value}") }
}

/// Whether a row from this column on is narrow enough, with one column more for a comma.
fn fits(column: usize, row: &str) -> bool {
    column + row.chars().count() < WIDTH
}

fn on_one_row(json: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match json {
        Json::Object(members) => {
            let pairs = members.iter().map(|(name, value)| member(name, &on_one_row(value)));
            format!("{{{}}}", joined(pairs.collect()))
        }
        Json::Array(items) => format!("[{}]", joined(items.iter().map(on_one_row).collect())),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_guid_is_told_whole_and_a_key_is_cut() {
        let guid = "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33";
        assert_eq!(cut(guid), guid);
        assert_eq!(cut(&"0123456789".repeat(5)), "01234567890123...23456789");
    }

    #[test]
    fn only_the_members_asked_for_stay_and_a_mark_stands_for_the_rest() {
        let body = json!({ "account": { "id": 1, "status": "normal", "cards": [
            { "last4": "1234", "pin": true }, { "last4": "5678" },
        ] }, "accounts": 2 });
        let told = laid_out(&only(&body, &["account.status", "account.cards.last4"]), 0);
        let cards = r#"[{"last4": "1234", ...}, {"last4": "5678"}]"#;
        let expected = r#"{"account": {"status": "normal", "cards": CARDS, ...}, ...}"#;
        assert_eq!(told, expected.replace("CARDS", cards));
    }

    #[test]
    fn what_is_too_wide_goes_below_and_short_members_share_a_row() {
        let long = "x".repeat(60);
        let body = json!({ "list": [{ "a": 1, "b": [2], "c": &long, "d": &long, "e": {} }] });
        let expected = r#"
  {
    "list": [{
      "a": 1, "b": [2], "c": "LONG",
      "d": "LONG",
      "e": {}
    }]
  }"#;
        assert_eq!(format!("\n{}", laid_out(&body, 2)), expected.replace("LONG", &long));
    }
}
