//! Blog posts: what is kept of each, and the view of one that others read.

use super::random::{Random, mix};
use super::record::{BlogPostRecord, Edition, Message, NONE, PageStatus};
use super::time::NOW;
use super::{Organisation, Version, time};
use jiff::Timestamp;
use std::borrow::Cow;

const STREAM: u64 = 0xB106;
const DAY: i64 = 86_400_000;
/// Where the numbers of their generated titles begin: far above those of pages.
const FIRST_TITLE: u32 = 1 << 30;
/// Odd ids, where pages have even ones, and below those of folders.
pub(super) const FIRST_ID: u64 = 650_000_001;

/// A blog post of an organisation.
#[derive(Clone, Copy)]
pub struct BlogPost<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a BlogPostRecord,
}

impl<'a> BlogPost<'a> {
    pub fn id(&self) -> u64 {
        self.record.id
    }

    pub fn space_id(&self) -> u64 {
        self.organisation.spaces[self.record.space as usize].id
    }

    /// As of a page, but that no blog post is archived.
    pub fn status(&self) -> PageStatus {
        self.record.status
    }

    /// Whether a listing that asks for no status holds it.
    pub fn is_listed(&self) -> bool {
        self.status() == PageStatus::Current
    }

    pub fn title(&self) -> Cow<'a, str> {
        self.organisation.title(self.record.latest.title)
    }

    pub fn author_id(&self) -> Option<&'a str> {
        self.organisation.account(self.record.author)
    }

    pub fn created_at(&self) -> Timestamp {
        time::timestamp(self.record.created_at)
    }

    /// When its latest version was written.
    pub fn modified_at(&self) -> Timestamp {
        self.latest_version().created_at()
    }

    /// The number of its latest version.
    pub fn version(&self) -> u32 {
        self.latest_version().number()
    }

    pub fn latest_version(&self) -> Version<'a> {
        Version::new(self.organisation, self.id(), self.record.latest)
    }
}

impl std::fmt::Debug for BlogPost<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlogPost")
            .field("id", &self.id())
            .field("title", &self.title())
            .finish_non_exhaustive()
    }
}

impl Organisation {
    /// All blog posts of every status, by id.
    pub fn blogposts(&self) -> impl Iterator<Item = BlogPost<'_>> {
        self.blogposts
            .iter()
            .filter(|record| !record.purged)
            .map(|record| BlogPost {
                organisation: self,
                record,
            })
    }

    /// The blog posts of a listing that asks for no status, by id: those in use.
    pub fn listed_blogposts(&self) -> impl Iterator<Item = BlogPost<'_>> {
        self.blogposts().filter(BlogPost::is_listed)
    }

    pub fn blogpost(&self, id: u64) -> Option<BlogPost<'_>> {
        let number = self
            .blogposts
            .binary_search_by_key(&id, |record| record.id)
            .ok()?;
        Some(self.blogpost_numbered(number as u32)).filter(|post| !post.record.purged)
    }

    pub(super) fn blogpost_numbered(&self, number: u32) -> BlogPost<'_> {
        BlogPost {
            organisation: self,
            record: &self.blogposts[number as usize],
        }
    }

    /// When a page or blog post was created.
    pub(super) fn content_created_at(&self, id: u64) -> Option<i64> {
        let page = self.page(id).map(|page| page.record.created_at);
        page.or_else(|| self.blogpost(id).map(|post| post.record.created_at))
    }
}

/// The blog posts of a generated organisation: one to fifty pages.
pub(super) fn made(organisation: &Organisation) -> Vec<BlogPostRecord> {
    if organisation.spaces.is_empty() {
        return Vec::new();
    }
    let mut random = Random::new(mix(organisation.seed, STREAM));
    let count = organisation.pages.len().div_ceil(50) as u32;
    let id_step = 1_000_000_000 / u64::from(count.max(1));
    let mut id = FIRST_ID;
    (0..count)
        .map(|number| {
            id += 2 * (1 + random.below(id_step));
            let user = |random: &mut Random| match random.below(60) {
                0 => NONE,
                _ => random.index(organisation.users.len()) as u32,
            };
            let author = user(&mut random);
            let created_at = NOW - 1 - random.below(4 * 365 * DAY as u64) as i64;
            let version = if random.once_in(1, 2) {
                1
            } else {
                2 + random.below(8) as u32
            };
            BlogPostRecord {
                id,
                created_at,
                space: random.index(organisation.spaces.len()) as u32,
                author,
                status: match random.below(100) {
                    0..=3 => PageStatus::Trashed,
                    4 => PageStatus::Deleted,
                    _ => PageStatus::Current,
                },
                latest: Edition {
                    number: version,
                    created_at: match version {
                        1 => created_at,
                        _ => created_at + random.below((NOW - created_at) as u64) as i64,
                    },
                    author: match version {
                        1 => author,
                        _ => user(&mut random),
                    },
                    title: FIRST_TITLE + number,
                    message: match random.below(10) {
                        0 => Message::Null,
                        1 => Message::Text,
                        _ => Message::Empty,
                    },
                    minor_edit: random.once_in(1, 10),
                },
                purged: false,
            }
        })
        .collect()
}
