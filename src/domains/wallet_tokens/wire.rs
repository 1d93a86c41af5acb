//! Bodies of the operations on tokens. No document prints their members: all of them are our
//! reading, after what the wallets themselves ask for and take.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Provisioning, Token, TokenFilter};
use crate::kernel::codes;
use crate::kernel::ids::IdProblem;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::bounded_list;
use crate::kernel::time::Timestamp;
use crate::kernel::wallets::WalletProvider;
use crate::programs::world::World;

/// Characters of what names a device.
const DEVICE_MAX: usize = 100;
/// Certificates of a chain that are read.
const CERTIFICATES_MAX: usize = 10;

fn invalid(says: impl Into<String>) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("CRD-3").saying(says)
}

/// The body of POST pushProvisionData.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProvisionRequest {
    /// Our reading: apple, google or samsung.
    #[schema(example = "apple")]
    wallet_provider: String,
    /// Our reading: the device, in at most 100 characters.
    #[serde(default)]
    device_identifier: Option<String>,
    /// Our reading, Apple only: the chain that the wallet gives, in base64.
    #[serde(default, deserialize_with = "bounded_list::<_, _, CERTIFICATES_MAX>")]
    certificates: Vec<String>,
    /// Our reading, Apple only: the wallet's nonce.
    #[serde(default)]
    nonce: Option<String>,
    /// Our reading, Apple only: its signature.
    #[serde(default)]
    nonce_signature: Option<String>,
}

impl ProvisionRequest {
    /// Reads the request. What the wallet signs must be there and is not looked into.
    pub fn read(self) -> Result<Provisioning, Refusal> {
        let given = self.wallet_provider.trim();
        let mut known = WalletProvider::ALL.iter();
        let wallet = known.find(|one| one.as_str().eq_ignore_ascii_case(given)).copied();
        let Some(wallet) = wallet else {
            return Err(invalid("walletProvider must be one of apple, google, samsung."));
        };
        let length = self.device_identifier.as_ref().map_or(1, |text| text.chars().count());
        if !(1..=DEVICE_MAX).contains(&length) {
            let says = format!("deviceIdentifier must have 1 to {DEVICE_MAX} characters.");
            return Err(invalid(says));
        }
        if wallet == WalletProvider::Apple {
            let is_absent = |text: &Option<String>| text.as_ref().is_none_or(String::is_empty);
            if self.certificates.is_empty() {
                return Err(invalid("certificates is missing."));
            }
            let texts = [("nonce", &self.nonce), ("nonceSignature", &self.nonce_signature)];
            if let Some((name, _)) = texts.into_iter().find(|(_, text)| is_absent(text)) {
                return Err(invalid(format!("{name} is missing.")));
            }
        }
        Ok(Provisioning { wallet, device: self.device_identifier })
    }
}

/// What the app hands to the wallet: opaque texts in base64, which no real wallet takes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProvisionResponse {
    /// Our reading.
    #[schema(format = Uuid)]
    token_identifier: String,
    /// Our reading.
    wallet_provider: &'static str,
    /// Our reading, Apple only.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation_data: Option<String>,
    /// Our reading, Apple only.
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_pass_data: Option<String>,
    /// Our reading, Apple only.
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral_public_key: Option<String>,
    /// Our reading, Google and Samsung only.
    #[serde(skip_serializing_if = "Option::is_none")]
    opaque_payment_card: Option<String>,
}

impl ProvisionResponse {
    /// The data of a token: the same whenever it is asked for, and made of nothing secret.
    pub fn of(world: &World, token: &Token) -> Self {
        let opaque = |what: &str| {
            let bytes = world.source(&["push-provision", &token.id.to_string(), what]).key();
            BASE64_STANDARD.encode(bytes)
        };
        let is_apple = token.wallet == WalletProvider::Apple;
        Self {
            token_identifier: token.id.to_string(),
            wallet_provider: token.wallet.as_str(),
            activation_data: is_apple.then(|| opaque("activation")),
            encrypted_pass_data: is_apple.then(|| opaque("pass")),
            ephemeral_public_key: is_apple.then(|| opaque("key")),
            opaque_payment_card: (!is_apple).then(|| opaque("card")),
        }
    }
}

/// The wallets that a program is configured for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionsResponse {
    /// Our reading.
    push_provision_configs: Vec<WalletOption>,
}

/// One wallet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WalletOption {
    /// Our reading.
    wallet_provider: &'static str,
    /// Our reading.
    is_enabled: bool,
}

impl OptionsResponse {
    /// Every wallet, with whether it is configured.
    pub fn of(configured: &[WalletProvider]) -> Self {
        let option = |wallet: &WalletProvider| WalletOption {
            wallet_provider: wallet.as_str(),
            is_enabled: configured.contains(wallet),
        };
        Self { push_provision_configs: WalletProvider::ALL.iter().map(option).collect() }
    }
}

/// One token, as answers and messages show it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenShown {
    /// Our reading.
    #[schema(format = Uuid)]
    token_identifier: String,
    #[schema(format = Uuid)]
    payment_instrument_identifier: String,
    #[schema(format = Uuid)]
    user_identifier: String,
    /// Our reading.
    wallet_provider: &'static str,
    /// Our reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_identifier: Option<String>,
    /// Our reading: requested, active, suspended or deleted.
    status: &'static str,
    /// Our reading.
    #[schema(value_type = String, format = DateTime)]
    requested_date_time: Timestamp,
    /// Our reading.
    #[schema(value_type = String, format = DateTime)]
    status_changed_date_time: Timestamp,
}

impl TokenShown {
    /// The token.
    pub fn of(token: &Token) -> Self {
        Self {
            token_identifier: token.id.to_string(),
            payment_instrument_identifier: token.card.to_string(),
            user_identifier: token.user.to_string(),
            wallet_provider: token.wallet.as_str(),
            device_identifier: token.device.clone(),
            status: token.state.as_str(),
            requested_date_time: token.requested_at,
            status_changed_date_time: token.changed_at,
        }
    }
}

/// The tokens of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokensResponse {
    /// Our reading. Oldest first.
    tokens: Vec<TokenShown>,
}

impl TokensResponse {
    /// These.
    pub fn of(tokens: &[Token]) -> Self {
        Self { tokens: tokens.iter().map(TokenShown::of).collect() }
    }
}

/// The filter of a query; names in any case of letters, and what is empty is as good as absent.
pub fn token_filter(given: &[(String, String)]) -> Result<TokenFilter, Refusal> {
    let value = |wanted: &str| {
        let mut all = given.iter().filter(|(_, value)| !value.is_empty());
        let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let wrong = |name: &str, problem: IdProblem| invalid(format!("{name} {problem}"));
    let (user, card) = ("userIdentifier", "paymentInstrumentIdentifier");
    Ok(TokenFilter {
        user: value(user).map(str::parse).transpose().map_err(|it| wrong(user, it))?,
        card: value(card).map(str::parse).transpose().map_err(|it| wrong(card, it))?,
        device: value("deviceIdentifier").map(str::to_owned),
    })
}
