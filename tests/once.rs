//! What a statement has read it does not read again, and no statement sees what another one has read.

use std::collections::BTreeSet;
use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, small};
use confluence_fdw_tests::{error, explain_with, lines, literal, one, requests};
use confluence_sim::{Fault, NewPage, Options, Organisation, Reply, Size};

use crate::scene::{PAGES, Scene, small_site};

/// Requests for all pages of the small organisation.
const ALL: usize = 12;

const HASH: &str =
    "SET enable_nestloop = off; SET enable_mergejoin = off; SET enable_hashjoin = on;
                    SET confluence_fdw.enable_batch_join = off";
const MERGE: &str =
    "SET enable_nestloop = off; SET enable_mergejoin = on; SET enable_hashjoin = off;
                     SET confluence_fdw.enable_batch_join = off";
/// Nested loops that run their inner side again for each row.
const LOOP: &str =
    "SET enable_nestloop = on; SET enable_mergejoin = off; SET enable_hashjoin = off;
                    SET enable_material = off; SET enable_memoize = off;
                    SET confluence_fdw.enable_batch_join = off";

const KEEP_NOTHING: &str = "SET confluence_fdw.statement_cache_size = 0";
const KEEP: &str = "RESET confluence_fdw.statement_cache_size";

/// The rows of a query in any order, and the requests that it took.
#[track_caller]
fn read(site: &mut Site, sql: &str) -> (Vec<String>, Vec<String>) {
    let (mut rows, requests) = site.read(sql);
    rows.sort_unstable();
    (rows, requests)
}

#[track_caller]
fn each_came_once(requests: &[String]) {
    let different: BTreeSet<&String> = requests.iter().collect();
    let mut repeated = requests.to_vec();
    for request in different {
        let place = repeated.iter().position(|r| r == request);
        repeated.remove(place.expect("it is there"));
    }
    assert!(repeated.is_empty(), "these came again: {repeated:#?}");
}

/// A query sends this many requests, none of them twice, where it sent more if nothing was kept; and its rows are the
/// same.
#[track_caller]
fn takes(site: &mut Site, sql: &str, once: usize, without: usize) {
    site.execute(KEEP_NOTHING);
    let (expected, sent) = read(site, sql);
    assert_eq!(sent.len(), without, "with nothing kept: {sql}\n{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(site, sql);
    assert_eq!(sent.len(), once, "{sql}\n{sent:#?}");
    each_came_once(&sent);
    assert_eq!(rows, expected, "{sql}");
    assert!(!rows.is_empty(), "{sql}");
}

/// A site of 45 pages in 5 requests.
fn tiny() -> Site {
    Site::with(small_site(), "page_size '10'")
}

// --- Joins -----------------------------------------------------------------------------------------------------------

#[test]
fn a_self_join_lists_once() {
    let mut site = Site::of(small());
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    for settings in [HASH, MERGE] {
        site.execute(settings);
        takes(&mut site, sql, ALL, 2 * ALL);
    }
}

#[test]
fn planning_knows_that_a_second_listing_costs_nothing() {
    let mut site = Site::of(small());
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    let (rows, requests) = read(&mut site, sql);
    assert_eq!(requests.len(), ALL, "{requests:#?}");
    assert!(rows.len() > ALL);
    let plan = explain_with(&mut site.client, "COSTS OFF", sql);
    assert!(plan.contains("Hash Join"), "{plan}");

    let space = site.sim.organisation().spaces().map(|space| space.id).max();
    let sql = format!(
        "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id
         WHERE a.space_id = {0} AND b.space_id = {0}",
        space.expect("a space")
    );
    let (_, requests) = read(&mut site, &sql);
    assert_eq!(requests.len(), 1, "{requests:#?}");
}

#[test]
fn a_nested_loop_lists_once() {
    let mut site = tiny();
    site.execute(LOOP);
    let outer = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT a.id, b.id FROM confluence_pages a JOIN confluence_pages b ON a.position < b.position",
        5,
        5 + 5 * outer,
    );
    // One scan, which is run again and again.
    takes(
        &mut site,
        "SELECT g, p.id FROM generate_series(1, 4) AS g
         CROSS JOIN LATERAL (SELECT id FROM confluence_pages OFFSET 0 * g) AS p",
        5,
        4 * 5,
    );
}

