//! Permissions in spaces.

use super::prelude::*;
use super::record::{PermissionRecord, Principal};

/// Operations, each with its target.
type Operations = LazyLock<&'static [(String, String)]>;

/// Those that the API names in its documents.
pub(crate) static OPERATIONS: Operations =
    LazyLock::new(|| table::rows(include_str!("../../words/operations.csv")));
/// Those seen on live sites that no document names.
pub(crate) static UNDOCUMENTED_OPERATIONS: Operations =
    LazyLock::new(|| table::rows(include_str!("../../words/undocumented_operations.csv")));
pub(crate) const ACCESS_CLASSES: &[&str] = &["ALL_LICENSED_USERS", "ALL_PRODUCT_ADMINS"];

/// One grant in a space, in the API's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission<'a> {
    pub id: u64,
    pub principal_type: &'a str,
    pub principal_id: &'a str,
    pub operation_key: &'a str,
    pub target_type: &'a str,
}

impl PermissionRecord {
    pub(crate) fn view<'a>(&'a self, organisation: &'a Organisation) -> Permission<'a> {
        let (principal_type, principal_id) = match &self.principal {
            Principal::User(number) => (
                "user",
                organisation.users[*number as usize].account_id.as_str(),
            ),
            Principal::Group(number) => {
                ("group", organisation.groups[*number as usize].id.as_str())
            }
            Principal::Role(number) => ("role", organisation.roles[*number as usize].id.as_str()),
            Principal::AccessClass(name) => ("access-class", *name),
            Principal::Other(words) => (words.0.as_str(), words.1.as_str()),
        };
        Permission {
            id: self.id,
            principal_type,
            principal_id,
            operation_key: &self.operation.0,
            target_type: &self.operation.1,
        }
    }
}
