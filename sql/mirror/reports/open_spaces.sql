-- Spaces that are open to classes of people rather than to named ones: everybody, whoever signs in, all licensed users, a
-- service desk's customers.

CREATE FUNCTION open_spaces(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, space_name text, space_type text, space_status text, access_class text, access text[],
    operations text[], sources text[], not_before timestamptz, since timestamptz, people bigint, effect text, reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 500
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(open_spaces.as_of) AS run
    ), granted AS MATERIALIZED (
        SELECT t.* FROM asked CROSS JOIN LATERAL granted_since_at(asked.run) AS t WHERE t.principal LIKE 'access-class:%'
    ), class AS MATERIALIZED (
        SELECT p.access_class, count(DISTINCT p.account_id) FILTER (WHERE p.standing = 'allowed') AS people
        FROM asked CROSS JOIN LATERAL principal_accounts_at(asked.run) AS p
        WHERE p.access_class IS NOT NULL GROUP BY p.access_class
    ), given AS (
        SELECT g.space_id, g.principal_id,
               array_agg(DISTINCT access_by(g.operation_key, g.operation_target_type))
                   FILTER (WHERE access_by(g.operation_key, g.operation_target_type) IS NOT NULL) AS access,
               array_agg(DISTINCT g.operation_key || '/' || g.operation_target_type) AS operations,
               array_agg(DISTINCT source) AS sources
        FROM asked
        CROSS JOIN LATERAL space_grants_at(asked.run) AS g
        CROSS JOIN LATERAL unnest(g.sources) AS source
        WHERE g.principal_type = 'access-class'
        GROUP BY g.space_id, g.principal_id
    ), gap AS MATERIALIZED (
        SELECT DISTINCT g.space_id, g.access_class, g.reason, g.detail FROM asked CROSS JOIN LATERAL space_gaps_at(asked.run) AS g
        WHERE g.access_class IS NOT NULL OR g.reason IN ('not_read', 'role_unresolved') AND g.path_type IS NULL
    ), answer AS (
        SELECT g.space_id, g.principal_id AS access_class, g.access, g.operations, g.sources,
               (SELECT t.not_before FROM granted AS t WHERE t.space_id = g.space_id AND t.principal = 'access-class:' || g.principal_id ORDER BY t.since LIMIT 1) AS not_before,
               (SELECT min(t.since) FROM granted AS t WHERE t.space_id = g.space_id AND t.principal = 'access-class:' || g.principal_id) AS since,
               c.people,
               CASE g.principal_id
                    WHEN 'anonymous-users' THEN 'everybody who signs in, and the public where the site lets it in'
                    WHEN 'authenticated-users' THEN 'everybody who signs in, with a licence or without'
                    WHEN 'all-licensed-users' THEN 'everybody with a licence, but guests'
                    WHEN 'all-product-admins' THEN 'administrators of the product'
                    WHEN 'jsm-project-admins' THEN 'people of a service desk'
                    WHEN 'unlicensed-users' THEN 'customers of a service desk'
                    ELSE 'a class that this version does not know' END AS effect,
               CASE g.principal_id WHEN 'anonymous-users' THEN 'anonymous_switch'
                    ELSE (SELECT min(x.reason) FROM gap AS x WHERE x.space_id = g.space_id AND x.access_class = g.principal_id) END AS reason,
               (SELECT min(x.detail) FROM gap AS x WHERE x.space_id = g.space_id AND x.access_class = g.principal_id) AS detail
        FROM given AS g
        LEFT JOIN class AS c ON c.access_class = g.principal_id
      UNION ALL
        SELECT x.space_id, x.access_class, NULL, NULL, NULL, NULL, NULL, NULL, NULL, x.reason, x.detail
        FROM gap AS x
        WHERE NOT EXISTS (SELECT FROM given AS g WHERE g.space_id = x.space_id AND g.principal_id = x.access_class)
    )
    SELECT r.space_id, s.key, s.name, s.type, s.status, r.access_class, r.access, r.operations, r.sources, r.not_before, r.since, r.people,
           r.effect, r.reason, r.detail, asked.run
    FROM answer AS r
    CROSS JOIN asked
    LEFT JOIN spaces_history AS s ON s.id = r.space_id AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
    ORDER BY r.effect IS NULL, r.space_id, r.access_class COLLATE "C", r.reason COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION open_spaces(timestamptz) IS
    'Spaces that are granted to classes of people: everybody, whoever signs in, all who are licensed, customers of a service desk';

SELECT register_report('open_spaces', 'Which spaces are open to everybody, to whoever signs in, or to all who are licensed?',
                       '{"SOC 2 CC6.1", "ISO 27001 A.5.15"}', 7);
