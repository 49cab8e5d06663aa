//! `confluence.check`: what it says of a server that works, and of each that does not.

use std::collections::BTreeMap;
use std::time::Duration;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{Credential, Entrance, Fault, OauthClient, Options, Reply, Sim};
use postgres::Client;

use crate::oauth::Consent;
use crate::scene::{Elsewhere, small_site};

const TENANT_INFO: &str = "/_edge/tenant_info";
const WHO_AM_I: &str = "/wiki/rest/api/user/current";
const ROLE_MODE: &str = "/wiki/api/v2/space-role-mode";
const ADMIN_KEY: &str = "/wiki/api/v2/admin-key";
const AUDIT: &str = "/wiki/rest/api/audit";
const BASIC: &str = "email 'svc@example.com', api_token 'sim-token'";

const STEPS: [&str; 12] = [
    "address",
    "tls",
    "site",
    "clock",
    "credential",
    "route",
    "identity",
    "answers",
    "scopes",
    "roles",
    "administrator",
    "admin key",
];

/// A site, and a server for it.
struct Checked {
    client: Client,
    database: Database,
    sim: Sim,
}

/// A report: step to status, found and remedy.
type Report = BTreeMap<String, (String, String, String)>;

impl Checked {
    /// A site that answers what is asked of it, to an administrator.
    #[track_caller]
    fn new() -> Self {
        Self::with("", BASIC)
    }

    #[track_caller]
    fn with(options: &str, mapping: &str) -> Self {
        let sim = Sim::start(Options::of(small_site()));
        let url = literal(sim.url());
        let database = Database::create();
        database.execute(&format!(
            "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw
                 OPTIONS (base_url {url}, gateway_url {url}, auth_url {url} {options});
             CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS ({mapping})"
        ));
        let checked = Self {
            client: database.connect(),
            database,
            sim,
        };
        checked.says(ROLE_MODE, 200, r#"{"mode":"PRE_ROLES"}"#);
        checked.says(AUDIT, 200, r#"{"results":[],"start":0,"limit":1,"size":0}"#);
        checked.says(ADMIN_KEY, 404, NO_KEY);
        checked
    }

    /// From now on the site answers so there.
    fn says(&self, path: &str, status: u16, body: &str) {
        self.sim.fault(Fault::on(path), json(status, body));
    }

    fn set(&self, options: &str) {
        self.database
            .execute(&format!("ALTER SERVER site OPTIONS ({options})"));
    }

    fn map(&self, options: &str) {
        self.database.execute(&format!(
            "DROP USER MAPPING FOR PUBLIC SERVER site; CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS ({options})"
        ));
    }

    #[track_caller]
    fn report(&mut self) -> Report {
        report(&mut self.client)
    }

    /// The step ends so, saying this; all that are named in `skipped` were not come to, and nothing else is wrong.
    #[track_caller]
    fn finds(&mut self, step: &str, status: &str, found: &str, remedy: &str, skipped: &[&str]) {
        let report = self.report();
        let (its_status, its_found, its_remedy) = &report[step];
        assert_eq!(its_status, status, "{report:#?}");
        assert!(its_found.contains(found), "{its_found}");
        assert!(its_remedy.contains(remedy), "{its_remedy}");
        for (other, (status, found, _)) in &report {
            if other == step {
                continue;
            }
            if skipped.contains(&other.as_str()) {
                let because = format!("not looked at, because of: {step}");
                assert_eq!((status.as_str(), found), ("skip", &because), "{other}");
            } else {
                assert_eq!(status, "ok", "{other}: {found}");
            }
        }
    }
}

const NO_KEY: &str = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"No admin key is active for the calling user","detail":null}]}"#;
const NOT_FOUND: &str =
    r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#;

#[track_caller]
fn report(client: &mut Client) -> Report {
    let rows = client
        .query("SELECT * FROM confluence.check('site')", &[])
        .expect("a report");
    let mut report = Report::new();
    for row in rows {
        let remedy: Option<String> = row.get("remedy");
        let line = (
            row.get("status"),
            row.get("found"),
            remedy.unwrap_or_default(),
        );
        let before = report.insert(row.get("step"), line);
        assert_eq!(before, None, "a step that is reported twice");
    }
    report
}

fn json(status: u16, body: &str) -> Reply {
    answer(status, &[("content-type", "application/json")], body)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Reply::Status {
        code: status,
        headers: headers.iter().map(owned).collect(),
        body: body.to_owned(),
    }
}

