-- Contents with restrictions of their own: whom they name, how many people that lets through in the end, and which of them
-- let nobody through, since they name only people who are gone or may not enter the space.

CREATE FUNCTION restricted_content(space bigint DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, content_status text, view_list text[],
    edit_list text[], viewers bigint, editors bigint, finding text, not_before timestamptz, since timestamptz, reason text,
    detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 5000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(restricted_content.as_of) AS run
    ), gone AS MATERIALIZED (
        SELECT a.account_id FROM asked CROSS JOIN LATERAL accounts_at(asked.run) AS a WHERE a.account_status IN ('inactive', 'closed')
    ), entry AS MATERIALIZED (
        SELECT r.content_id, r.operation, r.principal_type, r.principal_id, r.not_before, r.valid_from,
               CASE r.principal_type WHEN 'group' THEN 'group ' || coalesce(n.name, r.principal_id) ELSE concat_ws(' ', r.principal_type, nullif(r.principal_id, 'unknown')) END AS subject,
               -- Whether there is anybody behind it who is not gone.
               CASE WHEN r.principal_type = 'user' THEN gone.account_id IS NULL
                    WHEN r.principal_type = 'group' AND n.id IS NOT NULL THEN EXISTS (
                        SELECT FROM group_members_history AS m
                        WHERE m.group_id = r.principal_id AND m.run_from <= asked.run AND (m.run_to IS NULL OR m.run_to > asked.run)
                          AND m.account_id NOT IN (SELECT g.account_id FROM gone AS g))
                    ELSE true END AS is_alive
        FROM asked
        JOIN content_restrictions_history AS r ON r.run_from <= asked.run AND (r.run_to IS NULL OR r.run_to > asked.run)
        LEFT JOIN groups_history AS n
            ON r.principal_type = 'group' AND n.id = r.principal_id AND n.run_from <= asked.run AND (n.run_to IS NULL OR n.run_to > asked.run)
        LEFT JOIN gone ON r.principal_type = 'user' AND gone.account_id = r.principal_id
    ), restricted AS MATERIALIZED (
        SELECT e.content_id,
               array_agg(e.subject ORDER BY e.subject COLLATE "C") FILTER (WHERE e.operation = 'read') AS view_list,
               array_agg(e.subject ORDER BY e.subject COLLATE "C") FILTER (WHERE e.operation = 'update') AS edit_list,
               (array_agg(e.not_before ORDER BY e.valid_from))[1] AS not_before, min(e.valid_from) AS since,
               bool_or(e.is_alive) FILTER (WHERE e.operation <> 'update') IS FALSE AS nobody_views,
               bool_or(e.is_alive) FILTER (WHERE e.operation <> 'read') IS FALSE AS nobody_edits
        FROM entry AS e GROUP BY e.content_id
    ), listed AS MATERIALIZED (
        SELECT c.id, c.space_id, c.type, c.title, c.status
        FROM asked CROSS JOIN LATERAL content_at(asked.run) AS c
        WHERE c.id IN (SELECT r.content_id FROM restricted AS r)
          AND (restricted_content.space IS NULL OR c.space_id = restricted_content.space)
    ), reach AS MATERIALIZED (
        SELECT p.* FROM asked CROSS JOIN LATERAL content_people_at(ARRAY(SELECT l.id FROM listed AS l), asked.run) AS p
    ), list AS MATERIALIZED (
        SELECT r.* FROM reach AS r WHERE r.account_id IS NULL
    ), people AS MATERIALIZED (
        SELECT p.content_id, count(*) FILTER (WHERE p.view_rank = 2) AS viewers, count(*) FILTER (WHERE p.edit_rank = 2) AS editors,
               count(*) FILTER (WHERE p.view_rank = 1) AS perhaps_viewers, count(*) FILTER (WHERE p.edit_rank = 1) AS perhaps_editors
        FROM reach AS p
        WHERE p.account_id IS NOT NULL
        GROUP BY p.content_id
    ), space_gap AS MATERIALIZED (
        SELECT g.space_id, min(g.reason) FILTER (WHERE g.access = 'view') AS view_reason, min(g.reason) AS reason, min(g.detail) AS detail
        FROM asked CROSS JOIN LATERAL space_gaps_at(asked.run) AS g
        WHERE g.access IN ('view', 'edit') AND g.reason NOT IN ('class_open_ended', 'jsm_class')
        GROUP BY g.space_id
    ), reached AS MATERIALIZED (
        SELECT l.content_id, coalesce(p.viewers, 0) AS viewers, coalesce(p.editors, 0) AS editors,
               p.perhaps_viewers > 0 OR l.unresolved IS NOT NULL OR l.gap IS NOT NULL OR g.view_reason IS NOT NULL AS may_be_viewed,
               p.perhaps_editors > 0 OR l.unresolved IS NOT NULL OR l.gap IS NOT NULL OR g.reason IS NOT NULL AS may_be_edited,
               coalesce(l.gap, l.unresolved, CASE WHEN p.perhaps_viewers > 0 THEN 'account_unknown' END, g.reason) AS reason,
               CASE WHEN l.gap IS NOT NULL THEN 'of its lists, or of those above it'
                    WHEN l.unresolved IS NOT NULL THEN 'in its lists, or in those above it'
                    WHEN p.perhaps_viewers > 0 THEN format('of %s accounts it is not known whether they are let in', p.perhaps_viewers)
                    ELSE g.detail END AS detail
        FROM list AS l
        LEFT JOIN people AS p ON p.content_id = l.content_id
        LEFT JOIN space_gap AS g ON g.space_id = l.space_id
    ), answer (
        space_id, space_key, content_id, content_type, title, content_status, view_list, edit_list, viewers, editors,
        finding, not_before, since, reason, detail, run_id
    ) AS (
        SELECT l.space_id, s.key, r.content_id, l.type, l.title, l.status, r.view_list, r.edit_list, coalesce(a.viewers, 0), coalesce(a.editors, 0),
               CASE WHEN coalesce(a.viewers, 0) = 0 AND (r.nobody_views OR a.may_be_viewed IS NOT TRUE) THEN 'nobody_views'
                    WHEN coalesce(a.viewers, 0) = 0 THEN 'nobody_known_views'
                    WHEN coalesce(a.editors, 0) = 0 AND (r.nobody_edits OR a.may_be_edited IS NOT TRUE) THEN 'nobody_edits'
                    WHEN coalesce(a.editors, 0) = 0 THEN 'nobody_known_edits' END,
               r.not_before, r.since, CASE WHEN NOT r.nobody_views THEN a.reason END, CASE WHEN NOT r.nobody_views THEN a.detail END, asked.run
        FROM restricted AS r
        CROSS JOIN asked
        JOIN listed AS l ON l.id = r.content_id
        LEFT JOIN reached AS a ON a.content_id = r.content_id
        LEFT JOIN spaces_history AS s ON s.id = l.space_id AND s.run_from <= asked.run AND (s.run_to IS NULL OR s.run_to > asked.run)
      UNION ALL
        -- Lists of contents that the run does not list.
        SELECT NULL, NULL, r.content_id, NULL, NULL, NULL, r.view_list, r.edit_list, NULL, NULL, NULL, r.not_before, r.since, 'content_hidden', 'not listed', asked.run
        FROM restricted AS r CROSS JOIN asked
        WHERE restricted_content.space IS NULL AND NOT EXISTS (SELECT FROM listed AS l WHERE l.id = r.content_id)
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{content_restrictions}' || ARRAY(SELECT k.step FROM content_kinds() AS k)) AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.space_id, r.content_id;
END;

COMMENT ON FUNCTION restricted_content(bigint, timestamptz) IS
    'Contents with lists of their own: whom these name, how many people view and edit in the end, and whether anybody is left';

SELECT register_report('restricted_content', 'Which contents are restricted, to whom, and are there any that nobody reaches?',
                       '{"SOC 2 CC6.1", "ISO 27001 A.5.15"}', 11);
