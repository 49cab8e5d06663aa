//! The audit log.

use crate::client::{start, start_for};
use confluence_sim::{AuditObject, AuditRecord, Credential, Options, Organisation};

const AUDIT: &str = "/wiki/rest/api/audit";

#[test]
fn it_is_narrowed_by_time() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let times = organisation.audit_log().iter();
    let times: Vec<i64> = times.map(|one| one.created_at.as_millisecond()).collect();
    // The bounds belong to the range.
    let (begin, end) = (times[90], times[40]);
    let path = format!("{AUDIT}?startDate={begin}&endDate={end}&limit=20");
    let rows = client.all_rows(&path);
    let found = rows.iter().map(|row| row["creationDate"].as_i64());
    let within = times.iter().filter(|time| (begin..=end).contains(time));
    assert!(found.eq(within.map(|time| Some(*time))));
    client.refuses_in_v1(&format!("{AUDIT}?startDate=yesterday"), 400);
}

#[test]
fn it_is_for_administrators() {
    let usual = Credential::basic(Options::EMAIL, Options::TOKEN);
    let (_sim, client) = start_for([usual.administrator(false)]);
    for end in ["", "/retention"] {
        client.refuses_in_v1(&format!("{AUDIT}{end}"), 403);
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
    assert_eq!(client.get(AUDIT).rows()[0]["summary"], "Something new");
}
