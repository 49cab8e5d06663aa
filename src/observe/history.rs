//! The history: a session's latest scans, as `confluence.scans` shows them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use confluence::http::Tally;
use pgrx::pg_sys;

/// How many scans are kept.
const KEPT: usize = 100;

/// What is known of a scan: a node of a plan, with all of its runs.
#[derive(Clone, Debug)]
pub(crate) struct ScanRecord {
    /// The scan's number in its session, from 1.
    pub number: u64,
    /// The role that ran it.
    pub user: pg_sys::Oid,
    pub started_at: pg_sys::TimestampTz,
    pub server: String,
    /// The foreign table's name, with its schema.
    pub foreign_table: String,
    pub remote_table: &'static str,
    /// The request, as EXPLAIN shows it, without values.
    pub request: String,
    pub tally: Tally,
    pub waited: Duration,
    /// Whether every run came to the end that the site declares.
    pub complete: bool,
    pub error: Option<ScanFailure>,
}

/// What ended a scan that came to no end of its own.
#[derive(Clone, Debug)]
pub(crate) struct ScanFailure {
    pub sqlstate: Option<String>,
    pub message: String,
}

/// A record that its scan keeps up to date.
pub(super) type Entry = Rc<RefCell<ScanRecord>>;

thread_local! {
    /// In the order in which they were begun.
    static SCANS: RefCell<VecDeque<Entry>> = const { RefCell::new(VecDeque::new()) };
    /// How many have been begun.
    static BEGUN: Cell<u64> = const { Cell::new(0) };
}

/// The number of the next scan.
pub(crate) fn next_number() -> u64 {
    BEGUN.set(BEGUN.get() + 1);
    BEGUN.get()
}

/// How many scans have been begun: the number of the last one.
pub(crate) fn begun() -> u64 {
    BEGUN.get()
}

/// Enters a scan that begins. The oldest one is forgotten for it, where there are too many.
pub(super) fn enter(record: ScanRecord) -> Entry {
    let entry = Rc::new(RefCell::new(record));
    SCANS.with_borrow_mut(|scans| {
        if scans.len() == KEPT {
            scans.pop_front();
        }
        scans.push_back(entry.clone());
    });
    entry
}

/// The scans of roles whose rights `user` has. With SET ROLE, one session runs scans of several.
pub(crate) fn seen_by(user: pg_sys::Oid) -> Vec<ScanRecord> {
    let records: Vec<ScanRecord> =
        SCANS.with_borrow(|scans| scans.iter().map(|scan| scan.borrow().clone()).collect());
    records
        .into_iter()
        // SAFETY: looks at catalogs; a role that is gone has no members.
        .filter(|record| unsafe { pg_sys::has_privs_of_role(user, record.user) })
        .collect()
}
