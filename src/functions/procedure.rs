//! Procedures, which can commit: whether the caller lets them, and the connection in which they do.

use pgrx::pg_sys;

/// Whether a procedure may end the transaction that it is called in.
///
/// # Safety
/// `fcinfo` is what PostgreSQL has passed to a function that is still running.
pub(super) unsafe fn can_commit(fcinfo: pg_sys::FunctionCallInfo) -> bool {
    // SAFETY: a call has its context, or NULL, and the tag says that it is a CallContext.
    unsafe {
        let context = (*fcinfo).context;
        !context.is_null()
            && (*context).type_ == pg_sys::NodeTag::T_CallContext
            && !(*context.cast::<pg_sys::CallContext>()).atomic
            && !pg_sys::IsSubTransaction()
    }
}

/// Runs what commits, in a connection that lets it.
pub(super) fn run(work: impl FnOnce()) {
    // SAFETY: the connection is ended below; an error ends it with the transaction.
    unsafe { pg_sys::SPI_connect_ext(pg_sys::SPI_OPT_NONATOMIC as i32) };
    work();
    // SAFETY: connected above.
    unsafe { pg_sys::SPI_finish() };
}
