//! Joins by batch: the rows are those of the same join of ordinary tables, and keys are asked for many at a time.

use confluence_fdw_tests::site::{Site, list, small};
use confluence_fdw_tests::{error, explain, explain_with, lines};
use confluence_sim::{Fault, Organisation, Reply};

/// The small site with its copy, and a local table `wanted` of page ids: each third page, some of them twice, some
/// that are nowhere, and NULLs.
#[track_caller]
fn site() -> Site {
    let mut site = Site::copied(small());
    site.execute(
        "CREATE TABLE wanted AS
            SELECT row_number() OVER (ORDER BY id) AS n, id, space_id, title, author_id
            FROM copy.confluence_pages WHERE id % 3 = 0;
         INSERT INTO wanted SELECT n + 100000, id, space_id, 'again', author_id FROM wanted WHERE n % 5 = 0;
         INSERT INTO wanted SELECT 200000 + n, 900000000 + n, 7, 'nowhere', 'nobody' FROM generate_series(1, 20) n;
         INSERT INTO wanted SELECT 300000 + n, NULL, NULL, 'nothing', NULL FROM generate_series(1, 10) n;
         ANALYZE wanted",
    );
    site
}

/// How many pages of the copy are wanted.
fn wanted_pages(site: &mut Site) -> usize {
    let sql = "SELECT count(DISTINCT id) FROM wanted";
    lines(&mut site.client, sql)[0].parse().expect("a number")
}

/// Holds a query against the copy, with the plan that is named, and returns the requests.
#[track_caller]
fn same_by(site: &mut Site, node: &str, sql: &str) -> Vec<String> {
    let plan = explain(&mut site.client, sql);
    assert!(plan.contains(node), "{sql}\n{plan}");
    site.same(sql)
}

#[test]
fn every_kind_of_join_gives_what_postgresql_gives() {
    let mut site = site();
    let keys = wanted_pages(&mut site);
    for (node, sql) in [
        (
            "Confluence Batch Join",
            "SELECT w.n, p.id, p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id",
        ),
        (
            "Confluence Batch Left Join",
            "SELECT w.n, p.id, p.title FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id",
        ),
        (
            "Confluence Batch Left Join",
            "SELECT w.n, p.id, p.title FROM wanted w
                LEFT JOIN confluence_pages p ON p.id = w.id AND p.title < w.title || 'x' AND w.n % 2 = 0",
        ),
        (
            "Confluence Batch Left Join",
            "SELECT w.n, p.title FROM wanted w
                LEFT JOIN confluence_pages p ON p.id = w.id WHERE p.title IS NULL OR p.version_number > 2",
        ),
        (
            "Confluence Batch Semi Join",
            "SELECT w.n FROM wanted w
                WHERE EXISTS (SELECT FROM confluence_pages p WHERE p.id = w.id AND p.title <> w.title)",
        ),
        (
            "Confluence Batch Anti Join",
            "SELECT w.n FROM wanted w
                WHERE NOT EXISTS (SELECT FROM confluence_pages p WHERE p.id = w.id AND p.version_number > 1)",
        ),
        (
            "Confluence Batch Join",
            "SELECT title FROM confluence_pages WHERE id IN (SELECT id FROM wanted WHERE n > 100)",
        ),
        (
            "Confluence Batch Join",
            "SELECT w.n, p.space_id, p.created_at, p.parent_type FROM wanted w JOIN confluence_pages p ON w.id = p.id AND p.status = 'current'
                WHERE length(p.title) > 5",
        ),
        (
            "Confluence Batch Join",
            "SELECT count(*), count(p.parent_id) FROM wanted w JOIN confluence_pages p ON p.id = (w.n * 0 + w.id)::bigint",
        ),
    ] {
        let requests = same_by(&mut site, node, sql);
        let at_most = keys.div_ceil(250);
        assert!(
            requests.len() <= at_most && requests.iter().all(|r| r.contains("id=")),
            "{sql}\n{requests:#?}"
        );
    }
}

