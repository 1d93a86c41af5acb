//! Whether a check is taken, and on which day its money may be there: pure, in order of precedence.

use chrono::NaiveDate;
use iso_currency::Currency;

use super::model::{CheckStatus, Deposit, DepositState, Deposited, NewDeposit};
use crate::domains::accounts::model::{AccountStatus, Standing};
use crate::kernel::calendar;
use crate::kernel::codes;
use crate::kernel::ids::TransferId;
use crate::kernel::money::{Amount, Money};
use crate::kernel::outcome::Refusal;
use crate::kernel::states::states;

/// Longest reason, and longest text of the partner's that is kept. Characters.
pub const TEXT_MAX: usize = 255;

states! {
    /// What an account lacks, in `unmetPrerequisites`.
    Prerequisite {
        /// It is not in use.
        AccountStatus = "accountStatus",
        /// It has no tier.
        Tier = "checkDepositTier",
        /// The terms of the tier were not accepted.
        Terms = "termsAcceptance",
        /// The check is too large.
        CheckLimit = "checkLimit",
        /// Too much in one day.
        DailyLimit = "dailyLimit",
        /// Too much in 30 days.
        RollingLimit = "rollingLimit",
    }
}

/// What stands in the way of a check, and when its money would be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// What is wanting.
    pub unmet: Vec<Prerequisite>,
    /// Business days that money is held, if the account has a tier.
    pub hold_days: Option<u32>,
    /// The day on which the money of a check of today would be there.
    pub funds_available_on: Option<NaiveDate>,
}

/// What a program takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest check.
    pub check: Amount,
    /// In one day.
    pub day: Amount,
    /// In 30 days.
    pub rolling: Amount,
}

/// What is known when a check is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The account's status.
    pub standing: Standing,
    /// The account's currency.
    pub currency: &'a str,
    /// Business days of the account's tier, if it has one.
    pub hold_days: Option<u32>,
    /// Identifier of terms that are wanting, where the program asks for them.
    pub wanting_terms: Option<&'a str>,
    /// What the program takes.
    pub limits: Limits,
    /// What was deposited already.
    pub deposited: Deposited,
}

/// What stands in the way of a check, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmet {
    /// Something about the account: nothing is made.
    Gate(Gate),
    /// Something about the check: it is taken in and declined.
    Excess(Excess),
}

/// What an account must have for any check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// It is not in use.
    AccountState(Standing),
    /// It has no tier.
    Tier,
    /// These terms are wanting.
    Terms(String),
}

/// The limit that a check is beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Of one check.
    Check,
    /// Of one day.
    Daily,
    /// Of 30 days.
    Rolling,
}

/// All that stands in the way of a check; without an amount, of any check.
pub fn unmet(facts: &Facts<'_>, amount: Option<Amount>) -> Vec<Unmet> {
    let Facts { limits, deposited, .. } = facts;
    let mut found = Vec::new();
    if !is_open(facts.standing) {
        found.push(Unmet::Gate(Gate::AccountState(facts.standing)));
    }
    if facts.hold_days.is_none() {
        found.push(Unmet::Gate(Gate::Tier));
    }
    if let Some(terms) = facts.wanting_terms {
        found.push(Unmet::Gate(Gate::Terms(terms.to_owned())));
    }
    let money = amount.map_or(Money::ZERO, Amount::money);
    let is_beyond = |before: Money, limit: Amount| {
        before.checked_add(money).is_none_or(|sum| sum > limit.money())
    };
    for (excess, before, limit) in [
        (Excess::Check, Money::ZERO, limits.check),
        (Excess::Daily, deposited.today, limits.day),
        (Excess::Rolling, deposited.lately, limits.rolling),
    ] {
        if is_beyond(before, limit) {
            found.push(Unmet::Excess(excess));
        }
    }
    found
}

