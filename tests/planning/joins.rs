//! Joins: by key, by listing, and right however they are done.

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{explain, one};
use confluence_sim::Organisation;

use super::{copied, page_ids, pages, space_ids};
use crate::scene::Scene;

/// A few rows with keys of pages and spaces, some of them NULL, some twice, some of nothing.
fn add_keys(site: &mut Site) {
    let ids = page_ids(300, 4);
    let spaces = space_ids(4);
    site.execute(&format!(
        "CREATE TABLE keys (k int, page_id bigint, space_id bigint, small int4, since timestamptz, title text);
         INSERT INTO keys VALUES
            (1, {}, {}, 12, '2026-11-01', 'Runbook'), (2, {}, {}, NULL, '2026-10-15', 'none'),
            (3, {}, {}, 7, NULL, NULL), (4, NULL, NULL, 98306, '2020-01-01', 'runbook'),
            (5, {}, {}, 12, '2026-11-19', 'Runbook'), (6, 4, 4, 12, '2030-01-01', '');
         ANALYZE keys",
        ids[0], spaces[0], ids[1], spaces[1], ids[2], spaces[2], ids[0], spaces[0]
    ));
}

const JOINS: &[&str] = &[
    "SELECT k, p.id, p.title FROM keys JOIN confluence_pages AS p ON p.id = keys.page_id",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.id = keys.small",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.space_id = keys.space_id",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.space_id = keys.space_id AND p.id = keys.page_id",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.space_id = keys.space_id AND p.version_number > keys.k * 6",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.title = keys.title",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.space_id = keys.space_id AND p.modified_at > keys.since",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.modified_at > keys.since WHERE k IN (1, 2, 3)",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.modified_at < keys.since - interval '6 years' WHERE k <> 6",
    "SELECT k, p.id FROM keys JOIN confluence_pages AS p ON p.id = ANY(ARRAY[keys.page_id, keys.page_id + 2, NULL])",
    "SELECT k, p.id FROM keys LEFT JOIN confluence_pages AS p ON p.id = keys.page_id",
    "SELECT k, p.id FROM keys LEFT JOIN confluence_pages AS p ON p.id = keys.page_id AND p.title LIKE '%a%'",
    "SELECT k, p.id FROM keys LEFT JOIN confluence_pages AS p ON p.id = keys.page_id WHERE p.id IS NULL",
    "SELECT k FROM keys WHERE EXISTS (SELECT 1 FROM confluence_pages AS p WHERE p.id = keys.page_id)",
    "SELECT k FROM keys WHERE NOT EXISTS (SELECT 1 FROM confluence_pages AS p WHERE p.space_id = keys.space_id)",
    "SELECT k FROM keys WHERE page_id IN (SELECT id FROM confluence_pages)",
    "SELECT k FROM keys WHERE page_id NOT IN (SELECT id FROM confluence_pages WHERE version_number > 3)",
    "SELECT p.id FROM confluence_pages AS p WHERE p.id IN (SELECT page_id FROM keys)",
    "SELECT p.id FROM confluence_pages AS p WHERE p.id NOT IN (SELECT page_id FROM keys WHERE page_id IS NOT NULL)",
    "SELECT k, x.* FROM keys, LATERAL (SELECT id, modified_at FROM confluence_pages AS p WHERE p.space_id = keys.space_id
        ORDER BY modified_at DESC, id LIMIT 2) AS x",
    "SELECT k, x.* FROM keys LEFT JOIN LATERAL (SELECT count(*) FROM confluence_pages AS p
        WHERE p.modified_at >= keys.since) AS x ON true",
    "SELECT k, x.n FROM keys, LATERAL (SELECT keys.k + p.version_number AS n FROM confluence_pages AS p WHERE p.id = keys.page_id) AS x",
    "SELECT k, (SELECT title FROM confluence_pages AS p WHERE p.id = keys.page_id) FROM keys",
    "SELECT k, (SELECT count(*) FROM confluence_pages AS p WHERE p.space_id = keys.space_id AND p.modified_at > keys.since) FROM keys",
    "SELECT k, ARRAY(SELECT p.id FROM confluence_pages AS p WHERE p.id = keys.page_id OR p.id = keys.small) FROM keys",
    "SELECT k, s.key, p.id FROM keys JOIN confluence_spaces AS s ON s.id = keys.space_id
        JOIN confluence_pages AS p ON p.space_id = s.id AND p.id = keys.page_id",
    "SELECT k, s.key, count(p.id) FROM keys JOIN confluence_spaces AS s ON s.id = keys.space_id
        LEFT JOIN confluence_permissions AS p ON p.space_id = s.id GROUP BY k, s.key",
    "SELECT k, m.id FROM keys JOIN confluence_permissions AS m USING (space_id)",
    "SELECT a.id, b.id FROM confluence_pages AS a JOIN confluence_pages AS b ON b.id = a.parent_id JOIN keys ON keys.page_id = a.id",
    "SELECT k, p.id FROM keys FULL JOIN confluence_pages AS p ON p.id = keys.page_id",
    "SELECT k, p.id FROM keys CROSS JOIN confluence_pages AS p WHERE k < 4 AND p.id % 500 = k",
    "SELECT k, p.id FROM keys RIGHT JOIN confluence_pages AS p ON p.id = keys.page_id AND keys.k > 1",
    "SELECT k FROM keys WHERE page_id = ANY(SELECT homepage_id FROM confluence_spaces)",
];