#[test]
fn joins_that_are_no_equality_or_not_of_the_sites_are_left_to_postgresql() {
    let mut site = site();
    for sql in [
        "SELECT w.n, p.id FROM wanted w JOIN confluence_pages p ON p.id < w.id AND p.id > w.id - 3",
        "SELECT w.n, p.id FROM wanted w JOIN confluence_pages p ON p.title = w.title COLLATE \"C\" AND p.version_number = 1",
        "SELECT w.n, p.id FROM wanted w RIGHT JOIN confluence_pages p ON p.id = w.id AND w.n < 5",
        "SELECT w.n, p.id FROM wanted w FULL JOIN confluence_pages p ON p.id = w.id",
    ] {
        site.same(sql);
    }
}

#[test]
fn a_thousand_ids_take_four_requests() {
    let mut site = Site::of(Organisation::standard());
    let ids: Vec<u64> = site
        .sim
        .organisation()
        .listed_pages()
        .step_by(97)
        .take(1000)
        .map(|page| page.id())
        .collect();
    site.execute(&format!(
        "CREATE TABLE wanted AS SELECT unnest(ARRAY[{}]::bigint[]) AS id; ANALYZE wanted",
        list(ids.iter().copied())
    ));
    let sql = "SELECT p.id FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY 1";
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 1000);
    assert_eq!(requests.len(), 4, "{requests:#?}");
}

#[test]
fn space_ids_are_asked_for_a_hundred_at_a_time_and_each_list_is_followed() {
    let mut site = Site::copied(small());
    site.execute("CREATE TABLE s AS SELECT id FROM copy.confluence_spaces LIMIT 40; ANALYZE s");
    let requests = same_by(
        &mut site,
        "Confluence Batch Join",
        "SELECT s.id, p.id FROM s JOIN confluence_pages p ON p.space_id = s.id",
    );
    // By what is usual it is long, so a look at its other end tells how much there is.
    let is_first = |r: &&String| !r.contains("cursor=") && !r.contains("sort=-id");
    assert_eq!(requests.iter().filter(is_first).count(), 1, "{requests:#?}");
    let rows = lines(
        &mut site.client,
        "SELECT count(*) FROM s JOIN copy.confluence_pages p ON p.space_id = s.id",
    );
    let rows: usize = rows[0].parse().expect("a number");
    assert_eq!(requests.len(), rows.div_ceil(250));
}

#[test]
fn keys_that_go_one_by_one_are_asked_for_once_each() {
    let mut site = Site::copied(small());
    let plan_of = "SELECT s.key, p.principal_id, p.operation_key FROM confluence_spaces s
        JOIN confluence_permissions p ON p.space_id = s.id WHERE s.type = 'personal'";
    let requests = same_by(&mut site, "Confluence Batch Join", plan_of);
    let spaces = lines(
        &mut site.client,
        "SELECT count(*) FROM copy.confluence_spaces WHERE type = 'personal'",
    );
    let spaces: usize = spaces[0].parse().expect("a number");
    assert_eq!(requests.len(), 1 + spaces, "{requests:#?}");
}

#[test]
fn a_text_key_is_asked_for_as_such() {
    let mut site = site();
    let requests = {
        site.execute("CREATE VIEW people AS SELECT DISTINCT author_id FROM wanted");
        let (rows, requests) = site.read(
            "SELECT w.author_id, u.account_id FROM people w LEFT JOIN confluence_users u ON u.account_id = w.author_id",
        );
        assert!(rows.iter().any(|row| row == "nobody|NULL"), "{rows:#?}");
        assert!(rows.iter().any(|row| row == "NULL|NULL"), "{rows:#?}");
        assert!(
            rows.iter()
                .any(|row| row.split_once('|').is_some_and(|(one, other)| one == other)),
            "{rows:#?}"
        );
        requests
    };
    assert_eq!(requests.len(), 1, "{requests:#?}");
}

#[test]
fn joins_of_joins_ask_each_site_table_in_batches() {
    let mut site = site();
    let sql = "SELECT w.n, p.title, s.name FROM wanted w
        JOIN confluence_pages p ON p.id = w.id LEFT JOIN confluence_spaces s ON s.id = p.space_id";
    let keys = wanted_pages(&mut site);
    let requests = site.same(sql);
    let pages = requests.iter().filter(|r| r.contains("/pages?")).count();
    assert_eq!(pages, keys.div_ceil(250), "{requests:#?}");
    assert!(requests.len() <= pages + 1, "{requests:#?}");
}

