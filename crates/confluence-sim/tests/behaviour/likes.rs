//! Who likes a page or a blog post.

use crate::client::{BLOGPOSTS, Client, PAGES};
use confluence_sim::{Options, Organisation, PageStatus, Sim};
use serde_json::json;

#[test]
fn the_count_is_that_of_the_users() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let pages = organisation
        .listed_pages()
        .take(150)
        .map(|page| (format!("{PAGES}/{}/likes", page.id()), page.id()));
    let posts = organisation
        .listed_blogposts()
        .take(150)
        .map(|post| (format!("{BLOGPOSTS}/{}/likes", post.id()), post.id()));
    let mut counts = Vec::new();
    for (path, content) in pages.chain(posts) {
        let mut accounts: Vec<String> = client
            .all_rows(&format!("{path}/users?limit=7"))
            .iter()
            .map(|row| row["accountId"].as_str().expect("an account").to_owned())
            .collect();
        let count = client.get(&format!("{path}/count")).json();
        assert_eq!(count, json!({"count": accounts.len()}));
        let mut wanted = organisation.likes(content);
        wanted.sort_unstable();
        accounts.sort_unstable();
        assert_eq!(accounts, wanted);
        assert!(
            wanted
                .iter()
                .all(|account| organisation.user(account).is_some())
        );
        counts.push(accounts.len());
    }
    assert!(counts.contains(&0) && counts.contains(&1) && counts.iter().any(|count| *count > 10));
}

#[test]
fn the_demo_says_who_likes_what() {
    let organisation = Organisation::demo();
    let post = organisation
        .listed_blogposts()
        .find(|post| post.title() == "Release 2026.11 is out")
        .expect("the news");
    let names: Vec<&str> = organisation
        .likes(post.id())
        .iter()
        .map(|account| &*organisation.user(account).expect("a user").display_name)
        .collect();
    assert_eq!(names, ["Bob Brown", "Chloé Dubois", "Günther Weiß"]);
}

#[test]
fn what_is_refused() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let page = organisation.page_at(0).expect("a page").id();
    let deleted = organisation
        .pages()
        .find(|page| page.status() == PageStatus::Deleted)
        .expect("a deleted page")
        .id();
    for path in ["count", "users"] {
        for id in [999, deleted] {
            let title = format!("Cannot find a page with id [{id}]");
            let path = format!("{PAGES}/{id}/likes/{path}");
            assert_eq!(client.get(&path).refusal(), (404, title));
        }
        let title = "Cannot find a blog post with id [999]".to_owned();
        let path = format!("{BLOGPOSTS}/999/likes/{path}");
        assert_eq!(client.get(&path).refusal(), (404, title));
    }
    let status = |query: &str| client.get(&format!("{PAGES}/{page}/likes/{query}")).status;
    assert_eq!(status("users?limit=250"), 200);
    assert_eq!(status("users?limit=251"), 400);
    assert_eq!(status("users?limit=-1"), 400);
    assert_eq!(status("count?limit=1"), 400);
    // Allowed, but nobody says what comes of it.
    assert_eq!(status("users?limit=0"), 501);
}
