//! Errors and cancels leave nothing behind.

use confluence_fdw_tests::{error, one};
use confluence_sim::{Fault, Reply};

use super::{HASH, KEEP_NOTHING, LOOP, tiny};
use crate::scene::{PAGES, Scene};

#[test]
fn an_answer_that_did_not_come_is_asked_for_again() {
    let mut site = tiny();
    // That there is no such space is an answer.
    let (rows, sent) = site.read(
        "SELECT (SELECT count(*) FROM confluence_permissions WHERE space_id = 3 + 0 * g) FROM generate_series(1, 4) AS g",
    );
    assert_eq!((rows, sent.len()), (vec!["0".to_owned(); 4], 1));
    site.execute(HASH);
    let sql = "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)";
    for page in [1, 3] {
        site.sim
            .fault(Fault::on(PAGES).page(page).times(1), Reply::NamedNotFound);
        error(&mut site.client, sql);
        let (rows, sent) = site.read(sql);
        assert_eq!((rows, sent.len()), (vec!["45".to_owned()], 5), "{page}");
    }
}

#[test]
fn a_statement_that_was_cancelled_leaves_nothing() {
    let mut site = tiny();
    site.execute(HASH);
    let sql = "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b USING (id)";
    for page in 1..=5 {
        site.sim
            .fault(Fault::on(PAGES).page(page).times(1), Reply::NeverAnswer);
        site.execute("SET statement_timeout = '100ms'");
        assert_eq!(error(&mut site.client, sql).code().code(), "57014");
        site.execute("RESET statement_timeout");
        site.sim.clear_faults();
        let (rows, sent) = site.read(sql);
        assert_eq!((rows, sent.len()), (vec!["45".to_owned()], 5), "{page}");
    }
}

#[test]
fn what_is_served_again_does_not_count_against_the_limit() {
    let mut scene = Scene::with("max_requests '5'");
    scene.client.batch_execute(LOOP).unwrap();
    let sql = "SELECT count(*) FROM generate_series(1, 4) AS g
               CROSS JOIN LATERAL (SELECT id FROM confluence_pages OFFSET 0 * g) AS p";
    assert_eq!(one(&mut scene.client, sql), "180");
    scene.client.batch_execute(KEEP_NOTHING).unwrap();
    assert_eq!(error(&mut scene.client, sql).code().code(), "54000");
}
