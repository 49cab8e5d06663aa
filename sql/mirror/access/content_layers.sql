-- The view lists that lie between a content and the root of its space. A content is viewed by whoever passes its own view
-- list and those of everything above it, whatever kind that is. So for each content two things say which lists these are:
-- the nearest content with a view list, itself or above; and for that one the next above it. Where the way up is not known to
-- the end, `gap` says why: a parent that is not listed, or of a kind that the run has not read; lists that the site does not show;
-- parents that lead round in a circle.
--
-- Each content on the ways up is looked at once, upwards and downwards, however deep the tree is. The functions here keep their
-- plans, since they are called often; and they join by hash, which holds each level's cost to its own rows: the planner cannot
-- know how deep trees are. Where nothing but a kind of plan that is off will do, PostgreSQL takes it to cost ten thousand millions, and
-- would compile the statement, for seconds: hence no JIT wherever a kind of plan is off.

-- What is not known of a content by itself: which lists it has, or whether its row is the present one. Each argument stands here once, so
-- that the planner puts the expression in the place of the call.
CREATE FUNCTION own_gap(status text, is_not_read boolean, is_hidden boolean) RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT CASE WHEN own_gap.status = 'trashed' THEN 'trashed' WHEN own_gap.is_not_read THEN 'not_read' WHEN own_gap.is_hidden THEN 'content_hidden' END;
END;

COMMENT ON FUNCTION own_gap(text, boolean, boolean) IS
    'Why it is not known of a content by itself who is kept out. NULL where it is known';

-- What is not known of it, or of what is above it. Whatever hangs below the trash has no known way up.
CREATE FUNCTION gap_below(above text, own_gap text) RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT coalesce(gap_below.own_gap, CASE gap_below.above WHEN 'trashed' THEN 'ancestor_not_listed' ELSE gap_below.above END);
END;

COMMENT ON FUNCTION gap_below(text, text) IS
    'Why it is not known who is kept out of a content, from the gap of the content above it and its own';

CREATE FUNCTION own_lists_at(content bigint, run bigint) RETURNS TABLE (has_view_list boolean, has_edit_list boolean, is_hidden boolean)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT coalesce(bool_or(r.operation = 'read'), false), coalesce(bool_or(r.operation = 'update'), false),
           coalesce(bool_or(r.operation = 'unknown'), false)
    FROM content_restrictions_history AS r
    WHERE r.content_id = own_lists_at.content AND r.run_from <= own_lists_at.run AND (r.run_to IS NULL OR r.run_to > own_lists_at.run);
END;

COMMENT ON FUNCTION own_lists_at(bigint, bigint) IS
    'Which lists a content has by itself, as a run saw it, and whether the site hides them';

-- The ways up are a function by themselves for the planner's sake: it takes a recursion for thousands of times longer than it is, and
-- would make room for millions of rows in what comes after.
CREATE FUNCTION content_ways_at(contents bigint[], run bigint) RETURNS TABLE (
    content_id bigint, parent_id bigint, space_id bigint, type text, status text, title text
)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE upwards (id, parent_id, space_id, type, status, title) AS (
        SELECT c.id, c.parent_id, c.space_id, c.type, c.status, c.title
        FROM content_at(content_ways_at.run) AS c
        WHERE c.id = ANY (content_ways_at.contents)
      UNION
        SELECT p.id, p.parent_id, p.space_id, p.type, p.status, p.title
        FROM upwards AS u
        -- LIMIT keeps the condition with each table, where an index answers it, and looks no further once it is found.
        CROSS JOIN LATERAL (SELECT c.* FROM content_at(content_ways_at.run) AS c WHERE c.id = u.parent_id LIMIT 1) AS p
    )
    SELECT u.id, u.parent_id, u.space_id, u.type, u.status, u.title FROM upwards AS u;
END
$$;

COMMENT ON FUNCTION content_ways_at(bigint[], bigint) IS
    'Contents and everything above them, as a run saw them';

CREATE FUNCTION content_layers_at(contents bigint[], run bigint) RETURNS TABLE (
    content_id bigint, space_id bigint, parent_id bigint, type text, status text, title text, is_asked boolean, has_view_list boolean,
    has_edit_list boolean, view_restricted_by bigint, above bigint, own_gap text, gap text, gap_at bigint
)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    kinds_not_read CONSTANT text[] := kinds_not_read_at(run);
BEGIN
    RETURN QUERY
    WITH RECURSIVE upwards AS MATERIALIZED (
        SELECT w.content_id AS id, w.parent_id, w.space_id, w.type, w.status, w.title
        FROM content_ways_at(content_layers_at.contents, content_layers_at.run) AS w
    ), tree AS MATERIALIZED (
        SELECT u.id, u.parent_id, u.space_id, u.type, u.status, u.title, r.has_view_list, r.has_edit_list,
               coalesce(own_gap(u.status, u.type = ANY (kinds_not_read), r.is_hidden),
                        CASE WHEN u.parent_id IS NOT NULL AND u.parent_id NOT IN (SELECT p.id FROM upwards AS p) THEN 'ancestor_not_listed' END) AS gap,
               u.parent_id IS NULL OR u.parent_id NOT IN (SELECT p.id FROM upwards AS p) AS is_top
        FROM upwards AS u
        CROSS JOIN LATERAL own_lists_at(u.id, content_layers_at.run) AS r
    ), downwards (id, view_restricted_by, above, gap, gap_at) AS (
        SELECT t.id, CASE WHEN t.has_view_list THEN t.id END, CAST(NULL AS bigint), t.gap, CASE WHEN t.gap IS NOT NULL THEN t.id END
        FROM tree AS t
        WHERE t.is_top
      UNION
        SELECT t.id,
               CASE WHEN t.has_view_list THEN t.id ELSE d.view_restricted_by END,
               CASE WHEN t.has_view_list THEN d.view_restricted_by ELSE d.above END,
               gap_below(d.gap, t.gap),
               CASE WHEN t.gap IS NOT NULL THEN t.id ELSE d.gap_at END
        FROM downwards AS d
        JOIN tree AS t ON t.parent_id = d.id
    )
    SELECT t.id, t.space_id, t.parent_id, t.type, t.status, t.title, t.id IN (SELECT unnest(content_layers_at.contents)), t.has_view_list,
           t.has_edit_list,
           CASE WHEN d.id IS NULL AND t.has_view_list THEN t.id ELSE d.view_restricted_by END,
           d.above, t.gap,
           CASE WHEN d.id IS NULL THEN 'parents_cycle' ELSE d.gap END,
           CASE WHEN d.id IS NULL THEN t.id ELSE d.gap_at END
    FROM tree AS t
    LEFT JOIN downwards AS d ON d.id = t.id;
