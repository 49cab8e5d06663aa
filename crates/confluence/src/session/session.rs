//! A session with a site as one account: which door its requests go through, and what they show there.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Config;
use super::answered::Answered;
use super::identity::Identity;
use super::route::{Doors, GatewayTurn, Route, RouteKind};
use crate::auth::header::Passes;
use crate::budget::InFlight;
use crate::error::RejectionClue;
use crate::http::{
    Again, Attempts, Counters, Failure, HostRequest, Purpose, Reply, Request, Response, Sender,
};
use crate::secret::Secret;
use crate::{Answerer, Error, Sanitized};

/// One account at one site. Connections are kept for the next request; it serves any number of scans.
#[derive(Debug)]
pub struct Session {
    config: Config,
    sender: Sender,
    doors: Doors,
    passes: Passes,
    /// What nobody is to see of the credential.
    _secrets: Vec<Secret>,
    /// A place for each request that may be under way at one time, whichever scan it is for.
    places: Semaphore,
    /// How many bytes an address may have, and what is POSTed, as far as that has shown.
    longest: [AtomicUsize; 2],
    /// Which operations the site answers that a session can do without.
    answered: Answered,
    /// Who is asking, as the site knows it.
    identity: Identity,
    /// Whether the site shows something to nobody, as far as is known.
    public: AtomicBool,
    /// How long the latest answers took to come, in microseconds; 0 before the first one.
    latency: AtomicU64,
}

/// Over about so many answers a session's latency is the mean.
const LATEST: u64 = 8;

/// How a request was sent that has been answered.
struct Sent {
    /// When it left the last time.
    sent: Instant,
    /// Whether the answer names the account.
    tells: bool,
    /// Whether another token than at first was shown.
    replaced: bool,
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            sent: Instant::now(),
            tells: false,
            replaced: false,
        }
    }
}

