//! A scan, from its first row to its end.

use std::os::fd::RawFd;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use confluence::Sanitized;
use confluence::batch::Batch;
use confluence::http::Tally;
use confluence::options::Reading;
use confluence::request::{PushedCondition, ScanRequest, TableStats, Values};
use confluence::scan::{Scan, Step};
use confluence::schema::Table;
use pgrx::{PgSqlErrorCode as Code, PgTryBuilder, pg_guard, pg_sys};

use super::statement::{self, Member};
use super::tuple::Writer;
use super::{explain, params};
use crate::catalog::generated::Computed;
use crate::catalog::relation::{Relation, full_name};
use crate::catalog::seen_sizes::{self, RowsOf};
use crate::errors::{ErrorOrigin, report};
use crate::net::wakeup::WakeupPipe;
use crate::net::{sessions, wait};
use crate::observe::history::{self, ScanRecord};
use crate::observe::request_log;
use crate::observe::scan_log::ScanLog;
use crate::pg::nodes::Nodes;
use crate::pg::report::Report;
use crate::pg::{compat, memory};
use crate::plan::scan_plan::ScanPlan;

/// What a scan node carries. It belongs to the query's memory context, whose end drops it, whether the
/// query ends well, fails or is cancelled; with it goes what is still being read.
pub(crate) struct ScanState {
    pub plan: ScanPlan,
    table: &'static Table,
    reading: Reading,
    sizes: TableStats,
    /// The plan's expressions, initialised.
    values: *mut pg_sys::List,
    /// The values that a join by batch has given for the next run.
    pub keys: Option<Values>,
    server: pg_sys::Oid,
    user: pg_sys::Oid,
    /// None under EXPLAIN, which writes no row: making one runs checks of the table's types, as whoever explains.
    writer: Option<Writer>,
    /// None of them under EXPLAIN either: their expressions are the table's.
    computed: Vec<Computed>,
    statement: Option<Member>,
    run: Run,
    /// Where the network thread rings for this scan alone, if an Append waits for it among others. Else the scan waits
    /// itself.
    inbox: Option<WakeupPipe>,
    /// Since when an Append has waited for it.
    pending: Option<Instant>,
    /// What earlier runs of this node have cost.
    spent: Tally,
    /// The object whose rows it reads whole, if that is all that it asks for.
    object: Option<RowsOf>,
    /// The first request for its rows, as it was sent.
    first_request: Option<Sanitized>,
    /// The operations of endpoints that were read in place of the planned one.
    other_endpoints: Vec<&'static str>,
    /// How long the backend has waited for rows. Waits for several scans at once count for each of them.
    pub waited: Duration,
    account: ScanLog,
}

/// How far a scan has come.
enum Run {
    /// No row has been asked for.
    NotStarted,
    Reading {
        scan: Scan,
        origin: ErrorOrigin,
        batch: Batch,
        /// The next row of the batch.
        row: usize,
    },
    Done,
}

impl ScanState {
    /// What all runs of this node have cost.
    pub fn tally(&self) -> Tally {
        let mut all = self.spent;
        if let Run::Reading { scan, .. } = &self.run {
            all += scan.tally();
        }
        all
    }

    /// How long the site has taken to answer in this session, as whoever reads here; None where nobody has asked it.
    pub fn latency(&self) -> Option<Duration> {
        sessions::latency(self.server, self.user)
    }

    /// The condition that the values from a join by batch make.
    fn keyed_condition(&self) -> Option<PushedCondition> {
        let keyed = self.plan.choice.keyed?;
        let Some(values) = self.keys.clone() else {
            // Nothing asked for is not nothing found.
            Report::new(
                Code::ERRCODE_INTERNAL_ERROR,
                "a scan by keys was begun without keys",
            )
            .raise()
        };
        Some(PushedCondition {
            column: keyed.place,
            values,
        })
    }

    /// The object whose rows are asked for whole, where a scan request is about one alone.
    fn object_of(&self, scan_request: &ScanRequest) -> Option<RowsOf> {
        let is_whole = scan_request.range.is_none()
            && scan_request.windows.is_empty()
            && scan_request.enough.is_none();
        let [condition] = scan_request.conditions.as_slice() else {
            return None;
        };
        Some(RowsOf {
            server: self.server,
            user: self.user,
            table: self.table.name,
            column: condition.column,
            value: condition.values.only().filter(|_| is_whole)?,
        })
    }

