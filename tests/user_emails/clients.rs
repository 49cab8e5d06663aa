//! Clients, dumps and the log.

use confluence_fdw_tests::{Database, error, lines, one, skip, sqlstate_of};

use super::{import, load_sql};

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
    let database = Database::create();
    let mut client = database.connect();
    import(
        &mut client,
        "User id,email,User name,Last seen in Jira - acme\n1,j@x.org,\"Doe, J\",3 Jan 2024\n2,,,\n",
    );
    let everything = "SELECT * FROM confluence.user_emails ORDER BY account_id";
    let before = lines(&mut client, everything);
    assert_eq!(before.len(), 2);

    let Some(dump) = database.dump() else {
        return skip("no pg_dump of this version");
    };
    let restored = Database::empty();
    restored.psql(&dump);
    let mut client = restored.connect();
    assert_eq!(lines(&mut client, everything), before);
    // And they are rows like any others.
    assert_eq!(
        import(&mut client, "User id,email\n1,j@x.org\n"),
        "1|0|0|1|1|0|0"
    );
}
