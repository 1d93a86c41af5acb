//! Whether an account may be enrolled in a feature or leave it, and what else that changes: pure,
//! in order of precedence.

use super::model::{Enrolled, Offer, is_same};
use crate::domains::accounts::model::{AccountStatus, Standing, TermsAcceptance};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Most characters of an unknown id that are told again.
const SHOWN_MAX: usize = 50;

/// What is known when a change is judged.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account's status.
    pub standing: Standing,
    /// Whether terms must have been accepted.
    pub enforces_terms: bool,
    /// The account's terms, with those that an upgrade under way will bring.
    pub terms: &'a [TermsAcceptance],
    /// What the program offers.
    pub offers: &'a [Offer<'a>],
    /// What the account is enrolled in.
    pub enrolled: &'a [Enrolled],
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'a> {
    /// Nothing: it is so already.
    Nothing,
    /// Begin a feature, and end those that it takes the place of.
    Begin {
        /// The feature.
        offer: Offer<'a>,
        /// Ids of those of its group.
        replaced: Vec<&'a str>,
    },
    /// End a feature.
    End {
        /// Its id.
        id: &'a str,
        /// Terms that are opted out of with it.
        opts_out: Option<&'a str>,
    },
}

/// Why a change is refused, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The account is not in use.
    AccountState(Standing),
    /// The program has no such feature.
    Unknown(String),
    /// The account is not enrolled in it.
    NotEnrolled(String),
    /// These terms are declined, or not accepted.
    Terms(String, TermsState),
    /// The account has another one of its group, that cannot be replaced.
    Excluded {
        /// The one that is asked for.
        wanted: String,
        /// The one that is there.
        present: String,
    },
}

/// Why terms do not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermsState {
    /// They are on file, declined.
    Declined,
    /// They are not on file.
    Missing,
}

impl<'a> Facts<'a> {
    fn offer(&self, id: &str) -> Option<Offer<'a>> {
        self.offers.iter().find(|offer| is_same(offer.id, id)).copied()
    }

    fn enrolled(&self, id: &str) -> Option<&'a Enrolled> {
        self.enrolled.iter().find(|known| is_same(&known.id, id))
    }

    /// Features of the account other than this one.
    fn others(&self, id: &'a str) -> impl Iterator<Item = &'a Enrolled> {
        self.enrolled.iter().filter(move |known| !is_same(&known.id, id))
    }
}

/// Judges whether features may be asked about and changed: on an account that is in use.
pub fn judge_account(standing: Standing) -> Option<Denial> {
    (standing.status != AccountStatus::Normal).then_some(Denial::AccountState(standing))
}

/// What becomes of a wish to begin or to end a feature.
pub fn judge<'a>(facts: &Facts<'a>, id: &'a str, begins: bool) -> Result<Change<'a>, Denial> {
    if let Some(denial) = judge_account(facts.standing) {
        return Err(denial);
    }
    match (facts.enrolled(id), facts.offer(id)) {
        // What is no longer offered can still be left.
        (Some(known), offer) if !begins => Ok(Change::End {
            id: &known.id,
            opts_out: offer.and_then(|offer| terms_left(facts, offer)),
        }),
        (_, None) => Err(Denial::Unknown(id.chars().take(SHOWN_MAX).collect())),
        (None, Some(offer)) if !begins => Err(Denial::NotEnrolled(offer.id.to_owned())),
        (Some(_), Some(_)) => Ok(Change::Nothing),
        (None, Some(offer)) => begin(facts, offer),
    }
}

fn begin<'a>(facts: &Facts<'a>, offer: Offer<'a>) -> Result<Change<'a>, Denial> {
    if let Some(terms) = offer.terms.filter(|_| facts.enforces_terms) {
        let on_file = facts.terms.iter().find(|known| known.identifier == terms);
        let state = match on_file {
            Some(known) if !known.accepted => Some(TermsState::Declined),
            Some(_) => None,
            None => Some(TermsState::Missing),
        };
        if let Some(state) = state {
            return Err(Denial::Terms(terms.to_owned(), state));
        }
    }
    let is_of_group = |known: &&Enrolled| {
        let group = facts.offer(&known.id).and_then(|other| other.group);
        group.is_some() && group == offer.group
    };
    let present: Vec<&Enrolled> = facts.others(offer.id).filter(is_of_group).collect();
    match present.first() {
        Some(first) if !offer.replaces => {
            Err(Denial::Excluded { wanted: offer.id.to_owned(), present: first.id.clone() })
        }
        _ => {
            let replaced = present.into_iter().map(|known| known.id.as_str()).collect();
            Ok(Change::Begin { offer, replaced })
        }
    }
}

