//! Refreshes that fail, and what is left of them.

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Options, Organisation, Reply, Size};
use postgres::Client;

use super::{mirrored, mirrored_site, refresh, state_of};
use crate::scene::{PERMISSIONS, Scene, WHO_AM_I, until};

#[test]
fn a_refresh_that_fails_leaves_the_mirror_as_it_was_and_says_where() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    scene
        .sim
        .edit(|site| site.rename_page(ids[0], "Another title").unwrap());
    scene.sim.fault(Fault::on(PERMISSIONS), Reply::status(400));
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    let told = lines(
        &mut scene.client,
        "SELECT status, failed_step, sqlstate, message FROM acme.runs WHERE id = 2",
    );
    assert_eq!(
        told,
        [format!(
            "failed|permissions|{}|{}",
            raised.code().code(),
            raised.message()
        )]
    );
    let states = one(
        &mut scene.client,
        "SELECT max(run_from) FROM acme.pages_history",
    );
    assert_eq!(states, "1");
    scene.sim.clear_faults();
    refresh(&mut scene, "full");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT id, status, resumes_run FROM acme.runs ORDER BY id"
        ),
        ["1|complete|NULL", "2|failed|NULL", "3|complete|2"]
    );
    let title = format!("SELECT title FROM acme.pages WHERE id = {}", ids[0]);
    assert_eq!(one(&mut scene.client, &title), "Another title");
}

#[test]
fn inside_a_transaction_block_or_under_a_time_out_it_says_what_to_do_and_sends_nothing() {
    let mut scene = mirrored();
    scene.sim.clear_log();
    let raised = error(&mut scene.client, "BEGIN; CALL confluence.refresh('acme')");
    assert_eq!(raised.code().code(), "25001");
    assert!(
        raised
            .hint()
            .is_some_and(|hint| hint.contains("without BEGIN")),
        "{raised:?}"
    );
    scene.execute("ROLLBACK; SET statement_timeout = '5s'");
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("55000", "statement_timeout would cut the refresh off")
    );
    assert!(scene.sim.log().is_empty());
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM acme.runs"),
        "0"
    );
}

/// The paths of the operations that a refresh asks, one for each of its steps.
pub(super) const STEPS: &[&str] = &[
    "/wiki/rest/api/group",
    "/wiki/api/v2/spaces",
    PERMISSIONS,
    "/wiki/api/v2/pages",
    "/wiki/api/v2/blogposts",
    "/wiki/api/v2/users-bulk",
    "/wiki/rest/api/audit",
];

/// A refresh in a session of its own, which hangs at a path.
fn hanging(
    scene: &Scene,
    path: &str,
) -> (
    Client,
    std::thread::JoinHandle<Result<(), postgres::Error>>,
    i32,
) {
    scene
        .sim
        .fault(Fault::on(path).forever(), Reply::NeverAnswer);
    let watcher = scene.database.connect();
    let mut client = scene.database.connect();
    let pid: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let running =
        std::thread::spawn(move || client.batch_execute("CALL confluence.refresh('acme')"));
    until(
        "the refresh waits",
        std::time::Duration::from_secs(60),
        || scene.sim.unanswered() > 0,
    );
    (watcher, running, pid)
}

#[test]
fn a_cancel_at_any_step_leaves_all_as_it_was_and_the_next_refresh_succeeds() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    for (place, path) in STEPS.iter().enumerate() {
        scene.sim.edit(|site| {
            site.rename_page(ids[place], format!("Cancelled {place}"))
                .unwrap()
        });
        let before = state_of(&mut scene.client);
        let (mut watcher, running, pid) = hanging(&scene, path);
        one(&mut watcher, &format!("SELECT pg_cancel_backend({pid})"));
        let raised = running.join().unwrap().unwrap_err();
        assert_eq!(
            raised.code().map(|code| code.code()),
            Some("57014"),
            "{path}"
        );
        assert_eq!(state_of(&mut scene.client), before, "{path}");
        let told = lines(
            &mut scene.client,
            "SELECT status, sqlstate FROM acme.runs ORDER BY id DESC LIMIT 1",
        );
        assert_eq!(told, ["failed|57014"], "{path}");
        scene.sim.clear_faults();
        refresh(&mut scene, "full");
        let title = format!("SELECT title FROM acme.pages WHERE id = {}", ids[place]);
        assert_eq!(one(&mut scene.client, &title), format!("Cancelled {place}"));
    }
}

