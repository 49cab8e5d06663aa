//! Which conditions the site is asked for, and which PostgreSQL checks.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, lines, literal, one, requests, skip, sqlstate_of};
use confluence_sim::{Organisation, PageStatus};

use super::{ALL, copied, page_ids, pages, space_ids};
use crate::scene::Scene;

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
        format!("id IN ({a}, {b}.0)"),
        format!("id = {a}::float8"),
        format!("id <> {a}"),
        format!("NOT id = {a}"),
        format!("id NOT IN ({a}, {b})"),
        format!("id <> ALL('{{{a},{b}}}')"),
        format!("NOT (id = ANY('{{{a},{b}}}'))"),
        format!("id = {a} OR space_id = {space}"),
        format!("id > {a}"),
        format!("id IS DISTINCT FROM {a}"),
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
