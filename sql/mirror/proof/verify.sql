-- Whether evidence is as it was attested: any byte of a row or a manifest that was changed, any row or manifest taken out,
-- added or put elsewhere is a row with status fail, which says where.
--
-- Two things it can tell only with a head that was kept where the database's people cannot reach it, since whoever may change
-- the whole chain can also make it anew: that the last manifests were taken off, and that all was recomputed. Heads that
-- refreshes have noted are compared, too, but lie in the same database.
--
-- It needs nothing but the tables of evidence and PostgreSQL: it works in a dump that was restored anywhere.

-- Each manifest with what its bytes say, and what is known of its neighbour.
CREATE FUNCTION verified_chain()
    RETURNS TABLE (manifest_id bigint, said jsonb, is_whole boolean, fault text)
    LANGUAGE sql STABLE
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
BEGIN ATOMIC
    WITH link AS (
        SELECT m AS row, m.id, m.sha256, m.manifest, m.prev_sha256, json_or_null(m.manifest) AS said,
               lag(m.sha256, 1, chain_start()) OVER (ORDER BY m.id) AS sha256_before,
               lag(m.id, 1, 0::bigint) OVER (ORDER BY m.id) AS id_before
        FROM manifests AS m
    ), looked_at AS (
        SELECT l.id, l.said,
               CASE WHEN sha256_of(l.manifest) <> l.sha256 THEN 'its bytes are not those that its hash is of' END AS bytes,
               CASE WHEN l.id <> l.id_before + 1 THEN 'what was before it is gone: ' || CASE WHEN l.id = l.id_before + 2 THEN '' ELSE l.id_before + 1 || ' to ' END || l.id - 1 END AS gap,
               CASE WHEN l.prev_sha256 <> l.sha256_before OR l.said ->> 'prev_sha256' IS DISTINCT FROM l.sha256_before
                    THEN 'it was made after another manifest than the one before it' END AS link,
               (SELECT 'its columns are not what its bytes say: ' || string_agg(key, ', ' ORDER BY key COLLATE "C")
                FROM jsonb_each(manifest_columns(l.row)) AS c (key, value)
                FULL JOIN jsonb_each(CASE jsonb_typeof(l.said) WHEN 'object' THEN l.said ELSE '{}' END) AS b (key, value) USING (key)
                WHERE c.value IS DISTINCT FROM b.value) AS columns
        FROM link AS l
    )
    SELECT id, said, coalesce(bytes, columns) IS NULL, concat_ws('; ', bytes, gap, link, columns)
    FROM looked_at;
END;

