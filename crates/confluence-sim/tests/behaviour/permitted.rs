//! What the caller may do.

use crate::client::{BLOGPOSTS, Client, PAGES, SPACES, anonymous, small, start};
use confluence_sim::{Organisation, PageStatus};
use serde_json::Value;
use std::collections::HashSet;

fn operations(client: &Client, path: &str) -> HashSet<(String, String)> {
    let json = client.get(&format!("{path}/operations")).json();
    let rows = json["operations"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a word").to_owned();
    let pairs: HashSet<_> = rows
        .iter()
        .map(|row| (text(&row["operation"]), text(&row["targetType"])))
        .collect();
    assert_eq!(pairs.len(), rows.len(), "{path} says something twice");
    pairs
}

fn owned(pairs: &[(&str, &str)]) -> HashSet<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(operation, target)| ((*operation).to_owned(), (*target).to_owned()))
        .collect()
}

#[test]
fn it_follows_from_the_permissions_in_the_space() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let space = organisation.space_by_key("HR").expect("a space").id;
    let current = |status: PageStatus| status == PageStatus::Current;
    let page = organisation
        .pages()
        .find(|page| page.space_id() == space && current(page.status()))
        .expect("a page of the space")
        .id();
    let post = organisation
        .blogposts()
        .find(|post| post.space_id() == space && current(post.status()))
        .expect("a blog post of the space")
        .id();
    let space_path = format!("{SPACES}/{space}");
    let (page, post) = (format!("{PAGES}/{page}"), format!("{BLOGPOSTS}/{post}"));
    assert_eq!(
        operations(&client, &space_path),
        owned(&[("read", "space")])
    );
    assert_eq!(operations(&client, &page), owned(&[("read", "page")]));
    assert_eq!(operations(&client, &post), owned(&[("read", "blogpost")]));

    let reader = &organisation.users()[0].account_id;
    let group = organisation
        .groups()
        .iter()
        .find(|group| group.members.contains(&0))
        .expect("a group of the reader");
    let other = organisation
        .groups()
        .iter()
        .find(|group| !group.members.contains(&0))
        .expect("a group without the reader");
    sim.edit(|organisation| {
        for (principal, operation) in [
            (("user", reader.as_str()), ("create", "page")),
            (("user", reader.as_str()), ("create", "page")),
            (("user", "712020:somebody-else"), ("delete", "blogpost")),
            (("group", group.id.as_str()), ("delete", "page")),
            (("group", group.id.as_str()), ("create", "comment")),
            (("group", other.id.as_str()), ("archive", "page")),
        ] {
            organisation
                .add_permission(space, principal, operation)
                .expect("a space that is there");
        }
    });
    assert_eq!(
        operations(&client, &space_path),
        owned(&[
            ("read", "space"),
            ("create", "page"),
            ("delete", "page"),
            ("create", "comment")
        ])
    );
    assert_eq!(
        operations(&client, &page),
        owned(&[
            ("read", "page"),
            ("update", "page"),
            ("delete", "page"),
            ("create", "comment")
        ])
    );
    assert_eq!(
        operations(&client, &post),
        owned(&[("read", "blogpost"), ("create", "comment")])
    );
}

#[test]
fn what_a_role_may_do_counts_for_whoever_has_it() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let space = organisation.space_by_key("HR").expect("a space").id;
    let admin = organisation.roles()[0].id.as_str();
    let mut permissions = organisation.permissions(space);
    assert!(permissions.any(|one| one.principal_id == admin && one.operation_key == "export"));
    let path = format!("{SPACES}/{space}");
    let reader = organisation.users()[0].account_id.as_str();
    let may =
        |operation: (&str, &str)| operations(&client, &path).is_superset(&owned(&[operation]));
    assert!(!may(("export", "space")));
    // It makes the reader one of those who run the space.
    sim.edit(|organisation| {
        organisation
            .add_permission(space, ("user", reader), ("administer", "space"))
            .expect("a space that is there");
    });
    assert!(may(("administer", "space")) && may(("export", "space")));
    sim.edit(|organisation| {
        organisation
            .add_permission(space, ("role", admin), ("archive", "page"))
            .expect("a space that is there");
    });
    assert!(may(("archive", "page")));
}

#[test]
fn nobody_may_but_read() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    let (open, closed): (Vec<_>, Vec<_>) = organisation
        .spaces()
        .partition(|space| space.open_to_anonymous());
    for space in &open {
        let path = format!("{SPACES}/{}", space.id);
        assert_eq!(operations(&client, &path), owned(&[("read", "space")]));
    }
    let path = format!("{SPACES}/{}/operations", closed[0].id);
    client.refuses(&path, 404);
    let page = client.get(PAGES).ids()[0];
    let path = format!("{PAGES}/{page}");
    assert_eq!(operations(&client, &path), owned(&[("read", "page")]));
}