#[test]
fn a_session_that_ends_leaves_a_lost_run_and_no_lock() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    for path in STEPS {
        let before = state_of(&mut scene.client);
        let (mut watcher, running, pid) = hanging(&scene, path);
        one(
            &mut watcher,
            &format!("SELECT pg_terminate_backend({pid}, 60000)"),
        );
        running.join().unwrap().unwrap_err();
        assert_eq!(state_of(&mut scene.client), before, "{path}");
        let state = "SELECT state FROM confluence.mirrors WHERE mirror = 'acme'";
        assert_eq!(one(&mut scene.client, state), "lost", "{path}");
        scene.sim.clear_faults();
        refresh(&mut scene, "full");
        let told = lines(
            &mut scene.client,
            "SELECT status FROM acme.runs ORDER BY id DESC LIMIT 2",
        );
        assert_eq!(told, ["complete", "lost"], "{path}");
    }
}

#[test]
fn what_ends_a_refresh_while_it_publishes_lets_nothing_be_seen_of_it() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    let ways = [
        ("pg_cancel_backend", "failed|publish|57014"),
        ("lock_timeout", "failed|publish|55P03"),
        ("pg_terminate_backend", "lost|NULL|NULL"),
    ];
    for (place, (way, told)) in ways.into_iter().enumerate() {
        scene
            .sim
            .edit(|site| site.rename_page(ids[place], way).expect("a page"));
        let before = state_of(&mut scene.client);
        // It looks at the evidence last, when all tables are written.
        let mut holder = scene.database.connect();
        holder
            .batch_execute("BEGIN; LOCK TABLE acme.manifests IN ACCESS EXCLUSIVE MODE")
            .unwrap();
        let mut client = scene.database.connect();
        if way == "lock_timeout" {
            client.batch_execute("SET lock_timeout = '1s'").unwrap();
        }
        let pid: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        let running =
            std::thread::spawn(move || client.batch_execute("CALL confluence.refresh('acme')"));
        if way != "lock_timeout" {
            let waits = format!(
                "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type IS NOT NULL"
            );
            until("it publishes", std::time::Duration::from_secs(60), || {
                lines(&mut scene.client, &waits) == ["t"]
            });
            one(&mut scene.client, &format!("SELECT {way}({pid})"));
        }
        running.join().unwrap().unwrap_err();
        holder.batch_execute("ROLLBACK").unwrap();
        assert_eq!(state_of(&mut scene.client), before, "{way}");
        refresh(&mut scene, "full");
        let earlier =
            "SELECT status, failed_step, sqlstate FROM acme.runs ORDER BY id DESC OFFSET 1 LIMIT 1";
        assert_eq!(one(&mut scene.client, earlier), told);
        let title = format!("SELECT title FROM acme.pages WHERE id = {}", ids[place]);
        assert_eq!(one(&mut scene.client, &title), way);
    }
}

#[test]
fn a_statement_that_takes_too_long_leaves_all_as_it_was() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    // The limit looks long enough, and is not this time.
    scene.execute("UPDATE acme.runs SET finished_at = started_at + interval '1 ms'");
    let before = state_of(&mut scene.client);
    scene.sim.fault(
        Fault::on("/wiki/api/v2/pages").forever(),
        Reply::NeverAnswer,
    );
    scene.execute("SET statement_timeout = '3s'");
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(raised.code().code(), "57014", "{raised:?}");
    scene.execute("SET statement_timeout = 0");
    assert_eq!(state_of(&mut scene.client), before);
    scene.sim.clear_faults();
    refresh(&mut scene, "full");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT status, sqlstate FROM acme.runs ORDER BY id"
        ),
        ["complete|NULL", "failed|57014", "complete|NULL"]
    );
}

