//! Readers: who is shown which requests, how many of them, and what is left out.

use std::time::Duration;

use confluence_fdw_tests::{Notices, lines, one, sqlstate_of};
use confluence_sim::{Fault, Options, Reply};
use postgres::Client;

use super::requests;
use crate::scene::{ALL_PAGES, PAGES, Scene, until};

/// A scene with two roles and a function that reads as the second one.
fn roles() -> (Scene, String, String) {
    let mut scene = Scene::new();
    let alice = scene.database.role("alice");
    let carol = scene.database.role("carol");
    scene.execute(&format!(
        "GRANT SELECT ON confluence_pages TO {alice};
         GRANT SELECT ON confluence_spaces TO {carol};
         CREATE FUNCTION spaces() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.confluence_spaces';
         ALTER FUNCTION spaces() OWNER TO {carol}"
    ));
    (scene, alice, carol)
}

#[test]
fn a_role_sees_the_requests_of_roles_that_it_is_a_member_of() {
    let (mut scene, alice, carol) = roles();
    let bob = scene.database.role("bob");
    scene.execute(&format!(
        "GRANT {alice} TO {bob}; GRANT SELECT ON confluence_spaces TO {bob}"
    ));
    scene.reads_all_pages();
    let seen = "SELECT string_agg(substr(path, 14), ' ') FROM confluence.requests()";
    let (pages, spaces) = ("pages?limit=1", "spaces?limit=10");
    for (role, runs, sees) in [
        (
            &alice,
            "SELECT id FROM confluence_pages LIMIT 1",
            pages.to_owned(),
        ),
        (&alice, "SELECT spaces()", pages.to_owned()),
        (
            &bob,
            "SELECT id FROM confluence_spaces",
            format!("{pages} {spaces}"),
        ),
        (&alice, "SELECT", pages.to_owned()),
        (&carol, "SELECT", spaces.to_owned()),
    ] {
        scene.execute(&format!("SET ROLE {role}"));
        lines(&mut scene.client, runs);
        assert_eq!(one(&mut scene.client, seen), sees, "{role} {runs}");
    }
    scene.execute("RESET ROLE");
    let all = 7 + 3;
    assert_eq!(requests(&mut scene.client).len(), all);
    // Others may call it, too, and see nothing.
    let mut own = scene.database.connect_as(&carol);
    assert_eq!(requests(&mut own), [""; 0]);
}

/// What a session is told at `DEBUG1` of requests.
fn told(notices: &Notices) -> Vec<String> {
    let notices = notices.take().into_iter();
    notices
        .filter(|notice| notice.severity() == "DEBUG")
        .map(|notice| notice.message().to_owned())
        .filter(|message| message.starts_with("request to server"))
        .collect()
}

#[test]
fn a_line_tells_of_each_request_at_debug1() {
    let scene = Scene::new();
    let (mut client, notices) = scene.database.connect_with_notices();
    lines(&mut client, ALL_PAGES);
    assert_eq!(told(&notices), [""; 0]);
    client
        .batch_execute("SET client_min_messages = debug1")
        .expect("a setting");
    lines(&mut client, ALL_PAGES);
    let lines_of = |notices: &Notices| -> Vec<String> {
        // The time differs from run to run.
        let without_time = |line: String| {
            let (line, time) = line.rsplit_once(", ").expect("a time");
            assert!(time.ends_with(" ms"), "{time}");
            line.to_owned()
        };
        told(notices).into_iter().map(without_time).collect()
    };
    let told_of = lines_of(&notices);
    let begin = "request to server \"site\", scan 2: GET /wiki/api/v2/pages?";
    assert_eq!(told_of.len(), 5, "{told_of:#?}");
    assert!(
        told_of[0].starts_with(&format!(
            "{begin}limit=10 (first page): answered by the site, status 200, "
        )),
        "{told_of:#?}"
    );
    assert!(
        told_of[4].starts_with(&format!(
            "{begin}cursor=...&limit=10 (page 5): answered by the site, status 200, "
        )),
        "{told_of:#?}"
    );
    lines(&mut client, "SELECT * FROM confluence.check('site')");
    assert_eq!(lines_of(&notices).len(), 5);
    lines(&mut client, "ANALYZE confluence_spaces");
    let of_sample = lines_of(&notices);
    let begin = "request to server \"site\": GET /wiki/api/v2/spaces?description-format=plain&limit=10 (sample): answered by the site, status 200, ";
    assert_eq!(of_sample.len(), 1, "{of_sample:#?}");
    assert!(of_sample[0].starts_with(begin), "{of_sample:#?}");
}

