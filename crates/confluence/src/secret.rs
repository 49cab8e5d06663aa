//! The secrets that are in use, so that none of them is shown, whoever repeats it.
//!
//! A site or a proxy that is badly made, or means harm, writes what it was sent into its answers. Whoever has a secret
//! holds a [`Secret`] for as long as answers to it may come; [`hide`] takes those out of any text.

use std::fmt;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Shorter ones are in ordinary words, too, and are no secrets that anybody should rely on.
const SHORTEST: usize = 4;

/// So much of the beginning of a secret, at the end of a text that somebody has cut, gives it away.
const TELLING: usize = 8;

static IN_USE: Mutex<Vec<Arc<str>>> = Mutex::new(Vec::new());

fn in_use() -> MutexGuard<'static, Vec<Arc<str>>> {
    IN_USE.lock()
}

/// A secret that is in use as long as this lives. Never printed.
pub(crate) struct Secret(Arc<str>);

impl Secret {
    /// From now on, it is shown to nobody.
    pub fn hold(text: &str) -> Self {
        let text: Arc<str> = text.into();
        if text.len() >= SHORTEST {
            in_use().push(text.clone());
        }
        Self(text)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut in_use = in_use();
        if let Some(place) = in_use.iter().position(|held| Arc::ptr_eq(held, &self.0)) {
            in_use.swap_remove(place);
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// How many characters the longest secret may take in a text: each of its bytes may be written as three.
pub(crate) fn longest_form() -> usize {
    let longest = in_use().iter().map(|secret| secret.len()).max();
    3 * longest.unwrap_or(0)
}

/// The text without secrets, in whatever form they are written. To be called with short texts.
pub(crate) fn hide(text: &str) -> String {
    let secrets: Vec<Arc<str>> = in_use().clone();
    if secrets.is_empty() {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = secrets
            .iter()
            .filter_map(|secret| form_of(secret.as_bytes(), rest.as_bytes()))
            .max();
        match end {
            Some(end) => {
                shown.push_str(HIDDEN);
                // What the form ends with may be a part of a character only where the text was cut there.
                let end = (end..=rest.len())
                    .find(|&end| rest.is_char_boundary(end))
                    .unwrap_or(rest.len());
                rest = &rest[end..];
            }
            None => {
                shown.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    shown
}

/// Where a secret ends with which a text begins: as it is or in other case, with bytes as in addresses (`%2B`) or escaped as
/// in JSON (`\/`), and with lines broken in between. A text that ends within it counts if it tells enough.
fn form_of(secret: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (matched, byte) in secret.iter().enumerate() {
        while matched > 0
            && text
                .get(at)
                .is_some_and(|c| matches!(c, b'\r' | b'\n' | b'\t'))
        {
            at += 1;
        }
        let is_it = |found: u8| found.eq_ignore_ascii_case(byte);
        let Some(&found) = text.get(at) else {
            return (matched >= TELLING).then_some(text.len());
        };
        if is_it(found) {
            at += 1;
        } else if found == b'%' && percent(&text[at..]).is_some_and(is_it) {
            at += 3;
        } else if found == b'\\' && text.get(at + 1).copied().is_some_and(is_it) {
            at += 2;
        } else {
            return None;
        }
    }
    (!secret.is_empty()).then_some(at)
}

/// The byte that `%2B` stands for.
fn percent(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form_while_it_is_held() {
        let held = Secret::hold("aB+/c=dEfG");
        for text in [
            "you sent Basic aB+/c=dEfG, no?",
            "you sent Basic aB%2B%2Fc%3DdEfG, no?",
            "you sent Basic aB%2b%2fc%3ddEfG, no?",
            "you sent Basic aB+\\/c=dEfG, no?",
            "you sent Basic AB+/C=DEFG, no?",
            "you sent Basic aB+/\r\nc=dEfG, no?",
        ] {
            assert_eq!(hide(text), "you sent Basic ***, no?");
        }
        assert_eq!(hide("it begins with aB+/c=dE"), "it begins with ***");
        assert_eq!(hide("aB+/c is not enough"), "aB+/c is not enough");
        drop(held);
        assert_eq!(hide("Basic aB+/c=dEfG"), "Basic aB+/c=dEfG");
    }

    #[test]
    fn who_holds_it_twice_lets_it_go_twice() {
        let (one, other) = (Secret::hold("twice-held"), Secret::hold("twice-held"));
        drop(one);
        assert_eq!(hide("twice-held"), "***");
        drop(other);
        assert_eq!(hide("twice-held"), "twice-held");
    }

    #[test]
    fn what_is_too_short_to_be_one_leaves_words_alone() {
        let _held = Secret::hold("x");
        assert_eq!(hide("example"), "example");
    }

    #[test]
    fn printing_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::hold("hush-hush")), "Secret(...)");
    }
}
