//! The reader: runs the chains of a scan, and hands their rows to whoever asked.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{TryStreamExt, stream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

use super::answers::{Form, Served};
use super::chain;
use super::held::Held;
use super::seen::Seen;
use super::sharing::Sharing;
use super::sizes::Sizes;
use super::sources;
use super::split;
use super::targets::{self, Start};
use super::wanted::Wanted;
use crate::Error;
use crate::batch::Batch;
use crate::client::{Counters, Reply, Request, Session, Tally};
use crate::decode::Page;
use crate::engine::Engine;
use crate::options::Reading;
use crate::table::{Source, Table};

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
        wanted: Wanted,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::start_in(None, engine, session, wanted, wake)
    }

    /// The same as a scan of a statement, which has announced it.
    pub fn start_in(
        sharing: Option<Sharing>,
        engine: &Engine,
        session: Arc<Session>,
        mut wanted: Wanted,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        wanted.merge_conditions();
        let (sender, messages) = mpsc::channel(READ_AHEAD);
        let demand = Arc::new(Demand::new(wanted.eager));
        let counters = Arc::new(Counters::default());
        let budget = Arc::new(Budget::new(wanted.table, wanted.reading, wanted.spent));
        let reader = Reader::new(
            session,
            wanted,
            demand.clone(),
            counters.clone(),
            budget,
            sender,
            Some(Bell(Box::new(wake))),
        )
        .sharing(sharing);
        let task = engine.handle().spawn(reader.run()).abort_handle();
        Self {
            messages,
            demand,
            counters,
            task,
            asked: false,
        }
    }

    /// Begins a read that is a part of another one, on whose account it goes. Only on the engine's thread.
    pub(super) fn among(
        session: Arc<Session>,
        wanted: Wanted,
        counters: Arc<Counters>,
        budget: Arc<Budget>,
        sharing: Option<Sharing>,
    ) -> Self {
        let (sender, messages) = mpsc::channel(READ_AHEAD);
        let demand = Arc::new(Demand::new(wanted.eager));
        let reader = Reader::new(
            session,
            wanted,
            demand.clone(),
            counters.clone(),
            budget,
            sender,
            None,
        )
        .sharing(sharing);
        // A task of its own, so that it goes on while whoever began it waits for something else.
        Self {
            messages,
            demand,
            counters,
            task: tokio::spawn(reader.run()).abort_handle(),
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

    /// Waits for the next rows; None when there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, Error> {
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

    /// Tells the reader that rows are wanted.
    pub fn ask(&mut self) {
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
            None => Err(Error::Internal("it ended without a result".into())),
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
    /// The columns that tell rows of all chains apart.
    pub whole_key: Vec<usize>,
    pub sort: Option<usize>,
    /// For each window, the slot to hold it against.
    pub windows: Vec<usize>,
    /// For each condition, the slot to hold it against; None where somebody else does.
    pub conditions: Vec<Option<usize>>,
}

/// What runs on the engine's thread: one for a scan, and one for each table that has to be listed for it.
pub(super) struct Reader {
    pub session: Arc<Session>,
    pub wanted: Wanted,
    /// The columns that are decoded, by their places in the table: those that are wanted come first.
    pub columns: Vec<usize>,
    pub slots: Slots,
    pub has_bodies: bool,
    pub demand: Arc<Demand>,
    pub counters: Arc<Counters>,
    budget: Arc<Budget>,
    sharing: Option<Sharing>,
    /// Whether what it reads is read in another place of the statement, too.
    pub is_read_again: bool,
    /// Whether its rows are the scan's, and not those of a table that is listed for it.
    is_outermost: bool,
    /// The rows of all chains, where chains may overlap.
    across: OnceLock<Mutex<Seen>>,
    /// Rows that wait until it is sure whose they are.
    held: Held,
    messages: mpsc::Sender<Message>,
    /// Behind the sender, so that it rings when the channel is closed already.
    bell: Bell,
}

/// What all readers of a scan share.
pub(super) struct Budget {
    /// The scan's table, which messages name.
    table: &'static Table,
    limit: u64,
    /// Requests that were allowed, held against the limit.
    allowed: AtomicU64,
    /// A place for each request that may be under way at one time.
    places: Semaphore,
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
        budget: Arc<Budget>,
        messages: mpsc::Sender<Message>,
        bell: Option<Bell>,
    ) -> Self {
        let table = wanted.table;
        let columns = wanted.decoded_columns();
        let slot_of = |column: usize| columns.iter().position(|&known| known == column);
        let place_of = |name: &&str| Some(table.column(name)?.0);
        let whole_key: Vec<usize> = match table.key {
            [] => table.distinct_by(table.main()),
            key => key.iter().filter_map(place_of).collect(),
        };
        let slots = Slots {
            whole_key: whole_key
                .into_iter()
                .chain(wanted.columns_asked_roughly())
                .filter_map(slot_of)
                .collect(),
            sort: wanted.sort.and_then(|sort| slot_of(sort.column)),
            windows: wanted
                .windows
                .iter()
                .filter_map(|(column, _)| slot_of(*column))
                .collect(),
            conditions: wanted
                .conditions
                .iter()
                .map(|condition| {
                    let exact = table.answers_exactly(&table.columns[condition.column]);
                    exact.then(|| slot_of(condition.column)).flatten()
                })
                .collect(),
        };
        Self {
            slots,
            columns,
            has_bodies: wanted.has_bodies(),
            sharing: None,
            is_read_again: false,
            across: OnceLock::new(),
            session,
            wanted,
            demand,
            counters,
            budget,
            is_outermost: bell.is_some(),
            held: Held::default(),
            messages,
            bell: bell.unwrap_or_else(|| Bell(Box::new(|| ()))),
        }
    }

    /// As a part of a statement.
    fn sharing(mut self, sharing: Option<Sharing>) -> Self {
        let table = self.wanted.table;
        self.is_read_again = sharing.as_ref().is_some_and(|s| s.is_read_again(table));
        self.sharing = sharing;
        self
    }

    /// Begins a read of a table that this one's chains come from, with further columns of it.
    pub fn start_source(&self, source: &Source, further: &[&str]) -> Scan {
        let theirs = source.columns.iter().map(|(_, theirs)| *theirs);
        let columns = theirs.chain(further.iter().copied());
        let mut wanted = Wanted {
            table: source.table,
            columns: columns
                .filter_map(|name| Some(source.table.column(name)?.0))
                .collect(),
            conditions: targets::conditions_on_source(&self.wanted, source),
            listed: None,
            sort: None,
            range: None,
            windows: Vec::new(),
            enough: None,
            expected_rows: None,
            sizes: Sizes::default(),
            eager: self.wanted.eager,
            reading: self.wanted.reading,
            spent: self.wanted.spent,
        };
        wanted.merge_conditions();
        Scan::among(
            self.session.clone(),
            wanted,
            self.counters.clone(),
            self.budget.clone(),
            self.sharing.clone(),
        )
    }

    fn run(self) -> BoxFuture<'static, ()> {
        async move { self.read_and_tell().await }.boxed()
    }

    async fn read_and_tell(&self) {
        let message = match self.read_and_prove().await {
            Ok(()) => Message::Complete,
            Err(error) => Message::Failed(error),
        };
        self.tell(message).await;
    }

    /// Reads everything that is wanted. It is the account's own, or an error.
    async fn read_and_prove(&self) -> Result<(), Error> {
        self.read().await?;
        match self.is_outermost {
            true => self.release().await,
            false => Ok(()),
        }
    }

    /// Reads everything that is wanted.
    async fn read(&self) -> Result<(), Error> {
        let read = |chain| chain::read(self, chain);
        if targets::may_overlap(&self.wanted) {
            self.expect_overlaps();
        }
        match targets::start(&self.wanted)? {
            Start::Nothing => Ok(()),
            Start::Chains(chains) => {
                // What came before takes no request.
                if !self.is_read_again {
                    self.budget.expect(chains.count_of_all())?;
                }
                stream::iter(chains.map(Ok))
                    .try_for_each_concurrent(self.abreast(), read)
                    .await
            }
            Start::Split(chain, split) => split::read(self, chain, split).await,
            Start::Listed(endpoint) => {
                sources::chains(self, endpoint)?
                    .try_for_each_concurrent(self.abreast(), read)
                    .await
            }
        }
    }

    /// How many chains are read side by side. A caller who takes rows one by one gets them from one chain
    /// after the other.
    pub fn abreast(&self) -> usize {
        if self.wanted.eager {
            self.wanted.reading.max_concurrency
        } else {
            1
        }
    }

    /// The slot of a column.
    pub fn slot(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|&known| known == column)
    }

    /// The answer to a request, which is sent unless the statement has had the answer before.
    pub async fn send(&self, request: &Request, form: &Form) -> Result<Served, Error> {
        let Some(sharing) = self.sharing.as_ref().filter(|_| self.is_read_again) else {
            return Ok(Served::Reply(self.ask(request).await?));
        };
        let ask = self.ask(request);
        let (served, came_before) = sharing.answer(&self.session, request, form, ask).await?;
        if came_before {
            self.counters.count_served_again();
        }
        Ok(served)
    }

    /// The rows of an answer that has come before, which is thus not decoded a third time.
    pub fn came_again(&self, request: &Request, form: &Form, page: &Page) {
        self.counters.count_decoded_again();
        if let Some(sharing) = &self.sharing {
            sharing.keep_page(&self.session, request, form, page);
        }
    }

    /// Sends a request, if there may be one more, and when fewer are under way than are allowed at one time.
    async fn ask(&self, request: &Request) -> Result<Reply, Error> {
        self.budget.allow()?;
        let _place = self.budget.places.acquire().await;
        self.session.get(request, &self.counters).await
    }

    /// Keeps rows that no other chain has given.
    ///
    /// # Errors
    /// If there is no memory for their keys.
    pub fn drop_rows_of_other_chains(&self, batch: &mut Batch) -> Result<(), crate::Budget> {
        if let Some(seen) = self.across.get() {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.reserve(batch.len())?;
            batch.retain(|batch, row| seen.is_new(batch, row, &self.slots.whole_key));
        }
        Ok(())
    }

    /// From now on, rows are told apart over all chains.
    pub fn expect_overlaps(&self) {
        self.across.get_or_init(Mutex::default);
    }

    /// Notes how many rows the site sent.
    pub fn count_rows(&self, rows: usize) {
        if self.is_outermost {
            self.counters.count_rows(rows);
        }
    }

    /// Hands rows on. Where it is not sure yet that they are the account's own, they wait for the site to say so: each page
    /// for itself where the caller takes rows one by one and may stop at any of them, else several together.
    ///
    /// # Errors
    /// If they are not, or the site does not say so.
    pub async fn hand_on(&self, batch: Batch) -> Result<(), Error> {
        if self.is_outermost && (self.held.is_any() || self.session.is_unproven(&self.counters)) {
            let is_enough = self.held.add(batch);
            return match is_enough || !self.wanted.eager {
                true => self.release().await,
                false => Ok(()),
            };
        }
        self.demand.satisfied();
        self.tell(Message::Rows(batch)).await;
        Ok(())
    }

    /// Hands on what waits, as soon as it is sure whose rows all are that have come.
    async fn release(&self) -> Result<(), Error> {
        let _turn = self.held.turn().await;
        // Before the question: it says nothing about what comes meanwhile.
        let batches = self.held.take();
        self.session.prove(&self.counters).await?;
        for batch in batches {
            self.demand.satisfied();
            self.tell(Message::Rows(batch)).await;
        }
        Ok(())
    }

    async fn tell(&self, message: Message) {
        // Without a receiver the scan is being dropped, and this task with it.
        let _ = self.messages.send(message).await;
        (self.bell.0)();
    }
}

impl Budget {
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

    /// How many more requests may leave.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.allowed.load(Relaxed))
    }

    /// Says that so many requests will be needed at least.
    fn expect(&self, requests: u64) -> Result<(), Error> {
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
