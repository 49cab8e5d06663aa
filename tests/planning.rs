//! What of a query the site is asked, and that the rest of it is PostgreSQL's: results are those of the same query of
//! an ordinary copy of the tables, whatever is pushed down.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, list, small};
use confluence_fdw_tests::{
    Database, error, explain, explain_with, lines, literal, one, requests, skip, sqlstate_of,
};
use confluence_sim::{Options, Organisation, PageStatus, Sim};

use crate::scene::Scene;

/// All pages of the small organisation.
const ALL: usize = 12;

#[track_caller]
fn copied() -> Site {
    Site::copied(small())
}

/// Every so-manieth id of a listed page.
fn page_ids(step: usize, count: usize) -> Vec<u64> {
    let organisation = small();
    let pages = organisation.listed_pages().step_by(step).take(count);
    pages.map(|page| page.id()).collect()
}

fn space_ids(count: usize) -> Vec<u64> {
    small().spaces().map(|space| space.id).take(count).collect()
}

/// The request for pages with this query, before the limit.
fn pages(query: &str) -> String {
    match query {
        "" => "GET /wiki/api/v2/pages?limit=250".to_owned(),
        query => format!("GET /wiki/api/v2/pages?{query}&limit=250"),
    }
}

/// Holds a condition on pages against the copy, and its first request against what is expected.
#[track_caller]
fn asks(site: &mut Site, condition: &str, expected: &str) {
    let sql = format!("SELECT id, title, status FROM confluence_pages WHERE {condition}");
    let requests = site.same(&sql);
    assert_eq!(
        requests.first().map(String::as_str),
        Some(&*pages(expected)),
        "{condition}"
    );
}

/// Holds a condition on pages against the copy: the site is asked for the whole listing.
#[track_caller]
fn stays_local(site: &mut Site, condition: &str) {
    let requests = site.same(&format!(
        "SELECT id, title, subtype FROM confluence_pages WHERE {condition}"
    ));
    assert_eq!(requests.len(), ALL, "{condition}");
    assert_eq!(requests[0], pages(""), "{condition}");
}

#[test]
fn equality_with_a_value_is_asked_for() {
    let mut site = copied();
    let id = page_ids(1, 1)[0];
    let space = space_ids(1)[0];
    for (condition, expected) in [
        (format!("id = {id}"), format!("id={id}")),
        (format!("{id} = id"), format!("id={id}")),
        (format!("id = {id}::int4"), format!("id={id}")),
        ("id = 7::int2".to_owned(), "id=7".to_owned()),
        (format!("id = '{id}'"), format!("id={id}")),
        (format!("id = {id} + 0"), format!("id={id}")),
        (format!("id = (SELECT {id})"), format!("id={id}")),
        (
            format!("id = length(repeat('x', 3)) + {id} - 3"),
            format!("id={id}"),
        ),
        (format!("space_id = {space}"), format!("space-id={space}")),
        ("subtype = 'live'".to_owned(), "subtype=live".to_owned()),
        (
            "subtype = 'page'::varchar".to_owned(),
            "subtype=page".to_owned(),
        ),
        ("title = 'Runbook'".to_owned(), "title=Runbook".to_owned()),
        (
            "title = 'Runbook'::varchar".to_owned(),
            "title=Runbook".to_owned(),
        ),
        (
            "title = 'Runbook'::varchar(3)".to_owned(),
            "title=Run".to_owned(),
        ),
        (
            "title = 'a,b & c=d+e'".to_owned(),
            "title=a%2Cb%20%26%20c%3Dd%2Be".to_owned(),
        ),
        (
            "title = 'Übergabe'".to_owned(),
            "title=%C3%9Cbergabe".to_owned(),
        ),
        (
            "title = 'Runbook' COLLATE \"C\"".to_owned(),
            "title=Runbook".to_owned(),
        ),
    ] {
        asks(&mut site, &condition, &expected);
    }
}

#[test]
fn lists_of_values_are_asked_for() {
    let mut site = copied();
    let ids = page_ids(400, 3);
    let (a, b, c) = (ids[0], ids[1], ids[2]);
    let all = format!("id={a},{b},{c}");
    site.execute(&format!(
        "CREATE TABLE some_ids AS SELECT unnest('{{{a},{b},{c},NULL,{a}}}'::bigint[]) AS id"
    ));
    for condition in [
        format!("id IN ({c}, {a}, {b})"),
        format!("id IN ({a}, {b}, {c}, NULL)"),
        format!("id = ANY('{{{a},{b},{c},{a},{c},NULL}}')"),
        format!("id = ANY('{{{{{a},{b}}},{{{c},{a}}}}}'::bigint[])"),
        format!("id = ANY(ARRAY[{a}, {b}, {c}]::int8[])"),
        format!("id = ANY(ARRAY[{a}, NULL, {b}] || {c}::bigint)"),
        "id = ANY(ARRAY(SELECT id FROM some_ids))".to_owned(),
        format!("id IN ({a}, {b}, {c}, 3000000000000) AND id IN ({c}, {b}, {a}, 5)"),
        format!("id = ANY(string_to_array('{a},{b},{c}', ',')::bigint[])"),
    ] {
        asks(&mut site, &condition, &all);
    }
    asks(&mut site, "id = ANY('{3,1,2,NULL}'::int4[])", "id=1,2,3");
    asks(&mut site, "id = ANY('{3,1,2,NULL}'::int2[])", "id=1,2,3");
}

#[test]
fn a_list_of_titles_is_asked_one_by_one_and_no_page_comes_twice() {
    let mut site = copied();
    for condition in [
        "title IN ('Runbook', 'runbook')",
        "title = ANY('{Runbook,runbook,RUNBOOK,NULL}')",
        "title = ANY('{Runbook,nothing}'::varchar[])",
    ] {
        let requests = site.same(&format!(
            "SELECT id, title FROM confluence_pages WHERE {condition}"
        ));
        assert!(
            requests.iter().all(|request| request.contains("?title=")),
            "{requests:?}"
        );
    }
}

