//! The administrator's user export, loaded into `confluence.user_emails`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use confluence_fdw_tests::{Database, error, lines, literal, one, skip, sqlstate_of};
use postgres::Client;

const ALL_ROWS: &str = "SELECT account_id, email, display_name, status, org_role, added_to_org, last_active, product_access
     FROM confluence.user_emails ORDER BY account_id";

/// Imports text, and returns `read|inserted|updated|unchanged|absent|rejected|not_understood`.
#[track_caller]
fn import(client: &mut Client, csv: &str) -> String {
    one(client, &import_sql(csv))
}

fn import_sql(csv: &str) -> String {
    format!(
        "SELECT * FROM confluence.import_user_emails({})",
        literal(csv)
    )
}

fn load_sql(path: &Path) -> String {
    format!(
        "SELECT * FROM confluence.load_user_emails({})",
        literal(path.to_str().expect("a path in UTF-8"))
    )
}

/// A role that may use the schema, and what else is granted to `role`.
fn role(database: &Database, name: &str, grants: &str) -> String {
    let role = database.role(name);
    database.execute(&format!(
        "GRANT USAGE ON SCHEMA confluence TO {role}; {}",
        grants.replace("role", &role)
    ));
    role
}

#[test]
fn counts_have_names() {
    let database = Database::create();
    let mut client = database.connect();
    let row = client
        .query_one(&import_sql("User id,email\n1,a@x.org\n"), &[])
        .unwrap();
    let names: Vec<_> = row
        .columns()
        .iter()
        .map(|column| format!("{} {}", column.name(), column.type_()))
        .collect();
    assert_eq!(
        names,
        [
            "read int8",
            "inserted int8",
            "updated int8",
            "unchanged int8",
            "absent int8",
            "rejected int8",
            "not_understood int8"
        ]
    );
}

#[test]
fn every_layout_loads() {
    let layouts = [
        (
            "User id,User name,email,User status,Added to org,Org role,Last seen in Jira Service Management - acme,Last seen in Confluence - acme
712020:1,jdoe,jdoe@example.com,Active,3 Jan 2024,,Never accessed,12 May 2024",
            r#"712020:1|jdoe@example.com|jdoe|Active|NULL|2024-01-03|2024-05-12|{"Confluence - acme": {"last_seen": "2024-05-12"}, "Jira Service Management - acme": {"last_seen": null}}"#,
        ),
        (
            "User id,User name,email,User status,Added to org,Org role,Last seen in Jira Software - acme
1,Jane,j@x.org,Suspended,13 Feb 2024,Organization admin,Never Accessed",
            r#"1|j@x.org|Jane|Suspended|Organization admin|2024-02-13|NULL|{"Jira Software - acme": {"last_seen": null}}"#,
        ),
        (
            "Group id,Group name,User id,User name,email,User status,Added to org,Org role
g1,\"admins, all\",1,\"Doe, \"\"J\"\"\",j@x.org,Active,3 Jan 2024,
g2,users,1,\"Doe, \"\"J\"\"\",J@x.org,Active,3 Jan 2024,Organization admin",
            r#"1|j@x.org|Doe, "J"|Active|Organization admin|2024-01-03|NULL|NULL"#,
        ),
        (
            "User id,User name,email,User status,Added to org,Org role,Jira - acme,Confluence - acme,Last seen in Confluence - acme
1,J,j@x.org,Active,3 Jan 2024,,,User,4 Mar 2024",
            r#"1|j@x.org|J|Active|NULL|2024-01-03|2024-03-04|{"Confluence - acme": {"access": ["User"], "last_seen": "2024-03-04"}}"#,
        ),
        (
            "id,full_name,email,active,created,Last seen in Jira Service Desk,Last seen in Confluence
1,J,j@x.org,No,3 Jan 2019,Never logged in,4 Mar 2020",
            r#"1|j@x.org|J|Inactive|NULL|2019-01-03|2020-03-04|{"Confluence": {"last_seen": "2020-03-04"}, "Jira Service Desk": {"last_seen": null}}"#,
        ),
        (
            "Name,Email,Atlassian ID,Status,Last active date [UTC],Claimed,Billable,Jira,Confluence
J,j@x.org,557058:1,active,2024-05-12 10:11:12,Yes,No,\"acme, beta\",",
            r#"557058:1|j@x.org|J|Active|NULL|NULL|2024-05-12|{"Jira": {"access": ["acme", "beta"]}}"#,
        ),
        // Saved by a spreadsheet program: mark, semicolons, its own dates, empty columns.
        (
            "\u{feff}EMAIL;user_id;Added to Org;;\r\nj@x.org; 1 ;03-Jan-24;;\r\n",
            "1|j@x.org|NULL|NULL|NULL|2024-01-03|NULL|NULL",
        ),
        ("User id\temail\tUser name\n1\tj@x.org\t\"Jörg\n\u{1F600}\"\n", "1|j@x.org|Jörg\n\u{1F600}|NULL|NULL|NULL|NULL|NULL"),
    ];
    let database = Database::create();
    let mut client = database.connect();
    for (number, (csv, expected)) in layouts.into_iter().enumerate() {
        let path = database.file(&format!("{number}.csv"), csv);
        for sql in [import_sql(csv), load_sql(&path)] {
            let counts = one(&mut client, &sql);
            assert!(counts.ends_with("|1|0|0|0|0|0"), "{counts}\n{csv}");
            assert_eq!(lines(&mut client, ALL_ROWS), [expected], "{csv}");
            client
                .batch_execute("TRUNCATE confluence.user_emails")
                .unwrap();
        }
    }
}

