//! Classification, the admin key, policies, and the audit log.

use crate::client::{Client, PAGES, at_gateway, edit, id, start, start_for, time};
use confluence_sim::{AuditObject, AuditRecord, Credential, Options, Organisation};
use serde_json::json;
use std::time::Duration;

const ADMIN_KEY: &str = "/wiki/api/v2/admin-key";
const AUDIT: &str = "/wiki/rest/api/audit";
const POLICIES: &str = "/wiki/api/v2/data-policies";

#[test]
fn a_level_can_be_given_and_taken_away() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.listed_pages().next().expect("a page");
    let (page, space) = (page.id(), page.space_id());
    let path = format!("{PAGES}/{page}/classification-level");
    let name = || client.get(&path).json()["name"].clone();
    assert_eq!(name(), "Internal");
    edit(&sim, |site| {
        site.set_classification_level(page, Some("Restricted"))
    });
    assert_eq!(name(), "Restricted");
    edit(&sim, |site| {
        site.set_classification_level(page, None)?;
        site.set_default_classification_level(space, Some("Public"))
    });
    assert_eq!(name(), "Public");
    edit(&sim, |site| {
        site.set_default_classification_level(space, None)
    });
    client.answers(&path, 404);
    let unknown = sim.edit(|site| site.set_classification_level(page, Some("Secret")));
    assert!(unknown.is_err());
}

#[test]
fn an_admin_key_is_shown_to_administrators_and_opened_by_no_scope() {
    let (sim, client) = start(&Organisation::demo());
    let none = "No admin key is active for the calling user".to_owned();
    assert_eq!(client.get(ADMIN_KEY).refusal(), (404, none));
    let expires = sim.organisation().now() + Duration::from_secs(600);
    sim.edit(|organisation| organisation.enable_admin_key(expires));
    let key = client.get(ADMIN_KEY).json();
    assert_eq!(key["accountId"], sim.organisation().users()[0].account_id);
    assert_eq!(time(&key["expirationTime"]), expires);

    let other = Credential::basic("other@example.com", "t").administrator(false);
    sim.grant(other.clone());
    let other = Client::with(&sim, Some(&other));
    let (status, title) = other.get(ADMIN_KEY).refusal();
    assert_eq!((status, title.contains("administrator")), (403, true));
    other.answers(PAGES, 200);

    let scoped = Credential::basic("s@example.com", "t")
        .with_scopes(["read:configuration:confluence", "read:space:confluence"]);
    sim.grant(scoped.clone());
    let scoped = Client::with(&sim, Some(&scoped));
    let levels = "/wiki/api/v2/classification-levels";
    scoped.answers(&at_gateway(&sim, levels), 200);
    scoped.answers(&at_gateway(&sim, ADMIN_KEY), 401);
}

#[test]
fn policies_tell_which_spaces_keep_something_from_apps() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let (spaces, metadata) = (format!("{POLICIES}/spaces"), format!("{POLICIES}/metadata"));
    let is_blocked = |blocked: bool| json!({"anyContentBlocked": blocked});
    assert_eq!(client.get(&metadata).json(), is_blocked(true));
    let rows = client.all_rows(&format!("{spaces}?limit=3"));
    assert_eq!(rows.len(), organisation.spaces().count());
    for (row, space) in rows.iter().zip(organisation.spaces()) {
        assert_eq!(id(row), space.id);
        assert_eq!(
            (&row["key"], &row["name"]),
            (&json!(space.key), &json!(space.name))
        );
        assert_eq!(row["dataPolicy"], is_blocked(space.key == "FIN"));
    }
    let ids: Vec<u64> = organisation.spaces().map(|space| space.id).collect();
    let asked = format!("{spaces}?ids={},{},999", ids[4], ids[1]);
    client.lists(&asked, [ids[1], ids[4]]);
    client.lists(&format!("{spaces}?keys=SEC,FIN,NONE"), [ids[1], ids[4]]);
    edit(&sim, |site| {
        site.set_default_classification_level(ids[4], None)
    });
    assert_eq!(client.get(&metadata).json(), is_blocked(false));
}

#[test]
fn the_audit_log_is_narrowed_by_time() {
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
fn the_audit_log_is_for_administrators() {
    let usual = Credential::basic(Options::EMAIL, Options::TOKEN);
    let (_sim, client) = start_for([usual.administrator(false)]);
    for end in ["", "/retention"] {
        client.refuses_in_v1(&format!("{AUDIT}{end}"), 403);
    }
    client.answers("/wiki/rest/api/group", 200);
}

#[test]
fn what_comes_into_the_audit_log_moves_what_is_counted_off() {
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
