//! `confluence.can`: the site's own verdict on an account and a content.

use confluence_fdw_tests::{error, lines, literal, one, requests};
use confluence_sim::{
    Access, Credential, Fault, Options, Organisation, Reply, RestrictedOperation, Subject, Whose,
};
use postgres::Client;

use crate::scene::Scene;

const CHECK: &str = "/wiki/rest/api/content/{id}/permission/check";
const EVERY_SCOPE: [&str; 2] = ["read:confluence-user", "read:confluence-content.permission"];

/// The demo's company, in which a page is restricted to somebody who has left.
fn scene() -> Scene {
    Scene::of(Options::default(), "")
}

fn call(content: u64, account: &str, access: &str) -> String {
    format!(
        "confluence.can('site', {content}, {}, '{access}')",
        literal(account)
    )
}

/// What the site says, as a row.
#[track_caller]
fn asked(client: &mut Client, content: u64, account: &str, access: &str) -> String {
    one(
        client,
        &format!("SELECT * FROM {}", call(content, account, access)),
    )
}

/// An account, and a page that it may view.
fn allowed(organisation: &Organisation) -> (String, u64) {
    let pages = organisation.listed_pages().map(|page| page.id());
    let pages: Vec<u64> = pages.collect();
    let users = organisation.users().iter();
    let mut pairs =
        users.flat_map(|user| pages.iter().map(|&page| (user.account_id.clone(), page)));
    let may = |pair: &(String, u64)| {
        organisation.verdict(Whose::Account(&pair.0), Access::View, pair.1) == Some(Ok(()))
    };
    pairs.find(may).expect("somebody may view something")
}

#[test]
fn the_verdict_is_the_sites_and_takes_a_request_for_each_question() {
    let mut scene = scene();
    scene.sim.edit(|organisation| {
        let page = organisation.page_at(0).expect("a page").id();
        let to = Subject::User(organisation.users()[1].account_id.clone());
        let restricted = organisation.restrict(page, RestrictedOperation::Read, to);
        restricted.expect("a page");
    });
    let site = scene.sim.organisation();
    let mut contents: Vec<u64> = site.listed_pages().take(3).map(|page| page.id()).collect();
    contents.extend(site.listed_blogposts().take(1).map(|post| post.id()));
    contents.extend(site.folders().take(1).map(|folder| folder.id()));
    // Who is asking is asked once.
    asked(
        &mut scene.client,
        contents[0],
        &site.users()[0].account_id,
        "view",
    );
    scene.sim.clear_log();
    let (mut expected_rows, mut expected_requests, mut questions) =
        (Vec::new(), Vec::new(), Vec::new());
    let mut rows = Vec::new();
    for &id in &contents {
        for user in site.users() {
            for (word, access) in [("view", Access::View), ("edit", Access::Edit)] {
                let account = &user.account_id;
                rows.push(asked(&mut scene.client, id, account, word));
                let verdict = site.verdict(Whose::Account(account), access, id);
                expected_rows.push(match verdict.expect("the content is there") {
                    Ok(()) => "t|NULL".to_owned(),
                    Err(layer) => format!("f|{}", layer.as_str()),
                });
                expected_requests
                    .push(format!("POST /wiki/rest/api/content/{id}/permission/check"));
                let operation = if word == "view" { "read" } else { "update" };
                questions.push(serde_json::json!({
                    "subject": {"type": "user", "identifier": account},
                    "operation": operation,
                }));
            }
        }
    }
    assert_eq!(rows, expected_rows);
    assert_eq!(requests(&scene.sim), expected_requests);
    let log = scene.sim.data_requests();
    let bodies = log.iter().map(|request| {
        let body = request.body.as_deref().expect("a body");
        serde_json::from_str::<serde_json::Value>(body).expect("JSON")
    });
    assert_eq!(bodies.collect::<Vec<_>>(), questions);
    let some = |row: &str| rows.iter().any(|known| known == row);
    for row in ["t|NULL", "f|product", "f|space", "f|content"] {
        assert!(some(row), "{row} in {rows:?}");
    }
}

#[test]
fn the_first_question_of_a_session_asks_who_is_asking_too() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    scene.sim.clear_log();
    assert_eq!(asked(&mut scene.client, page, &account, "view"), "t|NULL");
    assert_eq!(requests(&scene.sim).len(), 1);
    assert_eq!(scene.sim.probes().len(), 1);
    assert_eq!(scene.sim.anonymous_probes().len(), 1);
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT scan, reason, method, replace(path, (regexp_match(path, '[0-9]+'))[1], 'ID'), status, rows
             FROM confluence.requests() WHERE reason NOT IN ('identity', 'audience')"
        ),
        ["NULL|verdict|POST|/wiki/rest/api/content/ID/permission/check|200|1"]
    );
}

