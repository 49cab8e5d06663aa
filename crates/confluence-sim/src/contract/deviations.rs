//! Where live sites are known to differ from the documents. Nothing else may.

use serde_json::{Value, json};

/// One difference.
struct Deviation {
    operations: &'static [&'static str],
    /// In a row of a listing, or in a single object. `*` stands for a place in a list.
    place: &'static str,
    allows: Allows,
}

enum Allows {
    /// Null where the document wants something.
    Null,
    /// A property that the document does not have.
    Property(&'static str),
    /// A number where the document wants text.
    Number,
    /// Words that the document does not list.
    Words(&'static [&'static str]),
}
use Allows::{Null, Number, Property, Words};

const PAGES: &[&str] = &[
    "getPages",
    "getPagesInSpace",
    "getPageById",
    "getLabelPages",
];
const BLOGPOSTS: &[&str] = &["getBlogPosts", "getLabelBlogPosts"];
const VERSIONS: &[&str] = &["getPageVersions", "getBlogPostVersions"];
const VERSION_DETAILS: &[&str] = &["getPageVersionDetails", "getBlogPostVersionDetails"];
const SPACES: &[&str] = &["getSpaces", "getSpaceById"];
const NODES: &[&str] = &[
    "getFolderById",
    "getWhiteboardById",
    "getDatabaseById",
    "getSmartLinkById",
];
const ROLES: &[&str] = &[
    "getAvailableSpacePermissions",
    "getAvailableSpaceRoles",
    "getSpaceRolesById",
    "getSpaceRoleAssignments",
];
const PERMISSIONS: &[&str] = &["getSpacePermissionsAssignments"];
const ATTACHMENTS: &[&str] = &[
    "getAttachments",
    "getPageAttachments",
    "getBlogpostAttachments",
    "getCustomContentAttachments",
    "getLabelAttachments",
    "getAttachmentById",
];
const INLINE_COMMENTS: &[&str] = &[
    "getInlineComments",
    "getPageInlineComments",
    "getBlogPostInlineComments",
    "getInlineCommentById",
    "getInlineCommentChildren",
];
const FOOTER_COMMENTS: &[&str] = &[
    "getFooterComments",
    "getPageFooterComments",
    "getBlogPostFooterComments",
    "getCustomContentComments",
    "getAttachmentComments",
    "getFooterCommentById",
    "getFooterCommentChildren",
];
const CUSTOM_CONTENT: &[&str] = &[
    "getCustomContentByType",
    "getCustomContentByTypeInPage",
    "getCustomContentByTypeInBlogPost",
    "getCustomContentById",
];
const VERSIONS_OF_BELONGINGS: &[&str] = &[
    "getAttachmentVersions",
    "getAttachmentVersionDetails",
    "getFooterCommentVersions",
    "getFooterCommentVersionDetails",
    "getInlineCommentVersions",
    "getInlineCommentVersionDetails",
    "getCustomContentVersions",
    "getCustomContentVersionDetails",
];
const PROPERTIES_OF_BELONGINGS: &[&str] = &[
    "getAttachmentContentProperties",
    "getAttachmentContentPropertiesById",
    "getCommentContentProperties",
    "getCommentContentPropertiesById",
    "getCustomContentContentProperties",
    "getCustomContentContentPropertiesById",
];
const DESCENDANTS: &[&str] = &[
    "getPageDescendants",
    "getFolderDescendants",
    "getWhiteboardDescendants",
    "getDatabaseDescendants",
    "getSmartLinkDescendants",
];
const INLINE_COMMENT_LISTS: &[&str] = &["getPageInlineComments"];
const REPLIES: &[&str] = &["getFooterCommentChildren", "getInlineCommentChildren"];
const USER_LISTS: &[&str] = &["getGroupByGroupIdMembersByGroupIdV1"];
const USER_SEARCHES: &[&str] = &["getSearchV1"];
const WATCHES: &[&str] = &[
    "getSpaceBySpaceKeyWatchV1",
    "getContentByIdNotificationChildCreatedV1",
];
const TASKS: &[&str] = &["getTasks", "getTaskById"];