fn after(step: &str) -> &'static [&'static str] {
    let place = STEPS.iter().position(|known| *known == step);
    &STEPS[place.expect("a step") + 1..]
}

#[test]
fn a_server_that_works_is_ok_from_end_to_end() {
    let mut checked = Checked::new();
    let steps = lines(
        &mut checked.client,
        "SELECT step FROM confluence.check('site')",
    );
    assert_eq!(steps, STEPS);
    let report = checked.report();
    let cloud_id = checked.sim.organisation().cloud_id().to_owned();
    let account = checked.sim.organisation().users()[0].account_id.clone();
    for (step, found) in [
        ("address", "answers"),
        ("tls", "none is needed: a loopback address"),
        ("site", cloud_id.as_str()),
        ("clock", "agrees"),
        ("credential", "API token of svc@example.com"),
        ("route", "the site, http://127.0.0.1"),
        ("identity", account.as_str()),
        ("answers", "from the site itself"),
        ("scopes", "an API token without scopes"),
        ("roles", "PRE_ROLES"),
        ("administrator", "yes"),
        ("admin key", "none is active"),
    ] {
        let (status, said, remedy) = &report[step];
        assert_eq!((status.as_str(), remedy.as_str()), ("ok", ""), "{step}");
        assert!(said.contains(found), "{step}: {said}");
        assert!(!said.contains(Options::TOKEN), "{said}");
    }
    // Nothing is sent but GET, and each question once.
    let asked = checked.sim.log();
    assert!(asked.iter().all(|request| request.method == "GET"));
    checked.sim.clear_log();
    checked.report();
    assert_eq!(checked.sim.log().len(), 5, "{:#?}", checked.sim.log());
}

// --- The address, and what is there ----------------------------------------------------------------------------------

#[test]
fn an_address_where_nothing_answers() {
    let mut checked = Checked::new();
    let nowhere = Elsewhere::new().origin();
    checked.set(&format!("SET base_url '{nowhere}'"));
    checked.finds(
        "address",
        "fail",
        "Connection refused",
        "subdomain",
        after("address"),
    );
    checked.set("SET base_url 'https://nowhere.invalid'");
    checked.finds(
        "address",
        "fail",
        "could not connect to \"nowhere.invalid\"",
        "subdomain",
        after("address"),
    );
}

#[test]
fn an_address_that_never_answers() {
    let mut checked = Checked::with(", request_timeout '300ms'", BASIC);
    checked
        .sim
        .fault(Fault::on(TENANT_INFO), Reply::NeverAnswer);
    checked.finds(
        "address",
        "fail",
        "no end after 300ms",
        "",
        after("address"),
    );
}

#[test]
fn something_else_than_tls() {
    let mut checked = Checked::new();
    let url = checked.sim.url().replace("http://", "https://");
    checked.set(&format!("SET base_url '{url}'"));
    checked.finds("tls", "fail", "", "ca_file", after("tls"));
}

