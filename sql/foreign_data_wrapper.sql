-- The foreign data wrapper, and before it: whether the schema is one that nobody else has a hand in.
--
-- PostgreSQL takes a schema that is there. Whoever owns it, or may create something in it, could have their own functions
-- called in place of the extension's, by superusers, too. So until this block is through, no name is looked up in it:
-- all are bound to pg_catalog, operators included.
DO $$
DECLARE
    home     oid;
    owner    oid;
    contents bigint;
    creators text;
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE feature_not_supported USING
            MESSAGE = 'confluence_fdw needs a database whose encoding is UTF8',
            HINT = 'Confluence has text in all scripts. CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0';
    END IF;

    SELECT n.oid, n.nspowner INTO STRICT home, owner
    FROM pg_catalog.pg_namespace AS n WHERE n.nspname OPERATOR(pg_catalog.=) 'confluence';

    -- Another superuser could do everything anyway; a dump that is restored may have the schema from one.
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_roles AS r
        WHERE r.oid OPERATOR(pg_catalog.=) owner
          AND (r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolsuper)
    ) THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'schema "confluence" belongs to another role',
            DETAIL = pg_catalog.format('Its owner, "%s", could replace what the extension puts into it, and drop it with all servers and user mappings.',
                                       pg_catalog.pg_get_userbyid(owner)),
            HINT = 'Drop the schema if nobody needs it: CREATE EXTENSION makes it anew. Or take it over with ALTER SCHEMA confluence OWNER TO CURRENT_USER.';
    END IF;

    -- Whatever can lie in a schema depends on it, default privileges and publications of it included.
    SELECT pg_catalog.count(*) INTO contents
    FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_namespace' AS pg_catalog.regclass)
      AND d.refobjid OPERATOR(pg_catalog.=) home
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_extension AS e
          WHERE d.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)
            AND d.objid OPERATOR(pg_catalog.=) e.oid AND e.extname OPERATOR(pg_catalog.=) 'confluence_fdw'
      );
    IF contents OPERATOR(pg_catalog.>) 0 THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'schema "confluence" is not empty',
            DETAIL = pg_catalog.format('Objects that are not the extension''s: %s.', contents),
            HINT = 'DROP SCHEMA confluence names them. Move them elsewhere, or drop them with it: CREATE EXTENSION makes the schema anew.';
    END IF;

    -- A schema that this very transaction has made can have got such a right by default: it is taken back at the end.
    SELECT pg_catalog.string_agg(CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC'
                                      ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(a.grantee)) END, ', ')
    INTO creators
    FROM pg_catalog.pg_namespace AS n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) AS a
    WHERE n.oid OPERATOR(pg_catalog.=) home
      AND n.xmin OPERATOR(pg_catalog.<>) CAST(pg_catalog.pg_current_xact_id() AS pg_catalog.xid)
      AND a.privilege_type OPERATOR(pg_catalog.=) 'CREATE'
      AND a.grantee OPERATOR(pg_catalog.<>) n.nspowner;
    IF creators IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'schema "confluence" lets other roles create objects in it',
            DETAIL = pg_catalog.format('They are: %s.', creators),
            HINT = pg_catalog.format('REVOKE CREATE ON SCHEMA confluence FROM %s', creators);
    END IF;
END
$$;

CREATE FUNCTION confluence.confluence_fdw_handler() RETURNS pg_catalog.fdw_handler
    LANGUAGE C STRICT AS 'MODULE_PATHNAME', 'confluence_fdw_handler';
CREATE FUNCTION confluence.confluence_fdw_validator(pg_catalog.text[], pg_catalog.oid) RETURNS pg_catalog.void
    LANGUAGE C STRICT AS 'MODULE_PATHNAME', 'confluence_fdw_validator';
CREATE FOREIGN DATA WRAPPER confluence_fdw
    HANDLER confluence.confluence_fdw_handler VALIDATOR confluence.confluence_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER confluence_fdw IS 'Confluence Cloud as PostgreSQL tables';
