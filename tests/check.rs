//! `confluence.check`: what it says of a server that works, and of each that does not.

mod account;
mod address;
mod callers;
mod rights;

use std::collections::BTreeMap;

use confluence_fdw_tests::{Database, lines, literal};
use confluence_sim::{Fault, Options, Reply, Sim};
use postgres::Client;

use crate::scene::small_site;

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
