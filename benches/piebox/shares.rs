//! The final paragraph: where the time of a call goes, computed from the figures of the run.
//!
//! Shares are of processor time in this process, clients included, since that is what runs out
//! first. What Postgres itself spends is not in it.

use super::report::Report;
use super::stage::Engine;

/// A part of a call's processor time, in microseconds, and what would make it smaller.
struct Part {
    what: &'static str,
    us: f64,
    gain: &'static str,
}

const HTTP: (&str, &str) =
    ("HTTP and the client", "a leaner stack: nothing to gain on this side of axum");
const TRIP: (&str, &str) =
    ("a trip for one row", "reading without a hand-over between threads and sockets");
const READ: (&str, &str) = (
    "all else of a read (four tables, token, JSON, log)",
    "fewer columns and rows to carry over from the database, then the token and the JSON",
);
const UNIT: (&str, &str) =
    ("the unit of work", "fewer index pages touched by each unit, and fewer bytes logged");
const RULES: (&str, &str) =
    ("all else of a write (body, token, rules, ids, answer)", "fewer documents written as JSON");
const CRYPTO: (&str, &str) = ("EC_v1", "a faster P-256, which is arithmetic and nothing else");

/// Prints the paragraph; sections that were not run are left out.
pub fn conclude(report: &Report) {
    println!("\nWhere the time goes (shares of the processor time of one call, this process)");
    for engine in Engine::durable() {
        let name = engine.name();
        sentence(&format!("{name}: GET account"), read(report, name));
        for (kind, opened, sealed) in
            [("plain", 0.0, 0.0), ("sealed request", 1.0, 0.0), ("sealed both ways", 1.0, 2.0)]
        {
            let what = format!("{name}: POST enrollment, {kind}");
            sentence(&what, write(report, name, &what, (opened, sealed)));
        }
    }
}

fn cpu(report: &Report, what: &str) -> Option<f64> {
    report.figure(what).map(super::load::Figure::cpu_us)
}

fn part((what, gain): (&'static str, &'static str), us: f64) -> Part {
    Part { what, us: us.max(0.0), gain }
}

fn read(report: &Report, engine: &str) -> Option<Vec<Part>> {
    let http = cpu(report, "hello: one text route")?;
    let row = cpu(report, &format!("{engine}: one row, bare route"))?;
    let whole = cpu(report, &format!("{engine}: GET account"))?;
    Some(vec![part(HTTP, http), part(TRIP, row - http), part(READ, whole - row)])
}

fn write(report: &Report, engine: &str, what: &str, seals: (f64, f64)) -> Option<Vec<Part>> {
    let http = cpu(report, "hello: one text route")?;
    let unit = cpu(report, &format!("{engine}: the unit alone"))?;
    let whole = cpu(report, what)?;
    let mut parts = vec![part(HTTP, http), part(UNIT, unit)];
    let mut known = http + unit;
    if seals.0 > 0.0 {
        let open = cpu(report, "open a user document")?;
        let seal = cpu(report, "seal one, with a new ephemeral key")?;
        let crypto = seals.0 * open + seals.1 * seal;
        parts.push(part(CRYPTO, crypto));
        known += crypto;
    }
    parts.push(part(RULES, whole - known));
    Some(parts)
}

fn sentence(what: &str, parts: Option<Vec<Part>>) {
    let Some(parts) = parts else { return };
    let whole: f64 = parts.iter().map(|part| part.us).sum();
    let share =
        |part: &Part| format!("{} {:.0} us ({:.0} %)", part.what, part.us, part.us * 100.0 / whole);
    let shares: Vec<String> = parts.iter().map(share).collect();
    println!("  {what}, {whole:.0} us: {}.", shares.join("; "));
    if let Some(largest) = parts.iter().max_by(|one, other| one.us.total_cmp(&other.us)) {
        println!("    Most would be gained by {}.", largest.gain);
    }
}
