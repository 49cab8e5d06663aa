//! The latest rows of all sites.

use confluence_fdw_tests::{lines, requests};

use super::{NAMES, Sites};

/// The three sites as partitions, as children, and as a `UNION ALL`; and a copy of all their pages.
#[track_caller]
fn sites_in_every_way() -> Sites {
    let mut sites = Sites::partitioned();
    sites.execute("CREATE TABLE heirs (site text NOT NULL, LIKE confluence_pages)");
    let mut parts = Vec::new();
    for name in NAMES {
        sites.execute(&format!(
            "CREATE FOREIGN TABLE heirs_{name} (CHECK (site = '{name}')) INHERITS (heirs)
                 SERVER {name} OPTIONS (table 'confluence_pages', site '{name}');
             CREATE SCHEMA {name};
             IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER {name} INTO {name}"
        ));
        parts.push(format!(
            "SELECT '{name}' AS site, * FROM {name}.confluence_pages"
        ));
    }
    sites.execute(&format!(
        "CREATE VIEW together AS {};
         CREATE TABLE truth AS SELECT * FROM pages",
        parts.join(" UNION ALL ")
    ));
    sites
}

impl Sites {
    /// Holds the rows of a query against those of the same query of the copy; gives the requests of each site.
    #[track_caller]
    fn same(&mut self, from: &str, sql: &str) -> Vec<Vec<String>> {
        for sim in &self.sims {
            sim.clear_log();
        }
        let rows = lines(&mut self.client, &sql.replace("{}", from));
        let requests = self.sims.iter().map(|sim| requests(sim)).collect();
        let truth = lines(&mut self.client, &sql.replace("{}", "truth"));
        assert!(rows == truth, "{sql} of {from}: {rows:#?} {truth:#?}");
        requests
    }

    /// The same, where each site got so many requests.
    #[track_caller]
    fn takes(&mut self, from: &str, sql: &str, expected: [usize; 3]) -> Vec<Vec<String>> {
        let requests = self.same(from, sql);
        let counts: Vec<usize> = requests.iter().map(Vec::len).collect();
        assert_eq!(counts, expected, "{sql} of {from}: {requests:#?}");
        requests
    }
}

const TABLES: [&str; 3] = ["pages", "heirs", "together"];

#[test]
fn the_latest_of_all_sites_take_one_request_to_each() {
    let mut sites = sites_in_every_way();
    let latest = "SELECT modified_at FROM {} ORDER BY modified_at DESC";
    for from in TABLES {
        for (rest, limit) in [
            ("LIMIT 5", 5),
            ("OFFSET 3 LIMIT 2", 5),
            ("FETCH FIRST 5 ROWS WITH TIES", 5),
            ("LIMIT (SELECT 5)", 10),
        ] {
            let sql = format!("{latest} {rest}");
            for asked in sites.takes(from, &sql, [1, 1, 1]) {
                let expected = format!("GET /wiki/api/v2/pages?sort=-modified-date&limit={limit}");
                assert_eq!(asked, [expected], "{sql} of {from}");
            }
        }
        for (sql, expected) in [
            (
                "SELECT max(modified_at), min(modified_at) FROM {}",
                [2, 2, 2],
            ),
            ("SELECT id FROM {} ORDER BY id LIMIT 3", [1, 1, 1]),
            (
                "SELECT DISTINCT modified_at FROM {} ORDER BY modified_at DESC LIMIT 3",
                [1, 1, 1],
            ),
            (
                "SELECT id, row_number() OVER (ORDER BY modified_at DESC) FROM {} ORDER BY modified_at DESC, id LIMIT 3",
                [1, 1, 1],
            ),
            (
                "SELECT modified_at FROM (SELECT * FROM {} ORDER BY modified_at DESC LIMIT 5) x ORDER BY 1",
                [1, 1, 1],
            ),
            (
                "SELECT modified_at FROM {} WHERE modified_at IS NOT NULL AND site IS NOT NULL ORDER BY 1 DESC LIMIT 5",
                [1, 1, 1],
            ),
        ] {
            sites.takes(from, sql, expected);
        }
        // Further pages come from wherever the next rows are.
        let requests = sites.same(from, &format!("{latest} LIMIT 60"));
        let total: usize = requests.iter().map(Vec::len).sum();
        assert!((6..=9).contains(&total), "{from}: {requests:#?}");
    }
}

