//! One kind of grant, list or account at a time, with exactly the rows that it gives.

use super::mirror::Mirror;
use super::world::World;

/// The small world, in which the group `users` reads space 10.
fn readable() -> World {
    let mut world = World::small();
    world.grant(10, "group", "users", "read/space");
    world
}

#[test]
fn a_grant_to_an_account_and_one_to_a_group_are_a_row_each() {
    let mut world = readable();
    world.grant(10, "user", "ann", "read/space");
    world.grant(10, "user", "ann", "create/page");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|ann|allowed|user|NULL|NULL",
            "view|bob|allowed|group|users|NULL",
            "edit|ann|allowed|user|NULL|NULL",
        ]
    );
}

#[test]
fn a_permission_and_a_role_that_say_the_same_are_one_path_with_both_sources() {
    let mut world = readable();
    world.role_mode = "ROLES_TRANSITION";
    world.role("viewer", &["read/space"]);
    world.assign(10, "GROUP", "users", "viewer");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.rows(
            "SELECT account_id, role_name, operations, sources FROM content_access(100) WHERE account_id = 'ann'"
        ),
        ["ann|Role viewer|{read/space}|{permission,role:viewer}"]
    );
    assert_eq!(
        mirror
            .rows("SELECT principal_type, principal_id, operation_key, sources FROM space_grants"),
        ["group|users|read|{permission,role:viewer}"]
    );
}

#[test]
fn a_grant_that_is_listed_twice_is_there_once() {
    let mut world = readable();
    // The same grant, under another id and in another writing.
    world.grant(10, "GROUP", "users", "read/space");
    assert_eq!(
        Mirror::of(&world).rows("SELECT principal_type, principal_id, sources FROM space_grants"),
        ["group|users|{permission}"]
    );
}

#[test]
fn a_permission_of_a_role_belongs_to_whoever_has_the_role_in_that_space() {
    let mut world = World::small();
    world.role_mode = "ROLES";
    world.role("reader", &[]);
    world.grant(10, "role", "reader", "read/space");
    world.assign(10, "USER", "ann", "reader");
    world.spaces.insert(20);
    world.assign(20, "USER", "bob", "reader");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(100),
        ["view|ann|allowed|user|NULL|NULL"]
    );
    assert_eq!(
        mirror.rows("SELECT principal_type, principal_id, sources FROM space_grants"),
        ["user|ann|{role:reader}"]
    );
}

#[test]
fn licensed_users_are_the_members_of_the_groups_that_give_access_but_guests() {
    let mut world = World::small();
    world.account("guest", "atlassian", "active", true);
    world.account("robot", "app", "active", false);
    world.group("users", &["ann", "guest", "robot"]);
    world.group("chiefs", &["bob"]);
    world.product("site-admin", "chiefs");
    world.grant(10, "access-class", "ALL_LICENSED_USERS", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|class|all-licensed-users|NULL",
            "view|bob|allowed|class|all-licensed-users|NULL",
            "view|robot|allowed|class|all-licensed-users|NULL",
        ]
    );
}

#[test]
fn product_admins_are_the_members_of_the_groups_for_administrators() {
    let mut world = World::small();
    world.group("chiefs", &["bob"]);
    world.product("admin", "chiefs");
    world.grant(10, "access-class", "all-product-admins", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        ["view|bob|allowed|class|all-product-admins|NULL"]
    );
}

#[test]
fn whoever_is_signed_in_are_all_known_accounts_and_others() {
    let mut world = World::small();
    world.account("left", "atlassian", "inactive", false);
    world.account("guest", "atlassian", "active", true);
    world.account("client", "customer", "active", false);
    world.grant(10, "access-class", "AUTHENTICATED_USERS", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|class|authenticated-users|NULL",
            "view|bob|allowed|class|authenticated-users|NULL",
            "view|client|allowed|class|authenticated-users|NULL",
            "view|eve|allowed|class|authenticated-users|NULL",
            "view|guest|allowed|class|authenticated-users|NULL",
            "view|NULL|unknown|class|authenticated-users|class_open_ended",
        ]
    );
}

#[test]
fn a_space_that_is_open_to_everybody_is_open_to_whoever_is_signed_in() {
    let mut world = World::small();
    world.grant(10, "access-class", "anonymous-users", "read/space");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(100),
        [
            "view|ann|allowed|anonymous|anonymous-users|NULL",
            "view|bob|allowed|anonymous|anonymous-users|NULL",
            "view|eve|allowed|anonymous|anonymous-users|NULL",
            "view|NULL|unknown|anonymous|anonymous-users|class_open_ended",
        ]
    );
    // Whether the public gets in hangs on a switch that nobody can read: it is no row of each answer.
    assert_eq!(
        mirror.rows(
            "SELECT kind, space_key, occurrences FROM unknowns() WHERE reason = 'anonymous_switch'"
        ),
        ["standing|S10|1"]
    );
}

