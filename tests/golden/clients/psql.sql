CREATE SCHEMA reports;
SELECT * FROM confluence.create_views('site', 'reports') WHERE view_name = 'confluence_spaces';
\det+ confluence_spaces
\dE+ confluence_spaces
\dv+ reports.confluence_spaces
