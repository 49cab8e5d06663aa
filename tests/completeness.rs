//! In however many ways an answer can mislead, a query returns every row once, or an error.

mod access_paths;
mod bodies;
mod changes;
mod connections;
mod ends;
mod next_links;
mod no_listing;
mod offset;
mod order;
mod parents;
mod repeats;
mod twice;
mod values;
mod who_is_asking;

use confluence_sim::{Fault, Reply, Sim};
use postgres::error::DbError;
use serde_json::Value;

use crate::scene::{ALL_PAGES, PAGES, Scene};

const REJECTED: &str = "Confluence rejected the credential";
const FOLLOWED_BEFORE: &str =
    "unexpected answer from Confluence: a next link that has been followed before";
const CUT_OFF: &str = "unexpected answer from Confluence: JSON that is cut off";

/// Where the stand-in listens, as messages name it.
fn host(sim: &Sim) -> &str {
    sim.url().trim_start_matches("http://")
}

#[track_caller]
fn hint_has(raised: &DbError, part: &str) {
    assert!(
        raised.hint().is_some_and(|hint| hint.contains(part)),
        "{raised:?}"
    );
}

#[track_caller]
fn detail_has(raised: &DbError, part: &str) {
    assert!(
        raised.detail().is_some_and(|detail| detail.contains(part)),
        "{raised:?}"
    );
}

/// What a listing does to mislead is seen through: all rows arrive, each once.
#[track_caller]
fn all_rows_arrive_in_spite_of(fault: Fault, reply: Reply) -> Scene {
    let mut scene = Scene::new();
    scene.sim.fault(fault, reply);
    scene.reads_all_pages();
    scene
}

/// A reply to every page, or to one of them, is this error; the session goes on.
#[track_caller]
fn fails_on_page(page: u32, reply: Reply, sqlstate: &str, message: &str) -> DbError {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES).page(page), reply);
    let raised = scene.fails(ALL_PAGES, sqlstate, message);
    detail_has(&raised, "/wiki/api/v2/pages?");
    raised
}

/// The first row of every page of a listing, changed by a function.
fn first_row(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Reply {
    Reply::mutate(move |json| {
        if let Some(row) = json.pointer_mut("/results/0") {
            change(row);
        }
    })
}

/// A query for the latest so many pages by a range, and their ids. The site may list more where times are equal.
#[track_caller]
fn latest_pages(scene: &Scene, count: usize) -> (String, Vec<u64>) {
    let site = scene.sim.organisation();
    let mut times: Vec<_> = site.listed_pages().map(|page| page.modified_at()).collect();
    times.sort_unstable_by(|one, next| next.cmp(one));
    let since = times[count - 1];
    let mut expected: Vec<u64> = site
        .modified_since(since)
        .iter()
        .map(|page| page.id())
        .collect();
    expected.sort_unstable();
    let sql = format!("SELECT id FROM confluence_pages WHERE modified_at >= '{since}'");
    (sql, expected)
}
