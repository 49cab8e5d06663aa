//! What is stored in PostgreSQL's catalogs: options, foreign tables and their columns, and `IMPORT FOREIGN SCHEMA`;
//! and what a session has seen that statistics do not tell.

pub(crate) mod column;
pub(crate) mod generated;
pub(crate) mod import;
pub(crate) mod option_list;
pub(crate) mod options;
pub(crate) mod relation;
pub(crate) mod seen_sizes;
pub(crate) mod server;
pub(crate) mod sizes;
