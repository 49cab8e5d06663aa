//! `confluence.create_mirror`: makes a mirror, or brings one up to date that an older version has made.

use confluence::tables;
use pgrx::prelude::*;
use pgrx::spi::quote_identifier;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::form::{self, FORMAT};
use super::lock::Lock;
use super::objects;
use super::place::MirrorSchema;
use super::run;
use super::table::{MirroredTable, evidence};
use crate::catalog;
use crate::pg::report::Report;
use crate::pg::search_path;

/// A thing that a mirror has, as its maker is told: name, kind, and what it is.
pub(crate) type MadeObject = (String, &'static str, Option<String>);

/// Views and functions of the schema, in the order in which they were made: what PostgreSQL calls them, and their comments.
const OBJECTS: &str = "
    SELECT o.kind, o.identity, o.comment FROM (
        SELECT 'view', format('%I', c.relname), obj_description(c.oid, 'pg_class'), c.oid
        FROM pg_class c WHERE c.relnamespace = $1 AND c.relkind = 'v'
      UNION ALL
        SELECT 'function', format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)), obj_description(p.oid, 'pg_proc'), p.oid
        FROM pg_proc p WHERE p.pronamespace = $1
    ) AS o (kind, identity, comment, oid)
    ORDER BY o.oid";

/// What is not the mirror's own, and needs a view or function of it.
const DEPENDENTS: &str = "
    WITH own AS (
        SELECT o.kind, CASE o.kind WHEN 'view' THEN to_regclass(format('%I.', $1) || o.identity)::oid
                                   ELSE to_regprocedure(format('%I.', $1) || o.identity)::oid END AS oid
        FROM mirror_objects o
    ), needing AS (
        SELECT d.classid, d.objid FROM own JOIN pg_depend d
            ON d.refobjid = own.oid AND d.deptype = 'n'
           AND d.refclassid = CASE own.kind WHEN 'view' THEN 'pg_class'::regclass ELSE 'pg_proc'::regclass END
    ), named AS (
        SELECT CASE WHEN n.classid = 'pg_rewrite'::regclass THEN 'pg_class'::regclass::oid ELSE n.classid END AS classid,
               CASE WHEN n.classid = 'pg_rewrite'::regclass THEN (SELECT r.ev_class FROM pg_rewrite r WHERE r.oid = n.objid)
                    ELSE n.objid END AS objid
        FROM needing n
    )
    SELECT DISTINCT pg_describe_object(n.classid, n.objid, 0)
    FROM named n WHERE NOT EXISTS (SELECT FROM own WHERE own.oid = n.objid)
    ORDER BY 1";

/// Makes the mirror. Whoever calls owns it.
pub(crate) fn create(
    server: pg_sys::Oid,
    server_name: &str,
    mirror: &str,
    others: Vec<String>,
) -> Vec<MadeObject> {
    let place = MirrorSchema::claim(mirror);
    // A refresh reads and writes what is made anew here.
    let _lock = Lock::of_transaction(&place);
    let made = search_path::with(&place.search_path(), || make(&place, server_name, others));
    let made = made.unwrap_or_else(|report| report.raise());
    super::live::import_missing(&place, server, server_name, &tables_of(&place))
        .unwrap_or_else(|report| report.raise());
    made
}

/// The tables that a mirror has: what evidence is made of, and the others that its maker has asked for.
pub(super) fn tables_of(place: &MirrorSchema) -> Vec<MirroredTable> {
    let sql = format!("SELECT unnest(other_tables) FROM {}.mirror", place.quoted());
    let others: Vec<String> = Spi::connect(|client| {
        let rows = client.select(&sql, None, &[])?;
        rows.map(|row| row.get::<String>(1).map(Option::unwrap_or_default))
            .collect::<Result<_, _>>()
    })
    .unwrap_or_else(|error: spi::Error| Report::from(error).raise());
    let mut tables = evidence();
    let others = others.iter().filter_map(|name| tables::find(name));
    tables.extend(others.map(MirroredTable::of));
    tables
}

