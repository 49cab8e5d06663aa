//! Several sites in one query: PostgreSQL waits for all of them at once, and gets what each of them has.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{
    Database, error, explain, explain_with, hint_of, lines, literal, message_of, one, requests,
    sqlstate_of,
};
use confluence_sim::{Barrier, Fault, Options, Organisation, Reply, Sim, Size};
use postgres::Client;

use crate::scene::{PAGES, page_ids, until};

const NAMES: [&str; 3] = ["acme", "globex", "initech"];
/// Enough for anything but a wait that never ends.
const GUARD: &str = "SET statement_timeout = '60s'";
const LONG: Duration = Duration::from_secs(60);

/// Some sites, each a server of the same name, and a database that reads all of them as one.
struct Sites {
    client: Client,
    database: Database,
    sims: Vec<Arc<Sim>>,
}

impl Sites {
    /// Three sites of 40, 45 and 50 pages, read ten rows at a time; a partitioned table of their pages.
    #[track_caller]
    fn partitioned() -> Self {
        let mut sites = Self::named(&NAMES);
        sites.execute(
            "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER acme INTO public;
             CREATE TABLE pages (site text NOT NULL, LIKE confluence_pages) PARTITION BY LIST (site)",
        );
        for name in NAMES {
            sites.execute(&format!(
                "CREATE FOREIGN TABLE pages_{name} PARTITION OF pages FOR VALUES IN ('{name}')
                 SERVER {name} OPTIONS (table 'confluence_pages', site '{name}')"
            ));
        }
        sites
    }

    /// Sites without tables.
    #[track_caller]
    fn named(names: &[&str]) -> Self {
        let database = Database::create();
        let mut client = database.connect();
        client.batch_execute(GUARD).expect("a setting");
        let mut sites = Self {
            client,
            database,
            sims: Vec::new(),
        };
        for (name, pages) in names.iter().zip((40..).step_by(5)) {
            let sim = Sim::start(Options::of(organisation(pages)));
            let (url, email, token) = (sim.url(), Options::EMAIL, Options::TOKEN);
            sites.execute(&format!(
                "CREATE SERVER {name} FOREIGN DATA WRAPPER confluence_fdw
                     OPTIONS (base_url '{url}', page_size '10', max_concurrency '1');
                 CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (email '{email}', api_token {})",
                literal(token)
            ));
            sites.sims.push(Arc::new(sim));
        }
        sites
    }

    #[track_caller]
    fn execute(&mut self, sql: &str) {
        self.client
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    /// The rows of a query in ascending order, and how many requests each of the sites got for them.
    #[track_caller]
    fn read(&mut self, sql: &str) -> (Vec<String>, Vec<usize>) {
        for sim in &self.sims {
            sim.clear_log();
        }
        let mut rows = lines(&mut self.client, sql);
        rows.sort_unstable();
        (rows, self.requests())
    }

    fn requests(&self) -> Vec<usize> {
        let sims = self.sims.iter();
        sims.map(|sim| sim.data_requests().len()).collect()
    }

    /// `site|id` for every page of every site, in ascending order.
    fn truth(&self) -> Vec<String> {
        let mut truth: Vec<String> = NAMES
            .iter()
            .zip(&self.sims)
            .flat_map(|(name, sim)| {
                let ids = page_ids(&sim.organisation());
                ids.into_iter().map(move |id| format!("{name}|{id}"))
            })
            .collect();
        truth.sort_unstable();
        truth
    }

    /// From now on, the first answer of each site waits until all sites have been asked.
    fn answer_when_all_are_asked(&self) -> Barrier {
        let barrier = Barrier::of(self.sims.len());
        for sim in &self.sims {
            sim.fault(Fault::on(PAGES).times(1), Reply::Hold(barrier.clone()));
        }
        barrier
    }
}

fn organisation(pages: usize) -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 3,
        pages,
        permissions: 0,
        users: 8,
        seed: 7,
        largest_space_share: 0.5,
    })
}

const ALL: &str = "SELECT site, id FROM pages";

/// How many scans of a plan PostgreSQL waits for together.
fn asynchronous(plan: &str) -> usize {
    plan.matches("Async Foreign Scan").count()
}

