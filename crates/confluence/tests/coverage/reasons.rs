//! Why operations are not read by a table of their own.

/// Why an operation is not read.
pub struct Reason {
    /// The operation: its id, or, in version 1 of the API, its path.
    pub operation: &'static str,
    /// The table that has the same rows.
    pub same_rows_as: Option<&'static str>,
    /// The reason.
    pub why: &'static str,
}

impl Reason {
    /// The reason on an operation.
    pub fn on(id: &str, path: &str) -> Option<&'static Self> {
        REASONS.iter().find(|reason| reason.is_on(id, path))
    }

    pub fn is_on(&self, id: &str, path: &str) -> bool {
        self.operation == id || self.operation == path
    }
}

const fn same(operation: &'static str, table: &'static str, why: &'static str) -> Reason {
    Reason {
        operation,
        same_rows_as: Some(table),
        why,
    }
}

const fn not(operation: &'static str, why: &'static str) -> Reason {
    Reason {
        operation,
        same_rows_as: None,
        why,
    }
}

/// All reasons that there are.
pub const REASONS: &[Reason] = &[
    // Version 2.
    same(
        "getPageById",
        "confluence_pages",
        "a condition on `id` asks the listing, which takes 250 ids at once, but has no drafts and no rendered bodies",
    ),
    same(
        "getBlogPostById",
        "confluence_blogposts",
        "a condition on `id` asks the listing, which takes 250 ids at once, but has no drafts and no rendered bodies",
    ),
    same(
        "getBlogPostsInSpace",
        "confluence_blogposts",
        "a condition on `space_id` asks the listing, which takes 100 spaces at once",
    ),
    same(
        "getSpaceById",
        "confluence_spaces",
        "a condition on `id` asks the listing, which takes 250 ids at once",
    ),
    same(
        "getCustomContentByTypeInSpace",
        "confluence_custom_content",
        "a condition on `space_id` asks the listing, which takes 100 spaces at once",
    ),
    same(
        "getSpaceRolesById",
        "confluence_space_roles",
        "the listing has all of them",
    ),
    same(
        "getTaskById",
        "confluence_tasks",
        "a condition on `id` asks the listing, which takes 250 ids at once",
    ),
    same(
        "getChildPages",
        "confluence_page_children",
        "those of type page; the operation leaves other kinds out, and is deprecated",
    ),
    not(
        "getAttachmentThumbnailById",
        "it gives a picture, and no rows",
    ),
    not("getForgeAppProperties", "it answers Forge apps only"),
    not("getForgeAppProperty", "it answers Forge apps only"),
    // Version 1.
    same(
        "/wiki/rest/api/audit/export",
        "confluence_audit_log",
        "the operation gives them as a file",
    ),
    same(
        "/wiki/rest/api/audit/since",
        "confluence_audit_log",
        "a condition on `created_at` says since when",
    ),
    not(
        "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download",
        "it leads to a file; `download_url` of `confluence_attachments` is its address",
    ),
    same(
        "/wiki/rest/api/content/{id}/descendant",
        "confluence_page_descendants",
        "comments and attachments are in tables of their own; the operation is deprecated",
    ),
    same(
        "/wiki/rest/api/content/{id}/descendant/{type}",
        "confluence_page_descendants",
        "comments and attachments are in tables of their own; the operation is deprecated",
    ),
    not(
        "/wiki/rest/api/content/{id}/history/{version}/macro/id/{macroId}",
        "ids of macros stand in bodies only, and the macros with them",
    ),
    not(
        "/wiki/rest/api/content/{id}/history/{version}/macro/id/{macroId}/convert/{to}",
        "it renders a macro, whose id stands in a body only",
    ),
    not(
        "/wiki/rest/api/content/{id}/history/{version}/macro/id/{macroId}/convert/async/{to}",
        "it starts to render a macro, which is more than reading",
    ),
    same(
        "/wiki/rest/api/content/{id}/notification/created",
        "confluence_space_watches",
        "the operation lists those of the space that a content is in",
    ),
    same(
        "/wiki/rest/api/content/{id}/restriction/byOperation",
        "confluence_content_restrictions",
        "the operation has them by what is restricted",
    ),
    same(
        "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}",
        "confluence_content_restrictions",
        "a condition on `operation` chooses them",
    ),
    same(
        "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}/byGroupId/{groupId}",
        "confluence_content_restrictions",
        "the operation says whether one group has a row there",
    ),
    same(
        "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}/user",
        "confluence_content_restrictions",
        "the operation says whether one account has a row there",
    ),
    not(
        "/wiki/rest/api/content/{id}/state/available",
        "it says what an editor offers to the account that asks; `confluence_space_states` has what spaces offer",
    ),
    not(
        "/wiki/rest/api/content-states",
        "it lists what the account that asks has made for itself",
    ),
    not(
        "/wiki/rest/api/contentbody/convert/async/{id}",
        "it gives the outcome of a conversion, and none is ever started",
    ),
    not(
        "/wiki/rest/api/contentbody/convert/async/bulk/tasks",
        "it gives the outcome of conversions, and none is ever started",
    ),
    same(
        "/wiki/rest/api/label",
        "confluence_label_pages",
        "blog posts and attachments are in `confluence_label_blogposts` and `confluence_label_attachments`",
    ),
    same(
        "/wiki/rest/api/group/picker",
        "confluence_groups",
        "PostgreSQL compares their names as it likes",
    ),
    same(
        "/wiki/rest/api/longtask/{id}",
        "confluence_long_tasks",
        "the operation gives one",
    ),
    not(
        "/wiki/rest/api/relation/{relationName}/from/{sourceType}/{sourceKey}/to/{targetType}",
        "relations are made by apps, and nothing lists their names",
    ),
    not(
        "/wiki/rest/api/relation/{relationName}/from/{sourceType}/{sourceKey}/to/{targetType}/{targetKey}",
        "relations are made by apps, and nothing lists their names",
    ),
    not(
        "/wiki/rest/api/relation/{relationName}/to/{targetType}/{targetKey}/from/{sourceType}",
        "relations are made by apps, and nothing lists their names",
    ),
    same(
        "/wiki/rest/api/search/user",
        "confluence_users",
        "the operation finds 10,000 accounts at most, and licensed ones only",
    ),
    same(
        "/wiki/rest/api/settings/theme/{themeKey}",
        "confluence_themes",
        "the operation gives one",
    ),
    same(
        "/wiki/rest/api/space/{spaceKey}/state/content",
        "confluence_content_states",
        "the operation lists the contents in one state",
    ),
    same(
        "/wiki/rest/api/space/{spaceKey}/label",
        "confluence_space_labels",
        "those with the prefix `global` are on what is in the space, as in `confluence_page_labels`",
    ),
    same(
        "/wiki/rest/api/template/{contentTemplateId}",
        "confluence_content_templates",
        "those of spaces are in `confluence_space_content_templates`; the operation gives one",
    ),
    same(
        "/wiki/rest/api/user",
        "confluence_users",
        "version 2 looks up 250 at once",
    ),
    same(
        "/wiki/rest/api/user/bulk",
        "confluence_users",
        "version 2 looks up 250 at once",
    ),
    not(
        "/wiki/rest/api/user/anonymous",
        "it says how somebody without an account is shown",
    ),
    same(
        "/wiki/rest/api/user/watch/content/{contentId}",
        "confluence_page_watches",
        "the operation says whether one account has a row there; watches of blog posts are not listed",
    ),
    not(
        "/wiki/rest/api/user/watch/label/{labelName}",
        "it asks about one account and one label at a time, and nothing lists who watches what",
    ),
    same(
        "/wiki/rest/api/user/watch/space/{spaceKey}",
        "confluence_space_watches",
        "the operation says whether one account has a row there",
    ),
    not(
        "/wiki/rest/api/user/email",
        "it answers apps that Atlassian has approved; `confluence.user_emails` is for e-mail addresses",
    ),
    not(
        "/wiki/rest/api/user/email/bulk",
        "it answers apps that Atlassian has approved; `confluence.user_emails` is for e-mail addresses",
    ),
];
