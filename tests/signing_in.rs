//! Every way to sign in: what is sent, what goes wrong, and what is said then.

mod matrix;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{Database, error, explain_with, lines, literal, one};
use confluence_sim::{
    Credential, Entrance, Fault, OauthClient, Options, Organisation, Reply, Request, Sim,
};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, Elsewhere, PAGES, SMALL_STEPS, WHO_AM_I, page_ids, small_site};
use matrix::{Case, Outcome};

const REJECTED: &str = "Confluence rejected the credential";
const TOKEN: &str = "/oauth/token";
const TENANT_INFO: &str = "/_edge/tenant_info";
const SPACES: &str = "SELECT id FROM confluence_spaces";
const EVERYTHING: &[&str] = &[
    "read:page:confluence",
    "read:space:confluence",
    "read:confluence-user",
];

/// The ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// An API token without scopes, at the site.
    ApiToken,
    /// The same out of a file.
    ApiTokenFile,
    /// The same through the gateway, as the server's options say.
    ApiTokenAtGateway,
    /// An API token with scopes, for which the way through the gateway is found.
    ScopedApiToken,
    /// An access token that somebody gave away.
    AccessToken,
    /// Tokens for a client's secret.
    Client,
    /// An access token that stands for somebody's consent.
    Consent,
}

const WAYS: [Way; 7] = [
    Way::ApiToken,
    Way::ApiTokenFile,
    Way::ApiTokenAtGateway,
    Way::ScopedApiToken,
    Way::AccessToken,
    Way::Client,
    Way::Consent,
];

/// What has reached the stand-in.
#[derive(Debug, PartialEq)]
struct Sent {
    data: usize,
    /// Who one is.
    who: usize,
    /// By which id the gateway knows the site.
    ids: usize,
    tokens: usize,
}

impl Way {
    fn has_scopes(self) -> bool {
        matches!(
            self,
            Way::ScopedApiToken | Way::AccessToken | Way::Client | Way::Consent
        )
    }

    /// What the first query of a session sends for so many answers with rows.
    fn first_query(self, data: usize) -> Sent {
        let ids = usize::from(!matches!(self, Way::ApiToken | Way::ApiTokenFile));
        let tokens = usize::from(self == Way::Client);
        // The site is asked first, and once: with one request at a time, that is who one is.
        let more = usize::from(self == Way::ScopedApiToken);
        Sent {
            data,
            who: 1 + more,
            ids,
            tokens,
        }
    }

    fn credential(self, scopes: &[&str]) -> Credential {
        let scopes = scopes.iter().copied();
        match self {
            Way::AccessToken | Way::Consent => Credential::bearer("given-away").with_scopes(scopes),
            Way::ScopedApiToken => {
                Credential::basic(Options::EMAIL, Options::TOKEN).with_scopes(scopes)
            }
            _ => Credential::basic(Options::EMAIL, Options::TOKEN),
        }
    }

    /// Lets the stand-in know it.
    fn grant(self, sim: &Sim, scopes: &[&str]) {
        match self {
            Way::Client => sim.grant_client(
                OauthClient::new("us", "client-secret").with_scopes(scopes.iter().copied()),
            ),
            _ => sim.grant(self.credential(scopes)),
        }
    }

    /// Lets the stand-in forget it, and what was issued for it.
    fn revoke(self, sim: &Sim) {
        sim.revoke_all();
        sim.revoke_client("us");
        sim.revoke_issued_tokens();
    }

    /// The options of a user mapping for it.
    fn mapping(self, database: &Database) -> String {
        let (email, token) = (Options::EMAIL, Options::TOKEN);
        match self {
            Way::ApiTokenFile => {
                let path = database.file("token", format!("{token}\n"));
                format!("email '{email}', api_token_file '{}'", path.display())
            }
            Way::AccessToken => "access_token 'given-away'".to_owned(),
            Way::Client => "client_id 'us', client_secret 'client-secret'".to_owned(),
            Way::Consent => {
                "client_id 'us', client_secret 'client-secret', refresh_token 'client-secret',
                 access_token 'given-away'"
                    .to_owned()
            }
            _ => format!("email '{email}', api_token '{token}'"),
        }
    }

    fn server(self) -> &'static str {
        match self {
            Way::ApiTokenAtGateway => ", route 'gateway'",
            _ => "",
        }
    }
}

/// A site, the gateway before it and the place where tokens are issued, all at one address; and a session.
struct Acme {
    client: Client,
    database: Database,
    sim: Arc<Sim>,
}

