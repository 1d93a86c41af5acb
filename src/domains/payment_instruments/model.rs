//! What a partner asks for when it completes a registration.

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