#[test]
fn under_a_limit_no_more_keys_are_asked_for_than_one_request_takes() {
    let mut site = site();
    for (sql, expected) in [
        (
            "SELECT p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id LIMIT 3",
            1,
        ),
        (
            "SELECT EXISTS (SELECT FROM wanted w JOIN confluence_pages p ON p.id = w.id)",
            1,
        ),
        (
            "SELECT s.id, p.id FROM copy.confluence_spaces s
                JOIN confluence_permissions p ON p.space_id = s.id LIMIT 3",
            1,
        ),
    ] {
        let (rows, requests) = site.read(sql);
        assert!(!rows.is_empty());
        assert_eq!(requests.len(), expected, "{sql}\n{requests:#?}");
    }
}

#[test]
fn a_join_that_is_run_again_takes_up_its_parameters() {
    let mut site = site();
    for sql in [
        "SELECT s.id, (SELECT count(*) FROM wanted w JOIN confluence_pages p ON p.id = w.id
            WHERE p.space_id = s.id) FROM copy.confluence_spaces s WHERE s.id % 7 = 0",
        "SELECT s.id, x.n, x.title FROM copy.confluence_spaces s, LATERAL
            (SELECT w.n, p.title FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id
             WHERE w.space_id = s.id OFFSET 0) x WHERE s.id % 7 = 0",
    ] {
        site.same(sql);
    }
    site.execute("PREPARE below(bigint) AS SELECT w.n, p.id FROM wanted w JOIN confluence_pages p ON p.id = w.id WHERE w.n < $1");
    site.execute("SET plan_cache_mode = force_generic_plan");
    for (n, rows) in [(1, 0), (4, 3), (2, 1)] {
        let (found, requests) = site.read(&format!("EXECUTE below({n})"));
        assert_eq!((found.len(), requests.len()), (rows, rows.min(1)));
    }
}

#[test]
fn windows_are_cut_by_memory_and_lose_nothing() {
    let mut site = site();
    site.execute("ALTER TABLE wanted ADD wide text; UPDATE wanted SET wide = repeat('x', 500); ANALYZE wanted");
    let keys = wanted_pages(&mut site);
    let sql = "SELECT w.n, w.wide, p.id FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id";
    let requests = site.same_after("SET work_mem = '64kB'", sql);
    assert!(requests.len() > keys.div_ceil(250), "{}", requests.len());
    let requests = site.same_after("RESET work_mem", sql);
    assert_eq!(requests.len(), keys.div_ceil(250));
}

#[test]
fn what_is_joined_can_be_changed() {
    let mut site = site();
    site.execute(
        "ALTER TABLE wanted ADD found text;
         UPDATE wanted w SET found = p.title FROM confluence_pages p WHERE p.id = w.id",
    );
    let left = lines(
        &mut site.client,
        "SELECT count(*) FROM wanted w LEFT JOIN copy.confluence_pages p USING (id)
            WHERE w.found IS DISTINCT FROM p.title",
    );
    assert_eq!(left, ["0"]);
    let locked = lines(
        &mut site.client,
        "SELECT w.n FROM wanted w JOIN confluence_pages p ON p.id = w.id WHERE w.n < 10 FOR UPDATE OF w",
    );
    assert_eq!(locked.len(), 9);
}

#[test]
fn a_failure_of_the_site_is_an_error_of_the_join() {
    let mut site = site();
    site.sim
        .fault(Fault::on("/wiki/api/v2/pages").times(1), Reply::status(405));
    let sql = "SELECT w.n, p.id FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id";
    error(&mut site.client, sql);
    site.same(sql);
}

#[test]
fn it_can_be_switched_off() {
    let mut site = site();
    let sql = "SELECT w.n, p.id FROM wanted w JOIN confluence_pages p ON p.id = w.id WHERE w.n < 4";
    site.execute("SET confluence_fdw.enable_batch_join = off");
    let plan = explain(&mut site.client, sql);
    assert!(!plan.contains("Batch"), "{plan}");
    let (rows, requests) = site.read(sql);
    assert_eq!((rows.len(), requests.len()), (3, 3));
    site.execute("RESET confluence_fdw.enable_batch_join");
    let (rows, requests) = site.read(sql);
    assert_eq!((rows.len(), requests.len()), (3, 1));
}

