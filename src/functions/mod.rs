//! The functions that users call.

mod check;
mod create_views;
mod oauth;
mod server;
mod user_emails;
