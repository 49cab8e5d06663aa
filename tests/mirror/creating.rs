//! Making a mirror: whose it is, what is in it, and who may see it.

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Reply};

use super::{histories, mirrored, refresh};
use crate::scene::Scene;

#[test]
fn making_a_mirror_asks_for_nothing_and_says_what_it_made() {
    let mut scene = Scene::of(confluence_sim::Options::of(crate::scene::small_site()), "");
    let made = lines(
        &mut scene.client,
        "SELECT kind, object FROM confluence.create_mirror('site', 'acme') WHERE object IN ('pages', 'run_at(timestamp with time zone)')",
    );
    assert_eq!(
        made,
        ["function|run_at(timestamp with time zone)", "view|pages"]
    );
    assert!(scene.sim.log().is_empty());
}

#[test]
fn every_object_and_every_column_has_a_comment() {
    let mut scene = mirrored();
    let without = lines(
        &mut scene.client,
        "SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind IN ('r', 'v') AND obj_description(c.oid, 'pg_class') IS NULL
       UNION ALL
         SELECT p.proname FROM pg_proc p
         WHERE p.pronamespace = 'acme'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
       UNION ALL
         SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relnamespace = 'acme'::regnamespace AND c.relname LIKE '%\\_history' AND c.relkind = 'r'
           AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL",
    );
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn public_may_see_nothing_of_it() {
    let mut scene = mirrored();
    let open = lines(
        &mut scene.client,
        "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'acme'::regnamespace AND a.grantee = 0
       UNION ALL
         SELECT p.proname FROM pg_proc p
         WHERE p.pronamespace = 'acme'::regnamespace
           AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))",
    );
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn nothing_in_it_needs_anything_but_itself() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let before = lines(&mut scene.client, "SELECT id FROM acme.pages ORDER BY id");
    assert_eq!(before.len(), scene.page_ids().len());
    scene.execute("DROP EXTENSION confluence_fdw CASCADE");
    let after = lines(
        &mut scene.client,
        "SELECT id FROM acme.pages_as_of() ORDER BY id",
    );
    assert_eq!(after, before);
}

#[test]
fn calling_it_again_changes_nothing_that_was_read_and_keeps_rights() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let auditor = scene.database.role("other");
    scene.execute(&format!("GRANT SELECT ON acme.pages TO {auditor}"));
    let before = lines(
        &mut scene.client,
        "SELECT * FROM acme.pages_history ORDER BY id",
    );
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    let after = lines(
        &mut scene.client,
        "SELECT * FROM acme.pages_history ORDER BY id",
    );
    assert_eq!(after, before);
    let may = format!("SELECT has_table_privilege('{auditor}', 'acme.pages', 'SELECT')");
    assert_eq!(one(&mut scene.client, &may), "t");
}

#[test]
fn a_new_column_is_filled_without_making_history() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    // The mirror as a version made it that did not know the column yet.
    scene.execute(
        "DROP VIEW acme.spaces CASCADE; DROP FUNCTION acme.spaces_as_of;
         ALTER TABLE acme.spaces_history DROP COLUMN owner_id CASCADE; ALTER TABLE acme.spaces_staging DROP COLUMN owner_id;
         DELETE FROM acme.mirror_objects WHERE identity IN ('spaces', 'spaces_as_of(timestamp with time zone)')",
    );
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    refresh(&mut scene, "full");
    let states = lines(
        &mut scene.client,
        "SELECT count(*), count(owner_id) > 0, count(run_to) FROM acme.spaces_history",
    );
    let spaces = one(&mut scene.client, "SELECT count(*) FROM confluence_spaces");
    assert_eq!(states, [format!("{spaces}|t|0")]);
}

#[test]
fn a_new_column_is_filled_in_the_rows_that_are_read_until_all_were() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    // The mirror as a version made it that did not know the column yet.
    scene.execute(
        "ALTER TABLE acme.pages_history DROP COLUMN owner_id CASCADE; ALTER TABLE acme.pages_staging DROP COLUMN owner_id CASCADE",
    );
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    let page = scene.page_ids()[0];
    scene
        .sim
        .edit(|site| site.modify_page(page).expect("a page"));
    for (mode, run) in [("changes", 2), ("full", 3), ("full", 4)] {
        refresh(&mut scene, mode);
        assert_eq!(
            lines(
                &mut scene.client,
                "SELECT id, run_to FROM acme.pages_history WHERE run_to IS NOT NULL"
            ),
            [format!("{page}|2")],
            "run {run}"
        );
    }
    let of = |table: &str| format!("SELECT id, owner_id FROM {table} ORDER BY id");
    let kept = lines(&mut scene.client, &of("acme.pages"));
    assert_eq!(kept, lines(&mut scene.client, &of("confluence_pages")));
    assert!(kept.iter().any(|row| !row.ends_with("NULL")));
}

#[test]
fn what_a_failed_run_has_read_without_a_new_column_is_read_again() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let last = Fault::on("/wiki/rest/api/audit").times(1);
    scene.sim.fault(last, Reply::status(400));
    error(&mut scene.client, "CALL confluence.refresh('acme')");
    scene.execute(
        "ALTER TABLE acme.pages_history DROP COLUMN owner_id CASCADE; ALTER TABLE acme.pages_staging DROP COLUMN owner_id CASCADE;
         SELECT confluence.create_mirror('site', 'acme')",
    );
    for _ in 0..2 {
        refresh(&mut scene, "full");
        let states = "SELECT count(owner_id) > 0, count(run_to) FROM acme.pages_history";
        assert_eq!(one(&mut scene.client, states), "t|0");
    }
    let runs = "SELECT status, resumes_run FROM acme.runs ORDER BY id";
    assert_eq!(
        lines(&mut scene.client, runs),
        [
            "complete|NULL",
            "failed|NULL",
            "complete|NULL",
            "complete|NULL"
        ]
    );
}

#[test]
fn what_somebody_has_built_on_it_is_named_and_nothing_is_done() {
    let mut scene = mirrored();
    scene.execute("CREATE VIEW public.mine AS SELECT id FROM acme.pages");
    let before = histories(&mut scene);
    let raised = error(
        &mut scene.client,
        "SELECT confluence.create_mirror('site', 'acme')",
    );
    assert_eq!(raised.code().code(), "2BP01");
    assert_eq!(raised.detail(), Some("view public.mine"));
    assert_eq!(histories(&mut scene), before);
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM public.mine"),
        "0"
    );
}

#[test]
fn a_schema_of_somebody_else_or_open_to_others_is_no_place_for_a_mirror() {
    let mut scene = Scene::of(confluence_sim::Options::of(crate::scene::small_site()), "");
    let other = scene.database.role("other");
    scene.execute(&format!(
        "CREATE SCHEMA theirs AUTHORIZATION {other}; CREATE SCHEMA open; GRANT CREATE ON SCHEMA open TO {other}"
    ));
    let raised = error(
        &mut scene.client,
        "SELECT confluence.create_mirror('site', 'theirs')",
    );
    assert_eq!(raised.code().code(), "42501");
    let raised = error(
        &mut scene.client,
        "SELECT confluence.create_mirror('site', 'open')",
    );
    assert_eq!(raised.code().code(), "55000");
    assert_eq!(
        raised.message(),
        "schema \"open\" lets other roles create objects in it"
    );
    assert_eq!(
        raised.hint(),
        Some(format!("REVOKE CREATE ON SCHEMA open FROM {other}").as_str())
    );
}
