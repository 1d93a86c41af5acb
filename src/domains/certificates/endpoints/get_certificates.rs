//! GET certificates: the program's public keys. Vendor slug:
//! certificates_get_getpubliccertificatesforprogram_ecc.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Sim;
use crate::http::call::Call;
use crate::http::envelope::{Envelope, Reply};
use crate::http::error::ApiResult;

/// `{"certificates": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificatesResponse {
    certificates: Vec<CertificateWire>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CertificateWire {
    /// The container version that the key is for.
    version: &'static str,
    /// Base64 of the X.509 SPKI form.
    public_key: String,
    /// Base64 of the SHA-256 of that form; what `publicKeyHash` of a container must be.
    public_key_hash: String,
}

/// The program's public keys
#[utoipa::path(
    get,
    path = "/programs/{programCode}/certificates",
    operation_id = "certificates_get_getpubliccertificatesforprogram_ecc",
    tag = "Certificates",
    params(("programCode" = String, Path, description = "The program")),
    responses((status = 200, description = "The keys", body = Envelope<CertificatesResponse>))
)]
pub async fn get_certificates(
    State(sim): State<Sim>,
    call: Call,
) -> ApiResult<Reply<CertificatesResponse>> {
    // The one resource call that reads nothing: the token may have aged by a clock that another
    // process has moved.
    call.expect_fresh(&sim).await?;
    let key = call.world.key_pair().public();
    let certificate = CertificateWire {
        version: crate::crypto::VERSION,
        public_key: key.spki_base64().to_owned(),
        public_key_hash: key.hash_base64().to_owned(),
    };
    Ok(Reply::success(CertificatesResponse { certificates: vec![certificate] }))
}
