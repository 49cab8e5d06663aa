//! Sites that cannot be reached, and what a site refuses.

use std::net::TcpListener;

use confluence_fdw_tests::{Database, error, lines, literal, requests};
use confluence_sim::{Fault, Options, Reply, Sim};
use serde_json::json;

use super::fails;
use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, Scene, small_site};

/// A database whose server is at this address, where no stand-in needs to be.
#[track_caller]
fn at(url: &str, options: &str) -> Database {
    let database = Database::create();
    database.execute(&format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {}{options});
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email 'a@b.c', api_token 'x');
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        literal(url)
    ));
    database
}

#[track_caller]
fn cannot_be_reached(url: &str, options: &str) {
    let database = at(url, options);
    let raised = error(&mut database.connect(), ALL_PAGES);
    assert_eq!(raised.code().code(), "08001", "{raised:?}");
    let host = url.split("//").nth(1).unwrap();
    let head = format!("could not connect to \"{host}\": ");
    assert!(raised.message().starts_with(&head), "{raised:?}");
    assert!(raised.message().len() > head.len(), "{raised:?}");
    assert_eq!(raised.detail(), Some("Server \"site\"."));
    let hint = raised.hint().unwrap_or_default();
    assert!(
        hint.contains("subdomain") && hint.contains("Data Center"),
        "{hint}"
    );
}

#[test]
fn a_host_that_does_not_exist_cannot_be_reached() {
    cannot_be_reached("https://nope.invalid", "");
}

#[test]
fn a_port_where_nobody_listens_cannot_be_reached() {
    cannot_be_reached(&format!("http://{}", nowhere()), "");
}

#[test]
fn a_server_that_does_not_speak_tls_cannot_be_reached() {
    let sim = Sim::start(Options::of(small_site()));
    cannot_be_reached(&sim.url().replace("http://", "https://"), "");
    assert!(sim.log().is_empty());
}

#[test]
fn a_connection_that_does_not_come_about_in_time_cannot_be_reached() {
    // It accepts, and then never says a word of TLS.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    cannot_be_reached(&url, ", connect_timeout '300ms', max_retries '0'");
}

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn the_hint_names_what_stands_between() {
    let (proxy, gateway, auth) = (nowhere(), nowhere(), nowhere());
    let id = "11111111-2222-3333-4444-555555555555";
    let client = "client_id 'us', client_secret 'hush'";
    let token = "email 'a@b.c', api_token 'x'";
    let by_gateway = format!(", route 'gateway', cloud_id '{id}', gateway_url 'http://{gateway}'");
    let by_proxy = format!(", proxy 'http://{proxy}'");
    let network = "the machine's network, its DNS and its firewall";
    for (options, mapping, host, named) in [
        (
            by_proxy.clone(),
            token,
            "acme.invalid",
            format!("option proxy: requests go through \"http://{proxy}\"."),
        ),
        (
            by_gateway.clone(),
            token,
            gateway.as_str(),
            network.to_owned(),
        ),
        (
            format!("{by_gateway}, auth_url 'http://{auth}'"),
            client,
            auth.as_str(),
            network.to_owned(),
        ),
        (
            format!("{by_gateway}{by_proxy}"),
            token,
            gateway.as_str(),
            "option proxy".to_owned(),
        ),
    ] {
        let database = at("https://acme.invalid", &options);
        database.execute(&format!(
            "DROP USER MAPPING FOR PUBLIC SERVER site; CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS ({mapping})"
        ));
        let raised = error(&mut database.connect(), ALL_PAGES);
        let head = format!("could not connect to \"{host}\": ");
        assert_eq!(raised.code().code(), "08001", "{raised:?}");
        assert!(raised.message().starts_with(&head), "{raised:?}");
        let hint = raised.hint().unwrap_or_default();
        assert!(hint.contains(&named), "{options}: {hint}");
        assert!(!hint.contains("subdomain"), "{options}: {hint}");
    }
}

