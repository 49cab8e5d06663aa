//! The request that a plan shows is the one that is sent: with columns' names where the scan has values.

use confluence_fdw_tests::site::{Site, list, small};
use confluence_fdw_tests::{explain_with, lines, requests};
use serde_json::Value;

use super::{page_ids, space_ids};
use crate::random::{Rounds, again, chances, pick};

const ANALYZED: &str = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON";

/// The scan of a table in a plan, wherever it stands.
fn scan_of(plan: &Value, table: &str) -> Option<Value> {
    if plan["Relation Name"] == table {
        return Some(plan.clone());
    }
    let parts = plan["Plans"].as_array().into_iter().flatten();
    let parts = parts.chain(plan.get("Plan"));
    parts.into_iter().find_map(|part| scan_of(part, table))
}

/// What `EXPLAIN ANALYZE` tells of the scan of a table.
#[track_caller]
fn analyzed(site: &mut Site, table: &str, sql: &str) -> Value {
    let plan = explain_with(&mut site.client, ANALYZED, sql);
    let plan: Value = serde_json::from_str(&plan).expect("a JSON document");
    scan_of(&plan[0], table).unwrap_or_else(|| panic!("no scan of {table} in {plan}"))
}

/// Whether a request is another one with values in the places of columns' names.
fn fills(shown: &str, sent: &str) -> bool {
    let mut pieces = shown.split('{').map(|piece| match piece.split_once('}') {
        Some((name, rest)) if name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => rest,
        _ => piece,
    });
    let Some(mut rest) = pieces.next().and_then(|first| sent.strip_prefix(first)) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    for (place, piece) in pieces.iter().enumerate() {
        let at = match place + 1 == pieces.len() {
            true => rest
                .len()
                .checked_sub(piece.len())
                .filter(|&at| rest[at..] == **piece),
            false => rest.find(piece),
        };
        let Some(at) = at.filter(|&at| at > 0) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty()
}

#[test]
fn a_request_is_filled_with_values_only() {
    assert!(fills("GET /p?id={id}&limit=9", "GET /p?id=1,2&limit=9"));
    assert!(fills("GET /s/{space_id}/p?limit=9", "GET /s/7/p?limit=9"));
    assert!(fills("GET /p?limit=9", "GET /p?limit=9"));
    assert!(!fills("GET /p?id={id}&limit=9", "GET /p?limit=9"));
    assert!(!fills("GET /p?id={id}&limit=9", "GET /p?id=1&limit=90"));
    assert!(!fills("GET /p?limit=9", "GET /p?id=1&limit=9"));
}

/// A table, the columns that are read of it, and conditions on it, with the values that they are tried with.
struct Asked {
    table: &'static str,
    columns: &'static str,
    conditions: Vec<(&'static str, Vec<String>)>,
}

fn asked() -> Vec<Asked> {
    let numbers = |ids: Vec<u64>| ids.iter().map(u64::to_string).collect::<Vec<_>>();
    let texts = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| format!("'{text}'"))
            .collect::<Vec<_>>()
    };
    let times = texts(&["2021-03-01", "2025-06-01 12:00+00", "2026-11-01"]);
    vec![
        Asked {
            table: "confluence_pages",
            columns: "id, title",
            conditions: vec![
                ("id", numbers(page_ids(7, 3))),
                ("space_id", numbers(space_ids(3))),
                ("title", texts(&["Runbook", "a,b & c", "Übergabe"])),
                ("status", texts(&["current", "archived"])),
                ("subtype", texts(&["live"])),
                ("modified_at >", times.clone()),
                ("created_at <=", times.clone()),
            ],
        },
        Asked {
            table: "confluence_spaces",
            columns: "id, description",
            conditions: vec![
                ("id", numbers(space_ids(3))),
                ("key", texts(&["ENG", "HR", "A,B"])),
                ("type", texts(&["global", "personal"])),
                ("status", texts(&["current"])),
            ],
        },
        Asked {
            table: "confluence_permissions",
            columns: "id",
            conditions: vec![("space_id", numbers(space_ids(2)))],
        },
        Asked {
            table: "confluence_users",
            columns: "account_id",
            conditions: vec![("account_id", texts(&["712020:a", "712020:b"]))],
        },
        Asked {
            table: "confluence_audit_log",
            columns: "summary",
            conditions: vec![("created_at >=", times.clone()), ("created_at <", times)],
        },
        Asked {
            table: "confluence_footer_comments",
            columns: "id",
            conditions: vec![
                ("id", numbers(vec![5, 6])),
                ("page_id", numbers(page_ids(9, 2))),
            ],
        },
    ]
}

