//! Identifiers. The vendor uses lower-case hyphenated GUIDs; one newtype per thing keeps them from
//! being mixed up. Program codes are short texts and are part of every key.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// Not 32 hexadecimal digits in the 8-4-4-4-12 form.
    #[error("must be a GUID like 7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33")]
    NotAGuid,
    /// Not a program code.
    #[error("must be 2 to 20 letters, digits, hyphens or underscores")]
    NotAProgramCode,
}

/// Reads the hyphenated form only: the other spellings `Uuid` knows are not the vendor's.
fn parse_guid(text: &str) -> Result<Uuid, IdProblem> {
    if text.len() != 36 {
        return Err(IdProblem::NotAGuid);
    }
    Uuid::try_parse(text).map_err(|_| IdProblem::NotAGuid)
}

macro_rules! guid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a GUID made by the id source.
            pub const fn new(guid: Uuid) -> Self {
                Self(guid)
            }
        }

        impl FromStr for $name {
            type Err = IdProblem;

            fn from_str(text: &str) -> Result<Self, IdProblem> {
                parse_guid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )+};
}

guid_ids! {
    /// One account (`accountIdentifier`).
    AccountId,
    /// One holder's place on one account (`accountHolderIdentifier`).
    AccountHolderId,
    /// One person within a program (`userIdentifier`).
    UserId,
    /// One balance within an account (`purseIdentifier`).
    PurseId,
    /// One card number, shared by its virtual and plastic form (`paymentIdentifier`).
    PaymentId,
    /// One card, virtual or plastic (`paymentInstrumentIdentifier`).
    PaymentInstrumentId,
    /// One event of the outbox (`eventIdentifier`).
    EventId,
    /// One delivery of one event to one endpoint; sent as its `X-GD-RequestId`.
    DeliveryId,
    /// One fault rule of a world.
    FaultId,
    /// One thing that happens later.
    TaskId,
    /// One document that the vendor's SDK takes (`documentUuid`).
    DocumentId,
    /// One scanned identity document (`onboardingID`).
    OnboardingId,
    /// One row of an account's history (`transactionIdentifier`).
    TransactionId,
    /// One card in one wallet (`tokenIdentifier`).
    WalletTokenId,
    /// One adjustment, by the partner's own id (`adjustmentIdentifier`).
    AdjustmentId,
    /// One transfer or check deposit (`transferIdentifier`).
    TransferId,
    /// One code sent to a phone or an e-mail address (`contactVerificationIdentifier`).
    ContactVerificationId,
    /// One attempt to switch a direct deposit (`switchId`).
    SwitchId,
    /// One account among those that take direct deposits (`accountData.id`).
    DepositAccountId,
}

/// The program code of the path: the name of a world.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramCode(Arc<str>);

impl ProgramCode {
    /// The code as it stands in the path; letter case matters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProgramCode {
    type Err = IdProblem;

    fn from_str(text: &str) -> Result<Self, IdProblem> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (2..=20).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(IdProblem::NotAProgramCode)
        }
    }
}

impl fmt::Display for ProgramCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProgramCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProgramCode({})", self.0)
    }
}

impl Serialize for ProgramCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The partner's `X-GD-RequestId`, kept exactly as received: the key of a sealed field is derived
/// from these very characters, while comparing requests ignores letter case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    as_received: Arc<str>,
    guid: Uuid,
}

impl RequestId {
    /// The header value, untouched.
    pub fn as_received(&self) -> &str {
        &self.as_received
    }

    /// Lower-case form, the same for every spelling of one GUID.
    pub fn canonical(&self) -> String {
        self.guid.hyphenated().to_string()
    }
}

impl FromStr for RequestId {
    type Err = IdProblem;

    fn from_str(text: &str) -> Result<Self, IdProblem> {
        Ok(Self { as_received: text.into(), guid: parse_guid(text)? })
    }
}

impl<'de> Deserialize<'de> for ProgramCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// One life of a program: it begins when the program is made, reset or put back to another state,
/// and no other life of a program of the same code has its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Life(i64);

impl Life {
    /// The life that begins with this version of a program.
    pub const fn begun_with(version: i64) -> Self {
        Self(version)
    }

    /// As it is stored.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// One call, as the journal numbers it. The calls of one process have growing numbers that follow
/// the wall clock, so those of several processes fall into place among each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    number: u64,
    process: u32,
}

impl CallId {
    /// The call of this number among those of a process.
    pub const fn new(number: u64, process: u32) -> Self {
        Self { number, process }
    }
}

impl fmt::Display for CallId {
    /// Texts compare as the ids do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:08x}", self.number, self.process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_hyphenated_form_is_a_guid() {
        assert!("7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33".parse::<AccountId>().is_ok());
        for wrong in
            ["", "7d0f6a524c1b4e7e9b612f5c0a1e9d33", "{7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33}"]
        {
            assert_eq!(wrong.parse::<AccountId>(), Err(IdProblem::NotAGuid), "{wrong}");
        }
    }

    #[test]
    fn a_request_id_keeps_its_spelling_and_knows_its_canonical_form() {
        let id: RequestId = "7D0F6A52-4C1B-4E7E-9B61-2F5C0A1E9D33".parse().unwrap();
        assert_eq!(id.as_received(), "7D0F6A52-4C1B-4E7E-9B61-2F5C0A1E9D33");
        assert_eq!(id.canonical(), "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33");
    }

    proptest! {
        #[test]
        fn calls_compare_as_their_texts_do(
            (a, b) in any::<(u64, u64)>(),
            (p, q) in any::<(u32, u32)>(),
        ) {
            let (one, other) = (CallId::new(a, p), CallId::new(b, q));
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn a_program_code_has_2_to_20_plain_characters(text in "\\PC{0,24}") {
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            let expected = plain && (2..=20).contains(&text.len());
            prop_assert_eq!(text.parse::<ProgramCode>().is_ok(), expected);
        }
    }
}
