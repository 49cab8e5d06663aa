-- Which accounts may view and edit many contents, without saying by which paths: for counts, and for comparing two runs. The
-- rule is that of content_access; what it takes is one pass over contents, grants and members, however many contents are asked for. Nobody
-- knows beforehand how many rows functions give, and loops over what they give in thousands never end, while sorting it takes several times
-- as long as counting it by hash: hence no nested loops, and no sorts.

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
    SET enable_sort = off
    SET jit = off
BEGIN ATOMIC
    WITH RECURSIVE asked AS MATERIALIZED (
        SELECT DISTINCT c.content_id, c.account_id FROM unnest(content_people_at.contents, content_people_at.accounts) AS c (content_id, account_id)
    ), everybody AS MATERIALIZED (
        SELECT a.content_id FROM asked AS a WHERE a.account_id IS NULL
    ), pair AS MATERIALIZED (
        SELECT a.content_id, a.account_id FROM asked AS a WHERE a.account_id IS NOT NULL AND a.content_id NOT IN (SELECT e.content_id FROM everybody AS e)
    ), layer AS MATERIALIZED (
        -- Lists that the run has not read are older ones. Of what is trashed, or in a space that is not listed, nobody knows more.
        SELECT l.content_id, l.space_id, l.type, l.title, l.status, l.is_asked, l.above, l.has_edit_list AND f.restrictions_are_read AS has_edit_list,
               CASE WHEN f.restrictions_are_read THEN l.view_restricted_by END AS view_restricted_by,
               CASE WHEN l.gap = 'trashed' THEN l.gap
                    WHEN s.id IS NULL THEN 'space_hidden'
                    WHEN NOT f.restrictions_are_read THEN 'not_read'
                    ELSE l.gap END AS gap,
               l.is_asked AND s.id IS NOT NULL AND l.gap IS DISTINCT FROM 'trashed' AS is_open_to_grants
        FROM content_layers_at(ARRAY(SELECT DISTINCT a.content_id FROM asked AS a), content_people_at.run) AS l
        CROSS JOIN access_facts_at(content_people_at.run) AS f
        LEFT JOIN spaces_history AS s
            ON s.id = l.space_id AND s.run_from <= content_people_at.run AND (s.run_to IS NULL OR s.run_to > content_people_at.run)
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
        -- Also who is not let in by a group (0): a list may name it, and another grant let its members in.
        SELECT m.principal, m.account_id, CASE m.standing WHEN 'allowed' THEN 2 WHEN 'denied' THEN 0 ELSE 1 END AS rank
        FROM principal_accounts_at(content_people_at.run) AS m
        WHERE EXISTS (SELECT FROM everybody AS e) OR m.account_id IN (SELECT p.account_id FROM pair AS p)
    ), list AS MATERIALIZED (
        -- The lists that decide over each content: the view lists on the way up, and its own edit list.
        SELECT c.content_id, c.node FROM chain AS c
      UNION
        SELECT l.content_id, l.content_id FROM layer AS l WHERE l.is_asked AND l.has_edit_list
    ), entry AS MATERIALIZED (
        SELECT r.content_id AS node, r.operation, r.principal_type || ':' || r.principal_id AS principal, r.principal_type = 'user' AS is_user,
               r.principal_id
        FROM content_restrictions_history AS r
        WHERE r.content_id IN (SELECT l.node FROM list AS l) AND r.principal_type IN ('user', 'group')
          AND r.run_from <= content_people_at.run AND (r.run_to IS NULL OR r.run_to > content_people_at.run)
    ), named AS MATERIALIZED (
        SELECT e.node, e.operation, e.principal_id AS account_id
        FROM entry AS e
        WHERE e.is_user
      UNION
        -- By groups: everybody, where everybody is asked about.
        SELECT e.node, e.operation, m.account_id
        FROM (SELECT e.* FROM entry AS e
              WHERE e.node IN (SELECT l.node FROM everybody AS a JOIN list AS l ON l.content_id = a.content_id) OFFSET 0) AS e
        JOIN member AS m ON m.principal = e.principal
        WHERE NOT e.is_user
      UNION
        SELECT m.node, e.operation, m.account_id
        FROM (
            SELECT l.node, m.account_id, m.principal
            FROM (SELECT DISTINCT l.node, p.account_id FROM pair AS p JOIN list AS l ON l.content_id = p.content_id OFFSET 0) AS l
            JOIN member AS m ON m.account_id = l.account_id
            OFFSET 0
        ) AS m
        JOIN entry AS e ON e.node = m.node AND e.principal = m.principal
        WHERE NOT e.is_user
    ), passing AS MATERIALIZED (
        -- Every view list on the way up has to name the account.
        SELECT c.content_id, n.account_id
        FROM (SELECT c.content_id, c.node, count(*) OVER (PARTITION BY c.content_id) AS lists FROM chain AS c) AS c
        JOIN named AS n ON n.node = c.node AND n.operation = 'read'
        GROUP BY c.content_id, n.account_id, c.lists
        HAVING count(*) = c.lists
    ), kind AS MATERIALIZED (
        SELECT l.space_id, l.type, bool_or(l.view_restricted_by IS NULL AND e.content_id IS NOT NULL) AS is_open
        FROM layer AS l LEFT JOIN everybody AS e ON e.content_id = l.content_id
        WHERE l.is_open_to_grants
        GROUP BY l.space_id, l.type
    ), holder AS MATERIALIZED (
        SELECT k.space_id, k.type, k.is_open, h.principal, h.view_operations IS NOT NULL AS views,
               coalesce(h.edit_operations && CASE k.type WHEN 'blogpost' THEN CAST('{create/blogpost,update/blogpost}' AS text[])
                                                         ELSE ARRAY['create/page', 'update/page', 'create/' || k.type, 'update/' || k.type] END, false) AS edits
        FROM kind AS k JOIN space_holders_at(content_people_at.run) AS h ON h.space_id = k.space_id
        WHERE h.space_id = ANY (ARRAY(SELECT k.space_id FROM kind AS k))
    ), inside AS MATERIALIZED (
        -- Of contents that no list restricts, and that everybody is asked about: who is in their spaces.
        SELECT h.space_id, h.type, m.account_id, max(m.rank) FILTER (WHERE h.views) AS view_rank, max(m.rank) FILTER (WHERE h.edits) AS edit_rank
        FROM holder AS h JOIN member AS m ON m.principal = h.principal AND m.rank > 0
        WHERE h.is_open
        GROUP BY h.space_id, h.type, m.account_id
        HAVING bool_or(h.views)
    ), admitted AS (
        -- Of all others: whom lists let in, of those who are asked about.
        SELECT p.content_id, p.account_id FROM passing AS p WHERE p.content_id IN (SELECT e.content_id FROM everybody AS e)
      UNION ALL
        SELECT p.content_id, p.account_id
        FROM pair AS p JOIN layer AS l ON l.content_id = p.content_id
        WHERE l.view_restricted_by IS NULL OR (p.content_id, p.account_id) IN (SELECT a.content_id, a.account_id FROM passing AS a)
    ), reach AS (
        -- Contents and accounts come before what is granted in spaces: OFFSET keeps it so.
        SELECT l.content_id, i.account_id, i.view_rank, i.edit_rank
        FROM (SELECT l.* FROM everybody AS e JOIN layer AS l ON l.content_id = e.content_id WHERE l.is_open_to_grants AND l.view_restricted_by IS NULL OFFSET 0) AS l
        JOIN inside AS i ON i.space_id = l.space_id AND i.type = l.type
      UNION ALL
        SELECT a.content_id, a.account_id, max(a.rank) FILTER (WHERE h.views), max(a.rank) FILTER (WHERE h.edits)
        FROM (
            SELECT a.content_id, a.account_id, l.space_id, l.type, m.principal, m.rank
            FROM admitted AS a
            JOIN layer AS l ON l.content_id = a.content_id AND l.is_open_to_grants
            JOIN member AS m ON m.account_id = a.account_id AND m.rank > 0
            OFFSET 0
        ) AS a
        JOIN holder AS h ON h.space_id = a.space_id AND h.type = a.type AND h.principal = a.principal
        GROUP BY a.content_id, a.account_id
        HAVING bool_or(h.views)
    )
    SELECT l.content_id, CAST(NULL AS text), CAST(NULL AS integer), CAST(NULL AS integer), l.space_id, l.type, l.title, l.status,
           l.view_restricted_by IS NOT NULL, l.has_edit_list, l.gap, coalesce(a.reason, u.reason)
    FROM layer AS l
    LEFT JOIN above AS a ON a.content_id = l.content_id
    LEFT JOIN unresolved AS u ON u.content_id = l.content_id AND u.operation = 'update'
    WHERE l.is_asked
  UNION ALL
    SELECT r.content_id, r.account_id, CASE WHEN l.gap IS NULL THEN r.view_rank ELSE 1 END,
           CASE WHEN NOT l.has_edit_list OR n.account_id IS NOT NULL
                THEN CASE WHEN l.gap IS NULL THEN least(r.view_rank, coalesce(r.edit_rank, 0)) WHEN r.edit_rank > 0 THEN 1 ELSE 0 END
                ELSE 0 END,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM reach AS r
    JOIN layer AS l ON l.content_id = r.content_id
    LEFT JOIN named AS n ON l.has_edit_list AND n.node = r.content_id AND n.operation = 'update' AND n.account_id = r.account_id;
END;

COMMENT ON FUNCTION content_people_at(bigint[], bigint, text[]) IS
    'What lists say of contents (a row without an account for each), and which accounts may view and edit them (all, or the one that is given with each), as a run saw them: 2 is allowed, 1 unknown, 0 not; accounts that may not view have no row';
