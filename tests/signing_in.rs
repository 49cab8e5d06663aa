//! Every way to sign in: what is sent, what goes wrong, and what is said then.

mod client_credentials;
mod every_way;
mod files;
mod matrix;
mod options;
mod route;

use std::sync::Arc;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{
    Credential, Entrance, Fault, OauthClient, Options, Organisation, Reply, Request, Sim,
};
use matrix::Outcome;
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, WHO_AM_I, page_ids, small_site};

const REJECTED: &str = "Confluence rejected the credential";
const TOKEN: &str = "/oauth/token";
const TENANT_INFO: &str = "/_edge/tenant_info";
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

fn host(sim: &Sim) -> String {
    sim.url().trim_start_matches("http://").to_owned()
}
