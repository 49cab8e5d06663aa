//! What comes instead of the right answer: it is told by what came who gave it, what it says is told, and nothing else is
//! made of it.

use std::path::Path;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{Credential, Fault, Options, Reply, Sim};
use postgres::error::DbError;
use serde_json::{Value, json};

use crate::scene::{ALL_PAGES, PAGES, PERMISSIONS, Scene, small_site};

/// A JSON answer with a status.
fn said(code: u16, body: &Value) -> Reply {
    with_type(code, "application/json", &body.to_string())
}

fn with_type(code: u16, kind: &str, body: &str) -> Reply {
    Reply::Status {
        code,
        headers: vec![("content-type".into(), kind.into())],
        body: body.into(),
    }
}

fn told(raised: &DbError) -> String {
    let parts = [Some(raised.message()), raised.detail(), raised.hint()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

// --- Absence ---------------------------------------------------------------------------------------------------------

/// A site's spaces, as an auditor has them in a list, and how many permissions there are in each.
fn review(scene: &Scene) -> (u64, String) {
    let ids: Vec<u64> = scene.sim.organisation().spaces().map(|s| s.id).collect();
    let list: Vec<String> = ids.iter().map(u64::to_string).collect();
    let sql = format!(
        "SELECT s.id, count(p.id) FROM unnest(ARRAY[{}]) AS s (id) LEFT JOIN confluence_permissions p ON p.space_id = s.id GROUP BY 1",
        list.join(", ")
    );
    (ids[0], sql)
}

#[test]
fn only_what_an_answer_names_is_absent() {
    let mut scene = Scene::new();
    let (id, sql) = review(&scene);
    let uri =
        format!("null for uri: https://acme.atlassian.net/wiki/api/v2/spaces/{id}/permissions");
    for (code, body) in [
        (404, json!({"message": uri, "status-code": 404})),
        (
            404,
            json!({"errorMessage": "Site temporarily unavailable", "errorCode": "OTHER"}),
        ),
        (
            404,
            json!({"status": 404, "error": "Not Found", "message": "No message available"}),
        ),
        (
            404,
            json!({"message": "no Route matched with those values"}),
        ),
        (404, json!({"errors": []})),
        (404, json!({})),
        (
            404,
            json!({"errors": [{"status": 404, "code": "NOT_FOUND", "title": "Page not found"}]}),
        ),
        (
            404,
            json!({"errors": [{"status": 404, "code": "NOT_FOUND", "title": "Cannot find a space with id [5]"}]}),
        ),
        (404, json!({"statusCode": 404, "message": uri})),
        (
            410,
            json!({"message": format!("The space with id [{id}] was not found")}),
        ),
        (
            400,
            json!({"errors": [{"code": "NOT_FOUND", "title": format!("Cannot find a space with id [{id}]")}]}),
        ),
    ] {
        scene
            .sim
            .fault(Fault::on(PERMISSIONS).times(1), said(code, &body));
        let raised = error(&mut scene.client, &sql);
        assert_ne!(raised.code().code(), "28000", "{body}: {raised:?}");
        scene.sim.clear_faults();
    }
    // Named as it is, it is no row.
    let title = format!("Cannot find a space with id [{id}]");
    let body = json!({"errors": [{"status": 404, "code": "NOT_FOUND", "title": title}]});
    scene.sim.fault(
        Fault::on(PERMISSIONS.replace("{id}", &id.to_string())),
        said(404, &body),
    );
    let sql = format!("SELECT id FROM confluence_permissions WHERE space_id = {id}");
    assert!(lines(&mut scene.client, &sql).is_empty());
}

#[test]
fn a_restriction_that_something_else_refuses_is_not_told_as_unknown() {
    let mut scene = Scene::new();
    let page = scene.page_ids()[0];
    let path = format!("/wiki/rest/api/content/{page}/restriction");
    let sql =
        format!("SELECT operation FROM confluence_content_restrictions WHERE content_id = {page}");
    for reply in [
        said(403, &json!({"message": "Forbidden"})),
        with_type(403, "text/html", "<html>Request blocked"),
        said(404, &json!({"message": "no Route matched"})),
    ] {
        scene.sim.fault(Fault::on(path.as_str()), reply);
        assert_eq!(error(&mut scene.client, &sql).code().code(), "HV000");
        scene.sim.clear_faults();
    }
    let refusal = json!({"statusCode": 403, "message": "Not for this account"});
    scene
        .sim
        .fault(Fault::on(path.as_str()), said(403, &refusal));
    assert_eq!(lines(&mut scene.client, &sql), ["unknown"]);
}

// --- Who answered ----------------------------------------------------------------------------------------------------

#[test]
fn who_answered_is_told_by_what_came() {
    const TOMCAT: &str = "<!doctype html><title>HTTP Status 400 – Bad Request</title>";
    let blocked = "the request was refused before it reached Confluence's API, with status";
    let mut scene = Scene::new();
    for (reply, sqlstate, message, by, hint) in [
        (
            with_type(403, "text/html", "<html><title>403 Forbidden</title>"),
            "HV000",
            format!("{blocked} 403"),
            "a firewall before Confluence's API",
            "The credential is not the reason.",
        ),
        (
            with_type(400, "text/html", TOMCAT),
            "HV000",
            format!("{blocked} 400"),
            "the web server before Confluence's API",
            "The credential is not the reason.",
        ),
        (
            with_type(407, "text/html", "<html>"),
            "HV000",
            format!("{blocked} 407"),
            "a proxy",
            "option proxy",
        ),
        (
            with_type(414, "text/html", "<html>"),
            "HV000",
            format!("{blocked} 414"),
            "something else than Confluence's API",
            "The credential is not the reason.",
        ),
        (
            said(403, &json!({})),
            "HV000",
            "Confluence refused the request with status 403".to_owned(),
            "GET /wiki/api/v2/pages?limit=10",
            "",
        ),
        (
            said(401, &json!({"message": ""})),
            "HV000",
            "Confluence refused the request with status 401".to_owned(),
            "GET /wiki/api/v2/pages?limit=10",
            "",
        ),
        (
            Reply::BareNotFound,
            "28000",
            "Confluence rejected the credential".to_owned(),
            "status 404",
            "API token",
        ),
    ] {
        scene.sim.fault(Fault::on(PAGES), reply);
        let raised = scene.fails(ALL_PAGES, sqlstate, &message);
        assert!(raised.detail().unwrap().contains(by), "{raised:?}");
        assert!(
            raised.hint().unwrap_or_default().contains(hint),
            "{raised:?}"
        );
    }
    let host = scene.sim.url().trim_start_matches("http://").to_owned();
    scene.sim.fault(Fault::on(PAGES), Reply::Html200);
    let message = format!(
        "the answer of \"{host}\" is not from Confluence Cloud's API: content of type \"text/html;charset=UTF-8\" with status 200"
    );
    let raised = scene.fails(ALL_PAGES, "HV000", &message);
    assert!(
        raised.detail().unwrap().contains("a page to log in on"),
        "{raised:?}"
    );
    let body = json!({"message": "no Route matched"});
    scene.sim.fault(Fault::on(PAGES), said(404, &body));
    let message = format!(
        "the answer of \"{host}\" is not from Confluence Cloud's API: content of type \"application/json\" with status 404: no Route matched"
    );
    let raised = scene.fails(ALL_PAGES, "HV000", &message);
    // It has answered before, so this is not about the address.
    assert!(
        raised.hint().unwrap().contains("so the address is right"),
        "{raised:?}"
    );
}

#[test]
fn check_says_who_answered_too() {
    let scene = Scene::new();
    scene.sim.fault(
        Fault::on(crate::scene::WHO_AM_I),
        with_type(403, "text/html", "<html><title>403 Forbidden</title>"),
    );
    let report = lines(
        &mut scene.database.connect(),
        "SELECT step, status, found, remedy FROM confluence.check('site') WHERE status = 'fail'",
    );
    assert_eq!(report.len(), 1, "{report:?}");
    assert!(
        report[0].contains("a firewall before Confluence's API"),
        "{report:?}"
    );
    assert!(!report[0].contains("rejected the credential"), "{report:?}");
}

#[test]
fn an_address_with_wiki_at_its_end_is_taken_as_it_is_meant() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    database.execute(&format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url '{}/wiki/');
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email '{}', api_token '{}');
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        sim.url(),
        Options::EMAIL,
        Options::TOKEN
    ));
    assert_eq!(lines(&mut database.connect(), ALL_PAGES).len(), 45);
}

