//! The statement as it is printed: pages of US Letter, with the holders' address where a window
//! envelope shows it, a summary, and a table of entries for each purse. Pure: the same statement
//! gives the same bytes, and no other day is printed than those of the ledger.
//!
//! Tables are set row by row, and go on under their heads on the next page. An entry is never
//! parted.

mod amounts;

use chrono::NaiveDate;
use chrono_tz::Tz;

use self::amounts::{fitted, shown, signed};
use super::model::{Cycle, Statement};
use crate::domains::ledger::model::{Entry, Sums};
use crate::domains::transactions::model::Details;
use crate::kernel::ids::ProgramCode;
use crate::kernel::money::Money;
use crate::paper::letters::{Face, legible};
use crate::paper::page::{
    self, BLACK, Font, GREY, Ink, Mark, PAGE, PALE, line, paragraph, text, wrapped,
};

/// What a statement lists.
#[derive(Debug)]
pub struct Content<'a> {
    /// The program.
    pub program: &'a ProgramCode,
    /// Its cycle and cover.
    pub statement: &'a Statement,
    /// Its purses, in the order of the cover.
    pub purses: Vec<PurseContent>,
}

/// What a statement lists of a purse.
#[derive(Debug, Clone, PartialEq)]
pub struct PurseContent {
    /// What it is called.
    pub name: String,
    /// Before the cycle.
    pub opening: Money,
    /// Behind it.
    pub closing: Money,
    /// What was moved between them.
    pub sums: Sums,
    /// All of it, or the beginning where there is more than is printed.
    pub entries: Vec<Entry>,
}

/// All is drawn between these.
const LEFT: f32 = 54.0;
const RIGHT: f32 = PAGE.0 - LEFT;
const TOP: f32 = PAGE.1 - 54.0;
const BOTTOM: f32 = 72.0;
/// Baseline of the line at the foot of each page.
const FOOT: f32 = 48.0;

const TITLE: &str = "Account Statement";
const NOTE: &str = "An amount with a minus sign went out of the purse; a balance with one is owed. \
    Debits contain the fees. Look through this statement, and report what you do not recognize as \
    soon as you can.";

const HEADLINE: Font = font(Face::Bold, 20.0, BLACK);
const HEADING: Font = font(Face::Bold, 12.0, BLACK);
const ADDRESS: Font = font(Face::Regular, 11.0, BLACK);
const PLAIN: Font = font(Face::Regular, 9.0, BLACK);
const STRONG: Font = font(Face::Bold, 9.0, BLACK);
const LABEL: Font = font(Face::Regular, 8.5, GREY);

const fn font(face: Face, size: f32, ink: Ink) -> Font {
    Font { face, size, ink }
}

/// Height of one line of a table, and what a row has above and below its lines.
const LEADING: f32 = 12.0;
const PADDING: f32 = 6.0;

/// Where the details begin, and their values.
const DETAILS: f32 = 330.0;
const VALUES: f32 = 424.0;
/// How wide the address may be.
const WINDOW: f32 = 252.0;

/// Right edges of the five amounts of the summary, and how wide each may be.
const SUMMARY: [(&str, f32); 5] = [
    ("Opening balance", 258.0),
    ("Credits", 333.0),
    ("Debits", 408.0),
    ("of which fees", 480.0),
    ("Closing balance", RIGHT),
];
const SUMMARY_ROOM: f32 = 68.0;
/// How wide a purse's name may be there.
const SUMMARY_NAME: f32 = 120.0;

/// Where descriptions begin, and where amounts and balances end.
const DESCRIPTION: f32 = LEFT + 62.0;
const AMOUNT: f32 = 466.0;
const AMOUNT_ROOM: f32 = 84.0;
/// How wide a description may be.
const DESCRIPTION_ROOM: f32 = AMOUNT - AMOUNT_ROOM - 8.0 - DESCRIPTION;

/// The statement as a PDF.
pub fn pdf(content: &Content<'_>) -> Vec<u8> {
    let title = format!("{TITLE} {}", content.statement.period());
    page::pdf(&title, &lay_out(content))
}

/// Pages being filled from top to bottom.
struct Sheets {
    pages: Vec<Vec<Mark>>,
    /// Nothing has been drawn below this height of the last page.
    y: f32,
}

impl Sheets {
    fn add(&mut self, marks: impl IntoIterator<Item = Mark>) {
        if let Some(page) = self.pages.last_mut() {
            page.extend(marks);
        }
    }

    /// Begins another page unless this much is left of the last one; tells whether it did.
    fn turn(&mut self, height: f32) -> bool {
        if self.y - height >= BOTTOM {
            return false;
        }
        self.pages.push(Vec::new());
        self.y = TOP;
        true
    }

    /// The baseline of the first line of a row that is so many lines high; the row is taken.
    fn row(&mut self, lines: usize) -> f32 {
        let first = self.y - PADDING / 2.0 - PLAIN.size;
        self.y -= height_of(lines);
        first
    }

    /// A level line where the last row ended.
    fn rule(&mut self, ink: Ink) {
        let y = self.y;
        self.add([line((LEFT, y), RIGHT, ink)]);
    }
}

