//! Limits: no row is lost, and none is read that nobody wants.

use std::time::Duration;

use confluence_fdw_tests::lines;
use confluence_fdw_tests::site::{Site, answers, list, small};
use confluence_sim::Organisation;

use super::{ALL, copied, page_ids, pages, space_ids};

#[test]
fn a_limit_never_loses_rows() {
    let mut site = copied();
    let spaces = list(space_ids(7));
    site.execute("CREATE TABLE marks AS SELECT id, id % 7 AS mark FROM copy.confluence_pages");
    for sql in [
        "SELECT id FROM confluence_pages WHERE title LIKE '%policy%' ORDER BY id LIMIT 20",
        "SELECT id FROM confluence_pages WHERE version_number > 20 ORDER BY modified_at DESC, id LIMIT 20",
        "SELECT count(*) FROM (SELECT id FROM confluence_pages WHERE title LIKE '%policy%' LIMIT 20) AS few",
        "SELECT count(*) FROM (SELECT id FROM confluence_pages WHERE subtype IN ('live') AND version_minor_edit LIMIT 9) AS few",
        "SELECT id, mark FROM confluence_pages JOIN marks USING (id) WHERE mark = 3 ORDER BY id LIMIT 10",
        "SELECT count(*) FROM (SELECT id FROM confluence_pages JOIN marks USING (id) WHERE mark = 3 LIMIT 50) AS few",
        "SELECT p.id, s.key FROM confluence_pages AS p JOIN confluence_spaces AS s ON s.id = p.space_id
            WHERE s.type = 'personal' ORDER BY p.id LIMIT 30",
        "SELECT DISTINCT space_id FROM confluence_pages ORDER BY space_id LIMIT 40",
        "SELECT count(*) FROM (SELECT DISTINCT space_id FROM confluence_pages LIMIT 55) AS few",
        "SELECT DISTINCT ON (space_id) space_id, id FROM confluence_pages ORDER BY space_id, modified_at DESC, id LIMIT 40",
        "SELECT space_id, count(*) FROM confluence_pages GROUP BY space_id ORDER BY space_id LIMIT 40",
        "SELECT count(*) FROM confluence_pages LIMIT 1",
        "SELECT max(id) FROM confluence_pages HAVING count(*) > 1 LIMIT 1",
        "SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () FROM confluence_pages ORDER BY id LIMIT 5",
        "SELECT id, rank() OVER (PARTITION BY space_id ORDER BY modified_at DESC, id) FROM confluence_pages ORDER BY id LIMIT 5",
        "SELECT id, generate_series(1, 0) FROM confluence_pages ORDER BY id LIMIT 5",
        "SELECT id, generate_series(1, 3) FROM confluence_pages ORDER BY id LIMIT 5",
        "SELECT id, unnest(CASE WHEN version_number > 25 THEN ARRAY[1, 2] END) FROM confluence_pages ORDER BY id LIMIT 5",
        "SELECT id FROM confluence_pages ORDER BY id OFFSET 2995 LIMIT 10",
        "SELECT id FROM confluence_pages ORDER BY id DESC OFFSET 251 LIMIT 251",
        "SELECT id FROM confluence_pages ORDER BY id OFFSET 2990",
        "SELECT id FROM confluence_pages ORDER BY modified_at DESC, id DESC LIMIT 3 FOR UPDATE",
        "SELECT id FROM confluence_pages ORDER BY id FETCH FIRST 7 ROWS ONLY",
        "SELECT space_id FROM confluence_pages ORDER BY space_id FETCH FIRST 7 ROWS WITH TIES",
        "(SELECT id FROM confluence_pages ORDER BY id LIMIT 3) UNION ALL (SELECT id FROM confluence_pages ORDER BY id DESC LIMIT 3)",
        "SELECT count(*) FROM (SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_spaces LIMIT 3010) AS few",
        "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_spaces ORDER BY id LIMIT 20",
        "SELECT id FROM confluence_pages UNION SELECT id FROM confluence_spaces ORDER BY id LIMIT 20",
        "SELECT id FROM confluence_pages EXCEPT SELECT homepage_id FROM confluence_spaces ORDER BY id LIMIT 20",
        "SELECT key, EXISTS (SELECT 1 FROM confluence_pages AS p WHERE p.space_id = s.id AND title LIKE 'Z%' LIMIT 1)
            FROM confluence_spaces AS s ORDER BY key LIMIT 5",
        "SELECT id FROM confluence_spaces WHERE id IN (SELECT space_id FROM confluence_pages ORDER BY modified_at DESC, id LIMIT 30)",
        "SELECT id FROM confluence_spaces AS s WHERE id IN
            (SELECT space_id FROM confluence_pages AS p WHERE version_number > 30 AND p.space_id = s.id LIMIT 1)",
        &format!("SELECT count(*) FROM (SELECT id FROM confluence_pages WHERE space_id IN ({spaces}) LIMIT 290) AS few"),
        &format!("SELECT id FROM confluence_pages WHERE space_id IN ({spaces}) ORDER BY modified_at DESC, id LIMIT 5"),
        "SELECT count(*) FROM (SELECT id FROM confluence_permissions LIMIT 450) AS few",
        "WITH few AS MATERIALIZED (SELECT id FROM confluence_pages ORDER BY id) SELECT id FROM few ORDER BY id LIMIT 5",
        "SELECT (SELECT title FROM confluence_pages WHERE space_id = s.id ORDER BY modified_at DESC, id LIMIT 1)
            FROM confluence_spaces AS s ORDER BY id LIMIT 4",
    ] {
        site.same(sql);
    }
}

