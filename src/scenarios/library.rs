//! The ready scenarios that are built into the program: the files of the folder `scenarios/`.

use include_dir::{Dir, include_dir};

use crate::kernel::nearest;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A ready scenario.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name, by which `piebox run library/NAME` runs it.
    pub name: &'static str,
    /// The text of the file.
    pub text: &'static str,
}

/// All of them, by name.
pub fn all() -> Vec<Entry> {
    let entries = FOLDER.files().filter_map(|file| {
        let name = file.path().file_name()?.to_str()?.strip_suffix(".yaml")?;
        Some(Entry { name, text: file.contents_utf8()? })
    });
    let mut all: Vec<Entry> = entries.collect();
    all.sort_by_key(|entry| entry.name);
    all
}

/// The one of that name.
pub fn find(name: &str) -> Option<Entry> {
    all().into_iter().find(|entry| entry.name == name)
}

/// The name that may have been meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    nearest::nearest(name, all().into_iter().map(|entry| entry.name))
}
