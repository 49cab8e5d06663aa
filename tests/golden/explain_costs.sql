-- Estimates come from what is usual; no request is sent for them.
EXPLAIN SELECT id FROM confluence_spaces;
EXPLAIN SELECT id FROM confluence_pages;
EXPLAIN SELECT title FROM confluence_pages WHERE id = 98306;
EXPLAIN SELECT title FROM confluence_pages WHERE space_id = 65538;
EXPLAIN SELECT title FROM confluence_pages WHERE title = 'Runbook';
EXPLAIN SELECT title FROM confluence_pages LIMIT 10;
EXPLAIN SELECT title FROM confluence_pages ORDER BY modified_at DESC LIMIT 500;
EXPLAIN SELECT id FROM confluence_permissions;
EXPLAIN SELECT id FROM confluence_permissions WHERE space_id IN (65538, 65540);
