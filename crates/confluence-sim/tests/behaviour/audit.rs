//! The audit log.

use crate::client::Client;
use confluence_sim::{AuditObject, AuditRecord, Credential, Options, Organisation, Sim};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;

const AUDIT: &str = "/wiki/rest/api/audit";
const DAY: Duration = Duration::from_secs(86_400);

fn times(rows: &[Value]) -> Vec<i64> {
    let time = |row: &Value| row["creationDate"].as_i64().expect("milliseconds");
    rows.iter().map(time).collect()
}

fn times_of<'a>(records: impl IntoIterator<Item = &'a AuditRecord>) -> Vec<i64> {
    let time = |record: &AuditRecord| record.created_at.as_millisecond();
    records.into_iter().map(time).collect()
}

#[test]
fn the_log_is_the_organisations_newest_first() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let sim = Sim::start(Options::of(organisation.clone()));
        let client = Client::of(&sim);
        let log = organisation.audit_log();
        assert!(log.is_sorted_by(|newer, older| newer.created_at >= older.created_at));
        for limit in [7, 100, 1_000] {
            let rows = client.all_rows_of_v1(&format!("{AUDIT}?limit={limit}"));
            assert_eq!(rows.len(), log.len());
            for (row, record) in rows.iter().zip(log) {
                assert_eq!(row["creationDate"], record.created_at.as_millisecond());
                assert_eq!(row["summary"], record.summary.as_str());
                assert_eq!(row["category"], record.category.as_str());
                assert_eq!(
                    row["author"]["accountId"].as_str(),
                    record.author_id.as_deref()
                );
                assert_eq!(row["author"]["displayName"], record.author_name.as_str());
                assert_eq!(row["affectedObject"]["name"], record.affected.name.as_str());
                assert_eq!(
                    row["changedValues"].as_array().expect("a list").len(),
                    record.changes.len()
                );
                assert_eq!(
                    row["associatedObjects"].as_array().expect("a list").len(),
                    record.associated.len()
                );
            }
        }
    }
}

#[test]
fn it_has_every_kind_of_event_within_a_quarter_of_a_year() {
    let (demo, standard) = (Organisation::demo(), Organisation::standard());
    assert_eq!(demo.audit_log().len(), 20);
    assert!((200..1_000).contains(&standard.audit_log().len()));
    for organisation in [&demo, &standard] {
        let log = organisation.audit_log();
        let begin = organisation.now() - DAY * 90;
        assert!(log.iter().all(|record| record.created_at > begin));
        assert!(
            log.iter()
                .all(|record| record.created_at < organisation.now())
        );
        let summaries: HashSet<_> = log.iter().map(|record| &record.summary).collect();
        assert_eq!(summaries.len(), 15);
        assert!(log.iter().any(|record| record.author_id.is_none()));
    }
    let times = times_of(standard.audit_log());
    assert!(
        times.windows(2).any(|pair| pair[0] == pair[1]),
        "some are tied"
    );
}

#[test]
fn it_is_narrowed_by_time_and_by_text() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let log = organisation.audit_log();
    // The bounds belong to the range.
    let (last, first) = (&log[40], &log[90]);
    let (begin, end) = (
        first.created_at.as_millisecond(),
        last.created_at.as_millisecond(),
    );
    let within =
        |record: &&AuditRecord| (first.created_at..=last.created_at).contains(&record.created_at);
    let rows = client.all_rows_of_v1(&format!("{AUDIT}?startDate={begin}&endDate={end}&limit=20"));
    assert_eq!(times(&rows), times_of(log.iter().filter(within)));
    let rows = client.all_rows_of_v1(&format!("{AUDIT}?searchString=REMOVED%20from&limit=20"));
    let wanted = log
        .iter()
        .filter(|record| record.summary.contains("removed from"));
    assert_eq!(times(&rows), times_of(wanted));
    assert!(!rows.is_empty());
    let weeks = organisation.now() - DAY * 14;
    let rows = client.all_rows_of_v1(&format!("{AUDIT}/since?number=2&units=WEEKS&limit=20"));
    let wanted = log.iter().filter(|record| record.created_at >= weeks);
    assert_eq!(times(&rows), times_of(wanted));
    for query in [
        "",
        "?units=CENTURIES",
        "?number=9000000000000&units=DECADES",
    ] {
        let rows = client.all_rows_of_v1(&format!("{AUDIT}/since{query}"));
        assert_eq!(rows.len(), log.len(), "{query}");
    }
    for query in [
        "?startDate=yesterday",
        "/since?units=FORTNIGHTS",
        "/since?number=x",
    ] {
        let refusal = client.get(&format!("{AUDIT}{query}")).refusal_of_v1();
        assert_eq!(refusal.0, 400, "{query}");
    }
    let retention = client.get(&format!("{AUDIT}/retention")).json();
    assert_eq!(
        retention,
        serde_json::json!({"number": 3, "units": "MONTHS"})
    );
}

#[test]
fn it_is_for_administrators() {
    let credential = Credential::basic("other@example.com", "t").administrator(false);
    let sim = Sim::start(Options {
        credentials: vec![credential.clone()],
        ..Options::default()
    });
    let client = Client::with(&sim, Some(&credential));
    for end in ["", "/since", "/retention"] {
        let refusal = client.get(&format!("{AUDIT}{end}")).refusal_of_v1();
        assert_eq!(refusal.0, 403, "{end}");
    }
    assert_eq!(client.get("/wiki/rest/api/group").status, 200);
}

#[test]
fn what_comes_in_moves_what_is_counted_off() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let first = client.get(&format!("{AUDIT}?limit=5"));
    sim.edit(|organisation| {
        let record = AuditRecord {
            created_at: organisation.now(),
            summary: "Something new".to_owned(),
            affected: AuditObject {
                name: "x".to_owned(),
                kind: "Space".to_owned(),
            },
            ..organisation.audit_log()[0].clone()
        };
        organisation.record(record);
    });
    let next = format!("/wiki{}", first.next().expect("more"));
    assert_eq!(client.get(&next).rows()[0], first.rows()[4]);
    let newest = &client.get(AUDIT).rows()[0];
    assert_eq!(newest["summary"], "Something new");
}
