-- Which group may do what in which space, and how many people that is; and grants to groups that nobody can resolve.

CREATE FUNCTION group_space_matrix(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    group_id text, group_name text, members bigint, space_id bigint, space_key text, access text[], operations text[], sources text[],
    reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(group_space_matrix.as_of) AS run
    ), facts AS MATERIALIZED (
        SELECT f.* FROM asked CROSS JOIN LATERAL access_facts_at(asked.run) AS f
    ), member AS MATERIALIZED (
        SELECT m.group_id, count(*) AS members
        FROM asked JOIN group_members_history AS m ON m.run_from <= asked.run AND (m.run_to IS NULL OR m.run_to > asked.run)
        GROUP BY m.group_id
    ), cell AS (
        SELECT g.principal_id, g.space_id,
               array_agg(DISTINCT access_by(g.operation_key, g.operation_target_type))
                   FILTER (WHERE access_by(g.operation_key, g.operation_target_type) IS NOT NULL) AS access,
               array_agg(DISTINCT g.operation_key || '/' || g.operation_target_type) AS operations,
               array_agg(DISTINCT source) AS sources
        FROM asked
        CROSS JOIN LATERAL space_grants_at(asked.run) AS g
        CROSS JOIN LATERAL unnest(g.sources) AS source
        WHERE g.principal_type = 'group'
        GROUP BY g.principal_id, g.space_id
    ), answer AS (
        SELECT c.principal_id AS group_id, n.name AS group_name, CASE WHEN f.groups_are_read AND n.id IS NOT NULL THEN coalesce(m.members, 0) END AS members,
               c.space_id, s.key, c.access, c.operations, c.sources,
               CASE WHEN NOT f.groups_are_read OR n.id IS NULL THEN 'group_unresolved' END AS reason,
               CASE WHEN NOT f.groups_are_read OR n.id IS NULL THEN 'who is in it is not known' END AS detail, asked.run
        FROM cell AS c
        CROSS JOIN asked
        CROSS JOIN facts AS f
        LEFT JOIN groups_history AS n ON n.id = c.principal_id AND n.run_from <= asked.run AND (n.run_to IS NULL OR n.run_to > asked.run)
        LEFT JOIN member AS m ON m.group_id = c.principal_id
        LEFT JOIN spaces_history AS s ON s.id = c.space_id AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
      UNION ALL
        -- Roles that nobody explains, and grants that were not read.
        SELECT DISTINCT g.group_id, n.name, CAST(NULL AS bigint), g.space_id, s.key, CAST(NULL AS text[]), CAST(NULL AS text[]),
               CAST(NULL AS text[]), g.reason, g.detail, asked.run
        FROM asked
        CROSS JOIN LATERAL space_gaps_at(asked.run) AS g
        LEFT JOIN groups_history AS n ON n.id = g.group_id AND n.run_from <= asked.run AND (n.run_to IS NULL OR n.run_to > asked.run)
        LEFT JOIN spaces_history AS s ON s.id = g.space_id AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
        WHERE g.reason = 'not_read' OR g.reason = 'role_unresolved' AND (g.path_type IS NULL OR g.path_type = 'group')
    )
    SELECT r.group_id, r.group_name, r.members, r.space_id, r.key, r.access, r.operations, r.sources, r.reason, r.detail, r.run
    FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.group_name COLLATE "C", r.group_id COLLATE "C", r.space_id, r.reason COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION group_space_matrix(timestamptz) IS
    'Which group may do what in which space: a row a group and space, with the number of members';

SELECT register_report('group_space_matrix', 'Which group may do what in which space, and how many people is that?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.5.15", "PCI DSS 7.2.4"}', 5);
