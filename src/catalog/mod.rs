//! What is stored in PostgreSQL's catalogs: options, foreign tables and their columns, and `IMPORT FOREIGN SCHEMA`.

pub(crate) mod column;
pub(crate) mod generated;
pub(crate) mod import;
pub(crate) mod option_list;
pub(crate) mod options;
pub(crate) mod relation;
pub(crate) mod server;
pub(crate) mod sizes;
