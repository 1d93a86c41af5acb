//! `docs/config.md`: every setting of `config/default.toml` with its default and its comment.

use super::demand_none;
use super::pages::{head, hold, row};
use super::sources::read;

const DEFAULTS: &str = "config/default.toml";

/// A table of the file; the keys above the first one stand in a section without a name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Section {
    /// `[log]` or `[[clients]]`; empty at the top.
    name: String,
    about: String,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    name: String,
    value: String,
    about: String,
    /// It stands in a comment: there is no default, the value is an example.
    absent: bool,
}

/// The whole file.
#[derive(Debug, Default)]
struct Defaults {
    /// The comment at its top, line by line.
    introduction: Vec<String>,
    sections: Vec<Section>,
}

#[test]
fn the_page_of_settings_is_up_to_date() {
    hold("docs/config.md", &page(&parse(&read(DEFAULTS))));
}

#[test]
fn every_setting_is_explained_and_complete() {
    let defaults = parse(&read(DEFAULTS));
    let mut problems = Vec::new();
    for section in &defaults.sections {
        let bare = section.keys.iter().filter(|key| key.about.is_empty() || key.is_unfinished());
        problems.extend(bare.map(|key| format!("{} {}", section.name, key.name)));
        if !section.name.is_empty() && section.about.is_empty() {
            problems.push(section.name.clone());
        }
    }
    let advice = "config/default.toml: put a comment directly above each key and table, and close \
        each list.";
    demand_none(&problems, advice);
}

fn parse(text: &str) -> Defaults {
    let mut defaults = Defaults { sections: vec![Section::default()], ..Defaults::default() };
    let mut comment: Vec<String> = Vec::new();
    for line in text.lines() {
        if defaults.goes_on(line) {
            continue;
        }
        let said = line.strip_prefix('#').map(|said| said.strip_prefix(' ').unwrap_or(said));
        match said {
            Some(said) if key(said).is_none() => comment.push(said.to_owned()),
            None if line.trim().is_empty() => {
                let about = std::mem::take(&mut comment);
                if defaults.introduction.is_empty() {
                    defaults.introduction = about;
                }
            }
            _ => defaults.add(said.unwrap_or(line), said.is_some(), &std::mem::take(&mut comment)),
        }
    }
    defaults
}

/// Name and value of `name = value`.
fn key(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(" = ")?;
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    name.chars().all(is_name).then_some((name, value))
}

impl Key {
    /// A list of several lines, shown below the table.
    fn is_long(&self) -> bool {
        self.value.contains('\n')
    }

    /// A list that goes on in the next line.
    fn is_unfinished(&self) -> bool {
        self.value.matches('[').count() != self.value.matches(']').count()
    }
}

impl Defaults {
    /// Takes a line that belongs to the list above it.
    fn goes_on(&mut self, line: &str) -> bool {
        let last = self.sections.last_mut().and_then(|section| section.keys.last_mut());
        let Some(list) = last.filter(|key| key.is_unfinished()) else { return false };
        list.value.extend(["\n", line]);
        true
    }

    fn add(&mut self, line: &str, absent: bool, comment: &[String]) {
        let about = comment.join(" ");
        if let Some((name, value)) = key(line) {
            let key = Key { name: name.to_owned(), value: value.to_owned(), about, absent };
            let last = self.sections.last_mut();
            last.into_iter().for_each(|section| section.keys.push(key.clone()));
        } else if line.starts_with('[') {
            self.sections.push(Section { name: line.to_owned(), about, keys: Vec::new() });
        }
    }
}

const INTRODUCTION: &str = "\
<!-- Generated from config/default.toml by scripts/update. Do not edit. -->

# Configuration

Every setting with its default, from `config/default.toml`. That file begins:

```text
";

fn page(defaults: &Defaults) -> String {
    let mut page = format!("{INTRODUCTION}{}\n```\n", defaults.introduction.join("\n"));
    for (at, section) in defaults.sections.iter().enumerate() {
        let before = &defaults.sections[..at];
        let nth = 1 + before.iter().filter(|earlier| earlier.name == section.name).count();
        page.push_str(&heading(section, nth));
        page.push_str(&table(section));
    }
    page
}

fn heading(section: &Section, nth: usize) -> String {
    let name = match (section.name.as_str(), nth) {
        ("", _) => "At the top".to_owned(),
        (name, 1) => format!("`{name}`"),
        (name, nth) => format!("`{name}` ({nth})"),
    };
    match section.about.as_str() {
        "" => format!("\n## {name}\n"),
        about => format!("\n## {name}\n\n{about}\n"),
    }
}

fn table(section: &Section) -> String {
    if section.keys.is_empty() {
        return String::new();
    }
    let mut table = format!("\n{}", head(&["key", "default", "meaning"]));
    for key in &section.keys {
        let value = match key.absent {
            true => format!("absent; for example `{}`", key.value),
            false if key.is_long() => "below".to_owned(),
            false => format!("`{}`", key.value),
        };
        table.push_str(&row(&[&format!("`{}`", key.name), &value, &key.about]));
    }
    for key in section.keys.iter().filter(|key| key.is_long()) {
        table.push_str(&format!("\n```toml\n{} = {}\n```\n", key.name, key.value));
    }
    table
}

#[test]
fn settings_are_read_with_their_comments() {
    let text = "# Top.\n#\n# More.\n\n# One\n# two.\na = 1\n\n# Sect.\n[[s]]\n\
        # Three | four.\n# b = \"x\"\n# Five.\nc = [\n    1,\n    2,\n]\n";
    let defaults = parse(text);
    assert_eq!(defaults.introduction, ["Top.", "", "More."]);
    let page = page(&defaults);
    let lines = [
        "## At the top",
        "",
        "| key | default | meaning |",
        "| --- | --- | --- |",
        "| `a` | `1` | One two. |",
        "",
        "## `[[s]]`",
        "",
        "Sect.",
        "",
        "| key | default | meaning |",
        "| --- | --- | --- |",
        "| `b` | absent; for example `\"x\"` | Three \\| four. |",
        "| `c` | below | Five. |",
        "",
        "```toml",
        "c = [",
        "    1,",
        "    2,",
        "]",
        "```\n",
    ];
    assert!(page.ends_with(&lines.join("\n")), "{page}");
}
