//! Text from outside, made fit to be read by people: in errors, reports, tables about scans, and logs.
//!
//! What a site, a gateway, a proxy, a file or an operating system says becomes a [`Sanitized`] before anybody sees it.
//! There is no other way to make one, and errors hold nothing else of what comes from outside.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer};

use crate::secret;

/// The most characters of a text that are kept.
const LONGEST: usize = 300;

/// What stands behind a text that was cut.
const CUT: &str = "...";

/// Text without control characters, bounded in length, and without any secret that is in use.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sanitized(String);

impl Sanitized {
    /// The same of a text with a lower bound, for what becomes a part of a longer one.
    pub fn within(text: &str, most: usize) -> Self {
        let (prefix, is_cut) = prefix_of(text, most + secret::longest_form());
        let mut clean: String = secret::hide(prefix).chars().map(visible).collect();
        let end = clean.char_indices().nth(most).map(|(at, _)| at);
        clean.truncate(end.unwrap_or(clean.len()));
        let mut clean = clean.trim().to_owned();
        if is_cut || end.is_some() {
            clean.push_str(CUT);
        }
        Self(clean)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a parser said of a document, without the document's own text: it may hold anything, at any length.
    pub fn of_json(error: &serde_json::Error) -> Self {
        use serde_json::error::Category;
        let found = match error.classify() {
            Category::Eof => "JSON that is cut off",
            Category::Syntax => "what is no JSON",
            Category::Data => "JSON of another shape",
            Category::Io => "JSON that could not be read",
        };
        format!("{found} (line {}, column {})", error.line(), error.column()).into()
    }
}

impl From<&str> for Sanitized {
    fn from(text: &str) -> Self {
        Self::within(text, LONGEST)
    }
}

impl From<String> for Sanitized {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Text of a document, read as what may be shown.
impl<'de> Deserialize<'de> for Sanitized {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        String::deserialize(json).map(Self::from)
    }
}

impl Deref for Sanitized {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The first characters of a text, and whether there are more. It looks no further than it has to.
fn prefix_of(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// A character, or a blank in place of one that does something to whatever shows it: moves, hides, colours, ends the
/// line, or turns its direction.
fn visible(c: char) -> char {
    match c {
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    fn sanitized(text: &str) -> String {
        Sanitized::from(text).to_string()
    }

    #[test]
    fn what_moves_the_cursor_or_forges_a_line_becomes_blanks() {
        for (text, shown) in [
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("no\nERROR:  forged", "no ERROR:  forged"),
            ("a\r\nb\tc\u{85}d\u{2028}e", "a  b c d e"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            (" around ", "around"),
            ("\u{7f}\u{0}", ""),
            ("Grüße, 你好", "Grüße, 你好"),
        ] {
            assert_eq!(sanitized(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(sanitized(&"x".repeat(300)), "x".repeat(300));
        assert_eq!(
            sanitized(&"é".repeat(301)),
            format!("{}...", "é".repeat(300))
        );
        let long = sanitized(&"x".repeat(60 << 20));
        assert_eq!(long.len(), 303);
        assert_eq!(Sanitized::within("abcdef", 3).as_str(), "abc...");
    }

    #[test]
    fn of_json_only_the_place_is_told() {
        for (body, told) in [
            ("[1,", "JSON that is cut off (line 1, column 3)"),
            ("[1,\n hush]", "what is no JSON (line 2, column 2)"),
            ("[\"hush\"]", "JSON of another shape (line 1, column 7)"),
        ] {
            let error = serde_json::from_str::<Vec<u8>>(body).expect_err(body);
            assert_eq!(Sanitized::of_json(&error).as_str(), told);
        }
    }

    #[test]
    fn a_secret_across_the_cut_is_hidden_whole() {
        let _held = Secret::hold("hush-hush-hush");
        for before in 280..310 {
            let text = sanitized(&format!("{}hush-hush-hush and more", "x".repeat(before)));
            assert!(!text.contains("hus"), "{before}: {text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_shown_is_long_or_moves_anything(text in any::<String>(), times in 1..40_usize) {
            let shown = sanitized(&text.repeat(times));
            prop_assert!(shown.chars().count() <= LONGEST + CUT.len());
            prop_assert!(!shown.contains(char::is_control));
        }

        #[test]
        fn no_form_of_a_secret_is_shown(
            token in "[A-Za-z0-9+/=_.~-]{8,60}",
            before in "[ -~]{0,320}",
            after in "[ -~]{0,40}",
            encode in proptest::collection::vec(0..4_u8, 60),
        ) {
            let _held = Secret::hold(&token);
            let form: String = token.bytes().zip(encode).map(|(byte, how)| match how {
                0 => format!("%{byte:02X}"),
                1 => format!("%{byte:02x}"),
                2 if byte == b'/' => "\\/".to_owned(),
                _ => char::from(byte).to_string(),
            }).collect();
            let shown = sanitized(&format!("{before}{form}{after}"));
            prop_assert!(!shown.contains(&token) && !shown.contains(&form), "{}", shown);
        }
    }
}