impl Acme {
    /// The stand-in knows the credential, with all scopes that there are.
    #[track_caller]
    fn new(way: Way) -> Self {
        Self::with(way, EVERYTHING, "")
    }

    #[track_caller]
    fn with(way: Way, scopes: &[&str], options: &str) -> Self {
        let acme = Self::unknown(way, small_site(), &format!(", {SMALL_STEPS}{options}"));
        way.grant(&acme.sim, scopes);
        acme
    }

    /// The stand-in knows nobody.
    #[track_caller]
    fn unknown(way: Way, organisation: Arc<Organisation>, options: &str) -> Self {
        let sim = Sim::start(Options {
            credentials: Vec::new(),
            ..Options::of(organisation)
        });
        let url = sim.url();
        let database = Database::create();
        let options = format!(
            "gateway_url '{url}', auth_url '{url}'{options}{}",
            way.server()
        );
        serve(&database, url, &options, &way.mapping(&database));
        Self {
            client: database.connect(),
            database,
            sim: Arc::new(sim),
        }
    }

    fn sent(&self) -> Sent {
        let probes = self.sim.probes();
        let probes_of = |path: &str| probes.iter().filter(|probe| probe.path == path).count();
        Sent {
            data: self.sim.data_requests().len(),
            who: probes_of(WHO_AM_I),
            ids: probes_of(TENANT_INFO),
            tokens: self.sim.token_requests().len(),
        }
    }

    /// Reads all pages, each once, and returns what that took.
    #[track_caller]
    fn reads(&mut self) -> Sent {
        self.sim.clear_log();
        let mut found: Vec<u64> = lines(&mut self.client, ALL_PAGES)
            .iter()
            .map(|id| id.parse().expect("a number"))
            .collect();
        found.sort_unstable();
        assert_eq!(found, page_ids(&self.sim.organisation()));
        self.sent()
    }

    /// How many answers hold all pages.
    fn answers(&self) -> usize {
        page_ids(&self.sim.organisation()).len().div_ceil(10)
    }

    /// A query fails so, and nothing that it says is a secret.
    #[track_caller]
    fn fails(&mut self, sqlstate: &str, message: &str, hint: &str) -> DbError {
        self.sim.clear_log();
        let raised = error(&mut self.client, ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message),
            "{raised:?}"
        );
        let said = raised.hint().unwrap_or_default();
        assert!(said.contains(hint), "{said}");
        self.says_no_secret(&raised);
        raised
    }

    /// A query comes to what the matrix says, and what that takes.
    #[track_caller]
    fn meets(&mut self, outcome: Outcome) -> Sent {
        match outcome {
            Outcome::Reads | Outcome::ReadsWithAnother => self.reads(),
            Outcome::Fails(sqlstate, message, hint) => {
                let message = message.replace("HOST", &host(&self.sim));
                self.fails(sqlstate, &message, hint);
                self.sent()
            }
            Outcome::None => panic!("there is no such case"),
        }
    }

    #[track_caller]
    fn says_no_secret(&self, raised: &DbError) {
        let mut secrets = self.sim.issued_tokens();
        secrets.extend([Options::TOKEN, "client-secret", "given-away"].map(str::to_owned));
        let said = format!("{raised:?}");
        for secret in secrets {
            assert!(!said.contains(&secret), "{secret} in {said}");
        }
    }

    /// When page 2 of the pages is answered, this happens to the site; once.
    fn on_page_two(&self, happens: impl Fn(&Sim) + Send + Sync + 'static) {
        let sim = Arc::downgrade(&self.sim);
        self.sim.fault(
            Fault::on(PAGES).page(2).times(1),
            Reply::mutate(move |_| {
                if let Some(sim) = sim.upgrade() {
                    happens(&sim);
                }
            }),
        );
    }
}

/// Makes a server `site` with its tables, and a mapping for everybody.
#[track_caller]
fn serve(database: &Database, url: &str, options: &str, mapping: &str) {
    database.execute(&format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {}, {options});
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS ({mapping});
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        literal(url)
    ));
}

fn html(status: u16) -> Reply {
    Reply::Status {
        code: status,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<!doctype html><html></html>".to_owned(),
    }
}

fn json(status: u16, body: &str) -> Reply {
    Reply::Status {
        code: status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_owned(),
    }
}

fn through(requests: &[Request], entrance: Entrance) -> usize {
    let entrances = requests.iter().map(|request| request.entrance);
    entrances.filter(|known| *known == entrance).count()
}

// --- Every way, and every end that it can come to --------------------------------------------------------------------

