//! Confluence Cloud as PostgreSQL tables.
//!
//! - `fdw`: the foreign data wrapper, from options to rows.
//! - `functions`: what users call.
//! - `report`: how both raise errors.
//!
//! What is known of Confluence lies in the crate `confluence`, what is known of the administrator's CSV in
//! `user-export`; neither knows PostgreSQL. This crate is the only one with `unsafe` in it.

mod fdw;
mod functions;
mod report;

pgrx::pg_module_magic!();

/// What PostgreSQL calls once in each backend that loads the library.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    fdw::init();
}
