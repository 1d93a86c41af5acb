//! When another name is refused. Pure. Follows the Users page: names change by a call of their own,
//! for three reasons, with a document that shows it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{UserDenial, UserFacts, judge_names};
use crate::domains::users::model::{NameChange, NameChangeReason, NewPerson};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Why another name is refused; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameChangeDenial {
    /// The document about the person holds no name.
    NamesMissing,
    /// The reason is missing or none of the three.
    Reason,
    /// There is no document that shows it.
    DocumentMissing,
    /// The document is not in base64.
    Document,
    /// The new name will not do.
    Name(UserDenial),
}

/// Judges a name change. `renamed` has the new names and, where none is given, those on file.
pub fn judge(
    facts: &UserFacts,
    given: &NameChange,
    renamed: &NewPerson,
) -> Option<NameChangeDenial> {
    let NewPerson { first_name, middle_name, last_name, .. } = &given.person;
    if first_name.is_empty() && last_name.is_empty() && middle_name.is_none() {
        return Some(NameChangeDenial::NamesMissing);
    }
    if given.reason.as_deref().and_then(reason).is_none() {
        return Some(NameChangeDenial::Reason);
    }
    let Some(document) = given.document.as_deref().filter(|text| !text.is_empty()) else {
        return Some(NameChangeDenial::DocumentMissing);
    };
    if BASE64_STANDARD.decode(document).is_err() {
        return Some(NameChangeDenial::Document);
    }
    judge_names(facts, renamed).map(NameChangeDenial::Name)
}

/// The reason of that name: `courtOrder`, `court order` and `COURT_ORDER` are one.
fn reason(text: &str) -> Option<NameChangeReason> {
    let letters = |text: &str| text.replace([' ', '_', '-'], "").to_ascii_lowercase();
    let mut known = NameChangeReason::ALL.iter().copied();
    known.find(|reason| letters(reason.as_str()) == letters(text))
}

impl NameChangeDenial {
    /// The refusal, which names the member.
    pub fn refusal(self) -> Refusal {
        let words = match self {
            NameChangeDenial::NamesMissing => {
                return Refusal::of(&codes::USER_DATA_MISSING)
                    .because("the body holds none of firstName, middleName and lastName");
            }
            NameChangeDenial::Name(denial) => return denial.refusal(),
            NameChangeDenial::Reason => {
                let known: Vec<_> = NameChangeReason::ALL.iter().map(|it| it.as_str()).collect();
                format!("reason must be one of {}.", known.join(", "))
            }
            NameChangeDenial::DocumentMissing => {
                "supportingDocument.fileData is required.".to_owned()
            }
            NameChangeDenial::Document => {
                "supportingDocument.fileData must be a document in base64.".to_owned()
            }
        };
        Refusal::of(&codes::MEMBER_INVALID).under("ACC-5").saying(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::users::rules::tests::{facts, person};
    use proptest::prelude::*;

    fn judged(given: &NameChange) -> Option<NameChangeDenial> {
        judge(&facts(), given, &given.person)
    }

    #[test]
    fn env_3_the_earlier_rule_of_a_name_change_wins() {
        let mut wrong = NameChange { document: Some("*".to_owned()), ..NameChange::default() };
        let mut expect = |denial, mend: fn(&mut NameChange)| {
            assert_eq!(judged(&wrong), Some(denial));
            mend(&mut wrong);
        };
        expect(NameChangeDenial::NamesMissing, |it| it.person.last_name = "L".to_owned());
        expect(NameChangeDenial::Reason, |it| it.reason = Some("boredom".to_owned()));
        expect(NameChangeDenial::Reason, |it| {
            it.reason = Some("Court Order".to_owned());
            it.document = None;
        });
        expect(NameChangeDenial::DocumentMissing, |it| it.document = Some(String::new()));
        expect(NameChangeDenial::DocumentMissing, |it| it.document = Some("*".to_owned()));
        expect(NameChangeDenial::Document, |it| it.document = Some("QUJD".to_owned()));
        let first = UserDenial::FirstNameLength(0, 35);
        expect(NameChangeDenial::Name(first), |it| it.person = person());
        assert_eq!(judged(&wrong), None);
    }

    proptest! {
        #[test]
        fn acc_5_any_reason_is_judged_and_three_pass(text in "\\PC{0,12}") {
            prop_assert!(reason(&text).is_none_or(|it| it.as_str().len() <= text.len()));
        }
    }
}
