//! Transport: an exchange of a request and its response. The one place that sends, and that sends again where the fault
//! may pass.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, redirect};

use super::asker::Asker;
use super::body::{self, Lost};
use super::counters::Counters;
use super::rate_limit::host::Host;
use super::rate_limit::pacer::Ticket;
use super::request::{Purpose, method};
use super::request_log::{RequestOutcome, ServedBy};
use super::response::{Body, Failure, Response};
use super::why::{Again, Reason};
use super::{Config, retry};
use crate::budget::InFlight;
use crate::{Budget, Error, Peer, Sanitized};

/// The largest headers that are read of an answer by HTTP/2. HTTP/1 has a bound of the library's own, of 400 kB.
const LARGEST_HEADERS: u32 = 256 << 10;

/// An answer that means something: JSON, or why there is none.
pub(crate) type Reply = Result<Body, (StatusCode, Failure)>;

/// What is sent to a host. It may hold secrets, so it is never printed.
pub(crate) struct HostRequest {
    pub url: String,
    /// The path and the query, as errors and the log of requests show them.
    pub path: Sanitized,
    pub purpose: Purpose,
    pub reason: Reason,
    /// Who is to answer.
    pub served_by: ServedBy,
    /// Whether the quota counts it, as it counts what is asked of the API.
    pub is_metered: bool,
    pub authorization: Option<HeaderValue>,
    /// Something to POST; without it, it is a GET.
    pub json: Option<Vec<u8>>,
    /// What an answer from this address means.
    pub read: fn(Response, &str) -> Reply,
}

impl HostRequest {
    fn method(&self) -> &'static str {
        method(self.json.is_some())
    }

    /// As errors name it.
    pub fn label(&self) -> Sanitized {
        format!("{} {}", self.method(), self.path).into()
    }
}

/// How often a request has been sent.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// For any reason.
    sent: u32,
    /// Because of a fault that may pass.
    repeats: u32,
    /// Why it is sent again.
    again: Option<Again>,
}

impl Attempts {
    /// The next one is for this reason.
    pub fn go_on_for(&mut self, again: Again) {
        self.again = Some(again);
    }
}

/// Sends messages, within the limits that the user has set.
#[derive(Debug)]
pub(crate) struct Sender {
    http: reqwest::Client,
    /// The proxy's address, which every request goes through if there is one.
    proxy: Option<String>,
    request_timeout: Duration,
    max_wait: Duration,
    max_retries: u32,
    in_flight: InFlight,
}

