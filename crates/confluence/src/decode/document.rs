//! JSON documents that become values: whether a database can hold them, and what has to be mended before.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use serde::de::IgnoredAny;

use crate::Budget;

/// How many arrays and objects may lie in one another. A database reads them by recursion.
const DEEPEST: usize = 500;

/// The digits that a database can hold of a number, before the point and behind it.
const MOST_BEFORE: i64 = 131_072;
const MOST_BEHIND: i64 = 16_383;

/// So many bytes are looked at between two looks at whether somebody still wants to know.
const STEP: usize = 64 << 10;

/// Why a document cannot become a value.
#[derive(Debug, PartialEq)]
pub(super) enum Unfit {
    NoJson,
    TooDeep,
    NumberTooLong,
    TooLarge,
    /// Nobody wants to know any more.
    Stopped,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::NoJson => f.write_str("no JSON"),
            Unfit::TooDeep => write!(f, "JSON with more than {DEEPEST} levels"),
            Unfit::NumberTooLong => f.write_str("JSON with a number that no database can hold"),
            Unfit::TooLarge => write!(f, "JSON with more than {} values", Budget::Document.limit()),
            Unfit::Stopped => f.write_str("not wanted any more"),
        }
    }
}

/// Looks at a text that should be JSON, without building anything of it.
pub(super) fn check(text: &str, stop: &AtomicBool) -> Result<(), Unfit> {
    // Passes over values without recursion, so depth costs a byte a level.
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| Unfit::NoJson)?;
    check_limits(text.as_bytes(), stop)
}

/// Looks at JSON that is known to follow the grammar.
pub(super) fn check_limits(json: &[u8], stop: &AtomicBool) -> Result<(), Unfit> {
    let (mut at, mut depth, mut values, mut next_look) = (0, 0, 0_usize, STEP);
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => at = end_of_string(json, at),
            b'[' | b'{' => {
                depth += 1;
                values += 1;
                if depth > DEEPEST {
                    return Err(Unfit::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            b'-' | b'0'..=b'9' => {
                let rest = &json[at..];
                let end = rest.iter().position(|byte| !is_of_number(*byte));
                let number = &rest[..end.unwrap_or(rest.len())];
                if !can_be_held(number) {
                    return Err(Unfit::NumberTooLong);
                }
                at += number.len() - 1;
            }
            _ => {}
        }
        at += 1;
        if values > Budget::Document.limit() {
            return Err(Unfit::TooLarge);
        }
        if at >= next_look {
            next_look = at + STEP;
            if stop.load(Relaxed) {
                return Err(Unfit::Stopped);
            }
        }
    }
    Ok(())
}

/// The place of the quote that ends a string.
fn end_of_string(json: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(found) = json
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| matches!(byte, b'"' | b'\\')))
    {
        at += found;
        if json[at] == b'"' {
            return at;
        }
        at += 2;
    }
    json.len()
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

fn can_be_held(number: &[u8]) -> bool {
    let exponent_at = number.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = match exponent_at {
        None if number.len() < MOST_BEHIND as usize => return true,
        None => (number, 0),
        Some(at) => {
            let exponent = std::str::from_utf8(&number[at + 1..]).ok();
            match exponent.and_then(|exponent| exponent.parse::<i32>().ok()) {
                Some(exponent) => (&number[..at], i64::from(exponent)),
                None => return false,
            }
        }
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let before = point.unwrap_or(mantissa.len()) as i64;
    let behind = point.map_or(0, |point| mantissa.len() - point - 1) as i64;
    before + exponent <= MOST_BEFORE && behind - exponent <= MOST_BEHIND
}

/// JSON in which an escape that stands for no character of a text is one for U+FFFD: U+0000, and half of a pair. Pieces
/// of it go to `take`, in order.
pub(super) fn mend<'j, E>(
    json: &'j str,
    mut take: impl FnMut(&'j str) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        take(before)?;
        // An escaped character is one byte, so that of \\u0000 the second backslash begins no escape.
        let (kept, length) = match code(escape) {
            Some(0xd800..0xdc00)
                if matches!(escape.get(6..).and_then(code), Some(0xdc00..0xe000)) =>
            {
                (&escape[..12], 12)
            }
            Some(0 | 0xd800..0xe000) => ("\\ufffd", 6),
            Some(_) => (&escape[..6], 6),
            None => match escape.char_indices().nth(2) {
                Some((end, _)) => (&escape[..end], end),
                None => (escape, escape.len()),
            },
        };
        take(kept)?;
        rest = &escape[length..];
    }
    take(rest)
}

