//! Consent: access to a site that somebody consents to in a browser (OAuth 2.0 authorization code, with refresh tokens
//! that are good for one use).
//!
//! An app sends the browser to [`App::authorize_url`]; the browser comes back with a code; [`App::exchange`] gets the
//! first tokens for it, and [`App::refresh`] the next ones. What comes is to be kept, before anything else: the old
//! refresh token is dead by then.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;

use crate::auth::credential::bearer;
use crate::auth::scopes::{self, OFFLINE};
use crate::auth::token_endpoint::{Client, GrantRequest, Issued, Issuer};
use crate::http::rate_limit::host::Host;
use crate::http::url::{host_of, percent_encode};
use crate::http::{
    Counters, Failure, HostRequest, Purpose, Reason, RequestRecorder, Response, Sender, ServedBy,
    Why,
};
use crate::options::{self, OptionSlice};
use crate::session::Config;
use crate::{Answerer, Error, OptionNeed, Sanitized};

/// Where the gateway says which sites a token is good for.
const RESOURCES: &str = "/oauth/token/accessible-resources";

/// So many of the sites that a token is for are named, where it is not for the one that is wanted.
const MOST_SITES: usize = 10;

/// The longest name of a host.
const LONGEST_HOST: usize = 253;

/// An app, as the options of a site and of an account describe it.
pub struct App {
    config: Config,
    counters: Counters,
    issuer: Issuer,
    sender: Sender,
    refresh_token: Option<String>,
}

/// What the options of an account have to hold from now on. Never printed.
pub struct ConsentTokens {
    access_token: String,
    refresh_token: String,
    /// When the access token expires, if that is known.
    pub expires_at: Option<Timestamp>,
}

/// A site that somebody has consented to.
#[derive(Debug, Deserialize)]
pub struct ConsentedSite {
    /// Its id on the gateway.
    pub id: Sanitized,
    /// Its address.
    pub url: Sanitized,
    /// What the token may do there.
    #[serde(default)]
    pub scopes: Vec<Sanitized>,
}

impl ConsentTokens {
    /// The options of an account that hold them; those without a value are to be dropped.
    pub fn options(&self) -> [(&'static str, Option<String>); 3] {
        [
            ("access_token", Some(self.access_token.clone())),
            ("refresh_token", Some(self.refresh_token.clone())),
            (
                "token_expires_at",
                self.expires_at.map(|time| time.to_string()),
            ),
        ]
    }
}

/// The address for the browser. Without `scopes`, those that all tables need are asked for; what asks for a refresh
/// token comes with them in any case.
///
/// # Errors
/// If the options are none to sign in with so.
pub fn authorize_url(
    server: &OptionSlice,
    account: &OptionSlice,
    callback: &str,
    wanted: Option<&str>,
    state: &str,
) -> Result<String, Error> {
    let config = options::config(server, None)?;
    let client = client(account)?;
    let mut wanted: Vec<&str> = match wanted {
        Some(scopes) => scopes.split_whitespace().collect(),
        None => scopes::needed().iter().map(|needed| needed.scope).collect(),
    };
    if !wanted.contains(&OFFLINE) {
        wanted.push(OFFLINE);
    }
    let mut url = format!("{}/authorize", config.auth);
    for (place, (name, value)) in [
        ("audience", "api.atlassian.com"),
        ("client_id", &client.id),
        ("scope", &wanted.join(" ")),
        ("redirect_uri", callback),
        ("state", state),
        ("response_type", "code"),
        ("prompt", "consent"),
    ]
    .into_iter()
    .enumerate()
    {
        url.push(if place == 0 { '?' } else { '&' });
        url.push_str(name);
        url.push('=');
        percent_encode(value, &mut url);
    }
    Ok(url)
}

/// Whether a browser can be sent there with a code.
pub fn is_callback(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none()
    })
}