#[test]
fn what_is_no_site_of_confluence_cloud() {
    const STATUS: &str = "/status";
    for (tenant_info, status, found, remedy) in [
        // A name that no site has.
        (
            answer(404, &[("content-type", "text/html")], "<html>"),
            json(404, NOT_FOUND),
            "answered with status 404, and without a cloudId",
            "Check the server's option subdomain",
        ),
        (
            answer(302, &[("location", "https://www.atlassian.com/")], ""),
            json(404, NOT_FOUND),
            "a redirect (status 302)",
            "Check the server's option subdomain",
        ),
        (
            Reply::Html200,
            Reply::Html200,
            "answered with status 200, and without a cloudId",
            "Check the server's option subdomain",
        ),
        (
            json(200, r#"{"id":"x"}"#),
            Reply::DropBeforeHead,
            "without a cloudId",
            "Check the server's option subdomain",
        ),
        // One that somebody runs, by what it says, and by its headers.
        (
            answer(404, &[("content-type", "text/html")], "<html>"),
            json(200, r#"{"state":"RUNNING"}"#),
            "Confluence Data Center or Server",
            "only Cloud is",
        ),
        (
            answer(404, &[("x-confluence-request-time", "1794000000000")], ""),
            json(404, NOT_FOUND),
            "Confluence Data Center or Server",
            "only Cloud is",
        ),
    ] {
        let mut checked = Checked::new();
        checked.sim.fault(Fault::on(TENANT_INFO), tenant_info);
        checked.sim.fault(Fault::on(STATUS), status);
        checked.finds("site", "fail", found, remedy, after("clock"));
        let asked = checked.sim.log();
        assert!(
            asked
                .iter()
                .all(|request| request.header("authorization").is_none()),
            "no credential goes to what is no site"
        );
    }
}

#[test]
fn a_cloud_id_that_is_another_sites() {
    let mut checked = Checked::with(", cloud_id '11111111-2222-3333-4444-555555555555'", BASIC);
    checked.finds(
        "site",
        "fail",
        "the server's option says 1111",
        "drop it",
        after("clock"),
    );
    let id = checked.sim.organisation().cloud_id().to_uppercase();
    checked.set(&format!("SET cloud_id '{id}'"));
    assert_eq!(checked.report()["site"].0, "ok");
}

#[test]
fn a_clock_that_is_wrong() {
    let mut checked = Checked::new();
    let body = format!(
        r#"{{"cloudId":"{}"}}"#,
        checked.sim.organisation().cloud_id()
    );
    checked.sim.fault(
        Fault::on(TENANT_INFO),
        answer(
            200,
            &[
                ("content-type", "application/json"),
                ("date", "Tue, 01 Jan 2002 00:00:00 GMT"),
            ],
            &body,
        ),
    );
    checked.finds("clock", "warn", "s ahead of the site's", "NTP", &[]);
}

// --- The account -----------------------------------------------------------------------------------------------------

#[test]
fn a_credential_that_is_refused() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'my password'");
    checked.finds(
        "credential",
        "fail",
        "Confluence rejected the credential: User mapping of",
        "the password must be an API token",
        after("credential"),
    );
    let found = &checked.report()["credential"].1;
    assert!(found.contains("does not begin with ATATT"), "{found}");
    assert!(!found.contains("my password"), "{found}");
    checked.map("email 'svc@example.com', api_token 'ATATTwrong'");
    let found = &checked.report()["credential"].1;
    assert!(!found.contains("ATATT"), "{found}");
}

#[test]
fn credentials_that_cannot_even_be_sent() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token_file '/nonexistent'");
    checked.finds(
        "credential",
        "fail",
        "could not read the file of option \"api_token_file\": No such file",
        "operating system user",
        after("credential"),
    );
    checked.map("client_id 'us', client_secret 'hush'");
    checked.finds(
        "credential",
        "fail",
        "issued no token to the client",
        "service account",
        after("credential"),
    );
    checked.map("client_id 'us', client_secret 'hush', refresh_token 'x'");
    checked.finds(
        "credential",
        "fail",
        "the user mapping has no access token yet",
        "CALL confluence.oauth_refresh('site')",
        after("credential"),
    );
    checked
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    checked.finds(
        "credential",
        "fail",
        "there is no user mapping",
        "CREATE USER MAPPING",
        after("credential"),
    );
}

#[test]
fn a_credential_that_ends_soon() {
    let mut checked = Checked::new();
    let expires = |client: &mut Client, after: &str| {
        let sql =
            format!("SELECT to_char(now() + interval '{after}', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
        one(client, &sql)
    };
    for (after, status, found) in [
        ("100 days", "ok", "for 99 days more"),
        ("5 days 1 min", "warn", "expires in 5 days"),
        ("-1 min", "warn", "still taken, though"),
    ] {
        let at = expires(&mut checked.client, after);
        checked.map(&format!("{BASIC}, token_expires_at '{at}'"));
        checked.finds("credential", status, found, "", &[]);
    }
}

#[test]
fn a_credential_that_the_site_takes_for_nobodys() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'wrong'");
    checked.sim.set_anonymous(true);
    checked.finds(
        "credential",
        "fail",
        "does not know who is asking",
        "allow_anonymous",
        after("credential"),
    );
    checked.set("ADD allow_anonymous 'true'");
    let report = checked.report();
    assert_eq!(report["credential"].0, "warn");
    assert_eq!(report["identity"].0, "warn");
    checked
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    checked.finds(
        "identity",
        "warn",
        "nobody in particular",
        "allow_anonymous",
        &[],
    );
}

#[test]
fn a_guest() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        Reply::mutate(|user| user["isGuest"] = true.into()),
    );
    checked.finds("identity", "warn", "a guest", "one space only", &[]);
}

