//! The request log: the latest requests, each with its reason and with what became of it.
//!
//! Whoever sends writes, on the network thread; whoever wants to know reads, on any. It is bounded in number and in bytes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::{Mutex, MutexGuard};

use super::request::Request;
use super::why::Reason;
use crate::Sanitized;

/// So many requests are kept, and as many that nothing was sent for.
const MOST: usize = 1_000;

/// The bytes that either of them take at most.
const MOST_BYTES: usize = 512 << 10;

/// The latest requests of any number of scans.
#[derive(Debug, Default)]
pub struct RequestLog {
    state: Mutex<LogState>,
    /// Whether somebody wants to be told of each request that begins now.
    is_followed: AtomicBool,
}

#[derive(Debug, Default)]
struct LogState {
    begun: u64,
    /// How many requests have left.
    left: u64,
    sent: Entries,
    /// What came out of caches: there may be very many of them, and they are not to push out what was sent.
    cached: Entries,
}

/// Requests by their numbers, the oldest first.
#[derive(Debug, Default)]
struct Entries {
    entries: VecDeque<(u64, LoggedRequest)>,
    bytes: usize,
}

/// On whose account requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestOrigin {
    /// The server's name.
    pub server: String,
    /// The scan, as the caller numbers its scans.
    pub scan: Option<u64>,
    /// Who reads, as the caller numbers those who do.
    pub reader: u32,
}

/// Whoever answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServedBy {
    /// The site, at its own address.
    Site,
    /// Atlassian's gateway.
    Gateway,
    /// The place where tokens are issued.
    TokenEndpoint,
    /// The statement's cache. Nothing was sent.
    StatementCache,
}

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// Nothing yet.
    UnderWay,
    /// There is an answer, whatever it says.
    Answered,
    /// Nobody waits for the answer any more.
    Cancelled,
    /// The host was not reached.
    Unreachable,
    /// There was no answer in time.
    TimedOut,
    /// The connection broke.
    BrokenOff,
    /// The answer takes more memory than it may.
    TooLarge,
}

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    /// On whose account.
    pub origin: Arc<RequestOrigin>,
    /// Why.
    pub reason: Reason,
    /// The method of HTTP.
    pub method: &'static str,
    /// The path and the query. What was POSTed is not kept.
    pub path: Sanitized,
    /// Who was to answer.
    pub served_by: ServedBy,
    /// When it left.
    pub sent_at: SystemTime,
    /// What has become of it.
    pub outcome: RequestOutcome,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How long it took until that was known.
    pub took: Option<Duration>,
    /// Bytes of the answer, unpacked.
    pub bytes: Option<u64>,
    /// Rows in it, where it is one with rows.
    pub rows: Option<u64>,
    began: Instant,
    /// Whether nobody waits to be told of it.
    is_told: bool,
}

impl ServedBy {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            ServedBy::Site => "site",
            ServedBy::Gateway => "gateway",
            ServedBy::TokenEndpoint => "token endpoint",
            ServedBy::StatementCache => "statement cache",
        }
    }
}

impl RequestOutcome {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            RequestOutcome::UnderWay => "under way",
            RequestOutcome::Answered => "answered",
            RequestOutcome::Cancelled => "cancelled",
            RequestOutcome::Unreachable => "unreachable",
            RequestOutcome::TimedOut => "timed out",
            RequestOutcome::BrokenOff => "broken off",
            RequestOutcome::TooLarge => "too large",
        }
    }
}

impl LoggedRequest {
    fn size(&self) -> usize {
        // Scans that are run again have an origin for each run.
        size_of::<(u64, Self)>()
            + self.path.len()
            + size_of::<RequestOrigin>()
            + self.origin.server.len()
    }
}

impl Entries {
    fn add(&mut self, number: u64, entry: LoggedRequest) {
        self.bytes += entry.size();
        self.entries.push_back((number, entry));
        while self.entries.len() > MOST || self.bytes > MOST_BYTES {
            let Some((_, oldest)) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= oldest.size();
        }
    }

    /// The request of a number, if it is still kept.
    fn entry(&mut self, number: u64) -> Option<&mut LoggedRequest> {
        let place = self.entries.binary_search_by_key(&number, |entry| entry.0);
        Some(&mut self.entries[place.ok()?].1)
    }
}

impl RequestLog {
    /// How many requests have left since there is the log.
    pub fn sent(&self) -> u64 {
        self.state().left
    }