impl App {
    /// The app of a site's options and an account's, both of which have been checked.
    ///
    /// # Errors
    /// If the options are none to sign in with so, or cannot be used.
    pub fn new(
        server: &OptionSlice,
        account: &OptionSlice,
        recorder: RequestRecorder,
    ) -> Result<Self, Error> {
        let config = options::config(server, None)?;
        Ok(Self {
            issuer: Issuer::new(config.auth.clone(), client(account)?),
            sender: Sender::new(&config.http)?,
            counters: Counters::new(recorder),
            refresh_token: options::get(account, "refresh_token").map(str::to_owned),
            config,
        })
    }

    /// The first tokens, for a code, and the site that they are good for.
    ///
    /// # Errors
    /// If none are issued, or they are for other sites.
    pub async fn exchange(
        &self,
        code: &str,
        callback: &str,
    ) -> Result<(ConsentTokens, ConsentedSite), Error> {
        let ground = GrantRequest::AuthorizationCode {
            code,
            redirect_uri: callback,
        };
        let issued = self.ask(ground).await?;
        let now = SystemTime::now();
        let site = self.site(&issued.access_token).await?;
        Ok((self.tokens(issued, None, now)?, site))
    }

    /// The next tokens.
    ///
    /// # Errors
    /// If none are issued.
    pub async fn refresh(&self) -> Result<ConsentTokens, Error> {
        let old = self.refresh_token.as_deref().ok_or_else(missing_consent)?;
        let ground = GrantRequest::RefreshToken { refresh_token: old };
        let issued = self.ask(ground).await?;
        self.tokens(issued, Some(old), SystemTime::now())
    }

    async fn ask(&self, ground: GrantRequest<'_>) -> Result<Issued, Error> {
        self.issuer.ask(ground, &self.sender, &self.counters).await
    }

    /// What is to be kept of what was issued. An answer without a refresh token leaves the old one good.
    fn tokens(
        &self,
        issued: Issued,
        old: Option<&str>,
        now: SystemTime,
    ) -> Result<ConsentTokens, Error> {
        let life = issued.life.map(Duration::from_secs);
        let asked = now - issued.asked.elapsed();
        Ok(ConsentTokens {
            expires_at: life.and_then(|life| expiry(asked, life)),
            refresh_token: issued
                .refresh_token
                .or_else(|| old.map(str::to_owned))
                .ok_or_else(|| {
                    self.issuer.bad_answer(
                        "no refresh_token came with it, for which the scope offline_access asks",
                    )
                })?,
            access_token: issued.access_token,
        })
    }

    /// This server's site, among those that a token is good for.
    async fn site(&self, token: &str) -> Result<ConsentedSite, Error> {
        let gateway = Host::new(self.config.gateway.clone());
        let message = HostRequest {
            url: format!("{}{RESOURCES}", gateway.address),
            path: RESOURCES.into(),
            purpose: Purpose::Probe,
            reason: Reason::of(Why::ConsentedSites),
            served_by: ServedBy::Gateway,
            is_metered: false,
            authorization: bearer(token),
            json: None,
            read: Response::json,
        };
        let not_the_api = |by, found: Sanitized| Error::NotConfluence {
            host: gateway.name(),
            request: message.label(),
            found,
            by,
            known: false,
        };
        let reply = self.sender.send(&gateway, &message, &self.counters).await?;
        let sites: Vec<ConsentedSite> = match reply {
            Ok(answer) => serde_json::from_slice(&answer.body)
                .map_err(|_| not_the_api(Answerer::Unknown, "no list of sites".into()))?,
            Err((_, Failure::NotTheApi(by, found))) => return Err(not_the_api(by, found)),
            Err((status, failure)) => {
                let found = format!("status {} instead of a list of sites", status.as_u16());
                return Err(not_the_api(failure.answerer(), found.into()));
            }
        };
        let mut granted: Vec<Sanitized> = sites
            .iter()
            .take(MOST_SITES)
            .map(|site| Sanitized::within(&host_of(&site.url), LONGEST_HOST))
            .collect();
        granted.dedup();
        sites
            .into_iter()
            .find(|site| match &self.config.cloud_id {
                Some(id) => site.id.eq_ignore_ascii_case(id),
                None => same_site(&site.url, &self.config.site),
            })
            .ok_or_else(|| Error::OtherSite {
                host: host_of(&self.config.site),
                granted,
            })
    }
}

