//! `confluence_fdw.max_requests`: how many requests a statement may send, whatever it is made of.

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, lines, one, requests};
use confluence_sim::{Options, Organisation, Sim};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, SMALL_STEPS, Scene, small_site};

const SPACES: &str = "SELECT id FROM confluence_spaces";

/// Limits the session.
#[track_caller]
fn limit(scene: &mut Scene, most: u32) {
    scene.execute(&format!("SET confluence_fdw.max_requests = {most}"));
}

/// The statement needs more requests than so many, and no more have left.
#[track_caller]
fn exceeds(scene: &mut Scene, sql: &str, most: usize) -> DbError {
    scene.sim.clear_log();
    let raised = error(&mut scene.client, sql);
    let plural = if most == 1 { "" } else { "s" };
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "54000",
            &*format!("the statement needs more than {most} request{plural}")
        ),
        "{sql}: {raised:?}"
    );
    assert!(requests(&scene.sim).len() <= most, "{sql}");
    raised
}

/// How many requests a statement takes.
#[track_caller]
fn costs(scene: &mut Scene, sql: &str) -> usize {
    scene.sim.clear_log();
    lines(&mut scene.client, sql);
    requests(&scene.sim).len()
}

/// Holds that a statement that takes so many requests may take them, and not one less.
#[track_caller]
fn is_counted_as_a_whole(scene: &mut Scene, sql: &str, requests: u32) {
    limit(scene, 0);
    assert_eq!(costs(scene, sql), requests as usize, "{sql}");
    limit(scene, requests);
    assert_eq!(costs(scene, sql), requests as usize, "{sql}");
    // It is for each statement anew.
    assert_eq!(costs(scene, sql), requests as usize, "{sql}");
    limit(scene, requests - 1);
    exceeds(scene, sql, requests as usize - 1);
}

#[test]
fn the_scans_of_a_statement_are_counted_together() {
    let mut scene = Scene::new();
    let pages = costs(&mut scene, ALL_PAGES) as u32;
    let spaces = costs(&mut scene, SPACES) as u32;
    let by_space = "SELECT id FROM confluence_permissions";
    let permissions = costs(&mut scene, by_space) as u32;
    for (sql, requests) in [
        (ALL_PAGES.to_owned(), pages),
        (by_space.to_owned(), permissions),
        (format!("{ALL_PAGES} UNION ALL {SPACES}"), pages + spaces),
        (format!("WITH s AS MATERIALIZED ({SPACES}) {ALL_PAGES} WHERE space_id NOT IN (TABLE s)"), pages + spaces),
        (format!("SELECT ({ALL_PAGES} ORDER BY 1 LIMIT 1), ({SPACES} ORDER BY 1 LIMIT 1)"), 2),
        (
            "SELECT p.id FROM (SELECT id FROM confluence_spaces OFFSET 0) AS s JOIN confluence_permissions p ON p.space_id = s.id".to_owned(),
            permissions,
        ),
    ] {
        is_counted_as_a_whole(&mut scene, &sql, requests);
    }
}

#[test]
fn what_runs_in_a_statement_is_a_part_of_it() {
    let mut scene = Scene::new();
    let pages = costs(&mut scene, ALL_PAGES) as u32;
    let spaces = costs(&mut scene, SPACES) as u32;
    scene.execute(
        "CREATE FUNCTION pages() RETURNS bigint LANGUAGE plpgsql AS
            'BEGIN RETURN (SELECT count(*) FROM confluence_pages); END';
         CREATE FUNCTION looped() RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE n bigint := 0; page record;
            BEGIN
                FOR page IN SELECT id FROM confluence_pages LOOP n := n + 1; END LOOP;
                FOR page IN EXECUTE 'SELECT id FROM confluence_pages' LOOP n := n + 1; END LOOP;
                RETURN n;
            END $$;
         CREATE FUNCTION careful() RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE n bigint := 0;
            BEGIN
                BEGIN PERFORM pages() / 0; EXCEPTION WHEN division_by_zero THEN n := 1; END;
                RETURN pages() + n;
            END $$;
         CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pages(); RETURN NULL; END';
         CREATE TABLE changed (n int);
         CREATE TRIGGER on_change AFTER INSERT ON changed FOR EACH ROW EXECUTE FUNCTION on_change();
         CREATE PROCEDURE two() LANGUAGE plpgsql AS
            'BEGIN PERFORM pages(); COMMIT; PERFORM pages(); END';
         PREPARE prepared AS SELECT id FROM confluence_pages",
    );
    for (sql, requests) in [
        ("SELECT pages()".to_owned(), pages),
        (
            "SELECT pages() FROM generate_series(1, 3)".to_owned(),
            3 * pages,
        ),
        (
            "SELECT pages(), s.id FROM confluence_spaces s LIMIT 1".to_owned(),
            pages + spaces,
        ),
        ("SELECT looped()".to_owned(), 2 * pages),
        ("SELECT careful()".to_owned(), 2 * pages),
        ("INSERT INTO changed VALUES (1), (2)".to_owned(), 2 * pages),
        (
            "DO 'BEGIN PERFORM pages(); PERFORM pages(); END'".to_owned(),
            2 * pages,
        ),
        ("CALL two()".to_owned(), 2 * pages),
        ("EXECUTE prepared".to_owned(), pages),
        (format!("EXPLAIN ANALYZE {ALL_PAGES}"), pages),
    ] {
        is_counted_as_a_whole(&mut scene, &sql, requests);
    }
    limit(&mut scene, pages);
    assert_eq!(
        costs(
            &mut scene,
            "CREATE TABLE copied AS SELECT id FROM confluence_pages"
        ),
        pages as usize
    );
    exceeds(
        &mut scene,
        "CREATE TABLE more AS SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_spaces",
        pages as usize,
    );
}

