//! Joins by batch that keep the order of their outer side: the first rows of a join ask for the keys of as many rows.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, small};
use confluence_fdw_tests::{explain, explain_with, lines};
use confluence_sim::{Organisation, Size};

/// What is shown of a join that keeps an order.
const KEPT: &str = "Outer Order: kept";

/// Holds a query against the copy, with a join that keeps the order, and returns the requests.
#[track_caller]
fn same_in_order(site: &mut Site, sql: &str) -> Vec<String> {
    let plan = explain(&mut site.client, sql);
    assert!(plan.contains(KEPT), "{sql}\n{plan}");
    site.same(sql)
}

/// How many keys a request has of a parameter.
fn keys(request: &str, param: &str) -> usize {
    let (_, query) = request.split_once('?').expect("a query");
    let list = query
        .split('&')
        .find_map(|part| part.strip_prefix(&format!("{param}=")));
    list.map_or(0, |list| list.replace("%2C", ",").split(',').count())
}

/// The latest pages with something else, as dashboards begin with them.
const LATEST: [&str; 3] = [
    "SELECT s.key, p.title FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id
        ORDER BY p.modified_at DESC LIMIT 100",
    "SELECT p.title, u.display_name FROM confluence_pages p
        LEFT JOIN confluence_users u ON u.account_id = p.version_author_id ORDER BY p.modified_at DESC LIMIT 100",
    "SELECT p.title, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id
        ORDER BY p.modified_at DESC LIMIT 100",
];

#[test]
fn the_latest_rows_of_a_join_take_a_request_for_each_side() {
    let mut site = Site::of(small());
    for analyzed in [false, true] {
        if analyzed {
            site.execute("ANALYZE confluence_pages, confluence_spaces");
        }
        for settings in ["RESET ALL", "SET enable_memoize = off"] {
            site.execute(settings);
            for sql in LATEST {
                let (rows, requests) = site.read(sql);
                assert_eq!(rows.len(), 100, "{sql}");
                assert_eq!(requests.len(), 2, "{settings}: {sql}\n{requests:#?}");
            }
        }
    }
}

#[test]
fn they_are_those_of_ordinary_tables() {
    let mut site = Site::copied(small());
    for sql in [
        LATEST[0],
        LATEST[2],
        "SELECT p.id, a.title, s.key FROM confluence_pages p
            LEFT JOIN confluence_pages a ON a.id = p.parent_id AND a.version_number > 2
            JOIN confluence_spaces s ON s.id = p.space_id ORDER BY p.id LIMIT 60",
        "SELECT p.id FROM confluence_pages p WHERE EXISTS (SELECT FROM confluence_pages a WHERE a.id = p.parent_id AND a.version_number > 3)
            ORDER BY p.id LIMIT 30",
        "SELECT p.id FROM confluence_pages p WHERE NOT EXISTS (SELECT FROM confluence_pages a WHERE a.id = p.parent_id)
            ORDER BY p.id DESC LIMIT 30",
        "SELECT p.modified_at, a.title FROM confluence_pages p JOIN confluence_pages a ON a.id = p.parent_id
            ORDER BY p.modified_at DESC FETCH FIRST 20 ROWS WITH TIES",
        "SELECT DISTINCT ON (p.id) p.id, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id
            ORDER BY p.id LIMIT 20",
        "SELECT p.id, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id
            ORDER BY p.id OFFSET 300 LIMIT 20",
        "SELECT p.modified_at, a.id FROM confluence_pages p JOIN confluence_pages a ON a.id = p.parent_id
            ORDER BY p.modified_at DESC, a.title, a.id LIMIT 20",
    ] {
        same_in_order(&mut site, sql);
    }
}

#[test]
fn no_more_keys_are_asked_for_than_rows_are_wanted() {
    let mut site = Site::of(small());
    for limit in [1, 5, 30] {
        let sql = format!(
            "SELECT p.id, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id
             WHERE p.parent_id IS NOT NULL ORDER BY p.id LIMIT {limit}"
        );
        let (rows, requests) = site.read(&sql);
        assert_eq!(rows.len(), limit, "{sql}");
        assert_eq!(requests.len(), 2, "{requests:#?}");
        let asked = keys(&requests[1], "id");
        assert!((1..=limit).contains(&asked), "{asked} keys: {requests:#?}");
    }
}

#[test]
fn several_joins_keep_the_order_of_the_first_side() {
    let mut site = Site::of(small());
    let sql = "SELECT p.modified_at, s.key, u.display_name, a.title FROM confluence_pages p
        JOIN confluence_spaces s ON s.id = p.space_id
        LEFT JOIN confluence_users u ON u.account_id = p.version_author_id
        LEFT JOIN confluence_pages a ON a.id = p.parent_id ORDER BY p.modified_at DESC LIMIT 50";
    let plan = explain(&mut site.client, sql);
    assert!(plan.matches(KEPT).count() >= 2, "{plan}");
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 50);
    assert!(rows.is_sorted_by(|one, other| one >= other), "{rows:#?}");
    assert_eq!(requests.len(), 4, "{requests:#?}");
}

