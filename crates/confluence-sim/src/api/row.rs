//! Pieces that rows of several families have in common.

use crate::organisation::time::Moment;
use crate::organisation::{AttachmentId, Container, Content, Revision};
use crate::server::answer::Answer;
use crate::server::operation::Call;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// An id, which v2 writes as a string of digits.
pub(super) struct Id(pub u64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(itoa::Buffer::new().format(self.0))
    }
}

#[derive(Serialize)]
pub(super) struct Formatted<'a> {
    pub representation: &'a str,
    pub value: String,
}

pub(super) fn moment(time: Timestamp) -> Moment {
    Moment(time.as_millisecond())
}

/// A row with the id of what its thing hangs on, under the name of its kind. A space is told by the space's own id.
pub(super) fn on_container(container: Container, mut row: Value) -> Value {
    let (name, id) = match container {
        Container::Page(id) => ("pageId", json!(Id(id))),
        Container::BlogPost(id) => ("blogPostId", json!(Id(id))),
        Container::CustomContent(id) => ("customContentId", json!(Id(id))),
        Container::Attachment(number) => ("attachmentId", json!(AttachmentId(number))),
        Container::Space(_) => return row,
    };
    row[name] = id;
    row
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionRow<'a> {
    number: u32,
    message: Option<&'static str>,
    minor_edit: bool,
    author_id: Option<&'a str>,
    created_at: Moment,
    /// Of pages and blog posts, and null.
    #[serde(skip_serializing_if = "Option::is_none")]
    ncs_step_version: Option<()>,
}

impl<'a> VersionRow<'a> {
    pub(super) fn of(version: Revision<'a>) -> Self {
        Self {
            number: version.number,
            message: version.message,
            minor_edit: version.minor_edit,
            author_id: version.author_id,
            created_at: moment(version.created_at),
            ncs_step_version: None,
        }
    }

    pub(super) fn of_page(version: Revision<'a>) -> Self {
        Self {
            ncs_step_version: Some(()),
            ..Self::of(version)
        }
    }
}

/// A body in the representation that is asked for, if it is had in that one; else empty.
pub(super) fn body(asked: Option<&str>, value: impl Fn(&str) -> Option<String>) -> Value {
    let mut body = json!({});
    if let Some(representation) = asked
        && let Some(value) = value(representation)
    {
        body[representation] = json!(Formatted {
            representation,
            value,
        });
    }
    body
}

pub(super) fn body_in(call: &Call, content: Content, version: u32) -> Value {
    let asked = call.arguments.text("body-format");
    body(asked, |format| content.body_in(version, format))
}

/// A single thing, which says where the site is.
pub(super) fn single(call: &Call, row: &impl Serialize) -> Answer {
    let mut row = json!(row);
    row["_links"]["base"] = format!("{}/wiki", call.site).into();
    Answer::ok(&row)
}
