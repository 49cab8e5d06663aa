//! Users: many at once, and the groups of one; groups and their members.

use crate::client::{Client, start, texts};
use crate::patterns::each;
use confluence_sim::Organisation;
use serde_json::{Value, json};
use std::collections::HashSet;

const BULK: &str = "/wiki/api/v2/users-bulk";
const GROUPS: &str = "/wiki/rest/api/group";

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

#[test]
fn a_page_of_v1_says_where_it_stands() {
    let (sim, client) = start(&Organisation::demo());
    let page = client.get(&format!("{GROUPS}?limit=3&start=3")).json();
    for name in ["start", "limit", "size"] {
        assert_eq!(page[name], 3);
    }
    let links = &page["_links"];
    assert_eq!(links["next"], "/rest/api/group?limit=3&start=6");
    assert_eq!(links["base"], format!("{}/wiki", sim.url()));
    assert_eq!(links["context"], "/wiki");
    assert_eq!(page.get("totalSize"), None);
    // The seventh is the last one.
    let last = client.get(&format!("{GROUPS}?start=6&limit=1"));
    assert_eq!((last.rows().len(), last.next()), (1, None));
    let beyond = client.get(&format!("{GROUPS}?start=99"));
    assert_eq!((beyond.rows().len(), beyond.next()), (0, None));
    // Nothing is said when a limit is too high but what it is lowered to.
    let lowered = client.get(&format!("{GROUPS}?limit=1000")).json();
    assert_eq!(lowered["limit"], 200);
    for query in each("[start=-1|start=x|limit=-1|limit=x|start=9999999999|cursor=x]") {
        client.refuses_in_v1(&format!("{GROUPS}?{query}"), 400);
    }
}

#[test]
fn members_are_users_and_at_most_200_on_a_page() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    for group in organisation.groups() {
        let path = format!("{GROUPS}/{}/membersByGroupId", group.id);
        let rows = client.all_rows(&path);
        let members = group
            .members
            .iter()
            .map(|&number| &organisation.users()[number]);
        let wanted: Vec<&str> = members.map(|user| user.account_id.as_str()).collect();
        assert_eq!(texts(&rows, "accountId"), wanted, "{}", group.name);
    }
    let everybody = &organisation.groups()[0];
    assert!(everybody.members.len() > 1_000);
    let path = format!("{GROUPS}/{}/membersByGroupId", everybody.id);
    assert_eq!(client.get(&format!("{path}?limit=200")).rows().len(), 200);
    client.refuses_in_v1(&format!("{path}?limit=201"), 400);
    // A group that nobody knows has no members.
    let nobody = client.get(&format!("{GROUPS}/no-such-group/membersByGroupId"));
    assert_eq!((nobody.rows(), nobody.next()), (Vec::<Value>::new(), None));
}

#[test]
fn whoever_administers_takes_somebody_out_of_a_group() {
    let (sim, client) = start(&Organisation::demo());
    let (group, account) = {
        let organisation = sim.organisation();
        let group = &organisation.groups()[2];
        let account = &organisation.users()[group.members[0]];
        (group.id.clone(), account.account_id.clone())
    };
    let members = format!("{GROUPS}/{group}/membersByGroupId");
    let before = client.get(&members).rows().len();
    let path = |group: &str| format!("{GROUPS}/userByGroupId?groupId={group}&accountId={account}");
    assert_eq!(client.get(&path(&group)).header("allow"), Some("DELETE"));
    assert_eq!(client.delete(&path("none")).refusal_of_v1().0, 404);
    assert_eq!(Client::with(&sim, None).delete(&path(&group)).status, 403);
    assert_eq!(client.get(&members).rows().len(), before);
    assert_eq!(client.delete(&path(&group)).status, 204);
    let left = client.get(&members).rows();
    assert_eq!(left.len(), before - 1);
    assert!(!texts(&left, "accountId").contains(&account.as_str()));
}
