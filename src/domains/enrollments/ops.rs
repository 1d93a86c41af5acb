//! The use case of enrolling: repeat, complete or begin.

use super::model::{NewEnrollment, Pin};
use super::packages;
use super::rules::business::BusinessFacts;
use super::rules::{self, Denial, Facts, Offer};
use super::store::{self, Record};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::completion::order_cards;
use crate::domains::accounts::later::schedule_review;
use crate::domains::accounts::limits::{self, Whose};
use crate::domains::accounts::model::{
    Account, AccountType, CardOrder, DobStatus, Holder, IdentityType, Purse, PurseDetails,
    PurseStatus, PurseType, ShownIdentity, TransferAcceptance,
};
use crate::domains::accounts::ops::{self as accounts, NewHolderSecrets, PrivateChange};
use crate::domains::accounts::positions::Position;
use crate::domains::contact_verifications::ops as contacts;
use crate::domains::kyc::{scans, screening};
use crate::domains::users::model::{GivenIdentity, NewPerson, Profile};
use crate::domains::users::ops as users;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::{AccountHolderId, AccountId, PurseId, UserId};
use crate::kernel::money::Money;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
use crate::programs::ops as worlds;
use crate::programs::settings::Product;
use crate::programs::world::World;

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
    /// Fault rules that speak of the call.
    pub faults: &'a [&'a Fault],
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
    /// It was answered so, for good.
    Finished(Box<Answered>),
    /// Its screening is open: the answer is the account as it is now.
    Open(AccountId),
    /// It stopped half-way.
    Unfinished(AccountId),
}

/// An answer to be repeated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    pub account: Account,
    /// Code and rule, unless it was a success.
    pub told: Option<(&'static VendorCode, &'static str)>,
}

/// One enrollment under way.
#[derive(Debug, Clone, Copy)]
struct Request<'a> {
    new: &'a NewEnrollment,
    key: RequestKey<'a>,
    /// Which draw of numbers this is, from 1.
    draw: u32,
}

