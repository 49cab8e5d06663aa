//! The tables that random queries are about: their columns, what of them can be joined, and values that they hold.

use std::collections::HashSet;

use confluence::schema::{Kind, Table};
use confluence::tables;
use confluence_fdw_tests::{lines, literal};
use fastrand::Rng;
use postgres::Client;

use crate::random::pick;

/// Tables that no query is about. The search wants a question in a language of its own.
const NOT_ASKED: [&str; 1] = ["confluence_search"];

/// Kinds of custom content, without which the site lists none.
const CUSTOM_CONTENT: &str = "confluence_custom_content";

/// Columns by which a table can be asked of more than it lists, as its documentation says, and where its sources list what
/// it lists. They are joined to columns only whose values are all among those: with others, it depends on the plan whether
/// there are rows, which is documented, too.
const OPEN: [(&str, &str); 5] = [
    ("confluence_content_restrictions", "content_id"),
    ("confluence_content_states", "content_id"),
    ("confluence_content_tree", "root_page_id"),
    ("confluence_content_views", "content_id"),
    ("confluence_page_watches", "page_id"),
];

/// A remote table, with a copy of what it holds.
pub struct Subject {
    pub table: &'static Table,
    pub columns: Vec<Column>,
}

pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// What its values are ids of, where they are.
    pub names: Option<&'static str>,
    /// Whether a value asks for rows that the table leaves out otherwise.
    pub widens: bool,
    /// Some of its values, as text.
    values: Vec<String>,
    /// All of its values, where they are ids.
    ids: HashSet<String>,
    /// What the table lists rows of, where it can be asked of more.
    lists: Option<HashSet<String>>,
}

impl Subject {
    /// All of them, with copies of their rows in schema `copy`, made from the foreign tables of schema `public`.
    pub fn copied(client: &mut Client) -> Vec<Self> {
        client
            .batch_execute("CREATE SCHEMA copy")
            .expect("a schema");
        let asked = tables::ALL
            .iter()
            .filter(|table| !NOT_ASKED.contains(&table.name));
        let mut subjects: Vec<Self> = asked.map(|table| Self::copy(client, table)).collect();
        for (table, column) in OPEN {
            let lists = listed(client, table, column);
            let subject = subjects
                .iter_mut()
                .find(|subject| subject.table.name == table);
            let mut columns = subject.expect("a table").columns.iter_mut();
            let column = columns.find(|known| known.name == column);
            column.expect("a column").lists = Some(lists);
        }
        subjects
    }

    fn copy(client: &mut Client, table: &'static Table) -> Self {
        let name = table.name;
        let needed: Vec<&str> = table.main().needed().collect();
        let condition = match &needed[..] {
            _ if name == CUSTOM_CONTENT => {
                "WHERE type = 'ac:com.example.diagrams:diagram'".to_owned()
            }
            ["custom_content_id"] => {
                format!("WHERE custom_content_id IN (SELECT id FROM copy.{CUSTOM_CONTENT})")
            }
            _ => String::new(),
        };
        client
            .batch_execute(&format!(
                "CREATE TABLE copy.{name} AS SELECT * FROM public.{name} {condition}; ANALYZE copy.{name}"
            ))
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let columns = table.columns.iter().filter(|column| !column.optional);
        let columns = columns.map(|column| Column {
            name: column.name,
            kind: column.kind,
            names: names(name, column.name),
            widens: column.filter.is_some_and(|filter| filter.widens),
            values: lines(
                client,
                &format!(
                    "SELECT {0}::text FROM copy.{name} WHERE length({0}::text) < 200 GROUP BY 1 ORDER BY md5({0}::text) LIMIT 20",
                    column.name
                ),
            ),
            ids: match names(name, column.name) {
                Some(_) => all(client, name, column.name),
                None => HashSet::new(),
            },
            lists: None,
        });
        Self {
            table,
            columns: columns.collect(),
        }
    }

    /// Whether there are queries that cannot be answered, for lack of a condition.
    pub fn needs_a_condition(&self) -> bool {
        self.table.needs_a_condition()
    }

    pub fn column(&self, rng: &mut Rng) -> &Column {
        pick(rng, &self.columns)
    }

    /// The columns that the site can list by.
    pub fn sorted(&self) -> Vec<&Column> {
        let is_sorted = |column: &&Column| {
            let declared = self.table.column(column.name);
            declared.is_some_and(|(_, declared)| declared.sort.is_some())
        };
        self.columns.iter().filter(is_sorted).collect()
    }

