//! Who is asking: credentials, scopes, and being nobody.

use confluence_fdw_tests::{error, lines};
use confluence_sim::{Credential, Fault, Options, Organisation, Sim, Size};

use super::{REJECTED, hint_has};
use crate::scene::{ALL_PAGES, PAGES, Scene};

#[test]
fn being_nobody_is_an_error_unless_it_is_wanted() {
    let site = Options {
        organisation: Organisation::sized(Size {
            spaces: 40,
            pages: 400,
            permissions: 40,
            users: 8,
            seed: 7,
            largest_space_share: 0.1,
        }),
        anonymous_access: true,
        ..Options::default()
    };
    let mut scene = Scene::of(site, "page_size '50'");
    scene.sim.revoke_all();
    for sql in [ALL_PAGES, "SELECT id FROM confluence_spaces"] {
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "28000");
        assert_eq!(
            raised.message(),
            "Confluence does not know who is asking, and would show only what is public"
        );
        hint_has(&raised, "allow_anonymous");
    }
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (ADD allow_anonymous 'true')");
    let site = scene.sim.organisation();
    let public: Vec<u64> = site
        .spaces()
        .filter(|space| space.open_to_anonymous())
        .map(|space| space.id)
        .collect();
    assert!(!public.is_empty() && public.len() < site.spaces().count());
    assert_eq!(scene.numbers("SELECT id FROM confluence_spaces"), public);
    let public_pages: Vec<u64> = site
        .listed_pages()
        .filter(|page| public.contains(&page.space_id()))
        .map(|page| page.id())
        .collect();
    assert_eq!(scene.numbers(ALL_PAGES), public_pages);
}

#[test]
fn a_site_that_shows_nobody_anything_is_an_error_also_where_being_nobody_is_wanted() {
    let mut scene = Scene::with("allow_anonymous 'true'");
    scene.sim.revoke_all();
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
}

#[test]
fn reading_as_nobody_needs_no_user_mapping_where_it_is_wanted() {
    let mut scene = Scene::with("allow_anonymous 'true'");
    scene.sim.set_anonymous(true);
    scene
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    lines(&mut scene.client, ALL_PAGES);
    let log = scene.sim.log();
    assert!(!log.is_empty());
    assert!(
        log.iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn a_wrong_credential_is_an_error_and_never_an_empty_site() {
    for anonymous in [false, true] {
        for sql in [
            ALL_PAGES,
            "SELECT id FROM confluence_spaces",
            "SELECT id FROM confluence_permissions",
            "SELECT 1 FROM confluence_permissions WHERE space_id = 5",
            "SELECT count(*) FROM confluence_pages",
            "SELECT 1 FROM confluence_pages WHERE id = 1",
            "SELECT 1 WHERE EXISTS (SELECT FROM confluence_spaces)",
        ] {
            let mut scene = Scene::new();
            scene.sim.set_anonymous(anonymous);
            scene.sim.revoke_all();
            let raised = error(&mut scene.client, sql);
            assert_eq!(raised.code().code(), "28000", "{sql}: {raised:?}");
            scene
                .sim
                .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
            scene.reads_all_pages();
        }
    }
}

#[test]
fn a_credential_that_is_revoked_while_it_reads_is_an_error() {
    let mut scene = Scene::new();
    scene.when_answering(Fault::on(PAGES).page(2), Sim::revoke_all);
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    assert_eq!(scene.statuses(), [Some(200), Some(200), Some(404)]);
    scene
        .sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN));
    scene.reads_all_pages();
}

/// A site whose only credential has these scopes.
#[track_caller]
fn scoped(scopes: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.sim.revoke_all();
    let credential = Credential::basic(Options::EMAIL, Options::TOKEN);
    scene
        .sim
        .grant(credential.with_scopes(scopes.iter().copied()));
    // Tokens with scopes are taken at the gateway only.
    scene.database.execute(&format!(
        "ALTER SERVER site OPTIONS (ADD gateway_url '{}', ADD route 'gateway', ADD cloud_id '{}')",
        scene.sim.url(),
        scene.sim.organisation().cloud_id()
    ));
    scene
}

#[test]
fn a_token_that_may_not_ask_who_it_is_is_known_all_the_same() {
    let mut scene = scoped(&["read:page:confluence"]);
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 1);
    assert_eq!(scene.sim.probes()[0].status, Some(401));
}

#[test]
fn a_missing_scope_is_named() {
    for (sql, scope) in [
        (ALL_PAGES, "read:page:confluence"),
        ("SELECT id FROM confluence_spaces", "read:space:confluence"),
        (
            "SELECT id FROM confluence_permissions",
            "read:space:confluence",
        ),
        (
            "SELECT id FROM confluence_permissions WHERE space_id = 1",
            "read:space:confluence",
        ),
    ] {
        let mut scene = scoped(&["read:nothing:confluence"]);
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "42501", "{raised:?}");
        assert_eq!(
            raised.message(),
            format!("the token lacks the scope \"{scope}\"")
        );
        hint_has(&raised, "Create a token that has this scope.");
    }
}

#[test]
fn the_credential_goes_with_every_request_and_only_once() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let expected = Credential::basic(Options::EMAIL, Options::TOKEN).header();
    for request in scene.sim.log() {
        let header = request.header("authorization");
        assert!(request.asks_as_nobody() || header == Some(expected.as_str()));
    }
}
