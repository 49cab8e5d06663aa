//! A site as a mirror knows it: accounts, groups, grants, contents and their lists, and what of it could not be read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// What a run tells of a site.
#[derive(Clone, Debug)]
pub struct World {
    pub accounts: BTreeMap<String, Account>,
    /// Groups that are listed, with their members.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// Access type and group.
    pub product_groups: BTreeSet<(&'static str, String)>,
    pub spaces: BTreeSet<i64>,
    pub permissions: BTreeSet<Grant>,
    /// Roles that are listed, with what they allow.
    pub roles: BTreeMap<String, BTreeSet<String>>,
    /// Space, kind of principal, principal, role.
    pub assignments: BTreeSet<(i64, &'static str, String, String)>,
    pub contents: BTreeMap<i64, Node>,
    /// Content, operation, kind of principal, principal.
    pub lists: BTreeSet<(i64, &'static str, &'static str, String)>,
    /// Contents that are no more listed, and why.
    pub gone: BTreeMap<i64, &'static str>,
    /// Steps that could not be read.
    pub unread: BTreeSet<&'static str>,
    pub product_is_proved: bool,
    pub role_mode: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub kind: &'static str,
    pub status: &'static str,
    pub is_guest: bool,
}

/// A row of permissions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub space: i64,
    pub principal_type: &'static str,
    pub principal: String,
    pub operation: &'static str,
    pub target: &'static str,
}

/// A content, and what it is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: &'static str,
    pub space: i64,
    pub parent: Option<i64>,
}

/// Each kind of content, and the table that it is listed in.
pub const KINDS: [(&str, &str); 6] = [
    ("page", "pages"),
    ("blogpost", "blogposts"),
    ("folder", "folders"),
    ("whiteboard", "whiteboards"),
    ("database", "databases"),
    ("embed", "smart_links"),
];

/// Steps whose tables access follows from.
pub const STEPS: [&str; 16] = [
    "spaces",
    "permissions",
    "space_roles",
    "space_role_assignments",
    "groups",
    "group_members",
    "product_groups",
    "users",
    "pages",
    "blogposts",
    "folders",
    "whiteboards",
    "databases",
    "smart_links",
    "content_restrictions",
    "emails",
];

impl Default for World {
    /// A site with nothing in it, all of which could be read.
    fn default() -> Self {
        Self {
            accounts: BTreeMap::new(),
            groups: BTreeMap::new(),
            product_groups: BTreeSet::new(),
            spaces: BTreeSet::new(),
            permissions: BTreeSet::new(),
            roles: BTreeMap::new(),
            assignments: BTreeSet::new(),
            contents: BTreeMap::new(),
            lists: BTreeSet::new(),
            gone: BTreeMap::new(),
            unread: BTreeSet::new(),
            product_is_proved: true,
            role_mode: "PRE_ROLES",
        }
    }
}

impl World {
    /// A site with two licensed people, `ann` and `bob`, of the group `users`; with `eve`, who has no access to the product;
    /// and with space 10, in which page 100 lies.
    pub fn small() -> Self {
        let mut world = Self::default();
        world.person("ann");
        world.person("bob");
        world.group("users", &["ann", "bob"]);
        world.product("user", "users");
        world.person("eve");
        world.spaces.insert(10);
        world.content("page", 100, 10, None);
        world
    }

    pub fn account(&mut self, id: &str, kind: &'static str, status: &'static str, is_guest: bool) {
        let account = Account {
            kind,
            status,
            is_guest,
        };
        self.accounts.insert(id.to_owned(), account);
    }

    pub fn person(&mut self, id: &str) {
        self.account(id, "atlassian", "active", false);
    }

    pub fn group(&mut self, id: &str, members: &[&str]) {
        let members = members.iter().map(|&member| member.to_owned()).collect();
        self.groups.insert(id.to_owned(), members);
    }

    pub fn product(&mut self, access_type: &'static str, group: &str) {
        self.product_groups.insert((access_type, group.to_owned()));
    }

    /// Grants something in a space: the operation is written as in `read/space`.
    pub fn grant(
        &mut self,
        space: i64,
        principal_type: &'static str,
        principal: &str,
        operation: &'static str,
    ) {
        let (operation, target) = operation.split_once('/').expect("operation and target");
        self.permissions.insert(Grant {
            space,
            principal_type,
            principal: principal.to_owned(),
            operation,
            target,
        });
    }

    pub fn role(&mut self, id: &str, permissions: &[&str]) {
        let permissions = permissions.iter().map(|&permission| permission.to_owned());
        self.roles.insert(id.to_owned(), permissions.collect());
    }

    pub fn assign(
        &mut self,
        space: i64,
        principal_type: &'static str,
        principal: &str,
        role: &str,
    ) {
        let (principal, role) = (principal.to_owned(), role.to_owned());
        self.assignments
            .insert((space, principal_type, principal, role));
    }

