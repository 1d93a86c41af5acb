//! The table of vendor codes: HTTP status, code, subCode, text, the rule it proves and where it is
//! documented. Families name the lines they use; the order of precedence is theirs.
//!
//! Lines whose text the vendor does not print carry our own words; those cases usually say more
//! through [`Refusal::saying`](super::outcome::Refusal::saying).

/// One line of the vendor's response-code tables.
#[derive(Debug, PartialEq, Eq)]
pub struct VendorCode {
    /// HTTP status. Business refusals (families 1 to 5) are 200.
    pub http: u16,
    /// `responseDetails[].code`.
    pub code: i32,
    /// `responseDetails[].subCode`; 0 where the vendor leaves the cell blank.
    pub sub_code: i32,
    /// `responseDetails[].description`.
    pub text: &'static str,
    /// The rule of the rulebook that this line belongs to.
    pub rule: &'static str,
    /// The document it comes from, or that it is our reading.
    pub source: &'static str,
}

const AUTH_PAGE: &str = "Authentication page and the 401 table of the fee summary";
const READING: &str = "our reading, see docs/quirks.md";
const SWITCH: &str = "Direct Deposit Switch page, error sample";
const IDEMPOTENCY: &str = "Idempotency page, API locking";
const USER_DATA: &str = "Enrollments API Endpoints, user data response codes";
const KYC_TABLE: &str = "Enrollments API Endpoints, KYC verification response codes";
const FEES: &str = "fee summary, response codes";
const ENROLLMENT: &str = "Enrollments API Endpoints";
const BUSINESS_RULES: &str = "business rule response codes";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $http:literal, $code:literal / $sub:literal, $text:expr,
       $rule:literal, $source:expr;)+) => {
        $($(#[$doc])* pub const $name: VendorCode = VendorCode {
            http: $http, code: $code, sub_code: $sub, text: $text, rule: $rule, source: $source,
        };)+
        /// Every line, in the order of this file.
        pub const ALL: &[&VendorCode] = &[$(&$name),+];
    };
}

