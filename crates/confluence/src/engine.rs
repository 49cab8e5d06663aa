//! The thread that talks to the network.
//!
//! One thread serves all scans of a process. It runs a single-threaded tokio runtime, so a scan that is
//! given up ends at once, wherever it waits, and takes its connection with it: no thread, descriptor or
//! memory stays behind until a time-out, as it would with a thread for each blocking call.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

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
