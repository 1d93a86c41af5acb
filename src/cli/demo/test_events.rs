//! The vendor's own test of a partner's webhook endpoint: an event of the partner's making is
//! posted there, and the answer says what came back.

use anyhow::ensure;
use reqwest::Method;
use serde_json::json;

use super::stage::{Call, Stage, expect_at, new_request_id};

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The partner has its endpoint tried");
    stage.story.say(
        "Any event can be posted to any address. Nothing is kept of it, and nobody need have an \
         account:",
    );
    let event = json!({
        "eventIdentifier": new_request_id()?, "eventType": "transaction",
        "eventDateTime": "2031-05-06T10:00:00.000Z",
    });
    let body = json!({
        "postBackUrl": stage.webhook_url(),
        "accounts": [{ "accountIdentifier": new_request_id()?, "events": [event] }],
    });
    let call = Call::new(Method::POST, stage.path("/testeventwebhook"))?.with(body.clone());
    let answer = stage.make(call).await?;
    expect_at(&answer, "/response/httpStatus", &json!(200))?;
    stage.story.say("This is what the endpoint got:");
    let received = stage.webhook(&["accounts"]).await?;
    ensure!(received.body["accounts"] == body["accounts"], "another event came");
    Ok(())
}
