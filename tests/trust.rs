//! Whom a server's options are trusted to: those that only superusers may set count where a superuser owns the server.

use confluence_fdw_tests::{Database, error, lines, literal, one};
use confluence_sim::{Options, Sim};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, SMALL_STEPS, Scene, small_site};

/// Everything that connects to the server `site`, or makes an address of its options.
const USES: [&str; 5] = [
    ALL_PAGES,
    "ANALYZE confluence_pages",
    "SELECT * FROM confluence.check('site')",
    "SELECT confluence.oauth_authorize_url('site', 'https://us.example/callback')",
    "SELECT * FROM confluence.oauth_exchange('site', 'code', 'https://us.example/callback')",
];

#[track_caller]
fn is_untrusted(raised: &DbError, option: &str) {
    let (code, message) = (raised.code().code(), raised.message());
    assert_eq!(code, "42501", "{raised:?}");
    assert!(
        message.starts_with(&format!(
            "permission denied to use option \"{option}\" of a "
        )),
        "{raised:?}"
    );
    assert!(raised.hint().unwrap().contains("OWNER TO"), "{raised:?}");
}

#[test]
fn options_of_superusers_count_while_a_superuser_owns_the_server() {
    let mut scene = Scene::new();
    let bob = scene.database.role("bob");
    scene.database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {bob}"
    ));
    scene.reads_all_pages();
    scene
        .database
        .execute(&format!("ALTER SERVER site OWNER TO {bob}"));
    scene.sim.clear_log();
    // The session that is there for the server is used no more, either.
    for sql in USES {
        is_untrusted(&error(&mut scene.client, sql), "base_url");
    }
    assert!(scene.sim.data_requests().is_empty());
    scene
        .database
        .execute("ALTER SERVER site OWNER TO CURRENT_USER");
    scene.reads_all_pages();
    // Who is a superuser no longer is none.
    scene.database.execute(&format!(
        "ALTER ROLE {bob} SUPERUSER; ALTER SERVER site OWNER TO {bob}"
    ));
    scene.reads_all_pages();
    scene
        .database
        .execute(&format!("ALTER ROLE {bob} NOSUPERUSER"));
    is_untrusted(&error(&mut scene.client, ALL_PAGES), "base_url");
    scene.database.execute(&format!(
        "REASSIGN OWNED BY {bob} TO CURRENT_USER; DROP OWNED BY {bob}"
    ));
}

#[test]
fn a_group_is_a_superuser_where_it_is_one_itself() {
    let mut scene = Scene::new();
    let group = scene.database.role("group");
    // Members get the group's rights, not the other way round.
    scene.database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {group};
         GRANT {group} TO CURRENT_USER; ALTER SERVER site OWNER TO {group}"
    ));
    is_untrusted(&error(&mut scene.client, ALL_PAGES), "base_url");
    scene
        .database
        .execute(&format!("ALTER ROLE {group} SUPERUSER"));
    scene.reads_all_pages();
    scene.database.execute(&format!(
        "REASSIGN OWNED BY {group} TO CURRENT_USER; DROP OWNED BY {group}"
    ));
}

#[test]
fn every_option_of_superusers_is_looked_at() {
    let scene = Scene::new();
    let bob = scene.database.role("bob");
    scene.database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {bob};
         CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme');
         CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (email 'a@b.c', api_token 'x')"
    ));
    for (option, value) in [
        ("gateway_url", "http://127.0.0.1:9"),
        ("auth_url", "http://127.0.0.1:9"),
        ("proxy", "http://127.0.0.1:9"),
        ("ca_file", "/nowhere"),
    ] {
        scene.database.execute(&format!(
            "ALTER SERVER other OPTIONS (ADD {option} '{value}'); ALTER SERVER other OWNER TO {bob}"
        ));
        let raised = error(
            &mut scene.database.connect(),
            "SELECT * FROM confluence.check('other')",
        );
        is_untrusted(&raised, option);
        // He can drop it: then it is his server, and nobody was told anything else.
        scene
            .database
            .connect_as(&bob)
            .batch_execute(&format!("ALTER SERVER other OPTIONS (DROP {option})"))
            .unwrap();
        scene
            .database
            .execute("ALTER SERVER other OWNER TO CURRENT_USER");
    }
    // A token's file is read for a superuser's server only: others could have the token sent elsewhere.
    let file = scene.database.file("token", "hush");
    scene.database.execute(&format!(
        "ALTER SERVER other OWNER TO {bob};
         ALTER USER MAPPING FOR PUBLIC SERVER other OPTIONS (DROP api_token, ADD api_token_file {})",
        literal(file.to_str().unwrap())
    ));
    let raised = error(
        &mut scene.database.connect(),
        "SELECT * FROM confluence.check('other')",
    );
    is_untrusted(&raised, "api_token_file");
    assert_eq!(
        raised.message(),
        "permission denied to use option \"api_token_file\" of a user mapping"
    );
    scene
        .database
        .execute(&format!("DROP SERVER other CASCADE; DROP OWNED BY {bob}"));
}

// --- Settings for all servers ----------------------------------------------------------------------------------------

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_proxy_can_be_set_for_all_servers_and_a_session_follows_it() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let proxy = nowhere();
    lines(
        &mut scene.client,
        &format!("SET confluence_fdw.proxy = '{proxy}'"),
    );
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "08001", "{raised:?}");
    assert!(raised.hint().unwrap().contains(&proxy), "{raised:?}");
    // A server's own option goes first.
    let own = nowhere();
    scene
        .database
        .execute(&format!("ALTER SERVER site OPTIONS (ADD proxy '{own}')"));
    let raised = error(&mut scene.client, ALL_PAGES);
    assert!(raised.hint().unwrap().contains(&own), "{raised:?}");
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (DROP proxy)");
    lines(&mut scene.client, "RESET confluence_fdw.proxy");
    scene.reads_all_pages();
}

