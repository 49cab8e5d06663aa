//! Publishing: what a run has read becomes history, in one transaction that writes only what has changed.
//!
//! The statements name the mirror's objects without a schema: they run with the mirror as search path. In all of them `$1` is
//! the run, `$2` the time of this reading, and `$3` that of the one before, or NULL.

use pgrx::PgSqlErrorCode as Code;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use super::ddl::list;
use super::table::{CONTENTS, MirroredTable};
use crate::pg::report::Report;

/// So many rows may end in one run whatever share they are.
pub(super) const FEW: i64 = 100;
/// So large a share of the rows may end in one run, however many they are: one of this.
const SHARE: i64 = 5;

/// From so many written rows on, the planner has to know anew of a table what it is joined by.
const MANY: i64 = 1_000;

/// When a table was read.
#[derive(Clone, Copy)]
pub(super) struct StepReading {
    pub run: i64,
    pub at: TimestampWithTimeZone,
    /// When it was read the last time before, in whole.
    pub before: Option<TimestampWithTimeZone>,
    /// Whether all of its rows were read: what is not among them has ended.
    pub is_whole: bool,
    /// How many rows may end whatever share they are, because somebody has looked at it; None where nobody has looked at
    /// anything.
    pub accepted: Option<i64>,
}

/// What came of a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Published {
    pub opened: i64,
    pub changed: i64,
    pub ended: i64,
}

/// Rows that were current, and were not read any more.
struct Missing {
    /// Those of which nothing proves that they are gone.
    unproved: i64,
    all: i64,
    /// All rows that were current.
    open: i64,
}

/// A table that would lose too much.
#[derive(Debug)]
pub(super) struct Shrinking {
    pub ending: i64,
    pub open: i64,
}

impl StepReading {
    fn args(&self) -> [DatumWithOid<'static>; 3] {
        [self.run.into(), self.at.into(), self.before.into()]
    }
}

impl MirroredTable {
    /// Makes history of what was read.
    pub fn publish(&self, reading: &StepReading) -> Result<Result<Published, Shrinking>, Report> {
        if self.is_append_only() {
            let opened = run(&self.append(), reading)?;
            return Ok(Ok(Published {
                opened,
                ..Published::default()
            }));
        }
        self.fill_new_columns(reading.is_whole)?;
        let mut published = Published::default();
        if reading.is_whole {
            let Missing {
                unproved: ending,
                all,
                open,
            } = self.count_missing(reading)?;
            if ending > FEW.max(reading.accepted.unwrap_or(0)) && ending > open / SHARE {
                return Ok(Err(Shrinking { ending, open }));
            }
            if all > 0 {
                published.ended = run(&self.end(), reading)?;
            }
        }
        if !self.facts().is_empty() {
            published.changed = run(&self.change(), reading)?;
        }
        // Before the new states, which come with what describes them.
        if !self.descriptions().is_empty() {
            run(&self.describe(), reading)?;
        }
        published.opened = run(&self.open(), reading)? - published.changed;
        if published.opened + published.changed + published.ended > MANY {
            self.analyze_joined()?;
        }
        Ok(Ok(published))
    }

    /// Finds out what the planner has to know for what follows in this transaction: how many rows there are, and how those
    /// columns are spread by which they are joined. Of all columns, and by a large sample, autovacuum finds it out afterwards:
    /// a look at some columns does not count as one for it.
    fn analyze_joined(&self) -> Result<(), Report> {
        let mut columns = self.key.clone();
        columns.extend(self.parents().into_iter().map(|(own, ..)| own));
        columns.extend(self.names().into_iter().filter(|name| *name == "parent_id"));
        columns.extend(["run_from", "run_to"]);
        columns.sort_unstable();
        columns.dedup();
        Spi::run("SET LOCAL default_statistics_target = 10")?;
        Spi::run(&format!("ANALYZE {} ({})", self.history(), list(&columns)))?;
        Ok(())
    }

    /// That a row of the history, `h`, and one of the staging, `s`, have the same key.
    fn same_key(&self) -> String {
        self.joined(&self.key, "=", " AND ")
    }

