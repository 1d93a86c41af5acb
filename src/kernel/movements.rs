//! The words in which movements of money are spoken of, shared by settings and families.

use super::states::states;

states! {
    /// Which way money moves, as the customer sees it (`isCredit`).
    Direction {
        /// Into the account.
        Credit = "credit",
        /// Out of it.
        Debit = "debit",
    }

    /// `transactionType`: the values of the Transactions page, and what adjustments may be shown
    /// as.
    TransactionType {
        /// A card was used at a merchant.
        Purchase = "purchase",
        /// A merchant gave money back.
        Refund = "refund",
        /// Cash from a machine.
        AtmWithdrawal = "atmWithdrawal",
        /// An ACH entry that came in, credit or debit.
        AchIn = "achIn",
        /// An ACH entry that went out.
        AchOut = "achOut",
        /// A transfer from the partner's side.
        PartnerTransferIn = "partnerTransferIn",
        /// Cash loaded with a barcode.
        ECash = "eCash",
        /// From person to person.
        PeerTransfer = "peerTransfer",
        /// From purse to purse.
        PurseTransfer = "purseTransfer",
        /// A bill was paid.
        BillPay = "billPay",
        /// A fee.
        Fee = "fee",
        /// An adjustment of the balance.
        Adjustment = "adjustment",
        /// A promotional credit, where a program shows it as such.
        Promo = "promo",
        /// Anything else.
        Other = "other",
    }

    /// The books of a program that stand on the other side of every posting.
    ProgramBook {
        /// What the partner funds: promotions, disbursements, test money.
        Funding = "funding",
        /// Fees earned.
        Fees = "fees",
        /// What is settled with the outside: cards, ACH, checks.
        Settlement = "settlement",
        /// Money between two purses; empty whenever a transfer is through.
        Transfers = "transfers",
    }
}

impl Direction {
    /// Whether money comes in.
    pub fn is_credit(self) -> bool {
        self == Direction::Credit
    }

    /// In or out.
    pub fn of_credit(is_credit: bool) -> Self {
        if is_credit { Direction::Credit } else { Direction::Debit }
    }
}
