//! What a mirror keeps of a table: its name there, its columns, what each is to the history, and on what its rows hang.

use confluence::schema::{Kept, Table};
use confluence::tables;

use crate::catalog::column::natural_type_name;

/// What the names of remote tables begin with, and those of a mirror do not.
const PREFIX: &str = "confluence_";

/// The tables that evidence is made of, in the order in which they are read: people first, then what they are given, then
/// what that is about. What is read last is the nearest to the moment of publishing; what depends on another table comes
/// behind it.
pub(super) const EVIDENCE: &[&str] = &[
    "confluence_groups",
    "confluence_product_groups",
    "confluence_product_users",
    "confluence_group_members",
    "confluence_spaces",
    "confluence_permissions",
    "confluence_space_roles",
    "confluence_space_role_assignments",
    "confluence_pages",
    "confluence_blogposts",
    "confluence_folders",
    "confluence_whiteboards",
    "confluence_databases",
    "confluence_smart_links",
    "confluence_content_restrictions",
    "confluence_users",
    "confluence_page_versions",
    "confluence_blogpost_versions",
    "confluence_page_labels",
    "confluence_audit_log",
];

/// The tables of contents, on which restrictions hang.
pub(super) const CONTENTS: &[&str] = &[
    "pages",
    "blogposts",
    "folders",
    "whiteboards",
    "databases",
    "smart_links",
];

/// A table of a mirror.
#[derive(Debug)]
pub(super) struct MirroredTable {
    /// Its name in the mirror.
    pub name: &'static str,
    pub comment: &'static str,
    pub columns: Vec<MirroredColumn>,
    pub key: Vec<&'static str>,
    pub source: RowSource,
}

/// Where its rows come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowSource {
    /// A foreign table of the mirror's server.
    Remote(&'static Table),
    /// `confluence.user_emails`.
    UserEmails,
}

/// A column of a table of a mirror.
#[derive(Debug)]
pub(super) struct MirroredColumn {
    pub name: &'static str,
    pub type_name: &'static str,
    pub comment: String,
    pub is_description: bool,
}

impl MirroredTable {
    /// What is kept of a remote table.
    pub fn of(table: &'static Table) -> Self {
        let kept = table
            .columns
            .iter()
            .filter(|column| column.kept() != Kept::Not || table.key.contains(&column.name));
        Self {
            name: table.name.strip_prefix(PREFIX).unwrap_or(table.name),
            comment: table.comment,
            columns: kept
                .map(|column| MirroredColumn {
                    name: column.name,
                    type_name: natural_type_name(column.kind),
                    comment: column.full_comment(),
                    is_description: column.kept() == Kept::Description
                        && !table.key.contains(&column.name),
                })
                .collect(),
            key: table.key.to_vec(),
            source: RowSource::Remote(table),
        }
    }

    /// What is kept of the e-mail addresses that an administrator's export tells. A load that changes nothing but its own
    /// time is no change.
    pub fn emails() -> Self {
        let column = |name, type_name, is_description, comment: &str| MirroredColumn {
            name,
            type_name,
            comment: comment.to_owned(),
            is_description,
        };
        Self {
            name: "emails",
            comment: "E-mail addresses of accounts, from the user export of admin.atlassian.com, as confluence.user_emails had them.",
            columns: vec![
                column(
                    "account_id",
                    "pg_catalog.text",
                    false,
                    "Atlassian account id.",
                ),
                column(
                    "email",
                    "pg_catalog.text",
                    false,
                    "E-mail address. NULL where no export has told it.",
                ),
                column(
                    "display_name",
                    "pg_catalog.text",
                    true,
                    "Name that people see.",
                ),
                column(
                    "status",
                    "pg_catalog.text",
                    false,
                    "Active, Inactive, Suspended or Deactivated, or what else the export says.",
                ),
                column(
                    "org_role",
                    "pg_catalog.text",
                    false,
                    "Role in the organisation. NULL where there is none.",
                ),
                column(
                    "added_to_org",
                    "date",
                    false,
                    "Day on which the account was added to the organisation.",
                ),
                column(
                    "last_active",
                    "date",
                    true,
                    "Latest day of use of any product in the export.",
                ),
                column(
                    "product_access",
                    "pg_catalog.jsonb",
                    true,
                    "Access to products, and the last use of each.",
                ),
                column(
                    "last_loaded",
                    "timestamp with time zone",
                    true,
                    "When the latest export that names the account was loaded.",
                ),
            ],
            key: vec!["account_id"],
            source: RowSource::UserEmails,
        }
    }

    /// Whether its rows are only ever added: nothing tells them apart but all that they say.
    pub fn is_append_only(&self) -> bool {
        self.key.is_empty()
    }

    pub fn history(&self) -> String {
        format!("{}_history", self.name)
    }

    pub fn staging(&self) -> String {
        format!("{}_staging", self.name)
    }

    /// The columns by name.
    pub fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// The columns that are facts: another value is another state of the row.
    pub fn facts(&self) -> Vec<&'static str> {
        let facts = self.columns.iter().filter(|column| !column.is_description);
        facts
            .map(|column| column.name)
            .filter(|name| !self.key.contains(name))
            .collect()
    }

    pub fn descriptions(&self) -> Vec<&'static str> {
        let described = self.columns.iter().filter(|column| column.is_description);
        described.map(|column| column.name).collect()
    }

    /// The foreign table's name in its server's schema, where it is a remote one.
    pub fn remote(&self) -> Option<&'static Table> {
        match self.source {
            RowSource::Remote(table) => Some(table),
            RowSource::UserEmails => None,
        }
    }
}

/// All that evidence is made of.
pub(super) fn evidence() -> Vec<MirroredTable> {
    let remote = EVIDENCE.iter().filter_map(|name| tables::find(name));
    let mut tables: Vec<MirroredTable> = remote.map(MirroredTable::of).collect();
    tables.push(MirroredTable::emails());
    tables
}
