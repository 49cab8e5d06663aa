//! The reader: what all chains of a scan have in common while they are read, on the network thread.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use reqwest::StatusCode;
use tokio::sync::mpsc;

use super::ahead::{Ahead, ReadAhead};
use super::demand::Demand;
use super::handle::{ReaderMessage, Told, WakeOnDrop};
use super::held_rows::HeldRows;
use super::remainder::Remainder;
use super::request_budget::RequestBudget;
use super::seen_keys::SeenKeys;
use crate::Error;
use crate::batch::{Batch, Slot};
use crate::cache::CacheHandle;
use crate::cache::responses::{Form, Served};
use crate::decode::Page;
use crate::http::{Counters, Purpose, Reason, Reply, Request, Why};
use crate::request::ScanRequest;
use crate::schema::ColumnId;
use crate::session::Session;

/// The slots that the reader itself looks at.
#[derive(Debug)]
pub(super) struct Slots {
    /// The columns that tell rows of all chains apart.
    pub whole_key: Vec<Slot>,
    pub sort: Option<Slot>,
    /// For each window, the slot to hold it against.
    pub windows: Vec<Slot>,
    /// For each condition, the slot to hold it against; None where somebody else does.
    pub conditions: Vec<Option<Slot>>,
}

/// Who takes a reader's rows.
pub(super) enum Consumer {
    /// Whoever began the scan, and is woken up like this.
    Caller(WakeOnDrop),
    /// Another reader, for this reason.
    Reader(Reason),
}

/// What runs on the engine's thread: one for a scan, and one for each table that has to be listed for it.
pub(super) struct Reader {
    pub session: Arc<Session>,
    pub scan_request: ScanRequest,
    /// The columns that are decoded, by their places in the table: those that are wanted come first.
    pub columns: Vec<ColumnId>,
    pub slots: Slots,
    pub has_bodies: bool,
    pub demand: Arc<Demand>,
    pub counters: Arc<Counters>,
    pub budget: Arc<RequestBudget>,
    pub sharing: Option<CacheHandle>,
    /// Whether what it reads is read in another place of the statement, too.
    pub is_read_again: bool,
    /// Why it reads, if its rows are not the scan's, but those of a table that is listed for it.
    on_behalf: Option<Reason>,
    /// The rows of all chains, where chains may overlap.
    across: OnceLock<Mutex<SeenKeys>>,
    /// What answers about several objects have not shown whole.
    pub remainder: Remainder,
    /// Rows that wait until it is sure whose they are.
    held: HeldRows,
    messages: mpsc::Sender<Told>,
    ahead: ReadAhead,
    /// Behind the sender, so that it rings when the channel is closed already.
    bell: WakeOnDrop,
}

impl Reader {
    pub fn new(
        session: Arc<Session>,
        scan_request: ScanRequest,
        demand: Arc<Demand>,
        counters: Arc<Counters>,
        budget: Arc<RequestBudget>,
        (messages, ahead): (mpsc::Sender<Told>, ReadAhead),
        consumer: Consumer,
    ) -> Self {
        let (bell, on_behalf) = match consumer {
            Consumer::Caller(bell) => (bell, None),
            Consumer::Reader(reason) => (WakeOnDrop(Box::new(|| ())), Some(reason)),
        };
        let table = scan_request.table;
        let columns = scan_request.decoded_columns();
        let slot_of = |column: ColumnId| Slot::of(column, &columns);
        let whole_key: Vec<ColumnId> = match table.key {
            [] => table.distinct_by(table.main()),
            key => key.iter().map(|name| table.id(name)).collect(),
        };
        let slots = Slots {
            whole_key: whole_key
                .into_iter()
                .chain(scan_request.columns_asked_roughly())
                .filter_map(slot_of)
                .collect(),
            sort: scan_request.sort.and_then(|sort| slot_of(sort.column)),
            windows: scan_request
                .windows
                .iter()
                .filter_map(|(column, _)| slot_of(*column))
                .collect(),
            conditions: scan_request
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
            has_bodies: scan_request.has_bodies(),
            sharing: None,
            is_read_again: false,
            across: OnceLock::new(),
            session,
            scan_request,
            demand,
            counters,
            budget,
            on_behalf,
            remainder: Remainder::default(),
            held: HeldRows::default(),
            messages,
            ahead,
            bell,
        }
    }

