//! Attachments.

use super::prelude::*;
use crate::organisation::{Attachment, Content};

pub(super) const SORT: Parameter = listing::sort(&["created-date", "modified-date"]);
const LIMIT: Parameter = limit("limit", 50, 250);
const LISTING: &[Parameter] = &[
    SORT,
    CURSOR,
    Parameter::new("status", Kind::Choices(&["current", "archived", "trashed"])),
    Parameter::new("mediaType", Kind::Text),
    Parameter::new("filename", Kind::Text),
    LIMIT,
];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getAttachments" v2 "attachments", ATTACHMENT, LISTING => |call| list(call, None, |_| true);
    "getPageAttachments" v2 "pages/{id}/attachments", ATTACHMENT, LISTING => |call| list_of(call, Named::Page);
    "getBlogpostAttachments" v2 "blogposts/{id}/attachments", ATTACHMENT, LISTING
        => |call| list_of(call, Named::BlogPost);
    "getCustomContentAttachments" v2 "custom-content/{id}/attachments", ATTACHMENT, LISTING
        => |call| list_of(call, Named::CustomContent);
};

fn list_of(call: &Call, named: Named) -> Result<Answer, Refusal> {
    list(call, Some(call.named(named)?), |_| true)
}

pub(super) fn of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    list(call, None, |file| file.labels().contains(&label))
}

/// Lists the attachments of something, or all, that fit the filters.
fn list(
    call: &Call,
    on: Option<Content>,
    fits: impl Fn(&Attachment) -> bool,
) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let container = on.map(|content| content.as_container());
    let asked = |file: &Attachment| {
        call.lists(file.status)
            && call.arguments.admits("mediaType", Some(file.media_type))
            && call.arguments.admits("filename", Some(file.title))
            && call.sees_space(file.space_id)
            && fits(file)
    };
    list_hanging(
        call,
        organisation.attachment_records(),
        container,
        |record| organisation.view_attachment(record).filter(&asked),
        row,
    )
}

pub(super) fn web_path(file: Attachment) -> String {
    let (id, name) = (file.id.0, query::encode(file.title));
    let container = file.container.id();
    format!(
        "/pages/viewpageattachments.action?pageId={container}&preview=%2F{container}%2F{id}%2F{name}"
    )
}

pub(super) fn row(file: Attachment) -> Value {
    let (container, name) = (file.container.id(), query::encode(file.title));
    let version = file.version.number;
    let webui = web_path(file);
    let download = format!("/download/attachments/{container}/{name}?version={version}&api=v2");
    on_container(
        file.container,
        json!({
        "id": file.id,
        "status": file.status,
        "title": file.title,
        "createdAt": moment(file.created_at),
        "mediaType": file.media_type,
        "mediaTypeDescription": file.media_type_description,
        "comment": file.comment,
        "fileId": file.file_id(),
        "fileSize": file.file_size,
        "webuiLink": webui,
        "downloadLink": download,
        "version": VersionRow::of(file.version),
        "_links": {"webui": webui, "download": download},
        }),
    )
}
