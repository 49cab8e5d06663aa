//! Conditions as people and tools write them: what follows from them is asked for, and their rows are those of a local copy.

mod by_chance;
mod lists;
// What patterns mean is told without a server: its own tests are run here.
#[path = "../src/plan/derived/patterns.rs"]
mod patterns;
mod times;

use confluence_fdw_tests::site::{Site, small};

/// All pages of the small organisation.
const ALL: usize = 12;

#[track_caller]
fn copied() -> Site {
    Site::copied(small())
}

fn select(condition: &str) -> String {
    format!("SELECT id, title, modified_at FROM confluence_pages WHERE {condition}")
}

/// Holds a condition against the copy, and its requests against those of another one that says the same.
#[track_caller]
fn costs_as(site: &mut Site, condition: &str, plain: &str) -> usize {
    let requests = asks(site, condition);
    let of_plain = asks(site, plain);
    assert_eq!(requests, of_plain, "{condition}, which is {plain}");
    requests.len()
}

/// Holds a condition against the copy. Its requests may be under way at one time.
#[track_caller]
fn asks(site: &mut Site, condition: &str) -> Vec<String> {
    let mut requests = site.same(&select(condition));
    requests.sort_unstable();
    requests
}

/// Holds a condition against the copy: the site is asked for the whole listing.
#[track_caller]
fn stays_local(site: &mut Site, condition: &str) {
    let requests = site.same(&select(condition));
    assert_eq!(requests.len(), ALL, "{condition}");
    assert_eq!(
        requests[0], "GET /wiki/api/v2/pages?limit=250",
        "{condition}"
    );
}
