//! What somebody may do with spaces, pages and blog posts.
//!
//! It follows from the permissions in the space, and from where an object is in its life. That somebody sees an object
//! is settled before: reading is always among it.

use super::record::{PageStatus, Principal};
use super::{Organisation, Page, SpaceStatus};

/// An operation and the type of what it is done to, in the API's words.
pub type PermittedOperation<'a> = (&'a str, &'a str);

impl Organisation {
    /// With an account, or without one.
    pub(crate) fn operations_in(&self, space: usize, account: bool) -> Vec<PermittedOperation<'_>> {
        let mut operations = vec![("read", "space")];
        let granted = self.permissions[space]
            .iter()
            .filter(|record| account && self.includes_the_reader(space, &record.principal))
            .map(|record| (&*record.operation.0, &*record.operation.1));
        for operation in granted {
            if !operations.contains(&operation) {
                operations.push(operation);
            }
        }
        operations
    }

    /// Who may create what is of a kind may also change it.
    pub(crate) fn operations_with_page(
        &self,
        page: Page<'_>,
        account: bool,
    ) -> Vec<PermittedOperation<'static>> {
        let kind = page.kind();
        let in_use =
            page.status() == PageStatus::Current && page.space().status == SpaceStatus::Current;
        let granted = self.operations_in(page.record.space as usize, account && in_use);
        let mut operations = vec![("read", kind)];
        let needs = [
            (("create", kind), ("update", kind)),
            (("delete", kind), ("delete", kind)),
            (("archive", kind), ("archive", kind)),
            (("create", "comment"), ("create", "comment")),
            (("create", "attachment"), ("create", "attachment")),
        ];
        let may = needs
            .iter()
            .filter(|(needed, _)| granted.contains(needed))
            .map(|(_, operation)| *operation);
        operations.extend(may);
        operations
    }

    /// Whether a permission in a space is given to the account of the stand-in's credentials, the first user.
    fn includes_the_reader(&self, space: usize, principal: &Principal) -> bool {
        match principal {
            Principal::User(number) => *number == 0,
            Principal::Group(number) => self.groups[*number as usize].members.contains(&0),
            Principal::AccessClass(class) => *class == "ALL_LICENSED_USERS",
            Principal::Role(number) => {
                self.reader_has_role(space, &self.roles[*number as usize].id)
            }
            Principal::Other(words) => match words.0.as_str() {
                "role" => self.reader_has_role(space, &words.1),
                kind => self.is_or_includes_the_reader(kind, &words.1),
            },
        }
    }

    fn reader_has_role(&self, space: usize, role_id: &str) -> bool {
        let assignments = self.role_assignments(self.spaces[space].id);
        assignments.iter().any(|one| {
            one.role_id == role_id
                && self.is_or_includes_the_reader(one.principal_type, &one.principal_id)
        })
    }

    /// By the words that permissions have for principals, or by those that roles have.
    fn is_or_includes_the_reader(&self, kind: &str, id: &str) -> bool {
        match kind {
            "user" | "USER" => id == self.users[0].account_id,
            "group" | "GROUP" => self
                .group(id)
                .is_some_and(|group| group.members.contains(&0)),
            "ACCESS_CLASS" => id == "all-licensed-users",
            _ => false,
        }
    }
}
