//! A piece of a reading: one statement, in a transaction of its own. Pieces that copy rows of different tables can be one
//! statement, which reads them side by side.

use std::rc::Rc;

use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use super::ddl::list;
use super::table::MirroredTable;
use crate::pg::report::Report;

/// A statement that fills what is kept of a table until it is published.
#[derive(Debug)]
pub(super) enum Piece {
    /// Copies rows as they are.
    Copy(Copied),
    /// Copies rows of its table as they are, from one or several scans, and beside them those of another table that the same
    /// requests tell of.
    CopyWith(Vec<Copied>, Copied),
    /// Writes rows in another way; as many have been read as it writes.
    Write(String, Option<PieceArgument>),
    /// Says itself how many rows it has read: some were there before, and were read again.
    Tell(String),
}

/// Rows of a table that are copied: all of them, or those that a filter lets through.
#[derive(Debug)]
pub(super) struct Copied {
    staging: String,
    columns: Vec<CopiedColumn>,
    source: String,
    filter: Option<CopyFilter>,
}

#[derive(Debug)]
struct CopiedColumn {
    name: &'static str,
    type_name: &'static str,
    is_read: bool,
}

/// A condition on a column.
#[derive(Debug)]
pub(super) struct CopyFilter {
    column: &'static str,
    argument: PieceArgument,
}

#[derive(Clone, Debug)]
pub(super) enum PieceArgument {
    /// There may be a million of them, which more than one table is read by.
    Ids(Rc<[i64]>),
    Names(Vec<String>),
    Time(TimestampWithTimeZone),
}

impl Piece {
    /// What it copies of its own table.
    fn own(&self) -> &[Copied] {
        match self {
            Self::Copy(own) => std::slice::from_ref(own),
            Self::CopyWith(own, _) => own,
            Self::Write(..) | Self::Tell(_) => &[],
        }
    }

    /// What it copies, its own table last: the other has more rows.
    fn copied(&self) -> Vec<&Copied> {
        let other = match self {
            Self::CopyWith(_, other) => Some(other),
            _ => None,
        };
        other.into_iter().chain(self.own()).collect()
    }

    /// Whether it can be read beside others.
    pub fn is_copy(&self) -> bool {
        !self.copied().is_empty()
    }

    /// Reads it, and gives how many rows have come.
    pub fn read(&self) -> Result<i64, Report> {
        let (sql, argument) = match self {
            Self::CopyWith(..) => return Ok(read_beside(&[self])?.first().copied().unwrap_or(0)),
            Self::Copy(copied) => (copied.statement(), copied.argument()),
            Self::Write(sql, argument) => (sql.clone(), argument.as_ref()),
            Self::Tell(sql) => (sql.clone(), None),
        };
        let args: Vec<DatumWithOid> = argument.map(PieceArgument::datum).into_iter().collect();
        Ok(Spi::connect_mut(|client| {
            let rows = client.update(&sql, None, &args)?;
            match self {
                Self::Tell(_) => Ok::<_, spi::Error>(rows.first().get_one()?.unwrap_or(0)),
                _ => Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
            }
        })?)
    }
}

/// Reads pieces that copy rows in one statement, and gives how many have come of each piece's own table. PostgreSQL reads the
/// branches of an Append side by side. The rows of the first table are written while requests are under way, those of the others
/// when all have come: so the piece with the most rows comes first.
pub(super) fn read_beside(pieces: &[&Piece]) -> Result<Vec<i64>, Report> {
    let copied: Vec<&Copied> = pieces.iter().flat_map(|piece| piece.copied()).collect();
    let sql = beside(&copied);
    let arguments = copied.iter().filter_map(|copied| copied.argument());
    let args: Vec<DatumWithOid> = arguments.map(PieceArgument::datum).collect();
    Ok(Spi::connect_mut(|client| {
        let rows = client.update(&sql, None, &args)?.first();
        let mut place = 0;
        pieces
            .iter()
            .map(|piece| {
                // Its own table is the last of those that it copies.
                place += piece.copied().len();
                let own = place - piece.own().len() + 1..=place;
                own.map(|place| Ok::<_, spi::Error>(rows.get::<i64>(place)?.unwrap_or(0)))
                    .sum()
            })
            .collect::<Result<Vec<i64>, _>>()
    })?)
}

