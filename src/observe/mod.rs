//! What a session remembers and tells of its scans and requests.

pub(crate) mod history;
pub(crate) mod progress;
pub(crate) mod request_log;
pub(crate) mod scan_log;