    pub fn content(&mut self, kind: &'static str, id: i64, space: i64, parent: Option<i64>) {
        self.contents.insert(
            id,
            Node {
                kind,
                space,
                parent,
            },
        );
    }

    /// Writes an entry into a list of a content: `read` or `update`.
    pub fn list(
        &mut self,
        content: i64,
        operation: &'static str,
        principal_type: &'static str,
        principal: &str,
    ) {
        self.lists
            .insert((content, operation, principal_type, principal.to_owned()));
    }

    /// A content whose lists the site does not show.
    pub fn hide_lists(&mut self, content: i64) {
        self.lists.retain(|entry| entry.0 != content);
        self.list(content, "unknown", "unknown", "unknown");
    }

    /// Takes a content away, and says why.
    pub fn end(&mut self, content: i64, reason: &'static str) {
        self.contents.remove(&content);
        self.lists.retain(|entry| entry.0 != content);
        self.gone.insert(content, reason);
    }

    /// Leaves contents of a kind as they were: they were not read.
    pub fn leave_contents(&mut self, kind: &str, before: &Self) {
        self.contents.retain(|_, node| node.kind != kind);
        let left = before.contents.iter().filter(|(_, node)| node.kind == kind);
        self.contents
            .extend(left.map(|(&id, node)| (id, node.clone())));
    }

    /// The rows of each table: name, columns with their types, the key, the rows.
    pub fn rows(&self) -> Vec<(&'static str, &'static str, &'static str, Vec<Value>)> {
        let mut tables = vec![
            (
                "users",
                "account_id text, account_type text, account_status text, is_external_collaborator boolean, display_name text",
                "account_id",
                self.accounts
                    .iter()
                    .map(|(id, account)| {
                        json!({
                            "account_id": id, "account_type": account.kind, "account_status": account.status,
                            "is_external_collaborator": account.is_guest, "display_name": format!("The {id}"),
                        })
                    })
                    .collect(),
            ),
            (
                "groups",
                "id text, name text",
                "id",
                self.groups.keys().map(|id| json!({"id": id, "name": id})).collect(),
            ),
            (
                "group_members",
                "group_id text, account_id text",
                "group_id, account_id",
                self.groups
                    .iter()
                    .flat_map(|(group, members)| {
                        members.iter().map(move |member| json!({"group_id": group, "account_id": member}))
                    })
                    .collect(),
            ),
            (
                "product_groups",
                "access_type text, id text",
                "access_type, id",
                self.product_groups
                    .iter()
                    .map(|(access_type, id)| json!({"access_type": access_type, "id": id}))
                    .collect(),
            ),
            (
                "spaces",
                "id bigint, key text",
                "id",
                self.spaces.iter().map(|id| json!({"id": id, "key": format!("S{id}")})).collect(),
            ),
            (
                "permissions",
                "id text, space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text",
                "id, space_id",
                self.permissions
                    .iter()
                    .map(|grant| {
                        let id = format!("{grant:?}");
                        json!({
                            "id": id, "space_id": grant.space, "principal_type": grant.principal_type,
                            "principal_id": grant.principal, "operation_key": grant.operation,
                            "operation_target_type": grant.target,
                        })
                    })
                    .collect(),
            ),
            (
                "space_roles",
                "id text, name text, space_permissions jsonb",
                "id",
                self.roles
                    .iter()
                    .map(|(id, permissions)| json!({"id": id, "name": format!("Role {id}"), "space_permissions": permissions}))
                    .collect(),
            ),
            (
                "space_role_assignments",
                "space_id bigint, principal_type text, principal_id text, role_id text",
                "space_id, principal_type, principal_id, role_id",
                self.assignments
                    .iter()
                    .map(|(space, principal_type, principal, role)| {
                        json!({"space_id": space, "principal_type": principal_type, "principal_id": principal, "role_id": role})
                    })
                    .collect(),
            ),
            (
                "content_restrictions",
                "content_id bigint, operation text, principal_type text, principal_id text",
                "content_id, operation, principal_type, principal_id",
                self.lists
                    .iter()
                    .map(|(content, operation, principal_type, principal)| {
                        json!({
                            "content_id": content, "operation": operation, "principal_type": principal_type,
                            "principal_id": principal,
                        })
                    })
                    .collect(),
            ),
        ];
        for (kind, table) in KINDS {
            let columns = match kind {
                "blogpost" => "id bigint, space_id bigint, title text, status text",
                _ => "id bigint, space_id bigint, title text, status text, parent_id bigint",
            };
            let nodes = self.contents.iter().filter(|(_, node)| node.kind == kind);
            let rows = nodes.map(|(id, node)| {
                json!({"id": id, "space_id": node.space, "title": format!("{kind} {id}"), "status": "current", "parent_id": node.parent})
            });
            tables.push((table, columns, "id", rows.collect()));
        }
        tables
    }
}