#[test]
fn statements_of_one_message_are_counted_each_by_itself() {
    let mut scene = Scene::new();
    let pages = costs(&mut scene, ALL_PAGES) as u32;
    limit(&mut scene, pages);
    let three = format!("{ALL_PAGES}; {ALL_PAGES}; {ALL_PAGES}");
    assert_eq!(costs(&mut scene, &three), 3 * pages as usize);
    // By the protocol of drivers, too.
    for _ in 0..2 {
        let rows = scene.client.query(ALL_PAGES, &[]).expect("rows");
        assert_eq!(rows.len(), 45);
    }
    // Neither does an error leave anything behind.
    for _ in 0..3 {
        exceeds(
            &mut scene,
            &format!("{ALL_PAGES} UNION ALL {SPACES}"),
            pages as usize,
        );
        assert_eq!(costs(&mut scene, ALL_PAGES), pages as usize);
    }
}

#[test]
fn a_cursor_is_one_statement_from_its_declaration_on() {
    let mut scene = Scene::new();
    limit(&mut scene, 3);
    scene.execute(&format!("BEGIN; DECLARE c CURSOR FOR {ALL_PAGES}"));
    assert_eq!(costs(&mut scene, "FETCH 10 FROM c"), 1);
    assert_eq!(costs(&mut scene, SPACES), 1);
    assert_eq!(costs(&mut scene, "FETCH 20 FROM c"), 2);
    exceeds(&mut scene, "FETCH 1 FROM c", 3);
    scene.execute("ROLLBACK");
    assert_eq!(costs(&mut scene, &format!("{ALL_PAGES} LIMIT 30")), 3);
}

#[test]
fn a_statement_over_several_sites_is_counted_over_all_of_them() {
    let mut scene = Scene::new();
    let other = Sim::start(Options::of(small_site()));
    scene.execute(&format!(
        "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url '{}', {SMALL_STEPS});
         CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (email '{}', api_token '{}');
         CREATE SCHEMA other; IMPORT FOREIGN SCHEMA confluence FROM SERVER other INTO other",
        other.url(),
        Options::EMAIL,
        Options::TOKEN,
    ));
    let pages = costs(&mut scene, ALL_PAGES);
    let both = format!("{ALL_PAGES} UNION ALL SELECT id FROM other.confluence_pages");
    limit(&mut scene, 2 * pages as u32);
    assert_eq!(costs(&mut scene, &both), pages);
    limit(&mut scene, 2 * pages as u32 - 1);
    other.clear_log();
    exceeds(&mut scene, &both, 2 * pages - 1);
    assert!(requests(&scene.sim).len() + requests(&other).len() < 2 * pages);
}

#[test]
fn a_statement_that_is_known_to_need_too_many_requests_sends_none() {
    let mut scene = Scene::new();
    limit(&mut scene, 2);
    let three = "SELECT id FROM confluence_permissions WHERE space_id = ANY (ARRAY[1, 2, 3])";
    exceeds(&mut scene, three, 2);
    assert!(requests(&scene.sim).is_empty());
    // What was had before takes no request.
    limit(&mut scene, 5);
    assert_eq!(
        costs(
            &mut scene,
            "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)"
        ),
        5
    );
}

#[test]
fn the_lower_one_of_two_limits_counts() {
    let mut scene = Scene::with("max_requests '4'");
    limit(&mut scene, 3);
    exceeds(&mut scene, ALL_PAGES, 3);
    limit(&mut scene, 30);
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(
        raised.message(),
        "the scan of \"confluence_pages\" needs more than 4 requests"
    );
}

