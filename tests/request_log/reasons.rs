//! Reasons: what each kind of read says its requests are for.

use std::collections::BTreeSet;

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{Database, lines, literal};
use confluence_sim::{Credential, Fault, OauthClient, Options, Organisation, Reply, Sim, Size};
use postgres::Client;

use super::{BEFORE, of_last_scan, requests};
use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, Scene, small_site};

/// A scene whose session knows already who it is.
fn known() -> Scene {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    scene
}

#[test]
fn pages_of_a_listing_are_numbered() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let mut expected = BEFORE.map(str::to_owned).to_vec();
    expected.push("first page|GET /wiki/api/v2/pages?limit=10|200|10|".to_owned());
    for (page, rows) in [(2, 10), (3, 10), (4, 10), (5, 5)] {
        expected.push(format!(
            "page {page}|GET /wiki/api/v2/pages?cursor=...&limit=10|200|{rows}|"
        ));
    }
    assert_eq!(requests(&mut scene.client), expected);
}

#[test]
fn a_table_that_needs_parents_lists_them_first() {
    let mut scene = known();
    lines(&mut scene.client, "SELECT id FROM confluence_permissions");
    let of = |space: &str, rest: &str| {
        [
            format!("first page|GET /wiki/api/v2/spaces/{space}/permissions?limit=10|200|10|"),
            format!(
                "page 2|GET /wiki/api/v2/spaces/{space}/permissions?cursor=...&limit=10|200|{rest}|"
            ),
        ]
    };
    let spaces = scene.sim.organisation();
    let spaces: Vec<String> = spaces.spaces().map(|space| space.id.to_string()).collect();
    let mut expected =
        vec!["parents: confluence_spaces|GET /wiki/api/v2/spaces?limit=10|200|3|".to_owned()];
    for (space, rest) in spaces.iter().zip(["4", "3", "3"]) {
        expected.extend(of(space, rest));
    }
    assert_eq!(of_last_scan(&mut scene.client), expected);
}

#[test]
fn a_join_takes_what_the_statement_has_listed_from_its_cache() {
    let mut scene = known();
    scene.execute("SET confluence_fdw.enable_batch_join = off; SET enable_nestloop = off");
    let joined = "SELECT s.key, p.id FROM confluence_spaces s JOIN confluence_permissions p ON p.space_id = s.id";
    assert_eq!(lines(&mut scene.client, joined).len(), 40);
    // Who of the two comes first is not said.
    let of_spaces = "SELECT served_by, outcome, status, rows, milliseconds IS NULL
        FROM confluence.requests() WHERE path LIKE '%/spaces?%' ORDER BY served_by";
    assert_eq!(
        lines(&mut scene.client, of_spaces),
        ["site|answered|200|3|f", "statement cache|answered|200|3|t"]
    );
    let reasons = "SELECT DISTINCT reason FROM confluence.requests() WHERE path LIKE '%/spaces?%' ORDER BY reason";
    assert_eq!(
        lines(&mut scene.client, reasons),
        ["first page", "parents: confluence_spaces"]
    );
}

#[test]
fn what_a_statement_asks_for_again_is_served_by_its_cache() {
    let mut scene = known();
    let twice = "SELECT count(*) FROM (SELECT id FROM confluence_spaces UNION ALL SELECT id FROM confluence_spaces) AS t";
    lines(&mut scene.client, twice);
    let first = "first page|GET /wiki/api/v2/spaces?limit=10|200|3|";
    let mut listed = requests(&mut scene.client).split_off(7);
    listed.sort_unstable();
    assert_eq!(
        listed,
        [first.to_owned(), format!("{first}statement cache")]
    );
}

