//! The statements that make a mirror's tables, from the declarations: a table with all states of all rows, a view of what is
//! current, a function for any time, and a table for what is read until it is published.

use pgrx::spi::{quote_identifier, quote_literal};

use super::table::MirroredTable;

/// What every history table has behind the columns of its table.
const HISTORY: &[(&str, &str, &str)] = &[
    (
        "valid_from",
        "timestamp with time zone NOT NULL",
        "When the reading began that first showed this state",
    ),
    (
        "not_before",
        "timestamp with time zone",
        "When the last reading began that did not show it. NULL where no reading came before: it may be older than the mirror",
    ),
    (
        "valid_to",
        "timestamp with time zone",
        "When the reading began that no longer showed it. NULL while it is current",
    ),
    (
        "seen_until",
        "timestamp with time zone",
        "When the last reading began that showed it. NULL while it is current: see run_steps",
    ),
    ("run_from", "bigint NOT NULL", "Run that published it"),
    (
        "run_to",
        "bigint",
        "Run that ended it. NULL while it is current",
    ),
    (
        "end_reason",
        "pg_catalog.text",
        "Why it ended: changed, removed, trashed, purged, or gone_or_hidden, where nothing proves that it is gone",
    ),
];

/// What an append-only table has before the columns of its table.
const APPENDED: &[(&str, &str, &str)] = &[
    (
        "record_sha256",
        "bytea NOT NULL",
        "Hash of the record: nothing else tells records apart",
    ),
    (
        "ordinal",
        "integer NOT NULL",
        "MirrorSchema among records that say the same",
    ),
    ("run_from", "bigint NOT NULL", "Run that first read it"),
    (
        "read_at",
        "timestamp with time zone NOT NULL",
        "When the reading began that first showed it",
    ),
];

impl MirroredTable {
    /// The statements that make its tables, where they are not there yet.
    pub fn create_tables(&self) -> Vec<String> {
        let staging = format!(
            "CREATE UNLOGGED TABLE IF NOT EXISTS {} ({}) WITH (autovacuum_enabled = false)",
            self.staging(),
            self.declared(false)
        );
        if self.is_append_only() {
            return vec![
                staging,
                format!(
                    "CREATE TABLE IF NOT EXISTS {} ({}, {}, PRIMARY KEY (record_sha256, ordinal))",
                    quote_identifier(self.name),
                    own(APPENDED),
                    self.declared(true)
                ),
            ];
        }
        let (history, key) = (self.history(), list(&self.key));
        vec![
            staging,
            format!(
                "CREATE TABLE IF NOT EXISTS {history} ({}, {}, PRIMARY KEY ({key}, run_from))",
                self.declared(true),
                own(HISTORY)
            ),
        ]
    }

    /// The statement that has each row current once, if it is not there yet.
    pub fn create_index(&self) -> Option<String> {
        (!self.is_append_only()).then(|| {
            format!(
                "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({}) WHERE run_to IS NULL",
                quote_identifier(format!("{}_current", self.name)),
                self.history(),
                list(&self.key)
            )
        })
    }

    /// The statements that say what the tables are.
    pub fn comment_tables(&self) -> Vec<String> {
        let staged = format!(
            "What a refresh has read for {}, until it is published",
            self.name
        );
        let (table, comment, columns) = if self.is_append_only() {
            (
                quote_identifier(self.name),
                self.comment.to_owned(),
                APPENDED,
            )
        } else {
            let comment = format!(
                "All states of all rows of {}, each with the readings between which it began and ended",
                self.name
            );
            (self.history(), comment, HISTORY)
        };
        let mut statements = vec![
            format!(
                "COMMENT ON TABLE {} IS {}",
                self.staging(),
                quote_literal(staged)
            ),
            format!("COMMENT ON TABLE {table} IS {}", quote_literal(comment)),
        ];
        statements.extend(self.comments("COLUMN", &table));
        statements.extend(columns.iter().map(|(column, _, said)| {
            format!(
                "COMMENT ON COLUMN {table}.{column} IS {}",
                quote_literal(said)
            )
        }));
        statements
    }

    /// The statements that make what is current, and what was at any time.
    pub fn create_views(&self) -> Vec<String> {
        if self.is_append_only() {
            return Vec::new();
        }
        let (name, history) = (quote_identifier(self.name), self.history());
        let columns: Vec<String> = self
            .names()
            .iter()
            .map(|name| format!("h.{}", quote_identifier(name)))
            .collect();
        let columns = columns.join(", ");
        let as_of = quote_identifier(format!("{}_as_of", self.name));
        let mut statements = vec![
            format!("CREATE VIEW {name} AS SELECT {columns} FROM {history} AS h WHERE h.run_to IS NULL"),
            format!("COMMENT ON VIEW {name} IS {}", quote_literal(self.comment)),
            format!(
                "CREATE FUNCTION {as_of}(as_of timestamptz DEFAULT NULL) RETURNS TABLE ({}) LANGUAGE sql STABLE BEGIN ATOMIC
                     SELECT {columns} FROM {history} AS h
                     WHERE h.run_from <= (SELECT run_at({as_of}.as_of))
                       AND (h.run_to IS NULL OR h.run_to > (SELECT run_at({as_of}.as_of)));
                 END",
                self.declared(false)
            ),
            format!(
                "COMMENT ON FUNCTION {as_of}(timestamptz) IS {}",
                quote_literal(format!("{} as the last complete run at or before a time saw them", self.name))
            ),
        ];
        statements.extend(self.comments("COLUMN", &name));
        statements
    }

    /// The columns with their types; with NOT NULL for the key, if that is wanted.
    fn declared(&self, keyed: bool) -> String {
        let declared = self.columns.iter().map(|column| {
            let required = keyed && self.key.contains(&column.name);
            format!(
                "{} {}{}",
                quote_identifier(column.name),
                column.type_name,
                if required { " NOT NULL" } else { "" }
            )
        });
        declared.collect::<Vec<_>>().join(", ")
    }

    fn comments<'t>(&'t self, kind: &'t str, of: &'t str) -> impl Iterator<Item = String> + 't {
        self.columns.iter().map(move |column| {
            format!(
                "COMMENT ON {kind} {of}.{} IS {}",
                quote_identifier(column.name),
                quote_literal(&column.comment)
            )
        })
    }
}

/// The columns that a mirror adds, with their types.
fn own(columns: &[(&str, &str, &str)]) -> String {
    let declared = columns
        .iter()
        .map(|(name, declared, _)| format!("{name} {declared}"));
    declared.collect::<Vec<_>>().join(", ")
}

/// Names with commas between.
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(quote_identifier).collect();
    quoted.join(", ")
}