impl Sender {
    pub fn new(config: &Config) -> Result<Self, Error> {
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
            // Scans that were broken off have left others: no more are kept than can be used at one time.
            .pool_max_idle_per_host(config.max_concurrency)
            .tcp_nodelay(true)
            .http2_max_header_list_size(LARGEST_HEADERS)
            // A redirect would carry the request, and perhaps its secret, somewhere else.
            .redirect(redirect::Policy::none())
            // One policy repeats requests, and it is ours.
            .retry(reqwest::retry::never())
            .no_proxy();
        if let Some(pem) = &config.authorities {
            let authorities =
                reqwest::Certificate::from_pem_bundle(pem).map_err(unusable("ca_file"))?;
            if authorities.is_empty() {
                return Err(Error::Option {
                    option: "ca_file",
                    cause: "the file holds no certificate (PEM)".into(),
                });
            }
            http = http.tls_certs_merge(authorities);
        }
        if let Some(proxy) = &config.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy).map_err(unusable("proxy"))?);
        }
        Ok(Self {
            http: http.build().map_err(unusable("ca_file"))?,
            proxy: config.proxy.clone(),
            request_timeout: config.request_timeout,
            max_wait: config.max_wait,
            max_retries: config.max_retries,
            in_flight: InFlight::new(config.request_timeout),
        })
    }

    /// The room for all answers that are being read.
    pub fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Sends a message until its answer means something.
    ///
    /// # Errors
    /// If no attempt got such an answer.
    pub async fn send(
        &self,
        host: &Host,
        message: &HostRequest,
        counters: &Counters,
    ) -> Result<Reply, Error> {
        let mut attempts = Attempts::default();
        loop {
            let ticket = host.admit(counters).await;
            let answer = self
                .attempt(host, ticket, message, &mut attempts, counters)
                .await?;
            if let Some((reply, _)) = answer {
                return Ok(reply);
            }
        }
    }

    /// Sends a message once: the reply, and what its headers tell of who asked. None where the fault may pass: then the pause is over, or
    /// [`Host::admit`] takes it, and the message is to be sent again.
    ///
    /// # Errors
    /// If there was no answer that means anything, and another attempt is not worth it.
    pub async fn attempt(
        &self,
        host: &Host,
        ticket: Ticket,
        message: &HostRequest,
        attempts: &mut Attempts,
        counters: &Counters,
    ) -> Result<Option<(Reply, Asker)>, Error> {
        let mut told = Asker::default();
        let fault = match self.exchange(message, attempts, counters).await {
            Ok((answer, number)) => {
                told = Asker::by(&answer.headers);
                host.hear(ticket, &answer);
                counters.count_bytes(answer.body.len());
                if message.is_metered && answer.status != StatusCode::TOO_MANY_REQUESTS {
                    counters.count_answer();
                }
                match (message.read)(answer, &message.url) {
                    Ok(mut document) => {
                        document.request = Some(number);
                        return Ok(Some((Ok(document), told)));
                    }
                    Err((status, failure)) => ExchangeFault::Answered(status, failure),
                }
            }
            Err(Lost::Broken(error)) => ExchangeFault::Broken(error),
            Err(Lost::TooLarge(budget)) => return Err(too_large(budget, message)),
        };
        match self.pause(&fault, host, message, attempts.repeats) {
            Some(pause) if pause <= self.max_wait => {
                attempts.repeats += 1;
                attempts.go_on_for(Again::Retry(attempts.repeats));
                if matches!(fault, ExchangeFault::Answered(_, Failure::Throttled { .. })) {
                    // Others would only be refused too, and make it worse.
                    host.close_for(pause);
                } else {
                    counters.pause(pause).await;
                }
                Ok(None)
            }
            _ => self
                .give_up(fault, host, message, attempts.repeats + 1)
                .map(|reply| Some((reply, told))),
        }
    }

    /// The pause after which a message may be sent again; None if it should not be.
    fn pause(
        &self,
        fault: &ExchangeFault,
        host: &Host,
        message: &HostRequest,
        repeat: u32,
    ) -> Option<Duration> {
        if repeat >= self.max_retries {
            return None;
        }
        let shrinks = message.purpose == Purpose::FewerRowsWillDo;
        match fault {
            ExchangeFault::Answered(_, Failure::Throttled { wait, .. }) => {
                Some(wait.unwrap_or_else(|| retry::own_pause(repeat, true)))
            }
            ExchangeFault::Answered(_, Failure::Failing { .. }) if shrinks => None,
            ExchangeFault::Answered(status, Failure::Failing { wait, .. }) => match wait {
                Some(wait) => Some(*wait),
                None if *status == StatusCode::INTERNAL_SERVER_ERROR
                    || *status == StatusCode::NOT_IMPLEMENTED =>
                {
                    None
                }
                None => Some(retry::own_pause(repeat, false)),
            },
            ExchangeFault::Answered(..) => None,
            ExchangeFault::Broken(error) if error.is_timeout() && shrinks => None,
            ExchangeFault::Broken(error) if error.is_connect() && !host.is_reached() => None,
            ExchangeFault::Broken(error) if error.is_builder() => None,
            ExchangeFault::Broken(_) => Some(retry::own_pause(repeat, false)),
        }
    }

    fn give_up(
        &self,
        fault: ExchangeFault,
        host: &Host,
        message: &HostRequest,
        attempts: u32,
    ) -> Result<Reply, Error> {
        let request = message.label();
        match fault {
            ExchangeFault::Answered(
                _,
                Failure::Throttled {
                    wait,
                    reset,
                    reason,
                },
            ) => Err(Error::Throttled {
                request,
                wait: wait.unwrap_or_default(),
                reset,
                reason,
                attempts,
            }),
            ExchangeFault::Answered(_, Failure::Failing { .. })
                if message.purpose == Purpose::FewerRowsWillDo =>
            {
                Ok(Err((StatusCode::INTERNAL_SERVER_ERROR, failing())))
            }
            ExchangeFault::Answered(status, Failure::Failing { said, .. }) => Err(Error::Failing {
                request,
                status: status.as_u16(),
                attempts,
                said,
            }),
            ExchangeFault::Answered(status, failure) => Ok(Err((status, failure))),
            ExchangeFault::Broken(error)
                if error.is_timeout()
                    && !error.is_connect()
                    && message.purpose == Purpose::FewerRowsWillDo =>
            {
                Ok(Err((StatusCode::GATEWAY_TIMEOUT, failing())))
            }
            ExchangeFault::Broken(error) => Err(self.broken(&error, host, message, attempts)),
        }
    }

    /// Sends a message once, whatever comes of it.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn once(
        &self,
        host: &Host,
        message: &HostRequest,
        counters: &Counters,
    ) -> Result<Response, Broken> {
        let ticket = host.admit_at_once();
        let mut attempts = Attempts::default();
        let exchange = self.exchange(message, &mut attempts, counters);
        let (answer, _) = exchange.await.map_err(|lost| match lost {
            Lost::Broken(error) => Broken {
                tls: is_tls(&error),
                error: self.broken(&error, host, message, 1),
            },
            Lost::TooLarge(budget) => Broken {
                tls: false,
                error: too_large(budget, message),
            },
        })?;
        host.hear(ticket, &answer);
        Ok(answer)
    }

    /// What the lack of an answer means.
    fn broken(
        &self,
        error: &reqwest::Error,
        host: &Host,
        message: &HostRequest,
        attempts: u32,
    ) -> Error {
        if error.is_connect() {
            return Error::Unreachable {
                host: host.name(),
                peer: self.proxy.clone().map_or_else(|| host.peer(), Peer::Proxy),
                cause: innermost(error),
            };
        }
        Error::NoAnswer {
            host: host.name(),
            request: message.label(),
            attempts,
            cause: if error.is_timeout() {
                format!("no end after {:?}", self.request_timeout).into()
            } else {
                innermost(error)
            },
        }
    }

    /// Sends a message, and writes down that it was sent, why, and what became of it. Gives the answer and the request's
    /// number in the log of requests.
    async fn exchange(
        &self,
        message: &HostRequest,
        attempts: &mut Attempts,
        counters: &Counters,
    ) -> Result<(Response, u64), Lost> {
        let reason = message.reason.again(attempts.again);
        counters.count_request(message.purpose, reason, attempts.sent > 0);
        attempts.sent += 1;
        let (method, path) = (message.method(), &message.path);
        let recorder = counters.recorder();
        let entry = recorder.send(reason, method, path, message.served_by);
        match self.answer(message).await {
            Ok(answer) => {
                let number = entry.answer(answer.status.as_u16(), answer.body.len());
                Ok((answer, number))
            }
            Err(lost) => {
                entry.fail(outcome(&lost));
                Err(lost)
            }
        }
    }

    /// The answer to a message. Nothing else sends.
    async fn answer(&self, message: &HostRequest) -> Result<Response, Lost> {
        let mut http = match &message.json {
            None => self.http.get(&message.url),
            Some(json) => self
                .http
                .post(&message.url)
                .header(CONTENT_TYPE, "application/json")
                .body(json.clone()),
        };
        if let Some(authorization) = &message.authorization {
            http = http.header(AUTHORIZATION, authorization);
        }
        let mut response = http.header(ACCEPT, "application/json").send().await?;
        let budget = message.purpose.budget();
        let (body, held) = body::read(&mut response, budget, &self.in_flight).await?;
        Ok(Response {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
            held,
        })
    }
}