fn make(
    place: &MirrorSchema,
    server: &str,
    others: Vec<String>,
) -> Result<Vec<MadeObject>, Report> {
    let others = remote_tables(others)?;
    let exists = Spi::get_one::<bool>("SELECT to_regclass('mirror') IS NOT NULL")?.unwrap_or(false);
    if exists {
        form::must_be_known(place)?;
        same_server(server)?;
    }
    for file in objects::TABLES {
        Spi::run(file)?;
    }
    Spi::run_with_args(
        "INSERT INTO mirror (server, extension_version, format, other_tables) VALUES ($1, $2, $3, $4)
         ON CONFLICT (is_the_only_row) DO UPDATE SET extension_version = excluded.extension_version, format = excluded.format,
             other_tables = ARRAY(SELECT DISTINCT t FROM unnest(mirror.other_tables || excluded.other_tables) AS t ORDER BY t)",
        &[server.into(), env!("CARGO_PKG_VERSION").into(), FORMAT.into(), others.into()],
    )?;
    let tables = tables_of(place);
    for table in &tables {
        for statement in table.create_tables() {
            Spi::run(&statement)?;
        }
        add_columns(table)?;
        for statement in table.comment_tables() {
            Spi::run(&statement)?;
        }
    }
    if run::last_complete()?.is_some() {
        create_indexes(&tables)?;
    }
    let rights = drop_views(place)?;
    let before = objects_of(place)?;
    for file in objects::FRAME {
        Spi::run(file)?;
    }
    for statement in tables.iter().flat_map(MirroredTable::create_views) {
        Spi::run(&statement)?;
    }
    for file in objects::VIEWS {
        Spi::run(file)?;
    }
    let mut made = objects_of(place)?;
    made.retain(|(_, identity, _)| before.iter().all(|(_, known, _)| known != identity));
    Spi::run("TRUNCATE mirror_objects")?;
    for (ordinal, (kind, identity, _)) in made.iter().enumerate() {
        Spi::run_with_args(
            "INSERT INTO mirror_objects VALUES ($1, $2, $3)",
            &[
                (*kind).into(),
                identity.as_str().into(),
                (ordinal as i32).into(),
            ],
        )?;
    }
    Spi::run_with_args(
        "DELETE FROM reports AS r WHERE NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = $1 AND p.proname = r.name)",
        &[place.oid.into()],
    )?;
    keep_private(place, &made)?;
    give_back(place, rights)?;
    let made = made
        .into_iter()
        .map(|(kind, identity, comment)| (identity, kind, comment));
    Ok(made.collect())
}

/// Makes the indexes of the history tables, beside their primary keys, where they are not there yet. A mirror without a complete run has
/// none of them: to make an index of what the first one has published takes a quarter of the time that it takes to keep it meanwhile.
pub(super) fn create_indexes(tables: &[MirroredTable]) -> Result<(), Report> {
    for statement in tables.iter().filter_map(MirroredTable::create_index) {
        Spi::run(&statement)?;
    }
    for file in objects::ON_HISTORY {
        Spi::run(file)?;
    }
    Ok(())
}

/// What somebody has asked for beside the evidence: tables that there are, and that can be read whole.
fn remote_tables(names: Vec<String>) -> Result<Vec<String>, Report> {
    for name in &names {
        let Some(table) = tables::find(name) else {
            catalog::relation::refuse_remote_table(name, |nearest| match nearest {
                Some(nearest) => format!("Perhaps you meant \"{nearest}\"."),
                None => "The tables are those that IMPORT FOREIGN SCHEMA declares.".to_owned(),
            });
        };
        if table.needs_a_condition() {
            return Err(Report::new(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("\"{name}\" cannot be mirrored"),
            )
            .detail("It cannot be read without a condition, so nobody can tell whether all of it was read."));
        }
    }
    Ok(names)
}

