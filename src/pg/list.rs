//! PostgreSQL's lists of pointers, as far as they are needed here.

use std::ffi::{CStr, CString, c_char};

use pgrx::{PgSqlErrorCode, pg_sys};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::report::Report;

/// The pointers in a list.
///
/// # Safety
/// `list` is NIL, or a valid list of pointers to `T` that outlives the result and is not changed
/// meanwhile.
pub(crate) unsafe fn iter<T>(list: *const pg_sys::List) -> impl ExactSizeIterator<Item = *mut T> {
    // SAFETY: the list is valid and stays, and its cells are pointers, of which a cell can be read as one.
    unsafe { cells(list).map(|cell| cell.ptr_value.cast()) }
}

/// The numbers in a list of integers.
///
/// # Safety
/// `list` is NIL, or a valid list of integers that outlives the result and is not changed meanwhile.
pub(crate) unsafe fn integers(list: *const pg_sys::List) -> impl Iterator<Item = i32> {
    // SAFETY: the list is valid and stays, and its cells are integers, of which a cell can be read as one.
    unsafe { cells(list).map(|cell| cell.int_value) }
}

/// The cells of a list.
///
/// # Safety
/// `list` is NIL, or a valid list that outlives the result, and becomes no shorter meanwhile.
unsafe fn cells(list: *const pg_sys::List) -> impl ExactSizeIterator<Item = pg_sys::ListCell> {
    let length = if list.is_null() {
        0
    } else {
        // SAFETY: what is not NIL is a valid list, which has a length.
        unsafe { (*list).length as usize }
    };
    (0..length).map(move |place| {
        // SAFETY: `place` is below the list's length.
        unsafe { *(*list).elements.add(place) }
    })
}

/// A list of these pointers, in the current memory context.
pub(crate) fn from_pointers<T>(pointers: impl IntoIterator<Item = *mut T>) -> *mut pg_sys::List {
    pointers
        .into_iter()
        .fold(std::ptr::null_mut(), |list, pointer| {
            // SAFETY: `list` is NIL or what lappend gave before.
            unsafe { pg_sys::lappend(list, pointer.cast()) }
        })
}

/// Text for PostgreSQL to keep, in the current memory context. A zero byte would end it there: what has one is refused
/// rather than cut.
pub(crate) fn pstrdup(text: &str) -> *mut c_char {
    let text = CString::new(text).unwrap_or_else(|_| {
        Report::new(
            PgSqlErrorCode::ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
            "text with a zero byte cannot be stored",
        )
        .raise()
    });
    // SAFETY: pstrdup copies a string that ends with NUL.
    unsafe { pg_sys::pstrdup(text.as_ptr()) }
}

/// Text from PostgreSQL. What is not UTF-8 is replaced; NULL is empty.
///
/// # Safety
/// `text` is NULL, or a valid string that ends with NUL.
pub(crate) unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: what is not NULL is a string that ends with NUL.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// A list that holds a value, as one string of JSON. Paths and plans are copied and kept; a string is what
/// survives that.
pub(crate) fn of_value(value: &impl Serialize) -> *mut pg_sys::List {
    let text = match serde_json::to_string(value) {
        Ok(text) => text,
        Err(error) => unreadable(error),
    };
    // SAFETY: makeString takes a string of PostgreSQL's, which pstrdup gives.
    let node = unsafe { pg_sys::makeString(pstrdup(&text)) };
    from_pointers([node])
}

/// The value of a list made by [`of_value`].
///
/// # Safety
/// `list` was made by [`of_value`] from a value of the same type, or copied from one that was.
pub(crate) unsafe fn value_of<T: DeserializeOwned>(list: *const pg_sys::List) -> T {
    // SAFETY: such a list, or its copy, holds one String node, whose text is a string.
    let text = unsafe {
        iter::<pg_sys::String>(list)
            .next()
            .map_or_else(String::new, |node| text((*node).sval))
    };
    serde_json::from_str(&text).unwrap_or_else(|error| unreadable(error))
}

fn unreadable(error: serde_json::Error) -> ! {
    Report::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("plan of a foreign scan cannot be read: {error}"),
    )
    .raise()
}