#[test]
fn what_the_site_does_not_answer_is_checked_here() {
    let mut site = copied();
    let ids = page_ids(500, 2);
    let (a, b) = (ids[0], ids[1]);
    let space = space_ids(1)[0];
    for condition in [
        format!("id = {a}::numeric"),
        format!("id = {a}.0"),
        format!("id IN ({a}, {b}.0)"),
        format!("id = {a}::float8"),
        format!("id::text = '{a}'"),
        format!("id <> {a}"),
        format!("NOT id = {a}"),
        format!("id NOT IN ({a}, {b})"),
        format!("id <> ALL('{{{a},{b}}}')"),
        format!("NOT (id = ANY('{{{a},{b}}}'))"),
        format!("id = {a} OR space_id = {space}"),
        format!("id > {a}"),
        format!("id IS DISTINCT FROM {a}"),
        format!("id IS NOT DISTINCT FROM {a}"),
        format!("(id = {a}) IS TRUE"),
        format!(
            "(id, space_id) IN (SELECT id, space_id FROM confluence_pages WHERE id = {a}) IS NOT FALSE"
        ),
        "id = space_id".to_owned(),
        "id = parent_id + 2".to_owned(),
        "subtype IS NULL".to_owned(),
        "subtype IS NOT NULL".to_owned(),
        "subtype IN ('live', 'page')".to_owned(),
        "subtype <> 'live'".to_owned(),
        "subtype > 'live'".to_owned(),
        "title LIKE '%policy%'".to_owned(),
        "title ILIKE 'runbook'".to_owned(),
        "title ~ '^R'".to_owned(),
        "title > 'R'".to_owned(),
        "lower(title) = 'runbook'".to_owned(),
        "title = author_id OR version_number = 3".to_owned(),
        "parent_type = 'folder'".to_owned(),
        "parent_id IS NULL".to_owned(),
        "version_minor_edit".to_owned(),
        "version_message = ''".to_owned(),
        "created_at = modified_at".to_owned(),
        "modified_at <> created_at".to_owned(),
        "created_at::date = '2024-05-06'".to_owned(),
    ] {
        let requests = site.same(&format!(
            "SELECT id, title, subtype FROM confluence_pages WHERE {condition}"
        ));
        if !condition.contains("(SELECT") {
            assert_eq!(requests.len(), ALL, "{condition}");
            assert_eq!(requests[0], pages(""), "{condition}");
        }
    }
}

#[test]
fn alternatives_of_one_column_are_right() {
    let mut site = copied();
    let ids = page_ids(500, 2);
    let (a, b) = (ids[0], ids[1]);
    let condition = format!("id = {a} OR id = {b}");
    stays_local(&mut site, &condition);
}

#[test]
fn values_that_change_from_row_to_row_are_not_asked_for() {
    let mut site = copied();
    let (rows, requests) =
        site.read("SELECT count(*) FROM confluence_pages WHERE id = (random() * 0)::bigint");
    assert_eq!(rows, ["0"]);
    assert_eq!(requests.len(), ALL);
}

#[test]
fn texts_that_a_collation_makes_equal_are_found() {
    let mut site = copied();
    let no_case = "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";
    if let Err(refused) = site.client.batch_execute(no_case) {
        assert_eq!(sqlstate_of(&refused), "0A000");
        skip("this PostgreSQL is built without ICU");
        return;
    }
    site.execute(
        "CREATE TABLE names (title text COLLATE no_case); INSERT INTO names VALUES ('RUNbook');
         CREATE SCHEMA folded;
         CREATE FOREIGN TABLE folded.confluence_pages (id bigint, title text COLLATE no_case,
            subtype text COLLATE no_case) SERVER site",
    );
    stays_local(&mut site, "title = 'runBOOK' COLLATE no_case");
    stays_local(&mut site, "title = ANY(ARRAY['runBOOK'] COLLATE no_case)");
    stays_local(&mut site, "subtype = 'LIVE' COLLATE no_case");
    let expected = one(
        &mut site.client,
        "SELECT count(*) FROM copy.confluence_pages WHERE lower(title) = 'runbook'",
    );
    for sql in [
        "SELECT count(*) FROM folded.confluence_pages WHERE title = 'RunBook'",
        "SELECT count(*) FROM folded.confluence_pages JOIN names USING (title)",
        "SELECT count(*) FROM names LEFT JOIN folded.confluence_pages AS p USING (title)",
        "SELECT count(p.id) FROM names, LATERAL
            (SELECT * FROM folded.confluence_pages AS p WHERE p.title = names.title) AS p",
    ] {
        let (rows, requests) = site.read(sql);
        assert_eq!(rows, [&*expected], "{sql}");
        assert_eq!(requests.len(), ALL, "{sql}");
    }
}

#[test]
fn kinds_and_states_of_spaces_are_asked_for_where_the_site_knows_them() {
    let mut site = copied();
    let key = literal(&small().spaces().nth(5).expect("a space").key);
    for (condition, expected) in [
        ("type = 'personal'".to_owned(), "type=personal&"),
        (
            "type = 'global' AND status = 'current'".to_owned(),
            "type=global&status=current&",
        ),
        ("status = 'archived'".to_owned(), "status=archived&"),
        ("status = ANY('{archived}')".to_owned(), "status=archived&"),
        ("type IN ('personal', 'global')".to_owned(), ""),
        ("type = 'blog'".to_owned(), ""),
        ("type IN ('blog', 'vlog')".to_owned(), ""),
        ("status = 'trashed'".to_owned(), ""),
        ("type = ''".to_owned(), ""),
        (format!("key = {key}"), "keys="),
        (format!("key = upper({key})"), "keys="),
        (format!("key IN ({key}, 'none', NULL)"), "keys="),
    ] {
        let requests = site.same(&format!(
            "SELECT id, key, type, status FROM confluence_spaces WHERE {condition}"
        ));
        assert_eq!(requests.len(), 1, "{condition}: {requests:?}");
        let query = requests[0]
            .strip_prefix("GET /wiki/api/v2/spaces?")
            .expect("a listing of spaces");
        let filters = query.strip_suffix("limit=250").expect("a limit");
        assert!(
            filters.starts_with(expected) && filters.is_empty() == expected.is_empty(),
            "{condition}: {query}"
        );
    }
}

#[test]
fn a_kind_of_page_that_nobody_knows_gives_no_rows() {
    let mut site = copied();
    stays_local(&mut site, "subtype = 'blog'");
    stays_local(&mut site, "subtype = ''");
}

#[test]
fn a_condition_on_the_status_of_pages_decides_which_are_listed() {
    let mut site = Site::of(small());
    let organisation = small();
    use PageStatus::{Archived, Current, Deleted, Trashed};
    for (condition, statuses, asked) in [
        ("true", &[Current, Archived][..], ""),
        ("status = 'trashed'", &[Trashed], "status=trashed"),
        ("status = 'current'", &[Current], "status=current"),
        ("status = 'deleted'", &[Deleted], "status=deleted"),
        (
            "status IN ('current', 'trashed')",
            &[Current, Trashed],
            "status=current,trashed",
        ),
        (
            "status = ANY('{deleted,current,archived,trashed}')",
            &[Current, Archived, Deleted, Trashed],
            "status=archived,current,deleted,trashed",
        ),
        ("status <> 'current'", &[Archived], ""),
        ("status LIKE 'tr%'", &[], ""),
    ] {
        let (rows, requests) = site.read(&format!(
            "SELECT count(*) FROM confluence_pages WHERE {condition}"
        ));
        let count = organisation.page_count(None, statuses);
        assert_eq!(rows, [count.to_string()], "{condition}");
        assert_eq!(requests[0], pages(asked), "{condition}");
    }
}

#[test]
fn a_status_that_cannot_be_listed_is_an_error() {
    let mut site = Site::of(Organisation::demo());
    for condition in [
        "status = 'draft'",
        "status IN ('current', 'draft')",
        "status = 'historical'",
        "status = ''",
    ] {
        let raised = error(
            &mut site.client,
            &format!("SELECT * FROM confluence_pages WHERE {condition}"),
        );
        assert_eq!(raised.code().code(), "0A000", "{condition}");
        assert_eq!(
            raised.hint(),
            Some("It can list current, archived, deleted, trashed."),
            "{condition}"
        );
    }
    assert_eq!(requests(&site.sim), Vec::<String>::new());
}