codes! {
    /// All went well.
    SUCCESS = 200, 0 / 0, "Success", "ENV-1", ENROLLMENT;

    /// Token call: body or grant type wrong.
    TOKEN_REQUEST_INVALID = 400, 400 / 0, "The token request is invalid.", "AUTH-2", AUTH_PAGE;
    /// Token call: client unknown, secret wrong or scope not granted.
    TOKEN_REFUSED = 401, 401 / 0, "Unauthorized: invalid client credentials", "AUTH-2", AUTH_PAGE;
    /// No token, or another scheme than Bearer.
    NO_BEARER = 401, 401 / 0, "Unauthorized: authorization prefix none bearer", "AUTH-3", AUTH_PAGE;
    /// The header is not `<scheme> <value>`.
    BAD_AUTH_FORMAT = 401, 401 / 0, "Unauthorized: invalid authorization format", "AUTH-3",
        AUTH_PAGE;
    /// The token is unknown or tampered with.
    BAD_TOKEN = 401, 401 / 0, "Unauthorized: invalid authorization token", "AUTH-3", AUTH_PAGE;
    /// The token's day is over on the world's clock.
    EXPIRED_TOKEN = 401, 401 / 0, "Unauthorized: expired authorization token", "AUTH-4", AUTH_PAGE;
    /// The token lacks the scope that resource calls need.
    OUT_OF_SCOPE = 401, 401 / 0, "Unauthorized: out of credential scopes", "AUTH-3", AUTH_PAGE;
    /// The client is not entitled to the program of the path.
    NOT_ENTITLED = 401, 401 / 0, "Unauthorized: invalid program code", "AUTH-3", AUTH_PAGE;

    /// `X-GD-RequestId` missing or no GUID.
    REQUEST_ID_NO_GUID = 400, 400 / 0, "X-GD-RequestId must be a guid", "HDR-1", SWITCH;
    /// The program code of the path names no world.
    UNKNOWN_PROGRAM = 400, 1000 / 0, "The program code in the API path is unknown.", "HDR-3", FEES;
    /// Body is no JSON or has a wrong type.
    BODY_INVALID = 400, 400 / 0, "The request body is invalid.", "HDR-5", READING;
    /// Body larger than the limit.
    BODY_TOO_LARGE = 413, 413 / 0, "The request body is too large.", "HDR-5", READING;
    /// Media type other than JSON.
    MEDIA_TYPE = 415, 415 / 0, "The request body must be application/json.", "HDR-5", READING;
    /// No operation at this path.
    NO_SUCH_PATH = 404, 404 / 0, "There is no such operation.", "HDR-5", READING;
    /// The path exists, the method does not.
    NO_SUCH_METHOD = 405, 405 / 0, "This path does not know the method.", "HDR-5", READING;
    /// An identifier of the path is no GUID.
    PATH_ID_NO_GUID = 400, 400 / 0, "An identifier in the path must be a GUID.", "ACC-1", READING;
    /// Something broke inside the simulator.
    INTERNAL = 500, 500 / 0, "Internal Server Error", "HDR-5", READING;
    /// The simulator is overloaded or stopping; the same call may be repeated.
    UNAVAILABLE = 503, 503 / 0, "Service Unavailable", "HDR-5", READING;
    /// Another call on the same key was still running when the wait ran out.
    API_LOCKED = 409, 4091 / 0, "The resource is locked by another call in progress.", "IDM-3",
        IDEMPOTENCY;

    /// Plain user data in a program that requires encryption.
    ENCRYPTION_REQUIRED = 400, 101 / 0, "This program requires user.encryptedUserData.", "CRY-2",
        READING;
    /// A sealed member in a program without encryption.
    ENCRYPTION_OFF = 400, 101 / 0, "This program is not configured for encryption.", "CRY-2",
        READING;
    /// A container that does not open.
    CONTAINER_UNREADABLE = 400, 101 / 0, "An encrypted member cannot be opened.", "CRY-3", READING;
    /// A container that opens to something else than the expected JSON.
    CONTAINER_NO_JSON = 400, 101 / 0, "An encrypted member does not hold the expected JSON.",
        "CRY-3", READING;

    /// `user` carries neither form of user data.
    USER_DATA_MISSING = 400, 101 / 0, "userData sections missing, check your JSON", "HDR-5",
        READING;
    /// firstName is missing, empty or too long.
    FIRST_NAME_LENGTH = 400, 400 / 501, "firstName must have 1 to 35 characters.", "ENR-1",
        USER_DATA;
    /// lastName is missing, too short or too long.
    LAST_NAME_LENGTH = 400, 400 / 502, "lastName must have 2 to 35 characters.", "ENR-2", USER_DATA;
    /// middleName is too long.
    MIDDLE_NAME_LENGTH = 400, 400 / 503, "middleName must have at most 100 characters.", "ENR-3",
        USER_DATA;
    /// firstName holds a character outside the allowed set, or puts one where it may not stand.
    FIRST_NAME_CHARACTERS = 400, 640 / 501, "firstName has invalid characters.", "ENR-4", USER_DATA;
    /// As above for lastName.
    LAST_NAME_CHARACTERS = 400, 640 / 502, "lastName has invalid characters.", "ENR-4", USER_DATA;
    /// As above for middleName.
    MIDDLE_NAME_CHARACTERS = 400, 640 / 503, "middleName has invalid characters.", "ENR-4",
        USER_DATA;
    /// KYC is asked for, and there are no phone numbers.
    PHONE_MISSING = 400, 101 / 0, "phoneNumbers userData sections missing, check your JSON",
        "ENR-14", KYC_TABLE;
    /// dateOfBirth is given and is no date.
    DATE_OF_BIRTH_FORM = 400, 700 / 0, "identifyingData.dateOfBirth must be in the form YYYY-MM-DD",
        "ENR-17", KYC_TABLE;
    /// An identity number has the wrong form.
    IDENTITY_FORM = 400, 400 / 0, "An identity number has the wrong form.", "ENR-21", ENROLLMENT;
    /// The product code is not offered by the program.
    UNKNOWN_PRODUCT = 400, 1000 / 0, "The product code is unknown to this program.", "ENR-30", FEES;
    /// State of the home address is not two letters.
    STATE_FORM = 400, 400 / 0, "state must be a two-letter code.", "ENR-22", ENROLLMENT;
    /// The program does not sell in this region; no account is made.
    REGION = 200, 3 / 65, "This product may not be registered in the requested region.", "ENR-22",
        BUSINESS_RULES;
    /// The enrollment stopped half-way; the same call completes it.
    ENROLLMENT_UNFINISHED = 503, 503 / 0, "Fail", "BCD-1", ENROLLMENT;

    /// No such account in this program.
    ACCOUNT_NOT_FOUND = 404, 10 / 0, "Account Not Found.", "ACC-1", FEES;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::outcome::Refusal;

    #[test]
    fn env_2_business_families_are_http_200_and_validation_is_400() {
        for line in ALL {
            match line.code {
                0..=5 => assert_eq!(line.http, 200, "{line:?}"),
                10 => assert_eq!(line.http, 404, "{line:?}"),
                code if (400..600).contains(&code) && line.sub_code == 0 => {
                    assert_eq!(i32::from(line.http), code, "{line:?}");
                }
                4091 => assert_eq!(line.http, 409, "{line:?}"),
                _ => assert_eq!(line.http, 400, "{line:?}"),
            }
        }
    }

    #[test]
    fn every_line_names_a_rule_of_the_rulebook() {
        for line in ALL {
            assert!(crate::kernel::rulebook::find(line.rule).is_some(), "{line:?}");
        }
    }

    #[test]
    fn every_line_says_where_it_is_documented_and_explains_itself_in_one_line() {
        for line in ALL {
            assert!(!line.source.trim().is_empty(), "{line:?}");
            let explanation = Refusal::of(line).explanation();
            assert!(explanation.chars().all(|c| (' '..='~').contains(&c)), "{explanation}");
            assert_eq!(explanation, format!("{}: {} [{}]", line.rule, line.text, line.source));
        }
    }
}
