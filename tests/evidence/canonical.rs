//! The bytes that are hashed: of rows, and of manifests.

use serde_json::Value;

use super::{Company, ODD};

/// The file of the odd report, and what sha256sum says of it.
const FILE: &str = "n,t,a,j,ts,i,f,m,d,b,bo,x\n\
    1,plain,\"[\"\"a\"\",\"\"b c\"\",null,\"\"NULL\"\",\"\"\"\"]\",\"{\"\"B\"\":true,\"\"a\"\":{\"\"z\"\":[1,{\"\"x\"\":\"\"ü\\\"\"\\n\"\",\"\"y\"\":null}],\"\"é\"\":1.10},\"\"bb\"\":1}\",2026-07-01T10:00:00.1234+00:00,P-1DT-2H-3M-4.5S,0.1,1.10,2026-02-28,\\x00ff,true,\"[3,1,2]\"\n\
    10, blank ,\"[\"\"a\"\"]\",text,0044-03-15T10:00:00+00:00 BC,P-1M1DT-1S,0.0000001,0.0,2026-01-01,\\x,,\"[]\"\n\
    2,\"\",\"[]\",\"[]\",infinity,P1Y2M,NaN,NaN,infinity,\\x,false,\n\
    3,,,,,,,,,,,\n\
    4,\"a \"\"quoted\"\", line\r\nnext\",\"[\"\"x\\\"\"y\"\",\"\",\"\"]\",null,-infinity,PT0S,-Infinity,1000000000000000000000000000000,0044-03-15 BC,\\x22,,\"[[1,2],[3,4]]\"\n";
const FILE_SHA256: &str = "0a1a14c853682e611e825dfedd1b05a37a883df6862666b97385901f90572bad";

/// Settings by which a session would have values written otherwise.
const OTHER_SETTINGS: &str = "SET TimeZone = 'America/New_York'; SET DateStyle = 'German'; SET IntervalStyle = 'sql_standard';
    SET extra_float_digits = -5; SET bytea_output = 'escape'; SET array_nulls = off; SET quote_all_identifiers = on;
    SET standard_conforming_strings = off; SET escape_string_warning = off";

