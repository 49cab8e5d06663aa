//! What users set for a session or a statement: `confluence_fdw.…`.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};

/// Whether joins by batch are planned.
pub(crate) static ENABLE_BATCH_JOIN: GucSetting<bool> = GucSetting::<bool>::new(true);

/// Kilobytes in which a statement keeps answers that it may want again.
static STATEMENT_CACHE_SIZE: GucSetting<i32> = GucSetting::<i32>::new(32 * 1024);

/// Makes the settings known to PostgreSQL.
pub(crate) fn define() {
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
        c"Memory in which a statement keeps answers of Confluence that it may want again.",
        c"0 keeps none. What does not fit is asked for again.",
        &STATEMENT_CACHE_SIZE,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
}

/// Bytes in which a statement keeps answers that it may want again.
pub(crate) fn statement_cache_size() -> usize {
    usize::try_from(STATEMENT_CACHE_SIZE.get()).unwrap_or(0) * 1024
}
