//! Golden files: a script, and what psql prints when it runs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use confluence_sim::Sim;

use crate::{Database, pg_major};

/// The version whose output the `.out` files hold; the others have files of their own where theirs differs.
const BASE: u32 = 15;

/// Runs `tests/golden/NAME.sql` through psql in a database with a site, and compares what it prints with
/// `tests/golden/NAME.out`, as [`matches_golden`] does.
#[track_caller]
pub fn golden(script: &str, sim: &Sim) {
    let path = golden_path(script);
    let sql =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));

    let database = Database::create();
    database.site(sim);
    let printed = database.run_psql(&["-a", "-q"], &sql).output;
    let names = [(sim.url(), "http://site"), (database.name(), "test")];
    matches_golden(script, &normalise(&printed, &names));
}

/// Compares what `NAME.anything` printed with `tests/golden/NAME.out`. Where a version of PostgreSQL prints something
/// else, `NAME.pg17.out` says what, for that version and all later ones up to the next file of this kind.
///
/// `UPDATE_GOLDEN=1` writes what was printed as what is expected, for the version that runs. Look at the difference
/// before you commit it.
#[track_caller]
pub fn matches_golden(script: &str, printed: &str) {
    let path = golden_path(script);
    let expected_path = expected_path(&path);
    let expected = fs::read_to_string(&expected_path).unwrap_or_default();
    if printed == expected {
        return;
    }
    assert!(
        env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1"),
        "{script} printed something else than {} holds (UPDATE_GOLDEN=1 rewrites it):\n{}",
        expected_path.display(),
        difference(&expected_path, &expected, printed),
    );
    let path = of_version(&path, pg_major());
    fs::write(&path, printed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn golden_path(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(script)
}

/// Where a version's own output is kept.
fn of_version(script: &Path, major: u32) -> PathBuf {
    if major == BASE {
        script.with_extension("out")
    } else {
        script.with_extension(format!("pg{major}.out"))
    }
}

/// The file that holds for this server: its version's own, or the nearest one on the way back to the base.
fn expected_path(script: &Path) -> PathBuf {
    (BASE + 1..=pg_major())
        .rev()
        .map(|version| of_version(script, version))
        .find(|path| path.exists())
        .unwrap_or_else(|| of_version(script, BASE))
}

/// Replaces what differs from run to run: names, and how long things took. And what differs between versions in every
/// plan: PostgreSQL 18 counts rows in hundredths.
fn normalise(text: &str, names: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in names {
        text = text.replace(from, to);
    }
    let text = after_each(&text, "Waited: ", |rest| {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        ("N", number)
    });
    let text = after_each(&text, "(actual rows=", |rest| {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let (count, _) = rest.split_at(rest.len() - digits.len());
        (count, digits.strip_prefix(".00").unwrap_or(digits))
    });
    narrow_plan_headings(&text)
}

/// Lets `change` say what stands after each `mark`: the new text, and what follows the old one.
fn after_each<'a>(
    text: &'a str,
    mark: &str,
    change: impl Fn(&'a str) -> (&'a str, &'a str),
) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(mark) {
        let (before, after) = rest.split_at(at + mark.len());
        let (new, following) = change(after);
        result.push_str(before);
        result.push_str(new);
        rest = following;
    }
    result.push_str(rest);
    result
}

/// psql makes a plan's heading as wide as its longest line, which was longer before the times were taken out.
fn narrow_plan_headings(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut below_heading = false;
    for line in text.split_inclusive('\n') {
        let ruler = below_heading && line.trim_end().bytes().all(|byte| byte == b'-');
        below_heading = line.trim() == "QUERY PLAN";
        result.push_str(match (below_heading, ruler) {
            (true, _) => "QUERY PLAN\n",
            (_, true) => "----------\n",
            _ => line,
        });
    }
    result
}

/// A unified diff, as `diff -u` makes it.
fn difference(expected_path: &Path, expected: &str, printed: &str) -> String {
    let name = expected_path
        .file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned();
    let printed_path = env::temp_dir().join(format!("{name}.{}", std::process::id()));
    fs::write(&printed_path, printed).expect("a temporary file");
    let empty = Path::new("/dev/null");
    let old = if expected_path.exists() {
        expected_path
    } else {
        empty
    };
    let diff = Command::new("diff")
        .args(["-u", "--label", &name, "--label", "printed"])
        .args([old, &printed_path])
        .output();
    let _ = fs::remove_file(&printed_path);
    match diff {
        Ok(diff) => String::from_utf8_lossy(&diff.stdout).into_owned(),
        Err(_) => format!("expected:\n{expected}\nprinted:\n{printed}"),
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn names_times_and_ways_to_count_do_not_matter() {
        let printed = "
                  QUERY PLAN
---------------------------------------------
 Append (actual rows=29.00 loops=1)
   Scan (actual rows=3 loops=2)
   Scan (actual rows=2.50 loops=2)
     Request: http://127.0.0.1:4711/wiki  Waited: 12.5 ms  Throttled: 0 ms
";
        let expected = "
QUERY PLAN
----------
 Append (actual rows=29 loops=1)
   Scan (actual rows=3 loops=2)
   Scan (actual rows=2.50 loops=2)
     Request: http://site/wiki  Waited: N ms  Throttled: 0 ms
";
        let names = [("http://127.0.0.1:4711", "http://site")];
        assert_eq!(normalise(printed, &names), expected);
    }
}
