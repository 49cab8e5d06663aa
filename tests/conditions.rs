//! A condition gives what a full reading has, whichever way it is answered.

use confluence::table::{Column, Kind, Table};
use confluence::tables;
use confluence_fdw_tests::{lines, literal, one};
use confluence_sim::Organisation;

use crate::site::Site;

/// The condition without which a table cannot be read.
fn opening(table: &Table) -> &'static str {
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
    match site.client.simple_query(&compared) {
        Err(error) => Some(format!("{}: {condition}: {error:?}", table.name)),
        Ok(_) => {
            let outcome = one(&mut site.client, &compared);
            (!outcome.starts_with("0 more, 0 less"))
                .then(|| format!("{}: {condition}: {outcome}", table.name))
        }
    }
}

#[test]
fn every_condition_that_is_asked_for_gives_what_the_full_reading_has() {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE SCHEMA copy");
    let (mut failed, mut held) = (Vec::new(), 0);
    for table in tables::ALL {
        let copied = format!(
            "CREATE TABLE copy.{0} AS SELECT * FROM public.{0} WHERE {1}",
            table.name,
            opening(table)
        );
        if let Err(error) = site.client.batch_execute(&copied) {
            failed.push(format!("{}: {error:?}", table.name));
            continue;
        }
        for column in compared(table).filter(|column| table.can_ask_for(column)) {
            let values = values(&mut site, table, column);
            let name = column.name;
            let mut conditions: Vec<String> = values
                .iter()
                .map(|value| format!("{name} = {value}"))
                .collect();
            if values.len() > 1 {
                conditions.push(format!("{name} IN ({})", values.join(", ")));
            }
            for other in table
                .columns
                .iter()
                .filter(|other| !other.optional && other.name != name && other.kind != Kind::Json)
            {
                if let ([value, ..], [.., more]) =
                    (&values[..], &self::values(&mut site, table, other)[..])
                {
                    conditions.push(format!("{name} = {value} AND {} = {more}", other.name));
                }
            }
            for condition in conditions {
                held += 1;
                failed.extend(differs(&mut site, table, &condition));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(held > 500, "{held} conditions");
}
