-- For searches that must not show more than a person may see. An audience is let through only where it is known that the person
-- views it: what is not known is not shown.
--
--   SELECT p.id, p.title FROM … AS p
--   WHERE p.id IN (SELECT k.content_id FROM content_audience AS k WHERE k.audience_id IN (SELECT audiences_of($1)))
--
-- is_visible() asks the same for one content. docs/evidence.md has the form of it for a page of the best.

CREATE FUNCTION current_access_run() RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    run    CONSTANT bigint := access_run_at(NULL);
    age    interval;
    oldest interval;
BEGIN
    SELECT clock_timestamp() - r.published_at, m.max_age INTO age, oldest FROM runs AS r CROSS JOIN mirror AS m WHERE r.id = run;
    IF age > oldest THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'the mirror is too old to tell what a person may see now',
            DETAIL = format('Access was read last by run %s, %s ago; max_age of the mirror is %s.', run, date_trunc('second', age), oldest),
            HINT = 'CALL confluence.refresh reads it again.';
    END IF;
    RETURN run;
END
$$;

COMMENT ON FUNCTION current_access_run() IS
    'The last run that has read access. An error where it is older than max_age of the mirror';

-- A function in PL/pgSQL, since it keeps its plan. In the form above it is called once, whatever is filtered: COST says that it takes some
-- milliseconds, so that the planner calls it for no content by itself.
CREATE FUNCTION audiences_of(account text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE COST 200000 ROWS 1000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    run CONSTANT bigint := current_access_run();
BEGIN
    RETURN QUERY
    WITH RECURSIVE granted AS MATERIALIZED (
        SELECT DISTINCT h.space_id
        FROM account_principals AS p
        JOIN view_holders AS h ON h.principal_id = p.principal_id AND h.principal_type = p.principal_type
        WHERE p.account_id = account AND p.is_let_in
    ), named AS MATERIALIZED (
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = account AND r.principal_type = 'user' AND r.operation = 'read'
          AND r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run)
      UNION
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = ANY (ARRAY(SELECT p.principal_id FROM account_principals AS p
                                          WHERE p.account_id = account AND p.principal_type = 'group'))
          AND r.principal_type = 'group' AND r.operation = 'read'
          -- Lists that name a group are few, and found by it: adding 0 keeps the index of runs out, which finds nearly all.
          AND r.run_from + 0 <= run AND (r.run_to IS NULL OR r.run_to > run)
    ), passing (content_id) AS (
        SELECT v.content_id
        FROM view_restrictions AS v
        WHERE v.above IS NULL AND v.content_id IN (SELECT n.content_id FROM named AS n)
      UNION
        SELECT v.content_id
        FROM passing AS p
        JOIN view_restrictions AS v ON v.above = p.content_id
        WHERE v.content_id IN (SELECT n.content_id FROM named AS n)
    )
    SELECT d.audience_id
    FROM audiences AS d
    WHERE d.gap IS NULL
      -- Audiences are few: IS TRUE has each looked at once, instead of those of one space after the other.
      AND (d.space_id IN (SELECT g.space_id FROM granted AS g)) IS TRUE
      AND (d.view_restricted_by IS NULL OR d.view_restricted_by IN (SELECT p.content_id FROM passing AS p));
END
$$;

COMMENT ON FUNCTION audiences_of(text) IS
    'Audiences whose contents an account is known to view now. An error where the last run that has read access is older than max_age of the mirror';

-- Takes some twenty-five microseconds: for a few contents less than audiences_of(). The run is looked up in the same query, since
-- each query takes some of them.
CREATE FUNCTION is_visible(content bigint, account text) RETURNS boolean
    LANGUAGE plpgsql STABLE COST 1000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    run           bigint;
    is_current    boolean;
    is_granted    boolean;
    restricted_by bigint;
    passed        integer := 0;
BEGIN
    SELECT r.id, clock_timestamp() - r.published_at <= m.max_age, d.is_granted, d.view_restricted_by
    INTO run, is_current, is_granted, restricted_by
    FROM mirror AS m
    CROSS JOIN last_access_run(NULL) AS r
    LEFT JOIN LATERAL (
        SELECT d.view_restricted_by,
               EXISTS (SELECT
                       FROM view_holders AS h
                       JOIN account_principals AS p
                           ON p.account_id = account AND p.principal_type = h.principal_type AND p.principal_id = h.principal_id
                       WHERE h.space_id = d.space_id AND p.is_let_in) AS is_granted
        FROM content_audience AS k
        JOIN audiences AS d ON d.audience_id = k.audience_id
        WHERE k.content_id = content AND d.gap IS NULL
    ) AS d ON true;
    IF is_current IS NOT TRUE THEN
        -- It says what is wrong.
        PERFORM current_access_run();
    END IF;
    IF is_granted IS NOT TRUE THEN
        RETURN false;
    END IF;
    -- The account passes each list above the content, from the nearest to the last. Lists above each other are few: rows that somebody has
    -- written by hand may lead round in a circle, which nobody is known to pass.
    WHILE restricted_by IS NOT NULL LOOP
        IF passed = 10000 THEN
            RETURN false;
        END IF;
        passed := passed + 1;
        SELECT v.above
        INTO restricted_by
        FROM view_restrictions AS v
        WHERE v.content_id = restricted_by
          AND EXISTS (SELECT
                      FROM content_restrictions_history AS r
                      WHERE r.content_id = v.content_id AND r.operation = 'read'
                        AND r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run)
                        AND (r.principal_type = 'user' AND r.principal_id = account
                             OR r.principal_type = 'group'
                                AND EXISTS (SELECT FROM account_principals AS p
                                            WHERE p.account_id = account AND p.principal_type = 'group' AND p.principal_id = r.principal_id)));
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

COMMENT ON FUNCTION is_visible(bigint, text) IS
    'Whether an account is known to view a content now. An error where the last run that has read access is older than max_age of the mirror';

CREATE FUNCTION visible_content(account text) RETURNS TABLE (content_id bigint)
    LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
    SELECT k.content_id
    FROM content_audience AS k
    WHERE k.audience_id IN (SELECT audiences_of(visible_content.account))
      -- Asked also where there is no content at all.
      AND (SELECT current_access_run()) IS NOT NULL;
END;

COMMENT ON FUNCTION visible_content(text) IS
    'Contents that an account is known to view now. An error where the last run that has read access is older than max_age of the mirror';
