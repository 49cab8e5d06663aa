//! Patterns, and the ways to write a text.
//!
//! It names nothing of the extension's, so that its tests run without a server: with those of `tests/derived_conditions`.

/// The text that a pattern is met by, if it is one only.
pub(super) fn exact(pattern: &str) -> Option<String> {
    let mut text = String::with_capacity(pattern.len());
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '%' | '_' => return None,
            '\\' => text.push(signs.next()?),
            _ => text.push(sign),
        }
    }
    Some(text)
}

/// All texts that become this one in lower case, or the same as this one, under any collation: at most so many. None where
/// there are more, and for a text with others than ASCII letters, of which each collation knows another case.
pub(super) fn spellings(text: &str, most: usize) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    for sign in text.chars() {
        let written = match sign.to_ascii_lowercase() {
            // Turkish has two letters here, with and without a dot.
            'i' => vec!['i', 'I', '\u{130}', '\u{131}'],
            // The sign of the kelvin.
            'k' => vec!['k', 'K', '\u{212a}'],
            letter @ 'a'..='z' => vec![letter, letter.to_ascii_uppercase()],
            other if other.is_ascii() => vec![other],
            _ => return None,
        };
        if all.len() * written.len() > most {
            return None;
        }
        let begun = std::mem::take(&mut all);
        for text in begun {
            all.extend(written.iter().map(|sign| format!("{text}{sign}")));
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_wildcards_is_one_text() {
        for (pattern, text) in [
            ("", Some("")),
            ("ENG", Some("ENG")),
            (r"a\_b\%c\\d", Some(r"a_b%c\d")),
            (r"\e", Some("e")),
            ("a_b", None),
            ("%", None),
            // PostgreSQL refuses it where it compares.
            ("a\\", None),
        ] {
            assert_eq!(exact(pattern).as_deref(), text, "{pattern}");
        }
    }

    #[test]
    fn spellings_are_all_that_become_a_text_in_lower_case() {
        assert_eq!(spellings("1-2", 1), Some(vec!["1-2".to_owned()]));
        assert_eq!(
            spellings("en", 4),
            Some(["en", "eN", "En", "EN"].map(str::to_owned).to_vec())
        );
        assert_eq!(spellings("en", 3), None);
        assert_eq!(spellings("ki", 250).map(|all| all.len()), Some(12));
        assert_eq!(spellings("ü", 250), None);
        assert_eq!(spellings(&"x".repeat(10_000), 250), None);
    }
}
