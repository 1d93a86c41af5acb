//! The body of PUT enrollment: the user document with the parts that change. The guide prints the
//! path alone; the members are those of POST enrollments, below `user` or without it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::crypto::Container;
use crate::domains::users::model::NewPerson;
use crate::domains::users::wire::UserData;
use crate::http::call::Call;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// The body of PUT enrollment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileRequest {
    #[serde(default)]
    user: Option<ProfilePart>,
    /// In place of `user.encryptedUserData`.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// In place of `user.userData`.
    #[serde(default)]
    user_data: Option<UserData>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProfilePart {
    /// The parts of the user document that change, sealed by EC_v1.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// The same in the clear, where the program allows it.
    #[serde(default)]
    user_data: Option<UserData>,
}

impl ProfileRequest {
    /// Opens the user document. What it does not hold is empty in the person.
    pub fn open(self, call: &Call) -> Result<NewPerson, Refusal> {
        let user = self.user.unwrap_or_default();
        let sealed = user.encrypted_user_data.or(self.encrypted_user_data);
        let plain = user.user_data.or(self.user_data);
        let sealed = ("encryptedUserData", sealed.as_ref());
        let opened = call.open_either::<UserData, _>(sealed, ("userData", plain))?;
        opened.map(UserData::person).ok_or_else(|| {
            Refusal::of(&codes::USER_DATA_MISSING)
                .because("the body holds neither encryptedUserData nor userData")
        })
    }
}