/// Enrolls a person, once: the same request again is answered as before, or completed if it had
/// stopped half-way.
pub async fn enroll(
    db: &Db,
    caller: &Caller<'_>,
    new: &NewEnrollment,
) -> Result<Outcome<Account>, DbError> {
    let world = caller.world;
    let fingerprint = fingerprint(world, new);
    let key = RequestKey { request_id: caller.request_id, fingerprint: &fingerprint };
    let mut request = Request { new, key, draw: 1 };
    let mut account_key = None;
    loop {
        let keys = keys(caller, new).into_iter().chain(account_key);
        let mut unit = db.begin(world.scope(keys.collect())).await?;
        let outcome = match store::find(&mut unit, &world.code, &key).await? {
            Some(Known::Finished(answered)) => repeated(world, *answered),
            Some(Known::Open(id)) => current(&mut unit, world, id).await?,
            Some(Known::Unfinished(id)) if account_key.is_none() => {
                // Once more, holding the account that is to be completed.
                account_key = Some(Key::account(&world.code, id));
                continue;
            }
            Some(Known::Unfinished(id)) => resume(&mut unit, caller, &request, id).await?,
            None => begin(&mut unit, caller, &request).await?,
        };
        match unit.commit().await {
            Ok(()) => return Ok(outcome),
            // A number drawn is somebody else's already: draw again.
            Err(DbError::Conflict) if request.draw < DRAWS_MAX => request.draw += 1,
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
fn keys(caller: &Caller<'_>, new: &NewEnrollment) -> Vec<Key> {
    let (world, program) = (caller.world, &caller.world.code);
    let mut keys = vec![Key::request(program, caller.request_id)];
    keys.extend(identity_hash(world, &new.person).map(|hash| Key::identity(program, &hash)));
    keys.extend(phone_hash(world, &new.person).map(|hash| Key::phone(program, &hash)));
    keys.extend(package(new).map(|identifier| Key::package(program, identifier)));
    keys.extend(caller.faults.iter().map(|fault| Key::fault(program, fault.fault_id)));
    keys
}

/// The package in hand, if its identifier can be one.
fn package(new: &NewEnrollment) -> Option<&str> {
    new.instant_issue.as_ref()?.package()
}

/// The keyed hash of what identifies a person, if anything does.
pub fn identity_hash(world: &World, person: &NewPerson) -> Option<String> {
    person.identity.secret().map(|secret| world.keyed_hash("identity", &secret))
}

/// The keyed hash of a person's default phone number, if there is one.
pub fn phone_hash(world: &World, person: &NewPerson) -> Option<String> {
    person.default_phone().map(|number| world.keyed_hash("phone", number))
}

fn repeated(world: &World, answered: Answered) -> Outcome<Account> {
    match answered.told {
        None => Outcome::Done(answered.account),
        Some((code, rule)) => Outcome::Refused {
            why: told(world, &answered.account, (code, rule)),
            shown: Some(answered.account),
        },
    }
}

/// The answer while screening is open: the account as it is now, and what that means.
async fn current(
    unit: &mut Work,
    world: &World,
    id: AccountId,
) -> Result<Outcome<Account>, DbError> {
    let account = expect(unit, world, id).await?;
    let code = account.position().and_then(screening::code_of);
    Ok(repeated(world, Answered { account, told: code.map(|code| (code, code.rule)) }))
}

async fn expect(unit: &mut Work, world: &World, id: AccountId) -> Result<Account, DbError> {
    let lost = || DbError::Unreadable(format!("account {id} of an enrollment is gone"));
    accounts::get_in(unit, world, id).await?.account.ok_or_else(lost)
}

/// The refusal that accompanies an account whose screening was not passed.
fn told(
    world: &World,
    account: &Account,
    (code, rule): (&'static VendorCode, &'static str),
) -> Refusal {
    let kyc = account.primary().map(|holder| holder.kyc);
    let checks = kyc.map_or_else(String::new, |kyc| {
        let gate = kyc.gate.map_or("unset", |gate| gate.as_str());
        format!(", KYC {}, OFAC {}, gate {gate}", kyc.kyc, kyc.ofac)
    });
    let facts = format!(
        "account {} is {} / {}{checks}",
        account.id, account.standing.status, account.standing.reason
    );
    screening::refusal(&world.settings, code, rule).because(facts)
}

/// A request that is seen for the first time.
async fn begin(
    unit: &mut Work,
    caller: &Caller<'_>,
    request: &Request<'_>,
) -> Result<Outcome<Account>, DbError> {
    let (world, new) = (caller.world, request.new);
    let product = new.product_code.as_deref().and_then(|code| world.settings.product(code));
    let package_state = packages::state(unit, world, package(new)).await?;
    let identifiers = &new.contact_verifications;
    let unfit_contact = contacts::unfit(unit, world, identifiers, caller.now).await?;
    let fields = facts(caller, product, new.wants_kyc);
    let facts = Facts { package: package_state, unfit_contact, ..fields };
    let product = match (rules::judge(&facts, new), product) {
        (Some(denial), _) => return Ok(Outcome::refused(denial.refusal())),
        (None, None) => return Ok(Outcome::refused(Denial::UnknownProduct.refusal())),
        (None, Some(product)) => product,
    };
    // A scan that was used belongs to an account of the same identity, so it comes before limits.
    if let GivenIdentity::Onboarding(id) = &new.person.identity
        && let Some(refusal) = scans::refused(unit, world, id).await?
    {
        return Ok(Outcome::refused(refusal));
    }
    if let Some(refused) = limited(unit, world, new).await? {
        return Ok(refused);
    }
    let stops = is_interrupted(unit, caller, request.key).await?;
    let draw = request.draw.to_string();
    let labels = ["enroll", request.key.request_id, request.key.fingerprint, &draw];
    let mut account = registered(caller, new, product, &mut world.source(&labels));
    let told = if stops {
        account.stand_at(Position::Unfinished, caller.now);
        None
    } else {
        settle(unit, caller, new, &mut account).await?
    };
    if let GivenIdentity::Onboarding(id) = &new.person.identity {
        scans::take(unit, world, id, account.id);
    }
    let profile = Profile { business_data: new.business.kept(), ..new.person.profile() };
    let secrets = NewHolderSecrets {
        profile: serde_json::json!(profile).to_string(),
        ..secrets(world, &new.person, new.pin.as_ref())
    };
    accounts::open(unit, world, &mut account, &secrets, caller.now);
    let record = Record::of(request.key, &account, told, new);
    store::insert(unit, &world.code, &record, caller.now);
    packages::take(unit, world, package(new), &account);
    Ok(answer(world, account, told))
}

/// What the rules need to know of the program and the moment.
pub(super) fn facts<'a>(
    caller: &Caller<'a>,
    product: Option<&'a Product>,
    wants_kyc: bool,
) -> Facts<'a> {
    let settings = &caller.world.settings;
    Facts {
        user: users::facts(settings, product, wants_kyc, caller.now),
        business: BusinessFacts {
            is_offered: settings.business.enabled,
            required_members: &settings.business.required_members,
        },
        product: product.map(|product| Offer {
            materials: &product.materials,
            currencies: &product.currencies,
            instant_issue: product.instant_issue,
        }),
        now: caller.now,
        terms_window_hours: settings.terms.window_hours,
        required_terms: &settings.terms.required,
        allowed_states: &settings.addresses.allowed_states,
        package: None,
        unfit_contact: None,
    }
}

/// A request that had stopped half-way.
async fn resume(
    unit: &mut Work,
    caller: &Caller<'_>,
    request: &Request<'_>,
    id: AccountId,
) -> Result<Outcome<Account>, DbError> {
    let (world, new) = (caller.world, request.new);
    let product = new.product_code.as_deref().and_then(|code| world.settings.product(code));
    if let Some(denial) = rules::judge_additions(&facts(caller, product, new.wants_kyc), new) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    if is_interrupted(unit, caller, request.key).await? {
        return Ok(unfinished(id));
    }
    let before = expect(unit, world, id).await?;
    if world.settings.product(&before.product_code).is_none() {
        return Ok(Outcome::refused(Denial::UnknownProduct.refusal()));
    }
    // The package is the one that the first call came with.
    let order = CardOrder { in_hand: before.order.in_hand, ..order(new) };
    let mut account = Account { order, ..before.clone() };
    let told = settle(unit, caller, new, &mut account).await?;
    let pin_hash = secrets(world, &new.person, new.pin.as_ref()).pin_hash;
    let change = PrivateChange { pin_hash, ..PrivateChange::default() };
    let holder = account.primary().map(|holder| (holder.user_id, change));
    accounts::save(unit, world, (&before, &mut account), holder.as_slice(), caller.now);
    store::finish(unit, &world.code, &Record::of(request.key, &account, told, new));
    Ok(answer(world, account, told))
}

fn answer(
    world: &World,
    account: Account,
    told: Option<(&'static VendorCode, &'static str)>,
) -> Outcome<Account> {
    if account.position() == Some(Position::Unfinished) {
        return unfinished(account.id);
    }
    repeated(world, Answered { account, told })
}

fn unfinished(account: AccountId) -> Outcome<Account> {
    let facts = format!(
        "a fault of the program stopped the enrollment; account {account} is pending / \
         registrationNotComplete until the same call comes again"
    );
    Outcome::Unfinished(Refusal::of(&codes::ENROLLMENT_UNFINISHED).because(facts))
}

async fn is_interrupted(
    unit: &mut Work,
    caller: &Caller<'_>,
    key: RequestKey<'_>,
) -> Result<bool, DbError> {
    let of_enrollment = |fault: &&&Fault| !fault.rule.effect.is_of_processor();
    let faults: Vec<&Fault> = caller.faults.iter().filter(of_enrollment).copied().collect();
    let occasion = [key.request_id, key.fingerprint];
    Ok(worlds::strike(unit, caller.world, &faults, &occasion).await?.is_some())
}

/// Refuses an account beyond the limits of its person. The one that exists is shown to who knows
/// the date of birth.
async fn limited(
    unit: &mut Work,
    world: &World,
    new: &NewEnrollment,
) -> Result<Option<Outcome<Account>>, DbError> {
    let (identity, phone) = (identity_hash(world, &new.person), phone_hash(world, &new.person));
    let account_type = account_type(new);
    let whose = Whose {
        identity_hash: identity.as_deref(),
        born: new.person.born_if_shared(),
        phone_hash: phone.as_deref(),
        account_type,
        beside: None,
    };
    let places = limits::places(unit, world, &whose).await?;
    let limits = world.settings.limits_of(account_type == AccountType::Business);
    let is_itin = new.person.identity.is_itin();
    let Some(reached) = limits::reached(&places, limits, is_itin) else { return Ok(None) };
    let mut why = reached.refusal();
    if is_itin && reached.is_of_identity() {
        why = why.under("LIM-6");
    }
    let mut shown = None;
    if let limits::Reached::IdentityActive(..) = reached
        && let Some((account, born)) = limits::latest_active(unit, world, &whose).await?
    {
        if born == new.person.date_of_birth {
            shown = Some(account);
        } else {
            why = why.under("LIM-2");
        }
    }
    Ok(Some(Outcome::Refused { why, shown }))
}

/// The second half: screening, and what follows from it. Tells the code of the answer unless it is
/// a success.
async fn settle(
    unit: &mut Work,
    caller: &Caller<'_>,
    new: &NewEnrollment,
    account: &mut Account,
) -> Result<Option<(&'static VendorCode, &'static str)>, DbError> {
    let (world, now) = (caller.world, caller.now);
    let ssn = new.person.identity.ssn();
    let screened = screening::screen(&world.settings, ssn, new.wants_kyc);
    account.stand_at(screened.position, now);
    if screened.position == Position::Approved {
        order_cards(unit, world, caller.faults, account, (1, now)).await?;
    }
    schedule_review(unit, world, account, now);
    Ok(screened.code.map(|code| (code, screened.rule)))
}

/// A type that is none was refused before.
fn account_type(new: &NewEnrollment) -> AccountType {
    new.business.account_type().unwrap_or_default()
}

fn order(new: &NewEnrollment) -> CardOrder {
    CardOrder {
        plastic: new.wants_plastic,
        pin: new.pin.is_some(),
        in_hand: new.instant_issue.is_some(),
        material: new.material.clone(),
    }
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
    let (standing, _) = Position::Unfinished.shown();
    let mut account = Account {
        id: source.id(AccountId::new),
        reference_number: format!("{}{}", source.letters(3), source.digits(7)),
        product_code: product.product_code.clone(),
        currency: currency.unwrap_or_else(|| "USD".to_owned()),
        standing,
        status_changed_at: now,
        cycle_day: None,
        completed_at: None,
        account_number: format!("1{}", source.digits(13)),
        routing_number: caller.world.settings.direct_deposit.routing_number.clone(),
        is_instant_issue: new.instant_issue.is_some(),
        partner_consumer_id: new.partner_consumer_id.clone(),
        partner_account_identifier: None,
        terms: Vec::new(),
        message_sequence: 0,
        transaction_sequence: 0,
        listed_transactions: 0,
        created_at: now,
        account_type: account_type(new),
        order: order(new),
        first_active_at: None,
        upgrade: None,
        holders: vec![holder(&new.person, true, source)],
        purses: vec![Purse {
            id: source.id(PurseId::new),
            kind: PurseType::Primary,
            available: Money::ZERO,
            ledger: Money::ZERO,
            balance_at: now,
            is_hidden: false,
            is_round_up: false,
            status: PurseStatus::Active,
            position: 0,
            created_at: now,
            details: PurseDetails::default(),
        }],
    };
    account.accept(new.terms.iter().map(|terms| terms.at(now)));
    account
}

/// A holder as the account shows one, before screening.
pub fn holder(person: &NewPerson, is_primary: bool, source: &mut Source) -> Holder {
    Holder {
        user_id: source.id(UserId::new),
        account_holder_id: source.id(AccountHolderId::new),
        is_primary,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        dob_status: person.date_of_birth.as_ref().map(|_| DobStatus::Matched),
        identity: shown_identity(&person.identity),
        transfer_acceptance: TransferAcceptance::Manual,
        kyc: Position::Unfinished.shown().1,
        cards: Vec::new(),
    }
}

/// What may be shown of an identity.
pub fn shown_identity(identity: &GivenIdentity) -> Option<ShownIdentity> {
    let (kind, number) = match identity {
        GivenIdentity::Ssn(number) if identity.is_itin() => (IdentityType::Itin, number),
        GivenIdentity::Ssn(number) | GivenIdentity::SsnSuffix(number) => {
            (IdentityType::Ssn, number)
        }
        GivenIdentity::Onboarding(id) => (IdentityType::Matricula, id),
        GivenIdentity::Clash(_) | GivenIdentity::None => return None,
    };
    let last4: Vec<char> = number.chars().rev().take(4).collect();
    Some(ShownIdentity { kind, last4: last4.into_iter().rev().collect() })
}

/// Hashes of what must not be kept, and the profile.
pub fn secrets(world: &World, person: &NewPerson, pin: Option<&Pin>) -> NewHolderSecrets {
    let matricula_hash = match &person.identity {
        GivenIdentity::Onboarding(_) => identity_hash(world, person),
        _ => None,
    };
    NewHolderSecrets {
        identity_hash: identity_hash(world, person),
        date_of_birth: person.date_of_birth.clone(),
        default_phone_hash: phone_hash(world, person),
        pin_hash: pin.map(|pin| world.keyed_hash("pin", &pin.0)),
        matricula_hash,
        profile: serde_json::json!(person.profile()).to_string(),
    }
}
