-- Which accounts may view and edit many contents, without saying by which paths: for counts, and for comparing two runs. The
-- rule is that of content_access; what it takes is one pass over contents, grants and members, however many contents are asked for. Nobody
-- knows beforehand how many rows functions give, and loops over what they give in thousands never end: hence no nested loops.

-- First a row for each content, without an account: whether it is restricted, by itself or by what is above it, and what is not known of
-- that. Then a row for each account that may view it: 2 is allowed, 1 unknown; there is no row for neither. Without accounts it is asked of
-- everybody; else of the account in each place about the content in the same place, and of everybody where that is NULL.
CREATE FUNCTION content_people_at(contents bigint[], run bigint, accounts text[] DEFAULT NULL) RETURNS TABLE (
    content_id bigint, account_id text, view_rank integer, edit_rank integer, space_id bigint, content_type text, title text,
    content_status text, is_restricted boolean, has_edit_list boolean, gap text, unresolved text
)
    LANGUAGE sql STABLE ROWS 10000
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
BEGIN ATOMIC
    WITH RECURSIVE asked AS MATERIALIZED (
        SELECT DISTINCT c.content_id, c.account_id FROM unnest(content_people_at.contents, content_people_at.accounts) AS c (content_id, account_id)
    ), everybody AS MATERIALIZED (
        SELECT a.content_id FROM asked AS a WHERE a.account_id IS NULL
    ), pair AS MATERIALIZED (
        SELECT a.content_id, a.account_id FROM asked AS a WHERE a.account_id IS NOT NULL AND a.content_id NOT IN (SELECT e.content_id FROM everybody AS e)
    ), layer AS MATERIALIZED (
        SELECT l.* FROM content_layers_at(ARRAY(SELECT DISTINCT a.content_id FROM asked AS a), content_people_at.run) AS l
    ), chain (content_id, node) AS (
        SELECT l.content_id, l.view_restricted_by FROM layer AS l WHERE l.is_asked AND l.view_restricted_by IS NOT NULL
      UNION
        SELECT c.content_id, l.above FROM chain AS c JOIN layer AS l ON l.content_id = c.node WHERE l.above IS NOT NULL
    ), unresolved AS MATERIALIZED (
        -- Lists that name somebody whom nobody resolves to an account.
        SELECT r.content_id, r.operation, min(CASE r.principal_type WHEN 'group' THEN 'group_unresolved' ELSE 'subjects_hidden' END) AS reason
        FROM content_restrictions_history AS r
        LEFT JOIN groups_history AS g
            ON r.principal_type = 'group' AND g.id = r.principal_id
           AND g.run_from <= content_people_at.run AND (g.run_to IS NULL OR g.run_to > content_people_at.run)
        WHERE r.operation IN ('read', 'update') AND r.principal_type <> 'user' AND g.id IS NULL
          AND r.run_from <= content_people_at.run AND (r.run_to IS NULL OR r.run_to > content_people_at.run)
        GROUP BY r.content_id, r.operation
    ), above AS MATERIALIZED (
        SELECT c.content_id, min(u.reason) AS reason
        FROM chain AS c JOIN unresolved AS u ON u.content_id = c.node AND u.operation = 'read'
        GROUP BY c.content_id
    ), member AS MATERIALIZED (
        SELECT m.principal, m.account_id, CASE m.standing WHEN 'allowed' THEN 2 ELSE 1 END AS rank
        FROM principal_accounts_at(content_people_at.run) AS m
        WHERE m.standing <> 'denied'
          AND (EXISTS (SELECT FROM everybody AS e) OR m.account_id IN (SELECT p.account_id FROM pair AS p))
    ), named AS MATERIALIZED (
        SELECT r.content_id AS node, r.operation, r.principal_id AS account_id
        FROM content_restrictions_history AS r
        WHERE r.content_id IN (SELECT l.content_id FROM layer AS l WHERE l.has_view_list OR l.has_edit_list) AND r.principal_type = 'user'
          AND r.run_from <= content_people_at.run AND (r.run_to IS NULL OR r.run_to > content_people_at.run)
      UNION
        SELECT r.content_id, r.operation, m.account_id
        FROM content_restrictions_history AS r
        JOIN member AS m ON m.principal = 'group:' || r.principal_id
        WHERE r.content_id IN (SELECT l.content_id FROM layer AS l WHERE l.has_view_list OR l.has_edit_list) AND r.principal_type = 'group'
          AND r.run_from <= content_people_at.run AND (r.run_to IS NULL OR r.run_to > content_people_at.run)
    ), passing AS MATERIALIZED (
        -- Every view list on the way up has to name the account.
        SELECT c.content_id, c.space_id, c.type, c.gap, c.has_edit_list, n.account_id
        FROM (
            SELECT c.content_id, c.node, count(*) OVER (PARTITION BY c.content_id) AS lists, l.space_id, l.type, l.gap, l.has_edit_list
            FROM chain AS c JOIN layer AS l ON l.content_id = c.content_id
        ) AS c
        JOIN named AS n ON n.node = c.node AND n.operation = 'read'
        GROUP BY c.content_id, c.space_id, c.type, c.gap, c.has_edit_list, n.account_id, c.lists
        HAVING count(*) = c.lists
    ), kind AS MATERIALIZED (
        SELECT DISTINCT l.space_id, l.type FROM layer AS l WHERE l.is_asked
    ), holder AS MATERIALIZED (
        SELECT k.space_id, k.type, h.principal, h.view_operations IS NOT NULL AS views,
               coalesce(h.edit_operations && CASE k.type WHEN 'blogpost' THEN CAST('{create/blogpost,update/blogpost}' AS text[])
                                                         ELSE ARRAY['create/page', 'update/page', 'create/' || k.type, 'update/' || k.type] END, false) AS edits
        FROM kind AS k JOIN space_holders_at(content_people_at.run) AS h ON h.space_id = k.space_id
        WHERE h.space_id = ANY (ARRAY(SELECT k.space_id FROM kind AS k))
    ), inside AS MATERIALIZED (
        SELECT h.space_id, h.type, m.account_id, max(m.rank) FILTER (WHERE h.views) AS view_rank, max(m.rank) FILTER (WHERE h.edits) AS edit_rank
        FROM holder AS h JOIN member AS m ON m.principal = h.principal
        WHERE (h.space_id, h.type) IN (SELECT l.space_id, l.type FROM everybody AS e JOIN layer AS l ON l.content_id = e.content_id)
           OR (h.space_id, h.type, m.account_id) IN (SELECT l.space_id, l.type, p.account_id
                                                     FROM pair AS p JOIN layer AS l ON l.content_id = p.content_id)
        GROUP BY h.space_id, h.type, m.account_id
        HAVING bool_or(h.views)
    ), reach AS (
        SELECT p.content_id, p.gap, p.has_edit_list, i.account_id, i.view_rank, i.edit_rank
        FROM passing AS p
        JOIN inside AS i ON i.space_id = p.space_id AND i.type = p.type AND i.account_id = p.account_id
        WHERE p.content_id IN (SELECT e.content_id FROM everybody AS e)
           OR (p.content_id, p.account_id) IN (SELECT a.content_id, a.account_id FROM pair AS a)
      UNION ALL
        -- Contents come before what is granted in their spaces: OFFSET keeps it so.
        SELECT l.content_id, l.gap, l.has_edit_list, i.account_id, i.view_rank, i.edit_rank
        FROM (SELECT l.* FROM everybody AS e JOIN layer AS l ON l.content_id = e.content_id WHERE l.view_restricted_by IS NULL OFFSET 0) AS l
        JOIN inside AS i ON i.space_id = l.space_id AND i.type = l.type
      UNION ALL
        SELECT l.content_id, l.gap, l.has_edit_list, i.account_id, i.view_rank, i.edit_rank
        FROM (SELECT l.*, a.account_id FROM pair AS a JOIN layer AS l ON l.content_id = a.content_id WHERE l.view_restricted_by IS NULL OFFSET 0) AS l
        JOIN inside AS i ON i.space_id = l.space_id AND i.type = l.type AND i.account_id = l.account_id
    )
    SELECT l.content_id, CAST(NULL AS text), CAST(NULL AS integer), CAST(NULL AS integer), l.space_id, l.type, l.title, l.status,
           l.view_restricted_by IS NOT NULL, l.has_edit_list, l.gap, coalesce(a.reason, u.reason)
    FROM layer AS l
    LEFT JOIN above AS a ON a.content_id = l.content_id
    LEFT JOIN unresolved AS u ON u.content_id = l.content_id AND u.operation = 'update'
    WHERE l.is_asked
  UNION ALL
    SELECT r.content_id, r.account_id, CASE WHEN r.gap IS NULL THEN r.view_rank ELSE 1 END,
           CASE WHEN NOT r.has_edit_list OR n.account_id IS NOT NULL
                THEN CASE WHEN r.gap IS NULL THEN least(r.view_rank, coalesce(r.edit_rank, 0)) WHEN r.edit_rank > 0 THEN 1 ELSE 0 END
                ELSE 0 END,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM reach AS r
    LEFT JOIN named AS n ON r.has_edit_list AND n.node = r.content_id AND n.operation = 'update' AND n.account_id = r.account_id;
END;

COMMENT ON FUNCTION content_people_at(bigint[], bigint, text[]) IS
    'What lists say of contents (a row without an account for each), and which accounts may view and edit them (all, or the one that is given with each), as a run saw them: 2 is allowed, 1 unknown, 0 not; accounts that may not view have no row';
