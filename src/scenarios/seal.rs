//! Sealing user data as a partner's library does.

use serde_json::Value as Json;

use crate::crypto::{Binding, KeyPair, PublicKey, seal};
use crate::kernel::source::derive;

/// Puts `encryptedUserData` into the place of `userData`, in the body and in its `user`.
///
/// # Errors
///
/// When sealing fails.
pub(super) fn user_data(
    body: &mut Json,
    key: &PublicKey,
    seed: &[u8; 32],
    (program_code, request_id): (&str, &str),
) -> Result<(), String> {
    for at in ["", "/user"] {
        let Some(Json::Object(members)) = body.pointer_mut(at) else { continue };
        let Some(plain) = members.shift_remove("userData") else { continue };
        let text = plain.to_string();
        // Never the same ephemeral key for another plaintext.
        let ephemeral = KeyPair::from_seed(derive(seed, &["ephemeral", request_id, &text]));
        let binding = Binding { program_code, request_id };
        let sealed = seal(text.as_bytes(), key, &ephemeral, binding);
        let sealed = sealed.map_err(|problem| problem.to_string())?;
        let sealed = serde_json::to_value(sealed).map_err(|problem| problem.to_string())?;
        members.insert("encryptedUserData".to_owned(), sealed);
    }
    Ok(())
}
