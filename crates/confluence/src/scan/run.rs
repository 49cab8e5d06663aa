//! The run of a scan: where its rows come from, and who reads them.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{TryStreamExt, stream};
use tokio::sync::mpsc;

use super::handle::{Bell, Demand, Message, Scan};
use super::reader::Reader;
use super::request_budget::RequestBudget;
use super::{chain, parents, partition};
use crate::Error;
use crate::cache::Sharing;
use crate::engine::Engine;
use crate::http::Counters;
use crate::request::chains::{self, Start};
use crate::request::{Sizes, Wanted};
use crate::schema::Source;
use crate::session::Session;

/// Batches that wait for the caller, besides one that each chain holds. It bounds what is read ahead.
const READ_AHEAD: usize = 2;

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
        let budget = Arc::new(RequestBudget::new(
            wanted.table,
            wanted.reading,
            wanted.spent,
        ));
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
    pub(crate) fn among(
        session: Arc<Session>,
        wanted: Wanted,
        counters: Arc<Counters>,
        budget: Arc<RequestBudget>,
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
}

impl Reader {
    /// Begins a read of a table that this one's chains come from, with further columns of it.
    pub fn start_source(&self, source: &Source, further: &[&str]) -> Scan {
        let theirs = source.columns.iter().map(|(_, theirs)| *theirs);
        let columns = theirs.chain(further.iter().copied());
        let mut wanted = Wanted {
            table: source.table,
            columns: columns
                .filter_map(|name| Some(source.table.column(name)?.0))
                .collect(),
            conditions: chains::conditions_on_source(&self.wanted, source),
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

    pub fn run(self) -> BoxFuture<'static, ()> {
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
        if chains::may_overlap(&self.wanted) {
            self.expect_overlaps();
        }
        match chains::start(&self.wanted)? {
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
            Start::Split(chain, split) => partition::read(self, chain, split).await,
            Start::Listed(endpoint) => {
                parents::chains(self, endpoint)?
                    .try_for_each_concurrent(self.abreast(), read)
                    .await
            }
        }
    }
}
