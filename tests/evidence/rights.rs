//! Who may write evidence, and with whose rights it is written.

use confluence_fdw_tests::{error, lines, one};
use postgres::Client;

use super::Company;

const TABLES: [&str; 3] = ["manifests", "evidence", "erased_lines"];

/// What writes into a table of evidence by hand.
fn writes(table: &str) -> [String; 4] {
    [
        format!("INSERT INTO acme.{table} SELECT * FROM acme.{table}"),
        format!(
            "UPDATE acme.{table} SET {} = 0",
            if table == "manifests" {
                "rows"
            } else {
                "manifest_id"
            }
        ),
        format!("DELETE FROM acme.{table}"),
        format!("TRUNCATE acme.{table}"),
    ]
}

#[track_caller]
fn refused(client: &mut Client, sql: &str) -> String {
    let raised = error(client, sql);
    assert_eq!(raised.code().code(), "42501", "{raised:?}");
    raised.message().to_owned()
}

/// A role that may use the mirror's schema, and has what is granted.
#[track_caller]
fn guest(company: &mut Company, grants: &str) -> Client {
    let role = company.database.role("guest");
    company.rows(&format!(
        "GRANT USAGE ON SCHEMA acme TO {role}; {}",
        grants.replace("GUEST", &role)
    ));
    company.database.connect_as(&role)
}

