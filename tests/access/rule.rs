//! The rule of access, account by account, as it is written down: the other side of every comparison. Nothing here knows how
//! the mirror works it out.

#[path = "rule/contents.rs"]
mod contents;

use std::collections::{BTreeMap, BTreeSet};

use super::world::World;

/// Whether somebody is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    No,
    Perhaps,
    Yes,
}

/// A cause for not knowing: access, reason and group.
pub type Gap = (&'static str, &'static str, Option<String>);

/// What is to be answered about a content: who views and edits it for certain or perhaps, by account; and what is not known.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Access and account, and whether it is certain.
    pub people: BTreeMap<(&'static str, String), bool>,
    pub gaps: BTreeSet<Gap>,
}

/// A grant, whichever way it came.
#[derive(Clone, Debug)]
struct Held {
    principal_type: String,
    principal: String,
    operation: String,
}

pub struct Rule<'w> {
    world: &'w World,
    roles_are_known: bool,
    groups_are_known: bool,
    lists_are_known: bool,
}

const ADMINISTERING: [&str; 12] = [
    "administer/space",
    "manage_users/space",
    "manage_nonlicensed_users/space",
    "manage_guest_users/space",
    "manage_access/space",
    "clear_permissions/space",
    "manage_content/space",
    "manage_look_and_feel/space",
    "manage_templates/space",
    "manage_public_links/space",
    "manage_space_features/space",
    "archive_space/space",
];

const TREE: [&str; 6] = [
    "page",
    "blogpost",
    "folder",
    "whiteboard",
    "database",
    "embed",
];

impl<'w> Rule<'w> {
    pub fn of(world: &'w World) -> Self {
        let read = |steps: &[&str]| steps.iter().all(|step| !world.unread.contains(step));
        Self {
            world,
            roles_are_known: read(&["space_roles", "space_role_assignments"]),
            groups_are_known: read(&["groups", "group_members"]),
            lists_are_known: read(&["content_restrictions"]),
        }
    }

    /// Everybody that anything names.
    pub fn everybody(&self) -> BTreeSet<String> {
        let world = self.world;
        let mut everybody: BTreeSet<String> = world.accounts.keys().cloned().collect();
        everybody.extend(world.groups.values().flatten().cloned());
        let named = world
            .permissions
            .iter()
            .filter(|grant| grant.principal_type == "user");
        everybody.extend(named.map(|grant| grant.principal.clone()));
        let assigned = world
            .assignments
            .iter()
            .filter(|assigned| assigned.1 == "USER");
        everybody.extend(assigned.map(|assigned| assigned.2.clone()));
        let listed = world.lists.iter().filter(|entry| entry.2 == "user");
        everybody.extend(listed.map(|entry| entry.3.clone()));
        everybody
    }

    /// Whether the account can sign in.
    fn signs_in(&self, account: &str) -> Pass {
        if self.world.unread.contains("users") {
            return Pass::Perhaps;
        }
        match self
            .world
            .accounts
            .get(account)
            .map(|account| account.status)
        {
            Some("active") => Pass::Yes,
            Some("inactive" | "closed") => Pass::No,
            _ => Pass::Perhaps,
        }
    }

    fn is_guest(&self, account: &str) -> bool {
        !self.world.unread.contains("users")
            && self
                .world
                .accounts
                .get(account)
                .is_some_and(|account| account.is_guest)
    }

    fn is_product_member(&self, account: &str, admins_only: bool) -> bool {
        self.groups_are_known
            && !self.world.unread.contains("product_groups")
            && self
                .world
                .product_groups
                .iter()
                .any(|(access_type, group)| {
                    (!admins_only || *access_type != "user")
                        && self
                            .world
                            .groups
                            .get(group)
                            .is_some_and(|members| members.contains(account))
                })
    }

    fn product_is_proved(&self) -> bool {
        self.world.product_is_proved
            && self.groups_are_known
            && !self.world.unread.contains("product_groups")
            && !self.world.unread.contains("users")
    }

