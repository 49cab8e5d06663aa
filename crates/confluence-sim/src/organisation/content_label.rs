//! Labels of attachments and custom content.

use super::random::mix;
use super::{Attachment, CustomContent, Organisation};

const STREAM: u64 = 0x001A_BE15;

/// A word that people put on content to find it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentLabel {
    pub id: u64,
    pub name: &'static str,
    /// `global`, `my`, `team` or `system`.
    pub prefix: &'static str,
}

const LABELS: &[ContentLabel] = &[
    label(1_310_721, "evidence", "global"),
    label(1_310_724, "signed", "global"),
    label(1_310_727, "draft", "my"),
    label(1_310_731, "finance", "team"),
    label(1_310_733, "soc-2", "global"),
];

const fn label(id: u64, name: &'static str, prefix: &'static str) -> ContentLabel {
    ContentLabel { id, name, prefix }
}

/// Those of a piece of content, by id: one of eight has each of them.
fn of(organisation: &Organisation, content: u64) -> impl Iterator<Item = ContentLabel> {
    let dice = mix(mix(organisation.seed, STREAM), content);
    let chosen = move |place: &usize| (dice >> (3 * place)) & 7 == 0;
    (0..LABELS.len()).filter(chosen).map(|place| LABELS[place])
}

impl Attachment<'_> {
    /// By id.
    pub fn labels(&self) -> impl Iterator<Item = ContentLabel> {
        of(self.organisation, self.id.0)
    }
}

impl CustomContent<'_> {
    /// By id.
    pub fn labels(&self) -> impl Iterator<Item = ContentLabel> {
        of(self.organisation, self.id)
    }
}

impl Organisation {
    /// The labels that attachments and custom content can have, by id.
    pub fn content_labels(&self) -> &'static [ContentLabel] {
        LABELS
    }
}