    /// The columns that hold ids.
    pub fn ids(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.names.is_some())
    }
}

/// All values of a column of a copy.
fn all(client: &mut Client, table: &str, column: &str) -> HashSet<String> {
    let sql = format!("SELECT DISTINCT {column} FROM copy.{table} WHERE {column} IS NOT NULL");
    lines(client, &sql).into_iter().collect()
}

/// What the sources of a column list.
fn listed(client: &mut Client, table: &str, column: &str) -> HashSet<String> {
    let table = tables::find(table).expect("a table");
    let sources = table.main().sources.iter();
    sources
        .flat_map(|source| {
            let (_, theirs) = source
                .columns
                .iter()
                .find(|(own, _)| *own == column)
                .expect("its source");
            all(client, source.table.name, theirs)
        })
        .collect()
}

impl Column {
    /// Whether rows that are joined by these columns are the same in every plan, as the documentation has it.
    pub fn can_be_joined_to(&self, other: &Self) -> bool {
        let asks = |one: &Self, other: &Self| {
            one.lists
                .as_ref()
                .is_none_or(|lists| other.ids.is_subset(lists))
        };
        self.names == other.names
            && self.kind == other.kind
            && asks(self, other)
            && asks(other, self)
    }

    /// A value, mostly one that there is, as a literal without a type.
    pub fn value(&self, rng: &mut Rng) -> String {
        let odd: &[&str] = match self.kind {
            Kind::Bigint => &["-1", "0", "9223372036854775807"],
            Kind::Integer => &["-1", "0", "2147483647"],
            Kind::Boolean => &["true", "false"],
            Kind::Timestamp => &[
                "infinity",
                "-infinity",
                "1970-01-01 00:00+00",
                "2196-02-29 12:00+05",
                "2025-06-01",
            ],
            _ => &["", " ", "ü☃", "x'y", "%", "current", "A"],
        };
        // What a table leaves out otherwise is in no copy.
        let take_odd = !self.widens && rng.u8(..8) == 0;
        match self.values.is_empty() || take_odd {
            true if self.widens => literal("current"),
            true => literal(odd[rng.usize(..odd.len())]),
            false => literal(&self.values[rng.usize(..self.values.len())]),
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Link)
    }

    pub fn is_document(&self) -> bool {
        matches!(self.kind, Kind::Json | Kind::JsonInString)
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Bigint | Kind::Integer)
    }

    pub fn sql_type(&self) -> &'static str {
        match self.kind {
            Kind::Bigint => "bigint",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::Timestamp => "timestamptz",
            Kind::Text | Kind::Link => "text",
            Kind::Json | Kind::JsonInString => "jsonb",
        }
    }
}

/// What a column's values are ids of. By the names of columns, so that pairs that no declaration knows are joined, too.
fn names(table: &str, column: &str) -> Option<&'static str> {
    Some(match (table, column) {
        ("confluence_spaces", "id") | (_, "space_id" | "personal_space_id") => "space",
        ("confluence_spaces", "key") | (_, "space_key" | "current_active_alias") => {
            "key of a space"
        }
        ("confluence_groups", "id") | (_, "group_id") => "group",
        ("confluence_labels", "id") | (_, "label_id") => "label",
        ("confluence_space_roles", "id") | (_, "role_id") => "role",
        (_, "principal_id") => "account",
        (_, column) if column.ends_with("author_id") || column.ends_with("owner_id") => "account",
        (_, "account_id" | "created_by" | "assigned_to" | "completed_by" | "author_account_id") => {
            "account"
        }
        (
            _,
            "page_id" | "blogpost_id" | "comment_id" | "content_id" | "attachment_id"
            | "custom_content_id" | "parent_id" | "homepage_id" | "ancestor_id" | "child_id"
            | "descendant_id" | "root_page_id" | "folder_id" | "whiteboard_id" | "database_id"
            | "smart_link_id" | "parent_comment_id",
        ) => "content",
        (
            "confluence_pages"
            | "confluence_blogposts"
            | "confluence_attachments"
            | "confluence_footer_comments"
            | "confluence_inline_comments"
            | "confluence_custom_content"
            | "confluence_root_pages"
            | "confluence_content_tree"
            | "confluence_folders"
            | "confluence_whiteboards"
            | "confluence_databases"
            | "confluence_smart_links",
            "id",
        ) => "content",
        _ => return None,
    })
}
