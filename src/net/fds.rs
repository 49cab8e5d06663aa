//! File descriptors, as PostgreSQL keeps count of them.
//!
//! PostgreSQL closes some of its own files before a backend has too many open, if it knows of those that others open.
//!
//! Counted are the socket pairs between the threads, what the network thread's event loop needs, and one connection for
//! each session: over HTTP/2, which Confluence Cloud speaks, all requests to a site share one. Connections themselves
//! come and go on the network thread, which must not touch PostgreSQL's count; where a proxy or a test server only
//! speaks HTTP/1, there are up to `max_concurrency` of them, and those above one are not counted.

use pgrx::pg_sys;

/// What is left to others who ask before they open: PostgreSQL itself takes one wherever it waits for more than its
/// latch, and raises an error if there is none.
const LEFT_TO_OTHERS: usize = 8;

/// So many descriptors are counted as long as this lives. It belongs to the backend's own thread.
#[derive(Debug)]
pub(super) struct Descriptors(usize);

impl Descriptors {
    /// Counts descriptors without which nothing can be read.
    pub fn reserve(count: usize) -> Self {
        let mut counted = Self(0);
        for _ in 0..count {
            // SAFETY: it counts, and closes files of PostgreSQL's that it opens again when it needs them.
            unsafe { pg_sys::ReserveExternalFD() };
            counted.0 += 1;
        }
        counted
    }

    /// Counts descriptors that one can do without; None if that would leave too few to others.
    pub fn acquire(count: usize) -> Option<Self> {
        let counted = Self::all_of(count)?;
        Self::all_of(LEFT_TO_OTHERS)?;
        Some(counted)
    }

    fn all_of(count: usize) -> Option<Self> {
        let mut counted = Self(0);
        for _ in 0..count {
            // SAFETY: as above.
            if !unsafe { pg_sys::AcquireExternalFD() } {
                return None;
            }
            counted.0 += 1;
        }
        Some(counted)
    }
}

impl Drop for Descriptors {
    fn drop(&mut self) {
        for _ in 0..self.0 {
            // SAFETY: takes back what was counted above, once.
            unsafe { pg_sys::ReleaseExternalFD() };
        }
    }
}
