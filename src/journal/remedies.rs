//! What would make a refused call pass, for refusals whose cause a newcomer cannot guess from the
//! vendor's words: it lies in the headers, in the program's settings, in its clock, or in what the
//! outside world has to do first. Where the words of the refusal say it all, nothing stands here.

use crate::kernel::codes::{self, VendorCode};

const TOKEN: &str = "POST /authentication with the client's Basic credentials, and send what it \
    answers in access_token as Authorization: Bearer";
const LIMIT: &str = "close the other account, enroll another person (POST /people of the control \
    API invents an unused one), or change `limits` of the program's settings";
const REVIEW: &str = "the review must end first: POST /accounts/{accountIdentifier}/actions of the \
    control API with clearOfac or failOfac, or advance the clock where the settings end reviews";
const SEALED: &str = "the program's settings decide: `encryption.mode` is required, optional or \
    off; POST /crypto/encrypt of the control API seals";

const REMEDIES: &[(&VendorCode, &str)] = &[
    (&codes::NO_BEARER, TOKEN),
    (&codes::BAD_AUTH_FORMAT, TOKEN),
    (&codes::BAD_TOKEN, TOKEN),
    (
        &codes::EXPIRED_TOKEN,
        "get a new token: tokens age on the program's clock, which may have been advanced",
    ),
    (
        &codes::OUT_OF_SCOPE,
        "ask for the scope of auth.required_scope, and let the client have it in its `scopes`",
    ),
    (&codes::NOT_ENTITLED, "add the program to the client's `programs` in the configuration"),
    (
        &codes::REQUEST_ID_NO_GUID,
        "send a GUID in X-GD-RequestId: a new one for each operation, the same for its repetitions",
    ),
    (
        &codes::UNKNOWN_PROGRAM,
        "PUT /_sim/v1/programs/{code} makes a program; worlds.create_unknown has them made by \
         their first call",
    ),
    (&codes::BODY_TOO_LARGE, "limits.body_bytes of the configuration is the most that is taken"),
    (&codes::MEDIA_TYPE, "send Content-Type: application/json"),
    (&codes::NO_SUCH_PATH, "/_sim/docs lists the operations"),
    (&codes::NO_SUCH_METHOD, "/_sim/docs lists the operations"),
    (
        &codes::API_LOCKED,
        "repeat the call when the other one is done; database.lock_wait_ms is how long it waits",
    ),
    (&codes::UNAVAILABLE, "repeat the call"),
    (&codes::ENCRYPTION_REQUIRED, SEALED),
    (&codes::ENCRYPTION_OFF, SEALED),
    (
        &codes::CONTAINER_UNREADABLE,
        "seal to the key that GET certificates answers, with this very program code and request id",
    ),
    (&codes::UNKNOWN_PRODUCT, "name one of `products` of the program's settings"),
    (
        &codes::TERMS_WINDOW,
        "date it by the program's clock (GET /clock of the control API), within terms.windowHours",
    ),
    (&codes::ENROLLMENT_UNFINISHED, "repeat the same call with the same request id"),
    (&codes::ACCOUNT_NOT_FOUND, "GET /accounts of the control API lists those of the program"),
    (&codes::IDENTITY_ACTIVE_LIMIT, LIMIT),
    (&codes::IDENTITY_LIFETIME_LIMIT, LIMIT),
    (&codes::PHONE_ACTIVE_LIMIT, LIMIT),
    (&codes::PHONE_LIFETIME_LIMIT, LIMIT),
    (&codes::KYC_REQUIRED, "the account is there: cure it at the gate that kycPendingGate names"),
    (&codes::GATE_MISMATCH, "call the gate that kycPendingGate names"),
    (&codes::OFAC_MATCH, REVIEW),
    (&codes::OFAC_PARTIAL_MATCH, REVIEW),
];

/// What helps against a refusal, where that is known.
pub(super) fn remedy(code: &VendorCode) -> Option<&'static str> {
    REMEDIES.iter().find(|(known, _)| *known == code).map(|(_, remedy)| *remedy)
}
