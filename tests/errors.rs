//! What is wrong is said: by SQLSTATE, message and hint, and without a secret.

use std::net::TcpListener;

use confluence_fdw_tests::{Database, error, explain, lines, literal, pg_major, requests, skip};
use confluence_sim::{Credential, Fault, Options, Reply, Sim};
use postgres::Client;
use postgres::error::DbError;
use serde_json::json;

use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, Scene, small_site};

/// What an error has to be: SQLSTATE, message, and a part of the hint.
type Expected<'e> = (&'e str, &'e str, &'e str);

#[track_caller]
fn fails(client: &mut Client, sql: &str, (sqlstate, message, hint): Expected) -> DbError {
    let raised = error(client, sql);
    assert_eq!(
        (raised.code().code(), raised.message()),
        (sqlstate, message),
        "{sql}: {raised:?}"
    );
    let said = raised.hint().unwrap_or_default();
    assert!(
        said.contains(hint) && hint.is_empty() == said.is_empty(),
        "{sql}: {said}"
    );
    raised
}

// --- Options ---------------------------------------------------------------------------------------------------------

const CREATE_SERVER: &str = "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS";
const CREATE_MAPPING: &str = "CREATE USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS";
const CREATE_TABLE: &str = "CREATE FOREIGN TABLE t (id bigint) SERVER acme OPTIONS";

/// A database with a server `acme` that leads nowhere.
fn acme() -> Database {
    let database = Database::create();
    database.execute(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme')",
    );
    database
}

#[test]
fn a_misspelt_option_is_told_the_right_one() {
    let database = acme();
    let mut client = database.connect();
    for (create, place, options, name, hint) in [
        (
            CREATE_SERVER,
            "server",
            "sub_domain 'acme'",
            "sub_domain",
            "Perhaps you meant the option \"subdomain\".",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', pagesize '7'",
            "pagesize",
            "\"page_size\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', max_retry '7'",
            "max_retry",
            "\"max_retries\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', \"Subdomain\" 'acme'",
            "Subdomain",
            "\"subdomain\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "xyzzy '1'",
            "xyzzy",
            "Valid options in this context are: subdomain, base_url, ",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "mail 'a@b.c', api_token 'x'",
            "mail",
            "\"email\"",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "email 'a@b.c', token 'x'",
            "token",
            "\"api_token\"",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "\"user\" 'x'",
            "user",
            "Valid options in this context are: email, api_token, ",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "tables 'confluence_pages'",
            "tables",
            "\"table\"",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "qwerty 'x'",
            "qwerty",
            "Valid options in this context are: ",
        ),
    ] {
        let message = format!("invalid option \"{name}\" of a {place}");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00D", &message, hint),
        );
    }
}

#[test]
fn an_option_in_the_wrong_place_is_told_the_right_one() {
    let database = acme();
    let mut client = database.connect();
    for (create, place, option, hint) in [
        (
            CREATE_SERVER,
            "server",
            "api_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_SERVER,
            "server",
            "access_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_SERVER,
            "server",
            "email",
            "Set it on the user mapping.",
        ),
        (
            CREATE_SERVER,
            "server",
            "table",
            "Set it on the foreign table.",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "subdomain",
            "Set it on the server.",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "page_size",
            "Set it on the server.",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "api_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "request_timeout",
            "Set it on the server.",
        ),
    ] {
        let message = format!("option \"{option}\" does not belong to a {place}");
        let raised = fails(
            &mut client,
            &format!("{create} ({option} 'hush')"),
            ("HV00D", &message, hint),
        );
        assert!(!format!("{raised:?}").contains("hush"));
    }
}

