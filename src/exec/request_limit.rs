//! The limit of a statement's requests: `confluence_fdw.max_requests`.
//!
//! A statement is what a client sends: the queries of its functions, of a procedure, of a trigger and of `EXECUTE` are parts of
//! it, and a cursor is one from its declaration to its end. So what is being executed is noted here, from the outside in, and a
//! scan that begins takes part in the budget of what is outermost.
//!
//! What an error leaves noted goes with the transaction, or the part of one, that it ends.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use confluence::scan::StatementBudget;
use pgrx::pg_sys;

use crate::pg::execution::{self, Watcher};
use crate::settings;

thread_local! {
    static NOTED: RefCell<Noted> = const { RefCell::new(Noted { running: Vec::new(), shares: Vec::new() }) };
}

/// What is known of what is being executed.
struct Noted {
    /// What is being executed, from the outside in.
    running: Vec<Execution>,
    /// The shares of executions. An `EState` lies in the memory whose end drops its scans, and with them its share; so an
    /// address that is used anew finds one that is gone.
    shares: Vec<(*mut pg_sys::EState, Weak<Share>)>,
}

/// An execution's part in the budget of its statement. The network thread may have the budget for longer.
pub(super) struct Share(Arc<StatementBudget>);

impl Share {
    pub fn budget(&self) -> Arc<StatementBudget> {
        self.0.clone()
    }
}

/// A query or a utility statement that is being executed.
struct Execution {
    /// How deep in transactions it runs.
    level: i32,
    /// The query's execution; NULL for a utility statement.
    estate: *mut pg_sys::EState,
    /// What those share that run in it, where it has none of its own.
    budget: Option<Arc<StatementBudget>>,
}

impl Noted {
    fn share_of(&mut self, estate: *mut pg_sys::EState) -> Option<Rc<Share>> {
        self.shares.retain(|(_, share)| share.strong_count() > 0);
        let known = self.shares.iter().find(|(of, _)| *of == estate);
        known.and_then(|(_, share)| share.upgrade())
    }

    /// The budget that something which begins takes part in.
    fn budget(&mut self) -> Option<Arc<StatementBudget>> {
        for place in (0..self.running.len()).rev() {
            let around = self.running[place].budget.clone();
            if around.is_some() {
                return around;
            }
            if let Some(share) = self.share_of(self.running[place].estate) {
                return Some(share.budget());
            }
        }
        let budget = Arc::new(StatementBudget::new(settings::max_requests()?));
        if let Some(outermost) = self.running.first_mut() {
            outermost.budget = Some(budget.clone());
        }
        Some(budget)
    }
}

/// The share of a query that is about to be executed, if its statement has a limit. The query's scans keep it.
pub(super) fn share_of(estate: *mut pg_sys::EState) -> Option<Rc<Share>> {
    NOTED.with_borrow_mut(|noted| {
        if let Some(known) = noted.share_of(estate) {
            return Some(known);
        }
        let share = Rc::new(Share(noted.budget()?));
        noted.shares.push((estate, Rc::downgrade(&share)));
        Some(share)
    })
}

/// The budget of a utility statement that reads by itself, as `ANALYZE` does.
pub(crate) fn of_utility() -> Option<Arc<StatementBudget>> {
    NOTED.with_borrow_mut(Noted::budget)
}

/// Sees to it that executions are noted. Called once, when the library is loaded.
pub(crate) fn install() {
    execution::watch(Watcher {
        begins,
        ends,
        failed,
    });
}

/// Something begins to be executed.
fn begins(estate: *mut pg_sys::EState, level: i32) {
    NOTED.with_borrow_mut(|noted| {
        noted.running.push(Execution {
            level,
            estate,
            budget: None,
        });
    });
}

/// What began last has been executed.
fn ends() {
    NOTED.with_borrow_mut(|noted| drop(noted.running.pop()));
}

/// What ran so deep in transactions, or deeper, has failed.
fn failed(level: i32) {
    NOTED.with_borrow_mut(|noted| noted.running.retain(|running| running.level < level));
}
