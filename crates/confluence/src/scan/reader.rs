//! The reader: runs the chains of a scan, and hands their rows to whoever asked.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

use super::chain;
use super::companion::{self, Companion};
use super::listing::{Listing, Next};
use super::seen::Seen;
use super::targets::{self, Chain, Start};
use super::wanted::Wanted;
use crate::Error;
use crate::batch::{Batch, Value};
use crate::client::{Counters, Session, Tally};
use crate::decode::Shape;
use crate::engine::Engine;
use crate::table::Parent;

/// Batches that wait for the caller, besides one that each chain holds. It bounds what is read ahead.
const READ_AHEAD: usize = 2;

/// A read that is under way. Dropping it ends the read at once, wherever it waits.
#[derive(Debug)]
pub struct Scan {
    messages: mpsc::Receiver<Message>,
    demand: Arc<Demand>,
    counters: Arc<Counters>,
    task: AbortHandle,
    /// Whether the reader has been told that rows are wanted, and has not brought any since.
    asked: bool,
}

#[derive(Debug)]
enum Message {
    Rows(Batch),
    /// Nothing is missing.
    Complete,
    Failed(Error),
}

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
    /// Begins a read on the engine's thread. `wake` is called there whenever there is something to see;
    /// it must not block.
    pub fn start(
        engine: &Engine,
        session: Arc<Session>,
        mut wanted: Wanted,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        wanted.merge_conditions();
        let (sender, messages) = mpsc::channel(READ_AHEAD);
        let demand = Arc::new(Demand::new(wanted.eager));
        let counters = Arc::new(Counters::default());
        let reader = Reader::new(
            session,
            wanted,
            demand.clone(),
            counters.clone(),
            sender,
            Box::new(wake),
        );
        let task = engine.handle().spawn(reader.run()).abort_handle();
        Self {
            messages,
            demand,
            counters,
            task,
            asked: false,
        }
    }

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

    /// What the read has cost so far.
    pub fn tally(&self) -> Tally {
        self.counters.tally()
    }

    fn ask(&mut self) {
        if !self.asked {
            self.asked = true;
            self.demand.ask();
        }
    }

    fn take(&mut self, message: Option<Message>) -> Result<Step, Error> {
        match message {
            Some(Message::Rows(batch)) => {
                self.asked = false;
                Ok(Step::Rows(batch))
            }
            Some(Message::Complete) => Ok(Step::Complete),
            Some(Message::Failed(error)) => Err(error),
            // A reader that ends without a word has not read everything.
            None => Err(Error::Internal("it ended without a result".to_owned())),
        }
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who decides when a request may leave: the caller, row by row, or the reader, as fast as rows are taken.
#[derive(Debug)]
pub(super) struct Demand {
    eager: bool,
    asked: Semaphore,
    /// Whether the reader works for a caller who has asked.
    granted: Mutex<bool>,
}

impl Demand {
    fn new(eager: bool) -> Self {
        Self {
            eager,
            asked: Semaphore::new(0),
            granted: Mutex::new(false),
        }
    }

    /// The caller wants rows.
    fn ask(&self) {
        if !self.eager {
            self.asked.add_permits(1);
        }
    }

    /// Waits until rows are wanted. Then any number of requests may leave until rows are handed on.
    pub async fn wanted(&self) {
        if self.eager || *self.granted() {
            return;
        }
        if let Ok(permit) = self.asked.acquire().await {
            permit.forget();
        }
        *self.granted() = true;
    }

    fn satisfied(&self) {
        *self.granted() = false;
    }

    fn granted(&self) -> std::sync::MutexGuard<'_, bool> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slots that the reader itself looks at.
#[derive(Debug)]
pub(super) struct Slots {
    /// The column that tells rows of one chain apart.
    pub key: usize,
    pub sort: Option<usize>,
    /// For each condition, the slot to hold it against; None where somebody else does.
    pub conditions: Vec<Option<usize>>,
}

/// What runs on the engine's thread.
pub(super) struct Reader {
    pub session: Arc<Session>,
    pub wanted: Wanted,
    pub shape: Shape,
    pub slots: Slots,
    pub has_bodies: bool,
    pub companions: Vec<Companion>,
    pub demand: Arc<Demand>,
    pub counters: Arc<Counters>,
    /// Requests that were allowed, held against the limit.
    allowed: AtomicU64,
    /// The rows of all chains, where chains may overlap.
    across: Option<Mutex<Seen>>,
    messages: mpsc::Sender<Message>,
    /// Behind the sender, so that it rings when the channel is closed already.
    bell: Bell,
}

/// Wakes the caller up, and does so a last time when the reader is gone, for whatever reason.
struct Bell(Box<dyn Fn() + Send + Sync>);

impl Drop for Bell {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Reader {
    fn new(
        session: Arc<Session>,
        wanted: Wanted,
        demand: Arc<Demand>,
        counters: Arc<Counters>,
        messages: mpsc::Sender<Message>,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        let columns = wanted.decoded_columns();
        let slot_of = |column: usize| columns.iter().position(|&known| known == column);
        let key = wanted
            .table
            .column(wanted.table.key[0])
            .and_then(|(place, _)| slot_of(place));
        let slots = Slots {
            key: key.unwrap_or(0),
            sort: wanted.sort.and_then(|sort| slot_of(sort.column)),
            conditions: wanted
                .conditions
                .iter()
                .map(|condition| {
                    let exact = wanted
                        .table
                        .answers_exactly(&wanted.table.columns[condition.column]);
                    exact.then(|| slot_of(condition.column)).flatten()
                })
                .collect(),
        };
        Self {
            shape: Shape::new(wanted.table, &columns),
            slots,
            has_bodies: wanted.has_bodies(),
            companions: companion::of(&wanted),
            across: targets::may_overlap(&wanted).then(Mutex::default),
            allowed: AtomicU64::new(wanted.spent),
            session,
            wanted,
            demand,
            counters,
            messages,
            bell: Bell(wake),
        }
    }

    async fn run(self) {
        let message = match self.read().await {
            Ok(()) => Message::Complete,
            Err(error) => Message::Failed(error),
        };
        self.send(message).await;
    }

    async fn read(&self) -> Result<(), Error> {
        // A caller who takes rows one by one gets them from one chain after the other.
        let abreast = if self.wanted.eager {
            self.wanted.reading.max_concurrency
        } else {
            1
        };
        let read = |chain| chain::read(self, chain);
        match targets::start(&self.wanted)? {
            Start::Nothing => Ok(()),
            Start::Chains(chains) => {
                self.expect_requests(chains.len())?;
                stream::iter(chains.into_iter().map(Ok))
                    .try_for_each_concurrent(abreast, read)
                    .await
            }
            Start::Parents => {
                let listed = self.wanted.table.parent.and_then(|parent| {
                    let (key, _) = parent.table.column(parent.key)?;
                    Some((parent, key))
                });
                let Some((parent, key)) = listed else {
                    return Err(Error::Internal("no parent to list".to_owned()));
                };
                let shape = Shape::new(parent.table, &[key]);
                self.parents(parent, &shape)
                    .try_for_each_concurrent(abreast, read)
                    .await
            }
        }
    }

    /// A chain for each parent, while the parents are still being listed.
    fn parents<'r>(
        &'r self,
        parent: Parent,
        shape: &'r Shape,
    ) -> impl stream::Stream<Item = Result<Chain, Error>> + 'r {
        let target = format!(
            "{}?limit={}",
            parent.table.path, self.wanted.reading.page_size
        );
        let listing = Listing::new(
            &self.session,
            &self.counters,
            parent.table,
            shape,
            None,
            target,
        );
        stream::try_unfold(
            (listing, Seen::default()),
            |(mut listing, mut seen)| async {
                if listing.is_at_end() {
                    return Ok(None);
                }
                self.demand.wanted().await;
                self.allow_request()?;
                match listing.next().await? {
                    Next::Page(page) => {
                        let chains = chains_of(&page.batch, &mut seen);
                        Ok(Some((chains, (listing, seen))))
                    }
                    Next::End => Ok(None),
                    Next::NoSuchThing(request, said) => Err(Error::Refused {
                        request: request.label(),
                        status: 404,
                        said,
                    }),
                }
            },
        )
        .map_ok(|chains| stream::iter(chains.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
    }

    /// Says that a request is about to leave.
    pub fn allow_request(&self) -> Result<(), Error> {
        let sent = self.allowed.fetch_add(1, Relaxed) + 1;
        self.hold_against_limit(sent)
    }

    /// Says that so many requests will be needed at least.
    fn expect_requests(&self, requests: usize) -> Result<(), Error> {
        self.hold_against_limit(requests as u64)
    }

    fn hold_against_limit(&self, requests: u64) -> Result<(), Error> {
        let limit = self.wanted.reading.max_requests;
        if limit == 0 || requests <= limit {
            return Ok(());
        }
        Err(Error::RequestLimit {
            table: self.wanted.table.name,
            limit,
            at_least: requests,
        })
    }

    /// Keeps rows that no other chain has given.
    pub fn drop_rows_of_other_chains(&self, batch: &mut Batch) {
        if let Some(seen) = &self.across {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            batch.retain(|batch, row| seen.is_new(batch, row, self.slots.key));
        }
    }

    pub async fn hand_on(&self, batch: Batch) {
        self.demand.satisfied();
        self.send(Message::Rows(batch)).await;
    }

    async fn send(&self, message: Message) {
        // Without a receiver the scan is being dropped, and this task with it.
        let _ = self.messages.send(message).await;
        (self.bell.0)();
    }
}

fn chains_of(parents: &Batch, seen: &mut Seen) -> Vec<Chain> {
    (0..parents.len())
        .filter(|&row| seen.is_new(parents, row, 0))
        .filter_map(|row| match parents.value(row, 0) {
            Value::Int(id) => Some(Chain::of_listed_parent(id)),
            _ => None,
        })
        .collect()
}
