//! A server that crashes in the middle of a refresh: the mirror shows what it has shown, or what was published.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use confluence_fdw_tests::{Database, lines, one, site_statements};
use confluence_sim::{Fault, Options, Reply, Sim};
use postgres::Client;

use super::failing::STEPS;
use super::state_of;
use crate::own_server::OwnServer;
use crate::scene::{page_ids, small_site, until};

const IN_TIME: Duration = Duration::from_secs(60);
const REFRESH: &str = "CALL confluence.refresh('acme')";

/// A server of the test's own with a mirror that was refreshed once, and a session there.
struct Place<'d> {
    client: Client,
    server: OwnServer<'d>,
    sim: Sim,
}

/// A refresh in a session of its own.
struct Running {
    pid: i32,
    outcome: JoinHandle<Result<(), postgres::Error>>,
}

impl<'d> Place<'d> {
    #[track_caller]
    fn new(beside: &'d Database) -> Self {
        let sim = Sim::start(Options::of(small_site()));
        let server = OwnServer::new(beside, &[]);
        let mut client = server.connect("postgres");
        let site = site_statements(&sim, "");
        let make = format!(
            "CREATE EXTENSION confluence_fdw; {site}; SELECT confluence.create_mirror('site', 'acme')"
        );
        client.batch_execute(&make).unwrap();
        client.batch_execute(REFRESH).unwrap();
        Self {
            client,
            server,
            sim,
        }
    }