#[test]
fn the_right_credential_reads_everything_for_the_fewest_requests() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        let answers = acme.answers();
        let right = way.comes_to(Case::Right);
        assert_eq!(acme.meets(right), way.first_query(answers), "{way:?}");
        // From then on the session knows the way.
        let later = Sent {
            data: answers,
            who: 0,
            ids: 0,
            tokens: 0,
        };
        assert_eq!(acme.meets(right), later, "{way:?}");
        acme.sim.clear_log();
        lines(&mut acme.client, SPACES);
        assert_eq!(acme.sent(), Sent { data: 1, ..later }, "{way:?}");
    }
}

#[test]
fn a_wrong_credential_is_an_error_and_the_right_one_then_reads_everything() {
    for way in WAYS {
        let mut acme = Acme::unknown(way, small_site(), &format!(", {SMALL_STEPS}"));
        let sent = acme.meets(way.comes_to(Case::Wrong));
        assert!(sent.data <= 1 && sent.who <= 1 && sent.ids <= 1, "{sent:?}");
        assert_eq!(sent.tokens, usize::from(way == Way::Client));
        if way == Way::Client {
            assert_eq!((sent.data, sent.who), (0, 0), "nothing without a token");
        }
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}

#[test]
fn an_expired_credential_is_an_error_unless_it_can_be_renewed() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        let answers = acme.answers();
        acme.reads();
        let expired = way.comes_to(Case::Expired);
        if expired == Outcome::ReadsWithAnother {
            // The token has come to its end; what it was issued for has not.
            acme.sim.revoke_issued_tokens();
            let renewed = Sent {
                data: answers + 1,
                who: 0,
                ids: 0,
                tokens: 1,
            };
            assert_eq!(acme.meets(expired), renewed, "{way:?}");
            assert_eq!(acme.sim.data_requests()[0].status, Some(401));
            continue;
        }
        way.revoke(&acme.sim);
        let once = Sent {
            data: 1,
            who: 0,
            ids: 0,
            tokens: 0,
        };
        assert_eq!(acme.meets(expired), once, "{way:?}: nothing is guessed");
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}

#[test]
fn a_missing_scope_is_named_and_costs_no_new_token() {
    for way in WAYS {
        let missing = way.comes_to(Case::ScopeMissing);
        assert_eq!(missing != Outcome::None, way.has_scopes(), "{way:?}");
        if missing == Outcome::None {
            continue;
        }
        let mut acme = Acme::with(way, &["read:space:confluence"], "");
        let tokens = acme.meets(missing).tokens;
        assert_eq!(tokens, usize::from(way == Way::Client), "{way:?}");
        // What the token may read, it reads; even though it may not ask who it is.
        let spaces = lines(&mut acme.client, SPACES).len();
        assert_eq!(spaces, acme.sim.organisation().spaces().count());
        assert_eq!(acme.sent().tokens, tokens);
    }
}

#[test]
fn a_credential_that_is_revoked_while_it_reads_is_an_error() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        acme.on_page_two(move |sim| way.revoke(sim));
        let first = way.first_query(3);
        let expected = match way {
            // The token is not taken, and no other is issued.
            Way::Client => Sent { tokens: 2, ..first },
            _ => first,
        };
        let sent = acme.meets(way.comes_to(Case::RevokedInMidScan));
        assert_eq!(sent, expected, "{way:?}");
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}

// --- Client credentials ----------------------------------------------------------------------------------------------

/// A client whose scans read 60 spaces' permissions, eight at a time.
fn busy(life: Duration) -> Acme {
    let acme = Acme::unknown(Way::Client, small(), ", page_size '5', max_concurrency '8'");
    acme.sim
        .grant_client(OauthClient::new("us", "client-secret").expires_in(life));
    acme
}

#[track_caller]
fn reads_all_permissions(acme: &mut Acme) {
    let count = one(
        &mut acme.client,
        "SELECT count(*) FROM (SELECT DISTINCT space_id, id FROM confluence_permissions) p",
    );
    assert_eq!(
        count,
        acme.sim.organisation().permission_count().to_string()
    );
    assert!(acme.sim.in_flight_high_water() >= 6, "concurrent chains");
}

