//! Single requests, whose responses somebody wants to look at as they are: no repeats, no other door, no other token.

use reqwest::header::HeaderValue;

use super::Session;
use super::route::RouteKind;
use crate::Error;
use crate::http::rate_limit::host::Host;
use crate::http::{Broken, Counters, HostRequest, Purpose, Request, Response};

impl Session {
    /// Asks the site itself, as nobody.
    ///
    /// # Errors
    /// If there is no answer.
    pub(crate) async fn ask_site(&self, target: &str) -> Result<Response, Broken> {
        let host = self.doors().host(RouteKind::Site);
        self.ask_once(host, &host.address, target, None).await
    }

    /// Asks as the account, through the door that its first answer has shown to be the right one.
    ///
    /// # Errors
    /// If there is no answer.
    pub(crate) async fn ask(&self, target: &str) -> Result<Response, Error> {
        let counters = Counters::default();
        let door = self.doors().door();
        let base = self.base().await?;
        let header = self.pass(&counters).await?;
        self.ask_once(self.doors().host(door), &base, target, header)
            .await
            .map_err(|broken| broken.error)
    }

    /// The address that requests go to, as far as is known, and whether it is the gateway's.
    pub(crate) async fn way(&self) -> Result<(String, bool), Error> {
        Ok((
            self.base().await?,
            self.doors().door() == RouteKind::Gateway,
        ))
    }

    async fn base(&self) -> Result<String, Error> {
        let door = self.doors().door();
        let base = self
            .doors()
            .base(door, self.sender(), &Counters::default())
            .await?;
        Ok(base.to_owned())
    }

    async fn ask_once(
        &self,
        host: &Host,
        base: &str,
        target: &str,
        authorization: Option<HeaderValue>,
    ) -> Result<Response, Broken> {
        let message = HostRequest {
            url: format!("{base}{target}"),
            label: Request::probe(target, "").label(),
            purpose: Purpose::Probe,
            is_metered: true,
            authorization,
            json: None,
            read: Response::json,
        };
        self.sender().once(host, &message).await
    }
}
