//! SQL of accounts, their holders, cards and purses.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::FromRow;

use super::model::{Account, Card, Holder, KycState, Purse, PurseStatus, ShownIdentity, Standing};
use super::ops::{Found, NewHolderSecrets, Private, PrivateChange};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode, UserId};
use crate::kernel::money::Money;
use crate::kernel::time::Timestamp;

/// One row for each pairing of a card and a purse of the account; without cards, one a purse.
/// Also carries the version of the world, so that one trip tells whether the copy of the world the
/// caller decides by is fresh.
const FIND: &str = "SELECT p.version AS world_version, \
    a.account_id, a.reference_number, a.product_code, a.currency, a.status, a.status_reason, \
    a.status_changed_at, a.cycle_day, a.account_number, a.routing_number, a.is_instant_issue, \
    a.partner_consumer_id, a.terms, a.message_sequence, a.transaction_sequence, \
    a.listed_transactions, a.created_at, a.account_type, a.card_order, a.first_active_at, \
    a.upgrade, a.partner_account_identifier, a.completed_at, \
    u.user_id, u.account_holder_id, u.is_primary, u.first_name, u.last_name, u.dob_status, \
    u.identity_type, u.last4_identity, u.transfer_acceptance, u.ofac_status, u.kyc_status, \
    u.kyc_pending_gate, \
    b.purse_id, b.purse_type, b.available_e4, b.ledger_e4, b.balance_at, b.is_hidden, \
    b.is_round_up, b.position AS purse_position, b.created_at AS purse_created_at, \
    b.details AS purse_details, \
    c.payment_instrument_id, c.payment_id, c.instrument_type, c.status AS card_status, \
    c.status_reason AS card_reason, c.is_pin_set, c.embossed_name, c.bin, c.last4_pan, \
    c.expires_year, c.expires_month, c.material, c.issue_source, c.issued_at, c.activated_at, \
    c.paused_at, c.emboss_type \
    FROM programs p \
    LEFT JOIN accounts a ON a.program_code = p.program_code AND a.account_id = $2 \
    LEFT JOIN users u ON u.program_code = a.program_code AND u.account_id = a.account_id \
    LEFT JOIN purses b ON b.program_code = a.program_code AND b.account_id = a.account_id \
        AND b.status = 'active' \
    LEFT JOIN payment_instruments c \
        ON c.program_code = u.program_code AND c.account_id = u.account_id \
        AND c.user_id = u.user_id \
    WHERE p.program_code = $1 \
    ORDER BY u.is_primary DESC, u.created_at, u.user_id, c.position, b.position, b.purse_id";

#[derive(Debug, FromRow)]
struct FoundRow {
    world_version: i64,
    #[sqlx(flatten)]
    account: AccountRow,
    #[sqlx(flatten)]
    holder: HolderRow,
    #[sqlx(flatten)]
    purse: PurseRow,
    #[sqlx(flatten)]
    card: CardRow,
}

// All columns may be empty: the account, or its cards, may not be there.

#[derive(Debug, FromRow)]
struct AccountRow {
    account_id: Option<String>,
    reference_number: Option<String>,
    product_code: Option<String>,
    currency: Option<String>,
    status: Option<String>,
    status_reason: Option<String>,
    status_changed_at: Option<i64>,
    cycle_day: Option<i64>,
    account_number: Option<String>,
    routing_number: Option<String>,
    is_instant_issue: Option<bool>,
    partner_consumer_id: Option<String>,
    terms: Option<String>,
    message_sequence: Option<i64>,
    transaction_sequence: Option<i64>,
    listed_transactions: Option<i64>,
    created_at: Option<i64>,
    account_type: Option<String>,
    card_order: Option<String>,
    first_active_at: Option<i64>,
    upgrade: Option<String>,
    partner_account_identifier: Option<String>,
    completed_at: Option<i64>,
}

