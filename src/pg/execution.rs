//! Executions: when queries and utility statements begin and end, for whoever has to know what runs in what.
//!
//! The hooks are called for everything that the backend executes. They hold nothing that is dropped, so that an error may jump
//! over them as it would without them. Caught here and raised anew, it would lose its context.

use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

use pgrx::pg_sys;

use super::compat;

/// Who is told of executions. None of these may raise an error.
pub(crate) struct Watcher {
    /// A query begins or goes on, or with NULL a utility statement begins; and how deep in transactions.
    pub begins: fn(*mut pg_sys::EState, i32),
    /// What began last is over, for now.
    pub ends: fn(),
    /// Whatever ran so deep in transactions, or deeper, has failed.
    pub failed: fn(i32),
}

/// Whoever was told of executions before this library was loaded.
struct Before {
    run: pg_sys::ExecutorRun_hook_type,
    finish: pg_sys::ExecutorFinish_hook_type,
    utility: pg_sys::ProcessUtility_hook_type,
}

static WATCHER: OnceLock<Watcher> = OnceLock::new();
static BEFORE: OnceLock<Before> = OnceLock::new();

// PostgreSQL's own, as they are: pgrx catches the errors of those that it declares.
unsafe extern "C-unwind" {
    fn standard_ExecutorFinish(query: *mut pg_sys::QueryDesc);
    fn standard_ProcessUtility(
        statement: *mut pg_sys::PlannedStmt,
        text: *const c_char,
        read_only: bool,
        context: pg_sys::ProcessUtilityContext::Type,
        params: pg_sys::ParamListInfo,
        environment: *mut pg_sys::QueryEnvironment,
        receiver: *mut pg_sys::DestReceiver,
        completion: *mut pg_sys::QueryCompletion,
    );
}

/// Sees to it that somebody is told of executions. Called once, when the library is loaded.
pub(crate) fn watch(watcher: Watcher) {
    if WATCHER.set(watcher).is_err() {
        return;
    }
    // SAFETY: libraries are loaded one at a time, by the backend's one thread.
    unsafe {
        let before = Before {
            run: pg_sys::ExecutorRun_hook,
            finish: pg_sys::ExecutorFinish_hook,
            utility: pg_sys::ProcessUtility_hook,
        };
        if BEFORE.set(before).is_ok() {
            pg_sys::ExecutorRun_hook = Some(compat::executor_run);
            pg_sys::ExecutorFinish_hook = Some(executor_finish);
            pg_sys::ProcessUtility_hook = Some(process_utility);
            pg_sys::RegisterXactCallback(Some(transaction_ends), null_mut());
            pg_sys::RegisterSubXactCallback(Some(part_of_transaction_ends), null_mut());
        }
    }
}

/// Whoever was told before that queries run.
pub(super) fn run_before() -> pg_sys::ExecutorRun_hook_type {
    BEFORE.get().and_then(|before| before.run)
}

/// Tells that something begins.
pub(super) fn begin(estate: *mut pg_sys::EState) {
    if let Some(watcher) = WATCHER.get() {
        (watcher.begins)(estate, level());
    }
}

/// Tells that it is over.
pub(super) fn end() {
    if let Some(watcher) = WATCHER.get() {
        (watcher.ends)();
    }
}

/// How deep in transactions it is.
fn level() -> i32 {
    // SAFETY: counts the transactions that are open.
    unsafe { pg_sys::GetCurrentTransactionNestLevel() }
}

fn fail(level: i32) {
    if let Some(watcher) = WATCHER.get() {
        (watcher.failed)(level);
    }
}

/// Triggers run while a query finishes.
unsafe extern "C-unwind" fn executor_finish(query: *mut pg_sys::QueryDesc) {
    // SAFETY: PostgreSQL passes a query that is being executed. Nothing here is dropped when an error jumps over it.
    unsafe {
        begin((*query).estate);
        match BEFORE.get().and_then(|before| before.finish) {
            Some(before) => before(query),
            None => standard_ExecutorFinish(query),
        }
    }
    end();
}

unsafe extern "C-unwind" fn process_utility(
    statement: *mut pg_sys::PlannedStmt,
    text: *const c_char,
    read_only: bool,
    context: pg_sys::ProcessUtilityContext::Type,
    params: pg_sys::ParamListInfo,
    environment: *mut pg_sys::QueryEnvironment,
    receiver: *mut pg_sys::DestReceiver,
    completion: *mut pg_sys::QueryCompletion,
) {
    begin(null_mut());
    let before = BEFORE.get().and_then(|before| before.utility);
    let process = before.unwrap_or(standard_ProcessUtility);
    // SAFETY: what PostgreSQL passes is handed on. Nothing here is dropped when an error jumps over it.
    unsafe {
        process(
            statement,
            text,
            read_only,
            context,
            params,
            environment,
            receiver,
            completion,
        );
    }
    end();
}

unsafe extern "C-unwind" fn transaction_ends(event: pg_sys::XactEvent::Type, _arg: *mut c_void) {
    if event == pg_sys::XactEvent::XACT_EVENT_ABORT {
        fail(0);
    }
}

unsafe extern "C-unwind" fn part_of_transaction_ends(
    event: pg_sys::SubXactEvent::Type,
    _part: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _arg: *mut c_void,
) {
    if event == pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB {
        fail(level());
    }
}
