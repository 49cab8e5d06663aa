//! Content of every type, looked at in the same way.

use super::record::{Container, Label, PageStatus};
use super::{
    Attachment, Comment, CustomContent, Organisation, Page, Property, Revision, TreeNode, text,
};
use jiff::Timestamp;
use std::borrow::Cow;

/// A page, a blog post, or whatever else hangs in the content tree or on such.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Or a blog post.
    Page(Page<'a>),
    /// What else hangs in the content tree.
    Node(TreeNode<'a>),
    Comment(Comment<'a>),
    Attachment(Attachment<'a>),
    CustomContent(CustomContent<'a>),
}

impl<'a> Content<'a> {
    /// The number in its id.
    pub fn id(&self) -> u64 {
        match self {
            Self::Page(page) => page.id(),
            Self::Node(node) => node.id(),
            Self::Comment(comment) => comment.id,
            Self::Attachment(file) => file.id.0,
            Self::CustomContent(piece) => piece.id,
        }
    }

    pub(crate) fn written_id(&self) -> String {
        match self {
            Self::Attachment(file) => file.id.to_string(),
            other => other.id().to_string(),
        }
    }

    /// The word that the API has for its type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Page(page) => page.kind(),
            Self::Node(node) => node.kind().as_str(),
            Self::Comment(_) => "comment",
            Self::Attachment(_) => "attachment",
            Self::CustomContent(piece) => piece.kind,
        }
    }

    pub fn title(&self) -> Cow<'a, str> {
        match self {
            Self::Page(page) => page.title(),
            Self::Node(node) => node.title(),
            Self::Comment(comment) => comment.title().into(),
            Self::Attachment(file) => file.title.into(),
            Self::CustomContent(piece) => piece.title.into(),
        }
    }

    pub fn status(&self) -> PageStatus {
        match self {
            Self::Page(page) => page.status(),
            Self::Node(node) => node.status(),
            Self::Comment(comment) => comment.status,
            Self::Attachment(file) => file.status,
            Self::CustomContent(piece) => piece.status,
        }
    }

    pub fn space_id(&self) -> u64 {
        match self {
            Self::Page(page) => page.space_id(),
            Self::Node(node) => node.space_id(),
            Self::Comment(comment) => comment.space_id,
            Self::Attachment(file) => file.space_id,
            Self::CustomContent(piece) => piece.space_id,
        }
    }

    pub(crate) fn container(&self) -> Container {
        match self {
            Self::Page(_) | Self::Node(_) => Container::Space(self.space_id()),
            Self::Comment(comment) => comment.container,
            Self::Attachment(file) => file.container,
            Self::CustomContent(piece) => piece.container,
        }
    }

    /// What it is to that which hangs on it.
    pub(crate) fn as_container(&self) -> Container {
        match self {
            Self::Page(page) => page.container(),
            Self::Attachment(file) => Container::Attachment(file.id.0),
            other => Container::CustomContent(other.id()),
        }
    }

    /// Type and id of the parent in the content tree.
    pub fn parent(&self) -> Option<(&'static str, u64)> {
        match self {
            Self::Page(page) => page.parent(),
            Self::Node(node) => node.parent(),
            _ => None,
        }
    }

    /// The place among its siblings in the content tree, where it has one.
    pub fn position(&self) -> Option<u32> {
        match self {
            Self::Page(page) => page.position(),
            Self::Node(node) => node.position(),
            _ => None,
        }
    }

    /// Who owns what hangs in the content tree.
    pub(crate) fn owner_id(&self) -> Option<&'a str> {
        match self {
            Self::Page(page) => page.owner_id(),
            Self::Node(node) => Some(node.owner_id()),
            _ => None,
        }
    }

    pub fn created_at(&self) -> Timestamp {
        match self {
            Self::Page(page) => page.created_at(),
            Self::Node(node) => node.created_at(),
            Self::Comment(comment) => comment.created_at,
            Self::Attachment(file) => file.created_at,
            Self::CustomContent(piece) => piece.created_at,
        }
    }

    pub fn modified_at(&self) -> Timestamp {
        self.latest().created_at
    }

    pub(crate) fn author_id(&self) -> Option<&'a str> {
        match self {
            Self::Page(page) => page.author_id(),
            Self::Node(node) => Some(node.author_id()),
            Self::Comment(comment) => comment.versions().next()?.author_id,
            Self::Attachment(file) => file.versions().next()?.author_id,
            Self::CustomContent(piece) => piece.author_id,
        }
    }

    pub(crate) fn latest(&self) -> Revision<'a> {
        match self {
            Self::Page(page) => page.latest_version().revision(),
            Self::Node(node) => node.latest(),
            Self::Comment(comment) => comment.version,
            Self::Attachment(file) => file.version,
            Self::CustomContent(piece) => piece.version,
        }
    }

    /// From the first. Those of nodes nobody is told of.
    pub(crate) fn versions(&self) -> Vec<Revision<'a>> {
        match self {
            Self::Page(page) => {
                let versions = page.organisation.versions(page.id()).into_iter();
                versions.map(|version| version.revision()).collect()
            }
            Self::Node(node) => vec![node.latest()],
            Self::Comment(comment) => comment.versions().collect(),
            Self::Attachment(file) => file.versions().collect(),
            Self::CustomContent(piece) => piece.versions().collect(),
        }
    }

    pub(crate) fn title_in(&self, version: u32) -> Cow<'a, str> {
        match self {
            Self::Page(page) => match page.organisation.version(page.id(), version) {
                Some(version) => version.title(),
                None => page.title(),
            },
            other => other.title(),
        }
    }

    /// The body of one of its versions in a representation, if it is had in that one. There are no macros here, and then
    /// the rendered formats are as the stored one.
    pub(crate) fn body_in(&self, version: u32, representation: &str) -> Option<String> {
        let of_page = |page: &Page<'a>| page.organisation.version(page.id(), version);
        match (self, representation) {
            (Self::Page(page), "atlas_doc_format") => Some(of_page(page)?.document_body()),
            (Self::Page(page), _) => Some(of_page(page)?.storage_body()),
            (Self::Comment(comment), "atlas_doc_format") => {
                Some(text::document(std::iter::once(comment.text(version))))
            }
            (Self::Comment(comment), _) => Some(text::storage(comment.text(version))),
            (Self::CustomContent(piece), _) => piece.body(representation, version),
            (Self::Node(_) | Self::Attachment(_), _) => None,
        }
    }

    /// The paragraphs of its body, as plain text. Files are not read.
    pub(crate) fn paragraphs(&self) -> Vec<&'static str> {
        match self {
            Self::Page(page) => page.latest_version().paragraphs().collect(),
            Self::Comment(comment) => vec![comment.text(comment.version.number)],
            Self::Node(_) | Self::Attachment(_) | Self::CustomContent(_) => Vec::new(),
        }
    }

    /// The labels on it, by id; on nodes and comments there are none.
    pub(crate) fn labels(&self) -> Vec<&'a Label> {
        match self {
            Self::Page(page) => page.organisation.labels_on(page.id()),
            Self::Attachment(file) => file.labels(),
            Self::CustomContent(piece) => piece.labels(),
            Self::Node(_) | Self::Comment(_) => Vec::new(),
        }
    }

    /// The account ids of those who like it.
    pub(crate) fn likes(&self) -> Vec<&'a str> {
        match self {
            Self::Page(page) => page.organisation.likes(page.id()),
            Self::Comment(comment) => comment.likes(),
            _ => Vec::new(),
        }
    }

    /// By id.
    pub(crate) fn properties(&self) -> Vec<Property<'a>> {
        match self {
            Self::Page(page) => page.organisation.content_properties(page.id()),
            Self::Node(node) => node.properties(),
            Self::Comment(comment) => comment.properties(),
            Self::Attachment(file) => file.properties(),
            Self::CustomContent(piece) => piece.properties(),
        }
    }
}

impl Organisation {
    /// The page, blog post or node of the content tree that has an id.
    pub(crate) fn content(&self, id: u64) -> Option<Content<'_>> {
        let in_tree = self.tree_item(id);
        in_tree.or_else(|| self.blogpost(id).map(Content::Page))
    }
}
