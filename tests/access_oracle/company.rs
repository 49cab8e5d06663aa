//! A company as a list of facts that can be read: it becomes a site, and a fact less is still a company.

use std::collections::BTreeMap;
use std::fmt;

use confluence_sim::{
    AccountStatus, AccountType, NewPage, NodeKind, Organisation, ProductAccess,
    RestrictedOperation, RoleMode, SpaceStatus, SpaceType, Subject,
};

/// What a content is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Page,
    Post,
    Node(NodeKind),
}

/// Who is granted something, or named on a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Account(String),
    Group(String),
    /// By its name in the words of roles.
    Class(&'static str),
}

/// A role's place in the list of permissions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    Not,
    /// As rows of whoever has it, for these of its operations.
    AsGrants(&'static [(&'static str, &'static str)]),
    /// As rows of the role itself.
    AsRoleRows(&'static [(&'static str, &'static str)]),
}

/// Something that is so. What it refers to by a name may be missing: then it is not so.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Account {
        name: String,
        kind: AccountType,
        status: AccountStatus,
        guest: bool,
    },
    Group {
        id: String,
        product_access: Option<ProductAccess>,
    },
    Member {
        group: String,
        account: String,
    },
    /// After everything else: grants and lists go on naming it.
    GroupDeleted(String),
    Space {
        key: String,
        kind: SpaceType,
        archived: bool,
    },
    Content {
        name: String,
        kind: Kind,
        space: String,
        parent: Option<String>,
    },
    Archived(String),
    Trashed(String),
    Grant {
        space: String,
        to: Who,
        operation: (&'static str, &'static str),
    },
    /// With what the permissions show of it, so that they never say more than the role does.
    Role {
        space: String,
        to: Who,
        role: &'static str,
        shown: Shown,
    },
    List {
        content: String,
        operation: RestrictedOperation,
        names: Who,
    },
    ContentHidden(String),
    GroupHidden(String),
    AccountHidden(String),
    NamesWithheld {
        content: String,
        operation: RestrictedOperation,
        names: usize,
    },
    /// The token that reads lacks it.
    ScopeMissing(&'static str),
}

/// A company.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    pub mode: RoleMode,
    pub facts: Vec<Fact>,
}

/// The site of a company, and what its contents' ids are.
pub struct Built {
    pub site: Organisation,
    pub ids: BTreeMap<String, u64>,
}

impl Fact {
    /// Whether it keeps something from whoever reads, or leaves nobody able to tell.
    pub fn hides(&self) -> bool {
        matches!(
            self,
            Self::GroupDeleted(_)
                | Self::ContentHidden(_)
                | Self::GroupHidden(_)
                | Self::AccountHidden(_)
                | Self::NamesWithheld { .. }
                | Self::ScopeMissing(_)
        )
    }

    /// What has to be so before it can be.
    fn turn(&self) -> u8 {
        match self {
            Self::Account { .. } | Self::Group { .. } | Self::Space { .. } => 0,
            Self::Member { .. } | Self::Content { .. } => 1,
            Self::Trashed(_) | Self::GroupDeleted(_) => 3,
            fact if fact.hides() => 4,
            _ => 2,
        }
    }
}

impl Who {
    fn as_principal(&self) -> (&'static str, String) {
        match self {
            Self::Account(name) => ("user", account(name)),
            Self::Group(id) => ("group", id.clone()),
            Self::Class(class) => ("access-class", class.to_uppercase().replace('-', "_")),
        }
    }

    fn as_assignee(&self) -> (&'static str, String) {
        match self {
            Self::Account(name) => ("USER", account(name)),
            Self::Group(id) => ("GROUP", id.clone()),
            Self::Class(class) => ("ACCESS_CLASS", (*class).to_owned()),
        }
    }
}

/// The id of an account.
pub fn account(name: &str) -> String {
    format!("712020:{name}")
}

impl Company {
    /// The site that they make, without what cannot be so.
    pub fn build(&self) -> Built {
        let mut built = Built {
            site: Organisation::bare(),
            ids: BTreeMap::new(),
        };
        built.site.set_role_mode(self.mode, None);
        let mut facts: Vec<&Fact> = self.facts.iter().collect();
        facts.sort_by_key(|fact| fact.turn());
        for fact in facts {
            // What refers to something that is missing is not so.
            let _ = built.add(fact);
        }
        built
    }

    /// The scopes that the token lacks.
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        let scope = |fact: &Fact| match fact {
            Fact::ScopeMissing(scope) => Some(*scope),
            _ => None,
        };
        self.facts.iter().filter_map(scope).collect()
    }
}