#[test]
fn explain_shows_the_keys_and_the_batches() {
    let mut site = site();
    let keys = wanted_pages(&mut site);
    let sql = "SELECT w.n, p.id FROM wanted w LEFT JOIN confluence_pages p ON p.id = w.id";
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        sql,
    );
    for expected in [
        "Custom Scan (Confluence Batch Left Join)".to_owned(),
        "Join Cond: p.id = w.id".to_owned(),
        format!("Keys: {keys}"),
        format!("Batches: {}", keys.div_ceil(250)),
        "Request: GET /wiki/api/v2/pages?id={id}&limit=250".to_owned(),
        "Keys: id, up to 250 in a request".to_owned(),
        format!("Requests: {}  Retries: 0", keys.div_ceil(250)),
    ] {
        assert!(plan.contains(&expected), "{expected} is missing\n{plan}");
    }
}

#[test]
fn rows_that_are_kept_elsewhere_are_whole() {
    let mut site = site();
    // Rows that are written into a table, several for one row of the site.
    let sql = "SELECT w.id AS wanted, p.id, p.title, p.author_id, p.body_storage
        FROM (SELECT id FROM wanted) w JOIN confluence_pages p ON p.id = w.id";
    site.execute(&format!("CREATE TABLE kept AS {sql}"));
    let wrong = "SELECT count(*) FROM kept k LEFT JOIN copy.confluence_pages p
        ON p.id = k.wanted AND p.id = k.id AND p.title = k.title
            AND (p.author_id, p.body_storage) IS NOT DISTINCT FROM (k.author_id, k.body_storage)
        WHERE p.id IS NULL";
    assert_eq!(lines(&mut site.client, wrong), ["0"]);
    let rows = lines(&mut site.client, "SELECT count(*) FROM kept");
    let expected = lines(
        &mut site.client,
        "SELECT count(*) FROM wanted JOIN copy.confluence_pages USING (id)",
    );
    assert_eq!(rows, expected);
}

#[test]
fn what_a_join_itself_computes_below_an_outer_join_is_null_where_it_has_no_row() {
    let mut site = site();
    for sql in [
        "SELECT o.n, q.t FROM wanted o LEFT JOIN
            (SELECT w.id, coalesce(p.title, w.title) || '!' AS t FROM wanted w JOIN confluence_pages p ON p.id = w.id) q
            ON q.id = o.id + 3",
        "SELECT o.n, q.t, q.one FROM wanted o LEFT JOIN
            (SELECT w.id, coalesce(p.title, 'none') AS t, 1 AS one FROM wanted w
             LEFT JOIN confluence_pages p ON p.id = w.id AND w.n > 10) q ON q.id = o.id",
    ] {
        site.same(sql);
    }
}

#[test]
fn a_key_that_comes_again_and_again_is_asked_for_once() {
    let mut site = site();
    site.execute(
        "CREATE TABLE many AS SELECT (ARRAY(SELECT id FROM copy.confluence_pages ORDER BY id LIMIT 40))[n % 40 + 1] AS id
            FROM generate_series(1, 5000) n; ANALYZE many",
    );
    let (_, requests) = site
        .read("SELECT count(*) FROM many m JOIN confluence_page_versions v ON v.page_id = m.id");
    assert_eq!(requests.len(), 40, "{requests:#?}");
}

#[test]
fn under_a_limit_the_first_window_is_no_longer_than_a_request() {
    let mut site = Site::of(small());
    // Few different keys, and many rows that have them.
    let sql = "SELECT p.title, s.name FROM confluence_pages p LEFT JOIN confluence_spaces s ON s.id = p.space_id LIMIT 10";
    site.execute("SET enable_nestloop = off; SET enable_hashjoin = off");
    let plan = explain(&mut site.client, sql);
    assert!(plan.contains("Confluence Batch Left Join"), "{plan}");
    let (rows, requests) = site.read(sql);
    assert_eq!(rows.len(), 10);
    assert!(requests.len() <= 3, "{requests:#?}");
}

#[test]
fn what_is_sorted_behind_the_join_is_asked_for_at_once() {
    let mut site = site();
    let requests = site.same(
        "SELECT w.n, p.title FROM wanted w JOIN confluence_pages p ON p.id = w.id ORDER BY w.n, p.title LIMIT 10",
    );
    assert_eq!(requests.len(), wanted_pages(&mut site).div_ceil(250));
}