// --- At once ---------------------------------------------------------------------------------------------------------

#[test]
fn a_partitioned_table_gives_the_rows_of_all_sites() {
    let mut sites = Sites::partitioned();
    assert_eq!(asynchronous(&explain(&mut sites.client, ALL)), 3);
    assert_eq!(sites.requests(), [0, 0, 0]);
    let (rows, requests) = sites.read(ALL);
    assert_eq!(rows, sites.truth());
    assert_eq!(requests, [4, 5, 5]);
}

#[test]
fn all_sites_are_asked_before_one_has_answered() {
    let mut sites = Sites::partitioned();
    let barrier = sites.answer_when_all_are_asked();
    let (rows, _) = sites.read(ALL);
    assert_eq!(rows, sites.truth());
    assert!(barrier.is_open());
}

#[test]
fn so_they_are_under_an_aggregate_and_a_join() {
    for sql in [
        "SELECT count(*) FROM pages",
        "SELECT count(*) FROM pages p JOIN (VALUES ('acme'), ('globex'), ('initech')) v (site) USING (site)",
        "SELECT sum(n) FROM (SELECT site, count(*) AS n FROM pages GROUP BY site) x",
        "SELECT count(*) FROM (SELECT DISTINCT site, id FROM pages ORDER BY site, id) x",
        "WITH x AS MATERIALIZED (SELECT * FROM pages) SELECT count(*) FROM x",
    ] {
        let mut sites = Sites::partitioned();
        sites.answer_when_all_are_asked();
        assert_eq!(one(&mut sites.client, sql), "135", "{sql}");
        assert_eq!(sites.requests(), [4, 5, 5], "{sql}");
    }
}

#[test]
fn a_snapshot_of_all_sites_is_made_so() {
    let mut sites = Sites::partitioned();
    sites.answer_when_all_are_asked();
    sites.execute("CREATE MATERIALIZED VIEW snapshot AS SELECT site, id FROM pages");
    assert_eq!(sites.read("SELECT * FROM snapshot").0, sites.truth());
    sites.answer_when_all_are_asked();
    sites.execute(
        "CREATE UNIQUE INDEX ON snapshot (site, id); REFRESH MATERIALIZED VIEW CONCURRENTLY snapshot",
    );
    assert_eq!(sites.read("SELECT * FROM snapshot").0, sites.truth());
}

#[test]
fn without_async_append_one_site_is_read_after_the_other() {
    let mut sites = Sites::partitioned();
    sites.execute("SET enable_async_append = off");
    assert_eq!(asynchronous(&explain(&mut sites.client, ALL)), 0);
    let (rows, requests) = sites.read(ALL);
    assert_eq!(rows, sites.truth());
    assert_eq!(requests, [4, 5, 5]);
    // What holds the other tests back holds back whoever reads one after the other.
    let barrier = sites.answer_when_all_are_asked();
    sites.execute("SET statement_timeout = '200ms'");
    assert_eq!(error(&mut sites.client, ALL).code().code(), "57014");
    assert!(!barrier.is_open());
}

#[test]
fn the_same_server_can_be_read_twice_at_once() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute(
        "ALTER SERVER acme OPTIONS (SET max_concurrency '2');
         CREATE FOREIGN TABLE a (id bigint) SERVER acme OPTIONS (table 'confluence_pages', max_concurrency '1');
         CREATE FOREIGN TABLE b (id bigint) SERVER acme OPTIONS (table 'confluence_pages', max_concurrency '1')",
    );
    // Each is to send its own requests.
    sites.execute("SET confluence_fdw.statement_cache_size = 0");
    let barrier = Barrier::of(2);
    sites.sims[0].fault(Fault::on(PAGES).times(2), Reply::Hold(barrier.clone()));
    let sql = "SELECT id FROM a UNION ALL SELECT id FROM b";
    assert_eq!(asynchronous(&explain(&mut sites.client, sql)), 2);
    let (rows, requests) = sites.read(sql);
    let ids = page_ids(&sites.sims[0].organisation());
    let mut twice: Vec<String> = ids.iter().chain(&ids).map(u64::to_string).collect();
    twice.sort_unstable();
    assert_eq!((rows, requests), (twice, vec![8]));
    assert!(barrier.is_open());
}

