//! A copy of the site's grants that a schedule keeps up to date, as pg_cron does it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{Database, lines, literal, one, pg_major, site_statements, skip};
use confluence_sim::{Fault, Options, Organisation, Reply, Sim};
use postgres::{Client, NoTls};

use crate::own_server::OwnServer;
use crate::scene::{Scene, small_site, until};

/// The schedule's unit is a minute: a job that is due runs at the next full one.
const IN_GOOD_TIME: Duration = Duration::from_secs(150);

/// A job of pg_cron, gone at the end of the test.
struct Job {
    /// A session in the database that pg_cron lives in.
    client: Client,
    id: String,
}

impl Job {
    /// None, after saying so, where there is no pg_cron.
    fn every_minute(database: &Database, command: &str) -> Option<Self> {
        let client = database
            .config_as("postgres")
            .dbname("postgres")
            .connect(NoTls)
            .unwrap();
        Self::with(client, database.name(), command)
    }

    /// The same by a session of any server.
    fn with(mut client: Client, database: &str, command: &str) -> Option<Self> {
        let preloaded = one(&mut client, "SHOW shared_preload_libraries");
        if !preloaded.contains("pg_cron") {
            skip(&format!("no pg_cron for PostgreSQL {} here", pg_major()));
            return None;
        }
        client
            .batch_execute(
                "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_cron",
            )
            .unwrap();
        let id = one(
            &mut client,
            &format!(
                "SELECT cron.schedule_in_database({}, '* * * * *', {}, {})",
                // A job of the same name would take its place.
                literal(&format!("{database}: {command}")),
                literal(command),
                literal(database)
            ),
        );
        Some(Self { client, id })
    }

    /// The runs that have come to an end, in order: status and message.
    fn runs(&mut self) -> Vec<String> {
        lines(
            &mut self.client,
            &format!(
                "SELECT status, return_message FROM cron.job_run_details
                 WHERE jobid = {} AND end_time IS NOT NULL ORDER BY runid",
                self.id
            ),
        )
    }

    /// Waits for the first run, and tells how it went.
    #[track_caller]
    fn first_run(&mut self) -> String {
        let mut found = Vec::new();
        until("the job has run", IN_GOOD_TIME, || {
            thread::sleep(Duration::from_millis(20));
            found = self.runs();
            !found.is_empty()
        });
        found.remove(0)
    }

    /// Waits for a run that begins from now on, and tells how it went.
    #[track_caller]
    fn next_run(&mut self) -> String {
        let begun = format!(
            "SELECT coalesce(max(runid), 0) FROM cron.job_run_details WHERE jobid = {}",
            self.id
        );
        let known = one(&mut self.client, &begun);
        let next = format!(
            "SELECT status, return_message FROM cron.job_run_details
             WHERE jobid = {} AND runid > {known} AND end_time IS NOT NULL ORDER BY runid LIMIT 1",
            self.id
        );
        let mut found = Vec::new();
        until("the job has run", IN_GOOD_TIME, || {
            thread::sleep(Duration::from_millis(20));
            found = lines(&mut self.client, &next);
            !found.is_empty()
        });
        found.remove(0)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Not a panic: this may run while one unwinds.
        let unscheduled = self
            .client
            .batch_execute(&format!("SELECT cron.unschedule({})", self.id));
        if let Err(error) = unscheduled {
            eprintln!("the job stays scheduled: {error}");
        }
    }
}

const CONTENTS: &str =
    "SELECT count(*), md5(string_agg(concat_ws(',', space_id, id, principal_id, operation_key, email), ';' ORDER BY space_id, id))
     FROM access";

/// What the view has to hold for the site as it is.
#[track_caller]
fn expected(scene: &mut Scene) -> String {
    let source = "(SELECT p.space_id, p.id, p.principal_id, p.operation_key, e.email FROM confluence_permissions p
                   LEFT JOIN confluence.user_emails e ON e.account_id = p.principal_id) AS access";
    one(
        &mut scene.client,
        &CONTENTS.replace("FROM access", &format!("FROM {source}")),
    )
}

