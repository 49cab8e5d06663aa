//! In however many ways an answer can mislead, a query returns every row once, or an error.

use std::time::Duration;

use confluence_fdw_tests::{Database, error, explain, explain_with, lines, literal, one, requests};
use confluence_sim::{
    Credential, Fault, NewPage, Options, Organisation, PageStatus, Reply, Request, Sim, Size,
};
use postgres::error::DbError;
use serde_json::{Value, json};

use crate::scene::{
    ALL_PAGES, Elsewhere, PAGES, PERMISSIONS, SPACES, Scene, WHO_AM_I, numbers, small_site,
};

const REJECTED: &str = "Confluence rejected the credential";
const FOLLOWED_BEFORE: &str =
    "unexpected answer from Confluence: a next link that has been followed before";
const CUT_OFF: &str = "unexpected answer from Confluence: JSON that is cut off";
const MODIFIED_OUT_OF_ORDER: &str =
    "rows of \"confluence_pages\" arrived out of order of \"modified_at\"";
const BY_MODIFICATION: (&str, &str) = ("sort", "-modified-date");

/// Where the stand-in listens, as messages name it.
fn host(sim: &Sim) -> &str {
    sim.url().trim_start_matches("http://")
}

#[track_caller]
fn hint_has(raised: &DbError, part: &str) {
    assert!(
        raised.hint().is_some_and(|hint| hint.contains(part)),
        "{raised:?}"
    );
}

#[track_caller]
fn detail_has(raised: &DbError, part: &str) {
    assert!(
        raised.detail().is_some_and(|detail| detail.contains(part)),
        "{raised:?}"
    );
}

/// What a listing does to mislead is seen through: all rows arrive, each once.
#[track_caller]
fn all_rows_arrive_in_spite_of(fault: Fault, reply: Reply) -> Scene {
    let mut scene = Scene::new();
    scene.sim.fault(fault, reply);
    scene.reads_all_pages();
    scene
}

/// A reply to every page, or to one of them, is this error; the session goes on.
#[track_caller]
fn fails_on_page(page: u32, reply: Reply, sqlstate: &str, message: &str) -> DbError {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES).page(page), reply);
    let raised = scene.fails(ALL_PAGES, sqlstate, message);
    detail_has(&raised, "/wiki/api/v2/pages?");
    raised
}

/// The first row of every page of a listing, changed by a function.
fn first_row(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Reply {
    Reply::mutate(move |json| {
        if let Some(row) = json.pointer_mut("/results/0") {
            change(row);
        }
    })
}

// --- Where a listing ends --------------------------------------------------------------------------------------------

#[test]
fn a_short_page_with_a_next_link_is_not_the_end() {
    for rows in [1, 3, 9] {
        let scene = all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::ShortPageWithNext(rows));
        assert_eq!(requests(&scene.sim).len(), 45_usize.div_ceil(rows));
    }
}

#[test]
fn an_empty_page_with_a_next_link_is_not_the_end() {
    for page in [1, 2, 5] {
        let scene =
            all_rows_arrive_in_spite_of(Fault::on(PAGES).page(page), Reply::EmptyPageWithNext);
        assert_eq!(requests(&scene.sim).len(), 6);
    }
}

#[test]
fn a_listing_of_nothing_but_empty_pages_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES), Reply::EmptyPageWithNext);
    scene.fails(
        ALL_PAGES,
        "HV000",
        "unexpected answer from Confluence: 1000 pages without a row",
    );
}

#[test]
fn a_cursor_that_comes_back_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES), Reply::RepeatCursor);
    let raised = scene.fails(ALL_PAGES, "HV000", FOLLOWED_BEFORE);
    detail_has(&raised, "Page 2 of the listing");
}

#[test]
fn a_cursor_that_comes_back_later_is_an_error() {
    // The fourth page's link is the second's again.
    let mut scene = Scene::new();
    let links = std::sync::Mutex::new(Vec::<Value>::new());
    scene.sim.fault(
        Fault::on(PAGES),
        Reply::mutate(move |json| {
            let mut links = links.lock().unwrap();
            links.push(json["_links"]["next"].clone());
            if links.len() == 4 {
                json["_links"]["next"] = links[1].clone();
            }
        }),
    );
    scene.fails(ALL_PAGES, "HV000", FOLLOWED_BEFORE);
}

#[test]
fn a_named_404_behind_the_first_page_is_an_error() {
    let raised = fails_on_page(
        2,
        Reply::NamedNotFound,
        "HV000",
        "the listing broke off on page 2: Cannot find a page with id [424242]",
    );
    hint_has(&raised, "Run the query again.");
}

#[test]
fn a_cursor_that_the_site_has_forgotten_is_an_error() {
    let reply = Reply::Status {
        code: 400,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({"errors": [{"status": 400, "title": "Invalid cursor", "detail": null}]})
            .to_string(),
    };
    fails_on_page(
        3,
        reply,
        "HV000",
        "the listing broke off on page 3: Invalid cursor",
    );
}

#[test]
fn a_bare_404_is_a_rejected_credential_on_any_page() {
    for page in [1, 2, 5] {
        let raised = fails_on_page(page, Reply::BareNotFound, "28000", REJECTED);
        detail_has(&raised, "User mapping of \"postgres\" for server \"site\"");
        hint_has(&raised, "API token");
    }
}

// --- What is no listing ----------------------------------------------------------------------------------------------

#[test]
fn a_login_page_with_status_200_is_an_error() {
    for page in [1, 3] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(PAGES).page(page), Reply::Html200);
        let message = format!(
            "the answer of \"{}\" is not from Confluence Cloud's API: content of type \"text/html;charset=UTF-8\" with status 200",
            host(&scene.sim)
        );
        scene.fails(ALL_PAGES, "HV000", &message);
    }
}

#[test]
fn a_redirect_is_never_followed() {
    for code in [301, 302, 303, 307, 308] {
        let mut scene = Scene::new();
        let elsewhere = Elsewhere::new();
        let login = format!("{}/login", elsewhere.origin());
        let reply = Reply::Status {
            code,
            headers: vec![("location".into(), login.clone())],
            body: String::new(),
        };
        scene.sim.fault(Fault::on(PAGES).page(2), reply);
        let message = format!(
            "the answer of \"{}\" is not from Confluence Cloud's API: a redirect (status {code}) to \"{login}\"",
            host(&scene.sim)
        );
        scene.fails(ALL_PAGES, "HV000", &message);
        elsewhere.was_left_alone();
    }
}

#[test]
fn a_redirect_of_the_question_who_one_is_is_not_followed_either() {
    let mut scene = Scene::new();
    let elsewhere = Elsewhere::new();
    let reply = Reply::Status {
        code: 302,
        headers: vec![("location".into(), elsewhere.origin())],
        body: String::new(),
    };
    scene.sim.fault(Fault::on(WHO_AM_I), reply);
    let message = format!(
        "the answer of \"{}\" is not from Confluence Cloud's API: a redirect (status 302) to \"{}\"",
        host(&scene.sim),
        elsewhere.origin()
    );
    scene.fails(ALL_PAGES, "HV000", &message);
    elsewhere.was_left_alone();
}

