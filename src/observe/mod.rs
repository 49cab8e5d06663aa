//! What a session remembers and tells of its scans.

pub(crate) mod history;
pub(crate) mod progress;
pub(crate) mod scan_log;
