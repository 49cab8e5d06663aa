-- Who administers each space, by which path, since when, and when they were last active; and what is not known of that.

-- One row a path. Guests administer nothing.
CREATE FUNCTION administrators_at(run bigint) RETURNS TABLE (
    space_id bigint, admin_kind text, account_id text, email text, name text, account_type text, account_status text, standing text,
    reason text, principal text, path_type text, group_id text, group_name text, access_class text,
    role_name text, operations text[], sources text[]
)
    LANGUAGE sql STABLE ROWS 5000
BEGIN ATOMIC
    SELECT h.space_id, h.admin_kind, m.account_id, m.email, m.name, m.account_type, m.account_status, m.standing, m.reason,
           h.principal, m.path_type, m.group_id, m.group_name, m.access_class, h.role_name,
           h.administer_operations, h.sources
    FROM space_holders_at(administrators_at.run) AS h
    JOIN principal_accounts_at(administrators_at.run) AS m
        ON m.principal = h.principal
    WHERE h.administer_operations IS NOT NULL AND m.is_guest IS NOT TRUE;
END;

COMMENT ON FUNCTION administrators_at(bigint) IS
    'Who is granted the administration of spaces, as a run saw it: one row a path. standing: whether the account can use it';

CREATE FUNCTION space_admins(space bigint DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, space_name text, space_status text, admin_kind text, account_id text, email text, name text,
    account_type text, account_status text, last_active date, verdict text, path_type text, group_id text, group_name text,
    access_class text, role_name text, operations text[], sources text[], not_before timestamptz, since timestamptz, reason text,
    detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(space_admins.as_of) AS run
    ), place AS MATERIALIZED (
        SELECT s.id, s.key, s.name, s.status
        FROM asked JOIN spaces_history AS s ON s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
        WHERE space_admins.space IS NULL OR s.id = space_admins.space
    ), mail AS MATERIALIZED (
        SELECT e.account_id, e.last_active
        FROM asked JOIN emails_history AS e ON e.run_from <= asked.run AND (e.run_to IS NULL OR e.run_to > asked.run)
    ), granted AS MATERIALIZED (
        SELECT t.* FROM asked CROSS JOIN LATERAL granted_since_at(asked.run) AS t
        WHERE t.access = 'administer' AND t.space_id = ANY (ARRAY(SELECT s.id FROM place AS s))
    ), administrator AS MATERIALIZED (
        SELECT a.* FROM asked CROSS JOIN LATERAL administrators_at(asked.run) AS a
        WHERE a.space_id = ANY (ARRAY(SELECT s.id FROM place AS s))
    ), answer AS (
        SELECT s.id AS space_id, s.key, s.name AS space_name, s.status, a.admin_kind, a.account_id, a.email, a.name, a.account_type,
               a.account_status, mail.last_active, a.standing AS verdict, a.path_type, a.group_id, a.group_name, a.access_class, a.role_name,
               a.operations, a.sources,
               CASE WHEN g.valid_from > t.since THEN g.not_before ELSE t.not_before END AS not_before,
               greatest(t.since, g.valid_from) AS since, a.reason, CAST(NULL AS text) AS detail, asked.run
        FROM administrator AS a
        CROSS JOIN asked
        JOIN place AS s ON s.id = a.space_id
        LEFT JOIN mail ON mail.account_id = a.account_id
        LEFT JOIN granted AS t
            ON t.space_id = a.space_id AND t.principal = a.principal
        LEFT JOIN group_members_history AS g
            ON g.group_id = a.group_id AND g.account_id = a.account_id
           AND g.run_from <= asked.run AND (g.run_to IS NULL OR g.run_to > asked.run)
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, a.account_id, a.email, a.name, a.account_type, a.account_status, mail.last_active, 'potential',
               'product_admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'can give itself every space', asked.run
        FROM asked
        CROSS JOIN LATERAL product_members_at(asked.run) AS l
        CROSS JOIN LATERAL accounts_at(asked.run) AS a
        LEFT JOIN mail ON mail.account_id = a.account_id
        WHERE l.is_admin AND a.account_id = l.account_id AND a.account_status = 'active'
      UNION ALL
        SELECT s.id, s.key, s.name, s.status, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', g.path_type, g.group_id, NULL,
               g.access_class, g.role_name, NULL, NULL, NULL, NULL, g.reason, g.detail, asked.run
        FROM asked
        CROSS JOIN LATERAL space_gaps_at(asked.run) AS g
        JOIN place AS s ON s.id = g.space_id
        WHERE g.access = 'administer' AND g.space_id = ANY (ARRAY(SELECT s.id FROM place AS s))
      UNION ALL
        SELECT space_admins.space, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL, 'space_hidden', 'not listed', asked.run
        FROM asked WHERE space_admins.space IS NOT NULL AND NOT EXISTS (SELECT FROM place)
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{spaces}') AS u
    )
    SELECT r.space_id, r.key, r.space_name, r.status, r.admin_kind, r.account_id, r.email, r.name, r.account_type, r.account_status,
           r.last_active, r.verdict, r.path_type, r.group_id, r.group_name, r.access_class, r.role_name, r.operations, r.sources,
           r.not_before, r.since, r.reason, r.detail, r.run
    FROM answer AS r
    ORDER BY r.account_id IS NULL, r.space_id NULLS LAST, r.account_id COLLATE "C", r.path_type COLLATE "C", r.group_id COLLATE "C",
             r.access_class COLLATE "C", r.reason COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION space_admins(bigint, timestamptz) IS
    'Who administers a space, or each space: kind, path, since when, and when last active. Administrators of the product are in it once, without a space';

SELECT register_report('space_admins', 'Who administers each space, by which path, since when, and when were they last active?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.8.2", "PCI DSS 7.2.4"}', 4);
