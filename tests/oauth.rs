//! Access that somebody consents to in a browser: the way to the first tokens, and to the next ones.

mod first_tokens;
mod mappings;
mod renewal;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{OauthClient, Options, Sim};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, SMALL_STEPS, page_ids, small_site};

const TOKEN: &str = "/oauth/token";
const CALLBACK: &str = "https://us.example/callback";
const REFRESH: &str = "CALL confluence.oauth_refresh('site')";

/// A site, an app that somebody may consent to, and a session whose user mapping knows the app.
pub struct Consent {
    pub client: Client,
    pub database: Database,
    pub sim: Arc<Sim>,
}

impl Consent {
    /// Nobody has consented yet.
    #[track_caller]
    pub fn asked() -> Self {
        Self::with(OauthClient::app("us", "client-secret", CALLBACK))
    }

    #[track_caller]
    pub fn with(app: OauthClient) -> Self {
        let sim = Sim::start(Options {
            credentials: Vec::new(),
            clients: vec![app],
            ..Options::of(small_site())
        });
        let url = sim.url();
        let database = Database::create();
        database.execute(&format!(
            "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw
                 OPTIONS (base_url {url}, gateway_url {url}, auth_url {url}, {SMALL_STEPS});
             CREATE USER MAPPING FOR CURRENT_USER SERVER site
                 OPTIONS (client_id 'us', client_secret 'client-secret');
             IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
            url = literal(url)
        ));
        Self {
            client: database.connect(),
            database,
            sim: Arc::new(sim),
        }
    }

    /// Somebody has, and the session has the tokens.
    #[track_caller]
    pub fn given() -> Self {
        let mut consent = Self::asked();
        let code = consent.code();
        lines(&mut consent.client, &exchange(&code));
        consent
    }

    /// The browser's part: goes to the address, and comes back with a code.
    #[track_caller]
    pub fn code(&mut self) -> String {
        let address = one(
            &mut self.client,
            &format!("SELECT confluence.oauth_authorize_url('site', '{CALLBACK}')"),
        );
        code(&browse(&address))
    }

    #[track_caller]
    pub fn reads(&mut self) {
        let mut found: Vec<u64> = lines(&mut self.client, ALL_PAGES)
            .iter()
            .map(|id| id.parse().expect("a number"))
            .collect();
        found.sort_unstable();
        assert_eq!(found, page_ids(&self.sim.organisation()));
    }

    /// What the user mapping holds.
    #[track_caller]
    fn option(&mut self, name: &str) -> Option<String> {
        let sql = format!(
            "SELECT option_value FROM pg_user_mappings, pg_options_to_table(umoptions) WHERE option_name = '{name}'"
        );
        lines(&mut self.database.connect(), &sql).pop()
    }

    /// The mapping holds the one refresh token that is good.
    #[track_caller]
    fn holds_the_newest(&mut self) {
        let good = self.sim.refresh_tokens();
        assert_eq!(self.option("refresh_token").as_slice(), good);
    }

    #[track_caller]
    fn fails(&mut self, sql: &str, sqlstate: &str, message: &str, hint: &str) -> DbError {
        let raised = error(&mut self.client, sql);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message),
            "{raised:?}"
        );
        let said = raised.hint().unwrap_or_default();
        assert!(said.contains(hint), "{said}");
        for secret in self.secrets() {
            assert!(!format!("{raised:?}").contains(&secret), "{secret}");
        }
        raised
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sim.issued_tokens();
        secrets.extend(self.sim.refresh_tokens());
        secrets.push("client-secret".to_owned());
        secrets
    }

    fn host(&self) -> &str {
        self.sim.url().trim_start_matches("http://")
    }
}

pub fn exchange(code: &str) -> String {
    format!("SELECT * FROM confluence.oauth_exchange('site', '{code}', '{CALLBACK}')")
}

/// Where a browser is sent from an address.
#[track_caller]
fn browse(address: &str) -> String {
    let (host, path) = address
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .expect("an address of the stand-in");
    let mut stream = TcpStream::connect(host).expect("a connection");
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location.expect("a location").to_owned()
}

fn code(address: &str) -> String {
    let query = address
        .strip_prefix("https://us.example/callback?")
        .expect("the callback");
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    code.expect("a code").to_owned()
}
