-- What was there and is no more: contents that went to the trash, were purged, or are not listed any more without a proof that
-- they are gone. Each between the last reading that showed it and the first that did not. A refresh of mode changes does not see what
-- is gone: since the last one that does, it is pending.

CREATE FUNCTION content_removed("from" timestamptz, "to" timestamptz, space bigint DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    content_id bigint, content_type text, title text, space_id bigint, space_key text, change text, after timestamptz, until timestamptz,
    is_back boolean, last_author_id text, audit_at timestamptz, audit_author_id text, author_name text, audit_summary text, reason text,
    detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 500
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT run_at(content_removed.as_of) AS run, (SELECT a.published_at FROM last_access_run(content_removed.as_of) AS a) AS seen_at,
               (SELECT min(r.published_at) FROM runs AS r WHERE r.status = 'complete') AS first_published
    ), ended AS (
        SELECT h.id, CAST('page' AS text) AS type, h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN pages_history AS h ON h.run_to <= asked.run
      UNION ALL
        SELECT h.id, 'blogpost', h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN blogposts_history AS h ON h.run_to <= asked.run
      UNION ALL
        SELECT h.id, 'folder', h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN folders_history AS h ON h.run_to <= asked.run
      UNION ALL
        SELECT h.id, 'whiteboard', h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN whiteboards_history AS h ON h.run_to <= asked.run
      UNION ALL
        SELECT h.id, 'database', h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN databases_history AS h ON h.run_to <= asked.run
      UNION ALL
        SELECT h.id, 'embed', h.title, h.space_id, h.end_reason, h.seen_until, h.valid_to, h.run_to, h.version_author_id
        FROM asked JOIN smart_links_history AS h ON h.run_to <= asked.run
    ), told AS (
        SELECT e.*, s.key, asked.run,
               EXISTS (SELECT FROM content_at(asked.run) AS c WHERE c.id = e.id) AS is_back
        FROM ended AS e
        CROSS JOIN asked
        LEFT JOIN LATERAL (
            SELECT s.key, s.name FROM spaces_history AS s WHERE s.id = e.space_id AND s.run_from <= asked.run ORDER BY s.run_from DESC LIMIT 1
        ) AS s ON true
        WHERE e.end_reason <> 'changed' AND (content_removed.space IS NULL OR e.space_id = content_removed.space)
          AND e.valid_to > coalesce(content_removed."from", '-infinity') AND e.valid_to <= coalesce(content_removed."to", 'infinity')
    ), answer (
        content_id, content_type, title, space_id, space_key, change, after, until, is_back, last_author_id, audit_at,
        audit_author_id, author_name, audit_summary, reason, detail, run_id
    ) AS (
        SELECT t.id, t.type, t.title, t.space_id, t.key, t.end_reason, t.seen_until, t.valid_to, t.is_back, t.version_author_id,
               r.audit_at, r.audit_author_id, r.author_name, r.audit_summary,
               CASE WHEN t.end_reason NOT IN ('trashed', 'purged', 'removed') THEN 'gone_or_hidden' END,
               CASE WHEN t.end_reason NOT IN ('trashed', 'purged', 'removed') THEN 'purged, or restricted against the reading account' END, t.run
        FROM told AS t
        LEFT JOIN LATERAL audit_record_of(t.seen_until, t.valid_to, 'delete|trash|purge|remove', ARRAY[t.title], t.run) AS r ON true
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, content_removed."from", asked.first_published, NULL, NULL, NULL, NULL, NULL, NULL,
               'before_first_run', 'the mirror knows nothing of this time', asked.run
        FROM asked WHERE asked.first_published > coalesce(content_removed."from", '-infinity')
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, asked.seen_at, r.published_at, NULL, NULL, NULL, NULL, NULL, NULL,
               'pending', 'a run of mode changes does not see what is gone', asked.run
        FROM asked JOIN runs AS r ON r.id = asked.run
        WHERE r.mode NOT IN ('full', 'access') AND asked.seen_at < coalesce(content_removed."to", 'infinity')
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.run, '{audit_log}' || ARRAY(SELECT k.step FROM content_kinds() AS k)) AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.until, r.content_id, r.detail COLLATE "C";
END;

COMMENT ON FUNCTION content_removed(timestamptz, timestamptz, bigint, timestamptz) IS
    'Contents that were trashed or purged in a period, or are not listed any more: each between two readings (after, until)';

SELECT register_report('content_removed', 'What was trashed, purged, or is not seen any more, since when, and who did it?',
                       '{"SOC 2 CC8.1", "ISO 27001 A.8.32"}', 16);
