//! Laziness: nothing is read before it is wanted.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{lines, requests, sqlstate_of};
use confluence_sim::{Fault, Options, Organisation, Reply};

use super::gives;
use crate::scene::{ALL_PAGES, PAGES, Scene, until};

/// More than a loaded machine needs.
const LONG: Duration = Duration::from_secs(30);

#[test]
fn nothing_is_sent_before_the_first_row_is_wanted() {
    let mut scene = Scene::new();
    for sql in [
        "BEGIN",
        "DECLARE c CURSOR FOR SELECT id FROM confluence_pages",
        "PREPARE q AS SELECT id FROM confluence_pages",
        "EXPLAIN (VERBOSE) SELECT * FROM confluence_pages",
        "CREATE VIEW v AS SELECT id FROM confluence_pages",
        "SELECT id FROM confluence_pages LIMIT 0",
        "SELECT id FROM confluence_pages WHERE false",
        "FETCH 0 FROM c",
        "CLOSE c",
        "COMMIT",
    ] {
        scene.client.batch_execute(sql).unwrap();
        assert!(scene.sim.log().is_empty(), "{sql}");
    }
}

#[test]
fn a_cursor_reads_as_far_as_it_is_moved() {
    let mut scene = Scene::new();
    let begin = "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages";
    gives(&mut scene, begin, 0, 0);
    gives(&mut scene, "FETCH 1 FROM c", 1, 1);
    gives(&mut scene, "FETCH 9 FROM c", 9, 1);
    gives(&mut scene, "FETCH 1 FROM c", 1, 2);
    gives(&mut scene, "MOVE 9 IN c", 0, 2);
    gives(&mut scene, "MOVE 1 IN c", 0, 3);
    gives(&mut scene, "CLOSE c; COMMIT", 0, 3);
    scene.reads_all_pages();
}

#[test]
fn a_cursor_that_scrolls_asks_for_nothing_twice() {
    let mut scene = Scene::new();
    let begin = "BEGIN; DECLARE c SCROLL CURSOR FOR SELECT id FROM confluence_pages";
    gives(&mut scene, begin, 0, 0);
    let forward = lines(&mut scene.client, "FETCH 15 FROM c");
    assert_eq!(requests(&scene.sim).len(), 2);
    let mut backward = lines(&mut scene.client, "MOVE 1 IN c; FETCH BACKWARD 15 FROM c");
    backward.reverse();
    assert_eq!(backward, forward);
    gives(&mut scene, "MOVE ABSOLUTE 0 IN c; FETCH 15 FROM c", 15, 2);
    assert_eq!(
        lines(&mut scene.client, "FETCH LAST FROM c").len()
            + lines(&mut scene.client, "FETCH FIRST FROM c").len(),
        2
    );
    gives(&mut scene, "COMMIT", 0, 5);
}

#[test]
fn a_cursor_that_outlives_its_transaction_holds_all_rows() {
    let mut scene = Scene::new();
    let begin =
        "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT id FROM confluence_pages; FETCH 1 FROM c";
    gives(&mut scene, begin, 1, 1);
    scene.client.batch_execute("COMMIT").unwrap();
    let sent = requests(&scene.sim).len();
    gives(&mut scene, "FETCH ALL FROM c", 44, sent);
    scene.client.batch_execute("CLOSE c").unwrap();
}

#[test]
fn a_portal_of_the_protocol_reads_as_far_as_it_is_asked() {
    let mut scene = Scene::new();
    // A limit that nobody reaches tells the planner that the first rows count.
    let sql = format!("{ALL_PAGES} LIMIT 44");
    let mut transaction = scene.client.transaction().unwrap();
    let portal = transaction.bind(&*sql, &[]).unwrap();
    assert!(scene.sim.log().is_empty());
    for (rows, sent) in [(1, 1), (9, 1), (10, 2), (1, 3)] {
        let found = transaction.query_portal(&portal, rows).unwrap();
        assert_eq!(found.len(), rows as usize);
        assert_eq!(requests(&scene.sim).len(), sent);
    }
    transaction.commit().unwrap();
}

#[test]
fn reading_ahead_is_bounded_and_ends_with_the_query() {
    let mut scene = Scene::of(Options::of(Organisation::standard()), "page_size '10'");
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NeverAnswer);
    // The loop stays at its first row until the request that is ahead of it has come to the site: what a query that
    // ends leaves behind on a connection would be counted now or later.
    let mut other = scene.database.connect();
    other.batch_execute("SELECT pg_advisory_lock(1)").unwrap();
    let sim = Arc::clone(&scene.sim);
    let holder = thread::spawn(move || {
        until("the next page is asked for", LONG, || sim.unanswered() == 1);
        other.batch_execute("SELECT pg_advisory_unlock(1)").unwrap();
    });
    scene
        .client
        .batch_execute(
            "DO $$DECLARE p record; BEGIN FOR p IN SELECT id FROM confluence_pages LOOP
               PERFORM pg_advisory_lock(1); EXIT; END LOOP; END$$",
        )
        .unwrap();
    holder.join().expect("the loop went on");
    until("the read has ended", LONG, || scene.sim.in_flight() == 0);
    assert_eq!(requests(&scene.sim).len(), 2);
}

#[test]
fn what_is_wanted_whole_is_read_on_while_another_branch_is_waited_for() {
    let mut scene = Scene::of(Options::of(Organisation::standard()), "");
    let groups = "/wiki/rest/api/group";
    scene.sim.fault(Fault::under(groups), Reply::NeverAnswer);
    // PostgreSQL reads the sorted branch in one go, and takes nothing of the other one meanwhile.
    let sql = "SELECT count(*) FROM (SELECT id::text FROM confluence_permissions
               UNION ALL (SELECT id FROM confluence_groups ORDER BY name LIMIT 5)) AS t";
    let asked = |operation: &str| {
        let log = scene.sim.log();
        let of_operation = log
            .iter()
            .filter(|request| request.operation == Some(operation));
        of_operation.count()
    };
    // Ends the statement where nothing else does.
    scene
        .client
        .batch_execute("SET statement_timeout = '60s'")
        .unwrap();
    let token = scene.client.cancel_token();
    thread::scope(|scope| {
        scope.spawn(|| {
            until("much is read ahead", LONG, || {
                asked("getGroupV1") == 1 && asked("getSpacePermissionsAssignments") >= 40
            });
            token.cancel_query(postgres::NoTls).expect("cancelled");
        });
        let ended = scene.client.batch_execute(sql);
        assert_eq!(sqlstate_of(&ended.expect_err("it never ends")), "57014");
    });
}

#[test]
fn a_question_of_existence_reads_one_page() {
    let mut scene = Scene::new();
    gives(
        &mut scene,
        "SELECT EXISTS (SELECT FROM confluence_pages)",
        1,
        1,
    );
    gives(&mut scene, "SELECT id FROM confluence_pages LIMIT 1", 1, 2);
    gives(
        &mut scene,
        "SELECT id FROM confluence_pages FETCH FIRST ROW ONLY",
        1,
        3,
    );
}
