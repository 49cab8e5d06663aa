//! `confluence.analyze`: `ANALYZE` of what is worth it among a server's tables, within a number of requests.
//!
//! Worth it are tables of more rows than one request lists: how these are read depends on their size. Those that nobody
//! has analyzed come first; then listings, which tell most for least, before what is read object by object; and larger
//! ones before smaller ones, by what is usual.

use confluence::schema::Table;
use confluence::tables;
use pgrx::pg_sys;
use pgrx::prelude::*;

use super::server::{Named, null_argument};
use super::writing;
use crate::observe::request_log;
use crate::pg::report::{Report, readable};
use crate::pg::subtransaction::{self, UndoneError};
use crate::stats::analyze::{self, LookOutcome};

/// Requests about who is asking, which a look may cause besides those for rows.
const PROBES: u64 = 2;

/// The server's tables, each with the name of its remote table, whether it has been analyzed, and whether it is the caller's.
const TABLES: &str = "
    SELECT c.oid, format('%I.%I', n.nspname, c.relname),
           coalesce((SELECT o.option_value FROM pg_options_to_table(f.ftoptions) o WHERE o.option_name = 'table'), c.relname),
           c.reltuples >= 0, pg_has_role(c.relowner, 'USAGE'), pg_get_userbyid(c.relowner)::text
    FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.ftserver = $1";

/// A foreign table of the server.
struct Subject {
    oid: pg_sys::Oid,
    /// Its name with its schema, as SQL has it.
    name: String,
    table: Option<&'static Table>,
    is_analyzed: bool,
    /// Whose it is, if that is not the caller.
    owner: Option<String>,
}

/// What became of one: how many requests were sent, how many rows it has, and why it was left out.
type TableOutcome = (pg_sys::Oid, i64, Option<i64>, Option<String>);

/// Analyzes the server's tables that the caller owns and that are worth it.
#[pg_extern]
#[allow(clippy::type_complexity, reason = "a row's type is its columns")]
fn analyze(
    server: Option<&str>,
    max_requests: Option<i32>,
) -> TableIterator<
    'static,
    (
        name!(foreign_table, pg_sys::Oid),
        name!(requests, i64),
        name!(rows, Option<i64>),
        name!(left_out, Option<String>),
    ),
> {
    writing::must_be_possible(c"confluence.analyze()");
    let named = Named::find(server);
    let most = max_requests.unwrap_or_else(|| null_argument("max_requests").raise());
    let Ok(most) = u64::try_from(most) else {
        Report::new(
            PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            "max_requests must not be negative",
        )
        .raise()
    };
    let mut subjects = subjects(named.server.oid).unwrap_or_else(|failure| failure.raise());
    subjects.sort_by(|one, other| one.rank().cmp(&other.rank()));
    let mut spent = 0;
    let outcomes: Vec<TableOutcome> = subjects
        .iter()
        .map(|subject| {
            pgrx::check_for_interrupts!();
            let before = request_log::sent();
            let outcome = subject.analyze(most.saturating_sub(spent));
            let sent = request_log::sent() - before;
            spent += sent;
            let (rows, left_out) = match outcome {
                LookOutcome::Rows(rows) => (Some(rows.round() as i64), None),
                LookOutcome::Skipped(reason) => (None, Some(readable(reason))),
            };
            (subject.oid, sent as i64, rows, left_out)
        })
        .collect();
    TableIterator::new(outcomes)
}

fn subjects(server: pg_sys::Oid) -> Result<Vec<Subject>, Report> {
    Spi::connect(|client| {
        let rows = client.select(TABLES, None, &[server.into()])?;
        rows.map(|row| {
            let remote: Option<String> = row.get(3)?;
            let is_own = row.get(5)?.unwrap_or(false);
            Ok(Subject {
                oid: row.get(1)?.unwrap_or(pg_sys::InvalidOid),
                name: row.get(2)?.unwrap_or_default(),
                table: remote.and_then(|name| tables::find(&name)),
                is_analyzed: row.get(4)?.unwrap_or(false),
                owner: row.get(6)?.filter(|_| !is_own),
            })
        })
        .collect()
    })
}

impl Subject {
    /// Its place among all: what has the least comes first.
    fn rank(&self) -> (bool, bool, i64, &str) {
        let has_parents = |table: &Table| !table.main().sources.is_empty();
        (
            self.is_analyzed,
            self.table.is_some_and(has_parents),
            self.table.map_or(0, |table| -(table.rows as i64)),
            &self.name,
        )
    }

    /// Why it is not to be looked at, if it is not.
    fn left_out(&self) -> Option<String> {
        if let Some(owner) = &self.owner {
            return Some(format!("it belongs to role \"{owner}\""));
        }
        let Some(table) = self.table else {
            return Some("Confluence has no such table".to_owned());
        };
        if table.needs_a_condition() {
            return Some("it cannot be read without a condition".to_owned());
        }
        // As many as one request lists at most.
        (table.rows <= 250.0).then(|| "it is small".to_owned())
    }

    fn analyze(&self, most: u64) -> LookOutcome {
        if let Some(reason) = self.left_out() {
            return LookOutcome::Skipped(reason);
        }
        let Some(most) = most.checked_sub(PROBES).filter(|&most| most > 0) else {
            return LookOutcome::Skipped("no requests are left".to_owned());
        };
        let sql = format!("ANALYZE {}", self.name);
        let run = || {
            analyze::watch(most, || {
                Spi::run(&sql).unwrap_or_else(|error| Report::from(error).raise())
            })
        };
        match subtransaction::run(run) {
            Ok(Some(outcome)) => outcome,
            Ok(None) => LookOutcome::Skipped("PostgreSQL did not ask for it".to_owned()),
            Err(UndoneError { message }) => LookOutcome::Skipped(message),
        }
    }
}
