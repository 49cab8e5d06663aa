//! Lists, and values that are written otherwise.

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{explain, literal};

use super::{copied, costs_as, stays_local};

fn ids(step: usize, count: usize) -> Vec<u64> {
    let organisation = small();
    let pages = organisation.listed_pages().step_by(step).take(count);
    pages.map(|page| page.id()).collect()
}

#[test]
fn alternatives_of_one_column_are_a_list() {
    let mut site = copied();
    let ids = ids(400, 4);
    let (a, b, c, d) = (ids[0], ids[1], ids[2], ids[3]);
    for (condition, plain) in [
        (format!("id = {a} OR id = {b}"), format!("id IN ({a}, {b})")),
        (
            format!("id = {a} OR {b} = id OR id = {c}::bigint"),
            format!("id IN ({a}, {b}, {c})"),
        ),
        (
            format!("id IN ({a}, {b}) OR id = ANY('{{{c},NULL}}') OR id = {d}"),
            format!("id IN ({a}, {b}, {c}, {d})"),
        ),
        (
            format!("(id = {a} AND status = 'current') OR (title <> '' AND id = {b})"),
            format!("id IN ({a}, {b})"),
        ),
        (
            format!("id = {a} OR (id = {b} OR id = {c})"),
            format!("id IN ({a}, {b}, {c})"),
        ),
        (format!("id = {a} OR id = NULL"), format!("id = {a}")),
        (
            format!("id = {a} OR id = (SELECT {b}::bigint)"),
            format!("id IN ({a}, {b})"),
        ),
        (
            "title = 'Runbook' OR title = 'runbook'".to_owned(),
            "title IN ('Runbook', 'runbook')".to_owned(),
        ),
    ] {
        costs_as(&mut site, &condition, &plain);
    }
    // A list is answered by the site alone, so that it can end where its rows are enough.
    let sql = format!("SELECT id FROM confluence_pages WHERE id = {a} OR id = {b} LIMIT 1");
    let plan = explain(&mut site.client, &sql);
    assert!(!plan.contains("Rechecked"), "{plan}");
    assert!(plan.contains("Pushed Down"), "{plan}");
}

#[test]
fn alternatives_in_time_are_a_range() {
    let mut site = copied();
    for (condition, plain) in [
        (
            "modified_at BETWEEN SYMMETRIC '2025-03-01' AND '2025-02-01'",
            "modified_at BETWEEN '2025-02-01' AND '2025-03-01'",
        ),
        (
            "modified_at IN ('2025-03-01', '2025-02-01')",
            "modified_at BETWEEN '2025-02-01' AND '2025-03-01'",
        ),
        (
            "modified_at < '2019-03-01' OR modified_at < '2019-02-01'",
            "modified_at < '2019-03-01'",
        ),
    ] {
        let range = super::select(plain);
        let requests = site.same(&super::select(condition));
        assert_eq!(requests, site.same(&range), "{condition}");
    }
    // Two months, and what is between them.
    let requests = site.same(&super::select(
        "date_trunc('month', modified_at) IN ('2025-02-01', '2025-04-01')",
    ));
    let range = "modified_at >= '2025-02-01' AND modified_at < '2025-05-01'";
    assert_eq!(requests, site.same(&super::select(range)));
    let requests = site.same(&super::select(
        "(modified_at >= '2025-02-01' AND modified_at < '2025-03-01')
         OR modified_at::date BETWEEN '2025-04-01' AND '2025-04-30'",
    ));
    assert_eq!(requests, site.same(&super::select(range)));
    stays_local(
        &mut site,
        "modified_at < '2019-03-01' OR modified_at > '2026-01-01'",
    );
}

#[test]
fn a_number_written_as_a_text_is_that_number() {
    let mut site = copied();
    let ids = ids(400, 2);
    let (a, b) = (ids[0], ids[1]);
    let nothing = "id = ANY('{}')";
    for (condition, plain) in [
        (format!("id::text = '{a}'"), format!("id = {a}")),
        (format!("'{a}' = id::varchar"), format!("id = {a}")),
        (
            format!("CAST(id AS text) IN ('{a}', '{b}', 'x')"),
            format!("id IN ({a}, {b})"),
        ),
        (
            format!("id::text = ANY('{{{a},NULL,{b}}}')"),
            format!("id IN ({a}, {b})"),
        ),
        (
            format!("id::text = '{a}' OR id::text = '{b}'"),
            format!("id IN ({a}, {b})"),
        ),
        (format!("id::text LIKE '{a}'"), "true".to_owned()),
        (format!("id = {a}.0"), format!("id = {a}")),
        (format!("id = {a}::numeric(20, 3)"), format!("id = {a}")),
        (format!("id = {a}.5"), nothing.to_owned()),
        (format!("id::text = '0{a}'"), nothing.to_owned()),
        (format!("id::text = '+{a}'"), nothing.to_owned()),
        (format!("id::text = ' {a}'"), nothing.to_owned()),
        ("id::text = ''".to_owned(), nothing.to_owned()),
        ("id::text = 'x'".to_owned(), nothing.to_owned()),
        (
            "id::text = '99999999999999999999'".to_owned(),
            nothing.to_owned(),
        ),
        ("id = 99999999999999999999".to_owned(), nothing.to_owned()),
    ] {
        costs_as(&mut site, &condition, &plain);
    }
    let space = small().spaces().next().expect("a space").id;
    costs_as(
        &mut site,
        &format!("space_id::text = '{space}'"),
        &format!("space_id = {space}"),
    );
    site.execute("SET plan_cache_mode = force_generic_plan");
    let by_text = site
        .client
        .prepare("SELECT id FROM confluence_pages WHERE id::text = $1")
        .expect("a statement");
    site.sim.clear_log();
    let rows = site
        .client
        .query(&by_text, &[&a.to_string()])
        .expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(site.sim.data_requests().len(), 1);
    assert!(
        site.client
            .query(&by_text, &[&"x"])
            .expect("rows")
            .is_empty()
    );
    assert_eq!(site.sim.data_requests().len(), 1);
}

