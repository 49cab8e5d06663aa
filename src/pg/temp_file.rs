//! Temporary files: what does not fit into memory, in PostgreSQL's own files. They count for `temp_file_limit`, go into
//! `temp_tablespaces`, and are gone with the query, however it ends.

use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::report::Report;

/// A temporary file. Whoever has it closes it: what is left at the end of a query that fails, PostgreSQL closes.
pub(crate) struct TempFile(*mut pg_sys::BufFile);

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FilePlace {
    pub segment: i32,
    pub offset: i64,
}

impl TempFile {
    /// A new one of the running query. It is to be closed before the current memory context is reset: what PostgreSQL keeps
    /// of it lies there.
    pub fn new() -> Self {
        // SAFETY: makes a file, which belongs to the query and not to its transaction.
        Self(unsafe { pg_sys::BufFileCreateTemp(false) })
    }

    /// Where the next write goes.
    pub fn end(&self) -> FilePlace {
        let mut place = FilePlace {
            segment: 0,
            offset: 0,
        };
        // SAFETY: the file is open, and so are the places for the answer.
        unsafe { pg_sys::BufFileTell(self.0, &mut place.segment, &mut place.offset) };
        place
    }

    /// Writes bytes behind those that were written before. Not to be called any more once something was read.
    pub fn write(&mut self, bytes: &[u8]) {
        // SAFETY: the file is open, and PostgreSQL only reads what is written, whatever the pointer says.
        unsafe { pg_sys::BufFileWrite(self.0, bytes.as_ptr().cast_mut().cast(), bytes.len()) };
    }

    /// Goes to a place that [`end`](Self::end) has told, to read there.
    pub fn seek(&mut self, to: FilePlace) {
        // SAFETY: the file is open.
        let failed =
            unsafe { pg_sys::BufFileSeek(self.0, to.segment, to.offset, libc::SEEK_SET) != 0 };
        if failed {
            self.unreadable();
        }
    }

    /// Reads as many bytes as there is room for.
    pub fn read(&mut self, into: &mut [u8]) {
        // SAFETY: the file is open, and there is room for as many bytes.
        let read = unsafe { pg_sys::BufFileRead(self.0, into.as_mut_ptr().cast(), into.len()) };
        if read != into.len() {
            self.unreadable();
        }
    }

    /// Closes and removes it.
    pub fn close(self) {
        // SAFETY: the file is open, and is not used any more.
        unsafe { pg_sys::BufFileClose(self.0) };
    }

    fn unreadable(&self) -> ! {
        Report::new(Code::ERRCODE_IO_ERROR, "could not read a temporary file").raise()
    }
}