fn same_server(server: &str) -> Result<(), Report> {
    let known = Spi::get_one::<String>("SELECT server FROM mirror")?;
    match known {
        Some(known) if known != server => Err(Report::new(
            Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            format!("the mirror is of server \"{known}\""),
        )
        .hint("Another server gets a mirror of its own.")),
        _ => Ok(()),
    }
}

/// Adds what an older version's tables lack. The next refresh fills it, without making history of it.
fn add_columns(table: &MirroredTable) -> Result<(), Report> {
    let own = if table.is_append_only() {
        table.name.to_owned()
    } else {
        table.history()
    };
    for column in &table.columns {
        for relation in [&own, &table.staging()] {
            let there = Spi::get_one_with_args::<bool>(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attname = $2 AND NOT attisdropped)",
                &[relation.as_str().into(), column.name.into()],
            )?;
            if there == Some(true) {
                continue;
            }
            Spi::run(&format!(
                "ALTER TABLE {} ADD COLUMN {} {}",
                quote_identifier(relation),
                quote_identifier(column.name),
                column.type_name
            ))?;
            if *relation == table.staging() {
                // What a refresh has read that failed has no value for it: the next one does not go on with that.
                Spi::run(&format!("TRUNCATE {}", quote_identifier(relation)))?;
            } else if !table.is_append_only() {
                Spi::run_with_args(
                    "INSERT INTO new_columns VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    &[table.name.into(), column.name.into()],
                )?;
            }
        }
    }
    Ok(())
}

