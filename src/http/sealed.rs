//! Sealed members. Of requests: opening one to the JSON inside, or refusing with the cause. Of
//! answers: sealing one to the partner.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::json;
use crate::crypto::{Binding, Container, KeyPair, open, seal};
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

    /// A member that comes sealed or, where the program allows it, plain; `None` if it comes in
    /// neither form. Each form is given with the name of its member. Where both come, the sealed
    /// one counts.
    pub fn open_either<S: DeserializeOwned + Into<T>, T>(
        &self,
        sealed: (&str, Option<&Container>),
        plain: (&str, Option<T>),
    ) -> Result<Option<T>, Refusal> {
        let required = self.world.settings.encryption.mode == EncryptionMode::Required;
        match (sealed, plain) {
            ((name, Some(container)), _) => {
                self.open::<S>(name, container).map(|it| Some(it.into()))
            }
            ((name, None), (plain, Some(_))) if required => {
                let facts = format!("{plain} is plain, and encryption.mode is required");
                Err(Refusal::of(&codes::ENCRYPTION_REQUIRED)
                    .saying(format!("This program requires {name}."))
                    .because(facts))
            }
            (_, (_, plain)) => Ok(plain),
        }
    }

    /// Whether answers carry anything sealed to the partner: the program has encryption, and the
    /// partner has given a key.
    pub fn can_seal(&self) -> bool {
        let world = &self.world;
        world.partner_key.is_some() && world.settings.encryption.mode != EncryptionMode::Off
    }

    /// What is private in an answer, sealed to the partner; `None` where the program has no
    /// encryption or the partner has given no key. The ephemeral key is drawn for this call and
    /// this thing alone: `what` says what it is, `id` which one.
    pub fn seal(&self, what: &str, id: &str, private: &impl Serialize) -> Option<Container> {
        let world = &self.world;
        let partner = world.partner_key.as_ref().filter(|_| self.can_seal())?;
        let plain = serde_json::to_vec(private).ok()?;
        let labels = [what, self.request_id.as_received(), id];
        let ephemeral = KeyPair::from_seed(world.source(&labels).key());
        seal(&plain, partner, &ephemeral, self.binding()).ok()
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
