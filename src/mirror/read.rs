//! Reading: what is read for each table, in which pieces, from the foreign tables into what is kept until publishing.
//!
//! The statements name the mirror's objects without a schema: they run with the mirror as search path.

use std::collections::HashMap;
use std::rc::Rc;

use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

use super::ddl::list;
use super::piece::{Copied, CopyFilter, Piece, PieceArgument};
use super::table::{CONTENTS, MirroredTable, RowSource};
use crate::pg::report::Report;

/// What a refresh reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All tables.
    Full,
    /// All that access follows from.
    Access,
    /// What has changed, and what is cheap.
    Changes,
}

/// Tables that no access follows from.
const BESIDE_ACCESS: &[&str] = &[
    "page_versions",
    "blogpost_versions",
    "page_labels",
    "audit_log",
];
/// Tables that a look for changes reads in whole.
const CHEAP: &[&str] = &[
    "spaces",
    "groups",
    "product_groups",
    "space_roles",
    "emails",
];
/// Tables of space roles, which not every site has.
pub(super) const OF_ROLES: &[&str] = &["space_roles", "space_role_assignments"];
/// Tables without which there is no mirror.
pub(super) const REQUIRED: &[&str] = &["spaces", "pages", "permissions"];

/// So many contents are looked up in one statement, 200 in a request: whole rounds, wherever up to 32 requests are under way at
/// once, as a round that is not full takes as long. What does not come back is asked for again when all others have, one
/// round behind the other, so that there are not to be many of these pieces; but both of their tables are read from the same
/// answers, which are kept meanwhile.
const LOOKED_UP: usize = 8 * 32 * 200;

/// The pages of so many spaces are listed in one statement: the more there are, the less has one large space to be waited for.
const LISTED: usize = 500;

/// So many spaces or groups are asked in one statement: the end of each piece waits for its longest chain alone.
const AT_ONCE: usize = 1024;

/// So many accounts are looked up in one statement.
const ACCOUNTS: usize = 10_000;

/// Tables whose first pieces are read in one statement, those with the most rows first. Where the requests of one follow each
/// other, those of the others are under way meanwhile. What one of them is asked by has been read before.
pub(super) const BESIDE: &[&[&str]] = &[
    &["groups", "product_groups", "spaces", "space_roles"],
    &[
        "permissions",
        "group_members",
        "space_role_assignments",
        "blogposts",
        "product_users",
        "folders",
        "whiteboards",
        "databases",
        "smart_links",
    ],
    &["content_restrictions", "users", "audit_log"],
];

/// The ids of everything in the trees of spaces that was read, but pages.
const OTHER_IDS: &str = "
    SELECT id FROM blogposts_staging UNION SELECT id FROM folders_staging UNION SELECT id FROM whiteboards_staging
    UNION SELECT id FROM databases_staging UNION SELECT id FROM smart_links_staging";

/// The tables by which nearly all accounts are found, and quickly.
const NAMING_ACCOUNTS: &[&str] = &[
    "group_members",
    "permissions",
    "space_role_assignments",
    "spaces",
];

/// The accounts that those name, and those that are known.
const ACCOUNT_IDS: &str = "
    SELECT a.id FROM (
        SELECT account_id AS id FROM group_members_staging
        UNION SELECT principal_id FROM permissions_staging WHERE principal_type = 'user'
        UNION SELECT principal_id FROM space_role_assignments_staging WHERE principal_type = 'USER'
        UNION SELECT owner_id FROM spaces_staging UNION SELECT author_id FROM spaces_staging
        UNION SELECT account_id FROM users
    ) AS a WHERE a.id IS NOT NULL AND a.id <> ''";

/// The tables that may name others.
const NAMING_OTHERS: &[&str] = &["content_restrictions", "pages", "blogposts"];

/// The accounts that those name, but those that were read. What pages name is looked at in one pass.
const OTHER_ACCOUNT_IDS: &str = "
    SELECT o.id FROM (
        SELECT principal_id AS id FROM content_restrictions_staging WHERE principal_type = 'user'
        UNION ALL SELECT a.id FROM blogposts_staging CROSS JOIN LATERAL (VALUES (author_id), (version_author_id)) AS a (id)
        UNION ALL SELECT a.id FROM pages_staging CROSS JOIN LATERAL (VALUES (owner_id), (author_id), (version_author_id)) AS a (id)
        WHERE owner_id NOT IN (SELECT account_id FROM users_staging) OR author_id NOT IN (SELECT account_id FROM users_staging)
           OR version_author_id NOT IN (SELECT account_id FROM users_staging)
    ) AS o WHERE o.id <> '' AND o.id NOT IN (SELECT account_id FROM users_staging)";

