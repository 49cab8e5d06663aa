//! How far a reader reads ahead of whoever takes its rows.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::batch::Batch;
use crate::request::ScanRequest;

/// Batches that wait for the caller, besides one that each chain holds, where the caller may stop at any of them.
pub(super) const FEW: usize = 2;
/// The same where all rows are wanted. Then it is their bytes that count: who takes something else meanwhile, such as another
/// branch of an Append, is not to find that nothing was read.
const MANY: usize = 64;
/// How many bytes may wait there.
const BYTES: usize = 512 << 10;
/// The size of a batch counts up to here: two may wait however large they are.
const LARGE: usize = BYTES / FEW;

/// The room for batches that wait.
#[derive(Debug)]
pub(super) struct ReadAhead {
    /// None where batches are counted, and not their bytes.
    bytes: Option<Arc<Semaphore>>,
}

/// A part of that room, given back when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    _bytes: Option<OwnedSemaphorePermit>,
}

impl ReadAhead {
    /// The room of whoever wants these rows, and how many batches may wait in it.
    pub fn of(scan_request: &ScanRequest) -> (Self, usize) {
        if scan_request.eager {
            let bytes = Some(Arc::new(Semaphore::new(BYTES)));
            (Self { bytes }, MANY)
        } else {
            (Self { bytes: None }, FEW)
        }
    }

    /// Room for a batch, as soon as there is some.
    pub async fn room_for(&self, batch: &Batch) -> Ahead {
        let Some(bytes) = &self.bytes else {
            return Ahead::default();
        };
        // Not more than the room has.
        let needed = batch.size().min(LARGE) as u32;
        Ahead {
            _bytes: bytes.clone().acquire_many_owned(needed).await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::batch::Value;
    use crate::options::Reading;
    use crate::tables::pages;

    fn room(eager: bool) -> (ReadAhead, usize) {
        ReadAhead::of(&ScanRequest {
            eager,
            ..ScanRequest::whole(&pages::TABLE, Vec::new(), Reading::USUAL)
        })
    }

    fn batch(bytes: usize) -> Batch {
        let text = "x".repeat(bytes);
        Batch::of_keys(1, [Value::Text(&text)].into_iter()).expect("room")
    }

    #[test]
    fn where_all_rows_are_wanted_their_bytes_count() {
        let (ahead, most) = room(true);
        assert_eq!(most, MANY);
        let quarter = batch(BYTES / 4 - 1000);
        let mut waiting: Vec<Ahead> = (0..4)
            .map(|_| ahead.room_for(&quarter).now_or_never().expect("room"))
            .collect();
        assert!(ahead.room_for(&quarter).now_or_never().is_none());
        waiting.pop();
        assert!(ahead.room_for(&quarter).now_or_never().is_some());
    }

    #[test]
    fn two_may_wait_however_large_they_are() {
        let (ahead, _) = room(true);
        let large = batch(3 * BYTES);
        let _waiting: Vec<Ahead> = (0..2)
            .map(|_| ahead.room_for(&large).now_or_never().expect("room"))
            .collect();
        assert!(ahead.room_for(&batch(1)).now_or_never().is_none());
    }

    #[test]
    fn elsewhere_two_wait() {
        let (ahead, most) = room(false);
        assert_eq!(most, FEW);
        assert!(ahead.room_for(&batch(3 * BYTES)).now_or_never().is_some());
    }
}
