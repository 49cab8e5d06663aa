//! A scan, from its first row to its end.

use std::ffi::c_void;
use std::time::{Duration, Instant};

use confluence::batch::Batch;
use confluence::client::Tally;
use confluence::options::Reading;
use confluence::scan::{Scan, Sizes, Step, Wanted};
use confluence::table::Table;
use pgrx::{pg_guard, pg_sys};

use super::connection;
use super::convert::Writer;
use super::error::{Origin, report};
use super::plan::Plan;
use super::relation::Relation;
use super::values;
use super::wait;

/// What a scan node carries. It belongs to the query's memory context, whose end drops it, whether the
/// query ends well, fails or is cancelled; with it goes what is still being read.
pub(super) struct State {
    pub plan: Plan,
    table: &'static Table,
    reading: Reading,
    sizes: Sizes,
    /// The plan's expressions, initialised.
    values: *mut pg_sys::List,
    server: pg_sys::Oid,
    user: pg_sys::Oid,
    writer: Writer,
    run: Run,
    /// What earlier runs of this node have cost.
    spent: Tally,
    /// How long the backend has waited for rows.
    pub waited: Duration,
}

/// How far a scan has come.
enum Run {
    /// No row has been asked for.
    NotStarted,
    Reading {
        scan: Scan,
        origin: Origin,
        batch: Batch,
        /// The next row of the batch.
        row: usize,
    },
    Done,
}

impl State {
    /// What all runs of this node have cost.
    pub fn tally(&self) -> Tally {
        match &self.run {
            Run::Reading { scan, .. } => add(self.spent, scan.tally()),
            Run::NotStarted | Run::Done => self.spent,
        }
    }

    /// Ends the run, if there is one, and whatever it waits for.
    fn stop(&mut self, next: Run) {
        self.spent = self.tally();
        self.run = next;
    }
}

fn add(one: Tally, other: Tally) -> Tally {
    Tally {
        requests: one.requests + other.requests,
        retries: one.retries + other.retries,
        probes: one.probes + other.probes,
        rows: one.rows + other.rows,
        bytes: one.bytes + other.bytes,
        throttled: one.throttled + other.throttled,
    }
}

/// Gets a scan ready. Sends nothing: a scan that nobody takes a row from costs nothing.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn begin_foreign_scan(
    node: *mut pg_sys::ForeignScanState,
    _eflags: i32,
) {
    // SAFETY: PostgreSQL passes a node of a plan that get_foreign_plan made, with its relation opened.
    // The state is leaked to the node, and the query context's callback takes it back, once.
    unsafe {
        let scan = (*node).ss.ps.plan.cast::<pg_sys::ForeignScan>();
        let plan = Plan::of(scan);
        let relation = Relation::of((*(*node).ss.ss_currentRelation).rd_id);
        let entry = pg_sys::GetForeignTable((*(*node).ss.ss_currentRelation).rd_id);
        let estate = (*node).ss.ps.state;
        let values = pg_sys::ExecInitExprList((*scan).fdw_exprs, node.cast());
        let state = Box::new(State {
            writer: Writer::new(&relation, &plan),
            table: relation.table,
            reading: relation.reading,
            sizes: relation.sizes,
            values,
            server: (*entry).serverid,
            user: checked_user(scan, estate),
            plan,
            run: Run::NotStarted,
            spent: Tally::default(),
            waited: Duration::ZERO,
        });
        let callback = pg_sys::MemoryContextAllocZero(
            (*estate).es_query_cxt,
            size_of::<pg_sys::MemoryContextCallback>(),
        )
        .cast::<pg_sys::MemoryContextCallback>();
        let state = Box::into_raw(state);
        (*callback).func = Some(drop_state);
        (*callback).arg = state.cast();
        pg_sys::MemoryContextRegisterResetCallback((*estate).es_query_cxt, callback);
        (*node).fdw_state = state.cast();
    }
}

/// Drops a scan's state with its query's memory.
#[pg_guard]
unsafe extern "C-unwind" fn drop_state(state: *mut c_void) {
    // SAFETY: the pointer is the one that begin_foreign_scan leaked, and a callback runs once.
    drop(unsafe { Box::from_raw(state.cast::<State>()) });
}

/// The role whose user mapping counts: the one that the plan checks the table's permissions as, which for
/// a view is its owner.
///
/// # Safety
/// `scan` and `estate` are those of the node that is being initialised.
unsafe fn checked_user(
    scan: *const pg_sys::ForeignScan,
    estate: *mut pg_sys::EState,
) -> pg_sys::Oid {
    // SAFETY: by the caller's promise.
    let user = unsafe { check_as_user(scan, estate) };
    if user == pg_sys::InvalidOid {
        // SAFETY: tells the current user.
        unsafe { pg_sys::GetUserId() }
    } else {
        user
    }
}

