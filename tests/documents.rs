//! What the documentation promises is shown by tests that there are.

use std::fs;
use std::path::{Path, PathBuf};

use confluence_fdw_tests::Database;
use confluence_sim::{Options, Sim};

const TOUR: &str = include_str!("../demo/tour.sql");
const PICTURE: &str = include_str!("../docs/demo.svg");

/// All files of Rust below a directory, but for what is built.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{directory:?}: {error}"));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn each_promise_of_the_security_page_names_tests_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a root");
    let mut files = Vec::new();
    for directory in ["tests", "crates"] {
        sources(&root.join(directory), &mut files);
    }
    // A test is named by its module's path, from any folder on.
    let there_is = |module: &str, test: &str| {
        let file = module.replace("::", "/") + ".rs";
        let files = files.iter().filter(|path| path.ends_with(&file));
        files
            .map(|path| fs::read_to_string(path).expect("a source"))
            .any(|source| source.contains(&format!("fn {test}(")))
    };
    let page = fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let code = |text: &str| -> Vec<(String, String)> {
        let spans = text.split('`').skip(1).step_by(2);
        spans
            .filter_map(|span| span.rsplit_once("::"))
            .map(|(module, test)| (module.to_owned(), test.to_owned()))
            .collect()
    };
    let missing: Vec<_> = code(&page)
        .into_iter()
        .filter(|(module, test)| !there_is(module, test))
        .collect();
    assert_eq!(missing, []);

    // In the tables of promises, each row has one.
    let mut promises = 0;
    let mut in_table = false;
    for line in page.lines() {
        match line {
            "| promise | shown by |" => in_table = true,
            "|---|---|" => {}
            row if in_table && row.starts_with('|') => {
                let shown_by = row.trim_end_matches([' ', '|']).rsplit(" | ").next();
                assert!(shown_by.is_some_and(|cell| !code(cell).is_empty()), "{row}");
                promises += 1;
            }
            _ => in_table = false,
        }
    }
    assert!(promises > 20, "{promises} promises");
}

/// A line without what differs from run to run and between versions: numbers of plans and times, and the width of rulers.
fn comparable(line: &str) -> String {
    let line = line.trim();
    if line.bytes().all(|byte| byte == b'-') {
        return "-".to_owned();
    }
    if !line.contains("(actual time=")
        && !line.contains("Requests: ")
        && !line.starts_with("Time: ")
    {
        return line.to_owned();
    }
    let words = line.split(|c: char| c.is_ascii_digit() || c == '.');
    words.filter(|word| !word.is_empty()).collect()
}

#[test]
fn the_tour_ends_well_and_prints_what_the_picture_shows() {
    let sim = Sim::start(Options::default());
    let database = Database::empty();
    let export = database.file("tour-users.csv", sim.organisation().export_users());
    let run = database.run_psql(
        &[
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-P",
            "pager=off",
            "-v",
            &format!("url={}", sim.url()),
            "-v",
            &format!("export={}", export.display()),
        ],
        TOUR,
    );
    assert!(run.success, "{}", run.output);
    let errors = run.output.lines().filter(|line| line.starts_with("ERROR"));
    assert_eq!(errors.count(), 1, "{}", run.output);
    // The review at its end: what was changed between two refreshes, and what was forged.
    for shown in [
        "Hana Ito | lost   | edit",
        "Hana Ito | lost   | view   | ENG       | Architecture",
        "denied_by_restriction",
        "14 rows as attested",
        "rows | fail   | chunk 1 is not what was attested",
    ] {
        assert!(run.output.contains(shown), "{shown}: {}", run.output);
    }

    let printed: Vec<String> = run.output.lines().map(comparable).collect();
    let shown: Vec<String> = PICTURE
        .lines()
        .filter_map(|line| line.strip_suffix("</text>")?.rsplit_once('>'))
        .map(|(_, text)| text.replace('\u{a0}', " "))
        .map(|text| text.replace("&lt;", "<").replace("&gt;", ">"))
        .map(|text| text.replace("&amp;", "&"))
        .collect();
    assert!(shown.len() > 30, "{shown:#?}");
    for line in shown {
        let is_there = match line.strip_suffix('…') {
            Some(start) => printed.iter().any(|line| line.starts_with(start.trim())),
            None => printed.contains(&comparable(&line)),
        };
        assert!(is_there, "not printed: {line}\n{}", run.output);
    }
}
