//! Statistics: `ANALYZE`, and what the planner is told of tables that nobody has analyzed.

pub(crate) mod analyze;
pub(crate) mod declared;
pub(crate) mod hook;
