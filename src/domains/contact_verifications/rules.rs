//! Which verifications are generated, and what a code does to one. Pure: the moment is handed in.

use super::model::{
    Contact, ContactType, ContactVerification, Event, GivenContact, NewVerification,
    VerificationState,
};
use crate::domains::users::rules::{UserFacts, judge_email};
use crate::kernel::codes;
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// Longest texts, in characters. A handle may be as long as an e-mail address.
const TEXT_MAX: usize = 100;
/// Longest spelling of a phone number.
const PHONE_MAX: usize = 30;
/// Longest code that is compared.
const CODE_MAX: usize = 20;

/// Why no verification is generated; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactDenial {
    /// A member is missing.
    Missing(&'static str),
    /// A text is too long.
    TooLong(&'static str),
    /// `contactType` is neither of both.
    ContactType,
    /// `communicationType` does not reach such a contact.
    CommunicationType(ContactType),
    /// `contactHandle` is no such contact.
    Handle(ContactType),
    /// `accountIdentifier` is no GUID.
    Account,
}

impl ContactDenial {
    /// The refusal. Names the member, never its text.
    pub fn refusal(self) -> Refusal {
        let invalid =
            |words: String| Refusal::of(&codes::MEMBER_INVALID).under("CV-2").saying(words);
        match self {
            ContactDenial::Missing(member) => missing(member),
            ContactDenial::TooLong(member) => {
                invalid(format!("{member} must have at most {TEXT_MAX} characters."))
            }
            ContactDenial::ContactType => invalid("contactType must be phone or email.".to_owned()),
            ContactDenial::CommunicationType(kind) => invalid(format!(
                "communicationType must be {} where contactType is {kind}.",
                kind.communication()
            )),
            ContactDenial::Handle(ContactType::Phone) => {
                invalid("contactHandle must be a phone number of 10 digits.".to_owned())
            }
            ContactDenial::Handle(ContactType::Email) => {
                invalid("contactHandle must be an e-mail address.".to_owned())
            }
            ContactDenial::Account => invalid("accountIdentifier must be a GUID.".to_owned()),
        }
    }
}

fn missing(member: &str) -> Refusal {
    Refusal::of(&codes::VERIFICATION_MEMBER_MISSING).saying(format!("{member} is required."))
}

/// Reads what a partner gives, or names the first member that will not do.
pub fn read(facts: &UserFacts, given: &GivenContact) -> Result<NewVerification, ContactDenial> {
    let needed = |member, text: &Option<String>| text.clone().ok_or(ContactDenial::Missing(member));
    let kind = needed("contactType", &given.contact_type)?;
    let communication = needed("communicationType", &given.communication_type)?;
    let handle = needed("contactHandle", &given.handle)?;
    let event_type = given.event_type.iter().map(|text| ("verificationEventType", text));
    let others = given.others.iter().map(|(member, text)| (*member, text));
    let is_too_long = |(_, text): &(&str, &String)| text.chars().count() > TEXT_MAX;
    if let Some((member, _)) = event_type.chain(others).find(is_too_long) {
        return Err(ContactDenial::TooLong(member));
    }
    let is_kind = |one: &ContactType| one.as_str().eq_ignore_ascii_case(&kind);
    let kind = ContactType::ALL.iter().copied().find(is_kind).ok_or(ContactDenial::ContactType)?;
    if !communication.eq_ignore_ascii_case(kind.communication().as_str()) {
        return Err(ContactDenial::CommunicationType(kind));
    }
    let handle = match kind {
        ContactType::Phone => phone(&handle),
        ContactType::Email => email(facts, &handle),
    };
    let account = given.account.as_deref().map(str::parse).transpose();
    Ok(NewVerification {
        contact: Contact { kind, handle: handle.ok_or(ContactDenial::Handle(kind))? },
        event_type: given.event_type.clone(),
        account: account.map_err(|_| ContactDenial::Account)?,
    })
}

/// The ten digits of a phone number: with or without `1` or `+1` before them, and with spaces,
/// hyphens, dots and brackets between them.
pub fn phone(text: &str) -> Option<String> {
    if text.chars().count() > PHONE_MAX {
        return None;
    }
    let plain: String = text.chars().filter(|c| !" -.()".contains(*c)).collect();
    let ten = match plain.strip_prefix("+1") {
        Some(rest) => rest,
        None => plain.strip_prefix('1').filter(|rest| has_digits(rest, 10)).unwrap_or(&plain),
    };
    has_digits(ten, 10).then(|| ten.to_owned())
}

/// An e-mail address as it is kept, if users may have it.
fn email(facts: &UserFacts, text: &str) -> Option<String> {
    judge_email(facts, text).is_none().then(|| text.to_lowercase())
}

/// The handle that a tester means: a phone number in any spelling, or an address.
pub fn handle_meant(text: &str) -> String {
    let text = text.trim();
    phone(text).unwrap_or_else(|| text.to_lowercase())
}

/// Why a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeDenial {
    /// It is not the one.
    Wrong,
    /// All tries are used up.
    TriesUsed,
    /// It comes too late.
    Expired,
}

