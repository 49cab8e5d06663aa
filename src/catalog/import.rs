//! `IMPORT FOREIGN SCHEMA`.

use confluence::schema::{Column, Table};
use confluence::{options, tables};
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};

use super::column::natural_type_name;
use super::options::written;
use super::relation::{COLUMN_NAME, refuse_remote_table};
use crate::pg::list;
use crate::pg::report::Report;

/// The one remote schema there is.
const SCHEMA: &str = "confluence";

/// The option of an import that also declares columns which are otherwise left out.
const OPTIONAL_COLUMNS: &str = "optional_columns";

/// Declares the remote tables, with their comments. It sends nothing, so it works before there is a user
/// mapping.
///
/// PostgreSQL runs the commands that this callback returns, but takes only those that create foreign
/// tables. Comments need their table first, so all commands are run here, as the caller and in the same
/// transaction, and none is returned. That leaves `LIMIT TO` and `EXCEPT` to us.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn import_foreign_schema(
    stmt: *mut pg_sys::ImportForeignSchemaStmt,
    _server: pg_sys::Oid,
) -> *mut pg_sys::List {
    // SAFETY: PostgreSQL passes a valid statement; its lists are of RangeVar and DefElem nodes.
    let (remote_schema, local_schema, server, listed, options, kind) = unsafe {
        let listed: Vec<String> = list::iter::<pg_sys::RangeVar>((*stmt).table_list)
            .map(|table| list::text((*table).relname))
            .collect();
        (
            list::text((*stmt).remote_schema),
            list::text((*stmt).local_schema),
            list::text((*stmt).server_name),
            listed,
            written((*stmt).options),
            (*stmt).list_type,
        )
    };
    if remote_schema != SCHEMA {
        Report::new(
            Code::ERRCODE_FDW_SCHEMA_NOT_FOUND,
            format!("Confluence has no schema \"{remote_schema}\""),
        )
        .hint(format!("The schema is called \"{SCHEMA}\"."))
        .raise();
    }
    let optional = has_optional_columns(&options);
    let is_wanted = |table: &&&Table| match kind {
        pg_sys::ImportForeignSchemaType::FDW_IMPORT_SCHEMA_LIMIT_TO => {
            listed.iter().any(|name| name == table.name)
        }
        pg_sys::ImportForeignSchemaType::FDW_IMPORT_SCHEMA_EXCEPT => {
            listed.iter().all(|name| name != table.name)
        }
        _ => true,
    };
    if let Some(unknown) = listed
        .iter()
        .find(|name| tables::ALL.iter().all(|table| table.name != **name))
    {
        refuse_remote_table(unknown, |nearest| match nearest {
            Some(nearest) => format!("Perhaps you meant \"{nearest}\"."),
            None => "Without LIMIT TO, all tables are imported.".to_owned(),
        });
    }
    for table in tables::ALL.iter().filter(is_wanted) {
        let columns: Vec<&Column> = table
            .columns
            .iter()
            .filter(|column| optional || !column.optional)
            .collect();
        for command in commands(table, &columns, &local_schema, &server) {
            if let Err(error) = Spi::run(&command) {
                Report::new(
                    Code::ERRCODE_FDW_ERROR,
                    format!("could not declare \"{}\": {error}", table.name),
                )
                .raise();
            }
        }
    }
    std::ptr::null_mut()
}

fn has_optional_columns(written: &[(String, String)]) -> bool {
    let mut optional = false;
    for (name, value) in written {
        match (name.as_str(), options::parse_boolean(value)) {
            (OPTIONAL_COLUMNS, Some(wanted)) => optional = wanted,
            (OPTIONAL_COLUMNS, None) => Report::new(
                Code::ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
                format!("invalid value for option \"{OPTIONAL_COLUMNS}\""),
            )
            .hint("Expected true or false.")
            .raise(),
            _ => Report::new(
                Code::ERRCODE_FDW_INVALID_OPTION_NAME,
                format!("invalid option \"{name}\" of an import"),
            )
            .hint(format!("The valid option is {OPTIONAL_COLUMNS}."))
            .raise(),
        }
    }
    optional
}

/// The command that declares a table, and those that comment on it.
fn commands(table: &Table, columns: &[&Column], schema: &str, server: &str) -> Vec<String> {
    let name = format!(
        "{}.{}",
        spi::quote_identifier(schema),
        spi::quote_identifier(table.name)
    );
    let declared: Vec<String> = columns
        .iter()
        .map(|column| {
            // With its remote name, so that the local one can be changed.
            format!(
                "{} {} OPTIONS ({COLUMN_NAME} {}){}",
                spi::quote_identifier(column.name),
                natural_type_name(column.kind),
                spi::quote_literal(column.name),
                if column.required { " NOT NULL" } else { "" }
            )
        })
        .collect();
    let mut commands = vec![
        format!(
            "CREATE FOREIGN TABLE {name} ({}) SERVER {} OPTIONS (table {})",
            declared.join(", "),
            spi::quote_identifier(server),
            spi::quote_literal(table.name)
        ),
        format!(
            "COMMENT ON FOREIGN TABLE {name} IS {}",
            spi::quote_literal(table.comment)
        ),
    ];
    commands.extend(columns.iter().map(|column| {
        format!(
            "COMMENT ON COLUMN {name}.{} IS {}",
            spi::quote_identifier(column.name),
            spi::quote_literal(column.full_comment())
        )
    }));
    commands
}
