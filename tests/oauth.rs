//! Access that somebody consents to in a browser: the way to the first tokens, and to the next ones.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{Fault, OauthClient, Options, Reply, Sim};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, SMALL_STEPS, page_ids, small_site, until};

const TOKEN: &str = "/oauth/token";
const RESOURCES: &str = "/oauth/token/accessible-resources";
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

fn json(status: u16, body: &str) -> Reply {
    Reply::Status {
        code: status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_owned(),
    }
}

// --- The first tokens ------------------------------------------------------------------------------------------------

#[test]
fn from_the_address_for_the_browser_to_the_first_rows() {
    let mut consent = Consent::asked();
    let code = consent.code();
    let granted = one(&mut consent.client, &exchange(&code));
    let organisation = consent.sim.organisation();
    let site = format!("{}|{}|", consent.sim.url(), organisation.cloud_id());
    assert!(granted.starts_with(&site), "{granted}");
    assert!(granted.contains("read:page:confluence"), "{granted}");
    assert!(!granted.contains("offline_access"), "{granted}");
    consent.holds_the_newest();
    assert_eq!(
        consent.option("access_token").as_slice(),
        consent.sim.issued_tokens()
    );
    let expires_at = consent.option("token_expires_at").expect("an expiry");
    let left = format!(
        "SELECT timestamptz '{expires_at}' - now() BETWEEN interval '59 min' AND interval '60 min'"
    );
    assert_eq!(one(&mut consent.client, &left), "t");
    consent.reads();
}

#[test]
fn the_address_asks_for_what_is_wanted() {
    let mut consent = Consent::asked();
    let url = |client: &mut Client, more: &str| {
        one(
            client,
            &format!("SELECT confluence.oauth_authorize_url('site', '{CALLBACK}'{more})"),
        )
    };
    let one_of_all = url(&mut consent.client, "");
    let another = url(&mut consent.client, "");
    assert_ne!(one_of_all, another, "the state cannot be foreseen");
    for scope in ["read%3Aspace%3Aconfluence", "offline_access"] {
        assert!(one_of_all.contains(scope), "{one_of_all}");
    }
    let few = url(
        &mut consent.client,
        ", scopes => 'read:page:confluence', state => 'mine'",
    );
    assert!(
        few.contains("&scope=read%3Apage%3Aconfluence%20offline_access&"),
        "{few}"
    );
    assert!(few.contains("&state=mine&"), "{few}");
    assert_eq!(consent.sim.log().len(), 0, "nothing is sent");
    for (arguments, sqlstate, message) in [
        ("'site', NULL", "22004", "redirect_uri must not be null"),
        (
            "'site', 'us.example'",
            "22023",
            "redirect_uri is not an address that a browser can be sent to",
        ),
        (
            "'site', 'https://us.example', state => ''",
            "22004",
            "state must not be null",
        ),
        (
            "'nowhere', 'https://us.example'",
            "42704",
            "server \"nowhere\" does not exist",
        ),
        (
            "NULL, 'https://us.example'",
            "22004",
            "server must not be null",
        ),
    ] {
        let sql = format!("SELECT confluence.oauth_authorize_url({arguments})");
        consent.fails(&sql, sqlstate, message, "");
    }
    consent
        .database
        .execute("ALTER USER MAPPING FOR CURRENT_USER SERVER site OPTIONS (DROP client_id, DROP client_secret, ADD access_token 'x')");
    let sql = format!("SELECT confluence.oauth_authorize_url('site', '{CALLBACK}')");
    let message = "option \"client_id\" cannot be used: the user mapping has none, and an app has both client_id and client_secret";
    consent.fails(&sql, "HV024", message, "");
}

#[test]
fn a_code_that_is_used_up_gets_nothing_and_changes_nothing() {
    let mut consent = Consent::given();
    let message = format!("\"{}\" issued no token to the client", consent.host());
    let used = consent.code();
    lines(&mut consent.client, &exchange(&used));
    let before = consent.option("access_token");
    for code in [used.as_str(), "never-issued"] {
        let raised = consent.fails(&exchange(code), "28000", &message, "A code is good once");
        assert!(!format!("{raised:?}").contains(code), "{raised:?}");
    }
    assert_eq!(consent.option("access_token"), before);
    consent.holds_nothing_dead();
    consent.reads();
}

