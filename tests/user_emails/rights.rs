//! Rights: who sees the table, and who loads it.

use std::path::Path;

use confluence_fdw_tests::{Database, error, one};

use super::{import, import_sql, load_sql, role};

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
