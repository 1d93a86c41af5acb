//! A contact verification: whose contact, which code, and where it stands.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::kernel::ids::{AccountId, ContactVerificationId};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// `contactType`.
    ContactType {
        /// A phone number.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
    }

    /// `communicationType`: how the code travels.
    CommunicationType {
        /// To a phone.
        Sms = "sms",
        /// To an e-mail address.
        Email = "email",
    }

    /// Where a verification stands.
    VerificationState {
        /// The code is out.
        Pending = "pending",
        /// The right code came back.
        Verified = "verified",
        /// All tries were wrong.
        Failed = "failed",
        /// No right code came back in time.
        Expired = "expired",
    }
}

impl ContactType {
    /// How a code reaches such a contact.
    pub fn communication(self) -> CommunicationType {
        match self {
            ContactType::Phone => CommunicationType::Sms,
            ContactType::Email => CommunicationType::Email,
        }
    }
}

/// What befalls a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The right code came.
    RightCode,
    /// A wrong one came, and there are tries left.
    WrongCode,
    /// A wrong one came on the last try.
    LastWrongCode,
    /// The lifetime of the code ended.
    TimeUp,
}

/// The table of states: from where, by what, to where. Whatever is not listed changes nothing.
pub const STEPS: [(VerificationState, Event, VerificationState); 4] = [
    (VerificationState::Pending, Event::RightCode, VerificationState::Verified),
    (VerificationState::Pending, Event::WrongCode, VerificationState::Pending),
    (VerificationState::Pending, Event::LastWrongCode, VerificationState::Failed),
    (VerificationState::Pending, Event::TimeUp, VerificationState::Expired),
];

impl VerificationState {
    /// Where a verification stands after an event; `None` if the event means nothing to it.
    pub fn after(self, event: Event) -> Option<VerificationState> {
        let step = STEPS.iter().find(|(from, by, _)| (*from, *by) == (self, event));
        step.map(|(_, _, to)| *to)
    }
}

/// What a partner gives, as read and not yet judged; empty texts are absent.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct GivenContact {
    /// `contactType`.
    pub contact_type: Option<String>,
    /// `communicationType`.
    pub communication_type: Option<String>,
    /// `contactHandle`: the number or address.
    pub handle: Option<String>,
    /// `verificationEventType`.
    pub event_type: Option<String>,
    /// `accountIdentifier`.
    pub account: Option<String>,
    /// Members that are judged by their length alone and not kept, by name.
    pub others: Vec<(&'static str, String)>,
}

impl fmt::Debug for GivenContact {
    /// Without the contact and the name of its owner.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenContact({:?}, {:?})", self.contact_type, self.communication_type)
    }
}

/// A phone number or an e-mail address, in the one form that is kept and compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Which of both.
    pub kind: ContactType,
    /// Ten digits, or an address in small letters.
    pub handle: String,
}

impl fmt::Debug for Contact {
    /// Without the handle.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({})", self.kind)
    }
}

/// A verification that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVerification {
    /// Whom the code goes to.
    pub contact: Contact,
    /// What it is for, in the partner's words.
    pub event_type: Option<String>,
    /// The account it is for, if there is one already.
    pub account: Option<AccountId>,
}

/// A code of 4 to 10 digits. Shown to testers alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code of these digits.
    pub fn new(digits: String) -> Self {
        Self(digits)
    }

    /// Whether this is the code; takes the same time for every code of its length.
    pub fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The digits, for the store and for testers.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(****)")
    }
}

/// A verification and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactVerification {
    /// `contactVerificationIdentifier`, and `sessionIdentifier` of the status.
    pub id: ContactVerificationId,
    /// What was asked for.
    pub asked: NewVerification,
    /// The code that was sent.
    pub code: Code,
    /// Where it stood when it was last written; [`ContactVerification::state_at`] knows the clock.
    pub state: VerificationState,
    /// Wrong codes so far.
    pub tries: u32,
    /// How many wrong codes there may be.
    pub tries_allowed: u32,
    /// When it was generated.
    pub created_at: Timestamp,
    /// From when on its code is good no more.
    pub expires_at: Timestamp,
}

impl ContactVerification {
    /// Where it stands at a moment of the world.
    pub fn state_at(&self, now: Timestamp) -> VerificationState {
        let is_over = now >= self.expires_at;
        let expired = is_over.then(|| self.state.after(Event::TimeUp)).flatten();
        expired.unwrap_or(self.state)
    }
}

/// The first contact verification of a list that will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitContact {
    /// Its place in the list.
    pub at: usize,
    /// Where it stands; `None` if the program does not have it.
    pub state: Option<VerificationState>,
}
