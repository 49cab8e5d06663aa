//! The remote tables. One file each; adding one is adding its file, and its line here.

use crate::schema::Table;

mod family;
mod object;
mod v1;

/// Declares a module for each table, and the list of them all.
macro_rules! tables {
    ($($name:ident,)*) => {
        $(pub mod $name;)*

        // What does not hold together does not compile.
        $(const _: () = $name::TABLE.check();)*

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
    product_groups,
    product_users,
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

    /// The compiler has said so already, and this says it of the list of tables.
    #[test]
    fn declarations_hold_together() {
        for table in ALL {
            table.check();
            assert!(
                std::ptr::eq(*table, find(table.name).expect("a table")),
                "{}",
                table.name
            );
        }
    }
}