/// The rows of all in one, each with the number of its table and with NULL in the columns of the others; and what writes each
/// table's own.
fn beside(copied: &[&Copied]) -> String {
    let mut argument = 0;
    let mut branches = Vec::new();
    let mut written = Vec::new();
    let mut counts = Vec::new();
    let mut first = 0;
    for (number, part) in copied.iter().enumerate() {
        let columns = copied.iter().enumerate().flat_map(|(other, copied)| {
            copied.columns.iter().map(move |column| {
                if other == number {
                    column.value()
                } else {
                    column.nothing()
                }
            })
        });
        let columns: Vec<String> = columns.collect();
        let filter = part.filter.as_ref().map(|filter| {
            argument += 1;
            filter.condition(argument)
        });
        branches.push(format!(
            "SELECT {number}, {} FROM {}{}",
            columns.join(", "),
            part.source,
            filter.unwrap_or_default()
        ));
        let own: Vec<String> = (first..first + part.columns.len())
            .map(|place| format!("c{place}"))
            .collect();
        first += part.columns.len();
        written.push(format!(
            "w{number} AS (INSERT INTO {} ({}) SELECT {} FROM read WHERE part = {number} RETURNING 1)",
            quote_identifier(&part.staging),
            part.names(),
            own.join(", ")
        ));
        counts.push(format!("(SELECT count(*) FROM w{number})"));
    }
    let names: Vec<String> = (0..first).map(|place| format!("c{place}")).collect();
    format!(
        "WITH read (part, {}) AS MATERIALIZED ({}), {} SELECT {}",
        names.join(", "),
        branches.join(" UNION ALL "),
        written.join(", "),
        counts.join(", ")
    )
}

impl Copied {
    pub fn new(table: &MirroredTable, source: &str, filter: Option<CopyFilter>) -> Self {
        let columns = table.columns.iter().map(|column| CopiedColumn {
            name: column.name,
            type_name: column.type_name,
            is_read: true,
        });
        Self {
            staging: table.staging(),
            columns: columns.collect(),
            source: source.to_owned(),
            filter,
        }
    }

    /// Leaves some columns empty, if the table has them.
    pub fn without(mut self, names: &[&str]) -> Self {
        for column in &mut self.columns {
            column.is_read &= !names.contains(&column.name);
        }
        self
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        list(&names)
    }

    fn statement(&self) -> String {
        let values: Vec<String> = self.columns.iter().map(CopiedColumn::value).collect();
        let filter = self.filter.as_ref().map(|filter| filter.condition(1));
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}{}",
            quote_identifier(&self.staging),
            self.names(),
            values.join(", "),
            self.source,
            filter.unwrap_or_default()
        )
    }

    fn argument(&self) -> Option<&PieceArgument> {
        self.filter.as_ref().map(|filter| &filter.argument)
    }
}

impl CopiedColumn {
    fn value(&self) -> String {
        if self.is_read {
            quote_identifier(self.name)
        } else {
            self.nothing()
        }
    }

    fn nothing(&self) -> String {
        format!("NULL::{}", self.type_name)
    }
}

impl CopyFilter {
    pub fn ids(column: &'static str, ids: Rc<[i64]>) -> Self {
        Self {
            column,
            argument: PieceArgument::Ids(ids),
        }
    }

    pub fn names(column: &'static str, names: Vec<String>) -> Self {
        Self {
            column,
            argument: PieceArgument::Names(names),
        }
    }

    pub fn since(column: &'static str, time: TimestampWithTimeZone) -> Self {
        Self {
            column,
            argument: PieceArgument::Time(time),
        }
    }

    /// What comes behind the name of the source, with the argument at this place.
    fn condition(&self, place: usize) -> String {
        let column = quote_identifier(self.column);
        match self.argument {
            PieceArgument::Ids(_) | PieceArgument::Names(_) => {
                format!(" WHERE {column} = ANY (${place})")
            }
            PieceArgument::Time(_) => format!(" WHERE {column} >= ${place}"),
        }
    }
}

impl PieceArgument {
    fn datum(&self) -> DatumWithOid<'static> {
        match self {
            Self::Ids(ids) => ids.to_vec().into(),
            Self::Names(names) => names.clone().into(),
            Self::Time(time) => (*time).into(),
        }
    }
}