#[test]
fn a_value_that_is_none_is_told_what_is_expected() {
    let database = acme();
    let mut client = database.connect();
    let server = [
        (
            "subdomain",
            &[
                "",
                "acme.atlassian.net",
                "https://acme",
                "-acme",
                "Acme",
                "a b",
                "a/b",
            ][..],
            "only the label before .atlassian.net",
        ),
        (
            "base_url",
            &[
                "",
                "acme",
                "http://wiki.example.com",
                "ftp://127.0.0.1",
                "https://u:p@host",
                "https://host?x=1",
                "https://host#x",
            ],
            "an address that begins with https://",
        ),
        (
            "gateway_url",
            &["http://api.example.com"],
            "an address that begins with https://",
        ),
        (
            "cloud_id",
            &["1", "11111111-2222-3333-4444-55555555555g", "../../x"],
            "a UUID",
        ),
        ("route", &["", "Site", "gate"], "one of auto, site, gateway"),
        (
            "page_size",
            &["0", "251", "-1", "1.5", "x", ""],
            "a whole number from 1 to 250",
        ),
        (
            "max_concurrency",
            &["0", "65"],
            "a whole number from 1 to 64",
        ),
        (
            "connect_timeout",
            &["0", "-1s", "x", "", "10 years", "2d", "1.5s"],
            "a length of time",
        ),
        (
            "request_timeout",
            &["0ms", "5 seconds"],
            "up to a day: in seconds, or with a unit of ms, s, min, h or d",
        ),
        ("max_wait", &["99999999999999999999s"], "a length of time"),
        ("max_retries", &["21", "-1"], "a whole number from 0 to 20"),
        (
            "max_requests",
            &["-1", "x"],
            "a whole number from 0 to 1000000000",
        ),
        ("allow_anonymous", &["maybe", ""], "true or false"),
        ("ca_file", &["ca.pem", ""], "an absolute path"),
        (
            "proxy",
            &[
                "",
                "proxy",
                "http://u:p@proxy.example",
                "ftp://proxy.example",
            ],
            "http",
        ),
    ];
    let mapping = [
        ("email", &[""][..], "some text"),
        ("api_token", &[""], "some text"),
        ("access_token", &[""], "some text"),
        ("api_token_file", &["token"], "an absolute path"),
    ];
    let table = [
        (
            "table",
            &["confluence_page"][..],
            "perhaps confluence_pages",
        ),
        ("table", &["zzz"], "one of confluence_spaces"),
        ("page_size", &["251"], "a whole number from 1 to 250"),
    ];
    for (create, options) in [
        (CREATE_SERVER, &server[..]),
        (CREATE_MAPPING, &mapping),
        (CREATE_TABLE, &table),
    ] {
        for (name, values, hint) in options {
            for value in *values {
                let sql = format!("{create} ({name} {})", literal(value));
                let message = format!("invalid value for option \"{name}\"");
                fails(&mut client, &sql, ("HV024", &message, hint));
            }
        }
    }
}

#[test]
fn options_that_exclude_each_other_or_are_missing_are_named() {
    let database = acme();
    let mut client = database.connect();
    for (create, options, one, other) in [
        (
            CREATE_SERVER,
            "subdomain 'a', base_url 'https://b.example'",
            "subdomain",
            "base_url",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', api_token 'x', api_token_file '/x'",
            "api_token",
            "api_token_file",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', access_token 'x'",
            "access_token",
            "email",
        ),
        (
            CREATE_MAPPING,
            "access_token 'x', api_token 'x'",
            "access_token",
            "api_token",
        ),
        (
            CREATE_MAPPING,
            "access_token 'x', api_token_file '/x'",
            "access_token",
            "api_token_file",
        ),
    ] {
        let message = format!("options \"{one}\" and \"{other}\" exclude each other");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00D", &message, "DROP"),
        );
    }
    for (create, options, name, hint) in [
        (
            CREATE_SERVER,
            "page_size '10'",
            "subdomain",
            "OPTIONS (subdomain 'acme')",
        ),
        (
            CREATE_MAPPING,
            "api_token 'x'",
            "email",
            "OPTIONS (email '...', api_token '...')",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c'",
            "api_token",
            "id.atlassian.com",
        ),
    ] {
        let message = format!("option \"{name}\" is required");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00J", &message, hint),
        );
    }
    let bare = "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw";
    fails(
        &mut client,
        bare,
        (
            "HV00J",
            "option \"subdomain\" is required",
            "subdomain 'acme'",
        ),
    );
}

#[test]
fn good_values_of_every_option_are_taken() {
    let database = acme();
    database.execute(&format!(
        "{CREATE_SERVER} (subdomain 'acme-2', cloud_id '11111111-2222-3333-4444-555555555555',
            gateway_url 'https://api.atlassian.com', route 'auto', page_size '1', max_concurrency '64',
            connect_timeout '2 min', request_timeout '5', max_retries '0', max_wait '1h', max_requests '0',
            allow_anonymous 'off', ca_file '/etc/ssl/ca.pem', proxy 'http://proxy.example:3128');
         {CREATE_MAPPING} (email 'a@b.c', api_token_file '/nowhere/token');
         CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS (access_token 'x');
         {CREATE_TABLE} (table 'confluence_pages', page_size '7', max_concurrency '1', max_requests '10')"
    ));
}

