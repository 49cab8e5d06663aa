//! The remote tables. One file each; adding one is adding its file, and its line here.

use crate::table::Table;

pub mod attachments;
pub mod blogposts;
pub mod content_tree;
pub mod custom_content;
pub mod databases;
pub mod folders;
pub mod footer_comments;
pub mod inline_comments;
pub mod labels;
pub mod pages;
pub mod permissions;
pub mod root_pages;
pub mod smart_links;
pub mod spaces;
pub mod whiteboards;

mod object;

/// Every remote table, in the order of an import.
pub static ALL: &[&Table] = &[
    &spaces::TABLE,
    &pages::TABLE,
    &permissions::TABLE,
    // Objects.
    &blogposts::TABLE,
    &attachments::TABLE,
    &footer_comments::TABLE,
    &inline_comments::TABLE,
    &custom_content::TABLE,
    &labels::TABLE,
    &root_pages::TABLE,
    &content_tree::TABLE,
    &folders::TABLE,
    &whiteboards::TABLE,
    &databases::TABLE,
    &smart_links::TABLE,
];

/// The table of that name.
pub fn find(name: &str) -> Option<&'static Table> {
    ALL.iter().copied().find(|t| t.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Endpoint, Filters};

    #[test]
    fn declarations_hold_together() {
        for table in ALL {
            for key in table.key {
                let (_, column) = table.column(key).expect("a key is a column");
                assert!(
                    column.required,
                    "{}.{key} is a key, so required",
                    table.name
                );
            }
            for endpoint in table.endpoints {
                check_endpoint(table, endpoint);
            }
            for (place, column) in table.columns.iter().enumerate() {
                let (first, _) = table.column(column.name).expect("found by its own name");
                assert_eq!(
                    first, place,
                    "{}.{} is declared twice",
                    table.name, column.name
                );
                assert!(!column.comment.is_empty());
                assert!(
                    !column.at.is_empty() || table.endpoints.iter().all(|e| e.needs(column.name)),
                    "{}.{} has no place in the answer",
                    table.name,
                    column.name
                );
                for needed in column.part.iter().flat_map(|part| part.needed()) {
                    assert!(table.column(needed).is_some());
                }
            }
        }
    }

    fn check_endpoint(table: &'static Table, endpoint: &Endpoint) {
        let name = table.name;
        for needed in endpoint.needed() {
            let (_, column) = table
                .column(needed)
                .expect("what an endpoint needs is a column");
            let in_path = endpoint.path.contains(&format!("{{{needed}}}"));
            assert!(in_path || column.filter.is_some(), "{name}.{needed}");
            for source in endpoint.sources {
                let (_, theirs) = source
                    .columns
                    .iter()
                    .find(|(own, _)| *own == needed)
                    .expect("a source gives all that is needed");
                let (_, theirs) = source.table.column(theirs).expect("a column of the source");
                assert_eq!(theirs.kind, column.kind, "{name}.{needed}");
            }
        }
        if let Filters::Only(columns) = endpoint.filters {
            for taken in columns {
                let (_, column) = table.column(taken).expect("a filter is a column's");
                assert!(column.filter.is_some(), "{name}.{taken}");
            }
        }
        let told = endpoint.rows_at.iter().flat_map(|rows| rows.sets);
        for (column, _) in told {
            assert!(table.column(column).is_some(), "{name}.{column}");
        }
        if let Some(deeper) = &endpoint.deeper {
            assert!(table.column(deeper.id).is_some());
        }
    }
}
