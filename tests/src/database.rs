//! A database of one test's own.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use confluence_sim::{Options, Sim};
use postgres::error::DbError;
use postgres::{Client, NoTls};

use crate::cluster::cluster;
use crate::query::{describe, served};

/// A fresh database, dropped with its connections and its roles at the end of the test.
pub struct Database {
    name: String,
    roles: Mutex<Vec<String>>,
    /// How long the server's log was before.
    log_start: u64,
}

/// What the server told a connection beside its answers.
#[derive(Clone, Default)]
pub struct Notices(Arc<Mutex<Vec<DbError>>>);

impl Notices {
    /// Takes what has arrived since the last time.
    pub fn take(&self) -> Vec<DbError> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What psql printed, and whether it ended well.
#[derive(Debug)]
pub struct PsqlOutput {
    pub success: bool,
    /// What it printed on both of its streams, in order.
    pub output: String,
}

impl Database {
    /// A database with the extension in it.
    #[track_caller]
    pub fn create() -> Self {
        let database = Self::empty();
        database.execute("CREATE EXTENSION confluence_fdw");
        database
    }

    /// A database without the extension.
    #[track_caller]
    pub fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let log_start = fs::metadata(&cluster().log).map_or(0, |log| log.len());
        // template0: nobody is ever connected to it, which would make the copy fail.
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        served(cluster().maintenance().batch_execute(&create), &create);
        Self {
            name,
            roles: Mutex::default(),
            log_start,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements as the superuser.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        served(self.connect().batch_execute(sql), sql);
    }

    /// A connection of the superuser.
    #[track_caller]
    pub fn connect(&self) -> Client {
        self.connect_as(&cluster().user)
    }

    /// A connection of another role.
    #[track_caller]
    pub fn connect_as(&self, role: &str) -> Client {
        served(self.config_as(role).connect(NoTls), role)
    }

    /// A connection of the superuser, and what the server tells it beside its answers.
    #[track_caller]
    pub fn connect_with_notices(&self) -> (Client, Notices) {
        let notices = Notices::default();
        let mut config = self.config_as(&cluster().user);
        let collected = notices.clone();
        config.notice_callback(move |notice| {
            collected
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(notice);
        });
        let client = served(config.connect(NoTls), self.name());
        (client, notices)
    }

    /// How to connect as a role, to be changed before use.
    pub fn config_as(&self, role: &str) -> postgres::Config {
        cluster().config(&self.name, role)
    }

    /// How to connect as the superuser over TCP.
    pub fn tcp_config(&self) -> postgres::Config {
        let cluster = cluster();
        let mut config = postgres::Config::new();
        config
            .host("127.0.0.1")
            .port(cluster.port)
            .user(&cluster.user)
            .password(&cluster.password);
        config.dbname(&self.name);
        config
    }

    /// What the superuser's `pg_dump` writes of it; None where there is no such program beside the server's psql.
    #[track_caller]
    pub fn dump(&self) -> Option<String> {
        self.dump_with(&[])
    }

    /// The same with further arguments, such as `--schema acme`.
    #[track_caller]
    pub fn dump_with(&self, arguments: &[&str]) -> Option<String> {
        let cluster = cluster();
        let program = cluster.psql.with_file_name("pg_dump");
        if !program.exists() {
            return None;
        }
        let dump = Command::new(program)
            .args(["--host", &cluster.host, "--username", &cluster.user])
            .args(["--port", &cluster.port.to_string(), &self.name])
            .args(arguments)
            .output()
            .expect("pg_dump runs");
        let said = String::from_utf8_lossy(&dump.stderr);
        assert!(dump.status.success(), "{said}");
        Some(String::from_utf8(dump.stdout).expect("UTF-8"))
    }

    /// A new role that may log in, and nothing else. Its name is unique, since roles are the cluster's; it goes with the
    /// database.
    #[track_caller]
    pub fn role(&self, name: &str) -> String {
        let role = format!("{name}_{}", self.name);
        self.execute(&format!("CREATE ROLE {role} LOGIN"));
        self.roles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(role.clone());
        role
    }

