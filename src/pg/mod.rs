//! What makes `pg_sys` bearable: lists, memory, reports, times, contexts of errors. Knows nothing of Confluence.

pub(crate) mod compat;
pub(crate) mod error_context;
pub(crate) mod list;
pub(crate) mod memory;
pub(crate) mod report;
pub(crate) mod times;
