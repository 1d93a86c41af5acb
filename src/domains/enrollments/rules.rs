//! When an enrollment is refused, and what a new account looks like. Pure: no clock, no database.
//!
//! The variants of [`Denial`] stand in the order of precedence: of several faults in one request
//! the earliest is answered, and it alone. The person comes first, then the account, and last the
//! business rules, which judge requests that are otherwise in order.

pub mod business;
pub mod instant_issue;

use iso_currency::Currency;

use self::business::{BusinessDenial, BusinessFacts};
use self::instant_issue::{InstantIssueDenial, InstantIssueFacts};
use super::model::{GivenTerms, NewEnrollment, PackageState, Pin};
use crate::domains::contact_verifications::model::UnfitContact;
use crate::domains::users::model::NewPerson;
use crate::domains::users::rules::{self as users, UserDenial, UserFacts};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::digits::has_digits;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// Texts that are kept as they come have at most so many characters.
const TEXT_MAX: usize = 100;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// Why an enrollment is refused; earlier variants win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The user document will not do.
    User(UserDenial),
    /// The account type or the business data will not do.
    Business(BusinessDenial),
    /// The PIN is not four digits.
    PinForm,
    /// No product is named.
    ProductMissing,
    /// The product is not offered.
    UnknownProduct,
    /// The product does not offer the card material.
    Material,
    /// The currency is none of ISO 4217.
    CurrencyUnknown,
    /// The product does not take the currency.
    CurrencyNotOffered,
    /// A text that is kept as it comes is empty or too long.
    TextLength(&'static str),
    /// Terms were accepted more hours than this before or after now.
    TermsWindow(u32),
    /// Terms that the program requires are declined.
    TermsDeclined(String),
    /// A contact that is named is not verified, and the program is strict about it.
    Contact(UnfitContact),
    /// The package in hand will not do.
    InstantIssue(InstantIssueDenial),
    /// The home address is in a state whose residents may not enroll.
    Region,
}

impl Denial {
    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let of = |code: &'static VendorCode| Refusal::of(code);
        match self {
            Denial::User(denial) => denial.refusal(),
            Denial::Business(denial) => denial.refusal(),
            Denial::InstantIssue(denial) => denial.refusal(),
            Denial::PinForm => of(&codes::IDENTITY_FORM)
                .saying("encryptedPin must hold {\"pin\":\"NNNN\"}, 4 digits."),
            Denial::ProductMissing => {
                of(&codes::UNKNOWN_PRODUCT).saying("account.productCode is missing.")
            }
            Denial::UnknownProduct => of(&codes::UNKNOWN_PRODUCT),
            Denial::Material => of(&codes::MATERIAL)
                .because("productMaterialType is none of the product's materials"),
            Denial::CurrencyUnknown => {
                of(&codes::CURRENCY_UNKNOWN).because("currency is no alphabetic code of ISO 4217")
            }
            Denial::CurrencyNotOffered => of(&codes::CURRENCY_NOT_OFFERED)
                .because("currency is none of the product's currencies"),
            Denial::TextLength(member) => of(&codes::MEMBER_INVALID)
                .saying(format!("{member} must have 1 to {TEXT_MAX} characters.")),
            Denial::TermsWindow(hours) => of(&codes::TERMS_WINDOW).saying(format!(
                "termsAcceptanceDateTime must be within {hours} hours of the time it was submitted"
            )),
            Denial::TermsDeclined(identifier) => of(&codes::TERMS_DECLINED)
                .saying(format!("termsAcceptances: {identifier} must be accepted.")),
            Denial::Contact(unfit) => unfit_contact(unfit),
            Denial::Region => of(&codes::REGION)
                .because("state of the home address is none of addresses.allowedStates"),
        }
    }
}

fn unfit_contact(UnfitContact { at, state }: UnfitContact) -> Refusal {
    let member = format!("contactVerificationIdentifiers[{at}]");
    let (says, facts) = match state {
        None => ("is unknown to this program.".to_owned(), "names no verification".to_owned()),
        Some(state) => (
            format!("is not verified but {state}."),
            format!("names a verification that is {state}"),
        ),
    };
    Refusal::of(&codes::CONTACT_NOT_VERIFIED)
        .saying(format!("{member} {says}"))
        .because(format!("{member} {facts}, and contactVerification.strict is on"))
}

/// What the rules need to know of the program and the moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts<'a> {
    /// What the rules of the user document need to know.
    pub user: UserFacts,
    /// What the rules of business accounts need to know.
    pub business: BusinessFacts<'a>,
    /// What the product offers; `None` if the program does not have it.
    pub product: Option<Offer<'a>>,
    /// The world's moment.
    pub now: Timestamp,
    /// Hours before and after it within which terms may be accepted.
    pub terms_window_hours: u32,
    /// Terms that nobody may decline.
    pub required_terms: &'a [String],
    /// Postal codes of the states whose residents may enroll.
    pub allowed_states: &'a [String],
    /// Where the package in hand stands; `None` if there is none.
    pub package: Option<PackageState>,
    /// The first contact verification that will not do, where the program is strict about them.
    pub unfit_contact: Option<UnfitContact>,
}

