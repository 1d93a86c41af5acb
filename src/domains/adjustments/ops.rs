//! Use cases on adjustments: carrying one out, now or once the processor answers, and reading one.

use super::model::{Adjustment, AdjustmentReason, AdjustmentStatus, NewAdjustment};
use super::rules::{self, Facts};
use super::{events, store};
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::ledger::model::{Books, Floor, MoneyRefusal, NewTransaction};
use crate::domains::ledger::ops as ledger;
use crate::domains::transactions::model::{Details, InternalData};
use crate::kernel::ids::{AccountId, AdjustmentId, FaultId};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::faults::{Fault, FaultTarget};
use crate::programs::ops as worlds;
use crate::programs::settings::AdjustmentType;
use crate::programs::world::World;
use crate::schedule::{self, MoneyWork};

const MINUTE_MS: i64 = 60_000;

/// Fault rules that speak of an adjustment that is tried again and that nobody calls for: those
/// that match the call of its account, and the one that befell the first try.
pub fn faults_of_retry(
    world: &World,
    account: AccountId,
    struck_by: Option<FaultId>,
) -> Vec<&Fault> {
    let path = format!("/programs/{}/accounts/{account}/adjustments", world.code);
    let target = FaultTarget {
        method: "POST",
        template: "/programs/{programCode}/accounts/{accountIdentifier}/adjustments",
        path: &path,
        operation: "adjustment_post_adjustbalance",
        caller: "",
    };
    let is_meant =
        |fault: &&Fault| struck_by == Some(fault.fault_id) || fault.rule.speaks_of(&target);
    of_processor(world.faults.iter().filter(is_meant))
}

/// Of these fault rules, those that befall the processor.
pub fn of_processor<'a>(faults: impl Iterator<Item = &'a Fault>) -> Vec<&'a Fault> {
    faults.filter(|fault| fault.rule.effect.is_of_processor()).collect()
}

