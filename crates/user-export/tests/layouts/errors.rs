//! What refuses a file, and how it is told.

use user_export::{Error, read};

use super::{error, export, only};

#[test]
fn conflicting_e_mails_are_named_by_line_and_account_only() {
    let error = error("User id,email\n1,\n1,one@x.org\n2,x@x.org\n1,ONE@x.org\n1,two@x.org\n");
    assert_eq!(
        error,
        Error::ConflictingEmails {
            account_id: "1".into(),
            first_line: 3,
            line: 6
        }
    );
    let everything = format!("{error} {} {}", error.detail().unwrap(), error.hint());
    assert!(
        everything.contains("lines 3 and 6") && !everything.contains("@x.org"),
        "{everything}"
    );
}

#[test]
fn every_error_names_the_place_and_a_remedy() {
    let cases: &[(&[u8], Option<u64>, &str)] = &[
        (b"", None, "the user export is empty"),
        (b"\xEF\xBB\xBF\r\n \n", None, "the user export is empty"),
        (b"User id,email\n", None, "the user export names no account"),
        (
            b"User id,email\n,a@x.org\n",
            None,
            "the user export names no account",
        ),
        (
            b"PK\x03\x04",
            None,
            "the user export is not a CSV file, but a workbook or a ZIP archive",
        ),
        (
            b"\xFF\xFEU\0s\0",
            None,
            "the user export is encoded in UTF-16, not in UTF-8",
        ),
        (
            b"\xFE\xFF\0U\0s",
            None,
            "the user export is encoded in UTF-16, not in UTF-8",
        ),
        (
            "ï»¿User id,email\n".as_bytes(),
            None,
            "the user export was encoded twice",
        ),
        (
            b"User id,User name,email\n1,M\xFCller,m@x.org\n",
            Some(2),
            "line 2 of the user export is not valid UTF-8",
        ),
        (
            b"User id,email\n1,a@x.org\n2,b@x\0.org\n",
            Some(3),
            "line 3 of the user export contains a zero byte",
        ),
        (
            b"User id,User name,email\n1,\"Jane,j@x.org\n2,Joe,joe@x.org\n",
            Some(2),
            "the quoted field that begins on line 2 of the user export has no closing quote",
        ),
        (
            b"User id,User name,email\n1,\"Jane \"JJ\" Doe\",j@x.org\n",
            Some(2),
            "line 2 of the user export has text after the closing quote of a field",
        ),
        (
            b"User id,User name,email\n1, \"Doe, Jane\",j@x.org\n",
            Some(2),
            "line 2 of the user export has a space before the opening quote of a field",
        ),
        (
            b"User id,User name,email\n1,J,j@x.org\n2,Doe, Jane,j@x.org\n",
            Some(3),
            "line 3 of the user export has 4 fields, but its header has 3",
        ),
        (
            b"User id,email\n1\n",
            Some(2),
            "line 2 of the user export has 1 field, but its header has 2",
        ),
        (
            b"1,jane@x.org\n2,joe@x.org\n",
            None,
            "the first line of the user export is not a header",
        ),
        (
            b"User name,email\nJ,j@x.org\n",
            None,
            "the user export has no account id column",
        ),
        (
            b"User id,User name\n1,J\n",
            None,
            "the user export has no e-mail column",
        ),
        (
            b"<!doctype html>\n<p>\n",
            None,
            "the user export has no account id column and no e-mail column",
        ),
        (
            b"User id,email,EMAIL\n1,a,b\n",
            None,
            "the user export has two columns that could be the e-mail",
        ),
        (
            b"User id,USER  ID,email\n1,2,a@x.org\n",
            None,
            "the user export has two columns that could be the account id",
        ),
        (
            b"User id,id,email\n1,1,a\n",
            None,
            "the user export has two columns that could be the account id",
        ),
        (
            b"User id,mail,email\n1,a,b\n",
            None,
            "the user export has two columns that could be the e-mail",
        ),
        (
            b"User id,email\n5.57058E+23,a@x.org\n",
            Some(2),
            "the account id on line 2 of the user export was turned into a number",
        ),
        (
            b"User id,email\n1 2,a@x.org\n",
            Some(2),
            "the account id on line 2 of the user export contains a space or a control character",
        ),
        (
            b"User id,email\n1,Jane\n",
            Some(2),
            "the e-mail on line 2 of the user export is not an e-mail address",
        ),
    ];
    for (file, line, message) in cases {
        let error = error(file);
        assert_eq!(error.to_string(), *message);
        assert_eq!(error.line(), *line, "{message}");
        assert!(
            error.hint().ends_with('.') && !error.hint().contains("  "),
            "{}",
            error.hint()
        );
        assert!(
            error.detail().is_none_or(|detail| detail.ends_with('.')),
            "{message}"
        );
    }
}

#[test]
fn a_missing_column_is_told_with_those_found_and_those_expected() {
    let error = error("Login;User name;Mail box;\n");
    assert_eq!(
        error.detail().unwrap(),
        "Its columns are \"Login\", \"User name\", \"Mail box\"."
    );
    assert!(
        error.hint().contains("\"User id\"") && error.hint().contains("\"Email address\""),
        "{}",
        error.hint()
    );
}

#[test]
fn the_longest_account_id_fits() {
    let id = "ä".repeat(user_export::ACCOUNT_ID_LENGTH);
    assert_eq!(
        only(&export(&format!("User id,email\n{id},a@x.org\n"))).account_id,
        id
    );
    assert_eq!(
        error(format!("User id,email\n{id}x,a@x.org\n")),
        Error::AccountIdTooLong { line: 2 }
    );
}