#[test]
fn authorities_can_be_set_for_all_servers() {
    let mut scene = Scene::new();
    let empty = scene.database.file("empty.pem", "no certificate\n");
    lines(
        &mut scene.client,
        &format!("SET confluence_fdw.ca_file = '{}'", empty.display()),
    );
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "HV024", "{raised:?}");
    assert!(
        raised.message().contains("holds no certificate"),
        "{raised:?}"
    );
    lines(&mut scene.client, "SET confluence_fdw.ca_file = ''");
    scene.reads_all_pages();
}

#[test]
fn a_setting_that_cannot_be_used_lets_nothing_past_it() {
    let mut scene = Scene::new();
    for (name, value) in [("proxy", "ftp://proxy.example"), ("ca_file", "ca.pem")] {
        lines(
            &mut scene.client,
            &format!("SET confluence_fdw.{name} = '{value}'"),
        );
        scene.sim.clear_log();
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (
                "22023",
                &*format!("invalid value for parameter \"confluence_fdw.{name}\"")
            )
        );
        assert!(scene.sim.data_requests().is_empty());
        lines(&mut scene.client, &format!("RESET confluence_fdw.{name}"));
    }
    scene.reads_all_pages();
}

#[test]
fn only_superusers_set_what_is_for_all_servers() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    database.site_with(&sim, SMALL_STEPS);
    let carol = database.role("carol");
    database.execute(&format!("GRANT SELECT ON confluence_pages TO {carol}"));
    let mut client = database.connect_as(&carol);
    // Before the library is loaded, PostgreSQL takes any name with a dot; it forgets the value then.
    lines(
        &mut client,
        &format!("SET confluence_fdw.proxy = '{}'", nowhere()),
    );
    assert_eq!(lines(&mut client, ALL_PAGES).len(), 45);
    assert_eq!(one(&mut client, "SHOW confluence_fdw.proxy"), "");
    for name in ["proxy", "ca_file"] {
        let raised = error(
            &mut client,
            &format!("SET confluence_fdw.{name} = '/nowhere'"),
        );
        assert_eq!(raised.code().code(), "42501", "{raised:?}");
        let raised = error(
            &mut client,
            &format!("ALTER ROLE {carol} SET confluence_fdw.{name} = '/nowhere'"),
        );
        assert_eq!(raised.code().code(), "42501", "{raised:?}");
    }
}

// --- What a mapping holds, and what types do -------------------------------------------------------------------------

/// What `confluence.check` says of the credential.
fn credential(client: &mut Client) -> String {
    one(
        client,
        "SELECT found FROM confluence.check('site') WHERE step = 'credential'",
    )
}

#[test]
fn what_publics_mapping_holds_is_for_those_who_see_it_in_the_catalog() {
    let mut scene = Scene::new();
    let carol = scene.database.role("carol");
    let owner = scene.database.role("owner");
    scene.database.execute(&format!(
        "GRANT USAGE ON FOREIGN SERVER site TO {carol}; ALTER ROLE {owner} SUPERUSER"
    ));
    let email = Options::EMAIL;
    let mut reader = scene.database.connect_as(&carol);
    assert_eq!(
        credential(&mut reader),
        "API token of PUBLIC's user mapping"
    );
    assert_eq!(
        credential(&mut scene.client),
        format!("API token of {email}")
    );
    // One's own mapping is one's own.
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {carol} SERVER site OPTIONS (email {}, api_token {})",
        literal(email),
        literal(Options::TOKEN)
    ));
    assert_eq!(credential(&mut reader), format!("API token of {email}"));
    scene.database.execute(&format!(
        "DROP USER MAPPING FOR {carol} SERVER site; DROP USER MAPPING FOR PUBLIC SERVER site;
         CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (client_id 'our-app', client_secret 'x')"
    ));
    let url = "SELECT confluence.oauth_authorize_url('site', 'https://us.example/callback')";
    let raised = error(&mut reader, url);
    assert_eq!(raised.code().code(), "42501", "{raised:?}");
    assert!(!format!("{raised:?}").contains("our-app"));
    assert!(one(&mut scene.client, url).contains("client_id=our-app"));
    // Members of the owner see it in the catalog, and here.
    scene.database.execute(&format!(
        "ALTER SERVER site OWNER TO {owner}; GRANT {owner} TO {carol}"
    ));
    assert!(one(&mut reader, url).contains("client_id=our-app"));
    let shown = "SELECT umoptions IS NOT NULL FROM pg_user_mappings WHERE srvname = 'site'";
    assert_eq!(one(&mut reader, shown), "t");
    scene.database.execute(&format!(
        "ALTER SERVER site OWNER TO CURRENT_USER; DROP OWNED BY {carol}; DROP OWNED BY {owner}"
    ));
}

#[test]
fn explain_runs_no_check_of_a_tables_types() {
    let mut scene = Scene::new();
    scene.database.execute(
        "CREATE FUNCTION never(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''called by %'', current_user; END';
         CREATE DOMAIN checked AS text CHECK (never(VALUE));
         CREATE FOREIGN TABLE pages (id bigint NOT NULL, site checked) SERVER site
             OPTIONS (table 'confluence_pages', site 'acme')",
    );
    for query in [
        "SELECT * FROM pages",
        "SELECT id FROM pages ORDER BY id LIMIT 1",
    ] {
        lines(&mut scene.client, &format!("EXPLAIN {query}"));
        lines(&mut scene.client, &format!("EXPLAIN (VERBOSE) {query}"));
    }
    let raised = error(&mut scene.client, "SELECT * FROM pages");
    assert!(raised.message().starts_with("called by"), "{raised:?}");
}
