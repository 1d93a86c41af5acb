//! The use case of enrolling: repeat, complete or begin.

use super::model::NewEnrollment;
use super::rules::{self, Denial, Facts, Offer};
use super::store::{self, Record};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::cards;
use crate::domains::accounts::model::{
    Account, Card, CheckStatus, DobStatus, Holder, IdentityType, InstrumentStatus, InstrumentType,
    KycGate, KycState, Purse, PurseType, ShownIdentity, Standing, TransferAcceptance,
};
use crate::domains::accounts::ops::{self as accounts, NewHolderSecrets};
use crate::domains::users::model::GivenIdentity;
use crate::domains::users::ops as users;
use crate::kernel::codes;
use crate::kernel::ids::{
    AccountHolderId, AccountId, PaymentId, PaymentInstrumentId, PurseId, UserId,
};
use crate::kernel::money::Money;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
use crate::programs::ops as worlds;
use crate::programs::settings::Product;
use crate::programs::world::World;

/// Years from issue until a card expires.
const CARD_YEARS: u32 = 4;
/// Tries at numbers that nobody else has. A clash is rare; three in a row mean a defect.
const DRAWS_MAX: u32 = 3;

/// Who calls, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The program.
    pub world: &'a World,
    /// The request id, in canonical form.
    pub request_id: &'a str,
    /// The world's moment.
    pub now: Timestamp,
}

/// What makes two calls the same request.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestKey<'a> {
    pub request_id: &'a str,
    pub fingerprint: &'a str,
}

/// What is known of a request that has come before.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// It was answered with this account.
    Finished(Box<Account>),
    /// It stopped half-way.
    Unfinished(AccountId),
}

/// Enrolls a person, once: the same request again is answered as before, or completed if it had
/// stopped half-way.
pub async fn enroll(
    db: &Db,
    caller: &Caller<'_>,
    new: &NewEnrollment,
    faults: &[&Fault],
) -> Result<Outcome<Account>, DbError> {
    let fingerprint = fingerprint(caller.world, new);
    let key = RequestKey { request_id: caller.request_id, fingerprint: &fingerprint };
    let mut draw = 1;
    loop {
        let mut unit = db.begin(caller.world.scope(keys(caller, new, faults))).await?;
        let outcome = match store::find(&mut unit, &caller.world.code, &key).await? {
            Some(Known::Finished(account)) => Outcome::Done(*account),
            Some(Known::Unfinished(id)) => {
                resume(&mut unit, caller, (new, key, id), faults).await?
            }
            None => begin(&mut unit, caller, (new, key, draw), faults).await?,
        };
        match unit.commit().await {
            Ok(()) => return Ok(outcome),
            // A number drawn is somebody else's already: draw again.
            Err(DbError::Conflict) if draw < DRAWS_MAX => draw += 1,
            Err(cause) => return Err(cause),
        }
    }
}

/// A keyed hash of the identity and the product. Optional members of the request are left out: the
/// vendor's own sample adds some when it repeats a call.
fn fingerprint(world: &World, new: &NewEnrollment) -> String {
    let person = &new.person;
    let identity = person.identity.secret().unwrap_or_default();
    let birth = person.date_of_birth.as_deref().unwrap_or_default();
    let product = new.product_code.as_deref().unwrap_or_default();
    let parts = [&person.first_name, &person.last_name, birth, &identity, product];
    world.keyed_hash("enrollment", &serde_json::json!(parts).to_string())
}

/// Everything this call decides on.
fn keys(caller: &Caller<'_>, new: &NewEnrollment, faults: &[&Fault]) -> Vec<Key> {
    let (world, program) = (caller.world, &caller.world.code);
    let mut keys = vec![Key::request(program, caller.request_id)];
    keys.extend(identity_hash(world, new).map(|hash| Key::identity(program, &hash)));
    keys.extend(faults.iter().map(|fault| Key::fault(program, fault.fault_id)));
    keys
}

fn identity_hash(world: &World, new: &NewEnrollment) -> Option<String> {
    new.person.identity.secret().map(|secret| world.keyed_hash("identity", &secret))
}

