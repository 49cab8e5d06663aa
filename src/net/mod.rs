//! The network as a backend sees it: sessions with sites, waiting for them, and the descriptors that both take.

pub(crate) mod fds;
pub(crate) mod sessions;
pub(crate) mod wait;
pub(crate) mod wakeup;
