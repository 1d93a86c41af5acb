//! When the account type and the business data of an enrollment are refused. Pure. Follows the KYB
//! page; where the type stands, and the bounds, are our reading.

use serde_json::{Map, Value as Json};

use crate::domains::accounts::model::AccountType;
use crate::domains::enrollments::model::GivenBusiness;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Members of business data at most.
const MEMBERS_MAX: usize = 50;
/// Bytes of business data at most, as JSON.
const BYTES_MAX: usize = 4_096;

/// Why they are refused; earlier variants win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusinessDenial {
    /// The account type is neither consumer nor business.
    AccountType,
    /// Business data came with an account that is no business's.
    Foreign,
    /// The program has no accounts of businesses.
    NotOffered,
    /// There is more business data than is kept.
    Size,
    /// The business data lacks this member.
    Missing(String),
}

/// What the rules need to know of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessFacts<'a> {
    /// The program has accounts of businesses.
    pub is_offered: bool,
    /// Members that business data must have.
    pub required_members: &'a [String],
}

impl BusinessDenial {
    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let invalid = |text: String| Refusal::of(&codes::MEMBER_INVALID).saying(text);
        match self {
            BusinessDenial::AccountType => {
                invalid("accountType must be consumer or business.".to_owned())
            }
            BusinessDenial::Foreign => Refusal::of(&codes::BUSINESS_DATA_FOREIGN),
            BusinessDenial::NotOffered => {
                invalid("accountType: this program has no business accounts.".to_owned())
            }
            BusinessDenial::Size => invalid(format!(
                "businessData must have at most {MEMBERS_MAX} members and {BYTES_MAX} bytes."
            )),
            BusinessDenial::Missing(name) => Refusal::of(&codes::BUSINESS_DATA_MISSING)
                .because(format!("businessData.{name} is missing")),
        }
    }
}

/// Judges type and data: the first rule they break, if any.
pub fn judge(facts: &BusinessFacts<'_>, given: &GivenBusiness) -> Option<BusinessDenial> {
    match given.account_type() {
        None => Some(BusinessDenial::AccountType),
        Some(AccountType::Consumer) => given.data.is_some().then_some(BusinessDenial::Foreign),
        Some(AccountType::Business) if !facts.is_offered => Some(BusinessDenial::NotOffered),
        Some(AccountType::Business) => {
            let nothing = Map::new();
            judge_data(facts, given.data.as_ref().unwrap_or(&nothing))
        }
    }
}

fn judge_data(facts: &BusinessFacts<'_>, data: &Map<String, Json>) -> Option<BusinessDenial> {
    let bytes = serde_json::to_string(data).map_or(usize::MAX, |text| text.len());
    if data.len() > MEMBERS_MAX || bytes > BYTES_MAX {
        return Some(BusinessDenial::Size);
    }
    let is_given = |name: &&String| match data.get(*name) {
        None | Some(Json::Null) => false,
        Some(Json::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    };
    let missing = facts.required_members.iter().find(|name| !is_given(name))?;
    Some(BusinessDenial::Missing(missing.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn assert_judged(kind: Option<&str>, data: Json, denial: Option<BusinessDenial>) {
        let required = ["businessName", "ein"].map(str::to_owned);
        let facts = BusinessFacts { is_offered: true, required_members: &required };
        let given = GivenBusiness {
            account_type: kind.map(str::to_owned),
            data: data.as_object().cloned(),
        };
        assert_eq!(judge(&facts, &given), denial, "{kind:?} {data}");
    }

    #[test]
    fn the_first_fault_of_a_business_is_answered() {
        let missing = |name: &str| Some(BusinessDenial::Missing(name.to_owned()));
        let whole = json!({ "businessName": "Elm", "ein": "12-3456789" });
        let business = Some("business");
        assert_judged(None, Json::Null, None);
        assert_judged(Some("consumer"), Json::Null, None);
        assert_judged(Some("Business"), whole.clone(), Some(BusinessDenial::AccountType));
        assert_judged(None, whole.clone(), Some(BusinessDenial::Foreign));
        assert_judged(Some("consumer"), json!({}), Some(BusinessDenial::Foreign));
        assert_judged(business, whole.clone(), None);
        assert_judged(business, Json::Null, missing("businessName"));
        assert_judged(business, json!({ "businessName": " " }), missing("businessName"));
        assert_judged(business, json!({ "businessName": "Elm", "ein": null }), missing("ein"));
        for (members, expected) in [(50, None), (51, Some(BusinessDenial::Size))] {
            let mut data = whole.as_object().cloned().unwrap();
            data.extend((2..members).map(|n| (format!("m{n}"), json!(n))));
            assert_judged(business, Json::Object(data), expected);
        }
        let mut long = whole;
        long["note"] = json!("x".repeat(BYTES_MAX));
        assert_judged(business, long, Some(BusinessDenial::Size));
    }
}
