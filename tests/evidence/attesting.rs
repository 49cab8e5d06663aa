//! What a manifest tells, and that the chain of manifests is a line.

use std::time::Duration;

use confluence_fdw_tests::{error, lines, one};

use super::{Company, ODD};
use crate::scene::until;

#[test]
fn a_manifest_tells_where_when_by_whom_and_how_complete_it_is() {
    let mut company = Company::new();
    assert_eq!(company.attest("space_admins", "{}"), "1");
    let owner = company.owner_name.clone();
    let told = company.one(
        "SELECT kind, session_user_name, role_name, application_name, server, base_url, cloud_id, api_account_id, role_mode, admin_key, drift,
                run_id, access_run_id, as_of = (SELECT published_at FROM runs WHERE id = 3), run_started_at = (SELECT started_at FROM runs WHERE id = 3),
                report, question = (SELECT question FROM reports WHERE name = 'space_admins'), controls, rows, distinct_accounts, distinct_resources,
                unknown_rows, unknown_by_reason, complete, emails_loaded_at = '2026-06-30 08:00Z', class_resolution, product_admins, sample_asked,
                sql LIKE 'CREATE OR REPLACE FUNCTION acme.space_admins(%', parameters - 'as_of'
         FROM manifests",
    );
    assert_eq!(
        told,
        format!(
            "report|{owner}|NULL|test|site|https://acme.atlassian.net|cloud-1|acct-reader|PRE_ROLES|f|f|\
             3|3|t|t|space_admins|t|{{\"SOC 2 CC6.1\",\"SOC 2 CC6.3\",\"ISO 27001 A.8.2\",\"PCI DSS 7.2.4\"}}|5|4|4|\
             1|{{\"account_unknown\": 1}}|f|t|proved|1|0|t|{{}}"
        )
    );
    let totals = company.one(
        "SELECT control_totals -> '3' -> 'product_access', requests ->> 'GET /wiki/api/v2/pages', requests ->> 'spaces' FROM manifests",
    );
    assert_eq!(
        totals,
        r#"{"why_not": null, "expected": 10, "rows_read": 10, "is_complete": true, "is_reconciled": true}|2|2"#
    );
    let reservations =
        company.one("SELECT reservations -> 'standing' ? 'public_link' FROM manifests");
    assert_eq!(
        reservations, "t",
        "what is always so stands in the manifest"
    );
}

#[test]
fn every_report_can_be_attested_and_verified() {
    let mut company = Company::new();
    let reports = company.rows(
        r#"SELECT name, CASE WHEN parameters LIKE 'content bigint%' THEN '{"content": 102}'
                             WHEN parameters LIKE 'space bigint, as_of%' THEN '{"space": 2}'
                             WHEN parameters LIKE 'account text%' THEN '{"account": "acct-bob"}'
                             WHEN parameters LIKE '"from"%' THEN '{"from": "2026-07-01T12:00Z", "to": "2026-08-01"}'
                             ELSE '{}' END
           FROM reports ORDER BY number, name"#,
    );
    assert_eq!(reports.len(), 18);
    for (place, report) in reports.iter().enumerate() {
        let (name, parameters) = report.split_once('|').expect("two columns");
        assert_eq!(company.attest(name, parameters), (place + 1).to_string());
    }
    let numbers = company.one("SELECT array_agg(number ORDER BY number) FROM reports");
    assert_eq!(numbers, "{1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,18,20,NULL}");
    assert_eq!(company.faults(""), Vec::<String>::new());
    let rows = company.one(
        "SELECT bool_and(m.rows = (SELECT sum(cardinality(lines)) FROM evidence WHERE manifest_id = m.id AND part = 'rows')) FROM manifests AS m",
    );
    assert_eq!(rows, "t");
}