impl Built {
    fn id(&self, name: &str) -> Option<u64> {
        self.ids.get(name).copied()
    }

    fn space(&self, key: &str) -> Option<u64> {
        self.site.space_by_key(key).map(|space| space.id)
    }

    /// Whether there is somebody of this name, or was until groups were deleted.
    fn knows(&self, who: &Who) -> bool {
        match who {
            Who::Account(name) => self.site.user(&account(name)).is_some(),
            Who::Group(id) => self.site.groups().iter().any(|group| group.id == *id),
            Who::Class(_) => true,
        }
    }

    /// Whether whoever reads can notice that a group is hidden. One that gives access to the product is missed by the number
    /// of people who have a licence, if it is the only one for somebody; nothing counts apps and customers, and nothing says
    /// which groups are those of administrators. Who is only in such a group is a standing reservation of the mirror.
    fn is_missed(&self, id: &str) -> bool {
        let site = self.site.whole();
        let Some(group) = site.groups().iter().find(|group| group.id == id) else {
            return false;
        };
        let others = site.groups().iter().filter(|other| other.id != id);
        let others: Vec<_> = others
            .filter(|other| other.product_access.is_some())
            .collect();
        let is_elsewhere = |user: &usize| others.iter().any(|other| other.members.contains(user));
        let members = || {
            group
                .members
                .iter()
                .map(|&user| (user, &site.users()[user]))
        };
        let is_person = |kind| kind == AccountType::Atlassian;
        group.product_access.is_none()
            || members().all(|(_, user)| is_person(user.account_type))
                && members().any(|(number, user)| {
                    user.status == AccountStatus::Active && !user.guest && !is_elsewhere(&number)
                })
    }

    fn role(&self, name: &str) -> Option<String> {
        let mut roles = self.site.roles().iter();
        roles
            .find(|role| role.name == name)
            .map(|role| role.id.clone())
    }

    fn add(&mut self, fact: &Fact) -> Option<()> {
        let (Fact::Grant { to: who, .. }
        | Fact::Role { to: who, .. }
        | Fact::List { names: who, .. }) = fact
        else {
            return self.add_of_known(fact);
        };
        self.knows(who).then(|| self.add_of_known(fact))?
    }