#[test]
fn a_content_that_the_site_does_not_show_has_no_verdict() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    for id in [u64::MAX >> 1, 1] {
        assert_eq!(asked(&mut scene.client, id, &account, "view"), "NULL|NULL");
    }
    let negative = format!(
        "SELECT * FROM confluence.can('site', -5, {}, 'edit')",
        literal(&account)
    );
    assert_eq!(one(&mut scene.client, &negative), "NULL|NULL");
    scene.sim.edit(|organisation| {
        organisation.conceal_content(page).expect("a page");
    });
    assert_eq!(
        asked(&mut scene.client, page, &account, "view"),
        "NULL|NULL"
    );
    // A 404 that names nothing says nothing.
    scene.sim.fault(Fault::on(CHECK), Reply::status(404));
    let sql = format!("SELECT * FROM {}", call(page, &account, "view"));
    let raised = error(&mut scene.client, &sql);
    assert_eq!(raised.code().code(), "HV000", "{raised:?}");
}

#[test]
fn only_an_administrator_may_ask_about_others() {
    let site = Options {
        credentials: vec![Credential::basic(Options::EMAIL, Options::TOKEN).administrator(false)],
        ..Options::default()
    };
    let mut scene = Scene::of(site, "");
    let organisation = scene.sim.organisation();
    let (_, page) = allowed(&organisation);
    let own = &organisation.users()[0].account_id;
    let verdict = organisation.verdict(Whose::Account(own), Access::View, page);
    let expected = match verdict.expect("a page") {
        Ok(()) => "t|NULL".to_owned(),
        Err(layer) => format!("f|{}", layer.as_str()),
    };
    assert_eq!(asked(&mut scene.client, page, own, "view"), expected);
    let other = organisation
        .users()
        .iter()
        .find(|user| user.account_id != *own);
    let other = &other.expect("somebody else").account_id;
    let raised = error(
        &mut scene.client,
        &format!("SELECT * FROM {}", call(page, other, "view")),
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "42501",
            "Confluence does not tell this account what others may do"
        )
    );
    let detail = raised.detail().expect("a detail");
    assert!(detail.contains("POST /wiki/rest/api/content/"), "{detail}");
    assert!(
        detail.contains("Only Confluence administrators"),
        "{detail}"
    );
    let hint = raised.hint().expect("a hint");
    assert!(hint.contains("administrator of Confluence"), "{hint}");
}

#[test]
fn a_token_without_the_scope_is_told_which_one() {
    let with = |scopes: &[&str]| {
        let token = Credential::basic(Options::EMAIL, Options::TOKEN);
        let site = Options {
            credentials: vec![token.with_scopes(scopes.iter().copied())],
            ..Options::default()
        };
        let mut scene = Scene::of(site, "route 'gateway'");
        let url = literal(scene.sim.url());
        scene.execute(&format!(
            "ALTER SERVER site OPTIONS (ADD gateway_url {url})"
        ));
        scene
    };
    let mut scene = with(&EVERY_SCOPE);
    let (account, page) = allowed(&scene.sim.organisation());
    assert_eq!(asked(&mut scene.client, page, &account, "view"), "t|NULL");
    let mut scene = with(&EVERY_SCOPE[..1]);
    let sql = format!("SELECT * FROM {}", call(page, &account, "view"));
    let raised = error(&mut scene.client, &sql);
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "42501",
            "the token lacks the scope \"read:confluence-content.permission\""
        )
    );
}

#[test]
fn it_is_sent_again_where_the_fault_may_pass() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    asked(&mut scene.client, page, &account, "view");
    for reply in [
        Reply::retry_after(429, "0.01"),
        Reply::retry_after(503, "0.01"),
        Reply::DropBeforeHead,
    ] {
        scene.sim.clear_log();
        scene.sim.fault(Fault::on(CHECK).times(2), reply);
        assert_eq!(asked(&mut scene.client, page, &account, "view"), "t|NULL");
        assert_eq!(requests(&scene.sim).len(), 3);
        let last = "SELECT reason FROM confluence.requests() ORDER BY sent_at DESC LIMIT 1";
        assert_eq!(one(&mut scene.client, last), "verdict, retry 2");
        scene.sim.clear_faults();
    }
}

#[test]
fn what_is_no_verdict_is_an_error() {
    let mut scene = Scene::of(Options::default(), "max_retries '0'");
    let (account, page) = allowed(&scene.sim.organisation());
    let sql = format!("SELECT * FROM {}", call(page, &account, "view"));
    for (reply, sqlstate) in [
        (Reply::json("{}"), "HV000"),
        (Reply::json(r#"{"hasPermission":"yes"}"#), "HV000"),
        (Reply::TruncatedJson, "HV000"),
        (Reply::Html200, "HV000"),
        (Reply::status(500), "HV00M"),
        (Reply::retry_after(429, "100"), "53400"),
        (Reply::DropMidBody, "08006"),
        (Reply::BareNotFound, "28000"),
    ] {
        scene.sim.fault(Fault::on(CHECK), reply.clone());
        let raised = error(&mut scene.client, &sql);
        assert_eq!(raised.code().code(), sqlstate, "{reply:?}: {raised:?}");
        scene.sim.clear_faults();
        assert_eq!(one(&mut scene.client, &sql), "t|NULL");
    }
    // An account that the site has never heard of is refused, not denied.
    let unheard = format!("SELECT * FROM {}", call(page, "712020:unheard", "view"));
    let raised = error(&mut scene.client, &unheard);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("HV000", "Confluence refused the request with status 400")
    );
}

#[test]
fn words_that_the_site_has_not_written_down_are_an_unknown_layer() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    let said = r#"{"hasPermission":false,"errors":[{"translation":"not today","args":[]}]}"#;
    scene.sim.fault(Fault::on(CHECK), Reply::json(said));
    assert_eq!(
        asked(&mut scene.client, page, &account, "view"),
        "f|unknown"
    );
}

