//! What holds for every file.

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

/// The file that a CSV writer by other hands makes of users.
fn file(users: &[(String, String, String)], separator: u8, crlf: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(if crlf {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
        .from_writer(Vec::new());
    writer
        .write_record(["User name", "User id", "email"])
        .unwrap();
    for (id, name, email) in users {
        writer.write_record([name, id, email]).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The line on which each of `count` rows begins, by the rule that a line ends in LF, CRLF or CR.
fn lines_before(bytes: &[u8], at: usize) -> u64 {
    let text = String::from_utf8_lossy(&bytes[..at])
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    text.matches('\n').count() as u64
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        users in users(),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
        crlf: bool,
        mark: bool,
    ) {
        let mut bytes = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        bytes.extend(file(&users, separator, crlf));
        let export = read(&bytes).unwrap();
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
    }

    #[test]
    fn order_and_repetition_do_not_matter(users in users(), seed: u64) {
        let mut shuffled = [users.clone(), users.clone()].concat();
        shuffled.sort_by_cached_key(|(id, _, _)| {
            id.bytes().fold(seed, |hash, byte| hash.rotate_left(7) ^ u64::from(byte).wrapping_mul(0x9E37_79B9))
        });
        let bytes = file(&shuffled, b',', false);
        let export = read(&bytes).unwrap();
        prop_assert_eq!(export.rows, 2 * users.len() as u64);
        let mut found: Vec<_> = export.users.iter().map(|user| user.account_id.to_string()).collect();
        found.sort();
        let expected: Vec<_> = users.into_iter().map(|(id, _, _)| id).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn lines_are_exact(users in users(), crlf: bool, which: prop::sample::Index) {
        let mut bytes = file(&users, b',', crlf);
        // Every row begins where the file of the rows before it ends.
        let which = which.index(users.len());
        let start = file(&users[..which], b',', crlf).len();
        let line = lines_before(&bytes, start) + 1;
        prop_assert_eq!(read(&bytes).unwrap().users[which].line, line);

        bytes.truncate(start);
        bytes.extend_from_slice(b"\"\xFF\"");
        prop_assert_eq!(read(&bytes), Err(Error::NotUtf8 { line }));
    }

    #[test]
    fn a_file_that_is_cut_off_within_quotes_is_refused(users in users(), cut: prop::sample::Index) {
        let mut bytes = file(&users, b',', false);
        bytes.truncate(cut.index(bytes.len()));
        let open = bytes.iter().filter(|&&byte| byte == b'"').count() % 2 == 1;
        // Cut within a character, the file is not UTF-8 either.
        if open && std::str::from_utf8(&bytes).is_ok() {
            let refused = matches!(read(&bytes), Err(Error::UnterminatedQuote { .. }));
            prop_assert!(refused);
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
