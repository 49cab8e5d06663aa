//! The route to the site: addresses, cloud ids, the gateway.

use std::time::Duration;

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{Database, error, lines, one};
use confluence_sim::{Entrance, Fault, Options, Reply, Sim};

use super::{Acme, EVERYTHING, REJECTED, TENANT_INFO, TOKEN, Way, html, json, serve, through};
use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, WHO_AM_I, page_ids, small_site};

#[test]
fn addresses_of_pages_are_the_sites() {
    for way in [Way::ApiToken, Way::Client] {
        let mut acme = Acme::new(way);
        let site = format!("{}/wiki/", acme.sim.url());
        let addresses = lines(&mut acme.client, "SELECT web_url FROM confluence_pages");
        assert_eq!(addresses.len(), page_ids(&acme.sim.organisation()).len());
        for address in addresses {
            assert!(address.starts_with(&site), "{address}");
        }
    }
}

#[test]
fn a_cloud_id_that_is_given_is_not_asked_for() {
    let mut acme = Acme::new(Way::Client);
    let id = acme.sim.organisation().cloud_id().to_owned();
    acme.database
        .execute(&format!("ALTER SERVER site OPTIONS (ADD cloud_id '{id}')"));
    assert_eq!(acme.reads().ids, 0);
    acme.database
        .execute("ALTER SERVER site OPTIONS (SET cloud_id '11111111-2222-3333-4444-555555555555')");
    let mut client = acme.database.connect();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    let hint = raised.hint().expect("a hint");
    assert!(hint.contains("cloud_id must be the site's own"), "{hint}");
}

#[test]
fn a_site_without_an_id_is_an_error() {
    for reply in [Reply::status(404), Reply::Html200, json(200, "{}")] {
        let mut acme = Acme::new(Way::Client);
        acme.sim.fault(Fault::on(TENANT_INFO), reply);
        let raised = error(&mut acme.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "HV000", "{raised:?}");
        assert_eq!(acme.sent().data, 0);
        acme.sim.clear_faults();
        acme.reads();
    }
}

#[test]
fn nobody_is_shown_a_secret_who_need_not_see_it() {
    let start = || {
        let sim = Sim::start(Options {
            credentials: Vec::new(),
            ..Options::of(small_site())
        });
        for way in [Way::ScopedApiToken, Way::AccessToken, Way::Client] {
            way.grant(&sim, EVERYTHING);
        }
        sim
    };
    let show = |sim: &Sim| -> Vec<String> {
        // The question as nobody shows nothing to whichever door it goes.
        let with_secrets = sim.log().into_iter().filter(|r| !r.asks_as_nobody());
        let seen = with_secrets.map(|request| {
            let scheme = request
                .header("authorization")
                .map_or("nothing", |shown| shown.split(' ').next().unwrap_or(shown));
            format!("{:?} {} {scheme}", request.entrance, request.path)
        });
        let mut seen: Vec<String> = seen.collect();
        seen.sort();
        seen.dedup();
        seen
    };
    for (way, at_site, at_gateway) in [
        (
            Way::ScopedApiToken,
            vec![
                format!("Site {TENANT_INFO} nothing"),
                format!("Site {PAGES} Basic"),
                format!("Site {WHO_AM_I} Basic"),
            ],
            vec![
                format!("Gateway {PAGES} Basic"),
                format!("Gateway {WHO_AM_I} Basic"),
            ],
        ),
        (
            Way::AccessToken,
            vec![format!("Site {TENANT_INFO} nothing")],
            vec![
                format!("Gateway {PAGES} Bearer"),
                format!("Gateway {WHO_AM_I} Bearer"),
            ],
        ),
    ] {
        let (site, gateway, auth) = (start(), start(), start());
        let database = Database::create();
        let options = format!("gateway_url '{}', auth_url '{}'", gateway.url(), auth.url());
        serve(&database, site.url(), &options, &way.mapping(&database));
        lines(&mut database.connect(), ALL_PAGES);
        assert_eq!(show(&site), at_site, "{way:?}");
        assert_eq!(show(&gateway), at_gateway, "{way:?}");
        assert!(auth.log().is_empty(), "{way:?}");
    }
    // Of a client, the site sees nothing, the gateway no secret, and only one place the secret. The stand-in takes
    // only tokens that it has issued itself, so what the gateway sees is not taken here.
    let (site, gateway, auth) = (start(), start(), start());
    let database = Database::create();
    let options = format!("gateway_url '{}', auth_url '{}'", gateway.url(), auth.url());
    serve(
        &database,
        site.url(),
        &options,
        &Way::Client.mapping(&database),
    );
    assert_eq!(
        error(&mut database.connect(), ALL_PAGES).code().code(),
        "28000"
    );
    assert_eq!(show(&site), [format!("Site {TENANT_INFO} nothing")]);
    assert_eq!(show(&auth), [format!("Token {TOKEN} nothing")]);
    for request in gateway.log() {
        assert_eq!(request.entrance, Entrance::Gateway);
        if request.asks_as_nobody() {
            continue;
        }
        let shown = request.header("authorization").expect("a token");
        let token = shown.strip_prefix("Bearer ").expect("a token");
        assert!(auth.issued_tokens().iter().any(|issued| issued == token));
    }
    assert!(
        !database.log().contains("client-secret"),
        "in the server's log"
    );
}

