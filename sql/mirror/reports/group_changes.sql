-- Who joined and who left groups in a period, each between two readings, with the audit record that tells of it.
--
-- Every event of the period is a row, also of those who joined and left again: not the net effect, which access_changes has.

CREATE FUNCTION group_changes("from" timestamptz, "to" timestamptz, groups text[] DEFAULT NULL, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    group_id text, group_name text, gives_product_access boolean, account_id text, email text, name text, account_status text, change text,
    after timestamptz, until timestamptz, audit_at timestamptz, audit_author_id text, author_name text, audit_summary text,
    reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT p.* FROM period_runs(group_changes."from", group_changes."to", group_changes.as_of) AS p
    ), event AS (
        SELECT m.group_id, m.account_id,
               CASE WHEN EXISTS (SELECT FROM groups_history AS g WHERE g.id = m.group_id AND g.run_from < m.run_from
                                 AND (g.run_to IS NULL OR g.run_to >= m.run_from)) THEN 'joined' ELSE 'first_seen' END AS change,
               m.not_before AS after, m.valid_from AS until
        FROM asked JOIN group_members_history AS m ON m.run_from > asked.run_before AND m.run_from <= asked.run_after
        WHERE NOT EXISTS (SELECT FROM group_members_history AS e
                          WHERE e.group_id = m.group_id AND e.account_id = m.account_id AND e.run_to = m.run_from AND e.end_reason = 'changed')
      UNION ALL
        SELECT m.group_id, m.account_id, CASE m.end_reason WHEN 'gone_or_hidden' THEN 'not_seen' ELSE 'left' END, m.seen_until, m.valid_to
        FROM asked JOIN group_members_history AS m ON m.run_to > asked.run_before AND m.run_to <= asked.run_after
        WHERE m.end_reason IS DISTINCT FROM 'changed'
    ), told AS (
        SELECT e.*, n.name AS group_name, a.email, a.name, a.account_status,
               EXISTS (SELECT FROM product_groups_history AS p
                       WHERE p.id = e.group_id AND p.run_from <= asked.run_after AND (p.run_to IS NULL OR p.run_to > asked.run_before)) AS gives_product_access,
               asked.run_after, asked.answers_run
        FROM event AS e
        CROSS JOIN asked
        LEFT JOIN LATERAL (
            SELECT g.name FROM groups_history AS g WHERE g.id = e.group_id AND g.run_from <= asked.run_after ORDER BY g.run_from DESC LIMIT 1
        ) AS n ON true
        LEFT JOIN LATERAL account_told_at(e.account_id, asked.run_after) AS a ON true
        WHERE group_changes.groups IS NULL OR e.group_id = ANY (group_changes.groups) OR n.name = ANY (group_changes.groups)
    ), answer (
        group_id, group_name, gives_product_access, account_id, email, name, account_status, change, after, until,
        audit_at, audit_author_id, author_name, audit_summary, reason, detail, run_id
    ) AS (
        SELECT t.group_id, t.group_name, t.gives_product_access, t.account_id, t.email, t.name, t.account_status, t.change, t.after, t.until,
               r.audit_at, r.audit_author_id, r.author_name, r.audit_summary,
               CASE t.change WHEN 'not_seen' THEN 'not_seen' END,
               CASE t.change WHEN 'not_seen' THEN 'nothing proves that the account has left: the group is not listed any more'
                    WHEN 'first_seen' THEN 'the group was not listed before: it is new, or was hidden' END, t.run_after
        FROM told AS t
        LEFT JOIN LATERAL audit_record_of(
            t.after, t.until, CASE WHEN t.change IN ('joined', 'first_seen') THEN 'added.*group' ELSE 'removed.*group|group deleted' END,
            CASE WHEN t.change = 'not_seen' THEN ARRAY[t.group_id] ELSE ARRAY[t.group_id, t.name] END, t.answers_run) AS r ON true
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, group_changes."from", asked.before_at, NULL, NULL, NULL, NULL, 'before_first_run',
               'the mirror knows nothing of this time', asked.run_after
        FROM asked WHERE asked.is_late
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.at, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run_after
        FROM asked
        CROSS JOIN LATERAL (VALUES (asked.run_before, asked.before_at), (asked.run_after, asked.after_at)) AS r (run, at)
        CROSS JOIN LATERAL steps_not_read_at(r.run, '{groups,group_members}') AS u
      UNION ALL
        -- Who did it is not known without the audit log.
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run_after
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.answers_run, '{audit_log}') AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.until, r.group_id COLLATE "C", r.account_id COLLATE "C", r.change COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION group_changes(timestamptz, timestamptz, text[], timestamptz) IS
    'Who joined and left groups in a period: each between two readings (after, until), with the audit record that tells of it';

SELECT register_report('group_changes', 'Who joined and who left which group in a period, and who did it?',
                       '{"SOC 2 CC6.2", "SOC 2 CC6.3", "ISO 27001 A.5.18"}', 14);