#[test]
fn a_request_that_was_cancelled_is_told_of_when_the_session_reads_the_next_time() {
    let scene = Scene::new();
    let (mut client, notices) = scene.database.connect_with_notices();
    lines(&mut client, ALL_PAGES);
    scene.sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    let setting = "SET client_min_messages = debug1; SET statement_timeout = 100";
    client.batch_execute(setting).expect("settings");
    let raised = client.simple_query(ALL_PAGES).expect_err("a time-out");
    assert_eq!(sqlstate_of(&raised), "57014");
    assert_eq!(told(&notices), [""; 0]);
    client
        .batch_execute("RESET statement_timeout")
        .expect("a setting");
    let cancelled = "request to server \"site\", scan 2: GET /wiki/api/v2/pages?limit=10 (first page): cancelled, ";
    // The network thread gives the request up a moment after the backend has.
    until("it is told of", Duration::from_secs(60), || {
        lines(&mut client, "SELECT id FROM confluence_spaces");
        told(&notices)
            .iter()
            .any(|line| line.starts_with(cancelled))
    });
}

#[test]
fn nobody_is_told_of_what_a_function_asks_for_as_somebody_else() {
    let (scene, alice, _) = roles();
    let (mut client, notices) = scene.database.connect_with_notices();
    client
        .batch_execute(&format!(
            "SET SESSION AUTHORIZATION {alice}; SET client_min_messages = debug1"
        ))
        .expect("settings");
    assert_eq!(one(&mut client, "SELECT spaces()"), "3");
    assert_eq!(told(&notices), [""; 0]);
    lines(&mut client, "SELECT id FROM confluence_pages LIMIT 1");
    assert_eq!(told(&notices).len(), 1);
}

#[track_caller]
fn everything(client: &mut Client) -> String {
    lines(client, "SELECT r::text FROM confluence.requests() AS r").join("\n")
}

#[test]
fn secrets_are_not_shown() {
    let scene = Scene::new();
    let (mut client, notices) = scene.database.connect_with_notices();
    client
        .batch_execute("SET client_min_messages = debug1")
        .expect("a setting");
    let token = Options::TOKEN;
    for sql in [
        format!("SELECT id FROM confluence_pages WHERE title = '{token}'"),
        format!("SELECT id FROM confluence_spaces WHERE key = '{token}'"),
        format!(
            "SELECT id FROM confluence_search WHERE cql = 'type = page and space = \"{token}\"'"
        ),
    ] {
        lines(&mut client, &sql);
    }
    let asked: Vec<String> = scene
        .sim
        .data_requests()
        .into_iter()
        .map(|request| request.path_and_query)
        .collect();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|path| path.contains(token)), "{asked:#?}");
    let listed = everything(&mut client);
    let told = told(&notices).join("\n");
    for text in [&listed, &told] {
        assert!(!text.contains(token), "{text}");
        assert_eq!(text.matches("***").count(), 3, "{text}");
    }
}

#[test]
fn the_latest_thousand_are_kept() {
    let mut scene = Scene::new();
    let id = scene.page_ids()[0];
    let count =
        "SELECT count(*), count(*) FILTER (WHERE reason = 'identity') FROM confluence.requests()";
    for (scans, expected) in [
        (997, "999|1"),
        (1, "1000|1"),
        (1, "1000|0"),
        (500, "1000|0"),
    ] {
        scene.execute(&format!(
            "DO $$ BEGIN FOR i IN 1..{scans} LOOP PERFORM id FROM confluence_pages WHERE id = {id}; END LOOP; END $$"
        ));
        assert_eq!(one(&mut scene.client, count), expected, "{scans}");
    }
    let newest = "SELECT max(scan) - min(scan), max(scan) FROM confluence.requests()";
    assert_eq!(one(&mut scene.client, newest), "999|1499");
    // What the statement's cache serves pushes out nothing that was sent.
    scene.execute("SET enable_material = off; SET enable_memoize = off; SET enable_hashjoin = off; SET enable_mergejoin = off");
    let again = "SELECT count(*) FROM generate_series(1, 3000) AS i, LATERAL (SELECT id FROM confluence_spaces LIMIT 1 + i % 1) AS s";
    assert_eq!(one(&mut scene.client, again), "3000");
    let by = "SELECT served_by, count(*) FROM confluence.requests() GROUP BY 1 ORDER BY 1";
    assert_eq!(
        lines(&mut scene.client, by),
        ["site|1000", "statement cache|1000"]
    );
}
