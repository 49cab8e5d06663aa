//! Faults by chance: whatever befalls the answers of a site, a query gives each of its rows once, or an error.
//!
//! Some sessions ask at once, each through a [proxy](proxy) of its own that spoils answers by [kinds](kinds), in queries
//! of many [shapes](shapes). The organisation does not change, so what a query has to give is known from a run without
//! faults. What leaves no trace in an answer is no fault here: [kinds] lists what that is.
//!
//! A failure names the seed of its round, and the command that runs this round alone (see [`crate::random`]). The
//! same seed gives the same session, query and faults. What a session has kept of the rounds before is not in it: where
//! a failure does not come again so, run all rounds from the first seed on.

mod kinds;
mod proxy;
mod shapes;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, literal, sqlstate_of};
use confluence_sim::{Options, Organisation, Sim};
use postgres::Client;

use crate::interruption::Process;
use crate::random::{Difference, Rounds, again, chances, pick, run, tell};
use crate::scene::Elsewhere;
use proxy::{Answers, Proxy, hold};
use shapes::{Data, Question};

/// So many faults there are where nobody asks for so many rounds.
const FAULTS: u64 = 3_000;

/// What the sessions' servers are set to, besides what all of them have. Each is for two sessions: one reads a site that shows
/// nothing to nobody, and one a site that shows some of its spaces to everybody.
const SERVERS: [&str; 6] = [
    "page_size '5', max_concurrency '1', max_retries '0'",
    "page_size '7', max_concurrency '4', max_retries '1'",
    "page_size '20', max_concurrency '2', max_retries '1'",
    "page_size '2', max_concurrency '8', max_retries '2'",
    "page_size '250', max_concurrency '8', max_retries '0'",
    "page_size '3', max_concurrency '2', max_retries '1'",
];

/// They wait most of the time, so there can be more of them than processors.
const SESSIONS: usize = 2 * SERVERS.len();

/// Short, so that an answer that never comes costs a run no more than that. An own pause before a repeat is at most 0.65 s.
const TIMES: &str = "request_timeout '700ms', connect_timeout '2s', max_wait '700ms'";

/// The parts of requests that are spoilt. A round without any has to give all rows.
const RATES: [f64; 8] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.0];

/// No query takes longer, by far: what does goes in circles.
const PATIENCE: Duration = Duration::from_secs(20);

/// More threads than these two, a backend does not have: its own and the network's.
const THREADS: usize = 2;

/// What a session may keep open and hold more than at its beginning: eight connections, and what the network's thread is
/// woken with.
const MORE_DESCRIPTORS: usize = 14;
const MORE_MEMORY_IN_KIB: u64 = 64 << 10;

/// The SQLSTATEs with which a query may end: those that docs/errors.md names for what can happen to a site. Any other one, such as
/// an internal error, is a failure of this test.
const ERRORS: [&str; 9] = [
    "08001", // no connection
    "08006", // no answer, or none to its end
    "28000", // the credential is rejected
    "42501", // a scope or a permission lacks
    "53200", // more memory than there is for answers
    "53400", // the site wants too long a pause
    "HV000", // not what the API answers
    "HV004", // a value that cannot be
    "HV00M", // the site fails
];

