//! Functions of times.

use std::collections::HashMap;

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{explain, lines, literal};
use confluence_sim::Organisation;

use super::{ALL, asks, copied, costs_as, stays_local};

/// From one time to before another.
fn between(from: &str, to: &str) -> String {
    format!("modified_at >= '{from}' AND modified_at < '{to}'")
}

#[test]
fn what_a_function_of_a_time_is_compared_with_is_a_range() {
    let mut site = copied();
    for zone in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"] {
        site.execute(&format!("SET TimeZone = '{zone}'"));
        let mut known: HashMap<String, Vec<String>> = HashMap::new();
        let year = between("2025-01-01", "2026-01-01");
        let month = between("2025-02-01", "2025-03-01");
        let day = between("2025-02-03", "2025-02-04");
        let hour = between("2025-02-03 04:00", "2025-02-03 05:00");
        for (condition, range) in [
            ("date_trunc('month', modified_at) = '2025-02-01'", &*month),
            (
                "DATE_TRUNC('MONTH', modified_at) = DATE '2025-02-01'",
                &month,
            ),
            (
                "date_trunc('month', modified_at::date) = '2025-02-01'",
                &month,
            ),
            (
                "date_trunc('month', CAST(modified_at AS timestamp)) = timestamp '2025-02-01'",
                &month,
            ),
            ("'2025-02-01' = date_trunc('month', modified_at)", &month),
            ("date_trunc('month', modified_at) IN ('2025-02-01')", &month),
            (
                "date_trunc('month', modified_at) BETWEEN '2025-01-02' AND '2025-02-28'",
                &month,
            ),
            ("date_trunc('day', modified_at) = '2025-02-03'", &day),
            (
                "date_trunc('hour', modified_at) = '2025-02-03 04:00'",
                &hour,
            ),
            ("date_trunc('year', modified_at) = '2025-01-01'", &year),
            (
                "date_trunc('quarter', modified_at) = '2025-04-01'",
                &between("2025-04-01", "2025-07-01"),
            ),
            (
                "date_trunc('week', modified_at) = '2025-02-03'",
                &between("2025-02-03", "2025-02-10"),
            ),
            (
                "date_trunc('decade', modified_at) = '2020-01-01'",
                &between("2020-01-01", "2030-01-01"),
            ),
            ("modified_at::date = '2025-02-03'", &day),
            ("CAST(modified_at AS date) = DATE '2025-02-03'", &day),
            (
                "modified_at::date >= '2025-02-03' AND modified_at::date <= DATE '2025-02-03'",
                &day,
            ),
            (
                "modified_at::date BETWEEN '2025-02-01' AND '2025-02-28'",
                &month,
            ),
            (
                "modified_at::date > '2025-01-31' AND modified_at::date < '2025-03-01'",
                &month,
            ),
            (
                "modified_at::date >= timestamp '2025-01-31 00:00:01' AND modified_at::date < timestamp '2025-02-28 12:00'",
                &month,
            ),
            (
                "(modified_at)::timestamp without time zone >= timestamp '2025-02-01' AND modified_at::timestamp < '2025-03-01'",
                &month,
            ),
            ("modified_at::timestamp::date = '2025-02-03'", &day),
            ("extract(year FROM modified_at) = 2025", &year),
            ("date_part('year', modified_at) = 2025", &year),
            ("extract(YEAR FROM modified_at::date) = 2025", &year),
            (
                "CAST(EXTRACT(YEAR FROM modified_at) AS integer) = 2025",
                &year,
            ),
            (
                "CAST(TRUNC(EXTRACT(YEAR FROM modified_at)) AS INTEGER) = 2025",
                &year,
            ),
            (
                "extract(year FROM modified_at) > 2024 AND extract(year FROM modified_at) <= 2025.5",
                &year,
            ),
            (
                "date_part('year', modified_at) >= 2024.5 AND date_part('year', modified_at) < 2026",
                &year,
            ),
        ] {
            let of_range = known
                .entry(range.to_owned())
                .or_insert_with(|| asks(&mut site, range));
            assert_eq!(
                &asks(&mut site, condition),
                of_range,
                "{condition}, which is {range}"
            );
        }
    }
}