#[test]
fn a_join_by_key_asks_for_each_key_once() {
    let mut site = tiny();
    site.execute(LOOP);
    let sql = "SELECT p.id, s.name FROM (SELECT id, space_id FROM confluence_pages OFFSET 0) AS p
               JOIN confluence_spaces s ON s.id = p.space_id";
    let pages = site.sim.organisation().listed_pages().count();
    takes(&mut site, sql, 5 + 3, 5 + pages);
}

#[test]
fn scans_that_take_turns_list_once() {
    let mut site = Site::with(small(), "page_size '50'");
    // Both are read a little at a time.
    site.execute(MERGE);
    site.execute("SET enable_sort = off");
    takes(
        &mut site,
        "SELECT a.id FROM (SELECT id FROM confluence_pages ORDER BY id LIMIT 10000) AS a
         JOIN (SELECT id FROM confluence_pages ORDER BY id LIMIT 10000) AS b USING (id)",
        60,
        120,
    );
}

#[test]
fn parents_that_another_scan_lists_are_listed_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    takes(
        &mut site,
        "SELECT s.key, p.id FROM confluence_permissions p JOIN confluence_spaces s ON s.id = p.space_id",
        60 + 1,
        60 + 2,
    );
}

#[test]
fn parents_of_two_sources_are_listed_once() {
    let mut site = Site::of(small());
    let sql = "SELECT account_id FROM confluence_users";
    let of_spaces = |requests: &[String]| {
        let listings = requests.iter().filter(|r| r.contains("/v2/spaces?"));
        listings.count()
    };
    site.execute(KEEP_NOTHING);
    let (expected, sent) = read(&mut site, sql);
    assert_eq!(of_spaces(&sent), 2, "{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(&mut site, sql);
    assert_eq!(of_spaces(&sent), 1, "{sent:#?}");
    assert_eq!(rows, expected);
    each_came_once(&sent);
}

// --- Long listings ---------------------------------------------------------------------------------------------------

const JOIN_ALL: &str = "SELECT count(*), sum(a.id), count(a.title) FROM confluence_pages a JOIN confluence_pages b USING (id)";

/// Joins all pages with themselves, and returns the requests.
#[track_caller]
fn joins_all(site: &mut Site, settings: &str) -> Vec<String> {
    let organisation = site.sim.organisation();
    let (count, sum) = organisation
        .listed_pages()
        .fold((0, 0), |(count, sum), page| (count + 1, sum + page.id()));
    site.execute(settings);
    site.execute(&format!(
        "UPDATE pg_class SET reltuples = {count} WHERE oid = 'confluence_pages'::regclass"
    ));
    let (rows, sent) = site.read(JOIN_ALL);
    assert_eq!(rows, [format!("{count}|{sum}|{count}")], "{settings}");
    each_came_once(&sent);
    let chains = sent.iter().filter(|r| !r.contains("cursor=")).count();
    assert!(
        sent.len() <= answers(count) + 2 + chains,
        "{} requests, {chains} chains, {settings}",
        sent.len()
    );
    sent
}

#[test]
fn a_self_join_of_a_hundred_thousand_pages_lists_once() {
    let mut site = Site::of(Organisation::standard());
    for settings in [HASH, MERGE] {
        let sent = joins_all(&mut site, settings);
        let grouped = sent.iter().filter(|r| r.contains("space-id=")).count();
        assert!(grouped > 300, "it is read in groups: {grouped}");
    }
}

#[test]
fn a_group_that_is_long_is_read_from_both_ends_once() {
    let organisation = Organisation::sized(Size {
        spaces: 80,
        pages: 10_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: 0.9,
    });
    for options in ["", "max_concurrency '2'", "page_size '50'"] {
        let mut site = Site::with(organisation.clone(), options);
        site.sim.set_latency(Duration::from_millis(1));
        site.execute(HASH);
        site.execute(
            "UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass",
        );
        let (rows, sent) = site.read(JOIN_ALL);
        assert!(rows[0].starts_with("10000|"), "{options}: {rows:?}");
        each_came_once(&sent);
        for sort in ["sort=-id", "sort=id"] {
            let is_of_group = |r: &&String| r.contains("space-id=") && r.contains(sort);
            let pages = sent.iter().filter(is_of_group).count();
            assert!(pages > 10, "{options}, {sort}: {sent:#?}");
        }
    }
}

#[test]
fn an_order_that_is_broken_costs_no_row_of_a_join() {
    let mut site = Site::with(small(), "page_size '50'");
    site.execute(HASH);
    site.execute("UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass");
    for sort in ["-id", "id"] {
        let listing = Fault::on(PAGES).with("sort", sort);
        site.sim.fault(listing, Reply::OutOfOrder);
        let (rows, _) = site.read(JOIN_ALL);
        assert!(rows[0].starts_with("3000|"), "{sort}: {rows:?}");
        site.sim.clear_faults();
    }
}

// --- Subqueries ------------------------------------------------------------------------------------------------------

#[test]
fn a_subquery_for_each_row_asks_for_each_value_once() {
    let mut site = tiny();
    let pages = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT p.id, (SELECT s.name FROM confluence_spaces s WHERE s.id = p.space_id) FROM confluence_pages p",
        5 + 3,
        5 + pages,
    );
    // It depends on the row, but what it lists does not.
    takes(
        &mut site,
        "SELECT g, (SELECT count(*) FROM confluence_spaces s WHERE length(s.name) > g) FROM generate_series(1, 4) AS g",
        1,
        4,
    );
    takes(
        &mut site,
        "SELECT g, p.id FROM generate_series(1, 4) AS g
         CROSS JOIN LATERAL (SELECT id FROM confluence_pages LIMIT 3 + 0 * g) AS p",
        1,
        4,
    );
}

