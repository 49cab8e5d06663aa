//! Queries by chance: whatever is asked of the foreign tables, under whatever plan, is what local copies answer.
//!
//! A [grammar](grammar) makes queries up from the declarations of all tables: joins of all kinds by every pair of columns that
//! name the same kind of thing, conditions on all columns, groups, windows, sets, subqueries; plain, prepared, or read
//! in parts; under settings that forbid the planner one thing or another, and at sites that give few rows at a time. The
//! copies are what the same tables give when they are read from their beginning to their end.
//!
//! A failure shows the query as small as it can be made, and the command that runs its round alone (see [`crate::random`]).

mod grammar;
mod schema;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, explain, literal, sqlstate_of};
use confluence_sim::{Options, Organisation, Sim};
use postgres::Client;
use serde_json::Value;

use crate::random::{Difference, Rounds, again, chances, run, tell};
use grammar::{Query, SCHEMAS, Way};
use schema::Subject;

use crate::wrong_estimates::begin_after_their_end;

/// So many queries there are where nobody asks for another number.
const QUERIES: u64 = 3_000;

const SESSIONS: u64 = 3;

/// What the servers of the schemas are set to.
const SERVERS: [&str; 3] = [
    "",
    ", page_size '7', max_concurrency '2'",
    ", page_size '25', max_concurrency '1'",
];

/// No query takes longer, by far, neither at the site nor of the copies.
const PATIENCE: &str = "20s";

/// Errors for queries that the copies can answer: the SQLSTATE, a part of the message or its detail, and why. Those that the
/// documentation promises, and what the stand-in cannot do; all others are differences.
const EXPECTED: [(&str, &str, &str); 3] = [
    (
        "0A000",
        "Confluence cannot list",
        "a status that the site cannot list",
    ),
    (
        "HV002",
        "cannot be read without a condition",
        "what the site lists under a condition only",
    ),
    (
        "HV00M",
        "The stand-in ",
        "what nobody knows the live site's answer to",
    ),
];

#[test]
fn whatever_is_asked_is_answered_as_local_copies_answer_it() {
    let rounds = Rounds::asked_for();
    let site = Sim::start(Options {
        keep_answers: true,
        keep_log: false,
        ..Options::of(Organisation::demo())
    });
    let database = Database::create();
    for (schema, options) in SCHEMAS.into_iter().zip(SERVERS) {
        database.execute(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema};
             CREATE SERVER {schema} FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {}{options});
             CREATE USER MAPPING FOR PUBLIC SERVER {schema} OPTIONS (email {}, api_token {});
             IMPORT FOREIGN SCHEMA confluence FROM SERVER {schema} INTO {schema}",
            literal(site.url()),
            literal(Options::EMAIL),
            literal(Options::TOKEN),
        ));
    }
    let subjects = Subject::copied(&mut database.connect());
    analyze(&database, &subjects);
    let began = Instant::now();
    let run = Run {
        database: &database,
        subjects,
        rounds,
        tally: Mutex::default(),
    };
    let differences: Vec<String> = thread::scope(|scope| {
        let run = &run;
        let sessions: Vec<_> = (0..SESSIONS)
            .map(|session| scope.spawn(move || run.session(session)))
            .collect();
        let outcomes = sessions
            .into_iter()
            .map(|session| session.join().expect("a session ends"));
        outcomes.flatten().collect()
    });
    let tally = run.tally.into_inner().expect("no session panicked");
    tell(&format!(
        "random queries: {} over {} tables in {SESSIONS} sessions at once, seeds from {}: {} gave {} rows, {} errors that are expected, in {:.0?}",
        rounds.count.unwrap_or(QUERIES),
        run.subjects.len(),
        rounds.first,
        tally.answered,
        tally.rows,
        tally.expected.values().sum::<u64>(),
        began.elapsed(),
    ));
    println!("{tally:#?}");
    assert!(
        differences.is_empty(),
        "{} differences:\n\n{}",
        differences.len(),
        differences.join("\n\n")
    );
    if rounds.count.is_none() {
        // Most queries are answered, and some of them have rows: else this would show little.
        assert!(tally.answered > QUERIES * 9 / 10, "{tally:#?}");
        assert!(tally.with_rows > QUERIES / 3, "{tally:#?}");
    }
}

/// Lets the planner know of one site what it does not know of the others.
fn analyze(database: &Database, subjects: &[Subject]) {
    let names = subjects
        .iter()
        .filter(|subject| !subject.needs_a_condition())
        .map(|subject| format!("small.{}", subject.table.name));
    let names: Vec<String> = names.collect();
    database.execute(&format!(
        "SET client_min_messages = error; ANALYZE {}",
        names.join(", ")
    ));
}

struct Run<'r> {
    database: &'r Database,
    subjects: Vec<Subject>,
    rounds: Rounds,
    tally: Mutex<Tally>,
}

/// What has happened.
#[derive(Debug, Default)]
struct Tally {
    answered: u64,
    with_rows: u64,
    rows: usize,
    expected: BTreeMap<String, u64>,
    /// Queries that the copies cannot answer, or not in time.
    passed_over: BTreeMap<String, u64>,
    slow: Vec<(Duration, u64)>,
}

struct Session {
    site: Client,
    copy: Client,
}

