-- What reports about a period share: between which runs it lies, which audit record tells of a change, and since when something is
-- granted.

-- A period is compared by two runs: the last one at or before its beginning, and the last one at or before its end, and
-- as_of. Where the mirror is younger than the period, the first run stands for its beginning, and is_late says so.
CREATE FUNCTION period_runs("from" timestamptz, "to" timestamptz, as_of timestamptz DEFAULT NULL)
    RETURNS TABLE (run_before bigint, before_at timestamptz, run_after bigint, after_at timestamptz, answers_run bigint, is_late boolean)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path FROM CURRENT
AS $$
BEGIN
    IF "from" >= "to" THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the period ends before it begins';
    END IF;
    run_after := access_run_at(least("to", as_of));
    after_at := (SELECT r.published_at FROM runs AS r WHERE r.id = run_after);
    SELECT r.id, r.published_at, r.published_at > coalesce("from", '-infinity')
    INTO run_before, before_at, is_late
    FROM runs AS r
    WHERE r.status = 'complete' AND r.mode IN ('full', 'access') AND r.published_at <= after_at
    ORDER BY r.published_at <= coalesce("from", '-infinity') DESC,
             CASE WHEN r.published_at <= coalesce("from", '-infinity') THEN r.published_at END DESC, r.published_at, r.id
    LIMIT 1;
    answers_run := run_at(as_of);
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION period_runs(timestamptz, timestamptz, timestamptz) IS
    'The runs by which a period is compared: of mode full or access, the last ones at or before its beginning and its end';

-- The audit log tells who did something, of what by its name alone, and of a group by name, colon and id. So a record is a
-- hint, and stands beside a change without deciding anything: of those in the interval whose category and summary have the words, and which name all that the
-- change is about, the last one. Records that came after the run that answers are not looked at.
CREATE FUNCTION audit_record_of(after timestamptz, until timestamptz, words text, names text[], run bigint)
    RETURNS TABLE (audit_at timestamptz, audit_author_id text, author_name text, audit_summary text)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT a.created_at, a.author_id, a.author_name, a.summary
    FROM audit_log AS a
    WHERE a.created_at > coalesce(audit_record_of.after, '-infinity') AND a.created_at <= audit_record_of.until
      AND a.run_from <= audit_record_of.run
      AND concat_ws(': ', a.category, a.summary) ~* audit_record_of.words
      AND NOT EXISTS (
          SELECT FROM unnest(audit_record_of.names) AS name
          WHERE name IS NULL OR NOT EXISTS (
              SELECT FROM (
                  SELECT a.affected_object_name AS said
                UNION ALL
                  SELECT o ->> 'name'
                  FROM jsonb_array_elements(CASE jsonb_typeof(a.associated_objects) WHEN 'array' THEN a.associated_objects ELSE '[]' END) AS o
              ) AS object
              WHERE object.said = name OR right(object.said, length(name) + 1) = ':' || name))
    ORDER BY a.created_at DESC, a.record_sha256, a.ordinal
    LIMIT 1;
END;

COMMENT ON FUNCTION audit_record_of(timestamptz, timestamptz, text, text[], bigint) IS
    'The last audit record in an interval that has words in its category and summary, and names objects: who may have made a change';

-- Each row by which a principal may view, edit or administer a space, with the readings between which it began and ended: a
-- grant, or a role that is given, which ends where it is taken back or no longer allows it.
CREATE FUNCTION grant_rows_at(run bigint)
    RETURNS TABLE (space_id bigint, principal text, access text, cause text, not_before timestamptz, since timestamptz,
                   seen_until timestamptz, valid_to timestamptz, run_to bigint, end_reason text)
    LANGUAGE sql STABLE ROWS 15000
