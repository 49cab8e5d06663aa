//! Forgeries: whatever was changed, taken out, added or put elsewhere is found, and where.

use super::Company;

/// A company with five manifests: two reports, one of them in three files; a person erased; another report; one more.
fn company() -> (Company, String) {
    let mut company = Company::new();
    company.rows(
        "CREATE FUNCTION many(rows bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint, half text)
             LANGUAGE sql STABLE BEGIN ATOMIC SELECT n, 'x' FROM generate_series(1, rows) AS n; END;
         SELECT register_report('many', 'How many?')",
    );
    company.attest("space_admins", "{}");
    company.attest("many", r#"{"rows": 20001}"#);
    company.rows("SELECT confluence.erase_person('acme', 'acct-dan')");
    company.attest("dormant_grants", "{}");
    company.attest("many", r#"{"rows": 3}"#);
    let head = company.one("SELECT chain_head()");
    let arguments = format!(", head => '{head}'");
    assert_eq!(company.faults(&arguments), Vec::<String>::new());
    (company, head)
}

/// What `verify` finds after a forgery, in all manifests.
#[track_caller]
fn found(forgery: &str) -> Vec<String> {
    let (mut company, _) = company();
    company.forge(forgery);
    company.faults("")
}

/// Makes the chain anew from a manifest on, as somebody does who may change everything and knows how.
const RECOMPUTE: &str = "
    DO $$
    DECLARE m manifests; before text := repeat('0', 64);
    BEGIN
        SET LOCAL TimeZone = 'UTC';
        FOR m IN SELECT * FROM manifests ORDER BY id LOOP
            m.prev_sha256 := before;
            m.chunks := CASE WHEN m.kind = 'report' THEN (
                SELECT jsonb_agg(chunk_hashes(CASE WHEN chunk = 1 THEN csv_header(m.columns) END, lines, NULL) ORDER BY chunk)
                FROM evidence WHERE manifest_id = m.id) END;
            m.manifest := canonical_json(manifest_columns(m));
            m.sha256 := sha256_of(m.manifest);
            UPDATE manifests SET (chunks, prev_sha256, manifest, sha256) = (m.chunks, m.prev_sha256, m.manifest, m.sha256) WHERE id = m.id;
            before := m.sha256;
        END LOOP;
    END $$;";

#[test]
fn a_row_that_was_changed_taken_out_added_or_moved() {
    let chunk_two = ["2|rows|chunk 2 is not what was attested"];
    assert_eq!(
        found("UPDATE evidence SET lines[17] = '17,y' WHERE manifest_id = 2 AND chunk = 2"),
        chunk_two
    );
    assert_eq!(
        found(
            "UPDATE evidence SET lines = lines[1:9998] || lines[10000:10000] WHERE manifest_id = 2 AND chunk = 2"
        ),
        chunk_two
    );
    assert_eq!(
        found(
            "UPDATE evidence SET lines = lines || text '99999,x' WHERE manifest_id = 2 AND chunk = 2"
        ),
        chunk_two
    );
    assert_eq!(
        found(
            "UPDATE evidence SET lines = lines[2:2] || lines[1:1] || lines[3:10000] WHERE manifest_id = 2 AND chunk = 2"
        ),
        chunk_two
    );
    assert_eq!(
        found("DELETE FROM evidence WHERE manifest_id = 2 AND chunk = 3"),
        ["2|rows|chunk 3 is gone"]
    );
    assert_eq!(
        found("INSERT INTO evidence VALUES (2, 'rows', 4, '{\"1,x\"}')"),
        ["2|rows|chunk 4 was added"]
    );
    assert_eq!(
        found(
            "UPDATE evidence SET chunk = 3 - chunk + 10 WHERE manifest_id = 2 AND chunk < 3; UPDATE evidence SET chunk = chunk - 10 WHERE chunk > 10"
        ),
        ["2|rows|chunk 1 is not what was attested; chunk 2 is not what was attested"]
    );
    assert_eq!(
        found("UPDATE evidence SET manifest_id = 77 WHERE manifest_id = 5"),
        [
            "5|rows|chunk 1 is gone",
            "77|rows|there is evidence without a manifest"
        ]
    );
    // Two lines in one: the bytes of the file are the same.
    assert_eq!(
        found(
            "UPDATE evidence SET lines = ARRAY[lines[1] || E'\\n' || lines[2], lines[3]] WHERE manifest_id = 5"
        ),
        ["5|rows|chunk 1 is not what was attested"]
    );
}

#[test]
fn a_row_that_was_erased_by_hand() {
    assert_eq!(
        found("UPDATE evidence SET lines[2] = NULL WHERE manifest_id = 5"),
        ["5|rows|chunk 1 is not what was attested"]
    );
    // With the hash of the line left, but no manifest of an erasure.
    assert_eq!(
        found(
            "INSERT INTO erased_lines SELECT 5, 'rows', 1, 2, sha256_of(lines[2]), 3 FROM evidence WHERE manifest_id = 5;
             UPDATE evidence SET lines[2] = NULL WHERE manifest_id = 5"
        ),
        ["5|rows|chunk 1 has 1 erased lines, and manifests of erasures tell of 0"]
    );
    // One more than the erasure has told of.
    assert_eq!(
        found(
            "INSERT INTO erased_lines SELECT 1, 'rows', 1, 1, sha256_of(lines[1]), 3 FROM evidence WHERE manifest_id = 1;
             UPDATE evidence SET lines[1] = NULL WHERE manifest_id = 1"
        ),
        ["1|rows|chunk 1 has 2 erased lines, and manifests of erasures tell of 1"]
    );
    // Another line beside one that was erased.
    assert_eq!(
        found("UPDATE evidence SET lines[1] = '1,forged' WHERE manifest_id = 1"),
        ["1|rows|chunk 1 is not what was attested"]
    );
    assert_eq!(
        found("UPDATE erased_lines SET sha256 = repeat('a', 64)"),
        ["1|rows|chunk 1 is not what was attested"]
    );
    assert_eq!(
        found("DELETE FROM erased_lines"),
        ["1|rows|chunk 1 is not what was attested"]
    );
    // An erased line that was filled with something else.
    assert_eq!(
        found("UPDATE evidence SET lines[5] = 'forged' WHERE manifest_id = 1"),
        ["1|rows|chunk 1 is not what was attested"]
    );
}

#[test]
fn a_manifest_whose_bytes_columns_or_hash_were_changed() {
    let bytes = "2|chain|its bytes are not those that its hash is of";
    assert_eq!(
        found(
            "UPDATE manifests SET manifest = replace(manifest, '\"rows\":20001,', '\"rows\":20002,') WHERE id = 2"
        ),
        [format!(
            "{bytes}; its columns are not what its bytes say: rows"
        )]
    );
    assert_eq!(
        found("UPDATE manifests SET manifest = manifest || ' ' WHERE id = 2"),
        [bytes]
    );
    assert_eq!(
        found("UPDATE manifests SET manifest = 'no JSON' WHERE id = 2")[0]
            .split("; ")
            .take(2)
            .collect::<Vec<_>>(),
        [
            bytes,
            "it was made after another manifest than the one before it"
        ]
    );
    assert_eq!(
        found("UPDATE manifests SET rows = 20002, complete = false WHERE id = 2"),
        ["2|chain|its columns are not what its bytes say: complete, rows"]
    );
    assert_eq!(
        found(
            "UPDATE manifests SET created_at = created_at + interval '1 microsecond' WHERE id = 2"
        ),
        ["2|chain|its columns are not what its bytes say: created_at"]
    );
    assert_eq!(
        found("UPDATE manifests SET sha256 = repeat('b', 64) WHERE id = 2"),
        [
            bytes.to_owned(),
            "3|chain|it was made after another manifest than the one before it".to_owned()
        ]
    );
    assert_eq!(
        found("UPDATE manifests SET parameters = '{\"rows\": 1}' WHERE id = 2"),
        ["2|parameters|they are not what was attested"]
    );
    assert_eq!(
        found("UPDATE manifests SET parameters = NULL, parameters_salt = NULL WHERE id = 2"),
        ["2|parameters|they are not what was attested"]
    );
}

#[test]
fn a_manifest_that_was_forged_with_its_hash_breaks_the_chain_behind_it() {
    assert_eq!(
        found(
            "UPDATE manifests SET rows = 20002, manifest = replace(manifest, '\"rows\":20001,', '\"rows\":20002,') WHERE id = 2;
             UPDATE manifests SET sha256 = sha256_of(manifest) WHERE id = 2"
        ),
        ["3|chain|it was made after another manifest than the one before it"]
    );
}

#[test]
fn one_that_was_taken_out_with_its_rows() {
    assert_eq!(
        found("DELETE FROM manifests WHERE id = 2; DELETE FROM evidence WHERE manifest_id = 2"),
        [
            "3|chain|what was before it is gone: 2; it was made after another manifest than the one before it"
        ]
    );
    assert_eq!(
        found(
            "DELETE FROM manifests WHERE id IN (1, 2); DELETE FROM evidence WHERE manifest_id IN (1, 2)"
        ),
        [
            "3|chain|what was before it is gone: 1 to 2; it was made after another manifest than the one before it"
        ]
    );
    // And those behind it moved up, so that there is no gap.
    let found = found(
        "DELETE FROM manifests WHERE id = 2; DELETE FROM evidence WHERE manifest_id = 2;
         UPDATE manifests SET id = id - 1 WHERE id > 2; UPDATE evidence SET manifest_id = manifest_id - 1 WHERE manifest_id > 2",
    );
    assert_eq!(
        found[0],
        "2|chain|it was made after another manifest than the one before it; its columns are not what its bytes say: id"
    );
}

#[test]
fn a_chain_that_was_reordered() {
    let found = found(
        "UPDATE manifests SET id = CASE id WHEN 4 THEN 105 WHEN 5 THEN 104 END WHERE id IN (4, 5);
         UPDATE manifests SET id = id - 100 WHERE id > 100;
         UPDATE evidence SET manifest_id = CASE manifest_id WHEN 4 THEN 105 WHEN 5 THEN 104 END WHERE manifest_id IN (4, 5);
         UPDATE evidence SET manifest_id = manifest_id - 100 WHERE manifest_id > 100",
    );
    let fault = "it was made after another manifest than the one before it; its columns are not what its bytes say: id";
    assert_eq!(
        found,
        [format!("4|chain|{fault}"), format!("5|chain|{fault}")]
    );
}

#[test]
fn whichever_manifest_is_asked_for_the_whole_chain_is_looked_at() {
    let (mut company, _) = company();
    company.forge("UPDATE manifests SET rows = 1 WHERE id = 2; UPDATE evidence SET lines[1] = 'x' WHERE manifest_id = 2 AND chunk = 1");
    assert_eq!(
        company.faults(", 5"),
        ["2|chain|its columns are not what its bytes say: rows"]
    );
    assert_eq!(
        company.faults(", 2"),
        [
            "2|chain|its columns are not what its bytes say: rows",
            "2|rows|chunk 1 is not what was attested"
        ]
    );
    assert_eq!(
        company.faults(", 6"),
        [
            "2|chain|its columns are not what its bytes say: rows",
            "6|manifest|there is no such manifest"
        ]
    );
}

#[test]
fn the_last_taken_off_or_a_chain_made_anew_is_found_with_a_head_that_was_kept_elsewhere() {
    let last = "DELETE FROM manifests WHERE id = 5; DELETE FROM evidence WHERE manifest_id = 5;";
    let (mut cut, head) = company();
    cut.forge(last);
    assert_eq!(
        cut.faults(""),
        Vec::<String>::new(),
        "nobody can tell without it"
    );
    let wrong =
        "NULL|head|no manifest has this hash: manifests were taken off, or the chain was made anew";
    assert_eq!(cut.faults(&format!(", head => '{head}'")), [wrong]);

    let (mut forged, head) = company();
    let early = forged.one("SELECT sha256 FROM manifests WHERE id = 1");
    forged.forge(&format!(
        "UPDATE evidence SET lines[1] = '1,forged' WHERE manifest_id = 5; {RECOMPUTE}"
    ));
    assert_eq!(
        forged.faults(", 5"),
        Vec::<String>::new(),
        "nobody can tell without it"
    );
    assert_eq!(forged.faults(&format!(", 5, '{head}'")), [wrong]);
    // What was before the forgery is as it was.
    let found = forged.rows(&format!(
        "SELECT manifest_id, status, found FROM confluence.verify('acme', 2, ' {} ') WHERE step = 'head'",
        early.to_uppercase()
    ));
    assert_eq!(found.len(), 1);
}

#[test]
fn what_holds_is_said_step_by_step() {
    let (mut company, head) = company();
    assert_eq!(
        company.rows(&format!(
            "SELECT * FROM confluence.verify('acme', 1, '{head}')"
        )),
        [
            format!("NULL|chain|ok|5 manifests, each made after the one before; head {head}"),
            "1|parameters|ok|as attested".to_owned(),
            "1|rows|ok|4 rows as attested, 1 erased".to_owned(),
            "5|head|ok|the chain is as it was up to this manifest; 0 were added since".to_owned(),
        ]
    );
    let mut empty = Company::new();
    assert_eq!(
        empty.rows("SELECT * FROM confluence.verify('acme')"),
        ["NULL|chain|ok|there are no manifests"]
    );
}
