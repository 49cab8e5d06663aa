//! Pages and blog posts, as others look at them.

use super::random::mix;
use super::record::{Container, NONE, PageRecord, PageStatus, Subtype};
use super::{Organisation, Space, Version, template};
use jiff::Timestamp;
use std::borrow::Cow;

const TEMPLATE_STREAM: u64 = 0x7E4B_1A7E;

#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a PageRecord,
}

impl<'a> Page<'a> {
    pub fn id(&self) -> u64 {
        self.record.id
    }

    pub fn space_id(&self) -> u64 {
        self.space().id
    }

    pub(crate) fn space(&self) -> &'a Space {
        &self.organisation.spaces[self.record.space as usize]
    }

    /// The word that v1 has for its type.
    pub(crate) fn kind(&self) -> &'static str {
        match self.record.is_post {
            true => "blogpost",
            false => "page",
        }
    }

    pub(crate) fn container(&self) -> Container {
        match self.record.is_post {
            true => Container::BlogPost(self.id()),
            false => Container::Page(self.id()),
        }
    }

    pub fn status(&self) -> PageStatus {
        self.record.status
    }

    /// Whether a listing that asks for no status holds it.
    pub fn is_listed(&self) -> bool {
        PageStatus::DEFAULT.contains(&self.status())
    }

    pub fn title(&self) -> Cow<'a, str> {
        self.organisation.title(self.record.title)
    }

    /// Type and id of the parent. A page at the root of its space has none, nor has one in the trash.
    pub fn parent(&self) -> Option<(&'static str, u64)> {
        if matches!(
            self.record.status,
            PageStatus::Trashed | PageStatus::Deleted
        ) || self.record.parent == NONE
        {
            return None;
        }
        let parent = self.organisation.item_at(self.record.parent);
        Some((parent.kind(), parent.id()))
    }

    /// The place among its siblings; without a parent there is none.
    pub fn position(&self) -> Option<u32> {
        self.parent().map(|_| self.record.position)
    }

    pub fn author_id(&self) -> Option<&'a str> {
        self.organisation.account(self.record.author)
    }

    pub fn owner_id(&self) -> Option<&'a str> {
        self.organisation.account(self.record.owner)
    }

    pub fn last_owner_id(&self) -> Option<&'a str> {
        self.organisation.account(self.record.last_owner)
    }

    pub fn subtype(&self) -> Option<&'static str> {
        match self.record.subtype {
            Subtype::Unset => None,
            Subtype::Page => Some("page"),
            Subtype::Live => Some("live"),
        }
    }

    /// The template that it was made from; for most there is none.
    pub fn template_id(&self) -> Option<u64> {
        let dice = mix(self.organisation.seed ^ TEMPLATE_STREAM, self.id());
        template::of_the_site(dice % 25).filter(|_| !self.record.is_post)
    }

    pub fn created_at(&self) -> Timestamp {
        super::time::timestamp(self.record.created_at)
    }

    /// When its latest version was written.
    pub fn modified_at(&self) -> Timestamp {
        super::time::timestamp(self.record.modified_at)
    }

    /// The number of its latest version.
    pub fn version(&self) -> u32 {
        self.latest_version().number()
    }

    pub fn latest_version(&self) -> Version<'a> {
        Version::new(self.organisation, self.record.id, self.record.latest())
    }

    pub fn version_author_id(&self) -> Option<&'a str> {
        self.organisation.account(self.record.version_author)
    }

    pub fn version_message(&self) -> Option<&'static str> {
        self.record.message.as_str()
    }

    pub fn minor_edit(&self) -> bool {
        self.record.minor_edit
    }

    pub fn storage_body(&self) -> String {
        self.latest_version().storage_body()
    }

    pub fn document_body(&self) -> String {
        self.latest_version().document_body()
    }
}