/// What is read of a table.
#[derive(Debug)]
pub(super) enum Portion {
    /// All of it, in one statement.
    Whole,
    /// All of it, by so many values of a column at a time, which a query over other tables gives.
    By {
        column: &'static str,
        of: &'static [&'static str],
        values: &'static str,
        at_once: usize,
        type_name: &'static str,
    },
    /// Restrictions of contents, and of pages what else is wanted, labels: both are looked up by the same requests, so both are
    /// read in one statement, which sends each once.
    Looked { with: Option<&'static str> },
    /// Accounts: those that are found quickly, so many at a time, and then those that only contents name.
    Accounts,
    /// Rows that have changed since a time.
    Since(&'static str, Option<TimestampWithTimeZone>),
    /// The versions that are newer than those that are known: of the contents of a table, by a column.
    Versions(&'static str, &'static str),
    /// Nothing: it was read with another table, whose requests have told of it, too.
    With(&'static str),
    /// Everything of a type in the trees of spaces that is no page: what a search finds, and what parents are besides.
    Nodes(&'static str),
    /// Nothing: the site has none.
    Nothing(&'static str),
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Access => "access",
            Self::Changes => "changes",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Full, Self::Access, Self::Changes]
            .into_iter()
            .find(|mode| mode.name() == name)
    }

    /// What is read of a table, if anything, and whether it is read in whole.
    pub(super) fn reading(
        self,
        table: &MirroredTable,
        role_mode: Option<&str>,
    ) -> Option<(Portion, bool)> {
        let name = table.name;
        if self == Self::Access && BESIDE_ACCESS.contains(&name) {
            return None;
        }
        if OF_ROLES.contains(&name) && role_mode == Some("PRE_ROLES") {
            return Some((Portion::Nothing("the site has no space roles"), true));
        }
        match name {
            "page_versions" => return Some((Portion::Versions("pages", "page_id"), false)),
            "blogpost_versions" => {
                return Some((Portion::Versions("blogposts", "blogpost_id"), false));
            }
            "audit_log" => return Some((Portion::Since("created_at", None), false)),
            _ => {}
        }
        if self == Self::Changes {
            return match name {
                "pages" | "blogposts" => Some((Portion::Since("modified_at", None), false)),
                "users" => Some((Portion::Accounts, false)),
                name if CHEAP.contains(&name) => Some((Portion::Whole, true)),
                _ => None,
            };
        }
        let reading = match name {
            "permissions" | "space_role_assignments" => Portion::By {
                column: "space_id",
                of: &["spaces"],
                values: "SELECT id FROM spaces_staging",
                at_once: AT_ONCE,
                type_name: "bigint",
            },
            "pages" => Portion::By {
                column: "space_id",
                of: &["spaces"],
                values: "SELECT id FROM spaces_staging",
                at_once: LISTED,
                type_name: "bigint",
            },
            "group_members" => Portion::By {
                column: "group_id",
                of: &["groups"],
                values: "SELECT id FROM groups_staging",
                at_once: AT_ONCE,
                type_name: "text",
            },
            "content_restrictions" => Portion::Looked {
                with: (self == Self::Full).then_some("page_labels"),
            },
            "page_labels" => Portion::With("content_restrictions"),
            "users" => Portion::Accounts,
            "folders" => Portion::Nodes("folder"),
            "whiteboards" => Portion::Nodes("whiteboard"),
            "databases" => Portion::Nodes("database"),
            "smart_links" => Portion::Nodes("embed"),
            _ => Portion::Whole,
        };
        Some((reading, true))
    }
}

impl Portion {
    /// The tables that have to be read before its pieces can be told: what is asked for follows from their rows.
    pub fn follows_from(&self) -> &'static [&'static str] {
        match self {
            Self::By { of, .. } => of,
            Self::Looked { .. } => CONTENTS,
            Self::Accounts => NAMING_ACCOUNTS,
            Self::Versions("pages", _) => &["pages"],
            Self::Versions(..) => &["blogposts"],
            Self::With(_) => &["content_restrictions"],
            Self::Whole | Self::Since(..) | Self::Nodes(_) | Self::Nothing(_) => &[],
        }
    }

    /// The tables that have to be read besides before its last piece is.
    pub fn ends_after(&self) -> &'static [&'static str] {
        match self {
            Self::Accounts => NAMING_OTHERS,
            _ => &[],
        }
    }
}

