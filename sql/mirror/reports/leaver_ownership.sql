-- What belongs to people who are gone: spaces and contents whose owner's account is deactivated or closed, or not told of any
-- more. Owning grants nothing; it says who is asked. A refresh of mode changes looks at accounts and at what was edited: who owns the rest
-- by now, and what of it is gone, is pending since the last one that lists everything.

CREATE FUNCTION leaver_ownership(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    account_id text, email text, name text, account_status text, kind text, space_id bigint, space_key text, content_id bigint,
    title text, status text, modified_at timestamptz, reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT run_at(leaver_ownership.as_of) AS run
    ), active AS MATERIALIZED (
        SELECT u.account_id FROM asked
        JOIN users_history AS u ON u.run_from <= asked.run AND (u.run_to IS NULL OR u.run_to > asked.run)
        WHERE u.account_status = 'active'
    ), owned AS (
        SELECT s.owner_id, CAST('space' AS text) AS kind, s.id AS space_id, CAST(NULL AS bigint) AS content_id, s.name AS title, s.status,
               CAST(NULL AS timestamptz) AS modified_at
        FROM asked JOIN spaces_history AS s ON s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
      UNION ALL
        SELECT c.owner_id, c.type, c.space_id, c.id, c.title, c.status, c.modified_at
        FROM asked CROSS JOIN LATERAL content_at(asked.run) AS c
    ), answer (
        account_id, email, name, account_status, kind, space_id, space_key, content_id, title, status, modified_at,
        reason, detail, run_id
    ) AS (
        SELECT o.owner_id, a.email, a.name, coalesce(a.account_status, 'unknown'), o.kind, o.space_id, s.key, o.content_id, o.title, o.status,
               o.modified_at, CASE WHEN a.account_status IN ('inactive', 'closed') THEN NULL ELSE 'account_unknown' END,
               CASE WHEN a.account_status IN ('inactive', 'closed') THEN NULL ELSE 'the site does not say whether the account is active' END, asked.run
        FROM owned AS o
        CROSS JOIN asked
        LEFT JOIN LATERAL account_told_at(o.owner_id, asked.run) AS a ON true
        LEFT JOIN spaces_history AS s ON s.id = o.space_id AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
        WHERE o.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM active AS u WHERE u.account_id = o.owner_id)
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'pending',
               'a run of mode changes does not see who owns what nobody edited, nor what is gone', asked.run
        FROM asked JOIN runs AS r ON r.id = asked.run
        WHERE r.mode NOT IN ('full', 'access')
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{spaces,users}' || ARRAY(SELECT k.step FROM content_kinds() AS k)) AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.account_id COLLATE "C", r.kind COLLATE "C", r.space_id, r.content_id, r.detail COLLATE "C";
END;

COMMENT ON FUNCTION leaver_ownership(timestamptz) IS
    'Spaces and contents whose owner has left, or is not told of any more';

SELECT register_report('leaver_ownership', 'Which spaces and contents belong to people who have left?',
                       '{"SOC 2 CC6.2", "ISO 27001 A.5.18"}', 18);
