//! Sizes that a session has seen: how many rows an object has whose rows it has read whole, where that took several requests.
//! `ANALYZE` looks at some of the objects only, and the average of all says nothing of one that is much larger.

use std::cell::RefCell;
use std::collections::HashMap;

use confluence::request::Key;
use confluence::schema::ColumnId;
use pgrx::pg_sys;

/// The rows of a remote table that have one value in a column, as a role reads them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowsOf {
    pub server: pg_sys::Oid,
    pub user: pg_sys::Oid,
    pub table: &'static str,
    pub column: ColumnId,
    pub value: Key,
}

/// So many are kept.
const MOST: usize = 1_000;

thread_local! {
    static SEEN: RefCell<HashMap<RowsOf, u64>> = RefCell::default();
}

/// Notes that an object was read whole: so many rows, in so many requests. One request is what is expected of any.
pub(crate) fn note(of: RowsOf, rows: u64, requests: u64) {
    SEEN.with_borrow_mut(|seen| {
        if requests < 2 {
            seen.remove(&of);
            return;
        }
        if seen.len() >= MOST && !seen.contains_key(&of) {
            let any = seen.keys().next().cloned();
            any.and_then(|any| seen.remove(&any));
        }
        seen.insert(of, rows);
    });
}

/// How many rows an object has, if that was seen.
pub(crate) fn rows(of: &RowsOf) -> Option<f64> {
    SEEN.with_borrow(|seen| seen.get(of).map(|rows| *rows as f64))
}