/// The pieces in which a table is read.
pub(super) fn pieces(
    table: &MirroredTable,
    reading: &Portion,
    tables: &[MirroredTable],
    live: &HashMap<&'static str, String>,
) -> Result<Vec<Piece>, Report> {
    let (staging, columns) = (table.staging(), list(&table.names()));
    let source = source_of(table, live);
    let copy = format!("INSERT INTO {staging} ({columns}) SELECT {columns} FROM {source}");
    let rows = |filter| Piece::Copy(Copied::new(table, &source, filter));
    Ok(match reading {
        Portion::Nothing(_) | Portion::With(_) => Vec::new(),
        Portion::Looked { with } => {
            let labels = tables.iter().find(|table| Some(table.name) == *with);
            let of_labels = labels.map(|labels| source_of(labels, live));
            looked_up(table, &source, labels.zip(of_labels.as_deref()))?
        }
        Portion::Whole | Portion::Since(_, None) => vec![rows(None)],
        Portion::Since(column, Some(since)) => vec![rows(Some(CopyFilter::since(column, *since)))],
        Portion::By {
            column,
            values,
            at_once,
            type_name,
            ..
        } => {
            let filters: Vec<CopyFilter> = match *type_name {
                "bigint" => values_of::<i64>(values)?
                    .chunks(*at_once)
                    .map(|ids| CopyFilter::ids(column, ids.into()))
                    .collect(),
                _ => values_of::<String>(values)?
                    .chunks(*at_once)
                    .map(|names| CopyFilter::names(column, names.to_vec()))
                    .collect(),
            };
            filters
                .into_iter()
                .map(|filter| rows(Some(filter)))
                .collect()
        }
        Portion::Accounts => accounts(table, &source)?,
        Portion::Nodes(kind) => nodes(table, kind, &source),
        Portion::Versions(contents, of) => versions(table, contents, of, &copy)?,
    })
}

/// What a table's rows are read from.
fn source_of(table: &MirroredTable, live: &HashMap<&'static str, String>) -> String {
    match table.source {
        RowSource::Remote(remote) => live.get(remote.name).cloned().unwrap_or_default(),
        RowSource::UserEmails => "confluence.user_emails".to_owned(),
    }
}

/// Accounts that are found quickly; and at the end those of whom only contents tell, which are few, if any.
fn accounts(table: &MirroredTable, source: &str) -> Result<Vec<Piece>, Report> {
    let (staging, columns) = (table.staging(), list(&table.names()));
    let found = values_of::<String>(ACCOUNT_IDS)?;
    let found = found.chunks(ACCOUNTS).map(|ids| {
        let filter = CopyFilter::names("account_id", ids.to_vec());
        Piece::Copy(Copied::new(table, source, Some(filter)))
    });
    // Of whom the site has told nothing, it is not asked again.
    let others = format!(
        "INSERT INTO {staging} ({columns}) SELECT {columns} FROM {source} WHERE account_id = ANY (ARRAY(
             {OTHER_ACCOUNT_IDS} EXCEPT ({ACCOUNT_IDS})))"
    );
    Ok(found.chain([Piece::Write(others, None)]).collect())
}

/// Restrictions of all contents, and with those of pages their labels.
fn looked_up(
    table: &MirroredTable,
    source: &str,
    labels: Option<(&MirroredTable, &str)>,
) -> Result<Vec<Piece>, Report> {
    let restrictions = |ids: &Rc<[i64]>| {
        let filter = CopyFilter::ids("content_id", ids.clone());
        Copied::new(table, source, Some(filter))
    };
    let labels = |ids: &Rc<[i64]>| {
        let filter = CopyFilter::ids("page_id", ids.clone());
        labels.map(|(table, source)| Copied::new(table, source, Some(filter)))
    };
    let pages = values_of::<i64>("SELECT id FROM pages_staging")?;
    let others = values_of::<i64>(OTHER_IDS)?;
    let of_pages = pages
        .chunks(LOOKED_UP)
        .map(Rc::from)
        .map(|ids| match labels(&ids) {
            Some(labels) => Piece::CopyWith(vec![restrictions(&ids)], labels),
            None => Piece::Copy(restrictions(&ids)),
        });
    let mut pieces: Vec<Piece> = of_pages.collect();
    let of_others = others
        .chunks(LOOKED_UP)
        .map(|ids| restrictions(&ids.into()));
    match pieces.last_mut() {
        // Few are read beside the last of the pages: a piece of their own would begin and end with few requests under way.
        Some(Piece::CopyWith(own, _)) if others.len() <= LOOKED_UP / 8 => own.extend(of_others),
        _ => pieces.extend(of_others.map(Piece::Copy)),
    }
    Ok(pieces)
}

