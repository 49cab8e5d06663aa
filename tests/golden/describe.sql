\det+
\d+ confluence_spaces
\d+ confluence_pages
\d+ confluence_permissions
