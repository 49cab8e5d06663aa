//! Evidence outlives the extension, and goes where there is none.

use confluence_fdw_tests::{Database, lines, one, skip};

use super::Company;

#[test]
fn it_works_without_the_extension() {
    let mut company = Company::new();
    company.attest("space_admins", "{}");
    company
        .database
        .execute("DROP EXTENSION confluence_fdw CASCADE");
    assert_eq!(company.one("SELECT attest_report('coverage')"), "2");
    assert_eq!(
        company.rows("SELECT step, status FROM verify_evidence(1)"),
        ["chain|ok", "parameters|ok", "rows|ok"]
    );
    assert_eq!(
        company.one("SELECT export_evidence(1) = manifest FROM manifests WHERE id = 1"),
        "t"
    );
    assert_eq!(
        company.one("SELECT count(*) FROM erase_account('acct-dan')"),
        "9"
    );
    assert_eq!(
        company.rows("SELECT * FROM verify_evidence() WHERE status <> 'ok'"),
        Vec::<String>::new()
    );
}

#[test]
fn a_dump_that_is_restored_elsewhere_gives_the_same_answers_and_takes_new_evidence() {
    let mut company = Company::new();
    company.attest("space_admins", "{}");
    company.rows("SELECT confluence.erase_person('acme', 'acct-dan')");
    company.attest("effective_space_access_as_of", "{}");
    let arguments = ["--schema", "acme", "--no-owner", "--no-privileges"];
    let Some(dump) = company.database.dump_with(&arguments) else {
        return skip("there is no pg_dump");
    };
    let ask = "SELECT * FROM acme.verify_evidence(); SELECT evidence_csv, md5(acme.export_evidence(3)) FROM acme.evidence_csv(3);
               SELECT md5(string_agg(a::text, ',' ORDER BY a::text)) FROM acme.effective_space_access_as_of() AS a";
    let before = lines(&mut company.owner, ask);
    let elsewhere = Database::empty();
    elsewhere.psql(&dump);
    let mut there = elsewhere.connect();
    assert_eq!(lines(&mut there, ask), before);
    assert_eq!(
        one(&mut there, "SELECT acme.attest_report('coverage')"),
        "4"
    );
    assert_eq!(
        lines(
            &mut there,
            "SELECT * FROM acme.verify_evidence() WHERE status <> 'ok'"
        ),
        Vec::<String>::new()
    );
}