/// A holder without cards.
#[derive(Debug, FromRow)]
pub(super) struct HolderRow {
    user_id: Option<String>,
    account_holder_id: Option<String>,
    is_primary: Option<bool>,
    first_name: Option<String>,
    last_name: Option<String>,
    dob_status: Option<String>,
    identity_type: Option<String>,
    last4_identity: Option<String>,
    transfer_acceptance: Option<String>,
    ofac_status: Option<String>,
    kyc_status: Option<String>,
    kyc_pending_gate: Option<String>,
}

#[derive(Debug, FromRow)]
struct PurseRow {
    purse_id: Option<String>,
    purse_type: Option<String>,
    available_e4: Option<i64>,
    ledger_e4: Option<i64>,
    balance_at: Option<i64>,
    is_hidden: Option<bool>,
    is_round_up: Option<bool>,
    purse_position: Option<i64>,
    purse_created_at: Option<i64>,
    purse_details: Option<String>,
}

#[derive(Debug, FromRow)]
struct CardRow {
    payment_instrument_id: Option<String>,
    payment_id: Option<String>,
    instrument_type: Option<String>,
    card_status: Option<String>,
    card_reason: Option<String>,
    is_pin_set: Option<bool>,
    embossed_name: Option<String>,
    bin: Option<String>,
    last4_pan: Option<String>,
    expires_year: Option<i64>,
    expires_month: Option<i64>,
    material: Option<String>,
    issue_source: Option<String>,
    issued_at: Option<i64>,
    activated_at: Option<i64>,
    paused_at: Option<i64>,
    emboss_type: Option<String>,
}

/// The account of this id, and the version of the world it was read in: one trip.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    id: AccountId,
) -> Result<Found, DbError> {
    let rows: Vec<FoundRow> = read.all(sql(FIND).bind(program).bind(id)).await?;
    let world_version = rows.first().map_or(0, |row| row.world_version);
    let Some(first) = rows.first().filter(|row| row.account.account_id.is_some()) else {
        return Ok(Found { world_version, account: None });
    };
    let mut account = first.account.read()?;
    for row in &rows {
        if let Some(holder) = row.holder.read()? {
            add_holder(&mut account, holder, row.card.read()?);
        }
        if let Some(purse) = row.purse.read()?
            && account.purses.iter().all(|known| known.id != purse.id)
        {
            account.purses.push(purse);
        }
    }
    Ok(Found { world_version, account: Some(account) })
}

fn add_holder(account: &mut Account, holder: Holder, card: Option<Card>) {
    let at = match account.holders.iter().position(|known| known.user_id == holder.user_id) {
        Some(at) => at,
        None => {
            account.holders.push(holder);
            account.holders.len() - 1
        }
    };
    let cards = &mut account.holders[at].cards;
    if let Some(card) = card.filter(|card| cards.iter().all(|known| known.id != card.id)) {
        cards.push(card);
    }
}

/// A column that is there whenever its row is.
fn need<T: Clone>(column: &str, value: &Option<T>) -> Result<T, DbError> {
    value.clone().ok_or_else(|| DbError::Unreadable(format!("{column} is empty")))
}

fn read<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

fn need_read<T>(column: &str, value: &Option<String>) -> Result<T, DbError>
where
    T: FromStr<Err: std::fmt::Display>,
{
    read(column, &need(column, value)?)
}

fn maybe_read<T>(column: &str, value: &Option<String>) -> Result<Option<T>, DbError>
where
    T: FromStr<Err: std::fmt::Display>,
{
    value.as_deref().map(|text| read(column, text)).transpose()
}

fn need_small(column: &str, value: Option<i64>) -> Result<u32, DbError> {
    u32::try_from(need(column, &value)?)
        .map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

fn moment(column: &str, value: Option<i64>) -> Result<Timestamp, DbError> {
    need(column, &value).map(Timestamp::from_millis)
}

fn json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|cause| DbError::Unreadable(format!("{column}: {cause}")))
}

