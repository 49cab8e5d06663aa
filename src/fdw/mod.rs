//! The foreign data wrapper. The files follow a query's way through PostgreSQL:
//!
//! | file | what it is about |
//! |---|---|
//! | `options` | what users set on servers, user mappings and tables |
//! | `import` | `IMPORT FOREIGN SCHEMA` |
//! | `relation` | a foreign table and the remote table behind it |
//! | `quals`, `listed` | which conditions the site can answer, and whose values it has listed itself |
//! | `paths`, `cost`, `shared` | the ways to read a table, what they cost, and what costs nothing a second time |
//! | `plan` | what the executor gets to know |
//! | `batch` | joins that ask for their keys in batches |
//! | `values`, `times` | the values of conditions, when the scan starts |
//! | `connection` | one session for each server and user mapping |
//! | `scan`, `convert`, `context` | rows, and where in them an error is |
//! | `memory` | values that live as long as a query |
//! | `statement`, `runs` | what the scans of a statement have in common |
//! | `asynchronous` | several scans at once |
//! | `wait`, `inbox`, `descriptors` | where the backend and the network thread meet |
//! | `account`, `progress`, `history` | what is told of a scan |
//! | `explain` | what `EXPLAIN` shows |
//! | `analyze`, `statistics`, `declared` | `ANALYZE`, what planning may believe of it, and what it believes before |
//! | `error` | every error's SQLSTATE, message, detail and hint |
//! | `compat` | what differs between versions of PostgreSQL |

mod account;
mod analyze;
mod asynchronous;
mod batch;
pub(crate) mod compat;
pub(crate) mod connection;
mod context;
mod convert;
mod cost;
mod declared;
mod descriptors;
pub(crate) mod error;
mod explain;
pub(crate) mod history;
mod import;
mod inbox;
pub(crate) mod list;
mod listed;
mod memory;
pub(crate) mod options;
mod paths;
mod plan;
mod progress;
mod quals;
mod relation;
mod runs;
mod scan;
mod shared;
mod statement;
mod statistics;
pub(crate) mod times;
mod values;
pub(crate) mod wait;

use pgrx::prelude::*;
use pgrx::{PgBox, pg_sys};

/// `confluence_fdw_handler`: the callbacks that PostgreSQL calls.
///
/// Callbacks that change rows are left out, so PostgreSQL itself refuses to.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn confluence_fdw_handler(
    _fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: FdwRoutine is a node of plain function pointers; PgBox allocates and zeroes it in the
    // caller's memory context, with the right tag.
    let mut routine =
        unsafe { PgBox::<pg_sys::FdwRoutine>::alloc_node(pg_sys::NodeTag::T_FdwRoutine) };
    routine.GetForeignRelSize = Some(paths::get_foreign_rel_size);
    routine.GetForeignPaths = Some(paths::get_foreign_paths);
    routine.GetForeignPlan = Some(plan::get_foreign_plan);
    routine.BeginForeignScan = Some(scan::begin_foreign_scan);
    routine.IterateForeignScan = Some(scan::iterate_foreign_scan);
    routine.ReScanForeignScan = Some(scan::rescan_foreign_scan);
    routine.EndForeignScan = Some(scan::end_foreign_scan);
    routine.ExplainForeignScan = Some(explain::explain_foreign_scan);
    routine.IsForeignPathAsyncCapable = Some(asynchronous::is_foreign_path_async_capable);
    routine.ForeignAsyncRequest = Some(asynchronous::foreign_async_request);
    routine.ForeignAsyncConfigureWait = Some(asynchronous::foreign_async_configure_wait);
    routine.ForeignAsyncNotify = Some(asynchronous::foreign_async_notify);
    routine.AnalyzeForeignTable = Some(analyze::analyze_foreign_table);
    routine.ImportForeignSchema = Some(import::import_foreign_schema);
    routine
        .into_pg_boxed()
        .into_datum()
        .unwrap_or(pg_sys::Datum::null())
}

/// Makes known to PostgreSQL what takes part in planning beside the callbacks above.
pub(crate) fn init() {
    statistics::install();
    batch::init();
}

/// What PostgreSQL asks of a function before it calls it.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_confluence_fdw_handler() -> &'static pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

/// What PostgreSQL asks of a function before it calls it.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_confluence_fdw_validator() -> &'static pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

/// Whether a server is one of this wrapper's: whatever the wrapper is called, its handler is the one above.
pub(crate) fn is_ours(server: pg_sys::Oid) -> bool {
    // SAFETY: the server exists; PostgreSQL raises an error where its wrapper has no handler.
    let routine = unsafe { *pg_sys::GetFdwRoutineByServerId(server) };
    routine.GetForeignRelSize.is_some_and(|callback| {
        std::ptr::fn_addr_eq(
            callback,
            paths::get_foreign_rel_size
                as unsafe extern "C-unwind" fn(
                    *mut pg_sys::PlannerInfo,
                    *mut pg_sys::RelOptInfo,
                    pg_sys::Oid,
                ),
        )
    })
}