#[test]
fn whatever_befalls_answers_a_query_gives_each_row_once_or_an_error() {
    let rounds = Rounds::asked_for();
    let began = Instant::now();
    let elsewhere = Elsewhere::new();
    let organisation = Organisation::demo();
    let sites = [false, true].map(|anonymous_access| {
        let site = Sim::start(Options {
            anonymous_access,
            keep_log: false,
            ..Options::of(Arc::clone(&organisation))
        });
        let answers = Answers::of(site.url());
        (site, answers)
    });
    let database = Database::create();
    // What is right: from the site itself, in one piece.
    server(&database, "site", sites[0].0.url(), "max_retries '0'");
    import(&database, "public", "site");
    let data = Data::of(&mut database.connect());
    let run = Run {
        database: &database,
        data,
        right: Mutex::default(),
        rounds,
        faults: AtomicU64::new(0),
        tally: Mutex::default(),
    };
    let proxies: Vec<Proxy> = (0..SESSIONS)
        .map(|number| {
            let (_, answers) = &sites[number / SERVERS.len()];
            let proxy = Proxy::before(Arc::clone(answers), elsewhere.origin());
            let name = schema_of(number);
            let options = format!("{TIMES}, {}", SERVERS[number % SERVERS.len()]);
            server(&database, &name, &proxy.url, &options);
            database.execute(&format!("CREATE SCHEMA {name}"));
            import(&database, &name, &name);
            proxy
        })
        .collect();
    let violations: Vec<String> = thread::scope(|scope| {
        let run = &run;
        let sessions: Vec<_> = proxies
            .iter()
            .enumerate()
            .map(|(number, proxy)| scope.spawn(move || run.session(number, proxy)))
            .collect();
        let outcomes = sessions
            .into_iter()
            .map(|session| session.join().expect("a session ends"));
        outcomes.flatten().collect()
    });
    elsewhere.was_left_alone();
    let log = database.log();
    let crashes: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("PANIC") || line.contains("was terminated by"))
        .collect();
    let tally = hold(&run.tally);
    let faults: u64 = tally.kinds.values().sum();
    tell(&format!(
        "random faults: {faults} faults of {} kinds in {} queries of {} shapes in {} sessions at once, seeds from {}: {} whole, {} errors, in {:.0?}",
        tally.kinds.len(),
        tally.whole + tally.errors.values().sum::<u64>(),
        shapes::count(),
        SESSIONS,
        rounds.first,
        tally.whole,
        tally.errors.values().sum::<u64>(),
        began.elapsed(),
    ));
    println!("{tally:#?}");
    assert!(crashes.is_empty(), "the server went down: {crashes:#?}");
    assert!(
        violations.is_empty(),
        "{} violations:\n\n{}",
        violations.len(),
        violations.join("\n\n")
    );
    if rounds.count.is_none() {
        let missing: Vec<&str> = kinds::all()
            .map(|kind| kind.name)
            .filter(|name| !tally.kinds.contains_key(name))
            .collect();
        assert!(missing.is_empty(), "kinds that never happened: {missing:?}");
        assert!(faults >= FAULTS && tally.whole > faults / 20, "{tally:#?}");
    }
}

/// The schema of a session, which is the name of its server, too.
fn schema_of(session: usize) -> String {
    format!("session{session}")
}

fn server(database: &Database, name: &str, url: &str, options: &str) {
    database.execute(&format!(
        "CREATE SERVER {name} FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {}, {options});
         CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (email {}, api_token {})",
        literal(url),
        literal(Options::EMAIL),
        literal(Options::TOKEN),
    ));
}

/// Imports the tables that are read, with the columns that an import leaves out otherwise.
fn import(database: &Database, schema: &str, server: &str) {
    database.execute(&format!(
        "IMPORT FOREIGN SCHEMA confluence LIMIT TO ({}) FROM SERVER {server} INTO {schema} OPTIONS (optional_columns 'true')",
        shapes::TABLES
    ));
}

/// What all sessions share.
struct Run<'r> {
    database: &'r Database,
    data: Data,
    /// Right answers, by question.
    right: Mutex<HashMap<String, Arc<Vec<String>>>>,
    rounds: Rounds,
    faults: AtomicU64,
    tally: Mutex<Tally>,
}

/// What has happened.
#[derive(Debug, Default)]
struct Tally {
    kinds: BTreeMap<&'static str, u64>,
    errors: BTreeMap<String, u64>,
    whole: u64,
    slowest: Duration,
}

/// A session and the kinds of faults that it is asked through.
struct Session {
    client: Client,
    clean: Client,
    process: Option<Process>,
    /// Descriptors and memory at the beginning.
    before: Option<(usize, u64)>,
}

