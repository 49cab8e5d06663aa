//! Content of every type, looked at in the same way.

use super::record::{Container, PageStatus};
use super::{Attachment, BlogPost, Comment, Organisation, Page, TreeItem, TreeNode, Version};
use jiff::Timestamp;
use std::borrow::Cow;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Page(Page<'a>),
    BlogPost(BlogPost<'a>),
    /// What else hangs in the content tree.
    Node(TreeNode<'a>),
    Comment(Comment<'a>),
    Attachment(Attachment<'a>),
}

/// A version of content.
pub(crate) struct Written<'a> {
    pub number: u32,
    pub at: Timestamp,
    pub by: Option<&'a str>,
    pub message: &'static str,
    pub minor_edit: bool,
}

impl<'a> Content<'a> {
    /// The number in its id.
    pub(crate) fn id(&self) -> u64 {
        match self {
            Self::Page(page) => page.id(),
            Self::BlogPost(post) => post.id(),
            Self::Node(node) => node.id(),
            Self::Comment(comment) => comment.id,
            Self::Attachment(file) => file.id.0,
        }
    }

    /// The id as the API writes it.
    pub(crate) fn written_id(&self) -> String {
        match self {
            Self::Attachment(file) => file.id.to_string(),
            other => other.id().to_string(),
        }
    }

    /// The word that v1 has for its type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::BlogPost(_) => "blogpost",
            Self::Node(node) => node.kind().as_str(),
            Self::Comment(_) => "comment",
            Self::Attachment(_) => "attachment",
        }
    }

    pub(crate) fn title(&self) -> Cow<'a, str> {
        match self {
            Self::Page(page) => page.title(),
            Self::BlogPost(post) => post.title(),
            Self::Node(node) => node.title(),
            Self::Comment(comment) => comment.title().into(),
            Self::Attachment(file) => file.title.into(),
        }
    }

    pub(crate) fn status(&self) -> PageStatus {
        match self {
            Self::Page(page) => page.status(),
            Self::BlogPost(post) => post.status(),
            Self::Node(node) => node.status(),
            Self::Comment(comment) => comment.status,
            Self::Attachment(file) => file.status,
        }
    }

    pub(crate) fn space_id(&self) -> u64 {
        match self {
            Self::Page(page) => page.space_id(),
            Self::BlogPost(post) => post.space_id(),
            Self::Node(node) => node.space_id(),
            Self::Comment(comment) => comment.space_id,
            Self::Attachment(file) => file.space_id,
        }
    }

    /// What it hangs on.
    pub(crate) fn container(&self) -> Container {
        match self {
            Self::Page(_) | Self::BlogPost(_) | Self::Node(_) => Container::Space(self.space_id()),
            Self::Comment(comment) => comment.container,
            Self::Attachment(file) => file.container,
        }
    }

    pub(crate) fn created_at(&self) -> Timestamp {
        match self {
            Self::Page(page) => page.created_at(),
            Self::BlogPost(post) => post.created_at(),
            Self::Node(node) => node.created_at(),
            Self::Comment(comment) => comment.created_at,
            Self::Attachment(file) => file.created_at,
        }
    }

    pub(crate) fn author_id(&self) -> Option<&'a str> {
        match self {
            Self::Page(page) => page.author_id(),
            Self::BlogPost(post) => post.author_id(),
            Self::Node(node) => Some(node.author_id()),
            Self::Comment(comment) => comment.versions().next()?.author_id,
            Self::Attachment(file) => file.versions().next()?.author_id,
        }
    }

    /// Its latest version.
    pub(crate) fn latest(&self) -> Written<'a> {
        let of_page = |version: Version<'a>| Written {
            number: version.number(),
            at: version.created_at(),
            by: version.author_id(),
            message: version.message().unwrap_or_default(),
            minor_edit: version.minor_edit(),
        };
        let revision = match self {
            Self::Page(page) => return of_page(page.latest_version()),
            Self::BlogPost(post) => return of_page(post.latest_version()),
            Self::Node(node) => {
                return Written {
                    number: node.version(),
                    at: node.modified_at(),
                    by: Some(node.version_author_id()),
                    message: "",
                    minor_edit: false,
                };
            }
            Self::Comment(comment) => comment.version,
            Self::Attachment(file) => file.version,
        };
        Written {
            number: revision.number,
            at: revision.created_at,
            by: revision.author_id,
            message: revision.message,
            minor_edit: revision.minor_edit,
        }
    }

    /// The paragraphs of its body, as plain text. Files are not read.
    pub(crate) fn paragraphs(&self) -> Vec<&'static str> {
        let of_page = |version: Version| version.paragraphs().collect();
        match self {
            Self::Page(page) => of_page(page.latest_version()),
            Self::BlogPost(post) => of_page(post.latest_version()),
            Self::Comment(comment) => vec![comment.text(comment.version.number)],
            Self::Node(_) | Self::Attachment(_) => Vec::new(),
        }
    }
}

impl Organisation {
    /// The page, blog post or node of the content tree that has an id.
    pub(crate) fn content(&self, id: u64) -> Option<Content<'_>> {
        let in_tree = self.tree_item(id).map(|item| match item {
            TreeItem::Page(page) => Content::Page(page),
            TreeItem::Node(node) => Content::Node(node),
        });
        in_tree.or_else(|| self.blogpost(id).map(Content::BlogPost))
    }
}
