//! Classification, the admin key, and policies.

use crate::client::{Client, PAGES, at_gateway, edit, id, start, time};
use confluence_sim::{Credential, Options, Organisation, Sim};
use serde_json::json;
use std::time::Duration;

const LEVELS: &str = "/wiki/api/v2/classification-levels";
const ADMIN_KEY: &str = "/wiki/api/v2/admin-key";
const POLICIES: &str = "/wiki/api/v2/data-policies";

#[test]
fn a_level_can_be_given_and_taken_away() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.listed_pages().next().expect("a page");
    let path = format!("{PAGES}/{}/classification-level", page.id());
    let name = || client.get(&path).json()["name"].clone();
    assert_eq!(name(), "Internal");
    edit(&sim, |organisation| {
        organisation.set_classification_level(page.id(), Some("Restricted"))
    });
    assert_eq!(name(), "Restricted");
    edit(&sim, |organisation| {
        organisation.set_classification_level(page.id(), None)?;
        organisation.set_default_classification_level(page.space_id(), Some("Public"))
    });
    assert_eq!(name(), "Public");
    edit(&sim, |organisation| {
        organisation.set_default_classification_level(page.space_id(), None)
    });
    client.answers(&path, 404);
    let unknown =
        sim.edit(|organisation| organisation.set_classification_level(page.id(), Some("Secret")));
    assert!(unknown.is_err());
}

#[test]
fn an_admin_key_is_shown_to_administrators() {
    let (sim, client) = start(&Organisation::demo());
    let none = (
        404,
        "No admin key is active for the calling user".to_owned(),
    );
    assert_eq!(client.get(ADMIN_KEY).refusal(), none);
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
}

#[test]
fn no_scope_opens_the_admin_key() {
    let credential = Credential::basic("s@example.com", "t")
        .with_scopes(["read:configuration:confluence", "read:space:confluence"]);
    let sim = Sim::start(Options {
        credentials: vec![credential.clone()],
        ..Options::default()
    });
    let client = Client::with(&sim, Some(&credential));
    client.answers(&at_gateway(&sim, LEVELS), 200);
    client.answers(&at_gateway(&sim, ADMIN_KEY), 401);
}

#[test]
fn policies_tell_which_spaces_keep_something_from_apps() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let spaces = format!("{POLICIES}/spaces");
    let metadata = format!("{POLICIES}/metadata");
    assert_eq!(
        client.get(&metadata).json(),
        json!({"anyContentBlocked": true})
    );
    let rows = client.all_rows(&format!("{spaces}?limit=3"));
    assert_eq!(rows.len(), organisation.spaces().count());
    for (row, space) in rows.iter().zip(organisation.spaces()) {
        assert_eq!(id(row), space.id);
        assert_eq!(row["key"], space.key);
        assert_eq!(row["name"], space.name);
        assert_eq!(
            row["dataPolicy"],
            json!({"anyContentBlocked": organisation.blocks_content_for_apps(space.id)})
        );
        assert_eq!(row["dataPolicy"]["anyContentBlocked"], space.key == "FIN");
    }
    let ids: Vec<u64> = organisation.spaces().map(|space| space.id).collect();
    let asked = format!("{spaces}?ids={},{},999", ids[4], ids[1]);
    client.lists(&asked, [ids[1], ids[4]]);
    client.lists(&format!("{spaces}?keys=SEC,FIN,NONE"), [ids[1], ids[4]]);

    edit(&sim, |organisation| {
        organisation.set_default_classification_level(ids[4], None)
    });
    assert_eq!(
        client.get(&metadata).json(),
        json!({"anyContentBlocked": false})
    );
}
