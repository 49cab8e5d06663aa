//! A mirror's place: a schema that is its owner's, and in which nobody else may create anything.

use pgrx::prelude::*;
use pgrx::spi::quote_identifier;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use crate::pg::report::Report;
use crate::pg::roles;

/// A schema.
#[derive(Clone, Debug)]
pub(crate) struct MirrorSchema {
    pub name: String,
    pub oid: pg_sys::Oid,
}

impl MirrorSchema {
    /// Makes the schema, or takes the one that is there if it is the caller's.
    pub fn claim(name: &str) -> Self {
        if oid_of(name).is_none() {
            let create = format!("CREATE SCHEMA {}", quote_identifier(name));
            Spi::run(&create).unwrap_or_else(|error| Report::from(error).raise());
        }
        Self::own(name)
    }

    /// The schema of that name, if it is the caller's and nobody else may create anything in it: they could have their own
    /// functions run with the caller's rights.
    pub fn own(name: &str) -> Self {
        let Some(oid) = oid_of(name) else {
            Report::new(
                Code::ERRCODE_INVALID_SCHEMA_NAME,
                format!("mirror \"{name}\" does not exist"),
            )
            .hint("SELECT * FROM confluence.create_mirror(server, mirror) makes one.")
            .raise()
        };
        let found = Spi::get_two_with_args::<String, String>(
            "SELECT pg_get_userbyid(n.nspowner)::text,
                    (SELECT string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE format('%I', pg_get_userbyid(a.grantee)) END, ', ')
                     FROM aclexplode(n.nspacl) AS a WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner)
             FROM pg_namespace AS n WHERE n.oid = $1",
            &[oid.into()],
        );
        let (owner, creators) = found.unwrap_or_else(|error| Report::from(error).raise());
        // SAFETY: tells who runs the statement.
        let caller = roles::name_of(unsafe { pg_sys::GetUserId() });
        let owner = owner.unwrap_or_default();
        if owner != caller {
            Report::new(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("schema \"{name}\" belongs to role \"{owner}\""),
            )
            .detail("A mirror is made and refreshed by the owner of its schema.")
            .hint(format!(
                "SET ROLE {}, or name another schema.",
                quote_identifier(&owner)
            ))
            .raise();
        }
        if let Some(creators) = creators {
            Report::new(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("schema \"{name}\" lets other roles create objects in it"),
            )
            .detail(format!("They are: {creators}."))
            .hint(format!(
                "REVOKE CREATE ON SCHEMA {} FROM {creators}",
                quote_identifier(name)
            ))
            .raise();
        }
        Self {
            name: name.to_owned(),
            oid,
        }
    }

    /// The mirror of that name, if there is one and it is the caller's.
    pub fn of_mirror(name: &str) -> Self {
        let place = Self::own(name);
        let is_mirror = Spi::get_one_with_args::<bool>(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = $1 AND relname = 'mirror_objects' AND relkind = 'r')",
            &[place.oid.into()],
        );
        if is_mirror.unwrap_or_else(|error| Report::from(error).raise()) != Some(true) {
            Report::new(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("schema \"{name}\" is not a mirror"),
            )
            .hint("SELECT * FROM confluence.create_mirror(server, mirror) makes one.")
            .raise();
        }
        place
    }

    /// The mirror of that name, if its owner lets the caller erase people from it.
    pub fn to_erase_from(name: &str) -> Self {
        let found = Spi::get_one_with_args::<pg_sys::Oid>(
            "SELECT (SELECT n.oid FROM pg_namespace AS n JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.proname = 'erase_account'
                     WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') LIMIT 1)",
            &[name.into()],
        );
        let Some(oid) = found.unwrap_or_else(|error| Report::from(error).raise()) else {
            Report::new(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "permission denied for function erase_account",
            )
            .raise()
        };
        Self {
            name: name.to_owned(),
            oid,
        }
    }

    /// The name of the schema with the foreign tables that nobody has imported elsewhere.
    pub fn live(&self) -> String {
        format!("{}_live", self.name)
    }

    pub fn quoted(&self) -> String {
        quote_identifier(&self.name)
    }

    /// The search path for what is the mirror's own: names are looked up in it, operators and functions in `pg_catalog`
    /// before that, and nothing in the session's temporary schema before either.
    pub fn search_path(&self) -> String {
        format!("{}, pg_temp", self.quoted())
    }
}

fn oid_of(schema: &str) -> Option<pg_sys::Oid> {
    Spi::get_one_with_args::<pg_sys::Oid>(
        "SELECT (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)",
        &[schema.into()],
    )
    .unwrap_or_else(|error| Report::from(error).raise())
}
