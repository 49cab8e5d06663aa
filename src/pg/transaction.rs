//! Transactions that a procedure ends by itself.

use pgrx::pg_sys;

/// Ends the transaction, and begins the next one. Only what runs in a connection that lets it commit may call it.
pub(crate) fn commit() {
    // SAFETY: PostgreSQL raises an error where the connection does not let it; SPI_start_transaction does nothing where a
    // version has begun the next transaction already.
    unsafe {
        pg_sys::SPI_commit();
        pg_sys::SPI_start_transaction();
    }
}