#[test]
fn tokens_are_renewed_before_they_end_in_the_middle_of_a_scan() {
    let mut acme = busy(Duration::from_secs(2));
    acme.sim.set_latency(Duration::from_millis(150));
    reads_all_permissions(&mut acme);
    let tokens = acme.sim.token_requests();
    assert!(tokens.len() >= 2, "{} tokens", tokens.len());
    for pair in tokens.windows(2) {
        let apart = pair[1].received - pair[0].received;
        assert!(apart >= Duration::from_millis(1_500), "after {apart:?}");
    }
    // None was used to its end: the site refused nothing.
    for request in acme.sim.data_requests() {
        assert_eq!(request.status, Some(200), "{}", request.path_and_query);
    }
    assert_eq!(acme.sent().ids, 1);
    assert_eq!(acme.sent().who, 1);
}

#[test]
fn a_token_that_is_revoked_under_eight_chains_is_renewed_once() {
    let mut acme = busy(Duration::from_secs(3_600));
    acme.sim.set_latency(Duration::from_millis(20));
    let sim = Arc::downgrade(&acme.sim);
    acme.sim.fault(
        Fault::under("/wiki/api/v2/spaces/").nth(40),
        Reply::mutate(move |_| {
            if let Some(sim) = sim.upgrade() {
                sim.revoke_issued_tokens();
            }
        }),
    );
    reads_all_permissions(&mut acme);
    assert_eq!(acme.sent().tokens, 2);
    let refused = acme.sim.data_requests();
    let refused = refused
        .iter()
        .filter(|request| request.status == Some(401))
        .count();
    assert!((1..=8).contains(&refused), "{refused}");
}