/// What the rules of terms need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermsFacts<'a> {
    /// The world's moment.
    pub now: Timestamp,
    /// Hours before and after it within which terms may be accepted.
    pub window_hours: u32,
    /// Terms that nobody may decline.
    pub required: &'a [String],
}

/// What a product offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<'a> {
    /// Card materials.
    pub materials: &'a [String],
    /// ISO 4217.
    pub currencies: &'a [String],
    /// It is sold in packages.
    pub instant_issue: bool,
}

impl<'a> Facts<'a> {
    /// What the rules of terms need to know of it.
    pub fn terms(&self) -> TermsFacts<'a> {
        let Self { now, terms_window_hours: window_hours, required_terms: required, .. } = *self;
        TermsFacts { now, window_hours, required }
    }
}

/// Judges a request: the first rule it breaks, if any.
pub fn judge(facts: &Facts<'_>, new: &NewEnrollment) -> Option<Denial> {
    users::judge(&facts.user, &new.person)
        .map(Denial::User)
        .or_else(|| business::judge(&facts.business, &new.business).map(Denial::Business))
        .or_else(|| judge_pin(new.pin.as_ref()))
        .or_else(|| judge_product(facts, new.product_code.as_deref()))
        .or_else(|| judge_offered(facts, new.material.as_deref()))
        .or_else(|| judge_currency(facts, new.currency.as_ref()))
        .or_else(|| judge_texts(new))
        .or_else(|| judge_terms(&facts.terms(), &new.terms))
        .or_else(|| facts.unfit_contact.map(Denial::Contact))
        .or_else(|| judge_instant_issue(facts, new))
        .or_else(|| judge_region(facts.allowed_states, &new.person))
}

/// Judges what the repetition of an unfinished enrollment may add: all else was judged before.
pub fn judge_additions(facts: &Facts<'_>, new: &NewEnrollment) -> Option<Denial> {
    judge_pin(new.pin.as_ref())
        .or_else(|| judge_product(facts, new.product_code.as_deref()))
        .or_else(|| judge_offered(facts, new.material.as_deref()))
}

/// Judges a PIN: four digits.
pub fn judge_pin(pin: Option<&Pin>) -> Option<Denial> {
    pin.filter(|pin| !has_digits(&pin.0, 4)).map(|_| Denial::PinForm)
}

/// Judges a product: named, and one of the program's.
pub fn judge_product(facts: &Facts<'_>, code: Option<&str>) -> Option<Denial> {
    match (code, facts.product) {
        (None, _) => Some(Denial::ProductMissing),
        (Some(_), None) => Some(Denial::UnknownProduct),
        (Some(_), Some(_)) => None,
    }
}

/// Judges a card material by the product of the request.
pub fn judge_offered(facts: &Facts<'_>, material: Option<&str>) -> Option<Denial> {
    facts.product.and_then(|product| judge_material(product.materials, material))
}

/// Judges the card material that is asked for, if one is.
pub fn judge_material(offered: &[String], material: Option<&str>) -> Option<Denial> {
    let material = material?;
    let is_offered = offered.iter().any(|one| one == material);
    (!is_offered).then_some(Denial::Material)
}

/// Judges the currency that is asked for, if one is, by the product of the request.
pub fn judge_currency(facts: &Facts<'_>, currency: Option<&String>) -> Option<Denial> {
    let offered = facts.product.map_or(&[][..], |product| product.currencies);
    currency.and_then(|currency| judge_named_currency(offered, currency))
}

/// Judges a currency: it is one, and it is offered.
pub fn judge_named_currency(offered: &[String], currency: &String) -> Option<Denial> {
    if Currency::from_code(currency).is_none() {
        return Some(Denial::CurrencyUnknown);
    }
    (!offered.contains(currency)).then_some(Denial::CurrencyNotOffered)
}

/// Judges texts that are kept as they come: they have a length.
fn judge_texts(new: &NewEnrollment) -> Option<Denial> {
    let is_too_long = |text: &String| text.chars().count() > TEXT_MAX;
    if new.partner_consumer_id.as_ref().is_some_and(is_too_long) {
        return Some(Denial::TextLength("account.partnerConsumerId"));
    }
    judge_terms_identifiers(&new.terms)
}

/// Judges the identifiers of terms: 1 to 100 characters.
pub fn judge_terms_identifiers(terms: &[GivenTerms]) -> Option<Denial> {
    let is_wrong = |terms: &GivenTerms| !(1..=TEXT_MAX).contains(&terms.identifier.chars().count());
    terms.iter().any(is_wrong).then_some(Denial::TextLength("termsAcceptances.termsIdentifier"))
}

