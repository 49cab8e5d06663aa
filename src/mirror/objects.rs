//! The SQL of a mirror, as `sql/mirror` has it: what is kept for ever, and what every version makes anew.
//!
//! The files name the mirror's objects without a schema. They are run with the mirror's schema as search path, and what they
//! make is bound when it is made. In each list, the order is that in which they need each other.

/// Tables.
pub(super) const TABLES: &[&str] = &[
    include_str!("../../sql/mirror/tables/runs.sql"),
    include_str!("../../sql/mirror/tables/audiences.sql"),
    include_str!("../../sql/mirror/tables/viewers.sql"),
    include_str!("../../sql/mirror/tables/reports.sql"),
    include_str!("../../sql/mirror/tables/manifests.sql"),
    include_str!("../../sql/mirror/tables/evidence.sql"),
    include_str!("../../sql/mirror/tables/append_only.sql"),
];

/// What is made of the history tables beside what their declarations say: indexes.
pub(super) const ON_HISTORY: &[&str] = &[
    include_str!("../../sql/mirror/access/indexes.sql"),
    include_str!("../../sql/mirror/reports/indexes.sql"),
];

/// Which run answers, and what runs have read: before the views and functions of the history tables.
pub(super) const FRAME: &[&str] = &[
    include_str!("../../sql/mirror/frame/runs.sql"),
    include_str!("../../sql/mirror/frame/steps.sql"),
];

/// Views and functions over these.
pub(super) const VIEWS: &[&str] = &[
    include_str!("../../sql/mirror/frame/content.sql"),
    include_str!("../../sql/mirror/frame/product_access.sql"),
    include_str!("../../sql/mirror/access/words.sql"),
    include_str!("../../sql/mirror/access/facts.sql"),
    include_str!("../../sql/mirror/access/space_grants.sql"),
    include_str!("../../sql/mirror/access/accounts.sql"),
    include_str!("../../sql/mirror/access/space_holders.sql"),
    include_str!("../../sql/mirror/access/effective_space_access.sql"),
    include_str!("../../sql/mirror/access/space_access.sql"),
    include_str!("../../sql/mirror/access/content_layers.sql"),
    include_str!("../../sql/mirror/access/content_access.sql"),
    include_str!("../../sql/mirror/access/person_access.sql"),
    include_str!("../../sql/mirror/access/explain_access.sql"),
    include_str!("../../sql/mirror/access/unknowns.sql"),
    include_str!("../../sql/mirror/access/search.sql"),
    include_str!("../../sql/mirror/access/publish_viewers.sql"),
    include_str!("../../sql/mirror/access/publish.sql"),
    include_str!("../../sql/mirror/proof/canonical.sql"),
    include_str!("../../sql/mirror/proof/chain.sql"),
    include_str!("../../sql/mirror/proof/registered.sql"),
    include_str!("../../sql/mirror/proof/code.sql"),
    include_str!("../../sql/mirror/proof/sample.sql"),
    include_str!("../../sql/mirror/proof/attest.sql"),
    include_str!("../../sql/mirror/proof/export.sql"),
    include_str!("../../sql/mirror/proof/verify.sql"),
    include_str!("../../sql/mirror/proof/erase.sql"),
    include_str!("../../sql/mirror/proof/retention.sql"),
    include_str!("../../sql/mirror/reports/period.sql"),
    include_str!("../../sql/mirror/reports/content_people.sql"),
    include_str!("../../sql/mirror/reports/space_admins.sql"),
    include_str!("../../sql/mirror/reports/access.sql"),
    include_str!("../../sql/mirror/reports/app_access.sql"),
    include_str!("../../sql/mirror/reports/content_changes.sql"),
    include_str!("../../sql/mirror/reports/content_removed.sql"),
    include_str!("../../sql/mirror/reports/coverage.sql"),
    include_str!("../../sql/mirror/reports/dormant_grants.sql"),
    include_str!("../../sql/mirror/reports/external_access.sql"),
    include_str!("../../sql/mirror/reports/group_changes.sql"),
    include_str!("../../sql/mirror/reports/group_space_matrix.sql"),
    include_str!("../../sql/mirror/reports/leaver_ownership.sql"),
    include_str!("../../sql/mirror/reports/open_spaces.sql"),
    include_str!("../../sql/mirror/reports/orphaned_spaces.sql"),
    include_str!("../../sql/mirror/reports/restricted_content.sql"),
    include_str!("../../sql/mirror/reports/access_changes.sql"),
];
