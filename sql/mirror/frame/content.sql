-- Everything in the trees of spaces, whatever its kind: what restrictions can be on, and what hands them down.

CREATE VIEW content (id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at) AS
    SELECT c.id, CAST('page' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM pages AS c
  UNION ALL
    SELECT c.id, CAST('blogpost' AS text), c.space_id, CAST(NULL AS bigint), CAST(NULL AS text), c.title, c.status, CAST(NULL AS text), c.author_id,
           c.created_at, c.modified_at
    FROM blogposts AS c
  UNION ALL
    SELECT c.id, CAST('folder' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM folders AS c
  UNION ALL
    SELECT c.id, CAST('whiteboard' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM whiteboards AS c
  UNION ALL
    SELECT c.id, CAST('database' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM databases AS c
  UNION ALL
    SELECT c.id, CAST('embed' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM smart_links AS c;

COMMENT ON VIEW content IS
    'Pages, blog posts, folders, whiteboards, databases and Smart Links, with parent and space';
COMMENT ON COLUMN content.type IS
    'What it is: page, blogpost, folder, whiteboard, database or embed, which is a Smart Link';
COMMENT ON COLUMN content.parent_id IS
    'Parent in the content tree. NULL at the root of a space';

-- The same as a run saw it.
CREATE FUNCTION content_at(run bigint) RETURNS TABLE (
    id bigint, type text, space_id bigint, parent_id bigint, parent_type text, title text, status text, owner_id text, author_id text,
    created_at timestamptz, modified_at timestamptz
)
    LANGUAGE sql STABLE ROWS 100000
BEGIN ATOMIC
    SELECT c.id, CAST('page' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM pages_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run)
  UNION ALL
    SELECT c.id, CAST('blogpost' AS text), c.space_id, CAST(NULL AS bigint), CAST(NULL AS text), c.title, c.status, CAST(NULL AS text), c.author_id,
           c.created_at, c.modified_at
    FROM blogposts_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run)
  UNION ALL
    SELECT c.id, CAST('folder' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM folders_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run)
  UNION ALL
    SELECT c.id, CAST('whiteboard' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM whiteboards_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run)
  UNION ALL
    SELECT c.id, CAST('database' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM databases_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run)
  UNION ALL
    SELECT c.id, CAST('embed' AS text), c.space_id, c.parent_id, c.parent_type, c.title, c.status, c.owner_id, c.author_id,
           c.created_at, c.modified_at
    FROM smart_links_history AS c
    WHERE c.run_from <= content_at.run AND (c.run_to IS NULL OR c.run_to > content_at.run);
END;

COMMENT ON FUNCTION content_at(bigint) IS
    'Everything in the trees of spaces, as a run saw it';

CREATE FUNCTION content_as_of(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    id bigint, type text, space_id bigint, parent_id bigint, parent_type text, title text, status text, owner_id text, author_id text,
    created_at timestamptz, modified_at timestamptz
)
    LANGUAGE sql STABLE ROWS 100000
BEGIN ATOMIC
    -- OFFSET has the run looked up once, rather than for each row.
    SELECT c.*
    FROM (SELECT run_at(content_as_of.as_of) AS id OFFSET 0) AS r
    CROSS JOIN LATERAL content_at(r.id) AS c;
END;

COMMENT ON FUNCTION content_as_of(timestamptz) IS
    'Everything in the trees of spaces, as the last complete run at or before a time saw it';
