//! Blog posts.

use crate::client::{BLOGPOSTS, Client, SPACES, anonymous, id, small, time};
use confluence_sim::{BlogPost, Options, Organisation, PageStatus, Sim};
use serde_json::json;
use std::collections::HashSet;

#[test]
fn every_sort_is_right_and_complete_in_any_page_length() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut posts: Vec<BlogPost> = organisation.listed_blogposts().collect();
    assert!(posts.len() > 1_000);
    for by in ["id", "created-date", "modified-date"] {
        match by {
            "id" => posts.sort_by_key(BlogPost::id),
            "created-date" => posts.sort_by_key(|post| (post.created_at(), post.id())),
            _ => posts.sort_by_key(|post| (post.modified_at(), post.id())),
        }
        let ascending: Vec<u64> = posts.iter().map(BlogPost::id).collect();
        let descending: Vec<u64> = ascending.iter().copied().rev().collect();
        for limit in [99, 250] {
            assert_eq!(
                client.all_ids(&format!("{BLOGPOSTS}?sort={by}&limit={limit}")),
                ascending
            );
            assert_eq!(
                client.all_ids(&format!("{BLOGPOSTS}?limit={limit}&sort=-{by}")),
                descending
            );
        }
    }
}

#[test]
fn filters() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let expect = |query: &str, filter: &dyn Fn(&BlogPost) -> bool| {
        let wanted: Vec<u64> = organisation
            .blogposts()
            .filter(filter)
            .map(|post| post.id())
            .collect();
        assert!(!wanted.is_empty(), "{query} tests nothing");
        assert_eq!(
            client.all_ids(&format!("{BLOGPOSTS}?limit=250&{query}")),
            wanted,
            "{query}"
        );
    };
    let is = |status| move |post: &BlogPost| post.status() == status;
    expect("", &is(PageStatus::Current));
    expect("status=current", &is(PageStatus::Current));
    expect("status=trashed", &is(PageStatus::Trashed));
    expect("status=deleted", &is(PageStatus::Deleted));
    expect("status=deleted,trashed&status=current", &|_| true);

    let post = organisation.listed_blogposts().nth(77).expect("many posts");
    let here = |other: &BlogPost| other.is_listed() && other.space_id() == post.space_id();
    expect(&format!("space-id={},999", post.space_id()), &here);
    let itself = |other: &BlogPost| other.id() == post.id();
    expect(&format!("id={},98306", post.id()), &itself);
    let path = format!("{BLOGPOSTS}?id={}&space-id=1", post.id());
    assert!(client.all_ids(&path).is_empty());

    for space in organisation.spaces().take(30) {
        let wanted: Vec<u64> = organisation
            .listed_blogposts()
            .filter(|post| post.space_id() == space.id)
            .map(|post| post.id())
            .collect();
        let path = format!("{SPACES}/{}/blogposts?limit=1", space.id);
        assert_eq!(client.all_ids(&path), wanted);
    }
    let path = format!("{SPACES}/999/blogposts");
    let title = "Cannot find a space with id [999]".to_owned();
    assert_eq!(client.get(&path).refusal(), (404, title));
}

#[test]
fn a_title_is_found_whatever_its_case() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let found = client
        .get(&format!("{BLOGPOSTS}?title=WELCOME,%20hana!"))
        .rows();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["title"], "Welcome, Hana!");
    let space = found[0]["spaceId"].as_str().expect("an id");
    let there = client.get(&format!(
        "{SPACES}/{space}/blogposts?title=welcome,%20hana!"
    ));
    assert_eq!(there.ids(), [id(&found[0])]);
    let none = client.get(&format!("{BLOGPOSTS}?title=welcome"));
    assert!(none.ids().is_empty());
}