#[test]
fn json_that_is_cut_off_is_an_error() {
    for page in [1, 2, 5] {
        let raised = fails_on_page(page, Reply::TruncatedJson, "HV000", CUT_OFF);
        detail_has(&raised, &format!("Page {page} of the listing"));
    }
}

#[test]
fn json_of_another_shape_is_an_error() {
    for (body, found) in [
        (json!({"pages": []}), "an object without results"),
        (json!([]), "JSON of another shape (line 1, column 0)"),
        (
            json!({"results": {"a": 1}}),
            "JSON of another shape (line 1, column 11)",
        ),
        (
            json!({"results": [7]}),
            "JSON of another shape (line 1, column 13)",
        ),
    ] {
        let reply = Reply::mutate(move |json| *json = body.clone());
        fails_on_page(
            1,
            reply,
            "HV000",
            &format!("unexpected answer from Confluence: {found}"),
        );
    }
}

#[test]
fn a_status_of_success_that_is_not_200_is_no_listing() {
    for code in [201, 202, 204, 206] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::status(code));
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "HV000", "{raised:?}");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}

// --- Connections that break ------------------------------------------------------------------------------------------

#[test]
fn a_connection_that_breaks_once_costs_a_repeat() {
    for (page, reply) in [
        (1, Reply::DropMidBody),
        (3, Reply::DropMidBody),
        (1, Reply::DropBeforeHead),
        (3, Reply::DropBeforeHead),
    ] {
        let scene = all_rows_arrive_in_spite_of(Fault::on(PAGES).page(page).times(1), reply);
        assert_eq!(requests(&scene.sim).len(), 6);
    }
}

#[test]
fn a_connection_that_keeps_breaking_is_an_error_after_the_last_repeat() {
    for reply in [Reply::DropMidBody, Reply::DropBeforeHead] {
        let mut scene = Scene::with("max_retries '1'");
        // A connection that was used before is not worth a repeat of its own.
        scene.reads_all_pages();
        scene.sim.clear_log();
        scene.sim.fault(Fault::on(PAGES).page(2), reply.clone());
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "08006", "{raised:?}");
        let head = format!(
            "no complete answer from \"{}\" after 2 attempts: ",
            host(&scene.sim)
        );
        assert!(raised.message().starts_with(&head), "{raised:?}");
        assert_eq!(requests(&scene.sim).len(), 3, "{reply:?}");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}

#[test]
fn a_server_that_does_not_answer_in_time_is_an_error() {
    let mut scene = Scene::with("request_timeout '300ms', max_retries '1'");
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NeverAnswer);
    let message = format!(
        "no complete answer from \"{}\" after 2 attempts: no end after 300ms",
        host(&scene.sim)
    );
    scene.fails(ALL_PAGES, "08006", &message);
}

#[test]
fn a_late_answer_in_time_is_an_answer() {
    all_rows_arrive_in_spite_of(
        Fault::on(PAGES).page(2),
        Reply::Delay(Duration::from_millis(300)),
    );
}

// --- Who is asking ---------------------------------------------------------------------------------------------------

#[test]
fn being_nobody_is_an_error_unless_it_is_wanted() {
    let site = Options {
        organisation: Organisation::sized(Size {
            spaces: 40,
            pages: 400,
            permissions: 40,
            users: 8,
            seed: 7,
            largest_space_share: 0.1,
        }),
        anonymous_access: true,
        ..Options::default()
    };
    let mut scene = Scene::of(site, "page_size '50'");
    scene.sim.revoke_all();
    for sql in [ALL_PAGES, "SELECT id FROM confluence_spaces"] {
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "28000");
        assert_eq!(
            raised.message(),
            "Confluence does not know who is asking, and would show only what is public"
        );
        hint_has(&raised, "allow_anonymous");
    }
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (ADD allow_anonymous 'true')");
    let site = scene.sim.organisation();
    let public: Vec<u64> = site
        .spaces()
        .filter(|space| space.open_to_anonymous())
        .map(|space| space.id)
        .collect();
    assert!(!public.is_empty() && public.len() < site.spaces().count());
    assert_eq!(scene.numbers("SELECT id FROM confluence_spaces"), public);
    let public_pages: Vec<u64> = site
        .listed_pages()
        .filter(|page| public.contains(&page.space_id()))
        .map(|page| page.id())
        .collect();
    assert_eq!(scene.numbers(ALL_PAGES), public_pages);
}

#[test]
fn a_site_that_shows_nobody_anything_is_an_error_also_where_being_nobody_is_wanted() {
    let mut scene = Scene::with("allow_anonymous 'true'");
    scene.sim.revoke_all();
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
}

#[test]
fn reading_as_nobody_needs_no_user_mapping_where_it_is_wanted() {
    let mut scene = Scene::with("allow_anonymous 'true'");
    scene.sim.set_anonymous(true);
    scene
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    lines(&mut scene.client, ALL_PAGES);
    let log = scene.sim.log();
    assert!(!log.is_empty());
    assert!(
        log.iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn a_wrong_credential_is_an_error_and_never_an_empty_site() {
    for anonymous in [false, true] {
        for sql in [
            ALL_PAGES,
            "SELECT id FROM confluence_spaces",
            "SELECT id FROM confluence_permissions",
            "SELECT 1 FROM confluence_permissions WHERE space_id = 5",
            "SELECT count(*) FROM confluence_pages",
            "SELECT 1 FROM confluence_pages WHERE id = 1",
            "SELECT 1 WHERE EXISTS (SELECT FROM confluence_spaces)",
        ] {
            let mut scene = Scene::new();
            scene.sim.set_anonymous(anonymous);
            scene.sim.revoke_all();
            let raised = error(&mut scene.client, sql);
            assert_eq!(raised.code().code(), "28000", "{sql}: {raised:?}");
            scene
                .sim
                .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
            scene.reads_all_pages();
        }
    }
}

#[test]
fn a_credential_that_is_revoked_while_it_reads_is_an_error() {
    let mut scene = Scene::new();
    scene.when_answering(Fault::on(PAGES).page(2), Sim::revoke_all);
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    assert_eq!(scene.statuses(), [Some(200), Some(200), Some(404)]);
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
    scene.reads_all_pages();
}

/// A site whose only credential has these scopes.
#[track_caller]
fn scoped(scopes: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.sim.revoke_all();
    let credential = Credential::basic(Options::EMAIL, Options::TOKEN);
    scene
        .sim
        .grant(credential.with_scopes(scopes.iter().copied()));
    // Tokens with scopes are taken at the gateway only.
    scene.database.execute(&format!(
        "ALTER SERVER site OPTIONS (ADD gateway_url '{}', ADD route 'gateway', ADD cloud_id '{}')",
        scene.sim.url(),
        scene.sim.organisation().cloud_id()
    ));
    scene
}

#[test]
fn a_token_that_may_not_ask_who_it_is_is_known_all_the_same() {
    let mut scene = scoped(&["read:page:confluence"]);
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 1);
    assert_eq!(scene.sim.probes()[0].status, Some(401));
}

#[test]
fn a_missing_scope_is_named() {
    for (sql, scope) in [
        (ALL_PAGES, "read:page:confluence"),
        ("SELECT id FROM confluence_spaces", "read:space:confluence"),
        (
            "SELECT id FROM confluence_permissions",
            "read:space:confluence",
        ),
        (
            "SELECT id FROM confluence_permissions WHERE space_id = 1",
            "read:space:confluence",
        ),
    ] {
        let mut scene = scoped(&["read:nothing:confluence"]);
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "42501", "{raised:?}");
        assert_eq!(
            raised.message(),
            format!("the token lacks the scope \"{scope}\"")
        );
        hint_has(&raised, "Create a token that has this scope.");
    }
}