#[test]
fn a_status_from_a_join_does_not_widen_what_is_listed() {
    let mut site = copied();
    site.execute(
        "CREATE TABLE states (status text);
         INSERT INTO states VALUES ('trashed'), ('current'), ('draft'); ANALYZE states;
         SET enable_hashjoin = off; SET enable_mergejoin = off",
    );
    for sql in [
        "SELECT p.id, status FROM confluence_pages AS p JOIN states USING (status)",
        "SELECT p.id, s.status FROM states AS s LEFT JOIN confluence_pages AS p USING (status)",
        "SELECT status FROM states AS s WHERE EXISTS
            (SELECT 1 FROM confluence_pages AS p WHERE p.status = s.status)",
    ] {
        let requests = site.same(sql);
        assert!(
            requests.iter().all(|request| !request.contains("status=")),
            "{sql}: {requests:?}"
        );
    }
}

#[test]
fn generic_plans_take_the_values_of_each_execution() {
    let mut site = copied();
    site.execute("SET plan_cache_mode = force_generic_plan");
    let organisation = small();
    let ids = page_ids(250, 10);
    let by_id = site
        .client
        .prepare("SELECT id, title FROM confluence_pages WHERE id = $1")
        .expect("a statement");
    let by_ids = site
        .client
        .prepare("SELECT count(*) FROM confluence_pages WHERE id = ANY($1)")
        .expect("a statement");
    let by_title = site
        .client
        .prepare("SELECT count(*) FROM confluence_pages WHERE title = $1 AND space_id = $2")
        .expect("a statement");
    for (round, &id) in ids.iter().enumerate() {
        site.sim.clear_log();
        let page = organisation.page(id).expect("a page");
        let row = site
            .client
            .query_one(&by_id, &[&(id as i64)])
            .expect("one page");
        assert_eq!(
            (row.get::<_, i64>(0), row.get::<_, &str>(1)),
            (id as i64, &*page.title())
        );
        assert_eq!(requests(&site.sim), [pages(&format!("id={id}"))]);

        let some: Vec<Option<i64>> = ids[..round]
            .iter()
            .map(|&id| Some(id as i64))
            .chain([None])
            .collect();
        site.sim.clear_log();
        let row = site.client.query_one(&by_ids, &[&some]).expect("a count");
        assert_eq!(row.get::<_, i64>(0), round as i64);
        assert_eq!(requests(&site.sim).len(), usize::from(round > 0));

        let row = site
            .client
            .query_one(&by_title, &[&&*page.title(), &(page.space_id() as i64)])
            .expect("a count");
        assert!(row.get::<_, i64>(0) >= 1);
    }
}

#[test]
fn generic_plans_of_ranges_and_lists_are_executed_again_and_again() {
    let mut site = copied();
    site.execute("SET plan_cache_mode = force_generic_plan");
    let space = space_ids(1)[0];
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             PREPARE {schema}_since (timestamptz, timestamptz) AS
                SELECT count(*), min(id) FROM confluence_pages WHERE modified_at >= $1 AND modified_at < $2;
             PREPARE {schema}_int4 (int4[]) AS SELECT count(*) FROM confluence_pages WHERE id = ANY($1);
             PREPARE {schema}_latest (bigint, int) AS
                SELECT id FROM confluence_pages WHERE space_id = $1 ORDER BY modified_at DESC, id DESC LIMIT $2;
             PREPARE {schema}_page (int, int) AS
                SELECT id FROM confluence_pages WHERE title <> '' ORDER BY id OFFSET $1 LIMIT $2"
        ));
    }
    let mut executions: Vec<String> = (0..10)
        .map(|round| {
            let year = 2020 + round % 7;
            format!(
                "since('{year}-03-0{}', '{}-06-06')",
                round % 9 + 1,
                year + round % 2
            )
        })
        .collect();
    executions.extend([
        "since(NULL, now())".to_owned(),
        "since('2026-01-01', '2026-01-01')".to_owned(),
        "int4('{98306,NULL,5}')".to_owned(),
        "int4(NULL)".to_owned(),
        "int4('{}')".to_owned(),
        format!("latest({space}, 3)"),
        format!("latest({space}, 100)"),
        format!("latest({space}, NULL)"),
        "latest(NULL, 5)".to_owned(),
        "page(3, 5)".to_owned(),
        "page(2990, 50)".to_owned(),
        "page(5000, 5)".to_owned(),
        "page(0, 0)".to_owned(),
        "page(NULL, 251)".to_owned(),
    ]);
    for execution in executions {
        let (rows, _) = site.read(&format!("EXECUTE public_{execution}"));
        let expected = lines(&mut site.client, &format!("EXECUTE copy_{execution}"));
        assert_eq!(rows, expected, "{execution}");
    }
}

#[test]
fn stable_values_are_those_of_the_execution_and_not_of_the_plan() {
    let mut site = copied();
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             PREPARE {schema}_of_day AS SELECT count(*) FROM confluence_pages
                WHERE created_at >= date '2024-05-06' AND created_at < date '2024-05-20';
             PREPARE {schema}_of_space AS SELECT count(*) FROM confluence_pages
                WHERE space_id = current_setting('test.space')::bigint"
        ));
    }
    for zone in ["Pacific/Kiritimati", "Pacific/Niue", "UTC"] {
        site.execute(&format!("SET TimeZone = '{zone}'"));
        let (rows, _) = site.read("EXECUTE public_of_day");
        assert_eq!(
            rows,
            lines(&mut site.client, "EXECUTE copy_of_day"),
            "{zone}"
        );
    }
    for space in space_ids(3) {
        site.execute(&format!("SET test.space = {space}"));
        let (rows, requests) = site.read("EXECUTE public_of_space");
        assert_eq!(rows, lines(&mut site.client, "EXECUTE copy_of_space"));
        assert!(requests[0].contains(&format!("space-id={space}&")));
    }
}

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
fn a_sort_by_what_is_the_same_in_all_rows_is_none() {
    let mut scene = Scene::new();
    let space = one(
        &mut scene.client,
        "SELECT min(space_id) FROM confluence_pages",
    );
    for (sql, limit) in [
        (
            "SELECT id FROM confluence_pages WHERE space_id = {} ORDER BY space_id LIMIT 1",
            1,
        ),
        (
            "SELECT id FROM confluence_pages WHERE space_id = {} ORDER BY space_id, 'x' || space_id LIMIT 1",
            10,
        ),
        (
            "SELECT DISTINCT space_id FROM confluence_pages WHERE space_id = {} LIMIT 1",
            10,
        ),
        (
            "SELECT space_id FROM confluence_pages WHERE space_id = {} GROUP BY space_id LIMIT 1",
            10,
        ),
        (
            "SELECT min(space_id) FROM confluence_pages WHERE space_id = {}",
            1,
        ),
        (
            "SELECT max(space_id) FROM confluence_pages WHERE space_id = {}",
            1,
        ),
        (
            "SELECT EXISTS (SELECT FROM confluence_pages WHERE space_id = {} ORDER BY space_id)",
            10,
        ),
    ] {
        let sql = sql.replace("{}", &space);
        scene.sim.clear_log();
        lines(&mut scene.client, &sql);
        let asked = requests(&scene.sim);
        let expected = format!("GET /wiki/api/v2/pages?space-id={space}&limit={limit}");
        if sql.contains("'x'") {
            // That sorts, as far as PostgreSQL knows.
            assert_eq!(asked.len(), 2, "{sql}: {asked:?}");
        } else {
            assert_eq!(asked, [expected], "{sql}");
        }
    }
    // What a group has to be counted for is read whole.
    let sql = format!(
        "SELECT space_id, count(*) FROM confluence_pages WHERE space_id = {space} GROUP BY space_id LIMIT 1"
    );
    scene.sim.clear_log();
    let rows = lines(&mut scene.client, &sql);
    let pages: usize = rows[0]
        .split_once('|')
        .expect("two")
        .1
        .parse()
        .expect("a number");
    assert_eq!(requests(&scene.sim).len(), pages.div_ceil(10), "{rows:?}");
}

