//! Requests before they are sent: a scan request, the access path that answers it with the least effort, and its chains of
//! requests.

pub(crate) mod access_path;
pub(crate) mod askable;
pub(crate) mod builder;
pub(crate) mod chains;
pub(crate) mod effort;
pub(crate) mod grouping;
pub(crate) mod planned;
pub(crate) mod scan_request;
pub(crate) mod table_stats;
pub(crate) mod value_lists;

pub use access_path::{
    AccessPath, Manner, ValueCount, access_path, keys_at_once, lists_of, page_size, requests_of,
};
pub use effort::Effort;
pub use grouping::Grouping;
pub use planned::{Groups, PlannedCondition, PlannedRequest, PlannedSpan};
pub use scan_request::{Key, PushedCondition, Range, ScanRequest, Sort, Values};
pub use table_stats::TableStats;
