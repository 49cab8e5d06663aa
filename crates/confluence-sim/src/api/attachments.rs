//! Attachments.

use super::belongings::{
    self, ContainerIds, PROPERTY_PARAMETERS, SORT, Things, VERSION_SORT, VersionRow,
};
use super::content::BODY_FORMAT;
use super::{comments, labels};
use crate::organisation::time::Moment;
use crate::organisation::{Attachment, AttachmentId, Container, PageStatus};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use crate::server::{paging, query};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;

const SCOPES: &[&[&str]] = &[&["read:attachment:confluence"]];
const STATUSES: &[&str] = &[
    PageStatus::Current.as_str(),
    PageStatus::Archived.as_str(),
    PageStatus::Trashed.as_str(),
];
const LISTING: &[Parameter] = &[
    SORT,
    CURSOR,
    Parameter::new("status", Kind::Choices(STATUSES)),
    Parameter::new("mediaType", Kind::Text),
    Parameter::new("filename", Kind::Text),
    Parameter::new(
        "limit",
        Kind::Limit {
            default: 50,
            most: 250,
        },
    ),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getAttachments",
        path: "/wiki/api/v2/attachments",
        scopes: SCOPES,
        parameters: LISTING,
        answer: |call| list(call, None, |_| true),
    },
    Operation {
        id: "getPageAttachments",
        path: "/wiki/api/v2/pages/{id}/attachments",
        scopes: SCOPES,
        parameters: LISTING,
        answer: |call| list(call, Some(Container::Page(call.page()?.id())), |_| true),
    },
    Operation {
        id: "getBlogpostAttachments",
        path: "/wiki/api/v2/blogposts/{id}/attachments",
        scopes: SCOPES,
        parameters: LISTING,
        answer: |call| {
            list(
                call,
                Some(Container::BlogPost(call.blogpost()?.id())),
                |_| true,
            )
        },
    },
    Operation {
        id: "getCustomContentAttachments",
        path: "/wiki/api/v2/custom-content/{id}/attachments",
        scopes: SCOPES,
        parameters: LISTING,
        answer: |call| {
            let container = Container::CustomContent(call.custom_content()?.id);
            list(call, Some(container), |_| true)
        },
    },
    Operation {
        id: "getLabelAttachments",
        path: "/wiki/api/v2/labels/{id}/attachments",
        scopes: SCOPES,
        parameters: &[SORT, CURSOR, LIMIT],
        answer: list_of_label,
    },
    Operation {
        id: "getAttachmentById",
        path: "/wiki/api/v2/attachments/{id}",
        scopes: SCOPES,
        parameters: &[],
        answer: single,
    },
    Operation {
        id: "getAttachmentLabels",
        path: "/wiki/api/v2/attachments/{id}/labels",
        scopes: SCOPES,
        parameters: labels::PARAMETERS,
        answer: |call| labels::list_on(call, attachment(call)?.labels()),
    },
    Operation {
        id: "getAttachmentOperations",
        path: "/wiki/api/v2/attachments/{id}/operations",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| {
            Ok(Answer::ok(
                &json!({"operations": operations(call, attachment(call)?)}),
            ))
        },
    },
    Operation {
        id: "getAttachmentContentProperties",
        path: "/wiki/api/v2/attachments/{id}/properties",
        scopes: SCOPES,
        parameters: PROPERTY_PARAMETERS,
        answer: |call| belongings::properties(call, attachment(call)?.properties()),
    },
    Operation {
        id: "getAttachmentContentPropertiesById",
        path: "/wiki/api/v2/attachments/{id}/properties/{property}",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| belongings::property(call, attachment(call)?.properties()),
    },
    Operation {
        id: "getAttachmentVersions",
        path: "/wiki/api/v2/attachments/{id}/versions",
        scopes: SCOPES,
        parameters: &[CURSOR, LIMIT, VERSION_SORT],
        answer: |call| {
            let attachment = attachment(call)?;
            let entity = json!({"id": attachment.id, "title": attachment.title});
            belongings::versions(
                call,
                attachment.versions(),
                ("attachment", |_| entity.clone()),
            )
        },
    },
    Operation {
        id: "getAttachmentVersionDetails",
        path: "/wiki/api/v2/attachments/{id}/versions/{number}",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| {
            let attachment = attachment(call)?;
            belongings::version_details(call, attachment.versions(), &named(attachment))
        },
    },
    Operation {
        id: "getAttachmentComments",
        path: "/wiki/api/v2/attachments/{id}/footer-comments",
        scopes: comments::SCOPES,
        parameters: &[BODY_FORMAT, CURSOR, LIMIT, SORT],
        answer: |call| {
            let attachment = attachment(call)?;
            comments::roots_of(call, Container::Attachment(attachment.id.0))
        },
    },
];

