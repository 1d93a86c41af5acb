//! GET activation link: where a customer who enrolled in a store completes the activation of the
//! account. The vendor prints path and error; the answer, and that any account has a link, are our
//! reading. No page stands behind it.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::enrollments::wire::ActivationLinkResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;

/// Get the activation link of an account
#[utoipa::path(
    get,
    path = "/programs/{programCode}/enrollments/fsc/activationlink",
    operation_id = "enrollments_get_activationlink",
    tag = "Enrollments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Query, format = Uuid, description = "The account"),
        ("idType" = String, Query, description = "Type of the customer's identity document"),
        ("countryCode" = String, Query, description = "Country that issued it"),
    ),
    responses(
        (status = 200, description = "The link", body = Envelope<ActivationLinkResponse>),
        (status = 400, description = "200/0: a value is empty", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_activation_link(
    State(sim): State<Sim>,
    call: Call,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> ApiResult<Reply<ActivationLinkResponse>> {
    let Query(given) = query.unwrap_or_default();
    let account = account_of(&given)?;
    let found = ops::get(&sim.db, &call.world, account).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect()?;
    Ok(Reply::success(ActivationLinkResponse::of(&call.world, account.id)))
}

/// The account of the query, whose three values are all there.
fn account_of(given: &[(String, String)]) -> Result<AccountId, Refusal> {
    let value = |wanted: &str| {
        let found = given.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.trim())
    };
    let names = ["accountIdentifier", "idType", "countryCode"];
    if let Some(missing) = names.iter().find(|name| value(name).is_empty()) {
        let facts = format!("{missing} is empty or absent");
        return Err(Refusal::of(&codes::LINK_MEMBER_MISSING).because(facts));
    }
    value("accountIdentifier").parse().map_err(|problem| {
        let description = format!("accountIdentifier {problem}");
        Refusal::of(&codes::MEMBER_INVALID).saying(description).under("LNK-2")
    })
}