impl AccountRow {
    fn read(&self) -> Result<Account, DbError> {
        Ok(Account {
            id: need_read("accounts.account_id", &self.account_id)?,
            reference_number: need("accounts.reference_number", &self.reference_number)?,
            product_code: need("accounts.product_code", &self.product_code)?,
            currency: need("accounts.currency", &self.currency)?,
            standing: Standing {
                status: need_read("accounts.status", &self.status)?,
                reason: need_read("accounts.status_reason", &self.status_reason)?,
            },
            status_changed_at: moment("accounts.status_changed_at", self.status_changed_at)?,
            cycle_day: match self.cycle_day {
                Some(_) => Some(need_small("accounts.cycle_day", self.cycle_day)?),
                None => None,
            },
            completed_at: self.completed_at.map(Timestamp::from_millis),
            account_number: need("accounts.account_number", &self.account_number)?,
            routing_number: need("accounts.routing_number", &self.routing_number)?,
            is_instant_issue: need("accounts.is_instant_issue", &self.is_instant_issue)?,
            partner_consumer_id: self.partner_consumer_id.clone(),
            partner_account_identifier: self.partner_account_identifier.clone(),
            terms: json("accounts.terms", &need("accounts.terms", &self.terms)?)?,
            message_sequence: need("accounts.message_sequence", &self.message_sequence)?,
            transaction_sequence: need(
                "accounts.transaction_sequence",
                &self.transaction_sequence,
            )?,
            listed_transactions: need("accounts.listed_transactions", &self.listed_transactions)?,
            created_at: moment("accounts.created_at", self.created_at)?,
            account_type: need_read("accounts.account_type", &self.account_type)?,
            order: json("accounts.card_order", &need("accounts.card_order", &self.card_order)?)?,
            first_active_at: self.first_active_at.map(Timestamp::from_millis),
            upgrade: match &self.upgrade {
                Some(text) => Some(json("accounts.upgrade", text)?),
                None => None,
            },
            holders: Vec::new(),
            purses: Vec::new(),
        })
    }
}

impl HolderRow {
    /// The holder, if the row has one.
    pub(super) fn read(&self) -> Result<Option<Holder>, DbError> {
        let Some(user_id) = &self.user_id else { return Ok(None) };
        let identity = match (&self.identity_type, &self.last4_identity) {
            (Some(kind), Some(last4)) => Some(ShownIdentity {
                kind: read("users.identity_type", kind)?,
                last4: last4.clone(),
            }),
            _ => None,
        };
        Ok(Some(Holder {
            user_id: read("users.user_id", user_id)?,
            account_holder_id: need_read("users.account_holder_id", &self.account_holder_id)?,
            is_primary: need("users.is_primary", &self.is_primary)?,
            first_name: need("users.first_name", &self.first_name)?,
            last_name: need("users.last_name", &self.last_name)?,
            dob_status: maybe_read("users.dob_status", &self.dob_status)?,
            identity,
            transfer_acceptance: need_read("users.transfer_acceptance", &self.transfer_acceptance)?,
            kyc: KycState {
                ofac: need_read("users.ofac_status", &self.ofac_status)?,
                kyc: need_read("users.kyc_status", &self.kyc_status)?,
                gate: maybe_read("users.kyc_pending_gate", &self.kyc_pending_gate)?,
            },
            cards: Vec::new(),
        }))
    }
}

impl PurseRow {
    fn read(&self) -> Result<Option<Purse>, DbError> {
        let Some(purse_id) = &self.purse_id else { return Ok(None) };
        Ok(Some(Purse {
            id: read("purses.purse_id", purse_id)?,
            kind: need_read("purses.purse_type", &self.purse_type)?,
            available: Money::from_e4(need("purses.available_e4", &self.available_e4)?),
            ledger: Money::from_e4(need("purses.ledger_e4", &self.ledger_e4)?),
            balance_at: moment("purses.balance_at", self.balance_at)?,
            is_hidden: need("purses.is_hidden", &self.is_hidden)?,
            is_round_up: need("purses.is_round_up", &self.is_round_up)?,
            status: PurseStatus::Active,
            position: need("purses.position", &self.purse_position)?,
            created_at: moment("purses.created_at", self.purse_created_at)?,
            details: json("purses.details", &need("purses.details", &self.purse_details)?)?,
        }))
    }
}

