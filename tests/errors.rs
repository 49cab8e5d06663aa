//! What is wrong is said: by SQLSTATE, message and hint, and without a secret.

mod changing_options;
mod credentials;
mod limits;
mod options;
mod reaching;
mod secrets;

use confluence_fdw_tests::{error, lines, literal};
use confluence_sim::{Credential, Options};
use postgres::Client;
use postgres::error::DbError;

use crate::scene::Scene;

/// What an error has to be: SQLSTATE, message, and a part of the hint.
type Expected<'e> = (&'e str, &'e str, &'e str);

#[track_caller]
fn fails(client: &mut Client, sql: &str, (sqlstate, message, hint): Expected) -> DbError {
    let raised = error(client, sql);
    assert_eq!(
        (raised.code().code(), raised.message()),
        (sqlstate, message),
        "{sql}: {raised:?}"
    );
    let said = raised.hint().unwrap_or_default();
    assert!(
        said.contains(hint) && hint.is_empty() == said.is_empty(),
        "{sql}: {said}"
    );
    raised
}

/// A site with a role `reader` that has no mapping, and may read its tables. The superuser's is the only one.
#[track_caller]
fn two_readers() -> (Scene, String) {
    let scene = Scene::new();
    let role = scene.database.role("reader");
    scene.database.execute(&format!(
        "DROP USER MAPPING FOR PUBLIC SERVER site;
         CREATE USER MAPPING FOR postgres SERVER site OPTIONS (email {}, api_token {});
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    ));
    (scene, role)
}

/// Lets the site know a credential, and a role have it.
fn give(scene: &Scene, role: &str, token: &str) {
    scene
        .sim
        .grant(Credential::basic(format!("{token}@example.com"), token));
    scene.database.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email '{token}@example.com', api_token '{token}')"
    ));
}

/// The query is sent with the credential of this token.
#[track_caller]
fn reads_with(scene: &Scene, client: &mut Client, sql: &str, token: &str) {
    let email = if token == Options::TOKEN {
        Options::EMAIL.to_owned()
    } else {
        format!("{token}@example.com")
    };
    let expected = Credential::basic(email, token).header();
    scene.sim.clear_log();
    lines(client, sql);
    let log = scene.sim.data_requests();
    assert!(!log.is_empty());
    for request in log {
        assert_eq!(
            request.header("authorization"),
            Some(expected.as_str()),
            "{sql}"
        );
    }
}