#[test]
fn the_credential_goes_with_every_request_and_only_once() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let expected = Credential::basic(Options::EMAIL, Options::TOKEN).header();
    for request in scene.sim.log() {
        let header = request.header("authorization");
        assert!(request.asks_as_nobody() || header == Some(expected.as_str()));
    }
}

// --- Rows that come twice --------------------------------------------------------------------------------------------

#[test]
fn rows_that_come_twice_are_returned_once() {
    for repeated in [1, 4, 10] {
        // With as many repeated rows as a page has room for, no page would ever get ahead.
        let fault = if repeated == 10 {
            Fault::on(PAGES).page(3)
        } else {
            Fault::on(PAGES)
        };
        all_rows_arrive_in_spite_of(fault, Reply::DuplicateRows(repeated));
    }
}

/// Lets the first row of the listing stand at the end of each later page, too.
fn first_row_again() -> Reply {
    let first = std::sync::Mutex::new(None::<Value>);
    Reply::mutate(move |json| {
        let Some(rows) = json["results"].as_array_mut() else {
            return;
        };
        let mut first = first.lock().unwrap();
        match &*first {
            None => *first = rows.first().cloned(),
            Some(first) => rows.push(first.clone()),
        }
    })
}

#[test]
fn a_row_that_comes_again_from_far_back_is_returned_once() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), first_row_again());
}

#[test]
fn rows_that_come_twice_in_an_ordered_scan_are_returned_once() {
    for reply in [Reply::DuplicateRows(4), first_row_again()] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).with("sort", "-modified-date"), reply);
        let sql = "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 30";
        let found = lines(&mut scene.client, sql);
        assert!(requests(&scene.sim)[0].contains("sort=-modified-date"));
        let site = scene.sim.organisation();
        let times: Vec<_> = found
            .iter()
            .map(|id| {
                let page = site.page(id.parse().unwrap());
                page.expect("a page of the site").modified_at()
            })
            .collect();
        let mut distinct = found.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((found.len(), distinct.len()), (30, 30));
        assert!(times.is_sorted_by(|one, next| one >= next));
        let latest = site.modified_since(times[29]);
        assert!(latest.len() >= 30);
        assert!(
            latest
                .iter()
                .filter(|page| page.modified_at() > times[29])
                .all(|page| found.contains(&page.id().to_string()))
        );
    }
}

#[test]
fn rows_that_come_twice_in_a_range_scan_are_returned_once() {
    for reply in [Reply::DuplicateRows(4), first_row_again()] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).with("sort", "-modified-date"), reply);
        let (sql, expected) = latest_pages(&scene, 25);
        assert_eq!(scene.numbers(&sql), expected);
        assert!(requests(&scene.sim)[0].contains("sort=-modified-date"));
    }
}

#[test]
fn parents_that_come_twice_are_asked_once() {
    let mut scene = Scene::new();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET page_size '2')");
    scene.sim.fault(Fault::on(SPACES), Reply::DuplicateRows(1));
    assert_eq!(
        one(
            &mut scene.client,
            "SELECT count(*), count(DISTINCT (space_id, id)) FROM confluence_permissions"
        ),
        format!("{0}|{0}", scene.sim.organisation().permission_count())
    );
}

// --- Next links ------------------------------------------------------------------------------------------------------

#[test]
fn a_next_link_in_the_header_alone_is_followed() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::LinkHeaderOnly);
}

/// Whether a next link that stands in these headers only is followed, behind a page without rows.
#[track_caller]
fn is_followed(links: &[&str]) -> bool {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(links.iter().map(|&link| {
        let link = link.replace("NEXT", "/wiki/api/v2/pages?limit=9");
        ("link".to_owned(), link)
    }));
    let reply = Reply::Status {
        code: 200,
        headers,
        body: json!({"results": [], "_links": {}}).to_string(),
    };
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES).times(1), reply);
    scene.numbers(ALL_PAGES) == scene.page_ids()
}

#[test]
fn a_next_link_is_found_in_every_form_of_the_header() {
    let forms = [
        &["<NEXT>; rel=\"next\""][..],
        &["<NEXT>;rel=\"next\", <https://x.example/wiki>; rel=\"base\""],
        &["<https://x.example/wiki>; rel=\"base\", <NEXT>; rel=\"next\""],
        &[
            "<https://x.example/wiki>; rel=\"base\"",
            "<NEXT>; rel=\"next\"",
        ],
        &["<NEXT>; rel=next"],
        &["<NEXT>; Rel=\"next\""],
        &["<NEXT>; title=\"more\"; rel=\"next\""],
        &["<NEXT>; rel=\"last next\""],
    ];
    let overlooked: Vec<_> = forms.iter().filter(|links| !is_followed(links)).collect();
    assert!(overlooked.is_empty(), "{overlooked:#?}");
}

#[test]
fn a_next_link_without_wiki_is_followed() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::RelativeNextWithoutWiki);
}

#[test]
fn an_absolute_next_link_to_the_same_host_is_followed() {
    let mut scene = Scene::new();
    let origin = scene.sim.url().to_owned();
    scene
        .sim
        .fault(Fault::on(PAGES), Reply::AbsoluteNext(origin));
    scene.reads_all_pages();
}

#[test]
fn a_next_link_to_another_host_is_refused_and_nothing_is_sent_there() {
    let mut scene = Scene::new();
    let elsewhere = Elsewhere::new();
    let message = "unexpected answer from Confluence: a next link that leads to another host";
    for origin in [
        elsewhere.origin(),
        elsewhere.origin().replace("http://", "//"),
        format!(
            "{}@{}",
            scene.sim.url(),
            elsewhere.origin().replace("http://", "")
        ),
        scene.sim.url().replace("http://", "https://"),
    ] {
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::AbsoluteNext(origin));
        scene.fails(ALL_PAGES, "HV000", message);
    }
    elsewhere.was_left_alone();
}

#[test]
fn a_next_link_to_another_listing_is_refused() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(2),
        Reply::mutate(|json| {
            let next = json["_links"]["next"].as_str().unwrap_or_default();
            json["_links"]["next"] = json!(next.replace("/pages", "/blogposts"));
        }),
    );
    let message = "unexpected answer from Confluence: a next link that leads to another listing";
    scene.fails(ALL_PAGES, "HV000", message);
}

#[test]
fn a_next_link_that_is_no_text_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(2),
        Reply::mutate(|json| json["_links"]["next"] = json!(7)),
    );
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "HV000", "{raised:?}");
    scene.sim.clear_faults();
    scene.reads_all_pages();
}

