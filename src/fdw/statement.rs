//! What the scans of one statement have in common. A statement is what one `EState` runs: that of a function is its own,
//! and a cursor's lives as long as the cursor.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use confluence::scan::{Sharing, Statement};
use confluence::table::Table;
use pgrx::pg_sys;

use super::runs;
use crate::settings;

thread_local! {
    /// The statements that have scans of ours. An `EState` lies in the memory whose end drops its scans, so that an
    /// address that is used anew finds a statement that is gone.
    static STATEMENTS: RefCell<Vec<(*mut pg_sys::EState, Weak<Running>)>> = RefCell::default();
}

struct Running {
    statement: Arc<Statement>,
    /// The scans that can be run more than once, by their numbers in the plan.
    run_again: HashSet<i32>,
}

/// A scan's part in its statement.
pub(super) struct Member {
    pub sharing: Sharing,
    /// The statement lasts as long as its members.
    _running: Rc<Running>,
}

/// Makes a scan a part of its statement; None where the statement is to keep nothing.
///
/// # Safety
/// `node` is being initialised, with these flags.
pub(super) unsafe fn join(
    node: *mut pg_sys::ForeignScanState,
    eflags: i32,
    server: pg_sys::Oid,
    table: &'static Table,
) -> Option<Member> {
    let has = |flag: u32| eflags & flag as i32 != 0;
    if has(pg_sys::EXEC_FLAG_EXPLAIN_ONLY) {
        return None;
    }
    // SAFETY: by the caller's promise, the node has its plan and its statement.
    let (running, number) = unsafe {
        let plan = (*node).ss.ps.plan;
        (running((*node).ss.ps.state)?, (*plan).plan_node_id)
    };
    let runs_again = has(pg_sys::EXEC_FLAG_REWIND) || running.run_again.contains(&number);
    let sharing = Sharing::new(running.statement.clone(), server.to_u32());
    sharing.announce(table, runs_again);
    Some(Member {
        sharing,
        _running: running,
    })
}

/// The statement that is being initialised. How much it may keep is settled by its first scan.
///
/// # Safety
/// `estate` is one that is being initialised.
unsafe fn running(estate: *mut pg_sys::EState) -> Option<Rc<Running>> {
    STATEMENTS.with_borrow_mut(|statements| {
        statements.retain(|(_, running)| running.strong_count() > 0);
        let known = statements.iter().find(|(of, _)| *of == estate);
        if let Some(running) = known.and_then(|(_, running)| running.upgrade()) {
            return Some(running);
        }
        let bound = settings::statement_cache_size();
        if bound == 0 {
            return None;
        }
        // SAFETY: by the caller's promise, it has its plan.
        let run_again = unsafe { runs::again((*estate).es_plannedstmt) };
        let running = Rc::new(Running {
            statement: Arc::new(Statement::new(bound)),
            run_again,
        });
        statements.push((estate, Rc::downgrade(&running)));
        Some(running)
    })
}
