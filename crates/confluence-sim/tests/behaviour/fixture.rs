//! Organisations that several tests look at.

use confluence_sim::{Organisation, Size};
use std::sync::Arc;

/// Large enough for a few hundred of everything that hangs on pages, small enough to be read in full.
pub fn small() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 12,
        pages: 900,
        permissions: 0,
        users: 40,
        seed: 7,
        ..Size::default()
    })
}
