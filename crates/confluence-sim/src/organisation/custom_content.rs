//! Custom content: what apps keep in a site.

use super::collection::{Collection, Ids};
use super::prelude::*;
use super::record::{BodyForm, Container, CustomContentRecord, CustomType, Hanging, Revisions};
use super::revision::Revision;
use jiff::Timestamp;

const STREAM: u64 = 0x0C05_7031;
const ID_STREAM: u64 = 0x0C05_7032;

pub(super) const DIAGRAM: &CustomType = &CustomType {
    name: "ac:com.example.diagrams:diagram",
    form: BodyForm::Raw,
};
const FORM: &CustomType = &CustomType {
    name: "ac:com.example.forms:form",
    form: BodyForm::Storage,
};

static TITLES: Lines = Lines::new(|| table::lines(include_str!("../../words/custom_titles.txt")));

#[derive(Clone, Copy, Debug)]
pub struct CustomContent<'a> {
    pub id: u64,
    /// The app's own name for what it is.
    pub kind: &'static str,
    /// That of what it hangs on.
    pub status: PageStatus,
    pub title: &'a str,
    pub container: Container,
    pub space_id: u64,
    pub author_id: Option<&'a str>,
    pub created_at: Timestamp,
    /// The latest one.
    pub version: Revision<'a>,
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a Hanging<CustomContentRecord>,
}

impl CustomContent<'_> {
    /// The body of one of its versions in a representation; none in one that its type does not have.
    pub fn body(&self, representation: &str, version: u32) -> Option<String> {
        let id = self.record.id;
        match (self.record.kind.form, representation) {
            (BodyForm::Raw, "raw") => {
                let boxes = 3 + mix(id, u64::from(version)) % 9;
                Some(format!(
                    r#"{{"revision":{version},"boxes":{boxes},"arrows":[[0,1],[1,2]]}}"#
                ))
            }
            (BodyForm::Raw, _) | (BodyForm::Storage, "raw") => None,
            (BodyForm::Storage, "atlas_doc_format") => {
                Some(text::document_body(self.organisation.seed, id, version))
            }
            (BodyForm::Storage, _) => Some(text::storage_body(self.organisation.seed, id, version)),
        }
    }
}

impl Organisation {
    /// Nothing where that on which it hangs is gone.
    pub(crate) fn view_custom_content<'a>(
        &'a self,
        record: &'a Hanging<CustomContentRecord>,
    ) -> Option<CustomContent<'a>> {
        let (space_id, status) = self.place(record)?;
        let version = record.revisions.latest(self);
        Some(CustomContent {
            id: record.id,
            kind: record.kind.name,
            status,
            title: &record.title,
            container: record.container,
            space_id,
            author_id: self.account(record.revisions.author),
            created_at: time::timestamp(record.revisions.created_at),
            version,
            organisation: self,
            record,
        })
    }
}

pub(super) fn ids(seed: u64) -> Ids {
    Ids::of_range(4, mix(seed, ID_STREAM))
}

/// On one page of fifty, within some pieces, and in spaces themselves.
pub(super) fn generate(organisation: &Organisation) -> Collection<CustomContentRecord> {
    let mut ids = ids(organisation.seed);
    let mut records: Vec<Hanging<CustomContentRecord>> = Vec::new();
    let mut add = |records: &mut Vec<_>, container: Container, since, most| {
        let mut random = container.random(organisation.seed, STREAM);
        for place in 0..random.below(most) {
            let title = random.pick(&TITLES);
            let what = CustomContentRecord {
                kind: if random.once_in(2, 3) { DIAGRAM } else { FORM },
                title: format!("{title} {place}").into(),
            };
            records.push(Hanging {
                id: ids.next(),
                container,
                status: PageStatus::Current,
                what,
                revisions: Revisions::since(since, organisation, &mut random),
            });
        }
    };
    for host in organisation.hosts() {
        let mut random = host.container.random(organisation.seed, ID_STREAM);
        if random.once_in(1, 50) {
            add(&mut records, host.container, host.created_at, 4);
        }
    }
    for number in 0..records.len() {
        let (id, since) = (records[number].id, records[number].revisions.created_at);
        add(&mut records, Container::CustomContent(id), since, 2);
    }
    for space in &organisation.spaces {
        let since = space.created_at.as_millisecond();
        add(&mut records, Container::Space(space.id), since, 3);
    }
    Collection::new(records)
}
