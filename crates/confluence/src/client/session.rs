//! A connection to a site as one account: which door its requests go through, and what they show there.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use super::answer::{Answer, Failure};
use super::counters::Counters;
use super::exchange::{Attempts, Message, Reply, Sender};
use super::pass::Passes;
use super::request::Request;
use super::route::{Door, Doors, Route, Turn};
use super::{Config, identity};
use crate::Error;
use crate::budget::InFlight;
use crate::error::Seen;

/// One account at one site. Connections are kept for the next request; it serves any number of scans.
#[derive(Debug)]
pub struct Session {
    config: Config,
    sender: Sender,
    doors: Doors,
    passes: Passes,
    /// A place for each request that may be under way at one time, whichever scan it is for.
    places: Semaphore,
    /// When the site last knew who is asking.
    identified: Mutex<Option<Instant>>,
    /// How many bytes an address may have, and what is POSTed, as far as that has shown.
    longest: [AtomicUsize; 2],
}

/// How long an identity holds before the site is asked again. A token that expires in a long session must
/// not turn into nobody unnoticed, where a site shows something to nobody, too.
const IDENTITY_HOLDS: Duration = Duration::from_secs(300);

impl Session {
    /// A session. Nothing is sent yet.
    ///
    /// # Errors
    /// If the credential, the certificates or the proxy cannot be used.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self {
            sender: Sender::new(&config)?,
            doors: Doors::new(&config),
            passes: Passes::new(&config)?,
            places: Semaphore::new(config.max_concurrency.max(1)),
            identified: Mutex::default(),
            longest: [AtomicUsize::new(usize::MAX), AtomicUsize::new(usize::MAX)],
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

    /// What a request shows now.
    pub(super) async fn pass(&self, counters: &Counters) -> Result<Option<HeaderValue>, Error> {
        Ok(self.passes.get(&self.sender, counters).await?.header)
    }

    /// Makes sure that the site knows who is asking, or that nobody needs to be known. The site is asked
    /// at first, and again when some minutes have passed; whoever comes meanwhile waits for that answer.
    pub(crate) async fn identify(&self, counters: &Counters) -> Result<(), Error> {
        if self.config.allow_anonymous {
            return Ok(());
        }
        let mut identified = self.identified.lock().await;
        if identified.is_none_or(|at| at.elapsed() >= IDENTITY_HOLDS) {
            identity::probe(self, counters).await?;
            *identified = Some(Instant::now());
        }
        Ok(())
    }

    /// The addresses that links in answers may begin with.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        self.doors.addresses()
    }

    /// Sends a request, and again where the fault may pass, where a token has come to its end, and where
    /// the other door may be the right one: the body of a JSON answer, or why there is none.
    ///
    /// # Errors
    /// If no attempt got an answer that means anything.
    pub(crate) async fn get(&self, request: &Request, counters: &Counters) -> Result<Reply, Error> {
        let _place = self.places.acquire().await;
        let mut attempts = Attempts::default();
        let mut trying_gateway = None;
        let mut replaced = false;
        loop {
            let door = match trying_gateway {
                Some(_) => Door::Gateway,
                None => self.doors.door(),
            };
            let base = self.doors.base(door, &self.sender, counters).await?;
            let host = self.doors.host(door);
            let ticket = host.admit(counters).await;
            // After the wait: a token may have come to its end in the meantime.
            let pass = self.passes.get(&self.sender, counters).await?;
            let message = Message {
                url: format!("{base}{}", request.target),
                label: request.label(),
                purpose: request.purpose,
                is_metered: true,
                authorization: pass.header.clone(),
                json: request.json.clone().map(String::into_bytes),
                read: Answer::json,
            };
            let reply = self
                .sender
                .attempt(host, ticket, &message, &mut attempts, counters)
                .await?;
            match reply {
                None => {}
                Some(Err((status, Failure::Rejected(seen)))) => {
                    if !replaced && self.passes.can_replace(&pass).await {
                        replaced = true;
                        continue;
                    }
                    let shut = seen == Seen::ScopedToken && door == Door::Site;
                    let tried = if trying_gateway.is_some() {
                        self.doors.refused_by_gateway();
                        true
                    } else if shut && self.doors.door() != door {
                        // Somebody has found the other one while this answer was on its way.
                        continue;
                    } else if shut && self.doors.is_open_question() {
                        match self.doors.turn().await {
                            Turn::Mine(turn) => {
                                trying_gateway = Some(turn);
                                continue;
                            }
                            Turn::Settled => continue,
                            Turn::Refused => true,
                        }
                    } else {
                        false
                    };
                    let seen = self.seen(door, seen, tried);
                    return Ok(Err((status, Failure::Rejected(seen))));
                }
                Some(reply) => {
                    if shows_that_credential_is_taken(&reply) {
                        self.doors.settle(door);
                    }
                    return Ok(reply);
                }
            }
        }
    }

    /// What is known about a rejection at a door. `tried` says whether the gateway was tried in the site's place.
    fn seen(&self, door: Door, seen: Seen, tried: bool) -> Seen {
        match door {
            _ if tried => Seen::ScopedTokenAtBothDoors,
            // It has taken this very credential before, so scopes are not the reason.
            Door::Site if self.config.route == Route::Auto => Seen::Nothing,
            Door::Site => seen,
            Door::Gateway if self.doors.goes_by_given_id() => Seen::GivenCloudId,
            Door::Gateway => Seen::Nothing,
        }
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
    pub(crate) fn too_long(&self, request: &Request, status: StatusCode, bytes: usize) -> Error {
        Error::TooLong {
            host: self.doors.host(self.doors.door()).name(),
            request: request.label(),
            status: status.as_u16(),
            bytes,
        }
    }

    /// What a failure means for the caller.
    pub(crate) fn error(&self, request: &Request, status: StatusCode, failure: Failure) -> Error {
        let request_label = request.label();
        match failure {
            Failure::Rejected(seen) => Error::CredentialRejected {
                request: request_label,
                status: status.as_u16(),
                sign_in: self.config.credential.sign_in(),
                seen,
            },
            Failure::Scope => Error::ScopeMissing {
                request: request_label,
                scope: request.scope.to_owned(),
            },
            Failure::Forbidden(said) => Error::Forbidden {
                request: request_label,
                said,
            },
            Failure::NotFound(said) | Failure::Refused(said) => Error::Refused {
                request: request_label,
                status: status.as_u16(),
                said,
            },
            Failure::Throttled {
                wait,
                reset,
                reason,
            } => Error::Throttled {
                request: request_label,
                wait: wait.unwrap_or_default(),
                reset,
                reason,
                attempts: 1,
            },
            Failure::Failing { said, .. } => Error::Failing {
                request: request_label,
                status: status.as_u16(),
                attempts: 1,
                said,
            },
            Failure::NotTheApi(found) => Error::NotConfluence {
                host: self.doors.host(self.doors.door()).name(),
                request: request_label,
                found,
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
