//! Comments.

use super::belongings::{
    self, ContainerIds, PROPERTY_PARAMETERS, SORT, Things, VERSION_SORT, VersionRow,
};
use super::content::BODY_FORMAT;
use super::row::Id;
use crate::organisation::collection::Collection;
use crate::organisation::record::{CommentRecord, SortValue};
use crate::organisation::time::Moment;
use crate::organisation::{
    Comment, Container, Organisation, PageStatus, Resolution, Revision, text,
};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use serde_json::{Value, json};

pub(super) const SCOPES: &[&[&str]] = &[&["read:comment:confluence"]];

const ON_PAGES: &[&str] = &[
    "current",
    "archived",
    "trashed",
    "deleted",
    "historical",
    "draft",
];
const ON_BLOG_POSTS: &[&str] = &["current", "deleted", "trashed", "historical", "draft"];
const RESOLUTIONS: &[&str] = &[
    Resolution::Resolved.as_str(),
    Resolution::Open.as_str(),
    Resolution::Dangling.as_str(),
    Resolution::Reopened.as_str(),
];
const STATUS_ON_PAGE: Parameter = Parameter::new("status", Kind::Choices(ON_PAGES));
const STATUS_ON_BLOG_POST: Parameter = Parameter::new("status", Kind::Choices(ON_BLOG_POSTS));
const RESOLUTION: Parameter = Parameter::new("resolution-status", Kind::Choices(RESOLUTIONS));

const LISTING: &[Parameter] = &[BODY_FORMAT, SORT, CURSOR, LIMIT];
const LIKES: &[Parameter] = &[CURSOR, LIMIT];
const VERSIONS: &[Parameter] = &[BODY_FORMAT, CURSOR, LIMIT, VERSION_SORT];
const SINGLE: &[Parameter] = &[BODY_FORMAT];

pub(super) const OPERATIONS: &[Operation] = &[
    operation(
        "getFooterComments",
        "/wiki/api/v2/footer-comments",
        LISTING,
        |call| all(call, FOOTER),
    ),
    operation(
        "getInlineComments",
        "/wiki/api/v2/inline-comments",
        LISTING,
        |call| all(call, INLINE),
    ),
    operation(
        "getPageFooterComments",
        "/wiki/api/v2/pages/{id}/footer-comments",
        &[BODY_FORMAT, STATUS_ON_PAGE, SORT, CURSOR, LIMIT],
        |call| roots_of(call, Container::Page(call.page()?.id())),
    ),
    operation(
        "getPageInlineComments",
        "/wiki/api/v2/pages/{id}/inline-comments",
        &[BODY_FORMAT, STATUS_ON_PAGE, RESOLUTION, SORT, CURSOR, LIMIT],
        |call| roots(call, INLINE, Container::Page(call.page()?.id())),
    ),
    operation(
        "getBlogPostFooterComments",
        "/wiki/api/v2/blogposts/{id}/footer-comments",
        &[BODY_FORMAT, STATUS_ON_BLOG_POST, SORT, CURSOR, LIMIT],
        |call| roots_of(call, Container::BlogPost(call.blogpost()?.id())),
    ),
    operation(
        "getBlogPostInlineComments",
        "/wiki/api/v2/blogposts/{id}/inline-comments",
        &[
            BODY_FORMAT,
            STATUS_ON_BLOG_POST,
            RESOLUTION,
            SORT,
            CURSOR,
            LIMIT,
        ],
        |call| roots(call, INLINE, Container::BlogPost(call.blogpost()?.id())),
    ),
    operation(
        "getCustomContentComments",
        "/wiki/api/v2/custom-content/{id}/footer-comments",
        LISTING,
        |call| roots_of(call, Container::CustomContent(call.custom_content()?.id)),
    ),
    operation(
        "getFooterCommentById",
        "/wiki/api/v2/footer-comments/{id}",
        SINGLE,
        |call| single(call, FOOTER),
    ),
    operation(
        "getInlineCommentById",
        "/wiki/api/v2/inline-comments/{id}",
        SINGLE,
        |call| single(call, INLINE),
    ),
    operation(
        "getFooterCommentChildren",
        "/wiki/api/v2/footer-comments/{id}/children",
        LISTING,
        |call| children(call, FOOTER),
    ),
    operation(
        "getInlineCommentChildren",
        "/wiki/api/v2/inline-comments/{id}/children",
        LISTING,
        |call| children(call, INLINE),
    ),
    operation(
        "getFooterLikeCount",
        "/wiki/api/v2/footer-comments/{id}/likes/count",
        &[],
        |call| like_count(call, FOOTER),
    ),
    operation(
        "getInlineLikeCount",
        "/wiki/api/v2/inline-comments/{id}/likes/count",
        &[],
        |call| like_count(call, INLINE),
    ),
    operation(
        "getFooterLikeUsers",
        "/wiki/api/v2/footer-comments/{id}/likes/users",
        LIKES,
        |call| like_users(call, FOOTER),
    ),
    operation(
        "getInlineLikeUsers",
        "/wiki/api/v2/inline-comments/{id}/likes/users",
        LIKES,
        |call| like_users(call, INLINE),
    ),
    operation(
        "getFooterCommentOperations",
        "/wiki/api/v2/footer-comments/{id}/operations",
        &[],
        |call| permitted(call, FOOTER),
    ),
    operation(
        "getInlineCommentOperations",
        "/wiki/api/v2/inline-comments/{id}/operations",
        &[],
        |call| permitted(call, INLINE),
    ),
    operation(
        "getFooterCommentVersions",
        "/wiki/api/v2/footer-comments/{id}/versions",
        VERSIONS,
        |call| versions(call, FOOTER),
    ),
    operation(
        "getInlineCommentVersions",
        "/wiki/api/v2/inline-comments/{id}/versions",
        VERSIONS,
        |call| versions(call, INLINE),
    ),
    operation(
        "getFooterCommentVersionDetails",
        "/wiki/api/v2/footer-comments/{id}/versions/{number}",
        &[],
        |call| version_details(call, FOOTER),
    ),
    operation(
        "getInlineCommentVersionDetails",
        "/wiki/api/v2/inline-comments/{id}/versions/{number}",
        &[],
        |call| version_details(call, INLINE),
    ),
    operation(
        "getCommentContentProperties",
        "/wiki/api/v2/comments/{id}/properties",
        PROPERTY_PARAMETERS,
        |call| belongings::properties(call, of_either_kind(call)?.properties()),
    ),
    operation(
        "getCommentContentPropertiesById",
        "/wiki/api/v2/comments/{id}/properties/{property}",
        &[],
        |call| belongings::property(call, of_either_kind(call)?.properties()),
    ),
];