#[test]
fn a_file_is_told_with_what_names_it() {
    let scene = Scene::new();
    let nowhere = scene.database.file("ca.pem", "x");
    std::fs::remove_file(&nowhere).unwrap();
    let broken = scene.database.file(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (ADD ca_file '/')");
    for (path, sqlstate) in [(nowhere, "58030"), (broken, "HV024")] {
        scene.database.execute(&format!(
            "ALTER SERVER site OPTIONS (SET ca_file '{}')",
            path.display()
        ));
        let raised = error(&mut scene.database.connect(), ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.detail()),
            (sqlstate, Some("Server \"site\".")),
            "{raised:?}"
        );
        assert!(raised.message().contains("\"ca_file\""), "{raised:?}");
    }
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (DROP ca_file)");
    scene.database.execute(
        "DROP USER MAPPING FOR PUBLIC SERVER site;
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email 'a@b.c', api_token_file '/')",
    );
    let raised = error(&mut scene.database.connect(), ALL_PAGES);
    assert_eq!(
        raised.detail(),
        Some("User mapping of \"postgres\" for server \"site\".")
    );
}

#[test]
fn a_connection_that_was_refused_is_tried_again_where_the_site_has_answered_before() {
    let sim = Sim::start(Options::of(small_site()));
    let port = sim.url().rsplit(':').next().unwrap().parse().unwrap();
    let database = Database::create();
    database.site_with(&sim, SMALL_STEPS);
    let mut client = database.connect();
    lines(&mut client, ALL_PAGES);
    drop(sim);
    let coming_back = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        Sim::start(Options {
            port,
            ..Options::of(small_site())
        })
    });
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
    drop(coming_back.join().unwrap());
}

#[test]
fn a_data_center_site_is_said_not_to_be_supported() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::under("/"),
        Reply::Status {
            code: 404,
            headers: vec![("content-type".into(), "text/html;charset=UTF-8".into())],
            body: "<html><title>Oops, you've found a dead link.</title></html>".into(),
        },
    );
    let message = format!(
        "the answer of \"{}\" is not from Confluence Cloud's API: content of type \"text/html;charset=UTF-8\" with status 404",
        scene.sim.url().trim_start_matches("http://")
    );
    let expected = (
        "HV000",
        message.as_str(),
        "Confluence Data Center and Server have another API and are not supported.",
    );
    fails(&mut scene.client, ALL_PAGES, expected);
}

#[test]
fn what_the_site_refuses_is_told_in_its_words() {
    let said = |code: u16, body: serde_json::Value| Reply::Status {
        code,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string(),
    };
    let mut scene = Scene::new();
    for (reply, sqlstate, message, detail) in [
        (
            said(400, json!({"errors": [{"title": "Invalid limit"}]})),
            "HV000",
            "Confluence refused the request with status 400",
            "GET /wiki/api/v2/pages?limit=10: Invalid limit",
        ),
        (
            said(403, json!({"errors": [{"title": "No admin key"}]})),
            "42501",
            "Confluence does not allow this request",
            "No admin key",
        ),
        (
            said(
                410,
                json!({"message": "This deprecated endpoint has been removed"}),
            ),
            "HV000",
            "Confluence refused the request with status 410",
            "This deprecated endpoint has been removed",
        ),
        (
            said(
                403,
                json!({"statusCode": 403, "message": "Current user not permitted to use Confluence"}),
            ),
            "28000",
            "Confluence rejected the credential",
            "status 403",
        ),
    ] {
        scene.sim.fault(Fault::on(PAGES), reply);
        let raised = scene.fails(ALL_PAGES, sqlstate, message);
        assert!(raised.detail().unwrap().contains(detail), "{raised:?}");
    }
}

#[test]
fn a_status_that_cannot_be_listed_is_an_error() {
    let mut scene = Scene::new();
    let sql = "SELECT id FROM confluence_pages WHERE status = 'draft'";
    let message = "Confluence cannot list confluence_pages with status \"draft\"";
    fails(
        &mut scene.client,
        sql,
        (
            "0A000",
            message,
            "It can list current, archived, deleted, trashed.",
        ),
    );
    assert!(requests(&scene.sim).is_empty());
}

#[test]
fn tables_are_read_only() {
    let scene = Scene::new();
    let mut client = scene.database.connect();
    for sql in [
        "INSERT INTO confluence_spaces (id, key) VALUES (1, 'x')",
        "UPDATE confluence_pages SET title = 'x'",
        "DELETE FROM confluence_pages",
    ] {
        assert_eq!(error(&mut client, sql).code().code(), "0A000");
    }
    assert!(scene.sim.log().is_empty());
}