    /// How many lists the values from a join by batch make: one for each request.
    pub fn batches_of(&self, keys: &Values) -> usize {
        let endpoint = self.plan.endpoint(self.table);
        self.plan.choice.keyed.map_or(0, |keyed| {
            confluence::request::lists_of(self.table, endpoint, keyed.place, keys)
        })
    }

    /// From now on an Append waits for rows, unless no socket can be had: then the scan waits itself.
    pub fn let_others_wait(&mut self) {
        if matches!(self.run, Run::NotStarted) && self.inbox.is_none() {
            self.inbox = WakeupPipe::another();
        }
    }

    /// Where the network thread rings for this scan alone.
    pub fn socket(&self) -> Option<RawFd> {
        self.inbox.as_ref().map(WakeupPipe::socket)
    }

    /// Whether there may be rows later, but none has come yet.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Notes of the run, if there is one, what it has asked for.
    fn note_requests(&mut self) {
        let Run::Reading { scan, .. } = &self.run else {
            return;
        };
        if self.first_request.is_none() {
            self.first_request = scan.first_request().cloned();
        }
        let planned = self.plan.endpoint(self.table);
        let other = scan.endpoint().filter(|read| !std::ptr::eq(*read, planned));
        if let Some(other) = other.map(|endpoint| endpoint.operation)
            && !self.other_endpoints.contains(&other)
        {
            self.other_endpoints.push(other);
        }
    }

    /// The first request for its rows, as it was sent; None where none was.
    pub fn first_request(&mut self) -> Option<&Sanitized> {
        self.note_requests();
        self.first_request.as_ref()
    }

    /// The operation of the endpoint that was planned.
    pub fn planned_operation(&self) -> &'static str {
        self.plan.endpoint(self.table).operation
    }

    /// The operations of endpoints that were read in place of the planned one.
    pub fn other_endpoints(&mut self) -> &[&'static str] {
        self.note_requests();
        &self.other_endpoints
    }

    /// Ends the run, if there is one, and whatever it waits for.
    fn stop(&mut self, next: Run) {
        self.note_requests();
        self.count_wait();
        self.spent = self.tally();
        if let Run::Reading { .. } = std::mem::replace(&mut self.run, next) {
            self.account.cut_short(self.spent, self.waited);
        }
    }

    /// The run came to its end.
    fn complete(&mut self) {
        self.note_requests();
        let before = self.spent;
        self.spent = self.tally();
        self.run = Run::Done;
        let requests = self.spent.requests - before.requests;
        // Rows of answers that the statement had before are not counted again.
        let is_all = requests > 0 && self.spent.served_again == before.served_again;
        if let Some(object) = self.object.take().filter(|_| is_all) {
            seen_sizes::note(object, self.spent.rows - before.rows, requests);
        }
        self.account.complete(self.spent, self.waited);
    }

    /// Waits for the network thread, or until there is something to tell.
    fn wait(&mut self) {
        self.account.wait(self.tally(), self.waited);
        let due_in = self.account.due_in();
        let began = Instant::now();
        // What is unwound through is not changed there.
        let state = AssertUnwindSafe(&*self);
        PgTryBuilder::new(|| wait::wait_at_most(due_in))
            .catch_others(|error| {
                let state = &state;
                let waited = state.waited + began.elapsed();
                state.account.interrupted(state.tally(), waited, &error);
                error.rethrow()
            })
            .execute();
        self.waited += began.elapsed();
    }

    /// An Append waits no longer.
    fn count_wait(&mut self) {
        if let Some(since) = self.pending.take() {
            self.waited += since.elapsed();
        }
    }
}

impl Drop for ScanState {
    fn drop(&mut self) {
        self.stop(Run::Done);
        self.account.close();
    }
}