#[test]
fn a_second_load_tells_what_changed() {
    let database = Database::create();
    let mut client = database.connect();
    let first = "User id,email,User status\na,a@x.org,Active\nb,b@x.org,Active\nc,c@x.org,Active\nd,,Active\n";
    assert_eq!(import(&mut client, first), "4|4|0|0|0|0|0");
    assert_eq!(import(&mut client, first), "4|0|0|4|0|0|0");

    // Of a load, all rows have the same time; those of the load before are older.
    let second = "User id,email,User status\na,a@x.org,Active\nb,b@x.org,Suspended\nb,b@x.org,\nd,d@x.org,Active\ne,e@x.org,Active\n,x@x.org,\n";
    assert_eq!(import(&mut client, second), "6|1|2|1|1|1|0");
    assert_eq!(
        lines(
            &mut client,
            "SELECT account_id, email, status, last_loaded = (SELECT max(last_loaded) FROM confluence.user_emails),
                    first_seen = (SELECT min(first_seen) FROM confluence.user_emails), first_seen < last_loaded
               FROM confluence.user_emails ORDER BY account_id"
        ),
        [
            "a|a@x.org|Active|t|t|t",
            "b|b@x.org|Suspended|t|t|t",
            "c|c@x.org|Active|f|t|t",
            "d|d@x.org|Active|t|t|t",
            "e|e@x.org|Active|t|f|f",
        ]
    );
}

#[test]
fn loads_of_one_transaction_have_different_times() {
    let database = Database::create();
    let mut client = database.connect();
    client.batch_execute("BEGIN").unwrap();
    import(&mut client, "User id,email\na,a@x.org\n");
    assert_eq!(
        import(&mut client, "User id,email\nb,b@x.org\n"),
        "1|1|0|0|1|0|0"
    );
    client.batch_execute("COMMIT").unwrap();
    assert_eq!(
        one(
            &mut client,
            "SELECT account_id FROM confluence.user_emails WHERE last_loaded < (SELECT max(last_loaded) FROM confluence.user_emails)"
        ),
        "a"
    );
}

