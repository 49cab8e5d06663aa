//! How a stand-in is set up.

use crate::organisation::Organisation;
use crate::server::credentials::Credential;
use crate::server::meter::RateLimit;
use crate::server::oauth::OauthClient;
use std::sync::Arc;
use std::time::Duration;

/// How a stand-in is set up. The default serves [`Organisation::demo`] to `svc@example.com` with the token
/// `sim-token`, at once and without limits, on a free port.
#[derive(Clone, Debug)]
pub struct Options {
    pub organisation: Arc<Organisation>,
    /// Who may ask. API tokens without scopes are taken at the site (`/wiki/…`) and at the gateway
    /// (`/ex/confluence/{cloudId}/wiki/…`), tokens with scopes and access tokens at the gateway only.
    pub credentials: Vec<Credential>,
    /// Who gets tokens at `/oauth/token`, and consents at `/authorize`.
    pub clients: Vec<OauthClient>,
    /// Whether a wrong or absent credential is served as nobody, as a site that lets anybody in does.
    pub anonymous_access: bool,
    pub rate_limit: Option<RateLimit>,
    /// How long every answer takes, to work it out included.
    pub latency: Duration,
    /// Whether requests are written down, for [`Sim::log`](crate::Sim::log). What runs for days should not.
    pub keep_log: bool,
    /// Whether the same question is worked out once only, as long as nothing is edited. Takes memory, and time off what
    /// shares the processor.
    pub keep_answers: bool,
    /// On the loopback address; 0 is any free one.
    pub port: u16,
}

impl Options {
    pub const EMAIL: &str = "svc@example.com";
    pub const TOKEN: &str = "sim-token";

    /// The default with another organisation.
    pub fn of(organisation: Arc<Organisation>) -> Self {
        Self {
            organisation,
            ..Self::default()
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            organisation: Organisation::demo(),
            credentials: vec![Credential::basic(Self::EMAIL, Self::TOKEN)],
            clients: Vec::new(),
            anonymous_access: false,
            rate_limit: None,
            latency: Duration::ZERO,
            keep_log: true,
            keep_answers: false,
            port: 0,
        }
    }
}
