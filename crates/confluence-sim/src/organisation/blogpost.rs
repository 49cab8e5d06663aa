//! Blog posts: where an organisation has them, and those of a generated one.

use super::Page;
use super::prelude::*;
use super::record::{Message, PageRecord};

const STREAM: u64 = 0xB106;
/// Where the numbers of their generated titles begin: far above those of pages.
const FIRST_TITLE: u32 = 1 << 30;
/// Odd ids, where pages have even ones, and below those of folders.
pub(super) const FIRST_ID: u64 = 650_000_001;

impl Organisation {
    /// All blog posts of every status, by id.
    pub fn blogposts(&self) -> impl Iterator<Item = Page<'_>> {
        self.there(&self.blogposts)
    }

    /// The blog posts of a listing that asks for no status, by id: those in use. None is ever archived.
    pub fn listed_blogposts(&self) -> impl Iterator<Item = Page<'_>> {
        self.blogposts().filter(Page::is_listed)
    }

    pub fn blogpost(&self, id: u64) -> Option<Page<'_>> {
        self.in_order(&self.blogposts, id)
            .map(|number| self.blogpost_numbered(number))
    }

    pub(super) fn blogpost_numbered(&self, number: u32) -> Page<'_> {
        Page {
            organisation: self,
            record: &self.blogposts[number as usize],
        }
    }

    pub(super) fn page_or_post(&self, id: u64) -> Option<Page<'_>> {
        self.page(id).or_else(|| self.blogpost(id))
    }
}

/// The blog posts of a generated organisation: one to fifty pages.
pub(super) fn made(organisation: &Organisation) -> Vec<PageRecord> {
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
            let users = organisation.users.len();
            let author = random.user(users, 60);
            let created_at = NOW - 1 - random.below(4 * 365 * DAY as u64) as i64;
            let version = if random.once_in(1, 2) {
                1
            } else {
                2 + random.below(8) as u32
            };
            let space = random.index(organisation.spaces.len()) as u32;
            PageRecord {
                is_post: true,
                author,
                status: match random.below(100) {
                    0..=3 => PageStatus::Trashed,
                    4 => PageStatus::Deleted,
                    _ => PageStatus::Current,
                },
                version,
                modified_at: match version {
                    1 => created_at,
                    _ => created_at + random.below((NOW - created_at) as u64) as i64,
                },
                version_author: match version {
                    1 => author,
                    _ => random.user(users, 60),
                },
                message: Message::drawn(1, &mut random),
                minor_edit: random.once_in(1, 10),
                ..PageRecord::new(id, space, FIRST_TITLE + number, created_at)
            }
        })
        .collect()
}