/// Judges acceptances of terms, whenever they are given.
pub fn judge_terms(facts: &TermsFacts<'_>, terms: &[GivenTerms]) -> Option<Denial> {
    let window_ms = i64::from(facts.window_hours) * HOUR_MS;
    let is_outside = |accepted_at: Timestamp| accepted_at.millis_since(facts.now).abs() > window_ms;
    if terms.iter().filter_map(|terms| terms.accepted_at).any(is_outside) {
        return Some(Denial::TermsWindow(facts.window_hours));
    }
    let mut declined = terms.iter().filter(|terms| !terms.accepted);
    let required = declined.find(|terms| facts.required.contains(&terms.identifier))?;
    Some(Denial::TermsDeclined(required.identifier.clone()))
}

fn judge_instant_issue(facts: &Facts<'_>, new: &NewEnrollment) -> Option<Denial> {
    let given = new.instant_issue.as_ref()?;
    let facts = InstantIssueFacts {
        is_offered: facts.product.is_some_and(|product| product.instant_issue),
        wants_plastic: new.wants_plastic,
        package: facts.package,
    };
    instant_issue::judge(&facts, given).map(Denial::InstantIssue)
}

/// Judges where a person lives. The form of the state was judged with its address.
pub fn judge_region(allowed_states: &[String], person: &NewPerson) -> Option<Denial> {
    let state = person.home()?.state.as_deref()?;
    let is_allowed = allowed_states.iter().any(|code| code.eq_ignore_ascii_case(state));
    (!is_allowed).then_some(Denial::Region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::enrollments::model::{GivenBusiness, GivenInstantIssue, GivenTerms, Pin};
    use crate::domains::users::model::GivenAddress;
    use crate::domains::users::rules::tests::{facts as user_facts, person};
    use serde_json::Value as Json;

    const NOW: Timestamp = Timestamp::from_millis(1_935_000_000_000);

    /// A request that passes.
    fn request() -> NewEnrollment {
        let text = |text: &str| Some(text.to_owned());
        NewEnrollment {
            person: person(),
            business: GivenBusiness::default(),
            product_code: text("50400"),
            material: text("pvc"),
            currency: text("USD"),
            terms: Vec::new(),
            partner_consumer_id: None,
            wants_kyc: true,
            wants_plastic: true,
            instant_issue: None,
            pin: None,
            contact_verifications: Vec::new(),
            document: Json::Null,
        }
    }

    fn terms(identifier: &str, after_ms: Option<i64>, accepted: bool) -> GivenTerms {
        let accepted_at = after_ms.map(|span| NOW.plus_millis(span));
        GivenTerms { identifier: identifier.to_owned(), accepted_at, accepted }
    }

    /// Judges under the facts of a default program.
    fn judged(new: &NewEnrollment) -> Option<Denial> {
        judged_by(judge, new)
    }

    fn judged_by(
        rules: fn(&Facts<'_>, &NewEnrollment) -> Option<Denial>,
        new: &NewEnrollment,
    ) -> Option<Denial> {
        let texts = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let (materials, currencies) = (texts(&["pvc"]), texts(&["USD", "MXN"]));
        let is_known = new.product_code.as_deref() == Some("50400");
        let offer = Offer { materials: &materials, currencies: &currencies, instant_issue: false };
        let facts = Facts {
            user: user_facts(),
            business: BusinessFacts { is_offered: false, required_members: &[] },
            product: is_known.then_some(offer),
            now: NOW,
            terms_window_hours: 720,
            required_terms: &texts(&["daa", "eca"]),
            allowed_states: &texts(&["CA", "DC", "VI"]),
            package: None,
            unfit_contact: None,
        };
        rules(&facts, new)
    }

    #[track_caller]
    fn assert_judged(change: impl FnOnce(&mut NewEnrollment), denial: Option<Denial>) {
        let mut new = request();
        change(&mut new);
        assert_eq!(judged(&new), denial, "{new:?}");
    }

    fn home(new: &mut NewEnrollment) -> &mut GivenAddress {
        &mut new.person.addresses[0]
    }

    #[test]
    fn enr_30_the_product_is_known_and_offers_the_material() {
        let some = |text: &str| Some(text.to_owned());
        assert_judged(|_| {}, None);
        assert_judged(|new| new.material = None, None);
        assert_judged(|new| new.product_code = None, Some(Denial::ProductMissing));
        assert_judged(|new| new.product_code = some("1"), Some(Denial::UnknownProduct));
        assert_judged(|new| new.material = some("gold"), Some(Denial::Material));
    }

    #[test]
    fn bcd_2_a_repetition_is_judged_by_what_it_adds_alone() {
        let mut new = request();
        new.person.first_name = String::new();
        new.currency = Some("ABC".to_owned());
        assert_eq!(judged_by(judge_additions, &new), None);
        new.material = Some("gold".to_owned());
        assert_eq!(judged_by(judge_additions, &new), Some(Denial::Material));
        new.pin = Some(Pin("12".to_owned()));
        assert_eq!(judged_by(judge_additions, &new), Some(Denial::PinForm));
    }

    #[test]
    fn enr_26_the_currency_exists_and_is_offered() {
        for (code, denial) in [
            ("USD", None),
            ("MXN", None),
            ("EUR", Some(Denial::CurrencyNotOffered)),
            ("usd", Some(Denial::CurrencyUnknown)),
            ("ABC", Some(Denial::CurrencyUnknown)),
            ("840", Some(Denial::CurrencyUnknown)),
            ("", Some(Denial::CurrencyUnknown)),
        ] {
            assert_judged(|new| new.currency = Some(code.to_owned()), denial);
        }
        assert_judged(|new| new.currency = None, None);
    }

    #[test]
    fn enr_27_terms_are_accepted_within_720_hours_of_now() {
        let window_ms = 720 * HOUR_MS;
        let outside = Some(Denial::TermsWindow(720));
        for (after_ms, denial) in [
            (None, None),
            (Some(0), None),
            (Some(window_ms), None),
            (Some(-window_ms), None),
            (Some(window_ms + 1), outside.clone()),
            (Some(-window_ms - 1), outside),
        ] {
            let given = [terms("daa", None, true), terms("privPlcy", after_ms, false)];
            assert_judged(|new| new.terms.extend(given), denial);
        }
    }

    #[test]
    fn enr_28_required_terms_are_not_declined() {
        for (identifier, accepted, denial) in [
            ("daa", true, None),
            ("privPlcy", false, None),
            ("daa", false, Some(Denial::TermsDeclined("daa".to_owned()))),
            ("eca", false, Some(Denial::TermsDeclined("eca".to_owned()))),
        ] {
            assert_judged(|new| new.terms.push(terms(identifier, None, accepted)), denial);
        }
    }

    #[test]
    fn enr_22_residents_of_other_regions_may_not_enroll() {
        for (state, denial) in
            [("CA", None), ("dc", None), ("VI", None), ("GU", Some(Denial::Region))]
        {
            assert_judged(|new| home(new).state = Some(state.to_owned()), denial);
        }
        assert_judged(|new| home(new).state = None, None);
        let elsewhere = |new: &mut NewEnrollment| {
            let work = GivenAddress { kind: Some("work".to_owned()), ..home(new).clone() };
            new.person.addresses.push(GivenAddress { state: Some("GU".to_owned()), ..work });
        };
        assert_judged(elsewhere, None);
    }

    #[test]
    fn env_3_the_earlier_rule_wins() {
        let mut wrong = request();
        wrong.person.first_name = String::new();
        wrong.business.account_type = Some("club".to_owned());
        wrong.instant_issue = Some(GivenInstantIssue { kind: None, mapping_identifier: None });
        wrong.pin = Some(Pin("12".to_owned()));
        wrong.product_code = None;
        wrong.material = Some("gold".to_owned());
        wrong.currency = Some("ABC".to_owned());
        wrong.terms = vec![terms("daa", Some(721 * HOUR_MS), false)];
        home(&mut wrong).state = Some("GU".to_owned());
        let mut expect = |denial, mend: fn(&mut NewEnrollment)| {
            assert_eq!(judged(&wrong), Some(denial));
            mend(&mut wrong);
        };
        let user = Denial::User(UserDenial::FirstNameLength(0, 35));
        expect(user, |new| new.person.first_name = "Ann".to_owned());
        expect(Denial::Business(BusinessDenial::AccountType), |new| {
            new.business.account_type = None;
        });
        expect(Denial::PinForm, |new| new.pin = Some(Pin("1234".to_owned())));
        expect(Denial::ProductMissing, |new| new.product_code = Some("1".to_owned()));
        expect(Denial::UnknownProduct, |new| new.product_code = Some("50400".to_owned()));
        expect(Denial::Material, |new| new.material = None);
        expect(Denial::CurrencyUnknown, |new| new.currency = Some("EUR".to_owned()));
        expect(Denial::CurrencyNotOffered, |new| new.currency = None);
        expect(Denial::TermsWindow(720), |new| new.terms = vec![terms("daa", None, false)]);
        expect(Denial::TermsDeclined("daa".to_owned()), |new| new.terms.clear());
        expect(Denial::InstantIssue(InstantIssueDenial::TypeMissing), |new| {
            new.instant_issue = None;
        });
        expect(Denial::Region, |new| home(new).state = None);
        assert_eq!(judged(&wrong), None);
    }
}