impl CardRow {
    fn read(&self) -> Result<Option<Card>, DbError> {
        let Some(id) = &self.payment_instrument_id else { return Ok(None) };
        Ok(Some(Card {
            id: read("payment_instruments.payment_instrument_id", id)?,
            payment_id: need_read("payment_instruments.payment_id", &self.payment_id)?,
            kind: need_read("payment_instruments.instrument_type", &self.instrument_type)?,
            status: need_read("payment_instruments.status", &self.card_status)?,
            status_reason: maybe_read("payment_instruments.status_reason", &self.card_reason)?,
            is_pin_set: need("payment_instruments.is_pin_set", &self.is_pin_set)?,
            embossed_name: need("payment_instruments.embossed_name", &self.embossed_name)?,
            bin: need("payment_instruments.bin", &self.bin)?,
            last4_pan: need("payment_instruments.last4_pan", &self.last4_pan)?,
            expires_year: need_small("payment_instruments.expires_year", self.expires_year)?,
            expires_month: need_small("payment_instruments.expires_month", self.expires_month)?,
            material: self.material.clone(),
            issue_source: self.issue_source.clone(),
            issued_at: moment("payment_instruments.issued_at", self.issued_at)?,
            activated_at: self.activated_at.map(Timestamp::from_millis),
            paused_at: self.paused_at.map(Timestamp::from_millis),
            emboss_type: maybe_read("payment_instruments.emboss_type", &self.emboss_type)?,
        }))
    }
}

const INSERT_ACCOUNT: &str = "INSERT INTO accounts (program_code, account_id, reference_number, \
    product_code, currency, status, status_reason, status_changed_at, cycle_day, account_number, \
    routing_number, is_instant_issue, partner_consumer_id, terms, message_sequence, created_at, \
    account_type, card_order, first_active_at, upgrade, partner_account_identifier, completed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
    $20, $21, $22)";

/// Collects a new account; purses, holders and cards follow by their own functions.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &Account) {
    work.write(
        sql(INSERT_ACCOUNT)
            .bind(program)
            .bind(new.id)
            .bind(new.reference_number.as_str())
            .bind(new.product_code.as_str())
            .bind(new.currency.as_str())
            .bind(new.standing.status.as_str())
            .bind(new.standing.reason.as_str())
            .bind(new.status_changed_at)
            .bind(new.cycle_day)
            .bind(new.account_number.as_str())
            .bind(new.routing_number.as_str())
            .bind(new.is_instant_issue)
            .bind(new.partner_consumer_id.as_deref())
            .bind(text(&new.terms))
            .bind(new.message_sequence)
            .bind(new.created_at)
            .bind(new.account_type.as_str())
            .bind(text(&new.order))
            .bind(new.first_active_at)
            .bind(new.upgrade.as_ref().map(text))
            .bind(new.partner_account_identifier.as_deref())
            .bind(new.completed_at),
    );
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::json!(value).to_string()
}

const INSERT_USER: &str = "INSERT INTO users (program_code, user_id, account_id, \
    account_holder_id, is_primary, first_name, last_name, dob_status, identity_type, \
    identity_hash, last4_identity, date_of_birth, default_phone_hash, transfer_acceptance, \
    ofac_status, kyc_status, kyc_pending_gate, profile, pin_hash, created_at, matricula_hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
    $19, $20, $21)";

