//! `piebox demo`: the vendor's integration guide against a throw-away simulator, told as it
//! happens. It shows a newcomer how the calls hang together, and doubles as a smoke test: a step
//! that does not turn out as expected, or a webhook too many or too few, ends it with exit code 1.
//!
//! [`chapters`] says what is told; one module a chapter, one function a step. `stage` makes the
//! calls and `story` tells them. The first chapter is the Example Integration Flow itself; the
//! others follow the order of integration that it recommends, and the pages of the single APIs.
//!
//! Left out: businesses, second holders, upgrades, packages in hand, and checks.

mod applicant;
mod bonus;
mod cards;
mod chapters;
mod cure;
mod enrolling;
mod flow;
mod meeting;
mod money;
mod outcomes;
mod sanctions;
mod stage;
mod switch;
mod test_events;
mod users;
mod wallet;

use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};

use chapters::Chapter;
use stage::Stage;

use super::story::Story;
use crate::kernel::ids::ProgramCode;

/// The key that webhooks show in the header `API-Key`.
const WEBHOOK_KEY: &str = "only-for-this-demo";

/// What is said in place of an enrollment that looks like others.
const SEALED: &str = "the person sealed, all else as in every enrollment of this demo";

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

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Play this chapter alone; may be given more than once
    #[arg(long = "chapter", value_name = "NAME", value_enum)]
    chapters: Vec<Chapter>,
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
        played = play(&mut stage, &args.chapters) => played,
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

/// The chapters that are wanted, in their order; all of them if none is named.
async fn play(stage: &mut Stage, wanted: &[Chapter]) -> anyhow::Result<()> {
    stage.story.say(
        "The vendor's integration guide, played over HTTP. --> is what the partner sends, <-- what \
         the partner gets, ... what is left out here (--verbose tells it all). --chapter NAME \
         plays one part alone.",
    );
    meeting::play(stage).await?;
    let is_wanted = |it: &&Chapter| wanted.is_empty() || wanted.contains(it);
    for chapter in Chapter::value_variants().iter().filter(is_wanted) {
        chapter.play(stage).await?;
    }
    let heard = stage.all_heard().await?;
    the_end(&stage.story, heard);
    Ok(())
}

fn the_end(story: &Story, heard: usize) {
    story.close(&format!(", and {heard} webhooks came, each of them expected"));
    story.fact("piebox serve", "runs a simulator to call yourself, at http://127.0.0.1:8080");
    story.fact("its docs page", "http://127.0.0.1:8080/_sim/docs lists every call");
    story.fact("piebox listen", "receives webhooks and prints them");
    story.fact("piebox encrypt", "seals a document; piebox decrypt opens one");
}