    /// Whether the account has access to the product.
    fn is_licensed(&self, account: &str) -> Pass {
        let is_app = self
            .world
            .accounts
            .get(account)
            .is_some_and(|account| account.kind == "app");
        if is_app || self.is_guest(account) || self.is_product_member(account, false) {
            Pass::Yes
        } else if self.product_is_proved() {
            Pass::No
        } else {
            Pass::Perhaps
        }
    }

    /// What is granted in a space, once for each principal and operation.
    fn held(&self, space: i64) -> Vec<Held> {
        let mut held = Vec::new();
        let mut add = |principal_type: &str, principal: &str, operation: &str| {
            let principal_type = normal(principal_type);
            let principal = match principal_type.as_str() {
                "access-class" => normal(principal),
                _ => principal.to_owned(),
            };
            held.push(Held {
                principal_type,
                principal,
                operation: operation.to_owned(),
            });
        };
        for grant in self
            .world
            .permissions
            .iter()
            .filter(|grant| grant.space == space)
        {
            let operation = format!("{}/{}", grant.operation, grant.target);
            if grant.principal_type != "role" {
                add(grant.principal_type, &grant.principal, &operation);
            } else if self.roles_are_known {
                for (_, principal_type, principal, _) in self
                    .world
                    .assignments
                    .iter()
                    .filter(|assigned| assigned.0 == space && assigned.3 == grant.principal)
                {
                    add(principal_type, principal, &operation);
                }
            }
        }
        if self.roles_are_known {
            for (_, principal_type, principal, role) in self
                .world
                .assignments
                .iter()
                .filter(|assigned| assigned.0 == space)
            {
                for operation in self.world.roles.get(role).into_iter().flatten() {
                    add(principal_type, principal, operation);
                }
            }
        }
        held
    }

    /// Whether the principal of a grant lets the account in, and how far: None where it does not concern the account.
    fn lets_in(&self, held: &Held, account: &str) -> Option<Pass> {
        let closed = || {
            self.signs_in(account)
                .min(self.is_licensed_or_unknown(account))
        };
        match (held.principal_type.as_str(), held.principal.as_str()) {
            ("user", user) => (user == account).then(closed),
            ("group", group) => (self.groups_are_known
                && self
                    .world
                    .groups
                    .get(group)
                    .is_some_and(|members| members.contains(account)))
            .then(closed),
            ("access-class", "all-licensed-users") => {
                (self.is_product_member(account, false) && !self.is_guest(account)).then(closed)
            }
            ("access-class", "all-product-admins") => {
                (self.is_product_member(account, true) && !self.is_guest(account)).then(closed)
            }
            ("access-class", "authenticated-users" | "anonymous-users") => {
                let is_listed = self.world.accounts.contains_key(account)
                    && !self.world.unread.contains("users");
                is_listed.then(|| self.signs_in(account))
            }
            _ => None,
        }
    }

    /// Access to the product; of an account that nobody tells of, it is not known.
    fn is_licensed_or_unknown(&self, account: &str) -> Pass {
        match self.signs_in(account) {
            Pass::Perhaps => Pass::Perhaps,
            _ => self.is_licensed(account),
        }
    }