#[test]
fn what_stands_twice_in_a_statement_is_listed_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    for sql in [
        "SELECT id FROM confluence_pages WHERE space_id IN (SELECT space_id FROM confluence_pages WHERE title < 'M')",
        "SELECT id FROM confluence_pages UNION ALL SELECT parent_id FROM confluence_pages",
        "SELECT id FROM confluence_pages WHERE position > (SELECT avg(position) FROM confluence_pages)",
        "WITH c AS NOT MATERIALIZED (SELECT id, parent_id FROM confluence_pages)
         SELECT a.id FROM c AS a JOIN c AS b ON b.id = a.parent_id",
    ] {
        takes(&mut site, sql, ALL, 2 * ALL);
    }
    // PostgreSQL itself keeps its rows.
    takes(
        &mut site,
        "WITH c AS MATERIALIZED (SELECT id, parent_id FROM confluence_pages)
         SELECT a.id FROM c AS a JOIN c AS b ON b.id = a.parent_id",
        ALL,
        ALL,
    );
}

#[test]
fn a_recursive_query_lists_once() {
    let mut site = tiny();
    site.execute(HASH);
    site.execute(KEEP_NOTHING);
    let sql = "WITH RECURSIVE below AS (
                   SELECT id, 0 AS depth FROM confluence_pages WHERE parent_id IS NULL
                   UNION ALL
                   SELECT p.id, depth + 1 FROM below b
                   JOIN (SELECT id, parent_id FROM confluence_pages OFFSET 0) AS p ON p.parent_id = b.id)
               SELECT id, depth FROM below";
    let (expected, sent) = read(&mut site, sql);
    assert!(sent.len() >= 2 * 5, "{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(&mut site, sql);
    assert_eq!((rows, sent.len()), (expected, 5));
}

#[test]
fn columns_that_are_read_row_by_row_are_read_once() {
    let mut site = tiny();
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
         OPTIONS (optional_columns 'true')",
    );
    let pages = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT id, like_count FROM whole.confluence_pages UNION ALL SELECT id, like_count FROM whole.confluence_pages",
        5 + pages,
        2 * (5 + pages),
    );
}

#[test]
fn scans_with_other_columns_take_them_from_the_same_answers() {
    let mut site = Site::of(small());
    takes(
        &mut site,
        "SELECT id, title, NULL FROM confluence_pages UNION ALL SELECT position, author_id, modified_at FROM confluence_pages",
        ALL,
        2 * ALL,
    );
    // Bodies are in other answers.
    let (_, sent) = site.read(
        "SELECT id, title FROM confluence_pages WHERE id < 0 UNION ALL
         (SELECT id, body_storage FROM confluence_pages LIMIT 1)",
    );
    each_came_once(&sent);
}

