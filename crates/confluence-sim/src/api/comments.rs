//! Comments.

use super::attachments::SORT;
use super::named::Named::{self, Attachment, BlogPost, CustomContent, Footer, Inline, Page};
use super::prelude::*;
use crate::organisation::{Comment, Container, Content};

const LISTING: &[Parameter] = &[BODY_FORMAT, SORT, CURSOR, LIMIT];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getFooterComments" v2 "footer-comments", COMMENT, LISTING => |call| all(call, Footer);
    "getInlineComments" v2 "inline-comments", COMMENT, LISTING => |call| all(call, Inline);
    "getPageFooterComments" v2 "pages/{id}/footer-comments", COMMENT, LISTING => |call| roots(call, Footer, Page);
    "getPageInlineComments" v2 "pages/{id}/inline-comments", COMMENT, LISTING => |call| roots(call, Inline, Page);
    "getBlogPostFooterComments" v2 "blogposts/{id}/footer-comments", COMMENT, LISTING
        => |call| roots(call, Footer, BlogPost);
    "getBlogPostInlineComments" v2 "blogposts/{id}/inline-comments", COMMENT, LISTING
        => |call| roots(call, Inline, BlogPost);
    "getCustomContentComments" v2 "custom-content/{id}/footer-comments", COMMENT, LISTING
        => |call| roots(call, Footer, CustomContent);
    "getAttachmentComments" v2 "attachments/{id}/footer-comments", COMMENT, LISTING
        => |call| roots(call, Footer, Attachment);
    "getFooterCommentChildren" v2 "footer-comments/{id}/children", COMMENT, LISTING => |call| replies(call, Footer);
    "getInlineCommentChildren" v2 "inline-comments/{id}/children", COMMENT, LISTING => |call| replies(call, Inline);
};

/// Lists those at one place, of a container or of all, that fit.
fn list<'a>(
    call: &Call<'a>,
    at: Named,
    container: Option<Container>,
    fits: impl Fn(&Comment) -> bool,
    row: impl Fn(Comment<'a>) -> Value,
) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let records = match at {
        Inline => organisation.inline_comment_records(),
        _ => organisation.footer_comment_records(),
    };
    let view = |record| organisation.view_comment(record).filter(&fits);
    list_hanging(call, records, container, view, row)
}

/// Roots and replies, wherever they are.
fn all(call: &Call, at: Named) -> Result<Answer, Refusal> {
    let seen = |comment: &Comment| is_listed(comment.status) && call.sees_space(comment.space_id);
    list(call, at, None, seen, |comment| row(call, comment))
}

/// Those on something, without the replies.
fn roots(call: &Call, at: Named, on: Named) -> Result<Answer, Refusal> {
    let container = call.named(on)?.as_container();
    let roots = |comment: &Comment| comment.parent_id.is_none() && is_listed(comment.status);
    list(call, at, Some(container), roots, |comment| {
        let without: &[&str] = match container {
            Container::Page(_) => &[],
            // Seen on live sites for those of a page; what they say of a blog post nobody has recorded.
            _ => &RESOLVED,
        };
        without_keys(row(call, comment), without)
    })
}

const RESOLVED: [&str; 2] = ["resolutionLastModifierId", "resolutionLastModifiedAt"];

fn without_keys(mut row: Value, keys: &[&str]) -> Value {
    if let Some(row) = row.as_object_mut() {
        row.retain(|key, _| !keys.contains(&key.as_str()));
    }
    row
}

fn replies(call: &Call, at: Named) -> Result<Answer, Refusal> {
    let parent = call.named(at)?;
    let (id, container) = (parent.id(), parent.container());
    let fits = |comment: &Comment| comment.parent_id == Some(id) && is_listed(comment.status);
    list(call, at, Some(container), fits, |comment| {
        let row = without_keys(row(call, comment), &RESOLVED);
        match container {
            Container::Page(_) => row,
            _ => without_keys(row, &["blogPostId", "customContentId", "attachmentId"]),
        }
    })
}

pub(super) fn web_path(comment: Comment) -> String {
    format!("/pages/viewpage.action?focusedCommentId={}", comment.id)
}

pub(super) fn row(call: &Call, comment: Comment) -> Value {
    let number = comment.version.number;
    let mut row = json!({
        "id": Id(comment.id),
        "status": comment.status,
        "title": comment.title(),
        "version": VersionRow::of(comment.version),
        "body": body_in(call, Content::Comment(comment), number),
        "resolutionStatus": comment.resolution(),
        "_links": {"webui": web_path(comment)},
    });
    if let Some(parent) = comment.parent_id {
        row["parentCommentId"] = json!(Id(parent));
    }
    if let Some(inline) = comment.inline {
        // Live sites write both names of each.
        row["properties"] = json!({
            "inlineMarkerRef": comment.marker(),
            "inlineOriginalSelection": inline.selection,
            "inline-marker-ref": comment.marker(),
            "inline-original-selection": inline.selection,
        });
        // Who resolved or reopened it, and when.
        if let Some(at) = inline.last_modified_at {
            row["resolutionLastModifierId"] = inline.last_modifier_id.into();
            row["resolutionLastModifiedAt"] = json!(moment(at));
        }
    }
    on_container(comment.container, row)
}
