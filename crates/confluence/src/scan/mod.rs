//! From a wish for rows to requests, and from requests to batches.
//!
//! A scan is a set of *chains*; a chain is a first request and the next links that follow it. Chains come
//! from lists that are too long for one request, and from parents that are listed first.

mod answers;
mod askable;
mod chain;
mod companion;
mod held;
mod length;
mod listing;
mod order;
mod outside;
mod pieces;
mod reader;
mod sample;
mod search;
mod seen;
mod sharing;
mod sizes;
mod sources;
mod split;
mod targets;
mod wanted;
mod way;

pub use reader::{Scan, Step};
#[cfg(feature = "fuzzing")]
pub use sample::fuzz_windows;
pub use sample::{BUDGET as SAMPLE_BUDGET, Sample, is_from_all_times, sample};
pub use sharing::{Sharing, Statement};
pub use sizes::Sizes;
pub use targets::Template;
pub use wanted::{Condition, Range, Sort, Values, Wanted, is_long};
pub use way::{Asked, Way, keys_at_once, lists_of, page_size, requests_of, way};
