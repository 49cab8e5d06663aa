//! A condition gives what a full reading has, whichever way it is answered.

use confluence::schema::{Column, Kind, Table};
use confluence::tables;
use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{lines, literal};
use confluence_sim::{Fault, Organisation, Reply};

/// The condition without which a table cannot be read.
pub fn opening(table: &Table) -> &'static str {
    let diagrams = "custom_content_id = ANY (ARRAY(SELECT id FROM confluence_custom_content
        WHERE type = 'ac:com.example.diagrams:diagram'))";
    let needed: Vec<&str> = table.main().needed().collect();
    match (table.name, &needed[..]) {
        ("confluence_search", _) => "cql IN ('type = page AND space = ENG', 'type = space')",
        ("confluence_custom_content", _) => "type = 'ac:com.example.diagrams:diagram'",
        (_, ["custom_content_id", ..]) => diagrams,
        _ => "true",
    }
}

/// The columns that an import declares, but for those that nobody compares.
fn compared(table: &'static Table) -> impl Iterator<Item = &'static Column> {
    let is_compared = |column: &&Column| !column.optional && column.kind != Kind::Json;
    table.columns.iter().filter(is_compared)
}

/// Values of a column in the copy, as literals: the first and the last.
fn values(site: &mut Site, table: &Table, column: &Column) -> Vec<String> {
    let (table, name) = (table.name, column.name);
    let sorted = format!(
        "SELECT {name}::text COLLATE \"C\" AS v FROM copy.{table} WHERE {name} IS NOT NULL ORDER BY v"
    );
    let ends = format!("({sorted} LIMIT 1) UNION ({sorted} DESC LIMIT 1)");
    let values = lines(&mut site.client, &ends);
    values.iter().map(|value| literal(value)).collect()
}

/// Holds the rows that meet a condition against those of the copy.
fn differs(site: &mut Site, table: &Table, condition: &str) -> Option<String> {
    let rows = |schema: &str, opening: &str| {
        format!(
            "SELECT row_to_json(t)::text AS line FROM {schema}.{} AS t WHERE {condition} AND {opening}",
            table.name
        )
    };
    let (ours, known) = (rows("public", opening(table)), rows("copy", "true"));
    let compared = format!(
        "WITH ours AS MATERIALIZED ({ours}), known AS MATERIALIZED ({known})
         SELECT (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE known) AS x) || ' more, ' ||
             (SELECT count(*) FROM (TABLE known EXCEPT ALL TABLE ours) AS x) || ' less of ' ||
             (SELECT count(*) FROM known)"
    );
    let outcome: String = match site.client.query_one(&compared, &[]) {
        Ok(row) => row.get(0),
        Err(error) => format!("{error:?}"),
    };
    let is_same = outcome.starts_with("0 more, 0 less");
    (!is_same).then(|| format!("{}: {condition}: {outcome}", table.name))
}

/// Conditions on the columns that the site can be asked for, with values of the copy: one by one, in a join, as a
/// list, and with another condition beside them, which may lead another way.
fn conditions(site: &mut Site, table: &'static Table) -> Vec<String> {
    let columns: Vec<(&Column, Vec<String>)> = compared(table)
        .map(|column| (column, values(site, table, column)))
        .collect();
    let mut conditions = Vec::new();
    for (column, values) in columns
        .iter()
        .filter(|(column, _)| table.can_ask_for(column))
    {
        let name = column.name;
        conditions.extend(values.iter().map(|value| format!("{name} = {value}")));
        conditions.push(format!(
            "{name} IN (SELECT {name} FROM copy.{})",
            table.name
        ));
        conditions.push(format!(
            "{name} = ANY (ARRAY(SELECT {name} FROM copy.{}))",
            table.name
        ));
        for (other, beside) in columns.iter().filter(|(other, _)| other.name != name) {
            if let ([value, ..], [.., last]) = (&values[..], &beside[..]) {
                conditions.push(format!("{name} = {value} AND {} = {last}", other.name));
            }
        }
    }
    conditions
}

#[test]
fn every_condition_that_is_asked_for_gives_what_the_full_reading_has() {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE SCHEMA copy");
    for table in tables::ALL {
        let (name, opening) = (table.name, opening(table));
        site.execute(&format!(
            "CREATE TABLE copy.{name} AS SELECT * FROM public.{name} WHERE {opening}"
        ));
    }
    for options in ["", "ADD page_size '3'"] {
        if !options.is_empty() {
            site.execute(&format!("ALTER SERVER site OPTIONS ({options})"));
            site.client = site.database.connect();
        }
        let (mut failed, mut held) = (Vec::new(), 0);
        for table in tables::ALL {
            failed.extend(differs(&mut site, table, "true"));
            for condition in conditions(&mut site, table) {
                held += 1;
                failed.extend(differs(&mut site, table, &condition));
            }
        }
        assert!(failed.is_empty(), "{options}: {failed:#?}");
        assert!(held > 1_000, "{held} conditions");
    }
}

