//! The remote tables. One file each; adding one is adding its file, and its line here.

use crate::schema::Table;

mod family;
mod object;
mod v1;

/// Declares a module for each table, and the list of them all.
macro_rules! tables {
    ($($name:ident,)*) => {
        $(pub mod $name;)*

        /// Every remote table, in the order of an import.
        pub static ALL: &[&Table] = &[$(&$name::TABLE),*];
    };
}

tables! {
    spaces,
    pages,
    permissions,
    // Objects.
    blogposts,
    attachments,
    footer_comments,
    inline_comments,
    custom_content,
    labels,
    root_pages,
    content_tree,
    folders,
    whiteboards,
    databases,
    smart_links,
    tasks,
    label_pages,
    label_blogposts,
    label_attachments,
    space_roles,
    space_role_assignments,
    space_permission_types,
    classification_levels,
    data_policy,
    data_policy_spaces,
    admin_key,
    // Families.
    page_labels,
    page_likes,
    page_versions,
    page_properties,
    page_operations,
    page_ancestors,
    page_children,
    page_descendants,
    blogpost_labels,
    blogpost_likes,
    blogpost_versions,
    blogpost_properties,
    blogpost_operations,
    attachment_labels,
    attachment_versions,
    attachment_properties,
    attachment_operations,
    custom_content_labels,
    custom_content_versions,
    custom_content_properties,
    custom_content_operations,
    custom_content_children,
    footer_comment_likes,
    footer_comment_versions,
    footer_comment_operations,
    inline_comment_likes,
    inline_comment_versions,
    inline_comment_operations,
    comment_properties,
    space_labels,
    space_content_labels,
    space_properties,
    space_operations,
    folder_properties,
    folder_operations,
    folder_ancestors,
    folder_children,
    folder_descendants,
    whiteboard_properties,
    whiteboard_operations,
    whiteboard_ancestors,
    whiteboard_children,
    whiteboard_descendants,
    database_properties,
    database_operations,
    database_ancestors,
    database_children,
    database_descendants,
    smart_link_properties,
    smart_link_operations,
    smart_link_ancestors,
    smart_link_children,
    smart_link_descendants,
    // What version 1 of the API tells.
    groups,
    group_members,
    user_groups,
    users,
    content_restrictions,
    audit_log,
    audit_retention,
    search,
    site,
    content_views,
    content_states,
    space_states,
    space_state_settings,
    page_watches,
    space_watches,
    space_settings,
    content_templates,
    space_content_templates,
    blueprint_templates,
    space_blueprint_templates,
    themes,
    space_themes,
    look_and_feel,
    space_look_and_feel,
    user_properties,
    long_tasks,
}

/// The table of that name.
pub fn find(name: &str) -> Option<&'static Table> {
    ALL.iter().copied().find(|t| t.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Endpoint, Filters};

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
            for (place, column) in table.columns_by_id() {
                let (first, _) = table.column(column.name).expect("found by its own name");
                assert_eq!(
                    first, place,
                    "{}.{} is declared twice",
                    table.name, column.name
                );
                assert!(!column.comment.is_empty());
                assert_ne!(column.name, "site", "a table option gives it a value");
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

    /// The columns that a read itself relies on, for the rows below, the parents of rows, or the way to them.
    fn relied_on(table: &'static Table) -> Vec<(&'static Table, &'static str)> {
        let mut columns = Vec::new();
        columns.extend(table.key.iter().copied());
        columns.extend(table.population.map(|(column, _)| column));
        columns.extend(table.held_at().map(|(place, _)| table.columns[place].name));
        let of_parts = table.columns.iter().flat_map(|column| column.part);
        columns.extend(of_parts.flat_map(|part| part.needed()));
        let mut all: Vec<_> = columns.into_iter().map(|column| (table, column)).collect();
        for endpoint in table.endpoints {
            all.extend(endpoint.needed().map(|column| (table, column)));
            if let Some(deeper) = &endpoint.deeper {
                let depth = deeper.at_depth.map(|(column, _)| column);
                let columns = [Some(deeper.id), deeper.kind, depth];
                all.extend(columns.into_iter().flatten().map(|column| (table, column)));
            }
            let split = endpoint.split.map(|split| split.source);
            let sources = [endpoint.sources, endpoint.hangs_on].into_iter().flatten();
            for source in sources.copied().chain(split) {
                for (own, theirs) in source.columns {
                    all.extend([(table, *own), (source.table, *theirs)]);
                }
            }
        }
        all
    }

    #[test]
    fn nothing_relies_on_values_that_are_left_out_where_they_cannot_be_read() {
        for table in ALL {
            for (table, name) in relied_on(table) {
                let (_, column) = table.column(name).expect("a column");
                assert!(!column.informative, "{}.{name}", table.name);
            }
            for column in table.columns {
                let is_sorted = column.sort.is_some() || column.filter.is_some();
                assert!(
                    !column.informative || !column.required && !is_sorted,
                    "{}.{}",
                    table.name,
                    column.name
                );
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
