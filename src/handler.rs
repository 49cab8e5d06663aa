//! The foreign data wrapper's handler: the callbacks that PostgreSQL calls, and the hooks beside them.

use crate::batch_join;
use crate::catalog::{import, server};
use crate::exec::{append, explain, request_limit, scan};
use crate::plan::{create_plan, paths};
use crate::stats::{analyze, hook};
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
    routine.GetForeignPlan = Some(create_plan::get_foreign_plan);
    routine.BeginForeignScan = Some(scan::begin_foreign_scan);
    routine.IterateForeignScan = Some(scan::iterate_foreign_scan);
    routine.ReScanForeignScan = Some(scan::rescan_foreign_scan);
    routine.EndForeignScan = Some(scan::end_foreign_scan);
    routine.ExplainForeignScan = Some(explain::explain_foreign_scan);
    routine.IsForeignPathAsyncCapable = Some(append::is_foreign_path_async_capable);
    routine.ForeignAsyncRequest = Some(append::foreign_async_request);
    routine.ForeignAsyncConfigureWait = Some(append::foreign_async_configure_wait);
    routine.ForeignAsyncNotify = Some(append::foreign_async_notify);
    routine.AnalyzeForeignTable = Some(analyze::analyze_foreign_table);
    routine.ImportForeignSchema = Some(import::import_foreign_schema);
    routine
        .into_pg_boxed()
        .into_datum()
        .unwrap_or(pg_sys::Datum::null())
}

/// Makes known to PostgreSQL what takes part in planning beside the callbacks above.
pub(crate) fn init() {
    server::register(paths::get_foreign_rel_size);
    hook::install();
    request_limit::install();
    batch_join::init();
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
