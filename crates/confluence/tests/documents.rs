//! What the documentation says of options, of remote tables and of plans is what the code and the tests have.
//!
//! With `UPDATE_GOLDEN=1` in the environment, it is rewritten instead.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use confluence::options::Rule;
use confluence::schema::{Column, Endpoint, Kind, Paging, Source, Table, Unreadable};
use confluence::tables;
use option_list::OptionPlace;

/// The options of servers, user mappings, tables and columns, as the extension has them.
#[path = "../../../src/catalog/option_list.rs"]
mod option_list;

#[test]
fn every_option_is_described() {
    check("docs/options.md", "options", &options_in_markdown());
}

#[test]
fn every_table_is_described() {
    check("README.md", "tables", &tables_by_topic());
    check("docs/tables.md", "list", &list_of_tables());
    check("docs/tables.md", "tables", &description_of_tables());
}

/// What psql prints of the README's queries is held by the test `golden_files::the_readmes_queries_and_their_plans`.
#[test]
fn the_readmes_queries_are_those_that_tests_run() {
    let printed = include_str!("../../../tests/golden/readme.out");
    let shown = printed.replace("QUERY PLAN\n----------\n", "");
    let shown = shown.trim_end();
    check("README.md", "queries", &format!("```\n{shown}\n```\n"));
}

/// What psql prints of them is held by the test `golden_files::the_evidence_pages_queries_and_their_answers`.
#[test]
fn the_evidence_page_shows_what_tests_run_and_explains_every_word() {
    const PAGE: &str = "docs/evidence.md";
    let printed = include_str!("../../../tests/golden/evidence.out");
    let mut parts: Vec<&str> = printed
        .split("-- == ")
        .skip(1)
        .map(|part| {
            let (name, shown) = part.split_once('\n').expect("a name");
            check(PAGE, name, &format!("```sql\n{}\n```\n", shown.trim_end()));
            name
        })
        .collect();
    assert!(parts.len() > 20, "{parts:?}");
    // By a test of its own, where there is the extension: `access::search`.
    parts.push("vector");
    check_words(PAGE);

    // No statement of the page stands outside of them.
    let mut rest = std::fs::read_to_string(path_of(PAGE)).expect("a page");
    for part in parts {
        let (begin, end) = marks(part);
        let (before, from) = rest.split_once(&begin).expect("the part's beginning");
        let (_, after) = from.split_once(&end).expect("the part's end");
        rest = format!("{before}{after}");
    }
    assert!(!rest.contains("```sql"), "{rest}");
}

/// Holds what the page on evidence says of words against the one place that they are in.
fn check_words(page: &str) {
    for kind in ["verdict", "path_type", "bound", "reason"] {
        let mut out = format!(
            "| {kind} | {}means",
            if kind == "reason" { "kind | " } else { "" }
        );
        let rows = words(kind);
        let have_a_remedy = rows.iter().any(|row| !row[3].is_empty());
        out += if have_a_remedy {
            " | what to do |\n"
        } else {
            " |\n"
        };
        out += &"|---".repeat(out.matches('|').count() - 1);
        out.push_str("|\n");
        for [word, reason_kind, meaning, what_to_do] in rows {
            let _ = write!(out, "| `{word}` |");
            if kind == "reason" {
                let _ = write!(out, " {reason_kind} |");
            }
            let _ = write!(out, " {meaning} |");
            if have_a_remedy {
                let _ = write!(out, " {what_to_do} |");
            }
            out.push('\n');
        }
        check(page, kind, &out);
    }
}

/// The words of a kind, each with its kind of reason, what it means and what to do.
fn words(kind: &str) -> Vec<[String; 4]> {
    let source = include_str!("../../../sql/mirror/access/words.sql");
    let begin = format!("('{kind}', ");
    let rows = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix(&begin));
    let rows: Vec<_> = rows
        .map(|row| {
            let cells = texts(row.trim_end_matches([',', ';']).trim_end_matches(')'));
            cells
                .try_into()
                .unwrap_or_else(|_| panic!("four cells: {row}"))
        })
        .collect();
    assert!(rows.len() > 3, "{kind}: {rows:?}");
    rows
}