#[test]
fn what_is_no_question_is_refused_before_anything_is_sent() {
    let mut scene = scene();
    let long = "x".repeat(129);
    for (arguments, sqlstate, message) in [
        ("NULL, 1, 'a', 'view'", "22004", "server must not be null"),
        (
            "'site', NULL, 'a', 'view'",
            "22004",
            "content must not be null",
        ),
        (
            "'site', 1, NULL, 'view'",
            "22004",
            "account must not be null",
        ),
        ("'site', 1, 'a', NULL", "22004", "access must not be null"),
        (
            "'site', 1, 'a', 'read'",
            "22023",
            "access must be \"view\" or \"edit\"",
        ),
        (
            "'site', 1, '', 'view'",
            "22023",
            "account must be an account id, of 128 characters at most",
        ),
        (
            &format!("'site', 1, '{long}', 'view'"),
            "22023",
            "account must be an account id, of 128 characters at most",
        ),
        (
            "'nowhere', 1, 'a', 'view'",
            "42704",
            "server \"nowhere\" does not exist",
        ),
    ] {
        let raised = error(
            &mut scene.client,
            &format!("SELECT * FROM confluence.can({arguments})"),
        );
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message),
            "{arguments}"
        );
    }
    let role = scene.database.role("reader");
    let mut reader = scene.database.connect_as(&role);
    let raised = error(
        &mut reader,
        "SELECT * FROM confluence.can('site', 1, 'a', 'view')",
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied for foreign server site")
    );
    assert_eq!(scene.sim.log().len(), 0);
}

#[test]
fn its_requests_count_for_the_statement() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    scene.execute("SET confluence_fdw.max_requests = 3");
    let many = |count: u32| {
        format!(
            "SELECT count(*) FROM generate_series(1, {count}) AS n,
             LATERAL confluence.can('site', {page} + 0 * n, {}, 'view') AS c WHERE c.allowed",
            literal(&account)
        )
    };
    assert_eq!(one(&mut scene.client, &many(3)), "3");
    scene.sim.clear_log();
    let raised = error(&mut scene.client, &many(4));
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("54000", "the statement needs more than 3 requests")
    );
    let detail = raised.detail().expect("a detail");
    assert!(
        detail.contains("a question to server \"site\" needs more"),
        "{detail}"
    );
    assert_eq!(requests(&scene.sim).len(), 3);
    // Together with scans of the same statement, whichever comes first.
    let with_scan = format!(
        "SELECT count(*) FROM (SELECT id FROM confluence_spaces LIMIT 1) s, LATERAL confluence.can('site', {page} + 0 * s.id, {}, 'view')",
        literal(&account)
    );
    assert_eq!(one(&mut scene.client, &with_scan), "1");
    scene.execute("SET confluence_fdw.max_requests = 1");
    let raised = error(&mut scene.client, &with_scan);
    assert_eq!(raised.code().code(), "54000");
}

#[test]
fn a_timeout_takes_effect_while_the_site_does_not_answer() {
    let mut scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    scene.sim.fault(Fault::on(CHECK), Reply::NeverAnswer);
    scene.execute("SET statement_timeout = '200ms'");
    let sql = format!("SELECT * FROM {}", call(page, &account, "view"));
    assert_eq!(error(&mut scene.client, &sql).code().code(), "57014");
    scene.sim.clear_faults();
    scene.execute("RESET statement_timeout");
    assert_eq!(one(&mut scene.client, &sql), "t|NULL");
}

#[test]
fn each_caller_asks_as_the_account_of_their_own_mapping() {
    let scene = scene();
    let (account, page) = allowed(&scene.sim.organisation());
    let role = scene.database.role("reader");
    scene
        .sim
        .grant(Credential::basic("r@example.com", "theirs"));
    scene.database.execute(&format!(
        "GRANT USAGE ON FOREIGN SERVER site TO {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'r@example.com', api_token 'theirs')"
    ));
    let mut reader = scene.database.connect_as(&role);
    assert_eq!(asked(&mut reader, page, &account, "view"), "t|NULL");
    let log = scene.sim.data_requests();
    let theirs = Credential::basic("r@example.com", "theirs").header();
    assert_eq!(log[0].header("authorization"), Some(theirs.as_str()));
}
