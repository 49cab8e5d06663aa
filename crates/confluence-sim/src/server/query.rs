//! The query of a request, decoded without leniency.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use std::fmt::Display;

/// Name and value pairs in the order they came in, or what is wrong with them.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, String> {
    raw_pairs(query)
        .map(|(name, value)| Ok((decode(name)?, decode(value)?)))
        .collect()
}

/// The pairs as they were sent.
pub(crate) fn raw_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

pub(crate) fn decode(text: &str) -> Result<String, String> {
    // The library lets a stray % pass; the live site does not.
    for (place, _) in text.match_indices('%') {
        let digits = text.as_bytes().get(place + 1..place + 3);
        if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return Err(format!("Malformed percent-encoding in {text}"));
        }
    }
    let spaces = text.replace('+', " ");
    let decoded = percent_decode(spaces.as_bytes()).decode_utf8();
    decoded
        .map(Into::into)
        .map_err(|_| format!("Not UTF-8: {text}"))
}

const OUTSIDE_NAMES: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A value as it stands in a query.
pub(crate) fn encode(value: &str) -> impl Display {
    utf8_percent_encode(value, OUTSIDE_NAMES)
}
