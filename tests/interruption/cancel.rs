//! Cancel, time-out and termination, wherever a query waits.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, lines, one, sqlstate_of};
use confluence_sim::{Fault, Reply, Sim};
use postgres::Client;
use postgres::config::Host;

use super::{CANCELLED, IN_GOOD_TIME, Victim, Wait};
use crate::scene::{ALL_PAGES, Scene, until};

/// How often each way to end a query is tried.
const TIMES: usize = 100;
const TERMINATED: &str = "57P01";

/// Waits until the backend waits, and nothing more happens at the site.
#[track_caller]
fn until_waiting(watcher: &mut Client, pid: i32, wait: Wait, sim: &Sim) {
    let sql = format!(
        "SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND state = 'active' AND wait_event_type = 'Extension'"
    );
    until("the query waits for the site", IN_GOOD_TIME, || {
        wait.reached(sim) && !lines(watcher, &sql).is_empty()
    });
}

/// Shows the slowest and the median, and sees to it that most are fast.
#[track_caller]
fn judge(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "cancel: {what}: {} times, median {median:.2?}, slowest {slowest:.2?}",
        times.len()
    );
    assert!(median < Duration::from_millis(50), "{what}: {median:?}");
}

/// A watcher's function that ends a backend's query, or the backend.
fn ends_with(how: &str, wait: Wait, sqlstate: &str) {
    let scene = Scene::new();
    wait.begin(&scene.sim);
    let mut watcher = scene.database.connect();
    let mut victim = Victim::new(scene.database.connect());
    let mut times = Vec::new();
    for _ in 0..TIMES {
        until("the site is at rest", IN_GOOD_TIME, || {
            scene.sim.in_flight() == 0
        });
        scene.sim.clear_log();
        victim.begin(ALL_PAGES);
        until_waiting(&mut watcher, victim.pid, wait, &scene.sim);
        let began = Instant::now();
        let told = one(&mut watcher, &format!("SELECT {how}({})", victim.pid));
        let (ended, result) = victim.outcome();
        assert_eq!(told, "t");
        let raised = result.unwrap_err();
        // The client library may see the end of the connection before it has looked at the last message.
        let unread = sqlstate == TERMINATED && raised.is_closed();
        assert!(unread || sqlstate_of(&raised) == sqlstate, "{raised:?}");
        times.push(ended.duration_since(began));
        if sqlstate == TERMINATED {
            let farewell = format!(
                "[{}] postgres@{} FATAL:  terminating connection due to administrator command",
                victim.pid,
                scene.database.name()
            );
            assert!(scene.database.log().contains(&farewell));
            victim = Victim::new(scene.database.connect());
        }
    }
    judge(&format!("{how}, waiting for {wait:?}"), times);
    until("the site is at rest", IN_GOOD_TIME, || {
        scene.sim.in_flight() == 0
    });
}

#[test]
fn a_cancel_takes_effect_while_a_server_does_not_answer() {
    ends_with("pg_cancel_backend", Wait::Answer, CANCELLED);
}

#[test]
fn a_cancel_takes_effect_during_a_pause() {
    ends_with("pg_cancel_backend", Wait::Pause, CANCELLED);
}

#[test]
fn a_cancel_takes_effect_while_the_site_is_asked_who_one_is() {
    ends_with("pg_cancel_backend", Wait::Identity, CANCELLED);
}

#[test]
fn a_termination_takes_effect_while_a_server_does_not_answer() {
    ends_with("pg_terminate_backend", Wait::Answer, TERMINATED);
}

#[test]
fn a_termination_takes_effect_during_a_pause() {
    ends_with("pg_terminate_backend", Wait::Pause, TERMINATED);
}

#[test]
fn a_statement_timeout_takes_effect_wherever_the_query_waits() {
    let limit = Duration::from_millis(30);
    for wait in [Wait::Answer, Wait::Pause, Wait::Identity] {
        let mut scene = Scene::new();
        wait.begin(&scene.sim);
        let set = format!("SET statement_timeout = {}", limit.as_millis());
        scene.client.batch_execute(&set).unwrap();
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            let raised = scene.client.simple_query(ALL_PAGES).unwrap_err();
            let took = began.elapsed();
            assert_eq!(sqlstate_of(&raised), CANCELLED);
            assert!(took >= limit, "{took:?}");
            times.push(took - limit);
        }
        judge(&format!("statement_timeout, waiting for {wait:?}"), times);
        // What the session does next is not touched, unless it was told to wait a minute.
        scene.sim.clear_faults();
        if !matches!(wait, Wait::Pause) {
            scene
                .client
                .batch_execute("RESET statement_timeout")
                .unwrap();
            scene.reads_all_pages();
        }
    }
}