type SchemaObject = (&'static str, String, Option<String>);

/// The views and functions that the schema has, whosever they are.
fn objects_of(place: &MirrorSchema) -> Result<Vec<SchemaObject>, Report> {
    Spi::connect(|client| {
        let rows = client.select(OBJECTS, None, &[place.oid.into()])?;
        rows.map(|row| {
            let kind: Option<String> = row.get(1)?;
            let kind = if kind.as_deref() == Some("view") {
                "view"
            } else {
                "function"
            };
            Ok((kind, row.get(2)?.unwrap_or_default(), row.get(3)?))
        })
        .collect()
    })
}

/// A right to a view or function that somebody was granted.
struct Right {
    kind: String,
    identity: String,
    /// The column, where it is a right to that alone.
    column: Option<String>,
    grantee: String,
    grant: String,
}

/// The rights that somebody was granted to what is made anew.
const RIGHTS: &str = "
    SELECT o.kind, o.identity, a.column_name::text, quote_ident(pg_get_userbyid(a.grantee)),
           format('GRANT %s%s ON %s %I.%s TO %I%s', a.privilege_type, ' (' || quote_ident(a.column_name) || ')', CASE o.kind WHEN 'view' THEN 'TABLE' ELSE 'FUNCTION' END,
                  $1, o.identity, pg_get_userbyid(a.grantee), CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM mirror_objects o
    LEFT JOIN pg_class c ON c.oid = CASE o.kind WHEN 'view' THEN to_regclass(format('%I.', $1) || o.identity) END
    LEFT JOIN pg_proc p ON p.oid = CASE o.kind WHEN 'function' THEN to_regprocedure(format('%I.', $1) || o.identity) END
    CROSS JOIN LATERAL (
        SELECT NULL::name, g.grantee, g.privilege_type, g.is_grantable FROM aclexplode(coalesce(c.relacl, p.proacl)) AS g
      UNION ALL
        SELECT t.attname, g.grantee, g.privilege_type, g.is_grantable
        FROM pg_attribute t CROSS JOIN LATERAL aclexplode(t.attacl) AS g WHERE t.attrelid = c.oid AND NOT t.attisdropped
    ) AS a (column_name, grantee, privilege_type, is_grantable)
    WHERE a.grantee <> coalesce(c.relowner, p.proowner) AND a.grantee <> 0
    ORDER BY o.ordinal, a.column_name, 4";

/// Drops the views and functions that an older version has made, and tells who had which rights to them. If something else
/// needs them, it names that, and nothing is done.
fn drop_views(place: &MirrorSchema) -> Result<Vec<Right>, Report> {
    let name = || [place.name.as_str().into()];
    let dependents = texts(DEPENDENTS, &name())?;
    if !dependents.is_empty() {
        return Err(Report::new(
            Code::ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST,
            format!("views and functions of mirror \"{}\" cannot be made anew, because other objects need them", place.name),
        )
        .detail(dependents.join("\n"))
        .hint("Drop these, call confluence.create_mirror again, and make them anew. Nothing was changed."));
    }
    let rights = Spi::connect(|client| {
        let rows = client.select(RIGHTS, None, &name())?;
        rows.map(|row| {
            Ok(Right {
                kind: row.get(1)?.unwrap_or_default(),
                identity: row.get(2)?.unwrap_or_default(),
                column: row.get(3)?,
                grantee: row.get(4)?.unwrap_or_default(),
                grant: row.get(5)?.unwrap_or_default(),
            })
        })
        .collect::<Result<_, spi::Error>>()
    })?;
    // In the order in which nothing of the mirror needs what is dropped. What needs it beyond that keeps it from being dropped.
    let drops = texts(
        "SELECT format('DROP %s IF EXISTS %I.%s', upper(kind), $1, identity) FROM mirror_objects ORDER BY ordinal DESC",
        &name(),
    )?;
    for drop in drops {
        Spi::run(&drop)?;
    }
    Ok(rights)
}

/// Grants again what was granted. Of what this version has not any more, it tells who could use it.
fn give_back(place: &MirrorSchema, rights: Vec<Right>) -> Result<(), Report> {
    let mut lost = Vec::new();
    for right in rights {
        let qualified = format!("{}.{}", place.quoted(), right.identity);
        let is_there = Spi::get_one_with_args::<bool>(
            "SELECT CASE $1 WHEN 'view' THEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass($2) AND a.attnum > 0
                                                     AND NOT a.attisdropped AND a.attname = coalesce($3, a.attname))
                            ELSE to_regprocedure($2) IS NOT NULL END",
            &[
                right.kind.as_str().into(),
                qualified.as_str().into(),
                right.column.as_deref().into(),
            ],
        )?;
        if is_there == Some(true) {
            Spi::run(&right.grant)?;
            continue;
        }
        let column = right.column.map(|column| format!("column {column} of "));
        lost.push(format!(
            "{}{} {qualified}: role {}",
            column.unwrap_or_default(),
            right.kind,
            right.grantee
        ));
    }
    if !lost.is_empty() {
        lost.dedup();
        Report::new(
            Code::ERRCODE_WARNING,
            format!(
                "some rights to mirror \"{}\" are gone with what they were granted on",
                place.name
            ),
        )
        .detail(lost.join("\n"))
        .hint("See whether something else has taken its place, and grant that.")
        .warn();
    }
    Ok(())
}

/// Takes back what PUBLIC and default privileges get by themselves: names and e-mail addresses are in it.
fn keep_private(place: &MirrorSchema, made: &[SchemaObject]) -> Result<(), Report> {
    let schema = place.quoted();
    for (kind, identity, _) in made {
        let kind = if *kind == "view" { "TABLE" } else { "FUNCTION" };
        Spi::run(&format!(
            "REVOKE ALL ON {kind} {schema}.{identity} FROM PUBLIC"
        ))?;
    }
    Ok(())
}

pub(super) fn texts(sql: &str, args: &[pgrx::datum::DatumWithOid]) -> Result<Vec<String>, Report> {
    Spi::connect(|client| {
        let rows = client.select(sql, None, args)?;
        rows.map(|row| Ok(row.get::<String>(1)?.unwrap_or_default()))
            .collect()
    })
}