fn height_of(lines: usize) -> f32 {
    lines as f32 * LEADING + PADDING
}

/// All pages, from first to last.
fn lay_out(content: &Content<'_>) -> Vec<Vec<Mark>> {
    let mut sheets = Sheets { pages: vec![Vec::new()], y: TOP };
    head(&mut sheets, content);
    summary(&mut sheets, &content.purses);
    note(&mut sheets);
    let zone: Tz = content.statement.cover.zone.parse().unwrap_or(Tz::UTC);
    for purse in &content.purses {
        table(&mut sheets, purse, (content.statement.cycle, zone));
    }
    foot(&mut sheets, content.statement);
    sheets.pages
}

/// How to read what follows.
fn note(sheets: &mut Sheets) {
    let height = paragraph((LEFT, 0.0), LABEL, NOTE, RIGHT - LEFT).len() as f32 * LEADING + PADDING;
    sheets.turn(height);
    let y = sheets.y - PADDING - LABEL.size;
    sheets.add(paragraph((LEFT, y), LABEL, NOTE, RIGHT - LEFT));
    sheets.y -= height + PADDING;
}

/// What stands at the foot of each page.
fn foot(sheets: &mut Sheets, statement: &Statement) {
    let count = sheets.pages.len();
    let account =
        format!("Account {}, statement {}", statement.cover.account_number, statement.period());
    for (number, page) in (1..).zip(&mut sheets.pages) {
        page.push(text((LEFT, FOOT), LABEL, &account));
        page.push(to_the_right(
            (RIGHT, FOOT),
            LABEL,
            format!("Page {number} of {count}").as_bytes(),
        ));
    }
}

/// A text that ends here.
fn to_the_right((end, y): (f32, f32), font: Font, words: &[u8]) -> Mark {
    Mark::Text { at: (end - font.width(words), y), font, text: words.to_vec() }
}

/// Title, address and details.
fn head(sheets: &mut Sheets, content: &Content<'_>) {
    let cover = &content.statement.cover;
    sheets.add([text((LEFT, 716.0), HEADLINE, TITLE), line((LEFT, 704.0), RIGHT, BLACK)]);
    let mut left = 680.0;
    for words in cover.holders.iter().chain(&cover.address) {
        for text in wrapped(&legible(words), ADDRESS, WINDOW) {
            sheets.add([Mark::Text { at: (LEFT, left), font: ADDRESS, text }]);
            left -= ADDRESS.size * 1.3;
        }
    }
    let cycle = content.statement.cycle;
    let details = [
        ("Statement period", format!("{} to {}", day(cycle.first), day(cycle.last))),
        ("Account number", cover.account_number.clone()),
        ("Reference number", cover.reference_number.clone()),
        ("Product", cover.product.clone()),
        ("Program", content.program.to_string()),
        ("Amounts in", cover.currency.clone()),
        ("Days counted in", cover.zone.clone()),
    ];
    let mut right = 680.0;
    for (name, value) in details {
        sheets.add([text((DETAILS, right), LABEL, name)]);
        for text in wrapped(&legible(&value), PLAIN, RIGHT - VALUES) {
            sheets.add([Mark::Text { at: (VALUES, right), font: PLAIN, text }]);
            right -= LEADING;
        }
        right -= 2.0;
    }
    sheets.y = left.min(right) - 8.0;
}

fn day(day: NaiveDate) -> String {
    day.format("%m/%d/%Y").to_string()
}

/// A heading above what needs this much room below it.
fn heading(sheets: &mut Sheets, words: &str, room: f32) {
    let lines = wrapped(&legible(words), HEADING, RIGHT - LEFT);
    let height = lines.len() as f32 * 15.0;
    sheets.turn(height + 14.0 + room);
    sheets.y -= 14.0;
    for text in lines {
        let y = sheets.y - HEADING.size;
        sheets.add([Mark::Text { at: (LEFT, y), font: HEADING, text }]);
        sheets.y -= 15.0;
    }
    sheets.y -= 4.0;
}

/// The balances of all purses, and their sums.
fn summary(sheets: &mut Sheets, purses: &[PurseContent]) {
    heading(sheets, "Summary", 3.0 * height_of(1));
    summary_head(sheets);
    let total = |of: fn(&PurseContent) -> Money| {
        purses.iter().map(of).fold(Money::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum))
    };
    for purse in purses {
        let Sums { credits, debits, fees, .. } = purse.sums;
        let amounts = [purse.opening, credits, debits, fees, purse.closing];
        summary_row(sheets, (&purse.name, PLAIN), amounts);
        sheets.rule(PALE);
    }
    if purses.len() > 1 {
        let amounts = [
            total(|purse| purse.opening),
            total(|purse| purse.sums.credits),
            total(|purse| purse.sums.debits),
            total(|purse| purse.sums.fees),
            total(|purse| purse.closing),
        ];
        summary_row(sheets, ("All purses", STRONG), amounts);
    }
}

fn summary_head(sheets: &mut Sheets) {
    let y = sheets.row(1);
    sheets.add([text((LEFT, y), LABEL, "Purse")]);
    for (name, end) in SUMMARY {
        sheets.add([to_the_right((end, y), LABEL, name.as_bytes())]);
    }
    sheets.rule(BLACK);
}

