//! Secrets, which are nowhere to be read.

use confluence_fdw_tests::{error, explain, lines};
use confluence_sim::{Credential, Fault, Reply};

use super::give;
use crate::scene::{ALL_PAGES, PAGES, Scene};

const SECRET: &str = "hush-4711-hush";

#[test]
fn secrets_are_nowhere_to_be_read() {
    let scene = Scene::new();
    let database = &scene.database;
    let role = database.role("reader");
    database.execute(&format!(
        "DROP USER MAPPING FOR PUBLIC SERVER site; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         GRANT USAGE ON FOREIGN SERVER site TO {role}"
    ));
    give(&scene, "postgres", SECRET);
    let header = Credential::basic(format!("{SECRET}@example.com"), SECRET).header();
    let encoded = header.trim_start_matches("Basic ").to_owned();
    let mut client = database.connect();
    client
        .batch_execute(
            "SET log_min_messages = debug5; SET log_statement = 'all'; SET debug_print_parse = on; SET debug_print_plan = on;
             SET debug_print_rewritten = on; SET log_executor_stats = on; SET log_error_verbosity = verbose",
        )
        .unwrap();
    let mut seen = Vec::new();
    seen.extend(lines(&mut client, ALL_PAGES));
    seen.push(explain(&mut client, ALL_PAGES));
    seen.extend(lines(
        &mut client,
        "EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM confluence_pages",
    ));
    for reply in [
        Reply::BareNotFound,
        Reply::Html200,
        Reply::status(500),
        Reply::retry_after(429, "9999"),
        Reply::TruncatedJson,
        Reply::NamedNotFound,
    ] {
        scene.sim.fault(Fault::on(PAGES), reply);
        seen.push(format!("{:?}", error(&mut client, ALL_PAGES)));
        scene.sim.clear_faults();
    }
    let mut other = database.connect_as(&role);
    for sql in [
        "SELECT * FROM pg_user_mappings",
        "SELECT * FROM pg_foreign_server",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM information_schema.user_mapping_options",
        "SELECT * FROM information_schema.foreign_server_options",
        "SELECT * FROM pg_foreign_table",
    ] {
        seen.extend(lines(&mut other, sql));
    }
    // Everybody's activity in this database, with what one may see as the superuser. Others make mappings of their own.
    seen.extend(lines(
        &mut database.connect(),
        "SELECT * FROM pg_stat_activity WHERE datname = current_database()",
    ));
    seen.push(database.psql("\\des+\n\\det+\n\\d+ confluence_pages"));
    let log: String = database
        .log()
        .lines()
        .filter(|line| !line.contains("CREATE USER MAPPING"))
        .collect();
    assert!(log.contains("confluence_pages"));
    seen.push(log);
    for text in &seen {
        assert!(!text.contains("hush") && !text.contains(&encoded), "{text}");
    }
}
