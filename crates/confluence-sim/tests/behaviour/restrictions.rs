//! Restrictions of single contents.

use crate::client::{Client, PAGES};
use confluence_sim::{Options, Organisation, PageStatus, RestrictedOperation, Sim, Size, Subject};
use serde_json::Value;

const EXPAND: &str = "expand=restrictions.user,restrictions.group";

fn path(id: u64, operation: RestrictedOperation) -> String {
    let key = operation.as_str();
    format!("/wiki/rest/api/content/{id}/restriction/byOperation/{key}")
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
fn restrictions_are_the_organisations_in_every_form() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let sim = Sim::start(Options::of(organisation.clone()));
        let client = Client::of(&sim);
        let restricted = organisation.restrictions().map(|(id, ..)| id).take(40);
        let open = organisation.listed_pages().map(|page| page.id()).take(5);
        for id in restricted.chain(open) {
            let of_content = format!("/wiki/rest/api/content/{id}/restriction");
            let list = client.get(&format!("{of_content}?{EXPAND}&limit=200"));
            let by_name = client.get(&format!("{of_content}/byOperation?{EXPAND}"));
            for (place, operation) in RestrictedOperation::ALL.into_iter().enumerate() {
                let mut wanted = organisation.restricted_to(id, operation).to_vec();
                wanted.sort_by_key(|subject| matches!(subject, Subject::Group(_)));
                if wanted.len() > 200 {
                    continue;
                }
                let key = operation.as_str();
                let one = client.get(&format!("{}?{EXPAND}&limit=200", path(id, operation)));
                assert_eq!(subjects(&one.json()), wanted, "{key} of {id}");
                assert_eq!(list.rows()[place], one.json());
                assert_eq!(by_name.json()[key]["operation"], key);
                assert_eq!(subjects(&by_name.json()[key]), wanted, "{key} of {id}");
            }
            assert_eq!(list.rows().len(), 2);
        }
    }
}

#[test]
fn some_pages_are_restricted_and_the_reader_sees_them_all() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let reader = Subject::User(organisation.users()[0].account_id.clone());
        let mut counts = [0; 2];
        for (id, operation, subjects) in organisation.restrictions() {
            counts[operation as usize] += 1;
            assert!(organisation.page(id).is_some() && !subjects.is_empty());
            let mut distinct = subjects.to_vec();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), subjects.len(), "{id}");
            let read = operation == RestrictedOperation::Read;
            assert!(!read || subjects.contains(&reader), "{id}");
        }
        let pages = organisation.listed_pages().count();
        assert!(
            counts.iter().all(|&count| count >= 4 && count < pages / 8),
            "{counts:?}"
        );
    }
    let longest = Organisation::standard();
    let longest = longest.restrictions().map(|(.., subjects)| subjects.len());
    assert!(longest.max() > Some(200));
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let (id, ..) = organisation.restrictions().next().expect("a restriction");
    let of_content = format!("/wiki/rest/api/content/{id}/restriction");
    let bare = client.get(&of_content).rows();
    assert_eq!(bare[0]["restrictions"].get("user"), None);
    assert_eq!(bare[0].get("content"), None);
    let query = "expand=read.restrictions.user,content";
    let rows = client.get(&format!("{of_content}?{query}")).rows();
    assert!(rows[0]["restrictions"]["user"]["results"].is_array());
    assert_eq!(rows[0]["restrictions"].get("group"), None);
    assert_eq!(rows[1]["restrictions"].get("user"), None);
    assert_eq!(rows[1]["content"]["id"], id.to_string());
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
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
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
            let part = client
                .get(&format!("{}?{query}", path(page, update)))
                .json();
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
    let default = client
        .get(&format!("{}?{EXPAND}", path(page, update)))
        .json();
    assert_eq!(default["restrictions"]["user"]["size"], 100);
    let whole = format!("/wiki/rest/api/content/{page}/restriction/byOperation?{EXPAND}");
    let cut = client.get(&whole).json();
    assert_eq!(cut["update"]["restrictions"]["user"]["size"], 200);
    let last = format!("{}?{EXPAND}&start={}", path(page, update), wanted.len() - 1);
    let gone = &client.get(&last).json()["restrictions"]["user"]["results"][0];
    assert_eq!(
        (&gone["accountId"], &gone["type"]),
        (&"712020:gone".into(), &"unknown".into())
    );
}