fn summary_row(sheets: &mut Sheets, (name, font): (&str, Font), amounts: [Money; 5]) {
    let lines = wrapped(&legible(name), font, SUMMARY_NAME);
    if sheets.turn(height_of(lines.len())) {
        summary_head(sheets);
    }
    let y = sheets.row(lines.len());
    for (nth, text) in (0u8..).zip(lines) {
        sheets.add([Mark::Text { at: (LEFT, y - f32::from(nth) * LEADING), font, text }]);
    }
    for ((_, end), amount) in SUMMARY.into_iter().zip(amounts) {
        sheets.add([fitted((end, y), font, &shown(amount), SUMMARY_ROOM)]);
    }
}

/// One row of a table of entries.
struct Row {
    day: String,
    words: Vec<u8>,
    amount: Option<Money>,
    balance: Option<Money>,
    font: Font,
}

/// The entries of a purse, between its two balances.
fn table(sheets: &mut Sheets, purse: &PurseContent, (cycle, zone): (Cycle, Tz)) {
    heading(sheets, &purse.name, 4.0 * height_of(1));
    table_head(sheets);
    let balance = |on: NaiveDate, words: &str, balance: Money| Row {
        day: day(on),
        words: words.as_bytes().to_vec(),
        amount: None,
        balance: Some(balance),
        font: STRONG,
    };
    table_row(sheets, purse, &balance(cycle.first, "Opening balance", purse.opening));
    for entry in &purse.entries {
        let row = Row {
            day: day(entry.posted_at.date_in(zone)),
            words: legible(&words_of(entry)),
            amount: Some(signed(entry.direction, entry.amount)),
            balance: Some(entry.balance),
            font: PLAIN,
        };
        table_row(sheets, purse, &row);
    }
    if let Some(row) = unprinted(purse) {
        table_row(sheets, purse, &row);
    }
    if purse.sums.count == 0 {
        let words = b"Nothing was posted in this period.".to_vec();
        let row = Row { day: String::new(), words, amount: None, balance: None, font: PLAIN };
        table_row(sheets, purse, &row);
    }
    table_row(sheets, purse, &balance(cycle.last, "Closing balance", purse.closing));
}

/// What is not printed one by one, if there is more than is printed.
fn unprinted(purse: &PurseContent) -> Option<Row> {
    let printed = i64::try_from(purse.entries.len()).unwrap_or(i64::MAX);
    let more = purse.sums.count - printed;
    let before = purse.entries.last().map_or(purse.opening, |entry| entry.balance);
    (more > 0).then(|| Row {
        day: String::new(),
        words: format!("{more} more entries, not printed here").into_bytes(),
        amount: purse.closing.checked_sub(before),
        balance: Some(purse.closing),
        font: PLAIN,
    })
}

fn table_head(sheets: &mut Sheets) {
    let y = sheets.row(1);
    sheets.add([
        text((LEFT, y), LABEL, "Date"),
        text((DESCRIPTION, y), LABEL, "Description"),
        to_the_right((AMOUNT, y), LABEL, b"Amount"),
        to_the_right((RIGHT, y), LABEL, b"Balance"),
    ]);
    sheets.rule(BLACK);
}

fn table_row(sheets: &mut Sheets, purse: &PurseContent, row: &Row) {
    let lines = wrapped(&row.words, row.font, DESCRIPTION_ROOM);
    if sheets.turn(height_of(lines.len())) {
        heading(sheets, &format!("{} (continued)", purse.name), 0.0);
        table_head(sheets);
    }
    let y = sheets.row(lines.len());
    sheets.add([text((LEFT, y), row.font, &row.day)]);
    for (nth, text) in lines.into_iter().enumerate() {
        let at = (DESCRIPTION, y - nth as f32 * LEADING);
        sheets.add([Mark::Text { at, font: row.font, text }]);
    }
    for (end, amount) in [(AMOUNT, row.amount), (RIGHT, row.balance)] {
        let mark = amount.map(|it| fitted((end, y), row.font, &shown(it), AMOUNT_ROOM));
        sheets.add(mark);
    }
    sheets.rule(PALE);
}

/// What an entry is: its type, and what tells it from others of that type.
fn words_of(entry: &Entry) -> String {
    let Details { type_description, card, network, internal, .. } = &entry.details;
    let kind = Some(type_description.as_str()).filter(|words| !words.is_empty());
    let mut words = vec![kind.unwrap_or(entry.kind.as_str()).to_owned()];
    if let Some(network) = network {
        let place = [Some(&network.merchant), network.city.as_ref(), network.state.as_ref()];
        let place: Vec<&str> = place.into_iter().flatten().map(String::as_str).collect();
        words.push(place.join(" "));
    }
    let description = internal.as_ref().and_then(|internal| internal.description.clone());
    words.extend(description.filter(|said| *said != words[0]));
    words.extend(card.as_ref().map(|card| format!("card {}", card.last4_pan)));
    words.retain(|part| !part.is_empty());
    words.join(", ")
}

#[cfg(test)]
mod tests;
