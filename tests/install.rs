//! The extension comes and goes as an extension should.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use confluence_fdw_tests::{Database, error, lines, literal, one};
use postgres::Client;

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

#[test]
fn the_sql_names_every_function_of_the_library_and_no_other() {
    let database = Database::create();
    let mut client = database.connect();
    let named: BTreeSet<String> = lines(
        &mut client,
        "SELECT prosrc FROM pg_proc WHERE probin = '$libdir/confluence_fdw'",
    )
    .into_iter()
    .collect();
    let library = directory(&mut client, "PKGLIBDIR").join("confluence_fdw.so");
    let listing = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=posix"])
        .arg(&library)
        .output()
        .expect("nm runs: it comes with the linker");
    assert!(listing.status.success(), "nm {}", library.display());
    // A function that SQL can call has a record beside it that says how.
    let offered: BTreeSet<String> = String::from_utf8_lossy(&listing.stdout)
        .lines()
        .filter_map(|line| line.split(' ').next()?.strip_prefix("pg_finfo_"))
        .map(str::to_owned)
        .collect();
    assert!(offered.contains("confluence_fdw_handler"), "{offered:?}");
    assert_eq!(named, offered);
}

#[test]
fn the_installed_library_is_stripped_and_has_its_symbols_beside_it() {
    let database = Database::create();
    let libraries = directory(&mut database.connect(), "PKGLIBDIR");
    let sections = |file: &str| {
        let listing = Command::new("readelf")
            .args(["--section-headers", "--wide"])
            .arg(libraries.join(file))
            .output()
            .expect("readelf runs: it comes with the linker");
        assert!(listing.status.success(), "readelf {file}");
        String::from_utf8_lossy(&listing.stdout).into_owned()
    };
    let library = sections("confluence_fdw.so");
    assert!(library.contains(" .gnu_debuglink "), "{library}");
    assert!(!library.contains(" .symtab "), "{library}");
    let symbols = sections("confluence_fdw.so.debug");
    assert!(symbols.contains(" .symtab "), "{symbols}");
}

#[test]
fn a_database_that_was_updated_is_the_same_as_one_that_has_this_version_from_the_start() {
    let database = Database::empty();
    let mut client = database.connect();
    let installed = after(
        &mut client,
        "confluence_fdw",
        "CREATE EXTENSION confluence_fdw",
    );
    let older = lines(
        &mut client,
        "SELECT v.version FROM pg_available_extension_versions v JOIN pg_available_extensions e USING (name)
         WHERE name = 'confluence_fdw' AND v.version <> e.default_version",
    );
    for version in older {
        let updated = after(
            &mut client,
            "confluence_fdw",
            &format!(
                "CREATE EXTENSION confluence_fdw VERSION '{version}'; ALTER EXTENSION confluence_fdw UPDATE"
            ),
        );
        assert_eq!(updated, installed, "from version {version}");
    }
}

/// What holds the test above, which has nothing to do as long as there is one version.
#[test]
fn an_update_that_leaves_something_out_is_seen() {
    let database = Database::empty();
    let mut client = database.connect();
    // The extension's own SQL under another name, and a version before it that lacks one section of it.
    let name = format!("like_{}", database.name());
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../sql/confluence_fdw--",
        env!("CARGO_PKG_VERSION"),
        ".sql"
    );
    let sql = fs::read_to_string(path)
        .expect("the extension's SQL")
        .replace("'confluence_fdw'", &literal(&name));
    let (added, kept): (Vec<_>, Vec<_>) = sql
        .split("\n-- --- ")
        .partition(|section| section.starts_with("Views "));
    let (added, kept) = (added.concat(), kept.join("\n-- --- "));
    let added = added.split_once('\n').expect("a heading").1;
    let without_comment = &added[..added.rfind("COMMENT ON").expect("a comment")];
    let without_body = added.replace("namesakes > 1", "namesakes > 2");
    assert_ne!(added, without_body);
    let extension = Extension::new(&mut client, &name);
    extension.file(
        ".control",
        "default_version = '2'\nschema = 'confluence'\nmodule_pathname = '$libdir/confluence_fdw'\n",
    );
    extension.file("--1.sql", &kept);
    extension.file("--2.sql", &sql);
    extension.file("--1--2.sql", added);
    extension.file("--1--without_comment.sql", without_comment);
    extension.file("--1--other_body.sql", &without_body);
    extension.file(
        "--1--other_rights.sql",
        &format!("{added}\nREVOKE EXECUTE ON FUNCTION confluence.scans() FROM PUBLIC;"),
    );

    let installed = after(&mut client, &name, &format!("CREATE EXTENSION {name}"));
    let mut updated = |version: &str| {
        let update = format!(
            "CREATE EXTENSION {name} VERSION '1'; ALTER EXTENSION {name} UPDATE TO '{version}'"
        );
        after(&mut client, &name, &update)
    };
    assert_eq!(updated("2"), installed);
    for version in ["without_comment", "other_body", "other_rights"] {
        assert_ne!(updated(version), installed, "{version}");
    }
}