impl Run<'_> {
    /// All rounds that are this session's, and what was wrong in them.
    fn session(&self, number: usize, proxy: &Proxy) -> Vec<String> {
        let mut session = self.open(number);
        let mut violations = Vec::new();
        for seed in self.rounds.first.. {
            let over = match self.rounds.count {
                Some(count) => seed - self.rounds.first >= count,
                None => self.faults.load(Ordering::Relaxed) >= FAULTS,
            };
            if over {
                break;
            }
            if seed % SESSIONS as u64 != number as u64 {
                continue;
            }
            if let Err(why) = self.round(seed, &mut session, proxy) {
                let again = again("random_faults", seed);
                violations.push(format!("{again}\n{why}"));
                session = self.open(number);
                if violations.len() >= MOST_VIOLATIONS {
                    break;
                }
            }
            // Of pauses that the site has asked for, and of what it has said of its limits, a session keeps some: it begins
            // anew at times, so that it does not only wait. When, follows from the seed.
            if chances(seed, 1).u8(..8) == 0 {
                if let Err(why) = self.leaves_nothing_behind(&mut session) {
                    violations.push(why);
                }
                session = self.open(number);
            }
        }
        proxy.begin(0, 0.0);
        if let Err(why) = self.leaves_nothing_behind(&mut session) {
            violations.push(why);
        }
        violations
    }

    fn open(&self, number: usize) -> Session {
        let mut client = self.database.connect();
        let patience = PATIENCE.as_millis();
        client
            .batch_execute(&format!(
                "SET search_path = {}; SET statement_timeout = {patience}",
                schema_of(number)
            ))
            .expect("a session");
        Session {
            process: Process::of(&mut client),
            client,
            clean: self.database.connect(),
            before: None,
        }
    }

    /// One query under faults.
    fn round(&self, seed: u64, session: &mut Session, proxy: &Proxy) -> Result<(), String> {
        let mut rng = chances(seed, 0);
        let rate = *pick(&mut rng, &RATES);
        let question = shapes::ask(&mut rng, &self.data);
        let right = self.right(&question, &mut session.clean);
        proxy.begin(seed, rate);
        let began = Instant::now();
        let outcome = run(&mut session.client, &question.statements);
        let took = began.elapsed();
        let struck = proxy.struck();
        {
            let mut tally = hold(&self.tally);
            for (kind, _) in &struck {
                *tally.kinds.entry(kind).or_default() += 1;
            }
            tally.slowest = tally.slowest.max(took);
            match &outcome {
                Ok(_) => tally.whole += 1,
                Err(error) => {
                    *tally
                        .errors
                        .entry(sqlstate_of(error).to_owned())
                        .or_default() += 1
                }
            }
        }
        self.faults
            .fetch_add(struck.len() as u64, Ordering::Relaxed);
        let wrong = match outcome {
            Ok(rows) => differs(&question, rows, &right),
            Err(error) => {
                let wrong = is_wrong(&error, struck.is_empty());
                if wrong.is_none() && sqlstate_of(&error) == "53400" {
                    // It was told to wait for longer than anybody would.
                    let number = seed % SESSIONS as u64;
                    *session = self.open(number as usize);
                } else if session.client.is_closed() {
                    return Err(format!("the session is lost: {error}\n{}", question.text()));
                } else {
                    let clean = "ROLLBACK; DEALLOCATE ALL; RESET plan_cache_mode";
                    session
                        .client
                        .batch_execute(clean)
                        .map_err(|error| format!("{error} after a fault"))?;
                }
                wrong
            }
        };
        if session.before.is_none() {
            session.before = session
                .process
                .as_ref()
                .map(|process| (process.descriptors_and_threads().0, process.memory()));
        }
        match wrong {
            None => Ok(()),
            Some(why) => {
                let struck: Vec<String> = struck
                    .iter()
                    .map(|(kind, target)| {
                        format!("  {kind}: {}", target.chars().take(300).collect::<String>())
                    })
                    .collect();
                Err(format!(
                    "{why}\nthe query, after {took:.1?}:\n{}\nthe faults:\n{}",
                    question.text(),
                    struck.join("\n")
                ))
            }
        }
    }

    /// What the question has to give.
    fn right(&self, question: &Question, clean: &mut Client) -> Arc<Vec<String>> {
        let text = question.text();
        if let Some(right) = hold(&self.right).get(&text) {
            return Arc::clone(right);
        }
        let rows = run(clean, &question.statements);
        let rows = rows.unwrap_or_else(|error| panic!("without a fault: {error:?}\n{text}"));
        let right = Arc::new(rows);
        hold(&self.right).insert(text, Arc::clone(&right));
        right
    }

    /// No thread, socket or memory of what went wrong.
    fn leaves_nothing_behind(&self, session: &mut Session) -> Result<(), String> {
        let (Some(process), Some((descriptors, memory))) = (&session.process, session.before)
        else {
            return Ok(());
        };
        // What was given up is let go of in its own time: a large answer by the thread that decodes it, say.
        let began = Instant::now();
        loop {
            let (descriptors_now, threads) = process.descriptors_and_threads();
            let memory_now = process.memory();
            if threads <= THREADS
                && descriptors_now <= descriptors + MORE_DESCRIPTORS
                && memory_now <= memory + MORE_MEMORY_IN_KIB
            {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!(
                    "left behind: {threads} threads, {descriptors_now} descriptors ({descriptors} before), {memory_now} KiB ({memory} before)"
                ));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// So many are told of; more would not tell more.
const MOST_VIOLATIONS: usize = 5;

/// How an answer is not the right one.
fn differs(question: &Question, rows: Vec<String>, right: &[String]) -> Option<String> {
    let difference = Difference::between(rows, right, question.ordered)?;
    if question.says_unknown {
        // A content stands in the first column, and whether its restrictions are unknown in the second.
        let content = |row: &str| row.split('|').next().unwrap_or_default().to_owned();
        let is_unknown = |row: &&String| row.contains("|unknown|");
        let unknown: Vec<String> = difference
            .more
            .iter()
            .filter(is_unknown)
            .map(|row| content(row))
            .collect();
        let all_say_so = unknown.len() == difference.more.len();
        if all_say_so
            && difference
                .less
                .iter()
                .all(|row| unknown.contains(&content(row)))
        {
            return None;
        }
    }
    Some(difference.to_string())
}

/// What is wrong with an error itself.
fn is_wrong(error: &postgres::Error, without_a_fault: bool) -> Option<String> {
    let Some(raised) = error.as_db_error() else {
        return Some(format!("no error of the server: {error}"));
    };
    let sqlstate = raised.code().code();
    if without_a_fault {
        return Some(format!("an error without a fault: {raised:?}"));
    }
    if !ERRORS.contains(&sqlstate) {
        return Some(format!(
            "an error that nothing at a site can be: {raised:?}"
        ));
    }
    let parts = [
        Some(raised.message()),
        raised.detail(),
        raised.hint(),
        raised.where_(),
    ];
    let text: String = parts.into_iter().flatten().collect();
    if text.contains(Options::TOKEN) || text.contains(SECRET) {
        return Some(format!("an error that tells the credential: {text}"));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control() && *c != '\n') {
        return Some(format!("an error with the character {odd:?}: {text:?}"));
    }
    if text.len() > LONGEST_ERROR {
        return Some(format!(
            "an error of {} bytes: {}",
            text.len(),
            &text[..200]
        ));
    }
    None
}

/// The credential as it is sent.
const SECRET: &str = "c3ZjQGV4YW1wbGUuY29tOnNpbS10b2tlbg==";
const LONGEST_ERROR: usize = 4_000;
