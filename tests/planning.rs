//! What of a query the site is asked, and that the rest of it is PostgreSQL's: results are those of the same query of
//! an ordinary copy of the tables, whatever is pushed down.

mod columns;
mod conditions;
mod counted;
mod cursors;
mod declarations;
mod first_requests;
mod joins;
mod limits;
mod orders;
mod prepared;
mod several_tables;
mod views;

use confluence_fdw_tests::site::{Site, small};

/// All pages of the small organisation.
const ALL: usize = 12;

#[track_caller]
fn copied() -> Site {
    Site::copied(small())
}

/// Every so-manieth id of a listed page.
fn page_ids(step: usize, count: usize) -> Vec<u64> {
    let organisation = small();
    let pages = organisation.listed_pages().step_by(step).take(count);
    pages.map(|page| page.id()).collect()
}

fn space_ids(count: usize) -> Vec<u64> {
    small().spaces().map(|space| space.id).take(count).collect()
}

/// The request for pages with this query, before the limit.
fn pages(query: &str) -> String {
    match query {
        "" => "GET /wiki/api/v2/pages?limit=250".to_owned(),
        query => format!("GET /wiki/api/v2/pages?{query}&limit=250"),
    }
}
