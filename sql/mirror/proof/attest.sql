-- Runs a report, keeps its rows, and writes their manifest.
--
-- attest_report runs with the rights of the mirror's owner, so that whoever may attest need not read the mirror, and
-- nobody writes evidence in another way. It is safe to grant: it runs registered reports alone; parameters are converted to
-- the types of the report's, and stand in the statement as literals of these; names are looked up in the mirror alone;
-- and what a session could set to have values written or rows read differently is fixed.

CREATE FUNCTION parameters_sha256(parameters jsonb, salt text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256_of(salt || canonical_json(parameters));

COMMENT ON FUNCTION parameters_sha256(jsonb, text) IS 'SHA-256 of a manifest''s parameters';

-- What the manifest tells of the runs that answered, and of what nobody can know of the site.
CREATE FUNCTION describe_runs(made manifests) RETURNS manifests
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
AS $$
BEGIN
    SELECT r.base_url, r.cloud_id, r.started_at, r.db_user, r.product_version, r.api_account_id, r.role_mode, r.admin_key, r.drift
    INTO STRICT made.base_url, made.cloud_id, made.run_started_at, made.run_db_user, made.run_product_version, made.api_account_id,
                made.role_mode, made.admin_key, made.drift
    FROM runs AS r WHERE r.id = made.access_run_id;

    SELECT jsonb_object_agg(run_id, steps), bool_and(is_complete)
    INTO made.control_totals, made.complete
    FROM (
        SELECT run_id, bool_and(is_complete) AS is_complete,
               jsonb_object_agg(step, jsonb_build_object(
                   'rows_read', rows_read, 'expected', expected, 'is_reconciled', is_reconciled,
                   'is_complete', is_complete, 'why_not', why_not)) AS steps
        FROM run_steps WHERE run_id IN (made.run_id, made.access_run_id)
        GROUP BY run_id
    ) AS each;

    -- A step that tells its requests by template has them in its detail.
    SELECT jsonb_object_agg(template, requests)
    INTO made.requests
    FROM (
        SELECT coalesce(told.template, s.step) AS template, sum(coalesce(told.requests::bigint, s.requests)) AS requests
        FROM run_steps AS s
        LEFT JOIN LATERAL jsonb_each_text(CASE jsonb_typeof(s.detail -> 'requests') WHEN 'object' THEN s.detail -> 'requests' END)
            AS told (template, requests) ON true
        WHERE s.run_id IN (made.run_id, made.access_run_id)
        GROUP BY 1
    ) AS each;

    -- The latest load is kept, whichever run is asked for: one that came after the run says nothing of it.
    SELECT max(e.last_loaded) INTO made.emails_loaded_at FROM emails_as_of(made.as_of) AS e;
    IF made.emails_loaded_at > made.as_of THEN
        made.emails_loaded_at := NULL;
    END IF;

    SELECT count(DISTINCT account_id) FILTER (WHERE is_admin),
           CASE WHEN count(*) = 0 THEN 'unresolved'
                WHEN EXISTS (SELECT FROM run_steps AS s
                             WHERE s.run_id = made.access_run_id AND s.step = 'product_access' AND s.is_reconciled) THEN 'proved'
                ELSE 'derived' END
    INTO made.product_admins, made.class_resolution
    FROM product_members_at(made.access_run_id);

    SELECT jsonb_object_agg(kind, reasons) INTO made.reservations
    FROM (
        SELECT kind, jsonb_object_agg(reason, occurrences) AS reasons
        FROM (SELECT kind, reason, sum(occurrences) AS occurrences FROM unknowns(made.as_of) GROUP BY kind, reason) AS each
        GROUP BY kind
    ) AS each;
    RETURN made;
END
$$;

COMMENT ON FUNCTION describe_runs(manifests) IS 'Fills in what a manifest tells of its runs';

-- One statement, so that what is counted is what is kept.
CREATE FUNCTION keep_rows(made manifests, call text) RETURNS manifests
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
DECLARE
    names CONSTANT text[] := ARRAY(SELECT jsonb_array_elements(made.columns) ->> 'name');
    line  CONSTANT text := (SELECT string_agg(csv_expression(described ->> 'name', described ->> 'type'), ' || '','' || ' ORDER BY place)
                            FROM jsonb_array_elements(made.columns) WITH ORDINALITY AS each (described, place));
    -- Rows of access have a verdict; in other reports, a row with a reason says what is not known.
    is_unknown CONSTANT text := CASE WHEN 'verdict' = ANY (names) THEN 'given.verdict = ''unknown'''
                                     WHEN 'reason' = ANY (names) THEN 'given.reason IS NOT NULL'
                                     ELSE 'false' END;
    resource   CONSTANT text := CASE WHEN '{space_id,content_id}' <@ names
                                     THEN 'CASE WHEN given.space_id IS NOT NULL OR given.content_id IS NOT NULL THEN (given.space_id, given.content_id) END'
                                     WHEN 'space_id' = ANY (names) THEN 'given.space_id'
                                     WHEN 'content_id' = ANY (names) THEN 'given.content_id' END;
BEGIN
    EXECUTE format(
        $sql$
            WITH given AS MATERIALIZED (
                SELECT * FROM %1$s
            ), kept AS (
                INSERT INTO evidence (manifest_id, part, chunk, lines)
                SELECT $1, 'rows', (place - 1) / 10000 + 1, array_agg(line ORDER BY place)
                FROM (
                    SELECT line, row_number() OVER (ORDER BY line COLLATE "C") AS place
                    FROM (SELECT %2$s AS line FROM given) AS unordered
                ) AS ordered
                GROUP BY (place - 1) / 10000
            )
            SELECT count(*), %3$s, %4$s, count(*) FILTER (WHERE %5$s),
                   (SELECT jsonb_object_agg(reason, occurrences)
                    FROM (SELECT coalesce(%6$s, '') AS reason, count(*) AS occurrences
                          FROM given WHERE %5$s GROUP BY 1) AS each)
            FROM given
        $sql$,
        call, line,
        CASE WHEN 'account_id' = ANY (names) THEN 'count(DISTINCT given.account_id)' ELSE 'NULL::bigint' END,
        coalesce('count(DISTINCT ' || resource || ')', 'NULL::bigint'),
        is_unknown,
        CASE WHEN 'reason' = ANY (names) THEN 'given.reason' WHEN 'reasons' = ANY (names) THEN 'array_to_string(given.reasons, '', '')'
             ELSE 'NULL::text' END)
    INTO STRICT made.rows, made.distinct_accounts, made.distinct_resources, made.unknown_rows, made.unknown_by_reason
    USING made.id;
    IF made.rows = 0 THEN
        INSERT INTO evidence (manifest_id, part, chunk, lines) VALUES (made.id, 'rows', 1, '{}');
    END IF;

    SELECT jsonb_agg(chunk_hashes(CASE WHEN e.chunk = 1 THEN csv_header(made.columns) END, e.lines, NULL) ORDER BY e.chunk)
    INTO STRICT made.chunks
    FROM evidence AS e WHERE e.manifest_id = made.id AND e.part = 'rows';
    RETURN made;
END
$$;

COMMENT ON FUNCTION keep_rows(manifests, text) IS 'Runs a call of a report, keeps its rows as evidence, and fills in what a manifest tells of them';

REVOKE ALL ON FUNCTION keep_rows(manifests, text) FROM PUBLIC;

CREATE FUNCTION attest_report(report text, parameters jsonb DEFAULT '{}', sample integer DEFAULT 0, answers jsonb DEFAULT NULL)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
    SET bytea_output = 'hex'
    SET array_nulls = on
    SET quote_all_identifiers = off
    SET standard_conforming_strings = on
    SET row_security = off
AS $$
DECLARE
    made      manifests;
    call      text;
    signature record;
BEGIN
    IF sample IS NULL OR sample NOT BETWEEN 0 AND 1000 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'sample must be a number from 0 to 1000',
            HINT = 'Each pair takes a request.';
    ELSIF sample > 0 AND answers IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a sample needs the answers of the site',
            HINT = 'confluence.attest asks for them.';
    END IF;

    -- The run comes first: what is published from now on is not in it.
    made.kind := 'report';
    made.run_id := run_at((parameters ->> 'as_of')::timestamptz);
    made.as_of := (SELECT published_at FROM runs WHERE id = made.run_id);
    made.access_run_id := access_run_at(made.as_of);
    made.parameters := parameters || jsonb_build_object('as_of', made.as_of);
    made.parameters_salt := gen_random_uuid();
    made.parameters_sha256 := parameters_sha256(made.parameters, made.parameters_salt);
    call := report_call(report, made.parameters);
    SELECT r.name, r.question, r.controls INTO STRICT made.report, made.question, made.controls
    FROM reports AS r WHERE r.name = report;
    SELECT * INTO STRICT signature FROM report_signature(report);
    made.sql := pg_get_functiondef(signature.function_id);
    made.code_sha256 := code_sha256();
    made.columns := (SELECT jsonb_agg(jsonb_build_object('name', name, 'type', type) ORDER BY place)
                     FROM unnest(signature.column_names, signature.column_types) WITH ORDINALITY AS each (name, type, place));
    made := describe_runs(made);

    made.id := lock_chain();
    PERFORM write_evidence(true);
    made := keep_rows(made, call);
    made.complete := made.complete AND made.unknown_rows = 0;
    made.sample_asked := sample;
    IF sample > 0 THEN
        made := keep_sample(made, answers);
    END IF;
    PERFORM append_manifest(made);
    PERFORM write_evidence(false);
    RETURN made.id;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse_stale_chain();
END
$$;

COMMENT ON FUNCTION attest_report(text, jsonb, integer, jsonb) IS
    'Runs a registered report as of a run, keeps its rows in canonical form with a manifest, and returns the manifest''s number. A sample takes the site''s answers for sample_pairs: confluence.attest asks for them';

REVOKE ALL ON FUNCTION attest_report(text, jsonb, integer, jsonb) FROM PUBLIC;