#[test]
fn as_of_is_a_run_and_what_is_published_meanwhile_does_not_count() {
    let mut company = Company::new();
    company.attest(
        "group_changes",
        r#"{"from": "2026-06-01", "to": "2027-01-01", "as_of": "2026-07-02T12:00Z"}"#,
    );
    assert_eq!(
        company.one("SELECT run_id, rows FROM manifests WHERE id = 1"),
        "2|3"
    );

    // Somebody else adds to the chain for a while.
    let mut other = company.database.connect_as(&company.owner_name);
    other
        .batch_execute("BEGIN; SELECT confluence.attest('acme', 'coverage')")
        .unwrap();
    let mut waiting = company.database.connect_as(&company.owner_name);
    let attest = std::thread::spawn(move || {
        one(
            &mut waiting,
            "SELECT confluence.attest('acme', 'dormant_grants')",
        )
    });
    until("the attest waits", Duration::from_secs(60), || {
        one(
            &mut company.owner,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'",
        ) == "1"
    });
    company.rows(
        "INSERT INTO runs (mode, status, started_at, published_at, db_user, session_user_name, server, role_mode, product_version, server_started_at)
         VALUES ('full', 'complete', now(), now(), 'x', 'x', 'site', 'PRE_ROLES', 'x', now());
         INSERT INTO run_steps (run_id, step, is_complete) SELECT 4, step, true FROM run_steps WHERE run_id = 3;
         UPDATE group_members_history SET run_to = 4, valid_to = now(), seen_until = now(), end_reason = 'removed' WHERE run_to IS NULL",
    );
    other.batch_execute("COMMIT").unwrap();
    assert_eq!(attest.join().expect("it attests"), "3");
    // Dan's memberships, his grant, his place in a list, and Gus, of whom nothing is known.
    assert_eq!(
        company.one("SELECT run_id, rows FROM manifests WHERE id = 3"),
        "3|5"
    );
    company.attest("dormant_grants", "{}");
    assert_eq!(
        company.one("SELECT run_id, rows FROM manifests WHERE id = 4"),
        "4|3"
    );
}

