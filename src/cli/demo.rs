//! `piebox demo`: the vendor's Example Integration Flow against a throw-away simulator, told as it
//! happens. It shows a newcomer how the calls hang together, and doubles as a smoke test: a step
//! that does not turn out as expected ends it with exit code 1.
//!
//! One function a step, in the order of [`play`]; `stage` makes the calls and `story` tells them.
//! The flow is followed as far as it is built: enrollment, webhook, account, card data, welcome
//! bonus, history. The repair of an enrollment that stopped half-way is added from Enrollments API
//! Endpoints.
//! Left out so far: wallets.

mod applicant;
mod bonus;
mod sanctions;
mod stage;

use std::process::ExitCode;

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use applicant::Applicant;
use stage::{Call, Stage, expect_at, new_request_id, text_at};

use super::story::Story;
use crate::crypto::{Binding, Container, PublicKey, open};
use crate::kernel::ids::ProgramCode;

/// The key that webhooks show in the header `API-Key`.
const WEBHOOK_KEY: &str = "only-for-this-demo";

/// Where the cards stand in the answer that holds an account.
const CARDS: &str = "/account/accountHolders/0/paymentInstruments";

/// What is worth telling of an account, of a webhook and of a card.
const ACCOUNT_SHOWN: &[&str] = &[
    "account.accountIdentifier",
    "account.status",
    "account.statusReasons",
    "account.accountCycleDay",
    "account.accountHolders.paymentInstruments.paymentInstrumentType",
    "account.accountHolders.paymentInstruments.status",
    "account.accountHolders.paymentInstruments.last4Pan",
    "responseDetails.code",
    "responseDetails.description",
];
const WEBHOOK_SHOWN: &[&str] = &[
    "accounts.accountIdentifier",
    "accounts.events.eventIdentifier",
    "accounts.events.eventType",
    "accounts.events.account.status",
    "accounts.events.account.statusReasons",
    "accounts.events.account.accountCycleDay",
];
const CARD_SHOWN: &[&str] = &[
    "account.status",
    "account.purses.availableBalance",
    "account.accountHolders.paymentInstruments.paymentInstrumentType",
    "account.accountHolders.paymentInstruments.last4Pan",
    "account.accountHolders.paymentInstruments.encryptedPrivatePaymentInstrumentData",
];

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Program code to play in
    #[arg(long, value_name = "CODE", default_value = "demo")]
    program: ProgramCode,
    /// Tell bodies whole
    #[arg(long)]
    verbose: bool,
    /// No colours, even on a terminal
    #[arg(long, env = "NO_COLOR", value_parser = is_wanted)]
    plain: bool,
}

/// `NO_COLOR` counts whatever it holds, unless it is empty; `false` is the flag not given.
fn is_wanted(text: &str) -> Result<bool, std::convert::Infallible> {
    Ok(!text.is_empty() && text != "false")
}

pub(super) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let story = Story::begin(args.verbose, args.plain);
    let mut stage = Stage::set_up(args.program, story).await?;
    let interrupted = stage.interrupted();
    let played = tokio::select! {
        played = play(&mut stage) => played,
        () = interrupted.cancelled() => Err(anyhow!("stopped before its end")),
    };
    let played = played.with_context(|| stage.story.place());
    let struck = stage.strike().await;
    match (played, struck) {
        (Ok(()), Ok(())) => Ok(ExitCode::SUCCESS),
        (Ok(()), Err(cause)) | (Err(cause), Ok(())) => Err(cause),
        // A simulator that failed is likely why the step did.
        (Err(cause), Err(failure)) => Err(cause.context(failure.to_string())),
    }
}

