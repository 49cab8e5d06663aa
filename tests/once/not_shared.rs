//! What is not shared: servers, accounts, statements.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{explain_with, literal, one};
use confluence_sim::{NewPage, Options};

use super::{ALL, HASH, takes};

#[test]
fn servers_and_accounts_share_nothing() {
    let mut site = Site::of(small());
    let url = literal(site.sim.url());
    let mapping = format!(
        "OPTIONS (email {}, api_token {})",
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    );
    let role = site.database.role("other");
    site.execute(&format!(
        "CREATE SERVER second FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {url});
         CREATE USER MAPPING FOR PUBLIC SERVER second {mapping};
         CREATE SCHEMA second;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER second INTO second;
         CREATE USER MAPPING FOR {role} SERVER site {mapping};
         GRANT SELECT ON confluence_pages TO {role};
         CREATE VIEW theirs AS SELECT id FROM confluence_pages;
         ALTER VIEW theirs OWNER TO {role}"
    ));
    for other in ["second.confluence_pages", "theirs"] {
        let sql = format!("SELECT id FROM confluence_pages UNION ALL SELECT id FROM {other}");
        let (rows, sent) = site.read(&sql);
        assert_eq!((rows.len(), sent.len()), (6_000, 2 * ALL), "{other}");
    }
    // A view that reads with the same mapping is no other account.
    site.execute("CREATE VIEW ours AS SELECT id FROM confluence_pages");
    takes(
        &mut site,
        "SELECT id FROM confluence_pages UNION ALL SELECT id FROM ours",
        ALL,
        2 * ALL,
    );
}

#[test]
fn a_statement_sees_nothing_of_the_one_before() {
    let mut site = Site::of(small());
    site.execute(HASH);
    let sql = "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)";
    assert_eq!(one(&mut site.client, sql), "3000");
    let space_id = site.sim.organisation().spaces().next().expect("a space").id;
    site.sim.edit(|organisation| {
        let page = NewPage {
            space_id,
            title: "New".to_owned(),
            parent_id: None,
        };
        organisation.create_page(page).expect("a space");
    });
    assert_eq!(one(&mut site.client, sql), "3001");
    // In one transaction, through one prepared statement, and within one statement that runs others.
    site.execute(&format!(
        "PREPARE q AS {sql};
         CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN ({sql}); END$$"
    ));
    for (run, times) in [
        ("BEGIN; EXECUTE q; EXECUTE q; COMMIT", 2),
        ("SELECT counted() FROM generate_series(1, 3)", 3),
    ] {
        let (rows, sent) = site.read(run);
        assert_eq!(rows, vec!["3001"; times], "{run}");
        assert_eq!(sent.len(), times * (ALL + 1), "{run}");
    }
}

#[test]
fn one_scan_that_is_alone_is_not_kept() {
    let mut site = Site::of(small());
    for sql in [
        "SELECT id FROM confluence_pages",
        "SELECT count(*) FROM confluence_pages WHERE modified_at > (SELECT '2000-01-01'::timestamptz)",
        "WITH c AS MATERIALIZED (SELECT id FROM confluence_pages) SELECT * FROM c",
        "SELECT id FROM confluence_pages ORDER BY title",
    ] {
        let shown = explain_with(&mut site.client, "ANALYZE, COSTS OFF", sql);
        assert!(!shown.contains("Served Again"), "{shown}");
    }
}
