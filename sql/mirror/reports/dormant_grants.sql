-- What is still given to people who are gone: grants in spaces, memberships of groups and entries of restriction lists of
-- accounts that are deactivated or closed, or that the site tells nothing of any more.
--
-- The site removes none of these by itself. They give nothing while the account cannot sign in, and all of it again when it can.

CREATE FUNCTION dormant_grants(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    account_id text, email text, name text, account_status text, status_not_before timestamptz, status_since timestamptz, kind text,
    space_id bigint, space_key text, content_id bigint, title text, group_id text, group_name text, operations text[], sources text[],
    not_before timestamptz, since timestamptz, reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(dormant_grants.as_of) AS run
    ), known AS MATERIALIZED (
        SELECT u.account_id, u.account_status, u.not_before, u.valid_from, a.email, a.name
        FROM asked
        CROSS JOIN LATERAL accounts_at(asked.run) AS a
        JOIN users_history AS u ON u.account_id = a.account_id AND u.run_from <= asked.run AND (u.run_to IS NULL OR u.run_to > asked.run)
    ), given AS (
        SELECT g.principal_id AS account_id, CAST('space_grant' AS text) AS kind, g.space_id, CAST(NULL AS bigint) AS content_id,
               CAST(NULL AS text) AS group_id, array_agg(DISTINCT g.operation_key || '/' || g.operation_target_type) AS operations,
               array_agg(DISTINCT source) AS sources, CAST(NULL AS timestamptz) AS not_before, CAST(NULL AS timestamptz) AS since
        FROM asked
        CROSS JOIN LATERAL space_grants_at(asked.run) AS g
        CROSS JOIN LATERAL unnest(g.sources) AS source
        WHERE g.principal_type = 'user'
        GROUP BY g.principal_id, g.space_id
      UNION ALL
        SELECT m.account_id, 'group', NULL, NULL, m.group_id, NULL, NULL, m.not_before, m.valid_from
        FROM asked JOIN group_members_history AS m ON m.run_from <= asked.run AND (m.run_to IS NULL OR m.run_to > asked.run)
      UNION ALL
        SELECT r.principal_id, 'restriction', NULL, r.content_id, NULL, array_agg(r.operation ORDER BY r.operation), NULL,
               (array_agg(r.not_before ORDER BY r.valid_from))[1], min(r.valid_from)
        FROM asked JOIN content_restrictions_history AS r ON r.run_from <= asked.run AND (r.run_to IS NULL OR r.run_to > asked.run)
        WHERE r.principal_type = 'user' AND r.operation IN ('read', 'update')
        GROUP BY r.principal_id, r.content_id
    ), dormant AS MATERIALIZED (
        SELECT g.*, k.account_status, k.not_before AS status_not_before, k.valid_from AS status_since, k.email, k.name
        FROM given AS g LEFT JOIN known AS k ON k.account_id = g.account_id
        WHERE k.account_status IS DISTINCT FROM 'active'
    ), granted AS MATERIALIZED (
        SELECT t.space_id, t.principal, (array_agg(t.not_before ORDER BY t.since))[1] AS not_before, min(t.since) AS since
        FROM asked CROSS JOIN LATERAL granted_since_at(asked.run) AS t
        WHERE t.principal LIKE 'user:%'
        GROUP BY t.space_id, t.principal
    ), answer (
        account_id, email, name, account_status, status_not_before, status_since, kind, space_id, space_key, content_id, title, group_id,
        group_name, operations, sources, not_before, since, reason, detail, run_id
    ) AS (
        SELECT d.account_id, d.email, d.name, coalesce(d.account_status, 'unknown'), d.status_not_before, d.status_since, d.kind,
               coalesce(d.space_id, c.space_id), s.key, d.content_id, c.title, d.group_id, n.name, d.operations, d.sources,
               coalesce(d.not_before, t.not_before), coalesce(d.since, t.since),
               CASE WHEN d.account_status IN ('inactive', 'closed') THEN NULL ELSE 'account_unknown' END,
               CASE WHEN d.account_status IN ('inactive', 'closed') THEN NULL ELSE 'the site does not say whether the account is active' END, asked.run
        FROM dormant AS d
        CROSS JOIN asked
        LEFT JOIN granted AS t ON d.kind = 'space_grant' AND t.space_id = d.space_id AND t.principal = 'user:' || d.account_id
        LEFT JOIN LATERAL (
            SELECT c.space_id, c.title FROM content_at(asked.run) AS c WHERE c.id = d.content_id OFFSET 0
        ) AS c ON true
        LEFT JOIN spaces_history AS s
            ON s.id = coalesce(d.space_id, c.space_id) AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
        LEFT JOIN groups_history AS n ON n.id = d.group_id AND n.run_from <= asked.run AND (n.run_to IS NULL OR n.run_to > asked.run)
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked
        CROSS JOIN LATERAL access_facts_at(asked.run) AS f
        CROSS JOIN LATERAL steps_not_read_at(
            asked.run, '{permissions,groups,group_members,content_restrictions}' || ARRAY(SELECT k.step FROM content_kinds() AS k)
                           || CASE WHEN f.roles_are_needed THEN CAST('{space_roles,space_role_assignments}' AS text[]) END) AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.account_id COLLATE "C", r.kind COLLATE "C", r.space_id, r.content_id, r.group_id COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION dormant_grants(timestamptz) IS
    'Grants, memberships and entries of lists of accounts that are deactivated or closed, or of which the site tells nothing';

SELECT register_report('dormant_grants', 'What is still given to accounts that are deactivated, closed, or unknown?',
                       '{"SOC 2 CC6.2", "SOC 2 CC6.3", "ISO 27001 A.5.18", "PCI DSS 7.2.4"}', 8);