#[test]
fn a_join_by_a_number_that_is_written_as_a_text_asks_for_it_in_batches() {
    let mut site = copied();
    let ids = ids(100, 20);
    let texts: Vec<String> = ids.iter().map(|id| format!("('{id}')")).collect();
    site.execute(&format!(
        "CREATE TABLE written (page_id text);
         INSERT INTO written VALUES {}, ('x'), (NULL), ('0{}'), (''); ANALYZE written",
        texts.join(", "),
        ids[0]
    ));
    for sql in [
        "SELECT w.page_id, p.title FROM written w JOIN confluence_pages p ON p.id::text = w.page_id",
        "SELECT w.page_id, p.title FROM written w LEFT JOIN confluence_pages p ON p.id::text = w.page_id",
        "SELECT page_id FROM written w WHERE EXISTS (SELECT FROM confluence_pages p WHERE p.id::text = w.page_id)",
        "SELECT page_id FROM written w WHERE NOT EXISTS (SELECT FROM confluence_pages p WHERE p.id::text = w.page_id)",
    ] {
        let requests = site.same(sql);
        assert_eq!(requests.len(), 1, "{sql}: {requests:?}");
    }
}

#[test]
fn what_stands_for_null_is_looked_through() {
    let mut site = copied();
    let a = ids(400, 1)[0];
    for (condition, plain) in [
        (
            "COALESCE(title, '') = 'Runbook'".to_owned(),
            "title = 'Runbook'".to_owned(),
        ),
        (format!("COALESCE(id, 0) = {a}"), format!("id = {a}")),
        (
            "COALESCE(modified_at, '1970-01-01') >= '2025-02-01'".to_owned(),
            "modified_at >= '2025-02-01'".to_owned(),
        ),
        (
            "NULLIF(title, '') = 'Runbook'".to_owned(),
            "title = 'Runbook'".to_owned(),
        ),
        (format!("(id = {a}) IS TRUE"), format!("id = {a}")),
        (format!("id IS NOT DISTINCT FROM {a}"), format!("id = {a}")),
        (
            "title LIKE 'Runbook'".to_owned(),
            "title = 'Runbook'".to_owned(),
        ),
        (
            r"title LIKE 'Run\book'".to_owned(),
            "title = 'Runbook'".to_owned(),
        ),
    ] {
        costs_as(&mut site, &condition, &plain);
    }
    for condition in [
        "COALESCE(title, 'Runbook') = 'Runbook'",
        "COALESCE(title, version_author_id) = 'Runbook'",
        "COALESCE(modified_at, 'infinity') >= '2025-02-01'",
        "parent_id IS NOT DISTINCT FROM NULL",
        "title LIKE 'Run%'",
        "title LIKE 'Run_ook'",
        "title ILIKE 'runbook'",
        "lower(title) = 'runbook'",
        "upper(title) = 'RUNBOOK'",
        "title || '' = 'Runbook'",
        "id + 0 = 5",
    ] {
        stays_local(&mut site, condition);
    }
}

#[test]
fn a_short_key_in_any_case_is_asked_for_in_all_its_spellings() {
    let mut site = copied();
    let key = small().spaces().nth(5).expect("a space").key.clone();
    let lower = literal(&key.to_lowercase());
    for condition in [
        format!("key ILIKE {lower}"),
        format!("lower(key) = {lower}"),
        format!("lower(key) = lower({})", literal(&key)),
    ] {
        let requests = site.same(&format!(
            "SELECT id, key FROM confluence_spaces WHERE {condition}"
        ));
        assert_eq!(requests.len(), 1, "{condition}: {requests:?}");
        assert!(requests[0].contains("?keys="), "{condition}: {requests:?}");
    }
    for condition in [
        "key ILIKE 'a-key-of-many-letters'",
        "lower(key) = 'ü'",
        "upper(key) = 'ENG'",
        "key ILIKE 'en%'",
    ] {
        let requests = site.same(&format!(
            "SELECT id, key FROM confluence_spaces WHERE {condition}"
        ));
        assert_eq!(
            requests,
            ["GET /wiki/api/v2/spaces?limit=250"],
            "{condition}"
        );
    }
}

#[test]
fn what_widens_a_listing_has_to_stand_there_itself() {
    let mut site = copied();
    for condition in [
        "status = 'trashed' OR status = 'deleted'",
        "COALESCE(status, '') = 'trashed'",
        "status LIKE 'trashed'",
        "(status = 'trashed') IS TRUE",
    ] {
        stays_local(&mut site, condition);
    }
}
