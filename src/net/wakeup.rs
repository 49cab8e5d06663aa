//! The wakeup pipe, a socket pair: the network thread writes a byte into one end, the backend waits at the other.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use super::fds::Descriptors;

/// What the network thread calls to wake the backend up.
pub(super) type Wake = Box<dyn Fn() + Send + Sync>;

#[derive(Debug)]
pub(crate) struct WakeupPipe {
    /// The backend's end.
    socket: UnixStream,
    /// The network thread's end.
    bell: Arc<UnixStream>,
    _counted: Descriptors,
}

impl WakeupPipe {
    /// One that the backend cannot do without.
    pub fn open() -> io::Result<Self> {
        Self::new(Descriptors::reserve(2))
    }

    /// One more, if descriptors can be had.
    pub fn another() -> Option<Self> {
        Self::new(Descriptors::acquire(2)?).ok()
    }

    fn new(counted: Descriptors) -> io::Result<Self> {
        let (socket, bell) = UnixStream::pair()?;
        socket.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        Ok(Self {
            socket,
            bell: Arc::new(bell),
            _counted: counted,
        })
    }

    /// What becomes readable when it is rung.
    pub fn socket(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    pub fn ring(&self) -> Wake {
        let bell = self.bell.clone();
        Box::new(move || {
            // A full pipe is as good as one more byte: the backend will wake up.
            let _ = (&*bell).write(&[0]);
        })
    }

    /// Empties it. What was rung for is looked at afterwards, so no ring is lost.
    pub fn drain(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.socket).read(&mut bytes), Ok(n) if n > 0) {}
    }
}