// --- Values ----------------------------------------------------------------------------------------------------------

#[test]
fn a_row_without_its_key_or_with_another_type_is_an_error_that_names_it() {
    for (field, value, found) in [
        ("id", None, "nothing"),
        ("id", Some(json!(null)), "nothing"),
        ("id", Some(json!("abc")), "\"abc\""),
        (
            "id",
            Some(json!("9223372036854775808")),
            "\"9223372036854775808\"",
        ),
        ("spaceId", None, "nothing"),
        ("spaceId", Some(json!([])), "an array"),
        ("parentId", Some(json!("12 3")), "\"12 3\""),
        ("position", Some(json!(3_000_000_000_i64)), "3000000000"),
        ("createdAt", Some(json!("yesterday")), "\"yesterday\""),
        ("title", Some(json!({"a": 1})), "an object"),
    ] {
        let mut scene = Scene::new();
        let target = scene.page_ids()[10];
        let change = {
            let value = value.clone();
            move |row: &mut Value| match (&value, row.as_object_mut()) {
                (Some(value), Some(row)) => {
                    row.insert(field.to_owned(), value.clone());
                }
                (None, Some(row)) => {
                    row.remove(field);
                }
                _ => {}
            }
        };
        scene.sim.fault(Fault::on(PAGES).page(2), first_row(change));
        let row = if field == "id" {
            "a row".to_owned()
        } else {
            format!("row {target}")
        };
        let message = format!(
            "unexpected value in column data of \"confluence_pages\": field \"{field}\" of {row} is {found}"
        );
        let sql = "SELECT * FROM confluence_pages";
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "HV004", "{raised:?}");
        assert_eq!(raised.message(), message);
        detail_has(&raised, "Page 2 of the listing");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}

#[test]
fn a_value_that_no_query_uses_does_not_spoil_the_row() {
    let broken = first_row(|row| row["createdAt"] = json!("yesterday"));
    all_rows_arrive_in_spite_of(Fault::on(PAGES), broken);
}

#[test]
fn missing_and_null_values_are_null() {
    for absent in [true, false] {
        let mut scene = Scene::new();
        let id = scene.page_ids()[0];
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            first_row(move |row| {
                let Some(fields) = row.as_object_mut() else {
                    return;
                };
                if absent {
                    fields.retain(|name, _| name == "id" || name == "spaceId");
                } else {
                    for (name, value) in fields.iter_mut() {
                        if name != "id" && name != "spaceId" {
                            *value = Value::Null;
                        }
                    }
                }
            }),
        );
        let columns = "title, status, subtype, parent_id, parent_type, position, author_id, owner_id, last_owner_id,
             created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit,
             web_url, edit_url, tiny_url";
        let row = one(
            &mut scene.client,
            &format!("SELECT num_nulls({columns}) FROM confluence_pages WHERE id + 0 = {id}"),
        );
        assert_eq!(row, "18");
    }
}

#[test]
fn fields_that_nobody_knows_are_ignored() {
    let extra = Reply::mutate(|json| {
        json["meta"] = json!({"results": [1], "_links": {"next": "/wiki/api/v2/pages?cursor=x"}});
        json["_links"]["next2"] = json!("x");
        if let Some(rows) = json["results"].as_array_mut() {
            for row in rows {
                row["results"] = json!([{"id": "1"}]);
                row["Id"] = json!("1");
                row["version"]["id"] = json!(7);
                row["sourceTemplateEntityId"] = json!({"deep": [[[{}]]]});
            }
        }
    });
    all_rows_arrive_in_spite_of(Fault::on(PAGES), extra);
}

#[test]
fn the_largest_ids_are_kept_exactly() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        first_row(|row| {
            row["id"] = json!("9223372036854775807");
            row["parentId"] = json!(9_007_199_254_740_993_i64);
            row["title"] = json!("largest");
        }),
    );
    let sql = "SELECT id, parent_id FROM confluence_pages WHERE title || '' = 'largest'";
    assert_eq!(
        one(&mut scene.client, sql),
        "9223372036854775807|9007199254740993"
    );
}

#[test]
fn times_are_read_in_every_form_that_the_site_writes() {
    for (written, expected) in [
        ("2024-05-12T09:31:07.123Z", "2024-05-12 09:31:07.123+00"),
        ("2024-05-12T09:31:07Z", "2024-05-12 09:31:07+00"),
        (
            "2024-05-12T09:31:07.123456Z",
            "2024-05-12 09:31:07.123456+00",
        ),
        ("2024-05-12T11:31:07.1+02:00", "2024-05-12 09:31:07.1+00"),
        ("2024-05-12T09:31:07.123+0000", "2024-05-12 09:31:07.123+00"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59.999+00"),
        ("9999-12-30T00:00:00Z", "9999-12-30 00:00:00+00"),
    ] {
        let mut scene = Scene::new();
        let id = scene.page_ids()[0];
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            first_row(move |row| row["createdAt"] = json!(written)),
        );
        let sql = format!("SELECT created_at FROM confluence_pages WHERE id + 0 = {id}");
        assert_eq!(one(&mut scene.client, &sql), expected);
    }
}

#[test]
fn values_beyond_the_documents_are_kept_as_text() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PERMISSIONS),
        first_row(|row| {
            row["principal"]["type"] = json!("access-class");
            row["operation"]["key"] = json!("manage_users");
        }),
    );
    let id = scene.sim.organisation().spaces().next().unwrap().id;
    let sql = format!(
        "SELECT count(*) FROM confluence_permissions
         WHERE space_id = {id} AND principal_type = 'access-class' AND operation_key = 'manage_users'"
    );
    assert_ne!(one(&mut scene.client, &sql), "0");
    scene.sim.fault(
        Fault::on(SPACES),
        first_row(|row| row["type"] = json!("moon_base")),
    );
    let sql = "SELECT count(*) FROM confluence_spaces WHERE type = 'moon_base'";
    assert_eq!(one(&mut scene.client, sql), "1");
}

#[test]
fn a_title_with_the_character_that_text_cannot_hold_is_shown_with_a_replacement() {
    let mut scene = Scene::new();
    let id = scene.page_ids()[0];
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        first_row(|row| row["title"] = json!("a\0b \u{1F600} \u{202e}c")),
    );
    let sql = format!("SELECT title FROM confluence_pages WHERE id + 0 = {id}");
    assert_eq!(
        one(&mut scene.client, &sql),
        "a\u{fffd}b \u{1F600} \u{202e}c"
    );
}

// --- Order -----------------------------------------------------------------------------------------------------------

/// A query for the latest so many pages by a range, and their ids. The site may list more where times are equal.
#[track_caller]
fn latest_pages(scene: &Scene, count: usize) -> (String, Vec<u64>) {
    let site = scene.sim.organisation();
    let mut times: Vec<_> = site.listed_pages().map(|page| page.modified_at()).collect();
    times.sort_unstable_by(|one, next| next.cmp(one));
    let since = times[count - 1];
    let mut expected: Vec<u64> = site
        .modified_since(since)
        .iter()
        .map(|page| page.id())
        .collect();
    expected.sort_unstable();
    let sql = format!("SELECT id FROM confluence_pages WHERE modified_at >= '{since}'");
    (sql, expected)
}

