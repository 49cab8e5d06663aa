//! What is not known: a row that says so, and nobody invented or left out.

use super::mirror::Mirror;
use super::world::World;

fn readable() -> World {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world
}

#[test]
fn a_group_that_is_not_listed_may_hold_anybody() {
    let mut world = readable();
    world.grant(10, "group", "lost", "read/space");
    world.grant(10, "group", "lost", "administer/space");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.space_access(10),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL",
            "view|NULL|unknown|group|lost|group_unresolved",
            "administer|NULL|unknown|group|lost|group_unresolved",
        ]
    );
    assert_eq!(
        mirror.rows("SELECT bound, detail FROM content_access(100) WHERE account_id IS NULL"),
        ["lower|granted in the space to group lost"]
    );
    assert_eq!(
        mirror
            .rows("SELECT kind, reason, space_key, occurrences FROM unknowns() WHERE kind = 'gap'"),
        ["gap|group_unresolved|S10|1"]
    );
}

#[test]
fn an_entry_of_a_list_that_nobody_resolves_may_hold_anybody_too() {
    let mut world = readable();
    world.content("page", 200, 10, Some(100));
    world.list(100, "read", "group", "lost");
    world.list(100, "read", "user", "ann");
    assert_eq!(
        Mirror::of(&world).content_access(200),
        [
            "view|ann|allowed|group|users|NULL",
            "view|NULL|unknown|group|lost|group_unresolved",
            "edit|NULL|unknown|group|lost|group_unresolved",
        ]
    );
}

#[test]
fn names_that_the_site_withholds_may_be_anybodys() {
    let mut world = readable();
    world.grant(10, "group", "users", "update/page");
    world.list(100, "update", "unknown", "unknown");
    world.list(100, "update", "user", "bob");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL",
            "edit|bob|allowed|group|users|NULL",
            "edit|NULL|unknown|NULL|NULL|subjects_hidden",
        ]
    );
}

#[test]
fn under_lists_that_are_not_shown_whoever_passes_the_rest_is_unknown() {
    let mut world = readable();
    world.content("page", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world.hide_lists(200);
    world.list(300, "read", "user", "bob");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.rows(
            "SELECT access, account_id, verdict, bound, reason, detail FROM content_access(300) ORDER BY access DESC, account_id"
        ),
        [
            "view|bob|unknown|upper|content_hidden|content 200",
            "view|NULL|unknown|upper|content_hidden|content 200",
            "edit|NULL|unknown|upper|content_hidden|content 200",
        ]
    );
    assert_eq!(
        mirror.rows(
            "SELECT reason, space_key, occurrences, detail FROM unknowns() WHERE kind = 'gap'"
        ),
        ["content_hidden|S10|1|content 200"],
        "counted once, where it is"
    );
}

#[test]
fn below_a_parent_that_is_not_listed_whoever_passes_the_rest_is_unknown() {
    let mut world = readable();
    world.content("page", 200, 10, Some(150));
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT access, account_id, verdict, bound, reason, detail FROM content_access(200) ORDER BY access DESC, account_id"
        ),
        [
            "view|ann|unknown|upper|ancestor_not_listed|content 200",
            "view|bob|unknown|upper|ancestor_not_listed|content 200",
            "view|NULL|unknown|upper|ancestor_not_listed|above content 200",
            "edit|NULL|unknown|upper|ancestor_not_listed|above content 200",
        ]
    );
}