#[test]
fn nobody_writes_evidence_by_hand_neither_by_a_grant_nor_as_owner() {
    let mut company = Company::new();
    company.attest("coverage", "{}");
    let all = TABLES
        .map(|table| format!("GRANT ALL ON {table} TO GUEST;"))
        .concat();
    let mut guest = guest(&mut company, &all);
    for table in TABLES {
        for sql in writes(table) {
            let message = format!("table \"{table}\" keeps evidence, and is not changed by hand");
            assert_eq!(refused(&mut company.owner, &sql), message);
            assert_eq!(refused(&mut guest, &sql), message);
            // The key to the owner's own functions opens nothing for anybody else.
            let with_key = format!("SET confluence_mirror.writes_evidence = 'yes'; {sql}");
            assert_eq!(refused(&mut guest, &with_key), message);
        }
    }
    let copy = error(&mut company.owner, "COPY acme.evidence FROM PROGRAM 'true'");
    assert_eq!(copy.code().code(), "42501");
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn the_tables_are_shut_again_after_an_attest_also_after_one_that_failed() {
    let mut company = Company::new();
    company.rows(
        "CREATE FUNCTION fails(as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint) LANGUAGE sql STABLE BEGIN ATOMIC SELECT CAST(1 / 0 AS bigint); END;
         SELECT register_report('fails', '?')",
    );
    let insert = "INSERT INTO acme.evidence VALUES (1, 'rows', 9, '{}')";
    let in_transaction = format!("BEGIN; SELECT confluence.attest('acme', 'coverage'); {insert}");
    refused(&mut company.owner, &in_transaction);
    company.rows("ROLLBACK");
    let after_error = format!(
        "BEGIN; SAVEPOINT a; DO $$ BEGIN PERFORM confluence.attest('acme', 'fails'); EXCEPTION WHEN division_by_zero THEN NULL; END $$; {insert}"
    );
    refused(&mut company.owner, &after_error);
    company.rows("ROLLBACK");
}

#[test]
fn who_may_attest_need_not_read_the_mirror_and_is_named() {
    let mut company = Company::new();
    let role = company.database.role("auditor");
    let mut auditor = company.database.connect_as(&role);
    let attest = "SELECT confluence.attest('acme', 'space_admins')";
    assert_eq!(
        refused(&mut auditor, attest),
        "permission denied for schema acme"
    );
    company.rows(&format!("GRANT USAGE ON SCHEMA acme TO {role}"));
    assert_eq!(
        refused(&mut auditor, attest),
        "permission denied for function attest_report"
    );
    company.rows(&format!(
        "GRANT EXECUTE ON FUNCTION attest_report(text, jsonb, integer, jsonb), verify_evidence(bigint, text), export_evidence(bigint, text),
             evidence_csv(bigint, text) TO {role}"
    ));
    assert_eq!(one(&mut auditor, attest), "1");
    assert_eq!(
        lines(
            &mut auditor,
            "SELECT status FROM confluence.verify('acme', 1)"
        ),
        ["ok", "ok", "ok"]
    );
    assert!(
        one(&mut auditor, "SELECT confluence.export_manifest('acme', 1)")
            .contains(&format!("\"session_user_name\":\"{role}\""))
    );
    assert!(one(&mut auditor, "SELECT acme.evidence_csv(1)").starts_with("space_id,"));
    assert_eq!(
        refused(&mut auditor, "SELECT * FROM acme.manifests"),
        "permission denied for table manifests"
    );
    assert_eq!(
        refused(&mut auditor, "SELECT * FROM acme.space_admins()"),
        "permission denied for function space_admins"
    );
    assert_eq!(
        refused(
            &mut auditor,
            "SELECT confluence.erase_person('acme', 'acct-dan')"
        ),
        "permission denied for function erase_account"
    );
    // Whoever has taken another role is named by both.
    let member = format!("GRANT {role} TO {}", company.owner_name);
    company.database.execute(&member);
    company.rows(&format!(
        "SET ROLE {role}; SELECT confluence.attest('acme', 'coverage'); RESET ROLE"
    ));
    assert_eq!(
        company.one("SELECT session_user_name, role_name FROM manifests WHERE id = 2"),
        format!("{}|{role}", company.owner_name)
    );
}

#[test]
fn nothing_that_a_caller_puts_in_the_way_is_called() {
    let mut company = Company::new();
    let grants = "GRANT EXECUTE ON FUNCTION attest_report(text, jsonb, integer, jsonb) TO GUEST;";
    let mut guest = guest(&mut company, grants);
    company
        .database
        .execute("GRANT CREATE ON SCHEMA public TO PUBLIC");
    // Tables, functions, operators and types of the caller's, before everything else on the path.
    guest
        .batch_execute(
            "CREATE TEMP TABLE runs (LIKE pg_catalog.pg_class); CREATE TEMP TABLE reports (name text); CREATE TEMP TABLE manifests (id bigint);
             CREATE TEMP TABLE pg_class (oid oid); CREATE TEMP TABLE pg_proc (oid oid);
             CREATE TYPE pg_temp.text AS (x integer);
             CREATE FUNCTION public.shadow(anyelement) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
             CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
             CREATE FUNCTION public.run_at(timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
             CREATE FUNCTION public.space_admins(bigint, timestamptz) RETURNS TABLE (n bigint) LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
             CREATE FUNCTION public.jsonb_or_text(pg_catalog.jsonb, pg_catalog.text) RETURNS pg_catalog.jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
             CREATE OPERATOR public.|| (LEFTARG = pg_catalog.jsonb, RIGHTARG = pg_catalog.text, FUNCTION = public.jsonb_or_text);
             SET search_path = pg_temp, public, pg_catalog",
        )
        .unwrap();
    assert_eq!(
        one(
            &mut guest,
            "SELECT confluence.attest('acme', 'space_admins')"
        ),
        "1"
    );
    assert_eq!(company.one("SELECT rows FROM manifests"), "5");
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn a_function_that_would_run_with_the_callers_rights_is_not_called() {
    let mut company = Company::new();
    company.attest("coverage", "{}");
    let mut superuser = company.database.connect();
    // Safe as it was made: it runs as the mirror's owner.
    one(
        &mut superuser,
        "SELECT count(*) FROM confluence.verify('acme') WHERE status = 'ok'",
    );
    company.rows("ALTER FUNCTION verify_evidence(bigint, text) SECURITY INVOKER");
    let verify = "SELECT confluence.verify('acme')";
    let message = "function acme.verify_evidence is not as confluence.create_mirror has made it";
    assert_eq!(refused(&mut superuser, verify), message);
    company.rows("ALTER FUNCTION verify_evidence(bigint, text) SECURITY DEFINER");
}

#[test]
fn what_is_no_mirror_is_told_so() {
    let mut company = Company::new();
    for (call, message) in [
        (
            "confluence.attest('nowhere', 'x')",
            "mirror \"nowhere\" does not exist",
        ),
        (
            "confluence.verify('public')",
            "schema \"public\" is not a mirror",
        ),
        (
            "confluence.export_manifest(NULL, 1)",
            "mirror must not be null",
        ),
        (
            "confluence.erase_person('pg_catalog', 'acct-dan')",
            "schema \"pg_catalog\" is not a mirror",
        ),
        (
            "confluence.export_manifest('acme', 7)",
            "there is no manifest 7",
        ),
    ] {
        let raised = error(&mut company.owner, &format!("SELECT {call}"));
        assert_eq!(raised.message(), message);
    }
}
