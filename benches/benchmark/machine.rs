//! What the benchmark ran on.

use std::fs;
use std::process::Command;

use confluence_fdw_tests::Database;

use crate::peers;

/// What may matter for the numbers, each by its name.
pub fn facts() -> Vec<(&'static str, String)> {
    let database = Database::empty();
    let mut client = database.connect();
    let mut ask = |sql: &str| -> String { client.query_one(sql, &[]).expect(sql).get(0) };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal:")
        .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    vec![
        (
            "date",
            ask("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')"),
        ),
        (
            "processor",
            format!(
                "{}, {cores} cores",
                field("/proc/cpuinfo", "model name").unwrap_or_else(unknown)
            ),
        ),
        (
            "memory",
            memory.map_or_else(unknown, |kib| format!("{} GiB", (kib + (1 << 19)) >> 20)),
        ),
        (
            "system",
            format!(
                "{}, Linux {}",
                field("/etc/os-release", "PRETTY_NAME=")
                    .map_or_else(unknown, |name| name.trim_matches('"').to_owned()),
                fs::read_to_string("/proc/sys/kernel/osrelease")
                    .map_or_else(|_| unknown(), |text| text.trim().to_owned())
            ),
        ),
        ("PostgreSQL", ask("SHOW server_version")),
        (
            "settings",
            format!(
                "shared_buffers {}, fsync {}, jit {}; a server for this run alone",
                ask("SHOW shared_buffers"),
                ask("SHOW fsync"),
                ask("SHOW jit")
            ),
        ),
        (
            "confluence_fdw",
            format!(
                "{}, commit {}, built for release",
                env!("CARGO_PKG_VERSION"),
                printed(
                    "git",
                    &["describe", "--always", "--dirty", "--exclude", "*"]
                )
            ),
        ),
        ("Rust", printed("rustc", &["--version"])),
        ("peers", peers::versions()),
    ]
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// What follows a name at the beginning of a line.
pub fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// The first line that a program prints.
fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    output
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()))
        .unwrap_or_else(unknown)
}
