//! Credentials: what a request shows to be let in, where it comes from, and the scopes that tables need.

mod client_credentials;
pub(crate) mod credential;
pub(crate) mod header;
pub mod scopes;
pub(crate) mod token_endpoint;
mod token_file;

pub use credential::Credential;
