//! Users: one by one and many at once.

use crate::client::{Client, start, texts};
use confluence_sim::{Options, Organisation, Sim};
use serde_json::{Value, json};
use std::collections::HashSet;

const BULK: &str = "/wiki/api/v2/users-bulk";
const USER: &str = "/wiki/rest/api/user";

#[test]
fn a_look_up_answers_with_those_it_knows_and_with_no_hidden_address() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let mut ids: Vec<&str> = organisation
        .users()
        .iter()
        .rev()
        .step_by(9)
        .take(200)
        .map(|user| user.account_id.as_str())
        .collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    ids.extend(["nobody", "712020:gone", ids[0]]);
    let answer = Client::of(&sim).post(BULK, &json!({"accountIds": ids}));
    let rows = answer.rows();
    let found = texts(&rows, "accountId");
    assert_eq!(found.len(), 200);
    assert_eq!(found.iter().copied().collect::<HashSet<_>>(), known);
    assert_ne!(found, ids[..200], "in the order of the site");
    assert_eq!(answer.next(), None);
    let mut seen = [false; 4];
    for row in &rows {
        let user = organisation.user(row["accountId"].as_str().expect("an id"));
        let user = user.expect("a user of the organisation");
        let of_space = organisation.personal_space_id(&user.account_id);
        assert_eq!(row["accountType"], user.account_type.as_str());
        assert_eq!(row["accountStatus"], user.status.as_str());
        assert_eq!(row["displayName"], user.display_name.as_str());
        assert_eq!(row["publicName"], user.public_name.as_str());
        assert_eq!(row["isExternalCollaborator"], user.guest);
        assert_eq!(row["email"], user.visible_email());
        assert_eq!(row["timeZone"].as_str(), user.time_zone());
        assert_eq!(
            row["personalSpaceId"].as_str().map(str::to_owned),
            of_space.map(|id| id.to_string())
        );
        seen[0] |= row["email"] == "" && user.email.is_some();
        seen[1] |= row["timeZone"].is_null();
        seen[2] |= row["timeZone"].is_string();
        seen[3] |= row["accountStatus"] == "closed";
    }
    assert_eq!(seen, [true; 4]);
    assert!(
        organisation
            .users()
            .iter()
            .any(|user| { organisation.personal_space_id(&user.account_id).is_some() })
    );
}

#[test]
fn a_look_up_is_posted_as_json_for_at_most_250() {
    let (sim, client) = start(&Organisation::demo());
    let many = |count: usize| json!({"accountIds": vec!["x"; count]});
    assert_eq!(client.post(BULK, &many(250)).rows(), Vec::<Value>::new());
    for question in [
        many(251),
        many(0),
        json!({}),
        json!([]),
        json!({"accountIds": [5]}),
        json!({"accountIds": null}),
    ] {
        assert_eq!(client.post(BULK, &question).refusal().0, 400, "{question}");
    }
    let kind = "application/json";
    assert_eq!(client.post_text(BULK, kind, "{").refusal().0, 400);
    assert_eq!(client.post_text(BULK, "text/plain", "{}").refusal().0, 415);
    let long = json!({"accountIds": ["x".repeat(2 << 20)]});
    assert_eq!(client.post(BULK, &long).refusal().0, 413);
    assert_eq!(
        client.post(&format!("{BULK}?body=x"), &many(1)).refusal().0,
        400
    );
    let got = client.get(BULK);
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
    let posted = client.post("/wiki/api/v2/pages", &many(1));
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET")));
    let posted = client.post("/wiki/rest/api/group", &many(1));
    assert_eq!(posted.refusal_of_v1().0, 405);
    assert_eq!(Client::with(&sim, None).post(BULK, &many(1)).status, 404);
}

#[test]
fn the_log_has_what_was_posted() {
    let (sim, client) = start(&Organisation::demo());
    client.post(BULK, &json!({"accountIds": ["ü"]}));
    client.get(USER);
    let log = sim.log();
    assert_eq!(log[0].operation, Some("createBulkUserLookup"));
    assert_eq!(log[0].body.as_deref(), Some(r#"{"accountIds":["ü"]}"#));
    assert_eq!((log[0].method.as_str(), log[0].status), ("POST", Some(200)));
    assert_eq!(log[1].body, None);
    assert_eq!(sim.data_requests().len(), 2);
}

#[test]
fn the_groups_of_a_user_are_counted_off_without_links() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let account = &organisation.users()[50].account_id;
    let groups: Vec<&str> = organisation
        .groups_of(account)
        .map(|group| group.id.as_str())
        .collect();
    assert!(groups.len() > 2, "{groups:?}");
    for (place, group) in groups.iter().enumerate() {
        let path = format!("{USER}/memberof?accountId={account}&limit=1&start={place}");
        let answer = client.get(&path);
        assert_eq!(texts(&answer.rows(), "id"), [*group]);
        assert_eq!(answer.next(), None);
    }
    let nobody = client.get(&format!("{USER}/memberof?accountId=nobody"));
    assert_eq!(nobody.rows().len(), 0);
}
