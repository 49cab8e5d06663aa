//! Pieces that rows of pages, of blog posts and of their versions have in common.

use super::row::Formatted;
use crate::organisation::Version;
use crate::organisation::time::Moment;
use crate::server::parameters::{Kind, Parameter};
use crate::server::query;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;

/// In listings.
pub(super) const BODY_FORMAT: Parameter = Parameter::new(
    "body-format",
    Kind::Choice(&["storage", "atlas_doc_format"]),
);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionRow<'a> {
    number: u32,
    message: Option<&'static str>,
    minor_edit: bool,
    author_id: Option<&'a str>,
    created_at: Moment,
    ncs_step_version: Option<&'static str>,
}

impl<'a> VersionRow<'a> {
    pub(super) fn of(version: Version<'a>) -> Self {
        Self {
            number: version.number(),
            message: version.message(),
            minor_edit: version.minor_edit(),
            author_id: version.author_id(),
            created_at: Moment(version.created_at().as_millisecond()),
            ncs_step_version: None,
        }
    }
}

/// Empty, or the body in the format that was asked for.
pub(super) struct Body<'a> {
    pub version: Version<'a>,
    pub format: Option<&'a str>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        if let Some(representation) = self.format {
            let value = match representation {
                "atlas_doc_format" => self.version.document_body(),
                // The bodies here have no macros, and then the rendered formats are as the stored one.
                _ => self.version.storage_body(),
            };
            body.serialize_entry(
                representation,
                &Formatted {
                    representation,
                    value,
                },
            )?;
        }
        body.end()
    }
}

#[derive(Serialize)]
#[serde(bound = "")]
pub(super) struct Links<Web: fmt::Display> {
    editui: Link<EditLink>,
    webui: Link<Web>,
    tinyui: Link<TinyLink>,
    /// Of pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edituiv2: Option<String>,
    /// On a single object only; a listing has it once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

impl<Web: fmt::Display> Links<Web> {
    pub(super) fn of(content: u64, webui: Web) -> Self {
        Self {
            editui: Link(EditLink(content)),
            webui: Link(webui),
            tinyui: Link(TinyLink(content)),
            edituiv2: None,
            base: None,
        }
    }
}

/// Written where it stands, without a string for it.
struct Link<L>(L);

impl<L: fmt::Display> Serialize for Link<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct EditLink(u64);

impl fmt::Display for EditLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/pages/resumedraft.action?draftId={}", self.0)
    }
}

struct TinyLink(u64);

impl fmt::Display for TinyLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/x/{:X}", self.0)
    }
}

/// A title as it stands at the end of a link.
pub(super) struct TitleInLink<'a>(pub &'a str);

impl fmt::Display for TitleInLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, word) in self.0.split(' ').enumerate() {
            if place > 0 {
                f.write_str("+")?;
            }
            write!(f, "{}", query::encode(word))?;
        }
        Ok(())
    }
}