#[test]
fn a_cursor_that_outlives_its_transaction_lists_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    let join = "SELECT a.id FROM confluence_pages a JOIN confluence_pages b USING (id)";
    site.sim.clear_log();
    site.execute(&format!(
        "BEGIN; DECLARE c CURSOR WITH HOLD FOR {join}; FETCH 1 FROM c; COMMIT"
    ));
    assert_eq!(lines(&mut site.client, "FETCH ALL FROM c").len(), 2_999);
    let sent = requests(&site.sim);
    assert_eq!(sent.len(), ALL, "{sent:#?}");
    site.execute("CLOSE c");
}

// --- What is not shared ----------------------------------------------------------------------------------------------

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

// --- The bound -------------------------------------------------------------------------------------------------------

#[test]
fn what_does_not_fit_is_read_again() {
    let mut site = Site::of(small());
    site.execute(MERGE);
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    let (expected, _) = read(&mut site, sql);
    site.execute("SET confluence_fdw.statement_cache_size = '1kB'");
    let (rows, sent) = read(&mut site, sql);
    assert_eq!((&rows, sent.len()), (&expected, 2 * ALL));
    // A part of the listing fits, and is not read again.
    site.execute("SET confluence_fdw.statement_cache_size = '100kB'");
    let (rows, sent) = read(&mut site, sql);
    assert_eq!(rows, expected);
    assert!((ALL + 1..2 * ALL).contains(&sent.len()), "{}", sent.len());
    // Two of three answers fit, of which each is wanted four times in a row.
    let spaces: Vec<u64> = small().spaces().map(|space| space.id).take(3).collect();
    let sql = format!(
        "SELECT space, (SELECT count(*) FROM confluence_pages p WHERE p.space_id = space)
         FROM unnest('{{{}, {}, {}}}'::bigint[]) AS space, generate_series(1, 4)",
        spaces[0], spaces[1], spaces[2]
    );
    site.execute(KEEP_NOTHING);
    let (expected, _) = read(&mut site, &sql);
    site.execute(KEEP);
    let (rows, once) = read(&mut site, &sql);
    assert_eq!(rows, expected);
    each_came_once(&once);
    site.execute("SET confluence_fdw.statement_cache_size = '24kB'");
    let (rows, sent) = read(&mut site, &sql);
    assert_eq!(rows, expected);
    assert!(
        (once.len()..4 * once.len()).contains(&sent.len()),
        "{} of {}",
        sent.len(),
        once.len()
    );
}

#[test]
fn the_setting_takes_sizes_as_postgresql_writes_them() {
    let mut site = tiny();
    // The library is loaded with the first use of its objects.
    site.execute("SELECT FROM confluence_spaces LIMIT 0");
    let shown = |site: &mut Site| one(&mut site.client, "SHOW confluence_fdw.statement_cache_size");
    assert_eq!(shown(&mut site), "32MB");
    site.execute("SET confluence_fdw.statement_cache_size = '1GB'");
    assert_eq!(shown(&mut site), "1GB");
    let raised = error(
        &mut site.client,
        "SET confluence_fdw.statement_cache_size = '-1kB'",
    );
    assert_eq!(raised.code().code(), "22023");
}

// --- Errors ----------------------------------------------------------------------------------------------------------

#[test]
fn an_answer_that_did_not_come_is_asked_for_again() {
    let mut site = tiny();
    // That there is no such space is an answer.
    let (rows, sent) = site.read(
        "SELECT (SELECT count(*) FROM confluence_permissions WHERE space_id = 3 + 0 * g) FROM generate_series(1, 4) AS g",
    );
    assert_eq!((rows, sent.len()), (vec!["0".to_owned(); 4], 1));
    site.execute(HASH);
    let sql = "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)";
    for page in [1, 3] {
        site.sim
            .fault(Fault::on(PAGES).page(page).times(1), Reply::NamedNotFound);
        error(&mut site.client, sql);
        let (rows, sent) = site.read(sql);
        assert_eq!((rows, sent.len()), (vec!["45".to_owned()], 5), "{page}");
    }
}

#[test]
fn a_statement_that_was_cancelled_leaves_nothing() {
    let mut site = tiny();
    site.execute(HASH);
    let sql = "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)";
    for page in 1..=5 {
        site.sim
            .fault(Fault::on(PAGES).page(page).times(1), Reply::NeverAnswer);
        site.execute("SET statement_timeout = '100ms'");
        assert_eq!(error(&mut site.client, sql).code().code(), "57014");
        site.execute("RESET statement_timeout");
        site.sim.clear_faults();
        let (rows, sent) = site.read(sql);
        assert_eq!((rows, sent.len()), (vec!["45".to_owned()], 5), "{page}");
    }
}

