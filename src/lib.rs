//! Confluence Cloud as PostgreSQL tables.
//!
//! - `fdw`: the foreign data wrapper, from options to rows.
//! - `functions`: what users call.
//! - `settings`: what users set for a session.
//! - `report`: how all of them raise errors.
//!
//! What is known of Confluence lies in the crate `confluence`, what is known of the administrator's CSV in
//! `user-export`; neither knows PostgreSQL. This crate is the only one with `unsafe` in it.

mod fdw;
mod functions;
mod report;
mod settings;

pgrx::pg_module_magic!();

/// Runs once in a backend, when PostgreSQL loads the library.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    report::replace_panic_hook();
    settings::declare();
    fdw::init();
}