    fn begin(&self) -> Running {
        let mut client = self.server.connect("postgres");
        let pid = client
            .query_one("SELECT pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        let outcome = thread::spawn(move || client.batch_execute(REFRESH));
        Running { pid, outcome }
    }

    /// Renames a page, to a title that no other has had.
    fn rename(&self, title: &str) -> u64 {
        let page = page_ids(&self.sim.organisation())[0];
        self.sim
            .edit(|site| site.rename_page(page, title).expect("a page"));
        page
    }

    /// What a session waits for.
    fn waits_for(&mut self, pid: i32) -> String {
        let sql = format!(
            "SELECT wait_event_type || ' ' || wait_event FROM pg_stat_activity WHERE pid = {pid}"
        );
        lines(&mut self.client, &sql).pop().unwrap_or_default()
    }

    #[track_caller]
    fn until_it_waits(&mut self, pid: i32, what: &str) {
        until(what, IN_TIME, || self.waits_for(pid).starts_with(what));
    }

    /// Kills a session so that all others go with it, and comes back when the server has recovered.
    #[track_caller]
    fn crash(&mut self, running: Running) {
        self.server.run(&format!("kill -9 {}", running.pid));
        running.outcome.join().unwrap().unwrap_err();
        // Ours goes when the server knows; from then on it lets nobody in until it has recovered.
        until("all sessions are gone", IN_TIME, || {
            self.client.simple_query("SELECT 1").is_err()
        });
        let mut fresh = None;
        until("the server is back", IN_TIME, || {
            fresh = self.server.try_connect("postgres").ok();
            fresh.is_some()
        });
        self.client = fresh.expect("a session");
        self.sim.clear_faults();
        until("nothing is under way", IN_TIME, || {
            self.sim.in_flight() == 0
        });
    }

    /// No lock of a refresh is left.
    #[track_caller]
    fn nobody_has_the_lock(&mut self) {
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_namespace'::regclass";
        assert_eq!(one(&mut self.client, locks), "0");
    }

    /// The last two runs, the latest first: status, and which one it goes on from.
    fn last_runs(&mut self) -> Vec<String> {
        lines(
            &mut self.client,
            "SELECT status, resumes_run FROM acme.runs ORDER BY id DESC LIMIT 2",
        )
    }

    /// The functions of access answer from what is published.
    #[track_caller]
    fn access_answers(&mut self, page: u64) {
        let sql = format!(
            "SELECT (SELECT count(*) > 0 FROM acme.content_access({page}) WHERE verdict = 'allowed'),
                    (SELECT count(*) > 0 FROM acme.effective_space_access),
                    (SELECT count(*) > 0 FROM acme.person_access((SELECT min(account_id) FROM acme.group_members)))"
        );
        assert_eq!(one(&mut self.client, &sql), "t|t|t");
    }

    fn title(&mut self, page: u64) -> String {
        one(
            &mut self.client,
            &format!("SELECT title FROM acme.pages WHERE id = {page}"),
        )
    }

    /// The crashed refresh has published nothing; the next one does.
    #[track_caller]
    fn is_as_before(&mut self, before: &[String], page: u64, title: &str) {
        assert_eq!(state_of(&mut self.client), before, "{title}");
        self.access_answers(page);
        let state = "SELECT state FROM confluence.mirrors WHERE mirror = 'acme'";
        assert_eq!(one(&mut self.client, state), "lost", "{title}");
        self.nobody_has_the_lock();
        self.client.batch_execute(REFRESH).unwrap();
        // What the lost run had read has not outlived the crash: all is read again.
        assert_eq!(self.last_runs(), ["complete|NULL", "lost|NULL"], "{title}");
        assert_eq!(self.title(page), title);
        self.access_answers(page);
    }
}

#[test]
fn a_crash_at_any_step_leaves_all_as_it_was_and_the_next_refresh_succeeds() {
    let beside = Database::empty();
    let mut place = Place::new(&beside);
    for path in STEPS.iter().copied() {
        let page = place.rename(path);
        let before = state_of(&mut place.client);
        place
            .sim
            .fault(Fault::on(path).forever(), Reply::NeverAnswer);
        let running = place.begin();
        until("the refresh waits", IN_TIME, || place.sim.unanswered() > 0);
        place.crash(running);
        place.is_as_before(&before, page, path);
    }
}

#[test]
fn a_crash_before_the_commit_that_publishes_shows_nothing_of_it() {
    let beside = Database::empty();
    let mut place = Place::new(&beside);
    let page = place.rename("Not yet");
    let before = state_of(&mut place.client);
    // Publishing looks at the evidence last, when all tables are written.
    let mut holder = place.server.connect("postgres");
    holder
        .batch_execute("BEGIN; LOCK TABLE acme.manifests IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let running = place.begin();
    place.until_it_waits(running.pid, "Lock relation");
    let has_written = format!(
        "SELECT count(*) FROM pg_locks WHERE pid = {} AND relation = 'acme.pages_history'::regclass AND mode = 'RowExclusiveLock'",
        running.pid
    );
    assert_eq!(one(&mut place.client, &has_written), "1");
    place.crash(running);
    place.is_as_before(&before, page, "Not yet");
}

#[test]
fn a_crash_behind_the_commit_that_publishes_shows_all_of_it() {
    let beside = Database::empty();
    let mut place = Place::new(&beside);
    place
        .client
        .batch_execute("CREATE TABLE probe AS SELECT 0 AS n")
        .unwrap();
    let page = place.rename("Published");
    let before = state_of(&mut place.client);
    let mut holder = place.server.connect("postgres");
    holder
        .batch_execute("BEGIN; LOCK TABLE acme.manifests IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let running = place.begin();
    place.until_it_waits(running.pid, "Lock relation");
    // From now on commits are written, and then wait for a standby that never comes: nobody is shown them until then.
    place
        .client
        .batch_execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        .unwrap();
    one(&mut place.client, "SELECT pg_reload_conf()");
    let mut probe = place.server.connect("postgres");
    let probing: i32 = probe
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let probe =
        thread::spawn(move || while probe.execute("UPDATE probe SET n = n + 1", &[]).is_ok() {});
    place.until_it_waits(probing, "IPC SyncRep");
    holder.batch_execute("ROLLBACK").unwrap();
    place.until_it_waits(running.pid, "IPC SyncRep");
    assert_eq!(state_of(&mut place.client), before);
    place.crash(running);
    probe.join().unwrap();
    place
        .client
        .batch_execute("ALTER SYSTEM RESET synchronous_standby_names")
        .unwrap();
    one(&mut place.client, "SELECT pg_reload_conf()");
    assert_eq!(place.title(page), "Published");
    assert_eq!(place.last_runs(), ["complete|NULL", "complete|NULL"]);
    let state = "SELECT state FROM confluence.mirrors WHERE mirror = 'acme'";
    assert_eq!(one(&mut place.client, state), "complete");
    place.access_answers(page);
    place.nobody_has_the_lock();
    let page = place.rename("Next");
    place.client.batch_execute(REFRESH).unwrap();
    assert_eq!(place.title(page), "Next");
    assert_eq!(place.last_runs(), ["complete|NULL", "complete|NULL"]);
}