#[test]
fn two_attests_at_once_are_one_after_the_other() {
    let company = Company::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let mut client = company.database.connect_as(&company.owner_name);
            std::thread::spawn(move || {
                (0..5)
                    .map(|_| {
                        one(
                            &mut client,
                            "SELECT confluence.attest('acme', 'open_spaces')",
                        )
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let mut numbers: Vec<u32> = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("it attests"))
        .map(|id| id.parse().expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let mut company = company;
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn a_transaction_that_cannot_see_the_head_is_told_to_begin_again() {
    let mut company = Company::new();
    company.rows("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM manifests");
    let mut other = company.database.connect_as(&company.owner_name);
    one(&mut other, "SELECT confluence.attest('acme', 'coverage')");
    let raised = error(
        &mut company.owner,
        "SELECT confluence.attest('acme', 'coverage')",
    );
    assert_eq!(raised.code().code(), "40001", "{raised:?}");
    company.rows("ROLLBACK");
    assert_eq!(company.attest("coverage", "{}"), "2");
}

#[test]
fn what_was_rolled_back_leaves_no_trace_and_no_gap() {
    let mut company = Company::new();
    company.rows("BEGIN; SELECT confluence.attest('acme', 'coverage'); ROLLBACK");
    assert_eq!(company.attest("coverage", "{}"), "1");
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn parameters_have_the_types_of_the_reports_and_stand_in_no_statement() {
    let mut company = Company::new();
    company.rows(ODD);
    let mut refused = |report: &str, parameters: &str| {
        let raised = error(
            &mut company.owner,
            &format!("SELECT confluence.attest('acme', '{report}', {parameters})"),
        );
        format!("{} {}", raised.code().code(), raised.message())
    };
    assert_eq!(
        refused("nothing", "'{}'"),
        "42704 there is no report \"nothing\""
    );
    assert_eq!(
        refused("run_at", "'{}'"),
        "42704 there is no report \"run_at\""
    );
    assert_eq!(
        refused("odd", "'{}'"),
        "22023 report \"odd\" needs parameter \"space\""
    );
    assert_eq!(
        refused("odd", r#"'{"space": 1, "places": 2}'"#),
        "22023 report \"odd\" has no parameter \"places\""
    );
    assert_eq!(
        refused("odd", r#"'{"space": "1 OR true"}'"#),
        "22P02 invalid input syntax for type bigint: \"1 OR true\""
    );
    assert_eq!(
        refused("odd", "'[]'"),
        "22023 parameters are not a JSON object"
    );
    assert_eq!(
        refused("odd", "NULL"),
        "22023 parameters are not a JSON object"
    );
    assert_eq!(
        refused("odd", r#"'{"space": 1, "as_of": "2020-01-01"}'"#),
        "55000 the mirror has no complete run at or before 2020-01-01 00:00:00+00"
    );
    let sneaky = r#"{"space": 1, "tags": ["a'); DROP TABLE manifests; --", "b\\'"]}"#;
    company.attest("odd", &sneaky.replace('\'', "''"));
    assert_eq!(
        company.one("SELECT parameters ->> 'tags' FROM manifests"),
        r#"["a'); DROP TABLE manifests; --", "b\\'"]"#
    );
}

#[test]
fn a_report_is_a_function_that_gives_a_table_as_of_a_run() {
    let mut company = Company::new();
    let mut refused = |make: &str, name: &str| {
        company.owner.batch_execute(make).unwrap();
        error(
            &mut company.owner,
            &format!("SELECT register_report('{name}', '?')"),
        )
        .message()
        .to_owned()
    };
    assert_eq!(
        refused("", "none"),
        "there is no function \"none\" in the mirror"
    );
    assert_eq!(
        refused(
            "CREATE FUNCTION a(as_of timestamptz DEFAULT NULL) RETURNS bigint RETURN 1",
            "a"
        ),
        "function \"a\" gives no table"
    );
    assert_eq!(
        refused(
            "CREATE FUNCTION b(x bigint) RETURNS TABLE (n bigint) BEGIN ATOMIC SELECT x; END",
            "b"
        ),
        "function \"b\" cannot be asked as of a run"
    );
    assert_eq!(
        refused(
            "CREATE FUNCTION c(as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint) BEGIN ATOMIC SELECT CAST(1 AS bigint); END;
             CREATE FUNCTION c(x bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint) BEGIN ATOMIC SELECT x; END",
            "c"
        ),
        "there are several functions \"c\" in the mirror"
    );
}

#[test]
fn a_definition_that_was_changed_for_a_day_shows() {
    let mut company = Company::new();
    let hash = "SELECT code_sha256()";
    let before = company.one(hash);
    company.rows("SELECT confluence.create_mirror('site', 'acme')");
    assert_eq!(company.one(hash), before, "made anew, it is the same");
    company.rows("CREATE OR REPLACE FUNCTION normal_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC SELECT 'x'; END");
    assert_ne!(company.one(hash), before);
    // Another mirror of the same version has the same code.
    company.rows("SELECT confluence.create_mirror('site', 'other')");
    assert_eq!(
        lines(&mut company.owner, "SELECT other.code_sha256()"),
        [before]
    );
}

#[test]
fn a_refresh_notes_the_head_that_it_saw() {
    let mut company = Company::new();
    company.attest("coverage", "{}");
    let head = company.one("SELECT chain_head()");
    assert_eq!(head, company.one("SELECT sha256 FROM manifests"));
    company.rows(&format!(
        "UPDATE runs SET head_sha256 = '{head}' WHERE id = 3"
    ));
    assert_eq!(company.faults(""), Vec::<String>::new());
    company.forge("DELETE FROM manifests; DELETE FROM evidence");
    assert_eq!(
        company.faults(""),
        [format!(
            "NULL|chain|run 3 noted a head that is no manifest's any more: {head}"
        )]
    );
}
