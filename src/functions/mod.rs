//! The functions that users call.

mod check;
mod oauth;
mod server;
mod user_emails;
