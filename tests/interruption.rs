//! A query that waits for the site ends at once when it is told to, and leaves nothing behind.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, lines, one, skip, sqlstate_of};
use confluence_sim::{Fault, Options, Organisation, Reply, Sim, Size};
use postgres::Client;
use postgres::config::Host;

use crate::scene::{ALL_PAGES, PAGES, Scene, WHO_AM_I, page_ids, until};

/// How often each way to end a query is tried.
const TIMES: usize = 100;
const IN_GOOD_TIME: Duration = Duration::from_secs(30);
const CANCELLED: &str = "57014";
const TERMINATED: &str = "57P01";

/// What a query can wait for.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// A server that never answers.
    Answer,
    /// The end of a pause of a minute.
    Pause,
    /// A server that never says who one is.
    Identity,
}

impl Wait {
    fn begin(self, sim: &Sim) {
        match self {
            Self::Answer => sim.fault(Fault::on(PAGES), Reply::NeverAnswer),
            Self::Pause => {
                let retry_after = Some("60".to_owned());
                sim.fault(Fault::on(PAGES), Reply::TooManyRequests { retry_after });
            }
            Self::Identity => sim.fault(Fault::on(WHO_AM_I), Reply::NeverAnswer),
        }
    }

    /// Whether the site has got as far as it gets.
    fn reached(self, sim: &Sim) -> bool {
        match self {
            Self::Answer => sim.in_flight() == 1,
            // A session that was told to wait waits in later queries, too, and sends nothing.
            Self::Pause => sim.in_flight() == 0,
            Self::Identity => sim.in_flight() == 1 && !sim.probes().is_empty(),
        }
    }
}

/// How a query came to its end, and when.
type Outcome = (Instant, Result<(), postgres::Error>);

/// A session that runs queries on a thread of its own, so that somebody can watch it wait.
struct Victim {
    pid: i32,
    queries: Sender<String>,
    outcomes: Receiver<Outcome>,
}

impl Victim {
    fn new(mut client: Client) -> Self {
        let pid = pid_of(&mut client);
        let (queries, commands) = channel::<String>();
        let (results, outcomes) = channel();
        thread::spawn(move || {
            for sql in commands {
                let result = client.simple_query(&sql).map(drop);
                if results.send((Instant::now(), result)).is_err() {
                    return;
                }
            }
        });
        Self {
            pid,
            queries,
            outcomes,
        }
    }

    fn begin(&self, sql: &str) {
        self.queries
            .send(sql.to_owned())
            .expect("the session is there");
    }

    fn outcome(&self) -> Outcome {
        self.outcomes
            .recv_timeout(IN_GOOD_TIME)
            .expect("the query ends")
    }
}

fn pid_of(client: &mut Client) -> i32 {
    one(client, "SELECT pg_backend_pid()")
        .parse()
        .expect("a process id")
}

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

// --- What stays behind -----------------------------------------------------------------------------------------------

/// What the operating system knows of a backend; None where it does not tell us.
struct Process(i32);

impl Process {
    fn of(client: &mut Client) -> Option<Self> {
        let process = Self(pid_of(client));
        let readable = process.count("fd").is_some() && process.status("RssAnon:").is_some();
        if !readable {
            skip("/proc of the server's processes is not to be read: run as root or as their user");
        }
        readable.then_some(process)
    }

    fn count(&self, what: &str) -> Option<usize> {
        Some(
            fs::read_dir(format!("/proc/{}/{what}", self.0))
                .ok()?
                .count(),
        )
    }

    fn status(&self, field: &str) -> Option<String> {
        field_of(&format!("/proc/{}/status", self.0), field)
    }

    /// Memory that is its own, in KiB.
    fn memory(&self) -> u64 {
        let field = self.status("RssAnon:").expect("the process is there");
        field.trim_end_matches(" kB").parse().expect("a number")
    }

    fn descriptors_and_threads(&self) -> (usize, usize) {
        let count = |what| self.count(what).expect("the process is there");
        (count("fd"), count("task"))
    }
}

fn field_of(path: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    Some(line[field.len()..].trim().to_owned())
}