#[test]
fn a_local_partition_is_read_while_sites_answer() {
    let mut sites = Sites::partitioned();
    sites.execute(
        "CREATE TABLE pages_local PARTITION OF pages FOR VALUES IN ('local');
         INSERT INTO pages SELECT 'local', p.* FROM confluence_pages p",
    );
    sites.answer_when_all_are_asked();
    let counted = sites.read("SELECT count(*) FROM pages");
    assert_eq!(counted, (vec!["175".to_owned()], vec![4, 5, 5]));
}

#[test]
fn more_scans_than_there_are_sockets_for_read_all_the_same() {
    let mut sites = Sites::named(&NAMES);
    for name in NAMES {
        sites.execute(&format!(
            "CREATE FOREIGN TABLE pages_{name} (id bigint) SERVER {name}
             OPTIONS (table 'confluence_pages', page_size '250')"
        ));
    }
    // Each is to send its own requests.
    sites.execute("SET confluence_fdw.statement_cache_size = 0");
    let scans = 200;
    let sql = vec!["SELECT id FROM pages_acme"; scans].join(" UNION ALL ");
    let sql = format!("SELECT count(*) FROM ({sql}) x");
    assert_eq!(asynchronous(&explain(&mut sites.client, &sql)), scans);
    // Each site that was read before keeps a descriptor, so what is left for sockets is an even number of them once.
    for (rounds, name) in NAMES.iter().enumerate() {
        one(
            &mut sites.client,
            &format!("SELECT count(*) FROM pages_{name}"),
        );
        sites.sims[0].clear_log();
        for _ in 0..2 {
            assert_eq!(
                one(&mut sites.client, &sql),
                (scans * 40).to_string(),
                "{rounds}"
            );
        }
        assert_eq!(sites.requests()[0], 2 * scans, "{rounds}");
    }
}

#[test]
fn servers_that_come_and_go_leave_nothing_behind() {
    let mut sites = Sites::named(&["acme"]);
    let url = sites.sims[0].url().to_owned();
    let (email, token) = (Options::EMAIL, Options::TOKEN);
    let pid = one(&mut sites.client, "SELECT pg_backend_pid()");
    for _ in 0..400 {
        sites.execute(&format!(
            "CREATE SERVER another FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url '{url}');
             CREATE USER MAPPING FOR PUBLIC SERVER another OPTIONS (email '{email}', api_token '{token}');
             CREATE FOREIGN TABLE spaces (id bigint) SERVER another OPTIONS (table 'confluence_spaces');
             SELECT FROM spaces LIMIT 1;
             DROP SERVER another CASCADE"
        ));
    }
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("its descriptors");
    let open = open.count();
    assert!(open < 200, "{open} descriptors are open");
}

// --- Exactly ---------------------------------------------------------------------------------------------------------

#[test]
fn a_limit_asks_for_no_more_than_it_needs() {
    let mut sites = Sites::partitioned();
    for (sql, expected) in [
        ("SELECT id FROM pages LIMIT 5", [1, 0, 0]),
        ("SELECT id FROM pages LIMIT 40", [4, 0, 0]),
        ("SELECT id FROM pages LIMIT 41", [4, 1, 0]),
        ("SELECT EXISTS (SELECT FROM pages)", [1, 0, 0]),
        ("SELECT id FROM pages LIMIT 0", [0, 0, 0]),
        (
            "BEGIN; DECLARE c CURSOR FOR SELECT id FROM pages; FETCH 1 FROM c; COMMIT",
            [1, 0, 0],
        ),
    ] {
        assert_eq!(sites.read(sql).1, expected, "{sql}");
    }
    let plan = explain(&mut sites.client, "SELECT id FROM pages LIMIT 5");
    assert_eq!(asynchronous(&plan), 0, "{plan}");
}