const fn operation(
    id: &'static str,
    path: &'static str,
    parameters: &'static [Parameter],
    answer: fn(&Call) -> Result<Answer, Refusal>,
) -> Operation {
    Operation {
        id,
        path,
        scopes: SCOPES,
        parameters,
        answer,
    }
}

/// Where in its container a comment is. Each has paths of its own.
#[derive(Clone, Copy)]
struct Location {
    name: &'static str,
    records: fn(&Organisation) -> &Collection<CommentRecord>,
}

const FOOTER: Location = Location {
    name: "footer comment",
    records: Organisation::footer_comment_records,
};
const INLINE: Location = Location {
    name: "inline comment",
    records: Organisation::inline_comment_records,
};

/// Roots and replies, wherever they are.
fn all(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let (sort, descending) = belongings::sort(&call.arguments);
    let things = Things {
        part: (location.records)(organisation).all_by(sort),
        descending,
        view: |record| {
            organisation
                .view_comment(record)
                .filter(|comment| belongings::is_listed(comment.status))
                .filter(|comment| call.sees_space(comment.space_id))
        },
        row: |comment| Row::of(call, comment),
    };
    paging::page(call, &things)
}

/// The footer comments on something, without the replies.
pub(super) fn roots_of(call: &Call, container: Container) -> Result<Answer, Refusal> {
    roots(call, FOOTER, container)
}

fn roots(call: &Call, location: Location, container: Container) -> Result<Answer, Refusal> {
    let resolutions = call.arguments.texts("resolution-status");
    let asked_for = |comment: &Comment| {
        let Some((resolutions, inline)) = resolutions.zip(comment.inline) else {
            return true;
        };
        resolutions
            .iter()
            .any(|asked| asked == inline.resolution.as_str())
    };
    some_of(
        call,
        location,
        container,
        |comment| {
            comment.parent_id.is_none()
                && belongings::has_status(&call.arguments, comment.status)
                && asked_for(comment)
        },
        |comment| {
            let mut row = Row::of(call, comment);
            row.parent_comment_id = None;
            // Seen on live sites for those of a page; what they say of a blog post nobody has recorded.
            if !matches!(container, Container::Page(_)) {
                row.resolution_change = None;
            }
            row
        },
    )
}

/// Direct replies.
fn children(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let parent = comment(call, location)?;
    some_of(
        call,
        location,
        parent.container,
        |comment| comment.parent_id == Some(parent.id) && belongings::is_listed(comment.status),
        |comment| {
            let mut row = Row::of(call, comment);
            if !matches!(parent.container, Container::Page(_)) {
                row.container = ContainerIds::default();
            }
            row.resolution_change = None;
            row
        },
    )
}

fn some_of<'a>(
    call: &'a Call,
    location: Location,
    container: Container,
    fits: impl Fn(&Comment) -> bool,
    row: impl Fn(Comment<'a>) -> Row<'a>,
) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let (sort, descending) = belongings::sort(&call.arguments);
    let things = Things {
        part: (location.records)(organisation).of_by(container, sort),
        descending,
        view: |record| organisation.view_comment(record).filter(&fits),
        row,
    };
    paging::page(call, &things)
}

/// The comment that the path names. One in the trash is still shown.
fn comment<'a>(call: &'a Call, location: Location) -> Result<Comment<'a>, Refusal> {
    let (text, id) = call.id()?;
    find(call, location, id).ok_or_else(|| no_comment(location.name, &text))
}

