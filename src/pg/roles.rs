//! Roles by their names.

use pgrx::pg_sys;

use super::list;

/// A role's name; empty for one that is gone.
pub(crate) fn name_of(role: pg_sys::Oid) -> String {
    // SAFETY: gives NULL, which reads as empty, for a role that is gone.
    unsafe { list::text(pg_sys::GetUserNameFromId(role, true)) }
}

/// The name of the role that has logged in, whose settings those of the session are.
pub(crate) fn of_session() -> String {
    // SAFETY: tells who has logged in.
    name_of(unsafe { pg_sys::GetSessionUserId() })
}