#[test]
fn rows_that_postgresql_filters_away_hold_nothing_up() {
    let mut sites = Sites::partitioned();
    for (condition, keeps) in [
        ("id % 7 = 3", (|id| id % 7 == 3) as fn(u64) -> bool),
        ("id < 0", |_| false),
        ("title IS NOT NULL", |_| true),
    ] {
        let expected: Vec<String> = sites
            .truth()
            .into_iter()
            .filter(|row| keeps(row.split_once('|').expect("two").1.parse().expect("an id")))
            .collect();
        let (rows, requests) = sites.read(&format!("{ALL} WHERE {condition}"));
        assert_eq!(rows, expected, "{condition}");
        assert_eq!(requests, [4, 5, 5], "{condition}");
    }
}

#[test]
fn a_condition_is_asked_of_every_site() {
    let mut sites = Sites::partitioned();
    let id = page_ids(&sites.sims[2].organisation())[7];
    let (rows, requests) = sites.read(&format!("SELECT site FROM pages WHERE id = {id}"));
    let truth = sites.truth();
    let expected = NAMES
        .iter()
        .filter(|name| truth.contains(&format!("{name}|{id}")));
    assert_eq!(rows, expected.copied().collect::<Vec<_>>());
    assert_eq!(requests, [1, 1, 1]);
}

#[test]
fn a_scan_that_needs_nothing_is_at_its_end_at_once() {
    let mut sites = Sites::partitioned();
    sites.execute("SET plan_cache_mode = force_generic_plan; PREPARE q (bigint) AS SELECT site, id FROM pages WHERE id = $1");
    assert_eq!(sites.read("EXECUTE q (NULL)"), (vec![], vec![0, 0, 0]));
    let plan = explain(&mut sites.client, "EXECUTE q (1)");
    assert_eq!(asynchronous(&plan), 3, "{plan}");
}

#[test]
fn analyze_counts_each_site_s_rows_and_requests() {
    let mut sites = Sites::partitioned();
    let plan = explain_with(
        &mut sites.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        "SELECT site, id FROM pages WHERE id % 2 = 0",
    );
    let even = |sim: &Arc<Sim>| {
        let ids = page_ids(&sim.organisation());
        ids.iter().filter(|id| *id % 2 == 0).count()
    };
    let decimals = if confluence_fdw_tests::pg_major() >= 18 {
        ".00"
    } else {
        ""
    };
    for ((name, sim), (requests, pages)) in
        NAMES
            .iter()
            .zip(&sites.sims)
            .zip([(4, 40), (5, 45), (5, 50)])
    {
        let scan = plan
            .split("->")
            .find(|node| node.contains(&format!("on pages_{name} ")));
        let scan = scan.unwrap_or_else(|| panic!("{plan}"));
        assert!(
            scan.contains(&format!("(actual rows={}{decimals} loops=1)", even(sim))),
            "{plan}"
        );
        let cost = format!("Requests: {requests}  Retries: 0  Rows Received: {pages}");
        assert!(scan.contains(&cost), "{plan}");
    }
}

#[test]
fn what_is_read_again_is_read_again_whole() {
    let mut sites = Sites::partitioned();
    let counts =
        "SELECT (SELECT count(*) FROM pages WHERE id % 2 = v.rest) FROM (VALUES (0), (1)) v (rest)";
    let plan = explain(&mut sites.client, counts);
    assert_eq!(asynchronous(&plan), 3, "{plan}");
    let (rows, requests) = sites.read(counts);
    let total: usize = rows
        .iter()
        .map(|n| n.parse::<usize>().expect("a number"))
        .sum();
    assert_eq!(total, 135, "{rows:?}");
    // What the first run has read is served again to the second.
    assert_eq!(requests, [4, 5, 5]);
}

#[test]
fn what_is_given_up_and_begun_again_brings_right_rows() {
    let mut sites = Sites::partitioned();
    sites.execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
         CREATE TABLE numbers AS SELECT n FROM generate_series(1, 20) n; ANALYZE numbers",
    );
    // The inner side is stopped at its first row, while other sites have not answered yet, and begun again.
    let sql = "SELECT n FROM numbers WHERE EXISTS (SELECT FROM pages p WHERE p.id > n)";
    let plan = explain(&mut sites.client, sql);
    assert!(plan.contains("Semi Join"), "{plan}");
    assert_eq!(asynchronous(&plan), 3, "{plan}");
    assert_eq!(sites.read(sql).0.len(), 20);
    assert_eq!(sites.read(ALL).0, sites.truth());
}

