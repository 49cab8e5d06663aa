//! All sites at once.

use confluence_fdw_tests::{error, explain, one};
use confluence_sim::{Barrier, Fault, Options, Reply};

use super::{ALL, NAMES, Sites, asynchronous};
use crate::scene::{PAGES, page_ids};

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