#[test]
fn the_wrapper_has_no_options_and_a_column_has_one() {
    let database = acme();
    let mut client = database.connect();
    for (sql, hint) in [
        (
            "ALTER FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'x')",
            "There are no valid options in this context.",
        ),
        (
            "CREATE FOREIGN TABLE t (id bigint OPTIONS (name 'x')) SERVER acme OPTIONS (table 'confluence_pages')",
            "Perhaps you meant the option \"column_name\".",
        ),
    ] {
        let raised = error(&mut client, sql);
        assert_eq!(raised.code().code(), "HV00D");
        assert_eq!(raised.hint(), Some(hint));
    }
}

#[test]
fn options_that_decide_where_secrets_go_are_for_superusers() {
    let database = acme();
    let role = database.role("owner");
    database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {role}; GRANT USAGE ON FOREIGN SERVER acme TO {role}"
    ));
    let mut client = database.connect_as(&role);
    for (create, options, name) in [
        (CREATE_SERVER, "base_url 'https://evil.example'", "base_url"),
        (
            CREATE_SERVER,
            "subdomain 'a', gateway_url 'https://evil.example'",
            "gateway_url",
        ),
        (CREATE_SERVER, "subdomain 'a', ca_file '/x'", "ca_file"),
        (
            CREATE_SERVER,
            "subdomain 'a', proxy 'http://evil.example'",
            "proxy",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', api_token_file '/etc/passwd'",
            "api_token_file",
        ),
    ] {
        let message = format!("permission denied to set option \"{name}\"");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("42501", &message, "Only superusers may set it"),
        );
    }
    // What is left is theirs; but not to turn somewhere else.
    client
        .batch_execute(&format!(
            "{CREATE_SERVER} (subdomain 'a', page_size '10'); {CREATE_MAPPING} (email 'a@b.c', api_token 'x')"
        ))
        .unwrap();
    fails(
        &mut client,
        "ALTER SERVER other OPTIONS (DROP subdomain, ADD base_url 'https://evil.example')",
        (
            "42501",
            "permission denied to set option \"base_url\"",
            "superusers",
        ),
    );
}

#[test]
fn options_are_checked_when_they_are_altered() {
    let database = acme();
    let mut client = database.connect();
    client
        .batch_execute(&format!("{CREATE_MAPPING} (email 'a@b.c', api_token 'x')"))
        .unwrap();
    for (sql, expected) in [
        (
            "ALTER SERVER acme OPTIONS (ADD page_size '251')",
            ("HV024", "invalid value for option \"page_size\"", "250"),
        ),
        (
            "ALTER SERVER acme OPTIONS (DROP subdomain)",
            ("HV00J", "option \"subdomain\" is required", "acme"),
        ),
        (
            "ALTER SERVER acme OPTIONS (ADD base_url 'https://b.example')",
            (
                "HV00D",
                "options \"subdomain\" and \"base_url\" exclude each other",
                "DROP one",
            ),
        ),
        (
            "ALTER SERVER acme OPTIONS (SET page_size '10')",
            ("42704", "option \"page_size\" not found", ""),
        ),
        (
            "ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (DROP email)",
            ("HV00J", "option \"email\" is required", "email"),
        ),
        (
            "ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (ADD access_token 'x')",
            (
                "HV00D",
                "options \"access_token\" and \"email\" exclude each other",
                "one way to sign in",
            ),
        ),
    ] {
        fails(&mut client, sql, expected);
    }
    client
        .batch_execute(
            "ALTER SERVER acme OPTIONS (ADD page_size '10'); ALTER SERVER acme OPTIONS (SET page_size '20');
             ALTER SERVER acme OPTIONS (DROP page_size);
             ALTER SERVER acme OPTIONS (DROP subdomain, ADD base_url 'https://b.example');
             ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (DROP email, DROP api_token, ADD access_token 'x')",
        )
        .unwrap();
}

// --- Reaching the site -----------------------------------------------------------------------------------------------

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

// --- Limits ----------------------------------------------------------------------------------------------------------

