//! The engine: the thread that talks to the network.
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

/// Threads for what blocks: resolving names, and reading a token out of a file. Nobody can stop such a thread, so queries
/// that are given up while a name is slow leave it behind. More of them wait for these.
const BLOCKING_THREADS: usize = 4;

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
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build()?;
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
                Some(Err(Error::Internal("it ended without a result".into())))
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Arc, RwLock, mpsc};

    use super::*;

    #[test]
    fn slow_names_take_four_threads_however_many_queries_are_given_up() {
        const QUERIES: usize = 20;
        let engine = Engine::start().expect("an engine");
        let slow = Arc::new(RwLock::new(()));
        let answer = slow.write().expect("a lock");
        let (looking, looked_up) = mpsc::channel();
        for _ in 0..QUERIES {
            let (looking, slow) = (looking.clone(), slow.clone());
            let (asking, asked) = mpsc::channel();
            let work = async move {
                let look_up = tokio::task::spawn_blocking(move || {
                    drop(slow.read());
                    let _ = looking.send(std::thread::current().id());
                });
                let _ = asking.send(());
                let _ = look_up.await;
            };
            let query = Task::start(&engine, work, || ());
            asked.recv().expect("it asks");
            drop(query);
        }
        drop(answer);
        let threads: Vec<_> = looked_up.iter().take(QUERIES).collect();
        assert_eq!(threads.len(), QUERIES);
        let threads: HashSet<_> = threads.into_iter().collect();
        assert!(threads.len() <= BLOCKING_THREADS, "{threads:?}");
    }
}
