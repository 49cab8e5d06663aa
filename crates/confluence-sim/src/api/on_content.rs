//! What belongs to content of every type, and to spaces: labels, likes, properties, versions, and what one may do.

use super::named::Named::{
    self, Attachment, BlogPost, Comment, CustomContent, Footer, Inline, Page,
};
use super::prelude::*;
use super::{attachments, comments, custom_content, pages, tree};
use crate::organisation::{
    Content, Label, LabelPrefix, Organisation, PermittedOperation, Property, Space,
};
use std::borrow::Cow;

const PREFIX: Parameter =
    Parameter::new("prefix", Kind::Choice(&["my", "team", "global", "system"]));
const SPACE_PREFIX: Parameter = Parameter::new("prefix", Kind::Choice(&["my", "team"]));
const LABEL_SORT: Parameter = listing::sort(&["id"]);
const LABELS: &[Parameter] = &[PREFIX, LABEL_SORT, CURSOR, LIMIT];
const SPACE_LABELS: &[Parameter] = &[SPACE_PREFIX, LABEL_SORT, CURSOR, LIMIT];
pub(super) const PROPERTIES: &[Parameter] = &[KEY, CURSOR, LIMIT];
const VERSIONS: &[Parameter] = &[BODY_FORMAT, CURSOR, LIMIT];
const PIECE_VERSIONS: &[Parameter] = &[custom_content::BODY_FORMAT, CURSOR, LIMIT];
const PAGED: &[Parameter] = &[CURSOR, LIMIT];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getLabels" v2 "labels", LABEL, &[
        listing::ids("label-id", usize::MAX),
        Parameter::new("prefix", Kind::Texts { most: usize::MAX }),
        LABEL_SORT, CURSOR, LIMIT,
    ] => all_labels;
    "getPageLabels" v2 "pages/{id}/labels", PAGE, LABELS => |call| labels(call, Page);
    "getBlogPostLabels" v2 "blogposts/{id}/labels", PAGE, LABELS => |call| labels(call, BlogPost);
    "getAttachmentLabels" v2 "attachments/{id}/labels", ATTACHMENT, LABELS => |call| labels(call, Attachment);
    "getCustomContentLabels" v2 "custom-content/{id}/labels", CUSTOM_CONTENT, LABELS
        => |call| labels(call, CustomContent);
    "getSpaceLabels" v2 "spaces/{id}/labels", SPACE, SPACE_LABELS
        => |call| labels_of_space(call, Organisation::labels_of_space);
    "getSpaceContentLabels" v2 "spaces/{id}/content/labels", SPACE, SPACE_LABELS
        => |call| labels_of_space(call, Organisation::labels_of_content);
    "getLabelPages" v2 "labels/{id}/pages", PAGE,
        &[listing::ids("space-id", 100), BODY_FORMAT, pages::SORT, CURSOR, LIMIT] => pages::of_label;
    "getLabelBlogPosts" v2 "labels/{id}/blogposts", PAGE,
        &[listing::ids("space-id", 100), BODY_FORMAT, pages::SORT, CURSOR, LIMIT] => pages::posts_of_label;
    "getLabelAttachments" v2 "labels/{id}/attachments", ATTACHMENT, &[attachments::SORT, CURSOR, LIMIT]
        => attachments::of_label;

    "getPageById" v2 "pages/{id}", PAGE, &[] => |call| one(call, Page);
    "getAttachmentById" v2 "attachments/{id}", ATTACHMENT, &[] => |call| one(call, Attachment);
    "getCustomContentById" v2 "custom-content/{id}", CUSTOM_CONTENT, &[custom_content::BODY_FORMAT]
        => |call| one(call, CustomContent);
    "getFooterCommentById" v2 "footer-comments/{id}", COMMENT, &[BODY_FORMAT] => |call| one(call, Footer);
    "getInlineCommentById" v2 "inline-comments/{id}", COMMENT, &[BODY_FORMAT] => |call| one(call, Inline);

    "getPageLikeCount" v2 "pages/{id}/likes/count", PAGE, &[] => |call| like_count(call, Page);
    "getPageLikeUsers" v2 "pages/{id}/likes/users", PAGE, PAGED => |call| likes(call, Page);
    "getBlogPostLikeCount" v2 "blogposts/{id}/likes/count", PAGE, &[] => |call| like_count(call, BlogPost);
    "getBlogPostLikeUsers" v2 "blogposts/{id}/likes/users", PAGE, PAGED => |call| likes(call, BlogPost);
    "getFooterLikeCount" v2 "footer-comments/{id}/likes/count", COMMENT, &[] => |call| like_count(call, Footer);
    "getFooterLikeUsers" v2 "footer-comments/{id}/likes/users", COMMENT, PAGED => |call| likes(call, Footer);
    "getInlineLikeCount" v2 "inline-comments/{id}/likes/count", COMMENT, &[] => |call| like_count(call, Inline);
    "getInlineLikeUsers" v2 "inline-comments/{id}/likes/users", COMMENT, PAGED => |call| likes(call, Inline);

    "getPageContentProperties" v2 "pages/{id}/properties", PAGE, PROPERTIES => |call| properties(call, Page);
    "getPageContentPropertiesById" v2 "pages/{id}/properties/{property}", PAGE, &[] => |call| property(call, Page);
    "getBlogpostContentProperties" v2 "blogposts/{id}/properties", PAGE, PROPERTIES
        => |call| properties(call, BlogPost);
    "getBlogpostContentPropertiesById" v2 "blogposts/{id}/properties/{property}", PAGE, &[]
        => |call| property(call, BlogPost);
    "getAttachmentContentProperties" v2 "attachments/{id}/properties", ATTACHMENT, PROPERTIES
        => |call| properties(call, Attachment);
    "getAttachmentContentPropertiesById" v2 "attachments/{id}/properties/{property}", ATTACHMENT, &[]
        => |call| property(call, Attachment);
    "getCustomContentContentProperties" v2 "custom-content/{id}/properties", CUSTOM_CONTENT, PROPERTIES
        => |call| properties(call, CustomContent);
    "getCustomContentContentPropertiesById" v2 "custom-content/{id}/properties/{property}", CUSTOM_CONTENT, &[]
        => |call| property(call, CustomContent);
    "getCommentContentProperties" v2 "comments/{id}/properties", COMMENT, PROPERTIES
        => |call| properties(call, Comment);
    "getCommentContentPropertiesById" v2 "comments/{id}/properties/{property}", COMMENT, &[]
        => |call| property(call, Comment);
    "getSpaceProperties" v2 "spaces/{id}/properties", SPACE, &[KEY, CURSOR, LIMIT] => properties_of_space;
    "getSpacePropertyById" v2 "spaces/{id}/properties/{property}", SPACE, &[] => property_of_space;

    "getPageVersions" v2 "pages/{id}/versions", PAGE, VERSIONS => |call| versions(call, Page);
    "getPageVersionDetails" v2 "pages/{id}/versions/{number}", PAGE, &[] => |call| version(call, Page);
    "getBlogPostVersions" v2 "blogposts/{id}/versions", PAGE, VERSIONS => |call| versions(call, BlogPost);
    "getBlogPostVersionDetails" v2 "blogposts/{id}/versions/{number}", PAGE, &[] => |call| version(call, BlogPost);
    "getAttachmentVersions" v2 "attachments/{id}/versions", ATTACHMENT, PAGED => |call| versions(call, Attachment);
    "getAttachmentVersionDetails" v2 "attachments/{id}/versions/{number}", ATTACHMENT, &[]
        => |call| version(call, Attachment);
    "getCustomContentVersions" v2 "custom-content/{id}/versions", CUSTOM_CONTENT, PIECE_VERSIONS
        => |call| versions(call, CustomContent);
    "getCustomContentVersionDetails" v2 "custom-content/{id}/versions/{number}", CUSTOM_CONTENT, &[]
        => |call| version(call, CustomContent);
    "getFooterCommentVersions" v2 "footer-comments/{id}/versions", COMMENT, VERSIONS => |call| versions(call, Footer);
    "getFooterCommentVersionDetails" v2 "footer-comments/{id}/versions/{number}", COMMENT, &[]
        => |call| version(call, Footer);
    "getInlineCommentVersions" v2 "inline-comments/{id}/versions", COMMENT, VERSIONS => |call| versions(call, Inline);
    "getInlineCommentVersionDetails" v2 "inline-comments/{id}/versions/{number}", COMMENT, &[]
        => |call| version(call, Inline);

    "getPageOperations" v2 "pages/{id}/operations", PAGE, &[] => |call| permitted(call, Page);
    "getBlogPostOperations" v2 "blogposts/{id}/operations", PAGE, &[] => |call| permitted(call, BlogPost);
    "getAttachmentOperations" v2 "attachments/{id}/operations", ATTACHMENT, &[] => |call| permitted(call, Attachment);
    "getCustomContentOperations" v2 "custom-content/{id}/operations", CUSTOM_CONTENT, &[]
        => |call| permitted(call, CustomContent);
    "getFooterCommentOperations" v2 "footer-comments/{id}/operations", COMMENT, &[] => |call| permitted(call, Footer);
    "getInlineCommentOperations" v2 "inline-comments/{id}/operations", COMMENT, &[] => |call| permitted(call, Inline);
    "getSpaceOperations" v2 "spaces/{id}/operations", SPACE, &[] => permitted_in_space;
};

