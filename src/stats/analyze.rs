//! `ANALYZE`: a look at the table, at the cost of a few requests, and what PostgreSQL gets of it.
//!
//! PostgreSQL asks how large a table is before it asks for rows. One look tells both, so what it has shown waits
//! here in between.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;

use confluence::Error;
use confluence::options::Reading;
use confluence::sample::{self, Sample};
use pgrx::{PgLogLevel, PgMemoryContexts, PgSqlErrorCode as Code, pg_guard, pg_sys};

use crate::catalog::column::is_read;
use crate::catalog::relation::Relation;
use crate::errors::report;
use crate::exec::request_limit;
use crate::exec::tuple::Writer;
use crate::net::{sessions, wait};
use crate::observe::request_log;
use crate::pg::report::Report;
use crate::plan::scan_plan::{Output, ScanPlan};

/// Why a look shows nothing where it may take no more requests.
const TOO_FEW: &str = "it takes more requests than are allowed to see anything";

/// A look at a table, until its rows are asked for.
struct Look {
    sample: Sample,
    outputs: Vec<Output>,
}

/// A look that is taken for `confluence.analyze`.
struct Watched {
    /// How many requests it may take.
    most: u64,
    outcome: Option<LookOutcome>,
}

/// What a look has come to.
#[derive(Clone, Debug)]
pub(crate) enum LookOutcome {
    /// The table has so many rows.
    Rows(f64),
    /// It was skipped, for this reason.
    Skipped(String),
}

thread_local! {
    static WATCHED: RefCell<Option<Watched>> = RefCell::default();
    /// Looks by table: a partitioned table's partitions are all looked at before rows are asked for.
    static LOOKS: RefCell<HashMap<pg_sys::Oid, Look>> = RefCell::default();
}

/// Runs something that looks at one table, with so many requests at most. Gives what the look has come to, if there was one.
pub(crate) fn watch(most: u64, run: impl FnOnce()) -> Option<LookOutcome> {
    /// Nobody watches any more, however it ends.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            WATCHED.take();
        }
    }
    let _end = End;
    WATCHED.replace(Some(Watched {
        most,
        outcome: None,
    }));
    run();
    WATCHED.take()?.outcome
}

/// Tells whoever watches. Whether anybody does.
fn tell_watcher(outcome: impl FnOnce() -> LookOutcome) -> bool {
    WATCHED.with_borrow_mut(|watched| match watched {
        Some(watched) => {
            watched.outcome = Some(outcome());
            true
        }
        None => false,
    })
}

/// What `reading` allows, and no more requests than whoever watches does.
fn bounded(mut reading: Reading) -> Reading {
    WATCHED.with_borrow(|watched| {
        let most = watched.as_ref().map(|watched| watched.most);
        if let Some(most) = most
            && (reading.max_requests == 0 || most < reading.max_requests)
        {
            reading.max_requests = most;
        }
    });
    reading
}

/// Looks at a table, as the user who owns it: PostgreSQL asks for its rows as that user, whoever runs `ANALYZE`.
/// A table that cannot be read like this, or not with as few requests as are allowed, is skipped with a warning, as
/// `ANALYZE` of all tables goes on with others.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn analyze_foreign_table(
    table: pg_sys::Relation,
    acquire: *mut pg_sys::AcquireSampleRowsFunc,
    total_pages: *mut pg_sys::BlockNumber,
) -> bool {
    // SAFETY: PostgreSQL passes a foreign table that it has opened and locked.
    let (oid, owner, server) = unsafe {
        let entry = pg_sys::GetForeignTable((*table).rd_id);
        (
            (*table).rd_id,
            (*(*table).rd_rel).relowner,
            (*entry).serverid,
        )
    };
    let relation = Relation::of(oid);
    let outputs = outputs(&relation);
    let columns = ScanPlan::of_columns(outputs.clone()).columns();
    let (session, origin) = sessions::session(server, owner);
    let recorder = request_log::recorder(&origin.server, None);
    let (table, mut reading) = (relation.table, bounded(relation.reading));
    let statement = request_limit::of_utility();
    // What the statement has left is the limit where it is the lower one.
    let left = statement.as_ref().map(|statement| statement.left());
    let usual = match reading.max_requests {
        0 => sample::BUDGET,
        limit => limit.min(sample::BUDGET),
    };
    let is_cut = left.is_some_and(|left| left < usual);
    if let Some(left) = left.filter(|&left| is_cut && left > 0) {
        reading.max_requests = left;
    }
    let budget = statement.clone();
    let look = wait::run(sample::sample(
        session, table, columns, reading, budget, recorder,
    ));
    request_log::tell();
    let look = look
        .and_then(|sample| sample)
        .map_err(|error| match &statement {
            Some(statement) if is_cut && matches!(error, Error::RequestLimit { .. }) => {
                statement.exceeded(Some(table))
            }
            _ => error,
        });
    let sample = match look {
        Ok(sample) => sample,
        Err(
            error @ (Error::ConditionMissing { .. }
            | Error::ScopeMissing { .. }
            | Error::Forbidden { .. }
            | Error::NoRoles { .. }
            | Error::StatementLimit { .. }),
        ) => {
            let report = report(&error, &origin);
            if !tell_watcher(|| LookOutcome::Skipped(report.message.clone())) {
                report.warn();
            }
            return false;
        }
        Err(error @ Error::RequestLimit { .. }) => {
            if tell_watcher(|| LookOutcome::Skipped(TOO_FEW.to_owned())) {
                return false;
            }
            // ANALYZE has no condition that would narrow it.
            report(&error, &origin)
                .hint(format!(
                    "Raise the option max_requests of the table or of its server. A look takes at most {} requests.",
                    sample::BUDGET
                ))
                .warn();
            return false;
        }
        Err(error) => report(&error, &origin).raise(),
    };
    tell_watcher(|| LookOutcome::Rows(sample.rows));
    // PostgreSQL passes over partitions of no size.
    let requests = sample.requests.clamp(1.0, f64::from(i32::MAX));
    LOOKS.with_borrow_mut(|looks| looks.insert(oid, Look { sample, outputs }));
    forget_with_the_transaction();
    // SAFETY: both are PostgreSQL's own variables.
    unsafe {
        *acquire = Some(acquire_rows);
        *total_pages = requests as pg_sys::BlockNumber;
    }
    true
}

