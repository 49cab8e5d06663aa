-- Takes a person out of the mirror: whatever names them in its tables and their history, and in evidence that was kept.
--
-- Their account id becomes a pseudonym, so that history and counts stay what they were: one of five administrators is still
-- one of five. Names and e-mail addresses become NULL. A line of evidence that named them is gone, and its SHA-256 is left,
-- by which verify_evidence still proves all other lines of its chunk; parameters that named them are gone as well. That it
-- happened, and how many lines of which chunk it took, is a manifest of the chain, which does not say whom.
--
-- Not looked into is what people wrote: titles, comments on versions, descriptions. Runs keep the account that read the
-- site, and manifests whoever attested. A site that still knows the account tells it again with the next refresh: erase it
-- there first.

-- Columns that tell something of the person whose account is in the same row.
CREATE FUNCTION personal_columns() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{email,display_name,public_name,author_name,time_zone,profile_picture_path,remote_address,org_role,added_to_org,last_active,product_access}'::text[];

COMMENT ON FUNCTION personal_columns() IS 'Columns of the mirror that tell something of the person whose account is in the same row';

-- Fields of a line of canonical CSV, as they are written there.
CREATE FUNCTION csv_fields(line text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT found[1] FROM regexp_matches(',' || line, ',("(?:[^"]|"")*"|[^",]*)', 'g') WITH ORDINALITY AS each (found, place) ORDER BY place);

COMMENT ON FUNCTION csv_fields(text) IS 'Fields of a line of canonical CSV, in their quotes';

CREATE FUNCTION erased_names(value jsonb, names text[], pseudonym text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT
AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        value := replace(value::text, to_json(name)::text, to_json(pseudonym)::text)::jsonb;
    END LOOP;
    RETURN value;
END
$$;

COMMENT ON FUNCTION erased_names(jsonb, text[], text) IS 'JSON in which strings that are a person''s names are a pseudonym';

CREATE FUNCTION erase_from_tables(account text, names text[], pseudonym text) RETURNS TABLE (place text, rows bigint)
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
DECLARE
    subject   text;
    assigned  text;
    condition text;
    found_in  record;
BEGIN
    FOR found_in IN
        SELECT c.oid, c.relname::text AS name
        FROM pg_class AS c
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'manifests'::regclass)
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> ALL ('{reports,manifests,evidence,erased_lines,runs,run_steps,mirror}')
        ORDER BY c.relname
    LOOP
        -- Whether the row is the person's: then the personal columns are about them.
        SELECT string_agg(format('%I = $1', attname), ' OR ') INTO subject
        FROM pg_attribute
        WHERE attrelid = found_in.oid AND attnum > 0 AND NOT attisdropped AND attname IN ('account_id', 'principal_id', 'author_id');

        SELECT string_agg(
                   CASE WHEN a.attname = ANY (personal_columns()) AND subject IS NOT NULL AND NOT a.attnotnull
                        THEN format('%1$I = CASE WHEN %2$s THEN NULL ELSE %1$I END', a.attname, subject)
                        WHEN a.atttypid = 'text'::regtype THEN format('%1$I = CASE WHEN %1$I = $1 THEN $2 ELSE %1$I END', a.attname)
                        WHEN a.atttypid = 'text[]'::regtype THEN format('%1$I = array_replace(%1$I, $1, $2)', a.attname)
                        WHEN a.atttypid = 'jsonb'::regtype
                        THEN format('%1$I = replace(%1$I::text, to_json($1)::text, to_json($2)::text)::jsonb', a.attname) END, ', '),
               string_agg(
                   CASE a.atttypid
                        WHEN 'text'::regtype THEN format('%I = $1', a.attname)
                        WHEN 'text[]'::regtype THEN format('$1 = ANY (%I)', a.attname)
                        WHEN 'jsonb'::regtype THEN format('strpos(%I::text, to_json($1)::text) > 0', a.attname) END, ' OR ')
        INTO assigned, condition
        FROM pg_attribute AS a
        WHERE a.attrelid = found_in.oid AND a.attnum > 0 AND NOT a.attisdropped;

        IF condition IS NOT NULL THEN
            EXECUTE format('UPDATE %s SET %s WHERE %s', found_in.oid::regclass, assigned, condition) USING account, pseudonym;
            GET DIAGNOSTICS rows = ROW_COUNT;
            IF rows > 0 THEN
                place := found_in.name;
                RETURN NEXT;
            END IF;
        END IF;
    END LOOP;

    -- A personal space is called after its owner, and its key is made of the account's id.
    UPDATE spaces_history AS s
    SET key = '~' || pseudonym, current_active_alias = '~' || pseudonym, name = pseudonym, description = NULL, web_url = NULL
    WHERE s.key IN ('~' || account, '~' || replace(account, ':', ''));
    GET DIAGNOSTICS rows = ROW_COUNT;
    IF rows > 0 THEN
        place := 'spaces_history';
        RETURN NEXT;
    END IF;

    -- The audit log tells whom something was done to by name alone.
    IF to_regclass('audit_log') IS NOT NULL THEN
        UPDATE audit_log AS a
        SET affected_object_name = CASE WHEN a.affected_object_name = ANY (names) THEN pseudonym ELSE a.affected_object_name END,
            associated_objects = erased_names(a.associated_objects, names, pseudonym),
            changed_values = erased_names(a.changed_values, names, pseudonym)
        WHERE a.affected_object_name = ANY (names)
           OR a.associated_objects IS DISTINCT FROM erased_names(a.associated_objects, names, pseudonym)
           OR a.changed_values IS DISTINCT FROM erased_names(a.changed_values, names, pseudonym);
        GET DIAGNOSTICS rows = ROW_COUNT;
        IF rows > 0 THEN
            place := 'audit_log';
            RETURN NEXT;
        END IF;
    END IF;
