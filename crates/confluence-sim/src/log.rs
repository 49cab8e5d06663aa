//! What was asked, for tests to read.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Instant;

use crate::lock::Lock;
use crate::server::consent;
use crate::server::entrance::Entrance;

/// A request that the stand-in received.
#[derive(Clone, Debug)]
pub struct Request {
    pub entrance: Entrance,
    pub method: String,
    /// Without what stands before `/wiki` at the gateway.
    pub path: String,
    /// As it was sent, but for the same.
    pub path_and_query: String,
    /// Decoded, in the order they were sent; empty where it could not be decoded.
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// The operation that answers to the path, by the name the API's documents give it.
    pub operation: Option<&'static str>,
    pub route: Route,
    /// Which page of its chain it asked for, from 1.
    pub page: u32,
    /// None as long as there is no answer, and where none was given.
    pub status: Option<u16>,
    /// Bytes of the answer's body, as they were to be sent.
    pub bytes: usize,
    pub received: Instant,
    pub answered: Option<Instant>,
    pub connection: u64,
}

impl Request {
    /// The first value of a (decoded) parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether it asks without a credential who one is: by which a client sees whether nobody sees anything.
    pub fn asks_as_nobody(&self) -> bool {
        self.operation == Some("getUserCurrentV1") && self.header("authorization").is_none()
    }

    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The question who one is, by which a client sees that it was recognised, by which id the gateway knows the site,
    /// or for which sites a token is good.
    Probe,
    Token,
    /// A browser, on its way to somebody's consent.
    Consent,
    /// Everything else that an operation answers to.
    Data,
    /// Nothing answers to the path.
    Unknown,
}

impl Route {
    pub(crate) fn of(entrance: Entrance, path: &str, operation: Option<&str>) -> Self {
        match operation {
            _ if entrance == Entrance::Token => Self::Token,
            _ if entrance == Entrance::Consent => Self::Consent,
            _ if path == consent::RESOURCES => Self::Probe,
            Some("getUserCurrentV1" | "tenantInfo") => Self::Probe,
            Some(_) => Self::Data,
            None => Self::Unknown,
        }
    }
}

pub(crate) struct Log {
    pub keeps: bool,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// The number of the first entry; numbers are never given twice, so that a late answer finds its own entry or none.
    first: u64,
    entries: VecDeque<Request>,
}

impl Log {
    pub(crate) fn new(keeps: bool) -> Self {
        Self {
            keeps,
            entries: Mutex::default(),
        }
    }

    /// Writes a request down, and returns by which number its answer finds it.
    pub(crate) fn enter(&self, request: Request) -> u64 {
        let mut log = self.entries.hold();
        log.entries.push_back(request);
        log.first + log.entries.len() as u64 - 1
    }

    pub(crate) fn answered(&self, number: u64, status: u16, bytes: usize) {
        let mut log = self.entries.hold();
        let place = number.checked_sub(log.first);
        if let Some(entry) = place.and_then(|place| log.entries.get_mut(place as usize)) {
            entry.status = Some(status);
            entry.bytes = bytes;
            entry.answered = Some(Instant::now());
        }
    }

    pub(crate) fn clear(&self) {
        let mut log = self.entries.hold();
        log.first += log.entries.len() as u64;
        log.entries.clear();
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.entries.hold().entries.iter().cloned().collect()
    }
}
