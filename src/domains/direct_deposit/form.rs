//! The direct deposit form: one page, US Letter, that a person prints, signs and hands to a payroll
//! provider. Pure: the same values give the same bytes.
//!
//! The page is first laid out as a list of [`Mark`]s, which tests can look at, and then drawn.

mod printed;

use self::printed::PRINTED_MAX;
pub use self::printed::Printed;
use crate::paper::letters::Face;
use crate::paper::page::{
    self, BLACK, CAPITALS, DESCENDERS, Font, GREY, Mark, PAGE, PALE, line, text, wrapped,
};

/// What the form shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualForm {
    /// Of the account owner.
    pub full_name: Printed,
    /// Of the account.
    pub account_number: Printed,
    /// Of the bank.
    pub routing_number: Printed,
    /// As on a check.
    pub bank_name: Printed,
    /// Street address.
    pub address_line1: Printed,
    /// City, state and ZIP code.
    pub address_line2: Printed,
}

/// All is drawn between these two.
const LEFT: f32 = 54.0;
const RIGHT: f32 = PAGE.0 - LEFT;
/// Where the column of values begins.
const VALUES: f32 = 204.0;
/// Space between a text and the edge of its cell.
const INSET: f32 = 6.0;

const TITLE: &str = "Direct Deposit Authorization";
const INSTRUCTION: &str = "Fill in and sign this form, and hand it to your employer or payroll \
    provider. Keep a copy for your records.";
const AUTHORIZATION: &str = "I authorize the employer or payroll provider named below to deposit \
    the part of my pay marked above into the account shown on this form, and, should a deposit be \
    made in error, to take back the amount deposited in error. This authorization stays in force \
    until I withdraw it in writing and my employer or payroll provider has had reasonable time to \
    act on it.";

const HEADLINE: Font = Font { face: Face::Bold, size: 20.0, ink: BLACK };
const HEADING: Font = Font { face: Face::Bold, size: 12.0, ink: BLACK };
const PLAIN: Font = Font { face: Face::Regular, size: 10.0, ink: BLACK };
const LABEL: Font = Font { face: Face::Regular, size: 9.0, ink: GREY };
/// Values are drawn so, and smaller where they would not fit on two lines.
const VALUE: Font = Font { face: Face::Regular, size: 12.0, ink: BLACK };
/// The smallest values: [`PRINTED_MAX`] of the widest letters fit on two lines.
const SMALLEST: f32 = 6.0;

/// The form as a PDF.
pub fn pdf(form: &ManualForm) -> Vec<u8> {
    page::pdf(TITLE, &[lay_out(form)])
}

/// All that stands on the page, from top to bottom.
fn lay_out(form: &ManualForm) -> Vec<Mark> {
    let mut marks = vec![text((LEFT, 716.0), HEADLINE, TITLE)];
    marks.extend(paragraph((LEFT, 696.0), LABEL, INSTRUCTION));
    marks.push(line((LEFT, 686.0), RIGHT, BLACK));
    marks.push(text((LEFT, 658.0), HEADING, "Account holder"));
    let holder = [
        ("Full name", &form.full_name),
        ("Street address", &form.address_line1),
        ("City, state, ZIP code", &form.address_line2),
    ];
    marks.extend(rows(650.0, &holder));
    marks.push(text((LEFT, 530.0), HEADING, "Account to be credited"));
    let account = [
        ("Bank name", &form.bank_name),
        ("Routing number", &form.routing_number),
        ("Account number", &form.account_number),
    ];
    marks.extend(rows(522.0, &account));
    marks.push(text((LEFT, 402.0), HEADING, "Amount of each deposit"));
    marks.extend(choices(380.0));
    marks.push(text((LEFT, 298.0), HEADING, "Authorization"));
    marks.extend(paragraph((LEFT, 280.0), PLAIN, AUTHORIZATION));
    marks.extend(blank((LEFT, 360.0), 176.0, "Employer or payroll provider"));
    marks.extend(blank((384.0, RIGHT), 176.0, "Employee number, if you have one"));
    marks.extend(blank((LEFT, 360.0), 112.0, "Signature of the account holder"));
    marks.extend(blank((384.0, RIGHT), 112.0, "Date"));
    marks
}

/// A text of several lines that reach to the margin, the first one at this baseline.
fn paragraph(at: (f32, f32), font: Font, words: &str) -> Vec<Mark> {
    page::paragraph(at, font, words, RIGHT - at.0)
}

/// Height of one row of a table.
const ROW: f32 = 30.0;

/// Height of the name in a row.
const NAME: f32 = 11.0;

/// A table of values with their names, below this height.
fn rows(top: f32, values: &[(&str, &Printed)]) -> Vec<Mark> {
    let mut marks = vec![line((LEFT, top), RIGHT, PALE)];
    for (nth, (name, value)) in (1u8..).zip(values) {
        let bottom = top - f32::from(nth) * ROW;
        marks.push(text((LEFT, bottom + NAME), LABEL, name));
        let (font, lines) = fitted(value.bytes());
        // One line stands where its name does, two lines in the middle of the row.
        let leading = font.size * 1.15;
        let middle = bottom + ROW / 2.0;
        let last = middle - (leading + font.size * (CAPITALS - DESCENDERS)) / 2.0;
        let first = if lines.len() == 1 { bottom + NAME } else { last + leading };
        let at = |nth: usize| (VALUES, first - nth as f32 * leading);
        let mark = |(nth, text)| Mark::Text { at: at(nth), font, text };
        marks.extend(lines.into_iter().enumerate().map(mark));
        marks.push(line((LEFT, bottom), RIGHT, PALE));
    }
    marks
}

