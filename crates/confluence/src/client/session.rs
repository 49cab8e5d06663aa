//! A connection to a site as one account: it sends requests, and repeats them where that may help.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{StatusCode, redirect};
use serde::Deserialize;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::answer::{Answer, Document, Failure};
use super::{Config, Route, address, identity, retry};
use crate::Error;

/// The largest answer that is read. The API's pages are far below; this bounds what a broken site costs.
const LARGEST_ANSWER: usize = 512 << 20;

/// One account at one site. Connections are kept for the next request; it serves any number of scans.
#[derive(Debug)]
pub struct Session {
    config: Config,
    http: reqwest::Client,
    /// The address that requests are put behind: the site's, or the gateway's for the site.
    base: OnceCell<String>,
    identity: OnceCell<()>,
    /// Whether this site has answered before: then a refused connection is a passing one.
    reached: AtomicBool,
    /// Until when all requests wait, because one was told to.
    closed_until: Mutex<Option<Instant>>,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The path below the base, with its query.
    pub target: String,
    /// The scope that its operation needs.
    pub scope: &'static str,
    pub purpose: Purpose,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// Rows.
    Rows,
    /// Rows, and if the site fails on so many, the caller will ask for fewer.
    FewerRowsWillDo,
    /// To find out something about the site or ourselves. Counted apart.
    Probe,
}

impl Request {
    /// The request as messages show it: without the cursor, which tells nobody anything.
    pub fn label(&self) -> String {
        let mut label = String::from("GET ");
        for (place, part) in self.target.split('&').enumerate() {
            if place > 0 {
                label.push('&');
            }
            match part.find("cursor=") {
                Some(at) => {
                    label.push_str(&part[..at]);
                    label.push_str("cursor=…");
                }
                None => label.push_str(part),
            }
        }
        if let Some((at, _)) = label.char_indices().nth(300) {
            label.truncate(at);
            label.push('…');
        }
        label
    }
}

/// What a scan has cost so far. Written by its reader, read by anybody.
#[derive(Debug, Default)]
pub struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    probes: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
    throttled_micros: AtomicU64,
}

/// [`Counters`] at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests for rows that were sent, repeats included.
    pub requests: u64,
    /// How many of them were repeats.
    pub retries: u64,
    /// Requests about the site or ourselves.
    pub probes: u64,
    /// Rows that the site sent.
    pub rows: u64,
    /// Bytes of the answers, unpacked.
    pub bytes: u64,
    /// Time spent in pauses before requests. Those of chains that run side by side add up.
    pub throttled: Duration,
}

impl Counters {
    /// What they say now.
    pub fn tally(&self) -> Tally {
        Tally {
            requests: self.requests.load(Relaxed),
            retries: self.retries.load(Relaxed),
            probes: self.probes.load(Relaxed),
            rows: self.rows.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            throttled: Duration::from_micros(self.throttled_micros.load(Relaxed)),
        }
    }

    pub(crate) fn count_rows(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Relaxed);
    }

    fn count_request(&self, purpose: Purpose, repeat: bool) {
        if purpose == Purpose::Probe {
            self.probes.fetch_add(1, Relaxed);
        } else {
            self.requests.fetch_add(1, Relaxed);
            self.retries.fetch_add(repeat.into(), Relaxed);
        }
    }
}

