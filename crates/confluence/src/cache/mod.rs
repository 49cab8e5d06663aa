//! The statement's cache: responses that a statement asks for twice are sent for once.

pub(crate) mod responses;
pub(crate) mod statement;

pub use statement::{CacheHandle, StatementCache};