#[test]
fn a_zone_that_a_function_names_is_the_one_that_counts() {
    let mut site = copied();
    site.execute("SET TimeZone = 'Asia/Tokyo'");
    for (zone, offset) in [
        ("Europe/Berlin", "+01"),
        ("America/New_York", "-05"),
        ("Asia/Kathmandu", "+05:45"),
    ] {
        let month = between(
            &format!("2025-02-01 00:00{offset}"),
            &format!("2025-03-01 00:00{offset}"),
        );
        for condition in [
            format!("date_trunc('month', modified_at, '{zone}') = '2025-02-01 00:00{offset}'"),
            format!("date_trunc('month', modified_at AT TIME ZONE '{zone}') = '2025-02-01'"),
            format!(
                "date_trunc('month', modified_at AT TIME ZONE '{zone}') AT TIME ZONE '{zone}' = '2025-02-01 00:00{offset}'"
            ),
            format!(
                "(modified_at AT TIME ZONE '{zone}')::date BETWEEN '2025-02-01' AND '2025-02-28'"
            ),
        ] {
            costs_as(&mut site, &condition, &month);
        }
    }
}

#[test]
fn how_long_ago_something_was_is_a_range() {
    let mut site = copied();
    for (condition, range) in [
        (
            "timestamptz '2025-03-01 12:00' - modified_at < interval '30 days'",
            "modified_at > timestamptz '2025-03-01 12:00' - interval '720 hours'",
        ),
        (
            "interval '1 year' <= timestamptz '2022-03-01' - modified_at",
            "modified_at <= timestamptz '2022-03-01' - interval '8640 hours'",
        ),
        (
            "date '2025-03-01' - modified_at::date <= 7",
            "modified_at::date >= '2025-02-22'",
        ),
    ] {
        costs_as(&mut site, condition, range);
    }
    let requests =
        site.same("SELECT id FROM confluence_pages WHERE now() - modified_at < interval '1 hour'");
    assert_eq!(requests.len(), 1, "{requests:?}");
}

#[test]
fn a_value_that_begins_no_unit_equals_nothing_and_asks_for_nothing() {
    let mut site = copied();
    for condition in [
        "date_trunc('month', modified_at) = '2025-02-02'",
        "date_trunc('week', modified_at) = '2025-02-04'",
        "date_trunc('year', modified_at::date) = '2025-01-01 00:00:01'",
        "extract(year FROM modified_at) = 2025.5",
        "modified_at::date = timestamp '2025-02-03 00:01'",
        "date_trunc('month', modified_at) = NULL::timestamptz",
        "modified_at::date = NULL",
        "modified_at::date > '2025-02-03' AND modified_at::date < '2025-02-03'",
    ] {
        let requests = site.same(&super::select(condition));
        assert_eq!(requests.len(), 0, "{condition}");
    }
}

#[test]
fn times_at_the_ends_of_what_there_is_are_no_errors() {
    let mut site = Site::copied(Organisation::demo());
    let forms = [
        "date_trunc('millennium', modified_at)",
        "date_trunc('month', modified_at)",
        "date_trunc('second', modified_at)",
        "modified_at::date",
        "modified_at::timestamp",
        "date_trunc('day', modified_at AT TIME ZONE 'Asia/Kathmandu')",
    ];
    let ends = [
        "timestamptz 'infinity'",
        "timestamptz '-infinity'",
        "timestamp 'infinity'",
        "date '-infinity'",
        "timestamp '294276-12-31 23:59:59.999999'",
        "timestamp '4713-01-01 BC'",
        "date '4713-01-01 BC'",
        "timestamptz '0001-01-01 BC'",
    ];
    for form in forms {
        for end in ends {
            for operator in ["=", "<", "<=", ">", ">="] {
                site.same(&super::select(&format!("{form} {operator} {end}")));
            }
        }
    }
    for year in ["0", "-5", "294277", "1e30", "'NaN'", "'infinity'"] {
        for operator in ["=", "<", ">="] {
            site.same(&super::select(&format!(
                "extract(year FROM modified_at) {operator} {year}"
            )));
            site.same(&super::select(&format!(
                "date_part('year', modified_at) {operator} {year}"
            )));
        }
    }
    site.same(&super::select(
        "timestamptz '294276-12-01' - modified_at > interval '-300 years'",
    ));
    site.same(&super::select(
        "timestamptz '4713-01-01 BC' - modified_at < interval '300 years'",
    ));
}

