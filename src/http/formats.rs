//! The vendor's lenient spellings, each read in one place.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A truth value that arrives as `true` or `"true"` and always leaves as a real boolean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(value_type = bool)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;

        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true or false, as a boolean or a string")
            }

            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Flag, E> {
                Ok(Flag(truth))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                match text.to_ascii_lowercase().as_str() {
                    "true" => Ok(Flag(true)),
                    "false" => Ok(Flag(false)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(FlagVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hdr_4_a_flag_is_a_boolean_or_its_text() {
        for (json, truth) in
            [("true", true), ("\"true\"", true), ("\"False\"", false), ("false", false)]
        {
            assert_eq!(serde_json::from_str::<Flag>(json).unwrap(), Flag(truth), "{json}");
        }
        for wrong in ["1", "\"yes\"", "\"\"", "{}", "[]"] {
            assert!(serde_json::from_str::<Flag>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&Flag(true)).unwrap(), "true");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_flag_panic(text in "\\PC{0,40}") {
            let json = serde_json::to_string(&text).unwrap();
            let read = serde_json::from_str::<Flag>(&json);
            let lower = text.to_ascii_lowercase();
            prop_assert_eq!(read.is_ok(), lower == "true" || lower == "false");
        }
    }
}
