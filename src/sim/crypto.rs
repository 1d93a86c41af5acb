//! EC_v1 for testers without their own code.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::guard::{Body, Code};
use super::problem::Problem;
use crate::app::Sim;
use crate::crypto::{Binding, Container, KeyPair, open, seal};

/// What to seal, for which call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Encrypt {
    /// Any JSON; a user document, `{"pin":"1234"}`.
    #[schema(value_type = Object)]
    plaintext: Value,
    /// The `X-GD-RequestId` of the call that will carry it, letter for letter.
    request_id: String,
}

/// What to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Decrypt {
    container: Container,
    /// The `X-GD-RequestId` of the call that carried it, letter for letter.
    request_id: String,
    /// The private key it was sealed to, 64 hexadecimal digits; without it, the program's own.
    #[serde(default)]
    private_key: Option<String>,
}

/// What was inside.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decrypted {
    #[schema(value_type = Object)]
    plaintext: Value,
}

/// Seal a JSON document to a program
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/crypto/encrypt", operation_id = "sim_encrypt",
    tag = "Control: crypto",
    params(("code" = String, Path, description = "Program code")),
    request_body = Encrypt,
    responses((status = 200, body = Container), (status = 400, body = Problem))
)]
pub(super) async fn encrypt(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(wish): Body<Encrypt>,
) -> Result<Json<Container>, Problem> {
    let world = sim.worlds.create_or_refresh(&code).await?;
    let plaintext = wish.plaintext.to_string();
    // The same document for the same call gives the same container, another one never shares its
    // key.
    let seed = world.source(&["encrypt", &wish.request_id, &plaintext]).key();
    let binding = Binding { program_code: code.as_str(), request_id: &wish.request_id };
    let recipient = world.key_pair().public();
    seal(plaintext.as_bytes(), recipient, &KeyPair::from_seed(seed), binding)
        .map(Json)
        .map_err(|problem| Problem::bad_request(problem.to_string()))
}

/// Open a sealed document
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/crypto/decrypt", operation_id = "sim_decrypt",
    tag = "Control: crypto",
    params(("code" = String, Path, description = "Program code")),
    request_body = Decrypt,
    responses((status = 200, body = Decrypted), (status = 400, body = Problem))
)]
pub(super) async fn decrypt(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(wish): Body<Decrypt>,
) -> Result<Json<Decrypted>, Problem> {
    let world = sim.worlds.create_or_refresh(&code).await?;
    let binding = Binding { program_code: code.as_str(), request_id: &wish.request_id };
    let given = match &wish.private_key {
        Some(hex) => Some(
            KeyPair::from_private_hex(hex)
                .map_err(|problem| Problem::bad_request(format!("privateKey: {problem}")))?,
        ),
        None => None,
    };
    let key = given.as_ref().unwrap_or(world.key_pair());
    let opened = open(&wish.container, key, binding)
        .map_err(|problem| Problem::bad_request(format!("container: {problem}")))?;
    let plaintext = serde_json::from_slice(&opened)
        .map_err(|_| Problem::bad_request("container: opens, but holds no JSON"))?;
    Ok(Json(Decrypted { plaintext }))
}