/// The steps in order.
async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.say(
        "The vendor's Example Integration Flow, played over HTTP as far as it is built. --> is \
         what the partner sends, <-- what the partner gets, ... what is left out here (--verbose \
         tells it all).",
    );
    meet(stage).await?;
    let key = get_token_and_key(stage).await?;
    let account = enroll(stage, &key).await?;
    hear_of_it(stage, &account).await?;
    read_it_back(stage, &account).await?;
    bonus::give(stage, &account, 1).await?;
    bonus::look_back(stage, &account).await?;
    let applicant = stop_half_way(stage, &key).await?;
    let account = look_at_the_half(stage).await?;
    complete_it(stage, &applicant, &account).await?;
    let account = sanctions::match_the_list(stage, &key, 3).await?;
    sanctions::clear_it(stage, &account, 4).await?;
    the_end(&stage.story);
    Ok(())
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

/// Gives the key that the program's user data is sealed to.
async fn get_token_and_key(stage: &mut Stage) -> anyhow::Result<PublicKey> {
    stage.story.heading("The partner gets a token, and the program's key");
    let request_id = new_request_id()?;
    let body = json!({ "grant_type": "client_credentials" });
    let call = Call::vendor(Method::POST, "/authentication", &request_id).with(body);
    let answer = stage.make(call).await?;
    stage.token = Some(text_at(&answer, "/access_token")?.to_owned());

    stage.story.say(
        "Every further call carries the token (Authorization: Bearer ...) and a request id of its \
         own. User data is sealed to the program's public key:",
    );
    let request_id = new_request_id()?;
    let path = format!("/programs/{}/certificates", stage.program);
    let call = Call::vendor(Method::GET, path, &request_id).showing(&["certificates"]);
    let answer = stage.make(call).await?;
    let key = text_at(&answer, "/certificates/0/publicKey")?;
    PublicKey::from_spki_base64(key).context("the program's key")
}

async fn enroll(stage: &mut Stage, key: &PublicKey) -> anyhow::Result<String> {
    stage.story.heading("A person becomes a customer, with a physical card");
    stage.story.say("The control API invents somebody whose data are valid:");
    let call = Call::control(Method::POST, &stage.program, "/people", json!({}));
    let invented = stage.make(call.expecting(StatusCode::CREATED)).await?;
    stage.story.say(
        "Personal data travels sealed (EC_v1). This container opens with the program's private \
         key, and only for this program code and this request id:",
    );
    let applicant = Applicant::new(&invented["userData"], &stage.program, key)?;
    let answer = stage.make(applicant.enrollment(&stage.program).showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("normal"))?;
    expect_at(&answer, &format!("{CARDS}/0/paymentInstrumentType"), &json!("virtual"))?;
    expect_at(&answer, &format!("{CARDS}/1/paymentInstrumentType"), &json!("emv"))?;
    Ok(text_at(&answer, "/account/accountIdentifier")?.to_owned())
}

async fn hear_of_it(stage: &mut Stage, account: &str) -> anyhow::Result<()> {
    stage.story.heading("A webhook tells the partner");
    stage.story.say(
        "It counts as delivered once the receiver answers with the same request id and code 0.",
    );
    let received = stage.webhook(1, WEBHOOK_SHOWN).await?;
    ensure!(received.header("API-Key") == Some(WEBHOOK_KEY), "the webhook shows another API key");
    expect_normal(&received.body, account)
}

async fn read_it_back(stage: &mut Stage, account: &str) -> anyhow::Result<()> {
    stage.story.heading("The partner reads the account, and the card in it");
    let request_id = new_request_id()?;
    let call = Call::vendor(Method::GET, account_path(&stage.program, account), &request_id);
    let answer = stage.make(call.showing(CARD_SHOWN)).await?;
    expect_at(&answer, "/account/accountIdentifier", &json!(account))?;

    let card = answer.pointer(&format!("{CARDS}/0")).context("there is no card")?;
    let sealed = card["encryptedPrivatePaymentInstrumentData"].clone();
    let sealed: Container = serde_json::from_value(sealed).context("the card is not sealed")?;
    let binding = Binding { program_code: stage.program.as_str(), request_id: &request_id };
    let opened: Json = serde_json::from_slice(&open(&sealed, &stage.keys, binding)?)?;
    let (pan, last4) = (text_at(&opened, "/pan")?, text_at(card, "/last4Pan")?);
    let hidden = pan.strip_suffix(last4).context("the card number does not end in last4Pan")?;
    let (cvv, stars) = (text_at(&opened, "/cvv")?.len(), |count| "*".repeat(count));
    stage.story.say(&format!(
        "The partner's private key opens the first container: card number {}{last4}, which ends \
         in last4Pan, valid until {}/{}, CVV {}.",
        stars(hidden.len()),
        opened["expirationMonth"],
        opened["expirationYear"],
        stars(cvv),
    ));
    Ok(())
}

