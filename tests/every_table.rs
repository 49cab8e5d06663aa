//! What holds for every table there is: its rows, its requests, and what becomes of answers that nobody expects.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use confluence::schema::{Endpoint, Kind, Table};
use confluence::tables;
use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{lines, matches_golden, message_of, one, skip, sqlstate_of};
use confluence_sim::contract::Contract;
use confluence_sim::{Fault, Organisation, Reply};
use serde_json::Value;

/// The demo organisation, with every column of every table in schema `whole`.
fn site() -> Site {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO whole OPTIONS (optional_columns 'true')",
    );
    site
}

/// The rows of a table that tests read: all, where a table can be read without a condition.
fn rows_of(table: &Table) -> String {
    let custom_content = "SELECT id FROM whole.confluence_custom_content WHERE type = 'ac:com.example.diagrams:diagram'";
    let needed: Vec<&str> = table.main().needed().collect();
    let condition = match (table.name, &needed[..]) {
        ("confluence_search", _) => "WHERE cql = 'type = page AND space = ENG'".to_owned(),
        ("confluence_custom_content", _) => {
            "WHERE type = 'ac:com.example.diagrams:diagram'".to_owned()
        }
        ("confluence_product_groups", _) => {
            "WHERE access_type IN ('user', 'admin', 'site-admin')".to_owned()
        }
        ("confluence_product_users", _) => {
            "WHERE permission_type IN ('none', 'externalCollaborator')".to_owned()
        }
        (_, ["custom_content_id", ..]) => {
            format!("WHERE custom_content_id = ANY (ARRAY({custom_content}))")
        }
        _ => String::new(),
    };
    format!("SELECT * FROM whole.{} {condition}", table.name)
}

/// Runs a check on every table, and tells of all that fail.
fn for_every_table(check: impl Fn(&mut Site, &'static Table)) {
    let mut site = site();
    let mut failed = Vec::new();
    for table in tables::ALL {
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&mut site, table)));
        if outcome.is_err() {
            failed.push(table.name);
            site.client = site.database.connect();
        }
        site.sim.clear_faults();
    }
    assert!(failed.is_empty(), "these tables failed: {failed:#?}");
}