#[test]
fn a_least_value_for_each_row_takes_a_request_for_each() {
    let mut scene = Scene::new();
    for sql in [
        "SELECT (SELECT min(space_id) FROM confluence_pages p WHERE p.space_id = s.id) FROM confluence_spaces s ORDER BY s.id",
        "SELECT (SELECT space_id FROM confluence_pages p WHERE p.space_id = s.id ORDER BY space_id LIMIT 1) FROM confluence_spaces s ORDER BY s.id",
    ] {
        scene.sim.clear_log();
        let rows = lines(&mut scene.client, sql);
        assert_eq!(
            rows,
            lines(
                &mut scene.client,
                "SELECT id FROM confluence_spaces ORDER BY id"
            )
        );
        let asked: Vec<String> = requests(&scene.sim)
            .into_iter()
            .filter(|asked| asked.contains("/pages?"))
            .collect();
        assert_eq!(asked.len(), 3, "{sql}: {asked:#?}");
        assert!(
            asked.iter().all(|asked| asked.ends_with("&limit=1")),
            "{asked:#?}"
        );
    }
}

#[test]
fn a_cursor_reads_no_further_than_its_rows() {
    let mut site = Site::of(small());
    site.execute("BEGIN; DECLARE titles CURSOR FOR SELECT title FROM confluence_pages ORDER BY id");
    for (fetched, expected) in [(10, 1), (240, 0), (1, 1), (500, 2)] {
        let (rows, requests) = site.read(&format!("FETCH {fetched} FROM titles"));
        assert_eq!(rows.len(), fetched);
        assert_eq!(requests.len(), expected, "FETCH {fetched}");
    }
    site.execute("COMMIT");
}

#[test]
fn a_cursor_goes_back() {
    let mut site = copied();
    let moves = [
        "FETCH 3",
        "FETCH BACKWARD 2",
        "FETCH 300",
        "FETCH ABSOLUTE 5",
        "FETCH RELATIVE -2",
        "FETCH LAST",
        "FETCH FIRST",
        "MOVE 260",
        "FETCH PRIOR",
        "FETCH NEXT",
        "FETCH BACKWARD ALL",
        "FETCH 2",
    ];
    for query in [
        "SELECT id FROM confluence_pages ORDER BY id",
        "SELECT id FROM confluence_pages WHERE modified_at > '2026-06-01' ORDER BY id",
        "SELECT p.id FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id
            WHERE s.type = 'personal' ORDER BY p.id",
    ] {
        for hold in ["", "WITH HOLD"] {
            let script: String = moves.iter().map(|step| format!("{step} FROM c;")).collect();
            let sql = format!(
                "BEGIN; DECLARE c SCROLL CURSOR {hold} FOR {query}; {script} COMMIT; {}",
                if hold.is_empty() {
                    ""
                } else {
                    "FETCH FIRST FROM c; FETCH 4 FROM c; CLOSE c"
                }
            );
            site.same(&sql);
        }
    }
}

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
        plan.contains("Confluence Batch Join") && plan.contains("space-id={1}"),
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
fn aggregates_and_whole_rows_are_right() {
    let mut site = copied();
    for sql in [
        "SELECT count(*), count(subtype), min(created_at), max(version_number), sum(position) FROM confluence_pages",
        "SELECT status, subtype, count(*) FROM confluence_pages GROUP BY ROLLUP (status, subtype)",
        "SELECT avg(version_number) FILTER (WHERE version_minor_edit) FROM confluence_pages",
        "SELECT date_trunc('month', modified_at), count(*) FROM confluence_pages GROUP BY 1 HAVING count(*) > 20",
        "SELECT string_agg(title, ',' ORDER BY id) FROM confluence_pages WHERE version_number = 30",
        "SELECT 1 FROM confluence_pages",
        "SELECT FROM confluence_pages",
        "SELECT count(*) FROM confluence_pages WHERE body_storage LIKE '%quarter%'",
        "SELECT length(body_storage), md5(body_storage) FROM confluence_pages WHERE version_number = 3",
        "SELECT description FROM confluence_spaces",
        "SELECT max(modified_at) - min(created_at) FROM confluence_pages",
        "SELECT min(modified_at), max(modified_at), min(created_at), max(id), min(id) FROM confluence_pages",
        "SELECT max(modified_at) FROM confluence_pages WHERE title LIKE '%policy%'",
        "SELECT (m).id, (m).principal_id FROM (SELECT m FROM confluence_permissions AS m) AS q",
        "SELECT row_to_json(m) FROM confluence_permissions AS m WHERE operation_key = 'administer'",
        "SELECT m FROM confluence_permissions AS m",
        "SELECT DISTINCT m FROM confluence_permissions AS m",
        "SELECT count(m) FROM confluence_permissions AS m",
        "SELECT m.id FROM confluence_permissions AS m WHERE m IS NOT NULL",
        "SELECT upper(id), space_id + 1, id || '-' || space_id FROM confluence_permissions",
        "SELECT id FROM confluence_permissions WHERE (space_id, id) IN (SELECT space_id, id FROM confluence_permissions)",
        "SELECT id, lag(id) OVER (ORDER BY modified_at, id) FROM confluence_pages",
        "WITH RECURSIVE tree AS (
            SELECT id, parent_id, 0 AS depth FROM confluence_pages WHERE parent_id IS NULL
            UNION ALL SELECT p.id, p.parent_id, depth + 1 FROM tree JOIN confluence_pages AS p ON p.parent_id = tree.id)
         SELECT depth, count(*) FROM tree GROUP BY depth",
        "SELECT * FROM (VALUES (1)) AS v (n) JOIN LATERAL (SELECT count(*) FROM confluence_pages WHERE version_number > n) AS c ON true",
    ] {
        site.same(sql);
    }
}

