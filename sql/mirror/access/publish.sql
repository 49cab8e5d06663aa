-- Keeps audiences, content_audience, view_restrictions and content_gaps true, when a run is published, and who is let into spaces
-- with them.
--
-- A content's audience follows from its own lists and from that of its parent. So only contents that have changed since the
-- last run are worked out, from everything above them; and below one that has come out otherwise than before its children,
-- and so on down, until nothing differs any more. What comes out as it was is not written.

CREATE FUNCTION content_changed_between(before bigint, run bigint) RETURNS TABLE (content_id bigint, is_gone boolean)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH ended AS MATERIALIZED (
        SELECT e.id
        FROM (
            SELECT c.id FROM pages_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
          UNION
            SELECT c.id FROM blogposts_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
          UNION
            SELECT c.id FROM folders_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
          UNION
            SELECT c.id FROM whiteboards_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
          UNION
            SELECT c.id FROM databases_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
          UNION
            SELECT c.id FROM smart_links_history AS c
            WHERE c.run_to > content_changed_between.before AND c.run_to <= content_changed_between.run
        ) AS e
        -- OFFSET has each of them looked up by index, rather than all contents read.
        WHERE NOT EXISTS (SELECT FROM content_at(content_changed_between.run) AS c WHERE c.id = e.id OFFSET 0)
    )
    SELECT e.id, true FROM ended AS e
  UNION
    -- What lies below something that is gone.
    SELECT c.id, false
    FROM ended AS e
    CROSS JOIN LATERAL (SELECT c.id FROM content_at(content_changed_between.run) AS c WHERE c.parent_id = e.id OFFSET 0) AS c
  UNION
    SELECT c.id, false FROM pages_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT c.id, false FROM blogposts_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT c.id, false FROM folders_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT c.id, false FROM whiteboards_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT c.id, false FROM databases_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT c.id, false FROM smart_links_history AS c
    WHERE c.run_from > content_changed_between.before AND c.run_from <= content_changed_between.run
      AND (c.run_to IS NULL OR c.run_to > content_changed_between.run)
  UNION
    SELECT r.content_id, false FROM content_restrictions_history AS r
    WHERE r.run_from > content_changed_between.before AND r.run_from <= content_changed_between.run
  UNION
    SELECT r.content_id, false FROM content_restrictions_history AS r
    WHERE r.run_to > content_changed_between.before AND r.run_to <= content_changed_between.run
  UNION
    -- What was not read this time, and what was read again.
    SELECT k.content_id, false
    FROM audiences AS d
    -- OFFSET has those of each audience looked up by index.
    CROSS JOIN LATERAL (SELECT k.content_id FROM content_audience AS k WHERE k.audience_id = d.audience_id OFFSET 0) AS k
    WHERE d.content_type = ANY (CAST((SELECT kinds_not_read_at(content_changed_between.run)) AS text[]))
      AND NOT EXISTS (SELECT FROM content_gaps AS g WHERE g.content_id = k.content_id AND g.reason = 'not_read' AND g.run_to IS NULL)
  UNION
    SELECT g.content_id, false
    FROM content_gaps AS g
    JOIN content_audience AS k ON k.content_id = g.content_id
    JOIN audiences AS d ON d.audience_id = k.audience_id
    WHERE g.reason = 'not_read' AND g.run_to IS NULL AND d.content_type <> ALL (CAST((SELECT kinds_not_read_at(content_changed_between.run)) AS text[]));
END;

COMMENT ON FUNCTION content_changed_between(bigint, bigint) IS
    'Contents whose rows or lists have changed between two runs, or whose kind was read no more or again, and what lies below those that are gone';

