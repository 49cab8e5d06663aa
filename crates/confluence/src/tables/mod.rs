//! The remote tables. One file each; adding one is adding its file, and its line here.

use crate::table::Table;

pub mod admin_key;
pub mod attachment_labels;
pub mod attachment_operations;
pub mod attachment_properties;
pub mod attachment_versions;
pub mod attachments;
pub mod audit_log;
pub mod audit_retention;
pub mod blogpost_labels;
pub mod blogpost_likes;
pub mod blogpost_operations;
pub mod blogpost_properties;
pub mod blogpost_versions;
pub mod blogposts;
pub mod blueprint_templates;
pub mod classification_levels;
pub mod comment_properties;
pub mod content_restrictions;
pub mod content_states;
pub mod content_templates;
pub mod content_tree;
pub mod content_views;
pub mod custom_content;
pub mod custom_content_children;
pub mod custom_content_labels;
pub mod custom_content_operations;
pub mod custom_content_properties;
pub mod custom_content_versions;
pub mod data_policy;
pub mod data_policy_spaces;
pub mod database_ancestors;
pub mod database_children;
pub mod database_descendants;
pub mod database_operations;
pub mod database_properties;
pub mod databases;
pub mod folder_ancestors;
pub mod folder_children;
pub mod folder_descendants;
pub mod folder_operations;
pub mod folder_properties;
pub mod folders;
pub mod footer_comment_likes;
pub mod footer_comment_operations;
pub mod footer_comment_versions;
pub mod footer_comments;
pub mod group_members;
pub mod groups;
pub mod inline_comment_likes;
pub mod inline_comment_operations;
pub mod inline_comment_versions;
pub mod inline_comments;
pub mod label_attachments;
pub mod label_blogposts;
pub mod label_pages;
pub mod labels;
pub mod long_tasks;
pub mod look_and_feel;
pub mod page_ancestors;
pub mod page_children;
pub mod page_descendants;
pub mod page_labels;
pub mod page_likes;
pub mod page_operations;
pub mod page_properties;
pub mod page_versions;
pub mod page_watches;
pub mod pages;
pub mod permissions;
pub mod root_pages;
pub mod search;
pub mod site;
pub mod smart_link_ancestors;
pub mod smart_link_children;
pub mod smart_link_descendants;
pub mod smart_link_operations;
pub mod smart_link_properties;
pub mod smart_links;
pub mod space_blueprint_templates;
pub mod space_content_labels;
pub mod space_content_templates;
pub mod space_labels;
pub mod space_look_and_feel;
pub mod space_operations;
pub mod space_permission_types;
pub mod space_properties;
pub mod space_role_assignments;
pub mod space_roles;
pub mod space_settings;
pub mod space_state_settings;
pub mod space_states;
pub mod space_themes;
pub mod space_watches;
pub mod spaces;
pub mod tasks;
pub mod themes;
pub mod user_groups;
pub mod user_properties;
pub mod users;
pub mod whiteboard_ancestors;
pub mod whiteboard_children;
pub mod whiteboard_descendants;
pub mod whiteboard_operations;
pub mod whiteboard_properties;
pub mod whiteboards;

mod family;
mod object;
mod v1;

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
    &tasks::TABLE,
    &label_pages::TABLE,
    &label_blogposts::TABLE,
    &label_attachments::TABLE,
    &space_roles::TABLE,
    &space_role_assignments::TABLE,
    &space_permission_types::TABLE,
    &classification_levels::TABLE,
    &data_policy::TABLE,
    &data_policy_spaces::TABLE,
    &admin_key::TABLE,
    // Families.
    &page_labels::TABLE,
    &page_likes::TABLE,
    &page_versions::TABLE,
    &page_properties::TABLE,
    &page_operations::TABLE,
    &page_ancestors::TABLE,
    &page_children::TABLE,
    &page_descendants::TABLE,
    &blogpost_labels::TABLE,
    &blogpost_likes::TABLE,
    &blogpost_versions::TABLE,
    &blogpost_properties::TABLE,
    &blogpost_operations::TABLE,
    &attachment_labels::TABLE,
    &attachment_versions::TABLE,
    &attachment_properties::TABLE,
    &attachment_operations::TABLE,
    &custom_content_labels::TABLE,
    &custom_content_versions::TABLE,
    &custom_content_properties::TABLE,
    &custom_content_operations::TABLE,
    &custom_content_children::TABLE,
    &footer_comment_likes::TABLE,
    &footer_comment_versions::TABLE,
    &footer_comment_operations::TABLE,
    &inline_comment_likes::TABLE,
    &inline_comment_versions::TABLE,
    &inline_comment_operations::TABLE,
    &comment_properties::TABLE,
    &space_labels::TABLE,
    &space_content_labels::TABLE,
    &space_properties::TABLE,
    &space_operations::TABLE,
    &folder_properties::TABLE,
    &folder_operations::TABLE,
    &folder_ancestors::TABLE,
    &folder_children::TABLE,
    &folder_descendants::TABLE,
    &whiteboard_properties::TABLE,
    &whiteboard_operations::TABLE,
    &whiteboard_ancestors::TABLE,
    &whiteboard_children::TABLE,
    &whiteboard_descendants::TABLE,
    &database_properties::TABLE,
    &database_operations::TABLE,
    &database_ancestors::TABLE,
    &database_children::TABLE,
    &database_descendants::TABLE,
    &smart_link_properties::TABLE,
    &smart_link_operations::TABLE,
    &smart_link_ancestors::TABLE,
    &smart_link_children::TABLE,
    &smart_link_descendants::TABLE,
    // What version 1 of the API tells.
    &groups::TABLE,
    &group_members::TABLE,
    &user_groups::TABLE,
    &users::TABLE,
    &content_restrictions::TABLE,
    &audit_log::TABLE,
    &audit_retention::TABLE,
    &search::TABLE,
    &site::TABLE,
    &content_views::TABLE,
    &content_states::TABLE,
    &space_states::TABLE,
    &space_state_settings::TABLE,
    &page_watches::TABLE,
    &space_watches::TABLE,
    &space_settings::TABLE,
    &content_templates::TABLE,
    &space_content_templates::TABLE,
    &blueprint_templates::TABLE,
    &space_blueprint_templates::TABLE,
    &themes::TABLE,
    &space_themes::TABLE,
    &look_and_feel::TABLE,
    &space_look_and_feel::TABLE,
    &user_properties::TABLE,
    &long_tasks::TABLE,
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
                    !column.at.is_empty()
                        || table
                            .endpoints
                            .iter()
                            .all(|e| e.needs(column.name) || e.tells(column.name)),
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