#[test]
fn a_service_desk_lets_in_people_whom_nobody_lists() {
    let mut world = World::small();
    world.account("client", "customer", "active", false);
    world.grant(10, "access-class", "jsm-project-admins", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        ["view|NULL|unknown|class|jsm-project-admins|jsm_class"]
    );
}

#[test]
fn who_views_by_a_service_desk_may_edit_by_another_grant() {
    let mut world = World::small();
    world.account("client", "customer", "active", false);
    world.grant(10, "access-class", "jsm-project-admins", "read/space");
    world.grant(10, "access-class", "anonymous-users", "create/page");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|NULL|unknown|class|jsm-project-admins|jsm_class",
            "edit|NULL|unknown|anonymous|anonymous-users|class_open_ended",
            "edit|NULL|unknown|class|jsm-project-admins|jsm_class",
        ]
    );
}

#[test]
fn a_guest_is_let_in_by_their_own_grants_and_never_administers() {
    let mut world = World::small();
    world.account("guest", "atlassian", "active", true);
    world.group("partners", &["guest"]);
    world.grant(10, "user", "guest", "read/space");
    world.grant(10, "group", "partners", "administer/space");
    world.grant(10, "group", "partners", "create/page");
    assert_eq!(
        Mirror::of(&world).space_access(10),
        [
            "view|guest|allowed|guest|NULL|NULL",
            "edit|guest|allowed|guest|partners|NULL"
        ]
    );
}

#[test]
fn an_app_is_let_in_by_its_grants_without_a_licence() {
    let mut world = World::small();
    world.account("robot", "app", "active", false);
    world.grant(10, "user", "robot", "read/space");
    assert_eq!(
        Mirror::of(&world)
            .rows("SELECT account_id, account_type, verdict FROM content_access(100)"),
        ["robot|app|allowed"]
    );
}

#[test]
fn whoever_is_deactivated_or_closed_is_kept_out_though_their_grants_stay() {
    let mut world = World::small();
    world.account("left", "atlassian", "inactive", false);
    world.account("gone", "atlassian", "closed", false);
    world.group("users", &["ann", "bob", "left", "gone"]);
    world.grant(10, "group", "users", "read/space");
    world.grant(10, "user", "left", "create/page");
    world.list(100, "read", "user", "left");
    let mut mirror = Mirror::of(&world);
    assert_eq!(mirror.content_access(100), Vec::<String>::new());
    assert_eq!(
        mirror.rows(
            "SELECT access, content_id, verdict, path_type, group_id, reason FROM person_access('left') ORDER BY content_id, access DESC"
        ),
        [
            "view|100|denied|user|NULL|account_inactive",
            "view|NULL|denied|group|users|account_inactive",
            "edit|NULL|denied|user|NULL|account_inactive",
        ]
    );
}

#[test]
fn of_an_account_that_the_site_does_not_tell_of_nothing_is_certain() {
    let mut world = readable();
    world.group("users", &["ann", "ghost"]);
    world.account("odd", "atlassian", "unknown", false);
    world.grant(10, "user", "odd", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|ghost|unknown|group|users|account_unknown",
            "view|odd|unknown|user|NULL|account_unknown",
        ]
    );
}

#[test]
fn who_has_no_access_to_the_product_is_kept_out_where_it_is_proved_who_has() {
    let mut world = World::small();
    world.grant(10, "user", "eve", "read/space");
    let mut mirror = Mirror::of(&world);
    assert_eq!(mirror.content_access(100), Vec::<String>::new());
    world.product_is_proved = false;
    mirror.publish(&world);
    assert_eq!(
        mirror.content_access(100),
        ["view|eve|unknown|user|NULL|product_unresolved"]
    );
}

#[test]
fn without_proof_of_who_is_licensed_a_class_of_them_may_hold_others() {
    let mut world = World::small();
    world.product_is_proved = false;
    world.grant(10, "access-class", "all-licensed-users", "read/space");
    assert_eq!(
        Mirror::of(&world).content_access(100),
        [
            "view|ann|allowed|class|all-licensed-users|NULL",
            "view|bob|allowed|class|all-licensed-users|NULL",
            "view|NULL|unknown|class|all-licensed-users|class_unresolved",
        ]
    );
}

