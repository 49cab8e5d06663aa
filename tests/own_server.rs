//! A server of one test's own beside the cluster: for what would take down whatever else runs there, or needs settings of its own.

use std::path::PathBuf;

use confluence_fdw_tests::{Database, literal};
use postgres::{Client, NoTls};

/// Its socket is in a directory of its own, so the number is as good as any.
const PORT: u16 = 5432;

/// A server that the cluster's own user has made and runs, with the programs and the extension of the cluster. It stops, and
/// leaves nothing behind, at the end of the test.
pub struct OwnServer<'d> {
    /// Where its commands are run from.
    database: &'d Database,
    directory: String,
    pg_ctl: PathBuf,
}

impl<'d> OwnServer<'d> {
    /// One that has nothing in it, with these settings beside the defaults.
    #[track_caller]
    pub fn new(database: &'d Database, settings: &[&str]) -> Self {
        let durability = ["fsync=off"];
        Self::with_data(
            database,
            &[&durability[..], settings].concat(),
            |server, data| {
                format!(
                    "{} --pgdata={data} --username=postgres --encoding=UTF8 --locale=C.UTF-8 --auth=trust --no-sync --no-instructions",
                    server.program("initdb")
                )
            },
        )
    }

    /// One whose data a command puts into a directory.
    #[track_caller]
    pub fn with_data(
        database: &'d Database,
        settings: &[&str],
        command: impl FnOnce(&Self, &str) -> String,
    ) -> Self {
        // The programs that the extension is installed for are those beside psql.
        let [psql, socket] = ["PSQL", "HOST"].map(|name| {
            let value = std::env::var_os(format!("CONFLUENCE_FDW_TEST_{name}"));
            PathBuf::from(value.expect("run by `make test`"))
        });
        let server = Self {
            database,
            // In the cluster's own directory: it goes with that, even where a run is killed, and a server without its data ends.
            directory: format!("{}/own.{}", socket.display(), database.name()),
            pg_ctl: psql.with_file_name("pg_ctl"),
        };
        let directory = &server.directory;
        let data = format!("{directory}/data");
        let made = command(&server, &data);
        let settings: Vec<String> = settings
            .iter()
            .map(|setting| format!("-c {setting}"))
            .collect();
        server.run(&format!(
            "mkdir -m 700 {directory} && {made} >{directory}/made 2>&1 && \
             {} start --pgdata={data} --log={directory}/log --wait --silent \
             --options='-p {PORT} -c unix_socket_directories={directory} -c listen_addresses= {}' >/dev/null 2>&1",
            server.pg_ctl.display(),
            settings.join(" ")
        ));
        server
    }

    /// A program of the server's version.
    pub fn program(&self, name: &str) -> String {
        self.pg_ctl.with_file_name(name).display().to_string()
    }

    /// Runs a command as the server's user.
    #[track_caller]
    pub fn run(&self, command: &str) {
        self.database.execute(&format!(
            "CREATE TEMPORARY TABLE output (line text); COPY output FROM PROGRAM {}",
            literal(command)
        ));
    }

    /// A connection of its superuser, if it takes any.
    pub fn try_connect(&self, database: &str) -> Result<Client, postgres::Error> {
        let mut config = postgres::Config::new();
        config
            .host(&self.directory)
            .port(PORT)
            .user("postgres")
            .dbname(database);
        config.connect(NoTls)
    }

    #[track_caller]
    pub fn connect(&self, database: &str) -> Client {
        self.try_connect(database).expect("the server answers")
    }
}

impl Drop for OwnServer<'_> {
    fn drop(&mut self) {
        self.run(&format!(
            "{} stop --pgdata={dir}/data --mode=immediate --wait --silent >/dev/null 2>&1; rm -rf {dir}",
            self.pg_ctl.display(),
            dir = self.directory
        ));
    }
}
