//! Users: one by one and many at once.

use crate::client::{Client, small, texts};
use confluence_sim::{AccountType, Credential, Options, Organisation, Sim, Subject};
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
fn a_look_up_knows_every_account_that_occurs_anywhere() {
    for organisation in [Organisation::demo(), small()] {
        let mut accounts: HashSet<&str> = HashSet::new();
        for space in organisation.spaces() {
            accounts.extend(space.author_id.as_deref());
            accounts.extend(space.owner_id.as_deref());
            accounts.extend(
                organisation
                    .space_watchers(space.id)
                    .iter()
                    .map(|user| &*user.account_id),
            );
            for permission in organisation.permissions(space.id) {
                if permission.principal_type == "user" {
                    accounts.insert(permission.principal_id);
                }
            }
        }
        let assignments: Vec<_> = organisation
            .spaces()
            .flat_map(|space| organisation.role_assignments(space.id))
            .collect();
        let assigned = assignments
            .iter()
            .filter(|one| one.principal_type == "USER");
        accounts.extend(assigned.map(|one| &*one.principal_id));
        for page in organisation.pages() {
            accounts.extend(page.author_id());
            accounts.extend(page.owner_id());
            accounts.extend(page.last_owner_id());
            accounts.extend(organisation.likes(page.id()));
            let versions = organisation.versions(page.id());
            accounts.extend(versions.iter().filter_map(|version| version.author_id()));
            let properties = organisation.properties_of_page(page.id());
            accounts.extend(properties.iter().filter_map(|property| property.author_id));
        }
        accounts.extend(organisation.blogposts().filter_map(|post| post.author_id()));
        for node in organisation.tree_nodes() {
            accounts.extend([node.author_id(), node.owner_id(), node.version_author_id()]);
        }
        let comments = organisation
            .footer_comments()
            .chain(organisation.inline_comments());
        for comment in comments {
            accounts.extend(comment.versions().filter_map(|version| version.author_id));
            accounts.extend(comment.likes());
            accounts.extend(comment.inline.and_then(|inline| inline.last_modifier_id));
        }
        for file in organisation.attachments() {
            accounts.extend(file.versions().filter_map(|version| version.author_id));
        }
        for piece in organisation.custom_content() {
            accounts.extend(piece.versions().filter_map(|version| version.author_id));
        }
        for task in organisation.tasks() {
            accounts.extend(task.created_by);
            accounts.extend(task.assigned_to);
            accounts.extend(task.completed_by);
        }
        for (_, _, subjects) in organisation.restrictions() {
            accounts.extend(subjects.iter().filter_map(|subject| match subject {
                Subject::User(id) => Some(id.as_str()),
                Subject::Group(_) => None,
            }));
        }
        let log = organisation.audit_log().iter();
        accounts.extend(log.filter_map(|record| record.author_id.as_deref()));
        assert!(accounts.len() > 10);
        let sim = Sim::start(Options::of(organisation.clone()));
        let asked: Vec<&str> = accounts.iter().copied().collect();
        let rows = Client::of(&sim)
            .post(BULK, &json!({"accountIds": asked}))
            .rows();
        let found: HashSet<&str> = texts(&rows, "accountId").into_iter().collect();
        assert_eq!(found, accounts);
    }
}

#[test]
fn a_look_up_is_posted_as_json_for_at_most_250() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
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
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
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
fn a_look_up_wants_the_scope_of_users() {
    let credential = Credential::basic("s@example.com", "t").with_scopes(["read:user:confluence"]);
    let other = Credential::basic("s@example.com", "u").with_scopes(["read:confluence-user"]);
    let sim = Sim::start(Options {
        credentials: vec![credential.clone(), other.clone()],
        ..Options::default()
    });
    let path = crate::client::at_gateway(&sim, BULK);
    let question = json!({"accountIds": ["x"]});
    let statuses = [credential, other].map(|credential| {
        Client::with(&sim, Some(&credential))
            .post(&path, &question)
            .status
    });
    assert_eq!(statuses, [200, 401]);
}

#[test]
fn v1_has_users_one_by_one_and_in_bulk_without_their_status() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let users = &organisation.users()[..100];
    let query: Vec<String> = users
        .iter()
        .map(|user| format!("accountId={}", user.account_id))
        .collect();
    let rows = client
        .get(&format!("{USER}/bulk?{}", query.join("&")))
        .rows();
    assert_eq!(rows.len(), 100);
    for (row, user) in rows.iter().zip(users) {
        assert_eq!(row["accountId"], user.account_id.as_str());
        assert_eq!(row["email"], user.visible_email());
        assert_eq!(row["isGuest"], user.guest);
        let customer = user.account_type == AccountType::Customer;
        assert_eq!(row["accountType"] == "", customer);
        assert!(row.get("accountStatus").is_none());
    }
    assert!(
        users
            .iter()
            .any(|user| user.account_type == AccountType::Customer)
    );
    let single = client.get(&format!("{USER}?{}", query[3])).json();
    assert_eq!(single, rows[3]);
    let too_many = format!("{USER}/bulk?{}&accountId=x", query.join("&"));
    assert_eq!(client.get(&too_many).refusal_of_v1().0, 400);
    for path in [
        USER.to_owned(),
        format!("{USER}/bulk"),
        format!("{USER}/memberof"),
    ] {
        let (status, message) = client.get(&path).refusal_of_v1();
        assert!(status == 400 && message.contains("accountId"), "{message}");
    }
    let (status, message) = client.get(&format!("{USER}?accountId=x")).refusal_of_v1();
    assert!(
        status == 404 && message.contains("NotFoundException"),
        "{message}"
    );
    let operations = format!("{USER}?{}&expand=operations", query[0]);
    assert_eq!(client.get(&operations).status, 501);
}

#[test]
fn the_groups_of_a_user_are_counted_off_without_links() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
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

#[test]
fn users_and_groups_are_not_for_the_anonymous() {
    let sim = Sim::start(Options {
        anonymous_access: true,
        ..Options::default()
    });
    let client = Client::with(&sim, None);
    for path in [
        "/wiki/rest/api/user?accountId=x",
        "/wiki/rest/api/user/bulk?accountId=x",
        "/wiki/rest/api/user/memberof?accountId=x",
        "/wiki/rest/api/group",
        "/wiki/rest/api/group/x/membersByGroupId",
        "/wiki/rest/api/audit",
    ] {
        assert_eq!(client.get(path).refusal_of_v1().0, 403, "{path}");
    }
    let lookup = client.post(BULK, &json!({"accountIds": ["x"]}));
    assert_eq!(lookup.refusal(), (404, "Not Found".to_owned()));
}