#[test]
fn joins_are_right_however_they_are_done() {
    let mut site = copied();
    add_keys(&mut site);
    for off in [
        "",
        "SET enable_hashjoin = off; SET enable_mergejoin = off",
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_memoize = off",
        "RESET ALL; SET TimeZone = 'UTC'; SET enable_nestloop = off",
        "RESET ALL; SET TimeZone = 'UTC'; SET enable_nestloop = off; SET enable_hashjoin = off",
    ] {
        for join in JOINS {
            site.same_after(off, join);
        }
    }
}

#[test]
fn a_nested_loop_asks_by_key() {
    let mut site = copied();
    add_keys(&mut site);
    site.execute("SET confluence_fdw.enable_batch_join = off");
    let ids = page_ids(300, 3);
    let mut expected: Vec<String> = ids
        .iter()
        .chain(&[4])
        .map(|id| pages(&format!("id={id}")))
        .collect();
    expected.sort_unstable();
    let sql = "SELECT k, p.title FROM keys JOIN confluence_pages AS p ON p.id = keys.page_id";
    for settings in ["SET enable_memoize = off", "SET enable_memoize = on"] {
        let mut asked = site.same_after(settings, sql);
        asked.sort_unstable();
        assert_eq!(
            asked, expected,
            "one request for each key that there is, and none for NULL"
        );
    }
}

#[test]
fn a_join_with_ten_keys_asks_once() {
    let mut site = Site::of(Organisation::standard());
    site.execute("CREATE TABLE ten AS SELECT id FROM confluence_pages LIMIT 10; ANALYZE ten");
    for sql in [
        "SELECT count(title) FROM ten JOIN confluence_pages USING (id)",
        "SELECT count(title) FROM confluence_pages WHERE id IN (SELECT id FROM ten)",
        "SELECT count(title) FROM ten LEFT JOIN confluence_pages USING (id)",
    ] {
        let (rows, requests) = site.read(sql);
        assert_eq!(rows, ["10"], "{sql}");
        assert_eq!(requests.len(), 1, "{sql}");
    }
}

#[test]
fn keys_that_repeat_are_asked_for_once() {
    let mut site = Site::of(Organisation::standard());
    site.execute(
        "CREATE TABLE many AS SELECT id FROM (SELECT id FROM confluence_pages LIMIT 5) AS p, generate_series(1, 20);
         ANALYZE many",
    );
    let (rows, requests) =
        site.read("SELECT count(title) FROM many JOIN confluence_pages USING (id)");
    assert_eq!(rows, ["100"]);
    assert_eq!(requests.len(), 1);

    site.execute("SET confluence_fdw.enable_batch_join = off");
    let (rows, requests) =
        site.read("SELECT count(title) FROM many JOIN confluence_pages USING (id)");
    assert_eq!(rows, ["100"]);
    assert_eq!(requests.len(), 5);
}

#[test]
fn all_spaces_joined_to_their_pages_are_read_as_one_listing() {
    let mut site = Site::with(Organisation::standard(), "max_concurrency '1'");
    let sql = "SELECT count(*) FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id";
    assert!(explain(&mut site.client, sql).contains("Hash Join"));
    let (rows, requests) = site.read(sql);
    assert_eq!(rows, ["100000"]);
    assert_eq!(requests.len(), 402);

    let one_space = format!("{sql} WHERE s.key = 'ENG0'");
    let plan = explain(&mut site.client, &one_space);
    assert!(
        plan.contains("Confluence Batch Join") && plan.contains("space-id={space_id}"),
        "{plan}"
    );
}

