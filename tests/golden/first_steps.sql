-- What somebody sees who has just imported a site.
\d confluence_spaces
\d confluence_permissions
SELECT obj_description('confluence_pages'::regclass);
SELECT attname, col_description(attrelid, attnum) FROM pg_attribute
WHERE attrelid = 'confluence_permissions'::regclass AND attnum > 0 ORDER BY attnum;

SELECT id, key, name, type FROM confluence_spaces ORDER BY id;
SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308 ORDER BY modified_at DESC LIMIT 3;
EXPLAIN (COSTS OFF)
SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308 ORDER BY modified_at DESC LIMIT 3;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF, SUMMARY OFF)
SELECT count(*) FROM confluence_permissions WHERE space_id IN (65538, 98308);

-- And what is refused.
DELETE FROM confluence_pages;
SELECT * FROM confluence_page;
ALTER SERVER site OPTIONS (ADD page_sise '100');