#[test]
fn rows_are_the_same_bytes_whatever_the_session_has_set() {
    let mut company = Company::new();
    company.rows(ODD);
    company.attest("odd", r#"{"space": 1}"#);
    let other = format!("{OTHER_SETTINGS}; SELECT 1");
    company.rows(&other);
    company.attest("odd", r#"{"space": 1}"#);
    for id in [1, 2] {
        assert_eq!(company.one(&format!("SELECT evidence_csv({id})")), FILE);
    }
    let hashes = company.rows("SELECT DISTINCT chunks -> 0 ->> 'sha256' FROM manifests");
    assert_eq!(hashes, [FILE_SHA256]);
    let code = company.one("SELECT count(DISTINCT (code_sha256, sql)) FROM manifests");
    assert_eq!(code, "1");
}

#[test]
fn postgresql_reads_the_file_back_as_it_was() {
    let mut company = Company::new();
    company.rows(ODD);
    company.attest("odd", r#"{"space": 1}"#);
    let file = company.one("SELECT evidence_csv(1)");
    let path = company.database.file("odd.csv", file);
    let same = format!(
        "CREATE TABLE public.read_back (n bigint, t text, a jsonb, j text, ts timestamptz, i interval, f float8, m numeric, d date, b bytea, bo boolean, x jsonb);
         COPY public.read_back FROM '{}' WITH (FORMAT csv, HEADER);
         SELECT count(*) FROM public.read_back r JOIN acme.odd(1) o USING (n)
         WHERE (r.t, r.a, r.ts, r.i, r.f, r.m, r.d, r.b, r.bo, r.x)
            IS NOT DISTINCT FROM (o.t, to_jsonb(o.a), o.ts, o.i, o.f, o.m, o.d, o.b, o.bo, to_jsonb(o.x))",
        path.display()
    );
    let mut superuser = company.database.connect();
    assert_eq!(confluence_fdw_tests::one(&mut superuser, &same), "5");
}

#[test]
fn a_manifest_is_json_with_sorted_keys_and_without_blanks() {
    let mut company = Company::new();
    company.rows(ODD);
    company.attest("odd", r#"{"space": 1}"#);
    let manifest = company.one("SELECT confluence.export_manifest('acme', 1)");
    // serde_json sorts the keys of an object, and writes no blanks.
    let read: Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), manifest);
    let told = company.one("SELECT manifest = confluence.export_manifest('acme', 1), sha256 = encode(sha256(convert_to(manifest, 'UTF8')), 'hex') FROM manifests");
    assert_eq!(told, "t|t");
    assert_eq!(read["report"], "odd");
    assert_eq!(read["prev_sha256"], "0".repeat(64));
    assert_eq!(read["as_of"], "2026-07-03T02:05:00+00:00");
    assert!(read.get("parameters").is_none(), "these can be erased");
}

#[test]
fn rows_come_in_files_of_ten_thousand_and_together_they_are_one_file() {
    let mut company = Company::new();
    company.rows(
        "CREATE FUNCTION many(rows bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint, half text)
             LANGUAGE sql STABLE BEGIN ATOMIC SELECT n, 'x' FROM generate_series(1, rows) AS n; END;
         SELECT register_report('many', 'How many?')",
    );
    let told = |company: &mut Company, rows: u32| {
        let id = company.attest("many", &format!(r#"{{"rows": {rows}}}"#));
        company.one(&format!(
            "SELECT m.rows, (SELECT string_agg(c ->> 'rows', ' ') FROM jsonb_array_elements(m.chunks) AS c),
                    (SELECT array_agg(length(e) - length(replace(e, E'\\n', ''))) FROM evidence_csv({id}) AS e),
                    (SELECT bool_and(encode(sha256(convert_to(e.csv, 'UTF8')), 'hex') = m.chunks -> (e.n - 1)::integer ->> 'sha256')
                     FROM evidence_csv({id}) WITH ORDINALITY AS e (csv, n))
             FROM manifests AS m WHERE id = {id}"
        ))
    };
    assert_eq!(told(&mut company, 0), "0|0|{1}|t");
    assert_eq!(told(&mut company, 1), "1|1|{2}|t");
    assert_eq!(told(&mut company, 10_000), "10000|10000|{10001}|t");
    assert_eq!(
        told(&mut company, 20_001),
        "20001|10000 10000 1|{10001,10000,1}|t"
    );
    assert_eq!(company.faults(""), Vec::<String>::new());
}

#[test]
fn an_in_toto_statement_names_the_manifest_and_each_file_with_its_hash() {
    let mut company = Company::new();
    company.rows(ODD);
    company.attest("odd", r#"{"space": 1}"#);
    let statement = company.one("SELECT confluence.export_manifest('acme', 1, 'in-toto')");
    let statement: Value = serde_json::from_str(&statement).expect("JSON");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let subjects: Vec<(&str, &str)> = statement["subject"]
        .as_array()
        .expect("subjects")
        .iter()
        .map(|subject| {
            let digest = subject["digest"]["sha256"].as_str().expect("a digest");
            (subject["name"].as_str().expect("a name"), digest)
        })
        .collect();
    let head = company.one("SELECT chain_head()");
    assert_eq!(
        subjects,
        [
            ("manifest-1.json", head.as_str()),
            ("odd-1.csv", FILE_SHA256)
        ]
    );
    assert_eq!(statement["predicateType"], "urn:confluence-fdw:manifest:v1");
    let predicate = &statement["predicate"];
    // Whoever gets the statement can write the manifest's bytes again.
    let bytes = company.one("SELECT manifest FROM manifests");
    assert_eq!(predicate["manifest"].to_string(), bytes);
    assert_eq!(predicate["parameters"]["space"], 1);
    let raised = confluence_fdw_tests::error(
        &mut company.owner,
        "SELECT confluence.export_manifest('acme', 1, 'yaml')",
    );
    assert_eq!(raised.message(), "there is no format \"yaml\"");
}
