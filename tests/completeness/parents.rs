//! Parents: those that go while a table is read.

use confluence_fdw_tests::{error, lines};
use confluence_sim::{Fault, Organisation, PageStatus, Reply};

use super::{CUT_OFF, FOLLOWED_BEFORE, REJECTED};
use crate::scene::{PERMISSIONS, SPACES, Scene};

#[test]
fn a_space_that_was_listed_but_cannot_be_read_is_an_error() {
    let mut scene = Scene::new();
    let space = scene.sim.organisation().spaces().nth(1).unwrap().id;
    let its_permissions = || Fault::on(PERMISSIONS.replace("{id}", &space.to_string()));
    let sql = "SELECT id FROM confluence_permissions";
    scene.sim.fault(its_permissions(), Reply::NamedNotFound);
    let message = format!("space_id {space} was listed, but cannot be read");
    scene.fails(sql, "HV000", &message);
    scene.sim.fault(its_permissions(), Reply::BareNotFound);
    scene.fails(sql, "28000", REJECTED);
}

#[test]
fn it_is_one_in_every_join_whose_keys_the_site_has_listed() {
    let mut scene = Scene::new();
    let space = scene.sim.organisation().spaces().nth(1).unwrap().id;
    let its_permissions = || Fault::on(PERMISSIONS.replace("{id}", &space.to_string()));
    let message = format!("space_id {space} was listed, but cannot be read");
    let joined = [
        "SELECT p.id FROM confluence_spaces s JOIN confluence_permissions p ON p.space_id = s.id",
        "SELECT s.key, p.id FROM confluence_spaces s LEFT JOIN confluence_permissions p ON p.space_id = s.id",
        "SELECT s.key FROM confluence_spaces s
         WHERE NOT EXISTS (SELECT FROM confluence_permissions p WHERE p.space_id = s.id)",
        "SELECT s.key, (SELECT count(*) FROM confluence_permissions p WHERE p.space_id = s.id) FROM confluence_spaces s",
        "SELECT s.key, x.n FROM confluence_spaces s,
            LATERAL (SELECT count(*) AS n FROM confluence_permissions p WHERE p.space_id = s.id) x",
        "WITH s AS MATERIALIZED (SELECT id AS number FROM confluence_spaces)
         SELECT p.id FROM s JOIN confluence_permissions p ON p.space_id = s.number",
        "SELECT p.id FROM (SELECT DISTINCT space_id FROM confluence_pages) g
         JOIN confluence_permissions p ON p.space_id = g.space_id",
        "SELECT p.id FROM (SELECT s.id FROM confluence_spaces s LEFT JOIN pg_class c ON c.oid = s.id::oid OFFSET 0) s
         JOIN confluence_permissions p ON p.space_id = s.id",
    ];
    for settings in [
        "RESET ALL",
        "SET confluence_fdw.enable_batch_join = off",
        "SET confluence_fdw.enable_batch_join = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
        "SET enable_nestloop = off",
    ] {
        scene.client.batch_execute(settings).expect("settings");
        for sql in joined {
            scene.sim.fault(its_permissions(), Reply::NamedNotFound);
            scene.fails(sql, "HV000", &message);
        }
    }
    // Of what is listed only because the query asks for it, nothing may be left.
    let deleted = scene.page_ids()[4];
    let of = |site: &mut Organisation| site.set_page_status(deleted, PageStatus::Deleted);
    scene.sim.edit(of).expect("a page");
    let deleted = format!(
        "SELECT p.id FROM confluence_pages p LEFT JOIN confluence_page_versions v ON v.page_id = p.id
         WHERE p.status = 'deleted' AND p.id = {deleted} AND v.number IS NULL"
    );
    assert_eq!(lines(&mut scene.client, &deleted).len(), 1);
    // What the query itself names, or somebody's own table, need not exist.
    scene
        .client
        .batch_execute(&format!(
            "RESET ALL; CREATE TABLE own AS SELECT {space}::bigint AS id"
        ))
        .expect("a table");
    scene.sim.fault(its_permissions(), Reply::NamedNotFound);
    for sql in [
        &format!("SELECT id FROM confluence_permissions WHERE space_id = {space}"),
        "SELECT p.id FROM own JOIN confluence_permissions p ON p.space_id = own.id",
    ] {
        assert!(lines(&mut scene.client, sql).is_empty(), "{sql}");
    }
}

#[test]
fn a_space_that_goes_while_permissions_are_read_is_an_error() {
    let mut scene = Scene::new();
    let last = scene.sim.organisation().spaces().last().unwrap().id;
    scene.when_answering(Fault::on(SPACES), move |sim| {
        sim.edit(|site| site.delete_space(last)).unwrap();
    });
    let message = format!("space_id {last} was listed, but cannot be read");
    let raised = error(&mut scene.client, "SELECT id FROM confluence_permissions");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("HV000", message.as_str())
    );
    assert_eq!(
        lines(&mut scene.client, "SELECT id FROM confluence_permissions").len(),
        scene.sim.organisation().permission_count()
    );
}

#[test]
fn a_listing_of_parents_that_misleads_is_an_error_too() {
    for (reply, sqlstate, message) in [
        (Reply::TruncatedJson, "HV000", CUT_OFF),
        (Reply::RepeatCursor, "HV000", FOLLOWED_BEFORE),
        (Reply::BareNotFound, "28000", REJECTED),
    ] {
        let mut scene = Scene::new();
        scene
            .database
            .execute("ALTER SERVER site OPTIONS (SET page_size '1')");
        scene.sim.fault(Fault::on(SPACES).page(2), reply);
        scene.fails("SELECT id FROM confluence_permissions", sqlstate, message);
    }
    let mut scene = Scene::new();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET page_size '1')");
    scene
        .sim
        .fault(Fault::on(SPACES).page(2), Reply::EmptyPageWithNext);
    assert_eq!(
        lines(&mut scene.client, "SELECT id FROM confluence_permissions").len(),
        scene.sim.organisation().permission_count()
    );
}

#[test]
fn an_object_that_is_not_there_is_no_row() {
    let mut scene = Scene::new();
    for sql in [
        "SELECT 1 FROM confluence_permissions WHERE space_id = 999",
        "SELECT 1 FROM confluence_permissions WHERE space_id = 0",
        "SELECT 1 FROM confluence_permissions WHERE space_id = -1",
        "SELECT 1 FROM confluence_pages WHERE id = 999",
        "SELECT 1 FROM confluence_pages WHERE id = -1",
        "SELECT 1 FROM confluence_pages WHERE space_id = 999",
        "SELECT 1 FROM confluence_pages WHERE space_id = 9223372036854775807",
        "SELECT 1 FROM confluence_spaces WHERE id = 999",
        "SELECT 1 FROM confluence_spaces WHERE key = 'NOSUCHKEY'",
    ] {
        assert!(lines(&mut scene.client, sql).is_empty(), "{sql}");
    }
    // Beside those that are there.
    let known = scene.sim.organisation().spaces().next().unwrap().id;
    let sql = format!("SELECT id FROM confluence_permissions WHERE space_id IN (999, {known})");
    assert_eq!(
        lines(&mut scene.client, &sql).len(),
        scene.sim.organisation().permissions(known).count()
    );
}
