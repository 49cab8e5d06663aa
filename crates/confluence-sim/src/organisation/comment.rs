//! Comments: those at the foot of something, and those on a few words of it.

use super::collection::{Collection, Ids};
use super::prelude::*;
use super::record::{CommentRecord, Container, Hanging, InlineRecord, Resolution, Revisions};
use super::revision::{Revision, between};
use jiff::Timestamp;

const FOOTER_STREAM: u64 = 0x00C0_4401;
const FOOTER_ID_STREAM: u64 = 0x00C0_4402;
const INLINE_STREAM: u64 = 0x00C0_4403;
const INLINE_ID_STREAM: u64 = 0x00C0_4404;
const FOOTER_RESOLUTION_STREAM: u64 = 0x00C0_4406;
const LIKE_STREAM: u64 = 0x00C0_4405;

static SENTENCES: Lines = Lines::new(|| table::lines(include_str!("../../words/comments.txt")));

static SELECTIONS: Lines = Lines::new(|| table::lines(include_str!("../../words/selections.txt")));

/// Where an inline comment is, and what has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inline<'a> {
    pub resolution: Resolution,
    /// None until it is resolved or reopened.
    pub last_modifier_id: Option<&'a str>,
    pub last_modified_at: Option<Timestamp>,
    /// The words that it is about.
    pub selection: &'static str,
}

/// A comment: a root, or a reply to another one.
#[derive(Clone, Copy, Debug)]
pub struct Comment<'a> {
    pub id: u64,
    /// Its own, or that of what it hangs on where that is further gone.
    pub status: PageStatus,
    pub container: Container,
    pub space_id: u64,
    pub parent_id: Option<u64>,
    pub created_at: Timestamp,
    /// The latest one. Who wrote the comment, the API tells by its versions only.
    pub version: Revision<'a>,
    pub inline: Option<Inline<'a>>,
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a Hanging<CommentRecord>,
}

impl<'a> Comment<'a> {
    pub fn title(&self) -> String {
        let of = self.organisation.container_title(self.container);
        format!("Re: {}", of.unwrap_or_default())
    }

    /// What has become of the matter. People resolve inline comments, and few footer comments.
    pub fn resolution(&self) -> Resolution {
        match self.inline {
            Some(inline) => inline.resolution,
            None if mix(FOOTER_RESOLUTION_STREAM, self.id).is_multiple_of(7) => {
                Resolution::Resolved
            }
            None => Resolution::Open,
        }
    }

    /// What it said in one of its versions, as plain text.
    pub fn text(&self, version: u32) -> &'static str {
        let written = self.record.text.filter(|_| version == self.version.number);
        let dice = mix(self.organisation.seed ^ self.id, u64::from(version));
        written.unwrap_or(SENTENCES[dice as usize % SENTENCES.len()])
    }

    pub fn storage_body(&self) -> String {
        text::storage(self.text(self.version.number))
    }

    /// Marks the words that an inline comment is about.
    pub fn marker(&self) -> String {
        let root = self.record.parent.unwrap_or(self.id);
        text::uuid(&mut Random::new(mix(INLINE_STREAM, root)))
    }

    /// The account ids of those who like it, in the order in which they did.
    pub fn likes(&self) -> Vec<&'a str> {
        let users = &self.organisation.users;
        let mut random = Random::new(mix(mix(self.organisation.seed, LIKE_STREAM), self.id));
        // Most have none, few many.
        let count = [0, 0, 0, 1, 2, 5, 40][random.index(7)].min(users.len());
        let first = random.index(users.len());
        (0..count)
            .map(|place| &*users[(first + place) % users.len()].account_id)
            .collect()
    }
}

impl Organisation {
    /// Nothing where that on which it hangs is gone.
    pub(crate) fn view_comment<'a>(
        &'a self,
        record: &'a Hanging<CommentRecord>,
    ) -> Option<Comment<'a>> {
        let (space_id, status) = self.place(record)?;
        let inline = record.inline.as_ref().map(|inline| Inline {
            resolution: inline.resolution,
            last_modifier_id: inline.resolved.and_then(|(by, _)| self.account(by)),
            last_modified_at: inline.resolved.map(|(_, at)| time::timestamp(at)),
            selection: inline.selection,
        });
        Some(Comment {
            id: record.id,
            status,
            container: record.container,
            space_id,
            parent_id: record.parent,
            created_at: time::timestamp(record.revisions.created_at),
            version: record.revisions.latest(self),
            inline,
            organisation: self,
            record,
        })
    }
}

