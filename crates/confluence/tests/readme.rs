//! The README's tables of options and of remote tables, and the pages that describe the tables, are those of
//! the code.
//!
//! With `UPDATE_GOLDEN=1` in the environment, they are rewritten instead.

use std::fmt::Write as _;
use std::path::Path;

use confluence::options::Rule;
use confluence::schema::{Column, Endpoint, Kind, Paging, Source, Table, Unreadable};
use confluence::tables;
use option_list::OptionPlace;

/// The options of servers, user mappings, tables and columns, as the extension has them.
#[path = "../../../src/catalog/option_list.rs"]
mod option_list;

#[test]
fn options_and_tables() {
    check("options", &options_in_markdown());
    check("tables", &list_of_tables());
}

#[test]
fn every_table_is_described() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tables.md");
    let expected = description_of_tables();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, expected).expect("written");
        return;
    }
    let found = std::fs::read_to_string(&path).expect("docs/tables.md");
    assert!(
        found == expected,
        "docs/tables.md is out of date: run this test with UPDATE_GOLDEN=1"
    );
}

/// Holds a part of the README, between comments that name it, against what it should be.
fn check(part: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).expect("a README");
    let (begin, end) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"));
    let start = readme.find(&begin).expect("the part's beginning") + begin.len();
    let stop = start + readme[start..].find(&end).expect("the part's end");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let changed = format!("{}{expected}{}", &readme[..start], &readme[stop..]);
        std::fs::write(&path, changed).expect("written");
        return;
    }
    assert_eq!(
        &readme[start..stop],
        expected,
        "the README's {part} are out of date: run this test with UPDATE_GOLDEN=1"
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

/// What there is, in one line each; of tables that differ only in the kind of their objects, in one together.
fn list_of_tables() -> String {
    let family_of = |name: &str| {
        let (kind, family) = name.strip_prefix("confluence_")?.rsplit_once('_')?;
        let known = FAMILIES.iter().find(|(known, _)| *known == family)?;
        Some((kind.to_owned(), known.0))
    };
    let mut out = String::from("\n| table | a row is |\n|---|---|\n");
    for table in tables::ALL {
        if family_of(table.name).is_none() {
            let first = table
                .comment
                .split_once(". ")
                .map_or(table.comment, |(first, _)| first);
            let _ = writeln!(
                out,
                "| [`{0}`](docs/tables.md#{0}) | {1} |",
                table.name,
                first.trim_end_matches('.'),
            );
        }
    }
    for (family, what) in FAMILIES {
        let kinds: Vec<String> = tables::ALL
            .iter()
            .filter_map(|table| family_of(table.name))
            .filter(|(_, known)| known == family)
            .map(|(kind, _)| format!("[{kind}](docs/tables.md#confluence_{kind}_{family})"))
            .collect();
        let _ = writeln!(
            out,
            "| `confluence_…_{family}` | {what}: {} |",
            kinds.join(", ")
        );
    }
    out.push('\n');
    out
}

fn description_of_tables() -> String {
    let mut out = String::from(
        "# Tables\n\n\
         What `IMPORT FOREIGN SCHEMA confluence` declares. This page is written from the declarations in\n\
         `crates/confluence/src/tables`; a test keeps it so.\n\n\
         - **A request gives** says how many rows come with one request. Where *each* is written, there is a\n\
         \u{20} request for each object that the table is about.\n\
         - **Without a condition** says where these objects come from if the query does not name them by `=`, `IN`,\n\
         \u{20} `= ANY (…)` or a join.\n\
         - **Scope** is what a token with scopes needs. A token without scopes needs none.\n\
         - *Optional* columns are declared only by an import `OPTIONS (optional_columns 'true')`.\n\n",
    );
    for table in tables::ALL {
        let _ = writeln!(out, "- [`{0}`](#{0})", table.name);
    }
    for table in tables::ALL {
        describe(table, &mut out);
    }
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
            without_condition(endpoint, &needed),
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

fn without_condition(endpoint: &Endpoint, needed: &[&str]) -> String {
    let source = |source: &Source| match source.only {
        Some((column, value)) => format!("`{}` with {column} `{value}`", source.table.name),
        None => format!("`{}`", source.table.name),
    };
    match endpoint.sources {
        [] if needed.is_empty() => "everything".to_owned(),
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