#[test]
fn administrators_who_are_kept_out_could_change_that() {
    let mut world = readable();
    world.group("chiefs", &["eve"]);
    world.product("admin", "chiefs");
    world.grant(10, "user", "bob", "administer/space");
    world.list(100, "read", "user", "ann");
    assert_eq!(
        Mirror::of(&world).rows(
            "SELECT access, account_id, verdict, path_type, operations FROM content_access(100) ORDER BY access DESC, account_id"
        ),
        [
            "view|ann|allowed|group|{read/space}",
            "view|bob|potential|space_admin|{administer/space}",
            "view|eve|potential|product_admin|NULL",
            "edit|bob|potential|space_admin|{administer/space}",
            "edit|eve|potential|product_admin|NULL",
        ]
    );
}

#[test]
fn every_list_on_the_way_up_has_to_let_through_whether_by_name_or_by_group() {
    let mut world = readable();
    world.person("cat");
    world.group("users", &["ann", "bob", "cat"]);
    world.group("team", &["ann", "cat"]);
    world.content("folder", 200, 10, Some(100));
    world.content("page", 300, 10, Some(200));
    world.list(100, "read", "group", "team");
    world.list(100, "read", "user", "bob");
    world.list(300, "read", "user", "ann");
    world.list(300, "read", "user", "bob");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(200),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL",
            "view|cat|allowed|group|users|NULL",
        ]
    );
    assert_eq!(
        mirror.rows("SELECT account_id, layers FROM content_access(300) ORDER BY account_id"),
        [
            r#"ann|[{"by": ["group team"], "list": "view", "content_id": 100}, {"by": ["user"], "list": "view", "content_id": 300}]"#,
            r#"bob|[{"by": ["user"], "list": "view", "content_id": 100}, {"by": ["user"], "list": "view", "content_id": 300}]"#,
        ]
    );
}

#[test]
fn a_list_grants_nothing() {
    let mut world = World::small();
    world.list(100, "read", "user", "ann");
    world.list(100, "update", "user", "ann");
    assert_eq!(Mirror::of(&world).content_access(100), Vec::<String>::new());
}

#[test]
fn an_edit_list_is_not_handed_down_and_does_not_let_anybody_view() {
    let mut world = readable();
    world.grant(10, "group", "users", "create/page");
    world.content("page", 200, 10, Some(100));
    world.list(100, "update", "user", "ann");
    world.list(100, "read", "user", "bob");
    let mut mirror = Mirror::of(&world);
    // Ann is named in the edit list, and in no view list; Bob the other way round.
    assert_eq!(
        mirror.content_access(100),
        ["view|bob|allowed|group|users|NULL"]
    );
    assert_eq!(
        mirror.content_access(200),
        [
            "view|bob|allowed|group|users|NULL",
            "edit|bob|allowed|group|users|NULL"
        ]
    );
}

#[test]
fn every_kind_of_content_hands_its_view_list_down() {
    for kind in ["page", "folder", "whiteboard", "database", "embed"] {
        let mut world = readable();
        world.content(kind, 200, 10, Some(100));
        world.content("page", 300, 10, Some(200));
        world.list(200, "read", "user", "bob");
        assert_eq!(
            Mirror::of(&world).content_access(300),
            ["view|bob|allowed|group|users|NULL"],
            "below a {kind}"
        );
    }
}

#[test]
fn contents_are_edited_by_a_grant_on_their_kind_or_on_pages_and_posts_by_their_own() {
    let granted = [
        ("create/page", "page|folder|whiteboard|database|embed"),
        ("update/page", "page|folder|whiteboard|database|embed"),
        ("create/whiteboard", "whiteboard"),
        ("update/embed", "embed"),
        ("create/blogpost", "blogpost"),
        ("delete/page", ""),
        ("create/comment", ""),
    ];
    for (operation, kinds) in granted {
        let mut world = readable();
        world.grant(10, "user", "ann", operation);
        for (place, kind) in [
            "page",
            "folder",
            "whiteboard",
            "database",
            "embed",
            "blogpost",
        ]
        .into_iter()
        .enumerate()
        {
            world.content(kind, 200 + place as i64, 10, None);
        }
        let edited = Mirror::of(&world).rows(
            "SELECT content_type FROM contents_access_at('{200,201,202,203,204,205}', 1) WHERE access = 'edit' ORDER BY content_id",
        );
        assert_eq!(edited.join("|"), kinds, "by {operation}");
    }
}