COMMENT ON FUNCTION verified_chain() IS 'Each manifest: what its bytes say, whether they are whole, and what is wrong with it; '''' for nothing';

-- Each file of manifests against what their bytes say of it. An erased line counts with the hash that is left of it, if a manifest of an
-- erasure says that so many lines of that chunk were erased.
CREATE FUNCTION verified_files(manifest_ids bigint[])
    RETURNS TABLE (manifest_id bigint, part text, chunk bigint, rows integer, erased bigint, removed_by bigint, fault text)
    LANGUAGE sql STABLE
    SET search_path FROM CURRENT
BEGIN ATOMIC
    WITH chain AS MATERIALIZED (
        SELECT * FROM verified_chain()
    ), expected AS (
        SELECT c.manifest_id, file.part, each.chunk, each.hashes
        FROM chain AS c
        CROSS JOIN LATERAL (VALUES ('rows', c.said -> 'chunks'), ('sample', c.said -> 'sample_chunks')) AS file (part, chunks)
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(file.chunks) WHEN 'array' THEN file.chunks ELSE '[]' END)
            WITH ORDINALITY AS each (hashes, chunk)
        WHERE c.manifest_id = ANY (manifest_ids)
    ), kept AS (
        SELECT e.manifest_id, e.part, e.chunk, cardinality(e.lines) AS rows,
               chunk_hashes(
                   CASE WHEN e.chunk = 1 THEN csv_header(CASE e.part WHEN 'rows' THEN c.said -> 'columns' ELSE sample_columns() END) END,
                   e.lines,
                   ARRAY(SELECT l.sha256 FROM generate_subscripts(e.lines, 1) AS n
                         LEFT JOIN erased_lines AS l ON (l.manifest_id, l.part, l.chunk, l.line) = (e.manifest_id, e.part, e.chunk, n)
                         ORDER BY n)
               ) AS hashes,
               (SELECT count(*) FROM unnest(e.lines) AS line WHERE line IS NULL) AS erased,
               (SELECT count(*) FROM erased_lines AS l
                WHERE (l.manifest_id, l.part, l.chunk) = (e.manifest_id, e.part, e.chunk) AND e.lines[l.line] IS NULL
                  AND l.line BETWEEN 1 AND cardinality(e.lines)) AS left_of_erased
        FROM evidence AS e LEFT JOIN chain AS c USING (manifest_id)
        WHERE e.manifest_id = ANY (manifest_ids)
    ), removed AS (
        SELECT c.manifest_id AS by_id, c.said ->> 'kind' AS kind, each.file
        FROM chain AS c
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(c.said -> 'removed') WHEN 'array' THEN c.said -> 'removed' ELSE '[]' END)
            AS each (file)
    )
    SELECT manifest_id, part, chunk, k.rows, coalesce(k.erased, 0),
           CASE WHEN k.hashes IS NULL THEN retention.by_id END,
           CASE WHEN k.hashes IS NULL AND retention.by_id IS NOT NULL THEN NULL
                WHEN k.hashes IS NULL THEN format('chunk %s is gone', chunk)
                WHEN e.hashes IS NULL THEN format('chunk %s was added', chunk)
                WHEN k.erased = 0 AND k.hashes = e.hashes THEN NULL
                WHEN k.erased > 0 AND k.hashes - 'sha256' = e.hashes - 'sha256' AND k.erased = k.left_of_erased AND k.erased = erasure.rows THEN NULL
                WHEN k.erased > 0 AND k.hashes - 'sha256' = e.hashes - 'sha256'
                THEN format('chunk %s has %s erased lines, and manifests of erasures tell of %s', chunk, k.erased, coalesce(erasure.rows, 0))
                ELSE format('chunk %s is not what was attested', chunk) END
    FROM expected AS e
    FULL JOIN kept AS k USING (manifest_id, part, chunk)
    LEFT JOIN LATERAL (
        SELECT min(r.by_id) AS by_id FROM removed AS r
        WHERE r.kind = 'retention' AND r.file -> 'manifest_id' = to_jsonb(manifest_id) AND r.file -> 'part' = to_jsonb(part)
          AND r.file -> 'chunk' = to_jsonb(chunk)
    ) AS retention ON true
    LEFT JOIN LATERAL (
        SELECT sum(CASE jsonb_typeof(r.file -> 'rows') WHEN 'number' THEN (r.file ->> 'rows')::numeric END) AS rows FROM removed AS r
        WHERE r.kind = 'erasure' AND r.file -> 'manifest_id' = to_jsonb(manifest_id) AND r.file -> 'part' = to_jsonb(part)
          AND r.file -> 'chunk' = to_jsonb(chunk)
    ) AS erasure ON true;
END;

COMMENT ON FUNCTION verified_files(bigint[]) IS 'Each chunk of evidence of some manifests: its rows, how many were erased, by which retention it was removed, and what is wrong with it; NULL for nothing';

CREATE FUNCTION verify_evidence(id bigint DEFAULT NULL, head text DEFAULT NULL)
    RETURNS TABLE (manifest_id bigint, step text, status text, found text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
    SET row_security = off
BEGIN ATOMIC
    WITH chain AS MATERIALIZED (
        SELECT * FROM verified_chain()
    ), chosen AS (
        SELECT m.*, c.said FROM manifests AS m JOIN chain AS c ON c.manifest_id = m.id
        WHERE verify_evidence.id IS NULL OR m.id = verify_evidence.id
    ), answer AS (
        -- The whole chain, whichever manifest is asked for: a link holds only if all before it do.
        SELECT 1 AS place, NULL::bigint AS manifest_id, 'chain' AS step, 'ok' AS status,
               CASE count(*) WHEN 0 THEN 'there are no manifests'
                    ELSE format('%s manifests, each made after the one before; head %s', count(*), (SELECT chain_head())) END AS found
        FROM chain HAVING count(*) FILTER (WHERE fault <> '') = 0
      UNION ALL
        SELECT 1, c.manifest_id, 'chain', 'fail', c.fault FROM chain AS c WHERE c.fault <> ''
      UNION ALL
        SELECT 2, NULL, 'chain', 'fail', format('run %s noted a head that is no manifest''s any more: %s', min(r.id), r.head_sha256)
        FROM runs AS r
        WHERE r.head_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM manifests AS m WHERE m.sha256 = r.head_sha256)
        GROUP BY r.head_sha256
      UNION ALL
        SELECT 3, m.id, 'head', CASE WHEN m.id IS NULL THEN 'fail' ELSE 'ok' END,
               CASE WHEN m.id IS NULL THEN 'no manifest has this hash: manifests were taken off, or the chain was made anew'
                    ELSE format('the chain is as it was up to this manifest; %s were added since', (SELECT count(*) FROM chain) - m.id) END
        FROM (SELECT lower(btrim(verify_evidence.head)) AS sha256) AS given LEFT JOIN manifests AS m USING (sha256)
        WHERE given.sha256 IS NOT NULL
      UNION ALL
        SELECT 4, verify_evidence.id, 'manifest', 'fail', 'there is no such manifest'
        WHERE verify_evidence.id IS NOT NULL AND NOT EXISTS (SELECT FROM chosen)
      UNION ALL
        SELECT 5, c.id, 'parameters',
               CASE WHEN p.is_erased AND e.by_id IS NOT NULL OR p.is_right THEN 'ok' ELSE 'fail' END,
               CASE WHEN p.is_right THEN 'as attested'
                    WHEN p.is_erased AND e.by_id IS NOT NULL THEN format('erased by manifest %s', e.by_id)
                    ELSE 'they are not what was attested' END
        FROM chosen AS c
        CROSS JOIN LATERAL (
            SELECT coalesce(parameters_sha256(c.parameters, c.parameters_salt) = c.said ->> 'parameters_sha256', false) AS is_right,
                   c.parameters IS NULL AND c.parameters_salt IS NULL AS is_erased
        ) AS p
        LEFT JOIN LATERAL (
            SELECT min(x.manifest_id) AS by_id
            FROM chain AS x
            CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(x.said -> 'removed') WHEN 'array' THEN x.said -> 'removed' ELSE '[]' END) AS each (file)
            WHERE x.said ->> 'kind' = 'erasure' AND file -> 'manifest_id' = to_jsonb(c.id) AND file ->> 'part' = 'parameters'
        ) AS e ON true
        WHERE c.said ->> 'kind' = 'report'
      UNION ALL
        SELECT 6, f.manifest_id, f.part,
               CASE WHEN count(f.fault) > 0 THEN 'fail' WHEN count(f.removed_by) > 0 THEN 'skip' ELSE 'ok' END,
               CASE WHEN count(f.fault) > 0 THEN string_agg(f.fault, '; ' ORDER BY f.chunk)
                    WHEN count(f.removed_by) > 0 THEN format('removed by manifest %s', min(f.removed_by))
                    ELSE format('%s rows as attested', sum(f.rows) - sum(f.erased))
                         || CASE WHEN sum(f.erased) > 0 THEN format(', %s erased', sum(f.erased)) ELSE '' END END
        FROM verified_files(ARRAY(SELECT chosen.id FROM chosen)) AS f
        GROUP BY f.manifest_id, f.part
      UNION ALL
        SELECT 7, e.manifest_id, 'rows', 'fail', 'there is evidence without a manifest'
        FROM evidence AS e
        WHERE NOT EXISTS (SELECT FROM manifests AS m WHERE m.id = e.manifest_id)
        GROUP BY e.manifest_id
    )
    SELECT manifest_id, step, status, found FROM answer
    ORDER BY manifest_id NULLS FIRST, place, step;
END;

COMMENT ON FUNCTION verify_evidence(bigint, text) IS
    'Whether the chain of manifests, and the evidence of one of them, or of all, are as they were attested: a row a step, ok, skip (removed by age) or fail. head is a hash of the chain that was kept somewhere else';

REVOKE ALL ON FUNCTION verify_evidence(bigint, text) FROM PUBLIC;
