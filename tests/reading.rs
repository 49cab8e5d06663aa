//! What the tables hold, against what the organisation has, and what reading them costs.

mod accounts;
mod attachments;
mod comments;
mod custom_content;
mod governance;
mod groups;
mod limits;
mod nodes_by_search;
pub mod restrictions_in_bulk;
mod roles;
mod search;
mod tasks;
mod tree;
mod versions;

use confluence_fdw_tests::literal;
use confluence_sim::{Request, Sim};

/// Rows in an order of their own, as nothing promises any.
fn sorted(rows: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = rows.into_iter().collect();
    rows.sort_unstable();
    rows
}

/// An optional cell.
fn or_null(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

/// Texts as an array in SQL.
fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(literal).collect();
    format!("ARRAY[{}]::text[]", texts.join(", "))
}

/// The requests to one operation.
fn requests_to(sim: &Sim, operation: &str) -> Vec<Request> {
    let mut requests = sim.data_requests();
    requests.retain(|request| request.operation == Some(operation));
    requests
}
