//! What holds answers back until enough has been asked.

use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// Holds back whoever comes to it until so many have come, on any number of stand-ins: a client gets past it only if it
/// asks all of them before it has an answer.
#[derive(Clone)]
pub struct Barrier(Arc<watch::Sender<usize>>);

impl Barrier {
    /// Opens when so many requests have come to it, and stays open.
    pub fn of(requests: usize) -> Self {
        Self(Arc::new(watch::Sender::new(requests)))
    }

    pub fn is_open(&self) -> bool {
        *self.0.borrow() == 0
    }

    pub(crate) async fn pass(&self) {
        self.0
            .send_modify(|missing| *missing = missing.saturating_sub(1));
        // It fails where the sender is gone, which is here.
        self.0
            .subscribe()
            .wait_for(|missing| *missing == 0)
            .await
            .ok();
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Barrier({} missing)", *self.0.borrow())
    }
}
