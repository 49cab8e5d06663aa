//! Who reaches which space, for joins and counts over many.

use super::mirror::Mirror;
use super::world::World;

#[test]
fn effective_access_has_one_row_for_each_space_account_and_access_with_all_paths() {
    let mut world = World::small();
    world.account("guest", "atlassian", "active", true);
    world.group("team", &["ann", "guest"]);
    world.grant(10, "group", "users", "read/space");
    world.grant(10, "group", "team", "read/space");
    world.grant(10, "user", "ann", "read/space");
    world.grant(10, "access-class", "all-licensed-users", "create/page");
    world.grant(10, "group", "team", "administer/space");
    world.grant(10, "group", "lost", "read/space");
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT space_key, account_id, access, verdict, admin_kind, paths, reasons FROM effective_space_access
             ORDER BY account_id, access DESC"
        ),
        [
            "S10|ann|view|allowed|NULL|{\"group team\",\"group users\",user}|NULL",
            "S10|ann|edit|allowed|NULL|{\"class all-licensed-users\"}|NULL",
            "S10|ann|administer|allowed|full|{\"group team\"}|NULL",
            "S10|bob|view|allowed|NULL|{\"group users\"}|NULL",
            "S10|bob|edit|allowed|NULL|{\"class all-licensed-users\"}|NULL",
            "S10|guest|view|allowed|NULL|{\"guest team\"}|NULL",
            "S10|NULL|view|unknown|NULL|NULL|{group_unresolved}",
            "S10|NULL|edit|unknown|NULL|NULL|{group_unresolved}",
        ]
    );
}

#[test]
fn administrators_without_access_are_potential() {
    let mut world = World::small();
    world.group("chiefs", &["eve"]);
    world.product("admin", "chiefs");
    world.grant(10, "user", "bob", "manage_users/space");
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT account_id, access, verdict, admin_kind, paths FROM effective_space_access ORDER BY account_id, access DESC"
        ),
        [
            "bob|view|potential|NULL|{space_admin}",
            "bob|edit|potential|NULL|{space_admin}",
            "bob|administer|allowed|access|{user}",
            "eve|view|potential|NULL|{product_admin}",
            "eve|edit|potential|NULL|{product_admin}",
            "eve|administer|potential|NULL|{product_admin}",
        ]
    );
}

#[test]
fn to_administer_is_more_than_one_right() {
    let kinds = [
        ("administer/space", "full"),
        ("manage_users/space", "access"),
        ("manage_guest_users/space", "access"),
        ("manage_content/space", "content"),
        ("manage_templates/space", "features"),
        ("archive_space/space", "features"),
    ];
    for (operation, kind) in kinds {
        let mut world = World::small();
        world.grant(10, "user", "ann", operation);
        assert_eq!(
            Mirror::of(&world).rows("SELECT access, admin_kind, operations FROM space_access(10) WHERE verdict = 'allowed'"),
            [format!("administer|{kind}|{{{operation}}}")]
        );
    }
}

#[test]
fn the_widest_right_to_administer_counts_and_all_are_named() {
    let mut world = World::small();
    world.grant(10, "user", "ann", "manage_templates/space");
    world.grant(10, "user", "ann", "administer/space");
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT admin_kind, operations FROM space_access(10) WHERE access = 'administer'"
        ),
        ["full|{administer/space,manage_templates/space}"]
    );
}

#[test]
fn an_e_mail_address_that_was_loaded_comes_before_the_one_that_the_site_shows() {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    let mut mirror = Mirror::of(&world);
    mirror.scene.execute(
        "UPDATE users_history SET email = account_id || '@site';
         INSERT INTO emails_history (account_id, email, valid_from, run_from) VALUES ('ann', 'ann@example.com', now(), 1)",
    );
    assert_eq!(
        mirror.rows(
            "SELECT account_id, email, name FROM space_access(10) WHERE access = 'view' ORDER BY 1"
        ),
        ["ann|ann@example.com|The ann", "bob|bob@site|The bob"]
    );
}

#[test]
fn every_kind_of_row_says_which_run_it_is_from() {
    let mut world = World::small();
    world.grant(10, "group", "lost", "read/space");
    let mut mirror = Mirror::of(&world);
    for question in [
        "content_access(100)",
        "content_access(5)",
        "space_access(10)",
        "space_access(5)",
        "person_access('ann')",
        "unknowns()",
    ] {
        assert_eq!(
            mirror.rows(&format!(
                "SELECT DISTINCT run_id, access_as_of IS NOT NULL FROM {question}"
            )),
            ["1|t"],
            "{question}"
        );
    }
}
