//! Who gets what by `CREATE EXTENSION`, whatever was there before it.

use confluence_fdw_tests::{Database, error, lines, one};

/// Every object of the extension and its schema, with what others than the owner may do.
const RIGHTS: &str = "
    WITH member AS (
        SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'confluence_fdw'
    ), object AS (
        SELECT 'schema confluence' AS name, nspacl AS acl, nspowner AS owner
        FROM pg_namespace WHERE nspname = 'confluence'
      UNION ALL
        SELECT pg_describe_object(m.classid, m.objid, 0), coalesce(relacl, acldefault('r', relowner)), relowner
        FROM member m JOIN pg_class c ON c.oid = m.objid WHERE m.classid = 'pg_class'::regclass
      UNION ALL
        SELECT pg_describe_object(m.classid, m.objid, 0), attacl, relowner
        FROM member m JOIN pg_class c ON c.oid = m.objid JOIN pg_attribute ON attrelid = c.oid
        WHERE m.classid = 'pg_class'::regclass
      UNION ALL
        SELECT 'routine ' || p.oid::regprocedure, coalesce(proacl, acldefault('f', proowner)), proowner
        FROM member m JOIN pg_proc p ON p.oid = m.objid WHERE m.classid = 'pg_proc'::regclass
      UNION ALL
        SELECT pg_describe_object(m.classid, m.objid, 0), coalesce(fdwacl, acldefault('F', fdwowner)), fdwowner
        FROM member m JOIN pg_foreign_data_wrapper w ON w.oid = m.objid
        WHERE m.classid = 'pg_foreign_data_wrapper'::regclass
    )
    SELECT name, privilege_type,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END
               || CASE WHEN is_grantable THEN ' with grant option' ELSE '' END
    FROM object, aclexplode(acl) WHERE grantee <> owner ORDER BY 1, 2, 3";

/// What docs/security.md says.
const PROMISED: [&str; 26] = [
    "routine confluence.\"analyze\"(text,integer)|EXECUTE|PUBLIC",
    "routine confluence.\"check\"(text)|EXECUTE|PUBLIC",
    "routine confluence.attest(text,text,jsonb,integer)|EXECUTE|PUBLIC",
    "routine confluence.can(text,bigint,text,text)|EXECUTE|PUBLIC",
    "routine confluence.confluence_fdw_handler()|EXECUTE|PUBLIC",
    "routine confluence.confluence_fdw_validator(text[],oid)|EXECUTE|PUBLIC",
    "routine confluence.content_access_live(text,bigint)|EXECUTE|PUBLIC",
    "routine confluence.create_mirror(text,text,text[])|EXECUTE|PUBLIC",
    "routine confluence.create_views(text,text)|EXECUTE|PUBLIC",
    "routine confluence.erase_person(text,text)|EXECUTE|PUBLIC",
    "routine confluence.export_manifest(text,bigint,text)|EXECUTE|PUBLIC",
    "routine confluence.hold_to_erase(text)|EXECUTE|PUBLIC",
    "routine confluence.import_user_emails(text)|EXECUTE|PUBLIC",
    "routine confluence.list_mirrors()|EXECUTE|PUBLIC",
    "routine confluence.live_tables(text)|EXECUTE|PUBLIC",
    "routine confluence.load_user_emails(text)|EXECUTE|PUBLIC",
    "routine confluence.mirror_function(text,text,text[])|EXECUTE|PUBLIC",
    "routine confluence.oauth_authorize_url(text,text,text,text)|EXECUTE|PUBLIC",
    "routine confluence.oauth_exchange(text,text,text)|EXECUTE|PUBLIC",
    "routine confluence.oauth_refresh(text)|EXECUTE|PUBLIC",
    "routine confluence.refresh(text,text,bigint)|EXECUTE|PUBLIC",
    "routine confluence.requests()|EXECUTE|PUBLIC",
    "routine confluence.scans()|EXECUTE|PUBLIC",
    "routine confluence.verify(text,bigint,text)|EXECUTE|PUBLIC",
    "schema confluence|USAGE|PUBLIC",
    "view confluence.mirrors|SELECT|PUBLIC",
];

#[track_caller]
fn assert_promised(database: &Database) {
    assert_eq!(lines(&mut database.connect(), RIGHTS), PROMISED);
}

#[test]
fn others_may_use_the_schema_and_call_the_functions_and_nothing_else() {
    assert_promised(&Database::create());
}

