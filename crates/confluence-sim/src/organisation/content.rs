//! Content, known by nothing but its id.

use super::{BlogPost, Organisation, Page, PageStatus, TreeItem, TreeNode};
use jiff::Timestamp;
use std::borrow::Cow;

/// A page, a blog post, or what else hangs in the content tree.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Page(Page<'a>),
    BlogPost(BlogPost<'a>),
    Node(TreeNode<'a>),
}

/// The latest version of content.
pub(crate) struct Latest<'a> {
    pub number: u32,
    pub created_at: Timestamp,
    pub author_id: Option<&'a str>,
    pub message: &'static str,
    pub minor_edit: bool,
}

impl<'a> Content<'a> {
    pub(crate) fn id(&self) -> u64 {
        match self {
            Self::Page(page) => page.id(),
            Self::BlogPost(post) => post.id(),
            Self::Node(node) => node.id(),
        }
    }

    /// The word that v1 has for its type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::BlogPost(_) => "blogpost",
            Self::Node(node) => node.kind().as_str(),
        }
    }

    pub(crate) fn title(&self) -> Cow<'a, str> {
        match self {
            Self::Page(page) => page.title(),
            Self::BlogPost(post) => post.title(),
            Self::Node(node) => node.title(),
        }
    }

    pub(crate) fn status(&self) -> PageStatus {
        match self {
            Self::Page(page) => page.status(),
            Self::BlogPost(post) => post.status(),
            Self::Node(node) => node.status(),
        }
    }

    pub(crate) fn space_id(&self) -> u64 {
        match self {
            Self::Page(page) => page.space_id(),
            Self::BlogPost(post) => post.space_id(),
            Self::Node(node) => node.space_id(),
        }
    }

    pub(crate) fn latest(&self) -> Latest<'a> {
        let version = match self {
            Self::Page(page) => page.latest_version(),
            Self::BlogPost(post) => post.latest_version(),
            Self::Node(node) => {
                return Latest {
                    number: node.version(),
                    created_at: node.modified_at(),
                    author_id: Some(node.version_author_id()),
                    message: "",
                    minor_edit: false,
                };
            }
        };
        Latest {
            number: version.number(),
            created_at: version.created_at(),
            author_id: version.author_id(),
            message: version.message().unwrap_or_default(),
            minor_edit: version.minor_edit(),
        }
    }
}

impl Organisation {
    pub(crate) fn content(&self, id: u64) -> Option<Content<'_>> {
        let in_tree = self.tree_item(id).map(|item| match item {
            TreeItem::Page(page) => Content::Page(page),
            TreeItem::Node(node) => Content::Node(node),
        });
        in_tree.or_else(|| self.blogpost(id).map(Content::BlogPost))
    }
}