#[test]
fn what_a_plan_shows_is_what_a_scan_sends_first() {
    // One request after the other, so that the log has them in the order in which they were sent.
    let mut site = Site::with(small(), "max_concurrency '1'");
    let rounds = Rounds::asked_for();
    for seed in (rounds.first..).take(rounds.count.unwrap_or(150) as usize) {
        let mut rng = chances(seed, 1);
        let asked = asked();
        let Asked {
            table,
            columns,
            conditions,
        } = pick(&mut rng, &asked);
        let mut terms = Vec::new();
        for (column, values) in conditions {
            if rng.u8(..3) > 0 && terms.len() < 3 {
                let value = pick(&mut rng, values);
                let is_range = column.contains(['<', '>']);
                terms.push(match rng.u8(..4) {
                    0 if is_range => format!("{column} (SELECT {value}::timestamptz)"),
                    _ if is_range => format!("{column} {value}"),
                    // Of a value that only the scan knows, planning takes it that a request can carry it.
                    0 => format!("{column} = (SELECT {})", values[0]),
                    1 => format!("{column} IN ({})", values.join(", ")),
                    _ => format!("{column} = {value}"),
                });
            }
        }
        if terms.is_empty() && *table == "confluence_users" {
            continue;
        }
        let condition = match terms.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", terms.join(" AND ")),
        };
        let tail = ["", "", " LIMIT 5", " ORDER BY 1 DESC LIMIT 3"][rng.usize(..4)];
        let sql = format!("SELECT {columns} FROM {table}{condition}{tail}");
        let told = format!("{sql}\n{}", again("planning::first_requests", seed));
        site.sim.clear_log();
        let scan = analyzed(&mut site, table, &sql);
        let text = |name: &str| scan[name].as_str().unwrap_or("").to_owned();
        let (shown, first) = (text("Request"), text("First Request"));
        let sent = requests(&site.sim);
        if first == "none" {
            assert!(
                !sent.iter().any(|sent| fills(&shown, sent)),
                "{told}\n{sent:?}"
            );
            continue;
        }
        assert!(fills(&shown, &first), "{told}\n{shown}\n{first}");
        // The log has no bodies. What lists what to ask about comes first.
        let address = first.split(" {").next().expect("a request");
        let path = address.split('?').next().expect("a path");
        let of_table = sent
            .iter()
            .find(|sent| sent.split('?').next() == Some(path));
        assert_eq!(
            of_table.map(String::as_str),
            Some(address),
            "{told}\n{sent:?}"
        );
    }
}

#[test]
fn a_scan_that_sends_nothing_has_no_first_request() {
    let mut site = Site::of(small());
    for (condition, shown) in [
        ("id = ANY ('{}'::bigint[])", "none"),
        ("id = 0", "none"),
        (
            "id = (SELECT NULL::bigint)",
            "GET /wiki/api/v2/pages?id={id}&limit=250",
        ),
        (
            "id = (SELECT 0::bigint)",
            "GET /wiki/api/v2/pages?id={id}&limit=250",
        ),
    ] {
        let sql = format!("SELECT title FROM confluence_pages WHERE {condition}");
        let scan = analyzed(&mut site, "confluence_pages", &sql);
        assert_eq!(scan["Request"], shown, "{condition}");
        assert_eq!(scan["First Request"], "none", "{condition}");
        assert_eq!(scan["Requests"], 0, "{condition}");
    }
    assert_eq!(requests(&site.sim), [""; 0]);
}

