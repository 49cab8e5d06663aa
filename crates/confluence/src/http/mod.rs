//! HTTP: one exchange with one host, from the pace at which it leaves to what its response means.
//!
//! Knows neither credentials nor routes: whoever sends says what is shown, and to which host.

mod absence;
mod answerer;
mod asker;
mod body;
mod counters;
mod exposure;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
pub(crate) mod rate_limit;
mod request;
mod request_log;
mod response;
mod retry;
mod transport;
pub(crate) mod url;
mod why;

use std::time::Duration;

pub(crate) use asker::Asker;
pub use counters::{Counters, Tally};
pub(crate) use exposure::Unproven;
pub(crate) use request::{Purpose, Request, ValueList};
#[cfg(test)]
pub(crate) use request_log::tests::recorder;
pub use request_log::{
    LoggedRequest, RequestLog, RequestOrigin, RequestOutcome, RequestRecorder, ServedBy,
};
pub(crate) use response::{Body, Failure, Response};
pub(crate) use transport::{Attempts, Broken, HostRequest, Reply, Sender};
pub use why::{Again, Reason, ReasonTally, Why};

/// How requests are sent, whatever they ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long a request may take, with its answer.
    pub request_timeout: Duration,
    /// The longest pause before a repeat.
    pub max_wait: Duration,
    /// How often one request is repeated.
    pub max_retries: u32,
    /// Requests that all scans together may have under way at one time.
    pub max_concurrency: usize,
    /// Certificates (PEM) of authorities to trust besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// Address of an HTTP proxy.
    pub proxy: Option<String>,
}
