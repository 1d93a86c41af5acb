//! Bodies of the transfer operations. Members follow the Transfers page; those of an end are what
//! its samples and the ACH page have.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::model::{Done, Endpoint, NewTransfer, OtherType, Status};
use crate::domains::purses::wire::{PurseExtent, PurseWire};
use crate::kernel::codes;
use crate::kernel::ids::{IdProblem, TransferId};
use crate::kernel::money::Amount;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json;

/// Longest memo and longest description, in characters.
const TEXT_MAX: usize = 255;
/// Names of the type that is carried out; the first is how it is answered.
const BETWEEN_PURSES: [&str; 2] = ["purse", "purseTransfer"];
/// What an end may be.
const ENDPOINT_TYPES: [&str; 2] = ["account", "purse"];

/// The body of POST transfers and of its assessment. Further documented members, such as
/// `initiator`, `userIdentifier`, `partnerReferenceData` and `fraudData`, are passed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateTransferRequest {
    /// The partner's own id; the request id is the key without one.
    #[serde(default)]
    #[schema(format = Uuid)]
    transfer_identifier: Option<String>,
    /// `purse`; the other documented types are not simulated.
    #[schema(example = "purse")]
    transfer_type: String,
    /// `execute`, if it is given.
    #[serde(default)]
    #[schema(example = "execute")]
    action: Option<String>,
    /// ISO 4217; the account's if absent.
    #[serde(default)]
    #[schema(example = "USD")]
    currency: Option<String>,
    /// At most 255 characters.
    #[serde(default)]
    memo: Option<String>,
    /// Shown in the history; at most 255 characters.
    #[serde(default)]
    transfer_description: Option<String>,
    /// How much, from where to where. Read last: other types have other routes.
    #[serde(default)]
    #[schema(value_type = RoutePart)]
    transfer_route: Json,
}

/// `transferRoute`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RoutePart {
    /// Dollars, above zero, at most four decimals; a number or its text.
    #[schema(value_type = f64, example = 25.00)]
    transaction_amount: Amount,
    source_transfer_endpoint: EndpointPart,
    target_transfer_endpoint: EndpointPart,
}

/// One end of the route: a purse, or an account for its primary purse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EndpointPart {
    /// account or purse.
    #[serde(default)]
    #[schema(example = "purse")]
    transfer_endpoint_type: Option<String>,
    #[serde(default)]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    #[serde(default)]
    #[schema(format = Uuid)]
    purse_identifier: Option<String>,
}

fn invalid(words: impl Into<String>) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("TRF-1").saying(words)
}

fn id<T>(member: &str, text: &str) -> Result<T, Refusal>
where
    T: std::str::FromStr<Err = IdProblem>,
{
    text.parse().map_err(|problem: IdProblem| invalid(format!("{member} {problem}")))
}

fn is_one_of(names: &[&str], text: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(text))
}

impl CreateTransferRequest {
    /// The transfer as the model knows it: the type first, since each type has a body of its own.
    pub fn read(self) -> Result<NewTransfer, Refusal> {
        expect_type(&self.transfer_type)?;
        if !self.action.as_deref().is_none_or(|action| is_one_of(&["execute"], action)) {
            return Err(invalid("action must be execute."));
        }
        for (member, text) in
            [("memo", &self.memo), ("transferDescription", &self.transfer_description)]
        {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX) {
                return Err(invalid(format!("{member} must have at most {TEXT_MAX} characters.")));
            }
        }
        let given = self.transfer_identifier.as_deref();
        let given: Option<TransferId> =
            given.map(|text| id("transferIdentifier", text)).transpose()?;
        let route: RoutePart = strict_json::read(&self.transfer_route).map_err(|problem| {
            invalid(match problem.member.as_str() {
                "." => format!("transferRoute: {}", problem.problem),
                member => format!("transferRoute.{member}: {}", problem.problem),
            })
        })?;
        Ok(NewTransfer {
            id: given,
            amount: route.transaction_amount,
            currency: self.currency,
            source: route.source_transfer_endpoint.read("sourceTransferEndpoint")?,
            target: route.target_transfer_endpoint.read("targetTransferEndpoint")?,
            memo: self.memo,
            description: self.transfer_description,
        })
    }
}