pub(super) fn footer_ids(seed: u64) -> Ids {
    Ids::of_range(2, mix(seed, FOOTER_ID_STREAM))
}

pub(super) fn inline_ids(seed: u64) -> Ids {
    Ids::of_range(3, mix(seed, INLINE_ID_STREAM))
}

/// Under one page of six, one piece of custom content of four, and one attachment of twenty.
pub(super) fn generate_footer(organisation: &Organisation) -> Collection<CommentRecord> {
    let hosts = organisation
        .hosts()
        .map(|host| (host.container, host.created_at, 6));
    let custom_content = organisation.custom_content_records().iter().map(|record| {
        let container = Container::CustomContent(record.id);
        (container, record.revisions.created_at, 4)
    });
    let attachments = organisation.attachment_records().iter().map(|record| {
        let container = Container::Attachment(record.id);
        (container, record.revisions.created_at, 20)
    });
    let mut threads = Threads::new(organisation, footer_ids(organisation.seed));
    for (container, since, rarity) in hosts.chain(custom_content).chain(attachments) {
        let mut random = container.random(organisation.seed, FOOTER_STREAM);
        if random.once_in(1, rarity) {
            for _ in 0..1 + random.below(3) {
                threads.add(container, since, None, &mut random);
            }
        }
    }
    Collection::new(threads.records)
}

/// On one page of twelve.
pub(super) fn generate_inline(organisation: &Organisation) -> Collection<CommentRecord> {
    let mut threads = Threads::new(organisation, inline_ids(organisation.seed));
    for host in organisation.hosts() {
        let mut random = host.container.random(organisation.seed, INLINE_STREAM);
        if random.once_in(1, 12) {
            for _ in 0..1 + random.below(3) {
                let inline = inline(organisation, host.created_at, &mut random);
                threads.add(host.container, host.created_at, Some(inline), &mut random);
            }
        }
    }
    Collection::new(threads.records)
}

fn inline(organisation: &Organisation, since: i64, random: &mut Random) -> InlineRecord {
    let resolution = *random.pick(&[
        Resolution::Open,
        Resolution::Open,
        Resolution::Reopened,
        Resolution::Resolved,
        Resolution::Resolved,
        Resolution::Dangling,
    ]);
    let by = random.below(organisation.users.len() as u64) as u32;
    let at = between(since, NOW, random);
    InlineRecord {
        resolution,
        resolved: matches!(resolution, Resolution::Reopened | Resolution::Resolved)
            .then_some((by, at)),
        selection: random.pick::<&str>(&SELECTIONS),
    }
}

struct Threads<'a> {
    organisation: &'a Organisation,
    ids: Ids,
    records: Vec<Hanging<CommentRecord>>,
}

impl<'a> Threads<'a> {
    fn new(organisation: &'a Organisation, ids: Ids) -> Self {
        Self {
            organisation,
            ids,
            records: Vec::new(),
        }
    }

    /// Adds a root; some have replies, and some replies are replied to.
    fn add(
        &mut self,
        container: Container,
        since: i64,
        inline: Option<InlineRecord>,
        random: &mut Random,
    ) {
        let mut parents = vec![(None, since)];
        let mut count = 0;
        while let Some((parent, since)) = parents.pop() {
            let what = CommentRecord {
                parent,
                text: None,
                inline: inline.clone(),
            };
            let mut record = Hanging {
                id: self.ids.next(),
                container,
                status: PageStatus::Current,
                revisions: Revisions::since(since, self.organisation, random),
                what,
            };
            count += 1;
            if count < 4 && random.once_in(1, 3) {
                let reply = (Some(record.id), record.revisions.created_at);
                parents.extend(std::iter::repeat_n(reply, 1 + random.index(2)));
            } else if random.once_in(1, 40) {
                record.status = *random.pick(&[PageStatus::Trashed, PageStatus::Deleted]);
            }
            self.records.push(record);
        }
    }
}
