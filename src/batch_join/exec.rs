//! The execution of a join by batch, from its first row to its end.

use confluence::request::{Key, Values};
use pgrx::{check_for_interrupts, pg_guard, pg_sys};

use super::inner_rows::{InnerRows, Place};
use super::plan::{BatchPlan, BatchScan, Shared, SideColumn};
use super::window::{KeyNumber, OuterWindow};
use super::{JoinType, explain};
use crate::exec::scan;
use crate::exec::tuple::is_empty;
use crate::pg::datum::TypedDatum;
use crate::pg::error_context::keeping_context;
use crate::pg::list;
use crate::pg::memory::{self, RowContext};
use crate::pg::nodes::Node;
use crate::plan::values;

/// Where somebody may stop early, each window has so many times as many rows as the one before.
const GROWTH: usize = 2;

/// The node. PostgreSQL knows the first part of it.
#[repr(C)]
struct JoinNode {
    css: pg_sys::CustomScanState,
    join: *mut JoinState<'static>,
}

/// A slot of the execution `'e`.
type TupleSlot<'e> = Node<'e, pg_sys::TupleTableSlot>;

/// What the node carries. It belongs to the query's memory context, whose end drops it. Whoever has it in hand has it from
/// [`join`]: while `'e` lasts, both sides have begun and have not ended, and all else that it points to is there.
pub(super) struct JoinState<'e> {
    plan: BatchPlan,
    /// The node's scan tuple.
    tuple: TupleSlot<'e>,
    /// The node's expression context, which looks at the scan tuple.
    context: Node<'e, pg_sys::ExprContext>,
    outer: Node<'e, pg_sys::PlanState>,
    inner: Node<'e, pg_sys::ForeignScanState>,
    /// The key of a row of the outer side.
    key: Node<'e, pg_sys::ExprState>,
    key_type: pg_sys::Oid,
    inner_key_type: pg_sys::Oid,
    /// Whether two rows are a pair; none where any two are.
    conditions: Option<Node<'e, pg_sys::ExprState>>,
    /// For rows of the outer side that come out of the window.
    stored: TupleSlot<'e>,
    window: OuterWindow,
    /// How many rows the next window has at most, besides what memory allows.
    most: usize,
    /// How many rows have been given since it was begun.
    given: usize,
    /// The row of the inner side that is being paired.
    inner_slot: Option<TupleSlot<'e>>,
    /// For rows of the inner side that were kept.
    kept: TupleSlot<'e>,
    /// Rows of the inner side that wait until the outer side's are given in their order, or for keys that come again.
    inner_rows: InnerRows,
    /// The keys of the window that are to be asked for.
    unknown: Values,
    /// Whether the outer side has come to its end. Asked once more, it would begin again.
    outer_is_done: bool,
    phase: Phase,
    pub counts: JoinCounts,
}

/// What a join has asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct JoinCounts {
    /// Lists of keys that go into one request.
    pub batches: usize,
    pub keys: usize,
    /// Keys that came again, and were not asked for again.
    pub known: usize,
}

enum Phase {
    /// Rows of the outer side are to be taken.
    Gather,
    /// A row of the outer side whose key is known is paired with the inner side's rows of it, from this one on; after it comes
    /// the next.
    PairKnown(usize, Option<Place>),
    /// Rows of the inner side come in.
    Pair,
    /// A row of the inner side is paired with the rows of its key, of which so many are done.
    PairWith(KeyNumber, usize),
    /// Rows of the outer side are given by themselves, from this one on: those that are in no pair, or of a semijoin those
    /// that are in one.
    Alone(usize),
    /// A row of the outer side is paired with the inner side's rows of its key, from this one on; after it comes the next.
    InOrder(usize, Option<Place>),
    Done,
}

static METHODS: Shared<pg_sys::CustomExecMethods> = Shared(pg_sys::CustomExecMethods {
    CustomName: c"Confluence Batch Join".as_ptr(),
    BeginCustomScan: Some(begin),
    ExecCustomScan: Some(exec),
    EndCustomScan: Some(end),
    ReScanCustomScan: Some(rescan),
    MarkPosCustomScan: None,
    RestrPosCustomScan: None,
    EstimateDSMCustomScan: None,
    InitializeDSMCustomScan: None,
    ReInitializeDSMCustomScan: None,
    InitializeWorkerCustomScan: None,
    ShutdownCustomScan: None,
    ExplainCustomScan: Some(explain::explain_custom_scan),
});