fn expect_type(given: &str) -> Result<(), Refusal> {
    if is_one_of(&BETWEEN_PURSES, given) {
        return Ok(());
    }
    let known = OtherType::ALL.iter().find(|one| one.as_str().eq_ignore_ascii_case(given));
    Err(match known {
        Some(known) => {
            let facts = format!("transferType {known} is documented, and not simulated");
            Refusal::of(&codes::TRANSFER_NOT_SIMULATED).because(facts)
        }
        None => Refusal::of(&codes::TRANSFER_TYPE),
    })
}

impl EndpointPart {
    fn read(self, end: &str) -> Result<Endpoint, Refusal> {
        let member = |name: &str| format!("transferRoute.{end}.{name}");
        let kind = self.transfer_endpoint_type.as_deref();
        if !kind.is_none_or(|kind| is_one_of(&ENDPOINT_TYPES, kind)) {
            let member = member("transferEndpointType");
            return Err(invalid(format!("{member} must be account or purse.")));
        }
        let account = self.account_identifier.as_deref();
        let account = account.map(|text| id(&member("accountIdentifier"), text)).transpose()?;
        let purse = self.purse_identifier.as_deref();
        let purse = purse.map(|text| id(&member("purseIdentifier"), text)).transpose()?;
        let wants_purse = kind.is_some_and(|kind| is_one_of(&["purse"], kind));
        match (purse, account) {
            (Some(purse), account) => Ok(Endpoint::Purse(purse, account)),
            (None, Some(account)) if !wants_purse => Ok(Endpoint::Primary(account)),
            _ => Err(invalid(format!("{} is required.", member("purseIdentifier")))),
        }
    }
}

/// What became of a transfer, and the purses that it touches.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TransferResponse {
    transfer: TransferShown,
    purses: Vec<PurseWire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TransferShown {
    /// Left out where a transfer is assessed that has none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    transfer_identifier: Option<String>,
    /// completed or failed; pending, where an assessment finds nothing against it.
    transfer_status: &'static str,
    /// Why it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_status_reason: Option<&'static str>,
    transfer_type: &'static str,
}

impl TransferResponse {
    /// All that is known of a transfer.
    pub fn of(done: &Done) -> Self {
        Self::named(done, Some(done.transfer.id))
    }

    /// What would become of it, under the identifier that it was asked for with.
    pub fn assessed(done: &Done, given: Option<TransferId>) -> Self {
        Self::named(done, given)
    }

