//! Restrictions of single contents.

use crate::client::{Client, PAGES, sized, start, start_with};
use confluence_sim::{Options, Organisation, PageStatus, RestrictedOperation, Subject};
use serde_json::Value;

use RestrictedOperation::{Read, Update};

const EXPAND: &str = "expand=restrictions.user,restrictions.group";

fn path(id: impl std::fmt::Display) -> String {
    format!("/wiki/rest/api/content/{id}/restriction")
}

/// The list of users, or of groups, whom a content is restricted to in one operation.
fn list(
    client: &Client,
    id: u64,
    operation: RestrictedOperation,
    part: &str,
    query: &str,
) -> (Value, Vec<Subject>) {
    let rows = client.get(&format!("{}?{query}", path(id))).rows();
    let mut rows = rows.iter();
    let row = rows.find(|row| row["operation"] == operation.as_str());
    let list = &row.expect("both operations are always there")["restrictions"][part];
    let rows = list["results"].as_array().expect("a list");
    assert_eq!(list["size"], rows.len());
    let id = |row: &Value, name: &str| row[name].as_str().expect("an id").to_owned();
    let subjects = rows.iter().map(|row| match part {
        "user" => Subject::User(id(row, "accountId")),
        _ => Subject::Group(id(row, "id")),
    });
    (list.clone(), subjects.collect())
}

#[test]
fn long_lists_come_in_parts() {
    let organisation = sized([4, 60, 0, 230], 5);
    let (sim, client) = start(&organisation);
    let page = organisation.listed_pages().next().expect("a page").id();
    let before = organisation.restricted_to(page, Update).to_vec();
    let gone = Subject::User("712020:gone".to_owned());
    sim.edit(|organisation| {
        let users = organisation.users().iter();
        let users = users.map(|user| Subject::User(user.account_id.clone()));
        let mut added: Vec<Subject> = users.filter(|user| !before.contains(user)).collect();
        added.push(gone.clone());
        for subject in added {
            let added = organisation.restrict(page, Update, subject);
            added.expect("any account will do");
        }
    });
    assert_eq!(
        organisation.restricted_to(page, Update),
        before,
        "as it was handed out"
    );
    let mut wanted = sim.organisation().restricted_to(page, Update).to_vec();
    wanted.retain(|subject| matches!(subject, Subject::User(_)));
    for (limit, lowered) in [(7, 7), (100, 100), (500, 200)] {
        let mut found = Vec::new();
        loop {
            let start = found.len();
            let query = format!("expand=restrictions.user&limit={limit}&start={start}");
            let (list, part) = list(&client, page, Update, "user", &query);
            assert_eq!(
                (&list["start"], &list["limit"]),
                (&start.into(), &lowered.into())
            );
            found.extend(part);
            if found.len() < start + lowered {
                break;
            }
        }
        assert_eq!(found, wanted);
    }
    assert_eq!(list(&client, page, Update, "user", EXPAND).1.len(), 100);
    let last = format!("{EXPAND}&start={}", wanted.len() - 1);
    let (last, subjects) = list(&client, page, Update, "user", &last);
    assert_eq!(subjects, [gone]);
    assert_eq!(last["results"][0]["type"], "unknown");
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
    client.answers(&path(ids[0]), 200);
    for (id, status) in [(ids[1], 404), (ids[2], 403)] {
        let refusal = client.get(&path(id)).refusal_of_v1();
        assert_eq!(refusal.0, status);
        assert!(refusal.1.starts_with("com.atlassian."), "{}", refusal.1);
    }
}

#[test]
fn only_what_can_be_seen_has_restrictions() {
    let (sim, client) = start_with(Options {
        anonymous_access: true,
        ..Options::default()
    });
    let (organisation, anonymous) = (sim.organisation(), Client::with(&sim, None));
    for page in organisation.pages() {
        let seen = PageStatus::DEFAULT.contains(&page.status());
        client.answers(&path(page.id()), if seen { 200 } else { 404 });
        let space = organisation.space(page.space_id()).expect("a space");
        let seen = seen && space.open_to_anonymous();
        anonymous.answers(&path(page.id()), if seen { 200 } else { 404 });
    }
    let folder = organisation.folders().next().expect("a folder").id();
    assert_eq!(list(&client, folder, Read, "user", EXPAND).1, []);
    for id in ["1", "x", "-1"] {
        client.refuses_in_v1(&path(id), 404);
    }
}

#[test]
fn groups_are_restricted_to_by_their_ids() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.page_at(0).expect("a page").id();
    let ids = [&*organisation.groups()[0].id, "deleted"];
    let groups = ids.map(|id| Subject::Group(id.to_owned()));
    sim.edit(|organisation| {
        for group in &groups {
            let restricted = organisation.restrict(page, Read, group.clone());
            restricted.expect("a page");
        }
        let nowhere = organisation.restrict(1, Read, groups[0].clone());
        let why = nowhere.expect_err("no page").to_string();
        assert_eq!(why, "the organisation has no content 1");
    });
    assert_eq!(list(&client, page, Read, "group", EXPAND).1, groups);
}
