//! GET accounts of a partner's consumer: found by the id that enrollment was given as
//! `partnerConsumerId`. Vendor slug: account_get_accountlookuppartnerconsumeridentifier.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::listing;
use crate::domains::accounts::wire::lists::{AccountsResponse, consumer_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Find the accounts of a partner's consumer
///
/// At most 100, oldest first.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/partnerConsumers/{partnerConsumerId}/accounts",
    operation_id = "account_get_accountlookuppartnerconsumeridentifier",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("partnerConsumerId" = String, Path, description = "As enrollment was given it"),
    ),
    responses(
        (status = 200, description = "The accounts", body = Envelope<AccountsResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn look_up_consumer(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AccountsResponse>> {
    let found = listing::of_consumer(&sim.db, &call.world, &consumer_id(&path)).await?;
    call.expect_fresh(&sim).await?;
    if found.is_empty() {
        let facts = "no account was enrolled with this partnerConsumerId";
        return Err(Refusal::of(&codes::ACCOUNT_NOT_FOUND).because(facts).into());
    }
    Ok(Reply::success(AccountsResponse::of(&found)))
}