#[test]
fn whole_pages_are_read_with_their_bodies() {
    let mut site = Site::of(Organisation::demo());
    let count = Organisation::demo().listed_pages().count();
    let (rows, requests) = site.read(
        "SELECT (p).title, (p).body_storage IS NOT NULL, p.tableoid::regclass, p.* IS NULL FROM confluence_pages AS p",
    );
    assert_eq!(rows.len(), count);
    assert!(
        rows.iter()
            .all(|row| row.ends_with("|t|confluence_pages|f")),
        "{}",
        rows[0]
    );
    assert_eq!(requests.len(), count.div_ceil(50));
    assert!(requests[0].contains("body-format=storage"));
}

#[test]
fn the_table_that_a_row_is_of_is_known() {
    let mut site = Site::of(Organisation::demo());
    let (rows, requests) = site.read("SELECT DISTINCT tableoid::regclass FROM confluence_spaces");
    assert_eq!(rows, ["confluence_spaces"]);
    assert_eq!(requests.len(), 1);
}

#[test]
fn bodies_and_descriptions_are_asked_for_only_where_they_are_used() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
            OPTIONS (optional_columns 'true');
         CREATE VIEW headings AS SELECT * FROM confluence_pages",
    );
    for (sql, expected) in [
        ("SELECT id FROM confluence_pages", "limit=250"),
        ("SELECT count(*) FROM confluence_pages", "limit=250"),
        ("SELECT title FROM headings", "limit=250"),
        (
            "SELECT title FROM (SELECT * FROM confluence_pages) AS p",
            "limit=250",
        ),
        (
            "SELECT title, length(body_storage) FROM confluence_pages",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT title FROM confluence_pages WHERE body_storage LIKE '%x%'",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT title FROM confluence_pages ORDER BY body_storage",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT body_adf FROM whole.confluence_pages",
            "body-format=atlas_doc_format&limit=50",
        ),
        (
            "SELECT * FROM confluence_pages LIMIT 2",
            "body-format=storage&limit=2",
        ),
        (
            "SELECT body_storage FROM confluence_pages WHERE id = 1",
            "id=1&body-format=storage&limit=50",
        ),
        ("SELECT id FROM confluence_spaces", "limit=250"),
        (
            "SELECT description FROM confluence_spaces",
            "description-format=plain&limit=250",
        ),
        (
            "SELECT key FROM confluence_spaces WHERE description <> ''",
            "description-format=plain&limit=250",
        ),
        (
            "SELECT s.key FROM confluence_spaces AS s WHERE s IS NOT NULL",
            "description-format=plain&limit=250",
        ),
    ] {
        let (_, requests) = site.read(sql);
        let (_, query) = requests[0].split_once('?').expect("a query");
        assert_eq!(query, expected, "{sql}");
    }
}

#[test]
fn both_bodies_of_a_page_come_with_one_query() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
            OPTIONS (optional_columns 'true')",
    );
    let organisation = Organisation::demo();
    let page = organisation.listed_pages().next().expect("a page");
    let row = site
        .client
        .query_one(
            "SELECT body_storage = $2, body_adf = $3::text::jsonb FROM whole.confluence_pages WHERE id = $1",
            &[&(page.id() as i64), &page.storage_body(), &page.document_body()],
        )
        .expect("one page");
    assert_eq!(
        (row.get::<_, Option<bool>>(0), row.get::<_, Option<bool>>(1)),
        (Some(true), Some(true))
    );
}

#[test]
fn a_table_can_be_declared_by_hand() {
    let mut site = copied();
    site.execute(
        "CREATE FOREIGN TABLE few (title text, id bigint) SERVER site OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE odd (created_at date, id text, position numeric, space_id varchar,
            modified_at text, version_number bigint, title character(300)) SERVER site OPTIONS (table 'confluence_pages');
         CREATE DOMAIN page_id AS bigint CHECK (value > 0);
         CREATE FOREIGN TABLE checked (id page_id, modified_at timestamp, title varchar) SERVER site
            OPTIONS (table 'confluence_pages');
         ALTER FOREIGN TABLE few ADD COLUMN dropped int; ALTER FOREIGN TABLE few DROP COLUMN dropped;
         ALTER FOREIGN TABLE few ADD COLUMN space_id bigint",
    );
    let id = page_ids(1, 1)[0];
    for (by_hand, imported) in [
        (
            "SELECT few, title, id FROM few".to_owned(),
            "SELECT (title, id, space_id), title, id FROM copy.confluence_pages".to_owned(),
        ),
        (
            format!("SELECT title, space_id FROM few WHERE id = {id}"),
            format!("SELECT title, space_id FROM copy.confluence_pages WHERE id = {id}"),
        ),
        (
            "SELECT created_at, id, position, space_id, modified_at, version_number, rtrim(title) FROM odd".to_owned(),
            "SELECT created_at::date, id::text, position, space_id, modified_at::text, version_number, title
                FROM copy.confluence_pages".to_owned(),
        ),
        (
            format!("SELECT count(*) FROM odd WHERE id = '{id}' AND created_at > '2001-01-01' AND modified_at < 'x'"),
            "SELECT 1".to_owned(),
        ),
        (
            "SELECT count(*) FROM odd WHERE space_id LIKE '%1%' AND created_at = '2024-05-06'".to_owned(),
            "SELECT count(*) FROM copy.confluence_pages WHERE space_id::text LIKE '%1%' AND created_at::date = '2024-05-06'".to_owned(),
        ),
        (
            format!("SELECT id, modified_at, title FROM checked WHERE id = {id} OR modified_at > '2026-11-01'"),
            format!("SELECT id, modified_at::timestamp, title FROM copy.confluence_pages
                WHERE id = {id} OR modified_at > '2026-11-01'"),
        ),
        (
            "SELECT id FROM checked WHERE title = 'Runbook'".to_owned(),
            "SELECT id FROM copy.confluence_pages WHERE title = 'Runbook'".to_owned(),
        ),
    ] {
        let (mut rows, _) = site.read(&by_hand);
        let mut expected = lines(&mut site.client, &imported);
        rows.sort_unstable();
        expected.sort_unstable();
        assert!(rows == expected, "{by_hand}: {:?} {:?}", rows.first(), expected.first());
    }
}

#[test]
fn a_column_of_another_type_is_not_asked_for() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE FOREIGN TABLE odd (id text, space_id numeric, title char(300), modified_at timestamp)
            SERVER site OPTIONS (table 'confluence_pages')",
    );
    for condition in [
        "id = '1'",
        "space_id = 1",
        "title = 'Runbook'",
        "modified_at > '2100-01-01'",
    ] {
        let (_, requests) = site.read(&format!("SELECT id FROM odd WHERE {condition}"));
        assert_eq!(requests.len(), ALL, "{condition}");
    }
}

#[test]
fn a_value_that_a_column_cannot_hold_is_an_error() {
    let mut site = Site::of(Organisation::standard());
    site.execute(
        "CREATE FOREIGN TABLE odd (id int, title varchar(5), status boolean, created_at date)
            SERVER site OPTIONS (table 'confluence_pages')",
    );
    for (sql, code) in [
        ("SELECT id FROM odd ORDER BY 1 DESC LIMIT 1", "22003"),
        ("SELECT title FROM odd", "22001"),
        ("SELECT status FROM odd", "22P02"),
    ] {
        assert_eq!(error(&mut site.client, sql).code().code(), code, "{sql}");
    }
    let (rows, _) = site.read("SELECT count(created_at) FROM odd WHERE created_at > '2026-01-01'");
    assert_ne!(rows, ["0"]);
}

