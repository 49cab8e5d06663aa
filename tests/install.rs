//! The extension comes and goes as an extension should.

use confluence_fdw_tests::{Database, error, lines, one};

#[test]
fn create_extension_installs_this_version() {
    let database = Database::create();
    let mut client = database.connect();
    let installed = one(
        &mut client,
        "SELECT extversion, nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
         WHERE extname = 'confluence_fdw'",
    );
    assert_eq!(
        installed,
        format!("{}|confluence", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        one(
            &mut client,
            "SELECT count(*) FROM pg_foreign_data_wrapper WHERE fdwname = 'confluence_fdw'"
        ),
        "1"
    );
}

#[test]
fn drop_extension_leaves_nothing_behind() {
    let database = Database::empty();
    let mut client = database.connect();
    // Everything that a schema can hold, and the schemas themselves.
    let inventory =
        "SELECT format('%s %s', 'relation', oid::regclass) FROM pg_class WHERE relkind <> 't'
         UNION ALL SELECT format('%s %s', 'function', oid::regprocedure) FROM pg_proc
         UNION ALL SELECT format('%s %s', 'type', oid::regtype) FROM pg_type
         UNION ALL SELECT format('%s %s', 'wrapper', fdwname) FROM pg_foreign_data_wrapper
         UNION ALL SELECT format('%s %s', 'schema', nspname) FROM pg_namespace
         UNION ALL SELECT format('%s %s', 'event trigger', evtname) FROM pg_event_trigger
         ORDER BY 1";
    let before = lines(&mut client, inventory);
    client
        .batch_execute("CREATE EXTENSION confluence_fdw; DROP EXTENSION confluence_fdw")
        .unwrap();
    // CREATE EXTENSION makes the schema where it is missing; it is not the extension's, so PostgreSQL keeps it.
    client
        .batch_execute("DROP SCHEMA IF EXISTS confluence RESTRICT")
        .unwrap();
    assert_eq!(lines(&mut client, inventory), before);
}

#[test]
fn drop_extension_refuses_while_a_server_depends_on_it() {
    let database = Database::create();
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'example')",
        )
        .unwrap();
    let refused = error(&mut client, "DROP EXTENSION confluence_fdw");
    assert_eq!(refused.code().code(), "2BP01");
    assert_eq!(
        refused.detail(),
        Some("server site depends on foreign-data wrapper confluence_fdw")
    );
    client
        .batch_execute("DROP EXTENSION confluence_fdw CASCADE")
        .unwrap();
}

#[test]
fn create_extension_works_again_after_drop() {
    let database = Database::create();
    database.execute("DROP EXTENSION confluence_fdw; CREATE EXTENSION confluence_fdw");
}

#[test]
fn create_extension_refuses_a_database_that_cannot_hold_every_title() {
    let database = Database::empty();
    let latin = format!("{}_latin1", database.name());
    database.execute(&format!(
        "CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    ));
    let mut config = database.tcp_config();
    let mut client = config.dbname(&latin).connect(postgres::NoTls).unwrap();
    let refused = error(&mut client, "CREATE EXTENSION confluence_fdw");
    assert_eq!(refused.code().code(), "0A000");
    assert_eq!(
        refused.message(),
        "confluence_fdw needs a database whose encoding is UTF8"
    );
    assert!(refused.hint().is_some());
    drop(client);
    database.execute(&format!("DROP DATABASE {latin}"));
}