#[test]
fn what_a_file_does_not_tell_stays() {
    let database = Database::create();
    let mut client = database.connect();
    import(
        &mut client,
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira - acme\n\
         1,J,j@x.org,Active,3 Jan 2024,Organization admin,4 Jan 2024\n",
    );
    // Other columns: nothing is lost. A blank e-mail: the known one stays.
    assert_eq!(import(&mut client, "User id,email\n1,\n"), "1|0|0|1|0|0|0");
    let unchanged = r#"1|j@x.org|J|Active|Organization admin|2024-01-03|2024-01-04|{"Jira - acme": {"last_seen": "2024-01-04"}}"#;
    assert_eq!(lines(&mut client, ALL_ROWS), [unchanged]);
    // The same columns, blank: the role is gone, and the table says so.
    assert_eq!(
        import(
            &mut client,
            "User id,User name,email,User status,Added to org,Org role,Last seen in Jira - acme\n1,,,,,,\n"
        ),
        "1|0|1|0|0|0|0"
    );
    assert_eq!(
        lines(&mut client, ALL_ROWS),
        ["1|j@x.org|NULL|NULL|NULL|NULL|NULL|{}"]
    );
}

#[test]
fn a_load_is_all_or_nothing() {
    let database = Database::create();
    let mut client = database.connect();
    import(&mut client, "User id,email\na,a@x.org\n");
    client.batch_execute("BEGIN").unwrap();
    assert_eq!(
        import(&mut client, "User id,email\na,changed@x.org\nb,b@x.org\n"),
        "2|1|1|0|0|0|0"
    );
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(
        one(
            &mut client,
            "SELECT account_id, email FROM confluence.user_emails"
        ),
        "a|a@x.org"
    );

    // The mistake is on the last line of many: more than one statement would have been written.
    let mut csv = String::from("User id,email\n");
    for number in 0..25_000 {
        writeln!(csv, "{number},{number}@x.org").unwrap();
    }
    csv += "last\n";
    assert_eq!(error(&mut client, &import_sql(&csv)).code().code(), "22P04");
    // And here PostgreSQL refuses one of the last rows, when others have been written.
    client
        .batch_execute("ALTER TABLE confluence.user_emails ADD CONSTRAINT not_everybody CHECK (account_id <> '24990')")
        .unwrap();
    let csv = csv.trim_end_matches("last\n");
    assert_eq!(error(&mut client, &import_sql(csv)).code().code(), "23514");
    assert_eq!(
        one(
            &mut client,
            "SELECT account_id, email FROM confluence.user_emails"
        ),
        "a|a@x.org"
    );
}

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
fn nobody_sees_or_loads_anything_without_being_told_so() {
    let database = Database::create();
    let path = database.file("export-users.csv", "User id,email\n1,a@x.org\n");
    let csv = "User id,email\n1,a@x.org\n";

    let mut stranger = database.connect_as(&database.role("stranger"));
    assert_eq!(
        error(&mut stranger, &import_sql(csv)).code().code(),
        "42501"
    );

    let guest = role(&database, "guest", "");
    let mut guest = database.connect_as(&guest);
    let refused = error(&mut guest, "SELECT * FROM confluence.user_emails");
    assert_eq!(refused.message(), "permission denied for table user_emails");
    let refused = error(&mut guest, &import_sql(csv));
    assert_eq!(
        (refused.code().code(), refused.message()),
        ("42501", "permission denied for table user_emails")
    );

    // Reading the table is not writing it.
    let reader = role(
        &database,
        "reader",
        "GRANT SELECT ON confluence.user_emails TO role",
    );
    let refused = error(&mut database.connect_as(&reader), &import_sql(csv));
    assert_eq!(
        (refused.code().code(), refused.message()),
        ("42501", "permission denied for table user_emails")
    );

    let table = "GRANT SELECT, INSERT, UPDATE ON confluence.user_emails TO role";
    let writer = role(&database, "writer", table);
    let mut writer = database.connect_as(&writer);
    let refused = error(&mut writer, &load_sql(&path));
    assert_eq!(refused.code().code(), "42501");
    assert_eq!(
        refused.message(),
        "permission denied to read a file on the server"
    );
    assert!(
        refused
            .detail()
            .unwrap()
            .contains("\"pg_read_server_files\"")
    );
    assert!(
        refused
            .hint()
            .unwrap()
            .contains("confluence.import_user_emails")
    );
    assert_eq!(import(&mut writer, csv), "1|1|0|0|0|0|0");

    // Nor does reading files give a right to the table.
    let files = role(&database, "files", "GRANT pg_read_server_files TO role");
    let refused = error(&mut database.connect_as(&files), &load_sql(&path));
    assert_eq!(
        (refused.code().code(), refused.message()),
        ("42501", "permission denied for table user_emails")
    );

    let loader = role(
        &database,
        "loader",
        &format!("{table}; GRANT pg_read_server_files TO role"),
    );
    assert_eq!(
        one(&mut database.connect_as(&loader), &load_sql(&path)),
        "1|0|0|1|0|0|0"
    );

    // The right to files is that of the role that is in force.
    let mut superuser = database.connect();
    superuser
        .batch_execute(&format!("SET ROLE {reader}"))
        .unwrap();
    assert_eq!(
        error(&mut superuser, &load_sql(&path)).code().code(),
        "42501"
    );
}

