-- The extension's SQL, as CREATE EXTENSION runs it: everything that confluence_fdw 0.1.0 brings into a database.
--
-- This file is written by hand, and it is the only place that says so. It names C functions of the library, where
-- MODULE_PATHNAME stands for its place; for a function `name` in Rust (#[pg_extern]) that is `name_wrapper`.
--
-- Once a version is released its file does not change any more. What changes then goes into the file of the next version,
-- and into a script that takes a database there: confluence_fdw--OLD--NEW.sql.
--
-- Functions that are not STRICT refuse NULL themselves: for NULL they would give NULL or no row, and that would look like
-- an answer. EXECUTE is left with PUBLIC: all of them run with the caller's rights, and add none.

\echo Use "CREATE EXTENSION confluence_fdw" to load this file. \quit

-- --- The schema -------------------------------------------------------------------------------------------------------

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

-- --- The foreign data wrapper -----------------------------------------------------------------------------------------

CREATE FUNCTION confluence.confluence_fdw_handler() RETURNS pg_catalog.fdw_handler
    LANGUAGE c VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'confluence_fdw_handler';

CREATE FUNCTION confluence.confluence_fdw_validator(pg_catalog.text[], pg_catalog.oid) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'confluence_fdw_validator';

CREATE FOREIGN DATA WRAPPER confluence_fdw
    HANDLER confluence.confluence_fdw_handler VALIDATOR confluence.confluence_fdw_validator;

COMMENT ON FOREIGN DATA WRAPPER confluence_fdw IS
    'Confluence Cloud as PostgreSQL tables';

-- --- Servers: whether one works, and what a session has read ----------------------------------------------------------

CREATE FUNCTION confluence.check(server text)
RETURNS TABLE (step text, status text, found text, remedy text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'check_wrapper';

COMMENT ON FUNCTION confluence.check(text) IS
    'Connects to a server as the caller, and reports step by step what works (ok, warn, fail, skip), and what to do about the rest';

CREATE FUNCTION confluence.scans()
RETURNS TABLE (
    scan bigint, started_at timestamptz, server text, foreign_table text, remote_table text, request text,
    requests bigint, retries bigint, probes bigint, rows bigint, bytes bigint, unread bigint,
    waited interval, throttled interval, complete boolean, sqlstate text, error text
)
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'scans_wrapper';

COMMENT ON FUNCTION confluence.scans() IS
    'The latest 100 scans of this session, the oldest first: what they have cost, and whether they came to the end that the site declares';

CREATE FUNCTION confluence.requests()
RETURNS TABLE (
    scan bigint, sent_at timestamptz, server text, reason text, method text, path text, served_by text,
    outcome text, status integer, milliseconds double precision, bytes bigint, rows bigint
)
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'requests_wrapper';

COMMENT ON FUNCTION confluence.requests() IS
    'The latest 1000 requests of this session, the oldest first: why each was sent, and what became of it';

CREATE FUNCTION confluence.analyze(server text, max_requests integer DEFAULT 500)
RETURNS TABLE (foreign_table regclass, requests bigint, rows bigint, left_out text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'analyze_wrapper';

COMMENT ON FUNCTION confluence.analyze(text, integer) IS
    'Analyzes the foreign tables of a server that the caller owns and that are worth it, with so many requests at most, and reports of each table how many requests that took, how many rows it has, or why it was left out';

-- --- What the site itself says -----------------------------------------------------------------------------------------

CREATE FUNCTION confluence.can(server text, content bigint, account text, access text)
RETURNS TABLE (allowed boolean, failed_layer text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1
    AS 'MODULE_PATHNAME', 'can_wrapper';

COMMENT ON FUNCTION confluence.can(text, bigint, text, text) IS
    'Asks the site whether an account may view or edit a content: one request, as the caller, who has to administer Confluence to ask about others. failed_layer is what keeps the account out: product, space, content, or unknown where the site does not say. allowed is NULL where the site shows the caller no such content';

-- --- Consent in a browser ---------------------------------------------------------------------------------------------

CREATE FUNCTION confluence.oauth_authorize_url(
    server text,
    redirect_uri text,
    scopes text DEFAULT NULL,
    state text DEFAULT pg_catalog.gen_random_uuid()::pg_catalog.text
) RETURNS text
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'oauth_authorize_url_wrapper';

COMMENT ON FUNCTION confluence.oauth_authorize_url(text, text, text, text) IS
    'The address at which somebody consents, in a browser, to what the app of the caller''s user mapping reads';

CREATE FUNCTION confluence.oauth_exchange(
    server text,
    code text,
    redirect_uri text
) RETURNS TABLE (site text, cloud_id text, scopes text, token_expires_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'oauth_exchange_wrapper';

COMMENT ON FUNCTION confluence.oauth_exchange(text, text, text) IS
    'Gets tokens for a code that confluence.oauth_authorize_url led to, and stores them in the caller''s user mapping';

-- A procedure, since it commits: what it gets replaces for good what was stored.
CREATE PROCEDURE confluence.oauth_refresh(server text)
    LANGUAGE c
    AS 'MODULE_PATHNAME', 'confluence_oauth_refresh';

COMMENT ON PROCEDURE confluence.oauth_refresh(text) IS
    'Gets the next access token for the consent that confluence.oauth_exchange stored in the caller''s user mapping, stores it there, and commits';

-- --- E-mail addresses -------------------------------------------------------------------------------------------------

-- The e-mail addresses that Confluence Cloud's API does not tell, as an administrator's export tells them.
CREATE TABLE confluence.user_emails (
    account_id     text        PRIMARY KEY
                               CONSTRAINT user_emails_account_id_check
                               CHECK (account_id <> '' AND pg_catalog.char_length(account_id) <= 128),
    email          text,
    display_name   text,
    status         text,
    org_role       text,
    added_to_org   date,
    last_active    date,
    product_access jsonb,
    first_seen     timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_loaded    timestamptz NOT NULL DEFAULT pg_catalog.now()
);

COMMENT ON TABLE confluence.user_emails IS
    'Accounts and their e-mail addresses, from the user export of admin.atlassian.com: see confluence.load_user_emails and confluence.import_user_emails. Accounts that a later export no longer names stay; they are the rows with last_loaded < (SELECT max(last_loaded) FROM confluence.user_emails)';
COMMENT ON COLUMN confluence.user_emails.account_id IS
    'Atlassian account id, as in the author, owner and principal columns of the foreign tables; letter case counts';
COMMENT ON COLUMN confluence.user_emails.email IS
    'E-mail address; NULL means that no export loaded so far has told it, not that there is none';
COMMENT ON COLUMN confluence.user_emails.display_name IS
    'Name that people see';
COMMENT ON COLUMN confluence.user_emails.status IS
    'Active, Inactive, Suspended or Deactivated, or what else the export says';
COMMENT ON COLUMN confluence.user_emails.org_role IS
    'Role in the organisation, such as Organization admin; NULL where the account has none, or the export says None';
COMMENT ON COLUMN confluence.user_emails.added_to_org IS
    'Day on which the account was added to the organisation; NULL where the export tells no day, as in "Before 11 Feb 2017"';
COMMENT ON COLUMN confluence.user_emails.last_active IS
    'Latest day of use of any product in the export; NULL where it tells none';
COMMENT ON COLUMN confluence.user_emails.product_access IS
    'For each product, as in "Confluence - SITE": access, an array of roles or sites, where the export tells access, empty for None; last_seen, the day of last use, null for never; last_seen_text, what the export says instead of a day. NULL where the export tells nothing about products';
COMMENT ON COLUMN confluence.user_emails.first_seen IS
    'When an export first named the account';
COMMENT ON COLUMN confluence.user_emails.last_loaded IS
    'When the latest export that names the account was loaded; the same for all accounts of one load';

-- The rows are the users', not the extension's: pg_dump saves them.
SELECT pg_catalog.pg_extension_config_dump('confluence.user_emails', '');

-- Who may SELECT, INSERT and UPDATE the table may load it. Files on the server are for members of pg_read_server_files.
-- The search path is fixed so that nobody else's operators or functions are ever called.
CREATE FUNCTION confluence.load_user_emails(path text)
RETURNS TABLE (read bigint, inserted bigint, updated bigint, unchanged bigint, absent bigint, rejected bigint, not_understood bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'load_user_emails_wrapper';

COMMENT ON FUNCTION confluence.load_user_emails(text) IS
    'Loads the user export of admin.atlassian.com from a CSV file on the server''s machine into confluence.user_emails; for members of pg_read_server_files';

CREATE FUNCTION confluence.import_user_emails(csv text)
RETURNS TABLE (read bigint, inserted bigint, updated bigint, unchanged bigint, absent bigint, rejected bigint, not_understood bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'import_user_emails_wrapper';

COMMENT ON FUNCTION confluence.import_user_emails(text) IS
    'Loads the user export of admin.atlassian.com, given as text, into confluence.user_emails';

-- --- Views ------------------------------------------------------------------------------------------------------------

-- Plain views over foreign tables, for tools that list tables and views only.
--
-- The search path is fixed so that nobody else's operators or functions are ever called.
CREATE FUNCTION confluence.create_views(server text, schema text) RETURNS TABLE (view_name name)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source      record;
    existing    record;
    commented   record;
    view        text;
    definition  text;
    ours        boolean;
    other       integer;
    -- Of itself a view reads with its owner's rights and user mapping, not with its reader's.
    create_view text := 'CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS SELECT %s FROM %s';
BEGIN
    IF server IS NULL OR schema IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = format('%s must not be null', CASE WHEN server IS NULL THEN 'server' ELSE 'schema' END);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_foreign_server WHERE srvname = server) THEN
        RAISE undefined_object USING MESSAGE = format('server "%s" does not exist', server);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING
            MESSAGE = format('schema "%s" does not exist', schema),
            HINT = format('Views get a schema of their own: CREATE SCHEMA %I', schema);
    END IF;

    FOR source IN
        SELECT c.oid, c.relname, format('%I.%I', n.nspname, c.relname) AS name, columns.*,
               obj_description(c.oid, 'pg_class') AS comment,
               count(*) OVER (PARTITION BY c.relname) AS namesakes
        FROM pg_foreign_table f
        JOIN pg_foreign_server s ON s.oid = f.ftserver
        JOIN pg_class c ON c.oid = f.ftrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
            SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS list,
                   array_agg(attname ORDER BY attnum) AS names,
                   array_agg(format_type(atttypid, atttypmod) ORDER BY attnum) AS types,
                   array_agg(format('%I %s', attname, format_type(atttypid, atttypmod)) ORDER BY attnum) AS definitions
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        ) AS columns
        WHERE s.srvname = server
          AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
        ORDER BY c.relname, n.nspname
    LOOP
        view := format('%I.%I', schema, source.relname);
        IF source.namesakes > 1 THEN
            RAISE duplicate_table USING
                MESSAGE = format('server "%s" has several foreign tables "%s"', server, source.relname),
                DETAIL = format('%s would be a view over each of them.', view),
                HINT = 'Rename one of them, or drop it.';
        END IF;

        SELECT c.oid, c.relkind, columns.* INTO existing
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
            SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS list,
                   array_agg(attname ORDER BY attnum) AS names,
                   array_agg(format_type(atttypid, atttypmod) ORDER BY attnum) AS types,
                   array_agg(format('%I %s', attname, format_type(atttypid, atttypmod)) ORDER BY attnum) AS definitions
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        ) AS columns
        WHERE n.nspname = schema AND c.relname = source.relname;
        IF existing.relkind = 'f' THEN
            RAISE duplicate_table USING
                MESSAGE = format('%s is a foreign table itself', view),
                HINT = 'Views need another schema than the tables: CREATE SCHEMA ...';
        ELSIF existing.relkind IS NOT NULL THEN
            SELECT min(place) INTO other
            FROM generate_subscripts(existing.definitions, 1) AS place
            WHERE existing.definitions[place] IS DISTINCT FROM source.definitions[place];
            IF existing.relkind = 'v' AND other IS NOT NULL THEN
                RAISE duplicate_table USING
                    MESSAGE = format('%s is there already, and its columns are not those of %s', view, source.name),
                    DETAIL = format('Column %s of the view is "%s", and ', other, existing.definitions[other])
                        || CASE WHEN other > cardinality(source.definitions) THEN 'the table has none.'
                                ELSE format('that of the table is "%s".', source.definitions[other]) END,
                    HINT = CASE WHEN existing.types[other] = source.types[other]
                                     AND existing.names[other] <> ALL (source.names)
                                     AND source.names[other] <> ALL (existing.names)
                                THEN format('Name it as it was: ALTER VIEW %s RENAME COLUMN %I TO %I',
                                            view, existing.names[other], source.names[other])
                                ELSE 'Drop it or rename it, or name another schema.' END;
            END IF;
            ours := existing.relkind = 'v' AND existing.definitions IS NOT NULL;
            IF ours THEN
                -- Ours is what we would make of the columns that it has: no condition, no join.
                definition := pg_get_viewdef(existing.oid);
                EXECUTE format(create_view, view, existing.list, source.name);
                ours := pg_get_viewdef(existing.oid) = definition;
            END IF;
            IF ours IS NOT TRUE THEN
                RAISE duplicate_table USING
                    MESSAGE = format('%s is there already, and is not a view of all rows of %s', view, source.name),
                    HINT = 'Drop it or rename it, or name another schema.';
            END IF;
        END IF;

        EXECUTE format(create_view, view, source.list, source.name);
        EXECUTE format('COMMENT ON VIEW %s IS %L', view, source.comment);
        FOR commented IN
            SELECT attname, col_description(attrelid, attnum) AS comment
            FROM pg_attribute WHERE attrelid = source.oid AND attnum > 0 AND NOT attisdropped
        LOOP
            EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', view, commented.attname, commented.comment);
        END LOOP;
        view_name := source.relname;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION confluence.create_views(text, text) IS
    'Makes a view over each foreign table of a server that the caller may read, with its columns and comments, in a schema that is there; for tools that list no foreign tables';

-- --- Mirrors ----------------------------------------------------------------------------------------------------------

-- Whoever calls owns the mirror: it is a schema of theirs, with views and functions that need the extension no more.
CREATE FUNCTION confluence.create_mirror(server text, mirror text, tables text[] DEFAULT '{}')
RETURNS TABLE (object text, kind text, comment text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'create_mirror_wrapper';

COMMENT ON FUNCTION confluence.create_mirror(text, text, text[]) IS
    'Makes a mirror of a server in a schema of the caller''s: tables that keep what rows have been, and views and functions over them; brings an older one up to date. tables names remote tables to be kept beside those that evidence is made of';

-- A procedure, since it commits: piece by piece what it reads, and at the end all of it at once.
CREATE PROCEDURE confluence.refresh(mirror text, mode text DEFAULT 'full', accept bigint DEFAULT NULL)
    LANGUAGE c
    AS 'MODULE_PATHNAME', 'confluence_refresh';

COMMENT ON PROCEDURE confluence.refresh(text, text, bigint) IS
    'Reads the site into a mirror, and publishes all of it or nothing. mode is full, access or changes; accept names a failed run whose finding is right';

-- The foreign tables that a mirror of the caller's is read from.
CREATE FUNCTION confluence.live_tables(mirror text) RETURNS TABLE (remote_table text, foreign_table text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 30
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'live_tables_wrapper';

COMMENT ON FUNCTION confluence.live_tables(text) IS
    'The foreign tables that a mirror of the caller''s is read from, by the names of their remote tables';

-- The rule of access is the mirror's, and stands there alone. So what the site says now is laid over what the mirror has, as if a
-- run had just read it; the mirror's own function answers; and all of that is undone again. Nobody else ever sees it.
--
-- The site is asked before anything is written, in four rounds at most: the content; what is above it and what is granted in
-- its space; the contents above, all lists, and who is in the groups of the grants; who is in the other groups of the lists. Who
-- may use the product, and which accounts there are, is as the mirror has it.
CREATE FUNCTION confluence.content_access_live(mirror text, content bigint) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text,
    reason text, detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- Above all runs that there are.
    live_run CONSTANT bigint := 9223372036854775807;
    kinds    CONSTANT text[] := '{page,blogpost,folder,whiteboard,database,embed}';
    tables   CONSTANT text[] := '{pages,blogposts,folders,whiteboards,databases,smart_links}';
    asked_at timestamptz := clock_timestamp();
    live     jsonb;
    facts    jsonb;
    known    text;
    node     jsonb;
    kind     text;
    parts    text[];
    chain    bigint[] := ARRAY[content];
    above    jsonb := '[]';
    groups   text[] := '{}';
    others   text[] := '{}';
    found    jsonb := '{}';
    more     jsonb := '{}';
    laid     jsonb;
    answer   jsonb;
BEGIN
    IF mirror IS NULL OR content IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = format('%s must not be null', CASE WHEN mirror IS NULL THEN 'mirror' ELSE 'content' END);
    END IF;
    IF CAST(current_setting('transaction_read_only') AS boolean) THEN
        RAISE read_only_sql_transaction USING
            MESSAGE = 'cannot execute confluence.content_access_live() in a read-only transaction',
            DETAIL = 'What the site says is laid over what the mirror has for as long as the answer takes. Nothing was sent.';
    END IF;
    SELECT jsonb_object_agg(t.remote_table, t.foreign_table) INTO live FROM confluence.live_tables(mirror) AS t;
    EXECUTE format('SELECT to_jsonb(f) FROM %1$I.access_facts_at(%1$I.access_run_at(NULL)) AS f', mirror) INTO facts;

    -- The content itself. Of one that the mirror does not know nobody can say beforehand what it is.
    EXECUTE format('SELECT c.type FROM %I.content AS c WHERE c.id = $1', mirror) INTO known USING content;
    FOREACH kind IN ARRAY CASE WHEN known IS NULL THEN kinds ELSE ARRAY[known] END LOOP
        EXECUTE format('SELECT to_jsonb(t) FROM %s AS t WHERE t.id = $1',
                       live ->> ('confluence_' || tables[array_position(kinds, kind)]))
            INTO node USING content;
        EXIT WHEN node IS NOT NULL;
    END LOOP;

    IF node IS NOT NULL THEN
        found := jsonb_build_object(tables[array_position(kinds, kind)], jsonb_build_array(node));
        parts := ARRAY[format('SELECT CAST(''permissions'' AS text) AS part, to_jsonb(t) AS item FROM %s AS t WHERE t.space_id = $1',
                              live ->> 'confluence_permissions')];
        IF kind <> 'blogpost' AND node ->> 'parent_id' IS NOT NULL THEN
            parts := parts || format('SELECT CAST(''ancestors'' AS text), to_jsonb(t) FROM %s AS t WHERE t.%I = $2',
                                     live ->> format('confluence_%s_ancestors', CASE kind WHEN 'embed' THEN 'smart_link' ELSE kind END),
                                     CASE kind WHEN 'embed' THEN 'smart_link' ELSE kind END || '_id');
        END IF;
        IF CAST(facts ->> 'roles_are_read' AS boolean) AND CAST(facts ->> 'roles_are_needed' AS boolean) THEN
            parts := parts || format('SELECT CAST(''space_role_assignments'' AS text), to_jsonb(t) FROM %s AS t WHERE t.space_id = $1',
                                     live ->> 'confluence_space_role_assignments')
                           || format('SELECT CAST(''space_roles'' AS text), to_jsonb(t) FROM %s AS t', live ->> 'confluence_space_roles');
        END IF;
        EXECUTE format('SELECT coalesce(jsonb_object_agg(p.part, p.items), ''{}'')
                        FROM (SELECT u.part, jsonb_agg(u.item) AS items FROM (%s) AS u GROUP BY u.part) AS p',
                       array_to_string(parts, ' UNION ALL '))
            INTO more USING CAST(node ->> 'space_id' AS bigint), content;
        above := coalesce(more -> 'ancestors', '[]');
        found := found || (more - 'ancestors');
        chain := chain || ARRAY(SELECT CAST(a ->> 'ancestor_id' AS bigint) FROM jsonb_array_elements(above) AS a);

        parts := '{}';
        FOR place IN 1 .. cardinality(kinds) LOOP
            IF EXISTS (SELECT FROM jsonb_array_elements(above) AS a WHERE a ->> 'ancestor_type' = kinds[place]) THEN
                parts := parts || format('SELECT CAST(%L AS text) AS part, to_jsonb(t) AS item FROM %s AS t WHERE t.id = ANY (%L)',
                                         tables[place], live ->> ('confluence_' || tables[place]),
                                         ARRAY(SELECT CAST(a ->> 'ancestor_id' AS bigint) FROM jsonb_array_elements(above) AS a
                                               WHERE a ->> 'ancestor_type' = kinds[place]));
            END IF;
        END LOOP;
        IF CAST(facts ->> 'restrictions_are_read' AS boolean) THEN
            parts := parts || format('SELECT CAST(''content_restrictions'' AS text) AS part, to_jsonb(t) AS item FROM %s AS t WHERE t.content_id = ANY ($1)',
                                     live ->> 'confluence_content_restrictions');
        END IF;
        IF CAST(facts ->> 'groups_are_read' AS boolean) THEN
            groups := ARRAY(
                SELECT DISTINCT p ->> 'principal_id'
                FROM jsonb_array_elements(coalesce(found -> 'permissions', '[]') || coalesce(found -> 'space_role_assignments', '[]')) AS p
                WHERE lower(p ->> 'principal_type') = 'group');
            IF cardinality(groups) > 0 THEN
                parts := parts || format('SELECT CAST(''group_members'' AS text) AS part, to_jsonb(t) AS item FROM %s AS t WHERE t.group_id = ANY ($2)',
                                         live ->> 'confluence_group_members');
            END IF;
        END IF;
        IF cardinality(parts) > 0 THEN
            EXECUTE format('SELECT coalesce(jsonb_object_agg(p.part, p.items), ''{}'')
                            FROM (SELECT u.part, jsonb_agg(u.item) AS items FROM (%s) AS u GROUP BY u.part) AS p',
                           array_to_string(parts, ' UNION ALL '))
                INTO more USING chain, groups;
            -- The content itself can be of the same kind as one above it.
            found := found || coalesce((SELECT jsonb_object_agg(m.part, coalesce(found -> m.part, '[]') || m.items)
                                        FROM jsonb_each(more) AS m (part, items)), '{}');
        END IF;
        IF CAST(facts ->> 'groups_are_read' AS boolean) THEN
            others := ARRAY(
                SELECT DISTINCT r ->> 'principal_id' FROM jsonb_array_elements(coalesce(found -> 'content_restrictions', '[]')) AS r
                WHERE r ->> 'principal_type' = 'group' AND NOT r ->> 'principal_id' = ANY (groups));
            IF cardinality(others) > 0 THEN
                EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(t)), ''[]'') FROM %s AS t WHERE t.group_id = ANY ($1)',
                               live ->> 'confluence_group_members')
                    INTO more USING others;
                found := found || jsonb_build_object('group_members', coalesce(found -> 'group_members', '[]') || more);
            END IF;
        END IF;
    END IF;

    -- From here on what is written lasts to the end of this block, and is seen by nobody else.
    BEGIN
        laid := jsonb_build_object('valid_from', asked_at, 'run_from', live_run);
        EXECUTE format(
            'INSERT INTO %1$I.runs (id, mode, status, started_at, published_at, db_user, session_user_name, server, role_mode,
                                    product_version, server_started_at)
             OVERRIDING SYSTEM VALUE
             SELECT $1, ''access'', ''complete'', $2, ''infinity'', current_user, session_user, r.server, r.role_mode,
                    r.product_version, r.server_started_at
             FROM %1$I.runs AS r WHERE r.id = $3', mirror)
            USING live_run, asked_at, CAST(facts ->> 'run_id' AS bigint);
        EXECUTE format('UPDATE %I.%I SET run_to = $1, end_reason = ''gone_or_hidden'' WHERE id = ANY ($2) AND run_to IS NULL', mirror,
                       coalesce(tables[array_position(kinds, kind)], 'pages') || '_history')
            USING live_run, chain;
        IF node IS NOT NULL THEN
            EXECUTE format('INSERT INTO %I.run_steps (run_id, step, is_complete, read_at)
                            SELECT $1, s.step, true, $2 FROM unnest($3) AS s (step)', mirror)
                USING live_run, asked_at,
                      CASE WHEN CAST(facts ->> 'restrictions_are_read' AS boolean) THEN '{permissions,content_restrictions}'
                           ELSE CAST('{permissions}' AS text[]) END;
            FOR place IN 1 .. cardinality(tables) LOOP
                EXECUTE format('UPDATE %I.%I SET run_to = $1 WHERE id = ANY ($2) AND run_to IS NULL', mirror, tables[place] || '_history')
                    USING live_run, chain;
            END LOOP;
            EXECUTE format('UPDATE %I.permissions_history SET run_to = $1 WHERE space_id = $2 AND run_to IS NULL', mirror)
                USING live_run, CAST(node ->> 'space_id' AS bigint);
            IF CAST(facts ->> 'roles_are_read' AS boolean) AND CAST(facts ->> 'roles_are_needed' AS boolean) THEN
                EXECUTE format('UPDATE %I.space_role_assignments_history SET run_to = $1 WHERE space_id = $2 AND run_to IS NULL', mirror)
                    USING live_run, CAST(node ->> 'space_id' AS bigint);
                EXECUTE format('UPDATE %I.space_roles_history SET run_to = $1 WHERE run_to IS NULL', mirror) USING live_run;
            END IF;
            EXECUTE format('UPDATE %I.content_restrictions_history SET run_to = $1 WHERE content_id = ANY ($2) AND run_to IS NULL', mirror)
                USING live_run, chain;
            EXECUTE format('UPDATE %I.group_members_history SET run_to = $1 WHERE group_id = ANY ($2) AND run_to IS NULL', mirror)
                USING live_run, groups || others;
            FOR kind, more IN SELECT * FROM jsonb_each(found) LOOP
                EXECUTE format('INSERT INTO %1$I.%2$I
                                SELECT r.* FROM jsonb_array_elements($1) AS i (item)
                                CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS %1$I.%2$I), i.item || $2) AS r
                                ON CONFLICT DO NOTHING', mirror, kind || '_history')
                    USING more, laid;
            END LOOP;
            -- A group that has members is there, whether the mirror has heard of it or not.
            EXECUTE format('INSERT INTO %1$I.groups_history (id, valid_from, run_from)
                            SELECT DISTINCT m ->> ''group_id'', $1, $2 FROM jsonb_array_elements($3) AS m
                            WHERE NOT EXISTS (SELECT FROM %1$I.groups_history AS g WHERE g.id = m ->> ''group_id'' AND g.run_to IS NULL)', mirror)
                USING asked_at, live_run, coalesce(found -> 'group_members', '[]');
        END IF;
        EXECUTE format('SELECT jsonb_agg(to_jsonb(a)) FROM %I.content_access($1) AS a', mirror) INTO answer USING content;
        RAISE EXCEPTION USING ERRCODE = 'CF000';
    EXCEPTION WHEN SQLSTATE 'CF000' THEN
        NULL;
    END;
    RETURN QUERY
    SELECT a.space_id, a.space_key, a.content_id, a.content_type, a.title, a.access, a.admin_kind, a.account_id, a.email, a.name,
           a.account_type, a.account_status, a.is_guest, a.verdict, a.path_type, a.group_id, a.group_name, a.access_class, a.role_name,
           a.operations, a.sources, a.layers, a.bound, a.reason, a.detail, a.seen_at, CAST(NULL AS bigint), asked_at
    FROM jsonb_to_recordset(coalesce(answer, '[]')) AS a (
        space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
        account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
        group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text,
        reason text, detail text, seen_at timestamptz);
END
$$;

COMMENT ON FUNCTION confluence.content_access_live(text, bigint) IS
    'Who may view or edit a content now, as the site says it: the answer of the mirror''s content_access, from what is read of the site for it. run_id is NULL, access_as_of is when it was asked. Which accounts there are, and who may use the product, is as the mirror has it';

-- What is in a mirror of somebody else's is read only where that runs none of their code: from plain tables with columns of
-- PostgreSQL's own types and without row security, and by a superuser only from mirrors of superusers.
CREATE FUNCTION confluence.list_mirrors()
RETURNS TABLE (
    mirror name, owner name, server text, last_run bigint, last_published timestamptz, age interval,
    access_as_of timestamptz, state text, stale text[], last_error text
)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 5
    SET search_path = pg_catalog, pg_temp
    SET row_security = off
AS $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT n.oid, n.nspname, r.rolname, r.rolsuper,
               (SELECT count(*) = 3 FROM pg_class c
                WHERE c.relnamespace = n.oid AND c.relname IN ('mirror', 'runs', 'run_steps') AND c.relkind = 'r'
                  AND NOT c.relrowsecurity AND c.relowner = n.nspowner AND has_table_privilege(c.oid, 'SELECT')
                  AND NOT EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                    AND t.typnamespace <> 'pg_catalog'::regnamespace)) AS is_plain
        FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
        WHERE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'mirror_objects' AND c.relkind = 'r')
          AND has_schema_privilege(n.oid, 'USAGE')
        ORDER BY n.nspname
    LOOP
        mirror := place.nspname;
        owner := place.rolname;
        server := NULL; last_run := NULL; last_published := NULL; age := NULL; access_as_of := NULL; stale := NULL; last_error := NULL;
        state := 'unknown';
        IF place.is_plain AND (place.rolname = current_user OR place.rolsuper
                               OR NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)) THEN
            EXECUTE format($q$
                SELECT m.server, p.id, p.published_at, clock_timestamp() - p.published_at,
                       (SELECT max(r.published_at) FROM ONLY %1$I.runs r WHERE r.status = 'complete' AND r.mode IN ('full', 'access')),
                       CASE WHEN l.status = 'running' AND NOT EXISTS (
                                SELECT FROM pg_locks k WHERE k.locktype = 'object' AND k.classid = 'pg_namespace'::regclass
                                AND k.objid = %2$s AND k.mode = 'ShareUpdateExclusiveLock'
                                AND k.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
                            THEN 'lost' ELSE coalesce(l.status, 'never refreshed') END,
                       ARRAY(SELECT s.step FROM ONLY %1$I.run_steps s JOIN ONLY %1$I.runs r ON r.id = s.run_id
                             WHERE r.status = 'complete' AND s.step NOT IN ('product_access')
                             GROUP BY s.step
                             HAVING coalesce(max(s.read_at) FILTER (WHERE s.is_complete), '-infinity') < clock_timestamp() - m.max_age
                             ORDER BY s.step),
                       CASE WHEN l.status IN ('failed', 'lost') THEN l.message END
                FROM ONLY %1$I.mirror m
                LEFT JOIN LATERAL (SELECT * FROM ONLY %1$I.runs r WHERE r.status = 'complete' ORDER BY r.id DESC LIMIT 1) p ON true
                LEFT JOIN LATERAL (SELECT * FROM ONLY %1$I.runs r ORDER BY r.id DESC LIMIT 1) l ON true
                $q$, place.nspname, place.oid)
            INTO server, last_run, last_published, age, access_as_of, state, stale, last_error;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION confluence.list_mirrors() IS
    'The mirrors of this database that the caller may look into; see the view confluence.mirrors';

CREATE VIEW confluence.mirrors AS SELECT * FROM confluence.list_mirrors();

COMMENT ON VIEW confluence.mirrors IS
    'The mirrors of this database that the reader may look into: of which server each is, how old what it shows is, and what became of the last refresh';
COMMENT ON COLUMN confluence.mirrors.last_run IS
    'The last complete run, which is what the mirror shows';
COMMENT ON COLUMN confluence.mirrors.age IS
    'How long ago that was published';
COMMENT ON COLUMN confluence.mirrors.access_as_of IS
    'When the run was published from which access is answered: the last complete one that has read all that access follows from';
COMMENT ON COLUMN confluence.mirrors.state IS
    'What became of the last refresh: complete, running, failed, lost, or never refreshed; unknown for mirrors that the reader may not look into';
COMMENT ON COLUMN confluence.mirrors.stale IS
    'Tables that were last read longer ago than the mirror''s max_age';
COMMENT ON COLUMN confluence.mirrors.last_error IS
    'Why the last refresh has failed';

GRANT SELECT ON confluence.mirrors TO PUBLIC;
-- --- Evidence ---------------------------------------------------------------------------------------------------------

-- Evidence belongs to a mirror, and works without the extension: what follows finds the mirror's function, and calls it. The
-- mirror belongs to its owner, who may be anybody. So nothing of it runs with the caller's rights: a function is called
-- only if it runs with those of the schema's owner, and its types are PostgreSQL's own.
CREATE FUNCTION confluence.mirror_function(mirror text, function text, arguments text[]) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    SET quote_all_identifiers = off
AS $$
DECLARE
    place pg_namespace;
    found pg_proc;
BEGIN
    IF mirror IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'mirror must not be null';
    END IF;
    SELECT n.* INTO place FROM pg_namespace AS n WHERE n.nspname = mirror;
    IF place.oid IS NULL THEN
        RAISE invalid_schema_name USING
            MESSAGE = format('mirror "%s" does not exist', mirror),
            HINT = 'SELECT * FROM confluence.create_mirror(server, mirror) makes one.';
    END IF;
    SELECT p.* INTO found
    FROM pg_proc AS p
    WHERE p.pronamespace = place.oid AND p.proname = function
      AND ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS argument (t, position) ORDER BY position) = arguments;
    IF found.oid IS NULL OR NOT EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.relnamespace = place.oid AND c.relname = 'manifests' AND c.relkind = 'r' AND c.relowner = place.nspowner
    ) THEN
        RAISE wrong_object_type USING
            MESSAGE = format('schema "%s" is not a mirror', mirror),
            HINT = 'SELECT * FROM confluence.create_mirror(server, mirror) makes one.';
    END IF;
    IF NOT found.prosecdef OR found.proowner <> place.nspowner OR EXISTS (
        SELECT FROM unnest(coalesce(found.proallargtypes, found.proargtypes::oid[]) || found.prorettype) AS used (type_id)
        JOIN pg_type AS t ON t.oid = used.type_id
        WHERE t.typnamespace <> 'pg_catalog'::regnamespace
    ) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('function %I.%I is not as confluence.create_mirror has made it', mirror, function),
            DETAIL = 'It would run with your rights, and not with those of the mirror''s owner alone.',
            HINT = 'The owner of the mirror can make it anew: SELECT * FROM confluence.create_mirror(server, mirror).';
    END IF;
    RETURN format('%I.%I', mirror, function);