impl Call<'_> {
    /// The label that the path names.
    pub(super) fn label(&self) -> Result<&Label, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.label(id))
            .filter(|label| self.sees_label(label))
            .ok_or_else(|| Refusal::cannot_find("a label", text))
    }

    /// Without an account one sees the labels of what is open to all, but nobody's own.
    fn sees_label(&self, label: &Label) -> bool {
        !self.is_anonymous()
            || is_shown(self, label) && is_on_something_open(self.organisation, label)
    }
}

fn is_on_something_open(organisation: &Organisation, label: &Label) -> bool {
    let is_open = |space_id: u64| {
        let space = organisation.space(space_id);
        space.is_some_and(Space::open_to_anonymous)
    };
    // The smallest lists last: most labels are found on some page.
    let on_pages = || organisation.pages_of_label(label.id).into_iter();
    let on_posts = || organisation.blogposts_of_label(label.id).into_iter();
    let mut files = organisation.listed_attachments();
    let mut pieces = organisation.listed_custom_content();
    let on_space = |space: &Space| organisation.labels_of_space(space.id).contains(&label);
    on_pages().any(|page| is_open(page.space_id()))
        || on_posts().any(|post| is_open(post.space_id()))
        || files.any(|file| is_open(file.space_id) && file.labels().contains(&label))
        || pieces.any(|piece| is_open(piece.space_id) && piece.labels().contains(&label))
        || organisation
            .spaces()
            .any(|space| space.open_to_anonymous() && on_space(space))
}