#[test]
fn default_privileges_do_not_open_the_table() {
    let database = Database::empty();
    database.execute(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; CREATE EXTENSION confluence_fdw",
    );
    let guest = role(&database, "guest", "");
    let refused = error(
        &mut database.connect_as(&guest),
        "SELECT * FROM confluence.user_emails",
    );
    assert_eq!(refused.code().code(), "42501");
}

#[test]
fn a_transaction_that_may_not_write_does_not() {
    let database = Database::create();
    let mut client = database.connect();
    client
        .batch_execute("SET default_transaction_read_only = on")
        .unwrap();
    assert_eq!(
        error(&mut client, &import_sql("User id,email\n1,a@x.org\n"))
            .code()
            .code(),
        "25006"
    );
}

#[test]
fn nothing_on_the_search_path_is_called() {
    let database = Database::create();
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE SCHEMA evil;
             CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
             CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.never);
             CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
             CREATE TABLE evil.user_emails ();
             SET search_path = evil, pg_catalog",
        )
        .unwrap();
    let csv = "User id,email,User name\n1,a@x.org,J\n";
    assert_eq!(import(&mut client, csv), "1|1|0|0|0|0|0");
    assert_eq!(import(&mut client, csv), "1|0|0|1|0|0|0");
    assert_eq!(one(&mut client, "SHOW search_path"), "evil, pg_catalog");
}

#[test]
fn loads_wait_for_each_other_and_readers_do_not() {
    let database = Database::create();
    let mut first = database.connect();
    let mut reader = database.connect();
    first.batch_execute("BEGIN").unwrap();
    assert_eq!(
        import(&mut first, "User id,email\na,a@x.org\nb,b@x.org\n"),
        "2|2|0|0|0|0|0"
    );

    let mut second = database.connect();
    let pid = one(&mut second, "SELECT pg_backend_pid()");
    let waiting =
        std::thread::spawn(move || import(&mut second, "User id,email\nb,new@x.org\nc,c@x.org\n"));
    while one(
        &mut reader,
        &format!("SELECT count(*) FROM pg_locks WHERE pid = {pid} AND NOT granted"),
    ) == "0"
    {
        assert!(
            !waiting.is_finished(),
            "the second load must wait for the first"
        );
    }
    assert_eq!(
        one(&mut reader, "SELECT count(*) FROM confluence.user_emails"),
        "0"
    );
    first.batch_execute("COMMIT").unwrap();
    assert_eq!(waiting.join().unwrap(), "2|1|1|0|1|0|0");
    assert_eq!(
        lines(
            &mut reader,
            "SELECT account_id, email FROM confluence.user_emails ORDER BY 1"
        ),
        ["a|a@x.org", "b|new@x.org", "c|c@x.org"]
    );
}

/// An export of many: every user in two groups.
fn large_export(users: usize) -> String {
    let mut csv = String::from(
        "Group id,Group name,User id,User name,email,User status,Added to org,Org role,Last seen in Jira - acme,\
         Last seen in Confluence - acme\n",
    );
    for number in 0..2 * users {
        let (group, user) = (number / users, number % users);
        writeln!(
            csv,
            "g{group},\"group {group}\",712020:{user:08},\"Doe, Jane {user}\",jane.doe.{user}@example.com,Active,\
             {} Jan 2024,,Never accessed,12 May 2024",
            user % 28 + 1
        )
        .unwrap();
    }
    csv
}

