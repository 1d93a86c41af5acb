//! The catalogue of events: what the vendor tells by webhook, how sure the word on the wire is, and
//! whether it is simulated. Follows the Webhooks Overview page and digests of the portal.

/// How sure the word in `eventType` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Seen in the vendor's own pages or guides.
    Printed,
    /// Written down by others who read the portal.
    SecondHand,
    /// Ours, by analogy with the printed ones.
    Reading,
}

impl Certainty {
    /// As it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Printed => "printed",
            Certainty::SecondHand => "secondHand",
            Certainty::Reading => "reading",
        }
    }
}

/// One type of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// The name in the vendor's catalogue.
    pub name: &'static str,
    /// As it stands in `eventType`.
    pub event_type: &'static str,
    /// How sure that word is.
    pub certainty: Certainty,
    /// When it is told.
    pub trigger: &'static str,
    /// Whether anything in the simulator tells it.
    pub simulated: bool,
    /// Where it is known from.
    pub source: &'static str,
}

/// The catalogue of a class of certainty: name, word, when it is told, where it is known from.
type Entry = (&'static str, &'static str, &'static str, &'static str);

const fn told(certainty: Certainty, (name, event_type, trigger, source): Entry) -> EventType {
    EventType { name, event_type, certainty, trigger, simulated: true, source }
}

const fn known(certainty: Certainty, entry: Entry) -> EventType {
    EventType { simulated: false, ..told(certainty, entry) }
}

use Certainty::{Printed, Reading, SecondHand};

const CATALOGUE: &str = "catalogue of the portal, as others wrote it down";

/// Every type.
pub const EVENT_TYPES: [EventType; 22] = [
    told(
        Printed,
        (
            "Transaction",
            "transaction",
            "a card authorization comes out, or money is posted",
            "Webhooks Overview; Example Integration Flow; Optional Add-ons",
        ),
    ),
    told(
        Printed,
        (
            "Account updated",
            "accountUpdated",
            "an enrollment makes an account, or anything changes that the event shows of one",
            "Webhook Samples; Example Integration Flow; Enrollments API Endpoints",
        ),
    ),
    told(
        Printed,
        (
            "Statement ready",
            "statementReady",
            "a cycle of the account ends and its statement is drawn, where `statements.automatic` \
             is set",
            "Webhooks Overview",
        ),
    ),
    known(
        SecondHand,
        (
            "ACH transfer",
            "achTransfer",
            "an ACH transfer is asked for, or its status changes",
            CATALOGUE,
        ),
    ),
    told(
        SecondHand,
        (
            "Card updated",
            "cardUpdate",
            "a card is ordered in place of another, or first where the program wants it told",
            CATALOGUE,
        ),
    ),
    known(
        SecondHand,
        (
            "Bill payment",
            "billPayTransfer",
            "a bill payment is debited, fails to be, or is credited back",
            CATALOGUE,
        ),
    ),
    told(
        SecondHand,
        (
            "Direct deposit switch",
            "directDepositSwitch",
            "the vendor of the switch reports progress",
            "Direct Deposit Switch; word second-hand",
        ),
    ),
    told(
        SecondHand,
        (
            "eWallet",
            "provisioning",
            "a card in a wallet is activated, suspended, resumed or deleted",
            CATALOGUE,
        ),
    ),
    told(
        Reading,
        (
            "User updated",
            "userUpdated",
            "name, address, e-mail or phone of a person changes",
            CATALOGUE,
        ),
    ),
    known(Reading, ("Interest paid", "interestPaid", "interest is posted to a purse", CATALOGUE)),
    known(
        Reading,
        (
            "Failed transfer",
            "failedTransfer",
            "a transfer that was tried again fails for lack of funds",
            CATALOGUE,
        ),
    ),
    known(
        Reading,
        (
            "NOC alert",
            "nocAlert",
            "a notification of change of an ACH entry is received",
            CATALOGUE,
        ),
    ),
    told(
        Reading,
        (
            "Check updated",
            "checkUpdated",
            "a check is declined or approved by an agent, posted or returned",
            CATALOGUE,
        ),
    ),
    told(
        Reading,
        ("MRDC check deposit", "mrdcCheckDeposit", "a deposit with the phone fails", CATALOGUE),
    ),
    known(
        Reading,
        ("Paper check", "paperCheck", "the clearing of a paper check moves on", CATALOGUE),
    ),
    known(
        Reading,
        ("Paper check order", "paperCheckOrder", "an order of paper checks moves on", CATALOGUE),
    ),
    told(
        Reading,
        (
            "Mail tracking",
            "mailTracking",
            "a card in the mail reaches another stage",
            "Optional Add-ons; catalogue second-hand",
        ),
    ),
    known(
        Reading,
        (
            "Promotional",
            "promotional",
            "a promotional transaction is processed; piebox tells it as transaction",
            "Optional Add-ons; catalogue second-hand",
        ),
    ),
    known(
        Reading,
        ("P2P transfer", "p2pTransfer", "a transfer between persons is processed", CATALOGUE),
    ),
    told(Reading, ("ATM PIN update", "atmPinUpdate", "the PIN of a card is set", CATALOGUE)),
    known(
        Reading,
        ("Auto money movement", "autoMoneyMovement", "a rule moves money, or fails to", CATALOGUE),
    ),
    told(
        Reading,
        (
            "Adjustment final status",
            "adjustmentFinalStatus",
            "a pending adjustment has failed all its retries",
            CATALOGUE,
        ),
    ),
];

/// The type of that word.
pub fn find(event_type: &str) -> Option<&'static EventType> {
    EVENT_TYPES.iter().find(|known| known.event_type == event_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_listed_once() {
        for (number, known) in EVENT_TYPES.iter().enumerate() {
            let again = EVENT_TYPES[..number].iter().find(|e| e.event_type == known.event_type);
            assert_eq!(again, None);
        }
    }
}