    /// The requests that are kept, in the order in which they left.
    pub fn latest(&self) -> Vec<LoggedRequest> {
        let state = self.state();
        let mut all: Vec<_> = state.sent.entries.iter().cloned().collect();
        all.extend(state.cached.entries.iter().cloned());
        drop(state);
        all.sort_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Whether somebody wants to be told of each request that begins from now on, by [`RequestLog::untold`].
    pub fn follow(&self, is_followed: bool) {
        self.is_followed.store(is_followed, Relaxed);
    }

    /// The requests that have come to an end, and have not been told of, in the order in which they left.
    pub fn untold(&self) -> Vec<LoggedRequest> {
        if !self.is_followed.load(Relaxed) {
            return Vec::new();
        }
        let mut state = self.state();
        let LogState { sent, cached, .. } = &mut *state;
        let all = sent.entries.iter_mut().chain(&mut cached.entries);
        let mut ended: Vec<(u64, LoggedRequest)> = all
            .filter(|(_, entry)| !entry.is_told && entry.outcome != RequestOutcome::UnderWay)
            .map(|(number, entry)| {
                entry.is_told = true;
                (*number, entry.clone())
            })
            .collect();
        drop(state);
        ended.sort_by_key(|(number, _)| *number);
        ended.into_iter().map(|(_, entry)| entry).collect()
    }

    fn state(&self) -> MutexGuard<'_, LogState> {
        self.state.lock()
    }
}

/// What writes into a log, on somebody's account.
#[derive(Clone, Debug)]
pub struct RequestRecorder {
    log: Arc<RequestLog>,
    origin: Arc<RequestOrigin>,
}

impl RequestRecorder {
    /// Requests go into this log, on this account.
    pub fn new(log: Arc<RequestLog>, origin: RequestOrigin) -> Self {
        Self {
            log,
            origin: Arc::new(origin),
        }
    }

    /// A request leaves now.
    pub(super) fn send(
        &self,
        reason: Reason,
        method: &'static str,
        path: &Sanitized,
        served_by: ServedBy,
    ) -> OpenEntry {
        let entry = self.entry(reason, method, path.clone(), served_by);
        let mut state = self.log.state();
        let number = state.number();
        state.left += 1;
        state.sent.add(number, entry);
        OpenEntry {
            log: self.log.clone(),
            number,
            is_over: false,
        }
    }

    /// A request need not leave: a cache has the answer, or its rows. Gives its number.
    pub(crate) fn serve(
        &self,
        request: &Request,
        status: u16,
        bytes: Option<usize>,
        rows: Option<usize>,
    ) -> u64 {
        let Request { reason, .. } = *request;
        let (method, path) = (request.method(), request.path());
        let entry = LoggedRequest {
            outcome: RequestOutcome::Answered,
            status: Some(status),
            bytes: bytes.map(|bytes| bytes as u64),
            rows: rows.map(|rows| rows as u64),
            ..self.entry(reason, method, path, ServedBy::StatementCache)
        };
        let mut state = self.log.state();
        let number = state.number();
        state.cached.add(number, entry);
        number
    }

    /// The answer to a request has so many rows.
    pub(crate) fn note_rows(&self, number: Option<u64>, rows: usize) {
        let Some(number) = number else { return };
        let mut state = self.log.state();
        let LogState { sent, cached, .. } = &mut *state;
        if let Some(entry) = sent.entry(number).or_else(|| cached.entry(number)) {
            entry.rows = Some(rows as u64);
        }
    }

    fn entry(
        &self,
        reason: Reason,
        method: &'static str,
        path: Sanitized,
        served_by: ServedBy,
    ) -> LoggedRequest {
        LoggedRequest {
            origin: self.origin.clone(),
            reason,
            method,
            path,
            served_by,
            sent_at: SystemTime::now(),
            outcome: RequestOutcome::UnderWay,
            status: None,
            took: None,
            bytes: None,
            rows: None,
            began: Instant::now(),
            is_told: !self.log.is_followed.load(Relaxed),
        }
    }
}

impl LogState {
    fn number(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }
}

/// A request that is under way. Nobody waits for its answer any more when this is dropped before it has come.
pub(super) struct OpenEntry {
    log: Arc<RequestLog>,
    number: u64,
    is_over: bool,
}

impl OpenEntry {
    /// The answer is there. Gives the request's number.
    pub fn answer(mut self, status: u16, bytes: usize) -> u64 {
        self.end(RequestOutcome::Answered, Some(status), Some(bytes));
        self.number
    }

    /// There is no answer.
    pub fn fail(mut self, outcome: RequestOutcome) {
        self.end(outcome, None, None);
    }

