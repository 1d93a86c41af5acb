//! What a use case decided. Refusing is an answer, not an error: every [`Outcome`] is committed,
//! and only an `Err` beside it rolls back.

use super::codes::VendorCode;

/// The decision of a use case.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    /// It was done; the payload tells the result.
    Done(T),
    /// The vendor's rules refuse it, or it was done with a result other than success.
    Refused {
        /// Why.
        why: Refusal,
        /// What the vendor shows all the same: an account that was made though its screening
        /// failed, or the one that already exists.
        shown: Option<T>,
    },
    /// It stopped half-way and what was done stays; the repeated call goes on from there. The
    /// refusal tells what is left.
    Unfinished(Refusal),
}

impl<T> Outcome<T> {
    /// A refusal that shows nothing.
    pub fn refused(why: Refusal) -> Self {
        Self::Refused { why, shown: None }
    }

    /// The same decision about something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Done(payload) => Outcome::Done(make(payload)),
            Outcome::Refused { why, shown } => Outcome::Refused { why, shown: shown.map(make) },
            Outcome::Unfinished(left) => Outcome::Unfinished(left),
        }
    }
}

/// A refusal as the partner sees it, with what a tester needs to understand it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The line of the vendor's table.
    pub code: &'static VendorCode,
    /// The wire description; the table's text unless the case needs its own words.
    pub description: String,
    /// The rule that refuses; the table's unless the case falls under a narrower one.
    pub rule: &'static str,
    /// What was read and found wanting, for the explanation. Never holds a secret.
    pub facts: Option<String>,
}

impl Refusal {
    /// The refusal in the table's own words.
    pub fn of(code: &'static VendorCode) -> Self {
        Self { code, description: code.text.to_owned(), rule: code.rule, facts: None }
    }

    /// The same with the facts that led to it.
    #[must_use]
    pub fn because(mut self, facts: impl Into<String>) -> Self {
        self.facts = Some(facts.into());
        self
    }

    /// The same under another rule of the rulebook.
    #[must_use]
    pub fn under(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// The same with a description that names the case; for codes whose text the vendor leaves
    /// open.
    #[must_use]
    pub fn saying(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// One line for people: rule, facts, source. Goes into `X-Piebox-Explain`.
    pub fn explanation(&self) -> String {
        format!("{}: {} [{}]", self.rule, self.shown_facts(), self.code.source)
    }

    /// What was found wanting; the wire description where that says it all.
    pub fn shown_facts(&self) -> &str {
        self.facts.as_deref().unwrap_or(&self.description)
    }
}

impl From<&'static VendorCode> for Refusal {
    fn from(code: &'static VendorCode) -> Self {
        Self::of(code)
    }
}