#[test]
fn a_scan_that_needs_more_requests_than_allowed_is_an_error() {
    let mut scene = Scene::with("max_requests '4'");
    let expected = (
        "54000",
        "the scan of \"confluence_pages\" needs more than 4 requests",
        "max_requests",
    );
    let raised = fails(&mut scene.client, ALL_PAGES, expected);
    assert!(
        raised.detail().unwrap().contains("at least 5"),
        "{raised:?}"
    );
    assert_eq!(requests(&scene.sim).len(), 4);
    // One that needs just so many is none; nor is one that stops early.
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET max_requests '5')");
    scene.reads_all_pages();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET max_requests '1')");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT id FROM confluence_pages LIMIT 10"
        )
        .len(),
        10
    );
    // The table's word goes before the server's.
    scene
        .database
        .execute("ALTER FOREIGN TABLE confluence_pages OPTIONS (ADD max_requests '0')");
    scene.reads_all_pages();
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 1 request",
        "max_requests",
    );
    fails(
        &mut scene.client,
        "SELECT id FROM confluence_permissions",
        expected,
    );
}

#[test]
fn a_scan_that_is_known_to_need_too_many_requests_sends_none() {
    let mut scene = Scene::with("max_requests '2'");
    let sql = "SELECT id FROM confluence_permissions WHERE space_id = ANY (ARRAY[1, 2, 3])";
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 2 requests",
        "max_requests",
    );
    fails(&mut scene.client, sql, expected);
    assert!(requests(&scene.sim).is_empty());
}

#[test]
fn a_scan_that_begins_again_goes_on_counting_its_requests() {
    let mut scene = Scene::with("max_requests '3'");
    scene
        .client
        .batch_execute(
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off;
             CREATE TEMP TABLE spaces AS SELECT id FROM confluence_spaces LIMIT 4; ANALYZE spaces",
        )
        .unwrap();
    let sql = "SELECT p.id FROM spaces JOIN confluence_permissions p ON p.space_id = spaces.id";
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 3 requests",
        "max_requests",
    );
    fails(&mut scene.client, sql, expected);
}

// --- Whose credential ------------------------------------------------------------------------------------------------

/// A site with a role `reader` that has no mapping, and may read its tables. The superuser's is the only one.
#[track_caller]
fn two_readers() -> (Scene, String) {
    let scene = Scene::new();
    let role = scene.database.role("reader");
    scene.database.execute(&format!(
        "DROP USER MAPPING FOR PUBLIC SERVER site;
         CREATE USER MAPPING FOR postgres SERVER site OPTIONS (email {}, api_token {});
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    ));
    (scene, role)
}

/// Lets the site know a credential, and a role have it.
fn give(scene: &Scene, role: &str, token: &str) {
    scene
        .sim
        .grant(Credential::basic(format!("{token}@example.com"), token));
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '{token}@example.com', api_token '{token}')"
    ));
}

/// The query is sent with the credential of this token.
#[track_caller]
fn reads_with(scene: &Scene, client: &mut Client, sql: &str, token: &str) {
    let email = if token == Options::TOKEN {
        Options::EMAIL.to_owned()
    } else {
        format!("{token}@example.com")
    };
    let expected = Credential::basic(email, token).header();
    scene.sim.clear_log();
    lines(client, sql);
    let log = scene.sim.data_requests();
    assert!(!log.is_empty());
    for request in log {
        assert_eq!(
            request.header("authorization"),
            Some(expected.as_str()),
            "{sql}"
        );
    }
}

#[track_caller]
fn lacks_a_mapping(client: &mut Client, sql: &str, role: &str) {
    let message = format!("user mapping not found for \"{role}\"");
    let hint = format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '...', api_token '...')"
    );
    fails(client, sql, ("42704", &message, &hint));
}

#[test]
fn a_role_without_a_mapping_is_told_to_make_one() {
    let (scene, role) = two_readers();
    let mut client = scene.database.connect_as(&role);
    lacks_a_mapping(&mut client, ALL_PAGES, &role);
    assert!(scene.sim.log().is_empty());
    // EXPLAIN needs none.
    assert!(explain(&mut client, ALL_PAGES).contains("Request: GET"));
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
}

#[test]
fn a_mapping_of_ones_own_goes_before_everybodys() {
    let (scene, role) = two_readers();
    give(&scene, "PUBLIC", "everybodys");
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, ALL_PAGES, "everybodys");
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
    scene
        .database
        .execute(&format!("DROP USER MAPPING FOR {role} SERVER site"));
    reads_with(&scene, &mut client, ALL_PAGES, "everybodys");
}

#[test]
fn the_credential_is_that_of_the_current_role() {
    let (scene, role) = two_readers();
    give(&scene, &role, "its-own");
    let mut client = scene.database.connect();
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
    client.batch_execute("RESET ROLE").unwrap();
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    // In one session, prepared statements of several roles.
    client.batch_execute("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT id FROM confluence_pages").unwrap();
    reads_with(&scene, &mut client, "EXECUTE q", Options::TOKEN);
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    reads_with(&scene, &mut client, "EXECUTE q", "its-own");
}

