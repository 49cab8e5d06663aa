//! Words that are looked for in a text.

use super::Wrong;

/// All of them have to be in a text, in any order and case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// In lower case.
    text: String,
    /// Whether a word may go on behind it.
    open: bool,
}

impl Words {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        if text.trim().is_empty() {
            return Err(Wrong::Refused("The text to search for is empty".to_owned()));
        }
        let plain = text.strip_suffix('*').unwrap_or(text);
        let keyword = |word: &str| matches!(word, "AND" | "OR" | "NOT");
        if plain.contains(['*', '?', '"', '~', '+', '-', '[', '{', '^', ':'])
            || plain.split(' ').any(keyword)
        {
            return Err(Wrong::NotModelled("operators in a text".to_owned()));
        }
        let mut words: Vec<Word> = pieces(plain)
            .filter(|(is_word, _)| *is_word)
            .map(|(_, text)| Word {
                text: text.to_lowercase(),
                open: false,
            })
            .collect();
        if let Some(last) = words.last_mut() {
            last.open = text.ends_with('*');
        }
        Ok(Self(words))
    }

    /// Whether every word is in one of the texts.
    pub(crate) fn are_in(&self, texts: &[&str]) -> bool {
        self.0.iter().all(|word| {
            texts
                .iter()
                .any(|text| pieces(text).any(|(is_word, piece)| is_word && word.is(piece)))
        })
    }

    fn contain(&self, piece: &str) -> bool {
        self.0.iter().any(|word| word.is(piece))
    }
}

impl Word {
    fn is(&self, piece: &str) -> bool {
        let mut piece = piece.chars().flat_map(char::to_lowercase);
        let begins = self.text.chars().all(|wanted| piece.next() == Some(wanted));
        begins && (self.open || piece.next().is_none())
    }
}

/// A text with the words that were looked for between the marks of the API, and each piece changed by a function.
pub(crate) fn marked(text: &str, wanted: &[&Words], change: impl Fn(&str) -> String) -> String {
    pieces(text)
        .map(|(is_word, piece)| {
            let changed = change(piece);
            if is_word && wanted.iter().any(|words| words.contain(piece)) {
                format!("@@@hl@@@{changed}@@@endhl@@@")
            } else {
                changed
            }
        })
        .collect()
}

/// A text in pieces, each of which is a word, or is not.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word);
        let (piece, left) = rest.split_at(end.unwrap_or(rest.len()));
        rest = left;
        Some((is_word, piece))
    })
}