/// # Safety
/// As for [`checked_user`].
#[cfg(any(feature = "pg14", feature = "pg15"))]
unsafe fn check_as_user(
    scan: *const pg_sys::ForeignScan,
    estate: *mut pg_sys::EState,
) -> pg_sys::Oid {
    // SAFETY: by the caller's promise, the scan's entry is in the range table.
    unsafe { (*pg_sys::exec_rt_fetch((*scan).scan.scanrelid, estate)).checkAsUser }
}

/// # Safety
/// As for [`checked_user`].
#[cfg(not(any(feature = "pg14", feature = "pg15")))]
unsafe fn check_as_user(
    scan: *const pg_sys::ForeignScan,
    _estate: *mut pg_sys::EState,
) -> pg_sys::Oid {
    // SAFETY: by the caller's promise.
    unsafe { (*scan).checkAsUser }
}

/// The state of a node.
///
/// # Safety
/// `node` has been through begin_foreign_scan, and nobody else uses its state meanwhile.
pub(super) unsafe fn state<'s>(node: *mut pg_sys::ForeignScanState) -> Option<&'s mut State> {
    // SAFETY: by the caller's promise; the state lives as long as the query.
    unsafe { (*node).fdw_state.cast::<State>().as_mut() }
}

/// Gives the next row, or an empty slot when there are no more. The first call evaluates the conditions'
/// values and begins to read; each call waits where it must, and can be interrupted there.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn iterate_foreign_scan(
    node: *mut pg_sys::ForeignScanState,
) -> *mut pg_sys::TupleTableSlot {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared, and its own slot.
    unsafe {
        let slot = (*node).ss.ss_ScanTupleSlot;
        pg_sys::ExecClearTuple(slot);
        let Some(state) = state(node) else {
            return slot;
        };
        if matches!(state.run, Run::NotStarted) {
            state.run = start(state, node);
        }
        if next_row(state) {
            if let Run::Reading { batch, row, .. } = &mut state.run {
                state.writer.write(batch, *row, slot);
                *row += 1;
            }
            pg_sys::ExecStoreVirtualTuple(slot);
        }
        slot
    }
}

/// Begins to read.
///
/// # Safety
/// As for [`iterate_foreign_scan`].
unsafe fn start(state: &State, node: *mut pg_sys::ForeignScanState) -> Run {
    // SAFETY: by the caller's promise.
    let bound = unsafe { values::bind(&state.plan, state.table, node, state.values) };
    let Some(bound) = bound else { return Run::Done };
    let wanted = Wanted {
        table: state.table,
        columns: state.plan.outputs.iter().map(|o| o.place).collect(),
        conditions: bound.conditions,
        sort: state.plan.sort(),
        range: bound.range,
        windows: bound.windows,
        enough: state.plan.choice.enough,
        expected_rows: state.plan.choice.expected,
        sizes: state.sizes.clone(),
        eager: state.plan.choice.eager,
        reading: state.reading,
        spent: state.spent.requests,
    };
    if wanted.is_empty() {
        return Run::Done;
    }
    let (session, origin) = connection::session(state.server, state.user);
    let scan = wait::with_engine(|engine, ring| Scan::start(engine, session, wanted, ring));
    Run::Reading {
        scan,
        origin,
        batch: Batch::default(),
        row: 0,
    }
}

/// Sees to it that the batch has a row to give; false at the end.
fn next_row(state: &mut State) -> bool {
    loop {
        let Run::Reading {
            scan,
            origin,
            batch,
            row,
        } = &mut state.run
        else {
            return false;
        };
        if *row < batch.len() {
            return true;
        }
        match scan.look() {
            Ok(Step::Rows(rows)) => {
                *batch = rows;
                *row = 0;
            }
            Ok(Step::Pending) => {
                let began = Instant::now();
                wait::wait();
                state.waited += began.elapsed();
            }
            Ok(Step::Complete) => state.stop(Run::Done),
            Err(error) => {
                let report = report(&error, origin);
                state.stop(Run::Done);
                report.raise();
            }
        }
    }
}

/// Begins again, with other values if they have changed. What was being read is given up.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn rescan_foreign_scan(node: *mut pg_sys::ForeignScanState) {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared.
    if let Some(state) = unsafe { state(node) } {
        state.stop(Run::NotStarted);
    }
}

/// Ends the scan. The state itself goes with the query's memory.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn end_foreign_scan(node: *mut pg_sys::ForeignScanState) {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared.
    if let Some(state) = unsafe { state(node) } {
        state.stop(Run::Done);
    }
}