#[test]
fn a_second_refresh_is_told_who_runs_the_first() {
    let mut scene = mirrored();
    let (mut watcher, running, pid) = hanging(&scene, "/wiki/api/v2/pages");
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("55006", "mirror \"acme\" is being refreshed")
    );
    assert!(
        raised
            .detail()
            .is_some_and(|who| who.starts_with("Run 1, by role \"postgres\"")),
        "{raised:?}"
    );
    let raised = error(
        &mut scene.client,
        "SELECT confluence.create_mirror('site', 'acme')",
    );
    assert_eq!(raised.code().code(), "55006");
    one(&mut watcher, &format!("SELECT pg_cancel_backend({pid})"));
    running.join().unwrap().unwrap_err();
}

#[test]
fn nobody_is_erased_while_a_refresh_runs_and_no_refresh_runs_while_somebody_is() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let account = scene.sim.organisation().users()[3].account_id.clone();
    let erase = format!("SELECT count(*) > 0 FROM confluence.erase_person('acme', '{account}')");
    let (mut watcher, running, pid) = hanging(&scene, "/wiki/api/v2/pages");
    let raised = error(&mut scene.client, &erase);
    assert_eq!(
        (raised.code().code(), raised.message(), raised.hint()),
        (
            "55006",
            "mirror \"acme\" is in use",
            Some("Call it again when that has ended.")
        )
    );
    let raised = error(
        &mut scene.client,
        &format!("SELECT count(*) FROM acme.erase_account('{account}')"),
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("55006", "the mirror is in use")
    );
    one(&mut watcher, &format!("SELECT pg_cancel_backend({pid})"));
    running.join().unwrap().unwrap_err();
    scene.sim.clear_faults();

    let mut other = scene.database.connect();
    other.batch_execute("BEGIN").unwrap();
    assert_eq!(one(&mut other, &erase), "t");
    let runs = "SELECT count(*) FROM acme.runs";
    let before = one(&mut scene.client, runs);
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("55006", "mirror \"acme\" is in use")
    );
    assert_eq!(one(&mut scene.client, runs), before);
    other.batch_execute("COMMIT").unwrap();
    refresh(&mut scene, "full");

    // Nobody else can keep a mirror from being refreshed.
    let role = scene.database.role("guest");
    scene.execute(&format!("GRANT USAGE ON SCHEMA acme TO {role}"));
    let raised = error(
        &mut scene.database.connect_as(&role),
        "SELECT confluence.hold_to_erase('acme')",
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied for function erase_account")
    );
}

#[test]
fn a_mirror_does_not_shrink_by_accident_and_what_is_right_can_be_accepted() {
    let mut scene = mirrored_site(Options::of(Organisation::sized(Size {
        spaces: 3,
        pages: 400,
        permissions: 20,
        users: 10,
        ..Size::default()
    })));
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    // The site shows them no more, and nothing tells that they were purged.
    scene.sim.edit(|site| {
        ids[..150]
            .iter()
            .for_each(|id| site.purge_page(*id).unwrap())
    });
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        raised.message(),
        format!("150 of the {} rows of \"pages\" would end", ids.len())
    );
    assert!(
        raised
            .hint()
            .is_some_and(|hint| hint.ends_with("accept => 2).")),
        "{raised:?}"
    );
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM acme.pages"),
        ids.len().to_string()
    );
    scene.execute("CALL confluence.refresh('acme', 'full', accept => 2)");
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM acme.pages"),
        (ids.len() - 150).to_string()
    );
}

#[test]
fn another_account_is_refused_and_can_be_accepted() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let other = r#"{"type":"known","accountId":"712020:other","accountType":"atlassian","displayName":"Other"}"#;
    scene
        .sim
        .fault(Fault::on(WHO_AM_I).forever(), Reply::json(other));
    scene.client = scene.database.connect();
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        raised.message(),
        "mirror \"acme\" was read from another account"
    );
    scene.execute("CALL confluence.refresh('acme', 'full', accept => 2)");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT status, api_account_id, accepts_run FROM acme.runs WHERE id = 3"
        ),
        ["complete|712020:other|2"]
    );
}

