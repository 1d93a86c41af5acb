//! What a partner asks for when it completes a registration.

use crate::domains::accounts::model::CardOrder;

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
