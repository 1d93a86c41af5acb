//! An address to be verified, and what can be said of it.

use crate::kernel::states::states;

states! {
    /// `matchLevel`.
    MatchLevel {
        /// It is an address; the suggestion tells how it is written.
        Verified = "verified",
        /// Something was put right that the customer should look at.
        InteractionRequired = "interactionRequired",
        /// The building is there, and the unit is missing.
        PremisesPartial = "premisesPartial",
        /// The street is there, and the number is missing or wrong.
        StreetPartial = "streetPartial",
        /// Several addresses come into question.
        Multiple = "multiple",
        /// There is no such address.
        None = "none",
    }

    /// `type` and `addressType` of a suggestion.
    AddressKind {
        /// A house.
        Street = "street",
        /// A unit of a house.
        HighRise = "highRise",
        /// A box at a post office.
        PostOfficeBox = "postOfficeBox",
        /// The military's post.
        Military = "military",
    }
}

/// An address as given. Texts are composed, without spaces around them; empty ones are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenAddress {
    /// `addressLine1`.
    pub line1: Option<String>,
    /// `addressLine2`.
    pub line2: Option<String>,
    /// `city`.
    pub city: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `zipCode`.
    pub zip: Option<String>,
}

/// An address with all that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostalAddress {
    /// Number and street, or box.
    pub line1: String,
    /// Unit; empty if there is none.
    pub line2: String,
    /// City.
    pub city: String,
    /// As given, or the postal code of a suggestion.
    pub state: String,
    /// As given, or five digits, or nine with a hyphen, of a suggestion.
    pub zip: String,
}

/// An address as it is written, and what kind it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The address.
    pub address: PostalAddress,
    /// Its kind.
    pub kind: AddressKind,
}

/// What can be said of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How well it is known.
    pub level: MatchLevel,
    /// How it may be written.
    pub suggestions: Vec<Suggestion>,
}

impl Verdict {
    /// Whether mail reaches it as it was given, whatever its spelling.
    pub fn is_valid(&self) -> bool {
        self.level == MatchLevel::Verified
    }
}
