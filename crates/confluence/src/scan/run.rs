//! The run of a scan: where its rows come from, and who reads them.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{Stream, TryStreamExt, stream};
use tokio::sync::mpsc;

use super::ahead::ReadAhead;
use super::demand::Demand;
use super::handle::{ReaderMessage, Scan, WakeOnDrop};
use super::reader::{Consumer, Reader};
use super::request_budget::{RequestBudget, StatementBudget};
use super::{chain, long_list, long_range, parents, partition, remainder};
use crate::Error;
use crate::cache::CacheHandle;
use crate::engine::Engine;
use crate::http::{Counters, Reason, RequestRecorder, Why};
use crate::request::ScanRequest;
use crate::request::chains::{self, Chain, ChainSource};
use crate::schema::Source;
use crate::session::Session;

impl Scan {
    /// Begins a read on the engine's thread. `wake` is called there whenever there is something to see;
    /// it must not block.
    pub fn start(
        engine: &Engine,
        session: Arc<Session>,
        scan_request: ScanRequest,
        recorder: RequestRecorder,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::start_in(None, None, engine, session, scan_request, recorder, wake)
    }

    /// The same as a scan of a statement, which has announced it, and may limit its requests.
    pub fn start_in(
        sharing: Option<CacheHandle>,
        statement: Option<Arc<StatementBudget>>,
        engine: &Engine,
        session: Arc<Session>,
        mut scan_request: ScanRequest,
        recorder: RequestRecorder,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        scan_request.merge_conditions();
        let (ahead, batches) = ReadAhead::of(&scan_request);
        let (sender, messages) = mpsc::channel(batches);
        let demand = Arc::new(Demand::of(&scan_request));
        let counters = Arc::new(Counters::new(recorder));
        let budget = Arc::new(RequestBudget::new(
            scan_request.table,
            scan_request.reading,
            scan_request.spent,
            statement,
        ));
        let reader = Reader::new(
            session,
            scan_request,
            demand.clone(),
            counters.clone(),
            budget,
            (sender, ahead),
            Consumer::Caller(WakeOnDrop(Box::new(wake))),
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

    /// Begins a read that is a part of another one, on whose account it goes, for a reason of its own. Only on the engine's
    /// thread.
    pub(crate) fn among(
        session: Arc<Session>,
        scan_request: ScanRequest,
        reason: Reason,
        counters: Arc<Counters>,
        budget: Arc<RequestBudget>,
        sharing: Option<CacheHandle>,
    ) -> Self {
        let (ahead, batches) = ReadAhead::of(&scan_request);
        let (sender, messages) = mpsc::channel(batches);
        let demand = Arc::new(Demand::of(&scan_request));
        let reader = Reader::new(
            session,
            scan_request,
            demand.clone(),
            counters.clone(),
            budget,
            (sender, ahead),
            Consumer::Reader(reason),
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
    pub fn start_source(&self, why: Why, source: &Source, further: &[&'static str]) -> Scan {
        let theirs = source.columns.iter().map(|(_, theirs)| *theirs);
        let columns = theirs.chain(further.iter().copied());
        let columns = columns.map(|name| source.table.id(name)).collect();
        let mut scan_request = ScanRequest {
            conditions: chains::conditions_on_source(&self.scan_request, source),
            eager: self.demand.is_open(),
            spent: self.scan_request.spent,
            ..ScanRequest::whole(source.table, columns, self.scan_request.reading)
        };
        scan_request.merge_conditions();
        Scan::among(
            self.session.clone(),
            scan_request,
            self.reason(Reason::about(why, source.table.name)),
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
            Ok(()) => ReaderMessage::Complete,
            Err(error) => ReaderMessage::Failed(error),
        };
        self.tell(message).await;
    }

    /// Reads everything that is wanted. It is the account's own, or an error.
    async fn read_and_prove(&self) -> Result<(), Error> {
        self.read().await?;
        match self.is_outermost() {
            true => self.release().await,
            false => Ok(()),
        }
    }

    /// Reads everything that is wanted.
    async fn read(&self) -> Result<(), Error> {
        self.read_chains(&self.scan_request).await?;
        if self.remainder.lacks_an_answer() {
            let mut by_all_means = self.scan_request.clone();
            by_all_means.reading.no_shortcuts = true;
            self.read_chains(&by_all_means).await?;
        }
        remainder::read(self).await
    }

    async fn read_chains(&self, scan_request: &ScanRequest) -> Result<(), Error> {
        if chains::may_overlap(&self.scan_request) {
            self.expect_overlaps();
        }
        let source = chains::start(scan_request)?;
        if let Some(endpoint) = source.endpoint().filter(|_| self.is_outermost()) {
            self.counters.note_endpoint(endpoint);
        }
        match source {
            ChainSource::Nothing => Ok(()),
            ChainSource::Chains(_, chains) => {
                // What came before takes no request.
                if !self.is_read_again {
                    self.budget.expect(chains.count_of_all())?;
                    if self.scan_request.eager {
                        self.budget.expect_all(chains.count_of_all())?;
                    }
                }
                if chains.count_of_all() > 1 {
                    self.demand.has_chains();
                }
                self.read_all(stream::iter(chains.map(Ok))).await
            }
            ChainSource::Partitions {
                chain,
                split,
                is_long,
            } => {
                if is_long {
                    self.demand.may_spread();
                }
                partition::read(self, chain, split, is_long).await
            }
            ChainSource::BothEnds {
                chain,
                order,
                is_long,
            } => {
                if is_long {
                    self.demand.may_spread();
                }
                partition::read_ends(self, chain, order, is_long).await
            }
            ChainSource::Range {
                chain,
                split,
                length,
            } => long_range::read(self, chain, split, length, long_range::GroupsOf::All).await,
            ChainSource::ValueLists {
                chains,
                split,
                length,
                ..
            } => {
                if !self.is_read_again {
                    self.budget.expect(chains.count_of_all())?;
                    self.budget.expect_all(chains.count_of_all())?;
                }
                long_list::read(self, chains, split, length).await
            }
            ChainSource::Parents(like) => {
                self.demand.has_chains();
                self.read_all(parents::chains(self, scan_request, like))
                    .await
            }
        }
    }

    /// Reads chains, as many at one time as are wanted. None is made before there is room for it.
    pub async fn read_all(
        &self,
        chains: impl Stream<Item = Result<Chain, Error>> + Send + Unpin,
    ) -> Result<(), Error> {
        let in_lanes = stream::try_unfold(chains, |mut chains| async move {
            let lane = self.demand.lane().await;
            let chain = chains.try_next().await?;
            Ok(chain.map(|chain| ((lane, chain), chains)))
        });
        in_lanes
            .try_for_each_concurrent(self.demand.most_abreast(), |(lane, chain)| async move {
                chain::read(self, chain).await?;
                drop(lane);
                Ok(())
            })
            .await
    }
}