impl Consent {
    /// The refresh token that the mapping holds is a good one.
    #[track_caller]
    fn holds_nothing_dead(&mut self) {
        let held = self.option("refresh_token").expect("a refresh token");
        assert!(self.sim.refresh_tokens().contains(&held));
    }
}

#[test]
fn a_consent_for_another_site_is_refused_and_names_those_it_is_for() {
    let mut consent = Consent::asked();
    consent.sim.fault(
        Fault::on(RESOURCES),
        Reply::mutate(|sites| sites[0]["url"] = "https://other.atlassian.net".into()),
    );
    let code = consent.code();
    let message = format!("the consent is not for \"{}\"", consent.host());
    let raised = consent.fails(
        &exchange(&code),
        "28000",
        &message,
        "choose the server's site",
    );
    let detail = raised.detail().expect("a detail");
    assert!(
        detail.ends_with("it is for other.atlassian.net."),
        "{detail}"
    );
    assert_eq!(consent.option("access_token"), None);
    // Where the server knows its id, that counts.
    let id = consent.sim.organisation().cloud_id().to_owned();
    consent
        .database
        .execute(&format!("ALTER SERVER site OPTIONS (ADD cloud_id '{id}')"));
    let code = consent.code();
    lines(&mut consent.client, &exchange(&code));
    consent.reads();
}

#[test]
fn without_a_refresh_token_nothing_is_stored() {
    let mut consent = Consent::asked();
    consent.sim.fault(
        Fault::on(TOKEN),
        Reply::mutate(|answer| {
            answer
                .as_object_mut()
                .expect("an object")
                .remove("refresh_token");
        }),
    );
    let code = consent.code();
    let message = format!(
        "the answer of \"{}\" is not a token: no refresh_token came with it, for which the scope offline_access asks",
        consent.host()
    );
    consent.fails(&exchange(&code), "HV000", &message, "");
    assert_eq!(consent.option("access_token"), None);
}

// --- The next ones ---------------------------------------------------------------------------------------------------

#[test]
fn an_expired_token_is_an_error_that_names_the_remedy_and_the_remedy_works() {
    let mut consent = Consent::given();
    consent.reads();
    consent.sim.revoke_issued_tokens();
    consent.sim.clear_log();
    consent.fails(
        ALL_PAGES,
        "28000",
        "Confluence rejected the credential",
        "CALL confluence.oauth_refresh('site') gets the next one",
    );
    assert_eq!(
        consent.sim.token_requests().len(),
        0,
        "a scan renews nothing"
    );
    lines(&mut consent.client, REFRESH);
    consent.holds_the_newest();
    consent.reads();
    for _ in 0..3 {
        lines(&mut consent.client, REFRESH);
        consent.holds_the_newest();
    }
    consent.reads();
}

#[test]
fn a_refresh_token_alone_is_enough_to_begin_with() {
    let mut consent = Consent::given();
    consent.database.execute(
        "ALTER USER MAPPING FOR CURRENT_USER SERVER site OPTIONS (DROP access_token, DROP token_expires_at)",
    );
    consent.fails(
        ALL_PAGES,
        "28000",
        "the user mapping has no access token yet",
        "CALL confluence.oauth_refresh('site') gets one",
    );
    lines(&mut consent.client, REFRESH);
    consent.reads();
}

#[test]
fn a_dead_refresh_token_wants_a_new_consent() {
    let mut consent = Consent::given();
    let message = format!("\"{}\" issued no token to the client", consent.host());
    consent.sim.withdraw_consents();
    let raised = consent.fails(REFRESH, "28000", &message, "Somebody has to consent anew");
    let detail = raised.detail().expect("a detail");
    assert!(
        detail.contains("status 403, \"unauthorized_client\""),
        "{detail}"
    );
    let code = consent.code();
    lines(&mut consent.client, &exchange(&code));
    lines(&mut consent.client, REFRESH);
    consent.reads();
    consent.database.execute(
        "ALTER USER MAPPING FOR CURRENT_USER SERVER site OPTIONS (SET client_secret 'wrong')",
    );
    consent.fails(REFRESH, "28000", &message, "those of the app");
    // A wrong secret uses nothing up.
    consent.holds_the_newest();
}