    /// As a part of a statement.
    pub fn sharing(mut self, sharing: Option<CacheHandle>) -> Self {
        let table = self.scan_request.table;
        self.is_read_again = sharing.as_ref().is_some_and(|s| s.is_read_again(table));
        self.sharing = sharing;
        self
    }

    /// What its requests for rows are for.
    pub fn purpose(&self) -> Purpose {
        if self.is_outermost() {
            Purpose::Rows
        } else {
            Purpose::OtherRows
        }
    }

    /// Whether its rows are the scan's, and not those of a table that is listed for it.
    pub fn is_outermost(&self) -> bool {
        self.on_behalf.is_none()
    }

    /// Why something is read: what it is to this reader, or what this reader's rows are to another one.
    pub fn reason(&self, own: Reason) -> Reason {
        match self.on_behalf {
            Some(sample) if sample.why == Why::Sample => sample,
            Some(on_behalf) if own.why.is_of_rows() => on_behalf,
            _ => own,
        }
    }

    /// The slot of a column.
    pub fn slot(&self, column: ColumnId) -> Option<Slot> {
        Slot::of(column, &self.columns)
    }

    /// The answer to a request, which is sent unless the statement has had the answer before.
    pub async fn send(&self, request: &Request, form: &Form) -> Result<Served, Error> {
        let Some(sharing) = self.sharing.as_ref().filter(|_| self.is_read_again) else {
            return Ok(Served::Reply(self.ask(request).await?));
        };
        let ask = self.ask(request);
        let (mut served, came_before) = sharing.answer(&self.session, request, form, ask).await?;
        if came_before {
            self.counters.count_served_again();
            self.note_served(request, &mut served);
        }
        Ok(served)
    }

    /// Writes down that nothing was sent for a request.
    fn note_served(&self, request: &Request, served: &mut Served) {
        let (status, bytes, rows) = match served {
            Served::Page(page) => (StatusCode::OK, None, Some(page.batch.len())),
            Served::Reply(Ok(document)) => (StatusCode::OK, Some(document.body.len()), None),
            Served::Reply(Err((status, _))) => (*status, None, None),
        };
        let number = self
            .counters
            .recorder()
            .serve(request, status.as_u16(), bytes, rows);
        if let Served::Reply(Ok(document)) = served {
            document.request = Some(number);
        }
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
        let _place = self.budget.place().await;
        self.session.get(request, &self.counters).await
    }

    /// Keeps rows that no other chain has given.
    ///
    /// # Errors
    /// If there is no memory for their keys.
    pub fn drop_rows_of_other_chains(&self, batch: &mut Batch) -> Result<(), crate::Budget> {
        if let Some(seen) = self.across.get() {
            let mut seen = seen.lock();
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
        if self.is_outermost() {
            self.counters.count_rows(rows);
        }
    }

    /// Hands rows on. Where it is not sure yet that they are the account's own, they wait for the site to say so: each page
    /// for itself where the caller takes rows one by one and may stop at any of them, else several together.
    ///
    /// # Errors
    /// If they are not, or the site does not say so.
    pub async fn hand_on(&self, batch: Batch) -> Result<(), Error> {
        if self.is_outermost() && (self.held.is_any() || self.session.is_unproven(&self.counters)) {
            let is_enough = self.held.add(batch);
            return match is_enough || !self.scan_request.eager {
                true => self.release().await,
                false => Ok(()),
            };
        }
        self.demand.satisfied();
        self.tell(ReaderMessage::Rows(batch)).await;
        Ok(())
    }

    /// Hands on what waits, as soon as it is sure whose rows all are that have come.
    pub async fn release(&self) -> Result<(), Error> {
        let _turn = self.held.turn().await;
        // Before the question: it says nothing about what comes meanwhile.
        let batches = self.held.take();
        self.session.prove(&self.counters).await?;
        for batch in batches {
            self.demand.satisfied();
            self.tell(ReaderMessage::Rows(batch)).await;
        }
        Ok(())
    }

    pub async fn tell(&self, message: ReaderMessage) {
        let room = match &message {
            ReaderMessage::Rows(batch) => self.ahead.room_for(batch).await,
            ReaderMessage::Complete | ReaderMessage::Failed(_) => Ahead::default(),
        };
        // Without a receiver the scan is being dropped, and this task with it.
        let _ = self.messages.send((message, room)).await;
        (self.bell.0)();
    }
}