// --- Next links ------------------------------------------------------------------------------------------------------

/// The next link of an answer, changed.
fn next_link(change: impl Fn(&str) -> String + Send + Sync + 'static) -> Reply {
    Reply::mutate(move |answer| {
        let next = &mut answer["_links"]["next"];
        if let Some(link) = next.as_str().map(&change) {
            *next = link.into();
        }
    })
}

#[test]
fn a_next_link_to_another_listing_is_not_followed() {
    let mut scene = Scene::new();
    let organisation = scene.sim.organisation();
    let mut spaces = organisation.spaces().map(|space| space.id);
    let (one_space, other) = (spaces.next().unwrap(), spaces.next().unwrap());
    let sql = format!("SELECT id FROM confluence_pages WHERE space_id = {one_space}");
    let sent = format!("space-id={one_space}");
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        next_link(move |link| link.replace(&sent, &format!("space-id={other}"))),
    );
    let message = "unexpected answer from Confluence: a next link that leads to another listing";
    scene.fails(&sql, "HV000", message);
    for strange in ["#", "\u{1b}", " "] {
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            next_link(move |link| format!("{link}{strange}")),
        );
        let message =
            "unexpected answer from Confluence: a next link with characters that no address has";
        scene.fails(ALL_PAGES, "HV000", message);
    }
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        next_link(|link| format!("{link}&x={}", "x".repeat(40_000))),
    );
    let raised = error(&mut scene.client, ALL_PAGES);
    assert!(raised.message().contains("a next link of 40"), "{raised:?}");
}