async fn stop_half_way(stage: &mut Stage, key: &PublicKey) -> anyhow::Result<Applicant> {
    stage.story.heading("Another enrollment stops half-way");
    stage.story.say("Somebody else is invented, and a fault is laid for the next enrollment:");
    let call = Call::control(Method::POST, &stage.program, "/people", json!({}));
    let names = ["userData.profileData.firstName", "userData.profileData.lastName"];
    let invented = stage.make(call.expecting(StatusCode::CREATED).showing(&names)).await?;
    let rule = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
    let call = Call::control(Method::POST, &stage.program, "/faults", rule);
    stage.make(call.expecting(StatusCode::CREATED).showing(&["faultId"])).await?;

    let applicant = Applicant::new(&invented["userData"], &stage.program, key)?;
    let call = applicant.enrollment(&stage.program).saying("sealed like the first one");
    let call = call.expecting(StatusCode::SERVICE_UNAVAILABLE);
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account", &json!({}))?;
    expect_at(&answer, "/responseDetails/0/code", &json!(503))?;
    Ok(applicant)
}

/// Gives the account, which the answer did not name.
async fn look_at_the_half(stage: &mut Stage) -> anyhow::Result<String> {
    stage.story.heading("What it left behind");
    stage.story.say("The answer names no account, but a tester can find it:");
    let call = Call::control(Method::GET, &stage.program, "/accounts?status=pending", Json::Null);
    let answer = stage.make(call.showing(&["accounts"])).await?;
    let account = text_at(&answer, "/accounts/0/accountIdentifier")?;

    stage.story.say("It has no cards and no cycle day yet:");
    let request_id = new_request_id()?;
    let call = Call::vendor(Method::GET, account_path(&stage.program, account), &request_id);
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("pending"))?;
    expect_at(&answer, "/account/statusReasons/0", &json!("registrationNotComplete"))?;
    expect_at(&answer, "/account/accountCycleDay", &Json::Null)?;
    expect_at(&answer, CARDS, &json!([]))?;
    Ok(account.to_owned())
}

async fn complete_it(
    stage: &mut Stage,
    applicant: &Applicant,
    account: &str,
) -> anyhow::Result<()> {
    stage.story.heading("The same call again completes it");
    stage.story.say("The request id tells the simulator that this is the enrollment it knows:");
    let call = applicant.enrollment(&stage.program).saying("byte for byte the same");
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/accountIdentifier", &json!(account))?;
    expect_at(&answer, "/account/status", &json!("normal"))?;
    stage.story.say("Only now the partner is told:");
    let received = stage.webhook(3, WEBHOOK_SHOWN).await?;
    expect_normal(&received.body, account)
}

fn account_path(program: &ProgramCode, account: &str) -> String {
    format!("/programs/{program}/accounts/{account}")
}

/// The webhook of an account that is in use.
fn expect_normal(webhook: &Json, account: &str) -> anyhow::Result<()> {
    expect_at(webhook, "/accounts/0/accountIdentifier", &json!(account))?;
    expect_at(webhook, "/accounts/0/events/0/eventType", &json!("accountUpdated"))?;
    expect_at(webhook, "/accounts/0/events/0/account/status", &json!("normal"))
}

fn the_end(story: &Story) {
    story.close();
    story.fact("piebox serve", "runs a simulator to call yourself, at http://127.0.0.1:8080");
    story.fact("its docs page", "http://127.0.0.1:8080/_sim/docs lists every call");
    story.fact("piebox listen", "receives webhooks and prints them");
    story.fact("piebox encrypt", "seals a document; piebox decrypt opens one");
}