impl Session {
    /// A session. Nothing is sent yet.
    ///
    /// # Errors
    /// If the credential, the certificates or the proxy cannot be used.
    pub fn new(config: Config) -> Result<Self, Error> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // An error means that the process has a provider already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let unusable = |option| {
            move |error: reqwest::Error| Error::Option {
                option,
                cause: innermost(&error),
            }
        };
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("confluence_fdw/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout)
            .timeout(config.request_timeout)
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true)
            // A redirect would carry the request, and perhaps its secret, somewhere else.
            .redirect(redirect::Policy::none())
            // One policy repeats requests, and it is ours.
            .retry(reqwest::retry::never())
            .no_proxy();
        if let Some(header) = config.credential.header()? {
            http = http.default_headers([(AUTHORIZATION, header)].into_iter().collect());
        }
        if let Some(pem) = &config.authorities {
            let authorities =
                reqwest::Certificate::from_pem_bundle(pem).map_err(unusable("ca_file"))?;
            http = http.tls_certs_merge(authorities);
        }
        if let Some(proxy) = &config.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy).map_err(unusable("proxy"))?);
        }
        Ok(Self {
            http: http.build().map_err(unusable("ca_file"))?,
            config,
            base: OnceCell::new(),
            identity: OnceCell::new(),
            reached: AtomicBool::new(false),
            closed_until: Mutex::new(None),
        })
    }

    /// What the session was made from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Makes sure that the site knows who is asking, or that nobody needs to be known. The site is asked
    /// once for a session; whoever comes meanwhile waits for that answer.
    pub(crate) async fn identify(&self, counters: &Counters) -> Result<(), Error> {
        if self.config.allow_anonymous {
            return Ok(());
        }
        self.identity
            .get_or_try_init(|| identity::probe(self, counters))
            .await
            .copied()
    }

    /// The addresses that links in answers may begin with.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        let mut hosts = vec![self.config.site.as_str()];
        if let Route::Gateway { address, .. } = &self.config.route {
            hosts.push(address);
        }
        hosts
    }

    /// Sends a request, and repeats it where the fault may pass: the body of a JSON answer, or why there
    /// is none.
    ///
    /// # Errors
    /// If no attempt got an answer that means anything.
    pub(crate) async fn get(
        &self,
        request: &Request,
        counters: &Counters,
    ) -> Result<Result<Document, (StatusCode, Failure)>, Error> {
        let base = self.base(counters).await?;
        let mut repeat = 0;
        loop {
            self.wait_until_open(counters).await;
            counters.count_request(request.purpose, repeat > 0);
            let fault = match self.send(base, request).await {
                Ok(answer) => {
                    self.reached.store(true, Relaxed);
                    counters.bytes.fetch_add(answer.body.len() as u64, Relaxed);
                    match answer.json() {
                        Ok(document) => return Ok(Ok(document)),
                        Err((status, failure)) => Fault::Answered(status, failure),
                    }
                }
                Err(error) => Fault::Broken(error),
            };
            let Some(pause) = self.pause(&fault, request, repeat) else {
                return self.give_up(fault, request, repeat + 1);
            };
            if pause > self.config.max_wait {
                return self.give_up(fault, request, repeat + 1);
            }
            self.rest(&fault, pause, counters).await;
            repeat += 1;
        }
    }

    /// The pause after which a request may be sent again; None if it should not be.
    fn pause(&self, fault: &Fault, request: &Request, repeat: u32) -> Option<Duration> {
        if repeat >= self.config.max_retries {
            return None;
        }
        let shrinks = request.purpose == Purpose::FewerRowsWillDo;
        match fault {
            Fault::Answered(_, Failure::Throttled { wait, .. }) => {
                Some(wait.unwrap_or_else(|| retry::own_pause(repeat, true)))
            }
            Fault::Answered(_, Failure::Failing { .. }) if shrinks => None,
            Fault::Answered(status, Failure::Failing { wait, .. }) => match wait {
                Some(wait) => Some(*wait),
                None if *status == StatusCode::INTERNAL_SERVER_ERROR => None,
                None => Some(retry::own_pause(repeat, false)),
            },
            Fault::Answered(..) => None,
            Fault::Broken(error) if error.is_timeout() && shrinks => None,
            Fault::Broken(error) if error.is_connect() && !self.reached.load(Relaxed) => None,
            Fault::Broken(error) if error.is_builder() => None,
            Fault::Broken(_) => Some(retry::own_pause(repeat, false)),
        }
    }

    fn give_up(
        &self,
        fault: Fault,
        request: &Request,
        attempts: u32,
    ) -> Result<Result<Document, (StatusCode, Failure)>, Error> {
        let host = self.host();
        match fault {
            Fault::Answered(
                _,
                Failure::Throttled {
                    wait,
                    reset,
                    reason,
                },
            ) => Err(Error::Throttled {
                request: request.label(),
                wait: wait.unwrap_or_default(),
                reset,
                reason,
                attempts,
            }),
            Fault::Answered(_, Failure::Failing { .. })
                if request.purpose == Purpose::FewerRowsWillDo =>
            {
                Ok(Err((StatusCode::INTERNAL_SERVER_ERROR, failing())))
            }
            Fault::Answered(status, Failure::Failing { said, .. }) => Err(Error::Failing {
                request: request.label(),
                status: status.as_u16(),
                attempts,
                said,
            }),
            Fault::Answered(status, failure) => Ok(Err((status, failure))),
            Fault::Broken(error)
                if error.is_timeout()
                    && !error.is_connect()
                    && request.purpose == Purpose::FewerRowsWillDo =>
            {
                Ok(Err((StatusCode::GATEWAY_TIMEOUT, failing())))
            }
            Fault::Broken(error) if error.is_connect() => Err(Error::Unreachable {
                host,
                cause: innermost(&error),
            }),
            Fault::Broken(error) => Err(Error::NoAnswer {
                host,
                request: request.label(),
                attempts,
                cause: if error.is_timeout() {
                    format!("no end after {:?}", self.config.request_timeout)
                } else {
                    innermost(&error)
                },
            }),
        }
    }

    async fn rest(&self, fault: &Fault, pause: Duration, counters: &Counters) {
        if matches!(fault, Fault::Answered(_, Failure::Throttled { .. })) {
            // Others would only be refused too, and make it worse.
            let until = Instant::now() + pause;
            let mut closed = self
                .closed_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if closed.is_none_or(|known| known < until) {
                *closed = Some(until);
            }
        } else {
            sleep(pause, counters).await;
        }
    }

    async fn wait_until_open(&self, counters: &Counters) {
        loop {
            let until = *self
                .closed_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(pause) if !pause.is_zero() => sleep(pause, counters).await,
                _ => return,
            }
        }
    }

    async fn send(&self, base: &str, request: &Request) -> Result<Answer, reqwest::Error> {
        let mut response = self
            .http
            .get(format!("{base}{}", request.target))
            .header(reqwest::header::ACCEPT, "application/json")
            .send()
            .await?;
        let expected = response.content_length().unwrap_or(0) as usize;
        let mut body = Vec::with_capacity(expected.min(1 << 20));
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_ANSWER {
                break;
            }
        }
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    async fn base(&self, counters: &Counters) -> Result<&str, Error> {
        match &self.config.route {
            Route::Site => Ok(&self.config.site),
            Route::Gateway { address, cloud_id } => self
                .base
                .get_or_try_init(|| async {
                    match cloud_id {
                        Some(id) => address::gateway_base(address, id),
                        None => address::gateway_base(address, &self.cloud_id(counters).await?),
                    }
                })
                .await
                .map(String::as_str),
        }
    }

    /// Asks the site, without a credential, for its id on the gateway.
    async fn cloud_id(&self, counters: &Counters) -> Result<String, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Tenant {
            cloud_id: String,
        }
        let request = Request {
            target: "/_edge/tenant_info".to_owned(),
            scope: "",
            purpose: Purpose::Probe,
        };
        counters.count_request(request.purpose, false);
        let answer = match self.send(&self.config.site, &request).await {
            Ok(answer) => answer.json(),
            Err(error) => {
                return Err(Error::Unreachable {
                    host: self.host(),
                    cause: innermost(&error),
                });
            }
        };
        let tenant = answer.map_err(|(status, failure)| self.error(&request, status, failure))?;
        serde_json::from_slice::<Tenant>(&tenant.body)
            .map(|tenant| tenant.cloud_id)
            .map_err(|_| Error::NotConfluence {
                host: self.host(),
                request: request.label(),
                found: "an object without cloudId".to_owned(),
            })
    }

    /// What a failure means for the caller.
    pub(crate) fn error(&self, request: &Request, status: StatusCode, failure: Failure) -> Error {
        let request_label = request.label();
        match failure {
            Failure::Rejected => Error::CredentialRejected {
                request: request_label,
                status: status.as_u16(),
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
                host: self.host(),
                request: request_label,
                found,
            },
        }
    }

    fn host(&self) -> String {
        address::host_of(match &self.config.route {
            Route::Site => &self.config.site,
            Route::Gateway { address, .. } => address,
        })
    }
}

enum Fault {
    Answered(StatusCode, Failure),
    Broken(reqwest::Error),
}

fn failing() -> Failure {
    Failure::Failing {
        wait: None,
        said: String::new(),
    }
}

async fn sleep(pause: Duration, counters: &Counters) {
    let began = Instant::now();
    tokio::time::sleep(pause).await;
    counters
        .throttled_micros
        .fetch_add(began.elapsed().as_micros() as u64, Relaxed);
}

/// What lies at the bottom of an error: the outer layers only repeat the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
