//! Client programs, run against a database as their users run them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::Database;
use crate::cluster::cluster;

impl Database {
    /// Runs a Python program with the packages that `scripts/clients` installs, and returns what it printed.
    #[track_caller]
    pub fn run_python(&self, program: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
        let mut command = Command::new(&cluster().python);
        command.arg(program).args(arguments);
        self.run_client(command)
    }

    /// Runs a Java program from its source, with PostgreSQL's driver, and returns what it printed.
    #[track_caller]
    pub fn run_java(&self, program: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
        let mut command = Command::new("java");
        command
            .args(["-classpath", "/usr/share/java/postgresql.jar"])
            .arg(program)
            .args(arguments);
        self.run_client(command)
    }

    /// Runs a program that finds this database in the variables that libpq knows: over TCP and as the superuser, since
    /// not all drivers speak to a socket in the file system. Where it fails, so does the test.
    #[track_caller]
    fn run_client(&self, mut command: Command) -> String {
        let cluster = cluster();
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs([
                ("PGHOST", "127.0.0.1"),
                ("PGUSER", &cluster.user),
                ("PGPASSWORD", &cluster.password),
                ("PGDATABASE", self.name()),
                ("LC_ALL", "C.UTF-8"),
                ("TZ", "UTC"),
            ])
            .env("PGPORT", cluster.port.to_string());
        let output = command.output().unwrap_or_else(|error| {
            let program = command.get_program();
            panic!("{program:?}: {error}; scripts/clients installs what the tests run")
        });
        let printed = String::from_utf8(output.stdout).expect("the program prints UTF-8");
        assert!(
            output.status.success(),
            "{:?} ended with {}:\n{printed}\n{}",
            command.get_program(),
            output.status,
            String::from_utf8_lossy(&output.stderr),
        );
        printed
    }
}
