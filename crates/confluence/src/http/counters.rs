//! Counters: what a scan has cost so far, and what it reads.

use std::ops::AddAssign;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::time::Instant;

use super::exposure::Exposure;
use super::request::{Purpose, Request};
use super::request_log::RequestRecorder;
use super::why::{Reason, ReasonCounts, ReasonTally};
use crate::Sanitized;
use crate::schema::{Endpoint, quota};

/// What a scan has cost so far, and what it reads. Written by its reader, read by anybody.
#[derive(Debug)]
pub struct Counters {
    /// When the scan began.
    began: Instant,
    /// Where each of its requests is written down.
    recorder: RequestRecorder,
    /// Which of its answers nobody has vouched for.
    pub(crate) exposure: Exposure,
    /// The endpoint that its rows come from, once that is decided.
    endpoint: OnceLock<&'static Endpoint>,
    /// The first request for rows of its own.
    first: OnceLock<Sanitized>,
    requests: AtomicU64,
    retries: AtomicU64,
    probes: AtomicU64,
    served_again: AtomicU64,
    decoded_again: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
    unread: AtomicU64,
    points: AtomicU64,
    throttled_micros: AtomicU64,
    reasons: ReasonCounts,
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
    /// Answers that the statement had before, so that nothing was sent for them.
    pub served_again: u64,
    /// How many of those were decoded once more, so that their rows could be kept.
    pub decoded_again: u64,
    /// Rows that the site sent.
    pub rows: u64,
    /// Bytes of the answers, unpacked.
    pub bytes: u64,
    /// Values that could not be read and became NULL.
    pub unread: u64,
    /// Points of the quota for apps that the answers cost, those about the site and ourselves included.
    pub points: u64,
    /// Time spent in pauses before requests. Those of chains that run side by side add up.
    pub throttled: Duration,
    /// Why the requests were sent, those about the site and ourselves included.
    pub reasons: ReasonTally,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        // Each by its name, so that none is left out.
        let Self {
            requests,
            retries,
            probes,
            served_again,
            decoded_again,
            rows,
            bytes,
            unread,
            points,
            throttled,
            reasons,
        } = other;
        self.requests += requests;
        self.retries += retries;
        self.probes += probes;
        self.served_again += served_again;
        self.decoded_again += decoded_again;
        self.rows += rows;
        self.bytes += bytes;
        self.unread += unread;
        self.points += points;
        self.throttled += throttled;
        self.reasons += reasons;
    }
}

impl Counters {
    /// Counters that begin now, of requests that are written down there.
    pub fn new(recorder: RequestRecorder) -> Self {
        Self {
            began: Instant::now(),
            recorder,
            exposure: Exposure::default(),
            endpoint: OnceLock::new(),
            first: OnceLock::new(),
            requests: AtomicU64::default(),
            retries: AtomicU64::default(),
            probes: AtomicU64::default(),
            served_again: AtomicU64::default(),
            decoded_again: AtomicU64::default(),
            rows: AtomicU64::default(),
            bytes: AtomicU64::default(),
            unread: AtomicU64::default(),
            points: AtomicU64::default(),
            throttled_micros: AtomicU64::default(),
            reasons: ReasonCounts::default(),
        }
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Where requests are written down.
    pub(crate) fn recorder(&self) -> &RequestRecorder {
        &self.recorder
    }

    /// What they say now.
    pub fn tally(&self) -> Tally {
        Tally {
            requests: self.requests.load(Relaxed),
            retries: self.retries.load(Relaxed),
            probes: self.probes.load(Relaxed),
            served_again: self.served_again.load(Relaxed),
            decoded_again: self.decoded_again.load(Relaxed),
            rows: self.rows.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            unread: self.unread.load(Relaxed),
            points: self.points.load(Relaxed),
            throttled: Duration::from_micros(self.throttled_micros.load(Relaxed)),
            reasons: self.reasons.tally(),
        }
    }

    pub(crate) fn count_rows(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Relaxed);
    }

    pub(crate) fn count_unread(&self, values: u64) {
        self.unread.fetch_add(values, Relaxed);
    }

    /// Counts objects in an answer of an operation.
    pub(crate) fn count_objects(&self, operation: &str, objects: usize) {
        let points = quota::per_object(operation) * objects as u64;
        self.points.fetch_add(points, Relaxed);
    }

    /// Counts an answer, without the objects in it.
    pub(crate) fn count_answer(&self) {
        self.points.fetch_add(quota::PER_REQUEST, Relaxed);
    }

    pub(crate) fn count_served_again(&self) {
        self.served_again.fetch_add(1, Relaxed);
        self.exposure.note_kept();
    }

    pub(crate) fn count_decoded_again(&self) {
        self.decoded_again.fetch_add(1, Relaxed);
    }

    /// Notes the endpoint that the scan's rows come from.
    pub(crate) fn note_endpoint(&self, endpoint: &'static Endpoint) {
        self.endpoint.get_or_init(|| endpoint);
    }

    /// That endpoint, once it is decided.
    pub(crate) fn endpoint(&self) -> Option<&'static Endpoint> {
        self.endpoint.get().copied()
    }

    /// Notes what is about to be sent.
    pub(crate) fn note(&self, request: &Request) {
        if matches!(request.purpose, Purpose::Rows | Purpose::FewerRowsWillDo) {
            self.first.get_or_init(|| request.shown().into());
        }
    }

    /// The first request for rows, as it was sent, without those that list what to ask about.
    pub(crate) fn first_request(&self) -> Option<&Sanitized> {
        self.first.get()
    }

    pub(super) fn count_request(&self, purpose: Purpose, reason: Reason, repeat: bool) {
        self.reasons.count(reason);
        if purpose == Purpose::Probe {
            self.probes.fetch_add(1, Relaxed);
        } else {
            self.requests.fetch_add(1, Relaxed);
            self.retries.fetch_add(repeat.into(), Relaxed);
        }
    }

    pub(super) fn count_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Waits, and counts the time.
    pub(super) async fn pause(&self, pause: Duration) {
        let began = Instant::now();
        tokio::time::sleep(pause).await;
        self.count_pause(began.elapsed());
    }

    pub(super) fn count_pause(&self, pause: Duration) {
        self.throttled_micros
            .fetch_add(pause.as_micros() as u64, Relaxed);
    }
}
