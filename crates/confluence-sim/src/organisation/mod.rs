//! An organisation: the site behind the stand-in, and the truth that tests compare with.
//!
//! Everything follows from a seed. Pages are kept as small records; their titles and bodies are made when somebody
//! wants them, and the orders a listing can have are worked out at first use.

#[macro_use]
mod words;

mod access;
mod attachment;
mod attention;
mod audit;
mod belongings;
mod blogpost;
mod classification;
pub(crate) mod collection;
pub(crate) mod comment;
mod concealed;
mod container;
mod content;
mod custom_content;
mod demo;
mod edit;
mod export;
mod generate;
mod governance;
mod label;
mod like;
mod making;
mod operation;
pub(crate) mod order;
mod page;
mod permission;
mod prelude;
mod profile;
mod property;
pub(crate) mod random;
pub(crate) mod record;
mod restriction;
mod revision;
mod role;
mod search;
mod space;
mod state;
pub(crate) mod table;
mod task;
mod template;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod tree;
mod user;
mod version;

pub use access::{Access, Layer, Whose};
pub use attachment::{Attachment, AttachmentId};
pub use attention::ContentState;
pub use classification::ClassificationLevel;
pub use comment::{Comment, Inline};
pub use content::Content;
pub use custom_content::CustomContent;
pub use edit::{NewPage, NoSuch};
pub use generate::Size;
pub use operation::PermittedOperation;
pub use page::Page;
pub use permission::Permission;
pub use property::Property;
pub use record::{
    AuditChange, AuditObject, AuditRecord, Container, Label, LabelPrefix, NodeKind, PageStatus,
    Resolution, RestrictedOperation, Role, RoleMode, RoleType, Subject,
};
pub use revision::Revision;
pub use role::{RoleAssignment, SpacePermission};
pub use space::{Space, SpaceStatus, SpaceType};
pub use state::Organisation;
pub use task::Task;
pub use template::Template;
pub use tree::{Descendant, TreeItem, TreeNode};
pub use user::{AccountStatus, AccountType, Group, ProductAccess, User};
pub use version::Version;

use jiff::Timestamp;
use record::{DateSort, NONE, OWN_TITLE, PageOrder, PageRecord};
pub(crate) use record::{OutOfReach, Subtype};
pub(crate) use search::{Hit, Scope};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

impl Organisation {
    /// A small company with names that can be read, for the demo and for golden results.
    pub fn demo() -> Arc<Self> {
        static DEMO: LazyLock<Arc<Organisation>> = LazyLock::new(|| Arc::new(demo::organisation()));
        Arc::clone(&DEMO)
    }

    /// 500 spaces, 100,000 pages, 15,000 permissions and 2,000 users.
    pub fn standard() -> Arc<Self> {
        static STANDARD: LazyLock<Arc<Organisation>> =
            LazyLock::new(|| Arc::new(generate::organisation(&Size::default())));
        Arc::clone(&STANDARD)
    }

    pub fn sized(size: Size) -> Arc<Self> {
        Arc::new(generate::organisation(&size))
    }

