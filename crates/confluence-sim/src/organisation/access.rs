//! Who may view or edit a content: the site's own verdict, found by looking at everything for each question.
//!
//! It shares nothing with those who work the same out for a whole site at once, which are held against it. An account
//! comes through when it is in use, may use the product, holds a grant in the space, and is on every list that stands in
//! the way; through any one of them by any of its ways: by itself, by a group, by a class, or as everybody does.

use super::record::{NodeKind, RestrictedOperation, RoleMode, Subject};
use super::{
    AccountStatus, AccountType, Content, Group, Organisation, PageStatus, ProductAccess, User,
};

words! {
    /// What is wanted of a content.
    pub enum Access {
        View = "view",
        Edit = "edit",
    }

    /// What keeps somebody from a content.
    pub enum Layer {
        /// The account is not in use, or may not use the product.
        Product = "product",
        /// No grant in the space.
        Space = "space",
        /// A list of the content, or of something above it.
        Content = "content",
    }
}

/// Whose access is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// By account id.
    Account(&'a str),
    /// By id: what all of its members have by it.
    Group(&'a str),
    /// Whoever has not signed in.
    Nobody,
}

enum Holder {
    User(String),
    Group(String),
    Class(Class),
}

/// A class of accounts that can hold a grant.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Licensed,
    ProductAdmins,
    SignedIn,
    Everybody,
    Portal,
    /// One that nobody is known to be in.
    Unheard,
}

struct Grant {
    holder: Holder,
    /// Key and target.
    operation: (String, String),
}

impl Grant {
    /// In the words of permissions or in those of roles; none to whom nobody here knows.
    fn of(kind: &str, id: &str, (key, target): (&str, &str)) -> Option<Self> {
        let holder = match kind {
            "user" | "USER" => Holder::User(id.to_owned()),
            "group" | "GROUP" => Holder::Group(id.to_owned()),
            "access-class" | "ACCESS_CLASS" => Holder::Class(Class::of(id)),
            _ => return None,
        };
        let operation = (key.to_owned(), target.to_owned());
        Some(Self { holder, operation })
    }
}

impl Class {
    /// By its name, in the words of permissions or in those of roles.
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "all-licensed-users" => Self::Licensed,
            "all-product-admins" => Self::ProductAdmins,
            "authenticated-users" => Self::SignedIn,
            "anonymous-users" => Self::Everybody,
            "jsm-project-admins" => Self::Portal,
            _ => Self::Unheard,
        }
    }
}

impl Organisation {
    /// Whether somebody may view or edit a page, a blog post or whatever else of the content tree; if not, what keeps them
    /// from it first. None where there is no such content, or where it is in the trash.
    pub fn verdict(
        &self,
        whose: Whose,
        access: Access,
        content_id: u64,
    ) -> Option<Result<(), Layer>> {
        let content = self.content(content_id)?;
        let is_in_use = PageStatus::DEFAULT.contains(&content.status());
        is_in_use.then(|| self.decide(whose, access, content, true))
    }

    /// Whether somebody comes through by the grant of a portal and by no other: the site tells nobody who has one.
    pub fn comes_by_portal(&self, whose: Whose, access: Access, content_id: u64) -> bool {
        self.content(content_id).is_some_and(|content| {
            let comes = |by_portal| self.decide(whose, access, content, by_portal).is_ok();
            comes(true) && !comes(false)
        })
    }

    /// Whether a grant in a space gives somebody one of some operations, by no portal.
    pub fn may_in_space(&self, whose: Whose, operations: &[(&str, &str)], space_id: u64) -> bool {
        let grants = self.grants(space_id);
        self.may_use(whose).at_all && self.holds(whose, operations, &grants, false)
    }

    fn holds(
        &self,
        whose: Whose,
        operations: &[(&str, &str)],
        grants: &[Grant],
        by_portal: bool,
    ) -> bool {
        grants.iter().any(|grant| {
            let (key, target) = &grant.operation;
            operations.contains(&(key, target)) && self.has(whose, &grant.holder, by_portal)
        })
    }

    fn decide(
        &self,
        whose: Whose,
        access: Access,
        content: Content,
        by_portal: bool,
    ) -> Result<(), Layer> {
        let grants = self.grants(content.space_id());
        let holds = |operations: &[(&str, &str)]| self.holds(whose, operations, &grants, by_portal);
        let may_use = self.may_use(whose);
        if !may_use.at_all {
            return Err(Layer::Product);
        }
        // Whoever may not use the product still comes in where everybody does.
        let without_grant = match may_use.licensed {
            true => Layer::Space,
            false => Layer::Product,
        };
        if !holds(&[("read", "space")]) {
            return Err(without_grant);
        }
        let mut chain = self.ancestors(content.id());
        chain.push(content);
        for node in &chain {
            if !self.is_on_list(whose, node.id(), RestrictedOperation::Read) {
                return Err(Layer::Content);
            }
        }
        if access == Access::View {
            return Ok(());
        }
        let edits: Vec<(&str, &str)> = targets(content)
            .iter()
            .flat_map(|&target| [("create", target), ("update", target)])
            .collect();
        if !holds(&edits) {
            return Err(without_grant);
        }
        match self.is_on_list(whose, content.id(), RestrictedOperation::Update) {
            true => Ok(()),
            false => Err(Layer::Content),
        }
    }

