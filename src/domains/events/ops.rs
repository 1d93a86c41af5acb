//! Use cases on test events: posting one, and the receiver that plays the partner.

use std::time::Duration;

use super::model::{ReceiverAnswer, TestEvent};
use super::rules::{self, SIGNATURE};
use super::store;
use crate::db::{Db, DbError, Read};
use crate::kernel::time::Timestamp;
use crate::programs::settings::{Endpoint, EndpointAuth, TimeSource};
use crate::programs::world::World;
use crate::webhooks::dispatch::Dispatcher;
use crate::webhooks::sender::{Exchange, Parcel};

/// Posts an event once, as a delivery is posted: with the proof of the program's endpoint of this
/// address, if there is one and no other proof is given. `None` if too many are on their way.
pub async fn post(
    dispatcher: &Dispatcher,
    (world, request_id): (&World, &str),
    event: &TestEvent,
    (now, wall): (Timestamp, Timestamp),
) -> Option<Exchange> {
    let settings = &world.settings;
    let mut extra = event.headers.clone();
    if let Some(key) = &settings.test_events.signing_key {
        extra.push((SIGNATURE.to_owned(), rules::signature(key, event.body.as_bytes())));
    }
    let proves = |(name, _): &(String, String)| {
        ["authorization", "api-key"].iter().any(|proof| proof.eq_ignore_ascii_case(name))
    };
    let known = settings.endpoint_at(&event.url);
    let mut endpoint = known.cloned().unwrap_or_else(|| Endpoint::plain(event.url.clone()));
    if event.headers.iter().any(proves) {
        endpoint.auth = EndpointAuth::None {};
    }
    if settings.test_events.signing_key.is_some() {
        // Test events have a key of their own.
        endpoint.signature = None;
    }
    let (body, extra) = (event.body.as_str(), extra.as_slice());
    let signed_at = match settings.token_times.webhooks {
        TimeSource::Wall => wall,
        TimeSource::World => now,
    };
    let (program, misprove) = (&world.code, false);
    let parcel = Parcel { program, request_id, body, extra, now, wall, signed_at, misprove };
    dispatcher.post_beside(&endpoint, parcel).await
}

/// The version of the world, and how its receiver answers.
pub async fn receiver(
    mut read: impl Read,
    world: &World,
) -> Result<(i64, ReceiverAnswer), DbError> {
    let (version, answer) = store::find(&mut read, &world.code).await?;
    Ok((version, answer.unwrap_or_default()))
}

/// Waits as long as the receiver is to wait for this call; on the wall, whatever the world's clock.
pub async fn wait(answer: &ReceiverAnswer, world: &World, request_id: &str) {
    let mut source = world.source(&["test-event", request_id]);
    tokio::time::sleep(Duration::from_millis(answer.delay_ms(&mut source))).await;
}

/// Has the receiver answer so from now on.
pub async fn configure(
    db: &Db,
    world: &World,
    answer: &ReceiverAnswer,
    now: Timestamp,
) -> Result<(), DbError> {
    // Nothing is decided on: of two at once, either may be the last.
    let mut unit = db.begin(world.scope(Vec::new())).await?;
    store::put(&mut unit, &world.code, answer, now);
    unit.commit().await
}
