//! A site that changes while it is read.

use confluence_fdw_tests::Database;
use confluence_sim::{Fault, NewPage, Options, Organisation, Reply, Sim};

use super::latest_pages;
use crate::scene::{ALL_PAGES, PAGES, Scene, numbers};

#[test]
fn pages_that_come_and_go_while_a_listing_is_read_cost_it_no_other_row() {
    for page in 1..=4 {
        let mut scene = Scene::new();
        let ids = scene.page_ids();
        let space_id = scene.sim.organisation().spaces().next().unwrap().id;
        // One that has been read, one that is on the page that follows, and the last.
        let gone = [ids[page as usize], ids[page as usize * 10], ids[44]];
        scene.when_answering(Fault::on(PAGES).page(page), move |sim| {
            sim.edit(|site| {
                for id in gone {
                    site.purge_page(id).unwrap();
                }
                let title = "new".to_owned();
                let page = NewPage {
                    space_id,
                    title,
                    parent_id: None,
                };
                site.create_page(page).unwrap();
            });
        });
        let mut found = scene.numbers(ALL_PAGES);
        let with_repeats = found.len();
        found.dedup();
        assert_eq!(found.len(), with_repeats);
        for id in ids.iter().filter(|id| !gone.contains(id)) {
            assert!(found.contains(id), "{id} is lost");
        }
        scene.reads_all_pages();
    }
}

/// A scene in which the oldest of some pages is modified while the first ten are answered, and so moves to where a listing
/// with the newest first has been already.
fn oldest_moves(pages: &[u64]) -> Scene {
    let scene = Scene::new();
    let site = scene.sim.organisation();
    let oldest = *pages
        .iter()
        .min_by_key(|&&id| site.page(id).map(|page| page.modified_at()))
        .unwrap();
    scene.when_answering(Fault::on(PAGES).page(1), move |sim| {
        sim.edit(|site| site.modify_page(oldest)).unwrap();
    });
    scene
}

/// What docs/limits.md says: a listing of changes cannot be read at one moment, and the next one has what moved.
#[test]
fn a_page_that_is_modified_while_changes_are_read_is_among_the_next_changes() {
    let (sql, expected) = latest_pages(&Scene::new(), 25);
    let mut scene = oldest_moves(&expected);
    for id in scene.numbers(&sql) {
        assert!(expected.contains(&id), "{id} is older");
    }
    scene.sim.clear_faults();
    assert_eq!(scene.numbers(&sql), expected);
}

#[test]
fn a_page_that_is_modified_while_an_ordered_listing_is_read_is_not_lost() {
    let all = Scene::new().page_ids();
    for direction in ["ASC", "DESC"] {
        let sql = format!("SELECT id FROM confluence_pages ORDER BY modified_at {direction}");
        let mut found = oldest_moves(&all).numbers(&sql);
        found.sort_unstable();
        assert_eq!(found, all, "{direction}");
    }
}

/// Titles are asked for one by one, and each answer holds those of other letter case, too: rows of several answers.
#[test]
fn titles_whose_range_comes_out_of_order_lose_no_row() {
    let database = Database::create();
    let sim = Sim::start(Options::of(Organisation::standard()));
    database.site(&sim);
    let mut client = database.connect();
    let sql = "SELECT id FROM confluence_pages
               WHERE title IN ('Runbook', 'runbook', 'RUNBOOK') AND modified_at >= '2001-01-01'";
    let expected = numbers(&mut client, sql);
    assert!(expected.len() > 2);
    sim.fault(
        Fault::on(PAGES).with("sort", "-modified-date"),
        Reply::OutOfOrder,
    );
    assert_eq!(numbers(&mut client, sql), expected);
}