/// Gets a scan ready. Sends nothing: a scan that nobody takes a row from costs nothing.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn begin_foreign_scan(
    node: *mut pg_sys::ForeignScanState,
    eflags: i32,
) {
    // SAFETY: PostgreSQL passes a node of a plan that get_foreign_plan made, with its relation opened.
    // The state is leaked to the node, and the query context's callback takes it back, once.
    unsafe {
        let scan = (*node).ss.ps.plan.cast::<pg_sys::ForeignScan>();
        let mut plan = ScanPlan::of(scan);
        let relation = Relation::of((*(*node).ss.ss_currentRelation).rd_id);
        let entry = pg_sys::GetForeignTable((*(*node).ss.ss_currentRelation).rd_id);
        let estate = (*node).ss.ps.state;
        let values = pg_sys::ExecInitExprList((*scan).fdw_exprs, node.cast());
        let is_run = eflags & pg_sys::EXEC_FLAG_EXPLAIN_ONLY as i32 == 0;
        let (statement, is_taken_whole) =
            statement::join(node, eflags, (*entry).serverid, relation.table);
        plan.choice.eager |= is_taken_whole;
        let computed: &[pg_sys::AttrNumber] = if is_run { &plan.computed } else { &[] };
        let state = ScanState {
            writer: is_run.then(|| Writer::new(&relation, &plan)),
            computed: Computed::of((*node).ss.ss_currentRelation, computed, estate),
            table: relation.table,
            reading: relation.reading,
            sizes: relation.sizes,
            values,
            keys: None,
            server: (*entry).serverid,
            user: compat::checked_role_of_scan(scan, estate),
            statement,
            plan,
            run: Run::NotStarted,
            inbox: None,
            pending: None,
            spent: Tally::default(),
            object: None,
            first_request: None,
            other_endpoints: Vec::new(),
            waited: Duration::ZERO,
            account: ScanLog::default(),
        };
        (*node).fdw_state = memory::keep((*estate).es_query_cxt, state).cast();
    }
}

/// The state of a node.
///
/// # Safety
/// `node` is a foreign scan of ours that has begun. While `'s` lasts, its query is not over, and nobody else uses its state:
/// PostgreSQL executes a node on one thread, and a node does not execute itself.
pub(crate) unsafe fn state<'s>(node: *mut pg_sys::ForeignScanState) -> Option<&'s mut ScanState> {
    // SAFETY: begin_foreign_scan has put the state there, which lives as long as the query.
    unsafe { (*node).fdw_state.cast::<ScanState>().as_mut() }
}

/// Gives the next row, or an empty slot when there are no more. The first call evaluates the conditions'
/// values and begins to read; each call waits where it must, and can be interrupted there. Where an Append waits,
/// none does: a slot is empty also while there is no row yet.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn iterate_foreign_scan(
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
            start_companions(state);
        }
        if next_row(state) {
            if let Run::Reading { batch, row, .. } = &mut state.run {
                let Some(writer) = &state.writer else {
                    Report::new(
                        Code::ERRCODE_INTERNAL_ERROR,
                        "a scan that was only to be explained was run",
                    )
                    .raise()
                };
                writer.write(batch, *row, slot);
                *row += 1;
            }
            pg_sys::ExecStoreVirtualTuple(slot);
            for column in &state.computed {
                column.write(slot, (*node).ss.ps.ps_ExprContext);
            }
        }
        slot
    }
}

/// Lets the scans begin that are sure to be asked for a row, too: their first requests are under way together. None is
/// begun that has to be begun again with other values first, or whose row is there already, in a recheck.
///
/// # Safety
/// The state is that of a node which is being executed: then the other nodes of its statement have begun, too, none of
/// them is being executed at the same time, and so nobody else uses their states.
unsafe fn start_companions(state: &ScanState) {
    let companions = state.statement.iter().flat_map(Member::companions);
    // SAFETY: the nodes are of the same execution, and none of them is the state's own.
    unsafe {
        for node in companions {
            let is_ready =
                (*node).ss.ps.chgParam.is_null() && (*(*node).ss.ps.state).es_epq_active.is_null();
            if let Some(companion) = self::state(node)
                && is_ready
                && matches!(companion.run, Run::NotStarted)
            {
                companion.run = start(companion, node);
                if let Run::Reading { scan, .. } = &mut companion.run {
                    scan.ask();
                }
            }
        }
    }
}