#[test]
fn a_range_scan_out_of_order_on_its_first_page_reads_everything() {
    // With the bound on the first page, and behind it.
    for count in [5, 15] {
        let mut scene = Scene::new();
        let (name, value) = BY_MODIFICATION;
        scene.sim.fault(
            Fault::on(PAGES).with(name, value).page(1),
            Reply::OutOfOrder,
        );
        let (sql, expected) = latest_pages(&scene, count);
        assert_eq!(scene.numbers(&sql), expected);
        let sent = requests(&scene.sim);
        assert!(sent[0].contains("sort=-modified-date"), "{sent:#?}");
        assert!(sent[1..].iter().all(|request| !request.contains("sort=")));
        assert_eq!(sent.len(), 1 + 5);
    }
}

#[test]
fn a_range_scan_out_of_order_behind_rows_that_were_handed_on_is_an_error() {
    // The second page holds the bound; its first row, which is within, comes behind it.
    for count in [15, 40] {
        let mut scene = Scene::new();
        let (name, value) = BY_MODIFICATION;
        scene.sim.fault(
            Fault::on(PAGES).with(name, value).page(2),
            Reply::OutOfOrder,
        );
        let (sql, expected) = latest_pages(&scene, count);
        let raised = scene.fails(&sql, "HV000", MODIFIED_OUT_OF_ORDER);
        detail_has(&raised, "Page 2 of the listing");
        assert_eq!(scene.numbers(&sql), expected);
    }
}

#[test]
fn an_ordered_scan_out_of_order_is_an_error() {
    for (column, sort) in [
        ("modified_at", "modified-date"),
        ("created_at", "created-date"),
        ("id", "id"),
    ] {
        for (direction, mark) in [("ASC", ""), ("DESC", "-")] {
            for page in [1, 2] {
                let mut scene = Scene::new();
                let fault = Fault::on(PAGES).with("sort", format!("{mark}{sort}"));
                scene.sim.fault(fault.page(page), Reply::OutOfOrder);
                let sql = format!(
                    "SELECT id FROM confluence_pages ORDER BY {column} {direction} LIMIT 30"
                );
                let message =
                    format!("rows of \"confluence_pages\" arrived out of order of \"{column}\"");
                let raised = scene.fails(&sql, "HV000", &message);
                hint_has(&raised, column);
            }
        }
    }
}

#[test]
fn the_hint_of_an_ordered_scan_helps() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).with("sort", "-modified-date"),
        Reply::OutOfOrder,
    );
    let sql = "SELECT id FROM confluence_pages ORDER BY modified_at + interval '0' DESC LIMIT 3";
    let site = scene.sim.organisation();
    let latest = site.modified_since(site.now() - Duration::from_secs(3600 * 24 * 365 * 10));
    let found = lines(&mut scene.client, sql);
    assert_eq!(found[0], latest[0].id().to_string());
}

#[test]
fn an_ordered_scan_without_a_value_to_order_by_is_an_error() {
    let missing = || {
        first_row(|row| {
            if let Some(version) = row["version"].as_object_mut() {
                version.remove("createdAt");
            }
        })
    };
    let sql = "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 20";
    for page in [1, 2] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(PAGES).page(page), missing());
        scene.fails(sql, "HV000", MODIFIED_OUT_OF_ORDER);
    }
    // In a range such a row does not count; where it would be is found out by reading everything.
    let mut scene = Scene::new();
    let (name, value) = BY_MODIFICATION;
    scene
        .sim
        .fault(Fault::on(PAGES).with(name, value).page(1), missing());
    let (sql, expected) = latest_pages(&scene, 15);
    assert_eq!(scene.numbers(&sql), expected);
}

// --- By offset -------------------------------------------------------------------------------------------------------

const GROUPS: &str = "/wiki/rest/api/group";

/// All groups of a site, in an order of their own.
fn groups(scene: &mut Scene) -> Vec<String> {
    let mut groups = lines(&mut scene.client, "SELECT id FROM confluence_groups");
    groups.sort_unstable();
    groups
}

/// Leaves out the rows that a change further in front would have moved up.
fn shifted(rows: usize) -> Reply {
    Reply::mutate(move |answer| {
        let results = answer["results"].as_array_mut().expect("a listing");
        results.drain(..rows.min(results.len()));
    })
}

#[test]
fn a_row_that_goes_away_hides_none_behind_it() {
    let mut scene = Scene::with("");
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .expect("an option");
    let expected = groups(&mut scene);
    let undisturbed = scene.sim.data_requests().len();
    assert!(expected.len() > 9, "{expected:?}");
    for page in [2, 3] {
        for rows in 1..=3 {
            scene.sim.clear_log();
            scene.sim.fault(Fault::on(GROUPS).nth(page), shifted(rows));
            assert_eq!(groups(&mut scene), expected, "{rows} on page {page}");
            let more = scene.sim.data_requests().len() - undisturbed;
            assert!((1..=3).contains(&more), "{more}");
            scene.sim.clear_faults();
        }
    }
}

#[test]
fn rows_that_go_away_again_and_again_are_an_error() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .unwrap();
    let others = Reply::mutate(|answer| {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        for row in answer["results"].as_array_mut().expect("a listing") {
            let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            row["id"] = json!(format!("00000000-0000-0000-0000-{next:012}"));
        }
    });
    scene.sim.fault(Fault::on(GROUPS), others);
    let message = "unexpected answer from Confluence: rows that go away faster than they are read";
    scene.fails("SELECT id FROM confluence_groups", "HV000", message);
}

#[test]
fn a_site_that_does_not_know_where_to_start_is_an_error() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .unwrap();
    let first = std::sync::Arc::new(std::sync::Mutex::new(None::<Value>));
    let again = Reply::mutate(move |answer| {
        let mut first = first.lock().expect("nobody fails with it");
        *answer = first.get_or_insert_with(|| answer.clone()).clone();
    });
    scene.sim.fault(Fault::on(GROUPS), again);
    let message = "unexpected answer from Confluence: only rows that came before";
    scene.fails("SELECT id FROM confluence_groups", "HV000", message);
}

#[test]
fn a_full_page_that_does_not_say_whether_there_is_another_is_an_error() {
    let without_links = Reply::mutate(|answer| {
        answer.as_object_mut().expect("an object").remove("_links");
    });
    let mut scene = Scene::new();
    // The header says it, too.
    scene.sim.fault(Fault::on(PAGES).page(1), without_links);
    scene.reads_all_pages();
    let silent = Reply::Status {
        code: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({"results": (1..=10).map(|id| json!({"id": id.to_string(), "status": "current",
            "title": "T", "spaceId": "1", "createdAt": "2026-01-01T00:00:00Z",
            "version": {"number": 1, "createdAt": "2026-01-01T00:00:00Z"}})).collect::<Vec<_>>()})
        .to_string(),
    };
    scene.sim.clear_faults();
    scene.sim.fault(Fault::on(PAGES), silent);
    let message =
        "unexpected answer from Confluence: a full page that does not say whether there is another";
    scene.fails(ALL_PAGES, "HV000", message);
}

