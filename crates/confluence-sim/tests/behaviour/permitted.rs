//! What the caller may do.

use crate::client::{BLOGPOSTS, Client, PAGES, SPACES, anonymous, small, start};
use confluence_sim::{Organisation, Page, PageStatus};
use serde_json::Value;
use std::collections::BTreeSet;

/// Each with its target, in the order of the alphabet.
fn operations(client: &Client, path: &str) -> String {
    let json = client.get(&format!("{path}/operations")).json();
    let rows = json["operations"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a word").to_owned();
    let told = |row: &Value| format!("{}/{}", text(&row["operation"]), text(&row["targetType"]));
    let told_once: BTreeSet<String> = rows.iter().map(told).collect();
    assert_eq!(told_once.len(), rows.len(), "{path} says something twice");
    Vec::from_iter(told_once).join(" ")
}

#[test]
fn it_follows_from_the_permissions_in_the_space() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let space = organisation.space_by_key("HR").expect("a space").id;
    let is_here = |page: &Page| page.space_id() == space && page.status() == PageStatus::Current;
    let page = organisation.pages().find(is_here).expect("a page");
    let post = organisation.blogposts().find(is_here).expect("a blog post");
    let paths = [
        format!("{SPACES}/{space}"),
        format!("{PAGES}/{}", page.id()),
        format!("{BLOGPOSTS}/{}", post.id()),
    ];
    let told = || [0, 1, 2].map(|place: usize| operations(&client, &paths[place]));
    assert_eq!(told(), ["read/space", "read/page", "read/blogpost"]);

    let reader = &*organisation.users()[0].account_id;
    let (of_reader, others): (Vec<_>, Vec<_>) = organisation
        .groups()
        .iter()
        .partition(|group| group.members.contains(&0));
    let (group, other) = (&*of_reader[0].id, &*others[0].id);
    sim.edit(|organisation| {
        for (principal, operation) in [
            (("user", reader), ("create", "page")),
            (("user", reader), ("create", "page")),
            (("user", "712020:somebody-else"), ("delete", "blogpost")),
            (("group", group), ("delete", "page")),
            (("group", group), ("create", "comment")),
            (("group", other), ("archive", "page")),
        ] {
            let granted = organisation.add_permission(space, principal, operation);
            granted.expect("a space that is there");
        }
    });
    let wanted = [
        "create/comment create/page delete/page read/space",
        "create/comment delete/page read/page update/page",
        "create/comment read/blogpost",
    ];
    assert_eq!(told(), wanted);
}

#[test]
fn what_a_role_may_do_counts_for_whoever_has_it() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let space = organisation.space_by_key("HR").expect("a space").id;
    let admin = organisation.roles()[0].id.as_str();
    let mut permissions = organisation.permissions(space);
    assert!(permissions.any(|one| one.principal_id == admin && one.operation_key == "export"));
    let reader = organisation.users()[0].account_id.as_str();
    let path = format!("{SPACES}/{space}");
    let may = |operation: &str| {
        operations(&client, &path)
            .split(' ')
            .any(|may| may == operation)
    };
    assert!(!may("export/space"));
    // The first makes the reader one of those who run the space.
    for (principal, operation, by_it) in [
        (("user", reader), ("administer", "space"), "export/space"),
        (("role", admin), ("archive", "page"), "archive/page"),
    ] {
        sim.edit(|organisation| {
            let granted = organisation.add_permission(space, principal, operation);
            granted.expect("a space that is there");
        });
        assert!(may(by_it));
    }
}

#[test]
fn nobody_may_but_read() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    for space in organisation.spaces() {
        let path = format!("{SPACES}/{}", space.id);
        match space.open_to_anonymous() {
            true => assert_eq!(operations(&client, &path), "read/space"),
            false => client.refuses(&format!("{path}/operations"), 404),
        }
    }
    let page = client.get(PAGES).ids()[0];
    assert_eq!(operations(&client, &format!("{PAGES}/{page}")), "read/page");
}
