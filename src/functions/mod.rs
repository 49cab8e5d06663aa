//! The functions that users call.

mod check;
mod create_views;
mod oauth;
mod scans;
mod server;
mod user_emails;
mod writing;
