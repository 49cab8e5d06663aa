//! The words of answers: those that the SQL of mirrors writes are in one place, and each that is there is written somewhere.
//! That the documentation explains them is held by `documents::the_evidence_page_shows_what_tests_run_and_explains_every_word`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const WORDS: &str = include_str!("../sql/mirror/access/words.sql");
const EXTENSION: &str = include_str!("../sql/confluence_fdw--0.1.0.sql");

/// What else the SQL of access and reports compares with, or names: words of the site, and of the mirror's tables.
const OTHERS: &[&str] = &[
    // Kinds of content.
    "page blogpost folder whiteboard database embed",
    // Kinds and states of accounts.
    "atlassian app customer active inactive closed unknown",
    // Operations and what they are on.
    "read create update space comment attachment archive_space clear_permissions manage_access manage_content",
    "manage_guest_users manage_look_and_feel manage_nonlicensed_users manage_public_links manage_space_features",
    "manage_templates manage_users",
    // Access classes, kinds of principals, and what groups give access to.
    "access-class all-licensed-users all-product-admins anonymous-users authenticated-users jsm-project-admins",
    "unlicensed-users permission admin site-admin",
    // Tables and steps.
    "audit_log blogpost_versions blogposts content content_restrictions databases folders group_members groups",
    "page_labels page_versions pages permissions",
    "product_access product_groups smart_links space_role_assignments space_roles spaces users whiteboards",
    // Names of reports.
    "access_changes app_access content_access content_changes content_removed coverage dormant_grants",
    "effective_space_access_as_of external_access group_changes group_space_matrix leaver_ownership open_spaces",
    "orphaned_spaces person_access restricted_content space_access space_admins",
    // What rows of reports are about, in columns called kind.
    "space_grant external_domain gap",
    // States of runs, ends of rows, and what kind of roles a site has.
    "complete changed PRE_ROLES",
    // Names in JSON, units, and what PostgreSQL itself says.
    "array by content_id list name reason second infinity",
    // Beginnings of summaries of audit records.
    "moved",
];

/// The words of a list in braces, or the one word that a literal is; nothing where it is a text.
fn words_of(literal: &str) -> Vec<&str> {
    let list = literal
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let words = list.map_or(vec![literal], |list| list.split(',').collect());
    let is_word = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
            && !word.ends_with(['_', '-'])
    };
    words.into_iter().filter(is_word).collect()
}

/// All literals of a script that are words, but for those in comments.
fn literals(script: &str) -> BTreeSet<String> {
    let lines = script
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let statements = code
        .split(";\n")
        .filter(|statement| !statement.trim_start().starts_with("COMMENT ON"));
    // Literals within literals are written with two quotes each.
    let code: String = statements
        .collect::<Vec<_>>()
        .join(";\n")
        .replace("''", "'");
    let texts = code.split('\'').skip(1);
    texts.flat_map(words_of).map(str::to_owned).collect()
}

/// The words that are explained, each as kind and word.
fn explained() -> BTreeSet<(&'static str, &'static str)> {
    let rows = WORDS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("('"));
    let mut cells = rows.map(|row| row.split('\''));
    let words: BTreeSet<_> = std::iter::from_fn(|| {
        let mut row = cells.next()?;
        Some((row.next()?, row.nth(1)?))
    })
    .collect();
    assert!(words.len() > 80, "{words:?}");
    words
}

/// What the SQL of a mirror writes in some of its folders.
fn written(folders: &[&str]) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sql/mirror");
    let mut written = BTreeSet::new();
    for folder in folders {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        for entry in entries {
            let path = entry.expect("an entry").path();
            if !path.ends_with("words.sql") {
                written.extend(literals(&fs::read_to_string(path).expect("a script")));
            }
        }
    }
    written
}

/// The function that answers from the site itself, whose answer is the mirror's.
fn live() -> &'static str {
    let begin = EXTENSION.find("CREATE FUNCTION confluence.content_access_live");
    let end = EXTENSION.find("COMMENT ON FUNCTION confluence.content_access_live");
    &EXTENSION[begin.expect("its beginning")..end.expect("its end")]
}

#[test]
fn each_word_that_access_and_reports_write_is_explained_or_known_to_be_another_kind_of_word() {
    let mut known: BTreeSet<&str> = explained().iter().map(|(_, word)| *word).collect();
    known.extend(OTHERS.iter().flat_map(|line| line.split(' ')));
    let unknown: Vec<String> = written(&["access", "reports", "frame"])
        .into_iter()
        .filter(|word| !known.contains(word.as_str()))
        .collect();
    assert_eq!(
        unknown,
        Vec::<String>::new(),
        "a word of answers belongs into words.sql"
    );
}

#[test]
fn the_answer_from_the_site_itself_has_no_words_of_its_own() {
    // It closes what it reads anew as a run does, and leaves every verdict, reason, path and bound to the mirror.
    let explained = explained();
    let said: Vec<String> = literals(live())
        .into_iter()
        .filter(|word| {
            let of_answers = ["verdict", "reason", "path_type", "bound"];
            of_answers
                .iter()
                .any(|kind| explained.contains(&(*kind, word.as_str())))
        })
        .collect();
    // The end of a row, and the kind of a principal.
    assert_eq!(said, ["gone_or_hidden", "group"]);
}

#[test]
fn each_word_that_is_explained_is_written_somewhere() {
    let written = written(&["access", "reports", "proof"]);
    let unused: Vec<_> = explained()
        .into_iter()
        .filter(|(_, word)| !written.contains(*word))
        .collect();
    assert_eq!(unused, []);
}

#[test]
fn no_word_stands_for_two_things_of_one_kind() {
    let rows = WORDS.lines().filter(|line| line.trim().starts_with("('"));
    assert_eq!(rows.count(), explained().len());
}