#[test]
fn a_hundred_thousand_users_load() {
    let database = Database::create();
    let mut client = database.connect();
    let path = database.file("large.csv", large_export(100_000));
    assert_eq!(
        one(&mut client, &load_sql(&path)),
        "200000|100000|0|0|0|0|0"
    );
    assert_eq!(
        one(&mut client, &load_sql(&path)),
        "200000|0|0|100000|0|0|0"
    );
    assert_eq!(
        one(
            &mut client,
            "SELECT count(*), count(DISTINCT email), count(DISTINCT last_loaded), min(last_active) FROM confluence.user_emails"
        ),
        "100000|100000|1|2024-05-12"
    );
}

#[test]
fn a_load_that_is_cancelled_leaves_nothing() {
    let database = Database::create();
    let mut client = database.connect();
    let path = database.file("large.csv", large_export(50_000));
    client
        .batch_execute("SET statement_timeout = '1ms'")
        .unwrap();
    let cancelled = error(&mut client, &load_sql(&path));
    assert_eq!(cancelled.code().code(), "57014");
    client.batch_execute("RESET statement_timeout").unwrap();
    assert_eq!(
        one(&mut client, "SELECT count(*) FROM confluence.user_emails"),
        "0"
    );
}

#[test]
fn psql_sends_a_file_of_its_own() {
    let database = Database::create();
    let path = database.file(
        "export-users.csv",
        "\u{feff}User id,email,User name\r\n1,j@x.org,\"Doe, 'J'\\\"\r\n",
    );
    let script = format!(
        "\\pset format unaligned\n\\set csv `cat {}`\nSELECT * FROM confluence.import_user_emails(:'csv');",
        path.display()
    );
    let run = database.run_psql(&["-v", "ON_ERROR_STOP=1", "-q"], &script);
    assert!(
        run.success && run.output.contains("\n1|1|0|0|0|0|0\n"),
        "{}",
        run.output
    );
    let mut client = database.connect();
    assert_eq!(
        one(
            &mut client,
            "SELECT display_name FROM confluence.user_emails"
        ),
        "Doe, 'J'\\"
    );
}

#[test]
fn errors_about_a_file_tell_the_log_nothing_of_people() {
    let database = Database::create();
    let mut client = database.connect();
    for (number, csv) in [
        "User id,email\n1,mallory-one@x.org\n1,mallory-two@x.org\n",
        "1,mallory-three@x.org\n",
        "User id,User name,email\n1,mallory four,nonsense\n",
        "User id,email,User name\n1,mallory-five@x.org,\"mallory six\n",
    ]
    .iter()
    .enumerate()
    {
        let path = database.file(&format!("{number}.csv"), csv);
        let refused = error(&mut client, &load_sql(&path));
        assert!(!format!("{refused:?}").contains("mallory"), "{refused:?}");
    }
    // The log is that of all tests: only this one knows the name.
    let log = database.log();
    assert!(log.contains("two e-mail addresses for the account"));
    assert!(!log.contains("mallory"), "{log}");
}

#[test]
fn client_parameters_work_too() {
    let database = Database::create();
    let mut client = database.connect();
    let row = client
        .query_one(
            "SELECT inserted FROM confluence.import_user_emails($1)",
            &[&"User id,email\n1,a@x.org\n"],
        )
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
    let refused = client
        .query_one(
            "SELECT inserted FROM confluence.import_user_emails($1)",
            &[&""],
        )
        .unwrap_err();
    assert_eq!(sqlstate_of(&refused), "22P04");
}

