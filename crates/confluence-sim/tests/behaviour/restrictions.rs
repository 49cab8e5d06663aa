//! Restrictions of single contents.

use crate::client::{Client, PAGES, start};
use confluence_sim::{Options, Organisation, PageStatus, RestrictedOperation, Sim, Size, Subject};
use serde_json::Value;

const EXPAND: &str = "expand=restrictions.user,restrictions.group";

fn path(id: u64) -> String {
    format!("/wiki/rest/api/content/{id}/restriction")
}

/// What a content is restricted to in one operation.
fn restriction(client: &Client, id: u64, operation: RestrictedOperation, query: &str) -> Value {
    let rows = client.get(&format!("{}?{query}", path(id))).rows();
    let row = rows
        .into_iter()
        .find(|row| row["operation"] == operation.as_str());
    row.expect("both operations are always there")
}

/// The subjects in a restriction, users first.
fn subjects(restriction: &Value) -> Vec<Subject> {
    let rows = |part: &str| {
        let list = &restriction["restrictions"][part];
        let rows = list["results"].as_array().expect("a list").clone();
        assert_eq!(list["size"], rows.len());
        rows
    };
    let id = |row: &Value, name: &str| row[name].as_str().expect("an id").to_owned();
    let users = rows("user");
    let users = users.iter().map(|row| Subject::User(id(row, "accountId")));
    let groups = rows("group");
    users
        .chain(groups.iter().map(|row| Subject::Group(id(row, "id"))))
        .collect()
}

#[test]
fn long_lists_come_in_parts() {
    let organisation = Organisation::sized(Size {
        spaces: 4,
        pages: 60,
        permissions: 0,
        users: 230,
        seed: 5,
        ..Size::default()
    });
    let (sim, client) = start(&organisation);
    let page = organisation.listed_pages().next().expect("a page").id();
    let update = RestrictedOperation::Update;
    let before = organisation.restricted_to(page, update).to_vec();
    let mut wanted = Vec::new();
    sim.edit(|organisation| {
        for number in 0..230 {
            let subject = Subject::User(organisation.users()[number].account_id.clone());
            if !before.contains(&subject) {
                let added = organisation.restrict(page, update, subject.clone());
                added.expect("the page is there");
                wanted.push(subject);
            }
        }
        let gone = Subject::User("712020:gone".to_owned());
        let added = organisation.restrict(page, update, gone.clone());
        added.expect("any account will do");
        wanted.push(gone);
    });
    assert_eq!(
        organisation.restricted_to(page, update),
        before,
        "as it was handed out"
    );
    let users = before
        .iter()
        .filter(|subject| matches!(subject, Subject::User(_)));
    let wanted: Vec<Subject> = users.cloned().chain(wanted).collect();
    for (limit, lowered) in [(7, 7), (100, 100), (500, 200)] {
        let mut found = Vec::new();
        loop {
            let query = format!(
                "expand=restrictions.user&limit={limit}&start={}",
                found.len()
            );
            let part = restriction(&client, page, update, &query);
            let list = &part["restrictions"]["user"];
            assert_eq!(list["start"], found.len());
            assert_eq!(list["limit"], lowered);
            let rows = list["results"].as_array().expect("a list");
            found
                .extend(rows.iter().map(|row| {
                    Subject::User(row["accountId"].as_str().expect("an id").to_owned())
                }));
            if rows.len() < lowered {
                break;
            }
        }
        assert_eq!(found, wanted);
    }
    let default = restriction(&client, page, update, EXPAND);
    assert_eq!(default["restrictions"]["user"]["size"], 100);
    let last = format!("{EXPAND}&start={}", wanted.len() - 1);
    let last = restriction(&client, page, update, &last);
    let gone = &last["restrictions"]["user"]["results"][0];
    assert_eq!(
        (&gone["accountId"], &gone["type"]),
        (&"712020:gone".into(), &"unknown".into())
    );
}

#[test]
fn a_page_can_go_or_be_forbidden_while_it_is_still_listed() {
    let (sim, client) = start(&Organisation::demo());
    let ids = client.all_ids(PAGES);
    sim.edit(|organisation| {
        organisation.hide_page(ids[1]).expect("a page");
        organisation.forbid_page(ids[2]).expect("a page");
        assert!(organisation.hide_page(1).is_err());
    });
    client.lists(PAGES, &ids);
    let statuses = [ids[0], ids[1], ids[2]].map(|id| client.get(&path(id)).status);
    assert_eq!(statuses, [200, 404, 403]);
    for (id, status) in [(ids[1], 404), (ids[2], 403)] {
        let refusal = client.get(&path(id)).refusal_of_v1();
        assert_eq!(refusal.0, status);
        assert!(refusal.1.starts_with("com.atlassian."), "{}", refusal.1);
    }
}

#[test]
fn only_what_can_be_seen_has_restrictions() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options {
        anonymous_access: true,
        ..Options::of(organisation.clone())
    });
    let client = Client::of(&sim);
    let read = RestrictedOperation::Read;
    for page in organisation.pages() {
        let status = client.get(&path(page.id())).status;
        let seen = PageStatus::DEFAULT.contains(&page.status());
        assert_eq!(status, if seen { 200 } else { 404 }, "{page:?}");
    }
    let folder = organisation.pages().find_map(|page| match page.parent() {
        Some(("folder", id)) => Some(id),
        _ => None,
    });
    let folder = restriction(&client, folder.expect("a folder"), read, EXPAND);
    assert_eq!(subjects(&folder), []);
    for id in ["1", "x", "-1"] {
        let path = format!("/wiki/rest/api/content/{id}/restriction");
        client.refuses_in_v1(&path, 404);
    }
    let personal = organisation
        .spaces()
        .find(|space| !space.open_to_anonymous())
        .expect("a closed space");
    let closed = organisation
        .pages()
        .find(|page| page.space_id() == personal.id)
        .expect("a page in it");
    let anonymous = Client::with(&sim, None);
    anonymous.answers(&path(closed.id()), 404);
}

#[test]
fn groups_are_restricted_to_by_their_ids() {
    let sim = Sim::start(Options::default());
    let organisation = sim.organisation();
    let page = organisation.page_at(0).expect("a page").id();
    let read = RestrictedOperation::Read;
    let group = Subject::Group(organisation.groups()[0].id.clone());
    sim.edit(|organisation| {
        organisation
            .restrict(page, read, group.clone())
            .expect("a page");
        let deleted = Subject::Group("x".to_owned());
        organisation.restrict(page, read, deleted).expect("a page");
        let nowhere = organisation.restrict(1, read, group.clone());
        assert_eq!(
            nowhere.expect_err("no page").to_string(),
            "the organisation has no content 1"
        );
    });
    let restricted = restriction(&Client::of(&sim), page, read, EXPAND);
    let deleted = Subject::Group("x".to_owned());
    assert_eq!(subjects(&restricted), [group, deleted]);
}