    /// All grants in a space. On a site with roles nothing else counts.
    fn grants(&self, space_id: u64) -> Vec<Grant> {
        let mode = self.role_mode();
        let mut grants = Vec::new();
        let mut held_by_roles: Vec<(&str, (&str, &str))> = Vec::new();
        if mode != RoleMode::Roles {
            for row in self.permissions(space_id) {
                let operation = (row.operation_key, row.target_type);
                match row.principal_type {
                    "role" => held_by_roles.push((row.principal_id, operation)),
                    kind => grants.extend(Grant::of(kind, row.principal_id, operation)),
                }
            }
        }
        if mode != RoleMode::PreRoles {
            for assignment in self.role_assignments(space_id) {
                let of_role = self.role(assignment.role_id).into_iter();
                let of_role = of_role
                    .flat_map(|role| &role.permissions)
                    .filter_map(|id| id.split_once('/'));
                let by_rows = held_by_roles.iter();
                let by_rows = by_rows.filter(|(role, _)| *role == assignment.role_id);
                for operation in of_role.chain(by_rows.map(|(_, operation)| *operation)) {
                    let (kind, id) = (assignment.principal_type, &assignment.principal_id);
                    grants.extend(Grant::of(kind, id, operation));
                }
            }
        }
        grants
    }

    /// Whether a grant of this holder is somebody's.
    fn has(&self, whose: Whose, holder: &Holder, by_portal: bool) -> bool {
        match whose {
            Whose::Nobody => matches!(holder, Holder::Class(Class::Everybody)),
            Whose::Group(id) => match holder {
                Holder::Group(group) => group == id,
                Holder::Class(Class::Everybody | Class::SignedIn) => true,
                _ => false,
            },
            Whose::Account(id) => {
                let Some(user) = self.user(id) else {
                    return false;
                };
                let is_member = |of: &dyn Fn(&Group) -> bool| self.groups_of(id).any(of);
                match holder {
                    Holder::User(account) => account == id && self.is_licensed(user),
                    Holder::Group(group) => {
                        self.is_licensed(user) && is_member(&|known| known.id == *group)
                    }
                    // Guests are in no class that somebody with a licence is in.
                    Holder::Class(Class::Licensed) => {
                        !user.guest && is_member(&|group| group.product_access.is_some())
                    }
                    Holder::Class(Class::ProductAdmins) => {
                        !user.guest
                            && is_member(&|group| {
                                group.product_access.is_some_and(ProductAccess::administers)
                            })
                    }
                    Holder::Class(Class::SignedIn | Class::Everybody) => true,
                    Holder::Class(Class::Portal) => {
                        by_portal && user.account_type == AccountType::Customer
                    }
                    Holder::Class(Class::Unheard) => false,
                }
            }
        }
    }

    /// Whether somebody may use the site at all, and whether as one who has a licence for it.
    fn may_use(&self, whose: Whose) -> MayUse {
        match whose {
            Whose::Nobody => MayUse {
                at_all: self.administration.anonymous_use,
                licensed: true,
            },
            Whose::Group(_) => MayUse {
                at_all: true,
                licensed: true,
            },
            Whose::Account(id) => {
                let user = self.user(id);
                MayUse {
                    at_all: user.is_some_and(|user| user.status == AccountStatus::Active),
                    licensed: user.is_some_and(|user| self.is_licensed(user)),
                }
            }
        }
    }

    /// Whether an account may use the product: by a group that lets its members, as a guest, or as an app.
    pub(crate) fn is_licensed(&self, user: &User) -> bool {
        user.guest
            || user.account_type == AccountType::App
            || self
                .groups_of(&user.account_id)
                .any(|group| group.product_access.is_some())
    }

    /// Whether a list lets somebody through: one that names nobody does.
    fn is_on_list(&self, whose: Whose, content_id: u64, operation: RestrictedOperation) -> bool {
        let list = self.restricted_to(content_id, operation);
        list.is_empty()
            || list.iter().any(|subject| match (subject, whose) {
                (_, Whose::Nobody) => false,
                (Subject::User(named), Whose::Account(id)) => named == id,
                (Subject::Group(named), Whose::Account(id)) => {
                    self.groups_of(id).any(|group| group.id == *named)
                }
                (Subject::Group(named), Whose::Group(id)) => named == id,
                (Subject::User(_), Whose::Group(_)) => false,
            })
    }
}

struct MayUse {
    at_all: bool,
    licensed: bool,
}

/// The targets of the operations of which one is needed to edit a content. A site without a right for each kind of node
/// has them go by that for pages.
fn targets(content: Content) -> &'static [&'static str] {
    match content {
        Content::Page(page) if page.record.is_post => &["blogpost"],
        Content::Node(node) => match node.kind() {
            NodeKind::Folder => &["page", "folder"],
            NodeKind::Whiteboard => &["page", "whiteboard"],
            NodeKind::Database => &["page", "database"],
            NodeKind::SmartLink => &["page", "embed"],
        },
        _ => &["page"],
    }
}