#[test]
fn a_page_can_go_or_be_forbidden_while_it_is_still_listed() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let ids = client.all_ids(PAGES);
    let read = RestrictedOperation::Read;
    sim.edit(|organisation| {
        organisation.hide_page(ids[1]).expect("a page");
        organisation.forbid_page(ids[2]).expect("a page");
        assert!(organisation.hide_page(1).is_err());
    });
    assert_eq!(client.all_ids(PAGES), ids);
    let statuses = [ids[0], ids[1], ids[2]].map(|id| client.get(&path(id, read)).status);
    assert_eq!(statuses, [200, 404, 403]);
    for (id, status) in [(ids[1], 404), (ids[2], 403)] {
        for end in ["", "/byOperation"] {
            let path = format!("/wiki/rest/api/content/{id}/restriction{end}");
            let refusal = client.get(&path).refusal_of_v1();
            assert_eq!(refusal.0, status);
            assert!(refusal.1.starts_with("com.atlassian."), "{}", refusal.1);
        }
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
        let status = client.get(&path(page.id(), read)).status;
        let seen = PageStatus::DEFAULT.contains(&page.status());
        assert_eq!(status, if seen { 200 } else { 404 }, "{page:?}");
    }
    let folder = organisation.pages().find_map(|page| match page.parent() {
        Some(("folder", id)) => Some(id),
        _ => None,
    });
    let folder = client.get(&format!(
        "{}?{EXPAND}",
        path(folder.expect("a folder"), read)
    ));
    assert_eq!(subjects(&folder.json()), []);
    for id in ["1", "x", "-1"] {
        let path = format!("/wiki/rest/api/content/{id}/restriction");
        assert_eq!(client.get(&path).refusal_of_v1().0, 404, "{id}");
    }
    let odd = format!(
        "/wiki/rest/api/content/{}/restriction/byOperation/delete",
        98_306
    );
    assert_eq!(client.get(&odd).refusal_of_v1().0, 400);
    let personal = organisation
        .spaces()
        .find(|space| !space.open_to_anonymous())
        .expect("a closed space");
    let closed = organisation
        .pages()
        .find(|page| page.space_id() == personal.id)
        .expect("a page in it");
    let anonymous = Client::with(&sim, None);
    assert_eq!(anonymous.get(&path(closed.id(), read)).status, 404);
}

#[test]
fn whatever_has_an_id_of_its_own_can_be_restricted() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let read = RestrictedOperation::Read;
    let post = organisation.listed_blogposts().next().expect("a post").id();
    let folder = organisation.folders().next().expect("a folder").id();
    let somebody = Subject::User(organisation.users()[3].account_id.clone());
    for (id, kind) in [(post, "blogpost"), (folder, "folder")] {
        sim.edit(|organisation| organisation.restrict(id, read, somebody.clone()))
            .expect("content");
        let answer = client.get(&format!("{}?{EXPAND},content", path(id, read)));
        let json = answer.json();
        assert_eq!(subjects(&json), std::slice::from_ref(&somebody));
        assert_eq!(json["content"]["type"], kind);
        assert_eq!(json["content"]["id"], id.to_string());
    }
    let trashed = organisation
        .blogposts()
        .find(|post| post.status() == PageStatus::Trashed)
        .expect("a post in the trash");
    assert_eq!(client.get(&path(trashed.id(), read)).status, 404);
    // What hangs on a page goes with it; whether it can be restricted is not modelled.
    let comment = organisation.footer_comments().next().expect("a comment").id;
    let file = organisation.attachments().next().expect("a file").id;
    for id in [comment.to_string(), file.to_string()] {
        let path = format!("/wiki/rest/api/content/{id}/restriction");
        assert_eq!(client.get(&path).refusal_of_v1().0, 501, "{id}");
    }
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
        let unknown = Subject::Group("x".to_owned());
        assert!(organisation.restrict(page, read, unknown).is_err());
        let nowhere = organisation.restrict(1, read, group.clone());
        assert_eq!(
            nowhere.expect_err("no page").to_string(),
            "the organisation has no content 1"
        );
    });
    let answer = Client::of(&sim).get(&format!("{}?{EXPAND}", path(page, read)));
    assert_eq!(subjects(&answer.json()), [group]);
}
