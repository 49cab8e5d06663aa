//! What the tables read, held against what there is.

use confluence::schema::Table;
use confluence::tables;
use confluence_sim::contract::Contract;

use crate::reasons::Reason;

/// An operation that a table is declared to read.
pub struct Declared {
    /// The table, or the function, that reads it.
    pub table: &'static str,
    pub operation: &'static str,
    pub method: &'static str,
    /// The path. Segments in braces stand for values.
    pub path: &'static str,
    pub scope: &'static str,
    /// The columns that come from it, where these are not the whole row.
    pub columns: Vec<&'static str>,
}

impl Declared {
    /// The path of a request, with a number for each value.
    pub fn with_ones(&self) -> String {
        filled(self.path, "1")
    }
}

/// What functions ask, and no table does.
pub const BY_FUNCTIONS: &[Declared] = &[Declared {
    table: "confluence.can",
    operation: "postContentByIdPermissionCheckV1",
    method: "POST",
    path: "/wiki/rest/api/content/{id}/permission/check",
    scope: "read:confluence-content.permission",
    columns: Vec::new(),
}];

/// Everything that the tables are declared to read.
pub fn declared() -> Vec<Declared> {
    tables::ALL.iter().copied().flat_map(of_table).collect()
}

fn of_table(table: &'static Table) -> Vec<Declared> {
    let mut found = Vec::new();
    for endpoint in table.endpoints {
        let declared = |operation, path| Declared {
            table: table.name,
            operation,
            method: endpoint.method(),
            path,
            scope: endpoint.scope,
            columns: Vec::new(),
        };
        found.push(declared(endpoint.operation, endpoint.path));
        let below = endpoint.deeper.iter().flat_map(|deeper| deeper.paths);
        found.extend(below.map(|(_, operation, path)| declared(operation, path)));
    }
    for column in table.columns {
        let Some(part) = column.part else { continue };
        let known = found
            .iter_mut()
            .find(|known| known.operation == part.operation && !known.columns.is_empty());
        match known {
            Some(known) => known.columns.push(column.name),
            None => found.push(Declared {
                table: table.name,
                operation: part.operation,
                method: "GET",
                path: part.path,
                scope: part.scope,
                columns: vec![column.name],
            }),
        }
    }
    found
}

/// An operation of the API that only reads.
pub struct Reading {
    pub id: String,
    pub path: String,
    pub how: How,
}

/// How an operation's answers can be read.
pub enum How {
    /// By these tables, or by these columns of them.
    Own(Vec<(&'static str, Vec<&'static str>)>),
    /// In another way, or not at all.
    Else(&'static Reason),
    /// Nobody knows.
    Unknown,
}

impl Reading {
    pub fn is_version_2(&self) -> bool {
        self.path.starts_with("/wiki/api/v2/")
    }
}

/// Every operation of the documents that only reads, by path.
pub fn readings(contract: &Contract) -> Vec<Reading> {
    let declared = declared();
    let mut readings: Vec<Reading> = contract
        .operations()
        .filter(|operation| operation.method == "get")
        .map(|operation| {
            let readers = readers(&declared, &operation.path);
            let how = if !readers.is_empty() {
                How::Own(readers)
            } else {
                Reason::on(operation.id, &operation.path).map_or(How::Unknown, How::Else)
            };
            Reading {
                id: operation.id.to_owned(),
                path: operation.path,
                how,
            }
        })
        .collect();
    readings.sort_by(|one, other| one.path.cmp(&other.path));
    readings
}

/// The tables that read the operation at a path, each with the columns that it gives, if these are not all.
fn readers(declared: &[Declared], path: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let wanted = filled(path, "{}");
    let mut readers: Vec<(&str, Vec<&str>)> = Vec::new();
    for declared in declared {
        let reader = (declared.table, declared.columns.clone());
        if declared.method == "GET"
            && filled(declared.path, "{}") == wanted
            && !readers.contains(&reader)
        {
            readers.push(reader);
        }
    }
    readers
}

/// A path without its query, with the same in place of every segment in braces.
fn filled(path: &str, with: &str) -> String {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            with
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