impl Unmet {
    /// In `unmetPrerequisites`.
    pub fn prerequisite(&self) -> Prerequisite {
        match self {
            Unmet::Gate(Gate::AccountState(_)) => Prerequisite::AccountStatus,
            Unmet::Gate(Gate::Tier) => Prerequisite::Tier,
            Unmet::Gate(Gate::Terms(_)) => Prerequisite::Terms,
            Unmet::Excess(Excess::Check) => Prerequisite::CheckLimit,
            Unmet::Excess(Excess::Daily) => Prerequisite::DailyLimit,
            Unmet::Excess(Excess::Rolling) => Prerequisite::RollingLimit,
        }
    }
}

impl Excess {
    /// `rejectReason` of the check.
    pub fn reason(self) -> &'static str {
        match self {
            Excess::Check => "Exceeds check limit",
            Excess::Daily => "Exceeds daily limit",
            Excess::Rolling => "Exceeds 30-day rolling deposit limit",
        }
    }
}

impl Gate {
    /// The vendor's answer.
    pub fn refusal(&self) -> Refusal {
        match self {
            Gate::AccountState(Standing { status, reason }) => {
                let facts = format!("the account is {status} / {reason}");
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED).because(facts)
            }
            Gate::Tier => Refusal::of(&codes::FEATURE_TERMS)
                .under("FEA-3")
                .because("the account has no feature that says how long checks are held"),
            Gate::Terms(terms) => Refusal::of(&codes::FEATURE_TERMS).because(format!(
                "terms {terms} are not accepted, and features.enforceTerms is on"
            )),
        }
    }
}

/// Whether an account takes checks: one that is in use.
pub fn is_open(standing: Standing) -> bool {
    standing.status == AccountStatus::Normal
}

/// Whether an account takes what a change of a check posts to it: a credit if it is in use, a debit
/// unless it is closed. What posts nothing it always takes.
pub fn takes(standing: Standing, (from, to): (DepositState, DepositState)) -> bool {
    match (from.is_posted(), to.is_posted()) {
        (false, true) => is_open(standing),
        (true, false) => standing.status != AccountStatus::Closed,
        _ => true,
    }
}

/// Whether a check is taken in at all: business days that its money is held, and the limit that it
/// is beyond, if there is one.
pub fn judge(facts: &Facts<'_>, new: &NewDeposit) -> Result<(u32, Option<Excess>), Refusal> {
    expect_currency(facts.currency, &new.currency)?;
    let mut excess = None;
    for unmet in unmet(facts, Some(new.amount)) {
        match unmet {
            Unmet::Gate(gate) => return Err(gate.refusal()),
            Unmet::Excess(beyond) => excess = excess.or(Some(beyond)),
        }
    }
    let hold_days = facts.hold_days.ok_or_else(|| Gate::Tier.refusal())?;
    Ok((hold_days, excess))
}

fn expect_currency(of_account: &str, given: &str) -> Result<(), Refusal> {
    if Currency::from_code(given).is_none() {
        return Err(Refusal::of(&codes::CURRENCY_UNKNOWN));
    }
    if of_account != given {
        return Err(Refusal::of(&codes::CURRENCY_NOT_OFFERED));
    }
    Ok(())
}

/// An identifier that comes again is about the same check, or is refused.
pub fn judge_repeat(known: &Deposit, new: &NewDeposit) -> Option<Refusal> {
    (known.asked != *new).then(|| {
        let facts = format!("check deposit {} was handed in with other members", new.id);
        Refusal::of(&codes::CHECK_REPEATED).because(facts)
    })
}

/// The check stands where this cannot be done.
pub fn out_of_state(status: CheckStatus, what: &str) -> Refusal {
    Refusal::of(&codes::CHECK_STATE)
        .saying(format!("The check deposit is {status} and cannot be {what}."))
}

/// There is no such check; of the account, if it is asked for one of an account.
pub fn not_found(id: TransferId) -> Refusal {
    Refusal::of(&codes::CHECK_NOT_FOUND).because(format!("there is no check deposit {id} here"))
}

