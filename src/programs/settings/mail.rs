//! Settings of cards on their way to their holders.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money::{NAME_MAX, expect_name, expect_unique, expect_within};
use super::{LIST_MAX, at};
use crate::kernel::strict_json::JsonProblem;

/// Cards on their way to their holders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mail {
    /// Whether cards move by the clock; where they do not, a tester moves them.
    pub automatic: bool,
    /// What is answered where nothing is known of a delivery.
    pub no_data_code: NoDataCode,
    /// Hours from the making of a card to fulfilment, 0 to 720; where cards move by the clock.
    #[schema(minimum = 0, maximum = 720)]
    pub fulfilment_hours: u32,
    /// Days from fulfilment to the post, 0 to 60.
    #[schema(minimum = 0, maximum = 60)]
    pub production_days: u32,
    /// Code of the delivery method that new cards travel by.
    pub method: String,
    /// Delivery methods.
    #[schema(min_items = 1)]
    pub methods: Vec<DeliveryMethod>,
}

/// How the vendor's run-together digits `111200` split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum NoDataCode {
    /// Code 11, subCode 1200.
    #[serde(rename = "11/1200")]
    Eleven,
    /// Code 111, subCode 200.
    #[serde(rename = "111/200")]
    OneHundredEleven,
}

/// A way for cards to travel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryMethod {
    /// `deliveryMethodCode`.
    pub code: String,
    /// `deliveryMethod`, 1 to 50 characters.
    pub name: String,
    /// Days from the post to the address, 1 to 60.
    #[schema(minimum = 1, maximum = 60)]
    pub transit_days: u32,
}

impl Mail {
    /// The method that new cards travel by, if it is one of the list, as [`super::Settings::parse`]
    /// sees to.
    pub fn chosen(&self) -> Option<&DeliveryMethod> {
        self.methods.iter().find(|method| method.code == self.method)
    }
}

impl super::Settings {
    pub(super) fn check_mail(&self) -> Result<(), JsonProblem> {
        let mail = &self.mail;
        expect_within("mail.fulfilmentHours", mail.fulfilment_hours, (0, 720))?;
        expect_within("mail.productionDays", mail.production_days, (0, 60))?;
        if mail.methods.len() > LIST_MAX {
            return Err(at("mail.methods", format!("at most {LIST_MAX} entries")));
        }
        for (number, method) in mail.methods.iter().enumerate() {
            let member = |name: &str| format!("mail.methods[{number}].{name}");
            expect_name(|| member("code"), &method.code)?;
            if !(1..=NAME_MAX).contains(&method.name.chars().count()) {
                return Err(at(member("name"), format!("must have 1 to {NAME_MAX} characters")));
            }
            expect_within(&member("transitDays"), method.transit_days, (1, 60))?;
        }
        expect_unique("mail.methods", mail.methods.iter().map(|method| method.code.as_str()))?;
        if mail.chosen().is_none() {
            return Err(at("mail.method", "must be the code of one of mail.methods"));
        }
        Ok(())
    }
}