END
$$;

COMMENT ON FUNCTION content_layers_at(bigint[], bigint) IS
    'Contents and everything above them, as a run saw them, with the view lists that lie above each: view_restricted_by is the nearest content with one, the content itself included, above the next one behind that. gap: why the way up is not known to its end; own_gap: where that is the content''s own';

-- The view lists on the way up from each content, from the nearest (depth 1) on.
CREATE FUNCTION view_chains_at(contents bigint[], run bigint) RETURNS TABLE (content_id bigint, restricted_by bigint, depth integer)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE layers AS MATERIALIZED (
        SELECT l.content_id, l.is_asked, l.has_view_list, l.view_restricted_by, l.above
        FROM content_layers_at(view_chains_at.contents, view_chains_at.run) AS l
    ), chains (content_id, restricted_by, depth) AS (
        SELECT l.content_id, l.view_restricted_by, 1
        FROM layers AS l
        WHERE l.is_asked AND l.view_restricted_by IS NOT NULL
      UNION ALL
        SELECT c.content_id, l.above, c.depth + 1
        FROM chains AS c
        JOIN layers AS l ON l.content_id = c.restricted_by
        WHERE l.has_view_list AND l.above IS NOT NULL
    )
    SELECT c.content_id, c.restricted_by, c.depth FROM chains AS c;
END
$$;

COMMENT ON FUNCTION view_chains_at(bigint[], bigint) IS
    'The contents whose view lists have to be passed to view contents, as a run saw them, from the nearest (depth 1) on';

-- Which view lists above contents one person passes: for each content that has one, and is the nearest above one that is asked
-- for. `doubt` says why it is not certain: they may be behind an entry of a list that nobody resolves.
CREATE FUNCTION person_passing_at(account text, contents bigint[], run bigint) RETURNS TABLE (content_id bigint, doubt text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE layers AS MATERIALIZED (
        SELECT l.content_id, l.is_asked, l.has_view_list, l.view_restricted_by, l.above
        FROM content_layers_at(person_passing_at.contents, person_passing_at.run) AS l
    ), groups AS MATERIALIZED (
        SELECT g.group_id FROM groups_of(person_passing_at.account, person_passing_at.run) AS g
    ), lists AS MATERIALIZED (
        SELECT l.content_id, l.above, CASE WHEN NOT e.is_named THEN e.unresolved END AS doubt
        FROM layers AS l
        CROSS JOIN LATERAL (
            SELECT bool_or(r.principal_type = 'user' AND r.principal_id = person_passing_at.account
                           OR r.principal_type = 'group' AND r.principal_id IN (SELECT g.group_id FROM groups AS g)) AS is_named,
                   min(CASE WHEN r.principal_type = 'user' THEN NULL
                            WHEN r.principal_type <> 'group' THEN 'subjects_hidden'
                            WHEN r.principal_id NOT IN (SELECT g.group_id FROM groups_at(person_passing_at.run) AS g)
                                THEN 'group_unresolved' END) AS unresolved
            FROM content_restrictions_history AS r
            WHERE r.content_id = l.content_id AND r.operation = 'read'
              AND r.run_from <= person_passing_at.run AND (r.run_to IS NULL OR r.run_to > person_passing_at.run)
        ) AS e
        WHERE l.has_view_list AND (e.is_named OR e.unresolved IS NOT NULL)
    ), passing (content_id, doubt) AS (
        SELECT n.content_id, n.doubt FROM lists AS n WHERE n.above IS NULL
      UNION ALL
        SELECT n.content_id, coalesce(p.doubt, n.doubt)
        FROM passing AS p
        JOIN lists AS n ON n.above = p.content_id
    )
    SELECT p.content_id, p.doubt
    FROM passing AS p
    WHERE p.content_id IN (SELECT l.view_restricted_by FROM layers AS l WHERE l.is_asked);
END
$$;

COMMENT ON FUNCTION person_passing_at(text, bigint[], bigint) IS
    'Which view lists that lie above contents an account passes, as a run saw them: content_id is the nearest content with a list. doubt is NULL where it is certain';
