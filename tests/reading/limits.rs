//! How much is read of tables that list their parents first.

use confluence_fdw_tests::error;
use confluence_fdw_tests::site::{Site, small};
use confluence_sim::Organisation;

#[test]
fn a_limit_reads_no_more_parents_than_it_takes() {
    let organisation = small();
    let mut site = Site::of(organisation.clone());
    let (rows, requests) = site.read("SELECT * FROM confluence_page_versions LIMIT 9");
    assert_eq!(rows.len(), 9);
    // The pages in the order of their listing, up to the one with the ninth version.
    let mut versions = 0;
    let pages = organisation.listed_pages().take_while(|page| {
        let was_enough = versions >= 9;
        versions += organisation.versions(page.id()).len();
        !was_enough
    });
    assert_eq!(requests.len(), 1 + pages.count(), "{requests:#?}");
}

#[test]
fn a_limit_takes_of_what_is_looked_up_together_one_request() {
    let mut site = Site::of(small());
    let (rows, requests) = site.read("SELECT * FROM confluence_page_labels LIMIT 3");
    assert_eq!((rows.len(), requests.len()), (3, 2), "{requests:#?}");
    // How many of them have labels is not known: asking for fewer would only be more requests.
    assert!(requests[1].ends_with("&limit=200"), "{requests:#?}");
}

#[test]
fn a_limit_on_what_every_parent_has_reads_one() {
    let mut site = Site::of(small());
    for table in ["confluence_page_versions", "confluence_permissions"] {
        let (rows, requests) = site.read(&format!("SELECT * FROM {table} LIMIT 1"));
        assert_eq!(rows.len(), 1);
        assert_eq!(requests.len(), 2, "{requests:#?}");
    }
}

#[test]
fn nothing_is_read_for_nothing() {
    let mut site = Site::of(Organisation::demo());
    for condition in ["LIMIT 0", "WHERE false", "WHERE page_id = NULL"] {
        let (rows, requests) =
            site.read(&format!("SELECT * FROM confluence_page_labels {condition}"));
        assert_eq!((rows.len(), requests.len()), (0, 0), "{condition}");
    }
}

#[test]
fn the_requests_that_may_be_sent_count_parents_and_children() {
    let organisation = Organisation::demo();
    let pages = organisation.listed_pages().count();
    // The labels of those in use come with one search, and of those in the archive with another.
    for (table, takes) in [
        ("confluence_page_versions", 1 + pages),
        ("confluence_page_labels", 3),
    ] {
        let all = format!("SELECT count(*) FROM {table}");
        let mut enough = Site::with(organisation.clone(), &format!("max_requests '{takes}'"));
        let (_, requests) = enough.read(&all);
        assert_eq!(requests.len(), takes, "{requests:#?}");

        let fewer = format!("max_requests '{}'", takes - 1);
        let mut fewer = Site::with(organisation.clone(), &fewer);
        let raised = error(&mut fewer.client, &all);
        assert_eq!(raised.code().code(), "54000", "{raised:?}");
        assert!(raised.message().contains(table), "{}", raised.message());
        assert!(fewer.sim.data_requests().len() < takes);
    }
}