// --- Parents ---------------------------------------------------------------------------------------------------------

#[test]
fn a_space_that_was_listed_but_cannot_be_read_is_an_error() {
    let mut scene = Scene::new();
    let space = scene.sim.organisation().spaces().nth(1).unwrap().id;
    let its_permissions = || Fault::on(PERMISSIONS.replace("{id}", &space.to_string()));
    let sql = "SELECT id FROM confluence_permissions";
    scene.sim.fault(its_permissions(), Reply::NamedNotFound);
    let message = format!("space_id {space} was listed, but cannot be read");
    scene.fails(sql, "HV000", &message);
    scene.sim.fault(its_permissions(), Reply::BareNotFound);
    scene.fails(sql, "28000", REJECTED);
}

#[test]
fn it_is_one_in_every_join_whose_keys_the_site_has_listed() {
    let mut scene = Scene::new();
    let space = scene.sim.organisation().spaces().nth(1).unwrap().id;
    let its_permissions = || Fault::on(PERMISSIONS.replace("{id}", &space.to_string()));
    let message = format!("space_id {space} was listed, but cannot be read");
    let joined = [
        "SELECT p.id FROM confluence_spaces s JOIN confluence_permissions p ON p.space_id = s.id",
        "SELECT s.key, p.id FROM confluence_spaces s LEFT JOIN confluence_permissions p ON p.space_id = s.id",
        "SELECT s.key FROM confluence_spaces s
         WHERE NOT EXISTS (SELECT FROM confluence_permissions p WHERE p.space_id = s.id)",
        "SELECT s.key, (SELECT count(*) FROM confluence_permissions p WHERE p.space_id = s.id) FROM confluence_spaces s",
        "SELECT s.key, x.n FROM confluence_spaces s,
            LATERAL (SELECT count(*) AS n FROM confluence_permissions p WHERE p.space_id = s.id) x",
        "WITH s AS MATERIALIZED (SELECT id AS number FROM confluence_spaces)
         SELECT p.id FROM s JOIN confluence_permissions p ON p.space_id = s.number",
        "SELECT p.id FROM (SELECT DISTINCT space_id FROM confluence_pages) g
         JOIN confluence_permissions p ON p.space_id = g.space_id",
        "SELECT p.id FROM (SELECT s.id FROM confluence_spaces s LEFT JOIN pg_class c ON c.oid = s.id::oid OFFSET 0) s
         JOIN confluence_permissions p ON p.space_id = s.id",
    ];
    for settings in [
        "RESET ALL",
        "SET confluence_fdw.enable_batch_join = off",
        "SET confluence_fdw.enable_batch_join = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
        "SET enable_nestloop = off",
    ] {
        scene.client.batch_execute(settings).expect("settings");
        for sql in joined {
            scene.sim.fault(its_permissions(), Reply::NamedNotFound);
            scene.fails(sql, "HV000", &message);
        }
    }
    // Of what is listed only because the query asks for it, nothing may be left.
    let deleted = scene.page_ids()[4];
    let of = |site: &mut Organisation| site.set_page_status(deleted, PageStatus::Deleted);
    scene.sim.edit(of).expect("a page");
    let deleted = format!(
        "SELECT p.id FROM confluence_pages p LEFT JOIN confluence_page_versions v ON v.page_id = p.id
         WHERE p.status = 'deleted' AND p.id = {deleted} AND v.number IS NULL"
    );
    assert_eq!(lines(&mut scene.client, &deleted).len(), 1);
    // What the query itself names, or somebody's own table, need not exist.
    scene
        .client
        .batch_execute(&format!(
            "RESET ALL; CREATE TABLE own AS SELECT {space}::bigint AS id"
        ))
        .expect("a table");
    scene.sim.fault(its_permissions(), Reply::NamedNotFound);
    for sql in [
        &format!("SELECT id FROM confluence_permissions WHERE space_id = {space}"),
        "SELECT p.id FROM own JOIN confluence_permissions p ON p.space_id = own.id",
    ] {
        assert!(lines(&mut scene.client, sql).is_empty(), "{sql}");
    }
}

#[test]
fn a_space_that_goes_while_permissions_are_read_is_an_error() {
    let mut scene = Scene::new();
    let last = scene.sim.organisation().spaces().last().unwrap().id;
    scene.when_answering(Fault::on(SPACES), move |sim| {
        sim.edit(|site| site.delete_space(last)).unwrap();
    });
    let message = format!("space_id {last} was listed, but cannot be read");
    let raised = error(&mut scene.client, "SELECT id FROM confluence_permissions");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("HV000", message.as_str())
    );
    assert_eq!(
        lines(&mut scene.client, "SELECT id FROM confluence_permissions").len(),
        scene.sim.organisation().permission_count()
    );
}

#[test]
fn a_listing_of_parents_that_misleads_is_an_error_too() {
    for (reply, sqlstate, message) in [
        (Reply::TruncatedJson, "HV000", CUT_OFF),
        (Reply::RepeatCursor, "HV000", FOLLOWED_BEFORE),
        (Reply::BareNotFound, "28000", REJECTED),
    ] {
        let mut scene = Scene::new();
        scene
            .database
            .execute("ALTER SERVER site OPTIONS (SET page_size '1')");
        scene.sim.fault(Fault::on(SPACES).page(2), reply);
        scene.fails("SELECT id FROM confluence_permissions", sqlstate, message);
    }
    let mut scene = Scene::new();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET page_size '1')");
    scene
        .sim
        .fault(Fault::on(SPACES).page(2), Reply::EmptyPageWithNext);
    assert_eq!(
        lines(&mut scene.client, "SELECT id FROM confluence_permissions").len(),
        scene.sim.organisation().permission_count()
    );
}

#[test]
fn an_object_that_is_not_there_is_no_row() {
    let mut scene = Scene::new();
    for sql in [
        "SELECT 1 FROM confluence_permissions WHERE space_id = 999",
        "SELECT 1 FROM confluence_permissions WHERE space_id = 0",
        "SELECT 1 FROM confluence_permissions WHERE space_id = -1",
        "SELECT 1 FROM confluence_pages WHERE id = 999",
        "SELECT 1 FROM confluence_pages WHERE id = -1",
        "SELECT 1 FROM confluence_pages WHERE space_id = 999",
        "SELECT 1 FROM confluence_pages WHERE space_id = 9223372036854775807",
        "SELECT 1 FROM confluence_spaces WHERE id = 999",
        "SELECT 1 FROM confluence_spaces WHERE key = 'NOSUCHKEY'",
    ] {
        assert!(lines(&mut scene.client, sql).is_empty(), "{sql}");
    }
    // Beside those that are there.
    let known = scene.sim.organisation().spaces().next().unwrap().id;
    let sql = format!("SELECT id FROM confluence_permissions WHERE space_id IN (999, {known})");
    assert_eq!(
        lines(&mut scene.client, &sql).len(),
        scene.sim.organisation().permissions(known).count()
    );
}

// --- A site that changes ---------------------------------------------------------------------------------------------

