//! A host, and when requests may leave for it.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, MutexGuard};
use reqwest::StatusCode;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::headers::Limits;
use super::pacer::{Pacer, Ticket};
use crate::Peer;
use crate::http::counters::Counters;
use crate::http::response::Response;
use crate::http::url;

/// One end of the line, and what is known of it.
#[derive(Debug)]
pub(crate) struct Host {
    /// Its address, without a slash at its end.
    pub address: String,
    /// Whether it is the site itself.
    is_site: bool,
    /// Whether it has answered before: then a refused connection is a passing one.
    reached: AtomicBool,
    /// When requests may leave. All of a session's scans share it.
    pace: Mutex<Pacer>,
    /// Held by the request that is the next to leave: the others wait behind it, in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    /// Rings when an answer has told something.
    news: Notify,
}

impl Host {
    /// The site itself.
    pub fn of_site(address: String) -> Self {
        Self {
            is_site: true,
            ..Self::new(address)
        }
    }

    /// What is Atlassian's and the same for all sites.
    pub fn new(address: String) -> Self {
        Self {
            address,
            is_site: false,
            reached: AtomicBool::new(false),
            pace: Mutex::new(Pacer::new(Instant::now())),
            turn: tokio::sync::Mutex::new(()),
            news: Notify::new(),
        }
    }

    /// As messages name it.
    pub fn name(&self) -> String {
        url::host_of(&self.address)
    }

    /// What a connection to it is to, where no proxy stands between.
    pub fn peer(&self) -> Peer {
        match self.is_site {
            true => Peer::Site,
            false => Peer::Atlassian,
        }
    }

    pub fn is_reached(&self) -> bool {
        self.reached.load(Relaxed)
    }

    /// Waits until a request may leave. Whoever is dropped while waiting leaves the turn to the next one.
    pub async fn admit(&self, counters: &Counters) -> Ticket {
        let came = Instant::now();
        let mut has_waited = false;
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => {
                has_waited = true;
                self.turn.lock().await
            }
        };
        let ticket = loop {
            let wait = match self.pace().leave(Instant::now()) {
                Ok(ticket) => break ticket,
                Err(wait) => wait,
            };
            has_waited = true;
            // The time is up, or there is news: both are reasons to ask again.
            let _ = timeout(wait, self.news.notified()).await;
        };
        if has_waited {
            counters.count_pause(came.elapsed());
        }
        ticket
    }

    /// For a request that waits for nobody.
    pub fn admit_at_once(&self) -> Ticket {
        self.pace().leave_at_once()
    }

    /// Takes what an answer tells about the limits.
    pub fn hear(&self, ticket: Ticket, answer: &Response) {
        self.reached.store(true, Relaxed);
        let limits = Limits::of(&answer.headers, SystemTime::now());
        let refused = answer.status == StatusCode::TOO_MANY_REQUESTS;
        self.pace().hear(ticket, &limits, refused, Instant::now());
        self.news.notify_one();
    }

    /// Lets nobody leave for so long.
    pub fn close_for(&self, pause: Duration) {
        self.pace().close_for(pause, Instant::now());
    }

    fn pace(&self) -> MutexGuard<'_, Pacer> {
        self.pace.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::recorder;
    use futures_util::FutureExt;
    use tokio::runtime::Builder;

    #[test]
    fn whoever_is_dropped_while_waiting_leaves_the_turn_to_the_next_one() {
        let runtime = Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime").block_on(async {
            let host = Host::new("https://acme.atlassian.net".to_owned());
            let counters = Counters::new(recorder());
            let pause = Duration::from_millis(20);
            host.close_for(pause);
            let mut first = Box::pin(host.admit(&counters));
            let mut second = Box::pin(host.admit(&counters));
            assert!((&mut first).now_or_never().is_none());
            assert!((&mut second).now_or_never().is_none());
            drop(first);
            second.await;
            // Only the one that has left counts its time.
            assert!(counters.tally().throttled > Duration::ZERO);
            let throttled = counters.tally().throttled;
            host.admit(&counters).await;
            assert_eq!(counters.tally().throttled, throttled);
        });
    }
}
