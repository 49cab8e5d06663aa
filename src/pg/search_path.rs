//! The search path, for as long as something runs.

use std::ffi::CString;

use pgrx::pg_sys;

/// Runs something with a search path, and sets back what was before. An error that it raises does so, too, with the
/// transaction or subtransaction that it ends.
pub(crate) fn with<T>(path: &str, run: impl FnOnce() -> T) -> T {
    // An identifier has no NUL in it.
    let path = CString::new(path).unwrap_or_default();
    // SAFETY: the level is ended below, or with the transaction that an error ends; both texts end with NUL, and the
    // setting is one that every role may change.
    let level = unsafe {
        let level = pg_sys::NewGUCNestLevel();
        pg_sys::set_config_option(
            c"search_path".as_ptr(),
            path.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
        level
    };
    let done = run();
    // SAFETY: the level was begun above.
    unsafe { pg_sys::AtEOXact_GUC(true, level) };
    done
}