#[test]
fn a_token_that_is_never_taken_is_renewed_once_and_then_given_up() {
    for refusal in [
        json(401, r#"{"code":401,"message":"Unauthorized"}"#),
        html(401),
        Reply::BareNotFound,
    ] {
        let mut acme = Acme::new(Way::Client);
        acme.sim
            .fault(Fault::under("/wiki/").through(Entrance::Gateway), refusal);
        acme.fails("28000", REJECTED, "needs access to Confluence");
        let sent = acme.sent();
        assert_eq!(sent.tokens, 2);
        assert!(sent.data <= 2 && sent.who <= 2, "{sent:?}");
        acme.sim.clear_faults();
        acme.reads();
    }
}

#[test]
fn a_wrong_client_is_told_what_is_wrong_with_it() {
    for (client, detail, hint) in [
        (
            OauthClient::new("us", "another"),
            "the answer has status 401, \"access_denied\".",
            "A lost secret cannot be shown again",
        ),
        (
            OauthClient::new("them", "client-secret"),
            "the answer has status 403, \"unauthorized_client\".",
            "an app of the developer console is none",
        ),
    ] {
        let mut acme = Acme::unknown(Way::Client, small_site(), &format!(", {SMALL_STEPS}"));
        acme.sim.grant_client(client);
        let message = format!("\"{}\" issued no token to the client", host(&acme.sim));
        let raised = acme.fails("28000", &message, hint);
        let said = raised.detail().expect("a detail");
        assert!(said.ends_with(detail), "{said}");
        assert!(said.starts_with("User mapping of "), "{said}");
    }
}

fn host(sim: &Sim) -> String {
    sim.url().trim_start_matches("http://").to_owned()
}

#[test]
fn faults_of_the_token_endpoint_that_pass_are_waited_for() {
    for fault in [
        Reply::TooManyRequests {
            retry_after: Some("0".to_owned()),
        },
        Reply::retry_after(503, "0"),
        Reply::retry_after(500, "0.1"),
        Reply::DropMidBody,
    ] {
        let mut acme = Acme::new(Way::Client);
        acme.sim.fault(Fault::on(TOKEN).times(1), fault.clone());
        let answers = acme.answers();
        let expected = Sent {
            tokens: 2,
            ..Way::Client.first_query(answers)
        };
        assert_eq!(acme.reads(), expected, "{fault:?}");
    }
}

#[test]
fn faults_of_the_token_endpoint_that_stay_are_errors() {
    let elsewhere = Elsewhere::new();
    let redirect = Reply::Status {
        code: 307,
        headers: vec![(
            "location".to_owned(),
            format!("{}{TOKEN}", elsewhere.origin()),
        )],
        body: String::new(),
    };
    let not_a_token = |found: &str| format!("the answer of \"HOST\" is not a token: {found}");
    let slow = "no complete answer from \"HOST\" after 1 attempts: no end after 500ms".to_owned();
    for (reply, sqlstate, message) in [
        (
            Reply::TooManyRequests {
                retry_after: Some("3600".to_owned()),
            },
            "53400",
            "Confluence limits the rate of requests".to_owned(),
        ),
        (
            json(500, r#"{"message":"client-secret"}"#),
            "HV00M",
            "Confluence failed with status 500 after 1 attempts".to_owned(),
        ),
        (redirect, "HV000", not_a_token("a redirect")),
        (Reply::Html200, "HV000", not_a_token("no JSON")),
        (
            json(200, r#"{"token":"client-secret"}"#),
            "HV000",
            not_a_token("no object with an access_token"),
        ),
        (
            json(
                200,
                r#"{"access_token":"client-secret","token_type":"mac"}"#,
            ),
            "HV000",
            not_a_token("a token of another type than Bearer"),
        ),
        (
            json(200, r#"{"access_token":"client-secret","expires_in":0}"#),
            "HV000",
            not_a_token("a token that has expired"),
        ),
        (
            json(400, r#"{"error":"client-secret"}"#),
            "28000",
            "\"HOST\" issued no token to the client".to_owned(),
        ),
        (Reply::NeverAnswer, "08006", slow),
    ] {
        let mut acme = Acme::with(
            Way::Client,
            EVERYTHING,
            ", max_retries '0', request_timeout '500ms'",
        );
        acme.sim.fault(Fault::on(TOKEN), reply);
        let message = message.replace("HOST", &host(&acme.sim));
        acme.fails(sqlstate, &message, "");
        let tokens = acme.sent();
        assert_eq!((tokens.data, tokens.who), (0, 0), "{message}");
        // The question who one is and the first rows want a token at the same time, and both may have asked.
        assert!((1..=2).contains(&tokens.tokens), "{tokens:?}");
        acme.sim.clear_faults();
        acme.reads();
    }
    elsewhere.was_left_alone();
}

#[test]
fn a_request_for_a_token_can_be_interrupted() {
    let mut acme = Acme::new(Way::Client);
    acme.sim.fault(Fault::on(TOKEN), Reply::NeverAnswer);
    lines(&mut acme.client, "SET statement_timeout = '200ms'");
    let raised = error(&mut acme.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "57014");
    lines(&mut acme.client, "RESET statement_timeout");
    acme.sim.clear_faults();
    acme.reads();
}

#[test]
fn requests_for_tokens_are_no_requests_for_rows() {
    let mut acme = Acme::new(Way::Client);
    let plan = explain_with(
        &mut acme.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        ALL_PAGES,
    );
    let counted = format!("Requests: {}", acme.answers());
    assert!(plan.contains(&counted), "{plan}");
}

// --- The way -----------------------------------------------------------------------------------------------------------

#[test]
fn addresses_of_pages_are_the_sites() {
    for way in [Way::ApiToken, Way::Client] {
        let mut acme = Acme::new(way);
        let site = format!("{}/wiki/", acme.sim.url());
        let addresses = lines(&mut acme.client, "SELECT web_url FROM confluence_pages");
        assert_eq!(addresses.len(), page_ids(&acme.sim.organisation()).len());
        for address in addresses {
            assert!(address.starts_with(&site), "{address}");
        }
    }
}

#[test]
fn a_cloud_id_that_is_given_is_not_asked_for() {
    let mut acme = Acme::new(Way::Client);
    let id = acme.sim.organisation().cloud_id().to_owned();
    acme.database
        .execute(&format!("ALTER SERVER site OPTIONS (ADD cloud_id '{id}')"));
    assert_eq!(acme.reads().ids, 0);
    acme.database
        .execute("ALTER SERVER site OPTIONS (SET cloud_id '11111111-2222-3333-4444-555555555555')");
    let mut client = acme.database.connect();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    let hint = raised.hint().expect("a hint");
    assert!(hint.contains("cloud_id must be the site's own"), "{hint}");
}

#[test]
fn a_site_without_an_id_is_an_error() {
    for reply in [Reply::status(404), Reply::Html200, json(200, "{}")] {
        let mut acme = Acme::new(Way::Client);
        acme.sim.fault(Fault::on(TENANT_INFO), reply);
        let raised = error(&mut acme.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "HV000", "{raised:?}");
        assert_eq!(acme.sent().data, 0);
        acme.sim.clear_faults();
        acme.reads();
    }
}

#[test]
fn nobody_is_shown_a_secret_who_need_not_see_it() {
    let start = || {
        let sim = Sim::start(Options {
            credentials: Vec::new(),
            ..Options::of(small_site())
        });
        for way in [Way::ScopedApiToken, Way::AccessToken, Way::Client] {
            way.grant(&sim, EVERYTHING);
        }
        sim
    };
    let show = |sim: &Sim| -> Vec<String> {
        // The question as nobody shows nothing to whichever door it goes.
        let with_secrets = sim.log().into_iter().filter(|r| !r.asks_as_nobody());
        let seen = with_secrets.map(|request| {
            let scheme = request
                .header("authorization")
                .map_or("nothing", |shown| shown.split(' ').next().unwrap_or(shown));
            format!("{:?} {} {scheme}", request.entrance, request.path)
        });
        let mut seen: Vec<String> = seen.collect();
        seen.sort();
        seen.dedup();
        seen
    };
    for (way, at_site, at_gateway) in [
        (
            Way::ScopedApiToken,
            vec![
                format!("Site {TENANT_INFO} nothing"),
                format!("Site {PAGES} Basic"),
                format!("Site {WHO_AM_I} Basic"),
            ],
            vec![
                format!("Gateway {PAGES} Basic"),
                format!("Gateway {WHO_AM_I} Basic"),
            ],
        ),
        (
            Way::AccessToken,
            vec![format!("Site {TENANT_INFO} nothing")],
            vec![
                format!("Gateway {PAGES} Bearer"),
                format!("Gateway {WHO_AM_I} Bearer"),
            ],
        ),
    ] {
        let (site, gateway, auth) = (start(), start(), start());
        let database = Database::create();
        let options = format!("gateway_url '{}', auth_url '{}'", gateway.url(), auth.url());
        serve(&database, site.url(), &options, &way.mapping(&database));
        lines(&mut database.connect(), ALL_PAGES);
        assert_eq!(show(&site), at_site, "{way:?}");
        assert_eq!(show(&gateway), at_gateway, "{way:?}");
        assert!(auth.log().is_empty(), "{way:?}");
    }
    // Of a client, the site sees nothing, the gateway no secret, and only one place the secret. The stand-in takes
    // only tokens that it has issued itself, so what the gateway sees is not taken here.
    let (site, gateway, auth) = (start(), start(), start());
    let database = Database::create();
    let options = format!("gateway_url '{}', auth_url '{}'", gateway.url(), auth.url());
    serve(
        &database,
        site.url(),
        &options,
        &Way::Client.mapping(&database),
    );
    assert_eq!(
        error(&mut database.connect(), ALL_PAGES).code().code(),
        "28000"
    );
    assert_eq!(show(&site), [format!("Site {TENANT_INFO} nothing")]);
    assert_eq!(show(&auth), [format!("Token {TOKEN} nothing")]);
    for request in gateway.log() {
        assert_eq!(request.entrance, Entrance::Gateway);
        if request.asks_as_nobody() {
            continue;
        }
        let shown = request.header("authorization").expect("a token");
        let token = shown.strip_prefix("Bearer ").expect("a token");
        assert!(auth.issued_tokens().iter().any(|issued| issued == token));
    }
    assert!(
        !database.log().contains("client-secret"),
        "in the server's log"
    );
}

#[test]
fn a_site_elsewhere_has_no_gateway_unless_one_is_named() {
    let sim = Sim::start(Options::of(small_site()));
    sim.fault(Fault::under("/wiki/").through(Entrance::Site), html(401));
    let database = Database::create();
    serve(
        &database,
        sim.url(),
        SMALL_STEPS,
        &Way::ApiToken.mapping(&database),
    );
    let mut client = database.connect();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    let hint = raised.hint().expect("a hint");
    assert!(
        hint.contains("Set the server's option route to gateway"),
        "{hint}"
    );
    assert!(
        sim.log()
            .iter()
            .all(|request| request.path.starts_with("/wiki/"))
    );
}

#[test]
fn a_token_with_scopes_on_the_route_of_the_site_is_told_about_the_gateway() {
    let mut acme = Acme::with(Way::ScopedApiToken, EVERYTHING, ", route 'site'");
    acme.fails(
        "28000",
        REJECTED,
        "they need the gateway. Set the server's option route to gateway",
    );
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 0);
    assert_eq!(acme.sent().ids, 0);
    acme.database
        .execute("ALTER SERVER site OPTIONS (SET route 'auto')");
    acme.client = acme.database.connect();
    acme.reads();
}

#[test]
fn a_token_that_neither_door_takes_is_tried_once_at_each() {
    let mut acme = Acme::new(Way::ScopedApiToken);
    acme.sim.revoke_all();
    acme.sim
        .fault(Fault::under("/wiki/").through(Entrance::Site), html(401));
    let raised = acme.fails(
        "28000",
        REJECTED,
        "the gateway was tried, and refused it, too",
    );
    let hint = raised.hint().expect("a hint");
    assert!(!hint.contains("Set the server's option route"), "{hint}");
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 1);
    assert_eq!(acme.sent().ids, 1);
    acme.sim.clear_faults();
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    acme.reads();
}

#[test]
fn a_token_that_the_site_has_taken_is_not_shown_to_the_gateway() {
    let mut acme = Acme::new(Way::ApiToken);
    acme.sim.fault(Fault::on(PAGES).page(2), html(401));
    let raised = acme.fails("28000", REJECTED, "must be an API token");
    let hint = raised.hint().expect("a hint");
    assert!(!hint.contains("gateway"), "{hint}");
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 0);
    acme.sim.clear_faults();
    acme.reads();
}

#[test]
fn a_refusal_that_comes_after_the_gateway_was_found_is_not_the_end() {
    let mut acme = Acme::unknown(Way::ScopedApiToken, small(), "");
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    // The probe finds the gateway while the first rows are still waited for at the site.
    acme.sim.fault(
        Fault::on(PAGES).through(Entrance::Site),
        Reply::Delay(Duration::from_millis(300)),
    );
    acme.reads();
}

#[test]
fn the_way_through_the_gateway_is_found_once_for_concurrent_chains() {
    let mut acme = Acme::unknown(
        Way::ScopedApiToken,
        small(),
        ", page_size '5', max_concurrency '8'",
    );
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    let spaces: Vec<String> = acme
        .sim
        .organisation()
        .spaces()
        .map(|space| space.id.to_string())
        .collect();
    // Eight chains begin at once, and none of them knows the way.
    let count = one(
        &mut acme.client,
        &format!(
            "SELECT count(*) FROM confluence_permissions WHERE space_id IN ({})",
            spaces.join(",")
        ),
    );
    assert_eq!(
        count,
        acme.sim.organisation().permission_count().to_string()
    );
    assert_eq!(acme.sent().ids, 1);
    let at_site = through(&acme.sim.data_requests(), Entrance::Site);
    assert!((1..=8).contains(&at_site), "{at_site}");
}

// --- Files -----------------------------------------------------------------------------------------------------------

#[test]
fn a_rotated_file_is_read_by_the_next_query_of_the_session() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    acme.sim.revoke_all();
    acme.sim
        .grant(Credential::basic(Options::EMAIL, "the-next-token"));
    acme.fails("28000", REJECTED, "must be an API token");
    acme.database.file("token", "the-next-token");
    let answers = acme.answers();
    assert_eq!(acme.reads(), Way::ApiTokenFile.first_query(answers));
}

#[test]
fn a_file_that_is_replaced_within_a_moment_is_noticed() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    let next: String = Options::TOKEN.chars().rev().collect();
    acme.sim.revoke_all();
    acme.sim.grant(Credential::basic(Options::EMAIL, &next));
    // Of the same length, written at the same time, and moved into place.
    let path = acme.database.file("token", Options::TOKEN);
    let written = std::fs::metadata(&path).expect("the file").modified();
    let other = acme.database.file("other", next);
    std::fs::File::options()
        .write(true)
        .open(&other)
        .and_then(|file| file.set_modified(written?))
        .expect("dated");
    std::fs::rename(other, path).expect("moved");
    acme.reads();
}