#[test]
fn where_it_could_not_commit_nothing_is_sent() {
    let mut consent = Consent::given();
    consent.sim.clear_log();
    let message = "confluence.oauth_refresh cannot run inside a transaction block, a function or an exception handler";
    consent.database.execute(
        "CREATE FUNCTION renew() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CALL confluence.oauth_refresh('site'); END $$",
    );
    for sql in [
        &format!("BEGIN; {REFRESH}"),
        &format!("SELECT 1; {REFRESH}"),
        "SELECT renew()",
        "DO $$ BEGIN CALL confluence.oauth_refresh('site'); EXCEPTION WHEN division_by_zero THEN NULL; END $$",
    ] {
        consent.fails(sql, "25001", message, "CALL it by itself");
        consent.client.batch_execute("ROLLBACK").expect("ended");
    }
    let mut client = consent.database.connect();
    lines(&mut client, "SET default_transaction_read_only = on");
    let raised = error(&mut client, REFRESH);
    assert_eq!(raised.code().code(), "25006", "{raised:?}");
    assert_eq!(consent.sim.log().len(), 0);
    consent.holds_the_newest();
}

#[test]
fn a_block_that_can_commit_may_call_it_and_what_follows_cannot_undo_it() {
    let mut consent = Consent::given();
    consent
        .database
        .execute("CREATE TABLE work (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    let raised = error(
        &mut consent.client,
        "DO $$ BEGIN
            INSERT INTO work VALUES (1);
            CALL confluence.oauth_refresh('site');
            RAISE division_by_zero;
         END $$",
    );
    assert_eq!(raised.code().code(), "22012");
    consent.holds_the_newest();
    consent.reads();
    // What comes before is committed by itself: where that fails, nothing is sent.
    consent.sim.clear_log();
    let raised = error(
        &mut consent.client,
        "DO $$ BEGIN
            INSERT INTO work VALUES (2), (2);
            CALL confluence.oauth_refresh('site');
         END $$",
    );
    assert_eq!(raised.code().code(), "23505");
    assert_eq!(consent.sim.log().len(), 0);
    consent.holds_the_newest();
}

#[test]
fn sessions_that_renew_at_once_send_the_token_once() {
    let mut consent = Consent::given();
    consent.sim.clear_log();
    consent
        .sim
        .fault(Fault::on(TOKEN), Reply::Delay(Duration::from_millis(300)));
    thread::scope(|scope| {
        for _ in 0..4 {
            let mut client = consent.database.connect();
            scope.spawn(move || lines(&mut client, REFRESH));
        }
    });
    // Those that began when it was over have begun anew; none has shown a dead one.
    let requests = consent.sim.token_requests();
    assert!(requests.iter().all(|request| request.status == Some(200)));
    assert!(requests.len() < 4, "{}", requests.len());
    consent.holds_the_newest();
    consent.reads();
}

#[test]
fn whoever_waited_for_the_newer_token_takes_it() {
    let mut consent = Consent::given();
    consent.sim.clear_log();
    consent.sim.fault(
        Fault::on(TOKEN).times(1),
        Reply::Delay(Duration::from_secs(2)),
    );
    let mut first = consent.database.connect();
    let (mut second, notices) = consent.database.connect_with_notices();
    let mut watcher = consent.database.connect();
    thread::scope(|scope| {
        scope.spawn(move || lines(&mut first, REFRESH));
        until("the first has asked", Duration::from_secs(20), || {
            !consent.sim.token_requests().is_empty()
        });
        scope.spawn(move || lines(&mut second, REFRESH));
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'object' AND NOT granted
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        until("the second waits", Duration::from_secs(20), || {
            one(&mut watcher, waiting) == "1"
        });
    });
    assert_eq!(consent.sim.token_requests().len(), 1);
    let told = notices.take();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].message(),
        "another session has just renewed the token of server \"site\""
    );
    consent.holds_the_newest();
    consent.reads();
}

#[test]
fn a_change_of_the_mapping_by_hand_does_not_undo_a_renewal() {
    let mut consent = Consent::given();
    consent.sim.clear_log();
    consent.sim.fault(
        Fault::on(TOKEN).times(1),
        Reply::Delay(Duration::from_secs(1)),
    );
    let mut renewing = consent.database.connect();
    let mut altering = consent.database.connect();
    thread::scope(|scope| {
        let renewed = scope.spawn(move || lines(&mut renewing, REFRESH));
        until("it has asked", Duration::from_secs(20), || {
            !consent.sim.token_requests().is_empty()
        });
        let raised = error(
            &mut altering,
            "ALTER USER MAPPING FOR CURRENT_USER SERVER site OPTIONS (SET refresh_token 'other')",
        );
        assert_eq!(raised.message(), "tuple concurrently updated");
        renewed.join().expect("renewed");
    });
    consent.holds_the_newest();
}

