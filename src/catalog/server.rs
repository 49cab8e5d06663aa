//! Foreign servers: which of them are this wrapper's.

use std::sync::OnceLock;

use pgrx::pg_sys;

/// A callback of a wrapper, by which its handler is told from others.
type Callback =
    unsafe extern "C-unwind" fn(*mut pg_sys::PlannerInfo, *mut pg_sys::RelOptInfo, pg_sys::Oid);

/// The callback of this wrapper's handler.
static OWN: OnceLock<Callback> = OnceLock::new();

/// Notes this wrapper's callback `GetForeignRelSize`. Called once, when the library is loaded.
pub(crate) fn register(get_foreign_rel_size: Callback) {
    // A second call would bring the same.
    let _ = OWN.set(get_foreign_rel_size);
}

/// Whether a callback `GetForeignRelSize` is this wrapper's: whatever the wrapper is called, its handler gives that one.
pub(crate) fn is_own_callback(callback: Callback) -> bool {
    OWN.get()
        .is_some_and(|&own| std::ptr::fn_addr_eq(callback, own))
}

/// Whether a server is one of this wrapper's.
pub(crate) fn is_ours(server: pg_sys::Oid) -> bool {
    // SAFETY: the server exists; PostgreSQL raises an error where its wrapper has no handler.
    let routine = unsafe { *pg_sys::GetFdwRoutineByServerId(server) };
    routine.GetForeignRelSize.is_some_and(is_own_callback)
}
