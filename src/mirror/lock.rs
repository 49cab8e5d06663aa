//! A mirror's lock: one refresh, one change of its form or one erasure at a time.
//!
//! It is a lock on the schema, which its like and DROP SCHEMA wait for, and nothing else does: readers are never blocked.

use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::place::MirrorSchema;
use crate::pg::report::Report;

/// It conflicts with itself, and not with what creating or using an object in the schema takes.
const MODE: i32 = pg_sys::ShareUpdateExclusiveLock as i32;

/// The lock, held.
pub(super) struct Lock {
    /// What is locked, if it outlives transactions: then it is let go here.
    of_session: Option<pg_sys::LOCKTAG>,
}

impl Lock {
    /// For this transaction. An error if somebody else has it.
    pub fn of_transaction(place: &MirrorSchema) -> Self {
        if !acquire(&tag(place), false) {
            held(place).raise();
        }
        Self { of_session: None }
    }

    /// Until it is dropped, over commits, errors and cancels; the end of the session lets it go, too. None if somebody
    /// else has it.
    pub fn of_session(place: &MirrorSchema) -> Option<Self> {
        let tag = tag(place);
        acquire(&tag, true).then_some(Self {
            of_session: Some(tag),
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(tag) = &self.of_session {
            // SAFETY: the session holds it; letting it go needs no transaction, so it works behind an error, too.
            unsafe { pg_sys::LockRelease(tag, MODE, true) };
        }
    }
}

fn acquire(tag: &pg_sys::LOCKTAG, of_session: bool) -> bool {
    // SAFETY: the tag is one of an object in this database. It does not wait.
    let got = unsafe { pg_sys::LockAcquire(tag, MODE, of_session, true) };
    got != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
}

fn tag(place: &MirrorSchema) -> pg_sys::LOCKTAG {
    pg_sys::LOCKTAG {
        // SAFETY: tells the database of the session.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
        locktag_field2: pg_sys::NamespaceRelationId.to_u32(),
        locktag_field3: place.oid.to_u32(),
        locktag_field4: 0,
        locktag_type: pg_sys::LockTagType::LOCKTAG_OBJECT as u8,
        locktag_lockmethodid: pg_sys::DEFAULT_LOCKMETHOD as u8,
    }
}

/// Says that somebody else works on the mirror.
pub(super) fn held(place: &MirrorSchema) -> Report {
    Report::new(
        Code::ERRCODE_OBJECT_IN_USE,
        format!("mirror \"{}\" is in use", place.name),
    )
    .detail("Another session refreshes it, makes it anew, or erases a person from it.")
    .hint("Call it again when that has ended.")
}
