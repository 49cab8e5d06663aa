//! What is kept for those who govern a site: permissions, roles, restrictions, levels and the audit log.

use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// Numbers in the organisation's lists.
    User(u32),
    Group(u32),
    Role(u32),
    AccessClass(&'static str),
    /// Type and id in words, for whatever a test wants to see.
    Other(Box<(String, String)>),
}

/// Who has which role in a space: the type of the principal, its id, and that of the role.
pub(crate) type AssignmentRecord = (&'static str, String, String);

#[derive(Clone, Debug)]
pub(crate) struct PermissionRecord {
    pub id: u64,
    pub principal: Principal,
    pub operation: (Cow<'static, str>, Cow<'static, str>),
}

words! {
    pub enum RoleType {
        System = "SYSTEM",
        /// Made by an administrator of the site.
        Custom = "CUSTOM",
    }
}

#[derive(Clone, Debug)]
pub struct Role {
    pub id: String,
    pub name: String,
    pub kind: RoleType,
    pub description: String,
    /// Ids of [`SpacePermission`]s.
    pub permissions: Vec<&'static str>,
}

words! {
    /// What a content can be restricted for.
    pub enum RestrictedOperation {
        Read = "read",
        Update = "update",
    }
}

/// Somebody whom a content is restricted to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// By account id.
    User(String),
    /// By the group's id, which stays where its name changes.
    Group(String),
}

pub(crate) type Restrictions = BTreeMap<(u64, RestrictedOperation), Vec<Subject>>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Governance {
    /// Whether it is that of the demo, which is written by hand.
    pub is_demo: bool,
    pub restrictions: OnceLock<Arc<Restrictions>>,
    /// Newest first.
    pub audit: OnceLock<Arc<Vec<AuditRecord>>>,
    pub out_of_reach: BTreeMap<u64, OutOfReach>,
    /// How many names of a list a search expands, where that is less than usual.
    pub names_in_searches: Option<usize>,
    /// By space. Where there is nothing of a space, its assignments follow from its permissions.
    pub assignments: BTreeMap<u64, Vec<AssignmentRecord>>,
    /// What no search finds.
    pub unindexed: BTreeSet<u64>,
}

/// How the operations of v1 answer for a page that listings hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutOfReach {
    Hidden,
    Forbidden,
}

/// One entry of the audit log. Objects are known by their names only, as the API has them; behind that of a group stand a
/// colon and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    pub created_at: Timestamp,
    /// None where the site itself did it.
    pub author_id: Option<String>,
    pub author_name: String,
    pub remote_address: String,
    pub summary: String,
    pub description: String,
    pub category: String,
    pub by_system_administrator: bool,
    pub affected: AuditObject,
    pub changes: Vec<AuditChange>,
    pub associated: Vec<AuditObject>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditObject {
    pub name: String,
    /// Such as `Space`, `Page`, `Group` or `User`.
    pub kind: String,
}

/// What a property was before, and what it is since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditChange {
    pub name: String,
    pub old: String,
    pub new: String,
}

words! {
    /// How far a site has come on its way to roles.
    pub enum RoleMode {
        /// There are no roles yet.
        PreRoles = "PRE_ROLES",
        /// Roles beside single permissions.
        RolesTransition = "ROLES_TRANSITION",
        /// Roles only.
        Roles = "ROLES",
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Administration {
    pub role_mode: RoleMode,
    /// With which status a site without roles refuses to speak of them. Live sites do not agree on one.
    pub roles_refused_with: u16,
    /// When the admin key of the reader's account ends, where there is one.
    pub admin_key_until: Option<Timestamp>,
    /// Whether grants to everybody hold for whoever has not signed in, too.
    pub anonymous_use: bool,
}

impl Default for Administration {
    fn default() -> Self {
        Self {
            role_mode: RoleMode::RolesTransition,
            roles_refused_with: 400,
            admin_key_until: None,
            anonymous_use: false,
        }
    }
}

/// Which level somebody gave to what, as places in the list of levels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classification {
    /// Whether whatever nobody classified by hand is classified by chance.
    pub by_chance: bool,
    pub spaces: HashMap<u64, Option<u8>>,
    pub content: HashMap<u64, Option<u8>>,
}
