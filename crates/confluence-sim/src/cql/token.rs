//! The words and signs of a query.

use super::Wrong;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Not in quotes, and so perhaps a keyword.
    Word(String),
    Quoted(String),
    Operator(&'static str),
    Open,
    Close,
    Comma,
}

/// The longer ones first.
const OPERATORS: &[&str] = &["!=", "!~", "<=", ">=", "=", "~", "<", ">"];
/// What stands for itself nowhere but in quotes.
const RESERVED: &str = "()\"',=!~<>&|;{}[]^$#@%*?\\";

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        let operator = OPERATORS.iter().find(|&&sign| rest.starts_with(sign));
        let (token, left) = match (first, operator) {
            (_, Some(sign)) => (Token::Operator(sign), &rest[sign.len()..]),
            ('(', _) => (Token::Open, behind),
            (')', _) => (Token::Close, behind),
            (',', _) => (Token::Comma, behind),
            ('"' | '\'', _) => {
                let (text, left) = quoted(behind, first)?;
                (Token::Quoted(text), left)
            }
            (other, _) if RESERVED.contains(other) => return Err(Wrong::Syntax),
            _ => {
                let ends = |c: char| c.is_whitespace() || RESERVED.contains(c);
                let (word, left) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
                (Token::Word(word.to_owned()), left)
            }
        };
        tokens.push(token);
        rest = left.trim_start();
    }
    Ok(tokens)
}

/// The text up to a closing quote, without its backslashes, and what is left behind it.
fn quoted(text: &str, quote: char) -> Result<(String, &str), Wrong> {
    let mut inside = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '\\' => {
                let (_, escaped) = characters.next().ok_or(Wrong::Syntax)?;
                inside.push(escaped);
            }
            end if end == quote => return Ok((inside, &text[place + quote.len_utf8()..])),
            other => inside.push(other),
        }
    }
    Err(Wrong::Syntax)
}
