//! Sessions: one account at one site, the route to it, and who the site takes the account for.

mod answered;
mod audience;
mod identity;
mod route;
#[expect(
    clippy::module_inception,
    reason = "the room is named for what it is about"
)]
mod session;
mod single_request;

pub(crate) use identity::WHO_AM_I;
pub use route::Route;
pub use session::Session;

use crate::auth::Credential;
use crate::http;

/// Everything that makes one session differ from another.
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
    /// Whether reading without an identity is wanted.
    pub allow_anonymous: bool,
    /// How requests are sent.
    pub http: http::Config,
}
