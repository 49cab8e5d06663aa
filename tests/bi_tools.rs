//! What docs/dashboards.md says.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{lines, one, skip};

/// What a chart asks for with a filter, as tools write it, with an alias for the table's columns where they use one.
const CHARTS: [(&str, &str); 6] = [
    (
        "Superset",
        "SELECT DATE_TRUNC('day', modified_at) AS modified_at, COUNT(*) AS count FROM confluence_pages
         WHERE DATE_TRUNC('month', modified_at) IN (TO_TIMESTAMP('2025-02-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US'))
         GROUP BY DATE_TRUNC('day', modified_at) ORDER BY count DESC, 1 LIMIT 10000",
    ),
    (
        "Metabase",
        r#"SELECT CAST("source"."modified_at" AS date) AS "modified_at", COUNT(*) AS "count"
         FROM "confluence_pages" AS "source"
         WHERE DATE_TRUNC('month', "source"."modified_at") = DATE_TRUNC('month', timestamptz '2025-02-14 12:00Z')
         GROUP BY CAST("source"."modified_at" AS date) ORDER BY CAST("source"."modified_at" AS date) ASC LIMIT 2000"#,
    ),
    (
        "Metabase, in a time zone of its own",
        r#"SELECT COUNT(*) AS "count" FROM "confluence_pages" AS "source"
         WHERE DATE_TRUNC('month', ("source"."modified_at" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' = timestamptz '2025-02-01 00:00:00Z'"#,
    ),
    (
        "Power BI",
        r#"select "rows"."c0", count(1) as "a0" from (
             select "_"."status" as "c0" from "confluence_pages" "_"
             where "_"."modified_at" >= timestamp '2025-02-01 00:00:00' and "_"."modified_at" < timestamp '2025-03-01 00:00:00'
         ) "rows" group by "c0" limit 1000001"#,
    ),
    (
        "Tableau",
        r#"SELECT CAST(TRUNC(EXTRACT(DAY FROM "t"."modified_at")) AS INTEGER) AS "dy", COUNT(1) AS "cnt"
         FROM "confluence_pages" "t"
         WHERE ((CAST("t"."modified_at" AS DATE) >= (DATE '2025-02-01')) AND (CAST("t"."modified_at" AS DATE) <= (DATE '2025-02-28')))
         GROUP BY 1"#,
    ),
    (
        "Tableau, by the month",
        r#"SELECT COUNT(1) AS "cnt" FROM "confluence_pages" "t"
         WHERE (DATE_TRUNC('MONTH', CAST("t"."modified_at" AS DATE)) = (TIMESTAMP '2025-02-01 00:00:00.000'))
         HAVING (COUNT(1) > 0)"#,
    ),
];

#[test]
fn a_month_that_a_tool_filters_by_costs_what_is_newer_than_it() {
    let mut site = Site::copied(small());
    site.execute("SET TimeZone = 'UTC'");
    let of_range = site.same(
        "SELECT count(*) FROM confluence_pages WHERE modified_at >= '2025-02-01' AND modified_at < '2025-03-01'",
    );
    assert!(of_range.len() < 12, "{of_range:?}");
    for (tool, sql) in CHARTS {
        let requests = site.same(sql);
        assert_eq!(requests, of_range, "{tool}");
    }
}

#[test]
fn auto_explain_writes_what_a_statement_has_asked_for() {
    let site = Site::of(small());
    let (mut client, notices) = site.database.connect_with_notices();
    if client.batch_execute("LOAD 'auto_explain'").is_err() {
        skip("this PostgreSQL has no auto_explain");
        return;
    }
    lines(
        &mut client,
        "SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET auto_explain.log_level = notice",
    );
    notices.take();
    one(&mut client, "SELECT count(*) FROM confluence_spaces");
    let told = notices.take();
    let plan = told.iter().map(|notice| notice.message());
    let plan: Vec<&str> = plan.filter(|text| text.contains("Foreign Scan")).collect();
    assert_eq!(plan.len(), 1, "{told:?}");
    assert!(plan[0].contains("Requests: 1  Retries: 0"), "{}", plan[0]);
}

#[test]
fn what_is_kept_asks_for_nothing() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE SCHEMA reports;
         CREATE MATERIALIZED VIEW reports.pages AS
             SELECT p.*, s.key AS space_key FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id;
         CREATE UNIQUE INDEX ON reports.pages (id)",
    );
    let (rows, requests) =
        site.read("SELECT count(*) > 0 FROM reports.pages WHERE space_key <> ''");
    assert_eq!(rows, ["t"]);
    assert!(requests.is_empty(), "{requests:?}");
    let (_, requests) = site.read("REFRESH MATERIALIZED VIEW CONCURRENTLY reports.pages");
    assert!(!requests.is_empty());
}
