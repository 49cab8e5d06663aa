//! A copy of a site's tables, made from what its organisation holds: the truth to compare with.

use std::io::Write as _;

use confluence_sim::{Page, Permission, Space};

use super::Site;

impl Site {
    /// Makes the copy. Its columns are those of an import, but for the addresses.
    pub(super) fn copy(&mut self) {
        self.execute(
            "CREATE SCHEMA copy;
             CREATE TABLE copy.confluence_spaces (id bigint, key text, name text, type text, status text,
                author_id text, created_at timestamptz, homepage_id bigint, description text,
                current_active_alias text);
             CREATE TABLE copy.confluence_pages (id bigint, space_id bigint, title text, status text, subtype text,
                parent_id bigint, parent_type text, position int, author_id text, owner_id text, last_owner_id text,
                created_at timestamptz, version_number int, modified_at timestamptz, version_author_id text,
                version_message text, version_minor_edit boolean, body_storage text);
             CREATE TABLE copy.confluence_permissions (id text, space_id bigint, principal_type text,
                principal_id text, operation_key text, operation_target_type text)",
        );
        let organisation = self.sim.organisation();
        self.fill("confluence_spaces", organisation.spaces().map(space_row));
        self.fill(
            "confluence_pages",
            organisation.listed_pages().map(page_row),
        );
        let permissions = organisation.spaces().flat_map(|space| {
            let permissions = organisation.permissions(space.id);
            permissions.map(|permission| permission_row(space.id, permission))
        });
        self.fill("confluence_permissions", permissions);
        self.execute(
            "ANALYZE copy.confluence_spaces, copy.confluence_pages, copy.confluence_permissions",
        );
    }

    fn fill(&mut self, table: &str, rows: impl Iterator<Item = Vec<Option<String>>>) {
        let mut writer = self
            .client
            .copy_in(&format!("COPY copy.{table} FROM STDIN"))
            .expect("a copy begins");
        for row in rows {
            let cells: Vec<String> = row.into_iter().map(cell).collect();
            writeln!(writer, "{}", cells.join("\t")).expect("a copy goes on");
        }
        writer.finish().expect("a copy ends");
    }
}

/// A cell in COPY's text format.
fn cell(value: Option<String>) -> String {
    let Some(value) = value else {
        return "\\N".to_owned();
    };
    value
        .replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn some(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn space_row(space: &Space) -> Vec<Option<String>> {
    vec![
        some(space.id),
        some(&space.key),
        some(&space.name),
        some(space.kind.as_str()),
        some(space.status.as_str()),
        space.author_id.clone(),
        some(space.created_at),
        space.homepage_id.map(|id| id.to_string()),
        some(&space.description),
        some(&space.current_active_alias),
    ]
}

fn page_row(page: Page) -> Vec<Option<String>> {
    let parent = page.parent();
    vec![
        some(page.id()),
        some(page.space_id()),
        some(page.title()),
        some(page.status().as_str()),
        page.subtype().map(str::to_owned),
        parent.map(|(_, id)| id.to_string()),
        parent.map(|(kind, _)| kind.to_owned()),
        page.position().map(|position| position.to_string()),
        page.author_id().map(str::to_owned),
        page.owner_id().map(str::to_owned),
        page.last_owner_id().map(str::to_owned),
        some(page.created_at()),
        some(page.version()),
        some(page.modified_at()),
        page.version_author_id().map(str::to_owned),
        page.version_message().map(str::to_owned),
        some(page.minor_edit()),
        some(page.storage_body()),
    ]
}

fn permission_row(space_id: u64, permission: Permission) -> Vec<Option<String>> {
    vec![
        some(permission.id),
        some(space_id),
        some(permission.principal_type),
        some(permission.principal_id),
        some(permission.operation_key),
        some(permission.target_type),
    ]
}
