-- What the reading account could not see, and what no reader can: every reason that something is unknown, where, and how
-- often; and steps of the run that were not read whole, or where two ways of counting do not agree.

CREATE FUNCTION coverage(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    kind text, reason text, space_id bigint, space_key text, step text, occurrences bigint, last_complete timestamptz, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 200
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(coverage.as_of) AS run
    ), answer (
        kind, reason, space_id, space_key, step, occurrences, last_complete, detail, run_id
    ) AS (
        SELECT u.kind, u.reason, u.space_id, u.space_key, CAST(NULL AS text), u.occurrences, CAST(NULL AS timestamptz), u.detail, asked.run
        FROM asked CROSS JOIN LATERAL unknowns(coverage.as_of) AS u
      UNION ALL
        SELECT 'gap', 'not_read', NULL, NULL, s.step, 1,
               (SELECT max(r.published_at) FROM run_steps AS e JOIN runs AS r ON r.id = e.run_id
                WHERE e.step = s.step AND e.is_complete AND r.status = 'complete' AND r.id < asked.run),
               coalesce(s.why_not, 'was not read whole'), asked.run
        FROM asked JOIN run_steps AS s ON s.run_id = asked.run
        WHERE NOT s.is_complete
      UNION ALL
        SELECT 'gap', 'not_reconciled', NULL, NULL, s.step, abs(s.expected - s.rows_read),
               (SELECT max(r.published_at) FROM run_steps AS e JOIN runs AS r ON r.id = e.run_id
                WHERE e.step = s.step AND e.is_reconciled AND r.status = 'complete' AND r.id < asked.run),
               format('%s were read, and %s expected', s.rows_read, s.expected), asked.run
        FROM asked JOIN run_steps AS s ON s.run_id = asked.run
        WHERE s.is_complete AND NOT s.is_reconciled
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.kind COLLATE "C", r.reason COLLATE "C", r.space_id NULLS FIRST, r.step COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION coverage(timestamptz) IS
    'What is not known, by reason and place, and which steps of the run were not read whole or not reconciled';

SELECT register_report('coverage', 'What could not be seen, and what can nobody know?',
                       '{"SOC 2 CC6.1", "PCAOB AS 1105.10"}', 20);