/// The local columns that are read.
fn outputs(relation: &Relation) -> Vec<Output> {
    relation
        .columns
        .iter()
        .zip(1i16..)
        .filter_map(|(local, attribute)| {
            let place = local.as_ref()?.place;
            is_read(&relation.table.columns[place]).then_some(Output { attribute, place })
        })
        .collect()
}

/// Gives rows of the look, and how many there are in all. Where fewer are wanted, they are taken evenly.
#[pg_guard]
unsafe extern "C-unwind" fn acquire_rows(
    table: pg_sys::Relation,
    level: i32,
    rows: *mut pg_sys::HeapTuple,
    wanted: i32,
    total_rows: *mut f64,
    dead_rows: *mut f64,
) -> i32 {
    // SAFETY: PostgreSQL passes the table that it has asked analyze_foreign_table about.
    let oid = unsafe { (*table).rd_id };
    let look = LOOKS.with_borrow_mut(|looks| looks.remove(&oid));
    // SAFETY: PostgreSQL's own variables.
    unsafe {
        *total_rows = 0.0;
        *dead_rows = 0.0;
    }
    let Some(Look {
        mut sample,
        outputs,
    }) = look
    else {
        // No look is not an empty table.
        Report::new(
            Code::ERRCODE_INTERNAL_ERROR,
            "rows of a sample were asked for before the sample",
        )
        .raise()
    };
    sample.thin(usize::try_from(wanted).unwrap_or(0));
    let relation = Relation::of(oid);
    let writer = Writer::new(&relation, &ScanPlan::of_columns(outputs));
    let mut count = 0;
    let mut of_row = PgMemoryContexts::new("confluence_fdw row of a sample");
    // SAFETY: `rows` has room for as many as are wanted, and no more are left. The slot has the table's row type, and
    // the tuple is a copy in the caller's memory of what the row's own memory holds.
    unsafe {
        *total_rows = sample.rows.max(sample.rows_read() as f64);
        let slot =
            pg_sys::MakeSingleTupleTableSlot((*table).rd_att, &raw const pg_sys::TTSOpsVirtual);
        for batch in &sample.batches {
            for row in 0..batch.len() {
                pg_sys::ExecClearTuple(slot);
                of_row.switch_to(|_| writer.write(batch, row, slot));
                pg_sys::ExecStoreVirtualTuple(slot);
                *rows.add(count) = pg_sys::ExecCopySlotHeapTuple(slot);
                of_row.reset();
                count += 1;
            }
        }
        pg_sys::ExecDropSingleTupleTableSlot(slot);
    }
    // SAFETY: as above; the name is the relation's own.
    let name = unsafe { pgrx::name_data_to_str(&(*(*table).rd_rel).relname) };
    tell(name, &sample, count, level);
    count as i32
}

/// Tells what a look has shown, at PostgreSQL's level for `ANALYZE`, which VERBOSE raises.
fn tell(name: &str, sample: &Sample, rows: usize, level: i32) {
    let level = match level == pg_sys::INFO as i32 {
        true => PgLogLevel::INFO,
        false => PgLogLevel::DEBUG2,
    };
    let about = if sample.is_whole { "" } else { "about " };
    let message = format!(
        "\"{name}\": {} requests for {rows} rows in sample, {about}{:.0} rows and {about}{:.0} requests in all",
        sample.sent, sample.rows, sample.requests
    );
    Report::new(Code::ERRCODE_SUCCESSFUL_COMPLETION, message).say(level);
}

/// Sees to it that no look outlives its transaction, however that ends.
fn forget_with_the_transaction() {
    // SAFETY: the context of a transaction is there while ANALYZE runs, and calls back once.
    unsafe {
        let callback = pg_sys::MemoryContextAllocZero(
            pg_sys::TopTransactionContext,
            size_of::<pg_sys::MemoryContextCallback>(),
        )
        .cast::<pg_sys::MemoryContextCallback>();
        (*callback).func = Some(forget);
        pg_sys::MemoryContextRegisterResetCallback(pg_sys::TopTransactionContext, callback);
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn forget(_arg: *mut c_void) {
    // The looks are dropped outside of the borrow.
    drop(LOOKS.take());
}
