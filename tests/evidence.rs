//! Evidence: reports that are kept with their manifests, and how it shows that any of it was changed.

#[path = "evidence/attesting.rs"]
mod attesting;
#[path = "evidence/canonical.rs"]
mod canonical;
#[path = "evidence/erasing.rs"]
mod erasing;
#[path = "evidence/forging.rs"]
mod forging;
#[path = "evidence/rights.rs"]
mod rights;
#[path = "evidence/sampling.rs"]
mod sampling;
#[path = "evidence/taking_away.rs"]
mod taking_away;

use confluence_fdw_tests::{Database, lines, one};
use confluence_sim::{Options, Sim};
use postgres::Client;

use crate::scene::small_site;

/// A small company as three nightly runs have seen it.
pub const COMPANY: &str = include_str!("evidence/company.sql");

/// The mirror `acme` of an ordinary role, filled by hand, and that role's session.
pub struct Company {
    /// Session of the mirror's owner, whose search path is the mirror.
    pub owner: Client,
    pub owner_name: String,
    pub database: Database,
    pub sim: Sim,
}

impl Company {
    #[track_caller]
    pub fn new() -> Self {
        Self::of(Options::of(small_site()), COMPANY)
    }

    /// One whose mirror is filled otherwise.
    #[track_caller]
    pub fn of(site: Options, filling: &str) -> Self {
        let sim = Sim::start(site);
        let database = Database::create();
        database.site(&sim);
        let owner_name = database.role("owner");
        database.execute(&format!(
            "GRANT CREATE ON DATABASE {} TO {owner_name};
             GRANT USAGE ON FOREIGN SERVER site TO {owner_name}",
            database.name()
        ));
        let mut owner = database.connect_as(&owner_name);
        let make = format!(
            "SELECT confluence.create_mirror('site', 'acme');
             SET search_path = acme, pg_temp;
             {filling}"
        );
        owner
            .batch_execute(&make)
            .unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            owner,
            owner_name,
            database,
            sim,
        }
    }

    #[track_caller]
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        lines(&mut self.owner, sql)
    }

    #[track_caller]
    pub fn one(&mut self, sql: &str) -> String {
        one(&mut self.owner, sql)
    }

    /// Attests a report, and gives its number.
    #[track_caller]
    pub fn attest(&mut self, report: &str, parameters: &str) -> String {
        self.one(&format!(
            "SELECT confluence.attest('acme', '{report}', '{parameters}')"
        ))
    }

    /// What does not hold: manifest, step and what was found.
    #[track_caller]
    pub fn faults(&mut self, arguments: &str) -> Vec<String> {
        self.rows(&format!(
            "SELECT manifest_id, step, found FROM confluence.verify('acme'{arguments}) WHERE status = 'fail'"
        ))
    }

    /// What only somebody can do who does not keep to the rules: as a superuser, with triggers off.
    #[track_caller]
    pub fn forge(&mut self, sql: &str) {
        self.database.execute(&format!(
            "SET session_replication_role = replica; SET search_path = acme; {sql}"
        ));
    }
}

/// A report of one's own that has a value of every kind, and gives the session's settings every chance to show.
pub const ODD: &str = r#"
    CREATE FUNCTION odd(space bigint, tags text[] DEFAULT '{}', since timestamptz DEFAULT NULL, as_of timestamptz DEFAULT NULL)
    RETURNS TABLE (n bigint, t text, a text[], j jsonb, ts timestamptz, i interval, f double precision, m numeric, d date, b bytea, bo boolean, x integer[])
    LANGUAGE sql STABLE BEGIN ATOMIC
        SELECT v.* FROM (VALUES
            (CAST(1 AS bigint), 'plain', CAST('{a,"b c",NULL,"NULL",""}' AS text[]),
             CAST('{"bb": 1, "a": {"z": [1, {"y": null, "x": "ü\"\n"}], "é": 1.10}, "B": true}' AS jsonb),
             CAST('2026-07-01 12:00:00.1234+02' AS timestamptz), CAST('-1 day -02:03:04.5' AS interval), CAST(0.1 AS double precision), 1.10,
             CAST('2026-02-28' AS date), CAST('\x00ff' AS bytea), true, CAST('{3,1,2}' AS integer[])),
            (2, '', '{}', '[]', 'infinity', '1 year 2 mons', 'NaN', 'NaN', 'infinity', '\x', false, NULL),
            (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (4, E'a "quoted", line\r\nnext', '{"x\"y",","}', 'null', '-infinity', '0', '-Infinity', 1e30, '0044-03-15 BC', '\x22', NULL, '{{1,2},{3,4}}'),
            (10, ' blank ', '{a}', '"text"', '0044-03-15 10:00Z BC', '-1 mon +1 day -00:00:01', 1e-7, 0.0, '2026-01-01', '\x', NULL, '{}')
        ) AS v;
    END;
    SELECT register_report('odd', 'What does every kind of value look like?', '{"SOC 2 CC6.1"}')"#;