/// Collects a new holder of an account, with what is known of the person beside the account object.
pub(super) fn insert_holder(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    holder: &Holder,
    (secrets, now): (&NewHolderSecrets, Timestamp),
) {
    let identity = holder.identity.as_ref();
    work.write(
        sql(INSERT_USER)
            .bind(program)
            .bind(holder.user_id)
            .bind(account)
            .bind(holder.account_holder_id)
            .bind(holder.is_primary)
            .bind(holder.first_name.as_str())
            .bind(holder.last_name.as_str())
            .bind(holder.dob_status.map(|status| status.as_str()))
            .bind(identity.map(|identity| identity.kind.as_str()))
            .bind(secrets.identity_hash.as_deref())
            .bind(identity.map(|identity| identity.last4.as_str()))
            .bind(secrets.date_of_birth.as_deref())
            .bind(secrets.default_phone_hash.as_deref())
            .bind(holder.transfer_acceptance.as_str())
            .bind(holder.kyc.ofac.as_str())
            .bind(holder.kyc.kyc.as_str())
            .bind(holder.kyc.gate.map(|gate| gate.as_str()))
            .bind(secrets.profile.as_str())
            .bind(secrets.pin_hash.as_deref())
            .bind(now)
            .bind(secrets.matricula_hash.as_deref()),
    );
}

const INSERT_CARD: &str = "INSERT INTO payment_instruments (program_code, payment_instrument_id, \
    payment_id, account_id, user_id, position, instrument_type, status, is_pin_set, bin, \
    last4_pan, expires_year, expires_month, material, issue_source, issued_at, activated_at, \
    status_reason, embossed_name, emboss_type) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
    $20)";

/// Collects a new card, the `position`-th of its holder.
pub(super) fn insert_card(
    work: &mut Work,
    program: &ProgramCode,
    (account, user): (AccountId, UserId),
    (position, card): (i64, &Card),
) {
    work.write(
        sql(INSERT_CARD)
            .bind(program)
            .bind(card.id)
            .bind(card.payment_id)
            .bind(account)
            .bind(user)
            .bind(position)
            .bind(card.kind.as_str())
            .bind(card.status.as_str())
            .bind(card.is_pin_set)
            .bind(card.bin.as_str())
            .bind(card.last4_pan.as_str())
            .bind(card.expires_year)
            .bind(card.expires_month)
            .bind(card.material.as_deref())
            .bind(card.issue_source.as_deref())
            .bind(card.issued_at)
            .bind(card.activated_at)
            .bind(card.status_reason.map(|reason| reason.as_str()))
            .bind(card.embossed_name.as_str())
            .bind(card.emboss_type.map(|emboss| emboss.as_str())),
    );
}

const UPDATE_CARD: &str = "UPDATE payment_instruments SET status = $3, status_reason = $4, \
    activated_at = $5, is_pin_set = $6, paused_at = $7 \
    WHERE program_code = $1 AND payment_instrument_id = $2";

/// Collects a card's changing members.
pub(super) fn update_card(work: &mut Work, program: &ProgramCode, card: &Card) {
    work.write(
        sql(UPDATE_CARD)
            .bind(program)
            .bind(card.id)
            .bind(card.status.as_str())
            .bind(card.status_reason.map(|reason| reason.as_str()))
            .bind(card.activated_at)
            .bind(card.is_pin_set)
            .bind(card.paused_at),
    );
}

const UPDATE_ACCOUNT: &str = "UPDATE accounts SET status = $3, status_reason = $4, \
    status_changed_at = $5, cycle_day = $6, message_sequence = $7, product_code = $8, terms = $9, \
    card_order = $10, first_active_at = $11, upgrade = $12, partner_consumer_id = $13, \
    partner_account_identifier = $14, transaction_sequence = $15, \
    listed_transactions = $16, completed_at = $17 \
    WHERE program_code = $1 AND account_id = $2";