#[test]
fn default_privileges_give_no_right_and_take_none() {
    let database = Database::empty();
    let reporting = database.role("reporting");
    for in_schema in ["", "IN SCHEMA public"] {
        for kind in ["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES"] {
            database.execute(&format!(
                "ALTER DEFAULT PRIVILEGES {in_schema} GRANT ALL ON {kind} TO {reporting} WITH GRANT OPTION;
                 ALTER DEFAULT PRIVILEGES {in_schema} GRANT ALL ON {kind} TO PUBLIC"
            ));
        }
    }
    database.execute(&format!(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO {reporting} WITH GRANT OPTION;
         ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC"
    ));
    database.execute("CREATE EXTENSION confluence_fdw");
    assert_promised(&database);
    let mut client = database.connect_as(&reporting);
    let refused = error(&mut client, "SELECT * FROM confluence.user_emails");
    assert_eq!(refused.code().code(), "42501");
    // Where functions are for nobody by default, these are for all: they run with the rights of their caller.
    let strict = Database::empty();
    strict.execute(
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC; CREATE EXTENSION confluence_fdw",
    );
    assert_promised(&strict);
    database.execute(&format!("DROP OWNED BY {reporting}"));
}

#[test]
fn event_triggers_neither_break_it_nor_leave_a_right() {
    let database = Database::empty();
    let reporting = database.role("reporting");
    // One that many have: whatever is made is opened for a group of readers.
    database.execute(&format!(
        "CREATE FUNCTION open_tables() RETURNS event_trigger LANGUAGE plpgsql AS $$
         DECLARE made record;
         BEGIN
             FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
                 EXECUTE format('GRANT ALL ON %s TO {reporting} WITH GRANT OPTION', made.object_identity);
             END LOOP;
         END $$;
         CREATE EVENT TRIGGER open_tables ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
             EXECUTE FUNCTION open_tables();
         CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM count(*) FROM pg_event_trigger_ddl_commands(); END $$;
         CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch();
         CREATE EXTENSION confluence_fdw"
    ));
    assert_promised(&database);
    database.execute("DROP EVENT TRIGGER open_tables; DROP EVENT TRIGGER watch");
}

// --- A schema that is there already ----------------------------------------------------------------------------------

/// CREATE EXTENSION is refused for this reason, and nothing of it stays.
#[track_caller]
fn refused(database: &Database, message: &str) -> postgres::error::DbError {
    let mut client = database.connect();
    let refused = error(&mut client, "CREATE EXTENSION confluence_fdw");
    assert_eq!(
        (refused.code().code(), refused.message()),
        ("55000", message),
        "{refused:?}"
    );
    assert!(refused.hint().is_some());
    assert_eq!(
        one(
            &mut client,
            "SELECT count(*) FROM pg_foreign_data_wrapper WHERE fdwname = 'confluence_fdw'"
        ),
        "0"
    );
    refused
}

#[test]
fn a_schema_of_somebody_elses_is_refused() {
    let database = Database::empty();
    let bob = database.role("bob");
    database.execute(&format!(
        "GRANT CREATE ON DATABASE {} TO {bob}",
        database.name()
    ));
    database
        .connect_as(&bob)
        .batch_execute("CREATE SCHEMA confluence")
        .unwrap();
    let raised = refused(&database, "schema \"confluence\" belongs to another role");
    assert!(raised.detail().unwrap().contains(&bob), "{raised:?}");

    // A function that every call with a literal would have gone to.
    database
        .connect_as(&bob)
        .batch_execute(
            "CREATE FUNCTION confluence.check(text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END'",
        )
        .unwrap();
    refused(&database, "schema \"confluence\" belongs to another role");
    // Taking it over is not enough: what he has put there is still his.
    database.execute("ALTER SCHEMA confluence OWNER TO CURRENT_USER");
    refused(&database, "schema \"confluence\" is not empty");
    database.execute("DROP SCHEMA confluence CASCADE; CREATE EXTENSION confluence_fdw");
    assert_promised(&database);
    database.execute(&format!("DROP OWNED BY {bob}"));
}

#[test]
fn a_schema_that_another_superuser_has_made_will_do() {
    let database = Database::empty();
    let other = database.role("other");
    database.execute(&format!(
        "ALTER ROLE {other} SUPERUSER; CREATE SCHEMA confluence AUTHORIZATION {other}; CREATE EXTENSION confluence_fdw"
    ));
    database.execute(&format!(
        "DROP EXTENSION confluence_fdw; DROP OWNED BY {other}"
    ));
}

