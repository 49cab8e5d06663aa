//! Labels, and what carries them.

use super::random::{Random, mix};
use super::record::{Carriers, Label, LabelPrefix};
use super::{Attachment, CustomContent, Organisation, Page, text};
use std::sync::Arc;

const LABELS_STREAM: u64 = 0x1ABE;
const CONTENT_STREAM: u64 = 0x1ABF;
const SPACES_STREAM: u64 = 0x1AC0;

fn carriers(organisation: &Organisation) -> Carriers {
    let nothing = organisation.labels.len();
    let mut carriers = Carriers {
        pages: vec![Vec::new(); nothing],
        blogposts: vec![Vec::new(); nothing],
    };
    for (number, page) in organisation.pages.iter().enumerate() {
        for label in organisation.label_numbers_on(page.id) {
            carriers.pages[label as usize].push(number as u32);
        }
    }
    for post in &organisation.blogposts {
        for label in organisation.label_numbers_on(post.id) {
            carriers.blogposts[label as usize].push(post.id);
        }
    }
    carriers
}

impl Organisation {
    /// All labels, by id, which is also the order in which they were first used.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    pub fn label(&self, id: u64) -> Option<&Label> {
        self.label_number(id)
            .map(|number| &self.labels[number as usize])
    }

    /// The labels on a page or blog post, by id; none for one that does not exist.
    pub fn labels_of_page(&self, id: u64) -> Vec<&Label> {
        let known = self.page_or_post(id);
        known.map_or_else(Vec::new, |_| self.labels_on(id))
    }

    /// The labels on a space itself, by id; none for a space that does not exist.
    pub fn labels_of_space(&self, id: u64) -> Vec<&Label> {
        match self.space_number(id) {
            Some(_) => {
                let notes = &self.annotations.space_labels;
                self.named(notes.on(id, || made_for_space(self, id)))
            }
            None => Vec::new(),
        }
    }

    /// The labels on what is listed of a space's content, each once, by id: on pages and blog posts, on what is attached
    /// to them, and on custom content.
    pub fn labels_of_content(&self, space_id: u64) -> Vec<&Label> {
        let Some(number) = self.space_number(space_id) else {
            return Vec::new();
        };
        let pages = self.pages_of_space(number as u32).filter(Page::is_listed);
        let posts = self
            .listed_blogposts()
            .filter(|post| post.space_id() == space_id);
        let files = self
            .listed_attachments()
            .filter(|file| file.space_id == space_id);
        let pieces = self
            .listed_custom_content()
            .filter(|piece| piece.space_id == space_id);
        let ids = pages.chain(posts).map(|page| page.id());
        let ids = ids.chain(files.map(|file| file.id.0));
        let mut labels: Vec<u32> = ids
            .chain(pieces.map(|piece| piece.id))
            .flat_map(|id| self.label_numbers_on(id))
            .collect();
        labels.sort_unstable();
        labels.dedup();
        self.named(labels)
    }

    /// The listed pages that carry a label, by id.
    pub fn pages_of_label(&self, label_id: u64) -> Vec<Page<'_>> {
        self.page_numbers_of_label(label_id)
            .iter()
            .map(|&number| self.page_numbered(number))
            .filter(|page| !page.record.purged && page.is_listed())
            .collect()
    }

    /// The listed blog posts that carry a label, by id.
    pub fn blogposts_of_label(&self, label_id: u64) -> Vec<Page<'_>> {
        let ids = self.label_number(label_id).map_or(&[][..], |number| {
            &self.carriers().blogposts[number as usize]
        });
        ids.iter()
            .filter_map(|&id| self.blogpost(id))
            .filter(Page::is_listed)
            .collect()
    }

    /// Numbers of the pages, of any status, that carry a label.
    pub(crate) fn page_numbers_of_label(&self, label_id: u64) -> &[u32] {
        self.label_number(label_id)
            .map_or(&[][..], |number| &self.carriers().pages[number as usize])
    }

    fn carriers(&self) -> &Carriers {
        self.carriers.get_or_init(|| Arc::new(carriers(self)))
    }

    fn label_number(&self, id: u64) -> Option<u32> {
        let number = self.labels.binary_search_by_key(&id, |label| label.id);
        number.ok().map(|number| number as u32)
    }

    fn label_numbers_on(&self, content: u64) -> Vec<u32> {
        let notes = &self.annotations.labels;
        notes.on(content, || made_for_content(self, content))
    }

    pub(super) fn labels_on(&self, content: u64) -> Vec<&Label> {
        self.named(self.label_numbers_on(content))
    }

    fn named(&self, numbers: Vec<u32>) -> Vec<&Label> {
        numbers
            .into_iter()
            .map(|number| &self.labels[number as usize])
            .collect()
    }
}

impl<'a> Attachment<'a> {
    /// The labels on it, by id.
    pub fn labels(&self) -> Vec<&'a Label> {
        self.organisation.labels_on(self.id.0)
    }
}

impl<'a> CustomContent<'a> {
    /// The labels on it, by id.
    pub fn labels(&self) -> Vec<&'a Label> {
        self.organisation.labels_on(self.id)
    }
}

/// The labels of a generated organisation: more where there is more to label.
pub(super) fn made(organisation: &Organisation) -> Vec<Label> {
    let mut random = Random::new(mix(organisation.seed, LABELS_STREAM));
    let count = (16 + organisation.pages.len() / 250).min(400);
    let mut id = 1_048_577;
    (0..count)
        .map(|number| {
            id += 1 + random.below(60_000);
            let prefix = prefix(number);
            // A name that somebody else's label has, too.
            let name = match prefix {
                LabelPrefix::Global | LabelPrefix::System => text::label_name(number),
                LabelPrefix::My | LabelPrefix::Team => text::label_name(number / 2),
            };
            Label { id, name, prefix }
        })
        .collect()
}

fn prefix(number: usize) -> LabelPrefix {
    match number % 16 {
        3 | 9 => LabelPrefix::Team,
        6 => LabelPrefix::My,
        12 => LabelPrefix::System,
        _ => LabelPrefix::Global,
    }
}

/// None on most, up to four on the others; some labels are used far more often than others.
fn made_for_content(organisation: &Organisation, id: u64) -> Vec<u32> {
    let mut random = Random::new(mix(organisation.seed ^ CONTENT_STREAM, id));
    if organisation.labels.is_empty() || random.once_in(3, 5) {
        return Vec::new();
    }
    let count = 1 + random.index(4);
    let most = organisation.labels.len();
    let mut labels: Vec<u32> = (0..count)
        .map(|_| {
            let among = 1 + random.index(most);
            random.index(among) as u32
        })
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Spaces have categories, and somebody's own labels.
fn made_for_space(organisation: &Organisation, id: u64) -> Vec<u32> {
    let mut random = Random::new(mix(organisation.seed ^ SPACES_STREAM, id));
    let mut labels: Vec<u32> = (0..organisation.labels.len() as u32)
        .filter(|&number| {
            let prefix = organisation.labels[number as usize].prefix;
            matches!(prefix, LabelPrefix::Team | LabelPrefix::My)
        })
        .collect();
    random.shuffle(&mut labels);
    labels.truncate(random.index(4));
    labels.sort_unstable();
    labels
}