#[test]
fn a_long_listing_says_which_part_of_it_a_request_reads() {
    let organisation = Organisation::sized(Size {
        spaces: 80,
        pages: 10_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: 0.9,
    });
    let mut site = Site::of(organisation);
    site.execute("UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass");
    assert_eq!(lines(&mut site.client, ALL_PAGES).len(), 10_000);
    // The reason, without the page, of each kind of request.
    let mut kinds = BTreeSet::new();
    for line in requests(&mut site.client) {
        let mut cells = line.split('|');
        let (reason, path) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let reason = reason.split(',').next().unwrap_or("");
        let has = |part| path.contains(part);
        let kind = match (
            has("/pages?"),
            has("space-id="),
            has("sort=-id"),
            has("sort=id"),
        ) {
            (true, true, true, false) => "a group, descending",
            (true, true, false, true) => "a group, ascending",
            (true, false, true, false) => "all, descending",
            (true, false, false, true) => "all, ascending",
            (false, ..) if has("/search?") => "a search",
            (false, ..) if has("/spaces?") => "the spaces",
            (false, ..) if has("/user/current") => "who is asking",
            _ => path,
        };
        kinds.insert(format!("{kind}: {reason}"));
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "a group, ascending: partition from its beginning",
            "a group, descending: partition",
            "a search: outside of partitions",
            "all, ascending: first page",
            "all, descending: new rows",
            "the spaces: partition keys: confluence_spaces",
            "who is asking: audience",
            "who is asking: identity",
        ]
    );
}

#[test]
fn where_there_is_no_search_a_long_listing_is_read_from_both_ends() {
    let mut site = Site::of(small());
    site.execute("UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass");
    site.sim
        .fault(Fault::on("/wiki/rest/api/search"), Reply::NamedNotFound);
    assert_eq!(lines(&mut site.client, ALL_PAGES).len(), 3_000);
    let from_the_end = "SELECT DISTINCT split_part(reason, ',', 1) FROM confluence.requests()
        WHERE path LIKE '%/pages?%sort=-id%' AND path NOT LIKE '%space-id%'";
    assert_eq!(lines(&mut site.client, from_the_end), ["from the end"]);
}

#[test]
fn bodies_in_a_second_format_say_so() {
    let mut scene = known();
    let ids = scene.page_ids();
    scene.with_optional_columns();
    lines(
        &mut scene.client,
        "SELECT body_storage, body_adf FROM confluence_pages LIMIT 2",
    );
    assert_eq!(
        of_last_scan(&mut scene.client),
        [
            "first page|GET /wiki/api/v2/pages?body-format=storage&limit=2|200|2|".to_owned(),
            format!(
                "second format|GET /wiki/api/v2/pages?id={},{}&body-format=atlas_doc_format&limit=2|200|2|",
                ids[0], ids[1]
            ),
        ]
    );
}

#[test]
fn operations_of_each_row_say_so() {
    let mut scene = known();
    let ids = scene.page_ids();
    scene.with_optional_columns();
    lines(
        &mut scene.client,
        "SELECT like_count FROM confluence_pages LIMIT 2",
    );
    let mut expected = vec!["first page|GET /wiki/api/v2/pages?limit=2|200|2|".to_owned()];
    for id in &ids[..2] {
        expected.push(format!(
            "row operation: getPageLikeCount|GET /wiki/api/v2/pages/{id}/likes/count|200|1|"
        ));
    }
    assert_eq!(of_last_scan(&mut scene.client), expected);
}

#[test]
fn listings_below_rows_say_so() {
    let mut site = Site::of(Organisation::demo());
    let of_pages = "SELECT id FROM confluence_footer_comments WHERE page_id = ANY (ARRAY(SELECT id FROM confluence_pages))";
    lines(&mut site.client, of_pages);
    let kinds = "SELECT DISTINCT split_part(reason, ',', 1), regexp_replace(split_part(path, '?', 1), '/[0-9]+/', '/{id}/')
        FROM confluence.requests() WHERE path LIKE '%comments%' ORDER BY 1, 2";
    assert_eq!(
        lines(&mut site.client, kinds),
        [
            "below a row|/wiki/api/v2/footer-comments/{id}/children",
            "first page|/wiki/api/v2/pages/{id}/footer-comments",
        ]
    );
}

