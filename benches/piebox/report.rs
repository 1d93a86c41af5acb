//! What is printed: one table, row by row as it is measured, and the figures that the final
//! paragraph is computed from.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::load::Figure;

/// Width of the column that says what a row is.
const WIDTH: usize = 58;

/// What a figure should reach.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn judge(self, found: f64, unit: &str) -> String {
        let (sign, wanted, is_met) = match self {
            Target::AtLeast(wanted) => (">=", wanted, found >= wanted),
            Target::AtMost(wanted) => ("<=", wanted, found <= wanted),
        };
        format!("{sign} {wanted}{unit}: {}", if is_met { "met" } else { "MISSED" })
    }
}

/// Collects and prints the rows.
#[derive(Debug, Default)]
pub struct Report {
    figures: BTreeMap<String, Figure>,
    values: BTreeMap<String, f64>,
}

impl Report {
    /// Begins a block of rows.
    pub fn section(&self, title: &str) {
        println!("\n{title}");
        let heads = ["", "per second", "spread", "us cpu", "ratio", "target"];
        println!("{}", line(&heads));
    }

    /// Says something between rows.
    pub fn note(&self, text: impl Display) {
        println!("  ({text})");
    }

    /// A rate without a baseline.
    pub fn rate(&mut self, what: &str, figure: &Figure) {
        self.row(what, figure, String::new(), String::new());
    }

    /// A rate as a part of the baseline's.
    pub fn against(
        &mut self,
        what: &str,
        figure: &Figure,
        baseline: &Figure,
        target: Option<Target>,
    ) {
        let ratio = figure.ratio_to(baseline);
        let judged = target.map(|target| target.judge(ratio, "")).unwrap_or_default();
        self.values.insert(format!("{what}: ratio"), ratio);
        self.row(what, figure, format!("{ratio:.2}"), judged);
    }

    fn row(&mut self, what: &str, figure: &Figure, ratio: String, target: String) {
        let rate = thousands(figure.per_second());
        let spread = format!("{:.0} %", figure.spread() * 100.0);
        let cpu = format!("{:.0}", figure.cpu_us());
        println!("{}", line(&[what, &rate, &spread, &cpu, &ratio, &target]));
        self.figures.insert(what.to_owned(), figure.clone());
    }

    /// A value that is no rate, in its unit.
    pub fn value(&mut self, what: &str, value: f64, unit: &str, target: Option<Target>) {
        let shown = if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
        let judged = target.map(|target| target.judge(value, unit)).unwrap_or_default();
        println!("{}", line(&[what, &format!("{shown}{unit}"), "", "", "", &judged]));
        self.values.insert(what.to_owned(), value);
    }

    /// A rate that was printed, if that section was run.
    pub fn figure(&self, what: &str) -> Option<&Figure> {
        self.figures.get(what)
    }
}

fn line(cells: &[&str]) -> String {
    let [what, rate, spread, cpu, ratio, target] = cells else { return cells.join(" ") };
    let text = format!("  {what:<WIDTH$} {rate:>10} {spread:>7} {cpu:>7} {ratio:>6}  {target}");
    text.trim_end().to_owned()
}

/// `12345.6` as `12,346`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