/// As an administrator does it: a new token, its file, and then the end of the old one.
fn rotate(sim: &Sim, path: &Path) {
    sim.grant(Credential::basic(Options::EMAIL, "the-next-token"));
    std::fs::write(path, "the-next-token\n").expect("written");
    sim.revoke(&Credential::basic(Options::EMAIL, Options::TOKEN));
}

#[test]
fn a_token_that_is_rotated_in_the_middle_of_a_scan_is_picked_up_there() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    let answers = acme.answers();
    let path = acme.database.file("token", Options::TOKEN);
    acme.on_page_two(move |sim| rotate(sim, &path));
    let first = Way::ApiTokenFile.first_query(answers);
    // Whose the other token is has to be asked before anything that it shows is handed on.
    let once_refused = Sent {
        data: answers + 1,
        who: first.who + 1,
        ..first
    };
    assert_eq!(acme.reads(), once_refused);
    acme.reads();
}

#[test]
fn a_token_that_is_rotated_under_eight_chains_is_read_once_more() {
    let mut acme = Acme::unknown(
        Way::ApiTokenFile,
        small(),
        ", page_size '5', max_concurrency '8'",
    );
    Way::ApiTokenFile.grant(&acme.sim, EVERYTHING);
    acme.sim.set_latency(Duration::from_millis(20));
    let path = acme.database.file("token", Options::TOKEN);
    let sim = Arc::downgrade(&acme.sim);
    acme.sim.fault(
        Fault::under("/wiki/api/v2/spaces/").nth(40),
        Reply::mutate(move |_| {
            if let Some(sim) = sim.upgrade() {
                rotate(&sim, &path);
            }
        }),
    );
    reads_all_permissions(&mut acme);
    let refused = acme.sim.data_requests();
    let refused = refused.iter().filter(|request| request.status == Some(404));
    assert!((1..=8).contains(&refused.count()));
}

