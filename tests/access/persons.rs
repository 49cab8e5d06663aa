//! What one person reaches, and why, level by level.

use super::mirror::Mirror;
use super::world::World;

fn readable() -> World {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world
}

const ROWS: &str = "SELECT space_key, content_id, access, verdict, path_type, group_id, reason
                    FROM person_access('ann') ORDER BY content_id, access DESC, verdict, path_type, group_id, reason";

#[test]
fn a_person_reaches_spaces_and_the_restricted_contents_that_name_them() {
    let mut world = readable();
    world.group("team", &["ann"]);
    world.grant(10, "user", "ann", "create/page");
    world.content("page", 200, 10, None);
    world.content("page", 300, 10, Some(200));
    world.content("page", 400, 10, None);
    world.list(100, "read", "user", "ann");
    // Named below a list that does not name them.
    world.list(200, "read", "user", "bob");
    world.list(300, "read", "group", "team");
    world.list(400, "update", "group", "team");
    assert_eq!(
        Mirror::of(&world).rows(ROWS),
        [
            "S10|100|view|allowed|user|NULL|NULL",
            "S10|100|edit|allowed|user|NULL|NULL",
            "S10|300|view|denied|group|team|denied_by_restriction",
            "S10|400|edit|allowed|group|team|NULL",
            "S10|NULL|view|allowed|group|users|NULL",
            "S10|NULL|edit|allowed|user|NULL|NULL",
        ]
    );
}

#[test]
fn a_person_who_is_named_where_nothing_is_granted_is_kept_out() {
    let mut world = World::small();
    world.list(100, "read", "user", "ann");
    assert_eq!(
        Mirror::of(&world).rows(ROWS),
        ["S10|100|view|denied|user|NULL|denied_by_space"]
    );
}

#[test]
fn a_person_may_be_behind_what_nobody_resolves() {
    let mut world = readable();
    world.spaces.insert(20);
    world.grant(20, "group", "lost", "read/space");
    // Ann is named in the lower list, and perhaps behind an entry of the upper one.
    world.content("page", 200, 10, Some(100));
    world.list(100, "read", "group", "lost");
    world.list(200, "read", "user", "ann");
    assert_eq!(
        Mirror::of(&world).rows(ROWS),
        [
            "S10|200|view|unknown|user|NULL|group_unresolved",
            "S10|NULL|view|allowed|group|users|NULL",
            "S20|NULL|view|unknown|group|lost|group_unresolved",
            "S10|NULL|view|unknown|NULL|lost|group_unresolved",
        ]
    );
}

#[test]
fn contents_of_which_nothing_is_known_are_counted_by_space() {
    let mut world = readable();
    for content in [200, 201, 202] {
        world.content("page", content, 10, None);
        world.hide_lists(content);
    }
    world.content("page", 300, 10, Some(999));
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT space_key, verdict, bound, reason, detail FROM person_access('ann') WHERE verdict = 'unknown' ORDER BY reason"
        ),
        [
            "S10|unknown|upper|ancestor_not_listed|1 contents, such as 300",
            "S10|unknown|upper|content_hidden|3 contents, such as 200",
        ]
    );
}

#[test]
fn a_product_admin_could_reach_everything() {
    let mut world = World::small();
    world.group("chiefs", &["ann"]);
    world.product("site-admin", "chiefs");
    assert_eq!(
        Mirror::of(&world)
            .rows("SELECT access, verdict, path_type, detail FROM person_access('ann')"),
        ["administer|potential|product_admin|every space"]
    );
}

#[test]
fn of_an_account_that_nothing_names_nothing_is_known() {
    assert_eq!(
        Mirror::of(&readable())
            .rows("SELECT account_id, verdict, bound, reason, detail FROM person_access('nobody')"),
        ["nobody|unknown|none|account_unknown|not listed, and named nowhere"]
    );
}

const LEVELS: &str = "SELECT access, level, verdict, content_id, by, reason FROM explain_access(300, 'ann') ORDER BY ordinal";

