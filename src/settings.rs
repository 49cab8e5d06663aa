//! What users set for a session: `SET confluence_fdw.… = …`.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_sys};

/// `confluence_fdw.progress`: whether scans tell how far they have come.
pub(crate) static PROGRESS: GucSetting<bool> = GucSetting::<bool>::new(false);

/// `confluence_fdw.progress_interval`: how often one scan tells, in milliseconds.
pub(crate) static PROGRESS_INTERVAL: GucSetting<i32> = GucSetting::<i32>::new(5_000);

/// Declares the settings. What a session has set before the library was loaded is taken over, if it is valid.
pub(crate) fn declare() {
    GucRegistry::define_bool_guc(
        c"confluence_fdw.progress",
        c"Tells how far the reading of a foreign table has come.",
        c"Notices say how many requests were sent, how many rows have arrived, and how fast.",
        &PROGRESS,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_int_guc(
        c"confluence_fdw.progress_interval",
        c"Sets the time between two notices about one scan.",
        c"Zero tells of every answer that brings rows.",
        &PROGRESS_INTERVAL,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_MS,
    );
    reserve(c"confluence_fdw");
}

/// Refuses all other settings of this prefix: a misspelt one would have no effect.
#[cfg(not(feature = "pg14"))]
fn reserve(prefix: &std::ffi::CStr) {
    // SAFETY: it is called while the library is loaded, with a string that ends with NUL.
    unsafe { pg_sys::MarkGUCPrefixReserved(prefix.as_ptr()) };
}

/// Warns of other settings of this prefix: a misspelt one has no effect.
#[cfg(feature = "pg14")]
fn reserve(prefix: &std::ffi::CStr) {
    // SAFETY: it is called while the library is loaded, with a string that ends with NUL.
    unsafe { pg_sys::EmitWarningsOnPlaceholders(prefix.as_ptr()) };
}
