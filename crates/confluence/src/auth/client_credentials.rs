//! Client credentials (OAuth 2.0): tokens that a service account's client gets for its secret.
//!
//! They live for an hour or so. A session keeps its token, and gets another one before it ends, or when
//! it is not taken any more.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::credential;
use super::token_endpoint::{Client, GrantRequest, Issued, Issuer};
use crate::Error;
use crate::http::{Counters, Sender};
use crate::secret::Secret;

/// The part of a token's life that is left when another one is asked for: a tenth, and never more than
/// five minutes. A request that leaves with the old one still gets there in time.
const MARGIN: u32 = 10;
const LONGEST_MARGIN: Duration = Duration::from_secs(300);

/// A month: what a token's life is cut to, so that sums with it stay sums.
const LONGEST_LIFE: u64 = 30 * 86_400;

/// A client's token, and how to get another one.
pub(crate) struct ClientTokens {
    issuer: Issuer,
    /// Locked while one is asked for: whoever needs it meanwhile waits for that one.
    current: Mutex<CurrentToken>,
}

#[derive(Default)]
struct CurrentToken {
    token: Option<Token>,
    /// How many there have been.
    number: u64,
}

/// Its header is marked as one not to be printed.
#[derive(Debug)]
struct Token {
    header: HeaderValue,
    /// When to get another one; None if its life is not known.
    until: Option<Instant>,
    _secret: Secret,
}

impl fmt::Debug for ClientTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl ClientTokens {
    pub fn new(address: String, client: Client) -> Self {
        Self {
            issuer: Issuer::new(address, client),
            current: Mutex::default(),
        }
    }

    /// A token that is good now, and its number.
    ///
    /// # Errors
    /// If another one is needed, and cannot be had.
    pub async fn get(
        &self,
        sender: &Sender,
        counters: &Counters,
    ) -> Result<(HeaderValue, u64), Error> {
        let mut current = self.current.lock().await;
        if let Some(token) = &current.token
            && token.until.is_none_or(|until| Instant::now() < until)
        {
            return Ok((token.header.clone(), current.number));
        }
        let token = self.ask(sender, counters).await?;
        let header = token.header.clone();
        current.number += 1;
        current.token = Some(token);
        Ok((header, current.number))
    }

    /// This token was not taken. Only the one who says so first throws it away.
    pub async fn discard(&self, number: u64) {
        let mut current = self.current.lock().await;
        if current.number == number {
            current.token = None;
        }
    }

    async fn ask(&self, sender: &Sender, counters: &Counters) -> Result<Token, Error> {
        let issued = self
            .issuer
            .ask(GrantRequest::ClientCredentials, sender, counters)
            .await?;
        token(&issued).ok_or_else(|| self.issuer.bad_answer("no token that can be sent"))
    }
}

fn token(issued: &Issued) -> Option<Token> {
    Some(Token {
        header: credential::bearer(&issued.access_token)?,
        until: issued.life.map(|seconds| issued.asked + usable(seconds)),
        _secret: Secret::hold(&issued.access_token),
    })
}

/// How long a token of that life is used.
fn usable(seconds: u64) -> Duration {
    let life = Duration::from_secs(seconds.min(LONGEST_LIFE));
    life - (life / MARGIN).min(LONGEST_MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_token_is_asked_for_before_the_end() {
        for (life, used) in [
            (1, 900),
            (60, 54_000),
            (3_600, 3_300_000),
            (u64::MAX, (LONGEST_LIFE - 300) * 1000),
        ] {
            assert_eq!(usable(life), Duration::from_millis(used), "{life} s");
        }
    }

    #[test]
    fn a_token_is_used_for_as_long_as_it_is_said_to_live() {
        let asked = Instant::now();
        let issued = |life| Issued {
            access_token: "hush".to_owned(),
            refresh_token: None,
            life,
            asked,
            _secrets: Vec::new(),
        };
        let known = token(&issued(Some(100))).expect("a token");
        assert_eq!(known.until, Some(asked + Duration::from_secs(90)));
        assert!(known.header.is_sensitive());
        assert_eq!(token(&issued(None)).expect("a token").until, None);
    }
}
