-- What apps are granted in spaces. What an app reads by the scopes of its installation is no grant, and nobody lists it: it
-- is a standing reservation of unknowns().

CREATE FUNCTION app_access(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    account_id text, name text, account_status text, space_id bigint, space_key text, access text, admin_kind text, verdict text,
    operations text[], paths text[], reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 500
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(app_access.as_of) AS run
    ), reached AS MATERIALIZED (
        SELECT e.* FROM asked CROSS JOIN LATERAL effective_space_access_at(asked.run) AS e
        WHERE e.account_type = 'app' OR e.account_id IS NULL
    ), granted AS MATERIALIZED (
        SELECT m.account_id, g.space_id, array_agg(DISTINCT g.operation_key || '/' || g.operation_target_type) AS operations
        FROM asked
        CROSS JOIN LATERAL space_grants_at(asked.run) AS g
        CROSS JOIN LATERAL principal_accounts_at(asked.run) AS m
        WHERE m.account_type = 'app' AND m.principal = g.principal_type || ':' || g.principal_id
        GROUP BY m.account_id, g.space_id
    ), gap AS (
        -- A person who cannot be told is no app; a group that cannot be resolved may hold one.
        SELECT r.space_id, r.space_key, r.access, array_to_string(r.reasons, ', ') AS reason
        FROM reached AS r
        WHERE r.account_id IS NULL AND r.reasons && '{group_unresolved,role_unresolved,principal_unknown,not_read}'
    ), answer (
        account_id, name, account_status, space_id, space_key, access, admin_kind, verdict, operations, paths, reason,
        detail, run_id
    ) AS (
        SELECT r.account_id, r.name, r.account_status, r.space_id, r.space_key, r.access, r.admin_kind, r.verdict, o.operations, r.paths,
               nullif(array_to_string(r.reasons, ', '), ''), CAST(NULL AS text), asked.run
        FROM reached AS r
        CROSS JOIN asked
        LEFT JOIN granted AS o ON o.account_id = r.account_id AND o.space_id = r.space_id
        WHERE r.account_id IS NOT NULL AND r.verdict IN ('allowed', 'unknown')
      UNION ALL
        SELECT NULL, NULL, NULL, g.space_id, g.space_key, g.access, NULL, 'unknown', NULL, NULL, g.reason, NULL, asked.run
        FROM gap AS g CROSS JOIN asked
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.account_id IS NULL, r.account_id COLLATE "C", r.space_id, r.access COLLATE "C", r.reason COLLATE "C";
END;

COMMENT ON FUNCTION app_access(timestamptz) IS
    'Spaces that apps reach by what is granted to them: a row an app, space and access';

SELECT register_report('app_access', 'Which apps are granted what, in which spaces?',
                       '{"SOC 2 CC6.1", "PCI DSS 7.2.5.1"}', 12);