/// Files of an extension that the server finds while this is there.
struct Extension {
    directory: PathBuf,
    name: String,
}

impl Extension {
    fn new(client: &mut Client, name: &str) -> Self {
        Self {
            directory: directory(client, "SHAREDIR").join("extension"),
            name: name.to_owned(),
        }
    }

    fn file(&self, ending: &str, text: &str) {
        let path = self.directory.join(format!("{}{ending}", self.name));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("the file is ours");
    }
}

impl Drop for Extension {
    fn drop(&mut self) {
        for entry in fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with(&self.name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A directory of the server's installation, as pg_config names it.
fn directory(client: &mut Client, name: &str) -> PathBuf {
    let name = literal(name);
    one(
        client,
        &format!("SELECT setting FROM pg_config WHERE name = {name}"),
    )
    .into()
}

/// What an extension has brought into a database after these statements, which are then undone.
fn after(client: &mut Client, extension: &str, statements: &str) -> Vec<String> {
    client
        .batch_execute(statements)
        .unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    let inventory = lines(
        client,
        &format!(
            "{INVENTORY} WHERE extension = {} ORDER BY 1",
            literal(extension)
        ),
    );
    client
        .batch_execute(&format!(
            "DROP EXTENSION {extension}; DROP SCHEMA IF EXISTS confluence RESTRICT"
        ))
        .unwrap();
    assert!(inventory.len() > 20, "{inventory:#?}");
    let unknown = inventory.iter().find(|line| line.contains("unknown kind"));
    assert_eq!(unknown, None);
    inventory
}

/// Everything about the members of extensions: what they are, how they are defined, who may use them, and the comments.
/// A member of a kind that is not described here shows as one that is unknown.
const INVENTORY: &str = "
WITH member AS (
    SELECT e.extname AS extension, d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
    FROM pg_extension e
    JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
), inventory AS (
    SELECT extension, concat_ws(' | ', name,
        CASE classid
        WHEN 'pg_proc'::regclass THEN (
            SELECT concat_ws(' | ', pg_get_functiondef(oid), proowner::regrole, proacl)
            FROM pg_proc WHERE oid = objid)
        WHEN 'pg_class'::regclass THEN (
            SELECT concat_ws(' | ', relkind, relpersistence, relrowsecurity, reloptions, relowner::regrole, relacl,
                             CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
            FROM pg_class WHERE oid = objid)
        WHEN 'pg_foreign_data_wrapper'::regclass THEN (
            SELECT concat_ws(' | ', fdwhandler::regprocedure, fdwvalidator::regprocedure, fdwoptions, fdwowner::regrole, fdwacl)
            FROM pg_foreign_data_wrapper WHERE oid = objid)
        WHEN 'pg_type'::regclass THEN (SELECT concat_ws(' | ', typtype, typacl) FROM pg_type WHERE oid = objid)
        WHEN 'pg_event_trigger'::regclass THEN (
            SELECT concat_ws(' | ', evtevent, evtfoid::regprocedure, evtenabled, evttags)
            FROM pg_event_trigger WHERE oid = objid)
        ELSE 'is of an unknown kind: say in INVENTORY what makes it up' END) AS line
    FROM member
    UNION ALL
    SELECT extension, concat_ws(' | ', name, objsubid, 'comment', description)
    FROM member JOIN pg_description ON classoid = classid AND objoid = objid
    UNION ALL
    SELECT extension, concat_ws(' | ', name, objsubid, 'rights at first', initprivs)
    FROM member JOIN pg_init_privs ON classoid = classid AND objoid = objid
    UNION ALL
    SELECT extension, concat_ws(' | ', name, 'column', row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname,
                                format_type(atttypid, atttypmod), attnotnull, attacl, pg_get_expr(adbin, adrelid))
    FROM member
    JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT extension, concat_ws(' | ', name, 'constraint', conname, pg_get_constraintdef(c.oid))
    FROM member JOIN pg_constraint c ON classid = 'pg_class'::regclass AND conrelid = objid
    UNION ALL
    SELECT extension, concat_ws(' | ', name, 'index', pg_get_indexdef(indexrelid))
    FROM member JOIN pg_index ON classid = 'pg_class'::regclass AND indrelid = objid
    UNION ALL
    SELECT extension, concat_ws(' | ', name, 'trigger', pg_get_triggerdef(t.oid))
    FROM member JOIN pg_trigger t ON classid = 'pg_class'::regclass AND tgrelid = objid
    UNION ALL
    SELECT extname, concat_ws(' | ', 'saved by pg_dump', extconfig::regclass[], extcondition) FROM pg_extension
    UNION ALL
    SELECT extname, concat_ws(' | ', 'schema', nspname, nspacl)
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
)
SELECT line FROM inventory";