#[test]
fn a_look_of_analyze_is_a_sample() {
    let mut scene = known();
    lines(&mut scene.client, "ANALYZE confluence_pages");
    let page = |number: u32, rows: u32| {
        format!("sample, page {number}|GET /wiki/api/v2/pages?cursor=...&limit=10|200|{rows}|")
    };
    let expected = [
        "sample|GET /wiki/api/v2/pages?limit=10|200|10|".to_owned(),
        "sample|GET /wiki/rest/api/search?cql=type%20%3D%20page&includeArchivedSpaces=true&excerpt=none&limit=1|200|NULL|".to_owned(),
        page(2, 10),
        page(3, 10),
        page(4, 10),
        page(5, 5),
    ];
    assert_eq!(requests(&mut scene.client)[7..], expected);
    let scans =
        "SELECT count(*), count(scan) FROM confluence.requests() WHERE reason LIKE 'sample%'";
    assert_eq!(lines(&mut scene.client, scans), ["6|0"]);
}

#[test]
fn a_check_says_which_requests_were_its_own() {
    let mut scene = Scene::new();
    lines(&mut scene.client, "SELECT * FROM confluence.check('site')");
    assert_eq!(
        requests(&mut scene.client),
        [
            "check|GET /_edge/tenant_info|200|NULL|",
            BEFORE[0],
            "check|GET /wiki/api/v2/space-role-mode|200|NULL|",
            "check|GET /wiki/rest/api/audit?limit=1|200|NULL|",
            "check|GET /wiki/api/v2/admin-key|404|NULL|",
        ]
    );
}

#[test]
fn a_public_site_is_asked_for_the_identity_at_the_end_too() {
    let public = Options {
        anonymous_access: true,
        ..Options::of(small_site())
    };
    let mut scene = Scene::of(public, SMALL_STEPS);
    lines(&mut scene.client, "SELECT id FROM confluence_spaces");
    assert_eq!(
        requests(&mut scene.client),
        [
            BEFORE[0],
            "audience|GET /wiki/rest/api/user/current|200|NULL|",
            "first page|GET /wiki/api/v2/spaces?limit=10|200|3|",
            BEFORE[0],
        ]
    );
}

/// A site that knows only what a test grants, and a session whose mapping has these options.
fn signed_in(mapping: &str, grant: impl FnOnce(&Sim)) -> (Sim, Database, Client) {
    let sim = Sim::start(Options {
        credentials: Vec::new(),
        ..Options::of(small_site())
    });
    grant(&sim);
    let database = Database::create();
    database.execute(&format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw
             OPTIONS (base_url {url}, gateway_url {url}, auth_url {url}, {SMALL_STEPS});
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS ({mapping});
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        url = literal(sim.url())
    ));
    let client = database.connect();
    (sim, database, client)
}

const SPACES: &str = "SELECT id FROM confluence_spaces";
const SCOPES: [&str; 3] = [
    "read:page:confluence",
    "read:space:confluence",
    "read:confluence-user",
];

#[test]
fn a_token_and_the_one_that_replaces_it_are_told_of() {
    let client = OauthClient::new("us", "client-secret").with_scopes(SCOPES);
    let mapping = "client_id 'us', client_secret 'client-secret'";
    let (sim, _database, mut client) = signed_in(mapping, |sim| sim.grant_client(client));
    lines(&mut client, SPACES);
    sim.revoke_issued_tokens();
    lines(&mut client, SPACES);
    let token = "token|POST /oauth/token|200|NULL|token endpoint";
    assert_eq!(
        requests(&mut client),
        [
            "cloud id|GET /_edge/tenant_info|200|NULL|",
            token,
            "identity|GET /wiki/rest/api/user/current|200|NULL|gateway",
            "first page|GET /wiki/api/v2/spaces?limit=10|200|3|gateway",
            "audience|GET /wiki/rest/api/user/current|403|NULL|gateway",
            "first page|GET /wiki/api/v2/spaces?limit=10|401|NULL|gateway",
            token,
            "first page, other token|GET /wiki/api/v2/spaces?limit=10|200|3|gateway",
        ]
    );
}

