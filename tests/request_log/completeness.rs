//! Completeness: every request that reaches a site is in the list of the session that sent it.

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, explain_with, lines};
use confluence_sim::{Fault, Organisation, Reply, Sim};
use postgres::Client;

use crate::oauth::{Consent, exchange};
use crate::scene::{ALL_PAGES, PAGES, SPACES, Scene};

/// The longest path that the list has.
const LONGEST: usize = 1_000;

/// A path as the list shows it.
fn shown(path: &str) -> String {
    let parts = path
        .split('&')
        .map(|part| match part.split_once("cursor=") {
            Some((before, _)) => format!("{before}cursor=..."),
            None => part.to_owned(),
        });
    let path = parts.collect::<Vec<_>>().join("&");
    match path.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &path[..end]),
        None => path,
    }
}

/// Every request that has reached a site is in the session's list, with the status that the site gave it, and no other is
/// there. What a scan gave up may not have reached the site, or may have been answered all the same. Gives how many there
/// are.
#[track_caller]
fn all_are_listed(client: &mut Client, sim: &Sim) -> usize {
    let listed = "SELECT method || ' ' || path || '|' || coalesce(status, 0) FROM confluence.requests() WHERE served_by <> 'statement cache'";
    let listed = lines(client, listed);
    let given_up = |line: &String| line.ends_with("|0");
    let received = sim.log().into_iter();
    let mut received: Vec<String> = received
        .map(|request| {
            let path = shown(&request.path_and_query);
            let status = request.status.unwrap_or(0);
            format!("{} {path}|{status}", request.method)
        })
        .collect();
    for answered in listed.iter().filter(|line| !given_up(line)) {
        let place = received.iter().position(|line| line == answered);
        received.swap_remove(place.unwrap_or_else(|| panic!("not received: {answered}")));
    }
    for line in listed.iter().filter(|line| given_up(line)) {
        let request = line.trim_end_matches('0');
        if let Some(place) = received.iter().position(|line| line.starts_with(request)) {
            received.swap_remove(place);
        }
    }
    assert_eq!(received, [""; 0], "received, and not listed");
    listed.len()
}

#[test]
fn queries_of_many_kinds_are_listed_with_all_of_their_requests() {
    let mut scene = Scene::with("max_retries '2'");
    scene.with_optional_columns();
    scene.execute("SET search_path = whole");
    let ids = "ARRAY(SELECT generate_series(2182288832, 2182288832 + 249))";
    let queries = [
        ALL_PAGES.to_owned(),
        format!("{ALL_PAGES} LIMIT 15"),
        format!("{ALL_PAGES} ORDER BY id DESC LIMIT 1"),
        format!("{ALL_PAGES} WHERE id = ANY ({ids})"),
        "SELECT id FROM confluence_permissions".to_owned(),
        "SELECT * FROM confluence_pages LIMIT 12".to_owned(),
        "SELECT * FROM confluence_spaces s JOIN confluence_permissions p ON p.space_id = s.id".to_owned(),
        "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id".to_owned(),
        "SELECT count(*) FROM confluence_page_versions v JOIN confluence_pages p ON p.id = v.page_id WHERE p.id % 5 = 0".to_owned(),
        "SELECT * FROM confluence_users".to_owned(),
        "ANALYZE confluence_pages; ANALYZE confluence_permissions; ANALYZE confluence_users".to_owned(),
        "SELECT * FROM confluence.check('site')".to_owned(),
    ];
    for sql in &queries {
        lines(&mut scene.client, sql);
        all_are_listed(&mut scene.client, &scene.sim);
    }
    for reply in [
        Reply::status(500),
        Reply::retry_after(429, "0.001"),
        Reply::BareNotFound,
        Reply::TruncatedJson,
        Reply::Html200,
    ] {
        for path in [PAGES, SPACES] {
            scene.sim.fault(Fault::on(path), reply.clone());
        }
        error(&mut scene.client, ALL_PAGES);
        error(&mut scene.client, "SELECT id FROM confluence_permissions");
        scene.sim.clear_faults();
        all_are_listed(&mut scene.client, &scene.sim);
    }
    explain_with(&mut scene.client, "VERBOSE", ALL_PAGES);
    assert!(all_are_listed(&mut scene.client, &scene.sim) > 100);
}

#[test]
fn every_table_is_listed_with_all_of_its_requests() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO whole OPTIONS (optional_columns 'true')",
    );
    let tables = lines(
        &mut site.client,
        "SELECT oid::regclass FROM pg_class WHERE relkind = 'f' AND relnamespace = 'whole'::regnamespace ORDER BY 1",
    );
    assert!(tables.len() > 100);
    for table in tables {
        // What one session knows of the site another one finds out anew.
        site.client = site.database.connect();
        site.sim.clear_log();
        // Some need a condition. Others are long.
        let _ = site
            .client
            .simple_query(&format!("SELECT * FROM {table} LIMIT 100"));
        all_are_listed(&mut site.client, &site.sim);
    }
}

#[test]
fn requests_for_consent_are_listed() {
    let mut consent = Consent::asked();
    let code = consent.code();
    consent.sim.clear_log();
    lines(&mut consent.client, &exchange(&code));
    lines(&mut consent.client, "CALL confluence.oauth_refresh('site')");
    consent.reads();
    all_are_listed(&mut consent.client, &consent.sim);
    let of_consent = "SELECT reason, method || ' ' || path, served_by, status, scan FROM confluence.requests() WHERE path LIKE '/oauth/%'";
    assert_eq!(
        lines(&mut consent.client, of_consent),
        [
            "token|POST /oauth/token|token endpoint|200|NULL",
            "consented sites|GET /oauth/token/accessible-resources|gateway|200|NULL",
            "token|POST /oauth/token|token endpoint|200|NULL",
        ]
    );
}