/// The literals of a row of VALUES, none of which goes over several lines; NULL is an empty text.
fn texts(row: &str) -> Vec<String> {
    let quoted = row.replace("''", "\u{2019}").replace("NULL", "''");
    let texts = quoted.split('\'').skip(1).step_by(2);
    texts.map(|text| text.replace('\u{2019}', "'")).collect()
}

fn path_of(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(page)
}

fn marks(part: &str) -> (String, String) {
    (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"))
}

/// Holds a part of a page, between comments that name it, against what it should be.
fn check(page: &str, part: &str, expected: &str) {
    let path = path_of(page);
    let text = std::fs::read_to_string(&path).expect("a page");
    let (begin, end) = marks(part);
    let start = text.find(&begin).expect("the part's beginning") + begin.len();
    let stop = start + text[start..].find(&end).expect("the part's end");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let changed = format!("{}{expected}{}", &text[..start], &text[stop..]);
        std::fs::write(&path, changed).expect("written");
        return;
    }
    assert!(
        &text[start..stop] == expected,
        "what {page} says of {part} is out of date: run this test with UPDATE_GOLDEN=1"
    );
}

fn options_in_markdown() -> String {
    let mut out = String::new();
    for (place, title) in [
        (OptionPlace::Server, "`CREATE SERVER … OPTIONS (…)`"),
        (
            OptionPlace::UserMapping,
            "`CREATE USER MAPPING … OPTIONS (…)`",
        ),
        (OptionPlace::Table, "`CREATE FOREIGN TABLE … OPTIONS (…)`"),
        (
            OptionPlace::Column,
            "`ALTER FOREIGN TABLE … ALTER COLUMN … OPTIONS (…)`",
        ),
    ] {
        let _ = write!(
            out,
            "\n{title}\n\n| option | value | default | meaning |\n|---|---|---|---|\n"
        );
        for option in option_list::ALL
            .iter()
            .filter(|option| option.places.contains(&place))
        {
            let superuser = if option.superuser {
                ". Superusers only"
            } else {
                ""
            };
            let default = if place == OptionPlace::Table && option.places.len() > 1 {
                "the server's"
            } else {
                option.default
            };
            let _ = writeln!(
                out,
                "| `{}` | {} | {default} | {}{superuser}. |",
                option.spec.name,
                value(option.spec.rule),
                option.meaning
            );
        }
    }
    out.push('\n');
    out
}

