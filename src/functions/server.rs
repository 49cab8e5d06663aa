//! Functions' arguments: the server that a caller names, and the caller's own mapping for it.

use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use crate::catalog;
use crate::errors::ErrorOrigin;
use crate::net::sessions::{self, Mapping, Server};
use crate::pg::report::Report;
use crate::pg::{compat, list};

/// A server that the caller may use, and who the caller is.
pub(super) struct Named {
    pub server: Server,
    pub user: pg_sys::Oid,
}

impl Named {
    /// Looks a server up. As with every use of a server by its name, that takes USAGE on it.
    pub fn find(name: Option<&str>) -> Self {
        let name = name.unwrap_or_else(|| null_argument("server").raise());
        let name = list::pstrdup(name);
        // SAFETY: catalog look-ups; the first one raises an error where there is no such server.
        unsafe {
            let server = pg_sys::GetForeignServerByName(name, false);
            let user = pg_sys::GetUserId();
            let allowed = compat::may_use_server((*server).serverid, user);
            if allowed != pg_sys::AclResult::ACLCHECK_OK {
                pg_sys::aclcheck_error(allowed, pg_sys::ObjectType::OBJECT_FOREIGN_SERVER, name);
            }
            let server = Server::of(server);
            if !catalog::server::is_ours(server.oid) {
                Report::new(
                    Code::ERRCODE_WRONG_OBJECT_TYPE,
                    format!("server \"{}\" is not one of confluence_fdw", server.name),
                )
                .raise();
            }
            Self { server, user }
        }
    }

    pub fn origin(&self) -> ErrorOrigin {
        self.server.origin(self.user)
    }

    /// The caller's mapping, or PUBLIC's.
    pub fn mapping(&self) -> Mapping {
        Mapping::of(self.server.oid, self.user)
            .unwrap_or_else(|| sessions::missing_mapping(&self.origin()).raise())
    }
}

/// Not NULL for NULL: it would look like an answer.
pub(super) fn null_argument(name: &str) -> Report {
    Report::new(
        Code::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("{name} must not be null"),
    )
}

/// What a user mapping is to hold from now on; None drops an option.
pub(super) type Changes<'a> = [(&'a str, Option<&'a str>)];

/// Changes a mapping as ALTER USER MAPPING does, with the same checks, but without a statement whose text holds the
/// values: nothing shows or logs them.
pub(super) fn alter(named: &Named, mapping: &Mapping, changes: &Changes) {
    let known = |name: &str| mapping.options.iter().any(|(known, _)| known == name);
    // SAFETY: nodes of the types that their tags say, of strings and lists that live in the current memory context. A
    // snapshot is there as it is for a command: long values are kept apart from their row.
    unsafe {
        let elements = changes.iter().filter_map(|&(name, value)| {
            let action = match (value, known(name)) {
                (Some(_), true) => pg_sys::DefElemAction::DEFELEM_SET,
                (Some(_), false) => pg_sys::DefElemAction::DEFELEM_ADD,
                (None, true) => pg_sys::DefElemAction::DEFELEM_DROP,
                (None, false) => return None,
            };
            let value = match value {
                Some(value) => pg_sys::makeString(list::pstrdup(value)).cast(),
                None => std::ptr::null_mut(),
            };
            Some(pg_sys::makeDefElemExtended(
                std::ptr::null_mut(),
                list::pstrdup(name),
                value,
                action,
                -1,
            ))
        });
        let options = list::from_pointers(elements);
        let mut role = PgBox::<pg_sys::RoleSpec>::alloc_node(pg_sys::NodeTag::T_RoleSpec);
        role.roletype = if mapping.public {
            pg_sys::RoleSpecType::ROLESPEC_PUBLIC
        } else {
            pg_sys::RoleSpecType::ROLESPEC_CURRENT_USER
        };
        let mut statement = PgBox::<pg_sys::AlterUserMappingStmt>::alloc_node(
            pg_sys::NodeTag::T_AlterUserMappingStmt,
        );
        statement.user = role.into_pg();
        statement.servername = list::pstrdup(&named.server.name);
        statement.options = options;
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        pg_sys::AlterUserMapping(statement.into_pg());
        pg_sys::PopActiveSnapshot();
        pg_sys::CommandCounterIncrement();
    }
}

/// Makes sure, before anything is sent, that what comes back can be stored: that the caller may change the mapping, and
/// that nobody else does so meanwhile. Lasts to the end of the transaction. Gives the mapping as it is then.
///
/// The lock is on the mapping itself, as DROP USER MAPPING takes it. Whoever else wants to store tokens there waits for
/// it. The change that changes nothing does what the later one will do, with all of its checks, and makes ALTER USER
/// MAPPING in other sessions wait, and fail, rather than be overwritten.
pub(super) fn claim(named: &Named) -> Mapping {
    let before = named.mapping();
    // SAFETY: takes a lock on an object of this database, waiting for it where it must. It can be interrupted.
    unsafe {
        pg_sys::LockDatabaseObject(
            pg_sys::UserMappingRelationId,
            before.oid,
            0,
            pg_sys::ExclusiveLock as i32,
        );
    }
    // It may be another one, or none, by now.
    let mapping = named.mapping();
    if mapping.oid != before.oid {
        Report::new(
            Code::ERRCODE_T_R_SERIALIZATION_FAILURE,
            "the user mapping was replaced meanwhile",
        )
        .hint("Try again.")
        .raise();
    }
    let same: Vec<(&str, Option<&str>)> = mapping
        .options
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str())))
        .collect();
    alter(named, &mapping, &same);
    mapping
}