/// The terms that are opted out of together with a feature: not those that another one needs.
fn terms_left<'a>(facts: &Facts<'a>, offer: Offer<'a>) -> Option<&'a str> {
    let terms = offer.terms.filter(|_| offer.opts_out)?;
    let mut others = facts.others(offer.id).filter_map(|known| facts.offer(&known.id)?.terms);
    others.all(|other| other != terms).then_some(terms)
}

impl Denial {
    /// The vendor's answer.
    pub fn refusal(self) -> Refusal {
        match self {
            Denial::AccountState(Standing { status, reason }) => {
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED)
                    .because(format!("the account is {status} / {reason}"))
            }
            Denial::Unknown(id) => Refusal::of(&codes::FEATURE_UNKNOWN)
                .because(format!("the program offers no feature {id:?}")),
            Denial::NotEnrolled(id) => Refusal::of(&codes::FEATURE_NOT_ENROLLED)
                .because(format!("the account is not enrolled in {id}")),
            Denial::Terms(terms, state) => {
                let found = match state {
                    TermsState::Declined => "are declined",
                    TermsState::Missing => "are not on file",
                };
                let facts = format!("the terms {terms} {found}, and features.enforceTerms is on");
                Refusal::of(&codes::FEATURE_TERMS).because(facts)
            }
            Denial::Excluded { wanted, present } => Refusal::of(&codes::FEATURE_TERMS)
                .under("FEA-2")
                .saying(format!("{wanted} excludes {present}, which the account is enrolled in."))
                .because(format!("the account has {present}, of the same group as {wanted}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domains::accounts::model::StatusReason;
    use crate::kernel::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(0);
    const IN_USE: Standing =
        Standing { status: AccountStatus::Normal, reason: StatusReason::Healthy };
    const OFFERS: [Offer<'static>; 6] = [
        Offer { id: "NB100", group: None, replaces: true, terms: Some("negBal"), opts_out: true },
        Offer { id: "UCB1", group: Some("cash"), replaces: false, terms: None, opts_out: false },
        Offer { id: "UCB2", group: Some("cash"), replaces: false, terms: None, opts_out: false },
        Offer {
            id: "RDC1",
            group: Some("checks"),
            replaces: true,
            terms: Some("mrdc"),
            opts_out: false,
        },
        Offer {
            id: "RDC2",
            group: Some("checks"),
            replaces: true,
            terms: Some("mrdc"),
            opts_out: false,
        },
        Offer { id: "NB50", group: None, replaces: true, terms: Some("negBal"), opts_out: true },
    ];

    fn enrolled(ids: &[&str]) -> Vec<Enrolled> {
        ids.iter().map(|id| Enrolled { id: (*id).to_owned(), started_at: NOW }).collect()
    }

    fn terms(accepted: &[(&str, bool)]) -> Vec<TermsAcceptance> {
        let one = |(identifier, accepted): &(&str, bool)| TermsAcceptance {
            identifier: (*identifier).to_owned(),
            accepted_at: NOW,
            accepted: *accepted,
        };
        accepted.iter().map(one).collect()
    }

    fn facts<'a>(enrolled: &'a [Enrolled], terms: &'a [TermsAcceptance]) -> Facts<'a> {
        Facts { standing: IN_USE, enforces_terms: false, terms, offers: &OFFERS, enrolled }
    }

    #[test]
    fn fea_2_and_fea_3_a_second_of_a_group_is_refused_or_replaces() {
        let has = enrolled(&["NB100", "UCB1", "RDC1"]);
        let excluded = Denial::Excluded { wanted: "UCB2".into(), present: "UCB1".into() };
        assert_eq!(judge(&facts(&has, &[]), "ucb2", true), Err(excluded));
        let changed = judge(&facts(&has, &[]), "rdc2", true);
        assert_eq!(changed, Ok(Change::Begin { offer: OFFERS[4], replaced: vec!["RDC1"] }));
        assert_eq!(judge(&facts(&has, &[]), "nb100", true), Ok(Change::Nothing));
    }

    #[test]
    fn fea_5_terms_that_are_declined_or_wanting_stand_in_the_way() {
        for (on_file, enforces_terms, state) in [
            (None, false, None),
            (None, true, Some(TermsState::Missing)),
            (Some(true), true, None),
            (Some(false), true, Some(TermsState::Declined)),
            (Some(false), false, None),
        ] {
            let terms: Vec<_> =
                on_file.iter().flat_map(|accepted| terms(&[("negBal", *accepted)])).collect();
            let judged = judge(&Facts { enforces_terms, ..facts(&[], &terms) }, "NB100", true);
            let denial = state.map(|state| Denial::Terms("negBal".into(), state));
            assert_eq!(judged.err(), denial, "{on_file:?} {enforces_terms}");
        }
    }

    #[test]
    fn fea_6_terms_are_opted_out_of_with_the_last_feature_that_needs_them() {
        let left = |has: &[&str], id: &str| match judge(&facts(&enrolled(has), &[]), id, false) {
            Ok(Change::End { opts_out, .. }) => opts_out.map(str::to_owned),
            other => panic!("{other:?}"),
        };
        assert_eq!(left(&["NB100", "UCB1"], "NB100").as_deref(), Some("negBal"));
        assert_eq!(left(&["NB100", "NB50"], "NB100"), None);
        assert_eq!(left(&["RDC1"], "RDC1"), None);
        assert_eq!(left(&["gone"], "gone"), None, "what is no longer offered can be left");
    }

    #[test]
    fn fea_7_the_first_fault_is_answered() {
        let closed = Standing { status: AccountStatus::Closed, ..IN_USE };
        let shut = Facts { standing: closed, ..facts(&[], &[]) };
        assert_eq!(judge(&shut, "other", true), Err(Denial::AccountState(closed)));
        let open = facts(&[], &[]);
        for begins in [true, false] {
            assert_eq!(judge(&open, "other", begins), Err(Denial::Unknown("other".into())));
        }
        assert_eq!(judge(&open, "nb100", false), Err(Denial::NotEnrolled("NB100".into())));
        let long = "x".repeat(10_000);
        assert_eq!(judge(&open, &long, true), Err(Denial::Unknown("x".repeat(SHOWN_MAX))));
    }

    proptest! {
        /// Whatever is begun and ended in whatever order, and whatever terms are declined between:
        /// one of a group at most, and no feature whose terms are declined.
        #[test]
        fn fea_2_and_fea_6_any_walk_keeps_groups_and_terms_apart(
            steps in proptest::collection::vec((0..OFFERS.len(), any::<bool>()), 0..30),
        ) {
            let (mut has, mut on_file) = (Vec::new(), terms(&[]));
            for (at, begins) in steps {
                let id = OFFERS[at].id;
                let (had, terms_before) = (has.clone(), on_file.clone());
                let facts = Facts { enforces_terms: true, ..facts(&had, &terms_before) };
                match judge(&facts, id, begins) {
                    Ok(Change::Begin { offer, replaced }) => {
                        has.retain(|known: &Enrolled| !replaced.contains(&known.id.as_str()));
                        has.extend(enrolled(&[offer.id]));
                    }
                    Ok(Change::End { id, opts_out }) => {
                        has.retain(|known| known.id != id);
                        if let Some(left) = opts_out {
                            on_file.retain(|known| known.identifier != left);
                            on_file.extend(terms(&[(left, false)]));
                        }
                    }
                    // The customer accepts them then.
                    Err(Denial::Terms(wanted, _)) => {
                        on_file.retain(|known| known.identifier != wanted);
                        on_file.extend(terms(&[(wanted.as_str(), true)]));
                    }
                    Ok(Change::Nothing) | Err(_) => {}
                }
                let offers: Vec<Offer<'_>> =
                    has.iter().filter_map(|known| facts.offer(&known.id)).collect();
                for group in ["cash", "checks"] {
                    prop_assert!(offers.iter().filter(|one| one.group == Some(group)).count() <= 1);
                }
                let needed = |terms: &str| offers.iter().any(|one| one.terms == Some(terms));
                prop_assert!(on_file.iter().all(|one| one.accepted || !needed(&one.identifier)));
            }
        }
    }
}
