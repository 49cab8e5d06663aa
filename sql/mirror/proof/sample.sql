-- Pairs of a content and an account on which the site itself is asked, so that a report is checked by another way than
-- the one that made it.
--
-- Half of them come from the report's rows: is what it lists so? The other half are accounts of the site that are put together with what
-- the report is about, at random: is anybody missing? Where a row is about a space, a content of that space stands for it.
-- Which pairs they are follows from the run, the report and its parameters alone. So nobody chooses them, and asking
-- again gives the same ones: an attest that was rolled back because it did not please gives no other sample.
--
-- What the site says is asked by the session (confluence.attest), which has the credential; attest_report takes its answers on trust, as it takes
-- everything else that the mirror holds. The file of the sample names each pair, and anybody with an account can ask again.

CREATE FUNCTION sample_pairs(report text, parameters jsonb, sample integer)
    RETURNS TABLE (content_id bigint, account_id text, access text, drawn_from text, as_of timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
    SET bytea_output = 'hex'
    SET array_nulls = on
    SET standard_conforming_strings = on
    SET row_security = off
AS $$
#variable_conflict use_column
DECLARE
    at_run     CONSTANT timestamptz := (SELECT r.published_at FROM runs AS r WHERE r.id = run_at((parameters ->> 'as_of')::timestamptz));
    asked      CONSTANT jsonb := parameters || jsonb_build_object('as_of', at_run);
    access_run CONSTANT bigint := access_run_at(at_run);
    seed       CONSTANT text := report || ' ' || canonical_json(asked);
    call       CONSTANT text := report_call(report, asked);
    names      CONSTANT text[] := (SELECT s.column_names FROM report_signature(report) AS s);
BEGIN
    IF NOT 'account_id' = ANY (names) OR NOT names && '{space_id,content_id}' THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('report "%s" does not say which account reaches what', report),
            HINT = 'A sample takes a report with the column account_id, and with space_id or content_id.';
    END IF;
    RETURN QUERY EXECUTE format(
        $sql$
            WITH given AS MATERIALIZED (
                SELECT %2$s AS space_id, %3$s AS content_id, given.account_id, %4$s AS access, %5$s AS is_allowed
                FROM %1$s AS given
            ), listed AS (
                SELECT space_id, content_id, account_id, access, 'rows' AS drawn_from,
                       sha256_of($1 || ' ' || concat_ws(' ', space_id, content_id, account_id, access)) AS lot
                FROM given
                WHERE is_allowed AND account_id IS NOT NULL AND access IN ('view', 'edit')
                  AND (space_id IS NOT NULL OR content_id IS NOT NULL)
                GROUP BY space_id, content_id, account_id, access
                ORDER BY lot LIMIT ($2 + 1) / 2
            ), resource AS (
                SELECT space_id, content_id,
                       row_number() OVER (ORDER BY sha256_of($1 || ' resource ' || concat_ws(' ', space_id, content_id))) AS place,
                       count(*) OVER () AS all_of_them
                FROM given WHERE space_id IS NOT NULL OR content_id IS NOT NULL
                GROUP BY space_id, content_id
            ), account AS (
                SELECT account_id, row_number() OVER (ORDER BY sha256_of($1 || ' account ' || account_id)) AS place,
                       count(*) OVER () AS all_of_them
                FROM accounts_at($3)
            ), drawn AS (
                SELECT space_id, content_id, account_id, access, drawn_from FROM listed
              UNION ALL
                SELECT r.space_id, r.content_id, a.account_id, 'view', 'accounts'
                FROM generate_series(0, $2 / 2 - 1) AS n
                JOIN resource AS r ON r.place = n %% r.all_of_them + 1
                JOIN account AS a ON a.place = n %% a.all_of_them + 1
            ), stands AS (
                SELECT DISTINCT ON (d.space_id, d.account_id) d.space_id, d.account_id, c.id
                FROM drawn AS d JOIN content_at($3) AS c ON c.space_id = d.space_id AND c.status = 'current'
                WHERE d.content_id IS NULL
                ORDER BY d.space_id, d.account_id, sha256_of($1 || ' ' || d.account_id || ' ' || c.id)
            )
            SELECT coalesce(d.content_id, s.id), d.account_id, d.access, max(d.drawn_from), $4
            FROM drawn AS d
            LEFT JOIN stands AS s ON d.content_id IS NULL AND s.space_id = d.space_id AND s.account_id = d.account_id
            WHERE coalesce(d.content_id, s.id) IS NOT NULL
            GROUP BY 1, 2, 3
        $sql$,
        call,
        CASE WHEN 'space_id' = ANY (names) THEN 'given.space_id' ELSE 'NULL::bigint' END,
        CASE WHEN 'content_id' = ANY (names) THEN 'given.content_id' ELSE 'NULL::bigint' END,
        CASE WHEN 'access' = ANY (names) THEN 'given.access' ELSE '''view''' END,
        CASE WHEN 'verdict' = ANY (names) THEN 'given.verdict = ''allowed''' ELSE 'true' END)
    USING seed, sample, access_run, at_run;
END
$$;

COMMENT ON FUNCTION sample_pairs(text, jsonb, integer) IS
    'Which pairs of content and account a sample of a report asks the site about: the same ones each time for one run, report and parameters';

REVOKE ALL ON FUNCTION sample_pairs(text, jsonb, integer) FROM PUBLIC;

-- The same for confluence.attest, in types of PostgreSQL's own: what is to be asked of which server.
CREATE FUNCTION sample_questions(report text, parameters jsonb, sample integer) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT
    SET "TimeZone" = 'UTC'
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'server', (SELECT server FROM mirror),
        'as_of', min(p.as_of),
        'pairs', coalesce(jsonb_agg(jsonb_build_object('content_id', p.content_id, 'account_id', p.account_id, 'access', p.access)
                                    ORDER BY p.content_id, p.account_id COLLATE "C", p.access COLLATE "C"), '[]'))
    FROM sample_pairs(sample_questions.report, sample_questions.parameters, sample_questions.sample) AS p;
