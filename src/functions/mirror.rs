//! `confluence.create_mirror`, `confluence.refresh`, and what other functions of mirrors ask.

use pgrx::pg_sys;
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_guard};

use super::server::{Named, null_argument};
use super::{procedure, writing};
use crate::mirror::{self, Mode, RefreshRequest};
use crate::observe::request_log;
use crate::pg::report::Report;

/// Makes a mirror of a server in a schema, or brings one up to date, and says what it has made.
#[pg_extern]
#[allow(clippy::type_complexity, reason = "a row's type is its columns")]
fn create_mirror(
    server: Option<&str>,
    mirror: Option<&str>,
    tables: Option<Vec<Option<String>>>,
) -> TableIterator<
    'static,
    (
        name!(object, String),
        name!(kind, &'static str),
        name!(comment, Option<String>),
    ),
> {
    writing::must_be_possible(c"confluence.create_mirror()");
    let named = Named::find(server);
    let mirror = mirror.unwrap_or_else(|| null_argument("mirror").raise());
    let others = tables.unwrap_or_default().into_iter().flatten().collect();
    TableIterator::new(mirror::create(
        named.server.oid,
        &named.server.name,
        mirror,
        others,
    ))
}

/// The foreign tables that a mirror of the caller's is read from.
#[pg_extern]
fn live_tables(
    mirror: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(remote_table, &'static str),
        name!(foreign_table, String),
    ),
> {
    let mirror = mirror.unwrap_or_else(|| null_argument("mirror").raise());
    TableIterator::new(mirror::live_tables(mirror))
}

/// Holds a mirror until the transaction ends, so that no refresh runs into an erasure.
#[pg_extern]
fn hold_to_erase(mirror: Option<&str>) {
    let mirror = mirror.unwrap_or_else(|| null_argument("mirror").raise());
    mirror::hold_to_erase(mirror);
}

/// Reads the site into a mirror, and publishes all of it or nothing.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn confluence_refresh(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: PostgreSQL calls the procedure as it is declared: with two texts and a bigint. They are copied: what the
    // caller has passed may not outlive the transaction.
    let (mirror, mode, accept, can_commit) = unsafe {
        let arguments = (*fcinfo).args.as_slice(3);
        (
            String::from_datum(arguments[0].value, arguments[0].isnull),
            String::from_datum(arguments[1].value, arguments[1].isnull),
            i64::from_datum(arguments[2].value, arguments[2].isnull),
            procedure::can_commit(fcinfo),
        )
    };
    if !can_commit {
        Report::new(
            Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
            "confluence.refresh cannot run inside a transaction block, a function or an exception handler",
        )
        .detail("It commits what it has read piece by piece, so that nothing is held while the site answers. Nothing was sent.")
        .hint("CALL it by itself: in psql without BEGIN, in a driver with autocommit on, in pg_cron as the job's only command.")
        .raise();
    }
    writing::must_be_possible(c"CALL confluence.refresh()");
    let mirror = mirror.unwrap_or_else(|| null_argument("mirror").raise());
    let mode = mode.unwrap_or_else(|| null_argument("mode").raise());
    let Some(mode) = Mode::parse(&mode) else {
        Report::new(
            Code::ERRCODE_INVALID_PARAMETER_VALUE,
            format!("\"{mode}\" is no mode of a refresh"),
        )
        .hint("The modes are full, access and changes.")
        .raise()
    };
    procedure::run(|| {
        mirror::refresh(RefreshRequest {
            mirror,
            mode,
            accept,
        })
    });
    request_log::tell();
    check_for_interrupts!();
    pg_sys::Datum::null()
}

/// What PostgreSQL asks of a function before it calls it.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_confluence_refresh() -> &'static pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}
