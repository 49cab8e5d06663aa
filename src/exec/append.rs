//! Asynchronous Append: several scans at once. Where an Append reads several foreign tables, it asks each of them for a
//! row without waiting for it, and then waits for all of them together. So ten sites take as long as the slowest.
//!
//! A request of Append's is answered with a row, with the word that there are no more, or put off. For one that is put
//! off, Append waits at the scan's own socket, which the network thread rings whenever there is something to see, and
//! calls back. All of this runs on the backend's thread.
//!
//! Only scans that will be read to their end take part. Append asks all of them at its first row, so under a LIMIT it
//! would send requests that nobody needs.

use pgrx::{pg_guard, pg_sys};

use super::scan;
use super::tuple::is_empty;
use crate::pg::error_context::keeping_context;
use crate::pg::{compat, list};
use crate::plan::scan_plan::PathPlan;

unsafe extern "C-unwind" {
    // Of execAsync.h, for which pgrx has no bindings. They set fields of the request, and raise nothing.
    fn ExecAsyncRequestDone(areq: *mut pg_sys::AsyncRequest, result: *mut pg_sys::TupleTableSlot);
    fn ExecAsyncRequestPending(areq: *mut pg_sys::AsyncRequest);
}

/// Says whether Append may read the path without waiting for it. Looks at the path only.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn is_foreign_path_async_capable(
    path: *mut pg_sys::ForeignPath,
) -> bool {
    // SAFETY: PostgreSQL passes a path that get_foreign_paths made.
    let choice: PathPlan = unsafe { list::value_of((*path).fdw_private) };
    choice.eager && compat::append_can_be_interrupted()
}

/// Answers Append's wish for a row. The first one begins to read.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn foreign_async_request(areq: *mut pg_sys::AsyncRequest) {
    // SAFETY: PostgreSQL passes a request for a row of a node that begin_foreign_scan has prepared.
    unsafe {
        if let Some(state) = scan::state((*areq).requestee.cast()) {
            state.let_others_wait();
        }
        answer(areq);
    }
}

/// Adds the scan's socket to those that Append waits at. There is one: a request is only put off by a scan that has a
/// socket of its own.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn foreign_async_configure_wait(
    areq: *mut pg_sys::AsyncRequest,
) {
    // SAFETY: PostgreSQL passes a request that was put off, of an Append that has made its set of events. The socket
    // lives as long as the scan's state, and so longer than the set.
    unsafe {
        let append = (*areq).requestor.cast::<pg_sys::AppendState>();
        let socket = scan::state((*areq).requestee.cast()).and_then(|state| state.socket());
        if let Some(socket) = socket {
            pg_sys::AddWaitEventToSet(
                (*append).as_eventset,
                pg_sys::WL_SOCKET_READABLE,
                socket,
                std::ptr::null_mut(),
                areq.cast(),
            );
        }
    }
}

/// Answers a request that was put off, after the scan's socket was rung; or puts it off again, where it was rung for
/// something that has been seen already.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn foreign_async_notify(areq: *mut pg_sys::AsyncRequest) {
    // SAFETY: PostgreSQL passes a request of a node that begin_foreign_scan has prepared.
    unsafe { answer(areq) }
}

/// Gives the next row that passes the node's conditions, if there is one yet.
///
/// # Safety
/// `areq` is a request of Append's that is under way, for a row of a node of ours that has begun and has not ended.
unsafe fn answer(areq: *mut pg_sys::AsyncRequest) {
    // SAFETY: a request leads to its node, which has begun. ExecProcNodeReal is what the node is executed with, less the instruments, which
    // Append's side has started already; it may raise an error, so it is called through the guard.
    unsafe {
        let node = (*areq).requestee;
        let row = match (*node).ExecProcNodeReal {
            Some(execute) => {
                keeping_context(|| pg_sys::ffi::pg_guard_ffi_boundary(|| execute(node)))
            }
            None => std::ptr::null_mut(),
        };
        if !is_empty(row) {
            ExecAsyncRequestDone(areq, row);
        } else if scan::state(node.cast()).is_some_and(|state| state.is_pending()) {
            ExecAsyncRequestPending(areq);
        } else {
            ExecAsyncRequestDone(areq, std::ptr::null_mut());
        }
    }
}