#[test]
fn the_table_and_all_its_columns_are_commented() {
    let database = Database::create();
    let mut client = database.connect();
    let missing = lines(
        &mut client,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'confluence.user_emails'::regclass AND attnum > 0
            AND col_description(attrelid, attnum) IS NULL
         UNION ALL SELECT 'the table' WHERE obj_description('confluence.user_emails'::regclass, 'pg_class') IS NULL
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'confluence'::regnamespace
            AND proname LIKE '%user_emails' AND obj_description(oid, 'pg_proc') IS NULL",
    );
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_dump_keeps_the_rows() {
    let pg_config = std::env::var_os("PG_CONFIG").unwrap_or_else(|| "pg_config".into());
    let bindir = Command::new(pg_config)
        .arg("--bindir")
        .output()
        .expect("pg_config runs")
        .stdout;
    let pg_dump = Path::new(std::str::from_utf8(&bindir).unwrap().trim()).join("pg_dump");
    if !pg_dump.exists() {
        return skip("no pg_dump of this version");
    }
    let database = Database::create();
    let mut client = database.connect();
    import(
        &mut client,
        "User id,email,User name,Last seen in Jira - acme\n1,j@x.org,\"Doe, J\",3 Jan 2024\n2,,,\n",
    );
    let everything = "SELECT * FROM confluence.user_emails ORDER BY account_id";
    let before = lines(&mut client, everything);
    assert_eq!(before.len(), 2);

    let config = database.config_as("postgres");
    let [postgres::config::Host::Unix(socket)] = config.get_hosts() else {
        panic!("a socket")
    };
    let dump = Command::new(pg_dump)
        .args([
            "--username",
            config.get_user().unwrap(),
            "--port",
            &config.get_ports()[0].to_string(),
        ])
        .arg("--host")
        .arg(socket)
        .arg(database.name())
        .output()
        .expect("pg_dump runs");
    assert!(
        dump.status.success(),
        "{}",
        String::from_utf8_lossy(&dump.stderr)
    );

    let restored = Database::empty();
    restored.psql(std::str::from_utf8(&dump.stdout).unwrap());
    let mut client = restored.connect();
    assert_eq!(lines(&mut client, everything), before);
    // And they are rows like any others.
    assert_eq!(
        import(&mut client, "User id,email\n1,j@x.org\n"),
        "1|0|0|1|1|0|0"
    );
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
fn who_may_not_load_is_told_before_anything_is_read() {
    let database = Database::create();
    let path = database.file("broken.csv", "this is no export");
    for (number, (grants, refused)) in [
        ("", true),
        (
            "GRANT SELECT, INSERT ON confluence.user_emails TO role",
            true,
        ),
        (
            "GRANT SELECT, UPDATE ON confluence.user_emails TO role",
            true,
        ),
        (
            "GRANT INSERT, UPDATE ON confluence.user_emails TO role",
            true,
        ),
        (
            "GRANT SELECT, INSERT, UPDATE ON confluence.user_emails TO role",
            false,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("caller{number}");
        let role = role(
            &database,
            &name,
            &format!("{grants}; GRANT pg_read_server_files TO role"),
        );
        let mut client = database.connect_as(&role);
        for sql in [
            import_sql("this is no export"),
            load_sql(&path),
            load_sql(Path::new("/nowhere")),
        ] {
            let error = error(&mut client, &sql);
            let is_about_rights = error.message() == "permission denied for table user_emails";
            assert_eq!(is_about_rights, refused, "{grants}: {error:?}");
        }
    }
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

#[test]
fn a_load_is_cancelled_within_a_row_as_well() {
    let database = Database::create();
    let mut client = database.connect();
    // Columns and roles as many as there may be, in the order that takes longest.
    let roles: Vec<String> = (0..9_999).rev().map(|role| role.to_string()).collect();
    let field = format!("\"{}\"", roles.join(","));
    let names: Vec<String> = (0..60).map(|product| format!("P - {product}")).collect();
    let user = format!(",a@x.org,{}\n", vec![field; 60].join(","));
    let mut csv = format!("User id,email,{}\n", names.join(","));
    for number in 0..3 {
        csv += &format!("{number}{user}");
    }
    client
        .batch_execute("CREATE TEMPORARY TABLE export (csv text)")
        .unwrap();
    client
        .execute("INSERT INTO export VALUES ($1)", &[&csv])
        .unwrap();
    client
        .batch_execute("SET statement_timeout = '1ms'")
        .unwrap();
    let cancelled = error(
        &mut client,
        "SELECT i.* FROM export, confluence.import_user_emails(csv) AS i",
    );
    assert_eq!(cancelled.code().code(), "57014");
    client.batch_execute("RESET statement_timeout").unwrap();
    assert_eq!(
        one(&mut client, "SELECT count(*) FROM confluence.user_emails"),
        "0"
    );
}