#[test]
fn what_a_next_link_has_lost_is_sent_again() {
    let mut scene = Scene::new();
    let organisation = scene.sim.organisation();
    let space = organisation.spaces().next().unwrap().id;
    let sql = format!(
        "SELECT count(*), count(body_storage) FROM confluence_pages WHERE space_id = {space} AND status = 'current'"
    );
    let whole = one(&mut scene.client, &sql);
    scene.sim.fault(
        Fault::on(PAGES),
        next_link(|link| {
            let (path, query) = link.split_once('?').unwrap();
            let cursor = query.split('&').find(|part| part.starts_with("cursor="));
            format!("{path}?{}", cursor.unwrap())
        }),
    );
    assert_eq!(one(&mut scene.client, &sql), whole);
}

#[test]
fn a_body_that_was_asked_for_and_did_not_come_is_an_error() {
    let mut scene = Scene::new();
    for lost in [
        Reply::mutate(|answer| answer["results"][3]["body"] = json!({})),
        Reply::mutate(|answer| {
            answer["results"][3].as_object_mut().unwrap().remove("body");
        }),
    ] {
        scene.sim.fault(Fault::on(PAGES).page(2), lost);
        let raised = error(
            &mut scene.client,
            "SELECT id, body_storage FROM confluence_pages",
        );
        assert_eq!(raised.code().code(), "HV004", "{raised:?}");
        assert!(
            raised.message().contains("\"body.storage.value\"")
                && raised
                    .message()
                    .contains("nothing, though it was asked for"),
            "{raised:?}"
        );
        // Who does not ask for it does not miss it.
        scene.reads_all_pages();
        scene.sim.clear_faults();
    }
    // One that is there is a value, or none.
    scene.sim.fault(
        Fault::on(PAGES).page(2),
        Reply::mutate(|answer| answer["results"][3]["body"]["storage"]["value"] = Value::Null),
    );
    let sql = "SELECT count(*) - count(body_storage) FROM confluence_pages";
    assert_eq!(one(&mut scene.client, sql), "1");
}

// --- Foreign text ----------------------------------------------------------------------------------------------------

const SECRET: &str = "hush-4711/hush+hush=";

