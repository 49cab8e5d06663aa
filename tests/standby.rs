//! A standby: it reads, and says that it is one where something would have to be written.

use std::path::Path;
use std::process::Command;

use confluence_fdw_tests::{Database, error, one, skip};
use confluence_sim::{Options, Sim};

use crate::own_server::OwnServer;
use crate::scene::{SMALL_STEPS, small_site};

/// A standby of the test cluster, without a connection to its primary. None where this machine has no pg_basebackup of the
/// server's version.
fn standby(database: &Database) -> Option<OwnServer<'_>> {
    let pg_config = std::env::var_os("PG_CONFIG").unwrap_or_else(|| "pg_config".into());
    let output = Command::new(pg_config).arg("--bindir").output().ok()?;
    let bindir = String::from_utf8(output.stdout).ok()?;
    let pg_basebackup = Path::new(bindir.trim()).join("pg_basebackup");
    if !pg_basebackup.exists() {
        return None;
    }
    let mut client = database.connect();
    let socket = one(&mut client, "SHOW unix_socket_directories");
    let port = one(&mut client, "SHOW port");
    Some(OwnServer::with_data(
        database,
        &["hot_standby=on"],
        |_, data| {
            format!(
                "{} --pgdata={data} --host={socket} --port={port} --username=postgres --checkpoint=fast --wal-method=stream \
             --no-sync && touch {data}/standby.signal",
                pg_basebackup.display()
            )
        },
    ))
}

#[test]
fn a_standby_reads_and_says_that_it_is_one_where_it_would_write() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    database.site_with(&sim, SMALL_STEPS);
    database.execute("CREATE SCHEMA reports");
    let Some(standby) = standby(&database) else {
        return skip("no pg_basebackup of this version");
    };
    let mut client = standby.connect(database.name());
    assert_eq!(one(&mut client, "SELECT pg_is_in_recovery()"), "t");
    assert_eq!(
        one(&mut client, "SELECT count(*) FROM confluence_pages"),
        "45"
    );
    assert_eq!(
        one(
            &mut client,
            "SELECT status FROM confluence.check('site') WHERE step = 'credential'"
        ),
        "ok"
    );
    sim.clear_log();
    for (sql, function) in [
        (
            "SELECT * FROM confluence.import_user_emails(E'User id,email\\n1,a@x.org')",
            "confluence.import_user_emails()",
        ),
        (
            "SELECT * FROM confluence.load_user_emails('/nowhere.csv')",
            "confluence.load_user_emails()",
        ),
        (
            "SELECT * FROM confluence.oauth_exchange('site', 'code', 'https://us.example')",
            "confluence.oauth_exchange()",
        ),
        (
            "CALL confluence.oauth_refresh('site')",
            "CALL confluence.oauth_refresh()",
        ),
    ] {
        let raised = error(&mut client, sql);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (
                "25006",
                &*format!("cannot execute {function} during recovery")
            )
        );
        assert!(raised.detail().unwrap().contains("standby"), "{raised:?}");
        assert!(raised.hint().unwrap().contains("primary"), "{raised:?}");
    }
    // A command of PostgreSQL's own, in PostgreSQL's own words.
    let raised = error(
        &mut client,
        "SELECT * FROM confluence.create_views('site', 'reports')",
    );
    assert_eq!(raised.code().code(), "25006", "{raised:?}");
    assert_eq!(sim.data_requests().len(), 0);
}
