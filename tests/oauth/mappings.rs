//! Whose mapping is renewed, and who sees its tokens.

use confluence_fdw_tests::{error, lines, one};

use super::{CALLBACK, Consent, REFRESH, exchange};
use crate::scene::{ALL_PAGES, page_ids};

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