-- What is to be published of contents, and of what lies below those that come out otherwise than before. own_gap: what is not known of the
-- content by itself, gap: of it or of what is above it; where there is one, nothing is said of lists.
-- The plan is made once, maybe while the tables are empty, and kept while they grow: so nothing is read through for each content,
-- however few rows there were.
CREATE FUNCTION content_to_publish_below(contents bigint[], run bigint) RETURNS TABLE (
    content_id bigint, space_id bigint, type text, status text, has_edit_list boolean, view_restricted_by bigint, above bigint,
    own_gap text, gap text
)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    kinds_not_read CONSTANT text[] := kinds_not_read_at(run);
BEGIN
    RETURN QUERY
    WITH RECURSIVE affected (content_id, space_id, type, status, has_edit_list, view_restricted_by, above, own_gap, gap) AS (
        SELECT l.content_id, c.space_id, c.type, c.status, l.has_edit_list, CASE WHEN l.gap IS NULL THEN l.view_restricted_by END,
               CASE WHEN l.gap IS NULL THEN l.above END, l.own_gap, l.gap
        FROM content_layers_at(content_to_publish_below.contents, content_to_publish_below.run) AS l
        -- OFFSET has each of them looked up by index, here and below.
        LEFT JOIN LATERAL (
            SELECT c.space_id, c.type, c.status FROM content_at(content_to_publish_below.run) AS c WHERE c.id = l.content_id OFFSET 0
        ) AS c ON true
        WHERE l.is_asked
      UNION
        SELECT c.id, c.space_id, c.type, c.status, l.has_edit_list, CASE WHEN g.gap IS NULL THEN l.view_restricted_by END,
               CASE WHEN g.gap IS NULL THEN l.above END, l.own_gap, g.gap
        FROM affected AS a
        LEFT JOIN LATERAL (
            SELECT d.audience_id, d.view_restricted_by, d.gap
            FROM audiences AS d
            WHERE d.audience_id = (SELECT k.audience_id FROM content_audience AS k WHERE k.content_id = a.content_id)
            OFFSET 0
        ) AS d ON true
        CROSS JOIN LATERAL (
            SELECT c.id, c.space_id, c.type, c.status FROM content_at(content_to_publish_below.run) AS c WHERE c.parent_id = a.content_id OFFSET 0
        ) AS c
        CROSS JOIN LATERAL (
            SELECT l.has_edit_list,
                   CASE WHEN l.has_view_list THEN c.id ELSE a.view_restricted_by END AS view_restricted_by,
                   CASE WHEN l.has_view_list THEN a.view_restricted_by ELSE a.above END AS above,
                   own_gap(c.status, c.type = ANY (kinds_not_read), l.is_hidden) AS own_gap
            FROM own_lists_at(c.id, content_to_publish_below.run) AS l
        ) AS l
        CROSS JOIN LATERAL (SELECT CASE WHEN a.gap = 'parents_cycle' THEN a.gap ELSE gap_below(a.gap, l.own_gap) END AS gap) AS g
        -- Not below what hands down the same as before.
        WHERE d.audience_id IS NULL OR d.gap IS DISTINCT FROM a.gap OR d.view_restricted_by IS DISTINCT FROM a.view_restricted_by
    )
    SELECT a.content_id, a.space_id, a.type, a.status, a.has_edit_list, a.view_restricted_by, a.above, a.own_gap, a.gap FROM affected AS a;
END
$$;

COMMENT ON FUNCTION content_to_publish_below(bigint[], bigint) IS
    'The audiences of contents as a run saw them, and of what lies below those that come out otherwise than before';

-- The same of all that is in spaces, from the roots of their trees down. A hash of their contents, in memory, takes a third of the time
-- that an index takes to find what lies below each; it alone has room for more than a little, since it is made once for all levels. What is
-- reached from no root is left out: parents that lead round in a circle, or into another space.
CREATE FUNCTION content_to_publish_in(spaces bigint[], run bigint) RETURNS TABLE (
    content_id bigint, space_id bigint, type text, status text, has_edit_list boolean, view_restricted_by bigint, above bigint,
    own_gap text, gap text
)
    LANGUAGE plpgsql STABLE ROWS 100000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
    SET work_mem = '2MB'
    SET hash_mem_multiplier = 16
