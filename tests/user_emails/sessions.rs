//! Loads beside other sessions: locks, cancels, large exports.

use std::fmt::Write as _;

use confluence_fdw_tests::{Database, error, lines, one};

use super::{import, load_sql};

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