    fn joined(&self, columns: &[&str], operator: &str, between: &str) -> String {
        let pairs = columns.iter().map(|column| {
            let column = quote_identifier(column);
            format!("s.{column} {operator} h.{column}")
        });
        pairs.collect::<Vec<_>>().join(between)
    }

    fn prefixed(&self, columns: &[&str], prefix: &str) -> String {
        let columns = columns
            .iter()
            .map(|column| format!("{prefix}.{}", quote_identifier(column)));
        columns.collect::<Vec<_>>().join(", ")
    }

    /// That a row, `h`, is among none of those that were read.
    fn is_missing(&self) -> String {
        format!(
            "h.run_to IS NULL AND NOT EXISTS (SELECT FROM {} AS s WHERE {})",
            self.staging(),
            self.same_key()
        )
    }

    /// What the rows hang on: their column, the table and its column.
    fn parents(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        match self.name {
            "permissions" | "space_role_assignments" => vec![("space_id", "spaces", "id")],
            "group_members" => vec![("group_id", "groups", "id")],
            "product_groups" => vec![("id", "groups", "id")],
            "page_labels" => vec![("page_id", "pages", "id")],
            "content_restrictions" => CONTENTS
                .iter()
                .map(|contents| ("content_id", *contents, "id"))
                .collect(),
            name if CONTENTS.contains(&name) => vec![("space_id", "spaces", "id")],
            _ => Vec::new(),
        }
    }

    /// That a condition holds of something that the row, `h`, hangs on, `p`.
    fn hangs_on(&self, condition: &str) -> String {
        let parents = self.parents().into_iter().map(|(own, table, theirs)| {
            format!("EXISTS (SELECT FROM {table}_history AS p WHERE p.{theirs} = h.{own} AND {condition})")
        });
        let parents: Vec<String> = parents.collect();
        if parents.is_empty() {
            return "false".to_owned();
        }
        format!("({})", parents.join(" OR "))
    }

    /// How many rows were not read any more. Those prove nothing that hang on what has been proved to be gone, or on what somebody
    /// has accepted to be.
    fn count_missing(&self, reading: &StepReading) -> Result<Missing, Report> {
        let proved = self
            .hangs_on("p.run_to = $1 AND ($2 OR p.end_reason IN ('removed', 'trashed', 'purged'))");
        let sql = format!(
            "SELECT m.unproved, m.all_of_them, (SELECT count(*) FROM {history} AS h WHERE h.run_to IS NULL)
             FROM (SELECT count(*) FILTER (WHERE NOT {proved}), count(*) FROM {history} AS h WHERE {missing}) AS m (unproved, all_of_them)
             WHERE $1 IS NOT NULL AND $2 IS NOT NULL",
            history = self.history(),
            missing = self.is_missing(),
        );
        let args = [reading.run.into(), reading.accepted.is_some().into()];
        let (unproved, all, open) = Spi::get_three_with_args::<i64, i64, i64>(&sql, &args)?;
        Ok(Missing {
            unproved: unproved.unwrap_or(0),
            all: all.unwrap_or(0),
            open: open.unwrap_or(0),
        })
    }

