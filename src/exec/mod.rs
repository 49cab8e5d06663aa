//! Execution: a scan from its values to its rows, beside others and again, and what EXPLAIN tells of it.

pub(crate) mod append;
pub(crate) mod explain;
pub(crate) mod params;
pub(crate) mod request_limit;
pub(crate) mod rescans;
pub(crate) mod scan;
pub(crate) mod statement;
pub(crate) mod tuple;