#[test]
fn what_is_not_sent_is_not_shown() {
    let mut site = Site::of(small());
    let titles: Vec<String> = (0..700).map(|n| format!("'{n}'")).collect();
    let titles = format!("title IN ({})", titles.join(", "));
    for (table, condition, shown) in [
        (
            "confluence_spaces",
            "type = 'mars'",
            "GET /wiki/api/v2/spaces?limit=250",
        ),
        (
            "confluence_spaces",
            "type IN ('global', 'personal')",
            "GET /wiki/api/v2/spaces?limit=250",
        ),
        (
            "confluence_spaces",
            "type = 'global'",
            "GET /wiki/api/v2/spaces?type={type}&limit=250",
        ),
        (
            "confluence_pages",
            titles.as_str(),
            "GET /wiki/api/v2/pages?limit=250",
        ),
    ] {
        let sql = format!("SELECT id FROM {table} WHERE {condition}");
        let scan = analyzed(&mut site, table, &sql);
        assert_eq!(scan["Request"], shown, "{condition}");
        let sent = shown.replace("{type}", "global");
        assert_eq!(scan["First Request"], sent, "{condition}");
    }
}

#[test]
fn a_long_first_request_is_shown_in_part() {
    let mut site = Site::of(small());
    let ids = list(page_ids(2, 200));
    let sql = format!("SELECT title FROM confluence_pages WHERE id IN ({ids})");
    let scan = analyzed(&mut site, "confluence_pages", &sql);
    let first = scan["First Request"].as_str().expect("a text");
    assert!(first.starts_with("GET /wiki/api/v2/pages?id="), "{first}");
    assert!(first.ends_with("...") && first.len() == 303, "{first}");
}

/// Late values can make another endpoint cheaper: thousands of comments' pages cost more one by one than all comments do.
#[test]
fn another_endpoint_than_the_planned_one_is_told_of() {
    let mut site = Site::of(small());
    let of_pages = |count: usize| {
        format!(
            "SELECT id FROM confluence_footer_comments WHERE page_id = ANY ((SELECT array_agg(n::bigint) FROM generate_series(1, {count}) n)::bigint[])"
        )
    };
    let planned = "GET /wiki/api/v2/pages/{page_id}/footer-comments?limit=250";
    let options = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF";
    for (count, endpoint, first) in [
        (
            2,
            Value::Null,
            "GET /wiki/api/v2/pages/1/footer-comments?limit=250",
        ),
        (
            5_000,
            Value::from("getFooterComments instead of getPageFooterComments"),
            "GET /wiki/api/v2/footer-comments?limit=250",
        ),
    ] {
        site.sim.clear_log();
        let scan = analyzed(&mut site, "confluence_footer_comments", &of_pages(count));
        assert_eq!(scan["Request"], planned);
        assert_eq!(scan["Endpoint"], endpoint);
        assert_eq!(scan["First Request"], first);
        assert!(requests(&site.sim).iter().any(|sent| sent == first));
    }
    let text = explain_with(&mut site.client, options, &of_pages(5_000));
    assert!(
        text.contains("  Endpoint: getFooterComments instead of getPageFooterComments\n"),
        "{text}"
    );
    // The next run of a prepared plan has other values.
    site.execute(
        "SET plan_cache_mode = force_generic_plan;
         PREPARE of_pages (bigint[]) AS SELECT id FROM confluence_footer_comments WHERE page_id = ANY ($1)",
    );
    let run = |count: u64| format!("EXECUTE of_pages ('{{{}}}')", list(1..=count));
    assert_eq!(lines(&mut site.client, &run(1)), [""; 0]);
    let many = explain_with(&mut site.client, options, &run(5_000));
    assert!(
        many.contains("Endpoint: getFooterComments instead of"),
        "{many}"
    );
    let few = explain_with(&mut site.client, options, &run(2));
    assert!(!few.contains("Endpoint:"), "{few}");
}
