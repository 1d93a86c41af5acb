//! When an enrollment with a card package in hand is refused. Pure. Follows the table of the
//! reference page of POST enrollments; the order of its rows is our reading.

use crate::domains::enrollments::model::{GivenInstantIssue, PackageState};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::Refusal;

/// The one type of instant issue there is.
const TYPE: &str = "CBS";

/// Why it is refused; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstantIssueDenial {
    /// The type is missing.
    TypeMissing,
    /// The type is none.
    TypeInvalid,
    /// The package is not named.
    MappingIdentifierMissing,
    /// No package can have that name.
    MappingIdentifierInvalid,
    /// The product is not sold in packages.
    NotOffered,
    /// Plastic is asked for beside the one in hand.
    Plastic,
    /// The package cannot be looked up.
    PackageUnreachable,
    /// There is no such package.
    PackageUnknown,
    /// Somebody else has taken the package.
    PackageUsed,
}

/// What the rules need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstantIssueFacts {
    /// The product is sold in packages.
    pub is_offered: bool,
    /// Plastic is asked for.
    pub wants_plastic: bool,
    /// Where the package stands; `None` if there is none.
    pub package: Option<PackageState>,
}

impl InstantIssueDenial {
    /// The refusal with the facts that led to it.
    pub fn refusal(self) -> Refusal {
        let of = |code: &'static VendorCode| Refusal::of(code);
        match self {
            Self::TypeMissing => {
                of(&codes::INSTANT_ISSUE_TYPE_MISSING).because("instantIssue.type is missing")
            }
            Self::TypeInvalid => of(&codes::INSTANT_ISSUE_TYPE_INVALID)
                .because("instantIssue.type is not CBS, in capitals"),
            Self::MappingIdentifierMissing => of(&codes::MAPPING_IDENTIFIER_MISSING)
                .because("instantIssue.mappingIdentifier is missing"),
            Self::MappingIdentifierInvalid => of(&codes::MAPPING_IDENTIFIER_INVALID).because(
                "instantIssue.mappingIdentifier is not 1 to 50 letters, digits and hyphens",
            ),
            Self::NotOffered => of(&codes::INSTANT_ISSUE_UNSUPPORTED)
                .because("the setting instantIssue of the product is false"),
            Self::Plastic => of(&codes::INSTANT_ISSUE_PLASTIC)
                .because("requestPhysicalCardFlag is true beside instantIssue"),
            Self::PackageUnreachable => {
                of(&codes::PACKAGE_LOOKUP).because("the package is set to be unreachable")
            }
            Self::PackageUnknown => of(&codes::PACKAGE_NOT_FOUND)
                .because("no package of the program has this mappingIdentifier"),
            Self::PackageUsed => of(&codes::PACKAGE_IN_USE),
        }
    }
}

/// Judges a package in hand: the first rule it breaks, if any.
pub fn judge(facts: &InstantIssueFacts, given: &GivenInstantIssue) -> Option<InstantIssueDenial> {
    use InstantIssueDenial as D;
    let missing = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    if missing(&given.kind) {
        return Some(D::TypeMissing);
    }
    if given.kind.as_deref() != Some(TYPE) {
        return Some(D::TypeInvalid);
    }
    if missing(&given.mapping_identifier) {
        return Some(D::MappingIdentifierMissing);
    }
    if given.package().is_none() {
        return Some(D::MappingIdentifierInvalid);
    }
    if !facts.is_offered {
        return Some(D::NotOffered);
    }
    if facts.wants_plastic {
        return Some(D::Plastic);
    }
    match facts.package {
        Some(PackageState::Available) => None,
        Some(PackageState::Unreachable) => Some(D::PackageUnreachable),
        None => Some(D::PackageUnknown),
        Some(PackageState::Used) => Some(D::PackageUsed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ins_1_and_ins_7_of_several_faults_the_earliest_is_answered() {
        use InstantIssueDenial as D;
        let mut given = GivenInstantIssue { kind: None, mapping_identifier: None };
        let mut facts = InstantIssueFacts { is_offered: false, wants_plastic: true, package: None };
        let mut expect = |denial, mend: fn(&mut GivenInstantIssue, &mut InstantIssueFacts)| {
            assert_eq!(judge(&facts, &given), Some(denial));
            mend(&mut given, &mut facts);
        };
        expect(D::TypeMissing, |given, _| given.kind = Some(String::new()));
        expect(D::TypeMissing, |given, _| given.kind = Some("cbs".to_owned()));
        expect(D::TypeInvalid, |given, _| given.kind = Some("CBS".to_owned()));
        expect(D::MappingIdentifierMissing, |given, _| {
            given.mapping_identifier = Some(String::new());
        });
        expect(D::MappingIdentifierMissing, |given, _| {
            given.mapping_identifier = Some("a b".to_owned());
        });
        expect(D::MappingIdentifierInvalid, |given, _| {
            given.mapping_identifier = Some("x".repeat(51));
        });
        expect(D::MappingIdentifierInvalid, |given, _| {
            given.mapping_identifier = Some("x".repeat(50));
        });
        expect(D::NotOffered, |_, facts| facts.is_offered = true);
        expect(D::Plastic, |_, facts| facts.wants_plastic = false);
        expect(D::PackageUnknown, |_, facts| facts.package = Some(PackageState::Unreachable));
        expect(D::PackageUnreachable, |_, facts| facts.package = Some(PackageState::Used));
        expect(D::PackageUsed, |_, facts| facts.package = Some(PackageState::Available));
        assert_eq!(judge(&facts, &given), None);
    }
}