    /// Makes the stand-in this database's server `site`: with a mapping for PUBLIC that holds the e-mail and token it
    /// knows unless told otherwise, and all of its tables in schema `public`.
    #[track_caller]
    pub fn site(&self, sim: &Sim) {
        self.site_with(sim, "");
    }

    /// The same, with further options of the server, as in `page_size '10', max_concurrency '1'`.
    #[track_caller]
    pub fn site_with(&self, sim: &Sim, options: &str) {
        self.execute(&site_statements(sim, options));
    }

    /// Runs statements through psql, and returns what it printed. An error of psql, or of a statement, is a failure.
    #[track_caller]
    pub fn psql(&self, sql: &str) -> String {
        let run = self.run_psql(&["-v", "ON_ERROR_STOP=1"], sql);
        assert!(run.success, "psql failed:\n{}", run.output);
        run.output
    }

    /// Runs psql on a script as if it were typed in: arguments as given, the superuser, no settings of anybody's.
    #[track_caller]
    pub fn run_psql(&self, arguments: &[&str], script: &str) -> PsqlOutput {
        let cluster = cluster();
        // One pipe for both streams, so that errors stand where they happened.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = Command::new(&cluster.psql);
        command
            .arg("-X")
            .args(arguments)
            .env_clear()
            .envs([
                ("PGHOST", &cluster.host),
                ("PGUSER", &cluster.user),
                ("PGDATABASE", &self.name),
            ])
            .envs([("PGPORT", cluster.port.to_string())])
            .envs([
                ("PGAPPNAME", "psql"),
                ("PGTZ", "UTC"),
                ("PGDATESTYLE", "ISO"),
                ("LC_ALL", "C.UTF-8"),
            ])
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().expect("a pipe"))
            .stderr(writer);
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", cluster.psql.display()));
        drop(command); // and with it our ends of the pipe, so that reading comes to an end
        let mut stdin = child.stdin.take().expect("psql's standard input");
        let script = script.to_owned();
        let writing = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        let output = std::io::read_to_string(reader).expect("psql prints UTF-8");
        let success = child.wait().expect("psql ends").success();
        // psql stops reading at the first error where ON_ERROR_STOP is set: a broken pipe then, and no harm.
        let _ = writing.join().expect("the writer does not panic");
        PsqlOutput { success, output }
    }

    /// Writes a file that the server can read, and returns its path. It goes with the cluster.
    #[track_caller]
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = cluster().files.join(format!("{}_{name}", self.name));
        fs::write(&path, contents).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644))
                .expect("the file is ours");
        }
        path
    }

    /// What the server wrote to its log since this database was made, on behalf of any test.
    pub fn log(&self) -> String {
        let mut log = fs::File::open(&cluster().log).expect("the server's log");
        log.seek(SeekFrom::Start(self.log_start))
            .expect("the server's log");
        std::io::read_to_string(log).expect("the server's log")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut statements = vec![format!("DROP DATABASE {} WITH (FORCE)", self.name)];
        let roles = self.roles.get_mut().unwrap_or_else(PoisonError::into_inner);
        statements.extend(roles.iter().map(|role| format!("DROP ROLE {role}")));
        let mut client = cluster().maintenance();
        for statement in statements {
            // Not a panic: this may run while one unwinds.
            if let Err(error) = client.batch_execute(&statement) {
                eprintln!("{statement}: {}", describe(&error));
            }
        }
    }
}

/// The statements that make the stand-in the server `site` of the database that they are run in, as [`Database::site_with`] does.
pub fn site_statements(sim: &Sim, options: &str) -> String {
    let url = literal(sim.url());
    let (email, token) = (literal(Options::EMAIL), literal(Options::TOKEN));
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(", {options}")
    };
    format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {url}{options});
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email {email}, api_token {token});
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public"
    )
}

/// A string as a literal of SQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