/// A value on one line or two, in the largest font that makes it fit.
fn fitted(value: &[u8]) -> (Font, Vec<Vec<u8>>) {
    let room = RIGHT - INSET - VALUES;
    let steps = ((VALUE.size - SMALLEST) * 2.0) as u16;
    let fonts = (0..=steps).map(|step| Font { size: VALUE.size - f32::from(step) / 2.0, ..VALUE });
    let one_line = fonts.clone().take(5).find(|font| font.width(value) <= room);
    if let Some(font) = one_line {
        return (font, vec![value.to_vec()]);
    }
    let mut on_two = fonts.filter(|font| font.size <= 10.0).map(|f| (f, wrapped(value, f, room)));
    on_two.find(|(_, lines)| lines.len() <= 2).unwrap_or_else(|| {
        // Its words are too long to go by them.
        let font = Font { size: SMALLEST, ..VALUE };
        (font, value.chunks(PRINTED_MAX / 2).map(<[u8]>::to_vec).collect())
    })
}

/// What may be ticked: all, a percentage, an amount.
fn choices(first: f32) -> Vec<Mark> {
    const STEP: f32 = 24.0;
    const WORDS: f32 = LEFT + 20.0;
    let mut marks = Vec::new();
    for (nth, before, after) in [
        (0u8, "All of my net pay", ""),
        (1, "", "percent of my net pay"),
        (2, "$", "of each of my paychecks"),
    ] {
        let y = first - f32::from(nth) * STEP;
        marks.push(Mark::Box { at: (LEFT, y - 1.5), side: 11.0 });
        if !before.is_empty() {
            marks.push(text((WORDS, y), PLAIN, before));
        }
        if !after.is_empty() {
            let from = if before.is_empty() { WORDS } else { WORDS + 9.0 };
            marks.push(line((from, y - 2.0), WORDS + 90.0, BLACK));
            marks.push(text((WORDS + 96.0, y), PLAIN, after));
        }
    }
    marks
}

/// A line to write on, with what belongs there below it.
fn blank((from, to): (f32, f32), y: f32, name: &str) -> [Mark; 2] {
    [line((from, y), to, BLACK), text((from, y - 12.0), LABEL, name)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(values: [&str; 6]) -> ManualForm {
        let [name, account, routing, bank, line1, line2] =
            values.map(|value| value.parse::<Printed>().unwrap());
        ManualForm {
            full_name: name,
            account_number: account,
            routing_number: routing,
            bank_name: bank,
            address_line1: line1,
            address_line2: line2,
        }
    }

    fn expect_well_set(form: &ManualForm) {
        let marks = lay_out(form);
        for (at, mark) in marks.iter().enumerate() {
            let (left, bottom, right, top) = mark.bounds();
            assert!(left >= LEFT && right <= RIGHT + 0.01, "beyond the margin: {mark:?}");
            assert!(bottom >= 54.0 && top <= PAGE.1 - 54.0, "beyond the margin: {mark:?}");
            let other = marks[at + 1..].iter().find(|other| mark.overlaps(other));
            assert!(other.is_none(), "{mark:?} stands on {other:?}");
        }
        for value in [&form.full_name, &form.account_number, &form.address_line2] {
            let (font, lines) = fitted(value.bytes());
            assert!(lines.len() <= 2 && font.size >= SMALLEST, "{lines:?}");
            let plain = |bytes: &[u8]| bytes.iter().filter(|b| **b != b' ').count();
            assert_eq!(plain(&lines.concat()), plain(value.bytes()));
        }
    }

    #[test]
    fn dds_5_the_longest_and_widest_values_stay_in_their_places() {
        let widest = "@".repeat(PRINTED_MAX);
        let words = "WWWWWWWWWWWWWWW WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW WWWWWWWWWWWWWWWWWWWWW";
        for value in ["x", "1234567890", &widest, words, &"Anna Maria ".repeat(9)] {
            expect_well_set(&form([value; 6]));
        }
    }

    #[test]
    fn dds_5_the_same_values_give_the_same_bytes() {
        let values = ["Steve Rogers", "1", "2", "Go2Bank", "123 Street Ave", "Los Angeles CA"];
        assert_eq!(pdf(&form(values)), pdf(&form(values)));
        let mut other = values;
        other[0] = "Steve Roger";
        assert_ne!(pdf(&form(values)), pdf(&form(other)));
    }

    #[test]
    fn the_page_fits_its_longest_words() {
        let paragraph = paragraph((LEFT, 280.0), PLAIN, AUTHORIZATION);
        assert!(paragraph.len() <= 5, "{paragraph:?}");
        assert_eq!(super::paragraph((LEFT, 0.0), LABEL, INSTRUCTION).len(), 1);
    }

    proptest! {
        #[test]
        fn dds_5_whatever_is_printed_nothing_overflows(
            values in prop::array::uniform6("[ -~À-ÿ]{0,60}[!-~]{1,40}"),
        ) {
            expect_well_set(&form(values.each_ref().map(String::as_str)));
        }
    }
}