#[test]
fn the_way_to_the_gateway_is_told_of() {
    let credential = Credential::basic(Options::EMAIL, Options::TOKEN).with_scopes(SCOPES);
    let mapping = format!("email '{}', api_token '{}'", Options::EMAIL, Options::TOKEN);
    let (_sim, _database, mut client) = signed_in(&mapping, |sim| sim.grant(credential));
    lines(&mut client, SPACES);
    assert_eq!(
        requests(&mut client),
        [
            "identity|GET /wiki/rest/api/user/current|401|NULL|",
            "cloud id|GET /_edge/tenant_info|200|NULL|",
            "identity, other route|GET /wiki/rest/api/user/current|200|NULL|gateway",
            "audience|GET /wiki/rest/api/user/current|403|NULL|",
            "first page|GET /wiki/api/v2/spaces?limit=10|200|3|gateway",
        ]
    );
}

#[test]
fn what_is_too_long_is_asked_for_in_parts_of_its_list() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE TABLE asked AS SELECT generate_series(2182288832, 2182288832 + 149) AS id",
    );
    lines(&mut site.client, "SELECT id FROM confluence_spaces");
    let refusal = Reply::Status {
        code: 414,
        headers: vec![("content-type".into(), "text/html".into())],
        body: "<!doctype html><title>HTTP Status 414</title>".to_owned(),
    };
    site.sim
        .fault(Fault::under("/wiki/api/v2/").longer_than(1_500), refusal);
    let sql = "SELECT id FROM confluence_pages WHERE id = ANY (ARRAY(SELECT id FROM asked))";
    for expected in [
        &[
            "first page|414",
            "first page, part of its list|200",
            "page 2, part of its list|200",
        ][..],
        // What is taken is known now.
        &[
            "first page, part of its list|200",
            "page 2, part of its list|200",
        ][..],
    ] {
        lines(&mut site.client, sql);
        let reasons = "SELECT reason, status FROM confluence.requests() WHERE scan = (SELECT max(scan) FROM confluence.scans())";
        assert_eq!(lines(&mut site.client, reasons), expected);
    }
}

#[test]
fn a_listing_whose_order_is_broken_is_read_as_it_comes() {
    let mut scene = known();
    scene.sim.fault(
        Fault::on(PAGES).with("sort", "-modified-date"),
        Reply::OutOfOrder,
    );
    lines(
        &mut scene.client,
        "SELECT id FROM confluence_pages WHERE modified_at > '2001-01-01'",
    );
    let mut expected = vec![
        "first page|GET /wiki/api/v2/pages?sort=-modified-date&limit=10|200|10|".to_owned(),
        "as it comes|GET /wiki/api/v2/pages?limit=10|200|10|".to_owned(),
    ];
    for (page, rows) in [(2, 10), (3, 10), (4, 10), (5, 5)] {
        expected.push(format!(
            "as it comes, page {page}|GET /wiki/api/v2/pages?cursor=...&limit=10|200|{rows}|"
        ));
    }
    assert_eq!(of_last_scan(&mut scene.client), expected);
}

#[test]
fn fewer_rows_are_asked_for_where_a_site_fails_on_many() {
    let mut scene = known();
    scene
        .sim
        .fault(Fault::on(PAGES).with("limit", "10"), Reply::status(500));
    lines(
        &mut scene.client,
        "SELECT body_storage FROM confluence_pages LIMIT 10",
    );
    assert_eq!(
        of_last_scan(&mut scene.client),
        [
            "first page|GET /wiki/api/v2/pages?body-format=storage&limit=10|500|NULL|",
            "first page, fewer rows|GET /wiki/api/v2/pages?body-format=storage&limit=5|200|5|",
            "page 2|GET /wiki/api/v2/pages?body-format=storage&cursor=...&limit=5|200|5|",
        ]
    );
}