#[test]
fn a_schema_that_holds_anything_is_refused() {
    for made in [
        "CREATE TABLE confluence.x ()",
        "CREATE VIEW confluence.x AS SELECT 1 AS a",
        "CREATE SEQUENCE confluence.x",
        "CREATE FUNCTION confluence.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TYPE confluence.x AS ENUM ('a')",
        "CREATE DOMAIN confluence.x AS text",
        "CREATE OPERATOR confluence.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
        "CREATE OPERATOR FAMILY confluence.x USING btree",
        "CREATE COLLATION confluence.x FROM \"C\"",
        "CREATE CONVERSION confluence.x FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "CREATE TEXT SEARCH CONFIGURATION confluence.x (COPY = simple)",
        "CREATE TEXT SEARCH DICTIONARY confluence.x (TEMPLATE = simple)",
        "CREATE TABLE public.t (a int, b int); CREATE STATISTICS confluence.x ON a, b FROM public.t",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA confluence GRANT SELECT ON TABLES TO PUBLIC",
    ] {
        let database = Database::empty();
        database.execute("CREATE SCHEMA confluence");
        database.execute(made);
        refused(&database, "schema \"confluence\" is not empty");
    }
}

#[test]
fn a_schema_in_which_others_may_create_is_refused() {
    let database = Database::empty();
    let bob = database.role("bob");
    for grantee in [bob.as_str(), "PUBLIC"] {
        database.execute(&format!(
            "CREATE SCHEMA confluence; GRANT ALL ON SCHEMA confluence TO {grantee}"
        ));
        let raised = refused(
            &database,
            "schema \"confluence\" lets other roles create objects in it",
        );
        let remedy = format!("REVOKE CREATE ON SCHEMA confluence FROM {grantee}");
        assert_eq!(raised.hint(), Some(remedy.as_str()));
        // The remedy is one.
        database.execute(&remedy);
        database.execute("CREATE EXTENSION confluence_fdw");
        assert_promised(&database);
        database.execute("DROP EXTENSION confluence_fdw; DROP SCHEMA confluence");
    }
}

#[test]
fn an_empty_schema_of_ones_own_will_do() {
    let database = Database::empty();
    database.execute("CREATE SCHEMA confluence");
    database.execute("CREATE EXTENSION confluence_fdw");
    assert_promised(&database);
}

#[test]
fn nothing_on_the_search_path_takes_part_in_it() {
    let database = Database::empty();
    database.execute(
        "CREATE SCHEMA evil;
         CREATE FUNCTION evil.never(name, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
         CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
         CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = text, FUNCTION = evil.never);
         CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.never);
         CREATE OPERATOR evil.<> (LEFTARG = name, RIGHTARG = text, FUNCTION = evil.never);
         CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
         CREATE FUNCTION evil.format(text, text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
         CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
         CREATE DOMAIN evil.record AS pg_catalog.text CHECK (false)",
    );
    let mut client = database.connect();
    lines(
        &mut client,
        "SET search_path = evil, pg_catalog, public; CREATE EXTENSION confluence_fdw",
    );
    assert_promised(&database);
    let foreign = "SELECT count(*) FROM pg_catalog.pg_depend d, pg_catalog.pg_namespace n
         WHERE n.nspname OPERATOR(pg_catalog.=) 'evil'::pg_catalog.name AND d.objid = n.oid";
    assert_eq!(one(&mut client, foreign), "0");
    let types =
        "SELECT DISTINCT t.typnamespace::pg_catalog.regnamespace FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = 'confluence.user_emails'::pg_catalog.regclass";
    assert_eq!(one(&mut client, types), "pg_catalog");
}

#[test]
fn a_literal_fits_every_function_and_no_overload_fits_better() {
    let database = Database::create();
    // The types that PostgreSQL prefers for a literal: a name would come second to a text.
    let arguments = lines(
        &mut database.connect(),
        "SELECT DISTINCT format_type(argument, NULL)
         FROM pg_proc, unnest(proargtypes::oid[]) AS argument
         WHERE pronamespace = 'confluence'::regnamespace AND proname NOT LIKE 'confluence_fdw_%'",
    );
    assert_eq!(arguments, ["bigint", "integer", "jsonb", "text", "text[]"]);
    let variadic = one(
        &mut database.connect(),
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'confluence'::regnamespace AND provariadic <> 0",
    );
    assert_eq!(variadic, "0");
}

#[test]
fn every_body_of_sql_has_its_names_bound() {
    let database = Database::create();
    // What is not C is read anew at each call: it needs a search path of its own.
    let unbound = lines(
        &mut database.connect(),
        "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
         WHERE p.pronamespace = 'confluence'::regnamespace AND l.lanname <> 'c' AND p.prosqlbody IS NULL
           AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)",
    );
    assert_eq!(unbound, [""; 0]);
}
