//! Places where a query can stand: COPY, triggers, transactions of every kind.

use std::io::Read;

use confluence_fdw_tests::{lines, literal, one, requests, skip};
use confluence_sim::{Options, Organisation, Sim};

use crate::scene::{ALL_PAGES, Scene, numbers, page_ids};

#[test]
fn rows_are_copied_out() {
    let mut scene = Scene::new();
    let mut text = String::new();
    scene
        .client
        .copy_out("COPY (SELECT id FROM confluence_pages ORDER BY id) TO STDOUT")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let expected: String = scene
        .page_ids()
        .iter()
        .map(|id| format!("{id}\n"))
        .collect();
    assert_eq!(text, expected);
}

#[test]
fn every_kind_of_transaction_and_table_works() {
    let mut scene = Scene::new();
    for sql in [
        "CREATE TABLE copied AS SELECT id FROM confluence_pages",
        "CREATE TEMP TABLE copied_for_now AS SELECT id FROM confluence_pages",
        "CREATE UNLOGGED TABLE copied_lightly AS TABLE confluence_spaces",
        "CREATE MATERIALIZED VIEW seen AS SELECT id FROM confluence_pages",
        "SELECT id INTO copied_again FROM confluence_pages",
        "BEGIN READ ONLY; SELECT count(*) FROM confluence_pages; COMMIT",
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM confluence_pages; COMMIT",
        "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE; SELECT count(*) FROM confluence_pages; COMMIT",
        "REFRESH MATERIALIZED VIEW seen",
        "SELECT id FROM confluence_spaces FOR UPDATE",
        "INSERT INTO copied SELECT id FROM confluence_pages",
        "DELETE FROM copied USING confluence_pages p WHERE p.id = copied.id",
        "ANALYZE copied",
        "DISCARD ALL",
    ] {
        scene
            .client
            .batch_execute(sql)
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    }
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM copied"), "0");
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM seen"), "45");
    scene.reads_all_pages();
}

#[test]
fn a_trigger_and_a_function_read_the_site() {
    let mut scene = Scene::new();
    scene.database.execute(
        "CREATE TABLE watched (space_id bigint, name text);
         CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN SELECT name INTO STRICT NEW.name FROM confluence_spaces WHERE id = NEW.space_id; RETURN NEW; END$$;
         CREATE TRIGGER named BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION named();
         CREATE FUNCTION pages_of(id bigint) RETURNS bigint LANGUAGE sql STABLE AS
         'SELECT count(*) FROM confluence_pages WHERE space_id = $1'",
    );
    scene
        .client
        .batch_execute("INSERT INTO watched SELECT id FROM confluence_spaces")
        .unwrap();
    let site = scene.sim.organisation();
    let expected: Vec<String> = site
        .spaces()
        .map(|space| {
            let pages = site
                .listed_pages()
                .filter(|page| page.space_id() == space.id)
                .count();
            format!("{}|{pages}", space.name)
        })
        .collect();
    let sql = "SELECT name, pages_of(space_id) FROM watched ORDER BY space_id";
    assert_eq!(lines(&mut scene.client, sql), expected);
}

#[test]
fn a_prepared_transaction_may_have_read_the_site() {
    let mut scene = Scene::new();
    if one(&mut scene.client, "SHOW max_prepared_transactions") == "0" {
        skip("the server's max_prepared_transactions is 0");
        return;
    }
    scene
        .client
        .batch_execute("BEGIN; CREATE TABLE copied AS SELECT id FROM confluence_pages; PREPARE TRANSACTION 'read'; COMMIT PREPARED 'read'")
        .unwrap();
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM copied"), "45");
}

#[test]
fn a_server_that_is_made_anew_in_a_session_is_another() {
    let mut scene = Scene::new();
    let other = Sim::start(Options::of(Organisation::demo()));
    let prepare = "PREPARE q AS SELECT id FROM confluence_pages";
    for round in 0..6 {
        let sim: &Sim = if round % 2 == 0 { &scene.sim } else { &other };
        scene
            .client
            .batch_execute("DROP SERVER IF EXISTS site CASCADE")
            .unwrap();
        scene
            .client
            .batch_execute(&format!(
                "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {});
                 CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email {}, api_token {});
                 IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public; {prepare}",
                literal(sim.url()),
                literal(Options::EMAIL),
                literal(Options::TOKEN)
            ))
            .unwrap();
        let expected = page_ids(&sim.organisation());
        assert_eq!(numbers(&mut scene.client, ALL_PAGES), expected);
        assert_eq!(numbers(&mut scene.client, "EXECUTE q"), expected);
        scene.client.batch_execute("DEALLOCATE q").unwrap();
    }
}

#[test]
fn a_transaction_that_is_rolled_back_takes_its_options_with_it() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("BEGIN; ALTER SERVER site OPTIONS (SET page_size '45')")
        .unwrap();
    scene.reads_all_pages();
    assert_eq!(requests(&scene.sim).len(), 1);
    scene.client.batch_execute("ROLLBACK").unwrap();
    scene.sim.clear_log();
    scene.reads_all_pages();
    assert_eq!(requests(&scene.sim).len(), 5);
}
