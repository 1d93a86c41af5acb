//! Use cases on tokens: asking for one, and listing them. What happens to one from outside is in
//! [`super::actions`].

use super::model::{Provisioning, Token, TokenFilter, TokenState};
use super::store;
use crate::db::{Db, DbError, Key};
use crate::domains::accounts::cards::CardPlace;
use crate::domains::accounts::ops as accounts;
use crate::domains::payment_instruments::{ops as cards, rules};
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, PaymentInstrumentId, WalletTokenId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Tokens that an account may have asked for in all.
const TOKENS_MAX: usize = 100;

/// Makes a token that the wallet is yet to take. One request id makes one.
pub async fn request(
    db: &Db,
    world: &World,
    (id, card, asked): (AccountId, PaymentInstrumentId, &Provisioning),
    (request_id, now): (&str, Timestamp),
) -> Result<Outcome<Token>, DbError> {
    let refused = |refusal| Ok(Outcome::refused(refusal));
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let account = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return refused(refusal),
    };
    let labels = ["wallet-token", request_id, &id.to_string()];
    let token_id = world.source(&labels).id(WalletTokenId::new);
    let known = store::of_account(&mut unit, &world.code, id).await?;
    if let Some(token) = known.iter().find(|token| token.id == token_id) {
        return Ok(Outcome::Done(token.clone()));
    }
    if !world.settings.card.wallets.contains(&asked.wallet) {
        let says = format!("walletProvider {} is not configured for this program.", asked.wallet);
        return refused(Refusal::of(&codes::MEMBER_INVALID).under("CRD-3").saying(says));
    }
    let chosen = match cards::card_of(&account, card) {
        Ok(chosen) => chosen,
        Err(refusal) => return refused(refusal.under("CRD-3")),
    };
    if let Some(refusal) = rules::judge_account(&account) {
        return refused(refusal.under("CRD-3"));
    }
    if chosen.place() != CardPlace::InUse {
        return refused(rules::not_so(chosen).under("CRD-3"));
    }
    let holder = account.holders.iter().find(|holder| holder.cards.contains(chosen));
    let (Some(holder), true) = (holder, known.len() < TOKENS_MAX) else {
        let facts = format!("the account has asked for {TOKENS_MAX} tokens");
        return refused(Refusal::of(&codes::CARD_STATE).under("CRD-3").because(facts));
    };
    let token = Token {
        id: token_id,
        account: id,
        user: holder.user_id,
        card,
        wallet: asked.wallet,
        device: asked.device.clone(),
        state: TokenState::Requested,
        requested_at: now,
        changed_at: now,
    };
    store::insert(&mut unit, &world.code, &token);
    unit.commit().await?;
    Ok(Outcome::Done(token))
}

/// The tokens of an account that the filter takes, oldest first.
pub async fn list(
    db: &Db,
    world: &World,
    (id, filter): (AccountId, &TokenFilter),
) -> Result<Outcome<Vec<Token>>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    if let Err(refusal) = accounts::get_in(&mut unit, world, id).await?.expect() {
        return Ok(Outcome::refused(refusal));
    }
    let mut tokens = store::of_account(&mut unit, &world.code, id).await?;
    tokens.retain(|token| filter.takes(token));
    Ok(Outcome::Done(tokens))
}