/// Makes the node of a plan. Nothing runs yet.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn create_custom_scan_state(
    _scan: *mut pg_sys::CustomScan,
) -> *mut pg_sys::Node {
    // SAFETY: the node is allocated in the query's memory context, zeroed, and begins with what PostgreSQL
    // knows of it.
    unsafe {
        let node = pg_sys::palloc0(size_of::<JoinNode>()).cast::<JoinNode>();
        (*node).css.ss.ps.type_ = pg_sys::NodeTag::T_CustomScanState;
        (*node).css.methods = &METHODS.0;
        node.cast()
    }
}

/// Gets both sides and the expressions ready. Sends nothing.
#[pg_guard]
unsafe extern "C-unwind" fn begin(
    node: *mut pg_sys::CustomScanState,
    estate: *mut pg_sys::EState,
    eflags: i32,
) {
    // SAFETY: PostgreSQL passes a node that create_custom_scan_state made, with its slots ready. What is made
    // here lives in the query's memory context, and the state is dropped with it, once, which looks at none of it.
    unsafe {
        let scan = (*node).ss.ps.plan.cast::<pg_sys::CustomScan>();
        let batch_scan = BatchScan::of(scan);
        let plan = batch_scan.plan();
        let once = eflags
            & !((pg_sys::EXEC_FLAG_REWIND | pg_sys::EXEC_FLAG_BACKWARD | pg_sys::EXEC_FLAG_MARK)
                as i32);
        let sides: Vec<*mut pg_sys::PlanState> = batch_scan
            .sides()
            .iter()
            .map(|side| pg_sys::ExecInitNode(side.as_ptr(), estate, once))
            .collect();
        (*node).custom_ps = list::from_pointers(sides.iter().copied());
        let (outer, inner) = (sides[0], sides[1]);
        assert!(
            (*inner).type_ == pg_sys::NodeTag::T_ForeignScanState,
            "the inner side is a foreign scan"
        );
        let inner_targets: Vec<*mut pg_sys::TargetEntry> =
            list::iter((*(*inner).plan).targetlist).collect();
        let inner_key = (*inner_targets[plan.inner_key]).expr;
        let key = batch_scan.key();
        let ps = &raw mut (*node).ss.ps;
        let join = JoinState {
            tuple: Node::always((*node).ss.ss_ScanTupleSlot),
            context: Node::always((*node).ss.ps.ps_ExprContext),
            outer: Node::always(outer),
            inner: Node::always(inner.cast()),
            key: Node::always(pg_sys::ExecInitExpr(key.as_ptr(), ps)),
            key_type: key.type_oid(),
            inner_key_type: pg_sys::exprType(inner_key.cast()),
            conditions: Node::new(pg_sys::ExecInitQual(batch_scan.conditions().as_ptr(), ps)),
            stored: Node::always(pg_sys::ExecInitExtraTupleSlot(
                estate,
                pg_sys::ExecGetResultType(outer),
                &raw const pg_sys::TTSOpsMinimalTuple,
            )),
            kept: Node::always(pg_sys::ExecInitExtraTupleSlot(
                estate,
                pg_sys::ExecGetResultType(inner),
                &raw const pg_sys::TTSOpsMinimalTuple,
            )),
            inner_rows: InnerRows::new(RowContext::below(
                (*estate).es_query_cxt,
                c"confluence_fdw inner rows",
            )),
            window: OuterWindow::new(RowContext::below(
                (*estate).es_query_cxt,
                c"confluence_fdw batch join",
            )),
            most: plan.chosen.first_window,
            given: 0,
            inner_slot: None,
            unknown: Values::of([]),
            outer_is_done: false,
            phase: Phase::Gather,
            counts: JoinCounts::default(),
            plan,
        };
        (*node.cast::<JoinNode>()).join = memory::keep((*estate).es_query_cxt, join).cast();
    }
}

