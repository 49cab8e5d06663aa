//! Parents: chains about objects that the query does not name. The site lists them first, and each is read as soon as
//! it is known.

use futures_util::stream::{self, Stream};
use futures_util::{StreamExt, TryStreamExt};

use super::handle::Scan;
use super::reader::Reader;
use super::seen_keys::SeenKeys;
use crate::Error;
use crate::batch::{Batch, Slot};
use crate::http::Why;
use crate::request::access_path;
use crate::request::chains::Chain;
use crate::request::scan_request::{Key, ScanRequest};
use crate::schema::{ColumnId, Source};

/// Chains like this one about everything that its endpoint's sources list, each object once.
pub(super) fn chains<'r>(
    reader: &'r Reader,
    scan_request: &ScanRequest,
    like: Chain,
) -> impl Stream<Item = Result<Chain, Error>> + 'r {
    let no_shortcuts = scan_request.reading.no_shortcuts;
    let sources = scan_request.table.sources(like.endpoint, no_shortcuts);
    let objects = ParentObjects {
        reader,
        sources: sources.iter(),
        current: None,
        seen: SeenKeys::default(),
        waiting: Vec::new(),
        like,
    };
    stream::try_unfold(objects, |mut objects| async move {
        let chains = objects.next_chains().await?;
        Ok::<_, Error>(chains.map(|chains| (chains, objects)))
    })
    .map_ok(|chains| stream::iter(chains.into_iter().map(Ok)))
    .try_flatten()
    .boxed()
}

/// The objects that an endpoint's sources list.
struct ParentObjects<'r> {
    reader: &'r Reader,
    sources: std::slice::Iter<'static, Source>,
    /// The source that is being read.
    current: Option<(&'static Source, Scan)>,
    /// The objects that have come: sources may give one several times.
    seen: SeenKeys,
    /// Objects that wait until there are enough of them for a request.
    waiting: Vec<Vec<Key>>,
    /// What the chains about them have in common.
    like: Chain,
}

impl ParentObjects<'_> {
    /// The chains of the objects that come next; None when there are no more.
    async fn next_chains(&mut self) -> Result<Option<Vec<Chain>>, Error> {
        let table = self.reader.scan_request.table;
        let needed = access_path::needed(table, self.like.endpoint);
        let at_once: f64 = needed
            .iter()
            .map(|&place| access_path::at_once(table, self.like.endpoint, place))
            .product();
        loop {
            let batch = self.next_batch().await?;
            let is_end = batch.is_none();
            if let Some((source, batch)) = batch {
                self.add(source, &batch, &needed);
            }
            // Who takes rows one by one does not wait until a request is full.
            let full = if is_end || !self.reader.demand.is_open() {
                self.waiting.len()
            } else {
                self.waiting.len() - self.waiting.len() % at_once as usize
            };
            if full > 0 {
                let objects: Vec<Vec<Key>> = self.waiting.drain(..full).collect();
                return Ok(Some(self.like.of_listed(table, &objects)));
            }
            if is_end {
                return Ok(None);
            }
        }
    }

    /// The next rows of the source that is being read, or of the one behind it.
    async fn next_batch(&mut self) -> Result<Option<(&'static Source, Batch)>, Error> {
        loop {
            let (source, scan) = match &mut self.current {
                Some((source, scan)) => (*source, scan),
                None => {
                    let Some(source) = self.sources.next() else {
                        return Ok(None);
                    };
                    let scan = self.reader.start_source(Why::Parents, source, &[]);
                    (source, &mut self.current.insert((source, scan)).1)
                }
            };
            self.reader.demand.wanted().await;
            match scan.next().await {
                Ok(Some(batch)) => return Ok(Some((source, batch))),
                Ok(None) => self.current = None,
                Err(Error::NoRoles { .. }) if source.absent_without_roles => {
                    self.current = None;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn add(&mut self, source: &Source, batch: &Batch, needed: &[ColumnId]) {
        let table = self.reader.scan_request.table;
        let slots: Vec<Slot> = needed
            .iter()
            .filter_map(|&place| {
                let name = table.columns[place].name;
                let theirs = source.columns.iter().position(|(own, _)| *own == name);
                theirs.map(Slot::nth)
            })
            .collect();
        for row in 0..batch.len() {
            let object: Vec<Key> = slots
                .iter()
                .filter_map(|&slot| Key::of(batch.value(row, slot)))
                .collect();
            // Something that has no id is nothing that could be asked about.
            if object.len() == needed.len() && self.seen.is_new(batch, row, &slots) {
                self.waiting.push(object);
            }
        }
    }
}
