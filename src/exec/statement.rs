//! The statement: what its scans have in common. A statement is what one `EState` runs: that of a function is its own,
//! and a cursor's lives as long as the cursor.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use confluence::cache::{CacheHandle, StatementCache};
use confluence::scan::StatementBudget;
use confluence::schema::Table;
use pgrx::pg_sys;

use super::request_limit::{self, Share};
use super::rescans::Runs;
use crate::pg::nodes::Node;
use crate::settings;

thread_local! {
    /// The statements that have scans of ours. An `EState` lies in the memory whose end drops its scans, so that an
    /// address that is used anew finds a statement that is gone.
    static STATEMENTS: RefCell<Vec<(*mut pg_sys::EState, Weak<Running>)>> = RefCell::default();
}

struct Running {
    /// What is kept for all of them; None where that is nothing.
    statement: Option<Arc<StatementCache>>,
    /// How many requests they may send together, if there is a limit.
    share: Option<Rc<Share>>,
    runs: Runs,
    /// The nodes of its scans, by their numbers in the plan. They live as long as the `EState`.
    nodes: RefCell<HashMap<i32, *mut pg_sys::ForeignScanState>>,
}

/// A scan's part in its statement, which lasts as long as its members.
pub(super) struct Member {
    /// What it shares with others; None where the statement is to keep nothing.
    pub sharing: Option<CacheHandle>,
    number: i32,
    running: Rc<Running>,
}

impl Member {
    /// How many requests all of the statement may send, if there is a limit.
    pub fn budget(&self) -> Option<Arc<StatementBudget>> {
        self.running.share.as_ref().map(|share| share.budget())
    }

    /// The nodes of other scans that are sure to be asked for a row once this one is.
    pub fn companions(&self) -> Vec<*mut pg_sys::ForeignScanState> {
        let together = self.running.runs.together.iter();
        let nodes = self.running.nodes.borrow();
        together
            .filter(|numbers| numbers.contains(&self.number))
            .flatten()
            .filter(|number| **number != self.number)
            .filter_map(|number| nodes.get(number).copied())
            .collect()
    }
}

/// Makes a scan a part of its statement; of none where it is only explained. Tells, too, whether the statement's plan shows
/// that all rows of the scan are taken, whoever stops above it.
///
/// # Safety
/// `node` is being initialised, so it has its plan and the state of its execution; it stays as long as that state.
pub(super) unsafe fn join(
    node: *mut pg_sys::ForeignScanState,
    eflags: i32,
    server: pg_sys::Oid,
    table: &'static Table,
) -> (Option<Member>, bool) {
    let has = |flag: u32| eflags & flag as i32 != 0;
    // SAFETY: the node has its plan and its statement, as the caller says.
    let (running, number) = unsafe {
        let plan = (*node).ss.ps.plan;
        (running((*node).ss.ps.state), (*plan).plan_node_id)
    };
    let is_taken_whole = running.runs.whole.contains(&number);
    if has(pg_sys::EXEC_FLAG_EXPLAIN_ONLY) {
        return (None, is_taken_whole);
    }
    running.nodes.borrow_mut().insert(number, node);
    let sharing = running.statement.clone().map(|statement| {
        let runs_again = has(pg_sys::EXEC_FLAG_REWIND) || running.runs.again.contains(&number);
        let sharing = CacheHandle::new(statement, server.to_u32());
        sharing.announce(table, runs_again);
        sharing
    });
    let member = Member {
        sharing,
        number,
        running,
    };
    (Some(member), is_taken_whole)
}

/// The statement that is being initialised. How much it may keep is settled by its first scan.
///
/// # Safety
/// `estate` is the state of an execution that has its plan.
unsafe fn running(estate: *mut pg_sys::EState) -> Rc<Running> {
    STATEMENTS.with_borrow_mut(|statements| {
        statements.retain(|(_, running)| running.strong_count() > 0);
        let known = statements.iter().find(|(of, _)| *of == estate);
        if let Some(running) = known.and_then(|(_, running)| running.upgrade()) {
            return running;
        }
        let bound = settings::statement_cache_size();
        let running = Rc::new(Running {
            statement: (bound > 0).then(|| Arc::new(StatementCache::new(bound))),
            share: request_limit::share_of(estate),
            // SAFETY: what is executed has its plan, which stays as long.
            runs: unsafe { Runs::of(Node::always((*estate).es_plannedstmt)) },
            nodes: RefCell::default(),
        });
        statements.push((estate, Rc::downgrade(&running)));
        running
    })
}
