-- Who gained and who lost access in a period, to what, when, and by what.
--
-- Two runs are compared, so what is told is the net effect: whoever gets in by another path has lost nothing, and
-- whoever was let in and thrown out again has no row. Only what changed between the runs is worked out: accounts behind grants that began or
-- ended, and spaces of groups and classes that they joined or left; and contents whose own lists changed, whose lists name a
-- group that the account joined or left, or that were moved. What is below such a content changed with it, and has no rows of its own.
--
-- Each row says between which two readings it happened (after, until), by which cause, and which audit record tells of it. What
-- is lost because something is not seen any more, without a proof that it is gone, is "not_seen"; what is new because something is
-- seen for the first time is "first_seen". Records of the audit log that came after the last run are "pending".

-- Who may view, edit and administer spaces, where two runs differ: a row for each account, space and access, with the path that tells
-- when and why. Accounts and paths are numbered in the order in which they are told, since numbers are joined and sorted in half the
-- time that names take. is_hidden: something that gave the access is not listed any more, without a proof that it is gone.
CREATE FUNCTION space_access_between(run_before bigint, run_after bigint)
    RETURNS TABLE (space_id bigint, account_id text, access text, by_access text, was integer, is_now integer, is_less boolean, unknown_reason text,
                   cause text, after timestamptz, until timestamptz, is_hidden boolean, path_type text, group_id text, group_name text,
                   access_class text)
    LANGUAGE sql STABLE ROWS 100000
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
BEGIN ATOMIC
    WITH grant_row AS MATERIALIZED (
        -- Rows of what a run has not read are older ones.
        SELECT true AS is_before, g.space_id, g.principal, g.access, g.cause, g.seen_until AS after, g.valid_to AS until, g.end_reason
        FROM grant_rows_at(space_access_between.run_before) AS g
        CROSS JOIN access_facts_at(space_access_between.run_before) AS f
        WHERE f.permissions_are_read AND (f.roles_are_read OR g.cause = 'grant')
      UNION ALL
        SELECT false, g.space_id, g.principal, g.access, g.cause, g.not_before, g.since, NULL
        FROM grant_rows_at(space_access_between.run_after) AS g
        CROSS JOIN access_facts_at(space_access_between.run_after) AS f
        WHERE f.permissions_are_read AND (f.roles_are_read OR g.cause = 'grant')
    ), holder AS MATERIALIZED (
        -- Of what was granted before, the row that ended last, and of what is granted after, the one that began first. A holder that the other run
        -- has, too, did not begin or end.
        SELECT h.is_before, h.space_id, h.principal, h.access, h.is_same, h.number, CASE WHEN NOT h.is_same THEN h.cause END AS cause,
               CASE WHEN NOT h.is_same THEN h.after END AS after, CASE WHEN NOT h.is_same THEN h.until END AS until,
               CASE WHEN NOT h.is_same THEN h.end_reason END AS end_reason
        FROM (
            SELECT h.*, count(*) OVER (PARTITION BY h.space_id, h.principal, h.access) = 2 AS is_same, row_number() OVER () AS number
            FROM (
                SELECT DISTINCT ON (g.space_id, g.principal, g.access, g.is_before) g.*
                FROM grant_row AS g
                ORDER BY g.space_id, g.principal, g.access, g.is_before, CASE WHEN g.is_before THEN g.until END DESC, g.until,
                         g.cause COLLATE "C", g.after
            ) AS h
        ) AS h
    ), joined AS MATERIALIZED (
        -- Who left a group, of those who were in it at the first run, and who joined one, of those who are in it at the last. Each began or
        -- ended once.
        SELECT true AS is_before, g.group_id, g.account_id, g.seen_until AS after, g.valid_to AS until, g.end_reason
        FROM group_members_history AS g
        WHERE g.run_from <= space_access_between.run_before AND g.run_to > space_access_between.run_before
          AND g.run_to <= space_access_between.run_after
      UNION ALL
        SELECT false, g.group_id, g.account_id, g.not_before, g.valid_from, g.end_reason
        FROM group_members_history AS g
        WHERE g.run_from > space_access_between.run_before AND g.run_from <= space_access_between.run_after
          AND (g.run_to IS NULL OR g.run_to > space_access_between.run_after)
    ), product AS MATERIALIZED (
        -- Those by which an account had, or has, access to the product.
        SELECT j.is_before, j.account_id, CASE WHEN j.is_before THEN max(j.after) ELSE min(j.after) END AS after,
               CASE WHEN j.is_before THEN max(j.until) ELSE min(j.until) END AS until, max(j.end_reason) AS end_reason
        FROM joined AS j
        WHERE j.group_id IN (SELECT p.id FROM product_groups_history AS p WHERE p.run_from <= space_access_between.run_after)
        GROUP BY j.is_before, j.account_id
    ), status AS MATERIALIZED (
        -- Accounts whose status changed.
        SELECT true AS is_before, u.account_id, u.seen_until AS after, u.valid_to AS until,
               CASE u.end_reason WHEN 'gone_or_hidden' THEN u.end_reason END AS end_reason
        FROM users_history AS u
        WHERE u.run_from <= space_access_between.run_before AND u.run_to > space_access_between.run_before
          AND u.run_to <= space_access_between.run_after
          AND NOT EXISTS (SELECT FROM users_history AS o
                          WHERE o.account_id = u.account_id AND o.account_status = u.account_status
                            AND o.run_from <= space_access_between.run_after
                            AND (o.run_to IS NULL OR o.run_to > space_access_between.run_after))
      UNION ALL
        SELECT false, u.account_id, u.not_before, u.valid_from, CASE u.end_reason WHEN 'gone_or_hidden' THEN u.end_reason END
        FROM users_history AS u
        WHERE u.run_from > space_access_between.run_before AND u.run_from <= space_access_between.run_after
          AND (u.run_to IS NULL OR u.run_to > space_access_between.run_after)
          AND NOT EXISTS (SELECT FROM users_history AS o
                          WHERE o.account_id = u.account_id AND o.account_status = u.account_status
                            AND o.run_from <= space_access_between.run_before AND o.run_to > space_access_between.run_before)
    ), member AS MATERIALIZED (
        SELECT m.*, bool_or(m.is_before) OVER same AND bool_or(NOT m.is_before) OVER same AS is_same
        FROM (
            SELECT m.is_before, m.principal, m.account_id, CASE m.standing WHEN 'allowed' THEN 2 ELSE 1 END AS rank, m.reason,
                   m.is_guest IS TRUE AS is_guest, m.path_type, m.group_id, m.group_name, m.access_class,
                   dense_rank() OVER (ORDER BY m.account_id COLLATE "C") AS account_number,
                   row_number() OVER (ORDER BY m.account_id COLLATE "C", m.path_type COLLATE "C", m.group_id COLLATE "C", m.access_class COLLATE "C") AS number
            FROM (
                SELECT true AS is_before, b.* FROM principal_accounts_at(space_access_between.run_before) AS b
              UNION ALL
                SELECT false, a.* FROM principal_accounts_at(space_access_between.run_after) AS a
            ) AS m
            WHERE m.standing <> 'denied' AND m.principal IN (SELECT h.principal FROM holder AS h)
        ) AS m
        WINDOW same AS (PARTITION BY m.account_number, m.principal, m.rank, m.is_guest)
    ), membership AS MATERIALIZED (
        -- When an account came to be behind a principal, or ceased to: the last of its parts to begin, the first to end.
        SELECT m.*, CASE WHEN j.until = w.until THEN 'group' WHEN s.until = w.until THEN 'status' END AS cause,
               CASE WHEN j.until = w.until THEN j.after WHEN s.until = w.until THEN s.after END AS after, w.until,
               CASE WHEN j.until = w.until THEN j.end_reason WHEN s.until = w.until THEN s.end_reason END AS end_reason,
               p.after AS product_after, p.until AS product_until, p.end_reason AS product_end_reason
        FROM member AS m
        LEFT JOIN joined AS j
            ON j.is_before = m.is_before AND j.group_id = m.group_id AND j.account_id = m.account_id
           AND (NOT j.is_before OR j.end_reason <> 'changed')
        LEFT JOIN status AS s ON s.is_before = m.is_before AND s.account_id = m.account_id
        LEFT JOIN product AS p ON p.is_before = m.is_before AND p.account_id = m.account_id
        CROSS JOIN LATERAL (SELECT CASE WHEN m.is_before THEN least(j.until, s.until) ELSE greatest(j.until, s.until) END AS until) AS w
    ), candidate AS MATERIALIZED (
        -- Accounts and spaces of which anything has changed.
        SELECT h.space_id, m.account_number
        FROM (SELECT DISTINCT h.space_id, h.principal FROM holder AS h WHERE NOT h.is_same) AS h
        JOIN (SELECT DISTINCT m.principal, m.account_number FROM member AS m) AS m ON m.principal = h.principal
      UNION
        SELECT h.space_id, m.account_number
        FROM (SELECT DISTINCT m.principal, m.account_number FROM member AS m WHERE NOT m.is_same) AS m
        JOIN (SELECT DISTINCT h.space_id, h.principal FROM holder AS h) AS h ON h.principal = m.principal
    ), reach AS MATERIALIZED (
        -- All paths of these, the same ones at both runs, too. A path begins with the last of its parts, and ends with the first; where it is none of
        -- them, it is access to the product. What an account is behind is little, so it comes before what is granted in the space: OFFSET keeps it so.
        SELECT m.is_before, m.space_id, m.account_number, h.access, m.rank, m.reason, m.number AS member_number, h.number AS holder_number,
               coalesce(w.until, m.product_until) AS until,
               CASE WHEN h.until = w.until THEN h.end_reason WHEN m.until = w.until THEN m.end_reason ELSE m.product_end_reason END = 'gone_or_hidden' AS is_hidden
        FROM (
            SELECT c.space_id, m.is_before, m.principal, m.account_number, m.rank, m.reason, m.is_guest, m.number, m.until, m.end_reason, m.product_until,
                   m.product_end_reason
            FROM candidate AS c JOIN membership AS m ON m.account_number = c.account_number
            OFFSET 0
        ) AS m
        JOIN holder AS h ON h.space_id = m.space_id AND h.principal = m.principal AND h.is_before = m.is_before
        CROSS JOIN LATERAL (SELECT CASE WHEN m.is_before THEN least(h.until, m.until) ELSE greatest(h.until, m.until) END AS until) AS w
        WHERE NOT (h.access = 'administer' AND m.is_guest)
    ), rank AS MATERIALIZED (
        -- 2 is allowed, 1 unknown, 0 neither.
        SELECT r.space_id, r.account_number,
               coalesce(max(r.rank) FILTER (WHERE r.is_before AND r.access = 'view'), 0) AS view_was,
               coalesce(max(r.rank) FILTER (WHERE NOT r.is_before AND r.access = 'view'), 0) AS view_is,
               coalesce(max(r.rank) FILTER (WHERE r.is_before AND r.access = 'edit'), 0) AS edit_was,
               coalesce(max(r.rank) FILTER (WHERE NOT r.is_before AND r.access = 'edit'), 0) AS edit_is,
               coalesce(max(r.rank) FILTER (WHERE r.is_before AND r.access = 'administer'), 0) AS admin_was,
               coalesce(max(r.rank) FILTER (WHERE NOT r.is_before AND r.access = 'administer'), 0) AS admin_is,
               min(r.reason) FILTER (WHERE r.is_before) AS reason_was, min(r.reason) FILTER (WHERE NOT r.is_before) AS reason_is
        FROM reach AS r
        GROUP BY r.space_id, r.account_number
    ), net AS MATERIALIZED (
        -- Before and after, where that differs. by_access is the access whose paths explain it: editing ends where viewing does.
        SELECT x.*, x.was > x.is_now AS is_less, CASE 1 WHEN x.is_now THEN x.reason_is WHEN x.was THEN x.reason_was END AS unknown_reason
        FROM (
            SELECT r.space_id, r.account_number, CAST('view' AS text) AS access, r.view_was AS was, r.view_is AS is_now, CAST('view' AS text) AS by_access,
                   r.reason_was, r.reason_is
            FROM rank AS r
            WHERE r.view_was <> r.view_is
          UNION ALL
            SELECT r.space_id, r.account_number, 'edit', least(r.view_was, r.edit_was), least(r.view_is, r.edit_is),
                   CASE WHEN r.edit_was <> r.edit_is THEN 'edit' ELSE 'view' END, r.reason_was, r.reason_is
            FROM rank AS r
            WHERE least(r.view_was, r.edit_was) <> least(r.view_is, r.edit_is)
          UNION ALL
            SELECT r.space_id, r.account_number, 'administer', r.admin_was, r.admin_is, 'administer', r.reason_was, r.reason_is
            FROM rank AS r
            WHERE r.admin_was <> r.admin_is
        ) AS x
    ), path AS MATERIALIZED (
        SELECT n.space_id, n.account_number, n.access, n.by_access, n.is_less, n.was, n.is_now, n.unknown_reason, r.member_number, r.holder_number, r.until,
               r.is_hidden
        FROM net AS n
        JOIN reach AS r
            ON r.space_id = n.space_id AND r.account_number = n.account_number AND r.access = n.by_access AND r.is_before = n.is_less
    ), explained AS MATERIALIZED (
        -- What is lost ended with the last of its paths; what is gained began with the first.
        SELECT DISTINCT ON (p.space_id, p.account_number, p.access) p.*
        FROM path AS p
        ORDER BY p.space_id, p.account_number, p.access, p.until IS NULL, CASE WHEN p.is_less THEN p.until END DESC, p.until, p.member_number
    )
    SELECT e.space_id, m.account_id, e.access, e.by_access, e.was, e.is_now, e.is_less, e.unknown_reason,
           CASE WHEN h.until = e.until THEN h.cause WHEN m.until = e.until THEN m.cause WHEN e.until IS NOT NULL THEN 'product' END,
           CASE WHEN h.until = e.until THEN h.after WHEN m.until = e.until THEN m.after WHEN e.until IS NOT NULL THEN m.product_after END,
           e.until,
           (e.space_id, e.account_number, e.access) IN (
               SELECT p.space_id, p.account_number, p.access FROM path AS p WHERE p.is_hidden),
           m.path_type, m.group_id, m.group_name, m.access_class
    FROM explained AS e
    JOIN membership AS m ON m.number = e.member_number
    JOIN holder AS h ON h.number = e.holder_number;