    fn named(done: &Done, id: Option<TransferId>) -> Self {
        let (status, reason) = match done.transfer.status {
            Status::Possible => ("pending", None),
            Status::Completed => ("completed", None),
            Status::Failed(reason) => ("failed", Some(reason.as_str())),
        };
        let one = |purse| PurseWire::of(purse, PurseExtent::Account);
        Self {
            transfer: TransferShown {
                transfer_identifier: id.map(|id| id.to_string()),
                transfer_status: status,
                transfer_status_reason: reason,
                transfer_type: BETWEEN_PURSES[0],
            },
            purses: done.purses.iter().map(one).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::http::json::parse;

    const GUID: &str = "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33";
    const OTHER: &str = "0c1b6a52-4c1b-4e7e-9b61-2f5c0a1e9d33";

    fn read(body: &Json) -> Result<NewTransfer, Refusal> {
        parse::<CreateTransferRequest>(body.to_string().as_bytes())?.read()
    }

    fn body() -> Json {
        json!({
            "transferIdentifier": GUID, "transferType": "purse", "action": "execute",
            "transferRoute": {
                "transactionAmount": 1,
                "sourceTransferEndpoint": { "purseIdentifier": GUID },
                "targetTransferEndpoint": { "purseIdentifier": OTHER },
            },
        })
    }

    #[test]
    fn trf_4_the_type_is_judged_before_all_else() {
        for known in OtherType::ALL {
            for text in [known.as_str().to_owned(), known.as_str().to_ascii_uppercase()] {
                let refused = read(&json!({ "transferType": text, "transferRoute": [] }));
                assert_eq!(refused.unwrap_err().code, &codes::TRANSFER_NOT_SIMULATED);
            }
        }
        for unknown in ["", "purses", "wire", "peerPayments"] {
            let refused = read(&json!({ "transferType": unknown }));
            assert_eq!(refused.unwrap_err().code, &codes::TRANSFER_TYPE);
        }
    }

    #[test]
    fn trf_1_what_is_wrong_with_a_route_is_named() {
        for (pointer, value, says) in [
            ("/transferRoute", Json::Null, "transferRoute: "),
            ("/transferRoute", json!([]), "transferRoute: "),
            ("/transferRoute/transactionAmount", json!("0"), "transferRoute.transactionAmount: "),
            ("/transferRoute/transactionAmount", json!(1.00001), "transactionAmount: must have"),
            (
                "/transferRoute/sourceTransferEndpoint",
                json!({}),
                "transferRoute.sourceTransferEndpoint.purseIdentifier is required",
            ),
            (
                "/transferRoute/targetTransferEndpoint",
                json!({ "transferEndpointType": "purse", "accountIdentifier": GUID }),
                "transferRoute.targetTransferEndpoint.purseIdentifier is required",
            ),
            (
                "/transferRoute/targetTransferEndpoint",
                json!({ "purseIdentifier": "7" }),
                "transferRoute.targetTransferEndpoint.purseIdentifier must be a GUID",
            ),
            (
                "/transferRoute/targetTransferEndpoint",
                json!({ "transferEndpointType": "card" }),
                "transferRoute.targetTransferEndpoint.transferEndpointType must be account or",
            ),
            ("/transferIdentifier", json!(""), "transferIdentifier must be a GUID"),
            ("/action", json!("undo"), "action must be execute"),
        ] {
            let mut wrong = body();
            *wrong.pointer_mut(pointer).unwrap() = value;
            let refusal = read(&wrong).unwrap_err();
            assert!(refusal.description.starts_with(says), "{pointer}: {}", refusal.description);
            assert_eq!(refusal.code.http, 400);
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            "\\PC{0,12}".prop_map(Json::from),
            Just(json!(GUID)),
            Just(json!("purse")),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let name = proptest::sample::select(vec![
                "transferRoute",
                "transactionAmount",
                "sourceTransferEndpoint",
                "targetTransferEndpoint",
                "purseIdentifier",
                "accountIdentifier",
                "transferEndpointType",
                "memo",
            ]);
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                proptest::collection::btree_map(name, inner, 0..6)
                    .prop_map(|members| json!(members)),
            ]
        })
    }

    proptest! {
        #[test]
        fn trf_1_any_body_is_a_transfer_or_refused_with_400(
            route in any_json(), id in any_json(), memo in any_json(), action in any_json(),
        ) {
            let mut any = body();
            any["transferRoute"] = route;
            any["transferIdentifier"] = id;
            any["memo"] = memo;
            any["action"] = action;
            if let Err(refusal) = read(&any) {
                prop_assert_eq!(refusal.code.http, 400);
                prop_assert!(!refusal.description.is_empty());
            }
        }

        #[test]
        fn trf_1_a_good_body_is_read_as_it_was_written(
            e4 in 1i64..=9_999_999_999_999,
            as_text in any::<bool>(),
            named in any::<bool>(),
            to_primary in any::<bool>(),
            memo in proptest::option::of("\\PC{0,40}"),
        ) {
            let amount = Amount::of(crate::kernel::money::Money::from_e4(e4)).unwrap();
            let mut good = body();
            let route = &mut good["transferRoute"];
            route["transactionAmount"] =
                if as_text { json!(amount.to_string()) } else { json!(amount) };
            if named {
                route["sourceTransferEndpoint"]["accountIdentifier"] = json!(OTHER);
            }
            if to_primary {
                route["targetTransferEndpoint"] = json!({ "accountIdentifier": OTHER });
            }
            good["memo"] = json!(memo);
            let other = || OTHER.parse().unwrap();
            let expected = NewTransfer {
                id: Some(GUID.parse().unwrap()),
                amount,
                currency: None,
                source: Endpoint::Purse(GUID.parse().unwrap(), named.then(other)),
                target: if to_primary {
                    Endpoint::Primary(other())
                } else {
                    Endpoint::Purse(OTHER.parse().unwrap(), None)
                },
                memo,
                description: None,
            };
            prop_assert_eq!(read(&good).unwrap(), expected);
        }
    }
}
