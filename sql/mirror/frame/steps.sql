-- What the steps of runs have read, up to a run. A step that a run did not have counts as the last complete run before it left it. What
-- was not read whole is not known, whatever older rows say: answers ask here before they take "no row" for "nothing".

-- Everything in the trees of spaces: what it is, and the step that reads it.
CREATE FUNCTION content_kinds() RETURNS TABLE (kind text, step text)
    LANGUAGE sql IMMUTABLE ROWS 6
BEGIN ATOMIC
    VALUES (CAST('page' AS text), CAST('pages' AS text)), ('blogpost', 'blogposts'), ('folder', 'folders'), ('whiteboard', 'whiteboards'),
           ('database', 'databases'), ('embed', 'smart_links');
END;

COMMENT ON FUNCTION content_kinds() IS
    'Kinds of content, and the step of a run that reads each';

CREATE FUNCTION last_steps_at(run bigint, steps text[]) RETURNS TABLE (
    step text, run_id bigint, is_complete boolean, is_reconciled boolean, read_at timestamptz, why_not text
)
    LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT n.step, s.run_id, s.is_complete, s.is_reconciled, s.read_at, s.why_not
    FROM unnest(last_steps_at.steps) AS n (step)
    LEFT JOIN LATERAL (
        SELECT s.run_id, s.is_complete, s.is_reconciled, s.read_at, s.why_not
        FROM run_steps AS s
        JOIN runs AS r ON r.id = s.run_id
        WHERE s.step = n.step AND s.run_id <= last_steps_at.run AND (r.status = 'complete' OR r.id = last_steps_at.run)
        ORDER BY s.run_id DESC
        LIMIT 1
    ) AS s ON true;
END;

COMMENT ON FUNCTION last_steps_at(bigint, text[]) IS
    'How each of some steps was read the last time, as of a run. run_id is NULL where none has tried to';

-- Of these, which were not read whole: what an answer says of them is older, or missing. A report has a row for each, so that no answer
-- is short without saying so.
CREATE FUNCTION steps_not_read_at(run bigint, steps text[]) RETURNS TABLE (step text, detail text)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT s.step,
           s.step || CASE WHEN s.run_id IS NULL THEN ' was never read' ELSE concat_ws(': ', format(' was not read whole by run %s', s.run_id), s.why_not) END
    FROM last_steps_at(steps_not_read_at.run, steps_not_read_at.steps) AS s
    WHERE s.is_complete IS NOT TRUE;
END;

COMMENT ON FUNCTION steps_not_read_at(bigint, text[]) IS
    'Which of some steps of runs were not read whole, as of a run, and why';

-- Rows of these kinds are older ones: they may have been moved since, and whatever lies below them with them.
CREATE FUNCTION kinds_not_read_at(run bigint) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
    -- Asked for by each question, and the best plan is the same for all runs.
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN ARRAY(SELECT k.kind FROM content_kinds() AS k
                 WHERE k.step IN (SELECT s.step FROM steps_not_read_at(run, ARRAY(SELECT a.step FROM content_kinds() AS a)) AS s));
END
$$;

COMMENT ON FUNCTION kinds_not_read_at(bigint) IS
    'Kinds of content that were not read whole, as of a run';
