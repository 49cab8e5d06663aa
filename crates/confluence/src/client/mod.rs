//! One account at one site: how to reach it, who is asking, and what its answers mean.

mod absence;
mod address;
mod answer;
mod answerer;
mod ask;
mod audience;
mod body;
mod counters;
mod credential;
mod exchange;
mod exposure;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod host;
mod identity;
mod issuer;
mod limits;
mod pace;
mod pass;
mod request;
mod retry;
mod route;
mod session;
mod token;
mod token_file;

use std::time::Duration;

pub use counters::{Counters, Tally};
pub use credential::Credential;
pub use route::Route;
pub(crate) use session::LONG;
pub use session::Session;

pub(crate) use address::{host_of, next_request, param, percent_encode, with_limit, with_param};
pub(crate) use answer::{Answer, Document, Failure};
pub(crate) use credential::bearer;
pub(crate) use exchange::{Broken, Message, Reply, Sender};
pub(crate) use host::Host;
pub(crate) use identity::WHO_AM_I;
pub(crate) use issuer::{Client, Ground, Issued, Issuer};
pub(crate) use request::{Purpose, Request};

/// Everything that makes one connection differ from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The site's address, without a slash at its end.
    pub site: String,
    /// The gateway's address, without a slash at its end.
    pub gateway: String,
    /// The site's id on the gateway; asked of the site when needed, where it is not known.
    pub cloud_id: Option<String>,
    /// The address where tokens are issued, without a slash at its end.
    pub auth: String,
    /// Where requests go.
    pub route: Route,
    /// Who is asking.
    pub credential: Credential,
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
    /// Whether reading without an identity is wanted.
    pub allow_anonymous: bool,
    /// Certificates (PEM) of authorities to trust besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// Address of an HTTP proxy.
    pub proxy: Option<String>,
}