#[test]
fn a_function_with_its_owners_rights_reads_with_its_owners_credential() {
    let (scene, role) = two_readers();
    give(&scene, &role, "its-own");
    scene.database.execute(
        "CREATE FUNCTION owners() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.confluence_pages';
         CREATE FUNCTION callers() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.confluence_pages'",
    );
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, "SELECT owners()", Options::TOKEN);
    reads_with(&scene, &mut client, "SELECT callers()", "its-own");
}

#[test]
fn a_view_reads_with_its_owners_credential() {
    let (scene, role) = two_readers();
    let owner = scene.database.role("owner");
    give(&scene, &owner, "the-owners");
    scene.database.execute(&format!(
        "CREATE VIEW titles AS SELECT id, title FROM confluence_pages;
         GRANT SELECT ON confluence_pages TO {owner};
         ALTER VIEW titles OWNER TO {owner}; GRANT SELECT ON titles TO {role};
         REVOKE SELECT ON confluence_pages FROM {role}"
    ));
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, "SELECT * FROM titles", "the-owners");
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(raised.code().code(), "42501");
    let mut superuser = scene.database.connect();
    reads_with(&scene, &mut superuser, "SELECT * FROM titles", "the-owners");
    reads_with(&scene, &mut superuser, ALL_PAGES, Options::TOKEN);
}

#[test]
fn a_view_with_its_callers_rights_reads_with_its_callers_credential() {
    if pg_major() < 15 {
        skip("views with their caller's rights came with PostgreSQL 15");
        return;
    }
    let (scene, role) = two_readers();
    let owner = scene.database.role("owner");
    give(&scene, &owner, "the-owners");
    scene.database.execute(&format!(
        "CREATE VIEW titles WITH (security_invoker = true) AS SELECT id, title FROM confluence_pages;
         ALTER VIEW titles OWNER TO {owner}; GRANT SELECT ON titles TO {role}"
    ));
    let mut client = scene.database.connect_as(&role);
    lacks_a_mapping(&mut client, "SELECT * FROM titles", &role);
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, "SELECT * FROM titles", "its-own");
}

// --- Secrets ---------------------------------------------------------------------------------------------------------

const SECRET: &str = "hush-4711-hush";

#[test]
fn secrets_are_nowhere_to_be_read() {
    let scene = Scene::new();
    let database = &scene.database;
    let role = database.role("reader");
    database.execute(&format!(
        "DROP USER MAPPING FOR PUBLIC SERVER site; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         GRANT USAGE ON FOREIGN SERVER site TO {role}"
    ));
    give(&scene, "postgres", SECRET);
    let header = Credential::basic(format!("{SECRET}@example.com"), SECRET).header();
    let encoded = header.trim_start_matches("Basic ").to_owned();
    let mut client = database.connect();
    client
        .batch_execute(
            "SET log_min_messages = debug5; SET log_statement = 'all'; SET debug_print_parse = on; SET debug_print_plan = on;
             SET debug_print_rewritten = on; SET log_executor_stats = on; SET log_error_verbosity = verbose",
        )
        .unwrap();
    let mut seen = Vec::new();
    seen.extend(lines(&mut client, ALL_PAGES));
    seen.push(explain(&mut client, ALL_PAGES));
    seen.extend(lines(
        &mut client,
        "EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM confluence_pages",
    ));
    for reply in [
        Reply::BareNotFound,
        Reply::Html200,
        Reply::status(500),
        Reply::retry_after(429, "9999"),
        Reply::TruncatedJson,
        Reply::NamedNotFound,
    ] {
        scene.sim.fault(Fault::on(PAGES), reply);
        seen.push(format!("{:?}", error(&mut client, ALL_PAGES)));
        scene.sim.clear_faults();
    }
    let mut other = database.connect_as(&role);
    for sql in [
        "SELECT * FROM pg_user_mappings",
        "SELECT * FROM pg_foreign_server",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM information_schema.user_mapping_options",
        "SELECT * FROM information_schema.foreign_server_options",
        "SELECT * FROM pg_foreign_table",
    ] {
        seen.extend(lines(&mut other, sql));
    }
    // Everybody's activity, with what one may see as the superuser.
    seen.extend(lines(
        &mut database.connect(),
        "SELECT * FROM pg_stat_activity",
    ));
    seen.push(database.psql("\\des+\n\\det+\n\\d+ confluence_pages"));
    let log: String = database
        .log()
        .lines()
        .filter(|line| !line.contains("CREATE USER MAPPING"))
        .collect();
    assert!(log.contains("confluence_pages"));
    seen.push(log);
    for text in &seen {
        assert!(!text.contains("hush") && !text.contains(&encoded), "{text}");
    }
}

