//! The functions that users call.

mod oauth;
mod server;
mod user_emails;
