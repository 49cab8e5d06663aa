//! Exposure: which of a scan's responses nobody has vouched for yet.

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

/// Which of a scan's answers nobody has vouched for yet. Whoever vouches for the latest vouches for all.
#[derive(Debug, Default)]
pub(crate) struct Exposure {
    state: Mutex<ExposureState>,
}

#[derive(Debug, Default)]
struct ExposureState {
    has_any: bool,
    latest: Option<Unproven>,
}

/// An answer that does not tell itself whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unproven {
    /// Whether it is the first that the scan got.
    pub is_first: bool,
    /// When it was asked for.
    pub sent: Instant,
    /// When it had come.
    pub came: Instant,
}

impl Exposure {
    /// An answer has come. `tells`: it names the account itself.
    pub fn note(&self, sent: Instant, tells: bool) {
        let mut state = self.state();
        let is_first = !std::mem::replace(&mut state.has_any, true);
        if !tells {
            state.latest = Some(Unproven {
                is_first,
                sent,
                came: Instant::now(),
            });
        }
    }

    /// An answer that the statement had before.
    pub fn note_kept(&self) {
        let mut state = self.state();
        state.has_any = true;
        let now = Instant::now();
        state.latest = Some(Unproven {
            is_first: false,
            sent: now,
            came: now,
        });
    }

    /// The latest answer that does not tell whose it is.
    pub fn latest(&self) -> Option<Unproven> {
        self.state().latest
    }

    fn state(&self) -> MutexGuard<'_, ExposureState> {
        self.state.lock()
    }
}