    /// The label of the site, as in `<name>.atlassian.net`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn cloud_id(&self) -> &str {
        &self.cloud_id
    }

    /// The organisation's own time: nothing in it is younger, and an edit happens just after it.
    pub fn now(&self) -> Timestamp {
        time::timestamp(self.now)
    }

    /// All spaces, by id.
    pub fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.spaces.iter().filter(|space| !space.removed)
    }

    pub fn space(&self, id: u64) -> Option<&Space> {
        self.space_number(id).map(|number| &self.spaces[number])
    }

    pub fn space_by_key(&self, key: &str) -> Option<&Space> {
        self.spaces().find(|space| space.key == key)
    }

    pub(crate) fn space_number(&self, id: u64) -> Option<usize> {
        let number = self
            .spaces
            .binary_search_by_key(&id, |space| space.id)
            .ok()?;
        (!self.spaces[number].removed).then_some(number)
    }

    /// All pages of every status, by id.
    pub fn pages(&self) -> impl Iterator<Item = Page<'_>> {
        self.there(&self.pages)
    }

    fn there<'a>(&'a self, records: &'a [PageRecord]) -> impl Iterator<Item = Page<'a>> {
        let there = records.iter().filter(|record| !record.purged);
        there.map(|record| Page {
            organisation: self,
            record,
        })
    }

    /// The number of what has an id among pages or blog posts, which are in the order of their ids.
    fn in_order(&self, records: &[PageRecord], id: u64) -> Option<u32> {
        let number = records.binary_search_by_key(&id, |record| record.id).ok()?;
        (!records[number].purged).then_some(number as u32)
    }

    /// The pages of a listing that asks for no status, by id: those in use and those archived.
    pub fn listed_pages(&self) -> impl Iterator<Item = Page<'_>> {
        self.pages().filter(Page::is_listed)
    }

    pub fn page(&self, id: u64) -> Option<Page<'_>> {
        self.page_number(id)
            .map(|number| self.page_numbered(number))
    }

    /// The page at a place (from 0) of [`Self::listed_pages`].
    pub fn page_at(&self, place: usize) -> Option<Page<'_>> {
        self.listed_pages().nth(place)
    }

    pub(crate) fn page_number(&self, id: u64) -> Option<u32> {
        self.in_order(&self.pages, id)
    }

    pub(crate) fn page_numbered(&self, number: u32) -> Page<'_> {
        Page {
            organisation: self,
            record: &self.pages[number as usize],
        }
    }

    /// How many pages have one of the statuses, in one space or (with `None`) in all.
    pub fn page_count(&self, space_id: Option<u64>, statuses: &[PageStatus]) -> usize {
        self.pages()
            .filter(|page| {
                statuses.contains(&page.status()) && space_id.is_none_or(|id| page.space_id() == id)
            })
            .count()
    }

    /// Listed pages modified at `time` or later, latest first.
    pub fn modified_since(&self, time: Timestamp) -> Vec<Page<'_>> {
        let pages = self.listed_pages();
        let mut pages: Vec<_> = pages.filter(|page| page.modified_at() >= time).collect();
        pages.sort_by_key(|page| std::cmp::Reverse((page.modified_at(), page.id())));
        pages
    }

    /// The permissions given in a space, by id; none for a space that does not exist.
    pub fn permissions(&self, space_id: u64) -> impl Iterator<Item = Permission<'_>> {
        let records = self
            .space_number(space_id)
            .map_or(&[][..], |number| &self.permissions[number]);
        records.iter().map(|record| record.view(self))
    }

    pub fn permission_count(&self) -> usize {
        self.spaces()
            .map(|space| self.permissions(space.id).count())
            .sum()
    }

    /// All users. The first is the account that the stand-in's credentials belong to.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    pub fn user(&self, account_id: &str) -> Option<&User> {
        self.user_number(account_id)
            .map(|number| &self.users[number])
    }

    fn user_number(&self, account_id: &str) -> Option<usize> {
        let mut users = self.users.iter();
        users.position(|user| user.account_id == account_id)
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The users' export of the site's administration, with the e-mail addresses that the API hides.
    pub fn export_users(&self) -> String {
        export::users(self)
    }

    pub(crate) fn account(&self, number: u32) -> Option<&str> {
        (number != NONE).then(|| self.users[number as usize].account_id.as_str())
    }

    /// The title that a number stands for: one that was written by hand, or a generated one.
    pub(crate) fn title(&self, title: u32) -> Cow<'_, str> {
        if title & OWN_TITLE != 0 {
            return Cow::Borrowed(&*self.titles[(title & !OWN_TITLE) as usize]);
        }
        let mut generated = String::new();
        text::write_title(self.seed, title, &mut generated);
        Cow::Owned(generated)
    }

    pub(crate) fn order(&self, sort: DateSort) -> &PageOrder {
        self.orders[sort as usize].get_or_init(|| Arc::new(order::of(self, sort)))
    }
}
