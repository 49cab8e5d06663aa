//! The functions that users call.

mod user_emails;
