//! Properties of pages, blog posts and spaces.

use crate::client::{BLOGPOSTS, Client, PAGES, SPACES, id, small, time};
use confluence_sim::{Options, Organisation, Property, Sim};
use serde_json::{Value, json};
use std::collections::HashSet;

fn check(row: &Value, property: &Property) {
    assert_eq!(id(row), property.id);
    assert_eq!(row["key"], property.key);
    assert_eq!(row["value"], property.value);
    let version = &row["version"];
    assert_eq!(version["number"], property.version);
    assert_eq!(time(&version["createdAt"]), property.modified_at);
    if row.get("createdAt").is_some() {
        assert_eq!(time(&row["createdAt"]), property.created_at);
        assert_eq!(row["createdBy"].as_str(), property.author_id);
        assert_eq!(version["createdBy"].as_str(), property.author_id);
    } else {
        assert_eq!(version["authorId"].as_str(), property.author_id);
        assert_eq!(version["minorEdit"], false);
    }
}

/// Where objects have their properties, and which those are.
fn everywhere(organisation: &Organisation) -> Vec<(String, Vec<Property<'_>>)> {
    let pages = organisation.listed_pages().take(80).map(|page| {
        let properties = organisation.properties_of_page(page.id());
        (format!("{PAGES}/{}/properties", page.id()), properties)
    });
    let posts = organisation.listed_blogposts().map(|post| {
        let properties = organisation.properties_of_blogpost(post.id());
        (format!("{BLOGPOSTS}/{}/properties", post.id()), properties)
    });
    let spaces = organisation.spaces().map(|space| {
        let properties = organisation.properties_of_space(space.id);
        (format!("{SPACES}/{}/properties", space.id), properties)
    });
    pages.chain(posts).chain(spaces).collect()
}

#[test]
fn they_are_what_the_organisation_says() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut seen = HashSet::new();
    for (path, properties) in everywhere(&organisation) {
        let rows = client.all_rows(&format!("{path}?limit=1"));
        assert_eq!(rows.len(), properties.len(), "{path}");
        for (row, property) in rows.iter().zip(&properties) {
            check(row, property);
            assert_eq!(client.get(&format!("{path}/{}", property.id)).json(), *row);
            let by_key = client.get(&format!("{path}?key={}", property.key));
            assert_eq!(by_key.rows(), std::slice::from_ref(row));
            assert!(property.created_at <= property.modified_at);
            assert!(property.modified_at <= organisation.now());
            seen.insert(std::mem::discriminant(&property.value));
        }
        assert!(client.get(&format!("{path}?key=EDITOR")).rows().is_empty());
        assert_eq!(client.get(&format!("{path}/1")).refusal().0, 404);
        assert_eq!(client.get(&format!("{path}/x")).refusal().0, 400);
    }
    // Null, a flag, a number, a text, a list and an object.
    assert_eq!(seen.len(), 6);
}

#[test]
fn those_of_content_are_sorted_by_key() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let of_content = everywhere(&organisation).into_iter();
    let mut sorted_anew = 0;
    for (path, properties) in of_content.filter(|(path, _)| !path.starts_with(SPACES)) {
        let mut keys: Vec<&str> = properties.iter().map(|property| property.key).collect();
        let unsorted = keys.clone();
        keys.sort_unstable();
        sorted_anew += usize::from(keys != unsorted);
        let found = |sort: &str| -> Vec<Value> {
            let rows = client.all_rows(&format!("{path}?limit=1&sort={sort}"));
            rows.into_iter().map(|row| row["key"].clone()).collect()
        };
        assert_eq!(found("key"), keys);
        keys.reverse();
        assert_eq!(found("-key"), keys);
    }
    assert!(sorted_anew > 0);
    let space = organisation.spaces().next().expect("a space").id;
    let path = format!("{SPACES}/{space}/properties?sort=key");
    assert_eq!(client.get(&path).refusal().0, 400);
}

#[test]
fn those_of_the_demo_can_be_read() {
    let organisation = Organisation::demo();
    let page = organisation
        .listed_pages()
        .find(|page| page.title() == "Access policy")
        .expect("the policy");
    let properties = organisation.properties_of_page(page.id());
    let keys: Vec<&str> = properties.iter().map(|property| property.key).collect();
    assert_eq!(keys, ["editor", "review", "retention-years"]);
    assert_eq!(
        properties[1].value,
        json!({"due": "2027-01-31", "done": false, "by": ["legal", "security"]})
    );
}

#[test]
fn what_is_not_there_is_named() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let page = sim.organisation().page_at(0).expect("a page").id();
    for (path, title) in [
        (
            format!("{PAGES}/999/properties"),
            "Cannot find a page with id [999]",
        ),
        (
            format!("{PAGES}/999/properties/1"),
            "Cannot find a page with id [999]",
        ),
        (
            format!("{BLOGPOSTS}/999/properties"),
            "Cannot find a blog post with id [999]",
        ),
        (
            format!("{SPACES}/999/properties"),
            "Cannot find a space with id [999]",
        ),
        (
            format!("{SPACES}/999/properties/1"),
            "Cannot find a space with id [999]",
        ),
        (
            format!("{PAGES}/{page}/properties/-1"),
            "Cannot find a property with id [-1]",
        ),
    ] {
        assert_eq!(
            client.get(&path).refusal(),
            (404, title.to_owned()),
            "{path}"
        );
    }
}