#[test]
fn what_is_larger_than_any_export_is_refused_with_its_line() {
    let row = |columns: usize, field: &str| {
        let names: Vec<String> = (0..columns).map(|number| format!("g{number}")).collect();
        let fields = vec![field; columns].join(",");
        format!("User id,email,{}\n1,a@x.org,{fields}\n", names.join(","))
    };
    let header = "User id,email,Jira - acme\n1,a@x.org,\n";
    let roles = |count: usize| {
        let roles: Vec<String> = (0..count).map(|number| format!("role {number}")).collect();
        format!("\"{}\"", roles.join(","))
    };
    let megabyte = "x".repeat(1 << 20);
    for (file, line) in [
        (row(user_export::MOST_COLUMNS - 2, ""), None),
        (row(user_export::MOST_COLUMNS - 1, ""), Some(1)),
        (
            format!("{header}1,a@x.org{}\n", ",".repeat(10_001)),
            Some(3),
        ),
        (row(3, &megabyte), None),
        (row(1, &(megabyte.clone() + "x")), Some(2)),
        (row(4, &megabyte), Some(2)),
        // A quote that is not closed: the rest of the file is one field.
        (format!("{header}1,a@x.org,\"x\n{megabyte}\n"), Some(3)),
        (
            format!("{header}1,a@x.org,{}\n", roles(user_export::MOST_VALUES)),
            None,
        ),
        (
            format!(
                "{header}1,a@x.org,{}\n",
                roles(user_export::MOST_VALUES + 1)
            ),
            Some(3),
        ),
        (
            format!(
                "{header}1,a@x.org,{}\n1,a@x.org,other\n",
                roles(user_export::MOST_VALUES)
            ),
            Some(4),
        ),
        // Many times the same role is one role.
        (
            format!("{header}1,a@x.org,\"{}\"\n", "a,b,".repeat(20_000)),
            None,
        ),
    ] {
        let found = read(file.as_bytes());
        match line {
            None => assert!(found.is_ok(), "{}: {found:?}", &file[..60]),
            Some(line) => {
                let error = found.expect_err(&file[..60]);
                assert!(error.is_limit(), "{error}");
                assert_eq!(error.line(), Some(line), "{error}");
                assert!(error.to_string().is_ascii() && error.hint().ends_with('.'));
            }
        }
    }
}

#[test]
fn names_from_the_file_are_fit_to_be_read_in_messages() {
    let name = format!("a\u{1b}]0;b\u{7}\u{e9}{}", "x".repeat(1_000));
    let detail = error(format!("User id,{name}\n")).detail().unwrap();
    assert!(
        detail.starts_with("Its columns are \"User id\", \"a\\u{1b}]0;b\\u{7}\\u{e9}xxx"),
        "{detail}"
    );
    assert!(detail.is_ascii() && detail.len() < 200, "{detail}");
    let conflict = error("User id,email\n\u{e9},a@x.org\n\u{e9},b@x.org\n");
    assert!(
        conflict.to_string().ends_with("account \"\\u{e9}\""),
        "{conflict}"
    );
}

/// How often a file's reader can be given up.
fn pauses(file: &str) -> u64 {
    let mut pauses = 0;
    let _ = user_export::read_with(file.as_bytes(), || pauses += 1);
    pauses
}

#[test]
fn pauses_come_by_the_byte_in_files_of_every_shape() {
    // What is sorted comes in falling order; what is merged comes row by row; what is one field, one row or no row at all
    // is as long as a file.
    fn falling(count: usize) -> impl Iterator<Item = usize> {
        (0..count).rev()
    }
    let joined = |count: usize, text: &dyn Fn(usize) -> String| -> String {
        falling(count).map(text).collect::<Vec<_>>().join(",")
    };
    let roles = |count: usize| {
        let roles = joined(count, &|role| format!("{role:07}"));
        let user = format!("1,a@x.org,\"{roles}\"\n");
        format!("User id,email,Jira - acme\n{}", user.repeat(count / 200))
    };
    let products = |count: usize| {
        let access = joined(count, &|product| format!("P - {product}"));
        let seen = joined(count, &|product| {
            format!("Last seen in P - {}", count - product)
        });
        let never = vec!["-"; count].join(",");
        let user = format!("1,a@x.org,{never},{never}\n");
        format!(
            "User id,email,{access},{seen}\n{}",
            user.repeat(count / 100)
        )
    };
    let groups = |count: usize| {
        let row: String = (0..count * 20)
            .map(|row| format!("1,a@x.org,r{}\n", row % count))
            .collect();
        format!("User id,email,Jira - acme\n{row}")
    };
    let blank = |count: usize| format!("User id,email\n{}1,a@x.org\n", "\r\n".repeat(count * 500));
    let field = |count: usize| {
        format!(
            "User id,email,User name\n1,a@x.org,\"{}\"\n",
            "x\"\"".repeat(count * 50)
        )
    };
    let shapes: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("roles", &roles),
        ("products", &products),
        ("groups", &groups),
        ("blank", &blank),
        ("field", &field),
    ];
    for (name, shape) in shapes {
        let file = shape(4_000);
        let most = 3 * file.len() as u64 / (1 << 16) + 3;
        let least = file.len() as u64 / (1 << 17);
        let found = pauses(&file);
        assert!(
            (least..=most).contains(&found),
            "{name}: {found} pauses for {} bytes",
            file.len()
        );
    }
}
