//! Rows are the account's own: what a site shows to somebody else, or to nobody, is never a part of an answer.

use confluence_fdw_tests::{Database, error, explain_with, lines, literal, one};
use confluence_sim::{Barrier, Credential, Fault, Options, Reply, Sim};
use postgres::Client;

use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, Scene, WHO_AM_I, small_site};

const NOBODY: &str = "Confluence does not know who is asking, and would show only what is public";

/// The account of the organisation's first user, as all credentials of the stand-in have it.
fn account(sim: &Sim) -> String {
    sim.organisation().users()[0].account_id.clone()
}

/// A site that shows some of its spaces to everybody.
#[track_caller]
fn public_site(options: &str) -> Scene {
    let site = Options {
        anonymous_access: true,
        ..Options::of(small_site())
    };
    Scene::of(site, options)
}

/// The credential is taken no longer: on a public site it becomes nobody's.
fn revoke(sim: &Sim) {
    sim.revoke(&Credential::basic(Options::EMAIL, Options::TOKEN));
}

fn probes(client: &mut Client) -> Vec<String> {
    lines(client, "SELECT probes FROM confluence.scans()")
}

#[test]
fn a_site_that_shows_nothing_to_nobody_is_asked_so_once_for_all_sessions_of_a_backend() {
    let mut scene = Scene::new();
    let role = scene.database.role("reader");
    scene.database.execute(&format!(
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'other@example.com', api_token 'other-token')"
    ));
    scene
        .sim
        .grant(Credential::basic("other@example.com", "other-token"));
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 1);
    assert_eq!(scene.sim.anonymous_probes().len(), 1);
    scene.reads_all_pages();
    scene
        .client
        .batch_execute(&format!("SET ROLE {role}"))
        .unwrap();
    scene.reads_all_pages();
    // The other account is asked for itself; what the site shows to nobody is known.
    assert_eq!(scene.sim.probes().len(), 2);
    let as_nobody = scene.sim.anonymous_probes();
    assert_eq!(as_nobody.len(), 1);
    assert_eq!(as_nobody[0].path, WHO_AM_I);
    scene.client.batch_execute("RESET ROLE").unwrap();
    assert_eq!(probes(&mut scene.client), ["2", "0", "1"]);
}

#[test]
fn the_question_without_a_credential_leaves_beside_the_first_request() {
    let scene = Scene::of(Options::of(small_site()), "");
    // Nobody gets past it but together.
    let together = Barrier::of(3);
    for fault in [
        Fault::on(PAGES),
        Fault::on(WHO_AM_I),
        Fault::on(WHO_AM_I).as_nobody(),
    ] {
        scene.sim.fault(fault, Reply::Hold(together.clone()));
    }
    let mut client = scene.database.connect();
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
    assert_eq!(scene.sim.anonymous_probes().len(), 1);
}

#[test]
fn a_public_site_is_asked_at_the_beginning_and_at_the_end() {
    let mut scene = public_site(SMALL_STEPS);
    scene.reads_all_pages();
    assert_eq!(
        (scene.sim.probes().len(), scene.sim.anonymous_probes().len()),
        (2, 1)
    );
    scene.sim.clear_log();
    scene.reads_all_pages();
    assert_eq!(
        (scene.sim.probes().len(), scene.sim.anonymous_probes().len()),
        (2, 0)
    );
    // One request, one question.
    scene.sim.clear_log();
    let sql = format!("{ALL_PAGES} LIMIT 5");
    assert_eq!(lines(&mut scene.client, &sql).len(), 5);
    assert_eq!(scene.sim.probes().len(), 1);
    assert_eq!(probes(&mut scene.client), ["3", "2", "1"]);
    let shown = explain_with(
        &mut scene.client,
        "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        ALL_PAGES,
    );
    assert!(shown.contains("Probes: 2"), "{shown}");
}

#[test]
fn a_token_that_ends_in_mid_scan_of_a_public_site_is_an_error_and_makes_no_snapshot() {
    for sql in [
        "SELECT count(*) FROM confluence_pages",
        ALL_PAGES,
        "CREATE MATERIALIZED VIEW snapshot AS SELECT id FROM confluence_pages",
        "CREATE TABLE snapshot AS SELECT id FROM confluence_pages",
    ] {
        for options in [SMALL_STEPS, "page_size '10'"] {
            let mut scene = public_site(options);
            scene.when_answering(Fault::on(PAGES).page(2), revoke);
            let raised = error(&mut scene.client, sql);
            assert_eq!(
                (raised.code().code(), raised.message()),
                ("28000", NOBODY),
                "{sql}"
            );
            let made = "SELECT to_regclass('snapshot') IS NOT NULL";
            assert_eq!(one(&mut scene.client, made), "f");
            assert!(scene.sim.data_requests().len() >= 3, "it went on as nobody");
        }
    }
}

