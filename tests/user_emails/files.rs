//! Files that are refused, with place and remedy.

use std::path::PathBuf;

use confluence_fdw_tests::{Database, error, lines, literal, one};

use super::{ALL_ROWS, import, import_sql, load_sql};

#[test]
fn bad_files_are_refused_with_place_and_remedy() {
    /// The file, and what the error says: SQLSTATE, message, detail, and a part of the hint.
    type Case = (
        &'static [u8],
        &'static str,
        &'static str,
        Option<&'static str>,
        &'static str,
    );
    let cases: &[Case] = &[
        (
            b"",
            "22P04",
            "the user export is empty",
            None,
            "Export users",
        ),
        (
            b"User id,email\n",
            "22P04",
            "the user export names no account",
            Some("It has a header and no rows."),
            "everybody has left",
        ),
        (
            b"PK\x03\x04",
            "22P04",
            "the user export is not a CSV file, but a workbook or a ZIP archive",
            None,
            "CSV",
        ),
        (
            b"\xFF\xFEU\0s\0",
            "22021",
            "the user export is encoded in UTF-16, not in UTF-8",
            None,
            "CSV UTF-8",
        ),
        (
            b"User id,email\n1,\xFC@x.org\n",
            "22021",
            "line 2 of the user export is not valid UTF-8",
            None,
            "CSV UTF-8",
        ),
        (
            b"User id,email\n\n1,\0@x.org\n",
            "22021",
            "line 3 of the user export contains a zero byte",
            None,
            "CSV UTF-8",
        ),
        (
            "ï»¿User id,email\n1,a@x.org\n".as_bytes(),
            "22021",
            "the user export was encoded twice",
            None,
            "client encoding",
        ),
        (
            b"User id,email\n1,a@x.org\n2,\"b@x.org\n",
            "22P04",
            "the quoted field that begins on line 3 of the user export has no closing quote",
            None,
            "cut off",
        ),
        (
            b"User id,User name,email\n1,\"J\n\"J\" Doe\",a@x.org\n",
            "22P04",
            "line 3 of the user export has text after the closing quote of a field",
            Some("The field begins on line 2."),
            "Double every quote",
        ),
        (
            b"User id,User name,email\n1,Doe, Jane,a@x.org\n",
            "22P04",
            "line 2 of the user export has 4 fields, but its header has 3",
            None,
            "must be quoted",
        ),
        (
            b"User name,Group name\n",
            "22P04",
            "the user export has no account id column and no e-mail column",
            Some("Its columns are \"User name\", \"Group name\"."),
            "\"User id\"",
        ),
        (
            b"group_name,username,full_name,email,active,last_login\n",
            "22P04",
            "this user export has no account ids",
            Some("It names people by user name only, as exports did before 2021."),
            "\"User id\"",
        ),
        (
            b"1,a@x.org\n",
            "22P04",
            "the first line of the user export is not a header",
            Some("It contains an e-mail address."),
            "Export users",
        ),
        (
            b"User id,email,mail\n",
            "22P04",
            "the user export has two columns that could be the e-mail",
            Some("They are \"email\" and \"mail\"."),
            "Remove",
        ),
        (
            b"User id,email\n5.57058E+23,a@x.org\n",
            "22P04",
            "the account id on line 2 of the user export was turned into a number",
            None,
            "without saving it",
        ),
        (
            b"User id,email\n1,Jane\n",
            "22P04",
            "the e-mail on line 2 of the user export is not an e-mail address",
            None,
            "left blank",
        ),
        (
            b"User id,email\n1,a@x.org\n2,b@x.org\n1,c@x.org\n",
            "22P04",
            "the user export gives two e-mail addresses for the account \"1\"",
            Some("They are on lines 2 and 4."),
            "Remove the line",
        ),
    ];
    let database = Database::create();
    let mut client = database.connect();
    for (number, (csv, code, message, detail, hint)) in cases.iter().enumerate() {
        let path = database.file(&format!("{number}.csv"), csv);
        let mut statements = vec![load_sql(&path)];
        // What a text can hold at all, a client can send.
        statements.extend(
            std::str::from_utf8(csv)
                .ok()
                .filter(|csv| !csv.contains('\0'))
                .map(import_sql),
        );
        for sql in statements {
            let refused = error(&mut client, &sql);
            assert_eq!(refused.code().code(), *code, "{message}");
            assert_eq!(refused.message(), *message);
            assert_eq!(refused.detail(), *detail, "{message}");
            assert!(
                refused.hint().is_some_and(|found| found.contains(hint)),
                "{refused:?}"
            );
            // The session goes on.
            assert_eq!(
                one(&mut client, "SELECT count(*) FROM confluence.user_emails"),
                "0"
            );
        }
    }
}

