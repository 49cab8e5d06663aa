-- The view lists that lie between a content and the root of its space. A content is viewed by whoever passes its own view
-- list and those of everything above it, whatever kind that is. So for each content two things say which lists these are:
-- the nearest content with a view list, itself or above; and for that one the next above it. Where the way up is not known to
-- the end, `gap` says why: a parent that is not listed, lists that the site does not show, parents that lead round in a circle.
--
-- Each content on the ways up is looked at once, upwards and downwards, however deep the tree is. The function keeps its plan,
-- since it is called often; and the planner need not guess how deep trees are.

CREATE FUNCTION content_layers_at(contents bigint[], run bigint) RETURNS TABLE (
    content_id bigint, space_id bigint, parent_id bigint, type text, status text, title text, is_asked boolean, has_view_list boolean,
    has_edit_list boolean, view_restricted_by bigint, above bigint, own_gap text, gap text, gap_at bigint
)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE upwards (id, parent_id, space_id, type, status, title) AS (
        SELECT c.id, c.parent_id, c.space_id, c.type, c.status, c.title
        FROM content_at(content_layers_at.run) AS c
        WHERE c.id = ANY (content_layers_at.contents)
      UNION
        SELECT p.id, p.parent_id, p.space_id, p.type, p.status, p.title
        FROM upwards AS u
        -- OFFSET keeps the condition with each table, where an index answers it.
        CROSS JOIN LATERAL (SELECT c.* FROM content_at(content_layers_at.run) AS c WHERE c.id = u.parent_id OFFSET 0) AS p
    ), lists AS MATERIALIZED (
        SELECT u.id, coalesce(r.has_view_list, false) AS has_view_list, coalesce(r.has_edit_list, false) AS has_edit_list,
               CASE WHEN r.is_hidden THEN 'content_hidden' END AS gap
        FROM upwards AS u
        CROSS JOIN LATERAL (
            SELECT bool_or(r.operation = 'read') AS has_view_list, bool_or(r.operation = 'update') AS has_edit_list,
                   bool_or(r.operation = 'unknown') AS is_hidden
            FROM content_restrictions_history AS r
            WHERE r.content_id = u.id
              AND r.run_from <= content_layers_at.run AND (r.run_to IS NULL OR r.run_to > content_layers_at.run)
        ) AS r
    ), tree AS MATERIALIZED (
        SELECT u.id, u.parent_id, l.has_view_list,
               coalesce(CASE WHEN u.status = 'trashed' THEN 'trashed' END, l.gap,
                        CASE WHEN u.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM upwards AS p WHERE p.id = u.parent_id)
                             THEN 'ancestor_not_listed' END) AS gap
        FROM upwards AS u
        JOIN lists AS l ON l.id = u.id
    ), downwards (id, view_restricted_by, above, gap, gap_at) AS (
        SELECT t.id, CASE WHEN t.has_view_list THEN t.id END, CAST(NULL AS bigint), t.gap, CASE WHEN t.gap IS NOT NULL THEN t.id END
        FROM tree AS t
        WHERE NOT EXISTS (SELECT FROM upwards AS p WHERE p.id = t.parent_id)
      UNION
        SELECT t.id,
               CASE WHEN t.has_view_list THEN t.id ELSE d.view_restricted_by END,
               CASE WHEN t.has_view_list THEN d.view_restricted_by ELSE d.above END,
               coalesce(t.gap, CASE d.gap WHEN 'trashed' THEN 'ancestor_not_listed' ELSE d.gap END),
               CASE WHEN t.gap IS NOT NULL THEN t.id ELSE d.gap_at END
        FROM downwards AS d
        JOIN tree AS t ON t.parent_id = d.id
    )
    SELECT u.id, u.space_id, u.parent_id, u.type, u.status, u.title, u.id IN (SELECT unnest(content_layers_at.contents)), l.has_view_list,
           l.has_edit_list,
           CASE WHEN d.id IS NULL AND l.has_view_list THEN u.id ELSE d.view_restricted_by END,
           d.above, t.gap,
           CASE WHEN d.id IS NULL THEN 'parents_cycle' ELSE d.gap END,
           CASE WHEN d.id IS NULL THEN u.id ELSE d.gap_at END
    FROM upwards AS u
    JOIN lists AS l ON l.id = u.id
    JOIN tree AS t ON t.id = u.id
    LEFT JOIN downwards AS d ON d.id = u.id;
END
$$;

COMMENT ON FUNCTION content_layers_at(bigint[], bigint) IS
    'Contents and everything above them, as a run saw them, with the view lists that lie above each: view_restricted_by is the nearest content with one, the content itself included, above the next one behind that. gap: why the way up is not known to its end; own_gap: where that is the content''s own';