/// Values that few columns have, as literals: a condition with one finds what an expression that nobody asks for finds.
fn odd_values(column: &Column, values: &[String]) -> Vec<String> {
    if column.kind != Kind::Text {
        let known = values.iter().flat_map(|value| {
            [
                format!("-({value}::bigint)"),
                format!("{value}::bigint + 1"),
            ]
        });
        let limits = [
            "0",
            "-1::bigint",
            "9223372036854775807",
            "(-9223372036854775808)",
        ];
        return limits
            .iter()
            .map(|&limit| limit.to_owned())
            .chain(known)
            .collect();
    }
    let odd = [
        "''",
        "' '",
        "'NULL'",
        "'null'",
        "'.'",
        "'..'",
        "'%2e%2e'",
        "'a,b'",
        "','",
        "E'a\tb'",
        "E'\n'",
        "'Ünïcode ✓'",
        "'a/b'",
        "'-1'",
        "'0'",
        "'mars'",
        "'*'",
        "'<b>'",
        "repeat('x', 5000)",
    ];
    let known = values.iter().flat_map(|value| {
        [
            format!("upper({value})"),
            format!("lower({value})"),
            format!("' ' || {value}"),
            format!("{value} || ' '"),
            format!("{value} || ',' || {value}"),
        ]
    });
    odd.iter().map(|&odd| odd.to_owned()).chain(known).collect()
}

/// What an attachment may have none of.
const EMPTY: &[&str] = &["mediaType", "title"];

/// Gives a third of the rows of some kinds values that hardly any has.
fn make_odd(site: &Site) {
    let is_odd = |id: &serde_json::Value| {
        let digits = id.as_str().unwrap_or_default().trim_start_matches("att");
        digits.parse::<u64>().is_ok_and(|number| number % 3 == 0)
    };
    let odd = move |at: &'static [&'static str], value: &'static str| {
        Reply::mutate(move |answer| {
            let rows: Vec<&mut serde_json::Value> = match answer.get("results") {
                Some(_) => answer["results"]
                    .as_array_mut()
                    .map_or_else(Vec::new, |rows| rows.iter_mut().collect()),
                None => vec![answer],
            };
            for row in rows.into_iter().filter(|row| is_odd(&row["id"])) {
                for name in at {
                    row[*name] = value.into();
                }
            }
        })
    };
    for (path, at, value) in [
        ("/wiki/api/v2/attachments", EMPTY, ""),
        ("/wiki/api/v2/attachments/{id}", EMPTY, ""),
        ("/wiki/api/v2/pages/{id}/attachments", EMPTY, ""),
        ("/wiki/api/v2/blogposts/{id}/attachments", EMPTY, ""),
        ("/wiki/api/v2/custom-content/{id}/attachments", EMPTY, ""),
        ("/wiki/api/v2/pages", &["title", "subtype"], " "),
        ("/wiki/api/v2/blogposts", &["title"], ""),
        ("/wiki/api/v2/spaces", &["type", "status", "name"], "mars"),
        ("/wiki/api/v2/tasks", &["status", "assignedTo"], ""),
        ("/wiki/api/v2/labels", &["prefix"], "mars"),
    ] {
        site.sim.fault(Fault::on(path), odd(at, value));
    }
}

#[test]
fn a_condition_changes_nothing_whatever_its_value() {
    let mut site = Site::of(Organisation::demo());
    make_odd(&site);
    site.execute("CREATE SCHEMA copy");
    for table in tables::ALL {
        let (name, opening) = (table.name, opening(table));
        site.execute(&format!(
            "CREATE TABLE copy.{name} AS SELECT * FROM public.{name} WHERE {opening}"
        ));
    }
    let (mut failed, mut held) = (Vec::new(), 0);
    for table in tables::ALL {
        // It has a row for whatever a query names, also where that cannot be read.
        if table.name == "confluence_content_restrictions" {
            continue;
        }
        let columns = compared(table).filter(|column| table.can_ask_for(column));
        for column in columns.filter(|column| column.name != "cql") {
            // Other statuses than it lists, the site is asked for, or cannot be.
            let widens = column.filter.is_some_and(|filter| filter.widens);
            if widens {
                continue;
            }
            let name = column.name;
            let known = values(&mut site, table, column);
            let odd = odd_values(column, &known);
            let mut conditions: Vec<String> = odd
                .iter()
                .map(|value| format!("{name} = {value}"))
                .collect();
            conditions.push(format!("{name} IN ({})", odd.join(", ")));
            if let Some(value) = known.first() {
                conditions.push(format!("{name} IN ({}, {value})", odd[0]));
                conditions.push(format!(
                    "{name} = ANY (ARRAY(SELECT {} UNION SELECT {value}))",
                    odd[1]
                ));
            }
            for condition in conditions {
                held += 1;
                failed.extend(differs(&mut site, table, &condition));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {held}: {failed:#?}", failed.len());
    assert!(held > 2_000, "{held} conditions");
}
