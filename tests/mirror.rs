//! Mirrors: what `confluence.create_mirror` makes, and what `confluence.refresh` publishes.

#[path = "mirror/crashing.rs"]
mod crashing;
#[path = "mirror/creating.rs"]
mod creating;
#[path = "mirror/failing.rs"]
mod failing;
#[path = "mirror/histories.rs"]
mod histories_by_chance;
#[path = "mirror/history.rs"]
mod history;
#[path = "mirror/nodes.rs"]
mod nodes;
#[path = "mirror/refreshing.rs"]
mod refreshing;
#[path = "mirror/upgrading.rs"]
mod upgrading;

use confluence_fdw_tests::{lines, one};
use confluence_sim::Options;
use postgres::Client;

use crate::scene::{Scene, small_site};

/// A small site that is read as fast as it can be, and a mirror of it that nobody has refreshed.
#[track_caller]
fn mirrored() -> Scene {
    mirrored_site(Options::of(small_site()))
}

#[track_caller]
fn mirrored_site(site: Options) -> Scene {
    let mut scene = Scene::of(site, "");
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    scene
}

/// Refreshes the mirror.
#[track_caller]
fn refresh(scene: &mut Scene, mode: &str) {
    scene.execute(&format!("CALL confluence.refresh('acme', '{mode}')"));
}

/// The tables that a mirror keeps the history of.
#[track_caller]
fn histories(scene: &mut Scene) -> Vec<String> {
    histories_of(&mut scene.client)
}

#[track_caller]
fn histories_of(client: &mut Client) -> Vec<String> {
    lines(
        client,
        "SELECT replace(relname, '_history', '') FROM pg_class
         WHERE relnamespace = 'acme'::regnamespace AND relname LIKE '%\\_history' AND relkind = 'r' ORDER BY 1",
    )
}

/// What a mirror shows and keeps: every state of every row, and the complete runs.
#[track_caller]
fn state_of(client: &mut Client) -> Vec<String> {
    let mut state = lines(
        client,
        "SELECT id FROM acme.runs WHERE status = 'complete' ORDER BY id",
    );
    for table in histories_of(client) {
        state.extend(lines(
            client,
            &format!("SELECT h::text FROM acme.{table}_history AS h ORDER BY 1"),
        ));
    }
    state
}

/// What `as_of` the moment of a run's publishing tells of a table, in order.
#[track_caller]
fn as_of(scene: &mut Scene, table: &str, run: &str) -> Vec<String> {
    lines(
        &mut scene.client,
        &format!(
            "SELECT t::text FROM acme.{table}_as_of((SELECT published_at FROM acme.runs WHERE id = {run})) AS t ORDER BY 1"
        ),
    )
}

/// The number of the latest run.
#[track_caller]
fn latest_run(scene: &mut Scene) -> String {
    one(&mut scene.client, "SELECT max(id) FROM acme.runs")
}