#[test]
fn what_is_served_again_does_not_count_against_the_limit() {
    let mut scene = Scene::with("max_requests '5'");
    scene.client.batch_execute(LOOP).unwrap();
    let sql = "SELECT count(*) FROM generate_series(1, 4) AS g
               CROSS JOIN LATERAL (SELECT id FROM confluence_pages OFFSET 0 * g) AS p";
    assert_eq!(one(&mut scene.client, sql), "180");
    scene.client.batch_execute(KEEP_NOTHING).unwrap();
    assert_eq!(error(&mut scene.client, sql).code().code(), "54000");
}

// --- Rows that are kept ----------------------------------------------------------------------------------------------

/// What `EXPLAIN` says of a property, scan by scan.
fn counts(plan: &str, property: &str) -> Vec<usize> {
    let values = plan.lines().filter_map(|line| {
        let (name, value) = line.trim().split_once(": ")?;
        (name == property).then(|| value.parse().expect("a number"))
    });
    values.collect()
}

#[test]
fn a_subquery_for_each_row_decodes_what_it_lists_once_more_and_not_again() {
    let mut site = Site::of(small());
    site.execute(LOOP);
    // The site cannot be asked by place, so all is listed.
    let sql = "SELECT sum((SELECT count(*) FROM confluence_pages p WHERE p.position = g)) FROM generate_series(1, 50) AS g";
    takes(&mut site, sql, ALL, 50 * ALL);
    let verbose = "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF";
    let shown = explain_with(&mut site.client, verbose, sql);
    assert_eq!(counts(&shown, "Served Again"), [49 * ALL], "{shown}");
    assert_eq!(counts(&shown, "Decoded Again"), [ALL], "{shown}");
    // Two that use other columns have rows of their own.
    let two = "SELECT sum((SELECT count(*) FROM confluence_pages p WHERE p.position = g)),
                      sum((SELECT count(title) FROM confluence_pages p WHERE p.position = g))
               FROM generate_series(1, 50) AS g";
    takes(&mut site, two, ALL, 100 * ALL);
    let shown = explain_with(&mut site.client, verbose, two);
    let decoded = counts(&shown, "Decoded Again");
    assert_eq!(decoded.iter().sum::<usize>(), 2 * ALL, "{shown}");
}

#[test]
fn rows_that_do_not_fit_are_decoded_again_and_are_the_same() {
    let mut site = Site::of(small());
    site.execute(LOOP);
    let sql = "SELECT sum((SELECT count(title) FROM confluence_pages p WHERE p.position = g)) FROM generate_series(1, 20) AS g";
    let expected = lines(&mut site.client, sql);
    // Somewhere in between there is room for the answers, and for the rows of some.
    let mut in_part = 0;
    for size in (300..1_200).step_by(50) {
        site.execute(&format!(
            "SET confluence_fdw.statement_cache_size = '{size}kB'"
        ));
        let verbose = "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF";
        let shown = explain_with(&mut site.client, verbose, sql);
        let served = counts(&shown, "Served Again");
        let decoded = counts(&shown, "Decoded Again");
        if served == [19 * ALL] && (ALL + 1..19 * ALL).contains(&decoded[0]) {
            assert_eq!(lines(&mut site.client, sql), expected);
            in_part += 1;
        }
    }
    assert!(in_part > 0);
}

// --- EXPLAIN ---------------------------------------------------------------------------------------------------------

#[test]
fn explain_shows_what_was_served_again() {
    let mut site = Site::of(small());
    let sql = "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_pages";
    let shown = explain_with(&mut site.client, "ANALYZE, COSTS OFF, TIMING OFF", sql);
    let of_scans: Vec<&str> = shown
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("Requests:") || line.starts_with("Served Again:"))
        .collect();
    let [first, second, again] = of_scans[..] else {
        panic!("{shown}");
    };
    assert!(
        first.starts_with("Requests: 12  Retries: 0  Rows Received: 3000"),
        "{first}"
    );
    assert_eq!(
        second,
        "Requests: 0  Retries: 0  Rows Received: 0  Bytes: 0 B"
    );
    assert_eq!(again, "Served Again: 12");
    let shown = explain_with(&mut site.client, "ANALYZE, FORMAT JSON", sql);
    assert_eq!(shown.matches(r#""Served Again": 12"#).count(), 1, "{shown}");
}
