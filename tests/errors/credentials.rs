//! Whose credential a query reads with.

use confluence_fdw_tests::{error, explain};
use confluence_sim::Options;
use postgres::Client;

use super::{fails, give, reads_with, two_readers};
use crate::scene::ALL_PAGES;

#[track_caller]
fn lacks_a_mapping(client: &mut Client, sql: &str, role: &str) {
    let message = format!("user mapping not found for \"{role}\"");
    let hint = format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '...', api_token '...')"
    );
    fails(client, sql, ("42704", &message, &hint));
}

#[test]
fn a_role_without_a_mapping_is_told_to_make_one() {
    let (scene, role) = two_readers();
    let mut client = scene.database.connect_as(&role);
    lacks_a_mapping(&mut client, ALL_PAGES, &role);
    assert!(scene.sim.log().is_empty());
    // EXPLAIN needs none.
    assert!(explain(&mut client, ALL_PAGES).contains("Request: GET"));
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
}

#[test]
fn a_mapping_of_ones_own_goes_before_everybodys() {
    let (scene, role) = two_readers();
    give(&scene, "PUBLIC", "everybodys");
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, ALL_PAGES, "everybodys");
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
    scene
        .database
        .execute(&format!("DROP USER MAPPING FOR {role} SERVER site"));
    reads_with(&scene, &mut client, ALL_PAGES, "everybodys");
}

#[test]
fn the_credential_is_that_of_the_current_role() {
    let (scene, role) = two_readers();
    give(&scene, &role, "its-own");
    let mut client = scene.database.connect();
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    reads_with(&scene, &mut client, ALL_PAGES, "its-own");
    client.batch_execute("RESET ROLE").unwrap();
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    // In one session, prepared statements of several roles.
    client.batch_execute("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT id FROM confluence_pages").unwrap();
    reads_with(&scene, &mut client, "EXECUTE q", Options::TOKEN);
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    reads_with(&scene, &mut client, "EXECUTE q", "its-own");
}

#[test]
fn a_function_with_its_owners_rights_reads_with_its_owners_credential() {
    let (scene, role) = two_readers();
    give(&scene, &role, "its-own");
    scene.database.execute(
        "CREATE FUNCTION owners() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.confluence_pages';
         CREATE FUNCTION callers() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.confluence_pages'",
    );
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, "SELECT owners()", Options::TOKEN);
    reads_with(&scene, &mut client, "SELECT callers()", "its-own");
}

#[test]
fn a_view_reads_with_its_owners_credential() {
    let (scene, role) = two_readers();
    let owner = scene.database.role("owner");
    give(&scene, &owner, "the-owners");
    scene.database.execute(&format!(
        "CREATE VIEW titles AS SELECT id, title FROM confluence_pages;
         GRANT SELECT ON confluence_pages TO {owner};
         ALTER VIEW titles OWNER TO {owner}; GRANT SELECT ON titles TO {role};
         REVOKE SELECT ON confluence_pages FROM {role}"
    ));
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, "SELECT * FROM titles", "the-owners");
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(raised.code().code(), "42501");
    let mut superuser = scene.database.connect();
    reads_with(&scene, &mut superuser, "SELECT * FROM titles", "the-owners");
    reads_with(&scene, &mut superuser, ALL_PAGES, Options::TOKEN);
}

#[test]
fn a_view_with_its_callers_rights_reads_with_its_callers_credential() {
    let (scene, role) = two_readers();
    let owner = scene.database.role("owner");
    give(&scene, &owner, "the-owners");
    scene.database.execute(&format!(
        "CREATE VIEW titles WITH (security_invoker = true) AS SELECT id, title FROM confluence_pages;
         ALTER VIEW titles OWNER TO {owner}; GRANT SELECT ON titles TO {role}"
    ));
    let mut client = scene.database.connect_as(&role);
    lacks_a_mapping(&mut client, "SELECT * FROM titles", &role);
    give(&scene, &role, "its-own");
    reads_with(&scene, &mut client, "SELECT * FROM titles", "its-own");
}
