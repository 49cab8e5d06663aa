//! The audit log.

use crate::client::{Client, start};
use confluence_sim::{AuditObject, AuditRecord, Credential, Options, Organisation, Sim};
use serde_json::Value;

const AUDIT: &str = "/wiki/rest/api/audit";

fn times(rows: &[Value]) -> Vec<i64> {
    let time = |row: &Value| row["creationDate"].as_i64().expect("milliseconds");
    rows.iter().map(time).collect()
}

fn times_of<'a>(records: impl IntoIterator<Item = &'a AuditRecord>) -> Vec<i64> {
    let time = |record: &AuditRecord| record.created_at.as_millisecond();
    records.into_iter().map(time).collect()
}

#[test]
fn it_is_narrowed_by_time_and_by_text() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
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
    let refusal = client.get(&format!("{AUDIT}?startDate=yesterday"));
    assert_eq!(refusal.refusal_of_v1().0, 400);
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
    for end in ["", "/retention"] {
        let refusal = client.get(&format!("{AUDIT}{end}")).refusal_of_v1();
        assert_eq!(refusal.0, 403, "{end}");
    }
    client.answers("/wiki/rest/api/group", 200);
}

#[test]
fn what_comes_in_moves_what_is_counted_off() {
    let (sim, client) = start(&Organisation::demo());
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
