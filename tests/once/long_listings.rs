//! Long listings that are read once.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, small};
use confluence_sim::{Fault, Organisation, Reply, Size};

use super::{HASH, MERGE, each_came_once};
use crate::scene::PAGES;

const JOIN_ALL: &str = "SELECT count(*), sum(a.id), count(a.title) FROM confluence_pages a JOIN confluence_pages b USING (id)";

/// Joins all pages with themselves, and returns the requests.
#[track_caller]
fn joins_all(site: &mut Site, settings: &str) -> Vec<String> {
    let organisation = site.sim.organisation();
    let (count, sum) = organisation
        .listed_pages()
        .fold((0, 0), |(count, sum), page| (count + 1, sum + page.id()));
    site.execute(settings);
    site.execute(&format!(
        "UPDATE pg_class SET reltuples = {count} WHERE oid = 'confluence_pages'::regclass"
    ));
    let (rows, sent) = site.read(JOIN_ALL);
    assert_eq!(rows, [format!("{count}|{sum}|{count}")], "{settings}");
    each_came_once(&sent);
    let chains = sent.iter().filter(|r| !r.contains("cursor=")).count();
    assert!(
        sent.len() <= answers(count) + 2 + chains,
        "{} requests, {chains} chains, {settings}",
        sent.len()
    );
    sent
}

#[test]
fn a_self_join_of_a_hundred_thousand_pages_lists_once() {
    let mut site = Site::of(Organisation::standard());
    for settings in [HASH, MERGE] {
        let sent = joins_all(&mut site, settings);
        let grouped = sent.iter().filter(|r| r.contains("space-id=")).count();
        assert!(grouped > 300, "it is read in groups: {grouped}");
    }
}

#[test]
fn a_group_that_is_long_is_read_from_both_ends_once() {
    let organisation = Organisation::sized(Size {
        spaces: 80,
        pages: 10_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: 0.9,
    });
    for options in ["", "max_concurrency '2'", "page_size '50'"] {
        let mut site = Site::with(organisation.clone(), options);
        site.sim.set_latency(Duration::from_millis(1));
        site.execute(HASH);
        site.execute(
            "UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass",
        );
        let (rows, sent) = site.read(JOIN_ALL);
        assert!(rows[0].starts_with("10000|"), "{options}: {rows:?}");
        each_came_once(&sent);
        for sort in ["sort=-id", "sort=id"] {
            let is_of_group = |r: &&String| r.contains("space-id=") && r.contains(sort);
            let pages = sent.iter().filter(is_of_group).count();
            assert!(pages > 10, "{options}, {sort}: {sent:#?}");
        }
    }
}

#[test]
fn an_order_that_is_broken_costs_no_row_of_a_join() {
    let mut site = Site::with(small(), "page_size '50'");
    site.execute(HASH);
    site.execute("UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass");
    for sort in ["-id", "id"] {
        let listing = Fault::on(PAGES).with("sort", sort);
        site.sim.fault(listing, Reply::OutOfOrder);
        let (rows, _) = site.read(JOIN_ALL);
        assert!(rows[0].starts_with("3000|"), "{sort}: {rows:?}");
        site.sim.clear_faults();
    }
}