#[test]
fn a_loop_that_is_left_leaves_what_is_on_its_way() {
    let mut sites = Sites::partitioned();
    sites.execute(
        "CREATE FUNCTION first() RETURNS bigint LANGUAGE plpgsql AS $$
         DECLARE page record;
         BEGIN
             FOR page IN SELECT id FROM pages LOOP EXIT; END LOOP;
             RETURN page.id;
         END $$",
    );
    for _ in 0..20 {
        assert_ne!(one(&mut sites.client, "SELECT first()"), "NULL");
    }
    assert_eq!(sites.read(ALL).0, sites.truth());
}

// --- The latest of all sites -----------------------------------------------------------------------------------------

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

// --- When something is wrong -----------------------------------------------------------------------------------------

#[test]
fn one_site_that_fails_fails_the_query() {
    let mut sites = Sites::partitioned();
    for site in 0..3 {
        for page in [1, 3] {
            sites.sims[site].fault(Fault::on(PAGES).page(page), Reply::Html200);
            // The others never answer: nobody waits for them.
            for other in (0..3).filter(|other| *other != site) {
                sites.sims[other].fault(Fault::on(PAGES), Reply::NeverAnswer);
            }
            assert_eq!(error(&mut sites.client, ALL).code().code(), "HV000");
            for sim in &sites.sims {
                sim.clear_faults();
            }
            assert_eq!(sites.read(ALL).0, sites.truth());
        }
    }
}

#[test]
fn a_credential_that_one_site_rejects_names_that_site() {
    let mut sites = Sites::partitioned();
    sites.sims[1].revoke_all();
    let raised = error(&mut sites.client, ALL);
    assert_eq!(raised.code().code(), "28000");
    let detail = raised.detail().unwrap_or_default();
    assert!(detail.contains("server \"globex\""), "{detail}");
}

#[test]
fn a_cancel_gets_through_while_all_sites_are_waited_for() {
    let mut sites = Sites::partitioned();
    for sim in &sites.sims {
        sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    }
    for _ in 0..5 {
        // Not by the protocol's own message: that may send two signals, of which one may meet the next query.
        let pid = one(&mut sites.client, "SELECT pg_backend_pid()");
        let mut other = sites.database.connect();
        let sims = sites.sims.clone();
        let canceller = thread::spawn(move || {
            until("all sites are asked", LONG, || {
                sims.iter().all(|sim| sim.in_flight() == 1)
            });
            one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
        });
        let raised = sites.client.simple_query(ALL).expect_err("cancelled");
        assert_eq!(sqlstate_of(&raised), "57014", "{raised:?}");
        assert!(message_of(&raised).contains("user request"), "{raised:?}");
        canceller.join().expect("it was sent");
        until("nothing is on its way", LONG, || {
            sites.sims.iter().all(|sim| sim.in_flight() == 0)
        });
    }
    for sim in &sites.sims {
        sim.clear_faults();
    }
    assert_eq!(sites.read(ALL).0, sites.truth());
}

#[test]
fn nothing_stays_open_when_a_query_is_over() {
    let mut sites = Sites::partitioned();
    let pid = one(&mut sites.client, "SELECT pg_backend_pid()");
    let open = |sites: &mut Sites| {
        sites.read(ALL);
        let sockets = std::fs::read_dir(format!("/proc/{pid}/fd")).map(|fds| {
            fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok())
                .filter(|target| target.to_string_lossy().starts_with("socket:"))
                .count()
        });
        sockets.ok()
    };
    let before = open(&mut sites);
    for _ in 0..5 {
        sites.sims[0].fault(Fault::on(PAGES).page(2).times(1), Reply::Html200);
        error(&mut sites.client, ALL);
        sites.read("SELECT count(*) FROM pages");
    }
    // Connections are kept for the next request: at times one more for a site. A scan's own sockets would add up to
    // dozens.
    let (before, after) = (before.expect("a count"), open(&mut sites).expect("a count"));
    assert!(after <= before + sites.sims.len(), "{before}, {after}");
}

// --- The column that tells the site ----------------------------------------------------------------------------------

