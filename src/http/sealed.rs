//! Sealed members of requests: opening one to the JSON inside, or refusing with the cause.

use serde::de::DeserializeOwned;

use super::call::Call;
use super::json;
use crate::crypto::{Binding, Container, open};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;
use crate::programs::settings::EncryptionMode;

impl Call {
    /// What the keys of this call's sealed members are derived from.
    pub fn binding(&self) -> Binding<'_> {
        Binding {
            program_code: self.world.code.as_str(),
            request_id: self.request_id.as_received(),
        }
    }

    /// A member that comes sealed or plain, if it comes. Where both do, the sealed one counts; a
    /// plain one is refused where the program requires encryption. Both are given with their names.
    pub fn sealed_or_plain<T: DeserializeOwned>(
        &self,
        (sealed_name, sealed): (&str, Option<&Container>),
        (plain_name, plain): (&str, Option<T>),
    ) -> Result<Option<T>, Refusal> {
        let required = self.world.settings.encryption.mode == EncryptionMode::Required;
        match (sealed, plain) {
            (Some(sealed), _) => self.open(sealed_name, sealed).map(Some),
            (None, Some(_)) if required => Err(Refusal::of(&codes::ENCRYPTION_REQUIRED)
                .saying(format!("This program requires {sealed_name}."))
                .because(format!("{plain_name} is plain, and encryption.mode is required"))),
            (None, plain) => Ok(plain),
        }
    }

    /// Opens a sealed member and reads the JSON inside. `member` names it in the refusal.
    pub fn open<T: DeserializeOwned>(
        &self,
        member: &str,
        container: &Container,
    ) -> Result<T, Refusal> {
        if self.world.settings.encryption.mode == EncryptionMode::Off {
            let facts = format!("{member} is sealed, and encryption.mode is off");
            return Err(Refusal::of(&codes::ENCRYPTION_OFF).because(facts));
        }
        let opened = open(container, self.world.key_pair(), self.binding()).map_err(|problem| {
            Refusal::of(&codes::CONTAINER_UNREADABLE).saying(format!("{member}: {problem}"))
        })?;
        json::parse(&opened).map_err(|problem| {
            // The description never quotes a value: what was sealed stays secret.
            let at = problem.description.split(": ").next().unwrap_or_default();
            Refusal::of(&codes::CONTAINER_NO_JSON)
                .saying(format!("{member} opens, but does not hold the expected JSON ({at})"))
        })
    }
}
