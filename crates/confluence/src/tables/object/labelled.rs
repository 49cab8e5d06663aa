//! What carries a label.

use super::super::labels;
use crate::schema::{Column, Source};

/// The labels, where the query does not name them.
pub const LABELS: &[Source] = &[Source::of(&labels::TABLE, &[("label_id", "id")])];

pub const LABEL_ID: Column = Column::bigint("label_id", "", "Id of the label.")
    .required()
    .rows_per_value(20.0);

pub const STATUS: Column =
    Column::text("status", "status", "Status: current, archived and others.").width(8);
