//! Confluence Cloud as PostgreSQL tables: the PostgreSQL side.
//!
//! | room | what it is about |
//! |---|---|
//! | `handler` | the callbacks that PostgreSQL calls, and the hooks beside them |
//! | `functions` | what users call |
//! | `mirror` | copies of a site with history |
//! | `batch_join` | joins that ask for their keys in batches |
//! | `stats` | `ANALYZE`, and what planning is told of tables |
//! | `exec` | a scan, from its values to its rows |
//! | `plan` | what the site can answer of a query, the paths that lead to it, and what they cost |
//! | `net` | sessions with sites, and waiting for them |
//! | `observe` | what is told of scans and requests |
//! | `catalog` | what is stored: options, foreign tables and their columns, sizes |
//! | `errors` | every error's SQLSTATE, message, detail and hint |
//! | `settings` | what users set for a session |
//! | `pg` | what makes `pg_sys` bearable |
//!
//! What is known of Confluence lies in the crate `confluence`, what is known of the administrator's CSV in
//! `user-export`; neither knows PostgreSQL. This crate is the only one with `unsafe` in it.

mod batch_join;
mod catalog;
mod errors;
mod exec;
mod functions;
mod handler;
mod mirror;
mod net;
mod observe;
mod pg;
mod plan;
mod settings;
mod stats;

pgrx::pg_module_magic!();

/// Runs once in a backend, when PostgreSQL loads the library.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    pg::report::replace_panic_hook();
    settings::declare();
    handler::init();
}
