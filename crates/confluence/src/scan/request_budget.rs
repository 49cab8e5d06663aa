//! The budget of requests that all readers of a scan share.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Error;
use crate::options::Reading;
use crate::schema::Table;

/// What all readers of a scan share.
pub(crate) struct RequestBudget {
    /// The scan's table, which messages name.
    table: &'static Table,
    limit: u64,
    /// Requests that were allowed, held against the limit.
    allowed: AtomicU64,
    /// A place for each request that may be under way at one time.
    places: Semaphore,
}

impl RequestBudget {
    /// What is left for reading a table, where so many requests have been sent before.
    pub fn new(table: &'static Table, reading: Reading, spent: u64) -> Self {
        Self {
            table,
            limit: reading.max_requests,
            allowed: AtomicU64::new(spent),
            places: Semaphore::new(reading.max_concurrency),
        }
    }

    /// Says that a request is about to leave.
    pub fn allow(&self) -> Result<(), Error> {
        self.expect(self.allowed.fetch_add(1, Relaxed) + 1)
    }

    /// Says that more requests would be needed than may leave.
    pub fn exceed(&self) -> Result<(), Error> {
        self.expect(self.limit + 1)
    }

    /// Says that so many requests have left that were allowed elsewhere.
    pub fn charge(&self, requests: u64) {
        self.allowed.fetch_add(requests, Relaxed);
    }

    /// A place among those that are under way, as soon as there is one.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.acquire().await.ok()
    }

    /// How many more requests may leave.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.allowed.load(Relaxed))
    }

    /// Says that so many requests will be needed at least.
    pub fn expect(&self, requests: u64) -> Result<(), Error> {
        if self.limit == 0 || requests <= self.limit {
            return Ok(());
        }
        Err(Error::RequestLimit {
            table: self.table.name,
            limit: self.limit,
            at_least: requests,
        })
    }
}