END
$$;

COMMENT ON FUNCTION confluence.mirror_function(text, text, text[]) IS
    'The name of a function of a mirror, if it runs with the rights of the mirror''s owner; an error if it is anything else';

-- The site is asked here, with the caller's user mapping. The mirror says which pairs are asked, and compares the answers.
CREATE FUNCTION confluence.attest(mirror text, report text, parameters jsonb DEFAULT '{}', sample integer DEFAULT 0) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    attest_report text := confluence.mirror_function(mirror, 'attest_report', '{text,jsonb,integer,jsonb}');
    asked         jsonb;
    answers       jsonb;
    id            bigint;
BEGIN
    IF sample > 0 THEN
        EXECUTE format('SELECT %s($1, $2, $3)', confluence.mirror_function(mirror, 'sample_questions', '{text,jsonb,integer}'))
            INTO asked USING report, parameters, sample;
        SELECT coalesce(jsonb_agg(jsonb_build_object('content_id', p.content_id, 'account_id', p.account_id, 'access', p.access,
                                                     'allowed', said.allowed, 'failed_layer', said.failed_layer)), '[]')
        INTO answers
        FROM jsonb_to_recordset(asked -> 'pairs') AS p (content_id bigint, account_id text, access text)
        CROSS JOIN LATERAL confluence.can(asked ->> 'server', p.content_id, p.account_id, p.access) AS said;
        -- A refresh may have been published meanwhile.
        parameters := parameters || jsonb_strip_nulls(jsonb_build_object('as_of', asked -> 'as_of'));
    END IF;
    EXECUTE format('SELECT %s($1, $2, $3, $4)', attest_report) INTO id USING report, parameters, sample, answers;
    RETURN id;
