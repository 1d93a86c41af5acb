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

/// Reads a structure from a JSON object and from nothing else. (A derived reader would also take a
/// list, member by member.)
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(ObjectOnly(deserializer)).map(Object)
    }
}

/// Asks for a map where a structure is wanted, and for whatever comes otherwise.
struct ObjectOnly<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Reads a member that may be absent or `null`.
pub fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|object| object.0))
}

/// Reads a member that may be `null` as if it were absent.
pub fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(optional(deserializer)?.unwrap_or_default())
}

/// Reads a list of at most `MAX` entries; `null` is the empty list.
pub fn bounded_list<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list: Vec<Object<T>> = Option::deserialize(deserializer)?.unwrap_or_default();
    if list.len() > MAX {
        return Err(de::Error::custom(format!("at most {MAX} entries are allowed")));
    }
    Ok(list.into_iter().map(|object| object.0).collect())
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