fn value(rule: Rule) -> String {
    match rule {
        Rule::Subdomain => "lower-case letters, digits, hyphens".to_owned(),
        Rule::Address => "`https://…`, or `http://` and a loopback address".to_owned(),
        Rule::Uuid => "a UUID".to_owned(),
        Rule::OneOf(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Rule::Count(least, most) => format!("{least} to {most}"),
        Rule::Time => "a time, such as `500ms`, `30s`, `2min`".to_owned(),
        Rule::Boolean => "`true`, `false`".to_owned(),
        Rule::Moment => "a time, such as `2027-01-31T12:00:00Z`".to_owned(),
        Rule::Path => "an absolute path".to_owned(),
        Rule::Proxy => "`http://…` or `https://…`".to_owned(),
        Rule::Text | Rule::Pasted => "text".to_owned(),
        Rule::RemoteTable => "a table's name".to_owned(),
        Rule::RemoteColumn => "a column's name".to_owned(),
    }
}

/// What belongs to objects of several kinds, with a table for each kind.
const FAMILIES: &[(&str, &str)] = &[
    ("labels", "Labels"),
    ("likes", "Which accounts like which"),
    ("versions", "Versions, the current one included"),
    ("properties", "Properties that apps keep"),
    ("operations", "What the account that asks may do"),
    ("ancestors", "What is above in the content tree"),
    ("children", "What is right below in the content tree"),
    ("descendants", "Everything below in the content tree"),
];

/// The other tables, by what they are about. What nothing here names is listed as well, under a heading of its own.
const TOPICS: &[(&str, &[&str])] = &[
    (
        "Spaces",
        &[
            "spaces",
            "space_settings",
            "space_states",
            "space_state_settings",
        ],
    ),
    (
        "Content",
        &[
            "pages",
            "blogposts",
            "attachments",
            "custom_content",
            "tasks",
            "content_states",
            "content_views",
        ],
    ),
    ("Comments", &["footer_comments", "inline_comments"]),
    (
        "The content tree",
        &[
            "root_pages",
            "content_tree",
            "folders",
            "whiteboards",
            "databases",
            "smart_links",
        ],
    ),
    (
        "Labels",
        &[
            "labels",
            "label_pages",
            "label_blogposts",
            "label_attachments",
        ],
    ),
    (
        "Access",
        &[
            "permissions",
            "space_roles",
            "space_role_assignments",
            "space_permission_types",
            "content_restrictions",
            "admin_key",
        ],
    ),
    (
        "People",
        &[
            "users",
            "groups",
            "group_members",
            "user_groups",
            "page_watches",
            "space_watches",
        ],
    ),
    (
        "Governance",
        &[
            "audit_log",
            "audit_retention",
            "classification_levels",
            "data_policy",
            "data_policy_spaces",
        ],
    ),
    (
        "Templates and looks",
        &[
            "content_templates",
            "space_content_templates",
            "blueprint_templates",
            "space_blueprint_templates",
            "themes",
            "space_themes",
            "look_and_feel",
            "space_look_and_feel",
        ],
    ),
    ("The site", &["site", "search", "long_tasks"]),
];

const PREFIX: &str = "confluence_";

/// The kind of objects and the family of a table that differs from others only in the kind.
fn family_of(table: &Table) -> Option<(&'static str, &'static str)> {
    let (kind, family) = table.name.strip_prefix(PREFIX)?.rsplit_once('_')?;
    let known = FAMILIES.iter().find(|(known, _)| *known == family)?;
    Some((kind, known.0))
}

/// A line for each family: the kinds of objects that it has a table for, as links to its page.
fn families(page: &str) -> String {
    let mut out = String::new();
    for (family, what) in FAMILIES {
        let kinds: Vec<String> = tables::ALL
            .iter()
            .filter_map(|table| family_of(table))
            .filter(|(_, known)| known == family)
            .map(|(kind, _)| format!("[{kind}]({page}#{PREFIX}{kind}_{family})"))
            .collect();
        let _ = writeln!(
            out,
            "| `{PREFIX}…_{family}` | {what}: {} |",
            kinds.join(", ")
        );
    }
    out
}

/// The names of all tables, a line for each topic and family.
fn tables_by_topic() -> String {
    let mut rest: Vec<&str> = tables::ALL
        .iter()
        .filter(|table| family_of(table).is_none())
        .map(|table| table.name.trim_start_matches(PREFIX))
        .collect();
    let links = |names: &[&str]| -> String {
        let links = names
            .iter()
            .map(|name| format!("[{name}](docs/tables.md#{PREFIX}{name})"));
        links.collect::<Vec<_>>().join(", ")
    };
    let mut out = format!("\n| about | `{PREFIX}…` |\n|---|---|\n");
    for (topic, names) in TOPICS {
        for name in *names {
            let place = rest.iter().position(|known| known == name);
            rest.remove(place.unwrap_or_else(|| panic!("no table is called {PREFIX}{name}")));
        }
        let _ = writeln!(out, "| {topic} | {} |", links(names));
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "| And | {} |", links(&rest));
    }
    out.push_str(&families("docs/tables.md"));
    out.push('\n');
    out
}

/// What there is, in one line each; of tables that differ only in the kind of their objects, in one together.
fn list_of_tables() -> String {
    let mut out = String::from("\n| table | a row is |\n|---|---|\n");
    for table in tables::ALL {
        if family_of(table).is_none() {
            let first = table
                .comment
                .split_once(". ")
                .map_or(table.comment, |(first, _)| first);
            let _ = writeln!(
                out,
                "| [`{0}`](#{0}) | {1} |",
                table.name,
                first.trim_end_matches('.'),
            );
        }
    }
    out.push_str(&families(""));
    out.push('\n');
    out
}

fn description_of_tables() -> String {
    let mut out = String::new();
    for table in tables::ALL {
        describe(table, &mut out);
    }
    out.push('\n');
    out
}