#[test]
fn a_scheduled_refresh_is_complete_or_leaves_what_was_there() {
    let mut scene = Scene::of(
        Options::of(Organisation::demo()),
        "page_size '5', max_retries '1'",
    );
    let csv = literal(&scene.sim.organisation().export_users());
    scene.database.execute(&format!(
        "SELECT confluence.import_user_emails({csv});
         CREATE MATERIALIZED VIEW access AS
             SELECT p.space_id, p.id, p.principal_id, p.operation_key, e.email FROM confluence_permissions p
             LEFT JOIN confluence.user_emails e ON e.account_id = p.principal_id;
         CREATE UNIQUE INDEX ON access (space_id, id)"
    ));
    assert_ne!(
        one(&mut scene.client, "SELECT count(email) FROM access"),
        "0"
    );
    let before = one(&mut scene.client, CONTENTS);
    assert_eq!(before, expected(&mut scene));

    // Grants that come and go, to be seen after the next refresh.
    let site = scene.sim.organisation();
    let space = site.spaces().next().unwrap().id;
    let account = site.users()[1].account_id.clone();
    let removed: Vec<u64> = site
        .permissions(space)
        .take(2)
        .map(|grant| grant.id)
        .collect();
    scene.sim.edit(|site| {
        for id in removed {
            site.remove_permission(id).unwrap();
        }
        site.add_permission(space, ("user", &account), ("export", "space"))
            .unwrap();
    });
    let after = expected(&mut scene);
    assert_ne!(before, after);

    let refresh = "REFRESH MATERIALIZED VIEW CONCURRENTLY access";
    let Some(mut job) = Job::every_minute(&scene.database, refresh) else {
        return;
    };
    let over = AtomicBool::new(false);
    let seen = Mutex::new(Vec::<String>::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = scene.database.connect();
            while !over.load(Ordering::Relaxed) {
                let contents = one(&mut reader, CONTENTS);
                let mut seen = seen.lock().unwrap();
                if seen.last() != Some(&contents) {
                    seen.push(contents);
                }
            }
        });
        // The reader ends also where what follows fails.
        let story = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut watcher = scene.database.connect();
            assert_eq!(job.next_run(), "succeeded|REFRESH MATERIALIZED VIEW");
            assert_eq!(one(&mut watcher, CONTENTS), after);
            // An outage of the site in the middle of the grants.
            scene.sim.fault(
                Fault::on("/wiki/api/v2/spaces/{id}/permissions")
                    .nth(3)
                    .forever(),
                Reply::retry_after(503, "0"),
            );
            let outcome = job.next_run();
            assert!(
                outcome.starts_with(
                    "failed|ERROR:  Confluence failed with status 503 after 2 attempts"
                ),
                "{outcome}"
            );
            assert_eq!(one(&mut watcher, CONTENTS), after);
            assert_eq!(job.runs().len(), 2);
        }));
        over.store(true, Ordering::Relaxed);
        if let Err(panic) = story {
            std::panic::resume_unwind(panic);
        }
    });
    // All of the old grants, then all of the new ones: nothing else, ever.
    assert_eq!(seen.into_inner().unwrap(), [before, after]);
}

/// How a mirror is refreshed by a schedule.
const REFRESH: &str = "CALL confluence.refresh('acme')";
/// A refresh that is not the job's only command: both are one transaction.
const NOT_ALONE: &str = "SET statement_timeout = 0; CALL confluence.refresh('acme')";

/// The refresh of a mirror that is scheduled alone, and what is said where it is not, both in the same minute.
#[track_caller]
fn refreshes_by_schedule(mut watcher: Client, schedule: impl Fn(&str) -> Option<Job>) {
    // A limit that would cut a refresh off, and what lifts it for the role of the job.
    watcher
        .batch_execute(
            "DO $$ BEGIN
                 EXECUTE format('ALTER DATABASE %I SET statement_timeout = %L', current_database(), '1s');
                 EXECUTE format('ALTER ROLE postgres IN DATABASE %I SET statement_timeout = 0', current_database());
             END $$",
        )
        .unwrap();
    let Some(mut not_alone) = schedule(NOT_ALONE) else {
        return;
    };
    let mut alone = schedule(REFRESH).expect("as the first one");
    let refused = not_alone.first_run();
    assert_eq!(alone.first_run(), "succeeded|CALL");
    drop((not_alone, alone));
    let words: Vec<&str> = refused.split_whitespace().take(6).collect();
    assert_eq!(
        words,
        [
            "failed|ERROR:",
            "confluence.refresh",
            "cannot",
            "run",
            "inside",
            "a"
        ],
        "{refused}"
    );
    assert!(
        refused.contains("in pg_cron as the job's only command"),
        "{refused}"
    );
    // The one that was refused has begun nothing.
    assert_eq!(
        lines(
            &mut watcher,
            "SELECT id, status, mode, db_user, (SELECT count(*) FROM acme.pages) FROM acme.runs ORDER BY id LIMIT 1"
        ),
        ["1|complete|full|postgres|45"]
    );
}

#[test]
fn a_mirror_is_refreshed_by_schedule_over_a_connection() {
    let scene = Scene::of(Options::of(small_site()), "");
    scene
        .database
        .execute("SELECT confluence.create_mirror('site', 'acme')");
    refreshes_by_schedule(scene.database.connect(), |command| {
        Job::every_minute(&scene.database, command)
    });
}

#[test]
fn a_mirror_is_refreshed_by_schedule_in_a_background_worker() {
    let beside = Database::empty();
    if !one(&mut beside.connect(), "SHOW shared_preload_libraries").contains("pg_cron") {
        return skip(&format!("no pg_cron for PostgreSQL {} here", pg_major()));
    }
    let sim = Sim::start(Options::of(small_site()));
    let server = OwnServer::new(
        &beside,
        &[
            "shared_preload_libraries=pg_cron",
            "cron.database_name=postgres",
            "cron.timezone=UTC",
            "cron.use_background_workers=on",
        ],
    );
    let mut client = server.connect("postgres");
    let site = site_statements(&sim, "");
    client
        .batch_execute(&format!(
            "CREATE EXTENSION confluence_fdw; {site}; SELECT confluence.create_mirror('site', 'acme')"
        ))
        .unwrap();
    refreshes_by_schedule(client, |command| {
        Job::with(server.connect("postgres"), "postgres", command)
    });
}