#[test]
fn a_cancel_takes_effect_wherever_a_plan_waits() {
    for sql in [
        "SELECT count(*) FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id",
        "SELECT * FROM confluence_permissions",
        "CREATE TABLE copied AS SELECT id FROM confluence_pages",
        "DO $$BEGIN FOR i IN 1..3 LOOP PERFORM count(*) FROM confluence_pages; END LOOP; END$$",
        "EXPLAIN ANALYZE SELECT id FROM confluence_pages",
        "COPY (SELECT id FROM confluence_pages) TO '/dev/null'",
    ] {
        let scene = Scene::new();
        scene
            .sim
            .fault(Fault::under("/wiki/api/"), Reply::NeverAnswer);
        let mut watcher = scene.database.connect();
        let victim = Victim::new(scene.database.connect());
        victim.begin(sql);
        until_waiting(&mut watcher, victim.pid, Wait::Answer, &scene.sim);
        one(
            &mut watcher,
            &format!("SELECT pg_cancel_backend({})", victim.pid),
        );
        let (_, result) = victim.outcome();
        assert_eq!(sqlstate_of(&result.unwrap_err()), CANCELLED, "{sql}");
        scene.sim.clear_faults();
        victim.begin(ALL_PAGES);
        assert!(victim.outcome().1.is_ok());
    }
}

#[test]
fn a_cancel_is_not_swallowed_by_an_exception_block() {
    let scene = Scene::new();
    Wait::Answer.begin(&scene.sim);
    let mut watcher = scene.database.connect();
    let victim = Victim::new(scene.database.connect());
    victim.begin(
        "DO $$BEGIN PERFORM count(*) FROM confluence_pages; EXCEPTION WHEN OTHERS THEN NULL; END$$",
    );
    until_waiting(&mut watcher, victim.pid, Wait::Answer, &scene.sim);
    one(
        &mut watcher,
        &format!("SELECT pg_cancel_backend({})", victim.pid),
    );
    assert_eq!(sqlstate_of(&victim.outcome().1.unwrap_err()), CANCELLED);
}

/// A client that sends a query and then is gone: no farewell, just a closed socket.
struct RudeClient(UnixStream);

impl RudeClient {
    fn new(database: &Database, parameters: &[(&str, &str)], sql: &str) -> Self {
        let config = database.config_as("postgres");
        let [Host::Unix(directory)] = config.get_hosts() else {
            panic!("a socket expected");
        };
        let path = directory.join(format!(".s.PGSQL.{}", config.get_ports()[0]));
        let mut stream = UnixStream::connect(path).expect("the server listens");
        let mut startup = 196_608_u32.to_be_bytes().to_vec();
        let known = [("user", "postgres"), ("database", database.name())];
        for (name, value) in known.iter().chain(parameters) {
            startup.extend([name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat());
        }
        startup.push(0);
        send(&mut stream, &startup);
        while message(&mut stream) != b'Z' {}
        stream.write_all(b"Q").expect("the server reads");
        send(&mut stream, &[sql.as_bytes(), b"\0"].concat());
        Self(stream)
    }

    fn leave(self) {
        self.0.shutdown(Shutdown::Both).expect("a connected socket");
    }
}

fn send(stream: &mut UnixStream, body: &[u8]) {
    let length = u32::try_from(body.len() + 4).expect("a short message");
    stream
        .write_all(&[&length.to_be_bytes(), body].concat())
        .expect("the server reads");
}

/// The kind of the next message of the server.
fn message(stream: &mut UnixStream) -> u8 {
    let mut head = [0; 5];
    stream.read_exact(&mut head).expect("the server answers");
    let [kind, length @ ..] = head;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body).expect("the server answers");
    kind
}

#[test]
fn a_client_that_goes_away_takes_its_query_with_it() {
    for wait in [Wait::Answer, Wait::Pause] {
        let scene = Scene::new();
        wait.begin(&scene.sim);
        let mut watcher = scene.database.connect();
        let parameters = [
            ("application_name", "rude"),
            ("client_connection_check_interval", "20ms"),
        ];
        let client = RudeClient::new(&scene.database, &parameters, ALL_PAGES);
        let sql = format!(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'rude' AND datname = '{}'",
            scene.database.name()
        );
        let pid = one(&mut watcher, &sql).parse().unwrap();
        until_waiting(&mut watcher, pid, wait, &scene.sim);
        client.leave();
        until("the backend is gone", IN_GOOD_TIME, || {
            lines(&mut watcher, &sql).is_empty()
        });
        until("the site is at rest", IN_GOOD_TIME, || {
            scene.sim.in_flight() == 0
        });
    }
}