AS $$
#variable_conflict use_column
DECLARE
    kinds_not_read CONSTANT text[] := kinds_not_read_at(run);
BEGIN
    RETURN QUERY
    WITH RECURSIVE list AS MATERIALIZED (
        SELECT DISTINCT r.content_id, r.operation
        FROM content_restrictions_history AS r
        WHERE r.run_from <= content_to_publish_in.run AND (r.run_to IS NULL OR r.run_to > content_to_publish_in.run)
    ), tree AS MATERIALIZED (
        SELECT c.id, c.parent_id, c.space_id, c.type, c.status,
               c.id IN (SELECT l.content_id FROM list AS l WHERE l.operation = 'read') AS has_view_list,
               c.id IN (SELECT l.content_id FROM list AS l WHERE l.operation = 'update') AS has_edit_list,
               own_gap(c.status, c.type = ANY (kinds_not_read), c.id IN (SELECT l.content_id FROM list AS l WHERE l.operation = 'unknown')) AS own_gap
        FROM content_at(content_to_publish_in.run) AS c
        -- IS TRUE has each looked at once.
        WHERE (c.space_id IN (SELECT unnest(content_to_publish_in.spaces))) IS TRUE
    ), reached AS (
        SELECT t.id, t.space_id, t.type, t.status, t.has_edit_list, CASE WHEN g.gap IS NULL AND t.has_view_list THEN t.id END AS view_restricted_by,
               CAST(NULL AS bigint) AS above, g.gap AS own_gap, g.gap
        FROM tree AS t
        CROSS JOIN LATERAL (SELECT coalesce(t.own_gap, CASE WHEN t.parent_id IS NOT NULL THEN 'ancestor_not_listed' END) AS gap) AS g
        WHERE t.parent_id IS NULL
           OR t.parent_id NOT IN (SELECT p.id FROM tree AS p)
              AND NOT EXISTS (SELECT FROM content_at(content_to_publish_in.run) AS p WHERE p.id = t.parent_id OFFSET 0)
      UNION ALL
        SELECT t.id, t.space_id, t.type, t.status, t.has_edit_list,
               CASE WHEN g.gap IS NULL THEN CASE WHEN t.has_view_list THEN t.id ELSE a.view_restricted_by END END,
               CASE WHEN g.gap IS NULL THEN CASE WHEN t.has_view_list THEN a.view_restricted_by ELSE a.above END END,
               t.own_gap, g.gap
        FROM reached AS a
        JOIN tree AS t ON t.parent_id = a.id
        CROSS JOIN LATERAL (SELECT gap_below(a.gap, t.own_gap) AS gap) AS g
    )
    SELECT r.id, r.space_id, r.type, r.status, r.has_edit_list, r.view_restricted_by, r.above, r.own_gap, r.gap FROM reached AS r;
END
$$;

COMMENT ON FUNCTION content_to_publish_in(bigint[], bigint) IS
    'The audiences of all contents of spaces as a run saw them, but of those that are reached from no root of a tree';

-- Publishes either of them. Returns how many rows it wrote.
CREATE FUNCTION publish_contents(run bigint, contents bigint[] DEFAULT '{}', spaces bigint[] DEFAULT '{}') RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
DECLARE
    written bigint;