#[test]
fn who_takes_rows_one_by_one_gets_no_row_of_nobodys() {
    let mut scene = public_site(SMALL_STEPS);
    scene
        .client
        .batch_execute("BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages")
        .unwrap();
    assert_eq!(lines(&mut scene.client, "FETCH 20 FROM c").len(), 20);
    // Each page behind the first is asked about by itself.
    let before = scene.sim.probes().len();
    assert!(before >= 2, "{before}");
    revoke(&scene.sim);
    let raised = error(&mut scene.client, "FETCH 20 FROM c");
    assert_eq!((raised.code().code(), raised.message()), ("28000", NOBODY));
    scene.client.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn that_an_object_is_absent_is_said_to_the_account_too() {
    // A space that only accounts see is absent to nobody.
    let mut scene = public_site(SMALL_STEPS);
    let organisation = scene.sim.organisation();
    let hidden: Vec<String> = organisation
        .spaces()
        .map(|space| space.id.to_string())
        .collect();
    let sql = format!(
        "SELECT s.id, count(p.id) FROM unnest(ARRAY[{}]) AS s (id) LEFT JOIN confluence_permissions p ON p.space_id = s.id GROUP BY 1",
        hidden.join(", ")
    );
    let whole = lines(&mut scene.client, &sql);
    assert_eq!(whole.len(), hidden.len());
    scene.when_answering(Fault::on("/wiki/api/v2/spaces/{id}/permissions"), revoke);
    assert_eq!(error(&mut scene.client, &sql).code().code(), "28000");
}

#[test]
fn answers_that_name_the_account_need_no_questions() {
    let mut scene = public_site(SMALL_STEPS);
    let id = account(&scene.sim);
    scene
        .sim
        .set_extra_headers(&[("x-aaccountid", &id.replace(':', "%3A"))]);
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 1, "until that is known");
    scene.sim.clear_log();
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 0);
    // Where they do so no longer, it is asked again.
    scene.sim.set_extra_headers(&[]);
    scene.when_answering(Fault::on(PAGES).page(2), revoke);
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!((raised.code().code(), raised.message()), ("28000", NOBODY));
}

#[test]
fn an_answer_to_somebody_else_is_an_error_on_any_site() {
    for mut scene in [Scene::new(), public_site(SMALL_STEPS)] {
        scene.reads_all_pages();
        scene
            .sim
            .set_extra_headers(&[("x-aaccountid", "712020:somebody-else")]);
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (
                "28000",
                "Confluence answers as to another account than before"
            )
        );
        scene
            .sim
            .set_extra_headers(&[("x-seraph-loginreason", "AUTHENTICATED_FAILED")]);
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.message()),
            ("28000", "Confluence rejected the credential")
        );
        assert!(
            raised.hint().unwrap().contains("could not log in anybody"),
            "{raised:?}"
        );
        scene.sim.set_extra_headers(&[]);
        scene.reads_all_pages();
    }
}

#[test]
fn who_wants_to_read_as_nobody_asks_nothing() {
    let mut scene = public_site("allow_anonymous 'true', page_size '10'");
    revoke(&scene.sim);
    scene
        .sim
        .set_extra_headers(&[("x-seraph-loginreason", "AUTHENTICATED_FAILED")]);
    let public = lines(&mut scene.client, ALL_PAGES).len();
    assert!((1..45).contains(&public), "{public}");
    assert!(scene.sim.probes().is_empty() && scene.sim.anonymous_probes().is_empty());
}

#[test]
fn a_site_that_cannot_be_understood_is_taken_for_a_public_one() {
    for (reply, is_public) in [
        (Reply::status(500), true),
        (Reply::Html200, true),
        (Reply::DropBeforeHead, true),
        (Reply::retry_after(429, "60"), true),
        (Reply::BareNotFound, false),
        (Reply::status(403), false),
    ] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(WHO_AM_I).as_nobody(), reply);
        scene.reads_all_pages();
        assert_eq!(scene.sim.probes().len(), if is_public { 2 } else { 1 });
        assert_eq!(scene.sim.anonymous_probes().len(), 1);
    }
}

#[test]
fn a_token_file_that_becomes_another_accounts_ends_the_scan() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    let path = database.file("token", Options::TOKEN);
    database.execute(&format!(
        "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {}, {SMALL_STEPS});
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email '{}', api_token_file {});
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        literal(sim.url()),
        Options::EMAIL,
        literal(path.to_str().unwrap()),
    ));
    let mut client = database.connect();
    let sim = std::sync::Arc::new(sim);
    let (of, token) = (std::sync::Arc::downgrade(&sim), path.clone());
    sim.fault(
        Fault::on(PAGES).page(2).times(1),
        Reply::mutate(move |_| {
            let Some(sim) = of.upgrade() else { return };
            std::fs::write(&token, "another-token").unwrap();
            sim.grant(Credential::basic(Options::EMAIL, "another-token").of_user(1));
            revoke(&sim);
        }),
    );
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "28000",
            "Confluence answers as to another account than before"
        )
    );
    // The next query reads as that account, and as nobody else.
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
}