#[test]
fn a_content_that_is_not_listed_any_more_or_never_was_has_a_row_that_says_so() {
    let mut world = readable();
    for (content, reason) in [(201, "trashed"), (202, "gone_or_hidden"), (203, "purged")] {
        world.content("page", content, 10, None);
        world.gone.insert(content, reason);
    }
    let mut mirror = Mirror::of(&world);
    world.contents.retain(|id, _| *id < 200);
    mirror.publish(&world);
    let asked = |mirror: &mut Mirror, content: i64| {
        mirror.rows(&format!(
            "SELECT account_id, title, verdict, bound, reason, detail FROM content_access({content}) WHERE access = 'view'"
        ))
    };
    assert_eq!(
        asked(&mut mirror, 201),
        ["NULL|page 201|unknown|none|trashed|no more listed since run 2"]
    );
    assert_eq!(
        asked(&mut mirror, 202),
        ["NULL|page 202|unknown|none|gone_or_hidden|no more listed since run 2"]
    );
    assert_eq!(
        asked(&mut mirror, 203),
        ["NULL|page 203|denied|exact|purged|no more listed since run 2"]
    );
    assert_eq!(
        asked(&mut mirror, 999),
        ["NULL|NULL|unknown|none|content_hidden|not listed"]
    );
    let first = "(SELECT published_at FROM runs WHERE id = 1)";
    assert_eq!(
        mirror.rows(&format!("SELECT account_id FROM content_access(201, {first}) WHERE verdict = 'allowed' ORDER BY 1")),
        ["ann", "bob"],
        "the first run saw it"
    );
    assert_eq!(
        mirror.rows("SELECT reason, occurrences FROM unknowns() WHERE kind = 'gap' ORDER BY 1"),
        ["gone_or_hidden|1", "trashed|1"]
    );
}

#[test]
fn a_page_below_one_in_the_trash_has_a_way_up_that_is_not_known() {
    let mut world = readable();
    world.content("page", 200, 10, Some(100));
    let mut mirror = Mirror::of(&world);
    world.end(100, "trashed");
    mirror.publish(&world);
    assert_eq!(
        mirror.rows("SELECT DISTINCT verdict, reason FROM content_access(200)"),
        ["unknown|ancestor_not_listed"]
    );
}

#[test]
fn of_a_space_that_is_not_listed_nothing_is_known() {
    let mut world = readable();
    world.content("page", 200, 77, None);
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(200),
        [
            "view|NULL|unknown|NULL|NULL|space_hidden",
            "edit|NULL|unknown|NULL|NULL|space_hidden"
        ]
    );
    assert_eq!(
        mirror.space_access(77),
        [
            "view|NULL|unknown|NULL|NULL|space_hidden",
            "edit|NULL|unknown|NULL|NULL|space_hidden",
            "administer|NULL|unknown|NULL|NULL|space_hidden",
        ]
    );
}

#[test]
fn a_role_that_is_not_listed_may_allow_anything() {
    let mut world = readable();
    world.role_mode = "ROLES";
    world.assign(10, "USER", "eve", "strange");
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT access, verdict, bound, reason, role_name, detail FROM space_access(10) WHERE account_id IS NULL ORDER BY access DESC"
        ),
        [
            "view|unknown|lower|role_unresolved|strange|user eve has the role strange",
            "edit|unknown|lower|role_unresolved|strange|user eve has the role strange",
            "administer|unknown|lower|role_unresolved|strange|user eve has the role strange",
        ]
    );
}

#[test]
fn a_kind_of_principal_or_a_class_that_nobody_knows_may_be_anybody() {
    let mut world = readable();
    world.grant(10, "team", "t1", "read/space");
    world.grant(10, "access-class", "ALL_NEW_USERS", "read/space");
    assert_eq!(
        Mirror::of(&world).rows("SELECT reason, access_class, detail FROM space_access(10) WHERE account_id IS NULL ORDER BY 1"),
        [
            "class_unresolved|all-new-users|granted in the space to access-class all-new-users",
            "principal_unknown|NULL|granted in the space to team t1",
        ]
    );
}

#[test]
fn what_a_run_could_not_read_is_not_known_whatever_older_rows_say() {
    let mut world = readable();
    world.list(100, "read", "user", "ann");
    world.content("page", 200, 10, None);
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(100),
        ["view|ann|allowed|group|users|NULL"]
    );

    world.unread.insert("content_restrictions");
    mirror.publish(&world);
    assert_eq!(
        mirror.content_access(100),
        [
            "view|ann|unknown|group|users|not_read",
            "view|bob|unknown|group|users|not_read",
            "view|NULL|unknown|NULL|NULL|not_read",
            "edit|NULL|unknown|NULL|NULL|not_read",
        ]
    );
    assert_eq!(
        mirror.rows("SELECT * FROM visible_content('ann')"),
        Vec::<String>::new()
    );

    world.unread = ["group_members"].into();
    mirror.publish(&world);
    assert_eq!(
        mirror.content_access(200),
        ["view|NULL|unknown|group|users|group_unresolved"]
    );

    world.unread = ["users"].into();
    mirror.publish(&world);
    assert_eq!(
        mirror.content_access(200),
        [
            "view|ann|unknown|group|users|account_unknown",
            "view|bob|unknown|group|users|account_unknown",
        ]
    );
    assert_eq!(
        mirror.rows("SELECT reason, detail FROM unknowns() WHERE reason = 'not_read'"),
        ["not_read|users was not read whole by run 4: scope"]
    );
}

