//! Classification, the admin key, and policies.

use crate::client::{Client, PAGES, at_gateway, edit, id, start, time};
use confluence_sim::{Credential, Organisation};
use serde_json::json;
use std::time::Duration;

const ADMIN_KEY: &str = "/wiki/api/v2/admin-key";
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
