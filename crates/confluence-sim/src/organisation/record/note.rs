//! What is kept of labels, likes and properties.

use std::collections::BTreeMap;

words! {
    /// Whose a label is, as the API has it.
    pub enum LabelPrefix {
        /// Everybody's.
        Global = "global",
        /// The reader's own: the account that the stand-in's credentials belong to.
        My = "my",
        /// A category of spaces.
        Team = "team",
        System = "system",
    }
}

/// A label of an organisation. Prefix and name together are unique; a name alone is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub id: u64,
    pub name: String,
    pub prefix: LabelPrefix,
}

/// The pages and blog posts that carry each label. It is worked out at first use.
#[derive(Debug)]
pub(crate) struct Carriers {
    /// For each label: numbers of pages, ascending.
    pub pages: Vec<Vec<u32>>,
    /// For each label: ids of blog posts, ascending.
    pub blogposts: Vec<Vec<u64>>,
}

/// One kind of what hangs on objects, by their ids: written down, or made from the seed when somebody wants it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes<T> {
    written: BTreeMap<u64, Vec<T>>,
    /// Whether nothing hangs on the objects of which nothing is written.
    is_all: bool,
}

impl<T: Clone> Notes<T> {
    pub(crate) fn written(written: BTreeMap<u64, Vec<T>>) -> Self {
        Self {
            written,
            is_all: true,
        }
    }

    /// What hangs on an object; `make` knows what the seed has for it.
    pub(crate) fn on(&self, id: u64, make: impl FnOnce() -> Vec<T>) -> Vec<T> {
        match self.written.get(&id) {
            Some(written) => written.clone(),
            None if self.is_all => Vec::new(),
            None => make(),
        }
    }
}

/// All that hangs on the objects of an organisation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Annotations {
    /// Numbers of labels, on pages, blog posts, attachments and custom content.
    pub labels: Notes<u32>,
    /// Numbers of users, on pages and blog posts.
    pub likes: Notes<u32>,
    /// On pages and blog posts.
    pub properties: Notes<PropertyRecord>,
    pub space_labels: Notes<u32>,
    pub space_properties: Notes<PropertyRecord>,
}

impl Annotations {
    /// Nothing hangs on a page that has just been created.
    pub(crate) fn begin(&mut self, page: u64) {
        self.labels.written.insert(page, Vec::new());
        self.likes.written.insert(page, Vec::new());
        self.properties.written.insert(page, Vec::new());
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct PropertyRecord {
    pub key: &'static str,
    pub json: &'static str,
    pub created_at: i64,
    pub modified_at: i64,
    /// Number of a user.
    pub author: u32,
    pub version: u32,
}
