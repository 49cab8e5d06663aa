//! `confluence_audit_retention`.

use crate::schema::{Column, Endpoint, Table};

/// How long the audit log goes back: `getAuditRetentionV1`.
pub static TABLE: Table = Table {
    name: "confluence_audit_retention",
    comment: "How long records of the audit log are kept: one row. Only an administrator of Confluence may read it.",
    key: &[],
    rows: 1.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getAuditRetentionV1",
        "/wiki/rest/api/audit/retention",
        "read:audit-log:confluence",
    )],
    columns: &[
        Column::integer("number", "number", "How many units of time.").required(),
        Column::text(
            "units",
            "units",
            "The unit: DAYS, MONTHS, YEARS and others.",
        )
        .required()
        .width(6),
    ],
};