#[test]
fn a_cancel_between_question_and_answer_waits_for_the_answer_and_keeps_it() {
    let mut consent = Consent::given();
    let first = consent.sim.refresh_tokens();
    consent
        .sim
        .fault(Fault::on(TOKEN), Reply::Delay(Duration::from_millis(800)));
    lines(&mut consent.client, "SET statement_timeout = '200ms'");
    let raised = error(&mut consent.client, REFRESH);
    assert_eq!(raised.code().code(), "57014", "{raised:?}");
    lines(&mut consent.client, "RESET statement_timeout");
    assert_ne!(consent.sim.refresh_tokens(), first, "it was used up");
    consent.holds_the_newest();
    consent.reads();
}

#[test]
fn the_end_of_the_session_keeps_the_answer_too() {
    let mut consent = Consent::given();
    consent.sim.clear_log();
    let first = consent.sim.refresh_tokens();
    consent
        .sim
        .fault(Fault::on(TOKEN), Reply::Delay(Duration::from_millis(800)));
    let mut ending = consent.database.connect();
    let pid = one(&mut ending, "SELECT pg_backend_pid()");
    let sim = consent.sim.clone();
    let watcher = &mut consent.client;
    thread::scope(|scope| {
        let ended = scope.spawn(move || ending.batch_execute(REFRESH).is_err());
        until("it has asked", Duration::from_secs(20), || {
            !sim.token_requests().is_empty()
        });
        one(watcher, &format!("SELECT pg_terminate_backend({pid})"));
        assert!(ended.join().expect("no panic"), "the session is over");
    });
    assert_ne!(consent.sim.refresh_tokens(), first, "it was used up");
    consent.holds_the_newest();
}

#[test]
fn an_endpoint_that_never_answers_does_not_hold_a_cancel_up_for_long() {
    let mut consent = Consent::given();
    consent.sim.fault(Fault::on(TOKEN), Reply::NeverAnswer);
    let (mut client, notices) = consent.database.connect_with_notices();
    lines(&mut client, "SET statement_timeout = '200ms'");
    let began = std::time::Instant::now();
    let raised = error(&mut client, REFRESH);
    assert_eq!(raised.code().code(), "57014", "{raised:?}");
    assert!(began.elapsed() < Duration::from_secs(20));
    let told = notices.take();
    assert!(
        told[0]
            .message()
            .contains("the refresh token may be used up"),
        "{told:?}"
    );
    consent.sim.clear_faults();
    consent.holds_the_newest();
    lines(&mut consent.client, REFRESH);
    consent.reads();
}

#[test]
fn an_exchange_can_be_interrupted_at_once() {
    let mut consent = Consent::asked();
    let code = consent.code();
    consent.sim.fault(Fault::on(TOKEN), Reply::NeverAnswer);
    lines(&mut consent.client, "SET statement_timeout = '200ms'");
    let raised = error(&mut consent.client, &exchange(&code));
    assert_eq!(raised.code().code(), "57014", "{raised:?}");
}

