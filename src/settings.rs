//! What users set for a session or a statement: `SET confluence_fdw.… = …`.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_sys};

/// `confluence_fdw.enable_batch_join`: whether joins by batch are planned.
pub(crate) static ENABLE_BATCH_JOIN: GucSetting<bool> = GucSetting::<bool>::new(true);

/// `confluence_fdw.statement_cache_size`: in how many kilobytes a statement keeps answers that it may want again.
static STATEMENT_CACHE_SIZE: GucSetting<i32> = GucSetting::<i32>::new(32 * 1024);

/// `confluence_fdw.progress`: whether scans tell how far they have come.
pub(crate) static PROGRESS: GucSetting<bool> = GucSetting::<bool>::new(false);

/// `confluence_fdw.progress_interval`: how often one scan tells, in milliseconds.
pub(crate) static PROGRESS_INTERVAL: GucSetting<i32> = GucSetting::<i32>::new(5_000);

/// Declares the settings. What a session has set before the library was loaded is taken over, if it is valid.
pub(crate) fn declare() {
    GucRegistry::define_bool_guc(
        c"confluence_fdw.enable_batch_join",
        c"Enables the planner's use of joins that ask for their keys in batches.",
        c"",
        &ENABLE_BATCH_JOIN,
        GucContext::Userset,
        GucFlags::EXPLAIN,
    );
    GucRegistry::define_int_guc(
        c"confluence_fdw.statement_cache_size",
        c"Sets the memory in which a statement keeps answers of Confluence that it may want again.",
        c"Zero keeps none. What does not fit is asked for again.",
        &STATEMENT_CACHE_SIZE,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
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
    // Refuses all other settings of this prefix: a misspelt one would have no effect.
    // SAFETY: it is called while the library is loaded, with a string that ends with NUL.
    unsafe { pg_sys::MarkGUCPrefixReserved(c"confluence_fdw".as_ptr()) };
}

/// Bytes in which a statement keeps answers that it may want again.
pub(crate) fn statement_cache_size() -> usize {
    usize::try_from(STATEMENT_CACHE_SIZE.get()).unwrap_or(0) * 1024
}
