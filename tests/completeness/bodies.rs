//! Bodies: fewer at a time where the site fails on many.

use confluence_fdw_tests::{lines, literal, one};
use confluence_sim::{Fault, Options, Organisation, Reply, Request, Size};

use super::detail_has;
use crate::scene::{PAGES, Scene};

/// A site of 130 pages, read with their bodies; the site fails like this on pages of 50.
#[track_caller]
fn reads_bodies_in_spite_of(fault: Fault, reply: Reply) -> Vec<String> {
    let site = Organisation::sized(Size {
        spaces: 3,
        pages: 130,
        permissions: 3,
        users: 3,
        seed: 3,
        largest_space_share: 0.5,
    });
    let mut scene = Scene::of(Options::of(site.clone()), "max_concurrency '1'");
    scene.sim.fault(fault, reply);
    let mut found = lines(
        &mut scene.client,
        "SELECT id, md5(body_storage) FROM confluence_pages",
    );
    found.sort_unstable();
    let mut expected: Vec<String> = site
        .listed_pages()
        .map(|page| {
            let body = literal(&page.storage_body());
            let sql = format!("SELECT {}, md5({body})", page.id());
            one(&mut scene.client, &sql)
        })
        .collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let limit = |request: &Request| request.parameter("limit").unwrap_or_default().to_owned();
    scene.sim.data_requests().iter().map(limit).collect()
}

#[test]
fn a_site_that_fails_on_many_bodies_is_asked_for_fewer() {
    for code in [500, 502, 503, 504] {
        let sent =
            reads_bodies_in_spite_of(Fault::on(PAGES).with("limit", "50"), Reply::status(code));
        assert_eq!(sent, ["50", "25", "25", "25", "25", "25", "25"], "{code}");
    }
    let sent = reads_bodies_in_spite_of(
        Fault::on(PAGES).with("limit", "50").page(2),
        Reply::status(500),
    );
    assert_eq!(sent, ["50", "50", "25", "25", "25", "25"]);
}

#[test]
fn a_limit_on_the_rate_of_requests_does_not_change_how_many_bodies_are_asked_for() {
    let throttled = Reply::TooManyRequests {
        retry_after: Some("0".into()),
    };
    let sent = reads_bodies_in_spite_of(Fault::on(PAGES).page(2).times(2), throttled);
    assert_eq!(sent, ["50", "50", "50", "50", "50"]);
}

#[test]
fn a_site_that_fails_on_every_number_of_bodies_is_an_error() {
    let mut scene = Scene::with("max_retries '0'");
    scene.sim.fault(Fault::on(PAGES), Reply::status(500));
    let raised = scene.fails(
        "SELECT body_storage FROM confluence_pages",
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    detail_has(&raised, "limit=1");
}

#[test]
fn a_page_size_below_that_for_bodies_is_kept() {
    let mut scene = Scene::new();
    lines(
        &mut scene.client,
        "SELECT body_storage FROM confluence_pages",
    );
    assert!(
        scene
            .sim
            .data_requests()
            .iter()
            .all(|request| request.parameter("limit") == Some("10"))
    );
}
