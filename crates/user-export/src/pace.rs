//! How often a caller gets to think again.

/// How many bytes are worked on between two pauses: some milliseconds, even where nothing is optimised.
pub(crate) const PIECE: usize = 1 << 16;

/// Counts the work, and calls the caller's `pause` in time. By bytes, not by rows: a row can be as long as a file.
pub(crate) struct Pace<'p> {
    pause: &'p mut dyn FnMut(),
    left: usize,
}

impl<'p> Pace<'p> {
    pub(crate) fn new(pause: &'p mut dyn FnMut()) -> Self {
        Self { pause, left: PIECE }
    }

    /// So many bytes have been worked on.
    pub(crate) fn work(&mut self, bytes: usize) {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => {
                self.left = PIECE;
                (self.pause)();
            }
        }
    }
}
