-- Which of the steps that a report rests on were not read whole, up to a run: what it says of these is older, or missing. A report has
-- a row for each, so that no answer is short without saying so.
CREATE FUNCTION steps_not_read_at(run bigint, steps text[]) RETURNS TABLE (step text, detail text)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT n.step,
           n.step || CASE WHEN s.run_id IS NULL THEN ' was never read' ELSE concat_ws(': ', format(' was not read whole by run %s', s.run_id), s.why_not) END
    FROM unnest(steps_not_read_at.steps) AS n (step)
    -- The last run that tried to.
    LEFT JOIN LATERAL (
        SELECT s.run_id, s.is_complete, s.why_not
        FROM run_steps AS s
        JOIN runs AS r ON r.id = s.run_id
        WHERE s.step = n.step AND s.run_id <= steps_not_read_at.run AND (r.status = 'complete' OR r.id = steps_not_read_at.run)
        ORDER BY s.run_id DESC
        LIMIT 1
    ) AS s ON true
    WHERE s.is_complete IS NOT TRUE;
END;

COMMENT ON FUNCTION steps_not_read_at(bigint, text[]) IS
    'Which of some steps of runs were not read whole, as of a run, and why';
