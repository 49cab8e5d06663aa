//! Single requests, whose responses somebody wants to look at as they are: no repeats, no other door, no other token.

use reqwest::header::HeaderValue;

use super::Session;
use super::route::RouteKind;
use crate::Error;
use crate::http::{Broken, Counters, HostRequest, Purpose, Reason, Response, Why};

impl Session {
    /// Asks the site itself, as nobody.
    ///
    /// # Errors
    /// If there is no answer.
    pub(crate) async fn ask_site(
        &self,
        target: &str,
        counters: &Counters,
    ) -> Result<Response, Broken> {
        let address = &self.doors().host(RouteKind::Site).address;
        self.ask_once(RouteKind::Site, address, target, None, counters)
            .await
    }

    /// Asks as the account, through the door that its first answer has shown to be the right one.
    ///
    /// # Errors
    /// If there is no answer.
    pub(crate) async fn ask(&self, target: &str, counters: &Counters) -> Result<Response, Error> {
        let door = self.doors().door();
        let base = self.base(counters).await?;
        let header = self.pass(counters).await?;
        self.ask_once(door, &base, target, header, counters)
            .await
            .map_err(|broken| broken.error)
    }

    /// The address that requests go to, as far as is known, and whether it is the gateway's.
    pub(crate) async fn way(&self, counters: &Counters) -> Result<(String, bool), Error> {
        Ok((
            self.base(counters).await?,
            self.doors().door() == RouteKind::Gateway,
        ))
    }

    async fn base(&self, counters: &Counters) -> Result<String, Error> {
        let door = self.doors().door();
        let base = self.doors().base(door, self.sender(), counters).await?;
        Ok(base.to_owned())
    }

    async fn ask_once(
        &self,
        door: RouteKind,
        base: &str,
        target: &str,
        authorization: Option<HeaderValue>,
        counters: &Counters,
    ) -> Result<Response, Broken> {
        let message = HostRequest {
            url: format!("{base}{target}"),
            path: target.into(),
            purpose: Purpose::Probe,
            reason: Reason::of(Why::Check),
            served_by: door.served_by(),
            is_metered: true,
            authorization,
            json: None,
            read: Response::json,
        };
        let host = self.doors().host(door);
        self.sender().once(host, &message, counters).await
    }
}