    /// Ends what was not read any more, and says what proves that it is gone: that what it hangs on was read, and has not
    /// got it; or that it was found in the trash, or purged.
    fn end(&self) -> String {
        let (history, missing) = (self.history(), self.is_missing());
        let reason = match self.name {
            "pages" | "blogposts" => "coalesce((SELECT CASE f.status WHEN 'trashed' THEN 'trashed' WHEN 'deleted' THEN 'purged' END
                           FROM found_elsewhere AS f WHERE f.content_id = h.id), 'gone_or_hidden')".to_owned(),
            name if CONTENTS.contains(&name) => "'gone_or_hidden'".to_owned(),
            _ => format!(
                "CASE WHEN {} THEN 'removed' ELSE 'gone_or_hidden' END",
                self.hangs_on("p.run_to IS NULL")
            ),
        };
        format!(
            "UPDATE {history} AS h SET valid_to = $2, seen_until = greatest($3, h.valid_from), run_to = $1, end_reason = {reason}
             WHERE {missing}"
        )
    }

    /// Ends the states whose facts have changed.
    fn change(&self) -> String {
        let (facts, history, staging) = (self.facts(), self.history(), self.staging());
        format!(
            "UPDATE {history} AS h SET valid_to = $2, seen_until = greatest($3, h.valid_from), run_to = $1, end_reason = 'changed'
             FROM {staging} AS s
             WHERE h.run_to IS NULL AND {} AND ROW({}) IS DISTINCT FROM ROW({})",
            self.same_key(),
            self.prefixed(&facts, "s"),
            self.prefixed(&facts, "h")
        )
    }

    /// Begins the states that are new: of new rows, and of those whose facts have changed.
    fn open(&self) -> String {
        let names = self.names();
        let (history, staging, key) = (
            self.history(),
            self.staging(),
            self.prefixed(&self.key, "s"),
        );
        format!(
            "INSERT INTO {history} ({}, valid_from, not_before, run_from)
             SELECT DISTINCT ON ({key}) {}, $2, $3, $1 FROM {staging} AS s
             WHERE NOT EXISTS (SELECT FROM {history} AS h WHERE h.run_to IS NULL AND {})
             ORDER BY {key}",
            list(&names),
            self.prefixed(&names, "s"),
            self.same_key()
        )
    }

    /// Takes over what describes the rows.
    fn describe(&self) -> String {
        let described = self.descriptions();
        let sets = described.iter().map(|column| {
            let column = quote_identifier(column);
            format!("{column} = s.{column}")
        });
        format!(
            "UPDATE {} AS h SET {} FROM {} AS s
             WHERE h.run_to IS NULL AND {} AND ROW({}) IS DISTINCT FROM ROW({}) AND $1 IS NOT NULL",
            self.history(),
            sets.collect::<Vec<_>>().join(", "),
            self.staging(),
            self.same_key(),
            self.prefixed(&described, "s"),
            self.prefixed(&described, "h")
        )
    }

    /// Adds records that are not there yet. Those that say the same are counted.
    fn append(&self) -> String {
        let names = self.names();
        format!(
            "INSERT INTO {name} (record_sha256, ordinal, run_from, read_at, {columns})
             SELECT r.record_sha256, row_number() OVER (PARTITION BY r.record_sha256), $1, $2, {read}
             FROM (SELECT sha256(convert_to(jsonb_build_array({all})::text, 'UTF8')) AS record_sha256, s.* FROM {staging} AS s) AS r
             ON CONFLICT (record_sha256, ordinal) DO NOTHING",
            name = quote_identifier(self.name),
            columns = list(&names),
            read = self.prefixed(&names, "r"),
            all = self.prefixed(&names, "s"),
            staging = self.staging(),
        )
    }

    /// Fills columns that a newer version has added in the open rows, without making history of it: in those that were read,
    /// until all were.
    fn fill_new_columns(&self, is_whole: bool) -> Result<(), Report> {
        let new = super::create::texts(
            "SELECT column_name FROM new_columns WHERE table_name = $1",
            &[self.name.into()],
        )?;
        if is_whole {
            Spi::run_with_args(
                "DELETE FROM new_columns WHERE table_name = $1",
                &[self.name.into()],
            )?;
        }
        let facts = self.facts();
        for column in new.iter().filter(|column| facts.contains(&column.as_str())) {
            let column = quote_identifier(column);
            Spi::run(&format!(
                "UPDATE {} AS h SET {column} = s.{column} FROM {} AS s WHERE h.run_to IS NULL AND {}",
                self.history(),
                self.staging(),
                self.same_key()
            ))?;
        }
        Ok(())
    }
}

/// Runs a statement of a reading, and gives how many rows it has written.
fn run(sql: &str, reading: &StepReading) -> Result<i64, Report> {
    let used = if sql.contains("$3") {
        3
    } else if sql.contains("$2") {
        2
    } else {
        1
    };
    let args = reading.args();
    let written = Spi::connect_mut(|client| {
        client
            .update(sql, None, &args[..used])
            .map(|rows| rows.len())
    })?;
    i64::try_from(written).map_err(|_| {
        Report::new(
            Code::ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
            "too many rows were written",
        )
    })
}
