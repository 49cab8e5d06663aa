//! The SQL of a mirror, as `sql/mirror` has it: what is kept for ever, and what every version makes anew.
//!
//! The files name the mirror's objects without a schema. They are run with the mirror's schema as search path, and what they
//! make is bound when it is made.

/// Tables, in the order in which they need each other.
pub(super) const TABLES: &[&str] = &[
    include_str!("../../sql/mirror/tables/runs.sql"),
    include_str!("../../sql/mirror/tables/audiences.sql"),
];

/// What is made of the history tables beside what their declarations say, such as indexes.
pub(super) const ON_HISTORY: &[&str] = &[include_str!("../../sql/mirror/access/indexes.sql")];

/// Views and functions, in the order in which they need each other.
pub(super) const VIEWS: &[&str] = &[
    include_str!("../../sql/mirror/frame/runs.sql"),
    // Between these come the views and functions of the history tables.
    include_str!("../../sql/mirror/frame/content.sql"),
    include_str!("../../sql/mirror/access/words.sql"),
    include_str!("../../sql/mirror/access/facts.sql"),
    include_str!("../../sql/mirror/access/space_grants.sql"),
    include_str!("../../sql/mirror/access/accounts.sql"),
    include_str!("../../sql/mirror/access/space_holders.sql"),
    include_str!("../../sql/mirror/access/space_access.sql"),
    include_str!("../../sql/mirror/access/effective_space_access.sql"),
    include_str!("../../sql/mirror/access/content_layers.sql"),
    include_str!("../../sql/mirror/access/content_access.sql"),
    include_str!("../../sql/mirror/access/person_access.sql"),
    include_str!("../../sql/mirror/access/explain_access.sql"),
    include_str!("../../sql/mirror/access/unknowns.sql"),
    include_str!("../../sql/mirror/access/search.sql"),
    include_str!("../../sql/mirror/access/publish.sql"),
];
