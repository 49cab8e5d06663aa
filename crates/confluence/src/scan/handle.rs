//! The handle of a scan: what whoever asked for rows holds, while a reader works for it on the network thread.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::ahead::Ahead;
use super::demand::Demand;
use crate::batch::Batch;
use crate::http::{Counters, Tally};
use crate::schema::Endpoint;
use crate::{Error, Sanitized};

/// A read that is under way. Dropping it ends the read at once, wherever it waits.
#[derive(Debug)]
pub struct Scan {
    pub(super) messages: mpsc::Receiver<Told>,
    pub(super) demand: Arc<Demand>,
    pub(super) counters: Arc<Counters>,
    pub(super) task: AbortHandle,
    /// Whether the reader has been told that rows are wanted, and has not brought any since.
    pub(super) asked: bool,
}

/// What a reader tells.
#[derive(Debug)]
pub(super) enum ReaderMessage {
    Rows(Batch),
    /// Nothing is missing.
    Complete,
    Failed(Error),
}

/// What a reader has told, with the room that it takes until it is taken.
pub(super) type Told = (ReaderMessage, Ahead);

/// What a look at a scan shows.
#[derive(Debug)]
pub enum Step {
    /// Rows.
    Rows(Batch),
    /// There are no more rows, and none is missing.
    Complete,
    /// Nothing yet; the scan's `wake` will be called.
    Pending,
}

impl Scan {
    /// Looks whether there are rows, without waiting. Looking tells the reader that rows are wanted.
    ///
    /// # Errors
    /// Once the read has failed. Then it is over.
    pub fn look(&mut self) -> Result<Step, Error> {
        match self.messages.try_recv() {
            Ok(message) => self.take(Some(message)),
            Err(mpsc::error::TryRecvError::Disconnected) => self.take(None),
            Err(mpsc::error::TryRecvError::Empty) => {
                self.ask();
                Ok(Step::Pending)
            }
        }
    }

    /// Waits for the next rows; None when there are no more. For callers that can afford to block.
    ///
    /// # Errors
    /// If the read fails.
    pub fn next_blocking(&mut self) -> Result<Option<Batch>, Error> {
        self.ask();
        let message = self.messages.blocking_recv();
        match self.take(message)? {
            Step::Rows(batch) => Ok(Some(batch)),
            Step::Complete | Step::Pending => Ok(None),
        }
    }

    /// Waits for the next rows; None when there are no more.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, Error> {
        self.ask();
        let message = self.messages.recv().await;
        match self.take(message)? {
            Step::Rows(batch) => Ok(Some(batch)),
            Step::Complete | Step::Pending => Ok(None),
        }
    }

    /// What the read has cost so far.
    pub fn tally(&self) -> Tally {
        self.counters.tally()
    }

    /// The endpoint that the rows come from, once that is decided.
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        self.counters.endpoint()
    }

    /// The first request for rows of the table, as it was sent; None where none was. Requests that only list what to ask
    /// about do not count.
    pub fn first_request(&self) -> Option<&Sanitized> {
        self.counters.first_request()
    }

    /// Tells the reader that rows are wanted.
    pub fn ask(&mut self) {
        if !self.asked {
            self.asked = true;
            self.demand.ask();
        }
    }

    fn take(&mut self, told: Option<Told>) -> Result<Step, Error> {
        match told.map(|(message, _)| message) {
            Some(ReaderMessage::Rows(batch)) => {
                self.asked = false;
                self.demand.took(batch.len());
                Ok(Step::Rows(batch))
            }
            Some(ReaderMessage::Complete) => Ok(Step::Complete),
            Some(ReaderMessage::Failed(error)) => Err(error),
            // A reader that ends without a word has not read everything.
            None => Err(Error::Internal("it ended without a result".into())),
        }
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Wakes the caller up, and does so a last time when the reader is gone, for whatever reason.
pub(super) struct WakeOnDrop(pub Box<dyn Fn() + Send + Sync>);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}
