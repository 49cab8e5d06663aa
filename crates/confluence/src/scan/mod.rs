//! Scans: from a scan request to requests, and from their responses to batches.
//!
//! A scan is a set of *chains*; a chain is a first request and the next links that follow it. Chains come
//! from lists that are too long for one request, and from parents that are listed first.

pub(crate) mod ahead;
pub(crate) mod chain;
pub(crate) mod counted_lists;
pub(crate) mod demand;
pub(crate) mod enrichment;
pub(crate) mod handle;
pub(crate) mod held_rows;
pub(crate) mod long_list;
pub(crate) mod long_range;
pub(crate) mod long_requests;
pub(crate) mod order_check;
pub(crate) mod outside_partitions;
pub(crate) mod page_reader;
pub(crate) mod parents;
pub(crate) mod partition;
pub(crate) mod reader;
pub(crate) mod remainder;
pub(crate) mod request_budget;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod seen_keys;

pub use handle::{Scan, Step};
pub use request_budget::StatementBudget;