fn too_large(budget: Budget, message: &HostRequest) -> Error {
    Error::TooLarge {
        budget,
        request: message.label(),
    }
}

/// What became of a request without an answer.
fn outcome(lost: &Lost) -> RequestOutcome {
    match lost {
        Lost::TooLarge(_) => RequestOutcome::TooLarge,
        Lost::Broken(error) if error.is_connect() => RequestOutcome::Unreachable,
        Lost::Broken(error) if error.is_timeout() => RequestOutcome::TimedOut,
        Lost::Broken(_) => RequestOutcome::BrokenOff,
    }
}

/// Why there is no answer.
pub(crate) struct Broken {
    pub error: Error,
    /// Whether it was for the encryption.
    pub tls: bool,
}

enum ExchangeFault {
    Answered(StatusCode, Failure),
    Broken(reqwest::Error),
}

fn failing() -> Failure {
    Failure::Failing {
        wait: None,
        said: Sanitized::default(),
    }
}

/// Whether an error is one of encryption.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        cause = match error.downcast_ref::<std::io::Error>() {
            // It passes over what it holds when it is asked for its source.
            Some(error) => error.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    false
}

/// What lies at the bottom of an error: the outer layers only repeat the address.
fn innermost(error: &reqwest::Error) -> Sanitized {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().into()
}
