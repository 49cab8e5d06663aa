-- Who may view or edit a content, by which path, and what is not known about it.
--
--   view = active, with access to the product, granted read in the space, and named in the view list of the content and of
--          everything above it, wherever there is a list
--   edit = view, granted create or update in the space, and named in the content's edit list, if it has one
--
-- Lists narrow what is granted; they grant nothing. One row is one path: a grant to the account, to a group, to a class.
-- Rows without an account say what is not known: somebody may be behind it whom nobody lists (bound lower), or a layer is
-- hidden, and then whoever passes the others is unknown, each with a row of their own (bound upper).

-- A content that a run does not list: what was known of it before.
CREATE FUNCTION ended_content_at(content bigint, run bigint) RETURNS TABLE (
    type text, space_id bigint, title text, run_to bigint, end_reason text
)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT e.type, e.space_id, e.title, e.run_to, e.end_reason
    FROM (
        SELECT CAST('page' AS text) AS type, c.space_id, c.title, c.run_to, c.end_reason
        FROM pages_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
      UNION ALL
        SELECT 'blogpost', c.space_id, c.title, c.run_to, c.end_reason
        FROM blogposts_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
      UNION ALL
        SELECT 'folder', c.space_id, c.title, c.run_to, c.end_reason
        FROM folders_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
      UNION ALL
        SELECT 'whiteboard', c.space_id, c.title, c.run_to, c.end_reason
        FROM whiteboards_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
      UNION ALL
        SELECT 'database', c.space_id, c.title, c.run_to, c.end_reason
        FROM databases_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
      UNION ALL
        SELECT 'embed', c.space_id, c.title, c.run_to, c.end_reason
        FROM smart_links_history AS c
        WHERE c.id = ended_content_at.content AND c.run_to <= ended_content_at.run
    ) AS e
    ORDER BY e.run_to DESC
    LIMIT 1;
END;

COMMENT ON FUNCTION ended_content_at(bigint, bigint) IS
    'The last that was known, before a run, of a content that it does not list: end_reason says what became of it';

