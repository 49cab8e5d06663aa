//! All that is kept of an organisation.

use super::concealed::Concealed;
use super::record::{
    Administration, Annotations, Belongings, Carriers, Classification, DateSort, Governance,
    History, Label, NodeRecord, PageOrder, PageRecord, PermissionRecord, Role,
};
use super::space::Space;
use super::time::NOW;
use super::tree::Children;
use super::user::{Group, User};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A Confluence site with its spaces, pages, permissions, users and groups.
///
/// The constructors hand out an [`Arc`], as the stand-in and the tests look at the same one. Editing a running
/// stand-in leaves what a test holds as it was: take [`Sim::organisation`](crate::Sim::organisation) again afterwards.
#[derive(Clone, Default)]
pub struct Organisation {
    pub(crate) seed: u64,
    pub(crate) name: String,
    pub(crate) cloud_id: String,
    pub(crate) now: i64,
    /// By id. A space's number is its position here.
    pub(crate) spaces: Vec<Space>,
    /// By id. A page's number is its position here.
    pub(crate) pages: Vec<PageRecord>,
    pub(crate) titles: Vec<Box<str>>,
    pub(crate) nodes: Vec<NodeRecord>,
    /// For each space, by id.
    pub(crate) permissions: Vec<Vec<PermissionRecord>>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) roles: Vec<Role>,
    /// By id.
    pub(crate) blogposts: Vec<PageRecord>,
    /// By id. A label's number is its position here.
    pub(crate) labels: Vec<Label>,
    pub(crate) annotations: Annotations,
    pub(crate) history: History,
    pub(super) belongings: Belongings,
    pub(super) governance: Governance,
    pub(super) orders: [OnceLock<Arc<PageOrder>>; DateSort::COUNT],
    /// Numbers of pages, by their titles in lower case.
    pub(super) by_title: OnceLock<Arc<HashMap<String, Vec<u32>>>>,
    pub(super) children: OnceLock<Arc<Children>>,
    pub(crate) classification: Classification,
    pub(crate) administration: Administration,
    pub(super) concealed: Concealed,
    pub(super) carriers: OnceLock<Arc<Carriers>>,
}

impl Organisation {
    /// One with nothing in it yet.
    pub(super) fn empty(seed: u64, cloud_id: String) -> Self {
        Self {
            seed,
            name: "acme".to_owned(),
            cloud_id,
            now: NOW,
            ..Self::default()
        }
    }
}

/// Its name: everything that it has refers to it.
impl fmt::Debug for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Organisation({})", self.name)
    }
}