#[test]
fn a_thousand_cancelled_scans_leave_nothing_behind() {
    let scene = Scene::new();
    let mut watcher = scene.database.connect();
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    client.batch_execute(ALL_PAGES).unwrap();
    Wait::Answer.begin(&scene.sim);
    let victim = Victim::new(client);
    let mut before = None;
    for round in 0..1_000 {
        until("the site is at rest", IN_GOOD_TIME, || {
            scene.sim.in_flight() == 0
        });
        if round == 100 {
            before = Some((process.descriptors_and_threads(), process.memory()));
        }
        victim.begin(ALL_PAGES);
        until("the request is there", IN_GOOD_TIME, || {
            scene.sim.in_flight() == 1
        });
        // The request may be on its way before the backend has gone to sleep: either way the cancel arrives.
        one(
            &mut watcher,
            &format!("SELECT pg_cancel_backend({})", victim.pid),
        );
        assert_eq!(sqlstate_of(&victim.outcome().1.unwrap_err()), CANCELLED);
    }
    until("the site is at rest", IN_GOOD_TIME, || {
        scene.sim.in_flight() == 0
    });
    let (before, memory) = before.unwrap();
    until(
        "descriptors are closed, threads ended",
        IN_GOOD_TIME,
        || {
            let now = process.descriptors_and_threads();
            now.0 <= before.0 && now.1 <= before.1
        },
    );
    let grown = process.memory().saturating_sub(memory);
    println!(
        "cancel: 900 cancelled scans, {before:?} descriptors and threads before and after, {grown} KiB more memory"
    );
    assert!(grown < 4 << 10, "{grown} KiB");
    scene.sim.clear_faults();
    victim.begin(ALL_PAGES);
    assert!(victim.outcome().1.is_ok());
}

#[test]
fn a_session_that_reads_again_and_again_uses_one_connection() {
    let mut scene = Scene::new();
    for _ in 0..50 {
        scene.reads_all_pages();
    }
    let mut connections: Vec<u64> = scene
        .sim
        .log()
        .iter()
        .map(|request| request.connection)
        .collect();
    connections.sort_unstable();
    connections.dedup();
    // Two: who one is was asked beside the first page.
    assert!(connections.len() <= 2, "{connections:?}");
}

#[test]
fn threads_beside_the_backends_own_take_no_signals() {
    let mut scene = Scene::new();
    // A name, so that a thread that looks names up is there, too.
    let url = scene.sim.url().replace("127.0.0.1", "localhost");
    scene
        .client
        .batch_execute(&format!("ALTER SERVER site OPTIONS (SET base_url '{url}')"))
        .unwrap();
    scene.reads_all_pages();
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    let tasks = fs::read_dir(format!("/proc/{}/task", process.0)).unwrap();
    let others: Vec<String> = tasks
        .map(|task| task.unwrap().file_name().into_string().unwrap())
        .filter(|task| *task != process.0.to_string())
        .collect();
    assert!(!others.is_empty());
    // All but KILL and STOP, which nobody can block.
    let blockable = 0x7fff_ffff_u64 & !(1 << 8) & !(1 << 18);
    for task in others {
        let path = format!("/proc/{}/task/{task}/status", process.0);
        let Some(blocked) = field_of(&path, "SigBlk:") else {
            continue; // it has ended
        };
        let blocked = u64::from_str_radix(&blocked, 16).unwrap();
        assert_eq!(blocked & blockable, blockable, "{blocked:x}");
    }
}

#[test]
fn the_backends_own_signals_are_as_before() {
    let mut scene = Scene::new();
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    // Signals above 31 are the C library's own, for its threads.
    let masks = || {
        ["SigBlk:", "SigIgn:", "SigCgt:"].map(|field| {
            let mask = process.status(field).expect("the process is there");
            u64::from_str_radix(&mask, 16).expect("a mask") & 0x7fff_ffff
        })
    };
    let before = masks();
    scene.reads_all_pages();
    assert_eq!(masks(), before);
}

// --- Memory ----------------------------------------------------------------------------------------------------------

/// The most memory of its own that a process has, looked at again and again while something happens.
fn most_memory(process: &Process, happens: impl FnOnce()) -> u64 {
    let over = Arc::new(AtomicBool::new(false));
    let sampling = {
        let (over, pid) = (over.clone(), process.0);
        thread::spawn(move || {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(Process(pid).memory());
                thread::sleep(Duration::from_millis(5));
            }
            most
        })
    };
    happens();
    over.store(true, Ordering::Relaxed);
    sampling.join().expect("the sampler does not panic")
}

/// One at a time: these are large.
static LARGE: Mutex<()> = Mutex::new(());

