//! A running stand-in, as a test holds it.

use crate::api;
use crate::fault::{Fault, Faults, Reply};
use crate::lock::{Lock, SharedLock};
use crate::log::{Log, Request, Route};
use crate::options::Options;
use crate::organisation::Organisation;
use crate::server::answer;
use crate::server::credentials::{Credential, Gate};
use crate::server::meter::{LimitHeaders, Meter, RateLimit};
use crate::server::oauth::{Issuer, OauthClient};
use crate::server::operation::Router;
use crate::server::quota::Quota;
use crate::server::{InFlight, Shared, serve};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::oneshot;

/// A running stand-in for Confluence Cloud. When it is dropped, it stops, and its connections are closed.
pub struct Sim {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sim {
    /// Starts a stand-in on a thread of its own.
    ///
    /// # Panics
    ///
    /// Where no socket or no thread can be had.
    pub fn start(options: Options) -> Self {
        Self::try_start(options)
            .unwrap_or_else(|error| panic!("the stand-in cannot listen: {error}"))
    }

    fn try_start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared {
            url: format!("http://{}", listener.local_addr()?),
            router: Router::of(api::operations()),
            organisation: RwLock::new(options.organisation),
            kept: options.keep_answers.then(Mutex::default),
            gate: RwLock::new(Gate {
                credentials: options.credentials,
                anonymous_access: options.anonymous_access,
            }),
            issuer: RwLock::new(Issuer::of(options.clients)),
            meter: Mutex::new(options.rate_limit.map(Meter::new)),
            quota: Mutex::default(),
            limit_headers: RwLock::new(LimitHeaders::ALL),
            extra_headers: RwLock::default(),
            latency: RwLock::new(options.latency),
            faults: Mutex::new(Faults::default()),
            log: Log::new(options.keep_log),
            in_flight: InFlight::default(),
            unanswered: InFlight::default(),
        });
        // Two threads, so that a long sort does not hold up everybody else.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("confluence-sim")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("confluence-sim".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let listener = tokio::net::TcpListener::from_std(listener)
                        .expect("a socket that was just opened");
                    // On a task, where the worker threads are; the sender's end, even without a word, is the sign to stop.
                    let server = runtime.spawn(serve(listener, serving));
                    stopped.await.ok();
                    server.abort();
                    server.await.ok();
                });
            })?;
        Ok(Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it is, such as `http://127.0.0.1:40123`: the site, the gateway before it, and the place where people consent
    /// and tokens are issued.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The organisation as it is now. Later edits do not change what was handed out.
    pub fn organisation(&self) -> Arc<Organisation> {
        Arc::clone(&self.shared.organisation.look())
    }

    /// Changes the organisation, between two requests.
    pub fn edit<T>(&self, edit: impl FnOnce(&mut Organisation) -> T) -> T {
        edit(Arc::make_mut(&mut self.shared.organisation.change()))
    }

    /// All requests since the start, or since the log was cleared, in the order they came.
    pub fn log(&self) -> Vec<Request> {
        self.shared.log.requests()
    }

    /// The requests in the log but for those that ask who one is, where the site is, and for tokens.
    pub fn data_requests(&self) -> Vec<Request> {
        self.logged(|request| matches!(request.route, Route::Data | Route::Unknown))
    }

    /// The requests in the log that ask who one is, or by which id the gateway knows the site; but for those that ask who
    /// one is without a credential.
    pub fn probes(&self) -> Vec<Request> {
        self.logged(|request| request.route == Route::Probe && !request.asks_as_nobody())
    }

    /// The requests in the log that ask without a credential who one is.
    pub fn anonymous_probes(&self) -> Vec<Request> {
        self.logged(Request::asks_as_nobody)
    }

    pub fn token_requests(&self) -> Vec<Request> {
        self.logged(|request| request.route == Route::Token)
    }

    fn logged(&self, is_wanted: impl Fn(&Request) -> bool) -> Vec<Request> {
        let mut requests = self.log();
        requests.retain(is_wanted);
        requests
    }

    pub fn clear_log(&self) {
        self.shared.log.clear();
    }

    /// How many requests wait for their answers at this moment.
    pub fn in_flight(&self) -> usize {
        self.shared.in_flight.now()
    }

    /// How many requests a fault holds that never answers. Unlike `in_flight`, this does not count those that are just
    /// about to be answered.
    pub fn unanswered(&self) -> usize {
        self.shared.unanswered.now()
    }

    /// The most requests that waited at once, since the start or the last reset.
    pub fn in_flight_high_water(&self) -> usize {
        self.shared.in_flight.most()
    }

    pub fn reset_in_flight_high_water(&self) {
        self.shared.in_flight.reset();
    }

    pub fn set_latency(&self, latency: Duration) {
        *self.shared.latency.change() = latency;
    }

    /// Limits the rate of requests from now on, or no longer.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        *self.shared.meter.hold() = limit.map(Meter::new);
    }

    /// Limits the points that may be used in an hour from now on, or no longer.
    pub fn set_quota(&self, points: Option<u64>) {
        *self.shared.quota.hold() = points.map(Quota::new);
    }

    /// The points that were used since the quota was set; nothing where there is none.
    pub fn points_used(&self) -> u64 {
        self.shared
            .quota
            .hold()
            .as_ref()
            .map_or(0, |quota| quota.used)
    }

    pub fn set_limit_headers(&self, headers: LimitHeaders) {
        *self.shared.limit_headers.change() = headers;
    }

    /// Sends these headers with every answer from now on, besides those that it has.
    ///
    /// # Panics
    ///
    /// Where HTTP does not allow one of them.
    pub fn set_extra_headers(&self, headers: &[(&str, &str)]) {
        *self.shared.extra_headers.change() = answer::headers(headers);
    }

    /// Lets something go wrong. Several faults may be in force; of those that fit a request the first one counts.
    pub fn fault(&self, fault: Fault, reply: Reply) {
        self.shared.faults.hold().add(fault, reply);
    }

    pub fn clear_faults(&self) {
        self.shared.faults.hold().clear();
    }

    pub fn grant(&self, credential: Credential) {
        self.shared.gate.change().credentials.push(credential);
    }

    pub fn revoke(&self, credential: &Credential) {
        self.shared
            .gate
            .change()
            .credentials
            .retain(|known| known.header() != credential.header());
    }

    pub fn revoke_all(&self) {
        self.shared.gate.change().credentials.clear();
    }

    /// Issues tokens to a client from now on.
    pub fn grant_client(&self, client: OauthClient) {
        self.shared.issuer.change().clients.push(client);
    }

    /// Issues no more tokens to the client of this id. Those that it has are good until they end.
    pub fn revoke_client(&self, id: &str) {
        self.shared.issuer.change().revoke(id);
    }

    /// The tokens that were issued and not revoked, in order; those that have come to their end are among them.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.shared.issuer.look().tokens()
    }

    /// Refuses every token that has been issued so far. Clients can get other ones.
    pub fn revoke_issued_tokens(&self) {
        self.shared.issuer.change().revoke_tokens();
    }

    /// The refresh tokens that are good, in the order in which they were issued. One that was used is not.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.shared.issuer.look().consents.refresh_tokens()
    }

    /// Everybody takes back what they have consented to: no code, token or refresh token is good any more.
    pub fn withdraw_consents(&self) {
        self.shared.issuer.change().withdraw_consents();
    }

    /// Whether a wrong or absent credential is served as nobody.
    pub fn set_anonymous(&self, access: bool) {
        self.shared.gate.change().anonymous_access = access;
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It fails where the server panicked, which its own thread has reported.
            thread.join().ok();
        }
    }
}
