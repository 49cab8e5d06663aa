//! Options that change between two executions.

use confluence_fdw_tests::{error, lines, literal, requests};
use confluence_sim::{Credential, Options, Sim};

use super::{reads_with, two_readers};
use crate::scene::{ALL_PAGES, Scene, small_site};

#[test]
fn a_changed_option_counts_from_the_next_execution_on() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT id FROM confluence_pages")
        .unwrap();
    for size in [10, 9, 20, 45, 46] {
        let alter = format!("ALTER SERVER site OPTIONS (SET page_size '{size}')");
        scene.database.execute(&alter);
        for sql in ["EXECUTE q", ALL_PAGES] {
            scene.sim.clear_log();
            assert_eq!(lines(&mut scene.client, sql).len(), 45);
            let sent = requests(&scene.sim);
            assert_eq!(sent[0], format!("GET /wiki/api/v2/pages?limit={size}"));
            assert_eq!(sent.len(), 45_usize.div_ceil(size));
        }
    }
    scene
        .database
        .execute("ALTER FOREIGN TABLE confluence_pages OPTIONS (ADD page_size '50')");
    scene.sim.clear_log();
    lines(&mut scene.client, "EXECUTE q");
    assert_eq!(requests(&scene.sim), ["GET /wiki/api/v2/pages?limit=50"]);
}

#[test]
fn a_changed_token_counts_from_the_next_execution_on() {
    let (mut scene, _) = two_readers();
    scene
        .client
        .batch_execute("PREPARE q AS SELECT id FROM confluence_pages")
        .unwrap();
    lines(&mut scene.client, "EXECUTE q");
    let old = Credential::basic(Options::EMAIL, Options::TOKEN);
    let new = Credential::basic(Options::EMAIL, "rotated");
    scene.sim.grant(new.clone());
    scene.sim.revoke(&old);
    assert_eq!(error(&mut scene.client, "EXECUTE q").code().code(), "28000");
    scene
        .database
        .execute("ALTER USER MAPPING FOR postgres SERVER site OPTIONS (SET api_token 'rotated')");
    assert_eq!(lines(&mut scene.client, "EXECUTE q").len(), 45);
    // And back, though that one was known before: it is asked anew who that is.
    scene.database.execute(&format!(
        "ALTER USER MAPPING FOR postgres SERVER site OPTIONS (SET api_token '{}')",
        Options::TOKEN
    ));
    assert_eq!(error(&mut scene.client, "EXECUTE q").code().code(), "28000");
}

#[test]
fn a_server_that_moves_is_followed() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let other = Sim::start(Options::of(small_site()));
    scene.sim.clear_log();
    scene.database.execute(&format!(
        "ALTER SERVER site OPTIONS (SET base_url {})",
        literal(other.url())
    ));
    assert_eq!(lines(&mut scene.client, ALL_PAGES).len(), 45);
    assert!(scene.sim.log().is_empty());
    assert_eq!(requests(&other).len(), 5);
}

#[test]
fn a_token_in_a_file_is_read_anew() {
    let (mut scene, role) = two_readers();
    let path = scene
        .database
        .file("token", format!("{}\n", Options::TOKEN));
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '{}', api_token_file '{}')",
        Options::EMAIL,
        path.display()
    ));
    let mut client = scene.database.connect_as(&role);
    reads_with(&scene, &mut client, ALL_PAGES, Options::TOKEN);
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, "rotated"));
    scene
        .sim
        .revoke(&Credential::basic(Options::EMAIL, Options::TOKEN));
    assert_eq!(error(&mut client, ALL_PAGES).code().code(), "28000");
    scene.database.file("token", "\n rotated \r\n");
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
    std::fs::remove_file(&path).unwrap();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(raised.code().code(), "58030");
    assert!(
        raised
            .message()
            .starts_with("could not read the file of option \"api_token_file\": "),
        "{raised:?}"
    );
    assert!(!format!("{raised:?}").contains("rotated"));
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
    scene.reads_all_pages();
}

#[test]
fn a_token_with_characters_that_no_token_has_is_an_error_that_does_not_show_it() {
    let (scene, role) = two_readers();
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (access_token E'hush\\nhush')"
    ));
    let raised = error(&mut scene.database.connect_as(&role), ALL_PAGES);
    assert_eq!(raised.code().code(), "HV024", "{raised:?}");
    assert!(!format!("{raised:?}").contains("hush"));
}
