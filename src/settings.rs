//! What users set for a session: `SET confluence_fdw.… = …`.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};

/// `confluence_fdw.enable_batch_join`
pub(crate) static ENABLE_BATCH_JOIN: GucSetting<bool> = GucSetting::<bool>::new(true);

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
}