impl CodeDenial {
    /// The refusal, with how the verification stands. Never tells a code or a handle.
    pub fn refusal(self, verification: &ContactVerification) -> Refusal {
        let ContactVerification { id, tries, tries_allowed, expires_at, .. } = verification;
        match self {
            CodeDenial::Wrong => Refusal::of(&codes::VERIFICATION_CODE_WRONG).because(format!(
                "verification {id} is {}, {tries} of {tries_allowed} tries are used",
                verification.state
            )),
            CodeDenial::TriesUsed => Refusal::of(&codes::VERIFICATION_TRIES_USED)
                .because(format!("verification {id} has used its {tries_allowed} tries")),
            CodeDenial::Expired => Refusal::of(&codes::VERIFICATION_EXPIRED)
                .because(format!("verification {id} expired at {expires_at}")),
        }
    }
}

/// The code of a request, if it is there and can be one.
pub fn given_code(code: Option<String>) -> Result<String, Refusal> {
    let code = code.ok_or_else(|| missing("verificationCode"))?;
    if code.chars().count() > CODE_MAX {
        return Err(Refusal::of(&codes::MEMBER_INVALID)
            .under("CV-2")
            .saying(format!("verificationCode must have 1 to {CODE_MAX} characters.")));
    }
    Ok(code)
}