END;

COMMENT ON FUNCTION sample_questions(text, jsonb, integer) IS 'What a sample of a report asks, of which server, and as of when';

REVOKE ALL ON FUNCTION sample_questions(text, jsonb, integer) FROM PUBLIC;

-- What the mirror says of pairs: allowed or denied where it knows, unknown where a layer, a group or a class may change it.
CREATE FUNCTION sample_verdicts(contents bigint[], accounts text[], accesses text[], run bigint)
    RETURNS TABLE (content_id bigint, account_id text, access text, verdict text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH answer AS MATERIALIZED (
        SELECT DISTINCT a.content_id, a.account_id, a.access, a.verdict
        FROM contents_access_at(ARRAY(SELECT DISTINCT c FROM unnest(contents) AS c), run) AS a
        WHERE a.verdict IN ('allowed', 'unknown')
    )
    SELECT p.content_id, p.account_id, p.access,
           CASE WHEN bool_or(a.verdict = 'allowed' AND a.account_id IS NOT NULL) THEN 'allowed'
                WHEN bool_or(a.verdict = 'unknown') THEN 'unknown'
                ELSE 'denied' END
    FROM unnest(contents, accounts, accesses) AS p (content_id, account_id, access)
    LEFT JOIN answer AS a
        ON a.content_id = p.content_id
       AND (a.account_id = p.account_id OR a.account_id IS NULL)
       AND (a.access = p.access OR a.access IS NULL)
    GROUP BY p.content_id, p.account_id, p.access;
END;

COMMENT ON FUNCTION sample_verdicts(bigint[], text[], text[], bigint) IS
    'What the mirror says of pairs of content and account as of a run, in one word';

-- Keeps the sample's file, and counts. The answers have to be those for the pairs that the run, the report and its
-- parameters give, each of them once.
CREATE FUNCTION keep_sample(made manifests, answers jsonb) RETURNS manifests
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
DECLARE
    are_those boolean;
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT * FROM sample_pairs(made.report, made.parameters, made.sample_asked)
    ), answer AS MATERIALIZED (
        SELECT a.content_id, a.account_id, a.access, a.failed_layer,
               CASE WHEN a.allowed THEN 'allowed' WHEN NOT a.allowed THEN 'denied' ELSE 'unknown' END AS site
        FROM jsonb_to_recordset(answers) AS a (content_id bigint, account_id text, access text, allowed boolean, failed_layer text)
    ), verdict AS MATERIALIZED (
        SELECT * FROM sample_verdicts(ARRAY(SELECT content_id FROM pair ORDER BY pair), ARRAY(SELECT account_id FROM pair ORDER BY pair),
                                      ARRAY(SELECT access FROM pair ORDER BY pair), made.access_run_id)
    ), checked AS MATERIALIZED (
        SELECT content_id, account_id, access, p.drawn_from, v.verdict AS mirror, a.site, a.failed_layer,
               CASE WHEN 'unknown' NOT IN (v.verdict, a.site) THEN v.verdict = a.site END AS agrees
        FROM pair AS p
        JOIN answer AS a USING (content_id, account_id, access)
        JOIN verdict AS v USING (content_id, account_id, access)
    ), kept AS (
        INSERT INTO evidence (manifest_id, part, chunk, lines)
        SELECT made.id, 'sample', 1, coalesce(array_agg(line ORDER BY line COLLATE "C"), '{}')
        FROM (
            SELECT concat_ws(',', content_id, csv_field(to_jsonb(account_id)), access, drawn_from, mirror, site,
                             csv_field(to_jsonb(failed_layer)), csv_field(to_jsonb(agrees))) AS line
            FROM checked
        ) AS each
    )
    SELECT count(agrees), count(*) FILTER (WHERE agrees),
           count(*) = (SELECT count(*) FROM pair) AND count(*) = jsonb_array_length(answers)
    INTO STRICT made.sample_checked, made.sample_agreed, are_those
    FROM checked;
    IF NOT are_those THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'the answers are not those for the pairs of this sample',
            HINT = 'confluence.attest asks for the pairs that sample_pairs gives, each of them once.';
    END IF;

    SELECT jsonb_agg(chunk_hashes(csv_header(sample_columns()), e.lines, NULL))
    INTO STRICT made.sample_chunks
    FROM evidence AS e WHERE e.manifest_id = made.id AND e.part = 'sample';
    RETURN made;
END
$$;

COMMENT ON FUNCTION keep_sample(manifests, jsonb) IS 'Keeps what mirror and site say of the pairs of a sample, and fills in how often they agree';

REVOKE ALL ON FUNCTION keep_sample(manifests, jsonb) FROM PUBLIC;

CREATE FUNCTION sample_columns() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_agg(jsonb_build_object('name', name) ORDER BY place)
    FROM unnest('{content_id,account_id,access,drawn_from,mirror,site,failed_layer,agrees}'::text[]) WITH ORDINALITY AS each (name, place);
END;

COMMENT ON FUNCTION sample_columns() IS 'Columns of the file of a sample';
