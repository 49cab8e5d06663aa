//! Held rows: those that wait until it is sure whose they are.

use parking_lot::{Mutex, MutexGuard};

use crate::batch::{Batch, Cell};

/// So many pages wait at most: one question about all of them.
const MOST_PAGES: usize = 16;

/// Their rows take so many bytes at most, and those of one more page.
const MOST_BYTES: usize = 4 << 20;

/// Rows that wait until it is sure whose they are, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct HeldRows {
    batches: Mutex<Vec<Batch>>,
    /// Held by the one who hands them on, so that they stay in order.
    turn: tokio::sync::Mutex<()>,
}

impl HeldRows {
    /// Whether any wait.
    pub fn is_any(&self) -> bool {
        !self.batches().is_empty()
    }

    /// Adds rows. Whether no more should wait.
    pub fn add(&self, batch: Batch) -> bool {
        let mut batches = self.batches();
        batches.push(batch);
        let bytes: usize = batches.iter().map(bytes_of).sum();
        batches.len() >= MOST_PAGES || bytes >= MOST_BYTES
    }

    /// Waits for the turn to hand them on.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Takes all that wait.
    pub fn take(&self) -> Vec<Batch> {
        std::mem::take(&mut *self.batches())
    }

    fn batches(&self) -> MutexGuard<'_, Vec<Batch>> {
        self.batches.lock()
    }
}

fn bytes_of(batch: &Batch) -> usize {
    batch.text.len() + batch.cells.len() * size_of::<Cell>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pages_wait_and_few_bytes() {
        let held = HeldRows::default();
        for page in 1..=MOST_PAGES {
            assert_eq!(held.add(Batch::new(1)), page == MOST_PAGES);
        }
        assert_eq!(held.take().len(), MOST_PAGES);
        assert!(!held.is_any());
        let mut heavy = Batch::new(1);
        heavy.text = "x".repeat(MOST_BYTES);
        assert!(held.add(heavy));
    }
}
