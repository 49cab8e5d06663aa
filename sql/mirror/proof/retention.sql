-- Evidence that is old enough to go. Its manifests stay, so that the chain does: they say what there was, and that it was removed.

CREATE FUNCTION prune_evidence(before timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
    SET "TimeZone" = 'UTC'
AS $$
DECLARE
    made manifests;
BEGIN
    IF before IS NULL OR before > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = 'before must be a time that has passed';
    END IF;
    made.kind := 'retention';
    made.id := lock_chain();
    made.as_of := before;
    PERFORM write_evidence(true);
    WITH gone AS (
        DELETE FROM evidence AS e USING manifests AS m
        WHERE m.id = e.manifest_id AND m.created_at < before
        RETURNING e.manifest_id, e.part, e.chunk, cardinality(e.lines) AS rows
    )
    SELECT jsonb_agg(jsonb_build_object('manifest_id', manifest_id, 'part', part, 'chunk', chunk, 'rows', rows)
                     ORDER BY manifest_id, part, chunk)
    INTO made.removed FROM gone;
    IF made.removed IS NOT NULL THEN
        DELETE FROM erased_lines AS l USING manifests AS m WHERE m.id = l.manifest_id AND m.created_at < before;
        PERFORM append_manifest(made);
    END IF;
    PERFORM write_evidence(false);
    RETURN CASE WHEN made.removed IS NOT NULL THEN made.id END;
END
$$;

COMMENT ON FUNCTION prune_evidence(timestamptz) IS
    'Removes the rows of evidence that was attested before a time, keeps its manifests, and returns the number of the manifest that says so; NULL where there was nothing';

REVOKE ALL ON FUNCTION prune_evidence(timestamptz) FROM PUBLIC;