/// Carries an adjustment out, once: one that comes again is answered as it stands.
pub async fn create(
    db: &Db,
    (world, faults): (&World, &[&Fault]),
    (account, new): (AccountId, NewAdjustment),
    now: Timestamp,
) -> Result<Outcome<Adjustment>, DbError> {
    let mut keys = vec![Key::account(&world.code, account)];
    keys.extend(faults.iter().map(|fault| Key::fault(&world.code, fault.fault_id)));
    let mut unit = db.begin(world.scope(keys)).await?;
    let mut books = match ledger::open(&mut unit, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if let Some(known) = store::find(&mut unit, &world.code, (account, new.id)).await? {
        let refusal = rules::judge_repeat(&known, &new);
        return Ok(refusal.map_or(Outcome::Done(known), Outcome::refused));
    }
    let kind = world.settings.adjustment_type(&new.kind);
    let facts = Facts {
        is_configured: kind.is_some(),
        currency: &books.currency,
        standing: books.standing,
    };
    let denial = rules::judge(&facts, &new);
    let (None, Some(kind)) = (&denial, kind) else {
        return Ok(denial.map_or_else(|| unknown(&new), |it| Outcome::refused(it.refusal())));
    };
    let mut adjustment = pending(new, kind.direction, now);
    let occasion = ["adjustment", &account.to_string(), &adjustment.asked.id.to_string(), "1"];
    match worlds::strike(&mut unit, world, faults, &occasion).await? {
        Some(fault) if world.settings.adjustments.tries > 1 => {
            try_again(&mut unit, world, (account, &adjustment), (2, Some(fault)), now);
        }
        Some(_) => adjustment.status = AdjustmentStatus::Declined,
        None => {
            if let Err(refusal) = settle(world, &mut books, (&mut adjustment, kind), now) {
                return Ok(Outcome::refused(rules::beyond(&refusal.to_string())));
            }
        }
    }
    store::insert(&mut unit, &world.code, account, &adjustment);
    ledger::save(&mut unit, world, &mut books, now);
    unit.commit().await?;
    Ok(Outcome::Done(adjustment))
}

fn unknown(new: &NewAdjustment) -> Outcome<Adjustment> {
    Outcome::refused(rules::Denial::TypeNotConfigured(new.kind.clone()).refusal())
}

fn pending(asked: NewAdjustment, direction: Direction, now: Timestamp) -> Adjustment {
    Adjustment {
        asked,
        status: AdjustmentStatus::Pending,
        reason: AdjustmentReason::Timeout,
        direction,
        created_at: now,
        transaction_at: now,
    }
}

/// Posts an adjustment and its fee, or declines it where the money is not there. An error is a
/// balance that could not be kept.
fn settle(
    world: &World,
    books: &mut Books,
    (adjustment, kind): (&mut Adjustment, &AdjustmentType),
    now: Timestamp,
) -> Result<(), MoneyRefusal> {
    let mut posted = books.clone();
    match post(world, &mut posted, (&adjustment.asked, kind), now) {
        Ok(()) => {
            *books = posted;
            adjustment.status = AdjustmentStatus::Completed;
            adjustment.reason = AdjustmentReason::Success;
            adjustment.transaction_at = now;
        }
        Err(MoneyRefusal::Insufficient { .. }) => {
            adjustment.status = AdjustmentStatus::Declined;
            adjustment.reason = AdjustmentReason::InsufficientFunds;
        }
        Err(refusal) => return Err(refusal),
    }
    Ok(())
}

fn post(
    world: &World,
    books: &mut Books,
    (asked, kind): (&NewAdjustment, &AdjustmentType),
    now: Timestamp,
) -> Result<(), MoneyRefusal> {
    let floor = if asked.debit_to_negative { Floor::Open } else { Floor::Zero };
    let internal = InternalData {
        adjustment: Some(asked.id),
        description: asked.description.clone(),
        ..InternalData::default()
    };
    let details = |type_description: &str| Details {
        type_description: type_description.to_owned(),
        internal: Some(internal.clone()),
        ..Details::default()
    };
    let (account, purse) = (books.account, books.primary);
    let of_amount = NewTransaction {
        id: ledger::transaction_id(world, account, &format!("adjustment {}", asked.id)),
        purse,
        kind: kind.transaction_type,
        direction: kind.direction,
        amount: asked.amount,
        details: details(&kind.transaction_type_description),
    };
    books.post(of_amount, kind.book, floor, now)?;
    if let Some(amount) = asked.fee.amount() {
        let id = ledger::transaction_id(world, account, &format!("fee of {}", asked.id));
        let of_fee = NewTransaction {
            id,
            purse,
            kind: TransactionType::Fee,
            direction: Direction::Debit,
            amount,
            details: details("Fee"),
        };
        books.post(of_fee, ProgramBook::Fees, fee_floor(asked, kind.direction), now)?;
    }
    Ok(())
}

/// A fee is paid out of what a credit brings, whatever else is there; beyond that, and with a
/// debit, as the adjustment itself.
fn fee_floor(asked: &NewAdjustment, direction: Direction) -> Floor {
    let is_covered = direction.is_credit() && asked.fee.money() <= asked.amount.money();
    if asked.debit_to_negative || is_covered { Floor::Open } else { Floor::Zero }
}

fn try_again(
    unit: &mut Work,
    world: &World,
    (account, adjustment): (AccountId, &Adjustment),
    (attempt, struck_by): (u32, Option<FaultId>),
    now: Timestamp,
) {
    let id = adjustment.asked.id;
    let task = MoneyWork::SettleAdjustment { adjustment: id, attempt, struck_by };
    let minutes = world.settings.adjustments.interval_minutes;
    let due = now.plus_millis(i64::from(minutes) * MINUTE_MS);
    let occasion = format!("attempt {attempt} at {id}");
    schedule::ops::put(unit, world, (account, task), &occasion, (now, due));
}

/// Tries a pending adjustment once more, as a task that has fallen due. The unit must hold the keys
/// of the account and of [`faults_of_retry`]. Tells what came of it.
pub async fn settle_later(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, AdjustmentId),
    (attempt, struck_by): (u32, Option<FaultId>),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Some(mut adjustment) = store::find(unit, &world.code, (account, id)).await? else {
        return Ok("the adjustment is gone");
    };
    let Ok(mut books) = ledger::open(unit, world, account).await? else {
        return Ok("the account is gone");
    };
    if adjustment.status != AdjustmentStatus::Pending {
        return Ok("the adjustment is settled already");
    }
    let faults = faults_of_retry(world, account, struck_by);
    let number = attempt.to_string();
    let occasion = ["adjustment", &account.to_string(), &id.to_string(), &number];
    let is_struck = worlds::strike(unit, world, &faults, &occasion).await?.is_some();
    if is_struck && attempt < world.settings.adjustments.tries {
        try_again(unit, world, (account, &adjustment), (attempt + 1, struck_by), now);
        return Ok("the processor did not answer, to be tried again");
    }
    let is_open = rules::is_open(books.standing);
    let kind = world.settings.adjustment_type(&adjustment.asked.kind);
    let kind = kind.filter(|_| is_open && !is_struck).cloned();
    let settled = kind.map(|kind| settle(world, &mut books, (&mut adjustment, &kind), now));
    if !matches!(settled, Some(Ok(()))) {
        adjustment.status = AdjustmentStatus::Declined;
    }
    if adjustment.status == AdjustmentStatus::Declined {
        let tell = |books: &Books| events::final_status(world, books, &adjustment, now);
        ledger::tell(unit, world, &mut books, tell);
    }
    store::update(unit, &world.code, account, &adjustment);
    ledger::save(unit, world, &mut books, now);
    Ok(match adjustment.status {
        AdjustmentStatus::Completed => "the adjustment is posted",
        _ => "the adjustment is declined",
    })
}

/// Reads an adjustment, or says which of both is not there.
pub async fn get(
    mut read: impl Read,
    world: &World,
    (account, id): (AccountId, AdjustmentId),
) -> Result<Result<Adjustment, Refusal>, DbError> {
    if let Some(found) = store::find(&mut read, &world.code, (account, id)).await? {
        return Ok(Ok(found));
    }
    Ok(match ledger::open(&mut read, world, account).await? {
        Ok(_) => Err(rules::not_found(id)),
        Err(refusal) => Err(refusal),
    })
}
