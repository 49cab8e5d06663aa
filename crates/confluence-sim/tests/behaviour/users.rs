//! Users: many at once, and the groups of one.

use crate::client::{Client, start, texts};
use confluence_sim::Organisation;
use serde_json::{Value, json};
use std::collections::HashSet;

const BULK: &str = "/wiki/api/v2/users-bulk";

#[test]
fn a_look_up_answers_with_those_it_knows_and_with_no_hidden_address() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let some = organisation.users().iter().rev().step_by(9).take(200);
    let mut ids: Vec<&str> = some.map(|user| user.account_id.as_str()).collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    ids.extend(["nobody", "712020:gone", ids[0]]);
    let answer = client.post(BULK, &json!({"accountIds": ids}));
    let rows = answer.rows();
    let found = texts(&rows, "accountId");
    assert_eq!(found.len(), 200);
    assert_eq!(found.iter().copied().collect::<HashSet<_>>(), known);
    assert_ne!(found, ids[..200], "in the order of the site");
    assert_eq!(answer.next(), None);
    let mut hidden = 0;
    for row in &rows {
        let user = organisation.user(row["accountId"].as_str().expect("an id"));
        let user = user.expect("a user of the organisation");
        let space = organisation.personal_space_id(&user.account_id);
        hidden += usize::from(row["email"] == "" && user.email.is_some());
        for (name, value) in [
            ("accountType", json!(user.account_type)),
            ("accountStatus", json!(user.status)),
            ("displayName", json!(user.display_name)),
            ("publicName", json!(user.public_name)),
            ("isExternalCollaborator", json!(user.guest)),
            ("email", json!(user.visible_email())),
            ("timeZone", json!(user.time_zone())),
            ("personalSpaceId", json!(space.map(|id| id.to_string()))),
        ] {
            assert_eq!(row[name], value, "{name} of {row}");
        }
    }
    assert!(hidden > 0);
}

#[test]
fn a_look_up_is_posted_as_json_for_at_most_250() {
    let (sim, client) = start(&Organisation::demo());
    let many = |count: usize| json!({"accountIds": vec!["x"; count]});
    assert_eq!(client.post(BULK, &many(250)).rows(), Vec::<Value>::new());
    let long = json!({"accountIds": ["x".repeat(2 << 20)]});
    for (question, status) in [
        (many(251), 400),
        (many(0), 400),
        (json!({}), 400),
        (json!([]), 400),
        (json!({"accountIds": [5]}), 400),
        (json!({"accountIds": null}), 400),
        (long, 413),
    ] {
        assert_eq!(client.post(BULK, &question).refusal().0, status);
    }
    for (path, kind, text, status) in [
        (BULK, "application/json", "{", 400),
        (BULK, "text/plain", "{}", 415),
        (&format!("{BULK}?body=x"), "application/json", "{}", 400),
    ] {
        assert_eq!(client.post_text(path, kind, text).refusal().0, status);
    }
    let got = client.get(BULK);
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
    let posted = client.post("/wiki/rest/api/group", &many(1));
    assert_eq!(posted.refusal_of_v1().0, 405);
    assert_eq!(Client::with(&sim, None).post(BULK, &many(1)).status, 404);
}

#[test]
fn the_log_has_what_was_posted() {
    let (sim, client) = start(&Organisation::demo());
    client.post(BULK, &json!({"accountIds": ["ü"]}));
    client.get(BULK);
    let log = sim.log();
    assert_eq!(log[0].operation, Some("createBulkUserLookup"));
    assert_eq!(log[0].body.as_deref(), Some(r#"{"accountIds":["ü"]}"#));
    assert_eq!((log[0].method.as_str(), log[0].status), ("POST", Some(200)));
    assert_eq!(log[1].body, None);
}

#[test]
fn the_groups_of_a_user_are_counted_off_without_links() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let account = &organisation.users()[50].account_id;
    let groups = organisation.groups_of(account);
    let groups: Vec<&str> = groups.map(|group| group.id.as_str()).collect();
    assert!(groups.len() > 2, "{groups:?}");
    let of_user = "/wiki/rest/api/user/memberof?accountId";
    for (place, group) in groups.iter().enumerate() {
        let answer = client.get(&format!("{of_user}={account}&limit=1&start={place}"));
        assert_eq!(texts(&answer.rows(), "id"), [*group]);
        assert_eq!(answer.next(), None);
    }
    let nobody = client.get(&format!("{of_user}=nobody"));
    assert_eq!(nobody.rows().len(), 0);
}