#[test]
fn a_file_without_a_token_is_an_error() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    let path = acme.database.file("token", "");
    let could_not =
        |cause: &str| format!("could not read the file of option \"api_token_file\": {cause}");
    let hint = "read by the server's operating system user";
    acme.fails("58030", &could_not("it is empty"), hint);
    std::fs::write(&path, " \n").expect("written");
    acme.fails("58030", &could_not("it is empty"), hint);
    std::fs::write(&path, "two tokens").expect("written");
    acme.fails("58030", &could_not("it holds more than a token"), hint);
    std::fs::write(&path, b"\xff\xfe").expect("written");
    acme.fails("58030", &could_not("it is not UTF-8 text"), hint);
    allow(&path, 0o000);
    acme.fails("58030", &could_not("Permission denied (os error 13)"), hint);
    std::fs::remove_file(&path).expect("removed");
    acme.fails(
        "58030",
        &could_not("No such file or directory (os error 2)"),
        hint,
    );
    // Nobody writes into the pipe: opening it would last for ever.
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo").success());
    acme.fails("58030", &could_not("it is not a regular file"), hint);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(acme.sim.log().len(), 0, "nothing is sent without a token");
    acme.database.file("token", Options::TOKEN);
    acme.reads();
}

fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("ours");
}

// --- Options ---------------------------------------------------------------------------------------------------------

