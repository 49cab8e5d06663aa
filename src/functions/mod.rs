//! The functions that users call. Their declarations, comments and rights are in `sql/`, and so are those that are SQL as a
//! whole: `create_views`.

mod analyze;
mod can;
mod check;
mod mirror;
mod oauth;
mod procedure;
mod requests;
mod scans;
mod server;
mod user_emails;
mod writing;