/// The state of a node.
///
/// # Safety
/// The node is one of a join by batch. While `'e` lasts, it has begun and has not ended, and nobody else uses its state:
/// PostgreSQL executes a node on one thread, and a node does not execute itself.
pub(super) unsafe fn join<'e>(node: *mut pg_sys::CustomScanState) -> Option<&'e mut JoinState<'e>> {
    // SAFETY: such a node is of the struct, and its state lives as long as the query, and so longer than `'e`.
    unsafe {
        (*node.cast::<JoinNode>())
            .join
            .cast::<JoinState<'e>>()
            .as_mut()
    }
}

/// Gives the next row, or an empty slot when there are no more.
#[pg_guard]
unsafe extern "C-unwind" fn exec(
    node: *mut pg_sys::CustomScanState,
) -> *mut pg_sys::TupleTableSlot {
    // SAFETY: PostgreSQL passes a node that begin has prepared. A row's memory is that of the node's expression
    // context, of the window and of the inner side's slot, all of which stay until the next call.
    unsafe {
        let context = (*node).ss.ps.ps_ExprContext;
        let projection = (*node).ss.ps.ps_ProjInfo;
        let filters = (*node).ss.ps.qual;
        let tuple = (*node).ss.ss_ScanTupleSlot;
        let Some(join) = join(node) else {
            return pg_sys::ExecClearTuple(tuple);
        };
        loop {
            check_for_interrupts!();
            pg_sys::MemoryContextReset((*context).ecxt_per_tuple_memory);
            (*context).ecxt_scantuple = tuple;
            if !join.next() {
                if projection.is_null() {
                    return pg_sys::ExecClearTuple(tuple);
                }
                return pg_sys::ExecClearTuple((*projection).pi_state.resultslot);
            }
            if !pg_sys::ExecQual(filters, context) {
                if let Some(instrument) = (*node).ss.ps.instrument.as_mut() {
                    instrument.nfiltered1 += 1.0;
                }
                continue;
            }
            join.given += 1;
            return if projection.is_null() {
                tuple
            } else {
                pg_sys::ExecProject(projection)
            };
        }
    }
}

impl<'e> JoinState<'e> {
    /// How many bytes of the inner side's rows have gone to disk.
    pub fn spilled(&self) -> u64 {
        self.inner_rows.spilled
    }

    /// Puts the next row into the scan tuple; false at the end.
    fn next(&mut self) -> bool {
        loop {
            match &mut self.phase {
                Phase::Gather => {
                    self.gather();
                    self.phase = if self.window.len() == 0 {
                        Phase::Done
                    } else if self.window.keys() == 0 {
                        Phase::Alone(0)
                    } else {
                        self.begin_window()
                    };
                }
                Phase::PairKnown(row, Some(place)) => {
                    let (row, place) = (*row, *place);
                    let (is_pair, before) = self.pair_kept(row, place);
                    self.phase = Phase::PairKnown(row, before);
                    if is_pair {
                        return true;
                    }
                }
                Phase::PairKnown(row, None) => {
                    let row = *row;
                    self.phase = self.pair_known_from(row + 1);
                }
                Phase::Pair => self.phase = self.next_inner(),
                Phase::PairWith(key, done) => match self.window.row_of(*key, *done) {
                    None => self.phase = Phase::Pair,
                    Some(row) => {
                        *done += 1;
                        // One key may have all rows of the window.
                        check_for_interrupts!();
                        if self.pair(row) {
                            return true;
                        }
                    }
                },
                Phase::Alone(row) => {
                    let wanted = self.plan.chosen.kind == JoinType::Semi;
                    let is_wanted = |row: &usize| self.window.is_matched(*row) == wanted;
                    let Some(next) = (*row..self.window.len()).find(is_wanted) else {
                        self.phase = Phase::Gather;
                        continue;
                    };
                    *row = next + 1;
                    self.load_outer(next);
                    self.load(Side::Inner, None);
                    return true;
                }
                Phase::InOrder(row, Some(place)) => {
                    let (row, place) = (*row, *place);
                    let (is_pair, before) = self.pair_kept(row, place);
                    self.phase = Phase::InOrder(row, before);
                    if is_pair {
                        return true;
                    }
                }
                Phase::InOrder(row, None) => {
                    let row = *row;
                    self.phase = self.in_order_from(row + 1);
                    if self.plan.chosen.kind.wants_unmatched() && !self.window.is_matched(row) {
                        self.load_outer(row);
                        self.load(Side::Inner, None);
                        return true;
                    }
                }
                Phase::Done => return false,
            }
        }
    }