BEGIN
    WITH affected AS (
        SELECT a.* FROM content_to_publish_below(publish_contents.contents, publish_contents.run) AS a WHERE cardinality(publish_contents.contents) > 0
      UNION ALL
        SELECT a.* FROM content_to_publish_in(publish_contents.spaces, publish_contents.run) AS a WHERE cardinality(publish_contents.spaces) > 0
    ), wanted AS MATERIALIZED (
        SELECT DISTINCT ON (a.content_id) a.content_id, a.space_id, a.type, a.status, a.view_restricted_by,
               CASE WHEN a.gap IS NULL AND a.has_edit_list THEN a.content_id END AS edit_restricted_by, a.above, a.gap,
               -- A gap of the content by itself, rather than of something above it.
               CASE WHEN a.gap = 'parents_cycle' THEN a.gap WHEN a.own_gap <> 'trashed' THEN a.own_gap END AS own_gap
        FROM affected AS a
        WHERE a.type IS NOT NULL
        ORDER BY a.content_id, a.type
    ), added AS (
        INSERT INTO audiences (space_id, view_restricted_by, edit_restricted_by, content_type, content_status, gap)
        SELECT w.space_id, w.view_restricted_by, w.edit_restricted_by, w.type, w.status, w.gap
        FROM (
            SELECT DISTINCT w.space_id, w.view_restricted_by, w.edit_restricted_by, w.type, w.status, w.gap
            FROM wanted AS w
            WHERE w.space_id IS NOT NULL
        ) AS w
        WHERE NOT EXISTS (SELECT FROM audiences AS d
                          WHERE d.space_id = w.space_id AND coalesce(d.view_restricted_by, 0) = coalesce(w.view_restricted_by, 0)
                            AND coalesce(d.edit_restricted_by, 0) = coalesce(w.edit_restricted_by, 0) AND d.content_type = w.type
                            AND coalesce(d.content_status, '') = coalesce(w.status, '') AND coalesce(d.gap, '') = coalesce(w.gap, ''))
        RETURNING *
    ), located AS MATERIALIZED (
        -- OFFSET has the audience that each had looked up by index.
        SELECT w.content_id, d.audience_id, k.audience_id AS was
        FROM wanted AS w
        JOIN (SELECT * FROM audiences UNION ALL SELECT * FROM added) AS d
            ON d.space_id = w.space_id AND coalesce(d.view_restricted_by, 0) = coalesce(w.view_restricted_by, 0)
           AND coalesce(d.edit_restricted_by, 0) = coalesce(w.edit_restricted_by, 0) AND d.content_type = w.type
           AND coalesce(d.content_status, '') = coalesce(w.status, '') AND coalesce(d.gap, '') = coalesce(w.gap, '')
        LEFT JOIN LATERAL (SELECT k.audience_id FROM content_audience AS k WHERE k.content_id = w.content_id OFFSET 0) AS k ON true
    ), placed AS (
        INSERT INTO content_audience (content_id, audience_id)
        SELECT l.content_id, l.audience_id FROM located AS l WHERE l.was IS NULL
        RETURNING content_id
    ), moved AS (
        -- Each is found by the conflict, by index: an UPDATE would join, and read all through.
        INSERT INTO content_audience (content_id, audience_id)
        SELECT l.content_id, l.audience_id FROM located AS l WHERE l.was <> l.audience_id
        ON CONFLICT (content_id) DO UPDATE SET audience_id = excluded.audience_id
        RETURNING content_id
    ), linked AS (
        INSERT INTO view_restrictions AS v (content_id, space_id, above)
        SELECT w.content_id, w.space_id, w.above
        FROM wanted AS w
        WHERE w.view_restricted_by = w.content_id AND w.space_id IS NOT NULL
        ON CONFLICT (content_id) DO UPDATE SET space_id = excluded.space_id, above = excluded.above
            WHERE (v.space_id, v.above) IS DISTINCT FROM (excluded.space_id, excluded.above)
        RETURNING v.content_id
    ), unlinked AS (
        DELETE FROM view_restrictions AS v
        USING wanted AS w
        WHERE v.content_id = w.content_id AND w.view_restricted_by IS DISTINCT FROM w.content_id
        RETURNING v.content_id
    ), filled AS (
        UPDATE content_gaps AS g SET run_to = publish_contents.run
        FROM wanted AS w
        WHERE g.content_id = w.content_id AND g.run_to IS NULL
          AND g.reason IN ('not_read', 'content_hidden', 'ancestor_not_listed', 'parents_cycle')
          AND (g.reason, g.space_id) IS DISTINCT FROM (w.own_gap, w.space_id)
        RETURNING g.content_id
    ), found AS (
        INSERT INTO content_gaps (content_id, space_id, access, reason, run_from)
        SELECT w.content_id, w.space_id, 'view', w.own_gap, publish_contents.run
        FROM wanted AS w
        WHERE w.own_gap IS NOT NULL
          AND NOT EXISTS (SELECT FROM content_gaps AS g
                          WHERE g.content_id = w.content_id AND g.run_to IS NULL AND g.reason = w.own_gap
                            AND g.space_id IS NOT DISTINCT FROM w.space_id)
        RETURNING content_id
    )
    SELECT (SELECT count(*) FROM added) + (SELECT count(*) FROM placed) + (SELECT count(*) FROM moved) + (SELECT count(*) FROM linked)
           + (SELECT count(*) FROM unlinked) + (SELECT count(*) FROM filled) + (SELECT count(*) FROM found)
    INTO written;
    RETURN written;