/// Begins to read.
///
/// # Safety
/// `state` is that of `node`, which has begun and whose query is not over.
unsafe fn start(state: &mut ScanState, node: *mut pg_sys::ForeignScanState) -> Run {
    let mut scan_request = ScanRequest {
        table: state.table,
        columns: state.plan.columns(),
        planned: Some(state.plan.endpoint(state.table)),
        conditions: Vec::new(),
        must_exist: state.plan.choice.must_exist,
        sort: state.plan.choice.sort,
        relies_on_order: state.plan.choice.ordered,
        range: None,
        windows: Vec::new(),
        enough: state.plan.choice.enough,
        expected_rows: state.plan.choice.expected,
        sizes: state.sizes.clone(),
        eager: state.plan.choice.eager,
        open_ended: state.plan.choice.open_ended,
        reading: state.reading,
        spent: state.spent.requests,
    };
    // SAFETY: the node has begun, with these expressions of its plan.
    let bound = unsafe { params::bind(&state.plan, node, state.values, &mut scan_request) };
    if bound.is_none() {
        return Run::Done;
    }
    scan_request.conditions.extend(state.keyed_condition());
    if scan_request.is_empty() {
        return Run::Done;
    }
    state.object = state.object_of(&scan_request);
    let (session, origin) = sessions::session(state.server, state.user);
    let ScanState { account, plan, .. } = state;
    let all_rows =
        plan.conditions.is_empty() && plan.choice.keyed.is_none() && plan.choice.enough.is_none();
    let rows = state.sizes.rows.filter(|_| all_rows);
    let number = account.begin(rows, || {
        // SAFETY: the first tells the current user, the second looks at the clock; the node's relation is open, and its
        // plan is the one that the scan was made from.
        let (user, started_at, foreign_table, planned) = unsafe {
            let scan = (*node).ss.ps.plan.cast::<pg_sys::ForeignScan>();
            (
                pg_sys::GetUserId(),
                pg_sys::GetCurrentTimestamp(),
                full_name((*(*node).ss.ss_currentRelation).rd_id),
                plan.planned(
                    state.table,
                    state.reading,
                    &state.sizes,
                    Nodes::new((*scan).fdw_exprs),
                ),
            )
        };
        ScanRecord {
            number: history::next_number(),
            user,
            started_at,
            foreign_table,
            server: origin.server.clone(),
            remote_table: state.table.name,
            request: explain::shown(&planned),
            tally: Tally::default(),
            waited: Duration::ZERO,
            complete: false,
            error: None,
        }
    });
    let sharing = state
        .statement
        .as_ref()
        .and_then(|member| member.sharing.clone());
    let budget = state.statement.as_ref().and_then(Member::budget);
    let recorder = request_log::recorder(&origin.server, Some(number));
    let scan = wait::with_engine(|engine, ring| {
        let ring = state.inbox.as_ref().map_or(ring, WakeupPipe::ring);
        Scan::start_in(
            sharing,
            budget,
            engine,
            session,
            scan_request,
            recorder,
            ring,
        )
    });
    Run::Reading {
        scan,
        origin,
        batch: Batch::default(),
        row: 0,
    }
}

/// Sees to it that the batch has a row to give; false at the end, and where an Append has to wait.
fn next_row(state: &mut ScanState) -> bool {
    state.count_wait();
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
        if let Some(inbox) = &state.inbox {
            inbox.drain();
        }
        match scan.look() {
            Ok(Step::Rows(rows)) => {
                *batch = rows;
                *row = 0;
                state.account.go_on(state.tally(), state.waited);
            }
            Ok(Step::Pending) if state.inbox.is_some() => {
                state.account.wait(state.tally(), state.waited);
                state.pending = Some(Instant::now());
                return false;
            }
            Ok(Step::Pending) => state.wait(),
            Ok(Step::Complete) => state.complete(),
            Err(error) => {
                let report = report(&error, origin);
                state.stop(Run::Done);
                state.account.fail(state.spent, state.waited, &report);
                report.raise();
            }
        }
    }
}

/// Begins again, with other values if they have changed. What was being read is given up.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn rescan_foreign_scan(node: *mut pg_sys::ForeignScanState) {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared.
    if let Some(state) = unsafe { state(node) } {
        state.stop(Run::NotStarted);
    }
}

/// Ends the scan. The state itself goes with the query's memory.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn end_foreign_scan(node: *mut pg_sys::ForeignScanState) {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared.
    if let Some(state) = unsafe { state(node) } {
        state.stop(Run::Done);
        state.account.end(state.spent);
    }
}