#[test]
fn memory_does_not_grow_with_the_site() {
    let _alone = LARGE.lock();
    let site = Organisation::sized(Size {
        spaces: 1_000,
        pages: 1_000_000,
        permissions: 1_000,
        users: 100,
        ..Size::default()
    });
    let scene = Scene::of(Options::of(site.clone()), "");
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    client
        .batch_execute("SELECT id, title FROM confluence_pages LIMIT 1000")
        .unwrap();
    let before = process.memory();
    let mut found = String::new();
    let most = most_memory(&process, || {
        found = one(
            &mut client,
            "SELECT count(title), count(modified_at), sum(id) FROM confluence_pages",
        );
    });
    let ids = page_ids(&site);
    let sum: u64 = ids.iter().sum();
    assert_eq!(found, format!("{0}|{0}|{sum}", ids.len()));
    let grown = most.saturating_sub(before) >> 10;
    println!(
        "memory: {} pages read, at most {grown} MiB more than before",
        ids.len()
    );
    assert!(grown < 64, "{grown} MiB");
}

#[test]
fn memory_for_answers_that_a_statement_keeps_has_a_bound() {
    let _alone = LARGE.lock();
    let mut scene = Scene::of(Options::of(Organisation::standard()), "");
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    let mut most_with = |size: &str| {
        let setting = format!("SET confluence_fdw.statement_cache_size = '{size}'");
        scene.client.batch_execute(&setting).unwrap();
        most_memory(&process, || {
            let twice = format!("SELECT count(*) FROM ({ALL_PAGES} UNION ALL {ALL_PAGES}) AS t");
            assert_eq!(one(&mut scene.client, &twice), "200000");
        })
    };
    // What is freed is not given back at once, so the first run shows what the others begin with.
    let without = most_with("0");
    let grown = ["4MB", "1GB"].map(|size| most_with(size).saturating_sub(without) >> 10);
    println!("memory: at most {grown:?} MiB more with answers kept in 4 MB and in any room");
    assert!(grown[0] < 12, "{grown:?} MiB");
    assert!(
        grown[1] > 12,
        "{grown:?} MiB: then the bound bounds nothing"
    );
}

#[test]
fn memory_does_not_grow_with_a_reader_that_is_slow() {
    let scene = Scene::of(Options::of(Organisation::standard()), "");
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    // The first rows are taken, and then none for a while: reading ahead comes to a stop by itself.
    client
        .batch_execute("BEGIN; SET cursor_tuple_fraction = 1; DECLARE c CURSOR FOR SELECT * FROM confluence_pages; FETCH 1 FROM c")
        .unwrap();
    let sent = || scene.sim.data_requests().len();
    let mut last = (sent(), Instant::now());
    until("the reader stops reading ahead", IN_GOOD_TIME, || {
        if sent() != last.0 {
            last = (sent(), Instant::now());
        }
        last.1.elapsed() > Duration::from_millis(300)
    });
    assert!(last.0 < 12, "{} requests for one row", last.0);
    println!(
        "memory: {} requests for one row, {} MiB",
        last.0,
        process.memory() >> 10
    );
}

#[test]
fn memory_for_a_list_of_keys_is_that_of_the_list() {
    let _alone = LARGE.lock();
    let scene = Scene::of(Options::of(Organisation::demo()), "");
    // Asked key by key, and nothing ever comes back: all requests that may be under way stay there.
    scene
        .sim
        .fault(Fault::under("/wiki/api/v2/pages/"), Reply::NeverAnswer);
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    lines(&mut client, "SELECT id FROM confluence_pages LIMIT 1");
    let before = process.memory();
    scene.sim.clear_log();
    let token = client.cancel_token();
    let most = most_memory(&process, || {
        thread::scope(|scope| {
            scope.spawn(|| {
                until("eight keys are asked for", IN_GOOD_TIME, || {
                    scene.sim.in_flight() == 8
                });
                token.cancel_query(postgres::NoTls).expect("cancelled");
            });
            let ended = client.batch_execute(
                "SELECT count(*) FROM confluence_page_versions
                 WHERE page_id = ANY (ARRAY(SELECT generate_series(1, 3000000)))",
            );
            assert_eq!(sqlstate_of(&ended.expect_err("it never ends")), CANCELLED);
        });
    });
    assert_eq!(scene.sim.data_requests().len(), 8);
    let grown = most.saturating_sub(before) >> 10;
    println!("memory: at most {grown} MiB more for a list of 3,000,000 keys");
    assert!(grown < 100, "{grown} MiB");
}
