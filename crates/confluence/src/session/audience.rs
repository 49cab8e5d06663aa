//! The audience of a site: whether it shows anything to nobody.
//!
//! Most do not, and there a credential that is not taken is an error by itself. It is found out once for a site, by asking
//! without a credential who is asking: version 1 refuses that (403) where nobody may use Confluence, and without that right
//! nobody sees anything in a listing either, so that no listing has to be asked as well. Whatever cannot be understood is
//! taken for a site that does: that costs questions, and no row.

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::StatusCode;
use tokio::time::{Instant, timeout};

use super::Session;
use super::identity::WHO_AM_I;
use super::route::{Route, RouteKind};
use crate::http::{Counters, Failure, HostRequest, Purpose, Reason, Reply, Response, Why};

/// How long the process goes by what it has found out.
const HOLDS: Duration = Duration::from_secs(3_600);

/// The same where the answer was none that could be understood.
const GUESS_HOLDS: Duration = Duration::from_secs(300);

/// So many sites are kept in mind.
const MOST: usize = 256;

/// What is known of a site, for all sessions of the process. Locked while somebody asks it.
type SharedAudience = Arc<tokio::sync::Mutex<Option<KnownAudience>>>;

#[derive(Clone, Copy)]
struct KnownAudience {
    is_public: bool,
    until: Instant,
}

static VERDICTS: LazyLock<Mutex<HashMap<String, SharedAudience>>> = LazyLock::new(Mutex::default);

/// The verdict on an address.
fn verdict(address: &str) -> SharedAudience {
    let mut verdicts = VERDICTS.lock();
    if verdicts.len() >= MOST && !verdicts.contains_key(address) {
        // Finding out anew costs a request, keeping count of who was here would cost more.
        verdicts.clear();
    }
    verdicts.entry(address.to_owned()).or_default().clone()
}

impl Session {
    /// Whether the site shows anything to nobody. It is asked if that is not known.
    pub(super) async fn is_public(&self, counters: &Counters) -> bool {
        // The gateway and the site are two doors to the same spaces; what is known of one is true of the other.
        let door = match self.config().route {
            Route::Gateway => RouteKind::Gateway,
            Route::Site | Route::Auto => RouteKind::Site,
        };
        let base = self.doors().base(door, self.sender(), counters).await;
        let is_public = match base {
            Ok(base) => {
                let verdict = verdict(base);
                let mut known = verdict.lock().await;
                match *known {
                    Some(known) if Instant::now() < known.until => known.is_public,
                    _ => {
                        let (is_public, holds) = self.ask_as_nobody(door, base, counters).await;
                        let until = Instant::now() + holds;
                        *known = Some(KnownAudience { is_public, until });
                        is_public
                    }
                }
            }
            // Then nothing else can be asked there either.
            Err(_) => true,
        };
        self.public().store(is_public, Relaxed);
        is_public
    }

    /// Whether the site is known to show something to nobody.
    pub(super) fn is_known_to_be_public(&self) -> bool {
        self.public().load(Relaxed)
    }

    /// Asks without a credential, once: what came of it, and how long to go by it.
    async fn ask_as_nobody(
        &self,
        door: RouteKind,
        base: &str,
        counters: &Counters,
    ) -> (bool, Duration) {
        let message = HostRequest {
            url: format!("{base}{WHO_AM_I}"),
            path: WHO_AM_I.into(),
            purpose: Purpose::Probe,
            reason: Reason::of(Why::Audience),
            served_by: door.served_by(),
            is_metered: true,
            authorization: None,
            json: None,
            read: Response::json,
        };
        let _place = self.places().acquire().await;
        let host = self.doors().host(door);
        let asked = self.sender().once(host, &message, counters);
        // As long as a connection may take: nobody waits for the rows of a site because it is slow to nobody.
        let reply = match timeout(self.config().http.connect_timeout, asked).await {
            Ok(Ok(answer)) => {
                if answer.status != StatusCode::TOO_MANY_REQUESTS {
                    counters.count_answer();
                }
                answer.json(&message.url)
            }
            Ok(Err(_)) | Err(_) => return (true, GUESS_HOLDS),
        };
        match shows_something(&reply) {
            Some(is_public) => (is_public, HOLDS),
            None => (true, GUESS_HOLDS),
        }
    }
}

/// Whether this is the answer of a site that shows something to nobody; None where it tells nothing.
fn shows_something(reply: &Reply) -> Option<bool> {
    match reply {
        Ok(_) => Some(true),
        Err((StatusCode::UNAUTHORIZED, Failure::Rejected(_) | Failure::Scope)) => Some(false),
        Err((
            StatusCode::FORBIDDEN,
            Failure::Rejected(_) | Failure::Forbidden(_) | Failure::Refused(_),
        )) => Some(false),
        // Version 2's way, and the gateway's.
        Err((StatusCode::NOT_FOUND, Failure::Rejected(_))) => Some(false),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{CONTENT_TYPE, HeaderMap};

    #[test]
    fn only_a_refusal_says_that_nobody_sees_anything() {
        const BARE: &str = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found"}]}"#;
        const JSON: &str = "application/json";
        for (status, kind, body, is_public) in [
            (200, JSON, r#"{"type":"anonymous"}"#, Some(true)),
            (200, JSON, r#"{"type":"known","accountId":"1"}"#, Some(true)),
            (200, JSON, "[]", Some(true)),
            (
                401,
                JSON,
                r#"{"code":401,"message":"Unauthorized"}"#,
                Some(false),
            ),
            (401, "text/html", "<html>", Some(false)),
            (
                403,
                JSON,
                r#"{"statusCode":403,"message":"caller cannot access Confluence"}"#,
                Some(false),
            ),
            (
                403,
                JSON,
                r#"{"statusCode":403,"message":"no"}"#,
                Some(false),
            ),
            (404, JSON, BARE, Some(false)),
            (403, "text/html", "<html>", None),
            (404, "text/html", "<html>", None),
            (404, JSON, "{}", None),
            (200, "text/html", "<html>Log in", None),
            (302, "text/html", "", None),
            (429, JSON, "{}", None),
            (503, JSON, "{}", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().expect("a value"));
            let answer = Response {
                status: StatusCode::from_u16(status).expect("a status"),
                headers,
                body: body.as_bytes().to_vec(),
                held: Default::default(),
            };
            assert_eq!(
                shows_something(&answer.json(WHO_AM_I)),
                is_public,
                "{status} {body}"
            );
        }
    }
}
