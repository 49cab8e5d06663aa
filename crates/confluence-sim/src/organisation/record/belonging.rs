//! What is kept of attachments, comments, tasks and custom content.

use super::container::Container;
use super::page::PageStatus;
use crate::organisation::collection::{Collection, Dated};
use serde::Deserialize;
use std::sync::{Arc, OnceLock};

/// The first and the last version of something; those between follow from them.
#[derive(Clone, Debug)]
pub(crate) struct Revisions {
    pub created_at: i64,
    pub modified_at: i64,
    /// Numbers of users, or `NONE`.
    pub author: u32,
    pub last_author: u32,
    pub versions: u32,
}

/// What kind of file it is.
#[derive(Debug, PartialEq)]
pub(crate) struct FileKind {
    pub extension: &'static str,
    pub media_type: &'static str,
    /// None where the site does not know the type.
    pub description: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) struct AttachmentRecord {
    pub id: u64,
    pub container: Container,
    pub title: Box<str>,
    pub kind: &'static FileKind,
    pub size: u64,
    pub comment: &'static str,
    pub status: PageStatus,
    pub revisions: Revisions,
}

impl Dated for AttachmentRecord {
    fn id(&self) -> u64 {
        self.id
    }

    fn container(&self) -> Container {
        self.container
    }

    fn created_at(&self) -> i64 {
        self.revisions.created_at
    }

    fn modified_at(&self) -> i64 {
        self.revisions.modified_at
    }
}

/// What has become of an inline comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    Open,
    Reopened,
    Resolved,
    /// The words that it was about are gone.
    Dangling,
}

impl Resolution {
    /// The word the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Dangling => "dangling",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct InlineRecord {
    pub resolution: Resolution,
    /// Who resolved or reopened it, and when.
    pub resolved: Option<(u32, i64)>,
    pub selection: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) struct CommentRecord {
    pub id: u64,
    pub container: Container,
    /// The comment that it replies to.
    pub parent: Option<u64>,
    pub status: PageStatus,
    pub revisions: Revisions,
    /// Written by hand; else it is made when somebody wants it.
    pub text: Option<&'static str>,
    /// A reply has what its root has.
    pub inline: Option<InlineRecord>,
}

impl Dated for CommentRecord {
    fn id(&self) -> u64 {
        self.id
    }

    fn container(&self) -> Container {
        self.container
    }

    fn created_at(&self) -> i64 {
        self.revisions.created_at
    }

    fn modified_at(&self) -> i64 {
        self.revisions.modified_at
    }
}

/// In which form an app keeps the bodies of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyForm {
    /// Whatever the app likes; it comes back as it is, in no other form.
    Raw,
    Storage,
}

#[derive(Debug)]
pub(crate) struct CustomType {
    pub name: &'static str,
    pub form: BodyForm,
}

#[derive(Clone, Debug)]
pub(crate) struct CustomContentRecord {
    pub id: u64,
    pub container: Container,
    pub kind: &'static CustomType,
    pub title: Box<str>,
    pub revisions: Revisions,
}

impl Dated for CustomContentRecord {
    fn id(&self) -> u64 {
        self.id
    }

    fn container(&self) -> Container {
        self.container
    }

    fn created_at(&self) -> i64 {
        self.revisions.created_at
    }

    fn modified_at(&self) -> i64 {
        self.revisions.modified_at
    }
}

#[derive(Clone, Debug)]
pub(crate) struct TaskRecord {
    pub id: u64,
    pub container: Container,
    /// Its number on the page.
    pub local_id: u32,
    pub created_at: i64,
    pub updated_at: i64,
    pub due_at: Option<i64>,
    /// By whom, and when.
    pub completed: Option<(u32, i64)>,
    pub creator: u32,
    /// A number of a user, or `NONE`.
    pub assignee: u32,
    pub text: &'static str,
}

impl Dated for TaskRecord {
    fn id(&self) -> u64 {
        self.id
    }

    fn container(&self) -> Container {
        self.container
    }

    fn created_at(&self) -> i64 {
        self.created_at
    }

    fn modified_at(&self) -> i64 {
        self.updated_at
    }
}

pub(crate) type Lazy<T> = OnceLock<Arc<Collection<T>>>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Belongings {
    /// How many pages the organisation began with.
    pub pages: usize,
    pub custom_content: Lazy<CustomContentRecord>,
    pub attachments: Lazy<AttachmentRecord>,
    pub footer_comments: Lazy<CommentRecord>,
    pub inline_comments: Lazy<CommentRecord>,
    pub tasks: Lazy<TaskRecord>,
}

impl Belongings {
    /// Those of an organisation that has so many pages.
    pub(crate) fn of(pages: usize) -> Self {
        Self {
            pages,
            ..Self::default()
        }
    }
}