/// A request that is seen for the first time.
async fn begin(
    unit: &mut Work,
    caller: &Caller<'_>,
    (new, key, draw): (&NewEnrollment, RequestKey<'_>, u32),
    faults: &[&Fault],
) -> Result<Outcome<Account>, DbError> {
    let settings = &caller.world.settings;
    let product = new.product_code.as_deref().and_then(|code| settings.product(code));
    let product = match (rules::judge(&facts(caller, new, product), new), product) {
        (Some(denial), _) => return Ok(Outcome::Refused(denial.refusal())),
        (None, None) => return Ok(Outcome::Refused(Denial::UnknownProduct.refusal())),
        (None, Some(product)) => product,
    };
    let occasion = [key.request_id, key.fingerprint];
    let stops = worlds::strike(unit, caller.world, faults, &occasion).await?.is_some();
    let labels = ["enroll", key.request_id, key.fingerprint, &draw.to_string()];
    let mut source = caller.world.source(&labels);
    let mut account = registered(caller, new, product, &mut source);
    if !stops {
        complete(caller, new, product, &mut account);
    }
    accounts::open(unit, caller.world, &mut account, &secrets(caller.world, new), caller.now);
    let document = new.document.to_string();
    let record = Record { key, account: &account, document: &document, is_finished: !stops };
    store::insert(unit, &caller.world.code, &record, caller.now);
    Ok(if stops { unfinished(account.id) } else { Outcome::Done(account) })
}

/// What the rules need to know of the program and the moment.
fn facts<'a>(caller: &Caller<'a>, new: &NewEnrollment, product: Option<&'a Product>) -> Facts<'a> {
    let settings = &caller.world.settings;
    Facts {
        user: users::facts(settings, product, new.wants_kyc, caller.now),
        product: product.map(|product| Offer {
            materials: &product.materials,
            currencies: &product.currencies,
        }),
        now: caller.now,
        terms_window_hours: settings.terms.window_hours,
        required_terms: &settings.terms.required,
        allowed_states: &settings.addresses.allowed_states,
    }
}

/// A request that had stopped half-way.
async fn resume(
    unit: &mut Work,
    caller: &Caller<'_>,
    (new, key, id): (&NewEnrollment, RequestKey<'_>, AccountId),
    faults: &[&Fault],
) -> Result<Outcome<Account>, DbError> {
    let world = caller.world;
    let product = new.product_code.as_deref().and_then(|code| world.settings.product(code));
    if let Some(denial) = rules::judge_additions(&facts(caller, new, product), new) {
        return Ok(Outcome::Refused(denial.refusal()));
    }
    if worlds::strike(unit, world, faults, &[key.request_id, key.fingerprint]).await?.is_some() {
        return Ok(unfinished(id));
    }
    let lost = || DbError::Unreadable(format!("account {id} of an unfinished enrollment is gone"));
    let mut account = accounts::get_in(unit, world, id).await?.account.ok_or_else(lost)?;
    let Some(product) = world.settings.product(&account.product_code) else {
        return Ok(Outcome::Refused(Denial::UnknownProduct.refusal()));
    };
    complete(caller, new, product, &mut account);
    let pin_hash = secrets(world, new).pin_hash;
    accounts::complete(unit, world, &mut account, pin_hash.as_deref(), caller.now);
    let document = new.document.to_string();
    let record = Record { key, account: &account, document: &document, is_finished: true };
    store::finish(unit, &world.code, &record);
    Ok(Outcome::Done(account))
}

fn unfinished(account: AccountId) -> Outcome<Account> {
    let facts = format!(
        "a fault of the program stopped the enrollment; account {account} is pending / \
         registrationNotComplete until the same call comes again"
    );
    Outcome::Unfinished(Refusal::of(&codes::ENROLLMENT_UNFINISHED).because(facts))
}

/// The account after the first half: it exists, and nothing more.
fn registered(
    caller: &Caller<'_>,
    new: &NewEnrollment,
    product: &Product,
    source: &mut Source,
) -> Account {
    let now = caller.now;
    let currency = new.currency.clone().or_else(|| product.currencies.first().cloned());
    Account {
        id: source.id(AccountId::new),
        reference_number: format!("{}{}", source.letters(3), source.digits(7)),
        product_code: product.product_code.clone(),
        currency: currency.unwrap_or_else(|| "USD".to_owned()),
        standing: Standing::INCOMPLETE,
        status_changed_at: now,
        cycle_day: None,
        account_number: format!("1{}", source.digits(13)),
        routing_number: caller.world.settings.direct_deposit.routing_number.clone(),
        is_instant_issue: new.is_instant_issue,
        partner_consumer_id: new.partner_consumer_id.clone(),
        terms: new.terms.iter().map(|terms| terms.at(now)).collect(),
        message_sequence: 0,
        created_at: now,
        holders: vec![holder(new, source)],
        purses: vec![Purse {
            id: source.id(PurseId::new),
            kind: PurseType::Primary,
            available: Money::ZERO,
            ledger: Money::ZERO,
            balance_at: now,
            is_hidden: false,
            is_round_up: false,
        }],
    }
}

fn holder(new: &NewEnrollment, source: &mut Source) -> Holder {
    let person = &new.person;
    Holder {
        user_id: source.id(UserId::new),
        account_holder_id: source.id(AccountHolderId::new),
        is_primary: true,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        dob_status: person.date_of_birth.as_ref().map(|_| DobStatus::Matched),
        identity: shown_identity(&person.identity),
        transfer_acceptance: TransferAcceptance::Manual,
        kyc: KycState { ofac: CheckStatus::Passed, kyc: CheckStatus::Passed, gate: None },
        cards: Vec::new(),
    }
}

fn shown_identity(identity: &GivenIdentity) -> Option<ShownIdentity> {
    let (kind, number) = match identity {
        GivenIdentity::Ssn(number) | GivenIdentity::SsnSuffix(number) => {
            (IdentityType::Ssn, number)
        }
        GivenIdentity::Onboarding(id) => (IdentityType::Matricula, id),
        GivenIdentity::Clash(_) | GivenIdentity::None => return None,
    };
    let last4: Vec<char> = number.chars().rev().take(4).collect();
    Some(ShownIdentity { kind, last4: last4.into_iter().rev().collect() })
}

/// The second half: cycle day, cards, normal and healthy.
fn complete(caller: &Caller<'_>, new: &NewEnrollment, product: &Product, account: &mut Account) {
    let cycle = &caller.world.settings.cycle_day;
    let day = caller.now.day_of_month(caller.world.cycle_zone());
    account.cycle_day = Some(rules::cycle_day(day, cycle.last_day, cycle.overflow_day));
    account.standing = Standing::NORMAL;
    account.status_changed_at = caller.now;
    let mut source = caller.world.source(&["cards", &account.id.to_string()]);
    for holder in &mut account.holders {
        holder.kyc.gate = Some(KycGate::Healthy);
        holder.cards = issue_cards(caller, new, product, &mut source);
    }
}

/// A virtual card, active at once, and its plastic if it was asked for and the product has it.
fn issue_cards(
    caller: &Caller<'_>,
    new: &NewEnrollment,
    product: &Product,
    source: &mut Source,
) -> Vec<Card> {
    let payment_id = source.id(PaymentId::new);
    let (year, month) = caller.now.year_and_month();
    let bin = &caller.world.settings.card.bin;
    let virtual_card = Card {
        id: source.id(PaymentInstrumentId::new),
        payment_id,
        kind: InstrumentType::Virtual,
        status: InstrumentStatus::Activated,
        is_pin_set: new.pin.is_some(),
        last4_pan: cards::last4_pan(caller.world, bin, payment_id),
        bin: bin.clone(),
        expires_year: year + CARD_YEARS,
        expires_month: month,
        material: None,
        issue_source: None,
        issued_at: caller.now,
        activated_at: Some(caller.now),
    };
    let plastic = Card {
        id: source.id(PaymentInstrumentId::new),
        kind: InstrumentType::Emv,
        status: InstrumentStatus::NotActivated,
        material: new.material.clone().or_else(|| product.materials.first().cloned()),
        issue_source: Some("mailer".to_owned()),
        activated_at: None,
        ..virtual_card.clone()
    };
    let has_plastic = new.wants_plastic && product.physical_card;
    std::iter::once(virtual_card).chain(has_plastic.then_some(plastic)).collect()
}

/// Hashes of what must not be kept, and the profile.
fn secrets(world: &World, new: &NewEnrollment) -> NewHolderSecrets {
    let person = &new.person;
    NewHolderSecrets {
        identity_hash: identity_hash(world, new),
        date_of_birth: person.date_of_birth.clone(),
        default_phone_hash: person.default_phone().map(|n| world.keyed_hash("phone", n)),
        pin_hash: new.pin.as_ref().map(|pin| world.keyed_hash("pin", &pin.0)),
        profile: serde_json::json!(person.profile()).to_string(),
    }
}
