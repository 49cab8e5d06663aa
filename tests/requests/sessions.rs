//! Planning, and what a session asks once.

use std::time::Duration;

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{explain_with, lines, literal, one, requests};
use confluence_sim::{Options, Organisation};

#[test]
fn nothing_is_asked_where_nothing_can_match() {
    let mut site = Site::of(Organisation::demo());
    for condition in [
        "WHERE false",
        "LIMIT 0",
        "WHERE NULL",
        "WHERE id = NULL",
        "WHERE id = NULL::bigint",
        "WHERE id = ANY('{}')",
        "WHERE id = ANY(NULL)",
        "WHERE id = ANY(NULL::bigint[])",
        "WHERE id = ANY('{NULL}')",
        "WHERE id IN (NULL)",
        "WHERE id IN (NULL, NULL)",
        "WHERE id = ANY(ARRAY(SELECT 1::bigint WHERE false))",
        "WHERE id = (SELECT 1 WHERE false)",
        "WHERE id = 1 AND id = 2",
        "WHERE id IN (1, 2) AND id IN (3, 4)",
        "WHERE id = 1 AND id = ANY('{2,3}')",
        "WHERE title = NULL",
        "WHERE title = 'a' AND title = 'b'",
        "WHERE space_id = NULLIF(1, 1)",
        "WHERE modified_at >= NULL",
        "WHERE modified_at > now() AND modified_at < now() - interval '1 day'",
        "WHERE modified_at > now() AND modified_at < now()",
        "WHERE modified_at >= '2026-01-02' AND modified_at < '2026-01-02'",
        "WHERE modified_at = '2026-01-02' AND modified_at = '2026-01-03'",
        "WHERE now() < '2000-01-01'",
        "WHERE (SELECT false)",
        "WHERE modified_at > 'infinity'",
        "WHERE modified_at >= 'infinity'",
        "WHERE modified_at >= date 'infinity'",
        "WHERE modified_at <= '-infinity'",
        "WHERE modified_at = 'infinity'",
        "WHERE modified_at < '-infinity'",
    ] {
        let sql = format!("SELECT id FROM confluence_pages {condition}");
        assert_eq!(lines(&mut site.client, &sql), Vec::<String>::new(), "{sql}");
        assert_eq!(requests(&site.sim), Vec::<String>::new(), "{sql}");
    }
    let sql = "SELECT * FROM confluence_permissions WHERE space_id = ANY('{}')";
    assert_eq!(lines(&mut site.client, sql).len(), 0);
    assert_eq!(
        site.sim.log().len(),
        0,
        "neither rows nor an identity is asked for"
    );
}

#[test]
fn planning_asks_for_nothing() {
    let mut site = Site::of(Organisation::demo());
    let queries = [
        "SELECT * FROM confluence_pages WHERE id = 1",
        "SELECT count(*) FROM confluence_permissions",
        "SELECT * FROM confluence_spaces JOIN confluence_pages ON space_id = confluence_spaces.id",
        "SELECT * FROM confluence_pages WHERE modified_at > now() - interval '1 day' ORDER BY id LIMIT 3",
    ];
    for sql in queries {
        explain_with(&mut site.client, "VERBOSE", sql);
        explain_with(&mut site.client, "FORMAT JSON", sql);
    }
    site.execute(
        "PREPARE page (bigint) AS SELECT * FROM confluence_pages WHERE id = $1;
         EXPLAIN EXECUTE page(1);
         DECLARE pages CURSOR WITH HOLD FOR SELECT 1 FROM confluence_pages WHERE false;
         BEGIN; DECLARE spaces CURSOR FOR SELECT * FROM confluence_spaces; COMMIT;
         CREATE VIEW latest AS SELECT * FROM confluence_pages ORDER BY modified_at;
         CREATE MATERIALIZED VIEW copied AS SELECT id, key FROM confluence_spaces WITH NO DATA",
    );
    assert_eq!(site.sim.log().len(), 0);
}

#[test]
fn a_session_asks_once_who_it_is() {
    let mut site = Site::of(Organisation::demo());
    for _ in 0..3 {
        site.read("SELECT count(*) FROM confluence_spaces");
        site.read("SELECT id FROM confluence_pages LIMIT 1");
    }
    site.sim.clear_log();
    let mut other = site.database.connect();
    for sql in [
        "SELECT count(*) FROM confluence_pages",
        "SELECT count(*) FROM confluence_permissions",
        "SELECT * FROM confluence_spaces LIMIT 1",
    ] {
        lines(&mut other, sql);
    }
    assert_eq!(site.sim.probes().len(), 1, "the other session's");
    assert_eq!(
        site.sim.probes()[0].path_and_query,
        "/wiki/rest/api/user/current"
    );
}

#[test]
fn a_session_asks_once_for_each_mapping_who_it_is() {
    let mut site = Site::of(Organisation::demo());
    let role = site.database.role("reader");
    site.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email {}, api_token {});
         GRANT SELECT ON confluence_spaces TO {role}",
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    ));
    for _ in 0..2 {
        assert_eq!(
            one(&mut site.client, "SELECT count(*) FROM confluence_spaces"),
            "8"
        );
        site.execute(&format!("SET ROLE {role}"));
        assert_eq!(
            one(&mut site.client, "SELECT count(*) FROM confluence_spaces"),
            "8"
        );
        site.execute("RESET ROLE");
    }
    assert_eq!(site.sim.probes().len(), 2);
    assert_eq!(site.sim.data_requests().len(), 4);
}

#[test]
fn asking_who_one_is_does_not_delay_the_first_request() {
    let mut site = Site::of(Organisation::demo());
    site.sim.set_latency(Duration::from_millis(300));
    site.sim.reset_in_flight_high_water();
    let (rows, _) = site.read("SELECT id FROM confluence_pages LIMIT 10");
    assert_eq!(rows.len(), 10);
    assert_eq!(site.sim.in_flight_high_water(), 3, "all at once");
    let (probes, data) = (site.sim.probes(), site.sim.data_requests());
    assert_eq!((probes.len(), data.len()), (1, 1));
    assert!(Some(data[0].received) < probes[0].answered);
    assert!(Some(probes[0].received) < data[0].answered);
}

#[test]
fn a_listing_is_never_wider_than_max_concurrency() {
    let count = "SELECT count(*) FROM confluence_permissions";
    for (options, most) in [
        ("max_concurrency '1'", 1),
        ("max_concurrency '3'", 3),
        ("", 8),
    ] {
        let mut site = Site::with(confluence_fdw_tests::site::small(), options);
        // The question who one is has been asked before.
        site.read("SELECT id FROM confluence_spaces LIMIT 1");
        site.sim.set_latency(Duration::from_millis(20));
        site.sim.reset_in_flight_high_water();
        let (rows, _) = site.read(count);
        assert_eq!(rows, ["900"]);
        assert_eq!(site.sim.in_flight_high_water(), most, "{options}");
    }
}
