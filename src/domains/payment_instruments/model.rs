//! What a partner asks for: when it completes a registration, and of a card that exists.

use crate::domains::accounts::model::{CardOrder, EmbossType};
use crate::kernel::states::states;

/// The cards asked for; what is absent stays as it was asked for when enrolling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// The account once more; must be the one of the path.
    pub account: Option<String>,
    /// A holder of it.
    pub user: Option<String>,
    /// What the plastic is made of.
    pub material: Option<String>,
    /// Plastic beside the virtual card.
    pub wants_plastic: Option<bool>,
    /// Completes an upgrade instead of a registration.
    pub is_upgrade: bool,
}

impl Completion {
    /// Lays what is asked for now over what was asked for before.
    pub fn change(&self, order: &mut CardOrder) {
        if let Some(plastic) = self.wants_plastic {
            order.plastic = plastic;
        }
        if let Some(material) = &self.material {
            order.material = Some(material.clone());
        }
    }
}

states! {
    /// `lifecycleEventType`.
    EventType {
        /// Take the card into use.
        Activate = "activate",
        /// Stop it for a while.
        Pause = "pause",
        /// Go on with it.
        Unpause = "unpause",
        /// Order another one in its place.
        Replace = "replace",
    }

    /// `replaceReason`.
    ReplaceReason {
        /// Nobody knows where it is.
        Lost = "lost",
        /// Somebody else has it.
        Stolen = "stolen",
        /// It does not work.
        Damaged = "damaged",
        /// It ends.
        Expired = "expired",
    }

    /// `channel`: from where a PIN was set.
    Channel {
        /// Not said.
        Unknown = "Unknown",
        /// By phone.
        Ivr = "IVR",
        /// In the app.
        Mobile = "Mobile",
        /// In a widget of the vendor's.
        PciWidget = "PCIWidget",
        /// In a browser.
        Web = "Web",
    }

    /// `pciData`: what is wanted of a card's private data.
    PciField {
        /// The card number.
        Pan = "pan",
        /// The three digits on its back.
        Cvv = "cvv",
        /// Month and year.
        Expiration = "expirationDate",
    }
}

impl ReplaceReason {
    /// What the new plastic is embossed for.
    pub fn emboss_type(self) -> EmbossType {
        match self {
            ReplaceReason::Lost | ReplaceReason::Stolen => EmbossType::LostOrStolen,
            ReplaceReason::Damaged => EmbossType::Replacement,
            ReplaceReason::Expired => EmbossType::Reissue,
        }
    }

    /// Whether the number of the card is good no longer.
    pub fn ends_number(self) -> bool {
        matches!(self, ReplaceReason::Lost | ReplaceReason::Stolen)
    }
}

/// A replacement as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Why.
    pub reason: ReplaceReason,
    /// What the new plastic is made of; as before if absent.
    pub material: Option<String>,
}

/// What is printed on a card, as somebody gives it. Secret: it is never shown.
pub struct CardData {
    /// 16 digits.
    pub pan: Option<String>,
    /// 3 digits.
    pub cvv: Option<String>,
    /// Month, 1 to 12, and year.
    pub expiry: Option<(u32, u32)>,
}

/// What happens to a card.
pub enum CardEvent {
    /// It is taken into use; with what is printed on it, if that is to be proved.
    Activate(Option<CardData>),
    /// It is stopped for a while.
    Pause,
    /// It goes on.
    Unpause,
    /// Another one is ordered in its place.
    Replace(Replacement),
}
