//! Bounds on the memory that a site's answers take: of each answer, and of all that a session has in flight.
//!
//! What an answer holds is the site's to choose, or that of whatever answers in its place, so nothing grows with it
//! without a bound. Beyond a bound there is an error, never a shorter answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// A bound on what answers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// An answer to a request for rows.
    Listing,
    /// An answer about one row.
    Row,
    /// Any other answer: who is asking, a token, the site's id. Of a failure, so much is read.
    Other,
    /// What the rows of one answer become.
    Rows,
    /// The values within one JSON document.
    Document,
    /// All answers of a session that are being read, or whose rows wait to be taken.
    InFlight,
    /// What the operating system gives.
    System,
}

impl Budget {
    /// In bytes; of a JSON document, in values. What the system gives is not known beforehand.
    pub const fn limit(self) -> usize {
        match self {
            Budget::Listing => 64 << 20,
            Budget::Row | Budget::Rows => 16 << 20,
            Budget::Other => 1 << 20,
            Budget::Document => 1 << 20,
            Budget::InFlight => 256 << 20,
            Budget::System => usize::MAX,
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Budget::Listing => "an answer with rows is larger than its budget of",
            Budget::Row => "an answer about one row is larger than its budget of",
            Budget::Other => "an answer without rows is larger than its budget of",
            Budget::Rows => "the rows of one answer take more memory than their budget of",
            Budget::Document => {
                return write!(
                    f,
                    "a JSON document has more values than its budget of {}",
                    self.limit()
                );
            }
            Budget::InFlight => "the session's answers in flight take more than their budget of",
            Budget::System => return f.write_str("out of memory for an answer"),
        };
        write!(f, "{what} {} MB", self.limit() >> 20)
    }
}

/// What is smaller is not counted: there are no more such answers than requests may be under way at one time.
pub(crate) const SMALL: usize = 1 << 20;

/// Permits stand for so many bytes.
const UNIT: usize = 1 << 10;

fn units(bytes: usize) -> u32 {
    // Bytes are those of a budget, so their units fit.
    bytes.div_ceil(UNIT) as u32
}

/// The room that a session has for its answers in flight.
#[derive(Debug)]
pub(crate) struct InFlight {
    free: Arc<Semaphore>,
    longest_wait: Duration,
}

impl InFlight {
    /// Room for which nobody waits longer than so.
    pub fn new(longest_wait: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(units(Budget::InFlight.limit()) as usize)),
            longest_wait,
        }
    }

    /// Room for a small answer, which is there always.
    pub fn small(&self) -> BytesHeld {
        BytesHeld {
            free: Some(self.free.clone()),
            units: 0,
        }
    }

    /// Room for an answer of so many bytes at most, all at once: whoever has begun to read a large answer has the room
    /// to end it, so no two wait for each other. Who comes first gets room first.
    ///
    /// # Errors
    /// If there is none for too long: rows that nobody takes hold it.
    pub async fn room(&self, bytes: usize) -> Result<BytesHeld, Budget> {
        if bytes <= SMALL {
            return Ok(self.small());
        }
        let units = units(bytes);
        match timeout(self.longest_wait, self.free.acquire_many(units)).await {
            Ok(Ok(permits)) => {
                permits.forget();
                Ok(BytesHeld {
                    free: Some(self.free.clone()),
                    units,
                })
            }
            _ => Err(Budget::InFlight),
        }
    }
}

/// A part of a session's room, given back when it is dropped. A copy of what it is held for holds none.
#[derive(Debug, Default)]
pub(crate) struct BytesHeld {
    free: Option<Arc<Semaphore>>,
    units: u32,
}

impl BytesHeld {
    /// Holds as much as so many bytes need, no more and no less. Waits for nobody.
    ///
    /// # Errors
    /// If there is not as much.
    pub fn fit(&mut self, bytes: usize) -> Result<(), Budget> {
        let Some(free) = &self.free else {
            return Ok(());
        };
        let needed = if bytes <= SMALL { 0 } else { units(bytes) };
        match needed.checked_sub(self.units) {
            None => free.add_permits((self.units - needed) as usize),
            Some(0) => {}
            Some(more) => free
                .try_acquire_many(more)
                .map_err(|_| Budget::InFlight)?
                .forget(),
        }
        self.units = needed;
        Ok(())
    }
}

impl Clone for BytesHeld {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Drop for BytesHeld {
    fn drop(&mut self) {
        if let Some(free) = &self.free {
            free.add_permits(self.units as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;

    const LARGE: usize = Budget::Listing.limit();

    fn free(room: &InFlight) -> usize {
        room.free.available_permits() * UNIT
    }

    #[tokio::test]
    async fn large_answers_take_turns_and_small_ones_do_not_wait() {
        let room = InFlight::new(Duration::from_secs(60));
        let mut held = join_all((0..4).map(|_| room.room(LARGE))).await;
        assert_eq!(free(&room), 0);
        let mut fifth = Box::pin(room.room(LARGE));
        let mut sixth = Box::pin(room.room(SMALL + 1));
        assert!((&mut fifth).now_or_never().is_none());
        assert!(
            (&mut sixth).now_or_never().is_none(),
            "it came behind the fifth"
        );
        assert!(room.room(SMALL).now_or_never().is_some());
        held.pop();
        assert!(fifth.await.is_ok());
        held.clear();
        assert!(sixth.await.is_ok());
        assert_eq!(free(&room), Budget::InFlight.limit());
    }

    #[tokio::test]
    async fn what_is_held_fits_what_it_is_held_for() {
        let room = InFlight::new(Duration::from_secs(60));
        let mut held = room.room(LARGE).await.expect("room");
        held.fit(5 << 20).expect("less");
        assert_eq!(free(&room), Budget::InFlight.limit() - (5 << 20));
        held.fit(SMALL).expect("less");
        assert_eq!(free(&room), Budget::InFlight.limit());
        held.fit(2 << 20).expect("more");
        assert_eq!(held.clone().units, 0);
        let mut others = join_all((0..3).map(|_| room.room(LARGE))).await;
        assert_eq!(held.fit(LARGE + 1), Err(Budget::InFlight));
        others.clear();
        held.fit(LARGE + 1).expect("more");
        drop(held);
        assert_eq!(free(&room), Budget::InFlight.limit());
    }

    #[tokio::test]
    async fn who_waits_for_rows_that_nobody_takes_gets_an_error() {
        let room = InFlight::new(Duration::from_millis(1));
        let _held = join_all((0..4).map(|_| room.room(LARGE))).await;
        assert_eq!(room.room(LARGE).await.err(), Some(Budget::InFlight));
        let gone = Box::pin(room.room(LARGE)).now_or_never();
        assert!(gone.is_none());
        assert_eq!(free(&room), 0);
    }
}