END
$$;

COMMENT ON FUNCTION erase_from_tables(text, text[], text) IS 'Replaces an account by a pseudonym in all tables of the mirror but those of evidence, and tells how many rows of which that took';

REVOKE ALL ON FUNCTION erase_from_tables(text, text[], text) FROM PUBLIC;

-- Lines of evidence that name a person: by account id anywhere, by e-mail address in any field, or by name in a column of names. A
-- page that is called like somebody stays.
CREATE FUNCTION lines_that_name(account text, emails text[], names text[])
    RETURNS TABLE (manifest_id bigint, part text, chunk integer, line integer, sha256 text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.manifest_id, e.part, e.chunk, each.line::integer, sha256_of(each.content)
    FROM evidence AS e
    JOIN manifests AS m ON m.id = e.manifest_id
    CROSS JOIN LATERAL unnest(e.lines) WITH ORDINALITY AS each (content, line)
    WHERE strpos(each.content, account) > 0
       OR EXISTS (SELECT FROM unnest(emails) AS email
                  WHERE strpos(',' || each.content || ',', ',' || csv_field(to_jsonb(email)) || ',') > 0)
       OR EXISTS (SELECT FROM unnest(names) AS name WHERE strpos(each.content, replace(name, '"', '""')) > 0)
          AND EXISTS (SELECT FROM jsonb_array_elements(m.columns) WITH ORDINALITY AS field (described, place)
                      WHERE described ->> 'name' IN ('name', 'display_name', 'author_name', 'owner_name')
                        AND (csv_fields(each.content))[place] IN (SELECT csv_field(to_jsonb(name)) FROM unnest(names) AS name));
END;

COMMENT ON FUNCTION lines_that_name(text, text[], text[]) IS 'Lines of evidence that name a person, and their hashes';

REVOKE ALL ON FUNCTION lines_that_name(text, text[], text[]) FROM PUBLIC;

CREATE FUNCTION erase_account(account text) RETURNS TABLE (place text, rows bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
    SET row_security = off
AS $$
#variable_conflict use_column
DECLARE
    made   manifests;
    emails text[];
    names  text[];
BEGIN
    -- A short text could be part of anything.
    IF account IS NULL OR length(account) < 8 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'account must be an account id',
            HINT = 'Account ids are in users and emails, such as 712020:0c6b2f0e-...';
    END IF;
    -- What a refresh has read and not published yet would bring the person back. It holds its lock on the schema.
    IF EXISTS (SELECT FROM pg_locks AS l
               WHERE l.locktype = 'object' AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
                 AND l.classid = 'pg_namespace'::regclass AND l.objid = (SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = 'manifests'::regclass)
                 AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()) THEN
        RAISE object_in_use USING
            MESSAGE = 'the mirror is in use',
            DETAIL = 'Another session refreshes it, makes it anew, or erases a person from it.',
            HINT = 'Call confluence.erase_person when that has ended: it keeps refreshes away as well.';
    END IF;
    made.kind := 'erasure';
    made.id := lock_chain();

    SELECT coalesce(array_agg(DISTINCT value) FILTER (WHERE key = 'email'), '{}'),
           coalesce(array_agg(DISTINCT value) FILTER (WHERE key <> 'email'), '{}')
    INTO emails, names
    FROM (
        SELECT to_jsonb(u) AS told FROM users_history AS u WHERE u.account_id = account
      UNION ALL
        SELECT to_jsonb(g) FROM group_members_history AS g WHERE g.account_id = account
      UNION ALL
        SELECT to_jsonb(e) FROM emails_history AS e WHERE e.account_id = account
      UNION ALL
        SELECT to_jsonb(r) FROM content_restrictions_history AS r WHERE r.principal_type = 'user' AND r.principal_id = account
    ) AS row
    CROSS JOIN LATERAL jsonb_each_text(told)
    WHERE key IN ('email', 'display_name', 'public_name') AND value <> '';

    PERFORM write_evidence(true);
    INSERT INTO erased_lines (manifest_id, part, chunk, line, sha256, erasure_id)
    SELECT l.*, made.id FROM lines_that_name(account, emails, names) AS l;
    UPDATE evidence AS e
    SET lines = ARRAY(SELECT CASE WHEN l.line IS NULL THEN content END
                      FROM unnest(e.lines) WITH ORDINALITY AS each (content, n)
                      LEFT JOIN erased_lines AS l ON (l.manifest_id, l.part, l.chunk, l.line) = (e.manifest_id, e.part, e.chunk, n)
                      ORDER BY n)
    WHERE EXISTS (SELECT FROM erased_lines AS l
                  WHERE (l.manifest_id, l.part, l.chunk, l.erasure_id) = (e.manifest_id, e.part, e.chunk, made.id));
    SELECT jsonb_agg(jsonb_build_object('manifest_id', manifest_id, 'part', part, 'chunk', chunk, 'rows', rows) ORDER BY manifest_id, part, chunk),
           coalesce(sum(rows), 0)
    INTO made.removed, rows
    FROM (
        SELECT l.manifest_id, l.part, l.chunk, count(*) AS rows
        FROM erased_lines AS l WHERE l.erasure_id = made.id GROUP BY l.manifest_id, l.part, l.chunk
    ) AS gone;
    place := 'evidence';
    IF rows > 0 THEN
        RETURN NEXT;
    END IF;

    WITH gone AS (
        UPDATE manifests AS m SET parameters = NULL, parameters_salt = NULL
        WHERE strpos(m.parameters::text, to_json(account)::text) > 0
        RETURNING m.id
    )
    SELECT coalesce(made.removed, '[]') || coalesce(jsonb_agg(jsonb_build_object('manifest_id', gone.id, 'part', 'parameters') ORDER BY gone.id), '[]'), count(*)
    INTO made.removed, rows FROM gone;
    place := 'manifests';
    IF rows > 0 THEN
        RETURN NEXT;
    END IF;
    PERFORM append_manifest(made);
    PERFORM write_evidence(false);

    RETURN QUERY SELECT * FROM erase_from_tables(account, names || emails, 'erased-' || made.id);
END
$$;

COMMENT ON FUNCTION erase_account(text) IS
    'Removes what names a person from the mirror, its history and kept evidence, and tells how many rows of which table that took. The account id becomes a pseudonym';

REVOKE ALL ON FUNCTION erase_account(text) FROM PUBLIC;