#[test]
fn whoever_edits_must_view_by_whatever_path() {
    let mut world = World::small();
    world.grant(10, "user", "ann", "create/page");
    world.grant(10, "user", "bob", "create/page");
    world.grant(10, "access-class", "all-licensed-users", "administer/space");
    world.group("readers", &["bob"]);
    world.grant(10, "group", "readers", "read/space");
    let mut mirror = Mirror::of(&world);
    assert_eq!(
        mirror.content_access(100),
        [
            "view|bob|allowed|group|readers|NULL",
            "edit|bob|allowed|user|NULL|NULL"
        ]
    );
    assert_eq!(
        mirror.space_access(10),
        [
            "view|bob|allowed|group|readers|NULL",
            "edit|bob|allowed|user|NULL|NULL",
            "administer|ann|allowed|class|all-licensed-users|NULL",
            "administer|bob|allowed|class|all-licensed-users|NULL",
        ]
    );
}

#[test]
fn a_blog_post_has_lists_of_its_own_and_nothing_above_it() {
    let mut world = readable();
    world.content("blogpost", 200, 10, None);
    world.list(100, "read", "user", "ann");
    world.list(200, "read", "user", "bob");
    assert_eq!(
        Mirror::of(&world).content_access(200),
        ["view|bob|allowed|group|users|NULL"]
    );
}

#[test]
fn a_group_without_members_is_a_fact() {
    let mut world = World::small();
    world.group("nobody", &[]);
    world.grant(10, "group", "nobody", "read/space");
    world.list(100, "read", "group", "nobody");
    assert_eq!(Mirror::of(&world).content_access(100), Vec::<String>::new());
}

#[test]
fn access_stays_as_the_last_run_saw_it_that_read_all_of_it() {
    let mut world = readable();
    let mut mirror = Mirror::of(&world);
    // A run that looks for changes has read other accounts and pages, and neither lists nor grants.
    world.content("page", 200, 10, None);
    world.account("ann", "atlassian", "inactive", false);
    mirror.publish_as("changes", &world);
    let answered =
        "SELECT DISTINCT run_id, access_as_of = (SELECT published_at FROM runs WHERE id = 1) FROM";
    assert_eq!(
        mirror.rows(&format!("{answered} content_access(100)")),
        ["1|t"]
    );
    assert_eq!(
        mirror.content_access(100),
        [
            "view|ann|allowed|group|users|NULL",
            "view|bob|allowed|group|users|NULL"
        ]
    );
    assert_eq!(
        mirror.content_access(200),
        [
            "view|NULL|unknown|NULL|NULL|content_hidden",
            "edit|NULL|unknown|NULL|NULL|content_hidden"
        ]
    );
    mirror.publish_as("access", &world);
    assert_eq!(
        mirror.content_access(200),
        ["view|bob|allowed|group|users|NULL"]
    );
    let before = "(SELECT published_at FROM runs WHERE id = 2)";
    assert_eq!(
        mirror.rows(&format!(
            "SELECT account_id, run_id FROM content_access(100, {before}) ORDER BY 1"
        )),
        ["ann|1", "bob|1"],
        "the same question has the same answer for ever"
    );
}

#[test]
fn before_the_first_run_there_is_no_answer() {
    let mut mirror = Mirror::empty();
    for question in [
        "content_access(100)",
        "space_access(10)",
        "person_access('ann')",
        "explain_access(100, 'ann')",
        "unknowns()",
        "space_grants",
        "effective_space_access",
        "visible_content('ann')",
        "is_visible(100, 'ann')",
    ] {
        let raised = mirror.error(&format!("SELECT * FROM {question}"));
        assert_eq!(
            raised.message(),
            "the mirror has no complete run of mode full or access",
            "{question}"
        );
    }
}

#[test]
fn the_words_of_answers_are_those_that_are_explained() {
    let mut mirror = Mirror::empty();
    assert_eq!(
        mirror.rows("SELECT kind, word FROM words GROUP BY kind, word HAVING count(*) > 1"),
        Vec::<String>::new()
    );
    // Each word that a function or view of access writes is in the list.
    let unexplained = mirror.rows(
        "SELECT DISTINCT m.found[1]
         FROM pg_proc AS p
         CROSS JOIN LATERAL regexp_matches(pg_get_functiondef(p.oid), '''([a-z]+(?:_[a-z]+)+)''', 'g') AS m (found)
         WHERE p.pronamespace = 'acme'::regnamespace AND p.prokind = 'f'
           AND p.proname IN ('content_access', 'contents_access_at', 'space_access_at', 'effective_space_access_at', 'person_access_at',
                             'explain_access_at', 'list_entries_at', 'principal_accounts_at', 'space_gaps_at', 'unknowns_at',
                             'content_layers_at', 'publish_contents', 'publish_access')
           AND m.found[1] NOT IN (SELECT word FROM words)
           AND m.found[1] <> 'force_generic_plan'
         ORDER BY 1",
    );
    assert_eq!(
        unexplained,
        // No word of an answer.
        ["pg_temp"]
    );
}