#[test]
fn only_the_sites_that_a_condition_names_are_asked() {
    let mut sites = Sites::partitioned();
    sites.execute("SET plan_cache_mode = force_generic_plan; PREPARE q (text) AS SELECT site, id FROM pages WHERE site = $1");
    for (sql, expected) in [
        ("SELECT site, id FROM pages WHERE site = 'acme'", [4, 0, 0]),
        (
            "SELECT site, id FROM pages WHERE site IN ('acme', 'initech')",
            [4, 0, 5],
        ),
        (
            "SELECT site, id FROM pages WHERE site = 'umbrella'",
            [0, 0, 0],
        ),
        ("EXECUTE q ('globex')", [0, 5, 0]),
        (
            "SELECT p.site, p.id FROM pages p WHERE p.site = (SELECT 'initech')",
            [0, 0, 5],
        ),
    ] {
        let truth = sites.truth().into_iter();
        let asked: Vec<&str> = NAMES
            .into_iter()
            .zip(expected)
            .filter(|(_, requests)| *requests > 0)
            .map(|(name, _)| name)
            .collect();
        let truth: Vec<String> = truth
            .filter(|row| {
                asked
                    .iter()
                    .any(|name| row.starts_with(&format!("{name}|")))
            })
            .collect();
        assert_eq!(sites.read(sql), (truth, expected.to_vec()), "{sql}");
    }
}

#[test]
fn conditions_on_it_are_postgresql_s() {
    let mut sites = Sites::partitioned();
    let id = page_ids(&sites.sims[0].organisation())[0];
    for (sql, expected) in [
        ("SELECT count(*) FROM pages WHERE site LIKE 'g%'", "45"),
        ("SELECT count(*) FROM pages WHERE site = title", "0"),
        ("SELECT count(*) FROM pages WHERE site IS NULL", "0"),
        ("SELECT count(*) FROM pages_acme WHERE site = 'globex'", "0"),
        (
            "SELECT count(*) FROM pages_acme WHERE site <> 'globex'",
            "40",
        ),
        ("SELECT count(DISTINCT site) FROM pages", "3"),
        (
            "SELECT string_agg(DISTINCT (p).site, ',' ORDER BY (p).site) FROM pages p",
            "acme,globex,initech",
        ),
        ("SELECT max(site) FROM pages_acme", "acme"),
        (
            "SELECT count(*) FROM pages a JOIN pages b USING (site, id)",
            "135",
        ),
    ] {
        assert_eq!(one(&mut sites.client, sql), expected, "{sql}");
    }
    let sql = format!("SELECT id FROM pages WHERE id = {id} AND site = 'acme'");
    let plan = explain(&mut sites.client, &sql);
    assert!(
        plan.contains(&format!("Pushed Down: pages.id = {id}")),
        "{plan}"
    );
    assert!(
        plan.contains("Rechecked: pages.site = 'acme'::text"),
        "{plan}"
    );
    assert_eq!(sites.read(&sql), (vec![id.to_string()], vec![1, 0, 0]));
}

#[test]
fn a_condition_on_it_is_taken_to_leave_all_rows() {
    let mut sites = Sites::partitioned();
    sites.execute("UPDATE pg_class SET reltuples = 1000 WHERE oid = 'pages_acme'::regclass");
    let plan = explain_with(
        &mut sites.client,
        "COSTS ON",
        "SELECT id FROM pages_acme WHERE site = 'acme'",
    );
    assert!(plan.contains("rows=1000 "), "{plan}");
}

#[test]
fn it_may_stand_anywhere_and_be_of_any_type_that_text_can_become() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute("CREATE TYPE brand AS ENUM ('acme', 'globex')");
    let declare = |kind: &str| {
        format!(
            "CREATE FOREIGN TABLE pages (id bigint, gone text, site {kind}, title text) SERVER acme
                 OPTIONS (table 'confluence_pages', site 'acme');
             ALTER FOREIGN TABLE pages DROP COLUMN gone"
        )
    };
    let sql = "SELECT site, count(*), count(title) FROM pages GROUP BY site";
    for kind in [
        "text NOT NULL",
        "varchar(4)",
        "name",
        "brand",
        "text COLLATE \"C\" CHECK (site = 'acme')",
    ] {
        sites.execute(&declare(kind));
        assert_eq!(one(&mut sites.client, sql), "acme|40|40", "{kind}");
        sites.execute("DROP FOREIGN TABLE pages");
    }
    sites.execute(&declare("varchar(3)"));
    assert_eq!(error(&mut sites.client, sql).code().code(), "22001");
}

