//! Which operations of the API the tables read: `docs/coverage.md`, computed from the tables' declarations and
//! the published documents of the API. Every operation that only reads is either read by a table, or there is a
//! reason in `reasons.rs`.
//!
//! With `UPDATE_GOLDEN=1` in the environment, the page is written. Where the documents are absent, each test is
//! reported as ignored.

mod page;
mod reading;
mod reasons;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use confluence::tables;
use confluence_sim::contract::Contract;
use libtest_mimic::{Arguments, Trial};

use reading::{BY_FUNCTIONS, How, Reading, declared, readings};
use reasons::{REASONS, Reason};

type Check = fn(&Contract);

/// Not the standard harness: only at run time is it known whether there is something to test with.
fn main() -> ExitCode {
    let tests: [(&str, Check); 4] = [
        ("every_declared_operation_is_a_documented_one", documented),
        ("every_operation_is_accounted_for_once", accounted_for),
        ("nearly_every_operation_is_read_by_a_table", read_by_tables),
        ("the_page_is_that_of_the_code", the_page),
    ];
    let contract = Contract::load().map(Arc::new);
    if contract.is_none() {
        println!(
            "skipped: there are no API documents in {}",
            Contract::directory().display()
        );
    }
    let trials = tests.map(|(name, check)| {
        let contract = contract.clone();
        let ignored = contract.is_none();
        let run = move || {
            check(contract.as_deref().ok_or("there are no API documents")?);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn documented(contract: &Contract) {
    let mut wrong = Vec::new();
    for declared in declared().iter().chain(BY_FUNCTIONS) {
        let place = format!("{}: {}", declared.table, declared.operation);
        let Some((operation, scopes)) = contract.describe(declared.method, &declared.with_ones())
        else {
            wrong.push(format!("{place} is not documented at {}", declared.path));
            continue;
        };
        if operation != declared.operation {
            wrong.push(format!("{place} is documented as {operation}"));
        }
        let mut wanted: Vec<&str> = declared.scope.split_whitespace().collect();
        wanted.sort_unstable();
        let is_known = scopes.is_empty() && wanted.is_empty()
            || scopes.iter().any(|set| {
                let mut set: Vec<&str> = set.iter().map(String::as_str).collect();
                set.sort_unstable();
                set == wanted
            });
        if !is_known {
            wrong.push(format!("{place}: {} is not in {scopes:?}", declared.scope));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn accounted_for(contract: &Contract) {
    let mut wrong = Vec::new();
    let readings = readings(contract);
    for Reading { id, path, how } in &readings {
        match how {
            How::Unknown => wrong.push(format!("{id} ({path}) is read by nothing, for no reason")),
            How::Own(_) if Reason::on(id, path).is_some() => {
                wrong.push(format!(
                    "{id} ({path}) is read, and there is a reason why not"
                ));
            }
            _ => {}
        }
    }
    for reason in REASONS {
        let of = |reading: &&Reading| reason.is_on(&reading.id, &reading.path);
        match readings.iter().filter(of).count() {
            1 => {}
            count => wrong.push(format!("{} is {count} operations", reason.operation)),
        }
        if let Some(table) = reason.same_rows_as
            && tables::find(table).is_none()
        {
            wrong.push(format!("{}: there is no {table}", reason.operation));
        }
        let twins = REASONS.iter().filter(|r| r.operation == reason.operation);
        if twins.count() > 1 {
            wrong.push(format!("{} has two reasons", reason.operation));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn read_by_tables(contract: &Contract) {
    let of_version_2: Vec<Reading> = readings(contract)
        .into_iter()
        .filter(Reading::is_version_2)
        .collect();
    let own = of_version_2
        .iter()
        .filter(|reading| matches!(reading.how, How::Own(_)));
    assert_eq!(of_version_2.len(), 132);
    assert!(own.count() >= 110);
}

fn the_page(contract: &Contract) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coverage.md");
    let expected = page::in_markdown(&readings(contract));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, expected).expect("written");
        return;
    }
    let found = std::fs::read_to_string(&path).expect("docs/coverage.md");
    assert!(
        found == expected,
        "docs/coverage.md is out of date: run this test with UPDATE_GOLDEN=1"
    );
}