CREATE FUNCTION contents_access_at(contents bigint[], run bigint) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], bound text, reason text,
    detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    WITH RECURSIVE facts AS MATERIALIZED (
        SELECT f.run_id, f.access_as_of, f.seen_at, f.restrictions_are_read, f.product_is_proved
        FROM access_facts_at(contents_access_at.run) AS f
    ), layers AS MATERIALIZED (
        SELECT l.* FROM content_layers_at(contents_access_at.contents, contents_access_at.run) AS l
    ), targets AS MATERIALIZED (
        SELECT l.content_id, l.space_id, s.key AS space_key, l.type, l.title,
               -- Lists that the run has not read are older ones.
               l.has_edit_list AND f.restrictions_are_read AS has_edit_list,
               CASE WHEN f.restrictions_are_read THEN l.view_restricted_by END AS view_restricted_by,
               CASE WHEN l.gap = 'trashed' THEN l.gap
                    WHEN s.id IS NULL THEN 'space_hidden'
                    WHEN NOT f.restrictions_are_read THEN 'not_read'
                    ELSE l.gap END AS gap, CASE WHEN f.restrictions_are_read THEN l.gap_at END AS gap_at,
               s.id IS NOT NULL AND l.gap IS DISTINCT FROM 'trashed' AS is_open_to_grants
        FROM layers AS l
        CROSS JOIN facts AS f
        LEFT JOIN spaces_history AS s
            ON s.id = l.space_id
           AND s.run_from <= contents_access_at.run AND (s.run_to IS NULL OR s.run_to > contents_access_at.run)
        WHERE l.is_asked
    ), chains (content_id, restricted_by) AS (
        -- The view lists on the way up from each content.
        SELECT t.content_id, t.view_restricted_by FROM targets AS t WHERE t.view_restricted_by IS NOT NULL
      UNION
        SELECT c.content_id, l.above
        FROM chains AS c
        JOIN layers AS l ON l.content_id = c.restricted_by
        WHERE l.above IS NOT NULL
    ), entries AS MATERIALIZED (
        -- Whom the lists name that stand between accounts and contents.
        SELECT n.content_id, n.operation, e.principal_type, e.principal_id
        FROM (
            SELECT c.restricted_by AS content_id, CAST('read' AS text) AS operation FROM chains AS c
          UNION
            SELECT t.content_id, 'update' FROM targets AS t WHERE t.has_edit_list
        ) AS n
        -- OFFSET has each list looked up by index.
        CROSS JOIN LATERAL (
            SELECT r.principal_type, r.principal_id
            FROM content_restrictions_history AS r
            WHERE r.content_id = n.content_id AND r.operation = n.operation
              AND r.run_from <= contents_access_at.run AND (r.run_to IS NULL OR r.run_to > contents_access_at.run)
            OFFSET 0
        ) AS e
    ), named AS MATERIALIZED (
        SELECT e.content_id, e.operation, e.principal_id AS account_id
        FROM entries AS e
        WHERE e.principal_type = 'user'
      UNION
        SELECT e.content_id, e.operation, m.account_id
        FROM entries AS e
        CROSS JOIN LATERAL accounts_behind_at('group', e.principal_id, contents_access_at.run) AS m
        WHERE e.principal_type = 'group'
    ), passing AS MATERIALIZED (
        -- Whom all view lists on the way up name.
        SELECT c.content_id, n.account_id
        FROM (
            SELECT c.content_id, c.restricted_by, count(*) OVER (PARTITION BY c.content_id) AS lists FROM chains AS c
        ) AS c
        JOIN named AS n ON n.content_id = c.restricted_by AND n.operation = 'read'
        GROUP BY c.content_id, c.lists, n.account_id
        HAVING count(*) = c.lists
    ), grants AS MATERIALIZED (
        SELECT t.content_id, t.space_id, t.space_key, t.type, t.title, t.has_edit_list, t.view_restricted_by, t.gap, t.gap_at,
               h.principal, h.principal_type, h.principal_id, h.view_operations, h.administer_operations, h.admin_kind, h.sources,
               h.role_name,
               -- Whatever is in the tree of pages goes by the grants on pages, too.
               (SELECT array_agg(o.operation) FROM unnest(h.edit_operations) AS o (operation)
                WHERE split_part(o.operation, '/', 2) = t.type OR split_part(o.operation, '/', 2) = 'page' AND t.type <> 'blogpost'
               ) AS edit_operations
        FROM targets AS t
        JOIN space_holders_at(contents_access_at.run) AS h ON h.space_id = t.space_id
        WHERE h.space_id = ANY (ARRAY(SELECT t.space_id FROM targets AS t WHERE t.is_open_to_grants)) AND t.is_open_to_grants
    ), members AS MATERIALIZED (
        SELECT p.principal, b.account_id, b.path_type, b.group_name, b.is_open
        FROM (SELECT DISTINCT g.principal, g.principal_type, g.principal_id FROM grants AS g) AS p
        CROSS JOIN LATERAL accounts_behind_at(p.principal_type, p.principal_id, contents_access_at.run) AS b
        WHERE p.principal IS NOT NULL
    ), paths AS MATERIALIZED (
        SELECT p.*, CASE WHEN p.behind IN ('user', 'group') AND a.is_guest THEN 'guest' ELSE p.behind END AS path_type,
               CASE WHEN p.behind = 'group' THEN p.principal_id END AS group_id,
               CASE WHEN p.behind IN ('class', 'anonymous') THEN p.principal_id END AS access_class,
               a.email, a.name, a.account_type, a.account_status, a.is_guest, k.reason, k.reason IS NULL AS is_let_through,
               k.reason IS NULL AND p.gap IS NULL AS is_sure, p.view_operations IS NOT NULL AND p.is_passing AS views,
               p.edit_operations IS NOT NULL
                   AND (NOT p.has_edit_list
                        OR (p.content_id, p.account_id) IN (SELECT n.content_id, n.account_id FROM named AS n WHERE n.operation = 'update')) AS edits
        FROM (
            SELECT g.*, m.account_id, m.path_type AS behind, m.group_name, m.is_open,
                   g.view_restricted_by IS NULL
                       OR (g.content_id, m.account_id) IN (SELECT p.content_id, p.account_id FROM passing AS p) AS is_passing
            FROM grants AS g
            JOIN members AS m ON m.principal = g.principal
        ) AS p
        LEFT JOIN accounts_at(contents_access_at.run) AS a ON a.account_id = p.account_id
        CROSS JOIN LATERAL (
            SELECT kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, p.is_open,
                            (SELECT f.product_is_proved FROM facts AS f)) AS reason
        ) AS k
        -- Who does not pass the view lists matters as an administrator only.
        WHERE (p.is_passing OR p.admin_kind IN ('full', 'access'))
          AND coalesce(k.reason NOT IN ('account_inactive', 'denied_by_product'), true)
          -- Guests are no licensed users.
          AND NOT (p.behind = 'class' AND NOT p.is_open AND coalesce(a.is_guest, false))
    ), admins AS MATERIALIZED (
        -- Who can lift restrictions or give access: whoever manages the space's access, or the product.
        SELECT p.content_id, p.account_id, p.email, p.name, p.account_type, p.account_status, p.is_guest, 'space_admin' AS path_type,
               p.group_id, p.group_name, p.access_class, p.role_name, p.administer_operations AS operations, p.sources
        FROM paths AS p
        WHERE p.admin_kind IN ('full', 'access') AND p.is_let_through AND NOT p.is_guest
      UNION ALL
        SELECT t.content_id, a.account_id, a.email, a.name, a.account_type, a.account_status, a.is_guest, 'product_admin',
               NULL, NULL, NULL, NULL, NULL, NULL
        FROM targets AS t
        CROSS JOIN accounts_at(contents_access_at.run) AS a
        WHERE a.is_product_admin AND a.account_status = 'active'
    ), changers AS MATERIALIZED (
        SELECT p.content_id, p.account_id, p.is_sure FROM paths AS p WHERE p.edits
    ), viewers AS MATERIALIZED (
        -- Of those of whom it is asked below whether they view.
        SELECT p.content_id, p.account_id, p.is_sure
        FROM paths AS p
        WHERE p.views
          AND (p.content_id, p.account_id) IN (SELECT c.content_id, c.account_id FROM changers AS c
                                               UNION ALL SELECT a.content_id, a.account_id FROM admins AS a)
    ), list_gaps AS MATERIALIZED (
        -- Entries of lists that nobody resolves to accounts.
        SELECT l.content_id, l.access, l.at, CASE WHEN e.principal_type = 'group' THEN e.principal_id END AS group_id,
               CASE WHEN e.principal_type = 'group' THEN 'group_unresolved' ELSE 'subjects_hidden' END AS reason
        FROM (
            SELECT c.content_id, CAST('view' AS text) AS access, c.restricted_by AS at, CAST('read' AS text) AS operation FROM chains AS c
          UNION ALL
            SELECT t.content_id, 'edit', t.content_id, 'update' FROM targets AS t WHERE t.has_edit_list
        ) AS l
        JOIN entries AS e ON e.content_id = l.at AND e.operation = l.operation
        WHERE e.principal_type <> 'user'
          AND NOT (e.principal_type = 'group'
                   AND EXISTS (SELECT FROM groups_at(contents_access_at.run) AS g WHERE g.group_id = e.principal_id))
    ), gaps AS (
        SELECT t.content_id, g.access, g.path_type, g.group_id, g.access_class, g.role_name, g.bound, g.reason, g.detail
        FROM targets AS t
        JOIN space_gaps_at(contents_access_at.run) AS g ON g.space_id = t.space_id
        WHERE t.is_open_to_grants AND g.access IN ('view', 'edit')
          AND g.space_id = ANY (ARRAY(SELECT t.space_id FROM targets AS t))
      UNION ALL
        SELECT g.content_id, x.access, CASE WHEN g.group_id IS NOT NULL THEN 'group' END, g.group_id, NULL, NULL, 'lower', g.reason,
               format('in the %s list of content %s', g.access, g.at)
        FROM list_gaps AS g
        JOIN (VALUES ('view', 'view'), ('view', 'edit'), ('edit', 'edit')) AS x (list, access) ON x.list = g.access
      UNION ALL
        SELECT t.content_id, x.access, NULL, NULL, NULL, NULL,
               CASE WHEN t.gap IN ('trashed', 'space_hidden') THEN 'none' ELSE 'upper' END, t.gap,
               CASE t.gap WHEN 'trashed' THEN 'in the trash'
                          WHEN 'space_hidden' THEN format('space %s is not listed', t.space_id)
                          WHEN 'ancestor_not_listed' THEN format('above content %s', t.gap_at)
                          ELSE CASE WHEN t.gap_at IS NULL THEN 'lists of contents' ELSE format('content %s', t.gap_at) END END
        FROM targets AS t
        CROSS JOIN (VALUES ('view'), ('edit')) AS x (access)
        WHERE t.gap IS NOT NULL
    )
    SELECT p.space_id, p.space_key, p.content_id, p.type, p.title, p.access, CAST(NULL AS text), p.account_id, p.email, p.name,
           p.account_type, p.account_status, p.is_guest, CASE WHEN p.is_allowed THEN 'allowed' ELSE 'unknown' END, p.path_type, p.group_id,
           p.group_name, p.access_class, p.role_name, p.operations, p.sources, CASE WHEN p.is_allowed THEN 'exact' ELSE 'upper' END,
           CASE WHEN NOT p.is_allowed THEN coalesce(p.reason, p.gap, 'product_unresolved') END,
           CASE WHEN NOT p.is_allowed AND p.reason IS NULL AND p.gap_at IS NOT NULL THEN format('content %s', p.gap_at) END,
           f.seen_at, f.run_id, f.access_as_of
    FROM (
        SELECT p.*, CAST('view' AS text) AS access, p.view_operations AS operations, p.is_sure AS is_allowed
        FROM paths AS p
        WHERE p.views
      UNION ALL
        -- Whoever edits must view, by whatever path.
        SELECT p.*, 'edit', p.edit_operations,
               p.is_sure AND (p.content_id, p.account_id) IN (SELECT v.content_id, v.account_id FROM viewers AS v WHERE v.is_sure)
        FROM paths AS p
        WHERE p.edits AND (p.content_id, p.account_id) IN (SELECT v.content_id, v.account_id FROM viewers AS v)
    ) AS p
    CROSS JOIN facts AS f
  UNION ALL
    -- Who is not let through, but can be.
    SELECT t.space_id, t.space_key, t.content_id, t.type, t.title, x.access, NULL, a.account_id, a.email, a.name, a.account_type,
           a.account_status, a.is_guest, 'potential', a.path_type, a.group_id, a.group_name, a.access_class, a.role_name, a.operations,
           a.sources, 'exact', NULL, NULL, f.seen_at, f.run_id, f.access_as_of
    FROM admins AS a
    JOIN targets AS t ON t.content_id = a.content_id
    CROSS JOIN (VALUES ('view'), ('edit')) AS x (access)
    CROSS JOIN facts AS f
    WHERE (a.content_id, a.account_id) NOT IN (SELECT v.content_id, v.account_id FROM viewers AS v WHERE v.is_sure)
       OR x.access = 'edit'
          AND (a.content_id, a.account_id) NOT IN (SELECT e.content_id, e.account_id FROM changers AS e WHERE e.is_sure)
  UNION ALL
    SELECT t.space_id, t.space_key, t.content_id, t.type, t.title, g.access, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown',
           g.path_type, g.group_id, NULL, g.access_class, g.role_name, NULL, NULL, g.bound, g.reason, g.detail, f.seen_at, f.run_id,
           f.access_as_of
    FROM gaps AS g
    JOIN targets AS t ON t.content_id = g.content_id
    CROSS JOIN facts AS f
  UNION ALL
    -- Contents that the run does not list.
    SELECT h.space_id, s.key, c.id, h.type, h.title, x.access, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           CASE h.end_reason WHEN 'purged' THEN 'denied' ELSE 'unknown' END, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           CASE h.end_reason WHEN 'purged' THEN 'exact' ELSE 'none' END,
           CASE WHEN h.end_reason IN ('purged', 'trashed') THEN h.end_reason
                WHEN h.end_reason IS NOT NULL THEN 'gone_or_hidden'
                ELSE 'content_hidden' END,
           CASE WHEN h.end_reason IS NULL THEN 'not listed'
                ELSE format('no more listed since run %s', h.run_to) END,
           f.seen_at, f.run_id, f.access_as_of
    FROM (SELECT DISTINCT c.id FROM unnest(contents_access_at.contents) AS c (id)) AS c
    CROSS JOIN facts AS f
    CROSS JOIN (VALUES ('view'), ('edit')) AS x (access)
    LEFT JOIN LATERAL ended_content_at(c.id, contents_access_at.run) AS h ON true
    LEFT JOIN spaces_history AS s
        ON s.id = h.space_id AND s.run_from <= contents_access_at.run AND (s.run_to IS NULL OR s.run_to > contents_access_at.run)
    WHERE c.id NOT IN (SELECT t.content_id FROM targets AS t);
