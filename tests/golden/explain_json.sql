\t on
\pset format unaligned
EXPLAIN (COSTS OFF, FORMAT JSON) SELECT title FROM confluence_pages AS p WHERE space_id = 65538 AND modified_at >= '2026-11-01' AND title LIKE '%policy%';
EXPLAIN (FORMAT JSON) SELECT id FROM confluence_permissions;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT JSON) SELECT id FROM confluence_spaces;
EXPLAIN (COSTS OFF, FORMAT YAML) SELECT title FROM confluence_pages WHERE space_id = 65538;
EXPLAIN (COSTS OFF, FORMAT XML) SELECT title FROM confluence_pages WHERE space_id = 65538 AND title LIKE '<%';
