//! The user: read, and moved to another phone and home.

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::json;

use super::enrolling::customer;
use super::stage::{Call, Stage, expect_at, new_request_id};

/// What is worth telling of users and of the webhook.
const USER_SHOWN: &[&str] =
    &["users.userIdentifier", "users.firstName", "users.lastName", "users.encryptedUserData"];
const TOLD: &[&str] = &[
    "accounts.events.eventType",
    "accounts.events.user.addresses",
    "accounts.events.user.phoneNumbers",
    "accounts.events.updatedFields",
];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    read(stage).await?;
    move_house(stage).await
}

async fn read(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The partner reads who holds the account");
    stage.story.say("The profile is sealed to the partner:");
    let request_id = new_request_id()?;
    let customer = customer(stage)?;
    let path = stage.path(&format!("/accounts/{}/users", customer.account));
    let call = Call::vendor(Method::GET, path, &request_id);
    let answer = stage.make(call.showing(USER_SHOWN)).await?;
    expect_at(&answer, "/users/0/userIdentifier", &json!(customer.user))?;
    let sealed = answer.pointer("/users/0/encryptedUserData").context("the profile is missing")?;
    let profile = stage.opened(sealed, &request_id)?;
    let home = profile.pointer("/profileData/addresses/0").context("there is no address")?;
    ensure!(home["type"] == "home", "the first address is no home");
    stage.story.say(&format!(
        "Opened, it says that the customer lives at {}, {}.",
        home["addressLine1"].as_str().unwrap_or_default(),
        home["city"].as_str().unwrap_or_default(),
    ));
    Ok(())
}

async fn move_house(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The customer moves");
    stage.story.say("Only what changes is sent, sealed to the program:");
    let request_id = new_request_id()?;
    let customer = customer(stage)?;
    let change = json!({
        "profileData": { "addresses": [{
            "addressLine1": "9 Harbor Way", "city": "Seattle", "state": "WA", "zipCode": "98101",
            "type": "home", "isDefault": true,
        }] },
        "phoneNumbers": [{ "number": "2065550142", "type": "mobile" }],
    });
    let body = json!({ "encryptedUserData": stage.sealed(&change, &request_id)? });
    let path = stage.path(&format!("/accounts/{}/users/{}", customer.account, customer.user));
    let call = Call::vendor(Method::PUT, path, &request_id).with(body);
    stage.make(call.showing(&["user.userIdentifier", "user.encryptedUserData"])).await?;
    stage.story.say("Whoever keeps the address elsewhere hears of it:");
    let received = stage.webhook(TOLD).await?;
    let event = "/accounts/0/events/0";
    expect_at(&received.body, &format!("{event}/eventType"), &json!("userUpdated"))?;
    let fields = format!("{event}/updatedFields");
    expect_at(&received.body, &fields, &json!(["address", "phone"]))
}
