//! What tests ask of a connection, and of an error.

use std::collections::BTreeMap;

use confluence_sim::Sim;
use postgres::error::DbError;
use postgres::{Client, SimpleQueryMessage};
use serde_json::Value;

/// The rows of all statements in `sql`: cells joined by `|`, NULL as `NULL`.
///
/// Uses the simple protocol, as psql does: several statements, in one transaction unless they say otherwise.
#[track_caller]
pub fn lines(client: &mut Client, sql: &str) -> Vec<String> {
    let messages = served(client.simple_query(sql), sql);
    messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                let cells: Vec<_> = (0..row.len())
                    .map(|i| row.get(i).unwrap_or("NULL"))
                    .collect();
                Some(cells.join("|"))
            }
            _ => None,
        })
        .collect()
}

/// The only row.
#[track_caller]
pub fn one(client: &mut Client, sql: &str) -> String {
    let mut rows = lines(client, sql);
    assert_eq!(rows.len(), 1, "one row expected of {sql}, got {rows:#?}");
    rows.remove(0)
}

/// The error that `sql` must raise: `error(…).code().code()`, `.message()`, `.detail()`, `.hint()`.
#[track_caller]
pub fn error(client: &mut Client, sql: &str) -> DbError {
    match client.simple_query(sql) {
        Ok(messages) => panic!(
            "an error expected of {sql}, got {} messages",
            messages.len()
        ),
        Err(error) => match error.as_db_error() {
            Some(error) => error.clone(),
            None => panic!("an error of the server expected of {sql}, got {error}"),
        },
    }
}

/// `EXPLAIN (VERBOSE, COSTS OFF)`: what stays the same from run to run.
#[track_caller]
pub fn explain(client: &mut Client, sql: &str) -> String {
    explain_with(client, "VERBOSE, COSTS OFF", sql)
}

/// `EXPLAIN` with options of one's own, as in `ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF`.
#[track_caller]
pub fn explain_with(client: &mut Client, options: &str, sql: &str) -> String {
    lines(client, &format!("EXPLAIN ({options}) {sql}")).join("\n")
}

/// How many requests `EXPLAIN` expects a query to send.
#[track_caller]
pub fn estimated_requests(client: &mut Client, sql: &str) -> f64 {
    let plan = explain_with(client, "FORMAT JSON", sql);
    let plan: Value = serde_json::from_str(&plan).expect("EXPLAIN prints JSON");
    estimated_by(&plan[0]["Plan"])
}

/// What a node and those below it are expected to send.
fn estimated_by(node: &Value) -> f64 {
    let own = node["Estimated Requests"].as_f64().unwrap_or(0.0);
    let children = node["Plans"].as_array().map_or(&[][..], Vec::as_slice);
    let below = children.iter().map(|child| {
        // The inner side is run for each row of the outer one, unless it is kept.
        let is_repeated = node["Node Type"] == "Nested Loop"
            && child["Parent Relationship"] == "Inner"
            && child["Node Type"] != "Materialize";
        let times = match children[0]["Plan Rows"].as_f64() {
            Some(rows) if is_repeated => rows,
            _ => 1.0,
        };
        times * estimated_by(child)
    });
    own + below.sum::<f64>()
}

/// The requests for data that reached the stand-in, as in `GET /wiki/api/v2/pages?limit=250`; asking who one is does not
/// count. `sim.clear_log()` starts anew.
pub fn requests(sim: &Sim) -> Vec<String> {
    let requests = sim.data_requests();
    requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path_and_query))
        .collect()
}

/// The five characters of an error's SQLSTATE, or nothing if the server did not raise it.
pub fn sqlstate_of(error: &postgres::Error) -> &str {
    error.code().map_or("", |code| code.code())
}

/// The message, without detail and hint.
pub fn message_of(error: &postgres::Error) -> &str {
    error.as_db_error().map_or("", DbError::message)
}

pub fn detail_of(error: &postgres::Error) -> &str {
    error.as_db_error().and_then(DbError::detail).unwrap_or("")
}

pub fn hint_of(error: &postgres::Error) -> &str {
    error.as_db_error().and_then(DbError::hint).unwrap_or("")
}

/// The outcome, or a failure that tells what the server said of `what`. Blamed on the caller's caller: the test.
#[track_caller]
pub(crate) fn served<T>(outcome: Result<T, postgres::Error>, what: &str) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => panic!("{}\n{what}", describe(&error)),
    }
}

/// An error as psql shows it.
pub(crate) fn describe(error: &postgres::Error) -> String {
    let Some(db) = error.as_db_error() else {
        return error.to_string();
    };
    let mut text = format!("{}: {}: {}", db.severity(), db.code().code(), db.message());
    for (label, part) in [
        ("DETAIL", db.detail()),
        ("HINT", db.hint()),
        ("CONTEXT", db.where_()),
    ] {
        if let Some(part) = part {
            text.push_str(&format!("\n{label}: {part}"));
        }
    }
    text
}

/// How many requests each operation was asked for.
pub(crate) fn asked(sim: &Sim) -> BTreeMap<&'static str, usize> {
    let mut asked = BTreeMap::new();
    for request in sim.data_requests() {
        *asked
            .entry(request.operation.unwrap_or("unknown"))
            .or_insert(0) += 1;
    }
    asked
}