// --- Options that change ---------------------------------------------------------------------------------------------

#[test]
fn a_changed_option_counts_from_the_next_execution_on() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT id FROM confluence_pages")
        .unwrap();
    for size in [10, 9, 20, 45, 46] {
        let alter = format!("ALTER SERVER site OPTIONS (SET page_size '{size}')");
        scene.database.execute(&alter);
        for sql in ["EXECUTE q", ALL_PAGES] {
            scene.sim.clear_log();
            assert_eq!(lines(&mut scene.client, sql).len(), 45);
            let sent = requests(&scene.sim);
            assert_eq!(sent[0], format!("GET /wiki/api/v2/pages?limit={size}"));
            assert_eq!(sent.len(), 45_usize.div_ceil(size));
        }
    }
    scene
        .database
        .execute("ALTER FOREIGN TABLE confluence_pages OPTIONS (ADD page_size '50')");
    scene.sim.clear_log();
    lines(&mut scene.client, "EXECUTE q");
    assert_eq!(requests(&scene.sim), ["GET /wiki/api/v2/pages?limit=50"]);
}

#[test]
fn a_changed_token_counts_from_the_next_execution_on() {
    let (mut scene, _) = two_readers();
    scene
        .client
        .batch_execute("PREPARE q AS SELECT id FROM confluence_pages")
        .unwrap();
    lines(&mut scene.client, "EXECUTE q");
    let old = Credential::basic(Options::EMAIL, Options::TOKEN);
    let new = Credential::basic(Options::EMAIL, "rotated");
    scene.sim.grant(new.clone());
    scene.sim.revoke(&old);
    assert_eq!(error(&mut scene.client, "EXECUTE q").code().code(), "28000");
    scene
        .database
        .execute("ALTER USER MAPPING FOR postgres SERVER site OPTIONS (SET api_token 'rotated')");
    assert_eq!(lines(&mut scene.client, "EXECUTE q").len(), 45);
    // And back, though that one was known before: it is asked anew who that is.
    scene.database.execute(&format!(
        "ALTER USER MAPPING FOR postgres SERVER site OPTIONS (SET api_token '{}')",
        Options::TOKEN
    ));
    assert_eq!(error(&mut scene.client, "EXECUTE q").code().code(), "28000");
}

#[test]
fn a_server_that_moves_is_followed() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let other = Sim::start(Options::of(small_site()));
    scene.sim.clear_log();
    scene.database.execute(&format!(
        "ALTER SERVER site OPTIONS (SET base_url {})",
        literal(other.url())
    ));
    assert_eq!(lines(&mut scene.client, ALL_PAGES).len(), 45);
    assert!(scene.sim.log().is_empty());
    assert_eq!(requests(&other).len(), 5);
}

#[test]
fn a_token_in_a_file_is_read_anew() {
    let (mut scene, role) = two_readers();
    let path = scene
        .database
        .file("token", format!("{}\n", Options::TOKEN));
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '{}', api_token_file '{}')",
        Options::EMAIL,
        path.display()
    ));
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, "rotated"));
    scene
        .sim
        .revoke(&Credential::basic(Options::EMAIL, Options::TOKEN));
    assert_eq!(error(&mut client, ALL_PAGES).code().code(), "28000");
    scene.database.file("token", "\n rotated \r\n");
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
    std::fs::remove_file(&path).unwrap();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(raised.code().code(), "58030");
    assert!(
        raised
            .message()
            .starts_with("could not read the file of option \"api_token_file\": "),
        "{raised:?}"
    );
    assert!(!format!("{raised:?}").contains("rotated"));
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
    scene.reads_all_pages();
}

#[test]
fn a_token_with_characters_that_no_token_has_is_an_error_that_does_not_show_it() {
    let (scene, role) = two_readers();
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (access_token E'hush\\nhush')"
    ));
    let raised = error(&mut scene.database.connect_as(&role), ALL_PAGES);
    assert_eq!(raised.code().code(), "HV024", "{raised:?}");
    assert!(!format!("{raised:?}").contains("hush"));
}
