//! Functions that write: what they ask before it does any work, or sends anything: whether the server, the transaction
//! and the caller may.

use std::ffi::CStr;

use pgrx::{PgSqlErrorCode as Code, pg_sys};

use crate::pg::list;
use crate::pg::report::Report;

/// The schema of the extension's own tables.
const SCHEMA: &CStr = c"confluence";

/// Refuses to run where nothing can be stored: on a standby, or in a transaction that only reads.
pub(super) fn must_be_possible(function: &CStr) {
    // SAFETY: looks at the state of the server.
    if unsafe { pg_sys::RecoveryInProgress() } {
        // In PostgreSQL's own words, as of a command.
        Report::new(
            Code::ERRCODE_READ_ONLY_SQL_TRANSACTION,
            format!(
                "cannot execute {} during recovery",
                function.to_string_lossy()
            ),
        )
        .detail("This server is a standby: what it holds comes from its primary.")
        .hint("Run it on the primary.")
        .raise();
    }
    // SAFETY: raises an error where the transaction only reads.
    unsafe { pg_sys::PreventCommandIfReadOnly(function.as_ptr()) };
}

/// Refuses callers who do not have all of these rights to a table of the extension.
pub(super) fn must_be_allowed(table: &CStr, rights: &[pg_sys::AclMode]) {
    // SAFETY: look-ups in the catalogs. The role is that of the calling user. Each right is asked for by itself: of
    // several, PostgreSQL would take any.
    unsafe {
        let schema = pg_sys::get_namespace_oid(SCHEMA.as_ptr(), false);
        let relation = pg_sys::get_relname_relid(table.as_ptr(), schema);
        if relation == pg_sys::InvalidOid {
            Report::new(
                Code::ERRCODE_UNDEFINED_TABLE,
                format!(
                    "table \"{}.{}\" does not exist",
                    list::text(SCHEMA.as_ptr()),
                    list::text(table.as_ptr())
                ),
            )
            .raise();
        }
        for &right in rights {
            let allowed = pg_sys::pg_class_aclcheck(relation, pg_sys::GetUserId(), right);
            if allowed != pg_sys::AclResult::ACLCHECK_OK {
                pg_sys::aclcheck_error(allowed, pg_sys::ObjectType::OBJECT_TABLE, table.as_ptr());
            }
        }
    }
}
