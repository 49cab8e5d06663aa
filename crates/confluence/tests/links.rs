//! Links in the documentation lead somewhere: to a file of the tree, and to a heading that it has. So do names of files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the root")
}

/// All pages: those beside the README, and those of docs.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages = BTreeMap::new();
    for directory in [root(), root().join("docs")] {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|kind| kind == "md") {
                let text = fs::read_to_string(&path).expect("a page");
                pages.insert(path, text);
            }
        }
    }
    pages
}

/// A page's lines outside of code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((number + 1, line))
    })
}

/// The name by which a heading is linked to: in lower case, with hyphens for blanks, without punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|(_, line)| line.starts_with('#'));
    headings
        .map(|(_, line)| anchor(line.trim_start_matches('#')))
        .collect()
}

/// Where the links of a line lead to, those in code excepted.
fn links(line: &str) -> Vec<String> {
    let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let after = outside.split("](").skip(1);
    after
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let known: BTreeMap<&Path, BTreeSet<String>> = pages
        .iter()
        .map(|(path, text)| (path.as_path(), anchors(text)))
        .collect();
    let mut followed = 0;
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for (number, line) in prose(text) {
            for link in links(line) {
                if link.starts_with("https://") {
                    continue;
                }
                followed += 1;
                let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
                let target = match file {
                    "" => Some(page.clone()),
                    file => page.with_file_name(file).canonicalize().ok(),
                };
                let leads = target.is_some_and(|target| {
                    heading.is_empty()
                        || known
                            .get(target.as_path())
                            .is_some_and(|anchors| anchors.contains(heading))
                });
                if !leads {
                    broken.push(format!("{}:{number}: {link}", page.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(followed > 300, "{followed} links");
}

/// Where files are that pages name without a link.
const FOLDERS: [&str; 8] = [
    "benches/", "crates/", "demo/", "docs/", "scripts/", "sql/", "src/", "tests/",
];

#[test]
fn every_file_that_is_named_is_there() {
    let mut missing = Vec::new();
    let mut named = 0;
    for (page, text) in &pages() {
        for (number, line) in prose(text) {
            for code in line.split('`').skip(1).step_by(2) {
                let is_path = FOLDERS.iter().any(|folder| code.starts_with(folder));
                if is_path && !code.contains(char::is_whitespace) {
                    named += 1;
                    if !root().join(code).exists() {
                        missing.push(format!("{}:{number}: {code}", page.display()));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(named > 40, "{named} names");
}

#[test]
fn docs_lists_all_of_its_pages() {
    let pages = pages();
    let list = root().join("docs/README.md");
    let text = &pages[&list];
    let linked: BTreeSet<PathBuf> = prose(text)
        .flat_map(|(_, line)| links(line))
        .filter_map(|link| list.with_file_name(link).canonicalize().ok())
        .collect();
    let missing: Vec<_> = pages
        .keys()
        .filter(|path| path.parent() == list.parent() && **path != list)
        .filter(|path| !linked.contains(*path))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