#[test]
fn an_account_without_confluence() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        json(403, r#"{"statusCode":403,"message":"no licence"}"#),
    );
    let skipped = STEPS.iter().copied().filter(|step| {
        after("credential").contains(step) && *step != "identity" || *step == "credential"
    });
    let skipped: Vec<&str> = skipped.collect();
    checked.finds(
        "identity",
        "fail",
        "Confluence does not allow this request",
        "permission to use Confluence",
        &skipped,
    );
}

#[test]
fn answers_that_something_in_between_has_changed() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        Reply::mutate(|user| user["_links"]["base"] = "https://proxy.example/wiki".into()),
    );
    checked.finds(
        "answers",
        "warn",
        "it is from proxy.example",
        "A proxy",
        &[],
    );
    for reply in [
        Reply::Html200,
        answer(200, &[("content-type", "text/plain")], "{}"),
        answer(302, &[("location", "https://login.example/")], ""),
    ] {
        let mut checked = Checked::new();
        checked.sim.fault(Fault::on(WHO_AM_I), reply);
        let skipped: Vec<&str> = after("clock")
            .iter()
            .copied()
            .filter(|step| *step != "answers")
            .collect();
        checked.finds(
            "answers",
            "fail",
            "is not from Confluence Cloud's API",
            "",
            &skipped,
        );
    }
}

// --- Doors, scopes and rights ----------------------------------------------------------------------------------------

#[test]
fn a_token_with_scopes_finds_the_gateway_and_names_what_it_lacks() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'scoped'");
    let scoped = |scopes: &[&str]| {
        Credential::basic(Options::EMAIL, "scoped").with_scopes(scopes.iter().copied())
    };
    checked.sim.grant(scoped(&["read:space:confluence"]));
    let report = checked.report();
    assert_eq!(report["credential"].0, "ok");
    let (status, found, remedy) = &report["route"];
    assert_eq!(status, "ok");
    assert!(found.starts_with("the gateway, "), "{found}");
    assert!(remedy.contains("route to gateway"), "{remedy}");
    assert_eq!(report["identity"].0, "warn");
    let (status, found, _) = &report["scope read:space:confluence"];
    assert_eq!(status, "ok");
    assert!(found.starts_with("there, for confluence_spaces"), "{found}");
    let (status, found, _) = &report["scope read:page:confluence"];
    assert_eq!(status, "fail");
    assert!(found.contains("without it confluence_pages"), "{found}");
    let (status, found, _) = &report["scope read:confluence-user"];
    assert_eq!(status, "fail");
    assert!(found.contains("confluence_group_members"), "{found}");
    assert!(!report.contains_key("scopes"));
    // Pages and spaces are asked for by an id that none has.
    let listings = ["/wiki/api/v2/pages", "/wiki/api/v2/spaces"];
    let asked: Vec<String> = checked
        .sim
        .log()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert!(
        asked.contains(&"/wiki/api/v2/pages/0".to_owned()),
        "{asked:?}"
    );
    assert!(
        asked.iter().all(|path| !listings.contains(&path.as_str())),
        "{asked:?}"
    );
}

#[test]
fn access_tokens_go_through_the_gateway_and_have_scopes_each() {
    let all = [
        "read:space:confluence",
        "read:page:confluence",
        "read:confluence-user",
    ];
    let mut checked = Checked::with("", "access_token 'given'");
    checked
        .sim
        .grant(Credential::bearer("given").with_scopes(all));
    let report = checked.report();
    for (step, found) in [
        ("credential", "access token"),
        ("route", "the gateway, "),
        ("scope read:space:confluence", "there"),
        ("scope read:page:confluence", "there"),
        (
            "scope read:confluence-user",
            "there, for confluence_group_members",
        ),
    ] {
        let (status, said, _) = &report[step];
        assert_eq!(status, "ok", "{step}: {said}");
        assert!(said.contains(found), "{step}: {said}");
    }
    checked.sim.grant_client(OauthClient::new("us", "hush"));
    checked.map("client_id 'us', client_secret 'hush'");
    let (status, found, _) = &checked.report()["credential"];
    assert_eq!(
        (status.as_str(), found.as_str()),
        ("ok", "client credentials of us")
    );
    // The gateway fails where it is asked for a scope.
    checked
        .sim
        .fault(Fault::on("/wiki/api/v2/pages/0"), Reply::status(503));
    let (status, found, _) = &checked.report()["scope read:page:confluence"];
    assert_eq!(status, "skip");
    assert!(
        found.starts_with("unknown: answered with status 503"),
        "{found}"
    );
}