END;

COMMENT ON FUNCTION space_access_between(bigint, bigint) IS
    'Who may view, edit and administer spaces, where two runs differ, with the path that tells when and why: 2 is allowed, 1 unknown, 0 neither';

-- The same for contents whose lists changed between the runs, or that were moved, and for whoever joined or left a group that a
-- list names; of what both runs list. group_id is the group, where that was it. Whoever came to a space or left it altogether has rows of
-- that: such an account, in the same place as its space, is not looked at in what it joined or left.
CREATE FUNCTION content_access_between(run_before bigint, run_after bigint, spaces bigint[], accounts text[])
    RETURNS TABLE (content_id bigint, space_before bigint, space_after bigint, content_type text, title text, account_id text, access text,
                   was integer, is_now integer, is_moved boolean, list_changed text, group_id text, after timestamptz, until timestamptz,
                   end_reason text, reason text)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH list_event AS MATERIALIZED (
        -- The last thing that happened to each list.
        SELECT DISTINCT ON (e.content_id) e.content_id, e.operation, e.after, e.until, e.end_reason
        FROM (
            SELECT r.content_id, r.operation, r.not_before AS after, r.valid_from AS until, CAST(NULL AS text) AS end_reason
            FROM content_restrictions_history AS r
            WHERE r.run_from > content_access_between.run_before AND r.run_from <= content_access_between.run_after
              AND (r.run_to IS NULL OR r.run_to > content_access_between.run_after)
          UNION ALL
            SELECT r.content_id, r.operation, r.seen_until, r.valid_to, r.end_reason
            FROM content_restrictions_history AS r
            WHERE r.run_to > content_access_between.run_before AND r.run_to <= content_access_between.run_after
              AND r.run_from <= content_access_between.run_before AND r.end_reason <> 'changed'
        ) AS e
        ORDER BY e.content_id, e.end_reason = 'gone_or_hidden' DESC NULLS LAST, e.until DESC
    ), moved AS MATERIALIZED (
        SELECT n.id, n.not_before AS after, n.valid_from AS until
        FROM pages_history AS n
        JOIN pages_history AS o ON o.id = n.id
        WHERE n.run_from > content_access_between.run_before AND n.run_from <= content_access_between.run_after
          AND (n.run_to IS NULL OR n.run_to > content_access_between.run_after)
          AND o.run_from <= content_access_between.run_before AND o.run_to > content_access_between.run_before
          AND (o.parent_id, o.space_id) IS DISTINCT FROM (n.parent_id, n.space_id)
      UNION ALL
        SELECT n.id, n.not_before, n.valid_from
        FROM content_at(content_access_between.run_after) AS c
        JOIN (
            SELECT h.id, h.space_id, h.parent_id, h.not_before, h.valid_from, h.run_from, h.run_to FROM folders_history AS h
          UNION ALL
            SELECT h.id, h.space_id, h.parent_id, h.not_before, h.valid_from, h.run_from, h.run_to FROM whiteboards_history AS h
          UNION ALL
            SELECT h.id, h.space_id, h.parent_id, h.not_before, h.valid_from, h.run_from, h.run_to FROM databases_history AS h
          UNION ALL
            SELECT h.id, h.space_id, h.parent_id, h.not_before, h.valid_from, h.run_from, h.run_to FROM smart_links_history AS h
        ) AS n ON n.id = c.id AND n.run_from > content_access_between.run_before AND n.run_from <= content_access_between.run_after
              AND (n.run_to IS NULL OR n.run_to > content_access_between.run_after)
        JOIN content_at(content_access_between.run_before) AS o ON o.id = n.id
        WHERE c.type NOT IN ('page', 'blogpost') AND (o.parent_id, o.space_id) IS DISTINCT FROM (n.parent_id, n.space_id)
    ), joined_or_left AS MATERIALIZED (
        -- In effect: a member at one of the runs and not at the other.
        SELECT true AS is_less, m.group_id, m.account_id, m.seen_until AS after, m.valid_to AS until, m.end_reason
        FROM group_members_history AS m
        WHERE m.run_from <= content_access_between.run_before AND m.run_to > content_access_between.run_before
          AND m.run_to <= content_access_between.run_after
          AND NOT EXISTS (SELECT FROM group_members_history AS o
                          WHERE o.group_id = m.group_id AND o.account_id = m.account_id AND o.run_from <= content_access_between.run_after
                            AND (o.run_to IS NULL OR o.run_to > content_access_between.run_after))
      UNION ALL
        SELECT false, m.group_id, m.account_id, m.not_before, m.valid_from, NULL
        FROM group_members_history AS m
        WHERE m.run_from > content_access_between.run_before AND m.run_from <= content_access_between.run_after
          AND (m.run_to IS NULL OR m.run_to > content_access_between.run_after)
          AND NOT EXISTS (SELECT FROM group_members_history AS o
                          WHERE o.group_id = m.group_id AND o.account_id = m.account_id AND o.run_from <= content_access_between.run_before
                            AND (o.run_to IS NULL OR o.run_to > content_access_between.run_before))
    ), member_event AS MATERIALIZED (
        -- Of lists that name the group at both runs: else the list has changed.
        SELECT DISTINCT ON (r.content_id, j.account_id, j.is_less)
               r.content_id, j.account_id, j.is_less, j.group_id, j.after, j.until, j.end_reason
        FROM joined_or_left AS j
        JOIN content_restrictions_history AS r
            ON r.principal_type = 'group' AND r.principal_id = j.group_id AND r.run_from <= content_access_between.run_before
           AND (r.run_to IS NULL OR r.run_to > content_access_between.run_after)
        ORDER BY r.content_id, j.account_id, j.is_less, j.until DESC, j.group_id COLLATE "C"
    ), concerned AS MATERIALIZED (
        SELECT l.content_id FROM list_event AS l
      UNION
        SELECT m.id FROM moved AS m
    ), joining AS MATERIALIZED (
        -- Of other contents, only who joined or left is looked at.
        SELECT DISTINCT v.content_id, v.account_id FROM member_event AS v WHERE v.content_id NOT IN (SELECT c.content_id FROM concerned AS c)
    ), place AS MATERIALIZED (
        -- The spaces of those that have stayed in one.
        SELECT j.content_id, b.space_id
        FROM (SELECT DISTINCT j.content_id FROM joining AS j) AS j
        CROSS JOIN LATERAL (SELECT c.space_id FROM content_at(content_access_between.run_before) AS c WHERE c.id = j.content_id LIMIT 1) AS b
        CROSS JOIN LATERAL (SELECT c.space_id FROM content_at(content_access_between.run_after) AS c WHERE c.id = j.content_id LIMIT 1) AS a
        WHERE a.space_id = b.space_id
    ), asked AS MATERIALIZED (
        -- Of everybody, and of those who joined or left.
        SELECT array_agg(q.content_id) AS ids, array_agg(q.account_id) AS accounts
        FROM (
            SELECT c.content_id, CAST(NULL AS text) AS account_id FROM concerned AS c
          UNION ALL
            SELECT j.content_id, j.account_id
            FROM joining AS j
            LEFT JOIN place AS p ON p.content_id = j.content_id
            LEFT JOIN unnest(content_access_between.spaces, content_access_between.accounts) AS k (space_id, account_id)
                ON k.space_id = p.space_id AND k.account_id = j.account_id
            WHERE k.account_id IS NULL
        ) AS q
    ), before AS MATERIALIZED (
        SELECT p.* FROM asked AS a CROSS JOIN LATERAL content_people_at(a.ids, content_access_between.run_before, a.accounts) AS p
    ), after AS MATERIALIZED (
        SELECT p.* FROM asked AS a CROSS JOIN LATERAL content_people_at(a.ids, content_access_between.run_after, a.accounts) AS p
    ), differing AS MATERIALIZED (
        SELECT content_id, account_id, coalesce(b.view_rank, 0) AS view_was, coalesce(a.view_rank, 0) AS view_is, coalesce(b.edit_rank, 0) AS edit_was,
               coalesce(a.edit_rank, 0) AS edit_is
        FROM (SELECT b.* FROM before AS b WHERE b.account_id IS NOT NULL) AS b
        FULL JOIN (SELECT a.* FROM after AS a WHERE a.account_id IS NOT NULL) AS a USING (content_id, account_id)
        WHERE (coalesce(b.view_rank, 0), coalesce(b.edit_rank, 0)) <> (coalesce(a.view_rank, 0), coalesce(a.edit_rank, 0))
    )
    SELECT d.content_id, b.space_id, a.space_id, a.content_type, a.title, d.account_id, x.access, x.was, x.is_now, m.id IS NOT NULL, l.operation,
           v.group_id, CASE WHEN v.group_id IS NOT NULL THEN v.after ELSE coalesce(l.after, m.after) END, coalesce(v.until, l.until, m.until),
           CASE WHEN v.group_id IS NOT NULL THEN v.end_reason ELSE l.end_reason END,
           CASE WHEN x.was > x.is_now THEN coalesce(a.gap, a.unresolved) ELSE coalesce(b.gap, b.unresolved) END
    FROM differing AS d
    JOIN before AS b ON b.content_id = d.content_id AND b.account_id IS NULL
    JOIN after AS a ON a.content_id = d.content_id AND a.account_id IS NULL
    LEFT JOIN list_event AS l ON l.content_id = d.content_id
    LEFT JOIN moved AS m ON m.id = d.content_id
    CROSS JOIN LATERAL (VALUES ('view', d.view_was, d.view_is), ('edit', d.edit_was, d.edit_is)) AS x (access, was, is_now)
    LEFT JOIN member_event AS v ON v.content_id = d.content_id AND v.account_id = d.account_id AND v.is_less = (x.was > x.is_now)
    -- Who came or went by the space alone has a row for the space. Where a run has not read the lists, or a kind of content above, one row says
    -- so for all.
    WHERE x.was <> x.is_now AND (v.group_id IS NOT NULL OR l.content_id IS NOT NULL OR m.id IS NOT NULL)
      AND b.gap IS DISTINCT FROM 'not_read' AND a.gap IS DISTINCT FROM 'not_read';