fn find<'a>(call: &'a Call, location: Location, id: Option<u64>) -> Option<Comment<'a>> {
    let record = (location.records)(call.organisation).get(id?)?;
    call.organisation
        .view_comment(record)
        .filter(|comment| comment.status != PageStatus::Deleted)
        .filter(|comment| call.sees_space(comment.space_id))
}

/// Properties have the same path for both kinds.
fn of_either_kind<'a>(call: &'a Call) -> Result<Comment<'a>, Refusal> {
    let (text, id) = call.id()?;
    find(call, FOOTER, id)
        .or_else(|| find(call, INLINE, id))
        .ok_or_else(|| no_comment("comment", &text))
}

fn no_comment(name: &str, id: &str) -> Refusal {
    let article = if name.starts_with('i') { "an" } else { "a" };
    Refusal::NoSuchObject(format!("Cannot find {article} {name} with id [{id}]"))
}

fn single(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let comment = comment(call, location)?;
    Ok(belongings::single(call, &Row::of(call, comment)))
}

fn named(location: Location, comment: Comment) -> String {
    format!("the {} with id [{}]", location.name, comment.id)
}

fn like_count(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let count = comment(call, location)?.likes().len();
    Ok(Answer::ok(&json!({"count": count})))
}

fn like_users(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let likes = comment(call, location)?.likes();
    let rows = likes.iter().enumerate().map(|(place, &account)| {
        let id = place as i64;
        let value = SortValue::Number(id);
        (Position { value, id }, account)
    });
    paging::page(call, &Sorted::new(rows, false, Like::of))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Like<'a> {
    account_id: &'a str,
}

impl<'a> Like<'a> {
    fn of(account_id: &'a str) -> Self {
        Self { account_id }
    }
}

fn permitted(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let operations = operations(call, comment(call, location)?);
    Ok(Answer::ok(&json!({"operations": operations})))
}

fn operations(call: &Call, comment: Comment) -> Vec<Value> {
    let first = comment.versions().next();
    belongings::operations(call, "comment", first.and_then(|version| version.author_id))
}

fn versions(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let comment = comment(call, location)?;
    let entity = |version: Revision| {
        json!({
            "id": Id(comment.id),
            "title": comment.title(),
            "body": body(call, comment, version.number),
        })
    };
    belongings::versions(call, comment.versions(), ("comment", entity))
}

fn version_details(call: &Call, location: Location) -> Result<Answer, Refusal> {
    let comment = comment(call, location)?;
    belongings::version_details(call, comment.versions(), &named(location, comment))
}

fn body(call: &Call, comment: Comment, version: u32) -> Value {
    let text = comment.text(version);
    belongings::body(call, |representation| {
        Some(match representation {
            "atlas_doc_format" => text::document(std::iter::once(text)),
            // Comments here have no macros, and then the rendered formats are as the stored one.
            _ => text::storage(text),
        })
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: Id,
    status: &'static str,
    title: String,
    #[serde(flatten)]
    container: ContainerIds,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_comment_id: Option<Id>,
    version: VersionRow<'a>,
    body: Value,
    resolution_status: &'static str,
    #[serde(flatten)]
    resolution_change: Option<ResolutionChange<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Marker>,
    #[serde(rename = "_links")]
    links: Links,
}

/// Who resolved or reopened an inline comment, and when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResolutionChange<'a> {
    resolution_last_modifier_id: Option<&'a str>,
    resolution_last_modified_at: Option<Moment>,
}

/// Live sites write both names of each.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Marker {
    inline_marker_ref: String,
    inline_original_selection: &'static str,
    #[serde(rename = "inline-marker-ref")]
    old_marker_ref: String,
    #[serde(rename = "inline-original-selection")]
    old_original_selection: &'static str,
}

#[derive(Serialize)]
struct Links {
    webui: String,
}

/// Where a comment is for people, from the context on.
pub(super) fn web_path(comment: Comment) -> String {
    format!("/pages/viewpage.action?focusedCommentId={}", comment.id)
}

impl<'a> Row<'a> {
    fn of(call: &Call, comment: Comment<'a>) -> Self {
        let resolution_change = comment.inline.and_then(|inline| {
            Some(ResolutionChange {
                resolution_last_modified_at: Some(belongings::moment(inline.last_modified_at?)),
                resolution_last_modifier_id: inline.last_modifier_id,
            })
        });
        let properties = comment.inline.map(|inline| Marker {
            inline_marker_ref: comment.marker(),
            inline_original_selection: inline.selection,
            old_marker_ref: comment.marker(),
            old_original_selection: inline.selection,
        });
        Self {
            id: Id(comment.id),
            status: comment.status.as_str(),
            title: comment.title(),
            container: ContainerIds::of(comment.container),
            parent_comment_id: comment.parent_id.map(Id),
            version: VersionRow::of(comment.version),
            body: body(call, comment, comment.version.number),
            resolution_status: comment.resolution().as_str(),
            resolution_change,
            properties,
            links: Links {
                webui: web_path(comment),
            },
        }
    }
}