    /// How far the grants of a space let an account in, and None where none concerns it.
    fn in_space(
        &self,
        space: i64,
        account: &str,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Option<Pass> {
        let held = self.held(space);
        let wanted = held.iter().filter(|held| is_wanted(&held.operation));
        wanted.filter_map(|held| self.lets_in(held, account)).max()
    }

    pub fn views_space(&self, space: i64, account: &str) -> Option<Pass> {
        self.in_space(space, account, &|operation| operation == "read/space")
    }

    fn edits_in_space(&self, space: i64, account: &str, kind: Option<&str>) -> Option<Pass> {
        self.in_space(space, account, &|operation| {
            let Some((verb, target)) = operation.split_once('/') else {
                return false;
            };
            matches!(verb, "create" | "update")
                && match kind {
                    None => TREE.contains(&target),
                    Some("blogpost") => target == "blogpost",
                    Some(kind) => target == "page" || target == kind,
                }
        })
    }

    fn administers(
        &self,
        space: i64,
        account: &str,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Option<Pass> {
        if self.is_guest(account) {
            return None;
        }
        self.in_space(space, account, &|operation| {
            ADMINISTERING.contains(&operation) && is_wanted(operation)
        })
    }

    /// How far an account is let into a space: None where it is not, as far as anybody knows.
    pub fn space(&self, space: i64, account: &str, access: &str) -> Option<Pass> {
        match access {
            "view" => self.views_space(space, account),
            "edit" => both(
                self.views_space(space, account),
                self.edits_in_space(space, account, None),
            ),
            _ => self.administers(space, account, &|_| true),
        }
        .filter(|&pass| pass > Pass::No)
    }

    /// What is not known about who reaches a space.
    pub fn space_gaps(&self, space: i64) -> BTreeSet<Gap> {
        self.space_gaps_of(space)
            .into_iter()
            .map(|(gap, _)| gap)
            .collect()
    }

    /// The same, and whether people without access to the product may be behind it.
    fn space_gaps_of(&self, space: i64) -> BTreeSet<(Gap, bool)> {
        let mut gaps = BTreeSet::new();
        let accesses = |operation: &str| -> &'static [&'static str] {
            match operation.split_once('/') {
                Some(("read", "space")) => &["view", "edit"],
                Some(("create" | "update", target)) if TREE.contains(&target) => &["edit"],
                _ if ADMINISTERING.contains(&operation) => &["administer"],
                _ => &[],
            }
        };
        // Where nothing lets anybody edit, nobody edits who is not known to view.
        let is_edited = self
            .held(space)
            .iter()
            .any(|held| accesses(&held.operation) == ["edit"]);
        for held in self.held(space) {
            let (reason, group) = match (held.principal_type.as_str(), held.principal.as_str()) {
                ("user", _) => continue,
                ("group", group)
                    if self.groups_are_known && self.world.groups.contains_key(group) =>
                {
                    continue;
                }
                ("group", group) => ("group_unresolved", Some(group.to_owned())),
                ("access-class", "all-licensed-users" | "all-product-admins")
                    if self.product_is_proved() =>
                {
                    continue;
                }
                ("access-class", "authenticated-users" | "anonymous-users") => {
                    ("class_open_ended", None)
                }
                ("access-class", "jsm-project-admins" | "unlicensed-users") => ("jsm_class", None),
                ("access-class", _) => ("class_unresolved", None),
                _ => ("principal_unknown", None),
            };
            for &access in accesses(&held.operation) {
                if access == "edit" && held.operation == "read/space" && !is_edited {
                    continue;
                }
                let is_closed = reason == "group_unresolved"
                    || matches!(
                        held.principal.as_str(),
                        "all-licensed-users" | "all-product-admins"
                    );
                gaps.insert(((access, reason, group.clone()), !is_closed));
            }
        }
        let all = ["view", "edit", "administer"];
        if self.roles_are_known {
            for (_, principal_type, principal, _) in
                self.world.assignments.iter().filter(|assigned| {
                    assigned.0 == space && !self.world.roles.contains_key(&assigned.3)
                })
            {
                let group = (*principal_type == "GROUP").then(|| principal.clone());
                let is_closed = *principal_type != "ACCESS_CLASS"
                    || matches!(
                        normal(principal).as_str(),
                        "all-licensed-users" | "all-product-admins"
                    );
                gaps.extend(
                    all.map(|access| ((access, "role_unresolved", group.clone()), !is_closed)),
                );
            }
        } else {
            for grant in self
                .world
                .permissions
                .iter()
                .filter(|grant| grant.space == space && grant.principal_type == "role")
            {
                for &access in accesses(&format!("{}/{}", grant.operation, grant.target)) {
                    gaps.insert(((access, "role_unresolved", None), true));
                }
            }
            if self.world.role_mode != "PRE_ROLES" {
                gaps.extend(all.map(|access| ((access, "not_read", None), true)));
            }
        }
        gaps
    }
}

/// A name in the one way of writing.
fn normal(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// Both have to let through.
fn both(one: Option<Pass>, other: Option<Pass>) -> Option<Pass> {
    Some(one?.min(other?))
}