fn same_site(one: &str, other: &str) -> bool {
    let root = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    root(one).is_some() && root(one) == root(other)
}

fn expiry(asked: SystemTime, life: Duration) -> Option<Timestamp> {
    let time = Timestamp::try_from(asked.checked_add(life)?).ok()?;
    Timestamp::from_second(time.as_second()).ok()
}

fn client(account: &OptionSlice) -> Result<Client, Error> {
    let part = |name: &'static str| {
        options::get(account, name)
            .map(str::to_owned)
            .ok_or(Error::OptionMissing {
                option: name,
                needed: OptionNeed::App,
            })
    };
    Ok(Client {
        id: part("client_id")?,
        secret: part("client_secret")?,
    })
}

fn missing_consent() -> Error {
    Error::OptionMissing {
        option: "refresh_token",
        needed: OptionNeed::Consent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(options: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        options.iter().map(owned).collect()
    }

    #[test]
    fn the_address_for_the_browser() {
        let url = authorize_url(
            &written(&[("subdomain", "acme")]),
            &written(&[("client_id", "us & co"), ("client_secret", "hush")]),
            "https://us.example/back?a=b",
            Some("read:page:confluence  search:confluence"),
            "s/1",
        )
        .expect("an address");
        assert_eq!(
            url,
            "https://auth.atlassian.com/authorize?audience=api.atlassian.com&client_id=us%20%26%20co\
             &scope=read%3Apage%3Aconfluence%20search%3Aconfluence%20offline_access\
             &redirect_uri=https%3A%2F%2Fus.example%2Fback%3Fa%3Db&state=s%2F1&response_type=code&prompt=consent"
        );
        let all = authorize_url(
            &written(&[("subdomain", "acme")]),
            &written(&[("client_id", "us"), ("client_secret", "hush")]),
            "https://us.example",
            None,
            "s",
        )
        .expect("an address");
        for needed in scopes::needed() {
            assert!(all.contains(&needed.scope.replace(':', "%3A")), "{all}");
        }
        assert!(all.contains("offline_access") && !all.contains("hush"));
    }

    #[test]
    fn an_app_has_an_id_and_a_secret() {
        for mapping in [&[("client_id", "us")], &[("client_secret", "hush")]] {
            let refused = authorize_url(
                &written(&[("subdomain", "acme")]),
                &written(mapping),
                "https://us.example",
                None,
                "s",
            );
            assert!(
                matches!(
                    refused,
                    Err(Error::OptionMissing {
                        needed: OptionNeed::App,
                        ..
                    })
                ),
                "{mapping:?}"
            );
        }
    }

    #[test]
    fn where_a_browser_can_be_sent() {
        for (address, can) in [
            ("https://us.example/callback", true),
            ("http://localhost:8080", true),
            ("us.example", false),
            ("https://us.example/#part", false),
            ("ftp://us.example", false),
            ("", false),
        ] {
            assert_eq!(is_callback(address), can, "{address}");
        }
    }

    #[test]
    fn a_site_is_known_by_its_address_however_that_is_written() {
        for (one, other, same) in [
            (
                "https://acme.atlassian.net",
                "https://ACME.atlassian.net/",
                true,
            ),
            (
                "https://acme.atlassian.net/wiki",
                "https://acme.atlassian.net",
                true,
            ),
            (
                "https://acme2.atlassian.net",
                "https://acme.atlassian.net",
                false,
            ),
            (
                "http://acme.atlassian.net",
                "https://acme.atlassian.net",
                false,
            ),
            ("", "", false),
        ] {
            assert_eq!(same_site(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn an_expiry_is_whole_seconds_in_utc() {
        let asked = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700);
        let time = expiry(asked, Duration::from_secs(3_600)).expect("a time");
        assert_eq!(time.to_string(), "1970-01-01T01:00:01Z");
        assert_eq!(expiry(asked, Duration::from_secs(u64::MAX)), None);
    }
}