/// A verification after a code was given at a moment, and why the code is refused, if it is. The
/// right code is right again for what is verified; nothing else is for what is decided.
pub fn check(
    known: &ContactVerification,
    given: &str,
    now: Timestamp,
) -> (ContactVerification, Option<CodeDenial>) {
    let before = known.state_at(now);
    let is_right = known.code.is(given);
    let event = match (is_right, known.tries + 1 >= known.tries_allowed) {
        (true, _) => Event::RightCode,
        (false, false) => Event::WrongCode,
        (false, true) => Event::LastWrongCode,
    };
    let mut after = known.clone();
    if let Some(state) = before.after(event) {
        after.state = state;
        after.tries += u32::from(!is_right);
    }
    let denial = match (before, is_right) {
        (VerificationState::Pending | VerificationState::Verified, true) => None,
        (VerificationState::Pending | VerificationState::Verified, false) => {
            Some(CodeDenial::Wrong)
        }
        (VerificationState::Failed, _) => Some(CodeDenial::TriesUsed),
        (VerificationState::Expired, _) => Some(CodeDenial::Expired),
    };
    (after, denial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::contact_verifications::model::{Code, STEPS};
    use crate::domains::users::rules::tests::facts;
    use crate::kernel::ids::ContactVerificationId;
    use proptest::prelude::*;

    fn given(kind: &str, communication: &str, handle: &str) -> GivenContact {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        GivenContact {
            contact_type: text(kind),
            communication_type: text(communication),
            handle: text(handle),
            ..GivenContact::default()
        }
    }

    #[test]
    fn cv_1_contacts_are_read_in_any_letter_case_and_kept_in_one_form() {
        for (kind, communication, handle, kept) in [
            ("phone", "sms", "6265550101", "6265550101"),
            ("Phone", "SMS", "+1 (626) 555-0101", "6265550101"),
            ("PHONE", "Sms", "16265550101", "6265550101"),
            ("email", "email", "Jane.Doe@Example.com", "jane.doe@example.com"),
            ("Email", "EMAIL", "a+b@c.d", "a+b@c.d"),
        ] {
            let new = read(&facts(), &given(kind, communication, handle)).unwrap();
            assert_eq!(new.contact.handle, kept);
            assert!(new.contact.kind.as_str().eq_ignore_ascii_case(kind));
        }
    }

    #[test]
    fn cv_2_what_is_missing_or_does_not_go_together_is_named() {
        use ContactDenial::*;
        for (kind, communication, handle, denial) in [
            ("", "", "", Missing("contactType")),
            ("fax", "", "", Missing("communicationType")),
            ("fax", "sms", "", Missing("contactHandle")),
            ("fax", "sms", "1", ContactType),
            ("phone", "email", "6265550101", CommunicationType(super::ContactType::Phone)),
            ("email", "sms", "a@b", CommunicationType(super::ContactType::Email)),
            ("phone", "sms", "626555010", Handle(super::ContactType::Phone)),
            ("phone", "sms", "+26265550101", Handle(super::ContactType::Phone)),
            ("phone", "sms", "a@b.c", Handle(super::ContactType::Phone)),
            ("email", "email", "6265550101", Handle(super::ContactType::Email)),
        ] {
            let refused = read(&facts(), &given(kind, communication, handle));
            assert_eq!(refused, Err(denial), "{kind} {communication}");
            let words = denial.refusal().description;
            assert!(handle.len() < 5 || !words.contains(handle), "{words}");
        }
        let good = given("phone", "sms", "6265550101");
        let with_account = GivenContact { account: Some("7".to_owned()), ..good.clone() };
        assert_eq!(read(&facts(), &with_account), Err(Account));
        let others = vec![("firstName", "x".repeat(101))];
        let with_name = GivenContact { others, ..good.clone() };
        assert_eq!(read(&facts(), &with_name), Err(TooLong("firstName")));
        let event_type = Some("é".repeat(100));
        assert!(read(&facts(), &GivenContact { event_type, ..good }).is_ok());
    }

    const CODE: &str = "123456";
    const LIFE_MS: i64 = 100;

    fn verification(tries_allowed: u32) -> ContactVerification {
        ContactVerification {
            id: ContactVerificationId::new(uuid::Uuid::nil()),
            asked: read(&facts(), &given("phone", "sms", "6265550101")).unwrap(),
            code: Code::new(CODE.to_owned()),
            state: VerificationState::Pending,
            tries: 0,
            tries_allowed,
            created_at: Timestamp::from_millis(0),
            expires_at: Timestamp::from_millis(LIFE_MS),
        }
    }

    #[test]
    fn whk_7_neither_code_nor_handle_is_shown_in_debug_or_refusals() {
        let known = verification(2);
        let denials = [CodeDenial::Wrong, CodeDenial::TriesUsed, CodeDenial::Expired];
        let told = denials.map(|denial| format!("{:?}", denial.refusal(&known))).concat();
        let shown = format!("{known:?} {:?} {told}", given("phone", "sms", "6265550101"));
        assert!(!shown.contains(CODE) && !shown.contains("6265550101"), "{shown}");
    }

    proptest! {
        /// Against a model that counts: what is decided stays, and every step is in the table.
        #[test]
        fn cv_2_codes_are_counted_and_what_is_decided_stays(
            tries_allowed in 1u32..6,
            calls in prop::collection::vec((any::<bool>(), 0i64..40), 0..20),
        ) {
            let mut known = verification(tries_allowed);
            let (mut now, mut wrong, mut decided) = (0, 0, None);
            for (is_right, later) in calls {
                now += later;
                let moment = Timestamp::from_millis(now);
                if decided.is_none() && now >= LIFE_MS {
                    decided = Some(VerificationState::Expired);
                }
                let (after, denial) = check(&known, if is_right { CODE } else { "654321" }, moment);
                let expected = match (decided, is_right) {
                    (None | Some(VerificationState::Verified), true) => None,
                    (None | Some(VerificationState::Verified), false) => Some(CodeDenial::Wrong),
                    (Some(VerificationState::Failed), _) => Some(CodeDenial::TriesUsed),
                    (Some(_), _) => Some(CodeDenial::Expired),
                };
                prop_assert_eq!(denial, expected);
                if decided.is_none() {
                    wrong += u32::from(!is_right);
                    if is_right {
                        decided = Some(VerificationState::Verified);
                    } else if wrong == tries_allowed {
                        decided = Some(VerificationState::Failed);
                    }
                }
                let (from, to) = (known.state_at(moment), after.state_at(moment));
                let is_step = STEPS.iter().any(|(a, _, b)| (*a, *b) == (from, to));
                prop_assert!(from == to || is_step);
                prop_assert_eq!(to, decided.unwrap_or(VerificationState::Pending));
                prop_assert_eq!(after.tries, wrong);
                prop_assert!(after.tries <= tries_allowed);
                known = after;
            }
        }

        #[test]
        fn no_text_makes_a_handle_panic(kind in "phone|email|", text in "\\PC{0,300}") {
            let way = if kind == "phone" { "sms" } else { "email" };
            let _ = read(&facts(), &given(&kind, way, &text));
            let meant = handle_meant(&text);
            prop_assert_eq!(handle_meant(&meant), meant);
        }
    }
}