fn all_labels(call: &Call) -> Result<Answer, Refusal> {
    let labels =
        call.organisation.labels().iter().filter(|label| {
            call.arguments.admits_id("label-id", label.id) && call.sees_label(label)
        });
    list_labels(call, labels)
}

fn labels(call: &Call, named: Named) -> Result<Answer, Refusal> {
    list_labels(call, call.named(named)?.labels())
}

/// All that these listings can hold are somebody's own labels, and categories.
fn labels_of_space(
    call: &Call,
    of: for<'a> fn(&'a Organisation, u64) -> Vec<&'a Label>,
) -> Result<Answer, Refusal> {
    let mut labels = of(call.organisation, call.space()?.id);
    labels.retain(|label| matches!(label.prefix, LabelPrefix::My | LabelPrefix::Team));
    list_labels(call, labels)
}

/// Somebody's own labels are not shown to nobody.
pub(super) fn is_shown(call: &Call, label: &Label) -> bool {
    !call.is_anonymous() || label.prefix != LabelPrefix::My
}

fn list_labels<'a>(
    call: &Call,
    labels: impl IntoIterator<Item = &'a Label>,
) -> Result<Answer, Refusal> {
    let asked = |label: &&Label| {
        let prefix = Some(label.prefix.as_str());
        call.arguments.admits("prefix", prefix) && is_shown(call, label)
    };
    let place = |label: &Label, _: &str| Position::of(label.id);
    let row =
        |label: &Label| json!({"id": Id(label.id), "name": label.name, "prefix": label.prefix});
    list(call, labels.into_iter().filter(asked), "id", place, row)
}

fn like_count(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let count = call.named(named)?.likes().len();
    Ok(Answer::ok(&json!({"count": count})))
}

fn likes(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let content = call.named(named)?;
    let mut likes = content.likes();
    // Of pages and blog posts; those of comments come in the order in which people liked.
    if let Content::Page(_) = content {
        likes.sort_unstable();
    }
    list_as_they_come(call, likes, |account| json!({"accountId": account}))
}

pub(super) fn properties(call: &Call, named: Named) -> Result<Answer, Refusal> {
    list_properties(call, &call.named(named)?.properties(), property_row)
}

fn properties_of_space(call: &Call) -> Result<Answer, Refusal> {
    let properties = call.organisation.properties_of_space(call.space()?.id);
    list_properties(call, &properties, space_property_row)
}

fn list_properties(
    call: &Call,
    properties: &[Property],
    row: fn(&Property) -> Value,
) -> Result<Answer, Refusal> {
    let asked = |property: &&Property| call.arguments.admits("key", Some(property.key));
    let place = |property: &Property, _: &str| Position::of(property.id);
    list(call, properties.iter().filter(asked), "id", place, row)
}

/// One property, whose id is the path's second one.
pub(super) fn property(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let what = match named {
        Page | BlogPost => "a property",
        _ => "a content property",
    };
    // An id that is none is found out before anything is looked for.
    let id = call.id_at(1)?;
    one_property(id, what, &call.named(named)?.properties(), property_row)
}