    /// The rows of the outer side in their order, from this one on.
    fn in_order_from(&self, row: usize) -> Phase {
        match row < self.window.len() {
            true => {
                let key = self.window.key_of(row);
                Phase::InOrder(row, key.and_then(|key| self.inner_rows.latest(key)))
            }
            false => Phase::Gather,
        }
    }

    /// Takes rows of the outer side, until the window has as many as it may, or there are no more.
    fn gather(&mut self) {
        self.window.clear();
        let wanted = self.plan.chosen.enough.and_then(|enough| {
            // What was wanted has been given, and was not enough: then nobody knows how many more are.
            enough.checked_sub(self.given).filter(|&wanted| wanted > 0)
        });
        let most = self.most.min(wanted.unwrap_or(usize::MAX));
        self.most = self.most.saturating_mul(GROWTH);
        self.load(Side::Inner, None);
        while !self.outer_is_done && self.window.len() < most && !self.window.is_full() {
            let Some(row) = self.next_row_of(Side::Outer) else {
                self.outer_is_done = true;
                break;
            };
            self.forget_expressions();
            self.load(Side::Outer, Some(row));
            let key = self.key();
            if key.is_some() || self.plan.chosen.kind.wants_unmatched() {
                self.window.add(row, key);
            }
        }
    }