BEGIN ATOMIC
    SELECT p.space_id,
           coalesce(normal_name(p.principal_type), 'unknown') || ':'
               || CASE WHEN normal_name(p.principal_type) = 'access-class' THEN normal_name(p.principal_id) ELSE p.principal_id END,
           access_by(p.operation_key, p.operation_target_type), CAST('grant' AS text), p.not_before, p.valid_from, p.seen_until, p.valid_to, p.run_to, p.end_reason
    FROM permissions_history AS p
    WHERE p.run_from <= grant_rows_at.run AND (p.run_to IS NULL OR p.run_to > grant_rows_at.run)
      AND access_by(p.operation_key, p.operation_target_type) IS NOT NULL
  UNION ALL
    SELECT a.space_id,
           normal_name(a.principal_type) || ':' || CASE WHEN normal_name(a.principal_type) = 'access-class' THEN normal_name(a.principal_id) ELSE a.principal_id END,
           o.access, 'role',
           CASE WHEN o.valid_from > a.valid_from THEN o.not_before ELSE a.not_before END, greatest(a.valid_from, o.valid_from),
           CASE WHEN o.run_to < a.run_to OR a.run_to IS NULL THEN o.seen_until ELSE a.seen_until END, least(a.valid_to, o.valid_to),
           least(a.run_to, o.run_to), CASE WHEN o.run_to < a.run_to OR a.run_to IS NULL THEN o.end_reason ELSE a.end_reason END
    FROM space_role_assignments_history AS a
    JOIN (
        -- What a role allows everywhere, and what is granted to it in one space, also where the role is not listed.
        SELECT r.id, CAST(NULL AS bigint) AS space_id, access_by(split_part(o.permission, '/', 1), split_part(o.permission, '/', 2)) AS access,
               r.not_before, r.valid_from, r.seen_until, r.valid_to, r.run_to, r.end_reason
        FROM space_roles_history AS r
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE jsonb_typeof(r.space_permissions) WHEN 'array' THEN r.space_permissions ELSE '[]' END) AS o (permission)
        WHERE r.run_from <= grant_rows_at.run AND (r.run_to IS NULL OR r.run_to > grant_rows_at.run)
      UNION ALL
        SELECT p.principal_id, p.space_id, access_by(p.operation_key, p.operation_target_type), p.not_before, p.valid_from, p.seen_until,
               p.valid_to, p.run_to, p.end_reason
        FROM permissions_history AS p
        WHERE normal_name(p.principal_type) = 'role'
          AND p.run_from <= grant_rows_at.run AND (p.run_to IS NULL OR p.run_to > grant_rows_at.run)
    ) AS o ON o.id = a.role_id AND (o.space_id IS NULL OR o.space_id = a.space_id) AND o.access IS NOT NULL
    WHERE a.run_from <= grant_rows_at.run AND (a.run_to IS NULL OR a.run_to > grant_rows_at.run);
END;

COMMENT ON FUNCTION grant_rows_at(bigint) IS
    'Each row by which a principal has access to a space, as a run saw it, with when it began and ended';

-- Since when a principal has what it takes to view, edit or administer a space: the row that has stood longest.
CREATE FUNCTION granted_since_at(run bigint)
    RETURNS TABLE (space_id bigint, principal text, access text, not_before timestamptz, since timestamptz)
    LANGUAGE sql STABLE ROWS 5000
BEGIN ATOMIC
    SELECT g.space_id, g.principal, g.access, (array_agg(g.not_before ORDER BY g.since))[1], min(g.since)
    FROM grant_rows_at(granted_since_at.run) AS g
    GROUP BY g.space_id, g.principal, g.access;
END;

COMMENT ON FUNCTION granted_since_at(bigint) IS
    'Since when principals have access to spaces, as a run saw it: between not_before and since; not_before is NULL where it was so before the mirror looked';

-- An account as it was last told of, up to a run: people who are gone keep their names in what they did.
CREATE FUNCTION account_told_at(account text, run bigint) RETURNS TABLE (email text, name text, account_status text)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT coalesce(m.email, u.email), coalesce(u.display_name, u.public_name, m.display_name), u.account_status
    FROM (SELECT account_told_at.account AS id) AS asked
    LEFT JOIN LATERAL (
        SELECT u.email, u.display_name, u.public_name, CASE WHEN u.run_to IS NULL OR u.run_to > account_told_at.run THEN u.account_status END AS account_status
        FROM users_history AS u
        WHERE u.account_id = asked.id AND u.run_from <= account_told_at.run ORDER BY u.run_from DESC LIMIT 1
    ) AS u ON true
    LEFT JOIN LATERAL (
        SELECT m.email, m.display_name FROM emails_history AS m
        WHERE m.account_id = asked.id AND m.run_from <= account_told_at.run ORDER BY m.run_from DESC LIMIT 1
    ) AS m ON true;
END;

COMMENT ON FUNCTION account_told_at(text, bigint) IS
    'Name, e-mail address and status of an account as they were last told of, up to a run';