/// Collects the account's own changing members.
pub(super) fn update(work: &mut Work, program: &ProgramCode, account: &Account) {
    work.write(
        sql(UPDATE_ACCOUNT)
            .bind(program)
            .bind(account.id)
            .bind(account.standing.status.as_str())
            .bind(account.standing.reason.as_str())
            .bind(account.status_changed_at)
            .bind(account.cycle_day)
            .bind(account.message_sequence)
            .bind(account.product_code.as_str())
            .bind(text(&account.terms))
            .bind(text(&account.order))
            .bind(account.first_active_at)
            .bind(account.upgrade.as_ref().map(text))
            .bind(account.partner_consumer_id.as_deref())
            .bind(account.partner_account_identifier.as_deref())
            .bind(account.transaction_sequence)
            .bind(account.listed_transactions)
            .bind(account.completed_at),
    );
}

const UPDATE_HOLDER: &str = "UPDATE users SET ofac_status = $3, kyc_status = $4, \
    kyc_pending_gate = $5, first_name = $6, last_name = $7, dob_status = $8, identity_type = $9, \
    last4_identity = $10, transfer_acceptance = $11, \
    identity_hash = COALESCE($12, identity_hash), date_of_birth = COALESCE($13, date_of_birth), \
    default_phone_hash = COALESCE($14, default_phone_hash), pin_hash = COALESCE($15, pin_hash), \
    profile = COALESCE($16, profile), gate_tries = COALESCE($17, gate_tries), \
    next_document = NULLIF(COALESCE($18, next_document), '') \
    WHERE program_code = $1 AND user_id = $2";

/// Collects a holder's changing members, and what of the person is given anew.
pub(super) fn update_holder(
    work: &mut Work,
    program: &ProgramCode,
    holder: &Holder,
    private: &PrivateChange,
) {
    let identity = holder.identity.as_ref();
    work.write(
        sql(UPDATE_HOLDER)
            .bind(program)
            .bind(holder.user_id)
            .bind(holder.kyc.ofac.as_str())
            .bind(holder.kyc.kyc.as_str())
            .bind(holder.kyc.gate.map(|gate| gate.as_str()))
            .bind(holder.first_name.as_str())
            .bind(holder.last_name.as_str())
            .bind(holder.dob_status.map(|status| status.as_str()))
            .bind(identity.map(|identity| identity.kind.as_str()))
            .bind(identity.map(|identity| identity.last4.as_str()))
            .bind(holder.transfer_acceptance.as_str())
            .bind(private.identity_hash.as_deref())
            .bind(private.date_of_birth.as_deref())
            .bind(private.default_phone_hash.as_deref())
            .bind(private.pin_hash.as_deref())
            .bind(private.profile.as_ref().map(|profile| text(&profile.after)))
            .bind(private.gate_tries)
            .bind(private.next_document.as_deref()),
    );
}

const PRIVATE: &str = "SELECT identity_hash, matricula_hash, date_of_birth, default_phone_hash, \
    profile, gate_tries, next_document FROM users WHERE program_code = $1 AND user_id = $2";

#[derive(Debug, FromRow)]
struct PrivateRow {
    identity_hash: Option<String>,
    matricula_hash: Option<String>,
    date_of_birth: Option<String>,
    default_phone_hash: Option<String>,
    profile: String,
    gate_tries: i64,
    next_document: Option<String>,
}

/// What is kept of a holder beside the account object.
pub(super) async fn private(
    read: &mut impl Read,
    program: &ProgramCode,
    user: UserId,
) -> Result<Option<Private>, DbError> {
    let row: Option<PrivateRow> = read.first(sql(PRIVATE).bind(program).bind(user)).await?;
    Ok(row.map(|row| Private {
        identity_hash: row.identity_hash,
        matricula_hash: row.matricula_hash,
        date_of_birth: row.date_of_birth,
        default_phone_hash: row.default_phone_hash,
        profile: row.profile,
        gate_tries: row.gate_tries,
        next_document: row.next_document,
    }))
}