#[test]
fn every_table_gives_its_rows_for_valid_requests() {
    let contract = Contract::load();
    if contract.is_none() {
        skip("requests are not held against the published documents, which are not here");
    }
    for_every_table(|site, table| {
        let read = format!(
            "CREATE TEMP TABLE read AS
             SELECT replace(row_to_json(t)::text, '{}', 'http://site') AS line FROM ({}) AS t",
            site.sim.url(),
            rows_of(table)
        );
        site.execute("DROP TABLE IF EXISTS pg_temp.read");
        site.sim.clear_log();
        site.execute(&read);
        let requests = site.sim.data_requests();
        for request in &requests {
            if let Some(Err(why)) = contract.as_ref().map(|c| c.check_request(request)) {
                panic!("{} {}: {why}", request.method, request.path_and_query);
            }
            assert!(matches!(request.status, Some(200 | 404)), "{request:#?}");
        }
        let mut asked: BTreeMap<&str, (usize, String)> = BTreeMap::new();
        for request in &requests {
            let target = format!("{} {}", request.method, request.path_and_query);
            let operation = request.operation.unwrap_or("unknown");
            let (count, first) = asked.entry(operation).or_insert((0, target.clone()));
            *count += 1;
            if target < *first {
                *first = target;
            }
        }
        let count = one(&mut site.client, "SELECT count(*) FROM read");
        let digest = one(
            &mut site.client,
            r#"SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) FROM read"#,
        );
        let first = lines(
            &mut site.client,
            r#"SELECT left(line, 500) FROM read ORDER BY line COLLATE "C" LIMIT 8"#,
        );
        let mut printed = format!("{count} rows, digest {digest}\n");
        for row in first {
            printed.push_str(&format!("{row}\n"));
        }
        for (operation, (count, first)) in asked {
            printed.push_str(&format!("{operation} x {count}, the first: {first}\n"));
        }
        let key: Vec<String> = table.key.iter().map(|key| (*key).to_owned()).collect();
        if !key.is_empty() {
            let repeated = one(
                &mut site.client,
                &format!(
                    "SELECT count(*) - count(DISTINCT ({})) FROM read, json_to_record(line::json) AS r({})",
                    key.join(", "),
                    key.iter()
                        .map(|key| format!("{key} text"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            );
            assert_eq!(repeated, "0", "the key tells rows apart");
        }
        matches_golden(&format!("tables/{}.rows", table.name), &printed);
    });
}

#[test]
fn nothing_is_read_twice_in_a_statement() {
    for_every_table(|site, table| {
        let rows = rows_of(table);
        let count = |site: &mut Site, sql: &str| {
            site.sim.clear_log();
            let count = one(
                &mut site.client,
                &format!("SELECT count(*) FROM ({sql}) AS t"),
            );
            let mut asked: Vec<_> = site
                .sim
                .data_requests()
                .into_iter()
                // What the site does not show is asked for again.
                .filter(|request| request.status == Some(200))
                .map(|request| (request.method, request.path_and_query, request.body))
                .collect();
            asked.sort_unstable();
            (count.parse::<u64>().expect("a number"), asked)
        };
        let (once, asked_alone) = count(site, &rows);
        let (twice, asked) = count(site, &format!("{rows} UNION ALL {rows}"));
        assert_eq!(twice, 2 * once);
        for pair in asked_alone.windows(2).chain(asked.windows(2)) {
            assert_ne!(pair[0], pair[1], "asked for twice");
        }
    });
}

#[test]
fn every_table_takes_answers_that_nobody_expects() {
    for_every_table(|site, table| {
        let sql = format!("SELECT count(*) FROM ({}) AS t", rows_of(table));
        let rows = one(&mut site.client, &sql);
        type Change = fn(&'static Table, &mut Value);
        let changes: [(&str, Change); 4] = [
            ("fields that nobody knows", add_fields),
            ("words that nobody knows", change_words),
            ("nulls", |table, row| remove(table, row, true)),
            ("missing fields", |table, row| remove(table, row, false)),
        ];
        for (what, change) in changes {
            change_rows(site, table, change);
            let outcome = site.client.simple_query(&rows_of(table));
            assert!(outcome.is_ok(), "{what}: {:?}", outcome.err());
            assert_eq!(one(&mut site.client, &sql), rows, "{what}");
            site.sim.clear_faults();
        }
        if rows == "0" {
            return;
        }
        for (reply, code) in [(Reply::Html200, "HV000"), (Reply::TruncatedJson, "HV000")] {
            for endpoint in asked(table) {
                site.sim.fault(Fault::on(endpoint.path), reply.clone());
            }
            expect_error(site, table, code, "");
        }
        // Answers of shorter endpoints have columns elsewhere, and what they lack is asked again: these have tests of their own.
        if shorter(table).is_some() {
            return;
        }
        for column in table.columns.iter().filter(|column| column.part.is_none()) {
            let is_plain = !column.at.is_empty() && !column.at.contains(['|', '^']);
            // What the site was asked about is known, whatever it answers.
            if column.required && is_plain && !table.main().needs(column.name) {
                change_rows(site, table, take_away_required);
                expect_error(site, table, "HV004", "is nothing");
            }
            if column.kind == Kind::Bigint && is_plain {
                change_rows(site, table, |table, row| {
                    for column in table.columns.iter().filter(|c| c.kind == Kind::Bigint) {
                        set(row, column.at, Value::from("att123"));
                    }
                });
                expect_error(site, table, "HV004", "\"att123\"");
            }
        }
    });
}

/// Reading the table fails with this error.
fn expect_error(site: &mut Site, table: &'static Table, code: &str, said: &str) {
    let error = site
        .client
        .simple_query(&rows_of(table))
        .expect_err("an answer that cannot be read");
    assert_eq!(sqlstate_of(&error), code, "{error:?}");
    assert!(message_of(&error).contains(said), "{error:?}");
    site.sim.clear_faults();
}

/// The endpoints that a reading without conditions asks: the table's own, or a shorter one that it can do without.
fn asked(table: &'static Table) -> impl Iterator<Item = &'static Endpoint> {
    shorter(table).or(table.endpoints.first()).into_iter()
}

/// The shorter one, if it has all columns.
fn shorter(table: &'static Table) -> Option<&'static Endpoint> {
    let mut endpoints = table.endpoints.iter();
    endpoints.find(|one| one.is_dispensable() && one.lacks.is_empty())
}

/// Changes every row of the table's own operation.
fn change_rows(site: &Site, table: &'static Table, change: fn(&'static Table, &mut Value)) {
    for endpoint in asked(table) {
        let mutate = move |answer: &mut Value| {
            for place in endpoint.rows_at {
                for row in rows_at(answer, place.path) {
                    change(table, row);
                }
            }
        };
        site.sim
            .fault(Fault::on(endpoint.path), Reply::mutate(mutate));
    }
}

/// The rows at a place of an answer.
fn rows_at<'j>(answer: &'j mut Value, path: &str) -> Vec<&'j mut Value> {
    let mut at = vec![answer];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let name = step.trim_end_matches("[]");
        at = at
            .into_iter()
            .filter_map(|value| value.get_mut(name))
            .collect();
        if step.ends_with("[]") {
            at = at.into_iter().flat_map(elements).collect();
        }
    }
    at.into_iter().flat_map(elements).collect()
}

/// The elements of an array, or what is none itself.
fn elements(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().collect(),
        other => vec![other],
    }
}

fn add_fields(_: &'static Table, row: &mut Value) {
    if let Value::Object(fields) = row {
        for value in fields.values_mut() {
            add_fields_inside(value);
        }
        fields.insert(
            "aFieldOfTomorrow".into(),
            serde_json::json!({"id": [null, 1e300]}),
        );
    }
}

fn add_fields_inside(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.insert(
            "andAnotherOne".into(),
            Value::from(18_446_744_073_709_551_615_u64),
        );
    }
}