impl Session {
    /// A session. Nothing is sent yet.
    ///
    /// # Errors
    /// If the credential, the certificates or the proxy cannot be used.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self {
            sender: Sender::new(&config.http)?,
            doors: Doors::new(&config),
            passes: Passes::new(&config.credential, &config.auth)?,
            _secrets: config.credential.secrets(),
            places: Semaphore::new(config.http.max_concurrency.max(1)),
            longest: [AtomicUsize::new(usize::MAX), AtomicUsize::new(usize::MAX)],
            answered: Answered::default(),
            identity: Identity::default(),
            public: AtomicBool::default(),
            latency: AtomicU64::default(),
            config,
        })
    }

    /// What the session was made from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn doors(&self) -> &Doors {
        &self.doors
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The room for the answers that are being read, and those whose rows wait to be taken.
    pub(crate) fn in_flight(&self) -> &InFlight {
        self.sender.in_flight()
    }

    pub(super) fn answered(&self) -> &Answered {
        &self.answered
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn public(&self) -> &AtomicBool {
        &self.public
    }

    pub(super) fn places(&self) -> &Semaphore {
        &self.places
    }

    /// What a request shows now.
    pub(super) async fn pass(&self, counters: &Counters) -> Result<Option<HeaderValue>, Error> {
        Ok(self.passes.get(&self.sender, counters).await?.header)
    }

    /// The addresses that links in answers may begin with.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        self.doors.addresses()
    }

    /// Sends a request, and again where the fault may pass, where a token has come to its end, and where
    /// the other door may be the right one: the body of a JSON answer, or why there is none.
    ///
    /// # Errors
    /// If no attempt got an answer that means anything, or one to somebody else.
    pub(crate) async fn get(&self, request: &Request, counters: &Counters) -> Result<Reply, Error> {
        let is_probe = request.purpose == Purpose::Probe;
        let mut shown = Sent::default();
        let reply = self.send(request, counters, &mut shown).await?;
        if !is_probe {
            counters.exposure.note(shown.sent, shown.tells);
            // Another token in the file may be another account's.
            if shown.replaced && self.passes.may_be_anothers() {
                self.confirm(counters).await?;
            }
        }
        Ok(reply)
    }

    async fn send(
        &self,
        request: &Request,
        counters: &Counters,
        shown: &mut Sent,
    ) -> Result<Reply, Error> {
        let _place = self.places.acquire().await;
        let mut attempts = Attempts::default();
        let mut trying_gateway = None;
        loop {
            let door = match trying_gateway {
                Some(_) => RouteKind::Gateway,
                None => self.doors.door(),
            };
            let base = self.doors.base(door, &self.sender, counters).await?;
            let host = self.doors.host(door);
            let ticket = host.admit(counters).await;
            // After the wait: a token may have come to its end in the meantime.
            let pass = self.passes.get(&self.sender, counters).await?;
            let message = HostRequest {
                url: format!("{base}{}", request.target),
                path: request.path(),
                purpose: request.purpose,
                reason: request.reason,
                served_by: door.served_by(),
                is_metered: true,
                authorization: pass.header.clone(),
                json: request.json.clone().map(String::into_bytes),
                read: Response::json,
            };
            shown.sent = Instant::now();
            counters.note(request);
            let answer = self
                .sender
                .attempt(host, ticket, &message, &mut attempts, counters)
                .await?;
            let Some((mut reply, told)) = answer else {
                continue;
            };
            self.note_latency(shown.sent.elapsed());
            if told.login_failed && self.is_watched() {
                let status = reply.map_or_else(|(status, _)| status, |_| StatusCode::OK);
                reply = Err((status, Failure::Rejected(RejectionClue::FailedLogin)));
            }
            match reply {
                Err((status, Failure::Rejected(seen))) => {
                    if !shown.replaced && self.passes.can_replace(&pass).await {
                        shown.replaced = true;
                        attempts.go_on_for(Again::OtherToken);
                        continue;
                    }
                    let shut = seen == RejectionClue::ScopedToken && door == RouteKind::Site;
                    let tried = if trying_gateway.is_some() {
                        self.doors.refused_by_gateway();
                        true
                    } else if shut && self.doors.door() != door {
                        // Somebody has found the other one while this answer was on its way.
                        attempts.go_on_for(Again::OtherRoute);
                        continue;
                    } else if shut && self.doors.is_open_question() {
                        attempts.go_on_for(Again::OtherRoute);
                        match self.doors.turn().await {
                            GatewayTurn::Mine(turn) => {
                                trying_gateway = Some(turn);
                                continue;
                            }
                            GatewayTurn::Settled => continue,
                            GatewayTurn::Refused => true,
                        }
                    } else {
                        false
                    };
                    let seen = self.seen(door, seen, tried);
                    return Ok(Err((status, Failure::Rejected(seen))));
                }
                reply => {
                    shown.tells = self.heed(&told, shown.sent, request)?;
                    if shows_that_credential_is_taken(&reply) {
                        self.doors.settle(door);
                    }
                    return Ok(reply);
                }
            }
        }
    }

    /// What is known about a rejection at a door. `tried` says whether the gateway was tried in the site's place.
    fn seen(&self, door: RouteKind, seen: RejectionClue, tried: bool) -> RejectionClue {
        match door {
            _ if matches!(seen, RejectionClue::NoReason | RejectionClue::FailedLogin) => seen,
            _ if tried => RejectionClue::ScopedTokenAtBothDoors,
            // It has taken this very credential before, so scopes are not the reason.
            RouteKind::Site if self.config.route == Route::Auto => RejectionClue::Nothing,
            RouteKind::Site => seen,
            RouteKind::Gateway if self.doors.goes_by_given_id() => RejectionClue::GivenCloudId,
            RouteKind::Gateway => RejectionClue::Nothing,
        }
    }

    /// How long the latest answers took to come, the last ones most of all; None before the first one.
    pub fn latency(&self) -> Option<Duration> {
        let micros = self.latency.load(Relaxed);
        (micros > 0).then(|| Duration::from_micros(micros))
    }

    /// Notes how long an answer took. Of two at one time one may be lost, which changes little.
    fn note_latency(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let latency = match self.latency.load(Relaxed) {
            0 => took,
            before => before - before / LATEST + took / LATEST,
        };
        self.latency.store(latency.max(1), Relaxed);
    }

    /// How many bytes an address may have, or what is POSTed, as far as that has shown.
    pub(crate) fn longest(&self, is_posted: bool) -> usize {
        self.longest[usize::from(is_posted)].load(Relaxed)
    }

    /// Notes that longer requests are refused.
    pub(crate) fn note_longest(&self, is_posted: bool, bytes: usize) {
        self.longest[usize::from(is_posted)].fetch_min(bytes, Relaxed);
    }

    /// What it means that a request of so many bytes was refused for its length.
    pub(crate) fn too_long(
        &self,
        request: &Request,
        status: StatusCode,
        by: Answerer,
        bytes: usize,
    ) -> Error {
        Error::TooLong {
            request: request.label(),
            status: status.as_u16(),
            bytes,
            by,
        }
    }

    /// What a failure means for the caller.
    pub(crate) fn error(&self, request: &Request, status: StatusCode, failure: Failure) -> Error {
        let label = request.label();
        match failure {
            // It is not the credential: the site knows who that is.
            Failure::Rejected(RejectionClue::NoReason) if self.is_identified() => Error::Refused {
                request: label,
                status: status.as_u16(),
                said: Sanitized::default(),
            },
            Failure::Rejected(seen) => Error::CredentialRejected {
                request: label,
                status: status.as_u16(),
                sign_in: self.config.credential.sign_in(),
                seen,
            },
            Failure::Scope => Error::ScopeMissing {
                request: label,
                scope: request.scope.to_owned(),
            },
            Failure::Forbidden(said) => Error::Forbidden {
                request: label,
                said,
            },
            Failure::NotFound(said) | Failure::Refused(said) => Error::Refused {
                request: label,
                status: status.as_u16(),
                said,
            },
            Failure::TooLong(by) if request.is_long() => {
                self.too_long(request, status, by, request.length())
            }
            Failure::Blocked(by) | Failure::TooLong(by) => Error::Blocked {
                request: label,
                status: status.as_u16(),
                by,
                known: self.is_identified(),
            },
            Failure::Throttled {
                wait,
                reset,
                reason,
            } => Error::Throttled {
                request: label,
                wait: wait.unwrap_or_default(),
                reset,
                reason,
                attempts: 1,
            },
            Failure::Failing { said, .. } => Error::Failing {
                request: label,
                status: status.as_u16(),
                attempts: 1,
                said,
            },
            Failure::NotTheApi(by, found) => Error::NotConfluence {
                host: self.doors.host(self.doors.door()).name(),
                request: label,
                found,
                by,
                known: self.is_identified(),
            },
        }
    }
}

/// Whether an answer comes from the API itself, to somebody whom it knows.
fn shows_that_credential_is_taken(reply: &Reply) -> bool {
    match reply {
        Ok(_) => true,
        Err((_, failure)) => matches!(
            failure,
            Failure::Scope | Failure::Forbidden(_) | Failure::NotFound(_) | Failure::Refused(_)
        ),
    }
}
