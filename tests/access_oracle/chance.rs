//! Companies by chance: small, and with a little of everything that access depends on.

use confluence_sim::{
    AccountStatus, AccountType, NodeKind, ProductAccess, RestrictedOperation, RoleMode, SpaceType,
};
use fastrand::Rng;

use super::company::{Company, Fact, Kind, Shown, Who};
use crate::random::{chances, pick};

const CLASSES: [&str; 5] = [
    "all-licensed-users",
    "all-product-admins",
    "authenticated-users",
    "anonymous-users",
    "jsm-project-admins",
];
const EDITS: [(&str, &str); 9] = [
    ("create", "page"),
    ("update", "page"),
    ("create", "blogpost"),
    ("update", "blogpost"),
    ("create", "whiteboard"),
    ("update", "folder"),
    ("create", "database"),
    ("update", "embed"),
    // Allows nobody to edit anything.
    ("create", "comment"),
];
const READ: (&str, &str) = ("read", "space");
const ADMINISTER: (&str, &str) = ("administer", "space");
const ROLES: [(&str, &[(&str, &str)]); 4] = [
    ("Admin", &[READ, ("create", "page"), ADMINISTER]),
    (
        "Manager",
        &[READ, ("create", "page"), ("create", "blogpost")],
    ),
    (
        "Collaborator",
        &[READ, ("create", "page"), ("create", "folder")],
    ),
    ("Viewer", &[READ]),
];
/// Those without which a step is not read, and the run goes on.
const SCOPES: [&str; 5] = [
    "read:confluence-groups",
    "read:confluence-content.all",
    "read:user:confluence",
    "read:space.permission:confluence",
    "search:confluence",
];

/// The company of a seed. In every other one some of it is hidden.
pub fn company(seed: u64) -> Company {
    let mut chance = Chance {
        rng: chances(seed, 0),
        facts: Vec::new(),
        accounts: Vec::new(),
        groups: Vec::new(),
        contents: Vec::new(),
        lists: Vec::new(),
    };
    let mode = *pick(&mut chance.rng, &RoleMode::ALL);
    chance.people();
    chance.groups();
    for number in 0..chance.rng.usize(1..=3) {
        chance.space(&format!("S{number}"), mode);
    }
    if seed.is_multiple_of(2) {
        chance.hiding();
    }
    Company {
        mode,
        facts: chance.facts,
    }
}

struct Chance {
    rng: Rng,
    facts: Vec<Fact>,
    accounts: Vec<String>,
    groups: Vec<String>,
    contents: Vec<String>,
    lists: Vec<(String, RestrictedOperation)>,
}

impl Chance {
    fn once_in(&mut self, whole: u32) -> bool {
        self.rng.u32(..whole) == 0
    }

    fn people(&mut self) {
        for name in ["ann", "bob", "cid", "dot", "eve", "fay"] {
            let kind = match self.rng.u32(..10) {
                0 => AccountType::App,
                1 => AccountType::Customer,
                _ => AccountType::Atlassian,
            };
            let status = match self.rng.u32(..8) {
                0 => AccountStatus::Inactive,
                1 => AccountStatus::Closed,
                _ => AccountStatus::Active,
            };
            let guest = kind == AccountType::Atlassian && self.once_in(6);
            self.accounts.push(name.to_owned());
            self.facts.push(Fact::Account {
                name: name.to_owned(),
                kind,
                status,
                guest,
            });
            // Most people have a licence, guests and customers have none.
            if kind != AccountType::Customer && !guest && !self.once_in(4) {
                self.join("licensed", name);
            }
        }
    }

    fn join(&mut self, group: &str, account: &str) {
        self.facts.push(Fact::Member {
            group: group.to_owned(),
            account: account.to_owned(),
        });
    }

    fn groups(&mut self) {
        let kinds = [
            ("devs", None),
            ("ops", None),
            ("empty", None),
            ("admins", Some(ProductAccess::Admin)),
            ("owners", Some(ProductAccess::SiteAdmin)),
            ("more", Some(ProductAccess::User)),
        ];
        for (id, product_access) in kinds {
            if self.once_in(4) {
                continue;
            }
            self.groups.push(id.to_owned());
            self.facts.push(Fact::Group {
                id: id.to_owned(),
                product_access,
            });
            for name in self.accounts.clone() {
                let is_in = match product_access {
                    None => self.once_in(2),
                    Some(_) => self.once_in(5),
                };
                let is_customer = |fact: &Fact| matches!(fact, Fact::Account { name: known, kind: AccountType::Customer, .. } if *known == name);
                // Who has no licence is in no group that gives one.
                let may_be_in = product_access.is_none() || !self.facts.iter().any(is_customer);
                if id != "empty" && is_in && may_be_in {
                    self.join(id, &name);
                }
            }
        }
        // Nothing says any more who was in it.
        if self.once_in(4) {
            self.groups.push("old".to_owned());
            self.facts.push(Fact::Group {
                id: "old".to_owned(),
                product_access: None,
            });
            self.facts.push(Fact::GroupDeleted("old".to_owned()));
        }
    }

    /// An account or a group.
    fn somebody(&mut self) -> Who {
        match self.rng.bool() && !self.groups.is_empty() {
            true => Who::Group(pick(&mut self.rng, &self.groups).clone()),
            false => Who::Account(pick(&mut self.rng, &self.accounts).clone()),
        }
    }