const DEVIATIONS: &[Deviation] = &[
    // A page at the root, or in the trash, has no parent.
    known(PAGES, "/parentId", Null),
    known(PAGES, "/parentType", Null),
    // So has whatever else is at the root.
    known(NODES, "/parentId", Null),
    known(NODES, "/parentType", Null),
    // Written without an account, or moved here from another site.
    known(PAGES, "/authorId", Null),
    known(PAGES, "/version/authorId", Null),
    known(BLOGPOSTS, "/authorId", Null),
    known(BLOGPOSTS, "/version/authorId", Null),
    known(VERSIONS, "/authorId", Null),
    known(VERSION_DETAILS, "/authorId", Null),
    known(SPACES, "/authorId", Null),
    known(ATTACHMENTS, "/version/authorId", Null),
    known(FOOTER_COMMENTS, "/version/authorId", Null),
    known(INLINE_COMMENTS, "/version/authorId", Null),
    known(CUSTOM_CONTENT, "/authorId", Null),
    known(CUSTOM_CONTENT, "/version/authorId", Null),
    known(VERSIONS_OF_BELONGINGS, "/authorId", Null),
    known(PROPERTIES_OF_BELONGINGS, "/version/authorId", Null),
    // Some editors leave none.
    known(PAGES, "/version/message", Null),
    known(BLOGPOSTS, "/version/message", Null),
    known(VERSIONS, "/message", Null),
    known(VERSION_DETAILS, "/message", Null),
    // Not every space has a home.
    known(SPACES, "/homepageId", Null),
    // Null until a format, or the icon, is asked for.
    known(SPACES, "/description", Null),
    known(SPACES, "/icon", Null),
    // A file of a type that the site does not know.
    known(ATTACHMENTS, "/mediaTypeDescription", Null),
    // Nobody's task, one that is not done, one that is not due.
    known(TASKS, "/assignedTo", Null),
    known(TASKS, "/completedBy", Null),
    known(TASKS, "/completedAt", Null),
    known(TASKS, "/dueAt", Null),
    // Properties seen on live sites.
    known(
        INLINE_COMMENTS,
        "/properties",
        Property("inline-marker-ref"),
    ),
    known(
        INLINE_COMMENTS,
        "/properties",
        Property("inline-original-selection"),
    ),
    known(PAGES, "", Property("sourceTemplateEntityId")),
    known(PAGES, "/_links", Property("edituiv2")),
    known(DESCENDANTS, "", Property("lastModified")),
    known(&["getFolderById"], "/createdAt", Number),
    known(FOOTER_COMMENTS, "", Property("resolutionStatus")),
    known(
        INLINE_COMMENT_LISTS,
        "",
        Property("resolutionLastModifierId"),
    ),
    known(
        INLINE_COMMENT_LISTS,
        "",
        Property("resolutionLastModifiedAt"),
    ),
    known(REPLIES, "", Property("pageId")),
    known(USER_LISTS, "", Property("accountStatus")),
    known(USER_LISTS, "", Property("locale")),
    known(USER_SEARCHES, "/user", Property("accountStatus")),
    known(USER_SEARCHES, "/user", Property("locale")),
    known(WATCHES, "/watcher", Property("accountStatus")),
    known(WATCHES, "/watcher", Property("locale")),
    known(WATCHES, "/watcher", Property("guest")),
    known(RESTRICTIONS, RESTRICTED_USER, Property("accountStatus")),
    known(RESTRICTIONS, RESTRICTED_USER, Property("locale")),
    known(PAGES, "/version", Property("ncsStepVersion")),
    known(BLOGPOSTS, "/version", Property("ncsStepVersion")),
    known(VERSIONS, "", Property("ncsStepVersion")),
    known(SPACES, "", Property("spaceOwnerId")),
    // It can be asked for, and the document has forgotten what comes of it.
    known(
        &["getCustomContentVersions"],
        "/custom/body",
        Property("raw"),
    ),
    // All who have a licence, or all administrators, as one principal.
    known(PERMISSIONS, "/principal/type", ACCESS_CLASS),
    // Operations seen on live sites.
    known(PERMISSIONS, "/operation/key", OTHER_KEYS),
    known(PERMISSIONS, "/operation/targetType", SLIDE),
    // Most people tell no time zone, and have no space of their own.
    known(LOOKUP, "/timeZone", Null),
    known(LOOKUP, "/personalSpaceId", Null),
    // Properties of groups seen on live sites.
    known(GROUPS, "", Property("usageType")),
    known(GROUPS, "", Property("managedBy")),
    known(GROUPS, "", Property("resourceAri")),
    known(RESTRICTIONS, RESTRICTED_GROUP, Property("usageType")),
    known(RESTRICTIONS, RESTRICTED_GROUP, Property("managedBy")),
    known(RESTRICTIONS, RESTRICTED_GROUP, Property("resourceAri")),
];
const LOOKUP: &[&str] = &["createBulkUserLookup"];
const GROUPS: &[&str] = &["getGroupV1", "getGroupByIdV1", "getUserMemberofV1"];
const RESTRICTIONS: &[&str] = &["getContentByIdRestrictionV1"];
const RESTRICTED_USER: &str = "/restrictions/user/results/*";
const RESTRICTED_GROUP: &str = "/restrictions/group/results/*";
const ACCESS_CLASS: Allows = Words(&["access-class"]);
const SLIDE: Allows = Words(&["slide"]);
const OTHER_KEYS: Allows = Words(&[
    "manage_users",
    "archive_space",
    "manage_look_and_feel",
    "manage_templates",
    "manage_nonlicensed_users",
    "manage_guest_users",
    "manage_public_links",
    "manage_content",
    "view_analytics",
    "clear_permissions",
]);

