//! Prepared statements and stable values: a plan takes the values of each execution.

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{lines, requests};

use super::{copied, page_ids, pages, space_ids};

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