#[test]
fn files_that_cannot_be_read() {
    let database = Database::create();
    let mut client = database.connect();
    let directory = database.file("x", "").parent().unwrap().to_owned();
    let cases = [
        (
            directory.join("missing.csv"),
            "58P01",
            "could not open file \"PATH\": No such file or directory",
        ),
        (directory.clone(), "42809", "\"PATH\" is not a regular file"),
        (
            PathBuf::from("/dev/null"),
            "42809",
            "\"PATH\" is not a regular file",
        ),
        (
            PathBuf::from("export-users.csv"),
            "42602",
            "path \"PATH\" is not absolute",
        ),
        (PathBuf::new(), "42602", "path \"PATH\" is not absolute"),
        (
            database.file("y", "").join("z"),
            "42809",
            "could not open file \"PATH\": Not a directory",
        ),
    ];
    for (path, code, message) in cases {
        let refused = error(&mut client, &load_sql(&path));
        assert_eq!(
            (refused.code().code(), refused.message()),
            (code, &*message.replace("PATH", path.to_str().unwrap()))
        );
        assert_eq!(one(&mut client, "SELECT 1"), "1");
    }
}

#[test]
fn null_is_no_file() {
    let database = Database::create();
    let mut client = database.connect();
    for (function, argument) in [("load_user_emails", "path"), ("import_user_emails", "csv")] {
        let refused = error(
            &mut client,
            &format!("SELECT * FROM confluence.{function}(NULL)"),
        );
        assert_eq!(refused.code().code(), "22004");
        assert_eq!(refused.message(), format!("{argument} must not be null"));
    }
}

#[test]
fn days_that_are_none_are_kept_as_text_or_left_and_told() {
    let database = Database::create();
    let (mut client, notices) = database.connect_with_notices();
    let csv = "User id,email,created,Org role,Group name,Group name,Last seen in Jira - acme,Jira - acme\n\
        1,a@x.org,Before 11 Feb 2017,None,admins,users,Not active in the last 180 days,None\n\
        2,b@x.org,Before 11 Feb 2017,Org Admin,admins,,4 Jan 2024,User\n";
    assert_eq!(import(&mut client, csv), "2|2|0|0|0|0|3");
    assert_eq!(
        lines(&mut client, ALL_ROWS),
        [
            r#"1|a@x.org|NULL|NULL|NULL|NULL|NULL|{"Jira - acme": {"access": [], "last_seen_text": "Not active in the last 180 days"}}"#,
            r#"2|b@x.org|NULL|NULL|Org Admin|NULL|2024-01-04|{"Jira - acme": {"access": ["User"], "last_seen": "2024-01-04"}}"#,
        ]
    );
    let [notice] = &notices.take()[..] else {
        panic!("one notice");
    };
    assert_eq!(
        (notice.severity(), notice.message()),
        ("NOTICE", "3 values of the user export were not understood")
    );
    assert_eq!(
        notice.detail(),
        Some(
            "2 in column \"created\", the first on line 2; 1 in column \"Last seen in Jira - acme\", the first on line 2."
        )
    );
    // What is understood is nothing to tell.
    assert_eq!(
        import(&mut client, "User id,email\n1,a@x.org\n"),
        "1|0|0|1|1|0|0"
    );
    assert!(notices.take().is_empty());
}

#[test]
fn two_columns_that_could_be_the_id_or_the_e_mail_are_refused() {
    let database = Database::create();
    let mut client = database.connect();
    for csv in [
        "User id,email,Email\n1,a@x.org,b@x.org\n",
        "User id,User ID,email\n1,2,a@x.org\n",
    ] {
        let refused = error(&mut client, &import_sql(csv));
        assert_eq!(refused.code().code(), "22P04");
        assert!(refused.message().contains("two columns that could be"));
    }
}

/// Two megabytes in one row: the roles of one user in one product, in falling order.
fn one_long_row() -> String {
    let roles: Vec<String> = (0..250_000)
        .rev()
        .map(|role| format!("{role:07}"))
        .collect();
    let halves: Vec<String> = roles
        .chunks(125_000)
        .map(|roles| format!("\"{}\"", roles.join(",")))
        .collect();
    format!(
        "User id,email,Jira - acme,Jira - beta\n1,a@x.org,{}\n",
        halves.join(",")
    )
}

#[test]
fn what_is_larger_than_any_export_is_refused() {
    let database = Database::create();
    let mut client = database.connect();
    let columns: Vec<String> = (0..10_001).map(|number| format!("P - {number}")).collect();
    for (csv, message) in [
        (
            one_long_row(),
            "line 2 of the user export gives a user more than 10000 values in column \"Jira - acme\"",
        ),
        (
            format!("User id,email,{}\n", columns.join(",")),
            "line 1 of the user export has more than 10000 fields",
        ),
        (
            format!("User id,email\n1,a@x.org\n2,\"{}\n", "x".repeat(1 << 21)),
            "line 3 of the user export has a field of more than 1 MB",
        ),
    ] {
        let refused = error(
            &mut client,
            &format!(
                "SELECT 1 FROM confluence.import_user_emails({})",
                literal(&csv)
            ),
        );
        assert_eq!(
            (refused.code().code(), refused.message()),
            ("54000", message)
        );
        assert!(refused.hint().is_some());
    }
}
