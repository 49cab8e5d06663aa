//! The README's tables of options and of remote tables are those of the code.
//!
//! With `UPDATE_GOLDEN=1` in the environment, the README is rewritten instead.

use std::fmt::Write as _;
use std::path::Path;

use confluence::options::{self, Place, Rule};
use confluence::table::{Column, Kind, Table};
use confluence::tables;

#[test]
fn options_and_tables() {
    check("options", &options_in_markdown());
    check("tables", &tables_in_markdown());
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
        (Place::Server, "`CREATE SERVER … OPTIONS (…)`"),
        (Place::UserMapping, "`CREATE USER MAPPING … OPTIONS (…)`"),
        (Place::Table, "`CREATE FOREIGN TABLE … OPTIONS (…)`"),
    ] {
        let _ = write!(
            out,
            "\n{title}\n\n| option | value | default | meaning |\n|---|---|---|---|\n"
        );
        for spec in options::ALL
            .iter()
            .filter(|spec| spec.places.contains(&place))
        {
            let superuser = if spec.superuser {
                ". Superusers only"
            } else {
                ""
            };
            let default = if place == Place::Table && spec.places.len() > 1 {
                "the server's"
            } else {
                spec.default
            };
            let _ = writeln!(
                out,
                "| `{}` | {} | {default} | {}{superuser}. |",
                spec.name,
                value(spec.rule),
                spec.meaning
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
        Rule::Text => "text".to_owned(),
        Rule::RemoteTable => "a table's name".to_owned(),
    }
}

fn tables_in_markdown() -> String {
    let mut out = String::new();
    for table in tables::ALL {
        let _ = write!(
            out,
            "\n### `{}`\n\n{}\n\nKey: {}. Scope: `{}`. Reads `{}`.\n\n",
            table.name,
            table.comment,
            table
                .key
                .iter()
                .map(|key| format!("`{key}`"))
                .collect::<Vec<_>>()
                .join(", "),
            table.scope,
            table.path
        );
        out.push_str("| column | type | pushed down | meaning |\n|---|---|---|---|\n");
        for column in table.columns {
            let _ = writeln!(
                out,
                "| `{}` | {}{} | {} | {} |",
                column.name,
                kind(column.kind),
                if column.required { ", not null" } else { "" },
                pushed_down(table, column),
                column.comment
            );
        }
    }
    out.push('\n');
    out
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bigint => "bigint",
        Kind::Integer => "integer",
        Kind::Text | Kind::Link => "text",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamptz",
        Kind::JsonInString => "jsonb",
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
    if column.sort.is_some() {
        if column.kind == Kind::Timestamp {
            pushed.push("`<` `<=` `=` `>=` `>`".to_owned());
        }
        pushed.push("`ORDER BY`".to_owned());
    }
    pushed.join("; ")
}
