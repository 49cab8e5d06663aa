//! Long scans tell how far they have come, where a session wants to hear it.

use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{Notices, error, lines, one, sqlstate_of};
use confluence_sim::{Fault, Reply};
use postgres::{Client, NoTls};

use crate::scene::{ALL_PAGES, PAGES, Scene, until};

/// A site of 45 pages, read ten at a time; a session, and what it is told.
struct Listener {
    client: Client,
    notices: Notices,
    scene: Scene,
}

impl Listener {
    #[track_caller]
    fn new(settings: &str) -> Self {
        let scene = Scene::new();
        let (mut client, notices) = scene.database.connect_with_notices();
        client.batch_execute(settings).expect("settings");
        Self {
            client,
            notices,
            scene,
        }
    }

    /// What a session is told while it runs a query, without the speed.
    #[track_caller]
    fn told(&mut self, sql: &str) -> Vec<String> {
        lines(&mut self.client, sql);
        told(&self.notices)
    }
}

fn told(notices: &Notices) -> Vec<String> {
    let notices = notices.take();
    notices
        .iter()
        .map(|notice| {
            assert_eq!(notice.severity(), "NOTICE");
            without_speed(notice.message())
        })
        .collect()
}

/// `…, 123 rows/s, …` as `…, …`.
fn without_speed(text: &str) -> String {
    let parts = text.split(", ");
    let (speeds, parts): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.ends_with(" rows/s"));
    assert_eq!(speeds.len(), 1, "{text}");
    let number = speeds[0].trim_end_matches(" rows/s");
    assert!(number.bytes().all(|b| b.is_ascii_digit()), "{text}");
    parts.join(", ")
}

const EVERY_BATCH: &str =
    "SET confluence_fdw.progress = on; SET confluence_fdw.progress_interval = 0";
/// Rows on demand, so that no request leaves before the rows of the one before have been told of.
const ON_DEMAND: &str =
    "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages; FETCH ALL FROM c; COMMIT";

#[test]
fn nobody_is_told_who_has_not_asked() {
    let mut listener = Listener::new("");
    assert_eq!(listener.told(ALL_PAGES), [""; 0]);
    assert_eq!(
        one(&mut listener.client, "SHOW confluence_fdw.progress"),
        "off"
    );
    assert_eq!(
        one(
            &mut listener.client,
            "SHOW confluence_fdw.progress_interval"
        ),
        "5s"
    );
}

#[test]
fn every_batch_can_be_told_of() {
    let mut listener = Listener::new(EVERY_BATCH);
    assert_eq!(
        listener.told(ON_DEMAND),
        [
            "reading public.confluence_pages: 1 request, 10 rows",
            "reading public.confluence_pages: 2 requests, 20 rows",
            "reading public.confluence_pages: 3 requests, 30 rows",
            "reading public.confluence_pages: 4 requests, 40 rows",
            "reading public.confluence_pages: 5 requests, 45 rows",
            "read public.confluence_pages: 5 requests, 45 rows",
        ]
    );
}

#[test]
fn the_share_is_told_where_the_size_is_known() {
    let mut listener = Listener::new(EVERY_BATCH);
    listener
        .scene
        .database
        .execute("UPDATE pg_class SET reltuples = 45 WHERE oid = 'confluence_pages'::regclass");
    assert_eq!(
        listener.told(ON_DEMAND),
        [
            "reading public.confluence_pages: 1 request, 10 rows, 22% of the table",
            "reading public.confluence_pages: 2 requests, 20 rows, 44% of the table",
            "reading public.confluence_pages: 3 requests, 30 rows, 67% of the table",
            "reading public.confluence_pages: 4 requests, 40 rows, 89% of the table",
            "reading public.confluence_pages: 5 requests, 45 rows, 100% of the table",
            "read public.confluence_pages: 5 requests, 45 rows",
        ]
    );
    // Not where a condition or a limit leaves some of the rows out.
    let id = listener.scene.page_ids()[0];
    for sql in [
        format!("SELECT id FROM confluence_pages WHERE id = {id}"),
        "SELECT id FROM confluence_pages LIMIT 1".to_owned(),
    ] {
        let told = listener.told(&sql);
        assert_eq!(told.len(), 2, "{told:#?}");
        assert!(told.iter().all(|text| !text.contains('%')), "{told:#?}");
    }
}

#[test]
fn a_scan_that_is_stopped_says_so() {
    let mut listener = Listener::new(EVERY_BATCH);
    assert_eq!(
        listener.told("SELECT id FROM confluence_pages LIMIT 15"),
        [
            "reading public.confluence_pages: 1 request, 10 rows",
            "reading public.confluence_pages: 2 requests, 20 rows",
            "stopped reading public.confluence_pages: 2 requests, 20 rows",
        ]
    );
}

