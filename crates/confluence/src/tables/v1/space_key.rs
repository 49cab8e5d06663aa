//! Spaces, which version 1 of the API names by their keys.

use crate::schema::{Column, Filter, Source};
use crate::tables::spaces;

/// Every space, by its key.
pub const EVERY_SPACE: &[Source] = &[Source::of(&spaces::TABLE, &[("space_key", "key")])];

/// The key of the space that a row is about.
pub const SPACE_KEY: Column = Column::text("space_key", "", "Key of the space.")
    .required()
    .width(12);

/// The same where it is a parameter of the request.
pub const BY_SPACE_KEY: Column = SPACE_KEY.filter(Filter::list("spaceKey", 1));