END;

COMMENT ON FUNCTION contents_access_at(bigint[], bigint) IS
    'Who may view or edit contents, as a run saw it: content_access for any number of contents, without layers';

-- How accounts come through the lists of a content and of what is above it, from the top.
CREATE FUNCTION named_in_lists_at(content bigint, run bigint) RETURNS TABLE (account_id text, access text, layers jsonb)
    LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    WITH lists AS (
        SELECT c.restricted_by AS content_id, CAST('view' AS text) AS list, CAST('read' AS text) AS operation, c.depth
        FROM view_chains_at(ARRAY[named_in_lists_at.content], named_in_lists_at.run) AS c
      UNION ALL
        SELECT named_in_lists_at.content, 'edit', 'update', 0
    ), named AS (
        SELECT l.content_id, l.list, l.depth, coalesce(m.account_id, r.principal_id) AS account_id,
               CASE WHEN r.principal_type = 'user' THEN 'user' ELSE 'group ' || m.group_name END AS by
        FROM lists AS l
        JOIN content_restrictions_history AS r
            ON r.content_id = l.content_id AND r.operation = l.operation AND r.run_from <= named_in_lists_at.run
           AND (r.run_to IS NULL OR r.run_to > named_in_lists_at.run)
        LEFT JOIN members_at(named_in_lists_at.run) AS m ON r.principal_type = 'group' AND m.group_id = r.principal_id
        WHERE r.principal_type = 'user' OR m.account_id IS NOT NULL
    ), layers AS MATERIALIZED (
        SELECT n.account_id, n.content_id, n.list, n.depth, jsonb_agg(n.by ORDER BY n.by) AS by
        FROM named AS n
        GROUP BY n.account_id, n.content_id, n.list, n.depth
    ), views AS (
        SELECT l.account_id, jsonb_agg(jsonb_build_object('content_id', l.content_id, 'list', l.list, 'by', l.by) ORDER BY l.depth DESC) AS layers
        FROM layers AS l
        WHERE l.list = 'view'
        GROUP BY l.account_id
    ), edits AS (
        -- The content's own list, after those that are to be passed for viewing.
        SELECT l.account_id, jsonb_build_array(jsonb_build_object('content_id', l.content_id, 'list', l.list, 'by', l.by)) AS layers
        FROM layers AS l
        WHERE l.list = 'edit'
    )
    SELECT account_id, x.access, CASE x.access WHEN 'view' THEN v.layers ELSE coalesce(v.layers || e.layers, v.layers, e.layers) END
    FROM views AS v
    FULL JOIN edits AS e USING (account_id)
    CROSS JOIN (VALUES ('view'), ('edit')) AS x (access)
    WHERE x.access = 'edit' OR v.layers IS NOT NULL;
END;

COMMENT ON FUNCTION named_in_lists_at(bigint, bigint) IS
    'How accounts come through the lists of a content and of what is above it, from the top, as a run saw them';

-- A function in PL/pgSQL for one reason: it keeps its plan, and planning takes longer than the answer.
CREATE FUNCTION content_access(content bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text,
    reason text, detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE plpgsql STABLE ROWS 2000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT c.space_id, c.space_key, c.content_id, c.content_type, c.title, c.access, c.admin_kind, c.account_id, c.email, c.name,
           c.account_type, c.account_status, c.is_guest, c.verdict, c.path_type, c.group_id, c.group_name, c.access_class, c.role_name,
           c.operations, c.sources, l.layers, c.bound, c.reason, c.detail, c.seen_at, c.run_id, c.access_as_of
    FROM contents_access_at(ARRAY[content], run) AS c
    LEFT JOIN named_in_lists_at(content, run) AS l
        ON l.account_id = c.account_id AND l.access = c.access AND c.verdict <> 'potential';
END
$$;

COMMENT ON FUNCTION content_access(bigint, timestamptz) IS
    'Who may view or edit a content, by which path, and what is not known about it: one row a path. Rows without an account are what is not known';
