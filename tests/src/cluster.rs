//! The cluster that the tests run in, as the environment describes it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Where the running cluster is. `scripts/lib.sh` sets the variables.
pub(crate) struct Cluster {
    /// The directory of its socket.
    pub host: String,
    pub port: u16,
    /// Its superuser.
    pub user: String,
    /// Asked for on 127.0.0.1 only.
    pub password: String,
    /// The psql of the same version.
    pub psql: PathBuf,
    pub log: PathBuf,
    /// A directory where the server can read what a test writes.
    pub files: PathBuf,
    /// The Python that has the client libraries.
    pub python: PathBuf,
}

/// The cluster of this run.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster {
        host: variable("HOST"),
        port: variable("PORT")
            .parse()
            .expect("CONFLUENCE_FDW_TEST_PORT is a port"),
        user: variable("USER"),
        password: variable("PASSWORD"),
        psql: variable("PSQL").into(),
        log: variable("LOG").into(),
        files: variable("FILES").into(),
        python: variable("PYTHON").into(),
    });
    &CLUSTER
}

fn variable(name: &str) -> String {
    let name = format!("CONFLUENCE_FDW_TEST_{name}");
    std::env::var(&name).unwrap_or_else(|_| {
        panic!("{name} is not set, so there is no PostgreSQL to test against: run `make test`")
    })
}

impl Cluster {
    /// How to reach one of its databases over the socket, as a role that needs no password there.
    pub fn config(&self, database: &str, role: &str) -> postgres::Config {
        let mut config = postgres::Config::new();
        config
            .host(&self.host)
            .port(self.port)
            .user(role)
            .dbname(database)
            .application_name("test");
        config
    }

    /// A connection of the superuser to the database that is always there.
    pub fn maintenance(&self) -> postgres::Client {
        self.config("postgres", &self.user)
            .connect(postgres::NoTls)
            .expect("the test cluster answers: run `make test`")
    }
}

/// The major version of the server under test.
pub fn pg_major() -> u32 {
    static MAJOR: LazyLock<u32> = LazyLock::new(|| {
        let row = cluster()
            .maintenance()
            .query_one("SHOW server_version_num", &[]);
        let number: String = row.expect("the server tells its version").get(0);
        number
            .parse::<u32>()
            .expect("server_version_num is a number")
            / 10_000
    });
    *MAJOR
}

/// Reports the running test as skipped, for lack of something that this machine need not have; the test then returns.
///
/// The test runner knows of no such thing: it counts the test as passed, and `scripts/test` moves it to the skipped.
pub fn skip(reason: &str) {
    let name = std::thread::current().name().unwrap_or("?").to_owned();
    eprintln!("{name}: skipped, {reason}");
    let Ok(path) = std::env::var("CONFLUENCE_FDW_TEST_SKIPPED") else {
        return;
    };
    let mut file = std::fs::File::options()
        .append(true)
        .create(true)
        .open(path)
        .expect("the list of skipped tests");
    // One write a line: tests of several threads and processes append to it.
    file.write_all(format!("{name}: {reason}\n").as_bytes())
        .expect("the list of skipped tests");
}
