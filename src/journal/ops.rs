//! Making entries of calls, and reading them.

use serde_json::Value as Json;

use super::matching::Wanted;
use super::model::{
    Answered, Asked, CallRecord, Entry, KeptAnswer, KeptBody, KeptFault, KeptRefusal, Kind, kept,
};
use super::remedies::remedy;
use super::{redact, store};
use crate::db::{Db, DbError, Read};
use crate::kernel::ids::{AccountId, CallId, ProgramCode, RequestId};
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line, LineKind};

/// Calls of one request id told at once.
pub const EXPLAINED_MAX: i64 = 100;
/// Entries read in one trip; a long body may be kept of each.
const CHUNK: i64 = 100;

/// A call as it is kept.
pub(super) fn entry_of(record: &CallRecord) -> Entry {
    let Asked { method, path, template, operation, request_id, caller, .. } = &record.asked;
    let request = redact::body(&record.asked.body, record.kept.body_bytes);
    let answer = record.answered.as_ref().map(|answered| answer_of(record, answered));
    let bodies = [answer.as_ref().map(|answer| &answer.body), Some(&request)];
    let named = bodies.into_iter().flatten().filter_map(|body| body.body.as_ref());
    let account = account_of_path(&record.asked).or_else(|| named.into_iter().find_map(account_in));
    Entry {
        call_id: record.id.to_string(),
        kind: record.kind,
        at: record.at,
        wall_at: record.wall,
        duration_ms: record.duration_ms,
        method: kept(method),
        path: redact::path(path),
        template: template.clone(),
        operation: operation.clone(),
        request_id: request_id.clone(),
        caller: caller.clone(),
        account_identifier: account.map(|account| account.to_string()),
        query: record.asked.query.as_deref().map(redact::query).unwrap_or_default(),
        request,
        answer,
        lost: None,
    }
}

fn answer_of(record: &CallRecord, answered: &Answered) -> KeptAnswer {
    let body = redact::body(&answered.body, record.kept.body_bytes);
    let detail = body.body.as_ref().and_then(|body| body.pointer("/responseDetails/0"));
    let number = |name: &str| detail.and_then(|detail| detail[name].as_i64());
    let words = detail.and_then(|detail| detail["description"].as_str()).map(kept);
    let refusal = answered.refusal.as_ref();
    let code = refusal.map(|refusal| i64::from(refusal.code.code));
    let sub_code = refusal.map(|refusal| i64::from(refusal.code.sub_code));
    KeptAnswer {
        status: answered.status,
        code: code.or_else(|| number("code")),
        sub_code: sub_code.or_else(|| number("subCode")),
        description: refusal.map(|refusal| kept(&refusal.description)).or(words),
        refusal: refusal.map(|refusal| KeptRefusal {
            rule: refusal.rule.to_owned(),
            facts: kept(refusal.shown_facts()),
            source: refusal.code.source.to_owned(),
            remedy: remedy(refusal.code).map(str::to_owned),
        }),
        faults: answered
            .faults
            .iter()
            .map(|fault| KeptFault {
                fault_id: fault.fault_id.map(|id| id.to_string()),
                kind: fault.kind.to_owned(),
            })
            .collect(),
        body,
    }
}

/// The account that the path names.
fn account_of_path(asked: &Asked) -> Option<AccountId> {
    let template = asked.template.as_deref()?;
    let place = template.split('/').position(|part| part == "{accountIdentifier}")?;
    asked.plain_path.split('/').nth(place)?.parse().ok()
}

/// The account that a body names.
fn account_in(body: &Json) -> Option<AccountId> {
    let named = ["/account/accountIdentifier", "/accountIdentifier"];
    named.iter().find_map(|place| body.pointer(place)?.as_str()?.parse().ok())
}

/// Calls that could not be kept, as they are told.
pub(super) fn entry_of_lost(id: CallId, (at, wall): (Timestamp, Timestamp), calls: u64) -> Entry {
    Entry {
        call_id: id.to_string(),
        kind: Kind::Lost,
        at,
        wall_at: wall,
        duration_ms: 0,
        method: String::new(),
        path: String::new(),
        template: None,
        operation: None,
        request_id: None,
        caller: None,
        account_identifier: None,
        query: Default::default(),
        request: KeptBody::default(),
        answer: None,
        lost: Some(calls),
    }
}

/// One page of the journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// What was asked for, in the order asked for.
    pub entries: Vec<Entry>,
    /// The call to go on from, if there is more.
    pub next: Option<String>,
    /// Calls that could not be kept, among those looked through.
    pub lost: u64,
}