#[test]
fn a_table_that_nobody_knows_is_an_error_with_a_hint() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE FOREIGN TABLE confluence_page (id bigint) SERVER site;
         CREATE FOREIGN TABLE pages (id bigint) SERVER site OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE unlike (id bigint) SERVER site",
    );
    for (table, code, message, hint) in [
        (
            "confluence_page",
            "HV00R",
            "Confluence has no table \"confluence_page\"",
            "Set the foreign table's option table, perhaps to 'confluence_pages'.",
        ),
        (
            "unlike",
            "HV00R",
            "Confluence has no table \"unlike\"",
            "Set the foreign table's option table to the name of a remote table. IMPORT FOREIGN SCHEMA declares all there are.",
        ),
    ] {
        for sql in [
            format!("SELECT id FROM {table}"),
            format!("EXPLAIN SELECT id FROM {table}"),
        ] {
            let raised = error(&mut site.client, &sql);
            assert_eq!(raised.code().code(), code, "{sql}");
            assert_eq!(raised.message(), message, "{sql}");
            assert_eq!(raised.hint(), Some(hint), "{sql}");
        }
    }
    assert_eq!(site.sim.log().len(), 0);
}

/// Two sites, and all of their pages in one view and in one partitioned table.
fn two_sites() -> (Site, Sim) {
    let mut site = Site::of(Organisation::demo());
    let other = Sim::start(Options::of(small()));
    site.execute(&format!(
        "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {});
         CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (email {}, api_token {});
         CREATE SCHEMA other; IMPORT FOREIGN SCHEMA confluence FROM SERVER other INTO other;
         CREATE VIEW both_sites AS
            SELECT 'demo' AS site, id, title, modified_at FROM confluence_pages
            UNION ALL SELECT 'small', id, title, modified_at FROM other.confluence_pages;
         CREATE TABLE parts (title text, id bigint NOT NULL, status text, modified_at timestamptz)
            PARTITION BY LIST (status);
         CREATE FOREIGN TABLE parts_demo PARTITION OF parts FOR VALUES IN ('demo') SERVER site
            OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE parts_small (modified_at timestamptz, id bigint NOT NULL, status text, title text)
            SERVER other OPTIONS (table 'confluence_pages');
         ALTER TABLE parts ATTACH PARTITION parts_small FOR VALUES IN ('small')",
        literal(other.url()),
        literal(Options::EMAIL),
        literal(Options::TOKEN),
    ));
    (site, other)
}

#[test]
fn two_sites_are_read_side_by_side() {
    let (mut site, other) = two_sites();
    let (demo, small) = (Organisation::demo(), small());
    let count = demo.listed_pages().count() + small.listed_pages().count();
    for table in ["both_sites", "parts"] {
        let (rows, _) = site.read(&format!("SELECT count(*), count(DISTINCT id) FROM {table}"));
        assert!(
            rows[0].starts_with(&format!("{count}|")),
            "{table}: {rows:?}"
        );

        other.clear_log();
        let (rows, requests_of_demo) = site.read(&format!(
            "SELECT title FROM {table} WHERE title = 'Runbook'"
        ));
        let expected = [&demo, &small].map(|organisation| {
            organisation
                .listed_pages()
                .filter(|page| page.title() == "Runbook")
                .count()
        });
        assert_eq!(rows.len(), expected.iter().sum::<usize>());
        assert_eq!(requests_of_demo, [pages("title=Runbook")]);
        assert_eq!(requests(&other)[0], pages("title=Runbook"));

        let (rows, _) = site.read(&format!(
            "SELECT extract(epoch FROM modified_at)::bigint FROM {table} ORDER BY modified_at DESC LIMIT 30"
        ));
        let mut times: Vec<i64> = demo
            .listed_pages()
            .chain(small.listed_pages())
            .map(|page| page.modified_at().as_microsecond())
            .collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        let expected: Vec<String> = times[..30]
            .iter()
            .map(|micros| (*micros as f64 / 1e6).round_ties_even().to_string())
            .collect();
        assert_eq!(rows, expected, "{table}");
    }
}

#[test]
fn partitions_are_joined_by_key() {
    let (mut site, other) = two_sites();
    let id = page_ids(1, 1)[0];
    site.execute(&format!(
        "CREATE TABLE keys AS SELECT {id}::bigint AS id; ANALYZE keys;
         SET enable_hashjoin = off; SET enable_mergejoin = off"
    ));
    other.clear_log();
    let (rows, requests_of_demo) = site.read("SELECT p.id FROM keys JOIN parts AS p USING (id)");
    assert!(rows.contains(&id.to_string()));
    assert_eq!(requests_of_demo, [pages(&format!("id={id}"))]);
    assert_eq!(requests(&other), [pages(&format!("id={id}"))]);
}