#[test]
fn what_is_asked_key_by_key_is_asked_side_by_side() {
    let mut site = Site::of(Organisation::demo());
    site.sim.set_latency(Duration::from_millis(30));
    site.sim.reset_in_flight_high_water();
    let sql = "SELECT p.id, v.number FROM confluence_pages p LEFT JOIN confluence_page_versions v ON v.page_id = p.id
        ORDER BY p.id LIMIT 400";
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 400);
    let asked = requests.iter().filter(|r| r.contains("/versions")).count();
    assert!((8..=60).contains(&asked), "{requests:#?}");
    assert!(site.sim.in_flight_high_water() > 4);
}

#[test]
fn a_local_table_gives_its_order_too() {
    let mut site = Site::copied(small());
    site.execute(
        "CREATE TABLE wanted AS SELECT row_number() OVER (ORDER BY md5(id::text)) AS n, id FROM copy.confluence_pages;
         CREATE UNIQUE INDEX ON wanted (n); ANALYZE wanted; SET enable_sort = off",
    );
    for (sql, expected) in [
        (
            "SELECT w.n, p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n LIMIT 10",
            1,
        ),
        (
            "SELECT w.n, p.title FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id AND p.version_number > 2
                WHERE w.n > 17 ORDER BY w.n LIMIT 300",
            2,
        ),
    ] {
        let requests = same_in_order(&mut site, sql);
        assert_eq!(requests.len(), expected, "{sql}\n{requests:#?}");
    }
    assert_eq!(
        keys(&site.same("SELECT w.n, p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n LIMIT 10")[0], "id"),
        10
    );
}

#[test]
fn what_the_site_does_not_sort_is_sorted_before_the_join() {
    let mut site = Site::copied(small());
    let count = "SELECT count(*) FROM confluence_attachments";
    let attachments: usize = lines(&mut site.client, count)[0].parse().expect("a number");
    // Not analyzed: planning expects many more of them.
    let sql = "SELECT a.file_size, p.title, s.key FROM confluence_attachments a
        JOIN confluence_pages p ON p.id = a.page_id JOIN confluence_spaces s ON s.id = p.space_id
        ORDER BY a.file_size DESC NULLS LAST LIMIT 20";
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 20);
    let sizes: Vec<u64> = rows
        .iter()
        .map(|row| {
            row.split('|')
                .next()
                .expect("a size")
                .parse()
                .expect("a number")
        })
        .collect();
    assert!(sizes.is_sorted_by(|one, other| one >= other), "{sizes:?}");
    let listing = answers(attachments);
    assert!(requests.len() <= listing + 4, "{requests:#?}");
    site.execute("CREATE TABLE wanted AS SELECT id, md5(id::text) AS mark FROM copy.confluence_pages; ANALYZE wanted");
    for sql in [
        "SELECT w.mark, p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.mark LIMIT 10",
        "SELECT w.mark, p.title FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id AND p.version_number > 3
            ORDER BY w.mark DESC OFFSET 5 LIMIT 5",
    ] {
        let requests = same_in_order(&mut site, sql);
        assert_eq!(requests.len(), 1, "{requests:#?}");
        assert_eq!(keys(&requests[0], "id"), 10, "{requests:#?}");
    }
}

/// All rows, in an order that only the join gives.
const ALL_IN_ORDER: &str = "SET enable_sort = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off";

#[test]
fn rows_that_do_not_fit_into_memory_wait_on_disk() {
    let mut site = Site::copied(small());
    site.execute(&format!(
        "CREATE TABLE wanted AS SELECT row_number() OVER (ORDER BY md5(p.id::text), t) AS n, p.id, t
            FROM copy.confluence_pages p, generate_series(1, 2) t WHERE p.id % 4 = 0;
         CREATE UNIQUE INDEX ON wanted (n); ANALYZE wanted; {ALL_IN_ORDER}; SET enable_seqscan = off"
    ));
    for sql in [
        "SELECT w.n, p.id, p.title, p.body_storage FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n",
        "SELECT w.n, p.id, p.body_storage FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id AND p.version_number > w.t
            ORDER BY w.n",
        // Several rows of the inner side for each.
        "SELECT w.n, s.id, p.title FROM wanted w JOIN copy.confluence_pages c ON c.id = w.id
            JOIN confluence_pages p ON p.space_id = c.space_id JOIN confluence_spaces s ON s.id = p.space_id
            WHERE w.n < 40 ORDER BY w.n, p.id",
    ] {
        for work_mem in ["64kB", "1MB"] {
            site.same_after(&format!("SET work_mem = '{work_mem}'"), sql);
        }
    }
    site.execute("SET work_mem = '64kB'");
    let sql = "SELECT w.n, p.body_storage FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n";
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        sql,
    );
    assert!(
        plan.contains(KEPT) && plan.contains("Disk Usage: "),
        "{plan}"
    );
    // What was spilled is gone, also where nobody reads to the end.
    lines(&mut site.client, &format!("{sql} LIMIT 3"));
    site.execute(&format!(
        "BEGIN; DECLARE c CURSOR FOR {sql}; FETCH 5 FROM c; SAVEPOINT s; FETCH 5 FROM c; ROLLBACK TO s; COMMIT"
    ));
    let left = "SELECT count(*) FROM pg_ls_tmpdir() WHERE name LIKE 'pgsql_tmp' || pg_backend_pid() || '%'";
    assert_eq!(lines(&mut site.client, left), ["0"]);
}