impl Run<'_> {
    fn session(&self, number: u64) -> Vec<String> {
        let mut session = self.open();
        let mut differences = Vec::new();
        let rounds = self.rounds.count.unwrap_or(QUERIES);
        let seeds = self.rounds.first..self.rounds.first.saturating_add(rounds);
        for seed in seeds.filter(|seed| seed % SESSIONS == number) {
            let query = Query::by_chance(&mut chances(seed, 0), &self.subjects);
            if self.rounds.count == Some(1) {
                println!(
                    "{};\n{}",
                    query.set().join("; "),
                    query.statements().join(";\n")
                );
            }
            if let Some(difference) = self.difference(&mut session, &query, Some(seed)) {
                differences.push(self.told(&mut session, query, difference, seed));
                session = self.open();
                if differences.len() >= MOST_DIFFERENCES {
                    break;
                }
            }
        }
        differences
    }

    fn open(&self) -> Session {
        let open = |path: &str| {
            let mut client = self.database.connect();
            client
                .batch_execute(&format!(
                    "SET search_path = {path}; SET statement_timeout = '{PATIENCE}'"
                ))
                .expect("a session");
            client
        };
        Session {
            site: open("public"),
            copy: open("copy"),
        }
    }

    /// How the site's answer is not that of the copies.
    fn difference(
        &self,
        session: &mut Session,
        query: &Query,
        seed: Option<u64>,
    ) -> Option<String> {
        let statements = query.statements();
        let expected = match run(&mut session.copy, &statements) {
            Ok(rows) => rows,
            Err(error) => {
                // As when something is divided by zero: then there is nothing to compare.
                clean(&mut session.copy, "copy");
                if seed.is_some() {
                    let mut tally = self.tally.lock().expect("no session panicked");
                    *tally
                        .passed_over
                        .entry(
                            error
                                .as_db_error()
                                .map_or_else(String::new, |e| e.message().to_owned()),
                        )
                        .or_default() += 1;
                }
                return None;
            }
        };
        let mut all = vec![format!("SET search_path = {}", query.schema)];
        all.extend(query.set());
        all.extend(statements);
        let began = Instant::now();
        let outcome = run(&mut session.site, &all);
        let took = began.elapsed();
        if session.site.is_closed() {
            *session = self.open();
            return Some("the session is lost".to_owned());
        }
        clean(&mut session.site, query.schema);
        let mut tally = self.tally.lock().expect("no session panicked");
        match outcome {
            Ok(rows) => {
                if let Some(seed) = seed {
                    tally.answered += 1;
                    tally.rows += rows.len();
                    tally.with_rows += u64::from(!rows.is_empty());
                    if took > Duration::from_secs(2) {
                        tally.slow.push((took, seed));
                    }
                }
                drop(tally);
                Difference::between(rows, &expected, query.is_ordered())
                    .map(|d| d.to_string())
                    .or_else(|| odd_costs(session, query))
            }
            Err(error) => {
                let sqlstate = sqlstate_of(&error);
                let text = error.as_db_error().map_or_else(
                    || error.to_string(),
                    |e| {
                        format!(
                            "{} {} {}",
                            e.message(),
                            e.detail().unwrap_or(""),
                            e.hint().unwrap_or("")
                        )
                    },
                );
                if is_expected(sqlstate, &text) {
                    *tally.expected.entry(sqlstate.to_owned()).or_default() += 1;
                    return None;
                }
                Some(format!("an error: {sqlstate}: {text}"))
            }
        }
    }

    /// The smallest query that differs, and how.
    fn told(
        &self,
        session: &mut Session,
        mut query: Query,
        mut difference: String,
        seed: u64,
    ) -> String {
        let whole = query.sql();
        let until = Instant::now() + SHRINKING;
        'smaller: loop {
            for smaller in query.smaller() {
                if Instant::now() > until {
                    break 'smaller;
                }
                if let Some(found) = self.difference(session, &smaller, None) {
                    (query, difference) = (smaller, found);
                    continue 'smaller;
                }
            }
            break;
        }
        let mut settings = vec![format!("SET search_path = {}", query.schema)];
        settings.extend(query.set());
        let plan = match run(&mut session.site, &settings) {
            Ok(_) if query.way != Way::Prepared => explain(&mut session.site, &query.sql()),
            _ => String::new(),
        };
        clean(&mut session.site, query.schema);
        format!(
            "{}\n{difference}\nthe query, as small as it can be made:\n{};\n{};\nthe plan:\n{plan}\nas it was made up:\n{whole}",
            again("random_queries", seed),
            settings.join("; "),
            query.statements().join(";\n"),
        )
    }
}

/// The nodes of the query's plan that begin later than they end.
fn odd_costs(session: &mut Session, query: &Query) -> Option<String> {
    if query.way == Way::Prepared {
        return None;
    }
    let mut statements = vec![format!("SET search_path = {}", query.schema)];
    statements.extend(query.set());
    statements.push(format!("EXPLAIN (FORMAT JSON) {}", query.sql()));
    let plan = run(&mut session.site, &statements).ok();
    clean(&mut session.site, query.schema);
    let plan: Value = serde_json::from_str(&plan?.join("\n")).expect("JSON");
    let odd = begin_after_their_end(&plan[0]["Plan"]);
    (!odd.is_empty()).then(|| format!("odd costs: {}", odd.join("\n")))
}

fn is_expected(sqlstate: &str, text: &str) -> bool {
    EXPECTED
        .iter()
        .any(|(known, part, _)| *known == sqlstate && text.contains(part))
}

/// So many are told of; more would not tell more.
const MOST_DIFFERENCES: usize = 5;
const SHRINKING: Duration = Duration::from_secs(20);

fn clean(client: &mut Client, path: &str) {
    let clean = format!(
        "ROLLBACK; DEALLOCATE ALL; RESET ALL; SET search_path = {path}; SET statement_timeout = '{PATIENCE}'"
    );
    for statement in clean.split("; ") {
        client.batch_execute(statement).ok();
    }
}