/// Which part of the journal is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Entries that the world keeps: older ones are as if gone.
    pub kept: usize,
    /// Oldest first.
    pub is_oldest_first: bool,
    /// Goes on behind this call.
    pub behind: Option<&'a str>,
    /// Entries at most.
    pub limit: usize,
}

/// The calls of a world that fit, a page of them.
pub async fn find(
    db: &Db,
    program: &ProgramCode,
    wanted: &Wanted,
    part: Part<'_>,
) -> Result<Found, DbError> {
    let mut found = Found::default();
    let mut fitting = Vec::new();
    each(db, program, part.kept, |entry| {
        found.lost += entry.lost.unwrap_or(0);
        let is_behind = part.behind.is_none_or(|call| match part.is_oldest_first {
            true => entry.call_id.as_str() > call,
            false => entry.call_id.as_str() < call,
        });
        if is_behind && wanted.fits(&entry) {
            fitting.push(entry);
            // Newest first, one beyond the page says that there is more; oldest first, the newest
            // of what was found give way.
            if part.is_oldest_first && fitting.len() > part.limit + 1 {
                fitting.remove(0);
            }
        }
        part.is_oldest_first || fitting.len() <= part.limit
    })
    .await?;
    if part.is_oldest_first {
        fitting.reverse();
    }
    if fitting.len() > part.limit {
        fitting.truncate(part.limit);
        found.next = fitting.last().map(|entry| entry.call_id.clone());
    }
    found.entries = fitting;
    Ok(found)
}

/// Shows the entries of a world, newest first, while `look` wants more. Few are in memory at once.
pub async fn each(
    db: &Db,
    program: &ProgramCode,
    kept: usize,
    mut look: impl FnMut(Entry) -> bool,
) -> Result<(), DbError> {
    let (mut behind, mut left) = (None::<String>, kept);
    while left > 0 {
        let limit = CHUNK.min(i64::try_from(left).unwrap_or(CHUNK));
        let chunk = store::before(&mut &*db, program, behind.as_deref(), limit).await?;
        let count = chunk.len();
        behind = chunk.last().map(|entry| entry.call_id.clone());
        for entry in chunk {
            if !look(entry) {
                return Ok(());
            }
        }
        if i64::try_from(count) != Ok(limit) {
            return Ok(());
        }
        left -= count;
    }
    Ok(())
}

/// The calls with this request id, newest first: one trip.
pub async fn of_request(
    mut read: impl Read,
    program: &ProgramCode,
    request_id: &RequestId,
) -> Result<Vec<Entry>, DbError> {
    store::of_request(&mut read, program, request_id, EXPLAINED_MAX).await
}

/// Calls about an account as lines of its timeline: those of partners, or those of the control API,
/// among them those that are about its whole world.
pub async fn lines(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
    (kind, behind): (LineKind, &Behind),
) -> Result<Vec<Line>, DbError> {
    let whose = if kind == LineKind::Request { Kind::Call } else { Kind::Control };
    let entries = store::of_account(&mut read, program, account, (whose, behind)).await?;
    Ok(entries.into_iter().map(|entry| line_of(kind, entry)).collect())
}

/// Characters of a body that a line of the timeline shows.
const SHOWN_MAX: usize = 120;

fn line_of(kind: LineKind, entry: Entry) -> Line {
    let mut text = format!("{} {}", entry.method, entry.path);
    if kind == LineKind::Control {
        // What was done stands in what was sent: an action, a span, a setting.
        let sent = entry.request.body.as_ref().map(Json::to_string).unwrap_or_default();
        text.extend(std::iter::once(' ').chain(sent.chars().take(SHOWN_MAX)));
    } else {
        match &entry.answer {
            Some(answer) => text.push_str(&words_of(answer)),
            None => text.push_str(": the caller went away before the answer"),
        }
    }
    let moment = (entry.at.millis(), Some(entry.call_id.clone()));
    Line::new(kind, moment, (0, String::new()), (text, serde_json::json!(entry)))
}

fn words_of(answer: &KeptAnswer) -> String {
    let mut words = format!(": {}", answer.status);
    if let Some((code, sub_code)) = answer.code.zip(answer.sub_code) {
        let said = answer.description.as_deref().unwrap_or_default();
        words.push_str(&format!(" with {code}/{sub_code} {said}"));
    }
    if let Some(refusal) = &answer.refusal {
        words.push_str(&format!(" ({})", refusal.rule));
    }
    for fault in &answer.faults {
        words.push_str(&format!("; struck by {}", fault.kind));
    }
    words
}