#[test]
fn a_join_in_order_that_is_run_again_begins_anew() {
    let mut site = Site::copied(small());
    site.execute(
        "CREATE TABLE wanted AS SELECT row_number() OVER (ORDER BY md5(id::text)) AS n, id, space_id FROM copy.confluence_pages;
         CREATE UNIQUE INDEX ON wanted (space_id, n); ANALYZE wanted",
    );
    site.same_after(
        &format!("{ALL_IN_ORDER}; SET enable_seqscan = off; SET enable_bitmapscan = off"),
        "SELECT s.id, x.n, x.title FROM copy.confluence_spaces s, LATERAL
            (SELECT w.n, p.title FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id AND p.version_number > 1
             WHERE w.space_id = s.id ORDER BY w.n LIMIT 4) x ORDER BY s.id, x.n",
    );
}

#[test]
fn a_cursor_goes_on_in_order() {
    let mut site = Site::of(small());
    let sql = "SELECT p.id, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id ORDER BY p.id";
    let (all, _) = site.read(sql);
    site.execute(&format!("BEGIN; DECLARE c NO SCROLL CURSOR FOR {sql}"));
    let mut rows = Vec::new();
    for count in ["1", "3", "200", "ALL"] {
        rows.extend(lines(&mut site.client, &format!("FETCH {count} FROM c")));
    }
    assert!(rows == all, "{} of {}", rows.len(), all.len());
}

#[test]
fn the_latest_of_several_sites_keep_their_order_in_a_join() {
    let mut site = Site::with(
        Organisation::sized(Size {
            spaces: 20,
            pages: 1_000,
            permissions: 0,
            users: 20,
            seed: 3,
            largest_space_share: 0.1,
        }),
        "max_concurrency '4'",
    );
    site.execute(
        "CREATE TABLE pages (site text NOT NULL, LIKE confluence_pages) PARTITION BY LIST (site);
         CREATE FOREIGN TABLE pages_one PARTITION OF pages FOR VALUES IN ('one')
            SERVER site OPTIONS (table 'confluence_pages', site 'one');
         CREATE FOREIGN TABLE pages_two PARTITION OF pages FOR VALUES IN ('two')
            SERVER site OPTIONS (table 'confluence_pages', site 'two')",
    );
    let sql = "SELECT p.modified_at, p.site, s.key FROM pages p JOIN confluence_spaces s ON s.id = p.space_id
        ORDER BY p.modified_at DESC LIMIT 10";
    let plan = explain(&mut site.client, sql);
    assert!(plan.contains("Merge Append"), "{plan}");
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 10);
    assert!(
        rows.is_sorted_by(|one, other| one.split('|').next() >= other.split('|').next()),
        "{rows:#?}"
    );
    // Both parts are of one site, which is asked once for what they have in common.
    assert_eq!(requests.len(), 2, "{requests:#?}");
}

#[test]
fn keys_that_never_come_again_leave_the_memory_to_those_that_come_now() {
    let mut site = Site::copied(small());
    site.execute(&format!(
        "CREATE TABLE wide AS SELECT row_number() OVER (ORDER BY id) AS n, id, repeat('x', 500) AS wide FROM copy.confluence_pages;
         CREATE UNIQUE INDEX ON wide (n); ANALYZE wide; {ALL_IN_ORDER}; SET enable_seqscan = off; SET work_mem = '64kB'"
    ));
    let sql = "SELECT w.n, w.wide, p.title FROM wide w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n";
    site.same(sql);
    let options = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF";
    let plan = explain_with(&mut site.client, options, sql);
    // The rows of each window fit, those of all of them do not.
    assert!(
        plan.contains(KEPT) && !plan.contains("Disk Usage: "),
        "{plan}"
    );
}
