//! What the documentation promises is shown by tests that there are.

use std::fs;
use std::path::{Path, PathBuf};

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