END
$$;

COMMENT ON FUNCTION confluence.attest(text, text, jsonb, integer) IS
    'Runs a report of a mirror, keeps its rows with a manifest, and returns the manifest''s number. sample is how many pairs of content and account the site is asked about, a request each, to check the report by another way';

CREATE FUNCTION confluence.verify(mirror text, id bigint DEFAULT NULL, head text DEFAULT NULL)
RETURNS TABLE (manifest_id bigint, step text, status text, found text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT * FROM %s($1, $2)', confluence.mirror_function(mirror, 'verify_evidence', '{bigint,text}'))
        USING id, head;
END
$$;

COMMENT ON FUNCTION confluence.verify(text, bigint, text) IS
    'Whether the evidence of a mirror is as it was attested: the whole chain of manifests, and the rows of one of them, or of all. head is a hash of the chain that was kept somewhere else: without it nobody can tell that the last manifests were taken off, or all was made anew';

CREATE FUNCTION confluence.export_manifest(mirror text, id bigint, format text DEFAULT 'json') RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    exported text;
BEGIN
    EXECUTE pg_catalog.format('SELECT %s($1, $2)', confluence.mirror_function(mirror, 'export_evidence', '{bigint,text}'))
        INTO exported USING id, format;
    RETURN exported;
END
$$;

COMMENT ON FUNCTION confluence.export_manifest(text, bigint, text) IS
    'A manifest for somewhere else: json, the bytes that its hash is of; or in-toto, a statement that names the manifest and its files with their hashes';

-- Whoever may erase people from a mirror keeps refreshes away until the transaction ends.
CREATE FUNCTION confluence.hold_to_erase(mirror text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'hold_to_erase_wrapper';

COMMENT ON FUNCTION confluence.hold_to_erase(text) IS
    'Keeps a mirror from being refreshed until the transaction ends, for whoever may erase people from it; an error while it is being refreshed';

CREATE FUNCTION confluence.erase_person(mirror text, account text) RETURNS TABLE (place text, rows bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    erase_account text := confluence.mirror_function(mirror, 'erase_account', '{text}');
BEGIN
    -- What a refresh has read and not published yet would bring the person back, and could be half erased.
    PERFORM confluence.hold_to_erase(mirror);
    RETURN QUERY EXECUTE format('SELECT * FROM %s($1)', erase_account) USING account;
END
$$;

COMMENT ON FUNCTION confluence.erase_person(text, text) IS
    'Removes what names a person from a mirror, its history and its evidence, and tells how many rows of which table that took. confluence.user_emails, and the site, are for you to erase first';

-- --- Rights ----------------------------------------------------------------------------------------------------------

-- Who gets what, whatever default privileges and event triggers have granted until here: PUBLIC may use the schema and
-- call the functions, which run with the rights of their caller; nobody but the owner has any other right.
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        WITH member AS (
            SELECT d.classid, d.objid
            FROM pg_catalog.pg_depend AS d
            JOIN pg_catalog.pg_extension AS e ON d.refobjid OPERATOR(pg_catalog.=) e.oid
            WHERE d.refclassid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)
              AND d.deptype OPERATOR(pg_catalog.=) 'e' AND e.extname OPERATOR(pg_catalog.=) 'confluence_fdw'
        ), object AS (
            SELECT 'SCHEMA' AS kind, pg_catalog.format('%I', n.nspname) AS name, n.nspacl AS acl, n.nspowner AS owner
            FROM pg_catalog.pg_namespace AS n WHERE n.nspname OPERATOR(pg_catalog.=) 'confluence'
          UNION ALL
            SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                   pg_catalog.format('%I.%I', n.nspname, c.relname), c.relacl, c.relowner
            FROM member AS m
            JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) m.objid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_class' AS pg_catalog.regclass)
          UNION ALL
            SELECT 'ROUTINE',
                   pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)),
                   p.proacl, p.proowner
            FROM member AS m
            JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) m.objid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_proc' AS pg_catalog.regclass)
          UNION ALL
            SELECT 'FOREIGN DATA WRAPPER', pg_catalog.format('%I', w.fdwname), w.fdwacl, w.fdwowner
            FROM member AS m
            JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid OPERATOR(pg_catalog.=) m.objid
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_foreign_data_wrapper' AS pg_catalog.regclass)
        )
        -- Without a list, an object has its kind's own rights: on routines EXECUTE for PUBLIC, on the others none.
        SELECT o.kind, o.name, o.acl IS NOT NULL AS is_listed,
               ARRAY(SELECT DISTINCT CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC'
                                          ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(a.grantee)) END
                     FROM pg_catalog.aclexplode(o.acl) AS a
                     WHERE a.grantee OPERATOR(pg_catalog.<>) o.owner) AS grantees
        FROM object AS o
    LOOP
        IF pg_catalog.cardinality(item.grantees) OPERATOR(pg_catalog.>) 0 THEN
            EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s CASCADE',
                                      item.kind, item.name, pg_catalog.array_to_string(item.grantees, ', '));
        END IF;
        IF item.kind OPERATOR(pg_catalog.=) 'SCHEMA' THEN
            EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %s TO PUBLIC', item.name);
        ELSIF item.kind OPERATOR(pg_catalog.=) 'ROUTINE' AND item.is_listed THEN
            EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', item.name);
        END IF;
    END LOOP;
END
$$;

-- What this view shows, it shows with its reader's rights.
GRANT SELECT ON confluence.mirrors TO PUBLIC;
