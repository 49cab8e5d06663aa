//! What is kept of attachments, comments, tasks and custom content.

use super::container::Container;
use super::page::PageStatus;
use crate::organisation::collection::Collection;
use serde::Deserialize;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Something that hangs on a container: what all kinds of it have, and what one has.
#[derive(Clone, Debug)]
pub(crate) struct Hanging<T> {
    pub id: u64,
    pub container: Container,
    /// Its own, which counts where what it hangs on is not further gone.
    pub status: PageStatus,
    pub revisions: Revisions,
    pub what: T,
}

impl<T> Deref for Hanging<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.what
    }
}

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

#[derive(Debug, Deserialize)]
pub(crate) struct FileKind {
    pub extension: String,
    pub media_type: String,
    /// None where the site does not know the type.
    pub description: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct AttachmentRecord {
    pub title: Box<str>,
    pub kind: &'static FileKind,
    pub size: u64,
    pub comment: &'static str,
}

words! {
    /// What has become of an inline comment.
    pub enum Resolution {
        Open = "open",
        Reopened = "reopened",
        Resolved = "resolved",
        /// The words that it was about are gone.
        Dangling = "dangling",
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
    pub parent: Option<u64>,
    /// Written by hand; else it is made when somebody wants it.
    pub text: Option<&'static str>,
    /// A reply has what its root has.
    pub inline: Option<InlineRecord>,
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
    pub kind: &'static CustomType,
    pub title: Box<str>,
}

/// A task was changed last when it was completed.
#[derive(Clone, Debug)]
pub(crate) struct TaskRecord {
    /// Its number on the page.
    pub local_id: u32,
    pub due_at: Option<i64>,
    /// By whom, and when.
    pub completed: Option<(u32, i64)>,
    /// A number of a user, or `NONE`.
    pub assignee: u32,
    pub text: &'static str,
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
