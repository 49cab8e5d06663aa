//! Searches that show nobody more than they may see, and what keeps them so from run to run.

use std::fs;
use std::path::Path;

use confluence_fdw_tests::{pg_major, skip};

use super::mirror::Mirror;
use super::world::World;

fn readable() -> World {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world.content("page", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world
}

/// What a person is shown, by audiences; and by asking for each content.
fn shown(mirror: &mut Mirror, account: &str) -> String {
    let listed = "SELECT string_agg(content_id::text, ' ' ORDER BY content_id) FROM";
    let shown = mirror.one(&format!("{listed} visible_content('{account}')"));
    let one_by_one = format!(
        "{listed} (SELECT id AS content_id FROM content UNION SELECT content_id FROM content_audience) AS c WHERE is_visible(content_id, '{account}')"
    );
    assert_eq!(mirror.one(&one_by_one), shown, "{account}");
    shown
}

/// The statements of a part of the page on evidence that begin with a word, to the letter.
fn documented(part: &str, word: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/evidence.md");
    let page = fs::read_to_string(page).expect("the page");
    let (begin, end) = (format!("<!-- {part} -->"), format!("<!-- /{part} -->"));
    let (_, from) = page.split_once(&begin).expect("the part's beginning");
    let (block, _) = from.split_once(&end).expect("the part's end");
    let begins = format!("\n{word} ");
    let starts = block.match_indices(&begins).map(|(at, _)| &block[at + 1..]);
    let statements: Vec<String> = starts
        .map(|from| {
            from.split_once(';')
                .expect("a statement's end")
                .0
                .to_owned()
        })
        .collect();
    assert!(!statements.is_empty(), "{part}: {word}");
    statements
}

/// A mirror beside a table of texts, one for each content and twenty thousand others; the even contents are about retention.
fn with_documents(world: &World) -> Mirror {
    let mut mirror = Mirror::of(world);
    let made = documented("search", "CREATE");
    let [table, index] = &made[..] else {
        panic!("{made:#?}");
    };
    mirror.scene.execute(table);
    mirror.scene.execute(
        "INSERT INTO documents
         SELECT c.id, c.title, CASE (c.id / 100) % 2 WHEN 0 THEN 'How long we keep it: retention' ELSE 'Another matter' END FROM content AS c
         UNION ALL SELECT 1000000 + n, 'Filling', 'Nothing to be found' FROM generate_series(1, 20000) AS n",
    );
    mirror.scene.execute(index);
    mirror.scene.execute("ANALYZE documents");
    mirror
}

/// What a person may see, by the function that says who may view a content: of those that a condition holds for.
fn may_be_found(mirror: &mut Mirror, account: &str, condition: &str) -> Vec<String> {
    mirror.rows(&format!(
        "SELECT d.content_id, d.title FROM documents AS d
         WHERE {condition}
           AND EXISTS (SELECT FROM content_access(d.content_id) AS a
                       WHERE a.account_id = '{account}' AND a.access = 'view' AND a.verdict = 'allowed')
         ORDER BY 1"
    ))
}

#[test]
fn the_documented_searches_find_what_each_person_may_see_and_nothing_else() {
    let mut world = readable();
    for id in (400..=1200).step_by(100) {
        world.content("page", id, 10, Some(if id < 800 { 100 } else { 600 }));
    }
    world.list(200, "read", "user", "ann");
    world.list(600, "read", "user", "bob");
    world.hide_lists(1000);
    let mut mirror = with_documents(&world);
    for (part, name) in [
        ("audience", "search"),
        ("best", "search_best"),
        ("few", "search_few"),
        ("visible", "search_visible"),
    ] {
        mirror.scene.execute(&documented(part, "PREPARE")[0]);
        let plan = mirror.rows(&format!("EXPLAIN EXECUTE {name}('retention', 'ann')"));
        assert!(
            plan.iter()
                .any(|line| line.contains("documents_text_vector_idx")),
            "{plan:#?}"
        );
        for (account, found) in [("ann", 2), ("bob", 4), ("eve", 0), ("nobody", 0)] {
            let search = format!("EXECUTE {name}('retention', '{account}')");
            let mut shown = mirror.rows(&search);
            shown.sort();
            let mut expected = may_be_found(&mut mirror, account, "d.body LIKE '%retention%'");
            expected.sort();
            assert_eq!(
                (&shown, shown.len()),
                (&expected, found),
                "{name}, {account}"
            );
        }
    }
}

/// How often a documented search looks up whether somebody may see a content.
fn look_ups(mirror: &mut Mirror, part: &str, search: &str) -> (usize, String) {
    mirror.scene.execute(&format!(
        "{}; SET track_functions = 'pl'; ANALYZE; BEGIN",
        documented(part, "PREPARE")[0]
    ));
    let found = mirror.rows(&format!("EXECUTE {search}")).len();
    let calls =
        mirror.one("SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'is_visible'");
    mirror.scene.execute("ROLLBACK");
    (found, calls)
}

#[test]
fn a_search_of_few_looks_up_what_it_has_found() {
    let mut world = readable();
    world.list(300, "read", "user", "bob");
    world.content("page", 400, 10, Some(300));
    let mut mirror = with_documents(&world);
    let looked_up = look_ups(&mut mirror, "few", "search_few('retention', 'ann')");
    assert_eq!(looked_up, (1, "2".to_owned()));
}

#[test]
fn a_page_of_the_best_looks_up_no_more_than_it_needs() {
    let mut world = readable();
    for id in 1..=3000 {
        world.content("page", 1000 + 2 * id, 10, Some(100));
    }
    let mut mirror = with_documents(&world);
    // All that is found is shown to ann; no more is looked up than fills the page.
    let looked_up = look_ups(&mut mirror, "best", "search_best('retention', 'ann')");
    assert_eq!(looked_up, (20, "20".to_owned()));
}

#[test]
fn the_documented_search_by_vectors_finds_as_many_as_it_is_asked_for() {
    let mut world = readable();
    world.content("page", 400, 10, None);
    world.list(400, "read", "user", "ann");
    // Of what is nearest, most is hidden from bob.
    for id in 1..=120 {
        world.content("page", 1000 + id, 10, Some(400));
    }
    for id in 1..=20 {
        world.content("page", 2000 + id, 10, Some(100));
    }
    let mut mirror = with_documents(&world);
    let available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'";
    if mirror.one(available) == "0" {
        skip(&format!("no pgvector for PostgreSQL {} here", pg_major()));
        return;
    }
    mirror
        .scene
        .execute("CREATE EXTENSION vector SCHEMA public; SET search_path = acme, public, pg_temp");
    for word in ["ALTER", "CREATE", "SET", "PREPARE"] {
        mirror.scene.execute(&documented("vector", word)[0]);
    }
    mirror.scene.execute(
        "UPDATE documents SET embedding = ARRAY[1, content_id % 1000 / 1000.0, CASE WHEN content_id < 2000 THEN 0 ELSE 1 END]::vector
         WHERE content_id < 1000000",
    );
    let may =
        ["ann", "bob"].map(|account| may_be_found(&mut mirror, account, "d.embedding IS NOT NULL"));
    assert_eq!(may.each_ref().map(Vec::len), [144, 23]);
    for setting in [
        "SELECT",
        "SET enable_sort = off; SET plan_cache_mode = force_custom_plan",
    ] {
        mirror.scene.execute(setting);
        for (account, may) in ["ann", "bob"].iter().zip(&may) {
            let shown = mirror.rows(&format!("EXECUTE nearest('[1,0,0]', '{account}')"));
            assert_eq!(shown.len(), 10, "{setting}, {account}: {shown:#?}");
            assert!(
                shown.iter().all(|row| may.contains(row)),
                "{setting}, {account}: {shown:#?}"
            );
        }
        let nobodys = mirror.rows("EXECUTE nearest('[1,0,0]', 'eve')");
        assert_eq!(nobodys, Vec::<String>::new(), "{setting}");
    }
}

#[test]
fn what_is_not_known_is_not_shown() {
    let mut world = readable();
    world.hide_lists(200);
    let mut mirror = Mirror::of(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100");
    world.lists.clear();
    world.product_is_proved = false;
    world.grant(10, "user", "eve", "read/space");
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    assert_eq!(
        shown(&mut mirror, "eve"),
        "NULL",
        "she may have no access to the product"
    );
}

#[test]
fn lists_that_are_forged_to_lead_round_in_a_circle_are_passed_by_nobody() {
    let mut world = readable();
    world.list(100, "read", "user", "ann");
    world.list(300, "read", "user", "ann");
    let mut mirror = Mirror::of(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    mirror.rows("UPDATE view_restrictions SET above = 400 - content_id");
    assert_eq!(shown(&mut mirror, "ann"), "NULL");
}

#[test]
fn a_mirror_that_is_too_old_shows_nothing_and_says_so() {
    let mut mirror = Mirror::of(&readable());
    mirror
        .scene
        .execute("UPDATE runs SET published_at = published_at - interval '3 days'");
    for question in [
        "SELECT audiences_of('ann')",
        "SELECT is_visible(100, 'ann')",
        "SELECT * FROM visible_content('ann')",
    ] {
        let raised = mirror.error(question);
        assert_eq!(raised.code().code(), "55000");
        assert_eq!(
            raised.message(),
            "the mirror is too old to tell what a person may see now"
        );
        let detail = raised.detail().expect("a detail");
        assert!(
            detail.starts_with("Access was read last by run 1, 3 days")
                && detail.ends_with("max_age of the mirror is 2 days."),
            "{detail}"
        );
    }
    // A later run that looks for changes only has not read access.
    mirror.publish_as("changes", &readable());
    assert_eq!(
        mirror.error("SELECT audiences_of('ann')").code().code(),
        "55000"
    );
    mirror.scene.execute("UPDATE mirror SET max_age = '1 week'");
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
}

#[test]
fn a_mirror_that_an_older_version_has_filled_shows_what_it_showed() {
    let mut mirror = Mirror::of(&readable());
    mirror.scene.execute(
        "DELETE FROM account_principals; DELETE FROM view_holders; SELECT confluence.create_mirror('site', 'acme')",
    );
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
}

#[test]
fn who_leaves_a_group_or_comes_into_it_is_shown_accordingly() {
    let mut world = readable();
    world.grant(10, "group", "team", "read/space");
    world.group("team", &["eve"]);
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        shown(&mut mirror, "eve"),
        "NULL",
        "she has no access to the product"
    );
    world.group("users", &["ann", "bob", "eve"]);
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "eve"), "100 200 300");
    world.list(200, "read", "group", "team");
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "eve"), "100 200 300");
    assert_eq!(shown(&mut mirror, "ann"), "100");
    world.group("team", &["ann"]);
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "eve"), "100");
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    world.permissions.clear();
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "NULL");
}

