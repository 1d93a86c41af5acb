//! What the screenings of an applicant come to. Pure. Follows the two tables of SSN prefixes of the
//! KYC page and the non-KYC enrollment flow.
//!
//! In PIE mode the first digits of the SSN decide; every other number passes. Without an identity
//! check only the sanctions list counts.

use crate::domains::accounts::positions::Position;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::Refusal;
use crate::programs::settings::{IdvVendor, MatchPresentation, ScreeningWords, Settings};

/// What the screenings came to: where the account stands, and the code that tells the partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screened {
    /// Where the account stands.
    pub position: Position,
    /// The answer's code; `None` is 0/0.
    pub code: Option<&'static VendorCode>,
    /// The rule that says so.
    pub rule: &'static str,
}

/// One line of the tables: a prefix, and what it means to either vendor.
struct Line {
    prefix: &'static str,
    rule: &'static str,
    socure: (Position, Option<&'static VendorCode>),
    idology: (Position, Option<&'static VendorCode>),
}

const LINES: [Line; 7] = [
    Line {
        prefix: "451",
        rule: "KYC-1",
        socure: (Position::KycFailed, Some(&codes::KYC_FAILED)),
        idology: (Position::KycFailed, Some(&codes::KYC_FAILED)),
    },
    Line {
        prefix: "554",
        rule: "KYC-2",
        socure: (Position::Kyc2Needed, Some(&codes::KYC_REQUIRED)),
        idology: (Position::KycFailed, Some(&codes::UNDER_AGE)),
    },
    Line {
        prefix: "452",
        rule: "KYC-3",
        socure: (Position::KycFailed, Some(&codes::KYC_FAILED)),
        idology: (Position::BothFailed, Some(&codes::KYC_AND_OFAC_FAILED)),
    },
    Line {
        prefix: "401",
        rule: "KYC-4",
        socure: (Position::OfacReviewLocked, Some(&codes::OFAC_MATCH)),
        idology: (Position::OfacReviewFailed, Some(&codes::OFAC_MATCH)),
    },
    Line {
        prefix: "992",
        rule: "KYC-5",
        socure: (Position::IdvNeededOfacMatched, Some(&codes::KYC_CURABLE_OFAC_FAILED)),
        idology: (Position::IdvNeededOfacMatched, Some(&codes::KYC_CURABLE_OFAC_FAILED)),
    },
    Line {
        prefix: "991",
        rule: "KYC-6",
        socure: (Position::IdvNeeded, Some(&codes::KYC_REQUIRED)),
        idology: (Position::IdvNeeded, Some(&codes::KYC_REQUIRED)),
    },
    Line {
        prefix: "10",
        rule: "KYC-7",
        socure: (Position::Approved, None),
        idology: (Position::Approved, None),
    },
];

/// Where accounts stand after screening, by either table and without an identity check.
pub fn verdicts() -> impl Iterator<Item = Position> {
    let by_table = LINES.iter().flat_map(|line| [line.socure.0, line.idology.0]);
    by_table.chain([APPROVED.position, MATCH_PENDING.position, MATCH_LOCKED.position])
}

/// Whether a number stands in the tables; such numbers are no ITINs, whatever they begin with.
pub fn is_listed(ssn: &str) -> bool {
    LINES.iter().any(|line| ssn.starts_with(line.prefix))
}

/// Screens an applicant by the whole identity number, if one was given.
pub fn screen(settings: &Settings, ssn: Option<&str>, checks_identity: bool) -> Screened {
    let listed = ssn.filter(|_| settings.pie_mode);
    let line = listed.and_then(|ssn| LINES.iter().find(|line| ssn.starts_with(line.prefix)));
    let Some(line) = line else { return APPROVED };
    let (position, code) = match settings.kyc.vendor {
        IdvVendor::Socure => line.socure,
        IdvVendor::Idology => line.idology,
    };
    let by_table = Screened { position, code, rule: line.rule };
    match (is_match(position), checks_identity, settings.ofac.match_presentation) {
        (false, false, _) => APPROVED,
        (true, false, MatchPresentation::ByKyc | MatchPresentation::Pending) => MATCH_PENDING,
        (true, false, MatchPresentation::Locked) => MATCH_LOCKED,
        (true, true, MatchPresentation::Pending) if position.is_ofac_review() => MATCH_PENDING,
        (_, true, _) => by_table,
    }
}

const APPROVED: Screened = Screened { position: Position::Approved, code: None, rule: "ENR-40" };

const MATCH_PENDING: Screened = Screened {
    position: Position::OfacReview,
    code: Some(&codes::OFAC_PARTIAL_MATCH),
    rule: "OFC-1",
};

const MATCH_LOCKED: Screened = Screened {
    position: Position::OfacReviewLocked,
    code: Some(&codes::OFAC_MATCH),
    rule: "OFC-1",
};

/// Whether the sanctions list is part of a table's verdict.
fn is_match(position: Position) -> bool {
    position.is_ofac_review()
        || matches!(position, Position::BothFailed | Position::IdvNeededOfacMatched)
}

/// The code that tells a partner where an account stands on its way through screening; `None` is
/// 0/0.
pub fn code_of(position: Position) -> Option<&'static VendorCode> {
    match position {
        Position::Kyc2Needed | Position::IdvNeeded | Position::IdvNeededOfacPending => {
            Some(&codes::KYC_REQUIRED)
        }
        Position::IdvNeededOfacMatched => Some(&codes::KYC_CURABLE_OFAC_FAILED),
        Position::OfacReview => Some(&codes::OFAC_PARTIAL_MATCH),
        Position::OfacReviewLocked | Position::OfacReviewFailed => Some(&codes::OFAC_MATCH),
        Position::BothFailed | Position::BothDeclined => Some(&codes::KYC_AND_OFAC_FAILED),
        Position::KycFailed => Some(&codes::KYC_FAILED),
        Position::OfacDeclined => Some(&codes::OFAC_DECLINED),
        _ => None,
    }
}

/// The refusal that a code becomes, in the wording of the settings.
pub fn refusal(settings: &Settings, code: &'static VendorCode, rule: &'static str) -> Refusal {
    let refusal = Refusal::of(code).under(rule);
    match (settings.descriptions.screening, business_rule_words(code)) {
        (ScreeningWords::BusinessRules, Some(words)) => refusal.saying(words),
        _ => refusal,
    }
}

/// How the table of business rules words a code that the KYC page words otherwise.
fn business_rule_words(code: &VendorCode) -> Option<&'static str> {
    match (code.code, code.sub_code) {
        (1, 10) => Some("KYC Required. The enrollment API call was successful."),
        (2, 11) => Some("KYC Failed."),
        (2, 33) => Some("KYC and OFAC Fail"),
        (1, 34) => Some("KYC and OFAC Fail, KYC is curable"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(change: &str) -> Settings {
        let template = crate::config::Config::defaults().unwrap().template;
        let settings = Settings::parse(&template).unwrap();
        settings.merged(&serde_json::from_str(change).unwrap()).unwrap()
    }

    fn shown(screened: Screened) -> String {
        let (standing, kyc) = screened.position.shown();
        let gate = kyc.gate.map_or("-", |gate| gate.as_str());
        let code = screened.code.map_or("0/0".to_owned(), |c| format!("{}/{}", c.code, c.sub_code));
        let (status, reason) = (standing.status, standing.reason);
        format!("{} {} {status} {reason} {gate} {code}", kyc.kyc, kyc.ofac)
    }

    #[test]
    fn kyc_1_to_kyc_7_each_prefix_means_what_the_tables_say() {
        let table = [
            (
                "451",
                "failed passed locked registrationFailed none 2/11",
                "failed passed locked registrationFailed none 2/11",
            ),
            (
                "554",
                "failed pending pending registrationNotComplete kyc2 1/10",
                "failed passed locked registrationFailed none 2/40",
            ),
            (
                "452",
                "failed passed locked registrationFailed none 2/11",
                "failed failed locked registrationFailed manual 2/33",
            ),
            (
                "401",
                "passed failed locked registrationNotComplete manual 2/31",
                "passed failed locked registrationFailed manual 2/31",
            ),
            (
                "992",
                "failed failed locked registrationNotComplete idv 1/34",
                "failed failed locked registrationNotComplete idv 1/34",
            ),
            (
                "991",
                "failed passed pending registrationNotComplete idv 1/10",
                "failed passed pending registrationNotComplete idv 1/10",
            ),
            (
                "101",
                "passed passed pending registrationNotComplete healthy 0/0",
                "passed passed pending registrationNotComplete healthy 0/0",
            ),
            (
                "222",
                "passed passed pending registrationNotComplete healthy 0/0",
                "passed passed pending registrationNotComplete healthy 0/0",
            ),
        ];
        let socure = settings("{}");
        let idology = settings(r#"{"kyc":{"vendor":"idology"}}"#);
        for (prefix, by_socure, by_idology) in table {
            let ssn = format!("{prefix}000001");
            assert_eq!(shown(screen(&socure, Some(&ssn), true)), by_socure, "{prefix}");
            assert_eq!(shown(screen(&idology, Some(&ssn), true)), by_idology, "{prefix}");
        }
    }

    #[test]
    fn enr_43_and_ofc_1_without_an_identity_check_only_sanctions_count() {
        let presentation =
            |word: &str| settings(&format!(r#"{{"ofac":{{"matchPresentation":"{word}"}}}}"#));
        let pending = "passed pending pending registrationNotComplete manual 1/31";
        let locked = "passed failed locked registrationNotComplete manual 2/31";
        for (prefix, word, checks, expected) in [
            ("401", "byKyc", false, pending),
            ("992", "byKyc", false, pending),
            ("401", "locked", false, locked),
            ("401", "byKyc", true, locked),
            ("401", "pending", true, pending),
            ("992", "pending", true, "failed failed locked registrationNotComplete idv 1/34"),
        ] {
            let ssn = format!("{prefix}000001");
            let screened = screen(&presentation(word), Some(&ssn), checks);
            assert_eq!(shown(screened), expected, "{prefix} {word} {checks}");
        }
        for prefix in ["451", "554", "452", "991", "101"] {
            let ssn = format!("{prefix}000001");
            let screened = screen(&settings("{}"), Some(&ssn), false);
            assert_eq!(screened.position, Position::Approved, "{prefix}");
        }
    }

    #[test]
    fn production_knows_no_magic_numbers() {
        let production = settings(r#"{"pieMode":false}"#);
        assert_eq!(screen(&production, Some("401000001"), true), APPROVED);
        assert_eq!(screen(&settings("{}"), None, true), APPROVED);
    }

    #[test]
    fn every_verdict_of_the_tables_is_told_again_by_where_the_account_stands() {
        for line in &LINES {
            for (position, code) in [line.socure, line.idology] {
                let is_under_age = code == Some(&codes::UNDER_AGE);
                assert!(is_under_age || code_of(position) == code, "{}", line.prefix);
            }
        }
    }
}
