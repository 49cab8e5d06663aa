//! Enums whose values are words of the API.

/// Defines enums with the word that the API has for each value, which is also how tables and answers write it.
macro_rules! words {
    ($($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$note:meta])* $value:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
        )]
        $vis enum $name {
            $($(#[$note])* #[serde(rename = $word)] $value,)*
        }

        impl $name {
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$value),*];
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word the API uses.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)*
                }
            }
        }
    )*};
}
