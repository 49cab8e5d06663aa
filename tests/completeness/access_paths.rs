//! Every access path: none makes an error a short answer.

use confluence_fdw_tests::{Database, error, explain, one};
use confluence_sim::{Fault, Options, Organisation, Reply, Sim, Size};

use crate::scene::{ALL_PAGES, PAGES, Scene, numbers};

#[test]
fn no_way_to_ask_makes_an_error_a_short_answer() {
    let mut scene = Scene::new();
    scene.database.execute("CREATE TABLE kept (id bigint); CREATE MATERIALIZED VIEW view AS SELECT id FROM confluence_pages");
    let complete = scene.page_ids().len().to_string();
    for sql in [
        "INSERT INTO kept SELECT id FROM confluence_pages",
        "SELECT count(*) FROM confluence_pages",
        "SELECT array_agg(id) FROM confluence_pages",
        "CREATE TABLE copied AS SELECT id FROM confluence_pages",
        "REFRESH MATERIALIZED VIEW view",
        "SELECT 1 WHERE 0 <> ALL (SELECT id FROM confluence_pages)",
        "SELECT EXISTS (SELECT FROM confluence_pages OFFSET 20)",
        "SELECT id FROM confluence_pages ORDER BY title LIMIT 1",
        "DO $$BEGIN PERFORM count(*) FROM confluence_pages; END$$",
        "SELECT FROM confluence_pages p JOIN confluence_pages q USING (parent_id)",
    ] {
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::NamedNotFound);
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "HV000", "{sql}: {raised:?}");
        scene.sim.clear_faults();
    }
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM kept"), "0");
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM view"),
        complete
    );
}

#[test]
fn wide_and_narrow_reading_give_the_same_rows() {
    let site = Organisation::sized(Size {
        spaces: 120,
        pages: 1_500,
        permissions: 900,
        ..Size::default()
    });
    let database = Database::create();
    let sim = Sim::start(Options::of(site.clone()));
    database.site_with(&sim, "page_size '13'");
    let mut client = database.connect();
    let pages = crate::scene::page_ids(&site);
    for concurrency in [1, 3, 64] {
        client
            .batch_execute(&format!(
                "ALTER SERVER site OPTIONS ({} max_concurrency '{concurrency}')",
                if concurrency == 1 { "ADD" } else { "SET" }
            ))
            .unwrap();
        assert_eq!(numbers(&mut client, ALL_PAGES), pages);
        let grants = one(
            &mut client,
            "SELECT count(*), count(DISTINCT (space_id, id)) FROM confluence_permissions",
        );
        assert_eq!(grants, format!("{0}|{0}", site.permission_count()));
    }
    assert!(explain(&mut client, ALL_PAGES).contains("limit=13"));
}
