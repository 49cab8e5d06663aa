//! What the extension asks is what the published API documents allow.

use confluence_fdw_tests::site::{Site, list};
use confluence_fdw_tests::{lines, skip};
use confluence_sim::Organisation;
use confluence_sim::contract::Contract;

#[test]
fn every_request_keeps_to_the_published_documents() {
    let Some(contract) = Contract::load() else {
        skip(&format!(
            "there are no API documents in {}",
            Contract::directory().display()
        ));
        return;
    };
    let organisation = Organisation::demo();
    let ids = list(organisation.listed_pages().map(|page| page.id()));
    let spaces = list(organisation.spaces().map(|space| space.id));
    let many = list(1..=1_000);
    let queries = [
        "SELECT * FROM confluence_spaces".to_owned(),
        "SELECT * FROM confluence_pages".to_owned(),
        "SELECT * FROM confluence_permissions".to_owned(),
        "SELECT body_adf FROM whole.confluence_pages".to_owned(),
        "SELECT body_adf, body_storage FROM whole.confluence_pages WHERE version_number > 3".to_owned(),
        "SELECT key FROM confluence_spaces LIMIT 1".to_owned(),
        "SELECT id FROM confluence_pages LIMIT 3 OFFSET 4".to_owned(),
        "SELECT id FROM confluence_pages ORDER BY id DESC LIMIT 300".to_owned(),
        "SELECT id FROM confluence_pages ORDER BY created_at LIMIT 3".to_owned(),
        "SELECT id FROM confluence_pages ORDER BY modified_at DESC".to_owned(),
        "SELECT id FROM confluence_spaces ORDER BY id DESC LIMIT 2".to_owned(),
        "SELECT id FROM confluence_pages WHERE modified_at >= now() - interval '30 days'".to_owned(),
        "SELECT id FROM confluence_pages WHERE modified_at < '2026-01-01' AND subtype = 'live'".to_owned(),
        "SELECT id FROM confluence_pages WHERE created_at BETWEEN '2024-01-01' AND '2025-01-01'".to_owned(),
        "SELECT id FROM confluence_pages WHERE status = 'trashed'".to_owned(),
        "SELECT id FROM confluence_pages WHERE status IN ('current', 'archived', 'deleted', 'trashed')".to_owned(),
        "SELECT id FROM confluence_pages WHERE subtype = 'live'".to_owned(),
        "SELECT id FROM confluence_pages WHERE subtype = 'unheard of'".to_owned(),
        "SELECT id FROM confluence_pages WHERE title = '\"Definition of done\" & more, ünïcode + %'".to_owned(),
        "SELECT id FROM confluence_pages WHERE title IN ('Runbook', 'a,b')".to_owned(),
        "SELECT id FROM confluence_pages WHERE id IN (-1, 0, 9223372036854775807)".to_owned(),
        format!("SELECT id FROM confluence_pages WHERE id IN ({ids})"),
        format!("SELECT id FROM confluence_pages WHERE id IN ({many}) AND space_id IN ({many})"),
        format!("SELECT id FROM confluence_pages WHERE space_id IN ({spaces}) ORDER BY modified_at DESC LIMIT 3"),
        format!("SELECT id FROM confluence_spaces WHERE id IN ({many})"),
        "SELECT id FROM confluence_spaces WHERE key IN ('ENG', 'SEC', '~7120201f2e3d4c5b6a', 'a b')".to_owned(),
        "SELECT id FROM confluence_spaces WHERE type = 'personal' AND status = 'current'".to_owned(),
        "SELECT id FROM confluence_spaces WHERE type = 'unheard of' AND status IN ('current', 'archived')".to_owned(),
        "SELECT description FROM confluence_spaces WHERE status = 'archived'".to_owned(),
        format!("SELECT id FROM confluence_permissions WHERE space_id IN ({spaces}, 3)"),
        "SELECT p.id FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id WHERE s.key = 'ENG'".to_owned(),
        "SELECT x.id FROM confluence_spaces AS s, LATERAL (SELECT id FROM confluence_pages AS p WHERE p.space_id = s.id
            ORDER BY created_at DESC LIMIT 2) AS x".to_owned(),
    ];
    // Small pages, so that next links are followed, too.
    for options in ["", "page_size '7', max_concurrency '2'"] {
        let mut site = Site::with(organisation.clone(), options);
        site.execute(
            "CREATE SCHEMA whole;
             IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO whole OPTIONS (optional_columns 'true')",
        );
        let mut checked = 0;
        for sql in &queries {
            site.sim.clear_log();
            lines(&mut site.client, sql);
            for request in site.sim.log() {
                if let Err(why) = contract.check_request(&request) {
                    panic!(
                        "{sql}\n{} {}: {why}",
                        request.method, request.path_and_query
                    );
                }
                let is_served = matches!(request.status, Some(200 | 404));
                assert!(is_served || request.asks_as_nobody(), "{sql}");
                assert_eq!(request.method, "GET");
                checked += 1;
            }
        }
        assert!(checked > queries.len(), "{checked} requests");
    }
}
