//! The operations of the vendor's API reference, as its public index names them: what there is,
//! whether piebox simulates it or not. `docs/api-coverage.md` is made from this table, and so are
//! the 501s of `http/not_simulated.rs`; whatever the OpenAPI document has drops out by itself.
//!
//! Names and methods are the vendor's. Many paths are printed nowhere: they follow from the name
//! and from how the vendor spells its other paths. Left out: duplicate pages of another version,
//! and queries.

use std::fmt;

use Method::{Delete, Get, Patch, Post, Put};

/// An HTTP method that the reference uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Changes.
    Put,
    /// Changes a part.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Where a path is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathBasis {
    /// Printed in one of the vendor's guides.
    Guide,
    /// Printed in the public pages of the vendor's portal.
    Portal,
    /// Printed in what others write about the portal.
    SecondHand,
    /// Printed nowhere; inferred from the name.
    Inferred,
}

impl fmt::Display for PathBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PathBasis::Guide => "guide",
            PathBasis::Portal => "portal",
            PathBasis::SecondHand => "second-hand",
            PathBasis::Inferred => "inferred",
        })
    }
}

/// One operation of the reference.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The vendor's own name for it.
    pub slug: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path, below the vendor's base path.
    pub path: &'static str,
    /// Where the path is known from.
    pub basis: PathBasis,
}

/// Operations that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What they are about.
    pub title: &'static str,
    /// Whether they are another product of the vendor, with hosts and credentials of its own.
    pub is_outside: bool,
    /// What piebox has in the place of those that it does not simulate; empty if nothing.
    pub instead: &'static str,
    /// The operations.
    pub operations: &'static [Operation],
}

/// What the reference says and piebox is asked about: all families but those of other products.
pub fn banking() -> impl Iterator<Item = (&'static Family, &'static Operation)> {
    let families = FAMILIES.iter().filter(|family| !family.is_outside);
    families.flat_map(|family| family.operations.iter().map(move |operation| (family, operation)))
}

/// A path without what may differ between spellings of it: letter case, the names of parameters,
/// a slash at the end.
pub fn form(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    let plain = |part: &str| match part.starts_with('{') {
        true => "/{}".to_owned(),
        false => format!("/{}", part.to_ascii_lowercase()),
    };
    parts.map(plain).collect()
}

const fn family(
    title: &'static str,
    instead: &'static str,
    operations: &'static [Operation],
) -> Family {
    Family { title, is_outside: false, instead, operations }
}

const fn outside(title: &'static str, operations: &'static [Operation]) -> Family {
    Family { title, is_outside: true, instead: "", operations }
}

const fn guide(method: Method, slug: &'static str, path: &'static str) -> Operation {
    Operation { slug, method, path, basis: PathBasis::Guide }
}

const fn portal(method: Method, slug: &'static str, path: &'static str) -> Operation {
    Operation { slug, method, path, basis: PathBasis::Portal }
}

const fn second_hand(method: Method, slug: &'static str, path: &'static str) -> Operation {
    Operation { slug, method, path, basis: PathBasis::SecondHand }
}

const fn inferred(method: Method, slug: &'static str, path: &'static str) -> Operation {
    Operation { slug, method, path, basis: PathBasis::Inferred }
}