#[test]
fn a_run_without_changes_writes_nothing() {
    let world = readable();
    let mut mirror = Mirror::of(&world);
    let state = "SELECT (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM audiences),
                        (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM content_audience),
                        (SELECT array_agg(xmin::text || ctid::text) FROM audiences_run),
                        (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM account_principals),
                        (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM view_holders)";
    let before = mirror.rows(state);
    mirror.publish(&world);
    assert_eq!(mirror.rows(state), before);
    assert_eq!(mirror.one("SELECT run_id FROM audiences_run"), "1");
}

#[test]
fn a_list_that_is_made_or_lifted_reaches_down_to_the_next_one_and_no_further() {
    let mut world = readable();
    world.content("page", 400, 10, Some(300));
    world.list(300, "read", "user", "ann");
    world.list(300, "read", "user", "bob");
    let mut mirror = Mirror::of(&world);
    let touched = |mirror: &mut Mirror| {
        mirror.one("SELECT string_agg(content_id::text, ' ' ORDER BY content_id) FROM content_audience WHERE xmin::text::bigint = (SELECT max(xmin::text::bigint) FROM content_audience)")
    };
    world.list(100, "read", "user", "ann");
    mirror.publish(&world);
    // What lies under the list of page 300 has the audience that it had; only the list itself has another one above it.
    assert_eq!(touched(&mut mirror), "100 200");
    assert_eq!(
        mirror.rows("SELECT content_id, above FROM view_restrictions ORDER BY 1"),
        ["100|NULL", "300|100"]
    );
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300 400");
    assert_eq!(shown(&mut mirror, "bob"), "NULL");
    world.lists.retain(|entry| entry.0 != 100);
    mirror.publish(&world);
    assert_eq!(touched(&mut mirror), "100 200");
    assert_eq!(
        mirror.rows("SELECT content_id, above FROM view_restrictions ORDER BY 1"),
        ["300|NULL"]
    );
    assert_eq!(shown(&mut mirror, "bob"), "100 200 300 400");
}

