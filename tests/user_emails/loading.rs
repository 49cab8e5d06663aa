//! Loads: layouts, counts, and what a second load changes.

use std::fmt::Write as _;

use confluence_fdw_tests::{Database, error, lines, one};

use super::{ALL_ROWS, import, import_sql, load_sql};

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