/// The number of an escape with `u` at the beginning of a text.
fn code(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    fn mended(json: &str) -> String {
        let mut out = String::new();
        let done: Result<(), ()> = mend(json, |piece| {
            out.push_str(piece);
            Ok(())
        });
        done.expect("it takes all");
        out
    }

    #[test]
    fn half_a_pair_and_nul_become_replacement_characters() {
        for (json, expected) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""Roadmap \ud83d""#, r#""Roadmap \ufffd""#),
            (r#""\ude00x""#, r#""\ufffdx""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\uD83D\n\uDE00""#, r#""\ufffd\n\ufffd""#),
            (r#""\\ud83d\u0000\\\u0000""#, r#""\\ud83d\ufffd\\\ufffd""#),
            (r#""\u00e9\/""#, r#""\u00e9\/""#),
            (r#""\é\"#, r#""\é\"#),
            (r#""\u12"#, r#""\u12"#),
            ("", ""),
        ] {
            assert_eq!(mended(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_mended_is_what_a_database_can_hold() {
        let mut random = fastrand::Rng::with_seed(6);
        let pieces = [
            "\\ud83d", "\\ude00", "\\u0000", "\\\\", "\\n", "u0000", "\\\"", "é", "a", "\\u00e9",
        ];
        for _ in 0..20_000 {
            let inner: String = (0..random.usize(..8))
                .map(|_| pieces[random.usize(..pieces.len())])
                .collect();
            let json = format!("\"{inner}\"");
            let text: String = serde_json::from_str(&mended(&json)).expect(&json);
            assert!(!text.contains('\0'), "{json}");
            // What needed no mending is as it was.
            if let Ok(same) = serde_json::from_str::<String>(&json) {
                assert_eq!(text, same.replace('\0', "\u{fffd}"), "{json}");
            }
        }
    }

    #[test]
    fn documents_are_checked_without_being_built() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let many = |values: usize| format!("[0{}]", ",0".repeat(values - 1));
        for (json, expected) in [
            ("{}".to_owned(), Ok(())),
            (" [1, -2.5e-3, \"],[{\\\"\", null] ".to_owned(), Ok(())),
            (String::new(), Err(Unfit::NoJson)),
            ("{broken".to_owned(), Err(Unfit::NoJson)),
            ("1 2".to_owned(), Err(Unfit::NoJson)),
            ("\"\\x\"".to_owned(), Err(Unfit::NoJson)),
            (nested(DEEPEST), Ok(())),
            (nested(DEEPEST + 1), Err(Unfit::TooDeep)),
            (nested(1_000_000), Err(Unfit::TooDeep)),
            (many(Budget::Document.limit()), Ok(())),
            (many(Budget::Document.limit() + 1), Err(Unfit::TooLarge)),
            ("[1e400]".to_owned(), Ok(())),
            ("[1e131071]".to_owned(), Ok(())),
            ("[1e131072]".to_owned(), Err(Unfit::NumberTooLong)),
            ("[1e-16383]".to_owned(), Ok(())),
            ("[0.1e-16383]".to_owned(), Err(Unfit::NumberTooLong)),
            ("[1e99999999999]".to_owned(), Err(Unfit::NumberTooLong)),
            ("9".repeat(131_072), Ok(())),
            ("9".repeat(1 << 20), Err(Unfit::NumberTooLong)),
            (format!("0.{}", "9".repeat(16_383)), Ok(())),
            (
                format!("0.{}", "9".repeat(16_384)),
                Err(Unfit::NumberTooLong),
            ),
        ] {
            let shown: String = json.chars().take(20).collect();
            assert_eq!(check(&json, &GO_ON), expected, "{shown}");
        }
    }

    #[test]
    fn nobody_looks_at_what_is_not_wanted_any_more() {
        let long = format!("[{}0]", "0,".repeat(STEP));
        assert_eq!(check(&long, &AtomicBool::new(true)), Err(Unfit::Stopped));
    }
}