const fn known(
    operations: &'static [&'static str],
    place: &'static str,
    allows: Allows,
) -> Deviation {
    Deviation {
        operations,
        place,
        allows,
    }
}

/// What a check found wrong with a value.
pub(super) enum Finding<'a> {
    /// A property that the document does not have.
    Property(&'a str),
    /// A word that the document does not list.
    Word,
    Other,
}

/// Whether a finding is a known difference.
pub(super) fn is_known(operation: &str, pointer: &str, value: &Value, finding: &Finding) -> bool {
    let place = place(pointer);
    DEVIATIONS.iter().any(|deviation| {
        deviation.operations.contains(&operation)
            && deviation.place == place
            && match (&deviation.allows, finding) {
                (Null, Finding::Word | Finding::Other) => value.is_null(),
                (Number, Finding::Other) => value.is_number(),
                (Property(known), Finding::Property(name)) => known == name,
                (Words(known), Finding::Word) => {
                    value.as_str().is_some_and(|word| known.contains(&word))
                }
                _ => false,
            }
    })
}

/// A pointer into an answer, from the row on and without numbers.
fn place(pointer: &str) -> String {
    let mut segments: Vec<&str> = pointer.split('/').skip(1).collect();
    if let ["results", _, ..] = segments[..] {
        segments.drain(..2);
    }
    segments
        .iter()
        .map(|segment| format!("/{}", if is_number(segment) { "*" } else { segment }))
        .collect()
}

/// Whether a segment of a path is one that live sites take, whatever the document says.
pub(super) fn is_known_segment(operation: &str, name: &str, segment: &str) -> bool {
    match operation {
        // The document has a number here, and text where it shows roles.
        "getSpaceRolesById" => name == "id",
        // The document has such an id as a number here, or describes its digits with a slip in the expression.
        "getAttachmentLabels"
        | "getAttachmentContentPropertiesById"
        | "getAttachmentVersionDetails" => segment.strip_prefix("att").is_some_and(is_number),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an operation can answer with a status that is not documented for it.
pub(super) fn is_known_status(operation: &str, status: u16) -> bool {
    match status {
        // Sites without roles refuse with many a status.
        403 | 500 if ROLES.contains(&operation) => true,
        // To a caller without the right to a key the document has the same 404 as to one without a key. The stand-in
        // tells them apart.
        403 => operation == "getAdminKey",
        _ => false,
    }
}

/// Statuses that every operation can answer with, documented for it or not.
pub(super) fn is_undocumented_status(status: u16) -> bool {
    match status {
        // How v2 refuses a credential, also where nothing is asked for by id.
        404 => true,
        // A method that no operation has; the rate limiter.
        405 | 429 => true,
        // The stand-in's own: something that it does not model.
        501 => true,
        _ => false,
    }
}

/// The shape of answers on paths that live sites have and no document does.
pub(super) fn undocumented_answer(path: &str) -> Option<Value> {
    (path == "/_edge/tenant_info").then(|| {
        json!({
            "type": "object",
            "properties": {"cloudId": {"type": "string"}},
            "required": ["cloudId"],
            "additionalProperties": false,
        })
    })
}