END
$$;

COMMENT ON FUNCTION publish_contents(bigint, bigint[], bigint[]) IS
    'Keeps audiences true of contents, with what lies below those that come out otherwise than before, or of all contents of spaces; returns how many rows it wrote';

-- The same of any number of contents, with little memory: what is worked out in one go is held in it. How much lies below a content is not
-- known, so it begins with few, and goes on with as many as will do.
CREATE FUNCTION publish_in_parts(contents bigint[], run bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
DECLARE
    at_once integer := 100;
    place   integer := 1;
    part    bigint;
    written bigint := 0;
BEGIN
    WHILE place <= cardinality(contents) LOOP
        part := publish_contents(run, contents => contents[place : place + at_once - 1]);
        written := written + part;
        place := place + at_once;
        at_once := greatest(10, least(1000, at_once * 20000 / greatest(part, 1)));
    END LOOP;
    RETURN written;
END
$$;

COMMENT ON FUNCTION publish_in_parts(bigint[], bigint) IS
    'publish_contents for any number of contents, in parts that need little memory; returns how many rows it wrote';

-- contents_at_once: how many are held in memory together, at most, when a mirror is filled for the first time; a space is not taken apart.
-- Each time all contents are read through, which takes less than a second for a million of them.
CREATE FUNCTION publish_access(run bigint, contents_at_once bigint DEFAULT 60000) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
DECLARE
    before   CONSTANT bigint := (SELECT r.run_id FROM audiences_run AS r);
    changed  bigint[] := '{}';
    gone     bigint[] := '{}';
    spaces   bigint[];
    contents bigint;
    missed   bigint := 0;
    written  bigint := 0;
    part     bigint;
BEGIN
    -- A run of mode changes has not read all that access follows from.
    IF (SELECT r.mode FROM runs AS r WHERE r.id = run) NOT IN ('full', 'access') THEN
        RETURN 0;
    END IF;

    IF before IS NULL THEN
        -- At first all, by as many spaces at a time as need little memory; and then what was reached from no root.
        FOR spaces, contents IN
            SELECT array_agg(s.space_id), sum(s.contents)
            FROM (SELECT c.space_id, count(*) AS contents, sum(count(*)) OVER (ORDER BY c.space_id) AS so_far
                  FROM content_at(run) AS c GROUP BY c.space_id) AS s
            GROUP BY div(s.so_far, contents_at_once)
        LOOP
            written := written + publish_contents(run, spaces => spaces);
            missed := missed + contents;
        END LOOP;
        missed := missed - (SELECT count(*) FROM content_audience);
        IF missed > 0 THEN
            changed := ARRAY(SELECT c.id FROM content_at(run) AS c WHERE NOT EXISTS (SELECT FROM content_audience AS k WHERE k.content_id = c.id));
        END IF;
    ELSE
        changed := ARRAY(SELECT c.content_id FROM content_changed_between(before, run) AS c WHERE NOT c.is_gone);
        gone := ARRAY(SELECT c.content_id FROM content_changed_between(before, run) AS c WHERE c.is_gone);
    END IF;
    written := written + publish_in_parts(changed, run);

    IF cardinality(gone) > 0 THEN
        WITH k AS (DELETE FROM content_audience AS k WHERE k.content_id = ANY (gone) RETURNING 1),
             v AS (DELETE FROM view_restrictions AS v WHERE v.content_id = ANY (gone) RETURNING 1),
             g AS (UPDATE content_gaps AS g SET run_to = run WHERE g.content_id = ANY (gone) AND g.run_to IS NULL RETURNING 1)
        SELECT (SELECT count(*) FROM k) + (SELECT count(*) FROM v) + (SELECT count(*) FROM g) INTO part;
        written := written + part;
    END IF;

    -- Entries of lists that nobody resolves to accounts, of all contents: a group may have come or gone.
    IF (SELECT f.restrictions_are_read AND f.groups_are_read FROM access_facts_at(run) AS f) THEN
        WITH entries AS MATERIALIZED (
            SELECT DISTINCT r.content_id, k.space_id, CASE r.operation WHEN 'read' THEN 'view' ELSE 'edit' END AS access,
                   CASE r.principal_type WHEN 'group' THEN 'group_unresolved' ELSE 'subjects_hidden' END AS reason,
                   CASE r.principal_type WHEN 'group' THEN r.principal_id END AS group_id
            FROM content_restrictions_history AS r
            -- OFFSET has the few of them looked up by index.
            CROSS JOIN LATERAL (
                SELECT d.space_id
                FROM content_audience AS k
                JOIN audiences AS d ON d.audience_id = k.audience_id
                WHERE k.content_id = r.content_id
                OFFSET 0
            ) AS k
            WHERE r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run) AND r.operation IN ('read', 'update')
              AND r.principal_type <> 'user'
              AND NOT (r.principal_type = 'group' AND r.principal_id IN (SELECT g.group_id FROM groups_at(run) AS g))
        ), filled AS (
            UPDATE content_gaps AS g SET run_to = run
            WHERE g.run_to IS NULL AND g.reason IN ('group_unresolved', 'subjects_hidden')
              AND NOT EXISTS (SELECT FROM entries AS e
                              WHERE e.content_id = g.content_id AND e.space_id = g.space_id AND e.access = g.access
                                AND e.reason = g.reason AND e.group_id IS NOT DISTINCT FROM g.group_id)
            RETURNING 1
        ), found AS (
            INSERT INTO content_gaps (content_id, space_id, access, reason, group_id, run_from)
            SELECT e.content_id, e.space_id, e.access, e.reason, e.group_id, run
            FROM entries AS e
            WHERE NOT EXISTS (SELECT FROM content_gaps AS g
                              WHERE g.content_id = e.content_id AND g.space_id = e.space_id AND g.run_to IS NULL
                                AND g.access = e.access AND g.reason = e.reason AND g.group_id IS NOT DISTINCT FROM e.group_id)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM filled) + (SELECT count(*) FROM found) INTO part;
        written := written + part;
    END IF;

    IF written > 0 THEN
        DELETE FROM audiences AS d
        WHERE NOT EXISTS (SELECT FROM content_audience AS k WHERE k.audience_id = d.audience_id OFFSET 0);
        INSERT INTO audiences_run AS r (run_id) VALUES (run)
        ON CONFLICT (is_the_only_row) DO UPDATE SET run_id = excluded.run_id;
    END IF;
    RETURN written + publish_viewers(run);
END
$$;

COMMENT ON FUNCTION publish_access(bigint, bigint) IS
    'Keeps audiences, content_gaps and who is let into spaces true for a run that is being published; returns how many rows it wrote. A run of mode changes changes nothing here';