#[test]
fn the_latest_are_asked_of_all_sites_before_one_has_answered() {
    let mut sites = sites_in_every_way();
    for setting in [
        "RESET confluence_fdw.statement_cache_size",
        "SET confluence_fdw.statement_cache_size = 0",
    ] {
        sites.execute(setting);
        for from in TABLES {
            for sql in [
                "SELECT modified_at FROM {} ORDER BY modified_at DESC LIMIT 5",
                "SELECT max(modified_at) FROM {}",
            ] {
                let barrier = sites.answer_when_all_are_asked();
                sites.takes(from, sql, [1, 1, 1]);
                assert!(barrier.is_open(), "{sql} of {from}");
            }
        }
    }
}

#[test]
fn the_latest_of_one_site_take_one_request() {
    let mut sites = sites_in_every_way();
    for from in TABLES {
        for sql in [
            "SELECT title FROM {} WHERE site = 'globex' ORDER BY modified_at DESC LIMIT 5",
            "SELECT title FROM {} WHERE site = 'globex' ORDER BY site, modified_at DESC LIMIT 5",
        ] {
            let asked = &sites.takes(from, sql, [0, 1, 0])[1];
            assert!(
                asked[0].ends_with("sort=-modified-date&limit=5"),
                "{asked:?}"
            );
        }
    }
    let sql = "SELECT site, modified_at FROM {} ORDER BY site, modified_at DESC LIMIT 5";
    // Partitions come in the order of their values, so that no other is read.
    let asked = &sites.takes("pages", sql, [1, 0, 0])[0];
    assert!(
        asked[0].ends_with("sort=-modified-date&limit=5"),
        "{asked:?}"
    );
    for from in ["heirs", "together"] {
        sites.takes(from, sql, [1, 1, 1]);
    }
}

#[test]
fn a_plan_that_is_kept_reads_the_latest_of_the_sites_that_it_is_given() {
    let mut sites = sites_in_every_way();
    sites.execute("SET plan_cache_mode = force_generic_plan");
    for from in TABLES {
        sites.execute(&format!(
            "PREPARE few (int) AS SELECT modified_at FROM {from} ORDER BY modified_at DESC LIMIT $1;
             PREPARE site (text) AS SELECT modified_at FROM {from} WHERE site = $1 ORDER BY modified_at DESC LIMIT 5;
             PREPARE either (text) AS SELECT modified_at FROM {from} WHERE site IN ('acme', $1) ORDER BY modified_at DESC LIMIT 5"
        ));
        let truth = |sites: &mut Sites, rest: &str| {
            lines(
                &mut sites.client,
                &format!("SELECT modified_at FROM truth {rest}"),
            )
        };
        for (sql, rest, expected) in [
            ("EXECUTE few (5)", "ORDER BY 1 DESC LIMIT 5", [1, 1, 1]),
            ("EXECUTE few (NULL)", "ORDER BY 1 DESC", [4, 5, 5]),
            (
                "EXECUTE site ('initech')",
                "WHERE site = 'initech' ORDER BY 1 DESC LIMIT 5",
                [0, 0, 1],
            ),
            (
                "EXECUTE either ('initech')",
                "WHERE site IN ('acme', 'initech') ORDER BY 1 DESC LIMIT 5",
                [1, 0, 1],
            ),
        ] {
            let truth = truth(&mut sites, rest);
            for sim in &sites.sims {
                sim.clear_log();
            }
            assert_eq!(lines(&mut sites.client, sql), truth, "{sql} of {from}");
            // Only what is partitioned is left out while a query runs.
            if from == "pages" || !sql.contains("'") {
                assert_eq!(sites.requests(), expected, "{sql} of {from}");
            }
        }
        sites.execute("DEALLOCATE ALL");
    }
}

#[test]
fn a_limit_asks_each_site_for_no_more_rows_than_are_wanted() {
    let mut sites = sites_in_every_way();
    for from in TABLES {
        for sql in [
            "SELECT count(*) FROM (SELECT id FROM {} LIMIT 3) x",
            "SELECT count(*) FROM (SELECT id FROM {} OFFSET 1 LIMIT 2) x",
            "SELECT count(*) FROM (SELECT id FROM {} WHERE site <> '' LIMIT 3) x",
        ] {
            let asked = &sites.takes(from, sql, [1, 0, 0])[0];
            assert_eq!(asked, &["GET /wiki/api/v2/pages?limit=3"], "{sql}");
        }
        // What PostgreSQL has left to check may leave fewer.
        for sql in [
            "SELECT count(*) FROM (SELECT id FROM {} WHERE version_number > 0 LIMIT 3) x",
            "SELECT count(*) FROM (SELECT id FROM {} WHERE site <> title LIMIT 3) x",
            "SELECT count(*) FROM (SELECT DISTINCT id FROM {} ORDER BY id LIMIT 1) x",
        ] {
            let asked = &sites.same(from, sql)[0];
            assert!(asked[0].ends_with("limit=10"), "{sql}: {asked:?}");
        }
    }
}
