//! The route to the site: to its own address, or through Atlassian's gateway.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::Config;
use crate::http::rate_limit::host::Host;
use crate::http::{Counters, HostRequest, Purpose, Reason, Response, Sender, ServedBy, Why, url};
use crate::{Answerer, Error};

/// Where requests are to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the site itself.
    Site,
    /// Through the gateway.
    Gateway,
    /// To the site; and where that does not take the token, as it is with tokens that have scopes,
    /// through the gateway, if that does.
    Auto,
}

/// One of the two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteKind {
    Site,
    Gateway,
}

impl RouteKind {
    /// Who answers there.
    pub fn served_by(self) -> ServedBy {
        match self {
            RouteKind::Site => ServedBy::Site,
            RouteKind::Gateway => ServedBy::Gateway,
        }
    }
}

/// What came of waiting for the turn to try the gateway.
pub(crate) enum GatewayTurn<'d> {
    /// It is the caller's, until the guard is dropped.
    Mine(MutexGuard<'d, ()>),
    /// Somebody else has found the door in the meantime.
    Settled,
    /// Somebody else has been refused in the meantime.
    Refused,
}

/// The two doors, and which of them this session goes through.
#[derive(Debug)]
pub(crate) struct Doors {
    site: Host,
    gateway: Host,
    /// Empty as long as neither has taken the credential, on a route that leaves it open.
    settled: OnceLock<RouteKind>,
    /// Held by the one who tries the gateway. Whoever finds the site shut meanwhile waits for the outcome.
    trying: Mutex<()>,
    /// How often the gateway was tried and refused.
    refusals: AtomicU64,
    /// The site's id, as the user gave it.
    given_cloud_id: Option<String>,
    /// The gateway's base for this site.
    gateway_base: OnceCell<String>,
}

impl Doors {
    pub fn new(config: &Config) -> Self {
        Self {
            site: Host::of_site(config.site.clone()),
            gateway: Host::new(config.gateway.clone()),
            settled: match config.route {
                Route::Site => RouteKind::Site.into(),
                Route::Gateway => RouteKind::Gateway.into(),
                Route::Auto => OnceLock::new(),
            },
            trying: Mutex::new(()),
            refusals: AtomicU64::new(0),
            given_cloud_id: config.cloud_id.clone(),
            gateway_base: OnceCell::new(),
        }
    }

    /// The door to go through, as far as is known.
    pub fn door(&self) -> RouteKind {
        self.settled.get().copied().unwrap_or(RouteKind::Site)
    }

    pub fn is_open_question(&self) -> bool {
        self.settled.get().is_none()
    }

    /// This door has taken the credential: from now on it is this session's.
    pub fn settle(&self, door: RouteKind) {
        // An error means that it has been settled before.
        let _ = self.settled.set(door);
    }

    /// Who is to try the gateway, where the site did not take the credential.
    pub async fn turn(&self) -> GatewayTurn<'_> {
        let refusals = self.refusals.load(Relaxed);
        let turn = self.trying.lock().await;
        if !self.is_open_question() {
            GatewayTurn::Settled
        } else if self.refusals.load(Relaxed) > refusals {
            GatewayTurn::Refused
        } else {
            GatewayTurn::Mine(turn)
        }
    }

    /// The gateway was tried, and did not take the credential either.
    pub fn refused_by_gateway(&self) {
        self.refusals.fetch_add(1, Relaxed);
    }

    pub fn host(&self, door: RouteKind) -> &Host {
        match door {
            RouteKind::Site => &self.site,
            RouteKind::Gateway => &self.gateway,
        }
    }

    /// The addresses that links in answers may begin with.
    pub fn addresses(&self) -> Vec<&str> {
        let mut addresses = vec![self.site.address.as_str()];
        if self.settled.get() != Some(&RouteKind::Site) {
            addresses.push(&self.gateway.address);
        }
        addresses
    }

    /// Whether the gateway is asked for a site whose id the user gave.
    pub fn goes_by_given_id(&self) -> bool {
        self.given_cloud_id.is_some()
    }

    /// The address to put before a request's path.
    pub async fn base(
        &self,
        door: RouteKind,
        sender: &Sender,
        counters: &Counters,
    ) -> Result<&str, Error> {
        if door == RouteKind::Site {
            return Ok(&self.site.address);
        }
        self.gateway_base
            .get_or_try_init(|| async {
                let cloud_id = match &self.given_cloud_id {
                    Some(id) => id.clone(),
                    None => self.ask_for_id(sender, counters).await?,
                };
                url::gateway_base(&self.gateway.address, &cloud_id)
            })
            .await
            .map(String::as_str)
    }

    /// Asks the site for its id on the gateway. Everybody may ask, so no credential is sent.
    async fn ask_for_id(&self, sender: &Sender, counters: &Counters) -> Result<String, Error> {
        const TENANT_INFO: &str = "/_edge/tenant_info";
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Tenant {
            cloud_id: String,
        }
        let message = HostRequest {
            url: format!("{}{TENANT_INFO}", self.site.address),
            path: TENANT_INFO.into(),
            purpose: Purpose::Probe,
            reason: Reason::of(Why::CloudId),
            served_by: ServedBy::Site,
            is_metered: false,
            authorization: None,
            json: None,
            read: Response::json,
        };
        let (by, found) = match sender.send(&self.site, &message, counters).await? {
            Ok(answer) => match serde_json::from_slice::<Tenant>(&answer.body) {
                Ok(tenant) => return Ok(tenant.cloud_id),
                Err(_) => (Answerer::Unknown, "no object with a cloudId".into()),
            },
            Err((status, failure)) => (
                failure.answerer(),
                format!("status {} instead of a cloudId", status.as_u16()).into(),
            ),
        };
        Err(Error::NotConfluence {
            host: self.site.name(),
            request: message.label(),
            found,
            by,
            known: false,
        })
    }
}