#[test]
fn a_limit_above_what_is_left_to_check_reads_no_further_than_it_must() {
    let mut site = Site::of(small());
    let organisation = small();
    let mut place = 0;
    let found: Vec<String> = organisation
        .listed_pages()
        .enumerate()
        .filter(|(_, page)| page.title().contains("policy"))
        .take(20)
        .map(|(at, page)| {
            place = at;
            page.id().to_string()
        })
        .collect();
    let expected = answers(place + 1);
    assert!(expected < ALL, "a limit that ends the reading early");
    for _ in 0..3 {
        let (rows, requests) =
            site.read("SELECT id FROM confluence_pages WHERE title LIKE '%policy%' LIMIT 20");
        assert_eq!(rows, found);
        assert_eq!(requests.len(), expected);
        assert_eq!(requests[0], pages(""));
    }
}

#[test]
fn a_limit_costs_as_little_as_it_can() {
    let mut site = Site::of(small());
    let spaces = list(space_ids(7));
    let id = page_ids(1, 1)[0];
    for (sql, expected) in [
        (
            "SELECT 1 FROM confluence_pages LIMIT 3",
            vec!["/wiki/api/v2/pages?limit=3"],
        ),
        (
            "SELECT id FROM confluence_pages ORDER BY modified_at DESC, id DESC LIMIT 3",
            vec!["/wiki/api/v2/pages?sort=-modified-date&limit=250"],
        ),
        (
            "SELECT DISTINCT id FROM confluence_pages LIMIT 3",
            vec!["/wiki/api/v2/pages?"],
        ),
        (
            "SELECT id, generate_series(1, 2) FROM confluence_pages LIMIT 3",
            vec!["/wiki/api/v2/pages?limit=250"],
        ),
        (
            "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_spaces LIMIT 3",
            vec!["/wiki/api/v2/pages?limit=3"],
        ),
        (
            "SELECT EXISTS (SELECT 1 FROM confluence_pages)",
            vec!["/wiki/api/v2/pages?limit="],
        ),
        (
            "SELECT id FROM confluence_pages WHERE subtype = 'live' LIMIT 2",
            vec!["/wiki/api/v2/pages?subtype=live&limit=2"],
        ),
        (
            "SELECT id FROM confluence_pages WHERE title = 'Runbook' LIMIT 1",
            vec!["/wiki/api/v2/pages?title=Runbook&limit=250"],
        ),
        (
            &format!("SELECT id FROM confluence_pages WHERE space_id IN ({spaces}) LIMIT 2"),
            vec!["/wiki/api/v2/pages?space-id="],
        ),
        (
            "SELECT id FROM confluence_pages WHERE modified_at > '2026-11-01' LIMIT 2",
            vec!["/wiki/api/v2/pages?sort=-modified-date&limit=2"],
        ),
        (
            "SELECT id FROM confluence_pages WHERE modified_at > '2001-01-01' LIMIT 2",
            vec!["/wiki/api/v2/pages?sort=-modified-date&limit=2"],
        ),
        (
            "SELECT id FROM confluence_pages WHERE modified_at > '2026-11-01' ORDER BY modified_at DESC LIMIT 2",
            vec!["/wiki/api/v2/pages?sort=-modified-date&limit=2"],
        ),
        (
            &format!("SELECT id FROM confluence_pages WHERE id = {id} LIMIT 1"),
            vec!["/wiki/api/v2/pages?id="],
        ),
        (
            "SELECT max(modified_at) FROM confluence_pages",
            vec!["/wiki/api/v2/pages?sort=-modified-date&limit=1"],
        ),
        (
            "SELECT min(id) FROM confluence_pages",
            vec!["/wiki/api/v2/pages?sort=id&limit=1"],
        ),
        (
            "SELECT max(id) FROM confluence_pages",
            vec!["/wiki/api/v2/pages?sort=-id&limit=1"],
        ),
        (
            "SELECT id FROM confluence_permissions LIMIT 2",
            vec!["/wiki/api/v2/spaces?limit=250", "/wiki/api/v2/spaces/"],
        ),
        (
            "SELECT id FROM confluence_pages LIMIT 3 FOR UPDATE",
            vec!["/wiki/api/v2/pages?limit=3"],
        ),
        (
            "SELECT id, count(*) OVER (ROWS CURRENT ROW) FROM confluence_pages LIMIT 3",
            vec!["/wiki/api/v2/pages?limit=250"],
        ),
        (
            "SELECT id FROM confluence_pages LIMIT (SELECT 3)",
            vec!["/wiki/api/v2/pages?limit=250"],
        ),
    ] {
        let (_, requests) = site.read(sql);
        assert_eq!(requests.len(), expected.len(), "{sql}: {requests:?}");
        for (request, expected) in requests.iter().zip(expected) {
            let target = request.strip_prefix("GET ").expect("a GET");
            assert!(target.starts_with(expected), "{sql}: {request}");
        }
    }
}

#[test]
fn what_has_to_be_read_whole_is_read_side_by_side_under_a_limit_too() {
    let mut site = Site::of(Organisation::demo());
    site.sim.set_latency(Duration::from_millis(5));
    let mut at_once = |sql: &str| {
        site.sim.reset_in_flight_high_water();
        lines(&mut site.client, sql);
        site.sim.in_flight_high_water()
    };
    for sql in [
        "SELECT space_id, count(*) FROM confluence_permissions GROUP BY space_id LIMIT 1",
        "SELECT id FROM confluence_permissions ORDER BY operation_key LIMIT 1",
        "SELECT DISTINCT operation_key FROM confluence_permissions LIMIT 1",
        "SELECT count(*) FROM confluence_permissions LIMIT 1",
    ] {
        assert!(at_once(sql) > 4, "{sql}");
    }
    for sql in [
        "SELECT id FROM confluence_permissions LIMIT 3",
        "SELECT row_number() OVER (), id FROM confluence_permissions LIMIT 3",
    ] {
        // The first request, and the question who is asking.
        assert!(at_once(sql) <= 2, "{sql}");
    }
}
