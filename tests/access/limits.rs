//! Trees that are deep, or that lead round in a circle: answered in full, and in time that grows with their size only.

use super::mirror::Mirror;
use super::world::World;

/// Levels of the deep tree.
const LEVELS: i64 = 10_000;

/// A mirror with a page on each level, the first one 1000. The page of the top level is restricted to Ann and Bob, one in the
/// middle to Bob; `every` adds a list that names both to each page.
fn deep(every: bool) -> Mirror {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    let mut mirror = Mirror::of(&world);
    let lists = if every { "true" } else { "false" };
    mirror.scene.execute(&format!(
        "SET statement_timeout = '120s';
         INSERT INTO runs (mode, status, started_at, finished_at, published_at, db_user, session_user_name, server, role_mode, product_version,
                           server_started_at)
         VALUES ('full', 'complete', now(), now(), clock_timestamp(), 'test', 'test', 'site', 'PRE_ROLES', 'test', now());
         INSERT INTO pages_history (id, space_id, title, status, parent_id, valid_from, run_from)
         SELECT 1000 + n, 10, 'Level ' || n, 'current', CASE WHEN n > 0 THEN 999 + n END, now(), 2 FROM generate_series(0, {LEVELS} - 1) AS n;
         INSERT INTO content_restrictions_history (content_id, operation, principal_type, principal_id, valid_from, run_from)
         SELECT e.content, 'read', 'user', e.who, now(), 2
         FROM (VALUES (1000, 'ann'), (1000, 'bob'), (6000, 'bob')) AS e (content, who)
         UNION
         SELECT 1000 + n, 'read', 'user', w.who, now(), 2 FROM generate_series(0, {LEVELS} - 1) AS n, (VALUES ('ann'), ('bob')) AS w (who)
         WHERE {lists} AND (n <> 5000 OR w.who = 'bob');
         SELECT publish_access(2)"
    ));
    mirror
}

#[test]
fn a_tree_of_ten_thousand_levels_is_looked_through_to_its_top() {
    let mut mirror = deep(false);
    let last = 1000 + LEVELS - 1;
    assert_eq!(
        mirror.rows(&format!(
            "SELECT account_id, jsonb_array_length(layers) FROM content_access({last}) ORDER BY 1"
        )),
        ["bob|2"]
    );
    assert_eq!(
        mirror.rows("SELECT account_id FROM content_access(5999) ORDER BY 1"),
        ["ann", "bob"]
    );
    for (who, shown) in [("ann", 5_001), ("bob", LEVELS + 1)] {
        assert_eq!(
            mirror.one(&format!("SELECT count(*) FROM visible_content('{who}')")),
            shown.to_string(),
            "page 100 among them"
        );
    }
}

#[test]
fn ten_thousand_lists_above_each_other_are_all_looked_at() {
    let mut mirror = deep(true);
    let last = 1000 + LEVELS - 1;
    assert_eq!(
        mirror.rows(&format!(
            "SELECT account_id, jsonb_array_length(layers) FROM content_access({last}) ORDER BY 1"
        )),
        [format!("bob|{LEVELS}")]
    );
    assert_eq!(
        mirror.rows(
            "SELECT verdict, count(*) FROM person_access('ann') WHERE content_id IS NOT NULL AND access = 'view' GROUP BY 1 ORDER BY 1"
        ),
        ["allowed|5000", "denied|4999"]
    );
    assert_eq!(
        mirror.rows(&format!(
            "SELECT count(*) FROM explain_access({last}, 'ann') WHERE level = 'parents' AND access = 'view' AND verdict = 'Denied'"
        )),
        ["1"]
    );
    assert_eq!(
        mirror.one("SELECT count(*) FROM visible_content('ann')"),
        "5001"
    );
}

#[test]
fn parents_that_lead_round_in_a_circle_are_a_gap() {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world.content("page", 200, 10, Some(202));
    world.content("page", 201, 10, Some(200));
    world.content("folder", 202, 10, Some(201));
    // Its own parent, and one below the circle.
    world.content("page", 210, 10, Some(210));
    world.content("page", 203, 10, Some(202));
    world.list(203, "read", "user", "ann");
    let mut mirror = Mirror::of(&world);
    for content in [200, 201, 202, 210] {
        assert_eq!(
            mirror.content_access(content),
            [
                "view|ann|unknown|group|users|parents_cycle",
                "view|bob|unknown|group|users|parents_cycle",
                "view|NULL|unknown|NULL|NULL|parents_cycle",
                "edit|NULL|unknown|NULL|NULL|parents_cycle",
            ]
        );
    }
    assert_eq!(
        mirror.content_access(203),
        [
            "view|ann|unknown|group|users|parents_cycle",
            "view|NULL|unknown|NULL|NULL|parents_cycle",
            "edit|NULL|unknown|NULL|NULL|parents_cycle",
        ]
    );
    assert_eq!(
        mirror.rows("SELECT content_id FROM visible_content('ann')"),
        ["100"]
    );
    // The circle is opened, and closed again.
    world.content("page", 200, 10, Some(100));
    mirror.publish(&world);
    assert_eq!(
        mirror.rows("SELECT content_id FROM visible_content('ann') ORDER BY 1"),
        ["100", "200", "201", "202", "203"]
    );
    world.content("page", 200, 10, Some(202));
    mirror.publish(&world);
    assert_eq!(
        mirror.rows("SELECT content_id FROM visible_content('ann')"),
        ["100"]
    );
}
