//! Searches that show nobody more than they may see, and what keeps them so from run to run.

use super::mirror::Mirror;
use super::world::World;

fn readable() -> World {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world.content("page", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world
}

fn shown(mirror: &mut Mirror, account: &str) -> String {
    mirror.one(&format!("SELECT string_agg(content_id::text, ' ' ORDER BY content_id) FROM visible_content('{account}')"))
}

#[test]
fn a_search_is_filtered_by_audience() {
    let mut world = readable();
    world.list(200, "read", "user", "ann");
    let mut mirror = Mirror::of(&world);
    let search = |account: &str| {
        format!(
            "SELECT p.id FROM pages AS p
             WHERE to_tsvector('simple', p.title) @@ to_tsquery('simple', 'page')
               AND p.id IN (SELECT k.content_id FROM content_audience AS k WHERE k.audience_id IN (SELECT audiences_of('{account}')))
             ORDER BY 1"
        )
    };
    assert_eq!(mirror.rows(&search("ann")), ["100", "200", "300"]);
    assert_eq!(mirror.rows(&search("bob")), ["100"]);
    assert_eq!(mirror.rows(&search("eve")), Vec::<String>::new());
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
fn a_mirror_that_is_too_old_shows_nothing_and_says_so() {
    let mut mirror = Mirror::of(&readable());
    mirror
        .scene
        .execute("UPDATE runs SET published_at = published_at - interval '3 days'");
    for question in [
        "SELECT audiences_of('ann')",
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
fn a_run_without_changes_writes_nothing() {
    let world = readable();
    let mut mirror = Mirror::of(&world);
    let state = "SELECT (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM audiences),
                        (SELECT array_agg(xmin::text || ctid::text ORDER BY ctid) FROM content_audience),
                        (SELECT array_agg(xmin::text || ctid::text) FROM audiences_run)";
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