/// The columns of a table that are words of the API.
fn change_words(table: &'static Table, row: &mut Value) {
    for column in table.columns {
        let is_key = table.key.contains(&column.name);
        let decides = table
            .population
            .is_some_and(|(name, _)| name == column.name)
            || column.filter.is_some()
            || column.part.is_some()
            || leads_further(table, column.name);
        if column.kind == Kind::Text && !is_key && !decides {
            set(row, column.at, Value::from("wörd of \u{1f5d3} tomorrow"));
        }
    }
}

fn leads_further(table: &Table, column: &str) -> bool {
    let deeper = table
        .endpoints
        .iter()
        .filter_map(|endpoint| endpoint.deeper);
    let mut columns = deeper.flat_map(|deeper| {
        [
            Some(deeper.id),
            deeper.kind,
            deeper.at_depth.map(|(name, _)| name),
        ]
    });
    columns.any(|name| name == Some(column))
}

/// Takes the values away that a row can do without.
fn remove(table: &'static Table, row: &mut Value, but_not_the_field: bool) {
    for column in table.columns {
        let decides = table
            .population
            .is_some_and(|(name, _)| name == column.name)
            || leads_further(table, column.name);
        // A row without what it owes is not what was asked for.
        let is_owed = column.owed && !but_not_the_field;
        if column.required || decides || is_owed || column.part.is_some() {
            continue;
        }
        for at in column.at.split('|') {
            let (outer, name) = at.rsplit_once('.').unwrap_or(("", at));
            let mut pointer = outer.split('.').filter(|step| !step.is_empty());
            let holder = pointer.try_fold(&mut *row, |row, step| row.get_mut(step));
            if let Some(Value::Object(fields)) = holder {
                if but_not_the_field {
                    fields.insert(name.to_owned(), Value::Null);
                } else {
                    fields.remove(name);
                }
            }
        }
    }
}

fn take_away_required(table: &'static Table, row: &mut Value) {
    for column in table.columns.iter().filter(|column| column.required) {
        set(row, column.at, Value::Null);
    }
}

/// Sets a field that is there.
fn set(row: &mut Value, at: &str, value: Value) {
    let pointer = format!("/{}", at.replace('.', "/"));
    if let Some(field) = row.pointer_mut(&pointer)
        && !field.is_null()
    {
        *field = value;
    }
}

#[test]
fn every_table_tells_what_it_cost_of_the_quota() {
    let told = |site: &mut Site, sql: &str| {
        let plan = lines(
            &mut site.client,
            &format!("EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, FORMAT JSON) {sql}"),
        );
        let plan: Value = serde_json::from_str(&plan.join("\n")).expect("a plan in JSON");
        points_of(&plan)
    };
    for_every_table(|site, table| {
        site.sim.set_quota(Some(1_000_000));
        let points = told(site, &rows_of(table));
        assert_eq!(points, site.sim.points_used(), "{}", table.name);
        assert!(points > 0, "{}", table.name);
    });
}

/// The points of all scans of a plan.
fn points_of(plan: &Value) -> u64 {
    match plan {
        Value::Object(node) => {
            let own = node.get("Points").and_then(Value::as_u64).unwrap_or(0);
            own + node.values().map(points_of).sum::<u64>()
        }
        Value::Array(nodes) => nodes.iter().map(points_of).sum(),
        _ => 0,
    }
}