#[test]
fn a_row_is_what_the_organisation_says() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let rows = client
        .get(&format!("{BLOGPOSTS}?limit=250&body-format=storage"))
        .rows();
    for row in &rows {
        let post = organisation.blogpost(id(row)).expect("a blog post");
        let latest = post.latest_version();
        let created_at = post.created_at();
        assert_eq!(row["title"], *post.title());
        assert_eq!(row["status"], post.status().as_str());
        assert_eq!(row["spaceId"], post.space_id().to_string());
        assert_eq!(row["authorId"].as_str(), post.author_id());
        assert_eq!(time(&row["createdAt"]), created_at);
        assert_eq!(time(&row["version"]["createdAt"]), post.modified_at());
        assert_eq!(row["version"]["number"], post.version());
        assert_eq!(row["version"]["message"].as_str(), latest.message());
        assert_eq!(row["version"]["authorId"].as_str(), latest.author_id());
        assert_eq!(
            row["body"],
            json!({"storage": {"representation": "storage", "value": latest.storage_body()}})
        );
        let space = organisation.space(post.space_id()).expect("its space");
        let day = created_at.strftime("%Y/%m/%d");
        let link = format!("/spaces/{}/blog/{day}/{}/", space.key, post.id());
        let webui = row["_links"]["webui"].as_str().expect("a link");
        assert!(webui.starts_with(&link), "{webui}");
        assert!(row.get("parentId").is_none());
    }
    let some = |test: &dyn Fn(&serde_json::Value) -> bool| assert!(rows.iter().any(test));
    some(&|row| row["authorId"].is_null());
    some(&|row| row["version"]["message"].is_null());
    some(&|row| row["createdAt"] == row["version"]["createdAt"]);
    some(&|row| row["title"].as_str().expect("a title").contains('"'));
}

#[test]
fn a_single_one_can_be_had_in_the_trash_but_not_beyond() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let mut statuses = HashSet::new();
    for post in sim.organisation().blogposts() {
        let path = format!("{BLOGPOSTS}/{}", post.id());
        statuses.insert(post.status());
        if post.status() == PageStatus::Deleted {
            let title = format!("Cannot find a blog post with id [{}]", post.id());
            assert_eq!(client.get(&path).refusal(), (404, title));
            assert_eq!(client.get(&format!("{path}?status=deleted")).status, 200);
            continue;
        }
        let row = client.get(&path).json();
        assert_eq!(row["status"], post.status().as_str());
        assert_eq!(row["_links"]["base"], format!("{}/wiki", sim.url()));
        let bare = client.get(&format!("{path}?include-version=false")).json();
        assert!(bare.get("version").is_none());
        let status = |query: &str| client.get(&format!("{path}?{query}")).status;
        assert_eq!(status(&format!("version={}", post.version())), 200);
        assert_eq!(status(&format!("version={}", post.version() + 1)), 404);
        assert_eq!(status("include-labels=true"), 501);
        if post.version() > 1 {
            assert_eq!(status("version=1"), 501);
        }
    }
    assert_eq!(statuses.len(), 3);
    let page = sim.organisation().pages().next().expect("a page").id();
    assert_eq!(client.get(&format!("{BLOGPOSTS}/{page}")).refusal().0, 404);
}

#[test]
fn the_demo_has_eight_that_can_be_read() {
    let organisation = Organisation::demo();
    let titles: Vec<_> = organisation
        .listed_blogposts()
        .map(|post| post.title())
        .collect();
    assert_eq!(titles.len(), 8);
    assert!(titles.iter().any(|title| title == "Release 2026.11 is out"));
    assert!(
        organisation
            .blogposts()
            .all(|post| post.created_at() <= post.modified_at()
                && post.modified_at() <= organisation.now())
    );
}

#[test]
fn nobody_sees_those_of_open_spaces_only() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    let is_open = |post: &BlogPost| {
        let space = organisation.space(post.space_id()).expect("its space");
        space.open_to_anonymous()
    };
    let (open, closed): (Vec<_>, Vec<_>) = organisation.listed_blogposts().partition(is_open);
    let ids: Vec<u64> = open.iter().map(BlogPost::id).collect();
    assert_eq!(client.all_ids(&format!("{BLOGPOSTS}?limit=3")), ids);
    let path = format!("{BLOGPOSTS}/{}", closed[0].id());
    assert_eq!(client.get(&path).refusal().0, 404);
}

#[test]
fn they_go_with_their_space() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let post = organisation.listed_blogposts().next().expect("a blog post");
    sim.edit(|organisation| organisation.delete_space(post.space_id()))
        .expect("a space that is there");
    assert!(
        !client
            .all_ids(&format!("{BLOGPOSTS}?limit=250"))
            .contains(&post.id())
    );
    for path in [
        "",
        "/versions",
        "/labels",
        "/properties",
        "/likes/count",
        "/likes/users",
        "/operations",
    ] {
        let path = format!("{BLOGPOSTS}/{}{path}", post.id());
        assert_eq!(client.get(&path).refusal().0, 404, "{path}");
    }
    let left = sim.organisation();
    assert!(left.versions(post.id()).is_empty() && left.likes(post.id()).is_empty());
}
