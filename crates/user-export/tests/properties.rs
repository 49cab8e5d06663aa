//! What holds for every file.

use std::collections::HashSet;

use proptest::prelude::*;
use user_export::{Error, read};

/// Text as it is found in fields: quotes, separators and line breaks included, and no blanks around it.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß\u{1F600}\",;'\n\r\t. -]{0,20}".prop_map(|text| text.trim().to_owned())
}

/// Accounts with different ids: id, name, e-mail.
fn users() -> impl Strategy<Value = Vec<(String, String, String)>> {
    let user = (text(), "([a-z0-9.]{1,8}@[a-z]{1,8}\\.org)?");
    prop::collection::btree_map("[0-9]{6}:[0-9a-f]{1,30}", user, 1..40).prop_map(|users| {
        users
            .into_iter()
            .map(|(id, (name, email))| (id, name, email))
            .collect()
    })
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
struct Style {
    mark: bool,
    separator: char,
    end: &'static str,
    /// Whether fields are quoted that need not be.
    quoted: bool,
}

const PLAIN: Style = Style {
    mark: false,
    separator: ',',
    end: "\n",
    quoted: false,
};

fn style() -> impl Strategy<Value = Style> {
    let separator = prop::sample::select(vec![',', ';', '\t']);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (any::<bool>(), separator, end, any::<bool>()).prop_map(|(mark, separator, end, quoted)| {
        Style {
            mark,
            separator,
            end,
            quoted,
        }
    })
}

/// The file of users, and the line on which each of them is written.
fn file(users: &[(String, String, String)], style: Style) -> (String, Vec<u64>) {
    let mut file = String::from(if style.mark { "\u{feff}" } else { "" });
    let mut lines = Vec::new();
    let header = ["User name", "User id", "email"];
    let rows = users.iter().map(|(id, name, email)| [&**name, id, email]);
    for row in std::iter::once(header).chain(rows) {
        lines.push(line_at(&file, file.len()));
        let row = row.map(|field| {
            if style.quoted || field.contains([',', ';', '\t', '"', '\r', '\n']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.to_owned()
            }
        });
        file += &row.join(&style.separator.to_string());
        file += style.end;
    }
    lines.remove(0);
    (file, lines)
}

/// The line of a place in a file, by the rule that a line ends in LF, CRLF or CR.
fn line_at(file: &str, at: usize) -> u64 {
    let ends = file[..at].replace("\r\n", "\n").replace('\r', "\n");
    1 + ends.matches('\n').count() as u64
}

proptest! {
    #[test]
    fn what_was_written_is_read(users in users(), style in style()) {
        let (file, lines) = file(&users, style);
        let export = read(file.as_bytes()).unwrap();
        prop_assert_eq!(export.rows, users.len() as u64);
        prop_assert_eq!(export.rejected, 0);
        let found: Vec<_> = export
            .users
            .iter()
            .map(|user| {
                let [name, email] = [&user.display_name, &user.email].map(|text| text.as_deref().unwrap_or(""));
                (user.account_id.to_string(), name.to_owned(), email.to_owned())
            })
            .collect();
        prop_assert_eq!(found, users);
        let found: Vec<_> = export.users.iter().map(|user| user.line).collect();
        prop_assert_eq!(found, lines);
    }

    #[test]
    fn order_and_repetition_do_not_matter(users in users(), seed: u64) {
        let mut shuffled = [users.clone(), users.clone()].concat();
        shuffled.sort_by_cached_key(|(id, _, _)| {
            id.bytes().fold(seed, |hash, byte| hash.rotate_left(7) ^ u64::from(byte).wrapping_mul(0x9E37_79B9))
        });
        let (file, _) = file(&shuffled, PLAIN);
        let export = read(file.as_bytes()).unwrap();
        prop_assert_eq!(export.rows, 2 * users.len() as u64);
        let mut found: Vec<_> = export.users.iter().map(|user| user.account_id.to_string()).collect();
        found.sort();
        let expected: Vec<_> = users.into_iter().map(|(id, _, _)| id).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_line_of_an_error_is_exact(users in users(), style in style()) {
        let (mut file, _) = file(&users, style);
        let line = line_at(&file, file.len());
        let mut bytes = file.clone().into_bytes();
        bytes.extend_from_slice(b"\"\xFF\"");
        prop_assert_eq!(read(&bytes), Err(Error::NotUtf8 { line }));

        file += "\"";
        prop_assert_eq!(read(file.as_bytes()), Err(Error::UnterminatedQuote { line }));
    }

    #[test]
    fn a_file_that_is_cut_off_within_quotes_is_refused(users in users(), style in style(), cut: prop::sample::Index) {
        let (file, _) = file(&users, style);
        let cut = file.floor_char_boundary(cut.index(file.len()));
        if file[..cut].matches('"').count() % 2 == 1 {
            let refused = matches!(read(&file.as_bytes()[..cut]), Err(Error::UnterminatedQuote { .. }));
            prop_assert!(refused);
        }
    }

    #[test]
    fn a_lost_quote_loses_nobody(users in users(), style in style(), lost: prop::sample::Index) {
        let (mut file, _) = file(&users, Style { quoted: true, ..style });
        let quotes: Vec<_> = file.match_indices('"').map(|(at, _)| at).collect();
        file.remove(quotes[lost.index(quotes.len())]);
        // Without its first quote, a field is one with a quote in it; where it held a line break, what is before that may
        // read as a row. So there may be one more, and an id may have a quote in it, but everybody else is there.
        if let Ok(export) = read(file.as_bytes()) {
            let found: HashSet<_> = export.users.iter().map(|user| user.account_id.to_string()).collect();
            let missing = users.iter().filter(|(id, _, _)| !found.contains(id)).count();
            prop_assert!(missing <= 1, "{missing} are missing");
            prop_assert!(export.users.len() >= users.len());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_text_under_a_header_makes_it_panic(text in "[a1@,;\" \t\r\n\0é-]{0,200}") {
        let file = format!("User id,email,Added to org,Last seen in Jira - x,Jira - x\n{text}");
        match read(file.as_bytes()) {
            // Nothing is left out: every row is a user's, or repeats one, or is rejected.
            Ok(export) => prop_assert!(export.users.len() as u64 + export.rejected <= export.rows),
            Err(error) => prop_assert!(!error.hint().is_empty() && !error.to_string().is_empty()),
        }
    }
}
