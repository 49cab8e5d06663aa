//! The harness: databases of one's own in the cluster that `make test` starts, a site behind them, and what tests ask.
//!
//! ```no_run
//! use confluence_fdw_tests::{Database, lines};
//!
//! let database = Database::create();
//! let mut client = database.connect();
//! assert_eq!(lines(&mut client, "SELECT 1, NULL"), ["1|NULL"]);
//! ```
//!
//! Every test has its own database and its own stand-in, so all of them run side by side.
#![forbid(unsafe_code)]

mod cluster;
pub mod corpus;
mod database;
mod golden;
mod program;
mod query;
pub mod site;

pub use cluster::{pg_major, skip};
pub use database::{Database, Notices, PsqlOutput, literal, site_statements};
pub use golden::{golden, matches_golden};
pub use query::{
    detail_of, error, estimated_requests, explain, explain_with, hint_of, lines, message_of, one,
    requests, sqlstate_of,
};
