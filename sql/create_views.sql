-- Plain views over foreign tables, for tools that list tables and views only.
--
-- It runs with the caller's rights, and adds none: EXECUTE is left with PUBLIC. The search path is fixed so that nobody
-- else's operators or functions are ever called.
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
    -- A view reads with its owner's rights and user mapping. Since version 15 it can read with its reader's instead.
    create_view text := CASE WHEN current_setting('server_version_num')::integer < 150000
                             THEN 'CREATE OR REPLACE VIEW %s AS SELECT %s FROM %s'
                             ELSE 'CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS SELECT %s FROM %s' END;
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