/// Pictures are not kept; what is known of them goes into the explanation.
pub fn images_not_kept(deposit: &Deposit) -> Refusal {
    let images = &deposit.asked.images;
    let facts = format!("{} bytes were handed in, SHA-256 {}", images.bytes, images.sha256);
    Refusal::of(&codes::CHECK_IMAGES).because(facts)
}

/// The balance would be beyond what can be kept.
pub fn too_large(problem: impl std::fmt::Display) -> Refusal {
    invalid(format!("transactionAmount: {problem}"))
}

/// A member that will not do.
pub fn invalid(words: impl Into<String>) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).saying(words)
}

/// Money may be made available on a business day from today to the day that was set.
pub fn judge_funds_date(
    wanted: NaiveDate,
    (today, scheduled): (NaiveDate, NaiveDate),
) -> Result<(), Refusal> {
    if (today..=scheduled).contains(&wanted) && calendar::is_business_day(wanted) {
        return Ok(());
    }
    let shown = wanted.format("%m/%d/%Y");
    let words = format!("The new funding date ({shown}) is not a valid business date.");
    let facts = format!("a business day from {today} to {scheduled} is wanted, not {wanted}");
    Err(Refusal::of(&codes::FUNDS_DATE).saying(words).because(facts))
}

/// A day: `YYYY-MM-DD`, or `MM/DD/YYYY` as the vendor's own text prints it.
pub fn read_day(member: &str, text: &str) -> Result<NaiveDate, Refusal> {
    let is_form = |slots: [usize; 2], mark: u8| {
        text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match slots.contains(&at) {
                true => byte == mark,
                false => byte.is_ascii_digit(),
            })
    };
    let form = match (is_form([4, 7], b'-'), is_form([2, 5], b'/')) {
        (true, _) => Some("%Y-%m-%d"),
        (_, true) => Some("%m/%d/%Y"),
        _ => None,
    };
    let read = form.and_then(|form| NaiveDate::parse_from_str(text, form).ok());
    read.ok_or_else(|| invalid(format!("{member}: must be a day in the form YYYY-MM-DD")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domains::accounts::model::StatusReason;
    use crate::domains::check_deposits::model::{Images, PostingInfo};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn facts() -> Facts<'static> {
        let standing = Standing { status: AccountStatus::Normal, reason: StatusReason::Healthy };
        let limits = Limits { check: amount("100"), day: amount("150"), rolling: amount("200") };
        Facts {
            standing,
            currency: "USD",
            hold_days: Some(2),
            wanting_terms: None,
            limits,
            deposited: Deposited::default(),
        }
    }

    fn new() -> NewDeposit {
        NewDeposit {
            id: "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33".parse().unwrap(),
            account: "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d34".parse().unwrap(),
            amount: amount("100"),
            currency: "USD".to_owned(),
            images: Images::of(None, &[]),
            posting: PostingInfo::default(),
        }
    }

    #[test]
    fn the_earlier_rule_is_the_one_that_refuses() {
        let standing = Standing { status: AccountStatus::Closed, reason: StatusReason::Healthy };
        let mut facts = Facts { standing, hold_days: None, wanting_terms: Some("mrdc"), ..facts() };
        let code = |facts: &Facts<'_>, new: &NewDeposit| {
            let refusal = judge(facts, new).unwrap_err();
            (refusal.code.code, refusal.code.sub_code, refusal.rule)
        };
        let mut asked = NewDeposit { currency: "usd".to_owned(), ..new() };
        assert_eq!(code(&facts, &asked), (650, 0, "ENR-26"));
        asked.currency = "EUR".to_owned();
        assert_eq!(code(&facts, &asked), (650, 430, "ENR-26"));
        asked.currency = "USD".to_owned();
        assert_eq!(code(&facts, &asked), (4, 105, "FEA-7"));
        facts.standing.status = AccountStatus::Normal;
        assert_eq!(code(&facts, &asked), (5, 55, "FEA-3"));
        facts.hold_days = Some(1);
        assert_eq!(code(&facts, &asked), (5, 55, "FEA-5"));
        facts.wanting_terms = None;
        assert_eq!(judge(&facts, &asked), Ok((1, None)));
    }

    #[test]
    fn a_check_up_to_each_limit_is_taken_and_one_beyond_it_is_not() {
        let money = |text: &str| amount(text).money();
        let with = |today: &str, lately: &str| Facts {
            deposited: Deposited { today: money(today), lately: money(lately) },
            ..facts()
        };
        for (facts, asked, expected) in [
            (facts(), "100", None),
            (facts(), "100.0001", Some(Excess::Check)),
            (with("50", "50"), "100", None),
            (with("50.0001", "50.0001"), "100", Some(Excess::Daily)),
            (with("1", "100"), "100", None),
            (with("1", "100.0001"), "100", Some(Excess::Rolling)),
            (with("100", "199"), "100", Some(Excess::Daily)),
        ] {
            let asked = NewDeposit { amount: amount(asked), ..new() };
            assert_eq!(judge(&facts, &asked), Ok((2, expected)), "{facts:?}");
        }
        let all: Vec<_> = unmet(&with("150", "200"), Some(amount("101")))
            .iter()
            .map(|unmet| unmet.prerequisite().as_str())
            .collect();
        assert_eq!(all, ["checkLimit", "dailyLimit", "rollingLimit"]);
        assert_eq!(unmet(&facts(), None), []);
    }

    #[test]
    fn every_member_counts_when_an_identifier_comes_again() {
        let known = Deposit {
            asked: new(),
            state: DepositState::Pending,
            reason: None,
            hold_days: 1,
            funds_available_on: NaiveDate::MIN,
            is_rescheduled: false,
            submitted_at: crate::kernel::time::Timestamp::MIN,
            changed_at: crate::kernel::time::Timestamp::MIN,
            ended_at: None,
            posted: None,
        };
        assert_eq!(judge_repeat(&known, &new()), None);
        let front = [("front", vec![1])];
        for other in [
            NewDeposit {
                account: "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d35".parse().unwrap(),
                ..new()
            },
            NewDeposit { amount: amount("99"), ..new() },
            NewDeposit { currency: "EUR".to_owned(), ..new() },
            NewDeposit { images: Images::of(None, &front), ..new() },
            NewDeposit { images: Images::of(Some("tiff".to_owned()), &[]), ..new() },
            NewDeposit {
                posting: PostingInfo { token: Some("x".to_owned()), ..PostingInfo::default() },
                ..new()
            },
        ] {
            assert!(judge_repeat(&known, &other).is_some(), "{other:?}");
        }
    }

    #[test]
    fn money_is_made_available_on_business_days_up_to_the_one_that_was_set() {
        let day = |text: &str| read_day("day", text).unwrap();
        let span = (day("2031-07-03"), day("2031-07-08"));
        for (wanted, is_good) in [
            ("2031-07-02", false),
            ("2031-07-03", true),
            ("2031-07-04", false),
            ("2031-07-05", false),
            ("2031-07-06", false),
            ("07/07/2031", true),
            ("2031-07-08", true),
            ("2031-07-09", false),
        ] {
            assert_eq!(judge_funds_date(day(wanted), span).is_ok(), is_good, "{wanted}");
        }
        let refusal = judge_funds_date(day("2031-07-04"), span).unwrap_err();
        let words = "The new funding date (07/04/2031) is not a valid business date.";
        assert_eq!(refusal.description, words);
    }

    proptest! {
        #[test]
        fn a_day_is_read_in_its_two_forms_and_in_no_other(text in "[0-9/-]{8,11}") {
            if let Ok(day) = read_day("day", &text) {
                let forms = ["%Y-%m-%d", "%m/%d/%Y"].map(|form| day.format(form).to_string());
                prop_assert!(forms.contains(&text));
            }
        }

        #[test]
        fn no_text_makes_reading_a_day_panic(text in "\\PC{0,12}") {
            let _ = read_day("day", &text);
        }
    }
}