#[test]
fn pages_that_come_and_go_while_a_listing_is_read_cost_it_no_other_row() {
    for page in 1..=4 {
        let mut scene = Scene::new();
        let ids = scene.page_ids();
        let space_id = scene.sim.organisation().spaces().next().unwrap().id;
        // One that has been read, one that is on the page that follows, and the last.
        let gone = [ids[page as usize], ids[page as usize * 10], ids[44]];
        scene.when_answering(Fault::on(PAGES).page(page), move |sim| {
            sim.edit(|site| {
                for id in gone {
                    site.purge_page(id).unwrap();
                }
                let title = "new".to_owned();
                let page = NewPage {
                    space_id,
                    title,
                    parent_id: None,
                };
                site.create_page(page).unwrap();
            });
        });
        let mut found = scene.numbers(ALL_PAGES);
        let with_repeats = found.len();
        found.dedup();
        assert_eq!(found.len(), with_repeats);
        for id in ids.iter().filter(|id| !gone.contains(id)) {
            assert!(found.contains(id), "{id} is lost");
        }
        scene.reads_all_pages();
    }
}

/// A scene in which the oldest of some pages is modified while the first ten are answered, and so moves to where a listing
/// with the newest first has been already.
fn oldest_moves(pages: &[u64]) -> Scene {
    let scene = Scene::new();
    let site = scene.sim.organisation();
    let oldest = *pages
        .iter()
        .min_by_key(|&&id| site.page(id).map(|page| page.modified_at()))
        .unwrap();
    scene.when_answering(Fault::on(PAGES).page(1), move |sim| {
        sim.edit(|site| site.modify_page(oldest)).unwrap();
    });
    scene
}

/// What the README's limits say: a listing of changes cannot be read at one moment, and the next one has what moved.
#[test]
fn a_page_that_is_modified_while_changes_are_read_is_among_the_next_changes() {
    let (sql, expected) = latest_pages(&Scene::new(), 25);
    let mut scene = oldest_moves(&expected);
    for id in scene.numbers(&sql) {
        assert!(expected.contains(&id), "{id} is older");
    }
    scene.sim.clear_faults();
    assert_eq!(scene.numbers(&sql), expected);
}

#[test]
fn a_page_that_is_modified_while_an_ordered_listing_is_read_is_not_lost() {
    let all = Scene::new().page_ids();
    for direction in ["ASC", "DESC"] {
        let sql = format!("SELECT id FROM confluence_pages ORDER BY modified_at {direction}");
        let mut found = oldest_moves(&all).numbers(&sql);
        found.sort_unstable();
        assert_eq!(found, all, "{direction}");
    }
}

/// Titles are asked for one by one, and each answer holds those of other letter case, too: rows of several answers.
#[test]
fn titles_whose_range_comes_out_of_order_lose_no_row() {
    let database = Database::create();
    let sim = Sim::start(Options::of(Organisation::standard()));
    database.site(&sim);
    let mut client = database.connect();
    let sql = "SELECT id FROM confluence_pages
               WHERE title IN ('Runbook', 'runbook', 'RUNBOOK') AND modified_at >= '2001-01-01'";
    let expected = numbers(&mut client, sql);
    assert!(expected.len() > 2);
    sim.fault(
        Fault::on(PAGES).with("sort", "-modified-date"),
        Reply::OutOfOrder,
    );
    assert_eq!(numbers(&mut client, sql), expected);
}

// --- Repeats ---------------------------------------------------------------------------------------------------------

const FOUR_OR_FIVE: &str = "SELECT id FROM confluence_spaces";

/// The requests and repeats that `EXPLAIN ANALYZE` counts.
#[track_caller]
fn counted(scene: &mut Scene, sql: &str) -> String {
    let plan = explain_with(
        &mut scene.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        sql,
    );
    let line = plan
        .lines()
        .find(|line| line.contains("Retries:"))
        .unwrap_or_default();
    line.trim()
        .split("  Rows")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_fault_that_passes_costs_a_repeat_that_explain_counts() {
    for reply in [
        Reply::TooManyRequests {
            retry_after: Some("0".into()),
        },
        Reply::TooManyRequests {
            retry_after: Some("0.05".into()),
        },
        Reply::TooManyRequests {
            retry_after: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
        },
        Reply::TooManyRequests { retry_after: None },
        Reply::status(502),
        Reply::status(503),
        Reply::status(504),
        Reply::retry_after(503, "0"),
        Reply::retry_after(500, "0"),
    ] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).page(2).times(1), reply.clone());
        assert_eq!(
            counted(&mut scene, ALL_PAGES),
            "Requests: 6  Retries: 1",
            "{reply:?}"
        );
        assert_eq!(requests(&scene.sim).len(), 6);
        scene.reads_all_pages();
    }
}

#[test]
fn a_throttled_request_waits_as_long_as_it_is_told_to() {
    let mut scene = Scene::new();
    let reply = Reply::TooManyRequests {
        retry_after: Some("0.4".into()),
    };
    scene.sim.fault(Fault::on(PAGES).page(2).times(1), reply);
    scene.reads_all_pages();
    let log = scene.sim.data_requests();
    let pause = log[2].received.duration_since(log[1].answered.unwrap());
    assert!(pause >= Duration::from_millis(400), "{pause:?}");
}

#[test]
fn a_500_is_an_error_at_once() {
    let raised = fails_on_page(
        2,
        Reply::status(500),
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    hint_has(&raised, "Try again later.");
}

#[test]
fn the_question_who_one_is_is_repeated_like_any_other() {
    for reply in [
        Reply::retry_after(429, "0"),
        Reply::retry_after(503, "0"),
        Reply::DropMidBody,
        Reply::DropBeforeHead,
    ] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(WHO_AM_I).times(1), reply);
        scene.reads_all_pages();
        assert_eq!(scene.sim.probes().len(), 2);
    }
    // A question that failed is asked again by the next query; one that was answered is not.
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(WHO_AM_I), Reply::status(500));
    scene.fails(
        ALL_PAGES,
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 2);
}

/// The statuses of the requests for the listing of spaces, with a fault on it that does not pass.
#[track_caller]
fn attempts(options: &str, reply: Reply, sqlstate: &str) -> (DbError, Vec<Request>) {
    let mut scene = Scene::with(options);
    scene.sim.fault(Fault::on(SPACES), reply);
    let raised = error(&mut scene.client, FOUR_OR_FIVE);
    assert_eq!(raised.code().code(), sqlstate, "{raised:?}");
    let log = scene.sim.data_requests();
    scene.sim.clear_faults();
    assert_eq!(lines(&mut scene.client, FOUR_OR_FIVE).len(), 3);
    (raised, log)
}

#[test]
fn a_request_is_sent_once_and_as_often_more_as_max_retries_says() {
    let throttled = || Reply::TooManyRequests {
        retry_after: Some("0".into()),
    };
    for retries in [0, 1, 3, 5] {
        let options = format!("max_retries '{retries}'");
        let (raised, log) = attempts(&options, throttled(), "53400");
        assert_eq!(log.len(), 1 + retries);
        assert_eq!(raised.message(), "Confluence limits the rate of requests");
        detail_has(&raised, &format!("attempt {}", 1 + retries));
        let (raised, log) = attempts(&options, Reply::retry_after(503, "0"), "HV00M");
        assert_eq!(log.len(), 1 + retries);
        let message = format!(
            "Confluence failed with status 503 after {} attempts",
            1 + retries
        );
        assert_eq!(raised.message(), message);
    }
    // Six is what there is without an option.
    assert_eq!(attempts("", throttled(), "53400").1.len(), 6);
}