/// What parents are read of: whatever else may be below a node.
const NODES: &str = "
    SELECT id, parent_id, parent_type FROM folders_staging UNION ALL SELECT id, parent_id, parent_type FROM whiteboards_staging
    UNION ALL SELECT id, parent_id, parent_type FROM databases_staging UNION ALL SELECT id, parent_id, parent_type FROM smart_links_staging";

/// What a search finds, 200 in a request. It may not have all, so that what is somebody's parent is read by its id; and as long
/// as its answers have named no parent but pages, it may not tell of any other: then all are.
fn nodes(table: &MirroredTable, kind: &str, source: &str) -> Vec<Piece> {
    let (staging, columns) = (table.staging(), list(&table.names()));
    let doubted = format!(
        "WITH doubted AS (
             DELETE FROM {staging} WHERE NOT EXISTS (SELECT FROM ({NODES}) AS n WHERE n.parent_type <> 'page') RETURNING id
         ), again AS (
             INSERT INTO {staging} ({columns}) SELECT {columns} FROM {source} WHERE id = ANY (ARRAY(SELECT id FROM doubted)) RETURNING id
         )
         SELECT (SELECT count(*) FROM again) - (SELECT count(*) FROM doubted)"
    );
    let parents_of = |children: &str| {
        let parents = format!(
            "INSERT INTO {staging} ({columns}) SELECT {columns} FROM {source} WHERE id = ANY (ARRAY(
                 SELECT parent_id FROM ({children}) AS c WHERE parent_type = '{kind}' EXCEPT SELECT id FROM {staging}))"
        );
        Piece::Write(parents, None)
    };
    // No search tells the other two.
    let found = Copied::new(table, source, None).without(&["edit_url", "embed_url"]);
    let children =
        format!("SELECT id, parent_id, parent_type FROM pages_staging UNION ALL {NODES}");
    vec![
        Piece::Copy(found),
        Piece::Tell(doubted),
        parents_of(&children),
        // A parent that was missing may have one that is.
        parents_of(NODES),
    ]
}

/// The versions that are new. The listing tells the current one; only where others came between is the content asked.
fn versions(
    table: &MirroredTable,
    contents: &str,
    of: &str,
    copy: &str,
) -> Result<Vec<Piece>, Report> {
    let (name, staging) = (table.name, table.staging());
    // In one pass, whether these are few or all.
    let listed = format!(
        "{contents}_staging AS c LEFT JOIN (
             SELECT v.{of}, max(v.number) AS number FROM {name}_history AS v
             WHERE v.run_to IS NULL AND v.{of} IN (SELECT id FROM {contents}_staging) GROUP BY v.{of}
         ) AS k ON k.{of} = c.id"
    );
    let current = format!(
        "INSERT INTO {staging} ({of}, number, created_at, author_id, message, minor_edit, title)
         SELECT c.id, c.version_number, c.modified_at, c.version_author_id, c.version_message, c.version_minor_edit, c.title
         FROM {listed} WHERE c.version_number > coalesce(k.number, 0)"
    );
    let ids = values_of::<i64>(&format!(
        "SELECT c.id FROM {listed} WHERE c.version_number > k.number + 1"
    ))?;
    let between = format!(
        "{copy} AS l WHERE l.{of} = ANY ($1)
           AND l.number > (SELECT max(v.number) FROM {name}_history AS v WHERE v.{of} = l.{of} AND v.run_to IS NULL)
           AND NOT EXISTS (SELECT FROM {staging} AS s WHERE s.{of} = l.{of} AND s.number = l.number)"
    );
    let mut pieces = vec![Piece::Write(current, None)];
    pieces.extend(
        ids.chunks(500)
            .map(|ids| Piece::Write(between.clone(), Some(PieceArgument::Ids(ids.into())))),
    );
    Ok(pieces)
}

/// What a query gives, in order. As one array, which takes an eighth of the memory that as many rows do: there may be millions.
fn values_of<T>(query: &str) -> Result<Vec<T>, Report>
where
    Vec<T>: FromDatum + IntoDatum,
{
    let sql = format!(
        "SELECT array_agg(q.id ORDER BY q.id) FROM ({query}) AS q (id) WHERE q.id IS NOT NULL"
    );
    Ok(Spi::get_one::<Vec<T>>(&sql)?.unwrap_or_default())
}