#[test]
fn a_mapping_holds_one_way_to_sign_in() {
    let database = Database::create();
    database.execute(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme')",
    );
    let mut client = database.connect();
    for (options, sqlstate, message, hint) in [
        (
            "client_id 'us'",
            "HV00J",
            "option \"client_secret\" is required",
            "create another credential",
        ),
        (
            "client_secret 'client-secret'",
            "HV00J",
            "option \"client_id\" is required",
            "client_id '...', client_secret '...'",
        ),
        (
            "client_id 'us', client_secret 'client-secret', api_token 'x'",
            "HV00D",
            "options \"client_id\" and \"api_token\" exclude each other",
            "one way to sign in",
        ),
        (
            "client_id 'us', client_secret 'client-secret', email 'a@b.c'",
            "HV00D",
            "options \"client_id\" and \"email\" exclude each other",
            "one way to sign in",
        ),
        (
            "client_id 'us', client_secret 'client-secret', access_token 'x'",
            "HV00D",
            "options \"access_token\" and \"client_id\" exclude each other",
            "one way to sign in",
        ),
    ] {
        let raised = error(
            &mut client,
            &format!("CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS ({options})"),
        );
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message)
        );
        let said = raised.hint().unwrap_or_default();
        assert!(said.contains(hint), "{said}");
    }
    database.execute(
        "CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS (email 'a@b.c', api_token 'x');
         ALTER USER MAPPING FOR PUBLIC SERVER acme OPTIONS
            (DROP email, DROP api_token, ADD client_id 'us', ADD client_secret 'client-secret')",
    );
}

#[test]
fn where_the_secret_goes_is_for_superusers_to_say() {
    let database = Database::create();
    let role = database.role("owner");
    database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {role}"
    ));
    let create = "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS";
    let sql = format!("{create} (subdomain 'acme', auth_url 'https://evil.example')");
    let raised = error(&mut database.connect_as(&role), &sql);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied to set option \"auth_url\"")
    );
    let mut client = database.connect();
    for url in ["http://auth.example", "https://a:b@auth.example", "auth"] {
        let sql = format!("{create} (subdomain 'acme', auth_url '{url}')");
        let raised = error(&mut client, &sql);
        assert_eq!(raised.code().code(), "HV024", "{url}");
    }
    let sql = format!("{create} (subdomain 'acme', client_secret 'client-secret')");
    let raised = error(&mut client, &sql);
    let hint = raised.hint().unwrap_or_default();
    assert!(
        hint.contains("Secrets belong to the user mapping"),
        "{hint}"
    );
}