#[test]
fn children_tell_the_site_the_same_way_or_by_their_names() {
    let mut sites = Sites::named(&NAMES);
    sites.execute("CREATE TABLE pages (site text NOT NULL, id bigint NOT NULL)");
    for name in NAMES {
        sites.execute(&format!(
            "CREATE FOREIGN TABLE {name}_pages (CHECK (site = '{name}')) INHERITS (pages)
             SERVER {name} OPTIONS (table 'confluence_pages', site '{name}')"
        ));
    }
    sites.answer_when_all_are_asked();
    assert_eq!(sites.read(ALL), (sites.truth(), vec![4, 5, 5]));
    let (rows, requests) = sites.read("SELECT site, id FROM pages WHERE site = 'globex'");
    assert_eq!((rows.len(), requests), (45, vec![0, 5, 0]));
    let by_name = "SELECT replace(tableoid::regclass::text, '_pages', ''), id FROM pages";
    assert_eq!(sites.read(by_name).0, sites.truth());
}

#[test]
fn without_the_column_a_union_tells_the_site() {
    let mut sites = Sites::named(&NAMES);
    let parts: Vec<String> = NAMES
        .iter()
        .map(|name| {
            sites.execute(&format!(
                "CREATE SCHEMA {name};
                 IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER {name} INTO {name}"
            ));
            format!("SELECT '{name}' AS site, id FROM {name}.confluence_pages")
        })
        .collect();
    sites.execute(&format!(
        "CREATE VIEW pages AS {}",
        parts.join(" UNION ALL ")
    ));
    assert_eq!(sites.read(ALL), (sites.truth(), vec![4, 5, 5]));
    let (rows, requests) = sites.read("SELECT site, id FROM pages WHERE site = 'acme'");
    assert_eq!((rows.len(), requests), (40, vec![4, 0, 0]));
}

#[test]
fn an_imported_table_becomes_a_partition() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute(
        "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_spaces) FROM SERVER acme INTO public;
         CREATE TABLE spaces (site text NOT NULL, LIKE confluence_spaces) PARTITION BY LIST (site);
         ALTER FOREIGN TABLE confluence_spaces ADD COLUMN site text NOT NULL, OPTIONS (ADD site 'acme');
         ALTER TABLE spaces ATTACH PARTITION confluence_spaces FOR VALUES IN ('acme')",
    );
    let sql = "SELECT site, count(*) FROM spaces GROUP BY site";
    assert_eq!(one(&mut sites.client, sql), "acme|3");
}

#[test]
fn a_column_site_without_the_option_says_what_is_missing() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute(
        "CREATE FOREIGN TABLE pages (site text, id bigint) SERVER acme OPTIONS (table 'confluence_pages')",
    );
    assert_eq!(one(&mut sites.client, "SELECT count(id) FROM pages"), "40");
    let raised = sites
        .client
        .simple_query("SELECT site FROM pages")
        .expect_err("no such column");
    assert_eq!(sqlstate_of(&raised), "HV005");
    assert_eq!(
        hint_of(&raised),
        "Set the foreign table's option site to what the column is to hold."
    );
    let raised = error(
        &mut sites.client,
        "ALTER FOREIGN TABLE pages OPTIONS (ADD site '')",
    );
    assert_eq!(raised.message(), "invalid value for option \"site\"");
    sites.execute("ALTER FOREIGN TABLE pages OPTIONS (ADD site 'Acme, Inc.')");
    assert_eq!(
        one(&mut sites.client, "SELECT DISTINCT site FROM pages"),
        "Acme, Inc."
    );
    let raised = error(
        &mut sites.client,
        "ALTER SERVER acme OPTIONS (ADD site 'acme')",
    );
    assert_eq!(raised.hint(), Some("Set it on the foreign table."));
}