fn property_of_space(call: &Call) -> Result<Answer, Refusal> {
    let id = call.id_at(1)?;
    let properties = call.organisation.properties_of_space(call.space()?.id);
    one_property(id, "a property", &properties, space_property_row)
}

fn one_property(
    (text, id): (Cow<'_, str>, Option<u64>),
    what: &str,
    properties: &[Property],
    row: fn(&Property) -> Value,
) -> Result<Answer, Refusal> {
    let property = properties.iter().find(|property| Some(property.id) == id);
    let property = property.ok_or_else(|| Refusal::cannot_find(what, text))?;
    Ok(Answer::ok(&row(property)))
}

fn property_row(property: &Property) -> Value {
    json!({
        "id": Id(property.id),
        "key": property.key,
        "value": property.value,
        "version": {
            "number": property.version,
            "message": "",
            "minorEdit": false,
            "authorId": property.author_id,
            "createdAt": moment(property.modified_at),
        },
    })
}

fn space_property_row(property: &Property) -> Value {
    json!({
        "id": Id(property.id),
        "key": property.key,
        "value": property.value,
        "createdAt": moment(property.created_at),
        "createdBy": property.author_id,
        "version": {
            "number": property.version,
            "message": "",
            "createdBy": property.author_id,
            "createdAt": moment(property.modified_at),
        },
    })
}

/// The latest first.
fn versions(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let content = call.named(named)?;
    let (name, has_body) = match content {
        Content::CustomContent(_) => ("custom", true),
        Content::Attachment(_) => ("attachment", false),
        _ => (content.kind(), true),
    };
    let versions = content.versions();
    list(
        call,
        &versions,
        "-modified-date",
        |version, _| Position::number(version.created_at.as_millisecond(), version.number.into()),
        |version| {
            let number = version.number;
            let mut row = json!(match content {
                Content::Page(_) => VersionRow::of_page(*version),
                _ => VersionRow::of(*version),
            });
            row[name] = json!({"id": content.written_id(), "title": content.title_in(number)});
            if has_body {
                row[name]["body"] = body_in(call, content, number);
            }
            row
        },
    )
}

/// One version, whose number is the path's second id.
fn version(call: &Call, named: Named) -> Result<Answer, Refusal> {
    // A number that is none is found out before anything is looked for.
    let (text, number) = call.id_at(1)?;
    let content = call.named(named)?;
    let versions = content.versions();
    let version = versions
        .iter()
        .find(|version| Some(u64::from(version.number)) == number)
        .ok_or_else(|| {
            let of = named.the(content);
            Refusal::NoSuchObject(format!("Cannot find version [{text}] of {of}"))
        })?;
    let mut row = json!(VersionRow::of(*version));
    row["contentTypeModified"] = false.into();
    row["collaborators"] = version.author_id.into_iter().collect();
    // Of those that are still there.
    if version.number > 1 {
        row["prevVersion"] = (version.number - 1).into();
    }
    if version.number < versions.len() as u32 {
        row["nextVersion"] = (version.number + 1).into();
    }
    Ok(Answer::ok(&row))
}

/// One piece of content, as its family shows it.
pub(super) fn one(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let row = match call.named(named)? {
        Content::Page(page) => pages::row(page),
        Content::Node(node) => tree::row(call, node),
        Content::Comment(comment) => comments::row(call, comment),
        Content::Attachment(file) => attachments::row(file),
        Content::CustomContent(piece) => custom_content::row(call, piece),
    };
    Ok(single(call, &row))
}

/// What the caller may do with content itself.
pub(super) fn permitted(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let content = call.named(named)?;
    let account = !call.is_anonymous();
    let reader = &*call.organisation.users[0].account_id;
    let operations: &[&str] = match content {
        Content::Page(page) => {
            return Ok(permitted_row(
                call.organisation.operations_with_page(page, account),
            ));
        }
        Content::Node(_) if account => &["read", "update", "create", "delete", "restrict_content"],
        Content::Node(_) => &["read"],
        // To change what hangs on pages it has to be the caller's own.
        _ if account && content.author_id() == Some(reader) => &["read", "update", "delete"],
        _ => &["read"],
    };
    let operations = operations
        .iter()
        .map(|&operation| (operation, content.kind()));
    Ok(permitted_row(operations.collect()))
}

fn permitted_in_space(call: &Call) -> Result<Answer, Refusal> {
    let (space, account) = (call.space_number()?, !call.is_anonymous());
    Ok(permitted_row(
        call.organisation.operations_in(space, account),
    ))
}

/// Whole: this list has no pages.
fn permitted_row(operations: Vec<PermittedOperation>) -> Answer {
    let row = |(operation, target)| json!({"operation": operation, "targetType": target});
    let operations: Vec<Value> = operations.into_iter().map(row).collect();
    Answer::ok(&json!({"operations": operations}))
}
