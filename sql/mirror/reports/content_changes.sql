-- Which pages and blog posts were changed in a period: every version, by whom, and which labels the page had when labels were next read: a
-- refresh of mode changes reads versions, and leaves labels to the next full one. With a label that says so, also whether that version was
-- approved. Labels that no run has read since are not known, which is not the same as none.

CREATE FUNCTION content_changes("from" timestamptz, "to" timestamptz, space bigint DEFAULT NULL, approved_label text DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    content_id bigint, content_type text, title text, content_status text, space_id bigint, space_key text, version integer, changed_at timestamptz,
    account_id text, email text, name text, account_status text, message text, minor_edit boolean, labels text[], is_approved boolean, reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT run_at(content_changes.as_of) AS run,
               (SELECT min(r.published_at) FROM runs AS r WHERE r.status = 'complete') AS first_published
    ), version AS (
        SELECT v.page_id AS content_id, CAST('page' AS text) AS type, v.number, v.created_at, v.author_id, v.message, v.minor_edit, v.title, v.run_from
        FROM asked JOIN page_versions_history AS v ON v.run_from <= asked.run AND (v.run_to IS NULL OR v.run_to > asked.run OR v.end_reason <> 'changed')
        WHERE v.created_at >= coalesce(content_changes."from", '-infinity') AND v.created_at < coalesce(content_changes."to", 'infinity')
      UNION ALL
        SELECT v.blogpost_id, 'blogpost', v.number, v.created_at, v.author_id, v.message, v.minor_edit, v.title, v.run_from
        FROM asked JOIN blogpost_versions_history AS v ON v.run_from <= asked.run AND (v.run_to IS NULL OR v.run_to > asked.run OR v.end_reason <> 'changed')
        WHERE v.created_at >= coalesce(content_changes."from", '-infinity') AND v.created_at < coalesce(content_changes."to", 'infinity')
    ), labels_read AS MATERIALIZED (
        SELECT v.run_from,
               (SELECT min(s.run_id) FROM run_steps AS s JOIN runs AS r ON r.id = s.run_id
                WHERE s.step = 'page_labels' AND s.is_complete AND r.status = 'complete' AND s.run_id >= v.run_from AND s.run_id <= asked.run) AS labels_run
        FROM (SELECT DISTINCT v.run_from FROM version AS v) AS v
        CROSS JOIN asked
    ), told AS (
        SELECT v.*, c.space_id, c.status, coalesce(v.title, c.title) AS told_title, l.labels, asked.run,
               CASE WHEN v.type = 'page' AND l.labels IS NULL AND content_changes.approved_label IS NOT NULL THEN 'not_read' END AS reason
        FROM version AS v
        JOIN labels_read AS r ON r.run_from = v.run_from
        CROSS JOIN asked
        LEFT JOIN LATERAL (
            -- The content may be gone: then as it was last seen.
            SELECT c.space_id, c.title, c.status
            FROM (
                SELECT p.space_id, p.title, CASE WHEN p.run_to IS NULL OR p.run_to > asked.run THEN p.status ELSE p.end_reason END AS status, p.run_from
                FROM pages_history AS p WHERE v.type = 'page' AND p.id = v.content_id AND p.run_from <= asked.run
              UNION ALL
                SELECT b.space_id, b.title, CASE WHEN b.run_to IS NULL OR b.run_to > asked.run THEN b.status ELSE b.end_reason END, b.run_from
                FROM blogposts_history AS b WHERE v.type = 'blogpost' AND b.id = v.content_id AND b.run_from <= asked.run
            ) AS c ORDER BY c.run_from DESC LIMIT 1
        ) AS c ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(array_agg(DISTINCT l.name ORDER BY l.name), '{}') AS labels
            FROM page_labels_history AS l
            WHERE l.page_id = v.content_id AND l.run_from <= r.labels_run AND (l.run_to IS NULL OR l.run_to > r.labels_run)
        ) AS l ON v.type = 'page'
              AND EXISTS (SELECT FROM pages_history AS p
                          WHERE p.id = v.content_id AND p.run_from <= r.labels_run AND (p.run_to IS NULL OR p.run_to > r.labels_run))
        WHERE content_changes.space IS NULL OR c.space_id = content_changes.space
    ), answer (
        content_id, content_type, title, content_status, space_id, space_key, version, changed_at, account_id, email,
        name, account_status, message, minor_edit, labels, is_approved, reason, detail, run_id
    ) AS (
        SELECT t.content_id, t.type, t.told_title, t.status, t.space_id, s.key, t.number, t.created_at, t.author_id, a.email, a.name, a.account_status,
               t.message, t.minor_edit, t.labels,
               content_changes.approved_label = ANY (t.labels),
               t.reason, CASE WHEN t.reason IS NOT NULL THEN format('its labels were not read since run %s', t.run_from) END, t.run
        FROM told AS t
        LEFT JOIN LATERAL account_told_at(t.author_id, t.run) AS a ON true
        LEFT JOIN spaces_history AS s ON s.id = t.space_id AND s.run_from <= t.run AND (s.run_to IS NULL OR s.run_to > t.run)
      UNION ALL
        -- The mirror began with the current version of each: earlier ones can be missing.
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'before_first_run',
               format('of what was changed before %s, the mirror knows the last version only', asked.first_published), asked.run
        FROM asked WHERE asked.first_published > coalesce(content_changes."from", '-infinity')
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{pages,blogposts,page_versions,blogpost_versions,page_labels}') AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.changed_at, r.content_id, r.version, r.detail COLLATE "C";
END;

COMMENT ON FUNCTION content_changes(timestamptz, timestamptz, bigint, text, timestamptz) IS
    'Versions of pages and blog posts that were made in a period, by whom, with the labels that the page had when labels were next read (NULL: not read since, or a blog post); is_approved says whether approved_label was among them';

SELECT register_report('content_changes', 'What was changed in a period, by whom, and was it approved?',
                       '{"SOC 2 CC8.1", "ISO 27001 A.8.32"}', 15);
