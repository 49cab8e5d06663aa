//! Renewal: expired, dead, used by several sessions, cancelled in the middle.

use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Reply};

use super::{Consent, REFRESH, TOKEN, exchange};
use crate::scene::{ALL_PAGES, until};

fn json(status: u16, body: &str) -> Reply {
    Reply::Status {
        code: status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_owned(),
    }
}

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
