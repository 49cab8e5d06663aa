-- Which run answers a question about a time. as_of means the last complete run that was published at or before it, so the
-- same question has the same answer for ever. Without such a run there is no answer, and that is an error: no rows
-- would look like one.

CREATE FUNCTION run_at(as_of timestamptz DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
AS $$
DECLARE
    found bigint := (SELECT r.id FROM runs AS r
                     WHERE r.status = 'complete' AND r.published_at <= coalesce(as_of, 'infinity')
                     ORDER BY r.published_at DESC, r.id DESC LIMIT 1);
BEGIN
    IF found IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = CASE WHEN as_of IS NULL THEN 'the mirror has no complete run'
                           ELSE format('the mirror has no complete run at or before %s', as_of) END,
            HINT = 'CALL confluence.refresh makes one. The table runs tells what became of each.';
    END IF;
    RETURN found;
END
$$;

COMMENT ON FUNCTION run_at(timestamptz) IS
    'The last complete run published at or before a time; NULL is now. An error where there is none';

-- Access follows from several tables, so it is answered from a run that has read all of them. This function is inlined wherever it
-- is used, and has no row where there is no such run.
CREATE FUNCTION last_access_run(as_of timestamptz) RETURNS TABLE (id bigint, published_at timestamptz)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT r.id, r.published_at
    FROM runs AS r
    WHERE r.status = 'complete' AND r.mode IN ('full', 'access') AND r.published_at <= coalesce(last_access_run.as_of, 'infinity')
    ORDER BY r.published_at DESC, r.id DESC
    LIMIT 1;
END;

COMMENT ON FUNCTION last_access_run(timestamptz) IS
    'The last complete run, at or before a time, that has read all that access follows from, and when it was published; NULL is now';

CREATE FUNCTION access_run_at(as_of timestamptz DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
AS $$
DECLARE
    found bigint := (SELECT r.id FROM last_access_run(as_of) AS r);
BEGIN
    IF found IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = CASE WHEN as_of IS NULL THEN 'the mirror has no complete run of mode full or access'
                           ELSE format('the mirror has no complete run of mode full or access at or before %s', as_of) END,
            HINT = 'CALL confluence.refresh makes one. The table runs tells what became of each.';
    END IF;
    RETURN found;
END
$$;

COMMENT ON FUNCTION access_run_at(timestamptz) IS
    'The last complete run, at or before a time, that has read all that access follows from; NULL is now. An error where there is none';
