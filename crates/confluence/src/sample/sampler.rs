//! The sampler: what a look reads with.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};

use super::Sample;
use crate::Error;
use crate::batch::{Batch, Slot, Value};
use crate::http::{Counters, Reason, Reply, Request, RequestRecorder, Why};
use crate::options::Reading;
use crate::request::access_path::{Manner, access_path};
use crate::request::scan_request::{Key, PushedCondition, ScanRequest, Sort};
use crate::request::table_stats::TableStats;
use crate::scan::handle::Scan;
use crate::scan::request_budget::{RequestBudget, StatementBudget};
use crate::schema::{ColumnId, Table};
use crate::session::Session;

/// Reads a little here and there, all on one account.
pub(super) struct Sampler {
    pub session: Arc<Session>,
    pub reading: Reading,
    /// Whether the user allows fewer requests than a look may take.
    is_limited: bool,
    budget: Arc<RequestBudget>,
    /// That of the statement which looks, if there is a limit to it.
    statement: Option<Arc<StatementBudget>>,
    counters: Arc<Counters>,
}

/// What was read of a listing.
#[derive(Default)]
pub(super) struct Read {
    pub batches: Vec<Batch>,
    pub requests: u64,
    /// Whether there is no more.
    pub is_whole: bool,
}

impl Read {
    pub fn rows(&self) -> usize {
        self.batches.iter().map(Batch::len).sum()
    }
}

/// A listing that is read page by page.
pub(super) struct SampledPages {
    scan: Scan,
    counters: Arc<Counters>,
    pub read: Read,
    /// Whether no more of it may be read.
    pub is_over: bool,
}

impl Sampler {
    pub fn new(
        session: Arc<Session>,
        table: &'static Table,
        mut reading: Reading,
        most: u64,
        statement: Option<Arc<StatementBudget>>,
        recorder: RequestRecorder,
    ) -> Self {
        let is_limited = (1..most).contains(&reading.max_requests);
        if !is_limited {
            reading.max_requests = most;
        }
        Self {
            is_limited,
            session,
            reading,
            budget: Arc::new(RequestBudget::new(table, reading, 0, statement.clone())),
            statement,
            counters: Arc::new(Counters::new(recorder)),
        }
    }

    /// How many more requests may be sent.
    pub fn left(&self) -> u64 {
        self.budget.left()
    }

    /// What has been read does not tell enough. It is an error if that is for the user's limit, and a reason to go by
    /// what is usual if not.
    pub fn end(&self) -> Result<(), Error> {
        self.end_after(None)
    }

    /// The same after a look that has sent so many requests: none, where the limit does not allow the first of each chain.
    pub fn end_after(&self, sent: Option<u64>) -> Result<(), Error> {
        if self.is_limited && (self.left() == 0 || sent == Some(0)) {
            self.budget.exceed()?;
        }
        Ok(())
    }

    /// Looks at a table, at the cost of so many requests at most.
    pub fn table(
        &self,
        table: &'static Table,
        columns: Vec<ColumnId>,
        most: u64,
    ) -> BoxFuture<'_, Result<Sample, Error>> {
        async move {
            let access_path = access_path(
                table,
                &TableStats::default(),
                &[],
                Manner::default(),
                &columns,
                &self.reading,
            );
            let Some(access_path) = access_path else {
                return Err(Error::ConditionMissing {
                    table: table.name,
                    columns: table.columns_that_open_it(),
                });
            };
            if access_path.enumerates_parents {
                self.by_parents(
                    table,
                    access_path.endpoint,
                    table.sources(access_path.endpoint, self.reading.no_shortcuts),
                    columns,
                    most,
                )
                .await
            } else if access_path.endpoint.needed().next().is_some() {
                self.kinds(table, columns, most).await
            } else {
                self.listing(table, access_path.endpoint, columns, most)
                    .await
            }
        }
        .boxed()
    }

    /// A table that is listed kind by kind: what there is of the first kinds. Such tables are short.
    async fn kinds(
        &self,
        table: &'static Table,
        columns: Vec<ColumnId>,
        most: u64,
    ) -> Result<Sample, Error> {
        let mut pages = self.pages(table, &columns, Vec::new(), None);
        pages.read_up_to(most).await?;
        let read = pages.read;
        if !read.is_whole {
            self.end_after(Some(read.requests))?;
        }
        Ok(Sample {
            rows: read.rows() as f64,
            requests: (read.requests as f64).max(1.0),
            is_whole: read.is_whole,
            batches: read.batches,
            ..Sample::default()
        })
    }

    /// A listing, to be read page by page.
    pub fn pages(
        &self,
        table: &'static Table,
        columns: &[ColumnId],
        conditions: Vec<PushedCondition>,
        sort: Option<Sort>,
    ) -> SampledPages {
        let scan_request = self.wanted(table, columns, conditions, sort);
        self.sampled(scan_request, self.budget.clone())
    }

    /// A wish for all rows of a listing.
    pub fn wanted(
        &self,
        table: &'static Table,
        columns: &[ColumnId],
        conditions: Vec<PushedCondition>,
        sort: Option<Sort>,
    ) -> ScanRequest {
        // Nothing is read ahead of those who look.
        let one_by_one = Reading {
            max_concurrency: 1,
            ..self.reading
        };
        ScanRequest {
            conditions,
            sort,
            ..ScanRequest::whole(table, columns.to_vec(), one_by_one)
        }
    }

    /// The first pages of a listing, so many at most.
    pub async fn read(
        &self,
        table: &'static Table,
        columns: &[ColumnId],
        conditions: Vec<PushedCondition>,
        sort: Option<Sort>,
        most: u64,
    ) -> Result<Read, Error> {
        let scan_request = self.wanted(table, columns, conditions, sort);
        let reading = Reading {
            max_requests: most.min(self.left()),
            ..self.reading
        };
        // Nothing is left unlimited.
        if reading.max_requests == 0 {
            return Ok(Read::default());
        }
        // With a limit of its own, it is told apart whether there is more or not.
        let statement = self.statement.clone();
        let budget = Arc::new(RequestBudget::new(table, reading, 0, statement));
        let mut pages = self.sampled(scan_request, budget);
        pages.read_up_to(u64::MAX).await?;
        self.budget.charge(pages.read.requests);
        Ok(pages.read)
    }

    /// A listing, counted by itself.
    fn sampled(&self, scan_request: ScanRequest, budget: Arc<RequestBudget>) -> SampledPages {
        let counters = Arc::new(Counters::new(self.counters.recorder().clone()));
        let reason = Reason::of(Why::Sample);
        let session = self.session.clone();
        SampledPages {
            scan: Scan::among(
                session,
                scan_request,
                reason,
                counters.clone(),
                budget,
                None,
            ),
            counters,
            read: Read::default(),
            is_over: false,
        }
    }

    /// The answer to a request of its own has so many rows.
    pub fn note_rows(&self, request: Option<u64>, rows: usize) {
        self.counters.recorder().note_rows(request, rows);
    }

    /// A request of its own.
    pub async fn ask(&self, request: &Request) -> Result<Reply, Error> {
        self.budget.allow()?;
        self.session.identify(&self.counters).await?;
        self.session.get(request, &self.counters).await
    }
}

