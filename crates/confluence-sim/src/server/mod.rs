//! How a request becomes an answer.

pub(crate) mod answer;
mod body;
mod connection;
pub(crate) mod consent;
pub(crate) mod credentials;
mod edit;
pub(crate) mod entrance;
pub(crate) mod kept;
mod limits;
pub(crate) mod meter;
pub(crate) mod oauth;
pub(crate) mod offset;
pub(crate) mod operation;
pub(crate) mod paging;
pub(crate) mod parameters;
mod pipeline;
pub(crate) mod query;
pub(crate) mod quota;

pub(crate) use connection::serve;

use crate::fault::Faults;
use crate::log::Log;
use crate::organisation::Organisation;
use credentials::Gate;
use hyper::header::{HeaderName, HeaderValue};
use kept::Kept;
use meter::{LimitHeaders, Meter};
use oauth::Issuer;
use operation::Router;
use quota::Quota;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

/// What the stand-in and its server share.
pub(crate) struct Shared {
    pub url: String,
    pub router: Router,
    pub organisation: RwLock<Arc<Organisation>>,
    /// None where every answer is to be worked out.
    pub kept: Option<Mutex<Kept>>,
    pub gate: RwLock<Gate>,
    pub issuer: RwLock<Issuer>,
    pub meter: Mutex<Option<Meter>>,
    pub quota: Mutex<Option<Quota>>,
    pub limit_headers: RwLock<LimitHeaders>,
    /// Sent with every answer, whatever it is.
    pub extra_headers: RwLock<Vec<(HeaderName, HeaderValue)>>,
    pub latency: RwLock<Duration>,
    pub faults: Mutex<Faults>,
    pub log: Log,
    pub in_flight: InFlight,
    /// Those of `in_flight` that a fault never answers.
    pub unanswered: InFlight,
}

/// Counts the requests that wait for their answers.
#[derive(Default)]
pub(crate) struct InFlight {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl InFlight {
    /// The request counts until the guard is dropped, which is before the client can see the end of its answer: a
    /// client that keeps to a number of requests is never seen to exceed it.
    pub(crate) fn enter(&self) -> InFlightGuard<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        InFlightGuard(self)
    }

    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub(crate) fn reset(&self) {
        self.most
            .store(self.now.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }
}

pub(crate) struct InFlightGuard<'a>(&'a InFlight);

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}