#[test]
fn what_a_site_repeats_shows_no_secret_wherever_it_stands() {
    let scene = Scene::new();
    scene.sim.grant(Credential::basic("a@example.com", SECRET));
    scene.database.execute(&format!(
        "DROP USER MAPPING FOR PUBLIC SERVER site;
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email 'a@example.com', api_token {})",
        literal(SECRET)
    ));
    let header = Credential::basic("a@example.com", SECRET).header();
    let basic = header.trim_start_matches("Basic ").to_owned();
    let mut client = scene.database.connect();
    let mut seen = Vec::new();
    let in_address = SECRET.replace('/', "%2F").replace('+', "%2b");
    for form in [SECRET, basic.as_str(), in_address.as_str()] {
        let repeated = format!("you sent Basic {form}, \u{1b}]0;title\u{7}\nERROR:  forged");
        let value = format!("you sent Basic {form}");
        let body = json!({"errors": [{"code": "X", "title": repeated}], "results": repeated});
        for code in [200, 302, 400, 403, 404, 410, 429, 500] {
            for kind in ["application/json", &format!("x/{form}")] {
                let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
                for name in ["location", "x-ratelimit-reset", "ratelimit-reason"] {
                    headers.push((name.to_owned(), value.clone()));
                }
                headers.push(("retry-after".to_owned(), "9999".to_owned()));
                let reply = Reply::Status {
                    code,
                    headers,
                    body: body.to_string(),
                };
                scene.sim.fault(Fault::on(PAGES), reply);
                seen.push(told(&error(&mut client, ALL_PAGES)));
                scene.sim.clear_faults();
            }
        }
        let of_row = form.to_owned();
        scene.sim.fault(
            Fault::on(PAGES),
            Reply::mutate(move |answer| answer["results"][0]["spaceId"] = of_row.clone().into()),
        );
        seen.push(told(&error(
            &mut client,
            "SELECT space_id FROM confluence_pages",
        )));
        scene.sim.clear_faults();
        let in_link = form.replace('+', "%2B");
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            next_link(move |link| format!("{link}&x={in_link}")),
        );
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::status(500));
        seen.push(told(&error(&mut client, ALL_PAGES)));
        scene.sim.clear_faults();
    }
    seen.extend(lines(&mut client, "SELECT error FROM confluence.scans()"));
    let log: String = scene
        .database
        .log()
        .lines()
        .filter(|line| !line.contains("CREATE USER MAPPING"))
        .map(|line| format!("{line}\n"))
        .collect();
    seen.push(log);
    for text in &seen {
        for form in [SECRET, &basic, &in_address, "hush"] {
            assert!(!text.contains(form), "{form} in {text}");
        }
        assert!(
            !text.contains('\u{1b}') && !text.contains("\nERROR:  forged"),
            "{text}"
        );
    }
}

#[test]
fn a_value_of_megabytes_makes_no_message_of_megabytes() {
    let scene = Scene::new();
    let mut client = scene.database.connect();
    for body in [
        json!({"results": "A".repeat(20 << 20)}).to_string(),
        json!({"results": [{"id": "A".repeat(20 << 20)}], "_links": {}}).to_string(),
    ] {
        scene
            .sim
            .fault(Fault::on(PAGES), with_type(200, "application/json", &body));
        let raised = error(&mut client, ALL_PAGES);
        assert!(told(&raised).len() < 2_000, "{} bytes", told(&raised).len());
        scene.sim.clear_faults();
    }
}

#[test]
fn a_client_of_another_encoding_gets_the_error_itself() {
    let scene = Scene::new();
    for (title, shown) in [
        ("x".repeat(500), "xxx..."),
        ("not for 你好".to_owned(), "not for \\u4f60\\u597d"),
    ] {
        let body = json!({"errors": [{"code": "X", "title": title}]});
        scene.sim.fault(Fault::on(PAGES).page(2), said(400, &body));
        let printed = scene.database.run_psql(
            &["-v", "VERBOSITY=verbose"],
            "SET client_encoding = 'LATIN1'; SELECT count(*) FROM confluence_pages;",
        );
        let printed = printed.output;
        assert!(
            printed.contains("HV000") && printed.contains(shown),
            "{printed}"
        );
        // And the cursor in the request's name.
        assert!(printed.contains("cursor=..."), "{printed}");
        scene.sim.clear_faults();
    }
}

/// Whoever cannot be sent a character gets another error in place of the message, and there is no need for any of them.
#[test]
fn all_that_this_program_says_is_ascii() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for directory in [
        "src",
        "sql",
        "crates/confluence/src",
        "crates/user-export/src",
    ] {
        collect(&root.join(directory), &mut files);
    }
    assert!(files.len() > 150, "{} files", files.len());
    let mut odd = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let of_tests = path.ends_with("tests.rs");
        let code = text.split("#[cfg(test)]").next().filter(|_| !of_tests);
        let comment = if path.extension().is_some_and(|e| e == "sql") {
            "--"
        } else {
            "//"
        };
        for (number, line) in code.unwrap_or_default().lines().enumerate() {
            let said = line.split(comment).next().unwrap_or_default();
            if !said.is_ascii() {
                odd.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

fn collect(directory: &Path, files: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "sql") {
            files.push(path);
        }
    }
}
