//! Attachments.

use super::collection::{Collection, Ids};
use super::prelude::*;
use super::record::{AttachmentRecord, Container, FileKind, Hanging, Revisions};
use super::revision::{Revision, between};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;

/// The generators' streams of random numbers, for the pages, the ids and the files' own ids.
const STREAM: u64 = 0x00A7_7AC4;
const ID_STREAM: u64 = 0x00A7_7AC5;
const FILE_STREAM: u64 = 0x00A7_7AC6;

pub(super) static KINDS: LazyLock<&[FileKind]> =
    LazyLock::new(|| table::rows(include_str!("../../words/file_kinds.csv")));

/// Names without what comes after the dot; some are hostile.
static STEMS: Lines = Lines::new(|| table::lines(include_str!("../../words/file_names.txt")));

/// Most say nothing.
static COMMENTS: Lines = Lines::new(|| table::lines(include_str!("../../words/file_comments.txt")));

/// The id of an attachment: `att` and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttachmentId(pub u64);

impl AttachmentId {
    /// The number alone names it, too.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix("att").unwrap_or(text);
        number.parse().ok().map(Self)
    }
}

impl fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "att{}", self.0)
    }
}

impl Serialize for AttachmentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A file that hangs on a page, a blog post or a piece of custom content.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    pub id: AttachmentId,
    /// Its own, or that of what it hangs on where that is further gone.
    pub status: PageStatus,
    /// The name of the file.
    pub title: &'a str,
    pub container: Container,
    pub space_id: u64,
    pub media_type: &'static str,
    pub media_type_description: Option<&'static str>,
    pub comment: &'static str,
    /// In bytes.
    pub file_size: u64,
    /// The latest one.
    pub version: Revision<'a>,
    pub created_at: Timestamp,
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a Hanging<AttachmentRecord>,
}

impl Attachment<'_> {
    /// The id by which documents refer to the file.
    pub fn file_id(&self) -> String {
        text::uuid(&mut Random::new(mix(FILE_STREAM, self.id.0)))
    }
}

impl Organisation {
    /// Nothing where that on which it hangs is gone.
    pub(crate) fn view_attachment<'a>(
        &'a self,
        record: &'a Hanging<AttachmentRecord>,
    ) -> Option<Attachment<'a>> {
        let (space_id, status) = self.place(record)?;
        Some(Attachment {
            id: AttachmentId(record.id),
            status,
            title: &record.title,
            container: record.container,
            space_id,
            media_type: &record.kind.media_type,
            media_type_description: record.kind.description.as_deref(),
            comment: record.comment,
            file_size: record.size,
            version: record.revisions.latest(self),
            created_at: time::timestamp(record.revisions.created_at),
            organisation: self,
            record,
        })
    }
}

pub(super) fn ids(seed: u64) -> Ids {
    Ids::of_range(1, mix(seed, ID_STREAM))
}

/// One page of five has attachments, and one piece of custom content of three.
pub(super) fn generate(organisation: &Organisation) -> Collection<AttachmentRecord> {
    let mut ids = ids(organisation.seed);
    let mut records = Vec::new();
    let pages = organisation
        .hosts()
        .map(|host| (host.container, host.created_at, 5));
    let custom_content = organisation.custom_content_records().iter().map(|record| {
        let container = Container::CustomContent(record.id);
        (container, record.revisions.created_at, 3)
    });
    for (container, since, rarity) in pages.chain(custom_content) {
        let mut random = container.random(organisation.seed, STREAM);
        if !random.once_in(1, rarity) {
            continue;
        }
        // Some have more than one page of a listing.
        let count = match random.below(400) {
            0 => 60,
            other => 1 + other % 4,
        };
        let mut uploaded = since;
        for place in 0..count {
            // Or several files in one go.
            if place == 0 || random.once_in(2, 3) {
                uploaded = between(since, NOW, &mut random);
            }
            let (stem, kind) = (random.pick(&STEMS), random.pick(&KINDS));
            let what = AttachmentRecord {
                title: format!("{stem} {place}.{}", kind.extension).into(),
                kind,
                // Some are too large for 32 bits.
                size: match random.below(200) {
                    0 => 5_000_000_000 + random.below(1_000_000),
                    1 => 0,
                    _ => random.below(40_000_000),
                },
                comment: random.pick::<&str>(&COMMENTS),
            };
            records.push(Hanging {
                id: ids.next(),
                container,
                what,
                status: random.either(1, 40, PageStatus::Trashed, PageStatus::Current),
                revisions: Revisions::from(uploaded, organisation, &mut random),
            });
        }
    }
    Collection::new(records)
}