#[test]
fn a_consent_is_checked_like_any_other_and_told_when_to_renew() {
    let mut consent = Consent::given();
    let (status, found, _) = &report(&mut consent.client)["credential"];
    assert_eq!(status, "ok");
    assert!(
        found.starts_with("access token of somebody's consent, for 60 min"),
        "{found}"
    );
    consent.sim.revoke_issued_tokens();
    let (status, _, remedy) = &report(&mut consent.client)["credential"];
    assert_eq!(status, "fail");
    assert!(
        remedy.contains("CALL confluence.oauth_refresh('site')"),
        "{remedy}"
    );
}

#[test]
fn what_the_account_gets_to_see() {
    for (path, status, body, step, expected, found, remedy) in [
        (
            ROLE_MODE,
            200,
            r#"{"mode":"ROLES"}"#,
            "roles",
            "warn",
            "ROLES: access",
            "role",
        ),
        (
            ROLE_MODE,
            200,
            r#"{"mode":"ROLES_TRANSITION"}"#,
            "roles",
            "warn",
            "ROLES_TRANSITION",
            "role",
        ),
        (
            ROLE_MODE,
            404,
            NOT_FOUND,
            "roles",
            "skip",
            "answered with status 404, by Confluence's API",
            "",
        ),
        (
            ROLE_MODE,
            501,
            "{}",
            "roles",
            "skip",
            "answered with status 501",
            "",
        ),
        (ROLE_MODE, 200, "{}", "roles", "skip", "names no mode", ""),
        (
            AUDIT,
            403,
            r#"{"statusCode":403,"message":"administrators only"}"#,
            "administrator",
            "warn",
            "no: ",
            "an account that sees",
        ),
        (AUDIT, 500, "{}", "administrator", "skip", "unknown", ""),
        (
            AUDIT,
            401,
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
            "administrator",
            "skip",
            "lacks the scope",
            "",
        ),
        (
            ADMIN_KEY,
            200,
            r#"{"accountId":"a","expirationTime":"2026-12-01T00:00:00Z"}"#,
            "admin key",
            "ok",
            "active until 2026-12-01T00:00:00Z. Queries do not use it",
            "",
        ),
        (
            ADMIN_KEY,
            403,
            r#"{"statusCode":403,"message":"administrators only"}"#,
            "admin key",
            "skip",
            "may not ask",
            "",
        ),
        (
            ADMIN_KEY,
            200,
            "[]",
            "admin key",
            "skip",
            "names no expiry",
            "",
        ),
    ] {
        let mut checked = Checked::new();
        checked.sim.clear_faults();
        checked.says(path, status, body);
        checked.says(ROLE_MODE, 200, r#"{"mode":"PRE_ROLES"}"#);
        checked.says(AUDIT, 200, "{}");
        checked.says(ADMIN_KEY, 404, NO_KEY);
        checked.finds(step, expected, found, remedy, &[]);
    }
}

// --- Whom it is for --------------------------------------------------------------------------------------------------

#[test]
fn it_connects_as_the_caller_who_needs_the_server() {
    let mut checked = Checked::new();
    let role = checked.database.role("reader");
    let mut reader = checked.database.connect_as(&role);
    let raised = error(&mut reader, "SELECT * FROM confluence.check('site')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied for foreign server site")
    );
    checked.database.execute(&format!(
        "GRANT USAGE ON FOREIGN SERVER site TO {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'other@example.com', api_token 'wrong')"
    ));
    assert_eq!(report(&mut reader)["credential"].0, "fail");
    assert_eq!(checked.report()["credential"].0, "ok");
    for (argument, sqlstate) in [("NULL", "22004"), ("'nowhere'", "42704")] {
        let sql = format!("SELECT * FROM confluence.check({argument})");
        assert_eq!(error(&mut reader, &sql).code().code(), sqlstate);
    }
}

#[test]
fn it_can_be_interrupted_wherever_it_waits() {
    let mut checked = Checked::new();
    lines(&mut checked.client, "SET statement_timeout = '200ms'");
    for path in [TENANT_INFO, WHO_AM_I, AUDIT] {
        checked.sim.clear_faults();
        checked
            .sim
            .fault(Fault::on(path).through(Entrance::Site), Reply::NeverAnswer);
        let began = std::time::Instant::now();
        let raised = error(
            &mut checked.client,
            "SELECT * FROM confluence.check('site')",
        );
        assert_eq!(raised.code().code(), "57014", "{path}");
        assert!(began.elapsed() < Duration::from_secs(10), "{path}");
    }
}
