//! A standby: it reads, and says that it is one where something would have to be written.

use std::path::{Path, PathBuf};
use std::process::Command;

use confluence_fdw_tests::{Database, error, literal, one, skip};
use confluence_sim::{Options, Sim};
use postgres::{Client, NoTls};

use crate::scene::{SMALL_STEPS, small_site};

/// Its socket is in a directory of its own, so the number is as good as any.
const PORT: u16 = 5432;

/// A standby of the test cluster, which its own server user has made and runs. It has no connection to its primary.
struct Standby<'d> {
    database: &'d Database,
    directory: String,
    pg_ctl: PathBuf,
}

impl<'d> Standby<'d> {
    /// None where this machine has no pg_basebackup of the server's version.
    fn of(database: &'d Database) -> Option<Self> {
        let pg_config = std::env::var_os("PG_CONFIG").unwrap_or_else(|| "pg_config".into());
        let output = Command::new(pg_config).arg("--bindir").output().ok()?;
        let bindir = String::from_utf8(output.stdout).ok()?;
        let pg_basebackup = Path::new(bindir.trim()).join("pg_basebackup");
        if !pg_basebackup.exists() {
            return None;
        }
        let mut client = database.connect();
        let directory = format!("/tmp/confluence_fdw-standby.{}", database.name());
        let socket = one(&mut client, "SHOW unix_socket_directories");
        let port = one(&mut client, "SHOW port");
        // The programs that the extension is installed for are those beside psql.
        let psql = std::env::var_os("CONFLUENCE_FDW_TEST_PSQL")?;
        let pg_ctl = Path::new(&psql).with_file_name("pg_ctl");
        let standby = Self {
            database,
            directory,
            pg_ctl,
        };
        let directory = &standby.directory;
        standby.run(&format!(
            "mkdir -m 700 {directory} && {} --pgdata={directory}/data --host={socket} --port={port} --username=postgres \
             --checkpoint=fast --wal-method=stream --no-sync && touch {directory}/data/standby.signal && \
             {} start --pgdata={directory}/data --log={directory}/log --wait --silent \
             --options='-p {PORT} -c unix_socket_directories={directory} -c listen_addresses= -c hot_standby=on' >/dev/null 2>&1",
            pg_basebackup.display(),
            standby.pg_ctl.display()
        ));
        Some(standby)
    }

    /// Runs a command as the server's user.
    #[track_caller]
    fn run(&self, command: &str) {
        self.database.execute(&format!(
            "CREATE TEMPORARY TABLE output (line text); COPY output FROM PROGRAM {}",
            literal(command)
        ));
    }

    fn connect(&self) -> Client {
        let mut config = postgres::Config::new();
        config
            .host(&self.directory)
            .port(PORT)
            .user("postgres")
            .dbname(self.database.name());
        config.connect(NoTls).expect("the standby answers")
    }
}

impl Drop for Standby<'_> {
    fn drop(&mut self) {
        self.run(&format!(
            "{} stop --pgdata={dir}/data --mode=immediate --wait --silent >/dev/null 2>&1; rm -rf {dir}",
            self.pg_ctl.display(),
            dir = self.directory
        ));
    }
}

#[test]
fn a_standby_reads_and_says_that_it_is_one_where_it_would_write() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    database.site_with(&sim, SMALL_STEPS);
    database.execute("CREATE SCHEMA reports");
    let Some(standby) = Standby::of(&database) else {
        return skip("no pg_basebackup of this version");
    };
    let mut client = standby.connect();
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