#[test]
fn faults_leave_the_mapping_as_it_is() {
    let mut consent = Consent::given();
    consent
        .database
        .execute("ALTER SERVER site OPTIONS (ADD max_retries '0')");
    let before = consent.option("access_token");
    for (reply, sqlstate) in [
        (Reply::status(503), "HV00M"),
        (Reply::Html200, "HV000"),
        (json(200, r#"{"access_token":""}"#), "HV000"),
        (json(403, r#"{"error":"invalid_grant"}"#), "28000"),
        (Reply::DropBeforeHead, "08006"),
    ] {
        consent.sim.fault(Fault::on(TOKEN).times(1), reply);
        let raised = error(&mut consent.client, REFRESH);
        assert_eq!(raised.code().code(), sqlstate, "{raised:?}");
    }
    assert_eq!(consent.option("access_token"), before);
    consent.holds_the_newest();
    lines(&mut consent.client, REFRESH);
    consent.reads();
}

// --- Whose mapping, and who sees it ----------------------------------------------------------------------------------

#[test]
fn everybody_renews_the_mapping_of_their_own_and_the_servers_owner_that_of_all() {
    let mut consent = Consent::given();
    let role = consent.database.role("reader");
    let mut reader = consent.database.connect_as(&role);
    let raised = error(&mut reader, REFRESH);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied for foreign server site")
    );
    consent.database.execute(&format!(
        "GRANT USAGE ON FOREIGN SERVER site TO {role};
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    let raised = error(&mut reader, REFRESH);
    assert_eq!(raised.code().code(), "42704", "no mapping: {raised:?}");
    // PUBLIC's mapping: used by all, changed by the server's owner.
    consent.database.execute(
        "DROP USER MAPPING FOR CURRENT_USER SERVER site;
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (client_id 'us', client_secret 'client-secret')",
    );
    let code = consent.code();
    lines(&mut consent.client, &exchange(&code));
    consent.reads();
    assert_eq!(
        lines(&mut reader, ALL_PAGES).len(),
        page_ids(&consent.sim.organisation()).len()
    );
    consent.sim.clear_log();
    let raised = error(&mut reader, REFRESH);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "must be owner of foreign server site")
    );
    assert_eq!(consent.sim.log().len(), 0, "refused before it is used up");
    lines(&mut consent.client, REFRESH);
    // A mapping of one's own.
    consent.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (client_id 'us', client_secret 'client-secret')"
    ));
    let code = consent.code();
    lines(&mut reader, &exchange(&code));
    lines(&mut reader, REFRESH);
    assert_eq!(
        lines(&mut reader, ALL_PAGES).len(),
        page_ids(&consent.sim.organisation()).len()
    );
}

#[test]
fn a_server_of_another_wrapper_is_refused() {
    let mut consent = Consent::asked();
    consent.database.execute(
        "CREATE FOREIGN DATA WRAPPER same HANDLER confluence.confluence_fdw_handler VALIDATOR confluence.confluence_fdw_validator;
         CREATE SERVER ours FOREIGN DATA WRAPPER same OPTIONS (subdomain 'acme');
         CREATE USER MAPPING FOR CURRENT_USER SERVER ours OPTIONS (client_id 'us', client_secret 'client-secret')",
    );
    let url = one(
        &mut consent.client,
        &format!("SELECT confluence.oauth_authorize_url('ours', '{CALLBACK}')"),
    );
    assert!(
        url.starts_with("https://auth.atlassian.com/authorize?"),
        "{url}"
    );
    if lines(
        &mut consent.client,
        "SELECT 1 FROM pg_available_extensions WHERE name = 'file_fdw'",
    )
    .is_empty()
    {
        confluence_fdw_tests::skip("no file_fdw here");
        return;
    }
    consent
        .database
        .execute("CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw");
    consent.fails(
        "CALL confluence.oauth_refresh('files')",
        "42809",
        "server \"files\" is not one of confluence_fdw",
        "",
    );
}

#[test]
fn neither_logs_nor_views_show_the_tokens() {
    let mut consent = Consent::asked();
    lines(
        &mut consent.client,
        "SET log_statement = 'all'; SET log_min_duration_statement = 0; SET log_min_messages = debug1; SET log_error_verbosity = verbose",
    );
    let code = consent.code();
    lines(&mut consent.client, &exchange(&code));
    let mut secrets = consent.secrets();
    lines(&mut consent.client, REFRESH);
    consent.reads();
    secrets.extend(consent.secrets());
    let shown = lines(
        &mut consent.database.connect(),
        "SELECT query FROM pg_stat_activity",
    )
    .join("\n");
    consent.sim.withdraw_consents();
    error(&mut consent.client, REFRESH);
    error(&mut consent.client, ALL_PAGES);
    let log = consent.database.log();
    assert!(log.contains(REFRESH), "the log is on");
    // Other tests' statements are in the log, too, with the client's secret in them.
    for secret in secrets.iter().filter(|secret| secret.starts_with("sim-")) {
        assert!(!log.contains(secret), "{secret}");
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn a_renewal_is_on_disk_when_it_is_done() {
    // Whatever the settings say: those of this cluster leave it to the background.
    let mut consent = Consent::given();
    assert_eq!(one(&mut consent.client, "SHOW synchronous_commit"), "off");
    let before = one(&mut consent.client, "SELECT pg_current_wal_insert_lsn()");
    lines(&mut consent.client, REFRESH);
    let flushed = format!("SELECT pg_current_wal_flush_lsn() > '{before}'");
    assert_eq!(one(&mut consent.client, &flushed), "t");
}
