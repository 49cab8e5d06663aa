//! One site that fails, and a cancel while all are waited for.

use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{error, message_of, one, sqlstate_of};
use confluence_sim::{Fault, Reply};

use super::{ALL, Sites};
use crate::scene::{PAGES, until};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn one_site_that_fails_fails_the_query() {
    let mut sites = Sites::partitioned();
    for site in 0..3 {
        for page in [1, 3] {
            sites.sims[site].fault(Fault::on(PAGES).page(page), Reply::Html200);
            // The others never answer: nobody waits for them.
            for other in (0..3).filter(|other| *other != site) {
                sites.sims[other].fault(Fault::on(PAGES), Reply::NeverAnswer);
            }
            assert_eq!(error(&mut sites.client, ALL).code().code(), "HV000");
            for sim in &sites.sims {
                sim.clear_faults();
            }
            assert_eq!(sites.read(ALL).0, sites.truth());
        }
    }
}

#[test]
fn a_credential_that_one_site_rejects_names_that_site() {
    let mut sites = Sites::partitioned();
    sites.sims[1].revoke_all();
    let raised = error(&mut sites.client, ALL);
    assert_eq!(raised.code().code(), "28000");
    let detail = raised.detail().unwrap_or_default();
    assert!(detail.contains("server \"globex\""), "{detail}");
}

#[test]
fn a_cancel_gets_through_while_all_sites_are_waited_for() {
    let mut sites = Sites::partitioned();
    for sim in &sites.sims {
        sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    }
    for _ in 0..5 {
        // Not by the protocol's own message: that may send two signals, of which one may meet the next query.
        let pid = one(&mut sites.client, "SELECT pg_backend_pid()");
        let mut other = sites.database.connect();
        let sims = sites.sims.clone();
        let canceller = thread::spawn(move || {
            until("all sites are asked", LONG, || {
                sims.iter().all(|sim| sim.unanswered() == 1)
            });
            one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
        });
        let raised = sites.client.simple_query(ALL).expect_err("cancelled");
        assert_eq!(sqlstate_of(&raised), "57014", "{raised:?}");
        assert!(message_of(&raised).contains("user request"), "{raised:?}");
        canceller.join().expect("it was sent");
        until("nothing is on its way", LONG, || {
            sites.sims.iter().all(|sim| sim.in_flight() == 0)
        });
    }
    for sim in &sites.sims {
        sim.clear_faults();
    }
    assert_eq!(sites.read(ALL).0, sites.truth());
}

#[test]
fn nothing_stays_open_when_a_query_is_over() {
    let mut sites = Sites::partitioned();
    let pid = one(&mut sites.client, "SELECT pg_backend_pid()");
    let open = |sites: &mut Sites| {
        sites.read(ALL);
        let sockets = std::fs::read_dir(format!("/proc/{pid}/fd")).map(|fds| {
            fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok())
                .filter(|target| target.to_string_lossy().starts_with("socket:"))
                .count()
        });
        sockets.ok()
    };
    let before = open(&mut sites);
    for _ in 0..5 {
        sites.sims[0].fault(Fault::on(PAGES).page(2).times(1), Reply::Html200);
        error(&mut sites.client, ALL);
        sites.read("SELECT count(*) FROM pages");
    }
    // Connections are kept for the next request: at times one more for a site. A scan's own sockets would add up to
    // dozens.
    let (before, after) = (before.expect("a count"), open(&mut sites).expect("a count"));
    assert!(after <= before + sites.sims.len(), "{before}, {after}");
}