impl SampledPages {
    /// Reads on until so many requests have been sent for it, or it is over.
    pub async fn read_up_to(&mut self, requests: u64) -> Result<(), Error> {
        while !self.is_over && self.read.requests < requests {
            self.next().await?;
        }
        Ok(())
    }

    /// Reads the next page.
    pub async fn next(&mut self) -> Result<(), Error> {
        match self.scan.next().await {
            Ok(Some(batch)) => self.read.batches.push(batch),
            Ok(None) => (self.is_over, self.read.is_whole) = (true, true),
            // More of it than this is not worth a look.
            Err(Error::RequestLimit { .. }) => self.is_over = true,
            Err(error) => return Err(error),
        }
        let tally = self.counters.tally();
        self.read.requests = tally.requests - tally.retries;
        Ok(())
    }
}

/// The sum of the numbers in a slot.
pub(super) fn sum(batches: &[Batch], slot: Slot) -> f64 {
    values(batches, slot)
        .map(|value| match value {
            Value::Int(number) => number as f64,
            _ => 0.0,
        })
        .sum()
}

/// What is in a slot of all rows.
pub(super) fn values(batches: &[Batch], slot: Slot) -> impl Iterator<Item = Value<'_>> {
    batches
        .iter()
        .flat_map(move |batch| (0..batch.len()).map(move |row| batch.value(row, slot)))
}

/// The keys in some slots of all rows, where each of them is there.
pub(super) fn keys(batches: &[Batch], slots: &[Slot]) -> Vec<Vec<Key>> {
    let rows = batches
        .iter()
        .flat_map(|batch| (0..batch.len()).map(move |row| (batch, row)));
    rows.filter_map(|(batch, row)| {
        let key = |&slot: &Slot| Key::of(batch.value(row, slot));
        slots.iter().map(key).collect()
    })
    .collect()
}

/// How many rows have a text in a slot.
pub(super) fn count(batches: &[Batch], slot: Slot, text: &str) -> usize {
    values(batches, slot)
        .filter(|value| *value == Value::Text(text))
        .count()
}

/// So many of some things, or all if there are no more: evenly from the first to the last.
pub(super) fn evenly<T>(things: Vec<T>, most: usize) -> Vec<T> {
    let (all, most) = (things.len(), most.min(things.len()));
    let mut taken = 0;
    things
        .into_iter()
        .enumerate()
        .filter_map(|(place, thing)| {
            // The one in the middle of each of `most` equal parts.
            let is_next = taken < most && place * 2 * most >= (2 * taken + 1) * all - most.min(all);
            taken += usize::from(is_next);
            is_next.then_some(thing)
        })
        .collect()
}

/// Keeps so many rows, evenly.
pub(super) fn thin(batches: &mut Vec<Batch>, most: usize) {
    let all: usize = batches.iter().map(Batch::len).sum();
    if most >= all {
        return;
    }
    let mut kept = evenly((0..all).collect(), most).into_iter().peekable();
    let mut place = 0;
    for batch in batches.iter_mut() {
        batch.retain(|_, _| {
            let is_kept = kept.next_if_eq(&place).is_some();
            place += 1;
            is_kept
        });
    }
    batches.retain(|batch| !batch.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_spread_evenly() {
        assert_eq!(evenly((0..10).collect(), 10), (0..10).collect::<Vec<_>>());
        assert_eq!(evenly((0..10).collect(), 20), (0..10).collect::<Vec<_>>());
        assert_eq!(evenly((0..100).collect(), 0), Vec::<i32>::new());
        for (all, most) in [(100, 5), (500, 20), (7, 3), (2_500, 249)] {
            let taken = evenly((0..all).collect(), most);
            assert_eq!(taken.len(), most, "{all} {most}");
            let (first, last) = (taken[0], all - 1 - taken[most - 1]);
            assert!(first <= all / most && last <= all / most, "{taken:?}");
        }
    }
}
