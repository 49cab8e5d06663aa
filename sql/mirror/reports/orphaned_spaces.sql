-- Spaces that nobody looks after: no active administrator, or an owner who is gone.

CREATE FUNCTION orphaned_spaces(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, space_name text, space_type text, space_status text, findings text[], administrators bigint,
    active_administrators bigint, owner_id text, owner_name text, owner_email text, owner_status text, last_change timestamptz,
    reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(orphaned_spaces.as_of) AS run
    ), administrator AS MATERIALIZED (
        SELECT a.space_id, count(DISTINCT a.account_id) AS listed,
               count(DISTINCT a.account_id) FILTER (WHERE a.standing = 'allowed') AS active,
               count(DISTINCT a.account_id) FILTER (WHERE a.standing = 'unknown') AS unknown
        FROM asked CROSS JOIN LATERAL administrators_at(asked.run) AS a
        GROUP BY a.space_id
    ), gap AS MATERIALIZED (
        SELECT g.space_id, min(g.reason) AS reason, string_agg(DISTINCT g.detail, '; ' ORDER BY g.detail) AS detail
        FROM asked CROSS JOIN LATERAL space_gaps_at(asked.run) AS g
        WHERE g.access = 'administer'
        GROUP BY g.space_id
    ), account AS MATERIALIZED (
        SELECT a.* FROM asked CROSS JOIN LATERAL accounts_at(asked.run) AS a
    ), changed AS MATERIALIZED (
        SELECT c.space_id, max(c.modified_at) AS modified_at FROM asked CROSS JOIN LATERAL content_at(asked.run) AS c GROUP BY c.space_id
    ), place AS (
        SELECT s.id, s.key, s.name, s.type, s.status, s.owner_id, coalesce(a.listed, 0) AS listed, coalesce(a.active, 0) AS active,
               coalesce(a.unknown, 0) AS unknown, o.name AS owner_name, o.email AS owner_email,
               CASE WHEN s.owner_id IS NOT NULL THEN coalesce(o.account_status, 'unknown') END AS owner_status, asked.run
        FROM asked
        JOIN spaces_history AS s ON s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
        LEFT JOIN administrator AS a ON a.space_id = s.id
        LEFT JOIN account AS o ON o.account_id = s.owner_id
    ), found AS (
        SELECT p.*, m.modified_at,
               array_remove(ARRAY[
                   CASE WHEN p.active = 0 THEN CASE WHEN p.unknown > 0 OR g.reason IS NOT NULL THEN 'no_known_administrator' ELSE 'no_active_administrator' END END,
                   CASE WHEN p.owner_status IN ('inactive', 'closed') THEN 'owner_left' WHEN p.owner_status <> 'active' THEN 'owner_unknown' END], NULL) AS findings,
               CASE WHEN p.active > 0 THEN NULL WHEN p.unknown > 0 THEN 'account_unknown' ELSE g.reason END AS gap,
               CASE WHEN p.active > 0 THEN NULL WHEN p.unknown > 0 THEN format('of %s administrators it is not known whether they are active', p.unknown)
                    ELSE g.detail END AS gap_detail
        FROM place AS p
        LEFT JOIN gap AS g ON g.space_id = p.id
        LEFT JOIN changed AS m ON m.space_id = p.id
    ), answer (
        space_id, space_key, space_name, space_type, space_status, findings, administrators, active_administrators, owner_id, owner_name,
        owner_email, owner_status, last_change, reason, detail, run_id
    ) AS (
        SELECT r.id, r.key, r.name, r.type, r.status, r.findings, r.listed, r.active, r.owner_id, r.owner_name, r.owner_email, r.owner_status,
               r.modified_at, coalesce(r.gap, CASE WHEN 'owner_unknown' = ANY (r.findings) THEN 'account_unknown' END),
               coalesce(r.gap_detail, CASE WHEN 'owner_unknown' = ANY (r.findings) THEN 'the site does not say whether the owner is active' END), r.run
        FROM found AS r
        WHERE r.findings <> '{}'
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{spaces}') AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.space_id;
END;

COMMENT ON FUNCTION orphaned_spaces(timestamptz) IS
    'Spaces without an active administrator, or whose owner has left. A reason says why an administrator may be there nevertheless';

SELECT register_report('orphaned_spaces', 'Which spaces have no active administrator, or an owner who has left?',
                       '{"SOC 2 CC6.3", "ISO 27001 A.5.18"}', 9);
