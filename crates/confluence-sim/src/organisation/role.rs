//! Roles in spaces: which there are, what they allow, and who has them.

use super::prelude::*;
use super::record::{PermissionRecord, Principal, Role, RoleType};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Something that can be allowed in a space.
#[derive(Debug, Deserialize)]
pub struct SpacePermission {
    /// Operation and target, such as `read/space`.
    pub id: String,
    pub display_name: String,
    /// The permissions that it makes no sense without.
    required: String,
}

impl SpacePermission {
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.required.split_whitespace()
    }
}

/// What one principal may be in one space.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleAssignment<'a> {
    /// `USER`, `GROUP` or `ACCESS_CLASS`.
    pub principal_type: &'static str,
    pub principal_id: Cow<'a, str>,
    pub role_id: &'a str,
}

const READ: &str = "read/space";
const EXPORT: &str = "export/space";
const MANAGE: &str = "manage_users/space";
const ADMINISTER: &str = "administer/space";

/// More than the API hands out at once when no limit is asked for.
static CATALOGUE: LazyLock<&[SpacePermission]> =
    LazyLock::new(|| table::rows(include_str!("../../words/permissions.csv")));

/// Places in the list of an organisation's roles.
const ADMIN: usize = 0;
const MANAGER: usize = 1;
const COLLABORATOR: usize = 2;
const VIEWER: usize = 3;
const AUDITOR: usize = 4;

/// The roles that every site has. From the stream that everything else of an organisation comes from.
pub(super) fn system_roles(random: &mut Random) -> Vec<Role> {
    let all = |_: &str| true;
    let manager =
        |id: &str| id != ADMINISTER && !matches!(id, "archive_space/space" | "delete/space");
    let collaborator = |id: &str| id == READ || id == "archive/page" || id.starts_with("create/");
    let viewer = |id: &str| id == READ;
    let mut role = |name: &str, description: &str, allows: &dyn Fn(&str) -> bool| Role {
        id: text::uuid(random),
        name: name.to_owned(),
        kind: RoleType::System,
        description: description.to_owned(),
        permissions: CATALOGUE
            .iter()
            .map(|permission| permission.id.as_str())
            .filter(|id| allows(id))
            .collect(),
    };
    vec![
        role("Admin", "Runs the space", &all),
        role("Manager", "Runs the space but for its settings", &manager),
        role("Collaborator", "Writes in the space", &collaborator),
        role("Viewer", "Reads in the space", &viewer),
    ]
}

/// Adds the role that the site's administrators made. After the permissions, which are drawn from the others.
pub(super) fn add_custom(organisation: &mut Organisation) {
    let mut random = Random::new(mix(organisation.seed, 0x726F_6C65));
    organisation.roles.push(Role {
        id: text::uuid(&mut random),
        name: "Auditor".to_owned(),
        kind: RoleType::Custom,
        description: "Reads in the space & takes copies with them".to_owned(),
        permissions: vec![READ, EXPORT],
    });
}

impl Organisation {
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    pub fn space_permissions(&self) -> &'static [SpacePermission] {
        *CATALOGUE
    }

    /// Who has which role in a space, by principal; none for a space that does not exist.
    ///
    /// Where nobody has assigned any, everybody with a permission has the one role that comes nearest to all of them.
    pub fn role_assignments(&self, space_id: u64) -> Vec<RoleAssignment<'_>> {
        if let Some(assigned) = self.governance.assignments.get(&space_id) {
            let assigned = assigned.iter();
            return assigned
                .map(|(principal_type, principal_id, role_id)| RoleAssignment {
                    principal_type,
                    principal_id: principal_id.as_str().into(),
                    role_id,
                })
                .collect();
        }
        let records = self
            .space_number(space_id)
            .map_or(&[][..], |number| &self.permissions[number]);
        let mut by_principal: BTreeMap<_, Vec<&PermissionRecord>> = BTreeMap::new();
        for record in records {
            if let Some(principal) = self.principal(record) {
                by_principal.entry(principal).or_default().push(record);
            }
        }
        by_principal
            .into_iter()
            .map(|((principal_type, principal_id), granted)| RoleAssignment {
                principal_type,
                principal_id,
                role_id: &self.roles[nearest_role(&granted)].id,
            })
            .collect()
    }

    /// Type and id of who has a permission, in the words of roles. A role itself has none.
    fn principal<'a>(
        &'a self,
        record: &'a PermissionRecord,
    ) -> Option<(&'static str, Cow<'a, str>)> {
        let permission = record.view(self);
        let id = Cow::Borrowed(permission.principal_id);
        match (&record.principal, permission.principal_type) {
            (Principal::Role(_), _) => None,
            (_, "user") => Some(("USER", id)),
            (_, "group") => Some(("GROUP", id)),
            (_, "access-class") => {
                let word = id.to_ascii_lowercase().replace('_', "-");
                Some(("ACCESS_CLASS", word.into()))
            }
            _ => None,
        }
    }
}

fn nearest_role(granted: &[&PermissionRecord]) -> usize {
    let ids: Vec<String> = granted
        .iter()
        .map(|record| format!("{}/{}", record.operation.0, record.operation.1))
        .collect();
    let has = |wanted: &str| ids.iter().any(|id| id == wanted);
    if has(ADMINISTER) {
        ADMIN
    } else if has(MANAGE) {
        MANAGER
    } else if ids.iter().any(|id| id != READ && id != EXPORT) {
        COLLABORATOR
    } else if has(EXPORT) {
        AUDITOR
    } else {
        VIEWER
    }
}
