//! Reads Confluence Cloud's REST API, v2 first and v1 only where v2 has nothing, and gives rows.
//!
//! This crate is the remote side. It knows the API: addresses, credentials, paging, faults, and what
//! each remote table is made of. It knows no database: what it has to say of one, it gives as a value, and whoever uses it
//! has the words.
//!
//! The way of a read:
//!
//! 1. [`tables`] declares what can be read: columns, where they sit in the JSON, filters, sorts.
//! 2. [`options`] turns what the user wrote into a [`session::Config`].
//! 3. [`request::ScanRequest`] says which rows of a table are wanted; [`scan::Scan::start`] reads them on an
//!    [`engine::Engine`]'s thread as *chains*: a first request and the next links that follow it.
//! 4. [`batch::Batch`]es come back, one for each page, until the site itself says that there is no more.
//!
//! A listing ends complete or with an [`Error`]; there is no third way.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod auth;
pub mod batch;
mod budget;
pub mod cache;
pub mod check;
pub mod consent;
mod decode;
pub mod engine;
mod error;
mod file;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod http;
pub mod options;
pub mod request;
pub mod sample;
mod sanitized;
pub mod scan;
pub mod schema;
mod secret;
pub mod session;
pub mod tables;
pub mod verdict;

pub use budget::Budget;
pub use error::{Answerer, Error, Grant, OptionNeed, Peer, RejectionClue, SignIn};
pub use sanitized::Sanitized;
