//! The remainder: what answers about several objects do not show whole.
//!
//! A search finds contents by their ids, two hundred in one request, with what is wanted of each. Nobody promises that it finds
//! all: the index lags behind, and does not have everything; and of long lists it gives the beginning. So each object has to
//! come back with all of its lists. One that comes with the beginning of a list is read by the table's own endpoint at once. Those
//! that do not come wait until all others have. If they are some, they are asked for once more in another search; and what is left
//! then is read one by one, by the table's own endpoint. So is everything where the site does not let the account search.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use futures_util::stream;
use parking_lot::Mutex;

use super::chain::{self, ChainReader};
use super::reader::Reader;
use crate::Error;
use crate::request::chains::Chain;
use crate::request::scan_request::Key;

/// So few are not asked for once more: mostly, they are no more to be found than before.
const FEW: usize = 2;

/// The objects that no answer has shown whole.
#[derive(Debug, Default)]
pub(super) struct Remainder {
    objects: Mutex<Vec<Key>>,
    /// A chain like those that asked about them.
    like: Mutex<Option<Chain>>,
    /// Whether the site has not answered something that can be asked otherwise.
    no_answer: AtomicBool,
}

impl Remainder {
    pub fn note_no_answer(&self) {
        self.no_answer.store(true, Relaxed);
    }

    /// Whether the site has not answered something.
    pub fn lacks_an_answer(&self) -> bool {
        self.no_answer.load(Relaxed)
    }

    fn add(&self, reader: &Reader, chain: &Chain, objects: impl IntoIterator<Item = Key>) {
        let mut objects: Vec<Key> = objects.into_iter().collect();
        let mut like = self.like.lock();
        if like.is_none() {
            *like = Some(chain.about_none(reader.scan_request.table));
        }
        self.objects.lock().append(&mut objects);
    }

    fn take(&self) -> Vec<Key> {
        let mut objects = std::mem::take(&mut *self.objects.lock());
        // In which order answers came is nobody's business.
        objects.sort_unstable();
        objects
    }
}

/// Reads a chain that asks about several objects. Those that do not come wait.
pub(super) async fn read_proved(reader: &Reader, chain: &Chain) -> Result<(), Error> {
    let mut pages = ChainReader::new(reader, chain, None, chain.why);
    pages.read_all().await?;
    let (missing, cut) = (
        std::mem::take(&mut pages.asked),
        std::mem::take(&mut pages.cut),
    );
    drop(pages);
    reader.remainder.add(reader, chain, missing);
    let table = reader.scan_request.table;
    for object in cut {
        // No search gives more of it. The endpoint is another one, so this does not come here again.
        Box::pin(chain::read(reader, chain.of_one(table, object))).await?;
    }
    Ok(())
}

/// Reads what waits, when all chains have been read.
pub(super) async fn read(reader: &Reader) -> Result<(), Error> {
    let Some(like) = reader.remainder.like.lock().take() else {
        return Ok(());
    };
    let table = reader.scan_request.table;
    let mut objects = reader.remainder.take();
    let has_more_to_ask = like
        .endpoint
        .proof
        .is_some_and(|proof| proof.again.is_some())
        && reader.session.is_answered(like.endpoint.operation) == Some(true);
    if has_more_to_ask && objects.len() > FEW {
        let chains = like.once_more(table, &objects).into_iter();
        reader.read_all(stream::iter(chains.map(Ok))).await?;
        objects = reader.remainder.take();
    }
    let chains = objects.into_iter().map(|object| like.of_one(table, object));
    reader.read_all(stream::iter(chains.map(Ok))).await
}
