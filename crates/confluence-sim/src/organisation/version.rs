//! Versions of pages and blog posts.
//!
//! Only the latest is kept with its page. Those before it are made up when somebody wants them, between the creation
//! and the oldest version that is kept; an edit keeps the version that it leaves behind.

use super::random::{Random, mix};
use super::record::{Edition, History, Message, NONE, PageRecord};
use super::{Organisation, Revision, text, time};
use jiff::Timestamp;
use std::borrow::Cow;

const STREAM: u64 = 0x0E21;
const GAPS_STREAM: u64 = 0x0E22;

#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    organisation: &'a Organisation,
    id: u64,
    edition: Edition,
}

impl<'a> Version<'a> {
    pub(super) fn new(organisation: &'a Organisation, id: u64, edition: Edition) -> Self {
        Self {
            organisation,
            id,
            edition,
        }
    }

    /// The page or blog post that it is a version of.
    pub fn content_id(&self) -> u64 {
        self.id
    }

    /// From 1 without a gap: where one is deleted, those behind it move up.
    pub fn number(&self) -> u32 {
        let first = self.edition.number;
        first - self.organisation.history.deleted_before(self.id, first)
    }

    pub fn created_at(&self) -> Timestamp {
        time::timestamp(self.edition.created_at)
    }

    pub fn author_id(&self) -> Option<&'a str> {
        self.organisation.account(self.edition.author)
    }

    pub fn message(&self) -> Option<&'static str> {
        self.edition.message.as_str()
    }

    /// What it has in common with versions of everything else.
    pub(crate) fn revision(&self) -> Revision<'a> {
        Revision {
            number: self.number(),
            created_at: self.created_at(),
            author_id: self.author_id(),
            message: self.message(),
            minor_edit: self.minor_edit(),
        }
    }

    pub fn minor_edit(&self) -> bool {
        self.edition.minor_edit
    }

    /// The title at that time.
    pub fn title(&self) -> Cow<'a, str> {
        self.organisation.title(self.edition.title)
    }

    /// The paragraphs of the body, as plain text.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &'static str> + use<> {
        text::paragraphs(self.organisation.seed, self.id, self.edition.number)
    }

    pub fn storage_body(&self) -> String {
        text::storage_body(self.organisation.seed, self.id, self.edition.number)
    }

    /// The body in the Atlassian document format: JSON, as text.
    pub fn document_body(&self) -> String {
        text::document_body(self.organisation.seed, self.id, self.edition.number)
    }
}

impl Organisation {
    /// The versions of a page or blog post, by number, without those that an administrator deleted; none for what
    /// does not exist.
    pub fn versions(&self, id: u64) -> Vec<Version<'_>> {
        let Some(page) = self.page_or_post(id) else {
            return Vec::new();
        };
        (1..=page.record.version)
            .filter(|&number| !self.history.deleted.contains(&(id, number)))
            .map(|number| Version::new(self, id, self.edition(page.record, number)))
            .collect()
    }

    /// One version of a page or blog post, by the number that it has now.
    pub fn version(&self, id: u64, number: u32) -> Option<Version<'_>> {
        let versions = self.versions(id);
        versions.into_iter().nth(number.checked_sub(1)? as usize)
    }

    fn edition(&self, origin: &PageRecord, number: u32) -> Edition {
        let left_behind = self.history.left_behind.get(&origin.id);
        let kept = left_behind
            .into_iter()
            .flatten()
            .copied()
            .chain([origin.latest()])
            .find(|kept| kept.number >= number)
            .expect("no version is behind the latest");
        if kept.number == number {
            kept
        } else {
            self.made_up(origin, &kept, number)
        }
    }

    /// A version before the oldest that is kept.
    fn made_up(&self, origin: &PageRecord, oldest: &Edition, number: u32) -> Edition {
        let mut random = Random::new(mix(self.seed ^ STREAM ^ origin.id, u64::from(number)));
        // Each somewhere in a span of its own, so that their times rise with their numbers.
        let span = (oldest.created_at - origin.created_at) / i64::from(oldest.number - 1);
        let into_span = random.below(span.max(1) as u64) as i64;
        let first = number == 1;
        Edition {
            number,
            created_at: if first {
                origin.created_at
            } else {
                origin.created_at + span * i64::from(number - 1) + into_span
            },
            author: match random.below(20) {
                _ if first => origin.author,
                0 => NONE,
                1..=7 => random.index(self.users.len()) as u32,
                _ => origin.author,
            },
            title: oldest.title,
            message: Message::drawn(1, &mut random),
            minor_edit: random.once_in(1, 8),
        }
    }
}

/// The history of a generated organisation: now and then somebody deleted a version.
pub(super) fn made(organisation: &Organisation) -> History {
    let mut random = Random::new(mix(organisation.seed, GAPS_STREAM));
    let mut history = History::default();
    for _ in 0..organisation.pages.len() / 100 {
        let page = random.pick(&organisation.pages);
        if page.version > 2 {
            let number = 1 + random.below(u64::from(page.version) - 1) as u32;
            history.deleted.insert((page.id, number));
        }
    }
    history
}
