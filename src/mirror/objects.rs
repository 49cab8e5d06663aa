//! The SQL of a mirror, as `sql/mirror` has it: what is kept for ever, and what every version makes anew.
//!
//! The files name the mirror's objects without a schema. They are run with the mirror's schema as search path, and what they
//! make is bound when it is made.

/// Tables, in the order in which they need each other.
pub(super) const TABLES: &[&str] = &[include_str!("../../sql/mirror/tables/runs.sql")];

/// What is made of the history tables beside what their declarations say, such as indexes.
pub(super) const ON_HISTORY: &[&str] = &[];

/// Views and functions, in the order in which they need each other.
pub(super) const VIEWS: &[&str] = &[
    include_str!("../../sql/mirror/frame/runs.sql"),
    // Between these come the views and functions of the history tables.
    include_str!("../../sql/mirror/frame/content.sql"),
];
