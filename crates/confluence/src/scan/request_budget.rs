//! Budgets of requests: that which all readers of a scan share, and that which all scans of a statement share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Error;
use crate::options::Reading;
use crate::schema::Table;

/// What all scans of a statement share, at whatever sites.
#[derive(Debug)]
pub struct StatementBudget {
    limit: u64,
    /// Requests that were allowed.
    allowed: AtomicU64,
}

impl StatementBudget {
    /// For so many requests.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            allowed: AtomicU64::new(0),
        }
    }

    /// How many more requests may leave.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.allowed.load(Relaxed))
    }

    /// The error where a table, or something that is none, needs more requests than there are.
    pub fn exceeded(&self, table: Option<&'static Table>) -> Error {
        Error::StatementLimit {
            table: table.map(|table| table.name),
            limit: self.limit,
        }
    }

    /// Says that a request for a table, or for something that is none, is about to leave.
    pub(crate) fn allow(&self, table: Option<&'static Table>) -> Result<(), Error> {
        let allowed = self.allowed.fetch_add(1, Relaxed) + 1;
        match allowed <= self.limit {
            true => Ok(()),
            false => Err(self.exceeded(table)),
        }
    }

    /// Says that so many more requests for a table will be needed at least.
    fn expect(&self, table: &'static Table, requests: u64) -> Result<(), Error> {
        match requests <= self.left() {
            true => Ok(()),
            false => Err(self.exceeded(Some(table))),
        }
    }
}

/// What all readers of a scan share.
pub(crate) struct RequestBudget {
    /// The scan's table, which messages name.
    table: &'static Table,
    limit: u64,
    /// Requests that were allowed, held against the limit.
    allowed: AtomicU64,
    /// That of the statement which the scan is a part of, if there is a limit to it.
    statement: Option<Arc<StatementBudget>>,
    /// A place for each request that may be under way at one time.
    places: Semaphore,
}

impl RequestBudget {
    /// What is left for reading a table, where so many requests have been sent before.
    pub fn new(
        table: &'static Table,
        reading: Reading,
        spent: u64,
        statement: Option<Arc<StatementBudget>>,
    ) -> Self {
        Self {
            statement,
            table,
            limit: reading.max_requests,
            allowed: AtomicU64::new(spent),
            places: Semaphore::new(reading.max_concurrency),
        }
    }

    /// Says that a request is about to leave.
    pub fn allow(&self) -> Result<(), Error> {
        self.expect(self.allowed.fetch_add(1, Relaxed) + 1)?;
        match &self.statement {
            Some(statement) => statement.allow(Some(self.table)),
            None => Ok(()),
        }
    }

    /// Says that so many requests will be needed at least, from now on, and that all of them will be sent.
    pub fn expect_all(&self, requests: u64) -> Result<(), Error> {
        match &self.statement {
            Some(statement) => statement.expect(self.table, requests),
            None => Ok(()),
        }
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
