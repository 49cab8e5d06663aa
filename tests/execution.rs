//! A scan is a good citizen of the executor: it does nothing before it is asked to, stops when it is not asked any more,
//! and works wherever PostgreSQL lets a query stand.

mod concurrency;
mod errors;
mod laziness;
mod places;
mod rechecks;
mod rescans;

use confluence_fdw_tests::{lines, requests};

use crate::scene::Scene;

/// Whether `sql` is answered so, and after how many requests of the session in all.
#[track_caller]
fn gives(scene: &mut Scene, sql: &str, rows: usize, sent: usize) {
    assert_eq!(lines(&mut scene.client, sql).len(), rows, "{sql}");
    assert_eq!(requests(&scene.sim).len(), sent, "{sql}");
}
