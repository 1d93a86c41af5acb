//! No refusal without its explanation: whatever is refused goes through `http/envelope.rs`, which
//! adds the header and hands the refusal on to be recorded. That it does so for every code is
//! tested beside it.

use super::demand_none;
use super::sources::{Source, src_files};
use super::tokens::{Kind, reads};

/// The one place where a refusal becomes an answer, and those where a fault on purpose does: that
/// is none, and tells in headers of its own what it is.
const ENVELOPES: &[&str] =
    &["src/http/envelope.rs", "src/http/made_up.rs", "src/http/connection.rs"];

/// The files that answer partners.
const ANSWERING: &[&str] = &["src/http/**", "src/domains/**", "src/app.rs"];

/// Other ways to make an answer that is no success.
const WAYS_ROUND: &[&str] = &[
    "StatusCode",
    "status_mut",
    "Response :: new",
    "Response :: builder",
    "ErrorResponse",
    "Redirect",
    // Who sets the header elsewhere explains a refusal that is not recorded.
    "EXPLAIN",
];

/// Extractors that refuse in words of their own, outside the envelope. As `Result<Query<..>, ..>`
/// they refuse nothing.
const BLUNT_EXTRACTORS: &[&str] = &[
    ": Path <",
    ": Query <",
    ": Form <",
    ": Json <",
    "extract :: Path",
    "extract :: Query",
    "extract :: Form",
    "extract :: Json",
];

/// The name of the header, as it stands in a string.
const HEADER: &str = "x-piebox-explain";

#[test]
fn a_refused_answer_is_made_by_the_envelope_alone() {
    let answering = src_files().filter(|source| is_answering(source));
    let problems: Vec<String> = answering.flat_map(ways_round).collect();
    let advice = "Return a Refusal: as ApiError, as Reply::refused or through envelope::refused. \
        Path parameters are read from RawPathParams, bodies by VendorJson.";
    demand_none(&problems, advice);
}

fn is_answering(source: &Source) -> bool {
    !ENVELOPES.contains(&source.path.as_str())
        && ANSWERING.iter().any(|pattern| source.fits(pattern))
}

fn ways_round(source: &Source) -> Vec<String> {
    let code = source.code();
    let extractors = BLUNT_EXTRACTORS.iter().filter(|_| source.fits("src/domains/**"));
    let patterns: Vec<&str> = WAYS_ROUND.iter().chain(extractors).copied().collect();
    let mut found = Vec::new();
    for (at, token) in code.iter().enumerate() {
        let used = patterns.iter().filter(|pattern| reads(&code, at, pattern));
        found.extend(used.map(|pattern| format!("{} {pattern}", source.at(token.line))));
        if token.kind == Kind::Text && token.text.eq_ignore_ascii_case(HEADER) {
            found.push(format!("{} {HEADER}", source.at(token.line)));
        }
    }
    found
}

#[test]
fn ways_round_the_envelope_are_seen() {
    for (text, count) in [
        ("fn f() -> Response { (StatusCode::BAD_REQUEST, \"no\").into_response() }", 1),
        ("fn f() { *response.status_mut() = status; Response::builder() }", 2),
        ("fn f() { headers.insert(\"X-Piebox-Explain\", value) }", 1),
        ("use axum::extract::{Path, State}; async fn f(Path(id): Path<String>) {}", 1),
        ("async fn f(found: axum::extract::Query<Wish>) {}", 1),
        ("async fn f(Json(body): Json<Wish>) {}", 1),
        ("async fn f(call: Call) -> ApiResult<Json<A>> { Ok(Json(answer)) } // StatusCode", 0),
        ("#[cfg(test)] mod tests { use axum::http::StatusCode; }", 0),
    ] {
        let path = "src/domains/a/endpoints/get.rs";
        let found = ways_round(&Source::new(path.to_owned(), text.to_owned()));
        assert_eq!(found.len(), count, "{text}: {found:?}");
    }
}