    fn holder(&mut self) -> Who {
        match self.once_in(4) {
            true => Who::Class(CLASSES[self.rng.usize(..CLASSES.len())]),
            false => self.somebody(),
        }
    }

    fn space(&mut self, key: &str, mode: RoleMode) {
        let kinds = [
            SpaceType::Global,
            SpaceType::Global,
            SpaceType::Personal,
            SpaceType::Collaboration,
            SpaceType::KnowledgeBase,
        ];
        let kind = *pick(&mut self.rng, &kinds);
        let archived = self.once_in(5);
        self.facts.push(Fact::Space {
            key: key.to_owned(),
            kind,
            archived,
        });
        for _ in 0..self.rng.usize(1..=5) {
            let to = self.holder();
            match mode {
                RoleMode::PreRoles => self.grants(key, &to),
                RoleMode::RolesTransition if self.rng.bool() => self.grants(key, &to),
                // A site that has come all the way shows permissions that say the same, or none.
                RoleMode::RolesTransition | RoleMode::Roles => self.role(key, to),
            }
        }
        self.contents(key);
    }

    fn grants(&mut self, space: &str, to: &Who) {
        let mut operations = Vec::new();
        if !self.once_in(6) {
            operations.push(READ);
        }
        for _ in 0..self.rng.usize(..3) {
            operations.push(*pick(&mut self.rng, &EDITS));
        }
        if self.once_in(5) {
            operations.push(ADMINISTER);
        }
        for operation in operations {
            // The same grant is listed twice now and then.
            for _ in 0..1 + usize::from(self.once_in(10)) {
                self.facts.push(Fact::Grant {
                    space: space.to_owned(),
                    to: to.clone(),
                    operation,
                });
            }
        }
    }

    fn role(&mut self, space: &str, to: Who) {
        // One that was given a role before has that one: a fact each.
        let is_given = |fact: &Fact| matches!(fact, Fact::Role { space: in_space, to: known, .. } if in_space == space && *known == to);
        if self.facts.iter().any(is_given) {
            return;
        }
        let (role, operations) = *pick(&mut self.rng, &ROLES);
        let shown = match self.rng.u32(..3) {
            0 => Shown::AsGrants(operations),
            1 => Shown::AsRoleRows(operations),
            _ => Shown::Not,
        };
        self.facts.push(Fact::Role {
            space: space.to_owned(),
            to,
            role,
            shown,
        });
    }

    fn contents(&mut self, space: &str) {
        let mut parents: Vec<String> = Vec::new();
        for number in 0..self.rng.usize(2..=6) {
            let kind = match self.rng.u32(..10) {
                0 => Kind::Post,
                1..=4 => Kind::Node(*pick(&mut self.rng, &NodeKind::ALL)),
                _ => Kind::Page,
            };
            let name = format!("{}-{number}", space.to_lowercase());
            let parent = match kind {
                Kind::Post => None,
                _ if parents.is_empty() || self.once_in(5) => None,
                _ => Some(pick(&mut self.rng, &parents).clone()),
            };
            // At the root of a space nothing lists them.
            let kind = match kind {
                Kind::Node(_) if parent.is_none() => Kind::Page,
                kind => kind,
            };
            self.facts.push(Fact::Content {
                name: name.clone(),
                kind,
                space: space.to_owned(),
                parent,
            });
            if kind != Kind::Post {
                parents.push(name.clone());
            }
            if self.once_in(8) && kind != Kind::Post {
                self.facts.push(Fact::Archived(name.clone()));
            } else if self.once_in(12) {
                self.facts.push(Fact::Trashed(name.clone()));
            }
            for operation in RestrictedOperation::ALL {
                if self.once_in(4) {
                    self.list(&name, operation);
                }
            }
            self.contents.push(name);
        }
    }

    fn list(&mut self, content: &str, operation: RestrictedOperation) {
        self.lists.push((content.to_owned(), operation));
        for _ in 0..self.rng.usize(1..=3) {
            let names = self.somebody();
            self.facts.push(Fact::List {
                content: content.to_owned(),
                operation,
                names,
            });
        }
    }

    /// Keeps one to three things from whoever reads.
    fn hiding(&mut self) {
        for _ in 0..self.rng.usize(1..=3) {
            let fact = match self.rng.u32(..9) {
                0..=2 => Fact::ContentHidden(pick(&mut self.rng, &self.contents).clone()),
                3 | 4 => {
                    let mut groups = self.groups.clone();
                    groups.push("licensed".to_owned());
                    Fact::GroupHidden(pick(&mut self.rng, &groups).clone())
                }
                5 => Fact::AccountHidden(pick(&mut self.rng, &self.accounts).clone()),
                6 | 7 if !self.lists.is_empty() => {
                    let (content, operation) = pick(&mut self.rng, &self.lists).clone();
                    Fact::NamesWithheld {
                        content,
                        operation,
                        names: self.rng.usize(1..=2),
                    }
                }
                _ => Fact::ScopeMissing(SCOPES[self.rng.usize(..SCOPES.len())]),
            };
            // A parent that is no page and is hidden fails the refresh.
            if !self.is_hidden_node(&fact) {
                self.facts.push(fact);
            }
        }
    }
    fn is_hidden_node(&self, fact: &Fact) -> bool {
        let Fact::ContentHidden(hidden) = fact else {
            return false;
        };
        self.facts.iter().any(|fact| {
            matches!(fact, Fact::Content { name, kind: Kind::Node(_), .. } if name == hidden)
        })
    }
}