#[test]
fn an_explanation_goes_through_the_levels_that_confluence_itself_shows() {
    let mut world = readable();
    world.group("team", &["ann"]);
    world.content("page", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world.list(100, "read", "group", "team");
    world.list(300, "update", "user", "bob");
    world.grant(10, "user", "ann", "create/page");
    assert_eq!(
        Mirror::of(&world).rows(LEVELS),
        [
            "view|product|Allowed|NULL|{\"group users\"}|NULL",
            "view|space|Allowed|NULL|{\"group users\"}|NULL",
            "view|parents|Allowed|100|{\"group team\"}|NULL",
            "view|content|Inherited|300|NULL|NULL",
            "view|result|allowed|300|NULL|NULL",
            "edit|product|Allowed|NULL|{\"group users\"}|NULL",
            "edit|space|Allowed|NULL|{user}|NULL",
            "edit|parents|Irrelevant|NULL|NULL|NULL",
            "edit|content|Denied|300|NULL|denied_by_restriction",
            "edit|result|denied|300|NULL|NULL",
        ]
    );
}

#[test]
fn an_explanation_says_what_is_not_known_and_who_could_change_it() {
    let mut world = readable();
    world.content("page", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world.hide_lists(200);
    world.list(300, "read", "group", "lost");
    world.grant(10, "user", "ann", "administer/space");
    assert_eq!(
        Mirror::of(&world).rows(LEVELS),
        [
            "view|product|Allowed|NULL|{\"group users\"}|NULL",
            "view|space|Allowed|NULL|{\"group users\"}|NULL",
            "view|parents|Unknown|200|NULL|content_hidden",
            "view|content|Unknown|300|NULL|group_unresolved",
            "view|result|unknown|300|NULL|NULL",
            "view|result|potential|300|{space_admin}|NULL",
            "edit|product|Allowed|NULL|{\"group users\"}|NULL",
            "edit|space|Denied|NULL|NULL|denied_by_space",
            "edit|parents|Irrelevant|NULL|NULL|NULL",
            "edit|content|Inherited|300|NULL|NULL",
            "edit|result|denied|300|NULL|NULL",
            "edit|result|potential|300|{space_admin}|NULL",
        ]
    );
}

#[test]
fn whoever_comes_by_an_open_class_needs_no_access_to_the_product() {
    let mut world = World::small();
    world.content("page", 300, 10, None);
    world.grant(10, "access-class", "authenticated-users", "read/space");
    let levels = LEVELS.replace("'ann'", "'eve'");
    assert_eq!(
        Mirror::of(&world).rows(&format!(
            "SELECT * FROM ({levels}) AS l WHERE l.access = 'view'"
        )),
        [
            "view|product|Irrelevant|NULL|NULL|NULL",
            "view|space|Allowed|NULL|{\"class authenticated-users\"}|NULL",
            "view|parents|Inherited|NULL|NULL|NULL",
            "view|content|Inherited|300|NULL|NULL",
            "view|result|allowed|300|NULL|NULL",
        ]
    );
}

#[test]
fn who_has_no_access_to_the_product_may_come_by_an_open_class_that_was_not_read() {
    let mut world = World::small();
    world.role_mode = "ROLES";
    world.unread.insert("space_role_assignments");
    world.content("page", 300, 10, None);
    let levels = LEVELS.replace("'ann'", "'eve'");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.rows(&format!(
            "SELECT * FROM ({levels}) AS l WHERE l.access = 'view'"
        )),
        [
            "view|product|Unknown|NULL|NULL|not_read",
            "view|space|Unknown|NULL|NULL|not_read",
            "view|parents|Inherited|NULL|NULL|NULL",
            "view|content|Inherited|300|NULL|NULL",
            "view|result|unknown|300|NULL|NULL",
        ]
    );
    assert_eq!(
        mirror
            .rows("SELECT access, verdict, reason FROM person_access('eve') ORDER BY access DESC"),
        [
            "view|unknown|not_read",
            "edit|unknown|not_read",
            "administer|unknown|not_read"
        ]
    );
}

#[test]
fn the_levels_have_the_words_that_are_explained() {
    let mut mirror = Mirror::of(&readable());
    assert_eq!(
        mirror.rows("SELECT word FROM words WHERE kind = 'level_verdict' ORDER BY 1"),
        ["Allowed", "Denied", "Inherited", "Irrelevant", "Unknown"]
    );
    assert_eq!(
        mirror.rows(
            "SELECT level, verdict FROM explain_access(100, 'ann') WHERE level NOT IN (SELECT word FROM words WHERE kind = 'level')
                OR verdict NOT IN (SELECT word FROM words WHERE kind IN ('level_verdict', 'verdict'))"
        ),
        Vec::<String>::new()
    );
}