END;

COMMENT ON FUNCTION content_access_between(bigint, bigint, bigint[], text[]) IS
    'Who may view and edit contents whose lists changed between two runs, or whose groups they joined or left, or that were moved, where the runs differ: 2 is allowed, 1 unknown, 0 neither';

CREATE FUNCTION access_changes("from" timestamptz, "to" timestamptz, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    account_id text, email text, name text, account_status text, change text, access text, space_id bigint, space_key text, content_id bigint,
    content_type text, title text, after timestamptz, until timestamptz, cause text, path_type text, group_id text, group_name text,
    access_class text, audit_at timestamptz, audit_author_id text, author_name text, audit_summary text, reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 1000
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT p.* FROM period_runs(access_changes."from", access_changes."to", access_changes.as_of) AS p
    ), explained AS MATERIALIZED (
        SELECT e.* FROM asked CROSS JOIN LATERAL space_access_between(asked.run_before, asked.run_after) AS e
    ), changed_space AS MATERIALIZED (
        SELECT DISTINCT e.space_id FROM explained AS e
    ), came_or_left AS MATERIALIZED (
        SELECT array_agg(e.space_id) AS spaces, array_agg(e.account_id) AS accounts FROM explained AS e WHERE e.access = 'view' AND 0 IN (e.was, e.is_now)
    ), grant_before AS MATERIALIZED (
        SELECT g.* FROM asked CROSS JOIN LATERAL grant_rows_at(asked.run_before) AS g
    ), grant_after AS MATERIALIZED (
        SELECT g.* FROM asked CROSS JOIN LATERAL grant_rows_at(asked.run_after) AS g
    ), gap AS MATERIALIZED (
        SELECT g.space_id, g.access, g.reason, g.detail, 'group:' || g.group_id AS principal, bool_or(g.is_before) AS is_before,
               bool_or(NOT g.is_before) AS is_after
        FROM (
            SELECT b.*, true AS is_before FROM asked CROSS JOIN LATERAL space_gaps_at(asked.run_before) AS b
            WHERE b.space_id = ANY (ARRAY(SELECT c.space_id FROM changed_space AS c))
          UNION ALL
            SELECT a.*, false FROM asked CROSS JOIN LATERAL space_gaps_at(asked.run_after) AS a
            WHERE a.space_id = ANY (ARRAY(SELECT c.space_id FROM changed_space AS c))
        ) AS g
        WHERE g.reason NOT IN ('class_open_ended', 'jsm_class')
        GROUP BY g.space_id, g.access, g.reason, g.detail, g.group_id
        HAVING bool_or(g.is_before) <> bool_or(NOT g.is_before)
    ), uncertain AS MATERIALIZED (
        -- A gap at the other run, which leaves open what became of an access to a space. A group lets nobody do what it may not do.
        SELECT DISTINCT ON (n.space_id, n.access, n.by_access, n.is_less) n.space_id, n.access, n.by_access, n.is_less, g.reason, g.detail
        FROM (SELECT DISTINCT e.space_id, e.access, e.by_access, e.is_less FROM explained AS e) AS n
        JOIN gap AS g ON g.space_id = n.space_id AND g.access = n.access AND CASE WHEN n.is_less THEN g.is_after ELSE g.is_before END
        WHERE g.principal IS NULL
           OR EXISTS (SELECT FROM grant_after AS x WHERE n.is_less AND x.space_id = n.space_id AND x.principal = g.principal AND x.access = n.by_access)
           OR EXISTS (SELECT FROM grant_before AS x WHERE NOT n.is_less AND x.space_id = n.space_id AND x.principal = g.principal AND x.access = n.by_access)
        ORDER BY n.space_id, n.access, n.by_access, n.is_less, g.reason COLLATE "C", g.detail COLLATE "C"
    ), gone AS MATERIALIZED (
        SELECT a.account_id FROM asked CROSS JOIN LATERAL accounts_at(asked.run_after) AS a
        WHERE a.account_status IN ('inactive', 'closed') AND a.account_id IN (SELECT e.account_id FROM explained AS e WHERE e.is_less)
    ), space_change AS (
        SELECT e.account_id, e.access, e.space_id, CAST(NULL AS bigint) AS content_id, CAST(NULL AS text) AS content_type, CAST(NULL AS text) AS title,
               CASE WHEN e.is_less AND (e.is_now = 1 OR e.is_hidden AND gone.account_id IS NULL OR g.reason IS NOT NULL) THEN 'not_seen'
                    WHEN e.is_less THEN 'lost'
                    WHEN e.was = 1 OR g.reason IS NOT NULL THEN 'first_seen'
                    ELSE 'gained' END AS change,
               coalesce(e.after, CASE WHEN e.until IS NULL THEN asked.before_at END) AS after, coalesce(e.until, asked.after_at) AS until,
               coalesce(e.cause, 'product') AS cause, e.path_type, e.group_id, e.group_name, e.access_class,
               CASE WHEN 1 IN (e.was, e.is_now) THEN
                        e.unknown_reason
                    WHEN e.is_less AND e.is_hidden AND gone.account_id IS NULL THEN 'not_seen'
                    ELSE g.reason END AS reason,
               CASE WHEN 1 IN (e.was, e.is_now) THEN CASE WHEN e.is_less THEN 'whether the account still has it is not known' ELSE 'whether the account had it before is not known' END
                    WHEN e.is_less AND e.is_hidden AND gone.account_id IS NULL THEN 'what gave it is not listed any more, and nothing proves that it is gone'
                    ELSE g.detail END AS detail
        FROM explained AS e
        CROSS JOIN asked
        LEFT JOIN gone ON gone.account_id = e.account_id
        -- Whoever is known to be gone is let in by nobody's grant.
        LEFT JOIN uncertain AS g
            ON g.space_id = e.space_id AND g.access = e.access AND g.by_access = e.by_access AND g.is_less = e.is_less
           AND NOT (e.is_less AND gone.account_id IS NOT NULL)
    ), content_change AS MATERIALIZED (
        SELECT c.account_id, c.access, c.space_after, c.content_id, c.content_type, c.title,
               CASE WHEN c.was > c.is_now AND (c.is_now = 1 OR c.reason IS NOT NULL OR c.end_reason = 'gone_or_hidden') THEN 'not_seen'
                    WHEN c.was > c.is_now THEN 'lost'
                    WHEN c.was = 1 OR c.reason IS NOT NULL OR c.end_reason = 'gone_or_hidden' THEN 'first_seen'
                    ELSE 'gained' END,
               c.after, c.until,
               CASE WHEN c.group_id IS NOT NULL THEN 'group' WHEN c.list_changed IS NOT NULL THEN 'restriction' ELSE 'move' END,
               CASE WHEN c.group_id IS NOT NULL THEN 'group' END, c.group_id,
               (SELECT g.name FROM groups_history AS g WHERE g.id = c.group_id AND g.run_from <= asked.run_after ORDER BY g.run_from DESC LIMIT 1),
               CAST(NULL AS text),
               coalesce(c.reason, CASE WHEN c.end_reason = 'gone_or_hidden' THEN 'not_seen' WHEN 1 IN (c.was, c.is_now) THEN 'account_unknown' END),
               CASE WHEN c.end_reason = 'gone_or_hidden' AND c.group_id IS NOT NULL THEN 'the group is not listed any more'
                    WHEN c.end_reason = 'gone_or_hidden' THEN 'the list is not shown any more'
                    WHEN c.reason IS NULL AND 1 NOT IN (c.was, c.is_now) THEN 'and what is below it'
                    WHEN c.was > c.is_now THEN 'whether the account still has it is not known'
                    ELSE 'whether the account had it before is not known' END
        FROM asked
        CROSS JOIN came_or_left
        CROSS JOIN LATERAL content_access_between(asked.run_before, asked.run_after, came_or_left.spaces, came_or_left.accounts) AS c
        WHERE NOT EXISTS (SELECT FROM explained AS e
                          WHERE e.space_id = c.space_before AND e.space_id = c.space_after AND e.account_id = c.account_id AND e.access = c.access
                            AND e.is_less = (c.was > c.is_now))
    ), change AS (
        SELECT * FROM space_change UNION ALL SELECT * FROM content_change
    ), account AS MATERIALIZED (
        SELECT c.account_id, a.email, a.name, a.account_status
        FROM (SELECT DISTINCT c.account_id
              FROM (SELECT e.account_id FROM explained AS e UNION ALL SELECT c.account_id FROM content_change AS c) AS c) AS c
        CROSS JOIN asked
        CROSS JOIN LATERAL account_told_at(c.account_id, asked.run_after) AS a
    ), place AS MATERIALIZED (
        SELECT DISTINCT ON (h.id) h.id, h.key, h.name
        FROM asked JOIN spaces_history AS h ON h.run_from <= asked.run_after
        WHERE h.id IN (SELECT s.space_id FROM changed_space AS s UNION ALL SELECT c.space_after FROM content_change AS c)
        ORDER BY h.id, h.run_from DESC
    ), told AS MATERIALIZED (
        -- With the words and names by which the audit log would tell of it.
        SELECT c.*, a.email, a.name, a.account_status, s.key,
               CASE c.cause WHEN 'grant' THEN 'permission' WHEN 'role' THEN 'permission|role' WHEN 'restriction' THEN 'restriction'
                            WHEN 'status' THEN 'user.*(activated|details|created|deleted)|account' WHEN 'move' THEN 'moved'
                            ELSE CASE WHEN c.change IN ('lost', 'not_seen') THEN 'removed.*group|group deleted' ELSE 'added.*group' END END AS words,
               CASE c.cause WHEN 'grant' THEN CASE WHEN c.group_id IS NOT NULL THEN ARRAY[s.name, c.group_id]
                                                   WHEN c.access_class IS NOT NULL THEN ARRAY[s.name]
                                                   ELSE ARRAY[s.name, a.name] END
                            WHEN 'role' THEN ARRAY[s.name] WHEN 'restriction' THEN ARRAY[c.title] WHEN 'move' THEN ARRAY[c.title]
                            WHEN 'group' THEN ARRAY[c.group_id, a.name]
                            ELSE ARRAY[a.name] END AS names
        FROM change AS c
        LEFT JOIN account AS a ON a.account_id = c.account_id
        LEFT JOIN place AS s ON s.id = c.space_id
    ), record AS MATERIALIZED (
        SELECT t.after, t.until, t.words, t.names, r.*
        FROM (SELECT DISTINCT t.after, t.until, t.words, t.names FROM told AS t) AS t
        CROSS JOIN asked
        CROSS JOIN LATERAL audit_record_of(t.after, t.until, t.words, t.names, asked.answers_run) AS r
    ), answer (
        account_id, email, name, account_status, change, access, space_id, space_key, content_id, content_type, title,
        after, until, cause, path_type, group_id, group_name, access_class, audit_at, audit_author_id, author_name,
        audit_summary, reason, detail, run_id
    ) AS (
        SELECT t.account_id, t.email, t.name, t.account_status, t.change, t.access, t.space_id, t.key, t.content_id, t.content_type, t.title, t.after,
               t.until, t.cause, t.path_type, t.group_id, t.group_name, t.access_class, r.audit_at, r.audit_author_id, r.author_name,
               r.audit_summary, t.reason, t.detail, asked.run_after
        FROM told AS t
        CROSS JOIN asked
        LEFT JOIN record AS r
            ON coalesce(r.after, '-infinity') = coalesce(t.after, '-infinity') AND r.until = t.until AND r.words = t.words AND r.names = t.names
      UNION ALL
        -- What the audit log hints at since the last run of the period began to read.
        SELECT NULL, NULL, NULL, NULL, 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, l.created_at, NULL, NULL, NULL, NULL, NULL,
               l.created_at, l.author_id, l.author_name, l.summary, 'pending', concat_ws(': ', l.affected_object_type, l.affected_object_name), asked.run_after
        FROM asked
        JOIN audit_log AS l
            ON l.created_at > (SELECT coalesce(min(s.read_at), min(r.started_at)) FROM runs AS r
                               LEFT JOIN run_steps AS s ON s.run_id = r.id AND s.step <> 'audit_log' WHERE r.id = asked.run_after)
           AND l.created_at <= coalesce(access_changes."to", 'infinity') AND l.run_from <= asked.answers_run
        WHERE concat_ws(': ', l.category, l.summary) ~* 'permission|restriction|group|role|user.*(activated|created|deleted|details)|space.*(deleted|restored)|public link|admin key'
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, access_changes."from", asked.before_at, NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL, 'before_first_run', 'the mirror knows nothing of this time', asked.run_after
        FROM asked WHERE asked.is_late
      UNION ALL
        -- What changed in contents is not known where they, or their lists, were not read. Spaces have gaps of their own.
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.at, NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run_after
        FROM asked
        CROSS JOIN LATERAL (VALUES (asked.run_before, asked.before_at), (asked.run_after, asked.after_at)) AS r (run, at)
        CROSS JOIN LATERAL steps_not_read_at(r.run, '{content_restrictions}' || ARRAY(SELECT k.step FROM content_kinds() AS k)) AS u
      UNION ALL
        -- Who did it, and what is pending, is not known without the audit log.
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL, 'not_read', u.detail, asked.run_after
        FROM asked CROSS JOIN LATERAL steps_not_read_at(asked.answers_run, '{audit_log}') AS u
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.reason IS NOT NULL, r.until, r.account_id COLLATE "C", r.space_id, r.content_id NULLS FIRST, r.access COLLATE "C", r.detail COLLATE "C";
END;

COMMENT ON FUNCTION access_changes(timestamptz, timestamptz, timestamptz) IS
    'Who gained and lost access to spaces and contents between two times, in effect: between which readings, by what, and which audit record tells of it. not_seen is not lost: what gave access is not listed any more, and nothing proves that it is gone';

SELECT register_report('access_changes', 'Who gained or lost access in a period, to what, by what, and who did it?',
                       '{"SOC 2 CC6.2", "SOC 2 CC6.3", "ISO 27001 A.5.18"}', 13);