    fn end(&mut self, outcome: RequestOutcome, status: Option<u16>, bytes: Option<usize>) {
        self.is_over = true;
        let mut state = self.log.state();
        if let Some(entry) = state.sent.entry(self.number) {
            entry.took = Some(entry.began.elapsed());
            entry.outcome = outcome;
            entry.status = status;
            entry.bytes = bytes.map(|bytes| bytes as u64);
        }
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        if !self.is_over {
            self.end(RequestOutcome::Cancelled, None, None);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::why::Why;
    use super::*;

    /// A recorder whose log nobody reads.
    pub(crate) fn recorder() -> RequestRecorder {
        recorder_into(&Arc::default())
    }

    fn recorder_into(log: &Arc<RequestLog>) -> RequestRecorder {
        let origin = RequestOrigin {
            server: "site".to_owned(),
            scan: Some(1),
            reader: 10,
        };
        RequestRecorder::new(log.clone(), origin)
    }

    const FIRST: Reason = Reason::of(Why::FirstPage);

    fn send(recorder: &RequestRecorder, path: &str) -> OpenEntry {
        let path = Sanitized::within(path, usize::MAX / 2);
        recorder.send(FIRST, "GET", &path, ServedBy::Site)
    }

    fn request(target: &str) -> Request {
        Request::probe(Why::FirstPage, target, "")
    }

    fn shown(log: &RequestLog) -> Vec<(String, RequestOutcome, Option<u16>)> {
        let entries = log.latest().into_iter();
        entries
            .map(|entry| (entry.path.to_string(), entry.outcome, entry.status))
            .collect()
    }

    #[test]
    fn what_becomes_of_a_request_is_told() {
        let log = Arc::new(RequestLog::default());
        let recorder = recorder_into(&log);
        let answered = send(&recorder, "/a");
        let _open = send(&recorder, "/b");
        drop(send(&recorder, "/c"));
        send(&recorder, "/d").fail(RequestOutcome::TimedOut);
        let number = answered.answer(404, 7);
        recorder.note_rows(Some(number), 3);
        let cached = recorder.serve(&request("/e"), 200, Some(9), None);
        recorder.note_rows(Some(cached), 4);
        let expected = [
            ("/a", RequestOutcome::Answered, Some(404)),
            ("/b", RequestOutcome::UnderWay, None),
            ("/c", RequestOutcome::Cancelled, None),
            ("/d", RequestOutcome::TimedOut, None),
            ("/e", RequestOutcome::Answered, Some(200)),
        ]
        .map(|(path, outcome, status)| (path.to_owned(), outcome, status));
        assert_eq!(shown(&log), expected);
        let sizes: Vec<_> = log.latest().iter().map(|e| (e.bytes, e.rows)).collect();
        assert_eq!(sizes[0], (Some(7), Some(3)));
        assert_eq!(sizes[4], (Some(9), Some(4)));
    }

    #[test]
    fn the_log_is_bounded_in_number_and_in_bytes() {
        let log = Arc::new(RequestLog::default());
        let recorder = recorder_into(&log);
        let oldest = send(&recorder, "/oldest");
        for number in 0..MOST {
            send(&recorder, &format!("/{number}")).answer(200, 1);
        }
        assert_eq!(log.latest().len(), MOST);
        assert_eq!(log.latest()[0].path.as_str(), "/0");
        // What is forgotten can still end.
        let number = oldest.answer(200, 1);
        recorder.note_rows(Some(number), 1);
        // Caches push out nothing that was sent.
        for _ in 0..3 * MOST {
            recorder.serve(&request("/"), 200, None, Some(1));
        }
        assert_eq!(log.latest().len(), 2 * MOST);
        assert_eq!(log.latest()[0].path.as_str(), "/0");
        let long = "x".repeat(10_000);
        for _ in 0..MOST {
            send(&recorder, &long).answer(200, 1);
        }
        let sent = log.state().sent.entries.len();
        assert!((40..60).contains(&sent), "{sent}");
        let of_entries = |entries: &Entries| -> usize {
            let sizes = entries.entries.iter().map(|(_, entry)| entry.size());
            sizes.sum()
        };
        let state = log.state();
        assert_eq!(state.sent.bytes, of_entries(&state.sent));
        assert!(state.sent.bytes <= MOST_BYTES);
        assert_eq!(state.cached.bytes, of_entries(&state.cached));
    }

    #[test]
    fn who_follows_is_told_of_each_request_once_when_it_has_ended() {
        let log = Arc::new(RequestLog::default());
        let recorder = recorder_into(&log);
        let untold = |log: &RequestLog| -> Vec<String> {
            let untold = log.untold().into_iter();
            untold.map(|entry| entry.path.to_string()).collect()
        };
        send(&recorder, "/before").answer(200, 1);
        assert_eq!(untold(&log), [""; 0]);
        log.follow(true);
        let open = send(&recorder, "/a");
        send(&recorder, "/b").answer(200, 1);
        recorder.serve(&request("/c"), 200, None, None);
        assert_eq!(untold(&log), ["/b", "/c"]);
        assert_eq!(untold(&log), [""; 0]);
        drop(open);
        assert_eq!(untold(&log), ["/a"]);
        log.follow(false);
        send(&recorder, "/d").answer(200, 1);
        log.follow(true);
        assert_eq!(untold(&log), [""; 0]);
    }
}
