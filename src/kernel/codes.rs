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
const JOINT: &str = "joint account page, response codes";
const CURRENCY: &str = "Enrollments API Endpoints, currency response codes";
const TERMS: &str = "Enrollments API Endpoints, terms acceptance response codes";
const UPGRADE: &str = "Enrollments API Endpoints, upgrade response codes";
const FEES: &str = "fee summary, response codes";
const ENROLLMENT: &str = "Enrollments API Endpoints";
const BUSINESS_RULES: &str = "business rule response codes";
const LIMITS: &str = "Enrollments API Endpoints, active consumer account limits";
const KYC_PAGE: &str = "KYC page, SSNs of the integration environment";
const KYB_PAGE: &str = "KYB page";
const REFERENCE: &str = "reference page of POST enrollments";
const JOINT_PAGE: &str = "Joint Accounts page";
const ADD_ONS: &str = "Optional API Add-Ons, features";
const USERS_PAGE: &str = "Users page";
const MAIL: &str = "Optional API Add-Ons, Track My Mail";
const CHECK_FUNDING: &str = "MRDC funding page";
const COVERAGE: &str = "the vendor's API reference, see docs/api-coverage.md";

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
    /// An operation of the vendor's reference that the simulator has not.
    NOT_SIMULATED = 501, 501 / 0, "This operation is known and not simulated.", "HDR-6", COVERAGE;
    /// An identifier of the path is no GUID.
    PATH_ID_NO_GUID = 400, 400 / 0, "An identifier in the path must be a GUID.", "ACC-1", READING;
    /// Something broke inside the simulator.
    INTERNAL = 500, 500 / 0, "Internal Server Error", "HDR-5", READING;
    /// The simulator is overloaded or stopping; the same call may be repeated.
    UNAVAILABLE = 503, 503 / 0, "Service Unavailable", "HDR-5", READING;
    /// The header that asks for a fault cannot be taken.
    FAULT_HEADER = 400, 400 / 0, "X-Piebox-Fault cannot be read.", "FLT-6", READING;
    /// A fault of the program made the commit fail.
    COMMIT_FAILED = 503, 503 / 0, "Service Unavailable", "FLT-4", READING;
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
    /// Two addresses of one type.
    ADDRESS_TYPE_TWICE = 400, 1020 / 0, "Duplicated type is not allowed", "ENR-10", KYC_TABLE;
    /// Two addresses are marked as the default.
    ADDRESS_DEFAULTS = 400, 1040 / 0, "isDefault can only be \"true\" for one entry.", "ENR-11",
        JOINT;
    /// No address is the home address.
    HOME_MISSING = 400, 1042 / 0, "Home address is missing", "ENR-9", KYC_TABLE;
    /// addressLine1 is missing, too short or too long.
    ADDRESS_LINE1_LENGTH = 400, 400 / 505, "addressLine1 must have 2 to 40 characters.", "ENR-7",
        USER_DATA;
    /// addressLine1 holds a character outside the published table.
    ADDRESS_LINE1_CHARACTERS = 400, 640 / 505, "addressLine1 has invalid characters.", "ENR-8",
        USER_DATA;
    /// addressLine2 is too long.
    ADDRESS_LINE2_LENGTH = 400, 400 / 506, "addressLine2 must have at most 40 characters.",
        "ENR-7", USER_DATA;
    /// As above for addressLine2.
    ADDRESS_LINE2_CHARACTERS = 400, 640 / 506, "addressLine2 has invalid characters.", "ENR-8",
        USER_DATA;
    /// city is too long, or missing where the product has physical cards.
    CITY_LENGTH = 400, 400 / 504, "city must have at most 25 characters.", "ENR-7", USER_DATA;
    /// As above for city.
    CITY_CHARACTERS = 400, 640 / 504, "city has invalid characters.", "ENR-8", USER_DATA;
    /// state is no postal code of two letters.
    STATE_FORM = 400, 400 / 0, "state must be a two-letter code.", "ENR-22", ENROLLMENT;
    /// zipCode has neither five nor nine digits.
    ZIP_FORM = 400, 400 / 0, "zipCode must be 5 digits.", "ENR-23", ENROLLMENT;
    /// The type of an address is missing or unknown.
    ADDRESS_TYPE = 400, 400 / 0, "type must be home, work or billing.", "ENR-10", ENROLLMENT;
    /// KYC is asked for, and the home address does not say enough.
    HOME_INCOMPLETE = 400, 1042 / 0,
        "KYC requires a home address that contains addressLine1 and either (city and state) or \
        zipCode.", "ENR-16", ENROLLMENT;
    /// KYC is asked for, and the home address is a PO box or in another country.
    HOME_UNFIT = 400, 400 / 0, "The home address cannot be a PO box or non-U.S. address.",
        "ENR-25", KYC_TABLE;
    /// KYC is asked for, and there are no phone numbers.
    PHONE_MISSING = 400, 101 / 0, "phoneNumbers userData sections missing, check your JSON",
        "ENR-14", KYC_TABLE;
    /// A phone number or its type has the wrong form.
    PHONE_FORM = 400, 400 / 0, "A phone number has the wrong form.", "ENR-15", ENROLLMENT;
    /// Two phones are marked as the default.
    PHONE_DEFAULTS = 400, 1040 / 0, "There can only be one default phone.", "ENR-13", ENROLLMENT;
    /// The e-mail address has the wrong form.
    EMAIL_FORM = 400, 400 / 0, "email.emailAddress has the wrong form.", "ENR-24", ENROLLMENT;
    /// identifyingData is given without dateOfBirth.
    DATE_OF_BIRTH_MISSING = 400, 200 / 0, "dateOfBirth is required.", "ENR-18", JOINT;
    /// dateOfBirth is given and will not do.
    DATE_OF_BIRTH_FORM = 400, 700 / 0, "identifyingData.dateOfBirth must be in the form YYYY-MM-DD",
        "ENR-17", KYC_TABLE;
    /// ssn and ssnSuffix together.
    SSN_AND_SUFFIX = 400, 630 / 0, "Cannot pass both last4SSN & SSN", "ENR-19", KYC_TABLE;
    /// onboardingID together with either form of the number.
    ONBOARDING_AND_SSN = 400, 630 / 0, "Cannot pass both matriculaId and SSN or last4ssn",
        "ENR-20", ENROLLMENT;
    /// An identity number has the wrong form.
    IDENTITY_FORM = 400, 400 / 0, "An identity number has the wrong form.", "ENR-21", ENROLLMENT;
    /// The product code is not offered by the program.
    UNKNOWN_PRODUCT = 400, 1000 / 0, "The product code is unknown to this program.", "ENR-30", FEES;
    /// The product does not offer the card material.
    MATERIAL = 400, 431 / 2, "Invalid Product Material type", "ENR-30", UPGRADE;
    /// No currency code of ISO 4217.
    CURRENCY_UNKNOWN = 400, 650 / 0, "Invalid Currency Code", "ENR-26", CURRENCY;
    /// The product does not take the currency.
    CURRENCY_NOT_OFFERED = 400, 650 / 430, "This product does not support this currency", "ENR-26",
        CURRENCY;
    /// Terms accepted too long before or after now.
    TERMS_WINDOW = 400, 620 / 0,
        "termsAcceptanceDateTime must be within 720 hours of the time it was submitted", "ENR-27",
        TERMS;
    /// Terms that the program requires are declined.
    TERMS_DECLINED = 400, 400 / 0, "Terms that this program requires are not accepted.", "ENR-28",
        JOINT;
    /// The program does not sell in this region; no account is made.
    REGION = 200, 3 / 65, "This product may not be registered in the requested region.", "ENR-22",
        BUSINESS_RULES;
    /// The enrollment stopped half-way; the same call completes it.
    ENROLLMENT_UNFINISHED = 503, 503 / 0, "Fail", "BCD-1", ENROLLMENT;

    /// The identity number has an active account already.
    IDENTITY_ACTIVE_LIMIT = 200, 2 / 60, "Number of Active Accounts Exceeded.", "LIM-1", LIMITS;
    /// The identity number has had as many accounts as it may.
    IDENTITY_LIFETIME_LIMIT = 200, 2 / 61, "Number of Activated Accounts over Lifetime exceeded.",
        "LIM-3", LIMITS;
    /// The default phone has as many active accounts as it may.
    PHONE_ACTIVE_LIMIT = 200, 2 / 63, "Number of Active Accounts Exceeded.", "LIM-4", LIMITS;
    /// The default phone has had as many accounts as it may.
    PHONE_LIFETIME_LIMIT = 200, 2 / 66, "Number of Activated Accounts over Lifetime exceeded.",
        "LIM-5", LIMITS;

    /// Enrolled, and the identity check must be cured.
    KYC_REQUIRED = 200, 1 / 10, "KYC Cure required.", "KYC-6", KYC_PAGE;
    /// Another gate than the pending one was called.
    GATE_MISMATCH = 200, 1 / 12, "KYC Gate needs to match kycPendingGate", "GATE-2",
        BUSINESS_RULES;
    /// The pictures of a document did not arrive.
    SCAN_UPLOAD_FAILED = 200, 1 / 21, "IDV Scan Upload Failure", "GATE-2", BUSINESS_RULES;
    /// The document bears another name.
    IDV_NAME_MISMATCH = 200, 1 / 24, "IDV Name Mismatch", "GATE-2", BUSINESS_RULES;
    /// The identity number is no social security number.
    NON_US_IDENTITY = 200, 1 / 30, "Non-U.S. Identity given for KYC", "GATE-2", BUSINESS_RULES;
    /// A sanctions match is under review; the account is pending.
    OFAC_PARTIAL_MATCH = 200, 1 / 31, "OFAC Partial Match", "OFC-1", BUSINESS_RULES;
    /// Both screenings failed, and the identity check can be cured.
    KYC_CURABLE_OFAC_FAILED = 200, 1 / 34, "KYC and OFAC Failed. KYC is curable.", "KYC-5",
        KYC_PAGE;
    /// The identity check failed for good.
    KYC_FAILED = 200, 2 / 11, "KYC Failed. No cure available.", "KYC-1", KYC_PAGE;
    /// The document was read and does not prove the identity.
    IDV_FAILED = 200, 2 / 22, "IDV Scan Upload Success - Verification Failed", "GATE-2",
        BUSINESS_RULES;
    /// The document cannot be read.
    IDV_NOT_READABLE = 200, 2 / 23, "IDV Not Readable", "GATE-2", BUSINESS_RULES;
    /// A sanctions match is under review; the account is locked.
    OFAC_MATCH = 200, 2 / 31, "OFAC Match", "KYC-4", KYC_PAGE;
    /// The sanctions match is confirmed.
    OFAC_DECLINED = 200, 2 / 32, "OFAC Hard Decline", "OFC-3", BUSINESS_RULES;
    /// Both screenings failed.
    KYC_AND_OFAC_FAILED = 200, 2 / 33, "KYC and OFAC Failed", "KYC-3", KYC_PAGE;
    /// The identity source says that the person is under 18.
    UNDER_AGE = 200, 2 / 40, "KYC Failed. Under age.", "KYC-2", KYC_PAGE;

    /// The onboarding id names no scan, or one that was used.
    ONBOARDING_ID_UNKNOWN = 400, 200 / 0,
        "identifyingData.onboardingID is unknown or has been used.", "GATE-1", READING;
    /// A member that an operation needs is missing or of another form.
    MEMBER_INVALID = 400, 400 / 0, "A member of the request is missing or invalid.", "HDR-5",
        READING;
    /// businessData lacks a member.
    BUSINESS_DATA_MISSING = 400, 200 / 0, "property name is required", "HDR-5", KYB_PAGE;
    /// businessData came with an account that is no business's.
    BUSINESS_DATA_FOREIGN = 400, 630 / 0,
        "businessData is only valid when accountType is \"business\"", "HDR-5", KYB_PAGE;

    /// The package cannot be looked up.
    PACKAGE_LOOKUP = 400, 5020 / 5021, "Connection issue looking up package info", "INS-1",
        REFERENCE;
    /// There is no such package.
    PACKAGE_NOT_FOUND = 400, 5020 / 5022, "No package is associated with the provided identifier",
        "INS-2", REFERENCE;
    /// The package is taken.
    PACKAGE_IN_USE = 400, 5020 / 5023,
        "The package associated with the identifier is already being used", "INS-3", REFERENCE;
    /// The product has no instant issue.
    INSTANT_ISSUE_UNSUPPORTED = 400, 5030 / 5031,
        "Product does not support instant issue enrollment", "INS-4", REFERENCE;
    /// Plastic cannot be ordered beside the package.
    INSTANT_ISSUE_PLASTIC = 400, 5030 / 5032,
        "Product does not support requesting a physical card during instant issue enrollment",
        "INS-5", REFERENCE;
    /// instantIssue has no type.
    INSTANT_ISSUE_TYPE_MISSING = 400, 600 / 6181,
        "If instantIssue object is provided, then type must be provided. Must be CBS", "INS-6",
        REFERENCE;
    /// instantIssue has another type than CBS.
    INSTANT_ISSUE_TYPE_INVALID = 400, 600 / 6182,
        "If instantIssue object is provided, then type must be provided. Must be CBS", "INS-6",
        REFERENCE;
    /// instantIssue names no package.
    MAPPING_IDENTIFIER_MISSING = 400, 600 / 6183,
        "If instantIssue object is provided, then mappingIdentifier must be provided", "INS-7",
        REFERENCE;
    /// instantIssue names a package in an impossible form.
    MAPPING_IDENTIFIER_INVALID = 400, 600 / 6184,
        "If instantIssue object is provided, then mappingIdentifier must be provided", "INS-7",
        REFERENCE;

    /// Upgrade: the account identifier is missing or no GUID.
    UPGRADE_ACCOUNT_INVALID = 400, 350 / 0, "accountIdentifier is invalid", "UPG-2", REFERENCE;
    /// Upgrade: the user profile is not the one on file.
    UPGRADE_PROFILE_CHANGED = 400, 4502 / 0, "User profile cannot be changed", "UPG-3", REFERENCE;
    /// Upgrade: the account is not normal.
    UPGRADE_NOT_HEALTHY = 400, 4503 / 0, "Account status is not healthy", "UPG-4", REFERENCE;
    /// Upgrade: the account has the product already.
    UPGRADE_SAME_PRODUCT = 400, 4504 / 0, "Account already upgraded successfully", "UPG-5",
        REFERENCE;
    /// Upgrade: the request id was used for another account.
    UPGRADE_OTHER_ACCOUNT = 400, 4505 / 0, "Account not matched", "UPG-6", REFERENCE;
    /// Upgrade: the product is no target.
    UPGRADE_NO_TARGET = 400, 4506 / 0, "Account already upgraded successfully", "UPG-7", REFERENCE;
    /// Upgrade: there is no such account.
    UPGRADE_ACCOUNT_NOT_FOUND = 400, 10 / 0, "Account, account holder, or user not found", "UPG-8",
        REFERENCE;
    /// Upgrade: the card processor did not go along.
    UPGRADE_PROCESSOR_FAILED = 400, 5030 / 0,
        "A downstream provider did not return success for Upgrade Account", "UPG-9", REFERENCE;

    /// The ITIN is not nine digits led by a 9.
    ITIN_INVALID = 400, 761 / 0, "Invalid ITIN", "ITN-1", ENROLLMENT;
    /// The holder was not enrolled with a Matricula.
    NOT_MATRICULA = 200, 5 / 380, "An Identity can only be added to a Matricula based enrollment.",
        "ITN-2", ENROLLMENT;
    /// The activation link call lacks a member.
    LINK_MEMBER_MISSING = 400, 200 / 0, "AccountIdentifier/ IdType/CountryCode is required.",
        "LNK-1", ENROLLMENT;
    /// The account has two holders.
    HOLDERS_FULL = 200, 5 / 102, "This account already has 2 account holders.", "JNT-1",
        JOINT_PAGE;
    /// The account is locked without a cure.
    HOLDER_LOCKED_OUT = 200, 5 / 100,
        "An account must not be in a locked status to add an additional cardholder.", "JNT-1",
        JOINT_PAGE;
    /// Businesses have no second holder.
    HOLDER_OF_BUSINESS = 200, 10 / 0, "business account not supported for joint account.",
        "JNT-1", JOINT_PAGE;

    /// The account's state does not allow the operation.
    ACCOUNT_STATE = 200, 4 / 105, "accountStatus does not allow this operation", "ACC-3", READING;
    /// The terms are opted out of while a feature needs them.
    TERMS_IN_USE = 200, 5 / 58, "Terms cannot be opted out because feature is still in use",
        "ACC-2", ADD_ONS;
    /// The program does not let partners set a status, or not this one.
    STATUS_NOT_ALLOWED = 400, 600 / 0, "The account status cannot be set so.", "ACC-3", READING;
    /// Profiles of locked accounts stay as they are.
    PROFILE_LOCKED = 200, 5 / 362, "The profile of a locked account cannot be updated.", "ACC-5",
        USERS_PAGE;
    /// What identifies a person stays once the check is passed.
    IDENTITY_FIXED = 400, 630 / 0, "identifyingData cannot be changed once KYC is completed.",
        "ENR-47", ENROLLMENT;

    /// No such account in this program.
    ACCOUNT_NOT_FOUND = 404, 10 / 0, "Account Not Found.", "ACC-1", FEES;

    /// A card of an account on which fraud is suspected is to be activated.
    SUSPECTED_FRAUD = 200, 4 / 50, "Suspected Fraud", "CRD-1", BUSINESS_RULES;
    /// A card that is not in use is to be paused.
    CANNOT_PAUSE = 200, 4 / 313, "Cannot pause card", "CRD-1", BUSINESS_RULES;
    /// The account has no such card.
    CARD_NOT_FOUND = 404, 10 / 1, "Payment instrument not found.", "CRD-1", READING;
    /// The card's status, or its kind, does not allow the operation.
    CARD_STATE = 400, 400 / 0, "The card does not allow this operation.", "CRD-1", READING;
    /// Number, expiry and CVV are not those of the card.
    CARD_DATA = 400, 400 / 0, "The card data does not match.", "CRD-1", READING;

    /// Money is not moved on an account that is closed, restricted or otherwise not in use.
    ACCOUNT_CLOSED_OR_RESTRICTED = 200, 4 / 105, "accountStatus is closed or restricted.",
        "FEA-7", ADD_ONS;
    /// The account identifier of a feature call is no GUID.
    ACCOUNT_IDENTIFIER_INVALID = 400, 10 / 10, "accountIdentifier is invalid.", "FEA-7", ADD_ONS;
    /// The terms of a feature are not accepted, or another feature excludes it.
    FEATURE_TERMS = 200, 5 / 55,
        "Features terms were not accepted or no productFeatureGroupKey exists for specified \
        featureKey.", "FEA-5", ADD_ONS;
    /// The program has no such feature.
    FEATURE_UNKNOWN = 503, 5 / 55,
        "No ProductFeatureGroupKey exists for specified productFeatureGroupKey", "FEA-4", ADD_ONS;
    /// The account does not have the feature that it is to leave.
    FEATURE_NOT_ENROLLED = 404, 10 / 0, "Feature enrollment not found.", "FEA-7", ADD_ONS;
    /// The account has no such open purse.
    PURSE_NOT_FOUND = 404, 10 / 1, "Purse not found.", "PRS-1", READING;
    /// The purse holds money, or is the one that every account has.
    PURSE_NOT_CLOSABLE = 400, 400 / 0, "The purse cannot be closed.", "PRS-3", READING;
    /// No type of transfer.
    TRANSFER_TYPE = 400, 400 / 0, "transferType is unknown.", "TRF-4", READING;
    /// A type of transfer that the vendor has and the simulator has not.
    TRANSFER_NOT_SIMULATED = 501, 501 / 0, "This transferType is known and not simulated.",
        "TRF-4", READING;
    /// The identifier of a transfer, or its request id, came again with another body.
    TRANSFER_REPEATED = 400, 400 / 0, "transferIdentifier was used for another transfer", "TRF-2",
        READING;
    /// The program may not use the adjustment type.
    ADJUSTMENT_TYPE = 400, 400 / 0, "adjustmentType is not configured for this program", "ADJ-5",
        READING;
    /// The identifier of an adjustment came again with another body.
    ADJUSTMENT_REPEATED = 400, 400 / 0, "adjustmentIdentifier was used for another adjustment",
        "ADJ-8", READING;
    /// The account has no such adjustment.
    ADJUSTMENT_NOT_FOUND = 404, 10 / 1, "Adjustment not found.", "ADJ-7", READING;

    /// The signature of a test event does not belong to its body.
    TEST_EVENT_SIGNATURE = 400, 400 / 0, "x-gd-signature does not fit the body.", "WHK-8", READING;

    /// Nothing is known of the delivery of a card.
    DELIVERY_UNKNOWN = 200, 11 / 1200, "Delivery status not available yet", "DLV-1", MAIL;
    /// The same, where the guide's digits are read the other way.
    DELIVERY_UNKNOWN_SPLIT = 400, 111 / 200, "Delivery status not available yet", "DLV-1", MAIL;

    /// The identifier of a check deposit came again with another check.
    CHECK_REPEATED = 400, 400 / 0, "transferIdentifier was used for another check deposit",
        "CHK-2", READING;
    /// The check deposit is beyond what was asked for.
    CHECK_STATE = 400, 400 / 0, "The check deposit does not allow this any more.", "CHK-3",
        READING;
    /// No such check deposit.
    CHECK_NOT_FOUND = 404, 10 / 1, "Check deposit not found.", "CHK-1", READING;
    /// Funds cannot be made available on this day.
    FUNDS_DATE = 400, 935 / 0, "The new funding date is not a valid business date.", "CHK-5",
        CHECK_FUNDING;
    /// Pictures of checks are looked at and not kept.
    CHECK_IMAGES = 501, 501 / 0, "Known, not simulated: images of checks are not kept.", "CHK-1",
        READING;
    /// A verification call lacks a member.
    VERIFICATION_MEMBER_MISSING = 400, 200 / 0, "A member of the request is required.", "CV-2",
        READING;
    /// The program has no such contact verification.
    VERIFICATION_NOT_FOUND = 404, 10 / 0, "Contact verification not found.", "CV-2", READING;
    /// The code is not the one that was sent.
    VERIFICATION_CODE_WRONG = 200, 4 / 201, "The verification code is wrong.", "CV-2", READING;
    /// All tries at the code are used up.
    VERIFICATION_TRIES_USED = 200, 4 / 202,
        "Too many wrong verification codes; generate a new verification.", "CV-2", READING;
    /// The code was not given in time.
    VERIFICATION_EXPIRED = 200, 4 / 203,
        "The verification code has expired; generate a new verification.", "CV-2", READING;
    /// An enrollment names a contact verification that will not do.
    CONTACT_NOT_VERIFIED = 400, 400 / 0,
        "contactVerificationIdentifiers must name verified contacts of this program.", "CV-3",
        READING;

    /// The account has as many switch attempts as it may.
    SWITCHES_FULL = 400, 400 / 0, "The account has too many switch attempts.", "DDS-1", READING;
    /// The account has no switch attempt at all.
    SWITCH_NONE = 404, 10 / 0, "The account has no switch attempt.", "DDS-2", READING;
    /// The account has no such switch attempt.
    SWITCH_NOT_FOUND = 404, 10 / 1, "Switch attempt not found.", "DDS-3", READING;
    /// The account has no statement of this period.
    STATEMENT_NOT_FOUND = 404, 10 / 1, "Statement not found.", "STM-5", READING;
}

/// The line of a business refusal (families 1 to 5), by its numbers.
pub fn business(code: i32, sub_code: i32) -> Option<&'static VendorCode> {
    let is_it = |line: &&&VendorCode| {
        (1..=5).contains(&line.code) && line.code == code && line.sub_code == sub_code
    };
    ALL.iter().find(is_it).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::outcome::Refusal;

    #[test]
    fn env_2_business_families_are_http_200_and_validation_is_400() {
        for line in ALL {
            match line.code {
                // An unknown feature is the one business refusal with a status of its own.
                5 if line.text == FEATURE_UNKNOWN.text => assert_eq!(line.http, 503),
                0..=5 | 11 => assert_eq!(line.http, 200, "{line:?}"),
                // Joint accounts say it on 200, upgrades on 400.
                10 => assert!([200, 400, 404].contains(&line.http), "{line:?}"),
                code if [400, 401, 404, 405, 413, 415, 500, 501, 503].contains(&code)
                    && line.sub_code == 0 =>
                {
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