#[test]
fn plans_for_all_values_take_those_of_each_execution() {
    let mut site = copied();
    site.execute("SET plan_cache_mode = force_generic_plan");
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             PREPARE {schema}_month (timestamptz) AS SELECT count(*), min(id) FROM confluence_pages
                WHERE date_trunc('month', modified_at) = date_trunc('month', $1);
             PREPARE {schema}_day (date) AS SELECT count(*), min(id) FROM confluence_pages WHERE modified_at::date = $1;
             PREPARE {schema}_year (int) AS SELECT count(*), min(id) FROM confluence_pages
                WHERE extract(year FROM modified_at) >= $1;
             PREPARE {schema}_zone (text, timestamptz) AS SELECT count(*), min(id) FROM confluence_pages
                WHERE date_trunc('month', modified_at, $1) = $2;
             PREPARE {schema}_day_of_now AS SELECT count(*) FROM confluence_pages WHERE modified_at::date = now()::date"
        ));
    }
    for (execution, requests) in [
        ("month('2025-02-13 12:00')", None),
        ("month('infinity')", None),
        ("month(NULL)", Some(0)),
        ("day('2025-02-03')", None),
        ("day(NULL)", Some(0)),
        ("year(2026)", None),
        ("year(NULL)", Some(0)),
        ("zone('Europe/Berlin', '2025-02-01 00:00+01')", None),
        ("zone('Asia/Kathmandu', '2025-02-01 00:00+05:45')", None),
        ("zone('UTC', '2025-02-02')", Some(0)),
        ("zone(NULL, now())", Some(0)),
        ("day_of_now", Some(1)),
    ] {
        for zone in ["Pacific/Kiritimati", "America/New_York"] {
            site.execute(&format!("SET TimeZone = '{zone}'"));
            let (rows, sent) = site.read(&format!("EXECUTE public_{execution}"));
            let expected = lines(&mut site.client, &format!("EXECUTE copy_{execution}"));
            assert_eq!(rows, expected, "{execution} in {zone}");
            assert!(sent.len() < ALL, "{execution}: {}", sent.len());
            if let Some(requests) = requests {
                assert_eq!(sent.len(), requests, "{execution} in {zone}");
            }
        }
    }
}

#[test]
fn what_says_nothing_about_a_range_is_checked_here() {
    let mut site = copied();
    for condition in [
        "extract(month FROM modified_at) = 2",
        "date_part('dow', modified_at) = 1",
        "date_trunc('month', modified_at) <> '2025-02-01'",
        "to_char(modified_at, 'YYYY-MM') = '2025-02'",
        "date_trunc('month', modified_at) = date_trunc('month', created_at)",
        "modified_at + interval '0' >= '2025-02-01'",
        "date_trunc(CASE WHEN random() < 2 THEN 'day' END, modified_at) >= '2025-02-01'",
    ] {
        stays_local(&mut site, condition);
    }
}

#[test]
fn explain_shows_the_clause_once_and_that_it_is_checked() {
    let mut site = copied();
    let plan = explain(
        &mut site.client,
        "SELECT id FROM confluence_pages WHERE date_trunc('month', modified_at) = '2025-02-01'",
    );
    let shown = |label: &str| {
        let mut lines = plan.lines().map(str::trim);
        lines
            .find_map(|line| line.strip_prefix(label))
            .map(str::to_owned)
    };
    let clause = "date_trunc('month'::text, confluence_pages.modified_at) = '2025-02-01 00:00:00+00'::timestamp with time zone";
    assert_eq!(
        shown("Pushed Down: ").as_deref(),
        Some(&*format!("{clause} (stops early)")),
        "{plan}"
    );
    assert_eq!(shown("Rechecked: ").as_deref(), Some(clause), "{plan}");
}

#[test]
fn a_span_that_the_site_is_asked_for_follows_from_functions_too() {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE TABLE copy AS SELECT * FROM confluence_audit_log");
    let day = lines(&mut site.client, "SELECT max(created_at)::date FROM copy").remove(0);
    for condition in [
        format!("created_at::date = {}", literal(&day)),
        format!("date_trunc('day', created_at) = {}", literal(&day)),
    ] {
        let (rows, requests) = site.read(&format!(
            "SELECT count(*) FROM confluence_audit_log WHERE {condition}"
        ));
        let expected = lines(
            &mut site.client,
            &format!("SELECT count(*) FROM copy WHERE {condition}"),
        );
        assert_eq!(rows, expected, "{condition}");
        assert!(
            requests[0].contains("startDate=") && requests[0].contains("endDate="),
            "{requests:?}"
        );
    }
}
