//! What hangs on pages, blog posts and spaces beside what they say: labels, likes and properties.

use super::property::PropertyRecord;
use super::{Organisation, label, like, property};
use std::collections::BTreeMap;

/// One kind of what hangs on objects, by their ids: written down, or made from the seed when somebody wants it.
#[derive(Clone, Debug)]
pub(crate) struct Notes<T> {
    written: BTreeMap<u64, Vec<T>>,
    /// For the objects of which nothing is written. Without it nothing hangs on them.
    made: Option<fn(&Organisation, u64) -> Vec<T>>,
}

impl<T: Clone> Notes<T> {
    pub(crate) fn written(written: BTreeMap<u64, Vec<T>>) -> Self {
        Self {
            written,
            made: None,
        }
    }

    fn made(by: fn(&Organisation, u64) -> Vec<T>) -> Self {
        Self {
            written: BTreeMap::new(),
            made: Some(by),
        }
    }

    pub(crate) fn on(&self, organisation: &Organisation, id: u64) -> Vec<T> {
        match (self.written.get(&id), self.made) {
            (Some(written), _) => written.clone(),
            (None, Some(made)) => made(organisation, id),
            (None, None) => Vec::new(),
        }
    }
}

/// All that hangs on the objects of an organisation.
#[derive(Clone, Debug)]
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
    /// What follows from the seed of an organisation.
    pub(super) fn made() -> Self {
        Self {
            labels: Notes::made(label::made_for_content),
            likes: Notes::made(like::made),
            properties: Notes::made(property::made_for_content),
            space_labels: Notes::made(label::made_for_space),
            space_properties: Notes::made(property::made_for_space),
        }
    }

    /// Nothing hangs on a page that has just been created.
    pub(super) fn begin(&mut self, page: u64) {
        self.labels.written.insert(page, Vec::new());
        self.likes.written.insert(page, Vec::new());
        self.properties.written.insert(page, Vec::new());
    }
}
