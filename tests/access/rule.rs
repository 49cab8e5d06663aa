//! The rule of access, account by account, as it is written down: the other side of every comparison. Nothing here knows how
//! the mirror works it out.

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

    /// The entries of a list, which is none where it is empty.
    fn entries(&self, content: i64, operation: &str) -> Vec<(&'static str, &'w str)> {
        let entries = self
            .world
            .lists
            .iter()
            .filter(|entry| entry.0 == content && entry.1 == operation);
        entries.map(|entry| (entry.2, entry.3.as_str())).collect()
    }

    /// Whether a list lets an account through: perhaps, where it may be behind an entry that nobody resolves.
    fn list(&self, content: i64, operation: &str, account: &str) -> Pass {
        let entries = self.entries(content, operation);
        if !self.lists_are_known || entries.is_empty() {
            return Pass::Yes;
        }
        let passes = entries
            .iter()
            .map(|&(principal_type, principal)| match principal_type {
                "user" if principal == account => Pass::Yes,
                "user" => Pass::No,
                "group" if self.is_resolved(principal) => {
                    if self.world.groups[principal].contains(account) {
                        Pass::Yes
                    } else {
                        Pass::No
                    }
                }
                _ => Pass::Perhaps,
            });
        passes.max().unwrap_or(Pass::No)
    }

    fn is_resolved(&self, group: &str) -> bool {
        self.groups_are_known && self.world.groups.contains_key(group)
    }

    /// What of a list nobody resolves.
    fn list_gaps(&self, content: i64, operation: &str) -> BTreeSet<(&'static str, Option<String>)> {
        if !self.lists_are_known {
            return BTreeSet::new();
        }
        let entries = self.entries(content, operation);
        let unresolved =
            entries
                .iter()
                .filter_map(|&(principal_type, principal)| match principal_type {
                    "user" => None,
                    "group" if self.is_resolved(principal) => None,
                    "group" => Some(("group_unresolved", Some(principal.to_owned()))),
                    _ => Some(("subjects_hidden", None)),
                });
        unresolved.collect()
    }

    /// A content and what is above it, and why that is not all.
    fn way_up(&self, content: i64) -> (Vec<i64>, Option<&'static str>) {
        let (mut way, mut at) = (vec![content], content);
        let is_hidden = |content: i64| !self.entries(content, "unknown").is_empty();
        let mut gap = is_hidden(content).then_some("content_hidden");
        while let Some(parent) = self.world.contents[&at].parent {
            if way.contains(&parent) {
                return (way, Some("parents_cycle"));
            }
            if !self.world.contents.contains_key(&parent) {
                gap = gap.or(Some("ancestor_not_listed"));
                break;
            }
            gap = gap.or(is_hidden(parent).then_some("content_hidden"));
            way.push(parent);
            at = parent;
        }
        (way, gap)
    }

    /// Why it is not known who views a content, whoever it is.
    pub fn hidden(&self, content: i64) -> Option<&'static str> {
        let node = &self.world.contents[&content];
        let (_, gap) = self.way_up(content);
        if !self.world.spaces.contains(&node.space) {
            Some("space_hidden")
        } else if !self.lists_are_known {
            Some("not_read")
        } else {
            gap
        }
    }

    /// The view lists that are known to lie above a content, its own included.
    fn view_lists(&self, content: i64) -> Vec<i64> {
        let (way, gap) = self.way_up(content);
        match gap {
            // Nothing is said of what is above, but the content's own list.
            Some("parents_cycle") => vec![content],
            _ => way,
        }
    }

    /// How far an account is let into a content, as far as anybody knows.
    pub fn reaches(&self, content: i64, account: &str, access: &str) -> Pass {
        let node = &self.world.contents[&content];
        if !self.world.spaces.contains(&node.space) {
            return Pass::No;
        }
        let Some(mut pass) = self.views_space(node.space, account) else {
            return Pass::No;
        };
        for list in self.view_lists(content) {
            // Who may be behind an entry that nobody resolves is no row of their own.
            if self.list(list, "read", account) != Pass::Yes {
                return Pass::No;
            }
        }
        if access == "edit" {
            let Some(edits) = self.edits_in_space(node.space, account, Some(node.kind)) else {
                return Pass::No;
            };
            if self.list(content, "update", account) != Pass::Yes {
                return Pass::No;
            }
            pass = pass.min(edits);
        }
        match self.hidden(content) {
            Some(_) => pass.min(Pass::Perhaps),
            None => pass,
        }
    }

    /// The whole answer about a content that is listed.
    pub fn content(&self, content: i64) -> Answer {
        let node = &self.world.contents[&content];
        let mut answer = Answer::default();
        for account in self.everybody() {
            for access in ["view", "edit"] {
                let pass = self.reaches(content, &account, access);
                if pass > Pass::No {
                    answer
                        .people
                        .insert((access, account.clone()), pass == Pass::Yes);
                }
            }
        }
        if let Some(reason) = self.hidden(content) {
            answer
                .gaps
                .extend(["view", "edit"].map(|access| (access, reason, None)));
        }
        if self.world.spaces.contains(&node.space) {
            let gaps = self.space_gaps(node.space);
            answer
                .gaps
                .extend(gaps.into_iter().filter(|gap| gap.0 != "administer"));
        }
        for list in self.view_lists(content) {
            for (reason, group) in self.list_gaps(list, "read") {
                answer
                    .gaps
                    .extend(["view", "edit"].map(|access| (access, reason, group.clone())));
            }
        }
        let own = self.list_gaps(content, "update");
        answer.gaps.extend(
            own.into_iter()
                .map(|(reason, group)| ("edit", reason, group)),
        );
        answer
    }

    /// Who could change that an account is kept out of a content or a space.
    pub fn potential(&self, space: i64, account: &str) -> BTreeSet<&'static str> {
        let mut how = BTreeSet::new();
        let is_active = self.signs_in(account) == Pass::Yes;
        if is_active && self.is_product_member(account, true) {
            how.insert("product_admin");
        }
        let managing = |operation: &str| {
            !matches!(
                operation,
                "manage_content/space"
                    | "manage_look_and_feel/space"
                    | "manage_templates/space"
                    | "manage_public_links/space"
                    | "manage_space_features/space"
                    | "archive_space/space"
            )
        };
        if self.world.spaces.contains(&space)
            && self.administers(space, account, &managing) == Some(Pass::Yes)
        {
            how.insert("space_admin");
        }
        how
    }

    /// What becomes of one person at a content: the verdict, where its lists name them.
    pub fn person_at(&self, content: i64, account: &str, access: &str) -> Option<&'static str> {
        let node = &self.world.contents[&content];
        if !self.lists_are_known {
            return None;
        }
        let named = |operation: &str| {
            self.entries(content, operation)
                .iter()
                .any(|&(principal_type, principal)| match principal_type {
                    "user" => principal == account,
                    "group" => {
                        self.is_resolved(principal)
                            && self.world.groups[principal].contains(account)
                    }
                    _ => false,
                })
        };
        let by_edit_list = !self.entries(content, "update").is_empty();
        let operation = if access == "edit" && by_edit_list {
            "update"
        } else {
            "read"
        };
        if !named(operation) {
            return None;
        }
        let verdict = self.person_verdict(content, account, access);
        (verdict != "denied" || access == "view" || by_edit_list)
            .then_some(verdict)
            .filter(|_| {
                access == "view"
                    || by_edit_list
                    || self.may_edit_at_all(node.space, account, node.kind)
            })
    }

    /// Whether the person edits such contents in the space, or perhaps.
    fn may_edit_at_all(&self, space: i64, account: &str, kind: &str) -> bool {
        !self.world.spaces.contains(&space)
            || self
                .edits_in_space(space, account, Some(kind))
                .is_some_and(|pass| pass > Pass::No)
            || self.may_be_behind(space, account, "edit")
    }

    /// The verdict about one person: unknown also where they may be behind something that nobody resolves.
    pub fn person_verdict(&self, content: i64, account: &str, access: &str) -> &'static str {
        let node = &self.world.contents[&content];
        if self.signs_in(account) == Pass::No {
            return "denied";
        }
        let mut pass = Pass::Yes;
        for list in self.view_lists(content) {
            pass = pass.min(self.list(list, "read", account));
        }
        if access == "edit" {
            pass = pass.min(self.list(content, "update", account));
        }
        if !self.world.spaces.contains(&node.space) {
            return if pass == Pass::No {
                "denied"
            } else {
                "unknown"
            };
        }
        let mut layer = |found: Option<Pass>, access: &str| {
            let found = match found {
                Some(found) if found > Pass::No => found,
                _ if self.may_be_behind(node.space, account, access) => Pass::Perhaps,
                _ => Pass::No,
            };
            pass = pass.min(found);
        };
        layer(self.views_space(node.space, account), "view");
        if access == "edit" {
            layer(
                self.edits_in_space(node.space, account, Some(node.kind)),
                "edit",
            );
        }
        if self.hidden(content).is_some() {
            pass = pass.min(Pass::Perhaps);
        }
        match pass {
            Pass::No => "denied",
            Pass::Perhaps => "unknown",
            Pass::Yes => "allowed",
        }
    }

    /// Whether an account may be behind something in a space that nobody resolves.
    pub fn may_be_behind(&self, space: i64, account: &str, access: &str) -> bool {
        let signs_in = self.signs_in(account);
        let is_kept_out = signs_in == Pass::Yes && self.is_licensed(account) == Pass::No;
        signs_in != Pass::No
            && self
                .space_gaps_of(space)
                .iter()
                .any(|(gap, is_open)| gap.0 == access && (!is_kept_out || *is_open))
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
