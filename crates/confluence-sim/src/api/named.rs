//! The content that a path names.

use crate::organisation::{AttachmentId, Content, NodeKind, PageStatus};
use crate::server::answer::Refusal;
use crate::server::operation::Call;
use crate::server::query;

/// What stands in a path before an id.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Named {
    Page,
    BlogPost,
    Node(NodeKind),
    Footer,
    Inline,
    /// At either place: properties have the same path for both.
    Comment,
    Attachment,
    CustomContent,
}

impl Named {
    /// With its article, where it has one.
    fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Page => ("a ", "page"),
            Self::BlogPost => ("a ", "blog post"),
            Self::Node(kind) => ("content of type ", kind.as_str()),
            Self::Footer => ("a ", "footer comment"),
            Self::Inline => ("an ", "inline comment"),
            Self::Comment => ("a ", "comment"),
            Self::Attachment => ("an ", "attachment"),
            Self::CustomContent => ("", "custom content"),
        }
    }

    /// What a refusal calls one that is there.
    pub(super) fn the(self, content: Content) -> String {
        format!("the {} with id [{}]", self.noun().1, content.written_id())
    }
}

impl<'a> Call<'a> {
    /// The content that the path names. What is in the trash is still shown, what was deleted from there is not.
    pub(super) fn named(&self, kind: Named) -> Result<Content<'a>, Refusal> {
        self.named_with(kind, !PageStatus::Deleted.bit())
    }

    /// The content that the path names, if it has one of the statuses, which are given as bits.
    pub(super) fn named_with(&self, kind: Named, statuses: u8) -> Result<Content<'a>, Refusal> {
        let (text, id) = match kind {
            Named::Attachment => (self.segment(0).into(), Some(self.attachment_id()?)),
            _ => self.id()?,
        };
        let site = self.organisation;
        let footer = |id| site.footer_comment(id).map(Content::Comment);
        let inline = |id| site.inline_comment(id).map(Content::Comment);
        let found = id.and_then(|id| match kind {
            Named::Page => site.page(id).map(Content::Page),
            Named::BlogPost => site.blogpost(id).map(Content::Page),
            Named::Node(kind) => {
                let node = site.tree_node(id).filter(|node| node.kind() == kind);
                node.map(Content::Node)
            }
            Named::Footer => footer(id),
            Named::Inline => inline(id),
            Named::Comment => footer(id).or_else(|| inline(id)),
            Named::Attachment => site.attachment(AttachmentId(id)).map(Content::Attachment),
            Named::CustomContent => site.custom_content_by_id(id).map(Content::CustomContent),
        });
        found
            .filter(|content| statuses & content.status().bit() != 0)
            .filter(|content| self.sees_space(content.space_id()))
            .ok_or_else(|| {
                let (article, noun) = kind.noun();
                Refusal::cannot_find(&format!("{article}{noun}"), text)
            })
    }

    fn attachment_id(&self) -> Result<u64, Refusal> {
        let text = self.segment(0);
        let id = query::decode(text).ok();
        id.and_then(|text| AttachmentId::parse(&text))
            .map(|id| id.0)
            .ok_or_else(|| {
                Refusal::BadParameter(format!("Invalid id: {text} is no id of an attachment"))
            })
    }

    pub(super) fn sees_space(&self, id: u64) -> bool {
        let space = self.organisation.space(id);
        space.is_some_and(|space| self.sees(space))
    }
}