#[test]
fn a_site_elsewhere_has_no_gateway_unless_one_is_named() {
    let sim = Sim::start(Options::of(small_site()));
    sim.fault(Fault::under("/wiki/").through(Entrance::Site), html(401));
    let database = Database::create();
    serve(
        &database,
        sim.url(),
        SMALL_STEPS,
        &Way::ApiToken.mapping(&database),
    );
    let mut client = database.connect();
    let raised = error(&mut client, ALL_PAGES);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("28000", REJECTED)
    );
    let hint = raised.hint().expect("a hint");
    assert!(
        hint.contains("Set the server's option route to gateway"),
        "{hint}"
    );
    assert!(
        sim.log()
            .iter()
            .all(|request| request.path.starts_with("/wiki/"))
    );
}

#[test]
fn a_token_with_scopes_on_the_route_of_the_site_is_told_about_the_gateway() {
    let mut acme = Acme::with(Way::ScopedApiToken, EVERYTHING, ", route 'site'");
    acme.fails(
        "28000",
        REJECTED,
        "they need the gateway. Set the server's option route to gateway",
    );
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 0);
    assert_eq!(acme.sent().ids, 0);
    acme.database
        .execute("ALTER SERVER site OPTIONS (SET route 'auto')");
    acme.client = acme.database.connect();
    acme.reads();
}

#[test]
fn a_token_that_neither_door_takes_is_tried_once_at_each() {
    let mut acme = Acme::new(Way::ScopedApiToken);
    acme.sim.revoke_all();
    acme.sim
        .fault(Fault::under("/wiki/").through(Entrance::Site), html(401));
    let raised = acme.fails(
        "28000",
        REJECTED,
        "the gateway was tried, and refused it, too",
    );
    let hint = raised.hint().expect("a hint");
    assert!(!hint.contains("Set the server's option route"), "{hint}");
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 1);
    assert_eq!(acme.sent().ids, 1);
    acme.sim.clear_faults();
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    acme.reads();
}

#[test]
fn a_token_that_the_site_has_taken_is_not_shown_to_the_gateway() {
    let mut acme = Acme::new(Way::ApiToken);
    acme.sim.fault(Fault::on(PAGES).page(2), html(401));
    let raised = acme.fails("28000", REJECTED, "must be an API token");
    let hint = raised.hint().expect("a hint");
    assert!(!hint.contains("gateway"), "{hint}");
    assert_eq!(through(&acme.sim.log(), Entrance::Gateway), 0);
    acme.sim.clear_faults();
    acme.reads();
}

#[test]
fn a_refusal_that_comes_after_the_gateway_was_found_is_not_the_end() {
    let mut acme = Acme::unknown(Way::ScopedApiToken, small(), "");
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    // The probe finds the gateway while the first rows are still waited for at the site.
    acme.sim.fault(
        Fault::on(PAGES).through(Entrance::Site),
        Reply::Delay(Duration::from_millis(300)),
    );
    acme.reads();
}

#[test]
fn the_way_through_the_gateway_is_found_once_for_concurrent_chains() {
    let mut acme = Acme::unknown(
        Way::ScopedApiToken,
        small(),
        ", page_size '5', max_concurrency '8'",
    );
    Way::ScopedApiToken.grant(&acme.sim, EVERYTHING);
    let spaces: Vec<String> = acme
        .sim
        .organisation()
        .spaces()
        .map(|space| space.id.to_string())
        .collect();
    // Eight chains begin at once, and none of them knows the way.
    let count = one(
        &mut acme.client,
        &format!(
            "SELECT count(*) FROM confluence_permissions WHERE space_id IN ({})",
            spaces.join(",")
        ),
    );
    assert_eq!(
        count,
        acme.sim.organisation().permission_count().to_string()
    );
    assert_eq!(acme.sent().ids, 1);
    let at_site = through(&acme.sim.data_requests(), Entrance::Site);
    assert!((1..=8).contains(&at_site), "{at_site}");
}