#[test]
fn only_a_failed_run_can_be_accepted() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    for run in [1, 99] {
        let raised = error(
            &mut scene.client,
            &format!("CALL confluence.refresh('acme', 'full', accept => {run})"),
        );
        assert_eq!(
            (raised.code().code(), raised.message()),
            (
                "22023",
                &*format!("run {run} is no failed run of mirror \"acme\"")
            )
        );
    }
}

/// The account's token lacks the scope for what is asked at a path.
fn refuse(scene: &Scene, path: &str) {
    scene.sim.fault(
        Fault::on(path).forever(),
        Reply::Status {
            code: 401,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.to_owned(),
        },
    );
}

#[test]
fn what_the_account_may_not_read_is_in_nobodys_way() {
    let mut scene = mirrored();
    refuse(&scene, "/wiki/rest/api/search");
    let steps = "SELECT step, rows_read, is_complete, why_not IS NOT NULL FROM acme.run_steps
                 WHERE run_id = (SELECT max(id) FROM acme.runs) AND step IN ('product_users', 'permissions', 'folders', 'blogposts')
                 ORDER BY step";
    refresh(&mut scene, "full");
    let first = lines(&mut scene.client, steps);
    let refused: Vec<&String> = first.iter().filter(|step| step.contains("|f|")).collect();
    assert_eq!(refused, ["product_users|0|f|t"]);
    let folders = one(&mut scene.client, "SELECT count(*) FROM confluence_folders");
    assert_eq!(first[1], format!("folders|{folders}|t|f"));
    // The next time it is known, and asked for by itself, both kinds of it: nothing is read twice for it.
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    assert_eq!(lines(&mut scene.client, steps), first);
    let log = scene.sim.log();
    let asked = |what: &str| {
        let paths = log
            .iter()
            .filter(|request| request.path_and_query.contains(what));
        paths.count()
    };
    let [kinds_of_access, folders] = [asked("/rest/api/search?"), asked("type%20%3D%20folder")];
    // The second kind is not asked for where the first was refused before.
    assert!((1..=2).contains(&kinds_of_access), "{kinds_of_access}");
    assert_eq!(folders, 1);
}

#[test]
fn an_account_that_may_not_read_groups_loses_no_permission() {
    let mut scene = mirrored();
    refuse(&scene, "/wiki/rest/api/group");
    // What is read beside groups, spaces among it, is read by itself then; and permissions follow from spaces.
    refresh(&mut scene, "full");
    for table in ["spaces", "permissions", "pages", "folders"] {
        let live = one(
            &mut scene.client,
            &format!("SELECT count(*) FROM confluence_{table}"),
        );
        let kept = one(
            &mut scene.client,
            &format!("SELECT count(*) FROM acme.{table}"),
        );
        assert_eq!(kept, live, "{table}");
    }
}

#[test]
fn an_account_that_may_not_look_accounts_up_reads_what_is_beside_them() {
    let mut scene = mirrored();
    refuse(&scene, "/wiki/api/v2/users-bulk");
    refresh(&mut scene, "full");
    let steps = "SELECT step, is_complete FROM acme.run_steps
                 WHERE step IN ('users', 'content_restrictions', 'page_labels', 'audit_log') ORDER BY step";
    let steps = lines(&mut scene.client, steps);
    assert_eq!(
        steps,
        [
            "audit_log|t",
            "content_restrictions|t",
            "page_labels|t",
            "users|f"
        ]
    );
    for table in ["content_restrictions", "page_labels"] {
        let count = |scene: &mut Scene, of: &str| {
            one(
                &mut scene.client,
                &format!("SELECT count(*) FROM {of}{table}"),
            )
        };
        let live = count(&mut scene, "confluence_");
        assert_eq!(count(&mut scene, "acme."), live, "{table}");
    }
}
