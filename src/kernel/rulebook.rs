//! Every documented behaviour that the simulator shows or will show, one [`Rule`] each.
//!
//! Each id is claimed by the tests that prove it, and `docs/rules.md` is generated from this list.
//! An id is never reused: a rule that falls away leaves a gap. `n/m` in a sentence is the code and
//! subCode of `responseDetails`; a bare status is the HTTP one.

use Basis::{Guide, GuideAndPortal, GuideAndReading, Portal, Reading};

/// Where a rule is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Printed in one of the vendor's guides that we hold in full.
    Guide,
    /// Printed in public pages of the vendor's portal.
    Portal,
    /// Our reading, where the vendor is silent.
    Reading,
    /// Printed in a guide; our reading fills in the rest.
    GuideAndReading,
    /// Printed partly in a guide, partly in the portal.
    GuideAndPortal,
}

/// One documented behaviour.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Family and number, as tests and explanations name it.
    pub id: &'static str,
    /// What the simulator does: one sentence of at most 160 characters.
    pub says: &'static str,
    /// Where the rule is known from.
    pub basis: Basis,
    /// False while the id waits: the simulator does not show the behaviour yet.
    pub built: bool,
}

/// A rule that the simulator shows.
const fn shown(id: &'static str, says: &'static str, basis: Basis) -> Rule {
    Rule { id, says, basis, built: true }
}

/// A rule that still waits.
#[expect(dead_code, reason = "none does at present; the next family begins with some")]
const fn waits(id: &'static str, says: &'static str, basis: Basis) -> Rule {
    Rule { id, says, basis, built: false }
}