#[test]
fn views_of_any_kind_push_down_what_they_may() {
    let mut site = copied();
    let space = space_ids(3)[2];
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             CREATE VIEW of_space AS SELECT id, title, modified_at FROM confluence_pages WHERE space_id = {space};
             CREATE VIEW guarded WITH (security_barrier) AS
                SELECT id, title, space_id, modified_at FROM confluence_pages WHERE version_number > 5;
             CREATE FUNCTION peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
                $$ BEGIN IF $1 = '' THEN RAISE 'peeked'; END IF; RETURN $1 < 'M'; END $$"
        ));
    }
    for (sql, expected) in [
        ("SELECT * FROM of_space".to_owned(), format!("space-id={space}")),
        ("SELECT id FROM of_space WHERE id = 7".to_owned(), format!("space-id={space}&id=7")),
        (format!("SELECT id FROM guarded WHERE space_id = {space}"), format!("space-id={space}")),
        ("SELECT id FROM guarded WHERE peek(title)".to_owned(), String::new()),
        (
            format!("SELECT id FROM guarded WHERE peek(title) AND space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            "SELECT id FROM guarded WHERE modified_at > '2026-10-01' AND peek(title)".to_owned(),
            "sort=-modified-date".to_owned(),
        ),
        (
            format!("WITH p AS (SELECT * FROM confluence_pages) SELECT id FROM p WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            format!("WITH p AS NOT MATERIALIZED (SELECT * FROM confluence_pages)
                SELECT a.id FROM p AS a, p AS b WHERE a.space_id = {space} AND b.space_id = {space} AND a.id = b.parent_id"),
            format!("space-id={space}"),
        ),
        (
            format!("SELECT id FROM (SELECT id, space_id, max(version_number) FROM confluence_pages GROUP BY id, space_id) AS g
                WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            format!("SELECT id FROM (SELECT id, space_id, rank() OVER (PARTITION BY space_id ORDER BY id) FROM confluence_pages) AS g
                WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
    ] {
        let requests = site.same(&sql);
        // Grouping may want its rows in an order that the site can list in.
        let first = requests.first().map(|first| first.replace("&sort=id", ""));
        assert_eq!(first, Some(pages(&expected)), "{sql}");
    }
}

#[test]
fn functions_take_values_of_each_call() {
    let mut site = copied();
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             CREATE FUNCTION {schema}.pages_of(space bigint) RETURNS bigint LANGUAGE plpgsql AS
                $$ BEGIN RETURN (SELECT count(*) FROM confluence_pages WHERE space_id = space); END $$;
             CREATE FUNCTION {schema}.titles(space bigint) RETURNS SETOF text LANGUAGE sql STABLE AS
                $$ SELECT title FROM confluence_pages WHERE space_id = space $$;
             CREATE FUNCTION {schema}.newest(space bigint) RETURNS bigint LANGUAGE plpgsql AS
                $$ DECLARE page record; BEGIN
                    FOR page IN SELECT id FROM confluence_pages WHERE space_id = space ORDER BY created_at DESC LOOP
                        RETURN page.id;
                    END LOOP; RETURN NULL;
                END $$"
        ));
    }
    for function in ["pages_of(id)", "newest(id)", "titles(id)"] {
        site.same(&format!(
            "SELECT key, {function} FROM confluence_spaces WHERE type = 'personal'"
        ));
    }
}

#[test]
fn a_locked_row_is_checked_again_after_it_has_changed() {
    let mut site = copied();
    let ids = page_ids(300, 2);
    let (first, second) = (ids[0], ids[1]);
    site.execute(&format!(
        "CREATE TABLE notes (page_id bigint, n int); INSERT INTO notes VALUES ({first}, 1); ANALYZE notes"
    ));
    for (changed, expected) in [(first, vec![format!("{first}|2")]), (second, vec![])] {
        let mut writer = site.database.connect();
        let mut writing = writer.transaction().expect("a transaction");
        writing
            .batch_execute(&format!("UPDATE notes SET n = 2, page_id = {changed}"))
            .expect("an update");
        let mut reader = site.database.connect();
        let backend = one(&mut reader, "SELECT pg_backend_pid()");
        let reading = std::thread::spawn(move || {
            lines(
                &mut reader,
                "SELECT p.id, notes.n FROM notes JOIN confluence_pages AS p ON p.id = notes.page_id
                 FOR UPDATE OF notes",
            )
        });
        while one(
            &mut site.client,
            &format!("SELECT count(*) FROM pg_locks WHERE pid = {backend} AND NOT granted"),
        ) == "0"
        {
            assert!(!reading.is_finished(), "the reader waits for the writer");
            std::thread::yield_now();
        }
        writing.commit().expect("a commit");
        assert_eq!(reading.join().expect("the reader ends well"), expected);
    }
}

#[test]
fn explain_analyze_counts_what_was_sent() {
    let mut site = Site::of(small());
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        "SELECT count(*) FROM confluence_pages",
    );
    assert!(
        plan.contains("Requests: 12  Retries: 0  Rows Received: 3000  Bytes: "),
        "{plan}"
    );
    site.sim.clear_log();
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, FORMAT JSON, TIMING OFF",
        "SELECT id FROM confluence_pages WHERE id = ANY('{}')",
    );
    assert!(plan.contains("\"Requests\": 0"), "{plan}");
    assert_eq!(site.sim.log().len(), 0);
}

