//! What stands before all else: the simulator learns where webhooks go, the partner gets a token
//! and the program's key.

use anyhow::Context;
use reqwest::Method;
use serde_json::json;

use super::WEBHOOK_KEY;
use super::stage::{Call, Stage, text_at};
use crate::crypto::PublicKey;

/// Both steps.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.chapter("Before the first customer");
    meet(stage).await?;
    get_token_and_key(stage).await
}

/// The simulator is told where webhooks go and which key answers are sealed to.
async fn meet(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The partner and the simulator meet");
    stage.story.say(&format!(
        "In the vendor's place a simulator answers at {}, in the partner's place a receiver waits \
         for webhooks at {}. Both live in memory, for as long as this demo. The partner has made a \
         key pair. At the vendor a representative takes key and address; here the control API \
         does:",
        stage.url,
        stage.webhook_url(),
    ));
    let settings = json!({
        "encryption": {
            "mode": "required",
            "partnerPublicKey": stage.keys.public().spki_base64(),
        },
        "webhooks": [{
            "url": stage.webhook_url(),
            "auth": { "type": "apiKey", "key": WEBHOOK_KEY },
        }],
    });
    let call = Call::control(Method::PUT, &stage.program, "", settings);
    let shown = ["programCode", "encryption.mode", "products.productCode", "products.name"];
    stage.make(call.showing(&shown)).await?;
    Ok(())
}

async fn get_token_and_key(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The partner gets a token, and the program's key");
    get_token(stage).await?;
    stage.story.say(
        "Every further call carries the token (Authorization: Bearer ...) and a request id of its \
         own. User data is sealed to the program's public key:",
    );
    let call = Call::new(Method::GET, stage.path("/certificates"))?;
    let answer = stage.make(call.showing(&["certificates"])).await?;
    let key = text_at(&answer, "/certificates/0/publicKey")?;
    stage.key = Some(PublicKey::from_spki_base64(key).context("the program's key")?);
    Ok(())
}

/// Takes a token, in place of the one that there may be.
pub(super) async fn get_token(stage: &mut Stage) -> anyhow::Result<()> {
    stage.token = None;
    let body = json!({ "grant_type": "client_credentials" });
    let answer = stage.make(Call::new(Method::POST, "/authentication")?.with(body)).await?;
    stage.token = Some(text_at(&answer, "/access_token")?.to_owned());
    Ok(())
}
