//! A condition gives what a full reading has, whichever way it is answered.

use confluence::table::{Column, Kind, Table};
use confluence::tables;
use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{lines, literal};
use confluence_sim::Organisation;

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