fn describe(table: &'static Table, out: &mut String) {
    let _ = write!(out, "\n## `{}`\n\n{}\n\n", table.name, table.comment);
    if table.key.is_empty() {
        out.push_str("No columns tell all rows apart.\n\n");
    } else {
        let _ = write!(out, "Key: {}.\n\n", names(table.key));
    }
    out.push_str("| asked by | operation | path | a request gives | without a condition | scope |\n|---|---|---|---|---|---|\n");
    for endpoint in table.endpoints {
        let needed: Vec<&str> = endpoint.needed().collect();
        let _ = writeln!(
            out,
            "| {} | `{}` | `{} {}` | {} | {} | `{}` |",
            if needed.is_empty() {
                "–".to_owned()
            } else {
                names(&needed)
            },
            endpoint.operation,
            endpoint.method(),
            endpoint.path,
            rows_of_a_request(endpoint, &needed),
            without_condition(table, endpoint, &needed),
            endpoint.scope,
        );
    }
    for part in parts(table) {
        let columns: Vec<&str> = table
            .columns
            .iter()
            .filter(|column| column.part == Some(part))
            .map(|column| column.name)
            .collect();
        let _ = writeln!(
            out,
            "| for {} | `{}` | `GET {}` | 1, each row | – | `{}` |",
            names(&columns),
            part.operation,
            part.path,
            part.scope
        );
    }
    if table
        .endpoints
        .iter()
        .any(|endpoint| matches!(endpoint.unreadable, Unreadable::Row { .. }))
    {
        out.push_str("\nAn object that the site does not show is a row of its own.\n");
    }
    out.push_str("\n| column | type | pushed down | meaning |\n|---|---|---|---|\n");
    for column in table.columns {
        let _ = writeln!(
            out,
            "| `{}`{} | {}{} | {} | {} |",
            column.name,
            if column.optional { " (optional)" } else { "" },
            kind(column.kind),
            if column.required { ", not null" } else { "" },
            pushed_down(table, column),
            column.full_comment()
        );
    }
}

fn names(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn rows_of_a_request(endpoint: &Endpoint, needed: &[&str]) -> String {
    let rows = match (endpoint.paging, endpoint.page) {
        (Paging::Whole, 0) => "all".to_owned(),
        (_, 0) => "what the site chooses".to_owned(),
        (_, rows) => rows.to_string(),
    };
    if needed.is_empty() || endpoint.posts {
        rows
    } else {
        format!("{rows}, each")
    }
}

fn without_condition(table: &Table, endpoint: &Endpoint, needed: &[&str]) -> String {
    let source = |source: &Source| match source.only {
        Some((column, value)) => format!("`{}` with {column} `{value}`", source.table.name),
        None => format!("`{}`", source.table.name),
    };
    match endpoint.sources {
        [] if needed.is_empty() => "everything".to_owned(),
        [] if !table.needs_a_condition() => "each kind".to_owned(),
        [] => "not asked".to_owned(),
        sources => sources.iter().map(source).collect::<Vec<_>>().join(", "),
    }
}

fn parts(table: &Table) -> Vec<&'static confluence::schema::Part> {
    let mut parts = Vec::new();
    for part in table.columns.iter().filter_map(|column| column.part) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bigint => "bigint",
        Kind::Integer => "integer",
        Kind::Text | Kind::Link => "text",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamptz",
        Kind::JsonInString | Kind::Json => "jsonb",
    }
}

fn pushed_down(table: &Table, column: &Column) -> String {
    let mut pushed = Vec::new();
    if table.can_ask_for(column) {
        pushed.push(match column.filter {
            None => "`=`, `IN`: a request each".to_owned(),
            Some(filter) if !filter.choices.is_empty() && filter.max == 1 => "`=`".to_owned(),
            Some(filter) if filter.max == 1 => "`=`, `IN`: a request each".to_owned(),
            Some(filter) if !filter.choices.is_empty() => "`=`, `IN`".to_owned(),
            Some(filter) => format!("`=`, `IN`: {} in a request", filter.max),
        });
    }
    if column.kind == Kind::Timestamp && (column.sort.is_some() || column.window.is_some()) {
        pushed.push("`<` `<=` `=` `>=` `>`".to_owned());
    }
    if column.sort.is_some() {
        pushed.push("`ORDER BY`".to_owned());
    }
    pushed.join("; ")
}
