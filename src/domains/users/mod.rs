//! Users: who a person is, as partners write it into every document about a person. Follows the
//! user data part of Enrollments API Endpoints.
//!
//! Invariants: a document is judged as it was given ([`rules::judge`]), and only what reads well
//! becomes the profile that is kept ([`model::NewPerson::profile`]): ZIP codes of five digits, one
//! default address, one default phone. A change touches the parts it names ([`changes`]). No
//! operation of its own yet; enrolling uses all of it.

pub mod addresses;
pub mod changes;
pub mod embossing;
pub mod model;
pub mod names;
pub mod ops;
pub mod rules;
pub mod wire;
