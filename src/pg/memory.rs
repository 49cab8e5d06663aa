//! Memory: values that live as long as a query.

use std::ffi::{CStr, c_void};

use pgrx::{pg_guard, pg_sys};

use super::nodes::Node;

/// Gives a value to a memory context, whose end drops it, whether the query ends well, fails or is cancelled.
///
/// # Safety
/// `context` is a valid memory context, and dropping the value looks at nothing that ends before the context does.
pub(crate) unsafe fn keep<T>(context: pg_sys::MemoryContext, value: T) -> *mut T {
    // SAFETY: memory of a valid context. The callback lies in the context itself, which runs it once, when it ends.
    unsafe {
        let callback =
            pg_sys::MemoryContextAllocZero(context, size_of::<pg_sys::MemoryContextCallback>())
                .cast::<pg_sys::MemoryContextCallback>();
        let value = Box::into_raw(Box::new(value));
        (*callback).func = Some(forget::<T>);
        (*callback).arg = value.cast();
        pg_sys::MemoryContextRegisterResetCallback(context, callback);
        value
    }
}

/// Drops a value with its memory context.
#[pg_guard]
unsafe extern "C-unwind" fn forget<T>(value: *mut c_void) {
    // SAFETY: the pointer is the one that keep leaked, and a callback runs once.
    drop(unsafe { Box::from_raw(value.cast::<T>()) });
}

/// A memory context of one's own for copies of rows.
pub(crate) struct RowContext(pg_sys::MemoryContext);

impl RowContext {
    /// An empty one below another.
    ///
    /// # Safety
    /// `parent` is a valid memory context, and the new one is not used any more once that is reset.
    pub unsafe fn below(parent: pg_sys::MemoryContext, name: &'static CStr) -> Self {
        // SAFETY: the parent is valid, as the caller says, and the new context goes with it. The name stays.
        Self(unsafe {
            pg_sys::AllocSetContextCreateInternal(
                parent,
                name.as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            )
        })
    }

    /// Frees all rows. What was given of them points nowhere from now on.
    pub fn reset(&mut self) {
        // SAFETY: the context is there, as `below` was promised, and is nobody else's.
        unsafe { pg_sys::MemoryContextReset(self.0) };
    }

    /// A copy of a slot's row, which stays until the next reset, and how many bytes it has.
    pub fn copy_of(&mut self, slot: Node<pg_sys::TupleTableSlot>) -> (pg_sys::MinimalTuple, usize) {
        // SAFETY: the slot is valid; of an empty one, PostgreSQL would make a row of what was in it. The context is there, and
        // what comes back is a tuple, which says its length.
        unsafe {
            let is_empty = (*slot.as_ptr()).tts_flags & pg_sys::TTS_FLAG_EMPTY as u16 != 0;
            assert!(!is_empty, "a row is kept");
            let before = pg_sys::MemoryContextSwitchTo(self.0);
            let tuple = pg_sys::ExecCopySlotMinimalTuple(slot.as_ptr());
            pg_sys::MemoryContextSwitchTo(before);
            (tuple, (*tuple).t_len as usize)
        }
    }

    /// Runs something that takes memory which is freed with the rows.
    pub fn keep_with<T>(&mut self, run: impl FnOnce() -> T) -> T {
        // SAFETY: the context is there.
        let before = unsafe { pg_sys::MemoryContextSwitchTo(self.0) };
        let made = run();
        // SAFETY: the context was the current one.
        unsafe { pg_sys::MemoryContextSwitchTo(before) };
        made
    }
}