#[test]
fn what_is_moved_below_a_list_or_out_of_it_is_shown_accordingly() {
    let mut world = readable();
    world.content("page", 500, 10, None);
    world.list(500, "read", "user", "bob");
    let mut mirror = Mirror::of(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    world.content("page", 200, 10, Some(500));
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100");
    assert_eq!(shown(&mut mirror, "bob"), "100 200 300 500");
    world.content("page", 200, 10, Some(100));
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
}

#[test]
fn what_lies_below_a_page_that_is_gone_is_shown_to_nobody_until_it_is_back() {
    let mut world = readable();
    let mut mirror = Mirror::of(&world);
    world.contents.remove(&200);
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100");
    assert_eq!(
        mirror.rows("SELECT content_id, access, reason, run_from, run_to FROM content_gaps"),
        ["300|view|ancestor_not_listed|2|NULL"]
    );
    world.content("page", 200, 10, Some(100));
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    assert_eq!(
        mirror.rows("SELECT content_id, run_from, run_to FROM content_gaps"),
        ["300|2|3"]
    );
}

#[test]
fn a_group_that_is_seen_no_more_or_again_is_a_gap_of_the_lists_that_name_it() {
    let mut world = readable();
    world.group("team", &["ann"]);
    world.list(200, "read", "group", "team");
    let mut mirror = Mirror::of(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    world.groups.remove("team");
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100");
    assert_eq!(
        mirror.rows(
            "SELECT content_id, access, reason, group_id, run_from, run_to FROM content_gaps"
        ),
        ["200|view|group_unresolved|team|2|NULL"]
    );
    world.group("team", &["ann"]);
    mirror.publish(&world);
    assert_eq!(shown(&mut mirror, "ann"), "100 200 300");
    assert_eq!(mirror.rows("SELECT run_to FROM content_gaps"), ["3"]);
}

#[test]
fn audiences_without_contents_go() {
    let mut world = readable();
    world.list(200, "update", "user", "ann");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.rows("SELECT edit_restricted_by FROM audiences ORDER BY 1"),
        ["200", "NULL"]
    );
    world.lists.clear();
    mirror.publish(&world);
    assert_eq!(
        mirror.rows("SELECT edit_restricted_by FROM audiences"),
        ["NULL"]
    );
}
