//! A person's data can go, and what is left can still be verified.

use confluence_fdw_tests::error;

use super::Company;

/// Whatever of the mirror still has a text, by table; but for the account that read the site.
fn mentions(company: &mut Company, text: &str) -> Vec<String> {
    let tables = company.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r' ORDER BY 1",
    );
    tables
        .into_iter()
        .filter(|table| {
            let count =
                format!("SELECT count(*) FROM {table} AS t WHERE strpos(t::text, '{text}') > 0");
            company.one(&count) != "0"
        })
        .collect()
}

#[test]
fn nothing_that_names_the_person_is_left_and_counts_stay_what_they_were() {
    let mut company = Company::new();
    company.attest("person_access", r#"{"account": "acct-dan"}"#);
    company.attest("space_admins", "{}");
    company.attest("leaver_ownership", "{}");
    let admins = "SELECT count(*) FROM space_admins(as_of => '2026-07-01T12:00Z')";
    let before = company.one(admins);
    assert!(mentions(&mut company, "Dan Day").contains(&"audit_log".to_owned()));
    let erased = company.rows("SELECT * FROM confluence.erase_person('acme', 'acct-dan')");
    assert_eq!(
        erased,
        [
            "evidence|11",
            "manifests|1",
            "content_restrictions_history|1",
            "emails_history|1",
            "group_members_history|2",
            "pages_history|3",
            "permissions_history|2",
            "spaces_history|1",
            "users_history|2",
            "audit_log|1",
        ]
    );
    for text in ["acct-dan", "Dan Day", "dan@acme.example"] {
        assert_eq!(mentions(&mut company, text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(company.one(admins), before);
    assert_eq!(
        company.one("SELECT account_id, display_name, account_status FROM users_as_of() WHERE account_id LIKE 'erased%'"),
        "erased-4|NULL|inactive"
    );
    assert_eq!(
        company.one("SELECT affected_object_name FROM audit_log WHERE record_sha256 = '\\x03'"),
        "erased-4"
    );
    assert_eq!(
        company.rows("SELECT space_id, findings, owner_id, owner_name FROM orphaned_spaces() WHERE space_id = 4"),
        ["4|{no_active_administrator,owner_left}|erased-4|NULL"]
    );
}

#[test]
fn what_is_left_of_the_evidence_can_be_verified_and_says_what_is_gone() {
    let mut company = Company::new();
    company.attest("person_access", r#"{"account": "acct-dan"}"#);
    company.attest("space_admins", "{}");
    company.rows("SELECT confluence.erase_person('acme', 'acct-dan')");
    assert_eq!(
        company.rows("SELECT manifest_id, step, status, found FROM confluence.verify('acme') WHERE manifest_id IS NOT NULL"),
        [
            "1|parameters|ok|erased by manifest 3",
            "1|rows|ok|0 rows as attested, 7 erased",
            "2|parameters|ok|as attested",
            "2|rows|ok|4 rows as attested, 1 erased",
        ]
    );
    let lines = company.one("SELECT array_length(string_to_array(evidence_csv(2), E'\\n'), 1)");
    assert_eq!(
        lines, "6",
        "a header, four rows, and what is behind the last line end"
    );
    // The manifest of the erasure does not say whom.
    let told =
        company.one("SELECT kind, removed, manifest LIKE '%dan%' FROM manifests WHERE id = 3");
    assert_eq!(
        told,
        r#"erasure|[{"part": "rows", "rows": 7, "chunk": 1, "manifest_id": 1}, {"part": "rows", "rows": 1, "chunk": 1, "manifest_id": 2}, {"part": "parameters", "manifest_id": 1}]|f"#
    );
    // A second erasure, of somebody else in the same files.
    company.rows("SELECT confluence.erase_person('acme', 'acct-bob')");
    assert_eq!(
        company.rows("SELECT found FROM confluence.verify('acme', 2) WHERE step = 'rows'"),
        ["3 rows as attested, 2 erased"]
    );
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn a_page_that_is_called_like_somebody_stays_and_a_name_alone_goes() {
    let mut company = Company::new();
    company.rows(
        "CREATE FUNCTION names(as_of timestamptz DEFAULT NULL) RETURNS TABLE (title text, name text, email text)
             LANGUAGE sql STABLE BEGIN ATOMIC
                 SELECT v.* FROM (VALUES (text 'Dan Day', text 'Ann Admin', CAST(NULL AS text)), ('a page', 'Dan Day', NULL), ('Dan Day, again', 'x', 'y'),
                                         ('by mail', NULL, 'dan@acme.example'), ('by mail', NULL, 'jordan@acme.example'), ('quoted', 'Cat \"C\" Cole', NULL)) AS v;
             END;
         SELECT register_report('names', 'Who?')",
    );
    company.attest("names", "{}");
    company.rows("SELECT confluence.erase_person('acme', 'acct-dan'); SELECT confluence.erase_person('acme', 'acct-cat')");
    assert_eq!(
        company.one("SELECT evidence_csv(1)"),
        "title,name,email\n\"Dan Day, again\",x,y\nDan Day,Ann Admin,\nby mail,,jordan@acme.example\n"
    );
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn a_personal_space_is_called_after_nobody() {
    let mut company = Company::new();
    company.rows(
        "INSERT INTO spaces_history (id, key, name, type, status, author_id, owner_id, web_url, valid_from, run_from)
         VALUES (9, '~accdan', 'Dan Day', 'personal', 'current', 'acc:dan-1', 'acc:dan-1', '/spaces/~accdan', now(), 3),
                (10, '~accdan1', 'Dan Day', 'personal', 'current', 'acc:dan1', 'acc:dan1', '/spaces/~accdan1', now(), 3)",
    );
    company.rows("SELECT confluence.erase_person('acme', 'acc:dan1')");
    assert_eq!(
        company.rows(
            "SELECT id, key, name, owner_id, web_url FROM spaces_history WHERE id > 8 ORDER BY id"
        ),
        [
            "9|~accdan|Dan Day|acc:dan-1|/spaces/~accdan",
            "10|~erased-1|erased-1|erased-1|NULL"
        ]
    );
}

#[test]
fn an_erasure_is_whole_or_not_at_all() {
    let mut company = Company::new();
    company.attest("space_admins", "{}");
    let raised = error(
        &mut company.owner,
        "SELECT confluence.erase_person('acme', 'acct')",
    );
    assert_eq!(raised.message(), "account must be an account id");
    company.rows("BEGIN; SELECT confluence.erase_person('acme', 'acct-dan'); ROLLBACK");
    assert_eq!(mentions(&mut company, "Dan Day").len(), 5);
    assert_eq!(
        company.rows("SELECT found FROM confluence.verify('acme') WHERE step = 'rows'"),
        ["5 rows as attested"]
    );
}

#[test]
fn evidence_that_is_old_enough_goes_and_its_manifest_says_so() {
    let mut company = Company::new();
    company.attest("space_admins", "{}");
    company.rows("SELECT confluence.erase_person('acme', 'acct-dan')");
    company.attest("coverage", "{}");
    let since = "(SELECT created_at FROM manifests WHERE id = 3)";
    assert_eq!(company.one(&format!("SELECT prune_evidence({since})")), "4");
    assert_eq!(
        company.rows("SELECT DISTINCT manifest_id FROM evidence"),
        ["3"]
    );
    let kept = company.one("SELECT rows FROM manifests WHERE id = 3");
    assert_eq!(
        company.rows(
            "SELECT manifest_id, status, found FROM confluence.verify('acme') WHERE step = 'rows'"
        ),
        [
            "1|skip|removed by manifest 4".to_owned(),
            format!("3|ok|{kept} rows as attested")
        ]
    );
    assert_eq!(
        company.one(&format!("SELECT prune_evidence({since})")),
        "NULL",
        "nothing is left to remove"
    );
    // Removed by hand is something else.
    company.forge("DELETE FROM evidence WHERE manifest_id = 3");
    assert_eq!(company.faults(""), ["3|rows|chunk 1 is gone"]);
}