#[test]
fn explain_analyze_tells_how_long_it_waited_where_times_are_wanted() {
    let mut site = Site::of(Organisation::demo());
    let sql = "SELECT id FROM confluence_spaces";
    for (options, timed) in [
        ("ANALYZE", true),
        ("ANALYZE, FORMAT JSON", true),
        ("ANALYZE, TIMING OFF", false),
        ("ANALYZE, FORMAT JSON, TIMING OFF", false),
        ("VERBOSE", false),
    ] {
        let plan = explain_with(&mut site.client, options, sql);
        for word in ["Waited", "Throttled"] {
            assert_eq!(plan.contains(word), timed, "{options}: {plan}");
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
fn analyzing_a_table_is_no_error() {
    let database = Database::create();
    let sim = Sim::start(Options::default());
    database.site(&sim);
    database.execute("ANALYZE");
    database.execute("VACUUM");
    database.execute("ANALYZE confluence_pages");
}

// --- What is asked for does not depend on the plan -------------------------------------------------------------------

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

#[test]
fn what_nothing_is_called_is_not_asked_for() {
    let mut scene = Scene::new();
    let key = scene
        .sim
        .organisation()
        .spaces()
        .next()
        .expect("a space")
        .key
        .clone();
    let long = "x".repeat(100_000);
    scene
        .client
        .batch_execute(&format!(
            "CREATE TABLE names AS SELECT unnest(ARRAY[{}, '', '{long}']) AS name",
            literal(&key)
        ))
        .expect("a table");
    for (sql, rows, requests) in [
        (
            "SELECT s.id FROM names n JOIN confluence_spaces s ON s.key = n.name".to_owned(),
            1,
            1,
        ),
        (
            format!(
                "SELECT id FROM confluence_spaces WHERE key IN ('', {})",
                literal(&key)
            ),
            1,
            1,
        ),
        (
            "SELECT id FROM confluence_pages WHERE title = ''".to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_spaces WHERE key = ''".to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_labels WHERE prefix = ''".to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_attachments WHERE id = 'x'".to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_attachments WHERE id = 'a/b'".to_owned(),
            0,
            0,
        ),
        (
            "SELECT number FROM confluence_attachment_versions WHERE attachment_id = '%'"
                .to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_footer_comments WHERE attachment_id = 'att'".to_owned(),
            0,
            0,
        ),
        (
            "SELECT id FROM confluence_attachments WHERE id = 'att1'".to_owned(),
            0,
            1,
        ),
    ] {
        for settings in ["RESET ALL", "SET confluence_fdw.enable_batch_join = off"] {
            scene.client.batch_execute(settings).expect("settings");
            scene.sim.clear_log();
            assert_eq!(lines(&mut scene.client, &sql).len(), rows, "{sql:.200}");
            if settings == "RESET ALL" {
                assert_eq!(scene.sim.data_requests().len(), requests, "{sql:.200}");
            }
        }
    }
}

// --- Several tables as one -------------------------------------------------------------------------------------------

/// A site and its copy, each with the table `parts`: all pages twice, told apart by the column `site`.
#[track_caller]
fn in_parts() -> Site {
    let mut site = Site::copied(Organisation::demo());
    site.execute(
        "CREATE TABLE parts (site text NOT NULL, LIKE confluence_pages) PARTITION BY LIST (site);
         CREATE FOREIGN TABLE parts_a PARTITION OF parts FOR VALUES IN ('a')
             SERVER site OPTIONS (table 'confluence_pages', site 'a');
         CREATE FOREIGN TABLE parts_b PARTITION OF parts FOR VALUES IN ('b')
             SERVER site OPTIONS (table 'confluence_pages', site 'b');
         CREATE VIEW united AS
             SELECT 'a' AS site, p.* FROM confluence_pages p UNION ALL SELECT 'b', p.* FROM confluence_pages p;
         CREATE TABLE copy.parts AS
             SELECT 'a'::text AS site, p.* FROM copy.confluence_pages p UNION ALL SELECT 'b', p.* FROM copy.confluence_pages p;
         CREATE VIEW copy.united AS SELECT * FROM copy.parts;
         ANALYZE copy.parts",
    );
    site
}

#[test]
fn several_tables_give_the_rows_of_one_in_every_plan() {
    let mut site = in_parts();
    let shapes = [
        // The latest, in an order that tells all rows apart.
        "SELECT site, id FROM {} ORDER BY modified_at DESC, site, id LIMIT 7",
        "SELECT site, id FROM {} ORDER BY modified_at, site, id OFFSET 5 LIMIT 7",
        "SELECT site, id FROM {} ORDER BY id, site DESC LIMIT 9",
        "SELECT site, id FROM {} ORDER BY id DESC NULLS LAST, site LIMIT 9",
        "SELECT site, id FROM {} ORDER BY site, id DESC LIMIT 9",
        "SELECT site, id FROM {} ORDER BY site DESC, created_at, id LIMIT 9",
        "SELECT site, id FROM {} WHERE site = 'b' ORDER BY site, id LIMIT 9",
        "SELECT site, id FROM {} WHERE site = 'nobody' ORDER BY id LIMIT 9",
        "SELECT site, id FROM {} WHERE site || id <> '' AND title <> 'Runbook' ORDER BY id, site LIMIT 9",
        "SELECT id FROM {} WHERE modified_at < '2026-11-01' ORDER BY modified_at DESC, id, site LIMIT 9",
        "SELECT modified_at FROM {} ORDER BY modified_at DESC FETCH FIRST 3 ROWS WITH TIES",
        "SELECT DISTINCT ON (site) site, id FROM {} ORDER BY site, modified_at DESC, id",
        "SELECT DISTINCT ON (id) id, site FROM {} ORDER BY id, site LIMIT 5",
        "SELECT DISTINCT site FROM {} ORDER BY site LIMIT 1",
        "SELECT DISTINCT id, site FROM {} ORDER BY id, site LIMIT 5",
        "SELECT site, count(*) FROM {} GROUP BY site ORDER BY site LIMIT 1",
        "SELECT id, count(*) FROM {} GROUP BY id ORDER BY id LIMIT 4",
        "SELECT site, space_id, count(*), min(id), max(modified_at) FROM {} GROUP BY ROLLUP (site, space_id) ORDER BY 1, 2",
        "SELECT max(id), min(modified_at), max(site) FROM {}",
        "SELECT max(id) FROM {} WHERE site = 'a'",
        "SELECT max(title) FROM {} HAVING count(*) > 1",
        "SELECT site, id, rank() OVER (PARTITION BY site ORDER BY modified_at DESC, id) FROM {} ORDER BY site, id LIMIT 9",
        "SELECT id, lag(id) OVER (ORDER BY id, site) FROM {} ORDER BY id, site LIMIT 9",
        // Joins of every kind.
        "SELECT a.id, b.site FROM {} a JOIN {} b ON b.id = a.parent_id AND b.site = a.site ORDER BY a.id, b.site LIMIT 9",
        "SELECT s.key, p.id FROM confluence_spaces s LEFT JOIN {} p ON p.space_id = s.id AND p.title LIKE 'R%'",
        "SELECT s.key, p.id FROM {} p RIGHT JOIN confluence_spaces s ON p.space_id = s.id AND p.site = 'a'",
        "SELECT s.key, p.id FROM (SELECT * FROM {} WHERE site = 'b') p FULL JOIN confluence_spaces s ON p.id = s.homepage_id",
        "SELECT key FROM confluence_spaces s WHERE EXISTS (SELECT FROM {s})",
        "SELECT key FROM confluence_spaces s WHERE NOT EXISTS (SELECT FROM {s} AND p.title = 'Runbook')",
        "SELECT key FROM confluence_spaces s WHERE homepage_id NOT IN (SELECT parent_id FROM {} WHERE parent_id IS NOT NULL)",
        "SELECT key FROM confluence_spaces s WHERE homepage_id NOT IN (SELECT parent_id FROM {})",
        "SELECT key FROM confluence_spaces s WHERE homepage_id = ANY (SELECT parent_id FROM {} ORDER BY modified_at DESC, id, site LIMIT 40)",
        "SELECT key, x.id FROM confluence_spaces s, LATERAL (SELECT id FROM {s} ORDER BY modified_at DESC, id, site LIMIT 2) x",
        "SELECT key, x.id FROM confluence_spaces s LEFT JOIN LATERAL (SELECT id FROM {s} AND site > 'a' ORDER BY id LIMIT 1) x ON true",
        "SELECT key, (SELECT min(p.space_id) FROM {s}) FROM confluence_spaces s",
        "SELECT key, (SELECT max(p.modified_at) FROM {s}) FROM confluence_spaces s",
        "SELECT key, (SELECT id FROM {s} ORDER BY p.space_id, id, site LIMIT 1) FROM confluence_spaces s",
        "SELECT key, ARRAY(SELECT id FROM {s} ORDER BY created_at DESC, id LIMIT 3) FROM confluence_spaces s",
        // Sets.
        "SELECT id FROM {} UNION SELECT homepage_id FROM confluence_spaces ORDER BY 1 LIMIT 9",
        "SELECT id FROM {} EXCEPT SELECT parent_id FROM {} ORDER BY 1 DESC LIMIT 9",
        "SELECT id FROM {} INTERSECT ALL SELECT parent_id FROM {} ORDER BY 1 LIMIT 9",
        "(SELECT id FROM {} ORDER BY id LIMIT 3) UNION ALL (SELECT id FROM {} ORDER BY id DESC LIMIT 3)",
        "SELECT id, site FROM {} UNION ALL SELECT id, key FROM confluence_spaces ORDER BY id, site LIMIT 9",
        "SELECT x.id FROM (SELECT id, modified_at, site FROM {} WHERE site = 'a' UNION ALL SELECT id, created_at, key FROM confluence_spaces) x
             ORDER BY x.modified_at DESC, x.id LIMIT 9",
        "WITH RECURSIVE below AS (SELECT id, site, 0 AS depth FROM {} WHERE parent_id IS NULL
             UNION ALL SELECT p.id, p.site, depth + 1 FROM below b JOIN {} p ON p.parent_id = b.id AND p.site = b.site)
         SELECT depth, count(*) FROM below GROUP BY depth",
    ];
    for from in ["parts", "united"] {
        for settings in [
            "RESET ALL; SET TIME ZONE 'UTC'",
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET confluence_fdw.enable_batch_join = off",
            "SET enable_nestloop = off; SET enable_sort = off; SET enable_incremental_sort = off; SET enable_hashagg = off",
        ] {
            for shape in shapes {
                // Those of one space.
                let sql = shape.replace("{s}", "{} p WHERE p.space_id = s.id");
                site.same_after(settings, &sql.replace("{}", from));
            }
        }
    }
}