    fn add_of_known(&mut self, fact: &Fact) -> Option<()> {
        match fact {
            Fact::Account {
                name,
                kind,
                status,
                guest,
            } => {
                let user = self.site.add_account(&account(name), *kind);
                (user.status, user.guest) = (*status, *guest);
            }
            Fact::Group { id, product_access } => self.site.add_group(id, *product_access),
            Fact::Member { group, account: of } => {
                self.site.add_member(group, &account(of)).ok()?;
            }
            Fact::GroupDeleted(id) => self.site.delete_group(id).ok()?,
            Fact::Space {
                key,
                kind,
                archived,
            } => {
                let id = self.site.create_space(key, *kind);
                self.site.leave_without_roles(id).ok()?;
                if *archived {
                    self.site.space_mut(id).ok()?.status = SpaceStatus::Archived;
                }
            }
            Fact::Content {
                name,
                kind,
                space,
                parent,
            } => {
                let parent_id = match parent {
                    Some(parent) => Some(self.id(parent)?),
                    None => None,
                };
                let place = NewPage {
                    space_id: self.space(space)?,
                    title: name.clone(),
                    parent_id,
                };
                let id = match kind {
                    Kind::Page => self.site.create_page(place).ok()?,
                    Kind::Post => self.site.create_blogpost(place.space_id, name).ok()?,
                    Kind::Node(kind) => self.site.create_node(*kind, place).ok()?,
                };
                self.ids.insert(name.clone(), id);
            }
            Fact::Archived(name) => self.site.archive_content(self.id(name)?, true).ok()?,
            Fact::Trashed(name) => {
                let id = self.id(name)?;
                match self.site.page(id) {
                    // What lies below something goes into the trash with it, or moves; here it does neither.
                    Some(_) if self.site.children(id).is_empty() => {
                        self.site.trash_page(id).ok()?
                    }
                    Some(_) => return None,
                    None => self.site.trash_blogpost(id).ok()?,
                }
            }
            Fact::Grant {
                space,
                to,
                operation,
            } => {
                let (kind, id) = to.as_principal();
                let space = self.space(space)?;
                self.site
                    .add_permission(space, (kind, &id), *operation)
                    .ok()?;
            }
            Fact::Role {
                space,
                to,
                role,
                shown,
            } => {
                let (space, role) = (self.space(space)?, self.role(role)?);
                let (kind, id) = to.as_assignee();
                self.site.assign_role(space, (kind, &id), &role).ok()?;
                let (principal, operations) = match *shown {
                    Shown::Not => return Some(()),
                    Shown::AsGrants(operations) => (to.as_principal(), operations),
                    Shown::AsRoleRows(operations) => (("role", role), operations),
                };
                for operation in operations {
                    self.site
                        .add_permission(space, (principal.0, &principal.1), *operation)
                        .ok()?;
                }
            }
            Fact::List {
                content,
                operation,
                names,
            } => {
                let subject = match names {
                    Who::Account(name) => Subject::User(account(name)),
                    Who::Group(id) => Subject::Group(id.clone()),
                    // No list names a class.
                    Who::Class(_) => return None,
                };
                let id = self.id(content)?;
                if !self.site.restricted_to(id, *operation).contains(&subject) {
                    self.site.restrict(id, *operation, subject).ok()?;
                }
            }
            Fact::ContentHidden(name) => self.site.conceal_content(self.id(name)?).ok()?,
            Fact::GroupHidden(id) if !self.is_missed(id) => return None,
            Fact::GroupHidden(id) => self.site.conceal_group(id).ok()?,
            Fact::AccountHidden(name) => self.site.conceal_account(&account(name)).ok()?,
            Fact::NamesWithheld {
                content,
                operation,
                names,
            } => {
                let id = self.id(content)?;
                self.site.withhold_names(id, *operation, *names);
            }
            Fact::ScopeMissing(_) => {}
        }
        Some(())
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => f.write_str(name),
            Self::Group(id) => write!(f, "group {id}"),
            Self::Class(class) => write!(f, "class {class}"),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account {
                name,
                kind,
                status,
                guest,
            } => {
                let guest = if *guest { ", a guest" } else { "" };
                write!(
                    f,
                    "account {name}: {}, {}{guest}",
                    kind.as_str(),
                    status.as_str()
                )
            }
            Self::Group { id, product_access } => match product_access {
                Some(access) => write!(f, "group {id}: {} of the product", access.as_str()),
                None => write!(f, "group {id}"),
            },
            Self::Member { group, account } => write!(f, "{account} is in group {group}"),
            Self::GroupDeleted(id) => write!(f, "group {id} was deleted"),
            Self::Space {
                key,
                kind,
                archived,
            } => {
                let archived = if *archived { ", archived" } else { "" };
                write!(f, "space {key}: {}{archived}", kind.as_str())
            }
            Self::Content {
                name,
                kind,
                space,
                parent,
            } => {
                let kind = match kind {
                    Kind::Page => "page",
                    Kind::Post => "blog post",
                    Kind::Node(kind) => kind.as_str(),
                };
                let below = parent.iter().map(|parent| format!(" below {parent}"));
                write!(f, "{kind} {name} in {space}{}", below.collect::<String>())
            }
            Self::Archived(name) => write!(f, "{name} is archived"),
            Self::Trashed(name) => write!(f, "{name} is in the trash"),
            Self::Grant {
                space,
                to,
                operation: (key, target),
            } => write!(f, "in {space} {to} has {key}/{target}"),
            Self::Role {
                space,
                to,
                role,
                shown,
            } => {
                write!(f, "in {space} {to} is {role}")?;
                match shown {
                    Shown::Not => Ok(()),
                    Shown::AsGrants(_) => f.write_str(", and permissions show it"),
                    Shown::AsRoleRows(_) => f.write_str(", and permissions show the role"),
                }
            }
            Self::List {
                content,
                operation,
                names,
            } => write!(
                f,
                "the {} list of {content} names {names}",
                operation.as_str()
            ),
            Self::ContentHidden(name) => write!(f, "hidden: {name}"),
            Self::GroupHidden(id) => write!(f, "hidden: group {id}"),
            Self::AccountHidden(name) => write!(f, "hidden: account {name}"),
            Self::NamesWithheld {
                content,
                operation,
                names,
            } => write!(
                f,
                "hidden: {names} names on the {} list of {content}",
                operation.as_str()
            ),
            Self::ScopeMissing(scope) => write!(f, "hidden: scope {scope}"),
        }
    }
}

impl fmt::Display for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.mode.as_str())?;
        self.facts
            .iter()
            .try_for_each(|fact| writeln!(f, "  {fact}"))
    }
}