#[test]
fn analyze_keeps_within_what_is_left() {
    let mut site = Site::of(Organisation::demo());
    site.execute("SET confluence_fdw.max_requests = 3; SET client_min_messages = error");
    let (_, sent) = site.read("ANALYZE confluence_permissions");
    assert!(sent.len() <= 3, "{sent:?}");
    let (_, sent) = site.read(
        "ANALYZE confluence_spaces, confluence_pages, confluence_permissions, confluence_labels",
    );
    assert!(sent.len() <= 3, "{sent:?}");
    let known = one(
        &mut site.client,
        "SELECT reltuples > 0 FROM pg_class WHERE oid = 'confluence_spaces'::regclass",
    );
    assert_eq!(known, "t");
}

#[test]
fn errors_of_other_statements_keep_what_they_tell() {
    let mut scene = Scene::new();
    limit(&mut scene, 100);
    scene.reads_all_pages();
    scene.execute(
        "CREATE TABLE once (n int CONSTRAINT only_once UNIQUE);
         CREATE FUNCTION twice() RETURNS int LANGUAGE plpgsql AS
            'BEGIN INSERT INTO once VALUES (1), (1); RETURN 1; END'",
    );
    for sql in ["SELECT twice()", "DO 'BEGIN PERFORM twice(); END'"] {
        let raised = error(&mut scene.client, sql);
        assert_eq!(
            (raised.code().code(), raised.constraint(), raised.table()),
            ("23505", Some("only_once"), Some("once")),
            "{sql}: {raised:?}"
        );
        let context = raised.where_().unwrap_or_default();
        assert!(
            context.contains("INSERT INTO once")
                && context.contains("PL/pgSQL function twice() line 1"),
            "{sql}: {context}"
        );
    }
}

#[test]
fn a_role_cannot_lift_what_was_set_for_it_and_is_told_so() {
    let sim = Sim::start(Options::of(small_site()));
    let database = confluence_fdw_tests::Database::create();
    database.site_with(&sim, SMALL_STEPS);
    let bi = database.role("bi");
    let admin = database.role("admin");
    database.execute(&format!(
        "GRANT SELECT ON confluence_pages TO {bi}, {admin};
         ALTER ROLE {bi} SET confluence_fdw.max_requests = 3"
    ));
    let refused = |client: &mut Client| {
        let raised = error(client, ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.message()),
            ("54000", "the statement needs more than 3 requests")
        );
        assert_eq!(
            raised.detail(),
            Some(&*format!(
                "The setting confluence_fdw.max_requests of role \"{bi}\" is 3; the scan of \"confluence_pages\" at server \"site\" needs more."
            ))
        );
        assert!(
            raised
                .hint()
                .is_some_and(|hint| hint
                    .contains(&format!("ALTER ROLE {bi} SET confluence_fdw.max_requests"))),
            "{raised:?}"
        );
    };
    // Before the library is loaded, PostgreSQL takes any name with a dot.
    let mut client = database.connect_as(&bi);
    lines(&mut client, "SET confluence_fdw.max_requests = 0");
    refused(&mut client);
    refused(&mut client);
    for sql in [
        "SET confluence_fdw.max_requests = 0".to_owned(),
        "RESET confluence_fdw.max_requests".to_owned(),
        "SELECT set_config('confluence_fdw.max_requests', '0', false)".to_owned(),
        format!("ALTER ROLE {bi} SET confluence_fdw.max_requests = 0"),
        format!("ALTER ROLE {bi} RESET confluence_fdw.max_requests"),
        "CREATE FUNCTION pg_temp.f() RETURNS int SET confluence_fdw.max_requests = 0 RETURN 1"
            .to_owned(),
    ] {
        let raised = error(&mut client, &sql);
        assert_eq!(raised.code().code(), "42501", "{sql}: {raised:?}");
    }
    lines(&mut client, "RESET ALL");
    refused(&mut client);
    lines(&mut client, "DISCARD ALL");
    refused(&mut client);
    assert_eq!(
        lines(&mut client, &format!("{ALL_PAGES} LIMIT 30")).len(),
        30
    );
    // Others are not limited.
    assert_eq!(lines(&mut database.connect_as(&admin), ALL_PAGES).len(), 45);
    assert_eq!(lines(&mut database.connect(), ALL_PAGES).len(), 45);
    // A superuser may let others set it.
    database.execute(&format!(
        "GRANT SET ON PARAMETER confluence_fdw.max_requests TO {admin}"
    ));
    let mut client = database.connect_as(&admin);
    lines(&mut client, ALL_PAGES);
    lines(&mut client, "SET confluence_fdw.max_requests = 2");
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(raised.message(), "the statement needs more than 2 requests");
    database.execute(&format!(
        "REVOKE SET ON PARAMETER confluence_fdw.max_requests FROM {admin}"
    ));
}