/// Many rows that are wide, so that several windows have them, of few pages that are there and some that are not.
#[track_caller]
fn many_of_few(site: &mut Site, pages: usize) {
    site.execute(&format!(
        "CREATE TABLE many AS
            SELECT n, CASE n % 7 WHEN 6 THEN NULL WHEN 5 THEN 900000000 + n % 11 ELSE page END AS id, repeat('x', 500) AS wide
            FROM generate_series(1, 4000) n
            JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, id AS page FROM copy.confluence_pages) p
            ON place = n % {pages} ORDER BY n;
         ANALYZE many; SET work_mem = '64kB'"
    ));
}

#[test]
fn a_key_that_was_asked_for_is_known_to_the_windows_behind() {
    let mut site = site();
    many_of_few(&mut site, 40);
    for (node, sql) in [
        (
            "Confluence Batch Join",
            "SELECT m.n, m.wide, p.title FROM many m JOIN confluence_pages p ON p.id = m.id",
        ),
        (
            "Confluence Batch Left Join",
            "SELECT m.n, m.wide, p.title FROM many m LEFT JOIN confluence_pages p ON p.id = m.id",
        ),
        (
            "Confluence Batch Left Join",
            "SELECT m.n, m.wide, p.title FROM many m
                LEFT JOIN confluence_pages p ON p.id = m.id AND m.n % 3 = 0 AND p.version_number > 2",
        ),
        (
            "Confluence Batch Semi Join",
            "SELECT m.n, m.wide FROM many m WHERE EXISTS (SELECT FROM confluence_pages p WHERE p.id = m.id)",
        ),
        (
            "Confluence Batch Anti Join",
            "SELECT m.n, m.wide FROM many m WHERE NOT EXISTS (SELECT FROM confluence_pages p WHERE p.id = m.id)",
        ),
    ] {
        let requests = same_by(&mut site, node, sql);
        // The first window of some rows has all keys, or all but a few.
        assert!(requests.len() <= 2, "{sql}\n{requests:#?}");
    }
    let sql =
        "SELECT m.n, v.number FROM many m JOIN confluence_page_versions v ON v.page_id = m.id";
    let requests = site.same(sql);
    let distinct = lines(&mut site.client, "SELECT count(DISTINCT id) FROM many")[0].clone();
    assert_eq!(requests.len().to_string(), distinct);
    let shown = explain_with(&mut site.client, "ANALYZE, COSTS OFF, TIMING OFF", sql);
    let keys = format!("Keys: {distinct}\n");
    assert!(
        shown.contains(&keys) && shown.contains("Known Keys: "),
        "{shown}"
    );
}

#[test]
fn a_key_is_known_where_the_order_is_kept_too() {
    let mut site = site();
    many_of_few(&mut site, 40);
    site.execute(
        "CREATE INDEX ON many (n); ANALYZE many; SET enable_sort = off; SET enable_hashjoin = off",
    );
    for kind in ["JOIN", "LEFT JOIN"] {
        let sql = format!(
            "SELECT m.n, m.wide, p.title FROM many m {kind} confluence_pages p ON p.id = m.id ORDER BY m.n LIMIT 3000"
        );
        let plan = explain(&mut site.client, &sql);
        assert!(plan.contains("Outer Order: kept"), "{plan}");
        let requests = site.same(&sql);
        assert!(requests.len() <= 2, "{sql}\n{requests:#?}");
    }
}

#[test]
fn what_does_not_fit_is_asked_for_again_and_nothing_is_lost() {
    let mut site = site();
    many_of_few(&mut site, 400);
    for sql in [
        "SELECT m.n, m.wide, p.title, p.body_storage FROM many m JOIN confluence_pages p ON p.id = m.id",
        "SELECT m.n, m.wide, p.title, p.body_storage FROM many m LEFT JOIN confluence_pages p ON p.id = m.id",
        "SELECT m.n, m.wide, p.title, p.body_storage FROM many m JOIN confluence_pages p ON p.id = m.id
            ORDER BY m.n LIMIT 1500",
    ] {
        let least = site.same_after("SET work_mem = '16MB'", sql).len();
        let most = site.same_after("SET work_mem = '64kB'", sql).len();
        assert!(least < most, "{least} {most} {sql}");
    }
}
