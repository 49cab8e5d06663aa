//! Memory: values that live as long as a query.

use std::ffi::c_void;

use pgrx::{pg_guard, pg_sys};

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