#[test]
fn what_lies_below_a_kind_that_was_not_read_is_not_known() {
    let mut world = readable();
    world.content("folder", 200, 10, None);
    world.content("page", 300, 10, Some(200));
    world.list(100, "read", "user", "ann");
    let mut mirror = Mirror::of(&world);
    let of_bob = ["view|bob|allowed|group|users|NULL"];
    assert_eq!(mirror.content_access(300)[1..], of_bob);

    // The folder may have been moved below the restricted page since.
    world.unread.insert("folders");
    let run = mirror.publish(&world);
    assert_eq!(
        mirror.content_access(300),
        [
            "view|ann|unknown|group|users|not_read",
            "view|bob|unknown|group|users|not_read",
            "view|NULL|unknown|NULL|NULL|not_read",
            "edit|NULL|unknown|NULL|NULL|not_read",
        ]
    );
    assert_eq!(
        mirror.content_access(100),
        ["view|ann|allowed|group|users|NULL"],
        "nothing that was not read is above it"
    );
    assert_eq!(
        mirror.rows("SELECT space_id, occurrences, detail FROM unknowns() WHERE reason = 'not_read' ORDER BY 1"),
        [
            "10|1|content 200".to_owned(),
            format!("NULL|1|folders was not read whole by run {run}: scope"),
        ]
    );
    let visible = "SELECT content_id FROM visible_content('bob') ORDER BY 1";
    assert_eq!(mirror.rows(visible), Vec::<String>::new());

    world.unread.clear();
    mirror.publish(&world);
    assert_eq!(mirror.content_access(300)[1..], of_bob);
    assert_eq!(mirror.rows(visible), ["200", "300"]);
}

#[test]
fn roles_that_were_not_read_may_let_in_others() {
    let mut world = readable();
    world.role_mode = "ROLES";
    world.role("viewer", &["read/space"]);
    world.assign(10, "USER", "eve", "viewer");
    world.unread.insert("space_role_assignments");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL",
            "view|NULL|unknown|NULL|NULL|not_read",
            "edit|NULL|unknown|NULL|NULL|not_read",
        ]
    );
}

#[test]
fn a_step_that_a_run_left_out_counts_as_the_run_before_left_it() {
    let world = readable();
    let mut mirror = Mirror::of(&world);
    mirror.publish_as("access", &world);
    mirror
        .scene
        .execute("DELETE FROM run_steps WHERE run_id = 2");
    assert_eq!(
        mirror.content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL"
        ]
    );
}

#[test]
fn members_of_groups_that_were_not_read_are_proved_by_nothing() {
    let mut world = readable();
    world.grant(10, "user", "ann", "administer/space");
    world.unread.insert("groups");
    assert_eq!(
        Mirror::of(&world).space_access(10),
        [
            "view|NULL|unknown|group|users|group_unresolved",
            "administer|ann|unknown|user|NULL|product_unresolved",
        ]
    );
}

#[test]
fn members_that_were_read_after_the_proof_are_not_proved_by_it() {
    let mut world = readable();
    world.grant(10, "user", "eve", "read/space");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.one("SELECT product_is_proved FROM access_facts_at(1)"),
        "t"
    );
    mirror.publish(&world);
    mirror
        .scene
        .execute("DELETE FROM run_steps WHERE run_id = 2 AND step = 'product_access'");
    assert_eq!(
        mirror.one("SELECT product_is_proved FROM access_facts_at(2)"),
        "f"
    );
}
