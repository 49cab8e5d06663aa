//! Planning: what the site can answer of a query, the paths that lead to it, what they cost, and the plan that is kept.

pub(crate) mod columns;
pub(crate) mod consumption;
pub(crate) mod create_plan;
mod derived;
pub(crate) mod earlier_scans;
pub(crate) mod estimate;
pub(crate) mod must_exist;
pub(crate) mod paths;
pub(crate) mod planner;
pub(crate) mod pushdown;
pub(crate) mod row_marks;
pub(crate) mod scan_plan;
pub(crate) mod values;