/// The whole list, family by family. Laid out by hand: rustfmt would give each argument a line.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Foundations.
    shown("AUTH-1", "`POST /authentication` trades Basic client credentials, as JSON or a form, \
        for a 24-hour Bearer token; it needs and echoes the request id.", Portal),
    shown("AUTH-2", "A token call with a malformed body or other grant type gets 400; bad \
        credentials or a scope never granted get 401.", Portal),
    shown("AUTH-3", "A call gets 401 and one of six fixed texts: no Bearer, bad format, bad token, \
        expired token, scope lacking, program not allowed.", Portal),
    shown("AUTH-4", "A token dies 24 hours after it was issued, measured on the simulated clock, \
        and is then refused with 401.", Portal),
    shown("AUTH-5", "Below `/directdeposit/` the token may also come in a header named \
        `Authentication`.", Guide),
    shown("HDR-1", "A call whose `X-GD-RequestId` is absent or no GUID is refused with HTTP \
        400.", Guide),
    shown("HDR-2", "Every answer, refusals too, returns the request id; the header's case is free \
        and `X-GD-Request-Id` is understood.", Portal),
    shown("HDR-3", "A program code nobody configured answers HTTP 400 with code 1000/0.", Portal),
    shown("HDR-4", "Quoted booleans are read as real ones; answers carry only real booleans and \
        numbers.", Guide),
    shown("HDR-5", "A broken, mistyped, oversized or foreign body gets an enveloped 400, 413 or \
        415 naming the field, never a trace or a cut connection.", Reading),
    shown("HDR-6", "An operation of the vendor's reference that is not simulated answers 501 at \
        its path, and the explanation names it.", Reading),
    shown("ENV-1", "Each answer has a `responseDetails` array with integer code and subCode, \
        description and url `http://tbd`; success is 0/0.", Guide),
    shown("ENV-2", "Business refusals (codes 1 to 5) come with HTTP 200, validation faults with \
        400, unknown things with 404 (400 while upgrading).", GuideAndPortal),
    shown("ENV-3", "Of several faults in one call only the first in the fixed checking order is \
        reported.", Reading),
    shown("CRY-1", "`EC_v1` containers are opened and made bit for bit, as a fixed test vector \
        proves in both directions.", Portal),
    shown("CRY-2", "By program setting plain user data is refused (`required`) or taken \
        (`optional`), or answers omit encrypted members (`off`).", GuideAndPortal),
    shown("CRY-3", "A container that cannot be opened is refused with 400 and the exact cause, and \
        no account arises.", Reading),
    shown("CRY-4", "Card data in answers opens with the partner's key: a Luhn-valid PAN ending in \
        last4Pan, the expiry, and the CVV of a virtual card.", GuideAndReading),
    shown("CRY-5", "`GET /programs/{programCode}/certificates` hands out the key that partners \
        encrypt to.", Portal),
    shown("IDM-1", "An enrollment repeated with its request id and identity, even in parallel or \
        after a restart, gives one answer, account and webhook.", GuideAndPortal),
    shown("IDM-2", "A known request id with another identity counts as a new request.", Portal),
    shown("IDM-3", "A call overlapping another on request id or SSN waits its turn, and gets 409 \
        with code 4091 if that takes too long.", Portal),
    shown("HLT-1", "`GET /healthCheck` and `GET /ping` answer 200 in their documented \
        shapes.", Portal),

    // Enrollments: the request. HTTP 400 unless another status is named.
    shown("ENR-1", "`firstName` is required and has 1 to 35 characters, else code 400/501.", Guide),
    shown("ENR-2", "`lastName` is required and has 2 to 35 characters, else code 400/502.", Guide),
    shown("ENR-3", "`middleName` has at most 100 characters, else code 400/503.", Guide),
    shown("ENR-4", "Names take letters (six diacritics, composed or not), space, apostrophe, \
        hyphen and period; all else is code 640/501, 502 or 503.", Guide),
    shown("ENR-5", "A name starts and ends with a letter and has no two special characters side by \
        side, else the 640 codes apply.", Guide),
    shown("ENR-6", "Under the `strict25` preset a name of 26 letters is too long (400/501 to \
        400/503).", Guide),
    shown("ENR-7", "Lengths: addressLine1 2 to 40 (else 400/505), addressLine2 up to 40 (400/506), \
        city up to 25 (400/504).", Guide),
    shown("ENR-8", "Characters not allowed in addressLine1, addressLine2 or city give code \
        640/505, 640/506 or 640/504.", Guide),
    shown("ENR-9", "An enrollment without a home address is refused with code 1042/0.", Guide),
    shown("ENR-10", "Two addresses of one type, whatever the letter case, are refused with code \
        1020/0.", Guide),
    shown("ENR-11", "More than one default address is refused with code 1040/0.", Guide),
    shown("ENR-12", "Where nothing is marked default, the home address and the first phone take \
        that role.", Guide),
    shown("ENR-13", "More than one default phone is refused with code 1040/0.", Guide),
    shown("ENR-14", "Asking for KYC without any phone is refused with code 101/0.", Guide),
    shown("ENR-15", "A phone needs exactly 10 digits and the type mobile, home or work; the 400 \
        names the field at fault.", GuideAndReading),
    shown("ENR-16", "With KYC the home address needs its first line and either city and state or \
        the ZIP code, else 1042/0 in words of its own.", GuideAndReading),
    shown("ENR-17", "A birth date that is malformed, impossible, before 1901, still to come or a \
        minor's gives code 700/0.", GuideAndReading),
    shown("ENR-18", "Identifying data without a birth date gives code 200/0.", Portal),
    shown("ENR-19", "Giving both `ssn` and `ssnSuffix` is refused with code 630/0.", Guide),
    shown("ENR-20", "An `onboardingID` together with either form of SSN is refused with code \
        630/0.", Guide),
    shown("ENR-21", "`ssn` has exactly 9 digits, `ssnSuffix` exactly 4, and the product says which \
        it wants; the 400 names the field.", GuideAndReading),
    shown("ENR-22", "State GU or PR gets 3/65 on HTTP 200 and no account; DC and VI may enroll; a \
        state not of two letters gets 400.", GuideAndPortal),
    shown("ENR-23", "ZIP+4 is cut to its five digits for storage and answers; any other form is \
        refused with 400.", Guide),
    shown("ENR-24", "An e-mail over 255 characters is refused with 400; a plus sign in its local \
        part passes in PIE mode only.", Guide),
    shown("ENR-25", "A PO box or foreign home address is refused with 400 when KYC is asked \
        for.", Guide),
    shown("ENR-26", "An unknown currency gives code 650/0, one the product does not offer \
        650/430.", Guide),
    shown("ENR-27", "Terms accepted over 720 hours before or after now give code 620/0; exactly \
        720 pass, and no time given means now.", Guide),
    shown("ENR-28", "Leaving terms that the program requires unaccepted is refused with \
        400.", Portal),
    shown("ENR-29", "A product with physical cards needs the city, else code 400/504.", Guide),
    shown("ENR-30", "An unknown product code gives 1000/0, a card material the product does not \
        offer 431/2.", GuideAndPortal),

    // Enrollments: the outcome.
    shown("ENR-40", "A passed enrollment answers 0/0 and the full account: normal, healthy, KYC \
        and OFAC passed, a primary purse at zero.", Guide),
    shown("ENR-41", "On request a not activated emv card joins the virtual one, sharing PAN and \
        payment id but not the instrument id; else the virtual is alone.", Guide),
    shown("ENR-42", "`accountCycleDay`, the day from 1 to 28 that opens a statement cycle, is left \
        out while unset.", Guide),
    shown("ENR-43", "`executeKycFlag` false skips KYC, yet OFAC screening takes place.", Guide),
    shown("ENR-44", "Diacritics stay in the profile and become base letters on the embossed \
        card.", Guide),
    shown("ENR-45", "Enrollments that succeed or stay pending send accountUpdated; one ended by a \
        server error never does.", Guide),
    shown("ENR-46", "Reading an enrollment adds members to the account, shows both joint holders, \
        and has UpgradeKycStateData only during an upgrade.", Guide),
    shown("ENR-47", "`PUT /enrollments/account/{id}`, plural too, edits the profile by the same \
        rules; identity stays fixed once KYC is complete.", Guide),
    shown("KYC-1", "By default an SSN starting with 451 gets KYC failed, OFAC passed: locked, \
        registrationFailed, gate none, 2/11.", Portal),
    shown("KYC-2", "By default an SSN starting with 554 gets KYC failed, OFAC pending: pending, \
        registrationNotComplete, gate kyc2, 1/10.", Portal),
    shown("KYC-3", "By default an SSN starting with 452 gets KYC failed, OFAC passed: locked, \
        registrationFailed, gate none, 2/11.", Portal),
    shown("KYC-4", "By default an SSN starting with 401 gets KYC passed, OFAC failed: locked, \
        registrationNotComplete, gate manual, 2/31.", Portal),
    shown("KYC-5", "By default an SSN starting with 992 gets KYC failed, OFAC failed: locked, \
        registrationNotComplete, gate idv, 1/34.", Portal),
    shown("KYC-6", "By default an SSN starting with 991 gets KYC failed, OFAC passed: pending, \
        registrationNotComplete, gate idv, 1/10.", Portal),
    shown("KYC-7", "By default an SSN starting with 10 gets KYC passed, OFAC passed: normal, \
        healthy, gate healthy, 0/0.", Portal),
    shown("LIM-1", "A second active account for one SSN and birth date in a program is refused \
        with 2/60 and shows the existing account.", Guide),
    shown("LIM-2", "A second active account for an SSN under another birth date is refused with \
        2/60 and nothing but responseDetails.", Guide),
    shown("LIM-3", "A fourth account in the life of an SSN is refused with 2/61.", Guide),
    shown("LIM-4", "A third active account on one default phone is refused with 2/63.", Guide),
    shown("LIM-5", "An eleventh account in the life of a default phone is refused with \
        2/66.", Guide),
    shown("LIM-6", "An ITIN is limited like an SSN: one active account (2/60), three in its life \
        (2/61).", Guide),
    shown("LIM-7", "Limits count per program and by default phone alone; closing an account frees \
        an active place, not a lifetime one.", Guide),
    shown("LIM-8", "A profile update to a phone that is at its limit is declined.", Guide),
    shown("LIM-9", "However many enrollments with one SSN run at once, exactly one account \
        results.", Reading),
    shown("OFC-1", "An OFAC match leaves the account pending at gate manual, without cards, and \
        sends accountUpdated.", Guide),
    shown("OFC-2", "When the OFAC review clears, the enrollment finishes unaided: cards, cycle \
        day, normal, healthy, accountUpdated.", Guide),
    shown("OFC-3", "When the OFAC review fails, the account ends declined with OFAC failed, and \
        accountUpdated says so.", Guide),
    shown("BCD-1", "An interrupted enrollment answers 503 and an empty account; it stays \
        registrationNotComplete without cycle day, cards or webhook.", Guide),
    shown("BCD-2", "Repeating the interrupted call, optional members added or not, finishes it: \
        cycle day, cards, normal, healthy, accountUpdated.", Guide),
    shown("INS-1", "A package lookup that cannot connect gives code 5020/5021.", Guide),
    shown("INS-2", "An identifier that belongs to no package gives code 5020/5022.", Guide),
    shown("INS-3", "A package already taken gives code 5020/5023.", Guide),
    shown("INS-4", "A product without instant issue gives code 5030/5031.", Guide),
    shown("INS-5", "Asking for plastic where instant issue rules it out gives code \
        5030/5032.", Guide),
    shown("INS-6", "Instant issue without a type gives code 600/6181, with a type other than CBS \
        600/6182.", Guide),
    shown("INS-7", "Instant issue without a mapping identifier gives code 600/6183, with an \
        invalid one 600/6184.", Guide),
    shown("UPG-1", "`upgradeFlag` turns a healthy GPR account into a DDA with new product, terms \
        and history, and sends a webhook.", Guide),
    shown("UPG-2", "An upgrade whose account identifier is missing or invalid gives code \
        350/0.", Guide),
    shown("UPG-3", "An upgrade that would alter the user profile gives code 4502/0.", Guide),
    shown("UPG-4", "An upgrade of an account that is not normal gives code 4503/0.", Guide),
    shown("UPG-5", "An upgrade to the product the account already has gives code 4504/0.", Guide),
    shown("UPG-6", "An upgrade reusing a request id for another account gives code 4505/0.", Guide),
    shown("UPG-7", "An upgrade to a product that is no allowed target gives code 4506/0.", Guide),
    shown("UPG-8", "An upgrade of an unknown account gives code 10/0 on HTTP 400.", Guide),
    shown("UPG-9", "An upgrade that the card processor fails gives code 5030/0; an unfit card \
        material is refused as well.", Guide),
    shown("GATE-1", "A document scan answers 202 with an onboardingID that replaces the SSN when \
        enrolling; an unknown or used one gets 400.", Guide),
    shown("GATE-2", "The kyc2, idv and document gates move the account along a fixed table; a gate \
        that is not pending gives 1/12, no change.", Portal),
    shown("GATE-3", "After a KYC cure the partner's `POST .../paymentInstruments` completes the \
        account: cards, cycle day, normal.", Portal),
    shown("ITN-1", "An ITIN that is not 9 digits led by a 9 gives HTTP 400, code 761/0; the \
        identity path also works without its program.", Guide),
    shown("ITN-2", "Adding an ITIN to an account not enrolled by Matricula gives 5/380 on HTTP \
        200.", Guide),
    shown("ITN-3", "Adding an ITIN past its account limits gives 2/60 or 2/61.", Guide),
    shown("LNK-1", "The activation link call with account, idType or country empty gives HTTP 400, \
        code 200/0.", Guide),
    shown("LNK-2", "The activation link call with all three values answers a link for that \
        account.", Guide),
    shown("JNT-1", "A second, non-primary holder may join; a third (5/102), a locked account \
        (5/100) or a business one (10/0) is refused on HTTP 200.", Portal),

    // Accounts and cards.
    shown("ACC-1", "Reading an account shows the enrolled object; an unknown id gives 404 with \
        10/0, an id that is no GUID 400.", Portal),
    shown("ACC-2", "Terms are opted in and out within 720 hours of now; opting out of negBal while \
        NB100 is on gives 5/58 and changes nothing.", Guide),
    shown("ACC-3", "Setting a status and closing check their preconditions and send \
        accountUpdated; closing sweeps the purses.", Portal),
    shown("ACC-4", "A card left blocked after a fraud block is retried 3 times in 15 minutes; if \
        all fail: locked, underReview, manual, accountBlock.", Guide),
    shown("ACC-5", "Users can be listed and updated; phones merge by type and none is removed; a \
        locked account answers 5/362.", Portal),
    shown("CRD-1", "Cards can be listed, read, activated, given a PIN, paused, unpaused and \
        replaced.", Portal),
    shown("CRD-2", "Activating a newer card deactivates the older ones that were never \
        activated.", Portal),
    shown("CRD-3", "A card yields push provisioning data for a wallet.", GuideAndPortal),
    shown("DLV-1", "A card without delivery data so far answers 11/1200; how those digits split is \
        a setting.", Guide),
    shown("DLV-2", "For 60 days the newest card of a PAN shows its mailing since issue, with REP, \
        LSR or REI and no arrival date once activated.", Guide),

    // Adjustments and transactions.
    shown("ADJ-1", "A credit (promo, disbursement, instructionCredit) completes: both balances \
        rise at once, one transaction, one webhook.", Guide),
    shown("ADJ-2", "A debit (instructionDebit, anyDebitOut, achOut) that the balance covers \
        completes with reason success.", Guide),
    shown("ADJ-3", "A debit beyond the balance is declined as insufficientFunds, with no posting \
        or webhook, unless debitToNegative permits it.", GuideAndPortal),
    shown("ADJ-4", "A reversal type posts the opposite way by its own amount and never looks up \
        the original.", Guide),
    shown("ADJ-5", "A type unknown or not configured for the program gets 400; instructionCredit \
        and instructionDebit are open in PIE mode.", Guide),
    shown("ADJ-6", "A fee is posted and shown apart from the amount.", GuideAndReading),
    shown("ADJ-7", "An adjustment can be read back by its identifier; an unknown one gives \
        404.", Guide),
    shown("ADJ-8", "A repeated adjustmentIdentifier gives the stored outcome without posting \
        again, and 400 if the body differs.", Reading),
    shown("ADJ-9", "A scripted processor timeout leaves an adjustment pending for the retry job; \
        if all retries fail, a final-status webhook goes out.", Guide),
    shown("ADJ-10", "An adjustment on a closed or restricted account gives 4/105, a bad amount \
        400, a bad currency 650/0.", GuideAndReading),
    shown("ADJ-11", "Parallel debits never take a balance below zero, and it always equals the sum \
        of its postings.", Reading),
    shown("ADJ-12", "Each program and day has a CSV of its adjustments whose sums agree with the \
        ledger.", Guide),
    shown("TXN-1", "Transactions filter by up to 92 days, type, status and purse, in pages; \
        pending ones lead, only if the range reaches today.", GuideAndPortal),
    shown("TXN-2", "A row from an adjustment carries its adjustmentIdentifier and description; a \
        promo is labelled `Promotional Credit`.", Guide),
    shown("TXN-3", "Scripted card traffic and direct deposits make rows and webhooks; a hold moves \
        the available balance only, a posting both.", GuideAndPortal),

    // Features.
    shown("FEA-1", "A feature is switched on or off by `authorize`; the list shows the active ones \
        and is empty when there are none.", Guide),
    shown("FEA-2", "Only one of UCB1 to UCB4 can be on, NB100 beside it; a second one is \
        refused.", Guide),
    shown("FEA-3", "Of the hold tiers RDC0, 1, 2, 3, 4, 5, 8 and 10 exactly one is active; \
        assigning another replaces it.", Guide),
    shown("FEA-4", "An unknown feature answers HTTP 503 with the vendor's own text.", Guide),
    shown("FEA-5", "With terms enforcement on, a feature whose terms are not accepted gives \
        5/55.", Guide),
    shown("FEA-6", "Leaving NB100 also opts the account out of the negBal terms.", Guide),
    shown("FEA-7", "Feature calls give 4/105 on closed or restricted accounts, 10/10 for a bad id, \
        10/0 for an unknown account or a feature not enrolled.", Guide),
    shown("FEA-8", "With NB100, card and fee debits may take the balance down to \
        -100.00.", GuideAndReading),

    // Purses and transfers between them.
    shown("PRS-1", "A purse is made on an account in use, by type with description, goal and \
        tier; the list shows all open ones with their balances.", Portal),
    shown("PRS-2", "A purse can be described anew, hidden or given round-ups, also while its \
        account is restricted with a cure.", Portal),
    shown("PRS-3", "Only an empty purse other than the primary one can be closed; it is shown \
        nowhere any more.", Portal),
    shown("TRF-1", "A transfer between two purses of an account moves both balances at once and \
        makes two rows and two events.", Portal),
    shown("TRF-2", "A repeated transferIdentifier or request id gives the status of the first \
        call without another execution, and 400 if the body differs.", Portal),
    shown("TRF-3", "A transfer that the purse cannot cover fails and is not tried again; an \
        account that is not in use gets 4/105.", GuideAndPortal),
    shown("TRF-4", "A documented transferType other than between purses answers HTTP 501, an \
        unknown one 400.", Reading),
    shown("TRF-5", "An assessment judges a transfer as it stands and moves nothing.", Portal),

    // Checks deposited by picture.
    shown("CHK-1", "A check that is accepted is posted and held for the business days of the \
        account's tier, and the clock releases it.", GuideAndPortal),
    shown("CHK-2", "One transferIdentifier is one deposit however often it comes; a check beyond a \
        limit is taken in and declined.", GuideAndReading),
    shown("CHK-3", "While a check is pending or in review the partner accepts it or cancels it, \
        once; a cancelled one posts nothing.", Portal),
    shown("CHK-4", "A check that an agent declines posts nothing; one that its bank returns takes \
        its money back, once, whatever is there.", Portal),
    shown("CHK-5", "The day of the funds may be moved to a business day between today and the \
        scheduled one; another gives 935/0.", Portal),

    // Verifications.
    shown("CV-1", "A contact verification is generated, passes with the right code and then shows \
        as verified.", Guide),
    shown("CV-2", "A wrong, expired or too often tried code, or an unknown verification, gives a \
        non-zero code; tries are counted, and what is decided stays.", GuideAndReading),
    shown("CV-3", "Enrollment accepts verified contact ids; strict mode refuses any other.", Guide),
    shown("ADR-1", "Address checks give suggestions, validity and match level for valid, \
        corrected, partial and unknown addresses by a fixed table.", Guide),

    // Direct deposit switch.
    shown("DDS-1", "Starting a switch gives vendorToken, switchId and vendor `Atomic`, with an \
        attempt in `Started`.", Guide),
    shown("DDS-2", "Switch attempts can be listed and the latest read, each with its own empty \
        form.", Guide),
    shown("DDS-3", "A patch may set amount, amountType, depositor, statusReason and status \
        Submitted or Aborted; all else gets 400 and changes nothing.", Guide),
    shown("DDS-4", "Scripted vendor progress sets the status, adds to eventIds and sends a \
        directDepositSwitch webhook.", Guide),
    shown("DDS-5", "The manual form is a base64 one-page PDF whose text holds the six values; a \
        missing one gets 400.", Guide),

    // Statements.
    shown("STM-1", "Each statement cycle that has ended is listed by its period YYYYMM, none yet \
        as an empty list; after the cycle in which an account closes there is none.", Portal),
    shown("STM-2", "A statement is a base64 PDF of all that was posted in its cycle; opening \
        balance, sums and closing balance agree with the ledger to the cent.", Portal),
    shown("STM-3", "A statement never changes: its bytes stay whatever is renamed, posted or \
        closed later.", Reading),
    shown("STM-4", "Where cycles close by the clock, each sends one statementReady webhook, in \
        order, however far the clock jumps.", Reading),
    shown("STM-5", "A malformed statement period gets 400, one whose cycle has not ended or never \
        was gets 404 with 10/1.", Reading),

    // Webhooks.
    shown("WHK-1", "Each event is posted to the URL set for its program and type, in the \
        `accounts[].events[]` envelope with the exact vendor headers.", Portal),
    shown("WHK-2", "Deliveries use no login, an API key, OAuth client credentials, a self-signed \
        HS256 token or a client certificate, and may sign the body.", Portal),
    shown("WHK-3", "Only a 200 or 201 that echoes the request id with code 0 counts as received; \
        any other answer is logged as failed, with why.", Portal),
    shown("WHK-4", "Opt-in retries run hourly for 24 simulated hours on 5xx, timeouts and \
        connection faults; 4xx beyond 401 and 403 are final.", Portal),
    shown("WHK-5", "Events survive a kill at any point, go out at least once, never before their \
        commit and never for a rolled-back call.", Reading),
    shown("WHK-6", "One account's events are delivered in order, and a dead endpoint holds up no \
        other.", Reading),
    shown("WHK-7", "No SSN, PIN, CVV, expiry or full PAN appears in any webhook, log, journal or \
        export.", Portal),
    shown("WHK-8", "The test-event endpoints post a given event to a URL, receive one as a partner \
        would and configure that receiver.", Portal),
    shown("WHK-9", "Through the control API deliveries can be searched, one event or a range sent \
        again, and an event awaited.", Reading),

    // The journal.
    shown("JRN-1", "A call is in its program's journal before its answer leaves: what was asked, \
        answered and caused, the rule that refused, faults.", Reading),
    shown("JRN-2", "The journal holds no identity number, PIN, card number, CVV, token, secret, \
        one-time code or sealed member, at any depth, by name or by look.", Reading),
    shown("JRN-3", "Calls are counted, put in order and ruled out; a claim that fails names the \
        nearest miss and what it lacks; one may wait until it holds.", Reading),
    shown("JRN-4", "A program's journal keeps the latest calls and goes with a reset; it holds no \
        call up, and counts those that it cannot keep.", Reading),
    shown("JRN-5", "A refusal is explained by its request id: rule, facts, source and, where that \
        is known, what would make the call pass.", Reading),
    shown("JRN-6", "The timeline of an account tells calls, states, money, webhooks, tasks, faults \
        and clock moves in the order of the program's clock.", Reading),

    shown("FLT-1", "A fault strikes calls whose token, request id and program are good; others \
        use no rule up.", Reading),
    shown("FLT-2", "A fault rule that is misspelt or can never strike is refused, and the answer \
        names the member and the nearest names.", Reading),
    shown("FLT-3", "Under `status`, `reset` and a latency before the call nothing has been done \
        when the caller hears or hangs up.", Reading),
    shown("FLT-4", "Under `failBeforeCommit` the answer is 503/0 and nothing is written; the rule \
        is used up, unless there was nothing to write.", Reading),
    shown("FLT-5", "Under `loseAnswer`, `empty`, `malformed` and a late answer the call is carried \
        out once; its repetition is answered from the record.", Reading),
    shown("FLT-6", "The header X-Piebox-Fault has a fault befall its own call, unless \
        faults.byHeader is off; a wrong value is refused and nothing done.", Reading),
    shown("FLT-7", "An answer names in X-Piebox-Fault what struck it, and each rule counts the \
        calls that it matched and struck.", Reading),
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut seen = HashSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        }
    }

    #[test]
    fn sentences_are_short_and_end_with_a_period() {
        for rule in RULES {
            assert!(rule.says.ends_with('.'), "{}: no period at the end", rule.id);
            let length = rule.says.chars().count();
            assert!(length <= 160, "{}: {length} characters", rule.id);
            assert!(!rule.says.contains("  "), "{}: two spaces in a row", rule.id);
        }
    }

    #[test]
    fn every_id_is_found_and_nothing_else() {
        for rule in RULES {
            assert_eq!(find(rule.id).map(|found| found.says), Some(rule.says));
        }
        assert!(find("AUTH-1").is_some_and(|rule| rule.built && rule.basis == Portal));
        assert!(find("auth-1").is_none());
        assert!(find("ENR-99").is_none());
    }
}
