//! What makes `pg_sys` bearable: nodes, datums, expressions, lists, memory, reports, times, contexts of errors. Knows nothing of Confluence.

pub(crate) mod compat;
pub(crate) mod datum;
pub(crate) mod error_context;
pub(crate) mod execution;
pub(crate) mod expressions;
pub(crate) mod list;
pub(crate) mod memory;
pub(crate) mod nodes;
pub(crate) mod plan_tree;
pub(crate) mod planning;
pub(crate) mod report;
pub(crate) mod roles;
pub(crate) mod search_path;
pub(crate) mod subtransaction;
pub(crate) mod temp_file;
pub(crate) mod times;
pub(crate) mod transaction;