    /// The next row of a side.
    fn next_row_of(&self, side: Side) -> Option<TupleSlot<'e>> {
        let side = match side {
            Side::Outer => self.outer.as_ptr(),
            Side::Inner => self.inner.as_ptr().cast(),
        };
        // SAFETY: both sides have begun, and give slots that stay until they end. A row is there until its side is asked for
        // the next one.
        unsafe {
            let slot = keeping_context(|| pg_sys::ExecProcNode(side));
            if is_empty(slot) {
                return None;
            }
            Node::new(slot)
        }
    }

    /// Clears what evaluating expressions for a row has left behind.
    fn forget_expressions(&self) {
        // SAFETY: the context is the node's, and nothing of its memory of a row is looked at any more.
        unsafe { pg_sys::MemoryContextReset((*self.context.as_ptr()).ecxt_per_tuple_memory) };
    }

    /// The key of the outer side's row in the scan tuple; None where it is NULL, or nothing that the inner side's column can
    /// hold, which equals nothing.
    fn key(&self) -> Option<Key> {
        // SAFETY: the expression is evaluated in memory that is cleared for each row, and gives a value of its type; what is
        // kept is copied.
        unsafe {
            let mut is_null = false;
            let before =
                pg_sys::MemoryContextSwitchTo((*self.context.as_ptr()).ecxt_per_tuple_memory);
            let datum =
                pg_sys::ExecEvalExpr(self.key.as_ptr(), self.context.as_ptr(), &mut is_null);
            let key = TypedDatum::new(datum, is_null, self.key_type)
                .and_then(|key| values::key(key, self.inner_key_type));
            pg_sys::MemoryContextSwitchTo(before);
            key
        }
    }

    /// What comes first for the keys of the window.
    fn begin_window(&mut self) -> Phase {
        self.unknown = self.inner_rows.begin(&self.window);
        self.counts.known += self.window.keys() - self.unknown.len();
        match self.waits_for_order() {
            true => self.ask(),
            false => self.pair_known_from(0),
        }
    }

    /// Whether rows of the inner side wait until the outer side's are given in their order.
    fn waits_for_order(&self) -> bool {
        self.plan.chosen.ordered && !self.plan.chosen.kind.first_match_will_do()
    }

    /// The rows of the outer side whose keys are known, from this one on; then the keys that are not.
    fn pair_known_from(&mut self, row: usize) -> Phase {
        let known = (row..self.window.len()).find_map(|row| {
            let latest = self.inner_rows.latest(self.window.key_of(row)?)?;
            Some(Phase::PairKnown(row, Some(latest)))
        });
        known.unwrap_or_else(|| self.ask())
    }

    /// Begins to read the inner side for the keys of the window that are not known, if there are any of which rows are
    /// wanted.
    fn ask(&mut self) -> Phase {
        let keys = std::mem::replace(&mut self.unknown, Values::of([]));
        let is_over = self.plan.chosen.kind.first_match_will_do() && self.window.all_matched();
        if keys.is_empty() || is_over {
            return self.behind_inner();
        }
        self.counts.keys += keys.len();
        // SAFETY: the inner side is a scan of ours that has begun. It takes up its keys when it is begun again.
        unsafe {
            if let Some(state) = scan::state(self.inner.as_ptr()) {
                self.counts.batches += state.batches_of(&keys);
                state.keys = Some(keys);
            }
            pg_sys::ExecReScan(self.inner.as_ptr().cast());
        }
        Phase::Pair
    }

    /// What comes when all rows of the inner side have come.
    fn behind_inner(&self) -> Phase {
        let chosen = &self.plan.chosen;
        match chosen.kind.wants_unmatched() || chosen.ordered {
            true if self.waits_for_order() => self.in_order_from(0),
            true => Phase::Alone(0),
            false => Phase::Gather,
        }
    }

    /// Takes a row of the inner side into the scan tuple.
    fn next_inner(&mut self) -> Phase {
        if self.plan.chosen.kind.first_match_will_do() && self.window.all_matched() {
            // What else it would bring is of no use.
            // SAFETY: the inner side has begun.
            unsafe { pg_sys::ExecReScan(self.inner.as_ptr().cast()) };
            return self.behind_inner();
        }
        let Some(row) = self.next_row_of(Side::Inner) else {
            if !self.outer_is_done {
                self.inner_rows.know(&self.window);
            }
            return self.behind_inner();
        };
        self.inner_slot = Some(row);
        // All columns are looked up, of which the key is one.
        self.load(Side::Inner, Some(row));
        let place = self.plan.inner_key;
        // SAFETY: rows of the inner side have the key's column, of its type, and it has been looked up.
        let key = unsafe {
            let slot = row.as_ptr();
            let datum = *(*slot).tts_values.add(place);
            let is_null = *(*slot).tts_isnull.add(place);
            TypedDatum::new(datum, is_null, self.inner_key_type)
                .and_then(|key| values::key(key, self.inner_key_type))
        };
        match key.and_then(|key| self.window.number_of(&key)) {
            Some(key) if self.waits_for_order() => {
                self.inner_rows.add(row, key);
                Phase::Pair
            }
            Some(key) => {
                if !self.outer_is_done {
                    self.inner_rows.keep(row, key);
                }
                Phase::PairWith(key, 0)
            }
            None => Phase::Pair,
        }
    }

    /// Pairs the inner side's row in the scan tuple with a row of the window. Whether that is a row to give.
    fn pair(&mut self, row: usize) -> bool {
        let kind = self.plan.chosen.kind;
        let again = self.window.is_matched(row);
        if again && kind.first_match_will_do() {
            return false;
        }
        // Both sides are loaded: whoever got the last row may have moved it into memory of the tuple's own, which is freed
        // here.
        self.load_outer(row);
        self.load(Side::Inner, self.inner_slot);
        self.forget_expressions();
        let conditions = self.conditions.map_or(std::ptr::null_mut(), Node::as_ptr);
        // SAFETY: the conditions look at the scan tuple; NULL stands for none.
        if !unsafe { pg_sys::ExecQual(conditions, self.context.as_ptr()) } {
            return false;
        }
        self.window.set_matched(row);
        match kind {
            JoinType::Inner | JoinType::Left => true,
            // In order, they are given when all of the window are known.
            JoinType::Semi => !self.plan.chosen.ordered,
            JoinType::Anti => false,
        }
    }

    /// Pairs a row of the window with a row of the inner side that was kept. Whether that is a row to give, and the place of
    /// the kept row before it.
    fn pair_kept(&mut self, row: usize, place: Place) -> (bool, Option<Place>) {
        let before = self.load_kept(place);
        // One key may have many rows.
        check_for_interrupts!();
        (self.pair(row), before)
    }

    /// Has a row of the inner side that was kept paired next. Gives the place of the one before it.
    fn load_kept(&mut self, place: Place) -> Option<Place> {
        let (tuple, before) = self.inner_rows.at(place);
        // SAFETY: the slot is for such tuples, and this one stays until the next one is looked at.
        unsafe { pg_sys::ExecStoreMinimalTuple(tuple, self.kept.as_ptr(), false) };
        self.inner_slot = Some(self.kept);
        before
    }

    /// Puts a row of the window into the scan tuple.
    fn load_outer(&mut self, row: usize) {
        // SAFETY: the slot is for such tuples, and the window keeps the tuple as long as it is looked at.
        unsafe {
            let tuple = self.window.tuple(row);
            pg_sys::ExecStoreMinimalTuple(tuple, self.stored.as_ptr(), false);
        }
        self.load(Side::Outer, Some(self.stored));
    }

    /// Puts a side's row, or NULLs, into the scan tuple. The other side's columns stay as they are.
    fn load(&self, side: Side, row: Option<TupleSlot<'e>>) {
        let tuple = self.tuple.as_ptr();
        // SAFETY: the scan tuple's arrays have an entry for each column, and stay where they are when it is
        // cleared; a row has all columns that the plan takes from its side, once they are looked up.
        unsafe {
            pg_sys::ExecClearTuple(tuple);
            if let Some(row) = row {
                pg_sys::slot_getallattrs(row.as_ptr());
            }
            for (to, from) in self.plan.columns.iter().enumerate() {
                let from = match (from, side) {
                    (SideColumn::Outer(place), Side::Outer)
                    | (SideColumn::Inner(place), Side::Inner) => *place,
                    _ => continue,
                };
                let (value, is_null) = match row.map(Node::as_ptr) {
                    Some(slot) => (*(*slot).tts_values.add(from), *(*slot).tts_isnull.add(from)),
                    None => (pg_sys::Datum::null(), true),
                };
                *(*tuple).tts_values.add(to) = value;
                *(*tuple).tts_isnull.add(to) = is_null;
            }
            pg_sys::ExecStoreVirtualTuple(tuple);
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Outer,
    Inner,
}

/// Begins again, with other values of parameters if they have changed.
#[pg_guard]
unsafe extern "C-unwind" fn rescan(node: *mut pg_sys::CustomScanState) {
    // SAFETY: PostgreSQL passes a node that begin has prepared. The sides are not below it in the way that
    // PostgreSQL tells of changes by itself.
    unsafe {
        let Some(join) = join(node) else { return };
        let changed = (*node).ss.ps.chgParam;
        let outer = join.outer.as_ptr();
        let inner = join.inner.as_ptr().cast::<pg_sys::PlanState>();
        if !changed.is_null() {
            pg_sys::UpdateChangedParamSet(outer, changed);
            pg_sys::UpdateChangedParamSet(inner, changed);
        }
        // Otherwise it is begun again when its first row is taken.
        if (*outer).chgParam.is_null() {
            pg_sys::ExecReScan(outer);
        }
        // Whatever is still being read is of no use.
        if matches!(join.phase, Phase::Pair | Phase::PairWith(..)) {
            pg_sys::ExecReScan(inner);
        }
        join.window.clear();
        join.inner_rows.clear();
        join.phase = Phase::Gather;
        join.most = join.plan.chosen.first_window;
        join.given = 0;
        join.outer_is_done = false;
    }
}

/// Ends both sides.
#[pg_guard]
unsafe extern "C-unwind" fn end(node: *mut pg_sys::CustomScanState) {
    // SAFETY: PostgreSQL passes a node that begin has prepared.
    unsafe {
        if let Some(join) = join(node) {
            join.inner_rows.clear();
        }
        for side in list::iter::<pg_sys::PlanState>((*node).custom_ps) {
            pg_sys::ExecEndNode(side);
        }
    }
}