/// The whole reference, in its order. Laid out by hand: one line is one operation.
#[rustfmt::skip]
pub const FAMILIES: &[Family] = &[
    family("Accounts", "", &[
        portal(Get, "account_get_getaccount", "/programs/{programCode}/accounts/{accountIdentifier}"),
        guide(Put, "account_put_updateaccount", "/programs/{programCode}/accounts/{accountIdentifier}"),
        inferred(Get, "account_get_getaccountforshowcase", "/programs/{programCode}/accounts/{accountIdentifier}/showcase"),
        inferred(Get, "account_get_getlinkedaccountsinfo", "/programs/{programCode}/accounts/{accountIdentifier}/linkedAccountsInfo"),
        portal(Get, "account_get_getestatement", "/programs/{programCode}/accounts/{accountIdentifier}/statements/{statementPeriod}"),
        portal(Get, "account_get_getlistestatement", "/programs/{programCode}/accounts/{accountIdentifier}/statements"),
        inferred(Post, "account_post_searchaccount", "/programs/{programCode}/accounts/search"),
        portal(Put, "account_put_closeaccount", "/programs/{programCode}/accounts/{accountIdentifier}/close"),
        portal(Put, "account_put_setpartneraccountstatus", "/programs/{programCode}/accounts/{accountIdentifier}/status"),
        inferred(Get, "account_get_getusers", "/programs/{programCode}/accounts/{accountIdentifier}/users"),
        portal(Put, "account_put_updateuser", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}"),
        guide(Post, "account_post_updateitin", "/accounts/{accountIdentifier}/users/{userIdentifier}/identity"),
        inferred(Post, "account_post_executekyc", "/programs/{programCode}/accounts/{accountIdentifier}/kyc"),
        second_hand(Get, "account_get_getachtransfer", "/programs/{programCode}/accounts/{accountIdentifier}/ACHTransfers"),
        inferred(Put, "account_put_updatecheck", "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers/{transferIdentifier}"),
        inferred(Get, "account_get_getmrdctransfer", "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers/{transferIdentifier}"),
        inferred(Get, "account_get_getfundfulfillmentmrdctransfer", "/programs/{programCode}/accounts/{accountIdentifier}/fundfulfillment/mrdcTransfers/{transferIdentifier}"),
        inferred(Get, "account_get_getmrdctransferlist", "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers"),
        inferred(Get, "account_get_getfundfulfillmentmrdctransferlist", "/programs/{programCode}/accounts/{accountIdentifier}/fundfulfillment/mrdcTransfers"),
        inferred(Get, "account_get_getcheckimages", "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers/{transferIdentifier}/images"),
        inferred(Get, "account_get_getonholdtransfers", "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers/onHold"),
        inferred(Get, "account_get_getp2ptransfer", "/programs/{programCode}/accounts/{accountIdentifier}/p2pTransfers/{transferIdentifier}"),
        second_hand(Get, "account_get_getallp2ptransfer", "/programs/{programCode}/accounts/{accountIdentifier}/p2pTransfers"),
        portal(Get, "account_get_getallexternalcards", "/programs/{programCode}/accounts/{accountIdentifier}/externalCards"),
        portal(Delete, "account_delete_deleteexternalcard", "/programs/{programCode}/accounts/{accountIdentifier}/externalCards/{cardIdentifier}"),
        inferred(Post, "account_post_addaccountholder", "/programs/{programCode}/accounts/{accountIdentifier}/accountHolders"),
        inferred(Get, "account_get_getlinkedaccount", "/programs/{programCode}/accounts/{accountIdentifier}/linkedAccounts"),
        inferred(Get, "account_get_getauthcustomerssotoken", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/ssoToken"),
        inferred(Get, "account_get_getauthcustomerenrollment", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/enrollment"),
        inferred(Get, "account_get_odeligibilitycheck", "/programs/{programCode}/accounts/{accountIdentifier}/odEligibility"),
        inferred(Get, "account_get_gettaxdocumentnodoctype", "/programs/{programCode}/accounts/{accountIdentifier}/taxDocuments/{year}"),
        inferred(Get, "account_get_gettaxdocument", "/programs/{programCode}/accounts/{accountIdentifier}/taxDocuments/{documentType}/{year}"),
        inferred(Get, "account_get_getlisttaxdocumentnodoctype", "/programs/{programCode}/accounts/{accountIdentifier}/taxDocuments"),
        inferred(Get, "account_get_getlisttaxdocument", "/programs/{programCode}/accounts/{accountIdentifier}/taxDocuments/{documentType}"),
        inferred(Get, "account_get_getaccountfees", "/programs/{programCode}/accounts/{accountIdentifier}/fees"),
        inferred(Get, "account_get_getaccounttype", "/programs/{programCode}/accounts/{accountIdentifier}/accountType"),
        inferred(Get, "account_get_accountlookuppartnerconsumeridentifier", "/programs/{programCode}/partnerConsumers/{partnerConsumerId}/accounts"),
    ]),
    family("Accrued interest", "adjustments, which give money to an account", &[
        inferred(Post, "accruedinterest_post_processaccruedinterest", "/programs/{programCode}/accruedInterest"),
    ]),
    family("Adjustments", "", &[
        guide(Post, "adjustment_post_adjustbalance", "/programs/{programCode}/accounts/{accountIdentifier}/adjustments"),
        guide(Get, "adjustment_get_getadjustbalancestatus", "/programs/{programCode}/accounts/{accountIdentifier}/adjustments/{adjustmentIdentifier}"),
    ]),
    family("Affiliates", "", &[
        inferred(Post, "affiliate_post_createaffiliate", "/programs/{programCode}/affiliates"),
        inferred(Get, "affiliate_get_getaffiliateslist", "/programs/{programCode}/affiliates"),
        inferred(Put, "affiliate_put_updateaffiliate", "/programs/{programCode}/affiliates/{affiliateId}"),
        inferred(Get, "affiliate_get_getaffiliate", "/programs/{programCode}/affiliates/{affiliateId}"),
        inferred(Delete, "affiliate_delete_deleteaffiliate", "/programs/{programCode}/affiliates/{affiliateId}"),
        inferred(Post, "affiliate_post_createaffiliatesettlement", "/programs/{programCode}/affiliates/{affiliateId}/settlements"),
        inferred(Put, "affiliate_put_updateaffiliatesettlement", "/programs/{programCode}/affiliates/{affiliateId}/settlements/{settlementId}"),
        inferred(Get, "affiliate_get_getaffiliatesettlement", "/programs/{programCode}/affiliates/{affiliateId}/settlements/{settlementId}"),
        inferred(Delete, "affiliate_delete_deleteaffiliatesettlement", "/programs/{programCode}/affiliates/{affiliateId}/settlements/{settlementId}"),
    ]),
    family("Auto money movement", "", &[
        portal(Post, "ammrule_post_createrule", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule"),
        inferred(Delete, "ammrule_delete_deleterule", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule/{ruleId}"),
        inferred(Put, "ammrule_put_updaterule", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule/{ruleId}"),
        inferred(Put, "ammrule_put_updaterulepriority", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule/priority"),
        inferred(Get, "ammrule_get_getrulesbyaccountid", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule"),
        inferred(Get, "ammrule_get_getrulesbytargetaccountid", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule/target"),
        inferred(Put, "ammrule_put_updaterulestatus", "/programs/{programCode}/accounts/{accountIdentifier}/ammRule/{ruleId}/status"),
    ]),
    family("Bill pay", "adjustments, which take money from an account", &[
        portal(Post, "billpay_post_createpayee", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees"),
        second_hand(Get, "billpay_get_getpayeelist", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees"),
        inferred(Get, "billpay_get_getpayee", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees/{payeeIdentifier}"),
        inferred(Put, "billpay_put_updatepayee", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees/{payeeIdentifier}"),
        second_hand(Delete, "billpay_delete_deletepayee", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees/{payeeIdentifier}"),
        portal(Post, "billpay_post_searchpayee", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayees/search"),
        second_hand(Post, "billpay_post_createpayment", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayments"),
        second_hand(Get, "billpay_get_getpaymentlist", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayments"),
        inferred(Get, "billpay_get_getpayment", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayments/{paymentIdentifier}"),
        inferred(Put, "billpay_put_updatepayment", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayments/{paymentIdentifier}"),
        second_hand(Delete, "billpay_delete_deletepayment", "/programs/{programCode}/accounts/{accountIdentifier}/billpayPayments/{paymentIdentifier}"),
    ]),
    family("Business profile", "", &[
        inferred(Get, "businessprofile_get_getbusinessprofile", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile"),
        inferred(Put, "businessprofile_put_updatebusinessprofile", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile"),
        inferred(Get, "businessprofile_get_getbusinessprofileunencrypted", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/unencrypted"),
        inferred(Get, "businessprofile_get_getbusinesslookupdata", "/programs/{programCode}/businessLookupData"),
        inferred(Put, "businessprofile_put_savebusinessaddress", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/address"),
        inferred(Post, "businessprofile_post_createowner", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/owners"),
        inferred(Put, "businessprofile_put_updatebusinessowner", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/owners/{ownerId}"),
        inferred(Delete, "businessprofile_delete_deleteowner", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/owners/{ownerId}"),
        inferred(Put, "businessprofile_put_savebusinessinfo", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/info"),
        inferred(Get, "businessprofile_get_getbusinessmetadata", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/metadata"),
        inferred(Post, "businessprofile_post_savebusinessapplication", "/programs/{programCode}/accounts/{accountIdentifier}/businessProfile/application"),
    ]),
    family("Card options", "", &[
        portal(Get, "cardoption_get_getreplacementcards", "/programs/{programCode}/accounts/{accountIdentifier}/cardOptions"),
    ]),
    family("Customer care", "", &[
        portal(Post, "carecase_post_createcarecase", "/programs/{programCode}/customerCare/cases"),
    ]),
    family("Cashback rewards", "adjustments, which give money to an account", &[
        inferred(Get, "cashbackreward_get_getcashbackrewardbusinessprocessrules", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/rules"),
        inferred(Get, "cashbackreward_get_getcashbackrewardsummary", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/summary"),
        inferred(Get, "cashbackreward_get_getcashbackrewardinquiry", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/inquiry"),
        inferred(Post, "cashbackreward_post_obsredeem", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/obs/redeem"),
        inferred(Post, "cashbackreward_post_redeem", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/redeem"),
        inferred(Get, "cashbackreward_get_obsinquiry", "/programs/{programCode}/accounts/{accountIdentifier}/cashbackRewards/obs/inquiry"),
    ]),
    family("Categories of transactions", "", &[
        second_hand(Put, "categorizetransaction_put_setusercategory", "/programs/{programCode}/accounts/{accountIdentifier}/userCategory"),
        inferred(Get, "categorizetransaction_get_getcategoriedtransaction", "/programs/{programCode}/accounts/{accountIdentifier}/categorizedTransactions"),
        inferred(Get, "categorizetransaction_get_getusercategorysummary", "/programs/{programCode}/accounts/{accountIdentifier}/userCategory/summary"),
    ]),
    family("Certificates", "", &[
        inferred(Get, "certificates_get_getpubliccertificatesforprogram_ecc", "/programs/{programCode}/certificates"),
    ]),
    family("Contact and address verification", "", &[
        guide(Post, "contactverification_post_generateverifications", "/programs/{programCode}/contactVerifications"),
        guide(Put, "contactverification_put_checkverifications", "/programs/{programCode}/contactVerifications/{contactVerificationIdentifier}"),
        guide(Post, "contactverification_post_addressverifications", "/programs/{programCode}/addressVerification"),
        guide(Get, "contactverification_get_getcontactverificationstatus", "/programs/{programCode}/verification/status/{sessionIdentifier}"),
    ]),
    family("Credit builder", "", &[
        inferred(Post, "creditbuilder_post_enroll", "/programs/{programCode}/accounts/{accountIdentifier}/creditBuilder/enroll"),
    ]),
    family("Custom card", "", &[
        portal(Get, "customcard_get_getcustomcard", "/programs/{programCode}/userIdentifiers/{userIdentifier}/getCustomCard"),
        inferred(Post, "customcard_post_createcustomcard", "/programs/{programCode}/userIdentifiers/{userIdentifier}/createCustomCard"),
        inferred(Post, "customcard_post_cancelcustomcard", "/programs/{programCode}/userIdentifiers/{userIdentifier}/cancelCustomCard"),
    ]),
    family("Device verification", "", &[
        inferred(Post, "deviceverification_post_verifydevice", "/programs/{programCode}/accounts/{accountIdentifier}/deviceVerification"),
        inferred(Put, "deviceverification_put_updatedevice", "/programs/{programCode}/accounts/{accountIdentifier}/deviceVerification"),
    ]),
    family("Direct deposit switch", "", &[
        guide(Post, "directdeposit_post_createmanualform", "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/manualform"),
        guide(Post, "directdeposit_post_createswitchattempt", "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches"),
        guide(Get, "directdeposit_get_getallswitchattempts", "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches"),
        guide(Patch, "directdeposit_patch_updateswitchattempt", "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches/{switchId}"),
        guide(Get, "directdeposit_get_getlatestswitchattempt", "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches/latest"),
    ]),
    family("Disbursements", "adjustments, which take money from an account", &[
        inferred(Post, "disbursement_post_createbankcardlink", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/links/bankCard"),
        inferred(Post, "disbursement_post_createcashlink", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/links/cash"),
        inferred(Post, "disbursement_post_createachlink", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/links/ach"),
        inferred(Get, "disbursement_get_gettransferstatus", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/transfers/{transferId}"),
        inferred(Post, "disbursement_post_transfer", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/transfers"),
        inferred(Put, "disbursement_put_updatetransfer", "/programs/{programCode}/accounts/{accountIdentifier}/disbursements/transfers/{transferId}"),
    ]),
    family("Dispute automation", "", &[
        inferred(Post, "disputeautomation_post_gettokenizedurl", "/programs/{programCode}/accounts/{accountIdentifier}/disputes/tokenizedUrl"),
        inferred(Post, "disputeautomation_post_oauthtoken", "/programs/{programCode}/disputes/oauthToken"),
    ]),
    family("eCash", "adjustments, which give money to an account", &[
        portal(Get, "ecash_get_getecashpartners", "/programs/{programCode}/accounts/{accountIdentifier}/ecashpartners"),
        inferred(Get, "ecash_get_getecashpartnersbylocation", "/programs/{programCode}/accounts/{accountIdentifier}/ecashpartners/locations"),
        portal(Get, "ecash_get_getbarcodes", "/programs/{programCode}/accounts/{accountIdentifier}/barcodes/list"),
        portal(Get, "ecash_get_getbarcodedetails", "/programs/{programCode}/accounts/{accountIdentifier}/barcodes/{barcodeHumanReadable}"),
        portal(Post, "ecash_post_generatebarcode", "/programs/{programCode}/accounts/{accountIdentifier}/barcodes"),
    ]),
    family("eGift", "", &[
        inferred(Get, "egift_get_getegiftcatalog", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/catalog"),
        inferred(Post, "egift_post_purchaseegift", "/programs/{programCode}/accounts/{accountIdentifier}/egifts"),
        inferred(Get, "egift_get_getegiftwallet", "/programs/{programCode}/accounts/{accountIdentifier}/egifts"),
        inferred(Get, "egift_get_getegift", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/{egiftId}"),
        inferred(Delete, "egift_delete_deleteegift", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/{egiftId}"),
        inferred(Get, "egift_get_getegiftbalance", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/{egiftId}/balance"),
        inferred(Put, "egift_put_updateegiftbalance", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/{egiftId}/balance"),
        inferred(Get, "egift_get_egiftgetlifetimerewards", "/programs/{programCode}/accounts/{accountIdentifier}/egifts/lifetimeRewards"),
    ]),
    family("Enrollments", "", &[
        guide(Post, "enrollments_post_createenrollment", "/programs/{programCode}/enrollments"),
        guide(Get, "enrollments_get_getenrollment", "/programs/{programCode}/enrollments/accounts/{accountIdentifier}"),
    ]),
    family("Event webhook tests", "", &[
        inferred(Post, "event_post_testeventwebhooksetconfig", "/programs/{programCode}/testeventwebhook-setconfig"),
        portal(Post, "event_post_testeventwebhook_rcv", "/programs/{programCode}/testeventwebhook-rcv"),
        inferred(Post, "event_post_testeventwebhook", "/programs/{programCode}/testeventwebhook"),
    ]),
    family("Experian", "", &[
        inferred(Put, "experian_put_updateoptin", "/programs/{programCode}/accounts/{accountIdentifier}/experian/optIn"),
        inferred(Get, "experian_get_optin", "/programs/{programCode}/accounts/{accountIdentifier}/experian/optIn"),
        inferred(Post, "experian_post_createauthorizeextend", "/programs/{programCode}/accounts/{accountIdentifier}/experian/authorizeExtend"),
        inferred(Get, "experian_get_redirecturl", "/programs/{programCode}/accounts/{accountIdentifier}/experian/redirectUrl"),
    ]),
    family("External accounts", "", &[
        portal(Post, "externalaccount_post_createcustomerprofile", "/programs/{programCode}/externalAccounts/customers"),
        portal(Put, "externalaccount_put_updatecustomerprofile", "/programs/{programCode}/externalAccounts/customers/{customerToken}"),
        portal(Get, "externalaccount_get_getcustomerprofile", "/programs/{programCode}/externalAccounts/customers/{customerToken}"),
        portal(Get, "externalaccount_get_gettransferlimitsandfeerates", "/programs/{programCode}/externalAccounts/transferLimitsAndFeeRates"),
        portal(Post, "externalaccount_post_linkcustomerprofilebank", "/programs/{programCode}/externalAccounts/customers/{customerToken}/banks"),
        portal(Post, "externalaccount_post_linkcustomerprofilecard", "/programs/{programCode}/externalAccounts/customers/{customerToken}/cards"),
        portal(Get, "externalaccount_get_gettransfer", "/programs/{programCode}/externalAccounts/customers/{customerToken}/transfers/{transferId}"),
        inferred(Get, "externalaccount_get_transferlimitassessment", "/programs/{programCode}/externalAccounts/customers/{customerToken}/transferLimitAssessment"),
        portal(Delete, "externalaccount_delete_deletebanklink", "/programs/{programCode}/externalAccounts/customers/{customerToken}/banks/{linkId}"),
        portal(Put, "externalaccount_put_updatebanklink", "/programs/{programCode}/externalAccounts/customers/{customerToken}/banks/{linkId}"),
        inferred(Delete, "externalaccount_delete_deletecardlink", "/programs/{programCode}/externalAccounts/customers/{customerToken}/cards/{linkId}"),
        inferred(Put, "externalaccount_put_updatecardlink", "/programs/{programCode}/externalAccounts/customers/{customerToken}/cards/{linkId}"),
        portal(Post, "externalaccount_post_linkcardtosourceprofile", "/programs/{programCode}/externalAccounts/sourceCustomers/{customerToken}/links"),
        inferred(Get, "externalaccount_get_getcardlinks", "/programs/{programCode}/externalAccounts/sourceCustomers/{customerToken}/links"),
        portal(Get, "externalaccount_get_getcardlinksbycustomertoken", "/programs/{programCode}/externalAccounts/customers/{customerToken}/links"),
        inferred(Get, "externalaccount_get_searchtransfers", "/programs/{programCode}/externalAccounts/customers/{customerToken}/transfers"),
    ]),
    family("External cards", "", &[
        portal(Post, "externalcards_post_addexternalcard", "/programs/{programCode}/externalCards"),
        inferred(Get, "externalcards_get_getexternalcardprofile", "/programs/{programCode}/externalCards/{customerToken}"),
    ]),
    family("Eligibility for features", "", &[
        inferred(Get, "featureeligibility_get_getallfeatureeligibility", "/programs/{programCode}/accounts/{accountIdentifier}/featureEligibility"),
        inferred(Put, "featureeligibility_put_setfeatureeligibility", "/programs/{programCode}/accounts/{accountIdentifier}/featureEligibility"),
    ]),
    family("Fees", "", &[
        inferred(Post, "fee_post_getfeewaivers", "/programs/{programCode}/accounts/{accountIdentifier}/feeWaivers"),
        inferred(Post, "fee_post_getfeeinfobyproductcodeandfeetypekey", "/programs/{programCode}/feeInfo"),
    ]),
    family("Guest verification", "", &[
        inferred(Post, "guestverification_post_createguestverification", "/programs/{programCode}/guestVerification"),
    ]),
    family("Health check", "", &[
        inferred(Get, "healthcheck_get_healthcheck", "/healthcheck"),
        inferred(Get, "healthcheck_get_ping", "/ping"),
    ]),
    family("Hosted pages", "", &[
        portal(Post, "hosteduserexperience_post_gethosteduserexperienceconfiguration", "/programs/{programCode}/hosted/ux"),
    ]),
    family("Interest rates", "", &[
        inferred(Get, "interestrate_get_getinterestratetiers", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/interestRateTier"),
        inferred(Post, "interestrate_post_addinterestratetier", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/interestRateTier"),
        portal(Put, "interestrate_put_updateinterestratetier", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/interestRateTier/{interestRateTierIdentifier}"),
        inferred(Delete, "interestrate_delete_deleteinterestratetier", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/interestRateTier/{interestRateTierIdentifier}"),
        inferred(Post, "interestrate_post_addprograminterestratetier", "/programs/{programCode}/interestRateTiers"),
        inferred(Put, "interestrate_put_updateprograminterestratetier", "/programs/{programCode}/interestRateTiers/{interestRateTierIdentifier}"),
        inferred(Post, "interestrate_post_addinterestratechangerequest", "/programs/{programCode}/interestRateChangeRequests"),
    ]),
    family("KYC", "", &[
        inferred(Post, "kyc_post_createkyc1", "/programs/{programCode}/kycGates/kyc1"),
        second_hand(Post, "kyc_post_createidvvalidation", "/programs/{programCode}/kycGates/idv"),
        inferred(Post, "kyc_post_createkyc2", "/programs/{programCode}/kycGates/kyc2"),
        inferred(Post, "kyc_post_createoow", "/programs/{programCode}/kycGates/oow"),
        portal(Post, "kyc_post_createscancapturevalidation", "/programs/{programCode}/kycGates/scanCapture"),
        inferred(Post, "kyc_post_idvuuidvalidation", "/programs/{programCode}/kycGates/idvUuid"),
        inferred(Post, "kyc_post_generatedocvdocumentrequest", "/programs/{programCode}/kycGates/docvDocumentRequest"),
    ]),
    family("Locators", "", &[
        portal(Get, "locator_get_getatmlocations", "/programs/{programCode}/locations/ATM"),
        inferred(Get, "locator_get_getretaillocations", "/programs/{programCode}/locations/retail"),
    ]),
    family("Notifications", "webhooks", &[
        inferred(Post, "notification_post_createnotificationenrollment", "/programs/{programCode}/accounts/{accountIdentifier}/notificationEnrollment"),
        inferred(Get, "notification_get_getnotificationenrollment", "/programs/{programCode}/accounts/{accountIdentifier}/notificationEnrollment"),
        inferred(Get, "notification_get_getinboxmessages", "/programs/{programCode}/accounts/{accountIdentifier}/inboxMessages"),
        inferred(Put, "notification_put_markmessageasread", "/programs/{programCode}/accounts/{accountIdentifier}/inboxMessages"),
        inferred(Get, "notification_get_getinboxmessagecount", "/programs/{programCode}/accounts/{accountIdentifier}/inboxMessages/count"),
    ]),
    family("OFAC", "", &[
        inferred(Post, "ofac_post_createenrollmentofac2", "/programs/{programCode}/enrollments/ofac2"),
    ]),
    family("Inventory orders", "", &[
        inferred(Post, "order_post_postorderrequest", "/programs/{programCode}/orders"),
        inferred(Get, "order_get_getorder", "/programs/{programCode}/orders/{orderIdentifier}"),
    ]),
    family("Paper checks", "", &[
        portal(Put, "papercheck_put_stoppapercheckpayment", "/programs/{programCode}/accounts/{accountIdentifier}/checkInventory"),
        portal(Put, "papercheck_put_checkbookorder", "/programs/{programCode}/accounts/{accountIdentifier}/checkBookOrder"),
        portal(Get, "papercheck_get_getcheckbookorders", "/programs/{programCode}/accounts/{accountIdentifier}/checkBookOrders"),
        portal(Get, "papercheck_get_getcheckbookimages", "/programs/{programCode}/accounts/{accountIdentifier}/checkImages"),
    ]),
    family("Payments", "control actions of the card network", &[
        inferred(Get, "payment_get_getpayments", "/programs/{programCode}/accounts/{accountIdentifier}/payments"),
        inferred(Post, "payment_post_authorizepayment", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/payments"),
        inferred(Get, "payment_get_getpurchasestatus", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/payments/{retrievalReferenceNumber}"),
    ]),
    family("Payment instruments", "", &[
        portal(Get, "paymentinstrument_get_getpaymentinstrument", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}"),
        portal(Put, "paymentinstrument_put_setpin", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}"),
        second_hand(Get, "paymentinstrument_get_getpaymentinstrumentlist", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments"),
        portal(Post, "paymentinstrument_post_completeregistration", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments"),
        inferred(Post, "paymentinstrument_post_verifypin", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/verifyPin"),
        inferred(Post, "paymentinstrument_post_validatecard", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/validateCard"),
        inferred(Post, "paymentinstrument_post_activatecardviaaccountidentifier", "/programs/{programCode}/accounts/{accountIdentifier}/activateCard"),
        inferred(Post, "paymentinstrument_post_activatecardviapaymentinstrumentidentifier", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/activateCard"),
        inferred(Post, "paymentinstrument_post_activatecardforprelogin", "/programs/{programCode}/activateCard"),
        second_hand(Put, "paymentinstrument_put_updatepaymentinstrument", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/lifecycleEvent"),
        guide(Get, "paymentinstrument_get_getmailtrackinginfo", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/deliveryStatus"),
        inferred(Get, "paymentinstrument_get_replacecardeligibility", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/replaceCardEligibility"),
        inferred(Post, "paymentinstrument_post_getpreloginvalidation", "/programs/{programCode}/validateCard"),
        portal(Post, "paymentinstrument_post_createwalletpushprovision", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/pushProvisionData/onepay"),
    ]),
    family("Tokens of payment instruments", "", &[
        inferred(Get, "paymentinstrumenttoken_get_getpushprovisionconfiglist", "/programs/{programCode}/accounts/{accountIdentifier}/pushProvisionConfig"),
        inferred(Get, "paymentinstrumenttoken_get_getpaymentinstrumenttokenlist", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstrumentTokens"),
        portal(Post, "paymentinstrumenttoken_post_createpushprovisiondata", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/pushProvisionData"),
        inferred(Post, "paymentinstrumenttoken_post_pushprovisiondata", "/programs/{programCode}/accounts/{accountIdentifier}/pushProvisionData"),
    ]),
    family("Payment instruments in a vault", "", &[
        inferred(Get, "paymentinstrumentvgs_get_getpaymentinstrumentvgs", "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments/{paymentInstrumentIdentifier}/vgs"),
    ]),
    family("Product and program", "GET /_sim/v1/programs/{code}, which shows what a program is set to", &[
        inferred(Get, "productfeaturelimits_get_getproductfeaturelimits", "/programs/{programCode}/products/{productCode}/features/{featureName}/limits"),
        inferred(Get, "products_get_getproductinterestratetier", "/programs/{programCode}/products/{productCode}/interestRateTiers"),
        inferred(Get, "products_get_getterms", "/programs/{programCode}/products/{productCode}/terms"),
        inferred(Get, "products_get_gettermbyid", "/programs/{programCode}/products/{productCode}/terms/{termId}"),
        inferred(Get, "program_get_getprograminfo", "/programs/{programCode}"),
        inferred(Get, "program_get_getinterestratetiers", "/programs/{programCode}/interestRateTiers"),
    ]),
    family("Purses", "", &[
        portal(Post, "purse_post_createpurse", "/programs/{programCode}/accounts/{accountIdentifier}/purses"),
        portal(Get, "purse_get_getpurses", "/programs/{programCode}/accounts/{accountIdentifier}/purses"),
        portal(Post, "purse_post_createcreditbuilderpurse", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/CreditBuilder/payment"),
        portal(Put, "purse_put_updatepurse", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}"),
        inferred(Delete, "purse_delete_closepurse", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}"),
        inferred(Get, "purse_get_calculateinterest", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/calculateInterest"),
    ]),
    family("Secured credit card", "", &[
        inferred(Get, "scc_get_odfeeeligibletransactions", "/programs/{programCode}/accounts/{accountIdentifier}/odFeeEligibleTransactions"),
        inferred(Get, "scc_get_getcollectionaccountstatushistory", "/programs/{programCode}/accounts/{accountIdentifier}/collectionAccountStatusHistory"),
        inferred(Get, "scceligibilities_get_scceligibilitiescheck", "/programs/{programCode}/users/{userIdentifier}/sccEligibilities"),
        inferred(Get, "scceligibilities_get_checkcreditlineincreaseeligibility", "/programs/{programCode}/accounts/{accountIdentifier}/creditLineIncreaseEligibility"),
        inferred(Get, "scceligibilities_get_checkcreditlinedecreaseeligibility", "/programs/{programCode}/accounts/{accountIdentifier}/creditLineDecreaseEligibility"),
    ]),
    family("Tokens of people", "", &[
        inferred(Post, "tokenmanagement_post_generateusertokennamesuggestioins", "/programs/{programCode}/tokens/suggestions"),
        inferred(Post, "tokenmanagement_post_createtokenidentifier", "/programs/{programCode}/accounts/{accountIdentifier}/tokens"),
        inferred(Get, "tokenmanagement_get_getusertokensbyaccountid", "/programs/{programCode}/accounts/{accountIdentifier}/tokens"),
        inferred(Put, "tokenmanagement_put_updatetokenidentifierbyresourceid", "/programs/{programCode}/resources/{resourceId}/tokens"),
        inferred(Put, "tokenmanagement_put_updaterecipientbyid", "/programs/{programCode}/recipients/{recipientId}"),
        inferred(Get, "tokenmanagement_get_getusertokensbyresourceid", "/programs/{programCode}/resources/{resourceId}/tokens"),
        second_hand(Post, "tokenmanagement_post_directorysearchtoken", "/programs/{programCode}/directory/search"),
        inferred(Post, "tokenmanagement_post_getallrecipientstoken", "/programs/{programCode}/recipients/search"),
        inferred(Post, "tokenmanagement_post_addtokentorecipientslist", "/programs/{programCode}/recipients"),
    ]),
    family("Transaction events", "", &[
        inferred(Post, "transactionevent_post_createonepaytransactionevent", "/programs/{programCode}/transactionEvents/onepay"),
    ]),
    family("Transactions", "", &[
        portal(Get, "transactions_get_gettransactionpagination", "/programs/{programCode}/accounts/{accountIdentifier}/transactions/pagination"),
        portal(Get, "transactions_get_gettransactions", "/programs/{programCode}/accounts/{accountIdentifier}/transactions"),
        inferred(Get, "transactions_get_getinterestearned", "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}/interestEarned"),
        inferred(Get, "transactions_get_getdirectdeposits", "/programs/{programCode}/accounts/{accountIdentifier}/directDeposits"),
        inferred(Get, "transactions_get_getdirectdepositor", "/programs/{programCode}/accounts/{accountIdentifier}/directDepositor"),
        inferred(Get, "transactions_get_getcashbackrewardstransactions", "/programs/{programCode}/accounts/{accountIdentifier}/transactions/cashbackRewards"),
        inferred(Get, "transactions_get_getrelatedtransactions", "/programs/{programCode}/accounts/{accountIdentifier}/transactions/{transactionIdentifier}/related"),
        inferred(Get, "transactions_get_getoverdraftfeeauthtransactions", "/programs/{programCode}/accounts/{accountIdentifier}/transactions/overdraftFeeAuth"),
        inferred(Get, "transactions_get_getoverdrafttransactions", "/programs/{programCode}/accounts/{accountIdentifier}/transactions/overdraft"),
    ]),
    family("Transfers", "", &[
        portal(Post, "transfers_post_createachtransfer", "/programs/{programCode}/transfers/ach"),
        inferred(Get, "transfers_get_getachdeliverydate", "/programs/{programCode}/transfers/ach/deliveryDate"),
        inferred(Post, "transfers_post_createmrdctransfer", "/programs/{programCode}/transfers/mrdc"),
        inferred(Post, "transfers_post_assessmrdctransfer", "/programs/{programCode}/transfers/mrdc/assessment"),
        inferred(Put, "transfers_put_updatemrdcfundsavailabledate", "/programs/{programCode}/fundfulfillment/mrdc/{transferIdentifier}"),
        portal(Post, "transfers_post_transfer", "/programs/{programCode}/transfers"),
        portal(Post, "transfers_post_assesstransfer", "/programs/{programCode}/transfers/assessment"),
        inferred(Post, "transfers_post_assessachtransfer", "/programs/{programCode}/transfers/ach/assessment"),
        inferred(Put, "transfers_put_assessupdatetransfer", "/programs/{programCode}/transfers/{transferIdentifier}/assessment"),
        second_hand(Put, "transfers_put_updatetransfer", "/programs/{programCode}/transfers/{transferIdentifier}"),
        portal(Post, "transfers_post_createwireout", "/programs/{programCode}/accounts/{accountIdentifier}/wires"),
        inferred(Post, "transfers_post_achlinkexternalaccountrequest", "/programs/{programCode}/accounts/{accountIdentifier}/externalAccounts/link"),
        inferred(Post, "transfers_post_gettransferbytoken", "/programs/{programCode}/transfers/token"),
        second_hand(Get, "transfers_get_getbankname", "/programs/{programCode}/bankNames"),
        inferred(Get, "transfers_get_getbankeligibility", "/programs/{programCode}/bankEligibility"),
        inferred(Get, "transfers_get_gettransferlimitsandfeeratesv2", "/programs/{programCode}/transferLimitsAndFeeRates"),
        portal(Post, "transfers_post_submitcheck", "/programs/{programCode}/fundfulfillment/mrdc"),
        inferred(Post, "transfers_post_createexternalaccountlinktoken", "/programs/{programCode}/accounts/{accountIdentifier}/externalAccounts/linkToken"),
        inferred(Post, "transfers_post_singlecommit", "/programs/{programCode}/transfers/singleCommit"),
        inferred(Get, "transfers_get_singlecommithealthcheck", "/programs/{programCode}/transfers/singleCommit/healthcheck"),
        inferred(Post, "transfers_post_gfttransfer", "/programs/{programCode}/transfers/gft"),
    ]),
    family("Users", "", &[
        inferred(Put, "users_put_updateuser", "/programs/{programCode}/users/{userIdentifier}"),
        inferred(Put, "users_put_updateusername", "/programs/{programCode}/users/{userIdentifier}/name"),
        inferred(Post, "users_post_validatessn", "/programs/{programCode}/users/{userIdentifier}/validateSsn"),
        inferred(Get, "users_get_getvalidatessn", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/validateSsn"),
        inferred(Post, "users_post_validateidentity", "/programs/{programCode}/users/{userIdentifier}/validateIdentity"),
        inferred(Get, "users_get_getvalidateidentity", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/validateIdentity"),
        inferred(Get, "users_get_getcreditlinerange", "/programs/{programCode}/accounts/{accountIdentifier}/creditLineRange"),
        inferred(Post, "users_post_uploadconsumerprofileattachment", "/programs/{programCode}/users/{userIdentifier}/attachments"),
        inferred(Get, "users_get_getconsumerprofileextension", "/programs/{programCode}/users/{userIdentifier}/profileExtension"),
        inferred(Put, "users_put_updatecreditlinesource", "/programs/{programCode}/accounts/{accountIdentifier}/creditLineSource"),
        inferred(Post, "users_post_getcreditscores", "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/creditScores"),
        inferred(Get, "users_get_getusersrequireidv", "/programs/{programCode}/accounts/{accountIdentifier}/users/requireIdv"),
    ]),
    family("Account features", "", &[
        guide(Put, "vipfeature_put_updatefeature", "/programs/{programCode}/accounts/{accountIdentifier}/features/{featureId}"),
        guide(Get, "vipfeature_get_getfeatures", "/programs/{programCode}/accounts/{accountIdentifier}/features"),
        inferred(Get, "vipfeature_get_getfeaturesforshowcase", "/programs/{programCode}/accounts/{accountIdentifier}/features/showcase"),
    ]),
    outside("Barcodes and stores of the retail network", &[
        inferred(Get, "barcode_inquirebarcode", "/v1/barcodes/{barcodeNumber}/retailer/{retailerKey}"),
        inferred(Get, "barcode_inquirebarcodebysenderref", "/v1/barcodes/customer/{customerRef}"),
        inferred(Put, "barcode_updatebarcodestatusbybarcodeid", "/v1/barcodes/{barcodeNumber}"),
        inferred(Post, "barcode_generatebarcodev2", "/v2/barcodes"),
        inferred(Get, "ping_get", "/v1/ping"),
        inferred(Get, "ping_get_2", "/v1/ping/{input}"),
        inferred(Post, "ping_pingwithheaders", "/v1/ping/headers/{input}"),
        inferred(Get, "retailer_getretailerdetail", "/v1/retailers"),
        portal(Get, "store_getretailer", "/v1/stores/zip_code/{zipcode}/service_type/{service_type}/page/{page}/count/{count}"),
        portal(Get, "store_getretailer_2", "/v1/stores/zip_code/{zipcode}/service_type/{service_type}"),
        inferred(Get, "store_getretailer_3", "/v1/stores/latitude/{lat}/longitude/{lng}/service_type/{service_type}/page/{page}/count/{count}"),
        inferred(Get, "store_getretailer_4", "/v1/stores/latitude/{lat}/longitude/{lng}/service_type/{service_type}/page/{page}"),
        inferred(Get, "store_getretailer_5", "/v1/stores/latitude/{lat}/longitude/{lng}/service_type/{service_type}"),
    ]),
    outside("Cash pickup of the retail network", &[
        inferred(Get, "customer_getcustomerbycustomeridv11-2", "/customers/{customerid}"),
        portal(Post, "customer_createcustomerv11-2", "/customers/{customerid}"),
        inferred(Post, "customer_createcustomerv11_2-2", "/customers"),
        portal(Post, "customerlink_createcashlink-2", "/customers/{customerid}/links/type/{fundingtype}"),
        inferred(Get, "link_linksbycustomeridv11-2", "/customers/{customerid}/links"),
        inferred(Get, "link_linkbyprofiletokenv11-2", "/links/{linkId}"),
        inferred(Get, "ping_get-3", "/ping"),
        inferred(Get, "ping_get_2-3", "/ping/{input}"),
        portal(Post, "transfer_transferv11-2", "/transfers/{transferId}"),
        portal(Get, "transfer_gettransferbytransferidv11-2", "/transfers/{transferId}"),
        inferred(Get, "transfer_gettransferbytransferrequestidv11-2", "/transfers/request/{transferRequestId}"),
        inferred(Get, "transfer_gettransfersbycustomeridv11-2", "/customers/{customerid}/transfers"),
        inferred(Get, "transfer_gettransfersbycustomeridv11_2-2", "/customers/{customerid}/transfers"),
        inferred(Get, "transfer_getcashpickuptransfersbycustomerid-2", "/customers/{customerid}/transfers/pending"),
        inferred(Get, "transfer_gettransferdetailinfobytransferid-2", "/transfers/{transferId}/detail"),
        portal(Post, "transfer_transferconfirmv11-2", "/transfers/confirm/{transferId}"),
    ]),
    outside("Financial service centers", &[
        inferred(Get, "ping-9", "/ping"),
        inferred(Post, "registration-1", "/registration/validate"),
        inferred(Post, "idvupload-1", "/idv/upload"),
        inferred(Post, "idvdocumenturlresult", "/idv/document-url-request"),
        inferred(Post, "idvdocumenturlrequest", "/idv/upload-result"),
        inferred(Post, "salecard-1", "/card/sale"),
        inferred(Post, "getdirectdepositinfo-1", "/card/direct-deposit-info"),
        portal(Post, "directdepositform", "/card/direct-deposit-form"),
        inferred(Post, "getcustomer", "/customer/info"),
        inferred(Post, "getcardinfo-1", "/card/info"),
        inferred(Post, "authreload", "/card/reload"),
        inferred(Post, "validateunloadeligibility-1", "/card/validate-unload-eligibility"),
        inferred(Post, "validatecardforunload-1", "/card/validate-card-for-unload"),
        inferred(Post, "unload-3", "/card/unload"),
        inferred(Post, "voidtransaction", "/transaction/void"),
        inferred(Post, "return-2", "/transaction/return"),
        inferred(Post, "cashpickupdetails", "/cash-pickup/details"),
        inferred(Post, "cashpickupcommit", "/cash-pickup/commit"),
        inferred(Post, "cashpickupauth", "/cash-pickup/auth"),
        inferred(Post, "replacecard-1", "/card/replace"),
        inferred(Post, "search", "/account/search"),
        inferred(Post, "transactioninfo", "/transaction/info"),
        portal(Post, "transactionhistory", "/card/transaction-history"),
        portal(Post, "getestatementlist", "/estatement/getlist"),
        inferred(Post, "getestatementfiles", "/estatement/getfiles"),
        inferred(Post, "addeditteller", "/teller/addedit"),
        inferred(Post, "associatetellercard", "/teller/associate-card"),
        inferred(Post, "getteller", "/teller/get"),
    ]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_holds_the_whole_reference_and_no_name_twice() {
        let all = || FAMILIES.iter().flat_map(|family| family.operations);
        assert_eq!((all().count(), banking().count()), (340, 283));
        let slugs: BTreeSet<&str> = all().map(|operation| operation.slug).collect();
        assert_eq!(slugs.len(), 340);
    }

    #[test]
    fn methods_agree_with_names_and_paths_are_whole() {
        for (_, Operation { slug, method, path, .. }) in banking() {
            let named = slug.split('_').nth(1).unwrap().to_uppercase();
            assert_eq!(named, method.as_str(), "{slug}");
            assert!(path.starts_with('/') && !path.contains([' ', '?', '(']), "{path}");
        }
    }

    #[test]
    fn a_form_forgets_case_names_and_the_last_slash() {
        assert_eq!(form("/programs/{programCode}/ACHTransfers/"), "/programs/{}/achtransfers");
    }
}
