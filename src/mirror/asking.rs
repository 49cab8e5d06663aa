//! What is done with a mirror beside refreshes: which foreign tables the site is asked by, and that nobody else changes it.

use super::lock::Lock;
use super::place::MirrorSchema;
use super::{create, form, live, refresh};

/// The foreign tables of a mirror of the caller's, by the names of their remote tables.
pub(crate) fn live_tables(mirror: &str) -> Vec<(&'static str, String)> {
    let place = MirrorSchema::of_mirror(mirror);
    form::must_be_current(&place).unwrap_or_else(|report| report.raise());
    let tables = create::tables_of(&place);
    let server = refresh::server_of(&place).unwrap_or_else(|report| report.raise());
    let oid = refresh::server_oid(&server);
    let found = live::find(&place, oid, &tables).unwrap_or_else(|report| report.raise());
    let missing = live::read(&tables).find(|table| !found.contains_key(table.name));
    if let Some(missing) = missing {
        live::missing(&place, &server, missing.name).raise();
    }
    found.into_iter().collect()
}

/// Holds a mirror until the transaction ends, for somebody who erases a person from it: no refresh publishes meanwhile what
/// it read before.
pub(crate) fn hold_to_erase(mirror: &str) {
    Lock::of_transaction(&MirrorSchema::to_erase_from(mirror));
}