#[test]
fn a_pause_beyond_max_wait_is_an_error_at_once_that_says_when_to_come_back() {
    let (raised, log) = attempts(
        "max_wait '1min'",
        Reply::Status {
            code: 429,
            headers: vec![
                ("retry-after".into(), "61".into()),
                ("x-ratelimit-reset".into(), "2026-11-20T10:00Z".into()),
                (
                    "ratelimit-reason".into(),
                    "confluence-quota-tenant-based".into(),
                ),
            ],
            body: String::new(),
        },
        "53400",
    );
    assert_eq!(log.len(), 1);
    hint_has(&raised, "Come back after 2026-11-20T10:00Z.");
    detail_has(&raised, "confluence-quota-tenant-based");
    let (raised, log) = attempts(
        "max_wait '1min'",
        Reply::TooManyRequests {
            retry_after: Some("61".into()),
        },
        "53400",
    );
    assert_eq!(log.len(), 1);
    hint_has(&raised, "Come back in 61 s.");
    let (_, log) = attempts("max_wait '1min'", Reply::retry_after(503, "61"), "HV00M");
    assert_eq!(log.len(), 1);
}

#[test]
fn a_limit_on_the_rate_of_requests_is_waited_for() {
    let site = Options {
        organisation: small_site(),
        rate_limit: Some(confluence_sim::RateLimit {
            requests_per_second: 20.0,
            burst: 2,
        }),
        ..Options::default()
    };
    let mut scene = Scene::of(
        site,
        "page_size '20', max_concurrency '8', max_retries '20'",
    );
    scene.reads_all_pages();
}

// --- Bodies ----------------------------------------------------------------------------------------------------------

/// A site of 130 pages, read with their bodies; the site fails like this on pages of 50.
#[track_caller]
fn reads_bodies_in_spite_of(fault: Fault, reply: Reply) -> Vec<String> {
    let site = Organisation::sized(Size {
        spaces: 3,
        pages: 130,
        permissions: 3,
        users: 3,
        seed: 3,
        largest_space_share: 0.5,
    });
    let mut scene = Scene::of(Options::of(site.clone()), "max_concurrency '1'");
    scene.sim.fault(fault, reply);
    let mut found = lines(
        &mut scene.client,
        "SELECT id, md5(body_storage) FROM confluence_pages",
    );
    found.sort_unstable();
    let mut expected: Vec<String> = site
        .listed_pages()
        .map(|page| {
            let body = literal(&page.storage_body());
            let sql = format!("SELECT {}, md5({body})", page.id());
            one(&mut scene.client, &sql)
        })
        .collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let limit = |request: &Request| request.parameter("limit").unwrap_or_default().to_owned();
    scene.sim.data_requests().iter().map(limit).collect()
}

#[test]
fn a_site_that_fails_on_many_bodies_is_asked_for_fewer() {
    for code in [500, 502, 503, 504] {
        let sent =
            reads_bodies_in_spite_of(Fault::on(PAGES).with("limit", "50"), Reply::status(code));
        assert_eq!(sent, ["50", "25", "25", "25", "25", "25", "25"], "{code}");
    }
    let sent = reads_bodies_in_spite_of(
        Fault::on(PAGES).with("limit", "50").page(2),
        Reply::status(500),
    );
    assert_eq!(sent, ["50", "50", "25", "25", "25", "25"]);
}

#[test]
fn a_limit_on_the_rate_of_requests_does_not_change_how_many_bodies_are_asked_for() {
    let throttled = Reply::TooManyRequests {
        retry_after: Some("0".into()),
    };
    let sent = reads_bodies_in_spite_of(Fault::on(PAGES).page(2).times(2), throttled);
    assert_eq!(sent, ["50", "50", "50", "50", "50"]);
}

#[test]
fn a_site_that_fails_on_every_number_of_bodies_is_an_error() {
    let mut scene = Scene::with("max_retries '0'");
    scene.sim.fault(Fault::on(PAGES), Reply::status(500));
    let raised = scene.fails(
        "SELECT body_storage FROM confluence_pages",
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    detail_has(&raised, "limit=1");
}

#[test]
fn a_page_size_below_that_for_bodies_is_kept() {
    let mut scene = Scene::new();
    lines(
        &mut scene.client,
        "SELECT body_storage FROM confluence_pages",
    );
    assert!(
        scene
            .sim
            .data_requests()
            .iter()
            .all(|request| request.parameter("limit") == Some("10"))
    );
}

// --- Every way to ask ------------------------------------------------------------------------------------------------

#[test]
fn no_way_to_ask_makes_an_error_a_short_answer() {
    let mut scene = Scene::new();
    scene.database.execute("CREATE TABLE kept (id bigint); CREATE MATERIALIZED VIEW view AS SELECT id FROM confluence_pages");
    let complete = scene.page_ids().len().to_string();
    for sql in [
        "INSERT INTO kept SELECT id FROM confluence_pages",
        "SELECT count(*) FROM confluence_pages",
        "SELECT array_agg(id) FROM confluence_pages",
        "CREATE TABLE copied AS SELECT id FROM confluence_pages",
        "REFRESH MATERIALIZED VIEW view",
        "SELECT 1 WHERE 0 <> ALL (SELECT id FROM confluence_pages)",
        "SELECT EXISTS (SELECT FROM confluence_pages OFFSET 20)",
        "SELECT id FROM confluence_pages ORDER BY title LIMIT 1",
        "DO $$BEGIN PERFORM count(*) FROM confluence_pages; END$$",
        "SELECT FROM confluence_pages p JOIN confluence_pages q USING (parent_id)",
    ] {
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::NamedNotFound);
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "HV000", "{sql}: {raised:?}");
        scene.sim.clear_faults();
    }
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM kept"), "0");
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM view"),
        complete
    );
}

#[test]
fn wide_and_narrow_reading_give_the_same_rows() {
    let site = Organisation::sized(Size {
        spaces: 120,
        pages: 1_500,
        permissions: 900,
        ..Size::default()
    });
    let database = Database::create();
    let sim = Sim::start(Options::of(site.clone()));
    database.site_with(&sim, "page_size '13'");
    let mut client = database.connect();
    let pages = crate::scene::page_ids(&site);
    for concurrency in [1, 3, 64] {
        client
            .batch_execute(&format!(
                "ALTER SERVER site OPTIONS ({} max_concurrency '{concurrency}')",
                if concurrency == 1 { "ADD" } else { "SET" }
            ))
            .unwrap();
        assert_eq!(numbers(&mut client, ALL_PAGES), pages);
        let grants = one(
            &mut client,
            "SELECT count(*), count(DISTINCT (space_id, id)) FROM confluence_permissions",
        );
        assert_eq!(grants, format!("{0}|{0}", site.permission_count()));
    }
    assert!(explain(&mut client, ALL_PAGES).contains("limit=13"));
}