#[test]
fn the_latest_pages_of_each_space_are_asked_for_in_order() {
    let mut site = copied();
    add_keys(&mut site);
    let requests = site.same(
        "SELECT k, x.id FROM keys, LATERAL (SELECT id FROM confluence_pages AS p WHERE p.space_id = keys.space_id
            ORDER BY modified_at DESC LIMIT 2) AS x WHERE k < 4",
    );
    let expected: Vec<String> = space_ids(3)
        .iter()
        .map(|space| format!("GET /wiki/api/v2/pages?space-id={space}&sort=-modified-date&limit=2"))
        .collect();
    assert_eq!(requests, expected);
}

#[test]
fn what_changed_since_a_time_of_each_row_costs_the_changes() {
    let mut site = copied();
    add_keys(&mut site);
    let requests = site.same_after(
        "SET enable_material = off",
        "SELECT k, count(*) FROM keys JOIN confluence_pages AS p ON p.modified_at > keys.since
         WHERE k IN (1, 2, 3, 5) GROUP BY k",
    );
    // For three times that are not NULL: their changes begin on the same page.
    assert_eq!(requests, [pages("sort=-modified-date")]);
}

#[test]
fn equalities_that_the_site_cannot_answer_do_not_make_a_join_ask_one_by_one() {
    let mut site = Site::of(Organisation::demo());
    let spaces = site.sim.organisation().spaces().count();
    let (rows, requests) = site.read(
        "SELECT s.key, p.principal_id FROM confluence_permissions AS p JOIN confluence_spaces AS s ON s.id = p.space_id
         WHERE p.operation_key = 'administer' AND p.operation_target_type = 'space'",
    );
    assert!(rows.len() > 5, "{rows:?}");
    // The spaces, and the permissions of each.
    assert_eq!(requests.len(), 1 + spaces, "{requests:#?}");
}

#[test]
fn a_join_does_not_widen_what_is_listed_in_any_plan() {
    let mut scene = Scene::new();
    let page = scene.page_ids()[3];
    scene
        .sim
        .edit(|site| site.trash_page(page))
        .expect("a page");
    scene
        .client
        .batch_execute(
            "CREATE TABLE few AS SELECT 'trashed' AS st;
             CREATE TABLE many AS SELECT CASE WHEN g = 1 THEN 'trashed' ELSE 'current' END AS st FROM generate_series(1, 2000) g;
             ANALYZE few; ANALYZE many",
        )
        .expect("tables");
    let is = "confluence_pages p WHERE p.status = s.st";
    for (sql, expected) in [
        // Of its own, the query asks for the trash.
        ("SELECT count(*) FROM confluence_pages WHERE status = 'trashed'".to_owned(), "3"),
        ("SELECT count(*) FROM few s JOIN confluence_pages p ON p.status = s.st WHERE p.status = 'trashed'".to_owned(), "3"),
        ("SELECT count(*) FROM confluence_pages WHERE status = (SELECT min(st) FROM few)".to_owned(), "3"),
        // A join does not, whatever PostgreSQL makes of it.
        ("SELECT count(*) FROM few s JOIN confluence_pages p ON p.status = s.st".to_owned(), "0"),
        ("SELECT count(*) FROM few s JOIN confluence_pages p ON p.status = s.st WHERE s.st = 'trashed'".to_owned(), "0"),
        (format!("SELECT count(*) FROM few s WHERE EXISTS (SELECT FROM {is})"), "0"),
        (format!("SELECT EXISTS (SELECT FROM {is}) FROM few s"), "f"),
        (format!("SELECT bool_or(EXISTS (SELECT FROM {is})) FROM many s WHERE st = 'trashed'"), "f"),
        (format!("SELECT z.e FROM (SELECT st, EXISTS (SELECT FROM {is}) AS e FROM many s OFFSET 0) z WHERE st = 'trashed'"), "f"),
        (format!("SELECT count(z.id) FROM few s, LATERAL (SELECT p.id FROM {is}) z"), "0"),
        (format!("SELECT count(z.id) FROM few s, LATERAL (SELECT p.id FROM {is} OFFSET 0) z"), "0"),
    ] {
        for settings in [
            "RESET ALL",
            "SET work_mem = '64kB'",
            "SET enable_hashjoin = off; SET enable_mergejoin = off",
        ] {
            scene.client.batch_execute(settings).expect("settings");
            assert_eq!(one(&mut scene.client, &sql), expected, "{settings}: {sql}");
        }
    }
}
