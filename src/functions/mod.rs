//! The functions that users call.

mod create_views;
mod user_emails;
