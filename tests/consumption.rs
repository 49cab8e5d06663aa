//! Consumption: what is taken whole is read side by side, whatever `LIMIT` stands above; what may be stopped is read one
//! by one, until whoever reads it has come back for more.

mod planned;
mod running;

use std::time::Duration;

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{lines, requests};

/// How many requests are under way at one time at most.
const ABREAST: usize = 8;

/// Pages of the small site's listing, of 50 rows each.
const PAGES: usize = 60;

/// What reading all pages takes at most: their listing, a partly filled page for each group of spaces, and the list of
/// spaces (in two pages), the search and the look for what is new.
const ALL_PAGES: usize = PAGES + 30 + 4;

/// The spaces' listing in two pages, and one request for each of the 60 spaces.
const ALL_PERMISSIONS: usize = 2 + 60;

/// The small site and its copy, in answers of 50 rows, so that its listing of pages is long. The session is known to the
/// site. Each answer takes a while.
#[track_caller]
fn site() -> Site {
    let mut site = Site::copied(small());
    site.execute(
        "ALTER SERVER site OPTIONS (ADD page_size '50');
         CREATE TABLE people AS SELECT DISTINCT version_author_id AS id, 'p' || version_author_id AS name
             FROM copy.confluence_pages;
         ANALYZE people",
    );
    knows_pages(&mut site, 3_000);
    lines(&mut site.client, "SELECT FROM confluence_spaces LIMIT 1");
    site.sim.set_latency(Duration::from_millis(15));
    site
}

/// A site that takes much longer to answer than a client to come back.
#[track_caller]
fn slow_site() -> Site {
    let site = site();
    site.sim.set_latency(Duration::from_millis(40));
    site
}

/// Tells planning how many pages there are; -1 is unknown.
fn knows_pages(site: &mut Site, count: i64) {
    site.execute(&format!(
        "UPDATE pg_class SET reltuples = {count} WHERE oid = 'public.confluence_pages'::regclass"
    ));
}

/// What statements have cost.
#[derive(Debug)]
struct Cost {
    requests: Vec<String>,
    /// How many requests were under way at one time.
    at_once: usize,
}

impl Cost {
    /// The cost of whatever is done.
    fn of<T>(site: &mut Site, act: impl FnOnce(&mut Site) -> T) -> (T, Self) {
        site.sim.clear_log();
        site.sim.reset_in_flight_high_water();
        let done = act(site);
        let cost = Self {
            requests: requests(&site.sim),
            at_once: site.sim.in_flight_high_water(),
        };
        (done, cost)
    }
}