#[test]
fn within_the_interval_only_the_end_is_told() {
    let mut listener = Listener::new(
        "SET confluence_fdw.progress = on; SET confluence_fdw.progress_interval = '1d'",
    );
    let end = "read public.confluence_pages: 5 requests, 45 rows";
    assert_eq!(listener.told(ALL_PAGES), [end]);
    assert_eq!(
        listener.told("EXPLAIN ANALYZE SELECT id FROM confluence_pages"),
        [end]
    );
    for sql in [
        "EXPLAIN SELECT id FROM confluence_pages",
        "SELECT id FROM confluence_pages LIMIT 0",
        "SELECT id FROM confluence_pages WHERE false",
    ] {
        assert_eq!(listener.told(sql), [""; 0], "{sql}");
    }
    lines(&mut listener.client, "SET confluence_fdw.progress = off");
    assert_eq!(listener.told(ALL_PAGES), [""; 0]);
}

#[test]
fn of_many_runs_the_first_and_their_sum_are_told() {
    let mut listener = Listener::new(
        "SET confluence_fdw.progress = on; SET confluence_fdw.progress_interval = '1d'",
    );
    let ids = listener.scene.page_ids();
    let sql = format!(
        "SELECT (SELECT title FROM confluence_pages WHERE id = v.id) FROM (VALUES ({}), ({}), ({})) v (id)",
        ids[0], ids[1], ids[2]
    );
    assert_eq!(
        listener.told(&sql),
        [
            "read public.confluence_pages: 1 request, 1 row",
            "read public.confluence_pages: 3 requests, 3 rows",
        ]
    );
}

#[test]
fn pauses_are_told() {
    let mut listener = Listener::new("SET confluence_fdw.progress = on");
    listener.scene.sim.fault(
        Fault::on(PAGES).page(2).times(1),
        Reply::retry_after(429, "0.2"),
    );
    let told = listener.told(ALL_PAGES);
    let text = told.last().expect("the end");
    let pause = text
        .strip_prefix("read public.confluence_pages: 6 requests, 45 rows, throttled for ")
        .and_then(|text| text.strip_suffix(" s"));
    let pause: f64 = pause
        .and_then(|pause| pause.parse().ok())
        .unwrap_or_else(|| panic!("{told:#?}"));
    assert!(pause >= 0.2, "{told:#?}");
}

#[test]
fn a_long_wait_is_told_of_while_it_lasts() {
    let mut listener = Listener::new(
        "SET confluence_fdw.progress = on; SET confluence_fdw.progress_interval = '1ms'",
    );
    listener
        .scene
        .sim
        .fault(Fault::on(PAGES).page(3), Reply::NeverAnswer);
    let cancel = listener.client.cancel_token();
    let heard = listener.notices.clone();
    let waiting = "reading public.confluence_pages: 3 requests, 20 rows";
    let canceller = thread::spawn(move || {
        let mut all = Vec::new();
        until(
            "the wait is told of, again and again",
            Duration::from_secs(60),
            || {
                all.extend(told(&heard));
                all.iter().filter(|text| *text == waiting).count() >= 3
            },
        );
        cancel.cancel_query(NoTls).expect("a cancel");
    });
    let raised = listener
        .client
        .simple_query(ALL_PAGES)
        .expect_err("cancelled");
    assert_eq!(sqlstate_of(&raised), "57014", "{raised:?}");
    canceller.join().expect("it was told of");
}

#[test]
fn several_scans_tell_of_themselves() {
    let mut listener = Listener::new("SET confluence_fdw.progress = on");
    let sql = "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_spaces";
    let mut told = listener.told(sql);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "read public.confluence_pages: 5 requests, 45 rows",
            "read public.confluence_spaces: 1 request, 3 rows",
        ]
    );
}

#[test]
fn anybody_may_ask_and_nobody_may_misspell() {
    let scene = Scene::new();
    let role = scene.database.role("reader");
    scene
        .database
        .execute(&format!("GRANT SELECT ON confluence_pages TO {role}"));
    let mut client = scene.database.connect_as(&role);
    lines(
        &mut client,
        "SET confluence_fdw.progress = on; SET confluence_fdw.progress_interval = '2s'",
    );
    lines(&mut client, "SELECT id FROM confluence_pages LIMIT 1");
    assert_eq!(
        one(&mut client, "SHOW confluence_fdw.progress_interval"),
        "2s"
    );
    let raised = error(&mut client, "SET confluence_fdw.progress_interval = -1");
    assert_eq!(raised.code().code(), "22023");
    let raised = error(&mut client, "SET confluence_fdw.progres = on");
    assert_eq!(raised.code().code(), "42602");
}
