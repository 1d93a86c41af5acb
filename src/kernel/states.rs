//! Enums whose values are the vendor's words: one list gives the enum, its words, and the way back
//! from a word.

/// A text that names no known state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no {1}")]
pub struct UnknownState(pub String, pub &'static str);

/// Declares documented enums with their words: `states! { Name { Variant = "word", .. } .. }`.
macro_rules! states {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)?
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every state, in the order of the vendor's lists.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The vendor's word.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::states::UnknownState;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|state| state.as_str() == text).ok_or_else(|| {
                    $crate::kernel::states::UnknownState(text.to_owned(), stringify!($name))
                })
            }
        }
    )+};
}

pub(crate) use states;
