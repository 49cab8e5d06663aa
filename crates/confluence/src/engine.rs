//! The thread that talks to the network.
//!
//! One thread serves all scans of a process. It runs a single-threaded tokio runtime, so a scan that is
//! given up ends at once, wherever it waits, and takes its connection with it: no thread, descriptor or
//! memory stays behind until a time-out, as it would with a thread for each blocking call.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::Error;

/// The network thread. Dropping it ends every read that is under way.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread. It inherits the caller's signal mask, as all threads that it starts do.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("confluence".to_owned())
            .spawn(move || {
                // Either the word to stop, or an engine that was dropped: both mean the end.
                let _ = runtime.block_on(stopped);
                runtime.shutdown_background();
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // It ends after the step that it is at, which never blocks.
            let _ = thread.join();
        }
    }
}

/// One piece of work on the network thread. Dropping it ends the work, wherever it waits.
#[derive(Debug)]
pub struct Task<T> {
    outcome: oneshot::Receiver<T>,
    task: AbortHandle,
}

impl<T: Send + 'static> Task<T> {
    /// Begins the work. `wake` is called on the network thread when it has come to an end; it must not block.
    pub fn start(
        engine: &Engine,
        work: impl Future<Output = T> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let (sender, outcome) = oneshot::channel();
        let task = engine.handle().spawn(async move {
            // Rings also where the work panics.
            let _ringing = Ringing(wake);
            // Nobody may be there any more to hear it.
            let _ = sender.send(work.await);
        });
        Self {
            outcome,
            task: task.abort_handle(),
        }
    }

    /// What came of it, if it has come to an end.
    pub fn look(&mut self) -> Option<Result<T, Error>> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(Ok(outcome)),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => {
                Some(Err(Error::Internal("it ended without a result".to_owned())))
            }
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Ringing<F: Fn()>(F);

impl<F: Fn()> Drop for Ringing<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