/// Lists the attachments of a container, or all, that fit the filters.
fn list(
    call: &Call,
    container: Option<Container>,
    fits: impl Fn(&Attachment) -> bool,
) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let arguments = &call.arguments;
    let (media_type, name) = (arguments.text("mediaType"), arguments.text("filename"));
    let (sort, descending) = belongings::sort(arguments);
    let records = organisation.attachment_records();
    let things = Things {
        part: match container {
            Some(container) => records.of_by(container, sort),
            None => records.all_by(sort),
        },
        descending,
        view: |record| {
            organisation.view_attachment(record).filter(|attachment| {
                belongings::has_status(arguments, attachment.status)
                    && media_type.is_none_or(|media_type| media_type == attachment.media_type)
                    && name.is_none_or(|name| name == attachment.title)
                    && call.sees_space(attachment.space_id)
                    && fits(attachment)
            })
        },
        row: AttachmentRow::of,
    };
    paging::page(call, &things)
}

fn list_of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    list(call, None, |attachment| {
        attachment.labels().contains(&label)
    })
}

/// The attachment that the path names. One in the trash is still shown.
fn attachment<'a>(call: &'a Call) -> Result<Attachment<'a>, Refusal> {
    let text = call.segment(0);
    let id = query::decode(text)
        .ok()
        .and_then(|text| AttachmentId::parse(&text))
        .ok_or_else(|| {
            Refusal::BadParameter(format!("Invalid id: {text} is no id of an attachment"))
        })?;
    call.organisation
        .attachment(id)
        .filter(|attachment| attachment.status != PageStatus::Deleted)
        .filter(|attachment| call.sees_space(attachment.space_id))
        .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find an attachment with id [{text}]")))
}

fn named(attachment: Attachment) -> String {
    format!("the attachment with id [{}]", attachment.id)
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let attachment = attachment(call)?;
    Ok(belongings::single(call, &AttachmentRow::of(attachment)))
}

fn operations(call: &Call, attachment: Attachment) -> Vec<serde_json::Value> {
    let first = attachment.versions().next();
    let author = first.and_then(|version| version.author_id);
    belongings::operations(call, "attachment", author)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentRow<'a> {
    id: AttachmentId,
    status: &'static str,
    title: &'a str,
    created_at: Moment,
    #[serde(flatten)]
    container: ContainerIds,
    media_type: &'static str,
    media_type_description: Option<&'static str>,
    comment: &'static str,
    file_id: String,
    file_size: u64,
    webui_link: Cow<'a, str>,
    download_link: Cow<'a, str>,
    version: VersionRow<'a>,
    #[serde(rename = "_links")]
    links: Links<'a>,
}

#[derive(Serialize)]
struct Links<'a> {
    webui: Cow<'a, str>,
    download: Cow<'a, str>,
}

/// Where an attachment is for people, from the context on.
pub(super) fn web_path(attachment: Attachment) -> String {
    let (id, name) = (attachment.id.0, query::encode(attachment.title));
    let container = attachment.container.id();
    format!(
        "/pages/viewpageattachments.action?pageId={container}&preview=%2F{container}%2F{id}%2F{name}"
    )
}

impl<'a> AttachmentRow<'a> {
    fn of(attachment: Attachment<'a>) -> Self {
        let (id, name) = (attachment.id, query::encode(attachment.title));
        let container = attachment.container.id();
        let webui: Cow<str> = web_path(attachment).into();
        let download: Cow<str> = format!(
            "/download/attachments/{container}/{name}?version={}&api=v2",
            attachment.version.number
        )
        .into();
        Self {
            id,
            status: attachment.status.as_str(),
            title: attachment.title,
            created_at: belongings::moment(attachment.created_at),
            container: ContainerIds::of(attachment.container),
            media_type: attachment.media_type,
            media_type_description: attachment.media_type_description,
            comment: attachment.comment,
            file_id: attachment.file_id(),
            file_size: attachment.file_size,
            webui_link: webui.clone(),
            download_link: download.clone(),
            version: VersionRow::of(attachment.version),
            links: Links { webui, download },
        }
    }
}
